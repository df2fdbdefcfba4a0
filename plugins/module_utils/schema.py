# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a database says of itself: tables, columns, keys and declared references."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Column:
    """A column of a table.

    :ivar type: as the engine names it, in small letters: ``int(10) unsigned``, ``timestamp without time zone``; of a
        domain the type below it
    :ivar default: the engine's text of the default value; None for none. The key of a new row that the engine
        numbers has ``auto``
    :ivar generated: the database computes it, so that nobody can write it
    :ivar values: all that an enumeration allows
    """

    name: str
    type: str
    nullable: bool = True
    default: str | None = None
    generated: bool = False
    comment: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class ForeignKey:
    """A declared reference: columns of this table, the other table, and its columns in the same order."""

    columns: tuple[str, ...]
    table: str
    to_columns: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table or a view.

    :ivar name: of a table of PostgreSQL in another schema than the first: that of its schema, a dot, and its own
    :ivar schema: that other schema
    :ivar unique: columns of each unique key and each unique index of whole rows, without the primary key
    :ivar indexes: columns of each other index
    :ivar rows: about how many, as the engine estimates or counts them; None where nobody knows
    :ivar rolls_back: whether its storage engine can take back what was written
    """

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    is_view: bool = False
    comment: str = ""
    rows: int | None = None
    rolls_back: bool = True
    schema: str = ""

    @property
    def own_name(self) -> str:
        """The name within its schema."""
        return self.name[len(self.schema) + 1:] if self.schema else self.name

    def column(self, name: str) -> Column | None:
        """The column of this name; None where there is none."""
        return next((one for one in self.columns if one.name == name), None)


Join = tuple[str, str, str, str]
"""Table and column, and the table and column that it is compared with: the lesser of the two first."""


@dataclass(frozen=True)
class Schema:
    """The tables of a database, by name, and what else it says of itself.

    :ivar engine: ``mysql``, ``postgresql`` or ``sqlite``
    :ivar version: of the server or library, as it says it
    :ivar name: of the schema of PostgreSQL where tables are looked for first
    :ivar joins: comparisons of columns in its views, triggers and routines (and statements, on demand), with the name
        of where each stands
    :ivar warnings: what could not be read, in sentences
    :ivar strict: types of numbers have sizes, and only what is meant to be numbered is; not so in SQLite
    """

    engine: str
    tables: Mapping[str, Table]
    version: str = ""
    name: str = ""
    joins: Mapping[Join, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    strict: bool = field(default=True, compare=False)

    def as_dict(self) -> dict[str, Any]:
        """As lists and dictionaries, which JSON can hold; ``from_dict`` takes them."""
        return {
            "engine": self.engine, "version": self.version, "schema": self.name,
            "tables": [{**vars(table), "columns": [dict(vars(column)) for column in table.columns],
                        "foreign_keys": [dict(vars(key)) for key in table.foreign_keys]}
                       for table in self.tables.values()],
            "joins": [{"table": one[0], "column": one[1], "to_table": one[2], "to_column": one[3], "where": where}
                      for one, where in self.joins.items()],
        }

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> Schema:
        """What ``as_dict`` gave, also with other keys beside."""
        return cls(
            found["engine"], {one["name"]: _table(one) for one in found["tables"]}, found["version"], found["schema"],
            {(one["table"], one["column"], one["to_table"], one["to_column"]): one["where"] for one in found["joins"]})


def _table(found: Mapping[str, Any]) -> Table:
    columns = tuple(Column(**{**one, "values": tuple(one["values"])}) for one in found["columns"])
    keys = {name: tuple(map(tuple, found[name])) for name in ("unique", "indexes")}
    references = tuple(ForeignKey(tuple(one["columns"]), one["table"], tuple(one["to_columns"]))
                       for one in found["foreign_keys"])
    return Table(**{**found, **keys, "columns": columns, "primary_key": tuple(found["primary_key"]),
                    "foreign_keys": references})


def with_details(
    tables: Iterable[Table], columns: Iterable[tuple[str, Column]],
    keys: Iterable[tuple[str, str, str, str | None]], references: Iterable[tuple[str, str, str, str, str]],
) -> dict[str, Table]:
    """Tables by their name, with what the rows of a catalogue say of them.

    :param columns: table and column, in their order
    :param keys: table, name of the key, what it is (``primary``, ``unique`` or ``index``) and a column, in their order;
        None for an expression
    :param references: table, name of the foreign key, a column, the other table and its column, in their order
    """
    own: dict[str, list[Column]] = {}
    for table, column in columns:
        own.setdefault(table, []).append(column)
    parts: dict[tuple[str, str, str], list[str | None]] = {}
    for table, name, kind, part in keys:
        parts.setdefault((table, kind, name), []).append(part)
    kinds: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for (table, kind, _name), names in parts.items():
        known = tuple(part for part in names if part is not None)
        if len(known) == len(names) and known not in kinds.setdefault((table, kind), []):
            kinds[table, kind].append(known)
    pairs: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for table, name, part, other, other_part in references:
        pairs.setdefault((table, name, other), []).append((part, other_part))
    foreign: dict[str, list[ForeignKey]] = {}
    for (table, _name, other), both in pairs.items():
        reference = ForeignKey(tuple(part for part, _to in both), other, tuple(to for _part, to in both))
        if reference not in foreign.setdefault(table, []):
            foreign[table].append(reference)
    found = {}
    for one in sorted(tables, key=lambda table: table.name):
        primary = next(iter(kinds.get((one.name, "primary"), ())), ())
        unique = [key for key in kinds.get((one.name, "unique"), ()) if key != primary]
        indexes = [key for key in kinds.get((one.name, "index"), ()) if key != primary and key not in unique]
        found[one.name] = replace(
            one, columns=tuple(own.get(one.name, ())), primary_key=primary, unique=tuple(unique),
            indexes=tuple(indexes), foreign_keys=tuple(foreign.get(one.name, ())))
    return found
