# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each service type provides, and the way from rows to accounts and back.

Part of the public interface of the collection: an adapter of your own derives from ``Service``.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from ansible_collections.auth.services.plugins.module_utils.account import (
    KEEP,
    SHUT,
    Account,
    AccountError,
    AmbiguousName,
    Change,
    Declared,
    StoredAccount,
    is_valid_unicode,
)
from ansible_collections.auth.services.plugins.module_utils.columns import (
    Doubtful,
    Unreadable,
    charset_doubt,
    moment,
    sa,
)
from ansible_collections.auth.services.plugins.module_utils.conditions import All, Condition, OneOrMore
from ansible_collections.auth.services.plugins.module_utils.database import Database, SchemaError
from ansible_collections.auth.services.plugins.module_utils.description import (
    Accounts,
    Companion,
    Description,
    Door,
    Emptied,
    Flag,
    Lookup,
    Marker,
    Properties,
)
from ansible_collections.auth.services.plugins.module_utils.engines.common import Engine
from ansible_collections.auth.services.plugins.module_utils.everyone import Everyone
from ansible_collections.auth.services.plugins.module_utils.passwords import ClearPassword, Scheme
from ansible_collections.auth.services.plugins.module_utils.tables import (
    AccountRows,
    CompanionRows,
    ImplicitAccountRows,
    MembershipRows,
    PropertyRows,
    Rows,
    Selection,
    Span,
)
from ansible_collections.auth.services.plugins.module_utils.transaction import (
    Transaction,
    columns_by_table,
    is_a_view,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


SHUT_ACTIONS = ("disabled", "removed", "unchanged")


class Service(Transaction):
    """One application's accounts in its database, within one transaction.

    A type derives from this class, sets the attributes and fills in the methods of the first part. It says in
    ``description`` which tables hold what, and by which doors accounts let people in (see description.py); they are
    read and written by sets. What it refuses, it refuses by ``ValueError`` with one sentence; the caller adds the
    account's name.

    :cvar description: what data can say of the type; None where ``__init__`` sets ``accounts`` and the others itself
    :cvar engines: values of ``login_engine``, the default first
    :cvar tables: columns that are needed by table (without prefix), beside those that ``tables.py`` knows of
    :cvar common_options: which of the options that many types have, but not all, this one has
    :cvar value_options: argument spec of the type-specific options of an account, beside those of its fields
    :cvar argument_options: argument spec of options of an account that say how to write, not what
    :cvar database_options: argument spec of options that say where in the database the service is, of both modules
    :cvar service_options: argument spec of other options of the service as a whole
    :cvar builtin_groups: groups that nobody can be taken out of
    :cvar charset: which character set the application says that its connection to MySQL has (``SET NAMES``), where that
        is the same everywhere; ``utf8mb4`` also where its library encodes text for whatever it says, empty where a
        setting of each installation says it
    :cvar keeps_changes: the application stores when an account was last changed
    :cvar rights_options: options of yes and no that give rights
    :cvar clear_password: what the application takes as a password
    :cvar account_rows: class that reads and writes the table of accounts
    :cvar property_rows: the same for tables of properties
    :ivar accounts: the table of accounts
    :ivar properties: tables with properties of accounts, by any name: ``PropertyRows``, or what has its methods
    :ivar memberships: the table of who is in which group
    :ivar doors: those of the description that this installation has
    :ivar scheme: how the application stores passwords: all that it accepts, and its present default for new ones
    :ivar results: more return values of the module
    :ivar options: of the service as a whole; ``column_defaults`` are those of the table of accounts
    """

    description: ClassVar[Description | None] = None
    engines: ClassVar[tuple[str, ...]] = ("mysql",)
    default_prefix: ClassVar[str] = ""
    default_schema: ClassVar[str | None] = None
    tables: ClassVar[Mapping[str, Sequence[str]]] = {}
    common_options: ClassVar[tuple[str, ...]] = ("email", "groups", "append_groups")
    value_options: ClassVar[dict[str, dict[str, Any]]] = {}
    argument_options: ClassVar[dict[str, dict[str, Any]]] = {}
    database_options: ClassVar[dict[str, dict[str, Any]]] = {}
    service_options: ClassVar[dict[str, dict[str, Any]]] = {}
    builtin_groups: ClassVar[frozenset[str]] = frozenset()
    keeps_changes: ClassVar[bool] = False
    rights_options: ClassVar[tuple[str, ...]] = ()
    charset: ClassVar[str] = "utf8mb4"
    clear_password: ClassVar[ClearPassword] = ClearPassword("The application's login")

    account_rows: ClassVar[type[AccountRows]] = AccountRows
    property_rows: ClassVar[type[PropertyRows]] = PropertyRows
    accounts: AccountRows | ImplicitAccountRows
    properties: Mapping[str, Any] = {}
    memberships: MembershipRows | None = None
    doors: Sequence[Door] = ()
    scheme: Scheme = Scheme()
    _described: Description | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.description is not None:
            fields = {field.option: dict(field.spec) for field in cls.description.fields if field.spec}
            cls.value_options = {**fields, **cls.value_options}

    def __init__(self, database: Database, connection: Connection, options: Mapping[str, Any]) -> None:
        given = options.get("column_defaults") or {}
        there = database.table_names(connection) if given else ()
        of_tables = {name: value for name, value in given.items() if isinstance(value, Mapping) and name in there}
        super().__init__(database, connection, of_tables)
        own = {name: value for name, value in given.items() if name not in of_tables}
        self.options = {**options, "column_defaults": own} if of_tables else options
        self._stored_names: Collection[str] = ()
        self.results: dict[str, Any] = {}
        self.require(self.tables)
        if self.description is not None:
            self._take(self.describe())

    def _take(self, description: Description) -> None:
        """Find the tables of a description.

        :raises SchemaError: when one of them, or a column, is missing
        """
        fixed = self.fixed()
        self._described = description
        tables = {name: one for name, one in description.properties.items()
                  if not one.optional or self.has_table(one.table)}
        self.doors = [door for door in description.doors if self._has_door(description, door)]
        own = description.accounts
        if isinstance(own, Accounts):
            of_doors = [door.column for door in self.doors if isinstance(door, (Flag, Marker)) and not door.table]
            self.accounts = self.account_rows(
                self, own.table, key=own.key, account_name=own.name, fixed={**fixed, **own.where},
                options={field.option: field.column for field in own.fields},
                extra=[name for name in (own.password, *own.extra, *of_doors) if name],
                numbered=own.numbered, unique=own.unique, compare=sa.func.lower if own.ignore_case else None,
            )
        else:
            self.accounts = ImplicitAccountRows(
                self, [(Rows(self, table, [column], {**fixed, **own.where}), column) for table, column in own.columns])
        self.properties = {name: self._properties(one) for name, one in tables.items()}
        members = description.memberships
        if members is not None:
            self.memberships = MembershipRows(
                self, members.table, account=members.account, group=members.group, attribute=members.attribute,
                names=None if members.names is None else self._names(members.names),
                fixed={**fixed, **members.where},
            )

    def _properties(self, one: Properties | Companion) -> PropertyRows | CompanionRows:
        """The rows of a table of properties."""
        options, fixed = {field.option: field.column for field in one.fields}, {**self.fixed(), **one.where}
        if isinstance(one, Companion):
            return CompanionRows(self, one.table, owner=one.owner, options=options, extra=one.extra, fixed=fixed)
        return self.property_rows(self, one.table, owner=one.owner, key=one.key, value=one.value, row_id=one.row_id,
                                  only=one.only, options=options, fixed=fixed)

    def _has_door(self, description: Description, door: Door) -> bool:
        if not isinstance(door, Flag) or not door.optional or not isinstance(description.accounts, Accounts):
            return True
        return door.column in self.table(description.accounts.table).c

    def _names(self, groups: Lookup) -> dict[Any, str]:
        """Groups by key; of two with the same name, the one with the higher key."""
        self.require({groups.table: [groups.key, groups.name, *groups.where, *self.fixed()]})
        columns = self.table(groups.table).c
        key, name = columns[groups.key], columns[groups.name]
        where = [columns[column] == value for column, value in {**self.fixed(), **groups.where}.items()]
        statement = sa.select(name, key).where(*where, name.is_not(None)).order_by(key)
        last = dict(tuple(row) for row in self.connection.execute(statement))
        return {key: name for name, key in last.items()}

    # What a type provides

    def fixed(self) -> Mapping[str, Any]:
        """Columns that have the same value in all rows of this service: the number of a virtual server, say."""
        return {}

    def describe(self) -> Description:
        """The description, as far as it depends on the options and on what is in the database.

        :raises SchemaError: for a database that the type does not know
        """
        if self.description is None:
            raise NotImplementedError
        return self.description

    @classmethod
    def of_options(cls, params: Mapping[str, Any]) -> type[Service]:
        """The type, as far as it depends on the options of a module."""
        return cls

    @staticmethod
    def column_type(reflected: Any, kind: Engine) -> Any:
        """Another type for a reflected column, or None to leave it: where the application stores text as bytes, say.

        :param kind: as ``Database.kind``
        """
        return None

    def canonical_name(self, name: str) -> str:
        """The application's own form of a name as a person types it.

        :raises ValueError: for a name that no account of the application can have
        """
        return name

    def name_to_shut(self, name: str) -> str:
        """The name of the account that an entry means which shuts it out: it may be less certain than another's.

        :raises ValueError: for a name that no account of the application can have
        :raises AmbiguousName: where more than one account is there that it may mean
        """
        return self.canonical_name(name)

    def folded(self, names: Sequence[str]) -> dict[str, Any]:
        """The same value for canonical names that the application takes for one, by name: the database's answer."""
        return self.spelled(self.accounts.name_column, names, self.accounts.compare)

    @classmethod
    def entry_secrets(cls, entry: Mapping[str, Any]) -> Sequence[str]:
        """Secrets among the type's own options of an account: they are masked in whatever is shown."""
        return ()

    def rights(self, accounts: Collection[Account]) -> dict[str, list[str]]:
        """Rights of accounts that are neither groups nor options, by name and in words for a reviewer."""
        return {}

    def declare(self, entry: Mapping[str, Any]) -> Declared:
        """A declared account from module options; a type extends it to check and normalise its fields.

        :raises ValueError: for values that the application would refuse
        """
        for name, value in entry.items():
            if value is not None and not is_valid_unicode(value):
                raise ValueError(f"{name} is not valid Unicode")
        given = [name for name in ("email", *self.value_options) if entry.get(name) is not None]
        groups = entry.get("groups")
        wanted = Declared(
            name=self.name_of(entry["name"], entry["state"] in SHUT),
            typed=entry["name"],
            state=entry["state"],
            values={name: entry[name] for name in given},
            groups=None if groups is None else dict.fromkeys(groups, KEEP),
            append_groups=entry.get("append_groups", False),
            password=entry["password"],
            password_hash=entry["password_hash"],
            update_password=entry["update_password"],
            arguments={name: entry.get(name) for name in self.argument_options},
        )
        if wanted.password is not None:
            wanted.password = self.clear_password.check(wanted.password)
        self.check_lengths(wanted.values)
        self.check_certain(wanted.name, entry)
        return wanted

    def check_lengths(self, values: Mapping[str, Any]) -> None:
        """Make sure that texts fit their columns.

        :raises ValueError: naming the option, and how many characters it may have
        """
        for option, limit in self._most_characters.items():
            text = values.get(option)
            if isinstance(text, str) and len(text) > limit:
                raise ValueError(f"{option} is longer than {limit} characters")

    @functools.cached_property
    def _most_characters(self) -> dict[str, int]:
        """How many characters a field may have at most, by its option; of those that have a limit."""
        found: dict[str, int] = {}
        for field in self._described.fields if self._described else ():
            limits = [field.max_length]
            if isinstance(self.accounts, AccountRows) and field.option in self.accounts.options:
                limits.append(getattr(self.accounts.table.c[field.column].type, "length", None))
            known = [limit for limit in limits if limit]
            if known:
                found[field.option] = min(known)
        return found

    def check_certain(self, name: str, entry: Mapping[str, Any] | None = None) -> None:
        """Make sure that everybody can tell how the application would store a name, and what else an entry has.

        :raises ValueError: naming the column, its character set and the option that gives the missing information
        """
        if not self.database.asks_charset:
            return
        rows, columns = self.accounts, {}
        if isinstance(rows, AccountRows):
            columns = {option: rows.table.c[column] for option, column in rows.options.items()}
        columns.update({option: table.column_of(key)
                        for table in self.properties.values() for option, key in table.options.items()})
        columns = {"name": rows.name_column, **columns}
        for option, value in {**(entry or {}), "name": name}.items():
            if option == "password" or str(value).isascii():  # which is stored as a hash
                continue
            some_ = [columns[option]] if option in columns else reversed(list(columns.values()))
            problem = next(filter(None, map(charset_doubt, some_)), "")
            if problem:
                raise ValueError(f"{option} is not ASCII: {problem}")

    def doubtful_names(self, declared: Sequence[Declared]) -> list[tuple[Declared, Sequence[str], str]]:
        """Declared accounts that may be others under another spelling, the names of those, and a sentence."""
        return []

    @functools.cached_property
    def while_open(self) -> Condition:
        """What holds of an account that is enabled."""
        return All([door.while_open for door in self.doors])

    @functools.cached_property
    def while_shut(self) -> Condition:
        """What holds of an account that is disabled: one without any door is not."""
        shut = All([door.while_shut for door in self.doors])
        # A door that is never both says it itself.
        never_both = any(~door.while_shut in getattr(door.while_open, "conditions", [door.while_open])
                         for door in self.doors)
        return shut if never_both else shut & ~self.while_open

    @functools.cached_property
    def protected(self) -> Condition:
        """What holds of an account that is never changed."""
        return OneOrMore([condition for _reason, condition in self._protected])

    @property
    def can_log_in(self) -> Condition:
        """What holds of all accounts that disabling shuts somebody out of, and perhaps of a few others."""
        return ~self.protected & ~self.while_shut

    @property
    def _protected(self) -> Sequence[tuple[str, Condition]]:
        return self._described.protected if self._described else ()

    def everyone(self) -> Everyone:
        """All accounts, as the database counts and finds them."""
        return Everyone(self, self.accounts, self.properties, self.known)

    def known(self, name: str, everyone: Everyone) -> Any:
        """What ``read_more`` finds of an account by this name, as an SQL condition that is never NULL."""
        raise NotImplementedError

    def opened(self, stored: StoredAccount) -> StoredAccount:
        """What the database would hold of an account if all its doors were open."""
        for door in reversed(self.doors):  # what is shut last is opened first
            stored = door.opened(stored)
        return stored

    def account(self, stored: StoredAccount) -> Account:
        """An actual account; a type extends it to say what it is beside its values, its groups and its doors."""
        plain = self.opened(stored)
        return Account(
            name=stored.name,
            id=stored.key,
            enabled=self.while_open.holds(stored),
            disabled=self.while_shut.holds(stored),
            values=self.shown_values(plain),
            groups=dict(stored.groups),
            password_hash=self.stored_password(plain),
            protected=next((reason for reason, condition in self._protected if condition.holds(stored)), ""),
            stored=stored,
        )

    def stored_values(self, plain: StoredAccount) -> dict[str, Any]:
        """What the rows of an account whose doors are open have for each option."""
        values = {option: plain.row[column] for option, column in self.accounts.options.items()}
        for name, table in self.properties.items():
            found = plain.properties[name]
            values.update({option: next(iter(found.get(key, ())), None) for option, key in table.options.items()})
        return values

    def shown_values(self, plain: StoredAccount) -> dict[str, Any]:
        """The options of an account whose doors are open."""
        return {name: "" if value is None else value for name, value in self.stored_values(plain).items()}

    def stored_password(self, plain: StoredAccount) -> str:
        """The stored password of an account whose doors are open, as ``password_hash`` has it."""
        own = self._described.accounts if self._described else None
        return (plain.row[own.password] if isinstance(own, Accounts) and own.password else "") or ""

    def shown_texts(self, stored: Sequence[str]) -> Sequence[str]:
        """Stored texts of an option with the letters that ``account`` gives the values: entities replaced, say."""
        return stored

    def read_more(self, keys: Collection[Any] | None) -> dict[str, Mapping[Any, Any]]:
        """What is read beside the table of accounts, by a name and by key of the account.

        :param keys: of these accounts; None for all
        """
        return {name: table.read(keys) for name, table in self.properties.items()}

    def groups(self) -> Collection[str] | None:
        """Names of all groups that an account can be in; None when any name will do."""
        names = None if self.memberships is None else self.memberships.names
        return None if names is None else set(names.values())

    def complete(self, changes: Sequence[Change]) -> None:
        """Add to changes what they bring with them: a default group, say, or a value that a new password takes away.

        It is the only method that changes them, and comes before all others that look at them.
        """

    def needed(self, changes: Sequence[Change]) -> dict[str, Sequence[str]]:
        """Columns, by table without prefix, that changes need beside those that reading needs."""
        return dict(columns_by_table(self.owned())) if any(change.removes for change in changes) else {}

    def problems(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        """What must not be written: the name as it was typed, and a sentence.

        :param changes: every change of the plan; one that disables has no problem
        :raises SchemaError: for what keeps all of them from being written
        """
        self._check_column_defaults(changes)
        return self._unstorable(changes) + self._unknown_groups(changes) + self._referenced(changes)

    def warn(self, changes: Sequence[Change]) -> None:
        """Add to ``warnings`` what an administrator should know of changes that are about to be written."""

    def remarks(self, changes: Sequence[Change]) -> None:
        """Warn of declared accounts that are not what their state says; also of unchanged ones."""

    def columns(self, change: Change) -> dict[str, Any]:
        """What the row of an account gets whose doors are open.

        A new one gets all columns beside its name, another one those that change.
        """
        own, columns = self._described.accounts if self._described else None, {}
        if change.creates and isinstance(own, Accounts):
            columns = {**own.new, **{field.column: field.new for field in own.fields if field.new is not None}}
        options = self.accounts.options
        columns.update({options[name]: value for name, value in change.values.items() if name in options})
        if change.new_password and isinstance(own, Accounts) and own.password:
            columns[own.password] = change.password_hash
        return columns

    def property_values(self, name: str, change: Change) -> dict[Any, list[Any]]:
        """What the rows in a table of properties get of an account whose doors are open.

        :param name: of the table, in ``properties``
        """
        options = self.properties[name].options
        return {options[option]: [value] if value != "" else []
                for option, value in change.values.items() if option in options}

    def written_columns(self, change: Change) -> dict[str, Any]:
        """What the row of an account gets, with its doors open or shut."""
        columns = self.columns(change)
        for door in self.doors:
            columns = {**columns, **door.columns(change, columns)}
        return columns

    def written_properties(self, name: str, change: Change) -> dict[Any, Sequence[Any]]:
        """The same of the rows in a table of properties."""
        values: dict[Any, Sequence[Any]] = dict(self.property_values(name, change))
        table = self.properties[name]
        for door in self.doors:
            if door.table == name:
                values.update(door.properties(change, values, table.room(getattr(door, "key", None))))
        return values

    def references(self) -> Sequence[tuple[str, str]]:
        """Tables without prefix and their column with the key of an account that cannot be removed for it."""
        return self._described.references if self._described else ()

    def owned(self) -> Sequence[tuple[str, str]]:
        """The same of rows that are deleted with their account, beside its properties and memberships."""
        return self._described.owned if self._described else ()

    def to_options(self, account: Account) -> dict[str, Any]:
        """An account in the form that ``accounts`` takes: declared so, it is unchanged."""
        options = {"name": account.name, "state": account.state, **account.values}
        if "groups" in self.common_options:
            options["groups"] = sorted(account.groups)
        return options

    def show_groups(self, groups: Mapping[str, Any]) -> list[str]:
        """Memberships as a person reads them in a diff."""
        return sorted(groups)

    # From rows to accounts, and from changes to rows

    def read(self, names: Selection, lock: bool = False) -> dict[str, Account]:
        """Actual accounts by canonical name.

        A name that the application takes for that of an account with another spelling gives that account.

        :param names: only these, or a span of them; None for all
        :param lock: keep others from changing them until the transaction ends
        """
        found = self.accounts.read(names, lock and not self._views())
        everyone = [one for account in found.values() for one in (account, *account.twins)]
        keys = None if names is None else [account.key for account in everyone]
        if isinstance(names, Span) and not all(map(is_valid_unicode, keys or ())):
            keys = None  # no statement can hold such a key
        more = self.read_more(keys)
        groups = {} if self.memberships is None else self.memberships.read(keys)
        for account in everyone:
            account.properties = {name: rows.get(account.key, {}) for name, rows in more.items()}
            account.groups = groups.get(account.key, {})
        return {name: self._read_account(account) for name, account in found.items()}

    def _read_account(self, found: StoredAccount) -> Account:
        """The account, with others of its name; undecided where its rows cannot be understood."""
        account = self._understood(found)
        if found.twins:
            account.twins = [self._understood(twin) for twin in found.twins]
            account.enabled = any(one.enabled for one in (account, *account.twins))
            account.disabled = all(one.disabled for one in (account, *account.twins))
            account.undecided = f"the database has {len(account.twins) + 1} accounts with this name"
        shared = next((one for one in (found, *found.twins) if one.sharing), None)
        if shared is not None and isinstance(self.accounts, AccountRows):
            account.undecided = account.inseparable = self.accounts.inseparable(shared)
        return account

    def _understood(self, found: StoredAccount) -> Account:
        try:
            account = self.account(found)
            account.undecided = account.undecided or _undecided(found, self.database.asks_charset)
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
            # One row must not keep all others from being read.
            account = Account(found.name, found.key, True, False, {}, dict(found.groups), stored=found)
            account.undecided = f"its rows cannot be understood ({type(error).__name__})"
        return account

    def read_named(self, names: Collection[str], lock: bool = False) -> dict[str, Account]:
        """As ``read``; names that no statement can hold are looked for among all accounts, a part of them at a time."""
        usual = {name for name in names if is_valid_unicode(name) and not isinstance(name, Unreadable)}
        odd = set(names) - usual
        found = self.read(usual, lock) if usual or not odd else {}
        for span in self.everyone().spans(None, None) if odd else ():
            if not odd.isdisjoint(self.read(span)):
                found.update((name, account) for name, account in self.read(span, lock).items() if name in odd)
        return found

    def names_of(self, keys: Iterable[Any]) -> dict[Any, str]:
        """The present names of accounts, by key; of those that are there."""
        rows = self.accounts
        if not isinstance(rows, AccountRows) or rows.key == rows.account_name or not rows.numbered_by(rows.key):
            return {}
        key, name = rows.table.c[rows.key], rows.table.c[rows.account_name]
        return {row[0]: row[1] for row in self.select_in(sa.select(key, name).where(*rows.where), key, keys)
                if row[1] is not None}

    def look_up(self, typed: Iterable[Any]) -> None:
        """Find out which of these names accounts have to the letter; ``name_of`` goes by it."""
        names: set[str] = set()
        for name in typed:
            if isinstance(name, str) and is_valid_unicode(name):
                canonical = None
                with suppress(ValueError):
                    canonical = self.canonical_name(name)
                if canonical != name:
                    names |= {name} if canonical is None else {name, canonical}
        self._stored_names = self.accounts.there(names) if names else ()

    def name_of(self, typed: str, shut: bool = False) -> str:
        """The name of the account that a person means: as the application looks for it, and where it finds nobody, as
        it is stored. Rules for new names do not hold for an account that is there.

        :param shut: it is to be shut out
        :raises ValueError: for a name that no account has or can have
        """
        try:
            name = self.name_to_shut(typed) if shut else self.canonical_name(typed)
        except AmbiguousName:
            raise
        except ValueError:
            if typed in self._stored_names:
                return typed
            raise
        return typed if name not in self._stored_names and typed in self._stored_names else name

    def undeclarable_reason(self, account: Account) -> str:
        """Why an account cannot be declared by its name; empty when it can. ``look_up`` goes before it."""
        if account.undecided:
            return account.undecided
        try:
            name = self.name_of(account.name)
        except ValueError as error:
            return f"the application does not allow this name: {error}"
        return "" if name == account.name else f"the application looks for {name!r} instead"

    def check(self, changes: Sequence[Change]) -> None:
        """Refuse what must not be written, before anything is: called with every change of the plan.

        :raises AccountError: naming every account with a problem
        :raises SchemaError: when tables or columns are missing that these changes need
        """
        if not changes:
            return
        self.complete(changes)
        problems = self._viewed(changes)
        if not problems:
            self.require(self.needed(changes))
            problems = self.problems(changes)
            self.warn(changes)
        if problems:
            raise AccountError(problems)

    def _views(self, whole: bool = True) -> list[str]:
        """The views in place of the tables of accounts and properties; the first alone is that disabling writes to."""
        tables = [table.table for table in self.properties.values()]
        if isinstance(self.accounts, AccountRows):
            tables = [self.accounts.table, *tables]
        return [table.name for table in (tables if whole else tables[:1]) if self.database.is_view(table)]

    def _viewed(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        """Changes of what the database keeps elsewhere: not every view can be written, and none of them says where."""
        problems = []
        for change in changes:
            views = self._views(change.action != "disabled" or bool(change.fields))
            groups = self.memberships
            if groups is not None and (change.groups is not None or change.action in ("created", "removed")):
                views += [groups.table.name] if self.database.is_view(groups.table) else []
            if views:
                problems.append((change.declared.typed, is_a_view(views[0])))
        return problems

    def _unknown_groups(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        changes = [change for change in changes if change.groups]
        known = self.groups() if changes else None
        if known is None:
            return []
        problems = []
        for change in changes:
            actual = change.account.groups if change.account else ()
            unknown = sorted(set(change.groups or ()) - set(known) - set(actual))
            if unknown:
                there = f"the groups are {', '.join(map(repr, sorted(known)))}" if known else "there are no groups"
                problems.append((change.declared.typed, f"group {unknown[0]!r} does not exist; {there}"))
        return problems

    def _referenced(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        """Accounts that shall be removed and cannot be, since rows refer to them."""
        removed = [change for change in changes if change.removes]
        if not removed:
            return []
        found = self.referenced(removed)
        return [(change.declared.typed, cannot_be_removed(found[change.id]))
                for change in removed if change.id in found]

    def _check_column_defaults(self, changes: Sequence[Change]) -> None:
        """Make sure that ``column_defaults`` names what there is; it keeps nobody from being shut out.

        :raises SchemaError: for what it names and is not there
        """
        own, rows = self.options.get("column_defaults") or {}, self.accounts
        wrong = [f"table {name} has no column {column}" for name, columns in self._column_defaults.items()
                 for column in sorted(set(map(str, columns)) - set(self._full_table(name).c.keys()))]
        if isinstance(rows, AccountRows):
            wrong += [f"{name} is neither a column of table {rows.table.name} nor a table"
                      for name in sorted(map(str, own)) if name not in rows.table.c]
        else:
            wrong += [f"table {name} not found" for name in sorted(map(str, own))]
        if wrong and not all(change.action in SHUT_ACTIONS for change in changes):
            raise SchemaError(f"{self.database.describe()}: column_defaults: {'; '.join(wrong)}. Nothing was written.")

    def _full_table(self, name: str) -> Any:
        """The reflected table of this name, prefix and all."""
        prefix = self.database.prefix
        return self.database.table(self.connection, name[len(prefix):] if name.startswith(prefix) else name)

    def column_defaults(self, table: Any) -> dict[str, Any]:
        is_own = isinstance(self.accounts, AccountRows) and self.accounts.table is table
        own = (self.options.get("column_defaults") or {}) if is_own else {}
        defaults = {name: moment(table.c[name], value) for name, value in own.items() if name in table.c}
        return {**defaults, **super().column_defaults(table)}

    def _unstorable(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        """New accounts whose name the database has no characters for."""
        names = {change.name: change.declared.typed for change in changes if change.creates}
        if not names:
            return []
        column = self.accounts.name_column
        kept = set(self.storable(column, names) or ())
        return [(typed, f"the column {column.table.name}.{column.name} cannot store all characters of its name")
                for name, typed in names.items() if name not in kept]

    def referenced(self, changes: Sequence[Change]) -> dict[Any, dict[str, int]]:
        """How many rows of which tables keep accounts from being removed, by key; for those only that any keep.

        :param changes: that remove accounts
        """
        return self.count_references(self.references(), [change.id for change in changes])

    def write(self, changes: Sequence[Change]) -> None:
        """Write the changes; ``password_hash`` of each is filled in where ``new_password`` says so."""
        created = [change for change in changes if change.creates]
        removed = [change for change in changes if change.removes]
        kept = [change for change in changes if change.action not in ("created", "removed")]
        self.create(created)
        self.change(kept)
        self.remove(removed)

    def create(self, changes: Sequence[Change]) -> None:
        """Write new accounts, and set ``id`` of the changes."""
        if not changes:
            return
        keys = self.accounts.create({change.name: self.written_columns(change) for change in changes})
        for change in changes:
            change.id = keys[change.name]
        self._write_more(changes)

    def change(self, changes: Sequence[Change]) -> None:
        """Write the changes of accounts that exist and are not removed."""
        if changes:
            self.accounts.update({change.id: self.written_columns(change) for change in changes})
            self._write_more(changes)
            for door in self.doors:
                if isinstance(door, Emptied):
                    self.empty(door, [change for change in changes if door.ends(change)])

    def empty(self, door: Emptied, changes: Sequence[Change]) -> None:
        """Delete the rows of accounts that a door empties."""
        table = self.table(door.rows)
        where = [table.c[name] == value for name, value in {**self.fixed(), **door.where}.items()]
        self.delete_in(table, door.account, [change.id for change in changes], *where)

    def _write_more(self, changes: Sequence[Change]) -> None:
        for name, table in self.properties.items():
            table.write({change.id: self.written_properties(name, change) for change in changes})
        if self.memberships is not None:
            self.memberships.write(
                (change.id, self.stored_groups(change), change.groups)
                for change in changes if change.groups is not None
            )

    def stored_groups(self, change: Change) -> Mapping[str, Any]:
        """Memberships of the account that have a row, which will be those of the change."""
        return change.account.groups if change.account else {}

    def remove(self, changes: Sequence[Change]) -> None:
        """Delete accounts and what belongs to them."""
        keys = [change.id for change in changes]
        if not keys:
            return
        for name, column in self.owned():
            self.delete_in(self.table(name), column, keys)
        for table in self.properties.values():
            table.delete(keys)
        if self.memberships is not None:
            self.memberships.delete(keys)
        self.accounts.delete(keys)


def _undecided(found: StoredAccount, asks_charset: bool) -> str:
    if not is_valid_unicode(found.name):
        return "its name is not valid UTF-8"
    if asks_charset:
        stored = [found.name, *found.row.values(), *found.groups, *(
            value for properties in found.properties.values() for values in properties.values() for value in values)]
        doubtful = next((value for value in stored if isinstance(value, Doubtful)), None)
        if doubtful is not None:
            return f"its row contains text other than ASCII, but {doubtful.reason}"
    strange = [column for column, value in found.row.items() if isinstance(value, Unreadable)]
    return f"its row has a value of the wrong type in {', '.join(sorted(strange))}" if strange else ""


def cannot_be_removed(rows: Mapping[str, int]) -> str:
    """Why an account is not removed that this many rows of these tables refer to."""
    shown = ", ".join(f"{name} ({number})" for name, number in sorted(rows.items()))
    return f"cannot be removed, because rows of {shown} refer to it; use state: disabled"
