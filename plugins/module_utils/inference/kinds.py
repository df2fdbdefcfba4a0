# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Types of columns as far as references need them: which can hold the key of which."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

REFER_TO_NOTHING = ("flag", "time", "other", "enum", "document")
"""Families that no reference is of."""


class Kind(NamedTuple):
    """:ivar family: ``number``, ``text``, ``uuid``, ``bytes``, ``flag``, ``time``, ``enum``, ``document`` or
        ``other``, which an enumeration of PostgreSQL is too
    :ivar size: bytes of a number, length of a text; 0 where the type says none
    """

    family: str
    size: int = 0
    unsigned: bool = False


_NUMBERS = {"tiny": 1, "small": 2, "medium": 3, "big": 8, "": 4, "int8": 8, "int2": 2}
_TEXTS = (
    "varchar",
    "char",
    "character",
    "nvarchar",
    "nchar",
    "text",
    "tinytext",
    "mediumtext",
    "longtext",
    "citext",
    "string",
    "clob",
    "ntext",
    "name",
    "bpchar",
)


@lru_cache(maxsize=8192)
def kind(type_: str) -> Kind:
    """What the engine's name of a type holds."""
    name = type_.strip().lower()[:80].lstrip("?")
    length = re.search(r"\((\d{1,6})\)", name)
    size = int(length.group(1)) if length else 0
    unsigned = "unsigned" in name
    word = re.split(r"[ (\[:]", name, maxsplit=1)[0]
    if name.endswith("[]") or word.startswith(("json", "xml", "hstore", "array")):
        return Kind("document")
    if word in ("bool", "boolean") or (word == "tinyint" and size == 1) or (word == "bit" and size <= 1):
        return Kind("flag", 1, unsigned)
    number = re.fullmatch(r"(tiny|small|medium|big)?(?:int|integer|serial)(2|4|8)?", word)
    if number:
        return Kind("number", int(number.group(2) or 0) or _NUMBERS[number.group(1) or ""], unsigned)
    if word in ("number", "numeric", "decimal") and not re.search(r",\s*[1-9]", name):
        return Kind("number", 8, unsigned)
    if word in ("uuid", "uniqueidentifier", "pg_uuid"):
        return Kind("uuid")
    if word in _TEXTS:
        return Kind("text", size)
    if word in ("enum", "set"):
        return Kind("enum")
    if word in ("binary", "varbinary", "bytea", "blob", "tinyblob", "mediumblob", "longblob"):
        return Kind("bytes", size)
    if word in ("timestamp", "datetime", "timestamptz", "datetime2", "date", "datetimeoffset", "smalldatetime"):
        return Kind("time")
    return Kind("other")


@lru_cache(maxsize=65536)
def fit(child: str, key: str) -> float:
    """How well a column of one type refers to a key of another: 1 for the same, 0 for never."""
    if child == key:
        return 0.0 if kind(child).family in REFER_TO_NOTHING else 1.0
    one, other = kind(child), kind(key)
    if one.family != other.family:
        short = {one.family, other.family}
        if short == {"text", "uuid"} or (short == {"text", "bytes"} and one.size == other.size):
            return 0.8
        return 0.7 if short == {"text", "bytes"} else 0.0
    if one.family in REFER_TO_NOTHING:
        return 0.0
    if one.family == "number":
        if one.size == other.size:
            return 0.98
        return 0.9 if min(one.size, other.size) >= 3 else 0.75 if min(one.size, other.size) == 2 else 0.55
    if one.size == other.size:
        return 1.0
    return 0.9 if not one.size or not other.size else 0.85
