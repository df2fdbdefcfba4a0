# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SQL by sets within one transaction. Part of the public interface of the collection."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import first_names, is_valid_unicode
from ansible_collections.auth.services.plugins.module_utils.columns import is_text_column, moment, must_have_value, sa
from ansible_collections.auth.services.plugins.module_utils.database import (
    Database,
    DatabaseError,
    SchemaError,
    SequenceError,
    is_without_value,
)
from ansible_collections.auth.services.plugins.module_utils.engines.common import BATCH, Equality

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


class Transaction:
    """Reads and writes the tables of a database, by sets, within one transaction.

    :param column_defaults: columns that a new row gets unless it has them itself, by name of the table, prefix and all
    :ivar warnings: sentences for the administrator
    :ivar shutting: what is written shuts people out, and nothing that a row lacks keeps anybody in
    :ivar removed: keys of rows that an earlier transaction of the same run has deleted, which new ones do not get
    """

    def __init__(
        self, database: Database, connection: Connection, column_defaults: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        self.database = database
        self.connection = connection
        self.warnings: list[str] = []
        self.shutting = False
        self.removed: list[Any] = []
        self._column_defaults = dict(column_defaults or {})
        self._equalities: dict[tuple[str, str], Equality] = {}
        self._ignored: dict[str, bool] = {}

    def table_name(self, name: str) -> str:
        """The name that a table has in the release at hand, without prefix, where it changed between releases."""
        return name

    def column_defaults(self, table: Any) -> dict[str, Any]:
        """What a new row of a table gets beside its own columns. The word ``now`` is the present time."""
        given = self._column_defaults.get(table.name, {})
        return {name: moment(table.c[name], value) for name, value in given.items() if name in table.c}

    def table(self, name: str) -> Any:
        """The reflected table; ``name`` without prefix."""
        return self.database.table(self.connection, self.table_name(name))

    def has_table(self, name: str) -> bool:
        """Whether there is such a table; ``name`` without prefix."""
        return self.database.has_table(self.connection, self.table_name(name))

    def require(self, tables: Mapping[str, Sequence[str]]) -> None:
        """Make sure that tables have the columns that are needed.

        :raises SchemaError: naming what is missing
        """
        self.database.require(self.connection, {self.table_name(name): columns for name, columns in tables.items()})

    def lock_against_inserts(self, table: Any) -> None:
        """Keep others from inserting rows until the transaction ends, where no unique key keeps them from it."""
        self.database.kind.lock_against_inserts(self.connection, table)

    def for_writing(self, statement: Any) -> Any:
        """The statement reading what is there now, and keeping it so, within a transaction that writes."""
        writes = self.connection.get_execution_options().get("write")
        return self.database.kind.for_writing(statement) if writes else statement

    def tell_nameless(self, column: Any, number: int) -> None:
        """Warn of so many rows without a name. Nobody can log in with them, and nothing touches them."""
        told = (f"Rows of table {column.table.name} without {column.name} (NULL): {number}. They belong to no account"
                " and are left alone.")
        if number and told not in self.warnings:
            self.warnings.append(told)

    def select_in(
        self, statement: Any, column: Any, values: Iterable[Any] | None, compare: Callable[[Any], Any] | None = None
    ) -> Iterator[Any]:
        """Rows of a SELECT restricted to ``column IN values``, in batches; None for no restriction.

        Text that is not valid Unicode is passed over, because no statement can hold it.

        :param compare: applied to both sides
        """
        if values is None:
            yield from self.connection.execute(statement)
            return
        if is_text_column(column):
            values = filter(is_valid_unicode, values)
        for batch in batches(self._held(column, values)):
            if compare is None:
                where = [column.in_(batch)]
            else:
                compared = [compare(sa.literal(value, column.type)) for value in batch]
                where = [compare(column).in_(compared)]
                if self._ignores(column, compare):
                    where.append(column.in_(compared))  # for the index
            yield from self.connection.execute(statement.where(*where))

    def spelled(
        self, column: Any, names: Collection[str], compare: Callable[[Any], Any] | None = None
    ) -> dict[str, Any]:
        """The same value for names that a search in a column takes for one, by name.

        :param compare: what the application does to both sides
        """
        return self.database.kind.keys(self.connection, column, self._equality(column), names, compare)

    def ignores_case(self, column: Any) -> bool:
        """Whether the database takes texts in a column that differ in case only for one."""
        return len(set(self.spelled(column, ("a", "A")).values())) == 1

    def storable(self, column: Any, names: Collection[str] | None) -> Collection[str] | None:
        """Those of the names that a column can hold; None for all."""
        if names is None:
            return None
        return self.database.kind.storable(self.connection, column, self._equality(column), names)

    def spellings(self, text: Any, column: Any) -> Sequence[Any]:
        """What tells texts of a column apart that are not the same to the byte, as DISTINCT and GROUP BY take it.

        :param text: the column, or an expression of it
        """
        return self.database.kind.spellings(text, self._equality(column))

    def _equality(self, column: Any) -> Equality:
        name = (column.table.name, column.name)
        if name not in self._equalities:
            self._equalities[name] = self.database.kind.equality(self.connection, column)
        return self._equalities[name]

    def _ignores(self, column: Any, compare: Callable[[Any], Any]) -> bool:
        name = str(compare(column))
        if name not in self._ignored:
            self._ignored[name] = self.database.kind.ignores(self.connection, self._equality(column), compare)
        return self._ignored[name]

    def _held(self, column: Any, values: Iterable[Any]) -> list[Any]:
        """The values without those that a column's character set lacks: the servers refuse to compare it with them."""
        values = list(values)
        if self.database.kind.compares_all or not is_text_column(column) or not any(
                isinstance(value, str) and not value.isascii() for value in values):
            return values
        return list(self.storable(column, values) or ())

    def exactly(self, column: Any, values: Iterable[Any]) -> Any:
        """The condition that a column holds one of the values, byte for byte, whatever its collation takes for one.

        Names are told apart here in Python: other spellings are other accounts' rows.
        """
        values = self._held(column, dict.fromkeys(values))
        exact = self.database.exact(column)
        return column.in_(values) if exact is column else sa.and_(column.in_(values), exact.in_(values))

    def insert(self, table: Any, rows: Sequence[Mapping[str, Any]], key: str = "") -> None:
        """Insert rows that all have the same columns, with what ``column_defaults`` gives the table's others.

        :param key: column that the database numbers
        :raises SchemaError: for a column that must have a value and has none
        :raises DatabaseError: where a sequence gives numbers that rows have already
        """
        if not rows:
            return
        self._refuse_view(table)
        defaults = {name: value for name, value in self.column_defaults(table).items() if name not in rows[0]}
        rows = [{**defaults, **row} for row in rows] if defaults else rows
        missing = self.without_value(table, rows[0])
        if not missing:
            self._insert_numbering(table, rows)
            return
        # A trigger may give them values.
        error = self.database.attempt(self.connection, lambda: self._insert(table, rows))
        if error is None:
            return
        if not is_without_value(error):
            raise error
        if not self.shutting:
            told = without_value_told(table, missing, key)
            raise SchemaError(f"{self.database.describe()}: {told}. Nothing was written.")
        filled = {name: self.database.kind.implicit(table.c[name]) for name in missing}
        self._insert_numbering(table, [{**filled, **row} for row in rows])

    def _refuse_view(self, table: Any) -> None:
        if self.database.is_view(table):
            raise DatabaseError(f"{self.database.describe()}: {is_a_view(table.name)}. Nothing was written.")

    def insert_numbered(self, table: Any, rows: Sequence[Mapping[str, Any]], key: str, by: str) -> dict[Any, Any]:
        """Insert rows whose key the database makes, and return the keys by the value of the column ``by``.

        ``by`` must differ from row to row. Portable: not every engine and version can return keys of many rows.

        :raises DatabaseError: where the database stored something else in ``by``
        """
        found = self.insert_and_find(table, rows, key, by)
        lost = [row[by] for row in rows if row[by] not in found]
        if lost:
            raise DatabaseError(f"{self.database.describe()}: the database did not keep what was written for"
                                f" {first_names([str(value) for value in lost])} in table {table.name}. Look for a"
                                " trigger on it. Nothing was written.")
        return found

    def insert_and_find(
        self, table: Any, rows: Sequence[Mapping[str, Any]], key: str, by: str
    ) -> dict[Any, Any]:
        """As ``insert_numbered``, without the values that were stored otherwise."""
        if not rows:
            return {}
        key_column, by_column = table.c[key], table.c[by]
        last = self.connection.execute(sa.select(sa.func.coalesce(sa.func.max(key_column), 0))).scalar_one()
        self.insert(table, rows, key)
        # Rows of others, if any, are few among them. To bind thousands of values to leave them out would take longer.
        wanted = {row[by]: row for row in rows}
        found: dict[Any, Any] = {}
        several: set[Any] = set()
        for value, number in self.connection.execute(sa.select(by_column, key_column).where(key_column > last)):
            if value in found:
                several.add(value)
            if value in wanted:
                found[value] = number
        # The highest number need not be the last: a row brought its own, or a sequence gives lower ones.
        unknown = [value for value in wanted if value not in found or value in several]
        found.update(self._find_written(table, {value: wanted[value] for value in unknown}, key, by))
        return found

    def _find_written(
        self, table: Any, wanted: Mapping[Any, Mapping[str, Any]], key: str, by: str
    ) -> dict[Any, Any]:
        """Keys of rows that were written, beside those that were there before: of several, the one most like it."""
        names = [name for name in next(iter(wanted.values()), {}) if name != by]
        statement = sa.select(table.c[by], table.c[key], *(table.c[name] for name in names))
        best: dict[Any, tuple[int, Any]] = {}
        for value, number, *stored in self.select_in(statement, table.c[by], wanted):
            if value in wanted and number is not None:
                equal = sum((wanted[value][name] == one) is True for name, one in zip(names, stored))
                best[value] = max(best.get(value, (equal, number)), (equal, number))
        return {value: number for value, (_equal, number) in best.items()}

    def _insert_numbering(self, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows; those that shut somebody out with numbers of our own, if a sequence has none that are free."""
        if not self.shutting:
            self._insert(table, rows)
            return
        try:
            with self.connection.begin_nested():
                self._insert(table, rows)
        except SequenceError as error:
            self.warnings.append(str(error).replace(" Nothing was written.", ""))
            last = self.connection.execute(sa.select(sa.func.max(table.c[error.column]))).scalar_one()
            self._insert(table, [{error.column: last + place, **row} for place, row in enumerate(rows, 1)])

    def _insert(self, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        try:
            self.connection.execute(sa.insert(table), list(rows))
        except sa.exc.IntegrityError as error:
            behind = self.database.behind(table, error, rows[0])
            if behind is None:
                raise
        else:
            return
        raise behind  # without a cause: another attempt would end in the same way

    def without_value(self, table: Any, row: Mapping[str, Any]) -> list[str]:
        """Columns of a new row that must have a value, and get none from the row or by the table's own definition."""
        return [column.name for column in table.c if column.name not in row and must_have_value(column)]

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
                self._refuse_view(table)
                statement = sa.update(table).where(self.exactly(table.c[key], batch), *where).values(settings)
                self.connection.execute(statement)

    def _setting(self, table: Any, key: str, name: str, new: Mapping[Any, Any]) -> Any:
        column = table.c[name]
        values = list(new.values())
        if all(value is values[0] or value == values[0] for value in values):
            return values[0]
        exact = self.database.exact(table.c[key])
        whens = [(sa.literal(value, exact.type), sa.literal(setting, column.type)) for value, setting in new.items()]
        return sa.case(*whens, value=exact)

    def delete_in(self, table: Any, column: str, values: Iterable[Any], *where: Any) -> None:
        """Delete the rows whose column has one of the values."""
        for batch in batches(values):
            self._refuse_view(table)
            self.connection.execute(sa.delete(table).where(self.exactly(table.c[column], batch), *where))

    def count_in(self, table: Any, column: str, values: Iterable[Any], *where: Any) -> dict[Any, int]:
        """How many rows there are for each value that has any."""
        key = table.c[column]
        exact = self.database.exact(key)
        shown = key if exact is key else sa.func.min(key).label("value")
        statement = sa.select(shown, sa.func.count()).where(*where).group_by(exact)
        return dict(tuple(row) for row in self.select_in(statement, key, values))

    def alone(self, table: Any, column: str, values: Iterable[Any]) -> set[Any]:
        """Those of the values that one row has, which can be known by them then; no key need see to that."""
        return {value for value, rows in self.count_in(table, column, set(values)).items() if rows == 1}

    def count_references(
        self, references: Iterable[tuple[str, str]], keys: Collection[Any], where: Mapping[str, Any] | None = None
    ) -> dict[Any, dict[str, int]]:
        """How many rows of which tables refer to keys, for those that any refer to.

        :param references: tables and their columns
        :param where: condition on the rows that count, by table
        :raises SchemaError: for a table that cannot be seen: an account would seem unused without
        """
        references = list(references)
        self.require(columns_by_table(references))
        found: dict[Any, dict[str, int]] = {}
        for name, column in references:
            conditions = [where[name]] if where and name in where else []
            for key, number in self.count_in(self.table(name), column, keys, *conditions).items():
                tables = found.setdefault(key, {})
                tables[name] = tables.get(name, 0) + number
        return found


def is_a_view(name: str) -> str:
    """Why nothing is written to it."""
    return f"{name} is a view, which this module only reads. Change the account in the table behind it"


def columns_by_table(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Pairs of a table and a column, as ``Transaction.require`` takes them."""
    columns: dict[str, list[str]] = {}
    for table, column in pairs:
        columns.setdefault(table, []).append(column)
    return columns


def without_value_told(table: Any, columns: Sequence[str], key: str) -> str:
    """What to do about columns of a new row that nothing gives a value."""
    keys = [name for name in columns if table.c[name].primary_key or name == key]
    if keys:
        return (f"table {table.name} has no AUTO_INCREMENT or sequence for {keys[0]}, so nothing can insert rows, not"
                " even the application. Repair the table")
    shown = ", ".join(columns)
    return (f"a new row of table {table.name} needs a value in {shown}, which the database has no default for."
            f" Set column_defaults, {{{table.name}: {{{columns[0]}: ...}}}}")


def batches(values: Iterable[Any]) -> Iterator[list[Any]]:
    """The values in lists of at most BATCH."""
    values = list(values)
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
