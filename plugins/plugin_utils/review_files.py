# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An access review as JSON, CSV, a page, and a few lines for the terminal."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ansible_collections.auth.services.plugins.module_utils.account import visible
from ansible_collections.auth.services.plugins.module_utils.lookalikes import spelled
from ansible_collections.auth.services.plugins.plugin_utils.review import in_words

CSV_FIELDS = ("person", "service", "type", "account", "kind", "state", "groups", "rights", "drift", "last_changed",
              "note")
# Words that begin with a letter or a digit, perhaps in parentheses, between single spaces or ", ". No spreadsheet takes
# such a cell for a formula, whichever sign it separates cells at.
WORD = r"\(?[^\W_](?:[\w./:()']|(?<=[^\W_])[-@])*"
CELL = re.compile(rf"(?:{WORD}(?:,? {WORD})*)?")
# What is left unchanged in any other cell.
SAFE = re.compile(
    r"([^\W_]+|(?<=[^\W_])[-_@./:()']|\((?=[^\W_])|(?<=[^\W_]), (?=[^\W_])|(?<=\S) (?=[^\W_(]))|(.)", re.DOTALL)

MANY_COLUMNS = 7
"""A table with more services is not printed as a table."""


def as_json(review: Mapping[str, Any]) -> str:
    """The review as JSON."""
    return json.dumps(review, ensure_ascii=False, indent=1) + "\n"


def as_csv(review: Mapping[str, Any]) -> str:
    """One line for each account, and one for each service that could not be read or compared."""
    output = io.StringIO(newline="")
    writer = csv.writer(output)
    writer.writerow(CSV_FIELDS)
    for line in _csv_lines(review):
        writer.writerow([_cell("" if line[name] is None else str(line[name])) for name in CSV_FIELDS])
    return output.getvalue()


def _csv_lines(review: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for service in review["services"]:
        if service["error"]:
            yield {**dict.fromkeys(CSV_FIELDS), "service": service["name"], "type": service["type"],
                   "kind": "error", "note": service["error"]}
    places = [("person", person["accounts"]) for person in review["people"]]
    places.extend((kind, review[place]) for kind, place in
                  (("nobody's", "others"), ("unlisted", "unlisted"), ("not compared", "uncompared"),
                   ("protected", "protected")))
    for kind, accounts in places:
        for account in accounts:
            lists = {name: ", ".join(account[name]) for name in ("groups", "rights")}
            yield {**account, **lists, "kind": kind, "drift": account["drift"].replace("; ", ", ")}


@lru_cache(maxsize=1000)  # most cells are the same as in the row before
def _cell(text: str) -> str:
    bare = text if text.isascii() else "".join(one for one in text if unicodedata.category(one)[0] != "M")
    if CELL.fullmatch(bare) and text[:1] == bare[:1] and (text.isascii() or text == visible(text)):
        return text
    return "'" + SAFE.sub(lambda found: found[1] or _escaped(found[2]), text)


def _escaped(one: str) -> str:
    return f"\\x{ord(one):02x}" if one.isascii() else one.encode("unicode_escape").decode()


def as_page(review: Mapping[str, Any], digest: str) -> str:
    """The review as a page that loads nothing, which its content security policy enforces.

    :param digest: SHA-256 of the JSON file, which is printed on the page
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=_shown,
    )
    environment.filters.update(in_words=in_words, spelled=_spelled)
    wide = len(review["services"]) > MANY_COLUMNS
    style = environment.get_template("access_review.css").render(
        wide=wide, services=len(review["services"]), time=review["time"])
    script = environment.get_template("access_review.js").render()
    return environment.get_template("access_review.html.j2").render(
        review=review, digest=digest, style=style, script=script, style_hash=_hash(style), script_hash=_hash(script),
        verdict=verdict(review),
        undeclared=rights_in_words(review["summary"]),
        cells=[{account["service"]: account for account in person["accounts"]} for person in review["people"]],
    )


def _spelled(value: Any) -> Any:
    """A name or names, with code points where letters can be mistaken."""
    return spelled(value) if isinstance(value, str) else [spelled(one) for one in value]


def _shown(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _hash(text: str) -> str:
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
