# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the privileges of a service type to SQL that a database administrator can paste: pure.

No statement has a password: nobody can log in as the new user before an administrator sets one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import visible
from ansible_collections.auth.services.plugins.module_utils.privileges import Privileges, Purpose, Tables

PROCEDURE = "auth_services_grants"
LOCAL = ("localhost", "127.0.0.1", "::1")
Elsewhere = dict[Tables, list[str]]
"""Privileges on tables that only the database knows."""


class GrantsError(ValueError):
    """Statements that cannot be written. The message says why."""


@dataclass(frozen=True)
class Login:
    """A database user and its database.

    :ivar engine: ``mysql``, ``postgresql`` or ``sqlite``
    :ivar host: where the server is; for MySQL and MariaDB it tells where the user comes from
    :ivar prefix: what the names of the tables begin with
    """

    engine: str
    database: str
    user: str
    host: str = ""
    schema: str = ""
    prefix: str = ""


def privileges_of(service_type: str) -> Privileges:
    """The privileges of a service type.

    :raises GrantsError: for a type that says none
    """
    name = f"ansible_collections.auth.services.plugins.module_utils.services.{service_type}.privileges"
    try:
        found: Privileges = import_module(name).PRIVILEGES
    except ModuleNotFoundError:
        raise GrantsError(f"service type {service_type!r} does not list its privileges") from None
    return found


def statements(
    title: str, privileges: Privileges, words: Collection[str], login: Login, options: Mapping[str, Any]
) -> list[str]:
    """Lines of SQL that create the user and grant what it needs.

    :param title: name of the service, for a comment
    :param words: what is needed, as in ``Purpose.when``, without the engine
    :param options: options of the module that say where its tables are
    :raises GrantsError: for what no statement can say
    """
    if login.engine not in SERVERS:
        rights = "The module works with the rights of the file's owner."
        return [f"-- {visible(title)}: SQLite has no users and no privileges. {rights}"]
    if not login.user:
        raise GrantsError("service_database.user is missing: set it to the name of the database user")
    if any("\0" in text for text in (login.database, login.user, login.schema, login.prefix)):
        raise GrantsError("the name of the database, its user, schema or tables contains a NUL character")
    server = SERVERS[login.engine](login)
    purposes = privileges.needed({*words, login.engine})
    lines = [f"-- {visible(title)}: {visible(privileges.heading)}, database {visible(login.database)}", *server.user()]
    known: dict[str, set[str]] = {}
    elsewhere: Elsewhere = {}
    for purpose in purposes:
        granted = _granted(purpose, privileges, options, elsewhere, server)
        found = []
        for table, wanted in granted.items():
            missing = [one for one in wanted if one not in known.setdefault(table, set())
                       and one.partition(" (")[0] not in known[table]]
            known[table].update(missing)
            if missing:
                found.append(server.grant(missing, table, purpose.locks))
        if found:
            lines += [f"-- {purpose.label.replace('`', '')}", *found]
    return lines + server.rest(elsewhere, [table for table, given in known.items() if "INSERT" in given])


def needed_by_table(
    privileges: Privileges, words: Collection[str], engine: str, options: Mapping[str, Any]
) -> dict[str, list[str]]:
    """The privileges on whole tables that are needed, by name of the table without prefix. Tables that only the
    database knows are not among them, nor is what locking rows takes: not every server needs it.

    :param words: what is needed, as in ``Purpose.when``, without the engine
    :param options: options of the module that say where its tables are
    """
    found: dict[str, list[str]] = {}
    for purpose in privileges.needed({*words, engine}):
        for grant in () if purpose.locks else purpose.grants:
            for name in grant.tables:
                tables = privileges.tables(name, options)
                for table in () if isinstance(tables, Tables) else tables:
                    found.setdefault(table, []).extend(
                        one for one in grant.privileges if one.isalpha() and one != "USAGE")
    return {table: list(dict.fromkeys(wanted)) for table, wanted in found.items()}


def _granted(
    purpose: Purpose, privileges: Privileges, options: Mapping[str, Any], elsewhere: Elsewhere, server: Server
) -> dict[str, list[str]]:
    """The privileges of one line, by table. Those on tables that only the database knows are added to the others."""
    found: dict[str, list[str]] = {}
    for grant in purpose.grants:
        wanted = [one for one in grant.privileges if one != "USAGE"]  # of sequences, which the database tells
        wanted += server.with_insert if "INSERT" in wanted and "SELECT" not in wanted else []
        for name in grant.tables if wanted else ():
            tables = privileges.tables(name, options)
            for one in _single(tables) if isinstance(tables, Tables) else ():
                elsewhere.setdefault(one, []).extend(wanted)
            for table in () if isinstance(tables, Tables) else tables:
                found.setdefault(table, []).extend(wanted)
    return found


def _single(tables: Tables) -> Iterator[Tables]:
    """One condition at a time, so that the privileges of several lines come together."""
    yield from (Tables(names=(name,)) for name in tables.names)
    if tables.pattern:
        yield Tables(pattern=tables.pattern)
    yield from (Tables(referring_to=(name,)) for name in tables.referring_to)
    yield from (Tables(referred_by=(name,)) for name in tables.referred_by)


class Server:
    """The SQL of one kind of server."""

    engine = ""
    with_insert: Sequence[str] = ()

    def __init__(self, login: Login) -> None:
        self.login = login

    def user(self) -> list[str]:
        """Creates the user, and lets it in."""
        raise NotImplementedError

    def grant(self, privileges: Iterable[str], table: str, locks: bool = False) -> str:
        """Privileges on an existing table."""
        raise NotImplementedError

    def rest(self, elsewhere: Elsewhere, inserted: Sequence[str]) -> list[str]:
        """Privileges on tables that only the database knows.

        :param inserted: tables that get rows
        """
        raise NotImplementedError

    def _text(self, privileges: Iterable[str]) -> str:
        return ", ".join(re.sub(r"\((\w+)\)", lambda match: f"({self.identifier(match[1])})", one)
                         for one in dict.fromkeys(privileges))

    def identifier(self, name: str) -> str:
        """A quoted name."""
        raise NotImplementedError

    def _pattern(self, pattern: str) -> str:
        """A regular expression over whole names of tables."""
        prefix = self.login.prefix
        if not re.fullmatch(r"[\w$-]*", prefix):
            raise GrantsError(f"the table prefix {visible(prefix)!r} contains characters that are not supported here")
        return f"^{prefix.replace('$', '[$]')}{pattern}$"

    def _names(self, names: Iterable[str]) -> str:
        return ", ".join(self.literal(self.login.prefix + name) for name in dict.fromkeys(names))

    def literal(self, text: str) -> str:
        """A quoted text."""
        return "'" + text.replace("'", "''") + "'"


class MySQL(Server):
    """MySQL and MariaDB."""

    engine = "mysql"

    def __init__(self, login: Login) -> None:
        super().__init__(login)
        host = login.host or LOCAL[0]
        self.who = f"{self.literal(login.user)}@{self.literal(host if host in LOCAL else '%')}"

    def literal(self, text: str) -> str:
        return super().literal(text.replace("\\", "\\\\"))

    def identifier(self, name: str) -> str:
        return "`" + name.replace("`", "``") + "`"

    def user(self) -> list[str]:
        anywhere = ["-- % means any host. Replace it with the address that the connection comes from."]
        return [
            *(anywhere if self.who.endswith("@'%'") else []),
            f"CREATE USER IF NOT EXISTS {self.who} ACCOUNT LOCK;",
            "-- A new user is locked. To unlock it, set its password:",
            f"-- ALTER USER {visible(self.who)} IDENTIFIED BY '...' ACCOUNT UNLOCK;",
        ]

    def grant(self, privileges: Iterable[str], table: str, locks: bool = False) -> str:
        place = f"{self.identifier(self.login.database)}.{self.identifier(self.login.prefix + table)}"
        statement = f"GRANT {self._text(privileges)} ON {place} TO {self.who}"
        # MariaDB passes over what is for MySQL 5.7 and later
        return f"/*!50700 {statement} */;" if locks and "*/" not in statement else f"{statement};"

    def rest(self, elsewhere: Elsewhere, inserted: Sequence[str]) -> list[str]:
        if not elsewhere:
            return []
        place, who = self.literal(f"{self.identifier(self.login.database)}.`"), self.literal(self.who)
        database, name = self.identifier(self.login.database), self.identifier(PROCEDURE)
        return [
            "-- Tables that not every release or site has, and those whose names only the database knows",
            f"DROP PROCEDURE IF EXISTS {database}.{name};",
            "DELIMITER //",
            f"CREATE PROCEDURE {database}.{name}()",
            "BEGIN",
            "  DECLARE done BOOLEAN DEFAULT FALSE;",
            "  DECLARE given, name TEXT;",
            "  DECLARE missing CURSOR FOR",
            "    " + "\n    UNION ".join(self._query(*one) for one in elsewhere.items()) + ";",
            "  DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = TRUE;",
            "  OPEN missing;",
            "  FETCH missing INTO given, name;",
            "  WHILE NOT done DO",
            f"    SET @statement = CONCAT('GRANT ', given, ' ON ', {place}, REPLACE(name, '`', '``'), '` TO ', {who});",
            "    PREPARE statement FROM @statement;",
            "    EXECUTE statement;",
            "    DEALLOCATE PREPARE statement;",
            "    FETCH missing INTO given, name;",
            "  END WHILE;",
            "  CLOSE missing;",
            "END //",
            "DELIMITER ;",
            f"CALL {database}.{name}();",
            f"DROP PROCEDURE {database}.{name};",
        ]

    def _query(self, tables: Tables, privileges: Iterable[str]) -> str:
        start, database = f"SELECT {self.literal(self._text(privileges))}, ", self.literal(self.login.database)
        keys = f"FROM information_schema.key_column_usage WHERE table_schema = {database} AND "
        if tables.referring_to:
            return (f"{start}table_name {keys}referenced_table_schema = {database}"
                    f" AND referenced_table_name IN ({self._names(tables.referring_to)})")
        if tables.referred_by:
            return (f"{start}referenced_table_name {keys}referenced_table_schema = {database}"
                    f" AND table_name IN ({self._names(tables.referred_by)})")
        named = (f"REGEXP {self.literal(self._pattern(tables.pattern))}" if tables.pattern
                 else f"IN ({self._names(tables.names)})")
        listed = f"FROM information_schema.tables WHERE table_schema = {database}"
        return f"{start}table_name {listed} AND table_name {named}"


class PostgreSQL(Server):
    """PostgreSQL. Everything it calls is in ``pg_catalog``: functions of the application must not run as superuser."""

    engine = "postgresql"
    with_insert = ("SELECT",)  # of the numbers that rows get

    def identifier(self, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    @property
    def schema(self) -> str:
        return self.login.schema or "public"

    def user(self) -> list[str]:
        who = self.identifier(self.login.user)
        role = self.literal(self.login.user)
        return [
            f"\\connect {self.identifier(self.login.database)}",
            "SET search_path = pg_catalog;",
            *self._block([f"IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {role}) THEN",
                          f"  CREATE ROLE {who} LOGIN;", "END IF;"]),
            "-- A new user has no password and cannot log in. Set one:",
            f"-- \\password {visible(who)}",
            f"GRANT CONNECT ON DATABASE {self.identifier(self.login.database)} TO {who};",
            f"GRANT USAGE ON SCHEMA {self.identifier(self.schema)} TO {who};",
        ]

    def grant(self, privileges: Iterable[str], table: str, locks: bool = False) -> str:
        place = f"{self.identifier(self.schema)}.{self.identifier(self.login.prefix + table)}"
        return f"GRANT {self._text(privileges)} ON {place} TO {self.identifier(self.login.user)};"

    def rest(self, elsewhere: Elsewhere, inserted: Sequence[str]) -> list[str]:
        queries = [self._query(*one) for one in elsewhere.items()]
        names = [*inserted, *(name for tables, privileges in elsewhere.items() if "INSERT" in privileges
                              for name in tables.names)]
        queries += [self._sequences(names)] if names else []
        reset = ["RESET search_path;"]
        if not queries:
            return reset
        block = [
            "FOR given, place IN",
            *("  " + "\n  UNION ".join(queries)).splitlines(),
            "LOOP",
            f"  EXECUTE format('GRANT %s %s TO %I', given, place::regclass, {self.literal(self.login.user)});",
            "END LOOP;",
        ]
        return ["-- Tables that not every release or site has, and what only the database knows",
                *self._block(block, ["given text", "place oid"]), *reset]

    def _query(self, tables: Tables, privileges: Iterable[str]) -> str:
        start = f"SELECT {self.literal(self._text(privileges) + ' ON TABLE')}, "
        if tables.pattern:
            return f"{start}oid {self._tables(f'relname ~ {self.literal(self._pattern(tables.pattern))}')}"
        named = self._tables(f"relname IN ({self._names(tables.names or tables.referring_to or tables.referred_by)})")
        if tables.names:
            return f"{start}oid {named}"
        wanted, known = ("conrelid", "confrelid") if tables.referring_to else ("confrelid", "conrelid")
        return f"{start}{wanted} FROM pg_constraint WHERE contype = 'f' AND {known} IN (SELECT oid {named})"

    def _sequences(self, names: Iterable[str]) -> str:
        """Those that columns of these tables take numbers from. Identity columns need no privilege."""
        return (
            "SELECT 'USAGE ON SEQUENCE', sequence.oid FROM pg_attrdef JOIN pg_depend"
            " ON classid = 'pg_attrdef'::regclass AND objid = pg_attrdef.oid AND refclassid = 'pg_class'::regclass"
            " JOIN pg_class AS sequence"
            " ON sequence.oid = refobjid AND sequence.relkind = 'S'"
            f" WHERE adrelid IN (SELECT oid {self._tables(f'relname IN ({self._names(names)})')})"
        )

    def _tables(self, condition: str) -> str:
        schema = f"(SELECT oid FROM pg_namespace WHERE nspname = {self.literal(self.schema)})"
        return f"FROM pg_class WHERE relnamespace = {schema} AND relkind IN ('r', 'p', 'v', 'm', 'f') AND {condition}"

    @staticmethod
    def _block(lines: Sequence[str], variables: Sequence[str] = ()) -> list[str]:
        text, sign = "\n".join(lines), "$grants$"
        while sign in text:
            sign = f"{sign[:-1]}_$"
        declared = f"DECLARE {'; '.join(variables)}; " if variables else ""
        return [f"DO {sign} {declared}BEGIN", *(f"  {line}" for line in lines), f"END {sign};"]


SERVERS: dict[str, type[Server]] = {server.engine: server for server in (MySQL, PostgreSQL)}
