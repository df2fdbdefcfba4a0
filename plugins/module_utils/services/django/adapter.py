# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The users of a Django site (django.contrib.auth) as a service type, in a table with any name.

Facts are from Django 5.2, its django/contrib/auth and django/contrib/sessions. What is written is what
UserManager.create_user, Model.save and Model.delete write. Differences, with their reasons:

- O(state=disabled) and O(state=enabled) delete the sessions of the account. Django leaves them, and an old one would be
  logged in again as soon as the account is enabled.
- O(state=absent) is refused where Django would cascade, the audit trail django_admin_log included.
- A new name that differs from a stored one in case only is refused, as by UserCreationForm.clean_username (forms.py).
"""

from __future__ import annotations

import base64
import collections
import datetime
import functools
import json
import re
import unicodedata
import uuid
import zlib
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ansible_collections.auth.services.plugins.module_utils.account import (
    SHUT,
    Account,
    AccountError,
    Change,
    Declared,
    StoredAccount,
    first_names,
    is_valid_unicode,
)
from ansible_collections.auth.services.plugins.module_utils.columns import Unreadable, sa
from ansible_collections.auth.services.plugins.module_utils.database import Database, SchemaError
from ansible_collections.auth.services.plugins.module_utils.engines.common import Engine
from ansible_collections.auth.services.plugins.module_utils.passwords import random_text
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.services.django import passwords
from ansible_collections.auth.services.plugins.module_utils.tables import (
    AccountRows,
    MembershipRows,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

RANDOM, MAX_RANDOM = 32, 255  # characters of a random text where the column has no length, and at most

UUIDS = {"hex": "[0-9a-f]{32}", "dashes": "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"}

FLAGS = ("is_staff", "is_superuser")

MAX_SESSION = 1 << 17
"""So much is read of a session, in characters as it is stored and in bytes as it was: a hundred times what is usual,
and whoever visits the site may have filled it."""
SESSION_ROWS = 100
"""Rows of sessions in memory at a time."""
SESSION_USER = re.compile(rb'"_auth_user_id":\s*"?([^",}\\]{1,200})')


ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")
LOWER = r"\s*\(?\s*lower\(\s*\(*[\"`\[]?([^()\"`,\]]+?)[\"`\]]?\s*\)*(?:::[\w ]+)?\)\s*\)?\s*$"
"""What databases make of C(LOWER(column)) in the definition of an index, with the column."""


class UserRows(AccountRows):
    """The table of users. A name in another case finds an account too, where the site takes it for the same."""

    sql: Django

    def read(self, names: Collection[str] | None, lock: bool = False) -> dict[str, StoredAccount]:
        found = super().read(names, lock)
        self.sql.remember(found, names is None)
        missing = [name for name in names or () if name not in found and self.sql.folds(name)]
        others = {name: spellings[0] for name, spellings in self.sql.in_another_case(missing).items()
                  if len(spellings) == 1}
        if others:
            more = super().read(set(others.values()), lock)
            found.update((name, more[other]) for name, other in others.items() if other in more)
        return found

    def create(self, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        if self.key == self.account_name or isinstance(self.table.c[self.key].type, sa.Integer):
            return super().create(rows)
        self.insert({self.account_name: name, **columns} for name, columns in rows.items())
        keys = {name: columns[self.key] for name, columns in rows.items() if self.key in columns}
        others = [name for name in rows if name not in keys]  # whose key the database makes
        statement = sa.select(self.name_column, self.table.c[self.key])
        keys.update(tuple(row) for row in self.sql.select_in(statement, self.name_column, others))
        lost = [(name, f"the database stores another name. Look for a trigger on {self.table.name}")
                for name in others if name not in keys]
        if lost:
            raise AccountError(lost)
        return keys


class Django(Service):
    """The users in one site's database."""

    engines = ("postgresql", "mysql", "sqlite")
    value_options: ClassVar[dict[str, dict[str, Any]]] = {
        "first_name": {"type": "str"},
        "last_name": {"type": "str"},
        "is_staff": {"type": "bool"},
        "is_superuser": {"type": "bool"},
    }
    database_options: ClassVar[dict[str, dict[str, Any]]] = {
        "user_table": {"type": "str", "default": "auth_user"},
        "username_column": {"type": "str", "default": "username"},
        "name_case": {"type": "str", "choices": ["lower", "exact"]},
    }
    service_options: ClassVar[dict[str, dict[str, Any]]] = {
        "related_defaults": {"type": "dict", "default": {}},
    }
    rights_options: ClassVar[tuple[str, ...]] = FLAGS
    accounts: UserRows

    def __init__(self, database: Database, connection: Connection, options: Mapping[str, Any]) -> None:
        super().__init__(database, connection, options)
        self.user_table: str = options["user_table"]
        self.username: str = options["username_column"]
        self.require({self.user_table: (self.username, "password")})
        table = self.table(self.user_table)
        # unknown to SQLAlchemy 1.4: citext
        if not isinstance(table.c[self.username].type, (sa.String, sa.types.NullType)):
            raise SchemaError(f"{database.describe()}: column {self.username} of table {table.name} holds no text, so"
                              " no names. Check username_column. Nothing was written.")
        key = self._key(table)
        self.has_state = "is_active" in table.c
        self._stored: dict[str, bool] = {}  # whether an account has this very name
        self._everyone: Collection[str] | None = None  # the names of all accounts, once they were read
        self._uuid_forms: dict[tuple[str, str], str] = {}
        self._referrers_of: dict[str, list[tuple[str, str]]] = {}
        self.accounts = UserRows(
            self, self.user_table, key=key.name, account_name=self.username,
            options={name: name for name in ("email", *self.value_options)
                     if name in table.c and name != self.username},
            more=["password", *(["is_active"] if self.has_state else [])],
        )
        self.iterations = passwords.ITERATIONS
        self.pairs = f"{self.user_table}_groups"
        self.no_groups = ""
        if self.has_table(self.pairs):
            try:
                self.memberships = self._find_memberships()
            except ValueError as error:
                self.no_groups = f"groups can be neither read nor written: {error}"
                self.warnings.append(f"{database.describe()}: {self.no_groups}.")

    @staticmethod
    def column_type(reflected: Any, kind: Engine) -> Any:
        """UUIDs are text in Python, whatever the driver gives: they are compared, sorted and returned."""
        return kind.uuid_text(reflected) if hasattr(reflected, "as_uuid") else None

    def _key(self, table: Any) -> Any:
        """The column that other tables refer to.

        :raises SchemaError: where it does not tell one user from another
        """
        def refuse(problem: str) -> SchemaError:
            return SchemaError(f"{self.database.describe()}: table {table.name} {problem}. Nothing was written.")

        # An import may leave none; users of one number are refused then.
        columns = list(table.primary_key.columns) or [column for column in table.c if column.name == "id"]
        if len(columns) != 1:
            raise refuse("has no primary key of one column, so nobody can tell its users apart")
        key = columns[0]
        if not (isinstance(key.type, (sa.Integer, sa.String, sa.types.NullType)) or hasattr(key.type, "as_uuid")):
            raise refuse(f"has a primary key ({key.name}) that is neither a number nor a text nor a UUID")
        return key

    def _find_memberships(self) -> MembershipRows:
        """Who is in which group. A site's own Group model has its groups in a table of its own, beside Django's.

        :raises ValueError: when nobody can tell which table that is
        """
        owner, column = self._pair(self.pairs, "group_id")
        targets = self._referred(self.table(self.pairs).c[column])
        if not targets:
            candidates = self._look_like_groups()
            if candidates != ["auth_group"]:
                shown = ", ".join(candidates) or "none can be seen"
                raise ValueError(f"no foreign key says which table {self.pairs}.{column} refers to ({shown});"
                                 " declare it")
            targets = {("auth_group", "id")}
        shown = ", ".join(sorted(table for table, _key in targets))
        (table, key), *others = targets
        if others:
            raise ValueError(f"{self.pairs}.{column} refers to several tables ({shown})")
        if not self.has_table(table):
            raise ValueError(f"table {table} is not found, to which {self.pairs}.{column} refers; without SELECT on it"
                             " it stays unseen")
        group = self.table(table)
        if not {key, "name"} <= set(group.c.keys()):
            raise ValueError(f"table {table} has no column name, and {self.pairs}.{column} refers to it")
        rows = [tuple(row) for row in self.connection.execute(sa.select(group.c[key], group.c.name))]
        times = collections.Counter(name for _key, name in rows)
        # A model of the site's own may have a name twice, for two customers, say.
        names = {number: name if name is not None and times[name] == 1 else f"{name or ''} ({number})".strip()
                 for number, name in rows}
        if len(names) < len(rows):
            raise ValueError(f"several groups in table {table} have the same {key}, so nobody can tell them apart")
        return MembershipRows(self, self.pairs, account=owner, group=column, names=names)

    def _look_like_groups(self) -> list[str]:
        """Tables that may be the one of groups."""
        found = []
        for name in sorted(self.database.table_names(self.connection)):
            name = name[len(self.database.prefix):] if name.startswith(self.database.prefix) else ""
            if name != self.pairs and re.search("groups?$", name, re.IGNORECASE) and "name" in self.table(name).c:
                found.append(name)
        return found

    def _pair(self, name: str, other: str) -> tuple[str, str]:
        """The columns of one of Django's tables of pairs: the user, and what the user has.

        They are called after the models, which may be the site's own: what foreign keys say comes first.

        :param other: what the second is called where no foreign key says which it is
        :raises ValueError: for a table of another kind
        """
        targets = {column.name: {table for table, _key in self._referred(column)} for column in self.table(name).c}
        without = [column for column, tables in targets.items() if not tables and column != "id"]
        owners = [column for column, tables in targets.items() if tables == {self.user_table}]
        owners = owners or [column for column in without if column != other]
        others = [column for column, tables in targets.items() if tables - {self.user_table}]
        others = others or [column for column in without if column == other]
        if len(owners) != 1 or len(others) != 1:
            raise ValueError(f"table {name} is not one that Django makes for the users in {self.user_table}")
        return owners[0], others[0]

    def _referred(self, column: Any) -> set[tuple[str, str]]:
        """Tables, without prefix, and their columns that foreign keys make a column refer to."""
        found = set()
        schema = f"{self.database.schema}." if self.database.schema else ""
        for key in column.foreign_keys:
            table, _dot, referred = key.target_fullname.rpartition(".")
            for start in (schema, self.database.prefix):
                table = table[len(start):] if table.startswith(start) else table
            found.add((table, referred))
        return found

    def canonical_name(self, name: str) -> str:
        """As Django normalises a name for a new account and at login, and in lower case where the site wants it so.

        A name that an account has as it is stays so: what else writes to the table need not normalise.
        """
        if "\0" in name:
            raise ValueError("it has a NUL, which no database takes in a name")
        normalised = self._normalise(name)
        lowered = normalised.lower() if normalised != normalised.lower() and self.lowers else normalised
        if name == lowered or not self._is_stored(name) or (lowered != normalised and self._is_stored(lowered)):
            return lowered
        return name

    def _normalise(self, name: str) -> str:
        # AbstractBaseUser.normalize_username, BaseUserManager.normalize_email
        name = unicodedata.normalize("NFKC", name)
        return normalize_email(name) if self.username == "email" else name

    def remember(self, names: Collection[str], everyone: bool) -> None:
        """Names that accounts have, so that nobody need ask again."""
        if everyone:
            self._everyone = names
        else:
            self._stored.update(dict.fromkeys(names, True))

    def _is_stored(self, name: str) -> bool:
        """Whether an account has this very name, whatever the collation takes for the same."""
        if self._everyone is not None:
            return name in self._everyone
        if name not in self._stored and is_valid_unicode(name):
            column = self.accounts.name_column
            rows = self.select_in(sa.select(column), column, self.storable(column, [name]))
            self._stored[name] = name in [row[0] for row in rows]
        return self._stored.get(name, False)

    # Names that differ in case only

    @property
    def lowers(self) -> bool:
        """Whether the site lowers names before it saves them and looks them up."""
        case = self.options["name_case"]
        return case == "lower" or (case is None and self.username in self._lower_unique)

    def folds(self, name: str) -> bool:
        """Whether the site takes names that differ from this in case only for the same. Nobody has two addresses so."""
        case = self.options["name_case"]
        address = case is None and ADDRESS.fullmatch(name) is not None
        return case == "lower" or address or self.username in self._lower_unique

    @functools.cached_property
    def _lower_unique(self) -> set[str]:
        """Columns whose values must differ in more than case: there is a unique index on LOWER(column)."""
        if self.database.kind.ignores_case:
            return set()  # its usual collations find a name in any case anyway
        expressions = self.database.kind.unique_expressions(self.connection, self.table(self.user_table))
        found = (re.match(LOWER, text, re.IGNORECASE | re.DOTALL) for text in expressions)
        return {match[1] for match in found if match}

    @functools.cached_property
    def _database_folds(self) -> bool:
        """Whether the database itself takes names that differ in case only for one."""
        return len(set(self.spelled(self.accounts.name_column, ("a", "A")).values())) == 1

    @functools.cached_property
    def _capitals(self) -> dict[str, list[str]]:
        """Names of all accounts that have a capital, by what they are in lower case."""
        found: dict[str, list[str]] = {}
        for name in self._everyone or ():
            lowered = name.lower()
            if lowered != name:
                found.setdefault(lowered, []).append(name)
        return found

    def in_another_case(self, names: Collection[str]) -> dict[str, list[str]]:
        """Names that accounts have and that differ from these in case only."""
        wanted = {name.lower() for name in names if is_valid_unicode(name)}
        if not wanted:
            return {}
        if self._everyone is not None:
            stored = [*(name for name in wanted if name in self._everyone),
                      *(name for lowered in wanted for name in self._capitals.get(lowered, ()))]
        elif self._database_folds:
            return {}
        else:
            column = self.accounts.name_column
            statement = sa.select(column)
            rows = list(self.select_in(statement, column, self.storable(column, wanted), sa.func.lower))
            if not self.database.kind.lowers_all and not all(map(str.isascii, wanted)):
                rows += self.connection.execute(statement.where(column.op("GLOB")("*[^\x01-\x7f]*")))
            stored = [row[0] for row in rows if isinstance(row[0], str)]
        by_case: dict[str, set[str]] = {}
        for name in stored:
            by_case.setdefault(name.lower(), set()).add(name)
        others = {name: sorted(by_case.get(name.lower(), set()) - {name}) for name in names}
        return {name: spellings for name, spellings in others.items() if spellings}

    def doubtful_names(self, declared: Sequence[Declared]) -> list[tuple[Declared, Sequence[str], str]]:
        """Names that differ from those of other accounts in case only, where nobody knows what the site makes of it."""
        new = [one for one in declared if not self._is_stored(one.name)
               and (self.options["name_case"] != "exact" or self.folds(one.name))]
        others = self.in_another_case([one.name for one in new])
        names = {one.name for one in declared}
        problems: list[tuple[Declared, Sequence[str], str]] = []
        for one in new:
            spellings = others.get(one.name, [])
            found = len(spellings) == 1 and self.folds(one.name)  # the name finds the account
            if not spellings or found or (one.state in SHUT and not names.isdisjoint(spellings)):
                continue  # the last is nobody's, and who is spelled otherwise is declared as well
            problem = (f"there is {first_names(spellings)}, and the name differs in case only: declare it as it is"
                       " spelled there, or give name_case: exact if they are different people, lower if the site"
                       " lowers names")
            problems.append((one, spellings, problem))
        return problems

    def folded(self, names: Sequence[str]) -> dict[str, Any]:
        if len(names) < 2 or (self.options["name_case"] == "exact" and self.username not in self._lower_unique):
            return super().folded(names)
        keys = super().folded([*names, *(name.lower() for name in names)])
        return {name: keys[name if self._is_stored(name) else name.lower()] for name in names}

    def _check_name(self, name: str) -> None:
        """What the site's own forms ask of a new name.

        :raises ValueError: for what they refuse
        """
        if not name:
            raise ValueError("the name is empty")
        if self.username == "email":
            checked_email(name)
        # UnicodeUsernameValidator
        if self.username == "username" and not re.fullmatch(r"[\w.@+-]+", name):
            raise ValueError("Django's user names are made of letters, digits and @ . + - _")
        self._check_length(self.username, name)

    def _check_length(self, column: str, value: str) -> None:
        length = getattr(self.table(self.user_table).c[column].type, "length", None)
        if length and len(value) > length:
            raise ValueError(f"{column} is longer than {length} characters")

    def declare(self, entry: Mapping[str, Any]) -> Declared:
        declared = super().declare(entry)
        absent = sorted(set(declared.values) - set(self.accounts.options))
        if absent == ["email"] and self.username == "email":
            raise ValueError("the e-mail address is the name here (username_column), leave email out")
        if absent:
            raise ValueError(f"table {self.user_table} has no column {', '.join(absent)}")
        if declared.groups is not None and self.no_groups:
            raise ValueError(self.no_groups)
        if declared.groups and self.memberships is None:
            raise ValueError(f"there is no table {self.pairs}, so there are no groups")
        for option, value in declared.values.items():
            if option not in FLAGS:
                self._check_length(option, value)
        if "email" in declared.values:
            declared.values["email"] = checked_email(declared.values["email"])
        if declared.password is not None:
            passwords.CLEAR_PASSWORD.check(declared.password)
        if declared.password_hash is not None:
            passwords.check_hash(declared.password_hash)
            self._check_length("password", declared.password_hash)
        return declared

    def account(self, found: StoredAccount) -> Account:
        account = super().account(found)
        account.values.update({name: bool(account.values[name]) for name in FLAGS if name in account.values})
        if account.values.get("email"):
            account.values["email"] = normalize_email(account.values["email"])
        account.enabled = not self.has_state or bool(found.row["is_active"])
        account.disabled = not account.enabled
        account.password_hash = found.row["password"] or ""
        return account

    def rights(self, accounts: Collection[Account]) -> dict[str, list[str]]:
        """Permissions that accounts have by themselves, beside those of their groups."""
        names = {account.id: account.name for account in accounts}
        own = self.user_table + "_user_permissions"
        if not names or not ("is_superuser" in self.table(self.user_table).c or self.has_table(own)):
            return {}  # a user model without permissions
        rights: dict[str, list[str]] = {}
        try:
            with self.connection.begin_nested():
                self.require({own: (), "auth_permission": ("id", "codename", "content_type_id"),
                              "django_content_type": ("id", "app_label")})
                pairs, permission, kind = map(self.table, (own, "auth_permission", "django_content_type"))
                owner = pairs.c[self._pair(own, "permission_id")[0]]
                statement = sa.select(owner, kind.c.app_label, permission.c.codename).where(
                    pairs.c.permission_id == permission.c.id, permission.c.content_type_id == kind.c.id)
                for key, label, codename in self.select_in(statement, owner, names):
                    rights.setdefault(names[key], []).append(f"permission {label}.{codename}")
        except (SchemaError, ValueError, sa.exc.DBAPIError) as error:
            if getattr(error, "connection_invalidated", False):
                raise
            self.warnings.append(f"Who has permissions without a group cannot be told: it needs SELECT on {own},"
                                 " auth_permission and django_content_type.")
            return {}
        return {name: sorted(found) for name, found in rights.items()}

    def complete(self, changes: Sequence[Change]) -> None:
        if any(change.new_password and change.declared.password is not None for change in changes):
            self.iterations = self._stored_iterations()

    def warn(self, changes: Sequence[Change]) -> None:
        if any(change.switches for change in changes) and not self._has_sessions():
            self.warnings.append("No table django_session of Django's own form can be seen. Sessions are refused while"
                                 " an account is disabled, and go on when it is enabled again.")

    def problems(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        problems = [*super().problems(changes), *self._taken(changes), *self._keyless(changes)]
        if any(change.creates for change in changes):
            self._check_new_row()
        for change in changes:
            if change.creates:
                try:
                    self._check_name(change.name)
                except ValueError as error:
                    problems.append((change.declared.typed, str(error)))
        if not self.has_state:
            problem = f"table {self.user_table} has no column is_active, so nobody can be disabled"
            problems += [(change.declared.typed, problem) for change in changes if change.action == "disabled"]
        return problems

    def _keyless(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        """New accounts whose key neither the database nor anybody else can make."""
        key = self.table(self.user_table).c[self.accounts.key]
        created = [change for change in changes if change.creates]
        made = isinstance(key.type, sa.Integer) or key.name == self.username or key.server_default is not None
        if not created or made or key.name in self._new_row():
            return []
        problem = (f"the key {key.name} of table {self.user_table} is a text that the site itself makes: create the"
                   " account there, or give a value such as random in column_defaults")
        return [(change.declared.typed, problem) for change in created]

    def _taken(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        """Values that another account has, in columns where all must differ. The database would name no account."""
        table = self.table(self.user_table)
        written = [(change, self.columns(change)) for change in changes if not change.shuts]
        problems = []
        for column in sorted((self._unique | self._lower_unique) - {self.accounts.key, self.username}):
            values = {change.declared.typed: row[column] for change, row in written if isinstance(row.get(column), str)}
            if not values:
                continue
            compare = sa.func.lower if column in self._lower_unique else None
            leaving = {change.id for change in changes if change.removes}
            numbers = {change.declared.typed: change.id for change, _row in written}
            statement = sa.select(table.c[column], table.c[self.accounts.key], self.accounts.name_column)
            there = [tuple(row) for row in self.select_in(statement, table.c[column], set(values.values()), compare)]
            keys = self.spelled(table.c[column], {*values.values(), *(value for value, _key, _name in there)}, compare)
            holders = {keys[value]: (key, name) for value, key, name in there if key not in leaving}
            for typed, value in values.items():
                key, holder = holders.setdefault(keys[value], (numbers[typed], typed))
                if holder != typed and (key is None or key != numbers[typed]):
                    problem = f"its {column} {value!r} is that of {holder!r} already, and no two may have the same"
                    problems.append((typed, problem))
        return problems

    @functools.cached_property
    def _unique(self) -> set[str]:
        """Columns of the table of users in which no two rows have the same value."""
        return self._unique_columns(self.user_table)

    def _unique_columns(self, name: str) -> set[str]:
        return self.database.kind.unique_columns(self.connection, self.table(name))

    def _check_new_row(self) -> None:
        """Make sure that every column of a new account gets a value.

        :raises SchemaError: for columns of a user model of the site's own
        """
        self._check_filled(self.user_table, {self.username, self.accounts.key, *self._new_row()}, "column_defaults")
        for name, column in self._related.items():
            values = self.options["related_defaults"][name]
            if values is not None:
                self._check_filled(name, {column, *self._complete(name, values)}, f"related_defaults for {name}")

    def _check_filled(self, name: str, filled: Collection[str], option: str) -> None:
        """Make sure that a new row has every value that the database has no default for."""
        missing = self.without_value(self.table(name), dict.fromkeys(filled))
        if missing:
            raise SchemaError(f"{self.database.describe()}: a new row of {name} needs {', '.join(missing)}, which the"
                              f" database has no default for: give values in {option}. Nothing was written.")

    def _complete(self, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """A new row of these values, and with a key where Django makes it: a UUID."""
        table = self.table(name)
        row = {column: stored_value(table.c[column], value) for column, value in values.items()}
        for key in table.primary_key.columns:
            form = self._uuid_form(name, key) if key.name not in row and key.server_default is None else ""
            if form:
                row[key.name] = uuid.uuid4().hex if form == "hex" else str(uuid.uuid4())
        return row

    def _uuid_form(self, name: str, key: Any) -> str:
        """How a primary key holds UUIDs, C(hex) or C(dashes); empty for another kind of key.

        Django has them in UUID columns or, where there are none, in CHAR(32), which it makes of nothing else.
        """
        if (name, key.name) not in self._uuid_forms:
            native = self.database.kind.is_uuid(key.type)
            length = getattr(key.type, "length", None)
            form = ""
            if native or (isinstance(key.type, sa.CHAR) and length in (32, 36)):
                form = "hex" if length == 32 else "dashes"
                row = self.connection.execute(sa.select(key).limit(1)).first()
                if row is not None and not re.fullmatch(UUIDS[form], str(row[0])):
                    form = ""
            self._uuid_forms[name, key.name] = form
        return self._uuid_forms[name, key.name]

    def _new_row(self) -> dict[str, Any]:
        """What AbstractUser and UserManager.create_user write, as far as the table has the columns."""
        table = self.table(self.user_table)
        row = {"password": passwords.no_password(), "email": "", "first_name": "", "last_name": "", "is_staff": False,
               "is_superuser": False, "is_active": True, "date_joined": "now"}
        row.update(self.options["column_defaults"])
        return self._complete(self.user_table, {name: value for name, value in row.items()
                                                if name in table.c and name != self.username})

    def _stored_iterations(self) -> int:
        """The highest number of PBKDF2 iterations in the table: Django rewrites hashes with others at each login."""
        password = self.table(self.user_table).c.password
        start = sa.func.substr(password, 1, len("pbkdf2_sha256$") + 10)
        statement = sa.select(start).distinct().where(password.like("pbkdf2!_sha256$%", escape="!"))
        found = (re.match(r"pbkdf2_sha256\$([1-9][0-9]{0,9})\$", row[0]) for row in self.connection.execute(statement))
        counts = [int(match[1]) for match in found if match]
        return max((count for count in counts if count <= passwords.MAX_NEW_ITERATIONS), default=passwords.ITERATIONS)

    def columns(self, change: Change) -> dict[str, Any]:
        columns = super().columns(change)
        if change.creates:
            columns = {**self._new_row(), **columns}
        elif change.switches:
            columns["is_active"] = change.action == "enabled"
        if change.new_password:
            columns["password"] = change.password_hash
        return columns

    def change(self, changes: Sequence[Change]) -> None:
        super().change(changes)
        self._end_sessions({self._in_session(change.id) for change in changes
                            if change.switches})

    def _in_session(self, key: Any) -> str:
        """A user's key as sessions have it (AbstractBaseUser._meta.pk.value_to_string)."""
        return str(uuid.UUID(key)) if isinstance(key, str) and re.fullmatch(UUIDS["hex"], key) else str(key)

    def _has_sessions(self) -> bool:
        name = "django_session"
        return self.has_table(name) and {"session_key", "session_data", "expire_date"} <= set(self.table(name).c.keys())

    def _end_sessions(self, users: set[str]) -> None:
        """Delete the sessions of users, with which they would be logged in when they are enabled again.

        Sessions are not indexed by user: all are read that have not run out, of each its beginning.
        """
        if not users or not self._has_sessions():
            return
        table = self.table("django_session")
        yesterday: Any = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)  # any time zone
        if not getattr(table.c.expire_date.type, "timezone", False):
            yesterday = yesterday.replace(tzinfo=None)
        if isinstance(table.c.expire_date.type, sa.String):
            yesterday = yesterday.isoformat(" ")
        start = sa.func.substr(table.c.session_data, 1, MAX_SESSION)
        statement = sa.select(table.c.session_key, start).where(table.c.expire_date > yesterday)
        # There may be millions.
        options = {"stream_results": True, "max_row_buffer": SESSION_ROWS}
        ended, untold = [], 0
        for key, data in self.connection.execute(statement.execution_options(**options)):
            whose, whole = session_users(data)
            if not users.isdisjoint(whose):
                ended.append(key)
            elif not whole:
                untold += 1
        self.delete_in(table, "session_key", ended)
        if untold:
            self.warnings.append(f"Sessions in django_session that are so long that nobody can tell whose they are:"
                                 f" {untold}. Those of a disabled account are refused, and would go on when it is"
                                 " enabled again. A new password ends them.")

    # Rows beside the user

    @functools.cached_property
    def _related(self) -> dict[str, str]:
        """Tables of O(related_defaults) and their column with the user, those first that refer to others of them.

        :raises SchemaError: for a table that does not have one row for each user
        """
        columns = {}
        for name, values in self.options["related_defaults"].items():
            if not isinstance(values, (dict, type(None))):
                raise SchemaError(f"related_defaults: {name} needs values by column, or none. Nothing was written.")
            try:
                self.require({name: list(values or ())})
            except SchemaError as error:
                raise SchemaError(f"related_defaults: {error}") from error
            unique, target = self._unique_columns(name), (self.user_table, self.accounts.key)
            found = [column.name for column in self.table(name).c
                     if column.name in unique and target in self._referred(column)]
            if len(found) != 1:
                raise SchemaError(f"related_defaults: table {name} has no column with a unique foreign key to"
                                  f" {self.user_table}, so its rows belong to nobody alone. Nothing was written.")
            columns[name] = found[0]
        order: dict[str, str] = {}
        while columns:
            first = next((name for name in columns if not {table for table, _column in self._referrers(name)}
                          & (columns.keys() - {name})), next(iter(columns)))
            order[first] = columns.pop(first)
        return order

    def _referrers(self, name: str) -> list[tuple[str, str]]:
        """C(Database.references), looked up once."""
        if name not in self._referrers_of:
            self._referrers_of[name] = self.database.references(self.connection, name)
        return self._referrers_of[name]

    def create(self, changes: Sequence[Change]) -> None:
        super().create(changes)
        for name, column in reversed(self._related.items() if changes else ()):
            values = self.options["related_defaults"][name]
            if values is not None:
                rows = [{**self._complete(name, values), column: change.id} for change in changes]
                self.insert(self.table(name), rows)

    def referenced(self, changes: Sequence[Change]) -> dict[Any, dict[str, int]]:
        found = super().referenced(changes)
        for name, owner in self._related.items():
            for table, column in self._referrers(name):
                if table in self._related:
                    continue
                self.require({table: (column,)})
                pairs, rows = self.table(table), self.table(name)
                [key] = {referred for target, referred in self._referred(pairs.c[column]) if target == name}
                statement = sa.select(rows.c[owner], sa.func.count()).where(
                    pairs.c[column] == rows.c[key]).group_by(rows.c[owner])
                for user, times in self.select_in(statement, rows.c[owner], [change.id for change in changes]):
                    found.setdefault(user, {})[table] = times
        return found

    def references(self) -> Sequence[tuple[str, str]]:
        own = {self.pairs, self.user_table + "_user_permissions"}
        return [(table, column) for table, column in self._referrers(self.user_table)
                if table not in own and self._related.get(table) != column]

    def owned(self) -> Sequence[tuple[str, str]]:
        tables = {self.user_table + "_user_permissions": "permission_id"}
        if self.no_groups:
            tables[self.pairs] = "group_id"
        try:
            return [*self._related.items(),
                    *((name, self._pair(name, other)[0]) for name, other in tables.items() if self.has_table(name))]
        except ValueError as error:
            raise SchemaError(f"{self.database.describe()}: {error}. Nothing was written.") from error

    def to_options(self, account: Account) -> dict[str, Any]:
        options = super().to_options(account)
        if self.no_groups:
            del options["groups"]
        return options

    def hash_password(self, password: str) -> str:
        return passwords.hash_password(password, self.iterations)

    verify_password = staticmethod(passwords.verify_password)


def stored_value(column: Any, value: Any) -> Any:
    """What a value of O(column_defaults) means for a column: C(now), C(random), JSON, or itself."""
    kind, length = column.type, getattr(column.type, "length", None)
    text = isinstance(kind, (sa.String, sa.types.NullType))
    if isinstance(kind, sa.JSON):
        try:
            return json.loads(value) if isinstance(value, str) else value
        except ValueError:
            return value
    if text and isinstance(value, (dict, list)):
        return json.dumps(value)
    if value == "random" and text:
        return random_text(min(length or RANDOM, MAX_RANDOM))
    if value != "now" or not (isinstance(kind, (sa.DateTime, sa.Date)) or text):
        return value
    moment = datetime.datetime.now(datetime.timezone.utc)
    if getattr(kind, "timezone", False):
        return moment
    moment = moment.replace(tzinfo=None)
    if text:
        # As Django keeps it in SQLite, whose STRICT tables know no other type for it.
        written = moment.isoformat(" ", "microseconds")
        return value if length and length < len(str(moment.date())) else written[:length]
    return moment.date() if isinstance(kind, sa.Date) else moment


def normalize_email(address: str) -> str:
    """As BaseUserManager.normalize_email: the domain in lower case."""
    local, at, domain = address.strip().rpartition("@")
    return f"{local}{at}{domain.lower()}" if at else domain


def checked_email(address: str) -> str:
    """An address in Django's form, or nothing.

    :raises ValueError: for what is no address; Django's own EmailValidator refuses more
    """
    address = normalize_email(address)
    if address and not ADDRESS.fullmatch(address):
        raise ValueError(f"{address!r} is no e-mail address")
    return address


def session_users(data: Any) -> tuple[set[str], bool]:
    """Whom stored session data say is logged in (C(_auth_user_id)), by primary key as text, and whether that is sure.

    One user at most; of a session that was cut, all that it mentions. The data are JSON, perhaps compressed, with a
    signature that needs the site's secret key. It is not verified: who can write into the table can delete from it.

    :param data: as they are stored, of a long session the first C(MAX_SESSION) characters
    """
    if not isinstance(data, str) or isinstance(data, Unreadable):
        return set(), True  # nothing that Django writes
    text, end, _signature = data.partition(":")
    whole = bool(end) or len(data) < MAX_SESSION
    encoded = text[1:] if text.startswith(".") else text
    encoded = encoded + "=" * (-len(encoded) % 4) if whole else encoded[:len(encoded) // 4 * 4]
    try:
        content = base64.urlsafe_b64decode(encoded)
        if text.startswith("."):
            inflate = zlib.decompressobj()
            content = inflate.decompress(content, MAX_SESSION)
            whole = inflate.eof or (whole and len(content) < MAX_SESSION)
        if not whole:
            return {key.decode(errors="replace") for key in SESSION_USER.findall(content)}, False
        if b"_auth_user_id" not in content:
            return set(), True
        # A number of thousands of digits would take long.
        session = json.loads(content, parse_int=lambda digits: int(digits) if len(digits) < 20 else None)
    except (ValueError, RecursionError, zlib.error):
        return set(), True  # made by another serializer
    user = session.get("_auth_user_id") if isinstance(session, dict) else None
    return ({str(user)} if isinstance(user, (str, int)) else set()), True
