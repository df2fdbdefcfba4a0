# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PostgreSQL, through psycopg or psycopg2."""

from __future__ import annotations

import codecs
import logging
import re
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
    MOST_TEXT,
    MOST_TEXTS,
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
    version_of,
)
from ansible_collections.auth.services.plugins.module_utils.schema import Column, Table, with_details
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

# What extensions bring, and the parts of a partitioned table, are not among the tables of an application.
CLASSES = """
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_depend e ON e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e'
"""
CHOSEN = """
WHERE n.nspname = ANY(CAST(:schemas AS name[])) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
AND e.objid IS NULL
"""
SCHEMAS = """
SELECT n.nspname FROM pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
AND has_schema_privilege(n.oid, 'USAGE')
AND (n.nspname = ANY(current_schemas(false)) OR EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid))
ORDER BY array_position(current_schemas(false), n.nspname), n.nspname
"""
# Before release 14, 0 rows also stands for a table that nobody has counted.
TABLES = f"""
SELECT n.nspname, c.relname, c.relkind IN ('v', 'm'), obj_description(c.oid, 'pg_class'),
CASE WHEN c.relkind IN ('v', 'f') THEN NULL
WHEN c.relkind = 'p' AND c.reltuples <= 0 THEN (SELECT sum(greatest(part.reltuples, pg_stat_get_live_tuples(part.oid)))
FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid WHERE inhparent = c.oid)
WHEN c.reltuples <= 0 THEN pg_stat_get_live_tuples(c.oid) ELSE c.reltuples END, c.relkind <> 'f'
{CLASSES} {CHOSEN}
"""
COLUMNS = f"""
SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
pg_get_expr(d.adbin, d.adrelid), a.attidentity <> '', a.attgenerated <> '', o.description, t.oid::int8
{CLASSES} JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
LEFT JOIN pg_description o ON o.classoid = 'pg_class'::regclass AND o.objoid = c.oid AND o.objsubid = a.attnum
{CHOSEN} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.oid, a.attnum
"""
KEYS = f"""
SELECT n.nspname, c.relname, i.relname, CASE WHEN x.indisprimary THEN 'primary'
WHEN x.indisunique AND x.indisvalid AND x.indpred IS NULL THEN 'unique' ELSE 'index' END, a.attname
{CLASSES} JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid
CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k (number, place)
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number AND k.number > 0
{CHOSEN} AND k.place <= x.indnkeyatts ORDER BY x.indexrelid, k.place
"""
REFERENCES = f"""
SELECT n.nspname, c.relname, f.conname, a.attname, m.nspname, r.relname, b.attname
{CLASSES} JOIN pg_constraint f ON f.conrelid = c.oid AND f.contype = 'f' AND f.conparentid = 0
JOIN pg_class r ON r.oid = f.confrelid JOIN pg_namespace m ON m.oid = r.relnamespace
CROSS JOIN LATERAL unnest(f.conkey, f.confkey) WITH ORDINALITY AS k (ours, theirs, place)
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.ours
JOIN pg_attribute b ON b.attrelid = r.oid AND b.attnum = k.theirs
{CHOSEN} ORDER BY f.oid, k.place
"""
ENUMERATIONS = "SELECT enumtypid::int8, enumlabel FROM pg_enum ORDER BY enumtypid, enumsortorder"
DOMAINS = """
SELECT oid::int8, typbasetype::int8, format_type(typbasetype, typtypmod), typnotnull, typdefault FROM pg_type
WHERE typtype = 'd'
"""
VIEWS = f"""
SELECT n.nspname, c.relname, left(pg_get_viewdef(c.oid), {MOST_TEXT}) {CLASSES} {CHOSEN}
AND c.relkind IN ('v', 'm') ORDER BY 1, 2 LIMIT {MOST_TEXTS}
"""
# A function of a trigger belongs to the table if there is only one.
ROUTINES = f"""
SELECT n.nspname, p.proname, left(pg_get_functiondef(p.oid), {MOST_TEXT}), min(t.nspname), min(t.relname),
count(DISTINCT t.oid)
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_language l ON l.oid = p.prolang
LEFT JOIN pg_depend e ON e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e'
LEFT JOIN (SELECT g.tgfoid, c.oid, m.nspname::text, c.relname::text
FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
JOIN pg_namespace m ON m.oid = c.relnamespace WHERE NOT g.tgisinternal) t ON t.tgfoid = p.oid
WHERE n.nspname = ANY(CAST(:schemas AS name[])) AND p.prokind IN ('f', 'p') AND l.lanname IN ('sql', 'plpgsql')
AND e.objid IS NULL GROUP BY n.nspname, p.proname, p.oid ORDER BY 1, 2, p.oid LIMIT {MOST_TEXTS}
"""
COUNTER = """
SELECT n.nspname FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace
WHERE x.extname = 'pg_stat_statements'
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

    def version(self, connection: Connection) -> str:
        return str(connection.exec_driver_sql("SHOW server_version").scalar_one())

    def schema_names(self, connection: Connection) -> list[str]:
        return list(connection.exec_driver_sql(SCHEMAS).scalars())

    def catalogue(self, connection: Connection, schemas: Sequence[str]) -> tuple[dict[str, Table], list[str]]:
        def rows(statement: str) -> list[Any]:
            return list(connection.execute(sa.text(statement), {"schemas": list(schemas)}))

        def name(schema: str, table: str) -> str:
            return _qualified(schema, table, schemas)

        values: dict[int, list[str]] = {}
        for kind, label in connection.exec_driver_sql(ENUMERATIONS):
            values.setdefault(kind, []).append(label)
        domains = {row[0]: tuple(row[1:]) for row in connection.exec_driver_sql(DOMAINS)}

        def columns() -> Iterable[tuple[str, Column]]:
            for schema, table, column, kind, must, default, numbered, generated, comment, oid in rows(COLUMNS):
                while oid in domains:
                    oid, kind, never_null, usual = domains[oid]
                    must, default = must or never_null, usual if default is None else default
                if numbered or not generated and str(default).startswith("nextval("):
                    default = "auto"
                yield name(schema, table), Column(column, kind.lower() if '"' not in kind else kind, not must,
                                                  None if generated else default, generated, comment or "",
                                                  tuple(values.get(oid, ())))

        tables = [Table(name(schema, table), (), is_view=view, comment=comment or "",
                        rows=None if count is None else int(count), rolls_back=rolls_back,
                        schema="" if schema == schemas[0] else schema)
                  for schema, table, view, comment, count, rolls_back in rows(TABLES)]
        keys = [(name(schema, table), key, kind, column) for schema, table, key, kind, column in rows(KEYS)]
        references = [(name(schema, table), key, column, name(other_schema, other), theirs)
                      for schema, table, key, column, other_schema, other, theirs in rows(REFERENCES)]
        return with_details(tables, columns(), keys, references), []

    def texts(self, connection: Connection, schemas: Sequence[str]) -> list[Text]:
        chosen = {"schemas": list(schemas)}
        found = [Text(f"view {_qualified(schema, view, schemas)}", text or "")
                 for schema, view, text in connection.execute(sa.text(VIEWS), chosen)]
        for schema, name, text, table_schema, table, tables in connection.execute(sa.text(ROUTINES), chosen):
            found.append(Text(f"routine {_qualified(schema, name, schemas)}", text or "",
                              _qualified(table_schema, table, schemas) if tables == 1 else ""))
        return found

    def statements(self, connection: Connection) -> list[Text]:
        schema = connection.exec_driver_sql(COUNTER).scalar()
        if schema is None:
            raise NotCounted("the extension pg_stat_statements is not installed in this database")
        view = sa.table("pg_stat_statements", *map(sa.column, ("query", "calls", "dbid")), schema=schema).c
        ours = sa.select(sa.column("oid")).select_from(sa.table("pg_database", schema="pg_catalog")).where(
            sa.column("datname") == sa.func.current_database()).scalar_subquery()
        asked = sa.select(sa.func.left(view.query, MOST_TEXT), view.calls).where(view.dbid == ours).order_by(
            view.calls.desc()).limit(MOST_TEXTS)
        return [Text(f"a statement ({calls} times)", text or "") for text, calls in connection.execute(asked)]

    def stop_after(self, connection: Connection, seconds: float) -> None:
        # For this transaction, as a pooler may give the connection to somebody else.
        milliseconds = str(int(seconds * 1000))
        connection.execute(sa.select(sa.func.set_config("statement_timeout", milliseconds, sa.true())))

    def rights(self, connection: Connection, schema: str, names: Collection[str]) -> dict[str, list[str]]:
        wanted = ", ".join(f"has_table_privilege(c.oid, '{right}')" for right in RIGHTS)
        chosen = {"schemas": [schema], "names": list(names)}
        statement = f"SELECT c.relname, {wanted} {CLASSES} {CHOSEN} AND c.relname = ANY(CAST(:names AS name[]))"
        return {row[0]: [right for right, has in zip(RIGHTS, row[1:]) if has]
                for row in connection.execute(sa.text(statement), chosen)}

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


def _qualified(schema: str, name: str, schemas: Sequence[str]) -> str:
    return name if schema == schemas[0] else f"{schema}.{name}"


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
