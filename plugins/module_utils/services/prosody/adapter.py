# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The accounts of one host of a Prosody XMPP server (mod_storage_sql, mod_auth_internal_hashed) as a service type.

Prosody has no table of accounts: whoever has rows in the store C(accounts) has an account. Differences from what it
writes itself, with their reasons:

- 0.12 does not write C(created) and C(updated), and ignores them. Which release reads the database does not show in
  every database, and 13 revokes tokens that are older than C(updated).
- O(state=disabled) writes the row C(disabled), which 13 heeds and 0.12 ignores, and puts a zero byte in front of the
  stored key, with which no key is equal. Other marks let SCRAM in (characters that are not hexadecimal are skipped) or
  leave clients without an answer (no stored key).
- A new account without a password gets the keys of a secret that nobody knows, since rows without keys leave a
  client that tries SCRAM without an answer. Prosody 13 itself makes such an account a disabled one.
- Enabling deletes tokens as disabling does: whoever was still connected meanwhile may have got new ones.
- Clear text (C(password)) becomes keys whenever the account is written, as Prosody does at the next login.
- C(account_details), the time of a registration by a client, is not written; C(prosodyctl adduser) does not either.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import re
import secrets
import time
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import (
    Account,
    Change,
    Declared,
    OptionError,
    is_text,
    some,
    utf8_text,
    visible,
)
from ansible_collections.auth.services.plugins.module_utils.database import Database, SchemaError, sa
from ansible_collections.auth.services.plugins.module_utils.passwords import (
    UnverifiableHash,
    number,
    same,
    scram_keys,
)
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.tables import Found, NamedRows, PropertyRows, Rows
from ansible_collections.auth.services.plugins.module_utils.xmpp import nameprep, nodeprep, saslprep

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

ITERATIONS = 10000  # default_iteration_count of mod_auth_internal_hashed
MIN_ITERATIONS, MAX_ITERATIONS = 4096, 10_000_000
DIGESTS = {"SHA-1": 20, "SHA-256": 32}  # bytes
LOCK = "00"
LOCKED = re.compile(f"{LOCK}(?:{'|'.join(f'[0-9a-fA-F]{{{2 * length}}}' for length in DIGESTS.values())})")
KEYS = ("salt", "iteration_count", "stored_key", "server_key", "password")
MAX_VALUE = 10_000
"""Characters of a value that belongs to a password; Prosody's own have 100."""
ROLES = ("account_roles", "roles")
"""Stores of 13 and of 0.12 (mod_authz_internal): each key is a role, and the value of C(_default) is one."""
DISABLED = ("boolean", "true")
CLEAR = "{CLEAR}"
"""Stands before the password of an account whose row has it in clear text."""


@dataclass
class Scram:
    """What a server stores of a password (RFC 5802); as text in the form of RFC 5803."""

    algorithm: str
    iterations: int
    salt: str
    stored_key: bytes
    server_key: bytes

    @classmethod
    def of(cls, password: str, algorithm: str, iterations: int = ITERATIONS, salt: str = "") -> Scram:
        """Keys of a password.

        :raises ValueError: for one that no client can send
        """
        salt = salt or str(uuid.uuid4())
        name = algorithm.replace("-", "").lower()
        return cls(
            algorithm, iterations, salt,
            *scram_keys(name, saslprep(password).encode(), salt.encode(), iterations),
        )

    @classmethod
    def of_nobody(cls, algorithm: str) -> Scram:
        """Keys that belong to no password."""
        length = DIGESTS[algorithm]
        return cls(algorithm, ITERATIONS, str(uuid.uuid4()), secrets.token_bytes(length), secrets.token_bytes(length))

    @classmethod
    def parse(cls, text: str) -> Scram:
        """Keys from their text.

        :raises ValueError: for another text
        """
        parts = re.fullmatch(r"SCRAM-(SHA-1|SHA-256)\$([1-9][0-9]{0,8}):([^$:]+)\$([^$:]+):([^$:]+)", text)
        if parts is None:
            raise ValueError("it has not the form SCRAM-SHA-1$iterations:salt$StoredKey:ServerKey")
        try:
            salt, *keys = (base64.b64decode(part, validate=True) for part in parts.groups()[2:])
        except binascii.Error:
            raise ValueError("its salt and its keys are not all Base64") from None
        if any(len(key) != DIGESTS[parts[1]] for key in keys):
            raise ValueError(f"its keys are not as long as {parts[1]} makes them")
        if re.fullmatch(rb"[\x20-\x7e]+", salt) is None:
            raise ValueError("its salt is not ASCII text, and Prosody keeps it as text")
        return cls(parts[1], int(parts[2]), salt.decode(), *keys)

    @classmethod
    def from_rows(cls, rows: Mapping[str, str]) -> Scram | None:
        """Keys from values of rows, locked or not; None when a part is missing or wrong."""
        parts = [rows.get(name) for name in ("stored_key", "server_key", "iteration_count", "salt")]
        if not all(isinstance(part, str) and len(part) <= MAX_VALUE and is_text(part) for part in parts):
            return None
        try:
            keys = [bytes.fromhex(rows[name]) for name in ("stored_key", "server_key")]
            algorithm = next(name for name, length in DIGESTS.items() if length == len(keys[1]))
            stored_key = keys[0][-DIGESTS[algorithm]:]
            if len(stored_key) < len(keys[1]):
                return None
            # tostring() of a number that is whole
            iterations = number(re.sub(r"\.0\Z", "", rows["iteration_count"]))
            return cls(algorithm, iterations, rows["salt"], stored_key, keys[1])
        except (KeyError, ValueError, OverflowError, StopIteration):
            return None

    def __str__(self) -> str:
        salt, stored_key, server_key = (
            base64.b64encode(part).decode() for part in (self.salt.encode(), self.stored_key, self.server_key)
        )
        return f"SCRAM-{self.algorithm}${self.iterations}:{salt}${stored_key}:{server_key}"


class Prosody(Service):
    """The accounts of one host."""

    engines = ("sqlite", "mysql", "postgresql")
    common_options = ()
    tables = {"prosody": ("host", "user", "store", "key", "type", "value")}
    database_options = {"host": {"type": "str", "required": True}}
    service_options = {"hash_algorithm": {"type": "str", "choices": list(DIGESTS), "default": "SHA-1"}}

    def __init__(self, database: Database, connection: Connection, options: Mapping[str, Any]) -> None:
        super().__init__(database, connection, options)
        try:
            self._host = nameprep(options["host"])
        except ValueError as error:
            raise OptionError(f"host: {error}") from error
        self._algorithm = options.get("hash_algorithm", "SHA-1")
        if database.engine_name == "mysql":
            self._check_collation()
        fixed = {"host": self._host, "store": "accounts"}
        self.accounts = NamedRows(self, [(Rows(self, "prosody", ["user"], fixed), "user")])
        self.properties = {
            "accounts": PropertyRows(self, "prosody", owner="user", key="key", value=("type", "value"), fixed=fixed)
        }

    def _check_collation(self) -> None:
        # Prosody does not start with another one, unless it is told not to look (sql_manage_tables = false).
        table = self.table("prosody")
        for column in ("host", "user", "store", "key"):
            collation = table.c[column].type.collation or table.kwargs.get("mysql_collate") or "a default"
            if not collation.endswith("_bin"):
                raise SchemaError(
                    f"{self.database.describe()}: the column {column} of {table.name} has {collation} collation, which "
                    "takes different names for one. Run prosodyctl mod_storage_sql upgrade. Nothing was written."
                )

    def canonical_name(self, name: str) -> str:
        return nodeprep(name)

    def declare(self, entry: Mapping[str, Any]) -> Declared:
        wanted = super().declare(entry)
        if wanted.password is not None:
            try:
                empty = not saslprep(wanted.password)
            except ValueError as error:
                raise ValueError(f"no client can send the password: {error}") from error
            if empty:
                raise ValueError("the password is empty")
        if wanted.password_hash is not None:
            wanted.password_hash = str(self._parse_hash(wanted.password_hash))
        return wanted

    def _parse_hash(self, text: str) -> Scram:
        try:
            scram = Scram.parse(text)
        except ValueError as error:
            raise ValueError(f"password_hash: {error}") from error
        # The other module, which reads, has no such option.
        if "hash_algorithm" in self.options and scram.algorithm != self._algorithm:
            raise ValueError(f"password_hash is of {scram.algorithm}, and hash_algorithm is {self._algorithm}")
        if not MIN_ITERATIONS <= scram.iterations <= MAX_ITERATIONS:
            raise ValueError(f"password_hash has {scram.iterations} iterations, not {MIN_ITERATIONS} or more")
        return scram

    def account(self, found: Found) -> Account:
        account = super().account(found)
        rows = found.properties["accounts"]
        marks = rows.get("disabled", [])
        locks = [_is_locked(value) for _type, value in rows.get("stored_key", [])]
        clear = any(value for _type, value in rows.get("password", []))
        account.enabled = DISABLED not in marks and not any(locks)
        account.disabled = set(marks) == {DISABLED} and bool(locks) and all(locks) and not clear
        account.password_hash = _stored_password(rows)
        account.last_changed = _time(rows.get("updated", []))
        return account

    def property_values(self, name: str, change: Change) -> dict[Any, list[Any]]:
        stored = change.account.row.properties[name] if change.account else {}
        was_disabled = bool(change.account and not change.account.enabled)
        disabled = change.action == "disabled" or (was_disabled and change.action != "enabled")
        now = [("number", str(int(time.time())))]
        scram = self._scram(change)
        values: dict[Any, list[Any]] = {key: [tuple(part and utf8_text(part) for part in rows[-1])]
                                        for key, rows in stored.items() if key is not None and len(rows) > 1}
        if change.account is None:
            values["created"] = now
        values.update({
            "salt": [("string", scram.salt)],
            "iteration_count": [("number", str(scram.iterations))],
            "stored_key": [("string", (LOCK if disabled else "") + scram.stored_key.hex())],
            "server_key": [("string", scram.server_key.hex())],
            "updated": now,
            "password": [],
            "disabled": [DISABLED] if disabled else [],
        })
        if not disabled:
            values["disabled_meta"] = []
        return values

    def _scram(self, change: Change) -> Scram:
        """The keys that an account has after a change."""
        if change.new_password:
            return Scram.parse(change.password_hash or "")
        rows = change.account.row.properties["accounts"] if change.account else {}
        clear = str(_last(rows).get("password") or "")
        if clear:
            try:
                return Scram.of(clear, self._algorithm)
            except ValueError:  # nobody could log in with it
                pass
        return Scram.from_rows(_last(rows)) or Scram.of_nobody(self._algorithm)

    def problems(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        actions = {change.action for change in changes}
        if "removed" in actions:
            self.require({"prosodyarchive": ("host", "user")})
        if {"removed", "disabled"} & actions or any(change.new_password and change.account for change in changes):
            self.warnings.append(
                "Sessions that are open now stay open, since Prosody does not look at the database again. 'prosodyctl"
                " shell c2s close ADDRESS' ends those of an account, a restart of Prosody all."
            )
        if "created" in actions:
            self._warn_of_new_host()
        return super().problems(changes)

    def _warn_of_new_host(self) -> None:
        host = self.table("prosody").c.host
        if self.connection.execute(sa.select(host).where(host == self._host).limit(1)).first() is None:
            others = {name for name in self.connection.execute(sa.select(host).distinct()).scalars() if name}
            if others:
                self.warnings.append(
                    f"The database had nothing of the host {self._host!r} before; it has {some(others)}."
                )

    def change(self, changes: Sequence[Change]) -> None:
        super().change(changes)
        ended = [change.id for change in changes if change.new_password or change.action in ("disabled", "enabled")]
        columns = self.table("prosody").c
        of_tokens = (columns.host == self._host, columns.store == "auth_tokens")
        self.delete_in(self.table("prosody"), "user", ended, *of_tokens)

    def remove(self, changes: Sequence[Change]) -> None:
        """As mod_storage_sql does it (driver:purge)."""
        if changes:
            for table in (self.table("prosody"), self.table("prosodyarchive")):
                self.delete_in(table, "user", [change.id for change in changes], table.c.host == self._host)

    def rights(self, accounts: Collection[Account]) -> dict[str, list[str]]:
        """Roles that an administrator gave; those of Prosody's configuration (C(admins)) are not in the database."""
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

    def hash_password(self, password: str) -> str:
        return str(Scram.of(password, self._algorithm))

    def verify_password(self, stored: str, password: str) -> bool:
        try:
            if stored.startswith(CLEAR):
                return same(saslprep(stored[len(CLEAR):]).encode(), saslprep(password).encode())
            scram = Scram.parse(stored)
        except ValueError:
            return False
        if scram.algorithm != self._algorithm:
            return False  # the server computes with its own
        if not 0 < scram.iterations <= MAX_ITERATIONS:
            raise UnverifiableHash(f"the stored password has {scram.iterations} iterations: not to be verified")
        computed = Scram.of(password, scram.algorithm, scram.iterations, scram.salt)
        return same(computed.stored_key + computed.server_key, scram.stored_key + scram.server_key)


def _last(rows: Mapping[str, Sequence[tuple[str, str]]]) -> dict[str, str]:
    # Of several rows the last one counts for Prosody, too, but nothing says which one that is.
    return {key: values[-1][1] for key, values in rows.items()}


def _is_locked(stored_key: Any) -> bool:
    return isinstance(stored_key, str) and LOCKED.fullmatch(stored_key) is not None


def _stored_password(rows: Mapping[str, Sequence[tuple[str, str]]]) -> str:
    """The stored password, without a lock; empty where two rows contradict each other, or something is missing."""
    if any(len(set(values)) > 1 for key, values in rows.items() if key in KEYS):
        return ""
    values = _last(rows)
    if values.get("password"):
        return CLEAR + str(values["password"])
    scram = Scram.from_rows(values)
    return str(scram) if scram else ""


def _time(rows: Sequence[tuple[str, str]]) -> str:
    """The time of a row with seconds since 1970, in ISO 8601; nothing for one that is none."""
    try:
        return datetime.datetime.fromtimestamp(float(rows[-1][1]), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (IndexError, TypeError, ValueError, OverflowError, OSError):
        return ""
