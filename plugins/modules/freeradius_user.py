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
    thousands in one task. FreeRADIUS reads the tables at each request, so that all of it holds at once.
  - For FreeRADIUS 3.2 on MySQL, MariaDB, PostgreSQL and SQLite. Tried with 3.2.1 and its own tables and queries.
  - FreeRADIUS has no table of users. An account is a name that at least one row of these three tables has.
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
    description: What the names of the tables begin with, before C(radcheck).
    type: str
    default: ''
  password_attribute:
    description:
      - The attribute of C(radcheck) that passwords are stored in, always as its only row and with the operator C(:=).
        It decides which methods of authentication work.
      - "C(Crypt-Password) (C($6$), salted and slow to guess), C(SSHA2-256-Password), C(SSHA2-512-Password),
        C(SSHA-Password) and C(Password-With-Header) (C({ssha256})) allow PAP, and so EAP-TTLS with PAP. C(NT-Password)
        also allows MS-CHAP, MS-CHAPv2 and PEAP; it is unsalted MD4, almost as good as the password for whoever reads
        it. C(Cleartext-Password) allows everything, CHAP and EAP-MD5 too."
      - Given, a password that is stored in another attribute is stored anew, even where it matches.
      - Not given, the attribute of a stored password that matches is left alone, and new passwords become
        C(Crypt-Password).
      - It is also the attribute that O(password_hash) is a value of, unless that begins with the name of one of these
        and a colon, as what M(auth.services.freeradius_user_info) returns does.
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
      - The rows of C(radcheck) but for the password, the expiration and C(Auth-Type := Reject), which have options of
        their own.
      - Not given, they are left alone; given, there are no others, but for those that may hold a secret.
      - Attributes that may hold a secret (C(TOTP-Secret), C(NTLM-Password), C(Tunnel-Password), C(Cisco-AVPair) and
        whatever is not on the module's list of attributes that hold none) are kept as passwords are. Their rows stay
        unless the attribute is given, they are not returned, and a diff does not show their value. An empty value takes
        them away.
      - Rows of the same attribute are kept in this order, which counts for the server.
    type: list
    elements: dict
    suboptions: &attribute
      attribute:
        description: Name, as in the server's dictionaries. Whether it is there is not checked.
        type: str
        required: true
      op:
        description: Operator. V(:=) sets, V(==) compares, V(=) sets where nothing else has, V(+=) adds.
        type: str
        required: true
        choices: ['=', ':=', '==', '+=', '!=', '>', '>=', '<', '<=', '=~', '!~', '=*', '!*']
      value:
        description: Value, as the server reads it; it resolves backslashes and expands what stands in backquotes.
        type: str
        required: true
  reply_attributes:
    description: The rows of C(radreply), the same way.
    type: list
    elements: dict
    suboptions: *attribute
  expiration:
    description:
      - When the account ends (the check attribute C(Expiration)). The server refuses it from then on, where its
        C(expiration) module is called, as it is by default.
      - "A time in the server's own zone, as it writes it, V(31 Dec 2030 23:59:59), or V(2030-12-31T23:59:59), which is
        stored like that. With a zone, V(2030-12-31T23:59:59Z), it is stored as seconds since 1970, as the server knows
        no zones. Empty for none."
    type: str
  group_priority:
    description:
      - The priority of memberships (C(radusergroup.priority)), as a dictionary from groups that O(groups) lists to
        integers. The server goes through the groups from the smallest number on. Groups of the list that it does not
        name get 1.
      - Not given, the priority of existing memberships is left alone, and new ones get 1.
    type: dict
  safe_characters:
    description:
      - The server's C(safe_characters) (C(queries.conf)). For any other ASCII character of a name it looks for C(=) and
        two hexadecimal digits, and so they are stored. C(o'brien) is stored, returned and may be declared as
        C(o=27brien).
    type: str
    default: "@abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_: /"
notes:
  - "O(state=disabled) adds the check item C(Auth-Type := Reject), twice, and O(state=enabled) deletes every such item.
    The server refuses all methods then, whatever other C(Auth-Type) the account or its groups have; of a single item a
    group's C(Auth-Type := Accept) would take the place. An account with one such item, as FreeRADIUS's documentation
    writes it, is neither V(enabled) nor V(disabled), and either state completes or deletes it."
  - "What a disabled account can still do. Network sessions go on until the access server ends them; where
    C(radacct) shows open ones, and may be read, the task warns, and C(radclient) can send a Disconnect-Request. A
    device may resume TLS sessions of EAP while the server keeps them (C(cache) in C(mods-available/eap), off by
    default). Check items that compare (C(==)) and fail make the server pass over all of the account's items, C(Reject)
    too; only a group with C(Auth-Type := Accept) could let it in then. Accounts in other places (C(files), C(ldap)) are
    not these."
  - C(radacct) and C(radpostauth) are left alone, also by O(state=absent). So is C(userinfo) of daloRADIUS, which has no
    meaning for the server.
  - An account in a group with C(Auth-Type := Reject) in C(radgroupcheck), by which daloRADIUS disables, is refused by
    the server, unless C(Fall-Through) or a group of smaller priority ends its search before. With O(state=enabled) the
    task warns of it at every run, and the membership stays unless O(groups) leaves it out. O(state=disabled) writes the
    items of the account all the same, which hold when the group goes. M(auth.services.freeradius_user_info) returns it
    as V(present), and an access review shows it as partly disabled.
  - Groups are any names. A new membership in a group that has no rows in C(radgroupcheck) and C(radgroupreply) and no
    other members gives a warning.
  - Most collations of MySQL and MariaDB take names for one that differ in case, accents, blanks at the end or letters
    that nobody sees, as C(alice) and C(Alice), and so does FreeRADIUS. The database is asked which. A second spelling
    of an account is an error. Rows in several spellings are one account. Its name is the spelling that has the
    password; rows of the others get that spelling when they change, and go when it is removed. Where two spellings have
    a password, nobody can tell whose it is. Either can be disabled, which holds for both, and nothing else can be done
    with them until the rows of one are renamed or removed.
  - The profile of everybody (C(default_user_profile), the rows of C(radusergroup) under C(DEFAULT)) is never changed. A
    name that the database takes for C(DEFAULT), and C(DEFAULT) itself where it has check items, can be disabled, which
    leaves the profile as it is.
  - Rows whose attribute is NULL are left alone, and so are those without operator or value until something else is
    declared in their place. The server refuses an account with one in C(radcheck), so that with O(state=enabled) the
    task warns of it.
  - Rows without a name (NULL) are nobody's.
  - A server may refuse more names than this module does. The C(filter_username) of FreeRADIUS's default site refuses
    blanks and, after an C(@), what is no domain.
  - The values of attributes that hold no secret are shown in diffs and results.
  - "GRANTs to read, which every other line includes. SELECT on C(radcheck), C(radreply) and C(radusergroup)."
  - "GRANTs to create accounts. INSERT on the tables that get rows, and on PostgreSQL USAGE on their sequences
    (C(radcheck_id_seq) ...)."
  - "GRANTs for O(password), O(expiration), O(check_attributes), O(state=disabled) and O(state=enabled). INSERT, UPDATE
    and DELETE on C(radcheck). For O(reply_attributes) the same on C(radreply), for O(groups) on C(radusergroup)."
  - "GRANTs for O(state=absent). DELETE on C(radcheck), C(radreply) and C(radusergroup)."
  - For the warnings, and to know which groups refuse, SELECT on C(radacct), C(radgroupcheck) and C(radgroupreply);
    without it there are none. PostgreSQL and MySQL need UPDATE on all three tables of accounts for whatever is written,
    since their rows are locked before.
seealso:
  - module: auth.services.freeradius_user_info
"""

EXAMPLES = r"""
- name: Who may use the VPN, with PAP
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

- name: Wireless network with PEAP, one device at a time
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

- name: A guest until the end of the year
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

RETURN = r"""
accounts:
  description: The accounts that changed, or in check mode would change. A single account always.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name as it is stored.
      type: str
      sample: alice
    id:
      description: The same; none for an account that check mode would create.
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
      sample: [groups, password, reply_attributes]
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

from ansible_collections.auth.services.plugins.module_utils.services.freeradius.adapter import FreeRadius
from ansible_collections.auth.services.plugins.module_utils.user_module import run_user_module


def main() -> None:
    run_user_module(FreeRadius)


if __name__ == "__main__":
    main()
