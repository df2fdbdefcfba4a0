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
    thousands in one task. It writes into the database what WordPress itself would write.
  - Verified with WordPress 6.1 and 7.1 on MariaDB, and with 7.1 as a network (multisite).
  - Only the database must be reachable, neither WordPress nor PHP.
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
  - bcrypt, to verify and store passwords in the format of WordPress 6.8 and later. Without it the task warns, and
    stores new passwords in the format of WordPress 6.7 (C($P$)), which later releases accept and replace at login.
options:
  login_engine:
    description: The database server that WordPress uses.
    type: str
    choices: [mysql]
    default: mysql
  table_prefix:
    description: Prefix of the site's tables (C($table_prefix) in C(wp-config.php)); on a network, without the number of
      a site.
    type: str
    default: wp_
  site_id:
    description: On a network, the number of the site that the roles belong to. The accounts are those of the
      whole network.
    type: int
    default: 1
  groups:
    description:
      - Roles of the account, such as V(editor). With O(append_groups=false) it loses all others. The site must have
        these roles; they may come from plugins. Capabilities that the account has beside its roles stay.
      - Omit it to keep the current roles; an empty list removes all of them. People without a role can log in, but do
        nothing.
      - If it is omitted, a new account gets the site's default role; on a network it belongs to no site.
    type: list
    elements: str
  display_name:
    description: Name that the site shows. By default, a new account gets it from O(first_name) and O(last_name), or
      from O(name).
    type: str
  first_name:
    description: First name. Omit it to keep the current value; set it to an empty string to remove it.
    type: str
  last_name:
    description: Last name. Omit it to keep the current value; set it to an empty string to remove it.
    type: str
  url:
    description: Web address of the person, with C(http://) or C(https://). Omit it to keep the current value; set it to
      an empty string to remove it.
    type: str
  reassign_to:
    description:
      - With O(state=absent), the name of the account that gets the posts and links of the removed one.
      - Without it, an account with posts or links on any site of a network is not removed. Drafts that WordPress
        created by itself (C(auto-draft)) do not count.
    type: str
  path:
    description:
      - The folder on the managed host that contains C(wp-content). If C(wp-content) contains C(object-cache.php),
        WordPress keeps accounts in a cache server (Redis, Memcached, APCu) and does not see what changes in the
        database. RV(cache_flush_needed) shows it.
      - By default, the module does not look for a cache.
    type: path
notes:
  - O(state=disabled) does the following, and O(state=enabled) undoes all of it but the end of sessions.
  - Disabling - a marker before the stored password makes every password wrong.
  - Disabling - C(.disabled.invalid) after the e-mail address keeps mails for lost passwords from arriving and people
    from logging in with the address. On a network C(spam) refuses both, too. An address that is too long for this mark
    is kept in a row of C(usermeta).
  - Disabling - application passwords are moved to where WordPress does not look.
  - Disabling - sessions and the key of a mail for a lost password are deleted.
  - "A new password that replaces another one deletes what allows a login without it: sessions, application passwords,
    the key of a mail for a lost password, and a change of address that is not yet confirmed. WordPress itself keeps
    application passwords; here the account may have belonged to somebody else before."
  - O(password_hash) is compared as text, so it also replaces a hash that WordPress rewrote at login. Use it with
    O(update_password=on_create).
  - A disabled account is opened again by an administrator who sets a new password (and on a network unsets C(spam)),
    and by plugins that log people in by themselves (single sign-on). The next run with O(state=disabled) shuts it
    again.
  - An account that was opened in this way keeps the address with C(.disabled.invalid) until O(email) sets another one.
    Its parked application passwords are gone. Its roles are left alone.
  - The marks of a disabled account only count if the password has the marker. An address that ends with
    C(.disabled.invalid), or rows that somebody created in C(usermeta), do not make an account look disabled, and are
    never restored to it.
  - An account that is enabled gets its address back even if another account has taken it meanwhile. A warning names
    both. A new O(email) that another account has is refused.
  - If WordPress uses a persistent object cache, empty it after each run that changes accounts (C(wp cache flush)).
    Until then old passwords, roles and sessions stay valid, and even a removed account can log in. See O(path).
  - "Names may contain what WordPress itself allows: C(A-Z a-z 0-9 _ . - @) and spaces, on a network only C(a-z 0-9).
    Accounts with other names, which plugins may create, can be changed. Texts are stored as WordPress stores them, with
    C(&amp;) for C(&)."
  - A password must not contain a backslash. Spaces at its ends are ignored.
  - O(unlisted) does not change super admins of a network, so that a list without them locks nobody out. If they are
    declared by name, they can be disabled and removed like others; when removed they are no longer super admins. Super
    admins that only C(wp-config.php) names (C($super_admins)) are not recognised.
  - "Roles and capabilities are read from the stored text as PHP reads it: damaged text, or text that is not an array,
    means no roles for WordPress. Text of more than 64 KiB is not read; a change of O(groups) replaces it, with a
    warning. Of first and last names 1000 characters are read."
  - A password that WordPress stored again in the current format at login counts as unchanged.
  - Plugins do not notice these changes, and no mail is sent. C(CUSTOM_USER_TABLE) and C(CUSTOM_USER_META_TABLE) are not
    supported.
  # by "make generate", from wordpress/privileges.py
  - GRANTs (read). SELECT on C(users), C(usermeta), C(options).
  - GRANTs (read, on a network). The line above, and SELECT on C(blogs), C(sitemeta).
  - GRANTs (create). INSERT on C(users), C(usermeta); UPDATE (option_value) on C(options).
  - GRANTs (create, on a network). INSERT on C(users), C(usermeta); UPDATE (meta_value) on C(sitemeta).
  - GRANTs (all fields, O(password), O(groups)). UPDATE on C(users); INSERT, UPDATE, DELETE on C(usermeta).
  - GRANTs (O(state=disabled), O(state=enabled)). UPDATE on C(users); INSERT, UPDATE, DELETE on C(usermeta).
  - GRANTs (O(state=disabled), O(state=enabled), on a network). The line above, and UPDATE (meta_value) on C(sitemeta).
  - GRANTs (O(state=absent)). DELETE on C(users), C(usermeta); SELECT on C(posts), C(links); UPDATE (option_value) on
    C(options).
  - GRANTs (O(state=absent), on a network). DELETE on C(users), C(usermeta); SELECT on I(texts); UPDATE (meta_value) on
    C(sitemeta); SELECT, DELETE on C(signups); I(texts) are C(posts) and C(links) of every site.
  - GRANTs (O(state=absent) with O(reassign_to)). The line for `absent`, and UPDATE (post_author) on C(posts); UPDATE
    (link_owner) on C(links).
  - GRANTs (every line that writes, on MySQL). UPDATE on C(users).
  - The playbook C(auth.services.grants) prints the GRANTs that a service of the inventory needs.
  # end of wordpress/privileges.py
seealso:
  - module: auth.services.wordpress_user_info
"""

EXAMPLES = r"""
- name: Manage the people of the site
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

- name: Disable unlisted accounts except robots, at most five in one run
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

- name: Empty the cache of WordPress
  ansible.builtin.command:
    cmd: wp cache flush
    chdir: /var/www/html
  when: wordpress.cache_flush_needed
  changed_when: true

- name: Create an author on the second site of a network
  auth.services.wordpress_user:
    login_host: db1.example.org
    login_db: network
    config_file: /root/.network.cnf
    site_id: 2
    name: carol
    email: carol@example.org
    groups: [author]

- name: Remove an account and give its posts to Alice
  auth.services.wordpress_user:
    login_host: db1.example.org
    login_db: wordpress
    config_file: /root/.wordpress.cnf
    name: dave
    state: absent
    reassign_to: alice
"""

# by "make generate", from wordpress/documentation.yml
RETURN = r"""
accounts:
  description: The accounts that changed, or would change in check mode. A single account is always listed.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name as WordPress stores it.
      type: str
      sample: alice
    id:
      description: C(ID); null for one that check mode would create.
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
      sample: [display_name, email, groups, password]
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
cache_flush_needed:
  description:
    - Whether WordPress has a persistent object cache, below O(path), and accounts in it changed, or would change in
      check mode. It must be emptied then.
  returned: success
  type: bool
  sample: false
"""
# end of wordpress/documentation.yml

from ansible_collections.auth.services.plugins.module_utils.services.wordpress.adapter import WordPress
from ansible_collections.auth.services.plugins.module_utils.user_module import run_user_module


def main() -> None:
    run_user_module(WordPress)


if __name__ == "__main__":
    main()
