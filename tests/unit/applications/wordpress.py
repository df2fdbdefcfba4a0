# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A WordPress, or a network of two sites, in SQLite."""

from __future__ import annotations

from ansible_collections.auth.services.plugins.module_utils.services.wordpress import passwords
from ansible_collections.auth.services.plugins.module_utils.services.wordpress.adapter import WordPress
from ansible_collections.auth.services.tests.unit.installation import Contract, Installation

# made by WordPress 7.1.4
VECTORS = [
    ("correct horse", "$wp$2y$10$XmrXkJ/8eUO1extAr44gT.Gc1umy2nM/3s7mk3eUwbTfo.FwzYzHm"),
    ("correct horse", "$P$Bpv7uyoDhsCH4EPu5MUbkjT.V7P2IW/"),
    ("Pässwörd €1", "$wp$2y$10$e6qxlyohk7xptUv8ccW4M.zkp43PpcATnRh1ag8zupHaWxXpI4R3u"),
    ("Pässwörd €1", "$P$B5fXl4MVYw6F1Pl2NQu1rWL8SQbWOn."),
]
PORTABLE = VECTORS[1][1]
ROLES = ('a:3:{s:13:"administrator";a:2:{s:4:"name";s:13:"Administrator";s:12:"capabilities";a:2:{s:7:"level_0";b:1;s:8:"level_10";b:1;}}'
         's:6:"editor";a:2:{s:4:"name";s:6:"Editor";s:12:"capabilities";a:1:{s:7:"level_7";b:1;}}'
         's:10:"subscriber";a:2:{s:4:"name";s:10:"Subscriber";s:12:"capabilities";a:1:{s:4:"read";b:1;}}}')
USERS = """CREATE TABLE wp_users (ID INTEGER PRIMARY KEY AUTOINCREMENT, user_login varchar(60) NOT NULL DEFAULT '' COLLATE NOCASE,
    user_pass varchar(255) NOT NULL DEFAULT '', user_nicename varchar(50) NOT NULL DEFAULT '' COLLATE NOCASE,
    user_email varchar(100) NOT NULL DEFAULT '' COLLATE NOCASE, user_url varchar(100) NOT NULL DEFAULT '',
    user_registered datetime NOT NULL DEFAULT '0000-00-00 00:00:00', user_activation_key varchar(255) NOT NULL DEFAULT '',
    user_status int NOT NULL DEFAULT 0, display_name varchar(250) NOT NULL DEFAULT ''{more});
  CREATE TABLE wp_usermeta (umeta_id INTEGER PRIMARY KEY AUTOINCREMENT, user_id bigint NOT NULL DEFAULT 0, meta_key varchar(255), meta_value longtext);
  CREATE INDEX wp_usermeta_user_id ON wp_usermeta (user_id);"""
SITE = """CREATE TABLE wp_{site}options (option_id INTEGER PRIMARY KEY AUTOINCREMENT, option_name varchar(191) NOT NULL,
 option_value longtext NOT NULL, autoload varchar(20) NOT NULL DEFAULT 'yes');
  CREATE TABLE wp_{site}posts (ID INTEGER PRIMARY KEY AUTOINCREMENT, post_author bigint NOT NULL, post_status varchar(20) NOT NULL);
  CREATE TABLE wp_{site}links (link_id INTEGER PRIMARY KEY AUTOINCREMENT, link_owner bigint NOT NULL);
  INSERT INTO wp_{site}options (option_name, option_value) VALUES ('db_version', '{version}'), ('default_role', 'subscriber'), ('user_count', '0'),
    ('wp_{site}user_roles', '{roles}');"""
NETWORK = """CREATE TABLE wp_blogs (blog_id INTEGER PRIMARY KEY, site_id bigint, domain varchar(200));
  CREATE TABLE wp_sitemeta (meta_id INTEGER PRIMARY KEY AUTOINCREMENT, site_id bigint, meta_key varchar(255), meta_value longtext);
  CREATE TABLE wp_signups (signup_id INTEGER PRIMARY KEY AUTOINCREMENT, user_login varchar(60));
  INSERT INTO wp_blogs VALUES (1, 1, 'example.org'), (2, 1, 'two.example.org');
  INSERT INTO wp_sitemeta (site_id, meta_key, meta_value) VALUES (1, 'user_count', '0'), (1, 'site_admins', 'a:1:{i:0;s:4:"root";}'),
    (1, 'illegal_names', 'a:1:{i:0;s:5:"files";}');"""


class Site(Installation):
    """A WordPress of this version of the database; a network of two sites."""

    service_class = WordPress

    def __init__(self, path, version=61833, network=False):
        more = ", spam tinyint NOT NULL DEFAULT 0, deleted tinyint NOT NULL DEFAULT 0" if network else ""
        sql = USERS.format(more=more)
        for site in ("", "2_") if network else ("",):
            sql += SITE.format(site=site, version=version, roles=ROLES)
        super().__init__(path, sql + (NETWORK if network else ""), "wp_")

    def register(self, name):
        self.insert("users", user_login=name, user_pass=PORTABLE, user_nicename=name, user_email=f"{name}@example.org", display_name=name,
                    user_registered="2026-01-02 03:04:05")
        self.add_meta(name, first_name="F", nickname=name, wp_capabilities='a:1:{s:6:"editor";b:1;}', wp_user_level="7", session_tokens="a:0:{}",
                      _application_passwords='a:1:{i:0;a:1:{s:4:"name";s:1:"x";}}')

    def lets_in(self, name, password):
        row = self.user(name)
        return not row.get("spam") and passwords.schemes(True).verify(row["user_pass"], password)

    def user(self, name):
        return self.row("users", user_login=name)

    def meta(self, name):
        """Properties of an account; of one with several rows, all of them."""
        rows = self.rows("usermeta", user_id=self.user(name)["ID"])
        assert len({row["meta_key"] for row in rows}) == len(rows)
        return {row["meta_key"]: row["meta_value"] for row in rows}

    def add_meta(self, name, **values):
        for key, value in values.items():
            self.insert("usermeta", user_id=self.user(name)["ID"], meta_key=key, meta_value=value)


OPEN_ADDRESS = "UPDATE wp_users SET user_email = replace(user_email, '.disabled.invalid', '')"
OPEN_APPLICATIONS = "UPDATE wp_usermeta SET meta_key = '_application_passwords' WHERE meta_key LIKE '%_application_passwords'"
CONTRACT = Contract(
    make=lambda path: Site(path, network=True),
    password_hash=PORTABLE,
    values=lambda number: {"email": f"{number}@example.org", "first_name": f"F {number}", "url": f"https://example.org/{number}", "groups": ["editor"]},
    openings={
        "address": OPEN_ADDRESS,
        "application passwords": OPEN_APPLICATIONS,
        # last, since the other marks are believed by that of the password
        "password": f"UPDATE wp_users SET user_pass = substr(user_pass, 2) WHERE user_pass LIKE '!%'; {OPEN_ADDRESS}; {OPEN_APPLICATIONS}",
        "network": "UPDATE wp_users SET spam = 0",
        "session": "INSERT INTO wp_usermeta (user_id, meta_key, meta_value) SELECT ID, 'session_tokens', 'a:0:{}' FROM wp_users WHERE spam = 1",
    },
    lost={"usermeta": ("session_tokens",), "sitemeta": ("user_count",)},
    unknown_group="writer",
    strangers="INSERT INTO wp_users (ID, user_login, user_pass, user_nicename, user_email, display_name, user_registered)"
              " SELECT i, 'stranger' || i, 'x', 'stranger' || i, i || '@example.com', 'S', '2026-01-02 03:04:05' FROM NUMBERS;"
              "INSERT INTO wp_usermeta (user_id, meta_key, meta_value) SELECT i, 'session_tokens', 'a:0:{}' FROM NUMBERS",
    shut="UPDATE wp_users SET user_pass = '!x', user_email = ID || '@example.com.disabled.invalid', spam = 1 WHERE ID >= 1000;"
         "DELETE FROM wp_usermeta WHERE user_id >= 1000",
    reference="INSERT INTO wp_posts (post_author, post_status) SELECT ID, 'publish' FROM wp_users WHERE user_login = ?",
)
