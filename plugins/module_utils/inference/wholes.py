# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""References by names of accounts, and by keys of several columns."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from ansible_collections.auth.services.plugins.module_utils.inference import slots
from ansible_collections.auth.services.plugins.module_utils.inference.kinds import fit, kind
from ansible_collections.auth.services.plugins.module_utils.inference.names import Names, stem_of
from ansible_collections.auth.services.plugins.module_utils.inference.result import Account, Reference
from ansible_collections.auth.services.plugins.module_utils.inference.words import (
    GENERIC,
    PERSON_TABLES,
    PERSONS,
    listed,
    singular,
    split,
)

MOST_CHILDREN = 400
"""Tables that share the columns of one key: beyond so many, the columns say nothing."""


MOST_OF_A_PART = 3
"""Tables that refer to a part of something: where more have its columns, these are words of the whole application."""


GENERAL = listed(
    """name title key label code language lang locale version number status date year month day action permission
    section scope field"""
)
"""Columns that many tables have and that are nobody's."""


def by_login(names: Names, account: Account, references: Iterable[Reference]) -> list[Reference]:
    """Columns that hold the name of an account: session.username.

    Not beside a password or a host, where it opens something else, and not beside the account's number, where it is
    a copy.
    """
    table = account.table
    if not account.login or account.login not in names.columns[table]:
        return []
    login = names.columns[table][account.login]
    own = names.tables[table]
    if (login.name,) not in (*own.unique, own.primary_key):
        return []
    plain = "".join(split(login.name))
    wanted = {plain} if slots.LOGIN.get(plain, 0) >= 6 and plain not in ("user", "account") else set()
    wanted.update(singular(word) + plain for word in names.short[table][-1:])
    if plain == "name":
        wanted.add("username")
    told = {(one.table, one.columns[0]) for one in references if len(one.columns) == 1}
    numbered = {one.table for one in references if one.to_table == table}
    result = []
    for name, other in names.tables.items():
        beside = {"".join(split(column.name)) for column in other.columns}
        if name == table or name in numbered or beside & (slots.ELSEWHERE | {"password", "passwd"}):
            continue
        for column in other.columns:
            words = split(column.name)
            named = "".join(words) in wanted or (
                plain in wanted
                and words[-1:] == (plain,)
                and all(singular(one) in PERSONS | PERSON_TABLES for one in words[:-1])
            )
            if (
                not named
                or (name, column.name) in told
                or (column.name,) in other.unique
                or not fit(column.type, login.type)
            ):
                continue
            why = (f"{column.name} is called like {login.name} of {table}", "no other column says whose row it is")
            result.append(Reference(name, (column.name,), table, (login.name,), 0.75, False, why))
    return result


def composite(names: Names, references: Iterable[Reference]) -> list[Reference]:
    """Keys of several columns that other tables have by the same names, without their tables' prefixes.

    They lead to the table that owns the last part (device, by user_id and device_id), or where at least three tables
    share columns that refer to nothing alone, to the one of them that other tables refer to most.
    """
    alone = {(one.table, one.columns[0]) for one in references if len(one.columns) == 1 and one.table != one.to_table}
    bases = {name: _bases(names, name) for name in names.tables}
    having: dict[str, list[str]] = defaultdict(list)
    for name, found in bases.items():
        for base in found:
            having[base].append(name)
    owners: dict[tuple[str, ...], list[tuple[float, str, tuple[str, ...]]]] = defaultdict(list)
    for name, table in names.tables.items():
        back = {column: base for base, column in bases[name].items()}
        for key in dict.fromkeys((table.primary_key, *table.unique)):
            if not 2 <= len(key) <= 4 or any(column not in back for column in key):
                continue
            rank = _rank(names, name, key, alone)
            if rank:
                owners[tuple(sorted(back[column] for column in key))].append((rank, name, key))
    result: dict[tuple[str, tuple[str, ...]], Reference] = {}
    for parts, places in sorted(owners.items()):
        children = set(min((having[part] for part in parts), key=len)[:MOST_CHILDREN])
        for part in parts:
            children &= set(having[part])
        rank, owner, key = max(places, key=lambda one: (one[0], names.popular[one[1]], -len(one[1]), one[1]))
        few = len(children) <= MOST_OF_A_PART + 1
        if not few if rank >= 2 else len(children) < 4 or not names.popular[owner]:
            continue
        if rank == 2:
            begin = names.short[owner]
            children = {one for one in children if names.short[one][: len(begin)] == begin}
        back = {column: base for base, column in bases[owner].items()}
        for child in sorted(children - {owner}):
            columns = tuple(bases[child][back[column]] for column in key)
            if rank < 2 and any((child, column) in alone for column in columns):
                continue
            types = [(names.columns[child][one], names.columns[owner][other]) for one, other in zip(columns, key)]
            if all(fit(one.type, other.type) >= 0.85 for one, other in types):
                why = f"{owner} has a key of the same columns, and " + (
                    "owns the last" if rank > 2 else "so have others" if rank < 2 else "its name is continued"
                )
                result[child, columns] = Reference(
                    child, columns, owner, key, 0.8 if rank > 2 else 0.65, False, (why, "types agree")
                )
    return list(result.values())


def _bases(names: Names, table: str) -> dict[str, str]:
    """Columns by their names without the table's prefix; a name that two columns share is none."""
    prefix = names.own_prefix[table]
    found: dict[str, str] = {}
    twice: Counter[str] = Counter()
    for column in names.tables[table].columns:
        words = split(column.name)
        if prefix and words[: len(prefix)] == prefix and len(words) > len(prefix):
            words = words[len(prefix) :]
        base = "".join(words)
        twice[base] += 1
        found[base] = column.name
    return {
        base: column
        for base, column in found.items()
        if twice[base] == 1 and base not in ("id", "uuid", "type", "value", "sort", "position")
    }


def _rank(names: Names, table: str, key: tuple[str, ...], alone: set[tuple[str, str]]) -> float:
    """3 where the table owns the last part of its key, 2 where only tables that continue its name can refer to it,
    1 where no part refers to anything, 0 for none."""
    last = split(key[-1])
    own = (table, key[-1]) not in alone and stem_of(last) != last and names.called_after(table, key[-1])
    if own and len(names.tables[table].primary_key) != 1:
        return 3.0
    plain = ["".join(split(column)) for column in key]
    families = {kind(names.columns[table][column].type).family for column in key}
    referring = sum((table, column) in alone for column in key)
    texts = bool({"text", "bytes"} & families)
    if len(key) > 2 and referring < 2 and texts and not families & {"time", "other"} and not GENERAL & set(plain):
        return 2.0
    if referring or not texts or families & {"flag", "time", "other"}:
        return 0.0
    return 0.0 if any(one in GENERIC or one.endswith("id") for one in plain) else 1.0
