# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each service type provides, and the set-based SQL that the types share.

Part of the public interface of the collection: an adapter of your own derives from C(Service).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ansible_collections.auth.services.plugins.module_utils.account import KEEP, Account, Change, Declared
from ansible_collections.auth.services.plugins.module_utils.database import Database, sa

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

BATCH = 1000
"""Rows or values in one statement: below every engine's limit on bound values, with a few columns each."""


class Service:
    """One application's accounts in its database, within one transaction.

    A type derives from this class, sets the attributes and fills in the methods of the first part. What it
    refuses, it refuses by C(ValueError) with one sentence; the caller adds the account's name.

    :cvar engines: values of O(login_engine), the default first
    :cvar tables: columns that reading needs, by table (without prefix)
    :cvar value_options: argument spec of the type-specific fields of an account
    :cvar argument_options: argument spec of options of an account that say how to write, not what
    :cvar service_options: argument spec of options of the service as a whole
    :cvar builtin_groups: groups that nobody can be taken out of
    :ivar warnings: sentences for the administrator
    """

    engines: ClassVar[tuple[str, ...]] = ("mysql",)
    default_prefix: ClassVar[str] = ""
    default_schema: ClassVar[str | None] = None
    tables: ClassVar[Mapping[str, Sequence[str]]] = {}
    value_options: ClassVar[dict[str, dict[str, Any]]] = {}
    argument_options: ClassVar[dict[str, dict[str, Any]]] = {}
    service_options: ClassVar[dict[str, dict[str, Any]]] = {}
    builtin_groups: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, database: Database, connection: Connection, options: Mapping[str, Any]) -> None:
        self.database = database
        self.connection = connection
        self.options = options
        self.warnings: list[str] = []
        self.require(self.tables)

    # What a type provides

    @staticmethod
    def column_type(reflected: Any, engine: str) -> Any:
        """Another type for a reflected column, or None to leave it: where the application stores text as bytes, say."""
        return None

    def table_name(self, name: str) -> str:
        """The name that a table has in the release at hand, without prefix, where it changed between releases."""
        return name

    def canonical_name(self, name: str) -> str:
        """The application's own form of a name as a person types it.

        :raises ValueError: for a name that no account of the application can have
        """
        return name

    def declare(self, entry: Mapping[str, Any]) -> Declared:
        """A declared account from module options; a type extends it to check and normalise its fields.

        :raises ValueError: for values that the application would refuse
        """
        given = [name for name in ("email", *self.value_options) if entry.get(name) is not None]
        groups = entry.get("groups")
        return Declared(
            name=self.canonical_name(entry["name"]),
            typed=entry["name"],
            state=entry["state"],
            values={name: entry[name] for name in given},
            groups=None if groups is None else dict.fromkeys(groups, KEEP),
            append_groups=entry["append_groups"],
            password=entry["password"],
            password_hash=entry["password_hash"],
            update_password=entry["update_password"],
            arguments={name: entry.get(name) for name in self.argument_options},
        )

    def read(self, names: Collection[str] | None, lock: bool = False) -> dict[str, Account]:
        """Actual accounts by canonical name.

        :param names: only these; None for all
        :param lock: keep others from changing them until the transaction ends
        """
        raise NotImplementedError

    def check(self, changes: Sequence[Change]) -> None:
        """Refuse what must not be written, before anything is: called with every change of the plan.

        :raises AccountError: naming every account with a problem
        :raises SchemaError: when tables or columns are missing that these changes need
        """

    def write(self, changes: Sequence[Change]) -> None:
        """Write the changes; C(password_hash) of each is filled in where C(new_password) says so."""
        raise NotImplementedError

    @staticmethod
    def hash_password(password: str) -> str:
        """A new hash in the application's present default format."""
        raise NotImplementedError

    @staticmethod
    def verify_password(stored: str, password: str) -> bool:
        """Whether a stored hash, of any format that the application accepts, belongs to a password.

        :raises UnverifiableHash: when nobody can tell
        """
        raise NotImplementedError

    def to_options(self, account: Account) -> dict[str, Any]:
        """An account in the form that O(accounts) takes: declared so, it is unchanged."""
        state = "enabled" if account.enabled else "disabled" if account.disabled else "present"
        return {"name": account.name, "state": state, **account.values, "groups": sorted(account.groups)}

    def show_groups(self, groups: Mapping[str, Any]) -> list[str]:
        """Memberships as a person reads them in a diff."""
        return sorted(groups)

    # SQL by sets

    def table(self, name: str) -> Any:
        """The reflected table; C(name) without prefix."""
        return self.database.table(self.connection, self.table_name(name))

    def has_table(self, name: str) -> bool:
        """Whether there is such a table; C(name) without prefix."""
        return self.database.has_table(self.connection, self.table_name(name))

    def require(self, tables: Mapping[str, Sequence[str]]) -> None:
        """Make sure that tables have the columns that are needed.

        :raises SchemaError: naming what is missing
        """
        self.database.require(self.connection, {self.table_name(name): columns for name, columns in tables.items()})

    def select_in(self, statement: Any, column: Any, values: Iterable[Any] | None) -> Iterator[Any]:
        """Rows of a SELECT restricted to C(column IN values), in batches; None for no restriction."""
        if values is None:
            yield from self.connection.execute(statement)
            return
        for batch in batches(values):
            yield from self.connection.execute(statement.where(column.in_(batch)))

    def insert(self, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows that all have the same columns."""
        if rows:
            self.connection.execute(sa.insert(table), list(rows))

    def insert_numbered(self, table: Any, rows: Sequence[Mapping[str, Any]], key: str, by: str) -> dict[Any, Any]:
        """Insert rows whose key the database makes, and return the keys by the value of the column C(by).

        C(by) must differ from row to row. Portable: not every engine and version can return keys of many rows.
        """
        key_column, by_column = table.c[key], table.c[by]
        last = self.connection.execute(sa.select(sa.func.coalesce(sa.func.max(key_column), 0))).scalar_one()
        self.insert(table, rows)
        statement = sa.select(by_column, key_column).where(key_column > last)
        return dict(tuple(row) for row in self.select_in(statement, by_column, [row[by] for row in rows]))

    def update(self, table: Any, key: str, rows: Mapping[Any, Mapping[str, Any]], *where: Any) -> None:
        """Set columns of many rows by few statements.

        :param rows: new values of columns, by the value of the key; rows with the same columns go together. A SQL
            expression must be the same object for all rows
        """
        kinds: dict[tuple[str, ...], list[Any]] = {}
        for value, columns in rows.items():
            kinds.setdefault(tuple(columns), []).append(value)
        for names, values in kinds.items():
            for batch in batches(values):
                settings = {name: self._setting(table, key, name, {value: rows[value][name] for value in batch})
                            for name in names}
                statement = sa.update(table).where(table.c[key].in_(batch), *where).values(settings)
                self.connection.execute(statement)

    @staticmethod
    def _setting(table: Any, key: str, name: str, new: Mapping[Any, Any]) -> Any:
        column = table.c[name]
        values = list(new.values())
        if all(value is values[0] or value == values[0] for value in values):
            return values[0]
        literals = {value: sa.literal(setting, column.type) for value, setting in new.items()}
        return sa.case(literals, value=table.c[key])

    def delete_in(self, table: Any, column: str, values: Iterable[Any], *where: Any) -> None:
        """Delete the rows whose column has one of the values."""
        for batch in batches(values):
            self.connection.execute(sa.delete(table).where(table.c[column].in_(batch), *where))

    def count_in(self, table: Any, column: str, values: Iterable[Any], *where: Any) -> dict[Any, int]:
        """How many rows there are for each value that has any."""
        key = table.c[column]
        statement = sa.select(key, sa.func.count()).where(*where).group_by(key)
        return dict(tuple(row) for row in self.select_in(statement, key, values))


def batches(values: Iterable[Any]) -> Iterator[list[Any]]:
    """The values in lists of at most BATCH."""
    values = list(values)
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
