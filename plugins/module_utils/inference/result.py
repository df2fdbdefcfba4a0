# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was found: references, the account model, questions to the rows. Plain data, and what the rows answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Place = tuple[str, str]
"""A table and a column of it."""


@dataclass(frozen=True)
class Reference:
    """A reference, declared or inferred.

    :ivar score: between 0 and 1; 1 for a declared one
    :ivar evidence: why, in words, the strongest first
    """

    table: str
    columns: tuple[str, ...]
    to_table: str
    to_columns: tuple[str, ...]
    score: float
    declared: bool = False
    evidence: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "from": {"table": self.table, "columns": list(self.columns)},
            "to": {"table": self.to_table, "columns": list(self.to_columns)},
            "score": round(self.score, 2),
            "declared": self.declared,
            "evidence": list(self.evidence),
        }


@dataclass(frozen=True)
class Inclusion:
    """How many of the sampled values of a column exist in the column that it may refer to, and how many differ."""

    found: int
    sampled: int
    distinct: int = 0


@dataclass(frozen=True)
class Rows:
    """What somebody who may look at the rows found there: no value of a free text, no password.

    :ivar formats: by column, the formats of hashes in it with how often each was seen
    :ivar frequencies: by column of few values, each value and how often, the most frequent first
    :ivar inclusions: by reference (table, columns, other table, its columns)
    :ivar filled: by column, the share of rows that have a value there, 0 to 1
    :ivar empty: tables without rows
    """

    formats: Mapping[Place, Mapping[str, int]] = field(default_factory=dict)
    frequencies: Mapping[Place, Sequence[tuple[Any, int]]] = field(default_factory=dict)
    inclusions: Mapping[tuple[str, tuple[str, ...], str, tuple[str, ...]], Inclusion] = field(default_factory=dict)
    filled: Mapping[Place, float] = field(default_factory=dict)
    empty: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Questions:
    """What a reader of rows should look at: bounded, the most useful first.

    :ivar formats: columns that may hold hashes
    :ivar frequencies: columns of few values whose meaning the values tell
    :ivar inclusions: references to try
    """

    formats: tuple[Place, ...] = ()
    frequencies: tuple[Place, ...] = ()
    inclusions: tuple[tuple[str, tuple[str, ...], str, tuple[str, ...]], ...] = ()


@dataclass
class Account:
    """The table of accounts and what its columns are. A column of another table is written ``table.column``.

    :ivar kind: ``rows`` (an account is a row) or ``attribute rows`` (several rows of name, attribute and value)
    :ivar active: column, kind (``boolean``, ``inverse boolean``, ``status``, ``timestamp``), values for ``enabled``
        and ``disabled``
    :ivar login_unique: whether a key of the database keeps the login unique
    :ivar sure: whether nobody needs to look whether this is the table
    :ivar evidence: by slot (``table``, ``login`` ...), why, in words
    """

    table: str
    key: str | None
    score: float
    sure: bool = False
    kind: str = "rows"
    login: str | None = None
    login_unique: bool = False
    password: str | None = None
    formats: list[str] = field(default_factory=list)
    salt: str | None = None
    email: str | None = None
    full_name: list[str] = field(default_factory=list)
    active: dict[str, Any] | None = None
    created: str | None = None
    last_login: str | None = None
    attribute: str | None = None
    value: str | None = None
    evidence: dict[str, list[str]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        result = {name: value for name, value in vars(self).items() if name not in ("attribute", "value")}
        if self.kind == "attribute rows":
            result.update(attribute=self.attribute, value=self.value)
        result["score"] = round(self.score, 2)
        return result


@dataclass(frozen=True)
class Inferred:
    """All that a schema gives away.

    :ivar alternatives: other tables that may hold the accounts, with their scores, the best first
    :ivar doubts: what a human must decide, the most important first
    :ivar application: which application this is: see :func:`.application.recognise`
    """

    references: tuple[Reference, ...] = ()
    account: Account | None = None
    alternatives: tuple[Account, ...] = ()
    membership: dict[str, Any] | None = None
    group: dict[str, Any] | None = None
    role: dict[str, Any] | None = None
    on_disable: tuple[dict[str, str], ...] = ()
    doubts: tuple[str, ...] = ()
    application: tuple[dict[str, Any], ...] = ()
    questions: Questions = Questions()

    def as_dict(self) -> dict[str, Any]:
        """As plain data, as ``tables_info`` returns it."""
        return {
            "references": [one.as_dict() for one in self.references],
            "account": self.account and self.account.as_dict(),
            "alternatives": [{"table": one.table, "score": round(one.score, 2)} for one in self.alternatives],
            "membership": self.membership,
            "group": self.group,
            "role": self.role,
            "on_disable": [dict(one) for one in self.on_disable],
            "doubts": list(self.doubts),
            "application": [dict(one) for one in self.application],
        }
