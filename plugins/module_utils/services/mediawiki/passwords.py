# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""MediaWiki's stored passwords: C(:type:parameters...), as PasswordFactory of MediaWiki reads them. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
import unicodedata

from ansible_collections.auth.services.plugins.module_utils.passwords import (
    UnverifiableHash,
    argon2_matches,
    bcrypt_matches,
    number,
    pbkdf2,
    same,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.clear import ClearPassword

# $wgPasswordDefault and $wgPasswordConfig['pbkdf2'] of MediaWiki 1.35 to 1.45: a hash in this form is left alone.
ALGORITHM, ROUNDS, LENGTH, SALT_BYTES = "sha512", 30000, 64, 16

CLEAR_PASSWORD = ClearPassword(
    "MediaWiki's login",
    max_bytes=4096,  # PasswordPolicyChecks::checkMaximalPasswordLength
    forbidden={"a control character": r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"},
    prepare=lambda password: unicodedata.normalize("NFC", password),  # as every web parameter; nothing is trimmed
)
MAX_HASH_BYTES = 255  # user_password is a TINYBLOB

# What every supported version can verify at login. pbkdf2 with sha1 is an internal error from 1.43 on.
ACCEPTED = re.compile(
    r":A:(?:[ -9;-~]+:)?[0-9a-f]{32}"
    r"|:B:[ -9;-~]*:[0-9a-f]{32}"
    r"|:pbkdf2:sha(?:256|512):[1-9][0-9]*:(?P<length>[1-9][0-9]*):[A-Za-z0-9+/]+=*:(?P<digest>[A-Za-z0-9+/]+=*)"
    r"|:bcrypt:(?:0?[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{22}\$[./A-Za-z0-9]{31}"
    r"|:argon2:\$argon2(?:i|id)\$v=19\$m=[1-9][0-9]*,t=[1-9][0-9]*,p=[1-9][0-9]*\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+"
    r"|:pbkdf2-legacy[AB]:!sha(?:256|512):[1-9][0-9]*:(?P<length2>[1-9][0-9]*)![ \x22-9;-~]*![A-Za-z0-9+/]+=*"
    r"!(?P<digest2>[A-Za-z0-9+/]+=*)"
)


def check_hash(stored: str) -> None:
    """Refuse a C(password_hash) that MediaWiki could not verify.

    :raises ValueError: naming the formats
    """
    match = ACCEPTED.fullmatch(stored) if len(stored) <= MAX_HASH_BYTES else None
    if not match or not _is_whole(match["digest"] or match["digest2"], match["length"] or match["length2"]):
        raise ValueError(
            "password_hash is none that MediaWiki can verify: wanted is a string of at most 255 bytes that begins with"
            " :pbkdf2:, :bcrypt:, :argon2:, :pbkdf2-legacyA:, :pbkdf2-legacyB:, :B: or :A:"
        )


def with_type(stored: str, user: int) -> str:
    """A stored password with the type that MediaWiki takes it for.

    The oldest have none, and are salted with the number of their account (LocalPasswordPrimaryAuthenticationProvider).
    """
    return f":B:{user}:{stored}" if re.fullmatch("[0-9a-f]{32}", stored) else stored


def _is_whole(digest: str | None, length: str | None) -> bool:
    """Whether a PBKDF2 digest has the length that its parameters tell: a string that lost its end has not."""
    if digest is None or length is None:
        return True
    try:
        return digest == _base64(base64.b64decode(digest)) and len(base64.b64decode(digest)) == int(length)
    except binascii.Error:
        return False


def hash_password(password: str) -> str:
    """A new hash in MediaWiki's default format."""
    salt = os.urandom(SALT_BYTES)
    digest = hashlib.pbkdf2_hmac(ALGORITHM, password.encode(), salt, ROUNDS, LENGTH)
    return f":pbkdf2:{ALGORITHM}:{ROUNDS}:{LENGTH}:{_base64(salt)}:{_base64(digest)}"


def verify_password(stored: str, password: str) -> bool:
    """Whether MediaWiki 1.39 or 1.43 would let the password in.

    :raises UnverifiableHash: for a type that only the wiki's own configuration explains
    :raises MissingLibrary: when the hash is bcrypt or Argon2 and the Python library is not there
    """
    match = re.match(r":([^:]+):(.*)", stored, re.DOTALL)
    if not match:
        return False  # empty, or no format at all: MediaWiki's InvalidPassword, which nothing matches
    kind, rest = match.groups()
    try:
        verifier = _VERIFIERS[kind]
    except KeyError:
        raise UnverifiableHash(
            f"the stored password is of type {kind!r}, which only the wiki itself can verify; leave it with"
            " update_password: on_create, or replace it once with password_hash"
        ) from None
    try:
        return verifier(rest, password.encode())
    except (ValueError, OverflowError, binascii.Error):
        return False  # cut or garbled: a plain wrong password for MediaWiki too


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _php_base64_decode(text: str) -> bytes:
    """As PHP does it when it is not strict: padding may be missing, other characters are passed over."""
    text = re.sub(r"[^A-Za-z0-9+/]", "", text)
    text = text[:-1] if len(text) % 4 == 1 else text
    return base64.b64decode(text + "=" * (-len(text) % 4))


def _legacy_a(password: bytes) -> bytes:
    return hashlib.md5(password, usedforsecurity=False).hexdigest().encode()


def _legacy_b(salt: str, password: bytes) -> bytes:
    return _legacy_a(salt.encode() + b"-" + _legacy_a(password))


def _verify_a(rest: str, password: bytes) -> bool:
    if ":" in rest:
        return _verify_b(rest, password)
    return same(_legacy_a(password), rest.encode())


def _verify_b(rest: str, password: bytes) -> bool:
    salt, digest = rest.split(":")
    return same(_legacy_b(salt, password), digest.encode())


def _verify_pbkdf2(rest: str, password: bytes) -> bool:
    algorithm, rounds, length, salt, digest = rest.split(":")
    computed = pbkdf2(algorithm, password, _php_base64_decode(salt), number(rounds), number(length))
    return same(_base64(computed).encode(), digest.encode())  # MediaWiki compares the text


def _verify_bcrypt(rest: str, password: bytes) -> bool:
    cost, salt, digest = rest.split("$")
    return bcrypt_matches(password, f"$2y${cost.zfill(2)}${salt}{digest}")


def _verify_argon2(rest: str, password: bytes) -> bool:
    return argon2_matches(password, rest)


def _verify_layered_a(rest: str, password: bytes) -> bool:
    _none, parameters, _none2, salt, digest = rest.split("!")
    return _verify_pbkdf2(f"{parameters}:{salt}:{digest}", _legacy_a(password))


def _verify_layered_b(rest: str, password: bytes) -> bool:
    _none, parameters, inner_salt, salt, digest = rest.split("!")
    return _verify_pbkdf2(f"{parameters}:{salt}:{digest}", _legacy_b(inner_salt, password))


_VERIFIERS = {
    "A": _verify_a,
    "B": _verify_b,
    "pbkdf2": _verify_pbkdf2,
    "bcrypt": _verify_bcrypt,
    "argon2": _verify_argon2,
    "pbkdf2-legacyA": _verify_layered_a,
    "pbkdf2-legacyB": _verify_layered_b,
}
