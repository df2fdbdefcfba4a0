# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a database says of itself: tables, columns, keys and declared references."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Column:
    """A column of a table.

    :ivar type: as the engine names it, in small letters: ``int(10) unsigned``, ``timestamp without time zone``
    :ivar default: the engine's text of the default value; None for none. The key of a new row that the engine
        numbers has ``auto``
    :ivar generated: the database computes it, so that nobody can write it
    """

    name: str
    type: str
    nullable: bool = True
    default: str | None = None
    generated: bool = False
    comment: str = ""


@dataclass(frozen=True)
class ForeignKey:
    """A declared reference: columns of this table, the other table, and its columns in the same order."""

    columns: tuple[str, ...]
    table: str
    to_columns: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table or a view.

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

    def column(self, name: str) -> Column | None:
        """The column of this name; None where there is none."""
        return next((one for one in self.columns if one.name == name), None)


Join = tuple[str, str, str, str]
"""Table and column, and the table and column that it is compared with."""


@dataclass(frozen=True)
class Schema:
    """The tables of one schema of a database, by name, and what else it says of itself.

    :ivar engine: ``mysql``, ``postgresql`` or ``sqlite``
    :ivar version: of the server or library, as it says it
    :ivar joins: comparisons of columns in its views, triggers and routines (and statements, on demand), with the name
        of where each stands
    """

    engine: str
    tables: Mapping[str, Table]
    version: str = ""
    name: str = ""
    joins: Mapping[Join, str] = field(default_factory=dict)
