# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts that may belong to a person: pure.

``Person.reason`` alone decides about an account. ``Sieve`` looks at thousands of texts at once and leaves those that it
may decide so about, and few others: of a million accounts most are never looked at one by one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.lookalikes import (
    differ_by_one,
    shown,
    skeleton,
    skeletons,
    words,
)

MAX_LENGTH = 255
"""Maximum length of texts that are compared, in characters."""
MAX_VALUES = 100
"""Maximum number of texts of one list that are compared."""
IDENTIFYING = re.compile("certificate|fingerprint|phone|mobile|url|jid|_key$|_id$")
"""Options whose value identifies one person."""
REAL_NAMES = ("real_name", "display_name", "nickname")
"""Options with a whole name."""
PARTS = ("first_name", "last_name")
"""Options that make a whole name together."""
LONG = 5
"""Minimum letters of a name that is searched within others, and with one letter different."""
SHORT = 3
"""Minimum letters of a name that is searched as a word of others."""
BESIDE_SHORT = ("", "x", "xx", "admin", "adm", "root", "test", "bot", "old", "new", "private", "backup")
"""Words that may stand directly beside a shorter name."""

SURE = ("same name", "same e-mail address")
REASONS = (
    *SURE,
    "same {option} as {other}",
    "same e-mail address except for dots or a +tag",
    "same name before the @",
    "same real name",
    "{option} looks the same",
    "{option} contains the person's",
    "{option} differs by one letter",
    "{option} is too long to compare",
)


def searched(person: Mapping[str, Any]) -> dict[str, Any]:
    """What is compared of a person's values, and nothing else of them."""
    services = person.get("services")
    found = _compared(person)
    if isinstance(services, Mapping):
        found["services"] = {str(name): _compared(own) for name, own in services.items() if isinstance(own, Mapping)}
    return found


def _compared(options: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": str(options["name"])} if options.get("name") else {}
    for option, value in options.items():
        texts = [text for name, text in _texts({option: value}) if name != "name" and (
            name in (*REAL_NAMES, *PARTS) or IDENTIFYING.search(name) or "@" in text)]
        if texts:
            found[str(option)] = value if isinstance(value, str) else texts
    return found


class Person:
    """The values of a person, in the forms that are compared.

    :param known: ``name``, and ``email``, ``real_name`` and other options of accounts if they are known; in
        ``services`` the same for single services
    :ivar values: the person's name, by option and value that identifies
    """

    def __init__(self, known: Mapping[str, Any]) -> None:
        services = known.get("services")
        own_options = services.values() if isinstance(services, Mapping) else ()
        everywhere = [known, *(own for own in own_options if isinstance(own, Mapping))]
        names = [str(own["name"]) for own in everywhere if own.get("name")]
        addresses = [value for own in everywhere for value in _addresses(own)] + [name for name in names if "@" in name]
        real_names = [value for own in everywhere for _option, value in _real_names(own)]
        locals_ = [_local(address) for address in addresses]
        self.values = {(option, value): str(known["name"]) for own in everywhere for option, value in identifying(own)}
        self.names = {name.casefold() for name in names}
        self.real_names = {name.casefold() for name in real_names}
        self.addresses = {address.casefold() for address in addresses}
        self.bare_addresses = {_bare(address) for address in addresses}
        self.before_at = {name.casefold() for name in (*names, *locals_)} - {""}
        self.in_any_order = {_in_any_order(name) for name in real_names} - {()}
        self.parts = {skeleton(name) for name in (*names, *real_names, *locals_)} - {""}

    def reason(
        self, account: Mapping[str, Any], shared: Mapping[tuple[str, str], str] | None = None
    ) -> tuple[int, str] | None:
        """The most certain reason why an account may belong to the person, with its rank before it.

        :param account: its options, as a ``<type>_user_info`` module returns them
        :param shared: names of accounts that belong to the person, by option and value that identifies
        """
        name = str(account["name"])
        texts = [("name", name), *_real_names(account), *(("e-mail address", text) for text in _addresses(account))]
        found = [reason for option, text in texts for reason in self._reasons(option, text)]
        for option, value in identifying(account):
            other = self.values.get((option, value)) or (shared or {}).get((option, value))
            if other not in (None, name):
                found.append(_reason("same {option} as {other}", option=option, other=repr(shown(other))))
        return min(found, default=None)

    def _reasons(self, option: str, text: str) -> Iterator[tuple[int, str]]:
        if len(text) > MAX_LENGTH:
            yield _reason("{option} is too long to compare", option=f"{option} of {len(text):,} characters")
            return
        written = text.casefold()
        if option == "name" and (written in self.names or written in self.real_names):
            yield _reason("same name")
        elif option != "e-mail address" and (written in self.real_names or written in self.names):
            yield _reason("same real name")
        if "@" in text:
            local = _local(text)
            if written in self.addresses:
                yield _reason("same e-mail address")
            elif _bare(text) in self.bare_addresses:
                yield _reason("same e-mail address except for dots or a +tag")
            if local.casefold() in self.before_at:
                yield _reason("same name before the @")
            text = local
        seen = skeleton(text)
        if seen in self.parts or any(_is_in_order(order, seen) and _in_any_order(text) == order
                                     for order in self.in_any_order):
            yield _reason("{option} looks the same", option=option)
        elif any(_is_within(part, text, seen) for part in self.parts):
            yield _reason("{option} contains the person's", option=option)
        elif any(len(part) >= LONG and differ_by_one(part, seen) for part in self.parts):
            yield _reason("{option} differs by one letter", option=option)


class Sieve:
    """Leaves of many texts those that a person's values may be found in.

    Everything that ``Person.reason`` finds in a text is a part of it, which is searched for in all of them at once: it
    has the person's letters, or those of one of the halves where one letter differs.
    """

    def __init__(self, person: Person) -> None:
        self._person = person
        self._same = {*person.names, *person.real_names, *person.addresses, *person.before_at}
        # Signs alone, such as "_", have no letters that could be searched for.
        self._signs = any(not skeleton(text) for text in self._same)
        self._nobody = any(not local for local, _domain in person.bare_addresses)

    def among(self, texts: Sequence[str]) -> set[int]:
        """The places of these texts."""
        found: set[int] = set()
        if max(map(len, texts), default=0) > MAX_LENGTH:
            found = {place for place, text in enumerate(texts) if len(text) > MAX_LENGTH}
            texts = ["" if len(text) > MAX_LENGTH else text for text in texts]
        whole = "".join(texts)
        heads = [_local(text) if "@" in text else text for text in texts] if "@" in whole else texts
        if not whole.isascii():  # ASCII takes a tenth of the time: what has other letters is looked at by itself
            places = [place for place, head in enumerate(heads) if not head.isascii()]
            found.update(places[one] for one in self._with_letters([heads[place] for place in places]))
            found.update(self._with_letters([head if head.isascii() else "" for head in heads]))
        else:
            found.update(self._with_letters(heads))
        if self._signs or not whole.isascii():
            found |= {place for some in (texts, heads) for place, text in enumerate(some)
                      if (self._signs or not text.isascii()) and text.casefold() in self._same}
        if self._nobody:
            found |= {place for place, text in enumerate(texts) if "@" in text and not skeleton(heads[place])}
        return found

    def _with_letters(self, texts: Sequence[str]) -> Iterator[int]:
        lines = skeletons(texts)
        starts: list[int] = []
        for start in set(self._starts(lines)):
            if not starts:
                starts = list(accumulate((len(line) + 1 for line in lines[1:-1].split("\n")), initial=1))
            yield bisect_right(starts, start) - 1

    def _starts(self, lines: str) -> Iterator[int]:
        for part in self._person.parts:
            yield from (start for start, _line in _lines_with(part if len(part) >= SHORT else f"\n{part}\n", lines))
            if len(part) >= LONG:
                for needle in _halves(part):
                    yield from (start for start, line in _lines_with(needle, lines) if differ_by_one(part, line))
        for order in self._person.in_any_order:
            yield from (start for start, line in _lines_with(max(order, key=len), lines) if _is_in_order(order, line))


def _halves(part: str) -> list[str]:
    """What a line has that differs from a part by one letter: its first half in front, its second half behind, or
    neither, where the letters between them are swapped.
    """
    half = len(part) // 2
    swapped = f"{part[:half - 1]}{part[half]}{part[half - 1]}{part[half + 1:]}"
    return [f"\n{part[:half]}", f"{part[half:]}\n", f"\n{swapped}\n"]


def _lines_with(needle: str, lines: str) -> Iterator[tuple[int, str]]:
    """The lines with a text, and where they start; a line feed in front or behind is the line's own."""
    own = needle.startswith("\n")
    place = lines.find(needle)
    while place >= 0:
        place += own
        start, end = lines.rfind("\n", 0, place) + 1, lines.find("\n", place)
        yield start, lines[start:end]
        place = lines.find(needle, end)


def _reason(reason: str, **values: Any) -> tuple[int, str]:
    return REASONS.index(reason), reason.format_map(values)


def _is_within(part: str, text: str, seen: str) -> bool:
    """Whether a text, with the skeleton ``seen``, contains a name."""
    if len(part) >= LONG or len(part) < SHORT or part not in seen:
        return len(part) >= LONG and part in seen
    # The letters of a short name occur often by chance, so it counts only as a word, or beside digits or a common word.
    if part in words(text) or skeleton(text.strip(" ._-0123456789")) == part:
        return True
    before, _part, behind = seen.partition(part)
    return {before, behind} <= _BESIDE_SHORT


_BESIDE_SHORT = {skeleton(word) for word in BESIDE_SHORT}


def _in_any_order(name: str) -> tuple[str, ...]:
    """The words of a real name: some write the family name first."""
    found = [word for word in words(name) if word]
    return tuple(sorted(found)) if len(found) > 1 else ()


def _is_in_order(order: Sequence[str], seen: str) -> bool:
    """Whether a skeleton may be that of these words in any order."""
    return len(seen) == sum(map(len, order)) and all(word in seen for word in order)


def _local(address: str) -> str:
    """The part of an address before the @ and the +tag."""
    return address.split("@")[0].split("+")[0]


def _bare(address: str) -> tuple[str, str]:
    """The skeleton of an address without dots and +tag: some mail servers deliver it to the same mailbox."""
    return skeleton(_local(address)), skeleton(address.rpartition("@")[2])


def _texts(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for option, value in options.items():
        for text in value[:MAX_VALUES] if isinstance(value, (list, tuple)) else (value,):
            if isinstance(text, str) and text and option not in ("state", "groups", "reason", "expiration"):
                yield str(option), text


def is_address(option: str) -> bool:
    """Whether a text of an option is an address if it contains an @."""
    return option != "name" and "url" not in option


def _addresses(options: Mapping[str, Any]) -> list[str]:
    return [text for option, text in _texts(options) if is_address(option) and "@" in text]


def _real_names(options: Mapping[str, Any]) -> list[tuple[str, str]]:
    parts = [str(options[name]) for name in PARTS if options.get(name)]
    found = [(option, text) for option, text in _texts(options) if option in REAL_NAMES]
    return [*found, *([("first and last name", " ".join(parts))] if len(parts) == 2 else [])]


def identifying(options: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The options that identify one person, with their values in small letters."""
    return [(option, text.casefold()) for option, text in _texts(options)
            if IDENTIFYING.search(option) and len(text) <= MAX_LENGTH]
