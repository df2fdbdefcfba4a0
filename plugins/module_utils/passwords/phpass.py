# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The portable hashes of phpass, which PHP applications stored before PHP had ``password_hash()``. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from ansible_collections.auth.services.plugins.module_utils.passwords.cost import HASHED_BYTE, MD5_ROUND, spend
from ansible_collections.auth.services.plugins.module_utils.passwords.crypt import DIGITS
from ansible_collections.auth.services.plugins.module_utils.passwords.scheme import TextScheme, random_text, same


@dataclass(frozen=True)
class Phpass(TextScheme):
    """A portable hash: ``$P$``, ``$H$`` where another application created it, a digit of rounds, a salt of 8, a digest.

    :ivar rounds: of new ones, as a power of 2; the default is that of PasswordHash(8, true)
    :ivar kind: letter of new ones
    """

    start: str = r"\$[PH]\$"
    rounds: int = 13
    kind: str = "P"

    @property
    def form(self) -> str:
        return r"(\$[PH]\$([5-9A-S])([./A-Za-z0-9]{8}))[./A-Za-z0-9]{22}"

    def matches(self, parts: re.Match[str], password: bytes) -> bool:
        made = parts[1] + _digest(password, parts[3], DIGITS.index(parts[2]))
        return same(made.encode(), parts[0].encode())

    def make(self, password: str, account: str = "") -> str:
        salt = random_text(8, DIGITS)
        return f"${self.kind}${DIGITS[self.rounds]}{salt}{_digest(password.encode(), salt, self.rounds)}"


def _digest(password: bytes, salt: str, rounds: int) -> str:
    spend(f"a portable hash of 2^{rounds} rounds", (MD5_ROUND + HASHED_BYTE * len(password)) * (1 << rounds))
    digest = hashlib.md5(salt.encode() + password, usedforsecurity=False).digest()
    for _round in range(1 << rounds):
        digest = hashlib.md5(digest + password, usedforsecurity=False).digest()
    return little_endian(digest)


def little_endian(digest: bytes) -> str:
    """Digits of six bits, as encode64() of PasswordHash writes them."""
    text = ""
    for start in range(0, len(digest), 3):
        part = digest[start:start + 3]
        value = int.from_bytes(part, "little")
        text += "".join(DIGITS[value >> shift & 63] for shift in range(0, len(part) * 8, 6))
    return text
