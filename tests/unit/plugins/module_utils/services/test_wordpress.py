# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts of WordPress, on SQLite."""

from __future__ import annotations

import time

import pytest

from ansible_collections.auth.services.plugins.module_utils.account import AccountError, OptionError
from ansible_collections.auth.services.plugins.module_utils.database import SchemaError
from ansible_collections.auth.services.plugins.module_utils.passwords import UnverifiableHash, crypt
from ansible_collections.auth.services.plugins.module_utils.services.wordpress import passwords, texts
from ansible_collections.auth.services.plugins.module_utils.services.wordpress import site as wordpress_site
from ansible_collections.auth.services.tests.unit.applications.wordpress import (
    PORTABLE,
    ROLES,
    VECTORS,
    Site,
)
from ansible_collections.auth.services.tests.unit.installation import refusal


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path / "site.sqlite")


@pytest.fixture
def network(tmp_path):
    return Site(tmp_path / "network.sqlite", network=True)


def complaint(site, *entries, **request):
    """What is wrong with a run that does something all the same."""
    with pytest.raises(AccountError) as error:
        site.apply(*entries, **request)
    return str(error.value)


# Passwords


@pytest.mark.parametrize(("password", "stored"), VECTORS)
def test_hashes_of_wordpress(password, stored):
    assert passwords.schemes(True).verify(stored, password)
    assert not passwords.schemes(True).verify(stored, password + " ")
    assert passwords.schemes(False).verify(stored, password) is stored.startswith("$P$")
    passwords.check_hash(stored)


@pytest.mark.parametrize(("stored", "old", "new"), [
    ("$H$" + PORTABLE[3:], True, False),
    ("8c3146a7b8a9b92bcb5ad33bcb3b4bc8", False, False),
    ("", False, False),
    ("*", False, False),
    ("!" + PORTABLE, False, False),
    ("$P$", False, False),
    ("$P$S" + "x" * 31, False, False),
    ("$P$S" + "x" * 29, False, False),
    ("$P$SS" + "é" * 29, False, False),
    ("$P$4" + "x" * 30, False, False),
    ("$P$T" + "x" * 30, False, False),
    ("$wp$2y$031$" + "x" * 53, False, False),
    ("$wp$2y$+31$" + "x" * 53, False, False),
    ("$wp$2y$٣١$" + "x" * 53, False, False),
    ("$wp$wp$2y$31$" + "x" * 53, False, False),
    ("$wp$2y$10$", False, False),
])
def test_which_hashes_let_in(stored, old, new):
    assert passwords.schemes(False).verify(stored, "correct horse") is old
    assert passwords.schemes(True).verify(stored, "correct horse") is new


def test_md5():
    assert passwords.schemes(True).verify("900150983cd24fb0d6963f7d28e17f72", "abc")  # RFC 1321


@pytest.mark.parametrize("stored", [
    "$6$salt$" + "x" * 86, "$1$salt$" + "x" * 30, "$P$S" + "x" * 30, "$P$M" + "x" * 30, "$wp$2y$31$" + "x" * 53, "$2y$17$" + "x" * 53,
    "$argon2id$v=19$m=3145728,t=1,p=1$dE5SdFQ3WERuZkd5WWUxVA$KGVRWiyUfnkVHpV5Huj4TyGR5OzDE4KaiAB5ARXOM8U",
])
def test_hashes_that_nobody_verifies(stored):
    with pytest.raises(UnverifiableHash):
        passwords.schemes(True).verify(stored, "correct horse")


def test_new_hashes():
    for stored in (passwords.schemes(True, 4).make("x" * 100), passwords.schemes(False).make("x" * 100)):
        passwords.check_hash(stored)
        assert passwords.schemes(True).verify(stored, "x" * 100)
        assert not passwords.schemes(True).verify(stored, "x" * 99)
    assert passwords.cost_of(passwords.schemes(True, 4).make("x")) == 4
    assert passwords.cost_of("") == 10
    for cost, new in (("12", 12), ("14", 14), ("15", 14), ("31", 14), ("+9", 10), ("99", 10), ("٣١", 10)):
        assert passwords.cost_of(f"$wp$2y${cost}$" + "x" * 53) == new


@pytest.mark.parametrize(("typed", "hashed"), [
    ("it's \"A\"", "it\\'s \\\"A\\\""),
    ("  \t blanks within \n", "blanks within"),
    ("Pässwörd €1", "Pässwörd €1"),
    ("\u00a0", "\u00a0"),  # PHP's trim() leaves it
])
def test_what_is_hashed_of_a_password(typed, hashed):
    assert passwords.CLEAR_PASSWORD.check(typed) == hashed


@pytest.mark.parametrize("typed", ["", "  ", "back\\slash", "a\0b", "x" * 4097, "ä" * 2049])
def test_passwords_that_wordpress_refuses(typed):
    with pytest.raises(ValueError, match="password"):
        passwords.CLEAR_PASSWORD.check(typed)


# Names and texts, as WordPress 6.1 and 7.1 answered


@pytest.mark.parametrize(("name", "slug"), [
    ("a.b@c d", "a-bc-d"), ("Jane_Doe", "jane_doe"), ("-x-", "x"), ("a--b", "a-b"), ("A.B-C.D_", "a-b-c-d_"), ("...", ""),
])
def test_nicename(name, slug):
    assert texts.nicename(name) == slug


def test_numbered_nicenames_are_not_longer():
    assert texts.numbered_nicename("x" * 50, 2) == "x" * 48 + "-2"
    assert texts.numbered_nicename("x" * 50, 10) == "x" * 47 + "-10"


@pytest.mark.parametrize(("name", "single", "network"), [
    ("alice", True, True), ("al1ce", True, True), ("Alice", True, False), ("a b", True, False), ("o@x.org", True, False),
    ("abc", True, False), ("1234", True, False), ("...", False, False), ("Zoé", False, False), ("a'b", False, False), ("a/b", False, False),
])
def test_new_names(name, single, network):
    assert (not texts.new_login_problem(name, False)) is single
    assert (not texts.new_login_problem(name, True)) is network


def test_names_as_they_are_typed():
    assert texts.login("  Jane \t Doe ") == "Jane Doe"
    for name in ("", " ", "x" * 61, "a\u0007b"):
        with pytest.raises(ValueError, match="name"):
            texts.login(name)


@pytest.mark.parametrize(("address", "good"), [
    ("A@Example.org", True), ("o'neil+x&y@x-y.org", True), ("", True), ("x@y", False), ("ü@x.org", False), ("a@b..c", False), ("a@-b.org", False),
    ("a@b-.org", False), ("a b@c.org", False), ("a@b.org.disabled.invalid", False), ("x" * 93 + "@b.org", True), ("x" * 95 + "@b.org", False),
])
def test_addresses(address, good):
    if good:
        assert texts.email(f" {address} ") == address
    else:
        with pytest.raises(ValueError, match="email"):
            texts.email(address)


@pytest.mark.parametrize("text", ["A & B", "Ω \"x\" 'y'", "a < b", "&eacute;", "&copy", "AT&T", "&amp;"])
def test_texts_are_stored_and_shown(text):
    shown = texts.person_name("display_name", text)
    assert texts.shown(texts.stored(shown)) == shown


@pytest.mark.parametrize(("text", "stored"), [("A & B", "A &amp; B"), ("x  y\tz", "x y z"), ("Tom's \"x\"", "Tom's \"x\""), ("&amp;", "&amp;")])
def test_texts_are_stored_as_wordpress_does(text, stored):
    assert texts.stored(texts.person_name("first_name", text)) == stored


@pytest.mark.parametrize("text", ["<b>bold</b>", "100%25"])
def test_texts_that_wordpress_alters(text):
    with pytest.raises(ValueError, match="strips"):
        texts.person_name("first_name", text)


@pytest.mark.parametrize("url", ["x.org", "javascript:alert(1)", "http://x.org/a b", "http://x/%0Ay", "http://", "http://x.org/" + "a" * 90])
def test_web_addresses_that_wordpress_alters(url):
    with pytest.raises(ValueError, match="url"):
        texts.url(url)


# Accounts


def test_a_new_account(site):
    site.apply({"name": "a.b", "email": "a&b@example.org", "first_name": "A & B", "password_hash": PORTABLE, "groups": ["editor"]}, {"name": "a b"})
    row = site.user("a.b")
    assert {**row, "ID": 0, "user_registered": ""} == {
        "ID": 0, "user_login": "a.b", "user_pass": PORTABLE, "user_nicename": "a-b", "user_email": "a&amp;b@example.org", "user_url": "",
        "user_registered": "", "user_activation_key": "", "user_status": 0, "display_name": "A &amp; B"}
    assert site.user("a b")["user_nicename"] == "a-b-2"
    assert site.meta("a.b")["wp_capabilities"] == 'a:1:{s:6:"editor";b:1;}' and site.meta("a.b")["wp_user_level"] == "7"
    assert site.meta("a b")["wp_capabilities"] == 'a:1:{s:10:"subscriber";b:1;}'
    assert site.row("options", option_name="user_count")["option_value"] == "2"
    assert not site.actions({"name": "a.b", "email": "a&b@example.org", "first_name": "A & B", "groups": ["editor"]})


def test_many_slugs_that_are_taken(site):
    for number in range(1, 130):
        site.insert("users", user_login=f"u{number}", user_nicename="a-b" if number == 1 else f"a-b-{number}")
    site.apply({"name": "a.b"}, {"name": "a b"})
    assert [site.user(name)["user_nicename"] for name in ("a.b", "a b")] == ["a-b-130", "a-b-131"]


def test_meta_of_older_versions(tmp_path):
    old = Site(tmp_path / "old.sqlite", 53496)
    old.apply({"name": "alice", "password": "secret"})
    assert "infinite_scrolling" not in old.meta("alice") and old.meta("alice")["admin_color"] == "fresh"
    assert old.user("alice")["user_pass"].startswith("$P$B")
    assert "before 6.8" in refusal(old, {"name": "alice", "password_hash": VECTORS[0][1]})


def test_without_bcrypt(site, monkeypatch):
    monkeypatch.setattr(crypt, "bcrypt", None)
    outcome = site.apply({"name": "alice", "password": "secret"})
    assert site.user("alice")["user_pass"].startswith("$P$B")
    assert [warning for warning in outcome.warnings if "bcrypt" in warning]


def test_roles_change_and_capabilities_stay(site):
    site.apply({"name": "alice", "groups": ["editor"]})
    site.update("usermeta", {"meta_key": "wp_capabilities"}, meta_value='a:3:{s:6:"editor";b:1;s:3:"own";b:0;s:7:"level_3";b:1;}')
    assert site.actions({"name": "alice", "groups": ["subscriber"]}) == {"alice": "updated"}
    assert site.meta("alice")["wp_capabilities"] == 'a:3:{s:3:"own";b:0;s:7:"level_3";b:1;s:10:"subscriber";b:1;}'
    assert site.meta("alice")["wp_user_level"] == "3"
    site.apply({"name": "alice", "groups": ["administrator"], "append_groups": True})
    assert list(site.read("alice")["alice"].groups) == ["subscriber", "administrator"]
    assert site.meta("alice")["wp_user_level"] == "10"
    site.update("usermeta", {"meta_key": "wp_capabilities"}, meta_value="a:1:{broken")


@pytest.mark.parametrize("broken", [
    'a:1:{s:6:"editor";b:1;' * 100000,
    'a:1:{s:6:"editor";s:8000000:"' + "x" * 8000000 + '";}', 'a:2:{s:6:"editor";b:1;s:1:"x";E:3:"A:B";}',
])
def test_capabilities_that_cannot_be_read(site, broken):
    site.apply({"name": "alice", "groups": ["subscriber"]}, {"name": "bobby"})
    site.update("usermeta", {"meta_key": "wp_capabilities", "user_id": site.user("alice")["ID"]}, meta_value=broken)
    account = site.read("alice")["alice"]
    assert list(account.groups) == ["editor"]  # rather one too many than an administrator whom nobody sees
    assert rights(site) == {"alice": ["roles and capabilities that cannot be read"]}
    outcome = site.apply({"name": "alice", "groups": []}, {"name": "bobby", "groups": ["editor"]})
    assert [warning for warning in outcome.warnings if "'alice' cannot be read" in warning]
    assert site.meta("alice")["wp_capabilities"] == "a:0:{}" and "editor" in site.meta("bobby")["wp_capabilities"]


@pytest.mark.parametrize(("stored", "groups", "kept"), [
    (None, [], ""), ("", [], ""), ("N;", [], ""), ("b:0;", [], ""), ("b:1;", [], ""), ("i:7;", [], ""), ("d:1.5;", [], ""), ('s:6:"editor";', [], ""),
    ('O:8:"stdClass":1:{s:6:"editor";b:1;}', [], ""), ("editor", [], ""), ('s:6:"editor";b:1;', [], ""),
    ('a:1:{s:6:"editor";b:1;', [], ""), ('a:999999999:{s:6:"editor";b:1;}', [], ""), ('a:1:{s:6:"editor";b:1;}x', [], ""),
    ('a:1:{s:6:"editor";b:1;}}', ["editor"], ""), (' a:1:{s:6:"editor";b:1;}\n', ["editor"], ""),
    ('a:2:{s:6:"editor";d:0.5;s:3:"own";d:0.50;}', ["editor"], 's:3:"own";d:0.50;'),
    ('a:2:{s:6:"editor";O:8:"stdClass":0:{}s:3:"own";O:8:"stdClass":0:{}}', ["editor"], 's:3:"own";O:8:"stdClass":0:{}'),
    ('a:2:{s:6:"editor";N;s:3:"own";R:2;}', ["editor"], 's:3:"own";N;'),
])
def test_capabilities_are_what_wordpress_reads(site, stored, groups, kept):
    """As WordPress 6.1 and 7.1 read them (WP_User::$roles), which makes nothing of what is not an array."""
    site.apply({"name": "alice", "groups": ["subscriber"]}, {"name": "bobby"})
    site.update("usermeta", {"meta_key": "wp_capabilities", "user_id": site.user("alice")["ID"]}, meta_value=stored)
    theirs = site.meta("bobby")
    assert list(site.read("alice")["alice"].groups) == groups
    assert rights(site) == ({"alice": ["capability own"]} if "own" in kept and "N;" not in kept else {})
    assert not site.actions({"name": "alice", "groups": groups})
    site.apply({"name": "alice", "groups": ["administrator"]})
    assert site.meta("alice")["wp_capabilities"] == f'a:{2 if kept else 1}:{{{kept}s:13:"administrator";b:1;}}'
    assert not site.actions({"name": "alice", "groups": ["administrator"]})
    assert site.meta("bobby") == theirs


def test_references_of_php_that_cannot_move(site):
    site.apply({"name": "alice", "groups": ["editor"]})
    site.update("usermeta", {"meta_key": "wp_capabilities"}, meta_value='a:3:{s:6:"editor";b:1;s:3:"own";a:1:{i:0;b:1;}s:5:"other";R:3;}')
    assert not site.actions({"name": "alice", "groups": ["editor"], "state": "enabled"})
    assert "references" in refusal(site, {"name": "alice", "groups": []})
    assert "references" in complaint(site, {"name": "alice", "groups": [], "state": "disabled"})
    assert site.read("alice")["alice"].disabled


@pytest.mark.parametrize("stored", ["b:0;", "", "a:1:{cut", 'O:8:"stdClass":0:{}', "d:1.5;"])
def test_roles_that_are_not_an_array(site, stored):
    site.apply({"name": "alice", "groups": ["editor"]})
    site.update("options", {"option_name": "wp_user_roles"}, option_value=stored)
    assert site.read("alice")["alice"].groups == {}  # to WordPress nobody has a role then
    outcome = site.apply({"name": "alice", "state": "disabled"}, {"name": "bobby"})
    assert [warning for warning in outcome.warnings if "wp_user_roles is not a PHP array" in warning]
    assert site.read("alice")["alice"].disabled
    assert "there are no groups" in refusal(site, {"name": "bobby", "groups": ["editor"]})


def test_roles_of_any_kind_of_array(site):
    site.update("options", {"option_name": "wp_user_roles"}, option_value=ROLES.replace("a:3:", "a:6:")[:-1]
                + 'i:77;a:2:{s:4:"name";s:1:"x";s:12:"capabilities";a:2:{s:7:"level_5";d:1.5;i:3;b:1;}}s:4:"none";a:1:{s:12:"capabilities";a:0:{}}'
                's:3:"odd";a:2:{s:4:"name";d:0.5;s:12:"capabilities";b:0;}}')
    site.apply({"name": "alice", "groups": ["77"]}, {"name": "bobby", "groups": ["odd"]})
    assert site.meta("alice")["wp_capabilities"] == "a:1:{i:77;b:1;}" and site.meta("alice")["wp_user_level"] == "5"
    assert list(site.read("alice")["alice"].groups) == ["77"]
    assert not site.actions({"name": "alice", "groups": ["77"]}, {"name": "bobby", "groups": ["odd"]})
    site.apply({"name": "alice", "groups": ["editor", "77"]})
    assert site.meta("alice")["wp_capabilities"] == 'a:2:{i:77;b:1;s:6:"editor";b:1;}'
    for role in ("editr", "none", "077"):
        assert "the groups are '77', 'administrator'" in refusal(site, {"name": "alice", "groups": [role]})


def test_several_rows_of_the_roles(site):
    other = ROLES.replace("editor", "author")
    site.insert("options", option_name="wp_user_roles", option_value=other)
    site.apply({"name": "alice", "groups": ["author"]})
    site.update("options", {"option_value": other}, autoload="no")
    site.apply({"name": "alice", "groups": ["editor"]})
    site.run("UPDATE {options} SET autoload = 'no'")
    site.apply({"name": "alice", "groups": ["editor"]})


def rights(site, **options):
    database = site.database()
    with database.connect() as connection:
        service = site.service_class(database, connection, site.service_options(**options))
        return service.rights(service.read(None).values())


def full_account(site):
    site.apply({"name": "alice", "email": "alice@example.org", "password_hash": PORTABLE, "groups": ["editor"]})
    site.add_meta("alice", session_tokens="sessions", _application_passwords='a:1:{i:0;a:1:{s:4:"name";s:1:"x";}}', other="kept")
    site.update("users", {"user_login": "alice"}, user_activation_key="1700000000:key")


@pytest.mark.parametrize("kind", ["site", "network"])
def test_disabled_and_back(kind, request):
    site = request.getfixturevalue(kind)
    full_account(site)
    row, meta = site.user("alice"), site.meta("alice")
    assert site.actions({"name": "alice", "state": "disabled"}) == {"alice": "disabled"}
    shut = site.user("alice")
    assert not passwords.schemes(True).verify(shut["user_pass"], "correct horse") and shut["user_activation_key"] == ""
    assert shut["user_email"] == "alice@example.org.disabled.invalid"
    assert shut.get("spam") == (1 if kind == "network" else None)
    assert not {"session_tokens", "_application_passwords"} & set(site.meta("alice"))
    account = site.read("alice")["alice"]
    assert (account.enabled, account.disabled, account.values["email"], list(account.groups)) == (False, True, "alice@example.org", ["editor"])
    assert not site.actions({"name": "alice", "state": "disabled", "email": "alice@example.org"})
    assert site.actions({"name": "alice", "state": "enabled"}) == {"alice": "enabled"}
    assert site.user("alice") == {**row, "user_activation_key": ""}
    del meta["session_tokens"]
    assert site.meta("alice") == meta


@pytest.mark.parametrize(("kind", "undone"), [
    ("site", {"user_email": "alice@example.org"}), ("network", {"user_email": "alice@example.org"}), ("network", {"spam": 0}),
])
def test_what_somebody_undid_is_done_again(kind, undone, request):
    site = request.getfixturevalue(kind)
    full_account(site)
    site.apply({"name": "alice", "state": "disabled"})
    shut = site.user("alice")
    site.update("users", {"user_login": "alice"}, **undone)
    account = site.read("alice")["alice"]
    assert not account.enabled and not account.disabled
    assert site.actions({"name": "alice", "state": "disabled"}) == {"alice": "disabled"}
    assert site.user("alice") == shut


def test_application_passwords_made_meanwhile_are_kept(site):
    full_account(site)
    site.apply({"name": "alice", "state": "disabled"})
    site.add_meta("alice", _application_passwords='a:1:{i:0;a:1:{s:4:"name";s:1:"y";}}')
    assert site.actions({"name": "alice", "state": "disabled"}) == {"alice": "disabled"}
    site.apply({"name": "alice", "state": "enabled"})
    assert site.meta("alice")["_application_passwords"] == 'a:2:{i:0;a:1:{s:4:"name";s:1:"x";}i:1;a:1:{s:4:"name";s:1:"y";}}'


def test_changes_while_disabled(site):
    full_account(site)
    site.apply({"name": "alice", "state": "disabled"})
    site.apply({"name": "alice", "email": "new@example.org", "password_hash": VECTORS[3][1]})
    assert site.read("alice")["alice"].disabled
    site.apply({"name": "alice", "state": "enabled"})
    assert (site.user("alice")["user_email"], site.user("alice")["user_pass"]) == ("new@example.org", VECTORS[3][1])


def test_addresses_belong_to_one_account(site):
    full_account(site)
    site.apply({"name": "bobby", "email": "bobby@example.org"})
    assert "belongs to 'alice'" in refusal(site, {"name": "bobby", "email": "ALICE@example.org"})
    site.apply({"name": "alice", "state": "disabled"})
    assert "belongs to 'alice'" in refusal(site, {"name": "bobby", "email": "Alice@example.org"})
    site.apply({"name": "alice", "email": "bobby@example.org"}, {"name": "bobby", "email": "alice@example.org"})  # they change places
    assert site.user("alice")["user_email"] == "bobby@example.org.disabled.invalid"
    assert "also that of 'c1'" in refusal(site, {"name": "c1", "email": "c@example.org"}, {"name": "c2", "email": "C@example.org"})


# What people type and keep, and what they cannot reach by it

APPLICATION = 'a:1:{i:0;a:1:{s:4:"name";s:1:"x";}}'
THEIRS = 'a:1:{i:0;a:1:{s:4:"name";s:7:"planted";}}'
PLANTED = {"_auth_services_application_passwords": THEIRS, "_auth_services_email": "boss@example.org", "_auth_services_password": VECTORS[3][1]}


def without_key(row):
    return {name: value for name, value in row.items() if name != "user_activation_key"}


@pytest.mark.parametrize("address", [
    "", "a", "x" * 84, "x" * 83, "x" * 88 + "@example.org", "a&amp;b@example.org", "a&b@example.org", "&amp;amp;@x", " a  b ", "twin@example.org",
    "mallory@evil.example.disabled.invalid", "x" * 60 + "@example.org.disabled.invalid", ".disabled.invalid", "1@kept.disabled.invalid", "1@kept",
    "😀@example.org", "!@x.org", "\"'<b>%20",
])
@pytest.mark.parametrize("kind", ["site", "network"])
def test_whatever_the_address_is(kind, address, request):
    site = request.getfixturevalue(kind)
    full_account(site)
    site.insert("users", user_login="twin", user_email="twin@example.org")
    site.update("users", {"user_login": "alice"}, user_email=address)
    before, meta = site.user("alice"), site.meta("alice")
    del meta["session_tokens"]
    assert site.read("alice")["alice"].enabled
    for _time in range(2):
        assert site.actions({"name": "alice", "state": "disabled"}) == {"alice": "disabled"}
        assert not site.actions({"name": "alice", "state": "disabled"})
        shut = site.user("alice")
        assert len(shut["user_email"]) <= 100 and (not address or shut["user_email"].endswith(".disabled.invalid"))
        shown = site.read("alice")["alice"].values["email"]
        assert shown == texts.read(address)
        assert not site.actions({"name": "alice", "state": "disabled", "email": shown})
        assert site.actions({"name": "alice", "state": "enabled"}) == {"alice": "enabled"}
        assert without_key(site.user("alice")) == without_key(before)
        assert site.meta("alice") == meta


@pytest.mark.parametrize("stored", ["$" + "x" * 254, "", "*", "kept", "x" * 32])
def test_whatever_the_password_is(site, stored):
    full_account(site)
    site.update("users", {"user_login": "alice"}, user_pass=stored)
    assert site.actions({"name": "alice", "state": "disabled"}) == {"alice": "disabled"}
    assert not site.actions({"name": "alice", "state": "disabled"})
    assert len(site.user("alice")["user_pass"]) <= 255 and site.user("alice")["user_pass"].startswith("!")
    assert site.read("alice")["alice"].password_hash == stored
    site.apply({"name": "alice", "state": "enabled"})
    assert site.user("alice")["user_pass"] == stored


def test_a_new_address_of_a_disabled_account_may_be_long(site):
    full_account(site)
    long = "x" * 80 + "@example.org"
    site.apply({"name": "alice", "state": "disabled"})
    site.apply({"name": "alice", "email": long})
    assert site.read("alice")["alice"].disabled and site.read("alice")["alice"].values["email"] == long
    site.apply({"name": "alice", "email": "short@example.org"})
    assert site.user("alice")["user_email"] == "short@example.org.disabled.invalid" and "_auth_services_email" not in site.meta("alice")
    site.apply({"name": "alice", "email": long})
    site.apply({"name": "alice", "state": "enabled"})
    assert site.user("alice")["user_email"] == long and "_auth_services_email" not in site.meta("alice")


@pytest.mark.parametrize("address", ["boss@example.org.disabled.invalid", "{id}@kept.disabled.invalid", "mallory@example.org"])
@pytest.mark.parametrize("kind", ["site", "network"])
def test_marks_that_somebody_made(kind, address, request):
    site = request.getfixturevalue(kind)
    site.apply({"name": "mallory", "password_hash": PORTABLE, "groups": ["editor"]})
    address = address.format(id=site.user("mallory")["ID"])
    site.update("users", {"user_login": "mallory"}, user_email=address)
    site.add_meta("mallory", **PLANTED, _application_passwords=APPLICATION)
    before = site.user("mallory")
    account = site.read("mallory")["mallory"]
    assert (account.enabled, account.disabled, account.values["email"], account.password_hash) == (True, False, address, PORTABLE)
    assert not site.actions({"name": "mallory", "state": "enabled"})
    assert site.actions({"name": "mallory", "state": "disabled"}) == {"mallory": "disabled"}
    shut = site.user("mallory")
    assert shut["user_pass"].startswith("!") and "_application_passwords" not in site.meta("mallory")
    site.apply({"name": "mallory", "state": "enabled"})
    assert without_key(site.user("mallory")) == without_key(before)
    assert site.meta("mallory")["_application_passwords"] == APPLICATION
    assert not set(PLANTED) & set(site.meta("mallory"))


def test_marks_of_older_runs(site):
    full_account(site)
    row = site.user("alice")
    site.run("DELETE FROM {usermeta} WHERE meta_key IN ('session_tokens', '_application_passwords')")
    site.update("users", {"user_login": "alice"}, user_pass="!" + PORTABLE, user_email="alice@example.org.disabled.invalid")
    site.add_meta("alice", _auth_services_application_passwords=APPLICATION)
    assert not site.actions({"name": "alice", "state": "disabled", "email": "alice@example.org"})
    site.apply({"name": "alice", "state": "enabled"})
    assert without_key(site.user("alice")) == without_key(row) and site.meta("alice")["_application_passwords"] == APPLICATION


def test_an_account_that_an_administrator_opened(site):
    full_account(site)
    site.apply({"name": "alice", "state": "disabled"})
    site.update("users", {"user_login": "alice"}, user_pass=VECTORS[3][1])  # as WordPress does it
    assert site.read("alice")["alice"].enabled and not site.read("alice")["alice"].disabled
    assert site.actions({"name": "alice", "state": "disabled"}) == {"alice": "disabled"}
    outcome = site.apply({"name": "alice", "state": "enabled"})
    assert "'alice'" in outcome.warnings[0] and "Declare it" in outcome.warnings[0]
    assert site.user("alice")["user_pass"] == VECTORS[3][1] and "_application_passwords" not in site.meta("alice")
    assert site.actions({"name": "alice", "email": "alice@example.org"}) == {"alice": "updated"}


def test_a_kept_address_that_is_gone(site):
    full_account(site)
    site.update("users", {"user_login": "alice"}, user_email="x" * 100)
    site.apply({"name": "alice", "state": "disabled"})
    site.run("DELETE FROM {usermeta} WHERE meta_key = '_auth_services_email'")
    assert site.read("alice")["alice"].disabled
    assert "Declare it" in site.apply({"name": "alice", "state": "enabled"}).warnings[0]
    assert site.user("alice")["user_email"] == "" and site.read("alice")["alice"].enabled


def test_an_application_password_of_any_size(site):
    full_account(site)
    huge = "a:1:{" + "x" * 5_000_000
    site.update("usermeta", {"meta_key": "_application_passwords"}, meta_value=huge)
    site.add_meta("alice", _application_passwords=APPLICATION)
    for state in ("disabled", "enabled"):
        assert site.actions({"name": "alice", "state": state}) == {"alice": state}
    rows = [row["meta_value"] for row in site.rows("usermeta", meta_key="_application_passwords")]
    assert rows == [huge, APPLICATION]


def test_a_new_password_closes_what_lets_in_without_it(site):
    full_account(site)
    site.add_meta("alice", _new_email="a:0:{}", **PLANTED)
    doors = {"session_tokens", "_application_passwords", "_auth_services_application_passwords", "_new_email"}
    site.apply({"name": "alice", "password": "correct horse", "groups": ["subscriber"]})
    assert doors <= set(site.meta("alice"))
    site.apply({"name": "alice", "password": "another one"})
    assert not doors & set(site.meta("alice")) and site.user("alice")["user_activation_key"] == ""


@pytest.mark.parametrize("state", ["present", "enabled", "disabled"])
def test_a_new_password_closes_what_was_parked(site, state):
    full_account(site)
    site.apply({"name": "alice", "state": "disabled"})
    assert "_auth_services_application_passwords" in site.meta("alice")
    site.apply({"name": "alice", "state": state, "password_hash": VECTORS[3][1]})
    site.apply({"name": "alice", "state": "enabled"})
    assert not {"_auth_services_application_passwords", "_application_passwords"} & set(site.meta("alice"))


@pytest.mark.parametrize("bomb", [
    "&amp;" * 75_000, "&" + "amp;" * 75_000, "&" + "amp;" * 2_000_000, "&semi" * 500_000 + ";", "&#" + "9" * 5000 + ";", "&#x" + "0" * 5000 + "26;",
    "& amp;" * 500_000, " " * 2_000_000, "<" * 500_000, "x" * 8_000_000, "&" * 900, "😀" * 2000,
])
def test_a_name_of_any_length(site, bomb):
    site.apply({"name": "alice"}, {"name": "bobby"})
    site.update("usermeta", {"meta_key": "first_name", "user_id": site.user("alice")["ID"]}, meta_value=bomb)
    start = time.monotonic()
    shown = site.read("alice")["alice"].values["first_name"]
    assert len(shown) <= 1000
    assert not site.actions({"name": "alice", "first_name": shown})
    assert site.actions({"name": "alice", "state": "disabled"}) == {"alice": "disabled"}
    assert site.actions({"name": "bobby", "first_name": "B"}, {"name": "alice", "first_name": "A"}) == {"alice": "updated", "bobby": "updated"}
    assert time.monotonic() - start < 5


def test_names_are_as_long_as_they_are_read(site):
    longest = "&" * 999 + "x"
    site.apply({"name": "alice", "first_name": longest})
    assert not site.actions({"name": "alice", "first_name": longest})
    assert "more than 1000 characters" in refusal(site, {"name": "alice", "first_name": longest + "x"})


@pytest.mark.parametrize("text", ["&#37;20x", "<b>x</b>", "100%25", "&amp;lt;b&amp;gt;"])
def test_texts_that_wordpress_would_not_take_today_can_be_declared_as_they_are(site, text):
    site.apply({"name": "alice"})
    site.update("users", {"user_login": "alice"}, display_name=text, user_email=text, user_url=text)
    site.update("usermeta", {"meta_key": "first_name"}, meta_value=text)
    assert not site.actions({"name": "alice", **site.read("alice")["alice"].values})
    assert "strips" in refusal(site, {"name": "alice", "first_name": text + " <i>"})
    assert "e-mail" in refusal(site, {"name": "alice", "email": text + "@"})


def test_a_newcomers_address_that_somebody_has(site):
    site.apply({"name": "mallory", "email": "Carol@example.org"}, {"name": "leaver"})
    assert "belongs to 'mallory'" in complaint(site, {"name": "carol", "email": "carol@example.org"}, {"name": "leaver", "state": "disabled"})
    assert site.read("leaver")["leaver"].disabled
    site.apply({"name": "carol", "email": "carol@example.org"}, {"name": "mallory", "email": ""})
    site.update("users", {"user_login": "mallory"}, user_email="dora@example.org.disabled.invalid")
    site.apply({"name": "dora", "email": "dora@example.org"})  # what looks like our mark holds no address


def test_an_address_that_was_taken_meanwhile_keeps_nobody_out(site):
    full_account(site)
    site.apply({"name": "alice", "state": "disabled"})
    site.insert("users", user_login="mallory", user_email="ALICE@example.org")
    outcome = site.apply({"name": "alice", "state": "enabled"})
    assert [warning for warning in outcome.warnings if "'alice' and 'mallory'" in warning]
    assert site.user("alice")["user_email"] == "alice@example.org"
    assert not site.actions({"name": "alice", "state": "enabled", "email": "alice@example.org"})


def test_a_number_of_rows_is_not_trusted_to_be_of_one_account(site):
    """A common result of bad imports: every row of usermeta has the number 0."""
    site.apply({"name": "alice", "password_hash": PORTABLE}, {"name": "bob", "password_hash": PORTABLE})
    site.run("ALTER TABLE {usermeta} RENAME TO old")
    site.run("CREATE TABLE {usermeta} (umeta_id INTEGER NOT NULL DEFAULT 0, user_id INTEGER, meta_key varchar(255), meta_value longtext)")
    site.run("INSERT INTO {usermeta} SELECT 0, user_id, meta_key, meta_value FROM old")
    for name in ("alice", "bob"):
        site.add_meta(name, _application_passwords=APPLICATION, session_tokens="sessions")
    theirs, own = site.meta("bob"), site.meta("alice")
    wanted = {"name": "alice", "groups": ["editor"], "first_name": "A", "last_name": "B"}
    site.apply(wanted)
    assert site.meta("bob") == theirs and not site.actions(wanted)
    own.update(wp_capabilities='a:1:{s:6:"editor";b:1;}', wp_user_level="7", first_name="A", last_name="B")
    assert site.meta("alice") == own
    assert site.actions({"name": "alice", "state": "disabled"}) == {"alice": "disabled"}
    assert site.meta("bob") == theirs
    site.add_meta("alice", _application_passwords=APPLICATION)  # made meanwhile: two rows become one
    assert site.actions({"name": "alice", "state": "enabled"}) == {"alice": "enabled"}
    assert site.meta("bob") == theirs
    assert len(site.rows("usermeta", user_id=1, meta_key="_application_passwords")) == 1
    assert set(site.meta("alice")) == set(own) - {"session_tokens"}


@pytest.mark.parametrize("kind", ["site", "network"])
def test_two_accounts_of_one_number(kind, request):
    site = request.getfixturevalue(kind)
    site.run("ALTER TABLE {users} RENAME TO old")
    site.run("CREATE TABLE {users} AS SELECT * FROM old")
    for number, name in ((0, "fay"), (0, "gus"), (7, "hal"), (8, "ida")):
        site.insert("users", ID=number, user_login=name, user_pass=PORTABLE, user_email="", user_activation_key="", spam=0, deleted=0) if kind == "network" \
            else site.insert("users", ID=number, user_login=name, user_pass=PORTABLE, user_email="", user_activation_key="")
    site.insert("usermeta", user_id=0, meta_key="wp_capabilities", meta_value='a:1:{s:4:"mine";b:1;}')
    site.insert("usermeta", user_id=0, meta_key="wp_2_capabilities", meta_value='a:1:{s:6:"editor";b:1;}')
    told = ["capability mine"] + (["role editor on site 2"] if kind == "network" else [])
    assert rights(site) == {"fay": told, "gus": told}
    assert "more than one with its ID" in complaint(site, {"name": "hal", "state": "absent", "reassign_to": "gus"})
    site.apply({"name": "hal", "state": "absent", "reassign_to": "ida"})
    assert [row["user_login"] for row in site.rows("users")] == ["fay", "gus", "ida"]


def test_several_rows_of_a_property(site):
    """As WordPress has it: it reads the first, and writes all."""
    site.apply({"name": "alice", "groups": ["editor"], "first_name": "A"}, {"name": "bobby"})
    site.add_meta("alice", first_name="B", wp_capabilities="a:0:{}", wp_user_level="0")
    theirs = site.meta("bobby")
    account = site.read("alice")["alice"]
    assert (list(account.groups), account.values["first_name"]) == (["editor"], "A")
    site.apply({"name": "alice", "groups": ["subscriber"], "first_name": "C"})
    rows = site.rows("usermeta", user_id=account.id)
    assert [row["meta_value"] for row in rows if row["meta_key"] == "first_name"] == ["C", "C"]
    assert [row["meta_value"] for row in rows if row["meta_key"] == "wp_capabilities"] == ['a:1:{s:10:"subscriber";b:1;}'] * 2
    assert site.meta("bobby") == theirs


@pytest.mark.parametrize("kind", ["site", "network"])
def test_two_rows_of_one_login(kind, request):
    site = request.getfixturevalue(kind)
    for number in (1, 2):
        site.insert("users", user_login="alice", user_pass=PORTABLE, user_email=f"{number}" + "x" * 90)
        site.insert("usermeta", user_id=number, meta_key="_application_passwords", meta_value=APPLICATION)
    assert site.actions({"name": "alice", "state": "disabled"}) == {"alice": "disabled"}
    assert all(row["user_pass"] == "!" + PORTABLE for row in site.rows("users"))
    assert not site.rows("usermeta", meta_key="_application_passwords")
    assert not site.actions({"name": "alice", "state": "disabled"})
    site.update("users", {"ID": 2}, user_pass=PORTABLE)
    assert site.actions({"name": "alice", "state": "disabled"}) == {"alice": "disabled"}
    assert site.rows("users")[1]["user_pass"] == "!" + PORTABLE


@pytest.mark.parametrize("name", ["x" * 61, "a\u0007b", "a\u200bb", "Zoé", "__ansible_type", "a'b"])
def test_names_that_wordpress_takes_from_nobody(site, name):
    site.insert("users", user_login=name, user_pass=PORTABLE)
    site.apply({"name": name, "state": "disabled"})
    assert site.user(name)["user_pass"] == "!" + PORTABLE


def test_thousands_of_slugs_that_somebody_took(site):
    site.run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)"
             " INSERT INTO {users} (user_login, user_nicename) SELECT 'u' || i, 'carol' || CASE i WHEN 1 THEN '' ELSE '-' || i END FROM n")
    usual = site.count({"name": "dave"})
    assert site.count({"name": "carol"}) < usual + 10
    assert site.user("carol")["user_nicename"].startswith("carol-")


def test_rights_that_are_no_roles(network):
    network.insert("users", user_login="root", user_pass=PORTABLE)
    network.apply({"name": "alice", "groups": ["editor"]}, {"name": "bobby"})
    network.update("usermeta", {"meta_key": "wp_capabilities"}, meta_value='a:4:{s:6:"editor";b:1;s:10:"edit_users";b:1;s:4:"read";b:0;i:3;s:1:"1";}')
    network.add_meta("bobby", wp_2_capabilities='a:2:{s:13:"administrator";b:1;s:12:"delete_users";b:1;}', wp_9_capabilities='a:1:{s:6:"editor";b:1;}',
                     WP_2_capabilities='a:1:{s:6:"editor";b:1;}', wpx2_capabilities="", wp_other_capabilities="")
    assert rights(network) == {
        "root": ["super admin of the network"], "alice": ["capability edit_users", "capability 3"],
        "bobby": ["role administrator on site 2", "capability delete_users on site 2"]}
    assert rights(network, site_id=2) == {
        "root": ["super admin of the network"], "alice": ["role editor on site 1", "capability edit_users on site 1", "capability 3 on site 1"],
        "bobby": ["capability delete_users"]}


def test_more_rights_than_anybody_reads(site):
    site.apply({"name": "alice"})
    many = "".join(f's:5:"c{number:04}";b:1;' for number in range(1000))
    site.update("usermeta", {"meta_key": "wp_capabilities"}, meta_value="a:1000:{" + many + "}")
    assert len(rights(site)["alice"]) == 51 and rights(site)["alice"][-1] == "and 950 more"


def test_super_admins(network):
    network.insert("users", user_login="root", user_pass=PORTABLE, user_email="root@example.org")
    network.apply({"name": "alice"}, {"name": "bobby"})
    outcome = network.apply({"name": "alice"}, complete=True, unlisted="disable", unlisted_limit="1")
    assert outcome.plan.unlisted == ["bobby", "root"]
    assert network.read("bobby")["bobby"].disabled and network.read("root")["root"].enabled
    outcome = network.apply({"name": "alice"}, complete=True, unlisted="remove", unlisted_limit="100%")
    assert network.user("root")["user_pass"] == PORTABLE
    assert network.actions({"name": "root", "state": "disabled"}) == {"root": "disabled"}
    assert (network.user("root")["user_pass"], network.user("root")["spam"]) == ("!" + PORTABLE, 1)
    network.apply({"name": "root", "state": "absent"})
    assert network.row("sitemeta", meta_key="site_admins")["meta_value"] == "a:0:{}"  # whoever took the name would be one


def test_a_name_that_is_a_super_admins(network):
    assert "site_admins" in refusal(network, {"name": "root"})


def test_removal_takes_rows_of_the_one_account(network):
    network.apply({"name": "alice"})
    for name in ("alice", "ALICE"):
        network.insert("signups", user_login=name)
    network.run("ALTER TABLE {signups} RENAME TO old")
    network.run("CREATE TABLE {signups} (signup_id INTEGER PRIMARY KEY, user_login varchar(60) COLLATE NOCASE)")
    network.run("INSERT INTO {signups} SELECT * FROM old")
    network.apply({"name": "alice", "state": "absent"})
    assert [row["user_login"] for row in network.rows("signups")] == ["ALICE"]


@pytest.mark.parametrize("kind", ["site", "network"])
def test_removal(kind, request):
    site = request.getfixturevalue(kind)
    site.apply({"name": "alice"}, {"name": "bobby"}, {"name": "carol"})
    table = "posts" if kind == "site" else "2_posts"
    bobby = site.user("bobby")["ID"]
    site.insert(table, post_author=site.user("carol")["ID"], post_status="auto-draft")
    for status in ("publish", "draft", "auto-draft"):
        site.insert(table, post_author=bobby, post_status=status)
    site.insert("links", link_owner=bobby)
    assert f"owns rows of {'links (1), ' if kind == 'site' else ''}{table} (2)" in complaint(
        site, {"name": "bobby", "state": "absent"}).replace("2_posts (2), links (1)", "2_posts (2)")
    assert site.read("bobby")["bobby"].disabled
    for heir in ("nobody", "bobby", "carol"):
        assert "reassign_to" in complaint(site, {"name": "carol", "state": "absent"}, {"name": "bobby", "state": "absent", "reassign_to": heir})
    site.apply({"name": "carol", "state": "absent"}, {"name": "bobby", "state": "absent", "reassign_to": "Alice"})
    alice = site.user("alice")["ID"]
    assert len(site.rows(table, post_author=alice)) == 3 and site.row("links")["link_owner"] == alice
    assert {row["user_id"] for row in site.rows("usermeta")} == {alice}


def test_a_network(network):
    network.insert("users", user_login="root", user_email="root@example.org")
    network.apply({"name": "alice", "groups": ["editor"]}, {"name": "bobby"}, options={"site_id": 2})
    meta = network.meta("alice")
    assert (meta["wp_2_capabilities"], meta["primary_blog"], meta["source_domain"]) == ('a:1:{s:6:"editor";b:1;}', "2", "two.example.org")
    assert not {"wp_capabilities", "wp_2_capabilities", "primary_blog"} & set(network.meta("bobby"))
    assert network.read("alice")["alice"].groups == {}
    network.apply({"name": "alice", "groups": ["subscriber"]})
    assert network.meta("alice")["primary_blog"] == "2" and network.meta("alice")["wp_capabilities"] == 'a:1:{s:10:"subscriber";b:1;}'
    assert "illegal_names" in refusal(network, {"name": "files"})
    network.apply({"name": "bobby", "state": "disabled"})
    assert network.row("sitemeta", meta_key="user_count")["meta_value"] == "2"
    with pytest.raises(OptionError, match="the sites of this network are 1, 2"):
        network.apply({"name": "alice"}, options={"site_id": 3})


def test_a_site_has_one_number(site):
    with pytest.raises(OptionError, match="not a network"):
        site.apply({"name": "alice"}, options={"site_id": 2})


@pytest.mark.parametrize("statement", [
    "DELETE FROM {options} WHERE option_name = 'db_version'",
    "UPDATE {options} SET option_name = 'other_user_roles' WHERE option_name = 'wp_user_roles'",
    "UPDATE {options} SET option_value = 'a:1:{' || hex(zeroblob(600000)) || '}' WHERE option_name = 'wp_user_roles'",
    "ALTER TABLE {users} RENAME COLUMN user_nicename TO nice",
    "ALTER TABLE {usermeta} RENAME COLUMN umeta_id TO id",
])
def test_what_is_no_wordpress(site, statement):
    site.run(statement)
    with pytest.raises(SchemaError):
        site.apply({"name": "alice"})


def test_a_network_is_one_without_seeing_its_sites(network, monkeypatch):
    network.run("DROP TABLE {blogs}")
    monkeypatch.setattr(wordpress_site.Site, "_is_missing", lambda *arguments: False)  # MySQL hides a table from a user who has no privilege on it
    with pytest.raises(SchemaError, match="wp_blogs not found, or hidden.*network: false"):
        network.apply({"name": "alice"})


@pytest.mark.parametrize("left", [True, False])
def test_a_site_that_was_taken_back_from_a_network(network, left):
    network.insert("users", user_login="root", user_pass=PORTABLE, user_email="root@example.org", spam=1, deleted=1)
    if not left:
        for table in ("blogs", "sitemeta", "signups"):
            network.run(f"DROP TABLE {{{table}}}")
    single = {"options": {"network": False} if left else {}}
    assert not network.read("root", **single)["root"].spared and network.read("root", **single)["root"].enabled
    network.apply({"name": "Zo e"}, {"name": "files"}, **single)
    assert network.meta("files")["wp_capabilities"] == 'a:1:{s:10:"subscriber";b:1;}' and network.user("files")["spam"] == 0
    assert network.row("options", option_name="user_count")["option_value"] == "3"
    assert network.actions({"name": "root", "state": "disabled"}, **single) == {"root": "disabled"}
    assert network.user("root")["user_email"].endswith(".disabled.invalid") and network.user("root")["spam"] == 1
    assert network.actions({"name": "root", "state": "enabled"}, **single) == {"root": "enabled"}
    assert (network.user("root")["user_email"], network.user("root")["spam"]) == ("root@example.org", 0)
    assert network.actions({"name": "files", "state": "absent"}, **single) == {"files": "removed"}
    with pytest.raises(OptionError, match="not a network"):
        network.apply({"name": "root"}, options={"site_id": 2, **single["options"]})


def test_a_network_by_word_alone(site):
    with pytest.raises(SchemaError, match="spam, deleted"):
        site.apply({"name": "alice"}, options={"network": True})


def test_a_prefix_in_other_capitals(tmp_path):
    """Where the server takes tables in any case, as SQLite does, the rows tell how wp-config.php spells the prefix."""
    site = Site(tmp_path / "site.sqlite")
    site.run("ALTER TABLE {options} RENAME TO old")
    site.run("CREATE TABLE {options} (option_name varchar(191) COLLATE NOCASE, option_value longtext, autoload varchar(20))")
    site.run("INSERT INTO {options} SELECT replace(option_name, 'wp_', 'WP_'), option_value, autoload FROM old")
    with pytest.raises(SchemaError, match="set table_prefix to 'WP_'"):
        site.apply({"name": "alice"})


@pytest.mark.parametrize("missing", [["users", "usermeta"], ["users"], ["usermeta"]])
def test_tables_of_accounts_that_sites_share(site, missing):
    for table in missing:
        site.run(f"ALTER TABLE {{{table}}} RENAME TO other_{table}")
    with pytest.raises(SchemaError, match="CUSTOM_USER_TABLE") as error:
        site.apply({"name": "alice"})
    assert "other_" not in str(error.value) and "table_prefix" not in str(error.value)


def test_an_object_cache(site, tmp_path):
    (tmp_path / "wp-content").mkdir()
    path = {"options": {"path": str(tmp_path)}}
    assert site.apply({"name": "alice"}, **path).service.results == {"cache_flush_needed": False}
    (tmp_path / "wp-content" / "object-cache.php").touch()
    assert not site.apply({"name": "bobby"}, **path).service.results["cache_flush_needed"]
    outcome = site.apply({"name": "alice", "first_name": "A"}, check_mode=True, **path)
    assert outcome.service.results["cache_flush_needed"] and "wp cache flush" in outcome.warnings[0]
    assert not site.apply({"name": "alice"}, **path).service.results["cache_flush_needed"]
    with pytest.raises(OptionError, match="wp-content"):
        site.apply({"name": "alice"}, options={"path": "/nowhere"})
