# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the declared and the actual accounts of services to one access review: pure, no files, no Ansible."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import ROW, is_excepted
from ansible_collections.auth.services.plugins.module_utils.lookalikes import shortened

OPEN_OPTIONS = ("name", "state", "email", "real_name", "groups")
"""Options of a declared account that a review may show, in addition to rights. Others may be secret."""
MAX_ITEMS = 100
"""Maximum number of groups or rights of one account that are shown."""
MOST = 1000
"""Maximum number of accounts of one service that are kept of each list that strangers can make long, and as many again
of those that would be changed or have undeclared rights."""
LISTS = ("others", "unlisted", "uncompared", "protected")
"""Lists of accounts that belong to no person."""


@dataclass
class ServiceFindings:
    """The findings about one service.

    :ivar owned: declared accounts of people, each with ``person``
    :ivar others: declared accounts that belong to nobody
    :ivar state: default state of declared accounts
    :ivar rights: options that are rights, and true for declared accounts by default
    :ivar rows: the accounts, as the ``_info`` module returns them with the option ``compact``, read once; None if it
        failed
    :ivar whole: the rows are those of all accounts, not of the declared ones alone
    :ivar warnings: of reading them
    :ivar compared: the result of the ``_user`` module in check mode; None if it failed
    :ivar error: why one of them is missing
    """

    name: str
    type: str
    owned: Sequence[Mapping[str, Any]] = ()
    others: Sequence[Mapping[str, Any]] = ()
    state: str = "present"
    rights: Sequence[str] = ()
    rows: Iterable[Sequence[Any]] | None = None
    whole: bool = True
    warnings: Sequence[str] = ()
    compared: Mapping[str, Any] | None = None
    error: str = ""


def open_options(account: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a declared account that a review may show."""
    shown = {str(name): value for name, value in account.items() if is_open(name) and value is not None}
    return {name: is_true(value) if is_right(name) else value for name, value in shown.items()}


def is_open(option: Any) -> bool:
    """Whether a review may show this option of a declared account."""
    return option in OPEN_OPTIONS or is_right(option)


def is_right(option: Any) -> bool:
    """Whether an option gives an account rights if it is true."""
    return str(option).startswith("is_")


def is_true(value: Any) -> bool:
    """Whether Ansible's modules regard a value as true. Templates return text."""
    return str(value).strip().lower() in ("true", "yes", "on", "y", "t", "1", "1.0")


def access_review(
    services: Iterable[ServiceFindings],
    people: Iterable[Mapping[str, Any]],
    time: str,
    left_out: Iterable[str] = (),
    tell: Callable[[str, Mapping[str, Any]], Any] = lambda _place, _account: None,
) -> dict[str, Any]:
    """Who has which accounts, and what the playbook ``apply`` would change. JSON can hold the result.

    Every actual account is in exactly one place: with its person, or in ``others`` (declared, but of nobody),
    ``unlisted``, ``protected``, or ``uncompared`` (its service could be read but not compared). Of long lists the first
    are kept; ``tell`` gets all.

    :param people: the first of those with the same name counts
    :param time: time of the audit, ISO 8601
    :param left_out: services of the inventory that were not audited
    :param tell: called with the place and each account, service by service
    """
    found = {}
    for person in people:
        if _has_name(person) and person["name"] not in found:
            found[str(person["name"])] = _person(person)
    lists: dict[str, list[dict[str, Any]]] = {place: [] for place in LISTS}
    cut: dict[str, int] = dict.fromkeys(LISTS, 0)
    summaries = []
    services = sorted(services, key=lambda service: service.name)
    for service in services:
        summary, kept = _Summary(service), _Kept()
        for place, account in _Comparison(service).accounts():
            summary.add(place, account)
            tell(place, account)
            if place == "person":
                found.setdefault(account["person"], _person({"name": account["person"]}))["accounts"].append(account)
            elif place == "others" or kept.has_room(place, account):
                lists[place].append(account)
            else:
                cut[place] += 1
        summaries.append(summary.shown())
        cut["unlisted"] += summary.hidden
    for accounts in lists.values():
        accounts.sort(key=lambda account: (account["service"], account["account"]))
    return {
        "time": time,
        "summary": {
            "services": len(summaries),
            "people": len(found),
            **{name: sum(summary[name] or 0 for summary in summaries)
               for name in ("accounts", "enabled", "drift", "unlisted", "protected", "undeclared_rights")},
            "errors": sum(1 for summary in summaries if summary["error"]),
        },
        "services": summaries,
        "left_out": sorted(left_out),
        "people": sorted(found.values(), key=lambda person: (person["name"].casefold(), person["name"])),
        **lists,
        "whole": all(one.whole for one in services),
        "cut": {place: number for place, number in cut.items() if number},
    }


def in_words(difference: Mapping[str, Any]) -> str:
    """A difference of one option as text, with values that may be shown."""
    if "declared" not in difference:
        return str(difference["option"])
    declared = difference["declared"]
    text = ", ".join(declared) if isinstance(declared, list) else str(declared)
    return f"{difference['option']}: declared {text or 'empty'}"


class _Kept:
    """How many accounts of one service are kept of each list."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, bool], int] = {}

    def has_room(self, place: str, account: Mapping[str, Any]) -> bool:
        kind = (place, bool(account["action"] or account["undeclared_rights"]))
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return self._numbers[kind] <= MOST


class _Comparison:
    """The accounts of one service, matched by their names."""

    def __init__(self, service: ServiceFindings) -> None:
        compared = service.compared or {}
        self.service = service
        self.changes = {str(change["name"]): change for change in compared.get("accounts") or ()}
        self.exceptions = [str(pattern) for pattern in compared.get("exceptions") or ()]
        names = {str(one["typed"]): str(one["name"]) for one in compared.get("names") or ()}
        self.declared: dict[str, list[Mapping[str, Any]]] = {}
        for declared in self._all_declared():
            typed = str(declared["name"])
            self.declared.setdefault(names.get(typed, typed), []).append(declared)

    def accounts(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The accounts, each with its place before it: those that are there, then those that would be created."""
        seen = set()
        rest = "uncompared" if self.service.compared is None else "unlisted"
        for row in self.service.rows or ():
            actual = dict(zip(ROW, row))
            name = actual["name"] = str(actual["name"])
            if name in self.declared or name in self.changes:
                seen.add(name)
            place = "protected" if actual["state"] == "protected" else rest
            yield from self._placed(name, actual, place)
        for name in sorted({*self.changes, *self.declared} - seen):
            if name in self.changes:
                yield from self._placed(name, None, rest)

    def _placed(
        self, name: str, actual: Mapping[str, Any] | None, place: str
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        for declared in self.declared.get(name, ()):
            yield "others" if declared.get("person") is None else "person", self._account(name, actual, declared)
        if name not in self.declared:
            yield place, self._account(name, actual)

    def _all_declared(self) -> Iterable[Mapping[str, Any]]:
        """Declared accounts; none without a comparison, because only the module knows which account a name means."""
        return () if self.service.compared is None else (*self.service.owned, *self.service.others)

    def _declared_state(self, declared: Mapping[str, Any]) -> str:
        return str(declared.get("state") or self.service.state)

    def _account(
        self, name: str, actual: Mapping[str, Any] | None, declared: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        change = self.changes.get(name)
        there: Mapping[str, Any] = actual or {}
        protected = there.get("state") == "protected"
        fields = change["fields"] if change and actual and not protected else ()
        differences = [self._difference(option, there, declared or {}) for option in fields]
        rights = _list(there.get("rights"))
        return {
            "service": self.service.name,
            "type": self.service.type,
            "account": shortened(name),
            "person": None if declared is None or declared.get("person") is None else str(declared["person"]),
            "state": STATES.get(str(there.get("state")), "") or (shortened(str(there["state"])) if there else "none"),
            "declared": None if declared is None else self._declared_state(declared),
            "groups": _texts(there.get("groups")),
            "rights": _texts(rights),
            "undeclared_rights": [] if protected or not rights else _texts(self._undeclared(rights, declared)),
            "action": None if change is None else str(change["action"]),
            "differences": differences,
            "drift": _drift(change, differences),
            "last_changed": shortened(str(there["last_changed"])) if there.get("last_changed") else None,
            "note": shortened(str(there["reason"])) if protected else self._note(name, declared),
        }

    def _undeclared(self, rights: Sequence[str], declared: Mapping[str, Any] | None) -> list[str]:
        """Undeclared rights; none without a comparison, because it is unknown what is declared for which account."""
        if self.service.compared is None:
            return []
        given = {} if declared is None else {**dict.fromkeys(self.service.rights, True), **declared}
        return [right for right in rights if not is_true(given.get(right))]

    @staticmethod
    def _difference(option: str, actual: Mapping[str, Any], declared: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {"option": str(option)}
        if option in OPEN_OPTIONS and declared.get(option) is not None:
            for side, values in (("actual", actual), ("declared", declared)):
                value = values.get(option)
                text = shortened(str(value if value is not None else ""))
                found[side] = _texts(value) if option == "groups" else text
        return found

    def _note(self, name: str, declared: Mapping[str, Any] | None) -> str:
        if declared is None and self.exceptions and is_excepted(name, self.exceptions):
            return "exempted by service_unlisted_except"
        return ""


STATES = {state: state for state in ("enabled", "disabled", "protected")} | {"present": "partly disabled"}
"""The states of a row, in the words of the review."""


def _drift(change: Mapping[str, Any] | None, differences: Sequence[Mapping[str, Any]]) -> str:
    if change is None:
        return ""
    words = [] if change["action"] == "updated" and differences else [f"would be {change['action']}"]
    if differences:
        words.append("differs in " + ", ".join(difference["option"] for difference in differences))
    if change.get("unproved"):
        words.append("takes over an existing account")
    return "; ".join(words)


class _Summary:
    """Counts of the accounts of one service."""

    def __init__(self, service: ServiceFindings) -> None:
        self.service = service
        self.numbers = dict.fromkeys(("accounts", "enabled", "protected", "unlisted", "drift", "undeclared_rights"), 0)

    def add(self, place: str, account: Mapping[str, Any]) -> None:
        numbers, state = self.numbers, account["state"]
        if state in numbers:
            numbers[state] += 1
        if state not in ("none", "protected"):
            numbers["accounts"] += 1
            numbers["unlisted"] += place == "unlisted"
        numbers["drift"] += account["action"] is not None
        numbers["undeclared_rights"] += bool(account["undeclared_rights"])

    @property
    def hidden(self) -> int:
        """How many unlisted accounts were only counted."""
        counts = (self.service.compared or {}).get("counts") or {}
        return 0 if self.service.whole else max(0, int(counts.get("unlisted", 0)) - self.numbers["unlisted"])

    def shown(self) -> dict[str, Any]:
        service, numbers = self.service, self.numbers
        read, compared = service.rows is not None, service.compared is not None
        numbers = {**numbers, **{name: numbers[name] + self.hidden for name in ("accounts", "unlisted")}}
        known = {
            "accounts": read, "enabled": read and service.whole, "protected": read and service.whole,
            "unlisted": compared, "drift": compared, "undeclared_rights": compared,
        }
        return {
            "name": service.name,
            "type": service.type,
            **{name: numbers[name] if known[name] else None for name in known},
            "error": shortened(service.error) or None,
            "warnings": [shortened(str(text)) for text in service.warnings[:MAX_ITEMS]],
        }


def _person(person: Mapping[str, Any]) -> dict[str, Any]:
    texts = {name: shortened(str(person[name])) if person.get(name) is not None else None
             for name in ("real_name", "email")}
    return {
        "name": str(person["name"]),
        **texts,
        "state": str(person.get("state") or "enabled"),
        "groups": _texts(person.get("groups")),
        "accounts": [],
    }


def _has_name(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("name"), str) and bool(value["name"])


def _list(value: Any) -> list[str]:
    return [] if not isinstance(value, Sequence) or isinstance(value, str) else list(map(str, value))


def _texts(value: Any) -> list[str]:
    """A sorted list of texts, cut to a readable length."""
    if not value:
        return []
    texts = _list(value)
    shown = [shortened(text) for text in sorted(texts)[:MAX_ITEMS]]
    return [*shown, f"… ({len(texts):,} in all)"] if len(texts) > MAX_ITEMS else shown
