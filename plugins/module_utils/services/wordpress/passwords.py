# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stored passwords of WordPress (wp-includes/pluggable.php, class-phpass.php). Pure."""

from __future__ import annotations

import re

from ansible_collections.auth.services.plugins.module_utils.passwords import (
    NUL,
    SCHEMES,
    ClearPassword,
    Phpass,
    Schemes,
    Unverifiable,
    has_bcrypt,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.schemes import wp_bcrypt

DEFAULT_COST = 10
MAX_NEW_COST = 14  # 0.8 seconds for each new hash, whatever a row has


def _typed(password: str) -> str:
    # slashed (wp_magic_quotes), then trimmed
    return re.sub(r"(['\"])", r"\\\1", password).strip(" \t\n\r\v")


CLEAR_PASSWORD = ClearPassword(
    "WordPress", max_bytes=4096, forbidden={"a backslash": r"\\", **NUL}, prepare=_typed,
)
"""What WordPress's own forms refuse, and what it hashes of the others."""


MD5, PHPASS, BCRYPT = (SCHEMES[name] for name in ("md5", "phpass", "bcrypt"))
# Up to 32 characters are an MD5 for it.
CRYPT = Unverifiable(r"(?=[\s\S]{33})(?:\$[156]\$|_)", "has a crypt(3) format that this module cannot verify")
GIVEN = Schemes([MD5, wp_bcrypt(r"\$2y\$"), PHPASS, BCRYPT])


def schemes(since_6_8: bool, cost: int = DEFAULT_COST) -> Schemes:
    """What wp_check_password() takes, of a password as ``CLEAR_PASSWORD`` gives it.

    New ones have the format of WordPress 6.8 and later or, where that cannot be, one that every version accepts; 6.8
    and later replace these at login.

    :param since_6_8: the site runs WordPress 6.8 or later
    """
    if not since_6_8:
        return Schemes([MD5, PHPASS, BCRYPT, CRYPT], new=PHPASS)
    new = wp_bcrypt(cost=cost)
    known = [MD5, new, Phpass(r"\$P\$"), BCRYPT, SCHEMES["argon2"], CRYPT]
    return Schemes(known, new=new if has_bcrypt() else PHPASS)


def check_hash(stored: str) -> None:
    """Refuse a ``password_hash`` that no version takes.

    :raises ValueError: naming the formats
    """
    if not GIVEN.is_well_formed(stored):
        raise ValueError("WordPress cannot verify this password_hash. Give one that begins with $wp$2y$, $P$ or $2y$")


def cost_of(stored: str) -> int:
    """Cost for new hashes, that of a ``$wp$2y$`` hash as far as it is sensible."""
    if not stored.startswith("$wp") or not GIVEN.is_well_formed(stored):
        return DEFAULT_COST
    return min(int(stored[7:9]), MAX_NEW_COST)
