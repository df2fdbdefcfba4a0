# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import sqlite3

import pytest
import yaml

from ansible_collections.auth.services.plugins.module_utils.schema import Schema
from ansible_collections.auth.services.plugins.modules import tables_info
from ansible_collections.auth.services.tests.unit.applications.mediawiki import Wiki
from ansible_collections.auth.services.tests.unit.run_module import run_module

SECRETS = ["alice.liddell", "example.org", "Liddell", "$2y$10$abcdefghijklmnopqrstuuDf1OAkCgdHXHvyzs9wAu/Fq5FpMJZSW", "geheim-4711", "0123456789abcdef0123"]
SHOP = f"""
CREATE TABLE person (id integer PRIMARY KEY, login varchar(80) NOT NULL UNIQUE, password varchar(100) NOT NULL, email varchar(100), full_name varchar(100),
  status varchar(20) NOT NULL DEFAULT 'active', created_at datetime);
CREATE TABLE invoice (id integer PRIMARY KEY, person_id integer NOT NULL, note text DEFAULT '');
CREATE TABLE session (token varchar(40) PRIMARY KEY, person_id integer NOT NULL);
CREATE TABLE item (id integer PRIMARY KEY, invoice_id integer REFERENCES invoice (id));
INSERT INTO person VALUES (1, '{SECRETS[0]}', '{SECRETS[3]}', 'a@{SECRETS[1]}', 'Alice {SECRETS[2]}', 'active', '2026-01-01'),
  (2, 'bob@{SECRETS[1]}', '{SECRETS[4]}', 'b@{SECRETS[1]}', '{SECRETS[2]}', 'banned', '2026-01-01');
INSERT INTO invoice VALUES (1, 1, '{SECRETS[4]}'), (2, 2, '{SECRETS[0]}');
INSERT INTO session VALUES ('{SECRETS[5]}', 1);
"""


@pytest.fixture
def shop(tmp_path):
    path = tmp_path / "shop.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(SHOP)
    connection.close()
    return path


def run(tmp_path, path, **arguments):
    return run_module("tables_info", tmp_path, {"login_engine": "sqlite", "login_db": str(path), **arguments})


def test_what_is_returned(shop, tmp_path):
    found = run(tmp_path, shop).result
    assert found["changed"] is False
    assert [table["name"] for table in found["tables"]] == ["invoice", "item", "person", "session"]
    assert (found["account"]["table"], found["account"]["key"], found["account"]["login"], found["account"]["password"]) == (
        "person", "id", "login", "password")
    references = {(one["from"]["table"], *one["from"]["columns"], one["to"]["table"], *one["to"]["columns"], one["declared"]) for one in found["references"]}
    assert references == {("invoice", "person_id", "person", "id", False), ("session", "person_id", "person", "id", False),
                          ("item", "invoice_id", "invoice", "id", True)}
    assert found["counts"]["accounts"] == 2
    assert (found["engine"], found["version"], found["schema"], found["tls"], found["privileges"]) == ("sqlite", sqlite3.sqlite_version, "", None, [])
    assert Schema.from_dict(found).tables["item"].foreign_keys[0].table == "invoice"


def test_everything_that_is_returned_is_documented(shop, tmp_path):
    documented = yaml.safe_load(tables_info.RETURN)
    found = run(tmp_path, shop).result
    assert found.keys() - {"changed", "invocation", "warnings"} == documented.keys()
    for key in ("tables", "references"):
        assert found[key][0].keys() == documented[key]["contains"].keys()
    assert found["tables"][0]["columns"][0].keys() == documented["tables"]["contains"]["columns"]["contains"].keys()


@pytest.mark.parametrize("evidence", [["names"], ["rows"], ["names", "rows", "statements"]])
def test_nothing_of_a_person_is_returned(shop, tmp_path, evidence):
    done = run(tmp_path, shop, evidence=evidence)
    assert not done.result.get("failed")
    assert [text for text in SECRETS if text in done.everything] == []


def test_restricted_to_some_tables(shop, tmp_path):
    assert [table["name"] for table in run(tmp_path, shop, tables=["i*"]).result["tables"]] == ["invoice", "item"]
    assert [table["name"] for table in run(tmp_path, shop, table_prefix="in").result["tables"]] == ["invoice"]


def test_an_empty_database(tmp_path):
    path = tmp_path / "empty.sqlite"
    sqlite3.connect(path).execute("PRAGMA user_version = 1").connection.close()
    found = run(tmp_path, path, evidence=["rows"]).result
    assert (found["tables"], found["account"], found["counts"]) == ([], None, {})


def test_failures_are_plain(shop, tmp_path):
    failed = run(tmp_path, tmp_path / "none.sqlite").result
    assert failed["failed"] and failed["plain"] and "none.sqlite" in failed["msg"]
    refused = run(tmp_path, shop, evidence=["guess"]).result
    assert refused["failed"] and "evidence" in refused["msg"]


def test_a_name_that_is_not_text(shop, tmp_path):
    connection = sqlite3.connect(shop)
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("UPDATE sqlite_master SET name = CAST(x'61ff' AS TEXT),"
                       " tbl_name = CAST(x'61ff' AS TEXT), sql = replace(sql, 'item', CAST(x'61ff' AS TEXT)) WHERE name = 'item'")
    connection.commit()
    connection.close()
    found = run(tmp_path, shop).result
    assert [table["name"] for table in found["tables"]] == ["invoice", "person", "session"]
    assert "its name is not valid UTF-8" in str(found["warnings"])


def test_a_wiki(tmp_path):
    Wiki(tmp_path / "wiki.sqlite", "mw_")
    found = run(tmp_path, tmp_path / "wiki.sqlite", evidence=["rows"]).result
    assert (found["account"]["table"], found["account"]["login"], found["account"]["password"]) == ("mw_user", "user_name", "user_password")
