# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From module options to a plan, and from the plan to what is written: the road that every type takes.

Reading and planning happen twice when something is to be written. The first time without a lock: it computes
what takes long (verifying and hashing passwords), and it is all that check mode and a run without changes do.
The second time within the transaction that writes, with the rows locked and the results of the first at hand:
the plan that is written was made from rows read in it, and the application never waits for our hashing. What was
written is read once more in the same transaction: a trigger may have swallowed it.

Who is to be shut out is so first, in a transaction of their own, by name and state alone: nothing that is wrong with
other accounts, or with other options of the same one, keeps anybody in. The rest follows in one transaction, all or
nothing. The task then fails with what was wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import (
    MAX_PROBLEMS,
    SHUT,
    Account,
    AccountError,
    AmbiguousName,
    Change,
    Declared,
    LimitError,
    ListError,
    OptionError,
    Plan,
    TaskError,
    check_limit,
    draft,
    first_names,
    is_excepted,
    is_valid_unicode,
    plan,
    summarise,
    unlisted_accounts,
)
from ansible_collections.auth.services.plugins.module_utils.database import (
    Database,
    DatabaseError,
    SchemaError,
    Unreadable,
    is_about_values,
    is_denied,
    is_disconnect,
    is_duplicate,
    is_refused,
    is_transient,
    refusal,
)
from ansible_collections.auth.services.plugins.module_utils.passwords import (
    MAX_STORED,
    MissingLibrary,
    UnverifiableHash,
    estimate,
    on_all_cores,
)
from ansible_collections.auth.services.plugins.module_utils.service import Service


@dataclass
class Request:
    """What a task asks for.

    :ivar entries: one dict of account options for each account, defaults filled in
    :ivar complete: the entries came as a list: accounts that are not in it are unlisted
    :ivar options: options of the service as a whole
    :ivar problems: of entries that could not be read, by their name or number. Those that shut somebody out are among
        the entries all the same, by name and state alone
    :ivar incomplete: why the list is not whole, in sentences
    """

    entries: Sequence[Mapping[str, Any]] = field(repr=False)
    complete: bool = False
    unlisted: str = "ignore"
    unlisted_except: Sequence[str] = ()
    unlisted_limit: str = "10%"
    disable_limit: str = "100%"
    change_limit: str = "100%"
    options: Mapping[str, Any] = field(default_factory=dict)
    problems: Sequence[tuple[str, str]] = ()
    incomplete: Sequence[str] = ()


BUDGET, BUDGET_FOR_EACH = 60.0, 2.0
"""Seconds of one core for verifying in a run, and more for each account with a declared password: bcrypt of cost 12,
everybody's, takes a tenth of it."""


class PasswordBook:
    """Verifies and makes hashes on all cores, each once, and within a budget: who set what is stored is not known.

    :ivar secrets: every hash that was read or made; to be masked in messages
    """

    def __init__(self) -> None:
        self._matches: dict[tuple[str, str], bool | str] = {}
        self._hashes: dict[tuple[str, str], str] = {}
        self._read: set[str] = set()
        self._spent, self._accounts = 0.0, 0

    @property
    def secrets(self) -> set[str]:
        return {stored for stored, password in self._matches} | set(self._hashes.values()) | self._read

    def keep(self, accounts: Iterable[Account]) -> None:
        """Remember the stored passwords of accounts, as secrets."""
        self._read.update(account.password_hash for account in accounts if account.password_hash)

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
        new = list(dict.fromkeys(pair for pair in pairs.values() if pair not in self._matches))
        self._accounts = max(self._accounts, len(pairs))

        def verify(pair: tuple[str, str]) -> bool | str:
            if len(pair[0]) > MAX_STORED:
                return f"the stored password has {len(pair[0])} characters, and none has more than {MAX_STORED}"
            try:
                # of no format: bytes of a row that are not UTF-8
                return is_valid_unicode(pair[0]) and service.verify_password(*pair)
            except UnverifiableHash as error:
                return str(error)

        estimates = on_all_cores(lambda pair: estimate(lambda: verify(pair)), new)
        self._matches.update((pair, result) for pair, (_seconds, result) in zip(new, estimates) if result is not None)
        affordable = self._affordable({pair: seconds for pair, (seconds, result) in zip(new, estimates)
                                       if result is None})
        self._matches.update(zip(affordable, on_all_cores(verify, affordable)))
        problems = [(typed, str(self._matches[pair])) for typed, pair in pairs.items()
                    if isinstance(self._matches[pair], str)]
        if problems:
            raise AccountError(problems)

    def _affordable(self, costs: Mapping[tuple[str, str], float]) -> list[tuple[str, str]]:
        """What the budget lets verify: the cheap ones first, so that the expensive ones are those that are named."""
        budget = BUDGET + BUDGET_FOR_EACH * self._accounts
        affordable = []
        for pair in sorted(costs, key=lambda pair: costs[pair]):
            if self._spent + costs[pair] <= budget:
                self._spent += costs[pair]
                affordable.append(pair)
            else:
                self._matches[pair] = (
                    f"to verify the stored password would take {costs[pair]:.1f} seconds of a processor, and with those"
                    f" before it more than the {budget:.0f} that all of a run may take; with update_password: on_create"
                    " it is left alone"
                )
        return affordable

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
                # It was made from it: to read it back needs no verifying.
                self._matches[change.password_hash, change.declared.password] = True


@dataclass
class Outcome:
    """What a run did, or in check mode would do.

    :ivar service: for showing accounts; its connection is closed
    :ivar problem: why not all was done that was declared, and what was; empty when all was
    :ivar written: something was written, or in check mode would be
    """

    plan: Plan
    service: Service
    warnings: list[str]
    problem: str = ""
    written: bool = False


def reconcile(
    database: Database, service_class: type[Service], request: Request, book: PasswordBook, check_mode: bool
) -> Outcome:
    """Bring the accounts into the declared state.

    Who is to be shut out is so, whatever is wrong with the rest; the rest is done all or none. An error that comes
    after something was done has it as its C(outcome).

    :raises AccountError: when an account cannot be as declared
    :raises LimitError: when too many accounts would be touched
    :raises DatabaseError: when the database does not do what it should, or is not one of the type
    """
    run = _Run(database, service_class, request, book)
    try:
        return run.outcome(check_mode)
    except (TaskError, MissingLibrary):
        raise
    except Exception as error:
        if run.done and not check_mode:  # for whoever tells of an error that nobody expected
            error.written = run.shut_out_alone("was")  # type: ignore[attr-defined]
        raise


class _WithoutEffect(Exception):
    """What was written made no difference: the transaction is rolled back.

    :param plan: of it
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan


class _Run:
    """One run.

    :ivar service: of the first reading, for warnings and for showing accounts
    :ivar shut: who is to be shut out, by name and state alone
    :ivar plan: everything that is declared
    :ivar losing: what takes memberships and rights away, if the plan cannot be written
    :ivar errors: why the rest of the plan is not written
    :ivar later: why something beside the plan is not written
    :ivar done: changes that shut somebody out
    :ivar refused: who could not be shut out as declared, by the name as it was typed
    """

    def __init__(
        self, database: Database, service_class: type[Service], request: Request, book: PasswordBook
    ) -> None:
        self.database, self.service_class, self.request, self.book = database, service_class, request, book
        self.service: Service
        self.plan = Plan()
        self.shut: list[Declared] = []
        self.losing: list[Declared] = []
        self.errors: list[TaskError | MissingLibrary] = []
        self.later: list[TaskError] = []
        self.done: list[Change] = []
        self.refused: list[tuple[str, str]] = []
        self._causes: list[TaskError] = []
        self._ids: dict[str, Any] = {}
        self._meant: set[str] = set()  # accounts that a listed name may mean
        self._warnings: list[str] = []

    def outcome(self, check_mode: bool) -> Outcome:
        """Look, and unless in check mode write."""
        shut_plan = self.database.transaction(self._look, write=False)
        rest = self._rest()
        landed = False
        if check_mode:
            self.done = shut_plan.pending
            landed = bool(rest) and not self.errors
        else:
            try:
                self._shut_out(self.shut)
            except (DatabaseError, OptionError) as failure:
                if str(failure) not in map(str, self.errors):
                    self.errors.insert(0, failure)
            if not self.errors:
                landed = self._write_rest(rest)
            if self.errors and self.losing:
                self._take_away()
        written = bool(self.done) or landed
        problem = self._problem(landed, check_mode)
        if problem and not written:
            raise self._error()
        self._merge()
        warnings = [*self.service.warnings, *self._warnings, *_engine_warnings(self.database), *self.database.warnings]
        outcome = Outcome(self.plan, self.service, list(dict.fromkeys(warnings)), problem, written)
        if not problem:
            return outcome
        error = self._error()
        error.outcome = outcome
        raise error

    # Looking

    def _look(self, connection: Any) -> Plan:
        """Read without a lock, and plan; the part of the plan that shuts somebody out."""
        request = self.request
        self.errors, self.later, self.refused, self._causes, self._warnings, self.losing = [], [], [], [], [], []
        service = self.service = self.service_class(self.database, connection, request.options)
        actual = service.read(None) if request.complete else {}
        declared, leaving, problems = declare(service, request.entries, actual if request.complete else None)
        problems = [*request.problems, *problems]
        self._look_at_names(service, declared)
        if problems and not leaving and not any(wanted.state in SHUT for wanted in declared):
            raise AccountError(problems)
        # Also in a whole list: the application may take a name for that of an account with another spelling.
        missing = [wanted.name for wanted in (*declared, *leaving) if wanted.name not in actual]
        actual.update(service.read(missing) if missing else {})
        self.book.keep(actual.values())
        declared, leaving = self._by_their_own_names(declared, actual), self._by_their_own_names(leaving, actual)
        self.shut = [_by_name_alone(wanted) for wanted in declared if wanted.state in SHUT] + leaving
        understood = not problems and not request.incomplete
        unlisted = self._unlisted(declared, actual, understood) if request.complete else []
        self._ids = {name: account.id for name, account in actual.items()}
        if request.incomplete:
            self.errors.append(ListError(request.incomplete))
        if problems:
            self.errors.append(AccountError(problems))
        shut_plan, self.refused = draft(self.shut, actual, self.book.matches, service.builtin_groups)
        self._plan_all(service, declared, actual)
        self.plan.unlisted = [account.name for account in unlisted]
        self._check(service, shut_plan)
        service.remarks(self.plan.changes)
        try:
            if request.complete:
                _check_changed(request, self.plan, declared, actual)
        except LimitError as error:
            self.errors.append(error)
        else:
            self._find_losing()
        return shut_plan

    def _look_at_names(self, service: Service, declared: Sequence[Declared]) -> None:
        """Names of which nobody can tell whose they are. Who is to be shut out under one holds nothing else up: anybody
        may have registered the other."""
        self._meant = set()
        for wanted, names, problem in service.doubtful_names(declared):
            told = self.later if wanted.state in SHUT else self.errors
            told.append(AccountError([(wanted.typed, problem)]))
            self._meant |= set() if wanted.state in SHUT else set(names)

    def _find_losing(self) -> None:
        """What goes, if the rest cannot be written as it is; nothing of what is wrong itself."""
        if not any(isinstance(error, OptionError) or isinstance(error, DatabaseError) and _concerns_all(error)
                   for error in self.errors):
            problems = [error.problems for error in self.errors if isinstance(error, AccountError)]
            wrong = {typed for some_of_them in problems for typed, _problem in some_of_them}
            self.losing = _losing(self.service, self._rest(), wrong) if self.errors else []

    def _by_their_own_names(self, declared: Sequence[Declared], actual: dict[str, Account]) -> list[Declared]:
        """Those to be shut out under the name that the account has, where it differs by the case of letters alone."""
        names = {wanted.name for wanted in declared}
        found = []
        for wanted in declared:
            account = actual.get(wanted.name)
            if wanted.state in SHUT and account is not None and account.name != wanted.name:
                if account.name in names:
                    del actual[wanted.name]  # nobody is spelled so, and who is spelled otherwise is declared as well
                elif account.name.lower() == wanted.name.lower():
                    actual[account.name] = account
                    wanted = replace(wanted, name=account.name)
            found.append(wanted)
        return found

    def _unlisted(
        self, declared: Sequence[Declared], actual: Mapping[str, Account], understood: bool
    ) -> list[Account]:
        """The unlisted accounts; those that are to be shut out go to the others.

        :param understood: the whole list was. Where it was not, nobody knows who is unlisted, and nobody is shut out
            for it
        """
        request = self.request
        _check_disabled(request, self.shut, declared, actual)
        listed = {wanted.name for wanted in (*declared, *self.shut)}
        listed |= {actual[name].name for name in listed if name in actual} | self._meant
        exceptions = self._exceptions(actual)
        unlisted = unlisted_accounts(listed, actual.values(), exceptions)
        if not understood:
            return unlisted
        same = self._same_as_listed(unlisted, declared)
        try:
            leaving = _declare_unlisted(
                request, [account for account in unlisted if account.name not in same], actual, exceptions)
        except LimitError as error:
            self.later.append(error)
        else:
            self.shut += self._spare_foreign(leaving, actual)
        return unlisted

    def _spare_foreign(self, leaving: Sequence[Declared], actual: Mapping[str, Account]) -> list[Declared]:
        """Whoever no list can name is shut out and not removed, as no list could have kept it."""
        foreign = {wanted.name for wanted in leaving if self.service.foreign(actual[wanted.name])}
        touched = [name for name in foreign if not actual[name].disabled]
        if touched:
            self._warnings.append(f"No list can name {first_names(touched)}: unlisted accounts of such names are"
                                  " disabled, and not removed. Give the names in unlisted_except to leave them alone.")
        return [replace(wanted, state="disabled") if wanted.name in foreign else wanted for wanted in leaving]

    def _same_as_listed(self, unlisted: Sequence[Account], declared: Sequence[Declared]) -> set[str]:
        """Unlisted names that the application takes for one that stays open: to shut them out would shut it out."""
        odd = [account.name for account in unlisted if account.undecided]
        if self.request.unlisted == "ignore" or not odd:
            return set()
        staying = [wanted.name for wanted in declared if wanted.state not in SHUT]
        folded = self.service.folded([*odd, *staying])
        keys = {folded[name] for name in staying}
        same = {name for name in odd if folded[name] in keys}
        if same:
            self._warnings.append(f"The application takes an unlisted name for that of a listed account:"
                                  f" {first_names(same)}. It was left alone, since to shut it out would shut out the"
                                  " other. Remove its rows.")
        return same

    def _exceptions(self, actual: Mapping[str, Account]) -> list[str]:
        """O(unlisted_except) as it is, and names in the application's own form; a warning for what spares nobody."""
        exceptions = []
        for pattern in self.request.unlisted_except:
            spared = [pattern]
            with suppress(ValueError):
                spared.append(self.service.canonical_name(pattern))
            if not any(is_excepted(name, spared) for name in actual):
                self._warnings.append(f"unlisted_except: there is no account {pattern!r}, so nobody is spared by it.")
            exceptions += spared
        return exceptions

    def _plan_all(self, service: Service, declared: Sequence[Declared], actual: Mapping[str, Account]) -> None:
        """The whole plan; what of it shuts nobody out and must not be is an error."""
        try:
            self.book.verify(service, declared, actual)
        except (AccountError, MissingLibrary) as error:
            self.errors.append(error)
        listed = {wanted.name for wanted in declared}
        everyone = [*declared, *(wanted for wanted in self.shut if wanted.name not in listed)]
        self.plan, problems = draft(everyone, actual, self.book.matches, service.builtin_groups)
        told = {typed for typed, _problem in self.refused}
        problems = [problem for problem in problems if problem[0] not in told]
        if problems:
            self.errors.append(AccountError(problems))
        for change in self.plan.changes:
            change.unproved = _is_unproved(service, change, self.book)
        names = [change.name for change in self.plan.changes if change.unproved]
        if names:
            self._warnings.append(
                f"The account was there before, and gains rights: {first_names(names)}. Nothing but the name says"
                " whose it is, as its password is not the declared one. Look at it before you rely on it.")

    def _check(self, service: Service, shut_plan: Plan) -> None:
        """What the service refuses, told apart: what shuts somebody out, and the rest."""
        refused = dict(self.refused)
        shut_plan.changes = [change for change in shut_plan.changes if change.declared.typed not in refused]
        rest = self._rest()
        names = {change.name for change in rest}
        alone = [change for change in shut_plan.pending if change.name not in names]
        typed = {change.declared.typed for change in alone}
        try:
            service.check(_with_twins([*rest, *alone]))
        except AccountError as error:
            refused.update(problem for problem in error.problems if problem[0] in typed)
            others = [problem for problem in error.problems if problem[0] not in typed]
            if others:
                self.errors.append(AccountError(others))
        except SchemaError as error:
            # Tables that only removal or the rest need are missing: who is to be disabled is so all the same.
            service.check(_with_twins([change for change in alone if change.action == "disabled"]))
            shut_plan.changes = [change for change in shut_plan.changes if not change.removes]
            self.errors.append(error)
        self.refused = list(refused.items())
        changes = []
        for change in shut_plan.changes:
            if change.declared.typed not in refused:
                changes.append(change)
            elif change.removes and change.account and not change.account.disabled:
                changes.append(replace(change, action="disabled"))
        shut_plan.changes = changes

    def _rest(self) -> list[Change]:
        """What the plan writes beside shutting people out."""
        refused = {typed for typed, _problem in self.refused}
        return [change for change in self.plan.pending if not change.removes
                and change.declared.typed not in refused and (change.action != "disabled" or change.fields)]

    # Writing

    def _shut_out(self, wanted: Sequence[Declared]) -> None:
        """Disable and remove accounts; one that cannot be keeps no other from it.

        :raises DatabaseError: where the database does nothing at all
        """
        refused = {typed for typed, _problem in self.refused}
        self._shut_together([one for one in wanted if one.state == "disabled" and one.typed not in refused])
        removed = [one for one in wanted if one.state == "absent"]
        self._shut_together([one for one in removed if one.typed not in refused])
        self._disable_instead([one for one in removed if one.typed in refused])

    def _disable_instead(self, wanted: Sequence[Declared]) -> None:
        """Who cannot be removed gets in no more, at least."""
        try:
            self._shut_together([replace(one, state="disabled") for one in wanted])
        except DatabaseError as error:
            self.later.append(error)

    def _shut_together(self, wanted: Sequence[Declared]) -> None:
        if not wanted or not any(one.name in self._ids for one in wanted):
            return
        try:
            self.done += self._write(wanted, self._ids).pending
        except AccountError as error:
            named = dict(error.problems)
            self._refuse([one for one in wanted if one.typed in named], named)
            others = [one for one in wanted if one.typed not in named]
            self._shut_together(others if len(others) < len(wanted) else [])
        except DatabaseError as error:
            if _concerns_all(error):
                raise
            if len(wanted) == 1:
                self._causes.append(error)
                self._refuse(wanted, {one.typed: _plain(error) for one in wanted})
            else:
                half = len(wanted) // 2
                self._shut_together(wanted[:half])
                self._shut_together(wanted[half:])

    def _refuse(self, wanted: Sequence[Declared], problems: Mapping[str, str]) -> None:
        self.refused += [(one.typed, problems[one.typed]) for one in wanted]
        self._disable_instead([one for one in wanted if one.state == "absent"])

    def _write_rest(self, rest: Sequence[Change]) -> bool:
        if not rest:
            return False
        try:
            self.book.fill(self.service, rest)
            written = self._write([change.declared for change in rest])
        except (AccountError, DatabaseError, OptionError, MissingLibrary) as error:
            culprits = self._culprits([change.declared for change in rest], error)
            self.errors.append(AccountError(culprits) if culprits else error)
            self._find_losing()
            return False
        told = {change.name: change.unproved for change in rest}
        changes = {change.name: replace(change, unproved=told[change.name]) for change in written.changes}
        shut = {change.name for change in self.done}
        self.plan.changes = [change if change.name in shut else changes.get(change.name, change)
                             for change in self.plan.changes]
        return bool(written.pending)

    def _culprits(self, declared: Sequence[Declared], failure: Exception) -> list[tuple[str, str]]:
        """Which accounts it is that a database does not take, and which option of each.

        They are tried by halves, in a transaction that is rolled back. Nobody can tell where tables cannot roll back.
        """
        cause = failure.__cause__
        if not isinstance(failure, DatabaseError) or cause is None or _concerns_all(failure) or (
                not is_about_values(cause) or self.database.without_transactions()):
            return []
        found: list[tuple[str, str]] = []

        def work(connection: Any) -> None:
            self._try(connection, declared, found)
            raise _WithoutEffect(Plan())

        with suppress(TaskError, MissingLibrary, _WithoutEffect):  # the failure itself is told then
            self.database.transaction(work)
        return list(dict.fromkeys(found))

    def _try(self, connection: Any, declared: Sequence[Declared], found: list[tuple[str, str]]) -> None:
        """Write accounts after those that could be, as far as they can be."""
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
        """What of an account it is that a database does not take: without it, it does."""
        for option, less in _with_less(wanted):
            def put(less: Declared = less) -> None:
                self._put(connection, [less])
                raise _WithoutEffect(Plan())

            try:
                failed = self.database.attempt(connection, put)
            except _WithoutEffect:
                failed = None
            except TaskError:  # it cannot do without
                continue
            if option == "name" and failed is not None:
                return f"the database does not take it: {refusal(failed)}"
            if option != "name" and failed is None:
                return f"the database does not take its {option}: {refusal(error)}"
        return f"the database does not take it: {refusal(error)}"

    def _put(self, connection: Any, declared: Sequence[Declared]) -> None:
        """Write what is declared and is not so."""
        service, result = self._plan_locked(connection, declared, {})
        if result.pending:
            self._write_changes(service, result)

    def _take_away(self) -> None:
        """Memberships and rights that go, where the plan they belong to cannot be written."""
        with suppress(AccountError, DatabaseError, OptionError):  # what was wrong is told already
            self.done += self._write(self.losing).pending

    def _write(self, declared: Sequence[Declared], ids: Mapping[str, Any] | None = None) -> Plan:
        """Write in one transaction what is declared.

        :param ids: of accounts that are shut out: who has another name since is found by them
        """
        finished: list[Plan] = []

        def work(connection: Any) -> Plan:
            service, result = self._plan_locked(connection, declared, ids or {})
            if finished and not result.pending:
                return finished[-1]  # an attempt before this one was committed, and its answer was lost
            if not result.pending:
                return result
            self._write_changes(service, result)
            self._read_back(service, result)
            if not result.pending:
                raise _WithoutEffect(result)
            told = {*self.service.warnings, *self._warnings}
            self._warnings += [warning for warning in service.warnings if warning not in told]  # of what it came upon
            finished.append(result)
            return result

        try:
            return self.database.transaction(work)
        except _WithoutEffect as nothing:
            return nothing.plan

    def _plan_locked(
        self, connection: Any, declared: Sequence[Declared], ids: Mapping[str, Any]
    ) -> tuple[Service, Plan]:
        service = self.service_class(self.database, connection, self.request.options)
        service.removed += [change.id for change in self.done if change.removes]
        actual = _read(service, [wanted.name for wanted in declared], lock=True)
        wanted_now = _renamed(service, declared, actual, ids)
        self.book.keep(actual.values())
        self.book.verify(service, wanted_now, actual)
        return service, plan(wanted_now, actual, self.book.matches, service.builtin_groups)

    def _write_changes(self, service: Service, result: Plan) -> None:
        service.check(_with_twins(result.pending))
        self.book.fill(service, result.pending)
        service.shutting = all(change.shuts for change in result.pending)
        service.write(_with_twins(result.pending))

    def _read_back(self, service: Service, written: Plan) -> None:
        """Make sure that the database kept what was written.

        A text that the database spells otherwise is told, and counts as changed only where something came of it.

        :raises DatabaseError: where it did not
        """
        pending = written.pending
        found = service.read([change.name for change in pending])
        actual = {name: account for name, account in found.items() if account.name == name}  # not another spelling
        self.book.keep(actual.values())
        kept, problems = draft([change.declared for change in pending], actual, self.book.matches,
                               service.builtin_groups)
        # Groups that the application gives to every new account are not declared.
        lost = [typed for typed, _problem in problems]
        altered: dict[str, list[str]] = {}
        changes = {change.name: change for change in pending}
        for missing in kept.pending:
            change = changes[missing.name]
            if _is_altered(service, change, missing):
                for option in missing.values:
                    altered.setdefault(option, []).append(missing.name)
                _forget_without_effect(change, missing)
            else:
                lost.append(missing.name)
        if lost:
            raise DatabaseError(f"{self.database.describe()}: the database did not keep what was written for"
                                f" {first_names(lost)}. Look for a trigger on its tables. Nothing was written.")
        self._warnings += [
            f"The database itself changes {option} of {first_names(names)} when it is written, by a trigger for"
            " instance. Declare what it makes of it." for option, names in altered.items()]

    # Telling

    def _merge(self) -> None:
        """The plan as it was done: where the rest was not, only what shut somebody out or took something away."""
        # By the name as it was typed: the account may have another one by now.
        done = {change.declared.typed: change for change in self.done}
        if self.errors:
            self.plan.changes = list(done.values())
            return
        failed = {typed for typed, _problem in self.refused}
        changes = []
        for change in self.plan.changes:
            written = done.pop(change.declared.typed, None)
            if change.shuts and written is not None:
                keeps = change.action == written.action and change.name == written.name
                change = change if keeps else written
            elif change.shuts and (change.removes or change.declared.typed in failed or not change.fields):
                change = replace(change, action="unchanged")
            changes.append(change)
        self.plan.changes = changes + list(done.values())

    def _error(self) -> TaskError | MissingLibrary:
        """What to raise."""
        for error in (*self.errors, *self._causes):
            if not isinstance(error, (AccountError, ListError)):
                return error
        if any(isinstance(error, ListError) for error in self.errors):
            return ListError(self._told())
        problems = [problem for error in self.errors if isinstance(error, AccountError) for problem in error.problems]
        if problems or self.refused:
            return AccountError(list(dict.fromkeys([*self.refused, *problems])))
        return self.later[0]

    def shut_out_alone(self, would: str) -> str:
        """That nothing was done, or C(would be), but what shuts somebody out."""
        return f"Only what takes access away {would} written, for {first_names([change.name for change in self.done])}."

    def _told(self) -> list[str]:
        """What is wrong, each in a sentence."""
        told = [f"{typed!r}: {problem}" for typed, problem in dict.fromkeys(self.refused)]
        for error in (*self.errors, *self.later):
            told += ([f"{typed!r}: {problem}" for typed, problem in error.problems]
                     if isinstance(error, AccountError) else [_plain(error)])
        return told

    def _problem(self, landed: bool, check_mode: bool) -> str:
        """Why not all was done, in sentences; empty when all was."""
        told = self._told()
        if not told:
            return ""
        would = "would be" if check_mode else "was"
        lost = any(getattr(error, "commit_lost", False) for error in self.errors)
        if landed:
            start = f"All else {would} written."
        elif lost:
            start = f"What takes access away was written, for {first_names([change.name for change in self.done])}."
        else:
            start = self.shut_out_alone(would)
        return f"{start} {summarise(told)}"


def _plain(error: Exception) -> str:
    """The sentences of an error that do not say what was written."""
    return " ".join(str(error).replace("Nothing was written.", "").split())


def _by_name_alone(wanted: Declared) -> Declared:
    """What shuts an account out, and nothing else."""
    return Declared(wanted.name, wanted.typed, wanted.state, arguments=wanted.arguments)


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


def _with_twins(changes: Sequence[Change]) -> list[Change]:
    """The changes, and those of other accounts of the same name: they are shut out together."""
    return [one for change in changes for one in (change, *(
        replace(change, account=twin, id=twin.id)
        for twin in (change.account.twins if change.account and change.action == "disabled" else ())
    ))]


def _read(service: Service, names: Sequence[str], lock: bool = False) -> dict[str, Account]:
    """Accounts by their names; those with a name that no statement can hold are looked for among all."""
    if all(is_valid_unicode(name) and not isinstance(name, Unreadable) for name in names):
        return service.read(names, lock)
    wanted = set(names)
    return {name: account for name, account in service.read(None, lock).items() if name in wanted}


def _renamed(
    service: Service, declared: Sequence[Declared], actual: dict[str, Account], ids: Mapping[str, Any]
) -> list[Declared]:
    """Those declared, under the name that the account with their number has now."""
    gone = {ids[wanted.name]: wanted for wanted in declared if wanted.name in ids and wanted.name not in actual}
    names = service.names_of(gone) if gone else {}
    if not names:
        return list(declared)
    actual.update(service.read(list(names.values()), lock=True))
    moved = {gone[key].name: name for key, name in names.items()}
    return [replace(wanted, name=moved[wanted.name]) if wanted.name in moved else wanted for wanted in declared]


def _is_altered(service: Service, written: Change, missing: Change) -> bool:
    """Whether all that an account lacks after writing are texts that the database keeps in a form of its own.

    :param missing: what would have to be written once more
    """
    if missing.action != "updated" or missing.groups is not None or missing.new_password or missing.account is None:
        return False
    for option, wanted in missing.values.items():
        stored = missing.account.values.get(option)
        if option in service.rights_options or not (isinstance(wanted, str) and isinstance(stored, str) and stored):
            return False
        before = written.account.values.get(option) if written.account else None
        if stored == before and stored.strip().casefold() != wanted.strip().casefold():
            return False
    return True


def _forget_without_effect(written: Change, missing: Change) -> None:
    """Take out of a change what the account had before as it has it now."""
    if written.account is None or missing.account is None:
        return
    for option in missing.values:
        if written.account.values.get(option) == missing.account.values[option]:
            written.values.pop(option, None)
    if written.action == "updated" and not written.fields:
        written.action = "unchanged"


def _concerns_all(error: DatabaseError) -> bool:
    """Whether a failure has nothing to do with the rows of one account."""
    cause = error.__cause__
    if isinstance(error, SchemaError) or is_disconnect(cause) or is_refused(cause):
        return True
    return is_denied(cause) or (is_transient(cause) and not is_duplicate(cause))


def _is_unproved(service: Service, change: Change, book: PasswordBook) -> bool:
    """Whether an account that was there gains something, and nothing but its name says whose it is.

    An address proves nothing: whoever registers can give any, unless the application says that it was confirmed.
    """
    account = change.account
    if account is None or account.protected or change.shuts or change.action == "unchanged":
        return False
    gained = set(change.groups or ()) - set(account.groups)
    rights = [name for name in service.rights_options if change.values.get(name) is True]
    if not (change.action == "enabled" or gained or rights):
        return False
    verify = change.declared.password_to_verify(account)
    if verify is not None and book.matches(*verify):
        return False
    address = account.values.get("email_confirmed") is True and account.values.get("email")
    return not address or change.declared.values.get("email") != address


def _losing(service: Service, changes: Iterable[Change], problems: Collection[str]) -> list[Declared]:
    """What takes memberships and rights away, of changes that nothing is wrong with."""
    found = []
    for change in changes:
        if change.account is None or change.declared.typed in problems:
            continue
        lost, actual = change.lost_groups, change.account.values
        rights = {name: value for name, value in change.values.items()
                  if name in service.rights_options and value is False and actual.get(name) is True}
        if lost or rights:
            groups = {name: value for name, value in change.account.groups.items() if name not in lost}
            found.append(Declared(change.name, change.declared.typed, values=rights, groups=groups if lost else None,
                                  arguments=change.declared.arguments))
    return found


def declare(
    service: Service, entries: Sequence[Mapping[str, Any]], actual: Mapping[str, Account] | None = None
) -> tuple[list[Declared], list[Declared], list[tuple[str, str]]]:
    """The declared accounts, those of refused entries that are shut out all the same, and what is refused.

    :param actual: all accounts that there are, if they were read: entries that keep somebody out who can have no
        account here, as the application takes no such name, are left out
    """
    declared: list[Declared] = []
    leaving: list[Declared] = []
    problems: list[tuple[str, str]] = []
    service.look_up((entry["name"] for entry in entries), actual)
    for entry in entries:
        try:
            declared.append(service.declare(entry))
        except ValueError as error:
            name, known = _name_to_shut(service, entry, actual)
            if name is not None:
                leaving.append(Declared(name, entry["name"], entry["state"],
                                        arguments=dict.fromkeys(service.argument_options)))
            if not known:
                problems.append((entry["name"], str(error)))
    return _each_once(service, declared, actual, problems), leaving, problems


def _name_to_shut(
    service: Service, entry: Mapping[str, Any], actual: Mapping[str, Account] | None
) -> tuple[str | None, bool]:
    """The name of an account that a refused entry keeps out, and whether that is all there is to do for the entry.

    All people are declared on every service, also where nobody can have their name.
    """
    if entry["state"] not in SHUT or not is_valid_unicode(entry["name"]):
        return None, False
    try:
        return service.name_of(entry["name"], True), False
    except AmbiguousName:
        return None, False
    except ValueError:
        return None, actual is not None


def _each_once(
    service: Service, declared: Sequence[Declared], actual: Mapping[str, Account] | None,
    problems: list[tuple[str, str]],
) -> list[Declared]:
    """The declared accounts without those that are kept out and are nobody's; two that mean one are a problem."""
    folded = service.folded([wanted.name for wanted in declared])
    first: dict[Any, Declared] = {}
    found: list[Declared] = []
    for wanted in declared:
        other = first.setdefault(folded[wanted.name], wanted)
        if other is not wanted:
            if other.name == wanted.name:
                twice = "is listed twice" if other.typed == wanted.typed else f"is the same account as {other.typed!r}"
                problems.append((wanted.typed, f"{twice}: {wanted.name!r}"))
                if wanted.state in SHUT and other.state not in SHUT:  # whichever stands first
                    first[folded[wanted.name]] = wanted
                    found = [wanted if one is other else one for one in found]
                continue
            spare = next((one for one in (wanted, other) if one.state in SHUT and one.name not in (actual or ())), None)
            if spare is None or actual is None:
                problems.append((wanted.typed, f"is the same account as {other.typed!r}: {wanted.name!r}"))
            elif spare is other:
                first[folded[wanted.name]] = wanted
                found = [one for one in found if one is not other]
            else:
                continue
        found.append(wanted)
    return found


def _check_disabled(
    request: Request, shut: Sequence[Declared], declared: Sequence[Declared], actual: Mapping[str, Account]
) -> None:
    """The fuse against a list that suddenly disables everybody.

    Of those that are listed: whoever registers must not raise what the limit is a part of.

    :raises LimitError: when the entries would disable or remove too many of the accounts that can log in. A single one
        is never too many
    """
    names = {wanted.name for wanted in (*declared, *shut)}
    listed = [actual[name] for name in names if name in actual and _can_log_in(actual[name])]
    leaving = {wanted.name for wanted in shut}
    touched = sum(account.name in leaving for account in listed)
    check_limit(touched if touched > 1 else 0, len(listed), request.disable_limit, "disable_limit",
                "are listed and can log in would be disabled or removed by their entries")


def _check_changed(
    request: Request, result: Plan, declared: Sequence[Declared], actual: Mapping[str, Account]
) -> None:
    """The fuse against a list that suddenly takes groups, addresses, passwords or accounts away from everybody.

    :raises LimitError: when too many of the listed accounts would be changed in one of these ways
    """
    changes = [change for change in result.changes if change.account is not None and not change.account.protected]
    names = {wanted.name for wanted in declared}
    listed = [change for change in changes if change.name in names]
    staying = [change for change in listed if not change.shuts]
    grouped = [change for change in staying if change.account and change.account.groups]
    fuses = (
        (grouped, [change for change in grouped if change.lost_groups], "are listed and in a group would lose one"),
        (staying, [change for change in staying if change.account and change.account.values.get("email")
                   and "email" in change.values], "are listed would get another e-mail address"),
        (staying, [change for change in staying if change.account and change.account.password_hash
                   and change.new_password], "are listed would get another password"),
        (listed, [change for change in listed if change.removes], "are listed would be removed"),
    )
    for touchable, touched, what in fuses:
        number = len(touched) if len(touched) > 1 else 0
        check_limit(number, len(touchable), request.change_limit, "change_limit", what)


def _can_log_in(account: Account) -> bool:
    return not account.disabled and not account.protected


def _declare_unlisted(
    request: Request, unlisted: Sequence[Account], actual: Mapping[str, Account], exceptions: Collection[str]
) -> list[Declared]:
    """The unlisted accounts that are touched.

    :raises LimitError: when they are too many. None of them is touched then, and the rest is done
    """
    if request.unlisted == "ignore":
        return []
    remove = request.unlisted == "remove"
    touched = [account for account in unlisted if not account.spared and (remove or _can_log_in(account))]
    touchable = [
        account for account in actual.values()
        if not account.protected and not account.spared and (remove or _can_log_in(account))
        and not is_excepted(account.name, list(exceptions))
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
