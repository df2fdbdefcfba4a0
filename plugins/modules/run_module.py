#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: run_module
short_description: Run a module whose name and options are data
version_added: 0.1.0
description:
  - Runs the module that the inventory names, with the options that the inventory gives.
  - A task can take the name of its module from a variable, but not its options as a whole. C(module_defaults) do not
    reach such a task in ansible-core 2.17 and 2.18, and a variable as C(args) makes Ansible warn.
  - When the options cannot be evaluated, it fails with what is wrong and not with the whole template, which may hold
    secrets.
  - The role P(auth.services.service#role) is made of it.
author:
  - The auth.services developers (@auth-services)
extends_documentation_fragment:
  - auth.services.attributes
attributes:
  action_group:
    support: none
options:
  name:
    description: Full name of the module.
    type: str
    required: true
  options_from:
    description:
      - Name of the variable with its options, a dictionary. What the module makes of them, in check mode and with
        C(--diff)
        too, is its own affair.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Read the accounts of whatever this service is
  auth.services.run_module:
    name: "auth.services.{{ service_type }}_user_info"
    options_from: connection
  vars:
    connection:
      login_db: "{{ service_database.name }}"
"""

RETURN = r"""
_:
  description: What the module returns.
  returned: always
  type: raw
"""
