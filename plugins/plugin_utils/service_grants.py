# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The privileges that the inventory of one service needs, as GRANT statements. No secret is evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible_collections.auth.services.plugins.plugin_utils.grants import (
    Login,
    needed_by_table,
    privileges_of,
    statements,
)
from ansible_collections.auth.services.plugins.plugin_utils.people import SECRETS, without_passwords
from ansible_collections.auth.services.plugins.plugin_utils.service_tasks import ServiceTask, check_names
from ansible_collections.auth.services.plugins.plugin_utils.variables import checked

PLACE = ("login_engine", "login_host", "login_unix_socket", "login_user", "login_db", "login_schema", "table_prefix")
"""Connection options that name the database user and the place of the tables."""
ALWAYS = ("read", "write", "enabled", "disabled", "password")
"""Every account may be disabled, enabled again and get a new password."""


def service_grants(service: ServiceTask, defaults: Callable[[str], Mapping[str, Any]]) -> list[str]:
    """Lines of SQL with what the playbooks need for a service.

    :param defaults: the options of a module by its full name, with their defaults
    :raises ValueError: for a mistake in a variable, or in people and rules
    """
    return grants_and_needs(service, defaults)[0]


def grants_and_needs(
    service: ServiceTask, defaults: Callable[[str], Mapping[str, Any]]
) -> tuple[list[str], dict[str, list[str]]]:
    """As ``service_grants``, and the privileges on whole tables that are needed, by name of the table."""
    check_names(service.variables)
    known = defaults(service.module())
    login = _login({**known, **service.connection(PLACE)})
    options = service.options(set(known) - set(SECRETS))
    kind = service.variables.get("service_type", "text") if service.mapping is None else "sql"
    privileges, words = privileges_of(kind), _words(service, options)
    place = {**known, **options}
    needed = needed_by_table(privileges, words, login.engine, place)
    return (statements(service.place.host, privileges, words, login, place),
            {login.prefix + table: wanted for table, wanted in needed.items()})


def _login(options: Mapping[str, Any]) -> Login:
    """The database user that connection options name, and the place of the tables."""
    return Login(
        options["login_engine"], options["login_db"], options.get("login_user") or "",
        "localhost" if options.get("login_unix_socket") else options.get("login_host") or "",
        options.get("login_schema") or "", options.get("table_prefix") or "",
    )


def mapping_grants(host: str, mapping: Mapping[str, Any], options: Mapping[str, Any]) -> list[str]:
    """Lines of SQL for all that a mapping can do but removing; empty without the name of a database user.

    :param options: connection options of the module
    """
    login = _login(options)
    if not login.user:
        return []
    return statements(host, privileges_of("sql"), {*ALWAYS, "create", "groups"}, login, {"mapping": mapping})


def _words(service: ServiceTask, options: Mapping[str, Any]) -> set[str]:
    """What the inventory declares, in the words of ``Purpose.when``."""
    words = set(ALWAYS)
    state = options.get("state", "present")
    raw = without_passwords(service.variables.all.get("service_accounts", []))
    others = checked(service.variables.evaluate(raw, "service_accounts"), "list", "service_accounts")
    accounts = [account for _person, account in service.owned(bool(others), for_review=True)]
    for account in (*accounts, *others):
        if isinstance(account, Mapping):
            given = account.get("state") or state
            words.update(_said(account), ["absent"] if given == "absent" else [])
            words.update(["create"] if given in ("present", "enabled") else [])
    words.update(_said(options))
    fields = service.variables.all.get("service_fields")
    words.update(map(str, fields) if isinstance(fields, Mapping) else ())
    words.update(["groups"] if "service_groups" in service.variables else ())
    words.update(["absent"] if service.fuses().get("unlisted") == "remove" else ())
    return words


def _said(options: Mapping[str, Any]) -> Iterator[str]:
    """The options that are set, and flags with their value."""
    for name, value in options.items():
        if value not in (None, {}):
            yield str(name)
        if isinstance(value, bool):
            yield f"{name}={str(value).lower()}"
