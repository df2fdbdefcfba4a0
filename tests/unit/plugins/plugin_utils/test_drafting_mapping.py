# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is drafted for a database that nobody knows. ``make drafts`` tries drafts of real applications."""

from __future__ import annotations

import sqlite3

import pytest

from ansible_collections.auth.services.plugins.module_utils.catalog import read_schema
from ansible_collections.auth.services.plugins.module_utils.database import Database
from ansible_collections.auth.services.plugins.module_utils.inference import infer
from ansible_collections.auth.services.plugins.module_utils.mapping import read_mapping
from ansible_collections.auth.services.plugins.module_utils.options import CONNECTION_OPTIONS
from ansible_collections.auth.services.plugins.module_utils.passwords.by_name import make_scheme
from ansible_collections.auth.services.plugins.module_utils.schema import Column, Schema, Table
from ansible_collections.auth.services.plugins.plugin_utils.drafting_mapping import NoDraft, draft_mapping, iter_paths
from ansible_collections.auth.services.tests.unit.run_module import run_module


def text(name, length=100, nullable=False, **more):
    return Column(name, f"varchar({length})", nullable, **more)


def whole(name, nullable=False, **more):
    return Column(name, "int(11)", nullable, **more)


ACTIVE = Column("active", "tinyint(1)", False)


def club(*columns, active=ACTIVE, engine="mysql"):
    """Members of a club, with these columns beside the usual ones."""
    members = Table("members", (
        whole("id", default="auto"), text("login"), text("password", 60), text("email"), *([active] if active else []), *columns),
        ("id",), (("login",),))
    return Schema(engine, {one.name: one for one in (
        members,
        Table("teams", (whole("id", default="auto"), text("name")), ("id",)),
        Table("team_members", (whole("member_id"), whole("team_id"), Column("joined_at", "datetime", False)), ("member_id", "team_id")),
        Table("sessions", (text("id", 64), whole("member_id")), ("id",)),
        Table("member_settings", (whole("member_id"), text("theme")), ("member_id",)),
        Table("articles", (whole("id", default="auto"), whole("author_id")), ("id",)),
    )})


def drafted(schema, **found):
    draft = draft_mapping(schema, {**infer(schema).as_dict(), **found})
    read_mapping(draft.mapping)
    assert set(draft.remarks) <= set(iter_paths(draft.mapping))
    return draft


def new_of(*columns, **more):
    """What new members get in these columns."""
    return drafted(club(*columns, **more)).mapping["accounts"].get("new", {})


def test_all_that_the_names_say():
    mapping = drafted(club(Column("created_at", "datetime", False), Column("updated_at", "datetime", True))).mapping
    assert mapping["accounts"] == {
        "table": "members", "name": "login", "password": {"column": "password", "scheme": "bcrypt"},
        "fields": {"email": {"column": "email", "new": ""}},
        "new": {"created_at": "now", "updated_at": "now"}, "changed": {"updated_at": "now"},
    }
    assert mapping["doors"] == [{"flag": {"column": "active", "open": True, "shut": False}}, {"empty": {"table": "sessions", "account": "member_id"}}]
    assert mapping["groups"] == {"table": "teams", "key": "id", "name": "name"}
    assert mapping["memberships"] == {"table": "team_members", "account": "member_id", "group": "team_id", "new": {"joined_at": "now"}}
    assert mapping["owned"] == [{"table": "member_settings", "account": "member_id"}]


@pytest.mark.parametrize(("column", "expected"), [
    (whole("posts_count"), 0), (whole("is_admin"), 0), (whole("registered"), "now"), (whole("last_visit"), 0),
    (Column("email_verified", "boolean", False), True), (Column("email_verified_at", "timestamp", True), "now"),
    (Column("is_superuser", "boolean", False), False),
    (text("uuid", 36), "uuid"), (text("uuid", 32), {"uuid": "hex"}), (text("api_token", 40), {"random": 40, "characters": "hex"}),
    (text("reset_token"), ""), (text("locale", 5), "en"), (text("timezone"), "UTC"), (text("signature"), ""),
    (text("initials"), {"field": "name"}), (text("login_lower"), {"lower": "name"}), (text("slug"), {"slug": "name"}),
    (text("email_canonical"), {"lower": "email"}), (Column("settings", "json", False), "{}"),
    (Column("sex", "enum('m','f','n')", False), "n"), (Column("kind", "user-defined", False, values=("admin", "user")), "user"),
    (Column("birthday", "date", False), "1970-01-01"), (Column("expires_at", "datetime", False), "2099-12-31 23:59:59"),
])
def test_what_a_new_row_gets(column, expected):
    assert new_of(column) == {column.name: expected}


@pytest.mark.parametrize("column", [
    whole("posts", default="0"), text("signature", nullable=True), Column("full", "text", generated=True), Column("token_at", "datetime", True),
    Column("seen_at", "timestamp", False, default="CURRENT_TIMESTAMP"), Column("deleted_by", "int(11)", True),
])
def test_what_the_database_fills_is_left_to_it(column):
    assert column.name not in new_of(column)


@pytest.mark.parametrize(("active", "door"), [
    (Column("disabled", "tinyint(1)", False), {"open": False, "shut": True}),
    (Column("is_banned", "int(11)", False), {"open": 0, "shut": 1}),
    (Column("deleted_at", "datetime", True), {"open": None, "shut": "now"}),
    (Column("enabled", "enum('Y','N')", False), {"open": "Y", "shut": "N"}),
    (Column("enabled", "char(1)", False, default="'Y'"), {"open": "Y", "shut": "N"}),
    (Column("status", "varchar(20)", False, default="'active'::character varying"), {"open": "active", "shut": "inactive"}),
    (Column("status", "enum('ACTIVE','SUSPENDED','PENDING')", False), {"open": "ACTIVE", "shut": "SUSPENDED"}),
])
def test_flags_with_their_polarity(active, door):
    assert drafted(club(active=active)).mapping["doors"][0] == {"flag": {"column": active.name, **door}}


def test_values_of_rows_win():
    active = {"column": "status", "kind": "status", "enabled": 3, "disabled": 7}
    schema = club(active=whole("status"))
    draft = drafted(schema, account={**infer(schema).as_dict()["account"], "active": active, "formats": ["argon2id", "bcrypt"]})
    assert draft.mapping["doors"][0] == {"flag": {"column": "status", "open": 3, "shut": 7}}
    assert draft.mapping["accounts"]["password"] == {"column": "password", "scheme": "argon2id", "also": ["bcrypt"]}
    assert "mapping.accounts.password.scheme" not in draft.remarks


@pytest.mark.parametrize(("formats", "columns", "password", "guessed"), [
    (["passlib_pbkdf2_sha512"], [], {"column": "password", "scheme": "passlib_pbkdf2_sha512"}, False),
    (["{SSHA}", "locked"], [], {"column": "password", "scheme": "{SSHA}"}, False),
    (["phpass", "hex_32"], [], {"column": "password", "scheme": "phpass", "also": [{"scheme": "digest", "of": "md5(password)"}]}, True),
    (["hex_40"], [], {"column": "password", "scheme": "digest", "of": "sha1(password)"}, True),
    (["hex_40"], [text("salt", 20)], {"columns": {"hash": "password", "salt": "salt"}, "scheme": "digest", "of": "sha1(salt + password)"}, True),
    (["bcrypt", "hex_40"], [text("salt", 20)],
     {"columns": {"hash": "password", "salt": "salt"}, "scheme": "bcrypt", "also": [{"scheme": "digest", "of": "sha1(salt + password)"}]}, True),
    (["bcrypt"], [text("salt", 20)], {"column": "password", "scheme": "bcrypt"}, False),
    (["yescrypt"], [], {"column": "password", "scheme": "bcrypt"}, True),
])
def test_schemes_of_what_rows_have(formats, columns, password, guessed):
    schema = club(*columns)
    salt = {"salt": "salt"} if columns else {}
    draft = drafted(schema, account={**infer(schema).as_dict()["account"], "formats": formats, **salt})
    assert draft.mapping["accounts"]["password"] == password
    assert ("mapping.accounts.password.scheme" in draft.remarks) == guessed
    schemes = [password, *({"scheme": one} if isinstance(one, str) else one for one in password.get("also", ()))]
    for one in schemes:
        settings = {key: value for key, value in one.items() if key not in ("column", "columns", "scheme", "also")}
        make_scheme(one["scheme"], settings, tuple(password.get("columns", ["hash"])))


def test_without_a_flag_a_mark_shuts():
    draft = drafted(club(active=None))
    assert draft.mapping["doors"][0] == {"marker": {"column": "password"}}
    assert "mapping.doors[0]" in draft.remarks


def test_what_is_not_drafted():
    schema = club()
    with pytest.raises(NoDraft, match="no table of accounts"):
        draft_mapping(schema, {"account": None})
    account = infer(schema).as_dict()["account"]
    with pytest.raises(NoDraft, match="several rows of members, which needs an adapter"):
        draft_mapping(schema, {"account": {**account, "kind": "attribute rows"}})
    with pytest.raises(NoDraft, match="no key"):
        draft_mapping(schema, {"account": {**account, "key": None}})


def test_an_account_goes_through(tmp_path):
    path = tmp_path / "club.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript("""
            CREATE TABLE member (id INTEGER PRIMARY KEY, username VARCHAR(50) NOT NULL UNIQUE, passwd CHAR(60) NOT NULL, email TEXT NOT NULL,
                blocked BOOLEAN NOT NULL, role INTEGER NOT NULL, signature TEXT NOT NULL, joined DATETIME NOT NULL, activation_code TEXT NOT NULL);
            CREATE TABLE login_session (id TEXT PRIMARY KEY, member_id INTEGER NOT NULL);""")
    given = {"login_engine": "sqlite", "login_db": str(path)}
    database = Database({**dict.fromkeys(CONNECTION_OPTIONS), **given, "connect_timeout": 5, "table_prefix": None})
    with database.connect() as connection:
        schema = read_schema(database, connection)
    given["mapping"] = drafted(schema).mapping
    said = []
    for options in ({"password": "correct horse battery staple"}, {"state": "disabled"}, {"state": "enabled"}, {"state": "enabled"}, {"state": "absent"}):
        said.append(run_module("sql_user", tmp_path, {**given, "name": "ann", **options}).result)
    assert [(one.get("msg"), one.get("changed")) for one in said] == [(None, True)] * 3 + [(None, False), (None, True)]
