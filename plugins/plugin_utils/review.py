# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the declared and the actual accounts of services to one access review: pure, no files, no Ansible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.lookalikes import shortened

OPEN_OPTIONS = ("name", "state", "email", "real_name", "groups")
"""Options of a declared account that a review may show, in addition to rights. Others may be secret."""
MAX_ITEMS = 100
"""Maximum number of groups or rights of one account that are shown."""


@dataclass
class ServiceFindings:
    """The findings about one service.

    :ivar owned: declared accounts of people, each with ``person``
    :ivar others: declared accounts that belong to nobody
    :ivar state: default state of declared accounts
    :ivar rights: options that are rights, and true for declared accounts by default
    :ivar actual: the result of the ``_info`` module; None if it failed
    :ivar compared: the result of the ``_user`` module in check mode; None if it failed
    :ivar error: why one of them is missing
    """

    name: str
    type: str
    owned: Sequence[Mapping[str, Any]] = ()
    others: Sequence[Mapping[str, Any]] = ()
    state: str = "present"
    rights: Sequence[str] = ()
    actual: Mapping[str, Any] | None = None
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
) -> dict[str, Any]:
    """Who has which accounts, and what the playbook ``apply`` would change. JSON can hold the result.

    Every actual account is in exactly one place: with its person, or in ``others`` (declared, but of nobody),
    ``unlisted``, ``protected``, or ``uncompared`` (its service could be read but not compared).

    :param people: the first of those with the same name counts
    :param time: time of the audit, ISO 8601
    :param left_out: services of the inventory that were not audited
    """
    found = {}
    for person in people:
        if _has_name(person) and person["name"] not in found:
            found[str(person["name"])] = _person(person)
    rows: dict[str, list[dict[str, Any]]] = {place: [] for place in ("others", "unlisted", "uncompared", "protected")}
    summaries = []
    for service in sorted(services, key=lambda service: service.name):
        accounts = _Comparison(service).accounts()
        for place, account in accounts:
            if place == "person":
                found.setdefault(account["person"], _person({"name": account["person"]}))["accounts"].append(account)
            else:
                rows[place].append(account)
        summaries.append(_summary(service, accounts))
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
        **rows,
    }


def in_words(difference: Mapping[str, Any]) -> str:
    """A difference of one option as text, with values that may be shown."""
    if "declared" not in difference:
        return str(difference["option"])
    declared = difference["declared"]
    text = ", ".join(declared) if isinstance(declared, list) else str(declared)
    return f"{difference['option']}: declared {text or 'empty'}"


class _Comparison:
    """The accounts of one service, matched by their names."""

    def __init__(self, service: ServiceFindings) -> None:
        found, compared = service.actual or {}, service.compared or {}
        self.service = service
        read = [*(found.get("accounts") or ()), *(found.get("undeclarable") or ())]
        self.actual = {str(account["name"]): account for account in read}
        self.protected = {str(account["name"]): str(account["reason"]) for account in found.get("protected") or ()}
        self.times = {str(one["name"]): str(one["time"]) for one in found.get("last_changed") or ()}
        self.rights = {str(one["name"]): one["rights"] for one in found.get("rights") or ()}
        self.changes = {str(change["name"]): change for change in compared.get("accounts") or ()}
        self.names = {str(one["typed"]): str(one["name"]) for one in compared.get("names") or ()}
        self.unlisted = {str(name) for name in compared.get("unlisted") or ()}

    def accounts(self) -> list[tuple[str, dict[str, Any]]]:
        """The accounts, each with its place before it."""
        placed = []
        seen = set()
        for declared in self._all_declared():
            typed = str(declared["name"])
            name = self.names.get(typed, typed)
            if name in self.actual or name in self.protected or name in self.changes:
                seen.add(name)
                place = "others" if declared.get("person") is None else "person"
                placed.append((place, self._account(name, declared)))
        rest = sorted((set(self.actual) | set(self.changes)) - seen)
        place = "uncompared" if self.service.compared is None else "unlisted"
        placed.extend((place, self._account(name)) for name in rest)
        placed.extend(("protected", self._account(name)) for name in sorted(set(self.protected) - seen - set(rest)))
        return placed

    def _all_declared(self) -> Iterable[Mapping[str, Any]]:
        """Declared accounts; none without a comparison, because only the module knows which account a name means."""
        return () if self.service.compared is None else (*self.service.owned, *self.service.others)

    def _declared_state(self, declared: Mapping[str, Any]) -> str:
        return str(declared.get("state") or self.service.state)

    def _account(self, name: str, declared: Mapping[str, Any] | None = None) -> dict[str, Any]:
        actual = self.actual.get(name)
        change = self.changes.get(name)
        fields = change["fields"] if change and actual else ()
        differences = [self._difference(option, actual or {}, declared or {}) for option in fields]
        rights = self._rights(name, actual or {})
        return {
            "service": self.service.name,
            "type": self.service.type,
            "account": shortened(name),
            "person": None if declared is None or declared.get("person") is None else str(declared["person"]),
            "state": self._state(name, actual),
            "declared": None if declared is None else self._declared_state(declared),
            "groups": _texts((actual or {}).get("groups")),
            "rights": _texts(rights),
            "undeclared_rights": _texts(self._undeclared(name, rights, declared)),
            "action": None if change is None else str(change["action"]),
            "differences": differences,
            "drift": _drift(change, differences),
            "last_changed": shortened(self.times[name]) if name in self.times else None,
            "note": shortened(self._note(name, declared)),
        }

    def _rights(self, name: str, actual: Mapping[str, Any]) -> list[str]:
        options = [str(option) for option, value in actual.items() if is_right(option) and value is True]
        return [*options, *map(str, self.rights.get(name) or ())]

    def _undeclared(self, name: str, rights: Sequence[str], declared: Mapping[str, Any] | None) -> list[str]:
        """Undeclared rights; none without a comparison, because it is unknown what is declared for which account."""
        if self.service.compared is None or name in self.protected:
            return []
        given = {} if declared is None else {**dict.fromkeys(self.service.rights, True), **declared}
        return [right for right in rights if not is_true(given.get(right))]

    def _state(self, name: str, actual: Mapping[str, Any] | None) -> str:
        if name in self.protected:
            return "protected"
        if actual is None:
            return "none"
        state = shortened(str(actual["state"]))
        return "partly disabled" if state == "present" else state

    def _difference(self, option: str, actual: Mapping[str, Any], declared: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {"option": str(option)}
        if option in OPEN_OPTIONS and declared.get(option) is not None:
            for side, values in (("actual", actual), ("declared", declared)):
                value = values.get(option)
                text = shortened(str(value if value is not None else ""))
                found[side] = _texts(value) if option == "groups" else text
        return found

    def _note(self, name: str, declared: Mapping[str, Any] | None) -> str:
        if name in self.protected:
            return self.protected[name]
        if declared is not None or self.service.compared is None or name in self.unlisted:
            return ""
        return "exempted by service_unlisted_except"


def _drift(change: Mapping[str, Any] | None, differences: Sequence[Mapping[str, Any]]) -> str:
    if change is None:
        return ""
    words = [] if change["action"] == "updated" and differences else [f"would be {change['action']}"]
    if differences:
        words.append("differs in " + ", ".join(difference["option"] for difference in differences))
    if change.get("unproved"):
        words.append("takes over an existing account")
    return "; ".join(words)


def _summary(service: ServiceFindings, accounts: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    states = [account["state"] for _place, account in accounts]
    actual = [place for place, account in accounts if account["state"] not in ("none", "protected")]
    read, compared = service.actual is not None, service.compared is not None
    return {
        "name": service.name,
        "type": service.type,
        "accounts": len(actual) if read else None,
        "enabled": states.count("enabled") if read else None,
        "protected": states.count("protected") if read else None,
        "unlisted": actual.count("unlisted") if compared else None,
        "drift": sum(1 for _place, account in accounts if account["action"] is not None) if compared else None,
        "undeclared_rights": (sum(1 for _place, account in accounts if account["undeclared_rights"])
                              if compared else None),
        "error": shortened(service.error) or None,
        "warnings": [shortened(str(text)) for text in ((service.actual or {}).get("warnings") or ())[:MAX_ITEMS]],
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


def _texts(value: Any) -> list[str]:
    """A sorted list of texts, cut to a readable length."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    shown = [shortened(text) for text in sorted(map(str, value))[:MAX_ITEMS]]
    return [*shown, f"… ({len(value):,} in all)"] if len(value) > MAX_ITEMS else shown
