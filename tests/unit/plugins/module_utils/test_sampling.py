# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What rows answer, on SQLite; the target ``tables_info`` has the servers."""

from __future__ import annotations

import sqlite3

import pytest
import sqlalchemy as sa

from ansible_collections.auth.services.plugins.module_utils import sampling
from ansible_collections.auth.services.plugins.module_utils.catalog import read_schema
from ansible_collections.auth.services.plugins.module_utils.database import Database
from ansible_collections.auth.services.plugins.module_utils.inference.result import Account, Inclusion, Questions, Rows
from ansible_collections.auth.services.plugins.module_utils.options import CONNECTION_OPTIONS
from ansible_collections.auth.services.plugins.module_utils.sampling import Sampling, harmless, reason

BCRYPT = "$2y$10$abcdefghijklmnopqrstuuDf1OAkCgdHXHvyzs9wAu/Fq5FpMJZSW"
USERS = "CREATE TABLE users (id integer PRIMARY KEY, login text, pw text, state text, active bool, gone datetime)"


@pytest.fixture
def sampling_of(tmp_path):
    """Makes a database of these statements and asks its rows."""
    opened = []

    def make(*statements):
        path = tmp_path / "some.sqlite"
        connection = sqlite3.connect(path)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()
        database = Database({**dict.fromkeys(CONNECTION_OPTIONS), "connect_timeout": 5, "login_engine": "sqlite", "login_db": str(path)})
        context = database.connect()
        opened.append(context)
        connection = context.__enter__()
        return Sampling(database, connection, read_schema(database, connection))

    yield make
    for context in opened:
        context.__exit__(None, None, None)


def users(*rows):
    return [USERS, *("INSERT INTO users (login, pw, state, active, gone) VALUES ({!r}, {!r}, {!r}, {}, {})".format(*row) for row in rows)]


THREE = users(("alice", BCRYPT, "active", 1, "NULL"), ("bob", "5f4dcc3b5aa765d61d8327deb882cf99", "banned", 0, "'2020-01-01'"),
              ("carl", "", "active", 1, "NULL"))


def test_formats_alone_are_told(sampling_of):
    asked = sampling_of(*THREE)
    answers = asked.answers(Questions(formats=(("users", "pw"), ("users", "login"), ("users", "id"))))
    assert answers == Rows(formats={("users", "pw"): {"bcrypt": 1, "hex_32": 1}})
    assert asked.warnings == []


def test_new_hashes_count_beside_old_ones(sampling_of):
    rows = [(f"u{number}", "5f4dcc3b5aa765d61d8327deb882cf99" if number < 500 else BCRYPT, "", 1, "NULL") for number in range(1000)]
    assert sampling_of(*users(*rows)).answers(Questions(formats=(("users", "pw"),))).formats == {("users", "pw"): {"hex_32": 100, "bcrypt": 100}}


def test_columns_of_few_values(sampling_of):
    places = tuple(("users", name) for name in ("state", "active", "login", "gone"))
    answers = sampling_of(*THREE).answers(Questions(frequencies=places))
    assert answers.frequencies == {("users", "state"): [("active", 2), ("banned", 1)], ("users", "active"): [(1, 2), (0, 1)]}
    assert answers.filled == {**dict.fromkeys(places, 1), ("users", "gone"): pytest.approx(1 / 3)}


@pytest.mark.parametrize(("counted", "shown"), [
    ({"active": 5, "banned": 1, None: 3}, [("active", 5), ("banned", 1)]),
    ({True: 3, False: 1}, [(True, 3), (False, 1)]),
    ({0: 3, 1: 2, 999: 1, 1000: 1, 1732000000: 1}, [(0, 3), (1, 2), (999, 1)]),
    ({"alice": 1, "bob": 1}, []),
    ({"alice": 1, "active": 90}, [("active", 90)]),
    ({"Gold customer": 40, "Silver": 30, "rare": 2}, [("Gold customer", 40), ("Silver", 30)]),
    ({"a@example.org": 40, "active": 40}, []),
    ({BCRYPT: 40}, []),
    ({"5f4dcc3b5aa765d61d83": 40, "active": 2}, [("active", 2)]),
    ({"x" * 21: 100, "active": 2}, []),
    ({str(number): 50 for number in range(13)}, []),
    ({"+49 170 1234567": 50, "2020-01-01": 50, "a\nb": 50, "<b>": 50}, []),
    ({"secret": 1}, []),
    ({}, []),
])
def test_no_value_of_a_person_is_shown(counted, shown):
    assert harmless(counted) == shown


def test_values_of_an_enumeration_are_of_the_schema():
    assert harmless({"gelb": 1, "alice": 1}, ("gelb", "rot")) == [("gelb", 1)]


def test_whether_values_exist(sampling_of):
    asked = sampling_of(*THREE, "CREATE TABLE post (author int, name varchar(9), nobody int)",
                        "INSERT INTO post VALUES (1, 'alice', 0), (1, 'alice', NULL), (2, 'nobody', 0), (0, '', 0), (NULL, NULL, 0), (9, 'bob', 0)")
    one, name, both = (("post", ours, "users", theirs)
                       for ours, theirs in ((("author",), ("id",)), (("name",), ("login",)), (("author", "name"), ("id", "login"))))
    answers = asked.answers(Questions(inclusions=(one, name, both, ("post", ("nobody",), "users", ("id",)))))
    assert answers.inclusions == {one: Inclusion(3, 4, 3), name: Inclusion(3, 4, 3), both: Inclusion(2, 4, 3)}


def test_no_more_rows_than_stated(sampling_of):
    asked = sampling_of(*THREE, "CREATE TABLE post (author int)",
                        "INSERT INTO post WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT 1 + i % 4 FROM n")
    place = ("post", ("author",), "users", ("id",))
    answers = asked.answers(Questions(inclusions=(place,), frequencies=(("post", "author"),)))
    assert answers.inclusions == {place: Inclusion(750, 1000, 4)}
    assert sum(number for _value, number in answers.frequencies["post", "author"]) == 10_000


def test_a_question_takes_no_longer_than_stated(sampling_of, monkeypatch):
    monkeypatch.setattr(sampling, "SECONDS_EACH", 0.2)
    slow = "CREATE VIEW slow AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0"
    asked = sampling_of(*THREE, slow)
    answers = asked.answers(Questions(frequencies=(("slow", "i"), ("users", "state"))))
    assert set(answers.frequencies) == {("users", "state")}
    assert asked.warnings == ["rows of table slow were not looked at: interrupted"]


@pytest.mark.parametrize(("kind", "said"), [
    (sa.exc.DataError, ['invalid input syntax for type integer: "geheim"']), (sa.exc.InternalError, ["geheim left us"]),
    (sa.exc.OperationalError, [1644, "geheim left us"])])
def test_no_error_quotes_a_value(kind, said):
    error = kind("SELECT", {}, Exception(*said))
    assert reason(error) == "the database fails at a value"
    assert reason(sa.exc.ProgrammingError("SELECT", {}, Exception("permission denied for table x"))) == "permission denied for table x"


def test_all_questions_take_no_longer_than_stated(sampling_of, monkeypatch):
    monkeypatch.setattr(sampling, "SECONDS_ALL", 0)
    asked = sampling_of(*THREE)
    assert asked.answers(Questions(formats=(("users", "pw"),), frequencies=(("users", "state"),))) == Rows()
    assert len(asked.warnings) == 1


def test_tables_without_rows(sampling_of):
    assert sampling_of(USERS).answers(Questions(formats=(("users", "pw"),))) == Rows(empty=frozenset(["users"]))


def flag(column, kind, enabled=None, disabled=None):
    return {"column": column, "kind": kind, "enabled": enabled, "disabled": disabled}


@pytest.mark.parametrize(("active", "enabled"), [
    (flag("active", "boolean"), 2), (flag("active", "inverse boolean"), 1), (flag("gone", "timestamp"), 2), (flag("state", "status", "active"), 2),
    (flag("state", "status", "active", "banned"), 2), (flag("state", "status", None, "banned"), 2), (flag("state", "status"), None),
    (flag("other.flag", "boolean"), None), (None, None),
])
def test_accounts_are_counted_by_state(sampling_of, active, enabled):
    counts = sampling_of(*THREE).counts(Account("users", "id", 1, active=active))
    assert counts == {"accounts": 3, **({} if enabled is None else {"enabled": enabled, "disabled": 3 - enabled})}


def test_a_flag_of_many_values_counts_nobody(sampling_of):
    rows = [(f"u{number}", "", f"s{number}", 1, "NULL") for number in range(20)]
    assert sampling_of(*users(*rows)).counts(Account("users", "id", 1, active=flag("state", "status", "s1"))) == {"accounts": 20}
