# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fields of a mapping: what their columns have, and what their options are."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.mapping import MappedField, MappingError
from ansible_collections.auth.services.plugins.module_utils.services.sql.values import constant


def option_spec(field: MappedField) -> dict[str, Any]:
    """The argument spec of a field's option."""
    if field.values is not None:
        return {"type": "str", "choices": list(field.values)}
    return {"type": field.type}


class FieldColumn:
    """A field and its column.

    :param names: for a field with ``names``, the name of each key
    """

    def __init__(self, field: MappedField, column: Any, names: Mapping[Any, str] | None = None) -> None:
        self.field, self.column = field, column
        self._names = names
        words = dict(field.values or {})
        if field.type == "bool":
            self._stored: dict[Any, Any] = {True: self._constant(field.true), False: self._constant(field.false)}
        elif names is not None:
            self._stored = {name: key for key, name in names.items()}
        else:
            self._stored = {word: self._constant(value) for word, value in words.items()}
        self._shown = {value: word for word, value in self._stored.items()}

    def _constant(self, value: Any) -> Any:
        return constant(self.column, value, self.field.path)

    def stored(self, value: Any) -> Any:
        """What the column gets for the value of the option.

        :raises ValueError: for a value that it cannot have
        """
        if value == "" and (self._names is not None or not isinstance(self.column.type, sa.String)):
            return None
        if self._names is not None or self.field.values is not None or self.field.type == "bool":
            if value not in self._stored:
                known = ", ".join(sorted(map(str, self._stored))) or "none"
                raise ValueError(f"{self.field.option} {value!r} is not known; known are {known}")
            return self._stored[value]
        if value == "" and self.column.nullable and self._is_unique():
            return None  # of which a unique key allows several
        return self._constant(value)

    def as_stored(self, value: Any) -> Any:
        """The value of the option as it is read again: ``12.5`` may be stored as ``12.50``.

        :raises ValueError: for a value that the column cannot have
        """
        try:
            return self.shown(self.stored(value))
        except MappingError as error:
            raise ValueError(f"{self.field.option}: {error.problem}") from None

    def _is_unique(self) -> bool:
        table = self.column.table
        keys = [*(one.columns for one in table.constraints if isinstance(one, sa.UniqueConstraint)),
                *(one.columns for one in table.indexes if one.unique)]
        return any(self.column.name in {column.name for column in key} for key in keys)

    def shown(self, stored: Any) -> Any:
        """The value of the option for what the column has."""
        if isinstance(stored, (bytes, bytearray, memoryview)):
            stored = bytes(stored).decode(errors="surrogateescape")
        if self.field.type == "bool":
            return self._shown[stored] if stored in self._shown else bool(stored)
        if stored is None:
            return None if self.field.type == "int" else ""
        if stored in self._shown:
            return self._shown[stored]
        if self.field.type == "int":
            return stored
        if isinstance(self.column.type, sa.Boolean):
            return "true" if stored else "false"
        if isinstance(stored, (datetime.datetime, datetime.date)):
            return stored.isoformat()
        return stored if isinstance(stored, str) else str(stored)
