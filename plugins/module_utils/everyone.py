# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All accounts of a service, counted and found by the database: what a run costs does not follow how many there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import is_excepted, is_valid_unicode
from ansible_collections.auth.services.plugins.module_utils.columns import Unreadable, is_text_column, sa
from ansible_collections.auth.services.plugins.module_utils.conditions import (
    ALWAYS,
    All,
    Condition,
    Property,
    alternatives,
)
from ansible_collections.auth.services.plugins.module_utils.tables import (
    AccountRows,
    CompanionRows,
    ImplicitAccountRows,
    PropertyRows,
    Rows,
    Span,
)
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction, batches

PAGE = 5000
"""So many accounts are read at a time, of all."""
FEW = 100
"""So many names are asked for, to find one that is valid Unicode."""


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

    Those that are names in several tables are the rows of these tables, grouped by name. One more column for each
    question about the rows, a mark, says which of them count: one look at the rows answers all.

    :param known: what ``read_more`` finds of the account with a key, as an SQL condition
    :ivar key: of an account, in SQL
    :ivar name: the same
    """

    def __init__(
        self, sql: Transaction, accounts: AccountRows | ImplicitAccountRows,
        properties: Mapping[str, PropertyRows | CompanionRows],
        known: Callable[[str, Everyone], Any],
    ) -> None:
        self._sql, self._properties, self._known = sql, properties, known
        self.values = Values(sql)
        self._table: Any = None
        if isinstance(accounts, AccountRows):
            self._table = accounts.table
            self.key, self.name = self._table.c[accounts.key], self._table.c[accounts.account_name]
            self._where = [*accounts.where, self.name.is_not(None)]
            self._named: list[tuple[Rows, str]] = [(accounts, accounts.account_name)]
        else:
            self.key = self.name = sa.literal_column("everyone.name", accounts.name_column.type)
            self._named = list(accounts.tables)
            self._marks: list[tuple[Any, Any]] = []

    # For conditions

    def column(self, name: str) -> Any:
        """A column of the table of accounts."""
        return self._table.c[name]

    def known(self, name: str) -> Any:
        """What ``read_more`` finds of an account."""
        return self._known(name, self)

    def has_property(self, condition: Property) -> Any:
        """An account has rows in a table of properties that pass."""
        rows = self._properties.get(condition.table)
        if rows is None:
            return sa.false()
        if self._table is None and any(rows.table is one.table and rows.owner == column and rows.fixed == one.fixed
                                       for one, column in self._named):
            mark = sa.literal_column(f"everyone.mark{len(self._marks)}", sa.Integer())
            self._marks.append((rows.table, sa.and_(*rows.passing(rows.table, condition, self.values))))
            return sa.func.sum(mark) >= condition.at_least
        table = rows.table.alias()
        owner = self.key if rows.by is None else self.column(rows.by)
        where = [table.c[rows.owner] == owner, *(table.c[column] == value for column, value in rows.fixed.items()),
                 *rows.passing(table, condition, self.values)]
        if condition.at_least == 1:
            return sa.exists().where(*where)
        return sa.select(sa.func.count()).select_from(table).where(*where).scalar_subquery() >= condition.at_least

    # Answers

    def count(self, condition: Condition = ALWAYS) -> int:
        """How many accounts there are of which a condition holds. Rows of one name count each."""
        statement = sa.select(sa.func.count()).select_from(self._select(condition).subquery("found"))
        return int(self._sql.connection.execute(statement).scalar_one())

    def tell_nameless(self) -> None:
        """Warn of rows without a name."""
        for rows, column in self._named:
            name = rows.table.c[column]
            statement = sa.select(sa.func.count()).select_from(rows.table).where(*rows.where, name.is_(None))
            if name.nullable:
                self._sql.tell_nameless(name, self._sql.connection.execute(statement).scalar_one())

    def spans(self, after: str | None, most: int | None) -> Iterator[Span]:
        """All accounts, or about so many, in spans that are read one after another: memory holds few at a time.

        :param after: begin behind this name
        """
        left = most
        while left is None or left > 0:
            size = PAGE if left is None else min(left, PAGE)
            span = Span(after, self._last(after, size))
            yield span
            if span.last is None:
                return
            after, left = span.last, None if left is None else left - size

    def _last(self, after: str | None, size: int) -> str | None:
        """The name that ends a span of so many, or of a few more; None where no more than these follow."""
        ends = []
        for rows, column in self._named:
            name = self._in_order(rows, column)
            statement = sa.select(name.label("name")).where(*rows.where, rows.table.c[column].is_not(None))
            if len(self._named) > 1 or not isinstance(rows, AccountRows):
                statement = statement.distinct()
            ends.append(Span(after).of(statement, name).order_by(name).offset(size - 1).limit(FEW).subquery())
        every = sa.union_all(*(sa.select(end.c.name) for end in ends)).subquery()
        found = self._sql.connection.execute(sa.select(every.c.name).order_by(every.c.name)).scalars()
        # No statement can hold a name that is not valid Unicode.
        return next((name for name in found if is_valid_unicode(name) and not isinstance(name, Unreadable)), None)

    @staticmethod
    def _in_order(rows: Rows, column: str) -> Any:
        return rows.name_in_order if isinstance(rows, AccountRows) else rows.table.c[column]

    def names(self, condition: Condition = ALWAYS, limit: int | None = None) -> list[str]:
        """Names of accounts of which a condition holds.

        :param limit: so many at most: the first in the database's own order, or any where no table has one row for each
        """
        statement = self._select(condition, limit=limit)
        if limit is not None:
            statement = (statement if self._table is None else statement.order_by(self.name)).limit(limit)
        return list(self._sql.connection.execute(statement).scalars())

    def some_names(self, condition: Condition, limit: int) -> set[str]:
        """Names of accounts of which a condition holds: all of them, or more than a limit."""
        # What a condition says of several tables is asked of each by itself: asked of all at once, a database looks
        # into each table for each account.
        several = [[condition]] if self._table is None else alternatives(condition)
        found: set[str] = set()
        for conditions in several:
            if len(found) <= limit:
                statement = self._select(All(conditions), limit=limit + 1).limit(limit + 1)
                found.update(self._sql.connection.execute(statement).scalars())
        return found

    def matching(self, patterns: Collection[str], condition: Condition = ALWAYS) -> Iterator[str]:
        """Names, or shell patterns, that accounts have of which a condition holds; as ``account.is_excepted`` says."""
        exact = {pattern for pattern in patterns if not is_pattern(pattern)}
        rows, column = self._named[0]
        storable = (self._sql.storable(rows.table.c[column], exact) if exact else None) or ()
        for names in batches(storable):
            found = self._sql.connection.execute(self._select(condition, self.name.in_(names))).scalars()
            yield from (name for name in found if name in exact)
        others = [pattern for pattern in patterns if pattern not in exact]
        if others:
            like = sa.or_(*(self.name.like(_like(pattern), escape="!") for pattern in others))
            found = self._sql.connection.execute(self._select(condition, like)).scalars()
            yield from (name for name in found if name not in exact and is_excepted(name, others))

    def _select(self, condition: Condition, *where: Any, limit: int | None = None) -> Any:
        """Names of accounts of which a condition holds.

        :param limit: so many are enough
        """
        if self._table is not None:
            return sa.select(self.name).where(*self._where, *where, condition.sql(self))
        self._marks = []
        holds, members = condition.sql(self), []
        few = limit is not None and not where and holds.compare(sa.true())
        for rows, column in self._named:
            name = rows.table.c[column]
            marks = [sa.case((passing, sa.literal_column("1")), else_=sa.literal_column("0"))
                     if table is rows.table else sa.literal_column("0") for table, passing in self._marks]
            more = self._sql.spellings(name, name)[1:] if few else [
                mark.label(f"mark{number}") for number, mark in enumerate(marks)]
            member = sa.select(name.label("name"), *more).where(*rows.where, name.is_not(None))
            members.append(sa.select(member.distinct().limit(limit).subquery().c.name) if few else member)
        every = sa.union_all(*members) if len(members) > 1 else members[0]
        statement = sa.select(self.name).select_from(every.subquery("everyone")).where(*where)
        rows, column = self._named[0]
        statement = statement.group_by(*self._sql.spellings(self.name, rows.table.c[column])).having(holds)
        return self._sql.database.kind.by_sorting(statement)


def is_pattern(text: str) -> bool:
    """Whether a text is a shell pattern, and not a name alone."""
    return re.search(r"[*?[]", text) is not None


def _like(pattern: str) -> str:
    """A pattern of LIKE for whatever a shell pattern matches, and perhaps more: one character may be several bytes."""
    parts = re.split(r"\[[^]]*\]|[*?[]", pattern)
    return "%".join(re.sub("([!%_])", r"!\1", part) for part in parts)
