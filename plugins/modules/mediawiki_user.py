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
  - Creates, changes, disables, enables and removes accounts of a MediaWiki, one or thousands in one task. It writes
    into the wiki's database what MediaWiki itself would write.
  - For MediaWiki 1.35 to 1.45 on MySQL, MariaDB, PostgreSQL and SQLite. The module recognises the release by the
    tables.
  - Only the database must be reachable, neither MediaWiki nor PHP.
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
    description: Prefix of the wiki's tables (C($wgDBprefix)).
    type: str
    default: ''
  real_name:
    description: Real name. Omit it to keep the current value; set it to an empty string to remove it.
    type: str
  email_confirmed:
    description:
      - Whether the wiki regards the e-mail address as confirmed. It sends mail on behalf of others only to confirmed
        addresses.
      - Omit it to keep the current value. A new address becomes unconfirmed, as in the wiki.
    type: bool
  group_expiry:
    description:
      - "When memberships end: a dictionary from groups in O(groups) to times such as V(2030-12-31T23:59:59Z).
        Memberships in other groups of O(groups) do not end."
      - A membership whose time has passed counts as ended, so the declaration can stay as it is.
      - Omit it to keep the current ends of memberships.
    type: dict
  reason:
    description: Reason of the block, and comment of the other log entries that a change of the account creates in the
      wiki.
    type: str
  performer:
    description:
      - The wiki account that the wiki's log shows as the author of the changes.
      - The default is MediaWiki's own C(Maintenance script), which is created if it is missing, as MediaWiki's scripts
        do it. A new account is then logged as created automatically, and not shown in the recent changes.
      - An account without any logged action gets its row in C(actor), as in the wiki.
      - If this account no longer exists, the task warns and only disables and removes accounts, with C(Maintenance
        script) as the author.
    type: str
  known_groups:
    description:
      - Groups of the wiki that have no member yet. The database has no list of groups, because the configuration and
        extensions define them. The module knows MediaWiki's own groups and those that anybody is or was in.
      - A new membership in an unknown group is refused if the name is similar to a known one (C(sysopp) and C(sysop)).
        Otherwise it is written with a warning. Groups listed here are written as they are.
    type: list
    elements: str
notes:
  - O(state=disabled) does the following, and O(state=enabled) undoes all of it.
  - Disabling - a marker before the stored password, the temporary password of a reset mail and the bot passwords makes
    all of them invalid. The wiki mails no new password.
  - Disabling - the session token becomes invalid, which ends sessions.
  - Disabling - an indefinite block of the whole wiki, without autoblock, prevents edits, e-mail and the creation of
    accounts.
  - A stored password without room for the marker (more than 247 bytes) loses its leading colon instead, and gets it
    back.
  - A new password also ends bot passwords, sessions, and the temporary password of a reset mail.
  - A new password does not change the address that the next reset mail goes to, unless O(email) is set, and not what
    extensions store (OAuth, two-factor authentication).
  - The module never changes MediaWiki's system users (no password, and a session token that does not allow any login),
    temporary accounts, and names that are not valid UTF-8.
  - An account whose name MediaWiki reserves in its default configuration can be disabled and removed, but not changed
    otherwise.
  - O(state=disabled) and O(state=enabled) leave alone a block that somebody created in the wiki. An account with only
    such a block counts as enabled, because MediaWiki lets it log in. If the account is disabled, it gets no second
    block.
  - Sessions end at once if C($wgMainCacheType) is C(CACHE_NONE), or C(CACHE_DB) in the same database.
  - With APCu, memcached, Redis or SQLite's separate cache file an open session may stay logged in for up to one hour. A
    disabled account cannot edit in it, because blocks are not cached.
  - A disabled account can get a new password from a user who may change passwords in the wiki, or by mail if
    C($wgPasswordReminderResendTime = 0). Its session token stays invalid and its block stays. The next run disables it
    again.
  - "O(state=absent) is refused while a row of another table refers to the account: revisions, archived revisions,
    files, log entries (except that of its creation), recent changes, blocks that it created, protected titles, uploads.
    The message lists them. Tables of extensions are not checked."
  - Names follow the rules of the wiki's MediaWiki release. The database does not contain the namespaces of content
    languages other than English, nor the capital of i in Turkish and Azerbaijani. Names with a colon are never created.
  - The database does not show which capitals the wiki's PHP knows. The module does not create names that begin with a
    letter whose capital is as new as Unicode 16 (PHP 8.4; C(ƛ), C(ɤ), Garay), or, before MediaWiki 1.43, as Unicode 12
    to 14 (PHP 8.1).
  - An existing account with such a name is declared as the wiki spells it. It can be disabled and removed in either
    spelling.
  - Extensions and skins do not notice these changes (AntiSpoof, TitleBlacklist, Echo).
  - The skin Vector of MediaWiki 1.35 and 1.36 would give each new account the preference C(VectorSkinVersion) with the
    value of C($wgVectorDefaultSkinVersionForNewAccounts). Without it, C($wgVectorDefaultSkinVersionForExistingAccounts)
    applies, which is the same by default.
  - If the accounts of the wiki are in another database (C($wgSharedDB), CentralAuth), manage them there. Groups and
    blocks belong to each wiki. A table C(user) that is left from before the sharing does not show that it is no longer
    used.
  - If tables have lost their keys, for example after a bad import, rows are identified by their account. The module
    refuses what would need a number that the database does not generate.
  - In such tables it only takes rights away, without a log entry and with a warning. O(state=disabled) then locks the
    account, without a block if that cannot be written. Rows of other accounts with the same number are not changed.
  # by "make generate", from mediawiki/privileges.py
  - GRANTs (read). SELECT on C(user), C(user_groups), C(comment), C(interwiki), C(ipblocks), C(block), C(block_target).
  - GRANTs (create). INSERT on C(user), C(comment); SELECT, INSERT on C(actor), C(logging), C(watchlist); SELECT, UPDATE
    on C(site_stats); SELECT on C(log_search).
  - GRANTs (create with O(performer)). The line above, and INSERT on C(recentchanges); UPDATE on C(watchlist).
  - GRANTs (O(password), O(email), O(email_confirmed), O(real_name)). UPDATE on C(user); SELECT, UPDATE on
    C(bot_passwords).
  - GRANTs (O(groups)). INSERT, UPDATE, DELETE on C(user_groups); SELECT, INSERT on C(user_former_groups), C(logging),
    C(actor); SELECT, UPDATE on C(watchlist); SELECT on C(log_search), C(bot_passwords); INSERT on C(comment), C(user),
    C(recentchanges).
  - GRANTs (O(state=disabled), O(state=enabled)). INSERT, UPDATE on C(user); SELECT, UPDATE on C(bot_passwords),
    C(watchlist); INSERT, DELETE on C(ipblocks), C(block), C(block_target); UPDATE on C(block_target); SELECT, DELETE on
    C(ipblocks_restrictions); SELECT, INSERT on C(logging), C(actor); INSERT on C(comment), C(log_search),
    C(recentchanges).
  - GRANTs (O(state=absent)). SELECT on C(revision), C(archive), C(image), C(oldimage), C(filearchive),
    C(protected_titles), C(page_restrictions), C(uploadstash); SELECT, DELETE on C(user), C(actor), C(user_groups),
    C(user_former_groups), C(user_properties), C(user_newtalk), C(watchlist), C(watchlist_expiry), C(bot_passwords),
    C(logging), C(log_search), C(recentchanges), C(ipblocks), C(block), C(block_target), C(ipblocks_restrictions);
    UPDATE on C(block_target); SELECT, UPDATE on C(site_stats).
  - GRANTs (O(state=absent), up to 1.38). The line above, and SELECT on C(revision_actor_temp).
  - GRANTs (every line that writes, with C($wgMainCacheType = CACHE_DB)). SELECT, DELETE on C(objectcache).
  - GRANTs (every line that writes, on PostgreSQL and MySQL). UPDATE on C(user), since rows are locked before they are
    changed.
  - GRANTs (names that releases take otherwise, up to 1.42 and without O(mediawiki_version)). SELECT on
    C(externallinks), C(user_autocreate_serial).
  - GRANTs on PostgreSQL. USAGE on the schema and on the sequences of tables that get rows, and SELECT with every
    INSERT.
  - The playbook C(auth.services.grants) prints the GRANTs that a service of the inventory needs.
  # end of mediawiki/privileges.py
seealso:
  - module: auth.services.mediawiki_user_info
"""

EXAMPLES = r"""
- name: Manage the people of the wiki
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

- name: Disable unlisted accounts except bots, at most five in one run
  auth.services.mediawiki_user:
    login_engine: sqlite
    login_db: /var/lib/mediawiki/wiki.sqlite
    accounts: "{{ service_accounts }}"
    state: enabled
    unlisted: disable
    unlisted_except: ["*bot"]
    unlisted_limit: "5"

- name: Add a deputy for the summer, with a reason and an author in the wiki's log
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

- name: Remove an account
  auth.services.mediawiki_user:
    login_host: db1.example.org
    login_db: wiki
    config_file: /root/.wiki.cnf
    name: Never used
    state: absent
"""

# by "make generate", from mediawiki/documentation.yml
RETURN = r"""
accounts:
  description: The accounts that changed, or would change in check mode. A single account is always listed.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name as MediaWiki stores it.
      type: str
      sample: Alice
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
      sample: [email, email_confirmed, groups, password]
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
  sample: [Mallory]
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
# end of mediawiki/documentation.yml

from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.adapter import MediaWiki
from ansible_collections.auth.services.plugins.module_utils.user_module import run_user_module


def main() -> None:
    run_user_module(MediaWiki)


if __name__ == "__main__":
    main()
