# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two runs: ``<type>_user`` and ``<type>_user_info``."""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import (
    SHUT,
    Account,
    AccountError,
    MissingLibrary,
    OptionError,
    is_valid_unicode,
    printable,
    visible,
)
from ansible_collections.auth.services.plugins.module_utils.database import Database
from ansible_collections.auth.services.plugins.module_utils.module import EXPECTED_ERRORS, ServiceModule
from ansible_collections.auth.services.plugins.module_utils.options import (
    CONNECTION_OPTIONS,
    INFO_RULES,
    USER_RULES,
    account_spec,
    chosen,
    info_spec,
    read_entries,
    service_spec,
    user_spec,
)
from ansible_collections.auth.services.plugins.module_utils.password_book import PasswordBook
from ansible_collections.auth.services.plugins.module_utils.reconcile import Outcome, reconcile
from ansible_collections.auth.services.plugins.module_utils.request import Request
from ansible_collections.auth.services.plugins.module_utils.results import info_result, rows, user_result
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.trace_search import TraceSearch

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def run_user_module(service_class: type[Service]) -> None:
    """The ``main()`` of a ``<type>_user`` module."""
    gc.disable()  # to look for garbage among so many accounts takes a fifth of the time, and finds none
    module, service_class = _module(service_class, user_spec, **USER_RULES)
    book = PasswordBook()

    def work() -> Outcome:
        try:
            return reconcile(open_database(module.params, service_class), service_class,
                             read_request(module.params, service_class), book, module.check_mode)
        except (*EXPECTED_ERRORS, MissingLibrary) as error:
            if error.outcome is None:
                raise
            outcome: Outcome = error.outcome  # something was done all the same
            return outcome

    outcome = module.attempt(work, lambda: book.secrets)
    module.warn_of(outcome.warnings, book.secrets)
    diff = module._diff  # there is no public name for it
    result = user_result(outcome, module.params["accounts"] is not None, diff)
    if outcome.problem:
        module.fail_json(visible(outcome.problem), hidden=book.secrets, **result)
    module.exit_json(**result)


def run_info_module(service_class: type[Service]) -> None:
    """The ``main()`` of a ``<type>_user_info`` module."""
    gc.disable()  # as above
    module, service_class = _module(service_class, info_spec, **INFO_RULES)
    book = PasswordBook()

    def work() -> tuple[Service, dict[str, Any]]:
        database = open_database(module.params, service_class)

        def read(connection: Connection) -> tuple[Service, dict[str, Any]]:
            service = service_class(database, connection, chosen(module.params, service_class.database_options))
            if module.params["resembling"] is not None:
                return service, search_result(service, module.params["resembling"])
            return service, read_result(service, module.params, book)

        return database.transaction(read, write=False)

    service, result = module.attempt(work, lambda: book.secrets)
    module.warn_of(dict.fromkeys([*service.database.warnings, *service.warnings]), book.secrets)
    module.exit_json(changed=False, **result)


def _module(
    service_class: type[Service], spec: Callable[[type[Service]], dict[str, dict[str, Any]]], **rules: Any
) -> tuple[ServiceModule, type[Service]]:
    """The module, and the service type that its options make of the class."""
    found = [service_class]

    def refine(params: dict[str, Any]) -> dict[str, dict[str, Any]]:
        found.append(service_class.of_options(params))
        return spec(found[-1])

    module = ServiceModule(spec(service_class), service_class.entry_secrets, refine, **rules)
    return module, found[-1]


def read_result(service: Service, params: Mapping[str, Any], book: PasswordBook) -> dict[str, Any]:
    """What a ``<type>_user_info`` module returns. The accounts are read in parts: memory holds what is returned."""
    result: dict[str, Any] = {"next": None}
    if params["limit"] is not None and params["after"] is None:
        result["count"] = service.everyone().count()
    found: dict[str, list[Any]] = {}
    texts: list[str] = []
    for span in [None] if params["name"] is not None else service.everyone().spans(params["after"], params["limit"]):
        accounts = read_accounts(service, params["name"], params["compact"]) if span is None else (
            list(service.read(span).values()))
        book.keep_only(accounts)
        accounts = _since(params["changed_since"], service, sorted(accounts, key=lambda account: account.name))
        result["next"] = None if span is None else span.last
        if params["compact"]:
            texts.append(_as_text(rows(service, accounts)))
        else:
            for key, part in info_result(service, accounts, params).items():
                found.setdefault(key, []).extend(part)
    if params["compact"]:
        return {**result, "rows": f"[{', '.join(filter(None, texts))}]"}
    found = found or info_result(service, [], params)
    return {**result, **{key: sorted(part, key=lambda one: str(one["name"])) for key, part in found.items()}}


def _as_text(found: list[list[Any]]) -> str:
    """Rows as JSON, without the brackets around them."""
    text = json.dumps(found, ensure_ascii=False)
    return (text if is_valid_unicode(text) else json.dumps(printable(found), ensure_ascii=False))[1:-1]


def _since(time: str | None, service: Service, accounts: list[Account]) -> list[Account]:
    """Those of the accounts that the application changed since then, or of which it does not say when.

    :param time: ISO 8601, UTC where it has no time zone; None for all
    :raises OptionError: for another text, and for an application that does not keep the time
    """
    if time is None:
        return accounts
    if not service.keeps_changes:
        raise OptionError("changed_since cannot be used: this application does not store when an account was changed")
    try:
        since = datetime.fromisoformat(re.sub("[zZ]$", "+00:00", time.strip()))
    except ValueError:
        raise OptionError(
            f"changed_since must be a date or a time such as 2026-11-20T09:30:00Z, not {time!r}") from None
    utc = since.astimezone(timezone.utc) if since.tzinfo else since
    return [account for account in accounts
            if not account.last_changed or account.last_changed[:19] >= utc.isoformat()[:19]]


def search_result(service: Service, person: Mapping[str, Any]) -> dict[str, Any]:
    """What a ``<type>_user_info`` module returns of the accounts that may belong to a person.

    :raises OptionError: for a person without a name
    """
    if not person.get("name"):
        raise OptionError("resembling has no name")
    with service.database.connect() as stream:
        return TraceSearch(service, person).run(stream)


def open_database(params: Mapping[str, Any], service_class: type[Service]) -> Database:
    """The database that the connection options name.

    :raises OptionError: for text that is not valid Unicode
    """
    chosen(params, CONNECTION_OPTIONS)
    return Database(params, service_class.column_type, service_class.charset)


def read_request(params: Mapping[str, Any], service_class: type[Service]) -> Request:
    """The declared accounts, each with the options beside the list as defaults.

    :raises AccountError: naming each entry with an option that is unknown, missing or of the wrong type
    :raises OptionError: for text that is not valid Unicode, and for a name without a value
    """
    spec = account_spec(service_class)
    defaults = {name: params[name] for name in spec}
    options = chosen(params, {**service_class.database_options, **service_spec(service_class)})
    if params["accounts"] is None:
        if params["name"] is None:
            raise OptionError("name is given, but has no value")
        return Request([defaults], options=options)
    entries, problems = read_entries(params["accounts"], defaults, spec)
    if problems and not any(entry["state"] in SHUT for entry in entries):
        raise AccountError(problems)
    fuses = {name: params[name] for name in ("unlisted", "unlisted_names", "unlisted_except", "unlisted_limit",
                                             "disable_limit", "change_limit", "incomplete")}
    return Request(entries, True, options=options, problems=problems, **fuses)


def read_accounts(service: Service, names: Sequence[str], lenient: bool = False) -> list[Account]:
    """The accounts of these names; a name that no new account could have is looked up as it is.

    :param lenient: leave out names that no account has or could have
    :raises AccountError: naming each of them otherwise
    """
    valid, refused = [], {}
    service.look_up(names)
    for name in names:
        try:
            if not is_valid_unicode(name):
                raise ValueError("name is not valid Unicode")
            valid.append(service.name_of(name))
            service.check_certain(valid[-1])
        except ValueError as error:
            refused[name] = str(error)
    found = service.read(valid) if valid else {}
    if refused:
        there = {name: account for name, account in service.read_named(refused).items() if account.name == name}
        found.update(there)
        problems = [(name, problem) for name, problem in refused.items() if name not in there]
        if problems and not lenient:
            raise AccountError(problems)
    return list({account.name: account for account in found.values()}.values())
