# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names of a schema, looked up: which tables may a word mean, and which table owns a key of this name."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from os.path import commonprefix
from typing import NamedTuple

from ansible_collections.auth.services.plugins.module_utils.inference.kinds import kind
from ansible_collections.auth.services.plugins.module_utils.inference.words import (
    MARKS,
    PERSON_TABLES,
    glued,
    listed,
    singular,
    spellings,
    split,
)
from ansible_collections.auth.services.plugins.module_utils.schema import Column, Schema, Table

GENERIC_KEYS = listed(
    """id uuid guid name key code oid pk value title slug token hash email url path rowid nr no num ref type date
    time data description position sort label text version status number sequence seq index ip session sid domain
    host lang language"""
)
"""Names of keys that say nothing of their table."""


SAY_NOTHING = frozenset(
    {"entity", "table", "tbl", "data", "info", "base", "master", "record", "t", "main", "list", "entries"}
)
"""Last words of tables that say nothing: user_entity is meant by user."""

KINDS_OF = frozenset({"type", "file", "item", "detail", "header", "definition", "def"})


LANGUAGES = listed("lang langcode language locale lng langid")
"""Parts of keys that make of one row one for each language."""


class Meant(NamedTuple):
    """A table that words may mean, how well they fit (0 to 1), and in which way."""

    table: str
    fit: float
    how: str


def common_prefix(names: list[tuple[str, ...]], share: float) -> tuple[str, ...]:
    """The leading words that this share of the names begins with, one at a time as long as there are such."""
    prefix: tuple[str, ...] = ()
    while True:
        rest = [name[len(prefix)] for name in names if name[: len(prefix)] == prefix and len(name) > len(prefix) + 1]
        word, count = Counter(rest).most_common(1)[0] if rest else ("", 0)
        if not word or count < share * len(names):
            return prefix
        prefix += (word,)


def _sound(table: Table) -> Table:
    """A table without keys of columns that nobody may see."""
    there = {column.name for column in table.columns}
    keys = (table.primary_key, *table.unique, *table.indexes, *(key.columns for key in table.foreign_keys))
    if all(set(key) <= there for key in keys):
        return table
    return replace(
        table,
        primary_key=table.primary_key if set(table.primary_key) <= there else (),
        unique=tuple(key for key in table.unique if set(key) <= there),
        indexes=tuple(key for key in table.indexes if set(key) <= there),
        foreign_keys=tuple(key for key in table.foreign_keys if set(key.columns) <= there),
    )


class Names:
    """Tables by their words, and keys by their names. Views are not looked at."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.tables: dict[str, Table] = {name: _sound(one) for name, one in schema.tables.items() if not one.is_view}
        self.columns: dict[str, dict[str, Column]] = {
            name: {column.name: column for column in one.columns} for name, one in self.tables.items()
        }
        self.words = {name: split(name) for name in self.tables}
        self.prefix = common_prefix(list(self.words.values()), 0.6) if len(self.tables) > 3 else ()
        self.short = {name: self._without_prefix(words) for name, words in self.words.items()}
        self.alias = {name: glued(words) for name, words in self.short.items()}
        self.joins = {name for name, one in self.tables.items() if self._joins(one)}
        self.popular: Counter[str] = Counter()
        self.keys = {name: self._key(one) for name, one in self.tables.items()}
        self.own_prefix = {name: self._column_prefix(name) for name in self.tables}
        self._index_words()
        self._index_keys()

    def _without_prefix(self, words: tuple[str, ...]) -> tuple[str, ...]:
        shared = self.prefix
        return words[len(shared) :] if shared and words[: len(shared)] == shared and len(words) > len(shared) else words

    def _joins(self, table: Table) -> bool:
        """Whether a table only joins two others: nothing refers to its rows by their number."""
        marked = [
            one.name
            for one in table.columns
            if (one.name,) != table.primary_key and stem_of(split(one.name)) != split(one.name)
        ]
        return len(marked) >= 2 and len(table.columns) - ((len(table.primary_key) == 1) + len(marked)) <= 1

    def _key(self, table: Table) -> str | None:
        """The column that other tables refer to a row by; None where no single one does."""
        columns = self.columns[table.name]
        if len(table.primary_key) == 1:
            return self._numbered(table) or table.primary_key[0]
        if table.primary_key:
            after = [one for one in table.primary_key if self.called_after(table.name, one)]
            if not after:
                after = [one for one in table.primary_key if not set(split(one)) & LANGUAGES]
            return after[0] if len(after) == 1 else None
        alone = [one[0] for one in table.unique if len(one) == 1 and one[0] in columns]
        for name in sorted(alone, key=lambda one: (split(one)[-1:] != ("id",), columns[one].nullable)):
            return name
        named = [
            c.name
            for c in table.columns
            if c.name.lower() == "id" and kind(c.type).family in ("number", "uuid", "text")
        ]
        if named and (not table.primary_key or named[0] in table.primary_key):
            return named[0]
        return None

    def _numbered(self, table: Table) -> str | None:
        """The id that numbers the rows beside a primary key that is a text."""
        if kind(self.columns[table.name][table.primary_key[0]].type).family != "text":
            return None
        numbers = (one for one in table.columns if one.default == "auto" and (one.name,) in table.unique)
        return next((one.name for one in numbers if split(one.name)[-1:] == ("id",)), None)

    def _column_prefix(self, name: str) -> tuple[str, ...]:
        """The leading words of nearly all columns of a table: rev_id, rev_page, rev_actor."""
        words = [split(column.name) for column in self.tables[name].columns]
        long = [one for one in words if len(one) > 1]
        if len(words) < 2 or len(long) < 0.7 * len(words):
            return ()
        word, count = Counter(one[0] for one in long).most_common(1)[0]
        return (
            (word,)
            if count >= 0.7 * len(words) and word not in ("is", "has", "id", "fk", "last", "created", "updated")
            else ()
        )

    def _index_words(self) -> None:
        self.by_alias: dict[str, dict[str, float]] = defaultdict(dict)
        self.by_start: dict[str, list[str]] = defaultdict(list)
        self.by_ending: dict[str, list[str]] = defaultdict(list)
        families = Counter(words[0] for words in self.short.values() if len(words) > 1)
        exact = set(self.alias.values())
        for name, words in self.short.items():
            for whole in (self.words[name], words):
                for spelling in spellings(whole):
                    self._put(spelling, name, 1.0)
            if len(words) > 1 and words[-1].isdigit():
                self._put(glued(words[:-1]), name, 0.95)
            if len(words) > 1 and words[-1] in SAY_NOTHING:
                self._put(glued(words[:-1]), name, 0.93 if singular(words[-2]) in PERSON_TABLES else 0.64)
            elif len(words) > 1 and singular(words[-1]) in KINDS_OF:
                self._put(glued(words[:-1]), name, 0.66)
            for start in range(1, len(words)):
                family = families[words[0]] >= 3 and start == 1 and singular(words[0]) not in exact
                for spelling in spellings(words[start:]):
                    self._put(spelling, name, 0.9 if family else 0.55 + 0.3 * (len(words) - start) / len(words))
            last = singular(words[-1]) if words else ""
            if len(words) == 1:
                for end in range(3, min(len(last), 12)):
                    self.by_start[last[:end]].append(name)
            for start in range(1, min(len(last) - 2, 24)):
                self.by_ending[last[start:]].append(name)

    def _put(self, alias: str, name: str, fit: float) -> None:
        if alias and fit > self.by_alias[alias].get(name, 0):
            self.by_alias[alias][name] = fit

    def _index_keys(self) -> None:
        """Who owns a key of this name: where several do, the one called after it, then those that number their rows."""
        owners: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for name, table in self.tables.items():
            singles = {one[0] for one in table.unique if len(one) == 1}
            key = self.keys[name]
            for column in sorted(singles | ({key} if key else set())):
                plain = "".join(split(column))
                if plain and plain not in GENERIC_KEYS and column in self.columns[name]:
                    owners[plain].append((name, column))
        self.owners: dict[str, list[tuple[str, str]]] = {}
        for plain, pairs in owners.items():
            self.owners[plain] = sorted(
                pairs,
                key=lambda pair: (
                    not self.called_after(*pair),
                    self.keys[pair[0]] != pair[1],
                    self.columns[pair[0]][pair[1]].default is None,
                    -len(self.columns[pair[0]]),
                    len(pair[0]),
                ),
            )

    def called_after(self, table: str, column: str) -> bool:
        """Whether a key is called after its table: user.user_id, items.itemid."""
        stem = stem_of(split(column))
        return bool(stem) and glued(stem) in (self.alias[table], glued(self.words[table]))

    def meant(self, stem: tuple[str, ...], child: str) -> list[Meant]:
        """Tables that the words of a column of ``child`` may mean, the best first.

        A table that the child's own name continues is nearer than one that merely ends in the word:
        email_recipient.batch_id means email_batch.
        """
        found: dict[str, Meant] = {}
        if not stem:
            return []
        own = self.short[child]
        for word in spellings(stem):
            for name, fit in self.by_alias.get(word, {}).items():
                if self.keys[name] is None or (fit < 0.9 and name in self.joins):
                    continue
                shared = self._shared(own, self.short[name])
                if fit >= 1:
                    apart = bool(self.prefix) and (self.words[name][:1] == self.prefix[:1]) != (
                        self.words[child][:1] == self.prefix[:1]
                    )
                    one = Meant(name, 0.88 if apart else 1.0, "name")
                elif fit >= 0.9:
                    near = self.words[name][:1] == self.words[child][:1]
                    one = Meant(name, fit + 0.05 if near else fit - 0.05, "name")
                elif shared:
                    whole = shared >= len(self.short[name]) - len(stem) and name != child
                    one = Meant(name, min(0.97, fit + (0.3 if whole else 0.15)), "near")
                else:
                    one = Meant(name, fit, "ending")
                if name not in found or one.fit > found[name].fit:
                    found[name] = one
        ends = [one for one in found.values() if one.how == "ending"]
        if len(ends) > 1:
            # which of them is meant, the name does not say
            for one in ends:
                known = self.popular[one.table] > 2 * max(self.popular[other.table] for other in ends if other != one)
                found[one.table] = one._replace(fit=one.fit if known else one.fit - 0.15)
        if not found and len(stem) == 1 and len(stem[0]) >= 3 and stem[0] not in PERSON_TABLES:
            begun = [name for name in self.by_start.get(stem[0], ()) if self.keys[name] is not None]
            if len(begun) == 1:
                found[begun[0]] = Meant(begun[0], 0.8, "begun")
        for length in range(len(own), 0, -1):
            for name, fit in self.by_alias.get(glued(own[:length] + stem), {}).items():
                if fit >= 0.9 and self.keys[name] is not None and name not in found and name not in self.joins:
                    found[name] = Meant(name, 0.93 if length == len(own) else 0.85, "continued")
        self._by_glued_ending(glued(stem), child, found)
        return sorted(found.values(), key=lambda one: (-one.fit, -self.popular[one.table], len(one.table), one.table))

    def _by_glued_ending(self, word: str, child: str, found: dict[str, Meant]) -> None:
        """pretixbase_orderposition is meant by position: best in a table whose name begins the same way."""
        if len(word) < 3:
            return
        own = "".join(self.words[child])
        endings = [
            name
            for name in self.by_ending.get(word, ())[:50]
            if self.keys[name] is not None and name not in found and name not in self.joins
        ]
        family = [name for name in endings if self.words[name][:1] == self.words[child][:1]]
        if not family and (found or len(word) < 4):
            return
        alike = {name: len(commonprefix((own, "".join(self.words[name])))) for name in family or endings}
        if not alike:
            return
        nearest = max(alike, key=lambda name: (alike[name], self.popular[name], -len(name), name))
        begins = alike[nearest] >= len("".join(self.words[nearest])) - len(word)
        best = nearest if begins else max(alike, key=lambda name: (self.popular[name], alike[name], -len(name), name))
        if best != child:
            found[best] = Meant(
                best, 0.93 if begins and family else 0.82 if family else 0.72 if len(endings) == 1 else 0.6, "glued"
            )

    @staticmethod
    def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
        """How many leading words two names share."""
        count = 0
        for left, right in zip(one, other):
            if singular(left) != singular(right):
                break
            count += 1
        return count


def stem_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a column without what marks a reference; glued marks too: itemid, user_no, id_member, idsite."""
    if not words:
        return ()
    if words[-1] in MARKS:
        return words[:-1]
    if words[0] in ("id", "fk"):
        return words[1:]
    if words[-1].endswith("id") and len(words[-1]) > 3:
        return words[:-1] + (words[-1][:-2],)
    if words[0].startswith("id") and len(words[0]) > 4:
        return (words[0][2:],) + words[1:]
    return words
