# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""MediaWiki's stored passwords: ``:type:parameters...``, as PasswordFactory of MediaWiki reads them. Pure."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Collection

from ansible_collections.auth.services.plugins.module_utils.passwords import ClearPassword, Schemes, Unverifiable
from ansible_collections.auth.services.plugins.module_utils.passwords.colon import COLON, Pbkdf2Scheme

CLEAR_PASSWORD = ClearPassword(
    "MediaWiki's login",
    max_bytes=4096,  # PasswordPolicyChecks::checkMaximalPasswordLength
    forbidden={"a control character": r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"},
    prepare=lambda password: unicodedata.normalize("NFC", password),  # as every web parameter; nothing is trimmed
)
MAX_HASH_BYTES = 255  # user_password is a TINYBLOB

# They need a longer password by $wgPasswordPolicy.
PRIVILEGED_GROUPS = frozenset(("sysop", "bureaucrat", "interface-admin", "bot"))

# What every supported version can verify at login. pbkdf2 with sha1 is an internal error from 1.43 on.
ACCEPTED = re.compile(
    r":A:(?:[ -9;-~]+:)?[0-9a-f]{32}"
    r"|:B:[ -9;-~]*:[0-9a-f]{32}"
    r"|:pbkdf2:sha(?:256|512):[1-9][0-9]*:(?P<length>[1-9][0-9]*):[A-Za-z0-9+/]+=*:(?P<digest>[A-Za-z0-9+/]+=*)"
    r"|:bcrypt:(?:0?[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{22}\$[./A-Za-z0-9]{31}"
    r"|:argon2:\$argon2(?:i|id)\$v=19\$m=[1-9][0-9]*,t=[1-9][0-9]*,p=[1-9][0-9]*\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+"
    r"|:pbkdf2-legacy[AB]:!sha(?:256|512):[1-9][0-9]*:(?P<length2>[1-9][0-9]*)![ \x22-9;-~]*![A-Za-z0-9+/]+=*"
    r"!(?P<digest2>[A-Za-z0-9+/]+=*)"
)


# A new one has the form of $wgPasswordDefault and $wgPasswordConfig['pbkdf2'] of MediaWiki 1.35 to 1.45, which
# leaves it alone.
SCHEMES = Schemes([
    *COLON, Unverifiable(r":([^:]+):", "is of type {0!r}, which only the wiki itself can verify"),
], new=Pbkdf2Scheme())
"""What MediaWiki 1.39 or 1.43 takes; the rest is its InvalidPassword, which nothing matches."""


def check_hash(stored: str) -> None:
    """Refuse a ``password_hash`` that MediaWiki could not verify.

    :raises ValueError: naming the formats
    """
    match = ACCEPTED.fullmatch(stored) if len(stored) <= MAX_HASH_BYTES else None
    if not match or not _is_whole(match["digest"] or match["digest2"], match["length"] or match["length2"]):
        raise ValueError(
            "MediaWiki cannot verify this password_hash. Give a string of at most 255 bytes that begins with"
            " :pbkdf2:, :bcrypt:, :argon2:, :pbkdf2-legacyA:, :pbkdf2-legacyB:, :B: or :A:"
        )


def is_weak(password: str, name: str, groups: Collection[str]) -> bool:
    """Whether $wgPasswordPolicy of MediaWiki 1.40 and later would object at login."""
    minimum = 8 if PRIVILEGED_GROUPS.isdisjoint(groups) else 10
    return len(password.encode()) < minimum or password.lower() in name.lower()


def with_type(stored: str, user: int) -> str:
    """A stored password with its type.

    The oldest have none, and are salted with the number of their account (LocalPasswordPrimaryAuthenticationProvider).
    """
    return f":B:{user}:{stored}" if re.fullmatch("[0-9a-f]{32}", stored) else stored


def _is_whole(digest: str | None, length: str | None) -> bool:
    """Whether a PBKDF2 digest has the length that its parameters tell: a string that lost its end has not."""
    if digest is None or length is None:
        return True
    try:
        data = base64.b64decode(digest)
        return digest == base64.b64encode(data).decode() and len(data) == int(length)
    except binascii.Error:
        return False
