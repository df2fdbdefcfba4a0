# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Removing accounts from MediaWiki: what keeps an account from being removed, and the rows that go with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import Change
from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki import actors
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.blocks import RESTRICTION_TABLES
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.log import USER_NAMESPACE, page_title
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction

OLD_AUTHORS = "revision_actor_temp"
"""Where the author of a revision is up to 1.38; revision.rev_actor is 0 then."""

# Columns that name an actor; their rows would vanish from every list with the actor (inner joins on it).
# The log and recent changes count without the account's own creation. As removeUnusedAccounts.php has it, plus
# blocks and recent changes.
ACTOR_REFERENCES = (
    ("revision", "rev_actor"),
    ("archive", "ar_actor"),
    ("image", "img_actor"),
    ("oldimage", "oi_actor"),
    ("filearchive", "fa_actor"),
    ("logging", "log_actor"),
    ("recentchanges", "rc_actor"),
)
ACTOR_REFERENCES_OF_RELEASES = (
    (OLD_AUTHORS, "revactor_actor"),  # up to 1.38
    ("filerevision", "fr_actor"),  # from 1.44
    ("ipblocks", "ipb_by_actor"),  # up to 1.42
    ("block", "bl_by_actor"),  # from 1.42
)
CREATION = {"logging": "log_type", "recentchanges": "rc_log_type"}
USER_REFERENCES = (
    ("filearchive", "fa_deleted_user"),
    ("protected_titles", "pt_user"),
    ("uploadstash", "us_user"),
)
USER_REFERENCES_OF_RELEASES = (("page_restrictions", "pr_user"),)  # up to 1.37
# What belongs to the account alone, beside its memberships. removeUnusedAccounts.php forgets bot_passwords, watchlist
# and user_newtalk.
OWN_ROWS = (
    ("user_former_groups", "ufg_user"),
    ("user_properties", "up_user"),
    ("bot_passwords", "bp_user"),
    ("watchlist", "wl_user"),
    ("user_newtalk", "user_id"),
    ("actor", "actor_user"),
)
# Every release has these: without the privilege to read them, an account with edits would seem unused.
REMOVE_TABLES = {
    **{table: (column,) for table, column in (*ACTOR_REFERENCES, *USER_REFERENCES, *OWN_ROWS)},
    "page_restrictions": (),
    "watchlist_expiry": ("we_item",),
    **RESTRICTION_TABLES,
    "logging": ("log_id", "log_type", "log_actor", "log_namespace", "log_title"),
    "log_search": ("ls_log_id",),
    "recentchanges": ("rc_actor", "rc_log_type", "rc_namespace", "rc_title"),
    "site_stats": ("ss_row_id", "ss_users"),
}


class Removal:
    """Removes accounts within one transaction.

    :param changes: that remove them
    """

    def __init__(self, sql: Transaction, changes: Sequence[Change]) -> None:
        self.sql = sql
        self.names = {change.id: change.name for change in changes}
        self.actors = actors.numbers(sql, self.names)

    def references(self) -> dict[int, dict[str, int]]:
        """Number of rows by table that refer to an account, by user id; accounts without any are left out."""
        self._check_old_authors()
        user_of = {actor: user for user, actor in self.actors.items()}
        created = {name: self._not_creation(name, column) for name, column in CREATION.items()}
        written = self._there(ACTOR_REFERENCES + ACTOR_REFERENCES_OF_RELEASES)
        found = self.sql.count_references(self._there(USER_REFERENCES + USER_REFERENCES_OF_RELEASES), self.names)
        for actor, tables in self.sql.count_references(written, user_of, created).items():
            found[user_of[actor]] = {**found.get(user_of[actor], {}), **tables}
        return found

    def _there(self, columns: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Those of the columns that this release has; the plan has made sure of those that every release has."""
        sql = self.sql
        return [(name, column) for name, column in columns
                if sql.has_table(name) and column in sql.table(name).c]

    def _not_creation(self, name: str, column: str) -> Any:
        kind = self.sql.table(name).c[column]
        return sa.or_(kind.is_(None), kind != "newusers")

    def _check_old_authors(self) -> None:
        revision = self.sql.table("revision")
        statement = sa.select(revision.c.rev_id).where(revision.c.rev_actor == 0).limit(1)
        if self.sql.connection.execute(statement).first() is not None:
            self.sql.require({OLD_AUTHORS: ()})

    def delete(self) -> None:
        """Delete what tells of the accounts, beside the rows that are theirs."""
        self._delete_creation_log()
        self._delete_watchlist_expiry()

    def _delete_creation_log(self) -> None:
        """Log rows that tell of the creation: about the accounts, and by them."""
        sql, log, recent = self.sql, self.sql.table("logging"), self.sql.table("recentchanges")
        created = log.c.log_type == "newusers"
        titles = [page_title(name) for name in self.names.values()]
        about, by = (created, log.c.log_namespace == USER_NAMESPACE), self.actors.values()
        ids = {row[0] for row in sql.select_in(sa.select(log.c.log_id).where(*about), log.c.log_title, titles)}
        ids |= {row[0] for row in sql.select_in(sa.select(log.c.log_id).where(created), log.c.log_actor, by)}
        sql.delete_in(sql.table("log_search"), "ls_log_id", sql.alone(log, "log_id", ids))
        sql.delete_in(log, "log_title", titles, *about)
        sql.delete_in(log, "log_actor", by, created)
        created = recent.c.rc_log_type == "newusers"
        sql.delete_in(recent, "rc_title", titles, created, recent.c.rc_namespace == USER_NAMESPACE)
        sql.delete_in(recent, "rc_actor", by, created)

    def _delete_watchlist_expiry(self) -> None:
        watchlist = self.sql.table("watchlist")
        watched = sa.select(watchlist.c.wl_id)
        ids = {row[0] for row in self.sql.select_in(watched, watchlist.c.wl_user, self.names)}
        alone = self.sql.alone(watchlist, "wl_id", ids)
        self.sql.delete_in(self.sql.table("watchlist_expiry"), "we_item", alone)
