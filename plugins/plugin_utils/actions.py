# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the action plugins of the modules share.

Each has a file: for one that C(plugin_routing) leads to another, ansible-lint asks users to write the other's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.plugins.action.normal import ActionModule as NormalAction

SECRETS = ("login_password", "password", "password_hash", "vault_password")


class ServiceAction(NormalAction):
    """Runs a module as any other, and then forgets the secrets that the task was given.

    Ansible sends the arguments of a task back with its result and hands them to callbacks: passwords for whoever keeps
    records of tasks, and a fifth of the time that a long list of accounts takes.
    """

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        # Another attempt (until, retries) has the same task, and needs them.
        given = vars(self._task).setdefault("_given_args", self._task.args)
        self._task.args = given
        try:
            return super().run(tmp, task_vars)
        finally:
            self._task.args = without_secrets(given)


def without_secrets(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options of a module, the secrets replaced by texts."""
    shown = {name: "not shown" for name in SECRETS if options.get(name) is not None}
    accounts = options.get("accounts")
    if isinstance(accounts, list):
        shown["accounts"] = f"{len(accounts)} accounts, not shown"
    return {**options, **shown}
