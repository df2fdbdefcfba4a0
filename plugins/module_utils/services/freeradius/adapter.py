# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The users in the SQL tables of FreeRADIUS 3 as a service type.

FreeRADIUS writes no account itself, so there is nothing to differ from but its instructions. Where they leave a
choice, or are not enough:

- ``state=disabled`` writes the row ``Auth-Type := Reject`` twice: see doors.py.
- A ``Cleartext-Password`` that the server would read as something else, since it has backslashes or begins and ends
  with a quote, stands in double quotes.
- Characters of a name that ``safe_characters`` lacks are written as the server looks for them: ``=27`` for an
  apostrophe.
- Attributes that may hold a secret are kept and not shown, as passwords are, unless they are declared.
- Rows in several spellings of a name that the server takes for one are one account, named by the spelling that has the
  password. Rows of the others get its spelling when they change. Where two have a password, the account is undecided.

The profile of all accounts is what the server finds in radusergroup under ``DEFAULT``, whatever it takes for that, and
nothing else: rows of radcheck and radreply under this name are an account's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import (
    Account,
    Change,
    Declared,
    StoredAccount,
    first_names,
)
from ansible_collections.auth.services.plugins.module_utils.columns import Unreadable
from ansible_collections.auth.services.plugins.module_utils.conditions import Condition, IsAnyOf, Name
from ansible_collections.auth.services.plugins.module_utils.database import Database
from ansible_collections.auth.services.plugins.module_utils.description import (
    Description,
    ImplicitAccounts,
    Memberships,
    Properties,
)
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.services.freeradius import (
    attributes,
    other_tables,
    passwords,
    texts,
)
from ansible_collections.auth.services.plugins.module_utils.services.freeradius.attributes import (
    CHECK,
    EXPIRATION,
    REPLY,
    is_incomplete,
    is_item,
    items,
)
from ansible_collections.auth.services.plugins.module_utils.services.freeradius.doors import REJECTED, UNTOUCHED
from ansible_collections.auth.services.plugins.module_utils.services.freeradius.harmless import is_harmless
from ansible_collections.auth.services.plugins.module_utils.services.freeradius.other_tables import GROUPS
from ansible_collections.auth.services.plugins.module_utils.tables import Selection, looked_for

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

SAFE_CHARACTERS = "@abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_: /"  # queries.conf
PROFILE = "DEFAULT"
PRIORITY = 1  # the default of radusergroup.priority in FreeRADIUS's tables
OPTIONS = {"check_attributes": CHECK, "reply_attributes": REPLY}


class FreeRadius(Service):
    """The users in the tables radcheck, radreply and radusergroup."""

    engines = ("mysql", "postgresql", "sqlite")
    common_options = ("groups", "append_groups")
    value_options = {
        **dict.fromkeys(OPTIONS, attributes.OPTION),
        "expiration": {"type": "str"},
        "group_priority": {"type": "dict"},
    }
    database_options = {"safe_characters": {"type": "str", "default": SAFE_CHARACTERS}}
    service_options = {"password_attribute": {"type": "str", "choices": passwords.PASSWORDS, "no_log": False}}
    clear_password = passwords.CLEAR_PASSWORD
    description = Description(
        accounts=ImplicitAccounts([(CHECK, "username"), (REPLY, "username"), (GROUPS, "username")]),
        properties={name: Properties(name, owner="username", key="attribute", value=("op", "value"), row_id="id")
                    for name in (CHECK, REPLY)},
        memberships=Memberships(GROUPS, account="username", group="groupname", attribute="priority"),
        doors=[REJECTED],
        untouched=UNTOUCHED,
    )

    def __init__(self, database: Database, connection: Connection, options: Mapping[str, Any]) -> None:
        super().__init__(database, connection, options)
        self._spellings: dict[str, list[str]] = {}  # others of an account
        self._shared: set[str] = set()  # accounts whose rows may be somebody else's
        self._closed: set[str] = set()  # groups with Reject
        asked = self.options.get("password_attribute")
        self._new_attribute = asked or passwords.PASSWORDS[0]
        self.scheme = passwords.Stored(self._new_attribute, alone=bool(asked))
        self._charsets = texts.charsets_of(self, (CHECK, REPLY, GROUPS))

    @classmethod
    def entry_secrets(cls, entry: Mapping[str, Any]) -> list[str]:
        found = []
        for option in OPTIONS:
            rows = entry.get(option)
            for row in rows if isinstance(rows, list) else ():
                if isinstance(row, Mapping) and not is_harmless(str(row.get("attribute"))):
                    found.append(str(row.get("value") or ""))
        return found

    # Names, and what else is declared

    def canonical_name(self, name: str) -> str:
        stored = texts.stored_name(name, self.options["safe_characters"])
        self._check_text("the name", stored, self.table(CHECK).c.username)
        return stored

    def _check_text(self, what: str, text: str, column: Any) -> None:
        texts.check(what, text, column, self._charsets)

    def declare(self, entry: Mapping[str, Any]) -> Declared:
        wanted = super().declare(entry)
        value = self.table(CHECK).c.value
        if wanted.password is not None and self._new_attribute == passwords.CLEARTEXT:
            self._check_text("the password", passwords.quote(wanted.password), value)
        if wanted.password_hash is not None:
            attribute, given = passwords.split(wanted.password_hash, self._new_attribute)
            if not passwords.is_value(attribute, given):
                raise ValueError(f"password_hash is not a value of {attribute}. Write it as ATTRIBUTE:VALUE, or set"
                                 " password_attribute")
            self._check_text("password_hash", given, value)
            wanted.password_hash = f"{attribute}:{given}"
        for option, table in OPTIONS.items():
            if option in wanted.values:
                rows = wanted.values[option]
                wanted.values[option] = attributes.declared(option, rows, self.table(table).c, self._check_text)
        if wanted.values.get("expiration"):
            wanted.values["expiration"] = texts.expiration(wanted.values["expiration"])
        self._declare_groups(wanted)
        return wanted

    def _declare_groups(self, wanted: Declared) -> None:
        priorities = wanted.values.pop("group_priority", None)
        for group in wanted.groups or ():
            if not group or group != group.strip() or not group.isprintable():
                raise ValueError(f"{group!r} is not a group name. Use at least one character, printable ones only, and"
                                 " no space at either end")
            self._check_text(f"the group {group!r}", group, self.table(GROUPS).c.groupname)
        if priorities is None or (not priorities and wanted.groups is None):
            return
        unknown = sorted(set(map(str, priorities)) - set(wanted.groups or ()))
        if unknown:
            raise ValueError(f"group_priority names {unknown[0]!r}, which is not in groups")
        try:
            numbers = {str(group): int(priority) for group, priority in priorities.items()}
        except (TypeError, ValueError):
            raise ValueError("group_priority contains a priority that is not an integer") from None
        wanted.groups = {group: numbers.get(group, PRIORITY) for group in wanted.groups or ()}

    # From rows to accounts

    def read(self, names: Selection, lock: bool = False) -> dict[str, Account]:
        accounts = super().read(names, lock)
        stored = {account.name: account for account in accounts.values()}
        keys = self.folded(list(stored))
        spelled: dict[Any, list[str]] = {}
        for name in sorted(stored):
            spelled.setdefault(keys[name], []).append(name)
        for one in spelled.values():
            if len(one) > 1:
                stored.update(self._one_login([stored[name] for name in one]))
        self._protect_profile(stored)
        joined = {group for account in stored.values() for group in account.groups}
        self._closed |= other_tables.groups_with(self, joined, attributes.REJECTS)
        found, asked = {}, set(looked_for(names))
        for name, account in accounts.items():
            shown = stored[account.name]
            found[name if name in asked else shown.name] = shown
        return found

    def _one_login(self, accounts: Sequence[Account]) -> dict[str, Account]:
        """Accounts whose names the server takes for one, as one account, where only one of them has what lets it in."""
        names = [account.name for account in accounts]
        having = ([account.name for account in accounts if attributes.has_password(account.stored)]
                  or [account.name for account in accounts
                      if len(REJECTED.operators(account.stored)) < len(list(items(account.stored, CHECK)))])
        if PROFILE in names:
            return {}
        if len(having) > 1:
            enabled = all(account.enabled for account in accounts)
            rejects = sum(REJECTED.operators(account.stored).count(":=") for account in accounts)
            for account in accounts:
                other = next(name for name in names if name != account.name)
                self._shared.add(account.name)
                account.enabled, account.disabled = enabled, rejects > 1
                account.undecided = (f"the server treats its name as {other!r}, which has rows too (rename or remove"
                                     " the rows of one of them)")
            return {}
        primary = (having or names)[0]
        others = [name for name in names if name != primary]
        self._spellings[primary] = others
        rows = {account.name: account.stored for account in accounts}
        whole = StoredAccount(primary, primary)
        for name in (primary, *others):
            whole.groups = {**rows[name].groups, **whole.groups}
            for table, values in rows[name].properties.items():
                merged = whole.properties.setdefault(table, {})
                for attribute, items_ in values.items():
                    merged[attribute] = [*merged.get(attribute, ()), *items_]
        return dict.fromkeys(names, self._read_account(whole))

    def _protect_profile(self, accounts: Mapping[str, Account]) -> None:
        profile = self.spelled(self.table(GROUPS).c.username, [*accounts, PROFILE])
        for name, account in accounts.items():
            if name == PROFILE:
                self._shared.add(name)
                if account.stored.properties[CHECK]:
                    account.undecided = "it is the profile of all accounts, and has check items of its own"
                else:
                    account.protected, account.undecided = "it is the profile of all accounts", ""
            elif profile[name] == profile[PROFILE]:
                self._shared.add(name)
                account.undecided = f"the server treats its name as {PROFILE!r}, the profile of all accounts"

    @property
    def can_log_in(self) -> Condition:
        # The profile of everybody is an account by itself, whoever else has rows that the server takes for its own.
        return super().can_log_in | Name(IsAnyOf((PROFILE.lower(),)))

    def account(self, stored: StoredAccount) -> Account:
        account = super().account(stored)
        plain = self.opened(stored)
        given, check, ends = [], [], ""
        for name, operator, value in filter(_is_whole, items(plain, CHECK)):
            if name.lower() in passwords.ATTRIBUTES:
                given.append((operator, f"{passwords.ATTRIBUTES[name.lower()]}:{value}"))
            elif name.lower() == EXPIRATION.lower():
                ends = ends or value
            else:
                check.append((name, operator, value))
        shown = {"check_attributes": check, "reply_attributes": list(filter(_is_whole, items(plain, REPLY)))}
        account.values = {
            **{option: attributes.Rows(dict(zip(("attribute", "op", "value"), item)) for item in found)
               for option, found in shown.items()},
            "expiration": ends,
        }
        parts = [part for table in (CHECK, REPLY) for item in items(stored, table) for part in item]
        if any(isinstance(part, Unreadable) for part in parts):
            account.undecided = "one of its rows is not valid UTF-8"
        # The server takes the first of several, and none with another operator: to be replaced by one that is right.
        if len(given) == 1 and given[0][0] == ":=":
            account.password_hash = given[0][1]
        account.groups = _with_priority(account.groups)
        return account

    def to_options(self, account: Account) -> dict[str, Any]:
        priorities = {group: priority for group, priority in sorted(account.groups.items())
                      if priority != PRIORITY}
        options = {**super().to_options(account), "group_priority": priorities}
        if account.enabled and (self._closed & set(account.groups) or is_incomplete(account.stored)):
            options["state"] = "present"
        return options

    def rights(self, accounts: Collection[Account]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        if not other_tables.can_tell(self):
            self.warnings.append("Groups that refuse people, or let them in without a password, cannot be found. Grant"
                                 " login_user SELECT on radgroupcheck.")
        opened = other_tables.groups_with(
            self, {group for account in accounts for group in account.groups}, attributes.ACCEPTS)
        enabled = [account for account in accounts if account.enabled]
        self._warn_of_refused({account.name: (account.groups, account) for account in enabled},
                              " Its state is shown as present, which means neither enabled nor disabled.")
        for account in accounts:
            rights = []
            if any(attributes.has_type(name, value, attributes.ACCEPTS)
                   for name, _operator, value in filter(_is_whole, items(account.stored, CHECK))):
                rights.append("Auth-Type := Accept: gets in without a password")
            rights += [f"Auth-Type := Accept of the group {group}: gets in without a password"
                       for group in sorted(account.groups) if group in opened]
            if rights:
                found[account.name] = rights
        return found

    def _warn_of_refused(
        self, accounts: Mapping[str, tuple[Collection[str], Account | None]], extra: str
    ) -> None:
        """Say whom the server refuses for something else than its own Reject.

        :param accounts: groups that they will be in and the accounts that are there, by name
        """
        groups = {name: groups for name, (groups, _account) in accounts.items()}
        other_tables.warn_of_refusal(self, groups, extra)
        names = [name for name, (_groups, account) in accounts.items() if account and is_incomplete(account.stored)]
        if names:
            self.warnings.append("Accounts with a row without attribute, operator or value (NULL):"
                                 f" {first_names(names)}. The server may refuse them. The rows are left alone; remove"
                                 f" them.{extra}")

    # From changes to rows

    def property_values(self, name: str, change: Change) -> dict[Any, list[Any]]:
        stored = self.opened(change.account.stored).properties[name] if change.account else {}
        rows_after = attributes.check_rows if name == CHECK else attributes.reply_rows
        after = rows_after(change, stored)
        return {key: after.get(key, []) for key in {**stored, **after} if after.get(key, []) != stored.get(key, [])}

    def column_defaults(self, table: Any) -> dict[str, Any]:
        """As ``Service.column_defaults``; and for memberships without a key a number, which the server never reads."""
        given = super().column_defaults(table)
        if table.name == self.table(GROUPS).name and "id" in self.without_value(table, given) and (
                not table.c.id.primary_key):
            given["id"] = 0
        return given

    def complete(self, changes: Sequence[Change]) -> None:
        for change in changes:
            if change.groups is not None:
                change.groups = _with_priority(change.groups)

    def change(self, changes: Sequence[Change]) -> None:
        self._respell([change for change in changes if change.id in self._spellings])
        super().change(changes)

    def _respell(self, changes: Sequence[Change]) -> None:
        """Rows that change get the spelling of the account."""
        moved: dict[tuple[str, str, str], dict[str, dict[str, str]]] = {}
        for change in changes:
            kinds = [(name, "attribute", key) for name in self.properties
                     for key in self.written_properties(name, change)]
            if change.groups is not None and change.account:
                kinds += [(GROUPS, "groupname", group) for group, priority in change.account.groups.items()
                          if change.groups.get(group) != priority]
            for kind in kinds:
                moved.setdefault(kind, {}).update(
                    dict.fromkeys(self._spellings[change.id], {"username": change.id}))
        for (name, column, key), rows in moved.items():
            table = self.table(name)
            self.update(table, "username", rows, self.exactly(table.c[column], [key]))

    def remove(self, changes: Sequence[Change]) -> None:
        super().remove(changes)
        names = [name for change in changes for name in self._spellings.get(change.id, ())]
        for table in (CHECK, REPLY, GROUPS):
            self.delete_in(self.table(table), "username", names)

    # What is refused, and what is worth a warning

    def problems(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        problems = super().problems(changes)
        joining = {group for change in changes if change.groups for group in _all_groups(change)}
        keys = self.spelled(self.table(GROUPS).c.groupname, joining) if joining else {}
        for change in changes:
            if change.removes:
                if change.name in self._shared and change.account:
                    problem = f"{change.account.undecided}: it can be disabled, but not removed"
                    problems.append((change.declared.typed, problem))
                continue
            if change.action != "disabled" and not change.groups_after and not self._has_rows(change):
                problem = "it would have no rows, so it would not exist. Declare a password, attributes or groups"
                problems.append((change.declared.typed, problem))
            spelled: dict[Any, str] = {}
            for group in _all_groups(change) if change.groups else ():
                other = spelled.setdefault(keys[group], group)
                if other != group:
                    problem = (f"the server treats the groups {other!r} and {group!r} as one. Declare the one that is"
                               " stored")
                    problems.append((change.declared.typed, problem))
        return problems

    def _has_rows(self, change: Change) -> bool:
        found = change.account.stored.properties if change.account else {CHECK: {}, REPLY: {}}
        return any(any({**stored, **self.written_properties(name, change)}.values()) for name, stored in found.items())

    def warn(self, changes: Sequence[Change]) -> None:
        other_tables.warn_of_sessions(self, [change.name for change in changes if change.shuts])
        other_tables.warn_of_unknown(self, {
            group for change in changes for group in change.groups or ()
            if not change.account or group not in change.account.groups})

    def remarks(self, changes: Sequence[Change]) -> None:
        self._warn_of_refused({change.name: (change.groups_after, change.account) for change in changes
                               if change.creates or change.declared.state == "enabled"}, "")


def _is_whole(item: tuple[Any, Any, Any]) -> bool:
    return is_item(*item)


def _all_groups(change: Change) -> dict[str, Any]:
    return {**(change.account.groups if change.account else {}), **(change.groups or {})}


def _with_priority(groups: Mapping[str, Any]) -> dict[str, Any]:
    """Memberships with the priority that one without any has."""
    return {group: PRIORITY if priority is None else priority for group, priority in groups.items()}
