# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The privileges that the inventory of one service needs, as GRANT statements. No secret is evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.privileges import Privileges
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
    privileges, words, place, options = _wanted(service, defaults)
    login = Login(
        place["login_engine"], place["login_db"], place["login_user"] or "",
        "localhost" if place["login_unix_socket"] else place["login_host"] or "",
        place["login_schema"] or "", place["table_prefix"] or "",
    )
    return statements(service.place.host, privileges, words, login, options)


def service_needs(service: ServiceTask, defaults: Callable[[str], Mapping[str, Any]]) -> dict[str, list[str]]:
    """The privileges on whole tables that the playbooks need for a service, by name of the table.

    :param defaults: the options of a module by its full name, with their defaults
    :raises ValueError: for a mistake in a variable, or in people and rules
    """
    privileges, words, place, options = _wanted(service, defaults)
    prefix = place["table_prefix"] or ""
    found = needed_by_table(privileges, words, place["login_engine"], options)
    return {prefix + table: wanted for table, wanted in found.items()}


def _wanted(
    service: ServiceTask, defaults: Callable[[str], Mapping[str, Any]]
) -> tuple[Privileges, set[str], dict[str, Any], dict[str, Any]]:
    """The privileges of the type, what the inventory declares, and the options of the module: of the place, and all."""
    check_names(service.variables)
    known = defaults(service.module())
    place = {**known, **service.connection(PLACE)}
    options = service.options(set(known) - set(SECRETS))
    kind = service.variables.get("service_type", "text") if service.mapping() is None else "sql"
    return privileges_of(kind), _words(service, options), place, {**known, **options}


def mapping_grants(host: str, mapping: Mapping[str, Any], options: Mapping[str, Any]) -> list[str]:
    """Lines of SQL for all that a mapping can do but removing; empty without the name of a database user.

    :param options: connection options of the module
    """
    login = Login(
        options["login_engine"], options["login_db"], options.get("login_user") or "",
        "localhost" if options.get("login_unix_socket") else options.get("login_host") or "",
        options.get("login_schema") or "", options.get("table_prefix") or "",
    )
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
