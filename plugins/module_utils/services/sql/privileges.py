# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Privileges on the tables of a mapping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.mapping import (
    EmptyDoor,
    MembershipTable,
    RowDoor,
    all_values,
    read_mapping,
)
from ansible_collections.auth.services.plugins.module_utils.privileges import Privileges, Purpose, Tables, on


def places(options: Mapping[str, Any]) -> dict[str, Tables | tuple[str, ...]]:
    """The tables that a mapping names, by what they are for.

    :param options: of the module, ``mapping`` among them; without it, none has a table
    """
    found: dict[str, set[str]] = {name: set() for name in (
        "accounts", "rows", "attributes", "groups", "memberships", "row", "empty", "owned", "copied", "lookup",
        "counter")}
    if options.get("mapping"):
        mapping = read_mapping(options["mapping"])
        found["accounts"].add(mapping.accounts.table)
        found["rows"] |= set(mapping.rows)
        found["attributes"] |= set(mapping.attributes)
        found["groups"] |= {one.table for one in (mapping.groups, *(field.names for field in mapping.fields)) if one}
        if isinstance(mapping.memberships, MembershipTable):
            found["memberships"].add(mapping.memberships.table)
        for name, kind in (("row", RowDoor), ("empty", EmptyDoor)):
            found[name] |= _tables(one for one in mapping.doors if isinstance(one, kind))
        for name in ("owned", "copied"):
            found[name] |= _tables(getattr(mapping, name))
        for value in all_values(mapping):
            if value.kind in ("lookup", "counter"):
                found[value.kind].add(value.of)
    # Any table may refer to an account.
    return {**{name: tuple(sorted(tables)) for name, tables in found.items()}, "references": Tables(pattern=".*")}


def _tables(parts: Iterable[Any]) -> set[str]:
    return {one.table for one in parts}


PRIVILEGES = Privileges(
    "Mappings",
    (
        Purpose("read: `sql_user_info`, and a run that finds nothing to do", "read", (
            on("SELECT", "*accounts*", "*rows*", "*attributes*", "*groups*", "*memberships*", "*row*"),
        )),
        Purpose("create", "create", (
            on("INSERT", "*accounts*", "*rows*", "*attributes*"),
            on("SELECT", "*lookup*"),
            on("SELECT, UPDATE", "*counter*"),
            on("SELECT, INSERT", "*copied*"),
        )),
        Purpose("`password`", "password", (
            on("UPDATE", "*accounts*", "*rows*"), on("SELECT, DELETE", "*empty*"),
        )),
        Purpose("fields, `disabled`, `enabled`", "write", (
            on("UPDATE", "*accounts*", "*rows*"),
            on("INSERT, DELETE", "*attributes*", "*row*"),
            on("SELECT, DELETE", "*empty*"),
        )),
        Purpose("`groups`", "groups", (on("UPDATE", "*accounts*"), on("INSERT, DELETE", "*memberships*"))),
        Purpose("`absent`", "absent", (
            on("SELECT", "*references*"),
            on("DELETE", "*accounts*", "*rows*", "*attributes*", "*memberships*", "*row*", "*empty*", "*owned*"),
        )),
        Purpose("every line that writes, on PostgreSQL and MySQL", "write postgresql | write mysql", (
            on("UPDATE", "*accounts*"),
        ), locks=True),
    ),
    places,
)
