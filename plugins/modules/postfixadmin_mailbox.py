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
  - Creates, changes, disables, enables and removes mailboxes of a Postfixadmin, one or thousands in one task. It writes
    into the database what Postfixadmin itself would write. Dovecot and Postfix look there whom to let in and what to
    deliver.
  - For Postfixadmin 3.3 and 4.0 on MySQL, MariaDB, PostgreSQL and SQLite.
  - Only the database must be reachable, neither Postfixadmin nor PHP nor Dovecot.
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
    description: Prefix of Postfixadmin's tables (C($CONF['database_prefix'])).
    type: str
    default: ''
  name:
    description:
      - The whole address, C(local@domain). It is converted to lower case, as in Postfixadmin.
      - The domain must exist in Postfixadmin and allow another mailbox.
      - Either O(name) or O(accounts) must be given.
    type: str
  display_name:
    description: Name of the owner, the field C(Name) in Postfixadmin. Omit it to keep the current value; set it to an
      empty string to remove it.
    type: str
  quota:
    description:
      - Size of the mailbox in bytes; V(0) is unlimited. A new mailbox has V(0) by default.
      - Postfixadmin's own form uses megabytes of C($CONF['quota_multiplier']) bytes, 1024000 by default.
    type: int
  email_other:
    description: Where Postfixadmin sends a code for a forgotten password. Omit it to keep the current value; set it to
      an empty string to remove it.
    type: str
  phone:
    description: Phone number that Postfixadmin sends a code for a forgotten password to, by SMS. Omit it to keep the
      current value; set it to an empty string to remove it.
    type: str
  maildir:
    description:
      - Path for the mails of a new mailbox, with C({domain}), C({local_part}) and C({address}) for parts of the
        address.
      - The default is Postfixadmin's. With C($CONF['domain_in_mailbox'] = 'YES') it is V({domain}/{address}/), with
        C($CONF['domain_path'] = 'NO') it is V({address}/).
    type: str
    default: '{domain}/{local_part}/'
  quota_multiplier:
    description:
      - Bytes of a megabyte in Postfixadmin (C($CONF['quota_multiplier'])).
      - If it is set, the domain's limits on the size of one mailbox and of all mailboxes apply, as in a Postfixadmin
        with C($CONF['quota'] = 'YES'). Otherwise they do not apply, as with C(NO), Postfixadmin's default.
    type: int
  log_as:
    description:
      - Name under which changes are written to Postfixadmin's own log.
      - By default, nothing is written to it.
    type: str
notes:
  - "O(state=disabled) does what C(Active) does in Postfixadmin: the mailbox and the alias of its address become
    inactive. O(state=enabled) makes both active again."
  - With the queries of Postfixadmin's documentation, a disabled mailbox cannot log in to Dovecot and Postfixadmin,
    Postfix does not know its address, and a code for a forgotten password is not accepted. The content of the mailbox
    and forwards stay.
  - The app passwords of Postfixadmin 4.0 do not depend on the state of the mailbox. They are disabled by a marker
    before the stored password, and enabled with the mailbox.
  - A new password for an existing mailbox deletes its app passwords and the code of a mail for a forgotten password,
    which would allow a login beside it.
  - A new password does not change O(email_other) and O(phone), where Postfixadmin sends the next code, unless they are
    set; nor a second factor (TOTP), which does not allow a login by itself; nor forwards.
    M(auth.services.postfixadmin_mailbox_info) returns forwards, vacation messages and administrators.
  - Disabling and a new password do not end open IMAP and POP sessions (C(doveadm kick) does), nor a session in
    Postfixadmin's own pages, which PHP keeps.
  - If Dovecot's C(auth_cache_size) is set, logins with the old state or password work for up to C(auth_cache_ttl) more.
  - "O(state=absent) deletes what Postfixadmin deletes: the mailbox, its alias, quotas, vacation, and what C(fetchmail)
    would fetch for it. It also deletes app passwords and TOTP exceptions, which Postfixadmin 4.0 leaves behind. Mails
    on the disk and other aliases that lead to the address stay."
  - A new password is stored as C({SHA512-CRYPT}) with 5000 rounds. Dovecot accepts it whatever its
    C(default_pass_scheme) is.
  - Postfixadmin's own pages accept it if C($CONF['encrypt']) is C(php_crypt) or any form of C(dovecot:), but not if it
    is C(md5crypt), the setting of Debian 12's package. With that setting, mailboxes cannot log in to Postfixadmin.
  - Passwords are verified in the schemes of C(doveadm pw) of Dovecot 2.3 and 2.4, and in those of C(crypt) without a
    C({SCHEME}). bcrypt and Argon2 need the Python libraries bcrypt and argon2-cffi.
  - Passwords in C(CRAM-MD5), C(HMAC-MD5), C(DIGEST-MD5), C(OTP), C(DES-CRYPT), C(PLAIN-MD4) and C(PLAIN-TRUNC) cannot
    be verified. They are left alone with O(update_password=on_create) and replaced by O(password_hash).
  - Postfixadmin converts addresses to lower case. A mailbox that something else stored as C(John.Doe@Example.org) is
    found by either spelling and keeps its own; so do its alias, its app passwords and what is removed with it.
  - PostgreSQL and SQLite may hold several mailboxes that differ only in case. Each is found by its own spelling.
  - An address that Postfixadmin would refuse today is an error only for a new mailbox.
  - Postfixadmin's rules for passwords (C($CONF['password_validation'])) are in its configuration and are not applied.
  - The module sends no welcome mail, runs no script of the configuration and creates no folder.
  - Tables with other names in C($CONF['database_tables']) are not found.
  - A password expires as configured for the domain, as with C($CONF['password_expiration'] = 'YES'), the default.
  - Administrators of Postfixadmin (tables C(admin) and C(domain_admins)) are not changed.
  # by "make generate", from postfixadmin/privileges.py
  - GRANTs (read). SELECT on C(mailbox), C(alias), C(domain).
  - GRANTs (read, in 4.0). The line above, and SELECT on C(mailbox_app_password).
  - GRANTs (rights in the review, without which a warning says that they are missing). SELECT on C(vacation); SELECT
    (username), SELECT (active), SELECT (superadmin) on C(admin).
  - GRANTs (create). INSERT on C(mailbox), C(alias).
  - GRANTs (change, O(state=disabled), O(state=enabled)). UPDATE on C(mailbox), C(alias).
  - GRANTs (change, O(state=disabled), O(state=enabled), in 4.0). The line above, and UPDATE, DELETE on
    C(mailbox_app_password).
  - GRANTs (O(state=absent)). DELETE on C(mailbox), C(alias); SELECT, DELETE on C(fetchmail), C(vacation),
    C(vacation_notification), C(quota), C(quota2).
  - GRANTs (O(state=absent), in 4.0). The line above, and SELECT, DELETE on C(mailbox_app_password),
    C(totp_exception_address).
  - GRANTs (O(log_as)). INSERT on C(log).
  - GRANTs (O(log_as), on PostgreSQL). The line above, and SELECT on C(log); USAGE on C(log_id_seq).
  - GRANTs (every line that writes, on PostgreSQL and MySQL). UPDATE on C(mailbox).
  - GRANTs on PostgreSQL. USAGE on the schema and on the sequences of tables that get rows, and SELECT with every
    INSERT.
  - The playbook C(auth.services.grants) prints the GRANTs that a service of the inventory needs.
  # end of postfixadmin/privileges.py
seealso:
  - module: auth.services.postfixadmin_mailbox_info
"""

EXAMPLES = r"""
- name: Manage the mailboxes of the inventory
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

- name: Disable unlisted mailboxes except role addresses, at most five in one run
  auth.services.postfixadmin_mailbox:
    login_engine: postgresql
    login_db: postfixadmin
    login_user: accounts
    accounts: "{{ service_accounts }}"
    state: enabled
    unlisted: disable
    unlisted_except: ["info@*", "*@archive.example.org"]
    unlisted_limit: "5"

- name: Set a password hash from doveadm, and apply the limits of the domain
  auth.services.postfixadmin_mailbox:
    login_engine: sqlite
    login_db: /var/lib/postfixadmin/postfixadmin.db
    name: carol@example.org
    password_hash: "{{ vault_carol }}" # doveadm pw -s BLF-CRYPT
    quota: 512000000
    quota_multiplier: 1024000
    log_as: Ansible

- name: Remove an account
  auth.services.postfixadmin_mailbox:
    login_db: postfixadmin
    config_file: /root/.mail.cnf
    name: mallory@example.org
    state: absent
"""

# by "make generate", from postfixadmin/documentation.yml
RETURN = r"""
accounts:
  description: The mailboxes that changed, or would change in check mode. A single mailbox is always listed.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Address as Postfixadmin stores it.
      type: str
      sample: alice@example.org
    id:
      description: The same as the name; null for one that check mode would create.
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
      description: V(true) if the account existed before and gains rights, and only its name shows whose it is.
      type: bool
      sample: true
counts:
  description: Number of mailboxes for each action. With O(accounts), also how many are C(unlisted).
  returned: success
  type: dict
  sample: {created: 2, updated: 1, enabled: 0, disabled: 1, removed: 0, unchanged: 96, unlisted: 4}
unlisted:
  description: With O(accounts), names of the first O(unlisted_names) mailboxes in the database that are not in the
    list, whatever O(unlisted) does to them. Accounts that the application itself needs and those in O(unlisted_except)
    are not included. RV(counts) has their number.
  returned: success
  type: list
  elements: str
  sample: [mallory@example.org]
exceptions:
  description: With O(accounts), the names and patterns of O(unlisted_except) in all spellings that are compared.
  returned: success
  type: list
  elements: str
  sample: []
left_alone:
  description: Why unlisted mailboxes were left alone although O(unlisted) disables or removes them. The task fails, and
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
# end of postfixadmin/documentation.yml

from ansible_collections.auth.services.plugins.module_utils.services.postfixadmin.adapter import Postfixadmin
from ansible_collections.auth.services.plugins.module_utils.user_module import run_user_module


def main() -> None:
    run_user_module(Postfixadmin)


if __name__ == "__main__":
    main()
