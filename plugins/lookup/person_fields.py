# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: person_fields
short_description: Evaluate templates for each of many people
version_added: 0.1.0
description:
  - Evaluates the variables C(service_name) and C(service_fields) for each person, who is C(person) in them.
  - The variables are taken as they stand in the inventory, which a filter could not do, as Ansible evaluates them
    before, when there is no C(person).
  - All people are done by one evaluation, so that thousands take less than a second.
author:
  - The auth.services developers (@auth-services)
options:
  _terms:
    description: People, each a dictionary.
    type: list
    elements: dict
    required: true
notes:
  - A template that fails for another reason than a person who lacks something is an error.
  - What a template makes is text. A field that is no text in the inventory, such as a number or a list without
    templates, stays what it is.
  - V(omit) in a template leaves the field alone, as it does in a task.
"""

EXAMPLES = r"""
- name: A name for each person
  ansible.builtin.debug:
    msg: "{{ query('auth.services.person_fields', people) }}"
  vars:
    people:
      - {name: alice, real_name: Alice Liddell}
    service_name: "{{ person.real_name }}"
    service_fields:
      url: "https://{{ person.name }}.example.org"
"""

RETURN = r"""
_raw:
  description:
    - For each person, in their order, a dictionary of the fields. C(service_name) is C(name).
    - With C(error), where a template needs what the person does not have, and without C(name) where it is that one.
    - Empty when there are neither names nor fields to make.
  type: list
  elements: dict
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.auth.services.plugins.plugin_utils.person_templates import person_fields
from ansible_collections.auth.services.plugins.plugin_utils.variables import VariableError


class LookupModule(LookupBase):
    """Templates over people."""

    def run(self, terms: Sequence[Any], variables: Any = None, **kwargs: Any) -> list[dict[str, Any]]:
        people = terms[0] if len(terms) == 1 and not isinstance(terms[0], Mapping) else terms
        try:
            return person_fields(self._templar, variables, people)
        except VariableError as error:
            failure = str(error)
        raise AnsibleLookupError(failure)
