# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run every kind of task with the privileges that services/<type>/privileges.py lists, and without each of them.

Usage: privileges.py FILE EVERY. The file is JSON: roots (how to connect as superuser, by engine), services (each with
type, name, engine, login), types (see vars/main.yml). With EVERY 4 only every fourth privilege is taken away, of each case others.

A case runs with the privileges of "read" and of its lines there. Then each privilege is taken away alone. The run
must fail with a message that names privilege and table, and leave every table as it was; or come to the same as with all
privileges: then another case of the line must need it. So the lines list all that is needed, and nothing else.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import re
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from ansible.module_utils import basic

MODULES = "ansible_collections.auth.services.plugins.modules."
SERVICES = "ansible_collections.auth.services.plugins.module_utils.services."
LOCKING = "every line that writes, on "  # and the databases that want it
UNSEEN = "A table is also invisible without privileges on it|may also lack privileges on the table|cannot see any table"


@dataclass(frozen=True)
class Unit:
    """One privilege on one table (or sequence), without prefix."""

    privilege: str
    column: str
    table: str

    def __str__(self):
        return f"{self.privilege}{f' ({self.column})' if self.column else ''} on {self.table}"


def lines_of(kind):
    """By line (its label without quotes): pairs of a privilege and a table, as they stand there."""
    purposes = importlib.import_module(f"{SERVICES}{kind}.privileges").PRIVILEGES.purposes
    return {purpose.label.replace("`", ""): [(privilege, table.strip("*")) for grant in purpose.grants
                                             for privilege in grant.privileges for table in grant.tables] for purpose in purposes}


class Server:
    """A database, seen and changed by its superuser."""

    def __init__(self, engine, root, login, prefix):
        self.mysql = engine == "mysql"
        self.database, self.prefix = login["login_db"], prefix
        self.schema = self.database if self.mysql else "public"
        if self.mysql:
            import pymysql

            self.connection = pymysql.connect(**root, database=self.database, autocommit=True, charset="utf8mb4")
            self.product = "MariaDB" if "MariaDB" in self.query("SELECT VERSION()")[0][0] else "MySQL"
        else:
            import psycopg

            self.connection = psycopg.connect(**root, dbname=self.database, autocommit=True)
            self.product = "PostgreSQL"
        self.tables = [name for (name,) in self.query(
            "SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema = %s",
            (self.schema,)) if name.startswith(prefix)]

    def query(self, statement, values=None):
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def quote(self, name):
        return f"`{name}`" if self.mysql else f'"{name}"'

    def references(self, table):
        """Tables with a foreign key to one."""
        found = self.query("SELECT table_name FROM information_schema.key_column_usage"
                           " WHERE table_schema = %s AND referenced_table_name = %s", (self.schema, self.prefix + table))
        return sorted({name[len(self.prefix):] for (name,) in found})

    def rows(self, ignored):
        """Of every table."""
        self.query("START TRANSACTION READ ONLY")
        found = {name: self.query(f"SELECT * FROM {self.quote(name)}") for name in self.tables if name not in ignored}
        self.query("COMMIT")
        return {name: sorted(map(repr, rows)) for name, rows in found.items()}, found

    def restore(self, before, now):
        """Rows as they were."""
        changed = [name for name, rows in before[0].items() if now[0][name] != rows]
        if not changed:
            return
        self.query("SET FOREIGN_KEY_CHECKS = 0" if self.mysql else "SET session_replication_role = replica")
        if self.mysql:
            self.query("SET SESSION sql_mode = ''")
        for name in changed:
            self.query(f"DELETE FROM {self.quote(name)}")
            rows = before[1][name]
            if rows:
                marks = ", ".join(["%s"] * len(rows[0]))
                with self.connection.cursor() as cursor:
                    cursor.executemany(f"INSERT INTO {self.quote(name)} VALUES ({marks})", rows)

    def who(self, user):
        return f"'{user}'@'127.0.0.1'" if self.mysql else user

    def make_user(self, user):
        if self.mysql:
            self.query(f"DROP USER IF EXISTS {self.who(user)}")
            self.query(f"CREATE USER {self.who(user)} IDENTIFIED BY 'pass-{user}'")
            return
        if self.query("SELECT 1 FROM pg_roles WHERE rolname = %s", (user,)):
            self.query(f"DROP OWNED BY {user}")
        else:
            self.query(f"CREATE ROLE {user} LOGIN PASSWORD 'pass-{user}'")
        self.query(f"GRANT USAGE ON SCHEMA public TO {user}")

    def grant(self, user, unit, verb="GRANT", word="TO"):
        name = self.prefix + unit.table
        place = f"{self.quote(self.database)}.{self.quote(name)}" if self.mysql else self.quote(name)
        kind = "SEQUENCE " if unit.privilege == "USAGE" else ""
        column = f" ({unit.column})" if unit.column else ""
        self.query(f"{verb} {unit.privilege}{column} ON {kind}{place} {word} {self.who(user)}")

    def revoke(self, user, unit):
        self.grant(user, unit, "REVOKE", "FROM")


def run(module, arguments):
    """What a module returns."""
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
    basic._ANSIBLE_PROFILE = "legacy"
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.suppress(SystemExit):
        importlib.import_module(MODULES + module).main()
    return json.loads(output.getvalue())


def effects(before, after):
    """What a run did: how many rows it added to which tables, and the columns that it changed; not the values, which are
    numbers, times and salts too."""
    found = set()
    for name, rows in before[1].items():
        others = after[1][name]
        if len(rows) != len(others):
            found.add((name, len(others) - len(rows)))
        for number, (column, other) in enumerate(zip(zip(*rows), zip(*others))):
            if sorted(map(repr, column)) != sorted(map(repr, other)):
                found.add((name, f"column {number + 1}"))
    return found


class Trial:
    """The cases of one type on one service."""

    def __init__(self, work, service, document, every):
        self.kind = work["types"][service["type"]]
        self.service, self.every = service, every
        self.prefix = service["login"].get("table_prefix", "")
        self.server = Server(service["engine"], work["roots"][service["engine"]], service["login"], self.prefix)
        self.document = document[service["type"]]
        self.problems, self.runs = [], 0
        self.listed, self.needed = set(), set()

    def units(self, label):
        """The privileges of a line that have to do with this database."""
        found = []
        for privilege, table in self.document[label]:
            tables = [table]
            if table in self.kind.get("places", {}):
                tables = self.kind["places"][table]
            elif table == "references":
                tables = self.server.references(self.kind["references"])
            word, _space, column = privilege.partition(" ")
            for one in tables:
                if self.prefix + one in self.server.tables or word == "USAGE":
                    found.append(Unit(word, column.strip("()"), one))
        return found

    def go(self):
        for number, case in enumerate(self.kind["cases"]):
            if self.service["name"] in case.get("at", [self.service["name"]]):
                self.try_case(case, number % self.every)

    def act(self, task, user=None):
        self.runs += 1
        options = {**self.service["login"], **self.service.get("options", {}), **self.kind.get("options", {}), **task}
        module = options.pop("module", self.kind["module"])
        if user:
            options.update(login_user=user, login_password=f"pass-{user}")
        return run(module, options)

    def try_case(self, case, start):
        label = f"{self.service['name']}, {case['name']}"
        ignored = [self.prefix + name for name in self.kind.get("ignored", [])]
        clean = self.server.rows(ignored)
        for task in case.get("first", []):
            made = self.act(task)
            if made.get("failed"):
                self.problems.append(f"{label}: to begin with: {made['msg']}")
        for statement in case.get("sql", []):
            self.server.query(re.sub(r"{(\w+)}", lambda match: self.server.quote(self.prefix + match[1]), statement))
        before = self.server.rows(ignored)
        lines = [name for name in self.document for wanted in ["read", *case["lines"]]
                 if name == wanted or name.split(":")[0] == wanted]
        if len(lines) != len(case["lines"]) + 1:
            self.problems.append(f"{label}: there are the lines {lines} of {case['lines']}")
        if case["lines"]:
            lines += [name for name in self.document if name.startswith(LOCKING) and self.server.product in name]
        units = {name: self.units(name) for name in lines}
        every = list(dict.fromkeys(unit for line in units.values() for unit in line))
        self.listed.update((name, unit) for name, line in units.items() for unit in line)
        user = "least"
        self.server.make_user(user)
        for unit in every:
            self.server.grant(user, unit)

        done = self.act(case["task"], user)
        after = self.server.rows(ignored)
        full = effects(before, after)
        self.server.restore(before, after)
        as_meant = re.search(case["refused"], done.get("msg", "")) if "refused" in case else (
            not done.get("failed") and done["changed"] == case.get("changed", True))
        if not as_meant:
            self.problems.append(f"{label}: with all privileges: {done.get('msg', 'nothing changed')}")
            every = []
        for unit in every[start :: self.every]:
            self.server.revoke(user, unit)
            result = self.act(case["task"], user)
            self.server.grant(user, unit)
            after = self.server.rows(ignored)
            if self.judge(f"{label}, without {unit}", case, unit, result, before, after, full):
                self.needed.update((name, unit) for name, line in units.items() if unit in line)
            self.server.restore(before, after)
        self.server.restore(clean, self.server.rows(ignored))

    def judge(self, label, case, unit, result, before, after, full):
        """Whether the privilege is needed."""
        message, table = result.get("msg", ""), self.prefix + unit.table
        if result.get("failed"):
            if "refused" in case and re.search(case["refused"], message):
                return False
            if before[0] != after[0]:
                self.problems.append(f"{label}: something was written, in {effects(before, after)}: {message}")
            told = re.search(rf"\b{table}\b", message) and re.search(rf"\b{unit.privilege}\b|{UNSEEN}", message)
            told = told or "(1044)" in message  # nothing was left on the database
            told = told or ("says" in case and re.search(case["says"], message))
            if not told or "Nothing was written" not in message or re.search("Internal error|Traceback", message):
                self.problems.append(f"{label}: this does not tell: {message}")
            return True
        less = full - effects(before, after)
        warned = [str(text) for text in result.get("warnings", []) if re.search(case.get("warns", rf"\b{table}\b"), str(text))]
        if less and not warned and unit.table not in case.get("silently", []):
            self.problems.append(f"{label}: it does less, without {sorted(less, key=str)}, and says nothing")
        return bool(less or warned)


def main():
    work = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    document = {kind: lines_of(kind) for kind in work["types"]}
    every = int(sys.argv[2])
    problems = []
    listed, needed, products = defaultdict(set), defaultdict(set), defaultdict(set)
    for service in work["services"]:
        started = time.monotonic()
        trial = Trial(work, service, document, every)
        trial.go()
        problems += trial.problems
        listed[service["type"]] |= trial.listed
        needed[service["type"]] |= trial.needed
        products[service["type"]].add(trial.server.product)
        print(f"{service['type']} {service['name']}: {trial.runs} runs, {time.monotonic() - started:.0f} s", flush=True)
    for kind, description in work["types"].items():
        lines = document[kind]
        tried = {line for line, _unit in listed[kind]}
        elsewhere = [line for line in lines if line.startswith(LOCKING) and not any(product in line for product in products[kind])]
        problems += [f"{kind}: no case has the line {line}" for line in lines
                     if line not in [*tried, *description.get("untried", []), *elsewhere]]
        if every == 1:
            problems += [f"{kind}, {line}: nothing needs {unit}" for line, unit in sorted(listed[kind] - needed[kind], key=str)]
    print("\n".join(problems))
    sys.exit(f"{len(problems)} problems" if problems else 0)


if __name__ == "__main__":
    main()
