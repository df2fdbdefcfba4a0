# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which clear passwords somebody can log in with: one check, and what an application says of it as data. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

NUL = {"a NUL": "\0"}
LINE_BREAK = {"a line break": "[\r\n]"}


def _unchanged(password: str) -> str:
    return password


@dataclass(frozen=True)
class ClearPassword:
    """What an application takes as a password at its login.

    :ivar application: for messages: what refuses others
    :ivar max_bytes: of UTF-8, after preparing; 0 for no limit
    :ivar forbidden: regular expressions of what it does not take, before preparing, by what messages call it
    :ivar prepare: what the application makes of a password before it hashes or compares it; ``ValueError`` for one that
        cannot be prepared
    """

    application: str
    max_bytes: int = 0
    forbidden: Mapping[str, str] = field(default_factory=lambda: NUL)
    prepare: Callable[[str], str] = _unchanged

    def check(self, password: str) -> str:
        """A password that somebody can log in with, as the application hashes it. Messages do not quote it.

        :raises ValueError: for one that nobody could log in with
        """
        try:
            password.encode()
        except UnicodeEncodeError:
            raise ValueError("the password is not valid Unicode") from None
        for name, pattern in self.forbidden.items():
            if re.search(pattern, password):
                raise ValueError(f"the password contains {name}, which {self.application} does not accept")
        prepared = self.prepare(password)
        if not prepared:
            raise ValueError("the password is empty")
        if self.max_bytes and len(prepared.encode()) > self.max_bytes:
            raise ValueError(
                f"the password is longer than {self.max_bytes} bytes, more than {self.application} accepts"
            )
        return prepared
