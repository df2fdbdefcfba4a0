# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords as FreeRADIUS stores them: an attribute that says the format, and its value (rlm_pap(5)). Pure.

A stored password is written C(attribute:value) here.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import struct
from collections.abc import Callable

from ansible_collections.auth.services.plugins.module_utils.passwords import (
    UnverifiableHash,
    bcrypt_matches,
    same,
    sha_crypt,
    sha_crypt_matches,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.clear import ClearPassword

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


def hash_password(attribute: str, password: str) -> str:
    """C(attribute:value) of a new password."""
    return f"{attribute}:{_new_value(attribute, password)}"


def _new_value(attribute: str, password: str) -> str:
    data = password.encode()
    if attribute == CLEARTEXT:
        return quote(password)
    if attribute == "NT-Password":
        return nt_hash(password)
    if attribute == "Crypt-Password":
        return sha_crypt(data)
    salt = secrets.token_bytes(SALT)
    if attribute == WITH_HEADER:
        return "{ssha256}" + base64.b64encode(_digest("sha256", data + salt) + salt).decode()
    return (_digest(DIGESTS[attribute[:-len("-Password")]], data + salt) + salt).hex()


def verify_password(stored: str, password: str) -> bool:
    """Whether the server takes the password for the stored one.

    :raises UnverifiableHash: for formats that are not known
    """
    attribute, _colon, value = stored.partition(":")
    return _verify(ATTRIBUTES.get(attribute.lower(), attribute), value, password)


def _verify(attribute: str, value: str, password: str) -> bool:
    data, name = password.encode(), attribute[:-len("-Password")]
    if attribute == CLEARTEXT:
        return same(unquote(value).encode(errors="surrogateescape"), data)
    if attribute == "NT-Password":
        return same(_bytes(value, 16), bytes.fromhex(nt_hash(password)))
    if attribute == "Crypt-Password":
        return _crypt_matches(value, data)
    if attribute == WITH_HEADER:
        header = re.match(r"\{([^}]*)\}", value)
        inner = HEADERS.get(header[1].lower()) if header else None
        if header and inner:
            return _verify(inner, value[header.end():], password)
        return _verify(CLEARTEXT, value, password)
    if attribute == "SHA2-Password":
        stored = _bytes(value, min(SHA2_BY_SIZE))
        algorithm = SHA2_BY_SIZE.get(len(stored))
        return algorithm is not None and same(stored, _digest(algorithm, data))
    if name in DIGESTS:
        size = hashlib.new(DIGESTS[name], usedforsecurity=False).digest_size
        stored = _bytes(value, size)
        digest, salt = stored[:size], stored[size:]
        salted = name.startswith(("SS", "SM"))
        return bool(salt) == salted and same(digest, _digest(DIGESTS[name], data + salt))
    if attribute == "User-Password":
        return False
    raise UnverifiableHash(
        f"the password is stored as {attribute}, which cannot be verified; with update_password: on_create it is kept"
    )


def _crypt_matches(value: str, data: bytes) -> bool:
    if re.match(r"\$2[aby]\$", value):
        return bcrypt_matches(data, value)
    if value.startswith(("$5$", "$6$")):
        return sha_crypt_matches(data, value)
    raise UnverifiableHash("the stored Crypt-Password is none of $2b$, $5$ and $6$, and cannot be verified;"
                           " with update_password: on_create it is kept")


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
    size = hashlib.new(DIGESTS[attribute[:-len("-Password")]], usedforsecurity=False).digest_size
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
            raise UnverifiableHash("the stored Cleartext-Password is an expansion by the server, in backquotes")
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


def _digest(algorithm: str, data: bytes) -> bytes:
    return hashlib.new(algorithm, data, usedforsecurity=False).digest()


def nt_hash(password: str) -> str:
    """MD4 of the password in UTF-16, in hexadecimal digits."""
    return md4(password.encode("utf-16-le")).hex()


def md4(data: bytes) -> bytes:
    """MD4 (RFC 1320), which OpenSSL 3 has no more."""
    mask = 0xFFFFFFFF
    order = (range(16), [position % 4 * 4 + position // 4 for position in range(16)],
             [int(f"{position:04b}"[::-1], 2) for position in range(16)])
    shifts = ((3, 7, 11, 19), (3, 5, 9, 13), (3, 9, 11, 15))
    mixes: tuple[Callable[[int, int, int], int], ...] = (
        lambda x, y, z: x & y | ~x & z, lambda x, y, z: x & y | x & z | y & z, lambda x, y, z: x ^ y ^ z
    )
    state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476]
    data += b"\x80" + b"\0" * ((55 - len(data)) % 64) + struct.pack("<Q", 8 * len(data))
    for start in range(0, len(data), 64):
        words = struct.unpack_from("<16I", data, start)
        a, b, c, d = state
        for number, constant in enumerate((0, 0x5A827999, 0x6ED9EBA1)):
            for step, word in enumerate(order[number]):
                total = (a + mixes[number](b, c, d) + words[word] + constant) & mask
                shift = shifts[number][step % 4]
                a, b, c, d = d, (total << shift | total >> 32 - shift) & mask, b, c
        state = [(old + new) & mask for old, new in zip(state, (a, b, c, d))]
    return struct.pack("<4I", *state)
