#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: django_user
short_description: Manage the accounts of a Django site in its database
version_added: 0.1.0
description:
  - Creates, changes, disables, enables and removes users of C(django.contrib.auth), one or thousands in one task, by
    writing what Django itself would write into the site's database.
  - Verified with Django 5.2 on PostgreSQL, MariaDB and SQLite. A user model of the site's own (C(AUTH_USER_MODEL)) is
    told by O(user_table) and O(username_column).
  - Neither the site nor its Python environment need be reachable; only its database.
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
    description: The database server that the site uses (C(ENGINE) in C(DATABASES)).
    type: str
    choices: [postgresql, mysql, sqlite]
    default: postgresql
  table_prefix:
    description: What the names of all tables begin with, Django's own included. Django itself knows no such thing.
    type: str
    default: ''
  user_table:
    description:
      - The table of the user model (C(db_table)). For a model of the site's own usually application and model, such as
        V(people_member).
      - The tables of memberships and permissions are the ones that Django derives from this name, such as
        C(people_member_groups). The names of groups are in the table that the memberships' foreign key refers to, which
        is C(auth_group) unless the site has a model of groups of its own. Where no foreign key is declared and another
        table than C(auth_group) may be meant, O(groups) is refused and a warning says why. Groups of the same name are
        told apart as V(name (number)).
      - The primary key may have any name. For new accounts, UUIDs are made as Django makes them (version 4). A text
        that neither the database nor O(column_defaults) makes is an error then, and in no other case.
      - Options whose column the table lacks are an error when they are given.
    type: str
    default: auth_user
  username_column:
    description:
      - The column with the name that people log in with (C(USERNAME_FIELD)).
      - The rules of Django's user names are applied for V(username). For V(email) the name is an address, and O(email)
        must not be given.
    type: str
    default: username
  name_case:
    description:
      - V(lower) for a site that lowers names before it saves them and looks them up, as pretix and pretalx do. New
        names are written so, and a name in another case means the account.
      - V(exact) for a site where names that differ in case only are different accounts, as they are to Django itself.
      - Not given, it is V(lower) where a unique index on the lowered column shows it (PostgreSQL, SQLite). Elsewhere a
        name that differs from one that is there in case only is refused, and both are named. An address in another case
        is the same person's, so that O(state=disabled) and O(state=absent) find the account.
    type: str
    choices: [lower, exact]
  column_defaults:
    description:
      - Values of further columns of a user model of the site's own, for accounts that are created. Django keeps the
        defaults of a model in Python, the database does not know them.
      - Without them a task that would create an account fails when there are columns that must have a value.
      - For dates and times V(now) is the present time, also in a column of text that is long enough.
      - For text V(random) is made of random letters and digits, of the column's length up to 255, or 32 where it has
        none. Each account gets another one. What must be secret or differ from account to account belongs here.
    type: dict
    default: {}
  related_defaults:
    description:
      - Tables with a row for each user that the site does not work without, such as C(users_userconfig) of NetBox, or
        profiles, and the values of their columns, as in O(column_defaults). Django writes these rows by signals or a
        C(save) of the site's own. A new account gets them; one that is there is left as it is.
      - Each table needs one column with a unique foreign key to the table of users (C(OneToOneField)).
      - With O(state=absent) these rows are deleted with the account. A table without values (V(null)) gets no rows from
        this module, and its rows go as well. It is refused while rows of another table refer to them.
      - A value for a column of JSON is JSON as text or a dictionary.
    type: dict
    default: {}
  first_name:
    description: First name. Not given, it is left alone; empty, it is removed.
    type: str
  last_name:
    description: Last name. Not given, it is left alone; empty, it is removed.
    type: str
  is_staff:
    description: Whether the account may log in to the admin site. Not given, it is left alone.
    type: bool
  is_superuser:
    description: Whether the account has all permissions. Not given, it is left alone.
    type: bool
notes:
  - "O(state=disabled) unticks C(is_active), as the admin site does it: no login, and from the next request on no
    session. O(state=enabled) ticks it. Both also delete the account's sessions from C(django_session). Without that a
    browser that kept its cookie would be logged in again on O(state=enabled)."
  - "Sessions are kept elsewhere with C(SESSION_ENGINE) C(cached_db), C(cache), C(file) or C(signed_cookies), and are
    not readable with a C(SESSION_SERIALIZER) other than JSON. They are refused while the account is disabled, and a
    cookie that has not run out works again when it is enabled. The same holds for a session so long that its first
    128 KiB do not say whose it is; the task warns of those. A new password ends all of them for good, and makes links
    of a password reset void that were mailed before."
  - A link of a password reset that was mailed before O(state=disabled) can still set a password, until
    C(PASSWORD_RESET_TIMEOUT). It lets nobody in while the account is disabled, but that password is the valid one when
    it is enabled.
  - Authentication backends that do not look at C(is_active), such as C(AllowAllUsersModelBackend), let disabled
    accounts in, as they do for Django itself.
  - Names of new accounts must be such as Django's own forms take. Accounts that are there are found by the name that is
    stored, whatever it is; another name means what Django makes of it (NFKC), see O(name_case).
  - "New passwords are C(pbkdf2_sha256) with the highest number of iterations up to 4000000 that the table holds,
    1000000 (Django 5.2) without any, since Django rewrites others at login. All algorithms that Django 5.2 brings are
    verified: PBKDF2 with SHA-256 and SHA-1, scrypt, MD5, and with the Python libraries C(bcrypt) and C(argon2-cffi)
    bcrypt and Argon2; and those that it brought until 5.0: SHA-1, and MD5 and SHA-1 without salt. A password of
    another one, or one that would take more than 5 seconds or 256 MiB, is an error, with O(update_password=on_create)
    it is left alone."
  - A million iterations take about half a second of one processor for each password that is made or verified. For many
    accounts with passwords give O(password_hash), or O(update_password=on_create).
  - On MySQL and MariaDB, names that differ in case or accents only are the same to the database's usual collations, and
    so an error.
  - "O(state=absent) is refused while a foreign key of any table refers to the account, other than its groups and
    permissions. That includes C(django_admin_log), the audit trail of what the account did in the admin site, which
    Django itself would delete. References that are no foreign keys are not seen (C(GenericForeignKey),
    C(db_constraint=False))."
  - Signals, C(save()) of a model of the site's own and password validators see nothing of what is written. What they
    would have written can be told by O(column_defaults), O(related_defaults) and O(name_case).
  - Accounts without a name (NULL) are nobody's. They are left out and never touched.
  - "GRANTs to read, which every other line includes. SELECT on C(auth_user), C(auth_group) and C(auth_user_groups)."
  - "GRANTs to create accounts. INSERT on C(auth_user); with O(groups) also INSERT on C(auth_user_groups); SELECT and
    INSERT on the tables in O(related_defaults)."
  - "GRANTs for O(password), O(email), O(first_name), O(last_name), O(is_staff) and O(is_superuser). UPDATE on
    C(auth_user)."
  - "GRANTs for O(groups). INSERT and DELETE on C(auth_user_groups)."
  - "GRANTs for O(state=disabled) and O(state=enabled). UPDATE on C(auth_user); SELECT and DELETE on C(django_session).
    MySQL and MariaDB hide a table without privileges, a warning tells then that sessions go on."
  - "GRANTs for O(state=absent). DELETE on C(auth_user); DELETE on C(auth_user_groups); SELECT and DELETE on
    C(auth_user_user_permissions) and the tables in O(related_defaults); SELECT on every table with a foreign key to
    C(auth_user) or to one of these."
  - "PostgreSQL and MySQL also need UPDATE on C(auth_user) for whatever is written, since rows are locked; PostgreSQL to
    insert, USAGE on the sequences of tables that were made by Django before 4.1. The file C(docs/security.md) of the
    collection has all of this as a table."
seealso:
  - module: auth.services.django_user_info
  - name: Using the Django authentication system
    description: What users, groups and permissions are.
    link: https://docs.djangoproject.com/en/5.2/topics/auth/default/
"""

EXAMPLES = r"""
- name: The people of the site
  auth.services.django_user:
    login_host: db1.example.org
    login_db: site
    login_user: accounts
    login_password: "{{ vault_site_database }}"
    accounts:
      - name: alice
        email: alice@example.org
        first_name: Alice
        last_name: Liddell
        password: "{{ vault_people.alice }}"
        is_staff: true
        groups: [Editors]
      - name: bob
        state: disabled

- name: A superuser, as createsuperuser makes one, whose password is never touched again
  auth.services.django_user:
    login_engine: sqlite
    login_db: /srv/site/db.sqlite3
    name: admin
    email: admin@example.org
    is_staff: true
    is_superuser: true
    password: "{{ vault_site_admin }}"
    update_password: on_create

- name: A user model of the site's own, known by e-mail addresses and with a column that must have a value
  auth.services.django_user:
    login_engine: mysql
    login_unix_socket: /run/mysqld/mysqld.sock
    login_user: accounts
    login_db: site
    user_table: people_member
    username_column: email
    column_defaults:
      language: en
    name: carol@example.org
    password: "{{ vault_people.carol }}"

- name: NetBox, whose users have a row of settings each and groups of its own
  auth.services.django_user:
    login_host: db1.example.org
    login_db: netbox
    login_user: accounts
    login_password: "{{ vault_netbox_database }}"
    user_table: users_user
    related_defaults:
      users_userconfig:
        data: "{}"
      extras_dashboard:
    name: jsmith
    groups: [Network operators]

- name: pretix, where addresses are lowered and each account has tokens
  auth.services.django_user:
    login_host: db1.example.org
    login_db: pretix
    login_user: accounts
    login_password: "{{ vault_pretix_database }}"
    user_table: pretixbase_user
    username_column: email
    name_case: lower
    column_defaults:
      auth_backend: native
      locale: en
      timezone: UTC
      require_2fa: false
      notifications_send: true
      session_token: random
      notifications_token: random
    name: Carol@example.org
    password: "{{ vault_people.carol }}"

- name: Gone
  auth.services.django_user:
    login_engine: sqlite
    login_db: /srv/site/db.sqlite3
    name: never-used
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
      description: Name as Django stores it.
      type: str
      sample: alice
    id:
      description: Primary key, a number or a text; none for an account that check mode would create.
      type: raw
      sample: 42
    action:
      description: V(created), V(updated), V(enabled), V(disabled), V(removed) or V(unchanged).
      type: str
      sample: updated
    fields:
      description: Options whose value changed.
      type: list
      elements: str
      sample: [email, groups, password]
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

from ansible_collections.auth.services.plugins.module_utils.services.django.adapter import Django
from ansible_collections.auth.services.plugins.module_utils.user_module import run_user_module


def main() -> None:
    run_user_module(Django)


if __name__ == "__main__":
    main()
