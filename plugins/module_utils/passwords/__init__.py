# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is common to passwords of all service types: schemes, clear passwords, and what computing may cost.

Pure: no database, no Ansible. Part of the public interface of the collection: an adapter of your own builds on these
names.
"""

from __future__ import annotations

from ansible_collections.auth.services.plugins.module_utils.account import MissingLibrary
from ansible_collections.auth.services.plugins.module_utils.passwords.clear import LINE_BREAK, NUL, ClearPassword
from ansible_collections.auth.services.plugins.module_utils.passwords.cost import (
    LEAVE,
    MAX_STORED,
    UnverifiableHash,
    estimate,
    memory_for,
    number,
    on_all_cores,
    spend,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.crypt import (
    Argon2,
    Bcrypt,
    Md5Crypt,
    ShaCrypt,
    has_bcrypt,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.digests import (
    ClearText,
    HexDigest,
    SaltedHexDigest,
    digest,
    digest_matches,
    digest_size,
    nt_hash,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.kdf import Pbkdf2, Scrypt, pbkdf2, scrypt
from ansible_collections.auth.services.plugins.module_utils.passwords.phpass import Phpass
from ansible_collections.auth.services.plugins.module_utils.passwords.scheme import (
    Prefixed,
    Prehashed,
    Scheme,
    Schemes,
    TextScheme,
    Unverifiable,
    random_text,
    same,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.schemes import SCHEMES
from ansible_collections.auth.services.plugins.module_utils.passwords.scram import ScramKeys, scram_keys

__all__ = [
    "LEAVE", "LINE_BREAK", "MAX_STORED", "NUL", "SCHEMES", "Argon2", "Bcrypt", "ClearPassword", "ClearText",
    "HexDigest", "Md5Crypt", "MissingLibrary", "Pbkdf2", "Phpass", "Prefixed", "Prehashed", "SaltedHexDigest",
    "Scheme", "Schemes", "ScramKeys", "Scrypt", "ShaCrypt", "TextScheme", "Unverifiable", "UnverifiableHash", "digest",
    "digest_matches", "digest_size", "estimate", "has_bcrypt", "memory_for", "nt_hash", "number", "on_all_cores",
    "pbkdf2", "random_text", "same", "scram_keys", "scrypt", "spend",
]
