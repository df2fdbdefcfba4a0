# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dovecot's stored passwords: ``{SCHEME}data``, or what crypt() made, without a header. Pure.

Source: https://doc.dovecot.org/2.3/configuration_manual/authentication/password_schemes/
"""

from __future__ import annotations

import re

from ansible_collections.auth.services.plugins.module_utils.passwords import (
    LINE_BREAK,
    NUL,
    ClearPassword,
    random_text,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.braces import HEADERS, Braces

CLEAR_PASSWORD = ClearPassword(
    "a mail server",
    max_bytes=511,  # CRYPT_MAX_PASSPHRASE_SIZE of libxcrypt, with which Dovecot and PHP compute
    forbidden={**NUL, **LINE_BREAK},
)
MAX_HASH = 255
SCHEME = Braces()


def no_password() -> str:
    """A stored password that nobody has. Dovecot 2.4 answers one that is not well-formed with a temporary failure."""
    return f"{{SHA512-CRYPT}}$6${random_text(16)}${random_text(86)}"


def check_hash(stored: str) -> None:
    """Refuse a ``password_hash`` that Dovecot could not verify.

    :raises ValueError: naming the schemes
    """
    can_be_held = stored.isascii() and len(stored) <= MAX_HASH and not re.search(r"[\0\r\n]", stored)
    if not can_be_held or not SCHEME.is_well_formed(stored):
        raise ValueError(
            "Dovecot cannot verify this password_hash. Give what doveadm pw prints, a string that begins with"
            f" {', '.join('{' + scheme + '}' for scheme in HEADERS)}, or without such a header what crypt() makes"
        )
