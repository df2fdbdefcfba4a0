# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the playbooks as a user does, over wikis on SQLite."""

from __future__ import annotations

import os
import pathlib
import sqlite3
import subprocess
import sys
from dataclasses import dataclass

import yaml

ROOT = pathlib.Path(__file__).parents[4]
SCHEMA = (ROOT / "examples" / "mediawiki.sql").read_text(encoding="utf-8")


class Unsafe(str):
    """Text that a YAML file marks with !unsafe."""


class Dumper(yaml.SafeDumper):
    """Writes inventories."""


Dumper.add_representer(Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text)))


@dataclass
class Ran:
    """What a playbook said.

    :ivar code: its exit code
    :ivar said: all that it wrote
    :ivar warned: its warnings, each as one line
    """

    code: int
    said: str

    @property
    def warned(self):
        return " ".join(self.said[self.said.find("[WARNING]"):].split()) if "[WARNING]" in self.said else ""

    def line(self, host):
        """What the summary says of a host."""
        found = [line for line in self.said.splitlines() if host in line and ("FAILED:" in line or "NOT REACHED" in line)]
        return found[0] if found else ""


class Site:
    """A folder with an inventory and databases."""

    def __init__(self, path):
        self.path = path
        (path / "home").mkdir()

    def database(self, name, *accounts):
        """A wiki with these accounts, all open."""
        with sqlite3.connect(self.path / name) as wiki:
            wiki.executescript(SCHEMA)
            for account in accounts:
                made = wiki.execute("INSERT INTO user (user_name, user_password, user_newpassword, user_email, user_touched, user_real_name)"
                                    " VALUES (?, ':pbkdf2:sha512:1:1:x:x', '', ?, '20261101120000', '')", (account, f"{account}@example.org"))
                wiki.execute("INSERT INTO actor (actor_user, actor_name) VALUES (?, ?)", (made.lastrowid, account))
        return {"service_type": "mediawiki", "service_database": {"engine": "sqlite", "name": str(self.path / name)},
                "service_unlisted_except": ["Admin"]}

    def opened(self, name):
        """A connection to the database of a wiki."""
        return sqlite3.connect(self.path / name)

    def shut(self, name):
        """Names of the accounts of a wiki that cannot log in."""
        with sqlite3.connect(self.path / name) as wiki:
            found = wiki.execute("SELECT user_name FROM user JOIN block_target ON bt_user = user_id ORDER BY 1").fetchall()
        return [account for (account,) in found]

    def out(self, name, *accounts):
        """Which of these accounts let nobody in, removed ones too."""
        return sorted(set(accounts) - (set(self.there(name)) - set(self.shut(name))))

    def there(self, name):
        """Names of all accounts of a wiki but the installer's and the scripts'."""
        with sqlite3.connect(self.path / name) as wiki:
            return sorted({account for (account,) in wiki.execute("SELECT user_name FROM user")} - {"Admin", "Maintenance script"})

    def inventory(self, hosts, groups=None, **everywhere):
        """Writes it."""
        everywhere = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable, **everywhere}
        (self.path / "hosts.yml").write_text(
            yaml.dump({"all": {"hosts": hosts, "vars": everywhere, "children": groups or {}}}, Dumper=Dumper, allow_unicode=True), encoding="utf-8")

    def play(self, name, *arguments):
        """Runs auth.services.name."""
        environment = {**os.environ, "HOME": str(self.path / "home"), "ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_NOCOLOR": "true",
                       "ANSIBLE_CALLBACK_RESULT_FORMAT": "json"}
        command = [sys.executable, "-m", "ansible.cli.playbook", "-i", "hosts.yml", f"auth.services.{name}", *arguments]
        ran = subprocess.run(command, cwd=self.path, env=environment, capture_output=True, text=True, check=False, timeout=300)
        return Ran(ran.returncode, ran.stdout + ran.stderr)
