# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PostgreSQL, through psycopg or psycopg2."""

from __future__ import annotations

import codecs
import logging
import re
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import is_valid_unicode
from ansible_collections.auth.services.plugins.module_utils.columns import Unreadable, sa
from ansible_collections.auth.services.plugins.module_utils.connection import is_trusted, ssl_mode
from ansible_collections.auth.services.plugins.module_utils.engines.common import (
    CERTIFICATE,
    CLIENT_CERT,
    LOGIN,
    LOGIN_DB,
    NO_TLS,
    PRIVILEGES,
    REACH,
    READ_ONLY,
    VERIFY,
    Engine,
    Equality,
    version_of,
)
from ansible_collections.auth.services.plugins.module_utils.watch import Watch

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

MOST_BYTES = 1 << 30
"""Memory for the answer to one statement. libpq's form of it grows in Python."""

SSL_MODES = {
    "disabled": "disable",
    "preferred": "prefer",
    "required": "require",
    "verify_ca": "verify-ca",
    "verify_identity": "verify-full",
}
LIBPQ_REQUIRES = 160000
"""From this version on libpq can refuse a server that asks for the password itself (require_auth)."""
LATIN = {5: 9, 6: 10, 7: 13, 8: 14, 9: 15, 10: 16}  # names of PostgreSQL, and parts of ISO 8859 with another number
EXACT = ("default", "C", "POSIX", "ucs_basic")  # collations that are always deterministic
TRANSIENT = re.compile(r"23505|40001|40P01|55P03|57P0[123]|08...")
"""SQLSTATE: unique violation, serialization failure, deadlock, lock not available, server shut down or starting,
connection failures."""
# date, time, timestamp, timestamptz, interval, timetz (PostgreSQL's pg_type.dat)
MOMENTS = (1082, 1083, 1114, 1184, 1186, 1266)
# What lets a role run programs, write files or become a superuser. Before release 16, CREATEROLE gives itself the rest.
POWER = """
SELECT r.rolsuper, r.rolcreaterole, pg_catalog.count(o.oid) OPERATOR(pg_catalog.>) 0 FROM pg_catalog.pg_roles r
LEFT JOIN pg_catalog.pg_roles o ON (o.rolsuper OR o.rolcreaterole
OR o.rolname OPERATOR(pg_catalog.=) 'pg_execute_server_program'
OR o.rolname OPERATOR(pg_catalog.=) 'pg_write_server_files' OR o.rolname OPERATOR(pg_catalog.=) 'pg_read_server_files')
AND pg_catalog.pg_has_role(r.oid, o.oid, 'MEMBER')
WHERE r.rolname OPERATOR(pg_catalog.=) session_user GROUP BY r.rolsuper, r.rolcreaterole
"""


class PostgreSQL(Engine):
    """PostgreSQL."""

    name, product, port = "postgresql", "PostgreSQL", 5432
    has_schemas = True
    folds_columns = False
    endless_moments = True
    hints = (
        CLIENT_CERT,
        (r"password authentication failed|no password supplied", LOGIN),
        (r"pg_hba\.conf",
         "The server does not allow this connection. Check login_host, login_user, login_db and ssl_mode."),
        (r"role \".*\" (?:does not exist|is not permitted to log in)",
         "Check login_user, and that this role is allowed to log in."),
        (r"database \".*\" does not exist|permission denied for database", LOGIN_DB),
        (r"(?i)certificate verify failed|server certificate for", CERTIFICATE),
        NO_TLS,
        (r"auth.* method requirement .* failed", VERIFY),
        (r"\bFATAL:", ""),  # the server was reached, and says itself why it refuses
        REACH,
        (r"invalid byte sequence for encoding",
         "A row contains text that is not UTF-8, which an SQL_ASCII database accepts. Correct it in the application."),
        (r"row-level security",
         "Row-level security hides rows from login_user. Log in as a role that sees all of them, as with BYPASSRLS."),
        (r"permission denied for", PRIVILEGES),
        (r"read-?only", READ_ONLY),
    )
    denied = r"permission denied for|row-level security|read-?only"

    def drivers(self) -> tuple[Mapping[str, tuple[int, ...]], str]:
        # SQLAlchemy speaks psycopg from 2.0 on.
        drivers = ["psycopg", "psycopg2"] if version_of(sa) >= (2, 0) else ["psycopg2"]
        return dict.fromkeys(drivers, ()), " or ".join(drivers)

    def connect_arguments(self, options: Mapping[str, Any]) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            "host": options.get("login_unix_socket") or options.get("login_host") or "localhost",
            "port": options.get("login_port") or self.port,
            "connect_timeout": options["connect_timeout"],
            # Unless told so, the client has what the database has, in one of SQL_ASCII no character set at all.
            "client_encoding": "UTF8",
        }
        if not options.get("login_unix_socket"):
            arguments["sslmode"] = SSL_MODES[ssl_mode(options)]
        if not is_trusted(options) and libpq_version() >= LIBPQ_REQUIRES:
            arguments["require_auth"] = "!password"
        names = {"login_user": "user", "login_password": "password", "ca_cert": "sslrootcert",
                 "client_cert": "sslcert", "client_key": "sslkey"}
        arguments.update({theirs: options[ours] for ours, theirs in names.items() if options.get(ours)})
        return arguments

    def connect(
        self, connect: Callable[..., Any], arguments: Mapping[str, Any], options: Mapping[str, Any]
    ) -> tuple[Any, Watch]:
        connection = connect(**arguments)
        if hasattr(connection, "prepare_threshold"):
            # psycopg prepares what is repeated, and a pooler may give the next transaction to another connection.
            connection.prepare_threshold = None
        watch = Watch(connection.fileno(), MOST_BYTES)
        watch.start()
        return connection, watch

    def listen(self, engine: Any, options: Mapping[str, Any], charset: str) -> None:
        # Without a handler Python prints what psycopg logs of an error, the values that the server quotes too.
        logging.getLogger("psycopg").addHandler(logging.NullHandler())
        careful = _read_any_moment if engine.driver == "psycopg" else _read_any_moment_of_psycopg2
        sa.event.listen(engine, "connect", careful)
        sa.event.listen(engine, "begin", _begin)

    def is_encrypted(self, connection: Any) -> bool:
        information = connection.pgconn if hasattr(connection, "pgconn") else connection.info
        return bool(information.ssl_in_use)

    def tells_password(self) -> str:
        return "" if libpq_version() >= LIBPQ_REQUIRES else (
            ". The managed host's libpq also sends login_password to any server that asks for it; release 16 and later"
            " do not")

    def power(self, connection: Any) -> str:
        # Whatever a role other than the login is set, that code can set the login again. All names are spelled out:
        # what the search path of the database or the role finds first may be the application's.
        cursor = connection.cursor()
        try:
            cursor.execute(POWER)
            superuser, creates_roles, member = cursor.fetchone()
            connection.rollback()
        finally:
            cursor.close()
        if superuser:
            return "is a superuser of PostgreSQL"
        if creates_roles:
            return "may create roles (CREATEROLE)"
        return "may become a superuser, or access the server's files" if member else ""

    def table_names(self, connection: Connection, schema: str | None) -> tuple[set[str], set[str]]:
        names, views = super().table_names(connection, schema)
        inspector = sa.inspect(connection)
        if hasattr(inspector, "get_materialized_view_names"):
            views.update(inspector.get_materialized_view_names(schema=schema))
        return names | views, views

    def may_read(self, connection: Connection, table: Any) -> bool:
        name = connection.dialect.identifier_preparer.format_table(table)
        return bool(connection.execute(sa.select(sa.func.has_table_privilege(name, "SELECT"))).scalar())

    def unique_indexes(self, connection: Connection, table: Any) -> list[list[Any]]:
        return [[getattr(column, "name", None) for column in one.expressions] for one in table.indexes
                if one.unique and not one.dialect_options[self.name].get("where")]

    def unique_expressions(self, connection: Connection, table: Any) -> list[str]:
        name = connection.dialect.identifier_preparer.format_table(table)
        text = ("SELECT pg_get_expr(indexprs, indrelid) FROM pg_index WHERE indrelid = CAST(:name AS regclass)"
                " AND indisunique AND indpred IS NULL AND indnatts = 1 AND indexprs IS NOT NULL")
        return list(connection.execute(sa.text(text), {"name": name}).scalars())

    def pads(self, kind: Any) -> bool:
        return isinstance(getattr(kind, "data_type", kind), sa.CHAR)  # of a domain

    def uuid_text(self, kind: Any) -> Any:
        return type(kind)(as_uuid=False)

    def lock_against_inserts(self, connection: Connection, table: Any) -> None:
        name = connection.dialect.identifier_preparer.format_table(table)
        connection.exec_driver_sql(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE")

    def exact(self, column: Any, charset: str) -> Any:
        # Of CHAR(n) the blanks at the end are the database's own, and a cast takes them off.
        return sa.collate(sa.cast(column, sa.Text), "C")

    def tail(self, text: Any, length: int) -> Any:
        return sa.func.right(text, length)

    def byte_length(self, text: Any) -> Any:
        return sa.func.octet_length(text)

    def is_true(self, column: Any) -> Any:
        return column.is_(sa.true()) if isinstance(column.type, sa.Boolean) else column != 0

    def _equality(self, connection: Connection, column: Any) -> Equality:
        one = sa.select(sa.literal(1).label("one")).subquery()
        asked = sa.select(
            sa.cast(sa.func.pg_typeof(column), sa.Text), sa.cast(sa.literal_column("pg_collation_for(" + str(
                column.compile(dialect=connection.dialect)) + ")"), sa.Text))
        kind, collation = connection.execute(asked.select_from(one.outerjoin(column.table, sa.false()))).one()
        collation = collation or '"default"'
        if kind in ("text", "character varying", "name") and collation.strip('"') in EXACT:
            return Equality()
        return Equality(collation=collation, kind="bpchar" if kind == "character" else kind)

    def _storable(self, connection: Connection, column: Any, rule: Equality, names: list[str]) -> list[str]:
        names = [name for name in names if is_valid_unicode(name) and "\0" not in name]
        if all(name.isascii() for name in names):
            return names
        encoding = _codec(connection.exec_driver_sql("SHOW server_encoding").scalar_one())
        return [name for name in names if _fits(name, encoding)]

    def _keys(
        self, connection: Connection, column: Any, rule: Equality, names: Collection[str],
        compare: Callable[[Any], Any] | None,
    ) -> Iterable[tuple[str, Any]]:
        # An ICU collation's sort key is out of reach, but a window knows what is equal.
        rows = sa.func.unnest(sa.cast(list(names), sa.ARRAY(sa.Text))).table_valued(
            "name", with_ordinality="number").render_derived(name="names")
        text: Any = rows.c.name
        if rule.kind:
            text = sa.literal_column(f"(names.name::{rule.kind}) COLLATE {rule.collation}")
        text = text if compare is None else compare(text)
        first = sa.func.min(rows.c.number).over(partition_by=text)
        return (tuple(row) for row in connection.execute(sa.select(rows.c.name, first)))

    def is_transient(self, original: Any) -> bool:
        state = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None) or ""
        return bool(TRANSIENT.fullmatch(state))

    def behind(self, table: Any, error: Exception, row: Mapping[str, Any]) -> tuple[str, str] | None:
        original = getattr(error, "orig", None)
        constraint = getattr(getattr(original, "diag", None), "constraint_name", None)
        keys = [key for key in table.constraints if constraint and key.name == constraint]
        columns = [column for key in keys for column in getattr(key, "columns", ()) if column.name not in row]
        if not columns:
            return None
        quote = sa.dialects.registry.load(self.name)().identifier_preparer
        name, column = quote.format_table(table), quote.quote(columns[0].name)
        default = re.search(r"nextval\('(.+?)'::regclass\)", str(getattr(columns[0].server_default, "arg", "")))
        literal = name.replace("'", "''")
        sequence = f"'{default[1]}'" if default else f"pg_get_serial_sequence('{literal}', '{columns[0].name}')"
        return columns[0].name, (
            f"the sequence that numbers {columns[0].name} of table {table.name} is behind: it gave a number that a row"
            " has already, so that the application cannot insert any either. As the owner of the table: SELECT"
            f" setval({sequence}, (SELECT max({column}) FROM {name}));")

    def explained(self, text: str, statement: str) -> str:
        if not statement or not text.startswith("permission denied for"):
            return text
        return f"{text}, which needs {_privilege(text, statement)}"


def libpq_version() -> int:
    """Of the driver in use, as libpq counts: 160000 is 16.0."""
    if "psycopg" in sys.modules:
        return int(sys.modules["psycopg"].pq.version())
    return int(import_module("psycopg2.extensions").libpq_version())


def _privilege(text: str, statement: str) -> str:
    """What PostgreSQL does not say: the privilege that a refused statement wanted."""
    words = re.findall(r"\w+", statement.upper())
    if "sequence" in text or "schema" in text:
        return "USAGE"
    if words[:1] == ["LOCK"] or words[:1] == ["SELECT"] and " FOR " in statement and "UPDATE" in words:
        return "UPDATE"
    both = "RETURNING" in words or words[:1] != ["SELECT"] and "WHERE" in words
    return "".join(words[:1]) + (" and SELECT" if both else "")


def _read_any_moment(connection: Any, record: Any) -> None:
    """Have psycopg give ``Unreadable`` for a moment that Python cannot hold, not an error in the middle of a result."""
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


def _read_any_moment_of_psycopg2(connection: Any, record: Any) -> None:
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


def _begin(connection: Connection) -> None:
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


def _codec(encoding: str) -> str:
    """Python's name for an encoding of PostgreSQL; UTF-8, which has all characters, for one that it does not know."""
    latin = re.fullmatch(r"LATIN(\d+)", encoding)
    name = encoding.replace("WIN", "cp").replace("KOI8", "koi8-")
    if latin:
        name = f"iso8859-{LATIN.get(int(latin[1]), latin[1])}"
    try:
        return codecs.lookup("utf-8" if encoding == "SQL_ASCII" else name).name
    except LookupError:
        return "utf-8"


def _fits(name: str, codec: str) -> bool:
    try:
        return bool(name.encode(codec)) or not name
    except UnicodeEncodeError:
        return False
