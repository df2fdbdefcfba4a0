#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by "make generate". Edit what it is written from: wordpress_user.py beside it,
# services/wordpress/documentation.yml and tests/tools/documentation.yml.

from __future__ import annotations

DOCUMENTATION = r"""
module: wordpress_user_info
short_description: Read the accounts of a WordPress site from its database
version_added: 0.1.0
description:
  - Returns the accounts of a WordPress site, or of a network of sites, in the form that the option
    O(auth.services.wordpress_user#module:accounts) takes. Declaring what was read changes nothing.
author:
  - The auth.services developers (@auth-services)
extends_documentation_fragment:
  - auth.services.database
  - auth.services.wordpress
  - auth.services.account.info
  - auth.services.attributes
  - auth.services.attributes.info_module
options:
  login_engine:
    description: The database server that WordPress uses.
    type: str
    choices: [mysql]
    default: mysql
  table_prefix:
    description: Prefix of the site's tables (C($table_prefix) in C(wp-config.php)); on a network, without the number of
      a site.
    type: str
    default: wp_
  site_id:
    description: On a network, the number of the site that the roles belong to. The accounts are those of the whole
      network.
    type: int
    default: 1
notes:
  - GRANTs (read). SELECT on C(users), C(usermeta), C(options).
  - GRANTs (read, on a network). The line above, and SELECT on C(blogs), C(sitemeta).
  - The playbook C(auth.services.grants) prints the GRANTs that a service of the inventory needs.
seealso:
  - module: auth.services.wordpress_user
"""

EXAMPLES = r"""
- name: Read all accounts
  auth.services.wordpress_user_info:
    login_host: db1.example.org
    login_db: wordpress
    login_user: reader
    login_password: "{{ vault_wordpress_reader }}"
  register: found

- name: List administrators
  ansible.builtin.debug:
    msg: "{{ found.accounts | selectattr('groups', 'contains', 'administrator') | map(attribute='name') }}"

- name: Read the names of the first 50,000 accounts
  auth.services.wordpress_user_info:
    login_host: db1.example.org
    login_db: wordpress
    login_user: reader
    login_password: "{{ vault_wordpress_reader }}"
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
      description: Name as WordPress stores it.
      type: str
      sample: alice
    state:
      description: V(disabled) for an account that is disabled as O(auth.services.wordpress_user#module:state=disabled)
        does it. V(present) for one where somebody undid a part of that. V(enabled) otherwise.
      type: str
      sample: enabled
    email:
      description: E-mail address, or empty.
      type: str
      sample: alice@example.org
    display_name:
      description: Name that the site shows.
      type: str
      sample: Alice Liddell
    first_name:
      description: First name, or empty.
      type: str
      sample: Alice
    last_name:
      description: Last name, or empty.
      type: str
      sample: Liddell
    url:
      description: Web address of the person, with C(http://) or C(https://), or empty.
      type: str
      sample: https://alice.example.org
    groups:
      description: Roles of the account.
      type: list
      elements: str
      sample: [editor]
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
      description:
        - Capabilities that the account has beside its roles, roles and capabilities on other sites of a network, and
          whether it is a super admin.
        - Roles and capabilities that cannot be read are reported as such. RV(accounts[].groups) has the roles that they
          name.
      type: list
      elements: str
      sample: [capability edit_users, super admin of the network]
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
  description: Accounts that the collection never changes. WordPress has none.
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
      description: Name as WordPress stores it.
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

from ansible_collections.auth.services.plugins.module_utils.services.wordpress.adapter import WordPress
from ansible_collections.auth.services.plugins.module_utils.user_module import run_info_module


def main() -> None:
    run_info_module(WordPress)


if __name__ == "__main__":
    main()
