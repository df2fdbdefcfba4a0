# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any application whose accounts a mapping describes, as a service type."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from ansible_collections.auth.services.plugins.module_utils.account import (
    Account,
    Change,
    Declared,
    StoredAccount,
)
from ansible_collections.auth.services.plugins.module_utils.catalog import read_schema
from ansible_collections.auth.services.plugins.module_utils.columns import moment_text_type, sa
from ansible_collections.auth.services.plugins.module_utils.conditions import Column, Condition, Equals, Name
from ansible_collections.auth.services.plugins.module_utils.database import Database, SchemaError
from ansible_collections.auth.services.plugins.module_utils.description import (
    Accounts,
    Companion,
    Description,
    Door,
    Emptied,
    Field,
    Lookup,
    Memberships,
    Properties,
)
from ansible_collections.auth.services.plugins.module_utils.engines.common import Engine
from ansible_collections.auth.services.plugins.module_utils.inference import references_to
from ansible_collections.auth.services.plugins.module_utils.mapping import (
    ChangeDoor,
    Copied,
    FlagDoor,
    ListColumn,
    MappedField,
    MappedPassword,
    MappingError,
    MarkerDoor,
    MembershipTable,
    Names,
    RoleColumn,
    RowDoor,
    RowsOf,
    ServiceMapping,
    Value,
    read_mapping,
)
from ansible_collections.auth.services.plugins.module_utils.passwords import ClearPassword
from ansible_collections.auth.services.plugins.module_utils.service import Service, cannot_be_removed
from ansible_collections.auth.services.plugins.module_utils.services.sql.doors import (
    Ban,
    Changed,
    Choice,
    EmptiedRows,
    Mark,
)
from ansible_collections.auth.services.plugins.module_utils.services.sql.fields import FieldColumn, option_spec
from ansible_collections.auth.services.plugins.module_utils.services.sql.passwords import PasswordColumns
from ansible_collections.auth.services.plugins.module_utils.services.sql.rows import (
    BanRows,
    ByName,
    GroupColumn,
    one_group,
    several_groups,
)
from ansible_collections.auth.services.plugins.module_utils.services.sql.values import Values, constant
from ansible_collections.auth.services.plugins.module_utils.tables import AccountRows, MembershipRows
from ansible_collections.auth.services.plugins.module_utils.tables import is_unique as has_unique_key

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

BCRYPT_BYTES = 72
"""Bytes of a password that bcrypt looks at."""


class Sql(Service):
    """The accounts of one application.

    :cvar mapping: where they are; None for the base class, of which ``of_mapping`` makes one for a mapping
    """

    engines = ("mysql", "postgresql", "sqlite")
    database_options: ClassVar[dict[str, dict[str, Any]]] = {"mapping": {"type": "raw", "required": True}}
    service_options: ClassVar[dict[str, dict[str, Any]]] = {"pepper": {"type": "str", "no_log": True}}
    mapping: ClassVar[ServiceMapping | None] = None
    accounts: AccountRows
    description = Description(  # for the documentation: a mapping has its own
        accounts=Accounts("", key="key", name="name"),
        doors=(
            Door("`flag`", "the column gets the first value of `shut`", "yes"),
            Door("`marker`", "the mark stands in front of what the column has", "yes, the same password"),
            Door("`row`", "a row is inserted", "yes: the row is deleted"),
            Door("`empty`", "the rows are deleted, by `enabled` and a new password too", "no, people log in again"),
            Door("`change`", "the column gets another value, by `enabled` and a new password too", "no"),
        ),
    )

    @classmethod
    def of_options(cls, params: Mapping[str, Any]) -> type[Service]:
        """The type that the option ``mapping`` describes.

        :raises MappingError: for what is wrong with it
        """
        return of_mapping(read_mapping(params.get("mapping")))

    def describe(self) -> Description:
        mapping = self._mapping
        self.values = Values(self, _Later(self), {field.option: field.new for field in mapping.fields})
        own = mapping.accounts
        self._check("mapping.accounts.table", own.table, ())
        key = own.key or self._primary_key(own.table)
        self._check("mapping.accounts.key", own.table, [key])
        self._check("mapping.accounts.name", own.table, [own.name.column])
        for part in ("where", "new", "changed"):
            self._check(f"mapping.accounts.{part}", own.table, getattr(own, part))
        table = self.table(own.table)
        for field in mapping.fields:
            if field.table not in mapping.attributes:
                self._check(field.path, field.table or own.table, [field.column])
        self._columns = {field.option: self._field(field) for field in mapping.fields
                         if field.table not in mapping.attributes}
        self._passwords = None if own.password is None else PasswordColumns(
            own.password, self._password_table(own.password), self.options.get("pepper", ""))
        if self._passwords is not None:
            self.scheme = self._passwords.scheme
        where = self._where("mapping.accounts", own.table, own.where)
        self._moment = next((column for column, value in own.changed.items() if value.kind == "now"), None)
        return Description(
            accounts=Accounts(
                own.table, key=key, name=own.name.column,
                password="", fields=[_described(field) for field in mapping.fields if not field.table],
                extra=[*(self._passwords.columns if self._passwords and not self._passwords.table else ()),
                       *self._own_columns_of_doors(), *_columns_of(mapping.protected),
                       *([self._moment] if self._moment else [])],
                where=where,
                unique=has_unique_key(table, [own.name.column, *where], self.database.kind.whole_indexes),
                ignore_case=own.name.ignore_case,
            ),
            properties={**self._companions(), **self._attributes()},
            memberships=self._memberships(),
            doors=[door for number, one in enumerate(mapping.doors) for door in [self._door(one, number)]],
            protected=[(f"{one.why}", self._protection(one, key)) for one in mapping.protected],
        )

    def __init__(self, database: Database, connection: Connection, options: Mapping[str, Any]) -> None:
        super().__init__(database, connection, options)
        bans = {_ban(number): BanRows(self, one.table, one.account, self._where(one.path, one.table, one.where))
                for number, one in enumerate(self._mapping.doors) if isinstance(one, RowDoor)}
        self.properties = {**self.properties, **bans}
        self._join_memberships()
        self._find_by_name()

    def _find_by_name(self) -> None:
        """Have those tables that know accounts by their name look for it."""
        if self.accounts.key == self.accounts.account_name:
            return
        mapping = self._mapping
        parts: dict[str, Any] = {**mapping.rows, **mapping.attributes, **{
            _ban(number): one for number, one in enumerate(mapping.doors) if isinstance(one, RowDoor)}}
        named = {name for name, one in parts.items() if one.by == "name"}
        self.properties = {
            name: ByName(rows, self.accounts) if name in named else rows for name, rows in self.properties.items()}
        if isinstance(mapping.memberships, MembershipTable) and mapping.memberships.by == "name":
            self.memberships = cast(MembershipRows, ByName(self.memberships, self.accounts))

    @property
    def _mapping(self) -> ServiceMapping:
        if self.mapping is None:
            raise NotImplementedError
        return self.mapping

    # Tables and columns

    def _check(self, path: str, table: str, columns: Iterable[str]) -> None:
        """Make sure that a table has columns.

        :raises MappingError: naming the place in the mapping
        """
        if not self.has_table(table):
            try:
                self.require({table: ()})
            except SchemaError as error:
                raise MappingError(path, str(error).replace(" Nothing was written.", "").rstrip(".")) from None
        there = self.table(table).c
        for column in columns:
            if column not in there:
                raise MappingError(path, f"table {there[0].table.name if len(there) else table} has no column {column};"
                                         f" it has {', '.join(there.keys())}")

    def _primary_key(self, table: str) -> str:
        columns = list(self.table(table).primary_key.columns)
        if len(columns) != 1:
            raise MappingError("mapping.accounts", f"key is missing, and table {table} has no primary key of one"
                                                   " column")
        return str(columns[0].name)

    def _where(self, path: str, table: str, where: Mapping[str, Any]) -> dict[str, Any]:
        self._check(f"{path}.where", table, where)
        columns = self.table(table).c
        return {name: constant(columns[name], value, f"{path}.where.{name}") for name, value in where.items()}

    def _field(self, field: MappedField) -> FieldColumn:
        column = self.table(field.table or self._mapping.accounts.table).c[field.column]
        names = None if field.names is None else self._names(self._lookup(field.names))
        return FieldColumn(field, column, names)

    def _lookup(self, names: Names) -> Lookup:
        self._check(names.path, names.table, [names.key, names.name])
        return Lookup(names.table, names.key, names.name, self._where(names.path, names.table, names.where))

    def _password_table(self, password: MappedPassword) -> Any:
        table = password.table or self._mapping.accounts.table
        self._check(password.path, table, [*password.columns.values(), *password.changed])
        return self.table(table)

    def _own_columns_of_doors(self) -> list[str]:
        return [one.column for one in self._mapping.doors
                if isinstance(one, (FlagDoor, MarkerDoor)) and not one.table]

    def _companions(self) -> dict[str, Companion]:
        found = {}
        for table, one in self._mapping.rows.items():
            self._check(one.path, table, [one.account, *one.new, *one.changed])
            fields = [_described(field) for field in self._mapping.fields if field.table == table]
            password = self._passwords
            extra = [*(password.columns if password and password.table == table else ()),
                     *(door.column for door in self._mapping.doors
                       if isinstance(door, (FlagDoor, MarkerDoor)) and door.table == table)]
            found[table] = Companion(table, one.account, fields, extra, self._where(one.path, table, one.where))
        return found

    def _attributes(self) -> dict[str, Properties]:
        found = {}
        for table, one in self._mapping.attributes.items():
            self._check(one.path, table, [one.account, one.name, one.value])
            fields = [_described(field) for field in self._mapping.fields if field.table == table]
            found[table] = Properties(table, one.account, one.name, one.value, fields,
                                      where=self._where(one.path, table, one.where))
        return found

    # Groups

    def _memberships(self) -> Memberships | None:
        mapped = self._mapping.memberships
        if mapped is None:
            return None
        if not isinstance(mapped, MembershipTable):
            self._check(mapped.path, self._mapping.accounts.table, [mapped.column])
            return None
        self._check(mapped.path, mapped.table, [mapped.account, mapped.group, *mapped.new])
        groups = self._mapping.groups
        return Memberships(mapped.table, mapped.account, mapped.group,
                           names=None if groups is None else self._lookup(groups),
                           where=self._where(mapped.path, mapped.table, mapped.where))

    def _join_memberships(self) -> None:
        mapped, groups = self._mapping.memberships, self._mapping.groups
        if isinstance(mapped, MembershipTable) and self.memberships is not None:
            table = self.memberships.table
            self.memberships.more = lambda account, group: {
                name: self.values.make(value, table.c[name], None, account) for name, value in mapped.new.items()}
        elif isinstance(mapped, (RoleColumn, ListColumn)):
            column = self.accounts.table.c[mapped.column]
            names = None if groups is None else self._names(self._lookup(groups))
            if isinstance(mapped, ListColumn):
                form = several_groups(mapped.form, column)
            else:
                form = one_group(column)
                if mapped.values is not None:
                    names = {constant(column, value, f"{mapped.path}.values.{word}"): word
                             for word, value in mapped.values.items()}
            self.memberships = cast(MembershipRows, GroupColumn(self, self.accounts, mapped.column, names, *form))

    # Doors and protection

    def _door(self, one: Any, number: int) -> Door:
        if isinstance(one, RowDoor):
            self._check(one.path, one.table, [one.account, *one.new])
            return Ban(one.path, "a row is inserted", "yes", _ban(number), make=lambda change: self._row(one, change))
        if isinstance(one, RowsOf):
            return EmptiedRows(one.path, "they are deleted", "no", rows=one.table, account=one.account, of=one)
        self._check(f"{one.path}.column", one.table or self._mapping.accounts.table, [one.column])
        column = self.table(one.table or self._mapping.accounts.table).c[one.column]
        if isinstance(one, MarkerDoor):
            room = getattr(column.type, "length", None)
            return Mark(one.path, "a mark stands before it", "yes", one.table, mark=one.mark, column=one.column,
                        key=one.column, empty=None if column.nullable else "", room=room)
        if isinstance(one, ChangeDoor):
            return Changed(one.path, "it gets another value", "no", one.table, column=one.column,
                           make=lambda change: self.values.make(one.value, column, change, change.id))
        opened, shut = (self._counting(values, column) for values in (one.opened, one.shut))
        return Choice(one.path, "it gets another value", "yes", one.table, column=one.column, open_values=opened,
                      shut_values=shut, make={
                          False: lambda change: self.values.make(one.opened[0], column, change, change.id),
                          True: lambda change: self.values.make(one.shut[0], column, change, change.id)})

    @staticmethod
    def _counting(values: Sequence[Value], column: Any) -> list[Any] | None:
        """The values that count; None where one of them is computed."""
        if not values[0].is_constant:
            return None
        return [constant(column, value.of, value.path) for value in values]

    def _protection(self, one: Any, key: str) -> Condition:
        table = self._mapping.accounts.table
        if one.name is not None:
            return Name(Equals(one.name))
        if one.key is not None:
            return Column(key, Equals(constant(self.table(table).c[key], one.key, f"{one.path}.key")))
        conditions: list[Condition] = [Column(name, Equals(value)) for name, value in
                                       self._where(one.path, table, one.where).items()]
        return functools.reduce(lambda left, right: left & right, conditions)

    def empty(self, door: Emptied, changes: Sequence[Change]) -> None:
        if isinstance(door, EmptiedRows) and door.of is not None and changes:
            self._delete(door.of, changes)

    def _delete(self, rows: RowsOf, changes: Sequence[Change]) -> None:
        """Delete rows of accounts."""
        table = self.table(rows.table)
        where = [table.c[name] == value for name, value in self._where(rows.path, rows.table, rows.where).items()]
        self.delete_in(table, rows.account, self._held_by(rows, changes), *where)

    def _held_by(self, rows: RowsOf, changes: Sequence[Change]) -> list[Any]:
        """What rows of the accounts have in their column ``account``."""
        return [value for change in changes for value in self._held_of(rows, change)]

    @staticmethod
    def _held_of(rows: RowsOf, change: Change) -> list[Any]:
        if rows.by == "key":
            return [change.id]
        if rows.by == "name":
            return [change.stored_name]
        found = change.account.values.get(rows.by) if change.account else None
        return [found] if found not in (None, "") else []

    # What a type provides

    @staticmethod
    def column_type(reflected: Any, kind: Engine) -> Any:
        """UUIDs are text in Python; so are moments where the engine stores any text that an application writes."""
        if hasattr(reflected, "as_uuid"):
            return kind.uuid_text(reflected)
        if kind.moments_are_text and isinstance(reflected, (sa.DateTime, sa.Date, sa.Time)):
            return moment_text_type()
        return None

    def canonical_name(self, name: str) -> str:
        if not name:
            raise ValueError("name is empty")
        return name.lower() if self._mapping.accounts.name.lower else name

    def declare(self, entry: Mapping[str, Any]) -> Declared:
        declared = super().declare(entry)
        password = self._mapping.accounts.password
        if declared.password is not None and password and len(declared.password) < password.min_length:
            raise ValueError(f"the password is shorter than {password.min_length} characters")
        if declared.password is not None and self._passwords is not None and self._passwords.lacking:
            raise ValueError(self._passwords.lacking)
        for option, value in declared.values.items():
            if option in self._columns:
                declared.values[option] = self._columns[option].as_stored(value)
        if (declared.password_hash is not None and self._passwords is not None
                and not self._passwords.is_well_formed(declared.password_hash)):
            raise ValueError("password_hash is not of a scheme that the mapping names")
        return declared

    def account(self, stored: StoredAccount) -> Account:
        account = super().account(stored)
        plain = self.opened(stored)
        for option, field in self._columns.items():
            table = field.field.table
            raw = plain.row[field.field.column] if not table else next(
                iter(plain.properties[table].get(field.field.column, ())), None)
            account.values[option] = field.shown(raw)
        if self._passwords is not None:
            row = plain.row if not self._passwords.table else {
                name: next(iter(values), None) for name, values in plain.properties[self._passwords.table].items()}
            account.password_hash = self._passwords.joined(row)
        if self._moment:
            account.last_changed = _iso(plain.row[self._moment])
        return account

    def complete(self, changes: Sequence[Change]) -> None:
        super().complete(changes)
        default = self._mapping.memberships.default if self._mapping.memberships else ()
        for change in changes:
            if change.creates and change.groups is None and default:
                change.groups = dict.fromkeys(default)

    def needed(self, changes: Sequence[Change]) -> dict[str, Sequence[str]]:
        removes = any(change.removes for change in changes)
        rows = [*self._mapping.owned, *self._mapping.references] if removes else []
        rows += [door.of for door in self.doors if isinstance(door, EmptiedRows) and door.of is not None
                 and (removes or any(map(door.ends, changes)))]
        for one in rows:
            self._check(one.path, one.table, [one.account, *one.where])
        if any(change.creates for change in changes):
            for copied in self._mapping.copied:
                self._check(copied.path, copied.table, [copied.account])
        return {}

    # Problems

    def problems(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        problems = super().problems(changes)
        created = [change for change in changes if change.creates]
        if created:
            self._check_new_rows()
        for change in changes:
            problem = self._problem(change)
            if problem:
                problems.append((change.declared.typed, problem))
        return problems

    def _problem(self, change: Change) -> str:
        mapping = self._mapping
        if change.action == "disabled" and not any(isinstance(door, (Choice, Mark, Ban)) for door in self.doors):
            return "the mapping has no door that stays shut, so accounts cannot be disabled"
        if change.creates:
            problem = self._name_problem(change.name)
            if problem:
                return problem
            missing = [field.field.option for field in self._columns.values()
                       if self._needs(field) and field.field.option not in change.values]
            if missing:
                field = self._columns[missing[0]].field
                return f"{missing[0]} is missing: column {field.column} must have a value, and {field.path} has no new"
        if isinstance(mapping.memberships, RoleColumn) and change.groups is not None and len(change.groups) != 1:
            if len(change.groups) > 1:
                return "an account has one group here; declare one"
            if not self.accounts.table.c[mapping.memberships.column].nullable:
                return "an account has one group here, and not none; declare one"
        if change.new_password and self._passwords is None:
            return "the mapping has no password, so none can be set"
        return ""

    def _name_problem(self, name: str) -> str:
        rules = self._mapping.accounts.name
        length = getattr(self.accounts.name_column.type, "length", None)
        most = min(filter(None, (rules.max_length, length)), default=None)
        if most is not None and len(name) > most:
            return f"name is longer than {most} characters"
        if len(name) < rules.min_length:
            return f"name is shorter than {rules.min_length} characters"
        if rules.pattern is not None and not re.fullmatch(rules.pattern, name):
            return f"name does not match {rules.pattern}"
        return ""

    def _needs(self, field: FieldColumn) -> bool:
        """Whether a new account must be given a value of the field."""
        own = self._mapping.accounts if not field.field.table else self._mapping.rows[field.field.table]
        given = {*own.new, *own.changed, *self._fixed_of(field.field.table)}
        return (field.field.new is None and field.field.column not in given
                and field.field.column in self._without(field.column.table, given))

    def _fixed_of(self, table: str) -> Mapping[str, Any]:
        rows = self.properties[table] if table else self.accounts
        return rows.fixed

    def _without(self, table: Any, given: Iterable[str]) -> list[str]:
        return self.without_value(table, {**self.column_defaults(table), **dict.fromkeys(given)})

    def _check_new_rows(self) -> None:
        """Make sure that the application would accept a new row.

        :raises SchemaError: naming a column that gets no value
        """
        mapping = self._mapping
        tables: list[tuple[str, str, Any, set[str]]] = []
        accounts, key = mapping.accounts, self.accounts.key
        own = {accounts.name.column, *accounts.new, *accounts.changed, *self.accounts.fixed,
               *(field.column for field in mapping.fields if not field.table)}
        if isinstance(mapping.memberships, (RoleColumn, ListColumn)):
            own.add(mapping.memberships.column)
        tables.append(("mapping.accounts.new", accounts.table, self.accounts.table, own))
        for name, rows in mapping.rows.items():
            table = self.properties[name]
            tables.append((f"{rows.path}.new", name, table.table, {
                rows.account, *rows.new, *rows.changed, *table.fixed,
                *(field.column for field in mapping.fields if field.table == name)}))
        for path, name, table, given in tables:
            if self._passwords is not None and self._passwords.table == (name if name in mapping.rows else ""):
                given |= {*self._passwords.columns, *self._passwords.mapped.changed}
            given |= {one.column for one in mapping.doors if isinstance(one, (FlagDoor, MarkerDoor, ChangeDoor))
                      and one.table == (name if name in mapping.rows else "")}
            missing = self._without(table, given)
            if missing:
                column = table.c[missing[0]]
                what = ("a value such as highest or uuid, as nothing numbers it" if missing[0] == key
                        and table is self.accounts.table else f"a value ({_kind(column)})")
                raise SchemaError(f"{self.database.describe()}: {path}: a new row of table {table.name} needs"
                                  f" {', '.join(missing)}, which the database has no default for. Give {missing[0]}"
                                  f" {what}. Nothing was written.")

    # Writing

    def columns(self, change: Change) -> dict[str, Any]:
        own, table = self._mapping.accounts, self.accounts.table
        columns: dict[str, Any] = {}
        if change.creates:
            columns = self._made(own.new, table, change)
            columns.update(self._made(own.changed, table, change, besides=columns))
            columns.update(self._new_fields("", change))
            if isinstance(self.memberships, GroupColumn):
                column = self.memberships.column
                if change.groups or not (column in columns or table.c[column].server_default):
                    columns[column] = self.memberships.stored(change.groups or {})
        else:
            columns = self._made(own.changed, table, change)
        columns.update(self._given_fields("", change))
        columns.update(self._password_columns("", change))
        return columns

    def property_values(self, name: str, change: Change) -> dict[Any, list[Any]]:
        if name in self._mapping.attributes:
            return self._attribute_values(name, change)
        rows = self._mapping.rows.get(name)
        if rows is None:
            return {}
        table = self.properties[name].table
        given = {**self._given_fields(name, change), **self._password_columns(name, change)}
        door = change.switches and any(one.table == name for one in self.doors)
        there = change.account is not None and bool(change.account.stored.properties.get(name))
        columns: dict[str, Any] = {}
        if change.creates or (not there and (given or door)):
            columns = self._made(rows.new, table, change)
            columns.update(self._new_fields(name, change))
        if columns or given or door:
            columns.update(self._made(rows.changed, table, change, besides=rows.new if change.creates else ()))
        if change.creates and not columns and not given:
            columns = {rows.account: change.id}  # a row all the same
        return {column: [value] for column, value in {**columns, **given}.items()}

    def _attribute_values(self, name: str, change: Change) -> dict[Any, list[Any]]:
        mapped, column = self._mapping.attributes[name], self.properties[name].column_of(None)
        written: dict[Any, list[Any]] = {}
        if change.creates:
            written = {attribute: [self.values.make(value, column, change, change.id)]
                       for attribute, value in mapped.new.items()}
        for option, attribute in self.properties[name].options.items():
            if option in change.values:
                value = change.values[option]
                written[attribute] = [constant(column, value, mapped.path)] if value != "" else []
        return written

    def _made(
        self, values: Mapping[str, Value], table: Any, change: Change, besides: Collection[str] = ()
    ) -> dict[str, Any]:
        own = table is self.accounts.table
        return {name: self.values.make(value, table.c[name], change, change.id) for name, value in values.items()
                if name not in besides and not (own and change.creates and value.kind == "key")}

    def _new_fields(self, table: str, change: Change) -> dict[str, Any]:
        found = {}
        for option, one in self._columns.items():
            field = one.field
            if field.table == table and field.new is not None and option not in change.values:
                found[field.column] = (one.stored(field.new.of) if field.new.is_constant and field.values is not None
                                       else self.values.make(field.new, one.column, change, change.id))
        return found

    def _given_fields(self, table: str, change: Change) -> dict[str, Any]:
        return {self._columns[option].field.column: self._columns[option].stored(value)
                for option, value in change.values.items()
                if option in self._columns and self._columns[option].field.table == table}

    def _password_columns(self, table: str, change: Change) -> dict[str, Any]:
        passwords = self._passwords
        if passwords is None or passwords.table != table:
            return {}
        if change.new_password:
            columns = passwords.split(change.password_hash or "")
            return {**columns, **self._made(passwords.mapped.changed, passwords.rows, change)}
        if not change.creates:
            return {}
        none = passwords.mapped.none
        return passwords.nobody(None if none is None else self.values.make(
            none, passwords.rows.c[passwords.mapped.columns["hash"]], change, change.id))

    def _row(self, one: RowDoor, change: Change) -> dict[str, Any]:
        return self._made(one.new, self.table(one.table), change)

    def create(self, changes: Sequence[Change]) -> None:
        super().create(changes)
        if not changes:
            return
        own = {name: value for name, value in self._mapping.accounts.new.items() if value.kind == "key"}
        if own:
            self.accounts.update({change.id: {name: self.values.make(value, self.accounts.table.c[name], change,
                                                                     change.id) for name, value in own.items()}
                                  for change in changes})
        for copied in self._mapping.copied:
            self._copy(copied, changes)
        self.values.finish()

    def change(self, changes: Sequence[Change]) -> None:
        super().change(changes)
        self.values.finish()

    def _copy(self, copied: Copied, changes: Sequence[Change]) -> None:
        """Give new accounts the rows that another one has."""
        table = self.table(copied.table)
        source = self.values.key_of(copied.source, f"{copied.path}.from")
        names = [column.name for column in table.c if column.name != copied.account and column.computed is None
                 and not (column.primary_key and len(table.primary_key) == 1)]
        statement = sa.select(*(table.c[name] for name in names)).where(table.c[copied.account] == source)
        rows = [dict(zip(names, row)) for row in self.connection.execute(statement)]
        self.insert(table, [{**row, copied.account: change.id} for change in changes for row in rows])

    def stored_groups(self, change: Change) -> Mapping[str, Any]:
        if change.creates and isinstance(self.memberships, GroupColumn):
            return change.groups or {}  # its row has them
        return super().stored_groups(change)

    # Removing

    def referenced(self, changes: Sequence[Change]) -> dict[Any, dict[str, int]]:
        found: dict[Any, dict[str, int]] = {}
        for one in self._all_references():
            held = {value: change.id for change in changes for value in self._held_of(one, change)}
            table = self.table(one.table)
            where = [table.c[name] == value for name, value in self._where(one.path, one.table, one.where).items()]
            for value, number in self.count_in(table, one.account, list(held), *where).items():
                if value in held:
                    tables = found.setdefault(held[value], {})
                    tables[table.name] = tables.get(table.name, 0) + number
        return found

    def _referenced(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        removed = [change for change in changes if change.removes]
        found = self.referenced(removed) if removed else {}
        return [(change.declared.typed, cannot_be_removed(found[change.id])
                 + ", or name the table in owned of the mapping, whose rows go with the account")
                for change in removed if change.id in found]

    def _all_references(self) -> list[RowsOf]:
        """The references of the mapping, those that the database declares, and those that look like one."""
        mapping = self._mapping
        own = [*mapping.references]
        known = {(one.table, one.account) for one in (*mapping.owned, *own, *mapping.ignored)}
        known |= {(one.rows, one.account) for one in self.doors if isinstance(one, EmptiedRows)}
        known |= {(rows.table.name[len(self.database.prefix):], rows.owner) for rows in self.properties.values()}
        if isinstance(mapping.memberships, MembershipTable):
            known.add((mapping.memberships.table, mapping.memberships.account))
        account, key = self.accounts.table.name, self.accounts.key
        return own + [RowsOf("a reference of the database", table, column)
                      for table, column in referring_columns(self, account, key) if (table, column) not in known]

    def remove(self, changes: Sequence[Change]) -> None:
        for one in (*self._mapping.owned, *(door.of for door in self.doors if isinstance(door, EmptiedRows))):
            if one is not None and changes:
                self._delete(one, changes)
        super().remove(changes)


class _Later:
    """The accounts of a service that is not yet complete."""

    def __init__(self, service: Sql) -> None:
        self._service = service

    def read(self, names: Collection[str]) -> dict[str, StoredAccount]:
        return self._service.accounts.read(names)


def of_mapping(mapping: ServiceMapping) -> type[Sql]:
    """The service type of a mapping."""
    own = mapping.accounts.password
    options = [field.option for field in mapping.fields]
    limit = own.max_bytes if own else None
    name, settings = own.schemes[0] if own else ("", {})
    if limit is None and name == "bcrypt" and settings.get("of", "password") == "password":
        limit = BCRYPT_BYTES
    return type("Mapped", (Sql,), {
        "mapping": mapping,
        "common_options": (*(("email",) if "email" in options else ()),
                           *(("groups", "append_groups") if mapping.memberships else ())),
        "value_options": {field.option: option_spec(field) for field in mapping.fields if field.option != "email"},
        "rights_options": tuple(field.option for field in mapping.fields if field.right),
        "keeps_changes": any(value.kind == "now" for value in mapping.accounts.changed.values()),
        "clear_password": ClearPassword("the application's login", limit or 0),
    })


def referring_columns(service: Sql, table: str, key: str) -> Sequence[tuple[str, str]]:
    """Tables and columns that refer to accounts: by a foreign key of the database, or by what their names say.

    Only tables with the prefix belong to the application.
    """
    schema, prefix = read_schema(service.database, service.connection, texts=False), service.database.prefix
    return [(one.table[len(prefix):], one.columns[0]) for one in references_to(schema, table, key)
            if not schema.tables[one.table].is_view and one.table.startswith(prefix)]


def _ban(number: int) -> str:
    return f"doors[{number}]"


def _described(field: MappedField) -> Field:
    return Field(field.option, field.column, option_spec(field), field.max_length)


def _columns_of(protected: Iterable[Any]) -> list[str]:
    return [name for one in protected for name in one.where]


def _kind(column: Any) -> str:
    try:
        return str(column.type).lower()
    except (sa.exc.CompileError, NotImplementedError):
        return "of a type of its own"


def _iso(value: Any) -> str:
    """A stored moment as ISO 8601; empty where it is none."""
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, (int, float)) and 0 < value < 10 ** 14:
        seconds = value / 1000 if value > 10 ** 11 else value
        return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat(timespec="seconds")
    try:
        return datetime.datetime.fromisoformat(re.sub("[zZ]$", "+00:00", str(value).strip())).isoformat()
    except ValueError:
        return ""
