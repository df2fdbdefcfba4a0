# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real wiki database for tests: SQLite, made from the example's tables."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from ansible_collections.auth.services.plugins.module_utils.passwords import UnverifiableHash
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.actors import SCRIPT_USER
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.adapter import MediaWiki
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.passwords import SCHEMES
from ansible_collections.auth.services.tests.unit.installation import Contract, Installation

EXAMPLE = Path(__file__).parents[3] / "examples" / "mediawiki.sql"

PASSWORD = "Correct-Horse-9"
PASSWORD_HASH = ":B:95051961:53733e02700be705a2b5b5f3b43c60de"
"""Made by MediaWiki 1.39 of PASSWORD."""

# maintenance/sqlite/tables-generated.sql of MediaWiki 1.39
IPBLOCKS = """
CREATE TABLE ipblocks (
  ipb_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, ipb_address BLOB NOT NULL,
  ipb_user INTEGER UNSIGNED DEFAULT 0 NOT NULL, ipb_by_actor BIGINT UNSIGNED NOT NULL,
  ipb_reason_id BIGINT UNSIGNED NOT NULL, ipb_timestamp BLOB NOT NULL, ipb_auto SMALLINT DEFAULT 0 NOT NULL,
  ipb_anon_only SMALLINT DEFAULT 0 NOT NULL, ipb_create_account SMALLINT DEFAULT 1 NOT NULL,
  ipb_enable_autoblock SMALLINT DEFAULT 1 NOT NULL, ipb_expiry BLOB NOT NULL, ipb_range_start BLOB NOT NULL,
  ipb_range_end BLOB NOT NULL, ipb_deleted SMALLINT DEFAULT 0 NOT NULL, ipb_block_email SMALLINT DEFAULT 0 NOT NULL,
  ipb_allow_usertalk SMALLINT DEFAULT 0 NOT NULL, ipb_parent_block_id INTEGER UNSIGNED DEFAULT NULL,
  ipb_sitewide SMALLINT DEFAULT 1 NOT NULL, UNIQUE (ipb_address, ipb_user, ipb_auto));
"""

# The same; 1.40 has el_to_path too
EXTERNALLINKS = """
CREATE TABLE externallinks (
  el_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, el_from INTEGER UNSIGNED DEFAULT 0 NOT NULL, el_to BLOB NOT NULL,
  el_index BLOB NOT NULL, el_index_60 BLOB NOT NULL);
"""


def example_sql(prefix="", old=False):
    """The tables of the example; ``old``: as MediaWiki 1.39 has them."""
    text = EXAMPLE.read_text(encoding="utf-8")
    if old:
        text = _changed(r"CREATE TABLE block(_target)? \(.*?;\n", "", text, 2)
        text = _changed(r",\s+user_is_temp [^,;]*?(?=\);)", "", text, 1) + IPBLOCKS + EXTERNALLINKS
    return _changed(r"\b(CREATE TABLE|INSERT INTO) (\w+)", rf"\1 {prefix}\2", text)


def _changed(pattern, replacement, text, times=None):
    text, number = re.subn(pattern, replacement, text, flags=re.DOTALL)
    assert number == times or (times is None and number), f"the example has changed: {pattern}"
    return text


class Wiki(Installation):
    """One wiki."""

    service_class = MediaWiki

    def __init__(self, path, prefix="", old=False):
        super().__init__(path, example_sql(prefix, old), prefix)
        self.old = old

    def register(self, name):
        user = self.add_user(name, user_email=f"{name}@example.org", user_newpassword=PASSWORD_HASH, user_newpass_time="20261122080000")
        self.insert("user_groups", ug_user=user, ug_group="bot", ug_expiry="20990101000000")
        self.run("UPDATE {site_stats} SET ss_users = ss_users + 1")
        self.insert("user_properties", up_user=user, up_property="skin", up_value="vector")
        self.insert("bot_passwords", bp_user=user, bp_app_id="x", bp_password=PASSWORD_HASH, bp_restrictions="", bp_grants="")

    def lets_in(self, name, password):
        """A password of an unknown type is a wrong one."""
        with suppress(UnverifiableHash):
            return SCHEMES.verify(self.user(name)["user_password"], password)
        return False

    def user(self, name):
        """The row of an account."""
        return self.row("user", user_name=name)

    def add_user(self, name, **columns):
        """An account as the wiki itself makes it; returns its id."""
        row = {"user_name": name, "user_password": PASSWORD_HASH, "user_newpassword": "", "user_email": "", "user_touched": "20261101120000",
               "user_token": "0123456789abcdef0123456789abcdef", "user_registration": "20261101120000", "user_editcount": 0}
        user = self.insert("user", **{**row, **columns})
        self.insert("actor", actor_user=user, actor_name=name)
        return user

    def add_block(self, user, name, **columns):
        """A block as the wiki itself makes it; names of columns without prefix. Returns its id."""
        row = {"by_actor": 1, "reason_id": 1, "timestamp": "20261101120000", "expiry": "infinity", "sitewide": 1, "create_account": 1}
        row.update(columns)
        if self.old:
            more = {"ipb_user": user, "ipb_address": name, "ipb_range_start": "", "ipb_range_end": ""}
            return self.insert("ipblocks", **{f"ipb_{column}": value for column, value in row.items()}, **more)
        target = self.insert("block_target", bt_user=user, bt_user_text=name, bt_auto=0, bt_count=1)
        return self.insert("block", **{f"bl_{column}": value for column, value in row.items()}, bl_target=target)

    def blocks(self):
        """All blocks by the name of the account; columns without prefix."""
        if self.old:
            return {row["ipb_address"]: {column[4:]: value for column, value in row.items()} for row in self.rows("ipblocks")}
        names = {row["bt_id"]: row["bt_user_text"] for row in self.rows("block_target")}
        return {names[row["bl_target"]]: {column[3:]: value for column, value in row.items()} for row in self.rows("block")}

    def log(self, user):
        """Log rows about an account, oldest first, as ``(type, action, who, params)``."""
        actors = {row["actor_id"]: row["actor_name"] for row in self.rows("actor")}
        return [(row["log_type"], row["log_action"], actors[row["log_actor"]], row["log_params"])
                for row in self.rows("logging", log_namespace=2, log_title=user.replace(" ", "_"))]

    def groups(self, user):
        """Stored memberships of an account id, with their expiry."""
        return {row["ug_group"]: row["ug_expiry"] for row in self.rows("user_groups", ug_user=user)}

    def become(self, release):
        """What tells a release from 1.39, if the block tables are the old ones, or from 1.43."""
        if self.old and release >= (1, 40):
            self.run("ALTER TABLE {externallinks} ADD el_to_path BLOB DEFAULT NULL")
        if self.old and release >= (1, 41):
            self.run("ALTER TABLE {user} ADD user_is_temp SMALLINT DEFAULT 0 NOT NULL")
        if release >= (1, 45):
            for column in ("rc_new", "rc_type"):
                self.run(f"ALTER TABLE {{recentchanges}} DROP COLUMN {column}")
        return self

    def lose_keys(self, table):
        """What a bad import makes of a table: its rows have numbers, and no key nor counter sees to that."""
        self.run(f"ALTER TABLE {{{table}}} RENAME TO whole")
        self.run(f"CREATE TABLE {{{table}}} AS SELECT * FROM whole")
        self.run("DROP TABLE whole")

    def apply(self, *entries, performer=None, known_groups=None, mediawiki_version=None, **request):
        """Reconcile these accounts, in the name of this one."""
        options = {"performer": performer, "known_groups": known_groups, "mediawiki_version": mediawiki_version}
        return super().apply(*entries, options=options, **request)


OPEN_SESSIONS = "UPDATE user SET user_token = '0123456789abcdef0123456789abcdef' WHERE user_token LIKE '%INVALID%'"
CONTRACT = Contract(
    make=Wiki,
    password=PASSWORD,
    password_hash=PASSWORD_HASH,
    name=str.title,
    values=lambda number: {"email": f"{number}@example.org", "real_name": f"N {number}", "groups": ["bot"], "group_expiry": {"bot": "2099-01-01"}},
    openings={
        "password": "UPDATE user SET user_password = substr(user_password, 9) WHERE user_password LIKE ':locked:%'",
        "mailed password": "UPDATE user SET user_newpass_time = substr(user_newpassword, 9, 14), user_newpassword = substr(user_newpassword, 24)"
                           " WHERE user_newpassword LIKE ':locked:%'",
        "sessions": OPEN_SESSIONS,
        # alone it is not seen
        "bot password": f"UPDATE bot_passwords SET bp_password = substr(bp_password, 9) WHERE bp_password LIKE ':locked:%'; {OPEN_SESSIONS}",
        "edits": "DELETE FROM block",
    },
    lost={"logging": (), "log_search": (), "recentchanges": (), "comment": (), "actor": (SCRIPT_USER,), "user": (SCRIPT_USER, "user_token", "user_touched"),
          "block": ("bl_id", "bl_timestamp"), "block_target": ("bt_id",)},
    strangers="CREATE INDEX bt_user ON block_target (bt_user); CREATE INDEX bl_target ON block (bl_target);"  # MediaWiki has them
              "INSERT INTO user (user_id, user_name, user_password, user_newpassword, user_email, user_touched, user_token)"
              " SELECT i, 'Stranger ' || i, ':A:x', '', '', '20261101120000', 'ab' FROM NUMBERS;"
              "INSERT INTO actor (actor_user, actor_name) SELECT i, 'Stranger ' || i FROM NUMBERS",
    shut="UPDATE user SET user_password = ':locked::A:x', user_newpassword = ':locked::', user_token = '*** INVALID ***' WHERE user_id >= 1000;"
         "INSERT INTO block_target (bt_id, bt_user, bt_user_text, bt_auto, bt_count) SELECT i, i, 'Stranger ' || i, 0, 1 FROM NUMBERS;"
         "INSERT INTO block (bl_id, bl_target, bl_by_actor, bl_reason_id, bl_timestamp, bl_expiry) SELECT i, i, 1, 1, '20260101000000', 'infinity'"
         " FROM NUMBERS",
    unknown_group="sysopp",  # too like one to be another
    reference="INSERT INTO archive (ar_actor) SELECT actor_id FROM actor WHERE actor_name = ?",
)
