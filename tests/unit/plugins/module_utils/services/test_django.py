# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Django's accounts, on the tables that Django 5.2 makes in SQLite."""

from __future__ import annotations

import base64
import json
import re
import time
import tracemalloc
import zlib

import pytest
from sqlalchemy import event

from ansible_collections.auth.services.plugins.module_utils.account import AccountError
from ansible_collections.auth.services.plugins.module_utils.database import SchemaError
from ansible_collections.auth.services.plugins.module_utils.passwords import Pbkdf2, UnverifiableHash
from ansible_collections.auth.services.plugins.module_utils.services.django.adapter import Django
from ansible_collections.auth.services.plugins.module_utils.services.django.passwords import SCHEMES
from ansible_collections.auth.services.plugins.module_utils.services.django.sessions import MAX_SESSION, session_users
from ansible_collections.auth.services.tests.unit.applications.django import OTHERS, SESSION, USER, VECTORS, Site, add
from ansible_collections.auth.services.tests.unit.installation import refusal


@pytest.fixture
def site(tmp_path):
    """A site with one user, number 1."""
    site = Site(tmp_path / "db.sqlite3", USER + OTHERS)
    add(site, "alice")
    return site


@pytest.mark.parametrize(("password", "stored"), VECTORS, ids=lambda value: value.split("$")[0])
def test_passwords_that_django_made(password, stored):
    assert SCHEMES.verify(stored, password)
    assert not SCHEMES.verify(stored, password + "x")


@pytest.mark.parametrize("stored", [
    "", "!", "!" + VECTORS[0][1], "pbkdf2_sha256$x$y$z", "pbkdf2_sha256$1", "pbkdf2_sha256$0$salt$z", "pbkdf2_sha256$01$salt$z",
    *(f"pbkdf2_sha256${number}$salt$x" for number in ("1_000", " 10", "10 ", "+5", "-5", "١٢", "1e3", "10\n", "0x10")),
    *(f"scrypt${number}$salt$8$5$x" for number in ("1_024", " 1024", "+1024", "١٠٢٤", "01024")), "scrypt$1024$salt$1_0$5$x", "scrypt$1024$salt$8$+5$x",
    *(f"bcrypt$$2b${cost}$kIpzdDzSxOkzCeiNCTWXu.Gs.FaUXEYDnapudnZP1R8ZKO3jOzN62" for cost in ("031", "+31", "4", " 4", "31 ", "٣١")),
    "scrypt$3$salt$8$5$x", "scrypt$-16384$salt$8$5$x", "scrypt$16384$salt$8", "md5$x", "sha1$x", "sha1$$0123", "0" * 32,
    "argon2$nothing", "bcrypt$nothing", "bcrypt_sha256$",
])
def test_nothing_matches(stored):
    assert not SCHEMES.verify(stored, "correct horse")


@pytest.mark.parametrize("stored", [
    "sha512$salt$0123", "plain", "pbkdf2_sha512$1$a$b", "pbkdf2_sha256$99999999999$salt$x", "pbkdf2_sha1$30000000$salt$x", "scrypt$1048576$salt$80$5$x",
    "scrypt$16384$salt$8$500$x", "scrypt$524288$salt$8$1$x", "bcrypt$$2b$17$kIpzdDzSxOkzCeiNCTWXu.Gs.FaUXEYDnapudnZP1R8ZKO3jOzN62",
    "bcrypt_sha256$$2b$31$HlOUo8ql4FSCph6cy3Yoc.8RnPXURFNn3Ysr80cnh9xZ3IKQHmMbO",
    "argon2$argon2id$v=19$m=3145728,t=1,p=1$S2k0N0tLTlgxVlIxNkJ3V1ZZZFpJZw$2VMaFnqzzMzoPVukuwHarj4ODso9jujMaK59sh3wdrU",
])
def test_nobody_can_tell(stored):
    with pytest.raises(UnverifiableHash):
        SCHEMES.verify(stored, "correct horse")


@pytest.mark.parametrize("stored", [stored for _password, stored in VECTORS])
def test_whatever_is_stored_can_be_declared(site, stored):
    add(site, "bob", password=stored)
    assert site.actions({"name": "bob", "password_hash": stored}) == {}
    assert site.actions({"name": "carl", "password_hash": stored}) == {"carl": "created"}


@pytest.mark.parametrize(("password", "digest"), [
    ("correct horse", "JhaY004AVf0Ta4OkQRo2P3WizMxt6lWyPIKtEwHvsk0="),
    ("Pässwörd €1", "FISPZcZ1rVQ1JRYYz7XGNmY66jiRPEMJ/4P0dxJSH0Q="),
])
def test_new_passwords_are_as_django_makes_them(password, digest):
    made = Pbkdf2("sha256").text(password.encode(), "saltsaltsaltsaltsalt22", 1_000_000)
    assert made == f"pbkdf2_sha256$1000000$saltsaltsaltsaltsalt22${digest}"


def test_new_passwords_have_the_iterations_of_the_others(site):
    add(site, "bob", password="pbkdf2_sha256$70$salt$x")
    add(site, "eve", password="pbkdf2_sha256$99999999999$salt$x")
    assert site.actions({"name": "carl", "password": "Secret-1"}) == {"carl": "created"}
    stored = site.row("auth_user", username="carl")["password"]
    assert re.fullmatch(r"pbkdf2_sha256\$50000\$[0-9A-Za-z]{22}\$[0-9A-Za-z+/]{43}=", stored)
    assert SCHEMES.verify(stored, "Secret-1")
    assert site.actions({"name": "carl", "password": "Secret-1"}) == {}


@pytest.mark.parametrize("number", ["4000001", "99999999999", "1_000", "٩٩٩", " 10", "+5", "01", "1e3"])
def test_a_row_of_odd_iterations_makes_no_new_password_expensive(site, number):
    add(site, "eve", password=f"pbkdf2_sha256${number}$salt$x")
    site.apply({"name": "carl", "password": "Secret-1"})
    assert site.row("auth_user", username="carl")["password"].startswith("pbkdf2_sha256$50000$")


def test_new_passwords_where_there_are_no_others(tmp_path):
    site = Site(tmp_path / "db.sqlite3", USER + OTHERS)
    site.apply({"name": "alice", "password": "Secret-1"})
    assert site.row("auth_user")["password"].startswith("pbkdf2_sha256$1000000$")


@pytest.mark.parametrize(("typed", "name"), [
    ("Bob", "Bob"), ("Zoë", "Zoë"), ("Zoe\u0308", "Zoë"), ("ｂｏｂ", "bob"), ("a.b@c+d-e_f", "a.b@c+d-e_f"), ("王", "王"),
])
def test_names(site, typed, name):
    site.apply({"name": typed})
    assert site.rows("auth_user", username=name)
    assert site.actions({"name": typed}) == {}


REFUSED = ["", "with blank", "richard m.", "O'Connor", "CORP\\jdoe", "semi;colon", "new\nline", "end\n", "x" * 151, "a/b", "__ansible_type"[:2] + "%"]


@pytest.mark.parametrize("name", REFUSED)
def test_names_that_django_refuses(site, name):
    assert repr(name) in refusal(site, {"name": name})


@pytest.mark.parametrize("name", [*REFUSED, "ﬁsh", "ｂｏｂ", "Zoe\u0308", "a\u200bb", "\u202etac", "'; --"])
@pytest.mark.parametrize("column", ["username", "email"])
def test_whoever_is_there_can_be_shut_by_the_name_that_is_stored(site, name, column):
    options = {"options": {"username_column": column}}
    site.update("auth_user", {"id": 1}, email="alice@example.org")
    add(site, name if column == "username" else "x", email=name)
    add(site, "fish", email="fish")  # what others become
    before = site.rows("auth_user")
    assert set(site.read(name, options=options["options"])) == {name}
    assert site.actions({"name": name, "is_staff": True}, **options) == {name: "updated"}
    for state, action, active in (("disabled", "disabled", 0), ("enabled", "enabled", 1)):
        assert site.actions({"name": name, "state": state}, **options) == {name: action}
        assert [row["is_active"] for row in site.rows("auth_user")] == [1, active, 1]
    assert site.actions({"name": name, "state": "absent"}, **options) == {name: "removed"}
    assert site.rows("auth_user") == [before[0], before[2]]


def test_names_that_others_become_are_theirs(site):
    add(site, "fish")
    assert site.actions({"name": "ﬁsh", "is_staff": True}) == {"fish": "updated"}
    assert site.actions({"name": "ﬁsh", "state": "disabled"}) == {"fish": "disabled"}


def test_two_that_differ_in_case_are_two(site):
    add(site, "mallory")
    add(site, "Mallory")
    assert site.actions({"name": "Mallory", "state": "disabled"}, {"name": "mallory", "state": "present"}) == {"Mallory": "disabled"}


CASE_INDEX = 'CREATE UNIQUE INDEX "unique_ci" ON "auth_user" ((LOWER("{}")))'
MAIL = {"username_column": "email", "column_defaults": {"username": "random"}}
LOWERED, EXACT = {**MAIL, "name_case": "lower"}, {**MAIL, "name_case": "exact"}


@pytest.fixture
def shop(site):
    """Its users are known by addresses: 1 is alice@example.org, 2 erin@example.org."""
    site.update("auth_user", {"id": 1}, email="alice@example.org")
    add(site, "x", email="erin@example.org")
    return site


def active(site):
    return [row["is_active"] for row in site.rows("auth_user")]


@pytest.mark.parametrize("complete", [False, True])
@pytest.mark.parametrize(("name", "stored"), [("Mallory", "mallory"), ("mallory", "Mallory"), ("ZOË", "zoë"), ("zoë", "Zoë")])
def test_another_case_may_be_another_person(site, name, stored, complete):
    add(site, stored)
    for state in ("present", "enabled", "disabled", "absent"):
        said = refusal(site, {"name": name, "state": state}, complete=complete)
        assert repr(name) in said and repr(stored) in said and "name_case" in said
    options = {"name_case": "exact"}
    for state, done in (("disabled", {}), ("absent", {}), ("present", {name: "created"}), ("disabled", {name: "disabled"}), ("absent", {name: "removed"})):
        assert site.actions({"name": name, "state": state}, complete=complete, options=options) == done
    assert active(site) == [1, 1]
    options = {"name_case": "lower"}
    if name == name.lower():
        assert repr(stored) in refusal(site, {"name": name}, options=options, complete=complete)
    assert site.actions({"name": name, "state": "disabled"}, complete=complete, options=options) == {stored: "disabled"}
    assert active(site) == [1, 0]


@pytest.mark.parametrize("state", ["disabled", "absent"])
def test_another_case_of_a_listed_name_is_nobody(site, state):
    add(site, "mallory")
    listed = [{"name": "Mallory", "state": state}, {"name": "mallory", "is_staff": True}, {"name": "ZOË", "state": state}, {"name": "Zoë"}]
    assert site.actions(*listed, complete=True, unlisted="disable", unlisted_except=["alice"]) == {"mallory": "updated", "Zoë": "created"}
    assert site.actions(*listed, complete=True, unlisted="disable", unlisted_except=["alice"]) == {}
    assert "'mallory'" in refusal(site, listed[0], *listed[2:], complete=True)
    assert active(site) == [1, 1, 1]
    # anybody may register another spelling of a leaver's name, and holds nothing up by that
    with pytest.raises(AccountError) as failed:
        site.apply(listed[0], {"name": "Zoë", "is_staff": True}, {"name": "new"}, complete=True, unlisted="disable", unlisted_limit="100%")
    assert "Everything else was written" in failed.value.outcome.problem and "'mallory'" in failed.value.outcome.problem
    assert [(row["username"], row["is_active"], row["is_staff"]) for row in site.rows("auth_user")] == [
        ("alice", 0, 0), ("mallory", 0, 1), ("Zoë", 1, 1), ("new", 1, 0)]


def test_whom_a_listed_name_may_mean_is_listed(site):
    add(site, "mallory")
    with pytest.raises(AccountError, match="'Mallory'.*'mallory'"):
        site.apply({"name": "Mallory"}, {"name": "new"}, complete=True, unlisted="disable", unlisted_limit="100%")
    assert [(row["username"], row["is_active"]) for row in site.rows("auth_user")] == [("alice", 0), ("mallory", 1)]


@pytest.mark.parametrize("complete", [False, True])
@pytest.mark.parametrize("options", [MAIL, LOWERED])
def test_an_address_in_another_case_is_the_same_persons(shop, options, complete):
    """versions.md F4: pretix lowers what is typed and saved, and nothing in its tables shows it."""
    if options is MAIL:  # else it is found
        for state in ("present", "enabled"):
            said = refusal(shop, {"name": "Erin@Example.org", "state": state}, options=options, complete=complete)
            assert "'Erin@Example.org'" in said and "'erin@example.org'" in said
    assert shop.actions({"name": "Erin@Example.org", "state": "disabled"}, options=options, complete=complete) == {"erin@example.org": "disabled"}
    assert active(shop) == [1, 0]
    assert shop.actions({"name": "Erin@Example.org", "state": "disabled"}, options=options, complete=complete) == {}
    assert shop.actions({"name": "Erin@Example.org", "state": "absent"}, options=options, complete=complete) == {"erin@example.org": "removed"}
    assert set(shop.read("ALICE@example.org", options=options)) == {"ALICE@example.org"}


def test_two_spellings_of_one_address_are_told_apart_by_name_alone(shop):
    add(shop, "y", email="Erin@example.org")
    for state in ("present", "disabled", "absent"):
        said = refusal(shop, {"name": "ERIN@example.org", "state": state}, options=MAIL)
        assert "'Erin@example.org', 'erin@example.org'" in said
    assert shop.actions({"name": "Erin@example.org", "state": "disabled"}, options=MAIL) == {"Erin@example.org": "disabled"}
    assert active(shop) == [1, 1, 0]
    assert shop.actions({"name": "Erin@example.org", "state": "disabled"}, options=LOWERED) == {"erin@example.org": "disabled"}
    both = [{"name": "Erin@example.org"}, {"name": "erin@example.org", "is_staff": True}]
    assert shop.actions(*both, options=MAIL, complete=True) == {"erin@example.org": "updated"}


@pytest.mark.parametrize("by", ["option", "index"])
def test_names_are_lowered_where_the_site_does_it(shop, by):
    if by == "index":
        shop.run(CASE_INDEX.format("email"))
    options = LOWERED if by == "option" else MAIL
    wanted = {"name": "Carl@Example.org", "first_name": "C"}
    assert shop.actions(wanted, options=options) == {"carl@example.org": "created"}
    assert shop.actions(wanted, options=options) == {}
    assert shop.actions({"name": "ALICE@example.org", "is_staff": True}, wanted, options=options, complete=True) == {"alice@example.org": "updated"}
    assert "'dora@example.org'" in refusal(shop, {"name": "Dora@example.org"}, {"name": "dora@example.org"}, options=options, complete=True)
    add(shop, "y", email="Dora@example.org")  # made by another tool: nobody logs in so, and it can be shut all the same
    assert "'Dora@example.org'" in refusal(shop, {"name": "dora@example.org"}, options=options)
    assert shop.actions({"name": "Dora@example.org", "is_staff": True}, options=options) == {"Dora@example.org": "updated"}
    assert shop.actions({"name": "dora@example.org", "state": "disabled"}, options=options) == {"Dora@example.org": "disabled"}
    assert active(shop) == [1, 1, 1, 0]


@pytest.mark.parametrize("index", [
    CASE_INDEX.format("first_name"), CASE_INDEX.format("email") + " WHERE is_active", CASE_INDEX.format("email").replace("UNIQUE", ""),
    CASE_INDEX.format("email").replace("((", '("id", ('), CASE_INDEX.format("email").replace(")))", ')), "id")'),
])
def test_other_indexes_show_no_lowering(shop, index):
    shop.update("auth_user", {"id": 2}, first_name="E")
    shop.run(index)
    assert shop.actions({"name": "Carl@example.org", "first_name": "C"}, options=MAIL) == {"Carl@example.org": "created"}


def test_an_index_on_lowered_names_counts_though_spellings_are_kept(shop):
    shop.run(CASE_INDEX.format("email"))
    assert "'erin@example.org'" in refusal(shop, {"name": "Erin@example.org"}, options=EXACT)
    assert shop.actions({"name": "Erin@example.org", "state": "disabled"}, options=EXACT) == {"erin@example.org": "disabled"}
    assert shop.actions({"name": "Carl@example.org"}, options=EXACT) == {"Carl@example.org": "created"}


@pytest.mark.parametrize("index", ['CREATE UNIQUE INDEX "mail" ON "auth_user" ("email")', CASE_INDEX.format("email")])
def test_a_value_that_another_account_has_names_both(site, index):
    site.update("auth_user", {"id": 1}, email="alice@example.org")
    add(site, "bob", email="bob@example.org")
    site.run(index)
    mail = "Alice@example.org" if "LOWER" in index else "alice@example.org"
    for entry in ({"name": "bob", "email": mail}, {"name": "carl", "email": mail}):
        said = refusal(site, entry)
        assert repr(entry["name"]) in said and "'alice'" in said and "email" in said
    said = refusal(site, {"name": "carl", "email": "c@example.org"}, {"name": "dora", "email": "c@example.org"}, complete=True)
    assert "'carl'" in said and "'dora'" in said
    both = [{"name": "bob", "email": "b2@example.org"}, {"name": "carl", "email": "bob@example.org"}]
    assert "'bob'" in refusal(site, *both, complete=True)  # the database takes one after the other
    assert site.actions({"name": "alice", "state": "absent"}, {"name": "carl", "email": mail}, complete=True) == {"alice": "removed", "carl": "created"}
    assert site.actions({"name": "carl", "email": mail, "first_name": "C"}) == {"carl": "updated"}


@pytest.mark.parametrize("columns", [
    {"password": 5}, {"password": b"\xff"}, {"email": 5}, {"email": b"\xff@\x00"}, {"first_name": b""}, {"is_staff": "yes"}, {"is_active": "no"},
    {"is_active": b"1"}, {"is_superuser": 1.5}, {"date_joined": "never"}, {"date_joined": "99999-01-01 00:00:00"}, {"last_login": b"\0"},
    {"name": b"\xff\xfe"}, {"name": "b\udcffb".encode(errors="surrogateescape")}, {"name": 5}, {"email": "x@" * 50_000},
    {"first_name": "&amp;" * 75_000}, {"password": "pbkdf2_sha256$1000000$" + "x" * 1_000_000}, {"name": "__ansible_type"},
])
def test_a_broken_row_concerns_its_own_account_alone(site, columns):
    add(site, **{"name": "bob", **columns})
    assert site.actions({"name": "alice", "state": "disabled", "email": "a@example.org"}, complete=True) == {"alice": "disabled"}
    assert site.actions({"name": "alice", "state": "enabled", "password": "correct horse"}) == {"alice": "enabled"}
    assert len(site.read()) == 2
    assert site.actions({"name": "alice", "first_name": "Alice"}, complete=True) == {"alice": "updated"}
    if not isinstance(columns.get("name"), bytes):
        assert site.actions({"name": "alice"}, complete=True, unlisted="disable", unlisted_limit="1")
        assert site.rows("auth_user")[1]["is_active"] == 0


def test_rows_without_name_password_or_flags(tmp_path):
    site = Site(tmp_path / "db.sqlite3", USER.replace("NOT NULL", "NULL") + OTHERS)
    add(site, "alice")
    add(site, "bob", password=None, email=None, first_name=None, is_staff=None, is_superuser=None, date_joined=None)
    account = site.read("bob")["bob"]
    assert (account.password_hash, account.values["email"], account.values["is_staff"], account.enabled) == ("", "", False, True)
    assert site.actions({"name": "alice", "email": "a@b.c"}, {"name": "bob", "password": "Secret-1"}) == {"alice": "updated", "bob": "updated"}
    assert SCHEMES.verify(site.row("auth_user", username="bob")["password"], "Secret-1")


def test_rights_are_permissions_without_a_group(site):
    add(site, "bob")
    site.run("CREATE TABLE django_content_type (id integer PRIMARY KEY, app_label varchar(100) NOT NULL, model varchar(100) NOT NULL)")
    site.run("ALTER TABLE auth_permission ADD COLUMN content_type_id integer")
    site.run("ALTER TABLE auth_permission ADD COLUMN codename varchar(100)")
    site.insert("django_content_type", id=7, app_label="blog", model="post")
    for number, name in ((1, "delete_post"), (2, "add_post"), (3, "view_post")):
        site.insert("auth_permission", id=number, name=name, content_type_id=7, codename=name)
    for user, permission in ((2, 1), (2, 2), (1, 3)):
        site.insert("auth_user_user_permissions", user_id=user, permission_id=permission)
    assert rights(site) == ({"alice": ["permission blog.view_post"], "bob": ["permission blog.add_post", "permission blog.delete_post"]}, [])
    site.run("DROP TABLE django_content_type")
    assert rights(site)[0] == {} and "SELECT" in rights(site)[1][0]


def rights(site, **options):
    """What the adapter says of everybody, and its warnings."""
    database = site.database()
    with database.connect() as connection:
        service = Django(database, connection, site.service_options(**options))
        return service.rights(list(service.read(None).values())), service.warnings


def test_a_new_account_is_as_create_user_makes_it(site):
    site.apply({"name": "bob", "email": "Bob@Example.ORG", "groups": ["Editors"]})
    row = site.row("auth_user", username="bob")
    assert re.fullmatch("![0-9A-Za-z]{40}", row.pop("password"))
    assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}", row.pop("date_joined"))
    assert row == {"id": 2, "last_login": None, "is_superuser": 0, "username": "bob", "last_name": "", "email": "Bob@example.org",
                   "is_staff": 0, "is_active": 1, "first_name": ""}
    assert [(one["user_id"], one["group_id"]) for one in site.rows("auth_user_groups")] == [(2, 1)]


def test_everything_can_be_changed_and_is_then_unchanged(site):
    wanted = {"name": "alice", "email": "a@example.org", "first_name": "Alice", "last_name": "Liddell", "is_staff": True,
              "is_superuser": True, "groups": ["Readers"], "password": "correct horse"}
    [change] = site.apply(wanted).plan.changes
    assert change.fields == ["email", "first_name", "is_staff", "is_superuser", "last_name", "groups"]
    assert site.actions(wanted) == {}
    assert site.actions({"name": "alice", "is_staff": False, "groups": [], "password": "other"}) == {"alice": "updated"}
    row = site.row("auth_user")
    assert (row["is_staff"], row["is_superuser"], row["first_name"]) == (0, 1, "Alice")
    assert SCHEMES.verify(row["password"], "other")


def test_disabled_and_enabled_again_is_the_same_account_without_sessions(site):
    assert add(site, "bob") == 2
    site.insert("django_session", session_key="of bob", session_data=SESSION, expire_date="2099-01-01 00:00:00")
    site.insert("django_session", session_key="of another kind", session_data="gASV", expire_date="2099-01-01 00:00:00")
    before = site.dump("django_session")
    assert site.actions({"name": "alice", "state": "disabled"}) == {"alice": "disabled"}
    assert len(site.rows("django_session")) == 2
    assert site.actions({"name": "bob", "state": "disabled"}) == {"bob": "disabled"}
    assert [row["session_key"] for row in site.rows("django_session")] == ["of another kind"]
    assert [row["is_active"] for row in site.rows("auth_user")] == [0, 0]
    # disabled in the admin site, which leaves sessions alone
    site.insert("django_session", session_key="of bob", session_data=SESSION, expire_date="2099-01-01 00:00:00")
    assert site.actions({"name": "bob", "state": "enabled"}, {"name": "alice", "state": "enabled"}) == {"bob": "enabled", "alice": "enabled"}
    assert [row["session_key"] for row in site.rows("django_session")] == ["of another kind"]
    assert site.dump("django_session") == before


def test_sessions_that_cannot_be_ended_are_told(site):
    site.run("DROP TABLE django_session")
    assert "django_session" in site.apply({"name": "alice", "state": "disabled"}).warnings[0]
    assert not site.apply({"name": "alice", "state": "disabled"}).warnings


def session(content, compress=False):
    """A session as Django stores it, of this content."""
    data = content if isinstance(content, bytes) else json.dumps(content, separators=(",", ":")).encode()
    if compress:
        data = zlib.compress(data)
    return "." * compress + base64.urlsafe_b64encode(data).decode().rstrip("=") + ":1xVOTs:signature"


PAD = {f"item{number}": "x" * 1000 for number in range(300)}


@pytest.mark.parametrize(("data", "user"), [
    (SESSION, "2"), (session({"a": 1}), None), (session([]), None), ("", None), ("gASV", None), (".eJx:1:2", None), (None, None), (5, None),
    (b"eyJ", None), ("\udcff:1:2", None), ("é", None), (session({"_auth_user_id": "2"}), "2"), (session({"_auth_user_id": 2}), "2"),
    (session({"_auth_user_id": ["2"]}), None), (session({"_auth_user_id": None}), None), (session({"_auth_user_id": 2.0}), None),
    (session({"other": {"_auth_user_id": "2"}}), None), (session({"text": '","_auth_user_id":"2"'}), None),
    (session(b"[" * 90_000 + b'"_auth_user_id"'), None), (session(b'{"_auth_user_id":' + b"9" * 90_000 + b"}"), None),
    (session(b'{"_auth_user_id":"2"', compress=True), None), (session({"é": "\x00", "_auth_user_id": "2"}, compress=True), "2"),
])
def test_whose_a_session_is(data, user):
    assert session_users(data) == ({user} if user else set(), True)


@pytest.mark.parametrize("compress", [True, False])
def test_of_a_long_session_the_beginning_tells(compress):
    def users(content):
        return session_users(session(content, compress)[:MAX_SESSION])

    assert users({"_auth_user_id": "2", **PAD}) == ({"2"}, False)
    assert users({"a": {"_auth_user_id": "9"}, "_auth_user_id": "2", **PAD}) == ({"9", "2"}, False)
    assert users({"text": '"_auth_user_id":"2"', **PAD}) == (set(), False)
    assert users({**PAD, "_auth_user_id": "2"}) == (set(), False)


def test_a_session_that_inflates_to_much_takes_no_time_and_memory():
    bomb = zlib.compressobj(9)
    content = b"".join(bomb.compress(bytes(1 << 20)) for _mebibyte in range(100)) + bomb.flush()
    data = "." + base64.urlsafe_b64encode(content).decode() + ":1:2"
    tracemalloc.start()
    began = time.process_time()
    try:
        for length in (len(data), MAX_SESSION, 99_999):
            assert session_users(data[:length]) == (set(), False)
        assert tracemalloc.get_traced_memory()[1] < 3 << 20
        assert time.process_time() - began < 0.5
    finally:
        tracemalloc.stop()


def test_long_sessions_end_too_and_those_that_nobody_can_tell_are_told(site):
    add(site, "bob")
    for key, content in (("of bob", {"_auth_user_id": "2", **PAD}), ("of alice", {"_auth_user_id": "1", **PAD}), ("bomb", {"x": "0" * (1 << 24)})):
        site.insert("django_session", session_key=key, session_data=session(content, True), expire_date="2099-01-01 00:00:00")
    site.insert("django_session", session_key="number", session_data=5, expire_date="2099-01-01 00:00:00")
    site.insert("django_session", session_key="bytes", session_data=b"\xff:", expire_date="2099-01-01 00:00:00")
    outcome = site.apply({"name": "bob", "state": "disabled"})
    assert {row["session_key"] for row in site.rows("django_session")} == {"of alice", "bomb", "number", "bytes"}
    assert "too long to find out whose they are: 2." in "".join(outcome.warnings)


OWN_GROUPS = """
CREATE TABLE users_group (number bigint PRIMARY KEY, name varchar(150));
CREATE TABLE users_user_groups (id integer PRIMARY KEY AUTOINCREMENT, user_id bigint NOT NULL {user}, group_id bigint NOT NULL {group});
CREATE TABLE auth_group (id int PRIMARY KEY, name varchar(150));
INSERT INTO users_group VALUES (1, 'admin'), (2, 'noc'), (3, 'readers');
INSERT INTO auth_group VALUES (2, 'contractors');
"""
TO_USER, TO_GROUP = "REFERENCES users_user (id)", "REFERENCES users_group (number)"
USERS = {"user_table": "users_user"}


def netbox(tmp_path, user=TO_USER, group=TO_GROUP, more=""):
    """A site with a Group model of its own, beside Django's, and two users: the first is in admin and noc."""
    sql = USER.replace("auth_user", "users_user") + OWN_GROUPS.format(user=user, group=group) + more
    site = Site(tmp_path / "db.sqlite3", sql)
    for name in ("jsmith", "root"):
        add(site, name, table="users_user")
    for group in (1, 2):
        site.insert("users_user_groups", user_id=1, group_id=group)
    return site


def memberships(site):
    return [(row["user_id"], row["group_id"]) for row in site.rows("users_user_groups")]


@pytest.mark.parametrize("user", [TO_USER, ""])
def test_groups_are_in_the_table_that_memberships_refer_to(tmp_path, user):
    site = netbox(tmp_path, user=user)
    assert sorted(site.read("jsmith", options=USERS)["jsmith"].groups) == ["admin", "noc"]
    assert "'contractors'" in refusal(site, {"name": "root", "groups": ["contractors"]}, options=USERS)
    assert site.actions({"name": "root", "groups": ["noc", "readers"]}, options=USERS) == {"root": "updated"}
    assert memberships(site) == [(1, 1), (1, 2), (2, 2), (2, 3)]
    assert site.actions({"name": "root", "groups": ["noc", "readers"]}, options=USERS) == {}
    site.run("DROP TABLE auth_group")
    assert site.actions({"name": "jsmith", "groups": []}, options=USERS) == {"jsmith": "updated"}
    assert site.actions({"name": "root", "state": "absent"}, options=USERS) == {"root": "removed"}
    assert memberships(site) == []


@pytest.mark.parametrize(("group", "more", "words"), [
    ("", "", ["users_group", "auth_group", "foreign key"]),
    ("", "DROP TABLE auth_group;", ["users_group", "foreign key"]),
    ("", "DROP TABLE auth_group; DROP TABLE users_group;", ["foreign key", "none"]),
    (TO_GROUP, "DROP TABLE users_group;", ["users_group", "not found"]),
    (TO_GROUP, "DROP TABLE users_group; CREATE TABLE users_group (number int, name text); INSERT INTO users_group VALUES (1, 'noc'), (1, 'admin');",
     ["users_group", "same number"]),
    (TO_GROUP + " REFERENCES auth_group (id)", "", ["users_group", "auth_group", "several"]),
    ("REFERENCES auth_user_kind (id)", "CREATE TABLE auth_user_kind (id integer PRIMARY KEY);", ["auth_user_kind", "name"]),
])
def test_groups_that_nobody_can_tell_are_refused_and_nothing_else_is(tmp_path, group, more, words):
    site = netbox(tmp_path, group=group, more=more)
    before = memberships(site)
    for groups in (["noc"], ["contractors"], []):
        said = refusal(site, {"name": "root", "groups": groups}, options=USERS)
        assert [word for word in ["'root'", "groups can neither be read nor changed", *words] if word not in said] == []
    outcome = site.apply({"name": "jsmith", "first_name": "J"}, options=USERS)
    assert outcome.written and words[0] in "".join(outcome.warnings)
    [account] = site.read("jsmith", options=USERS).values()
    assert "groups" not in outcome.service.to_options(account)
    for state in ("disabled", "enabled"):
        assert site.actions({"name": "jsmith", "state": state}, options=USERS) == {"jsmith": state}
    with pytest.raises(AccountError):
        site.apply({"name": "jsmith", "state": "disabled", "groups": []}, options=USERS)
    assert site.rows("users_user")[0]["is_active"] == 0 and memberships(site) == before
    assert site.actions({"name": "jsmith", "state": "absent"}, options=USERS) == {"jsmith": "removed"}
    assert memberships(site) == []


def test_auth_group_is_taken_where_it_is_the_only_one(tmp_path):
    site = netbox(tmp_path, group="", more="DROP TABLE users_group;")
    site.run("CREATE TABLE workgroup (id integer PRIMARY KEY)")  # has no names
    assert list(site.read("jsmith", options=USERS)["jsmith"].groups) == ["contractors"]
    assert site.actions({"name": "root", "groups": ["contractors"]}, options=USERS) == {"root": "updated"}


def test_groups_of_one_name_are_told_apart(tmp_path):
    site = netbox(tmp_path)
    site.insert("users_group", number=4, name="noc")
    site.insert("users_group", number=5, name=None)
    site.insert("users_user_groups", user_id=1, group_id=5)
    assert sorted(site.read("jsmith", options=USERS)["jsmith"].groups) == ["(5)", "admin", "noc (2)"]
    assert "'noc (2)', 'noc (4)'" in refusal(site, {"name": "root", "groups": ["noc"]}, options=USERS)
    assert site.actions({"name": "jsmith", "groups": ["noc (4)"]}, options=USERS) == {"jsmith": "updated"}
    assert memberships(site) == [(1, 4)]


@pytest.mark.parametrize("entry", [
    {"password": ""}, {"password": "a\0b"}, {"password_hash": "in clear text"}, {"password_hash": "md5$" + "x" * 130},
    {"first_name": "x" * 151}, {"email": "x" * 251 + "@a.b"}, {"email": "nobody"}, {"email": "a b@c"},
])
def test_values_that_django_would_refuse(site, entry):
    assert "'alice'" in refusal(site, {"name": "alice", **entry})


def test_removal(site):
    add(site, "bob")
    site.insert("auth_user_groups", user_id=1, group_id=1)
    site.insert("auth_user_user_permissions", user_id=1, permission_id=1)
    site.insert("django_admin_log", user_id=2, object_repr="x")
    with pytest.raises(AccountError) as refused:
        site.apply({"name": "alice", "state": "absent"}, {"name": "bob", "state": "absent"})
    said = str(refused.value)
    assert "'bob'" in said and "django_admin_log (1)" in said and "'alice'" not in said
    assert [(row["username"], row["is_active"]) for row in site.rows("auth_user")] == [("bob", 0)]
    assert not site.rows("auth_user_groups") and not site.rows("auth_user_user_permissions")


PEOPLE = """
CREATE TABLE "people" ("number" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "password" varchar(128) NOT NULL,
  "last_login" datetime NULL, "email" varchar(100) NOT NULL UNIQUE, "level" integer NOT NULL, "born" date NOT NULL);
"""
PERSON = {"options": {"user_table": "people", "username_column": "email", "column_defaults": {"level": 3, "born": "now"}}}


@pytest.fixture
def people(tmp_path):
    """A user model with little of what Django's own has."""
    return Site(tmp_path / "people.sqlite3", PEOPLE)


def test_a_user_model_with_other_columns(people):
    said = refusal(people, {"name": "a@b.c"}, error=SchemaError, options={"user_table": "people", "username_column": "email"})
    assert "level, born" in said
    assert people.actions({"name": "Ann@B.c", "password": "x"}, **PERSON) == {"Ann@b.c": "created"}
    assert people.row("people", email="Ann@b.c", level=3)["born"].startswith("20")
    assert people.actions({"name": "Ann@B.c", "password": "x"}, **PERSON) == {}
    for entry, word in (({"email": "a@b.c"}, "username_column"), ({"first_name": "A"}, "first_name"), ({"groups": ["x"]}, "people_groups")):
        assert word in refusal(people, {"name": "a@b.c", **entry}, **PERSON)
    for name in ("nothing", " ", "a@b@c"):
        assert repr(name) in refusal(people, {"name": name}, **PERSON)
    assert "is_active" in refusal(people, {"name": "Ann@b.c", "state": "disabled"}, **PERSON)
    assert "'Ann@b.c': table people has no column is_active" in refusal(people, complete=True, unlisted="disable", unlisted_limit="1", **PERSON)
    options = {**PERSON["options"], "column_defaults": {"colour": 1}}
    assert "colour" in refusal(people, {"name": "a@b.c"}, error=SchemaError, options=options)
    assert people.actions({"name": "Ann@b.c", "state": "absent"}, **PERSON) == {"Ann@b.c": "removed"}


TOKENS = """
CREATE TABLE "people" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "password" varchar(128) NOT NULL, "email" varchar(100) NOT NULL UNIQUE,
  "session_token" varchar(32) NOT NULL UNIQUE, "short" varchar(6) NOT NULL, "long" varchar(5000) NOT NULL, "free" text NOT NULL, "born" varchar(10) NOT NULL,
  "kind" varchar(4) NOT NULL, "level" integer NOT NULL);
"""


def test_random_texts_differ_from_account_to_account(tmp_path):
    site = Site(tmp_path / "db.sqlite3", TOKENS)
    defaults = {"session_token": "random", "short": "random", "long": "random", "free": "random", "born": "now", "kind": "now", "level": 3}
    options = {"user_table": "people", "username_column": "email", "column_defaults": defaults}
    entries = [{"name": f"{name}@example.org"} for name in "abc"]
    assert len(site.actions(*entries, complete=True, options=options)) == 3
    rows = site.rows("people")
    for column, length in (("session_token", 32), ("short", 6), ("long", 255), ("free", 32)):
        assert len({row[column] for row in rows}) == 3
        assert all(re.fullmatch(f"[0-9A-Za-z]{{{length}}}", row[column]) for row in rows)
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", rows[0]["born"]) and rows[0]["kind"] == "now" and rows[0]["level"] == 3
    assert site.actions(*entries, complete=True, options=options) == {}
    options = {**options, "column_defaults": {**defaults, "session_token": "constant"}}
    site.apply({"name": "d@example.org"}, options=options)
    said = refusal(site, {"name": "e@example.org"}, options=options)
    assert "'e@example.org'" in said and "'d@example.org'" in said and "session_token" in said


STRICT = re.sub(r"\b(?:datetime|varchar\(\d+\))", "TEXT", re.sub(r"\b(?:bool|integer)\b", "INTEGER", USER + OTHERS))
STRICT = STRICT.replace(");\n", ") STRICT;\n").replace("text", "TEXT")


def test_strict_tables(tmp_path):
    """lived-in.md 14: SQLite's STRICT tables, whose dates are texts in the form that Django reads."""
    site = Site(tmp_path / "db.sqlite3", STRICT.replace("'Readers') STRICT", "'Readers')"))
    assert "STRICT" in site.run("SELECT sql FROM sqlite_master WHERE name = 'django_session'")[0]["sql"]
    assert site.actions({"name": "alice", "email": "a@example.org", "groups": ["Editors"]}) == {"alice": "created"}
    joined = site.row("auth_user")["date_joined"]
    assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}", joined)
    site.insert("django_session", session_key="of alice", session_data=session({"_auth_user_id": "1"}), expire_date="2099-01-01 00:00:00")
    site.insert("django_session", session_key="old", session_data=session({"_auth_user_id": "1"}), expire_date="2009-01-01 00:00:00")
    for state in ("disabled", "enabled"):
        assert site.actions({"name": "alice", "state": state, "is_staff": True})
    assert [row["session_key"] for row in site.rows("django_session")] == ["old"]
    assert site.actions({"name": "alice", "state": "absent"}) == {"alice": "removed"}


def test_another_database(people):
    assert "auth_user" in refusal(people, {"name": "alice"}, error=SchemaError)


KEYS = """
CREATE TABLE "team_user" ("id" {key} NOT NULL PRIMARY KEY{default}, "password" varchar(128) NOT NULL, "username" varchar(150) NOT NULL UNIQUE,
  "email" varchar(254) NOT NULL, "is_active" bool NOT NULL);
CREATE TABLE "auth_group" ("id" char(32) NOT NULL PRIMARY KEY, "name" varchar(150) NOT NULL UNIQUE);
CREATE TABLE "team_user_groups" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "user_id" {key} NOT NULL REFERENCES "team_user" ("id"),
  "group_id" char(32) NOT NULL REFERENCES "auth_group" ("id"));
CREATE TABLE "note" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "author_id" {key} NOT NULL REFERENCES "team_user" ("id"));
CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL);
INSERT INTO auth_group VALUES ('00000000000000000000000000000001', 'Editors'), ('00000000000000000000000000000002', 'Readers');
"""
TEAM = {"user_table": "team_user"}
UUID = "c0ffee00c0ffee00c0ffee00c0ffee00"


@pytest.mark.parametrize(("key", "default", "stored", "in_session"), [
    ("char(32)", "", UUID, "c0ffee00-c0ff-ee00-c0ff-ee00c0ffee00"),
    ("varchar(22)", "", "vytxeTZskVKR7C7WgdSP3d", "vytxeTZskVKR7C7WgdSP3d"),
    ("varchar(40)", " DEFAULT (hex(randomblob(16)))", "abc", "abc"),
    ("char(32)", "", "made by hand", "made by hand"),
])
def test_keys_of_any_kind(tmp_path, key, default, stored, in_session):
    site = Site(tmp_path / "db.sqlite3", KEYS.format(key=key, default=default))
    for name, number in (("alice", stored), ("bob", stored.upper())):
        site.insert("team_user", id=number, password="!", username=name, email="", is_active=1)
    for number, user in (("hers", in_session), ("another", in_session.upper())):
        site.insert("django_session", session_key=number, session_data=session({"_auth_user_id": user}), expire_date="2099-01-01 00:00:00")
    site.insert("team_user_groups", user_id=stored, group_id="0" * 31 + "1")
    assert site.read("alice", options=TEAM)["alice"].groups == {"Editors": None}
    assert site.actions({"name": "alice", "state": "disabled"}, options=TEAM) == {"alice": "disabled"}
    assert [row["session_key"] for row in site.rows("django_session")] == ["another"]
    assert site.actions({"name": "alice", "state": "enabled", "groups": ["Readers"], "password": "x"}, options=TEAM) == {"alice": "enabled"}
    assert [(row["user_id"], row["group_id"]) for row in site.rows("team_user_groups")] == [(stored, "0" * 31 + "2")]
    site.insert("note", author_id=stored)
    assert "note (1)" in str(pytest.raises(AccountError, site.apply, {"name": "alice", "state": "absent"}, options=TEAM).value)
    site.run("DELETE FROM note")
    assert site.actions({"name": "alice", "state": "absent"}, options=TEAM) == {"alice": "removed"}
    [bob] = site.rows("team_user")
    assert (bob["username"], bob["is_active"]) == ("bob", 1) and not site.rows("team_user_groups")
    both = [{"name": "carl", "groups": ["Editors"]}, {"name": "dora"}]
    if stored == UUID or default:
        if stored == UUID:  # of an empty table the type of the key tells
            site.run("DELETE FROM team_user")
        assert site.actions(*both, options=TEAM, complete=True) == {"carl": "created", "dora": "created"}
        made = [row["id"] for row in site.rows("team_user") if row["username"] != "bob"]
        assert all(re.fullmatch("[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}" if stored == UUID else "[0-9A-F]{32}", one) for one in made)
        assert [row["user_id"] for row in site.rows("team_user_groups")] == [site.row("team_user", username="carl")["id"]]
        assert len(set(made)) == 2 and site.actions(*both, options=TEAM, complete=True) == {}
    else:
        said = refusal(site, *both, {"name": "bob", "state": "enabled"}, options=TEAM, complete=True)
        assert "'carl'" in said and "'dora'" in said and "'bob'" not in said and "team_user" in said
        options = {**TEAM, "column_defaults": {"id": "random"}}
        assert site.actions(*both, options=options, complete=True) == {"carl": "created", "dora": "created"}
        assert site.actions(*both, options=options, complete=True) == {}


def test_a_trigger_that_lowers_names_is_told(tmp_path):
    site = Site(tmp_path / "db.sqlite3", KEYS.format(key="varchar(40)", default=" DEFAULT (hex(randomblob(16)))"))
    site.run("CREATE TRIGGER lower_it AFTER INSERT ON team_user BEGIN UPDATE team_user SET username = lower(username) WHERE id = new.id; END")
    assert "'Carl'" in refusal(site, {"name": "Carl"}, options=TEAM)
    assert site.actions({"name": "carl"}, options=TEAM) == {"carl": "created"}


def test_a_lost_primary_key(tmp_path):
    site = Site(tmp_path / "db.sqlite3", USER.replace('"id" integer NOT NULL PRIMARY KEY AUTOINCREMENT', '"id" integer NOT NULL') + OTHERS)
    add(site, "alice", id=7)
    add(site, "bob", id=8)
    assert site.actions({"name": "alice", "state": "disabled"}) == {"alice": "disabled"}
    assert [row["is_active"] for row in site.rows("auth_user")] == [0, 1]
    site.update("auth_user", {"id": 8}, id=7)
    add(site, "carl", id=9)
    for state in ("present", "disabled", "absent"):
        said = refusal(site, {"name": "bob", "state": state, **({"first_name": "B"} if state == "present" else {})})
        assert "auth_user" in said and "'bob'" in said and "primary key" in said
    assert site.actions({"name": "carl", "state": "disabled"}) == {"carl": "disabled"}
    assert [row["is_active"] for row in site.rows("auth_user")] == [0, 1, 0]
    site.run("CREATE TABLE pairs (a integer, b integer, username varchar(9), password varchar(99), PRIMARY KEY (a, b))")
    assert "primary key" in refusal(site, {"name": "bob"}, error=SchemaError, options={"user_table": "pairs"})


RELATED = """
CREATE TABLE "users_userconfig" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "data" text NOT NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)),
  "token" varchar(12) NOT NULL, "user_id" integer NOT NULL UNIQUE REFERENCES "auth_user" ("id"));
CREATE TABLE "profile" ("user_ptr_id" integer NOT NULL PRIMARY KEY REFERENCES "auth_user" ("id"), "born" date NOT NULL);
CREATE TABLE "dashboard" ("id" char(32) NOT NULL PRIMARY KEY, "user_id" integer NULL UNIQUE REFERENCES "auth_user" ("id"));
CREATE TABLE "profile_extra" ("id" char(32) NOT NULL PRIMARY KEY, "user_id" integer NOT NULL UNIQUE REFERENCES "auth_user" ("id"),
  "profile_id" integer NULL UNIQUE REFERENCES "profile" ("user_ptr_id"));
CREATE TABLE "profile_tag" ("id" integer NOT NULL PRIMARY KEY, "profile_id" integer NOT NULL REFERENCES "profile" ("user_ptr_id"));
"""
BESIDE = {"related_defaults": {"profile": {"born": "now"}, "users_userconfig": {"data": "{}", "token": "random"}, "profile_extra": {}, "dashboard": None}}


@pytest.fixture
def config(tmp_path):
    """A site with rows beside the user."""
    return Site(tmp_path / "db.sqlite3", USER + OTHERS + RELATED)


def test_rows_beside_the_user(config):
    entries = [{"name": name} for name in ("alice", "bob", "carl")]
    assert len(config.actions(*entries, options=BESIDE, complete=True)) == 3
    assert config.actions(*entries, options=BESIDE, complete=True) == {}
    rows = config.rows("users_userconfig")
    assert [(row["user_id"], row["data"]) for row in rows] == [(1, "{}"), (2, "{}"), (3, "{}")]
    assert len({row["token"] for row in rows}) == 3 and re.fullmatch("[0-9A-Za-z]{12}", rows[0]["token"])
    assert [row["user_ptr_id"] for row in config.rows("profile")] == [1, 2, 3] and config.row("profile", user_ptr_id=1)["born"].startswith("20")
    assert len({row["id"] for row in config.rows("profile_extra")}) == 3 and not config.rows("dashboard")


@pytest.mark.parametrize("referred", [False, True])
def test_rows_beside_the_user_go_with_it_in_order(config, referred):
    for name in ("alice", "bob"):
        config.apply({"name": name}, options=BESIDE)
    for number in (1, 2):
        config.insert("dashboard", id=f"d{number}", user_id=number)
        config.update("profile_extra", {"user_id": number}, profile_id=number)
    with pytest.raises(AccountError, match="users_userconfig"):
        config.apply({"name": "alice", "state": "absent"})
    if referred:
        config.insert("profile_tag", profile_id=1)
        with pytest.raises(AccountError, match=r"'alice'.*profile_tag \(1\)"):
            config.apply({"name": "alice", "state": "absent"}, options=BESIDE)
        config.run("DELETE FROM profile_tag")
    # as MySQL does by itself, and Django with SQLite at the end of a transaction
    database = config.database()
    event.listen(database.engine, "connect", lambda connection, record: connection.execute("PRAGMA foreign_keys = ON"))
    assert config.actions({"name": "alice", "state": "absent"}, options=BESIDE, database=database) == {"alice": "removed"}
    for table, owner in (("auth_user", "id"), ("users_userconfig", "user_id"), ("profile", "user_ptr_id"), ("profile_extra", "user_id"),
                         ("dashboard", "user_id")):
        assert [row[owner] for row in config.rows(table)] == [2]


@pytest.mark.parametrize(("related", "words"), [
    ({"nowhere": {}}, ["nowhere"]), ({"users_userconfig": {"data": "{}"}}, ["users_userconfig", "token"]),
    ({"users_userconfig": {"date": "{}"}}, ["users_userconfig", "date"]), ({"django_admin_log": {"object_repr": "x"}}, ["django_admin_log", "unique"]),
    ({"auth_group": {"name": "x"}}, ["auth_group", "unique"]), ({"profile": "now"}, ["profile"]), ({"profile": ["born"]}, ["profile"]),
])
def test_rows_beside_the_user_that_cannot_be(config, related, words):
    said = refusal(config, {"name": "alice"}, error=SchemaError, options={"related_defaults": related})
    assert [word for word in ["related_defaults", *words] if word not in said] == []
    config.apply({"name": "alice"})
    assert config.actions({"name": "alice", "state": "disabled"}, options={"related_defaults": related}) == {"alice": "disabled"}
