# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The physical limits: the same rows by PyMySQL alone, the same hashes by hashlib alone.

Usage: bare.py write|read|hash ACCOUNTS WIKI, two files of JSON
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import sys
from typing import Any

import pymysql
import rows


def insert(cursor: Any, table: str, columns: tuple[str, ...], values: list[tuple[Any, ...]]) -> int:
    """Insert rows, 1,000 in a statement, and return the number that the database gave the first; they follow it."""
    first = 0
    row = "(" + ", ".join(["%s"] * len(columns)) + ")"
    for start in range(0, len(values), 1000):
        batch = values[start : start + 1000]
        text = ", ".join(cursor.mogrify(row, value) for value in batch)
        cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES {text}")
        first = first or cursor.lastrowid
    return first


def write(cursor: Any, accounts: list[dict[str, Any]], prefix: str) -> None:
    stamp, p = rows.now(), prefix
    cursor.execute(f"SELECT MIN(comment_id) FROM {p}comment WHERE comment_text = '' AND comment_data IS NULL")
    comment = cursor.fetchone()[0]
    cursor.execute(f"SELECT actor_id FROM {p}actor WHERE actor_name = %s", (rows.BY_SCRIPT,))
    script = cursor.fetchone()[0]
    user = insert(cursor, f"{p}user", rows.USER, [rows.user(account, stamp) for account in accounts])
    numbered = list(enumerate(accounts))
    actor = insert(cursor, f"{p}actor", rows.ACTOR, [(user + i, account["name"]) for i, account in numbered])
    insert(cursor, f"{p}watchlist", rows.WATCHLIST, [
        (user + i, space, rows.title(account), stamp if space == 2 and account.get("groups") else None)
        for i, account in numbered for space in (2, 3)
    ])
    insert(cursor, f"{p}logging", rows.LOGGING, [
        ("newusers", "autocreate", stamp, actor + i, 2, rows.title(account), 0, comment, rows.created(user + i))
        for i, account in numbered
    ])
    members = [(i, account) for i, account in numbered if account.get("groups")]
    insert(cursor, f"{p}user_groups", rows.GROUPS, [
        (user + i, group) for i, account in members for group in account["groups"]
    ])
    entries = [("rights", "rights", stamp, script, 2, rows.title(account), 0, comment, rows.rights(account["groups"]))
               for _i, account in members]
    log = insert(cursor, f"{p}logging", rows.LOGGING, entries)
    insert(cursor, f"{p}recentchanges", rows.RECENT, [
        (stamp, script, 2, entry[5], comment, 3, "mw.log", 2, "127.0.0.1", log + number, "rights", "rights", entry[-1])
        for number, entry in enumerate(entries)
    ])
    cursor.execute(f"UPDATE {p}site_stats SET ss_users = ss_users + %s", (len(accounts),))


def read(cursor: Any, prefix: str) -> int:
    p = prefix
    cursor.execute(
        "SELECT user_id, user_name, user_real_name, user_email, user_password, user_newpassword, user_newpass_time,"
        " user_email_authenticated, user_touched, user_token, GROUP_CONCAT(ug_group), MIN(bl_id)"
        f" FROM {p}user LEFT JOIN {p}user_groups ON ug_user = user_id LEFT JOIN {p}block_target ON bt_user = user_id"
        f" LEFT JOIN {p}block ON bl_target = bt_id GROUP BY user_id"
    )
    return len(cursor.fetchall())


def hash_one(password: str) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", password.encode(), os.urandom(16), 30000, 64)


def main() -> None:
    kind, accounts_file, wiki_file = sys.argv[1:]
    with open(accounts_file) as file:
        accounts = json.load(file)
    if kind == "hash":
        with multiprocessing.Pool() as pool:
            pool.map(hash_one, [account["password"] for account in accounts], chunksize=1)
        return
    with open(wiki_file) as file:
        wiki = json.load(file)
    login = wiki["login"]
    connection = pymysql.connect(host=login["login_host"], port=login["login_port"], user=login["login_user"],
                                 password=login["login_password"], database=login["login_db"], charset="utf8mb4")
    with connection.cursor() as cursor:
        if kind == "write":
            write(cursor, accounts, wiki["prefix"])
            connection.commit()
        else:
            print(read(cursor, wiki["prefix"]))


if __name__ == "__main__":
    main()
