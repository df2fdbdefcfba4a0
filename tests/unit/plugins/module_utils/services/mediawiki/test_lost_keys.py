# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables that have lost their keys, as bad imports leave them: nobody else's rows change, and who is to be shut out is."""

from __future__ import annotations

import pytest

from ansible_collections.auth.services.plugins.module_utils.account import AccountError

BLOCKING = ["actor", "comment", "block", "block_target"]
LOGGING = ["actor", "comment", "logging", "recentchanges"]


@pytest.fixture
def people(wiki):
    for name in ("Jane", "John"):
        wiki.add_user(name)
    return wiki


def new_block_table(wiki, table):
    return ("ipblocks" if table == "block" else None) if wiki.old and table.startswith("block") else table


def refused(wiki, *entries):
    with pytest.raises(AccountError) as caught:
        wiki.apply(*entries)
    return str(caught.value)


@pytest.mark.parametrize("table", sorted({*BLOCKING, *LOGGING}))
def test_who_is_disabled_is_out(people, table):
    wiki, name = people, new_block_table(people, table)
    if name is None:
        pytest.skip("the old schema has no targets of blocks")
    wiki.lose_keys(name)
    john = wiki.user("John")
    outcome = wiki.apply({"name": "Jane", "state": "disabled"})
    assert [change.action for change in outcome.plan.pending] == ["disabled"]
    assert [warning for warning in outcome.warnings if f" of {name}" in warning and "'Jane'" in warning]
    assert wiki.user("Jane")["user_password"].startswith(":locked:")
    assert list(wiki.blocks()) == ([] if table in BLOCKING else ["Jane"])
    assert [row[:2] for row in wiki.log("Jane")] == ([] if table in LOGGING else [("block", "block")] if table not in BLOCKING else [])
    assert wiki.user("John") == john
    assert None not in [value for row in wiki.rows(name) for column, value in row.items() if column.endswith("_id") and "parent" not in column]
    assert wiki.actions({"name": "Jane", "state": "disabled"}) == {}


@pytest.mark.parametrize(("table", "entry"), [
    *((table, {"name": "Joan"}) for table in ("user", "watchlist", *LOGGING)),
    *((table, {"name": "Jane", "groups": ["bot"]}) for table in LOGGING),
])
def test_what_else_needs_a_number_is_refused(people, table, entry):
    people.lose_keys(table)
    before = people.dump()
    assert f" of {table}" in refused(people, entry)
    assert people.dump() == before
    assert people.actions({"name": "Jane", "email": "jane@example.org"}) == {"Jane": "updated"}


@pytest.mark.parametrize("table", LOGGING)
def test_groups_are_still_taken_away(people, table):
    user = people.user("Jane")["user_id"]
    for group in ("bot", "sysop"):
        people.insert("user_groups", ug_user=user, ug_group=group)
    people.lose_keys(table)
    log = people.rows("logging")
    outcome = people.apply({"name": "Jane", "groups": ["bot"]})
    assert people.groups(user) == {"bot": None}
    assert people.rows("logging") == log
    assert [warning for warning in outcome.warnings if f" of {table}" in warning and "'Jane'" in warning]
    assert f" of {table}" in refused(people, {"name": "Jane", "groups": ["sysop"]})
    assert people.groups(user) == {"bot": None}


def test_a_block_that_cannot_be_told_from_anothers_stays(people):
    wiki, table = people, "ipblocks" if people.old else "block"
    wiki.apply({"name": "Jane", "state": "disabled"}, {"name": "John", "state": "disabled"}, disable_limit="100%")
    wiki.lose_keys(table)
    wiki.run(f"UPDATE {{{table}}} SET {'ipb_id' if wiki.old else 'bl_id'} = 0")
    before = wiki.dump()
    assert "have the number of its block, so it cannot be lifted alone" in refused(wiki, {"name": "Jane", "state": "enabled"})
    assert "have the number of its block, so it cannot be lifted alone" in refused(wiki, {"name": "Jane", "state": "absent"})
    assert wiki.dump() == before


def test_a_target_that_is_also_anothers_is_not_used(make_wiki):
    wiki = make_wiki()
    ids = {name: wiki.add_user(name) for name in ("Jane", "John")}
    for name, user in ids.items():
        wiki.insert("block_target", bt_user=user, bt_user_text=name, bt_auto=0, bt_count=0)
    wiki.lose_keys("block_target")
    wiki.run("UPDATE {block_target} SET bt_id = 0")
    before = wiki.rows("block_target")
    assert wiki.actions({"name": "Jane", "state": "disabled"}) == {"Jane": "disabled"}
    assert wiki.rows("block") == [] and wiki.rows("block_target") == before


def test_what_goes_with_a_removed_account_is_its_own(people):
    wiki = people
    for name in ("Jane", "John"):
        user, actor = wiki.user(name)["user_id"], wiki.row("actor", actor_name=name)["actor_id"]
        item = wiki.insert("watchlist", wl_user=user, wl_namespace=0, wl_title="Page")
        wiki.insert("watchlist_expiry", we_item=item, we_expiry="20300101000000")
        number = wiki.insert("logging", log_type="newusers", log_actor=actor, log_namespace=2, log_title=name, log_comment_id=1, log_params="")
        wiki.insert("recentchanges", rc_timestamp="20261101120000", rc_actor=actor, rc_comment_id=1, rc_logid=number, rc_log_type="newusers",
                    rc_namespace=2, rc_title=name)
        wiki.insert("log_search", ls_field=name, ls_value="1", ls_log_id=number)
    for table, changes in (("watchlist", "wl_id = 0"), ("watchlist_expiry", "we_item = 0"), ("logging", "log_id = 0"), ("log_search", "ls_log_id = 0"),
                           ("recentchanges", "rc_id = 0, rc_logid = 0")):
        wiki.lose_keys(table)
        wiki.run(f"UPDATE {{{table}}} SET {changes}")
    assert wiki.actions({"name": "Jane", "state": "absent"}) == {"Jane": "removed"}
    for table, column in (("watchlist", "wl_title"), ("logging", "log_title"), ("recentchanges", "rc_title")):
        assert [row[column] for row in wiki.rows(table)] in (["John"], ["Page"])
    # nobody can tell whose these are
    assert len(wiki.rows("watchlist_expiry")) == len(wiki.rows("log_search")) == 2


def test_whose_actor_is_also_anothers_is_not_removed(people):
    """The edits of the other one are not seen as theirs, and might go."""
    wiki = people
    jane = wiki.row("actor", actor_name="Jane")["actor_id"]
    wiki.insert("revision", rev_page=1, rev_comment_id=1, rev_actor=jane, rev_timestamp="20261101120000")
    wiki.lose_keys("actor")
    wiki.run("UPDATE {actor} SET actor_id = ? WHERE actor_name = 'John'", jane)
    before = wiki.rows("actor"), wiki.rows("revision")
    for name in ("Jane", "John"):
        assert "several rows with its actor_id" in refused(wiki, {"name": name, "state": "absent"})
        assert wiki.read(name)[name].disabled
    assert (wiki.rows("actor"), wiki.rows("revision")) == before


def test_duplicates_of_an_accounts_own_rows(people):
    """user_groups and bot_passwords are told by their account, whatever keys there are."""
    wiki, ids = people, {name: people.user(name)["user_id"] for name in ("Jane", "John")}
    for user in ids.values():
        wiki.insert("user_groups", ug_user=user, ug_group="bot")
        wiki.insert("bot_passwords", bp_user=user, bp_app_id="bot", bp_password=":A:bd347294ce11cf3839ca8dc32f59d481", bp_restrictions="", bp_grants="")
    for table in ("user_groups", "bot_passwords", "user_former_groups"):
        wiki.lose_keys(table)
    wiki.insert("user_groups", ug_user=ids["Jane"], ug_group="bot")
    johns = wiki.rows("user_groups", ug_user=ids["John"]), wiki.rows("bot_passwords", bp_user=ids["John"])
    assert wiki.actions({"name": "Jane", "groups": []}) == {"Jane": "updated"}
    assert wiki.actions({"name": "Jane", "state": "disabled"}) == {"Jane": "disabled"}
    assert wiki.rows("user_groups", ug_user=ids["Jane"]) == []
    assert (wiki.rows("user_groups", ug_user=ids["John"]), wiki.rows("bot_passwords", bp_user=ids["John"])) == johns
