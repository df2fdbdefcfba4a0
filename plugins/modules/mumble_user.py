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
  - Registers, changes, disables, enables and removes users of a Mumble server (murmur), one or thousands in one task.
    It writes into the database what the server itself would write.
  - For Mumble 1.3 and 1.5 on SQLite, MySQL, MariaDB and PostgreSQL. The module recognises the tables of Mumble 1.6 and
    refuses them.
  - Only the database must be reachable, neither the server nor Ice. A running server sees changes of accounts,
    passwords and certificates at once.
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
    description: Prefix of the server's tables (C(dbPrefix)).
    type: str
    default: ''
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
  certificate_hash:
    description:
      - SHA-1 fingerprint of the client's certificate. It has 40 hexadecimal digits, with or without colons. Whoever has
        this certificate is this user, whatever name they type and without a password.
      - The server itself stores it whenever somebody with a certificate logs in with a password.
      - Omit it to keep the current value, unless the user gets a new password; set it to an empty string to remove it.
      - Two entries must not have the same value. If another user of the server has it, the task warns, because the
        server logs its owner in as the user with the lower number.
    type: str
notes:
  - O(state=disabled) does the following, and O(state=enabled) undoes all of it. The server then refuses the user's name
    with any password and any certificate. Groups stay.
  - Disabling - a marker before the stored password makes it wrong.
  - Disabling - the certificate hash and the e-mail address move to numbers of C(user_info) that the server ignores. The
    server accepts the address as proof if it is in a certificate that the server trusts.
  - A new password for an existing user removes the certificate hash and the e-mail address, because each of them allows
    a login without the password, unless O(certificate_hash) or O(email) declares them. The server stores the
    certificate again at the next login with the password.
  - Connected users stay connected, because a database cannot end that. Kick them, or restart the server.
  - If the server allows guests, a disabled person can connect as a guest, under another name and without the rights of
    the account. If guests may register, which the group C(all) allows by default, the guest can become a new, unlisted
    user. C(serverpassword) keeps guests out; removing the right to register keeps them from becoming users.
  - Groups are those of the root channel (C(admin) on a new server). They must exist. Groups of other channels, and
    members that a group of the root channel excludes, are left alone.
  - A running server reads groups only when it starts, and writes all of them when somebody edits them in a client. The
    task warns when it changes groups. Restart the server.
  - The server gives a new user the highest number plus one, and a running server remembers groups and rights of removed
    users by number. The task warns when it removes a user with groups or rights. Restart the server before new users
    are created.
  - "For the server, names that differ only in case are the same: in ASCII on SQLite, in any script on PostgreSQL. MySQL
    and MariaDB also ignore accents. A name that the database holds in another spelling is an error; the message gives
    both."
  - "O(password_hash) has the form C(iterations$salt$hash): PBKDF2-HMAC-SHA384 with a salt of 16 and a hash of 96
    lower-case hexadecimal digits, as in the columns C(kdfiterations), C(salt) and C(pw). An old SHA-1 hash is
    C(0$$hash)."
  - The server replaces a hash at the next login if its number of iterations is not that of the server.
  - SuperUser, number 0, is never changed. Use C(murmurd -supw).
  # by "make generate", from mumble/privileges.py
  - GRANTs (read). SELECT on C(users), C(user_info), C(groups), C(group_members), C(servers), C(meta).
  - GRANTs (rights in the review, without which a warning says that they are missing). SELECT on C(acl).
  - GRANTs (create). INSERT on C(users).
  - GRANTs (O(password)). UPDATE on C(users).
  - GRANTs (O(password) where a certificate or an address goes). The line above, and DELETE on C(user_info).
  - GRANTs (O(email), O(certificate_hash), O(state=disabled), O(state=enabled)). UPDATE on C(users); INSERT, DELETE on
    C(user_info).
  - GRANTs (O(groups)). INSERT, DELETE on C(group_members).
  - GRANTs (O(state=absent)). SELECT on C(acl); DELETE on C(users), C(user_info), C(group_members).
  - GRANTs (every line that writes, on PostgreSQL and MySQL). UPDATE on C(users).
  - GRANTs (a pattern of names that was set in the database). SELECT on C(config).
  - GRANTs on PostgreSQL. USAGE on the schema and on the sequences of tables that get rows, and SELECT with every
    INSERT.
  - The playbook C(auth.services.grants) prints the GRANTs that a service of the inventory needs.
  # end of mumble/privileges.py
  - For SQLite, both the user that the task runs as and the server must be able to write to the file and its folder.
seealso:
  - module: auth.services.mumble_user_info
"""

EXAMPLES = r"""
- name: Manage the people of the server
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

- name: Disable unlisted accounts except bots, at most five in one run
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

- name: Remove a user of the second virtual server
  auth.services.mumble_user:
    login_engine: mysql
    login_unix_socket: /run/mysqld/mysqld.sock
    login_db: mumble
    login_user: accounts
    server_id: 2
    name: dave
    state: absent
"""

# by "make generate", from mumble/documentation.yml
RETURN = r"""
accounts:
  description: The accounts that changed, or would change in check mode. A single account is always listed.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name as Mumble stores it.
      type: str
      sample: alice
    id:
      description: C(user_id); null for one that check mode would create.
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
      sample: [certificate_hash, email, groups, password]
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
# end of mumble/documentation.yml

from ansible_collections.auth.services.plugins.module_utils.services.mumble.adapter import Mumble
from ansible_collections.auth.services.plugins.module_utils.user_module import run_user_module


def main() -> None:
    run_user_module(Mumble)


if __name__ == "__main__":
    main()
