# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: person_traces
short_description: Accounts that may be a person's too
version_added: 0.1.0
description:
  - Looks through the accounts of a service for those that have the e-mail address or a name of a person, or something
    that looks like it. So it finds an address with dots or a C(+tag), letters of other alphabets and digits that look
    like the letters of the name, invisible characters, a name with something before or behind it, one with a letter
    more, less, swapped or exchanged (from five letters on), the real name, and what an account has in common with one
    that is the person's, such as a certificate.
  - The playbook C(auth.services.offboard) reports them. It is for a human to say whether they are the person's.
  - A text of more than 255 characters is reported and not compared.
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
      - The person, with C(name), and C(email) and C(real_name) where they are known.
      - What C(services) of the person says of names, addresses and the like on any service is looked for too.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: What alice may have on this wiki
  ansible.builtin.debug:
    msg: "{{ wiki.accounts | auth.services.person_traces({'name': 'alice', 'email': 'alice@example.org'}) }}"
"""

RETURN = r"""
_value:
  description: C(name) and C(state) of each such account, and C(why) it may be the person's. The surest come first.
  type: list
  elements: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.auth.services.plugins.plugin_utils.person_traces import person_traces


class FilterModule:
    """Accounts that may be a person's."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"person_traces": person_traces}
