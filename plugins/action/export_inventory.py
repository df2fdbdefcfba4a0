# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.plugins.action import ActionBase

from ansible_collections.auth.services.plugins.plugin_utils.export import ExportError, Source, export
from ansible_collections.auth.services.plugins.plugin_utils.export_files import (
    PEOPLE_FILE,
    as_lines,
    files,
    secret_files,
)

VAULT_ID = "default"


class ActionModule(ActionBase):
    """Writes the inventory, on the controller. Stored passwords are in clear text in this process only."""

    _VALID_ARGS = frozenset(("folder", "overwrite", "vault_password"))
    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        _validated, arguments = self.validate_argument_spec({
            "folder": {"type": "path", "required": True},
            "overwrite": {"type": "bool", "default": False},
            "vault_password": {"type": "str", "no_log": True},
        })
        folder = os.path.abspath(arguments["folder"])
        try:
            if not arguments["overwrite"] and os.path.isdir(folder) and os.listdir(folder):
                raise ExportError(f"{folder} is not empty. Choose another folder, or say that it is to be overwritten.")
            made = export(_sources(task_vars["hostvars"], task_vars["groups"]["all"]))
            found, secrets = files(made), secret_files(made)
            if secrets and not arguments["vault_password"]:
                raise ExportError("Stored passwords need a vault, and it a password.")
            for path, text in secrets.items():
                found[path] = _vault(text, arguments["vault_password"], os.path.join(folder, path))
            there = {path: _read(os.path.join(folder, path)) for path in found}
            changed = [path for path in found if there[path] != found[path]]
            if changed and not self._task.check_mode:
                _write(folder, {path: found[path] for path in changed})
        except ExportError as error:
            raise AnsibleActionFail(f"Nothing was written. {error}") from error
        except OSError as error:
            raise AnsibleActionFail(f"The inventory cannot be written to {folder}: {error.strerror}") from error
        result.update(
            changed=bool(changed), folder=folder, lines=as_lines(made),
            diff=[{"before_header": path, "after_header": path, "before": there[path], "after": found[path]}
                  for path in changed if path not in secrets],
        )
        return result


def _sources(hostvars: Any, hosts: list[str]) -> list[Source]:
    """The services of the inventory. Of all of it, for one that is left out would have no rules, and let everybody in.

    :raises ExportError: naming those that were not read
    """
    # Without evaluation, as there are templates of a person who is not at hand
    found = ((str(name), hostvars.raw_get(name)) for name in hosts)
    services = {name: raw for name, raw in found if "service_type" in raw}
    unread = [f"{name}: {raw.get('service_failure') or 'it was not read'}" for name, raw in sorted(services.items())
              if raw.get("service_failure") or "accounts" not in (raw.get("service_actual") or {})]
    if unread:
        raise ExportError(f"Half of an inventory is worse than none. {'; '.join(unread)}")
    if not services:
        raise ExportError("No host of the inventory has a service_type.")
    return [_source(name, raw, hostvars[name]) for name, raw in services.items()]


def _source(name: str, raw: Mapping[str, Any], variables: Mapping[str, Any]) -> Source:
    read, bots = raw["service_actual"], variables["export_bots"] if "export_bots" in raw else ()
    return Source(
        name,
        read["accounts"],
        [account["name"] for account in (*read["protected"], *read["undeclarable"])],
        raw.get("service_account_options") or (),
        [bots] if isinstance(bots, str) else bots or (),
        [template for template in ("service_name", "service_fields") if template in raw],
    )


def _vault(text: str, password: str, path: str) -> str:
    """The text encrypted; as it is in the file, if that holds the same, since each encryption has another salt."""
    secret = VaultSecret(password.encode())
    vault = VaultLib([(VAULT_ID, secret)])
    there = _read(path)
    try:
        if there and vault.decrypt(there) == text.encode():
            return there
    except AnsibleError:
        pass  # not made with this password
    return vault.encrypt(text, secret, VAULT_ID).decode()


def _read(path: str) -> str:
    """The text of a file; empty if there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def _write(folder: str, found: Mapping[str, str]) -> None:
    """All files or none in a new folder; in one that is there, each file or none, and the people last.

    Without people nothing is declared. With them, a service whose rules are missing lets everybody in.

    :raises OSError: when they cannot be written
    """
    parent, name = os.path.split(folder)
    umask = os.umask(0o077)  # for nobody else's eyes
    try:
        os.makedirs(parent, exist_ok=True)
        draft = tempfile.mkdtemp(dir=parent, prefix=f".{name}.")
        try:
            for path, text in found.items():
                os.makedirs(os.path.dirname(os.path.join(draft, path)), exist_ok=True)
                with open(os.path.join(draft, path), "w", encoding="utf-8") as file:
                    file.write(text)
            if not os.path.isdir(folder) or not os.listdir(folder):
                os.rename(draft, folder)
                return
            for path in sorted(found, key=PEOPLE_FILE.__eq__):
                os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
                os.replace(os.path.join(draft, path), os.path.join(folder, path))
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    finally:
        os.umask(umask)
