# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How MediaWiki keeps texts and times in the columns of each engine."""

from __future__ import annotations

import datetime
import re
import unicodedata
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.engines.common import Engine

INFINITY = "infinity"
TIMESTAMP = "%Y%m%d%H%M%S"
DIGITS = r"(....)(..)(..)(..)(..)(..)"
MAX_BYTES = 255  # of real names, e-mail addresses and groups

# Sanitizer::validateEmail: the rule of HTML5, ASCII only.
EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")


def normal_text(option: str, value: str) -> str:
    """A text as MediaWiki's web forms hand it on.

    :raises ValueError: for one that MediaWiki would not accept
    """
    text = unicodedata.normalize("NFC", value).strip()
    if not text.isprintable() and any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise ValueError(f"{option} contains a control character")
    size = len(text.encode())
    if size > MAX_BYTES:
        raise ValueError(f"{option} has {size} bytes; MediaWiki stores at most {MAX_BYTES}")
    if option == "email" and text and not EMAIL.fullmatch(text):
        raise ValueError(f"MediaWiki does not accept the email {text!r}: use ASCII, as in name@host")
    return text


def now() -> str:
    """The time as MediaWiki writes it: 14 digits, UTC."""
    return datetime.datetime.now(datetime.timezone.utc).strftime(TIMESTAMP)


def later(timestamp: str) -> str:
    """The time one second after a timestamp; now when it is not a timestamp."""
    try:
        return (datetime.datetime.strptime(timestamp, TIMESTAMP) + datetime.timedelta(seconds=1)).strftime(TIMESTAMP)
    except (ValueError, OverflowError):
        return now()


def parse_time(text: str) -> str | None:
    """A timestamp from ISO 8601 or 14 digits, local times taken as UTC; None for ``infinity`` and its like.

    :raises ValueError: for anything else
    """
    value = str(text).strip()
    if value in ("infinity", "infinite", "indefinite", "never", ""):
        return None
    try:
        if re.fullmatch(r"[0-9]{14}", value):
            parsed = datetime.datetime.strptime(value, TIMESTAMP)
        else:
            parsed = datetime.datetime.fromisoformat(re.sub(r"[Zz]$", "+00:00", value))
        if parsed.tzinfo is not None:
            parsed = parsed.astimezone(datetime.timezone.utc)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is not a time: write it as 2030-12-31T23:59:59Z") from None
    return parsed.strftime(TIMESTAMP).zfill(14)


def show_time(timestamp: str) -> str:
    """A timestamp in ISO 8601; empty for anything else."""
    if len(timestamp) != 14 or not timestamp.isdecimal():
        return ""
    date, time = (timestamp[:4], timestamp[4:6], timestamp[6:8]), (timestamp[8:10], timestamp[10:12], timestamp[12:])
    text = f"{'-'.join(date)}T{':'.join(time)}"
    try:
        # Not strptime, which takes ten times as long; every account that is read has such a time.
        datetime.datetime.fromisoformat(text)
    except ValueError:
        return ""
    return f"{text}Z"


def column_type(reflected: Any, kind: Engine) -> Any:
    """Text in binary columns as ``str``, PostgreSQL's timestamps in the 14 digits of the other engines."""
    try:
        python_type = reflected.python_type
    except NotImplementedError:
        return None
    if python_type is bytes:
        return kind.utf8_binary()
    if kind.endless_moments and python_type is datetime.datetime:
        return _postgresql_timestamp()
    return None


def _postgresql_timestamp() -> Any:
    """TIMESTAMPTZ as 14 digits or ``infinity``.

    Converted by the server: drivers differ in what they make of ``infinity``, which datetime cannot hold.
    """

    class Timestamp(sa.TypeDecorator):
        impl = sa.Text
        cache_ok = True

        def process_bind_param(self, value: Any, dialect: Any) -> Any:
            return value if value in (None, INFINITY) else re.sub(DIGITS, r"\1-\2-\3 \4:\5:\6+00", value)

        def bind_expression(self, bindvalue: Any) -> Any:
            return sa.cast(bindvalue, sa.TIMESTAMP(timezone=True))

        def column_expression(self, column: Any) -> Any:
            digits = sa.func.to_char(sa.func.timezone("UTC", column), "YYYYMMDDHH24MISS")
            return sa.case((sa.func.isfinite(column), digits), (column.is_not(None), INFINITY))

    return Timestamp()
