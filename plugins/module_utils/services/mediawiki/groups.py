# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups of a wiki: which it knows, which may be declared, and when memberships end."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import Change, first_names
from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki import schema
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction

# Groups that MediaWiki gives by itself (UserGroupManager::listAllImplicitGroups): a stored row means nothing.
IMPLICIT_GROUPS = frozenset(("*", "user", "autoconfirmed", "named", "temp"))

# $wgGroupPermissions of MediaWiki itself, 1.35 to 1.45.
OWN_GROUPS = IMPLICIT_GROUPS | {"bot", "bureaucrat", "interface-admin", "suppress", "sysop", "temporary-account-viewer"}

NEAR = 0.75
"""How like a known group's name (difflib's ratio) another one must be to be taken for its misspelling."""


class Groups:
    """The groups of one wiki.

    Its database has no list of them. Known are MediaWiki's own, those of the option, and those that have or had a
    member.

    :param known: the option ``known_groups``
    """

    def __init__(self, sql: Transaction, known: Collection[str]) -> None:
        self._sql = sql
        self._known = {*OWN_GROUPS, *known}
        self._unread = [("user_groups", "ug_group"), ("user_former_groups", "ufg_group")]

    def declared(
        self, groups: dict[str, Any] | None, expiry: Mapping[str, Any] | None, now: str
    ) -> dict[str, Any] | None:
        """Declared memberships with their end; None where no groups are declared.

        :raises ValueError: for a group that MediaWiki itself gives, or that cannot be what was meant
        """
        if groups is None:
            if expiry:
                raise ValueError("group_expiry needs groups: it says when memberships in that list end")
            return None
        for group in groups:
            if group in IMPLICIT_GROUPS:
                raise ValueError(f"group {group!r} is implicit: MediaWiki itself decides who is in it")
            if not group or group != schema.normal_text("group", group):
                raise ValueError(f"{group!r} is not a valid group name")
        unlisted = sorted(set(expiry or ()) - set(groups))
        if unlisted:
            raise ValueError(f"group_expiry names {', '.join(unlisted)}, which groups does not list")
        if expiry is not None:
            given = {group: schema.parse_time(expiry.get(group) or schema.INFINITY) for group in groups}
            # The declaration may outlive a membership.
            groups = {group: end for group, end in given.items() if lasts(end, now)}
        self._check_spelling(groups)
        return groups

    def _check_spelling(self, groups: Collection[str]) -> None:
        """Refuse a group that is nearly a known one: its members would not get, or would lose, what that one gives.

        :raises ValueError: naming both
        """
        for group in sorted(self._unknown(groups)):
            known = {name.lower(): name for name in sorted(self._known)}
            near = difflib.get_close_matches(group.lower(), known, 1, NEAR)
            if near:
                raise ValueError(f"group {group!r} is unknown; did you mean {known[near[0]]!r}? If {group!r} is right,"
                                 " add it to known_groups")

    def _unknown(self, groups: Collection[str]) -> set[str]:
        while self._unread and not self._known.issuperset(groups):
            name, column = self._unread.pop(0)
            if self._sql.has_table(name):
                names = self._sql.connection.execute(sa.select(self._sql.table(name).c[column]).distinct()).scalars()
                self._known.update(filter(None, names))
        return set(groups) - self._known

    def warn_of_first_members(self, changes: Sequence[Change]) -> None:
        """Warn of groups that somebody joins and that are not known."""
        old = {group for change in changes if change.account for group in change.account.groups}
        strange = self._unknown({group for change in changes for group in change.groups or ()}) - old
        if strange:
            self._sql.warnings.append(
                f"Nobody was in {first_names(strange)} before. A group gives rights only if the wiki's configuration or"
                " an extension defines it. If the name is right, add it to known_groups.")


def ends(stored: Mapping[str, Any]) -> dict[str, str | None]:
    """When stored memberships end; None for never."""
    return {group: None if value == schema.INFINITY else value for group, value in stored.items()}


def lasts(end: str | None, now: str) -> bool:
    """Whether a membership is in force."""
    return end is None or end > now


def gains(change: Change) -> bool:
    """Whether a change adds a membership, or changes when one ends."""
    old = change.account.groups if change.account else {}
    return any(group not in old or old[group] != end for group, end in (change.groups or {}).items())
