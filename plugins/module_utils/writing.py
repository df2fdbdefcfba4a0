# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Transactions that write declared accounts, and the search for those that the database refuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import (
    MAX_PROBLEMS,
    Declared,
    MissingLibrary,
    Plan,
    TaskError,
)
from ansible_collections.auth.services.plugins.module_utils.database import (
    Database,
    DatabaseError,
    SchemaError,
    is_about_values,
    is_denied,
    is_disconnect,
    is_duplicate,
    is_refused,
    is_transient,
    refusal,
)
from ansible_collections.auth.services.plugins.module_utils.password_book import PasswordBook
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.steps import Steps


class _RollBack(Exception):
    """Ends a transaction that shall leave nothing behind.

    :param plan: of it
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan


class Writer:
    """Writes declared accounts, each time in one transaction.

    :param options: of the service as a whole
    :ivar warnings: of what was written
    :ivar removed: keys of accounts that were removed
    """

    def __init__(
        self, database: Database, service_class: type[Service], options: Mapping[str, Any], book: PasswordBook
    ) -> None:
        self.database, self._service_class, self._options, self._book = database, service_class, options, book
        self.warnings: list[str] = []
        self.removed: list[Any] = []

    def begin(self, connection: Any) -> Steps:
        """The steps of a transaction on this connection."""
        service = self._service_class(self.database, connection, self._options)
        service.removed += self.removed
        return Steps(service, self._book)

    def write(self, declared: Sequence[Declared], ids: Mapping[str, Any] | None = None) -> Plan:
        """Write in one transaction what is declared; the plan as it came about.

        :param ids: of accounts that are shut out: who has another name by now is found by them
        """
        finished: list[Plan] = []

        def work(connection: Any) -> Plan:
            steps = self.begin(connection)
            result = steps.plan(declared, ids or {})
            if not result.pending:  # perhaps an attempt before this one was committed, and its answer was lost
                return finished[-1] if finished else result
            steps.write(result.pending)
            self.warnings += steps.read_back(result)
            if not result.pending:
                raise _RollBack(result)
            self.warnings += steps.service.warnings
            finished.append(result)
            return result

        try:
            result = self.database.transaction(work)
        except _RollBack as without_effect:
            result = without_effect.plan
        self.removed += [change.id for change in result.pending if change.removes]
        return result

    def culprits(self, declared: Sequence[Declared], failure: Exception) -> list[tuple[str, str]]:
        """Which accounts the database refuses, and which option of each; empty where that cannot be found out.

        They are tried by halves, in a transaction that is rolled back; impossible for tables that cannot roll back.
        """
        cause = failure.__cause__
        if not isinstance(failure, DatabaseError) or cause is None or concerns_all(failure) or (
                not is_about_values(cause) or self.database.without_transactions()):
            return []
        found: list[tuple[str, str]] = []

        def work(connection: Any) -> None:
            self._try(connection, declared, found)
            raise _RollBack(Plan())

        with suppress(TaskError, MissingLibrary, _RollBack):  # the task fails with the failure itself then
            self.database.transaction(work)
        return list(dict.fromkeys(found))

    def _try(self, connection: Any, declared: Sequence[Declared], found: list[tuple[str, str]]) -> None:
        """Write accounts after those that could be written, as far as they can be."""
        if len(found) >= MAX_PROBLEMS:
            return
        error = self.database.attempt(connection, lambda: self._put(connection, declared))
        if error is not None and len(declared) == 1:
            found.append((declared[0].typed, self._refused_option(connection, declared[0], error)))
        elif error is not None:
            half = len(declared) // 2
            self._try(connection, declared[:half], found)
            self._try(connection, declared[half:], found)

    def _refused_option(self, connection: Any, wanted: Declared, error: DatabaseError) -> str:
        """What of an account the database refuses: it takes the account without it."""
        for option, less in _with_less(wanted):
            def put(less: Declared = less) -> None:
                self._put(connection, [less])
                raise _RollBack(Plan())

            try:
                failed = self.database.attempt(connection, put)
            except _RollBack:
                failed = None
            except TaskError:  # the account cannot do without
                continue
            if option == "name" and failed is not None:
                return f"the database refuses it: {refusal(failed)}"
            if option != "name" and failed is None:
                return f"the database refuses its {option}: {refusal(error)}"
        return f"the database refuses it: {refusal(error)}"

    def _put(self, connection: Any, declared: Sequence[Declared]) -> None:
        steps = self.begin(connection)
        pending = steps.plan(declared, {}).pending
        if pending:
            steps.write(pending)


def concerns_all(error: DatabaseError) -> bool:
    """Whether a failure has nothing to do with the rows of one account."""
    cause = error.__cause__
    if isinstance(error, SchemaError) or is_disconnect(cause) or is_refused(cause):
        return True
    return is_denied(cause) or (is_transient(cause) and not is_duplicate(cause))


def _with_less(wanted: Declared) -> list[tuple[str, Declared]]:
    """The account by its name alone, and with one option less, by what it is to blame for."""
    found = [("name", replace(wanted, values={}, groups=None, password=None, password_hash=None))]
    for option in wanted.values:
        found.append((option, replace(wanted, values={name: value for name, value in wanted.values.items()
                                                      if name != option})))
    if wanted.groups:
        found.append(("groups", replace(wanted, groups=None)))
    if wanted.password is not None:
        found.append(("password", replace(wanted, password=None)))
    if wanted.password_hash is not None:
        found.append(("password_hash", replace(wanted, password_hash=None)))
    return found
