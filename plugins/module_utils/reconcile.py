# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a request to a plan, and from the plan to what is written: the road that every type takes.

The steps (steps.py) are taken twice when something is to be written. The first look takes no lock: it computes what
takes long (verifying and hashing passwords), and check mode and a run without changes do no more. Then each transaction
that writes (writing.py) takes the steps again, with the rows locked and the results of the look at hand: the plan that
is written was computed from rows read in it, and the application never waits for our hashing. What was written is
read back in the same transaction: a trigger may have swallowed it.

Who is to be shut out is shut out first, in transactions of their own, by name and state alone: nothing that is wrong
with other accounts, or with other options of the same one, keeps anybody in. The rest follows in one transaction, all
or nothing. The task then fails with what was wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import (
    SHUT,
    Account,
    AccountError,
    Change,
    Declared,
    LimitError,
    ListError,
    MissingLibrary,
    OptionError,
    Plan,
    TaskError,
    first_names,
    summarise,
)
from ansible_collections.auth.services.plugins.module_utils.database import Database, DatabaseError, SchemaError
from ansible_collections.auth.services.plugins.module_utils.limits import check_changed, check_disabled
from ansible_collections.auth.services.plugins.module_utils.password_book import PasswordBook
from ansible_collections.auth.services.plugins.module_utils.request import Request, declare
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.steps import Steps
from ansible_collections.auth.services.plugins.module_utils.unlisted import Unlisted
from ansible_collections.auth.services.plugins.module_utils.writing import Writer, concerns_all


@dataclass
class Outcome:
    """What a run did, or in check mode would do.

    :ivar service: for showing accounts; its connection is closed
    :ivar problem: why not everything was done that was declared, and what was; empty when everything was
    :ivar written: something was written, or in check mode would be
    :ivar left_alone: why unlisted accounts were left alone, if that is all that was not done
    """

    plan: Plan
    service: Service
    warnings: list[str]
    problem: str = ""
    written: bool = False
    left_alone: str = ""


def reconcile(
    database: Database, service_class: type[Service], request: Request, book: PasswordBook, check_mode: bool
) -> Outcome:
    """Bring the accounts into the declared state.

    Who is to be shut out is shut out, whatever is wrong with the rest; the rest is done all or none. An error that
    comes after something was done has it as its ``outcome``.

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
        if run.done and not check_mode:  # for the report of an unexpected error
            error.written = run.only_shut_out("was")  # type: ignore[attr-defined]
        raise


class _Run:
    """One run.

    :ivar service: of the first look, for warnings and for showing accounts
    :ivar plan: everything that is declared
    :ivar shut: who is to be shut out, by name and state alone
    :ivar refused: who cannot be shut out as declared, by the name as it was typed
    :ivar losing: what takes memberships and rights away, if the rest of the plan cannot be written
    :ivar errors: why the rest of the plan is not written
    :ivar minor_errors: why something beside the plan is not written
    :ivar done: changes that shut somebody out or took something away
    """

    def __init__(
        self, database: Database, service_class: type[Service], request: Request, book: PasswordBook
    ) -> None:
        self.database, self.request, self.book = database, request, book
        self.writer = Writer(database, service_class, request.options, book)
        self.service: Service
        self.plan = Plan()
        self.shut: list[Declared] = []
        self.refused: list[tuple[str, str]] = []
        self.losing: list[Declared] = []
        self.errors: list[TaskError | MissingLibrary] = []
        self.minor_errors: list[TaskError] = []
        self.done: list[Change] = []
        self._causes: list[TaskError] = []
        self._ids: dict[str, Any] = {}

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
                self._shut_out()
            except (DatabaseError, OptionError) as failure:
                if str(failure) not in map(str, self.errors):
                    self.errors.insert(0, failure)
            if not self.errors:
                landed = self._write_rest(rest)
            if self.errors and self.losing:
                self._take_away()
        written = bool(self.done) or landed
        problem = self._problem(landed, check_mode)
        left_alone = self._left_alone()
        if problem and not written:
            error = self._error()
            if not left_alone:
                raise error
            problem = str(error)
        self._merge()
        warnings = [*self.service.warnings, *self.writer.warnings, *_engine_warnings(self.database),
                    *self.database.warnings]
        outcome = Outcome(self.plan, self.service, list(dict.fromkeys(warnings)), problem, written, left_alone)
        if not problem:
            return outcome
        error = self._error()
        error.outcome = outcome
        raise error

    # The first look

    def _look(self, connection: Any) -> Plan:
        """Take the steps without a lock, as far as the check; the part of the plan that shuts somebody out."""
        self.errors, self.minor_errors, self.refused, self._causes, self.losing = [], [], [], [], []
        request, steps = self.request, self.writer.begin(connection)
        service = self.service = steps.service
        declared, leaving, problems = declare(service, request.entries, request.complete)
        problems = [*request.problems, *problems]
        meant = self._look_at_names(declared)
        if problems and not leaving and not any(wanted.state in SHUT for wanted in declared):
            raise AccountError(problems)
        names = [wanted.name for wanted in (*declared, *leaving)]
        actual = steps.read(names) if names else {}
        declared, leaving = _by_their_own_names(declared, actual), _by_their_own_names(leaving, actual)
        self.shut = [_by_name_alone(wanted) for wanted in declared if wanted.state in SHUT] + leaving
        unlisted: Unlisted | None = None
        if request.complete:
            check_disabled(request.disable_limit, self.shut, declared, actual)
            # Where a part of the list is unknown, so is who is unlisted, and nobody is shut out for that.
            understood = not problems and not request.incomplete
            unlisted = self._look_at_unlisted(steps, declared, actual, meant, understood)
        self._ids = {name: account.id for name, account in actual.items()}
        if request.incomplete:
            self.errors.append(ListError(request.incomplete))
        if problems:
            self.errors.append(AccountError(problems))
        shut_plan, self.refused = steps.draft(self.shut, actual)
        self._plan_all(steps, declared, actual)
        if unlisted is not None:
            self.plan.unlisted, self.plan.unlisted_count = unlisted.names, unlisted.count
            self.plan.exceptions = unlisted.exceptions
        self._check(steps, shut_plan)
        service.remarks(self.plan.changes)
        self._look_at_unproved()
        try:
            if request.complete:
                check_changed(request.change_limit, self.plan, declared)
        except LimitError as error:
            self.errors.append(error)
        else:
            self._find_losing()
        return shut_plan

    def _look_at_names(self, declared: Sequence[Declared]) -> set[str]:
        """Accounts that doubtful names may mean.

        Who is to be shut out under a doubtful name holds nothing else up: anybody may have registered the other.
        """
        meant = set()
        for wanted, names, problem in self.service.doubtful_names(declared):
            errors = self.minor_errors if wanted.state in SHUT else self.errors
            errors.append(AccountError([(wanted.typed, problem)]))
            meant |= set() if wanted.state in SHUT else set(names)
        return meant

    def _look_at_unlisted(
        self, steps: Steps, declared: Sequence[Declared], actual: dict[str, Account], meant: Collection[str],
        understood: bool,
    ) -> Unlisted:
        """The unlisted accounts; those that are to be shut out join the others, if the list was understood."""
        listed = {wanted.name for wanted in (*declared, *self.shut)} | set(meant)
        unlisted = Unlisted(steps, self.request, listed, actual)
        unlisted.look()
        if understood:
            try:
                self.shut += unlisted.to_shut(declared)
            except LimitError as error:
                self.minor_errors.append(error)
        return unlisted

    def _plan_all(self, steps: Steps, declared: Sequence[Declared], actual: Mapping[str, Account]) -> None:
        """The whole plan; what of it is refused and shuts nobody out is an error."""
        try:
            steps.verify(declared, actual)
        except (AccountError, MissingLibrary) as error:
            self.errors.append(error)
        listed = {wanted.name for wanted in declared}
        everyone = [*declared, *(wanted for wanted in self.shut if wanted.name not in listed)]
        self.plan, problems = steps.draft(everyone, actual)
        refused = {typed for typed, _problem in self.refused}
        problems = [problem for problem in problems if problem[0] not in refused]
        if problems:
            self.errors.append(AccountError(problems))

    def _look_at_unproved(self) -> None:
        for change in self.plan.changes:
            change.unproved = _is_unproved(self.service, change, self.book)
        names = [change.name for change in self.plan.changes if change.unproved]
        if names:
            self.service.warnings.append(
                f"These accounts existed before and gain rights: {first_names(names)}. Their passwords are not the"
                " declared ones, so only their names say whose they are. Check that they belong to these people.")

    def _check(self, steps: Steps, shut_plan: Plan) -> None:
        """What the service refuses, told apart: what shuts somebody out, and the rest."""
        refused = dict(self.refused)
        shut_plan.changes = [change for change in shut_plan.changes if change.declared.typed not in refused]
        rest = self._rest()
        names = {change.name for change in rest}
        alone = [change for change in shut_plan.pending if change.name not in names]
        typed = {change.declared.typed for change in alone}
        try:
            steps.check([*rest, *alone])
        except AccountError as error:
            refused.update(problem for problem in error.problems if problem[0] in typed)
            others = [problem for problem in error.problems if problem[0] not in typed]
            if others:
                self.errors.append(AccountError(others))
        except SchemaError as error:
            # Tables that only removal or the rest need are missing: who is to be disabled is disabled all the same.
            steps.check([change for change in alone if change.action == "disabled"])
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

    def _find_losing(self) -> None:
        """What is taken away if the rest cannot be written as it is; nothing of accounts with a problem."""
        if not any(isinstance(error, OptionError) or isinstance(error, DatabaseError) and concerns_all(error)
                   for error in self.errors):
            wrong = {typed for error in self.errors if isinstance(error, AccountError)
                     for typed, _problem in error.problems}
            self.losing = _losing(self.service, self._rest(), wrong) if self.errors else []

    # Writing

    def _shut_out(self) -> None:
        """Disable and remove accounts; one that cannot be keeps no other from it.

        :raises DatabaseError: where the database does nothing at all
        """
        refused = {typed for typed, _problem in self.refused}
        self._shut_together([one for one in self.shut if one.state == "disabled" and one.typed not in refused])
        removed = [one for one in self.shut if one.state == "absent"]
        self._shut_together([one for one in removed if one.typed not in refused])
        self._disable_instead([one for one in removed if one.typed in refused])

    def _disable_instead(self, wanted: Sequence[Declared]) -> None:
        """Who cannot be removed gets in no more, at least."""
        try:
            self._shut_together([replace(one, state="disabled") for one in wanted])
        except DatabaseError as error:
            self.minor_errors.append(error)

    def _shut_together(self, wanted: Sequence[Declared]) -> None:
        """Shut accounts out in one transaction; by halves, where one of them cannot be."""
        if not wanted or not any(one.name in self._ids for one in wanted):
            return
        try:
            self.done += self.writer.write(wanted, self._ids).pending
        except AccountError as error:
            named = dict(error.problems)
            self._refuse([one for one in wanted if one.typed in named], named)
            others = [one for one in wanted if one.typed not in named]
            self._shut_together(others if len(others) < len(wanted) else [])
        except DatabaseError as error:
            if concerns_all(error):
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
        """Write the rest of the plan, all or nothing; whether anything came of it."""
        if not rest:
            return False
        try:
            self.book.fill(self.service, rest)
            written = self.writer.write([change.declared for change in rest])
        except (AccountError, DatabaseError, OptionError, MissingLibrary) as error:
            culprits = self.writer.culprits([change.declared for change in rest], error)
            self.errors.append(AccountError(culprits) if culprits else error)
            self._find_losing()
            return False
        unproved = {change.name: change.unproved for change in rest}
        changes = {change.name: replace(change, unproved=unproved[change.name]) for change in written.changes}
        shut = {change.name for change in self.done}
        self.plan.changes = [change if change.name in shut else changes.get(change.name, change)
                             for change in self.plan.changes]
        return bool(written.pending)

    def _take_away(self) -> None:
        """Take memberships and rights away, where the plan they belong to cannot be written."""
        with suppress(AccountError, DatabaseError, OptionError):  # the task fails already, with what was wrong
            self.done += self.writer.write(self.losing).pending

    # The outcome

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
            return ListError(self._sentences())
        problems = [problem for error in self.errors if isinstance(error, AccountError) for problem in error.problems]
        if problems or self.refused:
            return AccountError(list(dict.fromkeys([*self.refused, *problems])))
        return self.minor_errors[0]

    def _sentences(self) -> list[str]:
        """What is wrong."""
        sentences = [f"{typed!r}: {problem}" for typed, problem in dict.fromkeys(self.refused)]
        for error in (*self.errors, *self.minor_errors):
            sentences += ([f"{typed!r}: {problem}" for typed, problem in error.problems]
                          if isinstance(error, AccountError) else [_plain(error)])
        return sentences

    def _problem(self, landed: bool, check_mode: bool) -> str:
        """Why not everything was done, in sentences; empty when everything was."""
        sentences = self._sentences()
        if not sentences:
            return ""
        would = "would be" if check_mode else "was"
        if landed:
            start = f"Everything else {would} written."
        elif any(getattr(error, "commit_lost", False) for error in self.errors):
            start = f"Access was taken away from {first_names([change.name for change in self.done])}."
        else:
            start = self.only_shut_out(would)
        return f"{start} {summarise(sentences)}"

    def _left_alone(self) -> str:
        """Why unlisted accounts were left alone, if nothing else is wrong."""
        others = [*self.errors, *self.refused, *(one for one in self.minor_errors if not isinstance(one, LimitError))]
        return "" if others else " ".join(map(_plain, self.minor_errors))

    def only_shut_out(self, would: str) -> str:
        """That nothing was written, or ``would`` be, but what takes access away."""
        names = first_names([change.name for change in self.done])
        return f"Access {would} taken away from {names}. Apart from that, nothing {would} written."


def _by_their_own_names(declared: Sequence[Declared], actual: dict[str, Account]) -> list[Declared]:
    """Those to be shut out under the name that the account has, where it differs by the case of letters alone."""
    names = {wanted.name for wanted in declared}
    found = []
    for wanted in declared:
        account = actual.get(wanted.name)
        if wanted.state in SHUT and account is not None and account.name != wanted.name:
            if account.name in names:
                del actual[wanted.name]  # no account is spelled so, and the other spelling is declared as well
            elif account.name.lower() == wanted.name.lower():
                actual[account.name] = account
                wanted = replace(wanted, name=account.name)
        found.append(wanted)
    return found


def _by_name_alone(wanted: Declared) -> Declared:
    """What shuts an account out, and nothing else."""
    return Declared(wanted.name, wanted.typed, wanted.state, arguments=wanted.arguments)


def _is_unproved(service: Service, change: Change, book: PasswordBook) -> bool:
    """Whether an account that existed before gains something, and only its name says whose it is.

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


def _plain(error: Exception) -> str:
    """The sentences of an error that do not say what was written."""
    return " ".join(str(error).replace("Nothing was written.", "").split())


def _engine_warnings(database: Database) -> list[str]:
    tables = database.without_transactions()
    if not tables:
        return []
    shown = ", ".join(tables)
    return [f"{database.describe()}: {shown} cannot roll back (MyISAM, Aria): a failure may leave changes incomplete."]
