# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the variables of an inventory host to the options of its modules.

Every variable is read strictly: one that is defined but cannot be evaluated is an error, never a default. It is
read only if it is needed: reading accounts needs no passwords, and disabling one person needs nothing of another.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.options import CONNECTION_OPTIONS, LIST_OPTIONS
from ansible_collections.auth.services.plugins.plugin_utils.people import (
    KEYS,
    Rules,
    check_people,
    owned_accounts,
    unnamed,
    with_password_hashes,
    without_passwords,
)
from ansible_collections.auth.services.plugins.plugin_utils.person_templates import mentioned, person_fields
from ansible_collections.auth.services.plugins.plugin_utils.review import is_open, open_options
from ansible_collections.auth.services.plugins.plugin_utils.shipped_mappings import field_options, mapping_of
from ansible_collections.auth.services.plugins.plugin_utils.variables import (
    OMITTED,
    VariableError,
    Variables,
    checked,
    intended_name,
    nearest,
)

SERVICE_VARIABLES = {
    "service_type": "text",
    "service_database": "dictionary",
    "service_options": "dictionary",
    "service_mapping": "anything",
    "service_access": "names",
    "service_groups": "dictionary",
    "service_name": "text",
    "service_fields": "dictionary",
    "service_accounts": "list",
    "service_password_hashes": "dictionary",
    "service_unlisted": "text",
    "service_unlisted_except": "names",
    "service_unlisted_limit": "anything",
    "service_unlisted_names": "anything",
    "service_disable_limit": "anything",
    "service_change_limit": "anything",
}
"""The variables of a service, and their kinds."""

PEOPLE_VARIABLES = {
    "people": "list",
    "people_groups": "names",
    "people_passwords": "dictionary",
    "people_fields": "names",
}
VARIABLES = {**SERVICE_VARIABLES, **PEOPLE_VARIABLES}

OWN = frozenset((
    "service_modules", "service_module", "service_look", "service_result", "service_actual", "service_read_more",
    "service_owned", "service_account_options", "service_counted", "service_declared_only", "service_offboarded",
    "service_listed", "service_traces", "service_traces_failure", "service_failure", "service_since", "service_most",
    "service_inspected", "service_inspection",
))
"""Variables that the role and the playbooks set."""

OF_ONE_SERVICE = ("service_database", "service_options", "service_mapping", "service_access", "service_groups",
                  "service_name", "service_fields", "service_accounts", "service_password_hashes")
"""Variables that are useless for a host that is not a service. The others may be set once for all hosts."""

DATABASE_OPTIONS = {
    **{name.removeprefix("login_"): name for name in CONNECTION_OPTIONS},
    "engine": "login_engine",
    "name": "login_db",
    "prefix": "table_prefix",
}
"""Keys of ``service_database``, and the options of modules that they set."""
for _name in ("db", "table_prefix"):
    del DATABASE_OPTIONS[_name]

MODULE_VARIABLES = {
    "service_unlisted": "unlisted", "service_unlisted_except": "unlisted_except",
    "service_unlisted_limit": "unlisted_limit", "service_unlisted_names": "unlisted_names",
    "service_disable_limit": "disable_limit", "service_change_limit": "change_limit",
}
"""Variables that are options of the module."""
ELSEWHERE = {
    **{option: variable for variable, option in MODULE_VARIABLES.items()},
    **{option: f"service_database.{key}" for key, option in DATABASE_OPTIONS.items()},
    "accounts": "service_accounts",
    "name": "service_accounts",
    "mapping": "service_mapping",
}
"""Options that ``service_options`` cannot contain, and the variables to use instead."""


MAPPED = "auth.services.sql_user"
"""The module of services that a mapping describes."""


@dataclass(frozen=True)
class Place:
    """The place of a host in the inventory.

    :ivar groups: the groups of the host
    :ivar above: for each of them, the groups that it is in
    :ivar known: every host and group
    :ivar elsewhere: returns the templates over a person of other hosts; only called if they are needed
    """

    host: str
    groups: Sequence[str] = ()
    above: Mapping[str, Collection[str]] = field(default_factory=dict)
    known: Collection[str] | None = None
    elsewhere: Callable[[], Iterable[Any]] = tuple


def look(variables: Variables, host: str) -> tuple[bool, list[str]]:
    """Whether a host is a service, and warnings.

    :raises VariableError: if service_type seems to be misspelled
    """
    if "service_type" in variables:
        variables.get("service_type", "text")
        return True, []
    wrong = sorted(name for name in _candidates(variables) if intended_name(name, SERVICE_VARIABLES) == "service_type")
    if wrong:
        raise VariableError(f"{wrong[0]} is not a known variable. Did you mean service_type?")
    given = [name for name in OF_ONE_SERVICE if name in variables]
    warning = f"{host} has {', '.join(given)} but no service_type, so it is not treated as a service"
    return False, [warning] if given else []


def check_names(variables: Variables) -> None:
    """Check for misspelled variables.

    :raises VariableError: naming them
    """
    found = [f"{name} is not a known variable. Did you mean {one}?" for name, one in misspelled(variables).items()]
    if found:
        raise VariableError(" ".join(found))


def misspelled(variables: Variables) -> dict[str, str]:
    """Misspelled variables of the host, and the correct names."""
    wrong = ((name, intended_name(name, VARIABLES)) for name in sorted(_candidates(variables)))
    return {name: one for name, one in wrong if one}


def _candidates(variables: Variables) -> Iterable[str]:
    return (name for name in map(str, variables.all)
            if name not in VARIABLES and name not in OWN and not name.startswith("ansible_"))


class ServiceTask:
    """The options of one service's modules.

    :param module_options: returns the names of a module's options, by its full name
    """

    def __init__(self, variables: Variables, place: Place, module_options: Callable[[str], Collection[str]]) -> None:
        self.variables = variables
        self.place = place
        self.warnings: list[str] = []
        self._module_options = module_options

    def module(self, more: str = "") -> str:
        """Full name of the module for the service's type."""
        if self.variables.get("service_type", "text") is None:
            self._needed("service_type")
        return f"auth.services.{self.variables.get('service_module', 'text')}{more}"

    def read(self) -> dict[str, Any]:
        """Options of the ``_info`` module.

        :raises VariableError: for a mistake in a variable
        """
        check_names(self.variables)
        more = self.variables.get("service_read_more", "dictionary", {})
        return {**self.connection(), **self.options(self._module_options(self.module("_info"))), **more}

    @cached_property
    def mapping(self) -> Any:
        """The mapping of the service; None for a type without one.

        :raises VariableError: for a mistake in ``service_mapping``
        """
        kind = self.variables.get("service_type", "text")
        if kind is None or self.module() != MAPPED:
            return None
        given = self.variables.get("service_mapping", "anything") if kind == "sql" else kind
        if given is None:
            self._needed("service_mapping")
        try:
            return mapping_of(given)
        except ValueError as error:
            raise VariableError(str(error)) from None

    def option_names(self) -> set[str]:
        """Names of the options of the module that writes, with those that a mapping gives an account.

        :raises VariableError: for a mistake in ``service_mapping``
        """
        names, mapping = set(self._module_options(self.module())), self.mapping
        try:
            return names if mapping is None else names | field_options(mapping)
        except ValueError as error:
            raise VariableError(str(error)) from None

    def apply(self) -> dict[str, Any]:
        """Options of the ``_user`` module.

        :raises VariableError: for a mistake in a variable
        :raises PeopleError: for mistakes in people and rules
        """
        check_names(self.variables)
        kind = self.variables.get("service_type", "text")
        if kind != "sql" and self.variables.get("service_mapping", "anything") is not None:
            raise VariableError(f"service_mapping has no effect for service_type {kind}: remove it, or set service_type"
                                " to sql")
        connection, options, fuses = self.connection(), self.options(), self.fuses()
        accounts = self.variables.get("service_accounts", "list", [])
        owned = [account for _person, account in self.owned(bool(accounts))]
        hashes = self.variables.get("service_password_hashes", "dictionary", {})
        return {**connection, **options, **fuses, "accounts": with_password_hashes([*owned, *accounts], hashes)}

    def review(self) -> list[dict[str, Any]]:
        """The accounts of people, without passwords and other secrets.

        :raises VariableError: for a mistake in a variable
        :raises PeopleError: for mistakes in people and rules
        """
        check_names(self.variables)
        return [{"person": person, **open_options(account)} for person, account in self.owned(True, for_review=True)]

    def declared_names(self) -> list[str]:
        """Names of all declared accounts.

        :raises VariableError: for a mistake in a variable
        :raises PeopleError: for mistakes in people and rules
        """
        accounts = self.variables.get("service_accounts", "list", [])
        others = [account for account in accounts if isinstance(account, Mapping) and account.get("name") is not None]
        owned = [account for _person, account in self.owned(True, for_review=True)]
        return [str(account["name"]) for account in (*owned, *others)]

    def owned(self, others: bool, for_review: bool = False) -> list[tuple[str, dict[str, Any]]]:
        """The accounts of people, each with the name of its person before it.

        :param others: whether there are accounts that belong to nobody
        """
        people = self._people(others, for_review)
        rules = self._rules(people)
        check_people(people, rules)
        fields = person_fields(self.variables.templar, self.variables.all, people, is_open if for_review else None)
        passwords = {} if for_review else self.variables.get("people_passwords", "dictionary", {})
        owned = owned_accounts(people, rules, fields, passwords)
        missing = unnamed(people, rules, fields)
        if missing and not for_review:
            names = ", ".join(map(repr, missing[:5])) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
            self.warnings.append(f"{self.place.host}: service_name cannot be evaluated for {names}, who should have no "
                                 "access. If they have an account there, it is left as it is")
        return owned

    def fuses(self) -> dict[str, Any]:
        """The options for unlisted accounts, and the limits.

        :raises VariableError: for a mistake in a variable
        """
        found = {option: self.variables.get(name, SERVICE_VARIABLES[name]) for name, option in MODULE_VARIABLES.items()}
        return {option: value for option, value in found.items() if value is not None}

    def connection(self, only: Collection[str] | None = None) -> dict[str, Any]:
        """The connection options.

        :param only: those that are needed
        :raises VariableError: for a mistake in ``service_database``
        """
        found = {}
        for key, value in self._each("service_database"):
            if key not in DATABASE_OPTIONS:
                raise VariableError(_unknown("service_database", key, DATABASE_OPTIONS))
            label = f"service_database.{key}"
            given = value() if only is None or DATABASE_OPTIONS[key] in only else OMITTED
            if given is not OMITTED:
                found[DATABASE_OPTIONS[key]] = checked(given, "anything", label)
        if "login_db" not in found:
            self._needed("service_database.name" if found else "service_database")
        return found

    def _each(self, name: str) -> Iterable[tuple[str, Callable[[], Any]]]:
        """The keys of a dictionary, each with a function that evaluates its value: an error is about one key."""
        raw = self.variables.all.get(name, {})
        if isinstance(raw, Mapping):
            for key, value in raw.items():
                yield str(key), partial(self.variables.evaluate, value, f"{name}.{key}")
        else:
            for key, value in self.variables.get(name, "dictionary", {}).items():
                yield str(key), partial(_unchanged, value)

    def options(self, only: Collection[str] | None = None) -> dict[str, Any]:
        """``service_options``.

        :param only: the options that are needed: for reading, those that locate the service in the database
        :raises VariableError: for unknown options. The module's own message would contain their values
        """
        known, mapping = self.option_names() - set(ELSEWHERE), self.mapping
        found = {} if mapping is None else {"mapping": mapping}
        for name, evaluate in self._each("service_options"):
            if name in ELSEWHERE:
                raise VariableError(f"service_options cannot contain {name}: use {ELSEWHERE[name]} instead")
            if name not in known:
                raise VariableError(_unknown("service_options", name, known))
            value = evaluate() if only is None or name in only else OMITTED
            if value is not OMITTED:
                found[name] = value
        return found

    def _people(self, others: bool, for_review: bool) -> list[Any]:
        if "people" not in self.variables:
            expected = [name for name in ("people_groups", "people_passwords", "service_access", "service_groups")
                        if name in self.variables]
            if not others or expected:
                without = f", so {', '.join(expected)} have no effect" if expected else ""
                self.warnings.append(f"{self.place.host}: people is not defined{without}"
                                     + ("" if others else ". Nothing is declared"))
            return []
        raw = self.variables.all["people"]
        raw = without_passwords(raw) if for_review else raw
        people = checked(self.variables.evaluate(raw, "people"), "list", "people")
        people = without_passwords(people) if for_review else people
        if not people:
            self.warnings.append(f"{self.place.host}: people is empty"
                                 + ("" if others else ", so nothing is declared"))
        return list(people)

    def _rules(self, people: Sequence[Any]) -> Rules:
        options = self.option_names() - set(CONNECTION_OPTIONS) - set(LIST_OPTIONS) - {"mapping"}
        ours = {name: self.variables.get(name, kind) for name, kind in VARIABLES.items()
                if name in ("service_access", "service_groups", "people_groups", "people_fields")}
        fields = {*(ours["people_fields"] or ()), *self._mentioned_here()}
        odd = {key for person in people if isinstance(person, Mapping) for key in person}.difference(KEYS, fields)
        for template in self.place.elsewhere() if odd else ():
            fields |= mentioned(template)
            if odd <= fields:
                break  # Ansible needs milliseconds for the variables of each host
        known_groups = None if ours["people_groups"] is None else frozenset(ours["people_groups"])
        return Rules(
            self.place.host, options, ours["service_access"], ours["service_groups"], known_groups,
            self._selectors(), self.place.above, self.place.known, fields,
        )

    def _selectors(self) -> list[str]:
        return ["all", *self.place.groups, self.place.host]

    def _mentioned_here(self) -> set[str]:
        return mentioned(*(self.variables.all.get(name) for name in ("service_name", "service_fields")))

    def _needed(self, name: str) -> Any:
        raise VariableError(f"{name} is missing: set it for this host")


def _unchanged(value: Any) -> Any:
    return value


def _unknown(where: str, name: str, known: Collection[str]) -> str:
    best = nearest(name, known)
    hint = f". Did you mean {best!r}?" if best else f"; the keys are {', '.join(sorted(known))}"
    return f"{where} cannot contain {name!r}{hint}"
