# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Account by account through Django's cursor, each statement committed by itself.

Usage: django_loop.py ACCOUNTS WIKI, two files of JSON
"""

from __future__ import annotations

import json
import sys

import pymysql
import rows
from django.conf import settings
from django.db import connection

pymysql.version_info = (2, 2, 1, "final", 0)  # Django asks for mysqlclient 1.4.3 or newer
pymysql.install_as_MySQLdb()


def main() -> None:
    with open(sys.argv[1]) as file:
        accounts = json.load(file)
    with open(sys.argv[2]) as file:
        wiki = json.load(file)
    login = wiki["login"]
    settings.configure(DATABASES={"default": {
        "ENGINE": "django.db.backends.mysql", "HOST": login["login_host"], "PORT": login["login_port"],
        "NAME": login["login_db"], "USER": login["login_user"], "PASSWORD": login["login_password"],
    }})
    for account in accounts:
        for statement, values in rows.one_by_one(account, wiki["prefix"]):
            with connection.cursor() as cursor:
                cursor.execute(statement, values)


if __name__ == "__main__":
    main()
