#!/usr/bin/python
# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: mediawiki_user
short_description: Manage the accounts of a MediaWiki in its database
version_added: 0.1.0
description:
  - Creates, changes, disables, enables and removes accounts of a MediaWiki, one or thousands in one task, by writing
    what
    MediaWiki itself would write into its database.
  - For MediaWiki 1.35 to 1.45 on MySQL, MariaDB, PostgreSQL and SQLite. Which release it is shows in the tables.
  - MediaWiki need not be reachable, nor PHP be there; only its database.
author:
  - The auth.services developers (@auth-services)
extends_documentation_fragment:
  - auth.services.database
  - auth.services.mediawiki
  - auth.services.account
  - auth.services.account.email
  - auth.services.account.groups
  - auth.services.attributes
options:
  login_engine:
    description: The database server that the wiki uses (C($wgDBtype)).
    type: str
    choices: [mysql, postgresql, sqlite]
    default: mysql
  login_schema:
    description: For PostgreSQL, the schema that holds the wiki's tables (C($wgDBmwschema)).
    type: str
    default: mediawiki
  table_prefix:
    description: What the names of the wiki's tables begin with (C($wgDBprefix)).
    type: str
    default: ''
  real_name:
    description: Real name. Not given, it is left alone; empty, it is removed.
    type: str
  email_confirmed:
    description:
      - Whether the wiki takes the e-mail address as confirmed. Only then it sends mail to it on behalf of others.
      - Not given, it is left alone, but a new address is unconfirmed, as in the wiki.
    type: bool
  group_expiry:
    description:
      - When memberships end, as a dictionary from groups that O(groups) lists to times such as V(2030-12-31T23:59:59Z).
        Groups of the list that it does not name are for ever.
      - A membership whose time has passed is none, so the declaration may outlive it.
      - Not given, the end of existing memberships is left alone.
    type: dict
  reason:
    description: Reason of a block, and comment of the other log entries that a change of the account leaves in the
      wiki.
    type: str
  performer:
    description:
      - The account of the wiki whom its log names for changes.
      - Without it MediaWiki's own C(Maintenance script), made when it is missing, as MediaWiki's scripts do it; a new
        account
        is then logged as created automatically, and not shown among the recent changes.
      - An account that never did anything gets its row in C(actor) then, as in the wiki.
      - Where there is no such account any more, nothing is written but who is disabled or removed, which
        C(Maintenance script) is named for; the task warns.
    type: str
  known_groups:
    description:
      - Groups of the wiki that have no member yet. Its database has no list of groups, as the configuration and
        extensions define them, so known are MediaWiki's own and those that somebody is or was in.
      - A new membership of a group that is not known is refused where its name is nearly that of a known one (C(sysopp)
        for C(sysop)), and written with a warning otherwise. A group that is listed here is written as it is.
    type: list
    elements: str
notes:
  - "O(state=disabled) does the following, and O(state=enabled) undoes all of it. A marker in front of the stored
    password,
    the temporary password of a reset mail and the bot passwords makes all of them wrong passwords. The session token
    becomes invalid, which ends sessions. The wiki mails no new password. A block for the whole wiki and for ever,
    without autoblock, refuses edits, e-mail and the creation of accounts."
  - "A stored password that has no room for the marker (more than 247 bytes) loses its colon at the beginning instead,
    and gets it back."
  - "A new password also ends bot passwords, sessions, and the temporary password of a reset mail. What stays is the
    address where the next reset mail goes to, unless O(email) is given, and what extensions keep (OAuth, two-factor
    authentication)."
  - "Never touched are MediaWiki's system users (no password, and a session token that lets nobody in), temporary
    accounts, and names that are not valid UTF-8. Who has a name that MediaWiki reserves, by its default configuration,
    can be disabled and removed, and not be changed otherwise."
  - A block that somebody made in the wiki is left alone by O(state=disabled) and O(state=enabled); an account that has
    only such a block counts as enabled, since MediaWiki lets it log in. While an account is disabled no second block is
    added to it.
  - "Caches may delay the end of sessions, and nothing else. With C($wgMainCacheType) C(CACHE_NONE) and C(CACHE_DB) in
    the
    same database, sessions end at once. With APCu, memcached, Redis or SQLite's separate cache file an open session may
    stay named for up to one hour; a disabled account cannot edit in it, since blocks are not cached."
  - Someone who may change passwords in the wiki, or a wiki with C($wgPasswordReminderResendTime = 0) that mails a new
    password, can give a disabled account a password again. Its session token stays invalid and its block stays. The
    next
    run locks it again.
  - "O(state=absent) is refused while a row of any other table refers to the account: revisions, archived revisions,
    files,
    log entries (but for its own creation), recent changes, blocks that it made, protected titles, uploads. The message
    lists them. Extensions may have more tables."
  - Names follow MediaWiki's own rules, those of its release. Namespaces of other content languages than English, and
    the
    capital of i in Turkish and Azerbaijani, are not in the database. Names with a colon are never created.
  - Which capitals the wiki's PHP knows is not in its database either. Names that begin with a letter whose capital is
    as young as Unicode 16 (PHP 8.4; C(ƛ), C(ɤ), Garay), or Unicode 12 to 14 (PHP 8.1) before MediaWiki 1.43, are not
    created. Who has one is declared as the wiki spells it, and is disabled and removed in either spelling.
  - Extensions and skins see nothing of what is written (AntiSpoof, TitleBlacklist, Echo). The skin Vector of MediaWiki
    1.35 and 1.36 would give each new account the preference C(VectorSkinVersion) with the value of
    C($wgVectorDefaultSkinVersionForNewAccounts); without it an account has
    C($wgVectorDefaultSkinVersionForExistingAccounts), which is the same unless the wiki is configured otherwise.
  - A wiki whose accounts are elsewhere (C($wgSharedDB), CentralAuth) must be managed there; groups and blocks are each
    wiki's own. A table C(user) that is left from before the sharing does not show that it is no longer used.
  - "Where tables have lost their keys, as after a bad import, rows are told by their account. What would need a number
    that the database does not give is refused. Only what takes something away is done, without an entry in the log, and
    warned of; O(state=disabled) then locks the account, without a block where that cannot be written. Nothing is done
    that would touch rows of others with the same number."
  - "GRANTs to read, which every other line includes. SELECT on C(user), C(user_groups), C(comment), C(interwiki), and
    on the tables of blocks, C(block) and C(block_target), or C(ipblocks) up to MediaWiki 1.42."
  - "GRANTs to create accounts. INSERT on C(user) and C(comment); SELECT and INSERT on C(actor), C(logging) and
    C(watchlist); SELECT and UPDATE on C(site_stats); SELECT on C(log_search). With O(performer) also INSERT on
    C(recentchanges) and UPDATE on C(watchlist)."
  - "GRANTs for O(password), O(email), O(email_confirmed) and O(real_name). UPDATE on C(user); SELECT and UPDATE on
    C(bot_passwords)."
  - "GRANTs for O(groups). INSERT, UPDATE and DELETE on C(user_groups); SELECT and INSERT on C(user_former_groups),
    C(logging) and C(actor); SELECT and UPDATE on C(watchlist); SELECT on C(log_search) and C(bot_passwords); INSERT on
    C(comment), C(user) and C(recentchanges)."
  - "GRANTs for O(state=disabled) and O(state=enabled). INSERT and UPDATE on C(user); SELECT and UPDATE on
    C(bot_passwords) and C(watchlist); INSERT and DELETE on the tables of blocks; UPDATE on C(block_target); SELECT and
    DELETE on C(ipblocks_restrictions); SELECT and INSERT on C(logging) and C(actor); INSERT on C(comment),
    C(log_search) and C(recentchanges)."
  - "GRANTs for O(state=absent). SELECT on C(revision), C(archive), C(image), C(oldimage), C(filearchive),
    C(protected_titles), C(page_restrictions), C(uploadstash), and C(revision_actor_temp) up to MediaWiki 1.38; SELECT
    and DELETE on C(user), C(actor), C(user_groups), C(user_former_groups), C(user_properties), C(user_newtalk),
    C(watchlist), C(watchlist_expiry), C(bot_passwords), C(logging), C(log_search), C(recentchanges),
    C(ipblocks_restrictions) and the tables of blocks; UPDATE on C(block_target); SELECT and UPDATE on C(site_stats)."
  - "A wiki that caches in its database (C($wgMainCacheType = CACHE_DB)) needs SELECT and DELETE on C(objectcache) for
    whatever is written. PostgreSQL also needs USAGE on the schema and the sequences; it and MySQL need UPDATE on
    C(user) for whatever is written, since rows are locked. The file C(docs/security.md) of the collection has all of
    this as a table."
seealso:
  - module: auth.services.mediawiki_user_info
"""

EXAMPLES = r"""
- name: The people of the wiki
  auth.services.mediawiki_user:
    login_host: db1.example.org
    login_db: wiki
    login_user: accounts
    login_password: "{{ vault_wiki_database }}"
    accounts:
      - name: alice
        email: alice@example.org
        real_name: Alice Liddell
        password: "{{ vault_people.alice }}"
        groups: [sysop]
      - name: bob
        state: disabled
        reason: Left in May

- name: Everybody else is disabled, but no bots, and never more than five at once
  auth.services.mediawiki_user:
    login_engine: sqlite
    login_db: /var/lib/mediawiki/wiki.sqlite
    accounts: "{{ service_accounts }}"
    state: enabled
    unlisted: disable
    unlisted_except: ["*bot"]
    unlisted_limit: "5"

- name: A deputy for the summer, as the log of the wiki should tell it
  auth.services.mediawiki_user:
    login_unix_socket: /run/mysqld/mysqld.sock
    login_user: accounts
    login_db: wiki
    table_prefix: mw_
    name: carol
    groups: [sysop, bureaucrat]
    group_expiry:
      bureaucrat: "2027-09-30T00:00:00Z"
    performer: Alice
    reason: Deputy for Alice

- name: Gone
  auth.services.mediawiki_user:
    login_host: db1.example.org
    login_db: wiki
    config_file: /root/.wiki.cnf
    name: Never used
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
      description: Name as MediaWiki stores it.
      type: str
      sample: Alice
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
      them. Accounts of MediaWiki itself and those of O(unlisted_except) are left out.
  returned: success
  type: list
  elements: str
  sample: [Mallory]
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

from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.adapter import MediaWiki
from ansible_collections.auth.services.plugins.module_utils.user_module import run_user_module


def main() -> None:
    run_user_module(MediaWiki)


if __name__ == "__main__":
    main()
