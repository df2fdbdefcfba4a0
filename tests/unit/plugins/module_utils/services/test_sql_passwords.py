# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords of mappings in rows: one column or several, of text, numbers and bytes. The schemes: test_named_schemes.py"""

from __future__ import annotations

import hashlib
import hmac

import pytest

from ansible_collections.auth.services.plugins.module_utils.mapping import MappingError, read_mapping
from ansible_collections.auth.services.plugins.module_utils.services.sql.adapter import of_mapping
from ansible_collections.auth.services.tests.unit.installation import Installation, refusal

SCHEMA = """
CREATE TABLE member (id INTEGER PRIMARY KEY AUTOINCREMENT, login VARCHAR(40) NOT NULL UNIQUE, hash VARCHAR(200), salt VARCHAR(40), server VARCHAR(60),
    rounds INTEGER NOT NULL DEFAULT 0, secret VARCHAR(100) NOT NULL DEFAULT '', raw BLOB);
"""


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


@pytest.fixture
def make(tmp_path):
    def made(**password):
        mapping = read_mapping({"accounts": {"table": "member", "name": "login", "password": password}})
        cls = type("Application", (Installation,), {"service_class": of_mapping(mapping)})
        return cls(tmp_path / "members.sqlite", SCHEMA)

    return made


SALTED = {"columns": {"hash": "hash", "salt": "salt"}, "scheme": "digest", "of": "md5(md5(salt) + md5(password))", "salt_length": 8}


def test_a_salt_in_a_column(make):
    site = make(**SALTED)
    assert site.actions({"name": "alice", "password": "Secret-1"}) == {"alice": "created"}
    row = site.row("member", login="alice")
    assert row["hash"] == md5(md5(row["salt"]) + md5("Secret-1")) and len(row["salt"]) == 8
    assert site.actions({"name": "alice", "password": "Secret-1"}) == {}
    assert site.row("member", login="alice") == row
    assert site.actions({"name": "alice", "password": "Secret-2"}) == {"alice": "updated"}
    again = site.row("member", login="alice")
    assert again["salt"] != row["salt"] and again["hash"] == md5(md5(again["salt"]) + md5("Secret-2"))


def test_what_the_application_wrote_itself_is_verified(make):
    site = make(**SALTED)
    site.insert("member", login="bob", hash=md5(md5("x&y=z") + md5("Secret-1")), salt="x&y=z")
    assert site.actions({"name": "bob", "password": "Secret-1"}) == {}
    assert site.actions({"name": "bob", "password": "secret-1"}) == {"bob": "updated"}


def test_a_stored_password_goes_from_one_account_to_another(make):
    site = make(**SALTED)
    site.insert("member", login="bob", hash=md5(md5("x&y=z") + md5("Secret-1")), salt="x&y=z")
    stored = site.read("bob")["bob"].password_hash
    assert site.actions({"name": "alice", "password_hash": stored}) == {"alice": "created"}
    assert site.actions({"name": "alice", "password": "Secret-1"}, {"name": "bob", "password_hash": stored}) == {}
    assert site.row("member", login="alice")["salt"] == "x&y=z"
    assert "password_hash is not of a scheme that the mapping names" in refusal(site, {"name": "bob", "password_hash": md5("Secret-1")})


def test_an_account_without_a_password_has_no_salt(make):
    site = make(**SALTED)
    assert site.actions({"name": "alice"}) == {"alice": "created"}
    assert (site.row("member", login="alice")["hash"], site.row("member", login="alice")["salt"]) == (None, None)
    assert not site.read("alice")["alice"].password_hash


def test_scram_in_four_columns(make):
    site = make(columns={"hash": "hash", "server_key": "server", "salt": "salt", "iterations": "rounds"}, scheme="scram", encoding="hex", iterations=7)
    assert site.actions({"name": "alice", "password": "Secret-1"}) == {"alice": "created"}
    row = site.row("member", login="alice")
    salted = hashlib.pbkdf2_hmac("sha256", b"Secret-1", bytes.fromhex(row["salt"]), 7)
    assert row["rounds"] == 7 and row["server"] == hmac.digest(salted, b"Server Key", "sha256").hex()
    assert row["hash"] == hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).hexdigest()
    assert site.actions({"name": "alice", "password": "Secret-1"}) == {} and site.actions({"name": "alice", "password": "x"}) == {"alice": "updated"}


def test_older_passwords_and_new_ones(make):
    site = make(columns={"hash": "secret", "salt": "salt"}, scheme="sha512_crypt", rounds=1000,
                also=[{"scheme": "digest", "of": "md5(password + salt)"}, "apr_md5_crypt"])
    site.insert("member", login="bob", secret=md5("Secret-1ab"), salt="ab")
    site.insert("member", login="carol", secret="$apr1$c8xYYb2W$1SIuMr7CP7DtxY1IV8R4K.")
    assert site.actions({"name": "bob", "password": "Secret-1"}, {"name": "carol", "password": "Correct-Horse-9"}) == {}
    assert site.actions({"name": "bob", "password": "Secret-2"}) == {"bob": "updated"}
    row = site.row("member", login="bob")
    assert row["secret"].startswith("$6$rounds=1000$") and row["salt"] == ""
    assert site.actions({"name": "bob", "password": "Secret-2"}) == {}


def test_a_pepper_is_an_option(make):
    site = make(column="raw", scheme="sha256_crypt", rounds=1000, of="password + pepper")
    options = {"pepper": "hot"}
    assert site.actions({"name": "alice", "password": "Secret-1"}, options=options) == {"alice": "created"}
    assert isinstance(site.row("member", login="alice")["raw"], bytes)
    assert site.actions({"name": "alice", "password": "Secret-1"}, options=options) == {}
    assert site.actions({"name": "alice", "password": "Secret-1"}, options={"pepper": "cold"}) == {"alice": "updated"}
    said = refusal(site, {"name": "alice", "password": "Secret-1"})
    assert said == "Nothing was written. 'alice': the scheme uses pepper: the option pepper must be given"


@pytest.mark.parametrize(("password", "says"), [
    ({"column": "hash", "scheme": "bcrpyt"}, "mapping.accounts.password.scheme: there is no scheme 'bcrpyt'; there are bcrypt, argon2id"),
    ({"column": "hash", "scheme": "bcrypt", "costs": 3},
     "mapping.accounts.password.scheme: the scheme bcrypt has no setting 'costs'; its settings are cost, kind, of, prefix"),
    ({"column": "hash", "scheme": "bcrypt", "also": ["md5_crypt", {"scheme": "digest", "of": "md5("}]},
     "mapping.accounts.password.also[1]: of: 'md5(' has the end"),
    ({"column": "hash", "scheme": "digest", "of": "md5(salt)"}, "mapping.accounts.password.scheme: the scheme digest keeps salt in a column of its own"),
    ({"columns": {"hash": "hash", "slat": "salt"}, "scheme": "digest"}, "mapping.accounts.password.columns: the scheme stores nothing that is called slat"),
    ({"columns": {"hash": "hash", "salt": "salt"}, "scheme": "bcrypt"}, "mapping.accounts.password.columns: the scheme stores nothing that is called salt"),
])
def test_what_is_wrong_is_named_by_its_path(make, password, says):
    assert refusal(make(**password), {"name": "alice", "password": "Secret-1"}, error=MappingError).startswith(says)
