# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Digests of one round, with and without a salt, and clear text. Pure."""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass

from ansible_collections.auth.services.plugins.module_utils.passwords.scheme import TextScheme, same


def digest(algorithm: str, data: bytes) -> bytes:
    """A digest, also where the system allows its algorithm for nothing that must be secure."""
    return hashlib.new(algorithm, data, usedforsecurity=False).digest()


def digest_size(algorithm: str) -> int:
    """Bytes of a digest."""
    return hashlib.new(algorithm, usedforsecurity=False).digest_size


def digest_matches(algorithm: str, stored: bytes, password: bytes) -> bool:
    """Whether a digest, with a salt behind it or without one, is that of a password with that salt behind it."""
    size = digest_size(algorithm)
    return same(digest(algorithm, password + stored[size:]), stored[:size])


@dataclass(frozen=True)
class HexDigest(TextScheme):
    """A digest without a salt in small hexadecimal digits."""

    algorithm: str = "md5"

    @property
    def start(self) -> str:
        return rf"{self.form}\Z"

    @property
    def form(self) -> str:
        return f"[0-9a-f]{{{2 * digest_size(self.algorithm)}}}"

    def matches(self, parts: re.Match[str], password: bytes) -> bool:
        return same(digest(self.algorithm, password).hex().encode(), parts[0].encode())


@dataclass(frozen=True)
class SaltedHexDigest(TextScheme):
    """A digest of salt and password as ``algorithm$salt$digest``, in hexadecimal digits."""

    algorithm: str = "md5"

    @property
    def start(self) -> str:
        return rf"{self.algorithm}\$"

    @property
    def form(self) -> str:
        return rf"{self.algorithm}\$([^$]*)\$([0-9a-f]*)"

    def matches(self, parts: re.Match[str], password: bytes) -> bool:
        return same(digest(self.algorithm, parts[1].encode() + password).hex().encode(), parts[2].encode())


@dataclass(frozen=True)
class ClearText(TextScheme):
    """The password itself."""

    start: str = ""

    @property
    def form(self) -> str:
        return ".*"

    def matches(self, parts: re.Match[str], password: bytes) -> bool:
        return same(parts[0].encode(), password)

    def make(self, password: str, account: str = "") -> str:
        return password


def nt_hash(password: str) -> str:
    """MD4 of the password in UTF-16, in hexadecimal digits."""
    return md4(password.encode("utf-16-le")).hex()


def md4(data: bytes) -> bytes:
    """MD4 (RFC 1320), which OpenSSL 3 has no more."""
    mask = 0xFFFFFFFF
    order = (range(16), [position % 4 * 4 + position // 4 for position in range(16)],
             [int(f"{position:04b}"[::-1], 2) for position in range(16)])
    shifts = ((3, 7, 11, 19), (3, 5, 9, 13), (3, 9, 11, 15))
    mixes: tuple[Callable[[int, int, int], int], ...] = (
        lambda x, y, z: x & y | ~x & z, lambda x, y, z: x & y | x & z | y & z, lambda x, y, z: x ^ y ^ z
    )
    state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476]
    data += b"\x80" + b"\0" * ((55 - len(data)) % 64) + struct.pack("<Q", 8 * len(data))
    for start in range(0, len(data), 64):
        words = struct.unpack_from("<16I", data, start)
        a, b, c, d = state
        for number, constant in enumerate((0, 0x5A827999, 0x6ED9EBA1)):
            for step, word in enumerate(order[number]):
                total = (a + mixes[number](b, c, d) + words[word] + constant) & mask
                shift = shifts[number][step % 4]
                a, b, c, d = d, (total << shift | total >> 32 - shift) & mask, b, c
        state = [(old + new) & mask for old, new in zip(state, (a, b, c, d))]
    return struct.pack("<4I", *state)
