# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Templates over people, with Ansible's own templating."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.auth.services.plugins.lookup.person_fields import LookupModule
from ansible_collections.auth.services.plugins.plugin_utils.person_templates import mentioned, trust_as_template

PEOPLE = [{"name": "alice", "real_name": "Alice Liddell"}, {"name": "bob"}]


def fields(people=None, **variables):
    """What the lookup makes, of variables as an inventory has them."""
    def trusted(value):
        if isinstance(value, dict):
            return {key: trusted(item) for key, item in value.items()}
        return trust_as_template(value) if isinstance(value, str) else value

    variables = trusted(variables)
    loader = DataLoader()
    lookup = LookupModule(loader=loader, templar=Templar(loader=loader, variables=variables))
    return lookup.run([PEOPLE if people is None else people], variables=variables)


def test_without_templates_there_are_no_results():
    assert fields() == []
    assert fields(service_fields={}, service_name=None) == []
    assert fields([], service_name="{{ person.name }}") == []


def test_a_name_for_each_person():
    assert fields(service_name="{{ person.name | upper }}@{{ domain }}", domain="example.org") == [
        {"name": "ALICE@example.org"}, {"name": "BOB@example.org"},
    ]


def test_fields_with_and_without_templates():
    made = fields(service_fields={"url": "https://x/{{ person.name }}", "quota": 5, "groups": ["a"], "note": "same"}, service_name="u-{{ person.name }}")
    assert made == [{"url": f"https://x/{name}", "quota": 5, "groups": ["a"], "note": "same", "name": f"u-{name}"} for name in ("alice", "bob")]
    assert fields(service_fields={"quota": 5}) == [{"quota": 5}, {"quota": 5}]
    assert fields(service_fields={"email": None}) == [{"email": None}, {"email": None}]


def test_a_field_can_be_left_alone():
    assert fields(service_fields={"title": "{{ person.real_name | default(omit) }}"}) == [{"title": "Alice Liddell"}, {}]


def test_people_who_lack_what_a_template_needs_get_an_error_each():
    alice, bob = fields(service_name="{{ person.real_name }}", service_fields={"url": "x"})
    assert alice == {"name": "Alice Liddell", "url": "x"}
    assert bob["error"] == "service_name needs real_name, which this person does not have"
    assert "name" not in bob
    alice = fields(service_fields={"title": "{{ person.nothing }}"})[0]
    assert "service_fields.title" in alice["error"]
    assert alice["name"] == "alice"  # it is known which account it is, so it can be disabled


@pytest.mark.parametrize("template", [
    "{{ person.name }}{{ nobody_defined_this }}", "{{ person.nothing | default('x') }}{{ nobody_defined_this }}", "{{ person.name", "{{ 1 / 0 }}",
    "{{ person.name.nothing }}", "{{ 'Zx9' | no_such_filter }}", "{{ lookup('ansible.builtin.file', '/no/Zx9') }}",
])
def test_an_error_of_a_template_quotes_nothing(template):
    with pytest.raises(AnsibleError) as caught:
        fields(service_name=template)
    assert str(caught.value).startswith("service_name fails for the person 'alice': it ")
    assert "Zx9" not in str(caught.value) and caught.value.__context__ is None


@pytest.mark.parametrize("value", [["{{ person.name }}"], {"a": "{% x %}"}, None])
def test_a_list_is_not_a_template(value):
    with pytest.raises(AnsibleError, match="service_fields.groups must be text that is a template"):
        fields(service_fields={"groups": value})


def test_keys_of_a_person_that_templates_name():
    assert mentioned("{{ person.a }} {{ person['b'] }}", {"x": "{{person.get('c', 1)}}", "y": 3}, None, "{{ person . d.upper() }}") == {"a", "b", "c", "d"}
    assert mentioned("{{ salesperson.x }}", "{{ person }}") == set()


@pytest.mark.parametrize("value", ["{{ 7 * 7 }}", "{% raw %}", "\n", " padded ", "[1, 2]", "{'a': 1}", "True", "", "Ζωή", "a\x00b\x1e\x1f"])
def test_what_a_person_says_is_data(value):
    people = [{"name": value}, {"name": "next"}]
    assert fields(people, service_name="{{ person.name }}") == [{"name": value}, {"name": "next"}]


def test_fields_must_be_seen_before_they_are_evaluated():
    with pytest.raises(AnsibleError, match="service_fields must be a dictionary"):
        fields(service_fields="{{ others }}", others={})
