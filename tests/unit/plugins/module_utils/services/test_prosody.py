# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prosody on SQLite, with its own DDL; stored passwords that Prosody 0.12.3 and 13.0.1 made."""

from __future__ import annotations

import time

import pytest

from ansible_collections.auth.services.plugins.module_utils.account import AccountError, OptionError
from ansible_collections.auth.services.plugins.module_utils.database import SchemaError
from ansible_collections.auth.services.plugins.module_utils.passwords.scram import ScramKeys
from ansible_collections.auth.services.plugins.module_utils.results import takes_hash
from ansible_collections.auth.services.plugins.module_utils.services.prosody.adapter import Prosody
from ansible_collections.auth.services.tests.unit.applications.prosody import (
    HOST,
    PASSWORD,
    VECTOR_256,
    VECTORS,
    VERSIONS,
    Server,
    keys,
)


@pytest.fixture(params=VERSIONS)
def server(request, tmp_path):
    return Server(tmp_path / "prosody.sqlite", VERSIONS[request.param])


@pytest.fixture
def old_server(tmp_path):
    return Server(tmp_path / "prosody.sqlite", VERSIONS["0.12"])


@pytest.mark.parametrize(("vector", "algorithm", "password"), [
    *((vector, "SHA-1", PASSWORD) for vector in VECTORS), (VECTOR_256, "SHA-256", "secret"),
])
def test_stored_passwords_of_prosody_are_verified(server, vector, algorithm, password):
    server.add("alice", keys(vector))
    options = {"hash_algorithm": algorithm}
    assert server.actions({"name": "Alice", "password": password}, options=options) == {}
    assert server.actions({"name": "Alice", "password": password.title()}, options=options) == {"alice": "updated"}
    assert server.actions({"name": "Alice", "password": password.title()}, options=options) == {}
    rows = server.account("alice")
    assert {name: len(value) for name, value in rows.items()} == {
        "salt": 36, "iteration_count": 5, "stored_key": len(vector[1]), "server_key": len(vector[2]), "updated": 10,
    }


def test_a_new_account_has_the_rows_of_prosody_13(server):
    assert server.actions({"name": "Alice", "password": PASSWORD}) == {"alice": "created"}
    rows = server.rows("prosody")
    assert {(row["host"], row["user"], row["store"]) for row in rows} == {(HOST, "alice", "accounts")}
    assert {row["key"]: row["type"] for row in rows} == {
        "salt": "string", "iteration_count": "number", "stored_key": "string", "server_key": "string", "created": "number", "updated": "number",
    }


def test_keys_of_another_algorithm_are_replaced(server):
    server.add("alice", keys())
    assert server.actions({"name": "alice", "password": PASSWORD}, options={"hash_algorithm": "SHA-256"}) == {"alice": "updated"}
    assert len(server.account("alice")["stored_key"]) == 64


def test_disabling_and_enabling_is_a_round_trip(server):
    server.add("alice", [*keys(), ("created", "1700000000"), ("updated", "1700000000")])
    server.add("alice", [("token", "x")], store="auth_tokens")
    server.add("alice", [("token", "x")], store="auth_tokens", host="other.org")
    before = server.account("alice")
    done = server.apply({"name": "alice", "state": "disabled"})
    assert [change.action for change in done.plan.changes] == ["disabled"]
    assert "open" in done.service.warnings[0]
    rows = server.account("alice")
    assert rows["stored_key"] == "00" + before["stored_key"]
    assert rows["disabled"] == "true"
    assert not server.account("alice", store="auth_tokens")
    assert server.account("alice", store="auth_tokens", host="other.org")
    assert server.actions({"name": "alice", "state": "disabled", "password": PASSWORD}) == {}
    assert server.actions({"name": "alice", "state": "present"}) == {}
    assert server.actions({"name": "alice", "state": "enabled", "password": PASSWORD}) == {"alice": "enabled"}
    after = server.account("alice")
    assert after.pop("updated") > before.pop("updated")
    assert after == before


def test_a_new_password_opens_no_disabled_account(server):
    server.add("alice", keys())
    server.actions({"name": "alice", "state": "disabled"})
    assert server.actions({"name": "alice", "password": "another"}) == {"alice": "updated"}
    rows = server.account("alice")
    assert rows["disabled"] == "true"
    assert rows["stored_key"].startswith("00")
    assert len(rows["stored_key"]) == 42


@pytest.mark.parametrize(("rows", "state", "action"), [
    ([*keys(), ("disabled", "true")], "present", "disabled"),  # by Prosody 13 itself
    ([("salt", "x"), ("iteration_count", "10000"), ("stored_key", "00" + VECTORS[0][1]), ("server_key", VECTORS[0][2])], "present", "disabled"),
    ([*keys(), ("disabled", "false")], "enabled", "disabled"),
    # a key that begins with a zero byte of its own is not locked
    ([("salt", "x"), ("iteration_count", "10000"), ("stored_key", "00" + VECTORS[0][1][2:]), ("server_key", VECTORS[0][2])], "enabled", "disabled"),
    ([("created", "1700000000"), ("disabled", "true")], "present", "disabled"),  # prosodyctl adduser without a password
    ([("password", "secret"), ("disabled", "true")], "present", "disabled"),
    ([("salt", "x"), ("iteration_count", "10000"), ("stored_key", "abcd"), ("server_key", VECTORS[0][2])], "enabled", "disabled"),
])
def test_half_a_lock_is_neither_enabled_nor_disabled(server, rows, state, action):
    server.add("alice", rows)
    account = server.read("alice")["alice"]
    assert server.apply({"name": "alice"}, check_mode=True).service.to_options(account)["state"] == state
    assert server.actions({"name": "alice", "state": "disabled"}) == {"alice": action}
    assert server.read("alice")["alice"].disabled
    assert server.actions({"name": "alice", "state": "enabled"}) == {"alice": "enabled"}
    assert server.read("alice")["alice"].enabled
    assert len(server.account("alice")["stored_key"]) == 40


def test_clear_text_is_verified_and_replaced_when_written(server):
    server.add("alice", [("password", "sécret")])
    assert server.actions({"name": "alice", "password": "sécret", "state": "enabled"}) == {}
    assert server.account("alice") == {"password": "sécret"}
    assert server.actions({"name": "alice", "state": "disabled"}) == {"alice": "disabled"}
    assert "password" not in server.account("alice")
    assert server.actions({"name": "alice", "state": "enabled", "password": "sécret"}) == {"alice": "enabled"}


def test_rows_that_are_there_twice_are_one_after_a_change(old_server):
    old_server.add("alice", [*keys(VECTORS[0]), *keys(VECTORS[1]), ("created", "1700000000"), ("created", "1700000000")])
    assert not old_server.read("alice")["alice"].password_hash
    assert old_server.actions({"name": "alice", "password": PASSWORD}) == {"alice": "updated"}
    assert old_server.account("alice")["created"] == "1700000000"
    assert old_server.actions({"name": "alice", "password": PASSWORD}) == {}


BROKEN = [
    "UPDATE prosody SET value = NULL",
    "INSERT INTO prosody SELECT host, NULL, store, key, type, value FROM prosody",
    "INSERT INTO prosody SELECT host, X'ff00', store, key, type, value FROM prosody",
    "UPDATE prosody SET key = NULL",
    "UPDATE prosody SET type = NULL",
    "UPDATE prosody SET value = X'ff00'",
    "UPDATE prosody SET value = CAST(X'ff00' AS TEXT)",
    "INSERT INTO prosody SELECT host, user, store, 'x', CAST(X'ff00' AS TEXT), CAST(X'ff00' AS TEXT) FROM prosody",
    "UPDATE prosody SET value = 'inf' WHERE key = 'iteration_count'",
    "UPDATE prosody SET value = '1e400' WHERE key = 'iteration_count'",
    "UPDATE prosody SET value = '-5' WHERE key = 'iteration_count'",
    "UPDATE prosody SET value = hex(randomblob(1000000)) WHERE key IN ('salt', 'stored_key')",
    "INSERT INTO prosody SELECT host, user, store, 'password', 'string', hex(randomblob(1000000)) FROM prosody WHERE key = 'salt'",
    "INSERT INTO prosody SELECT host, user, store, 'password', 'json', NULL FROM prosody WHERE key = 'salt'",
    "INSERT INTO prosody SELECT host, user, store, 'disabled', 'string', 'true' FROM prosody WHERE key = 'salt'",
    "UPDATE prosody SET value = '00' || substr(value, 1, 38) || 'zz' WHERE key = 'stored_key'",
    "INSERT INTO prosody SELECT host, user, store, 'updated', 'number', 'nan' FROM prosody WHERE key = 'salt'",
]


@pytest.mark.parametrize("sql", BROKEN)
def test_no_row_keeps_an_account_from_being_disabled(tmp_path, sql):
    server = Server(tmp_path / "prosody.sqlite", VERSIONS["0.12"].replace(" NOT NULL", ""))
    server.add("alice", keys())
    server.run(sql)
    server.add("bob", keys())
    started = time.monotonic()
    assert server.read("alice")["alice"].disabled is False
    assert server.actions({"name": "bob", "password": PASSWORD}) == {}
    assert server.actions({"name": "alice", "state": "disabled"}) == {"alice": "disabled"}
    assert server.read("alice")["alice"].disabled
    [row] = server.rows("prosody", user="alice", key="stored_key")
    assert row["value"].startswith("00") and len(row["value"]) == 42
    assert server.actions({"name": "alice", "state": "enabled", "password": PASSWORD}) == {"alice": "enabled"}
    assert time.monotonic() - started < 10


def test_rows_without_a_name_or_a_key_stay(tmp_path):
    server = Server(tmp_path / "prosody.sqlite", VERSIONS["0.12"].replace(" NOT NULL", ""))
    server.add("alice", keys())
    for user in (None, "alice", "alice"):
        server.insert("prosody", host=HOST, user=user, store="accounts", key=None, type=None, value=None)
    before = server.rows("prosody", key=None)
    assert list(server.read()) == ["alice"]
    for state in ("disabled", "enabled"):
        assert server.actions({"name": "alice", "state": state}) == {"alice": state} and server.rows("prosody", key=None) == before
    assert server.actions({"name": "alice", "state": "absent"}) == {"alice": "removed"}
    assert server.rows("prosody") == before[:1]


@pytest.mark.parametrize("complete", [False, True])
@pytest.mark.parametrize("name", ["Bob", "a b", "x@example.org"])
def test_a_name_that_prosody_would_not_give_can_be_shut(server, name, complete):
    server.add(name, keys())
    server.add("alice", keys())
    assert server.actions({"name": name, "state": "disabled"}, {"name": "alice"}, complete=complete) == {name: "disabled"}
    assert server.actions({"name": name, "state": "disabled"}, {"name": "alice"}, complete=complete, unlisted="remove") == {}
    assert server.actions({"name": name, "state": "absent"}, {"name": "alice"}, complete=complete) == {name: "removed"}
    assert server.actions({"name": "alice"}, complete=True, unlisted="remove") == {}


def test_who_prosody_knows_comes_first(server):
    for name in ("Bob", "bob"):
        server.add(name, keys())
    assert server.actions({"name": "Bob", "state": "disabled"}) == {"bob": "disabled"}
    assert server.read("Bob")["Bob"].enabled and server.actions({"name": "Bob", "state": "enabled"}) == {"bob": "enabled"}


def test_tokens_that_were_made_while_an_account_was_disabled_do_not_come_back(server):
    server.add("alice", keys())
    server.actions({"name": "alice", "state": "disabled"})
    server.add("alice", [("token", "planted")], store="auth_tokens")
    server.actions({"name": "alice", "state": "enabled"})
    assert not server.account("alice", store="auth_tokens")


def test_roles_are_rights(server):
    server.add("alice", keys())
    server.add("bob", keys())
    server.add("carol", keys())
    server.add("alice", [("_default", "prosody:admin"), ("prosody:member", "true")], store="account_roles")
    server.add("bob", [("prosody:operator", "true")], store="roles")
    server.add("carol", [("_default", "prosody:admin")], store="account_roles", host="other.org")
    database = server.database()
    with database.connect() as connection:
        service = Prosody(database, connection, server.service_options())
        rights = service.rights(service.read(None).values())
    assert rights == {"alice": ["role prosody:admin", "role prosody:member"], "bob": ["role prosody:operator"]}


def test_any_name_is_a_name(server):
    names = ["__ansible_type", "__ansible_unsafe", "_default"]
    assert server.actions(*({"name": name, "password": PASSWORD} for name in names)) == dict.fromkeys(names, "created")
    assert server.actions(*({"name": name, "state": "disabled"} for name in names)) == dict.fromkeys(names, "disabled")


def test_one_of_two_locks_is_none(old_server):
    old_server.add("alice", [*keys(), ("disabled", "true")])
    old_server.run("UPDATE prosody SET value = '00' || value WHERE key = 'stored_key'")
    assert old_server.read("alice")["alice"].disabled
    old_server.add("alice", [("stored_key", VECTORS[0][1])])
    assert not old_server.read("alice")["alice"].disabled
    assert old_server.actions({"name": "alice", "state": "disabled"}) == {"alice": "disabled"}
    old_server.account("alice")


def test_an_account_without_a_password_has_keys_of_nobody(server):
    server.actions({"name": "alice"}, {"name": "bob"})
    alice, bob = server.account("alice"), server.account("bob")
    assert alice["stored_key"] != bob["stored_key"]
    assert len(alice["stored_key"]) == 40 == len(alice["server_key"])


def test_a_given_hash_is_stored_as_prosody_stores_it(server):
    salt, stored_key, server_key = VECTORS[0]
    text = str(ScramKeys("SHA-1", 10000, salt.encode(), bytes.fromhex(stored_key), bytes.fromhex(server_key)))
    assert text == (
        "SCRAM-SHA-1$10000:Y2Y5NTFlMTgtMGRhMS00ZDQxLTg2ZjgtODgzMjc4ZmJmMTQ5$gcnGO+JjZwO8j76X/znojGLYszA=:a5+YF6BPxDGf/zLwZu82FWT0H+c="
    )
    assert server.actions({"name": "alice", "password_hash": text}) == {"alice": "created"}
    rows = server.account("alice")
    assert {name: rows[name] for name in dict(keys())} == dict(keys())
    assert server.actions({"name": "alice", "password_hash": text}, {"name": "bob", "password": PASSWORD}) == {"bob": "created"}
    assert server.actions({"name": "alice", "password": PASSWORD}) == {}


@pytest.mark.parametrize(("entry", "problem"), [
    ({"name": "a@example.org"}, "'@' is not allowed"),
    ({"name": "a b"}, "' ' is not allowed"),
    ({"name": " \u00ad"}, "not allowed"),
    ({"name": "\u00ad"}, "empty"),
    ({"name": "alice", "password": ""}, "the password is empty"),
    ({"name": "alice", "password": "a\u0007"}, "the password cannot be used with XMPP"),
    ({"name": "alice", "password_hash": "$6$x$y"}, "SCRAM-SHA-1[$]iterations"),
    ({"name": "alice", "password_hash": "SCRAM-SHA-1$10000:AAAA$" + "A" * 27 + "=:" + "A" * 27 + "="}, "ASCII"),
    ({"name": "alice", "password_hash": "SCRAM-SHA-1$10:YWJj$" + "A" * 27 + "=:" + "A" * 27 + "="}, "10 iterations"),
    ({"name": "alice", "password_hash": "SCRAM-SHA-1$10000:YWJj$AAAA:AAAA"}, "long"),
    ({"name": "alice", "password_hash": "SCRAM-SHA-1$10000:YWJj$AAA:A"}, "Base64"),
    ({"name": "alice", "password_hash": "SCRAM-SHA-256$10000:YWJj$" + "A" * 43 + "=:" + "A" * 43 + "="}, "hash_algorithm is SHA-1"),
])
def test_what_is_refused(server, entry, problem):
    before = server.dump()
    with pytest.raises(AccountError, match=problem):
        server.apply(entry)
    assert server.dump() == before


def test_two_spellings_of_one_name_are_named_both(server):
    with pytest.raises(AccountError, match="'ALICE'.*same account as 'alice'"):
        server.apply({"name": "alice"}, {"name": "ALICE"})


def test_removal_takes_all_rows_of_the_account_and_no_others(server):
    for user, host in (("alice", HOST), ("bob", HOST), ("alice", "other.org")):
        server.add(user, keys(), host=host)
        server.add(user, [("x", "y")], host=host, store="roster")
        server.insert("prosodyarchive", host=host, user=user, store="archive", key="k", **{'"when"': 1, '"with"': "x", "type": "xml", "value": "<a/>"})
    assert server.actions({"name": "alice", "state": "absent"}) == {"alice": "removed"}
    for table in ("prosody", "prosodyarchive"):
        assert {(row["user"], row["host"]) for row in server.rows(table)} == {("bob", HOST), ("alice", "other.org")}
    assert server.actions({"name": "alice", "state": "absent"}) == {}


def test_other_hosts_are_other_services(server):
    server.add("alice", keys(), host="other.org")
    assert server.read() == {}
    assert list(server.read(options={"host": "OTHER.org"})) == ["alice"]
    with pytest.raises(OptionError, match="host"):
        server.read(options={"host": "alice@example.org"})


def test_a_host_that_is_new_is_told(server):
    assert server.apply({"name": "alice"}).service.warnings == []
    [warning] = server.apply({"name": "bob"}, options={"host": "exmaple.org"}).service.warnings
    assert "'exmaple.org'" in warning and "'example.org'" in warning
    assert server.apply({"name": "carol"}, options={"host": "exmaple.org"}).service.warnings == []


def test_expensive_hashes_are_refused(server):
    server.add("alice", [("iteration_count", "999999999"), *(row for row in keys() if row[0] != "iteration_count")])
    with pytest.raises(AccountError, match="999999999 iterations"):
        server.apply({"name": "alice", "password": PASSWORD})


def test_another_schema_is_refused(tmp_path):
    server = Server(tmp_path / "other.sqlite", "CREATE TABLE prosody (host TEXT, user TEXT, store TEXT);")
    with pytest.raises(SchemaError, match="no column key, type, value"):
        server.read()


@pytest.mark.parametrize("vector", [VECTORS[0], VECTOR_256])
def test_who_reads_need_not_know_the_algorithm(server, vector):
    server.add("alice", keys(vector))
    server.add("bob", [("password", "in clear text")])
    database = server.database()
    with database.connect() as connection:
        service = Prosody(database, connection, {"host": HOST})
        assert {name: takes_hash(service, account) for name, account in service.read(None).items()} == {"alice": True, "bob": False}
