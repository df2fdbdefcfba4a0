# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kinds of tables, with two applications of our own: a club with a table of members, and doors that have none."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from ansible_collections.auth.services.plugins.module_utils.account import AccountError
from ansible_collections.auth.services.plugins.module_utils.database import Database, SchemaError
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.tables import (
    AccountRows,
    ImplicitAccountRows,
    MembershipRows,
    PropertyRows,
)
from ansible_collections.auth.services.tests.unit.installation import Installation

CLUB = """
CREATE TABLE member (id INTEGER PRIMARY KEY AUTOINCREMENT, branch INTEGER, login TEXT, mail TEXT, active INTEGER);
CREATE TABLE member_meta (number INTEGER PRIMARY KEY, member INTEGER, what TEXT, value TEXT);
CREATE TABLE team (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE player (member INTEGER, team INTEGER, shirt INTEGER);
CREATE TABLE game (referee INTEGER);
CREATE TABLE ticket (holder INTEGER);
INSERT INTO team VALUES (1, 'first'), (2, 'second');
INSERT INTO member VALUES (1, 7, 'Jane', 'jane@example.org', 1), (2, 8, 'Jane', '', 1), (3, 7, 'John', NULL, 0);
INSERT INTO member_meta VALUES (1, 1, 'colour', 'red'), (2, 1, 'colour', 'blue'), (3, 1, 'key', 'k1'), (4, 3, 'colour', 'green');
INSERT INTO player VALUES (1, 1, 10), (1, 99, 5), (2, 2, 3);
INSERT INTO game VALUES (3), (3);
INSERT INTO ticket VALUES (1), (2);
"""


class Club(Service):
    """Members of branch 7, whose names are compared without case."""

    engines = ("sqlite",)
    value_options = {"colour": {"type": "str"}}
    argument_options = {"shirts": {"type": "dict"}}
    numbered, unique = False, False

    def __init__(self, database, connection, options):
        super().__init__(database, connection, options)
        self.accounts = AccountRows(
            self, "member", key="id", account_name="login", options={"email": "mail"}, extra=["active"], fixed={"branch": 7},
            numbered=self.numbered, unique=self.unique, compare=sa.func.lower,
        )
        self.properties = {"meta": PropertyRows(
            self, "member_meta", owner="member", key="what", value="value", options={"colour": "colour"}, row_id="number", only=["colour"],
        )}
        self.memberships = MembershipRows(
            self, "player", account="member", group="team", attribute="shirt", names={1: "first", 2: "second"},
        )

    def declare(self, entry):
        wanted = super().declare(entry)
        if wanted.groups is not None and wanted.arguments["shirts"]:
            wanted.groups = {group: wanted.arguments["shirts"].get(group) for group in wanted.groups}
        return wanted

    def account(self, stored):
        account = super().account(stored)
        account.enabled = bool(stored.row["active"])
        account.disabled = not account.enabled
        return account

    def columns(self, change):
        columns = super().columns(change)
        if change.account is None:
            columns = {"mail": "", "active": 1, **columns}
        if change.action in ("enabled", "disabled"):
            columns["active"] = int(change.action == "enabled")
        return columns

    def references(self):
        return [("game", "referee")]

    def owned(self):
        return [("ticket", "holder")]


class ClubInstallation(Installation):
    service_class = Club


@pytest.fixture
def club(tmp_path):
    return ClubInstallation(tmp_path / "club.sqlite", CLUB)


def test_what_is_read(club):
    found = club.read()
    assert list(found) == ["Jane", "John"]
    assert found["Jane"].values == {"email": "jane@example.org", "colour": "red"}, "the first of two rows counts"
    assert found["Jane"].groups == {"first": 10}, "team 99 has no name"
    assert found["John"].values == {"email": "", "colour": "green"}
    assert found["John"].disabled


def test_all_of_it_is_written(club):
    before = club.dump()
    entry = {"name": "Ann", "email": "a@example.org", "colour": "pink", "groups": ["second"], "shirts": {"second": 4}}
    assert club.actions(entry, check_mode=True) == {"Ann": "created"}
    assert club.dump() == before
    assert club.actions(entry, {"name": "Bob"}) == {"Ann": "created", "Bob": "created"}
    ann, bob = club.row("member", login="Ann"), club.row("member", login="Bob")
    assert (ann["branch"], ann["mail"], bob["branch"], bob["mail"]) == (7, "a@example.org", 7, "")
    assert [row["value"] for row in club.rows("member_meta", member=ann["id"])] == ["pink"]
    assert club.rows("member_meta", member=bob["id"]) == []
    assert club.rows("player", member=ann["id"]) == [{"member": ann["id"], "team": 2, "shirt": 4}]
    assert club.actions(entry, {"name": "Bob"}) == {}


def test_properties_with_a_number_change_in_place(club):
    assert club.actions({"name": "Jane", "colour": "black"}) == {"Jane": "updated"}
    assert club.rows("member_meta", member=1) == [
        {"number": 1, "member": 1, "what": "colour", "value": "black"}, {"number": 3, "member": 1, "what": "key", "value": "k1"}]
    assert club.actions({"name": "Jane", "colour": ""}) == {"Jane": "updated"}
    assert [row["what"] for row in club.rows("member_meta", member=1)] == ["key"]


def test_memberships(club):
    club.apply({"name": "Jane", "groups": ["first", "second"], "shirts": {"first": 11, "second": 12}})
    assert sorted((row["team"], row["shirt"]) for row in club.rows("player", member=1)) == [(1, 11), (2, 12), (99, 5)]
    club.apply({"name": "Jane", "groups": ["second"]})
    assert sorted((row["team"], row["shirt"]) for row in club.rows("player", member=1)) == [(2, 12), (99, 5)]
    assert club.rows("player", member=2) == [{"member": 2, "team": 2, "shirt": 3}]


def test_a_group_that_is_not_there(club):
    with pytest.raises(AccountError, match="group 'third' does not exist; the groups are 'first', 'second'"):
        club.apply({"name": "Jane", "groups": ["first", "third"]})


def test_removal(club):
    with pytest.raises(AccountError, match=r"'John': cannot be removed, because rows of game \(2\) refer to it; use state: disabled"):
        club.apply({"name": "Jane", "state": "absent"}, {"name": "John", "state": "absent"})
    assert [row["active"] for row in club.rows("member", branch=7, login="John")] == [0], "who cannot be removed is disabled"
    assert [row["id"] for row in club.rows("member")] == [2, 3]
    assert [row["member"] for row in club.rows("member_meta")] == [3]
    assert [row["member"] for row in club.rows("player")] == [2]
    assert [row["holder"] for row in club.rows("ticket")] == [2]


@pytest.mark.parametrize("table", ["game", "ticket"])
def test_what_removal_needs_must_be_seen(club, table):
    club.run(f"DROP TABLE {table}")
    assert club.actions({"name": "Jane", "colour": "black"}) == {"Jane": "updated"}
    with pytest.raises(SchemaError, match=f"table {table} not found"):
        club.apply({"name": "Jane", "state": "absent"})


@pytest.mark.parametrize("complete", [False, True])
def test_another_spelling_is_an_error_that_names_both(club, complete):
    before = club.dump()
    with pytest.raises(AccountError, match="'jANE': the application treats this name as 'Jane'; declare the account as 'Jane'"):
        club.apply({"name": "jANE", "state": "enabled"}, {"name": "John"}, complete=complete)
    with pytest.raises(AccountError, match="'ann': is the same account as 'Ann'"):
        club.apply({"name": "Ann"}, {"name": "ann"}, complete=complete)
    assert club.dump() == before


@pytest.mark.parametrize(("state", "action"), [("disabled", "disabled"), ("absent", "removed")])
@pytest.mark.parametrize("complete", [False, True])
def test_who_is_shut_out_need_not_be_spelled_in_the_same_case(club, complete, state, action):
    """There is one such account, and the application lets it in under both spellings."""
    assert club.actions({"name": "jANE", "state": state}, {"name": "John"}, complete=complete) == {"Jane": action}


def test_one_who_has_no_account_does_not_shut_out_who_is_spelled_otherwise(club):
    before = club.dump()
    assert club.actions({"name": "jANE", "state": "disabled"}, {"name": "Jane"}, {"name": "John"}, complete=True) == {}
    assert club.dump() == before


def test_the_exact_spelling_wins(club):
    club.insert("member", branch=7, login="JANE", mail="", active=1)
    assert club.actions({"name": "JANE", "state": "disabled"}) == {"JANE": "disabled"}
    assert [row["active"] for row in club.rows("member")] == [1, 1, 0, 0]


def test_accounts_of_one_name_are_shut_out_together(club):
    club.insert("member", branch=7, login="Jane", mail="", active=1)
    assert club.actions({"name": "Jane"}) == {}
    with pytest.raises(AccountError, match="'Jane': the database has 2 accounts with this name: it can only be disabled"):
        club.apply({"name": "Jane", "colour": "black"})
    before = club.dump()
    assert club.actions({"name": "Jane", "state": "disabled"}, check_mode=True) == {"Jane": "disabled"}
    assert club.dump() == before
    assert club.actions({"name": "Jane", "state": "disabled"}) == {"Jane": "disabled"}
    assert [row["active"] for row in club.rows("member", branch=7, login="Jane")] == [0, 0]
    assert club.actions({"name": "Jane", "state": "disabled"}) == {}


def test_accounts_of_one_name_are_disabled_where_they_should_be_removed(club):
    club.insert("member", branch=7, login="Jane", mail="", active=1)
    with pytest.raises(AccountError, match="'Jane': the database has 2 accounts with this name"):
        club.apply({"name": "Jane", "state": "absent"})
    assert [row["active"] for row in club.rows("member", branch=7, login="Jane")] == [0, 0]


def test_accounts_of_one_name_are_unlisted_and_can_be_shut_out(club):
    club.insert("member", branch=7, login="Jane", mail="", active=1)
    outcome = club.apply({"name": "John"}, complete=True, unlisted="disable", unlisted_limit="100%")
    assert outcome.plan.unlisted == ["Jane"]
    assert [row["active"] for row in club.rows("member", branch=7, login="Jane")] == [0, 0]


@pytest.mark.parametrize("name", ["CAST(x'62ff62' AS TEXT)", "x'62ff62'"])
def test_a_name_that_no_statement_can_hold_keeps_nobody_in(club, name):
    club.run(f"INSERT INTO member VALUES (9, 7, {name}, '', 1)")
    assert list(club.actions({"name": "Jane"}, {"name": "John"}, complete=True, unlisted="disable", unlisted_limit="100%").values()) == ["disabled"]
    assert [row["active"] for row in club.rows("member", id=1)] == [1]
    with closing(sqlite3.connect(club.path)) as connection:
        assert connection.execute("SELECT active FROM member WHERE id = 9").fetchone() == (0,)


class RenamesFirst(Database):
    """A database in which somebody renames an account just before we write."""

    def __init__(self, club):
        self.club = club
        super().__init__(club.options)

    def connect(self, write=False):
        if write:
            self.club.run("UPDATE member SET login = 'Renamed' WHERE branch = 7 AND login = 'Jane'")
        return super().connect(write)


def test_who_has_another_name_since_is_shut_out_all_the_same(club):
    outcome = club.apply({"name": "Jane", "state": "disabled"}, database=RenamesFirst(club))
    assert [(change.name, change.action) for change in outcome.plan.changes] == [("Renamed", "disabled")]
    assert [row["active"] for row in club.rows("member", login="Renamed")] == [0]


def test_memberships_go_also_where_others_are_wrong(club):
    """Whatever is wrong: a group that is not there, or what the database refuses when it is written."""
    with pytest.raises(AccountError, match="group 'third' does not exist") as caught:
        club.apply({"name": "Jane", "groups": [], "colour": "black"}, {"name": "John", "groups": ["third"]})
    assert [(change.name, change.fields) for change in caught.value.outcome.plan.changes] == [("Jane", ["groups"])]
    assert [row["team"] for row in club.rows("player", member=1)] == [99]
    assert [row["value"] for row in club.rows("member_meta", member=1, what="colour")] == ["red", "blue"]


def test_memberships_go_also_where_the_rest_cannot_be_written(club):
    club.run("CREATE TRIGGER full BEFORE INSERT ON member BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    with pytest.raises(AccountError, match="'New': the database refuses it: disk full"):
        club.apply({"name": "Jane", "groups": ["second"]}, {"name": "New"})
    assert [row["team"] for row in club.rows("player", member=1)] == [99]


def test_who_is_in_a_group_that_is_mistyped_stays_in_the_others(club):
    with pytest.raises(AccountError, match="group 'frist' does not exist"):
        club.apply({"name": "Jane", "groups": ["frist"]}, {"name": "John"})
    assert [row["team"] for row in club.rows("player", member=1)] == [1, 99]


def test_an_application_that_numbers_its_accounts(club, monkeypatch):
    monkeypatch.setattr(Club, "numbered", True)
    club.run("INSERT INTO member VALUES (50, 8, 'Max', '', 1)")
    club.apply({"name": "Ann"}, {"name": "Bob", "colour": "pink"})
    assert [(row["id"], row["login"]) for row in club.rows("member", branch=7)] == [(1, "Jane"), (3, "John"), (4, "Ann"), (5, "Bob")]
    assert [row["member"] for row in club.rows("member_meta", value="pink")] == [5]


def counted(club, *entries, **request):
    """The plan's actions, and how many statements it took."""
    database, statements = club.database(), []
    event.listen(database.engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2].split()[0]))
    counts = {}
    for change in club.apply(*entries, database=database, **request).plan.changes:
        counts[change.action] = counts.get(change.action, 0) + 1
    return counts, len([statement for statement in statements if statement != "PRAGMA"])


def test_the_number_of_statements_does_not_depend_on_the_number_of_accounts(tmp_path):
    found = {}
    for number in (2, 200):
        club = ClubInstallation(tmp_path / f"{number}.sqlite", CLUB)
        people = [{"name": f"new {one}", "email": f"{one}@example.org", "colour": f"c{one}", "groups": ["first"]} for one in range(number)]
        changed = [{**entry, "colour": entry["colour"] + "+", "groups": ["second"], "state": "disabled"} for entry in people]
        found[number] = [counted(club, *people), counted(club, *changed), counted(club, *people, complete=True),
                         counted(club, *({**entry, "state": "absent"} for entry in people))]
    kinds = [list(counts) for counts, _statements in found[2]]
    assert kinds == [["created"], ["disabled"], ["updated"], ["removed"]]
    assert [statements for _counts, statements in found[2]] == [statements for _counts, statements in found[200]]


# An application without a table of accounts

DOORS = """
CREATE TABLE rule (who TEXT, site TEXT, what TEXT, op TEXT, value TEXT);
CREATE TABLE pass (who TEXT, kind TEXT);
INSERT INTO rule VALUES ('jane', 'a', 'code', '=', '1234'), ('jane', 'a', 'door', '+', 'north'), ('jane', 'a', 'door', '+', 'south'),
  ('jane', 'b', 'code', '=', '9999'), ('max', 'b', 'code', '=', '5555');
INSERT INTO pass VALUES ('jane', 'staff'), ('pat', 'guest');
"""


class Doors(Service):
    engines = ("sqlite",)
    common_options = ("groups", "append_groups")
    value_options = {"doors": {"type": "list", "elements": "str"}}

    def __init__(self, database, connection, options):
        super().__init__(database, connection, options)
        self.properties = {"rule": PropertyRows(self, "rule", owner="who", key="what", value=["op", "value"], fixed={"site": "a"})}
        self.memberships = MembershipRows(self, "pass", account="who", group="kind")
        self.accounts = ImplicitAccountRows(self, [(self.properties["rule"], "who"), (self.memberships, "who")])

    def account(self, stored):
        account = super().account(stored)
        account.values["doors"] = [value for _op, value in stored.properties["rule"].get("door", [])]
        return account

    def property_values(self, name, change):
        return {"door": [("+", door) for door in change.values["doors"]]} if "doors" in change.values else {}


class DoorsInstallation(Installation):
    service_class = Doors


@pytest.fixture
def doors(tmp_path):
    return DoorsInstallation(tmp_path / "doors.sqlite", DOORS)


def test_accounts_are_whoever_is_named(doors):
    found = doors.read()
    assert {name: (account.values, account.groups) for name, account in found.items()} == {
        "jane": ({"doors": ["north", "south"]}, {"staff": None}), "pat": ({"doors": []}, {"guest": None})}
    assert list(doors.read("pat", "max")) == ["pat"]


def test_named_accounts_with_rows_in_two_spellings(tmp_path):
    doors = DoorsInstallation(tmp_path / "doors.sqlite", DOORS.replace("who TEXT", "who TEXT COLLATE NOCASE"))
    doors.insert("pass", who="Jane", kind="guest")
    assert {asked: account.name for asked, account in doors.read("jane").items()} == {"jane": "jane", "Jane": "Jane"}
    assert {asked: account.name for asked, account in doors.read("JANE").items()}.keys() > {"JANE"}
    assert {asked: account.name for asked, account in doors.read("PAT").items()} == {"PAT": "pat"}


def test_named_accounts_are_written(doors):
    assert doors.actions({"name": "jane", "doors": ["south", "west"]}, {"name": "ann", "doors": ["east"], "groups": ["staff"]}) == {
        "jane": "updated", "ann": "created"}
    assert [(row["who"], row["op"], row["value"]) for row in doors.rows("rule", site="a", what="door")] == [
        ("ann", "+", "east"), ("jane", "+", "south"), ("jane", "+", "west")]
    assert doors.rows("pass", who="ann") == [{"who": "ann", "kind": "staff"}]
    assert doors.actions({"name": "jane", "state": "absent"}) == {"jane": "removed"}
    assert [row["site"] for row in doors.rows("rule", who="jane")] == ["b"]
    assert doors.rows("pass", who="jane") == []


# Other spellings, where the database takes them for one

FOLDING = DOORS.replace("who TEXT", "who TEXT COLLATE NOCASE").replace("kind TEXT", "kind TEXT COLLATE NOCASE").replace(
    "what TEXT", "what TEXT COLLATE NOCASE")


@pytest.fixture
def folding(tmp_path):
    doors = DoorsInstallation(tmp_path / "doors.sqlite", FOLDING)
    doors.insert("rule", who="JANE", site="a", what="door", op="+", value="attic")
    doors.insert("rule", who="jane", site="a", what="DOOR", op="+", value="cellar")
    doors.insert("pass", who="JANE", kind="staff")
    doors.insert("pass", who="jane", kind="STAFF")
    return doors


def test_rows_of_another_spelling_are_another_account(folding):
    kept = [row for row in folding.rows("rule") if row["what"] != "door" or row["who"] != "jane"]
    assert folding.actions({"name": "jane", "doors": ["roof"], "groups": ["STAFF"]}) == {"jane": "updated"}
    rules = folding.rows("rule")
    assert [row["value"] for row in rules if row not in kept] == ["roof"] and all(row in rules for row in kept)
    assert folding.rows("pass") == [
        {"who": "pat", "kind": "guest"}, {"who": "JANE", "kind": "staff"}, {"who": "jane", "kind": "STAFF"}]
    assert folding.actions({"name": "jane", "state": "absent"}) == {"jane": "removed"}
    assert [row["who"] for row in folding.rows("rule", site="a")] == ["JANE"]
    assert [row["who"] for row in folding.rows("pass")] == ["pat", "JANE"]


def test_values_by_text_go_to_their_own_rows(folding):
    database = folding.database()
    with database.connect(write=True) as connection:
        service = Doors(database, connection, {})
        table = service.table("pass")
        service.update(table, "who", {"jane": {"kind": "one"}, "JANE": {"kind": "two"}})
        assert service.count_in(table, "who", ["jane", "JANE"]) == {"jane": 2, "JANE": 1}
    assert {(row["who"], row["kind"]) for row in folding.rows("pass")} == {("jane", "one"), ("JANE", "two"), ("pat", "guest")}


def test_a_number_is_not_trusted_to_be_of_one_account(tmp_path):
    club = ClubInstallation(tmp_path / "club.sqlite", CLUB.replace("number INTEGER PRIMARY KEY", "number INTEGER"))
    club.run("UPDATE member_meta SET number = 0")
    others = [row for row in club.rows("member_meta") if row["member"] != 1 or row["what"] != "colour"]
    assert club.actions({"name": "Jane", "colour": ""}) == {"Jane": "updated"}
    assert club.rows("member_meta") == others


def test_accounts_without_a_name_are_passed_over(club, doors):
    for active in (1, 0):
        club.insert("member", branch=7, login=None, mail="", active=active)
    doors.insert("pass", who=None, kind="staff")
    assert list(club.read()) == ["Jane", "John"] and set(doors.read()) == {"jane", "pat"}
    outcome = club.apply({"name": "Jane"}, {"name": "John"}, complete=True, unlisted="remove")
    assert not outcome.plan.pending
    assert outcome.warnings == ["Rows of table member without login (NULL): 2. They belong to no account and are left alone."]
    assert doors.apply(complete=True).warnings == ["Rows of table pass without who (NULL): 1. They belong to no account and are left alone."]


def test_rows_of_one_name_are_twins(club):
    number = club.insert("member", branch=7, login="Jane", mail="", active=1)
    club.insert("member", branch=7, login="JANE", mail="", active=1)
    found = club.read()
    assert (found["Jane"].id, [twin.id for twin in found["Jane"].twins]) == (1, [number])
    assert found["JANE"].twins == []
    assert {asked: account.name for asked, account in club.read("jAnE").items()} == {"jAnE": "Jane", "JANE": "JANE"}


@pytest.mark.parametrize(("column", "one"), [
    ("TEXT", []), ("TEXT COLLATE NOCASE", [{"Zoe", "zoe"}]), ("TEXT COLLATE RTRIM", [{"Zoe", "Zoe "}]), ("BLOB", [])])
def test_which_names_are_one_is_the_answer_of_the_database(tmp_path, column, one):
    doors = DoorsInstallation(tmp_path / "doors.sqlite", DOORS.replace("who TEXT", f"who {column}"))
    database = doors.database()
    names = ["Zoe", "zoe", "Zoe ", "Zoé", "ZOÉ", "zo\u200be", "\udcff"]
    with database.connect() as connection:
        keys = Doors(database, connection, {}).folded(names)
    assert list(keys) == names
    groups = [{name for name in names if keys[name] == key} for key in dict.fromkeys(keys.values())]
    assert [group for group in groups if len(group) > 1] == one


# Databases without keys: bad imports lose them, and every new row has the number 0

WITHOUT_KEYS = """
CREATE TABLE member (id INTEGER, branch INTEGER, login TEXT, mail TEXT, active INTEGER);
CREATE TABLE member_meta (number INTEGER, member INTEGER, what TEXT, value TEXT);
CREATE TABLE team (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE player (member INTEGER, team INTEGER, shirt INTEGER);
CREATE TABLE game (referee INTEGER);
CREATE TABLE ticket (holder INTEGER);
INSERT INTO member VALUES (1, 7, 'Jane', 'jane@example.org', 1), (3, 7, 'John', NULL, 1), (0, 7, 'Fay', 'fay@x', 1), (0, 7, 'Gus', 'gus@x', 1);
INSERT INTO member_meta VALUES (0, 1, 'colour', 'red'), (0, 1, 'key', 'k1'), (0, 3, 'colour', 'green'), (0, 3, 'colour', 'grey'), (0, 3, 'key', 'k3');
INSERT INTO player VALUES (1, 1, 10), (3, 1, 5);
"""


@pytest.fixture
def keyless(tmp_path):
    return ClubInstallation(tmp_path / "club.sqlite", WITHOUT_KEYS)


def whose(club, table, **others):
    """The rows that are not of these owners."""
    return [row for row in club.rows(table) if all(row[column] not in owners for column, owners in others.items())]


@pytest.mark.parametrize("entries", [
    [{"name": "Jane", "colour": "pink"}], [{"name": "Jane", "colour": ""}], [{"name": "Jane", "state": "disabled"}], [{"name": "Jane", "state": "absent"}],
    [{"name": "Jane", "email": "j@x", "groups": ["second"]}],
])
def test_rows_of_others_with_the_same_number_stay(keyless, entries):
    tables = {"member": "id", "member_meta": "member", "player": "member"}
    before = {table: whose(keyless, table, **{owner: [1]}) for table, owner in tables.items()}
    assert keyless.actions(*entries)
    assert {table: whose(keyless, table, **{owner: [1]}) for table, owner in tables.items()} == before
    kept = [] if entries[0].get("state") == "absent" else ["k1"]
    assert [row["value"] for row in keyless.rows("member_meta", member=1) if row["what"] == "key"] == kept
    assert not keyless.actions(*entries)


def test_several_at_once_each_get_their_own(keyless):
    assert keyless.actions({"name": "Jane", "colour": "pink"}, {"name": "John", "colour": "black"}) == {"Jane": "updated", "John": "updated"}
    assert [row["value"] for row in keyless.rows("member_meta", member=1, what="colour")] == ["pink"]
    assert [row["value"] for row in keyless.rows("member_meta", member=3, what="colour")] == ["black"]
    assert len(keyless.rows("member_meta", what="key")) == 2


@pytest.mark.parametrize("entry", [
    {"name": "Fay", "state": "disabled"}, {"name": "Fay", "state": "absent"}, {"name": "Fay", "email": "new@x"}, {"name": "Gus", "colour": "red"},
    {"name": "Gus", "groups": ["first"]},
])
@pytest.mark.parametrize("complete", [False, True])
def test_who_cannot_be_told_apart_is_refused_and_nobody_else(keyless, entry, complete):
    before = keyless.dump()
    with pytest.raises(AccountError, match=f"'{entry['name']}': 2 rows of table member share id 0, so their accounts cannot be told apart"):
        keyless.actions(entry, complete=complete)
    assert keyless.dump() == before
    with pytest.raises(AccountError, match=f"'{entry['name']}': .*apart") as told:
        keyless.apply(entry, {"name": "Jane", "state": "disabled"}, complete=True)
    assert [change.name for change in told.value.outcome.plan.pending] == ["Jane"], "who can be told apart is shut out"
    assert not keyless.row("member", login="Jane")["active"]
    assert whose(keyless, "member", id=[1]) == [{name: value for name, (_kind, value) in row.items()} for row in before["member"][1:]]
    assert keyless.actions({"name": "John", "email": "john@x"}) == {"John": "updated"}
    assert not keyless.actions({"name": "Fay", "state": "present"}, {"name": "Gus", "email": "gus@x"}, complete=True), "as it is, it can be declared"


def test_an_account_that_was_stored_twice_is_shut_out(keyless):
    """As when a dump is read in twice; with another address it would be a second account."""
    keyless.run("INSERT INTO member SELECT * FROM member WHERE login = 'Jane'")
    assert keyless.actions({"name": "Jane", "state": "disabled"}) == {"Jane": "disabled"}
    assert [row["active"] for row in keyless.rows("member", login="Jane")] == [0, 0]
    keyless.update("member", {"rowid": 1}, mail="other@x")
    with pytest.raises(AccountError, match="'Jane': 2 rows of table member share id 1"):
        keyless.actions({"name": "Jane", "state": "absent"})


def test_nothing_leads_to_an_account_without_a_number(keyless):
    keyless.run("UPDATE member SET id = NULL WHERE login IN ('Fay', 'John')")
    before = keyless.dump()
    with pytest.raises(AccountError, match="'Fay': its row in table member has no id"):
        keyless.actions({"name": "Fay", "state": "disabled"})
    assert keyless.dump() == before
    assert keyless.actions({"name": "Jane", "state": "disabled"}, {"name": "Gus", "state": "disabled"}) == {"Jane": "disabled", "Gus": "disabled"}


def test_somebody_who_comes_to_have_the_same_number_is_not_touched(keyless):
    """Between the reading and the writing."""
    database = keyless.database()
    with database.connect(write=True) as connection:
        service = Club(database, connection, keyless.service_options())
        service.read(["Jane"])
        connection.exec_driver_sql("INSERT INTO member VALUES (1, 7, 'Eve', 'eve@x', 1)")
        service.accounts.update({1: {"active": 0}})
        service.accounts.delete([1])
    assert not keyless.rows("member", login="Jane") and keyless.row("member", login="Eve")["active"]


@pytest.mark.parametrize("names", [["Ann"], ["Ann", "Bea"]])
@pytest.mark.parametrize("default", [0, 1])
def test_new_accounts_are_refused_where_the_table_numbers_nothing(tmp_path, names, default):
    club = ClubInstallation(tmp_path / "club.sqlite", WITHOUT_KEYS.partition("INSERT")[0].replace(
        "id INTEGER, branch", f"id INTEGER DEFAULT {default}, branch"))
    club.insert("member", id=1, branch=7, login="Jane", mail="", active=1)
    before = club.dump()
    with pytest.raises(SchemaError, match="table member does not give each new row its own id. Make it the primary key"):
        club.actions(*({"name": name, "colour": "red"} for name in names))
    assert club.dump() == before


def test_unlisted_accounts_that_cannot_be_told_apart_are_told(keyless):
    with pytest.raises(AccountError, match="'Fay': .*apart.*'Gus': .*apart"):
        keyless.apply({"name": "Jane"}, {"name": "John"}, complete=True, unlisted="disable", unlisted_limit="100%")
    assert all(row["active"] for row in keyless.rows("member"))


# Rows that did not come from the application

class Issued(Club):
    """Members are numbered by the database."""

    numbered, unique = False, True


class IssuedInstallation(ClubInstallation):
    service_class = Issued


@pytest.fixture
def issued(tmp_path):
    """With a trigger that gives numbers below the highest, as a sequence of PostgreSQL does that a row went round."""
    club = IssuedInstallation(tmp_path / "club.sqlite", CLUB.replace("id INTEGER PRIMARY KEY AUTOINCREMENT, branch", "id INTEGER, branch"))
    club.run("INSERT INTO member VALUES (999999, 7, 'Last', '', 1)")
    club.run("CREATE TABLE counter (last INTEGER)")
    club.run("INSERT INTO counter VALUES (10)")
    club.run("""CREATE TRIGGER number AFTER INSERT ON member BEGIN UPDATE counter SET last = last + 1;
                UPDATE member SET id = (SELECT last FROM counter) WHERE rowid = new.rowid; END""")
    return club


def test_the_highest_number_need_not_be_the_last(issued):
    issued.insert("member", branch=8, login="Ann", mail="", active=1)
    entries = [{"name": name, "colour": name.lower(), "groups": ["first"]} for name in ("Ann", "Bea", "Cleo")]
    assert issued.actions(*entries) == {"Ann": "created", "Bea": "created", "Cleo": "created"}
    for name in ("Ann", "Bea", "Cleo"):
        member = issued.row("member", login=name, branch=7)
        assert 10 < member["id"] < 20
        assert issued.row("member_meta", member=member["id"])["value"] == name.lower()
        assert issued.rows("player", member=member["id"]) == [{"member": member["id"], "team": 1, "shirt": None}]
    assert not issued.actions(*entries)


def test_a_name_that_a_trigger_spells_otherwise_is_told(issued):
    issued.run("CREATE TRIGGER small AFTER INSERT ON member BEGIN UPDATE member SET login = lower(new.login) WHERE rowid = new.rowid; END")
    before = issued.dump()
    with pytest.raises(AccountError, match="Nothing was written. 'Bob': a trigger stores the name as 'bob'; declare the account as 'bob'"):
        issued.actions({"name": "Bob"}, {"name": "ann"})
    assert issued.dump() == before
    assert issued.actions({"name": "bob"}, {"name": "ann"}) == {"bob": "created", "ann": "created"}
    issued.run("DROP TRIGGER small")
    issued.run("CREATE TRIGGER other AFTER INSERT ON member BEGIN UPDATE member SET login = 'x' || new.login WHERE rowid = new.rowid; END")
    with pytest.raises(AccountError, match="'Bea': the database does not keep this name. Look for a trigger on member"):
        issued.actions({"name": "Bea"})


# Columns that a site added

@pytest.fixture
def extended(tmp_path):
    """Every table has a column more that must have a value."""
    sql = CLUB.partition("INSERT INTO team")[0]
    sql = sql.replace("active INTEGER);", "active INTEGER, points INTEGER NOT NULL, since DATE NOT NULL);")
    sql = sql.replace("value TEXT);", "value TEXT, reseller INTEGER NOT NULL, note TEXT NOT NULL);")
    sql = sql.replace("shirt INTEGER);", "shirt INTEGER, season TEXT NOT NULL);")
    club = ClubInstallation(tmp_path / "club.sqlite", sql)
    club.insert("member", branch=7, login="Jane", mail="", active=1, points=3, since="2020-01-01")
    club.insert("team", name="first")
    return club


def test_columns_that_nothing_gives_a_value_are_told_with_the_option(extended):
    entry = {"name": "Ann", "colour": "red", "groups": ["first"]}
    before = extended.dump()
    told = r"a new row of table {} needs a value in {}, which the database has no default for. Set column_defaults, \{{{}: \{{{}: ...\}}\}}"
    given = {}
    for table, columns in (("member", ("points", "since")), ("member_meta", ("reseller", "note")), ("player", ("season",))):
        with pytest.raises(SchemaError, match=told.format(table, ", ".join(columns), table, columns[0])):
            extended.actions(entry, options={"column_defaults": given})
        assert extended.dump() == before
        given = {**given, table: {column: {"points": 5, "since": "now", "reseller": 4, "note": "", "season": "autumn"}[column] for column in columns}}
    assert extended.actions(entry, options={"column_defaults": given}) == {"Ann": "created"}
    ann = extended.row("member", login="Ann")
    assert ann["points"] == 5 and ann["since"].startswith("20")
    assert extended.row("member_meta", member=ann["id"])["reseller"] == 4
    assert extended.row("player", member=ann["id"])["season"] == "autumn"
    assert not extended.actions(entry, options={"column_defaults": {"member": {"points": 6}}}), "they are for new rows"


def test_columns_of_the_table_of_accounts_stand_by_themselves(extended):
    assert extended.actions({"name": "Ann"}, options={"column_defaults": {"points": 7, "since": "2001-02-03"}}) == {"Ann": "created"}
    assert extended.row("member", login="Ann")["since"] == "2001-02-03"


@pytest.mark.parametrize(("given", "told"), [
    ({"pionts": 1}, "column_defaults: pionts is neither a column of table member nor a table"),
    ({"mebmer": {"points": 1}}, "mebmer is neither a column of table member nor a table"),
    ({"player": {"saeson": "x"}}, "column_defaults: table player has no column saeson"),
])
def test_what_is_not_there_is_told(extended, given, told):
    with pytest.raises(SchemaError, match=told):
        extended.actions({"name": "Jane", "email": "x@y"}, options={"column_defaults": given})
    assert extended.actions({"name": "Jane", "state": "disabled"}, options={"column_defaults": given}) == {"Jane": "disabled"}, "and keeps nobody in"


class Gates(Service):
    """Whose gates are shut by a row, in tables without a table of accounts."""

    engines = ("sqlite",)
    common_options = ()

    def __init__(self, database, connection, options):
        super().__init__(database, connection, options)
        self.properties = {"rule": PropertyRows(self, "rule", owner="login", key="what", value="value", row_id="id")}
        self.accounts = ImplicitAccountRows(self, [(self.properties["rule"], "login")])

    def account(self, stored):
        account = super().account(stored)
        account.enabled = "shut" not in stored.properties["rule"]
        account.disabled = not account.enabled
        return account

    def property_values(self, name, change):
        return {"key": ["k"]} if change.account is None else {"shut": ["1"] if change.action == "disabled" else []}


class GatesInstallation(Installation):
    service_class = Gates


GATES = """
CREATE TABLE rule (id INTEGER NOT NULL, login TEXT, what TEXT, value TEXT, reseller INTEGER NOT NULL, kind TEXT NOT NULL, since DATETIME NOT NULL,
                   share NUMERIC NOT NULL, on_time BOOLEAN NOT NULL, badge BLOB NOT NULL);
INSERT INTO rule VALUES (4, 'ann', 'key', 'k', 12, 'gold', '2020-01-01 00:00:00', 1.5, 1, x'01'),
 (9, 'bob', 'key', 'k', 13, 'tin', '2020-01-01 00:00:00', 2, 1, x'');
"""


def test_who_leaves_is_shut_out_whatever_a_row_lacks(tmp_path):
    gates = GatesInstallation(tmp_path / "gates.sqlite", GATES)
    with pytest.raises(SchemaError, match="needs a value in reseller, kind, since, share, on_time, badge"):
        gates.actions({"name": "carl"})
    assert gates.actions({"name": "ann", "state": "disabled"}) == {"ann": "disabled"}
    row = gates.row("rule", what="shut")
    assert (row["login"], row["reseller"], row["kind"], row["share"], row["badge"]) == ("ann", 12, "gold", 1.5, b"\x01"), "as the account's others"
    assert row["id"] == 10, "and with a number, which the table does not give"
    assert not gates.actions({"name": "ann", "state": "disabled"})
    assert gates.actions({"name": "ann", "state": "enabled"}) == {"ann": "enabled"}
    assert gates.actions({"name": "bob", "state": "disabled"}, options={"column_defaults": {"rule": {"reseller": 1, "kind": "x"}}})
    assert [gates.row("rule", what="shut")[column] for column in ("reseller", "kind", "share")] == [1, "x", 2]


@pytest.mark.parametrize(("kind", "value"), [
    ("INTEGER", 0), ("NUMERIC", 0), ("VARCHAR(3)", ""), ("BOOLEAN", 0), ("BLOB", b""), ("TIME", "00:00:00.000000"), ("DATE", None), ("DATETIME", None),
])
def test_a_column_of_any_kind_gets_a_value_when_somebody_is_shut_out(tmp_path, kind, value):
    """The account has no row in the table that the new one could be like."""
    club = ClubInstallation(tmp_path / "club.sqlite", CLUB.partition("INSERT")[0].replace("value TEXT);", f"value TEXT, more {kind} NOT NULL);"))
    database = club.database()
    with database.connect(write=True) as connection:
        service = Club(database, connection, club.service_options())
        service.shutting = True
        service.properties["meta"].insert([{"member": 1, "what": "shut", "value": "1"}])
    [row] = club.rows("member_meta")
    assert row["more"] == value or value is None and row["more"].startswith("20")
