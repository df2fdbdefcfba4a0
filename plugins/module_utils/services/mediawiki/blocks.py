# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""MediaWiki's blocks on accounts, in both schemas: ``ipblocks`` up to 1.42, ``block`` and ``block_target`` from
1.43."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import Change, first_names
from ansible_collections.auth.services.plugins.module_utils.columns import Unreadable, sa
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.schema import INFINITY
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction

# Everything that a block can forbid, but no autoblock: it would hit everybody behind the same proxy.
SETTINGS = {"anon_only": 0, "create_account": 1, "enable_autoblock": 0, "block_email": 1, "allow_usertalk": 0,
            "deleted": 0, "sitewide": 1, "parent_block_id": None}
FLAGS = "nocreate,noautoblock,noemail,nousertalk"
"""The same in the words of a log row."""

OURS = '{"auth.services":"disabled"}'
"""comment_data of the reason of a block that ``state=disabled`` created.

MediaWiki keeps such data beside the text of a comment and shows the text alone (CommentStore). It tells our
block from one that somebody created in the wiki, also after the password was changed there. Only ours is lifted."""
RESTRICTION_TABLES = {"ipblocks_restrictions": ("ir_ipb_id",)}


@dataclass(frozen=True)
class Block:
    """A block on an account.

    :ivar target: ``bt_id`` of its row in ``block_target``; None in the old schema
    """

    id: int
    user: int
    target: int | None
    expiry: str
    sitewide: bool
    ours: bool

    def live(self, now: str) -> bool:
        """Whether it is in force."""
        return isinstance(self.expiry, str) and not isinstance(self.expiry, Unreadable) and self.expiry > now


class Blocks:
    """``block`` and ``block_target``, 1.43 and later."""

    name, prefix, owner = "block", "bl_", "target"
    numbers = {"block": "bl_id", "block_target": "bt_id"}
    tables: Mapping[str, Sequence[str]] = {
        "block": ("bl_id", "bl_target", "bl_by_actor", "bl_reason_id", "bl_timestamp", "bl_expiry",
                  *(f"bl_{name}" for name in SETTINGS)),
        "block_target": ("bt_id", "bt_user", "bt_user_text", "bt_auto", "bt_count"),
    }

    def __init__(self, sql: Transaction) -> None:
        self.sql = sql
        self.table = sql.table(self.name)

    def column(self, name: str) -> Any:
        """A column of the block's row by its name without prefix."""
        return self.table.c[self.prefix + name]

    def _select(self) -> tuple[Any, Any]:
        """Blocks on accounts, autoblocks left out, and the column that holds the account's id."""
        targets = self.sql.table("block_target")
        comment = self.sql.table("comment")
        statement = (
            sa.select(self.column("id"), targets.c.bt_user, targets.c.bt_id, self.column("expiry"),
                      self.column("sitewide"), comment.c.comment_data == OURS)
            .join_from(self.table, targets, self.column("target") == targets.c.bt_id)
            .join(comment, self.column("reason_id") == comment.c.comment_id, isouter=True)
            .where(targets.c.bt_auto == 0, targets.c.bt_user.is_not(None))
        )
        return statement, targets.c.bt_user

    def read(self, users: Iterable[int] | None) -> dict[int, list[Block]]:
        """All blocks by user id, also expired ones; None for every account."""
        statement, column = self._select()
        found: dict[int, dict[Any, Block]] = {}
        for block_id, user, target, expiry, sitewide, ours in self.sql.select_in(statement, column, users):
            block = Block(block_id, user, target, expiry, bool(sitewide), bool(ours))
            # Twice where two comments have the number of its comment: nobody can tell then whose block it is.
            other = found.setdefault(user, {}).get((block_id, target, expiry, block.sitewide), block)
            found[user][block_id, target, expiry, block.sitewide] = replace(block, ours=block.ours and other.ours)
        return {user: list(blocks.values()) for user, blocks in found.items()}

    def lives(self, user: Any, now: str) -> Any:
        """In SQL, whether the user with an id is blocked, as ``Block.live`` says it; "infinity" is after any time."""
        statement, column = self._select()
        return statement.with_only_columns(column).where(column == user, self.column("expiry") > now).exists()

    def shared(self, blocks: Sequence[Block]) -> list[Block]:
        """Those of the blocks whose numbers other rows have too: they cannot be lifted without touching others."""
        alone = self.sql.alone(self.table, self.prefix + "id", [block.id for block in blocks])
        targets = [block.target for block in blocks if block.target is not None]
        of_one = self.sql.alone(self.sql.table("block_target"), "bt_id", targets) if targets else {None}
        return [block for block in blocks if block.id not in alone or block.target not in of_one]

    def insert(self, users: Mapping[int, str], by_actor: int, reason: Mapping[int, int], now: str) -> dict[int, int]:
        """Block accounts sitewide without an end.

        :param users: name by user id
        :param reason: comment id by user id
        :returns: block id by user id; without those whose block would be others' too
        """
        targets = self.sql.table("block_target")
        statement = sa.select(targets.c.bt_user, targets.c.bt_id).where(targets.c.bt_auto == 0)
        target_of = dict(tuple(row) for row in self.sql.select_in(statement, targets.c.bt_user, users))
        rows = [{"bt_user": user, "bt_user_text": name, "bt_auto": 0, "bt_count": 0}
                for user, name in users.items() if user not in target_of]
        target_of.update(self.sql.insert_numbered(targets, rows, "bt_id", "bt_user"))
        of_one = self.sql.alone(targets, "bt_id", target_of.values())
        users = {user: name for user, name in users.items() if target_of[user] in of_one}
        rows = [{**self._row(by_actor, reason[user], now), "bl_target": target_of[user]} for user in users]
        numbers = self.sql.insert_numbered(self.table, rows, "bl_id", "bl_target")
        self._count(target_of[user] for user in users)
        return {user: numbers[target_of[user]] for user in users}

    def _row(self, by_actor: int, reason: int, now: str) -> dict[str, Any]:
        values = {**SETTINGS, "by_actor": by_actor, "reason_id": reason, "timestamp": now, "expiry": INFINITY}
        return {self.prefix + name: value for name, value in values.items()}

    def delete(self, blocks: Sequence[Block]) -> None:
        """Delete blocks with their autoblocks and their restrictions, as lifting them in the wiki does.

        :param blocks: with numbers that no other row has
        """
        if not blocks:
            return
        children = self._children([block.id for block in blocks])
        ids = [block.id for block in blocks] + list(children)
        self.sql.delete_in(self.sql.table("ipblocks_restrictions"), "ir_ipb_id", ids)
        self.sql.delete_in(self.table, self.prefix + "id", ids)
        self._count([block.target for block in blocks] + list(children.values()))

    def _children(self, ids: Sequence[int]) -> dict[int, int]:
        """Target by id of the autoblocks that belong to blocks; without those whose numbers others have too."""
        statement = sa.select(self.column("id"), self.column(self.owner))
        found = dict(tuple(row) for row in self.sql.select_in(statement, self.column("parent_block_id"), ids))
        return {number: found[number] for number in self.sql.alone(self.table, self.prefix + "id", found)}

    def _count(self, targets: Iterable[Any]) -> None:
        """Bring ``bt_count`` up to date; a target without blocks goes."""
        ids = self.sql.alone(self.sql.table("block_target"), "bt_id", targets)
        counts = self.sql.count_in(self.table, "bl_target", ids)
        table = self.sql.table("block_target")
        self.sql.update(table, "bt_id", {target: {"bt_count": count} for target, count in counts.items()})
        self.sql.delete_in(table, "bt_id", ids - set(counts))


class OldBlocks(Blocks):
    """``ipblocks``, up to 1.42: one block an account, by a unique key."""

    name, prefix, owner = "ipblocks", "ipb_", "user"
    numbers = {"ipblocks": "ipb_id"}
    tables = {
        "ipblocks": ("ipb_id", "ipb_address", "ipb_user", "ipb_by_actor", "ipb_reason_id", "ipb_timestamp",
                     "ipb_auto", "ipb_expiry", "ipb_range_start", "ipb_range_end",
                     *(f"ipb_{name}" for name in SETTINGS)),
    }

    def _select(self) -> tuple[Any, Any]:
        comment = self.sql.table("comment")
        statement = (
            sa.select(self.column("id"), self.column("user"), sa.null(), self.column("expiry"),
                      self.column("sitewide"), comment.c.comment_data == OURS)
            .join_from(self.table, comment, self.column("reason_id") == comment.c.comment_id, isouter=True)
            .where(self.column("auto") == 0, self.column("user") != 0)
        )
        return statement, self.column("user")

    def insert(self, users: Mapping[int, str], by_actor: int, reason: Mapping[int, int], now: str) -> dict[int, int]:
        address = {"ipb_auto": 0, "ipb_range_start": "", "ipb_range_end": ""}
        rows = [{**self._row(by_actor, reason[user], now), **address, "ipb_user": user, "ipb_address": name}
                for user, name in users.items()]
        return self.sql.insert_numbered(self.table, rows, "ipb_id", "ipb_user")

    def _count(self, targets: Iterable[Any]) -> None:
        """The old schema counts nothing."""


def find_blocks(sql: Transaction) -> Blocks:
    """The blocks of a wiki, in the schema that it uses: 1.42 has both, and uses the old one.

    :raises SchemaError: when tables or columns are missing
    """
    kind = OldBlocks if sql.has_table("ipblocks") else Blocks
    there = any(map(sql.has_table, kind.tables))
    sql.require(kind.tables if there else {**OldBlocks.tables, **Blocks.tables})
    return kind(sql)


def blocks_of(change: Change) -> list[Block]:
    """The blocks of the account, before the change."""
    found: list[Block] = change.account.stored.properties["blocks"] if change.account else []
    return found


def warn_of_kept(sql: Transaction, changes: Sequence[Change], now: str) -> None:
    """Warn of accounts that are disabled and keep a block of the wiki's own that forbids less."""
    kept = [change.name for change in changes if change.action == "disabled"
            and any(block.live(now) and not (block.sitewide and block.expiry == INFINITY)
                    for block in blocks_of(change))]
    if kept:
        sql.warnings.append(
            f"{first_names(kept)} already had a block that is partial or expires. It was left as it is. The account"
            " cannot log in, but a session that the wiki has cached can do what the block allows for up to an hour."
        )
