# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that are nearly ours, and values as Ansible evaluates them. What messages say of values is tried with the playbooks."""

from __future__ import annotations

import datetime

import pytest
from ansible.template import Templar, trust_as_template
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.auth.services.plugins.plugin_utils.service_tasks import VARIABLES
from ansible_collections.auth.services.plugins.plugin_utils.variables import (
    OMITTED,
    VariableError,
    Variables,
    intended_name,
    nearest,
)


@pytest.mark.parametrize(("name", "ours"), [
    ("service_acces", "service_access"), ("service_typ", "service_type"), ("service_tpye", "service_type"), ("Service_Type", "service_type"),
    ("servicetyp", "service_type"), ("services_access", "service_access"), ("serivce_access", "service_access"), ("service_grps", "service_groups"),
    ("service_except", "service_unlisted_except"), ("service_hashes", "service_password_hashes"), ("service_unlist", "service_unlisted"),
    ("service_databse", "service_database"), ("service_database_host", "service_database"), ("people_group", "people_groups"),
    ("people_password", "people_passwords"), ("poeple", "people"), ("People", "people"), ("peoples", "people"),
])
def test_typos(name, ours):
    assert intended_name(name, VARIABLES) == ours


@pytest.mark.parametrize("name", [
    "service_port", "service_user", "service_host", "service_state", "service_enabled", "service_url", "service_path", "service_home", "service_owner",
    "service_mode", "service_namespace", "service_env", "service_memory_limit", "service_file", "service_version", "services", "people_list", "people_staff",
    "people_dir", "person", "folder", "domain", "access_groups", "export_bots", "vault_people",
])
def test_what_is_somebody_elses(name):
    assert intended_name(name, VARIABLES) is None


def test_the_nearest_of_some_names():
    assert nearest("perfomer", ["path", "performer"]) == "performer"
    assert nearest("shoe size", ["path", "performer"]) is None
    assert nearest("x", []) is None


TRUSTED = [trust_as_template(text) for text in (
    "alice", "{{ title }}", "{{ title }} of {{ groups }}", "{{ groups }}", "{{ omit }}", "{% if true %}x{% endif %}", "a{# note #}b", "{ braces }",
    "{{ nested }}", "#jinja2: variable_start_string: '[%', variable_end_string: '%]'\n[% title %]")]
VALUES = st.recursive(
    st.sampled_from([*TRUSTED, "{{ title }}", "{{ no template", "plain", "", None, True, 7, 1.5, datetime.date(2026, 1, 31)]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "groups", trust_as_template("{{ title }}"), 3]), inner, max_size=3),
    max_leaves=12)


@pytest.fixture(scope="module")
def variables():
    known = {"title": "Captain", "groups": ["staff"], "nested": {"a": [trust_as_template("{{ title }}")]}}
    return Variables(Templar(variables=known), known)


@given(value=VALUES)
def test_a_value_is_what_ansible_makes_of_it(variables, value):
    try:
        expected = variables.templar.template(value)
    except Exception as error:
        assert type(error).__name__ == "AnsibleValueOmittedError"
        expected = OMITTED
    assert variables.evaluate(value, "people") == expected


class Untouched:
    """Ansible's templar, where nothing is to be evaluated."""

    def template(self, value, **_more):
        raise AssertionError(value)


def test_ansible_is_not_asked_about_people_without_templates():
    people = [{"name": trust_as_template("alice"), "groups": [trust_as_template("staff")], "services": {"all": {"quota": 5, "admin": True, "url": None}}}]
    evaluated = Variables(Untouched(), {}).evaluate(people, "people")
    assert evaluated == people
    assert {type(evaluated[0]["name"]), type(evaluated[0]["groups"][0])} == {str}  # so it cannot be taken for a template later


def test_a_template_that_fails_is_named(variables):
    with pytest.raises(VariableError, match=r"^people\['bob'\]\.email refers to something that is not defined$"):
        variables.evaluate([{"name": "alice"}, {"name": "bob", "email": trust_as_template("{{ nobody }}")}], "people")
