# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SQLite, through the driver of Python itself."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import is_valid_unicode
from ansible_collections.auth.services.plugins.module_utils.columns import sa, utf8_binary_type
from ansible_collections.auth.services.plugins.module_utils.engines.common import NAME, Engine, Equality, ask
from ansible_collections.auth.services.plugins.module_utils.sqlite_file import SQLiteFile, no_longer_than
from ansible_collections.auth.services.plugins.module_utils.watch import SECONDS

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

MOST_VALUE = 64 << 20  # bytes of one value, or one row
MOST_STEPS = 1_000_000  # of SQLite's machine between two looks at the clock
TRANSIENT = ("database is locked", "database table is locked", "UNIQUE constraint failed")
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
