# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The users in the SQL tables of FreeRADIUS 3 as a service type.

FreeRADIUS writes no account itself, so there is nothing to differ from but its instructions. Where they leave a
choice, or are not enough:

- O(state=disabled) writes the row C(Auth-Type := Reject) twice. Of one, the C(Auth-Type := Accept) of a group takes the
  place; a second one stays beside it, and one Reject among several is what counts (radius_pairmove(),
  rad_check_password()).
- A C(Cleartext-Password) that the server would read as something else, since it has backslashes or begins and ends
  with a quote, stands in double quotes.
- Characters of a name that C(safe_characters) lacks are written as the server looks for them, C(=27) for an apostrophe.
- Attributes that may hold a secret are kept and not shown, as passwords are, unless they are declared.
- Rows in several spellings of a name that the server takes for one are one account, named by the spelling that has the
  password. Rows of the others get its spelling when they change. Where two have a password, nobody can tell.

The profile of everybody is what the server finds in radusergroup under C(DEFAULT), whatever it takes for that, and
nothing else: rows of radcheck and radreply under this name are an account's.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import (
    Account,
    Change,
    Declared,
    StoredAccount,
    first_names,
)
from ansible_collections.auth.services.plugins.module_utils.database import Database, Unreadable, sa
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.services.freeradius import passwords
from ansible_collections.auth.services.plugins.module_utils.services.freeradius.harmless import is_harmless
from ansible_collections.auth.services.plugins.module_utils.tables import (
    MembershipRows,
    NamedRows,
    PropertyRows,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

OPERATORS = ["=", ":=", "==", "+=", "!=", ">", ">=", "<", "<=", "=~", "!~", "=*", "!*"]
ATTRIBUTES_OPTION = {
    "type": "list", "elements": "dict", "options": {
        "attribute": {"type": "str", "required": True},
        "op": {"type": "str", "required": True, "choices": OPERATORS},
        "value": {"type": "str", "required": True},
    },
}
SAFE_CHARACTERS = "@abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_: /"  # queries.conf
REJECT = (":=", "Reject")
REJECTS = ("reject", "4")
ACCEPTS = ("accept", "254")
PROFILE = "DEFAULT"
PRIORITY = 1  # the default of radusergroup.priority in FreeRADIUS's tables
MAX_VALUE = 253  # bytes of a RADIUS attribute (RFC 2865, 5)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
EXPIRATION = re.compile(r"(\d{1,2} [A-Z][a-z]{2}|[A-Z][a-z]{2} \d{1,2}) \d{4}( \d\d:\d\d(:\d\d)?)?|\d{9,10}")
CHECK, REPLY, GROUPS = "radcheck", "radreply", "radusergroup"
GROUP_ITEM = ("groupname", "attribute", "value")  # of radgroupcheck and radgroupreply


class Row(dict[str, str]):
    """A row of an attribute, which shows no value in a diff that may be a secret."""

    def __str__(self) -> str:
        value = self["value"] if is_harmless(self["attribute"]) else "(a value, not shown)"
        return f"{self['attribute']} {self['op']} {value}"


class Rows(list[Row]):
    """The attributes of an account that may be shown.

    It equals a declared list that would change nothing: other attributes stay unless they are declared, too.

    :ivar secret: rows of the others, by the small letters of their attribute
    """

    def __init__(self, rows: Iterable[Mapping[str, str]] = ()) -> None:
        self.secret: dict[str, list[tuple[str, str]]] = {}
        shown = []
        for row in in_order(rows):
            if is_harmless(row["attribute"]):
                shown.append(row)
            else:
                self.secret.setdefault(row["attribute"].lower(), []).append((row["op"], row["value"]))
        super().__init__(shown)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, list):
            return NotImplemented
        declared = Rows(other)
        return list.__eq__(self, declared) and all(
            self.secret.get(name, []) == without_empty(rows) for name, rows in declared.secret.items()
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None


class FreeRadius(Service):
    """The users in the tables radcheck, radreply and radusergroup."""

    engines = ("mysql", "postgresql", "sqlite")
    common_options = ("groups", "append_groups")
    value_options = {
        "check_attributes": ATTRIBUTES_OPTION,
        "reply_attributes": ATTRIBUTES_OPTION,
        "expiration": {"type": "str"},
        "group_priority": {"type": "dict"},
    }
    database_options = {"safe_characters": {"type": "str", "default": SAFE_CHARACTERS}}
    service_options = {"password_attribute": {"type": "str", "choices": passwords.PASSWORDS, "no_log": False}}

    def __init__(self, database: Database, connection: Connection, options: Mapping[str, Any]) -> None:
        super().__init__(database, connection, options)
        self.properties = {
            name: PropertyRows(self, name, owner="username", key="attribute", value=("op", "value"), row_id="id")
            for name in (CHECK, REPLY)
        }
        self.memberships = MembershipRows(
            self, GROUPS, account="username", group="groupname", attribute="priority"
        )
        tables = (*self.properties.values(), self.memberships)
        self.accounts = NamedRows(self, [(rows, "username") for rows in tables])
        self._spellings: dict[str, list[str]] = {}  # others of an account
        self._shared: set[str] = set()  # accounts whose rows may be somebody else's
        self._closed: set[str] = set()  # groups with Reject
        # With another charset the columns hold bytes of UTF-8, for which all have room.
        text = database.engine_name == "mysql" and database.charset == "utf8mb4"
        self._charsets = self._read_charsets() if text else set()

    def _read_charsets(self) -> set[str]:
        columns = sa.table("columns", *map(sa.column, ("table_schema", "table_name", "character_set_name")),
                           schema="information_schema").c
        names = [self.table(name).name for name in (CHECK, REPLY, GROUPS)]
        statement = sa.select(columns.character_set_name).distinct().where(
            columns.table_schema == sa.func.database(), columns.table_name.in_(names)
        )
        return {name for name in self.connection.execute(statement).scalars() if name}

    @classmethod
    def entry_secrets(cls, entry: Mapping[str, Any]) -> list[str]:
        found = []
        for option in ("check_attributes", "reply_attributes"):
            rows = entry.get(option)
            for row in rows if isinstance(rows, list) else ():
                if isinstance(row, Mapping) and not is_harmless(str(row.get("attribute"))):
                    found.append(str(row.get("value") or ""))
        return found

    # Names, and what else is declared

    def canonical_name(self, name: str) -> str:
        if not name or name != name.strip() or not name.isprintable():
            raise ValueError("a name has at least one character, no blank at an end, and is printable")
        safe = self.options["safe_characters"]
        stored = ""
        for part in re.findall(r"=[0-9A-F]{2}|.", name):
            # sql_escape_func() in rlm_sql.c; quotes and backslashes got a backslash before that.
            escaped = "\\" + part if part in ('"', "\\") else part
            stored += part if len(part) > 1 else "".join(
                one if one in safe or not one.isascii() else f"={ord(one):02X}" for one in escaped
            )
        self._check_text("the name", stored, self.table(CHECK).c.username)
        return stored

    def _check_text(self, what: str, text: str, column: Any) -> None:
        limit = getattr(column.type, "length", None)
        if limit and len(text) > limit:
            raise ValueError(f"{what} is longer than the {limit} characters of the column {column.name}")
        if len(text.encode(errors="surrogateescape")) > MAX_VALUE:
            raise ValueError(f"{what} is longer than the {MAX_VALUE} bytes of a RADIUS attribute")
        for charset in self._charsets:
            encoding = {"latin1": "cp1252", "ascii": "ascii"}.get(charset)
            try:
                text.encode(encoding or "utf-8", errors="strict" if encoding else "surrogateescape")
                fits = charset not in ("utf8", "utf8mb3") or max(text, default="") <= "\uffff"
            except UnicodeEncodeError:
                fits = False
            if not fits:
                raise ValueError(f"{what} has characters that do not fit into the tables, whose character set is"
                                 f" {charset}; utf8mb4 has all")

    def declare(self, entry: Mapping[str, Any]) -> Declared:
        wanted = super().declare(entry)
        value = self.table(CHECK).c.value
        if wanted.password is not None:
            passwords.CLEAR_PASSWORD.check(wanted.password)
            if self._new_attribute == passwords.CLEARTEXT:
                self._check_text("the password", passwords.quote(wanted.password), value)
        if wanted.password_hash is not None:
            attribute, given = passwords.split(wanted.password_hash, self._new_attribute)
            if not passwords.is_value(attribute, given):
                raise ValueError(f"password_hash is not what {attribute} holds; password_attribute says which"
                                 " attribute it is for")
            self._check_text("password_hash", given, value)
            wanted.password_hash = f"{attribute}:{given}"
        for option, table in (("check_attributes", CHECK), ("reply_attributes", REPLY)):
            if option in wanted.values:
                wanted.values[option] = self._attributes(option, wanted.values[option], self.table(table))
        if wanted.values.get("expiration"):
            wanted.values["expiration"] = expiration(wanted.values["expiration"])
        self._declare_groups(wanted)
        return wanted

    def _attributes(self, option: str, rows: Sequence[Mapping[str, str]], table: Any) -> list[Row]:
        for row in rows:
            name = row["attribute"]
            if not re.fullmatch(r"[A-Za-z0-9][\w.:/-]*", name, re.ASCII):
                raise ValueError(f"{option}: {name!r} is no name of an attribute")
            if option == "check_attributes":
                if name.lower() in passwords.ATTRIBUTES:
                    raise ValueError(f"{option} cannot have {name}: use password or password_hash")
                if name.lower() == "expiration":
                    raise ValueError(f"{option} cannot have {name}: use expiration")
                if is_reject(name, row["value"]):
                    raise ValueError(f"{option} cannot have {name} := {row['value']}: use state: disabled")
            self._check_text(f"{option}: {name}", name, table.c.attribute)
            self._check_text(f"{option}: the value of {name}", row["value"], table.c.value)
        return in_order(rows)

    def _declare_groups(self, wanted: Declared) -> None:
        priorities = wanted.values.pop("group_priority", None)
        for group in wanted.groups or ():
            if not group or group != group.strip() or not group.isprintable():
                raise ValueError(f"{group!r} is no name of a group")
            self._check_text(f"the group {group!r}", group, self.table(GROUPS).c.groupname)
        if priorities is None or (not priorities and wanted.groups is None):
            return
        unknown = sorted(set(map(str, priorities)) - set(wanted.groups or ()))
        if unknown:
            raise ValueError(f"group_priority names {unknown[0]!r}, which is not in groups")
        try:
            numbers = {str(group): int(priority) for group, priority in priorities.items()}
        except (TypeError, ValueError):
            raise ValueError("group_priority has a priority that is no integer") from None
        wanted.groups = {group: numbers.get(group, PRIORITY) for group in wanted.groups or ()}

    # From rows to accounts

    def read(self, names: Collection[str] | None, lock: bool = False) -> dict[str, Account]:
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
        self._closed |= self._among({group for account in stored.values() for group in account.groups}, REJECTS)
        found = {}
        for name, account in accounts.items():
            shown = stored[account.name]
            found[name if name in (names or ()) else shown.name] = shown
        return found

    def _one_login(self, accounts: Sequence[Account]) -> dict[str, Account]:
        """Accounts whose names the server takes for one, as one account, where only one of them has what lets it in."""
        names = [account.name for account in accounts]
        having = ([account.name for account in accounts if _has_password(account.stored)]
                  or [account.name for account in accounts
                      if len(_rejects(account.stored)) < len(list(items(account.stored, CHECK)))])
        if PROFILE in names:
            return {}
        if len(having) > 1:
            enabled = all(account.enabled for account in accounts)
            rejects = sum(_rejects(account.stored).count(":=") for account in accounts)
            for account in accounts:
                other = next(name for name in names if name != account.name)
                self._shared.add(account.name)
                account.enabled, account.disabled = enabled, rejects > 1
                account.undecided = (f"the server takes its name for that of {other!r}, which has rows too (rename or"
                                     " remove those of one of them)")
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
                    account.undecided = "it is the profile of everybody, and has check items of its own"
                else:
                    account.protected, account.undecided = "it is the profile of everybody", ""
            elif profile[name] == profile[PROFILE]:
                self._shared.add(name)
                account.undecided = f"the server takes its name for {PROFILE!r}, the profile of everybody"

    def account(self, found: StoredAccount) -> Account:
        account = super().account(found)
        stored, check, ends = [], [], ""
        for name, operator, value in items(found, CHECK):
            if not is_item(name, operator, value):
                continue
            if name.lower() in passwords.ATTRIBUTES:
                stored.append((operator, f"{passwords.ATTRIBUTES[name.lower()]}:{value}"))
            elif name.lower() == "expiration":
                ends = ends or value
            elif not is_reject(name, value):
                check.append({"attribute": name, "op": operator, "value": value})
        reply = [dict(zip(("attribute", "op", "value"), item)) for item in items(found, REPLY)]
        account.values = {
            "check_attributes": Rows(check),
            "reply_attributes": Rows(row for row in reply if is_item(*row.values())),
            "expiration": ends,
        }
        parts = [part for table in (CHECK, REPLY) for item in items(found, table) for part in item]
        if any(isinstance(part, Unreadable) for part in parts):
            account.undecided = "one of its rows is not valid UTF-8"
        # The server takes the first of several, and none with another operator: to be replaced by one that is right.
        if len(stored) == 1 and stored[0][0] == ":=":
            account.password_hash = stored[0][1]
        account.groups = with_priority(account.groups)
        rejects = _rejects(found)
        account.enabled = not rejects
        account.disabled = rejects.count(":=") > 1
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
        if not self._may_read("radgroupcheck", GROUP_ITEM):
            self.warnings.append("Which groups let somebody in without a password, or refuse, cannot be told: it needs"
                                 " SELECT on radgroupcheck.")
        opened = self._among({group for account in accounts for group in account.groups}, ACCEPTS)
        enabled = [account for account in accounts if account.enabled]
        self._warn_of_refused({account.name: (account.groups, account) for account in enabled},
                              "It is shown as present, which is neither enabled nor disabled.")
        for account in accounts:
            rights = []
            if any(is_item(*item) and has_type(item[0], item[2], ACCEPTS) for item in items(account.stored, CHECK)):
                rights.append("Auth-Type := Accept: gets in without a password")
            rights += [f"Auth-Type := Accept of the group {group}: gets in without a password"
                       for group in sorted(account.groups) if group in opened]
            if rights:
                found[account.name] = rights
        return found

    def _among(self, groups: Collection[str], types: Collection[str]) -> set[str]:
        """Those of the groups that have such an Auth-Type; none where that may not be read."""
        if not groups or not self._may_read("radgroupcheck", GROUP_ITEM):
            return set()
        table = self.table("radgroupcheck")
        rows = self.connection.execute(sa.select(table.c.groupname, table.c.attribute, table.c.value).where(
            sa.func.lower(table.c.attribute) == "auth-type"))
        found = {group for group, attribute, value in rows
                 if group is not None and is_item(attribute, "", value) and has_type(attribute, value, types)}
        keys = self.spelled(self.table(GROUPS).c.groupname, [*groups, *found]) if found else {}
        wanted = {keys[group] for group in found}
        return {group for group in groups if keys.get(group, self) in wanted}

    def _warn_of_refused(
        self, accounts: Mapping[str, tuple[Collection[str], Account | None]], more: str
    ) -> None:
        """Say whom the server refuses for something else than its own Reject.

        :param accounts: groups that they will be in and the accounts that are there, by name
        """
        closed = self._among({group for groups, _account in accounts.values() for group in groups}, REJECTS)
        names = [name for name, (groups, _account) in accounts.items() if closed & set(groups)]
        if names:
            self.warnings.append(
                f"{first_names(names)}: is in a group with Auth-Type := Reject in radgroupcheck"
                f" ({first_names(closed)}), and refused unless another group or Fall-Through keeps the server from it."
                f" If it leaves the group, it gets in. {more}".rstrip())
        names = [name for name, (_groups, account) in accounts.items() if account and is_incomplete(account.stored)]
        if names:
            self.warnings.append(f"{first_names(names)}: a row without attribute, operator or value (NULL), for which"
                                 f" the server may refuse it, and which is left alone. Remove the row. {more}".rstrip())

    # From changes to rows

    def property_values(self, name: str, change: Change) -> dict[Any, list[Any]]:
        stored = change.account.stored.properties[name] if change.account else {}
        after = self._check_rows(change, stored) if name == CHECK else self._reply_rows(change, stored)
        return {key: after.get(key, []) for key in {**stored, **after} if after.get(key, []) != stored.get(key, [])}

    @staticmethod
    def _reply_rows(change: Change, stored: Mapping[str, list[Any]]) -> Mapping[str, list[Any]]:
        if "reply_attributes" not in change.values:
            return stored
        declared = by_attribute(change.values["reply_attributes"])
        kept = {name: rows for name, rows in stored.items() if name is not None and stays(name, declared)}
        return {**kept, **{name: without_empty(rows, name) for name, rows in declared.items()}}

    def _check_rows(self, change: Change, stored: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        replaced = set()
        if change.new_password:
            replaced |= set(passwords.ATTRIBUTES)
        if "expiration" in change.values:
            replaced.add("expiration")
        own = {*passwords.ATTRIBUTES, "expiration"}
        declared = by_attribute(change.values.get("check_attributes", ()))
        rows: dict[str, list[Any]] = {}
        for name, values in stored.items():
            kept = values
            if name is None:  # not ours to understand
                rows[name] = list(values)
                continue
            if name.lower() in replaced:
                kept = []
            elif name.lower() not in own and "check_attributes" in change.values and not stays(name, declared):
                kept = [value for value in values if is_reject(name, value[1])]
            if change.switches:
                kept = [value for value in kept if not is_reject(name, value[1])]
            rows[name] = list(kept)
        for name, values in declared.items():
            rows[name] = without_empty(values, name) + rows.get(name, [])
        if change.new_password:
            attribute, _colon, value = (change.password_hash or "").partition(":")
            rows[attribute] = [(":=", value)]
        if change.values.get("expiration"):
            rows["Expiration"] = [(":=", change.values["expiration"])]
        if change.action == "disabled":
            rows["Auth-Type"] = [*rows.get("Auth-Type", ()), REJECT, REJECT]
        return rows

    def column_defaults(self, table: Any) -> dict[str, Any]:
        """As C(Service.column_defaults); and for memberships without a key a number, which the server never reads."""
        given = super().column_defaults(table)
        if table.name == self.table(GROUPS).name and "id" in self.without_value(table, given) and (
                not table.c.id.primary_key):
            given["id"] = 0
        return given

    def complete(self, changes: Sequence[Change]) -> None:
        for change in changes:
            if change.groups is not None:
                change.groups = with_priority(change.groups)

    def change(self, changes: Sequence[Change]) -> None:
        self._respell([change for change in changes if change.id in self._spellings])
        super().change(changes)

    def _respell(self, changes: Sequence[Change]) -> None:
        """Rows that change get the spelling of the account."""
        moved: dict[tuple[str, str, str], dict[str, dict[str, str]]] = {}
        for change in changes:
            kinds = [(name, "attribute", key) for name in self.properties for key in self.property_values(name, change)]
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
        joining = {group for change in changes if change.groups for group in self._all_groups(change)}
        keys = self.spelled(self.table(GROUPS).c.groupname, joining) if joining else {}
        for change in changes:
            if change.removes:
                if change.name in self._shared and change.account:
                    problem = f"{change.account.undecided}: it can be disabled, and is not removed"
                    problems.append((change.declared.typed, problem))
                continue
            if change.action != "disabled" and not self._groups(change) and not self._has_rows(change):
                problem = "it would have no row at all, and so not be there; give it a password, attributes or groups"
                problems.append((change.declared.typed, problem))
            spelled: dict[Any, str] = {}
            for group in self._all_groups(change) if change.groups else ():
                other = spelled.setdefault(keys[group], group)
                if other != group:
                    problem = f"the server takes the groups {other!r} and {group!r} for one; spell it as it is stored"
                    problems.append((change.declared.typed, problem))
        return problems

    def _has_rows(self, change: Change) -> bool:
        found = change.account.stored.properties if change.account else {CHECK: {}, REPLY: {}}
        return any(any({**stored, **self.property_values(name, change)}.values()) for name, stored in found.items())

    def warn(self, changes: Sequence[Change]) -> None:
        disabled = [change.name for change in changes if change.shuts]
        if disabled and self._may_read("radacct", ("username", "acctstoptime")):
            sessions = self.table("radacct")
            names = {name for name, number in self.count_in(
                sessions, "username", disabled, sessions.c.acctstoptime.is_(None)).items() if number}
            if names:
                self.warnings.append(
                    f"{first_names(names)}: has open sessions in radacct. They go on until the network access server"
                    " ends them; a Disconnect-Request (radclient disconnect) makes it do so."
                )
        self._warn_of_groups(changes)

    def _warn_of_groups(self, changes: Sequence[Change]) -> None:
        joined = {group for change in changes for group in change.groups or ()
                  if not change.account or group not in change.account.groups}
        if not joined or not all(self._may_read(name, ("groupname",)) for name in ("radgroupcheck", "radgroupreply")):
            return
        columns = [self.table(name).c.groupname for name in ("radgroupcheck", "radgroupreply", GROUPS)]
        known = {row[0] for column in columns for row in self.select_in(sa.select(column).distinct(), column, joined)}
        keys = self.spelled(columns[-1], joined | known)
        unknown = {group for group in joined if keys[group] not in {keys[group] for group in known}}
        if unknown:
            self.warnings.append(f"{first_names(unknown)}: a group without rows in radgroupcheck and radgroupreply, and"
                                 " without other members. Is it spelled right?")

    def remarks(self, changes: Sequence[Change]) -> None:
        self._warn_of_refused({change.name: (self._groups(change), change.account) for change in changes
                               if change.creates or change.declared.state == "enabled"}, "")

    @staticmethod
    def _all_groups(change: Change) -> dict[str, Any]:
        return {**(change.account.groups if change.account else {}), **(change.groups or {})}

    @staticmethod
    def _groups(change: Change) -> Collection[str]:
        return change.groups_after

    def _may_read(self, name: str, columns: Collection[str]) -> bool:
        if not self.has_table(name):
            return False
        table = self.table(name)
        if self.database.engine_name == "postgresql":
            full = self.connection.dialect.identifier_preparer.format_table(table)
            if not self.connection.execute(sa.select(sa.func.has_table_privilege(full, "SELECT"))).scalar():
                return False
        return set(columns) <= set(table.c.keys())

    # Passwords

    @property
    def _new_attribute(self) -> str:
        return self.options.get("password_attribute") or passwords.PASSWORDS[0]

    def hash_password(self, password: str) -> str:
        return passwords.hash_password(self._new_attribute, password)

    def verify_password(self, stored: str, password: str) -> bool:
        asked = self.options.get("password_attribute")
        if not stored or asked and not stored.startswith(f"{asked}:"):
            return False
        return passwords.verify_password(stored, password)


def is_reject(attribute: str, value: str) -> bool:
    """Whether a check item refuses the account."""
    return value is not None and has_type(attribute, value, REJECTS)


def has_type(attribute: str, value: str, types: Collection[str]) -> bool:
    """Whether it is an Auth-Type of these."""
    return attribute.lower() == "auth-type" and value.lower() in types


def _rejects(found: StoredAccount) -> list[str]:
    """Operators of the check items that refuse an account."""
    return [operator for name, operator, value in items(found, CHECK)
            if is_item(name, operator, value) and is_reject(name, value)]


def _has_password(found: StoredAccount) -> bool:
    return any(isinstance(name, str) and name.lower() in passwords.ATTRIBUTES for name in found.properties[CHECK])


def with_priority(groups: Mapping[str, Any]) -> dict[str, Any]:
    """Memberships with the priority that one without any has."""
    return {group: PRIORITY if priority is None else priority for group, priority in groups.items()}


def is_item(*parts: Any) -> bool:
    """Whether attribute, operator and value are there: the server refuses an account with a row where one is NULL."""
    return all(isinstance(part, str) and not isinstance(part, Unreadable) for part in parts)


def is_incomplete(found: StoredAccount) -> bool:
    """Whether an attribute, operator or value of an account is NULL."""
    return any(None in item for table in (CHECK, REPLY) for item in items(found, table))


def items(found: StoredAccount, table: str) -> Iterator[tuple[Any, Any, Any]]:
    """Attribute, operator and value of the rows of an account."""
    for name, rows in found.properties[table].items():
        for operator, value in rows:
            yield name, operator, value


def stays(attribute: str, declared: Collection[str]) -> bool:
    """Whether stored rows of an attribute stay, of which the others are declared: they may be secrets."""
    return not is_harmless(attribute) and attribute.lower() not in {name.lower() for name in declared}


def without_empty(rows: Sequence[tuple[str, str]], attribute: str = "") -> list[tuple[str, str]]:
    """Rows of an attribute as they are to be stored. Of one that may be a secret, an empty value takes it away."""
    return [row for row in rows if row[1] != "" or is_harmless(attribute)]


def by_attribute(rows: Sequence[Mapping[str, str]]) -> dict[str, list[Any]]:
    """Operators and values by attribute."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row["attribute"], []).append((row["op"], row["value"]))
    return found


def in_order(rows: Iterable[Mapping[str, str]]) -> list[Row]:
    """Attributes in the order of their names. Of one attribute the order counts, and stays."""
    return sorted((Row({name: row[name] for name in ("attribute", "op", "value")}) for row in rows),
                  key=lambda row: row["attribute"])


def expiration(text: str) -> str:
    """A time as the server understands it (fr_get_time()): it knows neither ISO 8601 nor time zones.

    :raises ValueError: when it is none
    """
    problem = ValueError(f"expiration {text!r} is neither a time as FreeRADIUS writes it ('31 Dec 2030 23:59:59') nor"
                         " as ISO 8601 does, up to the year 2105")
    if EXPIRATION.fullmatch(text):
        words = text.split()
        if len(words) == 1:
            if int(text) >= 1 << 32:
                raise problem
            return text
        month = words[0] if words[0].isalpha() else words[1]
        if month not in MONTHS or int(words[2]) > 2105:
            raise problem
        return text
    try:
        moment = datetime.datetime.fromisoformat(re.sub("[zZ]$", "+00:00", text))
    except ValueError:
        raise problem from None
    if not 1971 <= moment.year <= 2105:
        raise problem
    if moment.tzinfo:
        return str(int(moment.timestamp()))
    return moment.strftime(f"%d {MONTHS[moment.month - 1]} %Y %H:%M:%S")
