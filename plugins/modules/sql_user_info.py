#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by "make generate". Edit what it is written from: sql_user.py beside it,
# services/sql/documentation.yml and tests/tools/documentation.yml.

from __future__ import annotations

DOCUMENTATION = r"""
module: sql_user_info
short_description: Read the accounts that a mapping describes in a database
version_added: 0.1.0
description:
  - Returns the accounts that a mapping describes in the form that the option O(auth.services.sql_user#module:accounts)
    takes. Declaring what was read changes nothing.
author:
  - The auth.services developers (@auth-services)
extends_documentation_fragment:
  - auth.services.database
  - auth.services.account.info
  - auth.services.attributes
  - auth.services.attributes.info_module
options:
  login_engine:
    description: The database that the application uses.
    type: str
    choices: [mysql, postgresql, sqlite]
    default: mysql
  table_prefix:
    description: Prefix of the names of all tables in the mapping.
    type: str
    default: ""
  mapping:
    description:
      - Where accounts, passwords, groups and all else are, as a dictionary. Or the name of a mapping that the
        collection ships, such as V(icingaweb2).
    type: raw
    required: true
notes:
  - GRANTs (read). SELECT on I(accounts), I(rows), I(attributes), I(groups), I(memberships), I(row).
  - The playbook C(auth.services.grants) prints the GRANTs that a service of the inventory needs.
seealso:
  - module: auth.services.sql_user
"""

EXAMPLES = r"""
- name: Read all accounts
  auth.services.sql_user_info:
    login_engine: postgresql
    login_host: db1.example.org
    login_db: app
    login_user: reader
    login_password: "{{ vault_app_reader }}"
    mapping:
      accounts:
        table: app_user
        name: login
        password:
          column: password
          scheme: bcrypt
        fields:
          email: email
          real_name: full_name
        new:
          created_at: now
      doors:
        - flag:
            column: active
            open: true
            shut: false
        - empty:
            table: app_session
            account: user_id
      groups:
        table: app_role
        key: id
        name: name
      memberships:
        table: app_user_role
        account: user_id
        group: role_id
  register: found

- name: List disabled accounts
  ansible.builtin.debug:
    msg: "{{ found.accounts | selectattr('state', 'eq', 'disabled') | map(attribute='name') }}"

- name: Read the names of the first 50,000 accounts
  auth.services.sql_user_info:
    login_engine: postgresql
    login_host: db1.example.org
    login_db: app
    login_user: reader
    login_password: "{{ vault_app_reader }}"
    mapping:
      accounts:
        table: app_user
        name: login
        password:
          column: password
          scheme: bcrypt
        fields:
          email: email
          real_name: full_name
        new:
          created_at: now
      doors:
        - flag:
            column: active
            open: true
            shut: false
        - empty:
            table: app_session
            account: user_id
      groups:
        table: app_role
        key: id
        name: name
      memberships:
        table: app_user_role
        account: user_id
        group: role_id
    limit: 50000
    compact: true
  register: page

- name: Print them, and where to read on
  ansible.builtin.debug:
    msg: "{{ page.rows | from_json | map('first') | list }}, {{ page.count }} in all, after: {{ page.next }}"
"""

RETURN = r"""
next:
  description: The name to give as O(after) to read on; null if no account is left.
  returned: success
  type: str
  sample: mallory
count:
  description: How many accounts there are in all. Those that the application takes for one count each.
  returned: with O(limit), on the first page
  type: int
  sample: 97
rows:
  description: "A JSON text with a list for each account: name, state (also V(protected)), e-mail address, real name,
    groups, rights (options that give rights, and those of RV(rights)), time of the last change, and the reason for
    which it is protected. What an application does not have is empty."
  returned: with O(compact)
  type: str
  sample: "[[\"alice\", \"enabled\", \"alice@example.org\", \"Alice Liddell\", [], [], \"\", \"\"]]"
accounts:
  description: The accounts, by name, except those in RV(undeclarable) and RV(protected).
  returned: unless O(compact) or O(resembling)
  type: list
  elements: dict
  contains:
    name:
      description: Name as Mappings stores it.
      type: str
      sample: alice
    state:
      description: V(disabled) for an account that is disabled as O(auth.services.sql_user#module:state=disabled) does
        it. V(present) for one where somebody undid a part of that. V(enabled) otherwise.
      type: str
      sample: enabled
    email:
      description: E-mail address, or empty.
      type: str
      sample: alice@example.org
    groups:
      description: Groups of the account.
      type: list
      elements: str
      sample: [editors]
undeclarable:
  description: "Accounts in the same form, with the C(reason), that cannot be declared: the application does not allow
    their name today, or their identity or content is ambiguous. They can be disabled under the name returned here, and
    C(unlisted) applies to them."
  returned: unless O(compact) or O(resembling)
  type: list
  elements: dict
  sample: []
rights:
  description: Rights of accounts that are neither groups nor options, as text for a reviewer.
  returned: unless O(compact) or O(resembling)
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
  description: When accounts were last changed, if the application stores it.
  returned: unless O(compact) or O(resembling)
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
  description: Accounts that the collection never changes.
  returned: unless O(compact) or O(resembling)
  type: list
  elements: dict
  contains:
    name:
      description: Name as Mappings stores it.
      type: str
      sample: admin
    reason:
      description: Why.
      type: str
      sample: the mapping protects it
resembling:
  description: Accounts that may belong to the person in O(resembling), the most certain first; at most 1,000.
  returned: With O(resembling)
  type: list
  elements: dict
  contains:
    name:
      description: Name as Mappings stores it.
      type: str
      sample: alice
    state:
      description: As in RV(accounts).
      type: str
      sample: enabled
    why:
      description: The reason.
      type: str
      sample: same e-mail address
resembling_count:
  description: How many there are. Of more than 10,000, it is 10,000.
  returned: With O(resembling)
  type: int
  sample: 1
"""

from ansible_collections.auth.services.plugins.module_utils.services.sql.adapter import Sql
from ansible_collections.auth.services.plugins.module_utils.user_module import run_info_module


def main() -> None:
    run_info_module(Sql)


if __name__ == "__main__":
    main()
