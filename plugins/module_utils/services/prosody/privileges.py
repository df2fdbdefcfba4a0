# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Privileges on the tables of a server."""

from __future__ import annotations

from ansible_collections.auth.services.plugins.module_utils.privileges import Privileges, Purpose, on

PRIVILEGES = Privileges(
    "Prosody",
    (
        Purpose("read", "read", (on("SELECT", "prosody"),)),
        Purpose("create, `password`, `disabled`, `enabled`", "create | password | disabled | enabled", (
            on("INSERT, DELETE", "prosody"),
        )),
        Purpose("`absent`", "absent", (
            on("DELETE", "prosody"),
            on("SELECT, DELETE", "prosodyarchive"),
        )),
        Purpose("every line that writes, on PostgreSQL and MySQL", "write postgresql | write mysql", (
            on("UPDATE", "prosody"),
        ), locks=True),
    ),
)
