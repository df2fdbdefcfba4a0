# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Removing accounts, listed ones and those that no list names."""

from __future__ import annotations

import pytest

from ansible_collections.auth.services.plugins.module_utils.account import AccountError, LimitError, OptionError
from ansible_collections.auth.services.plugins.module_utils.database import SchemaError

PAST = "20261101120000"

ACTOR_COLUMNS = {
    "archive": "ar_actor", "image": "img_actor", "oldimage": "oi_actor", "filearchive": "fa_actor", "filerevision": "fr_actor",
    "revision_actor_temp": "revactor_actor",
}
USER_COLUMNS = {
    "filearchive": "fa_deleted_user", "protected_titles": "pt_user", "page_restrictions": "pr_user", "uploadstash": "us_user",
}


@pytest.fixture
def jane(wiki):
    """Ids of an account and its actor; actor ids are not user ids."""
    wiki.insert("actor", actor_name="10.0.0.1", actor_user=None)
    user = wiki.add_user("Jane doe")
    return user, wiki.row("actor", actor_user=user)["actor_id"]


def with_table(wiki, table):
    """A table, some of which only some releases have, with the columns that matter and no others."""
    columns = {USER_COLUMNS.get(table), ACTOR_COLUMNS.get(table)} - {None}
    wiki.run(f"DROP TABLE IF EXISTS {{{table}}}")
    wiki.run(f"CREATE TABLE {{{table}}} ({', '.join(columns)})")


def removal_refused(wiki, table, number):
    """Who cannot be removed is disabled, and stays so."""
    before = wiki.path.read_bytes()
    for check_mode in (True, False, False):
        if check_mode:
            assert wiki.path.read_bytes() == before
        with pytest.raises(AccountError, match="'jane doe': ") as caught:
            wiki.apply({"name": "jane doe", "state": "absent"}, check_mode=check_mode)
    assert f"{table} ({number})" in str(caught.value)
    assert "state: disabled" in str(caught.value)
    assert wiki.read("Jane doe")["Jane doe"].disabled


@pytest.mark.parametrize(("table", "column"), ACTOR_COLUMNS.items())
def test_rows_that_name_the_actor(wiki, jane, table, column):
    with_table(wiki, table)
    for actor in (jane[1], 1, jane[1]):
        wiki.insert(table, **{column: actor})
    removal_refused(wiki, table, 2)
    wiki.run(f"DELETE FROM {{{table}}} WHERE {column} = {jane[1]}")
    assert wiki.actions({"name": "jane doe", "state": "absent"}) == {"Jane doe": "removed"}


@pytest.mark.parametrize(("table", "column"), USER_COLUMNS.items())
def test_rows_that_name_the_user(wiki, jane, table, column):
    with_table(wiki, table)
    for user in (jane[0], 1):
        wiki.insert(table, **{column: user})
    removal_refused(wiki, table, 1)
    wiki.run(f"DELETE FROM {{{table}}} WHERE {column} = {jane[0]}")
    assert wiki.actions({"name": "jane doe", "state": "absent"}) == {"Jane doe": "removed"}


def test_edits(wiki, jane):
    for _number in range(3):
        wiki.insert("revision", rev_page=1, rev_comment_id=1, rev_actor=jane[1], rev_timestamp=PAST)
    removal_refused(wiki, "revision", 3)


def test_recent_changes(wiki, jane):
    wiki.insert("recentchanges", rc_timestamp=PAST, rc_actor=jane[1], rc_comment_id=1)
    removal_refused(wiki, "recentchanges", 1)


def test_log_rows_by_the_account(wiki, jane):
    wiki.insert("logging", log_type="upload", log_actor=jane[1], log_comment_id=1, log_params="")
    removal_refused(wiki, "logging", 1)


def test_blocks_by_the_account(wiki, jane):
    other = wiki.add_user("John")
    wiki.add_block(other, "John", by_actor=jane[1])
    removal_refused(wiki, "ipblocks" if wiki.old else "block", 1)


def test_everything_that_refers_to_it_is_told(wiki, jane):
    wiki.insert("revision", rev_page=1, rev_comment_id=1, rev_actor=jane[1], rev_timestamp=PAST)
    wiki.insert("recentchanges", rc_timestamp=PAST, rc_actor=jane[1], rc_comment_id=1)
    with pytest.raises(AccountError) as caught:
        wiki.apply({"name": "jane doe", "state": "absent"}, {"name": "admin", "state": "absent"})
    assert "recentchanges (1), revision (1)" in str(caught.value)
    assert "'admin': " in str(caught.value)


def test_a_new_account_leaves_nothing_behind(wiki):
    before = wiki.dump("comment")
    entry = {"name": "Jane doe", "email": "a@b", "groups": ["bot"], "password_hash": ":A:bd347294ce11cf3839ca8dc32f59d481"}
    wiki.apply(entry, performer="Admin")
    wiki.apply({**entry, "groups": []}, performer="Admin")
    wiki.apply({"name": "Jane doe", "state": "disabled"}, performer="Admin")
    user = wiki.user("Jane doe")["user_id"]
    assert wiki.actions({"name": "jane_doe", "state": "absent"}, performer="Admin") == {"Jane doe": "removed"}
    after = wiki.dump("comment")
    changed = sorted(name[len(wiki.prefix) :] for name in before if before[name] != after[name])
    # what others did to it stays in the log
    assert changed == ["log_search", "logging", "recentchanges"]
    assert sorted(entry[:2] for entry in wiki.log("Jane doe")) == [("block", "block"), ("rights", "rights"), ("rights", "rights")]
    assert wiki.actions({"name": "Jane doe", "state": "absent"}) == {}
    assert wiki.actions({"name": "Jane doe"}) == {"Jane doe": "created"}
    assert wiki.user("Jane doe")["user_id"] > user, "its number is never used again"


def test_everything_of_the_account_goes_and_nothing_of_others(wiki, jane):
    other = wiki.add_user("John")
    wiki.run("UPDATE {site_stats} SET ss_users = 17")
    for user, name in ((jane[0], "Jane doe"), (other, "John")):
        wiki.insert("user_groups", ug_user=user, ug_group="bot")
        wiki.insert("user_groups", ug_user=user, ug_group="old", ug_expiry=PAST)
        wiki.insert("user_former_groups", ufg_user=user, ufg_group="sysop")
        wiki.insert("user_properties", up_user=user, up_property="skin", up_value="vector")
        wiki.insert("user_newtalk", user_id=user)
        wiki.insert("bot_passwords", bp_user=user, bp_app_id="bot", bp_password="", bp_restrictions="", bp_grants="")
        item = wiki.insert("watchlist", wl_user=user, wl_namespace=0, wl_title="Page")
        wiki.insert("watchlist_expiry", we_item=item, we_expiry="20300101000000")
        block = wiki.add_block(user, name)
        wiki.insert("ipblocks_restrictions", ir_ipb_id=block, ir_type=1, ir_value=1)
        actor = wiki.row("actor", actor_user=user)["actor_id"]
        title = name.replace(" ", "_")
        for by in (actor, 1):
            number = wiki.insert("logging", log_type="newusers", log_action="create", log_actor=by, log_namespace=2, log_title=title,
                                 log_comment_id=1, log_params="")
            wiki.insert("recentchanges", rc_timestamp=PAST, rc_actor=by, rc_comment_id=1, rc_logid=number, rc_log_type="newusers",
                        rc_namespace=2, rc_title=title)
            wiki.insert("log_search", ls_field="x", ls_value="1", ls_log_id=number)
        wiki.insert("logging", log_type="rights", log_actor=1, log_namespace=2, log_title=title, log_comment_id=1, log_params="")
        wiki.insert("logging", log_type="newusers", log_actor=1, log_namespace=0, log_title=title, log_comment_id=1, log_params="")
    counts = {name: len(rows) for name, rows in wiki.dump().items()}
    johns = {table: wiki.rows(table, **{column: other}) for table, column in (
        ("user", "user_id"), ("actor", "actor_user"), ("user_groups", "ug_user"), ("watchlist", "wl_user"), ("bot_passwords", "bp_user"))}
    assert wiki.actions({"name": "Jane doe", "state": "absent"}) == {"Jane doe": "removed"}
    lost = {name[len(wiki.prefix) :]: counts[name] - len(rows) for name, rows in wiki.dump().items() if counts[name] != len(rows)}
    expected = {"user": 1, "actor": 1, "user_groups": 2, "user_former_groups": 1, "user_properties": 1, "user_newtalk": 1, "bot_passwords": 1,
                "watchlist": 1, "watchlist_expiry": 1, "ipblocks_restrictions": 1, "logging": 2, "recentchanges": 2, "log_search": 2}
    assert lost == {**expected, **({"ipblocks": 1} if wiki.old else {"block": 1, "block_target": 1})}
    assert johns == {table: wiki.rows(table, **{column: other}) for table, column in (
        ("user", "user_id"), ("actor", "actor_user"), ("user_groups", "ug_user"), ("watchlist", "wl_user"), ("bot_passwords", "bp_user"))}
    assert wiki.row("site_stats")["ss_users"] == 16


def test_an_account_without_actor(wiki):
    user = wiki.add_user("Jane")
    wiki.run("DELETE FROM {actor} WHERE actor_user = ?", user)
    assert wiki.actions({"name": "Jane", "state": "absent"}) == {"Jane": "removed"}


@pytest.mark.parametrize("table", [
    "revision", "archive", "image", "oldimage", "filearchive", "protected_titles", "uploadstash", "logging", "recentchanges",
    "watchlist_expiry", "ipblocks_restrictions",
])
def test_what_cannot_be_seen_may_refer_to_it(wiki, jane, table):
    """Without the privilege to look there, an account with edits would seem unused."""
    wiki.run(f"DROP TABLE {{{table}}}")
    before = wiki.dump()
    with pytest.raises(SchemaError, match=f"table {wiki.prefix}{table} not found"):
        wiki.apply({"name": "Jane doe", "state": "absent"})
    assert wiki.dump() == before


# Unlisted accounts


@pytest.fixture
def full(wiki):
    """A wiki with an administrator who has edits, ten accounts of which two are disabled, and one of the system."""
    for number in range(10):
        wiki.add_user(f"User {number}")
    wiki.apply({"name": "User 8", "state": "disabled"}, {"name": "User 9", "state": "disabled"})
    return wiki


LISTED = [{"name": "Admin"}, *({"name": f"User {number}"} for number in range(7))]
UNLISTED = ["User 7", "User 8", "User 9"]


def test_unlisted_accounts_are_named_and_left_alone(full):
    before = full.path.read_bytes()
    outcome = full.apply(*LISTED, complete=True)
    assert (outcome.plan.pending, outcome.plan.unlisted) == ([], UNLISTED)
    assert full.apply(*LISTED).plan.unlisted == []  # one account is no list
    assert full.path.read_bytes() == before


def test_unlisted_accounts_are_disabled(full):
    # nine could be: all but the system user and the two that are disabled already
    with pytest.raises(LimitError, match=r"\b1\b.*\b9\b.*unlisted_limit.*10%"):
        full.apply(*LISTED, complete=True, unlisted="disable")
    outcome = full.apply(*LISTED, complete=True, unlisted="disable", unlisted_limit="12%")
    assert [(change.name, change.action) for change in outcome.plan.pending] == [("User 7", "disabled")]
    assert outcome.plan.unlisted == UNLISTED
    assert full.read()["User 7"].disabled
    outcome = full.apply(*LISTED, complete=True, unlisted="disable", unlisted_limit="0")
    assert (outcome.plan.pending, outcome.plan.unlisted) == ([], UNLISTED)


def test_unlisted_accounts_are_removed(full):
    with pytest.raises(LimitError, match=r"\b3\b.*\b11\b"):
        full.apply(*LISTED, complete=True, unlisted="remove", unlisted_limit="2")
    with pytest.raises(LimitError, match=r"\b3\b.*\b11\b"):
        full.apply(*LISTED, complete=True, unlisted="remove", unlisted_limit="27%", check_mode=True)
    outcome = full.apply(*LISTED, complete=True, unlisted="remove", unlisted_limit="3")
    assert {change.name: change.action for change in outcome.plan.pending} == dict.fromkeys(UNLISTED, "removed")
    assert sorted(full.read()) == ["Admin", "Maintenance script", *(f"User {number}" for number in range(7))]
    assert full.apply(*LISTED, complete=True, unlisted="remove", unlisted_limit="0").plan.unlisted == []


@pytest.mark.parametrize("exceptions", [["User 7", "User 8", "User 9"], ["User [7-9]"], ["*"]])
def test_exceptions_are_never_touched(full, exceptions):
    before = full.path.read_bytes()
    for unlisted in ("disable", "remove", "ignore"):
        outcome = full.apply(*LISTED, complete=True, unlisted=unlisted, unlisted_except=exceptions, unlisted_limit="0")
        assert (outcome.plan.pending, outcome.plan.unlisted) == ([], [])
    assert full.path.read_bytes() == before


def test_exceptions_do_not_count_for_the_limit(full):
    with pytest.raises(LimitError, match=r"\b2\b.*\b3\b"):
        full.apply(*LISTED, complete=True, unlisted="remove", unlisted_except=["User [0-7]"], unlisted_limit="66%")
    full.apply(*LISTED, complete=True, unlisted="remove", unlisted_except=["User [0-7]"], unlisted_limit="67%")
    assert "User 7" in full.read()


def test_an_unlisted_account_that_cannot_be_removed_is_disabled_and_stops_nothing(full):
    with pytest.raises(AccountError, match=r"'Admin': .*revision \(1\)") as caught:
        full.apply(*LISTED[1:], {"name": "New"}, complete=True, unlisted="remove", unlisted_limit="100%")
    done = {change.name: change.action for change in caught.value.outcome.plan.pending}
    assert done == {"Admin": "disabled", "New": "created", **dict.fromkeys(UNLISTED, "removed")}
    assert caught.value.outcome.problem.startswith("Everything else was written. 'Admin': ")
    assert full.read("Admin")["Admin"].disabled


def test_an_empty_list(full):
    with pytest.raises(LimitError):
        full.apply(complete=True, unlisted="disable")
    full.apply(complete=True, unlisted="disable", unlisted_limit="100%", unlisted_except=["Admin"])
    assert [account.name for account in full.read().values() if not account.disabled] == ["Admin", "Maintenance script"]


def test_old_disabled_accounts_do_not_hide_those_who_can_log_in(full):
    """One of nine that can log in is not listed; one of eleven would be within the limit."""
    listed = [*LISTED, {"name": "User 8"}, {"name": "User 9"}]
    with pytest.raises(LimitError, match=r"\b1\b.*\b9\b"):
        full.apply(*listed, complete=True, unlisted="remove", unlisted_limit="10%")
    full.apply(*listed, complete=True, unlisted="remove", unlisted_limit="12%")


# Listed accounts that are shut


@pytest.mark.parametrize("state", ["disabled", "absent"])
def test_too_many_listed_accounts_are_disabled(full, state):
    """Eight of the list can log in, beside one that is unlisted; of the five that would be shut one cannot log in already."""
    shut = [{"name": f"User {number}", "state": state} for number in (3, 4, 5, 6, 8)]
    listed = LISTED[:4]
    before = full.path.read_bytes()
    for limit in ("49%", "3", "0"):
        with pytest.raises(LimitError, match=r"\b4 of 8 listed accounts .*disable_limit"):
            full.apply({"name": "New"}, *listed, *shut, complete=True, disable_limit=limit)
    assert full.path.read_bytes() == before
    full.apply(*listed, *shut, complete=True, disable_limit="50%")
    full.apply(*listed, *shut, complete=True, disable_limit="0")


@pytest.mark.parametrize("unlisted", ["ignore", "disable"])
def test_who_registers_does_not_raise_what_a_limit_is_a_part_of(full, unlisted):
    for number in range(31):
        full.add_user(f"Stranger {number}")
    before = full.path.read_bytes()
    leaving = [{"name": f"User {number}", "state": "disabled"} for number in range(7)]
    with pytest.raises(LimitError, match="7 of 7 listed accounts"):
        full.apply(*leaving, complete=True, disable_limit="50%", unlisted=unlisted)
    assert full.path.read_bytes() == before


def test_one_listed_account_may_always_be_disabled(full):
    outcome = full.apply({"name": "User 1", "state": "disabled"}, complete=True, disable_limit="0")
    assert [change.action for change in outcome.plan.pending] == ["disabled"]


def test_a_single_account_has_no_such_limit(full):
    full.apply(*({"name": f"User {number}", "state": "disabled"} for number in range(8)), disable_limit="0")


@pytest.mark.parametrize("limit", ["some", "-1"])
def test_a_limit_that_is_none(full, limit):
    with pytest.raises(OptionError, match="disable_limit must be"):
        full.apply({"name": "User 1"}, complete=True, disable_limit=limit)
