# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is to be disabled on a service, whatever is wrong with the rest of the inventory.

Variables are read in pieces here: a piece that is wrong or cannot be evaluated is reported, and prevents nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import SHUT
from ansible_collections.auth.services.plugins.plugin_utils.people import (
    KEYS,
    SECRETS,
    PeopleError,
    Rules,
    most_specific,
    person_problems,
    possible_accounts,
    rule_problems,
    without_passwords,
)
from ansible_collections.auth.services.plugins.plugin_utils.person_templates import mentioned, person_fields
from ansible_collections.auth.services.plugins.plugin_utils.service_tasks import (
    ELSEWHERE,
    MODULE_VARIABLES,
    ServiceTask,
    check_names,
    misspelled,
)
from ansible_collections.auth.services.plugins.plugin_utils.variables import (
    OMITTED,
    VariableError,
    entry_label,
    is_list_of_text,
    is_text,
    nearest,
)


@dataclass(frozen=True)
class Leaving:
    """Whom to disable on one service.

    :ivar names: names of the accounts
    :ivar person: values of the person, such as ``name``, ``email`` and ``real_name``
    :ivar listed: whether people contains this person
    :ivar still: whether people still declares accounts for this person
    :ivar doubts: what could not be read, so that accounts may be missed
    :ivar owner: who may be meant, if the name is not that of a person; a sentence
    """

    names: Sequence[str]
    person: Mapping[str, Any]
    listed: bool = False
    still: bool = False
    doubts: Sequence[str] = ()
    owner: str = ""


class ShuttingTask(ServiceTask):
    """The options of one service's modules, to disable somebody."""

    # An incomplete list

    def incomplete(self, failure: VariableError | PeopleError) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Options of the ``_user`` module for the known part of an incomplete list: required ones, and others.

        :param failure: why the list is incomplete
        :returns: None if nobody is known to be disabled, or if the database or a limit is unknown
        """
        problems = list(failure.problems) if isinstance(failure, PeopleError) else [str(failure)]
        meant = {*misspelled(self.variables).values()}
        try:
            meant |= {ELSEWHERE.get(option, "") for option, _evaluate in self._each("service_options")}
            if not meant.isdisjoint({"service_database", "service_options", "service_name", *MODULE_VARIABLES}):
                return None
            needed, more, left_out = self.disabling()
            fuses = self.fuses()
        except VariableError:
            return None
        problems += left_out
        accounts = [*self._known_of_people(problems), *self._known_of_nobody(problems)]
        if not any(account["state"] in SHUT for account in accounts):
            return None
        return {**needed, **fuses, "accounts": accounts, "incomplete": list(dict.fromkeys(problems))}, more

    def _known_of_people(self, problems: list[str]) -> list[dict[str, Any]]:
        """The accounts of people, as far as they are known. If an entry or the rules have a mistake, an account only
        has its name and a state, which is disabled only if the entry says so without a rule."""
        entries, notes = self._entries("people")
        problems += notes
        read = [self._evaluated(entry) for entry in entries]
        people = [person for person, _wrong in read]
        rules = self._known_rules(people, problems)
        good: list[dict[str, Any]] = []
        partly: list[tuple[dict[str, Any], Collection[str]]] = []
        malformed = person_problems(people, rules) if rules else [[] for _person in people]
        for (person, wrong), more in zip(read, malformed):
            problems += wrong.values() or more
            if not is_text(person.get("name")):
                continue
            if wrong or more or rules is None:
                partly.append((person, wrong))
            else:
                good.append(person)
        try:
            fields = person_fields(self.variables.templar, self.variables.all, good)
        except VariableError as error:
            problems.append(str(error))
            good, partly, fields = [], [*((person, ()) for person in good), *partly], []
        owned: list[tuple[str, dict[str, Any]]] = []
        if rules is not None:
            owned, refused = possible_accounts(good, rules, fields)
            problems += refused
        for person, unknown in partly:
            owned += self._known_of(person, unknown, problems)
        return _without_contradictions(owned)

    def _known_rules(self, people: Sequence[Mapping[str, Any]], problems: list[str]) -> Rules | None:
        """The rules; None if they have a mistake, so that it is unknown who has access."""
        try:
            check_names(self.variables)
            rules = self._rules(people)
        except VariableError as error:
            problems.append(str(error))
            return None
        wrong = rule_problems([person for person in people if is_list_of_text(person.get("groups", []))], rules)
        problems += wrong
        return None if wrong else rules

    def _known_of(
        self, person: Mapping[str, Any], unknown: Collection[str], problems: list[str]
    ) -> list[tuple[str, dict[str, Any]]]:
        """The accounts of a person whose entry is only partly known.

        :param unknown: keys of the person that cannot be evaluated
        """
        said = [person.get("state"), *most_specific(person, self._selecting(), "state").values()]
        shut = any(state in SHUT for state in said)
        names, doubts = self._names_of(person)
        if doubts or not self._is_named(person, unknown):
            if shut:
                problems.append(f"person {person['name']!r}: it is not known which account to disable")
            return []
        return [(person["name"], {"name": name, "state": "disabled" if shut else "present"}) for name in names]

    def _is_named(self, person: Mapping[str, Any], unknown: Collection[str]) -> bool:
        """Whether everything is known that may set the account name; a misspelled key may."""
        naming = {"services", "name", *mentioned(self.variables.all.get("service_name"))}
        odd = set(person) - {*KEYS, *self._mentioned_here()}
        return naming.isdisjoint(unknown) and not any(nearest(key, naming) for key in odd)

    def _known_of_nobody(self, problems: list[str]) -> list[dict[str, Any]]:
        """The accounts of ``service_accounts``, as far as they can be evaluated."""
        entries, notes = self._entries("service_accounts")
        problems += notes
        accounts = []
        for account, wrong in map(self._evaluated, entries):
            problems += wrong.values()
            if wrong:
                account = {key: account[key] for key in ("name", "state") if key in account}
            if is_text(account.get("name")):
                accounts.append({"state": "present", **account})
        return accounts

    # One person leaves

    def leaving(self, name: str, confirmed: bool = False) -> Leaving:
        """Whom to disable when the person of this name leaves. Mistakes in people are not errors here.

        :param confirmed: use the name even if it is that of another person's account
        """
        entries, notes = self._entries("people")
        mine: list[Callable[..., Any]] = []
        others: list[Callable[..., Any]] = []
        for entry in entries:
            try:
                (mine if entry("name") == name else others).append(entry)
            except VariableError as error:
                notes.append(f"{error}, so it is not known who this is")
        if not mine and not confirmed:
            owner = self._owner(name, [person for person, _problems in map(self._evaluated, others)])
            if owner:
                return Leaving([], {"name": name}, owner=owner)
        doubts = [] if mine else [f"{note}, so only accounts named {name!r} were searched for" for note in notes]
        names: list[str] = []
        known: dict[str, Any] = {"name": name}
        still = False
        for person, problems in map(self._evaluated, mine):
            doubts.extend(problems.values())
            found, problem = self._names_of({**person, "name": name})
            doubts.extend(problem)
            names.extend(one for one in found if one not in names)
            known.update({key: person[key] for key in ("email", "real_name", "services") if person.get(key)})
            still = still or person.get("state", "enabled") not in ("disabled", "absent")
        if not mine:
            names = self._names_of({"name": name})[0]
        return Leaving(names, known, bool(mine), still, doubts)

    def disabling(self) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
        """Options for disabling: required ones, others, and why some of the others are left out.

        :raises VariableError: if the database is unknown
        """
        connection = self.connection()
        place: dict[str, Any] = {}
        more: dict[str, Any] = {}
        problems: list[str] = []
        info, known, mapping = set(self._module_options(self.module("_info"))), self.option_names(), self.mapping
        if mapping is not None:
            place["mapping"] = mapping
        for option, evaluate in self._each("service_options"):
            try:
                if option not in known or option in ELSEWHERE:
                    raise VariableError(f"service_options cannot contain {option!r}")
                value = evaluate()
            except VariableError as error:
                if option in info:
                    raise
                problems.append(str(error))
                continue
            if value is not OMITTED:
                (place if option in info else more)[option] = value
        for option in ("state", *SECRETS):
            more.pop(option, None)
        return {**connection, **place}, more, problems

    def _entries(self, name: str) -> tuple[list[Callable[..., Any]], list[str]]:
        """For each entry of a list a function that evaluates one key, without passwords; or why it is unreadable."""
        if name not in self.variables:
            return [], []
        raw = without_passwords(self.variables.all[name])
        try:
            if isinstance(raw, (list, tuple)):
                return [partial(self._key, entry, name + entry_label(entry, number))
                        for number, entry in enumerate(raw, 1)], []
            return [partial(_key, entry) for entry in without_passwords(self.variables.get(name, "list", []))], []
        except VariableError as error:
            return [], [str(error)]

    def _key(self, entry: Any, label: str, key: str | None = None) -> Any:
        if not isinstance(entry, Mapping):
            return _key(without_passwords(self.variables.evaluate(entry, label)), key)
        if key is None:
            return list(entry)
        return self.variables.evaluate(entry.get(key), f"{label}.{key}")

    def _evaluated(self, entry: Callable[..., Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """An entry with all keys that can be evaluated, and the mistakes in the others, by key."""
        known: dict[str, Any] = {}
        problems: dict[str, str] = {}
        try:
            keys = entry()
        except VariableError as error:
            return {}, {"": str(error)}
        for key in keys:
            try:
                value = entry(key)
            except VariableError as error:
                problems[str(key)] = str(error)
                continue
            if value is not OMITTED:
                known[str(key)] = value
        return known, problems

    def _names_of(self, person: Mapping[str, Any]) -> tuple[list[str], list[str]]:
        """The account names of one person on this service: several if groups of the host set different ones."""
        said = [name for name in most_specific(person, self._selecting(), "name").values() if is_text(name)]
        if said:
            return said, []
        try:
            evaluated = person_fields(self.variables.templar, self.variables.all, [person], "name".__eq__)
            problem = evaluated[0].get("error") if evaluated else None
        except VariableError as error:
            evaluated, problem = [], str(error)
        name = evaluated[0].get("name") if evaluated else None
        if problem or (evaluated and not name):
            problem = problem or "service_name is empty for this person"
            return [person["name"]], [f"{problem}; the account {person['name']!r} was searched for instead"]
        return [name or person["name"]], []

    def _selecting(self) -> Rules:
        """Rules that only select the ``services`` of a person that mean this one."""
        return Rules(self.place.host, (), selectors=self._selectors(), above=self.place.above)

    def _owner(self, name: str, people: Sequence[Mapping[str, Any]]) -> str:
        """Who may be meant by a name that no person has, as a sentence; empty if nobody."""
        same = name.strip().casefold()
        people = [person for person in people if isinstance(person.get("name"), str)]
        for person in people:
            given = [person["name"], person.get("email"), person.get("real_name")]
            if any(isinstance(one, str) and one.strip().casefold() == same for one in given):
                return f"{name!r} is not the name of a person; it looks like {person['name']!r}"
        for person in people:
            if any(one.strip().casefold() == same for one in self._names_of(person)[0]):
                return f"{name!r} is not a person. It is the account of {person['name']!r} on {self.place.host}"
        return ""


def _without_contradictions(owned: Sequence[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """The accounts. One that several people share is only disabled if all of them say so."""
    stays = defaultdict(set)
    for person, account in owned:
        if account["state"] not in SHUT:
            stays[account["name"]].add(person)
    return [account for person, account in owned if account["state"] not in SHUT or stays[account["name"]] <= {person}]


def _key(person: Any, key: str | None = None) -> Any:
    if not isinstance(person, Mapping):
        return () if key is None else None
    return list(person) if key is None else person.get(key)
