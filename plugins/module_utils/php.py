# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PHP's ``serialize()``, the form in which PHP applications keep structured values in text columns. Pure."""

from __future__ import annotations

import re
from typing import Any

SCALAR = re.compile(rb"N;|b:([01]);|i:([+-]?[0-9]+);")
FLOAT = re.compile(rb"d:(-?INF|NAN|[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?);")
REFERENCE = re.compile(rb"([Rr]):([0-9]{1,9});")
STRING = re.compile(rb's:([0-9]{1,9}):"')
ESCAPED = re.compile(rb'S:[0-9]+:"')
ARRAY = re.compile(rb"a:([0-9]{1,9}):{")
OBJECT = re.compile(rb'O:([0-9]{1,9}):"([A-Za-z0-9_\\\x80-\xff]+)":([0-9]{0,9}):{')
CLASS = re.compile(rb"[CE]:[0-9]+:")

NUMBER = re.compile(r"0|-?[1-9][0-9]*")
LARGEST = (1 << 63) - 1

MAX_BYTES = 1 << 20
"""Of a serialized value: so many take a second and 50 MiB at most. PHP itself has no limit."""
MAX_DEPTH = 100
"""Of arrays in arrays. PHP has 4096; what applications keep has less than ten."""

PENDING, PENDING_OBJECT = object(), object()
"""An array or an object that is being read, which what is in it can refer to."""


class Unknown(ValueError):
    """What PHP may read, and we do not: what is too long or nested too deeply, or asks the code of a class."""


class Opaque:
    """A value that is kept as it was written: a float, an object, a reference to an array or an object.

    :ivar text: as it was written; empty where another place would give it another meaning, since what it refers to is
        numbered through the whole value
    """

    def __init__(self, text: str, true: bool = True) -> None:
        self.text, self.true = text, true

    def __bool__(self) -> bool:
        return self.true


def serialize(value: Any) -> str:
    """A value as PHP writes it (https://www.php.net/manual/en/function.serialize.php).

    :param value: str, int, bool, None, ``Opaque``, or a list or dict of such; lengths of strings are counted in bytes
        of UTF-8. As in PHP, a key that is the text of an integer is one
    :raises TypeError: for anything else
    :raises ValueError: for an ``Opaque`` that has a meaning in its own place alone
    """
    if value is None:
        return "N;"
    if isinstance(value, bool):
        return f"b:{int(value)};"
    if isinstance(value, int):
        return f"i:{value};"
    if isinstance(value, str):
        return f's:{len(value.encode(errors="surrogateescape"))}:"{value}";'
    if isinstance(value, Opaque):
        if not value.text:
            raise ValueError("it holds references of PHP")
        return value.text
    if isinstance(value, (list, tuple)):
        value = dict(enumerate(value))
    if not isinstance(value, dict):
        raise TypeError(f"cannot serialize {type(value).__name__}")
    items = "".join(serialize(_key(key)) + serialize(item) for key, item in value.items())
    return f"a:{len(value)}:{{{items}}}"


def _key(key: Any) -> Any:
    if not isinstance(key, str) or len(key) > len(str(-LARGEST)) or not NUMBER.fullmatch(key):
        return key
    return int(key) if -LARGEST - 1 <= int(key) <= LARGEST else key


def unserialize(text: str, most: int = MAX_BYTES) -> Any:
    """The value that PHP reads; an array as a dict, in its order, whatever its keys are. Like PHP, what follows the
    value is left alone.

    :param most: so many bytes are read at most: the work grows with them, and with nothing else in the text
    :raises Unknown: for what PHP may read, and we do not
    :raises ValueError: for what PHP does not read (its ``unserialize()`` returns false)
    """
    data = text[: most + 1].encode(errors="surrogateescape")
    if len(data) > most:
        raise Unknown(f"serialized value is longer than {most} bytes")
    reader = _Reader(data)
    value, _end = reader.read(0, 0)
    if reader.references and reader.doubled:
        raise Unknown("serialized array with references and with a key that is there twice")
    return value


class _Reader:
    """Reads one value.

    :ivar slots: the values so far, as references number them: with those in objects, without keys
    :ivar references: how many there were
    :ivar doubled: whether an array has a key twice
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.slots: list[Any] = []
        self.references = 0
        self.doubled = False

    def read(self, start: int, depth: int) -> tuple[Any, int]:
        """A value and where it ends."""
        reference = REFERENCE.match(self.data, start)
        if reference:
            return self._reference(reference), reference.end()
        place = len(self.slots)
        self.slots.append(PENDING)
        value, end = self._scalar(start) or self._nested(start, depth)
        self.slots[place] = value
        return value, end

    def _scalar(self, start: int) -> tuple[Any, int] | None:
        data = self.data
        scalar = SCALAR.match(data, start)
        if scalar:
            if scalar[2] is None:
                return (None if scalar[1] is None else scalar[1] == b"1"), scalar.end()
            digits = len(str(LARGEST)) + 1  # more would be as much, and work
            number = int(scalar[2].lstrip(b"+-").lstrip(b"0")[:digits] or b"0")
            negative = scalar[2].startswith(b"-")
            return (max(-number, -LARGEST - 1) if negative else min(number, LARGEST)), scalar.end()
        string = STRING.match(data, start)
        if string:
            end = string.end() + int(string[1])
            if data[end:end + 2] == b'";':
                return data[string.end():end].decode(errors="surrogateescape"), end + 2
        number_ = FLOAT.match(data, start)
        if number_:
            zero = not re.match(rb"[+-]?[0.]*[1-9IN]|-?INF", number_[1])
            return Opaque(number_[0].decode(), not zero), number_.end()
        return None

    def _nested(self, start: int, depth: int) -> tuple[Any, int]:
        data = self.data
        if CLASS.match(data, start) or ESCAPED.match(data, start):
            raise Unknown(f"serialized value that asks PHP itself, at byte {start}")
        array, thing = ARRAY.match(data, start), OBJECT.match(data, start)
        if array:
            return self._items(array.end(), int(array[1]), depth)
        if thing and int(thing[1]) == len(thing[2]):
            self.slots[-1] = PENDING_OBJECT
            before = self.references
            _properties, end = self._items(thing.end(), int(thing[3] or 0), depth)
            moves = self.references > before
            return Opaque("" if moves else data[start:end].decode(errors="surrogateescape")), end
        raise ValueError(f"no serialized value at byte {start}")

    def _items(self, place: int, number: int, depth: int) -> tuple[dict[Any, Any], int]:
        if depth >= MAX_DEPTH:
            raise Unknown("serialized value is nested too deeply")
        values: dict[Any, Any] = {}
        for _number in range(number):
            key, place = self._scalar(place) or (None, place)
            if not isinstance(key, (int, str)) or isinstance(key, bool):
                raise ValueError(f"serialized array has a key that is no number and no text, before byte {place}")
            key = _key(key)
            self.doubled = self.doubled or key in values
            values[key], place = self.read(place, depth + 1)
        if self.data[place:place + 1] != b"}":
            raise ValueError(f"no end of a serialized array at byte {place}")
        return values, place + 1

    def _reference(self, reference: re.Match[bytes]) -> Any:
        self.references += 1
        number = int(reference[2])
        to = self.slots[number - 1] if 0 < number <= len(self.slots) else None
        objects, pending = reference[1] == b"r", to is PENDING or to is PENDING_OBJECT
        an_object = to is PENDING_OBJECT or (isinstance(to, Opaque) and not to.text.startswith("d"))
        if not 0 < number <= len(self.slots) or (objects and not an_object):
            raise ValueError(f"serialized reference {number} to nothing, before byte {reference.end()}")
        # Those to arrays and objects are not followed: a short text can hold a whole tree of them.
        value = Opaque("", pending or bool(to)) if pending or isinstance(to, (dict, Opaque)) else to
        if objects:
            self.slots.append(value)
        return value
