# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Privileges on the tables of a server."""

from __future__ import annotations

from ansible_collections.auth.services.plugins.module_utils.privileges import Privileges, Purpose, on

PRIVILEGES = Privileges(
    "Mumble",
    (
        Purpose("read: `mumble_user_info`, and a run that finds nothing to do", "read", (
            on("SELECT", "users", "user_info", "groups", "group_members", "servers", "meta"),
        )),
        Purpose("rights in the review, without which a warning says that they are missing", "read", (
            on("SELECT", "acl"),
        )),
        Purpose("create", "create", (on("INSERT", "users"),)),
        Purpose("`password`", "password", (on("UPDATE", "users"),)),
        Purpose("`password` where a certificate or an address goes", "password", (
            on("DELETE", "user_info"),
        ), beside="the line above"),
        Purpose("`email`, `certificate_hash`, `disabled`, `enabled`", "email | certificate_hash | disabled | enabled", (
            on("UPDATE", "users"),
            on("INSERT, DELETE", "user_info"),
        )),
        Purpose("`groups`", "groups", (on("INSERT, DELETE", "group_members"),)),
        Purpose("`absent`", "absent", (
            on("SELECT", "acl"),
            on("DELETE", "users", "user_info", "group_members"),
        )),
        Purpose("every line that writes, on PostgreSQL and MySQL", "write postgresql | write mysql", (
            on("UPDATE", "users"),
        ), locks=True),
        # also lets read the private key of the server's certificate
        Purpose("a pattern of names that was set in the database", "", (on("SELECT", "config"),)),
    ),
)
