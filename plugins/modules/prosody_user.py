#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: prosody_user
short_description: Manage the accounts of a Prosody XMPP server in its database
version_added: 0.1.0
description:
  - Creates, disables, enables and removes accounts of one host of a Prosody server, and sets their passwords, one or
    thousands in one task, by writing what Prosody itself would write into its database.
  - For Prosody 0.12 and 13 with C(storage = "sql") (at least for the store C(accounts)) and
    C(authentication = "internal_hashed"), which is the default, on SQLite, MySQL, MariaDB and PostgreSQL.
  - Prosody reads the database at each login, so changes count at once, also while it runs.
author:
  - The auth.services developers (@auth-services)
extends_documentation_fragment:
  - auth.services.database
  - auth.services.account
  - auth.services.attributes
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
    description:
      - The XMPP domain whose accounts they are, a C(VirtualHost) of Prosody's configuration.
      - The first accounts of a domain that the database has nothing of are made with a warning, for a mistyped name.
    type: str
    required: true
  hash_algorithm:
    description:
      - What Prosody makes keys of passwords with (C(password_hash) of its configuration). Prosody takes keys of another
        algorithm for a wrong password, and so does this module, which then writes new ones.
    type: str
    choices: [SHA-1, SHA-256]
    default: SHA-1
notes:
  - O(name) is the part of the address before the C(@). Names are prepared as Prosody does it (nodeprep), so that
    C(Alice) is C(alice).
  - O(password_hash) has the form of RFC 5803,
    C(SCRAM-SHA-1$10000:c2FsdA==$StoredKey:ServerKey) with salt and keys in Base64. The salt must be ASCII text, as
    Prosody keeps it as text.
  - "O(state=disabled) writes the row C(disabled), with which Prosody 13 refuses the account by name
    (C(account-disabled)), and puts a zero byte in front of the stored key, with which Prosody 0.12, which has no such
    switch, refuses it as with a wrong password. Tokens (C(auth_tokens)) are deleted. O(state=enabled) undoes it, and
    the password is the one it was; tokens do not come back, and those that were made meanwhile go. A new password
    deletes tokens too."
  - "Prosody ends no session for a change in the database. Who is connected stays so, whatever is written, until the
    connection ends; the task warns of it. C(prosodyctl shell c2s close alice@example.org) or a restart ends it. Within
    an open session of a disabled account a client can set a new password: Prosody 13 keeps the account disabled, with
    0.12 it can log in again until the next run of the task."
  - An account that was disabled by Prosody 13 itself counts as not enabled, but not as disabled, since Prosody 0.12
    would let it in; O(state=disabled) adds the zero byte. Prosody's own C(user enable) takes its row away and not the
    zero byte, so enable accounts with the module that it disabled.
  - "O(state=absent) deletes what Prosody deletes: all rows of the account, with contacts, vCard and avatar, private
    data, offline messages and the archive of messages. All of it is the account's own, so nothing of it makes the task
    refuse. What others keep stays: their contact lists, their archives, rooms, uploaded files."
  - A host with C(authentication = "internal_plain") cannot be managed, since it needs clear text in the database.
    Accounts with clear text, which C(internal_hashed) accepts, are verified, and get keys when they are written.
  - Roles (C(prosody:admin) and so on) are not managed. They are in another store with 0.12 than with 13.
    M(auth.services.prosody_user_info) tells them.
  - "GRANTs to read, which every other line includes: SELECT on C(prosody). GRANTs for everything but O(state=absent):
    INSERT and DELETE on C(prosody). GRANTs for O(state=absent): DELETE on C(prosody); SELECT and DELETE on
    C(prosodyarchive). PostgreSQL and MySQL also need UPDATE on C(prosody) for whatever is written, since
    rows are locked first. In PostgreSQL the table is locked against other writers meanwhile."
seealso:
  - module: auth.services.prosody_user_info
"""

EXAMPLES = r"""
- name: The people of a server
  auth.services.prosody_user:
    login_engine: postgresql
    login_host: db1.example.org
    login_db: prosody
    login_user: accounts
    login_password: "{{ vault_prosody_database }}"
    host: example.org
    accounts:
      - name: alice
        password: "{{ vault_people.alice }}"
      - name: bob
        state: disabled

- name: Everybody else is disabled, but no bots, and never more than five at once
  auth.services.prosody_user:
    login_db: /var/lib/prosody/prosody.sqlite
    host: example.org
    accounts: "{{ service_accounts }}"
    state: enabled
    unlisted: disable
    unlisted_except: ["*bot"]
    unlisted_limit: "5"

- name: A server with password_hash = "SHA-256"
  auth.services.prosody_user:
    login_engine: mysql
    login_unix_socket: /run/mysqld/mysqld.sock
    login_user: accounts
    login_db: prosody
    host: chat.example.org
    hash_algorithm: SHA-256
    name: carol
    password: "{{ vault_people.carol }}"
    update_password: on_create

- name: Gone, with contacts and archive
  auth.services.prosody_user:
    login_db: /var/lib/prosody/prosody.sqlite
    host: example.org
    name: mallory
    state: absent
"""

RETURN = r"""
accounts:
  description: The accounts that changed, or in check mode would change. A single account always.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name as Prosody stores it.
      type: str
      sample: alice
    id:
      description: The same, which is what Prosody knows an account by; none for one that check mode would create.
      type: str
      sample: alice
    action:
      description: V(created), V(updated), V(enabled), V(disabled), V(removed) or V(unchanged).
      type: str
      sample: updated
    fields:
      description: Options whose value changed.
      type: list
      elements: str
      sample: [password]
    unproved:
      description: V(true) where the account was there and gains rights, and nothing but its name says whose it is.
      type: bool
      sample: true
counts:
  description: Number of accounts for each action.
  returned: success
  type: dict
  sample: {created: 2, updated: 1, enabled: 0, disabled: 1, removed: 0, unchanged: 96}
unlisted:
  description:
    - With O(accounts), names of the accounts that the database holds and the list does not name, whatever O(unlisted)
      does to them. Those of O(unlisted_except) are left out.
  returned: success
  type: list
  elements: str
  sample: [mallory]
names:
  description: With O(accounts), names that the application spells in another way.
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

from ansible_collections.auth.services.plugins.module_utils.services.prosody.adapter import Prosody
from ansible_collections.auth.services.plugins.module_utils.user_module import run_user_module


def main() -> None:
    run_user_module(Prosody)


if __name__ == "__main__":
    main()
