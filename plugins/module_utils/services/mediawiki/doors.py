# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways into a wiki's account, and how disabling shuts them. Pure; the block and bot passwords are in writer.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import Change, StoredAccount
from ansible_collections.auth.services.plugins.module_utils.conditions import Begins, Column, Known
from ansible_collections.auth.services.plugins.module_utils.description import Door
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.rows import (
    INVALID_TOKEN,
    LOCK,
    LOCKED,
    NO_SESSION,
    Passwords,
    new_token,
)


class WikiDoor(Door):
    """A door in the row of the account. A login needs all of them, so that they are shut and opened together."""

    def shut_after(self, change: Change) -> bool:
        return change.shut_after


class StoredPasswords(WikiDoor):
    """``user_password``, and ``user_newpassword`` of a reset mail."""

    while_open = ~Column("user_password", LOCKED)
    while_shut = Column("user_password", LOCKED) & Column("user_newpassword", Begins(LOCK))

    def opened(self, stored: StoredAccount) -> StoredAccount:
        passwords = Passwords.of(stored.row)
        plain = passwords.unlocked()
        return stored if plain is passwords else replace(stored, row={**stored.row, **plain.columns()})

    def columns(self, change: Change, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        if change.account is None or not (change.switches or change.new_password):
            return {}
        plain = Passwords.of({**self.opened(change.account.stored).row, **columns})
        return plain.lock().columns() if self.shut_after(change) else plain.columns()


class Token(WikiDoor):
    """``user_token``, which every session holds. Another token ends the sessions that hold the old one."""

    while_open, while_shut = ~NO_SESSION, NO_SESSION

    def columns(self, change: Change, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        if change.creates or not (change.switches or change.new_password):
            return {}
        return {"user_token": INVALID_TOKEN if self.shut_after(change) else new_token()}


class Blocked(Door):
    """A block of the account. One of the wiki's own counts, and is left alone."""

    while_shut = Known("blocked")
