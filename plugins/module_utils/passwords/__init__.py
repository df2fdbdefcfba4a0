# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What password schemes of several service types share: pure, no database, no Ansible.

Part of the public interface of the collection: an adapter of your own builds on these names.
"""

from __future__ import annotations

import contextlib
import contextvars
import hashlib
import hmac
import os
import re
import secrets
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

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

# What one stored password may cost, whoever chose its parameters. All that applications set is far below.
MAX_SECONDS = 5.0
"""Of one core: bcrypt of cost 16 takes 3.3, a million iterations of PBKDF2 0.2."""
MAX_MEMORY = 256 << 20
"""Bytes. The defaults of PHP and argon2-cffi are 64 MiB, and no application here has more than 100."""
MAX_MEMORY_TOGETHER = 512 << 20
"""Bytes, of all that are computed at the same time: more wait for each other."""
MAX_LANES = 64
"""Threads of one Argon2; no application here has more than 8."""
MAX_STORED = 4096
"""Characters of a stored password. The longest that any application makes have less than 500."""

# Seconds of one core, measured in 2026, rounded up.
BCRYPT_ROUND = 5.1e-5  # for each of 2 to the power of the cost
ARGON2_KIB = 7.1e-7  # for each KiB of memory and pass
SCRYPT_BLOCK = 2.2e-7  # for each of N times r times p
PBKDF2_ROUNDS = {"md5": 2.6e-7, "sha1": 2e-7, "sha224": 2e-7, "sha256": 2e-7, "sha384": 4e-7, "sha512": 4e-7}
SHA_CRYPT_ROUND = 4.2e-7
MD5_ROUND = 3.4e-7
HASHED_BYTE = 2e-9

BCRYPT = r"\$2[abxy]\$(?:0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}"
"""A whole bcrypt string, as every crypt() writes and takes it."""
# encode_string() of the reference implementation; before version 1.3 without v.
ARGON2 = re.compile(
    r"\$(?P<kind>argon2(?:id|i|d))(?:\$v=(?:16|19))?\$m=(?P<memory>[1-9][0-9]{0,9}),t=(?P<passes>[1-9][0-9]{0,9}),"
    r"p=(?P<lanes>[1-9][0-9]{0,9})\$[A-Za-z0-9+/]{11,172}\$[A-Za-z0-9+/]{6,172}"
)

SHA_CRYPT = re.compile(
    r"\$(?:5\$(?:rounds=[1-9][0-9]{3,8}\$)?[^$]{0,16}\$[./0-9A-Za-z]{43}"
    r"|6\$(?:rounds=[1-9][0-9]{3,8}\$)?[^$]{0,16}\$[./0-9A-Za-z]{86})"
)

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
    :ivar outcome: what a task did all the same; None for nothing
    """

    outcome: Any = None

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


class _Measured(BaseException):
    """Ends a computation before it begins; not an Exception, which verifying takes for a broken hash."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class _Room:
    """So much memory for all threads."""

    def __init__(self, size: int) -> None:
        self._free, self._changed = size, threading.Condition()

    @contextlib.contextmanager
    def take(self, size: int) -> Iterator[None]:
        """Wait until there is so much; no more than there can be."""
        with self._changed:
            self._changed.wait_for(lambda: size <= self._free)
            self._free -= size
        try:
            yield
        finally:
            with self._changed:
                self._free += size
                self._changed.notify_all()


_ROOM = _Room(MAX_MEMORY_TOGETHER)
_measuring = contextvars.ContextVar("_measuring", default=False)


def spend(what: str, seconds: float, memory: int = 0) -> None:
    """Say what a computation costs, with the very parameters that it is about to use, before it begins.

    Whatever computes a hash by parameters that are stored calls it: the functions here do, and those of an adapter of
    your own that compute by themselves.

    :param what: the algorithm with its parameters, for the message
    :param seconds: of one core
    :param memory: in bytes
    :raises UnverifiableHash: when one hash may not cost that
    """
    if not (seconds <= MAX_SECONDS and memory <= MAX_MEMORY):
        raise UnverifiableHash(
            f"the stored password is {what}, too much to verify: more than {MAX_SECONDS:.0f} seconds or"
            f" {MAX_MEMORY >> 20} MiB; with update_password: on_create it is left alone"
        )
    if _measuring.get():
        raise _Measured(seconds)


def estimate(work: Callable[[], Result]) -> tuple[float, Result | None]:
    """How many seconds of one core some work will take by what it says to C(spend); the work is not done.

    Work that says nothing is done, and there is its result.
    """
    token = _measuring.set(True)
    try:
        return 0.0, work()
    except _Measured as measured:
        return measured.seconds, None
    finally:
        _measuring.reset(token)


def number(text: str) -> int:
    """A number from a stored password, in the one form that all parsers read alike: digits, and no 0 before them.

    :raises ValueError: for every other form
    """
    if not re.fullmatch("[1-9][0-9]{0,18}", text):
        raise ValueError("not a plain number")
    return int(text)


def bcrypt_matches(password: bytes, stored: str) -> bool:
    """Verify a bcrypt string (C($2y$10$...)).

    Only the first 72 bytes of a password count; the library of version 5 raises where older ones cut.

    :raises MissingLibrary: without the Python library
    :raises UnverifiableHash: when it would take long
    """
    if not re.fullmatch(BCRYPT, stored):
        return False
    if bcrypt is None:
        raise MissingLibrary("bcrypt", "to verify a password that is stored as bcrypt", BCRYPT_IMPORT_ERROR)
    spend(f"bcrypt of cost {stored[4:6]}", BCRYPT_ROUND * (1 << int(stored[4:6])))
    try:
        return same(bcrypt.hashpw(password[:72], stored.encode()), stored.encode())
    except ValueError:  # not a bcrypt string for the library
        return False


def argon2_matches(password: bytes, stored: str) -> bool:
    """Verify an Argon2 string (C($argon2id$v=19$...)).

    :raises MissingLibrary: without the Python library
    :raises UnverifiableHash: when it would take long, or much memory
    """
    match = ARGON2.fullmatch(stored)
    if not match:
        return False
    if argon2 is None:
        raise MissingLibrary("argon2-cffi", "to verify a password that is stored as Argon2", ARGON2_IMPORT_ERROR)
    kind = {"argon2d": argon2.Type.D, "argon2i": argon2.Type.I, "argon2id": argon2.Type.ID}[match["kind"]]
    memory, passes, lanes = int(match["memory"]), int(match["passes"]), int(match["lanes"])
    what = f"Argon2 of {memory} KiB, {passes} passes and {lanes} lanes"
    spend(what, ARGON2_KIB * memory * passes if lanes <= MAX_LANES else float("inf"), memory << 10)
    try:
        with _ROOM.take(memory << 10):
            return argon2.verify_secret(stored.encode(), password, kind)
    except Exception:  # pylint: disable=broad-exception-caught  # its errors have no class when it is missing
        return False


def pbkdf2(algorithm: str, password: bytes, salt: bytes, iterations: int, length: int | None = None) -> bytes:
    """PBKDF2 of as many bytes as the algorithm has, or of another length.

    :param algorithm: of hashlib
    :raises ValueError: for an algorithm that is not in C(PBKDF2_ROUNDS), or numbers that are none
    :raises UnverifiableHash: when it would take long, or much memory
    """
    if algorithm not in PBKDF2_ROUNDS or iterations < 1 or (length is not None and length < 1):
        raise ValueError("not PBKDF2 of a known algorithm")
    size = hashlib.new(algorithm, usedforsecurity=False).digest_size
    blocks = -(-(length or size) // size)
    spend(f"PBKDF2 of {iterations} iterations", PBKDF2_ROUNDS[algorithm] * iterations * blocks, blocks * size)
    return hashlib.pbkdf2_hmac(algorithm, password, salt, iterations, length)


def scrypt(password: bytes, salt: bytes, n: int, r: int, p: int, length: int) -> bytes:
    """scrypt (RFC 7914) of so many bytes.

    :raises ValueError: for parameters that are none
    :raises UnverifiableHash: when it would take long, or much memory
    """
    if min(n, r, p) < 1:
        raise ValueError("not parameters of scrypt")
    memory = 128 * r * (n + p + 2)
    # Of a small N, what comes before and after takes longer than the blocks.
    spend(f"scrypt of N={n}, r={r}, p={p}", SCRYPT_BLOCK * (n + 5) * r * p, memory)
    with _ROOM.take(memory):
        return hashlib.scrypt(password, salt=salt, n=n, r=r, p=p, maxmem=memory + (1 << 20), dklen=length)


def sha_crypt(password: bytes, setting: str | None = None) -> str:
    """SHA-crypt: C($6$salt$...) over SHA-512, C($5$salt$...) over SHA-256 (https://www.akkadia.org/drepper/SHA-crypt.txt).

    Python's own crypt module is gone in 3.13. With 5000 rounds it takes some 3 ms, and threads do not help.

    :param password: without a NUL, where C's crypt() would end
    :param setting: what a stored string begins with, as C($6$salt) or C($5$rounds=10000$salt); what follows is passed
        over, and only 16 characters of a salt count. Not given: SHA-512 with 5000 rounds and a random salt
    :raises ValueError: when it is not such a setting, or has rounds that crypt() refuses
    :raises UnverifiableHash: when it would take long
    """
    if setting is None:
        setting = "$6$" + "".join(secrets.choice(CRYPT_DIGITS) for _digit in range(16))
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


def sha_crypt_matches(password: bytes, stored: str) -> bool:
    """Verify a SHA-crypt string (C($6$...), C($5$...)).

    :raises UnverifiableHash: when it would take long
    """
    if not SHA_CRYPT.fullmatch(stored):
        return False
    try:
        return same(sha_crypt(password, stored).encode(), stored.encode())
    except ValueError:  # not SHA-crypt: it matches nothing
        return False


def md5_crypt_matches(password: bytes, stored: str) -> bool:
    """Verify a MD5-crypt string (C($1$salt$...)), FreeBSD's of 1994. Nothing new should be stored so."""
    match = re.match(r"\$1\$([^$]{0,8})\$(?=[./0-9A-Za-z]{22}\Z)", stored)
    if not match:
        return False
    spend("MD5-crypt", (2 * MD5_ROUND + HASHED_BYTE * len(password)) * 1000)

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
