# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What password schemes of several service types share: pure, no database, no Ansible.

Part of the public interface of the collection: an adapter of your own builds on these names.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

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

# Above any sane setting: a row with more must not keep the task busy for hours.
MAX_BCRYPT_COST = 20
MAX_ARGON2_WORK = 1 << 26  # KiB of memory times passes
MAX_SHA_CRYPT_ROUNDS = 10_000_000

CRYPT_DIGITS = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

Item = TypeVar("Item")
Result = TypeVar("Result")


class UnverifiableHash(Exception):
    """A stored password in a format that cannot be verified: nobody can say whether a password matches."""


class MissingLibrary(Exception):
    """A Python library is missing or too old.

    :ivar library: name and version wanted
    :ivar reason: what it is needed for
    :ivar details: traceback of the failed import, if any
    """

    def __init__(self, library: str, reason: str, details: str | None = None) -> None:
        self.library, self.reason, self.details = library, reason, details
        super().__init__(f"{library} is needed {reason}")


def on_all_cores(function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Apply a function to each item, in threads on all cores; results in order of the items.

    hashlib, bcrypt and argon2 free the interpreter lock while they compute, so threads are enough.
    """
    items = list(items)
    if len(items) < 2:
        return [function(item) for item in items]
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        return list(pool.map(function, items))


def same(left: bytes, right: bytes) -> bool:
    """Compare two digests in constant time."""
    return hmac.compare_digest(left, right)


def bcrypt_matches(password: bytes, stored: str) -> bool:
    """Verify a bcrypt string (C($2y$10$...)).

    Only the first 72 bytes of a password count; the library of version 5 raises where older ones cut.

    :raises MissingLibrary: without the Python library
    :raises UnverifiableHash: when it would take hours
    """
    if bcrypt is None:
        raise MissingLibrary("bcrypt", "to verify a password that is stored as bcrypt", BCRYPT_IMPORT_ERROR)
    cost = re.match(r"\$2.?\$(\d\d)\$", stored)
    if cost and int(cost[1]) > MAX_BCRYPT_COST:
        raise UnverifiableHash(f"the stored password is bcrypt of cost {cost[1]}, too much to verify")
    try:
        return same(bcrypt.hashpw(password[:72], stored.encode()), stored.encode())
    except ValueError:  # not a bcrypt string: it matches nothing
        return False


def argon2_matches(password: bytes, stored: str) -> bool:
    """Verify an Argon2 string (C($argon2id$v=19$...)).

    :raises MissingLibrary: without the Python library
    :raises UnverifiableHash: when it would take hours
    """
    if argon2 is None:
        raise MissingLibrary("argon2-cffi", "to verify a password that is stored as Argon2", ARGON2_IMPORT_ERROR)
    kinds = {"argon2d": argon2.Type.D, "argon2i": argon2.Type.I, "argon2id": argon2.Type.ID}
    kind = kinds.get(stored.split("$")[1] if stored.startswith("$") else "")
    if kind is None:
        return False
    work = re.search(r"\$m=(\d+),t=(\d+)", stored)
    if work and int(work[1]) * int(work[2]) > MAX_ARGON2_WORK:
        raise UnverifiableHash(f"the stored password is Argon2 with {work[0][1:]}, too much to verify")
    try:
        return argon2.verify_secret(stored.encode(), password, kind)
    except Exception:  # pylint: disable=broad-exception-caught  # its errors have no class when it is missing
        return False


def scram_keys(algorithm: str, password: bytes, salt: bytes, iterations: int) -> tuple[bytes, bytes]:
    """StoredKey and ServerKey of a password (RFC 5802, 3).

    :param algorithm: of hashlib, C(sha1) or C(sha256)
    :param password: after SASLprep
    """
    salted = hashlib.pbkdf2_hmac(algorithm, password, salt, iterations)
    client_key = hmac.digest(salted, b"Client Key", algorithm)
    return hashlib.new(algorithm, client_key).digest(), hmac.digest(salted, b"Server Key", algorithm)


def sha_crypt(password: bytes, setting: str | None = None) -> str:
    """SHA-crypt: C($6$salt$...) over SHA-512, C($5$salt$...) over SHA-256 (https://www.akkadia.org/drepper/SHA-crypt.txt).

    Python's own crypt module is gone in 3.13. With 5000 rounds it takes some 3 ms, and threads do not help.

    :param password: without a NUL, where C's crypt() would end
    :param setting: what a stored string begins with, as C($6$salt) or C($5$rounds=10000$salt); what follows is passed
        over, and only 16 characters of a salt count. Not given: SHA-512 with 5000 rounds and a random salt
    :raises ValueError: when it is no such setting, or has rounds that crypt() refuses
    :raises UnverifiableHash: when it would take minutes
    """
    if setting is None:
        setting = "$6$" + "".join(secrets.choice(CRYPT_DIGITS) for _digit in range(16))
    match = re.match(r"\$([56])\$(?:rounds=([1-9][0-9]{3,8})\$|(?!rounds=))([^$]{0,16})", setting)
    if not match:
        raise ValueError("not a setting of SHA-crypt")
    sha = hashlib.sha512 if match[1] == "6" else hashlib.sha256
    rounds, salt = int(match[2] or 5000), match[3].encode()
    if rounds > MAX_SHA_CRYPT_ROUNDS:
        raise UnverifiableHash(f"the stored password is SHA-crypt of {rounds} rounds, too much to verify")

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


def sha_crypt_matches(password: bytes, stored: str) -> bool:
    """Verify a SHA-crypt string (C($6$...), C($5$...)).

    :raises UnverifiableHash: when it would take minutes
    """
    try:
        return same(sha_crypt(password, stored).encode(), stored.encode())
    except ValueError:  # not SHA-crypt: it matches nothing
        return False


def md5_crypt_matches(password: bytes, stored: str) -> bool:
    """Verify a MD5-crypt string (C($1$salt$...)), FreeBSD's of 1994. Nothing new should be stored so."""
    match = re.match(r"\$1\$([^$]{0,8})\$", stored)
    if not match:
        return False

    def md5(data: bytes) -> bytes:
        return hashlib.md5(data, usedforsecurity=False).digest()

    salt, length = match[1].encode(errors="surrogateescape"), len(password)
    alternate = md5(password + salt + password)
    start = password + b"$1$" + salt + (alternate * (length // 16 + 1))[:length]
    bits = length
    while bits:
        start += b"\0" if bits & 1 else password[:1]
        bits >>= 1
    digest = md5(start)
    for number in range(1000):
        first, last = (password, digest) if number % 2 else (digest, password)
        digest = md5(first + (salt if number % 3 else b"") + (password if number % 7 else b"") + last)
    groups = [(0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5)]
    text = "".join(_crypt_digits(bytes(digest[index] for index in group), 4) for group in groups)
    computed = f"{match[0]}{text}{_crypt_digits(digest[11:12], 2)}"
    return same(computed.encode(errors="surrogateescape"), stored.encode(errors="surrogateescape"))


def _crypt_digits(data: bytes, number: int) -> str:
    value = int.from_bytes(data, "big")
    return "".join(CRYPT_DIGITS[value >> 6 * index & 63] for index in range(number))
