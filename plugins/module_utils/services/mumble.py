# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The registered users of a Mumble server (murmur) up to 1.5 as a service type.

Differences from what the server itself writes, with their reasons:

- O(state=disabled) is no operation of the server. It puts a marker in front of the stored password and moves the
  certificate hash and the e-mail address, each of which logs in by itself, to properties that the server ignores.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import Account, Change, Declared
from ansible_collections.auth.services.plugins.module_utils.database import Database, SchemaError, sa
from ansible_collections.auth.services.plugins.module_utils.passwords import UnverifiableHash, same
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.tables import (
    AccountRows,
    Found,
    MembershipRows,
    PropertyRows,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

SUPERUSER = 0
ROOT_CHANNEL = 0
EMAIL, COMMENT, CERTIFICATE = 1, 2, 3  # ServerDB::UserInfo
PARKED = 1000
"""Added to the number of a property while the account is disabled."""
LOCK = "!"
NAME = re.compile(r"[ -=\w\[\]{}()@|.]+")  # the server's default for "username"
DEFAULT_ITERATIONS = 16000
MAX_ITERATIONS = 10_000_000


class Mumble(Service):
    """The registered users of one virtual server."""

    engines = ("sqlite", "mysql", "postgresql")
    value_options = {"certificate_hash": {"type": "str"}}
    database_options = {"server_id": {"type": "int", "default": 1}}

    def __init__(self, database: Database, connection: Connection, options: Mapping[str, Any]) -> None:
        super().__init__(database, connection, options)
        if self.has_table("users") and "user_name" in self.table("users").c:
            raise SchemaError(f"{database.describe()}: these are the tables of Mumble 1.6, which is not supported yet.")
        server = {"server_id": options["server_id"]}
        self.accounts = AccountRows(
            self, "users", key="user_id", account_name="name", more=("pw", "salt", "kdfiterations"),
            fixed=server, numbered=True, compare=sa.func.lower,
        )
        self.properties = {"info": PropertyRows(
            self, "user_info", owner="user_id", key="key", value="value", fixed=server,
            options={"email": EMAIL, "certificate_hash": CERTIFICATE},
        )}
        groups = self.table("groups").c
        named = sa.select(groups.group_id, groups.name).where(
            groups.server_id == options["server_id"], groups.channel_id == ROOT_CHANNEL
        )
        self.memberships = MembershipRows(
            self, "group_members", account="user_id", group="group_id", fixed={**server, "addit": 1},
            names=dict(tuple(row) for row in connection.execute(named)),
        )
        meta = self.table("meta").c
        iterations = connection.execute(sa.select(meta.value).where(meta.keystring == "pbkdf2_iterations")).scalar()
        self._iterations = int(iterations or DEFAULT_ITERATIONS)

    def canonical_name(self, name: str) -> str:
        if not NAME.fullmatch(name):
            raise ValueError("a name has letters, digits, blanks and -=_[]{}()@|. only")
        return name

    def fold(self, name: str) -> str:
        return name.lower()

    def declare(self, entry: Mapping[str, Any]) -> Declared:
        wanted = super().declare(entry)
        certificate = wanted.values.get("certificate_hash")
        if certificate:
            wanted.values["certificate_hash"] = certificate.replace(":", "").lower()
            if not re.fullmatch("[0-9a-f]{40}", wanted.values["certificate_hash"]):
                raise ValueError("certificate_hash is no SHA-1 fingerprint, 40 hexadecimal digits")
        return wanted

    def account(self, found: Found) -> Account:
        info = found.properties["info"]
        shown = {key: info.get(key + PARKED) or info.get(key, []) for key in (EMAIL, CERTIFICATE)}
        parked = any(key + PARKED in info for key in (EMAIL, CERTIFICATE))
        found.properties["info"] = {**info, **shown}
        account = super().account(found)
        stored = found.row["pw"] or ""
        locked = stored.startswith(LOCK)
        open_ = any(info.get(key) for key in (EMAIL, CERTIFICATE))
        account.enabled = not locked and not parked
        account.disabled = locked and not open_
        account.password_hash = "$".join(
            [str(found.row["kdfiterations"] or 0), found.row["salt"] or "", stored[len(LOCK):] if locked else stored]
        )
        if found.key == SUPERUSER:
            account.protected = "it is the server's SuperUser"
        return account

    def columns(self, change: Change) -> dict[str, Any]:
        columns: dict[str, Any] = {}
        if change.account is None:
            columns = {"pw": None, "salt": None, "kdfiterations": None, "lastchannel": 0, "texture": None}
        locked = _locked_after(change)
        if change.new_password:
            iterations, salt, stored = (change.password_hash or "").split("$")
            columns = {**columns, "kdfiterations": int(iterations), "salt": salt, "pw": stored}
            if locked:
                columns["pw"] = LOCK + stored
        elif change.action in ("enabled", "disabled") and change.account:
            stored = change.account.password_hash.split("$")[2]
            columns["pw"] = LOCK + stored if locked else stored or None
        return columns

    def property_values(self, name: str, change: Change) -> dict[Any, list[Any]]:
        values = super().property_values(name, change)
        if not (change.account and (_locked_after(change) or change.action == "enabled")):
            return values
        stored = change.account.row.properties[name]
        parked = {}
        for key in (EMAIL, CERTIFICATE):
            value = values.get(key, stored.get(key, []))
            parked[key] = [] if _locked_after(change) else value
            parked[key + PARKED] = value if _locked_after(change) else []
        return {**values, **parked}

    def problems(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        if any(change.groups is not None and change.action != "removed" for change in changes):
            self.warnings.append("A running Mumble server sees changed groups after its next start only.")
        return super().problems(changes)

    def hash_password(self, password: str) -> str:
        salt = secrets.token_hex(8)
        return f"{self._iterations}${salt}${_pbkdf2(password, salt, self._iterations)}"

    def verify_password(self, stored: str, password: str) -> bool:
        iterations, salt, digest = stored.split("$")
        if int(iterations) > MAX_ITERATIONS:
            raise UnverifiableHash(f"the stored password has {iterations} iterations, too much to verify")
        if int(iterations) == 0:
            legacy = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest()
            return same(legacy.encode(), digest.encode())
        try:
            return same(_pbkdf2(password, salt, int(iterations)).encode(), digest.encode())
        except ValueError:  # a salt that is not hexadecimal
            return False


def _pbkdf2(password: str, salt: str, iterations: int) -> str:
    return hashlib.pbkdf2_hmac("sha384", password.encode(), bytes.fromhex(salt), iterations, 48).hex()


def _locked_after(change: Change) -> bool:
    was = bool(change.account and not change.account.enabled)
    return change.action == "disabled" or (was and change.action != "enabled")
