# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Creating and changing accounts. Expected rows are those that MediaWiki 1.39 and 1.43 were seen to write."""

from __future__ import annotations

import re
import zlib

import pytest

from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.passwords import SCHEMES
from ansible_collections.auth.services.tests.unit.applications.mediawiki import PASSWORD, PASSWORD_HASH

NOW = "20261123120000"
TOKEN = re.compile("[0-9a-f]{32}")


def changed_tables(wiki, before):
    after = wiki.dump()
    return sorted(name[len(wiki.prefix) :] for name in before if before[name] != after[name])


def test_rows_of_a_new_account(wiki):
    before = wiki.dump()
    assert wiki.actions({"name": "jane_doe", "password": PASSWORD, "email": "jane@example.org", "real_name": "Jäne"}) == {"Jane doe": "created"}
    assert changed_tables(wiki, before) == ["actor", "logging", "site_stats", "user", "watchlist"]
    user = wiki.user("Jane doe")
    token, stored = user.pop("user_token"), user.pop("user_password")
    assert TOKEN.fullmatch(token)
    assert SCHEMES.verify(stored, PASSWORD)
    assert user.pop("user_is_temp", 0) == 0
    assert user == {
        "user_id": 2, "user_name": "Jane doe", "user_real_name": "Jäne", "user_newpassword": "", "user_newpass_time": None,
        "user_email": "jane@example.org", "user_touched": NOW, "user_email_authenticated": None, "user_email_token": "",
        "user_email_token_expires": None, "user_registration": NOW, "user_editcount": 0, "user_password_expires": None,
    }
    assert wiki.row("actor", actor_user=2) == {"actor_id": 2, "actor_user": 2, "actor_name": "Jane doe"}
    assert wiki.row("site_stats")["ss_users"] == 2
    assert [(row["wl_namespace"], row["wl_title"], row["wl_notificationtimestamp"]) for row in wiki.rows("watchlist", wl_user=2)] == [
        (2, "Jane_doe", None), (3, "Jane_doe", None)]
    assert wiki.rows("logging") == [{
        "log_id": 1, "log_type": "newusers", "log_action": "autocreate", "log_timestamp": NOW, "log_actor": 2, "log_namespace": 2,
        "log_title": "Jane_doe", "log_page": 0, "log_comment_id": 1, "log_params": 'a:1:{s:9:"4::userid";i:2;}', "log_deleted": 0}]


def test_everything_is_stored_as_text(wiki):
    """A BLOB is not equal to what the wiki looks for."""
    wiki.apply({"name": "jane", "password": PASSWORD, "email": "a@b", "groups": ["bot"], "group_expiry": {"bot": "2030-01-02T03:04:05Z"}})
    wiki.apply({"name": "jane", "state": "disabled", "reason": "gone"})
    kinds = {type(value) for rows in wiki.dump().values() for row in rows for _kind, value in row.values()}
    assert kinds == {str, int, type(None)}


def test_a_new_account_in_the_name_of_a_performer(wiki):
    assert wiki.actions({"name": "Jane", "reason": "Welcome"}, performer="admin") == {"Jane": "created"}
    assert wiki.log("Jane") == [("newusers", "create2", "Admin", 'a:1:{s:9:"4::userid";i:2;}')]
    comment = wiki.row("comment", comment_text="Welcome")
    assert comment["comment_hash"] == crc32("Welcome")
    assert comment["comment_data"] is None
    assert wiki.row("logging")["log_comment_id"] == comment["comment_id"]
    assert wiki.rows("recentchanges") == [{
        "rc_id": 1, "rc_timestamp": NOW, "rc_actor": 1, "rc_namespace": 2, "rc_title": "Jane", "rc_comment_id": comment["comment_id"],
        "rc_minor": 0, "rc_bot": 0, "rc_new": 0, "rc_cur_id": 0, "rc_this_oldid": 0, "rc_last_oldid": 0, "rc_type": 3,
        "rc_source": "mw.log", "rc_patrolled": 2, "rc_ip": "127.0.0.1", "rc_old_len": None, "rc_new_len": None, "rc_deleted": 0,
        "rc_logid": 1, "rc_log_type": "newusers", "rc_log_action": "create2", "rc_params": 'a:1:{s:9:"4::userid";i:2;}'}]
    # the performer's doing is news for the account, which watches its own page
    assert [(row["wl_namespace"], row["wl_notificationtimestamp"]) for row in wiki.rows("watchlist")] == [(2, NOW), (3, None)]
    assert wiki.rows("actor", actor_name="Maintenance script") == []


def crc32(text):
    value = zlib.crc32(text.encode())
    return value - 2**32 if value >= 2**31 else value


def test_a_new_account_without_password_cannot_log_in_by_one(wiki):
    wiki.apply({"name": "Jane"})
    assert wiki.user("Jane")["user_password"] == ""


def test_a_given_hash_is_stored_as_it_is(wiki):
    wiki.apply({"name": "Jane", "password_hash": PASSWORD_HASH})
    assert wiki.user("Jane")["user_password"] == PASSWORD_HASH
    assert wiki.actions({"name": "Jane", "password_hash": PASSWORD_HASH}) == {}
    assert wiki.actions({"name": "Jane", "password": PASSWORD}) == {}


def test_a_confirmed_address_of_a_new_account(wiki):
    wiki.apply({"name": "Jane", "email": "jane@example.org", "email_confirmed": True})
    assert wiki.user("Jane")["user_email_authenticated"] == NOW


def test_groups_of_a_new_account(wiki):
    wiki.apply({"name": "Jane", "groups": ["sysop", "bot"], "group_expiry": {"bot": "20300102030405"}})
    assert wiki.groups(2) == {"bot": "20300102030405", "sysop": None}
    assert wiki.log("Jane") == [
        ("newusers", "autocreate", "Jane", 'a:1:{s:9:"4::userid";i:2;}'),
        ("rights", "rights", "Maintenance script",
         ('a:4:{s:12:"4::oldgroups";a:0:{}s:12:"5::newgroups";a:2:{i:0;s:5:"sysop";i:1;s:3:"bot";}s:11:"oldmetadata";a:0:{}'
          's:11:"newmetadata";a:2:{i:0;a:1:{s:6:"expiry";N;}i:1;a:1:{s:6:"expiry";s:14:"20300102030405";}}}')),
    ]
    assert wiki.rows("user_former_groups") == []


def test_the_system_user_is_made_once(wiki):
    wiki.apply({"name": "Jane", "groups": ["bot"]})
    script = wiki.user("Maintenance script")
    assert script.pop("user_is_temp", 0) == 0
    assert script == {
        "user_id": 3, "user_name": "Maintenance script", "user_real_name": "", "user_password": "", "user_newpassword": "",
        "user_newpass_time": None, "user_email": "", "user_touched": NOW, "user_token": "*** INVALID ***",
        "user_email_authenticated": None, "user_email_token": None, "user_email_token_expires": None, "user_registration": NOW,
        "user_editcount": 0, "user_password_expires": None,
    }
    assert wiki.row("actor", actor_user=3)["actor_name"] == "Maintenance script"
    # it is neither counted nor logged, and watches nothing
    assert wiki.row("site_stats")["ss_users"] == 2
    assert wiki.log("Maintenance script") == []
    assert wiki.rows("watchlist", wl_user=3) == []
    wiki.apply({"name": "Jane", "groups": []})
    wiki.apply({"name": "John", "groups": ["bot"]})
    assert len(wiki.rows("user")) == 4
    assert [entry[2] for entry in wiki.log("Jane")[1:]] == ["Maintenance script"] * 2


def test_equal_comments_are_stored_once(wiki):
    wiki.apply({"name": "Jane", "reason": "Welcome"}, {"name": "John", "reason": "Welcome"}, {"name": "Joan"})
    wiki.apply({"name": "Jack", "reason": "Welcome"})
    assert [row["comment_text"] for row in wiki.rows("comment")] == ["", "Welcome"]
    assert [row["log_comment_id"] for row in wiki.rows("logging")] == [2, 2, 1, 2]


# Once more, and in check mode

ENTRIES = [
    {"name": "Jane", "password": PASSWORD, "email": "jane@example.org", "email_confirmed": True, "real_name": "J", "groups": ["bot"],
     "group_expiry": {"bot": "2030-01-02"}},
    {"name": "John", "state": "enabled", "password_hash": PASSWORD_HASH, "groups": []},
    {"name": "Admin", "state": "disabled", "real_name": "The Boss", "email": "", "groups": ["sysop"], "password": "An-other-9"},
    {"name": "Gone", "state": "absent"},
    {"name": "Nobody", "state": "disabled"},
]


def test_the_second_run_changes_nothing(wiki):
    wiki.add_user("Gone")
    assert wiki.actions(*ENTRIES) == {"Jane": "created", "John": "created", "Admin": "disabled", "Gone": "removed"}
    before = wiki.path.read_bytes()
    assert wiki.actions(*ENTRIES) == {}
    assert wiki.path.read_bytes() == before


def test_check_mode_says_the_same_and_leaves_the_file_alone(wiki):
    wiki.add_user("Gone")
    before = wiki.path.read_bytes()
    checked = wiki.apply(*ENTRIES, check_mode=True)
    assert wiki.path.read_bytes() == before
    real = wiki.apply(*ENTRIES)
    assert [(change.name, change.action, change.fields) for change in checked.plan.changes] == [
        (change.name, change.action, change.fields) for change in real.plan.changes]
    assert checked.warnings == real.warnings
    assert wiki.path.read_bytes() != before


def test_a_failure_leaves_the_file_alone(wiki, pauses):
    wiki.run("CREATE TRIGGER full BEFORE INSERT ON {logging} BEGIN SELECT RAISE(FAIL, 'disk full'); END")
    before = wiki.dump()
    with pytest.raises(Exception, match="disk full"):
        wiki.apply({"name": "Jane", "password": PASSWORD})
    assert wiki.dump() == before


def test_accounts_of_the_wiki_itself_are_unchanged(wiki):
    wiki.add_user("Jane doe", user_email="jane@example.org", user_real_name="Jane", user_email_authenticated="20261101120000")
    assert wiki.actions(
        {"name": "jane doe", "state": "enabled", "password": PASSWORD, "email": "jane@example.org", "email_confirmed": True,
         "real_name": "Jane", "groups": []},
        {"name": "admin", "groups": ["sysop", "bureaucrat"], "email": "admin@example.org"},
    ) == {}


# Fields of an account that exists

CONFIRMED = {"user_email": "old@example.org", "user_email_authenticated": "20261101120000"}
PENDING = {"user_email": "old@example.org", "user_email_token": "ab", "user_email_token_expires": "20261108120000"}
NO_TOKEN = {"user_email_token": None, "user_email_token_expires": None}


@pytest.mark.parametrize(("stored", "given", "expected"), [
    # another address is not confirmed, unless said so
    (CONFIRMED, {"email": "new@example.org"}, {"user_email": "new@example.org", "user_email_authenticated": None, **NO_TOKEN}),
    (PENDING, {"email": "new@example.org"}, {"user_email": "new@example.org", "user_email_authenticated": None, **NO_TOKEN}),
    (CONFIRMED, {"email": "new@example.org", "email_confirmed": True},
     {"user_email": "new@example.org", "user_email_authenticated": NOW, **NO_TOKEN}),
    ({}, {"email": "new@example.org", "email_confirmed": True},
     {"user_email": "new@example.org", "user_email_authenticated": NOW, **NO_TOKEN}),
    (CONFIRMED, {"email": "new@example.org", "email_confirmed": False},
     {"user_email": "new@example.org", "user_email_authenticated": None, **NO_TOKEN}),
    # the same address: confirming leaves the token, as User::confirmEmail does
    (PENDING, {"email_confirmed": True}, {"user_email_authenticated": NOW, "user_email_token": "ab"}),
    (PENDING, {"email": "old@example.org", "email_confirmed": True}, {"user_email_authenticated": NOW, "user_email_token": "ab"}),
    (CONFIRMED, {"email_confirmed": False}, {"user_email": "old@example.org", "user_email_authenticated": None, **NO_TOKEN}),
    # no address
    (CONFIRMED, {"email": ""}, {"user_email": "", "user_email_authenticated": None, **NO_TOKEN}),
    (CONFIRMED, {"email": "", "email_confirmed": False}, {"user_email": "", "user_email_authenticated": None, **NO_TOKEN}),
    # nothing to do
    (CONFIRMED, {"email": "old@example.org"}, None),
    (CONFIRMED, {"email": " old@example.org "}, None),
    (CONFIRMED, {"email_confirmed": True}, None),
    (PENDING, {"email_confirmed": False}, None),
    ({}, {"email": "", "email_confirmed": False}, None),
])
def test_addresses(wiki, stored, given, expected):
    wiki.add_user("Jane", **stored)
    before = wiki.user("Jane")
    assert wiki.actions({"name": "Jane", **given}) == ({} if expected is None else {"Jane": "updated"})
    touched = {} if expected is None else {"user_touched": NOW}
    assert wiki.user("Jane") == {**before, **(expected or {}), **touched}
    assert wiki.actions({"name": "Jane", **given}) == {}
    assert wiki.log("Jane") == []


def test_another_real_name(wiki):
    wiki.add_user("Jane", user_real_name="Jane")
    before = wiki.user("Jane")
    assert wiki.actions({"name": "Jane", "real_name": "Jürgen"}) == {"Jane": "updated"}
    assert wiki.user("Jane") == {**before, "user_real_name": "Jürgen", "user_touched": NOW}


@pytest.mark.parametrize(("touched", "after"), [
    ("20261101120000", NOW), (NOW, "20261123120001"), ("20261231235959", "20270101000000"), ("", NOW), ("garbage", NOW),
])
def test_user_touched_always_grows(wiki, touched, after):
    wiki.add_user("Jane", user_touched=touched)
    wiki.apply({"name": "Jane", "real_name": "Jane"})
    assert wiki.user("Jane")["user_touched"] == after


def test_another_password(wiki):
    user = wiki.add_user("Jane", user_newpassword=PASSWORD_HASH, user_newpass_time="20261101120000", user_password_expires="20200101000000",
                         user_email="jane@example.org")
    other = wiki.add_user("John")
    for owner, app in ((user, "bot"), (user, "tool"), (other, "bot")):
        wiki.insert("bot_passwords", bp_user=owner, bp_app_id=app, bp_password=PASSWORD_HASH, bp_restrictions="{}", bp_grants="[]")
    before, others = wiki.user("Jane"), wiki.user("John")
    assert wiki.actions({"name": "Jane", "password": "An-other-9"}) == {"Jane": "updated"}
    after = wiki.user("Jane")
    assert SCHEMES.verify(after["user_password"], "An-other-9")
    assert not SCHEMES.verify(after["user_password"], PASSWORD)
    assert TOKEN.fullmatch(after["user_token"]) and after["user_token"] != before["user_token"]
    assert after == {**before, "user_password": after["user_password"], "user_token": after["user_token"], "user_newpassword": "",
                     "user_newpass_time": None, "user_password_expires": None, "user_touched": NOW}
    assert [(row["bp_user"], row["bp_password"]) for row in wiki.rows("bot_passwords")] == [
        (user, ""), (user, ""), (other, PASSWORD_HASH)]
    assert wiki.user("John") == others
    assert wiki.log("Jane") == []
    assert wiki.actions({"name": "Jane", "password": "An-other-9"}) == {}


def test_on_create_leaves_a_password_alone(wiki):
    wiki.add_user("Jane")
    assert wiki.actions({"name": "Jane", "password": "An-other-9", "update_password": "on_create"}) == {}


def test_a_hash_of_an_unknown_type(wiki):
    wiki.add_user("Jane", user_password=":encrypted:secret-stuff")
    with pytest.raises(Exception, match="'jane': the stored password is of type 'encrypted'") as caught:
        wiki.apply({"name": "jane", "password": PASSWORD})
    assert "secret-stuff" not in str(caught.value)
    assert wiki.actions({"name": "jane", "password": PASSWORD, "update_password": "on_create"}) == {}
    assert wiki.actions({"name": "jane", "password_hash": PASSWORD_HASH}) == {"Jane": "updated"}


def test_the_cache_in_the_database_is_purged(make_wiki):
    wiki = make_wiki()
    wiki.run("CREATE TABLE objectcache (keyname BLOB PRIMARY KEY, value BLOB, exptime BLOB)")
    user = wiki.add_user("Jane")
    domain = str(wiki.path).replace("?", "??").replace("-", "?h")
    keys = [f"WANCache:global:user:id:{domain}:{number}|#|{kind}" for number in (user, 1) for kind in "vitm"]
    for key in keys:
        wiki.insert("objectcache", keyname=key)
    wiki.apply({"name": "Jane", "real_name": "Jane"})
    assert sorted(row["keyname"] for row in wiki.rows("objectcache")) == sorted(keys[4:])
