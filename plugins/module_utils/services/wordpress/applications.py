# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Application passwords, whose rows move to a key that WordPress ignores, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import Change
from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.php import serialize
from ansible_collections.auth.services.plugins.module_utils.services.wordpress.doors import (
    APPLICATIONS,
    LOCKED,
    META,
    PARKED,
)
from ansible_collections.auth.services.plugins.module_utils.services.wordpress.meta import (
    MOST_CAPABILITIES,
    MetaRows,
    start,
)
from ansible_collections.auth.services.plugins.module_utils.services.wordpress.roles import capabilities


def move(meta: MetaRows, changes: Sequence[Change]) -> None:
    """Move them away from accounts that are disabled, and back to those that are enabled."""
    kept = {change.id: (change.action, change.account.stored) for change in changes
            if change.account and change.switches and not change.new_password}
    _rename(meta, APPLICATIONS, PARKED, [key for key, (action, stored) in kept.items()
                                         if action == "disabled" and APPLICATIONS in stored.properties[META]])
    back = {key: stored.properties[META] for key, (action, stored) in kept.items()
            if action == "enabled" and LOCKED.holds(stored)}
    _rename(meta, PARKED, APPLICATIONS, [key for key, values in back.items() if PARKED in values])
    _merge(meta, [key for key, values in back.items()
                  if len(values.get(PARKED, ())) + len(values.get(APPLICATIONS, ())) > 1])


def _rename(meta: MetaRows, key: str, new_key: str, owners: Sequence[Any]) -> None:
    rows = {owner: {"meta_key": new_key} for owner in owners}
    meta.sql.update(meta.table, "user_id", rows, meta.sql.exactly(meta.table.c.meta_key, [key]))


def _merge(meta: MetaRows, owners: Sequence[Any]) -> None:
    """One row of each account, as WordPress reads the first alone; as they are where one of them cannot be read."""
    if not owners:
        return
    sql, columns = meta.sql, meta.table.c
    theirs = sql.exactly(columns.meta_key, [APPLICATIONS])
    statement = sa.select(columns.user_id, start(columns.meta_value, MOST_CAPABILITIES + 1)).where(theirs)
    values: dict[Any, list[str]] = {}
    for owner, value in sql.select_in(sql.for_writing(statement.order_by(columns.umeta_id)), columns.user_id, owners):
        if value:
            values.setdefault(owner, []).append(value)
    merged = {}
    for owner, found in values.items():
        lists = [capabilities(value) for value in found]
        if len(found) > 1 and None not in lists:
            merged[owner] = serialize([entry for one in lists for entry in (one or {}).values()])
    sql.delete_in(meta.table, "user_id", merged, theirs)
    meta.insert({"user_id": owner, "meta_key": APPLICATIONS, "meta_value": value} for owner, value in merged.items())
