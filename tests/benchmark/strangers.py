# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run with 100 declared accounts costs among a thousand and among a million accounts, on real servers.

Usage: strangers.py TOOLS CACHE OUTPUT [--sizes 1000 1000000] [--only NAME...] [--page PAGE]: as benchmark.py. The databases are filled
by SQL. Each figure is the best of three runs of the module alone, as a managed host runs it.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import benchmark

DECLARED, LEFT, TIMES = 100, 5, 3
FIRST = 10000  # number of the first stranger
BEGIN, END = "<!-- begin of the results of make benchmark/strangers -->\n", "<!-- end of the results of make benchmark/strangers -->\n"

CHILD = """
import json, os, runpy, sys, time
from ansible.module_utils import basic
from sqlalchemy import event
from sqlalchemy.engine import Engine

basic._ANSIBLE_ARGS = sys.stdin.buffer.read()
basic._ANSIBLE_PROFILE = "legacy"
basic.has_journal = False
report = {"statements": 0, "rows": 0, "slow": []}
began = []

@event.listens_for(Engine, "before_cursor_execute")
def before(*_arguments):
    began.append(time.perf_counter())

@event.listens_for(Engine, "after_cursor_execute")
def after(_connection, cursor, statement, *_arguments):
    report["statements"] += 1
    report["rows"] += max(cursor.rowcount, 0) if cursor.description else 0
    report["slow"].append([time.perf_counter() - began.pop(), statement[:3000]])

try:
    runpy.run_module("ansible_collections.auth.services.plugins.modules." + sys.argv[1], run_name="__main__", alter_sys=True)
finally:
    report["sql"] = sum(seconds for seconds, _statement in report["slow"])
    report["slow"] = sorted(report["slow"], reverse=True)[:3]
    with open(sys.argv[2], "w") as file:
        json.dump(report, file)
"""


@dataclass(frozen=True)
class Application:
    """An application's database.

    :ivar tables: SQL that creates them; empty for the wiki, which is there
    :ivar strangers: SQL for accounts that can log in, one for each number ``i`` of the table ``NUMBERS``, up to ``LAST``
    :ivar shut: SQL that disables them as the module does
    :ivar bare: the SELECT that somebody would write to find those who are not disabled
    :ivar count: the same to count all
    :ivar name: of an account, from small letters and digits
    """

    kind: str
    engine: str
    password_hash: str
    strangers: str
    shut: str
    bare: str
    count: str
    tables: str = ""
    name: Any = str
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return f"{self.kind}, {'MariaDB' if self.engine == 'mysql' else 'PostgreSQL'}"


RADIUS = "".join(
    f"CREATE TABLE rad{group}{kind} (id int(11) unsigned NOT NULL auto_increment, {owner}name varchar(64) NOT NULL default '',"
    f" attribute varchar(64) NOT NULL default '', op char(2) NOT NULL DEFAULT '{op}', value varchar(253) NOT NULL default '',"
    f" PRIMARY KEY (id), KEY {owner}name ({owner}name(32)));"
    for group, owner in (("", "user"), ("group", "group")) for kind, op in (("check", "=="), ("reply", "="))
) + """
CREATE TABLE radusergroup (id int(11) unsigned NOT NULL auto_increment, username varchar(64) NOT NULL default '',
  groupname varchar(64) NOT NULL default '', priority int(11) NOT NULL default '1', PRIMARY KEY (id), KEY username (username(32)));
CREATE TABLE radacct (radacctid bigint(21) NOT NULL auto_increment PRIMARY KEY, username varchar(64) NOT NULL default '',
  acctstoptime datetime NULL default NULL, KEY username (username), KEY acctstoptime (acctstoptime));
"""
WORDPRESS = """
CREATE TABLE wp_users (ID bigint(20) unsigned NOT NULL auto_increment, user_login varchar(60) NOT NULL default '',
  user_pass varchar(255) NOT NULL default '', user_nicename varchar(50) NOT NULL default '', user_email varchar(100) NOT NULL default '',
  user_url varchar(100) NOT NULL default '', user_registered datetime NOT NULL default '0000-00-00 00:00:00',
  user_activation_key varchar(255) NOT NULL default '', user_status int(11) NOT NULL default '0', display_name varchar(250) NOT NULL default '',
  PRIMARY KEY (ID), KEY user_login_key (user_login), KEY user_nicename (user_nicename), KEY user_email (user_email)) DEFAULT CHARACTER SET utf8mb4
  COLLATE utf8mb4_unicode_520_ci;
CREATE TABLE wp_usermeta (umeta_id bigint(20) unsigned NOT NULL auto_increment, user_id bigint(20) unsigned NOT NULL default '0',
  meta_key varchar(255) default NULL, meta_value longtext, PRIMARY KEY (umeta_id), KEY user_id (user_id), KEY meta_key (meta_key(191)))
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;
CREATE TABLE wp_options (option_id bigint(20) unsigned NOT NULL auto_increment, option_name varchar(191) NOT NULL default '',
  option_value longtext NOT NULL, autoload varchar(20) NOT NULL default 'yes', PRIMARY KEY (option_id), UNIQUE KEY option_name (option_name))
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;
CREATE TABLE wp_posts (ID bigint(20) unsigned NOT NULL auto_increment PRIMARY KEY, post_author bigint(20) unsigned NOT NULL default '0',
  post_status varchar(20) NOT NULL default 'publish', KEY post_author (post_author));
CREATE TABLE wp_links (link_id bigint(20) unsigned NOT NULL auto_increment PRIMARY KEY, link_owner bigint(20) unsigned NOT NULL default '1');
INSERT INTO wp_options (option_name, option_value) VALUES ('db_version', '61833'), ('default_role', 'subscriber'), ('user_count', '0'),
  ('wp_user_roles', 'a:1:{s:10:"subscriber";a:2:{s:4:"name";s:10:"Subscriber";s:12:"capabilities";a:1:{s:4:"read";b:1;}}}');
"""
USUAL_META = ("nickname", "first_name", "last_name", "description", "wp_capabilities")  # of fourteen
DJANGO = """
CREATE TABLE auth_user (id integer NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, password varchar(128) NOT NULL,
  last_login timestamp with time zone NULL, is_superuser boolean NOT NULL, username varchar(150) NOT NULL UNIQUE, first_name varchar(150) NOT NULL,
  last_name varchar(150) NOT NULL, email varchar(254) NOT NULL, is_staff boolean NOT NULL, is_active boolean NOT NULL,
  date_joined timestamp with time zone NOT NULL);
CREATE INDEX auth_user_username_like ON auth_user (username varchar_pattern_ops);
CREATE TABLE auth_group (id integer NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, name varchar(150) NOT NULL UNIQUE);
CREATE TABLE auth_permission (id integer NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, name varchar(255) NOT NULL);
CREATE TABLE auth_user_groups (id bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, user_id integer NOT NULL REFERENCES auth_user (id)
  DEFERRABLE INITIALLY DEFERRED, group_id integer NOT NULL REFERENCES auth_group (id) DEFERRABLE INITIALLY DEFERRED, UNIQUE (user_id, group_id));
CREATE TABLE auth_user_user_permissions (id bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, user_id integer NOT NULL
  REFERENCES auth_user (id) DEFERRABLE INITIALLY DEFERRED, permission_id integer NOT NULL REFERENCES auth_permission (id)
  DEFERRABLE INITIALLY DEFERRED, UNIQUE (user_id, permission_id));
CREATE TABLE django_admin_log (id integer NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, object_repr varchar(200) NOT NULL,
  user_id integer NOT NULL REFERENCES auth_user (id) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE django_session (session_key varchar(40) NOT NULL PRIMARY KEY, session_data text NOT NULL, expire_date timestamp with time zone NOT NULL);
"""
PROSODY = """
CREATE TABLE prosody ("host" TEXT NOT NULL, "user" TEXT NOT NULL, "store" TEXT NOT NULL, "key" TEXT NOT NULL, "type" TEXT NOT NULL,
  "value" TEXT NOT NULL);
CREATE UNIQUE INDEX prosody_unique_index ON prosody ("host", "user", "store", "key");
CREATE TABLE prosodyarchive (sort_id SERIAL PRIMARY KEY, "host" TEXT NOT NULL, "user" TEXT NOT NULL, "store" TEXT NOT NULL, "key" TEXT NOT NULL,
  "when" INTEGER NOT NULL, "with" TEXT NOT NULL, "type" TEXT NOT NULL, "value" TEXT NOT NULL);
"""
MUMBLE = """
CREATE TABLE meta (keystring varchar(255) PRIMARY KEY, value varchar(255));
CREATE TABLE servers (server_id INTEGER PRIMARY KEY AUTO_INCREMENT);
CREATE TABLE config (server_id INTEGER NOT NULL, `key` varchar(255), value LONGTEXT, UNIQUE INDEX config_key (server_id, `key`));
CREATE TABLE users (server_id INTEGER NOT NULL, user_id INTEGER NOT NULL, name varchar(255), pw varchar(128), salt varchar(128), kdfiterations INTEGER,
  lastchannel INTEGER, texture LONGBLOB, last_active TIMESTAMP NULL, UNIQUE INDEX users_name (server_id, name), UNIQUE INDEX users_id (server_id, user_id));
CREATE TABLE user_info (server_id INTEGER NOT NULL, user_id INTEGER NOT NULL, `key` INTEGER, value LONGTEXT,
  UNIQUE INDEX user_info_id (server_id, user_id, `key`));
CREATE TABLE `groups` (group_id INTEGER PRIMARY KEY AUTO_INCREMENT, server_id INTEGER NOT NULL, name varchar(255), channel_id INTEGER NOT NULL,
  inherit INTEGER, inheritable INTEGER);
CREATE TABLE group_members (group_id INTEGER NOT NULL, server_id INTEGER NOT NULL, user_id INTEGER NOT NULL, addit INTEGER);
CREATE INDEX group_members_users ON group_members (server_id, user_id);
CREATE TABLE acl (server_id INTEGER NOT NULL, channel_id INTEGER NOT NULL, priority INTEGER, user_id INTEGER, group_name varchar(255), apply_here INTEGER,
  apply_sub INTEGER, grantpriv INTEGER, revokepriv INTEGER);
CREATE INDEX acl_user ON acl (server_id, user_id);
INSERT INTO meta VALUES ('version', '7'), ('pbkdf2_iterations', '1000');
INSERT INTO servers VALUES (1);
INSERT INTO `groups` VALUES (1, 1, 'admin', 0, 1, 1);
INSERT INTO users (server_id, user_id, name) VALUES (1, 0, 'SuperUser');
"""

APPLICATIONS = [
    Application(
        "mediawiki", "mysql", ":pbkdf2:sha512:30000:64:" + "AAAAAAAAAAAAAAAAAAAAAA==:" + "A" * 86 + "==", name=str.title,
        options={"unlisted_except": ["Admin"]},
        count="SELECT COUNT(*) FROM mw_user",
        strangers="INSERT INTO mw_user (user_id, user_name, user_password, user_newpassword, user_email, user_touched, user_token)"
                  " SELECT i, CONCAT('Stranger ', i), ':A:x', '', CONCAT(i, '@example.com'), '20261101120000', 'abcdefghabcdefghabcdefghabcdefgh'"
                  " FROM NUMBERS; INSERT INTO mw_actor (actor_user, actor_name) SELECT i, CONCAT('Stranger ', i) FROM NUMBERS",
        shut=f"UPDATE mw_user SET user_password = ':locked::A:x', user_newpassword = ':locked::', user_token = '*** INVALID ***'"
             f" WHERE user_id BETWEEN {FIRST} AND LAST;"
             "INSERT INTO mw_block_target (bt_id, bt_user, bt_user_text, bt_auto, bt_count) SELECT i, i, CONCAT('Stranger ', i), 0, 1 FROM NUMBERS;"
             "INSERT INTO mw_block (bl_id, bl_target, bl_by_actor, bl_reason_id, bl_timestamp, bl_expiry)"
             " SELECT i, i, 1, 1, '20260101000000', 'infinity' FROM NUMBERS",
        bare="SELECT user_name FROM mw_user LEFT JOIN mw_block_target ON bt_user = user_id LEFT JOIN mw_block ON bl_target = bt_id"
             " WHERE NOT (user_password LIKE ':locked:%' AND user_token LIKE '*** INVALID ***%' AND bl_expiry IS NOT NULL AND bl_expiry > '20261127')",
    ),
    Application(
        "wordpress", "mysql", "$P$Bpv7uyoDhsCH4EPu5MUbkjT.V7P2IW/", tables=WORDPRESS, options={"table_prefix": "wp_"},
        count="SELECT COUNT(*) FROM wp_users",
        strangers="INSERT INTO wp_users (ID, user_login, user_pass, user_nicename, user_email, display_name, user_registered)"
                  " SELECT i, CONCAT('stranger', i), 'x', CONCAT('stranger', i), CONCAT(i, '@example.com'), 'S', '2026-01-02 03:04:05' FROM NUMBERS;"
                  "INSERT INTO wp_usermeta (user_id, meta_key, meta_value) SELECT i, k, 'value' FROM NUMBERS, (SELECT "
                  + " UNION ALL SELECT ".join(f"'{key}'{'' if number else ' AS k'}" for number, key in enumerate(USUAL_META))
                  + ") k ORDER BY i; INSERT INTO wp_usermeta (user_id, meta_key, meta_value) SELECT i, 'session_tokens', 'a:0:{}' FROM NUMBERS",
        shut=f"UPDATE wp_users SET user_pass = '!x', user_email = CONCAT(ID, '@example.com.disabled.invalid') WHERE ID BETWEEN {FIRST} AND LAST;"
             f"DELETE FROM wp_usermeta WHERE user_id BETWEEN {FIRST} AND LAST AND meta_key = 'session_tokens'",
        bare="SELECT user_login FROM wp_users WHERE NOT (user_pass LIKE '!%' AND (user_email = '' OR user_email LIKE '%.disabled.invalid')"
             " AND user_activation_key = '' AND ID NOT IN (SELECT user_id FROM wp_usermeta WHERE meta_key IN"
             " ('session_tokens', '_application_passwords')))",
    ),
    Application(
        "freeradius", "mysql", "NT-Password:cfc43211ba8dc470832267827cac1407", tables=RADIUS,
        count="SELECT COUNT(*) FROM (SELECT username FROM radcheck UNION SELECT username FROM radreply UNION SELECT username FROM radusergroup) r",
        strangers="INSERT INTO radcheck (username, attribute, op, value) SELECT CONCAT('stranger', i), 'NT-Password', ':=', 'ab' FROM NUMBERS;"
                  "INSERT INTO radusergroup (username, groupname) SELECT CONCAT('stranger', i), 'guests' FROM NUMBERS",
        shut=2 * "INSERT INTO radcheck (username, attribute, op, value) SELECT CONCAT('stranger', i), 'Auth-Type', ':=', 'Reject' FROM NUMBERS;",
        bare="SELECT username FROM (SELECT username, attribute, op, value FROM radcheck UNION ALL SELECT username, '', '', '' FROM radreply UNION ALL"
             " SELECT username, '', '', '' FROM radusergroup) r GROUP BY username HAVING SUM(attribute = 'Auth-Type' AND value = 'Reject') < 2",
    ),
    Application(
        "mumble", "mysql", "1000$0011223344556677$" + "ab" * 48, tables=MUMBLE,
        count="SELECT COUNT(*) FROM users WHERE server_id = 1",
        strangers="INSERT INTO users (server_id, user_id, name, pw) SELECT 1, i, CONCAT('stranger', i), 'ab' FROM NUMBERS;"
                  "INSERT INTO user_info SELECT 1, i, 3, LPAD(HEX(i), 40, '0') FROM NUMBERS",
        shut="UPDATE users SET pw = CONCAT('!', pw) WHERE name LIKE 'stranger%';"
             f"UPDATE user_info SET `key` = 1003 WHERE user_id BETWEEN {FIRST} AND LAST",
        bare="SELECT name FROM users WHERE server_id = 1 AND NOT (pw LIKE '!%' AND user_id NOT IN"
             " (SELECT user_id FROM user_info WHERE server_id = 1 AND `key` IN (1, 3)))",
    ),
    Application(
        "django", "postgresql", "pbkdf2_sha256$50000$Z8ZS9H6ErgNEiSfp3xwNu3$HmpcTmaUIfSIgA8zST1a0/XlRDkJLI0uXbhYOXANZck=", tables=DJANGO,
        count="SELECT COUNT(*) FROM auth_user",
        strangers="INSERT INTO auth_user (id, password, is_superuser, username, last_name, email, is_staff, is_active, date_joined, first_name)"
                  " SELECT i, 'x', false, 'stranger' || i, '', '', false, true, '2026-01-02 03:04:05Z', '' FROM NUMBERS",
        shut=f"UPDATE auth_user SET is_active = false WHERE id BETWEEN {FIRST} AND LAST",
        bare="SELECT username FROM auth_user WHERE is_active",
    ),
    Application(
        "prosody", "postgresql", "", tables=PROSODY, options={"host": "example.org"},
        count="""SELECT COUNT(DISTINCT "user") FROM prosody WHERE host = 'example.org' AND store = 'accounts'""",
        strangers="""INSERT INTO prosody SELECT 'example.org', 'stranger' || i, 'accounts', k, 'string', lpad(to_hex(i), 40, '0') FROM NUMBERS,
                     unnest(ARRAY['salt', 'stored_key', 'server_key']) k; INSERT INTO prosody SELECT 'example.org', 'stranger' || i, 'accounts',
                     'iteration_count', 'number', '10000' FROM NUMBERS""",
        shut="""UPDATE prosody SET value = '00' || value WHERE "user" LIKE 'stranger%' AND key = 'stored_key';
                INSERT INTO prosody SELECT 'example.org', 'stranger' || i, 'accounts', 'disabled', 'boolean', 'true' FROM NUMBERS""",
        bare="""SELECT "user" FROM prosody WHERE host = 'example.org' AND store = 'accounts' GROUP BY "user"
                HAVING NOT (bool_or(key = 'disabled' AND value = 'true') AND NOT bool_or(key = 'stored_key' AND value NOT LIKE '00%')
                AND NOT bool_or(key = 'password'))""",
    ),
]


class Database:
    """The database of an application, filled anew for each size."""

    def __init__(self, application: Application, wiki: benchmark.Wiki, tools: Path, folder: Path) -> None:
        self.application, self.wiki, self.tools, self.folder = application, wiki, tools, folder
        facts = wiki.facts
        self.name = facts["login"]["login_db"] if not application.tables else application.kind
        if application.engine == "mysql":
            self.client = [*facts["client"], "--skip-column-names"]
            login = {**facts["login"], "login_db": self.name, "login_user": "root", "table_prefix": ""}
            login["login_password"] = next(word[11:] for word in facts["client"] if word.startswith("--password="))
        else:
            self.client = [*facts["postgresql_client"], "--tuples-only"]
            login = {"login_engine": "postgresql", "login_host": "127.0.0.1", "login_port": facts["postgresql_port"],
                     "login_user": self.name, "login_db": self.name}
        if not application.tables:
            login = facts["login"]
        self.options = {**login, **application.options}

    def sql(self, text: str, database: str | None = None) -> str:
        """Run statements as the administrator of the server."""
        name = self.name if database is None else database
        return subprocess.run([*self.client, *([name] if name else [])], input=text, check=True, text=True, stdout=subprocess.PIPE).stdout

    def fill(self, number: int) -> None:
        """The tables with so many strangers."""
        if not self.application.tables:
            self.wiki.restore()
        elif self.application.engine == "mysql":
            self.sql(f"DROP DATABASE IF EXISTS `{self.name}`; CREATE DATABASE `{self.name}`", "")
        else:
            for statement in (f"DROP DATABASE IF EXISTS {self.name}", f"DROP ROLE IF EXISTS {self.name}", f"CREATE ROLE {self.name} LOGIN",
                              f"CREATE DATABASE {self.name}"):
                self.sql(statement, "postgres")
        self.sql(self.application.tables)
        if self.application.engine == "postgresql":
            self.sql("".join(f"GRANT ALL ON ALL {what} IN SCHEMA public TO {self.name};" for what in ("TABLES", "SEQUENCES")))
        self.with_numbers(self.application.strangers, number)

    def with_numbers(self, text: str, number: int) -> None:
        """Run statements about each of so many strangers, and let the server see what there is now, as it does by itself after a while."""
        last = FIRST + number - 1
        numbers = (f"(SELECT seq AS i FROM seq_{FIRST}_to_{last}) n" if self.application.engine == "mysql"
                   else f"generate_series({FIRST}, {last}) n(i)")
        self.sql(text.replace("NUMBERS", numbers).replace("LAST", str(last)))
        if self.application.engine == "postgresql":
            self.sql("VACUUM ANALYZE")
            return
        tables = self.sql("SHOW TABLES").split()
        self.sql("".join(f"ANALYZE TABLE `{table}`;" for table in tables if "objectcache" not in table))

    def bare(self, statement: str) -> float:
        """Seconds that a SELECT takes, without the start of the client."""
        best = []
        for _time in range(TIMES):
            took = []
            for text in ("SELECT 1;", statement + ";"):
                begin = time.perf_counter()
                self.sql(text)
                took.append(time.perf_counter() - begin)
            best.append(took[1] - took[0])
        return min(best)

    def run(self, accounts: list[dict[str, Any]], **options: Any) -> dict[str, Any]:
        """A run of the module in a process of its own."""
        arguments = {**self.options, "accounts": accounts, **options, "_ansible_remote_tmp": str(self.folder), "_ansible_keep_remote_files": False}
        collections = os.environ["ANSIBLE_COLLECTIONS_PATH"].split(":")[0]
        command = [str(self.tools / "bin/python"), "-c", CHILD, f"{self.application.kind}_user", str(self.folder / "report.json")]
        given, output = self.folder / "arguments.json", self.folder / "output"
        given.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": arguments}))
        with given.open() as source, output.open("w") as target:
            begin = time.perf_counter()
            process = subprocess.Popen(command, stdin=source, stdout=target, stderr=subprocess.STDOUT,
                                       env={**os.environ, "PYTHONPATH": collections})
            _pid, _status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - begin
        try:
            result = json.loads(output.read_text())
        except ValueError:
            sys.exit(f"{self.application.label}: {output.read_text()[-5000:]}")
        return {"seconds": seconds, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss, "result": result,
                **json.loads((self.folder / "report.json").read_text())}


class Strangers:
    """Measures, and keeps the figures."""

    def __init__(self, database: Database) -> None:
        self.database, self.figures = database, []
        application = database.application
        password = {"password_hash": application.password_hash} if application.password_hash else {"update_password": "on_create"}
        self.declared = [{"name": application.name(f"user{number}"), **password} for number in range(DECLARED)]
        self.left = [{"name": application.name(f"left{number}"), **password} for number in range(LEFT)]

    def keep(self, what: str, number: int, runs: list[dict[str, Any]], **more: Any) -> None:
        best = min(runs, key=lambda run: run["seconds"])
        figure = {"application": self.database.application.label, "what": what, "n": number, **best, **more}
        figure["cpu"], figure["memory"] = (min(run[name] for run in runs) for name in ("cpu", "memory"))
        del figure["result"]
        self.figures.append(figure)
        print(f"{time.strftime('%H:%M:%S')} {figure['application']:24} {number:>9,} {what:18} {figure['seconds']:7.2f} s, in SQL {figure['sql']:7.2f} s,"
              f" CPU {figure['cpu']:5.2f} s, {figure['memory'] / 1024:4.0f} MiB, {figure['statements']} statements, {figure['rows']} rows"
              + (f", by hand {figure['bare']:.2f} s" if "bare" in figure else ""), flush=True)

    def expect(self, run: dict[str, Any], what: str, holds: bool) -> None:
        if not holds:
            sys.exit(f"{self.database.application.label}: {what} is not what was expected: {run['result'].get('msg') or json.dumps(run['result'])[:3000]}")

    def measure(self, number: int) -> None:
        """All runs among so many strangers."""
        database = self.database
        database.fill(number)
        run = database.run([*self.declared, *self.left])
        self.expect(run, "creating", run["result"].get("changed") is True and not run["result"].get("failed"))
        database.with_numbers("SELECT 1", number)
        plain = database.run(self.declared, unlisted="ignore")  # brings the tables into the server's memory
        runs = [database.run(self.declared, unlisted="ignore") for _time in range(TIMES)]
        self.expect(plain, "nothing to change", plain["result"].get("changed") is False)
        self.keep("nothing to change", number, runs, bare=database.bare(database.application.count))
        runs = [database.run(self.declared, unlisted="disable") for _time in range(TIMES)]
        self.expect(runs[0], "the limit", "unlisted would affect" in runs[0]["result"].get("msg", ""))
        self.keep("limit refuses", number, runs)
        database.with_numbers(database.application.shut, number)
        runs = []
        for _time in range(TIMES):
            runs.append(database.run(self.declared, unlisted="disable", unlisted_limit="100%"))
            touched = {one["name"] for one in runs[-1]["result"].get("accounts", []) if one["action"] == "disabled"}
            self.expect(runs[-1], "disabling", {one["name"] for one in self.left} == touched)
            again = database.run([{"name": one["name"], "state": "enabled"} for one in self.left])
            self.expect(again, "enabling", again["result"]["changed"])
        self.keep("disable 5", number, runs, bare=database.bare(database.application.bare))


def table(figures: list[dict[str, Any]], small: int, large: int) -> str:
    """The figures as a table in Markdown, small beside large."""
    lines = ["| application | run | time | CPU | memory | statements | rows | SELECT by hand |", "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    found = {(one["application"], one["what"], one["n"]): one for one in figures}
    for (application, what, number), one in found.items():
        other = found.get((application, what, large))
        if number != small or other is None:
            continue
        least = max(other.get("bare", 0), .001)
        bare = f"{other['bare']:.2f} s ({other['seconds'] / least:.1f}, {other['sql'] / least:.1f})" if "bare" in other else ""
        lines.append(
            f"| {application} | {what} | {one['seconds']:.2f} s → {other['seconds']:.2f} s ({other['seconds'] / one['seconds']:.2f}) "
            f"| {one['cpu']:.2f} → {other['cpu']:.2f} | {one['memory'] / 1024:.0f} → {other['memory'] / 1024:.0f} MiB"
            f" ({other['memory'] / one['memory']:.2f}) | {one['statements']} → {other['statements']} | {one['rows']} → {other['rows']} "
            f"| {bare} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("tools", "cache", "output"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 1_000_000])
    parser.add_argument("--only", nargs="+", default=[one.kind for one in APPLICATIONS])
    parser.add_argument("--page", type=Path, help="a page in Markdown, which gets the table")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit("terminated"))  # so that the servers are stopped
    figures: list[dict[str, Any]] = []
    given.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="auth-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with benchmark.servers(folder, given.tools.resolve(), given.cache.resolve(), postgresql=True,
                               setup_mariadb_options=["--innodb-buffer-pool-size=2G"]) as wiki:
            wiki.keep()
            for application in APPLICATIONS:
                if application.kind not in given.only:
                    continue
                one = Strangers(Database(application, wiki, given.tools.resolve(), folder))
                for size in given.sizes:
                    one.measure(size)
                    for figure in one.figures[-3:]:
                        (given.output / f"{application.kind}-{size}-{figure['what'].replace(' ', '_')}.sql.txt").write_text(
                            "\n\n".join(f"-- {seconds:.3f} s\n{statement}" for seconds, statement in figure["slow"]) + "\n")
                figures += one.figures
    (given.output / "strangers.json").write_text(json.dumps(figures, indent=1))
    text = table(figures, given.sizes[0], given.sizes[-1])
    print(text)
    if given.page:
        before, begin, rest = given.page.read_text().partition(BEGIN)
        _old, end, after = rest.partition(END)
        given.page.write_text(f"{before}{begin}\n{text}\n{end}{after}")


if __name__ == "__main__":
    main()
