# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what a playbook has read to files: which are written, when, and with what in them."""

from __future__ import annotations

import json
import os

import pytest
import yaml
from ansible.errors import AnsibleActionFail
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager

from ansible_collections.auth.services.plugins.action.export_inventory import ActionModule

HASHES = "host_vars/wiki/vault_hashes.yml"
ACCOUNTS = "host_vars/wiki/accounts.yml"


@pytest.fixture
def write(tmp_path):
    """Runs the action for hosts with these variables."""

    def run(hosts, check_mode=False, **arguments):
        (tmp_path / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
        loader = DataLoader()
        inventory = InventoryManager(loader, sources=[str(tmp_path / "hosts.json")])
        variables = HostVars(inventory, VariableManager(loader, inventory), loader)
        task, context = Task(), PlayContext()
        task.action, task.check_mode, task.args = "auth.services.export_inventory", check_mode, {"folder": str(run.folder), **arguments}
        action = ActionModule(task, connection_loader.get("local", context, os.devnull), context, loader,
                              Templar(loader, variables={}), None)
        return action.run(task_vars={"hostvars": variables, "groups": {"all": list(hosts)}})

    run.folder = tmp_path / "new" / "export"
    return run


def service(*names, stored=None, **variables):
    accounts = [{"name": name, "state": "enabled", "groups": [], **({"password_hash": stored} if stored else {})} for name in names]
    return {"service_type": "mediawiki", "service_actual": {"accounts": accounts, "protected": [], "undeclarable": []}, **variables}


def content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def decrypted(text, password="secret"):
    return yaml.safe_load(VaultLib([("default", VaultSecret(password.encode()))]).decrypt(text))


def test_written_files_are_private(write):
    result = write({"wiki": service("alice", "bob"), "db1": {}})
    assert (result["changed"], result["folder"]) == (True, str(write.folder))
    assert set(content(write.folder)) == {"hosts.yml", "doubtful.md", "group_vars/all/people.yml", ACCOUNTS}
    assert yaml.safe_load(content(write.folder)["hosts.yml"]) == {"all": {"hosts": {"wiki": {}}}}
    assert {path.stat().st_mode & 0o777 for path in write.folder.rglob("*") if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in [write.folder, *write.folder.rglob("*")] if path.is_dir()} == {0o700}
    assert os.listdir(write.folder.parent) == ["export"]
    assert result["lines"][0] == "services: 1, with 2 accounts, 0 of which belong to nobody"


def test_check_mode_shows_it_only(write):
    result = write({"wiki": service("alice")}, check_mode=True)
    assert result["changed"] and not write.folder.parent.exists()
    [people] = [diff for diff in result["diff"] if diff["after_header"] == "group_vars/all/people.yml"]
    assert people["before"] == "" and "- name: alice\n" in people["after"]


def test_a_folder_that_is_there(write):
    write({"wiki": service("alice")})
    (write.folder / "mine.yml").write_text("mine", encoding="utf-8")
    before = content(write.folder)
    with pytest.raises(AnsibleActionFail, match=r"Nothing was written\. .*export is not empty"):
        write({"wiki": service("bob")})
    assert content(write.folder) == before
    assert write({"wiki": service("alice")}, overwrite=True)["changed"] is False
    result = write({"wiki": service("alice"), "voice": service("alice")}, overwrite=True)
    assert [diff["after_header"] for diff in result["diff"]] == ["hosts.yml", "group_vars/all/people.yml", "doubtful.md", "host_vars/voice/accounts.yml"]
    after = content(write.folder)
    assert set(after) - set(before) == {"host_vars/voice/accounts.yml"}
    assert after["mine.yml"] == b"mine" and b"voice" in after["group_vars/all/people.yml"]
    assert os.listdir(write.folder.parent) == ["export"]


def test_an_empty_folder_counts_as_missing(write):
    write.folder.mkdir(parents=True)
    write({"wiki": service("alice")})
    assert ACCOUNTS in content(write.folder)


def test_a_file_is_not_a_folder(write):
    write.folder.parent.mkdir()
    write.folder.write_text("a file", encoding="utf-8")
    with pytest.raises(AnsibleActionFail, match="cannot be written to .*: Not a directory"):
        write({"wiki": service("alice")})
    assert write.folder.read_text(encoding="utf-8") == "a file"
    assert os.listdir(write.folder.parent) == ["export"]


@pytest.mark.parametrize(("hosts", "says"), [
    ({"wiki": service("alice"), "voice": service(service_actual={"failed": True}, service_failure="no such table")}, "voice: no such table"),
    ({"wiki": service("alice"), "voice": {"service_type": "mumble"}}, "voice: it was not read"),
    ({"wiki": service("alice", service_failure="no such module")}, "wiki: no such module"),
    ({"wiki": service("alice"), "voice": {"service_typ": "mumble", "service_failure": "service_typ is not a known variable"}},
     "voice: service_typ is not a known variable"),
    ({"wiki": service("alice"), "voice": service(service_failure="\x1b[2J\u202e")}, "voice: \\x1b[2J\\u202e"),
    ({"db1": {}}, "No host of the inventory has a service_type"),
    ({"a/b": service("alice")}, "Host 'a/b' cannot have a folder in host_vars"),
    ({"wiki": service("alice", stored="geheim")}, "Stored passwords are only written to a vault"),
])
def test_all_or_nothing(write, hosts, says):
    with pytest.raises(AnsibleActionFail, match="^Nothing was written") as caught:
        write(hosts)
    assert says in str(caught.value)
    assert not write.folder.parent.exists()


@pytest.mark.parametrize("bots", ["bot-*", ["bot-*", "x"], "{{ ['bot-*'] }}"])
def test_bots(write, bots):
    write({"wiki": service("alice", "bot-1", export_bots=bots)})
    assert [account["name"] for account in yaml.safe_load(content(write.folder)[ACCOUNTS])["service_accounts"]] == ["bot-1"]


def test_templates_of_the_inventory_are_seen_and_not_evaluated(write):
    write({"wiki": service("alice", service_name="{{ person.name }}", service_account_options=["email"])})
    variables = yaml.safe_load(content(write.folder)[ACCOUNTS])
    assert (variables["service_name"], variables["service_fields"]) == (None, {"email": None})


def test_stored_passwords_are_in_the_vault_only(write):
    result = write({"wiki": service("alice", stored="geheim")}, vault_password="secret")
    found = content(write.folder)
    assert decrypted(found[HASHES]) == {"service_password_hashes": {"alice": "geheim"}}
    assert b"geheim" not in b"".join(found.values()) and "geheim" not in str(result)
    assert HASHES not in [diff["after_header"] for diff in result["diff"]]


def test_a_vault_with_the_same_content_is_not_changed(write):
    def vault(stored, password="secret"):
        write({"wiki": service("alice", stored=stored)}, vault_password=password, overwrite=True)
        return content(write.folder)[HASHES]

    first = vault("x")
    assert vault("x") == first
    other = vault("y")
    assert other != first and decrypted(other) == {"service_password_hashes": {"alice": "y"}}
    assert decrypted(vault("y", "another"), "another") == {"service_password_hashes": {"alice": "y"}}
    (write.folder / HASHES).write_bytes(b"\xff no vault")
    assert decrypted(vault("x")) == {"service_password_hashes": {"alice": "x"}}
