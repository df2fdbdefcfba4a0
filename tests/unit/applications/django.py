# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Django site, on the tables that Django 5.2 makes in SQLite."""

from __future__ import annotations

from ansible_collections.auth.services.plugins.module_utils.services.django.adapter import Django
from ansible_collections.auth.services.plugins.module_utils.services.django.passwords import SCHEMES
from ansible_collections.auth.services.tests.unit.installation import Contract, Installation

USER = """
CREATE TABLE "auth_user" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "password" varchar(128) NOT NULL,
  "last_login" datetime NULL, "is_superuser" bool NOT NULL, "username" varchar(150) NOT NULL UNIQUE,
  "last_name" varchar(150) NOT NULL, "email" varchar(254) NOT NULL, "is_staff" bool NOT NULL, "is_active" bool NOT NULL,
  "date_joined" datetime NOT NULL, "first_name" varchar(150) NOT NULL);
"""
OTHERS = """
CREATE TABLE "auth_group" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(150) NOT NULL UNIQUE);
CREATE TABLE "auth_permission" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(255) NOT NULL);
CREATE TABLE "auth_user_groups" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED,
  "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "auth_user_user_permissions" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED,
  "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "django_admin_log" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "object_repr" varchar(200) NOT NULL,
  "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL,
  "expire_date" datetime NOT NULL);
INSERT INTO auth_group VALUES (1, 'Editors'), (2, 'Readers');
"""
# of the user with the number 2, compressed as Django does it
SESSION = (
    ".eJxVjMEOwiAQRP-FsyFloYAevfsNZLe7laopSWlPxn-XJj3oaZI3b-atEm5rTluVJU2sLgrU6ZcRDk-Z94IfON-LHsq8LhPpXdFHW_WtsLyuh_t3kLHmtn"
    "ZBrBF00VrnPXbc2wgcQj-KsOkCuegDATiE2AKNnME3jgQjBfbq8wXEQjc4:1xVOTs:FKPn98PCmKy3MI1YlGuTOz9ml7bnYsKA08FInS_Fhhk"
)

# Made by Django 5.2 itself, all of them with fewer rounds than it does by itself
VECTORS = [
    ("correct horse", "pbkdf2_sha256$50000$Z8ZS9H6ErgNEiSfp3xwNu3$HmpcTmaUIfSIgA8zST1a0/XlRDkJLI0uXbhYOXANZck="),
    ("Pässwörd €1", "pbkdf2_sha256$50000$QvKBEgAZL0Kt8RarN4F3qC$sW6GEGwVlpN/Ph8U6m3Mof3ZvnQkMJ3hmvAdRPuu2lA="),
    ("Pässwörd €1", "pbkdf2_sha1$1000000$OLvwnU32D2fTkZXIhwvR0v$FRE0CYBnSFCDzcH0zoQyRpyRVe4="),
    ("Pässwörd €1", "scrypt$16384$w5913SRXT6KAxJABS4cfqN$8$5$ve6WCABjvNdKpiQTJhR/AMRZgPFcefkOQGrzI3A5ll1pTUjinkm5V8raIPqC5gMRN3BWyJRBb7dfEB4fbWP0SA=="),
    ("Pässwörd €1", "bcrypt_sha256$$2b$04$HlOUo8ql4FSCph6cy3Yoc.8RnPXURFNn3Ysr80cnh9xZ3IKQHmMbO"),
    ("Pässwörd €1", "bcrypt$$2b$04$kIpzdDzSxOkzCeiNCTWXu.Gs.FaUXEYDnapudnZP1R8ZKO3jOzN62"),
    ("Pässwörd €1", "argon2$argon2id$v=19$m=1024,t=2,p=1$S2k0N0tLTlgxVlIxNkJ3V1ZZZFpJZw$2VMaFnqzzMzoPVukuwHarj4ODso9jujMaK59sh3wdrU"),
    ("Pässwörd €1", "md5$hv8upro9Dn4oBUEesk9OlR$5410ba52b74ee3a3eb6d665f1d9309d6"),
    # by Django 4.2, whose SHA1PasswordHasher, UnsaltedMD5PasswordHasher and UnsaltedSHA1PasswordHasher are gone since 5.1
    ("Pässwörd €1", "sha1$DjieE9QdRi1vYQmTxGi7Iu$3931ea992e076c63aa37808af3dc97d24c8a6b77"),
    ("Pässwörd €1", "sha1$$1a04df26e1f156b48003ea5132ab0467945651d4"),
    ("Pässwörd €1", "a484f2def984c4c7cf8bb260c5cb346b"),
    ("Pässwörd €1", "md5$$a484f2def984c4c7cf8bb260c5cb346b"),
]


class Site(Installation):
    service_class = Django

    def register(self, name):
        """The session is that of the user with the number 2."""
        number = add(self, name, email=f"{name}@example.org", first_name="F", is_staff=1)
        self.insert("auth_user_groups", user_id=number, group_id=2)
        self.insert("auth_user_user_permissions", user_id=number, permission_id=1)
        if number == 2:
            self.insert("django_session", session_key=name, session_data=SESSION, expire_date="2099-01-01 00:00:00")

    def lets_in(self, name, password):
        row = self.row("auth_user", username=name)
        return bool(row["is_active"]) and SCHEMES.verify(row["password"], password)


def add(site, name, table="auth_user", **columns):
    """A user as Django makes one."""
    row = {"password": VECTORS[0][1], "is_superuser": 0, "username": name, "last_name": "", "email": "", "is_staff": 0,
           "is_active": 1, "date_joined": "2026-01-02 03:04:05.678901", "first_name": "", **columns}
    return site.insert(table, **row)


CONTRACT = Contract(
    make=lambda path: Site(path, USER + OTHERS),
    password_hash=VECTORS[0][1],
    values=lambda number: {"email": f"{number}@example.org", "first_name": "F", "last_name": f"L {number}", "is_staff": True, "groups": ["Editors"]},
    openings={"login": "UPDATE auth_user SET is_active = 1"},
    partly=False,  # sessions are not seen
    lost={"django_session": ()},
    unknown_group="Writers",
    strangers="INSERT INTO auth_user (id, password, is_superuser, username, last_name, email, is_staff, is_active, date_joined, first_name)"
              " SELECT i, 'x', 0, 'stranger' || i, '', '', 0, 1, '2026-01-02 03:04:05.678901', '' FROM NUMBERS;"
              "INSERT INTO auth_user_groups (user_id, group_id) SELECT i, 2 FROM NUMBERS",
    shut="UPDATE auth_user SET is_active = 0 WHERE id >= 1000",
    reference="INSERT INTO django_admin_log (object_repr, user_id) SELECT 'x', id FROM auth_user WHERE username = ?",
)
