# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts that a complete list does not name: how many there are, and which of them are shut out.

The database counts and finds them: an application may have a million accounts, of which fifty are declared.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress

from ansible_collections.auth.services.plugins.module_utils.account import (
    SHUT,
    Account,
    Declared,
    first_names,
    is_excepted,
)
from ansible_collections.auth.services.plugins.module_utils.conditions import Condition
from ansible_collections.auth.services.plugins.module_utils.everyone import is_pattern
from ansible_collections.auth.services.plugins.module_utils.limits import can_log_in, check_limit
from ansible_collections.auth.services.plugins.module_utils.request import Request
from ansible_collections.auth.services.plugins.module_utils.steps import Steps

FEW = 1000
"""So many unlisted accounts are read one by one. Of more the database says how many there are."""


class Unlisted:
    """The unlisted accounts of one service.

    :param listed: names of the accounts that are declared, or that a declaration may mean
    :param actual: accounts by the names that were looked for; those that are read are added
    :ivar count: how many there are, without those that are protected or excepted
    :ivar names: of the first of them
    :ivar exceptions: ``unlisted_except`` in all spellings
    """

    def __init__(
        self, steps: Steps, request: Request, listed: Collection[str], actual: dict[str, Account]
    ) -> None:
        self._steps, self._service, self._request, self._actual = steps, steps.service, request, actual
        self._everyone = self._service.everyone()
        self._listed_accounts = list({account.name: account for name, account in actual.items()
                                      if name in listed or account.name in listed}.values())
        self._listed = {*listed, *(account.name for account in self._listed_accounts)}
        self.exceptions = self._both_forms()
        self.count = 0
        self.names: list[str] = []

    def _both_forms(self) -> list[str]:
        """``unlisted_except`` as it was typed and as the application spells it; a warning for what matches nobody."""
        forms: dict[str, list[str]] = {}
        for pattern in self._request.unlisted_except:
            forms[pattern] = [pattern]
            with suppress(ValueError):
                forms[pattern].append(self._service.canonical_name(pattern))
        exceptions = [form for several in forms.values() for form in several]
        there = set(self._everyone.matching([form for form in exceptions if not is_pattern(form)]))
        for pattern, several in forms.items():
            patterns = list(filter(is_pattern, several))
            if there.isdisjoint(several) and next(self._everyone.matching(patterns), None) is None:
                self._service.warnings.append(f"unlisted_except: no account matches {pattern!r}.")
        return exceptions

    def _is_unlisted(self, name: str) -> bool:
        return name not in self._listed and not is_excepted(name, self.exceptions)

    def look(self) -> None:
        """Count the unlisted accounts, and find the first of them."""
        ordinary = ~self._service.protected
        self._everyone.tell_nameless()
        limit = len(self._listed) + FEW + 1
        names = self._everyone.names(ordinary, limit)
        unlisted = [name for name in names if self._is_unlisted(name)]
        few = len(names) < limit and len(unlisted) <= FEW
        shown = self._read(unlisted if few else unlisted[:self._request.unlisted_names])
        self.names = sorted(account.name for account in shown)[:self._request.unlisted_names]
        if few:
            self.count = len(shown)
        elif len(names) < limit:
            self.count = len(unlisted)
        else:
            listed = sum(1 + len(account.stored.twins) for account in self._listed_accounts if not account.protected)
            self.count = self._everyone.count(ordinary) - listed - self._excepted(ordinary)

    def _excepted(self, condition: Condition) -> int:
        """How many excepted accounts there are of which a condition holds, beside listed ones."""
        return len(set(self._everyone.matching(self.exceptions, condition)) - self._listed)

    def _read(self, names: Collection[str]) -> list[Account]:
        """Those of the accounts with these names that are not protected."""
        found = {account.name: account for account in self._steps.read(names).values()} if names else {}
        found = {name: account for name, account in found.items() if self._is_unlisted(name)}
        self._actual.update(found)
        return [account for account in found.values() if not account.protected]

    def to_shut(self, declared: Sequence[Declared]) -> list[Declared]:
        """The unlisted accounts that are disabled or removed.

        :raises LimitError: when they are too many. None of them is touched then, and the rest is done
        """
        if self._request.unlisted == "ignore":
            return []
        remove = self._request.unlisted == "remove"
        unlisted = sorted(self._read(list(filter(self._is_unlisted, self._concerned(remove)))),
                          key=lambda account: account.name)
        same = self._same_as_listed(unlisted, declared)
        touchable = [account for account in (*unlisted, *self._listed_accounts)
                     if not account.protected and not account.spared and (remove or can_log_in(account))
                     and not is_excepted(account.name, self.exceptions)]
        touched = [account for account in touchable if account.name not in self._listed and account.name not in same]
        # Of removal, those that can log in count by themselves too: many old disabled accounts must not hide them.
        for touch, touchable_ in ((touched, touchable), (filter(can_log_in, touched), filter(can_log_in, touchable))):
            self._check_limit(len(list(touch)), len(list(touchable_)))
        self._service.look_up(account.name for account in touched)
        # No list could have kept those that cannot be declared.
        kept = {account.name for account in touched if self._service.undeclarable_reason(account)}
        odd = [account.name for account in touched if account.name in kept and not account.disabled]
        if odd:
            self._service.warnings.append(
                f"No list can declare {first_names(odd)}. Unlisted accounts with such names are disabled, but not"
                " removed. List them in unlisted_except to leave them alone.")
        return [Declared(account.name, account.name, "absent" if remove and account.name not in kept else "disabled")
                for account in touched]

    def _concerned(self, remove: bool) -> Collection[str]:
        """Names of all accounts that may be disabled or removed, listed ones among them.

        :raises LimitError: before many are read, of which the database says that they are too many. Its number has a
            few too many: those that are spared or excepted, say
        """
        listed = [account for account in self._listed_accounts if not account.protected]
        kinds = [(self._service.can_log_in, sum(map(can_log_in, listed))), (~self._service.protected, len(listed))]
        for condition, there in kinds[:1 + remove]:
            most = there + 10 * FEW
            # Names of a few need no count, which would look at every account once more.
            names: Collection[str] = self._everyone.some_names(condition, most)
            if len(names) > most:
                touchable = self._everyone.count(condition) - self._excepted(condition)
                self._check_limit(touchable - there, touchable)
        return names if len(names) <= most else self._everyone.names(condition)

    def _check_limit(self, touched: int, touchable: int) -> None:
        check_limit(touched, touchable, self._request.unlisted_limit, "unlisted_limit",
                    "unlisted would affect {} of {} accounts")

    def _same_as_listed(self, unlisted: Sequence[Account], declared: Sequence[Declared]) -> set[str]:
        """Unlisted names that the application treats as the name of a listed account that stays open."""
        odd = [account.name for account in unlisted if account.undecided]
        if not odd:
            return set()
        staying = [wanted.name for wanted in declared if wanted.state not in SHUT]
        folded = self._service.folded([*odd, *staying])
        keys = {folded[name] for name in staying}
        same = {name for name in odd if folded[name] in keys}
        if same:
            self._service.warnings.append(
                f"The application treats the unlisted {first_names(same)} as the name of a listed account. It was left"
                " alone, because disabling it would disable the listed account too. Remove its rows.")
        return same
