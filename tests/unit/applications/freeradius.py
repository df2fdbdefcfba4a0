# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables of FreeRADIUS in SQLite."""

from __future__ import annotations

from ansible_collections.auth.services.plugins.module_utils.results import as_text, show
from ansible_collections.auth.services.plugins.module_utils.services.freeradius.adapter import FreeRadius
from ansible_collections.auth.services.plugins.module_utils.services.freeradius.passwords import CLEARTEXT, Stored
from ansible_collections.auth.services.tests.unit.installation import Contract, Installation

ITEMS = """id INTEGER PRIMARY KEY AUTOINCREMENT, {0}name varchar(64) NOT NULL DEFAULT '',
    attribute varchar(64) NOT NULL DEFAULT '', op char(2) NOT NULL DEFAULT '{1}', value varchar(253) NOT NULL DEFAULT ''"""
TABLES = "".join(
    f"CREATE TABLE rad{group}{kind} ({ITEMS.format(owner, op)});"
    for group, owner in (("", "user"), ("group", "group")) for kind, op in (("check", "=="), ("reply", "="))
) + """
CREATE TABLE radusergroup (id INTEGER PRIMARY KEY AUTOINCREMENT, username varchar(64) NOT NULL DEFAULT '',
    groupname varchar(64) NOT NULL DEFAULT '', priority int(11) NOT NULL DEFAULT '1');
CREATE INDEX check_username ON radcheck (username);
CREATE INDEX reply_username ON radreply (username);
CREATE INDEX group_username ON radusergroup (username);
CREATE TABLE radacct (radacctid INTEGER PRIMARY KEY, username varchar(64) NOT NULL DEFAULT '', acctstoptime datetime);
"""


class Radius(Installation):
    """The tables of FreeRADIUS."""

    service_class = FreeRadius

    def register(self, name):
        for table, attribute, value in (("radcheck", "NT-Password", "cfc43211ba8dc470832267827cac1407"), ("radcheck", "Expiration", "31 Dec 2099"),
                                        ("radreply", "Class", "x")):
            self.insert(table, username=name, attribute=attribute, op=":=", value=value)
        self.insert("radusergroup", username=name, groupname="staff")

    def lets_in(self, name, password):
        rows = self.rows("radcheck", username=name)
        [stored] = [f"{row['attribute']}:{row['value']}" for row in rows if row["attribute"].endswith("-Password")]
        return Stored(CLEARTEXT).verify(stored, password) and not any(row["value"] == "Reject" for row in rows)

    def check(self, name):
        """Check items of an account in the order that the server sees, without the password's value."""
        return [[row["attribute"], row["op"], "" if row["attribute"].endswith("Password") else row["value"]]
                for row in self.rows("radcheck", username=name)]

    @staticmethod
    def diff(outcome):
        """What --diff shows."""
        sides = [side for change in outcome.plan.pending for side in show(change, outcome.service)]
        return "".join(as_text("a", side) for side in sides)


CONTRACT = Contract(
    make=lambda path: Radius(path, TABLES),
    password_hash="NT-Password:cfc43211ba8dc470832267827cac1407",
    values=lambda number: {"reply_attributes": [{"attribute": "Class", "op": ":=", "value": f"{number}"}], "groups": ["staff"],
                           "group_priority": {"staff": 2}, "expiration": f"{number % 28 + 1} Dec 2099"},
    openings={"one of two": "DELETE FROM radcheck WHERE id = (SELECT max(id) FROM radcheck WHERE value = 'Reject')"},
    lost={"radcheck": ("id",)},
    strangers="INSERT INTO radcheck (username, attribute, op, value) SELECT 'stranger' || i, 'NT-Password', ':=', 'ab' FROM NUMBERS;"
              "INSERT INTO radusergroup (username, groupname) SELECT 'stranger' || i, 'guests' FROM NUMBERS",
    shut=2 * "INSERT INTO radcheck (username, attribute, op, value) SELECT 'stranger' || i, 'Auth-Type', ':=', 'Reject' FROM NUMBERS;",
)
