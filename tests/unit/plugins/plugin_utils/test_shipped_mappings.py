# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.auth.services.plugins.module_utils.inference.application import FINGERPRINTS
from ansible_collections.auth.services.plugins.module_utils.mapping import read_mapping
from ansible_collections.auth.services.plugins.module_utils.passwords.by_name import make_scheme
from ansible_collections.auth.services.plugins.plugin_utils.shipped_mappings import (
    field_options,
    mapping_of,
    shipped,
    shipped_mapping,
)

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_mapping_is_complete(name):
    """What it shuts, how it stores passwords, and where each of its facts is from."""
    mapping = read_mapping(shipped_mapping(name))
    assert mapping.doors and mapping.accounts.password
    for scheme, settings in mapping.accounts.password.schemes:
        assert make_scheme(scheme, settings, tuple(mapping.accounts.password.columns), "pepper")
    text = (ROOT / f"plugins/plugin_utils/mappings/{name}.yml").read_text(encoding="utf-8")
    assert text.startswith("# ") and "Facts are from" in text


def test_the_role_finds_the_module_of_every_shipped_mapping():
    modules = yaml.safe_load((ROOT / "roles/service/vars/main.yml").read_text(encoding="utf-8"))["service_modules"]
    assert {name for name, module in modules.items() if module == "sql_user"} == set(shipped())


def test_the_tables_of_every_shipped_mapping_are_recognised():
    """Among what tells them is the table of accounts that the mapping names."""
    told = {one.service_type: one for one in FINGERPRINTS}
    for name in shipped():
        assert read_mapping(shipped_mapping(name)).accounts.table in {*told[name].needs} & {*told[name].accounts}


def test_every_shipped_mapping_is_proved_and_documented():
    catalog = yaml.safe_load((ROOT / "tests/integration/targets/setup_applications/vars/main.yml").read_text(encoding="utf-8"))
    assert sorted(catalog["setup_applications_catalog"]) == shipped()
    text = (ROOT / "docs/mapping.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", text[text.index("## Shipped mappings"):], re.MULTILINE) == shipped()


def test_a_mapping_can_be_named():
    assert mapping_of("kanboard") is shipped_mapping("kanboard")
    assert mapping_of({"accounts": {}}) == {"accounts": {}}
    with pytest.raises(ValueError, match="the collection ships no mapping 'kanbord'; it ships cacti, "):
        mapping_of("kanbord")


def test_fields_are_options():
    assert field_options({"accounts": {"table": "users", "name": "login", "fields": {"email": "mail", "town": "town"}}}) == {"email", "town"}
    with pytest.raises(ValueError, match=r"^service_mapping.accounts: table is missing$"):
        field_options({"accounts": {"name": "login"}})
