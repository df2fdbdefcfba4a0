#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by "make generate". Edit what it is written from: freeradius_user.py beside it,
# services/freeradius/documentation.yml and tests/tools/documentation.yml.

from __future__ import annotations

DOCUMENTATION = r"""
module: freeradius_user_info
short_description: Read the users in the SQL tables of a FreeRADIUS server
version_added: 0.1.0
description:
  - Returns the users in the SQL tables of a FreeRADIUS server in the form that the option
    O(auth.services.freeradius_user#module:accounts) takes. Declaring what was read changes nothing.
author:
  - The auth.services developers (@auth-services)
extends_documentation_fragment:
  - auth.services.database
  - auth.services.account.info
  - auth.services.attributes
  - auth.services.attributes.info_module
options:
  login_engine:
    description: The database server (C(dialect) in C(mods-available/sql)).
    type: str
    choices: [mysql, postgresql, sqlite]
    default: mysql
  table_prefix:
    description: Prefix of the tables, before C(radcheck).
    type: str
    default: ""
  safe_characters:
    description:
      - The server's C(safe_characters) (C(queries.conf)). The server replaces every other ASCII character of a name
        with C(=) and two hexadecimal digits, and the module stores names in this form. C(o'brien) is stored and
        returned as C(o=27brien), and may be declared as such.
    type: str
    default: "@abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_: /"
notes:
  - Passwords and attributes that may hold a secret are not returned (C(TOTP-Secret), C(Tunnel-Password),
    C(Cisco-AVPair) and all that are not in the module's list of attributes without secrets). An account that is
    declared as it was returned keeps them. A copy of it elsewhere, after an export, does not have them.
  - RV(rights) names accounts that need no password, because of C(Auth-Type := Accept) of their own or of a group, if
    C(radgroupcheck) may be read.
  - GRANTs (read). SELECT on C(radcheck), C(radreply), C(radusergroup).
  - GRANTs (warnings, without which there are none). SELECT on C(radacct), C(radgroupcheck), C(radgroupreply).
  - The playbook C(auth.services.grants) prints the GRANTs that a service of the inventory needs.
seealso:
  - module: auth.services.freeradius_user
"""

EXAMPLES = r"""
- name: Read all accounts
  auth.services.freeradius_user_info:
    login_host: db1.example.org
    login_db: radius
    login_user: reader
    login_password: "{{ vault_radius_reader }}"
  register: found

- name: List disabled accounts
  ansible.builtin.debug:
    msg: "{{ found.accounts | selectattr('state', 'eq', 'disabled') | map(attribute='name') }}"

- name: Read the names of the first 50,000 accounts
  auth.services.freeradius_user_info:
    login_host: db1.example.org
    login_db: radius
    login_user: reader
    login_password: "{{ vault_radius_reader }}"
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
      description: Name as FreeRADIUS stores it.
      type: str
      sample: alice
    state:
      description: V(disabled) for an account that is disabled as O(auth.services.freeradius_user#module:state=disabled)
        does it. V(present) for one with a single item C(Auth-Type := Reject), or in a group with it (if
        C(radgroupcheck) may be read), or with a row that holds NULL. V(enabled) otherwise.
      type: str
      sample: enabled
    check_attributes:
      description: The rows of C(radcheck) except the password, the expiration and C(Auth-Type := Reject), which have
        their own options.
      type: list
      elements: dict
      sample: [{attribute: Simultaneous-Use, op: ':=', value: '1'}]
    reply_attributes:
      description: The rows of C(radreply).
      type: list
      elements: dict
      sample: [{attribute: Framed-IP-Address, op: ':=', value: 10.8.0.7}]
    expiration:
      description: When the account expires, as it is stored, or empty.
      type: str
      sample: 31 Dec 2030 23:59:59
    groups:
      description: Groups of the account.
      type: list
      elements: str
      sample: [internet, staff]
    group_priority:
      description: Priority of memberships, if it is not 1.
      type: dict
      sample: {internet: 10}
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
      description: Name as FreeRADIUS stores it.
      type: str
      sample: DEFAULT
    reason:
      description: Why.
      type: str
      sample: it is the profile of all accounts
resembling:
  description: Accounts that may belong to the person in O(resembling), the most certain first; at most 1,000.
  returned: With O(resembling)
  type: list
  elements: dict
  contains:
    name:
      description: Name as FreeRADIUS stores it.
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

from ansible_collections.auth.services.plugins.module_utils.services.freeradius.adapter import FreeRadius
from ansible_collections.auth.services.plugins.module_utils.user_module import run_info_module


def main() -> None:
    run_info_module(FreeRadius)


if __name__ == "__main__":
    main()
