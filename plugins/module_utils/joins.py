# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which columns SQL compares with each other, by the names of their tables: pure.

It knows as much of SQL as that takes. What it does not understand, it passes over; no literal leaves it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from ansible_collections.auth.services.plugins.module_utils.schema import Join

TOKEN = re.compile(
    r"""--[^\n]*|/\*.*?(?:\*/|$)          # comments
    |(?P<text>'(?:[^'\\]|''|\\.)*(?:'|$)|\$\d+|\?|\d[\w.]*)
    |(?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]\n]*\])
    |(?P<word>[^\W\d][\w$]*)
    |(?P<mark>::|:=|[<>!=~|&@\#^*/%+-]+|[().,;])""",
    re.VERBOSE | re.DOTALL)
QUOTES = {'"': '"', "`": "`", "[": "]"}
TYPE_WORDS = ("varying", "precision", "unsigned", "signed", "without", "with", "time", "zone")
NOT_ALIASES = frozenset((
    "on", "using", "where", "join", "inner", "left", "right", "full", "outer", "cross", "natural", "straight_join",
    "set", "select", "from", "group", "order", "having", "limit", "union", "except", "intersect", "window", "for",
    "returning", "values", "and", "or", "as", "do", "lateral", "offset", "fetch", "use", "force", "ignore", "partition",
    "then", "begin", "end", "when", "if", "else", "loop", "into"))
BEFORE_TABLE = ("from", "join", "straight_join", "update", "into")
QUERY = ("select", "with", "values")
SET_OPERATIONS = ("union", "except", "intersect")
ARITHMETIC = frozenset(("+", "-", "*", "/", "%", "||", "&", "|", "->", "->>", "#>", "#>>", "::", "."))
MOST_COMPARED = 2000
"""Comparisons of one text that are looked at."""

Token = tuple[str, str]
"""What it is (``name``, ``word``, ``text`` or ``mark``), and the text: of words in small letters, of names as it is."""


@dataclass
class _Scope:
    """A query: its tables by the name that it gives them, and the query around it."""

    outer: _Scope | None
    tables: dict[str, str] = field(default_factory=dict)
    begun: bool = False

    def table(self, name: str) -> str | None:
        scope: _Scope | None = self
        while scope is not None:
            if name.lower() in scope.tables:
                return scope.tables[name.lower()]
            scope = scope.outer
        return None


class _Reader:
    """Reads one text."""

    def __init__(self, text: str, tables: Mapping[str, Collection[str]], row_of: str) -> None:
        self.tables = tables
        self.folded = {name.lower(): name for name in sorted(tables, reverse=True)}
        self.columns: dict[str, dict[str, str]] = {}
        self.tokens = list(_tokens(text))
        self.root = _Scope(None)
        self.scopes = [self.root]
        if row_of in tables:
            self.root.tables.update({"new": row_of, "old": row_of})
        self.compared: list[tuple[_Scope, list[str], _Scope, list[str]]] = []
        self.common: list[tuple[_Scope, str, str]] = []

    def joins(self) -> set[Join]:
        self._read()
        found: set[Join] = set()
        for scope, left, other_scope, right in self.compared[:MOST_COMPARED]:
            ours, theirs = self._resolve(scope, left), self._resolve(other_scope, right)
            if ours and theirs and ours != theirs:
                found.add((*min(ours, theirs), *max(ours, theirs)))
        for scope, column, last in self.common[:MOST_COMPARED]:
            with_it = [table for table in dict.fromkeys(scope.tables.values())
                       if table != last and self._column(table, column)]
            if len(with_it) == 1 and self._column(last, column):
                one, other = sorted(((last, str(self._column(last, column))),
                                     (with_it[0], str(self._column(with_it[0], column)))))
                found.add((*one, *other))
        return found

    def _column(self, table: str, name: str) -> str | None:
        if table not in self.columns:
            names = sorted(self.tables.get(table, ()), reverse=True)
            self.columns[table] = {name.lower(): name for name in names}
        return name if name in self.tables.get(table, ()) else self.columns[table].get(name.lower())

    def _table(self, parts: list[str]) -> str | None:
        """The table that a name means, also one behind a database or a schema."""
        for name in (".".join(parts[-2:]), parts[-1]):
            if name in self.tables or name.lower() in self.folded:
                return name if name in self.tables else self.folded[name.lower()]
        return None

    def _resolve(self, scope: _Scope, parts: list[str]) -> tuple[str, str] | None:
        """Table and column that a name means."""
        column = parts[-1]
        if len(parts) > 1:
            table = scope.table(parts[-2]) or scope.table(".".join(parts[-3:-1]))
            found = table and self._column(table, column)
            return (table, found) if table and found else None
        around: _Scope | None = scope
        while around is not None:
            with_it = [one for one in dict.fromkeys(around.tables.values()) if self._column(one, column)]
            if with_it:
                return (with_it[0], str(self._column(with_it[0], column))) if len(with_it) == 1 else None
            around = around.outer
        return None

    def _name(self, place: int) -> tuple[list[str], int]:
        """The parts of a name that begins at a token, and the token behind it; no parts where none does."""
        parts: list[str] = []
        while place < len(self.tokens) and self.tokens[place][0] in ("name", "word"):
            parts.append(self.tokens[place][1])
            if self._mark(place + 1) != ".":
                return parts, place + 1
            place += 2
        return [], place

    def _mark(self, place: int) -> str:
        return self.tokens[place][1] if 0 <= place < len(self.tokens) and self.tokens[place][0] != "name" else ""

    def _read(self) -> None:
        scopes, sets = self.scopes, False
        place = 0
        while place < len(self.tokens):
            kind, text = self.tokens[place]
            scope = scopes[-1]
            word = text.lower() if kind == "word" else ""
            if kind == "mark":
                place += 1
                if text == "(":
                    scopes.append(_Scope(scope) if self._mark(place).lower() in QUERY else scope)
                elif text == ")" and len(scopes) > 1:
                    scopes.pop()
                elif text == ";":
                    scopes[:], sets = [_Scope(self.root)], False
                elif text == "," and scope.begun:
                    place = self._read_table(scope, place, listed=True)
                continue
            if word in SET_OPERATIONS:
                scopes[-1] = _Scope(scope.outer)
            elif word == "set" and self._mark(place + 1) != "(":
                sets = True
            elif word in ("where", "on", "select", "begin", "then"):
                sets = False
            if word in BEFORE_TABLE:
                place = self._read_table(scope, place + 1)
                continue
            if word in ("where", "group", "order", "having", "limit", "set", "select", "values"):
                scope.begun = False
            if word == "using" and self._mark(place + 1) == "(" and scope.tables:
                last = list(scope.tables.values())[-1]
                parts, end = self._name(place + 2)
                while parts:
                    self.common.append((scope, parts[-1], last))
                    parts, end = self._name(end + 1) if self._mark(end) == "," else ([], end)
                place = max(end, place + 1)
                continue
            if kind == "text":
                place += 1
                continue
            parts, end = self._name(place)
            if not parts:
                place = max(end, place + 1)
                continue
            if not sets and self._before(place) not in ARITHMETIC:
                self._compare(scope, parts, self._behind(end))
            place = end

    def _before(self, place: int) -> str:
        place -= 1
        while self._mark(place) == "(":
            place -= 1
        return self._mark(place)

    def _behind(self, place: int) -> int:
        """Behind brackets around a name and a cast of it."""
        while True:
            if self._mark(place) == ")":
                place += 1
            elif self._mark(place) == "::":
                place = self._name(place + 1)[1]
                while self._mark(place).lower() in TYPE_WORDS:
                    place += 1
            else:
                return place

    def _compare(self, scope: _Scope, parts: list[str], place: int) -> None:
        if self._mark(place) == "=":
            place += 1
            while self._mark(place) == "(" and self._mark(place + 1).lower() not in QUERY:
                place += 1
            other, end = self._name(place)
            end = self._behind(end)
            if other and self._mark(end) not in ARITHMETIC and self._mark(end) != "(":
                self.compared.append((scope, parts, scope, other))
        elif [self._mark(place + one).lower() for one in range(3)] == ["in", "(", "select"]:
            start = place + 3
            start += self._mark(start).lower() == "distinct"
            other, end = self._name(start)
            if other and self._mark(end).lower() == "from":
                inner = _Scope(scope)
                self._read_table(inner, end + 1)
                self.compared.append((scope, parts, inner, other))

    def _read_table(self, scope: _Scope, place: int, listed: bool = False) -> int:
        """Take a table into a scope; the token behind it."""
        while self._mark(place).lower() in ("only", "lateral", "ignore") or (
                self._mark(place) == "(" and not listed and self._mark(place + 1).lower() not in QUERY):
            if self._mark(place) == "(":  # around joins, of the same query
                self.scopes.append(scope)
            place += 1
        parts, end = self._name(place)
        if not parts or self._mark(end) == "(":  # a query, or a function
            scope.begun = scope.begun or not listed
            return place
        table = self._table(parts)
        if listed and table is None:
            return place
        scope.begun = True
        alias = parts[-1]
        after = end + (self._mark(end).lower() == "as")
        if after < len(self.tokens) and (self.tokens[after][0] == "name" or (
                self.tokens[after][0] == "word" and self.tokens[after][1].lower() not in NOT_ALIASES)):
            alias, end = self.tokens[after][1], after + 1
        if table is not None:
            scope.tables[alias.lower()] = table
            if len(parts) > 1 and alias == parts[-1]:
                scope.tables[".".join(parts[-2:]).lower()] = table
        return end


def _tokens(text: str) -> Iterator[Token]:
    for match in TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "quoted":
            end = QUOTES[match[0][0]]
            yield "name", match[0][1:-1].replace(end * 2, end)
        elif kind is not None:
            yield kind, match[0]


def joins_in(text: str, tables: Mapping[str, Collection[str]], row_of: str = "") -> set[Join]:
    """The columns that a statement, or a text of several, compares with each other by ``=``, ``USING`` or ``IN``.

    :param tables: columns by table: no other name is returned
    :param row_of: the table whose row NEW and OLD are
    """
    return _Reader(text, tables, row_of).joins()
