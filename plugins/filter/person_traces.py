# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: person_traces
short_description: Find accounts that may also belong to a person
version_added: 0.1.0
description:
  - Searches the accounts of a service for those that may belong to a person.
  - It compares e-mail addresses, ignoring dots and a C(+tag), and real names.
  - It compares names, including letters of other alphabets and digits that look like letters of the name, invisible
    characters, and text before or behind the name. From five letters on, a letter may also be added, missing, swapped
    or different.
  - It finds accounts that have something else in common with an account of the person, such as a certificate.
  - The playbook C(auth.services.offboard) reports these accounts. You must decide whether they belong to the person.
  - A text of more than 255 characters is reported, but not compared.
author:
  - The auth.services developers (@auth-services)
positional: _input
options:
  _input:
    description: Accounts, as a C(<type>_user_info) module returns them.
    type: list
    elements: dict
    required: true
  person:
    description:
      - The person, with C(name), and C(email) and C(real_name) if they are known.
      - Names, addresses and similar values in C(services) of the person, for any service, are searched for as well.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Find accounts on this wiki that may belong to alice
  ansible.builtin.debug:
    msg: "{{ wiki.accounts | auth.services.person_traces({'name': 'alice', 'email': 'alice@example.org'}) }}"
"""

RETURN = r"""
_value:
  description: C(name) and C(state) of each such account, and the reason (C(why)). The most certain come first.
  type: list
  elements: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.auth.services.plugins.plugin_utils.person_traces import person_traces


class FilterModule:
    """Accounts that may belong to a person."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"person_traces": person_traces}
