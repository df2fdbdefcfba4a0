# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From people and rules to the accounts of one service: pure, no database, no Ansible."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import SHUT, STATES, summarise
from ansible_collections.auth.services.plugins.plugin_utils.variables import nearest

KEYS = ("name", "email", "real_name", "groups", "state", "password", "services")
"""What a person can have."""

SECRETS = ("password", "password_hash")

STRICTEST = ("absent", "disabled", "present", "enabled")
"""If several states are set, the first of these applies."""


class PeopleError(ValueError):
    """Mistakes in people or rules.

    :param problems: one sentence for each mistake, naming the person or the rule
    """

    def __init__(self, service: str, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__(f"{service}: {summarise(problems)}. Nothing was written.")


@dataclass(frozen=True)
class Rules:
    """How people get accounts on one service.

    ``options``, ``known_groups``, ``known_selectors`` and ``fields`` should be sets: each person is compared with them.

    :ivar service: its inventory host, for messages
    :ivar options: options of an account of its type
    :ivar access: groups of people who get an account; None for everyone
    :ivar groups: groups of the service by group of people; None to leave its groups alone
    :ivar known_groups: every group that a person may be in; None for those that anybody is in
    :ivar selectors: keys of a person's ``services`` that mean this service: its host, which overrides all others, and
        groups
    :ivar above: the groups that each group of ``selectors`` is in; values for a group override values for these
    :ivar known_selectors: every host and group of the inventory; None if they are not known
    :ivar fields: keys of a person for templates, in addition to ``KEYS``
    """

    service: str
    options: Collection[str]
    access: Sequence[str] | None = None
    groups: Mapping[str, Sequence[str]] | None = None
    known_groups: Collection[str] | None = None
    selectors: Sequence[str] = ()
    above: Mapping[str, Collection[str]] = field(default_factory=dict)
    known_selectors: Collection[str] | None = None
    fields: Collection[str] = ()

    @cached_property
    def giving_access(self) -> frozenset[str]:
        """The groups of ``access``, for comparing each person with them."""
        return frozenset(self.access or ())


def accounts_for(
    people: Sequence[Mapping[str, Any]],
    rules: Rules,
    fields: Sequence[Mapping[str, Any]] = (),
    passwords: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """The accounts that people have on a service, in the form of the option ``accounts``, in order of the people.

    People with access are declared ``enabled``, all others ``disabled``: no account is created for them, and an
    existing one keeps everything else.

    :param fields: results of the service's templates for each person, in the same order; with ``error`` if a template
        failed, and without ``name`` if it was that of the name
    :param passwords: passwords by name of the person, for people without ``password``
    :raises PeopleError: naming every person and rule with a mistake
    """
    check_people(people, rules)
    return [account for _person, account in owned_accounts(people, rules, fields, passwords)]


def owned_accounts(
    people: Sequence[Mapping[str, Any]],
    rules: Rules,
    fields: Sequence[Mapping[str, Any]] = (),
    passwords: Mapping[str, str] | None = None,
) -> list[tuple[str, dict[str, Any]]]:
    """The same accounts, each with the name of its person before it.

    :param people: accepted by ``check_people`` with these rules
    :raises PeopleError: naming every person whose account cannot be determined
    """
    accounts, problems = possible_accounts(people, rules, fields, passwords)
    if problems:
        raise PeopleError(rules.service, problems)
    return accounts


def possible_accounts(
    people: Sequence[Mapping[str, Any]],
    rules: Rules,
    fields: Sequence[Mapping[str, Any]] = (),
    passwords: Mapping[str, str] | None = None,
) -> tuple[list[tuple[str, dict[str, Any]]], list[str]]:
    """The accounts that can be determined, and the reasons why others cannot."""
    problems: list[str] = []
    accounts: list[tuple[str, dict[str, Any]]] = []
    owners: dict[str, str] = {}
    for number, person in enumerate(people):
        evaluated = fields[number] if fields else {}
        try:
            account = _account(person, rules, evaluated, passwords or {})
        except ValueError as error:
            problems.append(f"person {person['name']!r}: {error}")
            continue
        if account is None:
            continue
        owner = owners.setdefault(account["name"], person["name"])
        if owner != person["name"]:
            problems.append(f"{owner!r} and {person['name']!r} would share the account name {account['name']!r}")
        accounts.append((person["name"], account))
    return accounts, problems


def check_people(people: Sequence[Mapping[str, Any]], rules: Rules) -> None:
    """Check people and rules.

    :raises PeopleError: naming every person, or else every rule, with a mistake
    """
    problems = list(chain.from_iterable(person_problems(people, rules))) or rule_problems(people, rules)
    if problems:
        raise PeopleError(rules.service, problems)


def unnamed(
    people: Sequence[Mapping[str, Any]], rules: Rules, fields: Sequence[Mapping[str, Any]]
) -> list[str]:
    """Names of people without access whose account name is unknown, so that the account is left alone."""
    return [person["name"] for person, evaluated in zip(people, fields)
            if "error" in evaluated and "name" not in evaluated and _account(person, rules, evaluated, {}) is None]


def has_access(person: Mapping[str, Any], rules: Rules) -> bool:
    """Whether a person's groups give access to the service."""
    return rules.access is None or not rules.giving_access.isdisjoint(person.get("groups") or ())


def overrides(person: Mapping[str, Any], rules: Rules) -> dict[str, Any]:
    """The options of a person's ``services`` for this service.

    Values for the host override those for its groups, and values for a group those for the groups above it. Of several
    states for unrelated groups, the most restrictive applies.

    :raises ValueError: if unrelated groups set different values for any other option
    """
    found: dict[str, Any] = {}
    here = _said(person, rules)
    for option in sorted({option for own in here.values() for option in own}, key=str):
        said = _most_specific(here, rules, option)
        values = list(said.values())
        if option == "state":
            values = [min(values, key=STRICTEST.index)] if all(value in STRICTEST for value in values) else values
        elif any(value != values[0] for value in values):
            groups = " and ".join(map(repr, sorted(said)))
            raise ValueError(f"services: the groups {groups} set different values for {option!r} of the account on "
                             f"{rules.service}, and none of them contains another. Set it for {rules.service} itself")
        found[option] = values[0]
    return found


def most_specific(person: Mapping[str, Any], rules: Rules, option: str) -> dict[str, Any]:
    """The values of one option, by host or group, without overridden ones."""
    return _most_specific(_said(person, rules), rules, option)


def _most_specific(here: Mapping[str, Mapping[str, Any]], rules: Rules, option: str) -> dict[str, Any]:
    said = {selector: own[option] for selector, own in here.items() if option in own}
    if rules.service in said:
        return {rules.service: said[rules.service]}
    overridden = {above for selector in said for above in ("all", *rules.above.get(selector, ())) if above != selector}
    return {selector: value for selector, value in said.items() if selector not in overridden}


def _said(person: Mapping[str, Any], rules: Rules) -> dict[str, Mapping[str, Any]]:
    """The options of a person's ``services`` that mean this service, by host or group."""
    services = person.get("services")
    if not services or not isinstance(services, Mapping):
        return {}
    return {selector: services[selector] for selector in rules.selectors
            if isinstance(services.get(selector), Mapping)}


def _account(
    person: Mapping[str, Any], rules: Rules, evaluated: Mapping[str, Any], passwords: Mapping[str, str]
) -> dict[str, Any] | None:
    """One account; None for a person without access whose account name is unknown.

    :raises ValueError: if a person has access, but the account cannot be determined
    """
    own = overrides(person, rules)
    state = person.get("state") or "enabled"
    if state not in SHUT:
        state = own.get("state") or (state if has_access(person, rules) else "disabled")
    named = "name" in own or "name" in evaluated or "error" not in evaluated
    if state in SHUT:
        if not named:
            return None
        account = {"name": evaluated.get("name", person["name"]), "state": state}
    else:
        if not named or ("error" in evaluated and "name" not in own):
            raise ValueError(evaluated["error"])
        account = {"name": person["name"], "state": state}
        account.update(_general_fields(person, rules, passwords))
        account.update({name: value for name, value in evaluated.items() if name != "error"})
    account.update(own, state=state)
    if not isinstance(account["name"], str) or not account["name"]:
        raise ValueError(f"the account name must be text and not empty, but it is {account['name']!r}")
    return account


def _general_fields(person: Mapping[str, Any], rules: Rules, passwords: Mapping[str, str]) -> dict[str, Any]:
    """The values of a person that many service types support.

    :raises ValueError: for a password that is empty or not text, which would count as not declared
    """
    password = person.get("password", passwords.get(person["name"]))
    if ("password" in person or person["name"] in passwords) and (not isinstance(password, str) or not password):
        raise ValueError("the password must be text (quote it) and not empty. Omit it if there is none")
    given = {"email": person.get("email"), "real_name": person.get("real_name"), "password": password}
    found = {name: value for name, value in given.items() if value is not None and name in rules.options}
    if rules.groups is not None:
        mapped = (group for mine in person.get("groups") or () for group in rules.groups.get(mine) or ())
        found["groups"] = sorted(set(mapped))
    return found


def person_problems(people: Sequence[Mapping[str, Any]], rules: Rules) -> list[list[str]]:
    """The mistakes in each person, as sentences, in order of the people."""
    problems: list[list[str]] = []
    seen: set[str] = set()
    for number, person in enumerate(people, 1):
        if not isinstance(person, Mapping) or not isinstance(person.get("name"), str) or not person["name"]:
            problems.append([f"person {number} of the list needs a name that is text (quote it)"])
            continue
        name = person["name"]
        twice = [f"person {name!r} is listed twice"] if name in seen else []
        seen.add(name)
        problems.append(twice + [f"person {name!r}: {problem}" for problem in _own_problems(person, rules)])
    return problems


def _own_problems(person: Mapping[str, Any], rules: Rules) -> Iterable[str]:
    if not _is_list_of_text(person.get("groups", [])):
        yield "groups must be a list of names ([] for none)"
    elif rules.known_groups is not None:
        unknown = _unknown(person.get("groups") or (), rules.known_groups)
        if unknown:
            yield f"group {unknown[0]!r} is not in people_groups"
    for key in _unknown((key for key in person if key not in KEYS), rules.fields):
        yield f"{key!r} is not a key of a person{_key_suggestion(key, rules)}"
    if person.get("state", "enabled") not in STATES:
        yield f"state {person['state']!r} is not one of {', '.join(STATES)}"
    services = person.get("services", {})
    if not isinstance(services, Mapping) or not all(isinstance(own, Mapping) for own in services.values()):
        yield "services must be a dictionary of dictionaries"
        return
    if not services:
        return
    if rules.known_selectors is not None:
        unknown = _unknown(services, rules.known_selectors)
        if unknown:
            yield (f"services: {unknown[0]!r} is not a host or a group of the inventory"
                   + _suggestion(nearest(unknown[0], rules.known_selectors)))
    for own in _said(person, rules).values():
        unknown = _unknown(own, rules.options)
        if unknown:
            yield (f"{unknown[0]!r} is not an option of accounts of this type"
                   + _suggestion(nearest(unknown[0], rules.options))
                   + f"; the options are {', '.join(sorted(rules.options))}")
        if own.get("state", "enabled") not in STATES:
            yield f"state {own['state']!r} is not one of {', '.join(STATES)}"
    try:
        overrides(person, rules)
    except ValueError as error:
        yield str(error)


def _unknown(names: Iterable[Any], known: Collection[str]) -> list[str]:
    return sorted({str(name) for name in names if name not in known})


def _key_suggestion(key: str, rules: Rules) -> str:
    if key.casefold() in STATES:
        return f". Did you mean state: {key.casefold()}?"
    return (_suggestion(nearest(key, (*KEYS, *rules.fields)))
            or f"; the keys are {', '.join(KEYS)}. List your own keys in people_fields")


def _suggestion(name: str | None) -> str:
    return f". Did you mean {name!r}?" if name else ""


def rule_problems(people: Sequence[Mapping[str, Any]], rules: Rules) -> list[str]:
    """The mistakes in rules, above all a group without members, which would silently lock people out."""
    problems = []
    known = rules.known_groups
    problem = "group {!r} is not in people_groups"
    if known is None:
        known = {group for person in people for group in person.get("groups") or ()}
        problem = "group {!r} has no members. If that is intended, list all groups in people_groups"
    if rules.access is not None and not _is_list_of_text(rules.access):
        problems.append("service_access must be a list of groups")
    else:
        problems.extend("service_access: " + problem.format(group)
                        for group in rules.access or () if group not in known)
    if rules.groups is None:
        return problems
    if not isinstance(rules.groups, Mapping) or not all(map(_is_list_of_text, rules.groups.values())):
        problems.append("service_groups must be a dictionary of lists: groups of the service by group of people")
    else:
        problems.extend("service_groups: " + problem.format(group)
                        for group in rules.groups if group not in known)
    if "groups" not in rules.options:
        problems.append("service_groups: services of this type have no groups")
    return problems


def with_password_hashes(accounts: Sequence[Any], hashes: Mapping[str, str]) -> list[Any]:
    """Accounts, with stored passwords for those that are to be open and have no password."""
    # The module refuses entries that are not accounts.
    return [_with_hash(account, hashes[account["name"]])
            if isinstance(account, Mapping) and _lacks_password(account, hashes) else account for account in accounts]


def _with_hash(account: Mapping[str, Any], stored: str) -> dict[str, Any]:
    kept = {option: value for option, value in account.items() if option not in SECRETS}
    return {"update_password": "on_create", **kept, "password_hash": stored}


def _lacks_password(account: Mapping[str, Any], hashes: Mapping[str, str]) -> bool:
    name = account.get("name")
    return (isinstance(name, str) and name in hashes and account.get("state") not in SHUT
            and all(account.get(option) is None for option in SECRETS))


def without_passwords(people: Any) -> Any:
    """People without their passwords, including those on single services."""
    if isinstance(people, Mapping):
        return {key: without_passwords(value) if isinstance(value, Mapping) else value
                for key, value in people.items() if key not in SECRETS}
    if isinstance(people, (list, tuple)):
        return [without_passwords(person) if isinstance(person, Mapping) else person for person in people]
    return people


def _is_list_of_text(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and all(isinstance(item, str) for item in value)
