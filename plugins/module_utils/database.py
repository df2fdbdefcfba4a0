# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A SQLAlchemy engine, reflected tables, one transaction with retry, and errors in plain words.

The only file that imports SQLAlchemy. Part of the public interface of the collection.
"""

from __future__ import annotations

import copy
import datetime
import functools
import logging
import os
import random
import re
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from ansible_collections.auth.services.plugins.module_utils.account import TaskError
from ansible_collections.auth.services.plugins.module_utils.connection import (
    LIBPQ_REQUIRES,
    PLACE_IN_PYTHON,
    PORTS,
    READABLE,
    UTF8,
    charset_of,
    checked_options,
    doubt,
    driver_arguments,
    is_encrypted,
    is_loopback,
    libpq_version,
    mysql_connect,
    postgresql_connect,
    speak_as,
    ssl_mode,
)
from ansible_collections.auth.services.plugins.module_utils.passwords import MissingLibrary
from ansible_collections.auth.services.plugins.module_utils.sqlite_file import SQLiteFile, no_longer_than, user_name
from ansible_collections.auth.services.plugins.module_utils.watch import SECONDS, Watch

try:
    import sqlalchemy as sa
    from sqlalchemy import event, exc
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.pool import NullPool

    SQLALCHEMY_IMPORT_ERROR = ""
except ImportError:
    sa = None  # type: ignore[assignment]
    SQLALCHEMY_IMPORT_ERROR = traceback.format_exc()

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

Result = TypeVar("Result")

PRODUCTS = {"mysql": "MySQL/MariaDB", "postgresql": "PostgreSQL", "sqlite": "SQLite"}
ATTEMPTS = 5
MOST_VALUE = 64 << 20  # bytes of one value, or one row, of SQLite
MOST_STEPS = 1_000_000  # of SQLite's machine between two looks at the clock
MOST_SHOWN = 60  # characters of a value that cannot be read
ZERO_DATE = re.compile("0000-00-00( 00:00:00(\\.0+)?)?$")
"""What MySQL stores for no moment at all; PyMySQL gives it as text."""
# Worth another try, from the reading on. MySQL: record changed, duplicate key, lock wait timeout, deadlock, server
# gone, lost connection (https://mariadb.com/kb/en/mariadb-error-code-reference/). PostgreSQL, SQLSTATE: unique
# violation, serialization failure, deadlock, lock not available, server shut down or starting, connection failures. A
# duplicate key, since somebody inserted the row between our reading and writing.
MYSQL_TRANSIENT = frozenset((1020, 1062, 1205, 1213, 2006, 2013, 4031))
POSTGRESQL_TRANSIENT = re.compile(r"23505|40001|40P01|55P03|57P0[123]|08...")
SQLITE_TRANSIENT = ("database is locked", "database table is locked", "UNIQUE constraint failed")

NO_CONNECTION = (
    r"\(20(?:0[236]|13)\)|connection to server .* failed|[Cc]onnection (?:refused|timeout)|timeout expired|"
    r"could not translate host|failed to resolve|Packet sequence number|server closed the connection|invalid response"
)
DENIED = re.compile(
    r"\((?:1044|1142|1143|1227|1290|1836)\)|permission denied for|row-level security|read-?only|readonly")
HINTS = (
    (r"valid client certificate|certificate authentication failed|\balert\b.*\b(?:ca|certificate)\b",
     "Give a client_cert and client_key that the server accepts for login_user."),
    (r"\(1045\)|password authentication failed|no password supplied",
     "Check login_user and login_password, and whether the server wants TLS (ssl_mode) or a client_cert of this user."),
    (r"pg_hba\.conf", "The server takes no such connection: check login_host, login_user, login_db and ssl_mode."),
    (r"\(1044\)|\(1049\)|database \".*\" does not exist", "Check login_db, and that login_user may use it."),
    (r"(?i)certificate verify failed|server certificate for",
     "Check ca_cert, and that the server's certificate is for login_host and has not expired."),
    (r"SSL is required|SSL was required", "The server offers no TLS, and ssl_mode is {ssl_mode}."),
    (f"{READABLE}|auth.* method requirement .* failed",
     "Give ca_cert, so that the server is verified, or connect through login_unix_socket."),
    (r"^interrupted$", "SQLite worked on one statement for more than {seconds} seconds."),
    (r"string or blob too big", "One value of it is larger than {most} MiB, more than any that belongs to an account."),
    (r"disk I/O error", "Look at the journal beside it, and whether the application can still use it."),
    (r"beside the database is not a file", "Remove it: nothing of SQLite makes such a thing."),
    (NO_CONNECTION,
     "Check login_host, login_port or login_unix_socket, and that the server runs{client}."),
    (r"invalid byte sequence for encoding",
     "A row holds text that is not UTF-8, which this database (SQL_ASCII) lets in: correct it in the application."),
    (r"row-level security",
     "Policies hide rows from login_user: log in as a role that they hide nothing from, or one with BYPASSRLS."),
    (r"SHOW command denied", "Give login_user the privilege SELECT on this table."),
    (r"SHOW VIEW command denied", "It is a view: give login_user the privileges SELECT and SHOW VIEW on it."),
    (r"SELECT with locking clause",
     "MySQL locks rows for a user who has the privilege UPDATE on the table: give it to login_user."),
    (r"\(1142\)|\(1143\)|\(1227\)|permission denied for",
     "Give login_user the privileges that the module's documentation lists for this state."),
    (r"\(1290\)|\(1836\)|read-?only", "It takes no writes: use the primary server, and a user that may write{rights}."),
    (r"unable to open database file", "Check the path in login_db and the rights on it{rights}."),
)


class DatabaseError(TaskError):
    """A database did not do what it should, in one or two sentences for the administrator.

    :ivar commit_lost: the connection was lost at the commit, so that nobody knows whether it was done
    """

    commit_lost = False


class SchemaError(DatabaseError):
    """Tables or columns are missing: this is not a database of the service type."""


class SequenceError(DatabaseError):
    """A sequence gives numbers that rows have already, of which another attempt does not get better.

    :param column: that it numbers
    """

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


class Unreadable(str):
    """Text, cut short, of a value of another type than its column's, or of one that Python cannot hold.

    It is of no use but to be shown. Who meets one knows that nobody can tell what the row holds.
    """

    @classmethod
    def of(cls, value: Any) -> Unreadable:
        """In place of this value."""
        text = repr(value[:MOST_SHOWN]) if isinstance(value, bytes) else str(value)
        return cls(text[:MOST_SHOWN])


class Doubtful(Unreadable):
    """Text that is not ASCII, of which nobody can tell what the application takes it for.

    :ivar reason: which column it is of, and what to do, as the end of a sentence
    """

    reason = ""

    @classmethod
    def because(cls, value: str, reason: str) -> Doubtful:
        """This text, as the server gives it."""
        text = cls(value)
        text.reason = reason
        return text


def version_of(module: Any) -> tuple[int, ...]:
    """The version of a library as numbers, for comparisons; C((0,)) when it tells none."""
    match = re.match(r"\d+(?:\.\d+)*", str(getattr(module, "__version__", "0")))
    return tuple(int(part) for part in match.group().split(".")) if match else (0,)


def require_libraries(engine: str) -> str:
    """Make sure that SQLAlchemy and a driver for the engine are there.

    :returns: the driver's name in a SQLAlchemy URL
    :raises MissingLibrary: naming what is missing or too old
    """
    if sa is None:
        raise MissingLibrary("SQLAlchemy >= 1.4", "on the managed host", SQLALCHEMY_IMPORT_ERROR)
    if version_of(sa) < (1, 4):
        found = f"on the managed host; {sa.__version__} was found in {sa.__file__}"
        raise MissingLibrary("SQLAlchemy >= 1.4", found)
    if engine == "sqlite":
        return "pysqlite"
    if engine == "mysql":
        drivers, wanted = ["pymysql"], "PyMySQL >= 1.0"
    else:
        # SQLAlchemy speaks psycopg from 2.0 on.
        drivers = ["psycopg", "psycopg2"] if version_of(sa) >= (2, 0) else ["psycopg2"]
        wanted = " or ".join(drivers)
    details, found = None, "on the managed host for this login_engine"
    for driver in drivers:
        try:
            library = import_module(driver)
        except ImportError:
            details = traceback.format_exc()
            continue
        if driver != "pymysql" or version_of(library) >= (1, 0):
            return driver
        found = f"on the managed host; {getattr(library, '__version__', '?')} was found in {library.__file__}"
    raise MissingLibrary(wanted, found, details)


class Database:
    """The database of one service.

    :param options: ``options.CONNECTION_OPTIONS`` and ``login_engine``, as Ansible validated them
    :param column_type: called with (reflected type, engine name) of each column; gives another type or None
    :param charset: which character set the application's own connection to MySQL has; empty where that is a setting of
        each installation, which the option C(charset) gives
    :ivar charset: which one this connection has, as the server is told
    :ivar asks_charset: nobody has said it, and in some columns text means what nobody can tell
    :ivar engine_name: C(mysql), C(postgresql) or C(sqlite)
    :ivar prefix: put before the name of each table
    :ivar warnings: sentences for the administrator
    :raises MissingLibrary: without SQLAlchemy or the engine's driver
    :raises OptionError: for contradictory options
    """

    def __init__(
        self, options: Mapping[str, Any], column_type: Callable[[Any, str], Any] = lambda reflected, engine: None,
        charset: str = UTF8[0],
    ) -> None:
        self.options = options
        self.engine_name: str = options["login_engine"]
        self.prefix: str = options.get("table_prefix") or ""
        self.schema: str | None = options.get("login_schema") if self.engine_name == "postgresql" else None
        self._column_type = column_type
        self._tables: dict[str, Any] = {}
        self._names: frozenset[str] | None = None
        self._views: frozenset[str] = frozenset()
        self._spellings: dict[str, dict[str, str]] = {}
        self._folds: bool | None = False if self.engine_name == "postgresql" else None
        self.warnings: list[str] = []
        self._watch: Watch | None = None
        self._file: SQLiteFile | None = None
        driver = require_libraries(self.engine_name)
        checked = checked_options(options)
        charset = checked.get("charset") or charset
        self._connection_options = {**checked, "charset": charset}
        self.charset = charset_of(self._connection_options)
        self.asks_charset = self.engine_name == "mysql" and not charset
        self.engine = self._create_engine(driver)

    def describe(self) -> str:
        """What and where, for messages."""
        options = self.options
        text = f"{PRODUCTS[self.engine_name]} database {options['login_db']!r}"
        if self.engine_name == "sqlite":
            return text
        if options.get("login_unix_socket"):
            text += f" through {options['login_unix_socket']}"
        elif options.get("config_file") and not options.get("login_host"):
            text += f" as told by {options['config_file']}"
        else:
            host = options.get("login_host") or "localhost"
            host = f"[{host}]" if ":" in host else host
            text += f" at {host}:{options.get('login_port') or PORTS[self.engine_name]}"
        if options.get("login_user"):
            text += f" as {options['login_user']!r}"
        return text

    def _create_engine(self, driver: str) -> Engine:
        options, arguments = self.options, driver_arguments(self._connection_options)
        if self.engine_name == "sqlite":
            self._file = SQLiteFile(options["login_db"])
            # mode=rw: SQLite would make an empty file of a mistyped path.
            url = sa.engine.URL.create("sqlite+pysqlite", database=f"file://{_uri_path(self._file.path)}",
                                       query={"mode": "rw", "uri": "true"})
        else:
            url = sa.engine.URL.create(f"{self.engine_name}+{driver}", database=options["login_db"])
        # hide_parameters: the text of an error would quote bound values, password hashes among them.
        settings: dict[str, Any] = {"connect_args": arguments, "hide_parameters": True, "poolclass": NullPool}
        if self.engine_name == "mysql":
            # Its gap locks keep others from inserting what was not there when we looked; a server may default to less.
            settings["isolation_level"] = "REPEATABLE READ"
        engine = sa.create_engine(url, future=True, **settings)
        event.listen(engine, "do_connect", self._connect_to_file if self._file else self._connect_to_server)
        if self.engine_name == "postgresql":
            # Without a handler Python prints what psycopg logs of an error, the values that the server quotes too.
            logging.getLogger("psycopg").addHandler(logging.NullHandler())
            event.listen(engine, "connect", _psycopg_settings if driver == "psycopg" else _psycopg2_settings)
            event.listen(engine, "begin", _postgresql_begin)
        if self.engine_name == "sqlite":
            event.listen(engine, "connect", _sqlite_settings)
            event.listen(engine, "begin", self._begin_in_file)
            return engine
        if self.engine_name == "mysql":
            event.listen(engine, "connect", lambda connection, record: speak_as(connection, self.charset))
        # The connection stands when SQLAlchemy, too, has asked what it wants to know of a server.
        event.listen(engine, "connect", lambda connection, record: record.info["watch"].stop())
        event.listen(engine, "close", lambda connection, record: record.info["watch"].close())
        for name in ("before_cursor_execute", "commit", "rollback"):
            event.listen(engine, name, lambda connection, *arguments: connection.info["watch"].start())
        event.listen(engine, "after_cursor_execute", lambda connection, *arguments: connection.info["watch"].stop())
        return engine

    def _connect_to_file(self, dialect: Any, record: Any, arguments: Any, parameters: dict[str, Any]) -> Any:
        return self._file.connect(dialect.connect, *arguments, **parameters)  # type: ignore[union-attr]

    def _begin_in_file(self, connection: Connection) -> None:
        with no_longer_than(self.options["connect_timeout"]):
            _sqlite_begin(connection)

    def _connect_to_server(self, dialect: Any, record: Any, arguments: Any, parameters: dict[str, Any]) -> Any:
        try:
            if self.engine_name == "mysql":
                connection, watch = mysql_connect(parameters, self._connection_options)
            else:
                connection, watch = postgresql_connect(dialect.connect, parameters)
        except dialect.dbapi.Error:
            raise
        except Exception as error:
            # What drivers make of a name that no host can have, of another kind of server, of a library they miss
            raise dialect.dbapi.OperationalError(2003, f"Can't connect to the server ({error})") from error
        self._watch = record.info["watch"] = watch
        try:
            self._look_at(connection, watch)
        except BaseException:
            watch.close()
            connection.close()
            raise
        return connection

    def _look_at(self, connection: Any, watch: Watch) -> None:
        """Say what others can do to a connection, and refuse one that would let the application's code do anything."""
        options = self._connection_options
        if not is_loopback(watch.peer):
            text = doubt(options, is_encrypted(connection))
            if text and self.engine_name == "postgresql" and libpq_version() < LIBPQ_REQUIRES:
                text += (". The libpq of this host also gives login_password to any server that asks for it; from"
                         " release 16 on it does not")
            text = text and f"{self.describe()}: {text}."
            if text and text not in self.warnings:
                self.warnings.append(text)
        if self.engine_name == "postgresql":
            power = _postgresql_power(connection)
            if power:
                raise DatabaseError(
                    f"{self.describe()}: login_user {power}. Whoever owns the tables would have that power too, by a"
                    " trigger, an operator or a function that a statement of this task calls. Create a role that has"
                    " nothing but the privileges that the module's documentation lists, and log in as that. Nothing was"
                    " written.")

    @contextmanager
    def connect(self, write: bool = False) -> Iterator[Connection]:
        """A connection in a transaction: committed at the end if C(write), rolled back otherwise and on errors.

        :raises DatabaseError: for anything the server or the driver objects to
        """
        committing = False
        try:
            with self.engine.connect() as connection:
                connection = connection.execution_options(write=write)
                with connection.begin() as transaction:
                    yield connection
                    committing = write
                    if not write:
                        transaction.rollback()
        except exc.SQLAlchemyError as error:
            if self._watch is not None and self._watch.reason:
                # No cause: another attempt would end in the same way.
                raise self.plain_error(ValueError(self._watch.reason), committing) from None
            raise self.plain_error(error, committing and is_disconnect(error)) from error
        except UnicodeEncodeError as error:
            # Declared text is looked at before: this was read, and SQLite takes it for a key or a value no more.
            raise DatabaseError(f"{self.describe()}: a row that is concerned holds text that is not valid UTF-8, which"
                                " cannot be written. Correct it in the application. Nothing was written.") from error
        except OverflowError as error:  # SQLite's driver; the servers say so themselves
            raise DatabaseError(f"{self.describe()}: a number is too large for any column."
                                " Nothing was written.") from error

    def transaction(self, work: Callable[[Connection], Result], write: bool = True) -> Result:
        """Run C(work) in one transaction, again from its beginning after a failure that passes.

        A deadlock, a lock timeout, a lost connection, or a row that somebody else inserted in between; after one of
        these also a connection that is refused, as a server does that starts anew.

        :raises DatabaseError: when it still fails after ATTEMPTS attempts, or at once for anything else
        """
        commit_lost = False
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.connect(write) as connection:
                    return work(connection)
            except DatabaseError as error:
                cause = error.__cause__
                commit_lost = commit_lost or error.commit_lost
                again = is_transient(cause) or (attempt > 1 and is_refused(cause))
                if attempt == ATTEMPTS or not again:
                    if commit_lost and isinstance(cause, exc.SQLAlchemyError):
                        raise self.plain_error(cause, True) from cause
                    raise
                time.sleep(random.uniform(0.05, 0.2) * 2**attempt)
        raise DatabaseError("unreachable")

    def plain_error(self, error: Exception, commit_lost: bool = False) -> DatabaseError:
        """The error as an administrator can read it, with no bound value in it."""
        text = driver_message(error)
        statement = getattr(error, "statement", None)
        if statement and text.startswith("permission denied for"):
            text += f", which needs {_postgresql_privilege(text, statement)}"
        hint = next((" " + hint for pattern, hint in HINTS if re.search(pattern, text)), "")
        options = self._connection_options
        client = " and accepts client_cert" if options.get("client_cert") else ""
        rights = f", which {user_name(self._file.user)} must have" if self._file and self._file.user else ""
        hint = hint.format(ssl_mode=ssl_mode(options), client=client, rights=rights, seconds=SECONDS,
                           most=MOST_VALUE >> 20)
        written = ("The answer to the commit was lost: either all is written or nothing. Run it again."
                   if commit_lost else "Nothing was written.")
        plain = DatabaseError(f"{self.describe()}: {text.rstrip('.')}.{hint} {written}")
        plain.commit_lost = commit_lost
        return plain

    def attempt(self, connection: Connection, work: Callable[[], Any]) -> DatabaseError | None:
        """Do work in a savepoint. What the database objects to in what it writes; nothing of it is written then.

        :raises SQLAlchemyError: for what has nothing to do with what is written
        """
        try:
            with connection.begin_nested():
                work()
        except exc.DBAPIError as error:
            if is_disconnect(error) or is_transient(error) and not is_duplicate(error):
                raise
            plain = self.plain_error(error)
            plain.__cause__ = error
            return plain
        except (OverflowError, UnicodeEncodeError) as error:  # SQLite's driver
            return DatabaseError(str(error))
        return None

    def table_names(self, connection: Connection) -> frozenset[str]:
        """Names of all tables and views that this user can see, read once."""
        if self._names is None:
            inspector, tables = sa.inspect(connection), []
            if self.engine_name == "mysql":
                # SQLAlchemy passes over what MariaDB calls neither table nor view (SYSTEM VERSIONED).
                kinds = dict(tuple(row) for row in connection.exec_driver_sql("SHOW FULL TABLES"))
                tables, views = list(kinds), [name for name, kind in kinds.items() if kind.endswith("VIEW")]
            else:
                tables = inspector.get_table_names(schema=self.schema)
                views = inspector.get_view_names(schema=self.schema)
                if hasattr(inspector, "get_materialized_view_names") and self.engine_name == "postgresql":
                    views += inspector.get_materialized_view_names(schema=self.schema)
            self._names, self._views = frozenset((*tables, *views)), frozenset(views)
        return self._names

    def is_view(self, table: Any) -> bool:
        """Whether a reflected table is a view: it is read, and nothing is written to it."""
        return table.name in self._views

    def _name_of(self, connection: Connection, name: str) -> str | None:
        """What the server calls a table; it may take its name in any case of letters."""
        full, names = self.prefix + name, self.table_names(connection)
        if full in names:
            return full
        if self._folds is None:
            self._folds = self.engine_name == "sqlite" or bool(
                connection.exec_driver_sql("SELECT @@lower_case_table_names").scalar_one())
        return next((one for one in sorted(names) if one.lower() == full.lower()), None) if self._folds else None

    def has_table(self, connection: Connection, name: str) -> bool:
        """Whether the table is there; C(name) without the prefix."""
        return self._name_of(connection, name) is not None

    def table(self, connection: Connection, name: str) -> Any:
        """A reflected table; C(name) without the prefix.

        :raises SchemaError: when there is no such table
        """
        if name not in self._tables:
            self.require(connection, {name: ()})
        return self._tables[name]

    def require(self, connection: Connection, needed: Mapping[str, Iterable[str]]) -> None:
        """Reflect these tables and no other, and check that they have the columns needed.

        :param needed: columns by table, the table's name without the prefix
        :raises SchemaError: naming every table and column that is missing
        """
        missing = [name for name in needed if not self.has_table(connection, name)]
        if missing:
            raise SchemaError(self._missing_tables(connection, missing, {*needed, *self._tables}))
        problems = []
        for name, columns in needed.items():
            self._spellings.setdefault(name, {}).update((column.lower(), column) for column in columns)
            if name not in self._tables or any(
                    self._spelled(name, column.name) != column.name for column in self._tables[name].c):
                self._tables[name] = self._reflect(connection, name)
            absent = [column for column in columns if column not in self._tables[name].c]
            if absent:
                problems.append(f"table {self.prefix + name} has no column {', '.join(absent)}")
        if problems:
            raise SchemaError(f"{self.describe()}: {'; '.join(problems)}. Nothing was written.")

    def _spelled(self, table: str, column: str) -> str:
        """The name of a column as we spell it: all engines but PostgreSQL take it in any case of letters."""
        return column if self.engine_name == "postgresql" else self._spellings[table].get(column.lower(), column)

    def _missing_tables(self, connection: Connection, missing: list[str], needed: set[str]) -> str:
        names = self.table_names(connection)
        text = f"{self.describe()}: table {', '.join(self.prefix + name for name in missing)} not found"
        if self.schema:
            text += f" in schema {self.schema!r}"
        candidates = {name[: -len(missing[0])] for name in names if name.endswith(missing[0])} - {self.prefix}
        prefixes = sorted(prefix for prefix in candidates if all(prefix + name in names for name in needed))
        longer = tuple(prefix for prefix in prefixes if prefix.startswith(self.prefix))
        ours = [name for name in names if name.startswith(self.prefix) and not name.startswith(longer)]
        if prefixes and (self.prefix and ours or any(self.has_table(connection, name) for name in needed)):
            text += (f". Other tables with the prefix {self.prefix!r} are there. Does the application keep this one"
                     " elsewhere? A table also stays unseen without privileges on it")
        elif prefixes:
            shown = " or ".join(repr(prefix) for prefix in prefixes)
            text += f". Tables with the prefix {shown} are there: set table_prefix"
        elif not names:
            text += ". This user sees no table at all: check login_db and the user's privileges"
        else:
            text += ". Is this the right database and table_prefix? A table also stays unseen without privileges on it"
        return text + ". Nothing was written."

    def _reflect(self, connection: Connection, name: str) -> Any:
        actual = self._name_of(connection, name) or self.prefix + name
        doubts = self._doubts(connection, actual) if self.asks_charset else {}

        def replace(inspector: Any, table: Any, column: Any) -> None:
            column["type"] = self._column_type(column["type"], self.engine_name) or column["type"]
            column["type"] = _readable(column["type"], self.engine_name, doubts.get(column["name"], ""))
            spelled = self._spelled(name, column["name"])
            if spelled != column["name"]:
                column["name"] = spelled
                inspector.info_cache.clear()  # SQLAlchemy 1.4 would look for the keys under this name

        with warnings.catch_warnings():
            # SQLite takes any word for a type, INT(11) too; SQLAlchemy then passes over what it does not know.
            warnings.simplefilter("ignore", exc.SAWarning)
            return sa.Table(
                actual,
                sa.MetaData(),
                schema=self.schema,
                autoload_with=connection,
                resolve_fks=False,
                listeners=[("column_reflect", replace)],
            )

    def behind(self, table: Any, error: Exception, row: Mapping[str, Any]) -> SequenceError | None:
        """That a sequence of PostgreSQL gives numbers which rows have already, and how to mend it.

        :param error: of an insert
        :param row: what was inserted: a column that it names had its value from us
        """
        original = getattr(error, "orig", None)
        constraint = getattr(getattr(original, "diag", None), "constraint_name", None)
        keys = [key for key in table.constraints if constraint and key.name == constraint]
        columns = [column for key in keys for column in getattr(key, "columns", ()) if column.name not in row]
        if self.engine_name != "postgresql" or not columns or not is_duplicate(error):
            return None
        quote = postgresql.dialect().identifier_preparer
        name, column = quote.format_table(table), quote.quote(columns[0].name)
        default = re.search(r"nextval\('(.+?)'::regclass\)", str(getattr(columns[0].server_default, "arg", "")))
        literal = name.replace("'", "''")
        sequence = f"'{default[1]}'" if default else f"pg_get_serial_sequence('{literal}', '{columns[0].name}')"
        return SequenceError(
            columns[0].name,
            f"{self.describe()}: the sequence that numbers {columns[0].name} of table {table.name} is behind: it"
            " gave a number that a row has already, so that the application cannot insert any either. As the owner"
            f" of the table: SELECT setval({sequence}, (SELECT max({column}) FROM {name})); Nothing was written.")

    def _doubts(self, connection: Connection, name: str) -> dict[str, str]:
        """Why nobody can tell what text in a column means, by column.

        In other character sets than those of UTF-8, an application that says UTF-8 of its connection has its text, and
        one that says what the column says has bytes of UTF-8 there, each of which the server takes for a character.
        """
        names = ("table_schema", "table_name", "column_name", "character_set_name")
        columns = sa.table("columns", *map(sa.column, names), schema="information_schema").c
        statement = sa.select(columns.column_name, columns.character_set_name).where(
            columns.table_schema == sa.func.database(), columns.table_name == name,
            columns.character_set_name.not_in((*UTF8, "ascii", "binary")))
        return {column: f"{name}.{column} has the character set {charset}, and nobody can tell which one"
                        " the application's own connection has: give it in charset"
                for column, charset in connection.execute(statement)}

    def references(self, connection: Connection, name: str) -> list[tuple[str, str]]:
        """Tables, without prefix, and their column that a foreign key makes refer to a table.

        Tables that this user cannot see are not among them. A key of several columns refers to no single account.
        """
        inspector, found, actual = sa.inspect(connection), [], self._name_of(connection, name)
        for table in sorted(self.table_names(connection) - self._views):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", exc.SAWarning)  # of what SQLAlchemy does not know in any table
                keys = inspector.get_foreign_keys(table, schema=self.schema)
            for key in keys:
                columns = key["constrained_columns"]
                if key["referred_table"] == actual and len(columns) == 1:
                    ours = table[:len(self.prefix)].lower() == self.prefix.lower()
                    found.append((table[len(self.prefix):] if ours else table, columns[0]))
        return found

    def exact(self, column: Any) -> Any:
        """The column as an expression that equals a value of the same bytes alone, whatever its collation says.

        It uses no index: a condition has the column itself beside it.
        """
        if not is_text_column(column):
            return column
        if self.engine_name == "mysql":
            return self.stored(sa.func.convert(column.op("USING")(sa.literal_column(self.charset))))
        if self.engine_name == "sqlite":
            return sa.collate(column, "BINARY")
        # Of CHAR(n) the blanks at the end are the database's own, and a cast takes them off.
        return sa.collate(sa.cast(column, sa.Text), "C")

    @staticmethod
    def stored(text: Any) -> Any:
        """Text of MySQL as an expression for its bytes, read as UTF-8."""
        return sa.type_coerce(sa.cast(text, sa.LargeBinary), utf8_binary_type())

    def without_transactions(self) -> list[str]:
        """Reflected tables whose storage engine cannot roll back (MyISAM, Aria)."""
        engines = {table.name: str(table.kwargs.get("mysql_engine", "")) for table in self._tables.values()}
        return sorted(name for name, engine in engines.items() if engine.lower() in ("myisam", "aria"))


def is_text_column(column: Any) -> bool:
    """Whether a collation decides what equals a value of the column."""
    # SQLAlchemy 1.4 has no type for PostgreSQL's citext.
    return isinstance(column.type, (sa.String, sa.types.NullType))


def charset_doubt(column: Any) -> str:
    """Why nobody can tell what text in the column means that is not ASCII; empty where everybody can."""
    return str(getattr(column.type, "doubt", ""))


def driver_message(error: BaseException | None) -> str:
    """What the server or the driver said, without statement and bound values."""
    original = getattr(error, "orig", None) or error
    # PostgreSQL's DETAIL line quotes the whole row that failed; the primary message does not.
    primary = getattr(getattr(original, "diag", None), "message_primary", None)
    if primary:
        return str(primary)
    arguments: tuple[Any, ...] = getattr(original, "args", ())
    if len(arguments) >= 2 and isinstance(arguments[0], int):
        return PLACE_IN_PYTHON.sub("", f"{arguments[1]} ({arguments[0]})")
    # libpq tries each address of a host, and without TLS after with TLS: the first is not always the one that counts.
    attempts = dict.fromkeys(re.findall(r"connection to server .*? failed: .*", str(original)))
    lines = str(original).strip().splitlines() or [type(original).__name__]
    return "; ".join(attempts) or lines[0]


REFUSALS = (
    (r"\(1406\)|value too long", "it is longer than the column takes"),
    (r"Incorrect string value|\((?:1267|1270|1300|1977|3854)\)|has no equivalent in encoding|codec can't encode",
     "it has characters that the column cannot hold"),
    (r"\(1062\)|duplicate key|UNIQUE constraint failed", "another row has it already, and the database wants it once"),
    (r"\(1264\)|out of range|too large", "the number is too large for the column"),
)
NAMED = re.compile(r"(?:for (?:column|key)|constraint(?: failed:)?|column) [`'\"]?((?:[\w.-]|`\.`)+)")


def is_about_values(error: BaseException | None) -> bool:
    """Whether a statement failed for the values that it had, and not for want of something else."""
    if isinstance(error, (exc.DataError, exc.IntegrityError, OverflowError, UnicodeEncodeError)):
        return True
    text = driver_message(error)
    # a value that is none of the type, checks, a trigger's own error
    return bool(re.search(r"\((?:1292|1644|3819|4025)\)", text)) or any(
        re.search(pattern, text) for pattern, _reason in REFUSALS)


def refusal(error: DatabaseError) -> str:
    """Why a database does not take a value, without the value; the whole message where it has another reason."""
    text = driver_message(error.__cause__ or error)
    named = NAMED.search(text)
    where = f" ({named[1].replace('`', '')})" if named else ""
    return next((reason + where for pattern, reason in REFUSALS if re.search(pattern, text)), text)


def _postgresql_privilege(text: str, statement: str) -> str:
    """What PostgreSQL does not say: the privilege that a refused statement wanted."""
    words = re.findall(r"\w+", statement.upper())
    if "sequence" in text or "schema" in text:
        return "USAGE"
    if words[:1] == ["LOCK"] or words[:1] == ["SELECT"] and " FOR " in statement and "UPDATE" in words:
        return "UPDATE"
    both = "RETURNING" in words or words[:1] != ["SELECT"] and "WHERE" in words
    return "".join(words[:1]) + (" and SELECT" if both else "")


def must_have_value(column: Any) -> bool:
    """Whether a new row has to give the column a value: nothing else does."""
    given = column.server_default is not None or column.computed is not None or column.identity is not None
    if column.nullable or given or column.autoincrement is True:
        return False
    # SQLite numbers rows by a key that is a whole number. (MySQL says of each column whether it does.)
    own = column.autoincrement == "auto" and column.primary_key and len(column.table.primary_key) == 1
    return not (own and isinstance(column.type, sa.Integer))


def is_moment(column: Any) -> bool:
    """Whether a column holds dates, or dates and times."""
    return isinstance(column.type, (sa.DateTime, sa.Date))


def present(column: Any) -> Any:
    """The present time, in UTC, as a column of moments takes it."""
    moment = datetime.datetime.now(datetime.timezone.utc)
    if isinstance(column.type, sa.Date):
        return moment.date()
    return moment if getattr(column.type, "timezone", False) else moment.replace(tzinfo=None)


def moment(column: Any, value: Any) -> Any:
    """The value of an option as the column takes it: in one of moments, the word C(now), or text as ISO 8601 has it."""
    if not isinstance(value, str) or not is_moment(column):
        return value
    if value == "now":
        return present(column)
    try:
        found = datetime.datetime.fromisoformat(value)
    except ValueError:
        return value  # the database says what it thinks of it
    return found.date() if isinstance(column.type, sa.Date) else found


def implicit(column: Any, engine_name: str) -> Any:
    """The value that MySQL, if it is not strict, gives a column that must have one, by its type; near it elsewhere.

    From https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html.
    """
    kind = column.type
    if isinstance(kind, sa.Enum) and kind.enums:
        return kind.enums[0]
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, (sa.Integer, sa.Numeric)):
        return 0
    if is_moment(column):
        if engine_name != "mysql":
            return present(column)
        return "0000-00-00" if isinstance(kind, sa.Date) else "0000-00-00 00:00:00"
    if isinstance(kind, sa.Time):
        return datetime.time()
    if isinstance(kind, sa.JSON):
        return {}
    if isinstance(kind, sa.LargeBinary):
        return b""
    return "" if isinstance(kind, (sa.String, sa.TypeDecorator)) else 0


def is_without_value(error: DatabaseError) -> bool:
    """Whether a row was refused as a column must have a value and was given none."""
    text = driver_message(error.__cause__)
    return bool(re.search(r"\((?:1364|1048)\)|NOT NULL constraint failed|violates not-null constraint", text))


def is_transient(error: BaseException | None) -> bool:
    """Whether another attempt from the reading on may succeed."""
    if not isinstance(error, exc.DBAPIError):
        return False
    if is_disconnect(error):
        return True
    original = error.orig
    code = original.args[0] if original is not None and original.args else None
    state = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None) or ""
    return code in MYSQL_TRANSIENT or bool(POSTGRESQL_TRANSIENT.fullmatch(state)) or (
        isinstance(code, str) and code.startswith(SQLITE_TRANSIENT)
    )


def is_disconnect(error: BaseException | None) -> bool:
    """Whether the connection was lost."""
    return isinstance(error, exc.DBAPIError) and error.connection_invalidated


def is_duplicate(error: BaseException | None) -> bool:
    """Whether a key of the database refused a row: another row has the same value."""
    return isinstance(error, exc.IntegrityError)


def is_denied(error: BaseException | None) -> bool:
    """Whether a privilege is missing, or the server takes no writes: that concerns all accounts alike."""
    return isinstance(error, exc.DBAPIError) and bool(DENIED.search(driver_message(error)))


def is_refused(error: BaseException | None) -> bool:
    """Whether there was no connection in the first place: the error belongs to no statement."""
    return isinstance(error, exc.OperationalError) and error.statement is None


def _uri_path(path: str) -> str:
    # The characters that have a meaning in a SQLite URI (https://www.sqlite.org/uri.html).
    return os.path.abspath(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


# date, time, timestamp, timestamptz, interval, timetz (PostgreSQL's pg_type.dat)
MOMENTS = (1082, 1083, 1114, 1184, 1186, 1266)


def _psycopg_settings(connection: Any, record: Any) -> None:
    """Have psycopg give C(Unreadable) for a moment that Python cannot hold, and not raise in the middle of a result."""
    psycopg = import_module("psycopg")

    def careful(base: Any) -> Any:
        class Loader(psycopg.adapt.Loader):  # type: ignore[name-defined]
            def __init__(self, oid: int, context: Any = None) -> None:
                super().__init__(oid, context)
                self._base = base(oid, context)

            def load(self, data: Any) -> Any:
                try:
                    return self._base.load(data)
                except (ArithmeticError, ValueError, psycopg.Error):
                    return Unreadable.of(bytes(data).decode(errors="replace"))

        return Loader

    for oid in MOMENTS:
        connection.adapters.register_loader(oid, careful(connection.adapters.get_loader(oid, psycopg.pq.Format.TEXT)))


def _psycopg2_settings(connection: Any, record: Any) -> None:
    """The same with psycopg2."""
    extensions, failure = import_module("psycopg2.extensions"), import_module("psycopg2").Error

    def careful(base: Any) -> Any:
        def load(value: Any, cursor: Any) -> Any:
            try:
                return base(value, cursor)
            except (ArithmeticError, ValueError, failure):
                return Unreadable.of(value)

        return load

    for oid in MOMENTS:
        kind = extensions.new_type((oid,), f"CAREFUL_{oid}", careful(extensions.string_types[oid]))
        extensions.register_type(kind, connection)


# What lets a role run programs, write files or become a superuser. Before release 16, CREATEROLE gives itself the rest.
POSTGRESQL_POWER = """
SELECT r.rolsuper, r.rolcreaterole, pg_catalog.count(o.oid) OPERATOR(pg_catalog.>) 0 FROM pg_catalog.pg_roles r
LEFT JOIN pg_catalog.pg_roles o ON (o.rolsuper OR o.rolcreaterole
OR o.rolname OPERATOR(pg_catalog.=) 'pg_execute_server_program'
OR o.rolname OPERATOR(pg_catalog.=) 'pg_write_server_files' OR o.rolname OPERATOR(pg_catalog.=) 'pg_read_server_files')
AND pg_catalog.pg_has_role(r.oid, o.oid, 'MEMBER')
WHERE r.rolname OPERATOR(pg_catalog.=) session_user GROUP BY r.rolsuper, r.rolcreaterole
"""


def _postgresql_power(connection: Any) -> str:
    """Why the application's own code must not run with this login; empty when it may.

    Whatever a role other than the login is set, that code can set the login again. All names are spelled out: what
    the search path of the database or the role finds first may be the application's.
    """
    cursor = connection.cursor()
    try:
        cursor.execute(POSTGRESQL_POWER)
        superuser, creates_roles, member = cursor.fetchone()
        connection.rollback()
    finally:
        cursor.close()
    if superuser:
        return "is a superuser of PostgreSQL"
    if creates_roles:
        return "may create roles (CREATEROLE)"
    return "may become a superuser, or work on the server's files" if member else ""


def _postgresql_begin(connection: Connection) -> None:
    """Have the functions and operators of PostgreSQL itself found first, whatever database or role are set to.

    A row that a policy hides is an error: to us an account would not be there that the application lets in. For this
    transaction only: a pooler may give the connection to somebody else afterwards.
    """
    schemas = connection.exec_driver_sql("SELECT pg_catalog.current_schemas(false)::pg_catalog.text[]").scalar_one()
    quote = connection.dialect.identifier_preparer.quote_identifier
    path = ", ".join(["pg_catalog", *(quote(schema) for schema in schemas if schema != "pg_catalog"), "pg_temp"])
    connection.exec_driver_sql(
        "SELECT pg_catalog.set_config('search_path', %s, true), pg_catalog.set_config('row_security', 'off', true)",
        (path,))


def _sqlite_settings(connection: Any, record: Any) -> None:
    # The driver would begin by itself, and only before the first write: a reader could then not become a writer.
    connection.isolation_level = None
    # As utf8_binary_type does it: one row with other bytes must not make a whole table unreadable.
    connection.text_factory = lambda data: data.decode(errors="surrogateescape")
    if hasattr(connection, "setlimit"):  # Python 3.11
        connection.setlimit(import_module("sqlite3").SQLITE_LIMIT_LENGTH, MOST_VALUE)
    end = time.monotonic() + SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > end, MOST_STEPS)


def _sqlite_begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
    if not write:
        # It looks for a journal now, and not only at the first SELECT.
        connection.exec_driver_sql("PRAGMA schema_version").close()


def _readable(kind: Any, engine_name: str, doubt_: str = "", padded: bool | None = None) -> Any:
    """The type, with C(Unreadable) for a value that is of another one or that Python cannot hold.

    SQLite, alone of the engines, stores any value in any column. All know moments that Python does not: infinity, the
    year 10000, 24 o'clock. One such row must not make a whole table unreadable.

    :param doubt_: why text that is not ASCII is C(Doubtful)
    :param padded: blanks at the end are the database's own; unless given, those of CHAR(n) in PostgreSQL are
    """
    if isinstance(kind, sa.types.TypeDecorator):
        return kind
    result, reflected = copy.copy(kind), kind.__class__
    if padded is None:
        padded = engine_name == "postgresql" and isinstance(getattr(kind, "data_type", kind), sa.CHAR)  # of a domain
    result.__class__ = _readable_class(reflected, engine_name, doubt_, padded)
    return result


@functools.cache
def _readable_class(kind: Any, engine_name: str, doubt_: str, padded: bool) -> type:
    stored = _python_types(kind, engine_name)
    # What SQLite gives for these is what Python needs, once it is of the right type.
    as_stored = engine_name == "sqlite" and issubclass(kind, (sa.Boolean, sa.Integer, sa.String))

    class Readable(kind):
        cache_ok = True
        doubt = doubt_

        def adapt(self, cls: Any, **settings: Any) -> Any:
            return _readable(super().adapt(cls, **settings), engine_name, doubt_, padded)

        def result_processor(self, dialect: Any, coltype: Any) -> Callable[[Any], Any] | None:
            inner = None if as_stored else super().result_processor(dialect, coltype)
            if inner is None and not stored and not doubt_ and not padded:
                return None

            def process(value: Any) -> Any:
                if value is None or isinstance(value, Unreadable):
                    return value
                if stored and not isinstance(value, stored):
                    return None if engine_name == "mysql" and ZERO_DATE.match(str(value)) else Unreadable.of(value)
                try:
                    value = value if inner is None else inner(value)
                except (ArithmeticError, LookupError, TypeError, ValueError):
                    return Unreadable.of(value)
                if doubt_ and isinstance(value, str) and not value.isascii():
                    return Doubtful.because(value, doubt_)
                return value.rstrip(" ") if padded and isinstance(value, str) else value

            return process

    Readable.__name__ = Readable.__qualname__ = kind.__name__
    return Readable


def _python_types(kind: Any, engine_name: str) -> tuple[type, ...]:
    """Of what types the driver's values of a column are; empty when the engine sees to it."""
    moments = issubclass(kind, (sa.Date, sa.DateTime, sa.Time))
    if engine_name == "mysql":
        return (datetime.date, datetime.timedelta) if moments else ()
    if engine_name == "postgresql":
        return ()
    if issubclass(kind, (sa.Boolean, sa.Integer)):
        return (int,)
    if issubclass(kind, (sa.Numeric, sa.Float)):
        return (int, float)
    if issubclass(kind, sa.LargeBinary):
        return (bytes,)
    return (str,) if moments or issubclass(kind, sa.String) else ()


def utf8_binary_type() -> Any:
    """The type for text that an application keeps in binary columns, as UTF-8 (C(str) in Python).

    MySQL wants and gives bytes, padded with NUL in BINARY(n). In SQLite the same columns hold TEXT: a BLOB
    would not equal it.
    """

    class Utf8Binary(sa.TypeDecorator):
        impl = sa.LargeBinary
        cache_ok = True

        def load_dialect_impl(self, dialect: Any) -> Any:
            return dialect.type_descriptor(sa.Text() if dialect.name == "sqlite" else sa.LargeBinary())

        def process_bind_param(self, value: Any, dialect: Any) -> Any:
            # surrogateescape: invalid UTF-8 that was read goes back as it was.
            return value.encode(errors="surrogateescape") if value is not None and dialect.name != "sqlite" else value

        def process_result_value(self, value: Any, dialect: Any) -> Any:
            if isinstance(value, (bytes, bytearray, memoryview)):
                return bytes(value).rstrip(b"\0").decode(errors="surrogateescape")
            # In SQLite it may be a number.
            return value if value is None or isinstance(value, str) else Unreadable.of(value)

    return Utf8Binary()
