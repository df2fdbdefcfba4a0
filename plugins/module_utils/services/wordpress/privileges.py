# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Privileges on the tables of a site or a network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.privileges import (
    Privileges,
    Purpose,
    Tables,
    on,
    where_there,
)


def _places(options: Mapping[str, Any]) -> dict[str, Tables | tuple[str, ...]]:
    """The options of one site, and the texts of all."""
    site = options.get("site_id") or 1
    return {
        **where_there("blogs", "sitemeta", "signups"),
        "options": ("options" if site == 1 else f"{site}_options",),
        "texts": Tables(pattern="([0-9]+_)?(posts|links)"),
    }


PRIVILEGES = Privileges(
    "WordPress",
    (
        Purpose("read: `wordpress_user_info`, and a run that finds nothing to do", "read", (
            on("SELECT", "users", "usermeta", "options"),
        )),
        Purpose("read, on a network", "read -network=false", (
            on("SELECT", "blogs", "sitemeta"),
        ), beside="the line above"),
        Purpose("create", "create -network=true", (
            on("INSERT", "users", "usermeta"),
            on("UPDATE (option_value)", "options"),
        )),
        Purpose("create, on a network", "create -network=false", (
            on("INSERT", "users", "usermeta"),
            on("UPDATE (meta_value)", "sitemeta"),
        )),
        Purpose(
            "all fields, `password`, `groups`",
            "email | display_name | first_name | last_name | url | password | groups",
            (
                on("UPDATE", "users"),
                on("INSERT, UPDATE, DELETE", "usermeta"),
            ),
        ),
        Purpose("`disabled`, `enabled`", "disabled | enabled", (
            on("UPDATE", "users"),
            on("INSERT, UPDATE, DELETE", "usermeta"),
        )),
        Purpose("`disabled`, `enabled`, on a network", "disabled -network=false | enabled -network=false", (
            on("UPDATE (meta_value)", "sitemeta"),
        ), beside="the line above"),
        Purpose("`absent`", "absent -network=true", (
            on("DELETE", "users", "usermeta"),
            on("SELECT", "posts", "links"),
            on("UPDATE (option_value)", "options"),
        )),
        Purpose("`absent`, on a network", "absent -network=false", (
            on("DELETE", "users", "usermeta"),
            on("SELECT", "*texts*"),
            on("UPDATE (meta_value)", "sitemeta"),
            on("SELECT, DELETE", "signups"),
        ), after="; *texts* are `posts` and `links` of every site"),
        Purpose("`absent` with `reassign_to`", "absent reassign_to", (
            on("UPDATE (post_author)", "posts"),
            on("UPDATE (link_owner)", "links"),
        ), beside="the line for `absent`"),
        Purpose("every line that writes, on MySQL", "write mysql", (on("UPDATE", "users"),), locks=True),
    ),
    _places,
)
