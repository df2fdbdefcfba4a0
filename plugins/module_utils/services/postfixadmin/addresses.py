# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses of mailboxes: one in whatever letters it is stored is one mailbox, since Postfix asks in small ones."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction

# check_email() and check_domain() of functions.inc.php, and PHP's FILTER_VALIDATE_EMAIL
ATOM = r"[-!#$%&'*+/0-9=?a-z^_{|}~]+"
LABEL = r"(?!-)[-0-9a-z]{1,63}(?<!-)"
ADDRESS = re.compile(rf"(?=.{{3,254}}\Z)(?=[^@]{{1,64}}@){ATOM}(?:\.{ATOM})*@(?:{LABEL}\.)+(?=.{{1,13}}\Z){LABEL}")


class Addresses:
    """The addresses of the mailboxes that are there."""

    def __init__(self, sql: Transaction) -> None:
        self.sql = sql
        self._spelled: tuple[set[str], dict[str, str]] | None = None

    def mailbox_of(self, address: str, other: str) -> str:
        """The mailbox that is stored under an address in whatever letters, or another name where there is none."""
        capital, alone = self.capitals()
        return address if address in capital else alone.get(address.lower(), other)

    def capitals(self) -> tuple[set[str], dict[str, str]]:
        """Mailboxes with capital letters, and those of them by small ones that are alone under their address."""
        if self._spelled is None:
            username = self.sql.table("mailbox").c.username
            statement = sa.select(username).where(self.sql.database.exact(username) != sa.func.lower(username))
            capital = {row[0] for row in self.sql.connection.execute(statement)}
            by_address: dict[str, list[str]] = {}
            for name in capital:
                by_address.setdefault(name.lower(), []).append(name)
            small = {row[0] for row in self.sql.select_in(sa.select(username), username, by_address)} - capital
            self._spelled = (capital, {lower: names[0] for lower, names in by_address.items()
                                       if len(names) == 1 and lower not in small})
        return self._spelled

    def spellings(self, keys: Collection[Any]) -> list[Any]:
        """Mailboxes, and the small letters in which others ask for them."""
        return [*keys, *(key.lower() for key in keys
                         if key != key.lower() and self.mailbox_of(key.lower(), "") == key)]


def domain_of(address: str) -> str:
    """The domain of an address, in small letters."""
    return address.rpartition("@")[2].lower()
