# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shared code of the action plugins.

Each module has an action plugin in its own file, because for one that ``plugin_routing`` redirects ansible-lint asks
users to write the other name.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display

from ansible_collections.auth.services.plugins.module_utils.options import (
    ACCOUNT_OPTIONS,
    CONNECTION_OPTIONS,
    INFO_OPTIONS,
    LIST_OPTIONS,
    TABLES_OPTIONS,
)
from ansible_collections.auth.services.plugins.plugin_utils.progress import module_step, telling
from ansible_collections.auth.services.plugins.plugin_utils.shipped_mappings import mapping_of

HARMLESS = frozenset(
    ["login_engine", "folder", "overwrite"]
    + [name for options in (CONNECTION_OPTIONS, ACCOUNT_OPTIONS, LIST_OPTIONS, INFO_OPTIONS, TABLES_OPTIONS)
       for name, option in options.items() if not option.get("no_log")])
"""Options whose values may be shown. Any other option may be a password, or a misspelled one."""


class ServiceAction(NormalAction):
    """Runs a module normally, and then removes secrets from the task.

    Ansible passes the arguments of a task to callbacks, with its result, so callbacks would record passwords. For
    a long list of accounts that takes a fifth of the time.
    """

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        # Another attempt (until, retries) uses the same task and needs the arguments.
        given = vars(self._task).setdefault("_given_args", self._task.args)
        try:
            self._task.args = given if "mapping" not in given else {**given, "mapping": mapping_of(given["mapping"])}
        except ValueError as error:
            return {"failed": True, "msg": f"mapping: {error}. Nothing was written."}
        try:
            with telling(show_progress, str(task_vars["inventory_hostname"]), module_step(self._task.action, given)):
                return without_invocation(super().run(tmp, task_vars))
        finally:
            self._task.args = without_secrets(given)


def show_progress(line: str) -> None:
    """Show a line of progress; not on standard output, which a callback may use for JSON."""
    Display().display(line, stderr=True)


def without_secrets(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options of a module, with placeholders for all but the harmless ones, and for these if they contain a secret."""
    accounts = options.get("accounts")
    entries = accounts if isinstance(accounts, list) else []
    secrets = {value for given in (options, *entries) if isinstance(given, Mapping)
               for name, value in given.items() if name not in HARMLESS and isinstance(value, str)}
    shown = {name: value if value is None or name in HARMLESS and not _holds(value, secrets) else "not shown"
             for name, value in options.items()}
    if isinstance(accounts, list):
        shown["accounts"] = f"{len(accounts)} accounts, not shown"
    return shown


def _holds(value: Any, secrets: Set[str]) -> bool:
    if isinstance(value, Mapping):
        return any(_holds(item, secrets) for item in (*value, *value.values()))
    if isinstance(value, (list, tuple)):
        return any(_holds(item, secrets) for item in value)
    return isinstance(value, str) and value in secrets


def without_invocation(result: dict[str, Any]) -> dict[str, Any]:
    """The result of a module, with only those of its options (even unknown ones) that may be shown."""
    invocation = result.get("invocation")
    if isinstance(invocation, Mapping):
        arguments = invocation.get("module_args")
        shown = without_secrets(arguments) if isinstance(arguments, Mapping) else "not shown"
        result = {**result, "invocation": {"module_args": shown}}
    return result
