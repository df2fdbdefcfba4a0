# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dovecot's stored passwords: ``{SCHEME}data``, or what crypt() made, without a header. Pure.

Source: https://doc.dovecot.org/2.3/configuration_manual/authentication/password_schemes/
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from ansible_collections.auth.services.plugins.module_utils.passwords import (
    LINE_BREAK,
    NUL,
    SCHEMES,
    Argon2,
    Bcrypt,
    ClearPassword,
    Scheme,
    Schemes,
    TextScheme,
    Unverifiable,
    UnverifiableHash,
    digest_matches,
    digest_size,
    estimate,
    number,
    pbkdf2,
    random_text,
    same,
    scram_keys,
)

CLEAR_PASSWORD = ClearPassword(
    "a mail server",
    max_bytes=511,  # CRYPT_MAX_PASSPHRASE_SIZE of libxcrypt, with which Dovecot and PHP compute
    forbidden={**NUL, **LINE_BREAK},
)
MAX_HASH = 255


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
    new=SCHEMES["sha_crypt"],  # with 5000 rounds: Dovecot's and Postfixadmin's own default strength
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
UNKNOWN = Schemes([
    Unverifiable(r"\{([A-Za-z0-9-]+)(?:\.[A-Za-z0-9]+)?\}", "uses the scheme {0}, which this module cannot verify"),
    Unverifiable("", "has no {{SCHEME}}, so only the server's settings say what it is"),
])


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


class Dovecot(Scheme):
    """All schemes, each behind its name in braces."""

    def is_well_formed(self, stored: str) -> bool:
        try:
            scheme, text = _parse(stored)
            return scheme.is_well_formed(text)
        except (ValueError, UnverifiableHash):
            return False

    def verify(self, stored: str, password: str, account: str = "") -> bool:
        try:
            scheme, text = _parse(stored)
        except ValueError:
            return False  # garbled: a plain wrong password for Dovecot too
        return scheme.verify(text, password)

    def make(self, password: str, account: str = "") -> str:
        return "{SHA512-CRYPT}" + CRYPT.make(password)


SCHEME = Dovecot()


def _parse(stored: str) -> tuple[Scheme, str]:
    """The scheme of a stored password, and what it has stored."""
    header = re.match(r"\{([A-Za-z0-9-]+)(?:\.(B64|BASE64|HEX))?\}", stored, re.IGNORECASE)
    if not header:
        return CRYPT if stored.startswith("$") else UNKNOWN, stored
    scheme, text = header[1].upper(), stored[header.end():]
    if scheme not in HEADERS:
        return UNKNOWN, stored
    if header[2] and scheme in TEXTS:
        text = (bytes.fromhex(text) if header[2].upper() == "HEX" else base64.b64decode(text, validate=True)).decode()
    elif header[2] and header[2].upper() == "HEX":
        text = base64.b64encode(bytes.fromhex(text)).decode()
    return HEADERS[scheme], text
