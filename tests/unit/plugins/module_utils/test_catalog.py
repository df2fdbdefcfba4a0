# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read of a SQLite database; the target ``tables_info`` has the servers."""

from __future__ import annotations

import json
import sqlite3

import pytest

from ansible_collections.auth.services.plugins.module_utils.catalog import read_schema
from ansible_collections.auth.services.plugins.module_utils.database import Database
from ansible_collections.auth.services.plugins.module_utils.options import CONNECTION_OPTIONS
from ansible_collections.auth.services.plugins.module_utils.schema import Column, ForeignKey, Schema

USERS = "CREATE TABLE users (id integer PRIMARY KEY, username varchar(150) NOT NULL UNIQUE, email text)"


@pytest.fixture
def read(tmp_path):
    """Makes a database of these statements and reads it."""

    def make(*statements, prefix=None, **options):
        path = tmp_path / "some.sqlite"
        connection = sqlite3.connect(path)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()
        database = Database({**dict.fromkeys(CONNECTION_OPTIONS), "connect_timeout": 5, "login_engine": "sqlite", "login_db": str(path),
                             "table_prefix": prefix})
        with database.connect() as connection:
            return read_schema(database, connection, **options)

    return make


def test_columns_and_keys(read):
    schema = read("""CREATE TABLE thing (id INTEGER PRIMARY KEY, name VARCHAR(150) NOT NULL UNIQUE, kind text DEFAULT 'x', both int, other int,
                     up text GENERATED ALWAYS AS (upper(name)) VIRTUAL, UNIQUE (both, other))""",
                  "CREATE INDEX i ON thing (other, kind)", "CREATE UNIQUE INDEX partial ON thing (kind) WHERE both",
                  "CREATE UNIQUE INDEX low ON thing (lower(name))")
    table = schema.tables["thing"]
    assert table.columns == (
        Column("id", "integer", nullable=False, default="auto"), Column("name", "varchar(150)", nullable=False), Column("kind", "text", default="'x'"),
        Column("both", "int"), Column("other", "int"), Column("up", "text", generated=True))
    assert table.primary_key == ("id",)
    assert sorted(table.unique) == [("both", "other"), ("name",)]
    assert sorted(table.indexes) == [("kind",), ("other", "kind")]
    assert (schema.engine, schema.version, table.is_view, table.rows, table.rolls_back) == ("sqlite", sqlite3.sqlite_version, False, 0, True)


def test_a_key_of_text_is_not_numbered(read):
    table = read("CREATE TABLE a (id text PRIMARY KEY)", "CREATE TABLE b (id integer PRIMARY KEY) WITHOUT ROWID", "CREATE TABLE c (id int PRIMARY KEY)").tables
    assert [table[name].columns[0].default for name in "abc"] == [None, None, None]


def test_references_are_whole_and_have_names_as_their_table_has_them(read):
    schema = read("CREATE TABLE pair (b int, a int, PRIMARY KEY (b, a))", USERS,
                  "CREATE TABLE child (x int, y int, u int REFERENCES USERS, n text REFERENCES users (USERNAME), w int REFERENCES gone (id),"
                  " v int REFERENCES gone,"
                  " FOREIGN KEY (x, y) REFERENCES pair (A, B), FOREIGN KEY (y, x) REFERENCES pair)")
    assert set(schema.tables["child"].foreign_keys) == {
        ForeignKey(("u",), "users", ("id",)), ForeignKey(("n",), "users", ("username",)), ForeignKey(("w",), "gone", ("id",)),
        ForeignKey(("x", "y"), "pair", ("a", "b")), ForeignKey(("y", "x"), "pair", ("b", "a"))}


def test_rows_are_counted(read):
    schema = read(USERS, *(f"INSERT INTO users (username) VALUES ('u{number}')" for number in range(7)))
    assert schema.tables["users"].rows == 7


HOSTILE = ['"', "'", "`", "%", "%s", ":x", "a\nb", "<b>&amp;", "select", "x" * 64, "{{ 1 }}", "\\", "a.b", "ü", "?", "--", "/*", ";", "A", " "]


def test_names_are_data(read):
    def quoted(name):
        return '"' + name.replace('"', '""') + '"'

    columns = ", ".join(quoted(name) for name in HOSTILE)
    statements = [f"CREATE TABLE {quoted(name)} ({columns}, UNIQUE ({quoted(name)}))" for name in HOSTILE]
    views = [f"CREATE VIEW {quoted('v' + name)} AS SELECT a.{quoted(name)} FROM {quoted(name)} a JOIN \"?\" b ON a.{quoted(name)} = b.{quoted(name)}"
             for name in HOSTILE if name != "?"]
    schema = read(*statements, *views)
    assert {name: ([column.name for column in table.columns], table.unique) for name, table in schema.tables.items() if not table.is_view} == {
        name: (HOSTILE, ((name,),)) for name in HOSTILE}
    assert schema.warnings == ()
    assert set(schema.joins) == {(*min((name, name), ("?", name)), *max((name, name), ("?", name))) for name in HOSTILE if name != "?"}


def test_views_triggers_and_what_they_compare(read):
    schema = read(USERS, "CREATE TABLE post (id integer PRIMARY KEY, writer int)", "CREATE TABLE note (owner int, post int)",
                  "CREATE VIEW posts AS SELECT u.username FROM post p LEFT JOIN users AS u ON u.id = p.writer",
                  "CREATE TRIGGER gone AFTER DELETE ON users BEGIN DELETE FROM note WHERE owner = OLD.id; END")
    assert schema.tables["posts"].is_view
    assert [column.name for column in schema.tables["posts"].columns] == ["username"]
    assert schema.joins == {("post", "writer", "users", "id"): "view posts", ("note", "owner", "users", "id"): "trigger gone"}


def test_what_cannot_be_read_is_said_and_the_rest_is_read(read):
    schema = read(USERS, "CREATE TABLE gone (x int)", "CREATE VIEW broken AS SELECT x FROM gone", "DROP TABLE gone")
    assert set(schema.tables) == {"users", "broken"}
    [warning] = schema.warnings
    assert "view broken cannot be read: no such table: main.gone." in warning


def test_tables_inside_virtual_ones_are_not_the_applications(read):
    assert set(read("CREATE VIRTUAL TABLE search USING fts5(body)", "CREATE TABLE search_log (id int)").tables) == {"search", "search_log"}


def test_only_some_tables(read):
    names = ["wp_users", "wp_posts", "wpx", "other", "[a]", "WP_a"]
    statements = [f'CREATE TABLE "{name}" (id int)' for name in names]
    assert set(read(*statements, prefix="wp_").tables) == {"wp_users", "wp_posts"}
    assert set(read(prefix="wp_", tables=["user*", "x"]).tables) == {"wp_users"}
    assert set(read(tables=["wp?*", "other"]).tables) == {"wp_users", "wp_posts", "wpx", "other"}


def test_statements_are_not_kept(read):
    [warning] = read(USERS, statements=True).warnings
    assert warning.endswith("SQLite does not count statements, so that statements say nothing.")


def test_nothing_is_written(read, tmp_path):
    read(USERS, "INSERT INTO users (username) VALUES ('a')")
    before = (tmp_path / "some.sqlite").read_bytes()
    read()
    assert (tmp_path / "some.sqlite").read_bytes() == before


def test_a_schema_as_a_dictionary_and_back(read):
    schema = read(USERS, "CREATE TABLE a (x int REFERENCES users, y int, UNIQUE (x, y))", "CREATE VIEW v AS SELECT a.x FROM a JOIN users u ON u.id = a.x")
    found = json.loads(json.dumps({**schema.as_dict(), "beside": 1}))
    assert Schema.from_dict(found) == schema
    assert found["tables"][0]["foreign_keys"] == [{"columns": ["x"], "table": "users", "to_columns": ["id"]}]
