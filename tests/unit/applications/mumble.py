# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Mumble server, on its own tables in SQLite."""

from __future__ import annotations

import hashlib

from ansible_collections.auth.services.plugins.module_utils.services.mumble.adapter import Mumble
from ansible_collections.auth.services.tests.unit.installation import Contract, Installation

# The tables of Mumble 1.3, as far as they are needed
SCHEMA = """
CREATE TABLE meta (keystring TEXT PRIMARY KEY, value TEXT);
CREATE TABLE servers (server_id INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE config (server_id INTEGER NOT NULL, key TEXT, value TEXT);
CREATE UNIQUE INDEX config_key ON config (server_id, key);
CREATE TABLE users (server_id INTEGER NOT NULL, user_id INTEGER NOT NULL, name TEXT NOT NULL, pw TEXT, salt TEXT,
    kdfiterations INTEGER, lastchannel INTEGER, texture BLOB, last_active DATE);
CREATE UNIQUE INDEX users_name ON users (server_id, name);
CREATE UNIQUE INDEX users_id ON users (server_id, user_id);
CREATE TABLE user_info (server_id INTEGER NOT NULL, user_id INTEGER NOT NULL, key INTEGER, value TEXT);
CREATE UNIQUE INDEX user_info_id ON user_info (server_id, user_id, key);
CREATE TABLE groups (group_id INTEGER PRIMARY KEY AUTOINCREMENT, server_id INTEGER NOT NULL, name TEXT, channel_id INTEGER NOT NULL,
    inherit INTEGER, inheritable INTEGER);
CREATE TABLE group_members (group_id INTEGER NOT NULL, server_id INTEGER NOT NULL, user_id INTEGER NOT NULL, addit INTEGER);
CREATE TABLE acl (server_id INTEGER NOT NULL, channel_id INTEGER NOT NULL, priority INTEGER, user_id INTEGER, group_name TEXT,
    apply_here INTEGER, apply_sub INTEGER, grantpriv INTEGER, revokepriv INTEGER);
CREATE TRIGGER del_user AFTER DELETE ON users FOR EACH ROW BEGIN
    DELETE FROM user_info WHERE user_id = old.user_id AND server_id = old.server_id;
    DELETE FROM group_members WHERE user_id = old.user_id AND server_id = old.server_id; END;
INSERT INTO meta VALUES ('version', '7'), ('pbkdf2_iterations', '1000');
INSERT INTO servers VALUES (1), (2);
INSERT INTO groups VALUES (1, 1, 'admin', 0, 1, 1), (2, 1, 'mods', 0, 1, 1), (3, 1, 'cellar', 7, 1, 1), (4, 2, 'admin', 0, 1, 1);
INSERT INTO users VALUES (1, 0, 'SuperUser', NULL, NULL, NULL, 0, NULL, NULL), (2, 0, 'SuperUser', NULL, NULL, NULL, 0, NULL, NULL),
    (2, 1, 'alice', NULL, NULL, NULL, NULL, NULL, NULL);
"""
HASH_A, HASH_B = "a1" * 20, "b2" * 20
PBKDF2 = "1000$0011223344556677$" + hashlib.pbkdf2_hmac("sha384", b"correct horse", bytes.fromhex("0011223344556677"), 1000, 48).hex()


class Server(Installation):
    service_class = Mumble

    def register(self, name):
        _iterations, salt, digest = PBKDF2.split("$")
        [row] = self.run("SELECT max(user_id) + 1 AS number FROM users WHERE server_id = 1")
        self.insert("users", server_id=1, user_id=row["number"], name=name, pw=digest, salt=salt, kdfiterations=1000, last_active="2026-01-02")
        for key, value in ((1, f"{name}@example.org"), (2, "about me"), (3, hashlib.sha1(name.encode()).hexdigest())):
            self.insert("user_info", server_id=1, user_id=row["number"], key=key, value=value)
        self.insert("group_members", group_id=2, server_id=1, user_id=row["number"], addit=1)

    def password(self, name):
        """The columns that a login looks at."""
        row = self.row("users", server_id=1, name=name)
        return row["pw"], row["salt"], row["kdfiterations"]

    def lets_in(self, name, password):
        """What the server does with a password."""
        pw, salt, iterations = self.password(name)
        if not pw or not isinstance(iterations or 0, int):
            return False
        if not iterations:
            return hashlib.sha1(password.encode()).hexdigest() == pw
        return hashlib.pbkdf2_hmac("sha384", password.encode(), bytes.fromhex(salt), iterations, 48).hex() == pw

    def info(self, name):
        number = self.row("users", server_id=1, name=name)["user_id"]
        return {row["key"]: row["value"] for row in self.rows("user_info", server_id=1, user_id=number)}


CONTRACT = Contract(
    make=lambda path: Server(path, SCHEMA),
    password_hash=PBKDF2,
    values=lambda number: {"email": f"{number}@example.org", "certificate_hash": f"{number:040x}", "groups": ["mods"]},
    openings={
        "password": "UPDATE users SET pw = substr(pw, 2) WHERE pw LIKE '!%'",
        "address": "UPDATE user_info SET key = 1 WHERE key = 1001",
        "certificate": "UPDATE user_info SET key = 3 WHERE key = 1003",
    },
    unknown_group="cellar",  # of another channel
    strangers="INSERT INTO users (server_id, user_id, name, pw) SELECT 1, i, 'stranger' || i, 'ab' FROM NUMBERS;"
              "INSERT INTO user_info SELECT 1, i, 3, printf('%040x', i) FROM NUMBERS",
    shut="UPDATE users SET pw = '!' || pw WHERE name LIKE 'stranger%'; UPDATE user_info SET key = 1003 WHERE user_id >= 1000",
)
