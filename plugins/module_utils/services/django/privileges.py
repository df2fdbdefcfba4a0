# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Privileges on the tables of a site."""

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

USERS = "auth_user"


def _places(options: Mapping[str, Any]) -> dict[str, Tables | tuple[str, ...]]:
    """The tables of a user model of the site's own, which need not have groups and permissions."""
    users, related = options["user_table"], tuple(options.get("related_defaults") or ())
    found: dict[str, Tables | tuple[str, ...]] = {
        **where_there("django_session", "auth_permission", "django_content_type"),
        "references": Tables(referring_to=(users, *related)),
        "related": related,
    }
    if users != USERS:
        found.update({f"{USERS}{rest}": Tables(names=(f"{users}{rest}",)) for rest in ("_groups", "_user_permissions")})
        found["auth_group"] = Tables(names=("auth_group",), referred_by=(f"{users}_groups",))
        found[USERS] = (users,)
    return found


PRIVILEGES = Privileges(
    "Django",
    (
        Purpose("read: `django_user_info`, and a run that finds nothing to do", "read", (
            on("SELECT", USERS, "auth_group", "auth_user_groups"),
        )),
        Purpose("rights in the review, without which a warning says that they are missing", "read", (
            on("SELECT", "auth_user_user_permissions", "auth_permission", "django_content_type"),
        )),
        Purpose("create", "create", (on("INSERT", USERS),)),
        Purpose("create with `groups`", "create groups", (
            on("INSERT", "auth_user_groups"),
        ), beside="the line above"),
        Purpose("create with `related_defaults`", "create related_defaults", (
            on("SELECT, INSERT", "*related*"),
        ), beside="the line for create", after=", the tables that it names"),
        Purpose("`password`, `email`, names, `is_staff`, `is_superuser`",
                "password | email | first_name | last_name | is_staff | is_superuser", (on("UPDATE", USERS),)),
        Purpose("`groups`", "groups", (on("INSERT, DELETE", "auth_user_groups"),)),
        Purpose("`disabled`, `enabled`", "disabled | enabled", (
            on("UPDATE", USERS),
            on("SELECT, DELETE", "django_session"),
        )),
        Purpose("`absent`", "absent", (
            on("DELETE", USERS),
            on("DELETE", "auth_user_groups"),
            on("SELECT, DELETE", "auth_user_user_permissions"),
            on("SELECT", "*references*"),
        ), after=", all tables with a foreign key to `auth_user` or to one in `related_defaults`"),
        Purpose("`absent` with `related_defaults`", "absent related_defaults", (
            on("SELECT, DELETE", "*related*"),
        ), beside="the line above"),
        Purpose("every line that writes, on PostgreSQL and MySQL", "write postgresql | write mysql", (
            on("UPDATE", USERS),
        ), locks=True),
    ),
    _places,
)
