# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What MediaWiki's log says about changes of accounts: ``logging``, ``log_search``, ``recentchanges``, ``comment``."""

from __future__ import annotations

import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ansible_collections.auth.services.plugins.module_utils.account import Change
from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction

USER_NAMESPACE = 2

TABLES = {
    "logging": ("log_id", "log_type", "log_action", "log_timestamp", "log_actor", "log_namespace", "log_title",
                "log_page", "log_comment_id", "log_params", "log_deleted"),
    "comment": ("comment_id", "comment_hash", "comment_text", "comment_data"),
    "actor": ("actor_id", "actor_user", "actor_name"),
}
SEARCH_TABLES = {"log_search": ("ls_field", "ls_value", "ls_log_id")}
RECENT_TABLES = {
    "recentchanges": ("rc_timestamp", "rc_actor", "rc_namespace", "rc_title", "rc_comment_id", "rc_bot", "rc_source",
                      "rc_patrolled", "rc_ip", "rc_logid", "rc_log_type", "rc_log_action", "rc_params"),
    "watchlist": ("wl_user", "wl_namespace", "wl_title", "wl_notificationtimestamp"),
}


@dataclass(frozen=True)
class Entry:
    """One event about one account.

    :ivar name: the account it is about
    :ivar actor: who did it
    :ivar comment: id of the comment
    :ivar params: as PHP serializes them
    :ivar block: id of the block that the event is about
    :ivar recent: also shown among the recent changes
    """

    type: str
    action: str
    name: str
    actor: int
    comment: int
    params: str
    block: int | None = None
    recent: bool = True


def page_title(name: str) -> str:
    """The account's user page, as titles are stored."""
    return name.replace(" ", "_")


def names_performer(change: Change) -> bool:
    """Whether the log names who made the change, with or without the option performer."""
    return change.groups is not None or change.switches


class Log:
    """Writes log rows of one transaction."""

    def __init__(self, sql: Transaction, now: str) -> None:
        self.sql = sql
        self.now = now

    def comments(self, texts: Iterable[str], data: str | None = None) -> dict[str, int]:
        """Ids of comments, created where no equal one exists (CommentStore::createComment)."""
        texts = set(texts)
        table = self.sql.table("comment")
        statement = sa.select(table.c.comment_text, table.c.comment_id).order_by(table.c.comment_id.desc())
        statement = statement.where(table.c.comment_data.is_(None) if data is None else table.c.comment_data == data)
        statement = statement.where(table.c.comment_text.in_(texts))
        hashes = {_comment_hash(text, data) for text in texts}
        found = dict(tuple(row) for row in self.sql.select_in(statement, table.c.comment_hash, hashes))
        rows = [{"comment_hash": _comment_hash(text, data), "comment_text": text, "comment_data": data}
                for text in texts if text not in found]
        found.update(self.sql.insert_numbered(table, rows, "comment_id", "comment_text"))
        return {text: found[text] for text in texts}

    def write(self, entries: Sequence[Entry]) -> None:
        """Write log rows, and what makes them show up in searches and recent changes."""
        kinds: dict[tuple[str, str], list[Entry]] = {}
        for entry in entries:
            kinds.setdefault((entry.type, entry.action), []).append(entry)
        for group in kinds.values():
            ids = self.sql.insert_numbered(
                self.sql.table("logging"), [self._log_row(entry) for entry in group], "log_id", "log_title"
            )
            search = [{"ls_field": "ipb_id", "ls_value": str(entry.block), "ls_log_id": ids[page_title(entry.name)]}
                      for entry in group if entry.block is not None]
            if search:
                self.sql.insert(self.sql.table("log_search"), search)
            recent = [self._recent_row(entry, ids[page_title(entry.name)]) for entry in group if entry.recent]
            if recent:
                self.sql.insert(self.sql.table("recentchanges"), recent)
                self._notify_watchers([entry for entry in group if entry.recent])

    def _notify_watchers(self, entries: Sequence[Entry]) -> None:
        """Who watches a user page sees from now on that something is new there (WatchedItemStore)."""
        actor, watchlist = self.sql.table("actor"), self.sql.table("watchlist")
        performers = {entry.actor for entry in entries}
        users = self.sql.select_in(sa.select(actor.c.actor_user), actor.c.actor_id, performers)
        unseen = (
            watchlist.c.wl_namespace == USER_NAMESPACE,
            watchlist.c.wl_notificationtimestamp.is_(None),
            watchlist.c.wl_user.not_in([row[0] for row in users]),
        )
        rows = {page_title(entry.name): {"wl_notificationtimestamp": self.now} for entry in entries}
        self.sql.update(watchlist, "wl_title", rows, *unseen)

    def _log_row(self, entry: Entry) -> dict[str, object]:
        return {"log_type": entry.type, "log_action": entry.action, "log_timestamp": self.now, "log_actor": entry.actor,
                "log_namespace": USER_NAMESPACE, "log_title": page_title(entry.name), "log_page": 0,
                "log_comment_id": entry.comment, "log_params": entry.params, "log_deleted": 0}

    def _recent_row(self, entry: Entry, log_id: int) -> dict[str, object]:
        row = {
            "rc_timestamp": self.now,
            "rc_actor": entry.actor,
            "rc_namespace": USER_NAMESPACE,
            "rc_title": page_title(entry.name),
            "rc_comment_id": entry.comment,
            **dict.fromkeys(("rc_minor", "rc_bot", "rc_new", "rc_cur_id", "rc_this_oldid", "rc_last_oldid"), 0),
            "rc_type": 3,  # RC_LOG
            "rc_source": "mw.log",
            "rc_patrolled": 2,  # RecentChange::PRC_AUTOPATROLLED
            "rc_ip": "127.0.0.1",
            "rc_deleted": 0,
            "rc_logid": log_id,
            "rc_log_type": entry.type,
            "rc_log_action": entry.action,
            "rc_params": entry.params,
        }
        # Later releases drop rc_type and rc_new.
        columns = self.sql.table("recentchanges").c
        return {name: value for name, value in row.items() if name in columns}


def _comment_hash(text: str, data: str | None) -> int:
    # CommentStore::hash, as the signed number that the column takes.
    value = binascii.crc32(text.encode(errors="surrogateescape")) ^ binascii.crc32((data or "").encode())
    return value - (1 << 32) if value >= 1 << 31 else value
