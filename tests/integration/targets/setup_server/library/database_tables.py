#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: database_tables
short_description: Everything that a database holds
description:
  - Reads every table, without the libraries of the collection under test, so that a test sees what a task left.
author:
  - The auth.services developers (@auth-services)
options:
  connection:
    description: Connection options as our modules take them. Others than these are ignored.
    type: dict
    required: true
  statements:
    description:
      - SQL to run and commit before reading, for states that no tool creates. C({user}) stands for the table C(user) with
        its prefix and quotes, and so on. Times are 14 digits in quotes on every engine.
    type: list
    elements: str
    default: []
  rows:
    description: Also return the rows.
    type: bool
    default: false
  ignore:
    description: Tables to leave out, without prefix.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Before
  database_tables:
    connection: "{{ wiki.login }}"
  register: before

- name: After
  database_tables:
    connection: "{{ wiki.login }}"
  register: after
  failed_when: after.tables != before.tables
"""

RETURN = r"""
time:
  description: When it was read, UTC, as 14 digits.
  returned: always
  type: str
tables:
  description: By name without prefix; for each C(count) of rows, C(key) (columns of the primary key) and C(sha256) of all values.
  returned: always
  type: dict
rows:
  description: >-
    Rows by table, as dictionaries. Binary columns of MySQL as text; a SQLite value of type BLOB as C(blob:) and its text, since it is
    another value than the same text; timestamps of PostgreSQL as 14 digits or C(infinity).
  returned: with O(rows)
  type: dict
"""

import hashlib
import json
import re
import sqlite3
import time

from ansible.module_utils.basic import AnsibleModule


class SQLite:
    """A database file."""

    def __init__(self, options):
        self.connection = sqlite3.connect(options["login_db"], timeout=60, isolation_level=None)

    def tables(self, prefix):
        statement = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        names = [row[0] for row in self.query(statement)]
        return [name for name in names if name.startswith(prefix) and not name.startswith("sqlite_")]

    def columns(self, table):
        info = self.query(f"PRAGMA table_info({self.quote(table)})")
        return [(row[1], self.quote(row[1])) for row in info], [row[1] for row in info if row[5]]

    def query(self, statement):
        cursor = self.connection.cursor()
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []

    def quote(self, name):
        return f'"{name}"'

    def time(self, match):
        return match[0]

    def value(self, value):
        return f"blob:{text(value)}" if isinstance(value, bytes) else value


class MySQL(SQLite):
    """A database of MySQL or MariaDB."""

    def __init__(self, options):
        import pymysql

        given = {"host": "login_host", "port": "login_port", "unix_socket": "login_unix_socket",
                 "user": "login_user", "password": "login_password", "database": "login_db"}
        arguments = {name: options[option] for name, option in given.items() if options.get(option)}
        arguments.update({"port": int(arguments.get("port", 3306)), "charset": "utf8mb4", "autocommit": True})
        self.connection = pymysql.connect(**arguments)

    def tables(self, prefix):
        return [name for name in (text(row[0]) for row in self.query("SHOW TABLES")) if name.startswith(prefix)]

    def columns(self, table):
        names = [text(row[0]) for row in self.query(f"SHOW COLUMNS FROM {self.quote(table)}")]
        key = [text(row[4]) for row in self.query(f"SHOW KEYS FROM {self.quote(table)} WHERE Key_name = 'PRIMARY'")]
        return [(name, self.quote(name)) for name in names], key

    def quote(self, name):
        return f"`{name}`"

    def value(self, value):
        return text(value) if isinstance(value, bytes) else value


class PostgreSQL(MySQL):
    """A schema of PostgreSQL."""

    def __init__(self, options):
        try:
            import psycopg as driver
        except ImportError:
            import psycopg2 as driver

        given = {"host": "login_host", "port": "login_port", "user": "login_user", "password": "login_password",
                 "dbname": "login_db"}
        arguments = {name: options[option] for name, option in given.items() if options.get(option)}
        self.schema = options.get("login_schema") or "public"
        self.connection = driver.connect(**arguments)
        self.connection.autocommit = True
        self.query(f'SET search_path TO "{self.schema}"')

    def tables(self, prefix):
        found = self.query(f"SELECT tablename FROM pg_tables WHERE schemaname = '{self.schema}'")
        return [row[0] for row in found if row[0].startswith(prefix)]

    def columns(self, table):
        where = f"table_schema = '{self.schema}' AND table_name = '{table}'"
        found = self.query("SELECT column_name, data_type FROM information_schema.columns"
                           f" WHERE {where} ORDER BY ordinal_position")
        key = self.query("SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid"
                         " AND a.attnum = ANY(i.indkey)"
                         f" WHERE i.indisprimary AND i.indrelid = '{self.quote(table)}'::regclass")
        return [(name, self.expression(name, kind)) for name, kind in found], [row[0] for row in key]

    def expression(self, name, kind):
        column = self.quote(name)
        if not kind.startswith("timestamp"):
            return column
        return (f"CASE WHEN isfinite({column}) THEN to_char({column} AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS')"
                f" WHEN {column} IS NOT NULL THEN 'infinity' END")

    def quote(self, name):
        return f'"{name}"'

    def time(self, match):
        return f"(to_timestamp({match[0]}, 'YYYYMMDDHH24MISS')::timestamp AT TIME ZONE 'UTC')"

    def value(self, value):
        return text(bytes(value)) if isinstance(value, (bytes, memoryview)) else value


def text(value):
    """Bytes as text that says everything."""
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value


def main():
    module = AnsibleModule(
        argument_spec={
            "connection": {"type": "dict", "required": True},
            "statements": {"type": "list", "elements": "str", "default": []},
            "rows": {"type": "bool", "default": False},
            "ignore": {"type": "list", "elements": "str", "default": []},
        },
    )
    options = module.params["connection"]
    prefix = options.get("table_prefix") or ""
    engines = {"mysql": MySQL, "postgresql": PostgreSQL, "sqlite": SQLite}
    database = engines[options["login_engine"]](options)
    for statement in module.params["statements"]:
        statement = re.sub(r"{(\w+)}", lambda match: database.quote(prefix + match[1]), statement)
        database.query(re.sub(r"'(\d{14})'", database.time, statement))
    tables, rows = {}, {}
    database.query("BEGIN")
    for table in sorted(database.tables(prefix)):
        name = table[len(prefix):]
        if name in module.params["ignore"]:
            continue
        columns, key = database.columns(table)
        selected = ", ".join(expression for column, expression in columns)
        found = []
        for row in database.query(f"SELECT {selected} FROM {database.quote(table)}"):
            found.append({column: database.value(value) for (column, expression), value in zip(columns, row)})
        lines = sorted(json.dumps(row, default=str) for row in found)
        digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        tables[name] = {"count": len(found), "key": key, "sha256": digest}
        rows[name] = [json.loads(line) for line in lines]
    database.query("ROLLBACK")
    read = time.strftime("%Y%m%d%H%M%S", time.gmtime())
    result = {"changed": bool(module.params["statements"]), "time": read, "tables": tables}
    if module.params["rows"]:
        result["rows"] = rows
    module.exit_json(**result)


if __name__ == "__main__":
    main()
