# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps from declared accounts to written ones, in the order in which a transaction takes them.

A first look takes them without a lock, as far as the check. Each transaction that writes takes all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import (
    Account,
    AccountError,
    Change,
    Declared,
    Plan,
    draft,
    first_names,
)
from ansible_collections.auth.services.plugins.module_utils.database import DatabaseError
from ansible_collections.auth.services.plugins.module_utils.password_book import PasswordBook
from ansible_collections.auth.services.plugins.module_utils.service import Service


class Steps:
    """The steps of one transaction.

    :ivar service: the service within the transaction
    """

    def __init__(self, service: Service, book: PasswordBook) -> None:
        self.service, self._book = service, book

    def read(self, names: Collection[str], lock: bool = False) -> dict[str, Account]:
        """Actual accounts by their names."""
        found = self.service.read_named(names, lock)
        self._book.keep(found.values())
        return found

    def verify(self, declared: Sequence[Declared], actual: Mapping[str, Account]) -> None:
        """Verify the declared clear passwords.

        :raises AccountError: where a stored password cannot be verified
        """
        self._book.verify(self.service, declared, actual)

    def draft(
        self, declared: Iterable[Declared], actual: Mapping[str, Account]
    ) -> tuple[Plan, list[tuple[str, str]]]:
        """The plan, and the accounts that must not be changed so, by the name as it was typed."""
        return draft(declared, actual, self._book.matches, self.service.builtin_groups)

    def plan(self, declared: Sequence[Declared], ids: Mapping[str, Any]) -> Plan:
        """The plan from rows that nobody else changes until the transaction ends.

        :param ids: of accounts by name: who has another name by now is found by them
        :raises AccountError: naming every account that must not be changed so
        """
        actual = self.read([wanted.name for wanted in declared], lock=True)
        declared = self._renamed(declared, actual, ids)
        self.verify(declared, actual)
        result, problems = self.draft(declared, actual)
        if problems:
            raise AccountError(problems)
        return result

    def _renamed(
        self, declared: Sequence[Declared], actual: dict[str, Account], ids: Mapping[str, Any]
    ) -> Sequence[Declared]:
        """Those declared, under the name that the account with their number has now."""
        gone = {ids[wanted.name]: wanted for wanted in declared if wanted.name in ids and wanted.name not in actual}
        names = self.service.names_of(gone) if gone else {}
        if not names:
            return declared
        actual.update(self.read(list(names.values()), lock=True))
        moved = {gone[key].name: name for key, name in names.items()}
        return [replace(wanted, name=moved[wanted.name]) if wanted.name in moved else wanted for wanted in declared]

    def check(self, changes: Sequence[Change]) -> None:
        """Ask the service whether it can write the changes.

        :raises AccountError: naming every account that it refuses
        :raises SchemaError: for tables and columns that are missing
        """
        self.service.check(_with_twins(changes))

    def write(self, changes: Sequence[Change]) -> None:
        """Write the changes, checked once more, with the hashes of new passwords."""
        self.check(changes)
        self._book.fill(self.service, changes)
        self.service.shutting = all(change.shuts for change in changes)
        self.service.write(_with_twins(changes))

    def read_back(self, written: Plan) -> list[str]:
        """Make sure that the database kept what was written; warnings of texts that it spells otherwise.

        Such a text counts as changed only where something came of it.

        :raises DatabaseError: where the database did not keep it
        """
        pending = written.pending
        found = self.read([change.name for change in pending])
        actual = {name: account for name, account in found.items() if account.name == name}  # not another spelling
        # Groups that the application gives to every new account are not declared.
        kept, problems = self.draft([change.declared for change in pending], actual)
        lost = [typed for typed, _problem in problems]
        altered: dict[str, list[str]] = {}
        changes = {change.name: change for change in pending}
        for missing in kept.pending:
            change = changes[missing.name]
            if self._is_altered(change, missing):
                for option in missing.values:
                    altered.setdefault(option, []).append(missing.name)
                _forget_without_effect(change, missing)
            else:
                lost.append(missing.name)
        if lost:
            raise DatabaseError(f"{self.service.database.describe()}: the database did not keep what was written for"
                                f" {first_names(lost)}. Look for a trigger on its tables. Nothing was written.")
        return [
            f"The database changes {option} of {first_names(names)} when it is written, for instance by a trigger."
            " Declare the value that the database stores." for option, names in altered.items()]

    def _is_altered(self, written: Change, missing: Change) -> bool:
        """Whether an account lacks nothing after writing but texts that the database keeps in a form of its own.

        :param missing: what would have to be written once more
        """
        if missing.action != "updated" or missing.groups is not None or missing.new_password or missing.account is None:
            return False
        for option, wanted in missing.values.items():
            stored = missing.account.values.get(option)
            if option in self.service.rights_options or not (
                    isinstance(wanted, str) and isinstance(stored, str) and stored):
                return False
            before = written.account.values.get(option) if written.account else None
            if stored == before and stored.strip().casefold() != wanted.strip().casefold():
                return False
        return True


def _with_twins(changes: Sequence[Change]) -> list[Change]:
    """The changes, and those of other accounts of the same name: they are shut out together."""
    return [one for change in changes for one in (change, *(
        replace(change, account=twin, id=twin.id)
        for twin in (change.account.twins if change.account and change.action == "disabled" else ())
    ))]


def _forget_without_effect(written: Change, missing: Change) -> None:
    """Take out of a change what the account had before as it has it now."""
    if written.account is None or missing.account is None:
        return
    for option in missing.values:
        if written.account.values.get(option) == missing.account.values[option]:
            written.values.pop(option, None)
    if written.action == "updated" and not written.fields:
        written.action = "unchanged"
