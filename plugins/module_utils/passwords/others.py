# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Schemes that need code of their own, beside those of the types. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from ansible_collections.auth.services.plugins.module_utils.passwords.cost import (
    HASHED_BYTE,
    MD5_ROUND,
    UnverifiableHash,
    number,
    spend,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.crypt import DIGITS, Bcrypt
from ansible_collections.auth.services.plugins.module_utils.passwords.digests import nt_hash
from ansible_collections.auth.services.plugins.module_utils.passwords.kdf import pbkdf2
from ansible_collections.auth.services.plugins.module_utils.passwords.layouts import MAX_SALT, decode, encode
from ansible_collections.auth.services.plugins.module_utils.passwords.parts import HASH, PartsScheme, Values
from ansible_collections.auth.services.plugins.module_utils.passwords.phpass import little_endian
from ansible_collections.auth.services.plugins.module_utils.passwords.scheme import TextScheme, same
from ansible_collections.auth.services.plugins.module_utils.passwords.scram import ALGORITHMS, SIZES, ScramKeys
from ansible_collections.auth.services.plugins.module_utils.xmpp import saslprep


@dataclass(frozen=True)
class NtHash(TextScheme):
    """The NT hash in hexadecimal digits."""

    start: str = r"[0-9a-fA-F]{32}\Z"

    @property
    def form(self) -> str:
        return "[0-9a-fA-F]{32}"

    def matches(self, parts: re.Match[str], password: bytes) -> bool:
        return same(nt_hash(password.decode()).encode(), parts[0].lower().encode())

    def make(self, password: str, account: str = "") -> str:
        return nt_hash(password)


@dataclass(frozen=True)
class PhpassSha512(TextScheme):
    """phpass with SHA-512 (``$S$``), cut to 55 characters; ``U$S$`` is over the MD5 of the password."""

    start: str = r"U?\$S\$"

    @property
    def form(self) -> str:
        return r"(U?)\$S\$([5-9A-S])([./A-Za-z0-9]{8})([./A-Za-z0-9]{43})"

    def matches(self, parts: re.Match[str], password: bytes) -> bool:
        if parts[1]:
            password = hashlib.md5(password, usedforsecurity=False).hexdigest().encode()
        rounds = DIGITS.index(parts[2])
        spend(f"a portable hash of 2^{rounds} rounds", (2 * MD5_ROUND + HASHED_BYTE * len(password)) * (1 << rounds))
        found = hashlib.sha512(parts[3].encode() + password).digest()
        for _round in range(1 << rounds):
            found = hashlib.sha512(found + password).digest()
        return same(little_endian(found)[:43].encode(), parts[4].encode())


@dataclass(frozen=True)
class BcryptSha256(TextScheme):
    """passlib's bcrypt over SHA-256: ``$bcrypt-sha256$v=2,t=2b,r=12$salt$digest``.

    :ivar cost: of new ones, as a power of 2
    """

    start: str = r"\$bcrypt-sha256\$"
    cost: int = 12

    @property
    def form(self) -> str:
        return (
            r"\$bcrypt-sha256\$(?:v=2,t=(?P<kind>2[aby]),r=(?P<cost>[1-9][0-9]?)"
            r"|(?P<old>2[aby]),(?P<old_cost>[1-9][0-9]?))"
            r"\$(?P<salt>[./A-Za-z0-9]{22})\$(?P<digest>[./A-Za-z0-9]{31})"
        )

    def matches(self, parts: re.Match[str], password: bytes) -> bool:
        cost, salt = int(parts["cost"] or parts["old_cost"]), parts["salt"]
        inner = hmac.digest(salt.encode(), password, "sha256") if parts["kind"] else hashlib.sha256(password).digest()
        stored = f"${parts['kind'] or parts['old']}${cost:02}${salt}{parts['digest']}"
        return Bcrypt().verify(stored, base64.b64encode(inner).decode())


@dataclass(frozen=True)
class AspNetIdentity(TextScheme):
    """PBKDF2 with its parameters in bytes, in base64 (PasswordHasher.cs of ASP.NET Core).

    :ivar iterations: of new ones, which are with SHA-512
    """

    iterations: int = 100_000
    start: str = "A[A-Za-z0-9+/]{65,}"

    @property
    def form(self) -> str:
        return "[A-Za-z0-9+/]{40,}={0,2}"

    def matches(self, parts: re.Match[str], password: bytes) -> bool:
        data = base64.b64decode(parts[0], validate=True)
        if data[0] == 0 and len(data) == 49:
            return same(pbkdf2("sha1", password, data[1:17], 1000, 32), data[17:])
        if data[0] != 1:
            raise ValueError("not of version 2 or 3")
        algorithm, iterations, size = (int.from_bytes(data[place:place + 4], "big") for place in (1, 5, 9))
        if algorithm > 2 or not 0 < size <= MAX_SALT or len(data) < 13 + size + 16:
            raise ValueError("its parameters make no sense")
        salt, key = data[13:13 + size], data[13 + size:]
        return same(pbkdf2(("sha1", "sha256", "sha512")[algorithm], password, salt, iterations, len(key)), key)

    def make(self, password: str, account: str = "") -> str:
        salt = secrets.token_bytes(16)
        begin = b"\x01" + b"".join(one.to_bytes(4, "big") for one in (2, self.iterations, len(salt)))
        return base64.b64encode(begin + salt + pbkdf2("sha512", password.encode(), salt, self.iterations, 32)).decode()


@dataclass(frozen=True)
class Scram(PartsScheme):
    """SCRAM: as its text of RFC 5803, or its parts in columns, the StoredKey in ``hash``.

    :ivar algorithm: as in RFC 5803
    :ivar iterations: of new ones
    :ivar encoding: of keys and salt in columns
    :ivar parts: ``hash`` alone for the text
    """

    algorithm: str = "SHA-256"
    iterations: int = 4096
    encoding: str = "base64"
    parts: tuple[str, ...] = (HASH,)

    def identifies(self, values: Values) -> bool:
        return self._keys(values) is not None

    def is_whole(self, values: Values) -> bool:
        return self._keys(values) is not None

    def belongs(self, values: Values, password: str, account: str) -> bool:
        keys = self._keys(values)
        return keys is not None and keys.belong_to(_prepared(password))

    def new_parts(self, password: str, account: str) -> dict[str, str]:
        keys = ScramKeys.of(_prepared(password), self.algorithm, self.iterations, secrets.token_bytes(16))
        if len(self.parts) == 1:
            return {HASH: str(keys)}
        texts = {"hash": keys.stored_key, "server_key": keys.server_key, "salt": keys.salt}
        encoded = {part: encode(self.encoding, data) for part, data in texts.items()}
        return {"iterations": str(keys.iterations), **encoded}

    def _keys(self, values: Values) -> ScramKeys | None:
        try:
            if len(self.parts) == 1:
                keys = ScramKeys.parse(values.get(HASH) or "")
                return keys if keys.algorithm == self.algorithm else None
            stored, server, salt = (decode(self.encoding, values.get(part) or "")
                                    for part in (HASH, "server_key", "salt"))
            if {len(stored), len(server)} != {SIZES[self.algorithm]} or not 0 < len(salt) <= MAX_SALT:
                return None
            return ScramKeys(self.algorithm, number(values.get("iterations") or ""), salt, stored, server)
        except (ValueError, UnverifiableHash):
            return None


def _prepared(password: str) -> bytes:
    """After SASLprep; as it is where that cannot be, as pg_be_scram_build_secret() does."""
    try:
        return saslprep(password).encode()
    except ValueError:
        return password.encode()


SCRAM = tuple(ALGORITHMS)
"""What SCRAM is possible with."""
