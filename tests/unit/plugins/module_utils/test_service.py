# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each service type has from ``Service``."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing

import pytest

from ansible_collections.auth.services.plugins.module_utils.account import KEEP, Account
from ansible_collections.auth.services.plugins.module_utils.database import Database, SchemaError
from ansible_collections.auth.services.plugins.module_utils.service import Service

ENTRY = {"name": "Jane", "state": "present", "append_groups": False, "password": None, "password_hash": None, "update_password": "always"}


class Shop(Service):
    """Has nothing but names of tables and options."""

    tables = {"item": ("id", "name")}
    value_options = {"size": {"type": "int"}}
    argument_options = {"reason": {"type": "str"}}

    def table_name(self, name):
        return "things" if name == "item" else name


@pytest.fixture
def shop(tmp_path):
    """A service in a transaction."""
    path = tmp_path / "shop.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE x_things (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT)")
    database = Database({"login_engine": "sqlite", "login_db": str(path), "connect_timeout": 1, "table_prefix": "x_"})
    with ExitStack() as stack:
        yield Shop(database, stack.enter_context(database.connect()), {})


def test_tables_go_by_the_names_of_the_release(shop):
    assert shop.table("item").name == "x_things"
    assert shop.has_table("item") and not shop.has_table("other")
    with pytest.raises(SchemaError, match="table x_things has no column colour"):
        shop.require({"item": ("colour",)})


def test_missing_tables_are_found_at_the_start(shop, monkeypatch):
    monkeypatch.setattr(Shop, "tables", {"other": ()})
    with pytest.raises(SchemaError, match="table x_other not found"):
        Shop(shop.database, shop.connection, {})


# Declared accounts


@pytest.mark.parametrize(("given", "values", "groups"), [
    ({}, {}, None),
    ({"email": None, "groups": None, "size": None}, {}, None),
    ({"email": "", "groups": [], "size": 0}, {"email": "", "size": 0}, {}),
    ({"email": "a@b", "groups": ["x", "y", "x"]}, {"email": "a@b"}, {"x": KEEP, "y": KEEP}),
])
def test_declare(shop, given, values, groups):
    wanted = shop.declare({**ENTRY, "reason": "r", **given})
    assert (wanted.values, wanted.groups, wanted.arguments) == (values, groups, {"reason": "r"})


@pytest.mark.parametrize(("enabled", "disabled", "state"), [(True, False, "enabled"), (False, True, "disabled"), (False, False, "present")])
def test_to_options(shop, enabled, disabled, state):
    account = Account("Jane", 1, enabled, disabled, {"email": "a@b"}, {"y": None, "x": None}, "secret")
    assert shop.to_options(account) == {"name": "Jane", "state": state, "email": "a@b", "groups": ["x", "y"]}
