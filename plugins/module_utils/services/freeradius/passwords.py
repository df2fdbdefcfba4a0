# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords as FreeRADIUS stores them: an attribute that says the format, and its value (rlm_pap(5)). Pure.

A stored password is written ``attribute:value`` here.
"""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass

from ansible_collections.auth.services.plugins.module_utils.passwords import (
    LEAVE,
    SCHEMES,
    Bcrypt,
    ClearPassword,
    Scheme,
    Schemes,
    Unverifiable,
    UnverifiableHash,
    digest,
    digest_matches,
    digest_size,
    nt_hash,
    same,
)

CLEAR_PASSWORD = ClearPassword("RADIUS", max_bytes=128)  # a User-Password (RFC 2865, 5.2)
CLEARTEXT = "Cleartext-Password"
WITH_HEADER = "Password-With-Header"
PASSWORDS = [
    "Crypt-Password", CLEARTEXT, "NT-Password", "SSHA2-256-Password", "SSHA2-512-Password", "SSHA-Password",
    WITH_HEADER,
]
"""Attributes that passwords can be written to, the default first."""
ATTRIBUTES = {
    name.lower(): name
    for name in (
        *PASSWORDS, "MD5-Password", "SMD5-Password", "SHA-Password", "SHA1-Password", "SSHA1-Password", "SHA2-Password",
        "SSHA2-224-Password", "SSHA2-384-Password", "SSHA3-224-Password", "SSHA3-256-Password", "SSHA3-384-Password",
        "SSHA3-512-Password", "PBKDF2-Password", "LM-Password", "NS-MTA-MD5-Password", "User-Password",
    )
}
"""Check attributes with an account's password, as dictionary.freeradius.internal spells them, by their small letters.
User-Password is what old instructions say; the server takes nothing from it."""

DIGESTS = {
    "MD5": "md5", "SMD5": "md5", "SHA": "sha1", "SHA1": "sha1", "SSHA": "sha1", "SSHA1": "sha1",
    **{f"SSHA2-{size}": f"sha{size}" for size in (224, 256, 384, 512)},
}
SHA2_BY_SIZE = {28: "sha224", 32: "sha256", 48: "sha384", 64: "sha512"}
HEADERS = {
    "clear": CLEARTEXT, "cleartext": CLEARTEXT, "crypt": "Crypt-Password", "nt": "NT-Password",
    "nthash": "NT-Password", "md4": "NT-Password", "x-nthash": "NT-Password", "md5": "MD5-Password",
    "base64_md5": "MD5-Password", "smd5": "SMD5-Password", "sha": "SHA-Password", "ssha": "SSHA-Password",
    **dict.fromkeys(("sha2", "sha224", "sha256", "sha384", "sha512"), "SHA2-Password"),
    **{f"ssha{size}": f"SSHA2-{size}-Password" for size in (224, 256, 384, 512)},
}
SALT = 8
QUOTES = "\"'`"
CRYPT = Schemes([
    Bcrypt(r"\$2[aby]\$"), SCHEMES["sha_crypt"],
    Unverifiable("", "is a Crypt-Password other than $2b$, $5$ and $6$, which this module cannot verify"),
], new=SCHEMES["sha_crypt"])
UNKNOWN = Unverifiable("([^:]*)", "is stored as {0}, which this module cannot verify")


@dataclass(frozen=True)
class Stored(Scheme):
    """Passwords in all attributes that the server reads.

    :ivar attribute: of new ones
    :ivar alone: whether a password in another attribute is to be replaced, and so belongs to no password
    """

    attribute: str
    alone: bool = False

    def verify(self, stored: str, password: str, account: str = "") -> bool:
        if not stored or (self.alone and not stored.startswith(f"{self.attribute}:")):
            return False
        attribute, _colon, value = stored.partition(":")
        return _verify(ATTRIBUTES.get(attribute.lower(), attribute), value, password)

    def make(self, password: str, account: str = "") -> str:
        return f"{self.attribute}:{_new_value(self.attribute, password)}"


def _new_value(attribute: str, password: str) -> str:
    data = password.encode()
    if attribute == CLEARTEXT:
        return quote(password)
    if attribute == "NT-Password":
        return nt_hash(password)
    if attribute == "Crypt-Password":
        return CRYPT.make(password)
    salt = secrets.token_bytes(SALT)
    if attribute == WITH_HEADER:
        return "{ssha256}" + base64.b64encode(digest("sha256", data + salt) + salt).decode()
    return (digest(DIGESTS[attribute[:-len("-Password")]], data + salt) + salt).hex()


def _verify(attribute: str, value: str, password: str) -> bool:
    data, name = password.encode(), attribute[:-len("-Password")]
    if attribute == CLEARTEXT:
        return same(unquote(value).encode(errors="surrogateescape"), data)
    if attribute == "NT-Password":
        return same(_bytes(value, 16), bytes.fromhex(nt_hash(password)))
    if attribute == "Crypt-Password":
        return CRYPT.verify(value, password)
    if attribute == WITH_HEADER:
        header = re.match(r"\{([^}]*)\}", value)
        inner = HEADERS.get(header[1].lower()) if header else None
        if header and inner:
            return _verify(inner, value[header.end():], password)
        return _verify(CLEARTEXT, value, password)
    if attribute == "SHA2-Password":
        stored = _bytes(value, min(SHA2_BY_SIZE))
        algorithm = SHA2_BY_SIZE.get(len(stored))
        return algorithm is not None and digest_matches(algorithm, stored, data)
    if name in DIGESTS:
        size, salted = digest_size(DIGESTS[name]), name.startswith(("SS", "SM"))
        stored = _bytes(value, size)
        return (len(stored) > size) == salted and digest_matches(DIGESTS[name], stored, data)
    if attribute == "User-Password":
        return False
    return UNKNOWN.verify(attribute, password)


def split(password_hash: str, attribute: str) -> tuple[str, str]:
    """Attribute and value of a stored password; the attribute is the given one where the text names none."""
    named, colon, value = password_hash.partition(":")
    return (named, value) if colon and named in PASSWORDS else (attribute, password_hash)


def is_value(attribute: str, value: str) -> bool:
    """Whether it looks like the value of a password attribute, and not like that of another one."""
    if attribute == "Crypt-Password":
        return re.fullmatch(r"\$\w+\$[!-~]+", value) is not None
    if attribute == WITH_HEADER:
        header = re.match(r"\{([^}]*)\}.", value)
        return header is not None and header[1].lower() in HEADERS
    if attribute == "NT-Password":
        return re.fullmatch("[0-9a-fA-F]{32}", value) is not None
    if attribute == CLEARTEXT:
        return bool(value)
    size = digest_size(DIGESTS[attribute[:-len("-Password")]])
    return len(_decoded(value, size)) > size


def quote(text: str) -> str:
    """Text as a value of radcheck that the server reads as this text.

    The server resolves backslashes, and takes off quotes around a whole value; what stands in backquotes it expands.
    """
    if "\\" in text or (text[0] == text[-1] and text[0] in QUOTES):
        return '"' + text.replace("\\", r"\\").replace('"', r'\"') + '"'
    return text


def unquote(value: str) -> str:
    """What the server reads from a value of radcheck (sql_fr_pair_list_afrom_str, value_data_from_str).

    :raises UnverifiableHash: when only the server can tell
    """
    if len(value) > 1 and value[0] == value[-1] and value[0] in QUOTES:
        if value[0] == "`":
            raise UnverifiableHash(
                f"the stored Cleartext-Password is in backquotes, so only the server can evaluate it; {LEAVE}")
        value = value[1:-1].replace(r"\'", "'") if value[0] == "'" else value[1:-1]
    escapes = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"'}
    return re.sub(r'\\([nrt\\"]|[0-7]{3})', lambda found: escapes.get(found[1]) or chr(int(found[1], 8) & 255), value)


def _bytes(value: str, size: int) -> bytes:
    return _decoded(value, size) or value.encode(errors="surrogateescape")


def _decoded(value: str, size: int) -> bytes:
    """The bytes of a value in hexadecimal or base64 digits; nothing for fewer bytes (normify() in rlm_pap.c)."""
    digits = value[2:] if value.startswith("0x") else value
    if re.fullmatch("(?:[0-9a-fA-F]{2})+", digits) and len(digits) >= 2 * size:
        return bytes.fromhex(digits)
    try:
        decoded = base64.b64decode(value, validate=True)
    except ValueError:
        return b""
    return decoded if len(decoded) >= size else b""
