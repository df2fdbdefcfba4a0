# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles and capabilities: what accounts have stored of them, and what changes write."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import Account
from ansible_collections.auth.services.plugins.module_utils.columns import Doubtful, sa
from ansible_collections.auth.services.plugins.module_utils.php import MAX_BYTES, Unknown, serialize, unserialize
from ansible_collections.auth.services.plugins.module_utils.services.wordpress.doors import META
from ansible_collections.auth.services.plugins.module_utils.services.wordpress.meta import (
    MOST_CAPABILITIES,
    MetaRows,
    start,
)

MOST_RIGHTS = 50
ARRAY = re.compile("a:[0-9]+:")  # is_serialized()
LEVEL = re.compile(r"level_(10|[0-9])", re.IGNORECASE)


def array(value: str | None, most: int = MAX_BYTES) -> dict[str, Any] | None:
    """The array that WordPress reads of a stored value (maybe_unserialize()), by keys as texts; None for anything else.

    :raises Unknown: where it cannot be read
    """
    text = (value or "").strip(" \t\n\r\0\v")
    if not ARRAY.match(text):
        return None
    if len(value or "") > most:  # no more of it may have been read
        raise Unknown(f"it is longer than {most} bytes")
    if text[-1] not in ";}":
        return None
    try:
        found = unserialize(text, most)
    except Unknown:
        raise
    except ValueError:
        if isinstance(value, Doubtful):
            raise Unknown(value.reason) from None
        return None
    return {str(key): item for key, item in found.items()}


def capabilities(value: str | None) -> dict[str, Any] | None:
    """An array of an account's, empty where it has none; None when it cannot be read."""
    try:
        return array(value, MOST_CAPABILITIES) or {}
    except Unknown:
        return None


class Roles:
    """The roles of a site.

    :param defined: names of the roles, each with its capabilities
    :param prefix: of the site's keys in usermeta
    """

    def __init__(self, defined: Mapping[str, Sequence[str]], prefix: str) -> None:
        self.defined = defined
        self.key, self._level = prefix + "capabilities", prefix + "user_level"
        self._names: dict[str, list[str]] = {}

    def stored(self, meta: Mapping[str, Sequence[str]]) -> dict[str, Any] | None:
        """Roles and capabilities of an account; None when they cannot be read."""
        return capabilities(next(iter(meta.get(self.key, ())), ""))

    def names(self, meta: Mapping[str, Sequence[str]]) -> list[str]:
        """Roles of an account; of capabilities that cannot be read those that they name."""
        text = next(iter(meta.get(self.key, ())), "")
        if text not in self._names:  # most accounts have the same
            old = capabilities(text)
            self._names[text] = [role for role in self.defined if serialize(role) in text] if old is None else [
                role for role in old if role in self.defined]
        return self._names[text]

    def values(self, meta: Mapping[str, Sequence[str]], groups: Iterable[str]) -> dict[Any, list[Any]]:
        """WP_User::set_role(): the account's own capabilities are kept.

        :raises ValueError: for what PHP alone can write
        """
        old = self.stored(meta) or {}
        kept = {key: value for key, value in old.items() if key not in self.defined or key in groups}
        kept.update({role: True for role in groups if role not in kept})
        names = [*kept, *(capability for role in groups for capability in self.defined.get(role, ()))]
        levels = [int(match[1]) for match in map(LEVEL.fullmatch, names) if match]
        return {self.key: [serialize(kept)], self._level: [str(max(levels, default=0))]}

    # In words, for a reviewer

    def told(
        self, accounts: Collection[Account], meta: MetaRows, super_admins: Collection[str], sites: Collection[int]
    ) -> dict[str, list[str]]:
        """Rights of accounts, by name.

        :param sites: numbers of all sites of a network
        """
        names: dict[Any, list[str]] = {}
        found: dict[str, list[str]] = {account.name: [] for account in accounts}
        for account in accounts:
            if account.name in super_admins:
                found[account.name].append("super admin of the network")
            for one in (account, *account.twins):
                names.setdefault(one.id, []).append(account.name)
                value = next(iter(one.stored.properties[META].get(self.key, ())), "")
                found[account.name] += self._in_words(value, "", False)
        for key, site, value in self._elsewhere(meta, list(names), sites):
            for name in dict.fromkeys(names[key]):
                found[name] += self._in_words(value, f" on site {site}", True)
        return {name: _first(rights) for name, rights in found.items() if rights}

    def _in_words(self, value: str, where: str, roles: bool) -> list[str]:
        """Rights that a stored value gives."""
        stored = capabilities(value)
        if stored is None:
            return [f"roles and capabilities{where} that cannot be read"]
        # A role counts whatever its value is, a capability only with a true one (WP_User::get_role_caps(), has_cap()).
        return [f"{'role' if name in self.defined else 'capability'} {name}{where}" for name, value in stored.items()
                if (roles if name in self.defined else value and value != "0")]

    def _elsewhere(
        self, meta: MetaRows, keys: Sequence[Any], sites: Collection[int]
    ) -> Iterable[tuple[Any, int, str]]:
        """Roles and capabilities on the other sites of the network: account, site, and the stored value."""
        if not sites:
            return
        sql, columns = meta.sql, meta.table.c
        prefix = sql.database.prefix
        names = {f"{prefix}{'' if site == 1 else f'{site}_'}capabilities": site for site in sites}
        names.pop(self.key, None)
        value = start(columns.meta_value, MOST_CAPABILITIES + 1)
        statement = sa.select(columns.user_id, columns.meta_key, value).where(
            columns.meta_key.startswith(prefix, autoescape=True), columns.meta_key.endswith("capabilities"))
        seen = set()
        for key, name, value in sql.select_in(statement.order_by(columns.umeta_id), columns.user_id, keys):
            if name in names and (key, name) not in seen:
                seen.add((key, name))  # WordPress takes the first
                yield key, names[name], value or ""


def _first(rights: Sequence[str]) -> list[str]:
    shown = [right[:100] for right in rights[:MOST_RIGHTS]]
    return shown if len(rights) <= MOST_RIGHTS else [*shown, f"and {len(rights) - MOST_RIGHTS} more"]
