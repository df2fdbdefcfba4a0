# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: apply_summary
short_description: One line for each service of what a run did
version_added: 0.1.0
description:
  - Creates a table as text from the variables of hosts after the role P(auth.services.service#role).
  - The playbook C(auth.services.apply) ends with it.
author:
  - The auth.services developers (@auth-services)
positional: _input
options:
  _input:
    description:
      - Variables of hosts, as C(hostvars) has them. Hosts without C(service_type) are left out.
      - C(service_failure) is the reason why a service failed. A host with neither that nor C(service_result) was not
        reached.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Print a summary
  ansible.builtin.debug:
    msg: "{{ ansible_play_hosts_all | map('extract', hostvars) | auth.services.apply_summary }}"
  run_once: true
"""

RETURN = r"""
_value:
  description: Lines of the table, in order of the services, with a total at the end where there are several.
  type: list
  elements: str
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import visible

COLUMNS = ("created", "updated", "disabled", "enabled", "removed", "unchanged", "unlisted")


def apply_summary(hosts: Sequence[Mapping[str, Any]]) -> list[str]:
    rows: list[tuple[str, list[str]]] = []
    total = dict.fromkeys(COLUMNS, 0)
    for host in sorted(hosts, key=lambda host: str(host["inventory_hostname"])):
        if "service_type" not in host and not host.get("service_failure"):
            continue
        name, result = str(host["inventory_hostname"]), host.get("service_result") or {}
        failed = [f"  FAILED: {visible(str(host['service_failure']))}"] if host.get("service_failure") else []
        if "counts" not in result:
            rows.append((name, failed or ["  NOT REACHED"]))
        else:  # also if it failed, because access was taken away before
            counts = {"unlisted": 0, **result["counts"]}
            rows.append((name, [*(f"{counts[column]:>10}" for column in COLUMNS), *failed]))
            total = {column: total[column] + counts[column] for column in COLUMNS}
    if len(rows) > 1:
        rows.append(("all", [f"{total[column]:>10}" for column in COLUMNS]))
    rows.insert(0, ("service", [f"{column:>10}" for column in COLUMNS]))
    width = max(len(name) for name, _cells in rows)
    return [f"{name:{width}}{''.join(cells)}" for name, cells in rows]


class FilterModule:
    """Summary of a run."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"apply_summary": apply_summary}
