# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which names and other texts the tables of FreeRADIUS can hold, and how the server writes a time."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction

MAX_VALUE = 253  # bytes of a RADIUS attribute (RFC 2865, 5)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
EXPIRATION = re.compile(r"(\d{1,2} [A-Z][a-z]{2}|[A-Z][a-z]{2} \d{1,2}) \d{4}( \d\d:\d\d(:\d\d)?)?|\d{9,10}")


def charsets_of(sql: Transaction, tables: Iterable[str]) -> set[str]:
    """Character sets of the columns of tables in MySQL, where text is written as text.

    With another character set of the connection the columns hold bytes of UTF-8, for which all have room.
    """
    if sql.database.charset != "utf8mb4":
        return set()
    columns = sa.table("columns", *map(sa.column, ("table_schema", "table_name", "character_set_name")),
                       schema="information_schema").c
    statement = sa.select(columns.character_set_name).distinct().where(
        columns.table_schema == sa.func.database(), columns.table_name.in_([sql.table(name).name for name in tables])
    )
    return {name for name in sql.connection.execute(statement).scalars() if name}


def check(what: str, text: str, column: Any, charsets: Collection[str]) -> None:
    """Make sure that a column and the protocol have room for a text.

    :raises ValueError: naming what it is
    """
    limit = getattr(column.type, "length", None)
    if limit and len(text) > limit:
        raise ValueError(f"{what} is longer than the {limit} characters of the column {column.name}")
    if len(text.encode(errors="surrogateescape")) > MAX_VALUE:
        raise ValueError(f"{what} is longer than the {MAX_VALUE} bytes of a RADIUS attribute")
    for charset in charsets:
        encoding = {"latin1": "cp1252", "ascii": "ascii"}.get(charset)
        try:
            text.encode(encoding or "utf-8", errors="strict" if encoding else "surrogateescape")
            fits = charset not in ("utf8", "utf8mb3") or max(text, default="") <= "\uffff"
        except UnicodeEncodeError:
            fits = False
        if not fits:
            raise ValueError(f"{what} has characters that the tables cannot hold, since their character set is"
                             f" {charset}. Convert the tables to utf8mb4")


def stored_name(name: str, safe: str) -> str:
    """A name as the server looks for it (sql_escape_func() in rlm_sql.c).

    :param safe: ``safe_characters`` of the server
    :raises ValueError: for one that nobody can have
    """
    if not name or name != name.strip() or not name.isprintable():
        raise ValueError("the server does not allow this name. Use at least one character, printable ones only, and no"
                         " space at either end")
    stored = ""
    for part in re.findall(r"=[0-9A-F]{2}|.", name):
        # quotes and backslashes got a backslash before that
        escaped = "\\" + part if part in ('"', "\\") else part
        stored += part if len(part) > 1 else "".join(
            one if one in safe or not one.isascii() else f"={ord(one):02X}" for one in escaped
        )
    return stored


def expiration(text: str) -> str:
    """A time as the server understands it (fr_get_time()): it knows neither ISO 8601 nor time zones.

    :raises ValueError: when it is none
    """
    problem = ValueError(f"expiration {text!r} is not a time. Write it as FreeRADIUS does ('31 Dec 2030 23:59:59') or"
                         " in ISO 8601, up to the year 2105")
    if EXPIRATION.fullmatch(text):
        words = text.split()
        if len(words) == 1:
            if int(text) >= 1 << 32:
                raise problem
            return text
        month = words[0] if words[0].isalpha() else words[1]
        if month not in MONTHS or int(words[2]) > 2105:
            raise problem
        return text
    try:
        moment = datetime.datetime.fromisoformat(re.sub("[zZ]$", "+00:00", text))
    except ValueError:
        raise problem from None
    if not 1971 <= moment.year <= 2105:
        raise problem
    if moment.tzinfo:
        return str(int(moment.timestamp()))
    return moment.strftime(f"%d {MONTHS[moment.month - 1]} %Y %H:%M:%S")
