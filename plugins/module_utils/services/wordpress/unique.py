# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What WordPress has once for each account: addresses, and the slugs of authors' pages."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import (
    Change,
    StoredAccount,
    is_valid_unicode,
    summarise,
)
from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.services.wordpress import texts
from ansible_collections.auth.services.plugins.module_utils.services.wordpress.doors import LOCK
from ansible_collections.auth.services.plugins.module_utils.services.wordpress.meta import start
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction

MOST_NUMBERED = 2000
"""So many slugs of one name are tried in order."""


def taken_addresses(
    sql: Transaction, changes: Sequence[Change], opened: Callable[[StoredAccount], StoredAccount]
) -> list[tuple[str, str]]:
    """New addresses that another account has, also a disabled one: WordPress wants each once.

    An account that is enabled keeps its address, with a warning if another account took it meanwhile.

    :param opened: an account as it is behind its doors
    """
    wanted: list[tuple[Change, str]] = []
    for change in changes:
        address = texts.stored(change.values.get("email", ""))
        if change.action == "enabled" and change.account and "email" not in change.values:
            address = opened(change.account.stored).row["user_email"]
        if address and is_valid_unicode(address) and not change.removes:
            wanted.append((change, address))
    if not wanted:
        return []
    leaving = {change.id for change in changes if change.removes or "email" in change.values}
    users = sql.table("users").c
    rows = [row for row in _holders(sql, [address for _change, address in wanted]) if row[1] not in leaving]
    same = sql.spelled(users.user_email, [*(address for _change, address in wanted), *(row[0] for row in rows)])
    holders: dict[Any, list[tuple[Any, str]]] = {}
    for address, key, name in rows:
        holders.setdefault(same[address], []).append((key, name))
    found, shared = [], []
    claimants: dict[Any, Change] = {}
    for change, address in wanted:
        others = [name for key, name in holders.get(same[address], ()) if key != change.id]
        if "email" not in change.values:
            shared += [f"{change.name!r} and {name!r} ({address})" for name in others]
            continue
        first = claimants.setdefault(same[address], change)
        if others:
            problem = (f"the e-mail address {change.values['email']} belongs to {others[0]!r}, and WordPress allows"
                       " each address once. Change or clear the address of that account, or remove it; disabling it"
                       " does not free the address")
            found.append((change.declared.typed, problem))
        elif first is not change:
            problem = f"the e-mail address {change.values['email']} is also that of {first.declared.typed!r}"
            found.append((change.declared.typed, problem))
    if shared:
        sql.warnings.append(f"Accounts to be enabled share an e-mail address with another account: {summarise(shared)}."
                            " WordPress finds only one of them by it. Change one of the addresses.")
    return found


def _holders(sql: Transaction, addresses: Sequence[str]) -> list[tuple[str, Any, str]]:
    """Address, key and name of accounts that have one of these, also behind the mark of a disabled one."""
    users = sql.table("users").c
    statement = sa.select(users.user_email, users.ID, users.user_login, start(users.user_pass, 1))
    spelled = {address + mark for address in addresses for mark in ("", texts.MARK)}
    rows = []
    for address, key, name, lock in sql.select_in(sql.for_writing(statement), users.user_email, spelled):
        marked = lock == LOCK and address.endswith(texts.MARK)
        rows.append((address[:-len(texts.MARK)] if marked else address, key, name))
    return rows


def free_nicenames(sql: Transaction, names: Sequence[str]) -> dict[str, str]:
    """Slugs of new accounts, those of a run one after the other as WordPress would do it.

    Where thousands of one are taken, an unpredictable number comes after it.
    """
    column = sql.table("users").c.user_nicename
    taken: set[Any] = set()
    found: dict[str, str] = {}
    tried = {name: texts.nicename(name) for name in names}
    # many at once: the number of statements shall not grow with those that are taken
    first, last = 1, 2
    numbers: Sequence[int] = [1]
    while tried:
        candidates = {name: [slug if number == 1 else texts.numbered_nicename(slug, number) for number in numbers]
                      for name, slug in tried.items()}
        everything = {candidate for some_ in candidates.values() for candidate in some_}
        statement = sql.for_writing(sa.select(column))
        there = {row[0] for row in sql.select_in(statement, column, everything)}
        same = sql.spelled(column, everything | there) if there else {one: one for one in everything}
        taken |= {same[one] for one in there}
        for name, some_ in candidates.items():
            free = next((candidate for candidate in some_ if same[candidate] not in taken), None)
            if free is not None:
                taken.add(same[free])
                found[name] = free
                del tried[name]
        first, last = last, last * 10
        numbers = range(first, last)
        if first >= MOST_NUMBERED:
            numbers = [secrets.randbelow(10**9) + MOST_NUMBERED for _number in range(3)]
    return found
