# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Disabling and enabling accounts."""

from __future__ import annotations

import hashlib
import re

import pytest

from ansible_collections.auth.services.plugins.module_utils.passwords.cost import UnverifiableHash
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.passwords import SCHEMES
from ansible_collections.auth.services.tests.unit.applications.mediawiki import PASSWORD, PASSWORD_HASH

NOW = "20261123120000"
PAST, FUTURE = "20261101120000", "20270101120000"
BLOCK_PARAMS = 'a:3:{s:11:"5::duration";s:8:"infinity";s:8:"6::flags";s:39:"nocreate,noautoblock,noemail,nousertalk";s:8:"sitewide";b:1;}'

# What an account may have; "" and NULL are not the same
PASSWORDS = [
    {},
    {"user_password": ""},
    {"user_newpassword": ":A:bd347294ce11cf3839ca8dc32f59d481", "user_newpass_time": "20261122080000"},
    {"user_newpassword": ":A:bd347294ce11cf3839ca8dc32f59d481"},
    {"user_newpass_time": "20261122080000"},
    {"user_password": ":encrypted:" + "x" * 200, "user_password_expires": "20200101000000"},
    {"user_email": "jane@example.org", "user_email_authenticated": PAST, "user_email_token": "ab", "user_email_token_expires": FUTURE},
]


def full_account(wiki, name="Jane doe", **columns):
    """An account with everything that disabling could lose."""
    user = wiki.add_user(name, **columns)
    for app, stored in (("bot", PASSWORD_HASH), ("tool", ""), ("old", ":A:bd347294ce11cf3839ca8dc32f59d481")):
        wiki.insert("bot_passwords", bp_user=user, bp_app_id=app, bp_password=stored, bp_token="t", bp_restrictions="{}", bp_grants="[]")
    for group, expiry in (("sysop", None), ("bot", FUTURE), ("old", PAST)):
        wiki.insert("user_groups", ug_user=user, ug_group=group, ug_expiry=expiry)
    wiki.insert("user_former_groups", ufg_user=user, ufg_group="past")
    wiki.insert("user_properties", up_user=user, up_property="skin", up_value="vector")
    return user


def let_in(stored, password=PASSWORD):
    """Whether the wiki would take the password; an unknown type is a wrong one."""
    try:
        return SCHEMES.verify(stored, password)
    except UnverifiableHash:
        return False


def test_a_disabled_account(wiki):
    user = full_account(wiki, user_newpassword=PASSWORD_HASH, user_newpass_time="20261122080000")
    others = full_account(wiki, "John")
    before = wiki.dump("user", "bot_passwords", "block", "block_target", "ipblocks", "logging", "log_search", "recentchanges", "comment", "actor")
    row, john = wiki.user("Jane doe"), wiki.user("John")
    assert wiki.actions({"name": "Jane doe", "state": "disabled", "reason": "left"}) == {"Jane doe": "disabled"}

    after = wiki.user("Jane doe")
    assert after == {**row, "user_password": ":locked:" + PASSWORD_HASH, "user_newpassword": ":locked:20261122080000:" + PASSWORD_HASH,
                     "user_newpass_time": "20991231235959", "user_token": "*** INVALID ***", "user_touched": NOW}
    assert not let_in(after["user_password"]) and not let_in(after["user_newpassword"])
    assert [row["bp_password"] for row in wiki.rows("bot_passwords", bp_user=user)] == [
        ":locked:" + PASSWORD_HASH, "", ":locked::A:bd347294ce11cf3839ca8dc32f59d481"]
    assert wiki.user("John") == john
    assert [row["bp_password"][:2] for row in wiki.rows("bot_passwords", bp_user=others)] == [":B", "", ":A"]
    after = wiki.dump("user", "bot_passwords", "block", "block_target", "ipblocks", "logging", "log_search", "recentchanges", "comment", "actor")
    assert after == before

    script = wiki.row("actor", actor_name="Maintenance script")["actor_id"]
    comment = wiki.row("comment", comment_text="left", comment_data='{"auth.services":"disabled"}')["comment_id"]
    block = wiki.blocks()["Jane doe"]
    number = block.pop("id")
    expected = {"by_actor": script, "reason_id": comment, "timestamp": NOW, "anon_only": 0, "create_account": 1, "enable_autoblock": 0,
                "expiry": "infinity", "deleted": 0, "block_email": 1, "allow_usertalk": 0, "parent_block_id": None, "sitewide": 1}
    if wiki.old:
        expected.update(address="Jane doe", user=user, auto=0, range_start="", range_end="")
    else:
        [target] = wiki.rows("block_target")
        assert target == {"bt_id": block.pop("target"), "bt_address": None, "bt_user": user, "bt_user_text": "Jane doe", "bt_auto": 0,
                          "bt_range_start": None, "bt_range_end": None, "bt_ip_hex": None, "bt_count": 1}
    assert block == expected

    assert wiki.log("Jane doe") == [("block", "block", "Maintenance script", BLOCK_PARAMS)]
    log = wiki.row("logging")
    assert (log["log_title"], log["log_page"], log["log_timestamp"]) == ("Jane_doe", 0, NOW)
    assert wiki.rows("log_search") == [{"ls_field": "ipb_id", "ls_value": str(number), "ls_log_id": log["log_id"]}]
    recent = wiki.row("recentchanges")
    assert (recent["rc_logid"], recent["rc_log_type"], recent["rc_title"], recent["rc_params"]) == (log["log_id"], "block", "Jane_doe", BLOCK_PARAMS)


@pytest.mark.parametrize("columns", PASSWORDS)
def test_enabling_brings_the_same_account_back(wiki, columns):
    full_account(wiki, **columns)
    wiki.apply({"name": "John", "groups": ["bot"]})  # so that the system user is there before
    before = wiki.dump("logging", "log_search", "recentchanges", "comment")
    row = wiki.user("Jane doe")
    assert wiki.actions({"name": "jane doe", "state": "disabled"}) == {"Jane doe": "disabled"}
    assert wiki.dump("logging", "log_search", "recentchanges", "comment") != before
    assert wiki.actions({"name": "jane doe", "state": "disabled"}) == {}
    assert wiki.actions({"name": "jane doe", "state": "enabled"}) == {"Jane doe": "enabled"}
    after = wiki.user("Jane doe")
    assert re.fullmatch("[0-9a-f]{32}", after["user_token"]) and after["user_token"] != row["user_token"]
    assert after["user_touched"] > row["user_touched"]
    wiki.update("user", {"user_name": "Jane doe"}, user_token=row["user_token"], user_touched=row["user_touched"])
    wiki.run("DELETE FROM sqlite_sequence")
    assert wiki.dump("logging", "log_search", "recentchanges", "comment") == before
    assert wiki.actions({"name": "jane doe", "state": "enabled"}) == {}
    assert [entry[:2] for entry in wiki.log("Jane doe")] == [("block", "block"), ("block", "unblock")]
    assert wiki.log("Jane doe")[1][3] == "a:0:{}"
    assert [row["ls_value"] for row in wiki.rows("log_search")] == ["1", "1"]


def test_present_leaves_a_disabled_account_disabled(wiki):
    full_account(wiki)
    wiki.apply({"name": "Jane doe", "state": "disabled"})
    before = wiki.user("Jane doe")
    assert wiki.actions({"name": "Jane doe", "password": PASSWORD}) == {}
    assert wiki.actions({"name": "Jane doe", "real_name": "Jane"}) == {"Jane doe": "updated"}
    assert wiki.user("Jane doe") == {**before, "user_real_name": "Jane", "user_touched": "20261123120001"}


def test_enabling_never_touches_the_password(wiki):
    full_account(wiki)
    wiki.apply({"name": "Jane doe", "state": "disabled"})
    assert wiki.actions({"name": "Jane doe", "state": "enabled", "password": "An-other-9", "update_password": "on_create"}) == {
        "Jane doe": "enabled"}
    assert wiki.user("Jane doe")["user_password"] == PASSWORD_HASH
    assert wiki.row("bot_passwords", bp_app_id="bot")["bp_password"] == PASSWORD_HASH


@pytest.mark.parametrize("together", [True, False])
def test_a_password_for_a_disabled_account(wiki, together):
    full_account(wiki, user_newpassword=PASSWORD_HASH, user_newpass_time=PAST)
    if together:
        assert wiki.actions({"name": "Jane doe", "state": "disabled", "password": "An-other-9"}) == {"Jane doe": "disabled"}
    else:
        wiki.apply({"name": "Jane doe", "state": "disabled"})
        assert wiki.actions({"name": "Jane doe", "password": "An-other-9"}) == {"Jane doe": "updated"}
    row = wiki.user("Jane doe")
    assert row["user_token"] == "*** INVALID ***"
    assert not let_in(row["user_password"], "An-other-9") and row["user_password"].startswith(":locked::pbkdf2:")
    assert wiki.actions({"name": "Jane doe", "state": "disabled", "password": "An-other-9"}) == {}
    assert wiki.actions({"name": "Jane doe", "state": "enabled", "password": "An-other-9"}) == {"Jane doe": "enabled"}
    row = wiki.user("Jane doe")
    assert let_in(row["user_password"], "An-other-9")
    assert (row["user_newpassword"], row["user_newpass_time"]) == ("", None)
    assert [row["bp_password"] for row in wiki.rows("bot_passwords")] == ["", "", ""]


def test_enabling_with_another_password(wiki):
    full_account(wiki)
    wiki.apply({"name": "Jane doe", "state": "disabled"})
    wiki.apply({"name": "Jane doe", "state": "enabled", "password": "An-other-9"})
    row = wiki.user("Jane doe")
    assert let_in(row["user_password"], "An-other-9") and not let_in(row["user_password"])
    assert [row["bp_password"] for row in wiki.rows("bot_passwords")] == ["", "", ""]
    assert wiki.blocks() == {}


LONG = [":encrypted:" + "x" * 237, ":encrypted:" + "x" * 244, ":B:1:" + "x" * 1000]


@pytest.mark.parametrize("stored", [":encrypted:" + "x" * 236, *LONG, "x" * 255, "!" * 255, "!:" + "x" * 253])
def test_a_password_without_room_for_the_marker(wiki, stored):
    user = wiki.add_user("Jane", user_password=stored, user_newpassword=stored, user_newpass_time="20261122080000")
    for number, bot in enumerate((stored, PASSWORD_HASH)):
        wiki.insert("bot_passwords", bp_user=user, bp_app_id=str(number), bp_password=bot, bp_token="t", bp_restrictions="{}", bp_grants="[]")
    bots = wiki.rows("bot_passwords")
    assert not wiki.read("Jane")["Jane"].disabled
    assert wiki.actions({"name": "Jane", "state": "disabled"}) == {"Jane": "disabled"}
    row = wiki.user("Jane")
    shut = [row["user_password"], row["user_newpassword"], *(row["bp_password"] for row in wiki.rows("bot_passwords"))]
    for text in shut:
        assert text.startswith((":locked:", "!")) and len(text.encode()) <= max(255, len(stored.encode())), text
    assert wiki.read("Jane")["Jane"].disabled
    assert wiki.actions({"name": "Jane", "state": "disabled"}) == {}
    assert wiki.actions({"name": "Jane", "state": "enabled"}) == {"Jane": "enabled"}
    if stored.startswith(":"):  # anything else is no password for MediaWiki
        assert wiki.user("Jane")["user_password"] == stored
        assert wiki.rows("bot_passwords") == bots
        assert wiki.user("Jane")["user_newpassword"] in (stored, "")


@pytest.mark.parametrize("stored", ["", ":A:bd347294ce11cf3839ca8dc32f59d481", PASSWORD_HASH])
def test_the_oldest_stored_passwords(wiki, stored):
    """32 digits without a type are salted with the number of the account."""
    wiki.add_user("Jane")
    user = wiki.user("Jane")["user_id"]
    bare = hashlib.md5(f"{user}-{hashlib.md5(PASSWORD.encode()).hexdigest()}".encode()).hexdigest()
    wiki.update("user", {"user_name": "Jane"}, user_password=stored or bare)
    shown = stored or f":B:{user}:{bare}"
    assert wiki.read("Jane")["Jane"].password_hash == shown
    assert wiki.actions({"name": "Jane", "password": PASSWORD}) == {}
    assert wiki.actions({"name": "Jane", "password_hash": shown}) == {}
    assert wiki.actions({"name": "Jane", "state": "disabled"}) == {"Jane": "disabled"}
    assert wiki.user("Jane")["user_password"] == f":locked:{stored or bare}"
    assert wiki.read("Jane")["Jane"].password_hash == shown
    assert wiki.actions({"name": "Jane", "state": "disabled", "password": PASSWORD}) == {}
    assert wiki.actions({"name": "Jane", "state": "enabled"}) == {"Jane": "enabled"}
    assert wiki.user("Jane")["user_password"] == (stored or bare)
    assert wiki.actions({"name": "Jane", "password": PASSWORD + "x"}) == {"Jane": "updated"}


def test_a_new_password_that_has_no_room_for_the_marker(wiki):
    wiki.add_user("Jane")
    wiki.apply({"name": "Jane", "state": "disabled"})
    stored = ":pbkdf2:sha512:1:64:" + "A" * 140 + ":" + "A" * 85 + "Q=="
    assert 247 < len(stored) <= 255
    wiki.apply({"name": "Jane", "password_hash": stored})
    assert wiki.read("Jane")["Jane"].disabled and wiki.read("Jane")["Jane"].password_hash == stored
    wiki.apply({"name": "Jane", "state": "enabled"})
    assert wiki.user("Jane")["user_password"] == stored


@pytest.mark.parametrize("sql", [
    "UPDATE {user} SET user_password = X'ff00', user_newpassword = X'ff' WHERE user_name = 'Jane'",
    "UPDATE {user} SET user_password = CAST(X'ff00' AS TEXT), user_newpassword = CAST(X'ff' AS TEXT) WHERE user_name = 'Jane'",
    "UPDATE {user} SET user_password = ':encrypted:' || replace(hex(zeroblob(60)), '00', 'üü') WHERE user_name = 'Jane'",
    "UPDATE {user} SET user_touched = 'never', user_newpass_time = 'x', user_token = X'ff' WHERE user_name = 'Jane'",
    "UPDATE {user} SET user_real_name = hex(randomblob(2000000)) WHERE user_name = 'Jane'",
    "DELETE FROM {actor} WHERE actor_name = 'Jane'",
    "UPDATE {actor} SET actor_user = NULL WHERE actor_name = 'Jane'",
    "UPDATE {actor} SET actor_name = 'Other' WHERE actor_name = 'Jane'",
    "DELETE FROM {actor} WHERE actor_name = 'Maintenance script'",
    "UPDATE {actor} SET actor_user = NULL WHERE actor_name = 'Maintenance script'",
    "UPDATE {actor} SET actor_name = 'Renamed' WHERE actor_name = 'Maintenance script'",
    "DELETE FROM {user} WHERE user_name = 'Maintenance script'",
    "DELETE FROM {comment}",
    "DELETE FROM {logging}",
    "INSERT INTO {comment} (comment_hash, comment_text, comment_data) SELECT 0, '', NULL FROM {user}",
])
def test_no_row_keeps_an_account_from_being_disabled(wiki, sql):
    wiki.add_user("Jane")
    wiki.apply({"name": "John", "groups": ["bot"]})  # so that the system user is there before
    wiki.run(sql)
    assert wiki.actions({"name": "Jane", "state": "disabled"}) == {"Jane": "disabled"}
    [row] = wiki.run("SELECT user_token, user_password FROM {user} WHERE user_name = 'Jane'")
    assert row["user_token"] == "*** INVALID ***" and row["user_password"].startswith((":locked:", "!"))
    assert len(row["user_password"].encode()) <= 255
    assert "Jane" in wiki.blocks()
    assert wiki.read("Jane")["Jane"].disabled
    if "user_email" not in sql:  # nobody can tell what a row of another type holds, so the account is only shut
        assert wiki.actions({"name": "Jane", "state": "enabled"}) == {"Jane": "enabled"}
        assert wiki.blocks() == {}


@pytest.mark.parametrize("name", ["Nobody", "a#b", "", "10.0.0.1"])
def test_a_performer_who_is_none_keeps_nobody_in(wiki, name):
    wiki.add_user("Jane")
    outcome = wiki.apply({"name": "Jane", "state": "disabled"}, performer=name)
    assert [change.action for change in outcome.plan.changes] == ["disabled"]
    assert repr(name) in outcome.warnings[0] and "names 'Maintenance script'" in outcome.warnings[0]
    assert wiki.log("Jane")[0][2] == "Maintenance script"


# Somebody undid a part of it in the wiki


def test_a_lifted_block_comes_back(wiki):
    full_account(wiki)
    wiki.apply({"name": "Jane doe", "state": "disabled"})
    row = wiki.user("Jane doe")
    for table in ("ipblocks",) if wiki.old else ("block", "block_target"):
        wiki.run(f"DELETE FROM {{{table}}}")
    account = wiki.read()["Jane doe"]
    assert (account.enabled, account.disabled) == (False, False)
    assert wiki.actions({"name": "Jane doe", "state": "disabled"}) == {"Jane doe": "disabled"}
    assert list(wiki.blocks()) == ["Jane doe"]
    assert let_in(wiki.user("Jane doe")["user_password"][len(":locked:"):])
    assert wiki.user("Jane doe")["user_newpassword"] == row["user_newpassword"]
    assert wiki.actions({"name": "Jane doe", "state": "disabled"}) == {}
    wiki.apply({"name": "Jane doe", "state": "enabled"})
    assert wiki.user("Jane doe")["user_password"] == PASSWORD_HASH
    assert wiki.blocks() == {}


def test_a_password_given_in_the_wiki_does_not_enable(wiki):
    """changePassword.php leaves token and block: sessions would not last."""
    full_account(wiki)
    wiki.apply({"name": "Jane doe", "state": "disabled"})
    wiki.update("user", {"user_name": "Jane doe"}, user_password=PASSWORD_HASH, user_newpassword="", user_newpass_time=None)
    account = wiki.read()["Jane doe"]
    assert (account.enabled, account.disabled) == (False, False)
    assert wiki.actions({"name": "Jane doe", "state": "present"}) == {}
    assert wiki.actions({"name": "Jane doe", "state": "enabled"}) == {"Jane doe": "enabled"}
    row = wiki.user("Jane doe")
    assert (row["user_password"], row["user_newpassword"], row["user_newpass_time"]) == (PASSWORD_HASH, "", None)
    assert re.fullmatch("[0-9a-f]{32}", row["user_token"])
    assert wiki.blocks() == {}


def test_disabling_again_after_a_password_was_given_in_the_wiki(wiki):
    full_account(wiki)
    wiki.apply({"name": "Jane doe", "state": "disabled"})
    wiki.update("user", {"user_name": "Jane doe"}, user_password=PASSWORD_HASH, user_newpassword="", user_newpass_time=None)
    assert wiki.actions({"name": "Jane doe", "state": "disabled"}) == {"Jane doe": "disabled"}
    assert wiki.user("Jane doe")["user_password"] == ":locked:" + PASSWORD_HASH
    assert wiki.actions({"name": "Jane doe", "state": "disabled"}) == {}
    assert len(wiki.log("Jane doe")) == 1  # the block was there


def test_a_mailed_password_is_locked_again(wiki):
    full_account(wiki)
    wiki.apply({"name": "Jane doe", "state": "disabled"})
    wiki.update("user", {"user_name": "Jane doe"}, user_newpassword=PASSWORD_HASH, user_newpass_time=NOW)
    account = wiki.read()["Jane doe"]
    assert not account.disabled, "the mailed password lets the account in"
    assert wiki.actions({"name": "Jane doe", "state": "disabled"}) == {"Jane doe": "disabled"}
    assert wiki.user("Jane doe")["user_newpassword"] == f":locked:{NOW}:{PASSWORD_HASH}"


def test_a_bot_password_made_meanwhile_is_locked_again(wiki):
    user = full_account(wiki)
    wiki.apply({"name": "Jane doe", "state": "disabled"})
    wiki.insert("bot_passwords", bp_user=user, bp_app_id="new", bp_password=PASSWORD_HASH, bp_restrictions="{}", bp_grants="[]")
    wiki.run("UPDATE {user} SET user_token = 'x' WHERE user_id = ?", user)
    assert wiki.actions({"name": "Jane doe", "state": "disabled"}) == {"Jane doe": "disabled"}
    assert wiki.row("bot_passwords", bp_app_id="new")["bp_password"] == ":locked:" + PASSWORD_HASH
    assert wiki.row("bot_passwords", bp_app_id="bot")["bp_password"] == ":locked:" + PASSWORD_HASH


# Blocks of the wiki itself


def test_a_block_of_the_wiki_stays(wiki):
    user = full_account(wiki)
    number = wiki.add_block(user, "Jane doe", enable_autoblock=1)
    before = wiki.dump("user", "bot_passwords")
    outcome = wiki.apply({"name": "Jane doe", "state": "disabled"})
    assert outcome.warnings == []
    assert wiki.dump("user", "bot_passwords") == before  # no second block, and nothing in the log
    assert wiki.user("Jane doe")["user_password"].startswith(":locked:")
    assert wiki.actions({"name": "Jane doe", "state": "disabled"}) == {}
    assert wiki.actions({"name": "Jane doe", "state": "enabled"}) == {"Jane doe": "enabled"}
    assert wiki.blocks()["Jane doe"]["id"] == number
    assert wiki.dump("user", "bot_passwords") == before


@pytest.mark.parametrize("columns", [{"sitewide": 0}, {"expiry": FUTURE}])
def test_a_block_that_forbids_less_stays_with_a_warning(wiki, columns):
    user = full_account(wiki)
    wiki.add_block(user, "Jane doe", **columns)
    before = wiki.dump("user", "bot_passwords")
    for check_mode in (True, False):
        [warning] = wiki.apply({"name": "Jane doe", "state": "disabled"}, check_mode=check_mode).warnings
        assert "'Jane doe' already had a block that is partial or expires" in warning
    assert wiki.dump("user", "bot_passwords") == before
    assert wiki.actions({"name": "Jane doe", "state": "disabled"}) == {}


def test_an_expired_block_is_replaced(wiki):
    user = full_account(wiki)
    number = wiki.add_block(user, "Jane doe", expiry=PAST, sitewide=0)
    wiki.insert("ipblocks_restrictions", ir_ipb_id=number, ir_type=1, ir_value=1)
    assert wiki.apply({"name": "Jane doe", "state": "disabled"}).warnings == []
    block = wiki.blocks()["Jane doe"]
    assert (block["expiry"], block["sitewide"]) == ("infinity", 1)
    assert wiki.rows("ipblocks_restrictions") == []
    assert len(wiki.rows("ipblocks" if wiki.old else "block_target")) == 1
    wiki.apply({"name": "Jane doe", "state": "enabled"})
    assert wiki.blocks() == {}


def test_our_block_that_was_changed_in_the_wiki_is_no_more_ours(wiki):
    full_account(wiki)
    wiki.apply({"name": "Jane doe", "state": "disabled"})
    wiki.run(f"UPDATE {{{'ipblocks' if wiki.old else 'block'}}} SET {'ipb' if wiki.old else 'bl'}_reason_id = 1")
    assert wiki.actions({"name": "Jane doe", "state": "disabled"}) == {}
    assert wiki.actions({"name": "Jane doe", "state": "enabled"}) == {"Jane doe": "enabled"}
    assert list(wiki.blocks()) == ["Jane doe"]


def test_autoblocks_go_with_our_block(wiki):
    user = full_account(wiki)
    wiki.apply({"name": "Jane doe", "state": "disabled"})
    number = wiki.blocks()["Jane doe"]["id"]
    row = {"by_actor": 1, "reason_id": 1, "timestamp": NOW, "expiry": FUTURE, "parent_block_id": number}
    if wiki.old:
        child = {f"ipb_{column}": value for column, value in row.items()}
        wiki.insert("ipblocks", ipb_address="10.0.0.1", ipb_user=0, ipb_auto=1, ipb_range_start="", ipb_range_end="", **child)
        wiki.insert("ipblocks", **{**child, "ipb_parent_block_id": 99}, ipb_address="10.0.0.2", ipb_auto=1, ipb_range_start="", ipb_range_end="")
    else:
        child = {f"bl_{column}": value for column, value in row.items()}
        target = wiki.insert("block_target", bt_address="10.0.0.1", bt_auto=1, bt_count=1)
        other = wiki.insert("block_target", bt_address="10.0.0.2", bt_auto=1, bt_count=1)
        wiki.insert("block", bl_target=target, **child)
        wiki.insert("block", **{**child, "bl_parent_block_id": 99}, bl_target=other)
    assert wiki.actions({"name": "Jane doe", "state": "disabled"}) == {}, f"an autoblock is no block on the account {user}"
    wiki.apply({"name": "Jane doe", "state": "enabled"})
    if wiki.old:
        assert [row["ipb_address"] for row in wiki.rows("ipblocks")] == ["10.0.0.2"]
    else:
        assert [row["bt_address"] for row in wiki.rows("block_target")] == ["10.0.0.2"]
        assert len(wiki.rows("block")) == 1


def test_a_target_that_is_there_is_used(make_wiki):
    wiki = make_wiki()
    user = full_account(wiki)
    target = wiki.insert("block_target", bt_user=user, bt_user_text="Jane doe", bt_auto=0, bt_count=0)
    wiki.apply({"name": "Jane doe", "state": "disabled"})
    assert wiki.row("block")["bl_target"] == target
    assert wiki.row("block_target")["bt_count"] == 1


def test_two_blocks_on_one_account(make_wiki):
    """The new schema has no key against them: what the wiki made stays, ours goes."""
    wiki = make_wiki()
    user = full_account(wiki)
    wiki.apply({"name": "Jane doe", "state": "disabled"})
    target = wiki.row("block_target")["bt_id"]
    wiki.insert("block", bl_target=target, bl_by_actor=1, bl_reason_id=1, bl_timestamp=NOW, bl_expiry=FUTURE)
    wiki.update("block_target", {"bt_id": target}, bt_count=2)
    wiki.apply({"name": "Jane doe", "state": "enabled"})
    assert wiki.row("block")["bl_expiry"] == FUTURE
    assert wiki.row("block_target")["bt_count"] == 1
    assert wiki.row("block_target")["bt_user"] == user


def test_a_release_with_both_schemas_uses_the_old_one(make_wiki):
    wiki = make_wiki(old=True)
    wiki.run("CREATE TABLE block (bl_id INTEGER PRIMARY KEY)")
    wiki.run("CREATE TABLE block_target (bt_id INTEGER PRIMARY KEY)")
    full_account(wiki)
    wiki.apply({"name": "Jane doe", "state": "disabled"})
    assert len(wiki.rows("ipblocks")) == 1
    assert wiki.rows("block") == wiki.rows("block_target") == []


def test_since_1_44_the_log_names_the_block(make_wiki):
    wiki = make_wiki()
    wiki.run("CREATE TABLE filerevision (fr_id INTEGER PRIMARY KEY, fr_actor INTEGER)")
    full_account(wiki)
    wiki.apply({"name": "Jane doe", "state": "disabled"})
    wiki.apply({"name": "Jane doe", "state": "enabled"})
    block, unblock = wiki.log("Jane doe")
    assert block[3] == BLOCK_PARAMS.replace("a:3:", "a:4:").replace("b:1;}", 'b:1;s:7:"blockId";i:1;}')
    assert unblock[3] == 'a:1:{s:7:"blockId";i:1;}'


def test_a_performer_blocks(wiki):
    full_account(wiki)
    wiki.apply({"name": "Jane doe", "state": "disabled"}, performer="Admin")
    assert wiki.blocks()["Jane doe"]["by_actor"] == 1
    assert wiki.log("Jane doe")[0][2] == "Admin"
    assert wiki.rows("user", user_name="Maintenance script") == []
