#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: mumble_user
short_description: Manage the registered users of a Mumble server in its database
version_added: 0.1.0
description:
  - Registers, changes, disables, enables and removes users of a Mumble server (murmur), one or thousands in one task,
    by writing what the server itself would write into its database.
  - For Mumble 1.3 and 1.5 on SQLite, MySQL, MariaDB and PostgreSQL. The tables of Mumble 1.6 are recognised and
    refused.
  - The server need not run, nor Ice be there. While it runs, it sees accounts, passwords and certificates at once.
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
    description: The database that the server uses (C(dbDriver)).
    type: str
    choices: [sqlite, mysql, postgresql]
    default: sqlite
  table_prefix:
    description: What the names of the server's tables begin with (C(dbPrefix)).
    type: str
    default: ''
  server_id:
    description: Number of the virtual server whose users these are.
    type: int
    default: 1
  username_pattern:
    description:
      - The server's setting C(username), a regular expression for names, where its ini file changes it. Write it as the
        server reads it, so C(\\w) where the ini file says C(\\w).
      - Not given, it is what the table C(config) says, if O(login_user) may read that, or else the default of the
        release. C(config) also holds the private key of the server's certificate, so better give the pattern here.
      - It is tried on the names of new users only. Who is there is changed, disabled and removed whatever the name.
      - "Literals, classes such as C([a-z_]) and C(\\w), and at most three quantifiers, without groups and alternatives:
        for such a pattern Python and the server agree, and it takes no time. Where the server has another one, new
        users are refused until a simple one is given here."
    type: str
  certificate_hash:
    description:
      - SHA-1 fingerprint of the client's certificate, 40 hexadecimal digits with or without colons. Whoever has this
        certificate is this user, whatever name is typed and without a password.
      - The server itself stores it here whenever somebody with a certificate logs in by password.
      - Not given, it is left alone, unless the user gets a new password; empty, it is removed. No two entries can have
        the same. Where another user of the server has it, the task warns, since the server lets its owner in as the one
        with the lower number.
    type: str
notes:
  - "O(state=disabled) refuses the user's name with any password and any certificate. A marker in front of the stored
    password makes it wrong. The certificate hash and the e-mail address, which the server takes for a proof when a
    certificate that it trusts names it, move to numbers of C(user_info) that the server ignores. O(state=enabled)
    brings all of it back. Groups stay."
  - "A new password for a user who was there takes the certificate hash and the e-mail address with it, as each of them
    lets somebody in without the password, unless O(certificate_hash) or O(email) declares them. The server stores the
    certificate again at the next login by password."
  - Who is connected stays connected; a database cannot end that. Kick them, or restart the server.
  - A server that lets guests in also lets in a disabled person, under another name and without any right of the
    account. With the right to register, which the group C(all) has by default, such a guest can become a new user,
    who is then an unlisted account. C(serverpassword), and no right to register, keep them out.
  - "Groups are those of the root channel, C(admin) on a new server, and they must exist. Other channels' groups, and
    members that a group of the root channel excludes, are left alone. A running server reads groups at its start only,
    and writes all of them when somebody edits them in a client. The task warns when it changes groups. Restart the
    server."
  - The server gives a new user the highest number and one, and a running one remembers groups and rights of removed
    users by number. The task warns when it removes a user with groups or rights. Restart the server before new ones
    are made.
  - Names that differ in case only are one name for the server, in ASCII on SQLite, in any script on PostgreSQL; MySQL
    and MariaDB also ignore accents. A name that the database holds in another spelling is an error that names both.
  - "O(password_hash) is C(iterations$salt$hash), PBKDF2-HMAC-SHA384 with a salt of 16 and a hash of 96 lower-case
    hexadecimal digits, such as the columns C(kdfiterations), C(salt) and C(pw) hold them. An old SHA-1 hash is
    C(0$$hash). The server replaces a hash at the next login when its number of iterations is not the server's own."
  - SuperUser, number 0, is never changed. Use C(murmurd -supw).
  - "GRANTs to read, which every other line includes. SELECT on C(users), C(user_info), C(groups), C(group_members),
    C(servers) and C(meta)."
  - "GRANTs to create accounts. INSERT on C(users)."
  - "GRANTs for O(password). UPDATE on C(users), and DELETE on C(user_info) where the user has a certificate hash or an
    e-mail address."
  - "GRANTs for O(email), O(certificate_hash), O(state=disabled) and O(state=enabled). UPDATE on C(users), INSERT and
    DELETE on C(user_info)."
  - "GRANTs for O(groups). INSERT and DELETE on C(group_members)."
  - "GRANTs for O(state=absent). SELECT on C(acl); DELETE on C(users), C(user_info) and C(group_members)."
  - PostgreSQL and MySQL also need UPDATE on C(users) for whatever is written, since rows are locked before they are
    changed.
  - For SQLite, the user that the task runs as must be able to write the file and its folder, and so must the server
    afterwards.
seealso:
  - module: auth.services.mumble_user_info
"""

EXAMPLES = r"""
- name: The people of the server
  auth.services.mumble_user:
    login_db: /var/lib/mumble-server/mumble-server.sqlite
    accounts:
      - name: alice
        email: alice@example.org
        password: "{{ vault_people.alice }}"
        groups: [admin]
      - name: bob
        certificate_hash: 6f:0c:1b:ce:0d:6d:2d:e8:a0:73:0c:27:9e:2a:4b:bb:5d:3b:5c:11
      - name: carol
        state: disabled

- name: Everybody else is disabled, but no bots, and never more than five at once
  auth.services.mumble_user:
    login_engine: postgresql
    login_host: db1.example.org
    login_db: mumble
    login_user: accounts
    login_password: "{{ vault_mumble_database }}"
    table_prefix: murmur_
    accounts: "{{ service_accounts }}"
    state: enabled
    unlisted: disable
    unlisted_except: ["*bot"]
    unlisted_limit: "5"

- name: Gone from the second virtual server
  auth.services.mumble_user:
    login_engine: mysql
    login_unix_socket: /run/mysqld/mysqld.sock
    login_db: mumble
    login_user: accounts
    server_id: 2
    name: dave
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
      description: Name of the user.
      type: str
      sample: alice
    id:
      description: C(user_id); none for an account that check mode would create.
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
      sample: [certificate_hash, groups, password]
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
      does to them. SuperUser and those of O(unlisted_except) are left out.
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

from ansible_collections.auth.services.plugins.module_utils.services.mumble.adapter import Mumble
from ansible_collections.auth.services.plugins.module_utils.user_module import run_user_module


def main() -> None:
    run_user_module(Mumble)


if __name__ == "__main__":
    main()
