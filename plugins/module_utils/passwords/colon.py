# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stored passwords as ``:type:parameters...``. Pure."""

from __future__ import annotations

import base64
import os
import re
from dataclasses import dataclass

from ansible_collections.auth.services.plugins.module_utils.passwords.cost import number
from ansible_collections.auth.services.plugins.module_utils.passwords.digests import digest
from ansible_collections.auth.services.plugins.module_utils.passwords.kdf import pbkdf2
from ansible_collections.auth.services.plugins.module_utils.passwords.scheme import (
    Prefixed,
    Scheme,
    TextScheme,
    same,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.schemes import SCHEMES

ALGORITHM, ROUNDS, LENGTH, SALT_BYTES = "sha512", 30000, 64, 16
"""Of new ones."""


class LegacyScheme(TextScheme):
    """MD5, of a salt too in all but the oldest."""

    start = ":[AB]:"
    form = ":[AB]:(?:([^:]*):)?([^:]*)"

    def matches(self, parts: re.Match[str], password: bytes) -> bool:
        salt = parts[1]
        if salt is None and parts[0].startswith(":B:"):
            return False
        return same(_legacy(password, salt), parts[2].encode())


@dataclass(frozen=True)
class Pbkdf2Scheme(TextScheme):
    """``:pbkdf2:algorithm:rounds:length:salt:digest``.

    :ivar rounds: of new ones, 0 for the default
    """

    rounds: int = 0
    start = ":pbkdf2:"
    form = ":pbkdf2:([^:]*):([^:]*):([^:]*):([^:]*):([^:]*)"

    def matches(self, parts: re.Match[str], password: bytes) -> bool:
        algorithm, rounds, length, salt, stored = parts.groups()
        computed = pbkdf2(algorithm, password, _php_base64_decode(salt), number(rounds), number(length))
        return same(_base64(computed).encode(), stored.encode())  # MediaWiki compares the text

    def make(self, password: str, account: str = "") -> str:
        salt = os.urandom(SALT_BYTES)
        rounds = self.rounds or ROUNDS
        made = pbkdf2(ALGORITHM, password.encode(), salt, rounds, LENGTH)
        return f":pbkdf2:{ALGORITHM}:{rounds}:{LENGTH}:{_base64(salt)}:{_base64(made)}"


class LayeredScheme(TextScheme):
    """PBKDF2 of what was stored before: ``:pbkdf2-legacyB:!parameters!salt of the inner one!salt!digest``."""

    start = ":pbkdf2-legacy[AB]:"
    form = ":pbkdf2-legacy([AB]):[^!]*!([^!]*)!([^!]*)!([^!]*)!([^!]*)"

    def matches(self, parts: re.Match[str], password: bytes) -> bool:
        kind, parameters, inner_salt, salt, stored = parts.groups()
        inner = _legacy(password, inner_salt if kind == "B" else None)
        return Pbkdf2Scheme().verify(f":pbkdf2:{parameters}:{salt}:{stored}", inner.decode())


class BcryptScheme(TextScheme):
    """``:bcrypt:cost$salt$digest``."""

    start = ":bcrypt:"
    form = r":bcrypt:([^$]*)\$([^$]*)\$([^$]*)"

    def matches(self, parts: re.Match[str], password: bytes) -> bool:
        cost, salt, stored = parts.groups()
        return SCHEMES["bcrypt"].verify(f"$2y${cost.zfill(2)}${salt}{stored}", password.decode())


COLON: tuple[Scheme, ...] = (
    LegacyScheme(), Pbkdf2Scheme(), LayeredScheme(), BcryptScheme(), Prefixed(":argon2:", SCHEMES["argon2"]),
)
"""All types that are known."""


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _php_base64_decode(text: str) -> bytes:
    """As PHP does it when it is not strict: padding may be missing, other characters are passed over."""
    text = re.sub(r"[^A-Za-z0-9+/]", "", text)
    text = text[:-1] if len(text) % 4 == 1 else text
    return base64.b64decode(text + "=" * (-len(text) % 4))


def _legacy(password: bytes, salt: str | None) -> bytes:
    inner = digest("md5", password).hex().encode()
    return inner if salt is None else digest("md5", salt.encode() + b"-" + inner).hex().encode()
