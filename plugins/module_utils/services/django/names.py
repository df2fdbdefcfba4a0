# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of a site's users: how Django normalises them, and what the site makes of those that differ in case only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence

from ansible_collections.auth.services.plugins.module_utils.account import SHUT, Declared, first_names, is_valid_unicode
from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.services.django.model import UserModel
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction

ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")


class Names:
    """The names of a site's users.

    :ivar case: the option ``name_case``
    :ivar column: that they are in
    """

    def __init__(self, sql: Transaction, model: UserModel, case: str | None) -> None:
        self.sql, self.model, self.case = sql, model, case
        self.column = model.table.c[model.username]
        self._stored: dict[str, bool] = {}  # whether an account has this very name

    def canonical(self, name: str) -> str:
        """As Django normalises a name for a new account and at login, and in lower case where the site wants it so.

        A name that an account already has is kept: other writers to the table need not normalise.
        """
        if "\0" in name:
            raise ValueError("it contains a NUL, which no database accepts in a name")
        normalised = self.normalise(name)
        lowered = normalised.lower() if normalised != normalised.lower() and self.lowers else normalised
        if name == lowered or not self.is_stored(name) or (lowered != normalised and self.is_stored(lowered)):
            return lowered
        return name

    def normalise(self, name: str) -> str:
        # AbstractBaseUser.normalize_username, BaseUserManager.normalize_email
        name = unicodedata.normalize("NFKC", name)
        return normalize_email(name) if self.model.username == "email" else name

    def remember(self, names: Collection[str], only: bool) -> None:
        """Names that accounts have, kept for later questions.

        :param only: forget others: of all accounts, only some are in memory at a time
        """
        if only:
            self._stored.clear()
        self._stored.update(dict.fromkeys(names, True))

    def look_up(self, names: Iterable[str]) -> None:
        """Ask for the names, in all forms that ``canonical`` may ask for."""
        forms: set[str] = set()
        for name in names:
            if is_valid_unicode(name) and "\0" not in name:
                normalised = self.normalise(name)
                forms |= {name, normalised, normalised.lower()}
        unknown = forms - self._stored.keys()
        if unknown:
            self._ask(unknown)

    def _ask(self, names: Collection[str]) -> None:
        rows = self.sql.select_in(sa.select(self.column), self.column, self.sql.storable(self.column, names))
        there = {row[0] for row in rows}
        self._stored.update((name, name in there) for name in names)

    def is_stored(self, name: str) -> bool:
        """Whether an account has this very name, whatever the collation takes for the same."""
        if name not in self._stored and is_valid_unicode(name):
            self._ask([name])
        return self._stored.get(name, False)

    @property
    def lowers(self) -> bool:
        """Whether the site lowers names before it saves them and looks them up."""
        case = self.case
        return case == "lower" or (case is None and self.model.username in self.model.lower_unique)

    def folds(self, name: str) -> bool:
        """Whether the site takes names that differ from this in case only for the same. Nobody has two addresses so."""
        case = self.case
        address = case is None and ADDRESS.fullmatch(name) is not None
        return case == "lower" or address or self.model.username in self.model.lower_unique

    def in_another_case(self, names: Collection[str]) -> dict[str, list[str]]:
        """Names that accounts have and that differ from these in case only."""
        wanted = {name.lower() for name in names if is_valid_unicode(name)}
        if not wanted or self.sql.ignores_case(self.column):
            return {}
        column = self.column
        statement = sa.select(column)
        rows = list(self.sql.select_in(statement, column, self.sql.storable(column, wanted), sa.func.lower))
        if not self.sql.database.kind.lowers_all and not all(map(str.isascii, wanted)):
            rows += self.sql.connection.execute(statement.where(column.op("GLOB")("*[^\x01-\x7f]*")))
        stored = [row[0] for row in rows if isinstance(row[0], str)]
        by_case: dict[str, set[str]] = {}
        for name in stored:
            by_case.setdefault(name.lower(), set()).add(name)
        others = {name: sorted(by_case.get(name.lower(), set()) - {name}) for name in names}
        return {name: spellings for name, spellings in others.items() if spellings}

    def doubtful(self, declared: Sequence[Declared]) -> list[tuple[Declared, Sequence[str], str]]:
        """Names that differ from those of other accounts in case only, where it is unknown how the site treats them."""
        new = [one for one in declared if not self.is_stored(one.name)
               and (self.case != "exact" or self.folds(one.name))]
        others = self.in_another_case([one.name for one in new])
        names = {one.name for one in declared}
        problems: list[tuple[Declared, Sequence[str], str]] = []
        for one in new:
            spellings = others.get(one.name, [])
            found = len(spellings) == 1 and self.folds(one.name)  # the name finds the account
            if not spellings or found or (one.state in SHUT and not names.isdisjoint(spellings)):
                continue  # the last belongs to no account, and the account with the other spelling is declared as well
            problem = (f"the name differs from {first_names(spellings)} only in case; declare it as it is stored, or"
                       " set name_case to exact if they are different people, or to lower if the site lowers names")
            problems.append((one, spellings, problem))
        return problems

    @property
    def are_exact(self) -> bool:
        """Whether names that differ in case only are surely different ones."""
        return self.case == "exact" and self.model.username not in self.model.lower_unique

    def check_new(self, name: str) -> None:
        """What the site's own forms ask of a new name.

        :raises ValueError: for what they refuse
        """
        if not name:
            raise ValueError("the name is empty")
        if self.model.username == "email":
            checked_email(name)
        # UnicodeUsernameValidator
        if self.model.username == "username" and not re.fullmatch(r"[\w.@+-]+", name):
            raise ValueError("Django user names consist of letters, digits and @ . + - _")


def normalize_email(address: str) -> str:
    """As BaseUserManager.normalize_email: the domain in lower case."""
    local, at, domain = address.strip().rpartition("@")
    return f"{local}{at}{domain.lower()}" if at else domain


def checked_email(address: str) -> str:
    """An address in Django's form, or nothing.

    :raises ValueError: for what is not an address; Django's own EmailValidator refuses more
    """
    address = normalize_email(address)
    if address and not ADDRESS.fullmatch(address):
        raise ValueError(f"{address!r} is not an e-mail address")
    return address
