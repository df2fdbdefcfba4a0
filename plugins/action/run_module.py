# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """Runs a module whose name and options are data."""

    _VALID_ARGS = frozenset(("name", "options"))
    _requires_connection = True

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        arguments = self._task.args
        if not arguments.get("name") or not isinstance(arguments.get("options"), dict):
            raise AnsibleActionFail("run_module needs a name, and options that are a dictionary")
        result.update(self._execute_module(
            module_name=arguments["name"], module_args=dict(arguments["options"]), task_vars=task_vars
        ))
        return result
