# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rights of a mailbox that are neither groups nor options: forwards, vacation messages, administrators."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import Account, first_names, visible
from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.services.postfixadmin.addresses import Addresses
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction

MAX_GOTO = 10_000
"""Characters of an alias's destinations that are looked at."""


def rights(sql: Transaction, addresses: Addresses, accounts: Collection[Account]) -> dict[str, list[str]]:
    """Where mail goes beside the mailbox, and who administrates Postfixadmin by the name of the address."""
    names = addresses.spellings([account.id for account in accounts])
    own = {**{name.lower(): addresses.mailbox_of(name.lower(), name.lower()) for name in names},
           **{account.id: account.name for account in accounts}}
    found: dict[str, list[str]] = {}
    for address, goto in _visible(sql, names, "alias", "address", "goto", MAX_GOTO):
        others = [one for one in map(str.strip, str(goto or "").split(","))
                  if one and one.lower() != address.lower() and "@autoreply." not in one]
        name = own.get(address) or own.get(address.lower())
        if others and name:
            found.setdefault(name, []).append(
                f"mail is also forwarded to {first_names([visible(one) for one in others])}")
    for name, column, value, right in (
        ("vacation", "email", "active", "a vacation message answers mail"),
        ("admin", "username", "active", "administrator of Postfixadmin"),
        ("admin", "username", "superadmin", "super administrator of Postfixadmin"),
    ):
        for address, applies in _visible(sql, names, name, column, value):
            owner = own.get(address) or own.get(address.lower())
            if applies and owner:
                found.setdefault(owner, []).append(right)
    return found


def _visible(
    sql: Transaction, keys: Iterable[Any], name: str, column: str, value: str, size: int | None = None
) -> list[tuple[str, Any]]:
    """Two columns of a table, where it can be seen; a warning where it cannot.

    :param size: so many characters of the value
    """
    if sql.has_table(name):
        try:
            with sql.connection.begin_nested():
                table = _columns(sql, name, column, value)
                if {column, value} <= set(table.keys()):
                    shown = table[value] if size is None else sa.func.substr(table[value], 1, size)
                    statement = sa.select(table[column], shown)
                    return [tuple(row) for row in sql.select_in(statement, table[column], keys)]
        except sa.exc.DBAPIError as error:
            if error.connection_invalidated:
                raise
    sql.warnings.append(f"{value} of the table {name} cannot be read, so rights from it are not shown.")
    return []


def _columns(sql: Transaction, name: str, *columns: str) -> Any:
    """The columns of a table. MySQL and MariaDB tell them only to users with a privilege on all of it."""
    try:
        return sql.table(name).c
    except sa.exc.DBAPIError as error:
        if error.connection_invalidated:
            raise
    return sa.table(f"{sql.database.prefix}{name}", *map(sa.column, columns), schema=sql.database.schema).c
