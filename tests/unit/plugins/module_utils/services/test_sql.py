# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What only mappings do; test_contract.py has what they do as all types."""

from __future__ import annotations

import hashlib
import re
import uuid

import pytest

from ansible_collections.auth.services.plugins.module_utils.account import AccountError
from ansible_collections.auth.services.plugins.module_utils.database import SchemaError
from ansible_collections.auth.services.plugins.module_utils.mapping import MappingError, read_mapping
from ansible_collections.auth.services.plugins.module_utils.services.sql.adapter import of_mapping
from ansible_collections.auth.services.tests.unit.applications.sql import MAPPING, PASSWORD, SCHEMA
from ansible_collections.auth.services.tests.unit.installation import Installation

USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, login VARCHAR(20) NOT NULL UNIQUE, {});"


def application(tmp_path, sql, accounts=None, **parts):
    """An application with these tables and this mapping."""
    mapping = {"accounts": {"table": "users", "name": "login", **(accounts or {})}, **parts}
    kind = type("Application", (Installation,), {"service_class": of_mapping(read_mapping(mapping))})
    return kind(tmp_path / "application.sqlite", sql)


def account(installation, name):
    return installation.options_of(name)


@pytest.mark.parametrize(("change", "path", "problem"), [
    ({"table": "members"}, "mapping.accounts.table", "table members not found"),
    ({"key": "nr"}, "mapping.accounts.key", "table member has no column nr; it has id, login"),
    ({"fields": {"email": "email"}}, "mapping.accounts.fields.email", "has no column email"),
    ({"new": {"createt": "now"}}, "mapping.accounts.new", "has no column createt"),
    ({"where": {"realm": "one"}}, "mapping.accounts.where.realm", "holds whole numbers, and 'one' is not one"),
    ({"password": {"column": "login", "scheme": "rot13"}}, "mapping.accounts.password.scheme", "rot13"),
])
def test_what_the_database_lacks_is_told_by_its_place(tmp_path, change, path, problem):
    installation = application(tmp_path, SCHEMA, {**{key: MAPPING["accounts"][key] for key in ("table", "name")}, **change})
    with pytest.raises(MappingError) as raised:
        installation.apply({"name": "alice"})
    assert raised.value.path == path and problem in raised.value.problem


def test_a_row_that_lacks_a_value_is_refused_before_anything_is_written(tmp_path):
    installation = application(tmp_path, USERS.format("state INTEGER NOT NULL, town TEXT NOT NULL"), {"fields": {"town": "town"}})
    before = installation.dump()
    with pytest.raises(SchemaError, match=r"mapping.accounts.new: a new row of table users needs state.* Give state a value \(integer\)"):
        installation.apply({"name": "alice", "town": "Ulm"})
    installation = application(tmp_path, "", {"fields": {"town": "town"}, "new": {"state": 1}})
    with pytest.raises(AccountError, match="town is missing: column town must have a value, and mapping.accounts.fields.town has no new"):
        installation.apply({"name": "alice"})
    assert installation.dump() == before
    assert installation.actions({"name": "alice", "town": "Ulm"}) == {"alice": "created"}


def test_values(tmp_path):
    installation = application(
        tmp_path, USERS.format("mail TEXT, full TEXT, first TEXT, rest TEXT, slug VARCHAR(30) UNIQUE, made INTEGER, ms INTEGER, day TEXT, token TEXT,"
                               " role INTEGER, boss INTEGER, own INTEGER, rank INTEGER, seq INTEGER, ident TEXT, word TEXT, low TEXT")
        + "CREATE TABLE role (id INTEGER, name TEXT); INSERT INTO role VALUES (7, 'Member'), (8, 'Admin');"
          "CREATE TABLE ids (what TEXT, nextid INTEGER); INSERT INTO ids VALUES ('users', 40), ('other', 3);"
          "INSERT INTO users (login, slug, rank) VALUES ('root', 'ada-lovelace', 12);",
        {"fields": {"real_name": {"column": "full", "new": {"field": "name"}}},
         "new": {"mail": {"template": "{name}@example.org"}, "first": {"first_word": "real_name"}, "rest": {"other_words": "real_name"},
                 "slug": {"slug": "real_name"}, "made": "now", "ms": {"now": "milliseconds"}, "day": {"now": "%Y%m%d"},
                 "token": {"random": 12, "characters": "hex", "prefix": "t-"},
                 "role": {"lookup": {"table": "role", "column": "id", "where": {"name": "Member"}}},
                 "boss": {"account": "root"}, "own": "key", "rank": "highest", "ident": "uuid", "word": {"constant": "now"}, "low": {"lower": "name"},
                 "seq": {"counter": {"table": "ids", "column": "nextid", "where": {"what": "users"}}}}})
    installation.apply({"name": "Ada", "real_name": "Ada Lovelace"}, {"name": "Bob"}, {"name": "Ada2", "real_name": "Ada Lovelace"})
    ada, bob, other = (installation.row("users", login=name) for name in ("Ada", "Bob", "Ada2"))
    assert (ada["mail"], ada["first"], ada["rest"], ada["word"], ada["low"]) == ("Ada@example.org", "Ada", "Lovelace", "now", "ada")
    assert {ada["slug"], other["slug"]} == {"ada-lovelace-2", "ada-lovelace-3"} and bob["slug"] == "bob" and bob["full"] == "Bob"
    assert {row["rank"] for row in (ada, bob, other)} == {13, 14, 15} and {row["seq"] for row in (ada, bob, other)} == {41, 42, 43}
    assert installation.rows("ids") == [{"what": "users", "nextid": 43}, {"what": "other", "nextid": 3}]
    assert ada["own"] == ada["id"] and ada["boss"] == 1 and ada["role"] == 7
    assert re.fullmatch("t-[0-9a-f]{12}", ada["token"]) and uuid.UUID(ada["ident"]).version == 4
    assert ada["ms"] // 1000 == ada["made"] and re.fullmatch(r"\d{8}", ada["day"])


def test_a_lookup_that_finds_nothing_is_told_by_its_place(tmp_path):
    installation = application(tmp_path, USERS.format("role INTEGER") + "CREATE TABLE role (id INTEGER, name TEXT);",
                               {"new": {"role": {"lookup": {"table": "role", "column": "id", "where": {"name": "Member"}}}}})
    with pytest.raises(MappingError, match=r"mapping.accounts.new.role: table role has no row with name = 'Member'"):
        installation.apply({"name": "alice"})


def test_keys_that_the_mapping_makes(tmp_path):
    installation = application(tmp_path, "CREATE TABLE users (id CHAR(36) PRIMARY KEY, login TEXT UNIQUE); CREATE TABLE profile (user_id CHAR(36), city TEXT);",
                               {"new": {"id": "uuid"}, "fields": {"city": "profile.city"}}, rows=[{"table": "profile", "account": "user_id"}])
    installation.apply({"name": "alice", "city": "Ulm"}, {"name": "bob"})
    row = installation.row("users", login="alice")
    assert installation.row("profile", user_id=row["id"])["city"] == "Ulm" and len(installation.rows("profile")) == 2
    assert installation.actions({"name": "alice", "city": "Bonn"}) == {"alice": "updated"}
    installation.apply({"name": "alice", "state": "absent"})
    assert len(installation.rows("profile")) == len(installation.rows("users")) == 1


@pytest.mark.parametrize(("sql", "groups", "memberships", "stored"), [
    ("role VARCHAR(9) NOT NULL DEFAULT 'user'", None, {"column": "role", "values": ["user", "admin"], "default": ["user"]}, ("user", "admin")),
    ("role INTEGER NOT NULL", None, {"column": "role", "values": {"user": 1, "admin": 9}, "default": ["user"]}, (1, 9)),
    ("role INTEGER", {"table": "role", "key": "id", "name": "name"}, {"column": "role", "default": ["user"]}, (5, 6)),
])
def test_a_role_column(tmp_path, sql, groups, memberships, stored):
    parts = {"groups": groups} if groups else {}
    installation = application(tmp_path, USERS.format(sql) + "CREATE TABLE role (id INTEGER, name TEXT); INSERT INTO role VALUES (5, 'user'), (6, 'admin');",
                               memberships=memberships, **parts)
    installation.apply({"name": "alice"}, {"name": "bob", "groups": ["admin"]})
    assert [row["role"] for row in installation.rows("users")] == list(stored)
    assert account(installation, "bob")["groups"] == ["admin"]
    assert installation.actions({"name": "alice", "groups": ["user"]}) == {}
    assert installation.actions({"name": "alice", "groups": ["admin"]}) == {"alice": "updated"}
    for groups_, problem in ((["user", "admin"], "one group"), (["boss"], "does not exist; the groups are 'admin', 'user'")):
        with pytest.raises(AccountError, match=problem):
            installation.apply({"name": "alice", "groups": groups_})


@pytest.mark.parametrize(("form", "text"), [("comma", "a,b"), ("json", '["a", "b"]'), ("lines", "a\nb"), ("space", "a b"), ("semicolon", "a;b")])
def test_a_column_of_groups(tmp_path, form, text):
    installation = application(tmp_path, USERS.format("teams TEXT"), memberships={"column": "teams", "list": form})
    installation.apply({"name": "alice", "groups": ["a", "b"]}, {"name": "bob"})
    assert installation.row("users", login="alice")["teams"] == text
    assert account(installation, "alice")["groups"] == ["a", "b"] and account(installation, "bob")["groups"] == []
    assert installation.actions({"name": "alice", "groups": ["b", "a"]}) == {}
    installation.apply({"name": "alice", "groups": ["c"], "append_groups": True})
    assert account(installation, "alice")["groups"] == ["a", "b", "c"]


def test_fields_of_all_kinds(tmp_path):
    installation = application(tmp_path, USERS.format("adm TEXT NOT NULL DEFAULT 'N', lang INTEGER, quota INTEGER, town INTEGER")
                               + "CREATE TABLE town (id INTEGER, name TEXT); INSERT INTO town VALUES (1, 'Ulm'), (2, 'Bonn');",
                               {"fields": {"admin": {"column": "adm", "type": "bool", "true": "Y", "false": "N", "right": True},
                                           "language": {"column": "lang", "values": {"en": 1, "de": 2}}, "quota": {"column": "quota", "type": "int"},
                                           "town": {"column": "town", "names": {"table": "town", "key": "id", "name": "name"}}}})
    entry = {"name": "alice", "admin": True, "language": "de", "quota": 5, "town": "Bonn"}
    installation.apply(entry)
    row = installation.row("users", login="alice")
    assert (row["adm"], row["lang"], row["quota"], row["town"]) == ("Y", 2, 5, 2)
    assert account(installation, "alice") == {**entry, "state": "enabled"}
    assert installation.actions({**entry, "admin": False}) == {"alice": "updated"}
    assert installation.row("users", login="alice")["adm"] == "N"
    with pytest.raises(AccountError, match="town 'Rom' is not known; known are Bonn, Ulm"):
        installation.apply({"name": "alice", "town": "Rom"})


@pytest.mark.parametrize(("kind", "typed", "shown", "wrong"), [
    ("NUMERIC(10, 2)", "12.5", "12.50", "much"), ("INTEGER", "007", "7", "1.5"), ("REAL", "2", "2.0", "nan"), ("BOOLEAN", "yes", "true", "perhaps")])
def test_a_value_is_compared_as_the_column_keeps_it(tmp_path, kind, typed, shown, wrong):
    installation = application(tmp_path, USERS.format(f"x {kind}"), {"fields": {"extra": "x"}})
    installation.apply({"name": "alice", "extra": typed})
    assert account(installation, "alice")["extra"] == shown
    assert installation.actions({"name": "alice", "extra": typed}) == {}
    with pytest.raises(AccountError, match="extra: column users.x"):
        installation.apply({"name": "alice", "extra": wrong})


def test_rows_that_know_accounts_by_name(tmp_path):
    installation = application(
        tmp_path, USERS.format("x TEXT") + "CREATE TABLE info (who TEXT, mail TEXT, ok INTEGER); CREATE TABLE member (who TEXT, team TEXT);"
        "INSERT INTO info VALUES ('alice', 'old@x', 1); INSERT INTO users (login) VALUES ('alice');",
        {"fields": {"email": "info.mail"}}, rows=[{"table": "info", "account": "who", "by": "name", "new": {"ok": 1}}],
        memberships={"table": "member", "account": "who", "by": "name", "group": "team"}, doors=[{"flag": {"column": "info.ok", "open": 1, "shut": 0}}])
    installation.apply({"name": "alice", "email": "a@x", "groups": ["red"]}, {"name": "bob", "email": "b@x"})
    assert {(row["who"], row["mail"], row["ok"]) for row in installation.rows("info")} == {("alice", "a@x", 1), ("bob", "b@x", 1)}
    assert installation.rows("member") == [{"who": "alice", "team": "red"}]
    assert installation.actions({"name": "alice", "state": "disabled"}) == {"alice": "disabled"}
    assert account(installation, "alice")["state"] == "disabled" and account(installation, "bob")["state"] == "enabled"
    installation.apply({"name": "alice", "state": "absent"})
    assert [row["who"] for row in installation.rows("info")] == ["bob"] and not installation.rows("member")


def test_what_looks_like_a_reference_keeps_an_account(tmp_path):
    installation = application(tmp_path, USERS.format("x TEXT") + "CREATE TABLE note (id INTEGER PRIMARY KEY, user_id INTEGER, body TEXT);"
                               "CREATE TABLE seen (id INTEGER PRIMARY KEY, user_id INTEGER); INSERT INTO users (login) VALUES ('alice'), ('bob');"
                               "INSERT INTO note (user_id) VALUES (1); INSERT INTO seen (user_id) VALUES (2);",
                               ignored=[{"table": "seen", "account": "user_id"}])
    with pytest.raises(AccountError, match=r"rows of note \(1\) refer to it"):
        installation.apply({"name": "alice", "state": "absent"})
    assert installation.actions({"name": "bob", "state": "absent"}) == {"bob": "removed"}


def test_rows_like_those_of_another_account(tmp_path):
    installation = application(tmp_path, USERS.format("x TEXT") + "CREATE TABLE pref (id INTEGER PRIMARY KEY, uid INTEGER, k TEXT, v TEXT);"
                               "INSERT INTO users (login) VALUES ('template'); INSERT INTO pref (uid, k, v) VALUES (1, 'a', '1'), (1, 'b', '2');",
                               copied=[{"table": "pref", "account": "uid", "from": "template"}])
    installation.apply({"name": "alice"}, {"name": "bob"})
    assert [(row["uid"], row["k"], row["v"]) for row in installation.rows("pref")] == [
        (1, "a", "1"), (1, "b", "2"), (2, "a", "1"), (2, "b", "2"), (3, "a", "1"), (3, "b", "2")]


def test_without_a_door_that_stays_shut_nobody_is_disabled(tmp_path):
    installation = application(tmp_path, USERS.format("x TEXT") + "INSERT INTO users (login) VALUES ('alice');")
    with pytest.raises(AccountError, match="no door that stays shut, so accounts cannot be disabled; add a flag, a marker or a row to its doors"):
        installation.apply({"name": "alice", "state": "disabled"})


def test_a_mark_without_room_gives_the_password_back(tmp_path):
    installation = application(tmp_path, USERS.format("hash CHAR(60)"), {"password": {"column": "hash", "scheme": "bcrypt"}},
                               doors=[{"marker": {"column": "hash", "mark": "!"}}])
    installation.apply({"name": "alice", "password_hash": PASSWORD})
    installation.apply({"name": "alice", "state": "disabled"})
    assert installation.row("users", login="alice")["hash"] == "!" + PASSWORD[1:]
    assert account(installation, "alice")["state"] == "disabled"
    installation.apply({"name": "alice", "state": "enabled"})
    assert installation.row("users", login="alice")["hash"] == PASSWORD


def test_a_name_that_the_mapping_does_not_allow(tmp_path):
    installation = application(tmp_path, USERS.format("x TEXT"), {"name": {"column": "login", "form": "lower", "pattern": "[a-z]+", "min_length": 2}})
    assert installation.actions({"name": "Alice"}) == {"alice": "created"}
    for name, problem in (("a", "shorter than 2"), ("bob9", "does not match"), ("a" * 21, "longer than 20")):
        with pytest.raises(AccountError, match=problem):
            installation.apply({"name": name})


def test_only_a_clear_password_needs_the_pepper(tmp_path):
    installation = application(tmp_path, USERS.format("hash TEXT, active INTEGER NOT NULL DEFAULT 1"),
                               {"password": {"column": "hash", "scheme": "digest", "of": "sha1(password + pepper)"}},
                               doors=[{"flag": {"column": "active", "open": 1, "shut": 0}}])
    stored = hashlib.sha1(b"secretsalt").hexdigest()
    assert installation.actions({"name": "alice", "password": "secret"}, options={"pepper": "salt"}) == {"alice": "created"}
    assert installation.row("users", login="alice")["hash"] == stored
    assert installation.actions({"name": "alice", "password": "secret"}, options={"pepper": "salt"}) == {}
    assert installation.actions({"name": "alice", "state": "disabled"}) == {"alice": "disabled"}
    assert account(installation, "alice")["state"] == "disabled"
    with pytest.raises(AccountError, match="the option pepper must be given"):
        installation.apply({"name": "alice", "password": "secret"})
