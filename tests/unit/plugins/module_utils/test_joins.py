# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.auth.services.plugins.module_utils.joins import joins_in

TABLES = {"users": ["id", "name", "mail"], "post": ["id", "author", "title"], "tag": ["post", "word", "shared"], "note": ["shared", "author"],
          "other.thing": ["id", "owner"]}
AUTHOR = ("post", "author", "users", "id")


@pytest.mark.parametrize("text", [
    "SELECT * FROM post JOIN users ON post.author = users.id",
    "select * from post p left outer join users as u on (u.id = p.author) where u.name = 'x.y = z.w'",
    "SELECT * FROM post p, users u WHERE p.title <> '' AND p.author=u.id ORDER BY 1",
    "SELECT `p`.`id` AS `id` from (`db`.`post` `p` join `db`.`users` `u` on((`p`.`author` = `u`.`id`))) where (`u`.`name` = ?)",
    "SELECT `db`.`p`.`id` FROM `db`.`post` `p` JOIN `db`.`users` ON `db`.`p`.`author` = `db`.`users`.`id`",
    'SELECT "p".* FROM "public"."post" "p" INNER JOIN "users" ON ("p"."author")::text = ("users"."id")::text',
    "SELECT [p].[id] FROM [post] AS [p] JOIN [users] ON [p].[author] = [users].[id]",
    "SELECT * FROM users WHERE EXISTS (SELECT 1 FROM post WHERE post.author = users.id)",
    "SELECT (SELECT count(*) FROM post p WHERE p.author = u.id) FROM users u",
    "SELECT * FROM users u WHERE u.id IN (SELECT DISTINCT author FROM post)",
    "SELECT * FROM post -- a.b = c.d\n JOIN /* FROM tag */ users ON author = users.id",
    "UPDATE post SET title = name FROM users WHERE post.author = users.id",
    "DELETE p FROM post p JOIN users u ON u.id = p.author",
    "SELECT 1 FROM tag; SELECT 2 FROM POST P JOIN USERS U ON P.AUTHOR = U.ID",
    "SELECT u.id FROM users u UNION SELECT p.id FROM users u JOIN post p ON p.author = u.id",
    "WITH x AS (SELECT 1 FROM users u JOIN post p ON p.author = u.id) SELECT * FROM x",
])
def test_what_is_compared(text):
    assert joins_in(text, TABLES) == {AUTHOR}


@pytest.mark.parametrize("text", [
    "", "'", '"', "((((", "))))", "SELECT", "FROM", "a.b = c.d", "SELECT 'FROM post JOIN users ON post.author = users.id'",
    "SELECT * FROM post p JOIN users u ON p.author = u.nothing",
    "SELECT * FROM post p JOIN users u ON p.author = u.id + 1",
    "SELECT * FROM post p JOIN users u ON 1 + p.author = u.id",
    "SELECT * FROM post p JOIN users u ON p.author <> u.id",
    "SELECT * FROM post p JOIN users u ON p.author = abs(u.id)",
    "UPDATE post p JOIN users u SET p.title = u.name",
    "SELECT * FROM users u WHERE u.id = u.id",
    "SELECT u.id FROM users u UNION SELECT p.id FROM post p WHERE p.author = u.id",
])
def test_what_is_not(text):
    assert joins_in(text, TABLES) == set()


def test_rows_of_triggers():
    assert joins_in("BEGIN DELETE FROM post WHERE author = OLD.id; UPDATE tag SET word = NEW.name WHERE tag.post = 3; END", TABLES, "users") == {AUTHOR}
    assert joins_in("DELETE FROM post WHERE author = OLD.id", TABLES) == set()


def test_common_columns():
    assert joins_in("SELECT * FROM tag JOIN note USING (shared)", TABLES) == {("note", "shared", "tag", "shared")}


def test_a_table_in_another_schema():
    assert joins_in("SELECT 1 FROM other.thing t JOIN users ON t.owner = users.id", TABLES) == {("other.thing", "owner", "users", "id")}
    assert joins_in("SELECT 1 FROM users JOIN other.thing ON other.thing.owner = users.id", TABLES) == {("other.thing", "owner", "users", "id")}


def test_a_table_and_itself():
    assert joins_in("SELECT 1 FROM users a JOIN users b ON a.id = b.name", TABLES) == {("users", "id", "users", "name")}


def test_a_long_text_takes_no_long_time():
    parts = ["(" * 60000, "SELECT " * 8000, "FROM post p, " * 5000, "p.author = users.id AND " * 2700, "'" * 65535,
             "/*" * 32000, "a." * 32000, "a::" * 20000, "x IN (SELECT " * 5000]
    for part in parts:
        start = time.process_time()
        joins_in("SELECT 1 FROM post p JOIN users ON " + part, TABLES)
        assert time.process_time() - start < 5


WORDS = st.sampled_from(["select", "from", "join", "on", "users", "post", "u", "p", ".", ",", "(", ")", "=", "'x'", "author", "id", '"', "`", "[", "]", ";",
                         "set", "where", "in", "using", "union", "as", "::", "new", "old", "--", "/*", "*/", "\\", "'", "+", "$1"])


@given(st.lists(WORDS, max_size=60).map(" ".join) | st.text())
def test_any_text_gives_names_of_the_schema_alone(text):
    for table, column, other, other_column in joins_in(text, TABLES, "users"):
        assert column in TABLES[table] and other_column in TABLES[other]
