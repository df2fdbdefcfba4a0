# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The doors of a mapping."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import Change, StoredAccount
from ansible_collections.auth.services.plugins.module_utils.conditions import (
    ALWAYS,
    Column,
    Condition,
    OneOf,
    Property,
    Test,
    ValueTest,
)
from ansible_collections.auth.services.plugins.module_utils.description import Door, Emptied, Marker
from ansible_collections.auth.services.plugins.module_utils.mapping import RowsOf

Make = Callable[[Change], Any]


@dataclass(frozen=True)
class Missing(ValueTest):
    """There is no value."""

    def passes(self, value: Any) -> bool:
        return value is None

    def passes_sql(self, column: Any, values: Any) -> Any:
        return column.is_(None)


def one_of(values: Sequence[Any]) -> Test:
    """A value is one of these, of which one may be NULL."""
    there = tuple(value for value in values if value is not None)
    if len(there) == len(values):
        return OneOf(there)
    return OneOf(there) | Missing() if there else Missing()


@dataclass(frozen=True, eq=False)
class Choice(Door):
    """A column with certain values for open, and others for shut.

    :ivar column: of the table of accounts, or of the companion ``table``
    :ivar open_values: those that count as open; None for all that do not count as shut
    :ivar shut_values: the other way round
    :ivar make: makes what is written, to open and to shut
    """

    column: str = ""
    open_values: Sequence[Any] | None = None
    shut_values: Sequence[Any] | None = None
    make: Mapping[bool, Make] | None = None

    @property
    def key(self) -> str:
        """As in a table of properties."""
        return self.column

    def _holds(self, test: Test) -> Condition:
        return Property(self.table, test, [self.column]) if self.table else Column(self.column, test)

    @cached_property
    def while_open(self) -> Condition:
        return self._holds(~one_of(self.shut_values or ()) if self.open_values is None else one_of(self.open_values))

    @cached_property
    def while_shut(self) -> Condition:
        return self._holds(~one_of(self.open_values or ()) if self.shut_values is None else one_of(self.shut_values))

    def _written(self, change: Change) -> Any:
        return (self.make or {})[change.action == "disabled"](change)

    def _is_written(self, change: Change) -> bool:
        """A value that counts already stays: a run changes no moment or word that says the same."""
        if change.creates:
            return True
        stored = change.account.stored if change.account else None
        if not change.switches or stored is None:
            return change.switches
        return not (self.is_shut(stored) if change.action == "disabled" else self.is_open(stored))

    def columns(self, change: Change, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        if self.table or not self._is_written(change):
            return {}
        return {self.column: columns[self.column] if self.column in columns and change.creates
                else self._written(change)}

    def properties(
        self, change: Change, values: Mapping[Any, Sequence[Any]], room: int | None
    ) -> Mapping[Any, Sequence[Any]]:
        if not self._is_written(change):
            return {}
        return {self.column: values[self.column] if self.column in values and change.creates
                else [self._written(change)]}


@dataclass(frozen=True, eq=False)
class Mark(Marker):
    """A mark in front of what a column has. Where it has no room, it takes the place of a ``$`` at the beginning.

    :ivar room: characters that the column holds; None for any number
    """

    room: int | None = None

    def plain(self, text: str) -> str:
        if not self.is_marked.holds(text):
            return text
        rest = text[len(self.mark):]
        return "$" + rest if self.room is not None and len(text) == self.room and rest[:1] in "2156y" and (
            rest[1:2].isalnum() or rest[1:2] == "$") else rest

    def columns(self, change: Change, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: self._fitting(value) for name, value in super().columns(change, columns).items()}

    def properties(
        self, change: Change, values: Mapping[Any, Sequence[Any]], room: int | None
    ) -> Mapping[Any, Sequence[Any]]:
        found = super().properties(change, values, None)
        return {key: [self._fitting(value) for value in several] for key, several in found.items()}

    def _fitting(self, text: Any) -> Any:
        if self.room is None or not isinstance(text, str) or len(text) <= self.room:
            return text
        if len(self.mark) == 1 and text.startswith(f"{self.mark}$") and len(text) == self.room + 1:
            return self.mark + text[2:]
        return text[:self.room]


BANNED = "banned"


@dataclass(frozen=True, eq=False)
class Ban(Door):
    """A row that bans an account.

    :ivar make: makes the other columns of the row
    """

    make: Callable[[Change], Mapping[str, Any]] = lambda change: {}  # noqa: E731

    @cached_property
    def while_open(self) -> Condition:
        return ~self.while_shut

    @cached_property
    def while_shut(self) -> Condition:
        return Property(self.table)

    def properties(
        self, change: Change, values: Mapping[Any, Sequence[Any]], room: int | None
    ) -> Mapping[Any, Sequence[Any]]:
        stored = change.account.stored if change.account else StoredAccount("", None)
        if not change.switches or self.is_shut(stored) is change.shut_after:
            return {}
        return {BANNED: [self.make(change)] if change.shut_after else []}


@dataclass(frozen=True, eq=False)
class EmptiedRows(Emptied):
    """As ``Emptied``.

    :ivar of: the rows, as the mapping has them
    """

    of: RowsOf = RowsOf("", "", "")


@dataclass(frozen=True, eq=False)
class Changed(Door):
    """A column that lets somebody in, and gets another value.

    :ivar make: makes it
    """

    column: str = ""
    make: Make = lambda change: None  # noqa: E731

    @property
    def key(self) -> str:
        """As in a table of properties."""
        return self.column

    @property
    def while_open(self) -> Condition:
        return ALWAYS

    @staticmethod
    def _is_written(change: Change) -> bool:
        return not change.creates and (change.switches or change.new_password)

    def columns(self, change: Change, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        return {self.column: self.make(change)} if not self.table and self._is_written(change) else {}

    def properties(
        self, change: Change, values: Mapping[Any, Sequence[Any]], room: int | None
    ) -> Mapping[Any, Sequence[Any]]:
        return {self.column: [self.make(change)]} if self._is_written(change) else {}
