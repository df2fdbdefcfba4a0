# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.auth.services.plugins.plugin_utils.actions import without_invocation
from ansible_collections.auth.services.plugins.plugin_utils.variables import VariableError, Variables


class ActionModule(ActionBase):
    """Runs a module whose name and options are data."""

    _VALID_ARGS = frozenset(("name", "options_from"))
    _requires_connection = True

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        name, variable = (str(self._task.args.get(argument, "")) for argument in ("name", "options_from"))
        if not name or variable not in task_vars:
            raise AnsibleActionFail(f"run_module needs the name of a module, and a variable: there is no {variable!r}")
        try:
            options = Variables(self._templar, task_vars).get(variable, "dictionary", {})
        except VariableError as error:
            # Ansible's own message and traceback quote the whole template, in 2.17 and 2.18 with whatever is in it.
            return {**result, "failed": True, "msg": str(error)}
        done = self._execute_module(module_name=name, module_args=options, task_vars=task_vars)
        return {**result, **without_invocation(done)}
