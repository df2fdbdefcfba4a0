# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a scheme of stored passwords is, and how an application's are told apart. Pure."""

from __future__ import annotations

import hmac
import re
import secrets
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ansible_collections.auth.services.plugins.module_utils.passwords.cost import LEAVE, UnverifiableHash

LETTERS = string.ascii_letters + string.digits


def same(left: bytes, right: bytes) -> bool:
    """Compare two digests in constant time."""
    return hmac.compare_digest(left, right)


def random_text(length: int, characters: str = LETTERS) -> str:
    """So many random characters, for a salt or a password that nobody has."""
    return "".join(secrets.choice(characters) for _number in range(length))


class Scheme:
    """A form in which applications store passwords; an instance also says what new ones cost.

    A clear password is given as the application hashes it (``ClearPassword.check``). The name of its account matters
    where the application hashes it in.
    """

    def identify(self, stored: str) -> bool:
        """Whether a stored password is of this scheme by its beginning, well-formed or not."""
        raise NotImplementedError

    def is_well_formed(self, stored: str) -> bool:
        """Whether a stored password is of this scheme and well-formed: one that lost its end is not."""
        raise NotImplementedError

    def verify(self, stored: str, password: str, account: str = "") -> bool:
        """Whether a stored password belongs to a clear one. To what is not well-formed, none belongs.

        :param account: name of the account
        :raises UnverifiableHash: for a format that cannot be verified, or that would take long, or much memory
        :raises MissingLibrary: without the Python library that computes it
        """
        raise NotImplementedError

    def make(self, password: str, account: str = "") -> str:
        """A new stored password.

        :param account: name of the account
        :raises MissingLibrary: without the Python library that computes it
        :raises NotImplementedError: for a scheme of old passwords alone
        """
        raise NotImplementedError(f"{type(self).__name__} verifies old passwords and makes no new ones")


class TextScheme(Scheme):
    """A scheme whose stored passwords regular expressions describe."""

    @property
    def start(self) -> str:
        """What one begins with, without groups; a narrower expression for an application that takes less than all."""
        raise NotImplementedError

    @property
    def form(self) -> str:
        """A whole one, with groups for ``matches``."""
        raise NotImplementedError

    def matches(self, parts: re.Match[str], password: bytes) -> bool:
        """``verify`` for the parts of a stored password; ``ValueError`` where one of them makes no sense."""
        raise NotImplementedError

    def identify(self, stored: str) -> bool:
        return re.match(self.start, stored) is not None

    def is_well_formed(self, stored: str) -> bool:
        return self._parts(stored) is not None

    def verify(self, stored: str, password: str, account: str = "") -> bool:
        parts = self._parts(stored)
        try:
            return parts is not None and self.matches(parts, password.encode())
        except (ValueError, OverflowError):
            return False

    def _parts(self, stored: str) -> re.Match[str] | None:
        return re.fullmatch(f"(?={self.start}){self.form}", stored, re.DOTALL)


@dataclass(frozen=True)
class Schemes(Scheme):
    """The schemes of an application in the order in which it tells them: the first one that identifies a stored
    password verifies it, and what none does belongs to no password.

    :ivar new: the scheme of new passwords
    """

    schemes: Sequence[Scheme]
    new: Scheme = Scheme()

    def identify(self, stored: str) -> bool:
        return self._of(stored) is not None

    def is_well_formed(self, stored: str) -> bool:
        scheme = self._of(stored)
        return scheme is not None and scheme.is_well_formed(stored)

    def verify(self, stored: str, password: str, account: str = "") -> bool:
        scheme = self._of(stored)
        return scheme is not None and scheme.verify(stored, password, account)

    def make(self, password: str, account: str = "") -> str:
        return self.new.make(password, account)

    def _of(self, stored: str) -> Scheme | None:
        return next((scheme for scheme in self.schemes if scheme.identify(stored)), None)


@dataclass(frozen=True)
class Prefixed(Scheme):
    """A scheme behind a prefix.

    :ivar instead: what the prefix stands in place of
    """

    prefix: str
    scheme: Scheme
    instead: str = ""

    def identify(self, stored: str) -> bool:
        return stored.startswith(self.prefix)

    def is_well_formed(self, stored: str) -> bool:
        return self.identify(stored) and self.scheme.is_well_formed(self._inner(stored))

    def verify(self, stored: str, password: str, account: str = "") -> bool:
        return self.identify(stored) and self.scheme.verify(self._inner(stored), password, account)

    def make(self, password: str, account: str = "") -> str:
        return self.prefix + self.scheme.make(password, account)[len(self.instead):]

    def _inner(self, stored: str) -> str:
        return self.instead + stored[len(self.prefix):]


@dataclass(frozen=True)
class Prehashed(Scheme):
    """A scheme over something made of the password, and perhaps of the account's name: of bcrypt, only the first 72
    bytes of both together count.

    :ivar text: of the password and the name
    """

    scheme: Scheme
    text: Callable[[str, str], str]

    def identify(self, stored: str) -> bool:
        return self.scheme.identify(stored)

    def is_well_formed(self, stored: str) -> bool:
        return self.scheme.is_well_formed(stored)

    def verify(self, stored: str, password: str, account: str = "") -> bool:
        return self.scheme.verify(stored, self.text(password, account), account)

    def make(self, password: str, account: str = "") -> str:
        return self.scheme.make(self.text(password, account), account)


@dataclass(frozen=True)
class Unverifiable(Scheme):
    """What the application may verify, but this collection cannot.

    :ivar start: regular expression of what it begins with
    :ivar what: what a message says of the stored password; ``{0}`` is the first group of ``start``
    """

    start: str
    what: str

    def identify(self, stored: str) -> bool:
        return re.match(self.start, stored) is not None

    def is_well_formed(self, stored: str) -> bool:
        return False

    def verify(self, stored: str, password: str, account: str = "") -> bool:
        match = re.match(self.start, stored)
        if match is None:
            return False
        raise UnverifiableHash(f"the stored password {self.what.format(*match.groups())}; {LEAVE}")
