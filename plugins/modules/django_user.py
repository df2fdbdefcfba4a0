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
  - Creates, changes, disables, enables and removes users of C(django.contrib.auth), one or thousands in one task. It
    writes into the site's database what Django itself would write.
  - Verified with Django 5.2 on PostgreSQL, MariaDB and SQLite. For a custom user model (C(AUTH_USER_MODEL)), set
    O(user_table) and O(username_column).
  - Only the database must be reachable, neither the site nor its Python environment.
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
    description: Prefix of all tables, including Django's own. Django itself has no such setting.
    type: str
    default: ''
  user_table:
    description:
      - The table of the user model (C(db_table)). For a custom model it is usually the application and the model, such
        as V(people_member).
      - The tables of memberships and permissions are those that Django derives from this name, such as
        C(people_member_groups).
      - The table of groups is the one that the foreign key of memberships refers to. It is C(auth_group) unless the
        site has a custom group model.
      - If no foreign key is declared and another table may be meant, O(groups) is refused and a warning says why.
      - Groups with the same name are distinguished as V(name (number)).
      - The primary key may have any name. A new account gets a UUID as Django generates it (version 4) if the key is
        one. A key that is text must come from the database or O(column_defaults); creating an account fails otherwise.
      - Setting an option whose column the table does not have, such as O(is_staff), is an error.
    type: str
    default: auth_user
  username_column:
    description:
      - The column that people log in with (C(USERNAME_FIELD)).
      - The rules for Django's user names apply to V(username). With V(email) the name is an address, and O(email) must
        not be set.
    type: str
    default: username
  name_case:
    description:
      - V(lower) - the site lowers names before it saves them and looks them up, as pretix and pretalx do. New names are
        written in lower case, and a name in another case means the same account.
      - V(exact) - names that differ only in case are different accounts, as in Django itself.
      - The default is V(lower) if a unique index on the lowered column shows it (PostgreSQL, SQLite).
      - Otherwise, without this option, a name that differs from an existing one only in case is refused, and the
        message gives both. If the name is an e-mail address, both spellings are the same person's, so O(state=disabled)
        and O(state=absent) find the account.
    type: str
    choices: [lower, exact]
  column_defaults:
    description:
      - Values of further columns of a custom user model, for new accounts. Django keeps the defaults of a model in
        Python, so the database does not contain them.
      - Without values for all columns that must have one, a task that would create an account fails.
      - In a column of dates and times, V(now) is the current time, also if the column is text that is long enough.
      - In a column of text, V(random) becomes random letters and digits, as many as the column is long, at most 255, or
        32 if it has no length. Each account gets another value. Use it for what must be secret or differ between
        accounts.
    type: dict
    default: {}
  related_defaults:
    description:
      - Tables in which the site needs a row for each user, such as C(users_userconfig) of NetBox or profiles, and the
        values of their columns, as in O(column_defaults). Django writes these rows by signals or a custom C(save).
      - New accounts get these rows; existing accounts are not changed.
      - Each table must have a column with a unique foreign key to the table of users (C(OneToOneField)).
      - O(state=absent) deletes these rows with the account. It is refused while rows of another table refer to them.
      - For a table without values (V(null)) the module creates no rows, but deletes them with the account.
      - A value for a JSON column is JSON text or a dictionary.
    type: dict
    default: {}
  first_name:
    description: First name. Omit it to keep the current value; set it to an empty string to remove it.
    type: str
  last_name:
    description: Last name. Omit it to keep the current value; set it to an empty string to remove it.
    type: str
  is_staff:
    description: Whether the account may log in to the admin site. Omit it to keep the current value.
    type: bool
  is_superuser:
    description: Whether the account has all permissions. Omit it to keep the current value.
    type: bool
notes:
  - "O(state=disabled) unsets C(is_active), as the admin site does it: from the next request on, the account has no
    login and no session. O(state=enabled) sets it."
  - Both also delete the account's sessions from C(django_session). Otherwise a browser that kept its cookie would be
    logged in again after O(state=enabled).
  - The module cannot delete sessions that are stored elsewhere (C(SESSION_ENGINE) C(cached_db), C(cache), C(file) or
    C(signed_cookies)) or with a C(SESSION_SERIALIZER) other than JSON. They are refused while the account is disabled,
    and work again when it is enabled, until their cookie expires.
  - The same holds for a session whose first 128 KiB do not show whose it is. The task warns of those.
  - A new password ends all sessions for good, and invalidates links for a password reset that were mailed before.
  - A link for a password reset that was mailed before O(state=disabled) can still set a password, until
    C(PASSWORD_RESET_TIMEOUT). Nobody can log in with it while the account is disabled, but it is valid when the account
    is enabled.
  - Authentication backends that ignore C(is_active), such as C(AllowAllUsersModelBackend), let disabled accounts log
    in, as in Django itself.
  - Names of new accounts must be valid in Django's own forms. Existing accounts are found by their stored name,
    whatever it is. Other names are normalised as Django does it (NFKC), see O(name_case).
  - New passwords are stored as C(pbkdf2_sha256) with the highest number of iterations in the table, at most 4000000, or
    1000000 (Django 5.2) if the table has none. Django rewrites passwords with another number at login.
  - "The module verifies all algorithms of Django 5.2: PBKDF2 with SHA-256 and SHA-1, scrypt, MD5, and, with the Python
    libraries C(bcrypt) and C(argon2-cffi), bcrypt and Argon2. It also verifies those of Django up to 5.0: SHA-1, and
    MD5 and SHA-1 without salt."
  - A stored password with another algorithm, or one that takes more than 5 seconds or 256 MiB to verify, is an error;
    with O(update_password=on_create) it is left alone.
  - Creating or verifying one password with a million iterations takes about half a second of one processor. For many
    accounts with passwords use O(password_hash) or O(update_password=on_create).
  - On MySQL and MariaDB, names that differ only in case or accents are the same to the usual collations, and are
    therefore an error.
  - O(state=absent) is refused while a foreign key of any table refers to the account, other than its groups and
    permissions. That includes C(django_admin_log), the audit trail of the account's actions in the admin site, which
    Django itself would delete.
  - The module does not see references that are not foreign keys (C(GenericForeignKey), C(db_constraint=False)).
  - Signals, a custom C(save()) and password validators do not run. Use O(column_defaults), O(related_defaults) and
    O(name_case) for what they would have written.
  - Accounts without a name (NULL) are not returned and never changed.
  # by "make generate", from django/privileges.py
  - GRANTs (read). SELECT on C(auth_user), C(auth_group), C(auth_user_groups).
  - GRANTs (rights in the review, without which a warning says that they are missing). SELECT on
    C(auth_user_user_permissions), C(auth_permission), C(django_content_type).
  - GRANTs (create). INSERT on C(auth_user).
  - GRANTs (create with O(groups)). The line above, and INSERT on C(auth_user_groups).
  - GRANTs (create with O(related_defaults)). The line for create, and SELECT, INSERT on I(related), the tables that it
    names.
  - GRANTs (O(password), O(email), names, O(is_staff), O(is_superuser)). UPDATE on C(auth_user).
  - GRANTs (O(groups)). INSERT, DELETE on C(auth_user_groups).
  - GRANTs (O(state=disabled), O(state=enabled)). UPDATE on C(auth_user); SELECT, DELETE on C(django_session).
  - GRANTs (O(state=absent)). DELETE on C(auth_user); DELETE on C(auth_user_groups); SELECT, DELETE on
    C(auth_user_user_permissions); SELECT on I(references), all tables with a foreign key to C(auth_user) or to one in
    O(related_defaults).
  - GRANTs (O(state=absent) with O(related_defaults)). The line above, and SELECT, DELETE on I(related).
  - GRANTs (every line that writes, on PostgreSQL and MySQL). UPDATE on C(auth_user).
  - GRANTs on PostgreSQL. USAGE on the schema and on the sequences of tables that get rows, and SELECT with every
    INSERT.
  - The playbook C(auth.services.grants) prints the GRANTs that a service of the inventory needs.
  # end of django/privileges.py
seealso:
  - module: auth.services.django_user_info
  - name: Using the Django authentication system
    description: What users, groups and permissions are.
    link: https://docs.djangoproject.com/en/5.2/topics/auth/default/
"""

EXAMPLES = r"""
- name: Manage the people of the site
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

- name: Create a superuser like createsuperuser, and never change its password again
  auth.services.django_user:
    login_engine: sqlite
    login_db: /srv/site/db.sqlite3
    name: admin
    email: admin@example.org
    is_staff: true
    is_superuser: true
    password: "{{ vault_site_admin }}"
    update_password: on_create

- name: Use a custom user model with e-mail addresses as names and a column that must have a value
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

- name: Create a NetBox user, with a row of settings and NetBox's own groups
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

- name: Create a pretix user, with an address in lower case and tokens
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

- name: Remove an account
  auth.services.django_user:
    login_engine: sqlite
    login_db: /srv/site/db.sqlite3
    name: never-used
    state: absent
"""

# by "make generate", from django/documentation.yml
RETURN = r"""
accounts:
  description: The accounts that changed, or would change in check mode. A single account is always listed.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name as Django stores it.
      type: str
      sample: alice
    id:
      description: Primary key, a number or a text; null for an account that check mode would create.
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
      sample: [email, first_name, groups, password]
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
# end of django/documentation.yml

from ansible_collections.auth.services.plugins.module_utils.services.django.adapter import Django
from ansible_collections.auth.services.plugins.module_utils.user_module import run_user_module


def main() -> None:
    run_user_module(Django)


if __name__ == "__main__":
    main()
