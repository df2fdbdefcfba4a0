# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

EVERYONE = {"*", "user", "autoconfirmed"}


def seen_at_wiki(results):
    """The groups of everyone who got in, by name; false for who did not."""
    return {result["item"]["key"]: result["login"] == "Success" and sorted(set(result["user"]["groups"]) - EVERYONE) for result in results}


def visits(names, passwords):
    """Who comes to the site, as django_site wants it."""
    return [{"name": name, "password": passwords[name]} for name in names]


def seen_at_site(found, names):
    """The groups of everyone who got in, by name; false for who did not."""
    return {name: visit["login"] and sorted(visit["groups"]) for name, visit in zip(names, found)}


class FilterModule:
    """Who got in."""

    def filters(self):
        return {"seen_at_wiki": seen_at_wiki, "visits": visits, "seen_at_site": seen_at_site}
