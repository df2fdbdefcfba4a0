# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PHP's C(serialize()), the form in which PHP applications keep structured values in text columns. Pure."""

from __future__ import annotations

import re
from typing import Any

SCALAR = re.compile(rb"N;|b:([01]);|i:(-?[0-9]{1,19});")
STRING = re.compile(rb's:([0-9]{1,9}):"')
ARRAY = re.compile(rb"a:([0-9]{1,9}):{")

MAX_BYTES = 1 << 20
"""Of a serialized value: so many take half a second and 50 MiB at most. PHP itself has no limit."""
MAX_DEPTH = 100
"""Of arrays in arrays. PHP has 4096; what applications keep has less than ten."""


def serialize(value: Any) -> str:
    """A value as PHP writes it (https://www.php.net/manual/en/function.serialize.php).

    :param value: str, int, bool, None, or a list or dict of such; lengths of strings are counted in bytes of UTF-8
    :raises TypeError: for anything else
    """
    if value is None:
        return "N;"
    if isinstance(value, bool):
        return f"b:{int(value)};"
    if isinstance(value, int):
        return f"i:{value};"
    if isinstance(value, str):
        return f's:{len(value.encode(errors="surrogateescape"))}:"{value}";'
    if isinstance(value, (list, tuple)):
        value = dict(enumerate(value))
    if not isinstance(value, dict):
        raise TypeError(f"cannot serialize {type(value).__name__}")
    items = "".join(serialize(key) + serialize(item) for key, item in value.items())
    return f"a:{len(value)}:{{{items}}}"


def unserialize(text: str, most: int = MAX_BYTES) -> Any:
    """The value that PHP wrote; an array as a dict, in its order, whatever its keys are.

    :param most: so many bytes are read at most: the work grows with them, and with nothing else in the text
    :raises ValueError: for anything else than null, bool, int, str and arrays of such, for what is cut or altered, and
        for what is too long or nested too deeply
    """
    if len(text) > most:
        raise ValueError(f"serialized value is longer than {most} bytes")
    data = text.encode(errors="surrogateescape")
    if len(data) > most:
        raise ValueError(f"serialized value is longer than {most} bytes")
    value, end = _parse(data, 0, 0)
    if end != len(data):
        raise ValueError(f"serialized value goes on after its end, at byte {end}")
    return value


def _parse(data: bytes, start: int, depth: int) -> tuple[Any, int]:
    if depth > MAX_DEPTH:
        raise ValueError("serialized value is nested too deeply")
    scalar = SCALAR.match(data, start)
    if scalar:
        value = int(scalar[2]) if scalar[2] is not None else None if scalar[1] is None else scalar[1] == b"1"
        return value, scalar.end()
    string = STRING.match(data, start)
    if string:
        end = string.end() + int(string[1])
        if data[end:end + 2] == b'";':
            return data[string.end():end].decode(errors="surrogateescape"), end + 2
    array = ARRAY.match(data, start)
    if array:
        values, place = {}, array.end()
        for _number in range(int(array[1])):
            key, place = _parse(data, place, depth + 1)
            if not isinstance(key, (int, str)) or isinstance(key, bool):
                raise ValueError(f"serialized array has a key that is no number and no text, before byte {place}")
            values[key], place = _parse(data, place, depth + 1)
        if data[place:place + 1] == b"}":
            return values, place + 1
    raise ValueError(f"no serialized value at byte {start}")
