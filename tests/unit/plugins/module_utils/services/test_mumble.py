# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users of Mumble, on its own tables in SQLite: what the real server makes of them is in the integration tests."""

from __future__ import annotations

import hashlib
import time

import pytest

from ansible_collections.auth.services.plugins.module_utils.account import AccountError, LimitError, OptionError
from ansible_collections.auth.services.plugins.module_utils.database import SchemaError
from ansible_collections.auth.services.plugins.module_utils.passwords import UnverifiableHash
from ansible_collections.auth.services.plugins.module_utils.results import takes_hash
from ansible_collections.auth.services.plugins.module_utils.services.mumble.adapter import Mumble
from ansible_collections.auth.services.tests.unit.applications.mumble import HASH_A, HASH_B, SCHEMA, Server


@pytest.fixture
def server(tmp_path):
    return Server(tmp_path / "mumble.sqlite", SCHEMA)


@pytest.fixture
def adapter(server):
    def make(**options):
        database = server.database()
        with database.connect() as connection:
            return Mumble(database, connection, server.service_options(**options))

    return make


def test_names_that_the_server_takes_for_one_are_shut_together(server):
    server.apply({"name": "ann", "password": "pw"}, {"name": "ben", "password": "pw"})
    server.run("INSERT INTO users SELECT server_id, 9, 'ANN', pw, salt, kdfiterations, lastchannel, texture, last_active FROM users WHERE name = 'ann'")
    before = server.row("users", name="ben")
    for options in ({"state": "absent"}, {"password": "x"}, {"name": "ANN", "groups": ["mods"]}):
        with pytest.raises(AccountError, match="takes its name for that of"):
            server.apply({"name": "ann", **options}, {"name": "ben"})
    assert not server.lets_in("ann", "pw") and not server.lets_in("ANN", "pw")  # who cannot be removed is disabled
    assert server.actions({"name": "ann", "state": "disabled"}) == {} == server.actions({"name": "Ann", "state": "disabled"})
    assert server.row("users", name="ben") == before
    server.run("UPDATE users SET name = 'anna' WHERE name = 'ANN'")
    assert server.actions({"name": "ann", "state": "enabled"}, {"name": "anna", "state": "enabled"}) == {"ann": "enabled", "anna": "enabled"}


def test_of_two_groups_of_a_name_the_last_one_counts(tmp_path):
    server = Server(tmp_path / "mumble.sqlite", SCHEMA)
    server.apply({"name": "ann", "groups": ["admin"]})
    server.run("INSERT INTO groups VALUES (8, 1, 'admin', 0, 1, 1)")
    assert server.read()["ann"].groups == {}
    assert server.actions({"name": "ann", "groups": ["admin"]}) == {"ann": "updated"} and server.actions({"name": "ann", "groups": ["admin"]}) == {}
    assert server.actions({"name": "ann", "groups": []}) == {"ann": "updated"}
    assert [row["group_id"] for row in server.rows("group_members")] == [1]


def test_rows_without_a_name_or_a_value_are_in_nobodys_way(tmp_path):
    server = Server(tmp_path / "mumble.sqlite", SCHEMA.replace("name TEXT NOT NULL", "name TEXT"))
    server.run("INSERT INTO groups VALUES (9, 1, NULL, 0, 1, 1)")
    server.run("INSERT INTO users VALUES (1, 7, NULL, 'x', NULL, NULL, 0, NULL, NULL)")
    server.apply({"name": "ann", "password": "pw", "groups": ["admin"], "certificate_hash": HASH_A})
    server.run("INSERT INTO group_members VALUES (9, 1, 8, 1)")
    server.insert("user_info", server_id=1, user_id=8, key=1001, value=None)
    assert sorted(server.read()) == ["SuperUser", "ann"]
    with pytest.raises(AccountError, match="group 'x' does not exist; the groups are 'admin', 'mods'"):
        server.apply({"name": "ann", "groups": ["x"]})
    for state in ("enabled", "disabled", "enabled"):
        server.apply({"name": "ann", "state": state})
        assert server.actions({"name": "ann", "state": state}) == {}
    assert server.info("ann")[3] == HASH_A and server.info("ann").get(1) is None and server.lets_in("ann", "pw")
    assert server.actions({"name": "ann"}, complete=True, unlisted="remove", unlisted_limit="100%") == {}
    assert len(server.rows("users", name=None)) == 1 and len(server.rows("group_members", group_id=9)) == 1


# Made by murmurd 1.3.4
@pytest.mark.parametrize(("stored", "password"), [
    ("16000$3073e39e477262e3$2dd50f293cb8d68489d66b4b676dd3b2829f12bbbaeb561583b7f9c74c6baee6bc2ef7a99d04d3e83c5f64e76d1d1348", "SuPw"),
    ("16000$5cabf30b830a605c$3cdba1c7d809e69ad787801f186d299bfe01aee99e70e619d0de99160c17976263f86882fb62589c61677d238206b1da", "pw3"),
])
def test_hashes_of_the_server(adapter, stored, password):
    assert adapter().scheme.verify(stored, password)
    assert not adapter().scheme.verify(stored, password + "x")


def test_other_hashes(adapter):
    assert adapter().scheme.verify("0$$" + hashlib.sha1(b"old").hexdigest(), "old")
    assert not adapter().scheme.verify("0$$", "")
    assert not adapter().scheme.verify("1000$no hex$" + "0" * 96, "x")
    made = adapter().scheme.make("Pässword €")
    assert made.startswith("1000$")
    assert adapter().scheme.verify(made, "Pässword €")


def test_expensive_hashes_are_refused(adapter):
    with pytest.raises(UnverifiableHash, match="PBKDF2 of 99999999 iterations, which would take"):
        adapter().scheme.verify("99999999$00$" + "0" * 96, "x")


def test_iterations_without_a_benchmark(server, adapter):
    server.run("DELETE FROM meta WHERE keystring = 'pbkdf2_iterations'")
    assert adapter().scheme.make("x").startswith("16000$")


@pytest.mark.parametrize(("version", "name", "allowed"), [
    (7, "Alice|[x]{y}(z)@-=._", True), (7, "Zoé 2", False), (7, "Zoé", True), (7, "हिन्दी", True), (7, "a+b", False), (7, "x\n", False), (7, "", False),
    (9, "Zoé 2", True), (9, " Zoé", False), (9, "Zoé ", False), (9, "a+b;c/'d'", True), (9, "x<y", True), (9, "x>y", False), (9, "😀", False),
    (9, "a" * 255, True), (9, "a" * 256, False),
])
def test_names(server, version, name, allowed):
    server.update("meta", {"keystring": "version"}, value=str(version))
    if allowed:
        assert server.actions({"name": name}) == {name: "created"}
    else:
        with pytest.raises(AccountError, match="does not allow|more than 255"):
            server.apply({"name": name})


def test_pattern_of_names(server):
    server.insert("config", server_id=2, key="username", value="[0-9]+")
    assert server.actions({"name": "alice"}) == {"alice": "created"}
    server.insert("config", server_id=1, key="username", value="[a-z]+")
    with pytest.raises(AccountError, match=r"\[a-z\]\+"):
        server.apply({"name": "Bob"})
    assert server.actions({"name": "Bob"}, options={"username_pattern": "[A-Za-z]+"}) == {"Bob": "created"}
    server.run("DROP TABLE config")
    assert server.actions({"name": "Carol"}) == {"Carol": "created"}


def test_who_is_there_needs_no_pattern(server):
    server.apply({"name": "alice"})
    server.insert("config", server_id=1, key="username", value="[0-9]+")
    assert server.actions({"name": "alice", "email": "a@b.c"}) == {"alice": "updated"}
    assert server.actions({"name": "alice", "state": "disabled"}) == {"alice": "disabled"}


@pytest.mark.parametrize("pattern", [
    "(a+)+$", "(a|a)*", "(?:a*)*b", "a*a*a*a*b", "(x+x+)+y", "[a-z]+|b", "a++", "a+?", "(a)\\1", "[", "[]", "a{9,1}", "*", "^a$", "\\p{L}+",
    "a{99999}", "[[:alpha:]]+", "x" * 1001, "\\b", "[z-a]", "[a--b]+", "[a&&b]", "\x00(", "a\n", "{0,255}",
])
def test_a_pattern_that_may_be_anything_is_not_tried(server, pattern):
    server.apply({"name": "alice"})
    server.insert("config", server_id=1, key="username", value=pattern)
    started = time.monotonic()
    with pytest.raises(AccountError, match="'a{200}!': the pattern of names .* set username_pattern"):
        server.apply({"name": "a" * 200 + "!"}, {"name": "alice"})
    assert server.actions({"name": "alice", "state": "disabled"}) == {"alice": "disabled"}
    assert time.monotonic() - started < 5
    assert server.actions({"name": "bob"}, options={"username_pattern": r"[-\w\].]+"}) == {"bob": "created"}


@pytest.mark.parametrize(("pattern", "allowed", "refused"), [
    (r"[-=\w\[\]\{\}\(\)\@\|\.]+", "a[b](c)@-=", "a b"), (r"\w{2,10} ?\d*", "bob 12", "b"), (".+", "x!", "x\n"), ("[]a]+", "a]a", "b"), ("[^0-9]{3}",
                                                                                                                                         "bob", "b0b"),
    (r"clan\.[a-z_]+", "clan.bob", "clanxbob"),
])
def test_simple_patterns(server, pattern, allowed, refused):
    server.insert("config", server_id=1, key="username", value=pattern)
    assert server.actions({"name": allowed}) == {allowed: "created"}
    with pytest.raises(AccountError, match="its pattern for names is"):
        server.apply({"name": refused})


def test_the_work_of_a_pattern_is_bounded(server):
    server.insert("config", server_id=1, key="username", value="a*a*a*b")
    started = time.monotonic()
    with pytest.raises(AccountError):
        server.apply({"name": "a" * 255})
    assert time.monotonic() - started < 2


def test_create(server):
    server.apply({"name": "alice", "password": "Secret", "email": "a@b.c", "certificate_hash": "A1:" * 19 + "A1", "groups": ["admin"]}, {"name": "bob"})
    assert server.lets_in("alice", "Secret")
    assert server.info("alice") == {1: "a@b.c", 3: HASH_A}
    assert server.row("users", server_id=1, name="bob") == {
        "server_id": 1, "user_id": 2, "name": "bob", "pw": None, "salt": None, "kdfiterations": None, "lastchannel": None,
        "texture": None, "last_active": None}
    assert server.rows("group_members") == [{"group_id": 1, "server_id": 1, "user_id": 1, "addit": 1}]
    assert server.row("users", server_id=2, name="alice")["pw"] is None


def test_declared_as_read_nothing_changes(server):
    server.apply({"name": "alice", "password": "Secret", "email": "a@b.c", "certificate_hash": HASH_A, "groups": ["mods"]}, {"name": "bob", "state": "enabled"})
    server.apply({"name": "bob", "state": "disabled"})
    database = server.database()
    with database.connect() as connection:
        service = Mumble(database, connection, server.service_options())
        entries = [service.to_options(account) for account in service.read(None).values() if not account.protected]
    assert [entry["state"] for entry in entries] == ["enabled", "disabled"]
    before = server.dump()
    assert server.actions(*entries) == {}
    assert server.dump() == before


def test_disable_and_enable_lose_nothing(server):
    server.apply({"name": "alice", "password": "Secret", "email": "a@b.c", "certificate_hash": HASH_A, "groups": ["mods"]}, {"name": "bob"})
    server.insert("user_info", server_id=1, user_id=1, key=2, value="about me")
    before = server.dump("user_info"), server.info("alice")
    both = [{"name": "alice", "state": "disabled"}, {"name": "bob", "state": "disabled"}]
    assert server.actions(*both) == {"alice": "disabled", "bob": "disabled"}
    assert not server.lets_in("alice", "Secret")
    assert server.password("bob")[0] == "!"
    assert server.info("alice") == {2: "about me", 1001: "a@b.c", 1003: HASH_A}
    assert server.read("alice")["alice"].values == {"email": "a@b.c", "certificate_hash": HASH_A}
    assert server.actions(*both) == {}
    assert server.actions({"name": "alice", "password": "Secret"}) == {}
    assert server.actions({"name": "alice", "state": "enabled"}, {"name": "bob", "state": "enabled"}) == {"alice": "enabled", "bob": "enabled"}
    assert (server.dump("user_info"), server.info("alice")) == before


def test_changes_of_a_disabled_account_stay_shut(server):
    server.apply({"name": "alice", "password": "Secret", "email": "a@b.c"})
    server.apply({"name": "alice", "state": "disabled"})
    server.apply({"name": "alice", "password": "Other", "email": "", "certificate_hash": HASH_A})
    assert server.password("alice")[0].startswith("!")
    assert server.info("alice") == {1003: HASH_A}
    server.apply({"name": "alice", "state": "enabled"})
    assert server.lets_in("alice", "Other")
    assert server.info("alice") == {3: HASH_A}


def test_partly_disabled(server):
    """Somebody gave a disabled account a password or a certificate by other means."""
    server.apply({"name": "alice", "password": "Secret", "certificate_hash": HASH_A}, {"name": "bob", "password": "Secret"})
    server.apply({"name": "alice", "state": "disabled"}, {"name": "bob", "state": "disabled"})
    server.insert("user_info", server_id=1, user_id=1, key=3, value=HASH_B)
    assert server.read("alice")["alice"].values["certificate_hash"] == HASH_B
    assert server.actions({"name": "alice"}) == {}
    assert server.actions({"name": "alice", "state": "disabled"}) == {"alice": "disabled"}
    assert server.info("alice") == {1003: HASH_B}


def test_legacy_hash_through_disabling(server):
    legacy = "0$$" + hashlib.sha1(b"old").hexdigest()
    server.apply({"name": "alice", "password_hash": legacy})
    assert server.password("alice") == (legacy[3:], None, None)
    server.apply({"name": "alice", "state": "disabled"})
    server.apply({"name": "alice", "state": "enabled", "password": "old"})
    assert server.password("alice") == (legacy[3:], None, None)


@pytest.mark.parametrize(("entry", "said"), [
    ({"password": ""}, "the password is empty"),
    ({"password_hash": "16000$x$y"}, "iterations\\$salt\\$hash"),
    ({"password_hash": "99000000$" + "0" * 16 + "$" + "0" * 96}, "iterations\\$salt\\$hash"),
    ({"certificate_hash": "ab"}, "is not a SHA-1 fingerprint"),
    ({"groups": ["cellar"]}, "group 'cellar' does not exist; the groups are 'admin', 'mods'"),
])
def test_refused(server, entry, said):
    before = server.dump()
    with pytest.raises(AccountError, match=said):
        server.apply({"name": "alice", **entry})
    assert server.dump() == before


def test_superuser_and_spellings(server):
    server.apply({"name": "alice"}, {"name": "Zoé"}, {"name": "ZOÉ"})  # LOWER of SQLite knows ASCII only
    for entries, said in (
        ([{"name": "SuperUser", "state": "disabled"}], "SuperUser, so it is never changed"),
        ([{"name": "Alice"}], "'Alice': .*'alice'"),
        ([{"name": "bob"}, {"name": "BOB"}], "is the same account as 'bob'"),
    ):
        with pytest.raises(AccountError, match=said):
            server.apply(*entries)
    with pytest.raises(LimitError):
        server.apply({"name": "bob"}, complete=True, unlisted="disable", check_mode=True)
    assert server.actions(complete=True, unlisted="disable", unlisted_limit="3") == {"alice": "disabled", "Zoé": "disabled", "ZOÉ": "disabled"}


def test_who_registers_a_name_in_other_letters_stops_nobody(server):
    """The server takes CAROL for carol, and lets in the one with the lower number."""
    server.run("INSERT INTO users (server_id, user_id, name, pw) VALUES (1, 1, 'CAROL', 'x'), (1, 2, 'carol', 'y'), (1, 3, 'dave', 'z')")
    assert server.actions({"name": "carol", "state": "disabled"}, {"name": "dave", "state": "disabled"})["carol"] == "disabled"
    assert server.password("carol")[0] == "!y" and server.password("dave")[0] == "!z"
    whole = server.actions({"name": "carol", "state": "disabled"}, {"name": "dave", "state": "disabled"}, complete=True,
                           unlisted="disable", unlisted_limit="100%")
    assert whole == {"CAROL": "disabled"} or server.password("CAROL")[0] == "!x"
    assert server.password("CAROL")[0] == "!x"


def test_groups(server):
    server.apply({"name": "alice", "groups": ["admin", "mods"]})
    server.insert("group_members", group_id=3, server_id=1, user_id=1, addit=1)
    server.insert("group_members", group_id=2, server_id=1, user_id=1, addit=0)
    outcome = server.apply({"name": "alice", "groups": ["admin"]})
    assert "Restart the Mumble server to make it read" in outcome.warnings[0]
    rows = {(row["group_id"], row["addit"]) for row in server.rows("group_members", user_id=1)}
    assert rows == {(1, 1), (3, 1), (2, 0)}
    assert server.apply({"name": "alice", "groups": ["admin"]}).warnings == []


def test_remove(server):
    server.apply({"name": "alice", "email": "a@b.c", "groups": ["mods"]}, {"name": "bob"}, {"name": "carol"})
    server.insert("acl", server_id=1, channel_id=7, priority=1, user_id=3)
    gone = [{"name": name, "state": "absent"} for name in ("alice", "bob", "carol")]
    connected, warning = server.apply(*gone).warnings
    assert "stay connected" in connected
    assert "'alice', 'carol'" in warning
    assert [row["name"] for row in server.rows("users", server_id=1)] == ["SuperUser"]
    assert server.rows("user_info") == server.rows("group_members") == []


def test_one_certificate_is_one_account(server):
    server.apply({"name": "alice", "certificate_hash": HASH_A}, {"name": "bob"})
    with pytest.raises(AccountError, match="'dave': its certificate is also declared for 'carol'"):
        server.apply({"name": "carol", "certificate_hash": HASH_B}, {"name": "dave", "certificate_hash": HASH_B})
    outcome = server.apply({"name": "alice", "certificate_hash": HASH_B}, {"name": "bob", "certificate_hash": HASH_A})
    assert outcome.warnings == []


def test_who_registers_with_a_certificate_stops_nobody(server):
    server.apply({"name": "alice", "certificate_hash": HASH_A})
    server.apply({"name": "alice", "state": "disabled"})
    server.apply({"name": "alice2", "certificate_hash": HASH_A})  # as a guest registers
    outcome = server.apply({"name": "alice", "state": "enabled"}, {"name": "bob", "certificate_hash": HASH_A}, {"name": "carol"})
    assert [change.action for change in outcome.plan.changes] == ["enabled", "created", "created"]
    assert "'alice', 'bob'" in outcome.warnings[0] and "account number 2" in outcome.warnings[0]


def test_a_new_password_closes_what_lets_in_without_it(server):
    """A stranger has registered the name of a newcomer, with his certificate and address."""
    server.apply({"name": "alice", "certificate_hash": HASH_A, "email": "mallory@b.c", "groups": ["mods"]})
    outcome = server.apply({"name": "alice", "password": "Secret"})
    assert server.info("alice") == {}
    assert outcome.plan.changes[0].fields == ["certificate_hash", "email", "password"]
    assert "The new password of 'alice' removes" in outcome.warnings[0]
    server.apply({"name": "alice", "certificate_hash": HASH_A, "email": "a@b.c"})
    assert server.actions({"name": "alice", "password": "Secret"}) == {}
    server.apply({"name": "alice", "password": "Other", "email": "a@b.c", "certificate_hash": HASH_A})
    assert server.info("alice") == {1: "a@b.c", 3: HASH_A}
    server.apply({"name": "alice", "state": "disabled"})
    server.apply({"name": "alice", "password": "Third", "email": "a@b.c"})
    assert server.info("alice") == {1001: "a@b.c"}
    server.apply({"name": "alice", "state": "enabled"})
    assert server.info("alice") == {1: "a@b.c"}


def test_rights_beside_the_groups_of_the_root_channel(server):
    server.apply({"name": "alice", "groups": ["mods"]}, {"name": "bob"})
    server.insert("group_members", group_id=3, server_id=1, user_id=1, addit=1)
    server.insert("group_members", group_id=3, server_id=1, user_id=2, addit=0)
    server.insert("group_members", group_id=4, server_id=2, user_id=1, addit=1)
    server.insert("acl", server_id=1, channel_id=7, priority=1, user_id=1, grantpriv=2, revokepriv=0)
    server.insert("acl", server_id=1, channel_id=8, priority=1, user_id=2, grantpriv=0, revokepriv=2)
    server.insert("acl", server_id=1, channel_id=9, priority=1, user_id=None, group_name="all", grantpriv=2, revokepriv=0)
    server.insert("acl", server_id=2, channel_id=9, priority=1, user_id=1, grantpriv=2, revokepriv=0)

    def rights():
        database = server.database()
        with database.connect() as connection:
            service = Mumble(database, connection, server.service_options())
            return service.rights(service.read(None).values()), service.warnings

    assert rights() == ({"alice": ["group 'cellar' of channel 7", "rights of its own in channel 7"]}, [])
    server.run("DROP TABLE acl")
    found, warnings = rights()
    assert found == {"alice": ["group 'cellar' of channel 7"]} and "acl cannot be read" in warnings[0]


@pytest.mark.parametrize("sql", [
    "UPDATE users SET pw = X'ff00' WHERE name = 'alice'",
    "UPDATE users SET pw = CAST(X'ff00' AS TEXT) WHERE name = 'alice'",
    "UPDATE user_info SET value = CAST(X'ff' AS TEXT)",
    "UPDATE users SET pw = '!' || hex(randomblob(500000)) WHERE name = 'alice'",
    "UPDATE users SET kdfiterations = 'many', salt = '00x' WHERE name = 'alice'",
    "INSERT INTO user_info VALUES (1, 1, NULL, NULL), (1, 99, 3, 'x'), (1, 1, 1001, NULL), (1, 1, 1003, X'ff')",
    "UPDATE user_info SET value = X'ff' WHERE key IN (1, 3)",
    "UPDATE user_info SET value = NULL",
    "INSERT INTO user_info VALUES (1, 1, 1001, 'planted@b.c'), (1, 1, 1003, 'b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2')",
])
def test_no_row_keeps_an_account_from_being_disabled(server, sql):
    server.apply({"name": "alice", "password": "Secret", "email": "a@b.c", "certificate_hash": HASH_A}, {"name": "bob"})
    server.run(sql)
    assert server.actions({"name": "alice", "state": "disabled"}, {"name": "bob", "state": "disabled"}) == {"alice": "disabled", "bob": "disabled"}
    assert not server.lets_in("alice", "Secret")
    assert not {1, 3} & set(server.info("alice"))
    assert server.read("alice")["alice"].disabled


def test_another_server(server):
    assert server.actions({"name": "bob"}, options={"server_id": 2}) == {"bob": "created"}
    assert server.row("users", server_id=2, name="bob")["user_id"] == 2
    with pytest.raises(OptionError, match="virtual server 3 does not exist; the servers are 1, 2"):
        server.apply({"name": "bob"}, options={"server_id": 3})


@pytest.mark.parametrize(("sql", "said"), [
    ("ALTER TABLE users RENAME COLUMN name TO user_name;", "tables of Mumble 1.6"),
    ("ALTER TABLE users RENAME COLUMN kdfiterations TO rounds;", "users has no column kdfiterations"),
])
def test_unknown_schema(tmp_path, sql, said):
    with pytest.raises(SchemaError, match=said):
        Server(tmp_path / "other.sqlite", SCHEMA + sql).apply({"name": "bob"})


def test_a_stored_password_can_be_given_again_if_there_is_one(server, adapter):
    server.apply({"name": "alice", "password": "secret"}, {"name": "bob", "certificate_hash": HASH_A})
    accounts = server.read()
    assert takes_hash(adapter(), accounts["alice"])
    assert not takes_hash(adapter(), accounts["bob"])
    server.apply({"name": "carol", "password_hash": accounts["alice"].password_hash})
    assert server.lets_in("carol", "secret")
