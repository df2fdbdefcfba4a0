# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The road that every type takes, with a type of our own as an organisation would write it."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing, contextmanager

import pytest
import sqlalchemy as sa

from ansible_collections.auth.services.plugins.module_utils.account import Account, AccountError, LimitError, ListError
from ansible_collections.auth.services.plugins.module_utils.database import Database, DatabaseError
from ansible_collections.auth.services.plugins.module_utils.options import account_spec
from ansible_collections.auth.services.plugins.module_utils.password_book import PasswordBook
from ansible_collections.auth.services.plugins.module_utils.passwords import MissingLibrary, Scheme, UnverifiableHash
from ansible_collections.auth.services.plugins.module_utils.reconcile import reconcile
from ansible_collections.auth.services.plugins.module_utils.request import Request
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.tables import AccountRows


class Backwards(Scheme):
    def make(self, password, account=""):
        Forum.calls.append(f"hash {password}")
        return password[::-1]

    def verify(self, stored, password, account=""):
        Forum.calls.append(f"verify {password}")
        if stored == "foreign":
            raise UnverifiableHash("nobody knows")
        return stored == password[::-1]


class Forum(Service):
    """A forum with one table, and passwords for children."""

    engines = ("sqlite",)
    tables = {"member": ("id", "name", "password", "active", "title")}
    value_options = {"title": {"type": "str"}}
    calls: list = []

    def __init__(self, database, connection, options):
        super().__init__(database, connection, options)
        self.accounts = AccountRows(self, "member", key="id", account_name="name")

    def canonical_name(self, name):
        if not name.isalpha():
            raise ValueError("it is not made of letters")
        return name.lower()

    def read(self, names, lock=False):
        table = self.table("member")
        self.calls.append("lock" if lock else "read")
        return {row.name: Account(row.name, row.id, bool(row.active), not row.active, {"title": row.title}, {}, row.password,
                                  "it is built in" if row.name == "root" else "")
                for row in self.select_in(sa.select(table), table.c.name, names)}

    def check(self, changes):
        if any(change.values.get("title") == "King" for change in changes):
            self.warnings.append("A king!")

    def write(self, changes):
        table = self.table("member")
        self.calls.append("write")
        created = [{"name": change.name, "password": change.password_hash or "", "active": 1, "title": change.values.get("title", "")}
                   for change in changes if change.action == "created"]
        ids = self.insert_numbered(table, created, "id", "name")
        for change in changes:
            change.id = ids.get(change.name, change.id)
            if change.action == "removed":
                self.delete_in(table, "id", [change.id])
            elif change.account:
                columns = {**change.values, **({"password": change.password_hash} if change.new_password else {})}
                if change.action in ("enabled", "disabled"):
                    columns["active"] = change.action == "enabled"
                self.update(table, "id", {change.id: columns})

    scheme = Backwards()


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "forum.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE member (id INTEGER PRIMARY KEY, name TEXT UNIQUE, password TEXT, active INTEGER, title TEXT);"
            "INSERT INTO member VALUES (1, 'root', 'x', 1, ''), (2, 'jane', 'enaj', 1, 'Queen'), (3, 'john', 'foreign', 0, '');")
    Forum.calls.clear()
    return path


def opened(path):
    return Database({"login_engine": "sqlite", "login_db": str(path), "connect_timeout": 1})


def members(path):
    with closing(sqlite3.connect(path)) as connection:
        return {row[0]: row[1:] for row in connection.execute("SELECT name, password, active, title FROM member")}


def run(path, *entries, database=None, book=None, check_mode=False, **request):
    defaults = {name: option.get("default") for name, option in account_spec(Forum).items()}
    wanted = Request([{**defaults, **entry} for entry in entries], **request)
    return reconcile(database or opened(path), Forum, wanted, book or PasswordBook(), check_mode)


def actions(outcome):
    return {change.name: change.action for change in outcome.plan.changes}


def test_a_type_of_ones_own(path):
    outcome = run(path, {"name": "Joan", "password": "naoj", "title": "King"}, {"name": "JANE", "state": "disabled", "title": "Duke"},
                  {"name": "john", "state": "absent"}, {"name": "nobody", "state": "absent"})
    assert actions(outcome) == {"joan": "created", "jane": "disabled", "john": "removed", "nobody": "unchanged"}
    assert members(path) == {"root": ("x", 1, ""), "jane": ("enaj", 0, "Duke"), "joan": ("joan", 1, "King")}
    assert outcome.warnings == ["A king!"]
    assert [change.name for change in outcome.plan.changes if change.id is None] == ["nobody"]


def test_nothing_is_locked_or_hashed_when_nothing_changes(path):
    outcome = run(path, {"name": "jane", "password": "jane"})
    assert actions(outcome) == {"jane": "unchanged"}
    assert Forum.calls == ["read", "verify jane"]


def test_check_mode_hashes_nothing(path):
    outcome = run(path, {"name": "jane", "password": "new"}, {"name": "joan", "password": "new"}, check_mode=True)
    assert actions(outcome) == {"jane": "updated", "joan": "created"}
    assert Forum.calls == ["read", "verify new"]


def test_hashes_are_made_before_the_lock_and_once(path):
    run(path, {"name": "jane", "password": "new"}, {"name": "joan", "password": "newer"})
    assert sorted(Forum.calls[1:4]) == ["hash new", "hash newer", "verify new"]
    assert Forum.calls[4:] == ["lock", "write", "read"]


def test_every_hash_is_known_as_a_secret(path):
    book = PasswordBook()
    run(path, {"name": "jane", "password": "new"}, book=book)
    assert book.secrets == {"enaj", "wen"}


def test_hashes_that_nobody_can_verify(path):
    with pytest.raises(AccountError, match="'John': nobody knows"):
        run(path, {"name": "John", "password": "x"}, {"name": "jane", "password": "jane"})
    assert actions(run(path, {"name": "john", "password_hash": "x"})) == {"john": "updated"}


def test_passwords_of_protected_accounts_are_not_verified(path):
    with pytest.raises(AccountError, match="'root': it is built in"):
        run(path, {"name": "root", "password": "x"})
    assert Forum.calls == ["read"]


def test_what_is_refused(path):
    with pytest.raises(AccountError) as caught:
        run(path, {"name": "a1"}, {"name": "Jane"}, {"name": "jane"}, {"name": "b2"})
    assert [name for name, _problem in caught.value.problems] == ["a1", "b2", "jane"]
    assert Forum.calls == [], "nothing is read, hashed or written"


def test_a_name_that_no_account_can_have_needs_no_disabling(path):
    outcome = run(path, {"name": "a1", "state": "disabled"}, {"name": "b2", "state": "absent"}, {"name": "jane"}, complete=True)
    assert actions(outcome) == {"jane": "unchanged"}
    for state in ("present", "enabled"):
        with pytest.raises(AccountError, match="'a1': it is not made of letters"):
            run(path, {"name": "a1", "state": state}, complete=True)
    with pytest.raises(AccountError, match="'a1': it is not made of letters"):
        run(path, {"name": "a1", "state": "disabled"})


def test_an_account_that_has_such_a_name_all_the_same_is_not_passed_over(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO member VALUES (9, 'a1', 'x', 1, '')")
        connection.commit()
    assert actions(run(path, {"name": "a1", "state": "disabled"}, {"name": "jane"}, {"name": "john"}, complete=True)) == {
        "a1": "disabled", "jane": "unchanged", "john": "unchanged"}
    assert members(path)["a1"][1] == 0
    assert actions(run(path, {"name": "a1", "state": "absent"})) == {"a1": "removed"}
    assert "a1" not in members(path)


# Others write, too


@pytest.fixture
def odd(path):
    """Accounts whose names the rules for new ones do not give."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("INSERT INTO member VALUES (4, 'O''Connor', 'x', 1, ''), (5, 'Jack', 'kcaj', 1, ''), (6, 'JANE', 'x', 1, '')")
    return path


@pytest.mark.parametrize("complete", [False, True])
@pytest.mark.parametrize("name", ["O'Connor", "Jack"])
def test_rules_for_new_names_are_for_new_accounts(odd, name, complete):
    def act(**entry):
        outcome = run(odd, {"name": name, **entry}, complete=complete)
        return actions(outcome)[name]

    before = members(odd)
    assert act() == "unchanged"
    assert act(state="disabled") == "disabled" and act(state="disabled") == "unchanged" and not members(odd)[name][1]
    assert act(state="enabled") == "enabled" and members(odd) == before
    assert act(title="Sir", password="other") == "updated" and members(odd)[name] == ("rehto", 1, "Sir")
    assert act(state="absent") == "removed" and name not in members(odd)
    with pytest.raises(AccountError, match="not made of letters") if name == "O'Connor" else ExitStack():
        assert actions(run(odd, {"name": name}, complete=complete)) == {"jack": "created"}


@pytest.mark.parametrize("complete", [False, True])
def test_whom_the_application_finds_at_a_login_comes_first(odd, complete):
    outcome = run(odd, {"name": "JANE", "state": "disabled"}, complete=complete)
    assert actions(outcome) == {"jane": "disabled"}
    assert (members(odd)["jane"][1], members(odd)["JANE"][1]) == (0, 1)


@pytest.mark.parametrize(("unlisted", "after"), [("disable", {"root": 1, "jane": 1, "john": 0, "O'Connor": 0, "Jack": 0, "JANE": 0}),
                                                 ("remove", {"root": 1, "jane": 1, "O'Connor": 1, "JANE": 0})])
def test_what_no_list_can_name_is_never_removed(odd, unlisted, after):
    """JANE: who is meant by this name is jane."""
    listed = [{"name": "jane"}] if unlisted == "disable" else [{"name": "jane"}, {"name": "O'Connor"}]
    outcome = run(odd, *listed, complete=True, unlisted=unlisted, unlisted_limit="100%")
    assert {name: row[1] for name, row in members(odd).items()} == after
    told = [warning for warning in outcome.warnings if warning.startswith("No list can declare 'JANE'. ")]
    assert len(told) == 1
    again = run(odd, *listed, complete=True, unlisted=unlisted, unlisted_limit="100%")
    assert not again.written and not any("No list can declare" in warning for warning in again.warnings)


def test_the_plan_is_made_again_under_the_lock(path, monkeypatch):
    """Somebody registers, and somebody else is removed, while we compute hashes."""

    def make(_scheme, password, _account):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("INSERT OR IGNORE INTO member VALUES (9, 'joan', 'dessap', 1, 'Duke')")
            connection.execute("UPDATE member SET title = 'Duke' WHERE name = 'jane'")
            connection.commit()
        return password[::-1]

    monkeypatch.setattr(Backwards, "make", make)
    outcome = run(path, {"name": "joan", "password": "naoj", "title": "Duke"}, {"name": "jane", "title": "Duke"}, {"name": "john"})
    assert actions(outcome) == {"joan": "updated", "jane": "unchanged", "john": "unchanged"}
    assert [change.fields for change in outcome.plan.changes] == [["password"], [], []]
    assert members(path)["joan"] == ("joan", 1, "Duke")


def test_what_somebody_else_did_meanwhile_is_not_our_change(path, monkeypatch):
    def make(_scheme, password, _account):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("UPDATE member SET password = 'wen' WHERE name = 'jane'")
            connection.commit()
        return password[::-1]

    monkeypatch.setattr(Backwards, "make", make)
    outcome = run(path, {"name": "jane", "password": "new"})
    assert actions(outcome) == {"jane": "unchanged"}
    assert outcome.plan.pending == []


class LosesAnswers(Database):
    """A database whose first commits are done, but the connection is lost before the answer."""

    lost = 1

    @contextmanager
    def connect(self, write=False):
        with ExitStack() as stack:
            yield stack.enter_context(super().connect(write))
        if write and self.lost:
            self.lost -= 1
            error = sa.exc.OperationalError("COMMIT", {}, Exception("gone"), connection_invalidated=True)
            raise DatabaseError("lost") from error


def test_a_commit_whose_answer_was_lost_is_found_done(path, pauses):
    database = LosesAnswers({"login_engine": "sqlite", "login_db": str(path), "connect_timeout": 1})
    outcome = run(path, {"name": "joan", "password": "naoj"}, {"name": "john", "state": "absent"}, database=database)
    assert actions(outcome) == {"joan": "created", "john": "removed"}
    assert len(pauses) == 1
    assert Forum.calls.count("write") == 2, "one for each transaction"
    assert set(members(path)) == {"root", "jane", "joan"}


def test_a_lost_connection_before_the_commit_is_tried_again(path, pauses, monkeypatch):
    write, failures = Forum.write, [1, 1]

    def failing(self, changes):
        write(self, changes)
        if failures:
            failures.pop()
            raise sa.exc.OperationalError("INSERT", {}, Exception("gone"), connection_invalidated=True)

    monkeypatch.setattr(Forum, "write", failing)
    outcome = run(path, {"name": "joan", "password": "naoj"})
    assert actions(outcome) == {"joan": "created"}
    assert len(pauses) == 2
    assert Forum.calls.count("hash naoj") == 1
    assert set(members(path)) == {"root", "jane", "john", "joan"}


# Unlisted accounts


@pytest.mark.parametrize(("unlisted", "after"), [
    ("ignore", {"root": 1, "jane": 1, "john": 0}), ("disable", {"root": 1, "jane": 0, "john": 0}), ("remove", {"root": 1}),
])
def test_unlisted(path, unlisted, after):
    outcome = run(path, complete=True, unlisted=unlisted, unlisted_limit="100%")
    assert outcome.plan.unlisted == ["jane", "john"]
    assert {name: row[1] for name, row in members(path).items()} == after


def test_the_limit_is_kept_in_check_mode_as_well(path):
    with pytest.raises(LimitError):
        run(path, complete=True, unlisted="remove", check_mode=True)


def test_the_limit_is_of_no_concern_without_a_list(path):
    assert actions(run(path, {"name": "jane"}, unlisted="remove", unlisted_limit="0")) == {"jane": "unchanged"}
    assert set(members(path)) == {"root", "jane", "john"}


# Whoever is to be shut out is so, whatever else is wrong


@pytest.mark.parametrize("wrong", [{"name": "b2", "password": "x"}, {"name": "root", "title": "Duke"}, {"name": "John", "password": "x"}])
@pytest.mark.parametrize("complete", [False, True])
def test_what_is_wrong_with_others_keeps_nobody_in(path, wrong, complete):
    for check_mode in (True, False):
        with pytest.raises(AccountError) as caught:
            run(path, {"name": "jane", "state": "disabled"}, {"name": "joan"}, wrong, complete=complete, check_mode=check_mode)
        outcome = caught.value.outcome
        assert actions(outcome) == {"jane": "disabled"}
        assert outcome.written and f"'{wrong['name']}': " in outcome.problem
        assert members(path)["jane"][1] == check_mode
    assert outcome.problem.startswith("Access was taken away from 'jane'. Apart from that, nothing was written. ")
    assert "joan" not in members(path)
    with pytest.raises(AccountError) as caught:
        run(path, {"name": "jane", "state": "disabled"}, {"name": "joan"}, wrong, complete=complete)
    assert caught.value.outcome is None, "nothing is left to be shut"


def test_what_is_wrong_with_an_entry_itself_keeps_nobody_in(path):
    with pytest.raises(AccountError, match="title"):
        run(path, {"name": "jane", "state": "disabled", "title": "\udc80"}, {"name": "john"})
    assert members(path)["jane"][1] == 0


def test_a_list_that_is_not_whole_only_takes_away(path):
    for check_mode in (True, False):
        with pytest.raises(ListError) as caught:
            run(path, {"name": "jane", "state": "disabled"}, {"name": "joan"}, {"name": "a1"}, complete=True, unlisted="remove", unlisted_limit="100%",
                incomplete=["nobody knows who joan is."], check_mode=check_mode)
        assert actions(caught.value.outcome) == {"jane": "disabled"}
        assert members(path)["jane"][1] == check_mode
    assert caught.value.outcome.problem.startswith("Access was taken away from 'jane'. Apart from that, nothing was written. nobody knows who joan is.; 'a1': ")
    assert "joan" not in members(path) and "john" in members(path)
    with pytest.raises(ListError, match="^Nothing was written. nobody knows who joan is.; 'a1': ") as caught:
        run(path, {"name": "jane", "state": "disabled"}, {"name": "a1"}, complete=True, incomplete=["nobody knows who joan is."])
    assert caught.value.outcome is None


@pytest.mark.parametrize("states", [("disabled", "enabled"), ("enabled", "disabled"), ("present", "absent")])
def test_who_is_listed_twice_is_shut_out_if_one_entry_says_so(path, states):
    with pytest.raises(AccountError, match="'jane': is listed twice$"):
        run(path, *({"name": "jane", "state": state} for state in states), complete=True)
    assert "jane" not in members(path) or members(path)["jane"][1] == 0


@pytest.mark.parametrize("method", ["verify", "make"])
def test_a_library_that_is_missing_keeps_nobody_in(path, method, monkeypatch):
    """Who has a stored password that only a library can verify, must not keep others in."""

    def missing(*_arguments):
        raise MissingLibrary("bcrypt", "to verify a password that is stored as bcrypt")

    monkeypatch.setattr(Backwards, method, missing)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO member VALUES (4, 'jack', 'x', 1, '')")
        connection.commit()
    with pytest.raises(MissingLibrary) as caught:
        run(path, {"name": "jack", "state": "disabled"}, {"name": "jane", "password": "new"})
    assert members(path)["jack"][1] == 0
    assert caught.value.outcome.problem.endswith("bcrypt is needed to verify a password that is stored as bcrypt")
    with pytest.raises(MissingLibrary) as caught:
        run(path, {"name": "jane", "password": "new"})
    assert caught.value.outcome is None


def test_one_whom_the_database_does_not_let_go_keeps_no_other_in(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TRIGGER keep BEFORE UPDATE ON member WHEN old.name = 'jill' BEGIN SELECT RAISE(ABORT, 'not jill'); END;"
            "INSERT INTO member VALUES (4, 'jack', 'x', 1, ''), (5, 'jill', 'x', 1, ''), (6, 'joy', 'x', 1, '');")
    leaving = [{"name": name, "state": "disabled"} for name in ("jack", "jane", "jill", "joy")]
    with pytest.raises(DatabaseError, match="not jill") as caught:
        run(path, *leaving, {"name": "joan"})
    assert {name: row[1] for name, row in members(path).items()} == {
        "root": 1, "jack": 0, "jane": 0, "jill": 1, "john": 0, "joy": 0, "joan": 1}
    assert caught.value.outcome.problem.startswith("Everything else was written. 'jill': ")
    assert actions(caught.value.outcome) == {"jack": "disabled", "jane": "disabled", "jill": "unchanged", "joy": "disabled", "joan": "created"}


@pytest.mark.parametrize(("entry", "event"), [
    ({"name": "jane", "state": "disabled"}, "UPDATE"), ({"name": "jane", "password": "other"}, "UPDATE"),
    ({"name": "jane", "title": "Duke"}, "UPDATE"), ({"name": "john", "state": "absent"}, "DELETE"), ({"name": "joan"}, "INSERT"),
])
def test_what_was_written_is_read_back(path, entry, event):
    """A trigger that swallows it without an error."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE TRIGGER swallow BEFORE {event} ON member BEGIN SELECT RAISE(IGNORE); END")
    before = members(path)
    with pytest.raises(DatabaseError, match="did not keep what was written for '(jane|joan|john)'.*trigger"):
        run(path, entry)
    assert members(path) == before


def small_titles(path, event):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE TRIGGER small{event[0]} AFTER {event} ON member BEGIN"
                           " UPDATE member SET title = lower(new.title) WHERE id = new.id; END")


def test_what_the_database_spells_otherwise_is_told_and_does_not_change_for_ever(path):
    small_titles(path, "INSERT")
    small_titles(path, "UPDATE")
    entries = [{"name": "jane", "title": "Duke Of York"}, {"name": "joan", "title": "Earl", "password": "naoj"}]
    outcome = run(path, *entries)
    assert actions(outcome) == {"jane": "updated", "joan": "created"} and outcome.written
    assert members(path)["jane"][2] == "duke of york" and members(path)["joan"][2] == "earl"
    told = "The database changes title of 'jane', 'joan' when it is written, for instance by a trigger. Declare the value that the database stores."
    assert told in outcome.warnings
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE written (name); CREATE TRIGGER seen AFTER UPDATE ON member BEGIN INSERT INTO written VALUES (new.name); END")
    outcome = run(path, *entries)
    assert actions(outcome) == {"jane": "unchanged", "joan": "unchanged"} and not outcome.written and told in outcome.warnings
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM written").fetchone() == (0,), "what makes no difference is not written"
    outcome = run(path, entries[0], {"name": "joan", "title": "baroness"})
    assert actions(outcome) == {"jane": "unchanged", "joan": "updated"}
    assert [change.fields for change in outcome.plan.pending] == [["title"]]
    outcome = run(path, {"name": "jane", "title": "Duke Of York", "state": "disabled"})
    assert actions(outcome) == {"jane": "disabled"} and told.replace(", 'joan'", "") in outcome.warnings
    assert not run(path, {"name": "jane", "title": "duke of york"}, {"name": "joan", "title": "baroness"}).warnings


def test_a_name_that_the_database_spells_otherwise_is_refused(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TRIGGER odd AFTER INSERT ON member BEGIN UPDATE member SET name = upper(new.name) WHERE id = new.id; END")
    before = members(path)
    with pytest.raises(DatabaseError, match="did not keep what was written for 'joan' in table member. Look for a trigger"):
        run(path, {"name": "joan"})
    assert members(path) == before


def test_an_unlisted_account_is_left_alone_where_the_list_is_not_understood(path):
    with pytest.raises(AccountError, match="b2"):
        run(path, {"name": "b2", "title": "x"}, {"name": "john", "state": "absent"}, complete=True, unlisted="disable", unlisted_limit="100%")
    assert {name: row[1] for name, row in members(path).items()} == {"root": 1, "jane": 1}


def test_strangers_do_not_hold_up_the_list(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany("INSERT INTO member VALUES (NULL, ?, 'x', 1, '')", [(f"s{letter}",) for letter in "abcd"])
        connection.commit()
    with pytest.raises(LimitError) as caught:
        run(path, {"name": "jane", "state": "disabled"}, {"name": "joan"}, complete=True, unlisted="disable", unlisted_limit="50%")
    assert actions(caught.value.outcome) == {"jane": "disabled", "joan": "created"}
    assert caught.value.outcome.problem.startswith("Everything else was written. unlisted would affect 4 of 5 accounts")
    assert members(path)["sa"][1] == 1


def test_an_exception_that_spares_nobody_is_told(path):
    outcome = run(path, {"name": "jane"}, complete=True, unlisted_except=["JOHN", "robot", "bot-*"])
    assert outcome.plan.unlisted == [], "a name is that of the application"
    assert outcome.warnings == ["unlisted_except: no account matches 'robot'.", "unlisted_except: no account matches 'bot-*'."]


# The fuse against a list that takes something away from everybody


@pytest.mark.parametrize(("entries", "said"), [
    ([{"name": name, "password": "other"} for name in ("jack", "jane", "joy")], "3 of 4 listed accounts would get another password"),
    ([{"name": name, "state": "absent"} for name in ("john", "jim", "joy")], "3 of 4 listed accounts would be removed"),
])
def test_a_list_that_changes_everybody(path, entries, said):
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("INSERT INTO member VALUES (4, 'jack', 'x', 1, ''), (5, 'jim', 'x', 0, ''), (6, 'joy', 'x', 1, '');")
    names = {entry["name"] for entry in entries}
    rest = [{"name": name} for name in ("jane", "jack") if name not in names][:1] or [{"name": "jim"}]
    before = members(path)
    with pytest.raises(LimitError, match=f"{said}; change_limit allows 50%"):
        run(path, *entries, *rest, complete=True, change_limit="50%", check_mode=True)
    assert members(path) == before
    run(path, *entries, *rest, complete=True, change_limit="75%")


def test_one_account_may_always_be_changed(path):
    assert actions(run(path, {"name": "jane", "password": "x"}, complete=True, change_limit="0")) == {"jane": "updated"}


# Whose an account is that was there


@pytest.mark.parametrize(("entry", "unproved"), [
    ({"name": "john", "state": "enabled"}, True), ({"name": "jane", "state": "enabled", "title": "Duke"}, False),
    ({"name": "joan", "state": "enabled"}, False), ({"name": "jack", "state": "enabled", "password": "kcaj"}, True),
    ({"name": "jack", "state": "enabled", "password": "jack"}, False),
])
def test_an_account_that_was_there_is_told_when_it_gains_something(path, entry, unproved):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO member VALUES (4, 'jack', 'kcaj', 0, '')")
        connection.commit()
    for check_mode in (True, False):
        outcome = run(path, entry, check_mode=check_mode)
        assert [change.unproved for change in outcome.plan.changes] == [unproved]
        assert any("existed before and gain rights" in warning for warning in outcome.warnings) is unproved


@pytest.fixture
def picky(path, pauses):
    """A forum whose database takes each title once, no long one, and no name with a Z."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "UPDATE member SET title = name; CREATE UNIQUE INDEX title ON member (title);"
            "CREATE TRIGGER long BEFORE INSERT ON member WHEN length(new.title) > 20 BEGIN SELECT RAISE(ABORT, 'value too long'); END;"
            "CREATE TRIGGER longer BEFORE UPDATE ON member WHEN length(new.title) > 20 BEGIN SELECT RAISE(ABORT, 'value too long'); END;"
            "CREATE TRIGGER odd BEFORE INSERT ON member WHEN new.name LIKE '%z%' BEGIN SELECT RAISE(ABORT, 'no z, please'); END;")
    return path


TAKEN = "the database refuses its title: another row already has it, and it must be unique"
LONG = "the database refuses its title: it is too long for the column"


@pytest.mark.parametrize(("entries", "problems"), [
    ([{"name": "joan", "title": "jane", "password": "naoj"}], [("joan", TAKEN)]),
    ([{"name": "jane", "title": "john"}], [("jane", TAKEN)]),
    ([{"name": "joan", "title": "Earl"}, {"name": "jill", "title": "Earl"}], [("jill", TAKEN)]),
    ([{"name": "jane", "title": "x" * 21, "password": "other"}, {"name": "joan", "title": "x" * 30}, {"name": "jill"}], [("jane", LONG), ("joan", LONG)]),
    ([{"name": "zoe", "title": "Miss", "password": "x"}], [("zoe", "the database refuses it: no z, please")]),
    ([{"name": "zoe", "title": "x" * 30}], [("zoe", "the database refuses it: no z, please")]),
])
@pytest.mark.parametrize("others", [0, 5])
def test_what_the_database_does_not_take_is_told_by_account_and_option(picky, entries, problems, others):
    letters = "abcdefgh"
    more = [{"name": f"m{letter}", "title": letter} for letter in letters[:others]]
    before = members(picky)
    with pytest.raises(AccountError) as told:
        run(picky, *more[:2], *entries, *more[2:], complete=True)
    assert [(name, text.partition(" (")[0]) for name, text in told.value.problems] == problems
    assert members(picky) == before


def test_what_the_database_does_not_take_keeps_nobody_in(picky):
    entries = [{"name": "joan", "title": "x" * 30}, {"name": "jane", "state": "disabled", "title": "x" * 30}, {"name": "zora", "state": "disabled"},
               {"name": "zoe", "state": "absent"}]
    with pytest.raises(AccountError, match="'joan': .*too long.*'jane': .*too long") as told:
        run(picky, *entries, complete=True)
    assert actions(told.value.outcome) == {"jane": "disabled"}
    assert members(picky)["jane"] == ("enaj", 0, "jane")


def test_a_number_that_no_column_holds_is_told_by_account(picky, monkeypatch):
    monkeypatch.setitem(Forum.value_options, "title", {"type": "int"})
    with pytest.raises(AccountError, match="^Nothing was written. 'joan': the database refuses its title: .*too large"):
        run(picky, {"name": "joan", "title": 1 << 64}, {"name": "jill", "title": 4})
