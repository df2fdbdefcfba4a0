# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an application wrote for an account of its own, beside what the module wrote for another."""

from __future__ import annotations

import json
from collections import Counter

from ansible.errors import AnsibleFilterError


def added(before, after, changed=True):
    """Rows that are new, by table.

    :arg changed: whether those count whose key was there before, where the table has one
    """
    found = {}
    for table, rows in after["rows"].items():
        key = after["tables"][table]["key"]
        old, old_keys = Counter(), set()
        for row in before["rows"].get(table, []):
            old[json.dumps(row, sort_keys=True)] += 1
            old_keys.add(str([row[column] for column in key]))
        new = [json.loads(line) for line in sorted((Counter(json.dumps(row, sort_keys=True) for row in rows) - old).elements())]
        if key and not changed:
            new = [row for row in new if str([row[column] for column in key]) not in old_keys]
        if new:
            found[table] = new
    return found


def row_differences(application, first, theirs, ours):
    """Where the rows of the application's account and of the module's differ, other than where it is said why.

    :arg application: entry of the catalog: its ``table`` of accounts and their ``key``, ``refers`` (columns with a key), ``apart``
        (columns that differ, and why) and ``beside`` (tables that the application also writes to for whoever creates the account)
    """
    # The administrator does something else meanwhile, the module does not
    sides = {}
    for name, before, after in (("theirs", first, theirs), ("ours", theirs, ours)):
        rows = {table: rows for table, rows in added(before, after, name == "ours").items() if table not in application.get("beside", [])}
        if application["table"] not in rows:
            raise AnsibleFilterError(f"no row of {name} in {application['table']}: {sorted(rows)}")
        key = rows[application["table"]][0][application["key"]]
        sides[name] = {table: sorted((plain(application, table, row, name, key) for row in lines), key=str) for table, lines in rows.items()}
    found = []
    for table in sorted({*sides["theirs"], *sides["ours"]}):
        left, right = (sides[name].get(table, []) for name in ("theirs", "ours"))
        if len(left) != len(right):
            found.append(f"{table}: {len(left)} rows of the application, {len(right)} of the module: {left} / {right}")
        for one, other in zip(left, right):
            found += [f"{table}.{column}: {one[column]!r} of the application, {other[column]!r} of the module"
                      for column in one if one[column] != other[column]]
    return found


def plain(application, table, row, name, key):
    """A row without the account's name and key, and without what is known to differ."""
    found = {}
    for column, value in row.items():
        place = f"{table}.{column}"
        if place in application["apart"]:
            value = "" if value is None else type(value).__name__
        elif place in application.get("refers", []):
            value = "THE KEY" if value == key else value
        elif isinstance(value, str):
            value = value.replace(name, "THE NAME")
        found[column] = value
    return found


def rows_left(application, first, last):
    """Rows by table, where there are more than before there were the accounts."""
    return [f"{table}: {rows}" for table, rows in sorted(added(first, last).items())
            if len(last["rows"][table]) > len(first["rows"].get(table, [])) and table not in application.get("beside", [])]


class FilterModule:
    def filters(self):
        return {"row_differences": row_differences, "rows_left": rows_left}
