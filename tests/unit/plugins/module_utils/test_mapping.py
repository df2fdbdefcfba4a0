# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.auth.services.plugins.module_utils.mapping import MappingError, read_mapping

ROOT = Path(__file__).parents[4]
PLAIN = {"accounts": {"table": "member", "name": "login"}}


def mapping(**parts):
    """A small mapping with other parts; those of ``accounts`` beside its own."""
    own = parts.pop("accounts", {})
    return {**copy.deepcopy(PLAIN), "accounts": {**PLAIN["accounts"], **own}, **parts}


def test_the_mapping_of_the_documentation_is_read():
    text = re.search(r"```yaml\n(.*?)```", (ROOT / "docs/mapping.md").read_text(encoding="utf-8"), re.DOTALL)[1]
    found = read_mapping(yaml.safe_load(text)["service_mapping"])
    assert found.accounts.table == "app_user" and [field.option for field in found.fields] == ["email", "real_name"]
    assert found.doors[0].opened[0].of == 1 and found.owned[0].account == "user_id"


@pytest.mark.parametrize(("raw", "path", "problem"), [
    (None, "mapping", "a dictionary, not nothing"),
    ({}, "mapping", "accounts is missing"),
    ({"acounts": {}}, "mapping", "unknown key 'acounts'; the keys are accounts"),
    ({"accounts": {"name": "login"}}, "mapping.accounts", "table is missing"),
    ({"accounts": {"table": "member"}}, "mapping.accounts", "name is missing"),
    (mapping(accounts={"fields": {"state": "x"}}), "mapping.accounts.fields.state", "an option of all types"),
    (mapping(accounts={"fields": {"E-Mail": "x"}}), "mapping.accounts.fields.E-Mail", "not a name of an option"),
    (mapping(accounts={"fields": {"admin": {"column": "a", "true": 1}}}), "mapping.accounts.fields.admin.true", "only a field with type: bool"),
    (mapping(accounts={"fields": {"role": {"column": "a", "values": {"x": 1, "y": 1}}}}), "mapping.accounts.fields.role.values", "the same value"),
    (mapping(accounts={"name": {"column": "login", "pattern": "["}}), "mapping.accounts.name.pattern", "not a regular expression"),
    (mapping(accounts={"password": {"scheme": "bcrypt"}}), "mapping.accounts.password", "either column or columns"),
    (mapping(accounts={"password": {"columns": {"salt": "s"}, "scheme": "x"}}), "mapping.accounts.password.columns", "hash is missing"),
    (mapping(accounts={"new": {"a": {"temlate": "x"}}}), "mapping.accounts.new.a", "one of the keys constant"),
    (mapping(accounts={"new": {"a": {"template": "{nmae}"}}}), "mapping.accounts.new.a", "no field 'nmae'; the fields are name"),
    (mapping(accounts={"new": {"a": {"template": "{name!r}"}}}), "mapping.accounts.new.a.template", "only names of fields"),
    (mapping(accounts={"new": {"a": {"template": "{name.__class__}"}}}), "mapping.accounts.new.a.template", "only names of fields"),
    (mapping(accounts={"new": {"a": {"random": 10**9}}}), "mapping.accounts.new.a.random", "a whole number up to"),
    (mapping(accounts={"new": {"a": {"now": "noon"}}}), "mapping.accounts.new.a.now", "it can be seconds"),
    (mapping(accounts={"new": {"a": [1]}}), "mapping.accounts.new.a", "not a list"),
    (mapping(doors=[{"flag": {"column": "a", "open": 1}}]), "mapping.doors[0].flag", "shut is missing"),
    (mapping(doors=[{"flag": {"column": "a", "open": 1, "shut": 1}}]), "mapping.doors[0].flag", "a value in common"),
    (mapping(doors=[{"flag": {"column": "a", "open": "now", "shut": "now"}}]), "mapping.doors[0].flag", "always the same"),
    (mapping(doors=[{"gate": {}}]), "mapping.doors[0]", "unknown key 'gate'"),
    (mapping(doors=[{}]), "mapping.doors[0]", "it must have one key"),
    (mapping(doors=[{"empty": {"table": "s", "account": "u", "by": "nick"}}]), "mapping.doors[0].empty.by", "'nick' is not allowed"),
    (mapping(rows=[{"table": "s", "account": "u", "by": "email"}]), "mapping.rows[0].by", "it can be key, name"),
    (mapping(groups={"table": "g", "key": "id", "name": "n"}), "mapping", "memberships is missing"),
    (mapping(memberships={"column": "r", "list": "tabs"}), "mapping.memberships.list", "it can be comma"),
    (mapping(memberships={"column": "r", "default": ["a", "b"]}), "mapping.memberships.default", "one group"),
    (mapping(protected=[{"why": "x"}]), "mapping.protected[0]", "one of name, key and where"),
    (mapping(owned={"table": "x"}), "mapping.owned", "a list, not a dictionary"),
])
def test_what_is_wrong_is_told_with_its_place(raw, path, problem):
    with pytest.raises(MappingError) as raised:
        read_mapping(raw)
    assert raised.value.path == path
    assert problem in raised.value.problem
    assert str(raised.value).endswith(". Nothing was written.")


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
KEYS = st.sampled_from([
    "accounts", "table", "key", "name", "password", "fields", "where", "new", "changed", "column", "scheme", "doors", "flag", "open", "shut", "marker",
    "empty", "row", "change", "value", "memberships", "groups", "group", "account", "by", "rows", "attributes", "now", "random", "template", "lookup", "email"])
ANYTHING = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=25)


@given(raw=ANYTHING, part=st.dictionaries(KEYS, ANYTHING, max_size=4))
def test_anything_is_read_or_refused(raw, part):
    for given_ in (raw, {**PLAIN, **part}, mapping(accounts=part)):
        try:
            read_mapping(given_)
        except MappingError as error:
            assert error.path.startswith("mapping")
