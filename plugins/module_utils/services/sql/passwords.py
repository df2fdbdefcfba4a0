# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords of a mapping: their columns, and the one text that their schemes know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.mapping import MappedPassword, MappingError
from ansible_collections.auth.services.plugins.module_utils.passwords import SCHEMES, Scheme, Schemes

NOBODY = "!"
"""What no password matches, in any scheme."""


class PasswordColumns:
    """The columns of a stored password.

    :param rows: the table that they are in
    :param pepper: a secret of the application
    :ivar table: a table of ``rows``; empty for the table of accounts
    """

    def __init__(self, mapped: MappedPassword, rows: Any, pepper: str | None) -> None:
        self.mapped, self.rows, self.table = mapped, rows, mapped.table
        self.columns = list(mapped.columns.values())
        schemes = [self._scheme(name, settings, pepper) for name, settings in mapped.schemes]
        self.scheme: Scheme = schemes[0] if len(schemes) == 1 else Schemes(schemes, schemes[0])

    def _scheme(self, name: str, settings: Mapping[str, Any], pepper: str | None) -> Scheme:
        if name not in SCHEMES:
            raise MappingError(f"{self.mapped.path}.scheme", f"{name!r} is not known; known are {', '.join(SCHEMES)}")
        return SCHEMES[name]

    def is_well_formed(self, stored: str) -> bool:
        """Whether a text is a stored password of one of the schemes."""
        return self.scheme.is_well_formed(stored)

    def joined(self, row: Mapping[str, Any]) -> str:
        """The columns as the one text that the schemes know."""
        value = row.get(self.mapped.columns["hash"])
        if isinstance(value, (bytes, bytearray, memoryview)):
            value = bytes(value).decode(errors="surrogateescape")
        return "" if value is None else str(value)

    def split(self, stored: str) -> dict[str, Any]:
        """The columns of a stored password."""
        column = self.rows.c[self.mapped.columns["hash"]]
        is_bytes = isinstance(column.type, sa.LargeBinary)
        return {column.name: stored.encode(errors="surrogateescape") if is_bytes else stored}

    def nobody(self, given: Any) -> dict[str, Any]:
        """The columns of an account that nobody has a password for.

        :param given: what the mapping says; None for what it does not say
        """
        column = self.rows.c[self.mapped.columns["hash"]]
        if given is None and self.mapped.none is None:
            return {column.name: None} if column.nullable else self.split(NOBODY)
        return {column.name: given}
