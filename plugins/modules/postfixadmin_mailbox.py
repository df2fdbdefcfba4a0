#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: postfixadmin_mailbox
short_description: Manage the mailboxes of a Postfixadmin in its database
version_added: 0.1.0
description:
  - Creates, changes, disables, enables and removes mailboxes of a Postfixadmin, one or thousands in one task, by
    writing what Postfixadmin itself would write into its database. Dovecot and Postfix look there whom to let in and
    what to deliver.
  - For Postfixadmin 3.3 and 4.0 on MySQL, MariaDB, PostgreSQL and SQLite.
  - Neither Postfixadmin nor PHP nor Dovecot need be reachable; only the database.
author:
  - The auth.services developers (@auth-services)
extends_documentation_fragment:
  - auth.services.database
  - auth.services.account
  - auth.services.attributes
options:
  login_engine:
    description: The database server that Postfixadmin uses (C($CONF['database_type'])).
    type: str
    choices: [mysql, postgresql, sqlite]
    default: mysql
  table_prefix:
    description: What the names of Postfixadmin's tables begin with (C($CONF['database_prefix'])).
    type: str
    default: ''
  name:
    description:
      - The whole address, C(local@domain). Capitals become small letters, as in Postfixadmin.
      - The domain must exist in Postfixadmin, and allow one more mailbox.
      - Either O(name) or O(accounts) must be given.
    type: str
  display_name:
    description: Name of the owner, the field C(Name) in Postfixadmin. Not given, it is left alone; empty, it is
      removed.
    type: str
  quota:
    description:
      - Size of the mailbox in bytes. V(0) is unlimited, which a new mailbox is without this option.
      - Postfixadmin's form counts in megabytes of C($CONF['quota_multiplier']) bytes, 1024000 if nobody changed that.
    type: int
  email_other:
    description: Where Postfixadmin sends a code for a forgotten password. Not given, it is left alone; empty, it is
      removed.
    type: str
  phone:
    description: The same by SMS.
    type: str
  maildir:
    description:
      - Where mails of a new mailbox go, with C({domain}), C({local_part}) and C({address}) for parts of the address.
      - The default is Postfixadmin's. With C($CONF['domain_in_mailbox'] = 'YES') it is V({domain}/{address}/), with
        C($CONF['domain_path'] = 'NO') it is V({address}/).
    type: str
    default: '{domain}/{local_part}/'
  quota_multiplier:
    description:
      - Bytes of a megabyte in Postfixadmin (C($CONF['quota_multiplier'])).
      - With it the domain's limits on the size of a mailbox and of all its mailboxes hold, as in a Postfixadmin with
        C($CONF['quota'] = 'YES'). Without it they do not, as in one with C(NO), its default.
    type: int
  log_as:
    description:
      - Write what is done into Postfixadmin's own log, in this name.
      - Not given, nothing is logged there.
    type: str
notes:
  - "O(state=disabled) does what C(Active) does in Postfixadmin. The mailbox and the alias of its address become
    inactive, and O(state=enabled) makes both active again. With the queries of Postfixadmin's documentation no new
    login works in Dovecot and at Postfixadmin, and Postfix does not know the address any more; a code for a forgotten
    password is not accepted. What is in the mailbox stays, as do forwards."
  - "Postfixadmin 4.0 has app passwords that nothing ties to the mailbox. They are disabled by a marker in front of
    the stored password, and enabled with the mailbox."
  - "A new password for a mailbox that was there deletes its app passwords and the code of a mail for a forgotten
    password, which would let somebody in beside it. What stays is O(email_other) and O(phone), where Postfixadmin sends
    the next code, unless they are given; a second factor (TOTP), which lets nobody in by itself; and where mail is
    forwarded to. M(auth.services.postfixadmin_mailbox_info) tells forwards, vacation and administrators."
  - "What a disabled mailbox is still let in by. IMAP and POP sessions that are open go on until they end; C(doveadm
    kick) ends them. So does a session in Postfixadmin's own pages, which PHP keeps. Dovecot's C(auth_cache_size),
    when it is set, lets a login work for C(auth_cache_ttl) more. The same holds after a new password."
  - "O(state=absent) deletes what Postfixadmin deletes: the mailbox, its alias, quotas, vacation, and what
    C(fetchmail) would fetch for it; also app passwords and TOTP exceptions, which Postfixadmin 4.0 leaves behind.
    Mails on the disk stay, as do other aliases that lead to the address."
  - "A new password is stored as C({SHA512-CRYPT}) with 5000 rounds. Dovecot knows it whatever its
    C(default_pass_scheme) is. Postfixadmin's own pages know it with C($CONF['encrypt']) set to C(php_crypt) or
    C(dovecot:), in any form, and not with C(md5crypt), which is what Debian 12's package has. Mailboxes do not
    log in to Postfixadmin there until that is changed."
  - "Passwords are verified in the schemes of C(doveadm pw) of Dovecot 2.3 and 2.4, and in those of C(crypt) without a
    C({SCHEME}). Not in C(CRAM-MD5), C(HMAC-MD5), C(DIGEST-MD5), C(OTP), C(DES-CRYPT), C(PLAIN-MD4) and C(PLAIN-TRUNC),
    which are left alone with O(update_password=on_create) and replaced by O(password_hash). bcrypt and Argon2 need the
    Python libraries bcrypt and argon2-cffi."
  - "Postfixadmin makes small letters of an address. A mailbox that something else stored as C(John.Doe@Example.org) is
    found by either spelling and keeps its own; so are its alias, its app passwords and what goes with it at removal.
    PostgreSQL and SQLite may have several mailboxes that differ in letters alone; each is found by its own spelling. An
    address that Postfixadmin would refuse today is an error for a new mailbox only."
  - "Postfixadmin's rules for passwords (C($CONF['password_validation'])) are in its configuration and not applied. No
    welcome mail is sent, no script of the configuration is run, and no folder made. Tables that
    C($CONF['database_tables']) gives other names are not found."
  - "A password expires when the domain says so, as with C($CONF['password_expiration'] = 'YES'), its default."
  - Administrators of Postfixadmin (its tables C(admin) and C(domain_admins)) are not touched.
  - "GRANTs to read, which every other line includes. SELECT on C(mailbox), C(alias), C(domain), and on
    C(mailbox_app_password) where that table is there (4.0)."
  - "GRANTs to create mailboxes. INSERT on C(mailbox) and C(alias)."
  - "GRANTs to change, disable and enable mailboxes. UPDATE on C(mailbox) and C(alias), and UPDATE and DELETE on
    C(mailbox_app_password)."
  - "GRANTs for O(state=absent). SELECT and DELETE on C(mailbox), C(alias), C(fetchmail), C(vacation),
    C(vacation_notification), C(quota), C(quota2), and C(mailbox_app_password) and C(totp_exception_address)."
  - "GRANTs for O(log_as). INSERT on C(log)."
  - For PostgreSQL also USAGE on the schema and, for O(log_as), on the sequence C(log_id_seq), and SELECT on C(log).
    PostgreSQL and MySQL also need UPDATE on C(mailbox) for every line that writes, since rows are locked before they
    are changed.
seealso:
  - module: auth.services.postfixadmin_mailbox_info
"""

EXAMPLES = r"""
- name: Mailboxes as the inventory has them
  auth.services.postfixadmin_mailbox:
    login_host: db1.example.org
    login_db: postfixadmin
    login_user: accounts
    login_password: "{{ vault_mail_database }}"
    accounts:
      - name: alice@example.org
        display_name: Alice Liddell
        password: "{{ vault_people.alice }}"
        quota: "{{ '2 GB' | human_to_bytes }}"
      - name: bob@example.org
        state: disabled

- name: Everybody else is disabled, but no roles, and never more than five at once
  auth.services.postfixadmin_mailbox:
    login_engine: postgresql
    login_db: postfixadmin
    login_user: accounts
    accounts: "{{ service_accounts }}"
    state: enabled
    unlisted: disable
    unlisted_except: ["info@*", "*@archive.example.org"]
    unlisted_limit: "5"

- name: A password that only the mail server's doveadm has seen, within the limits of the domain
  auth.services.postfixadmin_mailbox:
    login_engine: sqlite
    login_db: /var/lib/postfixadmin/postfixadmin.db
    name: carol@example.org
    password_hash: "{{ vault_carol }}" # doveadm pw -s BLF-CRYPT
    quota: 512000000
    quota_multiplier: 1024000
    log_as: Ansible

- name: Gone
  auth.services.postfixadmin_mailbox:
    login_db: postfixadmin
    config_file: /root/.mail.cnf
    name: mallory@example.org
    state: absent
"""

RETURN = r"""
accounts:
  description: The mailboxes that changed, or in check mode would change. A single one always.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Address as Postfixadmin stores it.
      type: str
      sample: alice@example.org
    id:
      description: The same; none for a mailbox that check mode would create.
      type: str
      sample: alice@example.org
    action:
      description: V(created), V(updated), V(enabled), V(disabled), V(removed) or V(unchanged).
      type: str
      sample: updated
    fields:
      description: Options whose value changed.
      type: list
      elements: str
      sample: [display_name, quota, password]
    unproved:
      description: V(true) where the account was there and gains rights, and nothing but its name says whose it is.
      type: bool
      sample: true
counts:
  description: Number of mailboxes for each action.
  returned: success
  type: dict
  sample: {created: 2, updated: 1, enabled: 0, disabled: 1, removed: 0, unchanged: 96}
unlisted:
  description:
    - With O(accounts), addresses of the mailboxes that the database holds and the list does not name, whatever
      O(unlisted) does to them. Those of O(unlisted_except) are left out.
  returned: success
  type: list
  elements: str
  sample: [mallory@example.org]
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

from ansible_collections.auth.services.plugins.module_utils.services.postfixadmin.adapter import Postfixadmin
from ansible_collections.auth.services.plugins.module_utils.user_module import run_user_module


def main() -> None:
    run_user_module(Postfixadmin)


if __name__ == "__main__":
    main()
