# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task asks for, and the declared accounts that its entries become."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import (
    SHUT,
    AmbiguousName,
    Declared,
    is_valid_unicode,
)
from ansible_collections.auth.services.plugins.module_utils.service import Service


@dataclass
class Request:
    """What a task asks for.

    :ivar entries: one dict of account options for each account, defaults filled in
    :ivar complete: the entries came as a list: accounts that are not in it are unlisted
    :ivar unlisted_names: so many names of unlisted accounts are returned at most
    :ivar options: options of the service as a whole
    :ivar problems: of entries that could not be read, by their name or number. Those that shut somebody out are among
        the entries all the same, with name and state alone
    :ivar incomplete: why the list is not complete, in sentences
    """

    entries: Sequence[Mapping[str, Any]] = field(repr=False)
    complete: bool = False
    unlisted: str = "ignore"
    unlisted_names: int = 20
    unlisted_except: Sequence[str] = ()
    unlisted_limit: str = "10%"
    disable_limit: str = "100%"
    change_limit: str = "100%"
    options: Mapping[str, Any] = field(default_factory=dict)
    problems: Sequence[tuple[str, str]] = ()
    incomplete: Sequence[str] = ()


def declare(
    service: Service, entries: Sequence[Mapping[str, Any]], complete: bool = False
) -> tuple[list[Declared], list[Declared], list[tuple[str, str]]]:
    """The declared accounts, those of refused entries that are shut out all the same, and what is refused.

    :param complete: of a list an entry that shuts out a name which the application would not allow, and which no
        account has, is left out
    """
    declared: list[Declared] = []
    leaving: list[Declared] = []
    problems: list[tuple[str, str]] = []
    service.look_up(entry["name"] for entry in entries)
    for entry in entries:
        try:
            declared.append(service.declare(entry))
        except ValueError as error:
            name, known = _name_to_shut(service, entry, complete)
            if name is not None:
                leaving.append(Declared(name, entry["name"], entry["state"],
                                        arguments=dict.fromkeys(service.argument_options)))
            if not known:
                problems.append((entry["name"], str(error)))
    return _each_once(service, declared, complete, problems), leaving, problems


def _name_to_shut(
    service: Service, entry: Mapping[str, Any], complete: bool
) -> tuple[str | None, bool]:
    """The name of the account that a refused entry shuts out; and whether nothing is wrong with the entry after all.

    All people are declared on every service, also where the application does not allow their name.
    """
    if entry["state"] not in SHUT or not is_valid_unicode(entry["name"]):
        return None, False
    try:
        return service.name_of(entry["name"], True), False
    except AmbiguousName:
        return None, False
    except ValueError:
        return None, complete


def _each_once(
    service: Service, declared: Sequence[Declared], complete: bool, problems: list[tuple[str, str]],
) -> list[Declared]:
    """The declared accounts, each once: two entries for one account are a problem.

    In a list, where an entry that shuts out has no account of its own name, the other one counts.
    """
    folded = service.folded([wanted.name for wanted in declared])
    several = Counter(folded.values())
    doubled = [wanted.name for wanted in declared if several[folded[wanted.name]] > 1]
    there = service.accounts.there(doubled) if doubled and complete else set()
    first: dict[Any, Declared] = {}
    found: list[Declared] = []
    for wanted in declared:
        other = first.setdefault(folded[wanted.name], wanted)
        if other is not wanted:
            if other.name == wanted.name:
                twice = "is listed twice" if other.typed == wanted.typed else f"is the same account as {other.typed!r}"
                problems.append((wanted.typed, twice))
                if wanted.state in SHUT and other.state not in SHUT:  # whichever comes first
                    first[folded[wanted.name]] = wanted
                    found = [wanted if one is other else one for one in found]
                continue
            spare = next((one for one in (wanted, other) if one.state in SHUT and one.name not in there), None)
            if spare is None or not complete:
                problems.append((wanted.typed, f"is the same account as {other.typed!r}"))
            elif spare is other:
                first[folded[wanted.name]] = wanted
                found = [one for one in found if one is not other]
            else:
                continue
        found.append(wanted)
    return found
