# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords of a mapping: their columns, and the one text that their schemes know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.mapping import MappedPassword, MappingError
from ansible_collections.auth.services.plugins.module_utils.passwords import Scheme, Schemes
from ansible_collections.auth.services.plugins.module_utils.passwords.by_name import make_scheme, unused_columns
from ansible_collections.auth.services.plugins.module_utils.passwords.parts import HASH, Parts

NOBODY = "!"
"""What no password matches, in any scheme."""


class PasswordColumns:
    """The columns of a stored password.

    :param rows: the table that they are in
    :param pepper: a secret of the application
    :ivar table: a table of ``rows``; empty for the table of accounts
    :ivar lacking: why no clear password can be verified or stored; empty where one can
    """

    def __init__(self, mapped: MappedPassword, rows: Any, pepper: str | None) -> None:
        self.mapped, self.rows, self.table = mapped, rows, mapped.table
        self.columns, self.parts = list(mapped.columns.values()), Parts(tuple(mapped.columns))
        self.lacking = ""
        schemes, unused = [], set(mapped.columns)
        for number, (name, settings) in enumerate(mapped.schemes):
            try:
                schemes.append(self._scheme(name, settings, pepper))
                unused &= set(unused_columns(name, settings, self.parts.names))
            except ValueError as error:
                path = f"{mapped.path}.also[{number - 1}]" if number else f"{mapped.path}.scheme"
                raise MappingError(path, str(error)) from None
        if unused:
            raise MappingError(f"{mapped.path}.columns", f"the scheme stores nothing that is called {min(unused)}")
        self.scheme: Scheme = schemes[0] if len(schemes) == 1 else Schemes(schemes, schemes[0])

    def _scheme(self, name: str, settings: Mapping[str, Any], pepper: str | None) -> Scheme:
        try:
            return make_scheme(name, settings, self.parts.names, pepper)
        except ValueError as error:
            if pepper is not None:
                raise
            # Whoever reads or shuts out needs no pepper.
            found = make_scheme(name, settings, self.parts.names, NOBODY)
            self.lacking = str(error)
            return found

    def is_well_formed(self, stored: str) -> bool:
        """Whether a text is a stored password of one of the schemes."""
        return self.scheme.is_well_formed(stored)

    def joined(self, row: Mapping[str, Any]) -> str:
        """The columns as the one text that the schemes know."""
        values = {part: _plain(row.get(column)) for part, column in self.mapped.columns.items()}
        return self.parts.join(values) if values[HASH] else ""

    def split(self, stored: str) -> dict[str, Any]:
        """The columns of a stored password."""
        values = self.parts.split(stored)
        return {column: self._value(self.rows.c[column], values[part]) for part, column in self.mapped.columns.items()}

    @staticmethod
    def _value(column: Any, text: str | None) -> Any:
        if text is None:
            return None if column.nullable else ""
        if isinstance(column.type, sa.LargeBinary):
            return text.encode(errors="surrogateescape")
        return int(text) if isinstance(column.type, sa.Integer) else text

    def nobody(self, given: Any) -> dict[str, Any]:
        """The columns of an account that nobody has a password for.

        :param given: what the mapping says; None for what it does not say
        """
        columns = {part: self.rows.c[name] for part, name in self.mapped.columns.items()}
        empty = {column.name: None if column.nullable else self._value(column, "0" if isinstance(
            column.type, sa.Integer) else "") for column in columns.values()}
        column = columns[HASH]
        if given is None and self.mapped.none is None:
            given = None if column.nullable else self._value(column, NOBODY)
        return {**empty, column.name: given}


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, (bytearray, memoryview)) else value
