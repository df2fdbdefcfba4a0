# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions of Django in the table django_session (django/contrib/sessions/backends/db.py)."""

from __future__ import annotations

import base64
import datetime
import json
import re
import zlib
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.columns import Unreadable, sa
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction

TABLE = "django_session"
MAX_SESSION = 1 << 17
"""So much is read of a session, in characters as it is stored and in bytes as it was: a hundred times what is usual,
and any visitor of the site may have filled it."""
ROWS = 100
"""Rows in memory at a time."""
USER = re.compile(rb'"_auth_user_id":\s*"?([^",}\\]{1,200})')


def has_sessions(sql: Transaction) -> bool:
    """Whether a table of Django's own form can be seen."""
    return sql.has_table(TABLE) and {"session_key", "session_data", "expire_date"} <= set(sql.table(TABLE).c.keys())


def end_sessions(sql: Transaction, users: set[str]) -> int:
    """Delete the sessions of users, with which they would be logged in when they are enabled again.

    Sessions are not indexed by user: all are read that have not run out, of each its beginning.

    :param users: their keys, as ``session_users`` gives them
    :returns: how many sessions are too long to find out whose they are
    """
    if not users or not has_sessions(sql):
        return 0
    table = sql.table(TABLE)
    yesterday: Any = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)  # any time zone
    if not getattr(table.c.expire_date.type, "timezone", False):
        yesterday = yesterday.replace(tzinfo=None)
    if isinstance(table.c.expire_date.type, sa.String):
        yesterday = yesterday.isoformat(" ")
    start = sa.func.substr(table.c.session_data, 1, MAX_SESSION)
    statement = sa.select(table.c.session_key, start).where(table.c.expire_date > yesterday)
    # There may be millions.
    options = {"stream_results": True, "max_row_buffer": ROWS}
    ended, untold = [], 0
    for key, data in sql.connection.execute(statement.execution_options(**options)):
        whose, whole = session_users(data)
        if not users.isdisjoint(whose):
            ended.append(key)
        elif not whole:
            untold += 1
    sql.delete_in(table, "session_key", ended)
    return untold


def session_users(data: Any) -> tuple[set[str], bool]:
    """Whom stored session data say is logged in (``_auth_user_id``), by primary key as text, and whether that is sure.

    One user at most; of a session that was cut, all that it mentions. The data are JSON, perhaps compressed, with a
    signature that needs the site's secret key. It is not verified: who can write into the table can delete from it.

    :param data: as they are stored, of a long session the first ``MAX_SESSION`` characters
    """
    if not isinstance(data, str) or isinstance(data, Unreadable):
        return set(), True  # nothing that Django writes
    text, end, _signature = data.partition(":")
    whole = bool(end) or len(data) < MAX_SESSION
    encoded = text[1:] if text.startswith(".") else text
    encoded = encoded + "=" * (-len(encoded) % 4) if whole else encoded[:len(encoded) // 4 * 4]
    try:
        content = base64.urlsafe_b64decode(encoded)
        if text.startswith("."):
            inflate = zlib.decompressobj()
            content = inflate.decompress(content, MAX_SESSION)
            whole = inflate.eof or (whole and len(content) < MAX_SESSION)
        if not whole:
            return {key.decode(errors="replace") for key in USER.findall(content)}, False
        if b"_auth_user_id" not in content:
            return set(), True
        # A number of thousands of digits would take long.
        session = json.loads(content, parse_int=lambda digits: int(digits) if len(digits) < 20 else None)
    except (ValueError, RecursionError, zlib.error):
        return set(), True  # written by another serializer
    user = session.get("_auth_user_id") if isinstance(session, dict) else None
    return ({str(user)} if isinstance(user, (str, int)) else set()), True
