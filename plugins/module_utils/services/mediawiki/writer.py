# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes changes of accounts into MediaWiki's tables: the rows that the application itself would write."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import Change
from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.php import serialize
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki import actors
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki import log as wiki_log
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.actors import Performer
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.blocks import (
    FLAGS,
    OURS,
    RESTRICTION_TABLES,
    Blocks,
    blocks_of,
)
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.log import (
    USER_NAMESPACE,
    Entry,
    Log,
    names_performer,
)
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.passwords import MAX_HASH_BYTES
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.removal import (
    OWN_ROWS,
    REMOVE_TABLES,
    Removal,
)
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.rows import LOCK, LONG_LOCK
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction, columns_by_table

Tables = Mapping[str, Sequence[str]]

UPDATE_TABLES: Tables = {
    "user": ("user_email_token", "user_email_token_expires", "user_password_expires"),
    "bot_passwords": ("bp_user", "bp_password"),
}
CREATE_TABLES: Tables = {
    "user": ("user_email_token", "user_registration", "user_editcount"),
    "site_stats": ("ss_row_id", "ss_users"),
    "watchlist": ("wl_user", "wl_namespace", "wl_title"),
}
GROUP_TABLES: Tables = {"user_former_groups": ("ufg_user", "ufg_group")}

# Keys of MediaWiki's cache of a user's row (User::getCacheKey) in the table that $wgMainCacheType CACHE_DB uses.
CACHE_KEYS = tuple("WANCache:global:user:id:{domain}:{id}|#|" + kind for kind in "vitm")


def needed_tables(changes: Sequence[Change], by_performer: bool) -> dict[str, Sequence[str]]:
    """The tables and columns that these changes need beside those that reading does."""
    actions = {change.action for change in changes}
    logged = any(names_performer(change) for change in changes)
    wanted: list[Tables] = []
    if actions - {"created", "removed"}:
        wanted.append(UPDATE_TABLES)
    if "created" in actions:
        wanted.append(CREATE_TABLES)
    if "removed" in actions:
        wanted += [REMOVE_TABLES, columns_by_table(OWN_ROWS)]
    if any(change.groups is not None for change in changes):
        wanted.append(GROUP_TABLES)
    if logged or "created" in actions:
        wanted += [wiki_log.TABLES, wiki_log.SEARCH_TABLES]
    if logged or (by_performer and "created" in actions):
        wanted.append(wiki_log.RECENT_TABLES)
    if actions & {"disabled", "enabled"}:
        wanted.append(RESTRICTION_TABLES)
    needed: dict[str, Sequence[str]] = {}
    for tables in wanted:
        for name, columns in tables.items():
            needed[name] = (*needed.get(name, ()), *columns)
    return needed


class Writer:
    """Writes what goes with the changes of one transaction, beside the accounts' own rows.

    The order is that of its methods, which say when the rows of new, changed and removed accounts are written.

    :param performer: whom the log names; None for MediaWiki's own script
    :param logs: the log can be written
    :param blocked: blocks can be written
    """

    def __init__(
        self, sql: Transaction, blocks: Blocks, performer: Performer | None, now: str, *, logs: bool, blocked: bool
    ) -> None:
        self.sql, self.blocks, self.performer, self.now = sql, blocks, performer, now
        self.logs, self.blocked = logs, blocked
        self.log = Log(sql, now)
        self.actor: int | None = None
        self.entries: list[Entry] = []
        self.comments: dict[str, int] = {}

    def begin(self, created: Sequence[Change], kept: Sequence[Change]) -> None:
        """Before any account is written: the comments of the log and of blocks."""
        logged = [*created, *(change for change in kept if change.groups is not None or change.action != "updated")]
        if logged and (self.logs or self.blocked):
            self.comments = self.log.comments(_reason(change) for change in logged)

    def register(self, changes: Sequence[Change]) -> None:
        """After new accounts are written: what belongs to them beside their own rows."""
        if not changes:
            return
        sql = self.sql
        by_script = self.performer is None
        numbers = actors.create(sql, {change.id: change.name for change in changes})
        self._count_users(len(changes))
        # The account watches its own user page and talk page (AuthManager).
        sql.insert(sql.table("watchlist"), [
            {"wl_user": change.id, "wl_namespace": namespace, "wl_title": wiki_log.page_title(change.name)}
            for change in changes for namespace in (USER_NAMESPACE, USER_NAMESPACE + 1)
        ])
        for change in changes:
            params = {"4::userid": change.id}
            if by_script:  # as createAndPromote.php: the account's own doing, and no recent change
                self._log(change, "newusers", "autocreate", params, actor=numbers[change.name], recent=False)
            else:
                self._log(change, "newusers", "create2", params)

    def follow(self, created: Sequence[Change], kept: Sequence[Change]) -> None:
        """After new and changed accounts are written: what goes with their changes."""
        if kept:
            self._write_bot_passwords(kept)
        self._log_groups([change for change in (*created, *kept) if change.groups is not None])
        self._block([change for change in kept if change.action == "disabled"])
        self._unblock([change for change in kept if change.action == "enabled"])

    def forget(self, changes: Sequence[Change], removal: Removal) -> None:
        """Before accounts are removed: what tells of them, beside the rows that are theirs."""
        self.blocks.delete([block for change in changes for block in blocks_of(change)])
        removal.delete()
        self._count_users(-len(changes))

    def finish(self, changes: Sequence[Change]) -> None:
        """At the end: the log.

        :param changes: of accounts that are changed or removed
        """
        self.log.write(self.entries)
        self._purge_cache(change.id for change in changes)

    def _count_users(self, more: int) -> None:
        stats = self.sql.table("site_stats")
        total = stats.c.ss_users + more
        self.sql.connection.execute(sa.update(stats).where(stats.c.ss_row_id == 1).values(ss_users=total))

    def _actor(self) -> int:
        """Whom the log names; created the first time it is needed."""
        if self.actor is None:
            self.actor = actors.number_of(self.sql, self.performer, self.now)
        return self.actor

    def _log(self, change: Change, kind: str, action: str, params: Any, **more: Any) -> None:
        if not self.logs:
            return
        entry = {"actor": more.pop("actor", None) or self._actor(), "comment": self.comments[_reason(change)], **more}
        self.entries.append(Entry(kind, action, change.name, params=serialize(params), **entry))

    def _write_bot_passwords(self, changes: Sequence[Change]) -> None:
        table = self.sql.table("bot_passwords")
        # As text, so that the server can cut it and put it together.
        stored = sa.type_coerce(table.c.bp_password, sa.Text())
        marked = sa.func.substr(stored, 1, len(LOCK)) == LOCK
        long = sa.func.length(stored) > MAX_HASH_BYTES - len(LOCK)
        long_marked = sa.and_(long, sa.func.substr(stored, 1, 1) == LONG_LOCK)
        cleared = [change.id for change in changes if change.new_password]
        self._set_bot_passwords(cleared, "")  # BotPassword::invalidateAllPasswordsForUser
        locked = [change.id for change in changes if change.action == "disabled"]
        with_mark = sa.case(
            (long, sa.literal(LONG_LOCK, sa.Text()) + sa.func.substr(stored, 2)),
            else_=sa.literal(LOCK, sa.Text()) + stored,
        )
        self._set_bot_passwords(locked, with_mark, sa.not_(marked), sa.not_(long_marked), table.c.bp_password != "")
        unlocked = [change.id for change in changes if change.action == "enabled"]
        self._set_bot_passwords(unlocked, sa.func.substr(stored, len(LOCK) + 1), marked)
        without_long_mark = sa.literal(":", sa.Text()) + sa.func.substr(stored, 2)
        self._set_bot_passwords(unlocked, without_long_mark, long_marked)

    def _set_bot_passwords(self, users: Iterable[Any], value: Any, *where: Any) -> None:
        table = self.sql.table("bot_passwords")
        self.sql.update(table, "bp_user", {user: {"bp_password": value} for user in users}, *where)

    def _log_groups(self, changes: Sequence[Change]) -> None:
        # UserGroupAssignmentService::addLogEntry of 1.45, which took rc_new away
        in_order = bool(changes) and "rc_new" not in self.sql.table("recentchanges").c
        for change in changes:
            old = change.account.groups if change.account else {}
            self._log(change, "rights", "rights", _rights_params(old, change.groups or {}, in_order))
        self._remember_former_groups({(change.id, group) for change in changes for group in change.lost_groups})

    def _remember_former_groups(self, left: Collection[tuple[Any, str]]) -> None:
        """So that autopromotion does not give them back (UserGroupManager::removeUserFromGroup)."""
        if not left:
            return
        table = self.sql.table("user_former_groups")
        statement = sa.select(table.c.ufg_user, table.c.ufg_group)
        known = {tuple(row) for row in self.sql.select_in(statement, table.c.ufg_user, {user for user, _group in left})}
        self.sql.insert(table, [{"ufg_user": user, "ufg_group": group} for user, group in sorted(set(left) - known)])

    def _block(self, changes: Sequence[Change]) -> None:
        """Block the accounts that do not have a block in force."""
        now, blocks = self.now, self.blocks
        changes = [change for change in changes if not any(block.live(now) for block in blocks_of(change))]
        if not changes or not self.blocked:
            return
        expired = [block for change in changes for block in blocks_of(change)]
        shared = blocks.shared(expired)
        blocks.delete([block for block in expired if block not in shared])
        comments = self.log.comments({_reason(change) for change in changes}, OURS)
        reasons = {change.id: comments[_reason(change)] for change in changes}
        ids = blocks.insert({change.id: change.name for change in changes}, self._actor(), reasons, now)
        settings = {"5::duration": "infinity", "6::flags": FLAGS, "sitewide": True}
        for change in changes:
            if change.id in ids:
                number = ids[change.id]
                self._log(change, "block", "block", {**settings, **self._block_id(number)}, block=number)

    def _unblock(self, changes: Sequence[Change]) -> None:
        """Lift the blocks that disabling created, and no other."""
        ours = [(change, block) for change in changes for block in blocks_of(change) if block.ours]
        self.blocks.delete([block for _change, block in ours])
        for change, block in ours:
            self._log(change, "block", "unblock", self._block_id(block.id), block=block.id)

    def _block_id(self, number: int) -> dict[str, int]:
        # Since 1.44, which brought the table filerevision, the log names the block.
        return {"blockId": number} if self.sql.has_table("filerevision") else {}

    def _purge_cache(self, users: Iterable[Any]) -> None:
        """Drop the cached copies of the accounts; with CACHE_DB nobody could log in before they expire."""
        if not self.sql.has_table("objectcache"):
            return
        domain = _domain(self.sql.database.options["login_db"], self.sql.database.schema, self.sql.database.prefix)
        keys = [key.format(domain=domain, id=user) for user in users for key in CACHE_KEYS]
        self.sql.delete_in(self.sql.table("objectcache"), "keyname", keys)


def _reason(change: Change) -> str:
    return change.declared.arguments.get("reason") or ""


def _rights_params(old: Mapping[str, Any], new: Mapping[str, Any], in_order: bool) -> dict[str, Any]:
    """Parameters of a rights log row (SpecialUserRights::addLogEntry).

    :param in_order: both lists are sorted; otherwise what is added comes last
    """
    before = sorted(old)
    kept, added = [group for group in before if group in new], [group for group in new if group not in old]
    after = sorted(new) if in_order else [*kept, *added]
    return {
        "4::oldgroups": before,
        "5::newgroups": after,
        "oldmetadata": [{"expiry": old[group]} for group in before],
        "newmetadata": [{"expiry": new[group]} for group in after],
    }


def _domain(database: str, db_schema: str | None, prefix: str) -> str:
    """How MediaWiki names a wiki in its cache keys (DatabaseDomain::getId)."""
    parts = filter(None, (database, prefix)) if db_schema is None else (database, db_schema, prefix)
    return "-".join(part.replace("?", "??").replace("-", "?h") for part in parts)
