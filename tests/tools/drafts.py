# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tries the drafted mapping of every application whose tables are known: drafts.py TRUTH_DIR [APPLICATION ...] [-v].

Beside TRUTH_DIR stands ``mkdb.py``, which creates the empty tables in SQLite, without foreign keys and without defaults.
An account is created, read, disabled, enabled and removed by ``sql_user``, with nothing but what was drafted, and a
group if the mapping has a table of groups.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import tempfile
from pathlib import Path

import yaml

from ansible_collections.auth.services.plugins.module_utils.catalog import read_schema
from ansible_collections.auth.services.plugins.module_utils.database import Database
from ansible_collections.auth.services.plugins.module_utils.inference import infer
from ansible_collections.auth.services.plugins.module_utils.options import CONNECTION_OPTIONS
from ansible_collections.auth.services.plugins.plugin_utils.drafting_mapping import NoDraft, draft_mapping
from ansible_collections.auth.services.tests.unit.run_module import run_module

PASSWORD = "correct horse battery staple"
EMAIL = "alice@example.org"


class Failure(Exception):
    """A step did not do what it must."""


def schema_of(path):
    """What the database declares."""
    given = {**dict.fromkeys(CONNECTION_OPTIONS), "connect_timeout": 5, "login_engine": "sqlite", "login_db": str(path), "table_prefix": None}
    database = Database(given)
    with database.connect() as connection:
        return read_schema(database, connection)


class Trial:
    """One application."""

    def __init__(self, path, mapping, folder):
        self.folder = folder
        self.given = {"login_engine": "sqlite", "login_db": str(path), "mapping": mapping}
        self.name = EMAIL if "mail" in str(mapping["accounts"]["name"]).lower() else "alice"
        self.can_be_disabled = any(set(door) & {"flag", "marker", "row"} for door in mapping.get("doors", ()))
        self.account = {"name": self.name}
        if "password" in mapping["accounts"]:
            self.account["password"] = PASSWORD
        if "email" in mapping["accounts"].get("fields", {}):
            self.account["email"] = EMAIL

    def user(self, changed, **options):
        done = run_module("sql_user", self.folder, {**self.given, **options}).result
        if done.get("failed"):
            raise Failure(done["msg"])
        if done["changed"] is not changed:
            raise Failure(f"changed is {done['changed']} for {options.get('state', 'present')}")

    def read(self):
        done = run_module("sql_user_info", self.folder, self.given).result
        if done.get("failed"):
            raise Failure(done["msg"])
        return {account["name"]: account for account in done["accounts"]}

    def states(self, expected):
        found = self.read().get(self.name, {}).get("state")
        if found != expected:
            raise Failure(f"the account is {found}, not {expected}")

    def run(self):
        self.user(True, **self.account)
        self.states("enabled")
        if self.account.get("email") not in (None, self.read()[self.name].get("email")):
            raise Failure("the e-mail address is not there")
        self.user(False, **self.account)
        if self.can_be_disabled:
            self.user(True, name=self.name, state="disabled")
            self.states("disabled")
            self.user(True, name=self.name, state="enabled")
            self.states("enabled")
            self.user(False, **self.account)
        self.user(True, name=self.name, state="absent")
        if self.name in self.read():
            raise Failure("the account is still there")
        return "" if self.can_be_disabled else "no door was found, so that no account can be disabled"


def trial(truth, mkdb, folder, verbose):
    """What became of the draft of one application."""
    path = folder / "database.sqlite"
    mkdb.make(str(truth), f"sqlite:///{path}")
    schema = schema_of(path)
    try:
        draft = draft_mapping(schema, infer(schema).as_dict())
    except NoDraft as error:
        return "no draft", str(error), 0
    if verbose:
        print(yaml.safe_dump(draft.mapping, sort_keys=False, default_flow_style=None, width=150))
    try:
        missing = Trial(path, draft.mapping, folder).run()
    except Failure as error:
        return "fails", str(error), len(draft.remarks)
    return ("goes through", "", len(draft.remarks)) if not missing else ("cannot disable", missing, len(draft.remarks))


def main():
    arguments = [one for one in sys.argv[1:] if one != "-v"]
    folder = Path(arguments[0])
    spec = importlib.util.spec_from_file_location("mkdb", folder.parent / "mkdb.py")
    mkdb = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(mkdb)
    counts = {}
    for truth in sorted(folder.glob("*.json")):
        if arguments[1:] and truth.stem not in arguments[1:]:
            continue
        with tempfile.TemporaryDirectory() as place:
            what, why, remarks = trial(truth, mkdb, Path(place), "-v" in sys.argv)
        counts[what] = counts.get(what, 0) + 1
        print(f"{truth.stem:16} {what:15} {remarks:3} remarks  {why}", flush=True)
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
