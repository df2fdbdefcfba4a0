#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: prosody_user_info
short_description: Read the accounts of a Prosody XMPP server from its database
version_added: 0.1.0
description:
  - Returns accounts of one host of a Prosody server in the form that the option
    O(auth.services.prosody_user#module:accounts) takes. What is read can be declared, and is unchanged then.
author:
  - The auth.services developers (@auth-services)
extends_documentation_fragment:
  - auth.services.database
  - auth.services.account.info
  - auth.services.attributes
  - auth.services.attributes.info_module
options:
  login_engine:
    description: The database server that Prosody uses (C(driver) of its option C(sql)).
    type: str
    choices: [sqlite, mysql, postgresql]
    default: sqlite
  table_prefix:
    description: What the names of the tables begin with. Prosody's own have no prefix.
    type: str
    default: ''
  host:
    description: The XMPP domain whose accounts they are, a C(VirtualHost) of Prosody's configuration.
    type: str
    required: true
  name:
    description:
      - Names of the accounts to read, as a person types them. Names that no account has are left out.
      - Not given, all accounts are read.
    type: list
    elements: str
notes:
  - Needs SELECT on the table C(prosody).
seealso:
  - module: auth.services.prosody_user
"""

EXAMPLES = r"""
- name: Read all accounts
  auth.services.prosody_user_info:
    login_db: /var/lib/prosody/prosody.sqlite
    host: example.org
  register: prosody

- name: Who is disabled
  ansible.builtin.debug:
    msg: "{{ prosody.accounts | selectattr('state', 'eq', 'disabled') | map(attribute='name') }}"
"""

RETURN = r"""
accounts:
  description: The accounts, by name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name as Prosody stores it.
      type: str
      sample: alice
    state:
      description:
        - V(disabled) for an account that is disabled as O(auth.services.prosody_user#module:state=disabled) does it,
          V(present) for one that has a part of that only (one that Prosody 13 itself disabled, say), else V(enabled).
      type: str
      sample: enabled
undeclarable:
  description:
    - Accounts whose name the application would not take today, or of which nobody can tell which they are or what they
      hold, in the same form, with the C(reason). They can be disabled by their name as it stands here, and C(unlisted)
      reaches them.
  returned: success
  type: list
  elements: dict
  sample: []
rights:
  description: Rights of accounts that are neither groups nor options, in words for whoever reviews them.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the account.
      type: str
      sample: alice
    rights:
      description: The rights.
      type: list
      elements: str
      sample: []
last_changed:
  description: When accounts were changed for the last time, where the application keeps that.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the account.
      type: str
      sample: alice
    time:
      description: ISO 8601.
      type: str
      sample: "2026-11-20T09:30:00Z"
protected:
  description: Accounts that the collection never changes. Prosody has none.
  returned: success
  type: list
  elements: dict
  sample: []
"""

from ansible_collections.auth.services.plugins.module_utils.services.prosody.adapter import Prosody
from ansible_collections.auth.services.plugins.module_utils.user_module import run_info_module


def main() -> None:
    run_info_module(Prosody)


if __name__ == "__main__":
    main()
