# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of a mapping, as columns take them."""

from __future__ import annotations

import datetime
import decimal
import json
import re
import string
import unicodedata
import uuid
from collections.abc import Collection, Mapping
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import Change
from ansible_collections.auth.services.plugins.module_utils.columns import is_moment, moment, present, sa
from ansible_collections.auth.services.plugins.module_utils.mapping import MappingError, Value, sources
from ansible_collections.auth.services.plugins.module_utils.passwords import random_text
from ansible_collections.auth.services.plugins.module_utils.service import Service

TRUTHS = {"1": True, "true": True, "t": True, "yes": True, "y": True, "on": True,
          "0": False, "false": False, "f": False, "no": False, "n": False, "off": False, "": False}
CHARACTERS = {"alnum": string.ascii_letters + string.digits, "hex": string.digits + "abcdef", "digits": string.digits,
              "lower": string.ascii_lowercase, "base36": string.ascii_lowercase + string.digits}


def is_text_moment(column: Any) -> bool:
    """Whether a column holds moments in an engine that stores them as text."""
    return bool(getattr(column.type, "is_moment_text", False))


def constant(column: Any, raw: Any, path: str) -> Any:
    """A constant as a column takes it.

    :raises MappingError: for one that the column cannot hold
    """
    kind, shown = column.type, f"column {column.table.name}.{column.name}"
    if raw is None:
        return None
    if isinstance(kind, sa.Boolean):
        found = raw if isinstance(raw, bool) else TRUTHS.get(str(raw).lower())
        if found is None:
            raise MappingError(path, f"{shown} holds true or false, and {raw!r} is neither")
        return found
    if isinstance(kind, sa.Integer):
        try:
            if isinstance(raw, float) and not raw.is_integer():
                raise ValueError
            return int(raw)
        except (ValueError, OverflowError):
            raise MappingError(path, f"{shown} holds whole numbers, and {raw!r} is not one") from None
    if isinstance(kind, (sa.Numeric, sa.Float)) and not isinstance(raw, bool):
        return _number(column, raw, path)
    if isinstance(kind, sa.Enum) and kind.enums and not isinstance(raw, bool):
        if str(raw) not in kind.enums:
            raise MappingError(path, f"{shown} can be {', '.join(kind.enums)}, and not {raw!r}")
        return str(raw)
    if isinstance(kind, (sa.JSON, sa.ARRAY)) and isinstance(raw, str):
        return _json(raw, column, path)
    if isinstance(kind, sa.LargeBinary):
        return str(raw).encode()
    if isinstance(kind, sa.String):
        if isinstance(raw, bool):
            raise MappingError(path, f"{shown} holds text; put the value in quotes, because YAML reads it as true or"
                                     " false")
        return raw if isinstance(raw, str) else str(raw)
    return moment(column, raw)


def _json(raw: str, column: Any, path: str) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise MappingError(path, f"{column.table.name}.{column.name} holds JSON, and {raw!r} is not JSON") from None


def _number(column: Any, raw: Any, path: str) -> Any:
    """A number as the column keeps it."""
    try:
        number = decimal.Decimal(str(raw))
        if not number.is_finite():
            raise ValueError
        if not column.type.asdecimal:
            return float(number)
        scale = column.type.scale
        return number if scale is None else number.quantize(decimal.Decimal(1).scaleb(-scale))
    except (ValueError, decimal.InvalidOperation):
        raise MappingError(path, f"column {column.table.name}.{column.name} holds numbers, and {raw!r} is not one that"
                                 " it has room for") from None


def words_of(text: str) -> tuple[str, str]:
    """The first word of a text, and all others."""
    first, _blank, others = text.strip().partition(" ")
    return first, others.strip()


def slug(text: str) -> str:
    """Letters and digits of a text in small letters of ASCII, with hyphens between."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain).strip("-") or "user"


class Values:
    """Makes the values of new rows and of changes.

    :param fields: what a new account has in fields that it is not given, by their names
    """

    def __init__(self, sql: Service, fields: Mapping[str, Value | None]) -> None:
        self._sql, self._fields = sql, fields
        self._time = datetime.datetime.now(datetime.timezone.utc)
        self._last: dict[tuple[str, str], int] = {}
        self._counters: dict[str, tuple[Any, Any, list[Any], int]] = {}
        self._found: dict[str, Any] = {}
        self._slugs: dict[tuple[str, str], set[str]] = {}

    def make(self, value: Value, column: Any, change: Change | None = None, key: Any = None) -> Any:
        """A value for a column.

        :param change: of the account that it is for
        :param key: of the account
        :raises MappingError: for what the column cannot hold, and for a row that is not there
        """
        if value.is_constant:
            return constant(column, value.of, value.path)
        made = getattr(self, f"_{value.kind}", None)
        if made is not None:
            return made(value, column)
        if value.kind == "key":
            return constant(column, key, value.path)
        text = self._text(value, column, change)
        return constant(column, text, value.path) if text or isinstance(column.type, sa.String) else None

    # Values that need no account

    def _now(self, value: Value, column: Any) -> Any:
        return constant(column, self._moment(column, value.of), value.path)

    def _moment(self, column: Any, form: str | None) -> Any:
        if form in (None, "datetime") and is_text_moment(column):
            form = "datetime"
        elif form in (None, "date", "datetime") and is_moment(column):
            return present(column)
        elif form is None:
            form = "seconds" if isinstance(column.type, (sa.Integer, sa.Numeric)) else "iso"
        parts = {"seconds": 1, "milliseconds": 1000, "microseconds": 1_000_000}
        if form in parts:
            return int(self._time.timestamp() * parts[form])
        forms = {"iso": "%Y-%m-%dT%H:%M:%SZ", "date": "%Y-%m-%d", "datetime": "%Y-%m-%d %H:%M:%S"}
        return self._time.strftime(forms.get(form or "", form or ""))

    def _uuid(self, value: Value, column: Any) -> Any:
        made = uuid.uuid4()
        if value.of == "bytes" or isinstance(column.type, sa.LargeBinary):
            return made.bytes
        return made.hex if value.of == "hex" else str(made)

    def _random(self, value: Value, column: Any) -> Any:
        text = value.settings["prefix"] + random_text(value.of, CHARACTERS[value.settings["characters"]])
        return constant(column, text, value.path)

    def _highest(self, value: Value, column: Any) -> Any:
        place = (column.table.name, column.name)
        if place not in self._last:
            statement = sa.select(sa.func.coalesce(sa.func.max(column), 0))
            last = int(self._sql.connection.execute(statement).scalar_one())
            # A running application may remember rights by the number of an account that this run has removed.
            self._last[place] = max(last, *(one for one in self._sql.removed if isinstance(one, int)), 0)
        self._last[place] += 1
        return constant(column, self._last[place], value.path)

    def _sequence(self, value: Value, column: Any) -> Any:
        sequence = sa.Sequence(value.of, schema=self._sql.database.schema)
        return constant(column, self._sql.connection.execute(sequence), value.path)

    def _counter(self, value: Value, column: Any) -> Any:
        if value.path not in self._counters:
            counter, where = self._rows(value.of, value.settings["column"], value.settings["where"], value.path)
            statement = self._sql.for_writing(sa.select(counter).where(*where))
            found = self._sql.connection.execute(statement).scalars().all()
            if len(found) != 1 or found[0] is None:
                raise MappingError(value.path, f"it must be one row of {value.of}, and {len(found)} are there")
            self._counters[value.path] = (counter.table, counter, where, int(found[0]))
        table, counter, where, last = self._counters[value.path]
        self._counters[value.path] = (table, counter, where, last + 1)
        return constant(column, last + 1, value.path)

    def finish(self) -> None:
        """Write what counters are at now."""
        for table, counter, where, last in self._counters.values():
            self._sql.connection.execute(sa.update(table).where(*where).values({counter.name: last}))
        self._counters.clear()

    def _account(self, value: Value, column: Any) -> Any:
        return constant(column, self.key_of(value.of, value.path), value.path)

    def key_of(self, name: str, path: str) -> Any:
        """The key of the account with a name.

        :raises MappingError: without one
        """
        if name not in self._found:
            found = self._sql.accounts.read([name]).get(name)
            if found is None:
                raise MappingError(path, f"there is no account {name!r}")
            self._found[name] = found.key
        return self._found[name]

    def _lookup(self, value: Value, column: Any) -> Any:
        if value.path not in self._found:
            wanted, where = self._rows(value.of, value.settings["column"], value.settings["where"], value.path)
            found = self._sql.connection.execute(sa.select(wanted).where(*where).limit(2)).scalars().all()
            if len(found) != 1:
                shown = ", ".join(f"{name} = {one!r}" for name, one in value.settings["where"].items())
                raise MappingError(value.path, f"table {value.of} has {'no row' if not found else 'several rows'} with"
                                               f" {shown}")
            self._found[value.path] = found[0]
        return constant(column, self._found[value.path], value.path)

    def _rows(self, table: str, column: str, where: Mapping[str, Any], path: str) -> tuple[Any, list[Any]]:
        columns = self._sql.table(table).c
        return columns[column], [columns[name] == constant(columns[name], one, path) for name, one in where.items()]

    # Values made of the account

    def _text(self, value: Value, column: Any, change: Change | None, of: Collection[str] = ()) -> str:
        if value.kind == "template":
            return str(value.of).format(**{name: self.field(name, change, of) for name in value.settings["names"]})
        text = self.field(value.of, change, of)
        if value.kind == "lower":
            return text.lower()
        if value.kind in ("first_word", "other_words"):
            return words_of(text)[value.kind == "other_words"]
        if value.kind == "slug":
            return slug(text) if column is None else self._free_slug(slug(text), column)
        return text

    def field(self, name: str, change: Change | None, of: Collection[str] = ()) -> str:
        """The value of a field after a change, or of the name, as text.

        :param of: fields whose values this one is for
        """
        if change is None:
            return ""
        if name == "name":
            return change.stored_name
        if name in ("local_part", "domain") and name not in self._fields:
            local, _at, domain = change.stored_name.rpartition("@")
            return (local or domain) if name == "local_part" else (domain if local else "")
        found, new = change.value_after(name), self._fields.get(name)
        if change.creates and name not in change.values and new is not None and name not in of:
            found = new.of if new.is_constant else self._text(new, None, change, (*of, name)) if sources(new) else ""
        return "" if found is None else str(int(found)) if isinstance(found, bool) else str(found)

    def _free_slug(self, text: str, column: Any) -> str:
        length = getattr(column.type, "length", None)
        text = text[:max(length - 6, 1)] if length else text
        taken = self._slugs.setdefault((column.table.name, column.name), set())
        if text not in taken:
            statement = sa.select(column).where(sa.or_(column == text, column.like(f"{text}-%")))
            taken.update(str(one).lower() for one in self._sql.connection.execute(statement).scalars())
        number, free = 1, text
        while free in taken:
            number += 1
            free = f"{text}-{number}"
        taken.add(free)
        return free
