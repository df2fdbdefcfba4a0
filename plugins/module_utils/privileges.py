# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which privileges on which tables of an application are needed for what, as data: pure.

Each service type has a file ``privileges.py`` with ``PRIVILEGES``. The tables of privileges in the documentation, the
notes of the modules, the tests of least privilege and the statements of ``auth.services.grants`` come from it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Grant:
    """Privileges on tables.

    :ivar privileges: ``SELECT``, ``UPDATE (option_value)`` ...; ``USAGE`` is that of sequences
    :ivar tables: names without prefix; ``*name*`` stands for what ``Privileges.places`` says
    """

    privileges: tuple[str, ...]
    tables: tuple[str, ...]


def on(privileges: str, *tables: str) -> Grant:
    """``SELECT, INSERT`` on these tables."""
    return Grant(tuple(privileges.split(", ")), tables)


@dataclass(frozen=True)
class Purpose:
    """What privileges are for: a line of the documentation.

    :ivar label: in Markdown, another one for each line of a type
    :ivar when: words that an inventory must all say for it, in alternatives with ``|`` between them: ``read``,
        ``write``, ``create``, a state, an option, a flag such as ``network=true``, an engine. One with ``-`` in front
        must not be said. Empty where no inventory can say it
    :ivar beside: the line that these privileges come on top of, in words
    :ivar after: what the line says behind the privileges
    :ivar locks: they lock rows, for which MariaDB needs none
    """

    label: str
    when: str
    grants: tuple[Grant, ...]
    beside: str = ""
    after: str = ""
    locks: bool = False

    def is_needed(self, words: Collection[str]) -> bool:
        """Whether an inventory that says these words needs them."""
        return any(all((word[1:] not in words) if word[0] == "-" else (word in words) for word in said.split())
                   for said in self.when.split("|") if said.strip())


@dataclass(frozen=True)
class Tables:
    """Tables that the database must tell, all without prefix.

    :ivar names: these, as far as they are there
    :ivar pattern: those whose whole name this regular expression matches
    :ivar referring_to: those with a foreign key to one of these
    :ivar referred_by: those that a foreign key of one of these leads to
    """

    names: tuple[str, ...] = ()
    pattern: str = ""
    referring_to: tuple[str, ...] = ()
    referred_by: tuple[str, ...] = ()


def where_there(*names: str) -> dict[str, Tables]:
    """Tables that not every release of an application has, or not every site."""
    return {name: Tables(names=(name,)) for name in names}


@dataclass(frozen=True)
class Privileges:
    """All privileges of a service type.

    :ivar heading: what ``docs/security.md`` calls the type
    :ivar purposes: the lines; the first one is needed for everything
    :ivar places: by a name in ``Grant.tables`` the tables that it stands for, from the options of the module. Any other
        name is that of a table that is always there
    """

    heading: str
    purposes: tuple[Purpose, ...]
    places: Callable[[Mapping[str, Any]], Mapping[str, Tables | tuple[str, ...]]] = lambda options: {}

    def tables(self, name: str, options: Mapping[str, Any]) -> Tables | tuple[str, ...]:
        """What a name in ``Grant.tables`` stands for."""
        name = name.strip("*")
        return self.places(options).get(name, (name,))

    def needed(self, words: Collection[str]) -> list[Purpose]:
        """The purposes of an inventory that says these words."""
        return [purpose for purpose in self.purposes if purpose.is_needed(words)]
