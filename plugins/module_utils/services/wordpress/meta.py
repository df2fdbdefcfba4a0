# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table usermeta, of whose values no more is read than counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.services.wordpress import texts
from ansible_collections.auth.services.plugins.module_utils.services.wordpress.doors import (
    APPLICATIONS,
    PARKED,
    SESSIONS,
)
from ansible_collections.auth.services.plugins.module_utils.tables import PropertyRows
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction

MOST_CAPABILITIES = 1 << 16
"""Bytes of an account's roles and capabilities that are read: more than two thousand of them."""


def start(column: Any, length: int) -> Any:
    """So many characters of a column's text: what one row holds must not fill the memory."""
    return sa.type_coerce(sa.func.substr(column, 1, length), column.type)


class MetaRows(PropertyRows):
    """As ``PropertyRows``."""

    def __init__(self, sql: Transaction, name: str, **described: Any) -> None:
        super().__init__(sql, name, **described)
        value, key = self.table.c.meta_value, self.table.c.meta_key
        capabilities = [one for one in self.only or () if one.endswith("capabilities")]
        shown = sa.case((key.in_([SESSIONS, APPLICATIONS, PARKED]), sa.literal("")),  # there or not is all that counts
                        (key.in_(capabilities), start(value, MOST_CAPABILITIES + 1)),
                        else_=start(value, texts.MOST_STORED))
        self._read = sa.select(self.table.c.user_id, key, self.table.c.umeta_id, sa.type_coerce(shown, value.type))

    def write(self, wanted: Mapping[Any, Mapping[Any, Sequence[Any]]]) -> None:
        """update_user_meta() and delete_user_meta(): by account and key, of which all rows get the value.

        Not by number: after bad imports many rows have the same.
        """
        keys = {key for properties in wanted.values() for key in properties}
        if not keys:
            return
        there = {(owner, key) for owner, key, _number, _value in self._rows(list(wanted), keys)}
        new: list[dict[str, Any]] = []
        changed: dict[Any, dict[Any, dict[str, Any]]] = {}
        surplus: dict[Any, list[Any]] = {}
        for owner, properties in wanted.items():
            for key, values in properties.items():
                if (owner, key) not in there:
                    new += [self._row(owner, key, value) for value in values]
                elif values:
                    changed.setdefault(key, {})[owner] = self._columns(values[0])
                else:
                    surplus.setdefault(key, []).append(owner)
        self._write_of(changed, surplus, new)

    def _rows(self, owners: Collection[Any] | None, keys: Collection[Any] | None) -> Iterable[tuple[Any, ...]]:
        statement = self._read if keys is None else self._read.where(self.table.c.meta_key.in_(list(keys)))
        statement = self.sql.for_writing(statement.order_by(self.table.c.umeta_id))
        return (tuple(row) for row in self.sql.select_in(statement, self.table.c.user_id, owners))
