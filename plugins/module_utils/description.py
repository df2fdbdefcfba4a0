# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a service type is, as data: the tables of its accounts, their fields, and the doors that let them in. Pure.

Part of the public interface of the collection: an adapter of your own describes its application with these classes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import Change, StoredAccount, utf8_text
from ansible_collections.auth.services.plugins.module_utils.conditions import (
    ALWAYS,
    Begins,
    Column,
    Condition,
    Equals,
    Filled,
    IsTrue,
    Property,
    Row,
    Test,
)

# Fields


@dataclass(frozen=True)
class Field:
    """An attribute of an account.

    :ivar option: name of the option
    :ivar column: column of the table of accounts; in a table of properties, the key of the property
    :ivar spec: argument spec of the option; empty for an option that many types share (``email``)
    :ivar max_length: characters that the application takes, where that is less than the column holds
    :ivar new: what a new account has that is not given a value; None to leave it to the database
    """

    option: str
    column: Any
    spec: Mapping[str, Any] = field(default_factory=lambda: {"type": "str"})
    max_length: int | None = None
    new: Any = None


@dataclass(frozen=True)
class Accounts:
    """The table with a row for each account.

    :ivar key: column that other tables refer to; it may be the one with the name
    :ivar name: column with the name
    :ivar password: column with the stored password
    :ivar extra: other columns that are read
    :ivar where: columns that have the same value in the rows that count
    :ivar new: columns of a new row that are the same for every account, with their values
    :ivar numbered: the application itself numbers the rows, the highest number so far and one
    :ivar unique: the database has a unique key on the name, so that nobody can insert it twice
    :ivar ignore_case: the application compares names in lower case
    """

    table: str
    key: str
    name: str
    password: str = ""
    fields: Sequence[Field] = ()
    extra: Sequence[str] = ()
    where: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)
    numbered: bool = False
    unique: bool = True
    ignore_case: bool = False


@dataclass(frozen=True)
class ImplicitAccounts:
    """Accounts of an application without an account table: every name that occurs in its other tables.

    :ivar columns: these tables, each with its column of names
    :ivar where: columns that have the same value in the rows that count
    """

    columns: Sequence[tuple[str, str]]
    where: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Properties:
    """A table with a row for each property of an account: whose, which, and its value.

    :ivar owner: column with the account's key
    :ivar key: column with the name of the property
    :ivar value: column, or columns, of the value
    :ivar row_id: column that numbers the rows in the order that counts
    :ivar only: read only these properties; None for all
    :ivar where: columns that have the same value in all these rows
    :ivar optional: not every installation has the table
    """

    table: str
    owner: str
    key: str
    value: str | Sequence[str]
    fields: Sequence[Field] = ()
    row_id: str | None = None
    only: Collection[Any] | None = None
    where: Mapping[str, Any] = field(default_factory=dict)
    optional: bool = False


@dataclass(frozen=True)
class Companion:
    """A table with one row for each account beside the table of accounts. Its columns are properties of the account.

    :ivar owner: column with the account's key
    :ivar extra: columns that are read beside those of fields
    :ivar where: columns that have the same value in all these rows
    """

    table: str
    owner: str
    fields: Sequence[Field] = ()
    extra: Sequence[str] = ()
    where: Mapping[str, Any] = field(default_factory=dict)
    optional: bool = False


@dataclass(frozen=True)
class Lookup:
    """A table that gives groups their names. Of two groups of one name, the one with the higher key counts.

    :ivar where: columns that have the same value in the rows that count
    """

    table: str
    key: str
    name: str
    where: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Memberships:
    """The table with a row for each account in each group.

    :ivar account: column with the account's key
    :ivar group: column with the group's key in ``names``, or with its name
    :ivar attribute: column of the membership's attribute: when it ends, its priority
    :ivar where: columns that have the same value in all these rows
    """

    table: str
    account: str
    group: str
    attribute: str | None = None
    names: Lookup | None = None
    where: Mapping[str, Any] = field(default_factory=dict)


# Doors


@dataclass(frozen=True, eq=False)
class Door:
    """A way in that ``disabled`` shuts and ``enabled`` opens.

    What a service type writes is what an open account has; its doors make of it what a shut one has.

    :ivar way: who gets in by it; as the next two for docs/security.md, in Markdown
    :ivar shut: how ``disabled`` shuts it
    :ivar back: whether ``enabled`` brings back what was there
    :ivar table: name of the table of properties in the description that it is in; empty for the table of accounts
    """

    way: str
    shut: str
    back: str
    table: str = ""

    @property
    def while_open(self) -> Condition:
        """What holds of an account while nothing of it is shut."""
        return ALWAYS

    @property
    def while_shut(self) -> Condition:
        """What holds of an account while nothing of it is open. An account without the door has it open and shut."""
        return ALWAYS

    @property
    def kept(self) -> Mapping[Any, Any]:
        """Keys of ``table`` that have a value while it is shut, by its column of the table of accounts or its key."""
        return {}

    def is_open(self, stored: StoredAccount) -> bool:
        """Whether nothing of it is shut."""
        return self.while_open.holds(stored)

    def is_shut(self, stored: StoredAccount) -> bool:
        """Whether nothing of it is open."""
        return self.while_shut.holds(stored)

    def opened(self, stored: StoredAccount) -> StoredAccount:
        """The account as it is behind the door."""
        return stored

    def shut_after(self, change: Change) -> bool:
        """Whether it is shut after a change. A door that somebody opened of a partly disabled account stays open."""
        if change.switches or change.account is None:
            return change.shut_after
        stored = change.account.stored
        return change.shut_after and (self.is_shut(stored) or not self.is_open(stored))

    def columns(self, change: Change, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the row of an account gets for it.

        :param columns: what the row of an open account gets
        """
        return {}

    def properties(
        self, change: Change, values: Mapping[Any, Sequence[Any]], room: int | None
    ) -> Mapping[Any, Sequence[Any]]:
        """What the rows of the account in the door's table get for it.

        :param values: what those of an open account get
        :param room: characters that a value can have
        """
        return {}


@dataclass(frozen=True, eq=False)
class Flag(Door):
    """A column of the table of accounts with one value for open and another one for shut.

    :ivar optional: not every installation has the column
    """

    column: str = ""
    open_value: Any = True
    shut_value: Any = False
    optional: bool = False

    @cached_property
    def while_open(self) -> Condition:
        true = Column(self.column, IsTrue())
        return true if self.open_value is True else ~true if self.open_value is False else (
            Column(self.column, Equals(self.open_value)))

    @cached_property
    def while_shut(self) -> Condition:
        return ~self.while_open

    def columns(self, change: Change, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        if change.creates:
            return {self.column: columns.get(self.column, self.open_value)}
        if not change.switches:
            return {}
        return {self.column: self.shut_value if change.shut_after else self.open_value}


@dataclass(frozen=True, eq=False)
class Marker(Door):
    """A mark in front of what lets somebody in: a stored password, a key.

    :ivar mark: text that nothing begins with that lets somebody in
    :ivar column: column of the table of accounts
    :ivar key: in a table of properties, the property that it is in front of; None for all
    :ivar marked: what a marked text looks like, where others may begin so, too
    :ivar empty: what an empty column of the table of accounts has
    """

    mark: str = "!"
    column: str = ""
    key: Any = None
    marked: Test | None = None
    empty: str | None = ""

    @cached_property
    def is_marked(self) -> Test:
        """What holds of a text with the mark."""
        return self.marked or Begins(self.mark)

    def plain(self, text: str) -> str:
        """A stored text without the mark."""
        return text[len(self.mark):] if self.is_marked.holds(text) else text

    @cached_property
    def while_open(self) -> Condition:
        return ~(self._has(self.is_marked) if self.table else Column(self.column, self.is_marked))

    @cached_property
    def while_shut(self) -> Condition:
        return ~self._has(Filled() & ~self.is_marked) if self.table else Column(self.column, self.is_marked)

    def _has(self, test: Test) -> Condition:
        return Property(self.table, test, None if self.key is None else [self.key])

    def opened(self, stored: StoredAccount) -> StoredAccount:
        if not self.table:
            return replace(stored, row={**stored.row, self.column: self.plain(stored.row[self.column] or "")})
        found = stored.properties.get(self.table, {})
        opened = {key: [_with_text(value, self.plain(str(_text(value)))) if _text(value) else value for value in values]
                  if self.key is None or key == self.key else values for key, values in found.items()}
        return replace(stored, properties={**stored.properties, self.table: opened})

    def columns(self, change: Change, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        if self.table:
            return {}
        if self.column in columns:
            text = columns[self.column]
        elif change.switches and change.account:
            text = self.plain(change.account.stored.row[self.column] or "")
        else:
            return {}
        if self.shut_after(change):
            return {self.column: utf8_text(self.mark + (text or ""))}
        return {self.column: utf8_text(text) if text else self.empty}

    def properties(
        self, change: Change, values: Mapping[Any, Sequence[Any]], room: int | None
    ) -> Mapping[Any, Sequence[Any]]:
        if change.switches and change.account:
            values = {**self.opened(change.account.stored).properties.get(self.table, {}), **values}
        mark = self.mark if self.shut_after(change) else ""
        # What has no room for the mark loses its end, and lets nobody in either.
        return {key: [_with_text(value, utf8_text(mark + _text(value))[:room]) if _text(value) else value
                      for value in stored]
                for key, stored in values.items() if self.key is None or key == self.key}


@dataclass(frozen=True, eq=False)
class Parked(Door):
    """Properties that let somebody in, kept under other keys where the application does not look.

    :ivar keys: the other keys, by key
    """

    keys: Mapping[Any, Any] = field(default_factory=dict)

    @property
    def kept(self) -> Mapping[Any, Any]:
        return self.keys

    def _values(self, stored: StoredAccount, keys: Collection[Any]) -> list[Any]:
        found = stored.properties.get(self.table, {})
        return [value for key in keys for value in found.get(key, ()) if value]

    @cached_property
    def while_open(self) -> Condition:
        return ~Property(self.table, Filled(), list(self.keys.values()))

    @cached_property
    def while_shut(self) -> Condition:
        return ~Property(self.table, Filled(), list(self.keys))

    def opened(self, stored: StoredAccount) -> StoredAccount:
        live = {key: self._values(stored, [key]) or self._values(stored, [other]) for key, other in self.keys.items()}
        kept = {key: values for key, values in stored.properties.get(self.table, {}).items()
                if key not in {*self.keys, *self.keys.values()}}
        return replace(stored, properties={**stored.properties, self.table: {**kept, **live}})

    def properties(
        self, change: Change, values: Mapping[Any, Sequence[Any]], room: int | None
    ) -> Mapping[Any, Sequence[Any]]:
        if change.account is None or not (change.switches or change.shut_after):
            return {}
        live = {key: stored for key, stored in self.opened(change.account.stored).properties[self.table].items()
                if key in self.keys}
        texts = {key: list(map(utf8_text, stored)) for key, stored in {**live, **values}.items() if key in self.keys}
        shut = self.shut_after(change)
        written: dict[Any, Sequence[Any]] = {}
        for key, stored in texts.items():
            written[key], written[self.keys[key]] = ([], stored) if shut else (stored, [])
        return written


@dataclass(frozen=True, eq=False)
class Notice(Door):
    """A property that says that an account is disabled.

    :ivar key: of the property
    :ivar value: that says so
    :ivar others: properties that go when the account is enabled
    """

    key: Any = None
    value: Any = None
    others: Sequence[Any] = ()

    @cached_property
    def while_open(self) -> Condition:
        return ~self._says()

    @cached_property
    def while_shut(self) -> Condition:
        return self._says() & ~self._says(True)

    def _says(self, otherwise: bool = False) -> Condition:
        """A row says that the account is disabled, or one says something else."""
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        test: Test = Row(tuple(map(Equals, values)))
        return Property(self.table, ~test if otherwise else test, [self.key])

    def properties(
        self, change: Change, values: Mapping[Any, Sequence[Any]], room: int | None
    ) -> Mapping[Any, Sequence[Any]]:
        if self.shut_after(change):
            return {self.key: [self.value]}
        return {self.key: [], **dict.fromkeys(self.others, [])}


@dataclass(frozen=True, eq=False)
class Emptied(Door):
    """Rows that let somebody in, as a session or a token does: they are deleted.

    Enabling deletes them, too, since somebody may have got new ones meanwhile, and so does a new password.

    :ivar rows: their table
    :ivar account: its column with the account's key
    :ivar where: columns that have the same value in all these rows
    """

    rows: str = ""
    account: str = ""
    where: Mapping[str, Any] = field(default_factory=dict)

    def ends(self, change: Change) -> bool:
        """Whether a change deletes them."""
        return change.switches or (change.new_password and not change.creates)


@dataclass(frozen=True, eq=False)
class Cleared(Door):
    """A column of the table of accounts with something that lets somebody in once, such as the code of a reset mail.

    :ivar column: it is set to ``empty`` by ``disabled`` and by a new password
    """

    column: str = ""
    empty: Any = ""

    def columns(self, change: Change, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        cleared = change.creates or change.new_password or change.action == "disabled"
        return {self.column: self.empty} if cleared else {}


@dataclass(frozen=True)
class Description:
    """A service type, as far as data can say it.

    :ivar accounts: where its accounts are
    :ivar properties: tables of properties, by any name
    :ivar memberships: where the members of groups are
    :ivar doors: in the order in which they are shut
    :ivar owned: tables and their columns with an account's key, whose rows are deleted with the account
    :ivar references: the same of rows that keep an account from being removed
    :ivar protected: accounts that are never changed: why, and what holds of them
    :ivar untouched: what disabling leaves alone, and what that means, for the documentation
    """

    accounts: Accounts | ImplicitAccounts
    properties: Mapping[str, Properties | Companion] = field(default_factory=dict)
    memberships: Memberships | None = None
    doors: Sequence[Door] = ()
    owned: Sequence[tuple[str, str]] = ()
    references: Sequence[tuple[str, str]] = ()
    protected: Sequence[tuple[str, Condition]] = ()
    untouched: Sequence[tuple[str, str]] = ()

    def with_accounts(self, **changes: Any) -> Description:
        """The same with another table of accounts.

        :param changes: attributes of ``accounts``
        """
        return replace(self, accounts=replace(self.accounts, **changes))

    @property
    def fields(self) -> list[Field]:
        """All fields of an account."""
        own = self.accounts.fields if isinstance(self.accounts, Accounts) else ()
        return [*own, *(one for table in self.properties.values() for one in table.fields)]


def _text(value: Any) -> Any:
    """The text of a property's value, which of several columns is in the last."""
    return value[-1] if isinstance(value, tuple) else value


def _with_text(value: Any, text: str) -> Any:
    return (*value[:-1], text) if isinstance(value, tuple) else text
