# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real wiki database for tests: SQLite, made from the example's tables, looked at without our own code."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import event

from ansible_collections.auth.services.plugins.module_utils.database import Database
from ansible_collections.auth.services.plugins.module_utils.reconcile import PasswordBook, Request, reconcile
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.adapter import MediaWiki
from ansible_collections.auth.services.plugins.module_utils.user_module import account_spec

EXAMPLE = Path(__file__).parents[2] / "examples" / "mediawiki.sql"

PASSWORD = "Correct-Horse-9"
PASSWORD_HASH = ":B:95051961:53733e02700be705a2b5b5f3b43c60de"
"""Made by MediaWiki 1.39 of PASSWORD."""

# maintenance/sqlite/tables-generated.sql of MediaWiki 1.39
IPBLOCKS = """
CREATE TABLE ipblocks (
  ipb_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, ipb_address BLOB NOT NULL,
  ipb_user INTEGER UNSIGNED DEFAULT 0 NOT NULL, ipb_by_actor BIGINT UNSIGNED NOT NULL,
  ipb_reason_id BIGINT UNSIGNED NOT NULL, ipb_timestamp BLOB NOT NULL, ipb_auto SMALLINT DEFAULT 0 NOT NULL,
  ipb_anon_only SMALLINT DEFAULT 0 NOT NULL, ipb_create_account SMALLINT DEFAULT 1 NOT NULL,
  ipb_enable_autoblock SMALLINT DEFAULT 1 NOT NULL, ipb_expiry BLOB NOT NULL, ipb_range_start BLOB NOT NULL,
  ipb_range_end BLOB NOT NULL, ipb_deleted SMALLINT DEFAULT 0 NOT NULL, ipb_block_email SMALLINT DEFAULT 0 NOT NULL,
  ipb_allow_usertalk SMALLINT DEFAULT 0 NOT NULL, ipb_parent_block_id INTEGER UNSIGNED DEFAULT NULL,
  ipb_sitewide SMALLINT DEFAULT 1 NOT NULL, UNIQUE (ipb_address, ipb_user, ipb_auto));
"""


def example_sql(prefix="", old=False):
    """The tables of the example; C(old): as MediaWiki 1.39 has them."""
    text = EXAMPLE.read_text(encoding="utf-8")
    if old:
        text = _changed(r"CREATE TABLE block(_target)? \(.*?;\n", "", text, 2)
        text = _changed(r",\s+user_is_temp [^,;]*?(?=\);)", "", text, 1) + IPBLOCKS
    return _changed(r"\b(CREATE TABLE|INSERT INTO) (\w+)", rf"\1 {prefix}\2", text)


def _changed(pattern, replacement, text, times=None):
    text, number = re.subn(pattern, replacement, text, flags=re.DOTALL)
    assert number == times or (times is None and number), f"the example has changed: {pattern}"
    return text


class Wiki:
    """One wiki: the file, its tables without our code, and runs of it."""

    def __init__(self, path, prefix="", old=False):
        self.path, self.prefix, self.old = Path(path), prefix, old
        with closing(sqlite3.connect(self.path)) as connection:
            connection.executescript(f"PRAGMA synchronous = OFF; BEGIN; {example_sql(prefix, old)} COMMIT;")

    @property
    def options(self):
        """Connection options of a module."""
        return {"login_engine": "sqlite", "login_db": str(self.path), "connect_timeout": 1, "table_prefix": self.prefix}

    # The tables

    def run(self, sql, *values):
        """Run a statement and commit; a table is written as C({user})."""
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

    def user(self, name):
        """The row of an account."""
        return self.row("user", user_name=name)

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

    def add_user(self, name, **columns):
        """An account as the wiki itself makes it; returns its id."""
        row = {"user_name": name, "user_password": PASSWORD_HASH, "user_newpassword": "", "user_email": "", "user_touched": "20261101120000",
               "user_token": "0123456789abcdef0123456789abcdef", "user_registration": "20261101120000", "user_editcount": 0}
        user = self.insert("user", **{**row, **columns})
        self.insert("actor", actor_user=user, actor_name=name)
        return user

    def add_block(self, user, name, **columns):
        """A block as the wiki itself makes it; names of columns without prefix. Returns its id."""
        row = {"by_actor": 1, "reason_id": 1, "timestamp": "20261101120000", "expiry": "infinity", "sitewide": 1, "create_account": 1}
        row.update(columns)
        if self.old:
            more = {"ipb_user": user, "ipb_address": name, "ipb_range_start": "", "ipb_range_end": ""}
            return self.insert("ipblocks", **{f"ipb_{column}": value for column, value in row.items()}, **more)
        target = self.insert("block_target", bt_user=user, bt_user_text=name, bt_auto=0, bt_count=1)
        return self.insert("block", **{f"bl_{column}": value for column, value in row.items()}, bl_target=target)

    def blocks(self):
        """All blocks by the name of the account; columns without prefix."""
        if self.old:
            return {row["ipb_address"]: {column[4:]: value for column, value in row.items()} for row in self.rows("ipblocks")}
        names = {row["bt_id"]: row["bt_user_text"] for row in self.rows("block_target")}
        return {names[row["bl_target"]]: {column[3:]: value for column, value in row.items()} for row in self.rows("block")}

    def log(self, user):
        """Log rows about an account, oldest first, as C((type, action, who, params))."""
        actors = {row["actor_id"]: row["actor_name"] for row in self.rows("actor")}
        return [(row["log_type"], row["log_action"], actors[row["log_actor"]], row["log_params"])
                for row in self.rows("logging", log_namespace=2, log_title=user.replace(" ", "_"))]

    def groups(self, user):
        """Stored memberships of an account id, with their expiry."""
        return {row["ug_group"]: row["ug_expiry"] for row in self.rows("user_groups", ug_user=user)}

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
        database = Database({**self.options, **options}, MediaWiki.column_type)
        event.listen(database.engine, "connect", lambda connection, record: connection.execute("PRAGMA synchronous = OFF"))
        return database

    def entry(self, **given):
        """The options of one account as a module hands them on."""
        defaults = {name: option.get("default") for name, option in account_spec(MediaWiki).items()}
        assert set(given) <= set(defaults)
        return {**defaults, **given}

    def apply(self, *entries, check_mode=False, performer=None, database=None, **request):
        """Reconcile these accounts."""
        wanted = Request([self.entry(**entry) for entry in entries], options={"performer": performer}, **request)
        return reconcile(database or self.database(), MediaWiki, wanted, PasswordBook(MediaWiki), check_mode)

    def actions(self, *entries, **request):
        """Reconcile these accounts; returns what was done, by name, without what stayed."""
        return {change.name: change.action for change in self.apply(*entries, **request).plan.pending}

    def read(self, *names):
        """Actual accounts as the adapter sees them; all without names."""
        database = self.database()
        with database.connect() as connection:
            return MediaWiki(database, connection, {}).read(names or None)
