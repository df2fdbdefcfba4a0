# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""MySQL and MariaDB, through PyMySQL."""

from __future__ import annotations

import codecs
import datetime
import itertools
import re
import socket
import ssl
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import OptionError, is_valid_unicode
from ansible_collections.auth.services.plugins.module_utils.columns import Doubtful, charset_doubt, sa
from ansible_collections.auth.services.plugins.module_utils.connection import is_trusted, ssl_mode, tls_context
from ansible_collections.auth.services.plugins.module_utils.engines.common import (
    CERTIFICATE,
    CLIENT_CERT,
    LOGIN,
    LOGIN_DB,
    MOST_TEXT,
    MOST_TEXTS,
    NAME,
    NO_TLS,
    PRIVILEGES,
    REACH,
    READ_ONLY,
    RIGHTS,
    VERIFY,
    Engine,
    Equality,
    NotCounted,
    Text,
    ask,
)
from ansible_collections.auth.services.plugins.module_utils.engines.my_cnf import with_file
from ansible_collections.auth.services.plugins.module_utils.schema import Column, Table, with_details
from ansible_collections.auth.services.plugins.module_utils.watch import Watch

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

MOST_BYTES = 2 << 30
"""Memory for the answer to one statement."""

UTF8 = ("utf8mb4", "utf8mb3", "utf8")
BYTES = ("binary", "armscii8", "cp1250", "cp1251", "cp1256", "cp1257", "cp850", "cp852", "cp866", "dec8", "geostd8",
         "greek", "hebrew", "hp8", "keybcs2", "koi8r", "koi8u", "latin1", "latin2", "latin5", "latin7", "macce",
         "macroman", "tis620")
"""Character sets of MySQL with which the bytes of UTF-8 can be sent: ASCII means ASCII, and each byte is a character.
In those with longer characters (gbk, sjis) a part of one can be a backslash, and end a quoted text."""
BYTES_CODEC = "auth_services_utf_8"
CHALLENGES = ("mysql_native_password", "client_ed25519", "caching_sha2_password", "")
"""Ways to log in to MySQL and MariaDB that do not reveal the password to the server."""
READABLE = "The server asks for the password in a readable form, and is not verified"
MOST_PLUGIN = 40  # characters of a name that a server made up
WEIGHTS = 1024
"""So many characters, padded with blanks as the comparison does, make the weight of a name: more than any name has,
also where one character weighs as much as eighteen. Names that differ only after them count as one."""
ALL_CHARACTERS = ("utf8mb4", "utf16", "utf16le", "utf32")
ZERO_DATE = re.compile("0000-00-00( 00:00:00(\\.0+)?)?$")
"""What MySQL stores for no moment at all; PyMySQL gives it as text."""

TRANSIENT = frozenset((1020, 1062, 1205, 1213, 2006, 2013, 4031))
"""Record changed, duplicate key, lock wait timeout, deadlock, server gone, lost connection
(https://mariadb.com/kb/en/mariadb-error-code-reference/)."""

# MariaDB keeps sequences among its tables.
TABLES = """
SELECT t.table_name, t.table_type, t.table_comment, t.table_rows, e.transactions FROM information_schema.tables t
LEFT JOIN information_schema.engines e ON e.engine = t.engine
WHERE t.table_schema = DATABASE() AND t.table_type NOT IN ('SEQUENCE', 'TEMPORARY')
"""
COLUMNS = """
SELECT table_name, column_name, column_type, is_nullable, column_default, extra, column_comment, data_type
FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position
"""
KEYS = """
SELECT table_name, index_name, non_unique, column_name FROM information_schema.statistics
WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index
"""
REFERENCES = """
SELECT table_name, constraint_name, column_name, referenced_table_schema = DATABASE(), referenced_table_schema,
referenced_table_name, referenced_column_name FROM information_schema.key_column_usage
WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL
ORDER BY table_name, constraint_name, ordinal_position
"""
VIEWS = f"""
SELECT CONCAT('view ', table_name), LEFT(view_definition, {MOST_TEXT}), '' FROM information_schema.views
WHERE table_schema = DATABASE() LIMIT {MOST_TEXTS}
"""
TRIGGERS = f"""
SELECT CONCAT('trigger ', trigger_name), LEFT(action_statement, {MOST_TEXT}), event_object_table
FROM information_schema.triggers WHERE trigger_schema = DATABASE() LIMIT {MOST_TEXTS}
"""
ROUTINES = f"""
SELECT CONCAT('routine ', routine_name), LEFT(routine_definition, {MOST_TEXT}), '' FROM information_schema.routines
WHERE routine_schema = DATABASE() LIMIT {MOST_TEXTS}
"""
DIGESTS = f"""
SELECT LEFT(digest_text, {MOST_TEXT}), count_star FROM performance_schema.events_statements_summary_by_digest
WHERE schema_name = DATABASE() AND digest_text IS NOT NULL ORDER BY count_star DESC LIMIT {MOST_TEXTS}
"""
GRANT = re.compile("GRANT (.*?) ON (.*?) TO ")
ENUMERATION = re.compile(r"'((?:[^']|'')*)'")


class MySQL(Engine):
    """MySQL and MariaDB."""

    name, product, port = "mysql", "MySQL/MariaDB", 3306
    hides_tables = True
    ignores_case = True
    whole_indexes = True
    # Its gap locks keep others from inserting what was not there when we looked.
    isolation = "REPEATABLE READ"
    hints = (
        CLIENT_CERT,
        (r"\(1045\)", LOGIN),
        (r"\(1044\)|\(1049\)", LOGIN_DB),
        (r"(?i)certificate verify failed", CERTIFICATE),
        NO_TLS,
        (READABLE, VERIFY),
        REACH,
        (r"SHOW command denied", "Grant login_user SELECT on this table."),
        (r"SHOW VIEW command denied", "It is a view. Grant login_user SELECT and SHOW VIEW on it."),
        (r"SELECT with locking clause",
         "To lock rows, MySQL requires the privilege UPDATE on the table. Grant it to login_user."),
        (r"\(1142\)|\(1143\)|\(1227\)", PRIVILEGES),
        (r"\(1290\)|\(1836\)|read-?only", READ_ONLY),
    )
    denied = r"\((?:1044|1142|1143|1227|1290|1836)\)|read-?only"

    def drivers(self) -> tuple[Mapping[str, tuple[int, ...]], str]:
        return {"pymysql": (1, 0)}, "PyMySQL >= 1.0"

    def completed(self, options: Mapping[str, Any]) -> Mapping[str, Any]:
        if options.get("login_unix_socket") and options.get("login_port"):
            raise OptionError("login_unix_socket cannot be combined with login_port")
        charset = (options.get("charset") or "").lower()
        if charset and charset not in (*UTF8, *BYTES):
            raise OptionError(f"charset is {options['charset']!r}, which is not one of {', '.join((UTF8[0], *BYTES))}")
        return with_file(options)

    def charset(self, options: Mapping[str, Any]) -> str:
        # That of the application's own, which sends UTF-8: the server then takes our bytes for what it takes those of
        # the application for.
        charset = (options.get("charset") or UTF8[0]).lower()
        return UTF8[0] if charset in UTF8 else charset

    def connect_arguments(self, options: Mapping[str, Any]) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            "charset": "utf8mb4",
            "connect_timeout": options["connect_timeout"],
            # Too long a value must be an error; the application's own session may cut it silently.
            "sql_mode": "STRICT_ALL_TABLES",
            # MariaDB would write what an EXISTS asks about to a temporary table, of a million rows on disk: minutes.
            "init_command": "SET optimizer_switch = 'materialization=off'",
        }
        names = {"login_host": "host", "login_port": "port", "login_user": "user", "login_unix_socket": "unix_socket"}
        arguments.update({theirs: options[ours] for ours, theirs in names.items() if options.get(ours)})
        if options.get("login_password") is not None:
            # PyMySQL encodes a str as Latin-1.
            arguments["password"] = options["login_password"].encode()
        if ssl_mode(options) == "disabled":
            return {**arguments, "ssl_disabled": True}
        return {**arguments, "ssl": tls_context(options)}

    def connect(
        self, connect: Callable[..., Any], arguments: Mapping[str, Any], options: Mapping[str, Any]
    ) -> tuple[Any, Watch]:
        return _connect(arguments, options)

    def listen(self, engine: Any, options: Mapping[str, Any], charset: str) -> None:
        sa.event.listen(engine, "connect", lambda connection, record: speak_as(connection, charset))

    def is_encrypted(self, connection: Any) -> bool:
        return isinstance(connection._sock, ssl.SSLSocket)

    def table_names(self, connection: Connection, schema: str | None) -> tuple[set[str], set[str]]:
        # SQLAlchemy passes over what MariaDB calls neither table nor view (SYSTEM VERSIONED).
        kinds = dict(tuple(row) for row in connection.exec_driver_sql("SHOW FULL TABLES"))
        return set(kinds), {name for name, kind in kinds.items() if kind.endswith("VIEW")}

    def folds_tables(self, connection: Connection) -> bool:
        return bool(connection.exec_driver_sql("SELECT @@lower_case_table_names").scalar_one())

    def charset_doubts(self, connection: Connection, name: str) -> dict[str, str]:
        """Why the meaning of text in a column is unknown, by column.

        In other character sets than those of UTF-8, an application that says UTF-8 of its connection has its text, and
        one that says what the column says has bytes of UTF-8 there, each of which the server takes for a character.
        """
        names = ("table_schema", "table_name", "column_name", "character_set_name")
        columns = sa.table("columns", *map(sa.column, names), schema="information_schema").c
        statement = sa.select(columns.column_name, columns.character_set_name).where(
            columns.table_schema == sa.func.database(), columns.table_name == name,
            columns.character_set_name.not_in((*UTF8, "ascii", "binary")))
        return {column: f"{name}.{column} has the character set {charset}, but the application's connection may"
                        " use another one. Set charset to the character set of the application's connection"
                for column, charset in connection.execute(statement)}

    def without_rollback(self, table: Any) -> bool:
        return str(table.kwargs.get("mysql_engine", "")).lower() in ("myisam", "aria")

    def version(self, connection: Connection) -> str:
        return _text(connection.exec_driver_sql("SELECT VERSION()").scalar_one())

    def catalogue(self, connection: Connection, schemas: Sequence[str]) -> tuple[dict[str, Table], list[str]]:
        def rows(statement: str) -> list[list[Any]]:
            return [list(map(_text, row)) for row in connection.exec_driver_sql(statement)]

        warnings = []
        tables = []
        for table, kind, comment, count, transactions in rows(TABLES):
            view = kind.endswith("VIEW")
            if view and comment != "VIEW":  # of one whose tables are gone, MySQL and MariaDB say so there
                warnings.append(f"view {table} cannot be read: {comment}")
            tables.append(Table(table, (), is_view=view, comment="" if view else comment or "", rows=count,
                                rolls_back=view or transactions == "YES"))
        columns = []
        for table, column, kind, nullable, default, extra, comment, simple in rows(COLUMNS):
            extra = extra.lower()
            generated = "generated" in extra.replace("default_generated", "")
            if "auto_increment" in extra:
                default = "auto"
            # MariaDB writes NULL, and MySQL none
            default = None if generated or default == "NULL" and nullable == "YES" else default
            values = tuple(one.replace("''", "'") for one in ENUMERATION.findall(kind)) if simple == "enum" else ()
            columns.append((table, Column(column, kind, nullable == "YES", default, generated, comment or "", values)))
        keys = [(table, key, "primary" if key == "PRIMARY" else "index" if int(common) else "unique", column)
                for table, key, common, column in rows(KEYS)]
        references = [(table, key, column, other if here else f"{schema}.{other}", theirs)
                      for table, key, column, here, schema, other, theirs in rows(REFERENCES)]
        return with_details(tables, columns, keys, references), warnings

    def texts(self, connection: Connection, schemas: Sequence[str]) -> list[Text]:
        return [Text(*(_text(one) or "" for one in row)) for statement in (VIEWS, TRIGGERS, ROUTINES)
                for row in connection.exec_driver_sql(statement)]

    def statements(self, connection: Connection) -> list[Text]:
        if not connection.exec_driver_sql("SELECT @@performance_schema").scalar_one():
            raise NotCounted("performance_schema is off on this server")
        return [Text(f"a statement ({count} times)", _text(text))
                for text, count in connection.exec_driver_sql(DIGESTS)]

    def stop_after(self, connection: Connection, seconds: float) -> None:
        dialect: Any = connection.dialect
        if dialect.is_mariadb:
            connection.exec_driver_sql(f"SET SESSION max_statement_time = {seconds:.3f}")
        else:
            connection.exec_driver_sql(f"SET SESSION max_execution_time = {int(seconds * 1000)}")

    def rights(self, connection: Connection, schema: str, names: Collection[str]) -> dict[str, list[str]]:
        database = _text(connection.exec_driver_sql("SELECT DATABASE()").scalar_one())
        found: dict[str, set[str]] = {name: set() for name in names}
        for row in connection.exec_driver_sql("SHOW GRANTS"):
            match = GRANT.match(_text(row[0]))
            if match is None:
                continue
            # Those on single columns have them in brackets.
            given = {one.strip() for one in match[1].split(",")}
            rights = set(RIGHTS) if "ALL PRIVILEGES" in given else given & set(RIGHTS)
            place = _unquoted(match[2].replace("TABLE ", "", 1) if match[2].startswith("TABLE ") else match[2])
            for name in names:
                if place == ["*", "*"] or len(place) == 2 and place[1] in ("*", name) and (
                        place[0] == database or place[1] == "*" and _like(place[0]).fullmatch(database)):
                    found[name] |= rights
        return {name: [right for right in RIGHTS if right in found[name]] for name in names}

    def gives_numbers(self, column: Any) -> bool:
        return column.autoincrement is True

    def python_types(self, kind: type) -> tuple[type, ...]:
        return (datetime.date, datetime.timedelta) if issubclass(kind, (sa.Date, sa.DateTime, sa.Time)) else ()

    def is_uuid(self, kind: Any) -> bool:
        return super().is_uuid(kind) or isinstance(kind, sa.types.NullType)  # SQLAlchemy 1.4

    def is_no_moment(self, value: Any) -> bool:
        return bool(ZERO_DATE.match(str(value)))

    def no_moment(self, column: Any) -> Any:
        return "0000-00-00" if isinstance(column.type, sa.Date) else "0000-00-00 00:00:00"

    def for_writing(self, statement: Any) -> Any:
        # A plain SELECT shows what was there at the first one of the transaction, which was before we waited for the
        # lock of whoever changed it.
        return statement.with_for_update(read=True)

    def spellings(self, text: Any, rule: Equality) -> Sequence[Any]:
        return [text, sa.cast(text, sa.LargeBinary)]

    def by_sorting(self, statement: Any) -> Any:
        # A temporary table with a key takes ten times as long, once it is on disk.
        return statement.prefix_with("SQL_BIG_RESULT")

    def exact(self, column: Any, charset: str) -> Any:
        return self.stored(sa.func.convert(column.op("USING")(sa.literal_column(charset))))

    def plain(self, column: Any, charset: str) -> Any:
        if not isinstance(column.type, sa.TypeDecorator):
            return self.exact(column, charset)
        # BINARY(n) is padded.
        trimmed = sa.func.trim(sa.literal_column("TRAILING 0x00").op("FROM")(column))
        return sa.type_coerce(trimmed, column.type)

    def matches(self, column: Any, charset: str, pattern: str) -> Any:
        return column.regexp_match(pattern)  # which MySQL 8 refuses for bytes

    def stored(self, text: Any) -> Any:
        return sa.type_coerce(sa.cast(text, sa.LargeBinary), self.utf8_binary())

    def _equality(self, connection: Connection, column: Any) -> Equality:
        one = sa.select(sa.literal(1).label("one")).subquery()
        spoken: Any = sa.literal_column("@@character_set_connection")
        few = sa.select(column).limit(1).subquery()  # MariaDB reads all that it joins, for whatever condition
        asked = sa.select(sa.func.charset(few.c[0]), sa.func.collation(few.c[0]), spoken)
        charset, collation, sent = connection.execute(asked.select_from(one.outerjoin(few, sa.false()))).one()
        # What is sent as bytes is compared as bytes, whatever the column says.
        return Equality() if "binary" in (charset, sent) else Equality(charset, collation, sent=sent)

    def _storable(self, connection: Connection, column: Any, rule: Equality, names: list[str]) -> list[str]:
        names = [name for name in names if is_valid_unicode(name)]
        doubtful = [name for name in names if not name.isascii()]
        if not doubtful or not rule.charset or rule.charset in ALL_CHARACTERS:
            return names
        if charset_doubt(column):
            return [name for name in names if name.isascii() or isinstance(name, Doubtful)]
        there_and_back = sa.cast(_using(_using(NAME, rule.charset), rule.sent), sa.LargeBinary)
        lost = {name for name, kept in ask(connection, doubtful, there_and_back) if bytes(kept or b"") != name.encode()}
        return [name for name in names if name not in lost]

    def _keys(
        self, connection: Connection, column: Any, rule: Equality, names: Collection[str],
        compare: Callable[[Any], Any] | None,
    ) -> Iterable[tuple[str, Any]]:
        compare = compare or (lambda expression: expression)
        return _weights(connection, rule, names, compare) if rule.collation else ask(connection, names, compare(NAME))

    def ignores(self, connection: Connection, rule: Equality, compare: Callable[[Any], Any]) -> bool:
        if not rule.collation or rule.sent not in UTF8:
            return False
        text = sa.collate(_using(sa.literal(_alphabet()), rule.charset), rule.collation)
        return bool(connection.execute(sa.select(text == compare(text))).scalar())

    def is_transient(self, original: Any) -> bool:
        return bool(original.args) and original.args[0] in TRANSIENT


def _text(value: Any) -> Any:
    """Text that the server gives as bytes, as where the connection's character set is binary."""
    return value.decode(errors="surrogateescape") if isinstance(value, bytes) else value


def _unquoted(place: str) -> list[str]:
    """The database and the table in what a GRANT is on."""
    parts = re.findall(r"`((?:[^`]|``)*)`|([^.`]+)", place)
    return [quoted.replace("``", "`") or plain for quoted, plain in parts]


def _like(pattern: str) -> re.Pattern[str]:
    """The pattern of databases in a GRANT, as a regular expression."""
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    return re.compile("".join({"%": ".*", "_": "."}.get(one, re.escape(one[-1])) for one in parts), re.DOTALL)


def _connect(arguments: Mapping[str, Any], options: Mapping[str, Any]) -> tuple[Any, Watch]:
    """A connection of PyMySQL, and the watch on it, started; ``connect_timeout`` is for each answer until it stands."""
    pymysql = import_module("pymysql")
    mode, trusted = ssl_mode(options), is_trusted(options)
    watch: list[Watch] = []

    class Connection(pymysql.connections.Connection):  # type: ignore[name-defined]
        logging_in = False
        _auth_plugin_name: str

        def _get_server_information(self) -> None:
            watch.append(Watch(self._sock.fileno(), MOST_BYTES))
            watch[0].start()
            super()._get_server_information()

        def _request_authentication(self) -> None:
            # Before 1.2 PyMySQL goes on in clear text where no TLS is offered, and gives the password to a server that
            # asks for it. From 1.2 on it takes a context as a must.
            self._ssl_required = mode not in ("disabled", "preferred")
            if self._ssl_required and not self.server_capabilities & pymysql.constants.CLIENT.SSL:
                raise pymysql.OperationalError(2026, "SSL is required but the server doesn't support it")
            self.logging_in = not trusted
            if self.logging_in:
                if not self.server_capabilities & pymysql.constants.CLIENT.PLUGIN_AUTH:
                    self._refuse("mysql_old_password")
                if self._auth_plugin_name not in CHALLENGES:
                    # The server names another when the account has it.
                    self._auth_plugin_name = "mysql_native_password"
            super()._request_authentication()
            self.logging_in = False

        def _read_packet(self, *arguments: Any) -> Any:
            packet = super()._read_packet(*arguments)
            if self.logging_in and packet.is_auth_switch_request():
                wanted = packet.get_all_data()[1:].split(b"\0")[0].decode(errors="replace")
                if wanted not in CHALLENGES:
                    self._refuse(wanted or "mysql_old_password")
                self._auth_plugin_name = wanted
            return packet

        def write_packet(self, payload: bytes) -> None:
            # The password itself, which TLS hides from all but the server, or what asks the server for a key to hide it
            # with: the full authentication of caching_sha2_password.
            if self.logging_in and self.password and payload in (self.password + b"\0", b"\1", b"\2"):
                self._refuse(self._auth_plugin_name)
            super().write_packet(payload)

        def _refuse(self, plugin: str) -> None:
            raise pymysql.OperationalError(2061, f"{READABLE} ({plugin[:MOST_PLUGIN]!r})")

    limits = dict.fromkeys(("read_timeout", "write_timeout"), arguments["connect_timeout"])
    try:
        connection = Connection(**arguments, **limits)
    except BaseException as error:
        for one in watch:
            one.close()
        if isinstance(error, pymysql.Error) and isinstance(error.__context__, socket.timeout):
            # Another code than that of a lost connection: it would be tried again.
            raise pymysql.OperationalError(2003, "Can't connect to MySQL server (timed out)") from error
        raise
    connection._read_timeout = connection._write_timeout = None  # from here on the watch has the clock
    return connection, watch[0]


def speak_as(connection: Any, charset: str) -> None:
    """Tell the server that a connection of PyMySQL has this character set, and go on sending and reading UTF-8.

    After SQLAlchemy, which tells the server its own.

    :param charset: as ``MySQL.charset`` gives it
    """
    def find(name: str) -> codecs.CodecInfo | None:
        # No server sees to it that what it sends is UTF-8.
        return None if name != BYTES_CODEC else codecs.CodecInfo(
            lambda text, errors="strict": codecs.utf_8_encode(text, errors),
            lambda data, errors="strict": codecs.utf_8_decode(data, "surrogateescape", True), name=name)

    if charset in UTF8:
        return
    try:
        codecs.lookup(BYTES_CODEC)
    except LookupError:
        codecs.register(find)
    # Results of a binary connection keep the character set of their column: so text can be told from bytes.
    results = ", character_set_results = NULL" if charset == "binary" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SET NAMES {charset}{results}")
    connection.encoding = BYTES_CODEC


def _alphabet() -> str:
    """All characters that some character set takes for letters in two cases, and each two letters of the Latin alphabet
    in different cases: some collations take two for one. Tried with all collations of MariaDB 10.11, against each
    character by itself."""
    letters = [letter for letter in map(chr, (*range(32, 0xD800), *range(0xE000, 0x1F000)))
               if letter < "\u3000" or letter.lower() != letter or letter.upper() != letter]
    pairs = itertools.product(ascii_lowercase, ascii_lowercase)
    return "-".join([*letters, *(text for one, other in pairs for text in (one + other.upper(), one.upper() + other))])


def _weights(
    connection: Connection, rule: Equality, names: Iterable[str], compare: Callable[[Any], Any]
) -> Iterator[tuple[str, Any]]:
    """What MySQL and MariaDB make of names to compare them, blanks at the end left out where the collation does so.

    Tried against ``=`` with all collations of MariaDB 10.11 and MySQL 9.7, of which cp1250_czech_cs alone gives blanks
    at the end a weight. They differ in what they pad.
    """
    def collated(text: Any) -> Any:
        return sa.collate(_using(text, rule.charset), rule.collation)

    text = compare(collated(NAME))
    if getattr(connection.dialect, "is_mariadb", False):
        weight = sa.func.weight_string(text.op("AS")(sa.literal_column(f"CHAR({WEIGHTS})")))
        yield from ask(connection, names, sa.func.sha2(weight, sa.literal_column("256")))
        return
    weight = sa.func.weight_string(text)
    pads = connection.execute(sa.select(collated(sa.literal("a")) == collated(sa.literal("a ")))).scalar()
    blank = dict(ask(connection, [" "], weight))[" "] if pads else b""
    for name, weights in ask(connection, names, weight):
        yield name, _without_end(weights or b"", blank)


def _without_end(data: bytes, end: bytes) -> bytes:
    while end and data.endswith(end):
        data = data[:-len(end)]
    return data


def _using(text: Any, charset: str) -> Any:
    return sa.func.convert(text.op("USING")(sa.literal_column(charset)))
