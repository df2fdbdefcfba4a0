# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase
from jinja2 import UndefinedError

from ansible_collections.auth.services.plugins.plugin_utils import review_files
from ansible_collections.auth.services.plugins.plugin_utils.review import ServiceFindings, access_review

INTRODUCTION = re.compile(r"original message: |plugin '[^']+' failed: |^Task failed: ")
NOT_RUN = "its tasks did not run: look at its service_type"


class ActionModule(ActionBase):
    """Writes an access review, on the controller. Modules for files would carry the whole page through templates."""

    _VALID_ARGS = frozenset(("hosts", "folder"))
    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        _validated, arguments = self.validate_argument_spec({
            "hosts": {"type": "list", "elements": "str", "required": True},
            "folder": {"type": "path", "required": True},
        })
        services = _services(task_vars["hostvars"], task_vars["groups"]["all"])
        asked = [service for service in services if service.name in arguments["hosts"]]
        review = access_review(
            [service.findings() for service in asked],
            _people(asked),
            datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z"),
            [service.name for service in services if service not in asked],
        )
        data = _encode(review_files.as_json(review))
        folder = os.path.abspath(arguments["folder"])
        files = {
            "access-review.json": data,
            "access-review.csv": _encode(review_files.as_csv(review)),
            "access-review.html": _encode(review_files.as_page(review, hashlib.sha256(data).hexdigest())),
        }
        if not self._task.check_mode:
            try:
                _write(folder, files)
            except OSError as error:
                raise AnsibleActionFail(f"The access review cannot be written to {folder}: {error.strerror}") from error
        result.update(
            changed=True,
            page=os.path.join(folder, "access-review.html"),
            summary=review["summary"],
            lines=review_files.as_lines(review),
            problem=review_files.verdict(review),
        )
        return result


def _services(hostvars: Any, hosts: Iterable[str]) -> list[_Service]:
    """The hosts that are services."""
    found = ((str(name), hostvars.raw_get(name)) for name in hosts)
    return [_Service(name, hostvars[name], raw) for name, raw in found if "service_type" in raw]


@dataclass(eq=False)
class _Service:
    """The variables of a service.

    :ivar variables: as a template sees them
    :ivar raw: without evaluation, which takes a second for some thousand accounts: for results, which have no templates
    """

    name: str
    variables: Mapping[str, Any]
    raw: Mapping[str, Any]

    def evaluated(self, name: str, expected: type) -> Any:
        """A variable of the inventory; empty where its template fails, which was an error before."""
        try:
            value = self.variables[name] if name in self.raw else None
            return value if isinstance(value, expected) else expected()
        except (AnsibleError, UndefinedError):
            return expected()

    def findings(self) -> ServiceFindings:
        """What the first play of the playbook left here."""
        actual, compared = self.raw.get("service_actual") or {}, self.raw.get("service_result") or {}
        complete = "accounts" in actual and "counts" in compared
        why = "" if complete else actual.get("msg") or compared.get("msg") or NOT_RUN
        error = self.raw.get("audit_error") or why
        return ServiceFindings(
            name=self.name,
            type=self.evaluated("service_type", str),
            owned=self.raw.get("audit_declared") or [],
            others=self.evaluated("service_accounts", list),
            state=str(self.evaluated("service_options", dict).get("state") or "present"),
            actual=actual if "accounts" in actual else None,
            compared=compared if "counts" in compared else None,
            error=_plain(str(error), self.name),
        )


def _people(services: Iterable[_Service]) -> Iterator[Mapping[str, Any]]:
    """The people of all services; once, where they come from one place."""
    places: list[Any] = []
    names: set[str] = set()
    for service in services:
        place = service.raw.get("people")
        owners = {account["person"] for account in service.raw.get("audit_declared") or ()}
        if any(place is known for known in places) and owners <= names:
            continue
        places.append(place)
        for person in service.evaluated("people", list):
            yield person
            if isinstance(person, Mapping):
                names.add(str(person.get("name")))


def _plain(error: str, service: str) -> str:
    """The sentence of one of our plugins, without what the versions of Ansible put before it."""
    return " ".join(INTRODUCTION.split(error)[-1].split()).removeprefix(f"{service}: ")


def _encode(text: str) -> bytes:
    return text.encode(errors="backslashreplace")


def _write(folder: str, files: Mapping[str, bytes]) -> None:
    """Each file at once or not at all, and for nobody else's eyes.

    :raises OSError: when the folder cannot be made or written
    """
    os.makedirs(folder, mode=0o700, exist_ok=True)
    for name, content in files.items():
        number, path = tempfile.mkstemp(dir=folder, prefix=f".{name}.")  # mode 0600
        try:
            with open(number, "wb") as file:
                file.write(content)
            os.replace(path, os.path.join(folder, name))
        except OSError:
            os.unlink(path)
            raise
