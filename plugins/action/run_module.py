# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """Runs a module whose name and options are data."""

    _VALID_ARGS = frozenset(("name", "options_from"))
    _requires_connection = True

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        name, variable = (self._task.args.get(argument) for argument in ("name", "options_from"))
        if not name or variable not in task_vars:
            raise AnsibleActionFail(f"run_module needs the name of a module, and a variable: there is no {variable!r}")
        try:
            options = self._templar.template(task_vars[variable])
        except AnsibleError as error:
            # Ansible's own message and traceback quote the whole template, in 2.17 and 2.18 with whatever is in it.
            return {**result, "failed": True, "msg": _innermost(error)}
        if not isinstance(options, dict):
            raise AnsibleActionFail(f"{variable} must be a dictionary of options")
        options = _without(options, task_vars.get("omit"))
        result.update(self._execute_module(module_name=name, module_args=options, task_vars=task_vars))
        return result


def _without(value: Any, omit: str | None) -> Any:
    """The value without what is omitted: before ansible-core 2.19, a placeholder stands there."""
    if omit is None:
        return value
    if isinstance(value, dict):
        return {key: _without(item, omit) for key, item in value.items() if item != omit}
    if isinstance(value, list):
        return [_without(item, omit) for item in value if item != omit]
    return value


def _innermost(error: BaseException) -> str:
    """The message of the error that led to all others."""
    seen: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in seen:
        seen.append(following)
        context = None if following.__suppress_context__ else following.__context__
        following = getattr(following, "orig_exc", None) or following.__cause__ or context
    return str(seen[-1])
