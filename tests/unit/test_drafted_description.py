# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An adapter with a drafted description manages the accounts that the mapping is of."""

from __future__ import annotations

import datetime
from pathlib import Path

from ansible_collections.auth.services.plugins.module_utils.passwords import ClearText
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.tests.tools.drafted_description import description
from ansible_collections.auth.services.tests.unit.applications import sql
from ansible_collections.auth.services.tests.unit.installation import Installation

ROOT = Path(__file__).parents[2]
LIBRARY = {
    "accounts": {"table": "readers", "key": "id", "name": "username", "password": {"column": "password", "scheme": "clear"},
                 "fields": {"email": "email", "real_name": "full_name"}, "new": {"created_at": {"constant": "2026-01-01 00:00:00"}, "password": ""}},
    "doors": [{"flag": {"column": "blocked", "open": False, "shut": True}}, {"empty": {"table": "sessions", "account": "reader_id"}}],
    "groups": {"table": "roles", "key": "id", "name": "name"},
    "memberships": {"table": "reader_roles", "account": "reader_id", "group": "role_id"},
    "references": [{"table": "loans", "account": "reader_id"}],
}


def described(mapping):
    names = {}
    exec(description(mapping), names)  # noqa: S102  # of our own making
    return names["description"]


def test_a_drafted_description_works(tmp_path):
    found = described({**LIBRARY, "accounts": {key: value for key, value in LIBRARY["accounts"].items() if key != "new"}})
    adapter = type("Library", (Service,), {"description": found, "engines": ("sqlite",), "scheme": ClearText(), "columns": lambda self, change: {
        **({"created_at": sql_moment(), "password": ""} if change.creates else {}), **Service.columns(self, change)}})
    kind = type("Installed", (Installation,), {"service_class": adapter})
    installation = kind(tmp_path / "library.sqlite", (ROOT / "examples/library.sql").read_text(encoding="utf-8"))
    assert installation.actions({"name": "alice", "email": "alice@example.org", "real_name": "Alice", "groups": ["reader"]}) == {"alice": "created"}
    assert installation.actions({"name": "alice", "state": "disabled"}) == {"alice": "disabled"}
    assert installation.row("readers", username="alice")["blocked"] == 1
    assert installation.options_of("oldmember")["state"] == "disabled" and installation.options_of("librarian")["groups"] == ["librarian"]


def sql_moment():
    return datetime.datetime(2026, 1, 1)  # noqa: DTZ001  # as the column has it


def test_what_a_description_cannot_say_is_a_comment():
    text = description(sql.MAPPING)
    for said in ("# 'created' is now", "# 'credential.locked_at'", "# 'ban' needs a door of its own", "# 'secret' needs a door of its own"):
        assert said.replace("credential.", "") in text
    found = described(sql.MAPPING)
    assert set(found.properties) == {"credential", "setting"} and found.owned == [("bookmark", "member_id")]
