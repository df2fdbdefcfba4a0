# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SQLite, through the driver of Python itself."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import is_valid_unicode, printable
from ansible_collections.auth.services.plugins.module_utils.columns import sa, utf8_binary_type
from ansible_collections.auth.services.plugins.module_utils.engines.common import (
    MOST_TEXT,
    MOST_TEXTS,
    NAME,
    Engine,
    Equality,
    Text,
    ask,
    driver_message,
)
from ansible_collections.auth.services.plugins.module_utils.schema import Column, Table, with_details
from ansible_collections.auth.services.plugins.module_utils.sqlite_file import SQLiteFile, no_longer_than
from ansible_collections.auth.services.plugins.module_utils.watch import SECONDS

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

MOST_VALUE = 64 << 20  # bytes of one value, or one row
MOST_STEPS = 1_000_000  # of SQLite's machine between two looks at the clock
TRANSIENT = ("database is locked", "database table is locked", "UNIQUE constraint failed")
WITHOUT_ROWID = re.compile(r"\bwithout\s+rowid\b[^()'\"]*$", re.IGNORECASE)
MOST_COUNTED = 100_000
"""Rows of a table that are counted: SQLite keeps no number of them."""
TABLES = """
SELECT name, type, rootpage, sql FROM sqlite_master WHERE type IN ('table', 'view') AND substr(name, 1, 7) <> 'sqlite_'
"""
SHADOW = re.compile("_(?:config|content|data|docsize|idx|node|parent|rowid|segdir|segments|stat)$")
"""Ends of the names of tables in which modules of virtual tables keep what they hold."""
TEXTS = f"""
SELECT type || ' ' || name, substr(sql, 1, {MOST_TEXT}), CASE type WHEN 'trigger' THEN tbl_name ELSE '' END
FROM sqlite_master WHERE type IN ('view', 'trigger') LIMIT {2 * MOST_TEXTS}
"""
ASCII_CAPITALS = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


class SQLite(Engine):
    """A file of SQLite."""

    name, product = "sqlite", "SQLite"
    is_server = False
    lowers_all = False
    compares_all = True
    moments_are_text = True
    hints = (
        (r"database (?:table )?is locked",
         "Another process is writing to it. Run the task again, or raise connect_timeout."),
        (r"is not a database", "Check the path in login_db."),
        (r"^interrupted$", f"SQLite worked on one statement for more than {SECONDS} seconds."),
        (r"string or blob too big",
         f"A value in it is larger than {MOST_VALUE >> 20} MiB, more than accounts have."),
        (r"disk I/O error", "Check the journal beside it, and whether the application can still use the database."),
        (r"beside the database is not a file", "Remove it; SQLite does not create anything like it."),
        (r"read-?only", "It is read-only. Check the write permission on it and on its folder{rights}."),
        (r"unable to open database file", "Check the path in login_db and the permissions on it{rights}."),
    )
    denied = r"read-?only"

    def drivers(self) -> tuple[Mapping[str, tuple[int, ...]], str]:
        return {"sqlite3": ()}, "sqlite3"

    def connect_arguments(self, options: Mapping[str, Any]) -> dict[str, Any]:
        # Another writer (the application) is waited for so long.
        return {"timeout": options["connect_timeout"]}

    def file(self, options: Mapping[str, Any]) -> SQLiteFile | None:
        return SQLiteFile(options["login_db"])

    def url(self, driver: str, options: Mapping[str, Any], file: SQLiteFile | None) -> Any:
        path = file.path if file else options["login_db"]
        # mode=rw: SQLite would make an empty file of a mistyped path.
        return sa.engine.URL.create("sqlite+pysqlite", database=f"file://{_uri_path(path)}",
                                    query={"mode": "rw", "uri": "true"})

    def listen(self, engine: Any, options: Mapping[str, Any], charset: str) -> None:
        def begin(connection: Connection) -> None:
            with no_longer_than(options["connect_timeout"]):
                _begin(connection)

        sa.event.listen(engine, "connect", _bound)
        sa.event.listen(engine, "begin", begin)

    def folds_tables(self, connection: Connection) -> bool:
        return True

    def gives_numbers(self, column: Any) -> bool:
        return bool(column.primary_key)

    def unique_indexes(self, connection: Connection, table: Any) -> list[list[Any]]:
        # SQLAlchemy reads of UNIQUE what it finds in the text of CREATE TABLE, which is not all.
        statement = sa.text("SELECT i.name, c.name FROM pragma_index_list(:name) i, pragma_index_info(i.name) c"
                            " WHERE i.\"unique\" AND NOT i.partial")
        indexes: dict[str, list[Any]] = {}
        for index, column in connection.execute(statement, {"name": table.name}):
            indexes.setdefault(index, []).append(column)
        return list(indexes.values())

    def version(self, connection: Connection) -> str:
        return str(connection.exec_driver_sql("SELECT sqlite_version()").scalar_one())

    def catalogue(self, connection: Connection, schemas: Sequence[str]) -> tuple[dict[str, Table], list[str]]:
        tables, columns, keys, references, warnings = [], [], [], [], []
        listed = list(connection.exec_driver_sql(TABLES))
        virtual = {name for name, kind, page, _sql in listed if kind == "table" and not page}
        listed = [row for row in listed if SHADOW.sub("", row[0]) not in virtual - {row[0]}]
        names = {row[0].lower(): row[0] for row in listed}
        for name, kind, page, text in listed:
            view = kind == "view"
            if not is_valid_unicode(name):
                warnings.append(f"{kind} {printable(name)} cannot be read: its name is not valid UTF-8")
                continue
            try:
                # Those of a virtual table are its module's own business, and a view may be of tables that are gone.
                found, primary = _columns(connection, name, not view and page, text or "")
                count = None if view else _count(connection, name)
                references += [] if view else _references(connection, name, names)
                keys += [] if view else [(name, "", "primary", one) for one in primary] + _keys(connection, name)
            except sa.exc.DBAPIError as error:
                warnings.append(f"{kind} {name} cannot be read: {driver_message(error)}")
                found, count = [], None
            tables.append(Table(name, (), is_view=view, rows=count))
            columns += [(name, column) for column in found]
        result = with_details(tables, columns, keys, references)
        return {name: _with_targets(table, result) for name, table in result.items()}, warnings

    def texts(self, connection: Connection, schemas: Sequence[str]) -> list[Text]:
        return [Text(name, text or "", table) for name, text, table in connection.exec_driver_sql(TEXTS)]

    def stop_after(self, connection: Connection, seconds: float) -> None:
        end = time.monotonic() + (seconds or SECONDS)
        driver: Any = connection.connection
        driver.set_progress_handler(lambda: time.monotonic() > end, MOST_STEPS // 100 if seconds else MOST_STEPS)

    def unique_expressions(self, connection: Connection, table: Any) -> list[str]:
        text = "SELECT sql FROM sqlite_master WHERE type = 'index' AND lower(tbl_name) = lower(:name) AND sql <> ''"
        found = (re.match(r"create\s+unique\s[^(]*\((.*)\)\s*$", row[0], re.IGNORECASE | re.DOTALL)
                 for row in connection.execute(sa.text(text), {"name": table.name}))
        return [match[1] for match in found if match]

    def python_types(self, kind: type) -> tuple[type, ...]:
        # Alone of the engines it stores any value in any column.
        if issubclass(kind, (sa.Boolean, sa.Integer)):
            return (int,)
        if issubclass(kind, (sa.Numeric, sa.Float)):
            return (int, float)
        if issubclass(kind, sa.LargeBinary):
            return (bytes,)
        moments = issubclass(kind, (sa.Date, sa.DateTime, sa.Time))
        return (str,) if moments or issubclass(kind, sa.String) else ()

    def is_as_stored(self, kind: type) -> bool:
        return issubclass(kind, (sa.Boolean, sa.Integer, sa.String))

    def utf8_binary(self) -> Any:
        return utf8_binary_type(as_text=True)

    def exact(self, column: Any, charset: str) -> Any:
        return sa.collate(column, "BINARY")

    def byte_length(self, text: Any) -> Any:
        return sa.func.length(sa.cast(text, sa.LargeBinary))

    def _equality(self, connection: Connection, column: Any) -> Equality:
        # A compound query compares as the column of its first part does.
        rows = sa.select(column.label("name")).where(sa.false()).union_all(sa.select(sa.literal("a"))).subquery()
        asked: Any = sa.select(*(rows.c.name == sa.literal(name) for name in ("A", "a ")))
        case, blanks = connection.execute(asked).one()
        return Equality(collation="NOCASE" if case else "RTRIM" if blanks else "")

    def _storable(self, connection: Connection, column: Any, rule: Equality, names: list[str]) -> list[str]:
        return [name for name in names if is_valid_unicode(name)]

    def _keys(
        self, connection: Connection, column: Any, rule: Equality, names: Collection[str],
        compare: Callable[[Any], Any] | None,
    ) -> Iterable[tuple[str, Any]]:
        if compare is not None:  # the result of a function has no collation
            return ask(connection, names, compare(NAME))
        if rule.collation == "NOCASE":
            return [(name, name.translate(ASCII_CAPITALS)) for name in names]
        return [(name, name.rstrip(" ")) for name in names]

    def is_transient(self, original: Any) -> bool:
        code = original.args[0] if original.args else None
        return isinstance(code, str) and code.startswith(TRANSIENT)


def _uri_path(path: str) -> str:
    # The characters that have a meaning in a SQLite URI (https://www.sqlite.org/uri.html).
    return os.path.abspath(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _bound(connection: Any, record: Any) -> None:
    # The driver would begin by itself, and only before the first write: a reader could then not become a writer.
    connection.isolation_level = None
    # As utf8_binary_type does it: one row with other bytes must not make a whole table unreadable.
    connection.text_factory = lambda data: data.decode(errors="surrogateescape")
    if hasattr(connection, "setlimit"):  # Python 3.11
        connection.setlimit(import_module("sqlite3").SQLITE_LIMIT_LENGTH, MOST_VALUE)
    end = time.monotonic() + SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > end, MOST_STEPS)


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
    if not write:
        # It looks for a journal now, and not only at the first SELECT.
        connection.exec_driver_sql("PRAGMA schema_version").close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _columns(connection: Connection, name: str, page: int, text: str) -> tuple[list[Column], list[str]]:
    """The columns of a table, and those of its primary key in their order.

    :param page: where it begins in the file; 0 for views and virtual tables
    """
    rows = list(connection.exec_driver_sql(f"PRAGMA table_xinfo({_quoted(name)})"))
    primary = [row[1] for row in sorted(rows, key=lambda row: row[5]) if row[5]]
    columns = []
    for _number, column, kind, must, default, part, hidden in rows:
        kind = kind.lower()
        # https://www.sqlite.org/lang_createtable.html#rowid
        numbered = page and part and len(primary) == 1 and kind == "integer" and not WITHOUT_ROWID.search(text)
        if hidden != 1:  # of a virtual table
            columns.append(Column(column, kind, not (must or numbered), "auto" if numbered else default, hidden > 1))
    return columns, primary


def _count(connection: Connection, name: str) -> int:
    statement = f"SELECT count(*) FROM (SELECT 1 FROM {_quoted(name)} LIMIT {MOST_COUNTED})"
    return int(connection.exec_driver_sql(statement).scalar_one())


def _keys(connection: Connection, name: str) -> list[tuple[str, str, str, str | None]]:
    """The indexes of a table. What stands in CREATE TABLE has one, too."""
    found = []
    indexes = list(connection.exec_driver_sql(f"PRAGMA index_list({_quoted(name)})"))
    for _number, index, unique, origin, partial in indexes:
        kind = "unique" if unique and not partial else "index"
        if origin != "pk":
            found += [(name, index, kind, row[2])
                      for row in connection.exec_driver_sql(f"PRAGMA index_info({_quoted(index)})")]
    return found


def _references(
    connection: Connection, name: str, names: Mapping[str, str]
) -> list[tuple[str, str, str, str, str]]:
    """The foreign keys of a table; one that leads to the primary key has no columns of the other table."""
    rows = list(connection.exec_driver_sql(f"PRAGMA foreign_key_list({_quoted(name)})"))
    return [(name, str(row[0]), row[3], names.get(row[2].lower(), row[2]), row[4] or "")
            for row in sorted(rows, key=lambda row: (row[0], row[1]))]


def _with_targets(table: Table, tables: Mapping[str, Table]) -> Table:
    """The table, with the columns of other tables as they are called there."""
    keys = []
    for key in table.foreign_keys:
        other = tables.get(key.table)
        columns: tuple[str, ...] = key.to_columns
        if other is not None:
            known = {column.name.lower(): column.name for column in other.columns}
            columns = tuple(known.get(name.lower(), name) for name in columns) if all(columns) else other.primary_key
        if all(columns) and len(columns) == len(key.columns):
            keys.append(replace(key, to_columns=columns))
    return replace(table, foreign_keys=tuple(keys))
