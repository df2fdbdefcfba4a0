# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that are nearly ours. What becomes of values is tried with the playbooks."""

from __future__ import annotations

import pytest

from ansible_collections.auth.services.plugins.plugin_utils.service_tasks import VARIABLES
from ansible_collections.auth.services.plugins.plugin_utils.variables import intended_name, nearest


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
