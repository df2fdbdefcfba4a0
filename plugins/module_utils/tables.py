# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kinds of tables that applications keep accounts in, read and written by sets.

A type says which tables it has and what their columns mean, and ``Service`` does the rest. Part of the public
interface of the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Union

from ansible_collections.auth.services.plugins.module_utils.account import AccountError, StoredAccount, is_valid_unicode
from ansible_collections.auth.services.plugins.module_utils.columns import Unreadable, sa
from ansible_collections.auth.services.plugins.module_utils.database import SchemaError
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction, batches


@dataclass(frozen=True)
class Span:
    """Names in the order that the database has them in.

    :ivar after: behind this one; None for the first
    :ivar last: up to this one, and those that the database takes for it; None for all that follow
    """

    after: str | None = None
    last: str | None = None

    def of(self, statement: Any, column: Any) -> Any:
        """A SELECT restricted to these names in a column."""
        if self.after is not None:
            statement = statement.where(column > self.after)
        return statement if self.last is None else statement.where(column <= self.last)


Selection = Union[Collection[str], Span, None]
"""Which accounts are read: those of these names, a span of them, or all."""


def looked_for(names: Selection) -> Collection[str]:
    """The names that somebody looks for, if they are known."""
    return () if names is None or isinstance(names, Span) else names


class Rows:
    """A table, or the rows of it that belong to this service.

    :param name: name of the table, without prefix
    :param columns: columns that are needed
    :param fixed: columns with the same value in all of the service's rows (the number of a virtual server, say)
    :raises SchemaError: when the table or a column is missing
    :cvar one_row: each account has one row
    :ivar by: the column of the table of accounts that the owner of a row is known by; None for the key
    """

    def __init__(
        self, sql: Transaction, name: str, columns: Iterable[str], fixed: Mapping[str, Any] | None = None
    ) -> None:
        self.sql = sql
        self.fixed = dict(fixed or {})
        sql.require({name: (*columns, *self.fixed)})
        self.table = sql.table(name)
        self.where = [self.table.c[column] == value for column, value in self.fixed.items()]

    one_row: ClassVar[bool] = False
    by: str | None = None

    def numbered_by(self, column: str) -> bool:
        """Whether a key of the database keeps two of the service's rows from having the same value in a column."""
        return is_unique(self.table, (column, *self.fixed), self.sql.database.kind.whole_indexes)

    def insert(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Insert rows; those with the same columns go together."""
        for kind in self._kinds(rows):
            self.sql.insert(self.table, kind)

    def _kinds(self, rows: Iterable[Mapping[str, Any]]) -> Iterable[list[dict[str, Any]]]:
        """Whole rows; those with the same columns together."""
        kinds: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for row in rows:
            kinds.setdefault(tuple(row), []).append({**self.fixed, **row})
        return kinds.values()


class AccountRows(Rows):
    """The table with one row for each account.

    :param key: column that other tables refer to; it may be the one with the name
    :param account_name: column with the name
    :param options: columns with the values of options
    :param extra: other columns that are read
    :param numbered: the application itself numbers the rows, the highest number so far and one
    :param unique: the database has a unique key on the name, so that nobody can insert it twice
    :param compare: what the application does to both sides when it looks for a name (``sa.func.lower``, say)
    """

    def __init__(
        self,
        sql: Transaction,
        name: str,
        *,
        key: str,
        account_name: str,
        options: Mapping[str, str] | None = None,
        extra: Iterable[str] = (),
        fixed: Mapping[str, Any] | None = None,
        numbered: bool = False,
        unique: bool = True,
        compare: Callable[[Any], Any] | None = None,
    ) -> None:
        self.options = dict(options or {})
        self.columns = list(dict.fromkeys((key, account_name, *self.options.values(), *extra)))
        super().__init__(sql, name, self.columns, fixed)
        self.key, self.account_name = key, account_name
        self.numbered, self.unique, self.compare = numbered, unique, compare
        self._names: dict[Any, set[str]] = {}

    def read(self, names: Selection, lock: bool = False) -> dict[str, StoredAccount]:
        """Accounts by the names that were looked for; of all, or a span of them, by their own names.

        The application may take a name for the same as a stored one that is spelled otherwise: the account's
        name is not the one it is found by, then.

        :param lock: keep others from changing or adding them until the transaction ends
        """
        statement = sa.select(*(self.table.c[column] for column in self.columns)).where(*self.where)
        everybody = names is None
        if isinstance(names, Span):
            statement, names = names.of(statement, self.name_in_order), None
        if lock:
            if not self.unique:
                self.sql.lock_against_inserts(self.table)
            statement = statement.with_for_update()
        rows = [dict(zip(self.columns, row)) for row in self.sql.select_in(
            statement, self.name_column, self.sql.storable(self.name_column, names), self.compare)]
        sharing = self._sharing(rows, everybody)
        there = len(rows)
        rows = [row for row in rows if row[self.account_name] is not None]
        self.sql.tell_nameless(self.name_column, there - len(rows))
        if self.key != self.account_name and not self.numbered_by(self.key):
            for row in rows:
                self._names.setdefault(row[self.key], set()).add(row[self.account_name])
        stored = {row[self.account_name] for row in rows}
        spellings = other_spellings(self.sql, self.name_column, names, stored, self.compare)
        found: dict[str, StoredAccount] = {}
        # of two, the one that was there first
        for row in sorted(rows, key=lambda row: _order(row[self.key])):
            name: str = row[self.account_name]
            one = StoredAccount(name, row[self.key], row, sharing=sharing.get(row[self.key], 0))
            first = found.setdefault(spellings.get(name, name), one)
            if first.name != name:
                first = found.setdefault(name, one)  # another spelling: both are told
            if first is not one:
                first.twins.append(one)
        return found

    def there(self, names: Collection[str]) -> set[str]:
        """Those of the names that accounts have to the letter."""
        return _there(self.sql, self.name_column, names, self.where)

    def _sharing(self, rows: Sequence[Mapping[str, Any]], everybody: bool) -> dict[Any, int]:
        """How many rows have a key, for keys that lead to more than one account.

        Rows that are equal in every column are one account, stored twice.

        :param rows: that were read
        :param everybody: they are all that there are
        """
        if self.key == self.account_name:
            return {}
        without = sum(row[self.key] is None for row in rows)
        found: dict[Any, int] = {None: without} if without else {}  # nothing leads to such a row
        if self.numbered_by(self.key):
            return found
        of_key: dict[Any, list[Mapping[str, Any]]] = {}
        for row in rows:
            of_key.setdefault(row[self.key], []).append(row)
        counts = ({key: len(same) for key, same in of_key.items()} if everybody else
                  self.sql.count_in(self.table, self.key, [key for key in of_key if key is not None], *self.where))
        for key, number in counts.items():
            same = of_key.get(key, [])
            if number > 1 and (number > len(same) or any(row != same[0] for row in same)):
                found[key] = number
        return found

    @property
    def name_column(self) -> Any:
        """The column that accounts are looked for in."""
        return self.table.c[self.account_name]

    @property
    def name_in_order(self) -> Any:
        """What accounts are ordered by: names that the application takes for one stand beside each other."""
        if self.compare is None or self.sql.ignores_case(self.name_column):
            return self.name_column
        return self.compare(self.name_column)

    def inseparable(self, found: StoredAccount) -> str:
        """Why whatever is written for an account would be for another one too, or for none."""
        if found.key is None:
            return f"its row in table {self.table.name} has no {self.key}, so it cannot be identified"
        return (f"{found.sharing} rows of table {self.table.name} share {self.key} {found.key}, so their accounts"
                f" cannot be told apart. Give each row its own number, and make {self.key} the primary key")

    def create(self, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Insert new accounts, their columns by name, and return their keys by name.

        :raises AccountError: where the database stored another name
        """
        full = {name: {self.account_name: name, **columns} for name, columns in rows.items()}
        if self.key == self.account_name:
            self.insert(full.values())
            return {name: name for name in full}
        if not isinstance(self.table.c[self.key].type, sa.Integer) or all(self.key in row for row in full.values()):
            return self._create_with_keys(full)
        if self.numbered:
            column = self.table.c[self.key]
            statement = sa.select(sa.func.coalesce(sa.func.max(column), 0)).where(*self.where)
            # A running application may remember rights by the number of an account that this run has removed.
            last = max(self.sql.connection.execute(statement).scalar_one(), *self.sql.removed, 0)
            keys = {name: last + number for number, name in enumerate(full, 1)}
            self.insert({**columns, self.key: keys[name]} for name, columns in full.items())
            return keys
        keys = {name: key for rows_ in self._kinds(full.values())
                for name, key in self.sql.insert_and_find(self.table, rows_, self.key, self.account_name).items()}
        lost = [name for name in full if name not in keys]
        if lost:
            raise AccountError(self._stored_otherwise(lost))
        if not self.numbered_by(self.key) and (0 in keys.values() or any(
                number > 1 for number in self.sql.count_in(self.table, self.key, set(keys.values())).values())):
            raise SchemaError(f"{self.sql.database.describe()}: table {self.table.name} does not give each"
                              f" new row its own {self.key}. Make it the primary key, with AUTO_INCREMENT or a"
                              " sequence. Nothing was written.")
        return keys

    def _create_with_keys(self, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Insert new accounts whose keys are in their rows, or are of a kind that the database does not count."""
        self.insert(rows.values())
        keys = {name: columns[self.key] for name, columns in rows.items() if self.key in columns}
        others = [name for name in rows if name not in keys]
        statement = sa.select(self.name_column, self.table.c[self.key]).where(*self.where)
        keys.update(tuple(row) for row in self.sql.select_in(statement, self.name_column, others))
        lost = [name for name in others if name not in keys]
        if lost:
            raise AccountError(self._stored_otherwise(lost))
        return keys

    def _stored_otherwise(self, names: Sequence[str]) -> list[tuple[str, str]]:
        """What to say of accounts that were written and are not there by their names."""
        column = self.name_column
        small = {name.lower(): name for name in names}
        stored = {small[row[0].lower()]: row[0] for row in self.sql.select_in(
            sa.select(column).where(*self.where), column, names, sa.func.lower) if row[0] and row[0].lower() in small}
        return [(name, f"a trigger stores the name as {stored[name]!r}; declare the account as {stored[name]!r}"
                 if name in stored else "the database does not keep this name. Look for a trigger on"
                 f" {self.table.name}") for name in names]

    def update(self, rows: Mapping[Any, Mapping[str, Any]]) -> None:
        """Set columns of accounts, by key."""
        for batch in batches(key for key, row in rows.items() if row):
            self.sql.update(self.table, self.key, {key: rows[key] for key in batch}, *self._whose(batch))

    def delete(self, keys: Iterable[Any]) -> None:
        """Delete accounts by key."""
        for batch in batches(keys):
            self.sql.delete_in(self.table, self.key, batch, *self._whose(batch))

    def _whose(self, keys: Sequence[Any]) -> list[Any]:
        """Without a unique key, somebody may come to have the same number: nobody of another name is touched."""
        if self.key == self.account_name or self.numbered_by(self.key) or not all(key in self._names for key in keys):
            return self.where
        names = {name for key in keys for name in self._names[key]}
        if not all(map(is_valid_unicode, names)):
            return self.where
        return [*self.where, self.sql.exactly(self.name_column, names)]


class PropertyRows(Rows):
    """A table with a row for each property of an account: whose, which, and its value.

    A property can have several rows. Its value is a list, of the values of one column or of tuples of several.

    :param owner: column with the account's key
    :param key: column with the name of the property
    :param value: column, or columns, of the value
    :param options: properties with the values of options, which have one row; no row is an empty value
    :param row_id: column that numbers the rows in the order that counts. With it rows are changed in place, without
        it they are replaced. The numbers need not differ
    :param only: read only these properties
    """

    def __init__(
        self,
        sql: Transaction,
        name: str,
        *,
        owner: str,
        key: str,
        value: str | Sequence[str],
        options: Mapping[str, Any] | None = None,
        row_id: str | None = None,
        only: Collection[Any] | None = None,
        fixed: Mapping[str, Any] | None = None,
    ) -> None:
        self.owner, self.key, self.row_id = owner, key, row_id
        self.values = [value] if isinstance(value, str) else list(value)
        self.single = isinstance(value, str)
        self.options = dict(options or {})
        self.only = only
        columns = [owner, key, *self.values, *([row_id] if row_id else [])]
        super().__init__(sql, name, columns, fixed)

    def column_of(self, key: Any) -> Any:
        """The column with the value of a property."""
        return self.table.c[self.values[0]]

    def room(self, key: Any) -> int | None:
        """Characters that the value of a property can have; None for any number."""
        return getattr(self.table.c[self.values[-1]].type, "length", None)

    def passing(self, table: Any, condition: Any, values: Any) -> list[Any]:
        """What holds in SQL of a row with a property that passes.

        :param table: this table, or an alias of it
        :param condition: ``conditions.Property``
        :param values: what the database says of values (everyone.py)
        """
        key, columns = table.c[self.key], tuple(table.c[column] for column in self.values)
        keys = self.only if condition.keys is None else condition.keys
        passing = [sa.true()]
        if keys is not None:
            passing.append(self.sql.exactly(key, keys))
        if condition.key is not None:
            passing.append(condition.key.sql(key, values))
        if condition.value is not None:
            passing.append(condition.value.sql(columns, values))
        return passing

    def read(self, owners: Collection[Any] | None) -> dict[Any, dict[Any, list[Any]]]:
        """Values by account and property."""
        found: dict[Any, dict[Any, list[Any]]] = {}
        for owner, key, _row_id, value in self._rows(owners, self.only):
            found.setdefault(owner, {}).setdefault(key, []).append(value)
        return found

    def _rows(self, owners: Collection[Any] | None, keys: Collection[Any] | None) -> Iterable[tuple[Any, ...]]:
        table = self.table
        row_id = table.c[self.row_id] if self.row_id else sa.null()
        statement = sa.select(
            table.c[self.owner], table.c[self.key], row_id, *(table.c[column] for column in self.values)
        ).where(*self.where)
        if keys is not None:
            statement = statement.where(table.c[self.key].in_(list(keys)))
        if self.row_id:
            statement = statement.order_by(row_id)
        statement = self.sql.for_writing(statement)
        for owner, key, number, *values in self.sql.select_in(statement, table.c[self.owner], owners):
            yield owner, key, number, values[0] if self.single else tuple(values)

    def write(self, wanted: Mapping[Any, Mapping[Any, Sequence[Any]]]) -> None:
        """Bring properties of accounts to these values; an empty list for none."""
        if not any(wanted.values()):
            return
        if self.row_id:
            self._write_in_place(wanted)
        else:
            self._replace(wanted)

    def _replace(self, wanted: Mapping[Any, Mapping[Any, Sequence[Any]]]) -> None:
        owners: dict[Any, list[Any]] = {}
        for owner, properties in wanted.items():
            for key in properties:
                owners.setdefault(key, []).append(owner)
        self._write_of({}, owners, [self._row(owner, key, value) for owner, properties in wanted.items()
                                    for key, values in properties.items() for value in values])

    def _write_in_place(self, wanted: Mapping[Any, Mapping[Any, Sequence[Any]]]) -> None:
        keys = {key for properties in wanted.values() for key in properties}
        stored: dict[tuple[Any, Any], list[tuple[Any, Any]]] = {}
        numbers: set[Any] = set()
        for owner, key, number, value in self._rows(list(wanted), keys):
            stored.setdefault((owner, key), []).append((number, value))
            numbers.add(number)
        if not self.numbered_by(self.row_id or "") or None in numbers:
            self._write_by_owner(wanted, {
                whose: [value for _number, value in rows] for whose, rows in stored.items()})
            return
        changed: dict[Any, dict[str, Any]] = {}
        whose: dict[Any, tuple[Any, Any]] = {}
        inserted, surplus = [], []
        for owner, properties in wanted.items():
            for key, values in properties.items():
                there = stored.get((owner, key), [])
                whose.update((number, (owner, key)) for number, _old in there)
                for (number, old), value in zip(there, values):
                    if old != value:
                        changed[number] = self._columns(value)
                inserted += [self._row(owner, key, value) for value in values[len(there):]]
                surplus += [number for number, _old in there[len(values):]]
        row_id = self.row_id or ""
        for batch in batches(changed):
            rows = {number: changed[number] for number in batch}
            self.sql.update(self.table, row_id, rows, *self._whose(batch, whose))
        for batch in batches(surplus):
            self.sql.delete_in(self.table, row_id, batch, *self._whose(batch, whose))
        self.insert(inserted)

    def _write_by_owner(
        self, wanted: Mapping[Any, Mapping[Any, Sequence[Any]]], stored: Mapping[tuple[Any, Any], Sequence[Any]]
    ) -> None:
        """Rows whose numbers no key of the database keeps apart, but owner and property do."""
        changed: dict[Any, dict[Any, dict[str, Any]]] = {}
        deleted: dict[Any, list[Any]] = {}
        inserted = []
        for owner, properties in wanted.items():
            for key, values in properties.items():
                there = list(stored.get((owner, key), ()))
                new = list(values)
                if new[:len(there)] == there:
                    new = new[len(there):]
                elif len(there) == len(new) == 1:
                    changed.setdefault(key, {})[owner] = self._columns(new.pop())
                else:
                    deleted.setdefault(key, []).append(owner)
                inserted += [self._row(owner, key, value) for value in new]
        self._write_of(changed, deleted, inserted)

    def _write_of(
        self, changed: Mapping[Any, Mapping[Any, Mapping[str, Any]]], deleted: Mapping[Any, Sequence[Any]],
        inserted: Sequence[Mapping[str, Any]],
    ) -> None:
        """Write rows that are known by owner and property.

        :param changed: columns by owner, by property
        :param deleted: owners by property
        """
        for key, rows in changed.items():
            self.sql.update(self.table, self.owner, rows, *self._of(key))
        for key, owners in deleted.items():
            self.sql.delete_in(self.table, self.owner, owners, *self._of(key))
        self.insert(inserted)

    def _of(self, key: Any) -> list[Any]:
        return [self.sql.exactly(self.table.c[self.key], [key]), *self.where]

    def _whose(self, numbers: Iterable[Any], whose: Mapping[Any, tuple[Any, Any]]) -> list[Any]:
        """Rows are numbered, and still nobody else's are touched."""
        owners, keys = zip(*(whose[number] for number in numbers))
        exactly, column = self.sql.exactly, self.table.c
        return [exactly(column[self.owner], owners), exactly(column[self.key], keys), *self.where]

    def _columns(self, value: Any) -> dict[str, Any]:
        return dict(zip(self.values, [value] if self.single else value))

    def _row(self, owner: Any, key: Any, value: Any) -> dict[str, Any]:
        return {self.owner: owner, self.key: key, **self._columns(value)}

    def insert(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Insert rows. Where the database does not number them, as after a bad import, they are numbered on."""
        rows = list(rows)
        if not rows:
            return
        given = self.sql.column_defaults(self.table)
        missing = self.sql.without_value(self.table, {**given, **self.fixed, **rows[0]})
        if self.row_id in missing:
            number = self.table.c[self.row_id]
            last = self.sql.connection.execute(sa.select(sa.func.coalesce(sa.func.max(number), 0))).scalar_one()
            rows = [{self.row_id: last + place, **row} for place, row in enumerate(rows, 1)]
            missing.remove(self.row_id)
        if missing and self.sql.shutting:
            rows = self._like_others(rows, missing)
        super().insert(rows)

    def _like_others(self, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> list[Mapping[str, Any]]:
        """Rows with what the account's other rows have in columns of the site's own."""
        owner = self.table.c[self.owner]
        statement = sa.select(owner, *(self.table.c[name] for name in columns)).where(*self.where)
        found: dict[Any, dict[str, Any]] = {}
        for key, *values in self.sql.select_in(statement, owner, {row[self.owner] for row in rows}):
            # zero dates are read as None
            found.setdefault(key, {name: value for name, value in zip(columns, values)
                                   if value is not None and not isinstance(value, Unreadable)})
        return [{**found.get(row[self.owner], {}), **row} for row in rows]

    def delete(self, owners: Iterable[Any]) -> None:
        """Delete all properties of accounts, also those that are not read."""
        self.sql.delete_in(self.table, self.owner, owners, *self.where)


class CompanionRows(Rows):
    """A table with one row for each account beside the table of accounts: a property is a column, and has one value.

    :param owner: column with the account's key
    :param options: columns with the values of options
    :param extra: other columns that are read
    """

    one_row = True

    def __init__(
        self, sql: Transaction, name: str, *, owner: str, options: Mapping[str, str] | None = None,
        extra: Iterable[str] = (), fixed: Mapping[str, Any] | None = None,
    ) -> None:
        self.owner, self.options = owner, dict(options or {})
        self.columns = list(dict.fromkeys((*self.options.values(), *extra)))
        super().__init__(sql, name, [owner, *self.columns], fixed)

    def column_of(self, key: Any) -> Any:
        """As ``PropertyRows.column_of``."""
        return self.table.c[key]

    def room(self, key: Any) -> int | None:
        """As ``PropertyRows.room``."""
        return getattr(self.table.c[key].type, "length", None) if key in self.columns else None

    def passing(self, table: Any, condition: Any, values: Any) -> list[Any]:
        """As ``PropertyRows.passing``. Columns with one of the keys count; without keys, the row does."""
        if condition.keys is None or condition.value is None:
            return [sa.true()]
        return [values.some([condition.value.sql((table.c[key],), values) for key in condition.keys])]

    def read(self, owners: Collection[Any] | None) -> dict[Any, dict[Any, list[Any]]]:
        """As ``PropertyRows.read``. Of several rows of an account, the first that the database gives counts."""
        statement = sa.select(self.table.c[self.owner], *(self.table.c[name] for name in self.columns))
        statement = self.sql.for_writing(statement.where(*self.where))
        found: dict[Any, dict[Any, list[Any]]] = {}
        for owner, *values in self.sql.select_in(statement, self.table.c[self.owner], owners):
            found.setdefault(owner, {name: [value] for name, value in zip(self.columns, values)})
        return found

    def write(self, wanted: Mapping[Any, Mapping[Any, Sequence[Any]]]) -> None:
        """Bring columns of accounts to these values. An account without a row gets one."""
        rows = {owner: {name: next(iter(values), None) for name, values in columns.items()}
                for owner, columns in wanted.items() if columns}
        statement = sa.select(self.table.c[self.owner]).where(*self.where)
        there = {row[0] for row in self.sql.select_in(statement, self.table.c[self.owner], rows)}
        self.sql.update(self.table, self.owner, {owner: row for owner, row in rows.items() if owner in there},
                        *self.where)
        self.insert({self.owner: owner, **row} for owner, row in rows.items() if owner not in there)

    def delete(self, owners: Iterable[Any]) -> None:
        """As ``PropertyRows.delete``."""
        self.sql.delete_in(self.table, self.owner, owners, *self.where)


class ImplicitAccountRows:
    """Accounts of an application without an account table: every name that occurs in its other tables.

    The name is the key, and an account without rows does not exist.

    :param tables: pairs of a table and its column with the account's name
    """

    options: Mapping[str, str] = {}
    compare = None

    def __init__(self, sql: Transaction, tables: Sequence[tuple[Rows, str]]) -> None:
        self.sql = sql
        self.tables = tables

    @property
    def name_column(self) -> Any:
        """As ``AccountRows.name_column``: of the first table."""
        rows, name = self.tables[0]
        return rows.table.c[name]

    def read(self, names: Selection, lock: bool = False) -> dict[str, StoredAccount]:
        """As ``AccountRows.read``."""
        stored: set[str] = set()
        span, names = (names, None) if isinstance(names, Span) else (Span(), names)
        for rows, name in self.tables:
            column = rows.table.c[name]
            statement = span.of(sa.select(column).where(*rows.where), column)
            if lock:
                self.sql.lock_against_inserts(rows.table)
                statement = statement.with_for_update()
            # Not DISTINCT, which takes other spellings for the same where the collation does.
            asked = self.sql.storable(column, names)
            names_ = [row[0] for row in self.sql.select_in(statement, column, asked)]
            self.sql.tell_nameless(column, names_.count(None))
            stored.update(name for name in names_ if name is not None)
        spellings = other_spellings(self.sql, self.name_column, names, stored)
        found: dict[str, StoredAccount] = {}
        for actual in sorted(stored):
            name_ = spellings.get(actual, actual)
            # With rows in two spellings both are told.
            found[actual if name_ in found else name_] = StoredAccount(actual, actual)
        return found

    def there(self, names: Collection[str]) -> set[str]:
        """As ``AccountRows.there``."""
        return {one for rows, name in self.tables for one in _there(self.sql, rows.table.c[name], names, rows.where)}

    def create(self, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Keys of new accounts; properties and memberships are all there is to write."""
        return {name: name for name in rows}

    def update(self, rows: Mapping[Any, Mapping[str, Any]]) -> None:
        """Nothing: there is no row of the account itself."""

    def delete(self, keys: Iterable[Any]) -> None:
        """Nothing: properties and memberships are deleted as what they are."""


class MembershipRows(Rows):
    """The table with a row for each account in each group.

    :param account: column with the account's key
    :param group: column with the group: its name, or what ``names`` has the name of
    :param attribute: column of the membership's attribute (an expiry, a priority)
    :param names: names of groups by what the column ``group`` holds; rows of other groups are left alone
    :param more: makes the other columns of a new row, of the account's key and the name of the group
    """

    def __init__(
        self,
        sql: Transaction,
        name: str,
        *,
        account: str,
        group: str,
        attribute: str | None = None,
        names: Mapping[Any, str] | None = None,
        fixed: Mapping[str, Any] | None = None,
        more: Callable[[Any, str], Mapping[str, Any]] = lambda account, group: {},
    ) -> None:
        self.more = more
        super().__init__(sql, name, [account, group, *([attribute] if attribute else [])], fixed)
        self.account, self.group, self.attribute = account, group, attribute
        self.names = names
        self._group_of = None if names is None else {name: group for group, name in names.items()}

    def read(self, accounts: Collection[Any] | None) -> dict[Any, dict[str, Any]]:
        """Attributes of the memberships by account and name of the group."""
        table = self.table
        attribute = table.c[self.attribute] if self.attribute else sa.null()
        statement = sa.select(table.c[self.account], table.c[self.group], attribute).where(*self.where)
        statement = self.sql.for_writing(statement)
        found: dict[Any, dict[str, Any]] = {}
        for account, group, value in self.sql.select_in(statement, table.c[self.account], accounts):
            name = group if self.names is None else self.names.get(group)
            if name is not None:
                found.setdefault(account, {})[name] = value
        return found

    def write(self, memberships: Iterable[tuple[Any, Mapping[str, Any], Mapping[str, Any]]]) -> None:
        """Bring accounts from their old memberships to the new ones.

        :param memberships: key of the account, memberships as they are, and as they shall be
        """
        inserted: list[dict[str, Any]] = []
        updated: dict[str, dict[Any, dict[str, Any]]] = {}
        left: dict[str, list[Any]] = {}
        for account, old, new in memberships:
            for group, value in new.items():
                row = {self.attribute: value} if self.attribute else {}
                if group not in old:
                    inserted.append({self.account: account, self.group: self._stored(group),
                                     **self.more(account, group), **row})
                elif old[group] != value and row:
                    updated.setdefault(group, {})[account] = row
            for group in old:
                if group not in new:
                    left.setdefault(group, []).append(account)
        self.insert(inserted)
        for group, rows in updated.items():
            self.sql.update(self.table, self.account, rows, self._is(group), *self.where)
        for group, accounts in left.items():
            self.sql.delete_in(self.table, self.account, accounts, self._is(group), *self.where)

    def _is(self, group: str) -> Any:
        return self.sql.exactly(self.table.c[self.group], [self._stored(group)])

    def _stored(self, group: str) -> Any:
        return group if self._group_of is None else self._group_of[group]

    def delete(self, accounts: Iterable[Any]) -> None:
        """Take accounts out of all groups, also those without a name."""
        self.sql.delete_in(self.table, self.account, accounts, *self.where)


def _there(sql: Transaction, column: Any, names: Collection[str], where: Sequence[Any]) -> set[str]:
    rows = sql.select_in(sa.select(column).where(*where), column, sql.storable(column, names))
    return {row[0] for row in rows} & set(names)


def other_spellings(
    sql: Transaction,
    column: Any,
    names: Collection[str] | None,
    stored: Collection[str],
    compare: Callable[[Any], Any] | None = None,
) -> dict[str, str]:
    """Which of the names looked for it was that found a stored name with another spelling.

    :param stored: names that a search for ``names`` has found
    """
    others = set() if names is None else set(stored) - set(names)
    if names is None or not others:
        return {}
    missing = sorted(set(names) - set(stored))
    keys = sql.spelled(column, [*missing, *others], compare)
    looked_for = {keys[name]: name for name in reversed(missing)}
    return {name: looked_for[keys[name]] for name in others if keys[name] in looked_for}


def is_unique(table: Any, columns: Iterable[str], indexes: bool) -> bool:
    """Whether a key that the database declares keeps two rows from having the same values in these columns.

    :param indexes: a unique index is one; where an index may be of some rows only, which SQLAlchemy 1.4 does not tell,
        it is none
    """
    keys = [table.primary_key.columns, *(one.columns for one in table.constraints
                                         if isinstance(one, sa.UniqueConstraint))]
    keys += [one.columns for one in table.indexes if indexes and one.unique]
    names = set(columns)
    return any(len(key) > 0 and {column.name for column in key} <= names for key in keys)


def _order(key: Any) -> tuple[bool, bool, Any]:
    """For sorting keys of any kind."""
    return isinstance(key, Unreadable), key is None, 0 if key is None else key
