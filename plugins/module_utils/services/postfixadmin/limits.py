# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a domain of Postfixadmin allows: how many mailboxes, and of what size (model/MailboxHandler.php)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import Change
from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.services.postfixadmin.addresses import domain_of
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction


class Domains:
    """The domains that changes are about, by name, as far as they are there.

    :ivar multiplier: bytes of a megabyte in Postfixadmin; None if it does not look at quotas
    """

    def __init__(self, sql: Transaction, multiplier: int | None, changes: Sequence[Change]) -> None:
        self.sql, self.multiplier = sql, multiplier
        self.domains = self._read({domain_of(change.name) for change in changes if not change.removes})

    def get(self, address: str) -> Mapping[str, Any] | None:
        """The domain of an address; None if it is not there."""
        return self.domains.get(domain_of(address))

    def _read(self, names: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        rows = self.sql.select_in(sa.select(self.sql.table("domain")), self.sql.table("domain").c.domain, names)
        numbers = ("mailboxes", "maxquota", "quota")
        return {row.domain.lower(): {**row._mapping, **{name: row._mapping[name] or 0 for name in numbers}}
                for row in rows}

    def too_many(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        """MailboxHandler::create_allowed: no more mailboxes than the domain may have."""
        limited = {name for name, domain in self.domains.items() if domain["mailboxes"]}
        more = Counter(domain_of(change.name) for change in changes if change.creates)
        less = Counter(domain_of(change.name) for change in changes if change.removes)
        found = self.sql.count_in(self.sql.table("mailbox"), "domain", limited & set(more))
        there = {name.lower(): number for name, number in found.items()}
        problems = []
        for change in changes:
            name = domain_of(change.name)
            if change.creates and name in limited:
                limit, before = max(self.domains[name]["mailboxes"], 0), there.get(name, 0)
                if before + more[name] - less[name] > limit:
                    text = f"the mailbox limit of domain {name!r} is {limit}; it has {before}, and {more[name]} are new"
                    problems.append((change.declared.typed, text))
        return problems

    def too_big(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        """MailboxHandler::check_quota, in megabytes of so many bytes."""
        multiplier = self.multiplier
        if not multiplier:
            return []
        wanted = [change for change in changes if change.creates or "quota" in change.values]
        used = self._used_quota({domain_of(change.name) for change in wanted}, changes)
        problems = []
        for change in wanted:
            domain = self.domains.get(domain_of(change.name))
            quota = change.values.get("quota", 0)
            if domain is None or (quota < 0 and domain["maxquota"] < 0):
                continue
            limits = [(quota, domain["maxquota"], "a mailbox of the domain")]
            if domain["quota"] > 0:
                limits.append((used[domain_of(change.name)], domain["quota"], "all mailboxes of the domain together"))
            for size, limit, what in limits:
                if limit and (quota == 0 or size > limit * multiplier):
                    text = f"quota is {quota or 'unlimited'}, but {what} may have {max(limit, 0) * multiplier} bytes"
                    problems.append((change.declared.typed, text))
        return problems

    def _used_quota(self, domains: Iterable[str], changes: Sequence[Change]) -> dict[str, int]:
        """Bytes of all mailboxes of domains after the changes."""
        table = self.sql.table("mailbox").c
        statement = sa.select(table.domain, sa.func.coalesce(sa.func.sum(table.quota), 0)).group_by(table.domain)
        used = Counter({row[0].lower(): int(row[1]) for row in self.sql.select_in(statement, table.domain, domains)})
        for change in changes:
            stored = change.account.values.get("quota") if change.account else 0
            before = stored if isinstance(stored, int) else 0
            after = 0 if change.removes else change.values.get("quota", before)
            used[domain_of(change.name)] += after - before
        return used
