# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


def without(rows, columns):
    """Rows without these columns."""
    return [{key: value for key, value in row.items() if key not in columns} for row in rows]


def refused_by(names, message):
    """The names that a message of the module says the server does not allow."""
    return [name for name in names if f"{name!r}: the server does not allow" in message]


def when(cases, state):
    """Cases that expect what they say of a state: each has a key for every state."""
    return [{**case["session"], "expect": case[state]} for case in cases]


class FilterModule:
    """Filters of this target."""

    def filters(self):
        return {"without": without, "refused_by": refused_by, "when": when}
