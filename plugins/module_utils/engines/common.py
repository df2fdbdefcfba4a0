# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is asked of an engine, with the answers of most of them."""

from __future__ import annotations

import copy
import datetime
import functools
import re
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import (
    MissingLibrary,
    OptionError,
)
from ansible_collections.auth.services.plugins.module_utils.columns import (
    SQLALCHEMY_IMPORT_ERROR,
    Doubtful,
    Unreadable,
    is_moment,
    is_text_column,
    present,
    sa,
    utf8_binary_type,
)
from ansible_collections.auth.services.plugins.module_utils.connection import (
    MOST_SECONDS,
    PLACE_IN_PYTHON,
    check_files,
    check_options,
)
from ansible_collections.auth.services.plugins.module_utils.schema import Table
from ansible_collections.auth.services.plugins.module_utils.sqlite_file import SQLiteFile
from ansible_collections.auth.services.plugins.module_utils.watch import Watch

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

BATCH = 1000
"""Rows or values in one statement: below every engine's limit on bound values, with a few columns each."""

NAME = None if sa is None else sa.bindparam("name", type_=sa.String())

# How to mend what more than one engine says
CLIENT_CERT = (r"valid client certificate|certificate authentication failed|\balert\b.*\b(?:ca|certificate)\b",
               "Set client_cert and client_key to a certificate that the server accepts for login_user, and its key.")
LOGIN = ("Check login_user and login_password, and whether the server requires TLS (ssl_mode) or a client_cert for this"
         " user.")
LOGIN_DB = "Check login_db, and that login_user may use it."
CERTIFICATE = "Check ca_cert, and that the server's certificate is for login_host and has not expired."
NO_TLS = (r"SSL is required|SSL was required", "ssl_mode is {ssl_mode}, but the server does not offer TLS.")
VERIFY = "Set ca_cert, so that the server is verified, or connect through login_unix_socket."
NO_CONNECTION = (
    r"\(20(?:0[236]|13)\)|connection to server .* failed|[Cc]onnection (?:refused|timeout)|timeout expired|"
    r"could not translate host|failed to resolve|Packet sequence number|server closed the connection|invalid response"
)
REACH = (NO_CONNECTION, "Check login_host, login_port or login_unix_socket, and that the server runs{client}.")
PRIVILEGES = "Grant login_user the privileges that the module's documentation lists for this state."
READ_ONLY = "The server is read-only. Connect to the primary as a user with write access."


MOST_TEXTS = 2000
"""Views, triggers and routines, or statements, that are read."""
MOST_TEXT = 65536
"""Characters of each."""
RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Text:
    """SQL that the database keeps.

    :ivar name: what it is of, in words
    :ivar row_of: the table whose row a trigger calls NEW and OLD
    """

    name: str
    text: str
    row_of: str = ""


@dataclass(frozen=True)
class Equality:
    """What decides whether two values of a column are equal.

    :ivar charset: of a text column in MySQL and MariaDB
    :ivar collation: none where equality is that of the bytes
    :ivar kind: the column's type in PostgreSQL
    :ivar sent: the character set of the connection to MySQL and MariaDB
    """

    charset: str = ""
    collation: str = ""
    kind: str = ""
    sent: str = "utf8mb4"


class NotCounted(Exception):
    """Why a server has no statements, as a sentence without its end."""


class Engine:
    """A kind of database. The answers here are those of most; each engine gives its own where it has others.

    :cvar name: as ``login_engine`` and SQLAlchemy call it
    :cvar product: as people call it
    :cvar port: of a server that is given none
    :cvar is_server: it is reached through a connection, and not in a file
    :cvar has_schemas: tables of one database stand in schemas
    :cvar hides_tables: a user who has no privilege on a table does not see that it is there
    :cvar folds_columns: columns are found by their name in any case of letters
    :cvar ignores_case: text is compared without case unless a column says otherwise
    :cvar lowers_all: ``LOWER()`` knows all letters, and not those of ASCII alone
    :cvar compares_all: a column can be compared with characters that it cannot hold
    :cvar whole_indexes: an index is of all rows
    :cvar moments_are_text: moments are stored as text
    :cvar endless_moments: a moment can be infinity
    :cvar isolation: isolation level of transactions, where the default of a server may be too low
    :cvar hints: what to do, by what the engine or the driver says; the first that is found counts
    :cvar denied: what is said where a privilege is missing, or the server is read-only
    """

    name = ""
    product = ""
    port: int | None = None
    is_server = True
    has_schemas = False
    hides_tables = False
    folds_columns = True
    ignores_case = False
    lowers_all = True
    compares_all = False
    whole_indexes = False
    moments_are_text = False
    endless_moments = False
    isolation: str | None = None
    hints: Sequence[tuple[str, str]] = ()
    denied = ""

    # Connecting

    def driver(self) -> str:
        """Make sure that SQLAlchemy and a driver are there.

        :returns: the driver's name
        :raises MissingLibrary: naming what is missing or too old
        """
        if sa is None:
            raise MissingLibrary("SQLAlchemy >= 1.4", "on the managed host", SQLALCHEMY_IMPORT_ERROR)
        if version_of(sa) < (1, 4):
            found = f"on the managed host; {sa.__version__} was found in {sa.__file__}"
            raise MissingLibrary("SQLAlchemy >= 1.4", found)
        drivers, wanted = self.drivers()
        details, found = None, "on the managed host for this login_engine"
        for driver in drivers:
            try:
                library = import_module(driver)
            except ImportError:
                details = traceback.format_exc()
                continue
            if version_of(library) >= drivers[driver]:
                return driver
            found = f"on the managed host; {getattr(library, '__version__', '?')} was found in {library.__file__}"
        raise MissingLibrary(wanted, found, details)

    def drivers(self) -> tuple[Mapping[str, tuple[int, ...]], str]:
        """The minimum version of each driver, the best first, and what to ask for where none is installed."""
        raise NotImplementedError

    def checked_options(self, options: Mapping[str, Any]) -> Mapping[str, Any]:
        """The connection options, completed from ``config_file``.

        :raises OptionError: for those that contradict each other, and files that cannot be read
        """
        check_options(options)
        if self.is_server and not 0 < options["connect_timeout"] <= MOST_SECONDS:
            raise OptionError(f"connect_timeout is {options['connect_timeout']}, but must be from 1 to {MOST_SECONDS}")
        options = self.completed(options)
        check_files(options)
        return options

    def completed(self, options: Mapping[str, Any]) -> Mapping[str, Any]:
        """The options, completed from elsewhere.

        :raises OptionError: for those that this engine does not have, and values that it does not take
        """
        if options.get("config_file"):
            raise OptionError("config_file is a my.cnf file, and requires login_engine=mysql")
        if options.get("charset"):
            raise OptionError("charset requires login_engine=mysql")
        return options

    def charset(self, options: Mapping[str, Any]) -> str:
        """The character set that the server is told for the connection; empty for engines that do not need it."""
        return ""

    def connect_arguments(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """What the driver's ``connect()`` takes beside the database; of ``checked_options``."""
        raise NotImplementedError

    def connect(
        self, connect: Callable[..., Any], arguments: Mapping[str, Any], options: Mapping[str, Any]
    ) -> tuple[Any, Watch]:
        """A connection of the driver to a server, and the watch on it, started.

        :param connect: of the driver
        """
        raise NotImplementedError

    def file(self, options: Mapping[str, Any]) -> SQLiteFile | None:
        """The file that the database is in."""
        return None

    def url(self, driver: str, options: Mapping[str, Any], file: SQLiteFile | None) -> Any:
        """As SQLAlchemy takes it."""
        return sa.engine.URL.create(f"{self.name}+{driver}", database=options["login_db"])

    def listen(self, engine: Any, options: Mapping[str, Any], charset: str) -> None:
        """Have each connection and transaction of an engine of SQLAlchemy begin as it must."""

    def is_encrypted(self, connection: Any) -> bool:
        """Whether TLS is in use."""
        raise NotImplementedError

    def tells_password(self) -> str:
        """What is to be said, beside that nothing verifies the server, as the end of a sentence."""
        return ""

    def power(self, connection: Any) -> str:
        """Why the application's own code must not run with this login; empty when it may."""
        return ""

    # Tables and columns

    def table_names(self, connection: Connection, schema: str | None) -> tuple[set[str], set[str]]:
        """Names of all tables and views that this user can see, and those of views."""
        inspector = sa.inspect(connection)
        views = set(inspector.get_view_names(schema=schema))
        return {*inspector.get_table_names(schema=schema), *views}, views

    def folds_tables(self, connection: Connection) -> bool:
        """Whether tables are found by their name in any case of letters."""
        return False

    def charset_doubts(self, connection: Connection, name: str) -> dict[str, str]:
        """Why the meaning of text in a column of a table is unknown, by column."""
        return {}

    def may_read(self, connection: Connection, table: Any) -> bool:
        """Whether this user may read a table that is seen."""
        return True

    def without_rollback(self, table: Any) -> bool:
        """Whether what is written to a table cannot be taken back."""
        return False

    def gives_numbers(self, column: Any) -> bool:
        """Whether the database itself gives new rows a number in a column."""
        return column.server_default is not None or column.identity is not None

    def unique_columns(self, connection: Connection, table: Any) -> set[str]:
        """Columns in which no two rows have the same value, by a key that the database declares."""
        keys = [[column.name for column in table.primary_key.columns]]
        keys += [[column.name for column in one.columns] for one in table.constraints
                 if isinstance(one, sa.UniqueConstraint)]
        keys += self.unique_indexes(connection, table)
        return {key[0] for key in keys if len(key) == 1} & set(table.c.keys())

    def unique_indexes(self, connection: Connection, table: Any) -> list[list[Any]]:
        """Columns of the unique indexes of a table that are of all rows; None for an expression."""
        return [[getattr(column, "name", None) for column in one.expressions] for one in table.indexes if one.unique]

    def unique_expressions(self, connection: Connection, table: Any) -> list[str]:
        """Expressions, as the engine writes them, whose values a unique index of all rows keeps apart."""
        return []

    def readable(self, kind: Any, doubt: str = "") -> Any:
        """A reflected type, with ``Unreadable`` for a value that is of another one or that Python cannot hold."""
        return readable(kind, self, doubt)

    def python_types(self, kind: type) -> tuple[type, ...]:
        """Of what types the driver's values of a column are; empty when the engine sees to it."""
        return ()

    def is_as_stored(self, kind: type) -> bool:
        """Whether what the driver gives, once it is of the right type, is what Python needs."""
        return False

    def pads(self, kind: Any) -> bool:
        """Whether blanks at the end of a text are the database's own."""
        return False

    def utf8_binary(self) -> Any:
        """The type for text that an application keeps in binary columns, as UTF-8 (``str`` in Python)."""
        return utf8_binary_type()

    def uuid_text(self, kind: Any) -> Any:
        """The type with which UUIDs of a reflected type are text in Python."""
        return sa.CHAR(36)

    def is_uuid(self, kind: Any) -> bool:
        """Whether a reflected type is that of UUIDs."""
        return hasattr(kind, "as_uuid")

    def is_no_moment(self, value: Any) -> bool:
        """Whether what the driver gives stands for no moment at all."""
        return False

    def no_moment(self, column: Any) -> Any:
        """The value of a column of moments that must have one and is given none."""
        return present(column)

    def implicit(self, column: Any) -> Any:
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
            return self.no_moment(column)
        if isinstance(kind, sa.Time):
            return datetime.time()
        if isinstance(kind, sa.JSON):
            return {}
        if isinstance(kind, sa.LargeBinary):
            return b""
        return "" if isinstance(kind, (sa.String, sa.TypeDecorator)) else 0

    # What the database says of itself

    def version(self, connection: Connection) -> str:
        """Of the server or the library, as it says it."""
        raise NotImplementedError

    def schema_names(self, connection: Connection) -> list[str]:
        """Schemas that are not the server's own, the one where tables are looked for first in front."""
        return [""]

    def catalogue(self, connection: Connection, schemas: Sequence[str]) -> tuple[dict[str, Table], list[str]]:
        """All tables and views that this user can see, and what could not be read, in sentences.

        :param schemas: tables of the first have their own name, those of others the schema's in front of it
        """
        raise NotImplementedError

    def texts(self, connection: Connection, schemas: Sequence[str]) -> list[Text]:
        """Views, triggers and routines that this user can read: at most MOST_TEXTS of each, cut at MOST_TEXT."""
        raise NotImplementedError

    def statements(self, connection: Connection) -> list[Text]:
        """Statements on this database that the server has counted, without their values; the most frequent first.

        :raises NotCounted: where it has counted none that this user can see
        :raises SQLAlchemyError: where the user may not read them
        """
        raise NotCounted(f"{self.product} does not count statements")

    def stop_after(self, connection: Connection, seconds: float) -> None:
        """Have each of the next statements fail that takes longer; 0 for as long as usual."""
        raise NotImplementedError

    def rights(self, connection: Connection, schema: str, names: Collection[str]) -> dict[str, list[str]]:
        """What this user may do with whole tables: of RIGHTS, by table; empty where the engine knows no rights."""
        return {}

    # Reading and writing

    def lock_against_inserts(self, connection: Connection, table: Any) -> None:
        """Keep others from inserting rows until the transaction ends, where no unique key keeps them from a second one.

        MySQL does it when the rows are read to be locked (gap locks), and SQLite has one writer at a time.
        """

    def for_writing(self, statement: Any) -> Any:
        """A SELECT, in a transaction that writes, that reads what is there now, and keeps it so."""
        return statement  # it sees what is committed

    def spellings(self, text: Any, rule: Equality) -> Sequence[Any]:
        """What tells texts apart that are not the same to the byte, as DISTINCT and GROUP BY take it."""
        return [text, self.exact(text, "")] if rule.collation else [text]

    def by_sorting(self, statement: Any) -> Any:
        """A SELECT that has as many groups as there may be accounts."""
        return statement

    def exact(self, column: Any, charset: str) -> Any:
        """A column of text as an expression that equals a value of the same bytes alone, whatever its collation says.

        :param charset: of the connection
        """
        raise NotImplementedError

    def plain(self, column: Any, charset: str) -> Any:
        """The text of a column as Python has it, as an expression that equals the same bytes alone."""
        return self.exact(column, charset)

    def tail(self, text: Any, length: int) -> Any:
        """So many characters at the end of a text; of a shorter one, anything else."""
        return sa.func.substr(text, -length)

    def byte_length(self, text: Any) -> Any:
        """How many bytes the text of ``plain`` has in UTF-8."""
        return sa.func.length(text)

    def matches(self, column: Any, charset: str, pattern: str) -> Any:
        """The condition that the text of a column has a part that a regular expression matches."""
        return self.plain(column, charset).regexp_match(pattern)

    def is_true(self, column: Any) -> Any:
        """The condition that a truth value is true, or that a number is not 0."""
        return sa.type_coerce(column, sa.Integer) != 0

    def stored(self, text: Any) -> Any:
        """Text of an unknown character set, as an expression for its bytes, read as UTF-8."""
        return text

    def equality(self, connection: Connection, column: Any) -> Equality:
        """What the database says of a column, by one statement. The table may be empty."""
        return self._equality(connection, column) if is_text_column(column) else Equality()

    def _equality(self, connection: Connection, column: Any) -> Equality:
        raise NotImplementedError

    def storable(self, connection: Connection, column: Any, rule: Equality, names: Iterable[str]) -> list[str]:
        """The names that a column can hold: no account can have another.

        Where it is unknown how the application would store them, only those that were read from the column.
        """
        return self._storable(connection, column, rule, list(names)) if is_text_column(column) else list(names)

    def _storable(self, connection: Connection, column: Any, rule: Equality, names: list[str]) -> list[str]:
        raise NotImplementedError

    def keys(
        self, connection: Connection, column: Any, rule: Equality, names: Collection[str],
        compare: Callable[[Any], Any] | None = None,
    ) -> dict[str, Any]:
        """The same value for names that a search in a column takes for one, by name.

        :param compare: what the application does to both sides (``sa.func.lower``, say)
        """
        found: dict[str, Any] = {name: ("bytes", name) for name in names}
        if rule.collation or compare is not None:
            names = self.storable(connection, column, rule, found)
            found.update(self._keys(connection, column, rule, names, compare))
        return found

    def _keys(
        self, connection: Connection, column: Any, rule: Equality, names: Collection[str],
        compare: Callable[[Any], Any] | None,
    ) -> Iterable[tuple[str, Any]]:
        raise NotImplementedError

    def ignores(self, connection: Connection, rule: Equality, compare: Callable[[Any], Any]) -> bool:
        """Whether a column takes every text for what ``compare`` makes of it: its index finds both, then."""
        return False

    # What is said of a failure

    def is_transient(self, original: Any) -> bool:
        """Whether another attempt, from the reading on, may succeed after an error of the driver.

        A duplicate key, since somebody inserted the row between our reading and writing.
        """
        raise NotImplementedError

    def behind(self, table: Any, error: Exception, row: Mapping[str, Any]) -> tuple[str, str] | None:
        """That a sequence gives numbers which rows have already: the column that it numbers, and how to mend it.

        :param error: of an insert
        :param row: what was inserted: a column that it names had its value from us
        """
        return None

    def explained(self, text: str, statement: str) -> str:
        """What the engine said of a statement, with what it does not say."""
        return text

    def hint(self, text: str) -> str:
        """What to do, with places for ``str.format``; empty where the message says enough."""
        return next((hint for pattern, hint in self.hints if re.search(pattern, text)), "")


def version_of(module: Any) -> tuple[int, ...]:
    """The version of a library as numbers, for comparisons; ``(0,)`` when it has none."""
    match = re.match(r"\d+(?:\.\d+)*", str(getattr(module, "__version__", "0")))
    return tuple(int(part) for part in match.group().split(".")) if match else (0,)


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


def ask(connection: Connection, names: Iterable[str], expression: Any) -> Iterator[tuple[str, Any]]:
    """The value of an expression for each name: a row of as many columns.

    The expression is compiled once, since SQLAlchemy takes a hundred times as long for a row as the server does.
    """
    one = str(expression.compile(dialect=connection.dialect)).replace("%(name)s", "%s")
    names = list(names)
    for start in range(0, len(names), BATCH):
        part = names[start : start + BATCH]
        row = connection.exec_driver_sql("SELECT " + ", ".join([one] * len(part)), tuple(part)).one()
        yield from zip(part, row)


def readable(kind: Any, engine: Engine, doubt_: str = "", padded: bool | None = None) -> Any:
    """The type, with ``Unreadable`` for a value that is of another one or that Python cannot hold.

    SQLite, alone of the engines, stores any value in any column. All know moments that Python does not: infinity, the
    year 10000, 24 o'clock. One such row must not make a whole table unreadable.

    :param doubt_: why text that is not ASCII is ``Doubtful``
    :param padded: blanks at the end are the database's own; unless given, the engine says it of the type
    """
    if isinstance(kind, sa.types.TypeDecorator):
        return kind
    result, reflected = copy.copy(kind), kind.__class__
    if padded is None:
        padded = engine.pads(kind)
    result.__class__ = _readable_class(reflected, engine, doubt_, padded)
    return result


@functools.cache
def _readable_class(kind: Any, engine: Engine, doubt_: str, padded: bool) -> type:
    stored = engine.python_types(kind)
    as_stored = engine.is_as_stored(kind)

    class Readable(kind):
        cache_ok = True
        doubt = doubt_

        def adapt(self, cls: Any, **settings: Any) -> Any:
            return readable(super().adapt(cls, **settings), engine, doubt_, padded)

        def result_processor(self, dialect: Any, coltype: Any) -> Callable[[Any], Any] | None:
            inner = None if as_stored else super().result_processor(dialect, coltype)
            if inner is None and not stored and not doubt_ and not padded:
                return None

            def process(value: Any) -> Any:
                if value is None or isinstance(value, Unreadable):
                    return value
                if stored and not isinstance(value, stored):
                    return None if engine.is_no_moment(value) else Unreadable.of(value)
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
