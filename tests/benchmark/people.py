# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many people on many services: what ``auth.services.apply`` takes, and what of it the modules do.

Twenty services of four types on SQLite. The same accounts are then given to the modules themselves, without Ansible, as many at
once. Run it with the environment's python and ANSIBLE_COLLECTIONS_PATH set: people.py [PEOPLE [SERVICES [FORKS]]]
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = os.environ["ANSIBLE_COLLECTIONS_PATH"].split(":")

from ansible.parsing.dataloader import DataLoader  # noqa: E402
from ansible.plugins.loader import init_plugin_loader  # noqa: E402
from ansible.template import Templar  # noqa: E402

init_plugin_loader()

from ansible_collections.auth.services.plugins.plugin_utils.module_docs import module_options  # noqa: E402
from ansible_collections.auth.services.plugins.plugin_utils.service_tasks import Place, ServiceTask  # noqa: E402
from ansible_collections.auth.services.plugins.plugin_utils.variables import Variables  # noqa: E402
from ansible_collections.auth.services.tests.unit.applications import django, prosody  # noqa: E402

PEOPLE, SERVICES, FORKS = (int(value) for value in (*sys.argv[1:4], *(5000, 20, 2)[len(sys.argv) - 1:]))
TABLES = {
    "mediawiki": (ROOT / "examples/mediawiki.sql").read_text(encoding="utf-8"),
    "mumble": (ROOT / "examples/mumble.sql").read_text(encoding="utf-8"),
    "prosody": prosody.VERSIONS["0.12"],
    "django": django.USER + django.OTHERS,
}
GROUPS = {"mediawiki": {"wiki_admins": ["sysop"], "staff": ["bot"]}, "mumble": {"staff": ["admin"]}, "django": {"staff": ["Editors"]}}
MODULE = """
import runpy, sys
from ansible.module_utils import basic
basic._ANSIBLE_ARGS, basic._ANSIBLE_PROFILE = open(sys.argv[2], "rb").read(), "legacy"
runpy.run_module("ansible_collections.auth.services.plugins.modules." + sys.argv[1], run_name="__main__", alter_sys=True)
"""


def people(passwords=False):
    """Four of five are staff, one of ten an administrator; all that Ansible has to carry is there."""
    return [{
        "name": f"person{number:05}", "email": f"person{number:05}@example.org", "real_name": f"Person Number {number}",
        "groups": [*(["staff"] if number % 5 else ["members"]), *([] if number % 10 else ["wiki_admins"])],
        **({"password": f"secret-{number:05}"} if passwords else {}),
    } for number in range(PEOPLE)]


def service(folder, number):
    """An inventory host and its database."""
    kind = list(TABLES)[number % len(TABLES)]
    path = folder / f"{kind}{number}.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(TABLES[kind])
    return f"{kind}{number}.example.org", {
        "service_type": kind, "service_database": {"engine": "sqlite", "name": str(path)},
        "service_access": ["staff", "members"], "service_disable_limit": "100%",
        **({"service_groups": GROUPS[kind]} if kind in GROUPS else {}),
        **({"service_options": {"host": "example.org"}} if kind == "prosody" else {}),
        **({"service_name": "{{ person.name | upper }}"} if number >= len(TABLES) and kind == "django" else {}),
    }


@dataclass(frozen=True)
class Cost:
    """What something took: seconds of wall and of CPU time, and MiB of the largest process."""

    wall: float
    cpu: float
    memory: float

    @classmethod
    def of(cls, work, *arguments):
        start, before = time.monotonic(), cls._cpu()
        result = work(*arguments)
        return result, cls(time.monotonic() - start, cls._cpu() - before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)

    @staticmethod
    def _cpu():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    def __str__(self):
        return f"{self.wall:7.1f} s, CPU {self.cpu:6.1f} s"


def play(folder, *arguments):
    """Output of a playbook."""
    done = subprocess.run(["ansible-playbook", "-i", "hosts.json", "-f", str(FORKS), *arguments], cwd=folder, text=True, capture_output=True, check=False)
    if done.returncode:
        sys.exit(done.stdout[-3000:] + done.stderr[-3000:])
    return done.stdout


def microseconds(folder, host, own):
    """CPU time that this process takes to turn people into the accounts of one service, for each person."""
    kind = own["service_type"]
    (folder / "variables.json").write_text(json.dumps({
        **own, "service_module": f"{kind}_user", "people_groups": ["staff", "members", "wiki_admins"], "people": people()}))
    variables = DataLoader().load_from_file(str(folder / "variables.json"), cache="none")
    module_options(f"auth.services.{kind}_user")
    start = time.process_time()
    ServiceTask(Variables(Templar(variables=variables), variables), Place(host), module_options).apply()
    return (time.process_time() - start) / PEOPLE * 1e6


def modules_alone(folder, hosts, accounts):
    """The modules with the same accounts, as processes of their own."""
    def run(host):
        variables = hosts[host]
        file = folder / f"{host}.args"
        connection = {"login_engine": "sqlite", "login_db": variables["service_database"]["name"], **variables.get("service_options", {})}
        file.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": {**connection, "accounts": [
            {option: value for option, value in account.items() if option != "person"} for account in accounts[host]]}}))
        command = [sys.executable, "-c", MODULE, variables["service_type"] + "_user", str(file)]
        done = subprocess.run(command, env={**os.environ, "PYTHONPATH": os.environ["ANSIBLE_COLLECTIONS_PATH"]}, text=True, capture_output=True, check=False)
        if done.returncode:
            sys.exit(done.stdout[-3000:] + done.stderr[-3000:])

    with ThreadPoolExecutor(FORKS) as pool:
        list(pool.map(run, hosts))


DECLARE = """
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.include_vars: {file: %s}
    - auth.services.service_task: {task: review}
      register: declared
    - ansible.builtin.copy:
        content: "{{ declared.accounts | to_json }}"
        dest: "{{ inventory_hostname }}.json"
        mode: "0600"
"""


def main():
    folder = Path(tempfile.mkdtemp(prefix="people-"))
    hosts = dict(service(folder, number) for number in range(SERVICES))
    inventory = {"all": {"hosts": hosts, "vars": {
        "ansible_connection": "local", "ansible_python_interpreter": sys.executable,
        "people_groups": ["staff", "members", "wiki_admins"]}}}
    (folder / "hosts.json").write_text(json.dumps(inventory))
    (folder / "group_vars/all").mkdir(parents=True)
    everyone = people()
    (folder / "declare.yml").write_text(DECLARE % (ROOT / "roles/service/vars/main.yml"))

    def declare(listed):
        (folder / "group_vars/all/people.json").write_text(json.dumps({"people": listed}))

    empty, filled = folder / "empty", folder / "filled"

    def keep(to):
        to.mkdir()
        for file in folder.glob("*.sqlite"):
            shutil.copy(file, to)

    def bring_back(kept):
        for file in kept.glob("*.sqlite"):
            shutil.copy(file, folder)

    print(f"{PEOPLE} people, {SERVICES} services of {len(TABLES)} types, {FORKS} at once; load {os.getloadavg()[0]:.1f}")
    declare(everyone)
    keep(empty)
    play(folder, "declare.yml")
    accounts = {host: json.loads((folder / f"{host}.json").read_text()) for host in hosts}
    for kind in TABLES:
        found = next((host for host in reversed(hosts) if hosts[host]["service_type"] == kind), None)
        if found:
            named = ", with a service_name" if "service_name" in hosts[found] else ""
            print(f"people to accounts of {kind + named:35} {microseconds(folder, found, hosts[found]):5.1f} microseconds of CPU time for each")
    for title, change in (("create all", None), ("nothing to change", None), ("1 % lose access, 1 % change groups", True)):
        if change:
            keep(filled)
            listed = [{**person, "groups": [] if number % 100 == 1 else ["staff"] if number % 100 == 10 else person["groups"]}
                      for number, person in enumerate(everyone)]
            declare(listed)
            play(folder, "declare.yml")
            accounts = {host: json.loads((folder / f"{host}.json").read_text()) for host in hosts}
        output, whole = Cost.of(play, folder, "auth.services.apply")
        summary = re.search(r'"(all .*?)"', output)
        if title != "nothing to change":
            bring_back(filled if change else empty)
        _nothing, alone = Cost.of(modules_alone, folder, hosts, accounts)
        print(f"{title:36} {whole}, the modules alone {alone}: {whole.wall / alone.wall:.2f} and {whole.cpu / alone.cpu:.2f} times;"
              f" at most {whole.memory:.0f} MiB   {summary and summary[1]}", flush=True)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
