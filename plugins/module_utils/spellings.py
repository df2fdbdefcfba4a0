# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which names a database takes for one: its answer, and never our guess at its collations."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import is_valid_unicode
from ansible_collections.auth.services.plugins.module_utils.database import Doubtful, charset_doubt, is_text_column, sa

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

BATCH = 1000
"""Rows or values in one statement: below every engine's limit on bound values, with a few columns each."""

WEIGHTS = 1024
"""So many characters, padded with blanks as the comparison does, make the weight of a name: more than any name has,
also where one character weighs as much as eighteen. Names that differ only after them count as one."""

NAME = None if sa is None else sa.bindparam("name", type_=sa.String())
ALL_CHARACTERS = ("utf8mb4", "utf16", "utf16le", "utf32")
ASCII_CAPITALS = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
LATIN = {5: 9, 6: 10, 7: 13, 8: 14, 9: 15, 10: 16}  # names of PostgreSQL, and parts of ISO 8859 with another number
EXACT = ("default", "C", "POSIX", "ucs_basic")  # collations of PostgreSQL that are always deterministic


@dataclass(frozen=True)
class Equality:
    """What decides whether two values of a column are equal.

    :ivar charset: of a text column in MySQL and MariaDB
    :ivar collation: none where equality is that of the bytes
    :ivar kind: the column's type in PostgreSQL
    :ivar sent: the character set of the connection to MySQL and MariaDB
    """

    charset: str = ""
    collation: str = ""
    kind: str = ""
    sent: str = "utf8mb4"


def equality(connection: Connection, column: Any) -> Equality:
    """What the database says of a column, by one statement. The table may be empty."""
    engine = connection.dialect.name
    asked: Any
    if not is_text_column(column):
        return Equality()
    if engine == "sqlite":
        # A compound query compares as the column of its first part does.
        rows = sa.select(column.label("name")).where(sa.false()).union_all(sa.select(sa.literal("a"))).subquery()
        asked = sa.select(*(rows.c.name == sa.literal(name) for name in ("A", "a ")))
        case, blanks = connection.execute(asked).one()
        return Equality(collation="NOCASE" if case else "RTRIM" if blanks else "")
    one = sa.select(sa.literal(1).label("one")).subquery()
    nothing = one.outerjoin(column.table, sa.false())
    if engine == "mysql":
        spoken: Any = sa.literal_column("@@character_set_connection")
        asked = sa.select(sa.func.charset(column), sa.func.collation(column), spoken)
        charset, collation, sent = connection.execute(asked.select_from(nothing)).one()
        # What is sent as bytes is compared as bytes, whatever the column says.
        return Equality() if "binary" in (charset, sent) else Equality(charset, collation, sent=sent)
    asked = sa.select(
        sa.cast(sa.func.pg_typeof(column), sa.Text), sa.cast(sa.literal_column("pg_collation_for(" + str(
            column.compile(dialect=connection.dialect)) + ")"), sa.Text))
    kind, collation = connection.execute(asked.select_from(nothing)).one()
    collation = collation or '"default"'
    if kind in ("text", "character varying", "name") and collation.strip('"') in EXACT:
        return Equality()
    return Equality(collation=collation, kind="bpchar" if kind == "character" else kind)


def storable(connection: Connection, column: Any, rule: Equality, names: Iterable[str]) -> list[str]:
    """The names that a column can hold: no account can have another.

    Of those that nobody can tell how the application would store only such as were read from the column.
    """
    names = list(names)
    engine = connection.dialect.name
    if not is_text_column(column):
        return names
    if engine == "sqlite":
        return [name for name in names if is_valid_unicode(name)]
    names = [name for name in names if is_valid_unicode(name) and (engine == "mysql" or "\0" not in name)]
    doubtful = [name for name in names if not name.isascii()]
    if engine == "postgresql" and doubtful:
        encoding = _codec(connection.exec_driver_sql("SHOW server_encoding").scalar_one())
        return [name for name in names if _fits(name, encoding)]
    if engine != "mysql" or not doubtful or not rule.charset or rule.charset in ALL_CHARACTERS:
        return names
    if charset_doubt(column):
        return [name for name in names if name.isascii() or isinstance(name, Doubtful)]
    there_and_back = sa.cast(_using(_using(NAME, rule.charset), rule.sent), sa.LargeBinary)
    lost = {name for name, kept in _ask(connection, doubtful, there_and_back) if bytes(kept or b"") != name.encode()}
    return [name for name in names if name not in lost]


def _codec(encoding: str) -> str:
    """Python's name for an encoding of PostgreSQL; UTF-8, which has all characters, for one that it does not know."""
    latin = re.fullmatch(r"LATIN(\d+)", encoding)
    name = encoding.replace("WIN", "cp").replace("KOI8", "koi8-")
    if latin:
        name = f"iso8859-{LATIN.get(int(latin[1]), latin[1])}"
    try:
        return codecs.lookup("utf-8" if encoding == "SQL_ASCII" else name).name
    except LookupError:
        return "utf-8"


def _fits(name: str, codec: str) -> bool:
    try:
        return bool(name.encode(codec)) or not name
    except UnicodeEncodeError:
        return False


def keys(
    connection: Connection, column: Any, rule: Equality, names: Collection[str],
    compare: Callable[[Any], Any] | None = None,
) -> dict[str, Any]:
    """The same value for names that a search in a column takes for one, by name.

    :param compare: what the application does to both sides (C(sa.func.lower), say)
    """
    found: dict[str, Any] = {name: ("bytes", name) for name in names}
    names = storable(connection, column, rule, found)
    if not rule.collation and compare is None:
        return found
    engine = connection.dialect.name
    if engine == "postgresql":
        found.update(_partitions(connection, column, rule, names, compare))
        return found
    if engine == "sqlite":
        if compare is not None:  # the result of a function has no collation
            found.update(_ask(connection, names, compare(NAME)))
        elif rule.collation == "NOCASE":
            found.update((name, name.translate(ASCII_CAPITALS)) for name in names)
        else:
            found.update((name, name.rstrip(" ")) for name in names)
        return found
    compare = compare or (lambda expression: expression)
    if not rule.collation:
        found.update(_ask(connection, names, compare(NAME)))
        return found
    found.update(_weights(connection, rule, names, compare))
    return found


def _weights(
    connection: Connection, rule: Equality, names: Iterable[str], compare: Callable[[Any], Any]
) -> Iterator[tuple[str, Any]]:
    """What MySQL and MariaDB make of names to compare them, blanks at the end left out where the collation does so.

    Tried against C(=) with all collations of MariaDB 10.11 and MySQL 9.7, of which cp1250_czech_cs alone gives blanks
    at the end a weight. They differ in what they pad.
    """
    def collated(text: Any) -> Any:
        return sa.collate(_using(text, rule.charset), rule.collation)

    text = compare(collated(NAME))
    if getattr(connection.dialect, "is_mariadb", False):
        weight = sa.func.weight_string(text.op("AS")(sa.literal_column(f"CHAR({WEIGHTS})")))
        yield from _ask(connection, names, sa.func.sha2(weight, sa.literal_column("256")))
        return
    weight = sa.func.weight_string(text)
    pads = connection.execute(sa.select(collated(sa.literal("a")) == collated(sa.literal("a ")))).scalar()
    blank = dict(_ask(connection, [" "], weight))[" "] if pads else b""
    for name, weights in _ask(connection, names, weight):
        yield name, _without_end(weights or b"", blank)


def _without_end(data: bytes, end: bytes) -> bytes:
    while end and data.endswith(end):
        data = data[:-len(end)]
    return data


def _partitions(
    connection: Connection, column: Any, rule: Equality, names: Collection[str], compare: Callable[[Any], Any] | None
) -> Iterator[tuple[str, Any]]:
    # An ICU collation's sort key is out of reach, but a window knows what is equal.
    rows = sa.func.unnest(sa.cast(list(names), sa.ARRAY(sa.Text))).table_valued(
        "name", with_ordinality="number").render_derived(name="names")
    text: Any = rows.c.name
    if rule.kind:
        text = sa.literal_column(f"(names.name::{rule.kind}) COLLATE {rule.collation}")
    text = text if compare is None else compare(text)
    first = sa.func.min(rows.c.number).over(partition_by=text)
    yield from connection.execute(sa.select(rows.c.name, first))


def _using(text: Any, charset: str) -> Any:
    return sa.func.convert(text.op("USING")(sa.literal_column(charset)))


def _ask(connection: Connection, names: Iterable[str], expression: Any) -> Iterator[tuple[str, Any]]:
    """The value of an expression for each name: a row of as many columns.

    The expression is compiled once, since SQLAlchemy takes a hundred times as long for a row as the server does.
    """
    one = str(expression.compile(dialect=connection.dialect)).replace("%(name)s", "%s")
    names = list(names)
    for start in range(0, len(names), BATCH):
        part = names[start : start + BATCH]
        row = connection.exec_driver_sql("SELECT " + ", ".join([one] * len(part)), tuple(part)).one()
        yield from zip(part, row)
