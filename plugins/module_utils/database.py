# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A SQLAlchemy engine, reflected tables, one transaction with retry, and errors in plain words.

Part of the public interface of the collection.
"""

from __future__ import annotations

import random
import re
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from ansible_collections.auth.services.plugins.module_utils.account import TaskError
from ansible_collections.auth.services.plugins.module_utils.columns import is_text_column, sa
from ansible_collections.auth.services.plugins.module_utils.connection import doubt, is_loopback, ssl_mode
from ansible_collections.auth.services.plugins.module_utils.engines import ENGINES
from ansible_collections.auth.services.plugins.module_utils.engines.common import Engine, driver_message
from ansible_collections.auth.services.plugins.module_utils.sqlite_file import user_name
from ansible_collections.auth.services.plugins.module_utils.watch import Watch

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection
    from sqlalchemy.engine import Engine as SQLAlchemyEngine

Result = TypeVar("Result")

ATTEMPTS = 5


class DatabaseError(TaskError):
    """A database did not do what it should, in one or two sentences for the administrator.

    :ivar commit_lost: the connection was lost at the commit, so it is unknown whether it was done
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


class Database:
    """The database of one service.

    :param options: the connection options (``connection.OPTIONS`` and ``login_engine``), as Ansible validated them
    :param column_type: called with (reflected type, ``kind``) of each column; gives another type or None
    :param charset: which character set the application's own connection to MySQL has; empty where that is a setting of
        each installation, which the option ``charset`` gives
    :ivar kind: what is special about the engine (``engines.common.Engine``)
    :ivar charset: which one this connection has, as the server is told; empty for engines that do not need it
    :ivar asks_charset: it was not given, and the meaning of text in some columns depends on it
    :ivar prefix: put before the name of each table
    :ivar warnings: sentences for the administrator
    :raises MissingLibrary: without SQLAlchemy or the engine's driver
    :raises OptionError: for contradictory options
    """

    def __init__(
        self, options: Mapping[str, Any], column_type: Callable[[Any, Engine], Any] = lambda reflected, kind: None,
        charset: str = "utf8mb4",
    ) -> None:
        self.options = options
        self.kind = ENGINES[options["login_engine"]]
        self.prefix: str = options.get("table_prefix") or ""
        self.schema: str | None = options.get("login_schema") if self.kind.has_schemas else None
        self._column_type = column_type
        self._tables: dict[str, Any] = {}
        self._names: frozenset[str] | None = None
        self._views: frozenset[str] = frozenset()
        self._spellings: dict[str, dict[str, str]] = {}
        self._folds: bool | None = None
        self.warnings: list[str] = []
        self._watch: Watch | None = None
        driver = self.kind.driver()
        checked = self.kind.checked_options(options)
        charset = checked.get("charset") or charset
        self._connection_options = {**checked, "charset": charset}
        self.charset = self.kind.charset(self._connection_options)
        self.asks_charset = bool(self.charset) and not charset
        self._file = self.kind.file(options)
        self.engine = self._create_engine(driver)

    def describe(self) -> str:
        """What and where, for messages."""
        options = self.options
        text = f"{self.kind.product} database {options['login_db']!r}"
        if not self.kind.is_server:
            return text
        if options.get("login_unix_socket"):
            text += f" through {options['login_unix_socket']}"
        elif options.get("config_file") and not options.get("login_host"):
            text += f" as configured in {options['config_file']}"
        else:
            host = options.get("login_host") or "localhost"
            host = f"[{host}]" if ":" in host else host
            text += f" at {host}:{options.get('login_port') or self.kind.port}"
        if options.get("login_user"):
            text += f" as {options['login_user']!r}"
        return text

    def _create_engine(self, driver: str) -> SQLAlchemyEngine:
        kind, options = self.kind, self._connection_options
        # hide_parameters: the text of an error would quote bound values, password hashes among them.
        settings: dict[str, Any] = {"hide_parameters": True, "poolclass": sa.pool.NullPool}
        if kind.isolation:
            settings["isolation_level"] = kind.isolation
        engine = sa.create_engine(kind.url(driver, options, self._file), future=True,
                                  connect_args=kind.connect_arguments(options), **settings)
        listen = sa.event.listen
        listen(engine, "do_connect", self._connect_to_file if self._file else self._connect_to_server)
        kind.listen(engine, options, self.charset)
        if not kind.is_server:
            return engine
        # The connection stands when SQLAlchemy, too, has asked what it wants to know of a server.
        listen(engine, "connect", lambda connection, record: record.info["watch"].stop())
        listen(engine, "close", lambda connection, record: record.info["watch"].close())
        for name in ("before_cursor_execute", "commit", "rollback"):
            listen(engine, name, lambda connection, *arguments: connection.info["watch"].start())
        listen(engine, "after_cursor_execute", lambda connection, *arguments: connection.info["watch"].stop())
        return engine

    def _connect_to_file(self, dialect: Any, record: Any, arguments: Any, parameters: dict[str, Any]) -> Any:
        return self._file.connect(dialect.connect, *arguments, **parameters)  # type: ignore[union-attr]

    def _connect_to_server(self, dialect: Any, record: Any, arguments: Any, parameters: dict[str, Any]) -> Any:
        try:
            connection, watch = self.kind.connect(dialect.connect, parameters, self._connection_options)
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
        if not is_loopback(watch.peer):
            text = doubt(self._connection_options, self.kind.is_encrypted(connection))
            text = text and f"{self.describe()}: {text}{self.kind.tells_password()}."
            if text and text not in self.warnings:
                self.warnings.append(text)
        power = self.kind.power(connection)
        if power:
            raise DatabaseError(
                f"{self.describe()}: login_user {power}. The owner of the tables could use that power through"
                " a trigger, an operator or a function that a statement of this task calls. Create a role with only the"
                " privileges that the module's documentation lists, and log in with it. Nothing was written.")

    @contextmanager
    def connect(self, write: bool = False) -> Iterator[Connection]:
        """A connection in a transaction: committed at the end if ``write``, rolled back otherwise and on errors.

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
        except sa.exc.SQLAlchemyError as error:
            if self._watch is not None and self._watch.reason:
                # No cause: another attempt would end in the same way.
                raise self.plain_error(ValueError(self._watch.reason), committing) from None
            raise self.plain_error(error, committing and is_disconnect(error)) from error
        except UnicodeEncodeError as error:
            # Declared text is looked at before: this was read, and SQLite takes it for a key or a value no more.
            raise DatabaseError(f"{self.describe()}: a row contains text that is not valid UTF-8 and cannot be written."
                                " Correct it in the application. Nothing was written.") from error
        except OverflowError as error:  # SQLite's driver; the servers say so themselves
            raise DatabaseError(f"{self.describe()}: a number is too large for any column."
                                " Nothing was written.") from error

    def transaction(self, work: Callable[[Connection], Result], write: bool = True) -> Result:
        """Run ``work`` in one transaction, again from its beginning after a failure that passes.

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
                    if commit_lost and isinstance(cause, sa.exc.SQLAlchemyError):
                        raise self.plain_error(cause, True) from cause
                    raise
                time.sleep(random.uniform(0.05, 0.2) * 2**attempt)
        raise DatabaseError("unreachable")

    def plain_error(self, error: Exception, commit_lost: bool = False) -> DatabaseError:
        """The error as an administrator can read it, with no bound value in it."""
        text = driver_message(error)
        text = self.kind.explained(text, getattr(error, "statement", None) or "")
        hint = self.kind.hint(text)
        options = self._connection_options
        client = " and accepts client_cert" if options.get("client_cert") else ""
        rights = f", which {user_name(self._file.user)} must have" if self._file and self._file.user else ""
        hint = hint and " " + hint.format(ssl_mode=ssl_mode(options), client=client, rights=rights)
        written = ("The connection was lost during COMMIT: either everything was written or nothing. Run the task"
                   " again." if commit_lost else "Nothing was written.")
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
        except sa.exc.DBAPIError as error:
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
            self._names, self._views = map(frozenset, self.kind.table_names(connection, self.schema))
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
            self._folds = self.kind.folds_tables(connection)
        return next((one for one in sorted(names) if one.lower() == full.lower()), None) if self._folds else None

    def has_table(self, connection: Connection, name: str) -> bool:
        """Whether the table is there; ``name`` without the prefix."""
        return self._name_of(connection, name) is not None

    def table(self, connection: Connection, name: str) -> Any:
        """A reflected table; ``name`` without the prefix.

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
        """The name of a column as we spell it."""
        return self._spellings[table].get(column.lower(), column) if self.kind.folds_columns else column

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
                     " elsewhere? A table is also invisible without privileges on it")
        elif prefixes:
            shown = " or ".join(repr(prefix) for prefix in prefixes)
            text += f". Tables with the prefix {shown} are there: set table_prefix"
        elif not names:
            text += ". login_user cannot see any table. Check login_db and the privileges of login_user"
        else:
            text += ". Is this the right database and table_prefix? A table is also invisible without privileges on it"
        return text + ". Nothing was written."

    def _reflect(self, connection: Connection, name: str) -> Any:
        actual = self._name_of(connection, name) or self.prefix + name
        doubts = self.kind.charset_doubts(connection, actual) if self.asks_charset else {}

        def replace(inspector: Any, table: Any, column: Any) -> None:
            column["type"] = self._column_type(column["type"], self.kind) or column["type"]
            column["type"] = self.kind.readable(column["type"], doubts.get(column["name"], ""))
            spelled = self._spelled(name, column["name"])
            if spelled != column["name"]:
                column["name"] = spelled
                inspector.info_cache.clear()  # SQLAlchemy 1.4 would look for the keys under this name

        with warnings.catch_warnings():
            # SQLite takes any word for a type, INT(11) too; SQLAlchemy then passes over what it does not know.
            warnings.simplefilter("ignore", sa.exc.SAWarning)
            return sa.Table(
                actual,
                sa.MetaData(),
                schema=self.schema,
                autoload_with=connection,
                resolve_fks=False,
                listeners=[("column_reflect", replace)],
            )

    def behind(self, table: Any, error: Exception, row: Mapping[str, Any]) -> SequenceError | None:
        """That a sequence gives numbers which rows have already, and how to mend it.

        :param error: of an insert
        :param row: what was inserted: a column that it names had its value from us
        """
        found = self.kind.behind(table, error, row) if is_duplicate(error) else None
        return found and SequenceError(found[0], f"{self.describe()}: {found[1]} Nothing was written.")

    def references(self, connection: Connection, name: str) -> list[tuple[str, str]]:
        """Tables, without prefix, and their column that a foreign key makes refer to a table.

        Tables that this user cannot see are not among them. A key of several columns refers to no single account.
        """
        inspector, found, actual = sa.inspect(connection), [], self._name_of(connection, name)
        for table in sorted(self.table_names(connection) - self._views):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", sa.exc.SAWarning)  # of what SQLAlchemy does not know in any table
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
        return self.kind.exact(column, self.charset) if is_text_column(column) else column

    def without_transactions(self) -> list[str]:
        """Reflected tables whose storage engine cannot roll back (MyISAM, Aria)."""
        return sorted({table.name for table in self._tables.values() if self.kind.without_rollback(table)})


REFUSALS = (
    (r"\(1406\)|value too long", "it is too long for the column"),
    (r"Incorrect string value|\((?:1267|1270|1300|1977|3854)\)|has no equivalent in encoding|codec can't encode",
     "it contains characters that the column cannot store"),
    (r"\(1062\)|duplicate key|UNIQUE constraint failed", "another row already has it, and it must be unique"),
    (r"\(1264\)|out of range|too large", "the number is too large for the column"),
)
NAMED = re.compile(r"(?:for (?:column|key)|constraint(?: failed:)?|column) [`'\"]?((?:[\w.-]|`\.`)+)")


def is_about_values(error: BaseException | None) -> bool:
    """Whether a statement failed for the values that it had, and not for want of something else."""
    if isinstance(error, (sa.exc.DataError, sa.exc.IntegrityError, OverflowError, UnicodeEncodeError)):
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


def is_without_value(error: DatabaseError) -> bool:
    """Whether a row was refused as a column must have a value and was given none."""
    text = driver_message(error.__cause__)
    return bool(re.search(r"\((?:1364|1048)\)|NOT NULL constraint failed|violates not-null constraint", text))


def is_transient(error: BaseException | None) -> bool:
    """Whether another attempt from the reading on may succeed."""
    if not isinstance(error, sa.exc.DBAPIError):
        return False
    original = error.orig
    return is_disconnect(error) or original is not None and any(
        kind.is_transient(original) for kind in ENGINES.values())


def is_disconnect(error: BaseException | None) -> bool:
    """Whether the connection was lost."""
    return isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated


def is_duplicate(error: BaseException | None) -> bool:
    """Whether a key of the database refused a row: another row has the same value."""
    return isinstance(error, sa.exc.IntegrityError)


def is_denied(error: BaseException | None) -> bool:
    """Whether a privilege is missing or the server is read-only, which concerns all accounts alike."""
    return isinstance(error, sa.exc.DBAPIError) and any(
        re.search(kind.denied, driver_message(error)) for kind in ENGINES.values())


def is_refused(error: BaseException | None) -> bool:
    """Whether there was no connection in the first place: the error belongs to no statement."""
    return isinstance(error, sa.exc.OperationalError) and error.statement is None


# date, time, timestamp, timestamptz, interval, timetz (PostgreSQL's pg_type.dat)
