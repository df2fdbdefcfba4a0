# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dovecot's stored passwords: C({SCHEME}data), or what crypt() made, without a header. Pure.

Source: https://doc.dovecot.org/2.3/configuration_manual/authentication/password_schemes/
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
import secrets
from collections.abc import Callable

from ansible_collections.auth.services.plugins.module_utils.passwords import (
    ARGON2,
    BCRYPT,
    CRYPT_DIGITS,
    PBKDF2_ROUNDS,
    UnverifiableHash,
    argon2_matches,
    bcrypt_matches,
    md5_crypt_matches,
    number,
    pbkdf2,
    same,
    sha_crypt,
    sha_crypt_matches,
    spend,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.clear import LINE_BREAK, NUL, ClearPassword
from ansible_collections.auth.services.plugins.module_utils.passwords.scram import scram_keys

CLEAR_PASSWORD = ClearPassword(
    "a mail server",
    max_bytes=511,  # CRYPT_MAX_PASSPHRASE_SIZE of libxcrypt, with which Dovecot and PHP compute
    forbidden={**NUL, **LINE_BREAK},
)
MAX_HASH = 255

Check = Callable[[bytes], bool]
Parser = Callable[[str], Check]

CRYPT: dict[str, Callable[[bytes, str], bool]] = {
    r"\$6\$(?:rounds=[1-9][0-9]{3,8}\$)?[^$:\s]{1,16}\$[./0-9A-Za-z]{86}": sha_crypt_matches,
    r"\$5\$(?:rounds=[1-9][0-9]{3,8}\$)?[^$:\s]{1,16}\$[./0-9A-Za-z]{43}": sha_crypt_matches,
    r"(?!\$2x)" + BCRYPT: bcrypt_matches,
    r"\$1\$[^$:\s]{1,8}\$[./0-9A-Za-z]{22}": md5_crypt_matches,
}
ARGON2_CRYPT: dict[str, Callable[[bytes, str], bool]] = {r"(?=\$argon2id?\$v=19\$)" + ARGON2.pattern: argon2_matches}


def hash_password(password: str) -> str:
    """A new hash: SHA512-CRYPT with 5000 rounds, Dovecot's and Postfixadmin's own default strength."""
    return "{SHA512-CRYPT}" + sha_crypt(password.encode())


def no_password() -> str:
    """A stored password that nobody has. Dovecot 2.4 answers one that is not well-formed with a temporary failure."""
    salt, digest = ("".join(secrets.choice(CRYPT_DIGITS) for _digit in range(size)) for size in (16, 86))
    return f"{{SHA512-CRYPT}}$6${salt}${digest}"


def check_hash(stored: str) -> None:
    """Refuse what is no whole stored password of a known scheme.

    :raises ValueError: naming the schemes
    """
    try:
        if not stored.isascii() or len(stored) > MAX_HASH or re.search(r"[\0\r\n]", stored):
            raise ValueError("the column could not hold it")
        _parse(stored)
    except (ValueError, UnverifiableHash):
        raise ValueError(
            "password_hash is none that Dovecot can verify: wanted is what doveadm pw prints, a string that begins with"
            f" {', '.join('{' + scheme + '}' for scheme in _PARSERS)}, or without such a header what crypt() makes"
        ) from None


def verify_password(stored: str, password: str) -> bool:
    """Whether Dovecot would let the password in.

    :raises UnverifiableHash: for a scheme that is not known here
    :raises MissingLibrary: when the hash is bcrypt or Argon2 and the Python library is not there
    """
    try:
        return _parse(stored)(password.encode())
    except (ValueError, OverflowError):
        return False  # cut or garbled: a plain wrong password for Dovecot too


def _parse(stored: str) -> Check:
    header = re.match(r"\{([A-Za-z0-9-]+)(?:\.(B64|BASE64|HEX))?\}", stored, re.IGNORECASE)
    if not header:
        if stored.startswith("$"):
            return _crypt(CRYPT, stored)
        raise UnverifiableHash(
            "the stored password has no {SCHEME}, so that only the server's own settings tell what it is; leave it with"
            " update_password: on_create, or replace it once with password_hash"
        )
    scheme, text = header[1].upper(), stored[header.end():]
    if scheme not in _PARSERS:
        raise UnverifiableHash(
            f"the stored password is of scheme {scheme}, which cannot be verified here; leave it with"
            " update_password: on_create, or replace it once with password_hash"
        )
    if header[2] and scheme in _TEXT:
        text = (bytes.fromhex(text) if header[2].upper() == "HEX" else base64.b64decode(text, validate=True)).decode()
    elif header[2] and header[2].upper() == "HEX":
        text = base64.b64encode(bytes.fromhex(text)).decode()
    return _PARSERS[scheme](text)


def _crypt(kinds: dict[str, Callable[[bytes, str], bool]], text: str) -> Check:
    found = [matches for pattern, matches in kinds.items() if re.fullmatch(pattern, text)]
    if not found:
        raise ValueError("not what crypt() makes")
    return lambda password: found[0](password, text)


def _digest(name: str, salted: bool, text: str) -> Check:
    size = hashlib.new(name, usedforsecurity=False).digest_size
    is_hex = not salted and re.fullmatch("[0-9A-Fa-f]+", text) and len(text) == 2 * size
    data = bytes.fromhex(text) if is_hex else base64.b64decode(text, validate=True)
    if len(data) < size or (len(data) > size) != salted:
        raise ValueError("not of the digest's length")
    return lambda password: same(hashlib.new(name, password + data[size:], usedforsecurity=False).digest(), data[:size])


def _md5(text: str) -> Check:
    return _crypt(CRYPT, text) if text.startswith("$1$") else _digest("md5", False, text)


def _pbkdf2(text: str) -> Check:
    match = re.fullmatch(r"\$1\$([^$]+)\$([1-9][0-9]*)\$([0-9a-f]{40})", text)
    if not match:
        raise ValueError("not PBKDF2")
    rounds = _rounds("sha1", match[2])
    return lambda password: same(pbkdf2("sha1", password, match[1].encode(), rounds), bytes.fromhex(match[3]))


def _scram(name: str, text: str) -> Check:
    written, salt, key, _server_key = text.split(",")
    rounds = _rounds(name, written)

    def check(password: bytes) -> bool:
        stored_key, _ours = scram_keys(name, password, base64.b64decode(salt, validate=True), rounds)
        return same(stored_key, base64.b64decode(key, validate=True))

    return check


def _plain(text: str) -> Check:
    return lambda password: same(password, text.encode())


def _rounds(algorithm: str, text: str) -> int:
    rounds = number(text)
    spend(f"of {rounds} rounds", PBKDF2_ROUNDS[algorithm] * rounds)
    return rounds


_CRYPTS = ("SHA512-CRYPT", "SHA256-CRYPT", "BLF-CRYPT", "MD5-CRYPT", "CRYPT")
_TEXT: dict[str, Parser] = {
    **dict.fromkeys(_CRYPTS, functools.partial(_crypt, CRYPT)),
    **dict.fromkeys(["ARGON2ID", "ARGON2I", "ARGON2"], functools.partial(_crypt, ARGON2_CRYPT)),
    "MD5": _md5,
    "PBKDF2": _pbkdf2,
    "SCRAM-SHA-256": functools.partial(_scram, "sha256"),
    "SCRAM-SHA-1": functools.partial(_scram, "sha1"),
    **dict.fromkeys(["PLAIN", "CLEARTEXT", "CLEAR"], _plain),
}
_PARSERS: dict[str, Parser] = {
    **_TEXT,
    "SSHA512": functools.partial(_digest, "sha512", True),
    "SSHA256": functools.partial(_digest, "sha256", True),
    "SSHA": functools.partial(_digest, "sha1", True),
    "SMD5": functools.partial(_digest, "md5", True),
    "SHA512": functools.partial(_digest, "sha512", False),
    "SHA256": functools.partial(_digest, "sha256", False),
    **dict.fromkeys(["SHA", "SHA1"], functools.partial(_digest, "sha1", False)),
    **dict.fromkeys(["LDAP-MD5", "PLAIN-MD5"], functools.partial(_digest, "md5", False)),
}
