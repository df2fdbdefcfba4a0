# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Databases of applications, what they hold before and after a run, and what must not differ."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import sqlite3
import time
from collections import Counter
from pathlib import Path

from servers import ModuleRun

NAME = re.compile(r"Many\d{4}|Guest\d{4}")
PASSWORD = "Crowded-Secret-1"


def mediawiki_hash(password):
    """As MediaWiki's default writes it, except for the salt, which is always the same."""
    derived = hashlib.pbkdf2_hmac("sha512", password.encode(), b"a salt of sixteen", 30000, 64)
    return ":".join(["", "pbkdf2", "sha512", "30000", "64", *(base64.b64encode(part).decode() for part in (b"a salt of sixteen", derived))])


class Place:
    """A database with accounts, half of which a run changes in all ways there are, and as many that it creates.

    :ivar before: all rows, before the run
    :ivar after: all rows, as normal() shows them, after it
    :ivar shut: the same after its first transactions, which only disable and remove accounts
    :ivar moments: seconds from its start to its first connection, and to its end, by interpreter
    """

    module = ""
    hashes: tuple[str, str]
    options: dict = {}

    def __init__(self, name, settings, chance, size, server=None, database=None):
        self.name, self.settings, self.chance, self.size = name, settings, chance, size
        self.server, self.database = server, database
        self.seed = f"kept-{size}"
        self.prepare()

    # What is declared

    def names(self):
        return [f"Many{number:04d}" for number in range(self.size)]

    def entry(self, name, **options):
        return {"name": name, **options}

    def prepared(self):
        return [self.entry(name, groups=["bot"], password_hash=self.hashes[0]) for name in self.names()[:self.size // 2]]

    def declared(self):
        entries = []
        for number, name in enumerate(self.names()):
            kind = number % 10
            if number >= self.size // 2:
                more = {"groups": ["bot"], "password_hash": self.hashes[0]}
                more.update(self.fields("made"))
            elif kind in (2, 3):
                more = {"groups": ["bot", "sysop"], **self.fields("changed")}
            elif kind in (5, 6):
                more = {"state": "disabled"}
            else:
                others = {4: {"state": "enabled", "password_hash": self.hashes[0]}, 7: {"state": "absent"}, 8: {"password_hash": self.hashes[1]}}
                more = others.get(kind, {"groups": ["bot"]})
            entries.append(self.entry(name, **more))
        return entries

    def contradicted(self):
        entries = []
        for number, name in enumerate(self.names()):
            kind = number % 10
            if number >= self.size // 2:
                more = [{"state": "absent"}, {"password_hash": self.hashes[1], "groups": []}, {"state": "disabled"}][number % 3]
            elif kind in (5, 6, 7, 9):
                more = {"state": "enabled", "groups": ["sysop"], "password_hash": self.hashes[1]}
            elif kind in (4, 8):
                more = {"state": "absent"}
            else:
                more = {"groups": []} if kind in (2, 3) else {"state": "disabled"}
            entries.append(self.entry(name, **more))
        return entries

    def fields(self, word):
        return {}

    # Running

    def run(self, entries, python=None, **login):
        python = python or self.chance.choice(self.settings["pythons"])
        states = {entry.get("state") for entry in entries}
        kinds = sum(state in states for state in ("disabled", "absent")) + bool(states - {"disabled", "absent"})
        return ModuleRun(python, self.settings["collections"], self.module, {**self.login(), **self.options, **login, "accounts": entries}, 1 + kinds)

    def run_well(self, entries, python=None):
        run = self.run(entries, python).wait()
        if run.failed:
            raise AssertionError(f"{self.name}: {run.result}")
        return run

    def prepare(self):
        self.make()
        self.run_well(self.prepared())
        # An account is disabled where it exists
        self.run_well([self.entry(name, state="disabled") for number, name in enumerate(self.names()[:self.size // 2]) if number % 5 == 4])
        self.keep()
        time.sleep(1.1)  # what is written from now on has another time
        self.since = time.strftime("%Y%m%d%H%M%S", time.gmtime())
        self.before = self.rows()
        self.moments = {}
        states = []
        for python in self.settings["pythons"]:
            self.reset()
            run = self.run_well(self.declared(), python)
            self.moments[python] = (run.connections[0] - run.started, run.ended - run.started)
            states.append(self.normal(self.rows()))
            self.check(self.rows())
            if {name: number for name, number in run.result["counts"].items() if name != "unlisted"} != self.expected_counts():
                raise AssertionError(f"{self.name}: {run.result['counts']}")
        self.after = states[0]
        if states[1] != states[0]:
            raise AssertionError(f"{self.name}: differs from run to run:\n{difference(*states)}")
        self.shut = []
        for kept_out in (("disabled",), ("disabled", "absent")):
            self.reset()
            self.run_well([entry for entry in self.declared() if entry.get("state") in kept_out])
            self.shut.append(self.normal(self.rows()))

    def expected_counts(self):
        tenth = self.size // 20
        return {"created": self.size // 2, "updated": 3 * tenth, "disabled": 2 * tenth, "enabled": tenth, "removed": tenth, "unchanged": 3 * tenth}

    def make(self):
        self.server.load(self.database, f"{self.settings['folder']}/{self.dump}")

    def keep(self):
        self.server.keep(self.seed)

    def reset(self):
        self.server.reset(self.seed)

    def settle(self):
        self.server.settle()

    def login(self):
        return self.server.login(self.database)

    # Looking

    def rows(self):
        """All rows of all tables, as dictionaries, by name of the table."""
        with self.server.connect(self.database) as connection, connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(self.list_tables)
            tables = [row[0] for row in cursor.fetchall()]
            found = {}
            for table in tables:
                cursor.execute(self.select.format(table))
                columns = [column[0] for column in cursor.description]
                found[table] = sorted_rows({column: plain(value) for column, value in zip(columns, row)} for row in cursor.fetchall())
            cursor.execute("ROLLBACK")
        return found

    list_tables = "SHOW TABLES"
    select = "SELECT * FROM `{}`"

    def normal(self, rows):
        """The rows of each table as text, without what differs from run to run."""
        raise NotImplementedError

    def check(self, rows):
        """What holds in any state.

        :raises AssertionError: with the rows that break it
        """


class PostgreSQLPlace:
    """How PostgreSQL lists and quotes."""

    list_tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'mediawiki'"
    select = 'SELECT * FROM mediawiki."{}"'


class Wiki(Place):
    """The tables of a MediaWiki."""

    module = "mediawiki_user"
    hashes = (mediawiki_hash(PASSWORD), mediawiki_hash("Second-Secret-2"))
    dump = "wiki-mysql.sql"
    prefix = "mw_"

    # Column -> what its number means; a number differs after a transaction that was rolled back, since the engines do not take it back.
    references = {
        "user_id": "user", "ug_user": "user", "ufg_user": "user", "actor_user": "user", "wl_user": "user", "bt_user": "user",
        "up_user": "user", "bp_user": "user", "ipb_user": "user",
        "actor_id": "actor", "log_actor": "actor", "rc_actor": "actor", "bl_by_actor": "actor", "ipb_by_actor": "actor",
        "comment_id": "comment", "log_comment_id": "comment", "rc_comment_id": "comment", "bl_reason_id": "comment", "ipb_reason_id": "comment",
        "bt_id": "block_target", "bl_target": "block_target", "bl_id": "block", "ipb_id": "block",
        "log_id": "logging", "ls_log_id": "logging", "rc_logid": "logging",
    }

    def login(self):
        return {**super().login(), "table_prefix": self.prefix}

    def fields(self, word):
        return {"email": f"{word}@example.org"}

    def rows(self):
        return {table[len(self.prefix):]: rows for table, rows in super().rows().items()}

    def normal(self, rows):
        ids = self.ids(rows)
        tokens = {row["user_token"] for row in self.before["user"]}
        return {table: sorted(self.normal_row(table, row, ids, tokens) for row in rows[table]) for table in rows}

    def ids(self, rows):
        ids = {
            "user": {row["user_id"]: row["user_name"] for row in rows["user"]},
            "actor": {row["actor_id"]: row["actor_name"] for row in rows["actor"]},
            "comment": {row["comment_id"]: f"{row['comment_text']} {row['comment_data']}" for row in rows["comment"]},
        }
        ids["block_target"] = {row["bt_id"]: f"target {row['bt_address']} {ids['user'].get(row['bt_user'])}" for row in rows.get("block_target", ())}
        ids["block"] = {row["bl_id"]: f"block of {ids['block_target'].get(row['bl_target'])}" for row in rows.get("block", ())}
        ids["block"].update({row["ipb_id"]: f"block of {ids['user'].get(row['ipb_user'])}" for row in rows.get("ipblocks", ())})
        ids["logging"] = {
            row["log_id"]: "/".join(map(str, (row["log_type"], row["log_action"], row["log_title"], self.normal_text(row["log_params"], ids))))
            for row in rows["logging"]
        }
        return ids

    def normal_row(self, table, row, ids, tokens):
        normal = {}
        for column, value in row.items():
            if column in self.references:
                kind = self.references[column]
                value = ids[kind].get(value, f"no {kind}") if value else value
            elif column in ("rc_id", "wl_id"):
                continue
            elif column == "ls_value" and row["ls_field"] == "ipb_id":
                value = ids["block"].get(int(value), "no block")
            elif column == "user_token" and re.fullmatch("[0-9a-f]{32}", value) and value not in tokens:
                value = "new"
            elif isinstance(value, str):
                value = self.normal_text(value, ids)
            normal[column] = value
        return json.dumps(normal, sort_keys=True, default=str)

    def normal_text(self, value, ids):
        if re.fullmatch(r"\d{14}", value or "") and value >= self.since:
            return "now"
        return re.sub(r'("4::userid";i:)(\d+)', lambda match: match[1] + ids["user"].get(int(match[2]), "no user"), value or "")

    def check(self, rows):
        wrong = []
        users = Counter(row["user_name"] for row in rows["user"])
        actors = Counter(row["actor_name"] for row in rows["actor"])
        by_id = {row["user_id"]: row["user_name"] for row in rows["user"]}
        wrong += [f"{number} users {name}" for name, number in users.items() if number > 1]
        wrong += [f"{number} actors {name}" for name, number in actors.items() if number > 1]
        wrong += [f"user {name} has no actor" for name in users if name not in actors and NAME.search(name)]
        wrong += [f"actor {row['actor_name']} is of user {by_id.get(row['actor_user'])}" for row in rows["actor"]
                  if row["actor_user"] and by_id.get(row["actor_user"]) != row["actor_name"]]
        ids = {kind: set(found) for kind, found in self.ids(rows).items()}
        for table, column in (("user_groups", "ug_user"), ("user_former_groups", "ufg_user"), ("watchlist", "wl_user"), ("block_target", "bt_user"),
                              ("block", "bl_target"), ("ipblocks", "ipb_user"), ("logging", "log_actor"), ("logging", "log_comment_id"),
                              ("log_search", "ls_log_id"), ("recentchanges", "rc_actor"), ("recentchanges", "rc_comment_id")):
            kind = self.references[column]
            wrong += [f"orphan {row}" for row in rows.get(table, ()) if row[column] and row[column] not in ids[kind]]
        groups = Counter((row["ug_user"], row["ug_group"]) for row in rows["user_groups"])
        wrong += [f"twice {row}" for row, number in groups.items() if number > 1]
        targets = Counter(row["bl_target"] for row in rows.get("block", ()))
        wrong += [f"{number} blocks of target {target}" for target, number in targets.items() if number > 1]
        made = Counter(row["log_title"] for row in rows["logging"] if row["log_type"] == "newusers")
        wrong += [f"the log does not say who created {name}" for name in users if NAME.search(name) and not made[name]]
        extra = len(rows["user"]) - len(self.before["user"])
        counted = rows["site_stats"][0]["ss_users"] - self.before["site_stats"][0]["ss_users"]
        if counted != extra:
            wrong.append(f"{extra} more users, and site_stats counts {counted}")
        if wrong:
            raise AssertionError(f"{self.name}: {wrong[:10]}")


class PostgreSQLWiki(PostgreSQLPlace, Wiki):
    """The same in PostgreSQL."""

    dump = "wiki-postgresql.sql"
    prefix = ""


class SQLiteWiki(Wiki):
    """The same in a file."""

    prefix = ""

    def __init__(self, name, settings, chance, size):
        self.file = f"{settings['folder']}/faults.sqlite"
        super().__init__(name, settings, chance, size)

    def make(self):
        shutil.copy(f"{self.settings['folder']}/wiki.sqlite", self.file)

    def keep(self):
        shutil.copy(self.file, self.file + ".kept")

    def reset(self):
        for left in ("-journal", "-wal", "-shm"):
            Path(self.file + left).unlink(missing_ok=True)
        shutil.copy(self.file + ".kept", self.file)

    def settle(self):
        pass

    def login(self):
        return {"login_engine": "sqlite", "login_db": self.file}

    def rows(self):
        connection = sqlite3.connect(self.file, isolation_level=None)
        connection.row_factory = sqlite3.Row
        statement = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        found = {}
        for (table,) in connection.execute(statement).fetchall():
            rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
            found[table] = sorted_rows({column: plain(value) for column, value in dict(row).items()} for row in rows)
        connection.close()
        return found


class Radius(Place):
    """The tables of a FreeRADIUS, which has no table of accounts, and hardly a key that anything must be unique."""

    module = "freeradius_user"
    hashes = ("8846F7EAEE8FB117AD06BDD830B7586C", "0CB6948805F797BF2A82807973B89537")
    options = {"password_attribute": "NT-Password"}
    dump = "radius-mysql.sql"

    def fields(self, word):
        return {"reply_attributes": [{"attribute": "Reply-Message", "op": "=", "value": word}]}

    def normal(self, rows):
        return {table: sorted(json.dumps({column: value for column, value in row.items() if column != "id"}, sort_keys=True, default=str)
                              for row in rows[table]) for table in rows}

    def check(self, rows):
        wrong = [f"twice {row}" for row, number in Counter(self.normal(rows)["radusergroup"]).items() if number > 1]
        passwords = Counter(row["username"] for row in rows["radcheck"] if row["attribute"] == "NT-Password")
        rejects = Counter(row["username"] for row in rows["radcheck"] if row["attribute"] == "Auth-Type")
        wrong += [f"{number} passwords of {name}" for name, number in passwords.items() if number > 1]
        wrong += [f"{number} rejects of {name}" for name, number in rejects.items() if number != 2]
        if wrong:
            raise AssertionError(f"{self.name}: {wrong[:10]}")


def plain(value):
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).decode("utf-8", "backslashreplace").rstrip("\0")
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00", value):
        return re.sub(r"\D", "", value[:19])
    return value


def sorted_rows(rows):
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True, default=str))


def by_account(normal):
    """The rows that speak of an account, by its name; under None those that speak of nobody."""
    found = {}
    for table, lines in normal.items():
        for line in lines:
            match = NAME.search(line)
            found.setdefault(match and match[0], []).append((table, line))
    return found


def difference(one, other):
    """Some rows that only one of two states has."""
    shown = []
    for table in sorted(set(one) | set(other)):
        left, right = (Counter(map(str, state.get(table, ()))) for state in (one, other))
        shown += [f"- {table} {line}" for line in left - right] + [f"+ {table} {line}" for line in right - left]
    return "\n".join(shown[:12])
