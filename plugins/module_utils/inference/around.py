# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands around the accounts: groups and who is in them, the role, what to empty when an account is disabled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.inference import slots
from ansible_collections.auth.services.plugins.module_utils.inference.account import Accounts
from ansible_collections.auth.services.plugins.module_utils.inference.kinds import kind
from ansible_collections.auth.services.plugins.module_utils.inference.names import Names, stem_of
from ansible_collections.auth.services.plugins.module_utils.inference.result import Account, Reference
from ansible_collections.auth.services.plugins.module_utils.inference.words import (
    PERSON_TABLES,
    glued,
    listed,
    singular,
    split,
)

NOT_MEMBERS = listed(
    """request invite invitation moderator notification permission favorite favourite follow follower watch log
    history event message read subscription subscribe archive ban banned block vote file image setting preference
    token session policy rule limit comment post topic reaction like mention queue mail email report"""
)
JOINING = listed("map mapping user group role assignment rel relation join to has link access team")
GROUP_NAME = (
    "name",
    "title",
    "displayname",
    "label",
    "groupname",
    "rolename",
    "code",
    "slug",
    "identifier",
    "description",
)


class Around:
    """Groups, roles and keys around a table of accounts."""

    def __init__(self, names: Names, accounts: Accounts, references: Iterable[Reference], account: Account) -> None:
        self.names = names
        self.accounts = accounts
        self.account = account
        self.by_table: dict[str, list[Reference]] = defaultdict(list)
        for one in references:
            if len(one.columns) == 1 and one.to_table in names.tables:
                self.by_table[one.table].append(one)
        self.homes = {account.table}

    def group_weight(self, table: str) -> float:
        words = [singular(one) for one in self.names.short[table]]
        while len(words) > 1 and words[-1] in slots.FILLERS:
            words = words[:-1]
        if not words:
            return 0
        weight = max(slots.GROUPS.get(words[-1], 0), slots.GROUPS.get(glued(tuple(words[-2:])), 0))
        if not weight and words[-1].endswith(("group", "grp", "role")) and len(words[-1]) > 4:
            weight = 4.0
        people = set(words[:-1]) & PERSON_TABLES
        return weight + (0.5 if people else -0.8 * len(words[:-1]) if weight else 0)

    def membership(self) -> tuple[dict[str, Any] | None, str | None]:
        """The table that joins accounts and groups, and the table of groups."""
        best: tuple[float, dict[str, Any], str] | None = None
        for name, refs in sorted(self.by_table.items()):
            if name in self.homes or self.names.tables[name].is_view:
                continue
            people = [one for one in refs if one.to_table in self.homes]
            groups = [
                one
                for one in refs
                if one.to_table not in self.homes
                and one.to_table != name
                and self.group_weight(one.to_table) > 0
                and not self._groups_of(one.to_table, name)
            ]
            if not groups:
                continue
            if not people:
                people = self._unsaid(name)
            if not people:
                continue
            for group in groups:
                score = self._joins(name, people[0], group)
                if best is None or score > best[0]:
                    best = (
                        score,
                        {"table": name, "account": self._main(people).columns[0], "group": group.columns[0]},
                        group.to_table,
                    )
        return (best[1], best[2]) if best and best[0] >= 4.0 else (None, None)

    def _groups_of(self, group: str, table: str) -> bool:
        """Whether groups are called after the rows that they group, which are no people: invoice_groups of invoices."""
        words = [singular(one) for one in self.names.short[group][:-1]]
        return (
            bool(words)
            and words == [singular(one) for one in self.names.short[table]]
            and not set(words) & (PERSON_TABLES | {"member", "membership"})
        )

    def _unsaid(self, table: str) -> list[Reference]:
        """Where the account's column of a table of members is not told by its name: member_id of any kind."""
        words = {singular(one) for one in self.names.short[table]}
        if not words & {"member", "membership"}:
            return []
        known = {one.columns[0] for one in self.by_table[table]}
        for column in self.names.tables[table].columns:
            if (
                column.name not in known
                and set(split(column.name)) & {"member", "user", "table", "principal"}
                and stem_of(split(column.name)) != split(column.name)
            ):
                return [Reference(table, (column.name,), self.account.table, (self.account.key or "",), 0.4)]
        return []

    def _joins(self, name: str, person: Reference, group: Reference) -> float:
        table = self.names.tables[name]
        words = [singular(one) for one in self.names.short[name]]
        score = self.group_weight(group.to_table)
        # the words of both ends say nothing of what the rows are
        ends = {singular(one) for end in (person, group) for one in self.names.short[end.to_table]}
        left = set(words) - ends
        score -= 7.0 * len(left & NOT_MEMBERS)
        says = bool(set(words[-1:]) & JOINING) or bool(left & {"map", "mapping", "assignment", "to", "has"})
        both = "".join(words)
        joined = not left or all(
            any(one in both for one in (glued(self.names.short[end.to_table]), stem))
            for end, stem in ((person, "user"), (group, "-"))
        )
        if left & {"member", "membership"}:
            score += 2.5
        elif joined or says:
            score += 1.5
        if self.group_weight(group.to_table) in (5.5, 6.0) and any(
            one.to_table not in (person.to_table, group.to_table) and self.group_weight(one.to_table) >= 2
            for one in self.by_table[name]
        ):
            score -= 2.0
        others = len(table.columns) - 2
        score += 1.0 if others <= 2 else 0.5 if others <= 4 else -0.25 * min(others - 4, 10)
        keys = [set(one) for one in (table.primary_key, *table.unique)]
        pair = {person.columns[0], group.columns[0]}
        keyed = 1.5 if pair in keys else 0.7 if any(pair <= one for one in keys) else 0
        score += keyed
        if not keyed and not joined and not says and not left & {"member", "membership"}:
            score -= 3.0
        if (
            glued(stem_of(split(person.columns[0]))) not in ("user", "account", "member")
            and not set(split(person.columns[0])) & PERSON_TABLES
        ):
            score -= 1.0
        return score

    def _main(self, people: list[Reference]) -> Reference:
        """Of several columns the one that says whose row it is, not who created it."""
        return min(
            people,
            key=lambda one: (
                not set(split(one.columns[0]))
                & {"user", "userid", "owner", "member", "account", "uid", "username", "login"},
                -one.score,
            ),
        )

    def role(self) -> tuple[dict[str, Any] | None, str | None]:
        """The column of the account that says its role, and the table that it refers to."""
        table = self.account.table
        own = {one.columns[0]: one for one in self.by_table[table]}
        best: tuple[float, str, str | None] | None = None
        for column in self.names.tables[table].columns:
            if (
                column.name in (self.account.login, self.account.password, self.account.email)
                or kind(column.type).family == "time"
            ):
                continue
            reference = own.get(column.name)
            score, to = 0.0, None
            if reference and reference.to_table != table:
                score, to = self.group_weight(reference.to_table), reference.to_table
                extra = [one for one in self.names.short[reference.to_table][:-1] if singular(one) not in PERSON_TABLES]
                score = score + 1 if score >= 3.2 and len(extra) < 2 else 0
            plain = self.accounts.plain(table, column.name)
            if (
                plain & {"access", "level"}
                and kind(column.type).family == "number"
                and kind(column.type).size > 2
                and self.names.schema.strict
            ):
                continue
            if plain & slots.ROLE_COLUMNS and kind(column.type).family in (
                "text",
                "number",
                "enum",
                "uuid",
                "other",
                "document",
            ):
                score = max(score, 5.0 if plain & {"role", "roles", "userrole", "usergroup"} else 3.5)
            if score and (best is None or score > best[0]):
                best = (score, column.name, to)
        return ({"column": best[1], "to": best[2]}, best[2]) if best and best[0] >= 3 else (None, None)

    def group(self, table: str | None) -> dict[str, Any] | None:
        if table is None:
            return None
        text = [column.name for column in self.names.tables[table].columns if kind(column.type).family == "text"]
        by_name = {plain: name for name in reversed(text) for plain in self.accounts.plain(table, name)}
        name = next((by_name[one] for one in GROUP_NAME if one in by_name), text[0] if text else None)
        return {"table": table, "key": self.names.keys[table], "name": name}

    def on_disable(self) -> list[dict[str, str]]:
        """Tables whose rows let somebody in without the password."""
        result = []
        for name, refs in sorted(self.by_table.items()):
            words = [singular(one) for one in self.names.short[name]]
            if name in self.homes or not holds_access(words, set(self.names.columns[name])):
                continue
            people = [one for one in refs if one.to_table in self.homes]
            if people:
                result.append({"table": name, "column": self._main(people).columns[0]})
        return result


def holds_access(words: list[str], columns: set[str]) -> bool:
    """Whether a table's name says that it holds sessions, tokens or keys."""
    text = "".join(words)
    if set(words) & {
        "provider",
        "client",
        "config",
        "setting",
        "type",
        "scope",
        "log",
        "history",
        "request",
        "permission",
        "audit",
    } and not set(words) & {"reset"}:
        return False
    if set(words) & slots.HOLDS_ACCESS or text.endswith(("session", "token", "apikey", "authkey")):
        return True
    if "key" in words and set(words) & {"api", "auth", "session", "access", "ssh", "user", "authorized"}:
        return True
    if "oauth" in text and set(words) & {"code", "grant"}:
        return True
    if "password" in words and set(words) & {"reset", "tmp", "temp", "app", "temporary", "application"}:
        return True
    return "authorize" in words or (
        "device" in words and any("token" in one.lower() or one == "device_id" for one in columns)
    )
