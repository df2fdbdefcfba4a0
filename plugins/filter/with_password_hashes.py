# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: with_password_hashes
short_description: Give accounts the stored passwords that they had
version_added: 0.1.0
description:
  - Adds C(password_hash) to accounts, with C(update_password=on_create). An account that was lost gets its password
    back, and an existing one keeps the password that its owner has chosen meanwhile.
  - Accounts with a password of their own and those declared V(disabled) or V(absent) are not changed.
  - The role P(auth.services.service#role) does this with the variable C(service_password_hashes).
author:
  - The auth.services developers (@auth-services)
positional: _input
options:
  _input:
    description: Accounts, in the form of the option C(accounts) of a C(<type>_user) module.
    type: list
    elements: dict
    required: true
  hashes:
    description: Stored passwords by account name.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Restore the accounts of a wiki that lost its database
  auth.services.mediawiki_user:
    login_db: wiki
    accounts: "{{ service_accounts | auth.services.with_password_hashes(service_password_hashes) }}"
"""

RETURN = r"""
_value:
  description: The accounts, in their order.
  type: list
  elements: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.auth.services.plugins.plugin_utils.people import with_password_hashes


class FilterModule:
    """Accounts with stored passwords."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"with_password_hashes": with_password_hashes}
