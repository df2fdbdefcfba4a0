# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happened to the rows of a Django site, in words that do not depend on which account it happened to."""

from __future__ import annotations

import json
import re

TIME = re.compile(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}|20\d{12}")
PASSWORD = re.compile(r"(pbkdf2_sha256\$\d+\$)[0-9A-Za-z]{22}\$[0-9A-Za-z+/]{43}=|(!)[0-9A-Za-z]{40}")


def django_rows(before, after, table, names):
    """Rows that were added, changed or removed between two looks at the tables.

    :param before: result of database_tables, with rows
    :param after: the same, afterwards
    :param table: table of the users
    :param names: what to call accounts, by name
    """
    name = "username" if any("username" in row for row in after["rows"][table]) else "email"
    users = [*before["rows"][table], *after["rows"][table]]
    numbers = {row["id"]: names[row[name]] for row in users if row[name] in names}

    def words(kind, row):
        cells = []
        for column, value in sorted(row.items()):
            if column == "id":
                value = f"({numbers[value]})" if kind == table and value in numbers else "(number)"
            elif column in ("user_id", "member_id", "person_id") and value in numbers:
                value = f"({numbers[value]})"
            elif column == name and value in names:
                value = f"({names[value]})"
            elif column in ("session_key", "session_data"):
                value = "(session)"
            elif isinstance(value, str):
                value = TIME.sub("(time)", PASSWORD.sub(r"\1\2(salt and digest)", value))
            cells.append(f"{column}={value}")
        return ", ".join(cells)

    said = []
    for kind in sorted(set(before["rows"]) | set(after["rows"])):
        old, new = ([json.dumps(row, sort_keys=True) for row in side["rows"].get(kind, [])] for side in (before, after))
        said += [f"{kind} removed {words(kind, json.loads(row))}" for row in old if row not in new]
        said += [f"{kind} added {words(kind, json.loads(row))}" for row in new if row not in old]
    return sorted(said)


class FilterModule:
    """Filters of this target."""

    def filters(self):
        return {"django_rows": django_rows}
