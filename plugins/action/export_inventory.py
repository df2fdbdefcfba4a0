# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.plugins.action import ActionBase
from jinja2 import UndefinedError

from ansible_collections.auth.services.plugins.module_utils.account import visible
from ansible_collections.auth.services.plugins.plugin_utils.actions import without_secrets
from ansible_collections.auth.services.plugins.plugin_utils.export import ExportError, Source, export
from ansible_collections.auth.services.plugins.plugin_utils.export_files import (
    PEOPLE_FILE,
    as_lines,
    files,
    secret_files,
)
from ansible_collections.auth.services.plugins.plugin_utils.private_files import (
    holds_files,
    private_folder,
    read_file,
    write_files,
)

VAULT_ID = "default"
VAULT_PASSWORD = "export_vault_password"


class ActionModule(ActionBase):
    """Writes the inventory on the controller. Stored passwords are unencrypted only in this process."""

    _VALID_ARGS = frozenset(("folder", "overwrite", "vault_password"))
    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        # Ansible passes the remaining arguments to callbacks and quotes wrong ones. Another attempt needs them again.
        given = vars(self._task).setdefault("_given_args", self._task.args)
        self._task.args = without_secrets(given)
        result = super().run(tmp, task_vars)
        _validated, arguments = self.validate_argument_spec({
            "folder": {"type": "path", "required": True},
            "overwrite": {"type": "bool", "default": False},
            "vault_password": {"type": "raw", "no_log": True},
        })
        folder = os.path.abspath(arguments["folder"])
        check_mode = self._task.check_mode
        try:
            with private_folder(folder, make=False) as opened:
                if not arguments["overwrite"] and holds_files(opened):
                    raise ExportError(
                        f"{folder} is not empty. Choose another folder, or set overwrite (-e export_overwrite=true).")
            exported = export(self._sources(task_vars))
            found, secrets = files(exported), secret_files(exported)
            password = self._vault_password(given, task_vars) if secrets else b""
            with private_folder(folder, make=not check_mode) as opened:
                there = {path: read_file(opened, path) or b"" if opened else b"" for path in (*found, *secrets)}
                texts = {path: text.encode() for path, text in found.items()}
                texts.update((path, _vault(text, password, there[path])) for path, text in secrets.items())
                changed = [path for path in texts if there[path] != texts[path]]
                if opened is not None and not check_mode:
                    # The people last: without them nothing is declared, and a service without rules would let all in.
                    write_files(opened, {path: texts[path] for path in sorted(changed, key=PEOPLE_FILE.__eq__)})
        except ExportError as error:
            raise AnsibleActionFail(f"Nothing was written. {error}") from None
        except OSError as error:
            raise AnsibleActionFail(f"The inventory cannot be written to {folder}: {error.strerror}") from None
        result.update(
            changed=bool(changed), folder=folder, lines=as_lines(exported),
            diff=[{"before_header": path, "after_header": path, "before": _shown(there[path]), "after": found[path]}
                  for path in changed if path not in secrets],
        )
        return result

    def _vault_password(self, given: Mapping[str, Any], variables: Mapping[str, Any]) -> bytes:
        """The password of the vault: that of the task, or else the variable, which is only evaluated here.

        :raises ExportError: if there is none; the message quotes nothing
        """
        password = given.get("vault_password")
        if password is None and VAULT_PASSWORD in variables:
            try:
                password = self._templar.template(variables[VAULT_PASSWORD])
            except (AnsibleError, UndefinedError):
                raise ExportError(
                    f"{VAULT_PASSWORD} cannot be evaluated. If it contains a brace, mark it !unsafe.") from None
        if not isinstance(password, str) or not password:
            raise ExportError(
                f"Stored passwords are only written to a vault. Set {VAULT_PASSWORD} to its password, as text.")
        return password.encode()

    def _sources(self, variables: Mapping[str, Any]) -> list[Source]:
        """All services of the inventory: one that is left out would have no rules and let everybody in.

        :raises ExportError: naming services that were not read
        """
        # Unevaluated, because some variables are templates over a person.
        hostvars = variables["hostvars"]
        found = ((str(name), hostvars.raw_get(name)) for name in variables["groups"]["all"])
        services = {name: raw for name, raw in found if "service_type" in raw or raw.get("service_failure")}
        unread = [f"{name}: {visible(str(raw.get('service_failure') or 'it was not read'))}"
                  for name, raw in sorted(services.items())
                  if raw.get("service_failure") or "accounts" not in (raw.get("service_actual") or {})]
        if unread:
            raise ExportError(f"Every service must be read first. {'; '.join(unread)}")
        if not services:
            raise ExportError("No host of the inventory has a service_type.")
        return [_source(name, raw, self._bots(name, raw, variables)) for name, raw in services.items()]

    def _bots(self, host: str, raw: Mapping[str, Any], variables: Mapping[str, Any]) -> list[str]:
        """The names and patterns of accounts that belong to nobody.

        :raises ExportError: if they cannot be evaluated
        """
        if "export_bots" not in raw:
            return []
        known = {**raw, **{name: variables[name] for name in ("hostvars", "groups")}}
        try:
            bots = self._templar.copy_with_new_env(available_variables=known).template(raw["export_bots"])
            bots = [bots] if isinstance(bots, str) else list(bots)
        except (AnsibleError, UndefinedError, TypeError):
            raise ExportError(f"{host}: export_bots cannot be evaluated.") from None
        if not all(isinstance(bot, str) for bot in bots):
            raise ExportError(f"{host}: export_bots must be a list of names and patterns.")
        return bots


def _source(name: str, raw: Mapping[str, Any], bots: Sequence[str]) -> Source:
    read = raw["service_actual"]
    return Source(
        name,
        read["accounts"],
        [account["name"] for account in (*read["protected"], *read["undeclarable"])],
        raw.get("service_account_options") or (),
        bots,
        [template for template in ("service_name", "service_fields") if template in raw],
        read["undeclarable"],
        read["protected"],
        bool(raw.get("service_of_mailboxes")),
    )


def _vault(text: str, password: bytes, there: bytes) -> bytes:
    """The encrypted text; that of the file if its content is the same, because each encryption has another salt."""
    secret = VaultSecret(password)
    vault = VaultLib([(VAULT_ID, secret)])
    try:
        if there and vault.decrypt(there) == text.encode():
            return there
    except AnsibleError:
        pass  # encrypted with another password
    encrypted: bytes = vault.encrypt(text, secret, VAULT_ID)
    return encrypted


def _shown(content: bytes) -> str:
    return content.decode(errors="replace")
