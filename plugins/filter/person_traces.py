# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: person_traces
short_description: Accounts that may be a person's too
version_added: 0.1.0
description:
  - Looks through the accounts of a service for those that have the e-mail address or a name of a person.
  - The playbook C(auth.services.offboard) reports them. It is for a human to say whether they are the person's.
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
    description: The person, with C(name), and C(email) and C(real_name) where they are known.
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
  description: C(name) and C(state) of each such account, and C(why) it may be the person's.
  type: list
  elements: dict
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any


def person_traces(accounts: Sequence[Mapping[str, Any]], person: Mapping[str, Any]) -> list[dict[str, str]]:
    def same(value: Any, other: Any) -> bool:
        return bool(value) and bool(other) and str(value).casefold() == str(other).casefold()

    found = []
    for account in accounts:
        name, address = account["name"], account.get("email")
        reasons = [why for why, matches in (
            ("same e-mail address", same(address, person.get("email")) or same(name, person.get("email"))),
            ("same name", same(name, person["name"]) or same(name, person.get("real_name"))),
            ("same name before the @", "@" in name and same(name.split("@")[0], person["name"])),
        ) if matches]
        if reasons:
            found.append({"name": str(name), "state": str(account["state"]), "why": reasons[0]})
    return found


class FilterModule:
    """Accounts that may be a person's."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"person_traces": person_traces}
