# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From people and rules to the accounts of one service: pure, no database, no Ansible."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import SHUT, STATES, told_together


class PeopleError(ValueError):
    """What is wrong with people or rules.

    :param problems: one sentence for each, with the person or the rule that it is about
    """

    def __init__(self, service: str, problems: Sequence[str]) -> None:
        super().__init__(f"{service}: {told_together(problems)}. Nothing was written.")


@dataclass(frozen=True)
class Rules:
    """How people get accounts on one service.

    :ivar service: its name in messages, an inventory host
    :ivar options: what an account of its type can have
    :ivar access: groups of people who get an account; None for everyone
    :ivar groups: groups of the service by group of people; None when its groups are left alone
    :ivar known_groups: every group that a person may be in; None for those that anybody is in
    :ivar selectors: how a person's C(services) may call this service, the most specific last
    :ivar known_selectors: every host and group of the inventory; None when nobody knows
    """

    service: str
    options: Collection[str]
    access: Sequence[str] | None = None
    groups: Mapping[str, Sequence[str]] | None = None
    known_groups: Sequence[str] | None = None
    selectors: Sequence[str] = ()
    known_selectors: Collection[str] | None = None


def accounts_for(
    people: Sequence[Mapping[str, Any]],
    rules: Rules,
    fields: Sequence[Mapping[str, Any]] = (),
    passwords: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """The accounts that people have on a service, in the form of the option O(accounts), in order of the people.

    Who has access is declared C(enabled), who has none C(disabled): nobody without access is made an account, and who
    lost it keeps everything else.

    :param fields: what the service's templates make of each person, in the same order; C(error) where they cannot
    :param passwords: passwords by name of the person, for those who have none of their own
    :raises PeopleError: naming every person and rule with a problem
    """
    return [account for _person, account in owned_accounts(people, rules, fields, passwords)]


def owned_accounts(
    people: Sequence[Mapping[str, Any]],
    rules: Rules,
    fields: Sequence[Mapping[str, Any]] = (),
    passwords: Mapping[str, str] | None = None,
) -> list[tuple[str, dict[str, Any]]]:
    """The same accounts, each after the name of the person whose it is.

    :raises PeopleError: naming every person and rule with a problem
    """
    problems = _person_problems(people, rules)
    if not problems:
        problems = _rule_problems(people, rules)
    if problems:
        raise PeopleError(rules.service, problems)
    accounts: list[tuple[str, dict[str, Any]]] = []
    owners: dict[str, str] = {}
    for number, person in enumerate(people):
        made = fields[number] if fields else {}
        try:
            account = _account(person, rules, made, passwords or {})
        except ValueError as error:
            problems.append(f"person {person['name']!r}: {error}")
            continue
        if account is None:
            continue
        owner = owners.setdefault(account["name"], person["name"])
        if owner != person["name"]:
            problems.append(f"people {owner!r} and {person['name']!r} have one account name, {account['name']!r}")
        accounts.append((person["name"], account))
    if problems:
        raise PeopleError(rules.service, problems)
    return accounts


def has_access(person: Mapping[str, Any], rules: Rules) -> bool:
    """Whether a person's groups open the service."""
    return rules.access is None or not set(person.get("groups") or ()).isdisjoint(rules.access)


def overrides(person: Mapping[str, Any], rules: Rules) -> dict[str, Any]:
    """What a person's C(services) say of this service."""
    found: dict[str, Any] = {}
    for selector in rules.selectors:
        found.update((person.get("services") or {}).get(selector) or {})
    return found


def _account(
    person: Mapping[str, Any], rules: Rules, made: Mapping[str, Any], passwords: Mapping[str, str]
) -> dict[str, Any] | None:
    """One account; None for a person without access whose account nobody could name.

    :raises ValueError: for a person who should have an account that the rules cannot describe
    """
    own = overrides(person, rules)
    state = person.get("state") or "enabled"
    if state not in SHUT:
        state = own.get("state") or (state if has_access(person, rules) else "disabled")
    error = made.get("error")
    if error and "name" not in own:
        if state in SHUT:
            return None
        raise ValueError(error)
    account = {"name": person["name"], "state": state}
    if state in SHUT:
        account.update({name: made[name] for name in ("name",) if name in made})
    else:
        account.update(_general_fields(person, rules, passwords))
        account.update({name: value for name, value in made.items() if name != "error"})
    account.update(own, state=state)
    if not isinstance(account["name"], str) or not account["name"]:
        raise ValueError(f"the name of the account must be text, not {account['name']!r}")
    return account


def _general_fields(person: Mapping[str, Any], rules: Rules, passwords: Mapping[str, str]) -> dict[str, Any]:
    """What a person has that services of many types can take."""
    password = person.get("password", passwords.get(person["name"]))
    given = {"email": person.get("email"), "real_name": person.get("real_name"), "password": password}
    found = {name: value for name, value in given.items() if value is not None and name in rules.options}
    if rules.groups is not None:
        mapped = (group for mine in person.get("groups") or () for group in rules.groups.get(mine) or ())
        found["groups"] = sorted(set(mapped))
    return found


def _person_problems(people: Sequence[Mapping[str, Any]], rules: Rules) -> list[str]:
    """What is wrong with the people themselves."""
    problems = []
    seen: set[str] = set()
    for number, person in enumerate(people, 1):
        if not isinstance(person, Mapping) or not isinstance(person.get("name"), str) or not person["name"]:
            problems.append(f"person {number} of the list has no name, or one that is not text (quote it)")
            continue
        name = person["name"]
        if name in seen:
            problems.append(f"person {name!r} is listed twice")
        seen.add(name)
        problems.extend(f"person {name!r}: {problem}" for problem in _own_problems(person, rules))
    return problems


def _own_problems(person: Mapping[str, Any], rules: Rules) -> Iterable[str]:
    if not _is_list_of_text(person.get("groups") or []):
        yield "groups must be a list of names"
    elif rules.known_groups is not None:
        unknown = sorted(set(person.get("groups") or ()) - set(rules.known_groups))
        if unknown:
            yield f"there is no group {unknown[0]!r} in people_groups"
    if person.get("state") not in (None, *STATES):
        yield f"state {person['state']!r} is none of {', '.join(STATES)}"
    services = person.get("services") or {}
    if not isinstance(services, Mapping) or not all(isinstance(own or {}, Mapping) for own in services.values()):
        yield "services must be a dictionary of dictionaries"
        return
    if rules.known_selectors is not None:
        unknown = sorted(map(str, set(services) - set(rules.known_selectors)))
        if unknown:
            yield f"services: the inventory has no host and no group {unknown[0]!r}"
    own = overrides(person, rules)
    unknown = sorted(map(str, set(own) - set(rules.options)))
    if unknown:
        yield f"accounts of this type have no {unknown[0]!r}; they have {', '.join(sorted(rules.options))}"
    if own.get("state") not in (None, *STATES):
        yield f"state {own['state']!r} is none of {', '.join(STATES)}"


def _rule_problems(people: Sequence[Mapping[str, Any]], rules: Rules) -> list[str]:
    """What is wrong with the rules: above all a group that nobody is in, which would lock people out silently."""
    problems = []
    known = rules.known_groups
    where = "people_groups" if known is not None else "anybody's groups (if it is empty on purpose, list people_groups)"
    if known is None:
        known = sorted({group for person in people for group in person.get("groups") or ()})
    if rules.access is not None and not _is_list_of_text(rules.access):
        problems.append("service_access must be a list of groups")
    else:
        problems.extend(f"service_access: there is no group {group!r} in {where}"
                        for group in rules.access or () if group not in known)
    if rules.groups is None:
        return problems
    lists = rules.groups.values() if isinstance(rules.groups, Mapping) else [""]
    if not all(_is_list_of_text([] if names is None else names) for names in lists):
        problems.append("service_groups must be a dictionary of lists: groups of people to groups of the service")
    else:
        problems.extend(f"service_groups: there is no group {group!r} in {where}"
                        for group in rules.groups if group not in known)
    if "groups" not in rules.options:
        problems.append("service_groups: services of this type have no groups")
    return problems


def _is_list_of_text(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and all(isinstance(item, str) for item in value)
