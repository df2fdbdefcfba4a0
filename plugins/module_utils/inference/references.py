# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""References that a schema does not declare and its names and types give away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from ansible_collections.auth.services.plugins.module_utils.inference.kinds import REFER_TO_NOTHING, fit, kind
from ansible_collections.auth.services.plugins.module_utils.inference.names import Meant, Names
from ansible_collections.auth.services.plugins.module_utils.inference.result import Reference
from ansible_collections.auth.services.plugins.module_utils.inference.words import (
    BY,
    COUNTED,
    GENERIC,
    MARKS,
    NOT_REFERRING,
    PARTICIPLES,
    PERSON_TABLES,
    PERSONS,
    PERSONS_IF_MARKED,
    POLYMORPHIC,
    SELF,
    SWITCHES,
    glued,
    listed,
    singular,
    split,
)
from ansible_collections.auth.services.plugins.module_utils.schema import Column, Schema, Table

ASKED = 0.3
"""References below this score are not even tried on rows."""

BELIEVED = 0.5
"""References below this score are not told."""

AFTERWARDS = frozenset(
    {"from", "to", "by", "up", "down", "upload", "tech", "creat", "modif", "valid", "acted", "started"}
)
"""Words behind the person or thing that is meant: user_upload, fk_user_creat."""

VERBS = listed("edit delete add create update modify modif close lock approve assign post upload")
"""Before a word for a person they say what it did: post_edit_user."""

NEARER = 0.85
"""A table found by its name at this score is nearer than that of the accounts."""

IDENTIFIERS = frozenset({"identifier", "uuid", "guid", "uid", "code", "key", "slug", "address", "clientid"})
"""Columns beside a numbered key that others refer to."""

HOMES = ("home", "homedir", "homedirectory", "shell")
"""Columns that a user of the operating system has."""

HOW = {
    "name": "{word} is the name of table {table}",
    "near": "{word} ends the name of table {table}, which begins as the name of this table",
    "ending": "{word} ends the name of table {table}",
    "continued": "this table's name and {word} are the name of table {table}",
    "begun": "{word} begins the name of table {table}",
    "glued": "{word} ends a word of the name of table {table}",
}


_GLUED_PERSON = re.compile(r"(?:user|member|author)(?:id)?(?:from|to|modified|created|added|changed|deleted|updated)")


class Stem(NamedTuple):
    """:ivar words: of a column without the mark that it refers
    :ivar marked: whether it has such a mark
    :ivar after: words behind the mark: triggerid_up, id_member_from
    """

    words: tuple[str, ...]
    marked: bool
    glued: bool = False
    after: tuple[str, ...] = ()


class Guess(NamedTuple):
    table: str
    column: str
    score: float
    why: str


def stems(words: tuple[str, ...]) -> Iterator[Stem]:
    """The ways to read a column's name as a reference, the plain ones first."""
    if not words:
        return
    if words[-1].isdigit() and len(words) > 1:
        words = words[:-1]
    last, first = words[-1], words[0]
    if last in MARKS and len(words) > 1:
        yield Stem(words[:-1], True)
        if len(words) > 2 and words[-2] in MARKS:
            yield Stem(words[:-2], True)
        return
    if first in ("id", "fk") and len(words) > 1:
        yield Stem(words[1:], True)
        for end in range(len(words) - 1, 1, -1):
            yield Stem(words[1:end], True, False, words[end:])
        return
    for at in range(len(words) - 2, 0, -1):
        if words[at] in ("id", "fk", "uuid"):
            yield Stem(words[:at], True, False, words[at + 1 :])
    for at in range(len(words) - 1, -1, -1):
        word = words[at]
        for mark in ("uuid", "id", "no", "fk"):
            if word.endswith(mark) and len(word) > len(mark) + 1:
                yield Stem(words[:at] + (word[: -len(mark)],), True, True, words[at + 1 :])
                break
    if first.startswith("id") and len(first) > 4:
        yield Stem((first[2:],) + words[1:], True, True)
    yield Stem(words, False)


def person_score(words: tuple[str, ...], marked: bool) -> float:
    """How surely words without a mark are a person in some part: 0 for not at all."""
    if len(words) > 1 and words[-1] in ("user", "usr") and words[-2] in ("by", *VERBS):
        return 0.9
    if not words or (not marked and (words[0] in COUNTED and words[-1] not in BY or _plural(words[-1]))):
        return 0.0
    if len(words) == 1 and _GLUED_PERSON.fullmatch(words[0]):
        return 0.9
    trimmed = words
    while (
        len(trimmed) > 1
        and not _person(trimmed[-1], marked)
        and (trimmed[-1] in ("from", "to", "by") or trimmed[-1] in PARTICIPLES or trimmed[-1].isdigit())
    ):
        if (
            trimmed[-1] in BY
            and len(trimmed) > 1
            and (trimmed[-2] in PARTICIPLES or trimmed[-2].endswith(("ed", "en")))
        ):
            return 0.95
        trimmed = trimmed[:-1]
    if not marked and len(trimmed) < len(words) and (trimmed[-1] == "account" or _plural(trimmed[-1])):
        # account_deleted and accounts_used are a state and a number
        return 0.0
    if len(words) == 2 and words[0] in ("by", "von", "par") and words[1] in PERSONS:
        return 0.9
    word = singular(trimmed[-1])
    if words[-2:] in (("assigned", "to"), ("checked", "out")):
        return 0.9
    if _person(word, marked):
        return 0.95 if len(trimmed) == len(words) else 0.85
    return 0.0


def _person(word: str, marked: bool) -> bool:
    by = word.endswith("by") and word[:-2] in PARTICIPLES
    return by or singular(word) in PERSONS or (marked and word in PERSONS_IF_MARKED)


def _plural(word: str) -> bool:
    """Whether a word says that there are several: a list, or how many."""
    return word.endswith("s") and singular(word) != word and word not in ("status", "uses")


class Finder:
    """Finds references column by column, with what the whole schema says of its own way to name things."""

    def __init__(self, schema: Schema, names: Names) -> None:
        self.schema = schema
        self.names = names
        self.unmarked = self._share_unmarked()

    def _share_unmarked(self) -> float:
        """Of the columns that are called after a table and could hold its key, how many have no mark."""
        counts = {True: 0, False: 0}
        for name, table in self.names.tables.items():
            for column in table.columns:
                words = split(column.name)
                prefix = self.names.own_prefix[name]
                if prefix and words[: len(prefix)] == prefix and len(words) > len(prefix):
                    words = words[len(prefix) :]
                if kind(column.type).family not in ("number", "uuid", "text") or column.name == self.names.keys[name]:
                    continue
                stem = next(iter(stems(words)), None)
                if stem is None or stem.after:
                    continue
                exact = [one for one in self.names.by_alias.get(glued(stem.words), {}).items() if one[1] >= 0.9]
                if any(self._key_fit(column, one) >= 0.85 for one, _fit in exact):
                    counts[stem.marked] += 1
        return counts[False] / (sum(counts.values()) or 1)

    def _key_fit(self, column: Column, table: str) -> float:
        key = self.names.keys[table]
        return fit(column.type, self.names.columns[table][key].type) if key else 0.0

    def _polymorphic(self, table: str, words: tuple[str, ...]) -> bool:
        """Whether a column beside says what this one refers to."""
        stem = [word for word in words if word not in MARKS]
        plain = "".join(stem)
        beside = {"".join(split(name)) for name in self.names.columns[table]}
        if stem[-1:] == ["to"] and "".join(stem[:-1]) + "type" in beside:
            return True
        return any(plain + one in beside for one in POLYMORPHIC[:5]) or (
            bool(stem)
            and stem[-1] in GENERIC
            and any("".join(stem[:-1]) + one in beside for one in ("type", "model", "contenttype", "table"))
        )

    def _elsewhere(self, table: Table, words: tuple[str, ...]) -> bool:
        """Whether a number is one of another system: uid beside user_id, or gid and a home; driver_id beside driver."""
        beside = {"".join(split(name)): kind(one.type).family for name, one in self.names.columns[table.name].items()}
        if words == ("uid",):
            return "userid" in beside or ("gid" in beside and not beside.keys().isdisjoint(HOMES))
        return words[-1:] == ("id",) and any(
            words[at] in ("provider", "driver") and beside.get("".join(words[: at + 1])) in ("text", "enum")
            for at in range(len(words) - 1)
        )

    def guesses(self, table: Table, column: Column, persons: str | None) -> list[Guess]:
        """What a column may refer to, the best first."""
        names = self.names
        family = kind(column.type).family
        if family in REFER_TO_NOTHING or column.generated:
            return []
        words = split(column.name)
        if self._elsewhere(table, words):
            return []
        own_key = table.primary_key == (column.name,) or (
            names.keys[table.name] == column.name and len(table.primary_key) != 1
        )
        alone = own_key or (column.name,) in table.unique
        in_key = alone or any(column.name in one for one in (table.primary_key, *table.unique))
        if (in_key or column.name == names.keys[table.name]) and names.called_after(table.name, column.name):
            return []
        # every whole-number key of SQLite numbers itself, whatever it is for
        numbered = column.default == "auto" and self.schema.strict
        if own_key and (numbered or not stems_words(words)):
            return []
        prefix = names.own_prefix[table.name]
        readings = [words]
        if prefix and words[: len(prefix)] == prefix and len(words) > len(prefix):
            rest = words[len(prefix) :]
            # in user, user_lastpost is not a user
            mine = glued(prefix) in (names.alias[table.name], glued(names.short[table.name][-1:]))
            readings = [rest] if mine and not any(word in MARKS for word in rest) else [words, rest]
        polymorphic = self._polymorphic(table.name, words)
        found: dict[tuple[str, str], Guess] = {}

        def add(target: str, key: str | None, score: float, why: str) -> None:
            if key is None or (target == table.name and key == column.name):
                return
            type_fit = fit(column.type, names.columns[target][key].type)
            if not type_fit:
                other = self._other_key(target, column) if score >= 0.7 and self._marked(column.name) else None
                if other is None:
                    return
                key, type_fit, score = other, 1.0, score - 0.12
            score = min(score * (0.4 + 0.6 * type_fit), 0.99)
            if own_key:
                score -= 0.1
            if (target, key) not in found or found[target, key].score < score:
                found[target, key] = Guess(target, key, score, why)

        for number, reading in enumerate(readings):
            for one in self._by_key(table, reading, number, alone, own_key):
                add(one.table, one.column, one.score, one.why)
            for stem in stems(reading):
                for meant, score, why in self._by_name(table, column, stem, polymorphic):
                    if number and stem.words and not stem.marked and family == "text":
                        score -= 0.15
                    if own_key and (meant.how != "name" or not stem.marked):
                        continue
                    if meant.table == table.name and (
                        meant.how != "name" or (family == "text" and not SELF & set(stem.words))
                    ):
                        continue
                    add(meant.table, self._target(meant.table, column), score, why)
                if self._means_self(table, stem):
                    add(
                        table.name,
                        names.keys[table.name],
                        0.8 if stem.marked else 0.7 if self.unmarked > 0.1 and family == "number" else 0.55,
                        f"{' '.join(stem.words)} is another row of the same table",
                    )
                # account_id beside socialaccount is not one of the accounts
                near = max((one.score for one in found.values() if one.table != persons), default=0.0)
                told = near >= NEARER and stem.words[-1:] in (("account",), ("member",), ("person",), ("profile",))
                if persons and not polymorphic and not own_key and not told:
                    self._by_person(table, column, stem, persons, add)
        return sorted(found.values(), key=lambda one: (-one.score, one.table != table.name, len(one.table), one.table))

    def _by_key(self, table: Table, words: tuple[str, ...], number: int, alone: bool, own_key: bool) -> Iterator[Guess]:
        """Tables that own a key of this name, alone or behind words that say in which part."""
        names = self.names
        for start in range(min(len(words), 4)):
            plain = "".join(words[start:]).rstrip("0123456789")
            score = 0.97 if not start and not number else 0.9 if len(plain) > 3 else 0.6
            yield from self._owned(table, plain, score, start, alone)
            if own_key:
                return
        for end in range(len(words) - 1, 0, -1):
            plain = "".join(words[:end])
            if (plain.endswith("id") or plain.startswith("id")) and names.keys[table.name] != "_".join(words[:end]):
                yield from self._owned(table, plain, 0.85, 1, alone)
        last = words[-1] if words else ""
        if len(words) == 1 and last.endswith("id") and len(last) > 4:
            for start in (*(len(one) for one in ("to", "add") if last.startswith(one)), *range(4, len(last) - 2)):
                if last[start:] in names.owners:
                    yield from self._owned(table, last[start:], 0.75 if len(last) - start > 3 else 0.66, 1, alone)
                    break

    def _owned(self, table: Table, plain: str, score: float, start: int, alone: bool) -> Iterator[Guess]:
        names = self.names
        if len(plain) < 3 and start:
            return
        owners = names.owners.get(plain, [])
        if not owners:
            return
        owner, key = owners[0]
        if owner == table.name and not start:
            return
        if names.called_after(owner, key):
            yield Guess(owner, key, score, f"{key} is the key of table {owner}")
        elif (
            (alone and names.tables[owner].primary_key != (key,))
            or names.keys[owner] not in (key, None)
            or owner in names.joins
            or len(names.columns[owner]) < 2
            or not self._marked(key)
            or (kind(names.columns[owner][key].type).family == "text" and not self._abbreviates(owner, key))
        ):
            return
        elif not any(
            near >= 0.9
            for stem in stems(split(key))
            if stem.marked
            for near in names.by_alias.get(glued(stem.words), {}).values()
        ):
            others = len(owners) - 1
            yield Guess(owner, key, score - (0.05 if not others else 0.12), f"{key} is the key of table {owner}")

    def _abbreviates(self, table: str, key: str) -> bool:
        """Whether the key begins as its table does: groups.gid, timezones.tzid."""
        word = "".join(split(key))
        short = word[:-2] if word.endswith("id") else ""
        name = self.names.alias[table]
        return bool(short) and (
            name.startswith(short) or (name[:1] == short[:1] and all(one in name for one in short) and len(short) < 3)
        )

    @staticmethod
    def _marked(column: str) -> bool:
        words = split(column)
        return next(stems(words), Stem((), False)).marked or (
            len(words) == 1 and len(column) < 5 and words[0].endswith("id")
        )

    def _by_name(
        self, table: Table, column: Column, stem: Stem, polymorphic: bool
    ) -> Iterator[tuple[Meant, float, str]]:
        words = stem.words
        tries = [(words, 1.0)]
        tries += [(words[start:], 0.95 - 0.02 * start) for start in range(1, len(words))]
        if not stem.after and len(words) > 1:
            tries += [
                (words[:end], 0.8)
                for end in range(len(words) - 1, 0, -1)
                if words[end] in AFTERWARDS or words[end] in PARTICIPLES
            ]
        for at, (part, weight) in enumerate(tries):
            if not part or (at and stem.glued and len(part[-1]) < 3):
                continue
            if at and len(glued(part)) < 3:
                continue
            for meant in self.names.meant(part, table.name)[:4]:
                if at and meant.how == "begun":
                    continue
                if at and part[-1] in GENERIC and (meant.how != "name" or "type" in words):
                    continue
                score = 0.97 * meant.fit * weight
                if meant.how == "glued" and not stem.marked:
                    continue
                if meant.how == "glued" and at:
                    score -= 0.15
                if at and meant.how in ("continued",):
                    score -= 0.1
                if at and meant.how == "ending":
                    score -= 0.15
                if stem.after:
                    score -= 0.05
                if not stem.marked:
                    score = self._unmarked(column, part, words, meant, score, at)
                elif stem.glued and meant.how not in ("name", "near"):
                    score -= 0.15
                if polymorphic:
                    score -= 0.1 if meant.how == "name" and part[-1] not in GENERIC else 0.6
                yield meant, score, HOW[meant.how].format(word=" ".join(part), table=meant.table)

    def _unmarked(
        self, column: Column, part: tuple[str, ...], words: tuple[str, ...], meant: Meant, score: float, at: int
    ) -> float:
        """Whether a name without a mark is believed depends on how this schema names its references."""
        family = kind(column.type).family
        if family == "number" and "(1)" in column.type:
            return 0.0
        if kind(column.type).size in (1, 2) and family == "number" and self._key_fit(column, meant.table) < 1:
            return 0.0
        if (
            meant.how == "continued"
            and len(words) == len(part)
            and kind(column.type).size > 2
            and self._key_fit(column, meant.table) == 1
        ):
            return score - 0.3
        if (
            meant.how not in ("name", "near")
            or (at and words[0] in SWITCHES)
            or _plural(words[-1])
            or words[-1] in NOT_REFERRING
            or self._key_fit(column, meant.table) < 0.85
        ):
            return 0.0
        if meant.how == "name" and meant.fit < 0.93:
            score -= 0.2
        if self.unmarked >= 0.3:
            score -= 0.05
        elif self.unmarked >= 0.08:
            score -= 0.2
        else:
            score -= 0.5
        if family == "text":
            score -= 0.3 if self.unmarked < 0.5 else 0.15
        if at and words[0] not in ("by", "to", "from"):
            score -= 0.1
        return score

    def _target(self, table: str, column: Column) -> str | None:
        """The column of a table that is referred to: a key of the same name, else its key."""
        same = self.names.columns[table].get(column.name)
        if (
            same is not None
            and fit(column.type, same.type)
            and column.name.lower() not in MARKS
            and (column.name,) in self.names.tables[table].unique
        ):
            return column.name
        return self.names.keys[table]

    def _other_key(self, table: str, column: Column) -> str | None:
        """A unique column of the same type, where the key is a number and this column is a text."""
        columns = self.names.columns[table]
        alone = [one[0] for one in self.names.tables[table].unique if len(one) == 1 and one[0] in columns]
        fits = [one for one in alone if fit(column.type, columns[one].type) == 1 and "".join(split(one)) in IDENTIFIERS]
        return fits[0] if len(fits) == 1 else None

    def _means_self(self, table: Table, stem: Stem) -> bool:
        words = stem.words
        own = self.names.short[table.name]
        while len(words) > 1 and singular(words[0]) in {singular(one) for one in own}:
            words = words[1:]
        if not words:
            return False
        if "pid" in words and not any(one[0] == words[-1] for one in table.indexes if one):
            return False
        if (
            any(word in SELF for word in words)
            and all(word in SELF or word in ("of", "to", "in", "from") for word in words)
            and (stem.marked or not stem.after)
        ):
            return words != ("root",) or stem.marked
        joined = " ".join(words)
        return stem.marked and joined in (
            "in reply to",
            "reply to",
            "replied to",
            "merged into",
            "merged to",
            "duplicate of",
            "duplicated from",
            "cloned from",
            "copied from",
            "forked from",
            "derived from",
            "original of",
            "replaced by",
            "master",
            "base",
            "refers",
            "refers to",
        )

    def _by_person(
        self, table: Table, column: Column, stem: Stem, persons: str, add: Callable[[str, str | None, float, str], None]
    ) -> None:
        score = person_score(stem.words if stem.marked else stem.words + stem.after, stem.marked)
        if not score or stem.glued and len(stem.words[-1]) < 3:
            return
        for start in range(len(stem.words)):
            for name, near in self.names.by_alias.get(glued(stem.words[start:]), {}).items():
                if name not in (persons, table.name, *self.names.joins) and near >= 1 and self.names.keys[name]:
                    return
                if (
                    name != persons
                    and near >= 0.6
                    and stem.marked
                    and stem.words[-1] == "user"
                    and self.names.short[name][-1:] == ("user",)
                    and self.names.keys[name]
                    and self.names.popular[name] > 1
                ):
                    persons = name
        key = self.names.keys[persons]
        if key is None:
            return
        key_type = self.names.columns[persons][key].type
        family = kind(key_type).family
        if not stem.marked:
            if (
                table.name == persons
                and stem.words[-1] not in BY
                and not set(stem.words) & {"creator", "inviter", "manager", "referrer", "referer"}
            ):
                return
            if fit(column.type, key_type) < 0.85 or kind(column.type).size == 1:
                return
            score -= 0.1 if family == "number" else 0.15
            if family == "text":
                login = set(split(key)) & set(stem.words)
                same = kind(column.type).size == kind(key_type).size
                says = stem.words[-1] in BY or {"creator", "owner", "user"} & set(stem.words)
                score -= 0 if login else 0.1 if same and (says or kind(column.type).size) else 0.6
        if kind(column.type).family == "number" and fit(column.type, key_type) < 0.8:
            score -= 0.3
        add(persons, key, score * 0.97, f"{' '.join(stem.words)} is a person, and accounts are in {persons}")


def stems_words(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in MARKS)


def find_references(schema: Schema, names: Names, persons: str | None) -> list[Reference]:
    """References of one column, the best for each; declared ones as they are.

    :param persons: the table that words for a person mean
    """
    finder = Finder(schema, names)
    result: list[Reference] = []
    joins: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for (one, column_one, other, column_other), where in schema.joins.items():
        joins.setdefault((one, column_one), []).append((other, column_other, where))
        joins.setdefault((other, column_other), []).append((one, column_one, where))
    for name, table in sorted(names.tables.items()):
        declared = {column for key in table.foreign_keys for column in key.columns}
        for key in table.foreign_keys:
            result.append(Reference(name, key.columns, key.table, key.to_columns, 1.0, True, ("declared",)))
        for column in table.columns:
            if column.name in declared:
                continue
            guesses = finder.guesses(table, column, persons)
            joined = _joined(finder, table, column, joins.get((name, column.name), ()))
            if joined and (not guesses or guesses[0].score < joined.score or guesses[0].table == joined.table):
                guesses = [joined]
            if guesses and guesses[0].score >= ASKED:
                best = guesses[0]
                result.append(
                    Reference(
                        name,
                        (column.name,),
                        best.table,
                        (best.column,),
                        best.score,
                        False,
                        _evidence(names, column, best),
                    )
                )
    return result


def _joined(finder: Finder, table: Table, column: Column, with_these: Iterable[tuple[str, str, str]]) -> Guess | None:
    """The key that views, triggers or routines compare a column with, where this is not a key itself."""
    keys = finder.names.keys
    if keys[table.name] == column.name:
        return None
    for other, other_column, where in with_these:
        if (
            other != table.name
            and keys.get(other) == other_column
            and fit(column.type, finder.names.columns[other][other_column].type)
        ):
            return Guess(other, other_column, 0.93, f"{where} compares it with {other}.{other_column}")
    return None


def _evidence(names: Names, column: Column, best: Guess) -> tuple[str, ...]:
    key = names.columns[best.table][best.column]
    types = (
        f"type equals that of {best.table}.{best.column}"
        if column.type == key.type
        else f"type {column.type} can hold {key.type}"
    )
    return best.why, types


def is_person_table(words: tuple[str, ...]) -> bool:
    return any(singular(word) in PERSON_TABLES for word in words)
