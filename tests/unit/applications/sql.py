# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A home-made application behind a mapping: a word for its state, credentials in a table of their own, and every kind of door."""

from __future__ import annotations

import bcrypt

from ansible_collections.auth.services.plugins.module_utils.mapping import read_mapping
from ansible_collections.auth.services.plugins.module_utils.services.sql.adapter import of_mapping
from ansible_collections.auth.services.tests.unit.installation import Contract, Installation

SCHEMA = """
CREATE TABLE member (id INTEGER PRIMARY KEY AUTOINCREMENT, login VARCHAR(40) NOT NULL UNIQUE, mail VARCHAR(80), full_name VARCHAR(100) NOT NULL DEFAULT '',
    status VARCHAR(10) NOT NULL, secret VARCHAR(40), created DATETIME NOT NULL, changed DATETIME, realm INTEGER NOT NULL DEFAULT 1);
CREATE TABLE credential (member_id INTEGER PRIMARY KEY, hash VARCHAR(200), api_key VARCHAR(60), locked_at DATETIME, made INTEGER NOT NULL);
CREATE TABLE setting (member_id INTEGER NOT NULL, name VARCHAR(20) NOT NULL, value TEXT, PRIMARY KEY (member_id, name));
CREATE TABLE team (id INTEGER PRIMARY KEY, title VARCHAR(20) NOT NULL UNIQUE);
CREATE TABLE team_member (member_id INTEGER NOT NULL, team_id INTEGER NOT NULL, joined INTEGER NOT NULL, PRIMARY KEY (member_id, team_id));
CREATE TABLE session (token TEXT PRIMARY KEY, member_id INTEGER NOT NULL);
CREATE TABLE reset (token TEXT PRIMARY KEY, login TEXT NOT NULL);
CREATE TABLE ban (id INTEGER PRIMARY KEY AUTOINCREMENT, member_id INTEGER NOT NULL, kind TEXT NOT NULL, since INTEGER NOT NULL);
CREATE TABLE bookmark (id INTEGER PRIMARY KEY, member_id INTEGER NOT NULL);
CREATE TABLE page (id INTEGER PRIMARY KEY, author INTEGER NOT NULL, title TEXT);
INSERT INTO team VALUES (1, 'editors'), (2, 'board');
INSERT INTO member VALUES (1, 'admin', 'admin@example.org', 'Admin', 'active', 's0', '2026-01-01 00:00:00', NULL, 1);
INSERT INTO credential VALUES (1, NULL, NULL, NULL, 1);
"""
MAPPING = {
    "accounts": {
        "table": "member", "name": {"column": "login", "pattern": "[a-z0-9 _.-]+"},
        "password": {"column": "credential.hash", "scheme": "bcrypt", "changed": {"made": "now"}},
        "where": {"realm": 1},
        "fields": {"email": "mail", "real_name": "full_name", "language": {"column": "credential.api_key", "new": ""}},
        "new": {"created": "now", "secret": {"random": 20}},
        "changed": {"changed": "now"},
    },
    "rows": [{"table": "credential", "account": "member_id", "new": {"made": "now"}}],
    "attributes": [{"table": "setting", "account": "member_id", "name": "name", "value": "value",
                    "fields": {"theme": "theme"}, "new": {"greeting": {"template": "Hello {name}"}}}],
    "groups": {"table": "team", "key": "id", "name": "title"},
    "memberships": {"table": "team_member", "account": "member_id", "group": "team_id", "new": {"joined": "now"}},
    "doors": [
        {"flag": {"column": "status", "open": "active", "shut": ["locked", "gone"]}},
        {"flag": {"column": "credential.locked_at", "open": None, "shut": "now"}},
        {"marker": {"column": "credential.hash", "mark": "!"}},
        {"row": {"table": "ban", "account": "member_id", "where": {"kind": "login"}, "new": {"since": "now"}}},
        {"empty": {"table": "session", "account": "member_id"}},
        {"empty": {"table": "reset", "account": "login", "by": "name"}},
        {"change": {"column": "secret", "value": {"random": 20}}},
    ],
    "owned": [{"table": "bookmark", "account": "member_id"}],
    "references": [{"table": "page", "account": "author"}],
    "protected": [{"name": "admin", "why": "it is the application's own"}],
}
PASSWORD = bcrypt.hashpw(b"correct horse", bcrypt.gensalt(4)).decode()


class Application(Installation):
    service_class = of_mapping(read_mapping(MAPPING))

    def register(self, name):
        number = self.insert("member", login=name, mail=f"{name}@example.org", status="active", secret="own", created="2026-01-02 00:00:00", realm=1)
        self.insert("credential", member_id=number, hash=PASSWORD, made=5)
        self.insert("setting", member_id=number, name="greeting", value="Hello")
        self.insert("team_member", member_id=number, team_id=1, joined=5)
        self.insert("session", token=f"{name}'s", member_id=number)
        self.insert("reset", token=f"{name}'s", login=name)
        self.insert("bookmark", member_id=number)

    def lets_in(self, name, password):
        """What the application does at its login."""
        member = self.row("member", login=name)
        credential = self.row("credential", member_id=member["id"])
        if member["status"] != "active" or credential["locked_at"] or self.rows("ban", member_id=member["id"], kind="login"):
            return False
        stored = credential["hash"] or ""
        return stored.startswith("$2") and bcrypt.checkpw(password.encode(), stored.encode())


CONTRACT = Contract(
    make=lambda path: Application(path, SCHEMA),
    password_hash=PASSWORD,
    values=lambda number: {"email": f"{number}@example.org", "real_name": f"Number {number}", "language": "en", "theme": "dark", "groups": ["board"]},
    openings={
        "state": "UPDATE member SET status = 'active' WHERE status = 'locked'",
        "lock": "UPDATE credential SET locked_at = NULL",
        "password": "UPDATE credential SET hash = substr(hash, 2) WHERE hash LIKE '!%'",
        "ban": "DELETE FROM ban",
    },
    lost={"member": ("secret", "changed"), "session": (), "reset": (), "ban": ("id", "since"), "credential": ("locked_at",)},
    unknown_group="nobody",
    strangers=f"INSERT INTO member (id, login, status, created) SELECT i, 'stranger' || i, 'active', '2026-01-01' FROM NUMBERS;"
              f"INSERT INTO credential (member_id, hash, made) SELECT i, '{PASSWORD}', 1 FROM NUMBERS",
    shut="UPDATE member SET status = 'locked' WHERE login LIKE 'stranger%'; UPDATE credential SET hash = '!' || hash, locked_at = '2026-01-01'"
         " WHERE member_id >= 1000; INSERT INTO ban (member_id, kind, since) SELECT id, 'login', 1 FROM member WHERE id >= 1000",
    reference="INSERT INTO page (author) SELECT id FROM member WHERE login = ?",
)
