# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts, and the plan that leads from the actual to the declared ones: pure, no database, no Ansible.

Part of the public interface of the collection: an adapter of your own builds on these names.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

KEEP = object()
"""Value of a declared membership whose attribute (an expiry, a priority) is left as it is."""

STATES = ("present", "enabled", "disabled", "absent")
SHUT = ("disabled", "absent")
"""States in which an account lets nobody in, and is not created."""

# Default_Ignorable_Code_Point of Unicode 16 (DerivedCoreProperties.txt), as far as Python takes it for printable, and
# two more that look like nothing: the braille blank and the object replacement character.
INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc\U000e0100-\U000e01ef]"
)

MAX_NAMES = 10
MAX_PROBLEMS = 20
"""So many problems are spelled out in one message."""


class TaskError(Exception):
    """What a task fails with.

    :ivar outcome: what was done all the same; None for nothing
    """

    outcome: Any = None


class AccountError(TaskError):
    """Accounts that cannot be as declared.

    :param problems: one sentence for each, by name of the account as the user typed it
    """

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        self.problems = list(problems)
        told = summarise([f"{name!r}: {problem}" for name, problem in self.problems])
        super().__init__(f"Nothing was written. {told}")


class MissingLibrary(Exception):
    """A Python library is missing or too old.

    :ivar library: name and version wanted
    :ivar reason: what it is needed for
    :ivar details: traceback of the failed import, if any
    :ivar outcome: what a task did all the same; None for nothing
    """

    outcome: Any = None

    def __init__(self, library: str, reason: str, details: str | None = None) -> None:
        self.library, self.reason, self.details = library, reason, details
        super().__init__(f"{library} is needed {reason}")


class AmbiguousName(ValueError):
    """A name that may be that of more than one account: none of them is touched."""


class OptionError(TaskError):
    """Options that contradict each other, or name something that is not there."""


class ListError(TaskError):
    """A list of accounts that is not complete. Whatever built it says what is wrong.

    :param problems: in sentences
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(f"Nothing was written. {summarise(problems)}")


class LimitError(TaskError):
    """More accounts would be touched at once than a limit allows."""


ROW = ("name", "state", "email", "real_name", "groups", "rights", "last_changed", "reason")
"""What the option ``compact`` of the ``_info`` modules returns of an account, in this order."""


@dataclass
class StoredAccount:
    """What the database holds of one account.

    :ivar name: as it is stored
    :ivar key: that other tables refer to it by
    :ivar row: its row in the table of accounts, by column; empty where there is no such table
    :ivar twins: other rows of this name
    :ivar properties: by name of the table in ``Service.properties``, the values by key
    :ivar groups: group -> attribute of the membership
    :ivar sharing: so many rows of the table of accounts have this key, where that is more than this account's own
    """

    name: str
    key: Any
    row: Mapping[str, Any] = field(default_factory=dict, repr=False)
    twins: list[StoredAccount] = field(default_factory=list, repr=False)
    properties: dict[str, Any] = field(default_factory=dict, repr=False)
    groups: dict[str, Any] = field(default_factory=dict)
    sharing: int = 0


@dataclass
class Account:
    """An actual account: what the database holds.

    An account that is neither enabled nor disabled is *partly disabled*: somebody undid a part of disabling, or did a
    part of it. Its state is ``present``, and a change that does not switch it leaves each door as it is.

    :ivar name: canonical name
    :ivar enabled: all doors are open
    :ivar disabled: all doors are shut
    :ivar protected: why the collection never touches it, as it is built in; empty for an ordinary account
    :ivar spared: why ``unlisted`` does not touch it, though it is an ordinary account; empty for most
    :ivar undecided: why it is unknown which account it is or what it holds. It can be disabled, and nothing else
    :ivar inseparable: why whatever is done to it would be done to another account too, so that nothing is
    :ivar twins: other accounts of the same stored name, which are disabled together with it
    :ivar groups: group -> attribute of the membership (None where the type has none)
    :ivar values: ``email`` and the type-specific fields, by the name of their option
    :ivar last_changed: when the application last changed it, ISO 8601; empty where it does not keep that
    :ivar stored: what the adapter needs to write the account; nothing else looks at it
    """

    name: str
    id: Any
    enabled: bool
    disabled: bool
    values: dict[str, Any]
    groups: dict[str, Any]
    password_hash: str = field(default="", repr=False)
    protected: str = ""
    last_changed: str = ""
    stored: Any = field(default=None, repr=False)
    spared: str = ""
    undecided: str = ""
    inseparable: str = ""
    twins: list[Account] = field(default_factory=list, repr=False)

    @property
    def state(self) -> str:
        """Its state as an option: ``enabled``, ``disabled``, or ``present`` where it is partly disabled."""
        return "enabled" if self.enabled else "disabled" if self.disabled else "present"


@dataclass
class Declared:
    """A declared account: what the task asks for.

    :ivar typed: the name as the user wrote it
    :ivar values: ``email`` and type-specific fields that are given; what is not given is left alone
    :ivar groups: group -> attribute of the membership or KEEP; None when no groups are given
    :ivar arguments: type-specific options that say how to write, not what (a reason, say)
    """

    name: str
    typed: str
    state: str = "present"
    values: dict[str, Any] = field(default_factory=dict)
    groups: dict[str, Any] | None = None
    append_groups: bool = False
    password: str | None = field(default=None, repr=False)
    password_hash: str | None = field(default=None, repr=False)
    update_password: str = "always"
    arguments: dict[str, Any] = field(default_factory=dict)

    def password_to_verify(self, account: Account) -> tuple[str, str, str] | None:
        """The stored hash, the clear password and the account's stored name, when the plan depends on whether they
        match."""
        if self.password is None or self.update_password != "always" or self.state == "absent":
            return None
        return account.password_hash, self.password, account.name


@dataclass
class Change:
    """What happens to one account.

    :ivar action: ``created``, ``updated``, ``enabled``, ``disabled``, ``removed`` or ``unchanged``
    :ivar account: the account as it is; None when it does not exist
    :ivar values: fields that get another value, with that value
    :ivar groups: all memberships after the change; None when they do not change
    :ivar new_password: the stored password is replaced, by ``declared.password`` or ``declared.password_hash``
    :ivar password_hash: the new stored password, computed from them before writing
    :ivar id: the application's own number or key of the account; None for one that is not created yet
    :ivar unproved: the account was there and gains something, and nothing but its name says whose it is
    """

    action: str
    declared: Declared
    account: Account | None = None
    values: dict[str, Any] = field(default_factory=dict)
    groups: dict[str, Any] | None = None
    new_password: bool = False
    password_hash: str | None = field(default=None, repr=False)
    id: Any = None
    unproved: bool = False

    @property
    def name(self) -> str:
        return self.declared.name

    @property
    def stored_name(self) -> str:
        """The name as the database has it, or will have it: an account may be there in another spelling."""
        return self.account.name if self.account else self.name

    @property
    def creates(self) -> bool:
        """Whether the account is a new one."""
        return self.action == "created"

    @property
    def removes(self) -> bool:
        """Whether the account is deleted."""
        return self.action == "removed"

    @property
    def switches(self) -> bool:
        """Whether the doors of the account are shut or opened."""
        return self.action in ("enabled", "disabled")

    @property
    def shuts(self) -> bool:
        """Whether the account lets nobody in afterwards, which it did before."""
        return self.action in ("disabled", "removed")

    @property
    def shut_after(self) -> bool:
        """Whether the account is not enabled afterwards; each door says whether it is shut."""
        if self.switches:
            return self.action == "disabled"
        return self.account is not None and not self.account.enabled

    @property
    def groups_after(self) -> Mapping[str, Any]:
        """All memberships after the change."""
        if self.groups is not None:
            return self.groups
        return self.account.groups if self.account else {}

    def value_after(self, option: str, default: Any = "") -> Any:
        """The value of an option after the change; the default for a new account that is not given one."""
        if option in self.values:
            return self.values[option]
        return self.account.values.get(option, default) if self.account else default

    @property
    def lost_groups(self) -> set[str]:
        """Groups that the account is in and will not be in."""
        if self.account is None or self.groups is None:
            return set()
        return set(self.account.groups) - set(self.groups)

    @property
    def fields(self) -> list[str]:
        """Names of the options whose value changes."""
        names = sorted(self.values)
        if self.groups is not None:
            names.append("groups")
        if self.new_password:
            names.append("password")
        return names


@dataclass
class Plan:
    """The difference between declared and actual accounts.

    :ivar unlisted: names of unlisted accounts, not more than a run was asked for
    :ivar unlisted_count: how many there are
    :ivar exceptions: names and shell patterns of accounts that are left alone, in all spellings
    """

    changes: list[Change] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)
    unlisted_count: int = 0
    exceptions: Sequence[str] = ()

    @property
    def pending(self) -> list[Change]:
        """The changes that write something."""
        return [change for change in self.changes if change.action != "unchanged"]


def plan(
    declared: Iterable[Declared],
    actual: Mapping[str, Account],
    matches: Callable[[str, str, str], bool],
    builtin_groups: Collection[str] = (),
) -> Plan:
    """Compare declared accounts with the actual ones.

    :param actual: accounts by canonical name, at least those that are declared
    :param matches: tells whether a stored hash belongs to a clear password of the account with a stored name
    :param builtin_groups: groups of the type that are never taken away
    :raises AccountError: naming every account that must not be changed that way
    """
    result, problems = draft(declared, actual, matches, builtin_groups)
    if problems:
        raise AccountError(problems)
    return result


def draft(
    declared: Iterable[Declared],
    actual: Mapping[str, Account],
    matches: Callable[[str, str, str], bool],
    builtin_groups: Collection[str] = (),
) -> tuple[Plan, list[tuple[str, str]]]:
    """As ``plan``, with the accounts that must not be changed that way as a list, by the name as it was typed."""
    result, problems = Plan(), []
    for wanted in declared:
        account = actual.get(wanted.name)
        change = _create(wanted) if account is None else _change(wanted, account, matches, builtin_groups)
        problem = "" if account is None else _problem(change, account)
        if problem:
            problems.append((wanted.typed, problem))
        result.changes.append(change)
    return result, problems


def _problem(change: Change, account: Account) -> str:
    """Why an account must not be changed so; empty when it may be."""
    if account.name != change.name:
        return f"the application treats this name as {account.name!r}; declare the account as {account.name!r}"
    if change.action == "unchanged":
        return ""
    if account.protected:
        return f"{account.protected}, so it is never changed"
    if account.inseparable:
        return account.inseparable
    if account.undecided and (account.twins or change.action != "removed") and (
            change.action != "disabled" or change.fields):
        return f"{account.undecided}: it can only be disabled"
    return ""


def _create(wanted: Declared) -> Change:
    if wanted.state in SHUT:
        return Change("unchanged", wanted)
    groups = {name: None if value is KEEP else value for name, value in (wanted.groups or {}).items()}
    return Change(
        "created",
        wanted,
        values=dict(wanted.values),
        groups=groups or None,
        new_password=wanted.password is not None or wanted.password_hash is not None,
    )


def _change(
    wanted: Declared, account: Account, matches: Callable[[str, str, str], bool], builtin_groups: Collection[str]
) -> Change:
    if wanted.state == "absent":
        return Change("removed", wanted, account, id=account.id)
    values = {name: value for name, value in wanted.values.items() if account.values.get(name) != value}
    groups = _memberships(wanted, account.groups, builtin_groups)
    new_password = _new_password(wanted, account, matches)
    change = Change("unchanged", wanted, account, values, groups, new_password, id=account.id)
    if wanted.state == "enabled" and not account.enabled:
        change.action = "enabled"
    elif wanted.state == "disabled" and not account.disabled:
        change.action = "disabled"
    elif values or groups is not None or new_password:
        change.action = "updated"
    return change


def _memberships(
    wanted: Declared, actual: Mapping[str, Any], builtin_groups: Collection[str]
) -> dict[str, Any] | None:
    if wanted.groups is None:
        return None
    groups = {name: value for name, value in actual.items() if wanted.append_groups or name in builtin_groups}
    for name, value in wanted.groups.items():
        groups[name] = actual.get(name) if value is KEEP else value
    return None if groups == actual else groups


def _new_password(wanted: Declared, account: Account, matches: Callable[[str, str, str], bool]) -> bool:
    if wanted.update_password != "always":
        return False
    if wanted.password_hash is not None:
        return wanted.password_hash != account.password_hash
    verify = wanted.password_to_verify(account)
    return verify is not None and not matches(*verify)


def is_valid_unicode(value: Any) -> bool:
    """Whether all text in a value of an option is Unicode: a lone surrogate can be neither stored nor hashed."""
    if isinstance(value, str):
        try:
            return value.isascii() or bool(value.encode())
        except UnicodeEncodeError:
            return False
    if isinstance(value, Mapping):
        return all(is_valid_unicode(key) and is_valid_unicode(item) for key, item in value.items())
    return not isinstance(value, (list, tuple)) or all(map(is_valid_unicode, value))


def utf8_text(value: Any) -> str:
    """A stored value as text that every engine takes: bytes that are not UTF-8 come as U+FFFD."""
    return str(value).encode(errors="surrogateescape").decode(errors="replace")


def visible(text: str) -> str:
    """The text on one line, with control characters and invisible ones spelled out: they can hide what a name is."""
    if text.isprintable() and not INVISIBLE.search(text):
        return text
    return "".join(
        one if one.isprintable() and not INVISIBLE.match(one) else one.encode("unicode_escape").decode() for one in text
    )


def printable(value: Any) -> Any:
    """The value with invalid UTF-8 from the database spelled out: it could not be printed or sent as JSON."""
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    if isinstance(value, dict):
        return {printable(key): printable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [printable(item) for item in value]
    return value


def summarise(problems: Sequence[str]) -> str:
    """Sentences as one text, no more of them than people read."""
    shown = list(problems[:MAX_PROBLEMS])
    if len(problems) > MAX_PROBLEMS:
        shown.append(f"and {len(problems) - MAX_PROBLEMS} more")
    return "; ".join(shown)


def first_names(names: Collection[str]) -> str:
    """A few names for a message."""
    shown = ", ".join(repr(name) for name in sorted(names)[:MAX_NAMES])
    return f"{shown} and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else shown


def is_excepted(name: str, exceptions: Sequence[str]) -> bool:
    """Whether a name is matched by one of the names or shell patterns."""
    return any(name == pattern or fnmatch.fnmatchcase(name, pattern) for pattern in exceptions)
