# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stored passwords of WordPress (wp-includes/pluggable.php, class-phpass.php). Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

from ansible_collections.auth.services.plugins.module_utils.passwords import (
    BCRYPT,
    BCRYPT_IMPORT_ERROR,
    HASHED_BYTE,
    MD5_ROUND,
    MissingLibrary,
    UnverifiableHash,
    argon2_matches,
    bcrypt,
    bcrypt_matches,
    same,
    spend,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.clear import NUL, ClearPassword

ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PORTABLE = r"\$[PH]\$[5-9A-S][./A-Za-z0-9]{30}"
PORTABLE_ROUNDS = "B"  # 2 to the power of its place in ALPHABET, 8192: what wp_hash_password() used up to 6.7
DEFAULT_COST = 10
MAX_NEW_COST = 14  # 0.8 seconds for each new hash, whatever a row has
FORMAT = re.compile(rf"(?:\$wp(?=\$2y))?{BCRYPT}|{PORTABLE}|[0-9a-f]{{32}}")


def has_bcrypt() -> bool:
    """Whether new passwords can be hashed as WordPress 6.8 and later do it."""
    return bcrypt is not None


def _typed(password: str) -> str:
    # slashed (wp_magic_quotes), then trimmed
    return re.sub(r"(['\"])", r"\\\1", password).strip(" \t\n\r\v")


CLEAR_PASSWORD = ClearPassword(
    "WordPress", max_bytes=4096, forbidden={"a backslash": r"\\", **NUL}, prepare=_typed,
)
"""What WordPress's own forms refuse, and what it hashes of the others."""


def hash_bcrypt(password: str, cost: int = DEFAULT_COST) -> str:
    """A hash as WordPress 6.8 and later make it; ``password`` as ``CLEAR_PASSWORD`` gives it."""
    if bcrypt is None:
        raise MissingLibrary("bcrypt", "to hash a password", BCRYPT_IMPORT_ERROR)
    return "$wp" + bcrypt.hashpw(_digest(password), bcrypt.gensalt(cost)).decode().replace("$2b$", "$2y$", 1)


def hash_portable(password: str) -> str:
    """A hash that every version takes, and 6.8 and later replace at login."""
    return _portable(password, "$P$" + PORTABLE_ROUNDS + "".join(secrets.choice(ALPHABET) for _position in range(8)))


def verify(stored: str, password: str, bcrypt_since_6_8: bool) -> bool:
    """What wp_check_password() says; ``password`` as ``CLEAR_PASSWORD`` gives it.

    :param bcrypt_since_6_8: the site runs WordPress 6.8 or later
    :raises UnverifiableHash: for formats of PHP's crypt() that are not computed here
    """
    if len(stored) <= 32:
        return same(hashlib.md5(password.encode(), usedforsecurity=False).hexdigest().encode(), stored.encode())
    if stored.startswith("$wp"):
        return bcrypt_since_6_8 and bcrypt_matches(_digest(password), stored[len("$wp"):])
    if re.fullmatch(PORTABLE, stored) and (stored[1] == "P" or not bcrypt_since_6_8):
        return same(_portable(password, stored).encode(), stored.encode())
    if stored.startswith("$2"):
        return bcrypt_matches(password.encode(), stored)
    if stored.startswith("$argon2") and bcrypt_since_6_8:
        return argon2_matches(password.encode(), stored)
    if re.match(r"\$[156]\$|_", stored):
        raise UnverifiableHash("the stored password has a format of crypt(3) that cannot be verified")
    return False


def cost_of(stored: str) -> int:
    """Cost for new hashes, that of a C($wp$2y$) hash as far as it is sensible."""
    if not stored.startswith("$wp") or not FORMAT.fullmatch(stored):
        return DEFAULT_COST
    return min(int(stored[7:9]), MAX_NEW_COST)


def _digest(password: str) -> bytes:
    return base64.b64encode(hmac.new(b"wp-sha384", password.encode(), hashlib.sha384).digest())


def _portable(password: str, setting: str) -> str:
    rounds, data = ALPHABET.index(setting[3]), password.encode()
    spend(f"a portable hash of 2^{rounds} rounds", (MD5_ROUND + HASHED_BYTE * len(data)) * (1 << rounds))
    digest = hashlib.md5(setting[4:12].encode() + data, usedforsecurity=False).digest()
    for _round in range(1 << rounds):
        digest = hashlib.md5(digest + data, usedforsecurity=False).digest()
    return setting[:12] + _base64(digest)


def _base64(digest: bytes) -> str:
    # PasswordHash::encode64(): little-endian, 6 bits at a time
    text = ""
    for start in range(0, len(digest), 3):
        part = digest[start:start + 3]
        value = int.from_bytes(part, "little")
        text += "".join(ALPHABET[value >> shift & 63] for shift in range(0, len(part) * 8, 6))
    return text
