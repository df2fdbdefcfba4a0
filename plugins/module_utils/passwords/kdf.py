# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PBKDF2 and scrypt, and the texts in which they are stored. Pure."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from ansible_collections.auth.services.plugins.module_utils.passwords.cost import memory_for, spend
from ansible_collections.auth.services.plugins.module_utils.passwords.digests import digest_size
from ansible_collections.auth.services.plugins.module_utils.passwords.scheme import TextScheme, random_text, same

# Seconds of one core, measured in 2026, rounded up.
PBKDF2_ROUNDS = {"md5": 2.6e-7, "sha1": 2e-7, "sha224": 2e-7, "sha256": 2e-7, "sha384": 4e-7, "sha512": 4e-7}
SCRYPT_BLOCK = 2.2e-7  # for each of N times r times p

SCRYPT_BYTES = 64
NUMBER = "[1-9][0-9]{0,18}"
"""In the one form that all parsers read alike."""


@dataclass(frozen=True)
class Pbkdf2(TextScheme):
    """PBKDF2 as ``pbkdf2_sha256$iterations$salt$digest``, the digest in base64.

    :ivar algorithm: of hashlib
    :ivar iterations: of new ones
    """

    algorithm: str = "sha256"
    iterations: int = 1_000_000

    @property
    def start(self) -> str:
        return rf"pbkdf2_{self.algorithm}\$"

    @property
    def form(self) -> str:
        return rf"pbkdf2_{self.algorithm}\$({NUMBER})\$([^$]*)\$(.*)"

    def is_well_formed(self, stored: str) -> bool:
        parts = self._parts(stored)
        return parts is not None and _is_base64(parts[3], digest_size(self.algorithm))

    def matches(self, parts: re.Match[str], password: bytes) -> bool:
        return same(self.text(password, parts[2], int(parts[1])).encode(), parts[0].encode())

    def make(self, password: str, account: str = "") -> str:
        return self.text(password.encode(), random_text(22), self.iterations)  # a salt of 128 bits

    def text(self, password: bytes, salt: str, iterations: int) -> str:
        """What is stored of a password with this salt."""
        digest = pbkdf2(self.algorithm, password, salt.encode(), iterations)
        return f"pbkdf2_{self.algorithm}${iterations}${salt}${base64.b64encode(digest).decode()}"


@dataclass(frozen=True)
class Scrypt(TextScheme):
    """scrypt as ``scrypt$N$salt$r$p$digest``, the digest of 64 bytes in base64.

    :ivar n: of new ones, as are ``r`` and ``p``
    """

    n: int = 16384
    r: int = 8
    p: int = 5
    start: str = r"scrypt\$"

    @property
    def form(self) -> str:
        return rf"scrypt\$({NUMBER})\$([^$]*)\$({NUMBER})\$({NUMBER})\$(.*)"

    def is_well_formed(self, stored: str) -> bool:
        parts = self._parts(stored)
        return parts is not None and _is_base64(parts[5], SCRYPT_BYTES)

    def matches(self, parts: re.Match[str], password: bytes) -> bool:
        n, salt, r, p, digest = parts.groups()
        made = scrypt(password, salt.encode(), int(n), int(r), int(p), SCRYPT_BYTES)
        return same(base64.b64encode(made), digest.encode())

    def make(self, password: str, account: str = "") -> str:
        salt = random_text(22)  # of 128 bits
        made = scrypt(password.encode(), salt.encode(), self.n, self.r, self.p, SCRYPT_BYTES)
        return f"scrypt${self.n}${salt}${self.r}${self.p}${base64.b64encode(made).decode()}"


def _is_base64(text: str, size: int) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == size
    except ValueError:
        return False


def pbkdf2(algorithm: str, password: bytes, salt: bytes, iterations: int, length: int | None = None) -> bytes:
    """PBKDF2 of as many bytes as the algorithm has, or of another length.

    :param algorithm: of hashlib
    :raises ValueError: for an algorithm that is not in ``PBKDF2_ROUNDS``, or numbers below 1
    :raises UnverifiableHash: when it would take long, or much memory
    """
    if algorithm not in PBKDF2_ROUNDS or iterations < 1 or (length is not None and length < 1):
        raise ValueError("not PBKDF2 of a known algorithm")
    size = digest_size(algorithm)
    blocks = -(-(length or size) // size)
    spend(f"PBKDF2 of {iterations} iterations", PBKDF2_ROUNDS[algorithm] * iterations * blocks, blocks * size)
    return hashlib.pbkdf2_hmac(algorithm, password, salt, iterations, length)


def scrypt(password: bytes, salt: bytes, n: int, r: int, p: int, length: int) -> bytes:
    """scrypt (RFC 7914) of so many bytes.

    :raises ValueError: for parameters below 1
    :raises UnverifiableHash: when it would take long, or much memory
    """
    if min(n, r, p) < 1:
        raise ValueError("not parameters of scrypt")
    memory = 128 * r * (n + p + 2)
    # Of a small N, what comes before and after takes longer than the blocks.
    spend(f"scrypt of N={n}, r={r}, p={p}", SCRYPT_BLOCK * (n + 5) * r * p, memory)
    with memory_for(memory):
        return hashlib.scrypt(password, salt=salt, n=n, r=r, p=p, maxmem=memory + (1 << 20), dklen=length)
