# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a few rows of a database answer, within bounds of rows and time. No value of a person leaves it.

Whether values exist elsewhere, the server counts. Of stored passwords, the formats alone are kept; of columns with few
values, those that cannot be of a person.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.database import Database, is_about_values
from ansible_collections.auth.services.plugins.module_utils.engines.common import driver_message
from ansible_collections.auth.services.plugins.module_utils.inference.result import (
    Account,
    Inclusion,
    Place,
    Questions,
    Rows,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.formats import count_formats
from ansible_collections.auth.services.plugins.module_utils.schema import Schema

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

Result = TypeVar("Result")

SECONDS_EACH, SECONDS_ALL = 5.0, 60.0
"""For one question, and for all."""
MOST_ROWS = 1000
"""Of a column that are looked at: the first that the database finds."""
MOST_GROUPED = 10_000
"""Of a column of few values."""
MOST_HASHES = 100
"""From each end of a table."""
MOST_HASH = 4097  # characters: one more than any format has
MOST_VALUES = 12
LONGEST_VALUE = 20
REPEATED = 3
"""A word that nobody knows is shown if so many rows have it: a login or a name has one."""
WORDS = frozenset((
    "", "0", "1", "a", "active", "activated", "admin", "approved", "archived", "authenticated", "awaiting", "banned",
    "blocked", "closed", "confirmed", "created", "d", "deactivated", "delete", "deleted", "deny", "disable", "disabled",
    "draft", "e", "enable", "enabled", "expired", "f", "false", "guest", "i", "inactive", "inactivated", "internal",
    "invited", "left", "locked", "member", "moderator", "n", "never", "new", "no", "none", "normal", "off", "ok", "on",
    "open", "pending", "ready", "registered", "rejected", "removed", "suspended", "system", "t", "temporary", "true",
    "trusted", "unconfirmed", "unlocked", "unverified", "user", "valid", "verified", "warn", "y", "yes"))
"""What applications call states and roles."""
WORD = re.compile(r"[A-Za-z][A-Za-z _-]*|[+-]?\d{1,3}")
NUMBER = re.compile("int|serial|num|dec|float|double|real|year|bit")
TEXT = re.compile("char|text|clob|string|enum|set")


class Sampling:
    """Asks the rows of a database.

    :ivar warnings: what could not be asked, in sentences
    """

    def __init__(self, database: Database, connection: Connection, schema: Schema) -> None:
        self.database, self.connection, self.schema = database, connection, schema
        self.warnings: list[str] = []
        self._end = time.monotonic() + SECONDS_ALL

    def answers(self, questions: Questions) -> Rows:
        """What the rows say to questions, as far as there is time."""
        formats: dict[Place, dict[str, int]] = {}
        frequencies: dict[Place, list[tuple[Any, int]]] = {}
        inclusions: dict[tuple[str, tuple[str, ...], str, tuple[str, ...]], Inclusion] = {}
        filled: dict[Place, float] = {}
        for place in questions.formats:
            found = self._ask(place[0], self._formats, place)
            if found:
                formats[place] = found
        for place in questions.frequencies:
            counted = self._ask(place[0], self._grouped, place)
            if counted:
                filled[place] = 1 - counted.get(None, 0) / sum(counted.values())
                values = harmless(counted, self._allowed(place))
                if values:
                    frequencies[place] = values
        for candidate in questions.inclusions:
            inclusion = self._ask(candidate[0], self._inclusion, *candidate)
            if inclusion:
                inclusions[candidate] = inclusion
        names = {place[0] for place in (*questions.formats, *questions.frequencies)}
        empty = {name for name in names if self._ask(name, self._is_empty, name)}
        return Rows(formats, frequencies, inclusions, filled, frozenset(empty))

    def counts(self, account: Account) -> dict[str, int]:
        """How many accounts there are, and how many are enabled and disabled where a column of theirs says so."""
        if account.kind != "rows" or account.table not in self.schema.tables:
            return {}
        found = self._ask(account.table, self._counts, account)
        return found or {}

    def _counts(self, account: Account) -> dict[str, int]:
        active = account.active or {}
        name = active.get("column") or ""
        table = self.schema.tables[account.table]
        if table.column(name) is None:
            source = self._from(account.table, ())
            return {"accounts": self.connection.execute(sa.select(sa.func.count()).select_from(source)).scalar_one()}
        source = self._from(account.table, (name,))
        column = source.c[name]
        if active["kind"] == "timestamp":
            everyone, shut = self.connection.execute(sa.select(sa.func.count(), sa.func.count(column))).one()
            return {"accounts": everyone, "enabled": everyone - shut, "disabled": shut}
        grouped = sa.select(column, sa.func.count()).group_by(column).limit(MOST_VALUES + 1)
        groups = self.connection.execute(grouped).all()
        everyone = sum(number for _value, number in groups)
        if len(groups) > MOST_VALUES:
            everyone = self.connection.execute(sa.select(sa.func.count()).select_from(source)).scalar_one()
            return {"accounts": everyone}
        is_open = _opens(active)
        if is_open is None:
            return {"accounts": everyone}
        enabled = sum(number for value, number in groups if is_open(_plain(value)))
        return {"accounts": everyone, "enabled": enabled, "disabled": everyone - enabled}

    def _ask(self, table: str, work: Callable[..., Result], *arguments: Any) -> Result | None:
        """The answer of one question; None where there is none in time, or the user may not know it."""
        left = self._end - time.monotonic()
        if left <= 0:
            self._warn(f"looking at rows took {SECONDS_ALL:.0f} seconds, so that not all questions were asked")
            return None
        kind = self.database.kind
        try:
            with self.connection.begin_nested():
                kind.stop_after(self.connection, min(SECONDS_EACH, left))
                result = work(*arguments)
                kind.stop_after(self.connection, 0)
                return result
        except sa.exc.DBAPIError as error:
            if error.connection_invalidated:
                raise
            kind.stop_after(self.connection, 0)
            self._warn(f"rows of table {table} were not looked at: {reason(error)}")
        except (ArithmeticError, LookupError, ValueError, UnicodeError):  # of what a driver cannot hold
            kind.stop_after(self.connection, 0)
            self._warn(f"rows of table {table} were not looked at: they hold values that cannot be read")
        return None

    def _warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)

    def _from(self, name: str, columns: Sequence[str]) -> Any:
        """A table with columns of it, as the parts of a statement."""
        table = self.schema.tables[name]
        schema = table.schema or self.schema.name
        return sa.table(sa.sql.quoted_name(table.own_name, True), *(sa.column(_quoted(one)) for one in columns),
                        schema=sa.sql.quoted_name(schema, True) if schema else None)

    def _formats(self, place: Place) -> dict[str, int]:
        """Formats of stored passwords, from both ends: new ones may differ from those of long ago."""
        name, column_name = place
        key = self.schema.tables[name].primary_key
        source = self._from(name, (column_name, *(one for one in key if one != column_name)))
        column = source.c[column_name]
        asked: Any = sa.select(sa.func.substr(column, 1, MOST_HASH)).where(column.is_not(None)).limit(MOST_HASHES)
        values = list(self.connection.execute(asked).scalars())
        if len(key) == 1 and len(values) == MOST_HASHES:
            values += self.connection.execute(asked.order_by(source.c[key[0]].desc())).scalars()
        return {kind: number for kind, number in count_formats(
            value for value in values if isinstance(value, (str, bytes))).items() if kind}

    def _grouped(self, place: Place) -> dict[Any, int]:
        source = self._from(place[0], place[1:])
        few = sa.select(source.c[place[1]].label("value")).limit(MOST_GROUPED).subquery()
        number = sa.func.count()
        asked: Any = sa.select(few.c.value, number).group_by(few.c.value).order_by(number.desc()).limit(MOST_VALUES + 2)
        found: dict[Any, int] = {}
        for value, count in self.connection.execute(asked):
            value = _plain(value)
            found[value] = found.get(value, 0) + count
        return found

    def _allowed(self, place: Place) -> Sequence[str]:
        column = self.schema.tables[place[0]].column(place[1])
        return column.values if column else ()

    def _is_empty(self, name: str) -> bool:
        asked: Any = sa.select(sa.literal_column("1")).select_from(self._from(name, ())).limit(1)
        return self.connection.execute(asked).first() is None

    def _inclusion(
        self, name: str, columns: Sequence[str], to_name: str, to_columns: Sequence[str]
    ) -> Inclusion | None:
        """Of the values that stand for something, how many exist there. The server compares them."""
        child, parent = self._from(name, columns), self._from(to_name, to_columns).alias()
        conditions = [condition for one in columns for condition in self._stands(name, child.c[one])]
        labels = [child.c[one].label(f"value_{number}") for number, one in enumerate(columns)]
        some = sa.select(*labels).where(*conditions).limit(MOST_ROWS).subquery()
        grouped = sa.select(*some.c, sa.func.count().label("number")).group_by(*some.c).subquery()
        there = sa.exists().where(*(parent.c[to] == ours for to, ours in zip(to_columns, list(grouped.c)))).select_from(
            parent).correlate(grouped)
        total = sa.func.sum(grouped.c.number)
        asked: Any = sa.select(sa.func.sum(sa.case((there, grouped.c.number), else_=0)), total, sa.func.count())
        found, sampled, distinct = self.connection.execute(asked.select_from(grouped)).one()
        return Inclusion(int(found), int(sampled), int(distinct)) if sampled else None

    def _stands(self, name: str, column: Any) -> list[Any]:
        """The conditions that a value stands for something: 0 and nothing are what applications put for none."""
        declared = self.schema.tables[name].column(str(column.name))
        kind = declared.type.lower() if declared else ""
        conditions = [column.is_not(None)]
        if NUMBER.search(kind):
            conditions.append(column != sa.literal_column("0"))
        elif TEXT.search(kind) and not (declared and declared.values):
            conditions.append(column != sa.literal_column("''"))
        return conditions


def reason(error: Exception) -> str:
    """Why the database did not answer. Of an error about a value only that: it may quote the value."""
    is_plain = isinstance(error, (sa.exc.OperationalError, sa.exc.ProgrammingError)) and not is_about_values(error)
    return driver_message(error) if is_plain else "the database fails at a value"


def _quoted(name: str) -> Any:
    return sa.sql.quoted_name(name, True)


def _plain(value: Any) -> Any:
    """What a driver gives, as JSON can hold it."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        data = bytes(value)
        # A bit of MySQL; else text of a binary column
        return int.from_bytes(data, "big") if len(data) == 1 and data < b" " else data.decode(errors="replace")
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    return value


def _opens(active: Mapping[str, Any]) -> Callable[[Any], bool] | None:
    """Whether a value of a flag opens; None where that is unknown."""
    kind, enabled, disabled = active["kind"], active.get("enabled"), active.get("disabled")
    if kind in ("boolean", "inverse boolean"):
        return lambda value: _is_true(value) is (kind == "boolean")
    if enabled is not None:
        return lambda value: value is not None and str(value) == str(enabled)
    return None if disabled is None else lambda value: str(value) != str(disabled)


def _is_true(value: Any) -> bool:
    return str(value).lower() in ("1", "true", "t", "y", "yes", "on")


def harmless(counted: Mapping[Any, int], allowed: Sequence[str] = ()) -> list[tuple[Any, int]]:
    """The values of a column of few values, with how often each is there, the most frequent first.

    Empty for a column of many values, or of long ones. Without what could be of a person: texts that are neither values
    of an enumeration, nor words for a state, nor short numbers, nor words that several rows have.

    :param allowed: values of the enumeration
    """
    values = {value: number for value, number in counted.items() if value is not None}
    if len(values) > MOST_VALUES or any(len(str(value)) > LONGEST_VALUE or "@" in str(value) for value in values):
        return []
    few = sum(values.values()) >= REPEATED * len(values)

    def is_harmless(value: Any, number: int) -> bool:
        if isinstance(value, bool) or value in allowed:
            return True
        if isinstance(value, int):
            return abs(value) < 1000
        text = str(value)
        if text.lower() in WORDS:
            return True
        return isinstance(value, str) and few and number >= REPEATED and bool(WORD.fullmatch(text))

    return sorted(((value, number) for value, number in values.items() if is_harmless(value, number)),
                  key=lambda pair: (-pair[1], str(pair[0])))
