# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which application a schema belongs to: tables and columns that no other application has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.schema import Schema

Needs = Mapping[str, tuple[str, ...]]
"""Tables without prefix, and columns of them."""


@dataclass(frozen=True)
class Release:
    """What tells a release: tables and columns that it has, and tables that it has not any more."""

    version: str
    has: Needs
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fingerprint:
    """What tells an application.

    :ivar needs: the first table is the one that is looked for, with any prefix
    :ivar releases: the newest first; the first that fits is told
    :ivar accounts: the tables that may hold the accounts, without prefix; none where the application leaves it open
    :ivar options: options of its module that say where they are: a part of the account model, and what they have unless
        they are given
    """

    name: str
    service_type: str
    needs: Needs
    accounts: tuple[str, ...]
    releases: tuple[Release, ...] = ()
    options: Mapping[str, tuple[str, str]] = field(default_factory=dict)


FINGERPRINTS: tuple[Fingerprint, ...] = (
    Fingerprint(
        "MediaWiki",
        "mediawiki",
        {
            "user_former_groups": ("ufg_user",),
            "actor": ("actor_user", "actor_name"),
            "page": ("page_namespace", "page_title"),
            "interwiki": ("iw_prefix",),
        },
        ("user", "mwuser"),
        # facts about releases: maintenance/tables.json of each, compared
        (
            Release("1.45 or newer", {"existencelinks": ()}),
            Release("1.44", {"filerevision": ()}),
            Release("1.43", {"block_target": ()}, ("ipblocks",)),
            Release("1.42", {"user_autocreate_serial": ("uas_year",)}),
            Release("1.41", {"user": ("user_is_temp",)}),
            Release("1.40", {"externallinks": ("el_to_path",)}),
            Release("1.39", {"user_autocreate_serial": ()}),
            Release("1.38 or older", {"revision_actor_temp": ()}),
        ),
    ),
    Fingerprint(
        "WordPress",
        "wordpress",
        {
            "usermeta": ("umeta_id", "meta_key"),
            "users": ("user_login", "user_pass", "user_nicename"),
            "options": ("option_name",),
        },
        ("users",),
    ),
    Fingerprint(
        "FreeRADIUS",
        "freeradius",
        {
            "radcheck": ("username", "attribute", "op", "value"),
            "radreply": ("username", "attribute"),
            "radusergroup": ("username", "groupname"),
        },
        ("radcheck",),
    ),
    Fingerprint(
        "Postfixadmin",
        "postfixadmin",
        {
            "domain_admins": ("username", "domain"),
            "mailbox": ("username", "password", "maildir", "domain"),
            "alias": ("address", "goto"),
        },
        ("mailbox",),
    ),
    Fingerprint("Prosody", "prosody", {"prosody": ("host", "user", "store", "key", "type", "value")}, ("prosody",)),
    Fingerprint(
        "Mumble",
        "mumble",
        {
            "servers": ("server_id",),
            "meta": ("keystring", "value"),
            "users": ("server_id", "user_id", "name"),
            "groups": ("group_id", "server_id", "channel_id", "name"),
        },
        ("users",),
    ),
    Fingerprint(
        "Django",
        "django",
        {
            "django_migrations": ("app", "name"),
            "django_content_type": ("app_label", "model"),
            "auth_permission": ("content_type_id", "codename"),
        },
        (),
        options={"user_table": ("table", "auth_user"), "username_column": ("login", "username")},
    ),
    # Shipped mappings
    Fingerprint(
        "Cacti",
        "cacti",
        {
            "poller_output_realtime": ("local_data_id",),
            "user_auth_realm": ("realm_id", "user_id"),
            "host_template": ("hash",),
            "user_auth": ("username", "realm", "enabled"),
        },
        ("user_auth",),
    ),
    Fingerprint(
        "Icinga Web 2",
        "icingaweb2",
        {
            "icingaweb_user_preference": ("username", "section"),
            "icingaweb_user": ("name", "active", "password_hash"),
            "icingaweb_group_membership": ("group_id", "username"),
        },
        ("icingaweb_user",),
    ),
    Fingerprint(
        "Kanboard",
        "kanboard",
        {
            "project_has_categories": ("project_id",),
            "swimlanes": ("project_id",),
            "group_has_users": ("group_id", "user_id"),
            "users": ("username", "is_active", "role"),
        },
        ("users",),
    ),
    Fingerprint(
        "pgAdmin 4",
        "pgadmin",
        {"sharedserver": ("osid",), "servergroup": ("user_id", "name"), "user": ("auth_source", "fs_uniquifier")},
        ("user",),
    ),
    Fingerprint(
        "Tiny Tiny RSS",
        "ttrss",
        {"ttrss_user_entries": ("owner_uid",), "ttrss_users": ("login", "pwd_hash"), "ttrss_feeds": ("feed_url",)},
        ("ttrss_users",),
    ),
)


def recognise(
    schema: Schema, account: str | None, known: Iterable[Fingerprint] = FINGERPRINTS
) -> tuple[dict[str, Any], ...]:
    """The applications whose tables are there, each with its prefix: several in one database are all told.

    :param account: the table of accounts that was found, where the application does not say it
    :returns: ``name``, ``service_type``, ``version`` (None where the tables do not tell it), ``table_prefix``,
        ``accounts``, the table, and ``options``, as in ``Fingerprint``
    """
    lower = {name.lower(): name for name in schema.tables}
    columns = {name: {column.name.lower() for column in table.columns} for name, table in schema.tables.items()}
    found = []
    for one in known:
        anchor = next(iter(one.needs))
        for name in sorted(lower):
            if name.endswith(anchor) and _has(one.needs, name[: -len(anchor)], lower, columns):
                found.append(_told(one, name[: -len(anchor)], lower, columns, account))
    return tuple(found)


def _has(needs: Needs, prefix: str, lower: Mapping[str, str], columns: Mapping[str, set[str]]) -> bool:
    for table, wanted in needs.items():
        name = lower.get(prefix + table)
        if name is None or not set(wanted) <= columns[name]:
            return False
    return True


def _told(
    one: Fingerprint, prefix: str, lower: Mapping[str, str], columns: Mapping[str, set[str]], account: str | None
) -> dict[str, Any]:
    version = next(
        (
            release.version
            for release in one.releases
            if _has(release.has, prefix, lower, columns) and not any(prefix + table in lower for table in release.lacks)
        ),
        None,
    )
    anchor = next(iter(one.needs))
    accounts = next((lower[prefix + name] for name in one.accounts if prefix + name in lower), account)
    written = lower[prefix + anchor][: len(prefix)]
    return {
        "name": one.name,
        "service_type": one.service_type,
        "version": version,
        "table_prefix": written,
        "accounts": accounts,
        "options": {name: list(part) for name, part in one.options.items()},
    }
