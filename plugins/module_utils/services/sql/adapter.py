# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any application whose accounts a mapping describes, as a service type."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
        self.values = Values(self, {field.option: field.new for field in mapping.fields})
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
            doors=[self._door(one, number) for number, one in enumerate(mapping.doors)],
            protected=[(one.why, self._protection(one, key)) for one in mapping.protected],
        )

    def __init__(self, database: Database, connection: Connection, options: Mapping[str, Any]) -> None:
        super().__init__(database, connection, options)
        self.properties = {**self.properties, **{
            name: BanRows(self, one.table, one.account, self._where(one.path, one.table, one.where))
            for name, one in self._bans.items()}}
        self._join_memberships()
        self._find_by_name()

    def _find_by_name(self) -> None:
        """Have those tables that know accounts by their name look for it."""
        if self.accounts.key == self.accounts.account_name:
            return
        mapping = self._mapping
        named = {name for name, one in {**mapping.rows, **mapping.attributes, **self._bans}.items() if one.by == "name"}
        self.properties = {
            name: ByName(rows, self.accounts) if name in named else rows for name, rows in self.properties.items()}
        if isinstance(mapping.memberships, MembershipTable) and mapping.memberships.by == "name":
            self.memberships = cast(MembershipRows, ByName(self.memberships, self.accounts))

    @property
    def _mapping(self) -> ServiceMapping:
        if self.mapping is None:
            raise NotImplementedError
        return self.mapping

    @property
    def _bans(self) -> dict[str, RowDoor]:
        """The doors that are a row, by name of their table of properties."""
        return {_ban(number): one for number, one in enumerate(self._mapping.doors) if isinstance(one, RowDoor)}

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
                form = one_group()
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
        if isinstance(door, EmptiedRows) and changes:
            self._delete(door.of, changes)

    def _delete(self, rows: RowsOf, changes: Sequence[Change]) -> None:
        """Delete rows of accounts."""
        table, where = self._rows(rows)
        held = [value for change in changes for value in self._held_of(rows, change)]
        self.delete_in(table, rows.account, held, *where)

    def _rows(self, rows: RowsOf) -> tuple[Any, list[Any]]:
        """A table, and the condition of the rows that count."""
        table = self.table(rows.table)
        return table, [table.c[name] == value for name, value in
                       self._where(rows.path, rows.table, rows.where).items()]

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
        if self._moment:
            account.last_changed = _iso(stored.row[self._moment])
        return account

    def shown_values(self, plain: StoredAccount) -> dict[str, Any]:
        shown = super().shown_values(plain)
        stored = self.stored_values(plain)
        return {**shown, **{option: field.shown(stored[option]) for option, field in self._columns.items()}}

    def stored_password(self, plain: StoredAccount) -> str:
        if self._passwords is None:
            return ""
        row = plain.row if not self._passwords.table else {
            name: next(iter(values), None) for name, values in plain.properties[self._passwords.table].items()}
        return self._passwords.joined(row)

    def complete(self, changes: Sequence[Change]) -> None:
        super().complete(changes)
        default = self._mapping.memberships.default if self._mapping.memberships else ()
        for change in changes:
            if change.creates and change.groups is None and default:
                change.groups = dict.fromkeys(default)

    def needed(self, changes: Sequence[Change]) -> dict[str, Sequence[str]]:
        removes = any(change.removes for change in changes)
        rows = [*self._mapping.owned, *self._mapping.references] if removes else []
        rows += [door.of for door in self.doors if isinstance(door, EmptiedRows)
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
        required = self._required() if any(change.creates for change in changes) else []
        for change in changes:
            problem = self._problem(change, required)
            if problem:
                problems.append((change.declared.typed, problem))
        return problems

    def _problem(self, change: Change, required: Sequence[MappedField]) -> str:
        """Why a change is not written; empty where it can be.

        :param required: fields that a new account must be given
        """
        mapping = self._mapping
        if change.action == "disabled" and not any(isinstance(door, (Choice, Mark, Ban)) for door in self.doors):
            return ("the mapping has no door that stays shut, so accounts cannot be disabled; add a flag, a marker or a"
                    " row to its doors")
        if change.creates:
            problem = self._name_problem(change.name)
            if problem:
                return problem
            missing = next((field for field in required if field.option not in change.values), None)
            if missing is not None:
                return (f"{missing.option} is missing: column {missing.column} must have a value, and {missing.path}"
                        " has no new")
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

    def _required(self) -> list[MappedField]:
        """Fields that a new account must be given: nothing else gives their columns a value.

        :raises SchemaError: for another column that gets none, with which the application would not accept a row
        """
        mapping, required = self._mapping, []
        parts: dict[str, tuple[str, Any]] = {"": ("mapping.accounts.new", self.accounts), **{
            name: (f"{one.path}.new", self.properties[name]) for name, one in mapping.rows.items()}}
        for name, (path, rows) in parts.items():
            table = rows.table
            given = dict.fromkeys(self._given_columns(name, rows))
            missing = self.without_value(table, {**self.column_defaults(table), **given})
            fields = {field.column: field for field in mapping.fields if field.table == name}
            required += [fields[column] for column in missing if column in fields]
            others = [column for column in missing if column not in fields]
            if others:
                what = ("a value such as highest or uuid, as nothing numbers it"
                        if others[0] == self.accounts.key and not name else f"a value ({_kind(table.c[others[0]])})")
                raise SchemaError(f"{self.database.describe()}: {path}: a new row of table {table.name} needs"
                                  f" {', '.join(others)}, which the database has no default for. Give {others[0]}"
                                  f" {what}. Nothing was written.")
        return required

    def _given_columns(self, name: str, rows: Any) -> Iterator[str]:
        """Columns of a new row that have a value whatever an account is given.

        :param name: of a table of ``rows``; empty for the table of accounts
        """
        mapping = self._mapping
        own = mapping.rows[name] if name else mapping.accounts
        yield from (*own.new, *own.changed, *rows.fixed, rows.owner if name else mapping.accounts.name.column)
        yield from (field.column for field in mapping.fields if field.table == name and field.new is not None)
        if not name and isinstance(mapping.memberships, (RoleColumn, ListColumn)):
            yield mapping.memberships.column
        if self._passwords is not None and self._passwords.table == name:
            yield from (*self._passwords.columns, *self._passwords.mapped.changed)
        yield from (one.column for one in mapping.doors
                    if isinstance(one, (FlagDoor, MarkerDoor, ChangeDoor)) and one.table == name)

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
            table, where = self._rows(one)
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
        emptied = [door.of for door in self.doors if isinstance(door, EmptiedRows)]
        for one in (*self._mapping.owned, *emptied) if changes else ():
            self._delete(one, changes)
        super().remove(changes)


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
