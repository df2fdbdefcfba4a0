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
  - Creates, disables, enables and removes accounts of one host of a Prosody server and sets their passwords, one or
    thousands in one task. It writes into the database what Prosody itself would write.
  - For Prosody 0.12 and 13 on SQLite, MySQL, MariaDB and PostgreSQL, with C(storage = "sql") (at least for the store
    C(accounts)) and C(authentication = "internal_hashed"), which is the default.
  - Prosody reads the database at each login, so changes are effective at once, even while it runs.
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
    description: Prefix of the tables. Prosody itself uses none.
    type: str
    default: ''
  host:
    description: The XMPP domain of the accounts, a C(VirtualHost) in Prosody's configuration.
    type: str
    required: true
  hash_algorithm:
    description:
      - The algorithm for keys of passwords (C(password_hash) in Prosody's configuration). To Prosody, keys of another
        algorithm are a wrong password. The module regards them as such, too, and writes new keys.
    type: str
    choices: [SHA-1, SHA-256]
    default: SHA-1
notes:
  - The task warns when it creates the first accounts of an O(host), because its name may be mistyped.
  - O(name) is the part of the address before the C(@). Names are prepared as Prosody does it (nodeprep), so C(Alice)
    becomes C(alice).
  - O(password_hash) has the form of RFC 5803, C(SCRAM-SHA-1$10000:c2FsdA==$StoredKey:ServerKey), with salt and keys in
    Base64. The salt must be ASCII text, because Prosody stores it as text.
  - O(state=disabled) does the following, and O(state=enabled) undoes it, so that the old password is valid again.
  - Disabling - the row C(disabled) makes Prosody 13 refuse the account (C(account-disabled)).
  - Disabling - a zero byte before the stored key makes Prosody 0.12, which does not know this row, refuse every
    password.
  - Disabling - tokens (C(auth_tokens)) are deleted. Enabling does not restore them, and also deletes those that were
    created meanwhile. A new password deletes tokens, too.
  - Changes in the database do not end sessions. Connected users stay connected; the task warns of it. C(prosodyctl
    shell c2s close alice@example.org) or a restart disconnects them.
  - Within an open session of a disabled account a client can set a new password. Prosody 13 keeps the account disabled;
    with 0.12 the account can log in again until the next run of the task.
  - An account that Prosody 13 itself disabled counts as neither enabled nor disabled, because Prosody 0.12 would let it
    in. O(state=disabled) adds the zero byte.
  - Prosody's own C(user enable) removes its row but not the zero byte. Use this module to enable accounts that it
    disabled.
  - "O(state=absent) deletes what Prosody deletes: all rows of the account, including contacts, vCard and avatar,
    private data, offline messages and the archive of messages. All of it belongs to the account, so none of it prevents
    the removal. What others own stays: their contact lists, their archives, rooms, uploaded files."
  - A host with C(authentication = "internal_plain") cannot be managed, because it needs passwords in clear text in the
    database. Accounts with a clear text password, which C(internal_hashed) accepts, are verified and get keys when they
    are written.
  - Roles (C(prosody:admin) and others) are not managed, because Prosody 0.12 and 13 store them differently.
    M(auth.services.prosody_user_info) returns them.
  - In PostgreSQL, Prosody's own writes wait until the task has written, since the table is locked.
  # by "make generate", from prosody/privileges.py
  - GRANTs (read). SELECT on C(prosody).
  - GRANTs (create, O(password), O(state=disabled), O(state=enabled)). INSERT, DELETE on C(prosody).
  - GRANTs (O(state=absent)). DELETE on C(prosody); SELECT, DELETE on C(prosodyarchive).
  - GRANTs (every line that writes, on PostgreSQL and MySQL). UPDATE on C(prosody).
  - GRANTs on PostgreSQL. USAGE on the schema and on the sequences of tables that get rows, and SELECT with every
    INSERT.
  - The playbook C(auth.services.grants) prints the GRANTs that a service of the inventory needs.
  # end of prosody/privileges.py
seealso:
  - module: auth.services.prosody_user_info
"""

EXAMPLES = r"""
- name: Manage the people of a server
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

- name: Disable unlisted accounts except bots, at most five in one run
  auth.services.prosody_user:
    login_db: /var/lib/prosody/prosody.sqlite
    host: example.org
    accounts: "{{ service_accounts }}"
    state: enabled
    unlisted: disable
    unlisted_except: ["*bot"]
    unlisted_limit: "5"

- name: Create an account on a server with password_hash = "SHA-256"
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

- name: Remove an account with its contacts and archive
  auth.services.prosody_user:
    login_db: /var/lib/prosody/prosody.sqlite
    host: example.org
    name: mallory
    state: absent
"""

# by "make generate", from prosody/documentation.yml
RETURN = r"""
accounts:
  description: The accounts that changed, or would change in check mode. A single account is always listed.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name as Prosody stores it.
      type: str
      sample: alice
    id:
      description: The same as the name; null for one that check mode would create.
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
# end of prosody/documentation.yml

from ansible_collections.auth.services.plugins.module_utils.services.prosody.adapter import Prosody
from ansible_collections.auth.services.plugins.module_utils.user_module import run_user_module


def main() -> None:
    run_user_module(Prosody)


if __name__ == "__main__":
    main()
