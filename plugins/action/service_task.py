# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ansible import constants
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.auth.services.plugins.module_utils.person_traces import searched
from ansible_collections.auth.services.plugins.plugin_utils.actions import show_progress, without_invocation
from ansible_collections.auth.services.plugins.plugin_utils.inspection import drafted
from ansible_collections.auth.services.plugins.plugin_utils.module_docs import module_defaults, module_options
from ansible_collections.auth.services.plugins.plugin_utils.pages import read_rows, write_rows
from ansible_collections.auth.services.plugins.plugin_utils.people import PeopleError
from ansible_collections.auth.services.plugins.plugin_utils.progress import module_step, telling
from ansible_collections.auth.services.plugins.plugin_utils.service_grants import (
    grants_and_needs,
    mapping_grants,
    service_grants,
)
from ansible_collections.auth.services.plugins.plugin_utils.service_tasks import Place, check_names, look
from ansible_collections.auth.services.plugins.plugin_utils.shutting import Leaving, ShuttingTask
from ansible_collections.auth.services.plugins.plugin_utils.variables import VariableError, Variables

STATE = 1
"""Place of the state in a row of ``compact``."""
PEOPLE_STEP = "people become accounts"


class ActionModule(ActionBase):
    """Runs one task on a service. It evaluates variables itself, so that no message quotes a template or a value."""

    _VALID_ARGS = frozenset(("task", "person", "confirmed", "known", "declared_only"))
    _requires_connection = True

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        gc.freeze()  # this fork keeps the variables of all hosts: searching them for garbage takes a tenth of the run
        _validated, arguments = self.validate_argument_spec({
            "task": {"type": "str", "required": True,
                     "choices": ["look", "apply", "read", "everybody", "review", "leaving", "offboard", "search",
                                 "left_out", "grants", "options", "inspect"]},
            "person": {"type": "str"},
            "confirmed": {"type": "bool", "default": False},
            "known": {"type": "dict"},
            "declared_only": {"type": "bool", "default": False},
        }, required_if=[("task", task, ["person"]) for task in ("leaving", "offboard", "search")])
        host = str(task_vars["inventory_hostname"])
        self._task_vars = task_vars
        self._variables = Variables(self._templar, task_vars)
        self._service = ShuttingTask(self._variables, _place(task_vars, host), module_options)
        try:
            done = getattr(self, f"_{arguments['task']}")(host, arguments)
        except PeopleError as error:
            failure = str(error)
        except ValueError as error:
            failure = f"{host}: {error}. Nothing was written.".replace("?.", "?")
        else:
            warnings = list(dict.fromkeys([*self._service.warnings, *done.pop("warnings", ())]))
            return {**result, **done, **({"warnings": warnings} if warnings else {})}
        return {**result, "failed": True, "msg": failure}

    def _look(self, host: str, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        service, warnings = look(self._variables, host)
        return {"changed": False, "service": service, "warnings": warnings}

    def _apply(self, host: str, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        try:
            with telling(show_progress, host, PEOPLE_STEP):
                options = self._service.apply()
            return self._applied(options)
        except (PeopleError, VariableError) as error:
            known = self._service.incomplete(error)
            if known is None:
                raise
        needed, more = known
        done, hindrance = self._shut(needed, more)
        if hindrance:
            done = {**done, "msg": f"{done.get('msg')}; {hindrance}"}
        return done

    def _applied(self, options: dict[str, Any]) -> dict[str, Any]:
        """The result of the ``_user`` module. ``names`` may hold everybody; only who compares needs them."""
        done = self._module(self._service.module(), options)
        if not self._task.check_mode:
            done.pop("names", None)
        return done

    def _read(self, _host: str, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        return self._module(self._service.module("_info"), self._service.read())

    def _everybody(self, host: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Bring the accounts into a file of this run, which Ansible deletes at its end."""
        module, options, warnings = self._service.module("_info"), self._service.read(), dict[str, None]()
        names = self._service.declared_names() if arguments["declared_only"] else None
        number = 0

        def read(page: Mapping[str, Any]) -> dict[str, Any]:
            done = self._run_module(module, {**options, **page} if names is None else {
                **options, "compact": True, "name": names})
            warnings.update(dict.fromkeys(done.get("warnings") or ()))
            return done

        def tell(total: int) -> None:
            nonlocal number
            number = total

        with telling(show_progress, host, lambda: f"{number} accounts are read"):
            path, done = write_rows(read, constants.DEFAULT_LOCAL_TMP, tell)  # type: ignore[attr-defined]
        if done.get("failed"):
            return dict(done)
        return {"changed": False, "file": path, "accounts": number, "whole": names is None,
                "warnings": list(warnings)}

    def _review(self, host: str, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        with telling(show_progress, host, PEOPLE_STEP):
            return {"changed": False, "accounts": self._service.review()}

    def _leaving(self, _host: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        leaving = self._service.leaving(arguments["person"], arguments["confirmed"])
        return {"changed": False, **_leaving_result(leaving)}

    def _offboard(self, host: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        leaving = self._service.leaving(arguments["person"], arguments["confirmed"])
        if leaving.owner:
            raise VariableError(leaving.owner)
        needed, more, problems = self._service.disabling()
        doubts = [f"{problem}; it was left out" for problem in problems]
        try:
            check_names(self._variables)
        except VariableError as error:
            doubts.append(str(error))
        results = []
        for name in leaving.names:
            done, hindrance = self._shut({**needed, "name": name, "state": "disabled"}, more)
            doubts.extend([hindrance] if hindrance else [])
            results.append(done)
        failed = [str(done.get("msg", "the module failed")) for done in results if done.get("failed")]
        return {
            "changed": any(done.get("changed") for done in results),
            "accounts": [account for done in results for account in done.get("accounts") or ()],
            **_leaving_result(leaving),
            "doubts": [*leaving.doubts, *doubts],
            "warnings": [warning for done in results for warning in done.get("warnings") or ()],
            **({"failed": True, "msg": " ".join(failed)} if failed else {}),
            **({"unreachable": True} if any(done.get("unreachable") for done in results) else {}),
            **_diff(results),
        }

    def _search(self, _host: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        known = {**(arguments["known"] or {}), "name": arguments["person"]}
        done = self._module(self._service.module("_info"), {**self._service.read(), "resembling": searched(known)})
        if done.get("failed") or "resembling" not in done:
            return done
        return {"changed": False, "accounts": done["resembling"], "count": done["resembling_count"],
                "warnings": list(done.get("warnings") or ())}

    def _shut(self, needed: Mapping[str, Any], more: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        """Run the module; if optional options, such as the text of a log entry, make it fail, without them."""
        module = self._service.module()
        done = self._module(module, {**needed, **more})
        if not done.get("failed") or not more or "counts" in done:
            return done, ""
        again = self._module(module, dict(needed))
        if again.get("failed") and "counts" not in again:
            return again, ""
        return again, f"service_options was used without {', '.join(sorted(more))}: {done.get('msg')}"

    def _left_out(self, _host: str, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        hostvars, asked = self._task_vars["hostvars"], set(self._task_vars["ansible_play_hosts_all"])
        return {"changed": False, "names": sorted(
            str(host) for host in self._task_vars["groups"]["all"]
            if host not in asked and "service_type" in hostvars.raw_get(host))}

    def _options(self, _host: str, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {"changed": False, "options": sorted(self._service.option_names())}

    def _grants(self, _host: str, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        lines = service_grants(self._service, module_defaults)
        Display().display("\n".join(["", *lines, "", ""]))  # as it is, for pasting: a result would be quoted
        return {"changed": False, "sql": lines}

    def _inspect(self, host: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Read the database of any host that says where it is, and its accounts as far as its type is known."""
        if "service_database" not in self._variables:
            return {"changed": False, "service": False}
        options = self._service.connection()
        found = self._module("auth.services.tables_info", {**options, "evidence": ["names", "rows"]})
        if found.get("failed"):
            return found
        managed: dict[str, Any] = {}
        tried: dict[str, Any] = {}
        if "service_type" in self._variables:
            managed = self._managed(host, arguments)
        else:
            mapping = drafted(found, options.get("table_prefix") or "")
            if mapping:
                done = self._module("auth.services.sql_user_info", {**options, "mapping": mapping, "compact": True,
                                                                    "limit": 1})
                tried = {"error": done.get("msg")} if done.get("failed") else {"count": done.get("count")}
                managed = {"sql": mapping_grants(host, mapping, {**options, "login_engine": found["engine"]})}
        kept = {name: value for name, value in found.items() if name not in ("invocation", "warnings", "changed")}
        return {"changed": False, "service": True, "found": kept, "managed": managed, "tried": tried,
                "prefix": options.get("table_prefix") or "", "warnings": list(found.get("warnings") or ())}

    def _managed(self, host: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """How many accounts are in which state, what the type warns of, and the privileges that it needs."""
        try:
            done = self._everybody(host, arguments)
            if done.get("failed"):
                return {"error": str(done.get("msg"))}
            states = Counter(row[STATE] for row in read_rows(done["file"]))
            sql, needed = grants_and_needs(self._service, module_defaults)
        except (PeopleError, ValueError) as error:
            return {"error": str(error)}
        counts = {"accounts": sum(states.values()), **dict(sorted(states.items()))}
        return {"counts": counts, "warnings": done["warnings"], "sql": sql, "needed": needed}

    def _module(self, name: str, options: dict[str, Any]) -> dict[str, Any]:
        with telling(show_progress, str(self._task_vars["inventory_hostname"]), module_step(name, options)):
            return self._run_module(name, options)

    def _run_module(self, name: str, options: dict[str, Any]) -> dict[str, Any]:
        module_options(name)  # names a module that does not exist
        return without_invocation(
            self._execute_module(module_name=name, module_args=options, task_vars=self._task_vars))


def _leaving_result(leaving: Leaving) -> dict[str, Any]:
    return {"person": dict(leaving.person), "names": list(leaving.names), "listed": leaving.listed,
            "still": leaving.still, "owner": leaving.owner, "doubts": list(leaving.doubts)}


def _diff(results: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    found = [one for done in results if done.get("diff")
             for one in (done["diff"] if isinstance(done["diff"], list) else [done["diff"]])]
    return {"diff": found} if found else {}


def _place(task_vars: Mapping[str, Any], host: str) -> Place:
    """The place of the host. Variables contain its groups; only Ansible's inventory knows which group is in which."""
    groups = [str(name) for name in task_vars.get("group_names") or ()]
    hostvars = task_vars["hostvars"]
    known = getattr(getattr(hostvars, "_inventory", None), "groups", {})
    above = {name: {str(one.name) for one in known[name].get_ancestors()} for name in groups if name in known}

    def elsewhere() -> Iterable[Any]:
        for other in task_vars["groups"]["all"]:
            raw = hostvars.raw_get(other)
            yield from (raw.get(name) for name in ("service_name", "service_fields"))

    everything = {str(name) for name in (*task_vars["groups"], *task_vars["groups"]["all"])}
    return Place(host, groups, above, everything, elsewhere)
