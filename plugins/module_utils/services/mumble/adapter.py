# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The registered users of a Mumble server (murmur) up to 1.5 as a service type.

Rows of new accounts are those that the server itself writes when it registers somebody through Ice (C(registerUser)).
Differences from what it writes otherwise, with their reasons:

- Disabling is no operation of the server. It puts a marker in front of the stored password, which no hash can equal,
  and moves the certificate hash and the e-mail address, each of which may log in by itself, to numbers of properties
  that the server ignores and keeps.
- A new password also takes away the certificate and the e-mail address that the entry does not declare, parked ones
  too: each may log in by itself, and whoever registered the name would stay in beside the new password. The server
  leaves them, and stores the certificate again with which somebody logs in by password.
- An e-mail address or a certificate that is removed has no row, where the server (C(updateRegistration)) leaves a row
  with an empty value. Both log nobody in.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import (
    Account,
    Change,
    Declared,
    OptionError,
    StoredAccount,
    first_names,
    utf8_text,
    visible,
)
from ansible_collections.auth.services.plugins.module_utils.database import Database, SchemaError, sa
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.services.mumble import passwords
from ansible_collections.auth.services.plugins.module_utils.tables import (
    AccountRows,
    MembershipRows,
    PropertyRows,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

SUPERUSER = 0
ROOT_CHANNEL = 0
EMAIL, CERTIFICATE = 1, 3  # ServerDB::UserInfo
DOORS = {EMAIL: "email", CERTIFICATE: "certificate_hash"}
PARKED = 1000
"""Added to the number of a property while the account is disabled."""
LOCK = "!"
NAME_1_3 = r"[-=\w\[\]{}()@|.]+"  # the server's own defaults for "username"
NAME = r"[ -=\w\[\]{}()@|.]+"  # everything from the blank to the equals sign
SCHEMA_1_3 = 7
MAX_PATTERN = 1000  # characters
MAX_REPEATED = 3  # quantifiers: the work on a name grows with its length to that power
# What Python's expressions and the server's mean alike: literals, classes, quantifiers, and no groups or alternatives.
_ESCAPED = r"\\[^A-Za-z0-9\n]|\\[wdsWDS]"
_CLASS = rf"\[\^?\]?(?:[^][\\\n]|{_ESCAPED})*\]"
_QUANTIFIER = r"(?:[?*+]|\{[0-9]{1,3}(?:,[0-9]{0,3})?\})"
_ITEM = re.compile(rf"(?:[^][\\^$.|?*+(){{}}\n]|\.|{_ESCAPED}|{_CLASS})({_QUANTIFIER}?)")


class Mumble(Service):
    """The registered users of one virtual server."""

    engines = ("sqlite", "mysql", "postgresql")
    value_options = {"certificate_hash": {"type": "str"}}
    database_options = {"server_id": {"type": "int", "default": 1}, "username_pattern": {"type": "str"}}

    def __init__(self, database: Database, connection: Connection, options: Mapping[str, Any]) -> None:
        super().__init__(database, connection, options)
        if self.has_table("users") and "user_name" in self.table("users").c:
            raise SchemaError(f"{database.describe()}: these are the tables of Mumble 1.6, which is not supported yet.")
        self.require({"users": ["name"], "servers": ["server_id"], "meta": ["keystring", "value"],
                      "groups": ["group_id", "server_id", "channel_id", "name"]})
        self._server = {"server_id": options["server_id"]}
        self._make_sure_of_server()
        meta = self.table("meta").c
        self._meta = dict(tuple(row) for row in connection.execute(sa.select(meta.keystring, meta.value)))
        # Where the server does so, with one difference: a stored name that differs by case only is told, not taken.
        self.accounts = AccountRows(
            self, "users", key="user_id", account_name="name", more=("pw", "salt", "kdfiterations"),
            fixed=self._server, numbered=True, compare=sa.func.lower,
        )
        self._info = PropertyRows(
            self, "user_info", owner="user_id", key="key", value="value", fixed=self._server,
            options={option: key for key, option in DOORS.items()},
            only=[*DOORS, *(key + PARKED for key in DOORS)],
        )
        self.properties = {"info": self._info}
        groups = self.table("groups").c
        named = sa.select(groups.name, groups.group_id).where(
            groups.server_id == options["server_id"], groups.channel_id == ROOT_CHANNEL, groups.name.is_not(None)
        ).order_by(groups.group_id)
        last = dict(tuple(row) for row in connection.execute(named))  # of two, it is the one that the server keeps
        self.memberships = MembershipRows(
            self, "group_members", account="user_id", group="group_id", fixed={**self._server, "addit": 1},
            names={number: name for name, number in last.items()},
        )

    def _make_sure_of_server(self) -> None:
        number = self.options["server_id"]
        column = self.table("servers").c.server_id
        there = sorted(self.connection.execute(sa.select(column).where(column.is_not(None))).scalars())
        if number not in there:
            known = ", ".join(map(str, there)) or "none"
            raise OptionError(f"{self.database.describe()}: there is no virtual server {number}; there are {known}")

    def _name_pattern(self) -> re.Pattern[str]:
        """What the setting C(username) says: an option, what the database holds, or the release's default.

        :raises ValueError: for one that the server might read otherwise, or that might take hours to try
        """
        pattern = self.options["username_pattern"] or self._configured_pattern()
        if not pattern:
            pattern = NAME_1_3 if self._number("version", SCHEMA_1_3) <= SCHEMA_1_3 else NAME
        items = list(_ITEM.finditer(pattern[:MAX_PATTERN]))
        if "".join(item[0] for item in items) == pattern and sum(bool(item[1]) for item in items) <= MAX_REPEATED:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("error")  # of what Python will read otherwise one day
                    return re.compile(pattern)
            except (re.error, OverflowError, FutureWarning):  # [z-a], a{3,1}, [a--b]
                pass
        raise ValueError(
            f"the pattern of names {visible(pattern[:100])!r} is not one that can be tried here: give username_pattern"
            f" literals, classes such as [a-z], and at most {MAX_REPEATED} quantifiers, without groups"
        )

    def _configured_pattern(self) -> str | None:
        # This table also holds the key of the server's certificate, so nobody need be allowed to read it.
        config = sa.table(
            f"{self.database.prefix}config", sa.column("server_id"), sa.column("key"), sa.column("value"),
            schema=self.database.schema,
        )
        statement = sa.select(config.c.value).where(
            config.c.server_id == self.options["server_id"], config.c.key == "username"
        )
        try:
            with self.connection.begin_nested():
                found: str | None = self.connection.execute(statement).scalar()
        except sa.exc.DBAPIError as error:
            if error.connection_invalidated:
                raise
            return None
        return found if isinstance(found, str) else None

    def _number(self, key: str, default: int) -> int:
        value = str(self._meta.get(key))
        return int(value) if re.fullmatch("[0-9]{1,9}", value) else default

    def canonical_name(self, name: str) -> str:
        if "\0" in name:
            raise ValueError("the server allows no NUL in a name")
        return name

    def _check_new_name(self, name: str, pattern: re.Pattern[str]) -> None:
        """Server::validateUserName, but no longer than the column; for Qt combining characters are parts of words too.

        For new accounts only: who is there was let in by a pattern, if not by the present one.
        """
        if len(name) > 255:
            raise ValueError("a name has at most 255 characters")
        plain = "".join("_" if unicodedata.category(letter).startswith("M") else letter for letter in name)
        if not pattern.fullmatch(plain):
            raise ValueError(f"the server allows no such name; the pattern of names is {visible(pattern.pattern)}")
        if name != name.strip():
            raise ValueError("the server allows no blanks around a name")

    def declare(self, entry: Mapping[str, Any]) -> Declared:
        wanted = super().declare(entry)
        if wanted.password is not None:
            passwords.CLEAR_PASSWORD.check(wanted.password)
        if wanted.password_hash is not None:
            passwords.check_hash(wanted.password_hash)
        certificate = wanted.values.get("certificate_hash")
        if certificate:
            wanted.values["certificate_hash"] = certificate.replace(":", "").lower()
            if not re.fullmatch("[0-9a-f]{40}", wanted.values["certificate_hash"]):
                raise ValueError("certificate_hash is no SHA-1 fingerprint, 40 hexadecimal digits")
        return wanted

    def read(self, names: Collection[str] | None, lock: bool = False) -> dict[str, Account]:
        """As C(Service.read). Names that the server takes for one are one login, and shut together."""
        accounts = super().read(names, lock)
        everyone = list({account.name: account for account in accounts.values()}.values())
        keys = self.folded([account.name for account in everyone])
        same: dict[Any, list[Account]] = {}
        for account in everyone:
            same.setdefault(keys[account.name], []).append(account)
        for several in same.values():
            states = [(account.enabled, account.disabled) for account in several]
            for account in several if len(several) > 1 else ():
                account.twins = [*account.twins, *(other for other in several if other is not account)]
                account.enabled = any(enabled for enabled, _disabled in states)
                account.disabled = all(disabled for _enabled, disabled in states)
                account.undecided = f"the server takes its name for that of {account.twins[-1].name!r}"
        return accounts

    def account(self, found: StoredAccount) -> Account:
        info = found.properties["info"]
        live = {key: [value for value in info.get(key, ()) if value] for key in DOORS}
        parked = {key: [value for value in info.get(key + PARKED, ()) if value] for key in live}
        found.properties["info"] = {key: live[key] or parked[key] for key in live}
        account = super().account(found)
        locked = _locked(found)
        account.enabled = not locked and not any(parked.values())
        account.disabled = locked and not any(live.values())
        account.password_hash = f"{found.row['kdfiterations'] or 0}${found.row['salt'] or ''}${_digest(found)}"
        if found.key == SUPERUSER:
            account.protected = "it is the server's SuperUser"
        return account

    def columns(self, change: Change) -> dict[str, Any]:
        found = change.account.stored if change.account else None
        if change.new_password:
            iterations, salt, digest = (change.password_hash or "").split("$")
            columns: dict[str, Any] = {"pw": digest, "salt": salt or None, "kdfiterations": int(iterations) or None}
        elif found and change.switches:
            columns = {"pw": _digest(found)}
        else:
            return {}
        if change.action == "disabled" or (change.action != "enabled" and _locked(found)):
            columns["pw"] = LOCK + columns["pw"]
        return {**columns, "pw": utf8_text(columns["pw"]) or None}

    def property_values(self, name: str, change: Change) -> dict[Any, list[Any]]:
        values = super().property_values(name, change)
        if change.account is None or not (change.action == "enabled" or _parked_after(change)):
            return values
        values = {**change.account.stored.properties[name], **values}
        empty: dict[Any, list[Any]] = dict.fromkeys(values, [])
        moved = {key + PARKED: list(map(utf8_text, stored)) for key, stored in values.items()}
        if _parked_after(change):
            return {**empty, **moved}
        return {**{key: list(map(utf8_text, stored)) for key, stored in values.items()}, **dict.fromkeys(moved, [])}

    def problems(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        if any(change.groups is not None for change in changes):
            self.warnings.append(
                "A running Mumble server sees changed groups after its next start only, and overwrites them when "
                "somebody edits the groups of the root channel before that."
            )
        if any(change.shuts for change in changes):
            self.warnings.append("Who is connected to the Mumble server stays so: kick them there, or restart it.")
        self._warn_of_removal([change for change in changes if change.removes])
        self._close_other_doors(changes)
        problems = self._refused_names([change for change in changes if change.creates])
        return problems + super().problems(changes) + self._shared_certificates(changes)

    def _refused_names(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        problems: list[tuple[str, str]] = []
        if not changes:
            return problems
        try:
            pattern = self._name_pattern()
        except ValueError as error:
            return [(change.declared.typed, str(error)) for change in changes]
        for change in changes:
            try:
                self._check_new_name(change.name, pattern)
            except ValueError as error:
                problems.append((change.declared.typed, str(error)))
        return problems

    def _close_other_doors(self, changes: Sequence[Change]) -> None:
        """With a new password goes what lets somebody in without it, unless the entry declares it."""
        closed = []
        for change in changes:
            if change.account and change.new_password:
                values = {option: "" for option in DOORS.values()
                          if change.account.values.get(option) and option not in change.declared.values}
                change.values.update(values)
                closed += [change.name] if values else []
        if closed:
            self.warnings.append(
                f"{first_names(closed)}: with the new password goes the stored certificate or e-mail address, each of"
                " which lets somebody in without it. Declare certificate_hash and email to keep them."
            )

    def _warn_of_removal(self, changes: Sequence[Change]) -> None:
        """The server numbers accounts by the highest number and one, so the rights it remembers may go to another."""
        if not changes:
            return
        self.require({"acl": ["server_id", "user_id"]})
        keys = [change.id for change in changes]
        having: set[Any] = set()
        for name in ("group_members", "acl"):
            table = self.table(name)
            having.update(self.count_in(table, "user_id", keys, table.c.server_id == self.options["server_id"]))
        names = [change.name for change in changes if change.id in having]
        if names:
            self.warnings.append(
                f"Restart the Mumble server before new accounts are made: until then the next one may get a number of "
                f"the removed {first_names(names)}, and with it the groups and rights that went with the number."
            )

    def _shared_certificates(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        """Of two accounts with one certificate, the server takes the one with the lower number."""
        released = {change.id for change in changes
                    if change.shuts or "certificate_hash" in change.values}
        claims: dict[str, list[Change]] = {}
        for change in changes:
            new = change.action in ("created", "enabled") or "certificate_hash" in change.values
            stored = change.account.values["certificate_hash"] if change.account else ""
            certificate = change.values.get("certificate_hash", stored)
            if certificate and new and not change.removes and not _parked_after(change):
                claims.setdefault(certificate, []).append(change)
        columns = self._info.table.c
        statement = sa.select(columns.value, columns.user_id).where(*self._info.where, columns.key == CERTIFICATE)
        holders = {str(value).lower(): user_id for value, user_id in self.select_in(statement, columns.value, claims)
                   if user_id not in released}
        problems = []
        for certificate, claiming in claims.items():
            declared = [change for change in claiming if change.declared.values.get("certificate_hash")]
            problems += [(change.declared.typed, f"its certificate is that of {declared[0].name!r}")
                         for change in declared[1:]]
            holder = holders.get(certificate, claiming[0].id if len(claiming) > 1 else None)
            names = [change.name for change in claiming if change.id is None or change.id != holder]
            if holder is not None and names:
                # Whoever has the certificate's key may register any free name with it, and must stop nobody's list.
                self.warnings.append(
                    f"The certificate of {first_names(names)} is also that of the account number {holder}, and the"
                    " server lets its owner in as the one with the lower number."
                )
        return problems

    def rights(self, accounts: Collection[Account]) -> dict[str, list[str]]:
        """Groups of other channels than the root, and entries of access lists that name the user."""
        names = {account.id: account.name for account in accounts}
        server = self.options["server_id"]
        found: dict[str, list[str]] = {}
        table, groups = self.table("group_members"), self.table("groups").c
        members = table.c
        statement = sa.select(members.user_id, groups.name, groups.channel_id).join_from(
            table, self.table("groups"), sa.and_(
                members.group_id == groups.group_id, groups.server_id == server, groups.channel_id != ROOT_CHANNEL)
        ).where(members.server_id == server, members.addit == 1)
        for user, group, channel in self.select_in(statement, members.user_id, names):
            found.setdefault(names[user], []).append(f"group {group!r} of channel {channel}")
        for user, channel in self._access_lists(names):
            found.setdefault(names[user], []).append(f"rights of its own in channel {channel}")
        return {name: sorted(set(rights)) for name, rights in found.items()}

    def _access_lists(self, users: Collection[Any]) -> list[tuple[Any, Any]]:
        """Users and channels of entries that grant something, if they can be seen."""
        if self.has_table("acl") and {"channel_id", "grantpriv"} <= set(self.table("acl").c.keys()):
            acl = self.table("acl").c
            statement = sa.select(acl.user_id, acl.channel_id).where(
                acl.server_id == self.options["server_id"], acl.grantpriv != 0)
            try:
                with self.connection.begin_nested():
                    return [tuple(row) for row in self.select_in(statement, acl.user_id, users)]
            except sa.exc.DBAPIError as error:
                if error.connection_invalidated:
                    raise
        self.warnings.append("The table acl cannot be read, so nothing tells who has rights of his own in channels.")
        return []

    def hash_password(self, password: str) -> str:
        return passwords.hash_password(password, self._number("pbkdf2_iterations", passwords.DEFAULT_ITERATIONS))

    verify_password = staticmethod(passwords.verify_password)


def _locked(found: StoredAccount | None) -> bool:
    return found is not None and (found.row["pw"] or "").startswith(LOCK)


def _digest(found: StoredAccount) -> str:
    stored: str = found.row["pw"] or ""
    return stored[len(LOCK):] if _locked(found) else stored


def _parked_after(change: Change) -> bool:
    was = change.account is not None and not change.account.enabled
    return change.action == "disabled" or (was and change.action != "enabled")
