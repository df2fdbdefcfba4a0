# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An application's database for tests: SQLite, looked at without our own code."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from ansible_collections.auth.services.plugins.module_utils.account import AccountError
from ansible_collections.auth.services.plugins.module_utils.database import Database
from ansible_collections.auth.services.plugins.module_utils.options import account_spec, service_spec
from ansible_collections.auth.services.plugins.module_utils.password_book import PasswordBook
from ansible_collections.auth.services.plugins.module_utils.reconcile import reconcile
from ansible_collections.auth.services.plugins.module_utils.request import Request


class Installation:
    """One service: the file, its tables without our code, and runs of it.

    :param sql: statements that make the tables as the application does
    """

    service_class = None

    def __init__(self, path, sql, prefix=""):
        self.path, self.prefix = Path(path), prefix
        with closing(sqlite3.connect(self.path)) as connection:
            connection.executescript(f"PRAGMA synchronous = OFF; BEGIN; {sql} COMMIT;")

    @property
    def options(self):
        """Connection options of a module."""
        return {"login_engine": "sqlite", "login_db": str(self.path), "connect_timeout": 1, "table_prefix": self.prefix}

    # The tables

    def run(self, sql, *values):
        """Run a statement and commit; a table is written as ``{user}``."""
        with closing(sqlite3.connect(self.path)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA synchronous = OFF")
            rows = connection.execute(re.sub(r"\{(\w+)\}", rf"{self.prefix}\1", sql), values).fetchall()
            connection.commit()
        return [dict(row) for row in rows]

    def rows(self, table, **where):
        """The rows of a table that have these values, as they lie there."""
        condition = " AND ".join(f"{column} IS ?" for column in where) or "1"
        return self.run(f"SELECT * FROM {{{table}}} WHERE {condition} ORDER BY rowid", *where.values())

    def row(self, table, **where):
        """The only such row."""
        rows = self.rows(table, **where)
        assert len(rows) == 1, f"{table} has {len(rows)} rows with {where}"
        return rows[0]

    def insert(self, table, **columns):
        """Insert a row; returns its rowid."""
        places = ", ".join("?" * len(columns))
        self.run(f"INSERT INTO {{{table}}} ({', '.join(columns)}) VALUES ({places})", *columns.values())
        return self.run(f"SELECT max(rowid) AS id FROM {{{table}}}")[0]["id"]

    def update(self, table, where, **columns):
        """Set columns of the rows that have these values."""
        settings = ", ".join(f"{column} = ?" for column in columns)
        condition = " AND ".join(f"{column} IS ?" for column in where)
        self.run(f"UPDATE {{{table}}} SET {settings} WHERE {condition}", *columns.values(), *where.values())

    def dump(self, *without):
        """Every table with every row and the storage class of every value, but some tables."""
        names = [row["name"] for row in self.run("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        tables = {}
        for name in names:
            if name.startswith("sqlite_") or name[len(self.prefix) :] in without:
                continue
            rows = self.run(f"SELECT * FROM {name} ORDER BY rowid")
            tables[name] = [{column: (type(value).__name__, value) for column, value in row.items()} for row in rows]
        return tables

    # Logins and accounts without our code, for test_contract.py

    def register(self, name):
        """An account as the application itself writes it, with the password of the contract and something behind each door."""
        raise NotImplementedError

    def lets_in(self, name, password):
        """Whether the application's login takes a password of an account, as its rows are."""
        raise NotImplementedError

    def fill(self, sql, number):
        """Add so many strangers."""
        numbers = f"(WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < {999 + number}) SELECT i FROM n)"
        with closing(sqlite3.connect(self.path)) as connection:
            connection.executescript(f"PRAGMA synchronous = OFF; BEGIN; {sql.replace('NUMBERS', numbers)}; COMMIT;")

    # Runs

    def database(self, **options):
        """The database as a module opens it, but without waiting for the disk."""
        database = Database({**self.options, **options}, self.service_class.column_type,
                            self.service_class.charset)
        event.listen(database.engine, "connect", lambda connection, record: connection.execute("PRAGMA synchronous = OFF"))
        return database

    def entry(self, **given):
        """The options of one account as a module hands them on."""
        defaults = {name: option.get("default") for name, option in account_spec(self.service_class).items()}
        assert set(given) <= set(defaults)
        return {**defaults, **given}

    def service_options(self, **given):
        """The options of the service as a module hands them on."""
        spec = {**self.service_class.database_options, **service_spec(self.service_class)}
        return {name: given.get(name, option.get("default")) for name, option in spec.items()}

    def apply(self, *entries, check_mode=False, database=None, options=None, **request):
        """Reconcile these accounts."""
        wanted = Request([self.entry(**entry) for entry in entries], options=self.service_options(**(options or {})), **request)
        return reconcile(database or self.database(), self.service_class, wanted, PasswordBook(), check_mode)

    def actions(self, *entries, **request):
        """Reconcile these accounts; returns what was done, by name, without what stayed."""
        return {change.name: change.action for change in self.apply(*entries, **request).plan.pending}

    def count(self, *entries, **request):
        """How many statements it takes to reconcile these accounts, each of which changes."""
        database, seen = self.database(), []
        event.listen(database.engine, "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))
        assert len(self.apply(*entries, database=database, **request).plan.pending) == len(entries)
        return len(seen)

    def cost(self, *entries, **request):
        """How many statements, and rows that come back, it takes to reconcile these accounts, and the plan."""
        database, statements, rows = self.database(), [], []

        def count(connection, _record):
            connection.row_factory = lambda _cursor, row: rows.append(None) or row

        event.listen(database.engine, "connect", count)
        event.listen(database.engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
        plan = self.apply(*entries, database=database, complete=True, **request).plan
        return (len(statements), len(rows)), plan

    def read(self, *names, options=None):
        """Actual accounts as the module that only reads sees them, which has no service_options; all without names."""
        database, given = self.database(), self.service_options(**(options or {}))
        given = {name: value for name, value in given.items() if name in self.service_class.database_options or name in (options or {})}
        with database.connect() as connection:
            return self.service_class(database, connection, given).read(names or None)

    def options_of(self, name):
        """An account as _info returns it."""
        database = self.database()
        with database.connect() as connection:
            service = self.service_class(database, connection, self.service_options())
            return service.to_options(service.read([name])[name])


def refusal(installation, *entries, error=AccountError, **request):
    """The message; nothing may be written."""
    before = installation.dump()
    with pytest.raises(error) as refused:
        installation.apply(*entries, **request)
    assert installation.dump() == before
    return str(refused.value)


@dataclass(frozen=True)
class Contract:
    """What test_contract.py has to know of an application. The SQL is run where one account is disabled.

    :ivar make: makes an installation in a file
    :ivar password_hash: a stored password, as the option of this name has it
    :ivar password: that it belongs to
    :ivar name: a name as it is stored, from a small one of letters and digits
    :ivar values: options of a new account, from a number: all that it can have
    :ivar openings: SQL that opens a door, or a part of it, by what it opens
    :ivar partly: with one of them open, an account is partly disabled; without, it is enabled
    :ivar lost: what a run leaves otherwise than it was, by table: columns, and values whose rows; none for the whole table
    :ivar unknown_group: a group that is refused; empty where no group is, or there are none
    :ivar strangers: SQL for accounts that can log in, for each number ``i`` from 1000 of the table ``NUMBERS``
    :ivar shut: SQL that disables all of them as we do
    :ivar reference: SQL for a row that keeps the account of a name from being removed; empty where nothing does
    """

    make: Callable[[Path], Installation]
    password_hash: str
    openings: Mapping[str, str]
    strangers: str
    shut: str
    password: str = "correct horse"
    name: Callable[[str], str] = str
    values: Callable[[int], Mapping[str, Any]] = lambda number: {}
    partly: bool = True
    lost: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unknown_group: str = ""
    reference: str = ""
