# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What rows would tell, what they told, and what a human must decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.inference import slots
from ansible_collections.auth.services.plugins.module_utils.inference.account import Accounts
from ansible_collections.auth.services.plugins.module_utils.inference.kinds import kind
from ansible_collections.auth.services.plugins.module_utils.inference.result import (
    Account,
    Inclusion,
    Place,
    Questions,
    Reference,
    Rows,
)

MOST_INCLUSIONS = 300
MOST_COLUMNS = 40
"""Of references and columns to look at, so many are asked for."""

GUESS = 0.7
"""References below this score are told to be guesses."""

ENOUGH = 10
"""So many sampled values say something."""


def weighed(references: Iterable[Reference], rows: Rows, believed: float) -> list[Reference]:
    """References with what the rows say: by the share of values that exist, and by how many values there are.

    Few values that all exist say little, since the numbers of small tables exist everywhere; a value that does not
    exist says much.
    """
    result = []
    for one in references:
        seen = rows.inclusions.get((one.table, one.columns, one.to_table, one.to_columns))
        if seen is not None and not one.declared and seen.sampled:
            one = _weighed(one, seen)
        if one.score >= believed:
            result.append(one)
    return result


def _weighed(one: Reference, seen: Inclusion) -> Reference:
    share = seen.found / seen.sampled
    score = one.score
    if share >= 0.99:
        score += (0.99 - score) * 0.8 * min(1.0, (seen.distinct or seen.sampled) / 30)
    elif seen.sampled >= ENOUGH:
        score *= 0.9 if share >= 0.9 else 0.6 if share >= 0.5 else 0.2
    said = f"{seen.found:,} of {seen.sampled:,} sampled values exist"
    return replace(one, score=min(score, 0.99), evidence=(*one.evidence, said))


def questions(accounts: Accounts, candidates: Sequence[str], account: Account | None, role: dict[str, Any] | None,
              references: Iterable[Reference]) -> Questions:  # fmt: skip
    """What a reader of rows should look at, for the tables that may hold the accounts and for each reference."""
    formats: dict[Place, None] = {}
    frequencies: dict[Place, None] = {}
    for table in candidates:
        for column in accounts.names.tables[table].columns:
            if (
                kind(column.type).family in ("text", "bytes", "other")
                and accounts.plain(table, column.name) & slots.PASSWORD.keys()
            ):
                formats[table, column.name] = None
            if accounts.plain(table, column.name) & FLAGS and kind(column.type).family not in ("time", "bytes"):
                frequencies[table, column.name] = None
    if account and account.password:
        formats = {place_of(account, account.password): None, **formats}
    if account and role:
        frequencies[account.table, role["column"]] = None
    about = account.table if account else ""
    ordered = sorted(
        (one for one in references if not one.declared), key=lambda one: (one.to_table != about, -one.score)
    )
    inclusions = tuple((one.table, one.columns, one.to_table, one.to_columns) for one in ordered[:MOST_INCLUSIONS])
    return Questions(tuple(formats)[:MOST_COLUMNS], tuple(frequencies)[:MOST_COLUMNS], inclusions)


FLAGS = slots.ACTIVE.keys() | slots.INACTIVE.keys() | slots.STATUS.keys() | slots.ROLE_COLUMNS


def place_of(account: Account, column: str) -> Place:
    """Table and column of a slot: a column of another table is written with it."""
    table, point, name = column.rpartition(".")
    return (table, name) if point and table != account.table else (account.table, column)


def doubts(account: Account | None, others: Sequence[Account], references: Iterable[Reference]) -> list[str]:
    """What a human must decide, in sentences, the most important first."""
    if account is None:
        return ["No table looks like one of accounts: say which it is, if there is one."]
    result = []
    table = account.table
    if not account.sure:
        near = [one.table for one in others if one.score >= account.score - 0.3]
        if near:
            result.append(f"{table} or {' or '.join(near)} may hold the accounts; {table} is taken. Say which it is.")
        else:
            result.append(f"{table} may hold the accounts, but little says so. Look whether it does.")
    if account.kind == "attribute rows":
        result.append(f"An account is several rows of {table}, one for each value of {account.attribute}.")
    if account.login is None:
        result.append(f"No column of {table} is called like a login.")
    elif not account.login_unique:
        result.append(f"No key keeps {account.login} of {table} unique: two accounts may have the same.")
    if account.password is None:
        result.append(f"No column for passwords was found beside {table}: they may be kept elsewhere.")
    elif not account.formats:
        result.append(f"Which format the hashes in {account.password} have is not known without rows.")
    if account.active is None:
        result.append(f"No column of {table} says whether an account is active: nothing is known that shuts it.")
    elif account.active["kind"] == "status" and account.active["disabled"] is None:
        column = account.active["column"]
        result.append(f"Which values of {column} let an account log in, and which do not, is not known.")
    guesses = sum(1 for one in references if one.score < GUESS)
    if guesses:
        are = "1 reference is a guess" if guesses == 1 else f"{guesses} references are guesses"
        result.append(f"{are}, with a score below {GUESS}.")
    return result
