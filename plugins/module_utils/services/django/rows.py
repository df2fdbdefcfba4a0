# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""New rows of a site's tables: what the user's own row has, and the rows that a site has beside it."""

from __future__ import annotations

import datetime
import functools
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.database import SchemaError
from ansible_collections.auth.services.plugins.module_utils.passwords import random_text
from ansible_collections.auth.services.plugins.module_utils.services.django.model import UserModel
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction

RANDOM, MAX_RANDOM = 32, 255  # characters of a random text where the column has no length, and at most


class RelatedRows:
    """The rows that a site has beside each user, of which Django's own models have none.

    :ivar defaults: the option ``related_defaults``: values by column, by table; None for a table that needs none
    """

    def __init__(self, sql: Transaction, model: UserModel, defaults: Mapping[str, Any]) -> None:
        self.sql, self.model, self.defaults = sql, model, defaults

    @functools.cached_property
    def columns(self) -> dict[str, str]:
        """Tables of ``related_defaults`` and their column with the user, those first that refer to others of them.

        :raises SchemaError: for a table that does not have one row for each user
        """
        columns: dict[str, str] = {}
        for name, values in self.defaults.items():
            if not isinstance(values, (dict, type(None))):
                raise SchemaError(f"related_defaults: {name} must be a dictionary of values by column, or empty."
                                  " Nothing was written.")
            try:
                self.sql.require({name: list(values or ())})
            except SchemaError as error:
                raise SchemaError(f"related_defaults: {error}") from error
            unique, target = self.model.unique_columns(name), (self.model.name, self.model.key.name)
            found = [column.name for column in self.sql.table(name).c
                     if column.name in unique and target in self.model.referred(column)]
            if len(found) != 1:
                raise SchemaError(f"related_defaults: table {name} has no column with a unique foreign key to"
                                  f" {self.model.name}, so its rows do not belong to one user each."
                                  " Nothing was written.")
            columns[name] = found[0]
        order: dict[str, str] = {}
        while columns:
            first = next((name for name in columns if not {table for table, _column in self.model.referrers(name)}
                          & (columns.keys() - {name})), next(iter(columns)))
            order[first] = columns.pop(first)
        return order

    def new(self) -> dict[str, dict[str, Any]]:
        """What new rows have beside the user, by table, those last that others refer to."""
        return {name: complete(self.model, name, self.defaults[name]) for name in reversed(self.columns)
                if self.defaults[name] is not None}

    def create(self, users: Iterable[Any]) -> None:
        """Insert those of new users."""
        users = list(users)
        for name in self.new() if users else ():
            column = self.columns[name]
            rows = [{**complete(self.model, name, self.defaults[name]), column: user} for user in users]
            self.sql.insert(self.sql.table(name), rows)

    def referenced(self, users: Sequence[Any]) -> dict[Any, dict[str, int]]:
        """How many rows of which tables refer to those of users, by user."""
        found: dict[Any, dict[str, int]] = {}
        for name, owner in self.columns.items():
            for table, column in self.model.referrers(name):
                if table in self.columns:
                    continue
                self.sql.require({table: (column,)})
                pairs, rows = self.sql.table(table), self.sql.table(name)
                [key] = {referred for target, referred in self.model.referred(pairs.c[column]) if target == name}
                statement = sa.select(rows.c[owner], sa.func.count()).where(
                    pairs.c[column] == rows.c[key]).group_by(rows.c[owner])
                for user, times in self.sql.select_in(statement, rows.c[owner], users):
                    found.setdefault(user, {})[table] = times
        return found


def complete(model: UserModel, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """A new row of these values, and with a key where Django makes it: a UUID."""
    table = model.sql.table(name)
    row = {column: stored_value(table.c[column], value) for column, value in values.items()}
    for key in table.primary_key.columns:
        form = model.uuid_form(name, key) if key.name not in row and key.server_default is None else ""
        if form:
            row[key.name] = uuid.uuid4().hex if form == "hex" else str(uuid.uuid4())
    return row


def stored_value(column: Any, value: Any) -> Any:
    """What a value of ``column_defaults`` means for a column: ``now``, ``random``, JSON, or itself."""
    kind, length = column.type, getattr(column.type, "length", None)
    text = isinstance(kind, (sa.String, sa.types.NullType))
    if isinstance(kind, sa.JSON):
        try:
            return json.loads(value) if isinstance(value, str) else value
        except ValueError:
            return value
    if text and isinstance(value, (dict, list)):
        return json.dumps(value)
    if value == "random" and text:
        return random_text(min(length or RANDOM, MAX_RANDOM))
    if value != "now" or not (isinstance(kind, (sa.DateTime, sa.Date)) or text):
        return value
    moment = datetime.datetime.now(datetime.timezone.utc)
    if getattr(kind, "timezone", False):
        return moment
    moment = moment.replace(tzinfo=None)
    if text:
        # As Django keeps it in SQLite, whose STRICT tables know no other type for it.
        written = moment.isoformat(" ", "microseconds")
        return value if length and length < len(str(moment.date())) else written[:length]
    return moment.date() if isinstance(kind, sa.Date) else moment
