# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fuses against a list that is wrong: limits of how many accounts one run touches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ansible_collections.auth.services.plugins.module_utils.account import (
    Account,
    Declared,
    LimitError,
    OptionError,
    Plan,
)


def check_limit(touched: int, touchable: int, limit: str, option: str, what: str) -> None:
    """Stop when too many accounts would be touched.

    :param touchable: how many accounts could be touched at most
    :param limit: a count (``25``) or a percentage of ``touchable`` (``10%``)
    :param option: that gives the limit
    :param what: would happen to ``{}`` of ``{}`` accounts, for the message
    :raises LimitError: with the numbers
    :raises OptionError: when the limit is neither
    """
    text = limit.strip()
    percent = text.endswith("%")
    try:
        number = float(text[:-1]) if percent else int(text)
    except ValueError:
        raise OptionError(f"{option} must be a count or a percentage such as '10%', not {limit!r}") from None
    if number < 0 or (percent and not number <= 100):
        raise OptionError(f"{option} must be a count from 0 or a percentage from 0% to 100%, not {limit!r}")
    allowed = number * touchable / 100 if percent else number
    if touched > allowed:
        raise LimitError(
            f"{what.format(touched, touchable)}; {option} allows {text}."
            f" Nothing was written. Check the list of accounts; if it is right, raise {option}."
        )


def can_log_in(account: Account) -> bool:
    """Whether to disable the account would shut somebody out."""
    return not account.disabled and not account.protected


def check_disabled(
    limit: str, shut: Sequence[Declared], declared: Sequence[Declared], actual: Mapping[str, Account]
) -> None:
    """The fuse against a list that suddenly disables everybody.

    Of those that are listed: whoever registers must not raise the number of which the limit is a part.

    :param shut: those of the entries that are to be shut out
    :raises LimitError: when the entries would disable or remove too many of the accounts that can log in. A single one
        is never too many
    """
    names = {wanted.name for wanted in (*declared, *shut)}
    listed = [actual[name] for name in names if name in actual and can_log_in(actual[name])]
    leaving = {wanted.name for wanted in shut}
    touched = sum(account.name in leaving for account in listed)
    check_limit(touched if touched > 1 else 0, len(listed), limit, "disable_limit",
                "{} of {} listed accounts that can log in would be disabled or removed")


def check_changed(limit: str, plan: Plan, declared: Sequence[Declared]) -> None:
    """The fuse against a list that suddenly takes groups, addresses, passwords or accounts away from everybody.

    :raises LimitError: when too many of the listed accounts would be changed in one of these ways
    """
    changes = [change for change in plan.changes if change.account is not None and not change.account.protected]
    names = {wanted.name for wanted in declared}
    listed = [change for change in changes if change.name in names]
    staying = [change for change in listed if not change.shuts]
    grouped = [change for change in staying if change.account and change.account.groups]
    fuses = (
        (grouped, [change for change in grouped if change.lost_groups], "with groups would lose a group"),
        (staying, [change for change in staying if change.account and change.account.values.get("email")
                   and "email" in change.values], "would get another e-mail address"),
        (staying, [change for change in staying if change.account and change.account.password_hash
                   and change.new_password], "would get another password"),
        (listed, [change for change in listed if change.removes], "would be removed"),
    )
    for touchable, touched, what in fuses:
        number = len(touched) if len(touched) > 1 else 0
        check_limit(number, len(touchable), limit, "change_limit", f"{{}} of {{}} listed accounts {what}")
