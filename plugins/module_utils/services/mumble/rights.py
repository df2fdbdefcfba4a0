# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rights of a Mumble user beside the groups of the root channel."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import Account
from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction

ROOT_CHANNEL = 0


def rights(sql: Transaction, server: int, accounts: Collection[Account]) -> dict[str, list[str]]:
    """Groups of other channels than the root, and entries of access lists that name the user."""
    names = {account.id: account.name for account in accounts}
    found: dict[str, list[str]] = {}
    table, groups = sql.table("group_members"), sql.table("groups").c
    members = table.c
    statement = sa.select(members.user_id, groups.name, groups.channel_id).join_from(
        table, sql.table("groups"), sa.and_(
            members.group_id == groups.group_id, groups.server_id == server, groups.channel_id != ROOT_CHANNEL)
    ).where(members.server_id == server, members.addit == 1)
    for user, group, channel in sql.select_in(statement, members.user_id, names):
        found.setdefault(names[user], []).append(f"group {group!r} of channel {channel}")
    for user, channel in _access_lists(sql, server, names):
        found.setdefault(names[user], []).append(f"rights of its own in channel {channel}")
    return {name: sorted(set(rights)) for name, rights in found.items()}


def _access_lists(sql: Transaction, server: int, users: Collection[Any]) -> list[tuple[Any, Any]]:
    """Users and channels of entries that grant something, if they can be seen."""
    if sql.has_table("acl") and {"channel_id", "grantpriv"} <= set(sql.table("acl").c.keys()):
        acl = sql.table("acl").c
        statement = sa.select(acl.user_id, acl.channel_id).where(
            acl.server_id == server, acl.grantpriv != 0)
        try:
            with sql.connection.begin_nested():
                return [tuple(row) for row in sql.select_in(statement, acl.user_id, users)]
        except sa.exc.DBAPIError as error:
            if error.connection_invalidated:
                raise
    sql.warnings.append("The table acl cannot be read, so rights of accounts in channels are not shown.")
    return []
