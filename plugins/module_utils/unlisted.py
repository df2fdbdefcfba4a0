# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts that a complete list does not name: which of them are shut out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress

from ansible_collections.auth.services.plugins.module_utils.account import (
    SHUT,
    Account,
    Declared,
    first_names,
    is_excepted,
)
from ansible_collections.auth.services.plugins.module_utils.limits import can_log_in, check_limit
from ansible_collections.auth.services.plugins.module_utils.request import Request
from ansible_collections.auth.services.plugins.module_utils.service import Service


def exceptions_in_both_forms(service: Service, patterns: Iterable[str], names: Collection[str]) -> list[str]:
    """``unlisted_except`` as it was typed and as the application spells it; a warning for what matches no account."""
    exceptions = []
    for pattern in patterns:
        forms = [pattern]
        with suppress(ValueError):
            forms.append(service.canonical_name(pattern))
        if not any(is_excepted(name, forms) for name in names):
            service.warnings.append(f"unlisted_except: no account matches {pattern!r}.")
        exceptions += forms
    return exceptions


def shut_unlisted(
    service: Service, request: Request, unlisted: Sequence[Account], declared: Sequence[Declared],
    actual: Mapping[str, Account], exceptions: Sequence[str],
) -> list[Declared]:
    """The unlisted accounts that are disabled or removed.

    :raises LimitError: when they are too many. None of them is touched then, and the rest is done
    """
    if request.unlisted == "ignore":
        return []
    remove = request.unlisted == "remove"
    same = _same_as_listed(service, unlisted, declared)
    touched = [account for account in unlisted
               if account.name not in same and not account.spared and (remove or can_log_in(account))]
    touchable = [
        account for account in actual.values()
        if not account.protected and not account.spared and (remove or can_log_in(account))
        and not is_excepted(account.name, exceptions)
    ]
    # Of removal, those that can log in count by themselves too: a heap of old disabled accounts must not hide them.
    for counts in ((len(touched), len(touchable)), (sum(map(can_log_in, touched)), sum(map(can_log_in, touchable)))):
        check_limit(*counts, request.unlisted_limit, "unlisted_limit", "unlisted would affect {} of {} accounts")
    # No list could have kept those that cannot be declared.
    kept = {account.name for account in touched if service.undeclarable_reason(account)}
    odd = [name for name in kept if not actual[name].disabled]
    if odd:
        service.warnings.append(
            f"No list can declare {first_names(odd)}. Unlisted accounts with such names are disabled, but not removed."
            " List them in unlisted_except to leave them alone.")
    return [Declared(account.name, account.name, "absent" if remove and account.name not in kept else "disabled")
            for account in touched]


def _same_as_listed(service: Service, unlisted: Sequence[Account], declared: Sequence[Declared]) -> set[str]:
    """Unlisted names that the application treats as the name of a listed account that stays open."""
    odd = [account.name for account in unlisted if account.undecided]
    if not odd:
        return set()
    staying = [wanted.name for wanted in declared if wanted.state not in SHUT]
    folded = service.folded([*odd, *staying])
    keys = {folded[name] for name in staying}
    same = {name for name in odd if folded[name] in keys}
    if same:
        service.warnings.append(
            f"The application treats the unlisted {first_names(same)} as the name of a listed account. It was left"
            " alone, because disabling it would disable the listed account too. Remove its rows.")
    return same
