# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables of FreeRADIUS that say more of accounts, and that not everybody may read: items of groups, and sessions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import first_names
from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.services.freeradius.attributes import (
    REJECTS,
    has_type,
    is_item,
)
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction

GROUPS = "radusergroup"
GROUP_CHECK, GROUP_REPLY, SESSIONS = "radgroupcheck", "radgroupreply", "radacct"


def _may_read(sql: Transaction, name: str, *columns: str) -> bool:
    if not sql.has_table(name):
        return False
    table = sql.table(name)
    return set(columns) <= set(table.c.keys()) and sql.database.kind.may_read(sql.connection, table)


def can_tell(sql: Transaction) -> bool:
    """Whether what groups refuse and accept can be read."""
    return _may_read(sql, GROUP_CHECK, "groupname", "attribute", "value")


def groups_with(sql: Transaction, groups: Collection[str], types: Collection[str]) -> set[str]:
    """Those of the groups that have such an Auth-Type; none where that may not be read."""
    if not groups or not can_tell(sql):
        return set()
    table = sql.table(GROUP_CHECK)
    rows = sql.connection.execute(sa.select(table.c.groupname, table.c.attribute, table.c.value).where(
        sa.func.lower(table.c.attribute) == "auth-type"))
    found = {group for group, attribute, value in rows
             if group is not None and is_item(attribute, "", value) and has_type(attribute, value, types)}
    keys = sql.spelled(sql.table(GROUPS).c.groupname, [*groups, *found]) if found else {}
    wanted = {keys[group] for group in found}
    return {group for group in groups if keys.get(group, sql) in wanted}


def warn_of_refusal(sql: Transaction, groups: Mapping[str, Collection[str]], extra: str = "") -> None:
    """Name accounts that a group refuses.

    :param groups: by name of the account
    :param extra: what else there is to say
    """
    closed = groups_with(sql, {group for joined in groups.values() for group in joined}, REJECTS)
    names = [name for name, joined in groups.items() if closed & set(joined)]
    if names:
        sql.warnings.append(
            f"The server refuses {first_names(names)}, unless another group or Fall-Through comes first, because"
            f" radgroupcheck has Auth-Type := Reject for {first_names(closed)}. Outside that group the server lets the"
            f" account in.{extra}"
        )


def warn_of_unknown(sql: Transaction, joined: Collection[str]) -> None:
    """Warn of groups that accounts join and that occur nowhere else."""
    if not joined or not all(_may_read(sql, name, "groupname") for name in (GROUP_CHECK, GROUP_REPLY)):
        return
    columns = [sql.table(name).c.groupname for name in (GROUP_CHECK, GROUP_REPLY, GROUPS)]
    known = {row[0] for column in columns for row in sql.select_in(sa.select(column).distinct(), column, joined)}
    keys = sql.spelled(columns[-1], {*joined, *known})
    unknown = {group for group in joined if keys[group] not in {keys[group] for group in known}}
    if unknown:
        sql.warnings.append(f"Groups without rows in radgroupcheck and radgroupreply, and without other members:"
                            f" {first_names(unknown)}. Check the spelling.")


def warn_of_sessions(sql: Transaction, names: Collection[Any]) -> None:
    """Name those of the accounts whose sessions go on."""
    if not names or not _may_read(sql, SESSIONS, "username", "acctstoptime"):
        return
    sessions = sql.table(SESSIONS)
    found = sql.count_in(sessions, "username", names, sessions.c.acctstoptime.is_(None))
    still = {name for name, number in found.items() if number}
    if still:
        sql.warnings.append(f"Accounts with open sessions in radacct: {first_names(still)}. The sessions stay open"
                            " until the network access server ends them. Send it a Disconnect-Request (radclient"
                            " disconnect).")
