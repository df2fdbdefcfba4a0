# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: offboard_summary
short_description: What was found about a person on each service, and what was done
version_added: 0.1.0
description:
  - Creates lines of text from the variables of hosts after the tasks C(offboard) of the role
    P(auth.services.service#role).
  - The playbook C(auth.services.offboard) ends with it.
author:
  - The auth.services developers (@auth-services)
positional: _input
options:
  _input:
    description:
      - Variables of hosts, as C(hostvars) has them. Hosts without C(service_type) are left out.
      - C(service_offboarded) is the result of the module, C(service_traces) that of the search for other
        accounts.
    type: list
    elements: dict
    required: true
  check_mode:
    description: Whether nothing was written.
    type: bool
    default: false
  left_out:
    description: Names of services that the run left out.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Print a report
  ansible.builtin.debug:
    msg: "{{ ansible_play_hosts_all | map('extract', hostvars) | auth.services.offboard_summary(ansible_check_mode) }}"
  run_once: true
"""

RETURN = r"""
_value:
  description: A line for each service, and one for each account that may also belong to the person, at most 50 for each
    service.
  type: list
  elements: str
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import visible
from ansible_collections.auth.services.plugins.module_utils.lookalikes import shown

MAX_TRACES = 50
"""Maximum number of traces on one service, because strangers could create any number."""


def offboard_summary(
    hosts: Sequence[Mapping[str, Any]], check_mode: bool = False, left_out: Sequence[str] = ()
) -> list[str]:
    lines = []
    for host in sorted(hosts, key=lambda host: str(host["inventory_hostname"])):
        if "service_type" not in host and not host.get("service_failure"):
            continue
        service = str(host["inventory_hostname"])
        done = host.get("service_offboarded") or {}
        accounts = done.get("accounts") or ()
        names = [shown(account["name"]) for account in accounts]
        if host.get("service_failure"):
            lines.append(f"{service}: FAILED: {visible(str(host['service_failure']))}")
        elif not names:
            lines.append(f"{service}: NOT REACHED")
        lines.extend(f"{service}: {_outcome(account, name, check_mode)}" for account, name in zip(accounts, names))
        lines.extend(f"{service}: {visible(str(doubt))}" for doubt in done.get("doubts") or ())
        if host.get("service_traces_failure"):
            failure = visible(str(host["service_traces_failure"]))
            lines.append(f"{service}: the search for other accounts of this person failed: {failure}")
        lines.extend(f"{service}: {line}" for line in _trace_lines(host.get("service_traces") or {}, names))
    return lines + [f"{service}: LEFT OUT by --limit, nothing was changed there" for service in sorted(left_out)]


def _outcome(account: Mapping[str, Any], name: str, check_mode: bool) -> str:
    if account["id"] is None:
        return f"no account '{name}'"
    if account["action"] != "disabled":
        return f"'{name}' was already disabled"
    return f"'{name}' {'would be ' if check_mode else ''}disabled"


def _trace_lines(search: Mapping[str, Any], names: Collection[str]) -> Iterator[str]:
    """What the search found beside the accounts with these names."""
    found = search.get("accounts") or ()
    traces = [trace for trace in found if shown(trace["name"]) not in names]
    for trace in traces[:MAX_TRACES]:
        yield f"possibly also theirs, not changed: '{shown(trace['name'])}' ({trace['why']}, {trace['state']})"
    number = search.get("count", len(found)) - len(found) + len(traces[MAX_TRACES:])
    if number > 0:
        yield f"and {number:,} more: service_traces.accounts lists {len(found):,} in all, the most likely first"


class FilterModule:
    """What was found about a person."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"offboard_summary": offboard_summary}
