# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows of radcheck and radreply: an attribute, an operator and a value. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import Change, StoredAccount
from ansible_collections.auth.services.plugins.module_utils.columns import Unreadable
from ansible_collections.auth.services.plugins.module_utils.services.freeradius import passwords
from ansible_collections.auth.services.plugins.module_utils.services.freeradius.harmless import is_harmless

CHECK, REPLY = "radcheck", "radreply"
OPERATORS = ["=", ":=", "==", "+=", "!=", ">", ">=", "<", "<=", "=~", "!~", "=*", "!*"]
OPTION = {
    "type": "list", "elements": "dict", "options": {
        "attribute": {"type": "str", "required": True},
        "op": {"type": "str", "required": True, "choices": OPERATORS},
        "value": {"type": "str", "required": True},
    },
}
"""Argument spec of an option with attributes."""
EXPIRATION = "Expiration"
REJECTS, ACCEPTS = ("reject", "4"), ("accept", "254")
"""Values of Auth-Type, in small letters."""


class Row(dict[str, str]):
    """A row of an attribute, which shows no value in a diff that may be a secret."""

    def __str__(self) -> str:
        value = self["value"] if is_harmless(self["attribute"]) else "(a value, not shown)"
        return f"{self['attribute']} {self['op']} {value}"


class Rows(list[Row]):
    """The attributes of an account that may be shown.

    It equals a declared list that would change nothing: other attributes are kept unless they are declared, too.

    :ivar secret: rows of the others, by the small letters of their attribute
    """

    def __init__(self, rows: Iterable[Mapping[str, str]] = ()) -> None:
        self.secret: dict[str, list[tuple[str, str]]] = {}
        shown = []
        for row in in_order(rows):
            if is_harmless(row["attribute"]):
                shown.append(row)
            else:
                self.secret.setdefault(row["attribute"].lower(), []).append((row["op"], row["value"]))
        super().__init__(shown)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, list):
            return NotImplemented
        declared = Rows(other)
        return list.__eq__(self, declared) and all(
            self.secret.get(name, []) == _without_empty(rows) for name, rows in declared.secret.items()
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None


def in_order(rows: Iterable[Mapping[str, str]]) -> list[Row]:
    """Attributes in the order of their names. The order of rows of one attribute counts, and is kept."""
    return sorted((Row({name: row[name] for name in ("attribute", "op", "value")}) for row in rows),
                  key=lambda row: row["attribute"])


def declared(
    option: str, rows: Sequence[Mapping[str, str]], columns: Any, check_text: Callable[[str, str, Any], None]
) -> list[Row]:
    """Rows that an option declares.

    :param columns: of their table
    :param check_text: refuses a text that a column cannot hold, after what it is for
    :raises ValueError: for an attribute that is not one, or that another option has
    """
    for row in rows:
        name = row["attribute"]
        if not re.fullmatch(r"[A-Za-z0-9][\w.:/-]*", name, re.ASCII):
            raise ValueError(f"{option}: {name!r} is not an attribute name")
        if option == "check_attributes":
            if name.lower() in passwords.ATTRIBUTES:
                raise ValueError(f"{option} cannot have {name}: use password or password_hash")
            if name.lower() == EXPIRATION.lower():
                raise ValueError(f"{option} cannot have {name}: use expiration")
            if has_type(name, row["value"], REJECTS):
                raise ValueError(f"{option} cannot have {name} := {row['value']}: use state: disabled")
        check_text(f"{option}: {name}", name, columns.attribute)
        check_text(f"{option}: the value of {name}", row["value"], columns.value)
    return in_order(rows)


# What is stored


def items(stored: StoredAccount, table: str) -> Iterator[tuple[Any, Any, Any]]:
    """Attribute, operator and value of the rows of an account."""
    for name, rows in stored.properties[table].items():
        for operator, value in rows:
            yield name, operator, value


def is_item(*parts: Any) -> bool:
    """Whether attribute, operator and value are there: the server refuses an account with a row where one is NULL."""
    return all(isinstance(part, str) and not isinstance(part, Unreadable) for part in parts)


def is_incomplete(stored: StoredAccount) -> bool:
    """Whether an attribute, operator or value of an account is NULL."""
    return any(None in item for table in (CHECK, REPLY) for item in items(stored, table))


def has_password(stored: StoredAccount) -> bool:
    """Whether an account has a check item with a password."""
    return any(isinstance(name, str) and name.lower() in passwords.ATTRIBUTES for name in stored.properties[CHECK])


def has_type(attribute: Any, value: Any, types: Collection[str]) -> bool:
    """Whether it is an Auth-Type of these."""
    return bool(attribute and value) and attribute.lower() == "auth-type" and value.lower() in types


# What is to be stored


def reply_rows(change: Change, stored: Mapping[Any, list[Any]]) -> dict[Any, list[Any]]:
    """The reply items of an account after a change, by attribute."""
    if "reply_attributes" not in change.values:
        return dict(stored)
    new = _by_attribute(change.values["reply_attributes"])
    kept = {name: rows for name, rows in stored.items() if name is not None and _stays(name, new)}
    return {**kept, **{name: _without_empty(rows, name) for name, rows in new.items()}}


def check_rows(change: Change, stored: Mapping[Any, list[Any]]) -> dict[Any, list[Any]]:
    """The same of the check items; rows without an attribute are not ours to understand."""
    replaced = set(passwords.ATTRIBUTES) if change.new_password else set()
    if "expiration" in change.values:
        replaced.add(EXPIRATION.lower())
    own = {*passwords.ATTRIBUTES, EXPIRATION.lower()}
    new = _by_attribute(change.values.get("check_attributes", ()))

    def goes(name: str) -> bool:
        if name.lower() in own:
            return name.lower() in replaced
        return "check_attributes" in change.values and not _stays(name, new)

    rows = {name: [] if name is not None and goes(name) else values for name, values in stored.items()}
    for name, values in new.items():
        rows[name] = _without_empty(values, name) + rows.get(name, [])
    if change.new_password:
        attribute, _colon, value = (change.password_hash or "").partition(":")
        rows[attribute] = [(":=", value)]
    if change.values.get("expiration"):
        rows[EXPIRATION] = [(":=", change.values["expiration"])]
    return rows


def _stays(attribute: str, declared: Collection[str]) -> bool:
    """Whether stored rows of an attribute are kept when others are declared: they may be secrets."""
    return not is_harmless(attribute) and attribute.lower() not in {name.lower() for name in declared}


def _without_empty(rows: Sequence[tuple[str, str]], attribute: str = "") -> list[tuple[str, str]]:
    """Rows of an attribute as they are to be stored. Of one that may be a secret, an empty value takes it away."""
    return [row for row in rows if row[1] != "" or is_harmless(attribute)]


def _by_attribute(rows: Sequence[Mapping[str, str]]) -> dict[str, list[Any]]:
    """Operators and values by attribute."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row["attribute"], []).append((row["op"], row["value"]))
    return found
