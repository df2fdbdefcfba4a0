# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Digests, PBKDF2 and scrypt whose stored form is given as a layout: ``pbkdf2:sha256:{iterations}${salt}${digest}``.

What is not in the layout has a column of its own. Pure.
"""

from __future__ import annotations

import base64
import re
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field

from ansible_collections.auth.services.plugins.module_utils.passwords.cost import HASHED_BYTE, number, spend
from ansible_collections.auth.services.plugins.module_utils.passwords.crypt import DIGITS
from ansible_collections.auth.services.plugins.module_utils.passwords.digests import digest_size
from ansible_collections.auth.services.plugins.module_utils.passwords.kdf import NUMBER, pbkdf2, scrypt
from ansible_collections.auth.services.plugins.module_utils.passwords.parts import HASH, PartsScheme, Values
from ansible_collections.auth.services.plugins.module_utils.passwords.scheme import LETTERS, random_text, same
from ansible_collections.auth.services.plugins.module_utils.passwords.templates import Template

CALL = 1.5e-6
"""Seconds of one core for a function of a template, measured in 2026 and rounded up."""
ENCODINGS = {
    "hex": "[0-9a-f]*", "upper_hex": "[0-9A-F]*", "base64": "[A-Za-z0-9+/]*={0,2}", "base64_bare": "[A-Za-z0-9+/]*",
    "ab64": "[A-Za-z0-9./]*", "base64_url": "[A-Za-z0-9_-]*={0,2}",
}
"""How bytes are written: regular expressions. ``ab64`` is base64 as passlib writes it."""
CHARACTERS = {"letters": LETTERS, "hex": "0123456789abcdef", "digits": string.digits, "crypt": DIGITS}
"""What new salts are of."""
MAX_SALT = 1024
"""Characters of a stored salt."""
FIELD = re.compile(r"\{(?![A-Z0-9-]+\})([^{}]*)\}")


def encode(encoding: str, data: bytes) -> str:
    """Bytes as text."""
    if encoding in ("hex", "upper_hex"):
        return data.hex() if encoding == "hex" else data.hex().upper()
    text = (base64.urlsafe_b64encode if encoding == "base64_url" else base64.b64encode)(data).decode()
    text = text.replace("+", ".") if encoding == "ab64" else text
    return text.rstrip("=") if encoding in ("ab64", "base64_bare") else text


def decode(encoding: str, text: str) -> bytes:
    """Text as bytes; ``text`` is UTF-8.

    :raises ValueError: where it is not so encoded
    """
    if encoding == "text":
        return text.encode()
    if not re.fullmatch(ENCODINGS[encoding], text):
        raise ValueError(f"it is not {encoding}")
    if encoding in ("hex", "upper_hex"):
        return bytes.fromhex(text)
    text = text.replace(".", "+") if encoding == "ab64" else text.replace("-", "+").replace("_", "/")
    padding = "=" * (-len(text) % 4) if encoding in ("ab64", "base64_bare") else ""
    return base64.b64decode(text + padding, validate=True)


@dataclass(frozen=True)
class Layout:
    """Where in a stored text its fields are.

    :ivar text: with ``{digest}`` and other fields in braces; a word of capital letters in braces is that
    :ivar possible: the fields that it may have
    """

    text: str
    possible: tuple[str, ...] = ("digest", "salt")
    fields: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Parse it.

        :raises ValueError: for one without a digest, or with a field that is not possible
        """
        found = FIELD.findall(self.text)
        wrong = [name for name in found if name not in self.possible]
        if wrong or "digest" not in found or len(set(found)) < len(found) or len(self.text) > 200:
            raise ValueError(
                f"{self.text!r} must have {{digest}} and may have, each once,"
                f" {', '.join(f'{{{name}}}' for name in self.possible if name != 'digest')}"
            )
        object.__setattr__(self, "fields", tuple(found))

    def parse(self, stored: str, forms: Mapping[str, str]) -> dict[str, str] | None:
        """The fields of a stored text, None for another text.

        :param forms: regular expressions of the fields
        """
        pattern = "".join(f"(?P<{part}>{forms[part]})" if number % 2 else re.escape(part)
                          for number, part in enumerate(FIELD.split(self.text)))
        match = re.fullmatch(pattern, stored, re.DOTALL)
        return match.groupdict() if match else None

    def fill(self, values: Mapping[str, str]) -> str:
        """The stored text."""
        return FIELD.sub(lambda match: values[match[1]], self.text)


@dataclass(frozen=True)
class LaidOut(PartsScheme):
    """A scheme whose stored passwords have a layout; fields that it does not have are parts of their own.

    :ivar layout: of the part ``hash``
    :ivar encoding: of the digest
    :ivar salt_encoding: how the bytes of the salt are written; ``text`` where its characters are hashed
    :ivar salt_length: of a new one: characters, or bytes where it is encoded
    :ivar salt_characters: of a new one that is text
    """

    layout: Layout
    encoding: str = "hex"
    salt_encoding: str = "text"
    salt_length: int = 16
    salt_characters: str = "letters"

    @property
    def fields(self) -> tuple[str, ...]:
        """What a stored password consists of, beside the digest."""
        return ("salt",)

    @property
    def size(self) -> int:
        """Bytes of a digest, 0 where that is open."""
        return 0

    @property
    def parts(self) -> tuple[str, ...]:  # type: ignore[override]
        return (HASH, *(name for name in self.fields if name not in self.layout.fields))

    def compute(self, password: str, account: str, values: Mapping[str, str]) -> str:
        """The digest of a password, encoded. ``ValueError`` where a field makes no sense."""
        raise NotImplementedError

    def chosen(self) -> dict[str, str]:
        """The numbers of new ones, by field."""
        return {}

    def identifies(self, values: Values) -> bool:
        return self._values(values) is not None

    def is_whole(self, values: Values) -> bool:
        found = self._values(values)
        try:
            return found is not None and self.salt(found) is not None
        except ValueError:
            return False

    def belongs(self, values: Values, password: str, account: str) -> bool:
        found = self._values(values)
        try:
            return found is not None and same(self.compute(password, account, found).encode(), found["digest"].encode())
        except (ValueError, OverflowError):
            return False

    def new_parts(self, password: str, account: str) -> dict[str, str]:
        values = {**self.chosen(), "salt": self._new_salt()}
        values["digest"] = self.compute(password, account, values)
        return {HASH: self.layout.fill(values), **{name: values[name] for name in self.parts if name != HASH}}

    def salt(self, values: Mapping[str, str]) -> bytes:
        """The bytes of the salt; ``ValueError`` where they are not so encoded."""
        return decode(self.salt_encoding, values.get("salt", ""))

    def _new_salt(self) -> str:
        if "salt" not in self.fields:
            return ""
        if self.salt_encoding == "text":
            return random_text(self.salt_length, CHARACTERS[self.salt_characters])
        return encode(self.salt_encoding, secrets.token_bytes(self.salt_length))

    def _forms(self) -> dict[str, str]:
        digest = ".*"
        if self.size:
            example = encode(self.encoding, bytes(self.size))
            digest = f"{ENCODINGS[self.encoding].split('*')[0]}{{{len(example.rstrip('='))}}}{'=' * example.count('=')}"
        salt = ENCODINGS.get(self.salt_encoding, ".*?")
        return {"digest": digest, "salt": salt, "ln": "[0-9]{1,2}",
                **dict.fromkeys(("iterations", "n", "r", "p"), NUMBER)}

    def _values(self, values: Values) -> dict[str, str] | None:
        found = self.layout.parse(values.get(HASH) or "", self._forms())
        if found is None or len(found.get("salt", "")) > MAX_SALT:
            return None
        for name in self.parts:
            if name != HASH:
                other = values.get(name)
                if other is None or len(other) > MAX_SALT:
                    return None
                found[name] = other
        return found


@dataclass(frozen=True)
class Digested(LaidOut):
    """Digests of a template, in one round or many.

    :ivar first: what is hashed
    :ivar again: what is hashed in each further round; None for the outermost function over the digest
    :ivar rounds: how often in all
    :ivar pepper: the value of ``pepper``
    """

    first: Template = Template("md5(password)")
    again: Template | None = None
    rounds: int = 1
    pepper: str = field(default="", repr=False)

    @property
    def fields(self) -> tuple[str, ...]:
        used = self.first.uses | (self.again.uses if self.again else frozenset())
        return ("salt",) if "salt" in used or "salt" in self.layout.fields else ()

    @property
    def size(self) -> int:
        return self.first.size

    def compute(self, password: str, account: str, values: Mapping[str, str]) -> str:
        known = {"password": password, "name": account, "salt": values.get("salt", ""), "pepper": self.pepper}
        if not self.first.is_digest:
            return self.first.text_of(known)
        again = self.again or Template(f"{self.first.function}(digest)", ("digest",)) if self.rounds > 1 else self.first
        length = sum(len(text) for text in known.values())
        spend(f"a digest of {self.rounds} rounds", self.rounds * again.calls * (CALL + HASHED_BYTE * length))
        found = self.first.bytes_of(known)
        for _round in range(self.rounds - 1):
            found = again.bytes_of({**known, "digest": found})
        return encode(self.encoding, found)


@dataclass(frozen=True)
class LaidOutPbkdf2(LaidOut):
    """PBKDF2.

    :ivar algorithm: of hashlib
    :ivar iterations: of new ones, and of all where neither the layout nor a column has them
    :ivar length: bytes of the digest, 0 for as many as the algorithm has
    :ivar counted: a column or the layout has the iterations
    """

    algorithm: str = "sha256"
    iterations: int = 600_000
    length: int = 0
    counted: bool = True

    @property
    def fields(self) -> tuple[str, ...]:
        return ("salt", "iterations") if self.counted else ("salt",)

    @property
    def size(self) -> int:
        return self.length or digest_size(self.algorithm)

    def chosen(self) -> dict[str, str]:
        return {"iterations": str(self.iterations)}

    def compute(self, password: str, account: str, values: Mapping[str, str]) -> str:
        iterations = number(values["iterations"]) if self.counted else self.iterations
        found = pbkdf2(self.algorithm, password.encode(), self.salt(values), iterations, self.size)
        return encode(self.encoding, found)


@dataclass(frozen=True)
class LaidOutScrypt(LaidOut):
    """scrypt.

    :ivar n: the cost of new ones, and of all where neither the layout nor a column has it; so are ``r`` and ``p``
    :ivar length: bytes of the digest
    """

    n: int = 32768
    r: int = 8
    p: int = 1
    length: int = 64

    @property
    def fields(self) -> tuple[str, ...]:
        return ("salt", *(name for name in ("n", "ln", "r", "p") if name in self.layout.fields))

    @property
    def size(self) -> int:
        return self.length

    def chosen(self) -> dict[str, str]:
        return {"n": str(self.n), "ln": str(self.n.bit_length() - 1), "r": str(self.r), "p": str(self.p)}

    def compute(self, password: str, account: str, values: Mapping[str, str]) -> str:
        n = 1 << int(values["ln"]) if "ln" in values else number(values["n"]) if "n" in values else self.n
        r, p = (number(values[name]) if name in values else old for name, old in (("r", self.r), ("p", self.p)))
        return encode(self.encoding, scrypt(password.encode(), self.salt(values), n, r, p, self.length))
