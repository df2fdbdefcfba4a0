# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The users of a Django project (django.contrib.auth) as a service type."""

from __future__ import annotations

import base64
import datetime
import hashlib
import re
import secrets
import string
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import Account, Change
from ansible_collections.auth.services.plugins.module_utils.database import Database, sa
from ansible_collections.auth.services.plugins.module_utils.passwords import UnverifiableHash, same
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.tables import (
    AccountRows,
    Found,
    MembershipRows,
    mysql_fold,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

NAME = re.compile(r"[\w.@+-]+")  # UnicodeUsernameValidator
TEXTS = ("email", "first_name", "last_name")
FLAGS = ("is_staff", "is_superuser")
DEFAULT_ITERATIONS = 1_000_000  # Django 5.2
MAX_ITERATIONS = 100_000_000
ALPHABET = string.ascii_letters + string.digits


class Django(Service):
    """The users in one project's database."""

    engines = ("postgresql", "mysql", "sqlite")
    value_options = {
        "first_name": {"type": "str"},
        "last_name": {"type": "str"},
        "is_staff": {"type": "bool"},
        "is_superuser": {"type": "bool"},
    }
    database_options = {
        "user_table": {"type": "str", "default": "auth_user"},
        "username_column": {"type": "str", "default": "username"},
    }

    def __init__(self, database: Database, connection: Connection, options: Mapping[str, Any]) -> None:
        super().__init__(database, connection, options)
        users = options["user_table"]
        self.accounts = AccountRows(
            self, users, key="id", account_name=options["username_column"],
            options={name: name for name in (*TEXTS, *FLAGS)}, more=("password", "is_active"),
        )
        groups = self.table("auth_group").c
        self.memberships = MembershipRows(
            self, f"{users}_groups", account="user_id", group="group_id",
            names=dict(tuple(row) for row in connection.execute(sa.select(groups.id, groups.name))),
        )
        self._iterations = self._most_iterations()

    def _most_iterations(self) -> int:
        column = self.table(self.options["user_table"]).c.password
        found = self.connection.execute(sa.select(column).where(column.like("pbkdf2_sha256$%")).limit(100)).scalars()
        counts = [int(stored.split("$")[1]) for stored in found if stored.split("$")[1].isdigit()]
        return min(max(counts, default=DEFAULT_ITERATIONS), MAX_ITERATIONS)

    def canonical_name(self, name: str) -> str:
        name = unicodedata.normalize("NFKC", name)  # AbstractBaseUser.normalize_username
        if not NAME.fullmatch(name) or len(name) > 150:
            raise ValueError("a name has letters, digits and @/./+/-/_ only, and at most 150 of them")
        return name

    def fold(self, name: str) -> str:
        return mysql_fold(name) if self.database.engine_name == "mysql" else name

    def account(self, found: Found) -> Account:
        account = super().account(found)
        account.values.update({name: bool(account.values[name]) for name in FLAGS})
        account.enabled = bool(found.row["is_active"])
        account.disabled = not account.enabled
        account.password_hash = found.row["password"]
        return account

    def references(self) -> Sequence[tuple[str, str]]:
        users = self.options["user_table"]
        own = {f"{users}_groups", f"{users}_user_permissions"}
        return [(table, column) for table, column in self.database.references(self.connection, users)
                if table not in own]

    def owned(self) -> Sequence[tuple[str, str]]:
        return [(f"{self.options['user_table']}_user_permissions", "user_id")]

    def columns(self, change: Change) -> dict[str, Any]:
        columns = super().columns(change)
        if change.account is None:
            defaults = {**dict.fromkeys(TEXTS, ""), **dict.fromkeys(FLAGS, False)}
            now = datetime.datetime.now(datetime.timezone.utc)
            if self.database.engine_name != "postgresql":
                now = now.replace(tzinfo=None)
            password = "!" + "".join(secrets.choice(ALPHABET) for _position in range(40))  # set_unusable_password
            columns = {**defaults, "password": password, "is_active": True, "last_login": None, "date_joined": now,
                       **columns}
        if change.new_password:
            columns["password"] = change.password_hash
        if change.action in ("enabled", "disabled"):
            columns["is_active"] = change.action == "enabled"
        return columns

    def hash_password(self, password: str) -> str:
        salt = "".join(secrets.choice(ALPHABET) for _position in range(22))
        return f"pbkdf2_sha256${self._iterations}${salt}${_pbkdf2('sha256', password, salt, self._iterations)}"

    def verify_password(self, stored: str, password: str) -> bool:
        scheme, _dollar, rest = stored.partition("$")
        if stored.startswith("!") or not stored:
            return False
        if scheme in ("pbkdf2_sha256", "pbkdf2_sha1") and rest.count("$") == 2:
            iterations, salt, digest = rest.split("$")
            if not iterations.isdigit() or not 0 < int(iterations) <= MAX_ITERATIONS:
                raise UnverifiableHash(f"the stored password has {iterations} iterations: not to be verified")
            computed = _pbkdf2(scheme.partition("_")[2], password, salt, int(iterations))
            return same(computed.encode(), digest.encode())
        raise UnverifiableHash(f"the stored password has the format {scheme!r}, which cannot be verified")


def _pbkdf2(algorithm: str, password: str, salt: str, iterations: int) -> str:
    return base64.b64encode(hashlib.pbkdf2_hmac(algorithm, password.encode(), salt.encode(), iterations)).decode()
