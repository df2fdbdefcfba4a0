# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The number of SQL statements does not depend on the number of accounts."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import event

from ansible_collections.auth.services.tests.unit.applications.mediawiki import PASSWORD, PASSWORD_HASH

FEW, MANY = 10, 1000


def counted(wiki, entries, **request):
    """Reconcile; returns the actions, and each statement as the driver got it: an executemany is one call."""
    database, statements = wiki.database(), []
    event.listen(database.engine, "before_cursor_execute",
                 lambda connection, cursor, statement, parameters, context, executemany: statements.append(statement))
    changes = wiki.apply(*entries, database=database, **request).plan.changes
    return [change.action for change in changes], [statement.split(" WHERE ")[0][:60] for statement in statements]


def accounts(number, **given):
    return [{"name": f"User {one}", **given} for one in range(number)]


def filled(make_wiki, number):
    """A wiki with so many accounts that have all that can be had, made without our code."""
    wiki = make_wiki(name=f"{number}.sqlite")
    numbers = range(2, number + 2)
    with closing(sqlite3.connect(wiki.path)) as connection:
        connection.executemany(
            "INSERT INTO user (user_id, user_name, user_password, user_newpassword, user_email, user_touched, user_token)"
            " VALUES (?, ?, ?, '', 'a@b', ?, 'ab')",
            [(one, f"User {one - 2}", PASSWORD_HASH, f"202611011200{one % 60:02}") for one in numbers])
        connection.executemany("INSERT INTO actor (actor_user, actor_name) VALUES (?, ?)", [(one, f"User {one - 2}") for one in numbers])
        connection.executemany("INSERT INTO user_groups VALUES (?, 'bot', NULL)", [(one,) for one in numbers])
        connection.executemany("INSERT INTO bot_passwords VALUES (?, 'x', ':A:x', '', '', '')", [(one,) for one in numbers])
        connection.executemany("INSERT INTO watchlist (wl_user, wl_namespace, wl_title) VALUES (?, 2, ?)",
                               [(one, f"User_{one - 2}") for one in numbers])
        connection.commit()
    return wiki


FULL = {"email": "new@example.org", "real_name": "N", "groups": ["bot", "sysop"], "group_expiry": {"bot": "2030-01-01"}, "reason": "r"}

CASES = {
    "create": (lambda number: [{**one, **FULL, "password_hash": PASSWORD_HASH} for one in accounts(2 * number)[number:]], "created", 1),
    "create with passwords": (lambda number: [{"name": f"New {one}", "password": f"{PASSWORD}{one}"} for one in range(number)], "created", 1),
    "nothing to change": (lambda number: accounts(number, state="enabled", password=PASSWORD, email="a@b", groups=["bot"]), "unchanged", 1),
    "change a tenth": (
        lambda number: accounts(number - number // 10) + [{"name": f"User {one}", **FULL} for one in range(number - number // 10, number)],
        "updated", 0.1),
    "change all": (lambda number: accounts(number, **FULL, password="An-other-9"), "updated", 1),
    "change each to something else": (lambda number: [{"name": f"User {one}", "real_name": f"N {one}"} for one in range(number)], "updated", 1),
    "leave groups": (lambda number: accounts(number, groups=[]), "updated", 1),
    "disable": (lambda number: accounts(number, state="disabled"), "disabled", 1),
    "remove": (lambda number: accounts(number, state="absent"), "removed", 1),
}


@pytest.mark.parametrize("performer", [None, "Admin"])
@pytest.mark.parametrize(("entries", "action", "share"), CASES.values(), ids=CASES)
def test_statements(make_wiki, entries, action, share, performer):
    numbers = {}
    for number in (FEW, MANY):
        actions, statements = counted(filled(make_wiki, number), entries(number), performer=performer, complete=True)
        assert actions.count(action) == share * number
        numbers[number] = statements
    assert len(numbers[MANY]) == len(numbers[FEW]), set(numbers[MANY]) ^ set(numbers[FEW])
    assert len([text for text in numbers[MANY] if "PRAGMA" not in text and "sqlite_master" not in text]) < 75


def test_enabling(make_wiki):
    numbers = {}
    for number in (FEW, MANY):
        wiki = filled(make_wiki, number)
        wiki.apply(*accounts(number, state="disabled"))
        actions, statements = counted(wiki, accounts(number, state="enabled"))
        assert actions == ["enabled"] * number
        assert wiki.blocks() == {}
        numbers[number] = len(statements)
    assert numbers[MANY] == numbers[FEW]


@pytest.mark.parametrize("unlisted", ["disable", "remove"])
def test_unlisted(make_wiki, unlisted):
    numbers = {}
    for number in (FEW, MANY):
        wiki = filled(make_wiki, number)
        _actions, statements = counted(wiki, [{"name": "Admin"}], complete=True, unlisted=unlisted, unlisted_limit="100%")
        assert (len(wiki.blocks()) == number) if unlisted == "disable" else (len(wiki.rows("user")) == 1)
        numbers[number] = len(statements)
    assert numbers[MANY] == numbers[FEW]


def test_more_than_a_batch(make_wiki):
    """Batches are cut at the same place everywhere: every account gets its own rows."""
    wiki, number = make_wiki(), 1001
    wiki.apply(*accounts(number, groups=["bot"]))
    wiki.apply(*accounts(number, state="disabled"))
    blocks = wiki.blocks()
    users = {row["user_name"]: row["user_id"] for row in wiki.rows("user")}
    targets = {row["bt_user_text"]: row["bt_user"] for row in wiki.rows("block_target")}
    assert len(blocks) == number
    assert all(targets[name] == users[name] for name in blocks)
    titles = [row["log_title"] for row in wiki.rows("logging", log_type="block")]
    assert len(set(titles)) == len(titles) == number
    wiki.apply(*accounts(number, state="absent"))
    assert len(wiki.rows("user")) == 2
    assert wiki.blocks() == {}
    assert wiki.row("site_stats")["ss_users"] == 1
