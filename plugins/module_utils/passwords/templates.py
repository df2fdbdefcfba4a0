# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an application hashes, as a text: ``md5(md5(salt) + md5(password))``. Pure.

A closed vocabulary that is parsed here, and nothing else is run: names, texts in quotes, ``+``, and functions.
"""

from __future__ import annotations

import base64
import hmac
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Union

from ansible_collections.auth.services.plugins.module_utils.passwords.digests import digest, digest_size, md4

MAX_TEXT, MAX_PARTS, MAX_DEPTH = 500, 40, 10
"""Characters of a template, its names, texts and functions, and how deep they are in each other."""

DIGESTS = ("md4", "md5", "sha1", "sha224", "sha256", "sha384", "sha512")
NAMES = {
    "password": "the clear password",
    "name": "the name of the account",
    "salt": "the salt",
    "pepper": "the secret of the option pepper",
    "digest": "the digest of the round before, in `again` alone",
}
"""What each name stands for."""
FUNCTIONS = {
    **dict.fromkeys(DIGESTS, (1, "the digest, in hexadecimal digits")),
    **{f"hmac_{name}": (2, "the HMAC of a key and a text, in hexadecimal digits") for name in DIGESTS[1:]},
    "base64": (1, "base64; of a digest, of its bytes"),
    "hex": (1, "hexadecimal digits"),
    "raw": (1, "the bytes of a digest, instead of hexadecimal digits"),
    "unhex": (1, "the bytes of a text in hexadecimal digits"),
    "unbase64": (1, "the bytes of a text in base64"),
    "utf16": (1, "the text in UTF-16 of little endian"),
    "lower": (1, "the text in small letters"),
    "upper": (1, "the text in capital letters"),
    "nfc": (1, "the text in Unicode's composed form"),
    "nfkc": (1, "the text in Unicode's compatible composed form"),
    "nfkd": (1, "the text in Unicode's compatible decomposed form"),
}
"""How many arguments each function has, and what it gives."""
FORMS: Mapping[str, Literal["NFC", "NFKC", "NFKD"]] = {"nfc": "NFC", "nfkc": "NFKC", "nfkd": "NFKD"}
BINARY = ("raw", "unhex", "unbase64", "utf16")
TOKEN = re.compile(r"""\s*(?:(?P<word>[a-z][a-z0-9_]*)|(?P<text>'[^']*'|"[^"]*")|(?P<sign>[()+,]))\s*""")


@dataclass(frozen=True)
class _Literal:
    text: bytes


@dataclass(frozen=True)
class _Name:
    name: str


@dataclass(frozen=True)
class _Call:
    function: str
    arguments: tuple[_Node, ...]


@dataclass(frozen=True)
class _Sum:
    parts: tuple[_Node, ...]


_Node = Union[_Literal, _Name, _Call, _Sum]


@dataclass(frozen=True)
class Template:
    """A text that says what is hashed.

    A digest is text in hexadecimal digits wherever it is joined or hashed again, and bytes in ``base64()`` and
    ``raw()``.

    :ivar text: as it is written
    :ivar names: which names it may use
    """

    text: str
    names: tuple[str, ...] = ("password", "name", "salt", "pepper")
    _root: _Node = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Parse it.

        :raises ValueError: for what is not a template, saying why and where
        """
        root = _Parser(self.text, self.names).parse()
        if _is_binary(root):
            raise ValueError(f"{self.text!r} gives bytes that are not text. Put hex() or base64() around them")
        object.__setattr__(self, "_root", root)

    @property
    def is_digest(self) -> bool:
        """Whether it is a digest as a whole, and how it is written is still open."""
        return _is_digest(self._root)

    @property
    def function(self) -> str:
        """The outermost function, "" without one."""
        return self._root.function if isinstance(self._root, _Call) else ""

    @property
    def size(self) -> int:
        """Bytes of the digest, 0 for another text."""
        algorithm = self.function.replace("hmac_", "")
        return 0 if not self.is_digest else 16 if algorithm == "md4" else digest_size(algorithm)

    @property
    def uses(self) -> frozenset[str]:
        """The names that it uses."""
        return frozenset(node.name for node in _nodes(self._root) if isinstance(node, _Name))

    @property
    def calls(self) -> int:
        """How many functions computing it takes."""
        return sum(isinstance(node, _Call) for node in _nodes(self._root))

    def bytes_of(self, values: Mapping[str, str | bytes]) -> bytes:
        """The bytes of the digest, or of the text.

        :raises ValueError: where a value is not what a function takes
        """
        return _value(self._root, values)

    def text_of(self, values: Mapping[str, str | bytes]) -> str:
        """The text; a digest in hexadecimal digits.

        :raises ValueError: where a value is not what a function takes
        """
        return _plain(self._root, values).decode()


class _Parser:
    def __init__(self, text: str, names: tuple[str, ...]) -> None:
        if not isinstance(text, str) or not text.strip():
            raise ValueError("it must be a text such as md5(salt + password)")
        if len(text) > MAX_TEXT:
            raise ValueError(f"it has {len(text)} characters; at most {MAX_TEXT} are possible")
        self._text, self._names, self._place, self._number = text, names, 0, 0

    def parse(self) -> _Node:
        node = self._sum(0)
        if self._place < len(self._text):
            raise self._error("nothing more, or +")
        return node

    def _error(self, expected: str) -> ValueError:
        rest = self._text[self._place:].strip()
        found = f"{rest[:20]!r}" if rest else "the end"
        return ValueError(f"{self._text!r} has {found} where {expected} must be")

    def _next(self, *signs: str) -> str:
        match = TOKEN.match(self._text, self._place)
        if match is None or (signs and match["sign"] not in signs):
            return ""
        self._place = match.end()
        return match[0].strip()

    def _sum(self, depth: int) -> _Node:
        parts = [self._term(depth)]
        while self._next("+"):
            parts.append(self._term(depth))
        return parts[0] if len(parts) == 1 else _Sum(tuple(parts))

    def _term(self, depth: int) -> _Node:
        self._number += 1
        if depth > MAX_DEPTH or self._number > MAX_PARTS:
            raise ValueError(f"{self._text!r} has more than {MAX_PARTS} parts, or more than {MAX_DEPTH} in each other")
        begin = self._place
        match = TOKEN.match(self._text, begin)
        if match is None or match["sign"]:
            raise self._error("a name, a text in quotes or a function")
        self._place = match.end()
        if match["text"]:
            return _Literal(match["text"][1:-1].encode())
        word = match["word"]
        if not self._next("("):
            if word not in self._names:
                self._place = begin
                raise self._error(f"one of {', '.join(self._names)}, a text in quotes or a function")
            return _Name(word)
        if word not in FUNCTIONS:
            self._place = begin
            raise self._error(f"one of the functions {', '.join(FUNCTIONS)}")
        return self._call(word, depth)

    def _call(self, word: str, depth: int) -> _Node:
        arguments = [self._sum(depth + 1)]
        while self._next(","):
            arguments.append(self._sum(depth + 1))
        if not self._next(")"):
            raise self._error("+, a comma or )")
        number = FUNCTIONS[word][0]
        if len(arguments) != number:
            needed = f"{number} argument{'s'[:number - 1]}"
            raise ValueError(f"{self._text!r}: {word}() needs {needed}, not {len(arguments)}")
        if word == "raw" and not _is_digest(arguments[0]):
            raise ValueError(f"{self._text!r}: raw() needs a digest")
        if word in ("lower", "upper", "utf16", *FORMS) and _is_binary(arguments[0]):
            raise ValueError(f"{self._text!r}: {word}() needs text, not bytes")
        return _Call(word, tuple(arguments))


def _nodes(node: _Node) -> list[_Node]:
    inner = node.arguments if isinstance(node, _Call) else node.parts if isinstance(node, _Sum) else ()
    return [node, *(one for part in inner for one in _nodes(part))]


def _is_digest(node: _Node) -> bool:
    if isinstance(node, _Call):
        return node.function in DIGESTS or node.function.startswith("hmac_")
    return isinstance(node, _Name) and node.name == "digest"


def _is_binary(node: _Node) -> bool:
    if isinstance(node, _Sum):
        return any(map(_is_binary, node.parts))
    return isinstance(node, _Call) and node.function in BINARY


def _plain(node: _Node, values: Mapping[str, str | bytes]) -> bytes:
    found = _value(node, values)
    return found.hex().encode() if _is_digest(node) else found


def _value(node: _Node, values: Mapping[str, str | bytes]) -> bytes:
    if isinstance(node, _Literal):
        return node.text
    if isinstance(node, _Name):
        found = values[node.name]
        return found.encode() if isinstance(found, str) else found
    if isinstance(node, _Sum):
        return b"".join(_plain(part, values) for part in node.parts)
    return _call(node.function, node.arguments, values)


def _call(function: str, arguments: tuple[_Node, ...], values: Mapping[str, str | bytes]) -> bytes:
    if function in ("base64", "hex", "raw"):
        data = _value(arguments[0], values)
        return base64.b64encode(data) if function == "base64" else data.hex().encode() if function == "hex" else data
    data = _plain(arguments[0], values)
    if function == "md4":
        return md4(data)
    if function in DIGESTS:
        return digest(function, data)
    if function.startswith("hmac_"):
        return hmac.new(data, _plain(arguments[1], values), function[len("hmac_"):]).digest()
    if function == "unhex":
        return bytes.fromhex(data.decode())
    if function == "unbase64":
        return base64.b64decode(data, validate=True)
    text = data.decode()
    if function == "utf16":
        return text.encode("utf-16-le")
    if function in FORMS:
        return unicodedata.normalize(FORMS[function], text).encode()
    return (text.lower() if function == "lower" else text.upper()).encode()
