# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any database -> ``Schema``. Part of the public interface."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ansible_collections.auth.services.plugins.module_utils.account import visible
from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.database import Database, SchemaError
from ansible_collections.auth.services.plugins.module_utils.engines.common import NotCounted, Text, driver_message
from ansible_collections.auth.services.plugins.module_utils.joins import joins_in
from ansible_collections.auth.services.plugins.module_utils.schema import Join, Schema, Table

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

MOST_WARNINGS = 20


def read_schema(
    database: Database, connection: Connection, tables: Sequence[str] = (), schemas: Sequence[str] = (),
    texts: bool = True, statements: bool = False,
) -> Schema:
    """All that a database declares, by as many statements for three tables as for three thousand; of SQLite, by a few
    for each table, of its own file.

    :param tables: shell patterns that a table's name must match one of, without the ``table_prefix``; all where empty
    :param schemas: the same for schemas of PostgreSQL; where empty, ``login_schema``, or all that are not the server's
    :param texts: also what views, triggers and routines compare
    :param statements: also what the statements compare that the server has counted
    :raises SchemaError: without a schema of that name
    :raises SQLAlchemyError: where the database refuses even that
    """
    kind = database.kind
    chosen = _chosen(database, connection, schemas)
    found, warnings = kind.catalogue(connection, chosen)
    found = {name: table for name, table in found.items() if name.startswith(database.prefix) and (
        not tables or any(fnmatchcase(name[len(database.prefix):], pattern) for pattern in tables))}
    joins: dict[Join, str] = {}
    if texts:
        warnings += _read_joins(connection, lambda: kind.texts(connection, chosen), found, joins,
                                "views, triggers and routines")
    if statements:
        warnings += _read_joins(connection, lambda: kind.statements(connection), found, joins, "statements")
    if len(warnings) > MOST_WARNINGS:
        warnings = [*warnings[:MOST_WARNINGS], f"and {len(warnings) - MOST_WARNINGS} more"]
    return Schema(kind.name, found, kind.version(connection), chosen[0], joins,
                  tuple(f"{database.describe()}: {visible(warning).rstrip('.')}." for warning in warnings),
                  strict=kind.is_server)


def _chosen(database: Database, connection: Connection, patterns: Sequence[str]) -> list[str]:
    """The schemas to read, the one first whose tables have no schema in front of their name."""
    if not database.kind.has_schemas:
        return [""]
    names = database.kind.schema_names(connection)
    patterns = patterns or [name for name in [database.schema] if name]
    chosen = [name for name in names if not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)]
    if patterns and not chosen:
        there = ", ".join(map(repr, names)) or "none"
        raise SchemaError(f"{database.describe()}: no schema {' or '.join(map(repr, patterns))} is found that"
                          f" login_user may use; there is {there}. Nothing was written.")
    if database.schema in chosen:
        chosen = [database.schema, *(name for name in chosen if name != database.schema)]
    return chosen or ["public"]


def _read_joins(
    connection: Connection, read: Callable[[], list[Text]], tables: dict[str, Table], joins: dict[Join, str], what: str,
) -> list[str]:
    """Add the joins in texts to those found; what could not be read."""
    texts: list[Text] = []
    try:
        with connection.begin_nested():
            texts = read()
    except NotCounted as error:
        return [f"{error}, so that statements say nothing"]
    except sa.exc.DBAPIError as error:
        if error.connection_invalidated:
            raise
        return [f"{what} cannot be read: {driver_message(error)}"]
    columns = {name: {column.name for column in table.columns} for name, table in tables.items()}
    for text in texts:
        for join in sorted(joins_in(text.text, columns, text.row_of)):
            joins.setdefault(join, text.name)
    return []
