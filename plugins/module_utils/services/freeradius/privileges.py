# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Privileges on the tables of a server."""

from __future__ import annotations

from ansible_collections.auth.services.plugins.module_utils.privileges import Privileges, Purpose, on, where_there

ACCOUNTS = ("radcheck", "radreply", "radusergroup")
OTHERS = where_there("radacct", "radgroupcheck", "radgroupreply")

PRIVILEGES = Privileges(
    "FreeRADIUS",
    (
        Purpose("read", "read", (on("SELECT", *ACCOUNTS),)),
        Purpose("create", "create", (on("INSERT", *ACCOUNTS),), after=", as far as they get rows"),
        Purpose(
            "`password`, `expiration`, `check_attributes`, `enabled`, `disabled`",
            "password | expiration | check_attributes | enabled | disabled",
            (
                on("INSERT, UPDATE, DELETE", "radcheck"),
            ),
        ),
        Purpose("`reply_attributes`", "reply_attributes", (on("INSERT, UPDATE, DELETE", "radreply"),)),
        Purpose("`groups`, `group_priority`", "groups | group_priority", (
            on("INSERT, UPDATE, DELETE", "radusergroup"),
        )),
        Purpose("`absent`", "absent", (on("DELETE", *ACCOUNTS),)),
        Purpose("warnings, without which there are none", "read", (on("SELECT", *OTHERS),)),
        Purpose("every line that writes, on PostgreSQL and MySQL", "write postgresql | write mysql", (
            on("UPDATE", *ACCOUNTS),
        ), after=", since they are locked before", locks=True),
        Purpose("every line that inserts, on PostgreSQL", "write postgresql", (
            on("USAGE", *(f"{table}_id_seq" for table in ACCOUNTS)),
        )),
    ),
    lambda options: OTHERS,
)
