# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is refused, with which words, and that nothing is written then; and what is only warned of."""

from __future__ import annotations

import pytest

from ansible_collections.auth.services.plugins.module_utils.account import AccountError, OptionError
from ansible_collections.auth.services.plugins.module_utils.database import SchemaError
from ansible_collections.auth.services.tests.unit.applications.mediawiki import PASSWORD, PASSWORD_HASH


def refused(wiki, *entries, **request):
    """What is said when the entries are refused; the same in check mode."""
    before = wiki.path.read_bytes()
    texts = set()
    for check_mode in (True, False):
        with pytest.raises((AccountError, OptionError)) as caught:
            wiki.apply(*entries, check_mode=check_mode, **request)
        texts.add(str(caught.value))
    assert wiki.path.read_bytes() == before
    assert len(texts) == 1
    return texts.pop()


@pytest.mark.parametrize(("given", "problem"), [
    ({"email": "x" * 289 + "@example.org"}, "email has 301 bytes; MediaWiki stores at most 255"),
    ({"email": "jane"}, "MediaWiki does not accept the email 'jane'"),
    ({"email": "jane doe@example.org"}, "MediaWiki does not accept the email 'jane doe@example.org'"),
    ({"email": "jäne@example.org"}, "MediaWiki does not accept the email 'jäne@example.org'"),
    ({"email": "jane@exämple.org"}, "MediaWiki does not accept the email"),
    ({"email": "jane@x..org"}, "MediaWiki does not accept the email"),
    ({"email": "jane@[127.0.0.1]"}, "MediaWiki does not accept the email"),
    ({"email": '"jane"@example.org'}, "MediaWiki does not accept the email"),
    ({"email": "jane@example.org\n@x"}, "email contains a control character"),
    ({"email": "", "email_confirmed": True}, "email_confirmed: there is no e-mail address to confirm"),
    ({"email_confirmed": True}, "email_confirmed: there is no e-mail address to confirm"),
    ({"real_name": "é" * 128}, "real_name has 256 bytes"),
    ({"real_name": "a\x00b"}, "real_name contains a control character"),
    ({"reason": "x" * 501}, "reason is longer than the 500 characters"),
    ({"password": ""}, "the password is empty"),
    ({"password": "x" * 4097}, "longer than 4096 bytes"),
    ({"password_hash": "secret-hash"}, "MediaWiki cannot verify this password_hash"),
])
@pytest.mark.parametrize("there", [True, False])
def test_values(new_wiki, given, problem, there):
    if there:
        new_wiki.add_user("Jane")
    text = refused(new_wiki, {"name": "jane", **given})
    assert f"'jane': {problem}" in text or ("'jane': " in text and problem in text)
    assert "secret-hash" not in text


@pytest.mark.parametrize("email", ["a@b", "a.@x.org", "a'b@x.org", "a+b@x.org", "x" * 243 + "@example.org"])
def test_addresses_that_mediawiki_accepts(new_wiki, email):
    new_wiki.apply({"name": "Jane", "email": email})
    assert new_wiki.user("Jane")["user_email"] == email


@pytest.mark.parametrize(("name", "problem"), [
    ("", "it is empty"), (" ", "it is empty"), ("__", "it is empty"), ("a#b", "'#'"), ("a/b", "'/'"), ("a<b", "'<'"), ("10.0.0.1", "IP address"),
    ("Talk:Jane", "namespace"), ("wikipedia:Jane", "another wiki"), ("x" * 256, "256 bytes"), ("x" * 236, "236 bytes"),
    ("jane@example.org", "'@'"), ("Jane\x00", "U+0000"), ("Jane\u200bDoe", "U+200B"),
])
def test_names(new_wiki, name, problem):
    text = refused(new_wiki, {"name": name}, {"name": "John"})
    assert f"{name!r}: " in text
    assert problem in text


def test_a_name_with_a_colon_may_exist(new_wiki):
    new_wiki.add_user("Fr:Jane")
    assert new_wiki.actions({"name": "fr:Jane", "real_name": "Jane"}) == {"Fr:Jane": "updated"}
    assert "'fr:John'" in refused(new_wiki, {"name": "fr:John"})


def test_two_entries_for_one_account(new_wiki):
    assert "'jane': is the same account as 'Jane'" in refused(new_wiki, {"name": "Jane"}, {"name": "jane"})
    assert "'Jane': is listed twice" in refused(new_wiki, {"name": "Jane"}, {"name": "Jane"})
    text = refused(new_wiki, {"name": "Jane Doe"}, {"name": "John"}, {"name": "Jane_Doe"}, {"name": "User:Jane  Doe"})
    assert "'Jane_Doe': is the same account as 'Jane Doe'" in text
    assert "'User:Jane  Doe': is the same account as 'Jane Doe'" in text


def test_every_problem_is_told_at_once(new_wiki):
    text = refused(new_wiki, {"name": "a#b"}, {"name": "Jane", "email": "x"}, {"name": "John"}, {"name": "Joan", "groups": ["user"]})
    assert "'a#b': " in text and "'Jane': " in text and "'Joan': " in text
    assert "John" not in text


# Accounts that are not ours to change


@pytest.mark.parametrize("given", [{"state": "absent"}, {"state": "disabled"}, {"password": PASSWORD}, {"email": "a@b"}, {"groups": ["bot"]}])
def test_system_users(wiki, given):
    wiki.add_user("Robot", user_password="", user_token="*** INVALID ***")
    assert "'Robot': it is a system user of MediaWiki, so it is never changed" in refused(wiki, {"name": "Robot", **given})
    assert wiki.actions({"name": "Robot"}) == {}


RESERVED = ["Maintenance script", "MediaWiki default", "ScriptImporter", "Unknown user", "Redirect fixer", "~alice"]


@pytest.mark.parametrize("name", RESERVED)
def test_reserved_names_are_not_given_to_new_accounts(new_wiki, name):
    assert "MediaWiki reserves" in refused(new_wiki, {"name": name})


@pytest.mark.parametrize("name", RESERVED)
def test_who_has_a_reserved_name_can_be_shut_out(new_wiki, name):
    """Names that another release, language or configuration allows: the stranger who took one is no system user."""
    new_wiki.add_user(name)
    account = new_wiki.read(name)[name]
    assert not account.protected and "MediaWiki reserves" in account.undecided
    assert new_wiki.actions({"name": name, "state": "disabled"}) == {name: "disabled"}
    assert new_wiki.user(name)["user_token"] == "*** INVALID ***"


@pytest.mark.parametrize(("name", "columns", "protected"), [
    ("Robot", {"user_password": "", "user_token": "*** INVALID ***"}, True),
    ("Redirect fixer", {"user_password": "", "user_token": ""}, True),  # made by a release before 1.27
    ("Redirect fixer", {"user_password": ""}, False),  # who comes in by single sign-on has no password, but a token
    ("Robot", {"user_password": "", "user_token": ""}, False),
    ("Robot", {"user_password": "", "user_token": "*** INVALID ***", "user_newpassword": PASSWORD_HASH}, False),
])
def test_what_a_system_user_is(new_wiki, name, columns, protected):
    new_wiki.add_user(name, **columns)
    assert bool(new_wiki.read(name)[name].protected) is protected


def test_temporary_accounts(new_wiki):
    new_wiki.add_user("~2026-77", user_is_temp=1)
    new_wiki.add_user("Somebody", user_is_temp=1)
    assert "'~2026-77': " in refused(new_wiki, {"name": "~2026-77", "state": "disabled"})
    assert "'Somebody': it is a temporary account" in refused(new_wiki, {"name": "Somebody", "state": "disabled"})
    assert "'~2026-78': " in refused(new_wiki, {"name": "~2026-78"})


def test_edits_under_the_name_of_nobody(wiki):
    wiki.insert("actor", actor_name="Jane", actor_user=None)
    assert "'jane': there is no such account, but edits under this name" in refused(wiki, {"name": "jane"})


def test_an_actor_of_another_account(wiki):
    wiki.insert("actor", actor_name="Jane", actor_user=99)
    text = refused(wiki, {"name": "jane"})
    assert "'jane': there is no such account, but table actor gives this name to user id 99" in text


# The performer


@pytest.mark.parametrize("name", ["Nobody", "a#b", "", "10.0.0.1"])
def test_a_performer_who_is_none(wiki, name):
    text = refused(wiki, {"name": "Jane"}, performer=name)
    assert text.startswith("performer") and repr(name) in text
    assert "'Jane'" not in text


def test_nobody_asks_for_the_performer_when_nothing_is_logged(wiki):
    assert wiki.actions({"name": "Admin"}, performer="Nobody") == {}


def test_an_anonymous_actor_performs_nothing(wiki):
    wiki.insert("actor", actor_name="10.0.0.1", actor_user=None)
    wiki.insert("actor", actor_name="Imported", actor_user=None)
    assert "there is no account 'Imported'" in refused(wiki, {"name": "Jane"}, performer="Imported")


@pytest.mark.parametrize("entry", [{"name": "John"}, {"name": "Jane", "groups": ["bot"]}, {"name": "Jane", "state": "disabled"}])
def test_a_performer_who_never_did_anything(wiki, entry):
    wiki.add_user("Jane")
    boss = wiki.add_user("Boss")
    wiki.run("DELETE FROM {actor} WHERE actor_name = 'Boss'")
    before = wiki.dump()
    wiki.apply(entry, performer="boss", check_mode=True)
    assert wiki.dump() == before
    wiki.apply(entry, performer="boss")
    assert wiki.row("actor", actor_name="Boss")["actor_user"] == boss
    assert {row[2] for row in wiki.log(entry["name"])} == {"Boss"}
    assert wiki.rows("user", user_name="Maintenance script") == []


@pytest.mark.parametrize("change", ["actor_user = NULL", "actor_user = 99", "actor_name = 'Somebody'"])
def test_a_performer_whose_actor_is_another(wiki, change):
    """MediaWiki cannot name such an account either (CannotCreateActorException)."""
    wiki.add_user("Jane")
    boss = wiki.add_user("Boss")
    wiki.run(f"UPDATE {{actor}} SET {change} WHERE actor_name = 'Boss'")
    assert f"performer 'boss': the rows of the table actor for 'Boss' contradict its account, whose user id is {boss}" in refused(
        wiki, {"name": "John"}, performer="boss")
    assert wiki.actions({"name": "Jane", "state": "disabled"}, performer="boss") == {"Jane": "disabled"}


# Weak passwords


@pytest.mark.parametrize(("given", "weak"), [
    ({"password": "7letter"}, True), ({"password": "8letters"}, False), ({"password": "€€€"}, False), ({"password": "jane-doe"}, False),
    ({"password": "Jane Doe x"}, True), ({"password": "9letters-", "groups": ["sysop"]}, True), ({"password": "9letters-", "groups": ["suppress"]}, False),
    ({"password": "10letters-", "groups": ["bot"]}, False), ({"password_hash": PASSWORD_HASH}, False), ({}, False),
])
def test_weak_passwords_are_warned_of(new_wiki, given, weak):
    for check_mode in (True, False):
        warnings = new_wiki.apply({"name": "Jane doe x", **given}, check_mode=check_mode).warnings
        assert len(warnings) == weak
        assert not weak or "'Jane doe x'" in warnings[0]
        assert given.get("password", "?!") not in " ".join(warnings).replace("'Jane doe x'", "")
    assert new_wiki.apply({"name": "Jane doe x", **given}).warnings == []


def test_groups_that_are_there_count(new_wiki):
    new_wiki.add_user("Jane")
    new_wiki.insert("user_groups", ug_user=2, ug_group="bureaucrat")
    assert len(new_wiki.apply({"name": "Jane", "password": "9letters-"}).warnings) == 1
    assert new_wiki.apply({"name": "Jane", "password": "10letters-"}).warnings == []


def test_many_weak_passwords_are_one_warning(new_wiki):
    entries = [{"name": f"User {number}", "password": "weak"} for number in range(25)]
    [warning] = new_wiki.apply(*entries, check_mode=True).warnings
    assert "and 15 more" in warning


# Other databases


@pytest.mark.parametrize("table", ["user", "user_groups", "comment", "block", "block_target", "interwiki"])
def test_tables_that_reading_needs(new_wiki, table):
    new_wiki.run(f"DROP TABLE {{{table}}}")
    with pytest.raises(SchemaError, match=f"table {table} not found"):
        new_wiki.apply({"name": "Admin"})


@pytest.mark.parametrize(("table", "entry"), [
    ("actor", {"name": "Jane"}), ("site_stats", {"name": "Jane"}), ("watchlist", {"name": "Jane"}), ("logging", {"name": "Jane"}),
    ("bot_passwords", {"name": "Admin", "state": "disabled"}), ("log_search", {"name": "Admin", "state": "disabled"}),
    ("recentchanges", {"name": "Admin", "state": "disabled"}), ("user_former_groups", {"name": "Admin", "groups": []}),
    ("user_properties", {"name": "Gone", "state": "absent"}), ("user_newtalk", {"name": "Gone", "state": "absent"}),
    ("logging", {"name": "Gone", "state": "absent"}),
])
def test_tables_that_writing_needs(wiki, table, entry):
    wiki.add_user("Gone")
    wiki.run(f"DROP TABLE {{{table}}}")
    assert wiki.actions({"name": "Admin"}) == {}
    before = wiki.dump()
    for check_mode in (True, False):
        with pytest.raises(SchemaError, match=f"table {wiki.prefix}{table} not found"):
            wiki.apply(entry, check_mode=check_mode)
    assert wiki.dump() == before


def test_a_column_that_writing_needs(wiki):
    wiki.run("ALTER TABLE {site_stats} RENAME COLUMN ss_users TO ss_people")
    with pytest.raises(SchemaError, match=f"table {wiki.prefix}site_stats has no column ss_users"):
        wiki.apply({"name": "Jane"})


def test_tables_of_another_application(new_wiki):
    new_wiki.run("DROP TABLE {interwiki}")
    new_wiki.run("ALTER TABLE {user} RENAME COLUMN user_real_name TO full_name")
    with pytest.raises(SchemaError, match="table user has no column user_real_name"):
        new_wiki.apply({"name": "Jane"})


def test_the_prefix_of_another_wiki(make_wiki):
    wiki = make_wiki("mw_")
    with pytest.raises(SchemaError, match="Tables with the prefix 'mw_' are there: set table_prefix"):
        wiki.apply({"name": "Jane"}, database=wiki.database(table_prefix=""))


def test_a_wiki_that_shares_the_accounts_of_another(make_wiki):
    """$wgSharedPrefix: the other wiki has all tables, and is not this one."""
    wiki = make_wiki("en_")
    for table in ("user_groups", "comment", "block", "block_target", "interwiki"):
        wiki.run(f"CREATE TABLE de_{table} AS SELECT * FROM en_{table}")
    with pytest.raises(SchemaError, match="table de_user not found, but de_user_groups is there") as caught:
        wiki.apply({"name": "Jane"}, database=wiki.database(table_prefix="de_"))
    assert "$wgSharedDB" in str(caught.value) and "en_" not in str(caught.value)


@pytest.mark.parametrize("half", [
    "INSERT INTO {actor} (actor_name) VALUES ('Maintenance script')",
    "INSERT INTO {user} (user_name, user_password, user_newpassword, user_email, user_touched) VALUES ('Maintenance script', '', '', '', '2')",
])
def test_half_a_system_user_is_used(wiki, half):
    wiki.add_user("Jane")
    wiki.run(half)
    assert wiki.actions({"name": "Jane", "groups": ["sysop"]}) == {"Jane": "updated"}
    assert [row[2] for row in wiki.log("Jane")] == ["Maintenance script"]
    assert len(wiki.rows("actor", actor_name="Maintenance script")) == 1


def test_a_name_that_is_not_utf8(wiki):
    wiki.add_user("Jane")
    wiki.run("UPDATE {user} SET user_name = CAST(X'4AE46E65' AS TEXT) WHERE user_name = 'Jane'")
    assert wiki.actions({"name": "Admin"}, complete=True, unlisted="disable", unlisted_limit="100%") == {}


def test_a_membership_until_infinity(wiki):
    user = wiki.add_user("Jane")
    wiki.insert("user_groups", ug_user=user, ug_group="bot", ug_expiry="infinity")
    assert wiki.actions({"name": "Jane", "groups": ["bot"], "group_expiry": {}}) == {}
