# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import IO, Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.auth.services.plugins.plugin_utils import review_files
from ansible_collections.auth.services.plugins.plugin_utils.actions import show_progress
from ansible_collections.auth.services.plugins.plugin_utils.pages import read_rows
from ansible_collections.auth.services.plugins.plugin_utils.private_files import CHUNK, private_folder, write_files
from ansible_collections.auth.services.plugins.plugin_utils.progress import telling
from ansible_collections.auth.services.plugins.plugin_utils.review import (
    ServiceFindings,
    access_review,
    is_open,
    is_right,
    is_true,
)
from ansible_collections.auth.services.plugins.plugin_utils.variables import VariableError, Variables, checked

INTRODUCTION = re.compile(r"original message: |plugin '[^']+' failed: |^Task failed: ")
NOT_RUN = "its tasks did not run: check its service_type"
# Ansible's own messages may quote templates and values, including passwords. So they are never repeated.
NOT_SHOWN = "a task failed. Its message may quote variables, so only the output of ansible-playbook shows it"
QUOTED = re.compile(
    r"(value of \w+ must be one of: [\w, -]+?),? got: .*"
    r"|(argument '\w+' is of type .{1,80}? and we were unable to convert to \w+).*",
    re.DOTALL,
)
"""Sentences of Ansible that our modules pass on; the groups are the parts that quote no value."""


class ActionModule(ActionBase):
    """Writes an access review on the controller. The modules for files would evaluate the whole page."""

    _VALID_ARGS = frozenset(("hosts", "folder"))
    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        _validated, arguments = self.validate_argument_spec({
            "hosts": {"type": "list", "elements": "str", "required": True},
            "folder": {"type": "path", "required": True},
        })
        services = self._services(task_vars["hostvars"], task_vars["groups"]["all"])
        asked = [service for service in services if service.name in arguments["hosts"]]
        people = list(_people(asked))  # first, because mistakes in them are errors of their service
        with tempfile.TemporaryFile() as file, io.TextIOWrapper(
                file, encoding="utf-8", errors="backslashreplace", newline="") as text:
            table = review_files.Table(text)
            with telling(show_progress, "localhost", "the access review is written"):
                review = access_review(
                    [service.findings() for service in asked],
                    people,
                    datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z"),
                    [service.name for service in services if service not in asked],
                    table.add,
                )
            table.add_errors(review)
            text.flush()
            self._write(os.path.abspath(arguments["folder"]), review, file)
        folder = os.path.abspath(arguments["folder"])
        result.update(
            changed=True,
            page=os.path.join(folder, "access-review.html"),
            summary=review["summary"],
            lines=review_files.as_lines(review),
            problem=review_files.verdict(review),
        )
        return result

    def _write(self, folder: str, review: Mapping[str, Any], table: IO[bytes]) -> None:
        """Write the files of a review, with the digests of the other two on the page."""
        data = review_files.as_json(review).encode(errors="backslashreplace")
        digests = {"access-review.json": hashlib.sha256(data).hexdigest(), "access-review.csv": _digest(table)}
        page = review_files.as_page(review, digests).encode(errors="backslashreplace")
        if self._task.check_mode:
            return
        files: dict[str, bytes | IO[bytes]] = {
            "access-review.json": data, "access-review.csv": table, "access-review.html": page}
        try:
            with private_folder(folder) as number:
                if number is not None:  # it is created if it is missing
                    write_files(number, files)
        except OSError as error:
            raise AnsibleActionFail(f"The access review cannot be written to {folder}: {error.strerror}") from None

    def _services(self, hostvars: Any, hosts: Iterable[str]) -> list[_Service]:
        """The hosts that are services."""
        found = ((str(name), hostvars.raw_get(name)) for name in hosts)
        return [_Service(name, raw, self._templar.copy_with_new_env(available_variables={**raw, "hostvars": hostvars}))
                for name, raw in found if "service_type" in raw]


@dataclass(eq=False)
class _Service:
    """The variables of a service.

    :ivar raw: unevaluated variables of the inventory, and results, which contain no templates
    :ivar templar: Ansible's templar, with these variables
    :ivar problems: mistakes in variables
    """

    name: str
    raw: Mapping[str, Any]
    templar: Any
    problems: list[str] = field(default_factory=list)

    def evaluated(self, name: str, kind: str, empty: Any) -> Any:
        """A variable of the inventory, without values of people or accounts that a review does not show.

        No password is evaluated if the inventory contains the list itself, not a template.

        :param kind: one of ``KINDS`` in ``variables``
        """
        if name not in self.raw:
            return empty
        variables = Variables(self.templar, self.raw)
        try:
            return checked(_open(variables.evaluate(_open(self.raw[name]), name)), kind, name)
        except VariableError as error:
            self.problems.append(str(error))
            return empty

    def findings(self) -> ServiceFindings:
        """The results of the playbook's first play."""
        actual, compared = self.raw.get("service_actual") or {}, self.raw.get("service_result") or {}
        options = self.evaluated("service_options", "dictionary", {})
        others = self.evaluated("service_accounts", "list", [])
        error = self._error(actual, compared)
        return ServiceFindings(
            name=self.name,
            type=self.evaluated("service_type", "text", ""),
            owned=self.raw.get("audit_declared") or [],
            others=[account for account in others if isinstance(account, Mapping) and account.get("name") is not None],
            state=str(options.get("state") or "present"),
            rights=[str(option) for option, value in options.items() if is_right(option) and is_true(value)],
            rows=read_rows(actual["file"]) if "file" in actual else None,
            whole=actual.get("whole", True),
            warnings=actual.get("warnings") or (),
            compared=compared if _is_whole(compared) else None,
            error=error if error and error != NOT_RUN else "; ".join(self.problems) or error,
        )

    def _error(self, actual: Mapping[str, Any], compared: Mapping[str, Any]) -> str:
        complete = "file" in actual and _is_whole(compared)
        if complete and compared.get("left_alone"):
            return f"{str(compared['left_alone']).partition(';')[0]}, too many to list them"
        results = [result for result in (actual, compared) if result.get("msg") and not complete]
        for result in results:
            if result.get("unreachable") or result.get("plain"):  # messages of the connection, or of our module
                return _unquoted(_plain(str(result["msg"]), self.name))
        texts = [str(text) for text in (self.raw.get("audit_error"), *(result["msg"] for result in results)) if text]
        said = [sentence for text in texts for sentence in [self._own_sentence(text)] if sentence]
        return said[0] if said else NOT_SHOWN if texts else "" if complete else NOT_RUN

    def _own_sentence(self, error: str) -> str:
        """The sentence of our plugin within Ansible's message; empty if the message is Ansible's own."""
        text = " ".join(INTRODUCTION.split(error)[-1].split())
        own = re.match(rf"{re.escape(self.name)}: (.*?Nothing was written\.)", text)
        return _unquoted(own[1]) if own else ""


def _is_whole(compared: Mapping[str, Any]) -> bool:
    """Whether a comparison is complete: one that failed may only contain who is to be disabled."""
    return "counts" in compared and (not compared.get("failed") or bool(compared.get("left_alone")))


def _open(value: Any) -> Any:
    """The parts of people, accounts and options that a review may show."""
    if isinstance(value, Mapping):
        return {name: one for name, one in value.items() if is_open(name)}
    return [_open(one) for one in value] if isinstance(value, (list, tuple)) else value


def _people(services: Iterable[_Service]) -> Iterator[Mapping[str, Any]]:
    """The people of all services; only once if they come from the same variable."""
    places: list[Any] = []
    names: set[str] = set()
    for service in services:
        place = service.raw.get("people")
        owners = {account["person"] for account in service.raw.get("audit_declared") or ()}
        if any(place is known for known in places) and owners <= names:
            continue
        places.append(place)
        for person in service.evaluated("people", "list", []):
            yield person
            if isinstance(person, Mapping):
                names.add(str(person.get("name")))


def _plain(error: str, service: str) -> str:
    """The sentence of one of our plugins, without Ansible's introductions."""
    return " ".join(INTRODUCTION.split(error)[-1].split()).removeprefix(f"{service}: ")


def _unquoted(text: str) -> str:
    return QUOTED.sub(lambda found: found[1] or found[2], text)


def _digest(file: IO[bytes]) -> str:
    """SHA-256 of a file."""
    digest = hashlib.sha256()
    file.seek(0)
    while part := file.read(CHUNK):
        digest.update(part)
    return digest.hexdigest()
