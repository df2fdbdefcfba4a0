# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a schema to what it does not say: references, the table of accounts, which application it is. Pure."""

from __future__ import annotations

from ansible_collections.auth.services.plugins.module_utils.inference.account import (
    FOUND,
    SURE_LEAD,
    SURE_SCORE,
    Accounts,
    Candidate,
)
from ansible_collections.auth.services.plugins.module_utils.inference.around import Around
from ansible_collections.auth.services.plugins.module_utils.inference.names import Names
from ansible_collections.auth.services.plugins.module_utils.inference.references import find_references
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

__all__ = ["Account", "Inclusion", "Inferred", "Questions", "Reference", "Rows", "infer"]

FULL_SCORE = 9.0
"""Points of a table that is the accounts without a doubt."""

MOST_INCLUSIONS = 300
"""Of the references to try on rows, so many are asked for."""


def _score(candidate: Candidate) -> float:
    return max(0.0, min(candidate.points / FULL_SCORE, 0.99))


def infer(schema: Schema, rows: Rows | None = None) -> Inferred:
    """What a schema gives away.

    :param rows: what its rows answered; without, names, types and keys alone are looked at
    """
    rows = rows or Rows()
    names = Names(schema)
    plain = find_references(schema, names, None, None)
    names.popular.update(one.to_table for one in plain)
    accounts = Accounts(names, plain, rows)
    candidates = accounts.candidates()
    best = candidates[0] if candidates and _score(candidates[0]) >= FOUND else None
    if best is None:
        return Inferred(references=tuple(plain))
    persons = _persons(accounts, best)
    references = find_references(schema, names, best.table, persons)
    accounts = Accounts(names, references, rows)
    account = accounts.model(best, _score(best))
    if best.credentials:
        references = _shared_key(names, best, references)
    references += by_login(names, account, references)
    references += composite(names, references)
    others = [accounts.model(one, _score(one)) for one in candidates[1:4] if _score(one) >= FOUND]
    lead = account.score - (others[0].score if others else 0)
    account.sure = account.score >= SURE_SCORE and lead >= SURE_LEAD
    around = Around(names, accounts, references, account)
    membership, group = around.membership()
    role, role_table = around.role()
    return Inferred(
        references=tuple(references),
        account=account,
        alternatives=tuple(others),
        membership=membership,
        group=around.group(group or role_table),
        role=role,
        on_disable=tuple(around.on_disable()),
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
