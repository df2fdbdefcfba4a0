# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SQL for the users of databases. The integration target "grants" pastes it into real servers."""

from __future__ import annotations

import re

import pytest

from ansible_collections.auth.services.plugins.module_utils.privileges import Privileges, Purpose, Tables, on
from ansible_collections.auth.services.plugins.plugin_utils.grants import (
    GrantsError,
    Login,
    privileges_of,
    statements,
)

BLOG = Privileges(
    "Blog",
    (
        Purpose("read", "read", (on("SELECT", "users", "options"),)),
        Purpose("create", "create -guest=true", (on("SELECT, INSERT", "users"), on("UPDATE (value)", "options"))),
        Purpose("`groups`", "groups", (on("UPDATE", "users", "options"),)),
        Purpose("`absent` with `heir`", "absent heir | remove", (on("SELECT, DELETE", "*texts*"), on("USAGE", "users_id_seq"))),
        Purpose("locks", "write mysql", (on("DELETE", "users"),), locks=True),
    ),
    lambda options: {"texts": Tables(names=("posts",), referring_to=(options["table"],))},
)


def printed(*words, engine="mysql", privileges=BLOG, **login):
    lines = statements("blog", privileges, words, Login(engine, **{"database": "blog", "user": "accounts", **login}), {"table": "users"})
    return "\n".join(lines)


def granted(text):
    """Privileges by table, as plain GRANT statements say them."""
    return re.findall(r"GRANT ([^;']*?) ON (\S+) TO ", text)


def test_a_privilege_is_granted_once_and_under_the_line_that_first_needs_it():
    text = printed("read", "create", "groups")
    assert granted(text) == [
        ("SELECT", "`blog`.`users`"), ("SELECT", "`blog`.`options`"),
        ("INSERT", "`blog`.`users`"), ("UPDATE (`value`)", "`blog`.`options`"),
        ("UPDATE", "`blog`.`users`"), ("UPDATE", "`blog`.`options`"),
    ]
    assert re.findall("^-- (?:read|create|groups|locks)$", text, re.MULTILINE) == ["-- read", "-- create", "-- groups"]


@pytest.mark.parametrize(("words", "needed"), [
    (["create"], True),
    (["create", "guest=false"], True),
    (["create", "guest=true"], False),
    (["read"], False),
])
def test_what_an_inventory_says_decides(words, needed):
    assert ("INSERT" in printed(*words)) is needed


@pytest.mark.parametrize(("words", "needed"), [(["absent"], False), (["heir"], False), (["absent", "heir"], True), (["remove"], True)])
def test_words_go_together_or_are_alternatives(words, needed):
    assert ("DELETE" in printed(*words)) is needed


def test_a_user_without_a_password_is_of_no_use_to_anybody():
    mysql, postgresql = printed("read"), printed("read", engine="postgresql")
    assert "CREATE USER IF NOT EXISTS 'accounts'@'localhost' ACCOUNT LOCK;" in mysql
    assert 'CREATE ROLE "accounts" LOGIN;' in postgresql
    for text in (mysql, postgresql):
        assert not [line for line in text.splitlines() if re.search("IDENTIFIED|PASSWORD", line, re.IGNORECASE) and not line.startswith("-- ")]


@pytest.mark.parametrize(("host", "source"), [("", "localhost"), ("127.0.0.1", "127.0.0.1"), ("db1.example.org", "%")])
def test_where_the_user_comes_from(host, source):
    text = printed("read", host=host)
    assert f"TO 'accounts'@'{source}';" in text
    assert ("% means any host" in text) is (source == "%")


def test_names_are_quoted():
    names = {"database": "bl`o\"g", "user": "o'n\\e\"", "prefix": "x`\""}
    assert granted(printed("read", **names))[0] == ("SELECT", "`bl``o\"g`.`x``\"users`")
    assert "TO 'o''n\\\\e\"'@'localhost';" in printed("read", **names)
    text = printed("read", engine="postgresql", schema='s"', **names)
    assert granted(text)[0] == ("SELECT", '"s"""."x`""users"')
    assert "rolname = 'o''n\\e\"'" in text
    assert '\\connect "bl`o""g"' in text


def test_no_name_ends_a_comment_or_a_block():
    """A comment is one line, and the quotes of a block of PostgreSQL are none that stand in it."""
    text = printed("read", "remove", engine="postgresql", user="a\nDROP TABLE users; $grants$ -- ", database="b\nDROP TABLE users;")
    assert not [line for line in text.splitlines() if line.startswith("--") and "\n" in line]
    assert text.count("\nDROP TABLE") == text.count('"b\nDROP TABLE') + len(re.findall('["\']a\nDROP TABLE', text))
    assert "DO $grants_$" in text


def test_a_nul_is_refused():
    with pytest.raises(GrantsError, match="NUL"):
        printed("read", user="a\0")


@pytest.mark.parametrize("login", [{"user": ""}, {"user": "x", "prefix": "a(b"}])
def test_what_cannot_be_said_is_refused(login):
    with pytest.raises(GrantsError, match="service_database.user|prefix"):
        printed("absent", engine="mysql", privileges=privileges_of("wordpress"), **login)


def test_only_mysql_is_told_what_mariadb_does_without():
    """MariaDB passes over comments for MySQL 5.7 and later, which run there."""
    assert "/*!50700 GRANT DELETE ON `blog`.`users` TO 'accounts'@'localhost' */;" in printed("read", "write")
    assert "GRANT DELETE" not in printed("read", "write", engine="postgresql")


def test_postgresql_wants_select_with_insert_and_sequences():
    text = printed("create", engine="postgresql")
    assert ("SELECT, INSERT", '"public"."users"') in granted(text)
    assert "USAGE ON SEQUENCE" in text
    assert "relname IN ('users')" in text
    assert "USAGE ON SEQUENCE" not in printed("read", engine="postgresql")


def test_postgresql_runs_no_function_of_the_application():
    lines = printed("remove", engine="postgresql").splitlines()
    assert lines.index("SET search_path = pg_catalog;") == 2
    assert lines[-1] == "RESET search_path;"


@pytest.mark.parametrize("engine", ["mysql", "postgresql"])
def test_tables_that_need_not_be_there_are_looked_for(engine):
    text = printed("remove", engine=engine, prefix="b_")
    assert "'b_posts'" in text and "IN ('b_users')" in text
    assert not granted(text)


def test_sqlite_has_no_users():
    assert printed("read", engine="sqlite", user="").startswith("-- blog: SQLite has no users")


def test_a_type_of_somebody_elses_says_none():
    with pytest.raises(GrantsError, match="'forum'"):
        privileges_of("forum")


@pytest.mark.parametrize(("options", "tables"), [
    ({"site_id": 1}, ("options",)),
    ({"site_id": None}, ("options",)),
    ({"site_id": 12}, ("12_options",)),
])
def test_the_options_of_one_site_of_a_network(options, tables):
    assert privileges_of("wordpress").tables("options", options) == tables


def test_tables_of_another_user_model():
    django = privileges_of("django")
    assert django.tables("auth_user", {"user_table": "people"}) == ("people",)
    assert django.tables("auth_user_groups", {"user_table": "people"}) == Tables(names=("people_groups",))
    assert django.tables("*references*", {"user_table": "people", "related_defaults": {"profile": {}}}).referring_to == ("people", "profile")
    assert django.tables("auth_user_groups", {"user_table": "auth_user"}) == ("auth_user_groups",)
