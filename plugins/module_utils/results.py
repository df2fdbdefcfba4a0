# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What modules return: results and diffs, made of fields that hold no secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import Account, Change, printable, visible
from ansible_collections.auth.services.plugins.module_utils.options import account_spec
from ansible_collections.auth.services.plugins.module_utils.reconcile import Outcome
from ansible_collections.auth.services.plugins.module_utils.service import Service


def user_result(outcome: Outcome, complete: bool, diff: bool) -> dict[str, Any]:
    """What a ``<type>_user`` module returns.

    :param complete: of a list: accounts that stay as they are, are only counted
    :param diff: with what changes, before and after
    """
    pending = outcome.plan.pending
    shown = pending if complete else outcome.plan.changes
    counts: dict[str, int] = dict.fromkeys(("created", "updated", "enabled", "disabled", "removed", "unchanged"), 0)
    for change in outcome.plan.changes:
        counts[change.action] += 1
    result: dict[str, Any] = {
        "changed": outcome.written,
        "accounts": [
            {"name": printable(change.name), "id": change.id, "action": change.action, "fields": change.fields,
             **({"unproved": True} if change.unproved else {})}
            for change in shown
        ],
        "counts": counts,
        "unlisted": [printable(name) for name in outcome.plan.unlisted],
    }
    if outcome.left_alone:
        result["left_alone"] = outcome.left_alone
    if complete:
        result["exceptions"] = [printable(pattern) for pattern in outcome.plan.exceptions]
        counts["unlisted"] = outcome.plan.unlisted_count
        declared = [change.declared for change in outcome.plan.changes]
        # A list, not a dictionary: ansible-core looks for words of its own among the keys.
        result["names"] = [printable({"typed": wanted.typed, "name": wanted.name})
                           for wanted in declared if wanted.typed != wanted.name]
    if diff:
        sides = [show(change, outcome.service) for change in pending]
        result["diff"] = {
            "before": "".join(as_text(change.name, before) for change, (before, _after) in zip(pending, sides)),
            "after": "".join(as_text(change.name, after) for change, (_before, after) in zip(pending, sides)),
        }
    return {**result, **outcome.service.results}


def info_result(service: Service, accounts: Sequence[Account], params: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The lists that a ``<type>_user_info`` module returns.

    :param params: options of the module
    """
    service.look_up(account.name for account in accounts)
    foreign = {account.name: service.undeclarable_reason(account) for account in accounts if not account.protected}
    rights = service.rights(accounts)
    ordinary = [account for account in accounts if not account.protected]
    declarable = [account for account in ordinary if not foreign[account.name]]
    hashes = {account.name: {"password_hash": account.password_hash} for account in declarable
              if params["return_password_hash"] and takes_hash(service, account)}
    result: dict[str, list[Any]] = {
        "accounts": [printable({**service.to_options(account), **hashes.get(account.name, {})})
                     for account in declarable],
        "undeclarable": [printable({**to_options(service, account), "reason": foreign[account.name]})
                         for account in ordinary if foreign[account.name]],
        "last_changed": [printable({"name": account.name, "time": account.last_changed})
                         for account in ordinary if account.last_changed],
        "rights": [printable({"name": account.name, "rights": rights[account.name]})
                   for account in accounts if rights.get(account.name)],
        "protected": [printable({"name": account.name, "reason": account.protected})
                      for account in accounts if account.protected],
    }
    if params["declarable"]:
        names = {account.name for account in declarable}
        result = {key: [one for one in found if one["name"] in names] for key, found in result.items()}
    return result


def rows(service: Service, accounts: Sequence[Account]) -> list[list[Any]]:
    """Accounts as ``ROW`` says.

    Rights are options that give them, and others; the reason is that of a protected account.
    """
    rights = service.rights(accounts)
    found = []
    for account in accounts:
        options = to_options(service, account)
        given = [name for name in service.rights_options if options.get(name) is True]
        found.append([
            account.name, "protected" if account.protected else options["state"], options.get("email", ""),
            options.get("real_name", ""), options.get("groups", []), [*given, *rights.get(account.name, ())],
            account.last_changed, account.protected,
        ])
    return found


def to_options(service: Service, account: Account) -> dict[str, Any]:
    """An account that cannot be declared as it is; of one that cannot be understood, name and state."""
    if account.values:
        return service.to_options(account)
    return {"name": account.name, "state": account.state}


def takes_hash(service: Service, account: Account) -> bool:
    """Whether the ``_user`` module takes the stored password of an account as ``password_hash``: not all are hashes."""
    entry = {**dict.fromkeys(account_spec(type(service))), "name": account.name, "state": "present",
             "append_groups": False, "update_password": "always", "password_hash": account.password_hash}
    try:
        return bool(account.password_hash) and service.declare(entry).password_hash is not None
    except ValueError:
        return False


def show(change: Change, service: Service) -> tuple[dict[str, Any], dict[str, Any]]:
    """An account before and after a change: what changes, and no secret."""
    account = change.account
    if change.removes and account is not None:
        return to_options(service, account), {}
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    if change.action in ("created", "enabled", "disabled"):
        after["state"] = "disabled" if change.action == "disabled" else "enabled"
        if account is not None:
            before["state"] = account.state if account.state != "present" else "partly disabled"
    for name, value in change.values.items():
        after[name] = value
        if account is not None:
            before[name] = account.values.get(name)
    if change.groups is not None:
        after["groups"] = service.show_groups(change.groups)
        if account is not None:
            before["groups"] = service.show_groups(account.groups)
    if change.new_password:
        after["password"] = "new password, not shown"
        if account is not None:
            before["password"] = "old password, not shown"
    return before, after


def as_text(name: str, options: Mapping[str, Any]) -> str:
    """An account as lines of a diff; nothing for one that is not there."""
    if not options:
        return ""
    lines = [f"{visible(name)}:\n"]
    for option, value in options.items():
        if option != "name":
            text = ", ".join(map(str, value)) if isinstance(value, (list, dict)) else str(value)
            lines.append(f"  {option}: {visible(text)}\n")
    return "".join(lines)
