# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Postfixadmin, on its tables in SQLite; stored passwords of doveadm pw of Dovecot 2.3.19."""

from __future__ import annotations

from ansible_collections.auth.services.plugins.module_utils.services.postfixadmin.adapter import Postfixadmin
from ansible_collections.auth.services.plugins.module_utils.services.postfixadmin.passwords import SCHEME
from ansible_collections.auth.services.tests.unit.installation import Contract, Installation

# What upgrade.php of 3.3.13 makes, without the columns that nothing here looks at
SQL = """
CREATE TABLE mailbox (username varchar(255) NOT NULL PRIMARY KEY, password varchar(255) NOT NULL, name varchar(255) NOT NULL,
  maildir varchar(255) NOT NULL, quota bigint(20) NOT NULL DEFAULT 0, local_part varchar(255) NOT NULL, domain varchar(255) NOT NULL,
  created datetime NOT NULL, modified datetime NOT NULL, active tinyint(1) NOT NULL DEFAULT '1', phone varchar(30) NOT NULL,
  email_other varchar(255) NOT NULL, token varchar(255) NOT NULL, token_validity datetime NOT NULL, password_expiry datetime NOT NULL);
CREATE TABLE alias (address varchar(255) NOT NULL PRIMARY KEY, goto text NOT NULL, domain varchar(255) NOT NULL,
  created datetime NOT NULL, modified datetime NOT NULL, active tinyint(1) NOT NULL);
CREATE TABLE domain (domain varchar(255) NOT NULL PRIMARY KEY, mailboxes int(11) NOT NULL DEFAULT 0, maxquota bigint(20) NOT NULL DEFAULT 0,
  quota bigint(20) NOT NULL DEFAULT 0, password_expiry int DEFAULT 0);
CREATE TABLE log (id integer PRIMARY KEY AUTOINCREMENT, timestamp datetime NOT NULL, username varchar(255), domain varchar(255),
  action varchar(255), data text);
CREATE TABLE fetchmail (id integer PRIMARY KEY, mailbox varchar(255));
CREATE TABLE vacation (email varchar(255) PRIMARY KEY, active tinyint(1) NOT NULL DEFAULT 1);
CREATE TABLE admin (username varchar(255) PRIMARY KEY, active tinyint(1) NOT NULL DEFAULT 1, superadmin tinyint(1) NOT NULL DEFAULT 0);
CREATE TABLE vacation_notification (on_vacation varchar(255) REFERENCES vacation (email), notified varchar(255));
CREATE TABLE quota (username varchar(255), path varchar(100));
CREATE TABLE quota2 (username varchar(255) PRIMARY KEY);
INSERT INTO domain VALUES ('example.org', 0, 0, 0, 365), ('small.example.org', 2, 2, 3, 0), ('closed.example.org', -1, 0, 0, 0);
INSERT INTO alias VALUES ('info@example.org', 'alice@example.org', 'example.org', '2020-01-01', '2020-01-01', 1);
"""
# What upgrade.php of 4.0.5 adds
SQL_4 = """
CREATE TABLE mailbox_app_password (id integer PRIMARY KEY AUTOINCREMENT, username varchar(255), description varchar(255),
  password_hash varchar(255) DEFAULT NULL);
CREATE TABLE totp_exception_address (id integer PRIMARY KEY AUTOINCREMENT, ip varchar(46) NOT NULL, username varchar(255));
"""
OLD = "{SHA512-CRYPT}$6$GqM1GstAvMhPZWLz$gNC33fE1nRgcI7/mGfN4FJUHeU9CBSP2mdCV1cTt70VlOTzJOHTttbBPq0jmR/SGpG5/i9///JSqLuqp8NedG."


class Mail(Installation):
    service_class = Postfixadmin

    def register(self, name):
        local_part, _at, domain = name.partition("@")
        dates = dict.fromkeys(("created", "modified"), "2026-01-02 03:04:05")
        self.insert("mailbox", username=name, password=OLD, name="N", maildir=f"{domain}/{local_part}/", local_part=local_part, domain=domain, phone="1",
                    email_other="n@example.com", token="", token_validity="2026-01-02 03:04:05", password_expiry="2099-01-01 00:00", **dates)
        self.insert("alias", address=name, goto=name, domain=domain, active=1, **dates)
        for stored in (OLD, None):
            self.insert("mailbox_app_password", username=name, password_hash=stored)
        for table, column in (("fetchmail", "mailbox"), ("vacation", "email"), ("vacation_notification", "on_vacation"), ("quota2", "username")):
            self.insert(table, **{column: name})

    def lets_in(self, name, password):
        row = self.row("mailbox", username=name)
        return bool(row["active"]) and SCHEME.verify(row["password"], password)


STORED = [
    OLD,
    OLD.replace("{SHA512-CRYPT}", "{CRYPT}"),
    OLD.replace("{SHA512-CRYPT}", "{sha512-crypt}"),
    OLD.replace("{SHA512-CRYPT}", ""),
    "{SHA256-CRYPT}$5$zAJxecKQlGeAmgJH$/gym9ZFAtQlu.ywcqYLXclRn74N0FWGiKLHTpQdkaR/",
    "$5$zAJxecKQlGeAmgJH$/gym9ZFAtQlu.ywcqYLXclRn74N0FWGiKLHTpQdkaR/",
    "{BLF-CRYPT}$2y$05$1ifwzvCg2We7V8lAd0.5LuJ0v3Gaf.c6Gywe9vTMl47gtVEoYoSRK",
    "{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$Yvt8q0Doq4YJsl05XPS+4Q$CrwMtXK5CAFMHq8MbM5ybzHOsbKm312XiTKbaBxEu4M",
    "{SSHA512}tqrzD0oTZ4n6cWcX3t9EwUNUMkARM4fHOlUAtYHbCGLheAEJGgBs3OAk9Zu4IdG/Yh6hChrzDFlO6oVz6ddj4LIokFA=",
    "{PBKDF2}$1$zPtjAJWrINxYE1G4$5000$cb1db80ec631fd3e9940f4b7eecec4d749c545cc",
    "{SCRAM-SHA-1}4096,h3cutGFe9A58caKF9Zw0UQ==,eiHbyKF6c4drFT/bz39pIhRuxCw=,gfzQ8HTAgQptKiJwvy84hdZkUwU=",
    "{SCRAM-SHA-256}4096,HBB+IbSEhBLPXnbwedAMnA==,odx6GnNX7hO7qDNfpnsxWJQdG6mRXYueycd9zo9nGEk=,p3hCw9e5w/u+8manm9RcS+jAJEiHNuu026FeJbf9QGc=",
    "{PLAIN}correct horse",
    "{CLEARTEXT}correct horse",
    "{MD5-CRYPT}$1$gJJt3tSx$RGrJ6XAra9jF2vtZgiOSD.",
    "{MD5}$1$sdwK8tIM$AjhKluHUZAIW9/998GCn31",
    "{MD5}3cb4e732631f47e6eb961f34554b7cde",
    "{ARGON2}$argon2id$v=19$m=65536,t=3,p=1$5fPzHSg59s2Jk95krbB/Tg$/ZCSq6fM06rhCNCwpr/uo1yPBgFlXQ75XCXETuG0eqE",  # 2.4.1
    "{ARGON2I}$argon2i$v=19$m=32768,t=4,p=1$w2AP6DOQgioIgCJw4Kg8pA$a42pRbGfD0Lut0TvARxBH6a5tIWoEi8MqBl8eHIBh+A",
    "{SSHA256}Ety7f/Bt8OOIlkp+70b1RQuKrvksCNqQT9PfWT/pO9860Xyr",
    "{SSHA}cKfZq7NSTJb64G/Glxn80W8Za0VE03Pg",
    "{SMD5}qM4fs00v3TJqWD++/jvFXMsFgUg=",
    "{SHA512}VraY3v7bWkNbY0r+MyC7rz/c2SC2xQOkRvx7endrKY1HnRumqLYXgI6wv1ec6aldZoNHvKtxSQhayTyyeZUZew==",
    "{SHA256}QQTTb42iwlQ0n4WDZ5Pr4CngyVcGOjTJHC6SAxh7VjE=",
    "{SHA}L55TUjtiq8FBorTWAZ0jy6g129A=",
    "{LDAP-MD5}PLTnMmMfR+brlh80VUt83g==",
    "{PLAIN-MD5}3cb4e732631f47e6eb961f34554b7cde",
    "{SHA512-CRYPT.B64}JDYkVjVoMXREcFViSmV0LmtQZCRiekxLZnlhcEVOL1YvNXhWU3JXTy91YTFuYy5UdmNuT001UldDQjVjak50ZGlvaUJhci5jeHBTc0x3cGh2RjkvRmJqQ\
XZEQ2l4LjBiR0NBV3ZUVHhNMQ==",
    "{SHA512-CRYPT.HEX}243624686c57665078644a395733797a4e32532452595452526c56704f4e51514c4532352e77566c646d2e527766782f4d50355a5345447270305\
34a694c4a466c4463484a585a6564344672786c334d6252614a61626d787a7675564856546666534e54396b33705930",
    "{SSHA512.HEX}f008c0002a52c7676bfaf7b8f5cff1a1d6fac28df430f0c9978646f05b679e47fab6f76dea9a815196fbfa1f54b0fb5409bb7f02a15ad04b00671d323fd993fea49913fc",
    "{SHA256.HEX}4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631",
    "{PLAIN.B64}Y29ycmVjdCBob3JzZQ==",
    "{PLAIN-MD5.B64}PLTnMmMfR+brlh80VUt83g==",
]


CONTRACT = Contract(
    make=lambda path: Mail(path, SQL + SQL_4),
    password_hash=OLD,
    name="{}@example.org".format,
    values=lambda number: {"display_name": f"N {number}", "quota": number, "phone": "1", "email_other": f"{number}@example.com"},
    openings={
        "mailbox": "UPDATE mailbox SET active = 1",
        "alias": "UPDATE alias SET active = 1",
        "app password": "UPDATE mailbox_app_password SET password_hash = substr(password_hash, 4) WHERE password_hash LIKE '{!}%'",
    },
    lost={"mailbox": ("modified",), "alias": ("modified",)},
    strangers="INSERT INTO mailbox (username, password, name, maildir, local_part, domain, created, modified, phone, email_other, token,"
              " token_validity, password_expiry) SELECT 'stranger' || i || '@example.org', 'x', '', '', 'stranger' || i, 'example.org',"
              " '2026-01-02', '2026-01-02', '', '', '', '2026-01-02', '2099-01-01' FROM NUMBERS;"
              "INSERT INTO alias SELECT 'stranger' || i || '@example.org', '', 'example.org', '2026-01-02', '2026-01-02', 1 FROM NUMBERS",
    shut="UPDATE mailbox SET active = 0 WHERE username LIKE 'stranger%'; UPDATE alias SET active = 0 WHERE address LIKE 'stranger%'",
)
