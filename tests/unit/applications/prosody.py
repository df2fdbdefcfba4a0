# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prosody with its own DDL in SQLite; stored passwords that Prosody 0.12.3 and 13.0.1 made."""

from __future__ import annotations

import hashlib
import hmac

from ansible_collections.auth.services.plugins.module_utils.passwords.scram import ScramKeys
from ansible_collections.auth.services.plugins.module_utils.services.prosody.adapter import Prosody
from ansible_collections.auth.services.tests.unit.installation import Contract, Installation

DDL = """
CREATE TABLE "prosody" ("host" TEXT NOT NULL, "user" TEXT NOT NULL, "store" TEXT NOT NULL, "key" TEXT NOT NULL,
    "type" TEXT NOT NULL, "value" TEXT NOT NULL);
CREATE {unique}INDEX "{index}" ON "prosody" ("host", "user", "store", "key");
CREATE TABLE "prosodyarchive" ("sort_id" INTEGER PRIMARY KEY AUTOINCREMENT, "host" TEXT NOT NULL, "user" TEXT NOT NULL,
    "store" TEXT NOT NULL, "key" TEXT NOT NULL, "when" INTEGER NOT NULL, "with" TEXT NOT NULL, "type" TEXT NOT NULL,
    "value" TEXT NOT NULL);
CREATE UNIQUE INDEX "prosodyarchive_index" ON "prosodyarchive" ("host", "user", "store", "key");
"""
VERSIONS = {
    "0.12": DDL.format(unique="", index="prosody_index"),
    "13": DDL.format(unique="UNIQUE ", index="prosody_unique_index"),
}
HOST = "example.org"
# of "correct horse": salt, stored key, server key
VECTORS = [
    ("cf951e18-0da1-4d41-86f8-883278fbf149", "81c9c63be2636703bc8fbe97ff39e88c62d8b330", "6b9f9817a04fc4319fff32f066ef361564f41fe7"),
    ("e81a0d6f-04bd-4979-97b9-71d8a06f9ac1", "e9a5daff5aebf4fdac09408553e7801daaf0aa9d", "ea2a2674f4290a1bf1627122c81597090e229074"),
]
# of "secret", on a host with password_hash = "SHA-256"
VECTOR_256 = (
    "9437ae58-3b2a-41d5-8401-203568acb280",
    "afc0a62bcee1701485ceae01cb9ea8fe8b141f898157170b811b750aec393d15",
    "9e92d13266450ab4820171a5edd9100c0e0be3aa3b4f4cbc2218e9a8686f5aca",
)
PASSWORD = "correct horse"


class Server(Installation):
    service_class = Prosody

    def service_options(self, **given):
        return super().service_options(**{"host": HOST, **given})

    def register(self, name):
        self.add(name, [*keys(), ("created", "1700000000"), ("updated", "1700000000")])
        for store in ("auth_tokens", "roster"):
            self.add(name, [("x", "y")], store=store)

    def lets_in(self, name, password):
        """Prosody 0.12, which does not know the row `disabled`."""
        rows = self.account(name)
        salted = hashlib.pbkdf2_hmac("sha1", password.encode(), rows["salt"].encode(), int(rows["iteration_count"]))
        return hashlib.sha1(hmac.digest(salted, b"Client Key", "sha1")).hexdigest() == rows["stored_key"]

    def add(self, user, rows, host=HOST, store="accounts"):
        for key, value in rows:
            kind = "boolean" if value == "true" else "number" if value.isdigit() and len(value) < 12 else "string"
            self.run("INSERT INTO prosody VALUES (?, ?, ?, ?, ?, ?)", host, user, store, key, kind, value)

    def account(self, user, host=HOST, store="accounts"):
        rows = self.run("SELECT key, value FROM prosody WHERE host = ? AND user = ? AND store = ?", host, user, store)
        found = {row["key"]: row["value"] for row in rows}
        assert len(found) == len(rows), rows
        return found


def keys(vector=VECTORS[0]):
    return [("salt", vector[0]), ("iteration_count", "10000"), ("stored_key", vector[1]), ("server_key", vector[2])]


CONTRACT = Contract(
    make=lambda path: Server(path, VERSIONS["13"]),
    password_hash=str(ScramKeys("SHA-1", 10000, VECTORS[0][0].encode(), *map(bytes.fromhex, VECTORS[0][1:]))),
    openings={
        "login": "DELETE FROM prosody WHERE key = 'disabled'",
        "password": "UPDATE prosody SET value = substr(value, 3) WHERE key = 'stored_key' AND length(value) = 42",
    },
    lost={"prosody": ("updated", "auth_tokens")},
    strangers="INSERT INTO prosody SELECT 'example.org', 'stranger' || i, 'accounts', 'stored_key', 'string', printf('%040x', i) FROM NUMBERS;"
              "INSERT INTO prosody SELECT 'example.org', 'stranger' || i, 'accounts', 'iteration_count', 'number', '10000' FROM NUMBERS",
    shut="UPDATE prosody SET value = '00' || value WHERE user LIKE 'stranger%' AND key = 'stored_key';"
         "INSERT INTO prosody SELECT 'example.org', 'stranger' || i, 'accounts', 'disabled', 'boolean', 'true' FROM NUMBERS",
)
