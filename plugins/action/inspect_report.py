# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import re
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.auth.services.plugins.plugin_utils.inspect_page import inspect_page
from ansible_collections.auth.services.plugins.plugin_utils.inspection import Inspection, as_lines, files
from ansible_collections.auth.services.plugins.plugin_utils.private_files import (
    private_folder,
    read_file,
    write_files,
)

TIMED = "report.html"
"""The file that says when it was written."""


class ActionModule(ActionBase):
    """Writes what was found in a database on the controller."""

    _VALID_ARGS = frozenset(("folder",))
    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        _validated, arguments = self.validate_argument_spec({"folder": {"type": "path", "required": True}})
        host = str(task_vars["inventory_hostname"])
        read = task_vars["hostvars"].raw_get(host).get("service_inspected") or {}
        if "found" not in read:
            raise AnsibleActionFail(f"{host}: its database was not read.")
        inspection = Inspection(
            host, read["found"], datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z"),
            read["prefix"], self._service_type(task_vars), read["managed"], read["tried"],
            read["managed"].get("sql") or ())
        texts = {name: text.encode(errors="backslashreplace")
                 for name, text in files(inspection, inspect_page(inspection)).items()}
        folder = os.path.join(os.path.abspath(arguments["folder"]), _folder_of(host))
        try:
            with private_folder(folder, make=not self._task.check_mode) as opened:
                there = {name: read_file(opened, name) if opened is not None else None for name in texts}
                if opened is not None and not self._task.check_mode:
                    write_files(opened, texts)
        except OSError as error:
            raise AnsibleActionFail(f"The report cannot be written to {folder}: {error.strerror}") from None
        result.update(changed=any(there[name] != texts[name] for name in texts if name != TIMED or there[name] is None),
                      folder=folder, page=os.path.join(folder, TIMED), lines=as_lines(inspection))
        return result

    def _service_type(self, task_vars: Any) -> str:
        raw = task_vars.get("service_type")
        return str(self._templar.template(raw)) if isinstance(raw, str) else ""


def _folder_of(host: str) -> str:
    """A name of a folder: nothing that leads elsewhere."""
    return re.sub(r"[^\w.:@-]", "_", host).lstrip(".") or "_"
