# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What password schemes of several service types share: pure, no database, no Ansible.

Part of the public interface of the collection: an adapter of your own builds on these names.
"""

from __future__ import annotations

import hmac
import os
import re
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
