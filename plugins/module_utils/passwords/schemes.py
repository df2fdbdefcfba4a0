# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The schemes by name. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.auth.services.plugins.module_utils.passwords.crypt import Argon2, Bcrypt, Md5Crypt, ShaCrypt
from ansible_collections.auth.services.plugins.module_utils.passwords.digests import (
    ClearText,
    HexDigest,
    SaltedHexDigest,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.kdf import Pbkdf2, Scrypt
from ansible_collections.auth.services.plugins.module_utils.passwords.phpass import Phpass
from ansible_collections.auth.services.plugins.module_utils.passwords.scheme import Prehashed, Scheme


def _name_first(password: str, account: str) -> str:
    return account.lower() + password


SCHEMES: Mapping[str, Scheme] = {
    "apr_md5_crypt": Md5Crypt(r"\$apr1\$"),
    "argon2": Argon2(),
    "bcrypt": Bcrypt(),
    "bcrypt_name": Prehashed(Bcrypt(), _name_first),  # hash_password() of SMF 2.1
    "clear": ClearText(),
    "md5": HexDigest("md5"),
    "md5_crypt": Md5Crypt(),
    "md5_salted": SaltedHexDigest("md5"),
    "pbkdf2_sha1": Pbkdf2("sha1"),
    "pbkdf2_sha256": Pbkdf2("sha256"),
    "phpass": Phpass(),
    "scrypt": Scrypt(),
    "sha1": HexDigest("sha1"),
    "sha1_name": Prehashed(HexDigest("sha1"), _name_first),  # of SMF before 2.1
    "sha1_salted": SaltedHexDigest("sha1"),
    "sha_crypt": ShaCrypt(),
}
"""With what new ones cost by default: ``dataclasses.replace(SCHEMES["bcrypt"], cost=12)`` for another cost.

Those on ``_name`` hash the account's name in small letters, and the password behind it.
"""
