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
    - With C(error) instead, where a template needs what the person does not have.
    - Empty when there are neither names nor fields to make.
  type: list
  elements: dict
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.plugins.lookup import LookupBase

try:
    from ansible.template import trust_as_template  # ansible-core 2.19: a text is evaluated only if it is trusted
except ImportError:  # before that, unless it is marked
    from ansible.utils.unsafe_proxy import wrap_var as as_data

    trust_as_template = str  # type: ignore[assignment]
else:

    def as_data(value: Any) -> Any:
        return value


class LookupModule(LookupBase):
    """Templates over people."""

    def run(self, terms: Sequence[Any], variables: Any = None, **kwargs: Any) -> list[dict[str, Any]]:
        people = terms[0] if len(terms) == 1 and not isinstance(terms[0], Mapping) else terms
        fields = variables.get("service_fields") or {}
        if isinstance(fields, str):
            raise AnsibleLookupError("service_fields must be a dictionary in the inventory, not a template of one")
        fields = dict(fields)
        if variables.get("service_name") is not None:
            fields["name"] = variables["service_name"]
        templates = {name: text for name, text in fields.items() if isinstance(text, str)}
        if not fields or not people:
            return []
        fixed = {name: value for name, value in fields.items() if name not in templates}
        if not templates:
            return [dict(fixed) for _person in people]
        try:
            made = self._evaluate(people, templates, variables)
        except AnsibleError:
            made = [self._evaluate_one(person, templates, variables) for person in people]
        return [{**fixed, **values} for values in made]

    def _evaluate(
        self, people: Sequence[Any], templates: Mapping[str, str], variables: Mapping[str, Any]
    ) -> list[dict[str, str]]:
        # Words that no value can hold by chance or by malice: they tell where a value ends, and that it is left out.
        end, omit = secrets.token_hex(16), secrets.token_hex(16)
        text = "".join(f"{template}{end}" for template in templates.values())
        templar = self._templar.copy_with_new_env(  # type: ignore[union-attr]  # Ansible always gives one
            available_variables={**variables, "people_at_hand": as_data(people), "omit": omit}
        )
        made = templar.template(trust_as_template(f"{{% for person in people_at_hand %}}{text}{{% endfor %}}"))
        values = str(made).split(end)[:-1]
        rows = (values[start : start + len(templates)] for start in range(0, len(values), len(templates)))
        return [{name: value for name, value in zip(templates, row) if value != omit} for row in rows]

    def _evaluate_one(
        self, person: Any, templates: Mapping[str, str], variables: Mapping[str, Any]
    ) -> dict[str, str]:
        values: dict[str, str] = {}
        for name, template in templates.items():
            option = "service_name" if name == "name" else f"service_fields.{name}"
            try:
                values.update(self._evaluate([person], {name: template}, variables)[0])
            except AnsibleError as error:
                return {"error": f"{option} cannot be made of this person: {error}"}
        return values
