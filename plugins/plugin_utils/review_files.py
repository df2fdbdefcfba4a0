# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An access review as JSON, CSV, a page, and a few lines for the terminal."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from ansible_collections.auth.services.plugins.module_utils.account import visible
from ansible_collections.auth.services.plugins.module_utils.lookalikes import spelled
from ansible_collections.auth.services.plugins.plugin_utils.review import LISTS, in_words

CSV_FIELDS = ("person", "service", "type", "account", "kind", "state", "groups", "rights", "drift", "last_changed",
              "note")
# Words that begin with a letter or a digit, perhaps in parentheses, between single spaces or ", ". No spreadsheet takes
# such a cell for a formula, whichever sign it separates cells at.
WORD = r"\(?[^\W_](?:[\w./:()']|(?<=[^\W_])[-@])*"
CELL = re.compile(rf"(?:{WORD}(?:,? {WORD})*)?")
# What is left unchanged in any other cell.
SAFE = re.compile(
    r"([^\W_]+|(?<=[^\W_])[-_@./:()']|\((?=[^\W_])|(?<=[^\W_]), (?=[^\W_])|(?<=\S) (?=[^\W_(]))|(.)", re.DOTALL)

KINDS = {"person": "person", "others": "nobody's", "unlisted": "unlisted", "uncompared": "not compared",
         "protected": "protected"}
"""What a line is, by the place of its account in the review."""
ROOM, LARGE, MARKUP = 900_000, 3_000, 600
"""Maximum size of all people, and of each list of accounts, on the page; size from which others come first; size of
an account without its texts. All in characters."""
MAX_LISTED = 2000
"""Maximum size of a list of groups or rights on the page, in characters."""
MANY_COLUMNS = 7
"""A table with more services is not printed as a table."""


def as_json(review: Mapping[str, Any]) -> str:
    """The review as JSON."""
    return json.dumps(review, ensure_ascii=False, indent=1) + "\n"


class Table:
    """A CSV file with one line for each account, and one for each service that could not be read or compared.

    :param file: a text file, opened without translation of line ends
    """

    def __init__(self, file: IO[str]) -> None:
        self._writer = csv.writer(file)
        self._writer.writerow(CSV_FIELDS)

    def add(self, place: str, account: Mapping[str, Any]) -> None:
        """Write the line of an account."""
        lists = {name: ", ".join(account[name]) for name in ("groups", "rights")}
        self._write({**account, **lists, "kind": KINDS[place], "drift": account["drift"].replace("; ", ", ")})

    def add_errors(self, review: Mapping[str, Any]) -> None:
        """Write the lines of services that could not be read or compared."""
        for service in review["services"]:
            if service["error"]:
                self._write({**dict.fromkeys(CSV_FIELDS), "service": service["name"], "type": service["type"],
                             "kind": "error", "note": service["error"]})

    def _write(self, line: Mapping[str, Any]) -> None:
        self._writer.writerow([_cell(line[name]) if line[name] else "" for name in CSV_FIELDS])


@lru_cache(maxsize=1000)  # most cells are the same as in the row before
def _cell(text: str) -> str:
    bare = text if text.isascii() else "".join(one for one in text if unicodedata.category(one)[0] != "M")
    if CELL.fullmatch(bare) and text[:1] == bare[:1] and (text.isascii() or text == visible(text)):
        return text
    return "'" + SAFE.sub(lambda found: found[1] or _escaped(found[2]), text)


def _escaped(one: str) -> str:
    return f"\\x{ord(one):02x}" if one.isascii() else one.encode("unicode_escape").decode()


def as_page(review: Mapping[str, Any], digests: Mapping[str, str]) -> str:
    """The review as a page that loads nothing, which its content security policy enforces.

    It has less than five million characters, whatever the databases hold.

    :param digests: SHA-256 of the other files by their names, which is printed on the page
    """
    environment = page_environment()
    wide = len(review["services"]) > MANY_COLUMNS
    style = environment.get_template("access_review.css").render(
        wide=wide, services=len(review["services"]), time=review["time"])
    script = environment.get_template("access_review.js").render()
    people = _first(review["people"], lambda person: any(map(_is_notable, person["accounts"])))
    return environment.get_template("access_review.html.j2").render(
        review=review, digests=digests, style=style, script=script, style_hash=digest_of(style),
        script_hash=digest_of(script),
        verdict=verdict(review), undeclared=rights_in_words(review["summary"]),
        people=people, cells=[{account["service"]: account for account in person["accounts"]} for person in people],
        lists={place: _first(review[place], _is_notable) for place in LISTS},
        totals={place: len(review[place]) + review["cut"].get(place, 0) for place in LISTS},
    )


def page_environment() -> Environment:
    """Templates of pages, in which every text is escaped and on one line."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=_shown,
    )
    environment.filters.update(in_words=in_words, spelled=_spelled)
    return environment


def _first(rows: Sequence[Mapping[str, Any]], comes_first: Callable[[Any], bool]) -> list[Mapping[str, Any]]:
    """The rows in their order; of too many, those that a reviewer must see, and no few large ones in place of many."""
    sizes = [_size(row) for row in rows]
    found, left = [], ROOM
    for place in sorted(range(len(rows)), key=lambda place: (
            not comes_first(rows[place]), sizes[place] > LARGE, place)):
        if sizes[place] <= left:
            left -= sizes[place]
            found.append(place)
    return [rows[place] for place in sorted(found)]


def _size(value: Any) -> int:
    """About how many characters a person or an account takes on the page."""
    if isinstance(value, Mapping):
        return MARKUP + sum(map(_size, value.values()))
    if isinstance(value, (list, tuple)):
        return sum(map(_size, value if value and isinstance(value[0], Mapping) else _spelled(value)))
    return len(str(value)) if str(value).isalnum() else len(escape(_spelled(str(value))))


def _is_notable(account: Mapping[str, Any]) -> bool:
    return bool(account["action"] or account["undeclared_rights"])


def _spelled(value: Any) -> Any:
    """A name or names, with code points where letters can be mistaken. Long lists are cut."""
    if isinstance(value, str):
        return spelled(value)
    found: list[str] = []
    for number, one in enumerate(value):
        if sum(map(len, value[:number])) > MAX_LISTED:
            return [*found, f"… ({len(value):,} in all)"]
        found.append(spelled(one))
    return found


def _shown(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def digest_of(text: str) -> str:
    """A style or script as a content security policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def verdict(review: Mapping[str, Any]) -> str:
    """Why the audit fails, in one sentence; empty if it does not."""
    summary = review["summary"]
    problems = []
    if not summary["services"]:
        problems.append("no service was audited: no host has a service_type")
    if summary["drift"]:
        verb = "differs" if summary["drift"] == 1 else "differ"
        places = [service["name"] for service in review["services"] if service["drift"]]
        problems.append(f"{_count(summary['drift'], 'account')} {verb} from the inventory ({', '.join(places)})")
    if summary["errors"]:
        broken = [service["name"] for service in review["services"] if service["error"]]
        problems.append(f"{_count(summary['errors'], 'service')} could not be audited ({', '.join(broken)})")
    return "; ".join(problems)


def as_lines(review: Mapping[str, Any]) -> list[str]:
    """The review in a few lines."""
    summary = review["summary"]
    people = _count(summary["people"], "person", "people")
    errors = _count(summary["errors"], "service")
    lines = [
        f"{_count(summary['services'], 'service')}, {people}, {_count(summary['accounts'], 'account')}",
        f"{summary['drift']} differ from the inventory, {summary['unlisted']} unlisted, {errors} could not be audited",
    ]
    if rights_in_words(summary):
        places = [service["name"] for service in review["services"] if service["undeclared_rights"]]
        lines.append(f"{rights_in_words(summary)} ({', '.join(places)})")
    lines.extend(
        visible(f"{service['name']}: {service['error']}") for service in review["services"] if service["error"])
    if review["left_out"]:
        lines.append(f"not part of this review: {', '.join(review['left_out'])}")
    return lines


def rights_in_words(summary: Mapping[str, Any]) -> str:
    """How many accounts have undeclared rights, as text; empty for none."""
    number = summary["undeclared_rights"]
    verb = "has" if number == 1 else "have"
    return f"{_count(number, 'account')} {verb} rights that nobody declared" if number else ""


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
