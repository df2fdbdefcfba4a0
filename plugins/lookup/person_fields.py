# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: person_fields
short_description: Evaluate templates for each of many people
version_added: 0.1.0
description:
  - Evaluates the variables C(service_name) and C(service_fields) for each person. In them, C(person) is the person.
  - It reads the variables unevaluated from the inventory. A filter could not do this, because Ansible would evaluate
    them before, when C(person) is not defined.
  - One evaluation handles all people, so thousands take less than a second.
author:
  - The auth.services developers (@auth-services)
options:
  _terms:
    description: People, each a dictionary.
    type: list
    elements: dict
    required: true
notes:
  - A template that fails, other than for a key that a person does not have, is an error.
  - The result of a template is text. A value in the inventory that is not text, such as a number or a list without
    templates, is returned unchanged.
  - V(omit) in a template leaves the field alone, as it does in a task.
"""

EXAMPLES = r"""
- name: Evaluate a name for each person
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
    - A dictionary of the fields for each person, in order. C(service_name) is C(name).
    - If a template needs something that the person does not have, the dictionary has C(error), and no C(name) if this
      template is C(service_name).
    - Empty if neither variable is defined.
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
