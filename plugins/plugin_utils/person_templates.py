# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables ``service_name`` and ``service_fields``: templates that are evaluated for each person."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.template import trust_as_template

from ansible_collections.auth.services.plugins.plugin_utils.variables import TEMPLATE, VariableError

PERSONAL = ("email", "real_name")
"""Fields that accounts have from their people. ``null`` in ``service_fields`` keeps one from being declared."""

MENTIONED = re.compile(
    r"\bperson\s*(?:\.\s*get\s*\(\s*|\[\s*)(['\"])(?P<quoted>.+?)\1|\bperson\s*\.\s*(?!get\s*\()(?P<plain>\w+)")


def mentioned(*templates: Any) -> set[str]:
    """Keys of a person that templates use: ``person.key``, ``person['key']`` and ``person.get('key')``."""
    found: set[str] = set()
    for template in templates:
        if isinstance(template, str):
            found.update(match["quoted"] or match["plain"] for match in MENTIONED.finditer(template))
        elif isinstance(template, Mapping):
            found |= mentioned(*template.values())
    return found


def person_fields(
    templar: Any, variables: Mapping[str, Any], people: Sequence[Any], only: Callable[[str], bool] | None = None
) -> list[dict[str, Any]]:
    """The results of the templates for each person, in order; empty if there are no templates.

    A row has ``error`` if this person lacks what a template needs, and no ``name`` if it is the template of the name.

    :param templar: Ansible's templar of the task
    :param variables: variables of the host, unevaluated
    :param only: whether a field is needed; None for all
    :raises VariableError: if a variable is not a template, or fails for every person
    """
    fields = variables.get("service_fields")
    fields = {} if fields is None else fields
    if not isinstance(fields, Mapping):
        raise VariableError("service_fields must be a dictionary in the inventory, not a template that returns one")
    fields = dict(fields)
    name = variables.get("service_name")
    if name is not None:
        if not isinstance(name, str) or not name:
            raise VariableError("service_name must be text: a template that uses person")
        fields["name"] = name
    if only is not None:
        fields = {field: value for field, value in fields.items() if only(field)}
    if not fields or not people:
        return []
    templates = {field: text for field, text in fields.items() if isinstance(text, str)}
    fixed = {field: value for field, value in fields.items() if field not in templates}
    for field, value in fixed.items():
        if (value is None and field not in PERSONAL) or _has_template(value):
            raise VariableError(f"service_fields.{field} must be text that is a template, or a value without templates")
    if not templates:
        return [dict(fixed) for _person in people]
    try:
        results: list[dict[str, Any]] = list(_evaluate(templar, variables, people, templates))
    except Exception:  # pylint: disable=broad-exception-caught  # templates may raise anything
        results = [_evaluate_one(templar, variables, person, templates) for person in people]
    return [{**fixed, **values} for values in results]


def _has_template(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_has_template(item) for item in (*value, *value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(_has_template, value))
    return isinstance(value, str) and bool(TEMPLATE.search(value))


def _evaluate(
    templar: Any, variables: Mapping[str, Any], people: Sequence[Any], templates: Mapping[str, str]
) -> list[dict[str, str]]:
    # Random words, which no value can contain by chance or malice: one ends a value, the other stands for omit.
    end, omit = secrets.token_hex(16), secrets.token_hex(16)
    text = "".join(f"{template}{end}" for template in templates.values())
    templar = templar.copy_with_new_env(available_variables={**variables, "people_at_hand": people, "omit": omit})
    results = templar.template(trust_as_template(f"{{% for person in people_at_hand %}}{text}{{% endfor %}}"))
    values = str(results).split(end)[:-1]
    rows = (values[start : start + len(templates)] for start in range(0, len(values), len(templates)))
    return [{name: value for name, value in zip(templates, row) if value != omit} for row in rows]


def _evaluate_one(
    templar: Any, variables: Mapping[str, Any], person: Any, templates: Mapping[str, str]
) -> dict[str, Any]:
    """The results for one person.

    :raises VariableError: if a template fails for another reason than the person
    """
    values: dict[str, Any] = {}
    nameless = undefined = False
    for field, template in templates.items():
        option = "service_name" if field == "name" else f"service_fields.{field}"
        try:
            values.update(_evaluate(templar, variables, [person], {field: template})[0])
            continue
        except Exception as error:  # pylint: disable=broad-exception-caught
            undefined = "Undefined" in type(error).__name__
        # Without the error's text, which may quote what was evaluated.
        has = person if isinstance(person, Mapping) else {}
        missing = sorted(key for key in mentioned(template) if has.get(key) is None)
        if not missing or not _can_be_made(templar, variables, {**has, **dict.fromkeys(missing, "x")}, template):
            raise VariableError(f"{option} fails for the person {str(has.get('name'))!r}: it "
                                + ("refers to something that is not defined" if undefined else "cannot be evaluated"))
        values.setdefault("error", f"{option} needs {', '.join(missing)}, which this person does not have")
        if field == "name":
            nameless = True
    if "error" in values and not nameless and isinstance(person, Mapping):
        values.setdefault("name", person.get("name"))
    return values


def _can_be_made(templar: Any, variables: Mapping[str, Any], person: Mapping[str, Any], template: str) -> bool:
    try:
        _evaluate(templar, variables, [person], {"": template})
    except Exception:  # pylint: disable=broad-exception-caught
        return False
    return True
