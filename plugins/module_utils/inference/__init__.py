# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a schema to what it does not say: references, the table of accounts, which application it is. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.auth.services.plugins.module_utils.inference.account import (
    ALTERNATIVE,
    FOUND,
    SURE_LEAD,
    SURE_SCORE,
    Accounts,
    Candidate,
)
from ansible_collections.auth.services.plugins.module_utils.inference.application import (
    FINGERPRINTS,
    Fingerprint,
    recognise,
)
from ansible_collections.auth.services.plugins.module_utils.inference.around import Around
from ansible_collections.auth.services.plugins.module_utils.inference.doubts import doubts, questions, weighed
from ansible_collections.auth.services.plugins.module_utils.inference.names import Names
from ansible_collections.auth.services.plugins.module_utils.inference.references import BELIEVED, find_references
from ansible_collections.auth.services.plugins.module_utils.inference.result import (
    Account,
    Inclusion,
    Inferred,
    Questions,
    Reference,
    Rows,
)
from ansible_collections.auth.services.plugins.module_utils.inference.wholes import by_login, composite
from ansible_collections.auth.services.plugins.module_utils.schema import Schema

__all__ = ["Account", "Inclusion", "Inferred", "Questions", "Reference", "Rows", "infer", "references_to"]

RIVAL = 0.8
"""An alternative of this score that has logins and passwords of its own is no lesser one."""

FULL_SCORE = 9.0
"""Points of a table that is the accounts without a doubt."""


def infer(schema: Schema, rows: Rows | None = None, known: Iterable[Fingerprint] = FINGERPRINTS) -> Inferred:
    """What a schema gives away.

    :param rows: what its rows answered; without, names, types and keys alone are looked at
    :param known: the applications that are recognised
    """
    rows = rows or Rows()
    names = Names(schema)
    plain = find_references(schema, names, None)
    names.popular.update(one.to_table for one in plain if one.score >= BELIEVED)
    accounts = Accounts(names, [one for one in plain if one.score >= BELIEVED], rows)
    candidates = [one for one in accounts.candidates() if one.points / FULL_SCORE >= ALTERNATIVE]
    if not candidates or candidates[0].points / FULL_SCORE < FOUND:
        return _without_table(schema, accounts, plain, rows, known)
    best = candidates[0]
    persons = _persons(accounts, best)
    asked = find_references(schema, names, persons)
    accounts = Accounts(names, [one for one in asked if one.score >= BELIEVED], rows)
    account = accounts.model(best, _score(best))
    if best.credentials:
        asked = _shared_key(names, best, asked)
    asked += by_login(names, account, asked)
    asked += composite(names, [one for one in asked if one.score >= BELIEVED])
    references = weighed(asked, rows, BELIEVED)
    others = [accounts.model(one, _score(one)) for one in candidates[1:4]]
    lead = best.points - (candidates[1].points if len(candidates) > 1 else 0)
    # customers beside staff, each with their passwords: only a human knows who is meant
    rivals = any(one.score >= RIVAL and one.password and one.login for one in others)
    account.sure = account.score >= SURE_SCORE and lead >= SURE_LEAD * FULL_SCORE and not rivals
    around = Around(names, accounts, references, account)
    membership, group = around.membership()
    role, role_table = around.role()
    tables = [one.table for one in candidates[:4]]
    if best.credentials:
        tables.append(best.credentials[0])
    return Inferred(
        references=tuple(references),
        account=account,
        alternatives=tuple(others),
        membership=membership,
        group=around.group(group or role_table),
        role=role,
        on_disable=tuple(around.on_disable()),
        doubts=tuple(doubts(account, others, references)),
        application=recognise(schema, account.table, known),
        questions=questions(accounts, tables, account, role, asked),
    )


def references_to(schema: Schema, table: str, key: str) -> list[Reference]:
    """The references of one column to accounts, declared ones and those that can be believed.

    :param table: the table of accounts
    :param key: its column that is referred to
    """
    found = find_references(schema, Names(schema), table)
    return [
        one
        for one in found
        if one.to_table == table
        and tuple(one.to_columns) == (key,)
        and len(one.columns) == 1
        and (one.declared or one.score >= BELIEVED)
    ]


def _score(candidate: Candidate) -> float:
    return min(candidate.points / FULL_SCORE, 0.99)


def _without_table(
    schema: Schema, accounts: Accounts, asked: list[Reference], rows: Rows, known: Iterable[Fingerprint]
) -> Inferred:
    """Where no table has one row for each account: they may be several rows, or none."""
    account = accounts.attribute_rows()
    asked = asked + composite(accounts.names, [one for one in asked if one.score >= BELIEVED])
    references = weighed(asked, rows, BELIEVED)
    return Inferred(
        references=tuple(references),
        account=account,
        doubts=tuple(doubts(account, (), references)),
        application=recognise(schema, account.table if account else None, known),
        questions=questions(accounts, [account.table] if account else [], account, None, asked),
    )


def _shared_key(names: Names, best: Candidate, references: list[Reference]) -> list[Reference]:
    """A table that holds the passwords under the key of the accounts refers to them by it."""
    place, column = best.credentials or ("", "")
    key = names.keys[best.table]
    if key is None or any(one.table == place and one.to_table == best.table for one in references):
        return references
    why = (f"{place} holds the passwords of {best.table} under the same key",)
    return [*references, Reference(place, (column,), best.table, (key,), 0.8, False, why)]


def _persons(accounts: Accounts, best: Candidate) -> str:
    """The table that words for a person mean: the accounts, or the persons that they stand on."""
    for one in accounts.out[best.table]:
        if accounts.person_words(one.to_table) > 2 and len(accounts.into[one.to_table]) > len(
            accounts.into[best.table]
        ):
            return one.to_table
    return best.table
