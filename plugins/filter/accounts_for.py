# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: accounts_for
short_description: Turn people into the accounts of one service
version_added: 0.1.0
description:
  - Makes the list that the option C(accounts) of a C(<type>_user) module takes out of people, their groups and the
    rules of one service.
  - The role P(auth.services.service#role) does this by itself. The filter is there for playbooks of your own.
  - Who is in a group that the service lets in is declared V(enabled). Who is in none of them is declared V(disabled),
    so that no account is made for them, and one that they had keeps its password, its groups and everything else.
  - It fails, naming the person and the service, for two people with one account name, for a group that does not
    exist, for a key or a field that accounts of the type do not have, and for a person without what a template needs.
author:
  - The auth.services developers (@auth-services)
positional: _input
options:
  _input:
    description:
      - People. Each has a C(name), and may have C(email), C(real_name), C(password), C(groups), C(state) and
        C(services).
      - C(state=disabled) and C(state=absent) hold everywhere.
      - C(services) is a dictionary from inventory hosts, or groups of them, to options of the account there, which
        override everything else.
      - Other keys must be listed in O(people_fields). They are there for templates.
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
    description: Groups of people who get an account. Not given, everyone gets one. An empty list means nobody.
    type: list
    elements: str
  groups:
    description:
      - From a group of people to groups of the service. A person is in the groups of the service that any of their own
        groups lead to, and in no others.
      - Not given, groups of the service are left alone.
    type: dict
  fields:
    description: What templates make of each person, as P(auth.services.person_fields#lookup) returns it.
    type: list
    elements: dict
    default: []
  passwords:
    description: Passwords by name of the person, for people without C(password).
    type: dict
    default: {}
  people_groups:
    description: All groups that a person may be in. Not given, those count that anybody is in.
    type: list
    elements: str
  people_fields:
    description: Keys that a person may have beside those that the filter knows.
    type: list
    elements: str
    default: []
  selectors:
    description:
      - Names by which C(services) of a person mean this service. O(service) without.
      - What is said for O(service) overrides what is said for groups. Of states that several groups say, the one that
        shuts most counts. Groups that say different things about anything else are an error.
    type: list
    elements: str
  above:
    description: The groups that each group of O(selectors) is in. What is said for it overrides what is said for these.
    type: dict
    default: {}
  known_selectors:
    description: All such names that exist in the inventory. Not given, an unknown name is no error.
    type: list
    elements: str
  for_review:
    description:
      - Make a list for reading, not for a module. Each account has C(person), the name of the person whose it is, and
        of its options only C(name), C(state), C(email), C(real_name) and C(groups), so that no password is in it.
    type: bool
    default: false
seealso:
  - plugin: auth.services.person_fields
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: The accounts of a wiki, for staff only
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

from ansible_collections.auth.services.plugins.module_utils.connection import OPTIONS as CONNECTION_OPTIONS
from ansible_collections.auth.services.plugins.module_utils.user_module import LIST_OPTIONS
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
    rules = Rules(service, account_options, access, groups, people_groups,
                  [service] if selectors is None else selectors, above or {}, known_selectors, people_fields)
    try:
        check_people(people, rules)
        owned = owned_accounts(people, rules, fields, passwords)
    except PeopleError as error:
        raise AnsibleFilterError(str(error)) from None
    if for_review:
        return [{"person": person, **open_options(account)} for person, account in owned]
    return [account for _person, account in owned]


class FilterModule:
    """People to accounts."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"accounts_for": accounts_for_filter}
