# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All accounts of a service, counted and found by the database: what a run costs does not follow how many there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import is_excepted
from ansible_collections.auth.services.plugins.module_utils.columns import is_text_column, sa
from ansible_collections.auth.services.plugins.module_utils.conditions import ALWAYS, Condition, Property
from ansible_collections.auth.services.plugins.module_utils.tables import (
    AccountRows,
    ImplicitAccountRows,
    PropertyRows,
    Rows,
)
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction


class Values:
    """What a database says of values, as SQL conditions that are never NULL. The texts are ASCII."""

    def __init__(self, sql: Transaction) -> None:
        self._kind, self._charset = sql.database.kind, sql.database.charset

    def every(self, conditions: Sequence[Any]) -> Any:
        """All of the conditions."""
        return sa.and_(sa.true(), *conditions)

    def some(self, conditions: Sequence[Any]) -> Any:
        """Any of the conditions."""
        return sa.or_(sa.false(), *conditions)

    def equals(self, column: Any, value: Any) -> Any:
        """A column holds this value, to the byte."""
        return self._there(column, self._plain(column) == value)

    def one_of(self, column: Any, options: Sequence[Any]) -> Any:
        """A column holds one of these values, to the byte."""
        return self._there(column, self._plain(column).in_(options))

    def is_true(self, column: Any) -> Any:
        """A column holds a true value."""
        return self._there(column, self._kind.is_true(column))

    def filled(self, column: Any) -> Any:
        """A column holds a text that is not empty, or a value of another kind."""
        if not self._is_text(column):
            return column.is_not(None)
        return self.has_bytes(column, 1, None)

    def begins(self, column: Any, text: str) -> Any:
        """The text of a column begins with this one."""
        plain = self._plain(column)
        return self._there(column, sa.type_coerce(sa.func.substr(plain, 1, len(text)), plain.type) == text)

    def ends(self, column: Any, text: str) -> Any:
        """The text of a column ends with this one."""
        plain = self._plain(column)
        return self._there(column, sa.type_coerce(self._kind.tail(plain, len(text)), plain.type) == text)

    def has_bytes(self, column: Any, least: int, most: int | None) -> Any:
        """The text of a column has so many bytes in UTF-8."""
        size = self._kind.byte_length(self._plain(column))
        return self._there(column, size >= least if most is None else size.between(least, most))

    def is_any_of(self, column: Any, texts: Sequence[str]) -> Any:
        """The text of a column is one of these, in letters of any case.

        :raises NotImplementedError: for a binary column, of which servers do not know what its letters are
        """
        self._check_text(column)
        return self._there(column, self._plain(sa.func.lower(column)).in_(texts))

    def matches(self, column: Any, pattern: str) -> Any:
        """The whole text of a column matches a regular expression.

        :raises NotImplementedError: for a binary column
        """
        self._check_text(column)
        return self._there(column, self._kind.matches(column, self._charset, f"^({pattern})$"))

    @staticmethod
    def _check_text(column: Any) -> None:
        if not is_text_column(column):
            raise NotImplementedError

    def _plain(self, column: Any) -> Any:
        return self._kind.plain(column, self._charset) if self._is_text(column) else column

    @staticmethod
    def _is_text(column: Any) -> bool:
        return is_text_column(column) or isinstance(column.type, sa.TypeDecorator)

    @staticmethod
    def _there(column: Any, condition: Any) -> Any:
        return sa.and_(column.is_not(None), condition)


class Everyone:
    """The accounts of a service.

    :param known: what ``read_more`` finds of the account with a key, as an SQL condition
    :ivar key: of an account, in SQL
    :ivar name: the same
    """

    def __init__(
        self, sql: Transaction, accounts: AccountRows | ImplicitAccountRows, properties: Mapping[str, PropertyRows],
        known: Callable[[str, Everyone], Any],
    ) -> None:
        self._sql, self._properties, self._known = sql, properties, known
        self.values = Values(sql)
        if isinstance(accounts, AccountRows):
            self._columns = accounts.table.c
            self.key, self.name = self._columns[accounts.key], self._columns[accounts.account_name]
            self._where = [*accounts.where, self.name.is_not(None)]
            self._named: list[tuple[Rows, str]] = [(accounts, accounts.account_name)]
        else:
            names = [sa.select(rows.table.c[column].label("name")).where(*rows.where, rows.table.c[column].is_not(None))
                     for rows, column in accounts.tables]
            self._columns = sa.union(*names).subquery("everyone").c if len(names) > 1 else (
                names[0].distinct().subquery("everyone").c)
            self.key = self.name = self._columns.name
            self._where = []
            self._named = list(accounts.tables)

    # For conditions

    def column(self, name: str) -> Any:
        """A column of the table of accounts."""
        return self._columns[name]

    def known(self, name: str) -> Any:
        """What ``read_more`` finds of an account."""
        return self._known(name, self)

    def has_property(self, condition: Property) -> Any:
        """An account has rows in a table of properties that pass."""
        rows = self._properties.get(condition.table)
        if rows is None:
            return sa.false()
        table = rows.table.alias()
        key, columns = table.c[rows.key], tuple(table.c[column] for column in rows.values)
        keys = rows.only if condition.keys is None else condition.keys
        where = [table.c[rows.owner] == self.key, *(table.c[column] == value for column, value in rows.fixed.items())]
        if keys is not None:
            where.append(self._sql.exactly(key, keys))
        if condition.key is not None:
            where.append(condition.key.sql(key, self.values))
        if condition.value is not None:
            where.append(condition.value.sql(columns, self.values))
        if condition.at_least == 1:
            return sa.exists().where(*where)
        return sa.select(sa.func.count()).select_from(table).where(*where).scalar_subquery() >= condition.at_least

    # Answers

    def count(self, condition: Condition = ALWAYS) -> int:
        """How many accounts there are of which a condition holds. Rows of one name count each."""
        statement = self._select(sa.func.count(), condition)
        return int(self._sql.connection.execute(statement).scalar_one())

    def tell_nameless(self) -> None:
        """Warn of rows without a name."""
        for rows, column in self._named:
            name = rows.table.c[column]
            statement = sa.select(sa.func.count()).select_from(rows.table).where(*rows.where, name.is_(None))
            if name.nullable:
                self._sql.tell_nameless(name, self._sql.connection.execute(statement).scalar_one())

    def names(self, condition: Condition = ALWAYS, limit: int | None = None, ordered: bool = True) -> list[str]:
        """Names of accounts of which a condition holds; with a limit, the first in the database's own order, or any."""
        statement = self._select(self.name, condition)
        if limit is not None:
            statement = (statement.order_by(self.name) if ordered else statement).limit(limit)
        return list(self._sql.connection.execute(statement).scalars())

    def matching(self, patterns: Collection[str], condition: Condition = ALWAYS) -> Iterator[str]:
        """Names, or shell patterns, that accounts have of which a condition holds; as ``account.is_excepted`` says."""
        exact = {pattern for pattern in patterns if not is_pattern(pattern)}
        statement = self._select(self.name, condition)
        rows, column = self._named[0]  # to ask it of all names, MariaDB would write them to a temporary table
        names = (self._sql.storable(rows.table.c[column], exact) if exact else None) or ()
        yield from (row[0] for row in self._sql.select_in(statement, self.name, names) if row[0] in exact)
        others = [pattern for pattern in patterns if pattern not in exact]
        if others:
            like = sa.or_(*(self.name.like(_like(pattern), escape="!") for pattern in others))
            found = self._sql.connection.execute(statement.where(like)).scalars()
            yield from (name for name in found if name not in exact and is_excepted(name, others))

    def _select(self, what: Any, condition: Condition) -> Any:
        return sa.select(what).select_from(self.name.table).where(*self._where, condition.sql(self))


def is_pattern(text: str) -> bool:
    """Whether a text is a shell pattern, and not a name alone."""
    return re.search(r"[*?[]", text) is not None


def _like(pattern: str) -> str:
    """A pattern of LIKE for whatever a shell pattern matches, and perhaps more: one character may be several bytes."""
    parts = re.split(r"\[[^]]*\]|[*?[]", pattern)
    return "%".join(re.sub("([!%_])", r"!\1", part) for part in parts)
