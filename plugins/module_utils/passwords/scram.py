# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What servers store of a password for SCRAM (RFC 5802), and its text (RFC 5803). Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from ansible_collections.auth.services.plugins.module_utils.passwords.kdf import pbkdf2
from ansible_collections.auth.services.plugins.module_utils.passwords.scheme import same

ALGORITHMS = {"SHA-1": "sha1", "SHA-256": "sha256"}
"""Names of hashlib, by those of RFC 5803."""
SIZES = {name: hashlib.new(algorithm).digest_size for name, algorithm in ALGORITHMS.items()}
"""Bytes of a key, by algorithm."""
TEXT = re.compile(r"SCRAM-(SHA-1|SHA-256)\$([1-9][0-9]{0,8}):([^$:]+)\$([^$:]+):([^$:]+)")


def scram_keys(algorithm: str, password: bytes, salt: bytes, iterations: int) -> tuple[bytes, bytes]:
    """StoredKey and ServerKey of a password (RFC 5802, 3).

    :param algorithm: of hashlib, ``sha1`` or ``sha256``
    :param password: after SASLprep
    :raises UnverifiableHash: when it would take long
    """
    salted = pbkdf2(algorithm, password, salt, iterations)
    client_key = hmac.digest(salted, b"Client Key", algorithm)
    return hashlib.new(algorithm, client_key).digest(), hmac.digest(salted, b"Server Key", algorithm)


@dataclass(frozen=True)
class ScramKeys:
    """What a server stores of a password.

    :ivar algorithm: ``SHA-1`` or ``SHA-256``
    """

    algorithm: str
    iterations: int
    salt: bytes
    stored_key: bytes
    server_key: bytes

    @classmethod
    def of(cls, password: bytes, algorithm: str, iterations: int, salt: bytes) -> ScramKeys:
        """Keys of a password after SASLprep.

        :raises UnverifiableHash: when it would take long
        """
        return cls(
            algorithm, iterations, salt, *scram_keys(ALGORITHMS[algorithm], password, salt, iterations)
        )

    @classmethod
    def of_nobody(cls, algorithm: str, iterations: int, salt: bytes) -> ScramKeys:
        """Keys that belong to no password."""
        size = SIZES[algorithm]
        return cls(algorithm, iterations, salt, secrets.token_bytes(size), secrets.token_bytes(size))

    @classmethod
    def parse(cls, text: str) -> ScramKeys:
        """Keys from their text.

        :raises ValueError: for another text
        """
        parts = TEXT.fullmatch(text)
        if parts is None:
            raise ValueError("it must have the form SCRAM-SHA-1$iterations:salt$StoredKey:ServerKey")
        try:
            salt, *keys = (base64.b64decode(part, validate=True) for part in parts.groups()[2:])
        except binascii.Error:
            raise ValueError("its salt and its keys must be Base64") from None
        if any(len(key) != SIZES[parts[1]] for key in keys):
            raise ValueError(f"its keys must be as long as keys of {parts[1]}")
        return cls(parts[1], int(parts[2]), salt, *keys)

    def __str__(self) -> str:
        salt, stored_key, server_key = (
            base64.b64encode(part).decode() for part in (self.salt, self.stored_key, self.server_key)
        )
        return f"SCRAM-{self.algorithm}${self.iterations}:{salt}${stored_key}:{server_key}"

    def belong_to(self, password: bytes) -> bool:
        """Whether these are the keys of a password after SASLprep.

        :raises UnverifiableHash: when it would take long
        """
        computed = ScramKeys.of(password, self.algorithm, self.iterations, self.salt)
        return same(computed.stored_key + computed.server_key, self.stored_key + self.server_key)
