# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds of an account: said once, and asked in Python of what was read and in SQL of its rows. Pure.

A condition combines tests of values with ``&``, ``|`` and ``~``. Part of the public interface of the collection.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import StoredAccount


class Test:
    """What holds of a stored value; of NULL nothing does but ``~``."""

    __test__ = False  # none of pytest's

    def holds(self, value: Any) -> bool:
        raise NotImplementedError

    def sql(self, column: Any, values: Any) -> Any:
        """The same as an SQL condition, which is never NULL.

        :param values: what a database says of values (everyone.py)
        """
        raise NotImplementedError

    def __and__(self, other: Test) -> Test:
        return Combined((self, other), True)

    def __or__(self, other: Test) -> Test:
        return Combined((self, other), False)

    def __invert__(self) -> Test:
        return Not(self)


@dataclass(frozen=True)
class Combined(Test):
    """All of several tests, or any of them."""

    tests: tuple[Test, ...]
    every: bool

    def holds(self, value: Any) -> bool:
        for test in self.tests:
            if test.holds(value) != self.every:
                return not self.every
        return self.every

    def sql(self, column: Any, values: Any) -> Any:
        return (values.every if self.every else values.some)([test.sql(column, values) for test in self.tests])


@dataclass(frozen=True)
class Not(Test):
    """The opposite of a test."""

    test: Test

    def holds(self, value: Any) -> bool:
        return not self.test.holds(value)

    def sql(self, column: Any, values: Any) -> Any:
        return ~self.test.sql(column, values)


class ValueTest(Test):
    """A test of one value; of a property's several values it is the last."""

    def holds(self, value: Any) -> bool:
        return self.passes(value[-1] if isinstance(value, tuple) else value)

    def sql(self, column: Any, values: Any) -> Any:
        return self.passes_sql(column[-1] if isinstance(column, tuple) else column, values)

    def passes(self, value: Any) -> bool:
        raise NotImplementedError

    def passes_sql(self, column: Any, values: Any) -> Any:
        raise NotImplementedError


@dataclass(frozen=True)
class Row(Test):
    """Tests of the several values of a property; None for one that does not matter."""

    tests: tuple[Test | None, ...]

    def holds(self, value: Any) -> bool:
        return all(test is None or test.holds(part) for test, part in zip(self.tests, value))

    def sql(self, column: Any, values: Any) -> Any:
        return values.every([test.sql(part, values) for test, part in zip(self.tests, column) if test is not None])


@dataclass(frozen=True)
class Equals(ValueTest):
    """A value is this one, to the byte."""

    value: Any

    def passes(self, value: Any) -> bool:
        return bool(value == self.value)

    def passes_sql(self, column: Any, values: Any) -> Any:
        return values.equals(column, self.value)


@dataclass(frozen=True)
class OneOf(ValueTest):
    """A value is one of these, to the byte."""

    options: tuple[Any, ...]

    def passes(self, value: Any) -> bool:
        return value in self.options

    def passes_sql(self, column: Any, values: Any) -> Any:
        return values.one_of(column, self.options)


@dataclass(frozen=True)
class IsTrue(ValueTest):
    """A truth value is true, or a number is not 0."""

    def passes(self, value: Any) -> bool:
        return value is not None and value != 0

    def passes_sql(self, column: Any, values: Any) -> Any:
        return values.is_true(column)


@dataclass(frozen=True)
class Filled(ValueTest):
    """A text is not empty, or a value is there."""

    def passes(self, value: Any) -> bool:
        return value is not None and value != ""

    def passes_sql(self, column: Any, values: Any) -> Any:
        return values.filled(column)


@dataclass(frozen=True)
class Begins(ValueTest):
    """A text begins with this one, which is ASCII."""

    text: str

    def passes(self, value: Any) -> bool:
        return str("" if value is None else value).startswith(self.text)

    def passes_sql(self, column: Any, values: Any) -> Any:
        return values.begins(column, self.text)


@dataclass(frozen=True)
class Ends(ValueTest):
    """A text ends with this one, which is ASCII."""

    text: str

    def passes(self, value: Any) -> bool:
        return str("" if value is None else value).endswith(self.text)

    def passes_sql(self, column: Any, values: Any) -> Any:
        return values.ends(column, self.text)


@dataclass(frozen=True)
class HasBytes(ValueTest):
    """A text has so many bytes in UTF-8; without ``most``, at least so many."""

    least: int
    most: int | None = None

    def passes(self, value: Any) -> bool:
        size = len(str("" if value is None else value).encode(errors="surrogateescape"))
        return self.least <= size and (self.most is None or size <= self.most)

    def passes_sql(self, column: Any, values: Any) -> Any:
        return values.has_bytes(column, self.least, self.most)


@dataclass(frozen=True)
class IsAnyOf(ValueTest):
    """A text is one of these, in letters of any case; they are ASCII, in small letters."""

    texts: tuple[str, ...]

    def passes(self, value: Any) -> bool:
        return isinstance(value, str) and value.lower() in self.texts

    def passes_sql(self, column: Any, values: Any) -> Any:
        return values.is_any_of(column, self.texts)


@dataclass(frozen=True)
class Matches(ValueTest):
    """The whole text matches a regular expression that all engines know; letters of a class count in both cases."""

    pattern: str

    def passes(self, value: Any) -> bool:
        return isinstance(value, str) and re.fullmatch(self.pattern, value) is not None

    def passes_sql(self, column: Any, values: Any) -> Any:
        return values.matches(column, self.pattern)


class Condition:
    """What holds of an account."""

    def holds(self, stored: StoredAccount) -> bool:
        """Whether it holds of an account that was read."""
        raise NotImplementedError

    def sql(self, everyone: Any) -> Any:
        """The same as an SQL condition, which is never NULL.

        :param everyone: the accounts that it is asked of (everyone.py)
        """
        raise NotImplementedError

    def __and__(self, other: Condition) -> Condition:
        return All((self, other))

    def __or__(self, other: Condition) -> Condition:
        return OneOrMore((self, other))

    def __invert__(self) -> Condition:
        return Opposite(self)


@dataclass(frozen=True)
class All(Condition):
    """All of several conditions; of none, always."""

    conditions: Sequence[Condition] = ()

    def holds(self, stored: StoredAccount) -> bool:
        for condition in self.conditions:  # noqa: SIM110  # all() takes half as long again: a dozen times an account
            if not condition.holds(stored):
                return False
        return True

    def sql(self, everyone: Any) -> Any:
        return everyone.values.every([condition.sql(everyone) for condition in self.conditions])


@dataclass(frozen=True)
class OneOrMore(Condition):
    """Any of several conditions; of none, never."""

    conditions: Sequence[Condition] = ()

    def holds(self, stored: StoredAccount) -> bool:
        for condition in self.conditions:  # noqa: SIM110
            if condition.holds(stored):
                return True
        return False

    def sql(self, everyone: Any) -> Any:
        return everyone.values.some([condition.sql(everyone) for condition in self.conditions])


@dataclass(frozen=True)
class Opposite(Condition):
    """The opposite of a condition."""

    condition: Condition

    def holds(self, stored: StoredAccount) -> bool:
        return not self.condition.holds(stored)

    def sql(self, everyone: Any) -> Any:
        return ~self.condition.sql(everyone)


ALWAYS = All()


def alternatives(condition: Condition, holds: bool = True) -> list[list[Condition]]:
    """Conditions of which all of one list or more hold where this one does.

    Each look into another table than that of the accounts stands by itself in a list, so that the database can begin
    with that table. What is said of the account's own row is one condition.

    :param holds: or where it does not
    """
    if isinstance(condition, Opposite):
        return alternatives(condition.condition, not holds)
    if not isinstance(condition, (All, OneOrMore)) or not _looks_elsewhere(condition):
        return [[condition if holds else ~condition]]
    parts = [alternatives(part, holds) for part in condition.conditions]
    if isinstance(condition, All) is holds:
        return [[one for several in chosen for one in several] for chosen in itertools.product(*parts)]
    several = [one for part in parts for one in part]
    own = [one for one in several if not any(map(_looks_elsewhere, one))]
    return [[OneOrMore([All(one) for one in own])], *(one for one in several if one not in own)]


def _looks_elsewhere(condition: Condition) -> bool:
    if isinstance(condition, Opposite):
        return _looks_elsewhere(condition.condition)
    if isinstance(condition, (All, OneOrMore)):
        return any(map(_looks_elsewhere, condition.conditions))
    return isinstance(condition, (Property, Known))


@dataclass(frozen=True)
class Column(Condition):
    """A test of a column of the table of accounts."""

    column: str
    test: Test

    def holds(self, stored: StoredAccount) -> bool:
        return self.test.holds(stored.row[self.column])

    def sql(self, everyone: Any) -> Any:
        return self.test.sql(everyone.column(self.column), everyone.values)


@dataclass(frozen=True)
class Name(Condition):
    """A test of the name."""

    test: Test

    def holds(self, stored: StoredAccount) -> bool:
        return self.test.holds(stored.name)

    def sql(self, everyone: Any) -> Any:
        return self.test.sql(everyone.name, everyone.values)


@dataclass(frozen=True)
class Property(Condition):
    """An account has a property with a value that passes a test.

    :ivar table: name of the table of properties in the description
    :ivar value: test of the value
    :ivar keys: of these properties; None for all
    :ivar key: test of the property's key
    :ivar at_least: so many rows pass
    """

    table: str
    value: Test | None = None
    keys: Collection[Any] | None = None
    key: Test | None = None
    at_least: int = 1

    def holds(self, stored: StoredAccount) -> bool:
        number = 0
        for key, values in stored.properties.get(self.table, {}).items():
            if (self.keys is None or key in self.keys) and (self.key is None or self.key.holds(key)):
                number += len(values) if self.value is None else sum(map(self.value.holds, values))
        return number >= self.at_least

    def sql(self, everyone: Any) -> Any:
        return everyone.has_property(self)


@dataclass(frozen=True)
class Known(Condition):
    """What ``Service.read_more`` finds of an account, by its name there; ``Service.known`` says it in SQL."""

    name: str

    def holds(self, stored: StoredAccount) -> bool:
        return bool(stored.properties.get(self.name))

    def sql(self, everyone: Any) -> Any:
        return everyone.known(self.name)
