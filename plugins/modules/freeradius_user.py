#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: freeradius_user
short_description: Manage the users in the SQL tables of a FreeRADIUS server
version_added: 0.1.0
description:
  - Creates, changes, disables, enables and removes the users in C(radcheck), C(radreply) and C(radusergroup), one or
    thousands in one task. FreeRADIUS reads the tables at each request, so changes are effective at once.
  - For FreeRADIUS 3.2 on MySQL, MariaDB, PostgreSQL and SQLite. Tested with 3.2.1 and its default tables and queries.
  - FreeRADIUS has no table of users. An account is a name with at least one row in these three tables.
author:
  - The auth.services developers (@auth-services)
extends_documentation_fragment:
  - auth.services.database
  - auth.services.account
  - auth.services.account.groups
  - auth.services.attributes
options:
  login_engine:
    description: The database server (C(dialect) in C(mods-available/sql)).
    type: str
    choices: [mysql, postgresql, sqlite]
    default: mysql
  table_prefix:
    description: Prefix of the tables, before C(radcheck).
    type: str
    default: ''
  password_attribute:
    description:
      - The attribute of C(radcheck) that stores passwords, always in one row with the operator C(:=). It determines
        which methods of authentication work.
      - C(Crypt-Password) (C($6$), salted and slow to guess), C(SSHA2-256-Password), C(SSHA2-512-Password),
        C(SSHA-Password) and C(Password-With-Header) (C({ssha256})) allow PAP, and so EAP-TTLS with PAP.
      - C(NT-Password) also allows MS-CHAP, MS-CHAPv2 and PEAP. It is unsalted MD4, almost as useful as the password
        itself to whoever reads it.
      - C(Cleartext-Password) allows all methods, including CHAP and EAP-MD5.
      - If this option is set, a password in another attribute is stored again, even if it matches.
      - By default, a stored password that matches keeps its attribute, and new passwords become C(Crypt-Password).
      - O(password_hash) is a value of this attribute, unless it begins with the name of one of these attributes and a
        colon, as in the results of M(auth.services.freeradius_user_info).
    type: str
    choices:
      - Crypt-Password
      - Cleartext-Password
      - NT-Password
      - SSHA2-256-Password
      - SSHA2-512-Password
      - SSHA-Password
      - Password-With-Header
  check_attributes:
    description:
      - The rows of C(radcheck) except the password, the expiration and C(Auth-Type := Reject), which have their own
        options.
      - Omit it to keep the current rows. If it is set, all other rows are removed, except those that may hold a secret.
      - "Attributes that may hold a secret are treated like passwords: they are not returned, and diffs do not show
        their values. They are C(TOTP-Secret), C(NTLM-Password), C(Tunnel-Password), C(Cisco-AVPair) and all that are
        not in the module's list of attributes without secrets."
      - Their rows stay unless the attribute is listed. An empty value removes them.
      - Rows of the same attribute are stored in this order, which matters to the server.
    type: list
    elements: dict
    suboptions: &attribute
      attribute:
        description: Name, as in the server's dictionaries. The module does not check that it exists.
        type: str
        required: true
      op:
        description: Operator. V(:=) sets, V(==) compares, V(=) sets if nothing else has, V(+=) adds.
        type: str
        required: true
        choices: ['=', ':=', '==', '+=', '!=', '>', '>=', '<', '<=', '=~', '!~', '=*', '!*']
      value:
        description: Value, as the server reads it. The server resolves backslashes and expands text in backquotes.
        type: str
        required: true
  reply_attributes:
    description: The rows of C(radreply). They have the same form as O(check_attributes).
    type: list
    elements: dict
    suboptions: *attribute
  expiration:
    description:
      - When the account expires (the check attribute C(Expiration)). The server refuses it from then on if its
        C(expiration) module is called, which is the default.
      - A time in the server's own time zone, as the server writes it, V(31 Dec 2030 23:59:59), or as
        V(2030-12-31T23:59:59), which is stored in the first form. A time with a zone, V(2030-12-31T23:59:59Z), is
        stored as seconds since 1970, because the server does not support zones. An empty string removes the expiration.
    type: str
  group_priority:
    description:
      - "The priority of memberships (C(radusergroup.priority)): a dictionary from groups in O(groups) to integers. The
        server checks groups with smaller numbers first. Other groups in O(groups) get 1."
      - Omit it to keep the priority of existing memberships; new ones get 1.
    type: dict
  safe_characters:
    description:
      - The server's C(safe_characters) (C(queries.conf)). The server replaces every other ASCII character of a name
        with C(=) and two hexadecimal digits, and the module stores names in this form. C(o'brien) is stored and
        returned as C(o=27brien), and may be declared as such.
    type: str
    default: "@abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_: /"
notes:
  - O(state=disabled) adds the check item C(Auth-Type := Reject), twice, and O(state=enabled) deletes all such items.
    The server then refuses all methods, whatever other C(Auth-Type) the account or its groups have. A single item could
    be replaced by a group's C(Auth-Type := Accept).
  - An account with one such item, as FreeRADIUS's documentation describes it, is neither V(enabled) nor V(disabled).
    Either state completes or deletes it.
  - Disabling does not end network sessions; the access server ends them. If C(radacct) is readable and shows open ones,
    the task warns. C(radclient) can send a Disconnect-Request.
  - A device may resume TLS sessions of EAP while the server keeps them (C(cache) in C(mods-available/eap), off by
    default).
  - If a check item that compares (C(==)) fails, the server ignores all items of the account, including C(Reject). Only
    a group with C(Auth-Type := Accept) could let the account in then.
  - Accounts in other places (C(files), C(ldap)) are not managed.
  - C(radacct) and C(radpostauth) are not changed, not even by O(state=absent). Nor is C(userinfo) of daloRADIUS, which
    the server does not use.
  - The server refuses an account in a group with C(Auth-Type := Reject) in C(radgroupcheck), which is how daloRADIUS
    disables accounts, unless C(Fall-Through) or a group with a smaller priority ends the search before.
  - With O(state=enabled) the task warns of such an account at every run. The membership stays unless O(groups) excludes
    it. O(state=disabled) still writes the items of the account, which remain effective without the group.
  - M(auth.services.freeradius_user_info) returns such an account as V(present), and an access review shows it as partly
    disabled.
  - Groups may have any name. The task warns of a new membership in a group that has no other members and no rows in
    C(radgroupcheck) and C(radgroupreply).
  - Most collations of MySQL and MariaDB, and therefore FreeRADIUS, regard names as the same that differ only in case,
    accents, spaces at the end or invisible characters, such as C(alice) and C(Alice). The module asks the database
    which names are the same. A second spelling of an account is an error.
  - Rows in several spellings are one account. Its name is the spelling that has the password. Rows of the other
    spellings get this spelling when they change, and are removed with the account.
  - If two spellings have a password, it is not clear which one belongs to the account. Either name can be disabled,
    which applies to both. All other changes are refused until the rows of one spelling are renamed or removed.
  - The profile of all accounts (C(default_user_profile), the rows of C(radusergroup) under C(DEFAULT)) is never
    changed. A name that the database regards as C(DEFAULT), and C(DEFAULT) itself if it has check items, can be
    disabled, which does not change the profile.
  - Rows whose attribute is NULL are left alone, and so are rows without operator or value until something else is
    declared in their place. The server refuses an account with such a row in C(radcheck), so the task warns of it with
    O(state=enabled).
  - Rows without a name (NULL) belong to no account and are ignored.
  - A server may refuse more names than this module does. C(filter_username) of FreeRADIUS's default site refuses spaces
    and, after an C(@), text that is not a domain.
  - Diffs and results show the values of attributes without secrets.
  # by "make generate", from freeradius/privileges.py
  - GRANTs (read). SELECT on C(radcheck), C(radreply), C(radusergroup).
  - GRANTs (create). INSERT on C(radcheck), C(radreply), C(radusergroup), as far as they get rows.
  - GRANTs (O(password), O(expiration), O(check_attributes), O(state=enabled), O(state=disabled)). INSERT, UPDATE,
    DELETE on C(radcheck).
  - GRANTs (O(reply_attributes)). INSERT, UPDATE, DELETE on C(radreply).
  - GRANTs (O(groups), O(group_priority)). INSERT, UPDATE, DELETE on C(radusergroup).
  - GRANTs (O(state=absent)). DELETE on C(radcheck), C(radreply), C(radusergroup).
  - GRANTs (warnings, without which there are none). SELECT on C(radacct), C(radgroupcheck), C(radgroupreply).
  - GRANTs (every line that writes, on PostgreSQL and MySQL). UPDATE on C(radcheck), C(radreply), C(radusergroup), since
    they are locked before.
  - GRANTs (every line that inserts, on PostgreSQL). USAGE on C(radcheck_id_seq), C(radreply_id_seq),
    C(radusergroup_id_seq).
  - GRANTs on PostgreSQL. USAGE on the schema and on the sequences of tables that get rows, and SELECT with every
    INSERT.
  - The playbook C(auth.services.grants) prints the GRANTs that a service of the inventory needs.
  # end of freeradius/privileges.py
seealso:
  - module: auth.services.freeradius_user_info
"""

EXAMPLES = r"""
- name: Allow people to use the VPN with PAP
  auth.services.freeradius_user:
    login_host: db1.example.org
    login_db: radius
    login_user: accounts
    login_password: "{{ vault_radius_database }}"
    accounts:
      - name: alice
        password: "{{ vault_people.alice }}"
        groups: [staff]
        reply_attributes:
          - {attribute: Framed-IP-Address, op: ":=", value: 10.8.0.7}
          - {attribute: Session-Timeout, op: ":=", value: 28800}
      - name: bob
        state: disabled

- name: Allow people to use the wireless network with PEAP, one device at a time
  auth.services.freeradius_user:
    login_engine: postgresql
    login_host: db1.example.org
    login_db: radius
    login_user: accounts
    login_password: "{{ vault_radius_database }}"
    password_attribute: NT-Password
    accounts: "{{ service_accounts }}"
    check_attributes:
      - {attribute: Simultaneous-Use, op: ":=", value: 1}
    state: enabled
    unlisted: disable

- name: Allow a guest to log in until the end of the year
  auth.services.freeradius_user:
    login_engine: sqlite
    login_db: /var/lib/freeradius/radius.db
    name: guest-17
    password: "{{ vault_guest }}"
    expiration: "2026-12-31T23:59:59"
    groups: [guests, internet]
    group_priority:
      internet: 10
"""

# by "make generate", from freeradius/documentation.yml
RETURN = r"""
accounts:
  description: The accounts that changed, or would change in check mode. A single account is always listed.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name as FreeRADIUS stores it.
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
      sample: [check_attributes, reply_attributes, groups, password]
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
# end of freeradius/documentation.yml

from ansible_collections.auth.services.plugins.module_utils.services.freeradius.adapter import FreeRadius
from ansible_collections.auth.services.plugins.module_utils.user_module import run_user_module


def main() -> None:
    run_user_module(FreeRadius)


if __name__ == "__main__":
    main()
