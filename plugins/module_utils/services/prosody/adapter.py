# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The accounts of one host of a Prosody XMPP server (mod_storage_sql, mod_auth_internal_hashed) as a service type.

Prosody has no table of accounts: a name with rows in the store ``accounts`` is an account. Differences from what it
writes itself, with their reasons:

- 0.12 does not write ``created`` and ``updated``, and ignores them. Which release reads the database does not show in
  every database, and 13 revokes tokens that are older than ``updated``.
- ``state=disabled`` writes the row ``disabled``, which 13 heeds and 0.12 ignores, and puts a zero byte in front of the
  stored key, with which no key is equal. Other marks let SCRAM in (characters that are not hexadecimal are skipped) or
  leave clients without an answer (no stored key).
- A new account without a password gets the keys of a secret that nobody knows, since rows without keys leave a
  client that tries SCRAM without an answer. Prosody 13 itself makes such an account a disabled one.
- Enabling deletes tokens as disabling does: whoever was still connected meanwhile may have got new ones.
- Clear text (``password``) becomes keys whenever the account is written, as Prosody does at the next login.
- ``account_details``, the time of a registration by a client, is not written; ``prosodyctl adduser`` does not either.
"""

from __future__ import annotations

import datetime
import functools
import time
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
from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.conditions import (
    Begins,
    Combined,
    Condition,
    Filled,
    HasBytes,
    Matches,
    Property,
)
from ansible_collections.auth.services.plugins.module_utils.database import Database, SchemaError
from ansible_collections.auth.services.plugins.module_utils.description import (
    Description,
    Door,
    Emptied,
    ImplicitAccounts,
    Marker,
    Notice,
    Properties,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.scram import SIZES, ScramKeys
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.services.prosody import passwords
from ansible_collections.auth.services.plugins.module_utils.xmpp import nameprep, nodeprep

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

LOCK = "00"
_LENGTHS = [len(LOCK) + 2 * size for size in SIZES.values()]
# Not by the expression alone: PostgreSQL takes ten times as long to count the digits.
LOCKED = Begins(LOCK) & Combined(tuple(HasBytes(size, size) for size in _LENGTHS), False) & Matches("[0-9a-fA-F]*")
"""A key of SCRAM, in hexadecimal digits, with the zero byte."""
KEYS = ("salt", "iteration_count", "stored_key", "server_key", "password")
ROLES = ("account_roles", "roles")
"""Stores of 13 and of 0.12 (mod_authz_internal): each key is a role, and the value of ``_default`` is one."""


class Keys(Marker):
    """The keys of SCRAM, which also PLAIN is compared with. An account without any is not shut: see above."""

    @functools.cached_property
    def while_shut(self) -> Condition:
        return ~self._has(Filled() & ~self.is_marked) & Property(self.table, keys=[self.key])


class ClearText(Door):
    """A password in clear text, which Prosody takes in place of keys. It becomes keys whenever it is written."""

    while_shut = ~Property("accounts", Filled(), ["password"])


class Prosody(Service):
    """The accounts of one host."""

    engines = ("sqlite", "mysql", "postgresql")
    keeps_changes = True
    common_options = ()
    tables = {"prosody": ("host", "user", "store", "key", "type", "value")}
    database_options = {"host": {"type": "str", "required": True}}
    service_options = {"hash_algorithm": {"type": "str", "choices": list(SIZES), "default": "SHA-1"}}
    clear_password = passwords.CLEAR_PASSWORD
    description = Description(
        accounts=ImplicitAccounts([("prosody", "user")], where={"store": "accounts"}),
        properties={"accounts": Properties(
            "prosody", owner="user", key="key", value=("type", "value"), where={"store": "accounts"},
        )},
        doors=(
            Notice("login, Prosody 13", "the row `disabled`, which 0.12 ignores", "yes", "accounts",
                   key="disabled", value=("boolean", "true"), others=("disabled_meta",)),
            Keys("login with the password (PLAIN, SCRAM), also Prosody 0.12",
                 "a zero byte in front of `stored_key`, with which no key is equal", "yes, the same password",
                 "accounts", key="stored_key", mark=LOCK, marked=LOCKED),
            ClearText("login with a password that is stored in clear text", "it becomes keys, with the zero byte",
                      "yes, the same password, as keys", "accounts"),
            Emptied("login with a token, Prosody 13",
                    "the store `auth_tokens` is emptied, by `enabled` and by a new password too",
                    "no, tokens are created anew", rows="prosody", account="user", where={"store": "auth_tokens"}),
        ),
        untouched=(
            ("open sessions", ("**they stay open**, and the task says so: `prosodyctl shell c2s close"
                               " alice@example.org` ends them, and so does a restart")),
            ("contacts, archive, vCard, private data", "left alone; messages to the account are still taken"),
        ),
    )

    def __init__(self, database: Database, connection: Connection, options: Mapping[str, Any]) -> None:
        try:
            self._host = nameprep(options["host"])
        except ValueError as error:
            raise OptionError(f"host: {error}") from error
        self._algorithm = options.get("hash_algorithm", "SHA-1")
        self.scheme = passwords.Stored(self._algorithm)
        super().__init__(database, connection, options)

    def fixed(self) -> Mapping[str, Any]:
        return {"host": self._host}

    def describe(self) -> Description:
        if self.database.kind.ignores_case:
            self._check_collation()
        return super().describe()

    def _check_collation(self) -> None:
        # Prosody does not start with another one, unless it is told not to look (sql_manage_tables = false).
        table = self.table("prosody")
        for column in ("host", "user", "store", "key"):
            collation = table.c[column].type.collation or table.kwargs.get("mysql_collate") or "a default"
            if not collation.endswith("_bin"):
                raise SchemaError(
                    f"{self.database.describe()}: the column {column} of {table.name} has {collation} collation, which "
                    "treats different names as equal. Run prosodyctl mod_storage_sql upgrade. Nothing was written."
                )

    def canonical_name(self, name: str) -> str:
        return nodeprep(name)

    def declare(self, entry: Mapping[str, Any]) -> Declared:
        wanted = super().declare(entry)
        if wanted.password_hash is not None:
            keys = passwords.check_hash(wanted.password_hash)
            # The other module, which reads, has no such option.
            if "hash_algorithm" in self.options and keys.algorithm != self._algorithm:
                raise ValueError(f"password_hash is of {keys.algorithm}, but hash_algorithm is {self._algorithm}")
            wanted.password_hash = str(keys)
        return wanted

    def account(self, stored: StoredAccount) -> Account:
        account = super().account(stored)
        rows = stored.properties["accounts"]
        account.password_hash = _stored_password(rows)
        account.last_changed = _time(rows.get("updated", []))
        return account

    def property_values(self, name: str, change: Change) -> dict[Any, list[Any]]:
        stored = change.account.stored.properties[name] if change.account else {}
        now = [("number", str(int(time.time())))]
        keys = self._keys(change)
        values: dict[Any, list[Any]] = {key: [tuple(part and utf8_text(part) for part in rows[-1])]
                                        for key, rows in stored.items() if key is not None and len(rows) > 1}
        if change.account is None:
            values["created"] = now
        values.update({
            "salt": [("string", keys.salt.decode())],
            "iteration_count": [("number", str(keys.iterations))],
            "stored_key": [("string", keys.stored_key.hex())],
            "server_key": [("string", keys.server_key.hex())],
            "updated": now,
            "password": [],
        })
        return values

    def _keys(self, change: Change) -> ScramKeys:
        """The keys that an account has after a change."""
        if change.new_password:
            return ScramKeys.parse(change.password_hash or "")
        rows = change.account.stored.properties["accounts"] if change.account else {}
        clear = str(_last(rows).get("password") or "")
        if clear:
            try:
                return passwords.make(clear, self._algorithm)
            except ValueError:  # nobody could log in with it
                pass
        return passwords.from_rows(_last(rows)) or passwords.of_nobody(self._algorithm)

    def needed(self, changes: Sequence[Change]) -> dict[str, Sequence[str]]:
        removal = {"prosodyarchive": ("host", "user")} if any(change.removes for change in changes) else {}
        return {**super().needed(changes), **removal}

    def warn(self, changes: Sequence[Change]) -> None:
        if any(change.shuts or (change.new_password and change.account) for change in changes):
            self.warnings.append(
                "Open sessions stay open, because Prosody does not read the database again. To end those of an account,"
                " run 'prosodyctl shell c2s close ADDRESS'; to end all, restart Prosody."
            )
        if any(change.creates for change in changes):
            self._warn_of_new_host()

    def _warn_of_new_host(self) -> None:
        host = self.table("prosody").c.host
        if self.connection.execute(sa.select(host).where(host == self._host).limit(1)).first() is None:
            others = {name for name in self.connection.execute(sa.select(host).distinct()).scalars() if name}
            if others:
                self.warnings.append(
                    f"The host {self._host!r} is new to the database, which has {first_names(others)}. Check host."
                )

    def remove(self, changes: Sequence[Change]) -> None:
        """As mod_storage_sql does it (driver:purge)."""
        if changes:
            for table in (self.table("prosody"), self.table("prosodyarchive")):
                self.delete_in(table, "user", [change.id for change in changes], table.c.host == self._host)

    def rights(self, accounts: Collection[Account]) -> dict[str, list[str]]:
        """Roles that an administrator gave; those of Prosody's configuration (``admins``) are not in the database."""
        names = {account.id: account.name for account in accounts}
        columns = self.table("prosody").c
        statement = sa.select(columns.user, columns.key, columns.value).where(
            columns.host == self._host, columns.store.in_(ROLES))
        found: dict[str, set[str]] = {}
        for user, key, value in self.select_in(statement, columns.user, names):
            role = value if key == "_default" else key
            if user not in names:  # a blank at the end, which the database does not heed
                continue
            found.setdefault(names[user], set()).add(f"role {visible(str(role)[:100])}")
        return {name: sorted(roles) for name, roles in found.items()}


def _last(rows: Mapping[str, Sequence[tuple[str, str]]]) -> dict[str, str]:
    # Of several rows the last one counts for Prosody, too, but nothing says which one that is.
    return {key: values[-1][1] for key, values in rows.items()}


def _stored_password(rows: Mapping[str, Sequence[tuple[str, str]]]) -> str:
    """The stored password, without a lock; empty where two rows contradict each other, or something is missing."""
    if any(len(set(values)) > 1 for key, values in rows.items() if key in KEYS):
        return ""
    values = _last(rows)
    if values.get("password"):
        return passwords.CLEAR + str(values["password"])
    keys = passwords.from_rows(values)
    return str(keys) if keys else ""


def _time(rows: Sequence[tuple[str, str]]) -> str:
    """The time of a row with seconds since 1970, in ISO 8601; nothing for one that is none."""
    try:
        return datetime.datetime.fromtimestamp(float(rows[-1][1]), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (IndexError, TypeError, ValueError, OverflowError, OSError):
        return ""
