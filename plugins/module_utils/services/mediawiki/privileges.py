# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Privileges on the tables of a wiki."""

from __future__ import annotations

from ansible_collections.auth.services.plugins.module_utils.privileges import (
    Privileges,
    Purpose,
    Tables,
    on,
    where_there,
)

PLACES = {
    "blocks": Tables(names=("ipblocks", "block", "block_target")),
    **where_there("block_target", "revision_actor_temp", "watchlist_expiry", "externallinks", "user_autocreate_serial"),
}
"""Blocks are in the first table up to 1.42, and in the others from 1.43 on."""

PRIVILEGES = Privileges(
    "MediaWiki",
    (
        Purpose("read: `mediawiki_user_info`, and a run that finds nothing to do", "read", (
            on("SELECT", "user", "user_groups", "comment", "interwiki", "*blocks*"),
        )),
        Purpose("create", "create", (
            on("INSERT", "user", "comment"),
            on("SELECT, INSERT", "actor", "logging", "watchlist"),
            on("SELECT, UPDATE", "site_stats"),
            on("SELECT", "log_search"),
        )),
        Purpose("create with `performer`", "create performer", (
            on("INSERT", "recentchanges"),
            on("UPDATE", "watchlist"),
        ), beside="the line above"),
        Purpose(
            "`password`, `email`, `email_confirmed`, `real_name`",
            "password | email | email_confirmed | real_name",
            (
                on("UPDATE", "user"),
                on("SELECT, UPDATE", "bot_passwords"),
            ),
        ),
        Purpose("`groups`", "groups | group_expiry", (
            on("INSERT, UPDATE, DELETE", "user_groups"),
            on("SELECT, INSERT", "user_former_groups", "logging", "actor"),
            on("SELECT, UPDATE", "watchlist"),
            on("SELECT", "log_search", "bot_passwords"),
            on("INSERT", "comment", "user", "recentchanges"),
        )),
        Purpose("`disabled`, `enabled`", "disabled | enabled", (
            on("INSERT, UPDATE", "user"),
            on("SELECT, UPDATE", "bot_passwords", "watchlist"),
            on("INSERT, DELETE", "*blocks*"),
            on("UPDATE", "block_target"),
            on("SELECT, DELETE", "ipblocks_restrictions"),
            on("SELECT, INSERT", "logging", "actor"),
            on("INSERT", "comment", "log_search", "recentchanges"),
        )),
        Purpose("`absent`", "absent", (
            on("SELECT", "revision", "archive", "image", "oldimage", "filearchive", "protected_titles",
               "page_restrictions", "uploadstash"),
            on("SELECT, DELETE", "user", "actor", "user_groups", "user_former_groups", "user_properties",
               "user_newtalk", "watchlist", "watchlist_expiry", "bot_passwords", "logging", "log_search",
               "recentchanges", "*blocks*", "ipblocks_restrictions"),
            on("UPDATE", "block_target"),
            on("SELECT, UPDATE", "site_stats"),
        )),
        Purpose("`absent`, up to 1.38", "absent", (
            on("SELECT", "revision_actor_temp"),
        ), beside="the line above"),
        Purpose("every line that writes, with `$wgMainCacheType = CACHE_DB`", "write", (
            on("SELECT, DELETE", "objectcache"),
        )),
        Purpose("every line that writes, on PostgreSQL and MySQL", "write postgresql | write mysql", (
            on("UPDATE", "user"),
        ), after=", since rows are locked before they are changed", locks=True),
        Purpose(
            "names that releases take otherwise, up to 1.42 and without `mediawiki_version`",
            "read -mediawiki_version",
            (
                on("SELECT", "externallinks", "user_autocreate_serial"),
            ),
        ),
    ),
    lambda options: PLACES,
)
