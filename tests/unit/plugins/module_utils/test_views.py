# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Views in place of tables."""

from __future__ import annotations

import pytest

from ansible_collections.auth.services.plugins.module_utils.account import AccountError
from ansible_collections.auth.services.plugins.module_utils.database import DatabaseError
from ansible_collections.auth.services.plugins.module_utils.services.freeradius import adapter
from ansible_collections.auth.services.tests.unit.installation import Installation

COLUMNS = "id INTEGER PRIMARY KEY, {} TEXT NOT NULL, attribute TEXT NOT NULL, op TEXT NOT NULL, value TEXT NOT NULL"
TABLES = """
CREATE TABLE members (id INTEGER PRIMARY KEY, login TEXT, pw TEXT); INSERT INTO members VALUES (1, 'alice', 'x'), (2, 'bob', 'y');
CREATE TABLE memberships (id INTEGER PRIMARY KEY, username TEXT, groupname TEXT, priority INTEGER);
INSERT INTO memberships VALUES (1, 'alice', 'staff', 1);
CREATE VIEW radusergroup AS SELECT * FROM memberships;
""" + "".join(f"CREATE TABLE {name} ({COLUMNS.format(owner)});" for name, owner in (
    ("radreply", "username"), ("radgroupcheck", "groupname"), ("radgroupreply", "groupname")))
VIEW = """CREATE VIEW radcheck AS SELECT id, login AS username, 'Cleartext-Password' AS attribute, ':=' AS op, pw AS value FROM members;"""


class Radius(Installation):
    service_class = adapter.FreeRadius


@pytest.fixture(params=[False, True])
def check_mode(request):
    return request.param


def test_accounts_of_a_view_are_read(tmp_path):
    radius = Radius(tmp_path / "radius", TABLES + VIEW)
    assert {name: account.enabled for name, account in radius.read().items()} == {"alice": True, "bob": True}
    assert radius.actions({"name": "alice", "groups": ["staff"]}) == {}


@pytest.mark.parametrize("entry", [
    {"name": "alice", "state": "disabled"}, {"name": "bob", "state": "absent"}, {"name": "carl", "password": "geheim"}, {"name": "alice", "password": "neu"},
])
def test_nothing_is_written_to_a_view(tmp_path, entry, check_mode):
    radius = Radius(tmp_path / "radius", TABLES + VIEW)
    before = radius.dump()
    with pytest.raises(AccountError, match=f"'{entry['name']}': radcheck is a view, which this module only reads"):
        radius.apply(entry, check_mode=check_mode)
    assert radius.dump() == before


def test_a_view_keeps_nobody_in_who_has_rows_in_tables(tmp_path, check_mode):
    table = f"CREATE TABLE radcheck ({COLUMNS.format('username')}); INSERT INTO radcheck VALUES (1, 'alice', 'Cleartext-Password', ':=', 'x');"
    radius = Radius(tmp_path / "radius", TABLES + table)
    with pytest.raises(AccountError, match="'alice': radusergroup is a view"):
        radius.apply({"name": "alice", "groups": []}, check_mode=check_mode)
    assert {change.name: change.action for change in radius.apply({"name": "alice", "state": "disabled"}, check_mode=check_mode).plan.pending} == {
        "alice": "disabled"}
    assert radius.read("alice")["alice"].disabled is not check_mode
    assert radius.actions({"name": "alice", "state": "enabled", "password": "neu"}) == {"alice": "updated" if check_mode else "enabled"}


def test_no_statement_writes_to_a_view(tmp_path):
    database = Radius(tmp_path / "radius", TABLES + VIEW).database()
    with database.connect() as connection:
        service = adapter.FreeRadius(database, connection, {"password_attribute": None, "safe_characters": adapter.SAFE_CHARACTERS})
        table = service.table("radcheck")
        for write in (lambda: service.insert(table, [{"username": "x"}]), lambda: service.update(table, "id", {1: {"value": "z"}}),
                      lambda: service.delete_in(table, "id", [1])):
            with pytest.raises(DatabaseError, match="radcheck is a view"):
                write()
