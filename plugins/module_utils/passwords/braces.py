# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stored passwords behind the name of a scheme in braces: ``{SSHA}...`` (RFC 2307), as mail servers know more. Pure.

Source: https://doc.dovecot.org/2.3/configuration_manual/authentication/password_schemes/
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from ansible_collections.auth.services.plugins.module_utils.passwords.cost import UnverifiableHash, estimate, number
from ansible_collections.auth.services.plugins.module_utils.passwords.crypt import Argon2, Bcrypt
from ansible_collections.auth.services.plugins.module_utils.passwords.digests import (
    digest,
    digest_matches,
    digest_size,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.kdf import pbkdf2
from ansible_collections.auth.services.plugins.module_utils.passwords.scheme import (
    Scheme,
    Schemes,
    TextScheme,
    Unverifiable,
    same,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.schemes import SCHEMES
from ansible_collections.auth.services.plugins.module_utils.passwords.scram import scram_keys

SALT = 8
"""Bytes of a new salt."""


@dataclass(frozen=True)
class Digest(Scheme):
    """A digest in base64, with its salt behind it, or without one and then in hexadecimal digits too."""

    algorithm: str
    salted: bool = False

    def identify(self, stored: str) -> bool:
        return True

    def is_well_formed(self, stored: str) -> bool:
        try:
            return bool(self._data(stored))
        except ValueError:
            return False

    def verify(self, stored: str, password: str, account: str = "") -> bool:
        try:
            return digest_matches(self.algorithm, self._data(stored), password.encode())
        except ValueError:
            return False

    def make(self, password: str, account: str = "") -> str:
        salt = secrets.token_bytes(SALT) if self.salted else b""
        return base64.b64encode(digest(self.algorithm, password.encode() + salt) + salt).decode()

    def _data(self, stored: str) -> bytes:
        size = digest_size(self.algorithm)
        is_hex = not self.salted and re.fullmatch("[0-9A-Fa-f]+", stored) and len(stored) == 2 * size
        data = bytes.fromhex(stored) if is_hex else base64.b64decode(stored, validate=True)
        if len(data) < size or (len(data) > size) != self.salted:
            raise ValueError("not of the digest's length")
        return data


class Costly(TextScheme):
    """One that is whole only if it can also be verified, as far as its cost goes."""

    start = ""

    def is_well_formed(self, stored: str) -> bool:
        return super().is_well_formed(stored) and estimate(lambda: self.verify(stored, ""))[0] >= 0


class Pbkdf2(Costly):
    """``$1$salt$rounds$digest``, with SHA-1."""

    form = r"\$1\$([^$]+)\$([1-9][0-9]{0,18})\$([0-9a-f]{40})"

    def matches(self, parts: re.Match[str], password: bytes) -> bool:
        return same(pbkdf2("sha1", password, parts[1].encode(), number(parts[2])), bytes.fromhex(parts[3]))


@dataclass(frozen=True)
class Scram(Costly):
    """``iterations,salt,StoredKey,ServerKey``."""

    algorithm: str
    form = "([1-9][0-9]{0,18}),([^,]*),([^,]*),[^,]*"

    def matches(self, parts: re.Match[str], password: bytes) -> bool:
        salt, key = (base64.b64decode(part, validate=True) for part in parts.groups()[1:])
        return same(scram_keys(self.algorithm, password, salt, number(parts[1]))[0], key)


CRYPT = Schemes(
    [SCHEMES["sha_crypt"], Bcrypt(r"\$2[aby]\$"), SCHEMES["md5_crypt"]],
    new=SCHEMES["sha_crypt"],  # with 5000 rounds, a mail server's own default strength
)
TEXTS: dict[str, Scheme] = {
    **dict.fromkeys(["SHA512-CRYPT", "SHA256-CRYPT", "BLF-CRYPT", "MD5-CRYPT", "CRYPT"], CRYPT),
    **dict.fromkeys(["ARGON2ID", "ARGON2I", "ARGON2"], Argon2(r"\$argon2id?\$v=19\$")),
    "MD5": Schemes([SCHEMES["md5_crypt"], Digest("md5")]),
    "PBKDF2": Pbkdf2(),
    "SCRAM-SHA-256": Scram("sha256"),
    "SCRAM-SHA-1": Scram("sha1"),
    **dict.fromkeys(["PLAIN", "CLEARTEXT", "CLEAR"], SCHEMES["clear"]),
}
"""Schemes whose data is text, which B64 and HEX encode once more."""
HEADERS: dict[str, Scheme] = {
    **TEXTS,
    "SSHA512": Digest("sha512", salted=True),
    "SSHA256": Digest("sha256", salted=True),
    "SSHA": Digest("sha1", salted=True),
    "SMD5": Digest("md5", salted=True),
    "SHA512": Digest("sha512"),
    "SHA256": Digest("sha256"),
    **dict.fromkeys(["SHA", "SHA1"], Digest("sha1")),
    **dict.fromkeys(["LDAP-MD5", "PLAIN-MD5"], Digest("md5")),
}
"""What mail servers know."""
UNKNOWN = Schemes([
    Unverifiable(r"\{([A-Za-z0-9-]+)(?:\.[A-Za-z0-9]+)?\}", "uses the scheme {0}, which this module cannot verify"),
    Unverifiable("", "has no {{SCHEME}}, so only the server's settings say what it is"),
])


@dataclass(frozen=True)
class Braces(Scheme):
    """All schemes, each behind its name in braces; without one, what crypt() made.

    :ivar header: name of the scheme of new ones
    :ivar new: their scheme
    :ivar known: all by name
    """

    header: str = "SHA512-CRYPT"
    new: Scheme = CRYPT
    known: Mapping[str, Scheme] = field(default_factory=lambda: HEADERS)

    def identify(self, stored: str) -> bool:
        return re.match(r"\{[A-Za-z0-9-]+(?:\.[A-Za-z0-9]+)?\}", stored) is not None

    def is_well_formed(self, stored: str) -> bool:
        try:
            scheme, text = self._parse(stored)
            return scheme.is_well_formed(text)
        except (ValueError, UnverifiableHash):
            return False

    def verify(self, stored: str, password: str, account: str = "") -> bool:
        try:
            scheme, text = self._parse(stored)
        except ValueError:
            return False  # garbled: a plain wrong password for the server, too
        return scheme.verify(text, password)

    def make(self, password: str, account: str = "") -> str:
        return f"{{{self.header}}}{self.new.make(password, account)}"

    def _parse(self, stored: str) -> tuple[Scheme, str]:
        """The scheme of a stored password, and what it has stored."""
        header = re.match(r"\{([A-Za-z0-9-]+)(?:\.(B64|BASE64|HEX))?\}", stored, re.IGNORECASE)
        if not header:
            return CRYPT if stored.startswith("$") else UNKNOWN, stored
        scheme, text = header[1].upper(), stored[header.end():]
        if scheme not in self.known:
            return UNKNOWN, stored
        if header[2] and scheme in TEXTS:
            data = bytes.fromhex(text) if header[2].upper() == "HEX" else base64.b64decode(text, validate=True)
            text = data.decode()
        elif header[2] and header[2].upper() == "HEX":
            text = base64.b64encode(bytes.fromhex(text)).decode()
        return self.known[scheme], text
