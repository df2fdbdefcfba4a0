# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An application's database for tests: SQLite, looked at without our own code."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import event

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

    def read(self, *names, options=None):
        """Actual accounts as the module that only reads sees them, which has no service_options; all without names."""
        database, given = self.database(), self.service_options(**(options or {}))
        given = {name: value for name, value in given.items() if name in self.service_class.database_options or name in (options or {})}
        with database.connect() as connection:
            return self.service_class(database, connection, given).read(names or None)
