# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords as Django stores them (django/contrib/auth/hashers.py): an algorithm, ``$``, and its result. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from ansible_collections.auth.services.plugins.module_utils import passwords as shared
from ansible_collections.auth.services.plugins.module_utils.passwords import (
    ClearPassword,
    Pbkdf2,
    Schemes,
    Unverifiable,
    random_text,
)

ITERATIONS = 1_000_000  # of Django 5.2, for a site whose rows do not tell
MAX_NEW_ITERATIONS = 4 * ITERATIONS  # 0.8 seconds for each new hash, whatever a row has
CLEAR_PASSWORD = ClearPassword("Django's login")
SCHEMES = Schemes([
    *(shared.SCHEMES[name] for name in ("pbkdf2_sha256", "pbkdf2_sha1", "scrypt", "md5_salted")),
    shared.SCHEMES["sha1_salted"],  # SHA1PasswordHasher, up to Django 5.0
    shared.SCHEMES["md5"],  # Django's ancient one (identify_hasher)
    *(shared.SCHEMES[name] for name in ("argon2_prefixed", "bcrypt_prefixed", "bcrypt_sha256")),
    Unverifiable("[^!]", "uses an algorithm that Django does not include"),
])


def schemes(iterations: int) -> Schemes:
    """What Django takes, with so many iterations of new ones."""
    return replace(SCHEMES, new=Pbkdf2("sha256", iterations))


def no_password() -> str:
    """A stored password that nobody has (make_password(None))."""
    return "!" + random_text(40)


def check_hash(stored: str) -> None:
    """Refuse a ``password_hash`` that has not the form of a stored password.

    :raises ValueError: saying which form
    """
    if not re.match(r"\w+\$.|!|[0-9a-f]{32}$", stored):
        raise ValueError("Django cannot verify this password_hash. Give one that begins with an algorithm and $")
