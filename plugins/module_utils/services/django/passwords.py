# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords as Django stores them (django/contrib/auth/hashers.py): an algorithm, ``$``, and its result. Pure."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import string

from ansible_collections.auth.services.plugins.module_utils.passwords import (
    UnverifiableHash,
    argon2_matches,
    bcrypt_matches,
    number,
    pbkdf2,
    same,
    scrypt,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.clear import ClearPassword

ITERATIONS = 1_000_000  # of Django 5.2, for a site whose rows do not tell
MAX_NEW_ITERATIONS = 4 * ITERATIONS  # 0.8 seconds for each new hash, whatever a row has
CLEAR_PASSWORD = ClearPassword("Django's login")


def random_text(length: int) -> str:
    """So many letters and digits, as django.utils.crypto.get_random_string makes them."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _number in range(length))


def no_password() -> str:
    """A stored password that nobody has (make_password(None))."""
    return "!" + random_text(40)


def check_hash(stored: str) -> None:
    """Refuse what has not the form of a stored password.

    :raises ValueError: saying which form
    """
    if not re.match(r"\w+\$.|!|[0-9a-f]{32}$", stored):
        raise ValueError("password_hash is no stored password of Django: those begin with an algorithm and $")


def hash_password(password: str, iterations: int) -> str:
    """A new hash of so many iterations."""
    # BasePasswordHasher.salt: 22 characters of these have 128 bits
    return make_pbkdf2("pbkdf2_sha256", password, random_text(22), iterations)


def make_pbkdf2(algorithm: str, password: str, salt: str, iterations: int) -> str:
    """A stored password of the algorithm ``pbkdf2_sha256`` or ``pbkdf2_sha1``."""
    digest = pbkdf2(algorithm[len("pbkdf2_"):], password.encode(), salt.encode(), iterations)
    return f"{algorithm}${iterations}${salt}${base64.b64encode(digest).decode()}"


def verify_password(stored: str, password: str) -> bool:
    """Whether a stored password of one of Django's own algorithms, or of old, belongs to a clear one.

    :raises UnverifiableHash: for another algorithm, or when it would take long
    """
    if not stored or stored.startswith("!"):
        return False
    # Django's ancient ones, without a salt (identify_hasher)
    stored = f"md5$${stored}" if re.fullmatch("[0-9a-f]{32}", stored) else stored
    algorithm, _dollar, rest = stored.partition("$")
    verify = VERIFY.get(algorithm)
    if verify is None:
        raise UnverifiableHash(
            "the stored password is of an algorithm that Django does not bring with it, so nobody can tell whether it"
            " is the declared one; with update_password: on_create it is left alone"
        )
    try:
        return verify(algorithm, rest, password)
    except (ValueError, OverflowError):  # not in the algorithm's form: it matches nothing
        return False


def _pbkdf2_matches(algorithm: str, rest: str, password: str) -> bool:
    iterations, salt, _digest = rest.split("$", 2)
    return same(make_pbkdf2(algorithm, password, salt, number(iterations)).encode(), f"{algorithm}${rest}".encode())


def _scrypt_matches(algorithm: str, rest: str, password: str) -> bool:
    work, salt, block, parallel, digest = rest.split("$")
    made = scrypt(password.encode(), salt.encode(), number(work), number(block), number(parallel), 64)
    return same(base64.b64encode(made), digest.encode())


def _digest_matches(algorithm: str, rest: str, password: str) -> bool:
    salt, digest = rest.split("$")
    made = hashlib.new(algorithm, (salt + password).encode(), usedforsecurity=False).hexdigest()
    return same(made.encode(), digest.encode())


VERIFY = {
    "pbkdf2_sha256": _pbkdf2_matches,
    "pbkdf2_sha1": _pbkdf2_matches,
    "scrypt": _scrypt_matches,
    "md5": _digest_matches,
    "sha1": _digest_matches,  # SHA1PasswordHasher, up to Django 5.0
    "argon2": lambda algorithm, rest, password: argon2_matches(password.encode(), "$" + rest),
    "bcrypt": lambda algorithm, rest, password: bcrypt_matches(password.encode(), rest),
    "bcrypt_sha256": lambda algorithm, rest, password: bcrypt_matches(
        hashlib.sha256(password.encode()).hexdigest().encode(), rest),
}
