# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which declared passwords match, and the new hashes: computed before and outside the transaction that writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ansible_collections.auth.services.plugins.module_utils.account import (
    Account,
    AccountError,
    Change,
    Declared,
    is_valid_unicode,
)
from ansible_collections.auth.services.plugins.module_utils.passwords import (
    MAX_STORED,
    UnverifiableHash,
    estimate,
    on_all_cores,
)
from ansible_collections.auth.services.plugins.module_utils.service import Service

BUDGET, BUDGET_FOR_EACH = 60.0, 2.0
"""Seconds of CPU time that a run may spend on verifying: in all, and in addition for each account with a declared
password. The usual bcrypt of cost 12 takes a tenth of the latter."""


class PasswordBook:
    """Verifies and computes hashes on all cores, each once, within a budget: a stranger may have chosen what is stored.

    :ivar secrets: every hash that was read or computed; to be masked in messages
    """

    def __init__(self) -> None:
        self._matches: dict[tuple[str, str, str], bool | str] = {}
        self._hashes: dict[tuple[str, str], str] = {}
        self._read: set[str] = set()
        self._spent, self._accounts = 0.0, 0

    @property
    def secrets(self) -> set[str]:
        return {stored for stored, _password, _name in self._matches} | set(self._hashes.values()) | self._read

    def keep(self, accounts: Iterable[Account]) -> None:
        """Remember the stored passwords of accounts, as secrets."""
        self._read.update(account.password_hash for account in accounts if account.password_hash)

    def keep_only(self, accounts: Iterable[Account]) -> None:
        """Remember those of these accounts, and of no others: of a million, only few are in memory at a time."""
        self._read.clear()
        self.keep(accounts)

    def verify(self, service: Service, declared: Sequence[Declared], actual: Mapping[str, Account]) -> None:
        """Verify the declared clear passwords.

        :raises AccountError: where a stored password cannot be verified
        """
        keys = {}
        for wanted in declared:
            account = actual.get(wanted.name)
            key = wanted.password_to_verify(account) if account is not None and not account.protected else None
            if key is not None:
                keys[wanted.typed] = key
        new = list(dict.fromkeys(key for key in keys.values() if key not in self._matches))
        self._accounts = max(self._accounts, len(keys))

        def verify(key: tuple[str, str, str]) -> bool | str:
            stored = key[0]
            if len(stored) > MAX_STORED:
                return f"the stored password has {len(stored)} characters; at most {MAX_STORED} are verified"
            try:
                # Bytes of a row that are not UTF-8 belong to no scheme.
                return is_valid_unicode(stored) and service.scheme.verify(*key)
            except UnverifiableHash as error:
                return str(error)

        estimates = on_all_cores(lambda key: estimate(lambda: verify(key)), new)
        self._matches.update((key, result) for key, (_seconds, result) in zip(new, estimates) if result is not None)
        affordable = self._affordable({key: seconds for key, (seconds, result) in zip(new, estimates)
                                       if result is None})
        self._matches.update(zip(affordable, on_all_cores(verify, affordable)))
        problems = [(typed, str(self._matches[key])) for typed, key in keys.items()
                    if isinstance(self._matches[key], str)]
        if problems:
            raise AccountError(problems)

    def _affordable(self, costs: Mapping[tuple[str, str, str], float]) -> list[tuple[str, str, str]]:
        """What the budget allows to verify. The cheap ones come first, so that messages name the expensive ones."""
        budget = BUDGET + BUDGET_FOR_EACH * self._accounts
        affordable = []
        for key in sorted(costs, key=lambda key: costs[key]):
            if self._spent + costs[key] <= budget:
                self._spent += costs[key]
                affordable.append(key)
            else:
                self._matches[key] = (
                    f"verifying the stored password would take {costs[key]:.1f} seconds of CPU time, but this run may"
                    f" spend {budget:.0f} seconds on all passwords; set update_password: on_create to keep the stored"
                    " password"
                )
        return affordable

    def matches(self, stored: str, password: str, name: str) -> bool:
        """What ``verify`` found; it does not verify hashes of protected accounts."""
        return self._matches.get((stored, password, name)) is True

    def fill(self, service: Service, changes: Sequence[Change]) -> None:
        """Set ``password_hash`` of the changes that replace the password."""
        changes = [change for change in changes if change.new_password]
        clear = {(change.declared.password, change.stored_name)
                 for change in changes if change.declared.password is not None}
        missing = list(clear - set(self._hashes))
        hashes = on_all_cores(lambda key: service.scheme.make(*key), missing)
        self._hashes.update(zip(missing, hashes))
        for change in changes:
            if change.declared.password is None:
                change.password_hash = change.declared.password_hash
            else:
                password, name = change.declared.password, change.stored_name
                change.password_hash = self._hashes[password, name]
                # It was computed from it, so reading it back needs no verifying.
                self._matches[change.password_hash, password, name] = True
