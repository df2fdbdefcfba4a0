# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords as a Mumble server stores them, in three columns; here ``iterations$salt$digest`` (ServerDB.cpp). Pure."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from ansible_collections.auth.services.plugins.module_utils.passwords import (
    ClearPassword,
    TextScheme,
    digest,
    pbkdf2,
    same,
)

CLEAR_PASSWORD = ClearPassword("Mumble", forbidden={})  # an empty one would let everybody in under the name
DEFAULT_ITERATIONS = 16000
MAX_ITERATIONS = 10_000_000
"""Of hashes that are given or new."""
HASH = re.compile(r"(?P<iterations>[1-9][0-9]*)\$[0-9a-f]{16}\$[0-9a-f]{96}|0\$\$[0-9a-f]{40}")


@dataclass(frozen=True)
class Pbkdf2(TextScheme):
    """Since 1.3.0 PBKDF2 with SHA-384, and with 0 iterations what was before: SHA-1 without a salt.

    :ivar iterations: of new ones
    """

    iterations: int = DEFAULT_ITERATIONS
    start = ""

    @property
    def form(self) -> str:
        return r"(-?[0-9]{1,20})\$([^$]{0,500})\$(.{0,500})"  # the server's have 120 characters together

    def matches(self, parts: re.Match[str], password: bytes) -> bool:
        iterations, salt, digest_ = parts.groups()
        if int(iterations) <= 0:
            return same(digest("sha1", password).hex().encode(), digest_.encode())
        if not re.fullmatch("([0-9a-fA-F]{2})*", salt):
            return False
        return same(self._digest(password, salt, int(iterations)).encode(), digest_.encode())

    def make(self, password: str, account: str = "") -> str:
        salt = secrets.token_hex(8)
        return f"{self.iterations}${salt}${self._digest(password.encode(), salt, self.iterations)}"

    @staticmethod
    def _digest(password: bytes, salt: str, iterations: int) -> str:
        return pbkdf2("sha384", password, bytes.fromhex(salt), iterations).hex()


def check_hash(stored: str) -> None:
    """Refuse a ``password_hash`` that the server could not verify.

    :raises ValueError: naming the form
    """
    found = HASH.fullmatch(stored)
    if not found or int(found["iterations"] or 0) > MAX_ITERATIONS:
        raise ValueError("password_hash must be iterations$salt$hash, with 16 and 96 lower-case hexadecimal digits")
