#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by "make generate". Edit what it is written from: django_user.py beside it,
# services/django/documentation.yml and tests/tools/documentation.yml.

from __future__ import annotations

DOCUMENTATION = r"""
module: django_user_info
short_description: Read the accounts of a Django site from its database
version_added: 0.1.0
description:
  - Returns users of C(django.contrib.auth), or of a custom user model, in the form that the option
    O(auth.services.django_user#module:accounts) takes. Declaring what was read changes nothing.
author:
  - The auth.services developers (@auth-services)
extends_documentation_fragment:
  - auth.services.database
  - auth.services.account.info
  - auth.services.attributes
  - auth.services.attributes.info_module
options:
  login_engine:
    description: The database server that the site uses (C(ENGINE) in C(DATABASES)).
    type: str
    choices: [postgresql, mysql, sqlite]
    default: postgresql
  table_prefix:
    description: Prefix of all tables, including Django's own. Django itself has no such setting.
    type: str
    default: ""
  user_table:
    description:
      - The table of the user model (C(db_table)). For a custom model it is usually the application and the model, such
        as V(people_member).
      - The tables of memberships and permissions are those that Django derives from this name, such as
        C(people_member_groups).
      - The table of groups is the one that the foreign key of memberships refers to. It is C(auth_group) unless the
        site has a custom group model.
      - Groups with the same name are distinguished as V(name (number)).
    type: str
    default: auth_user
  username_column:
    description:
      - The column that people log in with (C(USERNAME_FIELD)).
    type: str
    default: username
  name_case:
    description:
      - V(lower) - the site lowers names before it saves them and looks them up, as pretix and pretalx do. New names are
        written in lower case, and a name in another case means the same account.
      - V(exact) - names that differ only in case are different accounts, as in Django itself.
      - The default is V(lower) if a unique index on the lowered column shows it (PostgreSQL, SQLite).
    type: str
    choices: [lower, exact]
notes:
  - GRANTs (read). SELECT on C(auth_user), C(auth_group), C(auth_user_groups).
  - GRANTs (rights in the review, without which a warning says that they are missing). SELECT on
    C(auth_user_user_permissions), C(auth_permission), C(django_content_type).
  - The playbook C(auth.services.grants) prints the GRANTs that a service of the inventory needs.
seealso:
  - module: auth.services.django_user
"""

EXAMPLES = r"""
- name: Read all accounts
  auth.services.django_user_info:
    login_host: db1.example.org
    login_db: site
    login_user: reader
    login_password: "{{ vault_site_reader }}"
  register: found

- name: List superusers
  ansible.builtin.debug:
    msg: "{{ found.accounts | selectattr('is_superuser') | map(attribute='name') }}"

- name: Read the names of the first 50,000 accounts
  auth.services.django_user_info:
    login_host: db1.example.org
    login_db: site
    login_user: reader
    login_password: "{{ vault_site_reader }}"
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
  description: The accounts, by name, except those in RV(undeclarable). Fields without a column in the user table are
    left out.
  returned: unless O(compact) or O(resembling)
  type: list
  elements: dict
  contains:
    name:
      description: Name as Django stores it.
      type: str
      sample: alice
    state:
      description: V(enabled), or V(disabled) for an account that is not active.
      type: str
      sample: enabled
    email:
      description: E-mail address, its domain in lower case, or empty.
      type: str
      sample: alice@example.org
    first_name:
      description: First name, or empty.
      type: str
      sample: Alice
    last_name:
      description: Last name, or empty.
      type: str
      sample: Liddell
    is_staff:
      description: Whether the account may log in to the admin site.
      type: bool
      sample: true
    is_superuser:
      description: Whether the account has all permissions.
      type: bool
      sample: false
    groups:
      description: Groups of the account.
      type: list
      elements: str
      sample: [Editors]
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
  description: Accounts that the collection never changes. Django has none.
  returned: unless O(compact) or O(resembling)
  type: list
  elements: dict
  sample: []
resembling:
  description: Accounts that may belong to the person in O(resembling), the most certain first; at most 1,000.
  returned: With O(resembling)
  type: list
  elements: dict
  contains:
    name:
      description: Name as Django stores it.
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

from ansible_collections.auth.services.plugins.module_utils.services.django.adapter import Django
from ansible_collections.auth.services.plugins.module_utils.user_module import run_info_module


def main() -> None:
    run_info_module(Django)


if __name__ == "__main__":
    main()
