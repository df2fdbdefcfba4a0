# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tables of a site say about its user model: keys, references, groups, and which values must differ."""

from __future__ import annotations

import collections
import functools
import re
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.database import SchemaError
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction

UUIDS = {"hex": "[0-9a-f]{32}", "dashes": "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"}
LOWER = r"\s*\(?\s*lower\(\s*\(*[\"`\[]?([^()\"`,\]]+?)[\"`\]]?\s*\)*(?:::[\w ]+)?\)\s*\)?\s*$"
"""What databases make of ``LOWER(column)`` in the definition of an index, with the column."""


class UserModel:
    """The table of users, and those around it.

    :ivar name: of the table, without prefix
    :ivar username: column that people log in with
    :ivar pairs: name of the table of memberships
    :raises SchemaError: where its columns do not tell one user from another
    """

    def __init__(self, sql: Transaction, name: str, username: str) -> None:
        self.sql, self.name, self.username = sql, name, username
        self.pairs = f"{name}_groups"
        sql.require({name: (username, "password")})
        self.table = sql.table(name)
        # SQLAlchemy 1.4 does not know citext
        if not isinstance(self.table.c[username].type, (sa.String, sa.types.NullType)):
            raise SchemaError(f"{sql.database.describe()}: column {username} of table {self.table.name} is not a text"
                              " column, so it cannot hold user names. Check username_column. Nothing was written.")
        self.key = self._find_key()
        self._uuid_forms: dict[tuple[str, str], str] = {}
        self._referrers_of: dict[str, list[tuple[str, str]]] = {}

    def _find_key(self) -> Any:
        """The column that other tables refer to.

        :raises SchemaError: where it does not tell one user from another
        """
        def refuse(problem: str) -> SchemaError:
            where = self.sql.database.describe()
            return SchemaError(f"{where}: table {self.table.name} {problem}. Nothing was written.")

        # An import may leave none; users of one number are refused then.
        columns = list(self.table.primary_key.columns) or [column for column in self.table.c if column.name == "id"]
        if len(columns) != 1:
            raise refuse("has no primary key of one column, so its users cannot be told apart")
        key = columns[0]
        if not (isinstance(key.type, (sa.Integer, sa.String, sa.types.NullType)) or hasattr(key.type, "as_uuid")):
            raise refuse(f"has a primary key ({key.name}) that is neither a number nor a text nor a UUID")
        return key

    def groups(self) -> tuple[str, str, dict[Any, str]]:
        """Columns of the user and of the group in the table of memberships, and names of groups by key.

        A site's own Group model has its groups in a table of its own, beside Django's.

        :raises ValueError: when it is unknown which table that is
        """
        owner, column = self.pair(self.pairs, "group_id")
        targets = self.referred(self.sql.table(self.pairs).c[column])
        if not targets:
            candidates = self.look_like_groups()
            if candidates != ["auth_group"]:
                shown = ", ".join(candidates) or "none is visible"
                raise ValueError(f"no foreign key says which table {self.pairs}.{column} refers to ({shown});"
                                 " declare it")
            targets = {("auth_group", "id")}
        shown = ", ".join(sorted(table for table, _key in targets))
        (table, key), *others = targets
        if others:
            raise ValueError(f"{self.pairs}.{column} refers to several tables ({shown})")
        if not self.sql.has_table(table):
            raise ValueError(f"table {table}, to which {self.pairs}.{column} refers, is not found (or login_user has"
                             " no privilege SELECT on it)")
        group = self.sql.table(table)
        if not {key, "name"} <= set(group.c.keys()):
            raise ValueError(f"table {table}, to which {self.pairs}.{column} refers, has no column name")
        rows = [tuple(row) for row in self.sql.connection.execute(sa.select(group.c[key], group.c.name))]
        times = collections.Counter(name for _key, name in rows)
        # A model of the site's own may have a name twice, for two customers, say.
        names = {number: name if name is not None and times[name] == 1 else f"{name or ''} ({number})".strip()
                 for number, name in rows}
        if len(names) < len(rows):
            raise ValueError(f"several groups in table {table} have the same {key}, so they cannot be told apart")
        return owner, column, names

    def look_like_groups(self) -> list[str]:
        """Tables that may be the one of groups."""
        found = []
        for name in sorted(self.sql.database.table_names(self.sql.connection)):
            name = name[len(self.sql.database.prefix):] if name.startswith(self.sql.database.prefix) else ""
            if name != self.pairs and re.search("groups?$", name, re.IGNORECASE) and "name" in self.sql.table(name).c:
                found.append(name)
        return found

    def pair(self, name: str, other: str) -> tuple[str, str]:
        """The columns of one of Django's tables of pairs: the user, and what the user has.

        They are called after the models, which may be the site's own: what foreign keys say comes first.

        :param other: what the second is called where no foreign key says which it is
        :raises ValueError: for a table of another kind
        """
        targets = {column.name: {table for table, _key in self.referred(column)} for column in self.sql.table(name).c}
        without = [column for column, tables in targets.items() if not tables and column != "id"]
        owners = [column for column, tables in targets.items() if tables == {self.name}]
        owners = owners or [column for column in without if column != other]
        others = [column for column, tables in targets.items() if tables - {self.name}]
        others = others or [column for column in without if column == other]
        if len(owners) != 1 or len(others) != 1:
            raise ValueError(f"table {name} is not one that Django makes for the users in {self.name}")
        return owners[0], others[0]

    def referred(self, column: Any) -> set[tuple[str, str]]:
        """Tables, without prefix, and their columns that foreign keys make a column refer to."""
        found = set()
        schema = f"{self.sql.database.schema}." if self.sql.database.schema else ""
        for key in column.foreign_keys:
            table, _dot, referred = key.target_fullname.rpartition(".")
            for start in (schema, self.sql.database.prefix):
                table = table[len(start):] if table.startswith(start) else table
            found.add((table, referred))
        return found

    @functools.cached_property
    def lower_unique(self) -> set[str]:
        """Columns whose values must differ in more than case: there is a unique index on LOWER(column)."""
        if self.sql.database.kind.ignores_case:
            return set()  # its usual collations find a name in any case anyway
        expressions = self.sql.database.kind.unique_expressions(self.sql.connection, self.table)
        found = (re.match(LOWER, text, re.IGNORECASE | re.DOTALL) for text in expressions)
        return {match[1] for match in found if match}

    @functools.cached_property
    def unique(self) -> set[str]:
        """Columns of the table of users in which no two rows have the same value."""
        return self.unique_columns(self.name)

    def unique_columns(self, name: str) -> set[str]:
        return self.sql.database.kind.unique_columns(self.sql.connection, self.sql.table(name))

    def uuid_form(self, name: str, key: Any) -> str:
        """How a primary key holds UUIDs, ``hex`` or ``dashes``; empty for another kind of key.

        Django has them in UUID columns or, where there are none, in CHAR(32), which it makes of nothing else.
        """
        if (name, key.name) not in self._uuid_forms:
            native = self.sql.database.kind.is_uuid(key.type)
            length = getattr(key.type, "length", None)
            form = ""
            if native or (isinstance(key.type, sa.CHAR) and length in (32, 36)):
                form = "hex" if length == 32 else "dashes"
                row = self.sql.connection.execute(sa.select(key).limit(1)).first()
                if row is not None and not re.fullmatch(UUIDS[form], str(row[0])):
                    form = ""
            self._uuid_forms[name, key.name] = form
        return self._uuid_forms[name, key.name]

    def referrers(self, name: str) -> list[tuple[str, str]]:
        """``Database.references``, looked up once."""
        if name not in self._referrers_of:
            self._referrers_of[name] = self.sql.database.references(self.sql.connection, name)
        return self._referrers_of[name]
