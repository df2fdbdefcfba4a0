# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""By which ways FreeRADIUS lets somebody in, and how they are shut. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import Change, StoredAccount
from ansible_collections.auth.services.plugins.module_utils.conditions import (
    Condition,
    Equals,
    Filled,
    IsAnyOf,
    Property,
    Row,
    Test,
)
from ansible_collections.auth.services.plugins.module_utils.description import Door
from ansible_collections.auth.services.plugins.module_utils.services.freeradius.attributes import (
    REJECTS,
    has_type,
    is_item,
    items,
)

AUTH_TYPE = "Auth-Type"
REJECT = (":=", "Reject")


class Reject(Door):
    """Check items that refuse an account, of which there have to be two.

    Of one, the ``Auth-Type := Accept`` of a group takes the place; a second one stays beside it, and one Reject among
    several is what counts (radius_pairmove(), rad_check_password()).
    """

    def operators(self, stored: StoredAccount) -> list[str]:
        """Of the check items that refuse an account."""
        return [operator for name, operator, value in items(stored, self.table)
                if is_item(name, operator, value) and has_type(name, value, REJECTS)]

    @cached_property
    def while_open(self) -> Condition:
        return ~self.while_shut & ~self._rejects(Filled() | Equals(""))  # not NULL

    @cached_property
    def while_shut(self) -> Condition:
        return self._rejects(Equals(":="), 2)

    def _rejects(self, operator: Test, at_least: int = 1) -> Condition:
        return Property(self.table, Row((operator, IsAnyOf(REJECTS))), key=IsAnyOf((AUTH_TYPE.lower(),)),
                        at_least=at_least)

    def opened(self, stored: StoredAccount) -> StoredAccount:
        rows = {name: [row for row in rows if not has_type(name, row[1], REJECTS)]
                for name, rows in stored.properties[self.table].items()}
        return replace(stored, properties={**stored.properties, self.table: rows})

    def properties(
        self, change: Change, values: Mapping[Any, Sequence[Any]], room: int | None
    ) -> Mapping[Any, Sequence[Any]]:
        if change.account is None:
            return {}
        stored = change.account.stored.properties[self.table]
        if not change.switches:
            return {name: [*rows, *(row for row in stored.get(name, ()) if has_type(name, row[1], REJECTS))]
                    for name, rows in values.items()}
        written = {**self.opened(change.account.stored).properties[self.table], **values}
        if change.shut_after:
            written[AUTH_TYPE] = [*written.get(AUTH_TYPE, ()), REJECT, REJECT]
        return {name: rows for name, rows in written.items() if name in values or rows != stored.get(name, [])}


REJECTED = Reject(
    "PAP, CHAP, MS-CHAP, EAP",
    "two rows `Auth-Type := Reject` in `radcheck`; of one, a group's `Auth-Type := Accept` would take the place",
    "yes, both rows go",
    "radcheck",
)
UNTOUCHED = (
    ("password, attributes, groups, expiration", "left alone"),
    ("network sessions",
     "they go on until the access server ends them; the task warns where `radacct` shows open ones"),
    ("resumed TLS sessions of EAP",
     "they go on for the lifetime of the server's `cache` (`mods-available/eap`), which is off by default"),
    ("a group with `Auth-Type := Reject`, by which daloRADIUS disables",
     "left alone: the rows above are written beside it; who is in it stays out after `enabled`, and the task warns"),
)
