# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
import sqlite3

import pytest
from sqlalchemy import event

from ansible_collections.auth.services.plugins.module_utils.account import AccountError
from ansible_collections.auth.services.plugins.module_utils.passwords import UnverifiableHash, digests
from ansible_collections.auth.services.plugins.module_utils.services.freeradius import adapter, passwords
from ansible_collections.auth.services.tests.unit.applications.freeradius import TABLES, Radius

PAIR = [":=", "Reject"]
SCHEME = passwords.Stored(passwords.CLEARTEXT)


@pytest.fixture
def radius(tmp_path):
    return Radius(tmp_path / "radius.db", TABLES)


# MD4: RFC 1320. NT hashes and SHA-512-crypt: accepted by FreeRADIUS 3.2.1. Others: made by OpenSSL and base64, accepted by it.
@pytest.mark.parametrize(("data", "digest"), [
    (b"", "31d6cfe0d16ae931b73c59d7e0c089c0"),
    (b"message digest", "d9130a8164549fe818874806e1c7014b"),
    (b"1234567890" * 8, "e33b4ddc9c38f2199c3e7b164fcc0536"),
])
def test_md4(data, digest):
    assert digests.md4(data).hex() == digest


@pytest.mark.parametrize(("password", "digest"), [
    ("Pw é1", "a8a6c39ae5bb94679809bdd23c0997d7"), ("correct horse", "cfc43211ba8dc470832267827cac1407")])
def test_nt_hash(password, digest):
    assert passwords.nt_hash(password) == digest


# Made by openssl dgst, openssl passwd, base64 and (bcrypt) its library; the integration test has FreeRADIUS accept them.
@pytest.mark.parametrize("stored", [
    "Cleartext-Password:correct horse",
    "cleartext-password:correct horse",
    "NT-Password:cfc43211ba8dc470832267827cac1407",
    "NT-Password:0xCFC43211BA8DC470832267827CAC1407",
    "Crypt-Password:$6$saltsalt$hRM5XZ86KXEw9UOmjigeVqFgULtFB2sgpC9lXQDfMib3Zgw7mEiUvBJI2EplzfAqxL5Vvwp2scFtv/uamSo5z0",
    "Crypt-Password:$5$saltsalt$myjXcpMpE2Ofk7fj9hqyNYSn6lmWG4Mqnjx.KIRRr4/",
    "Crypt-Password:$2b$04$LUZnwWGT0nPheyoB94yrFuF4kCC2Vq6eKpjdsbNUWsxcNOSMlUC3y",
    "MD5-Password:3cb4e732631f47e6eb961f34554b7cde",
    "SMD5-Password:Z/zaJ2M7Khrn3AWg16utq3NhbHRzYWx0",
    "SHA1-Password:2f9e53523b62abc141a2b4d6019d23cba835dbd0",
    "SSHA-Password:awc/Cj0kafyFd5d8fGn07xoHBJJzYWx0c2FsdA==",
    "SHA2-Password:4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631",
    "SHA2-Password:QQTTb42iwlQ0n4WDZ5Pr4CngyVcGOjTJHC6SAxh7VjE=",
    "SSHA2-256-Password:61f95570e32cea4eed6c69106d03559fafde8409d401596d88b3ca1c15868b6b73616c7473616c74",
    "SSHA2-256-Password:YflVcOMs6k7tbGkQbQNVn6/ehAnUAVltiLPKHBWGi2tzYWx0c2FsdA==",
    "SSHA2-512-Password:50rsRNBf8j3I5xE+QwaHdFyMhOzITssZ8BB3UxwQ+SI1JKygYm6ZeRYTDuUyFZIIqDonoTuXwB0Z/MAPhgQCFHNhbHRzYWx0",
    "Password-With-Header:{ssha256}YflVcOMs6k7tbGkQbQNVn6/ehAnUAVltiLPKHBWGi2tzYWx0c2FsdA==",
    "Password-With-Header:{nt}cfc43211ba8dc470832267827cac1407",
    "Password-With-Header:{clear}correct horse",
    "Password-With-Header:correct horse",
    "Password-With-Header:{SSHA}awc/Cj0kafyFd5d8fGn07xoHBJJzYWx0c2FsdA==",
])
def test_verify_known(stored):
    if "$2b$" in stored:
        pytest.importorskip("bcrypt")
    assert SCHEME.verify(stored, "correct horse")
    assert not SCHEME.verify(stored, "Correct horse")
    assert not SCHEME.verify(stored[:-4], "correct horse")


@pytest.mark.parametrize("attribute", passwords.PASSWORDS)
@pytest.mark.parametrize("password", ["correct horse", "Pw é1", 'a\\n"b', '"quoted"', "漢🔑", "x" * 128])
def test_new_passwords(attribute, password):
    stored = passwords.Stored(attribute).make(password)
    assert passwords.is_value(attribute, stored.partition(":")[2])
    assert len(stored.partition(":")[2]) <= 253 and SCHEME.verify(stored, password)
    assert not SCHEME.verify(stored, password + "x")
    if attribute != passwords.CLEARTEXT:
        assert password not in stored


# What the server made of these values, asked with PAP
@pytest.mark.parametrize(("value", "text"), [
    (r"a\tb", "a\tb"), (r"\101b", "Ab"), (r"a\'b", r"a\'b"), (r"'a\'b'", "a'b"), (r'"a\"b"', 'a"b'), (r"a\qb", r"a\qb"),
    (r"a\0b", r"a\0b"), ('"`x`"', "`x`"), ("'", "'"), (r"\x4", r"\x4"), (r'"a\\b"', r"a\b"),
])
def test_unquote(value, text):
    assert passwords.unquote(value) == text


def test_unverifiable():
    for stored in ("Cleartext-Password:`%{x}`", "Crypt-Password:ab01FAX.bQRSU", "PBKDF2-Password:x", "LM-Password:x", "SSHA3-256-Password:x"):
        with pytest.raises(UnverifiableHash):
            SCHEME.verify(stored, "x")
    assert not SCHEME.verify("User-Password:x", "x")


@pytest.mark.parametrize(("typed", "stored"), [  # looked for so by FreeRADIUS 3.2.1
    ("alice", "alice"), ("o'brien", "o=27brien"), ("o=27brien", "o=27brien"), ("a=b", "a=3Db"), ("D\\u", "D=5C=5Cu"),
    ('a"b', "a=5C=22b"), ("Łukasz", "Łukasz"), ("a b@c", "a b@c"), ("a+1", "a=2B1")])
def test_names(radius, typed, stored):
    assert radius.actions({"name": typed, "password": "pw"}) == {stored: "created"}
    assert radius.actions({"name": typed, "password": "pw"}) == {}


@pytest.mark.parametrize("name", ["", " a", "a ", "a\tb", "x" * 65, "'" * 22])
def test_names_refused(radius, name):
    with pytest.raises(AccountError):
        radius.apply({"name": name, "password": "pw"})


@pytest.mark.parametrize(("typed", "stored"), [
    ("31 Dec 2030", "31 Dec 2030"), ("Dec 31 2030 23:59", "Dec 31 2030 23:59"), ("1924991999", "1924991999"),
    ("2030-12-31", "31 Dec 2030 00:00:00"), ("2030-12-31T23:59:59", "31 Dec 2030 23:59:59"),
    ("2030-12-31T23:59:59Z", "1924991999"), ("2031-01-01T01:59:59+02:00", "1924991999")])
def test_expiration(radius, typed, stored):
    radius.apply({"name": "a", "expiration": typed})
    assert radius.row("radcheck")["value"] == stored
    assert radius.actions({"name": "a", "expiration": typed}) == {}
    assert radius.actions({"name": "a", "expiration": "", "password": "x"}) == {"a": "updated"}
    assert radius.check("a") == [["Crypt-Password", ":=", ""]]


@pytest.mark.parametrize("entry", [
    {"expiration": "tomorrow"}, {"expiration": "31 Dez 2030"}, {"expiration": "2130-01-01"}, {"password": ""},
    {"password": "x" * 129}, {"password_hash": "cfc43211ba8dc470832267827cac1407"}, {},
    {"groups": []}, {"groups": ["a"], "group_priority": {"b": 1}}, {"groups": ["a"], "group_priority": {"a": "x"}},
    *({"check_attributes": [{"attribute": name, "op": ":=", "value": value}]}
      for name, value in (("NT-Password", "x"), ("expiration", "x"), ("Auth-Type", "reject"), ("a b", "x"), ("x", "v" * 254))),
])
def test_refused(radius, entry):
    before = radius.dump()
    with pytest.raises(AccountError):
        radius.apply({"name": "a", **entry})
    assert radius.dump() == before


def test_disable_and_back(radius):
    items = [{"attribute": "Auth-Type", "op": ":=", "value": "Accept"}]
    radius.apply({"name": "a", "password": "pw", "groups": ["g"], "check_attributes": items})
    before = {name: [{**row, "id": 0} for row in radius.rows(name)] for name in ("radcheck", "radusergroup")}
    assert radius.actions({"name": "a", "state": "disabled", "password": "pw"}) == {"a": "disabled"}
    assert radius.actions({"name": "a", "state": "disabled", "check_attributes": items}) == {}
    assert radius.check("a")[-2:] == [["Auth-Type", *PAIR]] * 2 and ["Auth-Type", ":=", "Accept"] in radius.check("a")
    assert radius.actions({"name": "a", "check_attributes": [], "password": "other"}) == {"a": "updated"}
    assert radius.check("a").count(["Auth-Type", *PAIR]) == 2 and len(radius.check("a")) == 3
    assert radius.actions({"name": "a", "state": "enabled", "check_attributes": items, "password": "pw"}) == {"a": "enabled"}
    after = {name: [{**row, "id": 0} for row in radius.rows(name)] for name in before}
    for row in (row for rows in (before, after) for row in rows["radcheck"] if row["attribute"] == "Crypt-Password"):
        row["value"] = ""
    assert sorted(map(str, after["radcheck"])) == sorted(map(str, before["radcheck"]))
    assert after["radusergroup"] == before["radusergroup"]


def test_single_reject_of_an_administrator(radius):
    for name in ("a", "b"):
        radius.insert("radcheck", username=name, attribute="auth-type", op=":=", value="reject")
    account = radius.read("a")["a"]
    assert not account.enabled and not account.disabled
    assert radius.actions({"name": "a", "state": "disabled"}, {"name": "b", "state": "enabled", "password": "x"}) == {
        "a": "disabled", "b": "enabled"}
    assert radius.check("a") == [["Auth-Type", *PAIR]] * 2 and radius.check("b") == [["Crypt-Password", ":=", ""]]


@pytest.mark.parametrize("rows", [
    [("Cleartext-Password", "==", "pw")], [("User-Password", ":=", "pw")],
    [("Cleartext-Password", ":=", "pw"), ("NT-Password", ":=", "x")], [("cleartext-password", ":=", "old")]])
def test_one_password_row(radius, rows):
    for attribute, op, value in rows:
        radius.insert("radcheck", username="a", attribute=attribute, op=op, value=value)
    assert radius.actions({"name": "a", "password": "pw", "update_password": "on_create"}) == {}
    assert radius.actions({"name": "a", "password": "pw"}) == {"a": "updated"}
    assert radius.check("a") == [["Crypt-Password", ":=", ""]]


def test_password_attribute(radius):
    radius.insert("radcheck", username="a", attribute="Cleartext-Password", op=":=", value="pw")
    nt = {"options": {"password_attribute": "NT-Password"}}
    assert radius.actions({"name": "a", "password": "pw"}) == {}
    assert radius.actions({"name": "a", "password": "pw"}, **nt) == {"a": "updated"}
    assert radius.actions({"name": "a", "password": "pw"}, **nt) == {} == radius.actions({"name": "a", "password": "pw"})
    given = {"name": "a", "password_hash": "cfc43211ba8dc470832267827cac1407"}
    assert radius.actions(given, **nt) == {"a": "updated"} and radius.actions(given, **nt) == {}
    assert radius.actions({"name": "a", "password": "correct horse"}) == {}


def test_a_stored_password_can_be_given_with_its_attribute(radius):
    radius.insert("radcheck", username="a", attribute="NT-Password", op=":=", value="cfc43211ba8dc470832267827cac1407")
    given = radius.read()["a"].password_hash
    assert radius.actions({"name": "a", "password_hash": given}, {"name": "b", "password_hash": given}) == {"b": "created"}
    assert [(row["attribute"], row["value"]) for row in radius.rows("radcheck", username="b")] == [
        ("NT-Password", "cfc43211ba8dc470832267827cac1407")]
    with pytest.raises(AccountError, match="not a value of NT-Password"):
        radius.apply({"name": "c", "password_hash": "NT-Password:x"})


def test_attributes_and_groups(radius):
    reply = [{"attribute": "Reply-Message", "op": "+=", "value": text} for text in "ba"]
    wanted = {"name": "a", "reply_attributes": [reply[0], {"attribute": "Class", "op": ":=", "value": "x"}, reply[1]],
              "groups": ["g", "h"], "group_priority": {"h": 7}}
    radius.apply(wanted)
    assert [row["value"] for row in radius.rows("radreply", attribute="Reply-Message")] == ["b", "a"]
    assert [(row["groupname"], row["priority"]) for row in radius.rows("radusergroup")] == [("g", 1), ("h", 7)]
    assert radius.actions(wanted) == {} == radius.actions({"name": "a", "groups": ["h", "g"]})
    account = radius.read("a")["a"]
    with radius.database().connect() as connection:
        options = adapter.FreeRadius(radius.database(), connection, radius.service_options()).to_options(account)
    assert radius.actions(options) == {}
    assert radius.actions({"name": "a", "reply_attributes": reply[::-1], "groups": ["g"]}) == {"a": "updated"}
    assert [row["value"] for row in radius.rows("radreply")] == ["a", "b"] and len(radius.rows("radusergroup")) == 1
    assert radius.actions({"name": "a", "state": "absent"}) == {"a": "removed"}
    assert not radius.rows("radreply") + radius.rows("radusergroup") + radius.rows("radcheck")


def test_no_rows_left(radius):
    radius.apply({"name": "a", "groups": ["g"]})
    with pytest.raises(AccountError, match="no row"):
        radius.apply({"name": "a", "groups": []})


def test_warnings(radius):
    radius.insert("radgroupcheck", groupname="closed", attribute="Auth-Type", op=":=", value="Reject")
    radius.insert("radacct", username="a")
    radius.insert("radacct", username="b", acctstoptime="2026-01-01")
    first = radius.apply({"name": "a", "groups": ["closed", "staf"], "password": "x"}, {"name": "b", "password": "x"})
    assert len(first.warnings) == 2 and "staf" in first.warnings[0] and first.warnings[1].startswith("The server refuses 'a', unless")
    assert "'closed'" in first.warnings[1]
    assert not any("staf" in warning for warning in radius.apply({"name": "b", "groups": ["staf"]}).warnings)
    (ended,) = radius.apply({"name": "a", "state": "disabled"}, {"name": "b", "state": "disabled"}).warnings
    assert ended.startswith("Accounts with open sessions in radacct: 'a'.")


def test_statements_do_not_grow(tmp_path):
    found = {}
    for number in (2, 200):
        radius = Radius(tmp_path / f"{number}.db", TABLES)
        people = [{"name": f"p{one}", "password_hash": f"$6$salt$hash{one}", "expiration": f"{2030 + one % 60}-01-01",
                   "reply_attributes": [{"attribute": "Class", "op": ":=", "value": str(one)}], "groups": ["g"]} for one in range(number)]
        changed = [{**one, "reply_attributes": [], "groups": ["h"], "state": "disabled"} for one in people]
        for entries in (people, changed, people, [{**one, "state": "enabled"} for one in changed],
                        [{**one, "state": "absent"} for one in people]):
            database, statements = radius.database(), []
            event.listen(database.engine, "before_cursor_execute", lambda *arguments, seen=statements: seen.append(arguments[2]))
            assert len(radius.apply(*entries, database=database).plan.pending) == number
            found.setdefault(number, []).append(statements)
    assert [len(statements) for statements in found[2]] == [len(statements) for statements in found[200]]


def test_without_keys_the_rows_of_others_stay(tmp_path):
    """Every row has the number 0, as after a bad import."""
    radius = Radius(tmp_path / "radius.db", TABLES.replace("id INTEGER PRIMARY KEY AUTOINCREMENT", "id INTEGER NOT NULL"))
    for name, attribute, value in (("bob", "Cleartext-Password", "b"), ("carl", "Cleartext-Password", "c"), ("carl", "Simultaneous-Use", "1")):
        radius.insert("radcheck", id=0, username=name, attribute=attribute, op=":=", value=value)
    for name, value in (("bob", "x"), ("bob", "y"), ("carl", "z")):
        radius.insert("radreply", id=0, username=name, attribute="Class", op="+=", value=value)
        radius.insert("radusergroup", id=0, username=name, groupname=value)
    others = [[row for row in radius.rows(table) if row["username"] != "bob"] for table in ("radcheck", "radreply", "radusergroup")]
    reply = [{"attribute": "Class", "op": "+=", "value": value} for value in "yw"]
    for options in ({"password": "new"}, {"reply_attributes": reply}, {"groups": ["y", "w"], "group_priority": {"y": 4}}, {"expiration": "1 Jan 2030"},
                    {"state": "disabled"}, {"state": "enabled"}, {"groups": []}, {"state": "absent"}):
        assert radius.apply({"name": "bob", **options}).written
        assert radius.actions({"name": "bob", **options}) == {}
        assert [[row for row in radius.rows(table) if row["username"] != "bob"] for table in ("radcheck", "radreply", "radusergroup")] == others


@pytest.fixture
def folding(tmp_path):
    """Where the database takes two spellings for one name, as MySQL does."""
    return Radius(tmp_path / "radius.db", TABLES.replace("name varchar(64)", "name varchar(64) COLLATE NOCASE"))


def test_two_spellings_can_be_shut_and_nothing_else(folding):
    folding.insert("radcheck", username="dora", attribute="Class", op=":=", value="x")
    folding.insert("radcheck", username="Dora", attribute="Class", op=":=", value="y")
    folding.insert("radcheck", username="emil", attribute="Class", op=":=", value="x")
    before = folding.dump()
    for name in ("dora", "Dora"):
        for complete in (False, True):
            with pytest.raises(AccountError, match="'dora'.*'Dora'|'Dora'.*'dora'"):
                folding.apply({"name": name, "password": "x"}, complete=complete)
    with pytest.raises(AccountError, match="treats this name as 'emil'; declare the account as 'emil'"):
        folding.apply({"name": "EMIL", "password": "x"})
    assert folding.dump() == before
    assert {name: (account.protected, bool(account.undecided)) for name, account in folding.read().items()} == {
        "dora": ("", True), "Dora": ("", True), "emil": ("", False)}
    assert folding.actions({"name": "Dora", "state": "disabled"}) == {"Dora": "disabled"}
    assert [(row["username"], row["value"]) for row in folding.rows("radcheck")] == [
        ("dora", "x"), ("Dora", "y"), ("emil", "x"), ("Dora", "Reject"), ("Dora", "Reject")]
    assert folding.read()["dora"].disabled  # to the server it is the same login
    assert folding.actions({"name": "emil"}, complete=True, unlisted="disable", unlisted_limit="100%") == {}
    with pytest.raises(AccountError, match=r"\(rename or remove the rows of one of them\): it can be disabled, but not removed"):
        folding.apply({"name": "dora", "state": "absent"})
    folding.run("UPDATE radcheck SET username = 'other' WHERE username = 'dora' COLLATE BINARY")
    assert folding.actions({"name": "Dora", "state": "enabled"}) == {"Dora": "enabled"}


SCATTERED = [("radcheck", {"username": "Carol", "attribute": "Cleartext-Password", "op": ":=", "value": "x"}),
             ("radreply", {"username": "CAROL", "attribute": "Class", "op": ":=", "value": "x"}),
             ("radcheck", {"username": "caroL", "attribute": "Auth-Type", "op": ":=", "value": "Reject"}),
             ("radusergroup", {"username": "carol", "groupname": "staff"}),
             ("radusergroup", {"username": "carol", "groupname": "guests"}),
             ("radcheck", {"username": "dave", "attribute": "Cleartext-Password", "op": ":=", "value": "x"})]


@pytest.fixture
def scattered(folding):
    """An account with rows in several spellings, and another one."""
    for table, row in SCATTERED:
        folding.insert(table, **row)
    return folding


@pytest.mark.parametrize("complete", [False, True])
@pytest.mark.parametrize("name", ["Carol", "carol", "cARol"])
def test_rows_in_several_spellings_are_one_account(scattered, name, complete):
    assert {name: (account.name, account.undecided, account.state) for name, account in scattered.read().items()} == {
        "Carol": ("Carol", "", "present"), "dave": ("dave", "", "enabled")}
    assert scattered.options_of("Carol")["groups"] == ["guests", "staff"]
    groups = scattered.rows("radusergroup")
    assert scattered.actions({"name": name, "state": "disabled"}, complete=complete) == {"Carol": "disabled"}
    assert scattered.actions({"name": name, "state": "disabled"}, complete=complete) == {}
    assert scattered.check("Carol")[-2:] == [["Auth-Type", *PAIR]] * 2 and len(scattered.rows("radcheck")) == 4
    assert scattered.rows("radusergroup") == groups and len(scattered.rows("radreply", username="CAROL")) == 1
    if name != "Carol":
        with pytest.raises(AccountError, match="declare the account as 'Carol'"):
            scattered.apply({"name": name, "state": "enabled"}, complete=complete)
    assert scattered.actions({"name": "Carol", "state": "enabled"}, complete=complete) == {"Carol": "enabled"}
    assert [row["username"] for row in scattered.rows("radcheck")] == ["Carol", "dave"]
    assert scattered.actions({"name": name, "state": "absent"}, complete=complete) == {"Carol": "removed"}
    assert scattered.actions({"name": name, "state": "absent"}, complete=complete) == {}
    assert [row["username"] for table in ("radcheck", "radreply", "radusergroup") for row in scattered.rows(table)] == ["dave"]


def test_what_changes_gets_the_spelling_of_the_account(scattered):
    wanted = {"name": "Carol", "groups": ["staff"], "group_priority": {"staff": 1}, "reply_attributes": [], "state": "enabled",
              "check_attributes": [{"attribute": "Simultaneous-Use", "op": ":=", "value": "1"}]}
    assert scattered.actions(wanted) == {"Carol": "enabled"}
    assert scattered.actions(wanted, {"name": "dave"}, complete=True, unlisted="remove") == {}
    assert [(row["username"], row["groupname"]) for row in scattered.rows("radusergroup")] == [("carol", "staff")]
    assert scattered.actions({"name": "Carol", "groups": ["staff"], "group_priority": {"staff": 7}}) == {"Carol": "updated"}
    assert [(row["username"], row["priority"]) for row in scattered.rows("radusergroup")] == [("Carol", 7)]
    assert scattered.rows("radreply") == []
    assert scattered.check("Carol") == [["Cleartext-Password", ":=", ""], ["Simultaneous-Use", ":=", "1"]]
    assert len(scattered.check("dave")) == 1


# radiusd 3.2.1 refuses a and b, and lets c (the other group is first, and ends the search) and d (Fall-Through = No) in.
def test_a_group_with_reject(folding):
    folding.insert("radgroupcheck", groupname="daloRADIUS-Disabled-Users", attribute="Auth-Type", op=":=", value="Reject")
    for name, groups in {"a": {"daloRADIUS-Disabled-Users": 0, "staff": 1}, "b": {"DALOradius-disabled-users": 1},
                         "c": {"staff": 1, "daloRADIUS-Disabled-Users": 2}, "d": {"daloRADIUS-Disabled-Users": 0}, "e": {"staff": 1}}.items():
        folding.insert("radcheck", username=name, attribute="Cleartext-Password", op=":=", value="x")
        for group, priority in groups.items():
            folding.insert("radusergroup", username=name, groupname=group, priority=priority)
    folding.insert("radreply", username="d", attribute="Fall-Through", op="=", value="No")
    shown = [folding.options_of(name) for name in "abcde"]
    assert [one["state"] for one in shown] == ["present"] * 4 + ["enabled"]
    assert folding.actions(*shown) == {}
    outcome = folding.apply(*({"name": name, "state": "enabled"} for name in "abe"))
    assert not outcome.plan.pending and len(outcome.warnings) == 1
    assert re.search("refuses 'a', 'b', .* Auth-Type := Reject for 'DALOradius-disabled-users', ", outcome.warnings[0])
    assert folding.apply({"name": "a", "groups": ["staff"], "state": "enabled"}).warnings == []
    assert folding.options_of("a")["state"] == "enabled"
    assert folding.actions({"name": "b", "state": "disabled"}) == {"b": "disabled"}
    assert folding.options_of("b")["state"] == "disabled" and folding.check("b")[-2:] == [["Auth-Type", *PAIR]] * 2
    assert folding.actions({"name": "e"}, complete=True, unlisted="disable", unlisted_limit="100%") == {
        "a": "disabled", "c": "disabled", "d": "disabled"}


@pytest.mark.parametrize("unlisted", ["disable", "remove"])
def test_another_spelling_of_a_listed_name_shuts_nobody_out(folding, unlisted):
    folding.insert("radcheck", username="carol", attribute="Class", op=":=", value="x")
    folding.insert("radcheck", username="CAROL", attribute="Class", op=":=", value="y")
    folding.insert("radcheck", username="dave", attribute="Class", op=":=", value="y")
    before = folding.check("carol"), folding.check("CAROL")
    outcome = folding.apply({"name": "carol"}, complete=True, unlisted=unlisted, unlisted_limit="100%")
    assert [change.name for change in outcome.plan.pending] == ["dave"] and outcome.plan.unlisted == ["CAROL", "dave"]
    assert (folding.check("carol"), folding.check("CAROL")) == before
    assert "treats the unlisted 'CAROL' as the name of a listed account" in " ".join(outcome.warnings)
    folding.apply({"name": "carol", "state": "disabled"}, complete=True, unlisted="disable", unlisted_limit="100%")
    assert ["Auth-Type", *PAIR] in folding.check("carol")


def test_rows_of_other_spellings_stay(folding):
    for group in ("staff", "STAFF", "guests"):
        folding.insert("radusergroup", username="ann", groupname=group)
    folding.insert("radusergroup", username="ANN", groupname="guests")
    database = folding.database()
    with database.connect(write=True) as connection:
        memberships = adapter.FreeRadius(database, connection, folding.service_options()).memberships
        memberships.write([("ann", {"staff": 1, "STAFF": 1, "guests": 1}, {"staff": 7})])
    assert [(row["username"], row["groupname"], row["priority"]) for row in folding.rows("radusergroup")] == [
        ("ann", "staff", 7), ("ANN", "guests", 1)]


def test_the_profile_is_protected_and_who_is_called_so_is_not(folding):
    folding.insert("radusergroup", username="DEFAULT", groupname="g")
    with pytest.raises(AccountError, match="profile of all accounts, so it is never changed"):
        folding.apply({"name": "DEFAULT", "state": "disabled"})
    profile = folding.rows("radusergroup")
    folding.insert("radcheck", username="default", attribute="Cleartext-Password", op=":=", value="x")
    folding.insert("radcheck", username="alice", attribute="Cleartext-Password", op=":=", value="x")
    accounts = folding.read()
    assert accounts["DEFAULT"].protected and not accounts["default"].protected and accounts["default"].undecided
    assert folding.actions({"name": "alice"}, complete=True, unlisted="remove", unlisted_limit="100%") == {"default": "disabled"}
    assert folding.check("default")[-2:] == [["Auth-Type", *PAIR]] * 2 and folding.rows("radusergroup") == profile
    folding.insert("radcheck", username="DEFAULT", attribute="Cleartext-Password", op=":=", value="x")
    assert folding.actions({"name": "alice"}, complete=True, unlisted="disable", unlisted_limit="100%") == {"DEFAULT": "disabled"}
    assert folding.rows("radusergroup") == profile


def test_an_account_that_only_looks_like_the_profile_is_an_ordinary_one(radius):
    radius.insert("radusergroup", username="DEFAULT", groupname="g")
    radius.insert("radusergroup", username="DEFAULT\u200b", groupname="g")
    radius.insert("radcheck", username="alice", attribute="Cleartext-Password", op=":=", value="x")
    radius.apply({"name": "alice"}, complete=True, unlisted="remove", unlisted_limit="100%")
    assert [row["username"] for row in radius.rows("radusergroup")] == ["DEFAULT"]


@pytest.mark.parametrize("name", [" a", "a\tb", "x" * 70, "é" * 200, "o'brien", 'D\\u', "a+b"])
def test_who_has_a_name_that_is_refused_can_be_shut(radius, name):
    radius.insert("radcheck", username=name, attribute="Cleartext-Password", op=":=", value="x")
    radius.insert("radcheck", username="b", attribute="Cleartext-Password", op=":=", value="x")
    assert radius.actions({"name": name, "state": "disabled"}) == {name: "disabled"}
    assert radius.check(name)[-2:] == [["Auth-Type", *PAIR]] * 2 and len(radius.check("b")) == 1
    assert radius.actions({"name": name, "state": "absent"}) == {name: "removed"}


@pytest.fixture
def loose(tmp_path):
    """Where columns may be NULL, and are where nothing is a row of an account."""
    radius = Radius(tmp_path / "radius.db", TABLES.replace("NOT NULL", ""))
    radius.insert("radcheck", username=None, attribute="Class", op=":=", value="x")
    radius.insert("radusergroup", username=None, groupname="g")
    radius.insert("radusergroup", username="b", groupname="g", priority=None)
    radius.insert("radusergroup", username="b", groupname=None)
    return radius


# radiusd 3.2.1 refuses those with such a row in radcheck.
@pytest.mark.parametrize("row", [
    {"attribute": None}, {"op": None}, {"value": None}, {"attribute": "Auth-Type", "value": None},
    {"attribute": "Cleartext-Password", "value": None}])
@pytest.mark.parametrize("table", ["radcheck", "radreply"])
def test_a_row_without_something_is_left_alone(loose, table, row):
    loose.insert(table, username="a", **{"attribute": "Class", "op": ":=", "value": "x", **row})
    before, nobody = loose.rows(table, username="a"), loose.rows("radcheck", username=None)
    assert [(account.name, account.undecided) for account in loose.read().values()] == [("a", ""), ("b", "")]
    shown = {name: loose.options_of(name) for name in "ab"}
    assert [one["state"] for one in shown.values()] == ["present", "enabled"]
    assert (shown["b"]["groups"], shown["b"]["group_priority"]) == (["g"], {})
    assert loose.actions(*shown.values(), complete=True) == {}
    outcome = loose.apply({"name": "a", "state": "enabled"}, {"name": "b"})
    assert not outcome.plan.pending and outcome.warnings[0].startswith("Accounts with a row without attribute, operator or value (NULL): 'a'.")
    assert loose.actions({"name": "b", "password": "x"}, complete=True, unlisted="disable", unlisted_limit="100%") == {
        "a": "disabled", "b": "updated"}
    assert loose.options_of("a")["state"] == "disabled" and loose.rows(table, username="a")[:1] == before
    assert loose.actions({"name": "a", "state": "enabled"}) == {"a": "enabled"} and loose.rows(table, username="a") == before
    assert loose.actions({"name": "a", "state": "absent"}) == {"a": "removed"} and not loose.rows(table, username="a")
    assert loose.rows("radcheck", username=None) == nobody and len(loose.rows("radusergroup")) == 3


def test_a_value_that_is_no_text_concerns_its_account_alone(loose):
    loose.insert("radcheck", username="a", attribute=b"\xff", op=":=", value="x")
    before = loose.rows("radcheck", username="a")
    accounts = loose.read()
    assert accounts["a"].undecided and not accounts["b"].undecided
    assert loose.actions({"name": "b", "password": "x"}, complete=True, unlisted="disable", unlisted_limit="100%") == {
        "a": "disabled", "b": "updated"}
    assert [loose.read("a")["a"].disabled, loose.read("a")["a"].enabled] == [True, False]
    assert loose.rows("radcheck", username="a")[:1] == before
    assert loose.actions({"name": "a", "state": "absent"}) == {"a": "removed"}


SECRETS = [("radcheck", "TOTP-Secret"), ("radcheck", "NTLM-Password"), ("radcheck", "EAP-Pwd-Password-Hash"), ("radreply", "Tunnel-Password"),
           ("radreply", "Tunnel-Password:1"), ("radreply", "MS-MPPE-Send-Key"), ("radreply", "Cisco-AVPair"), ("radreply", "Of-Our-Own")]


@pytest.mark.parametrize(("table", "attribute"), SECRETS)
def test_values_that_may_be_secret_are_kept_and_not_shown(radius, table, attribute):
    option = {"radcheck": "check_attributes", "radreply": "reply_attributes"}[table]
    secret = {"username": "a", "attribute": attribute, "op": ":=", "value": "Hush-1"}
    radius.insert(table, **secret)
    radius.insert(table, username="a", attribute="Class", op=":=", value="open")
    shown = radius.options_of("a")
    assert "Hush" not in str(shown) and shown[option] == [{"attribute": "Class", "op": ":=", "value": "open"}]
    assert radius.actions(shown) == {}
    wanted = [{"attribute": "Port-Limit", "op": ":=", "value": "2"}]
    for entry in ({"name": "a", option: wanted}, {"name": "a", option: [], "password": "x"}):
        outcome = radius.apply(entry)
        assert "Hush" not in radius.diff(outcome) and outcome.written
        assert [(row["op"], row["value"]) for row in radius.rows(table, attribute=attribute)] == [(":=", "Hush-1")]
    declared = [*wanted, {"attribute": attribute, "op": ":=", "value": "Hush-2"}]
    outcome = radius.apply({"name": "a", option: declared})
    assert "Hush" not in radius.diff(outcome) and attribute in radius.diff(outcome)
    assert [row["value"] for row in radius.rows(table, attribute=attribute)] == ["Hush-2"]
    assert radius.actions({"name": "a", option: declared}) == {} == radius.actions({"name": "a", option: wanted})
    assert adapter.FreeRadius.entry_secrets({option: declared}) == ["Hush-2"]
    gone = [*wanted, {"attribute": attribute.lower(), "op": ":=", "value": ""}]
    assert radius.actions({"name": "a", option: gone}) == {"a": "updated"}
    assert radius.rows(table, attribute=attribute) == [] and radius.actions({"name": "a", option: gone}) == {}


def test_rights(radius):
    radius.insert("radcheck", username="a", attribute="auth-type", op=":=", value="Accept")
    radius.insert("radusergroup", username="b", groupname="open")
    radius.insert("radusergroup", username="c", groupname="shut")
    radius.insert("radgroupcheck", groupname="open", attribute="Auth-Type", op=":=", value="Accept")
    radius.insert("radgroupcheck", groupname="shut", attribute="Auth-Type", op=":=", value="Reject")
    database = radius.database()
    with database.connect() as connection:
        service = adapter.FreeRadius(database, connection, radius.service_options())
        assert service.rights(service.read(None).values()) == {
            "a": ["Auth-Type := Accept: gets in without a password"],
            "b": ["Auth-Type := Accept of the group open: gets in without a password"]}
        (warning,) = service.warnings
        assert re.match("The server refuses 'c', unless another group .* Auth-Type := Reject for 'shut'", warning)
    with sqlite3.connect(radius.path) as connection:
        connection.execute("DROP TABLE radgroupcheck")
    database = radius.database()
    with database.connect() as connection:
        service = adapter.FreeRadius(database, connection, radius.service_options())
        assert list(service.rights(service.read(None).values())) == ["a"]
        assert "cannot be found. Grant login_user SELECT on radgroupcheck" in service.warnings[-1]
