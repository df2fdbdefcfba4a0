# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stored passwords that are in several columns: digest and salt, the keys of SCRAM. Pure.

All that works with stored passwords has one text of each. Here it is ``hash=...&salt=...``, and it becomes the columns
and back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Optional
from urllib.parse import quote, unquote

from ansible_collections.auth.services.plugins.module_utils.passwords.scheme import Scheme

HASH = "hash"
"""The part that every stored password has."""
Values = Mapping[str, Optional[str]]


@dataclass(frozen=True)
class Parts:
    """Names of the parts that have a column each, in their order; with the part ``hash`` alone, the text is that."""

    names: tuple[str, ...] = (HASH,)

    def join(self, values: Mapping[str, Any]) -> str:
        """One text of what the columns have; a part that is NULL is left out, and of all NULL it is "".

        :param values: text, numbers, bytes or None by part
        """
        texts = {name: _text(values[name]) for name in self.names if values.get(name) is not None}
        if self.names == (HASH,):
            return texts.get(HASH, "")
        return "&".join(f"{name}={quote(text, safe='$+/=.:{}*!,', errors='surrogateescape')}"
                        for name, text in texts.items())

    def split(self, stored: str) -> dict[str, str | None]:
        """What the columns have, by part.

        :raises ValueError: for another text
        """
        if self.names == (HASH,):
            return {HASH: stored}
        found: dict[str, str | None] = dict.fromkeys(self.names)
        for part in stored.split("&") if stored else ():
            name, equals, text = part.partition("=")
            if not equals or name not in found or found[name] is not None:
                raise ValueError(f"it must have the form {'&'.join(f'{name}=...' for name in self.names)}")
            found[name] = unquote(text, errors="surrogateescape")
        return found


class PartsScheme(Scheme):
    """A scheme that can have its parts in several columns. Without others, all is in ``hash``."""

    parts: Sequence[str] = (HASH,)
    """What needs a column."""

    def identifies(self, values: Values) -> bool:
        """``identify`` of the parts."""
        raise NotImplementedError

    def is_whole(self, values: Values) -> bool:
        """``is_well_formed`` of the parts."""
        raise NotImplementedError

    def belongs(self, values: Values, password: str, account: str) -> bool:
        """``verify`` of the parts."""
        raise NotImplementedError

    def new_parts(self, password: str, account: str) -> dict[str, str]:
        """``make`` of the parts."""
        raise NotImplementedError(f"{type(self).__name__} verifies old passwords and makes no new ones")

    def identify(self, stored: str) -> bool:
        return self.identifies({HASH: stored})

    def is_well_formed(self, stored: str) -> bool:
        return self.is_whole({HASH: stored})

    def verify(self, stored: str, password: str, account: str = "") -> bool:
        return self.belongs({HASH: stored}, password, account)

    def make(self, password: str, account: str = "") -> str:
        return self.new_parts(password, account)[HASH]


@dataclass(frozen=True)
class Whole(PartsScheme):
    """A scheme of one text as the part ``hash``."""

    scheme: Scheme

    def identifies(self, values: Values) -> bool:
        return self.scheme.identify(values.get(HASH) or "")

    def is_whole(self, values: Values) -> bool:
        return self.scheme.is_well_formed(values.get(HASH) or "")

    def belongs(self, values: Values, password: str, account: str) -> bool:
        return self.scheme.verify(values.get(HASH) or "", password, account)

    def new_parts(self, password: str, account: str) -> dict[str, str]:
        return {HASH: self.scheme.make(password, account)}


@dataclass(frozen=True)
class InColumns(Scheme):
    """A scheme whose stored passwords are in several columns, as the text of ``Parts``.

    :ivar columns: all that there are; what the scheme does not need is emptied
    """

    columns: Parts
    scheme: PartsScheme

    def identify(self, stored: str) -> bool:
        values = self._values(stored)
        return values is not None and self.scheme.identifies(values)

    def is_well_formed(self, stored: str) -> bool:
        values = self._values(stored)
        return values is not None and self.scheme.is_whole(values)

    def verify(self, stored: str, password: str, account: str = "") -> bool:
        values = self._values(stored)
        return values is not None and self.scheme.belongs(values, password, account)

    def make(self, password: str, account: str = "") -> str:
        unused = {name: "0" if name == "iterations" else "" for name in self.columns.names}
        return self.columns.join({**unused, **self.scheme.new_parts(password, account)})

    def _values(self, stored: str) -> dict[str, str | None] | None:
        try:
            return self.columns.split(stored)
        except ValueError:
            return None


def _text(value: Any) -> str:
    return value.decode(errors="surrogateescape") if isinstance(value, bytes) else str(value)
