#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by "make generate". Edit what it is written from: postfixadmin_mailbox.py beside it,
# services/postfixadmin/documentation.yml and tests/tools/documentation.yml.

from __future__ import annotations

DOCUMENTATION = r"""
module: postfixadmin_mailbox_info
short_description: Read the mailboxes of a Postfixadmin from its database
version_added: 0.1.0
description:
  - Returns the mailboxes of a Postfixadmin in the form that the option
    O(auth.services.postfixadmin_mailbox#module:accounts) takes. Declaring what was read changes nothing.
author:
  - The auth.services developers (@auth-services)
extends_documentation_fragment:
  - auth.services.database
  - auth.services.account.info
  - auth.services.attributes
  - auth.services.attributes.info_module
options:
  login_engine:
    description: The database server that Postfixadmin uses (C($CONF['database_type'])).
    type: str
    choices: [mysql, postgresql, sqlite]
    default: mysql
  table_prefix:
    description: Prefix of Postfixadmin's tables (C($CONF['database_prefix'])).
    type: str
    default: ""
notes:
  - GRANTs (read). SELECT on C(mailbox), C(alias), C(domain).
  - GRANTs (read, in 4.0). The line above, and SELECT on C(mailbox_app_password).
  - GRANTs (rights in the review, without which a warning says that they are missing). SELECT on C(vacation); SELECT
    (username), SELECT (active), SELECT (superadmin) on C(admin).
  - The playbook C(auth.services.grants) prints the GRANTs that a service of the inventory needs.
seealso:
  - module: auth.services.postfixadmin_mailbox
"""

EXAMPLES = r"""
- name: Read all mailboxes
  auth.services.postfixadmin_mailbox_info:
    login_host: db1.example.org
    login_db: postfixadmin
    login_user: reader
    login_password: "{{ vault_mail_reader }}"
  register: found

- name: List mailboxes without a limit
  ansible.builtin.debug:
    msg: "{{ found.accounts | selectattr('quota', 'eq', 0) | map(attribute='name') }}"

- name: Read the names of the first 50,000 mailboxes
  auth.services.postfixadmin_mailbox_info:
    login_host: db1.example.org
    login_db: postfixadmin
    login_user: reader
    login_password: "{{ vault_mail_reader }}"
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
  sample: mallory@example.org
count:
  description: How many mailboxes there are in all. Those that the application takes for one count each.
  returned: with O(limit), on the first page
  type: int
  sample: 97
rows:
  description: "A JSON text with a list for each mailbox: name, state (also V(protected)), e-mail address, real name,
    groups, rights (options that give rights, and those of RV(rights)), time of the last change, and the reason for
    which it is protected. What an application does not have is empty."
  returned: with O(compact)
  type: str
  sample: "[[\"alice@example.org\", \"enabled\", \"alice@example.org\", \"Alice Liddell\", [], [], \"\", \"\"]]"
accounts:
  description: The mailboxes, by name, except those in RV(undeclarable) and RV(protected).
  returned: unless O(compact) or O(resembling)
  type: list
  elements: dict
  contains:
    name:
      description: Address as Postfixadmin stores it.
      type: str
      sample: alice@example.org
    state:
      description: V(disabled) for an inactive mailbox, V(enabled) for an active one, V(present) if only some of its app
        passwords are disabled.
      type: str
      sample: enabled
    display_name:
      description: Name of the owner, the field C(Name) in Postfixadmin, or empty.
      type: str
      sample: Alice Liddell
    quota:
      description: Size of the mailbox in bytes; V(0) is unlimited.
      type: int
      sample: 2147483648
    email_other:
      description: Where Postfixadmin sends a code for a forgotten password, or empty.
      type: str
      sample: alice@example.com
    phone:
      description: Phone number that Postfixadmin sends a code for a forgotten password to, by SMS, or empty.
      type: str
      sample: ""
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
      sample: alice@example.org
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
      sample: alice@example.org
    time:
      description: ISO 8601.
      type: str
      sample: "2026-11-20T09:30:00Z"
protected:
  description: Accounts that the collection never changes. Postfixadmin has none.
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
      description: Address as Postfixadmin stores it.
      type: str
      sample: alice@example.org
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

from ansible_collections.auth.services.plugins.module_utils.services.postfixadmin.adapter import Postfixadmin
from ansible_collections.auth.services.plugins.module_utils.user_module import run_info_module


def main() -> None:
    run_info_module(Postfixadmin)


if __name__ == "__main__":
    main()
