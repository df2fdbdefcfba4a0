# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


def who_got_in(names, at_wiki, at_blog, at_site):
    """Where everyone got in, by name."""
    return {name: {"wiki": wiki["login"] == "Success", "blog": blog["results"][0]["login"], "site": site["visits"][0]["login"]}
            for name, wiki, blog, site in zip(names, at_wiki, at_blog, at_site)}


class FilterModule:
    """Who got in."""

    def filters(self):
        return {"who_got_in": who_got_in}
