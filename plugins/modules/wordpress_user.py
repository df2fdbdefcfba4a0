#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: wordpress_user
short_description: Manage the accounts of a WordPress site in its database
version_added: 0.1.0
description:
  - Creates, changes, disables, enables and removes accounts of a WordPress site or of a network of sites, one or
    thousands
    in one task, by writing what WordPress itself would write into its database.
  - Verified with WordPress 6.1 and 7.1 on MariaDB, and with 7.1 as a network (multisite).
  - WordPress need not be reachable, nor PHP be there; only its database.
author:
  - The auth.services developers (@auth-services)
extends_documentation_fragment:
  - auth.services.database
  - auth.services.wordpress
  - auth.services.account
  - auth.services.account.email
  - auth.services.account.groups
  - auth.services.attributes
requirements:
  - bcrypt, to verify passwords that WordPress 6.8 or later stored, and to store them so. Without it new passwords are
    stored
    in the format of WordPress 6.7 (C($P$)), which later releases take and replace at login, and the task warns.
options:
  login_engine:
    description: The database server that WordPress uses.
    type: str
    choices: [mysql]
    default: mysql
  table_prefix:
    description: What the names of the site's tables begin with (C($table_prefix) in C(wp-config.php)), on a network
      without
      the number of a site.
    type: str
    default: wp_
  site_id:
    description: On a network, the number of the site whose roles O(groups) means. The accounts are those of the whole
      network.
    type: int
    default: 1
  groups:
    description:
      - Roles of the account, such as V(editor), and with O(append_groups=false) no others. They are the roles that
        the site has,
        those of plugins too. Capabilities that the account has beside its roles stay.
      - Not given, they are left alone; an empty list takes all roles away. Without a role people can log in, and do
        nothing.
      - A new account for which they are not given gets the site's default role; on a network it is on no site.
    type: list
    elements: str
  display_name:
    description: Name that the site shows. Not given, a new account gets it from O(first_name) and O(last_name), or
      from O(name).
    type: str
  first_name:
    description: First name. Not given, it is left alone; empty, it is removed.
    type: str
  last_name:
    description: Last name. Not given, it is left alone; empty, it is removed.
    type: str
  url:
    description: Web address of the person, with C(http://) or C(https://). Not given, it is left alone; empty, it is
      removed.
    type: str
  reassign_to:
    description:
      - With O(state=absent), name of the account that gets the posts and links of the removed one.
      - Without it an account that has any, on any site of a network, is not removed. Drafts that WordPress made by
        itself
        (C(auto-draft)) do not count.
    type: str
  path:
    description:
      - The folder on the managed host that C(wp-content) is in. When there is C(object-cache.php) in that, WordPress
        keeps accounts
        in a cache server (Redis, Memcached, APCu) and does not see what changes in the database;
          RV(cache_flush_needed) tells.
      - Not given, nobody looks.
    type: path
notes:
  - "O(state=disabled) does the following, and O(state=enabled) undoes all of it but the sessions. A marker in front
    of the stored
    password makes every password wrong. C(.disabled.invalid) after the e-mail address keeps mails for lost passwords
    from arriving and people from logging in with the address; on a network C(spam) refuses both, too. Application
    passwords are moved to where WordPress does not look. Sessions, and the key of a mail for a lost password, are
    deleted. An address that is too long for the mark is kept in a row of C(usermeta)."
  - "A new password that replaces another one deletes what lets somebody in without it: sessions, application
    passwords, the key of a mail for a lost password, and a change of address that waits to be confirmed. WordPress
    itself leaves application passwords in force; here an account may have been somebody else's before. A
    O(password_hash) is compared as text, so that it replaces what WordPress made of it at login: give it with
    O(update_password=on_create)."
  - "What opens a disabled account again: an administrator who sets a new password (and on a network takes C(spam)
    away), and plugins
    that let people in by themselves (single sign-on). The next run with O(state=disabled) shuts it again. An account so
    opened has the address that stands there, C(.disabled.invalid) included, until O(email) says another one, and its
    parked application passwords are gone. Roles are left alone."
  - "The marks of a disabled account count only where the password has ours: an address that ends with
    C(.disabled.invalid), or rows that somebody made in C(usermeta), make no account look disabled, and nobody gets
    what they say."
  - "An account that is enabled keeps its address, also where another one has taken it meanwhile; a warning names both.
    A new O(email) that another account has is refused."
  - "A persistent object cache must be emptied after each run that changes accounts (C(wp cache flush)). Until then
    old passwords,
    old roles and old sessions hold, and even a removed account can log in. See O(path)."
  - Names are those that WordPress itself allows, C(A-Z a-z 0-9 _ . - @) and blanks, on a network C(a-z 0-9) only.
    Accounts that
    plugins made with other names can be changed. Texts are stored as WordPress stores them, with C(&amp;) for C(&).
  - A password cannot have a backslash. Blanks at its ends do not count.
  - C(unlisted) does not touch super admins of a network, so that a list without them locks nobody out. Declared by name
    they are disabled and removed like others, and with their removal they are super admins no more. Those that only
    C(wp-config.php) names (C($super_admins)) are not seen.
  - "Roles and capabilities are what PHP reads of the stored text: to WordPress, what is damaged or not an array is no
    roles. Those of which the module cannot tell it (more than 64 KiB) are replaced when O(groups) change, with a
    warning. Of first and last names 1000 characters are read."
  - A password that somebody stores again in the present format at login is the same password, and unchanged.
  - Plugins see nothing of what is written, and no mail is sent. C(CUSTOM_USER_TABLE) and C(CUSTOM_USER_META_TABLE)
    are not supported.
  - "GRANTs to read, which every other line includes. SELECT on C(users), C(usermeta) and C(options); on a network
    also on
    C(blogs) and C(sitemeta), and on the options of the site (C(2_options))."
  - "GRANTs to create accounts. INSERT on C(users) and C(usermeta); UPDATE on C(options), or C(sitemeta) on a network,
    of which the columns C(option_value) or C(meta_value) suffice."
  - "GRANTs for all fields, O(password) and O(groups). UPDATE on C(users); INSERT, UPDATE and DELETE on C(usermeta)."
  - "GRANTs for O(state=disabled) and O(state=enabled). UPDATE on C(users); INSERT, UPDATE and DELETE on C(usermeta);
    on a network UPDATE on C(sitemeta)."
  - "GRANTs for O(state=absent). SELECT on C(posts) and C(links), on a network those of every site; DELETE on C(users)
    and C(usermeta); UPDATE as for creating; on a network SELECT and DELETE on C(signups). With O(reassign_to) also
    UPDATE on C(posts) and C(links), of which the columns C(post_author) and C(link_owner) suffice. MySQL also needs
    UPDATE on C(users) for whatever is written, since rows are locked before. The file C(docs/security.md) of the
    collection has all of this as a table."
seealso:
  - module: auth.services.wordpress_user_info
"""

EXAMPLES = r"""
- name: The people of the site
  auth.services.wordpress_user:
    login_host: db1.example.org
    login_db: wordpress
    login_user: accounts
    login_password: "{{ vault_wordpress_database }}"
    accounts:
      - name: alice
        email: alice@example.org
        first_name: Alice
        last_name: Liddell
        password: "{{ vault_people.alice }}"
        groups: [editor]
      - name: bob
        state: disabled

- name: Everybody else is disabled, but no robots, and never more than five at once
  auth.services.wordpress_user:
    login_unix_socket: /run/mysqld/mysqld.sock
    login_user: accounts
    login_db: wordpress
    path: /var/www/html
    accounts: "{{ service_accounts }}"
    state: enabled
    unlisted: disable
    unlisted_except: ["*-robot"]
    unlisted_limit: "5"
  register: wordpress

- name: Have WordPress forget what it knew
  ansible.builtin.command:
    cmd: wp cache flush
    chdir: /var/www/html
  when: wordpress.cache_flush_needed
  changed_when: true

- name: An author of the second site of a network
  auth.services.wordpress_user:
    login_host: db1.example.org
    login_db: network
    config_file: /root/.network.cnf
    site_id: 2
    name: carol
    email: carol@example.org
    groups: [author]

- name: Gone, and the posts are Alice's
  auth.services.wordpress_user:
    login_host: db1.example.org
    login_db: wordpress
    config_file: /root/.wordpress.cnf
    name: dave
    state: absent
    reassign_to: alice
"""

RETURN = r"""
accounts:
  description: The accounts that changed, or in check mode would change. A single account always.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name as WordPress stores it.
      type: str
      sample: alice
    id:
      description: C(ID) of the account; none for one that check mode would create.
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
      does to
      them. Those of O(unlisted_except) are left out.
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
cache_flush_needed:
  description:
    - Whether WordPress has a persistent object cache, below O(path), that holds accounts which changed, or in check
      mode would
      change. It must be emptied then.
  returned: success
  type: bool
  sample: false
"""

from ansible_collections.auth.services.plugins.module_utils.services.wordpress.adapter import WordPress
from ansible_collections.auth.services.plugins.module_utils.user_module import run_user_module


def main() -> None:
    run_user_module(WordPress)


if __name__ == "__main__":
    main()
