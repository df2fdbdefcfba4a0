# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts of WordPress, on SQLite."""

from __future__ import annotations

import pytest

from ansible_collections.auth.services.plugins.module_utils.account import AccountError, OptionError
from ansible_collections.auth.services.plugins.module_utils.database import SchemaError
from ansible_collections.auth.services.plugins.module_utils.passwords import UnverifiableHash
from ansible_collections.auth.services.plugins.module_utils.services.wordpress import passwords, texts
from ansible_collections.auth.services.plugins.module_utils.services.wordpress.adapter import WordPress
from ansible_collections.auth.services.tests.unit.installation import Installation

# made by WordPress 7.1.4
VECTORS = [
    ("correct horse", "$wp$2y$10$XmrXkJ/8eUO1extAr44gT.Gc1umy2nM/3s7mk3eUwbTfo.FwzYzHm"),
    ("correct horse", "$P$Bpv7uyoDhsCH4EPu5MUbkjT.V7P2IW/"),
    ("Pässwörd €1", "$wp$2y$10$e6qxlyohk7xptUv8ccW4M.zkp43PpcATnRh1ag8zupHaWxXpI4R3u"),
    ("Pässwörd €1", "$P$B5fXl4MVYw6F1Pl2NQu1rWL8SQbWOn."),
]
PORTABLE = VECTORS[1][1]
ROLES = ('a:3:{s:13:"administrator";a:2:{s:4:"name";s:13:"Administrator";s:12:"capabilities";a:2:{s:7:"level_0";b:1;s:8:"level_10";b:1;}}'
         's:6:"editor";a:2:{s:4:"name";s:6:"Editor";s:12:"capabilities";a:1:{s:7:"level_7";b:1;}}'
         's:10:"subscriber";a:2:{s:4:"name";s:10:"Subscriber";s:12:"capabilities";a:1:{s:4:"read";b:1;}}}')
USERS = """CREATE TABLE wp_users (ID INTEGER PRIMARY KEY AUTOINCREMENT, user_login varchar(60) NOT NULL DEFAULT '' COLLATE NOCASE,
    user_pass varchar(255) NOT NULL DEFAULT '', user_nicename varchar(50) NOT NULL DEFAULT '' COLLATE NOCASE,
    user_email varchar(100) NOT NULL DEFAULT '' COLLATE NOCASE, user_url varchar(100) NOT NULL DEFAULT '',
    user_registered datetime NOT NULL DEFAULT '0000-00-00 00:00:00', user_activation_key varchar(255) NOT NULL DEFAULT '',
    user_status int NOT NULL DEFAULT 0, display_name varchar(250) NOT NULL DEFAULT ''{more});
  CREATE TABLE wp_usermeta (umeta_id INTEGER PRIMARY KEY AUTOINCREMENT, user_id bigint NOT NULL DEFAULT 0, meta_key varchar(255), meta_value longtext);"""
SITE = """CREATE TABLE wp_{site}options (option_id INTEGER PRIMARY KEY AUTOINCREMENT, option_name varchar(191) NOT NULL, option_value longtext NOT NULL);
  CREATE TABLE wp_{site}posts (ID INTEGER PRIMARY KEY AUTOINCREMENT, post_author bigint NOT NULL, post_status varchar(20) NOT NULL);
  CREATE TABLE wp_{site}links (link_id INTEGER PRIMARY KEY AUTOINCREMENT, link_owner bigint NOT NULL);
  INSERT INTO wp_{site}options (option_name, option_value) VALUES ('db_version', '{version}'), ('default_role', 'subscriber'), ('user_count', '0'),
    ('wp_{site}user_roles', '{roles}');"""
NETWORK = """CREATE TABLE wp_blogs (blog_id INTEGER PRIMARY KEY, site_id bigint, domain varchar(200));
  CREATE TABLE wp_sitemeta (meta_id INTEGER PRIMARY KEY AUTOINCREMENT, site_id bigint, meta_key varchar(255), meta_value longtext);
  CREATE TABLE wp_signups (signup_id INTEGER PRIMARY KEY AUTOINCREMENT, user_login varchar(60));
  INSERT INTO wp_blogs VALUES (1, 1, 'example.org'), (2, 1, 'two.example.org');
  INSERT INTO wp_sitemeta (site_id, meta_key, meta_value) VALUES (1, 'user_count', '0'), (1, 'site_admins', 'a:1:{i:0;s:4:"root";}'),
    (1, 'illegal_names', 'a:1:{i:0;s:5:"files";}');"""


class Site(Installation):
    """A WordPress of this version of the database; a network of two sites."""

    service_class = WordPress

    def __init__(self, path, version=61833, network=False):
        more = ", spam tinyint NOT NULL DEFAULT 0, deleted tinyint NOT NULL DEFAULT 0" if network else ""
        sql = USERS.format(more=more)
        for site in ("", "2_") if network else ("",):
            sql += SITE.format(site=site, version=version, roles=ROLES)
        super().__init__(path, sql + (NETWORK if network else ""), "wp_")

    def user(self, name):
        return self.row("users", user_login=name)

    def meta(self, name):
        """Properties of an account; of one with several rows, all of them."""
        rows = self.rows("usermeta", user_id=self.user(name)["ID"])
        assert len({row["meta_key"] for row in rows}) == len(rows)
        return {row["meta_key"]: row["meta_value"] for row in rows}

    def add_meta(self, name, **values):
        for key, value in values.items():
            self.insert("usermeta", user_id=self.user(name)["ID"], meta_key=key, meta_value=value)


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path / "site.sqlite")


@pytest.fixture
def network(tmp_path):
    return Site(tmp_path / "network.sqlite", network=True)


def refusal(site, *entries, **request):
    before = site.dump()
    with pytest.raises(AccountError) as error:
        site.apply(*entries, **request)
    assert site.dump() == before
    return str(error.value)


def complaint(site, *entries, **request):
    """What is wrong with a run that does something all the same."""
    with pytest.raises(AccountError) as error:
        site.apply(*entries, **request)
    return str(error.value)


# Passwords


@pytest.mark.parametrize(("password", "stored"), VECTORS)
def test_hashes_of_wordpress(password, stored):
    assert passwords.verify(stored, password, True)
    assert not passwords.verify(stored, password + " ", True)
    assert passwords.verify(stored, password, False) is stored.startswith("$P$")
    assert passwords.FORMAT.fullmatch(stored)


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
    assert passwords.verify(stored, "correct horse", False) is old
    assert passwords.verify(stored, "correct horse", True) is new


def test_md5():
    assert passwords.verify("900150983cd24fb0d6963f7d28e17f72", "abc", True)  # RFC 1321


@pytest.mark.parametrize("stored", [
    "$6$salt$" + "x" * 86, "$1$salt$" + "x" * 30, "$P$S" + "x" * 30, "$P$M" + "x" * 30, "$wp$2y$31$" + "x" * 53, "$2y$17$" + "x" * 53,
    "$argon2id$v=19$m=3145728,t=1,p=1$dE5SdFQ3WERuZkd5WWUxVA$KGVRWiyUfnkVHpV5Huj4TyGR5OzDE4KaiAB5ARXOM8U",
])
def test_hashes_that_nobody_verifies(stored):
    with pytest.raises(UnverifiableHash):
        passwords.verify(stored, "correct horse", True)


def test_new_hashes():
    for stored in (passwords.hash_bcrypt("x" * 100, 4), passwords.hash_portable("x" * 100)):
        assert passwords.FORMAT.fullmatch(stored)
        assert passwords.verify(stored, "x" * 100, True)
        assert not passwords.verify(stored, "x" * 99, True)
    assert passwords.cost_of(passwords.hash_bcrypt("x", 4)) == 4
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
    assert passwords.typed(typed) == hashed


@pytest.mark.parametrize("typed", ["", "  ", "back\\slash", "a\0b", "x" * 4097, "ä" * 2049])
def test_passwords_that_wordpress_refuses(typed):
    with pytest.raises(ValueError, match="password"):
        passwords.typed(typed)


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
    monkeypatch.setattr(passwords, "bcrypt", None)
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
    's:6:"editor";b:1;', 'a:1:{s:6:"editor";d:0.5;}', 'a:1:{s:6:"editor";O:8:"stdClass":0:{}}', 'a:1:{s:6:"editor";b:1;' * 100000,
    'a:999999999:{s:6:"editor";b:1;}', 'a:1:{s:6:"editor";s:8000000:"' + "x" * 8000000 + '";}',
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
    assert not passwords.verify(shut["user_pass"], "correct horse", True) and shut["user_activation_key"] == ""
    assert shut["user_email"] == ("alice@example.org" if kind == "network" else "alice@example.org.disabled.invalid")
    assert shut.get("spam") == (1 if kind == "network" else None)
    assert not {"session_tokens", "_application_passwords"} & set(site.meta("alice"))
    account = site.read("alice")["alice"]
    assert (account.enabled, account.disabled, account.values["email"], list(account.groups)) == (False, True, "alice@example.org", ["editor"])
    assert not site.actions({"name": "alice", "state": "disabled", "email": "alice@example.org"})
    assert site.actions({"name": "alice", "state": "enabled"}) == {"alice": "enabled"}
    assert site.user("alice") == {**row, "user_activation_key": ""}
    del meta["session_tokens"]
    assert site.meta("alice") == meta


@pytest.mark.parametrize("undone", [
    {"user_email": "alice@example.org"}, {"spam": 0},
])
def test_what_somebody_undid_is_done_again(undone, request):
    site = request.getfixturevalue("network" if "spam" in undone else "site")
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
    with pytest.raises(OptionError, match="there are 1, 2"):
        network.apply({"name": "alice"}, options={"site_id": 3})


def test_a_site_has_one_number(site):
    with pytest.raises(OptionError, match="no network"):
        site.apply({"name": "alice"}, options={"site_id": 2})


@pytest.mark.parametrize("statement", [
    "DELETE FROM {options} WHERE option_name = 'db_version'",
    "UPDATE {options} SET option_name = 'other_user_roles' WHERE option_name = 'wp_user_roles'",
    "UPDATE {options} SET option_value = 'a:1:{cut' WHERE option_name = 'wp_user_roles'",
    "ALTER TABLE {users} RENAME COLUMN user_nicename TO nice",
    "ALTER TABLE {usermeta} RENAME COLUMN umeta_id TO id",
])
def test_what_is_no_wordpress(site, statement):
    site.run(statement)
    with pytest.raises(SchemaError):
        site.apply({"name": "alice"})


def test_a_network_is_one_without_seeing_its_sites(network):
    network.run("DROP TABLE {blogs}")  # MySQL hides a table from a user who has no privilege on it
    with pytest.raises(SchemaError, match="blogs"):
        network.apply({"name": "alice"})


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
