# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords as a Mumble server stores them, in three columns; here ``iterations$salt$digest``. Pure.

PBKDF2 with SHA-384 since 1.3.0 (src/murmur/PBKDF2.cpp); before, and with 0 iterations, SHA-1 without a salt.
"""

from __future__ import annotations

import hashlib
import re
import secrets

from ansible_collections.auth.services.plugins.module_utils.passwords import pbkdf2, same
from ansible_collections.auth.services.plugins.module_utils.passwords.clear import ClearPassword

CLEAR_PASSWORD = ClearPassword("Mumble", forbidden={})  # an empty one would let everybody in under the name
DEFAULT_ITERATIONS = 16000
MAX_ITERATIONS = 10_000_000
MAX_STORED = 1000
"""Characters of a stored password that are looked at; the server's have 120."""
HASH = re.compile(r"(?P<iterations>[1-9][0-9]*)\$[0-9a-f]{16}\$[0-9a-f]{96}|0\$\$[0-9a-f]{40}")


def check_hash(stored: str) -> None:
    """Refuse a ``password_hash`` that the server could not verify.

    :raises ValueError: naming the form
    """
    found = HASH.fullmatch(stored)
    if not found or int(found["iterations"] or 0) > MAX_ITERATIONS:
        raise ValueError("password_hash is not iterations$salt$hash, 16 and 96 lower-case hexadecimal digits")


def hash_password(password: str, iterations: int) -> str:
    """A new hash of so many iterations, but no more than is sensible."""
    iterations = min(iterations, MAX_ITERATIONS)
    salt = secrets.token_hex(8)
    return f"{iterations}${salt}${_pbkdf2(password, salt, iterations)}"


def verify_password(stored: str, password: str) -> bool:
    """Whether the server would let the password in.

    :raises UnverifiableHash: when it would take long
    """
    found = re.fullmatch(r"(-?[0-9]{1,20})\$([^$]*)\$(.*)", stored[:MAX_STORED + 1], re.DOTALL)
    parts = found if len(stored) <= MAX_STORED else None
    if parts is None:
        return False  # no stored password at all
    iterations, salt, digest = parts.groups()
    if int(iterations) <= 0:
        computed = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest()
    elif re.fullmatch("([0-9a-fA-F]{2})*", salt):
        computed = _pbkdf2(password, salt, int(iterations))
    else:
        return False
    return same(computed.encode(), digest.encode())


def _pbkdf2(password: str, salt: str, iterations: int) -> str:
    return pbkdf2("sha384", password.encode(), bytes.fromhex(salt), iterations).hex()
