# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a database says of a site: the network that it belongs to, its release and its roles."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import OptionError, is_valid_unicode
from ansible_collections.auth.services.plugins.module_utils.columns import Doubtful, sa
from ansible_collections.auth.services.plugins.module_utils.database import SchemaError
from ansible_collections.auth.services.plugins.module_utils.php import Unknown, serialize
from ansible_collections.auth.services.plugins.module_utils.services.wordpress import passwords
from ansible_collections.auth.services.plugins.module_utils.services.wordpress.roles import Roles, array
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction

BCRYPT_SINCE = 60421  # db_version of WordPress 6.8
AUTOLOADED = ("yes", "on", "auto-on", "auto")  # wp_autoload_values_to_autoload()
LARGE = 10000  # wp_is_large_user_count(): the count is refreshed by cron only
NUMBER = re.compile("[0-9]{1,9}")
LAST = 10000  # accounts among which one tells what a new password costs


class Site:
    """A site, alone or of a network.

    :param options: of the service; ``network`` as in wp-config.php, None where the tables tell
    :ivar network: number of the network and domain of the site; nothing where there is one site only
    :ivar version: db_version
    :ivar default_role: of new accounts
    :raises OptionError: for a site that is not there
    :raises SchemaError: for tables that are not those of a WordPress
    """

    def __init__(self, sql: Transaction, options: Mapping[str, Any]) -> None:
        self._sql = sql
        self.network = self._find_network(options["site_id"], options["network"])
        own = "" if options["site_id"] == 1 else f"{options['site_id']}_"
        self._options = f"{own}options"
        self.roles = self._read_options(sql.database.prefix + own)

    @property
    def super_admins(self) -> Collection[str]:
        """Names in site_admins."""
        names: Collection[str] = self.network.get("site_admins", ())
        return names

    @property
    def has_bcrypt(self) -> bool:
        """Whether it is WordPress 6.8 or later."""
        return self.version >= BCRYPT_SINCE

    def numbers(self) -> list[int]:
        """Numbers of all sites of the network; nothing where there is none."""
        return self._all_numbers() if self.network else []

    def _all_numbers(self) -> list[int]:
        column = self._sql.table("blogs").c.blog_id
        return list(self._sql.connection.execute(sa.select(column).order_by(column)).scalars())

    def content_tables(self) -> list[tuple[str, str]]:
        """Tables with texts of all sites, and their columns with an author."""
        owners = (("posts", "post_author"), ("links", "link_owner"))
        return [(("" if number == 1 else f"{number}_") + name, column)
                for number in self.numbers() or [1] for name, column in owners]

    def _find_network(self, site_id: int, told: bool | None) -> dict[str, Any]:
        """As wp-config.php says it. A site that was taken back from a network keeps columns and tables of it."""
        sql = self._sql
        columns = sql.table("users").c
        if told is None:
            told = "spam" in columns and not any(self._is_missing(name) for name in ("blogs", "sitemeta"))
        if not told:
            if site_id != 1:
                raise OptionError(f"site_id is {site_id}, but this WordPress is a single site, not a network")
            return {}
        sql.require({"users": ["spam", "deleted"]})
        hidden = [sql.database.prefix + name for name in ("blogs", "sitemeta") if not sql.has_table(name)]
        if hidden:
            raise SchemaError(f"{sql.database.describe()}: table {', '.join(hidden)} not found, or hidden from this"
                              " user; a network of sites has it. Grant login_user SELECT on it. If the site was taken"
                              " back from a network, set network: false. Nothing was written.")
        sql.require({"blogs": ["blog_id", "site_id", "domain"], "sitemeta": ["site_id", "meta_key", "meta_value"]})
        blogs, meta = sql.table("blogs").c, sql.table("sitemeta").c
        row = sql.connection.execute(sa.select(blogs.site_id, blogs.domain).where(blogs.blog_id == site_id)).first()
        if row is None:
            there = ", ".join(map(str, self._all_numbers()))
            raise OptionError(f"site_id is {site_id}, but the sites of this network are {there}")
        network: dict[str, Any] = {"id": row[0], "domain": row[1], "site_admins": set(), "illegal_names": set()}
        # of every network, if there are several: they have the same accounts
        statement = sa.select(meta.meta_key, meta.meta_value).where(meta.meta_key.in_(["site_admins", "illegal_names"]))
        for key, value in sql.connection.execute(statement):
            network[key].update(name for name in self._option(value, f"{key} in sitemeta").values()
                                if isinstance(name, str) and is_valid_unicode(name))
        return network

    def _is_missing(self, name: str) -> bool:
        """Whether a table is surely not there: MySQL also hides it from a user who has no privilege on it."""
        if self._sql.has_table(name):
            return False
        try:
            return not sa.inspect(self._sql.connection).has_table(self._sql.database.prefix + name)
        except sa.exc.DBAPIError as error:
            if error.connection_invalidated:
                raise
            return False

    def _option(self, value: str | None, what: str) -> dict[str, Any]:
        """The array that an option holds; with a warning where it holds something else.

        :raises SchemaError: where WordPress may read one, and we do not
        """
        try:
            found = array(value)
        except Unknown as error:
            raise SchemaError(f"{what} cannot be read: {error}. Nothing was written.") from None
        if found is None:
            self._sql.warnings.append(f"{what} is not a PHP array, so WordPress finds nothing in it.")
        return found or {}

    def _read_options(self, prefix: str) -> Roles:
        sql, name_of_roles = self._sql, prefix + "user_roles"
        sql.require({self._options: ["option_name", "option_value", "autoload"]})
        columns = sql.table(self._options).c
        names = [name_of_roles, "db_version", "default_role"]
        found = self._stored_options(names, columns.option_value)
        if isinstance(found.get(name_of_roles), Doubtful):
            try:
                array(found[name_of_roles])
            except Unknown:
                # Unlike other text, it contains its lengths, and they show that it is bytes of UTF-8.
                found.update(self._stored_options([name_of_roles], sql.database.kind.stored(columns.option_value)))
        for name in (name_of_roles, "db_version"):
            if name not in found:
                # A server that takes tables in any case: WordPress compares what is in the rows byte for byte.
                prefixes = [one[:len(sql.database.prefix)] for one in found if one.lower() == name.lower()]
                advice = (f"{name!r} is there in other capitals; set table_prefix to {prefixes[0]!r}" if prefixes else
                          "WordPress is not installed here, or its options have another prefix than its tables")
                raise SchemaError(f"{sql.database.describe()}: {sql.database.prefix}{self._options} has no option"
                                  f" {name}: {advice}. Nothing was written.")
        # WP_Roles::init_roles(), is_role()
        roles: dict[str, list[str]] = {}
        for role, data in self._option(found[name_of_roles], name_of_roles).items():
            if isinstance(data, dict) and data.get("name") is not None:
                capabilities = data.get("capabilities")
                roles[role] = list(map(str, capabilities)) if isinstance(capabilities, dict) else []
        self.version = int(found["db_version"]) if NUMBER.fullmatch(found["db_version"]) else 0
        self.default_role = found.get("default_role", "")
        return Roles(roles, prefix)

    def _stored_options(self, names: Sequence[str], stored: Any) -> dict[str, str]:
        """What options hold, by name.

        :param stored: the column with the values, as it is to be read
        """
        columns = self._sql.table(self._options).c
        statement = sa.select(columns.option_name, stored, columns.autoload)
        found: dict[str, str] = {}
        for name, value, load in self._sql.connection.execute(statement.where(columns.option_name.in_(names))):
            # Of several rows the last one that wp_load_alloptions() reads, or else the first
            if load in AUTOLOADED or name not in found:
                found[name] = value or ""
        return found

    def schemes(self) -> passwords.Schemes:
        """How passwords are stored."""
        if not self.has_bcrypt:
            return passwords.schemes(False)
        users = self._sql.table("users").c
        last = sa.select(users.ID, users.user_pass).order_by(users.ID.desc()).limit(LAST).subquery().c
        statement = sa.select(last.user_pass).where(last.user_pass.like("$wp$2y$%"))
        newest = self._sql.connection.execute(statement.order_by(last.ID.desc()).limit(1)).scalar()
        return passwords.schemes(True, passwords.cost_of(newest or ""))

    def revoke(self, names: Collection[str]) -> None:
        """revoke_super_admin(): otherwise the next account of this name would be one."""
        if not names:
            return
        meta = self._sql.table("sitemeta")
        where = [meta.c.meta_key == "site_admins"]
        statement = self._sql.for_writing(sa.select(meta.c.site_id, meta.c.meta_value).where(*where))
        for site, value in self._sql.connection.execute(statement).all():
            there = self._option(value, "site_admins in sitemeta")
            admins = {key: name for key, name in there.items() if name not in names}
            if len(admins) < len(there):
                change = sa.update(meta).where(*where, meta.c.site_id == site, meta.c.meta_value == value)
                self._sql.connection.execute(change.values(meta_value=serialize(admins)))

    def refresh_count(self) -> None:
        """wp_maybe_update_user_counts()"""
        users, execute = self._sql.table("users"), self._sql.connection.execute
        statement = sa.select(sa.func.count()).select_from(users)
        if self.network:
            table = self._sql.table("sitemeta")
            column = table.c.meta_value
            where = [table.c.meta_key == "user_count", table.c.site_id == self.network["id"]]
            statement = statement.where(users.c.spam == 0, users.c.deleted == 0)
        else:
            table = self._sql.table(self._options)
            column, where = table.c.option_value, [table.c.option_name == "user_count"]
        old = execute(sa.select(column).where(*where)).scalar()
        if old is not None and NUMBER.fullmatch(old) and int(old) <= LARGE:
            execute(sa.update(table).where(*where).values({column.name: str(execute(statement).scalar_one())}))


def refuse_shared(sql: Transaction) -> None:
    """Say what may be the matter where the tables of accounts alone are missing.

    :raises SchemaError: naming them. Tables of another site may have the names, of which nothing is said: its accounts
        have other roles there
    """
    prefix = sql.database.prefix
    missing = [prefix + name for name in ("users", "usermeta") if not sql.has_table(name)]
    if missing and sql.has_table("options"):
        raise SchemaError(f"{sql.database.describe()}: table {', '.join(missing)} not found, though {prefix}options is"
                          " there. If wp-config.php defines CUSTOM_USER_TABLE or CUSTOM_USER_META_TABLE, the site uses"
                          " the accounts of another site, which this module does not support. Otherwise grant"
                          " login_user SELECT on it. Nothing was written.")


def object_cache(path: str | None) -> str:
    """The file that makes WordPress keep accounts in a cache server; empty without one, or without ``path``."""
    if not path:
        return ""
    content = os.path.join(path, "wp-content")
    if not os.path.isdir(content):
        raise OptionError(f"path: the managed host has no folder {content}")
    drop_in = os.path.join(content, "object-cache.php")
    return drop_in if os.path.isfile(drop_in) else ""
