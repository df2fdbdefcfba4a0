# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: module_options
short_description: Names of the options of a module
version_added: 0.1.0
description:
  - Reads the documentation of modules on the controller and returns the names of their options, fragments included.
  - A playbook can use it to find out which options the accounts of a service have, even for modules of other
    collections.
author:
  - The auth.services developers (@auth-services)
options:
  _terms:
    description: Full names of modules.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: List the options of a wiki account
  ansible.builtin.debug:
    msg: "{{ query('auth.services.module_options', 'auth.services.mediawiki_user') }}"
"""

RETURN = r"""
_raw:
  description: Names of the options, in alphabetical order.
  type: list
  elements: str
"""

from collections.abc import Sequence
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.auth.services.plugins.plugin_utils.module_docs import module_options


class LookupModule(LookupBase):
    """Names of the options of modules."""

    def run(self, terms: Sequence[str], variables: Any = None, **kwargs: Any) -> list[str]:
        names: set[str] = set()
        for module in terms:
            try:
                names |= module_options(module)
            except ValueError as error:
                raise AnsibleLookupError(str(error)) from None
        return sorted(names)
