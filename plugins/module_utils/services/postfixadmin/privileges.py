# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Privileges on the tables of a Postfixadmin."""

from __future__ import annotations

from ansible_collections.auth.services.plugins.module_utils.privileges import Privileges, Purpose, on, where_there

SINCE_4 = where_there("mailbox_app_password", "totp_exception_address")
CHANGE = "display_name | quota | email_other | phone | password | disabled | enabled"

PRIVILEGES = Privileges(
    "Postfixadmin",
    (
        Purpose("read", "read", (on("SELECT", "mailbox", "alias", "domain"),)),
        Purpose("read, in 4.0", "read", (on("SELECT", "mailbox_app_password"),), beside="the line above"),
        Purpose("rights in the review, without which a warning says that they are missing", "read", (
            on("SELECT", "vacation"),
            on("SELECT (username), SELECT (active), SELECT (superadmin)", "admin"),
        )),
        Purpose("create", "create", (on("INSERT", "mailbox", "alias"),)),
        Purpose("change, `disabled`, `enabled`", CHANGE, (on("UPDATE", "mailbox", "alias"),)),
        Purpose("change, `disabled`, `enabled`, in 4.0", CHANGE, (
            on("UPDATE, DELETE", "mailbox_app_password"),
        ), beside="the line above"),
        Purpose("`absent`", "absent", (
            on("DELETE", "mailbox", "alias"),
            on("SELECT, DELETE", "fetchmail", "vacation", "vacation_notification", "quota", "quota2"),
        )),
        Purpose("`absent`, in 4.0", "absent", (
            on("SELECT, DELETE", "mailbox_app_password", "totp_exception_address"),
        ), beside="the line above"),
        Purpose("`log_as`", "log_as", (on("INSERT", "log"),)),
        Purpose("`log_as`, on PostgreSQL", "log_as postgresql", (
            on("SELECT", "log"),
            on("USAGE", "log_id_seq"),
        ), beside="the line above"),
        Purpose("every line that writes, on PostgreSQL and MySQL", "write postgresql | write mysql", (
            on("UPDATE", "mailbox"),
        ), locks=True),
    ),
    lambda options: SINCE_4,
)
