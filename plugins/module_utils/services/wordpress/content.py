# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Posts and links of accounts that are removed, and who gets them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import Change
from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction


def refused(
    sql: Transaction, tables: Sequence[tuple[str, str]], removed: Sequence[Change]
) -> tuple[list[tuple[str, str]], dict[Any, Any]]:
    """What keeps accounts from being removed, and by key the keys of those who get what others have.

    :param tables: with texts, and their columns with an author
    """
    bequeathed = {change.id: str(change.declared.arguments["reassign_to"])
                  for change in removed if change.declared.arguments.get("reassign_to")}
    heirs = _named(sql, bequeathed)
    found = _wrong_heirs(sql, removed, heirs)
    posts = {name: sql.table(name).c.post_status != "auto-draft" for name, column in tables if column == "post_author"}
    owning = sql.count_references(tables, [change.id for change in removed if change.id not in bequeathed], posts)
    for change in removed:
        if change.id in owning:
            rows = ", ".join(f"{name} ({number})" for name, number in sorted(owning[change.id].items()))
            problem = f"owns rows of {rows}. Set reassign_to to the account that gets them, or use state: disabled"
            found.append((change.declared.typed, problem))
    return found, {key: keys[0] for key, keys in heirs.items() if keys}


def _named(sql: Transaction, bequeathed: Mapping[Any, str]) -> dict[Any, list[Any]]:
    """Keys of the accounts that have the names."""
    users = sql.table("users").c
    names = set(bequeathed.values())
    rows = list(sql.select_in(sa.select(users.user_login, users.ID), users.user_login, names)) if names else []
    same = sql.spelled(users.user_login, [*names, *(row[0] for row in rows)]) if rows else {}
    owners: dict[Any, list[Any]] = {}
    for name, key in rows:
        owners.setdefault(same[name], []).append(key)
    return {key: owners.get(same.get(name), []) for key, name in bequeathed.items()}


def _wrong_heirs(
    sql: Transaction, removed: Collection[Change], heirs: Mapping[Any, Sequence[Any]]
) -> list[tuple[str, str]]:
    leaving = {change.id for change in removed}
    numbers = sql.count_in(sql.table("users"), "ID", {keys[0] for keys in heirs.values() if keys})
    found = []
    for change in removed:
        name = change.declared.arguments.get("reassign_to")
        if change.id not in heirs:
            continue
        if not set(heirs[change.id]) - leaving:
            found.append((change.declared.typed, f"reassign_to: account {name!r} does not exist or is removed too"))
        elif len(heirs[change.id]) > 1 or numbers.get(heirs[change.id][0], 0) > 1:
            problem = f"reassign_to: the database has more than one account {name!r}, or more than one with its ID"
            found.append((change.declared.typed, problem))
    return found
