#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sql_user
short_description: Manage the accounts that a mapping describes in a database
version_added: 0.1.0
description:
  - Creates, changes, disables, enables and removes accounts of an application that the collection has no type for, one
    or thousands in one task. A mapping says in which tables and columns they are.
  - The guide C(docs/any-database.md) shows how to get a mapping, and C(docs/mapping.md) explains each of its keys.
  - Only the database must be reachable, not the application.
author:
  - The auth.services developers (@auth-services)
extends_documentation_fragment:
  - auth.services.database
  - auth.services.account
  - auth.services.account.email
  - auth.services.account.groups
  - auth.services.attributes
options:
  login_engine:
    description: The database that the application uses.
    type: str
    choices: [mysql, postgresql, sqlite]
    default: mysql
  table_prefix:
    description: Prefix of the names of all tables in the mapping.
    type: str
    default: ''
  mapping:
    description:
      - Where accounts, passwords, groups and all else are, as a dictionary. Or the name of a mapping that the
        collection ships, such as V(icingaweb2).
      - The fields of the mapping are options of an account, in the task and in entries of O(accounts).
    type: raw
    required: true
  pepper:
    description: A secret of the application that it adds to each password before it hashes it, if the scheme has one.
    type: str
notes:
  - O(state=disabled) and O(state=enabled) do what the mapping's C(doors) say. Without a door that stays shut, disabling
    fails. A new password and every change of state also empty the tables that its C(empty) doors name.
  - "O(state=absent) is refused while rows refer to the account: by a foreign key of the database, by a column that
    looks like a reference to accounts, or by C(references) of the mapping. Rows of C(owned) go with the account."
  - A new row is refused before anything is written where a column must have a value, and neither the database nor the
    mapping has one.
  # by "make generate", from sql/privileges.py
  - GRANTs (read). SELECT on I(accounts), I(rows), I(attributes), I(groups), I(memberships), I(row).
  - GRANTs (create). INSERT on I(accounts), I(rows), I(attributes); SELECT on I(lookup); SELECT, UPDATE on I(counter);
    SELECT, INSERT on I(copied).
  - GRANTs (O(password)). UPDATE on I(accounts), I(rows); SELECT, DELETE on I(empty).
  - GRANTs (fields, O(state=disabled), O(state=enabled)). UPDATE on I(accounts), I(rows); INSERT, DELETE on
    I(attributes), I(row); SELECT, DELETE on I(empty).
  - GRANTs (O(groups)). UPDATE on I(accounts); INSERT, DELETE on I(memberships).
  - GRANTs (O(state=absent)). SELECT on I(references); DELETE on I(accounts), I(rows), I(attributes), I(memberships),
    I(row), I(empty), I(owned).
  - GRANTs (every line that writes, on PostgreSQL and MySQL). UPDATE on I(accounts).
  - GRANTs on PostgreSQL. USAGE on the schema and on the sequences of tables that get rows, and SELECT with every
    INSERT.
  - The playbook C(auth.services.grants) prints the GRANTs that a service of the inventory needs.
  # end of sql/privileges.py
seealso:
  - module: auth.services.sql_user_info
"""

EXAMPLES = r"""
- name: Manage the people of an application with a table of users and one of roles
  auth.services.sql_user:
    login_engine: postgresql
    login_host: db1.example.org
    login_db: app
    login_user: accounts
    login_password: "{{ vault_app_database }}"
    mapping:
      accounts:
        table: app_user
        name: login
        password: {column: password, scheme: bcrypt}
        fields: {email: email, real_name: full_name}
        new: {created_at: now}
      doors:
        - flag: {column: active, open: true, shut: false}
        - empty: {table: app_session, account: user_id}
      groups: {table: app_role, key: id, name: name}
      memberships: {table: app_user_role, account: user_id, group: role_id}
    accounts:
      - name: alice
        email: alice@example.org
        real_name: Alice Ant
        password: "{{ vault_people.alice }}"
        groups: [editor]
      - name: bob
        state: disabled
"""

# by "make generate", from sql/documentation.yml
RETURN = r"""
accounts:
  description: The accounts that changed, or would change in check mode. A single account is always listed.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name as Mappings stores it.
      type: str
      sample: alice
    id:
      description: C(key); null for one that check mode would create.
      type: int
      sample: 42
    action:
      description: V(created), V(updated), V(enabled), V(disabled), V(removed) or V(unchanged).
      type: str
      sample: updated
    fields:
      description: Options whose value changed.
      type: list
      elements: str
      sample: [email, groups, password]
    unproved:
      description: V(true) if the account existed before and gains rights, and only its name shows whose it is.
      type: bool
      sample: true
counts:
  description: Number of accounts for each action. With O(accounts), also how many are C(unlisted).
  returned: success
  type: dict
  sample: {created: 2, updated: 1, enabled: 0, disabled: 1, removed: 0, unchanged: 96, unlisted: 4}
unlisted:
  description: With O(accounts), names of the first O(unlisted_names) accounts in the database that are not in the list,
    whatever O(unlisted) does to them. Accounts that the application itself needs and those in O(unlisted_except) are
    not included. RV(counts) has their number.
  returned: success
  type: list
  elements: str
  sample: [mallory]
exceptions:
  description: With O(accounts), the names and patterns of O(unlisted_except) in all spellings that are compared.
  returned: success
  type: list
  elements: str
  sample: []
left_alone:
  description: Why unlisted accounts were left alone although O(unlisted) disables or removes them. The task fails, and
    nothing else is wrong.
  returned: if O(unlisted_limit) allows less
  type: str
names:
  description: With O(accounts), names that the application spells differently.
  returned: success
  type: list
  elements: dict
  contains:
    typed:
      description: Name as it was declared.
      type: str
      sample: alice
    name:
      description: Name as the application spells it.
      type: str
      sample: Alice
"""
# end of sql/documentation.yml

from ansible_collections.auth.services.plugins.module_utils.services.sql.adapter import Sql
from ansible_collections.auth.services.plugins.module_utils.user_module import run_user_module


def main() -> None:
    run_user_module(Sql)


if __name__ == "__main__":
    main()
