# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables that have lost their keys, as after a bad import: what cannot be written, or would touch rows of others."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

from ansible_collections.auth.services.plugins.module_utils.account import Change, first_names
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki import actors
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.blocks import Blocks, blocks_of
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.groups import gains
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.log import names_performer
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction

# Tables whose rows MediaWiki's tables number, with the column
ACTOR_AND_COMMENT = {"actor": "actor_id", "comment": "comment_id"}
LOG = {**ACTOR_AND_COMMENT, "logging": "log_id", "recentchanges": "rc_id"}
REPAIR = "Give each row its own number, and restore the keys of the table"
NEW_ACCOUNT = {**LOG, "user": "user_id", "watchlist": "wl_id"}


class LostKeys:
    """The tables of one wiki that have lost keys."""

    def __init__(self, sql: Transaction, blocks: Blocks) -> None:
        self._sql, self._blocks = sql, blocks

    @functools.cached_property
    def no_blocks(self) -> dict[str, str]:
        """Tables that keep blocks from being written, since they give new rows no number, with its column."""
        return self._lacking({**ACTOR_AND_COMMENT, **self._blocks.numbers})

    @functools.cached_property
    def no_log(self) -> dict[str, str]:
        """The same of the log."""
        return self._lacking(LOG)

    @functools.cached_property
    def no_account(self) -> dict[str, str]:
        """The same of new accounts."""
        return self._lacking(NEW_ACCOUNT)

    def _lacking(self, tables: Mapping[str, str]) -> dict[str, str]:
        sql = self._sql
        return {name: column for name, column in tables.items()
                if sql.has_table(name) and not sql.database.kind.gives_numbers(sql.table(name).c[column])}

    def problems(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        """What must not be written: the name as it was typed, and a sentence."""
        problems = []
        for change in changes:
            gaining = change.action == "enabled" or (change.action == "updated" and gains(change))
            lacking = self.no_account if change.creates else self.no_log if gaining else {}
            if lacking:
                problems.append((change.declared.typed, f"{_without_number(lacking)}. Repair their keys first"))
        return problems + self._shared_blocks(changes) + self._shared_actors(changes)

    def _shared_blocks(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        lifted = [(change, block) for change in changes if change.action in ("enabled", "removed")
                  for block in blocks_of(change) if block.ours or change.removes]
        shared = self._blocks.shared([block for _change, block in lifted])
        tables = " or ".join(self._blocks.numbers)
        return [(change.declared.typed, (f"other rows of {tables} have the number of its block, so it cannot be lifted"
                                         f" alone. {REPAIR}"))
                for change, block in lifted if block in shared]

    def _shared_actors(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        removed = {change.id: change.declared.typed for change in changes if change.removes}
        if not removed:
            return []
        numbers = actors.numbers(self._sql, removed)
        alone = self._sql.alone(self._sql.table("actor"), "actor_id", numbers.values())
        return [(removed[user], (f"table actor has several rows with its actor_id {number}, so nobody can tell what it"
                                 f" wrote. {REPAIR}"))
                for user, number in numbers.items() if number not in alone]

    def warn(self, changes: Sequence[Change]) -> None:
        """Warn of accounts that are disabled without a block, or changed without an entry in the log."""
        shut = [change.name for change in changes if change.action == "disabled"]
        if shut and self.no_blocks:
            self._sql.warnings.append(
                f"Disabled without a block: {first_names(shut)}, since {_without_number(self.no_blocks)}.")
        logged = [change.name for change in changes if names_performer(change)]
        if logged and self.no_log:
            self._sql.warnings.append(
                f"Not in the wiki's log: {first_names(logged)}, since {_without_number(self.no_log)}.")


def _without_number(tables: Mapping[str, str]) -> str:
    shown = ", ".join(f"{column} of {name}" for name, column in sorted(tables.items()))
    return f"the database no longer numbers new rows ({shown})"
