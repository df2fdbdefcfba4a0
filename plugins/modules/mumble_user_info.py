#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by "make generate". Edit what it is written from: mumble_user.py beside it,
# services/mumble/documentation.yml and tests/tools/documentation.yml.

from __future__ import annotations

DOCUMENTATION = r"""
module: mumble_user_info
short_description: Read the registered users of a Mumble server from its database
version_added: 0.1.0
description:
  - Returns the registered users of a Mumble server in the form that the option
    O(auth.services.mumble_user#module:accounts) takes. Declaring what was read changes nothing.
author:
  - The auth.services developers (@auth-services)
extends_documentation_fragment:
  - auth.services.database
  - auth.services.account.info
  - auth.services.attributes
  - auth.services.attributes.info_module
options:
  login_engine:
    description: The database that the server uses (C(dbDriver)).
    type: str
    choices: [sqlite, mysql, postgresql]
    default: sqlite
  table_prefix:
    description: Prefix of the server's tables (C(dbPrefix)).
    type: str
    default: ""
  server_id:
    description: Number of the virtual server that the users belong to.
    type: int
    default: 1
  username_pattern:
    description:
      - The server's setting C(username), a regular expression for names, if its ini file changes it. Write it as the
        server reads it, with C(\\w) if the ini file says C(\\w).
      - The default is the value in the table C(config), if O(login_user) may read it, or else the default of the
        release. Because C(config) also holds the private key of the server's certificate, it is better to set this
        option.
      - It applies only to the names of new users. Existing users can be changed, disabled and removed whatever their
        name.
      - It may contain literals, classes such as C([a-z_]) and C(\\w), and at most three quantifiers, but no groups and
        alternatives. Python and the server interpret such a pattern in the same way, and it is fast to check. If the
        server has a different pattern, new users are refused until this option sets a simple one.
    type: str
notes:
  - GRANTs (read). SELECT on C(users), C(user_info), C(groups), C(group_members), C(servers), C(meta).
  - GRANTs (rights in the review, without which a warning says that they are missing). SELECT on C(acl).
  - The playbook C(auth.services.grants) prints the GRANTs that a service of the inventory needs.
seealso:
  - module: auth.services.mumble_user
"""

EXAMPLES = r"""
- name: Read all accounts
  auth.services.mumble_user_info:
    login_db: /var/lib/mumble-server/mumble-server.sqlite
  register: found

- name: List administrators
  ansible.builtin.debug:
    msg: "{{ found.accounts | selectattr('groups', 'contains', 'admin') | map(attribute='name') }}"

- name: Read the names of the first 50,000 accounts
  auth.services.mumble_user_info:
    login_db: /var/lib/mumble-server/mumble-server.sqlite
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
      description: Name as Mumble stores it.
      type: str
      sample: alice
    state:
      description: V(disabled) for an account that is disabled as O(auth.services.mumble_user#module:state=disabled)
        does it. V(present) for one where somebody undid a part of that. V(enabled) otherwise.
      type: str
      sample: enabled
    email:
      description: E-mail address, or empty.
      type: str
      sample: alice@example.org
    certificate_hash:
      description: SHA-1 fingerprint of the client's certificate, or empty.
      type: str
      sample: 6f0c1bce0d6d2de8a0730c279e2a4bbb5d3b5c11
    groups:
      description: Groups of the root channel.
      type: list
      elements: str
      sample: [admin]
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
      description: Name as Mumble stores it.
      type: str
      sample: SuperUser
    reason:
      description: Why.
      type: str
      sample: it is the server's SuperUser
resembling:
  description: Accounts that may belong to the person in O(resembling), the most certain first; at most 1,000.
  returned: With O(resembling)
  type: list
  elements: dict
  contains:
    name:
      description: Name as Mumble stores it.
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

from ansible_collections.auth.services.plugins.module_utils.services.mumble.adapter import Mumble
from ansible_collections.auth.services.plugins.module_utils.user_module import run_info_module


def main() -> None:
    run_info_module(Mumble)


if __name__ == "__main__":
    main()
