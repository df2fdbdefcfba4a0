# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords as Prosody stores them: keys of SCRAM (mod_auth_internal_hashed), or clear text. Pure."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.auth.services.plugins.module_utils.account import is_valid_unicode
from ansible_collections.auth.services.plugins.module_utils.passwords import (
    ClearPassword,
    Scheme,
    ScramKeys,
    number,
    same,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.scram import SIZES
from ansible_collections.auth.services.plugins.module_utils.xmpp import saslprep

ITERATIONS = 10000  # default_iteration_count of mod_auth_internal_hashed
MIN_ITERATIONS, MAX_ITERATIONS = 4096, 10_000_000
MAX_VALUE = 10_000
"""Characters of a value that belongs to a password; Prosody's own have 100."""
CLEAR = "{CLEAR}"
"""Stands before the password of an account whose row has it in clear text."""


def _prepared(password: str) -> str:
    try:
        return saslprep(password)
    except ValueError as error:
        raise ValueError(f"the password cannot be used with XMPP: {error}") from error


CLEAR_PASSWORD = ClearPassword("XMPP", forbidden={}, prepare=_prepared)


def check_hash(text: str) -> ScramKeys:
    """The keys of a given ``password_hash``.

    :raises ValueError: for one that Prosody could not verify
    """
    try:
        keys = parse(text)
    except ValueError as error:
        raise ValueError(f"password_hash: {error}") from error
    if not MIN_ITERATIONS <= keys.iterations <= MAX_ITERATIONS:
        wanted = f"{MIN_ITERATIONS} to {MAX_ITERATIONS}"
        raise ValueError(f"password_hash has {keys.iterations} iterations. Use one with {wanted}")
    return keys


def parse(text: str) -> ScramKeys:
    """Keys from their text.

    :raises ValueError: for what Prosody could not keep
    """
    keys = ScramKeys.parse(text)
    if re.fullmatch(rb"[\x20-\x7e]+", keys.salt) is None:
        raise ValueError("its salt must be ASCII text, since Prosody keeps it as text")
    return keys


def make(password: str, algorithm: str) -> ScramKeys:
    """Keys of a new password.

    :raises ValueError: for one that no client can send
    """
    return ScramKeys.of(saslprep(password).encode(), algorithm, ITERATIONS, _salt())


def of_nobody(algorithm: str) -> ScramKeys:
    """Keys that belong to no password."""
    return ScramKeys.of_nobody(algorithm, ITERATIONS, _salt())


def _salt() -> bytes:
    return str(uuid.uuid4()).encode()


def from_rows(rows: Mapping[str, str]) -> ScramKeys | None:
    """Keys from values of rows, locked or not; None when a part is missing or wrong."""
    parts = [rows.get(name) for name in ("stored_key", "server_key", "iteration_count", "salt")]
    if not all(isinstance(part, str) and len(part) <= MAX_VALUE and is_valid_unicode(part) for part in parts):
        return None
    try:
        keys = [bytes.fromhex(rows[name]) for name in ("stored_key", "server_key")]
        algorithm = next(name for name, size in SIZES.items() if size == len(keys[1]))
        stored_key = keys[0][-SIZES[algorithm]:]
        if len(stored_key) < len(keys[1]):
            return None
        # tostring() of a number that is whole
        iterations = number(re.sub(r"\.0\Z", "", rows["iteration_count"]))
        return ScramKeys(algorithm, iterations, rows["salt"].encode(), stored_key, keys[1])
    except (KeyError, ValueError, OverflowError, StopIteration):
        return None


@dataclass(frozen=True)
class Stored(Scheme):
    """Passwords as rows have them, in one text.

    :ivar algorithm: with which the server computes
    """

    algorithm: str

    def verify(self, stored: str, password: str, account: str = "") -> bool:
        try:
            if stored.startswith(CLEAR):
                return same(saslprep(stored[len(CLEAR):]).encode(), saslprep(password).encode())
            keys = parse(stored)
            return keys.algorithm == self.algorithm and keys.belong_to(saslprep(password).encode())
        except ValueError:
            return False

    def make(self, password: str, account: str = "") -> str:
        return str(make(password, self.algorithm))
