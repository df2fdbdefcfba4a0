# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the filter accounts_for costs to load."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("name", ["filter.accounts_for", "plugin_utils.people"])
def test_the_filter_accounts_for_loads_neither_ansible_module_nor_sqlalchemy(name):
    """Each of Ansible's worker processes would load it for each host."""
    code = f"import sys, ansible_collections.auth.services.plugins.{name}; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    loaded = subprocess.run([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, encoding="utf-8", timeout=60, check=True).stdout.split()
    assert "ansible_collections.auth.services.plugins.module_utils.account" in loaded
    assert not {"ansible.module_utils.basic", "sqlalchemy"} & set(loaded)
