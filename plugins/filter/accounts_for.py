# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: accounts_for
short_description: Turn people into the accounts of one service
version_added: 0.1.0
description:
  - Creates the list for the option C(accounts) of a C(<type>_user) module from people, their groups and the rules of
    one service.
  - The role P(auth.services.service#role) does this by itself. Use the filter in your own playbooks.
  - "People in a group that has access are declared V(enabled). All others are declared V(disabled): no account is
    created for them, and an existing one keeps its password, its groups and everything else."
  - It fails if two people share an account name, a group does not exist, an account or person has an unknown key, or a
    person lacks what a template needs. The message names the person and the service.
author:
  - The auth.services developers (@auth-services)
positional: _input
options:
  _input:
    description:
      - People. Each has a C(name), and may have C(email), C(real_name), C(password), C(groups), C(state) and
        C(services).
      - C(state=disabled) and C(state=absent) apply to all services.
      - C(services) is a dictionary from inventory hosts, or groups of them, to options of the account there. These
        override everything else.
      - Other keys must be listed in O(people_fields). Templates can use them.
    type: list
    elements: dict
    required: true
  service:
    description: Name of the service in messages, usually C(inventory_hostname).
    type: str
    required: true
  options:
    description: Names of the module's options, as P(auth.services.module_options#lookup) returns them.
    type: list
    elements: str
    required: true
  access:
    description: Groups of people with access. By default everyone has access; an empty list means nobody.
    type: list
    elements: str
  groups:
    description:
      - A dictionary from groups of people to groups of the service. A person gets the groups of the service that their
        own groups map to, and no others.
      - By default, groups of the service are left alone.
    type: dict
  fields:
    description: The results of templates for each person, as P(auth.services.person_fields#lookup) returns them.
    type: list
    elements: dict
    default: []
  passwords:
    description: Passwords by name of the person, for people without C(password).
    type: dict
    default: {}
  people_groups:
    description: All groups that a person may be in. The default is the groups that anybody is in.
    type: list
    elements: str
  people_fields:
    description: Keys that a person may have in addition to those that the filter knows.
    type: list
    elements: str
    default: []
  selectors:
    description:
      - Names that refer to this service in C(services) of a person. The default is O(service).
      - Values for O(service) override values for groups. Of several states for groups, the most restrictive one
        applies. Different values of any other option for groups are an error.
    type: list
    elements: str
  above:
    description: The groups that each group of O(selectors) is in. Values for a group override values for the groups
      that it is in.
    type: dict
    default: {}
  known_selectors:
    description: All such names in the inventory. By default, unknown names are not an error.
    type: list
    elements: str
  for_review:
    description:
      - Return a list for a review instead of a module. Each account has C(person), the name of its person, and only the
        options C(name), C(state), C(email), C(real_name) and C(groups), so it contains no password.
    type: bool
    default: false
seealso:
  - plugin: auth.services.person_fields
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Manage the accounts of a wiki, for staff only
  auth.services.mediawiki_user:
    login_db: wiki
    accounts: >-
      {{ people | auth.services.accounts_for(
           service=inventory_hostname,
           options=query('auth.services.module_options', 'auth.services.mediawiki_user'),
           access=['staff'],
           groups={'wiki_admins': ['sysop', 'bureaucrat']}) }}
"""

RETURN = r"""
_value:
  description: The accounts, in order of the people.
  type: list
  elements: dict
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.auth.services.plugins.module_utils.options import CONNECTION_OPTIONS, LIST_OPTIONS
from ansible_collections.auth.services.plugins.plugin_utils.people import (
    PeopleError,
    Rules,
    check_people,
    owned_accounts,
)
from ansible_collections.auth.services.plugins.plugin_utils.review import open_options


def accounts_for_filter(
    people: Sequence[Mapping[str, Any]],
    service: str,
    options: Sequence[str],
    access: Sequence[str] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    fields: Sequence[Mapping[str, Any]] = (),
    passwords: Mapping[str, str] | None = None,
    people_groups: Sequence[str] | None = None,
    selectors: Sequence[str] | None = None,
    known_selectors: Sequence[str] | None = None,
    for_review: bool = False,
    people_fields: Sequence[str] = (),
    above: Mapping[str, Sequence[str]] | None = None,
) -> list[dict[str, Any]]:
    if not isinstance(people, Sequence) or isinstance(people, str):
        raise AnsibleFilterError(f"{service}: people must be a list, not {type(people).__name__}")
    account_options = set(options) - set(CONNECTION_OPTIONS) - set(LIST_OPTIONS)
    rules = Rules(service, account_options, access, groups, _as_set(people_groups),
                  [service] if selectors is None else selectors, above or {}, _as_set(known_selectors),
                  frozenset(people_fields))
    try:
        check_people(people, rules)
        owned = owned_accounts(people, rules, fields, passwords)
    except PeopleError as error:
        raise AnsibleFilterError(str(error)) from None
    if for_review:
        return [{"person": person, **open_options(account)} for person, account in owned]
    return [account for _person, account in owned]


def _as_set(names: Sequence[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)


class FilterModule:
    """People to accounts."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"accounts_for": accounts_for_filter}
