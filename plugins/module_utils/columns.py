# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the columns of reflected tables are, and how values of them are read. Part of the public interface.

The only file that imports SQLAlchemy itself: everything else has ``sa`` from here.
"""

from __future__ import annotations

import datetime
import gc
import traceback
from typing import Any

try:
    import sqlalchemy as sa

    SQLALCHEMY_IMPORT_ERROR = ""
    gc.freeze()  # forty thousand objects that stay: to look for garbage among them takes longer than our own imports
except ImportError:
    sa = None  # type: ignore[assignment]
    SQLALCHEMY_IMPORT_ERROR = traceback.format_exc()

MOST_SHOWN = 60  # characters of a value that cannot be read


class Unreadable(str):
    """Text, cut short, of a value of another type than its column's, or of one that Python cannot hold.

    It can only be shown. Its presence means that the content of the row is unknown.
    """

    @classmethod
    def of(cls, value: Any) -> Unreadable:
        """In place of this value."""
        text = repr(value[:MOST_SHOWN]) if isinstance(value, bytes) else str(value)
        return cls(text[:MOST_SHOWN])


class Doubtful(Unreadable):
    """Text that is not ASCII, and that the application may read as other text than we do.

    :ivar reason: which column it is of, and what to do, as the end of a sentence
    """

    reason = ""

    @classmethod
    def because(cls, value: str, reason: str) -> Doubtful:
        """This text, as the server gives it."""
        text = cls(value)
        text.reason = reason
        return text


def is_text_column(column: Any) -> bool:
    """Whether a collation decides what equals a value of the column."""
    # SQLAlchemy 1.4 has no type for PostgreSQL's citext.
    return isinstance(column.type, (sa.String, sa.types.NullType))


def charset_doubt(column: Any) -> str:
    """Why the meaning of text in the column that is not ASCII is unknown; empty where it is known."""
    return str(getattr(column.type, "doubt", ""))


def must_have_value(column: Any) -> bool:
    """Whether a new row has to give the column a value: nothing else does."""
    given = column.server_default is not None or column.computed is not None or column.identity is not None
    if column.nullable or given or column.autoincrement is True:
        return False
    # SQLite numbers rows by a key that is a whole number. (MySQL says of each column whether it does.)
    own = column.autoincrement == "auto" and column.primary_key and len(column.table.primary_key) == 1
    return not (own and isinstance(column.type, sa.Integer))


def is_moment(column: Any) -> bool:
    """Whether a column holds dates, or dates and times."""
    return isinstance(column.type, (sa.DateTime, sa.Date))


def present(column: Any) -> Any:
    """The present time, in UTC, as a column of moments takes it."""
    moment = datetime.datetime.now(datetime.timezone.utc)
    if isinstance(column.type, sa.Date):
        return moment.date()
    return moment if getattr(column.type, "timezone", False) else moment.replace(tzinfo=None)


def moment(column: Any, value: Any) -> Any:
    """The value of an option as the column takes it: of moments the word ``now``, or text as ISO 8601 has it."""
    if not isinstance(value, str) or not is_moment(column):
        return value
    if value == "now":
        return present(column)
    try:
        found = datetime.datetime.fromisoformat(value)
    except ValueError:
        return value  # the database says what it thinks of it
    return found.date() if isinstance(column.type, sa.Date) else found


def moment_text_type() -> Any:
    """The type of moments that an engine stores as text: they are read as whatever the application has written."""

    class MomentText(sa.Text):
        cache_ok = True
        is_moment_text = True

    return MomentText()


def utf8_binary_type(as_text: bool = False) -> Any:
    """The type for text that an application keeps in binary columns, as UTF-8 (``str`` in Python).

    MySQL wants and gives bytes, padded with NUL in BINARY(n).

    :param as_text: the columns hold text all the same, as in SQLite: a BLOB would not equal it
    """

    class Utf8Binary(sa.TypeDecorator):
        impl = sa.Text if as_text else sa.LargeBinary
        cache_ok = True

        # The functions themselves, and not process_bind_param() and process_result_value(): most of what is read and
        # written of a long list comes this way, and SQLAlchemy would put two more calls around each value.

        def bind_processor(self, dialect: Any) -> Any:
            # surrogateescape: invalid UTF-8 that was read goes back as it was.
            return None if as_text else lambda value: (
                None if value is None else value.encode(errors="surrogateescape"))

        def result_processor(self, dialect: Any, coltype: Any) -> Any:
            def process(value: Any) -> Any:
                if value is None or isinstance(value, str):
                    return value
                if isinstance(value, (bytes, bytearray, memoryview)):
                    return bytes(value).rstrip(b"\0").decode(errors="surrogateescape")
                return Unreadable.of(value)  # in SQLite it may be a number

            return process

    return Utf8Binary()
