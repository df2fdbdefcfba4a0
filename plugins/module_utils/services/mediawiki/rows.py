# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The row of an account in MediaWiki's ``user`` table: what a change makes of it, and how it is locked. Pure."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import Change, utf8_text
from ansible_collections.auth.services.plugins.module_utils.conditions import (
    Begins,
    Column,
    Equals,
    Filled,
    HasBytes,
    OneOf,
)
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.names import RESERVED
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.passwords import MAX_HASH_BYTES
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.schema import later

LOCK = ":locked:"
"""Put in front of a stored password. A password type that MediaWiki does not know is a wrong password at login;
without the marker the old one works again."""

LONG_LOCK = "!"
"""Takes the place of the colon that a stored password begins with, where the column has no room for ``LOCK``:
MediaWiki does not accept anything else as a password (PasswordFactory::newFromCiphertext)."""

NEVER_AGAIN = "20991231235959"
"""user_newpass_time of a locked account: MediaWiki mails no new password while the last one is that young."""

INVALID_TOKEN = "*** INVALID ***"
"""user_token with which no session works (User::INVALID_TOKEN)."""

LOCKED = Begins(LOCK) | Begins(LONG_LOCK) & HasBytes(MAX_HASH_BYTES - len(LOCK) + 1)
"""A stored password lets nobody in."""

NO_SESSION = Column("user_token", Equals(INVALID_TOKEN))
"""No session can hold the account's token; so for a disabled account, whatever password it has."""

# A disabled account of ours has that token too, but never an empty password: at least the marker is there. Releases
# before 1.27 gave theirs no token.
SYSTEM_USER = ~Column("user_password", Filled()) & ~Column("user_newpassword", Filled()) & (
    NO_SESSION | ~Column("user_token", Filled()) & Column("user_name", OneOf(tuple(sorted(RESERVED)))))
"""System users let nobody in: a stranger's account that only has such a name is an ordinary one."""


@dataclass(frozen=True)
class Passwords:
    """The stored passwords of an account: its own, the one of a reset mail, and when that was mailed."""

    password: str = field(repr=False)
    newpassword: str = field(repr=False)
    newpass_time: str | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Passwords:
        """Those of a row of the table, in which each may be NULL on PostgreSQL up to 1.36."""
        return cls(row["user_password"] or "", row["user_newpassword"] or "", row["user_newpass_time"])

    def columns(self) -> dict[str, Any]:
        """As the row has them."""
        return {"user_password": self.password, "user_newpassword": self.newpassword,
                "user_newpass_time": self.newpass_time}

    @property
    def locked(self) -> bool:
        """Whether the account's own password lets nobody in."""
        return LOCKED.holds(self.password)

    def unlocked(self) -> Passwords:
        """As they were before locking. Each marker counts by itself: a reset mail replaces the temporary one alone."""
        newpassword, newpass_time = self.newpassword, self.newpass_time
        if not newpassword.startswith(LOCK) and not self.locked:
            return self
        if newpassword.startswith(LOCK):
            time, _colon, newpassword = newpassword[len(LOCK) :].partition(":")
            newpass_time = time or None
        password = self.password
        if password.startswith(LOCK):
            password = password[len(LOCK) :]
        elif self.locked:
            password = ":" + password[len(LONG_LOCK) :]
        return Passwords(password, newpassword, newpass_time)

    def lock(self) -> Passwords:
        """Made unusable, so that ``unlocked`` brings them back.

        The temporary password of a reset mail is locked too, together with its time; the time that is put in its place
        keeps MediaWiki from mailing another one (TemporaryPasswordPrimaryAuthenticationProvider).
        """
        time = self.newpass_time or ""
        password, newpassword = utf8_text(self.password), utf8_text(self.newpassword)
        if fits(password):
            password = LOCK + password
        elif password.startswith(":"):
            password = LONG_LOCK + password[1:]
        else:
            password = LOCK  # it was not a password before either
        # A temporary password without room for the marker is lost: it would have been good for a week.
        newpassword = f"{LOCK}{time}:{newpassword if fits(f'{time}:{newpassword}') else ''}"
        return Passwords(password, newpassword, NEVER_AGAIN)


def fits(stored: str) -> bool:
    """Whether a stored password has room for ``LOCK``."""
    return len(stored.encode(errors="surrogateescape")) <= MAX_HASH_BYTES - len(LOCK)


def new_columns(change: Change, now: str) -> dict[str, Any]:
    """The row of an account that is created, without its name (User::addToDatabase)."""
    return {
        "user_real_name": change.values.get("real_name", ""),
        **Passwords(change.password_hash or "", "", None).columns(),
        "user_email": change.values.get("email", ""),
        "user_email_authenticated": now if change.values.get("email_confirmed") else None,
        "user_email_token": "",
        "user_email_token_expires": None,
        "user_password_expires": None,
        "user_touched": now,
        "user_token": new_token(),
        "user_registration": now,
        "user_editcount": 0,
    }


def changed_columns(change: Change, now: str) -> dict[str, Any]:
    """The columns of an existing account that a change sets, if its doors are open; empty when its row stays."""
    columns: dict[str, Any] = {}
    if "real_name" in change.values:
        columns["user_real_name"] = change.values["real_name"]
    columns.update(_email_columns(change, now))
    if change.new_password:
        # Whatever was mailed or had to be changed at login goes with the old password (User::setPasswordInternal).
        columns.update(Passwords(change.password_hash or "", "", None).columns(), user_password_expires=None)
    if columns or change.switches:
        # It must grow: MediaWiki saves an account only where it is what it read before (User::saveSettings).
        row = change.account.stored.row  # type: ignore[union-attr]
        columns["user_touched"] = max(now, later(row["user_touched"] or ""))
    return columns


def _email_columns(change: Change, now: str) -> dict[str, Any]:
    if "email" not in change.values and "email_confirmed" not in change.values:
        return {}
    if "email" not in change.values and change.values["email_confirmed"]:
        return {"user_email_authenticated": now}  # User::confirmEmail leaves the token
    columns = {
        "user_email_authenticated": now if change.declared.values.get("email_confirmed") else None,
        "user_email_token": None,
        "user_email_token_expires": None,
    }
    if "email" in change.values:
        columns["user_email"] = change.values["email"]
    return columns


def new_token() -> str:
    """A token that nobody knows, as MWCryptRand::generateHex makes it."""
    return secrets.token_hex(16)
