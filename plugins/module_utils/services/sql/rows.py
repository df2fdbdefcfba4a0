# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kinds of tables that only mappings have: groups in a column of the account, and rows that ban."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.services.sql.doors import BANNED
from ansible_collections.auth.services.plugins.module_utils.tables import AccountRows, Rows
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction


class ByName:
    """Rows that have the name of their account, and not its key, with the methods of the rows by key.

    :param rows: ``CompanionRows``, ``PropertyRows``, ``MembershipRows`` or ``BanRows``
    """

    def __init__(self, rows: Any, accounts: AccountRows) -> None:
        self._rows, self._accounts = rows, accounts
        self.by = accounts.account_name

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rows, name)

    def _names(self, keys: Iterable[Any] | None) -> dict[Any, Any]:
        """Names by key."""
        key, name = self._accounts.table.c[self._accounts.key], self._accounts.name_column
        statement = sa.select(key, name).where(*self._accounts.where, name.is_not(None))
        return dict(tuple(row) for row in self._accounts.sql.select_in(statement, key, keys))

    def read(self, owners: Collection[Any] | None) -> dict[Any, Any]:
        """What the rows of accounts have, by key."""
        names = self._names(owners)
        found = self._rows.read(None if owners is None else set(names.values()))
        return {key: found[name] for key, name in names.items() if name in found}

    def write(self, wanted: Any) -> None:
        """As the rows do it."""
        if isinstance(wanted, Mapping):
            names = self._names(wanted)
            self._rows.write({names[key]: properties for key, properties in wanted.items() if key in names})
        else:
            memberships = list(wanted)
            names = self._names(key for key, _old, _new in memberships)
            self._rows.write((names[key], old, new) for key, old, new in memberships if key in names)

    def delete(self, owners: Iterable[Any]) -> None:
        """As the rows do it."""
        self._rows.delete(self._names(owners).values())


Written = Iterable[tuple[Any, Mapping[str, Any], Mapping[str, Any]]]


class GroupColumn:
    """A column of the table of accounts with their groups, with the methods of ``MembershipRows``.

    :param column: its name
    :param names: names of groups by what the column has for them; None where it has the names themselves
    :param encode: groups as the column has them
    :param decode: the other way round
    """

    def __init__(
        self, sql: Transaction, accounts: AccountRows, column: str, names: Mapping[Any, str] | None,
        encode: Callable[[Sequence[Any]], Any], decode: Callable[[Any], Sequence[Any]],
    ) -> None:
        self._sql, self._accounts, self.column, self.names = sql, accounts, column, names
        self._encode, self._decode = encode, decode
        self._group_of = None if names is None else {name: group for group, name in names.items()}
        self.table = accounts.table

    def stored(self, groups: Iterable[str]) -> Any:
        """What the column has for groups."""
        return self._encode([group if self._group_of is None else self._group_of.get(group, group)
                             for group in groups])

    def read(self, accounts: Collection[Any] | None) -> dict[Any, dict[str, Any]]:
        """As ``MembershipRows.read``."""
        key = self.table.c[self._accounts.key]
        statement = sa.select(key, self.table.c[self.column]).where(*self._accounts.where)
        return {account: {(str(group) if self.names is None else self.names.get(group, str(group))): None
                          for group in self._decode(value)}
                for account, value in self._sql.select_in(self._sql.for_writing(statement), key, accounts)}

    def write(self, memberships: Written) -> None:
        """As ``MembershipRows.write``."""
        self._accounts.update({account: {self.column: self.stored(new)} for account, old, new in memberships
                               if dict(old) != dict(new)})

    def delete(self, accounts: Iterable[Any]) -> None:
        """Nothing: the column goes with the row of the account."""


def one_group() -> tuple[Callable[[Sequence[Any]], Any], Callable[[Any], Sequence[Any]]]:
    """How a column of one group is written and read."""
    return lambda groups: groups[0] if groups else None, lambda value: [] if value is None or value == "" else [value]


SEPARATORS = {"comma": ",", "semicolon": ";", "space": " ", "lines": "\n"}


def several_groups(
    form: str, column: Any
) -> tuple[Callable[[Sequence[Any]], Any], Callable[[Any], Sequence[Any]]]:
    """How a column of several groups is written and read.

    :param form: as ``list`` in the mapping
    """
    if form == "array" or (form == "json" and isinstance(column.type, sa.JSON)):
        return list, lambda value: list(value) if isinstance(value, (list, tuple)) else []
    if form == "json":
        return json.dumps, _json_list
    separator = SEPARATORS[form]
    return separator.join, lambda value: [one.strip() for one in str(value or "").split(separator) if one.strip()]


def _json_list(value: Any) -> Sequence[Any]:
    found = json.loads(value) if value else []
    if not isinstance(found, list):
        raise ValueError("not a list")
    return [str(one) for one in found]


class BanRows(Rows):
    """A table whose row of an account bans it, with the methods of ``PropertyRows``.

    :param owner: column with the account's key
    """

    options: Mapping[str, str] = {}
    single = False

    def __init__(self, sql: Transaction, name: str, owner: str, fixed: Mapping[str, Any]) -> None:
        super().__init__(sql, name, [owner], fixed)
        self.owner = owner

    def column_of(self, key: Any) -> Any:
        """As ``PropertyRows.column_of``."""
        return self.table.c[self.owner]

    @staticmethod
    def room(key: Any) -> int | None:
        """As ``PropertyRows.room``."""
        return None

    @staticmethod
    def passing(table: Any, condition: Any, values: Any) -> list[Any]:
        """As ``PropertyRows.passing``: every row counts."""
        return [sa.true()]

    def read(self, owners: Collection[Any] | None) -> dict[Any, dict[Any, list[Any]]]:
        """As ``PropertyRows.read``."""
        owner = self.table.c[self.owner]
        statement = self.sql.for_writing(sa.select(owner).where(*self.where))
        return {row[0]: {BANNED: [True]} for row in self.sql.select_in(statement, owner, owners)}

    def write(self, wanted: Mapping[Any, Mapping[Any, Sequence[Any]]]) -> None:
        """As ``PropertyRows.write``; a value is the other columns of the row."""
        rows = {owner: properties[BANNED] for owner, properties in wanted.items() if BANNED in properties}
        self.sql.delete_in(self.table, self.owner, rows, *self.where)
        self.insert({self.owner: owner, **row} for owner, several in rows.items() for row in several)

    def delete(self, owners: Iterable[Any]) -> None:
        """As ``PropertyRows.delete``."""
        self.sql.delete_in(self.table, self.owner, owners, *self.where)
