# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The users of a Django site (django.contrib.auth) as a service type, in a table with any name.

Facts are from Django 5.2, its django/contrib/auth and django/contrib/sessions. What is written is what
UserManager.create_user, Model.save and Model.delete write. Differences, with their reasons:

- ``state=disabled`` and ``state=enabled`` delete the sessions of the account. Django leaves them, and an old one would
  be logged in again as soon as the account is enabled.
- ``state=absent`` is refused where Django would cascade, the audit trail django_admin_log included.
- A new name that differs from a stored one in case only is refused, as by UserCreationForm.clean_username (forms.py).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ansible_collections.auth.services.plugins.module_utils.account import (
    Account,
    Change,
    Declared,
    StoredAccount,
)
from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.database import Database, SchemaError
from ansible_collections.auth.services.plugins.module_utils.description import (
    Accounts,
    Description,
    Door,
    Field,
    Flag,
)
from ansible_collections.auth.services.plugins.module_utils.engines.common import Engine
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.services.django import passwords
from ansible_collections.auth.services.plugins.module_utils.services.django.model import UUIDS, UserModel
from ansible_collections.auth.services.plugins.module_utils.services.django.names import (
    Names,
    checked_email,
    normalize_email,
)
from ansible_collections.auth.services.plugins.module_utils.services.django.rows import RelatedRows, complete
from ansible_collections.auth.services.plugins.module_utils.services.django.sessions import end_sessions, has_sessions
from ansible_collections.auth.services.plugins.module_utils.tables import (
    AccountRows,
    MembershipRows,
    Selection,
    Span,
    looked_for,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

FLAGS = ("is_staff", "is_superuser")


class UserRows(AccountRows):
    """The table of users. A name in another case finds an account too, where the site takes it for the same."""

    sql: Django

    def read(self, names: Selection, lock: bool = False) -> dict[str, StoredAccount]:
        found = super().read(names, lock)
        self.sql.names.remember(found, isinstance(names, Span))
        missing = [name for name in looked_for(names) if name not in found and self.sql.names.folds(name)]
        others = {name: spellings[0] for name, spellings in self.sql.names.in_another_case(missing).items()
                  if len(spellings) == 1}
        if others:
            more = super().read(set(others.values()), lock)
            found.update((name, more[other]) for name, other in others.items() if other in more)
        return found


class Django(Service):
    """The users in one site's database."""

    engines = ("postgresql", "mysql", "sqlite")
    database_options: ClassVar[dict[str, dict[str, Any]]] = {
        "user_table": {"type": "str", "default": "auth_user"},
        "username_column": {"type": "str", "default": "username"},
        "name_case": {"type": "str", "choices": ["lower", "exact"]},
    }
    service_options: ClassVar[dict[str, dict[str, Any]]] = {
        "related_defaults": {"type": "dict", "default": {}},
    }
    rights_options: ClassVar[tuple[str, ...]] = FLAGS
    account_rows = UserRows
    clear_password = passwords.CLEAR_PASSWORD
    description = Description(
        accounts=Accounts(
            "auth_user", key="id", name="username", password="password",
            fields=[Field("email", "email", spec={}),
                    Field("first_name", "first_name"), Field("last_name", "last_name"),
                    Field("is_staff", "is_staff", spec={"type": "bool"}),
                    Field("is_superuser", "is_superuser", spec={"type": "bool"})],
        ),
        doors=(
            Flag("login, each request of a session, a mail for a lost password",
                 "`is_active` is off, as the admin site does it", "yes, the same password",
                 column="is_active", optional=True),
            Door("open sessions", "they are deleted from `django_session`, by `enabled` too",
                 "no, people log in again"),
        ),
        untouched=(("password, permissions, groups", "left alone"),),
    )

    def describe(self) -> Description:
        self.model = UserModel(self, self.options["user_table"], self.options["username_column"])
        self.names = Names(self, self.model, self.options["name_case"])
        self.related = RelatedRows(self, self.model, self.options.get("related_defaults") or {})
        self.scheme = passwords.schemes(passwords.ITERATIONS)
        columns, own = self.model.table.c, super().describe()
        return own.with_accounts(
            table=self.model.name, key=self.model.key.name, name=self.model.username,
            fields=[field for field in own.fields if field.column in columns and field.column != self.model.username],
        )

    def __init__(self, database: Database, connection: Connection, options: Mapping[str, Any]) -> None:
        super().__init__(database, connection, options)
        self.has_state = "is_active" in self.model.table.c
        self.no_groups = ""
        if self.has_table(self.model.pairs):
            try:
                owner, group, names = self.model.groups()
                self.memberships = MembershipRows(self, self.model.pairs, account=owner, group=group, names=names)
            except ValueError as error:
                self.no_groups = f"groups can neither be read nor changed, because {error}"
                self.warnings.append(f"{database.describe()}: {self.no_groups}.")

    @staticmethod
    def column_type(reflected: Any, kind: Engine) -> Any:
        """UUIDs are text in Python, whatever the driver gives: they are compared, sorted and returned."""
        return kind.uuid_text(reflected) if hasattr(reflected, "as_uuid") else None

    def canonical_name(self, name: str) -> str:
        return self.names.canonical(name)

    def look_up(self, typed: Iterable[Any]) -> None:
        typed = list(typed)
        self.names.look_up(name for name in typed if isinstance(name, str))
        super().look_up(typed)

    def doubtful_names(self, declared: Sequence[Declared]) -> list[tuple[Declared, Sequence[str], str]]:
        return self.names.doubtful(declared)

    def folded(self, names: Sequence[str]) -> dict[str, Any]:
        if len(names) < 2 or self.names.are_exact:
            return super().folded(names)
        keys = super().folded([*names, *(name.lower() for name in names)])
        return {name: keys[name if self.names.is_stored(name) else name.lower()] for name in names}

    def declare(self, entry: Mapping[str, Any]) -> Declared:
        declared = super().declare(entry)
        absent = sorted(set(declared.values) - set(self.accounts.options))
        if absent == ["email"] and self.model.username == "email":
            raise ValueError("email is the name here (username_column), so it cannot be an option too")
        if absent:
            raise ValueError(f"table {self.model.name} has no column {', '.join(absent)}")
        if declared.groups is not None and self.no_groups:
            raise ValueError(self.no_groups)
        if declared.groups and self.memberships is None:
            raise ValueError(f"table {self.model.pairs} not found, so this site has no groups")
        if "email" in declared.values:
            declared.values["email"] = checked_email(declared.values["email"])
        if declared.password_hash is not None:
            passwords.check_hash(declared.password_hash)
            self._check_length("password", declared.password_hash)
        return declared

    def _check_length(self, column: str, value: str) -> None:
        length = getattr(self.model.table.c[column].type, "length", None)
        if length and len(value) > length:
            raise ValueError(f"{column} is longer than {length} characters")

    def account(self, stored: StoredAccount) -> Account:
        account = super().account(stored)
        account.values.update({name: bool(account.values[name]) for name in FLAGS if name in account.values})
        if account.values.get("email"):
            account.values["email"] = normalize_email(account.values["email"])
        return account

    def rights(self, accounts: Collection[Account]) -> dict[str, list[str]]:
        """Permissions that accounts have by themselves, beside those of their groups."""
        names = {account.id: account.name for account in accounts}
        own = self.model.name + "_user_permissions"
        if not names or not ("is_superuser" in self.model.table.c or self.has_table(own)):
            return {}  # a user model without permissions
        rights: dict[str, list[str]] = {}
        try:
            with self.connection.begin_nested():
                self.require({own: (), "auth_permission": ("id", "codename", "content_type_id"),
                              "django_content_type": ("id", "app_label")})
                pairs, permission, kind = map(self.table, (own, "auth_permission", "django_content_type"))
                owner = pairs.c[self.model.pair(own, "permission_id")[0]]
                statement = sa.select(owner, kind.c.app_label, permission.c.codename).where(
                    pairs.c.permission_id == permission.c.id, permission.c.content_type_id == kind.c.id)
                for key, label, codename in self.select_in(statement, owner, names):
                    rights.setdefault(names[key], []).append(f"permission {label}.{codename}")
        except (SchemaError, ValueError, sa.exc.DBAPIError) as error:
            if getattr(error, "connection_invalidated", False):
                raise
            self.warnings.append("Permissions that accounts have without a group are not shown. Grant login_user SELECT"
                                 f" on {own}, auth_permission and django_content_type.")
            return {}
        return {name: sorted(found) for name, found in rights.items()}

    def complete(self, changes: Sequence[Change]) -> None:
        if any(change.new_password and change.declared.password is not None for change in changes):
            self.scheme = passwords.schemes(self._stored_iterations())

    def warn(self, changes: Sequence[Change]) -> None:
        if any(change.switches for change in changes) and not has_sessions(self):
            self.warnings.append("Sessions cannot be deleted, because no table django_session in Django's format is"
                                 " visible. Those of disabled accounts are refused, but work again after enabling.")

    def problems(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        problems = [*super().problems(changes), *self._taken(changes), *self._keyless(changes)]
        if any(change.creates for change in changes):
            self._check_new_row()
        for change in changes:
            if change.creates:
                try:
                    self.names.check_new(change.name)
                    self._check_length(self.model.username, change.name)
                except ValueError as error:
                    problems.append((change.declared.typed, str(error)))
        if not self.has_state:
            problem = f"table {self.model.name} has no column is_active, so accounts cannot be disabled"
            problems += [(change.declared.typed, problem) for change in changes if change.action == "disabled"]
        return problems

    def _keyless(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        """New accounts whose key neither the database nor anybody else can make."""
        key = self.model.key
        created = [change for change in changes if change.creates]
        made = isinstance(key.type, sa.Integer) or key.name == self.model.username or key.server_default is not None
        if not created or made or key.name in self._new_row():
            return []
        problem = (f"the key {key.name} of table {self.model.name} is a text that the site itself makes: create the"
                   " account there, or give a value such as random in column_defaults")
        return [(change.declared.typed, problem) for change in created]

    def _taken(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        """Values that another account has, in columns where all must differ. The database would name no account."""
        table = self.model.table
        written = [(change, self.columns(change)) for change in changes if not change.shuts]
        problems = []
        own = {self.model.key.name, self.model.username}
        for column in sorted((self.model.unique | self.model.lower_unique) - own):
            values = {change.declared.typed: row[column] for change, row in written if isinstance(row.get(column), str)}
            if not values:
                continue
            compare = sa.func.lower if column in self.model.lower_unique else None
            leaving = {change.id for change in changes if change.removes}
            numbers = {change.declared.typed: change.id for change, _row in written}
            statement = sa.select(table.c[column], table.c[self.model.key.name], self.accounts.name_column)
            there = [tuple(row) for row in self.select_in(statement, table.c[column], set(values.values()), compare)]
            keys = self.spelled(table.c[column], {*values.values(), *(value for value, _key, _name in there)}, compare)
            holders = {keys[value]: (key, name) for value, key, name in there if key not in leaving}
            for typed, value in values.items():
                key, holder = holders.setdefault(keys[value], (numbers[typed], typed))
                if holder != typed and (key is None or key != numbers[typed]):
                    problem = f"{column} {value!r} already belongs to {holder!r}, and must be unique"
                    problems.append((typed, problem))
        return problems

    def _check_new_row(self) -> None:
        """Make sure that every column of a new account gets a value.

        :raises SchemaError: for columns of a user model of the site's own
        """
        own = {self.model.username, self.model.key.name, *self._new_row()}
        self._check_filled(self.model.name, own, "column_defaults")
        for name, row in self.related.new().items():
            self._check_filled(name, {self.related.columns[name], *row}, f"related_defaults for {name}")

    def _check_filled(self, name: str, filled: Collection[str], option: str) -> None:
        """Make sure that a new row has every value that the database has no default for."""
        missing = self.without_value(self.table(name), dict.fromkeys(filled))
        if missing:
            raise SchemaError(f"{self.database.describe()}: a new row of {name} needs {', '.join(missing)}, for which"
                              f" the database has no default. Set values in {option}. Nothing was written.")

    def _new_row(self) -> dict[str, Any]:
        """What AbstractUser and UserManager.create_user write, as far as the table has the columns."""
        table = self.model.table
        row = {"password": passwords.no_password(), "email": "", "first_name": "", "last_name": "", "is_staff": False,
               "is_superuser": False, "is_active": True, "date_joined": "now"}
        row.update(self.options["column_defaults"])
        return complete(self.model, self.model.name, {name: value for name, value in row.items()
                                                      if name in table.c and name != self.model.username})

    def _stored_iterations(self) -> int:
        """The highest number of PBKDF2 iterations in the table: Django rewrites hashes with others at each login."""
        password = self.model.table.c.password
        start = sa.func.substr(password, 1, len("pbkdf2_sha256$") + 10)
        statement = sa.select(start).distinct().where(password.like("pbkdf2!_sha256$%", escape="!"))
        found = (re.match(r"pbkdf2_sha256\$([1-9][0-9]{0,9})\$", row[0]) for row in self.connection.execute(statement))
        counts = [int(match[1]) for match in found if match]
        return max((count for count in counts if count <= passwords.MAX_NEW_ITERATIONS), default=passwords.ITERATIONS)

    def columns(self, change: Change) -> dict[str, Any]:
        columns = super().columns(change)
        if change.creates:
            columns = {**self._new_row(), **columns}
        return columns

    def change(self, changes: Sequence[Change]) -> None:
        super().change(changes)
        untold = end_sessions(self, {self._in_session(change.id) for change in changes if change.switches})
        if untold:
            self.warnings.append(f"Sessions in django_session that are too long to find out whose they are: {untold}."
                                 " Those of disabled accounts are refused, but work again after enabling. A new"
                                 " password ends them.")

    @staticmethod
    def _in_session(key: Any) -> str:
        """A user's key as sessions have it (AbstractBaseUser._meta.pk.value_to_string)."""
        return str(uuid.UUID(key)) if isinstance(key, str) and re.fullmatch(UUIDS["hex"], key) else str(key)

    def create(self, changes: Sequence[Change]) -> None:
        super().create(changes)
        self.related.create(change.id for change in changes)

    def referenced(self, changes: Sequence[Change]) -> dict[Any, dict[str, int]]:
        found = super().referenced(changes)
        for user, tables in self.related.referenced([change.id for change in changes]).items():
            found[user] = {**found.get(user, {}), **tables}
        return found

    def references(self) -> Sequence[tuple[str, str]]:
        own = {self.model.pairs, self.model.name + "_user_permissions"}
        return [(table, column) for table, column in self.model.referrers(self.model.name)
                if table not in own and self.related.columns.get(table) != column]

    def owned(self) -> Sequence[tuple[str, str]]:
        tables = {self.model.name + "_user_permissions": "permission_id"}
        if self.no_groups:
            tables[self.model.pairs] = "group_id"
        try:
            return [*self.related.columns.items(),
                    *((name, self.model.pair(name, other)[0])
                      for name, other in tables.items() if self.has_table(name))]
        except ValueError as error:
            raise SchemaError(f"{self.database.describe()}: {error}. Nothing was written.") from error

    def to_options(self, account: Account) -> dict[str, Any]:
        options = super().to_options(account)
        if self.no_groups:
            del options["groups"]
        return options
