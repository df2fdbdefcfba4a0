# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What two ways to do the same left in a database."""

from __future__ import annotations

import re


def mailbox_rows(rows, local_part):
    """Every row that speaks of a mailbox, by table, without what differs from run to run."""
    found = {}
    for table, all_rows in rows.items():
        mine = [row for row in all_rows if re.search(rf"\b{local_part}\b", str(row))]
        lines = [{column: plain(value, local_part) for column, value in row.items() if (table, column) != ("log", "id")} for row in mine]
        if lines:
            found[table] = sorted(lines, key=str)
    return found


def plain(value, local_part):
    """The kind of a password, the month and the form of a time, and anything without the name."""
    if not isinstance(value, str):
        return value
    if re.search(r"[0-9A-Za-z./]{40}$", value):
        return re.sub(r"\$[^$]{16}\$[^$]*$", "", value)
    if re.match(r"20\d\d-?\d\d-?\d\d", value):
        month = 7 if value[4] == "-" else 6
        return value[:month] + re.sub(r"\d", "0", value[month:])
    return re.sub(rf"\b{local_part}\b", "THE-NAME", value)


def mailbox_differences(rows, left, right):
    """Where the rows of two mailboxes differ: ``table.column: left / right``, and ``table: number / number`` of rows."""
    one, other = mailbox_rows(rows, left), mailbox_rows(rows, right)
    found = set()
    for table in sorted({*one, *other}):
        rows_of_one, rows_of_other = one.get(table, []), other.get(table, [])
        if len(rows_of_one) != len(rows_of_other):
            found.add(f"{table}: {len(rows_of_one)} / {len(rows_of_other)}")
        for row, counterpart in zip(rows_of_one, rows_of_other):
            found |= {f"{table}.{column}: {row[column]} / {counterpart[column]}" for column in row if row[column] != counterpart[column]}
    return sorted(found)


class FilterModule:
    def filters(self):
        return {"mailbox_rows": mailbox_rows, "mailbox_differences": mailbox_differences}
