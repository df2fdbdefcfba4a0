# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prints the description of an adapter (docs/adding-a-service-type.md) from a mapping that auth.services.inspect drafted.

What a description does not say is a comment in it, with the name that the adapter's own code has to have: a method, another kind of door.

Usage: drafted_description.py MAPPING.YML
"""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

from ansible_collections.auth.services.plugins.module_utils.mapping import (
    ChangeDoor,
    EmptyDoor,
    FlagDoor,
    MarkerDoor,
    MembershipTable,
    read_mapping,
)


class Loader(yaml.SafeLoader):
    """Reads what Ansible reads."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def description(raw):
    """The source of a description, with the imports that it needs.

    :raises MappingError: for what is wrong with the mapping
    """
    mapping = read_mapping(raw)
    lines = ["description = Description(", *_accounts(mapping)]
    if mapping.rows or mapping.attributes:
        lines += ["    properties={", *(f"        {line}," for line in _properties(mapping)), "    },"]
    lines += _memberships(mapping)
    if mapping.doors:
        lines += ["    doors=(", *(f"        {line}" for door in mapping.doors for line in _door(door)), "    ),"]
    for kind in ("owned", "references"):
        pairs = [(one.table, one.account) for one in getattr(mapping, kind)]
        lines += [f"    {kind}={pairs!r},"] if pairs else []
    lines.append(")")
    body = "\n".join(lines)
    names = [name for name in ("Accounts", "Companion", "Description", "Door", "Emptied", "Field", "Flag", "Lookup", "Marker", "Memberships", "Properties")
             if f"{name}(" in body]
    module = "ansible_collections.auth.services.plugins.module_utils.description"
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + f")\n\n{body}\n"


def _fields(mapping, table):
    return [f"Field({field.option!r}, {field.column!r}" + (", spec={}" if field.option == "email" else "")
            + (f", max_length={field.max_length}" if field.max_length else "") + ")"
            for field in mapping.fields if field.table == table]


def _accounts(mapping):
    own = mapping.accounts
    yield f"    accounts=Accounts({own.table!r}, key={own.key or 'id'!r}, name={own.name.column!r},"
    if own.password is not None and not own.password.table:
        yield f"                      password={own.password.columns['hash']!r},  # {own.password.schemes[0][0]}: set scheme"
    constants = {name: value.of for name, value in own.new.items() if value.is_constant}
    for name, value in own.new.items():
        if not value.is_constant:
            yield f"                      # {name!r} is {value.kind}: give new rows a value in columns()"
    if constants:
        yield f"                      new={constants!r},"
    if own.where:
        yield f"                      where={dict(own.where)!r},"
    yield f"                      fields=[{', '.join(_fields(mapping, ''))}]),"


def _properties(mapping):
    for name, one in mapping.rows.items():
        yield f"{name!r}: Companion({one.table!r}, owner={one.account!r}, fields=[{', '.join(_fields(mapping, name))}])"
    for name, one in mapping.attributes.items():
        yield (f"{name!r}: Properties({one.table!r}, owner={one.account!r}, key={one.name!r}, value={one.value!r},"
               f" fields=[{', '.join(_fields(mapping, name))}])")


def _memberships(mapping):
    members, groups = mapping.memberships, mapping.groups
    if members is None:
        return
    if not isinstance(members, MembershipTable):
        yield f"    # groups are in the column {members.column!r}: read and write them in account() and columns()"
        return
    names = "" if groups is None else f", names=Lookup({groups.table!r}, key={groups.key!r}, name={groups.name!r})"
    yield f"    memberships=Memberships({members.table!r}, account={members.account!r}, group={members.group!r}{names}),"


def _door(door):
    says = '"who gets in by it", "how disabled shuts it"'
    if isinstance(door, FlagDoor) and not door.table and door.opened[0].is_constant and door.shut[0].is_constant:
        return [f'Flag({says}, "yes", column={door.column!r}, open_value={door.opened[0].of!r}, shut_value={door.shut[0].of!r}),']
    if isinstance(door, MarkerDoor):
        table = f", table={door.table!r}, key={door.column!r}" if door.table else f", column={door.column!r}"
        return [f'Marker({says}, "yes, the same password"{table}, mark={door.mark!r}),']
    if isinstance(door, EmptyDoor) and door.by == "key":
        return [f'Emptied({says}, "no, people log in again", rows={door.table!r}, account={door.account!r}),']
    what = door.column if isinstance(door, (FlagDoor, ChangeDoor)) else door.table
    return [f"# {what!r} needs a door of its own (description.py): {door.path}"]


def main():
    raw = yaml.load(Path(sys.argv[1]).read_text(encoding="utf-8"), Loader)  # noqa: S506  # a SafeLoader
    print(description(raw.get("service_mapping", raw)), end="")


if __name__ == "__main__":
    main()
