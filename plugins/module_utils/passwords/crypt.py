# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Formats of crypt(3) and of PHP's ``password_hash()``: bcrypt, Argon2, SHA-crypt and MD5-crypt. Pure."""

from __future__ import annotations

import hashlib
import re
import secrets
import traceback
from dataclasses import dataclass

from ansible_collections.auth.services.plugins.module_utils.account import MissingLibrary
from ansible_collections.auth.services.plugins.module_utils.passwords.cost import (
    HASHED_BYTE,
    MAX_LANES,
    MD5_ROUND,
    memory_for,
    spend,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.scheme import TextScheme, random_text, same

try:
    import bcrypt

    BCRYPT_IMPORT_ERROR = ""
except ImportError:
    bcrypt = None  # type: ignore[assignment]
    BCRYPT_IMPORT_ERROR = traceback.format_exc()

try:
    import argon2.low_level as argon2

    ARGON2_IMPORT_ERROR = ""
except ImportError:
    argon2 = None  # type: ignore[assignment]
    ARGON2_IMPORT_ERROR = traceback.format_exc()

# Seconds of one core, measured in 2026, rounded up.
BCRYPT_ROUND = 5.1e-5  # for each of 2 to the power of the cost
ARGON2_KIB = 7.1e-7  # for each KiB of memory and pass
SHA_CRYPT_ROUND = 4.2e-7

DIGITS = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""Of six bits, in all formats of crypt()."""


def has_bcrypt() -> bool:
    """Whether the Python library is there."""
    return bcrypt is not None


@dataclass(frozen=True)
class Bcrypt(TextScheme):
    """bcrypt (``$2y$10$...``), as every crypt() writes and takes it. Only the first 72 bytes of a password count.

    :ivar cost: of new ones, as a power of 2
    :ivar kind: letter of new ones: ``y``, ``b`` or ``a``
    """

    start: str = r"\$2[abxy]\$"
    cost: int = 10
    kind: str = "y"

    @property
    def form(self) -> str:
        return r"\$2[abxy]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}"

    def matches(self, parts: re.Match[str], password: bytes) -> bool:
        if bcrypt is None:
            raise MissingLibrary("bcrypt", "to verify a password that is stored as bcrypt", BCRYPT_IMPORT_ERROR)
        spend(f"bcrypt of cost {parts[1]}", BCRYPT_ROUND * (1 << int(parts[1])))
        # The library of version 5 raises where older ones cut.
        return same(bcrypt.hashpw(password[:72], parts[0].encode()), parts[0].encode())

    def make(self, password: str, account: str = "") -> str:
        if bcrypt is None:
            raise MissingLibrary("bcrypt", "to hash a password", BCRYPT_IMPORT_ERROR)
        made = bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(self.cost)).decode()
        return made.replace("$2b$", f"$2{self.kind}$", 1)


@dataclass(frozen=True)
class Argon2(TextScheme):
    """Argon2 (``$argon2id$v=19$...``), as encode_string() of the reference writes it; before version 1.3 without v.

    :ivar kind: of new ones, ``argon2id``, ``argon2i`` or ``argon2d``
    :ivar memory: of new ones, in KiB; this and the next two are the defaults of PHP
    :ivar passes: of new ones
    :ivar lanes: of new ones
    """

    start: str = r"\$argon2"
    kind: str = "argon2id"
    memory: int = 65536
    passes: int = 4
    lanes: int = 1

    @property
    def form(self) -> str:
        return (
            r"\$(?P<kind>argon2(?:id|i|d))(?:\$v=(?:16|19))?\$m=(?P<memory>[1-9][0-9]{0,9}),"
            r"t=(?P<passes>[1-9][0-9]{0,9}),p=(?P<lanes>[1-9][0-9]{0,9})\$[A-Za-z0-9+/]{11,172}\$[A-Za-z0-9+/]{6,172}"
        )

    def matches(self, parts: re.Match[str], password: bytes) -> bool:
        if argon2 is None:
            raise MissingLibrary("argon2-cffi", "to verify a password that is stored as Argon2", ARGON2_IMPORT_ERROR)
        kind = {"argon2d": argon2.Type.D, "argon2i": argon2.Type.I, "argon2id": argon2.Type.ID}[parts["kind"]]
        memory, passes, lanes = int(parts["memory"]), int(parts["passes"]), int(parts["lanes"])
        what = f"Argon2 of {memory} KiB, {passes} passes and {lanes} lanes"
        spend(what, ARGON2_KIB * memory * passes if lanes <= MAX_LANES else float("inf"), memory << 10)
        try:
            with memory_for(memory << 10):
                return argon2.verify_secret(parts[0].encode(), password, kind)
        except Exception:  # pylint: disable=broad-exception-caught  # its errors have no class when it is missing
            return False

    def make(self, password: str, account: str = "") -> str:
        if argon2 is None:
            raise MissingLibrary("argon2-cffi", "to hash a password", ARGON2_IMPORT_ERROR)
        kind = {"argon2d": argon2.Type.D, "argon2i": argon2.Type.I, "argon2id": argon2.Type.ID}[self.kind]
        with memory_for(self.memory << 10):
            return argon2.hash_secret(
                password.encode(), secrets.token_bytes(16), self.passes, self.memory, self.lanes, 32, kind).decode()


@dataclass(frozen=True)
class ShaCrypt(TextScheme):
    """SHA-crypt: ``$6$salt$...`` over SHA-512, ``$5$salt$...`` over SHA-256.

    :ivar rounds: of new ones
    :ivar kind: of new ones, ``6`` or ``5``
    """

    start: str = r"\$[56]\$"
    rounds: int = 5000
    kind: str = "6"

    @property
    def form(self) -> str:
        return (
            r"\$(?:5\$(?:rounds=[1-9][0-9]{3,8}\$)?[^$:\s]{0,16}\$[./0-9A-Za-z]{43}"
            r"|6\$(?:rounds=[1-9][0-9]{3,8}\$)?[^$:\s]{0,16}\$[./0-9A-Za-z]{86})"
        )

    def matches(self, parts: re.Match[str], password: bytes) -> bool:
        return same(sha_crypt(password, parts[0]).encode(), parts[0].encode())

    def make(self, password: str, account: str = "") -> str:
        rounds = "" if self.rounds == 5000 else f"rounds={self.rounds}$"
        return sha_crypt(password.encode(), f"${self.kind}${rounds}{random_text(16, DIGITS)}")


@dataclass(frozen=True)
class Md5Crypt(TextScheme):
    """MD5-crypt (``$1$salt$...``), FreeBSD's of 1994, and by its start Apache's (``$apr1$``). Nothing new should be
    stored so."""

    start: str = r"\$1\$"

    @property
    def form(self) -> str:
        return r"\$(1|apr1)\$([^$:\s]{0,8})\$[./0-9A-Za-z]{22}"

    def matches(self, parts: re.Match[str], password: bytes) -> bool:
        return same(md5_crypt(password, parts[2], parts[1]).encode(), parts[0].encode())


def sha_crypt(password: bytes, setting: str) -> str:
    """SHA-crypt: ``$6$salt$...`` over SHA-512, ``$5$salt$...`` over SHA-256.

    https://www.akkadia.org/drepper/SHA-crypt.txt describes it. Python's own crypt module is gone in 3.13. With 5000
    rounds it takes some 3 ms, and threads do not help.

    :param password: without a NUL, where C's crypt() would end
    :param setting: what a stored string begins with, as ``$6$salt`` or ``$5$rounds=10000$salt``; what follows is passed
        over, and only 16 characters of a salt count
    :raises ValueError: when it is not such a setting, or has rounds that crypt() refuses
    :raises UnverifiableHash: when it would take long
    """
    match = re.match(r"\$([56])\$(?:rounds=([1-9][0-9]{3,8})\$|(?!rounds=))([^$]{0,16})", setting)
    if not match:
        raise ValueError("not a setting of SHA-crypt")
    sha = hashlib.sha512 if match[1] == "6" else hashlib.sha256
    rounds, salt = int(match[2] or 5000), match[3].encode()
    spend(f"SHA-crypt of {rounds} rounds", (SHA_CRYPT_ROUND + HASHED_BYTE * len(password)) * rounds)

    def stretch(digest: bytes, length: int) -> bytes:
        return (digest * (length // len(digest) + 1))[:length]

    size, length = sha().digest_size, len(password)
    alternate = sha(password + salt + password).digest()
    start = sha(password + salt + stretch(alternate, length))
    bits = length
    while bits:
        start.update(alternate if bits & 1 else password)
        bits >>= 1
    digest = start.digest()
    key = stretch(sha(password * length).digest(), length)
    pepper = stretch(sha(salt * (16 + digest[0])).digest(), len(salt))
    # What is added in a round depends on its number modulo 2, 3 and 7: it comes again every 42 rounds.
    between = [(pepper if number % 3 else b"") + (key if number % 7 else b"") for number in range(42)]
    pairs = [(between[number] + key, key + between[number + 1]) for number in range(0, 42, 2)]
    for number in range(rounds // 2):
        after, before = pairs[number % 21]
        digest = sha(before + sha(digest + after).digest()).digest()
    if rounds % 2:
        digest = sha(digest + pairs[rounds // 2 % 21][0]).digest()

    third, shift = size // 3, 1 if size == 64 else 2
    text = ""
    for number in range(third):
        order = [number + third * ((index + number * shift) % 3) for index in range(3)]
        text += _crypt_digits(bytes(digest[index] for index in order), 4)
    text += _crypt_digits(digest[63:], 2) if size == 64 else _crypt_digits(digest[:29:-1], 3)
    return f"{match[0]}${text}"


def md5_crypt(password: bytes, salt: str, kind: str = "1") -> str:
    """MD5-crypt: ``$1$salt$...``.

    :param password: without a NUL, where C's crypt() would end
    :param kind: ``1`` or ``apr1``
    """
    spend("MD5-crypt", (2 * MD5_ROUND + HASHED_BYTE * len(password)) * 1000)

    def md5(data: bytes) -> bytes:
        return hashlib.md5(data, usedforsecurity=False).digest()

    salted, length = salt.encode(), len(password)
    alternate = md5(password + salted + password)
    start = password + f"${kind}$".encode() + salted + (alternate * (length // 16 + 1))[:length]
    bits = length
    while bits:
        start += b"\0" if bits & 1 else password[:1]
        bits >>= 1
    digest = md5(start)
    for number in range(1000):
        first, last = (password, digest) if number % 2 else (digest, password)
        digest = md5(first + (salted if number % 3 else b"") + (password if number % 7 else b"") + last)
    groups = [(0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5)]
    text = "".join(_crypt_digits(bytes(digest[index] for index in group), 4) for group in groups)
    return f"${kind}${salt}${text}{_crypt_digits(digest[11:12], 2)}"


def _crypt_digits(data: bytes, number: int) -> str:
    value = int.from_bytes(data, "big")
    return "".join(DIGITS[value >> 6 * index & 63] for index in range(number))
