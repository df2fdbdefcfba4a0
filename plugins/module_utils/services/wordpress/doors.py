# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""By which ways WordPress lets somebody in, and how they are shut. Pure.

Only an administrator chooses what stands in front of a stored password, so that the other marks are believed by that
one: anybody can register an address that ends like one of ours, or have rows in usermeta.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import Change, StoredAccount, is_valid_unicode
from ansible_collections.auth.services.plugins.module_utils.conditions import (
    Begins,
    Column,
    Condition,
    Ends,
    Filled,
    Property,
)
from ansible_collections.auth.services.plugins.module_utils.description import Cleared, Door, Flag
from ansible_collections.auth.services.plugins.module_utils.services.wordpress import texts

LOCK = "!"
NO_PASSWORD = "*"
META = "usermeta"
SESSIONS, APPLICATIONS = "session_tokens", "_application_passwords"
PARKED = "_auth_services_application_passwords"


LOCKED = Column("user_pass", Begins(LOCK))
"""The stored password has the mark."""


@dataclass(frozen=True, eq=False)
class Mark(Door):
    """A mark at what a column holds. What is too long for the column with it is kept in a row of usermeta.

    :ivar column: of the table of accounts
    :ivar kept_in: key of that row
    :ivar lost: what the column gets in place of what is lost or not UTF-8: it lets nobody in
    :ivar room: characters that the column takes
    """

    column: str = ""
    kept_in: str = ""
    lost: str = ""
    room: int = 255

    @property
    def kept(self) -> Mapping[Any, Any]:
        return {self.column: self.kept_in}

    def given(self, change: Change) -> str | None:
        """What a change brings for the column."""
        raise NotImplementedError

    def marked(self, text: str) -> str:
        raise NotImplementedError

    def unmarked(self, text: str) -> str:
        raise NotImplementedError

    def short(self, key: Any) -> str:
        """What the column holds while its text is kept in a row."""
        raise NotImplementedError

    def opened(self, stored: StoredAccount) -> StoredAccount:
        if not LOCKED.holds(stored):
            return stored
        text = stored.row[self.column] or ""
        if text == self.short(stored.key):
            kept = next(iter(stored.properties[META].get(self.kept_in, ())), None) or self.lost
            text = kept if len(kept) <= self.room else self.lost
        else:
            text = self.unmarked(text)
        return replace(stored, row={**stored.row, self.column: text})

    def shut_after(self, change: Change) -> bool:
        if change.switches or change.account is None:
            return change.shut_after
        return LOCKED.holds(change.account.stored)

    def _written(self, change: Change) -> tuple[str, list[str]] | None:
        """What the column gets, and what a row keeps of it; None where it does not change."""
        if change.account is None:
            return None
        stored, text = change.account.stored, self.given(change)
        if text is None:
            if not change.switches:
                return None
            text = self.opened(stored).row[self.column] or ""
        if not is_valid_unicode(text):
            text = self.lost
        if not self.shut_after(change):
            return text, []
        marked, short = self.marked(text), self.short(stored.key)
        return (short, [text]) if marked == short or len(marked) > self.room else (marked, [])

    def columns(self, change: Change, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        written = self._written(change)
        return {} if written is None else {self.column: written[0]}

    def properties(
        self, change: Change, values: Mapping[Any, Sequence[Any]], room: int | None
    ) -> Mapping[Any, Sequence[Any]]:
        written = self._written(change)
        if written is None or change.account is None or not (change.switches or LOCKED.holds(change.account.stored)):
            return {}
        return {self.kept_in: written[1]}


class PasswordMark(Mark):
    """The mark in front of the stored password."""

    while_open, while_shut = ~LOCKED, LOCKED

    def given(self, change: Change) -> str | None:
        return (change.password_hash or NO_PASSWORD) if change.new_password else None

    def marked(self, text: str) -> str:
        return LOCK + text

    def unmarked(self, text: str) -> str:
        return text.lstrip(LOCK)

    def short(self, key: Any) -> str:
        return LOCK + "kept"


class AddressMark(Mark):
    """The mark after the e-mail address. An account without an address has nothing to shut."""

    @cached_property
    def while_open(self) -> Condition:
        return ~(LOCKED & Column(self.column, Ends(texts.MARK)))

    @cached_property
    def while_shut(self) -> Condition:
        return ~self.while_open | ~Column(self.column, Filled())

    def given(self, change: Change) -> str | None:
        return texts.stored(change.values["email"]) if "email" in change.values else None

    def marked(self, text: str) -> str:
        return text + texts.MARK if text else ""

    def unmarked(self, text: str) -> str:
        return text[:-len(texts.MARK)] if text.endswith(texts.MARK) else text

    def short(self, key: Any) -> str:
        return f"{key}@kept{texts.MARK}"


class ResetKey(Cleared):
    """The key of a reset mail, which WordPress, too, empties with every new password and address."""

    def columns(self, change: Change, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        return {self.column: self.empty} if {"user_pass", "user_email"} & columns.keys() else {}


class Sessions(Door):
    """Sessions, which a new password ends, too."""

    while_shut = ~Property(META, keys=[SESSIONS])

    def properties(
        self, change: Change, values: Mapping[Any, Sequence[Any]], room: int | None
    ) -> Mapping[Any, Sequence[Any]]:
        return {SESSIONS: []} if change.account and (change.action == "disabled" or change.new_password) else {}


class ApplicationPasswords(Door):
    """Application passwords. ``applications.move`` moves their rows, however long they are."""

    while_shut = ~Property(META, keys=[APPLICATIONS])

    def properties(
        self, change: Change, values: Mapping[Any, Sequence[Any]], room: int | None
    ) -> Mapping[Any, Sequence[Any]]:
        if change.account is None:
            return {}
        if change.new_password:
            return {APPLICATIONS: [], PARKED: []}
        # Whatever it was, we did not put it there.
        return {PARKED: []} if change.switches and not LOCKED.holds(change.account.stored) else {}


PASSWORD = PasswordMark(
    "login with the password, by form and XML-RPC",
    "the marker `!` stands in front of `user_pass`; where that has no room for both, the whole password is kept in a"
    " row of `usermeta`, `_auth_services_password`",
    "yes, the same password", META, column="user_pass", kept_in="_auth_services_password", lost=NO_PASSWORD,
)
ADDRESS = AddressMark(
    "mail for a lost password, login with the e-mail address",
    "`.disabled.invalid` stands after `user_email`, where no mail ever arrives; where that has no room for both, the"
    " whole address is kept in a row of `usermeta`, `_auth_services_email`",
    "yes, to the byte", META, column="user_email", kept_in="_auth_services_email",
)
SPAM = Flag(
    "the same on a network, also of super admins", "`spam` is 1, with which WordPress refuses both", "yes",
    column="spam", open_value=False, shut_value=True,
)
DOORS = (
    PASSWORD,  # shut first and opened last: the mark of the address is believed by that of the password
    ADDRESS,
    SPAM,
    ResetKey("a mail for a lost password that is on its way", "`user_activation_key` is emptied", "no",
             column="user_activation_key"),
    ApplicationPasswords("application passwords (REST, XML-RPC)",
                         f"moved from the key `{APPLICATIONS}` of `usermeta` to `{PARKED}`", "yes", META),
    Sessions("open sessions", f"`{SESSIONS}` are deleted", "people log in again", META),
)
UNTOUCHED = (("roles, names, posts, comments", "left alone"),)
