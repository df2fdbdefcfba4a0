# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A picture of the tables around the accounts, as SVG for a page: pure.

The accounts are in the middle. To their left are tables that refer to them, to their right what they refer to, groups,
and whatever refers to them when the left is full.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from ansible_collections.auth.services.plugins.module_utils.account import visible

MOST = 40
"""Boxes beside the accounts."""
WIDE, HIGH, GAP, MIDDLE, ROOM = 250, 40, 8, 250, 90
"""Of a box, of the box in the middle, and of the room for lines between them. In pixels."""
LETTERS = 34
"""Most characters of a line in a box."""
SLOTS = (("key", "key"), ("login", "login"), ("password", "password"), ("email", "e-mail"), ("full_name", "name"),
         ("active", "active"), ("created", "created"), ("last_login", "last login"))


@dataclass
class _Box:
    """A table beside the accounts, and the reference that ties it to them."""

    table: str
    reference: Mapping[str, Any]
    outward: bool
    what: str
    count: int = 1


def picture(found: Mapping[str, Any]) -> tuple[Markup, int]:
    """The picture, and how many tables around the accounts it leaves out. Empty without a table of accounts.

    :param found: as ``Inferred.as_dict()``
    """
    account = found.get("account")
    if not account:
        return Markup(""), 0
    boxes = _boxes(found, str(account["table"]))
    left_out = max(0, len(boxes) - MOST)
    boxes = boxes[:MOST]
    right = [box for box in boxes if box.outward or box.what in ("group", "membership")]
    left = [box for box in boxes if box not in right]
    while len(left) > len(right) + 1:
        right.append(left.pop())
    slots = [(label, _slot(account.get(name))) for name, label in SLOTS if account.get(name)]
    inner = 34 + 18 * len(slots)
    high = max(inner, *(len(side) * (HIGH + GAP) for side in (left, right))) + 20
    wide = 2 * WIDE + 2 * ROOM + MIDDLE
    top = (high - inner) // 2
    x = WIDE + ROOM
    parts = [Markup(
        '<svg class="picture" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-labelledby="picture-title">'
        '<title id="picture-title">Tables around {}</title>').format(wide, high, wide, high, visible(account["table"]))]
    lines: list[Markup] = []
    shapes: list[Markup] = []
    ends: dict[str, tuple[int, int]] = {}
    for side, place in ((left, 0), (right, x + MIDDLE + ROOM)):
        start = (high - len(side) * (HIGH + GAP) + GAP) // 2
        for number, box in enumerate(side):
            y = start + number * (HIGH + GAP)
            ends[box.table] = (place, y + HIGH // 2)
            aim = top + inner * (number + 1) // (len(side) + 1)
            one, other = (place + WIDE, x) if place == 0 else (place, x + MIDDLE)
            lines.append(_line(one, y + HIGH // 2, other, aim, box))
            shapes.append(_box(box, place, y))
    shapes.append(_middle(str(account["table"]), slots, x, top, inner))
    lines += _between(found, ends)
    return Markup("").join([*parts, *lines, *shapes, Markup("</svg>")]), left_out


def _boxes(found: Mapping[str, Any], table: str) -> list[_Box]:
    """The tables around the accounts, the most important first, each once."""
    kinds: dict[str, str] = {}
    for one in found.get("on_disable") or ():
        kinds[str(one["table"])] = "let in"
    account = found["account"]
    for name in ("login", "password", "email", "active"):
        place = _slot(account.get(name))
        if "." in place:
            kinds[place.rpartition(".")[0]] = "account"
    for name in ("group", "membership"):
        if found.get(name):
            kinds[str(found[name]["table"])] = name
    boxes: dict[str, _Box] = {}
    ranked = sorted(found.get("references") or (), key=lambda one: -float(one.get("score") or 0))
    for one in ranked:
        child, parent = str(one["from"]["table"]), str(one["to"]["table"])
        if child == parent or table not in (child, parent):
            continue
        other = parent if child == table else child
        if other in boxes:
            boxes[other].count += 1
        else:
            boxes[other] = _Box(other, one, child == table, kinds.get(other, ""))
    group = found.get("group")
    if group and str(group["table"]) not in {*boxes, table} and any(
            one["to"]["table"] == group["table"] and one["from"]["table"] in boxes for one in ranked):
        boxes[str(group["table"])] = _Box(str(group["table"]), {}, False, "group")
    order = ["membership", "group", "account", "let in", ""]
    return sorted(boxes.values(), key=lambda box: (order.index(box.what), not box.outward,
                                                   -float(box.reference.get("score") or 0)))


def _between(found: Mapping[str, Any], ends: Mapping[str, tuple[int, int]]) -> Iterable[Markup]:
    """The line from the memberships to the groups, along the outer edge."""
    membership, group = found.get("membership") or {}, found.get("group") or {}
    for one in found.get("references") or ():
        if (one["from"]["table"], one["to"]["table"]) == (membership.get("table"), group.get("table")):
            if not {one["from"]["table"], one["to"]["table"]} <= set(ends):
                return
            (x, y), (other_x, other_y) = ends[one["from"]["table"]], ends[one["to"]["table"]]
            if x != other_x:
                return
            yield Markup('<path class="{}" d="M{} {}C{} {} {} {} {} {}"><title>{}</title></path>').format(
                _kind(one), x, y, x - 40, y, x - 40, other_y, x, other_y, _said(one))
            return


def _line(x: int, y: int, to_x: int, to_y: int, box: _Box) -> Markup:
    if not box.reference:
        return Markup("")
    half = (x + to_x) // 2
    return Markup('<path class="{}" d="M{} {}C{} {} {} {} {} {}"><title>{}</title></path>').format(
        _kind(box.reference), x, y, half, y, half, to_y, to_x, to_y, _said(box.reference))


def _kind(reference: Mapping[str, Any]) -> str:
    return "declared" if reference.get("declared") else "inferred"


def _said(reference: Mapping[str, Any]) -> str:
    sides = [f"{reference[side]['table']} ({', '.join(map(str, reference[side]['columns']))})"
             for side in ("from", "to")]
    said = "declared" if reference.get("declared") else f"inferred, score {float(reference.get('score') or 0):.2f}"
    evidence = "; ".join(map(str, reference.get("evidence") or ()))
    return visible(f"{' refers to '.join(sides)}: {said}{': ' + evidence if evidence else ''}")


def _box(box: _Box, x: int, y: int) -> Markup:
    columns = ", ".join(map(str, box.reference["from"]["columns"])) if box.reference else ""
    more = f" and {box.count - 1} more" if box.count > 1 else ""
    labels = {"let in": "lets in", "account": "part of accounts"}
    under = " · ".join(filter(None, [
        labels.get(box.what, box.what), f"{'by ' if box.outward else ''}{columns}{more}" if columns else ""]))
    return Markup('<g class="{}"><title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="4"/>'
                  '<text x="{}" y="{}" class="name">{}</text><text x="{}" y="{}" class="soft">{}</text></g>').format(
        "box " + (box.what.replace(" ", "-") or "other"), visible(box.table), x, y, WIDE, HIGH, x + 8, y + 16,
        _cut(box.table), x + 8, y + 32, _cut(under, 40))


def _middle(table: str, slots: Sequence[tuple[str, str]], x: int, y: int, high: int) -> Markup:
    rows = Markup("").join(
        Markup('<text x="{}" y="{}" class="soft">{}</text><text x="{}" y="{}">{}</text>').format(
            x + 10, y + 46 + 18 * number, label, x + 80, y + 46 + 18 * number, _cut(value, 22))
        for number, (label, value) in enumerate(slots))
    return Markup('<g class="box accounts"><title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="6"/>'
                  '<text x="{}" y="{}" class="name">{}</text>{}</g>').format(
        visible(table), x, y, MIDDLE, high, x + 10, y + 22, _cut(table, 30), rows)


def _slot(value: Any) -> str:
    if isinstance(value, Mapping):
        value = value.get("column")
    if isinstance(value, (list, tuple)):
        value = ", ".join(map(str, value))
    return str(value or "")


def _cut(text: str, most: int = LETTERS) -> Markup:
    text = visible(text)
    return escape(text if len(text) <= most else f"{text[:most - 1]}…")
