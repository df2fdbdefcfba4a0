# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts that may belong to a person: pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.auth.services.plugins.plugin_utils.lookalikes import (
    differ_by_one,
    shown,
    skeleton,
    words,
)

MAX_LENGTH = 255
"""Maximum length of texts that are compared, in characters."""
MAX_VALUES = 100
"""Maximum number of texts of one list that are compared."""
IDENTIFYING = re.compile("certificate|fingerprint|phone|mobile|url|jid|_key$|_id$")
"""Options whose value identifies one person."""
LONG = 5
"""Minimum letters of a name that is searched within others, and with one letter different."""
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


def person_traces(accounts: Sequence[Mapping[str, Any]], person: Mapping[str, Any]) -> list[dict[str, str]]:
    """``name`` and ``state`` of accounts that may belong to a person, and ``why``; the most certain first."""
    known = _Known(person)
    reasons = [known.reason(account) for account in accounts]
    theirs = [account for account, reason in zip(accounts, reasons) if reason and reason[1] in SURE]
    shared = {(option, value): str(account["name"]) for account in theirs for option, value in _identifying(account)}
    found = []
    for account, reason in zip(accounts, reasons):
        for option, value in _identifying(account):
            other = known.values.get((option, value)) or shared.get((option, value))
            if other not in (None, account["name"]):
                same = _reason("same {option} as {other}", option=option, other=repr(shown(other)))
                reason = min(reason, same) if reason else same
        if reason:
            rank, why = reason
            found.append((rank, {"name": shown(account["name"]), "state": str(account["state"]), "why": why}))
    return [trace for _rank, trace in sorted(found, key=lambda pair: pair[0])]


class _Known:
    """The values of a person, in the forms that are compared."""

    def __init__(self, person: Mapping[str, Any]) -> None:
        services = person.get("services")
        own_options = services.values() if isinstance(services, Mapping) else ()
        everywhere = [person, *(own for own in own_options if isinstance(own, Mapping))]
        names = [str(own["name"]) for own in everywhere if own.get("name")]
        addresses = [value for own in everywhere for value in _addresses(own)] + [name for name in names if "@" in name]
        real_names = [value for own in everywhere for _option, value in _real_names(own)]
        locals_ = [_local(address) for address in addresses]
        self.values = {(option, value): person["name"] for own in everywhere for option, value in _identifying(own)}
        self.names = {name.casefold() for name in names}
        self.real_names = {name.casefold() for name in real_names}
        self.addresses = {address.casefold() for address in addresses}
        self.bare_addresses = {_bare(address) for address in addresses}
        self.before_at = {name.casefold() for name in (*names, *locals_)} - {""}
        self.skeletons = {skeleton(text) for text in (*names, *real_names, *locals_)} - {""}
        self.in_any_order = {_in_any_order(name) for name in real_names} - {()}
        self.lengths = {len("".join(parts)) for parts in self.in_any_order}
        self.parts = {skeleton(name) for name in (*names, *real_names, *locals_)}

    def reason(self, account: Mapping[str, Any]) -> tuple[int, str] | None:
        """The most certain reason why an account may belong to the person, with its rank before it."""
        name = str(account["name"])
        texts = [("name", name), *_real_names(account), *(("e-mail address", text) for text in _addresses(account))]
        return min((reason for option, text in texts for reason in self._reasons(option, text)), default=None)

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
        if seen in self.skeletons or self._is_in_another_order(text, seen):
            yield _reason("{option} looks the same", option=option)
        elif any(_is_within(part, text, seen) for part in self.parts):
            yield _reason("{option} contains the person's", option=option)
        elif any(len(part) >= LONG and differ_by_one(part, seen) for part in self.parts):
            yield _reason("{option} differs by one letter", option=option)

    def _is_in_another_order(self, text: str, seen: str) -> bool:
        return len(seen) in self.lengths and _in_any_order(text) in self.in_any_order


def _reason(reason: str, **values: Any) -> tuple[int, str]:
    return REASONS.index(reason), reason.format_map(values)


def _is_within(part: str, text: str, seen: str) -> bool:
    """Whether a text, with the skeleton ``seen``, contains a name."""
    if len(part) >= LONG:
        return part in seen
    if len(part) < 3:
        return False
    # The letters of a short name occur often by chance, so it counts only as a word, or beside digits or a common word.
    if part in words(text) or skeleton(text.strip(" ._-0123456789")) == part:
        return True
    before, _part, behind = seen.partition(part)
    return bool(_part) and {before, behind} <= _BESIDE_SHORT


_BESIDE_SHORT = {skeleton(word) for word in BESIDE_SHORT}


def _in_any_order(name: str) -> tuple[str, ...]:
    """The words of a real name: some write the family name first."""
    found = words(name)
    return tuple(sorted(found)) if len(found) > 1 else ()


def _local(address: str) -> str:
    """The part of an address before the @ and the +tag."""
    return address.split("@")[0].split("+")[0]


def _bare(address: str) -> tuple[str, str]:
    """The skeleton of an address without dots and +tag: some mail servers deliver it to the same mailbox."""
    return skeleton(_local(address)), skeleton(address.rpartition("@")[2])


def _texts(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for option, value in options.items():
        for text in value[:MAX_VALUES] if isinstance(value, (list, tuple)) else (value,):
            if isinstance(text, str) and text and option not in ("state", "groups", "reason"):
                yield str(option), text


def _addresses(options: Mapping[str, Any]) -> list[str]:
    return [text for option, text in _texts(options) if option != "name" and "@" in text and "url" not in option]


def _real_names(options: Mapping[str, Any]) -> list[tuple[str, str]]:
    parts = [str(options[name]) for name in ("first_name", "last_name") if options.get(name)]
    found = [(option, text) for option, text in _texts(options) if option in ("real_name", "display_name", "nickname")]
    return [*found, *([("first and last name", " ".join(parts))] if len(parts) == 2 else [])]


def _identifying(options: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(option, text.casefold()) for option, text in _texts(options)
            if IDENTIFYING.search(option) and len(text) <= MAX_LENGTH]
