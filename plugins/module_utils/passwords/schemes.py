# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The schemes by name. Pure."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping

from ansible_collections.auth.services.plugins.module_utils.passwords.crypt import Argon2, Bcrypt, Md5Crypt, ShaCrypt
from ansible_collections.auth.services.plugins.module_utils.passwords.digests import (
    ClearText,
    HexDigest,
    SaltedHexDigest,
    digest,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.kdf import Pbkdf2, Scrypt
from ansible_collections.auth.services.plugins.module_utils.passwords.phpass import Phpass
from ansible_collections.auth.services.plugins.module_utils.passwords.scheme import Prefixed, Prehashed, Scheme


def _name_first(password: str, account: str) -> str:
    return account.lower() + password


def _sha256(password: str, account: str) -> str:
    return digest("sha256", password.encode()).hex()


def _hmac_sha384(password: str, account: str) -> str:
    return base64.b64encode(hmac.digest(b"wp-sha384", password.encode(), "sha384")).decode()


def bcrypt_sha256(cost: int = 12) -> Scheme:
    """bcrypt over SHA-256 as ``bcrypt_sha256$$2b$12$...``."""
    return Prefixed("bcrypt_sha256$", Prehashed(Bcrypt(cost=cost, kind="b"), _sha256))


def wp_bcrypt(start: str = Bcrypt.start, cost: int = 10) -> Scheme:
    """bcrypt over HMAC-SHA-384 as ``$wp$2y$10$...``.

    :param start: as of ``Bcrypt``
    """
    return Prefixed("$wp", Prehashed(Bcrypt(start, cost), _hmac_sha384))


SCHEMES: Mapping[str, Scheme] = {
    "apr_md5_crypt": Md5Crypt(r"\$apr1\$"),
    "argon2": Argon2(),
    "argon2_prefixed": Prefixed("argon2$", Argon2(memory=102_400, passes=2, lanes=8), instead="$"),
    "bcrypt": Bcrypt(),
    "bcrypt_name": Prehashed(Bcrypt(), _name_first),  # hash_password() of SMF 2.1
    "bcrypt_prefixed": Prefixed("bcrypt$", Bcrypt(kind="b")),
    "bcrypt_sha256": bcrypt_sha256(),
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
    "wp_bcrypt": wp_bcrypt(),
}
"""With what new ones cost by default: ``dataclasses.replace(SCHEMES["bcrypt"], cost=12)`` for another cost.

Those on ``_name`` hash the account's name in small letters, and the password behind it.
"""
