# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The registered users of a Mumble server (murmur) up to 1.5 as a service type.

Rows of new accounts are those that the server itself writes when it registers somebody through Ice (``registerUser``).
Differences from what it writes otherwise, with their reasons:

- The server has no operation for disabling. It puts a marker in front of the stored password, which no hash can equal,
  and moves the certificate hash and the e-mail address, each of which may log in by itself, to numbers of properties
  that the server ignores and keeps.
- A new password also takes away the certificate and the e-mail address that the entry does not declare, parked ones
  too: each may log in by itself, and whoever registered the name would stay in beside the new password. The server
  leaves them, and stores the certificate again with which somebody logs in by password.
- An e-mail address or a certificate that is removed has no row, where the server (``updateRegistration``) leaves a row
  with an empty value. Both log nobody in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import (
    Account,
    Change,
    Declared,
    OptionError,
    StoredAccount,
    first_names,
)
from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.conditions import Column, Equals
from ansible_collections.auth.services.plugins.module_utils.database import SchemaError
from ansible_collections.auth.services.plugins.module_utils.description import (
    Accounts,
    Description,
    Field,
    Lookup,
    Marker,
    Memberships,
    Parked,
    Properties,
)
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.services.mumble import names, passwords
from ansible_collections.auth.services.plugins.module_utils.services.mumble.rights import ROOT_CHANNEL, rights
from ansible_collections.auth.services.plugins.module_utils.tables import Selection

if TYPE_CHECKING:
    pass

SUPERUSER = 0
EMAIL, CERTIFICATE = 1, 3  # ServerDB::UserInfo
OTHERS = {EMAIL: 1001, CERTIFICATE: 1003}
"""Numbers of properties, and those that they have while the account is disabled."""


class Mumble(Service):
    """The registered users of one virtual server."""

    engines = ("sqlite", "mysql", "postgresql")
    database_options = {"server_id": {"type": "int", "default": 1}, "username_pattern": {"type": "str"}}
    clear_password = passwords.CLEAR_PASSWORD
    description = Description(
        # The server ignores case, and takes a stored name that differs by case only; here it is told, not taken.
        accounts=Accounts("users", key="user_id", name="name", extra=("salt", "kdfiterations"),
                          numbered=True, ignore_case=True),
        properties={"info": Properties(
            "user_info", owner="user_id", key="key", value="value", only=[*OTHERS, *OTHERS.values()],
            fields=[Field("email", EMAIL, spec={}), Field("certificate_hash", CERTIFICATE)],
        )},
        memberships=Memberships(
            "group_members", account="user_id", group="group_id", where={"addit": 1},
            names=Lookup("groups", key="group_id", name="name", where={"channel_id": ROOT_CHANNEL}),
        ),
        doors=(
            Marker("login with the password", "the marker `!` stands in front of `users.pw`; no hash equals it",
                   "yes, the same password", column="pw", mark="!", empty=None),
            Parked("login with a certificate, under whatever name, or with a trusted one that names the e-mail address",
                   "properties 3 and 1 of `user_info` become 1003 and 1001, which the server ignores", "yes", "info",
                   keys=OTHERS),
        ),
        protected=(("it is the server's SuperUser", Column("user_id", Equals(SUPERUSER))),),
        untouched=(("groups, comment, channel", "left alone"),),
    )

    def describe(self) -> Description:
        if self.has_table("users") and "user_name" in self.table("users").c:
            raise SchemaError(f"{self.database.describe()}: these are the tables of Mumble 1.6, which is not supported"
                              " yet.")
        self.require({"users": ["name"], "servers": ["server_id"], "meta": ["keystring", "value"],
                      "groups": ["group_id", "server_id", "channel_id", "name"]})
        self._make_sure_of_server()
        meta = self.table("meta").c
        self._meta = dict(tuple(row) for row in self.connection.execute(sa.select(meta.keystring, meta.value)))
        iterations = self._number("pbkdf2_iterations", passwords.DEFAULT_ITERATIONS)
        self.scheme = passwords.Pbkdf2(min(iterations, passwords.MAX_ITERATIONS))
        return super().describe()

    def fixed(self) -> Mapping[str, Any]:
        return {"server_id": self.options["server_id"]}

    def _make_sure_of_server(self) -> None:
        number = self.options["server_id"]
        column = self.table("servers").c.server_id
        there = sorted(self.connection.execute(sa.select(column).where(column.is_not(None))).scalars())
        if number not in there:
            known = ", ".join(map(str, there)) or "none"
            raise OptionError(f"{self.database.describe()}: virtual server {number} does not exist; the servers are"
                              f" {known}")

    def _pattern(self) -> str:
        """What the setting ``username`` says: an option, what the database holds, or the release's default."""
        default = names.NAME_1_3 if self._number("version", names.SCHEMA_1_3) <= names.SCHEMA_1_3 else names.NAME
        return self.options["username_pattern"] or self._configured_pattern() or default

    def _configured_pattern(self) -> str | None:
        # This table also holds the key of the server's certificate, so reading it is not required.
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
            raise ValueError("the server does not allow NUL in a name")
        return name

    def declare(self, entry: Mapping[str, Any]) -> Declared:
        wanted = super().declare(entry)
        if wanted.password_hash is not None:
            passwords.check_hash(wanted.password_hash)
        certificate = wanted.values.get("certificate_hash")
        if certificate:
            wanted.values["certificate_hash"] = certificate.replace(":", "").lower()
            if not re.fullmatch("[0-9a-f]{40}", wanted.values["certificate_hash"]):
                raise ValueError("certificate_hash is not a SHA-1 fingerprint of 40 hexadecimal digits")
        return wanted

    def read(self, names: Selection, lock: bool = False) -> dict[str, Account]:
        """As ``Service.read``. Names that the server takes for one are one login, and shut together."""
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

    def stored_password(self, plain: StoredAccount) -> str:
        row = plain.row
        return f"{row['kdfiterations'] or 0}${row['salt'] or ''}${row['pw']}"

    def columns(self, change: Change) -> dict[str, Any]:
        if not change.new_password:
            return {}
        iterations, salt, digest = (change.password_hash or "").split("$")
        return {"pw": digest, "salt": salt or None, "kdfiterations": int(iterations) or None}

    def complete(self, changes: Sequence[Change]) -> None:
        """With a new password goes what lets somebody in without it, unless the entry declares it."""
        for change in changes:
            change.values.update(dict.fromkeys(_replaced(change), ""))

    def needed(self, changes: Sequence[Change]) -> dict[str, Sequence[str]]:
        removal = {"acl": ("server_id", "user_id")} if any(change.removes for change in changes) else {}
        return {**super().needed(changes), **removal}

    def problems(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        problems = self._refused_names([change for change in changes if change.creates])
        problems += super().problems(changes)
        for claiming, _holder in self._certificates(changes):
            declared = [change for change in claiming if change.declared.values.get("certificate_hash")]
            problems += [(change.declared.typed, f"its certificate is also declared for {declared[0].name!r}")
                         for change in declared[1:]]
        return problems

    def warn(self, changes: Sequence[Change]) -> None:
        if any(change.groups is not None for change in changes):
            self.warnings.append(
                "Restart the Mumble server to make it read the changed groups. Until then it may overwrite them if"
                " somebody edits the groups of the root channel."
            )
        if any(change.shuts for change in changes):
            self.warnings.append("Connected users stay connected. Kick them, or restart the Mumble server.")
        closed = [change.name for change in changes if _replaced(change)]
        if closed:
            self.warnings.append(
                f"The new password of {first_names(closed)} removes the stored certificate or e-mail address, since"
                " each lets somebody in without a password. Declare certificate_hash and email to keep them."
            )
        self._warn_of_removal([change for change in changes if change.removes])
        for claiming, holder in self._certificates(changes):
            names = [change.name for change in claiming if change.id is None or change.id != holder]
            if holder is not None and names:
                # The owner of the certificate's key can register any free name with it, and must not block a list.
                self.warnings.append(
                    f"The certificate of {first_names(names)} also belongs to the account number {holder}. The"
                    " server lets its owner in as the account with the lower number."
                )

    def _refused_names(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        problems: list[tuple[str, str]] = []
        if not changes:
            return problems
        try:
            pattern = names.compiled(self._pattern())
        except ValueError as error:
            return [(change.declared.typed, str(error)) for change in changes]
        for change in changes:
            try:
                names.check_new(change.name, pattern)
            except ValueError as error:
                problems.append((change.declared.typed, str(error)))
        return problems

    def _warn_of_removal(self, changes: Sequence[Change]) -> None:
        """The server numbers accounts by the highest number and one, so the rights it remembers may go to another."""
        if not changes:
            return
        keys = [change.id for change in changes]
        having: set[Any] = set()
        for name in ("group_members", "acl"):
            table = self.table(name)
            having.update(self.count_in(table, "user_id", keys, table.c.server_id == self.options["server_id"]))
        names = [change.name for change in changes if change.id in having]
        if names:
            self.warnings.append(
                f"Restart the Mumble server before anybody creates an account. Until then, a new account may get the"
                f" number of the removed {first_names(names)}, and with it the groups and rights of that number."
            )

    def _certificates(self, changes: Sequence[Change]) -> list[tuple[list[Change], Any]]:
        """Changes that bring a certificate, those with the same one together, and the account that has it then.

        Of two accounts with one certificate, the server takes the one with the lower number.
        """
        parking = self.doors[-1]
        released = {change.id for change in changes if change.shuts or "certificate_hash" in change.values}
        claims: dict[str, list[Change]] = {}
        for change in changes:
            new = change.action in ("created", "enabled") or "certificate_hash" in change.values
            certificate = change.value_after("certificate_hash")
            if certificate and new and not change.removes and not parking.shut_after(change):
                claims.setdefault(certificate, []).append(change)
        info = self.properties["info"]
        columns = info.table.c
        statement = sa.select(columns.value, columns.user_id).where(*info.where, columns.key == CERTIFICATE)
        holders = {str(value).lower(): user_id for value, user_id in self.select_in(statement, columns.value, claims)
                   if user_id not in released}
        return [(claiming, holders.get(certificate, claiming[0].id if len(claiming) > 1 else None))
                for certificate, claiming in claims.items()]

    def rights(self, accounts: Collection[Account]) -> dict[str, list[str]]:
        return rights(self, self.options["server_id"], accounts)


def _replaced(change: Change) -> list[str]:
    """Options of what a new password takes away."""
    if change.account is None or not change.new_password:
        return []
    return [option for option in ("email", "certificate_hash")
            if change.account.values.get(option) and option not in change.declared.values]
