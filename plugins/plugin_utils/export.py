# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the accounts of services to people and rules, the inverse of people.py: pure, no database, no Ansible."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import is_excepted
from ansible_collections.auth.services.plugins.module_utils.lookalikes import shortened, skeleton
from ansible_collections.auth.services.plugins.plugin_utils.person_templates import PERSONAL

"""Fields of a person that ``accounts_for`` uses for every service that has them."""
FIRST = ("name", "state", "email", "groups")
"""Fields that are written first."""
PLAIN = re.compile(r"[\w.@+'()-]+(?: [\w.@+'()-]+)*")
"""Names that no application interprets: MediaWiki would read ``User:admin`` as the name admin."""
NOBODY = -1
"""Owner of the names of bots and of protected accounts."""
MAX_TEXT = 10_000
"""Maximum characters of a field: one account must not take the time and the memory of all."""
LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)

# The kinds of doubts, in the order in which they are shown
BY_NAME = "Joined by name alone"
UNCONFIRMED = "Joined by an unconfirmed address, because the names agree"
DIFFERENT = "Same unconfirmed address under different names, not joined"
SAME_NAME = "Same name with different addresses, not joined"
SHARED = "Same address for several accounts of one service, not joined by it"
TWICE = "Same name, but two accounts on one service, not joined"
LOOK_ALIKE = "Similar names or addresses, not joined"
LEFT_OUT = "Accounts left out, because no task can name them"
NOT_WRITTEN = "Fields left out"
BUILT_IN = "Built-in accounts of the applications"
KINDS = (BY_NAME, UNCONFIRMED, DIFFERENT, SAME_NAME, SHARED, TWICE, LOOK_ALIKE, LEFT_OUT, NOT_WRITTEN, BUILT_IN)


class ExportError(ValueError):
    """Services that cannot be written as an inventory."""


@dataclass(frozen=True)
class Source:
    """The accounts of a service.

    :ivar host: its name in the inventory
    :ivar accounts: from the ``_info`` module
    :ivar protected: names of accounts that are never changed
    :ivar options: options of an account of its type
    :ivar bots: names or shell patterns of accounts that belong to nobody
    :ivar templates: variables for names and fields in the inventory, which would change what was read
    :ivar undeclarable: accounts that no task can name, with the ``reason``
    :ivar built_in: accounts that are never changed, with the ``reason``
    :ivar mailboxes: whether its accounts are mailboxes, whose addresses the administrator assigned
    """

    host: str
    accounts: Sequence[Mapping[str, Any]]
    protected: Sequence[str] = ()
    options: Collection[str] = ()
    bots: Sequence[str] = ()
    templates: Collection[str] = ()
    undeclarable: Sequence[Mapping[str, Any]] = ()
    built_in: Sequence[Mapping[str, Any]] = ()
    mailboxes: bool = False


@dataclass(frozen=True)
class Entry:
    """An account of a person.

    :ivar mailbox: whether its name is an address that the administrator assigned
    """

    host: str
    account: Mapping[str, Any] = field(repr=False)
    mailbox: bool = False

    @property
    def name(self) -> str:
        return str(self.account["name"])

    @property
    def address(self) -> str:
        """The e-mail address, unchanged; otherwise the name, if it is an address."""
        if self.mailbox:
            return self.name
        return str(self.account.get("email") or (self.name if local_part(self.name) else ""))

    @property
    def is_proven(self) -> bool:
        """Whether the application guarantees that the address belongs to the user of the account."""
        return self.mailbox or bool(self.account.get("email") and self.account.get("email_confirmed") is True)

    @property
    def words(self) -> str:
        """The name for comparing; of an address, the part before the domain."""
        return ascii_lower(local_part(self.name) or self.name)

    @property
    def shut(self) -> bool:
        return bool(self.account["state"] == "disabled")


@dataclass
class Doubt:
    """A doubtful case, for a human.

    :ivar kind: one of ``KINDS``
    :ivar about: the name or the address
    """

    kind: str
    about: str
    entries: Sequence[Entry]


@dataclass
class Export:
    """An inventory of the accounts.

    :ivar services: variables by host
    :ivar hashes: stored passwords by host and account name
    :ivar doubts: by kind, the name or the address, and the accounts with their persons
    :ivar counts: ``services``, ``accounts``, ``bots``, ``people``, ``by_email``, ``by_name``, ``doubtful``
    """

    people: list[dict[str, Any]]
    people_groups: list[str]
    services: dict[str, dict[str, Any]]
    hashes: dict[str, dict[str, str]] = field(repr=False)
    doubts: dict[str, list[dict[str, Any]]]
    counts: dict[str, int]


def export(sources: Iterable[Source]) -> Export:
    """The inventory with which ``accounts_for`` declares every account as it is.

    The result does not depend on the order of the services and of their accounts.

    :raises ExportError: for a host whose name cannot be that of a folder
    """
    sources = sorted(sources, key=lambda source: source.host)
    for source in sources:
        if "/" in source.host or source.host in ("", ".", ".."):
            raise ExportError(f"Host {source.host!r} cannot have a folder in host_vars. Rename the host.")
    total = sum(len(source.accounts) for source in sources)
    left_out = [_case(source.host, account, str(account.get("reason") or "")) for source in sources
                for account in source.undeclarable]
    left_out += [_case(source.host, account, f"its name has {len(str(account['name']))} characters")
                 for source in sources for account in source.accounts if _is_long(account["name"])]
    not_written = [_case(source.host, account, f"{option} has a text of more than {MAX_TEXT} characters")
                   for source in sources for account in source.accounts if not _is_long(account["name"])
                   for option, value in account.items() if _is_long(value)]
    sources = [replace(source, accounts=list(_short(source.accounts))) for source in sources]
    entries = [Entry(source.host, account, source.mailboxes) for source in sources
               for account in _sorted(source.accounts) if not is_excepted(account["name"], source.bots)]
    members, doubts, by_email = _match(entries)
    names = _names(members, sources)
    owners = {id(entry): name for name, of_person in zip(names, members) for entry in of_person}
    people = sorted(map(_person, names, members), key=lambda person: (person["name"].casefold(), person["name"]))
    shown: dict[str, list[dict[str, Any]]] = {}
    for doubt in doubts:
        accounts = [{"service": entry.host, "account": entry.name, "email": entry.address, "person": owners[id(entry)]}
                    for entry in doubt.entries]
        shown.setdefault(doubt.kind, []).append({"about": doubt.about, "accounts": accounts})
    built_in = [_case(source.host, account, str(account.get("reason") or "")) for source in sources
                for account in source.built_in]
    for kind, cases in ((LEFT_OUT, left_out), (NOT_WRITTEN, not_written), (BUILT_IN, built_in)):
        if cases:
            shown[kind] = sorted(cases, key=lambda case: (case["about"], case["service"], case["reason"]))
    return Export(
        people,
        sorted({source.host for source in sources} | {group for person in people for group in person["groups"]}),
        {source.host: _variables(source) for source in sources},
        {source.host: {account["name"]: account["password_hash"] for account in _sorted(source.accounts)
                       if account.get("password_hash")} for source in sources},
        shown,
        {"services": len(sources), "accounts": total,
         "bots": sum(len(source.accounts) for source in sources) - len(entries), "people": len(people),
         "by_email": by_email, "by_name": sum(doubt.kind == BY_NAME for doubt in doubts),
         "doubtful": sum(len(cases) for kind, cases in shown.items() if kind not in (BY_NAME, BUILT_IN))},
    )


def _case(host: str, account: Mapping[str, Any], reason: str) -> dict[str, Any]:
    """One account of which something is left out."""
    return {"about": shortened(str(account["name"])), "service": host, "reason": shortened(reason)}


def _is_long(value: Any) -> bool:
    """Whether a value contains a text that is too long."""
    if isinstance(value, Mapping):
        return any(map(_is_long, value)) or any(map(_is_long, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(_is_long, value))
    return isinstance(value, str) and len(value) > MAX_TEXT


def _short(accounts: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The accounts, with None for values that are too long, so that these are not declared."""
    for account in accounts:
        if not _is_long(account["name"]):
            long = [option for option, value in account.items() if _is_long(value)]
            yield {**account, **dict.fromkeys(long)} if long else account


def group_name(host: str, group: str) -> str:
    """The group of people for a group of a service. It is unique, because no host contains a slash."""
    return f"{host}/{group}"


def _sorted(accounts: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(accounts, key=lambda account: str(account["name"]))


# Who is who


class DisjointSets:
    """Sets of entries that belong together (union-find)."""

    def __init__(self, number: int) -> None:
        self._parents = list(range(number))

    def find(self, item: int) -> int:
        while self._parents[item] != item:
            self._parents[item] = item = self._parents[self._parents[item]]
        return item

    def join(self, items: Sequence[int]) -> None:
        # The lowest number becomes the root, so that the order of joining does not matter.
        roots = sorted({self.find(item) for item in items})
        for root in roots[1:]:
            self._parents[root] = roots[0]

    def copy(self) -> DisjointSets:
        other = DisjointSets(0)
        other._parents = list(self._parents)
        return other

    def all(self) -> list[list[int]]:
        return list(_grouped(range(len(self._parents)), self.find).values())


def _grouped(items: Iterable[int], key: Callable[[int], Hashable]) -> dict[Any, list[int]]:
    found: dict[Any, list[int]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found


def _match(entries: Sequence[Entry]) -> tuple[list[list[Entry]], list[Doubt], int]:
    """The entries of each person, doubtful cases, and the number of people found by their address."""
    addresses = [ascii_lower(entry.address) for entry in entries]
    words = [entry.words for entry in entries]
    doubts: list[Doubt] = []

    def doubt(kind: str, about: str, numbers: Iterable[int]) -> None:
        doubts.append(Doubt(kind, about, [entries[number] for number in sorted(numbers)]))

    def is_divided(numbers: Iterable[int]) -> bool:
        return len({parts.find(number) for number in numbers}) > 1

    parts = DisjointSets(len(entries))
    for address, numbers in _grouped(range(len(entries)), addresses.__getitem__).items():
        if not address or len(numbers) < 2:
            continue
        proven = [number for number in numbers if entries[number].is_proven]
        if not _on_one_service(entries, proven):
            parts.join(proven)
            for joined in _agreeing(entries, words, proven, [number for number in numbers if number not in proven]):
                parts.join(joined)
                doubt(UNCONFIRMED, address, joined)
        if is_divided(numbers):
            doubt(SHARED if _on_one_service(entries, numbers) else DIFFERENT, address, numbers)
    by_email = sum(len(numbers) > 1 for numbers in parts.all())

    tentative, names = parts.copy(), _grouped(range(len(entries)), words.__getitem__)
    for numbers in names.values():
        if not is_divided(numbers):
            continue
        # Everybody in a set that an address joined has this address, so these are all known addresses.
        if len({addresses[number] for number in numbers} - {""}) > 1:
            doubt(SAME_NAME, entries[numbers[0]].name, numbers)
        else:
            tentative.join(numbers)
    for numbers in tentative.all():
        if not is_divided(numbers):
            continue
        about = ", ".join(sorted({entries[number].name for number in numbers}))
        if _on_one_service(entries, numbers):
            doubt(TWICE, about, numbers)
        else:
            parts.join(numbers)
            doubt(BY_NAME, about, numbers)

    for texts in (words, addresses):
        looks = list(map(skeleton, texts))
        for look, numbers in _grouped(range(len(entries)), looks.__getitem__).items():
            spelled = {texts[number] for number in numbers}
            if look and len(spelled) > 1 and is_divided(numbers):
                doubt(LOOK_ALIKE, ", ".join(sorted(spelled)), numbers)
    doubts.sort(key=lambda doubt: (
        KINDS.index(doubt.kind), doubt.about, [(entry.host, entry.name) for entry in doubt.entries]))
    return [[entries[number] for number in numbers] for numbers in parts.all()], doubts, by_email


def _agreeing(
    entries: Sequence[Entry], words: Sequence[str], proven: Sequence[int], others: Sequence[int]
) -> Iterator[list[int]]:
    """Accounts with the same address that are joined because their names agree, although not all prove the address.

    Accounts that would give somebody a second account on a service are not joined.
    """
    known = {words[number] for number in proven}
    for found in _grouped(others, lambda number: None if words[number] in known else words[number]).values():
        agreeing = [*proven, *found] if words[found[0]] in known else found
        count = Counter(entries[number].host for number in agreeing)
        joined = [number for number in agreeing if number in proven or count[entries[number].host] == 1]
        if len(joined) > max(len(agreeing) - len(found), 1):
            yield joined


def _on_one_service(entries: Sequence[Entry], numbers: Iterable[int]) -> bool:
    """Whether two of the accounts are on the same service."""
    return max(Counter(entries[number].host for number in numbers).values(), default=0) > 1


def _names(members: Sequence[Sequence[Entry]], sources: Sequence[Source]) -> list[str]:
    """A name for each person.

    Every service gets every person, to disable those who lose access. So a person must not have the name of somebody
    else's account on any service: if there are two alices on two services, none is called ``alice``.
    """
    owners: dict[str, set[int]] = {}
    for source in sources:
        theirs = [account["name"] for account in source.accounts if is_excepted(account["name"], source.bots)]
        for name in (*theirs, *(name for name in source.protected if not _is_long(name))):
            owners.setdefault(comparison_key(name), set()).add(NOBODY)
    for number, entries in enumerate(members):
        for entry in entries:
            owners.setdefault(comparison_key(entry.name), set()).add(number)
    names: list[str] = []
    next_numbers: dict[str, int] = {}
    for number, entries in enumerate(members):
        ranked = _own_names(entries)
        free = [name for name, _host in ranked if PLAIN.fullmatch(name) and owners[comparison_key(name)] == {number}]
        names.append(free[0] if free else "")
        if not free:
            names[-1] = _qualified(*ranked[0], owners, next_numbers)
            owners[comparison_key(names[-1])] = {number}
    return names


def _own_names(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """The possible names of a person, the best first, each with a service that has it.

    If an account is proven to be the person's, only names of such accounts: a stranger may have created the others.
    """
    hosts: dict[str, list[str]] = {}
    known = {ascii_lower(entry.name) for entry in entries}
    for entry in [entry for entry in entries if entry.is_proven] or entries:
        hosts.setdefault(entry.name, []).append(entry.host)
        if entry.mailbox and entry.words in known:
            hosts.setdefault(local_part(entry.name), []).append(entry.host)
    ranked = sorted(hosts, key=lambda name: (bool(local_part(name)), not name.isascii(), -len(hosts[name]), name))
    return [(name, min(hosts[name])) for name in ranked]


def _qualified(name: str, host: str, taken: Collection[str], next_numbers: dict[str, int]) -> str:
    """A unique name, from an existing one and the service.

    :param next_numbers: the next number of each name; counting from the beginning would take quadratic time
    """
    plain = "-".join(PLAIN.findall(name)) or "-"
    first = comparison_key(f"{plain} ({host})")
    while True:
        number = next_numbers.get(first, 1)
        next_numbers[first] = number + 1
        candidate = f"{plain} ({host})" if number == 1 else f"{plain} {number} ({host})"
        if comparison_key(candidate) not in taken:
            return candidate


def ascii_lower(text: str) -> str:
    """The text with A to Z in lower case. Python's lower() would make several names the same."""
    return text.translate(LOWER)


def local_part(text: str) -> str:
    """The part of an e-mail address before the domain; empty for any other text."""
    local, _at, domain = text.partition("@")
    is_address = "@" not in domain and "." in domain[1:-1] and len(text.split()) == 1 and text == text.strip()
    return local if is_address else ""


def comparison_key(name: str) -> str:
    """The same for all names that some application may regard as the same: without case and accents, _ as a space."""
    # Before NFKD as well, because sorting a long row of accents takes quadratic time. U+0345 becomes a letter.
    small = unicodedata.normalize("NFKD", _without_marks(name, keep="\u0345")).casefold()
    plain = _without_marks(unicodedata.normalize("NFKD", small))
    return " ".join(plain.replace("_", " ").split())


def _without_marks(text: str, keep: str = "") -> str:
    """The text without accents and invisible characters."""
    unseen = {ord(one): None for one in set(text) - set(keep)
              if unicodedata.category(one)[0] == "M" or unicodedata.category(one) == "Cf"}
    return text.translate(unseen) if unseen else text


# What is written about them


def _person(name: str, entries: Sequence[Entry]) -> dict[str, Any]:
    person: dict[str, Any] = {"name": name}
    if all(entry.shut for entry in entries):
        person["state"] = "disabled"
    proven = [entry for entry in entries if entry.is_proven]
    for option, value_of in (("email", lambda entry: entry.address),
                             ("real_name", lambda entry: entry.account.get("real_name"))):
        # Unproven values only if there are no proven ones, because somebody else may have entered them.
        values = [value for value in map(value_of, proven) if value] or map(value_of, entries)
        count = Counter(value for value in values if value)
        if count:
            person[option] = min(count, key=lambda value: (-count[value], value))
    person["groups"] = sorted({
        group for entry in entries
        for group in (entry.host, *(group_name(entry.host, group) for group in entry.account.get("groups") or ()))
    })
    services = {entry.host: _override(entry, person) for entry in entries}
    services = {host: own for host, own in sorted(services.items()) if own}
    if services:
        person["services"] = services
    return person


def _override(entry: Entry, person: Mapping[str, Any]) -> dict[str, Any]:
    """The options of an account that the rules do not give, so that only ``state: disabled`` keeps it shut."""
    account, own = entry.account, {}
    if account["name"] != person["name"]:
        own["name"] = account["name"]
    if account["state"] != person.get("state", "enabled"):
        own["state"] = account["state"]
    for option, value in _fields(account):
        if (value != person[option]) if option in PERSONAL and option in person else not _is_empty(value):
            own[option] = value
    # The rules give no groups to a disabled account, but its expiries and priorities need them.
    if entry.shut and any(option.startswith("group_") for option in own):
        own["groups"] = sorted(account["groups"] or ())
    if "groups" in account and account["groups"] is None:
        own["groups"] = None
        own = {option: value for option, value in own.items() if not option.startswith("group_")}
    return _in_order(own)


def _fields(account: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The options of an account other than name, state, groups and password."""
    return [(option, account[option]) for option in sorted(account)
            if option not in ("name", "state", "groups", "password_hash")]


def _is_empty(value: Any) -> bool:
    # Zero is a value, too.
    return value is None or value is False or (not value and not isinstance(value, (int, float)))


def _in_order(options: Mapping[str, Any]) -> dict[str, Any]:
    return {option: options[option] for option in (*FIRST, *sorted(set(options) - set(FIRST))) if option in options}


def _variables(source: Source) -> dict[str, Any]:
    """The rules of a service, and its accounts that belong to nobody."""
    ours = [account for account in source.accounts if not is_excepted(account["name"], source.bots)]
    bots = [account for account in _sorted(source.accounts) if is_excepted(account["name"], source.bots)]
    options = {*source.options, *(option for account in source.accounts for option in account)}
    variables: dict[str, Any] = {"service_access": [source.host]}
    if "groups" in options:
        groups = sorted({group for account in ours for group in account.get("groups") or ()})
        variables["service_groups"] = {group_name(source.host, group): [group] for group in groups}
    # A field that this application does not store, although others of its type do, must not be declared.
    missing = [option for option in PERSONAL
               if ours and option in source.options and not any(option in account for account in ours)]
    if missing or "service_fields" in source.templates:
        variables["service_fields"] = dict.fromkeys(missing)
    if "service_name" in source.templates:
        variables["service_name"] = None
    variables["service_accounts"] = [_bot(account) for account in bots]
    return variables


def _bot(account: Mapping[str, Any]) -> dict[str, Any]:
    options = {"name": account["name"], "state": account["state"]}
    options.update((option, value) for option, value in _fields(account) if not _is_empty(value))
    if account.get("groups") is not None:
        options["groups"] = sorted(account["groups"])
    return _in_order(options)
