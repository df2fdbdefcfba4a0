# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re


def by_mechanism(sessions, mechanisms):
    """Each session once with each mechanism."""
    return [{**session, "mechanism": mechanism} for session in sessions for mechanism in mechanisms]


def as_entry(name):
    """An entry of a list of accounts."""
    return {"name": name}


def rows_of(rows, host, user, shapes):
    """The rows of an account in words that do not depend on which account it is."""
    said = []
    for row in rows:
        if (row["host"], row["user"]) == (host, user):
            value = row["value"]
            for pattern, name in shapes:
                value = name if re.fullmatch(pattern, value) else value
            said.append(f"{row['store']} {row['key']} {row['type']} {value}")
    return sorted(said)


class FilterModule:
    def filters(self):
        return {"as_entry": as_entry, "by_mechanism": by_mechanism, "rows_of": rows_of}
