# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What computing hashes may cost, and on how many cores it is done. Pure.

Whoever set a stored password chose what it costs to verify: a limit for each is here, and reconcile.py has a budget.
"""

from __future__ import annotations

import contextlib
import contextvars
import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

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
"""Characters of a stored password. The longest of any application have less than 500."""

MD5_ROUND = 3.4e-7
"""Seconds of one core for hashing some bytes in Python, measured in 2026 and rounded up."""
HASHED_BYTE = 2e-9
"""Seconds for each byte more."""
LEAVE = "set update_password: on_create to keep it, or password_hash to replace it"
"""What to do with a stored password that cannot be verified."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class UnverifiableHash(Exception):
    """A stored password in a format that cannot be verified."""


def on_all_cores(function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Apply a function to each item, in threads on all cores; results in order of the items.

    hashlib, bcrypt and argon2 free the interpreter lock while they compute, so threads are enough.
    """
    items = list(items)
    if len(items) < 2:
        return [function(item) for item in items]
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        return list(pool.map(function, items))


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


def memory_for(size: int) -> contextlib.AbstractContextManager[None]:
    """Wait until all that is computed at the same time leaves so many bytes, and take them."""
    return _ROOM.take(size)


def spend(what: str, seconds: float, memory: int = 0) -> None:
    """Say what a computation costs, with the very parameters that it is about to use, before it begins.

    Whatever computes a hash by parameters that are stored calls it: the schemes here do, and one of your own must.

    :param what: the algorithm with its parameters, for the message
    :param seconds: of one core
    :param memory: in bytes
    :raises UnverifiableHash: when one hash may not cost that
    """
    if not (seconds <= MAX_SECONDS and memory <= MAX_MEMORY):
        raise UnverifiableHash(
            f"the stored password is {what}, which would take more than {MAX_SECONDS:.0f} seconds or"
            f" {MAX_MEMORY >> 20} MiB to verify; {LEAVE}"
        )
    if _measuring.get():
        raise _Measured(seconds)


def estimate(work: Callable[[], Result]) -> tuple[float, Result | None]:
    """How many seconds of one core some work will take by what it says to ``spend``; the work is not done.

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
