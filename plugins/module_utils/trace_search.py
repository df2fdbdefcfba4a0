# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The search for accounts that may belong to a person: streamed, so that it takes the same memory among a million."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import Account, printable
from ansible_collections.auth.services.plugins.module_utils.columns import is_text_column, sa
from ansible_collections.auth.services.plugins.module_utils.lookalikes import shortened
from ansible_collections.auth.services.plugins.module_utils.person_traces import (
    MAX_LENGTH,
    PARTS,
    REAL_NAMES,
    REASONS,
    SURE,
    Person,
    Sieve,
    identifying,
    is_address,
)
from ansible_collections.auth.services.plugins.module_utils.results import to_options
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.tables import AccountRows, CompanionRows, PropertyRows

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

BATCH = 1000
"""Rows that are held at once, and accounts that are read at once."""
MOST_KEPT = 1000
"""Maximum number of accounts that are returned."""
MOST_COUNTED = 10_000
"""Of more accounts only that there are so many is told: strangers could create any number."""
MOST_SHARED = 1000
"""Maximum number of values of the person's accounts that others are searched for by."""
MOST_BYTES = 4 * (MAX_LENGTH + 1)
"""So much of a text is read. A binary column counts bytes."""


@dataclass(frozen=True)
class Source:
    """A SELECT: first the name of an account, or its key, then texts.

    :ivar by_key: it has the key
    :ivar whole: of the texts, the places of first and last name
    """

    statement: Any
    by_key: bool = False
    whole: tuple[int, int] | None = None


class TraceSearch:
    """The accounts of a service that may belong to a person.

    :param known: the person, as ``person_traces.Person`` takes it
    """

    def __init__(self, service: Service, known: Mapping[str, Any]) -> None:
        self._service, self._person = service, Person(known)
        self._sieve = Sieve(self._person)
        self._kept: dict[str, tuple[int, str, str]] = {}
        self._judged: set[str] = set()
        self._found: set[str] = set()
        self._shared: dict[tuple[str, str], str] = {}

    def run(self, stream: Connection) -> dict[str, Any]:
        """What a ``<type>_user_info`` module returns of a search.

        :param stream: another connection to the same database: while one is read from, MySQL answers nothing else on it
        """
        for source in self._sources():
            candidates: set[Any] = set()
            for batch in rows_of(stream, source.statement):
                candidates |= self._candidates(batch, source)
                if len(candidates) >= BATCH:
                    self._judge(self._names(candidates, source.by_key) - self._judged)
                    candidates = set()
            self._judge(self._names(candidates, source.by_key) - self._judged)
        for names in self._sharing():
            self._judge(names)
        kept = sorted((rank, name, why, state) for name, (rank, why, state) in self._kept.items())[:MOST_KEPT]
        return {"resembling": [{"name": shortened(name), "state": state, "why": why}
                               for _rank, name, why, state in kept],
                "resembling_count": len(self._found)}

    def _candidates(self, rows: Collection[Any], source: Source) -> set[Any]:
        """The names or keys of rows that have a text which may be the person's."""
        keys, *columns = zip(*rows)
        if source.whole:
            first, last = (columns[place] for place in source.whole)
            columns.append(tuple(f"{one} {other}" if one and other else "" for one, other in zip(first, last)))
        places = set() if source.by_key else self._sieve.among([str(key) for key in keys])
        for column in filter(any, columns):  # one that is empty in all rows takes no time
            stored = [value if isinstance(value, str) else "" for value in column]
            shown = self._service.shown_texts(stored)
            places |= self._sieve.among(shown)
            if shown is not stored:  # long ones may be cut
                places |= {place for place, text in enumerate(stored) if len(text) > MAX_LENGTH}
        return {keys[place] for place in places}

    # Where texts are

    def _sources(self) -> Iterator[Source]:
        rows = self._service.accounts
        if isinstance(rows, AccountRows):
            columns, whole = _texts(rows)
            name = rows.name_column
            yield Source(sa.select(name, *columns).where(*rows.where, name.is_not(None)), whole=whole)
        else:
            for table, column in rows.tables:
                name = table.table.c[column]
                yield Source(sa.select(name).where(*table.where, name.is_not(None)))
        for kind, properties in self._service.properties.items():
            if properties.one_row:
                columns, whole = _texts(properties)
                owner = properties.table.c[properties.owner]
                if columns:
                    yield Source(sa.select(owner, *columns).where(*properties.where), by_key=properties.by is None,
                                 whole=whole)
            elif properties.single:
                yield from self._property_sources(properties, self._kept_in(kind, properties))

    def _property_sources(self, rows: PropertyRows, keys: Mapping[str, Collection[Any]]) -> Iterator[Source]:
        table = rows.table
        owner, key, value = (table.c[name] for name in (rows.owner, rows.key, rows.values[0]))
        names = [one for option in REAL_NAMES for one in keys.get(option, ())]
        addresses = [one for option, several in keys.items() if option not in REAL_NAMES and is_address(option)
                     for one in several]
        if names or addresses:
            yield Source(sa.select(owner, start(value)).where(*rows.where, sa.or_(
                key.in_(names), sa.and_(key.in_(addresses), value.like("%@%")))), by_key=True)
        if set(PARTS) <= set(rows.options):
            first, last = table.alias(), table.alias()
            where = [alias.c[name] == one for alias in (first, last) for name, one in rows.fixed.items()]
            for alias, part in ((first, PARTS[0]), (last, PARTS[1])):
                where += [alias.c[rows.key] == rows.options[part], alias.c[value.name] != ""]
            yield Source(sa.select(first.c[owner.name], start(first.c[value.name]), start(last.c[value.name])).where(
                last.c[owner.name] == first.c[owner.name], *where), by_key=True, whole=(0, 1))

    def _kept_in(self, kind: str, rows: PropertyRows) -> dict[str, list[Any]]:
        """The properties with the text of an option: also that in which a door keeps it while it is shut."""
        own = self._service.accounts.options
        doors = [door for door in self._service.doors if door.table == kind]
        kept = {place: other for door in doors for place, other in door.kept.items()}
        found = {option: [key, *([kept[key]] if key in kept else [])] for option, key in rows.options.items()}
        return {**found, **{option: [kept[column]] for option, column in own.items() if column in kept}}

    # Values that identify

    def _sharing(self) -> Iterator[set[str]]:
        """Names of accounts with a value that the person has, or an account that is surely theirs."""
        values: dict[str, set[str]] = {}
        for option, value in (*self._person.values, *self._shared):
            values.setdefault(option, set()).add(value)
        rows = self._service.accounts
        for option, wanted in values.items():
            if isinstance(rows, AccountRows) and option in rows.options:
                column = rows.table.c[rows.options[option]]
                yield self._having(sa.select(rows.name_column).where(*rows.where), column, wanted, False)
            for kind, properties in self._service.properties.items():
                if properties.one_row:
                    columns = properties.table.c
                    if option in properties.options:
                        yield self._having(sa.select(columns[properties.owner]).where(*properties.where),
                                           columns[properties.options[option]], wanted, properties.by is None)
                    continue
                keys = self._kept_in(kind, properties).get(option) if properties.single else None
                if keys:
                    columns = properties.table.c
                    statement = sa.select(columns[properties.owner]).where(
                        *properties.where, columns[properties.key].in_(keys))
                    yield self._having(statement, columns[properties.values[0]], wanted, True)

    def _having(self, statement: Any, column: Any, wanted: Iterable[str], by_key: bool) -> set[str]:
        """Those with one of the values in letters of any case, as far as the database knows the case of letters."""
        rows = self._service.select_in(statement, column, wanted, sa.func.lower)
        return self._names({row[0] for row in rows if row[0] is not None}, by_key)

    # Accounts

    def _names(self, found: Collection[Any], by_key: bool) -> set[str]:
        """Names of accounts, of which the names or the keys were found."""
        rows = self._service.accounts
        if not by_key or not isinstance(rows, AccountRows) or rows.key == rows.account_name:
            return set(found)
        statement = sa.select(rows.name_column).where(*rows.where)
        names = self._service.select_in(statement, rows.table.c[rows.key], found)
        return {row[0] for row in names if row[0] is not None}

    def _judge(self, names: Collection[str]) -> None:
        """Read accounts as a whole, and keep those that may be the person's, the most certain ones."""
        for account in self._read(names):
            options = printable(to_options(self._service, account))
            reason = None if account.protected else self._person.reason(options, self._shared)
            if reason is not None:
                rank, why = reason
                self._kept[options["name"]] = rank, why, str(options["state"])
                if REASONS[rank] in SURE:
                    self._share(options)
                if len(self._found) < MOST_COUNTED:
                    self._found.add(account.name)
        if len(self._judged) < MOST_COUNTED:
            self._judged.update(names)
        if len(self._kept) > 2 * MOST_KEPT:
            self._kept = dict(sorted(self._kept.items(), key=lambda item: (item[1][0], item[0]))[:MOST_KEPT])

    def _share(self, options: Mapping[str, Any]) -> None:
        for pair in identifying(options):
            if pair in self._shared or len(self._shared) < MOST_SHARED:
                self._shared[pair] = min(options["name"], self._shared.get(pair, options["name"]))

    def _read(self, names: Collection[str]) -> list[Account]:
        found = self._service.read_named(names) if names else {}
        return list({account.name: account for account in found.values()}.values())


def rows_of(connection: Connection, statement: Any) -> Iterator[Collection[Any]]:
    """The rows of a SELECT, a batch of them at a time, none of which is kept."""
    result = connection.execute(statement.execution_options(stream_results=True, max_row_buffer=BATCH))
    yield from result.yield_per(BATCH).partitions()


def _texts(rows: AccountRows | CompanionRows) -> tuple[list[Any], tuple[int, int] | None]:
    """The columns that may have a person's name or address, and the places of the parts of a name among them."""
    options = [option for option, column in rows.options.items() if (option in REAL_NAMES or is_address(option))
               and is_text(rows.table.c[column])]
    whole = (options.index(PARTS[0]), options.index(PARTS[1])) if set(PARTS) <= set(options) else None
    return [start(rows.table.c[rows.options[option]]) for option in options], whole


def start(column: Any) -> Any:
    """As much of a column's text as is compared."""
    return sa.type_coerce(sa.func.substr(column, 1, MOST_BYTES), column.type)


def is_text(column: Any) -> bool:
    """Whether a column holds texts, which may be of its own type."""
    return is_text_column(column) or isinstance(column.type, sa.TypeDecorator)
