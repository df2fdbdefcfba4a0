# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From module options to a plan, and from the plan to one transaction: the road that every type takes.

Reading and planning happen twice when something is to be written. The first time without a lock: it computes
what takes long (verifying and hashing passwords), and it is all that check mode and a run without changes do.
The second time within the transaction that writes, with the rows locked and the results of the first at hand:
the plan that is written was made from rows read in it, and the application never waits for our hashing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import (
    SHUT,
    Account,
    AccountError,
    Change,
    Declared,
    Plan,
    check_limit,
    is_excepted,
    is_text,
    plan,
    unlisted_accounts,
)
from ansible_collections.auth.services.plugins.module_utils.database import Database
from ansible_collections.auth.services.plugins.module_utils.passwords import UnverifiableHash, on_all_cores
from ansible_collections.auth.services.plugins.module_utils.service import Service


@dataclass
class Request:
    """What a task asks for.

    :ivar entries: one dict of account options for each account, defaults filled in
    :ivar whole: the entries came as a list: accounts that are not in it are unlisted
    :ivar options: options of the service as a whole
    """

    entries: Sequence[Mapping[str, Any]] = field(repr=False)
    whole: bool = False
    unlisted: str = "ignore"
    unlisted_except: Sequence[str] = ()
    unlisted_limit: str = "10%"
    disable_limit: str = "100%"
    options: Mapping[str, Any] = field(default_factory=dict)


class PasswordBook:
    """Verifies and makes hashes on all cores, each once.

    :ivar secrets: every hash that was read or made; to be masked in messages
    """

    def __init__(self) -> None:
        self._matches: dict[tuple[str, str], bool | str] = {}
        self._hashes: dict[tuple[str, str], str] = {}

    @property
    def secrets(self) -> set[str]:
        return {stored for stored, password in self._matches} | set(self._hashes.values())

    def verify(self, service: Service, declared: Sequence[Declared], actual: Mapping[str, Account]) -> None:
        """Verify the declared clear passwords.

        :raises AccountError: where nobody can tell whether a password matches
        """
        pairs = {}
        for wanted in declared:
            account = actual.get(wanted.name)
            pair = wanted.password_to_verify(account) if account is not None and not account.protected else None
            if pair is not None:
                pairs[wanted.typed] = pair
        new = list({pair for pair in pairs.values() if pair not in self._matches})

        def verify(pair: tuple[str, str]) -> bool | str:
            try:
                # of no format: bytes of a row that are not UTF-8
                return is_text(pair[0]) and service.verify_password(*pair)
            except UnverifiableHash as error:
                return str(error)

        self._matches.update(zip(new, on_all_cores(verify, new)))
        problems = [(typed, str(self._matches[pair])) for typed, pair in pairs.items()
                    if isinstance(self._matches[pair], str)]
        if problems:
            raise AccountError(problems)

    def matches(self, stored: str, password: str) -> bool:
        """What C(verify) found; a hash of a protected account was not verified."""
        return self._matches.get((stored, password)) is True

    def fill(self, service: Service, changes: Sequence[Change]) -> None:
        """Set C(password_hash) of the changes that replace the password."""
        changes = [change for change in changes if change.new_password]
        clear = {(change.name, change.declared.password) for change in changes if change.declared.password is not None}
        missing = list(clear - set(self._hashes))
        hashes = on_all_cores(lambda key: service.hash_password(key[1]), missing)
        self._hashes.update(zip(missing, hashes))
        for change in changes:
            if change.declared.password is None:
                change.password_hash = change.declared.password_hash
            else:
                change.password_hash = self._hashes[change.name, change.declared.password]


@dataclass
class Outcome:
    """What a run did, or in check mode would do.

    :ivar service: for showing accounts; its connection is closed
    """

    plan: Plan
    service: Service
    warnings: list[str]


def reconcile(
    database: Database, service_class: type[Service], request: Request, book: PasswordBook, check_mode: bool
) -> Outcome:
    """Bring the accounts into the declared state, all or none.

    :raises AccountError: when an account cannot be as declared
    :raises LimitError: when too many unlisted accounts would be touched
    :raises DatabaseError: when the database does not do what it should, or is not one of the type
    """
    def look(connection: Any) -> tuple[Service, Plan]:
        service = service_class(database, connection, request.options)
        actual = service.read(None) if request.whole else {}
        declared = declare(service, request.entries, actual if request.whole else None)
        # Also in a whole list: the application may take a name for that of an account with another spelling.
        missing = [wanted.name for wanted in declared if wanted.name not in actual]
        actual.update(service.read(missing) if missing else {})
        unlisted = unlisted_accounts(declared, actual.values(), request.unlisted_except) if request.whole else []
        if request.whole:
            _check_disabled(request, declared, actual)
        declared += _declare_unlisted(request, unlisted, actual)
        book.verify(service, declared, actual)
        result = plan(declared, actual, book.matches, service.builtin_groups)
        result.unlisted = [account.name for account in unlisted]
        service.check(result.pending)
        return service, result

    service, result = database.transaction(look, write=False)
    if result.pending and not check_mode:
        book.fill(service, result.pending)
        written = _write(database, service_class, request, book, result.pending)
        changes = {change.name: change for change in written.changes}
        result.changes = [changes.get(change.name, change) for change in result.changes]
    return Outcome(result, service, service.warnings + _engine_warnings(database))


def _write(
    database: Database, service_class: type[Service], request: Request, book: PasswordBook, pending: Sequence[Change]
) -> Plan:
    declared = [change.declared for change in pending]
    finished: list[Plan] = []

    def work(connection: Any) -> Plan:
        service = service_class(database, connection, request.options)
        actual = service.read([wanted.name for wanted in declared], lock=True)
        book.verify(service, declared, actual)
        result = plan(declared, actual, book.matches, service.builtin_groups)
        if finished and not result.pending:
            return finished[-1]  # an attempt before this one was committed, and its answer was lost
        service.check(result.pending)
        book.fill(service, result.pending)
        service.write(result.pending)
        finished.append(result)
        return result

    return database.transaction(work)


def declare(
    service: Service, entries: Sequence[Mapping[str, Any]], actual: Mapping[str, Account] | None = None
) -> list[Declared]:
    """The declared accounts.

    :param actual: all accounts that there are, if they were read: entries that keep somebody out who can have no
        account here, as the application takes no such name, are left out
    :raises AccountError: for what the application would refuse, and for two entries that mean one account
    """
    declared: dict[str, Declared] = {}
    problems = []
    for entry in entries:
        try:
            wanted = service.declare(entry)
        except ValueError as error:
            if actual is None or entry["name"] in actual or not _cannot_exist(service, entry):
                problems.append((entry["name"], str(error)))
            continue
        other = declared.setdefault(service.fold(wanted.name), wanted)
        if other is not wanted:
            twice = "is listed twice" if other.typed == wanted.typed else f"is the same account as {other.typed!r}"
            problems.append((wanted.typed, f"{twice}: {wanted.name!r}"))
    if problems:
        raise AccountError(problems)
    return list(declared.values())


def _cannot_exist(service: Service, entry: Mapping[str, Any]) -> bool:
    """Whether an entry keeps somebody out whose name no account can have: all people are declared on every service."""
    if entry["state"] not in SHUT:
        return False
    try:
        service.canonical_name(entry["name"])
    except ValueError:
        return True
    return False


def _check_disabled(request: Request, declared: Sequence[Declared], actual: Mapping[str, Account]) -> None:
    """The fuse against a list that suddenly disables everybody.

    :raises LimitError: when the entries would disable or remove too many of the accounts that can log in. A single one
        is never too many
    """
    shut = [wanted for wanted in declared if wanted.state in SHUT
            and wanted.name in actual and _can_log_in(actual[wanted.name])]
    check_limit(len(shut) if len(shut) > 1 else 0, sum(map(_can_log_in, actual.values())), request.disable_limit,
                "disable_limit", "can log in would be disabled or removed by their entries")


def _can_log_in(account: Account) -> bool:
    return not account.disabled and not account.protected


def _declare_unlisted(request: Request, unlisted: Sequence[Account], actual: Mapping[str, Account]) -> list[Declared]:
    if request.unlisted == "ignore":
        return []
    remove = request.unlisted == "remove"
    touched = [account for account in unlisted if remove or _can_log_in(account)]
    touchable = [
        account for account in actual.values()
        if not account.protected and (remove or _can_log_in(account))
        and not is_excepted(account.name, request.unlisted_except)
    ]
    # Of removal, those that can log in count by themselves too: a heap of old disabled accounts must not hide them.
    for counts in ((len(touched), len(touchable)), (sum(map(_can_log_in, touched)), sum(map(_can_log_in, touchable)))):
        check_limit(*counts, request.unlisted_limit, "unlisted_limit", "unlisted could touch are not listed")
    state = "absent" if remove else "disabled"
    return [Declared(account.name, account.name, state) for account in touched]


def _engine_warnings(database: Database) -> list[str]:
    tables = database.without_transactions()
    if not tables:
        return []
    shown = ", ".join(tables)
    return [f"{database.describe()}: {shown} cannot roll back (MyISAM, Aria): a failure may leave half a change."]
