# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows that MediaWiki 1.43 writes for a new account, for those that write them without any care for errors."""

from __future__ import annotations

import binascii
import os
import time
from collections.abc import Iterator
from typing import Any

USER = ("user_name", "user_real_name", "user_password", "user_newpassword", "user_email", "user_touched", "user_token",
        "user_email_token", "user_registration", "user_editcount")
ACTOR = ("actor_user", "actor_name")
WATCHLIST = ("wl_user", "wl_namespace", "wl_title", "wl_notificationtimestamp")
LOGGING = ("log_type", "log_action", "log_timestamp", "log_actor", "log_namespace", "log_title", "log_page",
           "log_comment_id", "log_params")
GROUPS = ("ug_user", "ug_group")
RECENT = ("rc_timestamp", "rc_actor", "rc_namespace", "rc_title", "rc_comment_id", "rc_type", "rc_source",
          "rc_patrolled", "rc_ip", "rc_logid", "rc_log_type", "rc_log_action", "rc_params")

BY_SCRIPT = "Maintenance script"


def now() -> str:
    """The time as MediaWiki stores it."""
    return time.strftime("%Y%m%d%H%M%S", time.gmtime())


def user(account: dict[str, Any], stamp: str) -> tuple[Any, ...]:
    """The row in ``user``, without its number."""
    token = binascii.hexlify(os.urandom(16)).decode()
    return (account["name"], account["real_name"], account["password_hash"], "", account["email"], stamp, token, "",
            stamp, 0)


def title(account: dict[str, Any]) -> str:
    """The title of the account's page."""
    return account["name"].replace(" ", "_")


def created(user_id: int) -> str:
    """Parameters of the log row of a new account, as PHP serializes them."""
    return f'a:1:{{s:9:"4::userid";i:{user_id};}}'


def rights(groups: list[str]) -> str:
    """Parameters of the log row of new groups."""
    names = "".join(f'i:{number};s:{len(group)}:"{group}";' for number, group in enumerate(groups))
    ends = "".join(f'i:{number};a:1:{{s:6:"expiry";N;}}' for number in range(len(groups)))
    count = len(groups)
    return (f'a:4:{{s:12:"4::oldgroups";a:0:{{}}s:12:"5::newgroups";a:{count}:{{{names}}}s:11:"oldmetadata";a:0:{{}}'
            f's:11:"newmetadata";a:{count}:{{{ends}}}}}')


def one_by_one(account: dict[str, Any], prefix: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The statements that write one account, and their values: what a loop over accounts sends."""
    stamp, name, page, p = now(), account["name"], title(account), prefix
    marks = ", ".join(["%s"] * len(USER))
    whose = f"FROM {p}user WHERE user_name = %s"
    comment = f"(SELECT MIN(comment_id) FROM {p}comment WHERE comment_text = '' AND comment_data IS NULL)"
    script = f"(SELECT actor_id FROM {p}actor WHERE actor_name = '{BY_SCRIPT}')"
    yield f"SELECT user_id {whose}", (name,)
    yield f"INSERT INTO {p}user ({', '.join(USER)}) VALUES ({marks})", user(account, stamp)
    yield f"INSERT INTO {p}actor (actor_user, actor_name) SELECT user_id, user_name {whose}", (name,)
    yield (f"INSERT INTO {p}watchlist ({', '.join(WATCHLIST)}) SELECT user_id, namespace, %s, NULL FROM {p}user,"
           " (SELECT 2 AS namespace UNION SELECT 3) AS namespaces WHERE user_name = %s"), (page, name)
    yield (f"INSERT INTO {p}logging ({', '.join(LOGGING)}) SELECT 'newusers', 'autocreate', %s, actor_id, 2, %s, 0,"
           f" {comment}, CONCAT('a:1:{{s:9:\"4::userid\";i:', actor_user, ';}}') FROM {p}actor WHERE actor_name = %s"
           ), (stamp, page, name)
    yield f"UPDATE {p}site_stats SET ss_users = ss_users + 1", ()
    groups = account.get("groups", [])
    for group in groups:
        yield f"INSERT INTO {p}user_groups ({', '.join(GROUPS)}) SELECT user_id, %s {whose}", (group, name)
    if groups:
        params = rights(groups)
        yield (f"INSERT INTO {p}logging ({', '.join(LOGGING)}) SELECT 'rights', 'rights', %s, {script}, 2, %s, 0,"
               f" {comment}, %s"), (stamp, page, params)
        yield (f"INSERT INTO {p}recentchanges ({', '.join(RECENT)}) SELECT %s, {script}, 2, %s, {comment}, 3, 'mw.log',"
               " 2, '127.0.0.1', LAST_INSERT_ID(), 'rights', 'rights', %s"), (stamp, page, params)
        yield (f"UPDATE {p}watchlist SET wl_notificationtimestamp = %s WHERE wl_namespace = 2 AND wl_title = %s"), (
            stamp, page)
