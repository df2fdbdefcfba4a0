# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The accounts of a WordPress site, or of a network of sites, as a service type.

Differences from what WordPress itself writes, with their reasons:

- O(state=disabled) is no operation of WordPress. It puts a marker in front of the stored password and after the e-mail
  address, on a network sets C(spam) too, moves application passwords to a key that WordPress ignores, and deletes the
  sessions and the key of a reset mail. What is too long to be marked is kept in a row of C(usermeta). The address has
  its mark on a network too: a site that was taken back from one looks like one, and lets in whoever has C(spam).
- A new password deletes the sessions, of which WordPress leaves rows that no cookie matches any more; the application
  passwords, which WordPress leaves in force, and a change of address that waits to be confirmed: whoever had the
  account before would keep them.
- A new account without a password gets C(*) instead of the hash of a random or empty one: nobody can type either.
- What the page for new users in wp-admin adds to wp_insert_user() for its hints (C(dismissed_wp_pointers)) is left out.
- No mail is sent, and plugins see nothing.
"""

from __future__ import annotations

import datetime
import os
import re
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import (
    Account,
    Change,
    Declared,
    OptionError,
    StoredAccount,
    first_names,
    is_valid_unicode,
    summarise,
)
from ansible_collections.auth.services.plugins.module_utils.columns import Doubtful, sa
from ansible_collections.auth.services.plugins.module_utils.database import Database, SchemaError
from ansible_collections.auth.services.plugins.module_utils.php import MAX_BYTES, Unknown, serialize, unserialize
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.services.wordpress import passwords, texts
from ansible_collections.auth.services.plugins.module_utils.tables import AccountRows, PropertyRows

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

BCRYPT_SINCE = 60421  # db_version of WordPress 6.8
INFINITE_SCROLLING_SINCE = 61833  # of WordPress 7.1
LARGE = 10000  # wp_is_large_user_count(): the count is refreshed by cron only

LOCK = "!"
"""Before the stored password of a disabled account. Only an administrator chooses what stands there, so that the other
marks are believed by it: anybody can register an address that ends like one of ours, or have rows in usermeta."""
NO_PASSWORD = "*"
KEPT = "kept"
"""After LOCK, where the password itself is too long for the column with it, and is kept in a row."""
SESSIONS, APPLICATIONS, NEW_ADDRESS = "session_tokens", "_application_passwords", "_new_email"
PARKED = "_auth_services_application_passwords"
KEPT_IN = {"user_pass": "_auth_services_password", "user_email": "_auth_services_email"}
AUTOLOADED = ("yes", "on", "auto-on", "auto")  # wp_autoload_values_to_autoload()
MOST_CAPABILITIES = 1 << 16
"""Bytes of an account's roles and capabilities that are read: more than two thousand of them."""
MOST_RIGHTS = 50
MOST_NUMBERED = 2000
"""So many slugs of one name are tried in order."""
NUMBER = re.compile("[0-9]{1,9}")
ARRAY = re.compile("a:[0-9]+:")  # is_serialized()
LEVEL = re.compile(r"level_(10|[0-9])", re.IGNORECASE)
ADDRESSES = {"email": texts.email, "url": texts.url}
PERSON_NAMES = ("display_name", "first_name", "last_name")


class WordPress(Service):
    """The accounts of one site; on a network they are those of all sites, and the roles those of one."""

    accounts: AccountRows

    default_prefix = "wp_"
    charset = ""  # DB_CHARSET in wp-config.php
    tables = {"users": ("user_nicename", "user_registered", "user_activation_key")}
    value_options = {name: {"type": "str"} for name in (*PERSON_NAMES, "url")}
    argument_options = {"reassign_to": {"type": "str"}}
    database_options = {"site_id": {"type": "int", "default": 1}, "network": {"type": "bool"}}
    service_options = {"path": {"type": "path"}}

    def __init__(self, database: Database, connection: Connection, options: Mapping[str, Any]) -> None:
        _refuse_shared(database, connection)
        super().__init__(database, connection, options)
        self._network = self._find_network(options["site_id"], options["network"])
        self.accounts = AccountRows(
            self, "users", key="ID", account_name="user_login", unique=False,
            options={"email": "user_email", "display_name": "display_name", "url": "user_url"},
            more=("user_pass", *(("spam", "deleted") if self._network else ())),
        )
        site = "" if options["site_id"] == 1 else f"{options['site_id']}_"
        self._capabilities, self._level = (database.prefix + site + key for key in ("capabilities", "user_level"))
        self._meta = MetaRows(self, self._capabilities)
        self.properties = {"meta": self._meta}
        self._options = f"{site}options"
        self._read_options(database.prefix + site + "user_roles")
        self._bcrypt_site = self._version >= BCRYPT_SINCE
        cost = self._newest_cost() if self._bcrypt_site else passwords.DEFAULT_COST
        self._schemes = passwords.schemes(self._bcrypt_site, cost)
        self._nicenames: dict[str, str] = {}
        self._heirs: dict[str, Any] = {}
        self.results["cache_flush_needed"] = False
        self._cache = _object_cache(options.get("path"))

    def _find_network(self, site_id: int, told: bool | None) -> dict[str, Any]:
        """Number of the network and domain of the site; nothing where there is one site only.

        WordPress goes by its wp-config.php. A site that was taken back from a network keeps columns and tables of it.
        """
        columns = self.table("users").c
        if told is None:
            told = "spam" in columns and not any(self._is_missing(name) for name in ("blogs", "sitemeta"))
        if not told:
            if site_id != 1:
                raise OptionError(f"site_id {site_id}: this WordPress is not a network, it has one site")
            return {}
        self.require({"users": ["spam", "deleted"]})
        hidden = [self.database.prefix + name for name in ("blogs", "sitemeta") if not self.has_table(name)]
        if hidden:
            raise SchemaError(f"{self.database.describe()}: table {', '.join(hidden)} not found, or hidden from this"
                              " user, and a network of sites has it. Give login_user the privilege SELECT on it, or say"
                              " network: false for a site that was taken back from a network. Nothing was written.")
        self.require({"blogs": ["blog_id", "site_id", "domain"], "sitemeta": ["site_id", "meta_key", "meta_value"]})
        blogs, meta = self.table("blogs").c, self.table("sitemeta").c
        row = self.connection.execute(sa.select(blogs.site_id, blogs.domain).where(blogs.blog_id == site_id)).first()
        if row is None:
            there = ", ".join(map(str, self._site_ids()))
            raise OptionError(f"site_id: there is no site {site_id} in this network; there are {there}")
        network: dict[str, Any] = {"id": row[0], "domain": row[1], "site_admins": set(), "illegal_names": set()}
        # of every network, if there are several: they have the same accounts
        statement = sa.select(meta.meta_key, meta.meta_value).where(meta.meta_key.in_(["site_admins", "illegal_names"]))
        for key, value in self.connection.execute(statement):
            network[key].update(name for name in self._option(value, f"{key} in sitemeta").values()
                                if isinstance(name, str) and is_valid_unicode(name))
        return network

    def _is_missing(self, name: str) -> bool:
        """Whether a table is surely not there: MySQL also hides it from a user who has no privilege on it."""
        if self.has_table(name):
            return False
        try:
            return not sa.inspect(self.connection).has_table(self.database.prefix + name)
        except sa.exc.DBAPIError as error:
            if error.connection_invalidated:
                raise
            return False

    def _option(self, value: str | None, what: str) -> dict[str, Any]:
        """The array that an option holds; with a warning where it holds something else.

        :raises SchemaError: where WordPress may read one, and we do not
        """
        try:
            found = _array(value)
        except Unknown as error:
            raise SchemaError(f"{what} cannot be read: {error}. Nothing was written.") from None
        if found is None:
            self.warnings.append(f"{what} is not an array of PHP: WordPress finds nothing in it.")
        return found or {}

    def _site_ids(self) -> list[int]:
        column = self.table("blogs").c.blog_id
        return list(self.connection.execute(sa.select(column).order_by(column)).scalars())

    def _read_options(self, roles_name: str) -> None:
        self.require({self._options: ["option_name", "option_value", "autoload"]})
        columns = self.table(self._options).c
        names = [roles_name, "db_version", "default_role"]
        found = self._stored_options(names, columns.option_value)
        if isinstance(found.get(roles_name), Doubtful):
            try:
                _array(found[roles_name])
            except Unknown:
                # The lengths in it tell what nobody can tell of other text: it is bytes of UTF-8.
                found.update(self._stored_options([roles_name], self.database.kind.stored(columns.option_value)))
        for name in (roles_name, "db_version"):
            if name not in found:
                where = f"{self.database.prefix}{self._options}"
                # A server that takes tables in any case: WordPress compares what is in the rows byte for byte.
                prefixes = [one[:len(self.database.prefix)] for one in found if one.lower() == name.lower()]
                advice = (f"there is {name!r} in other capitals: set table_prefix to {prefixes[0]!r}" if prefixes else
                          "this is not an installed WordPress, or its prefix in the options is another one")
                raise SchemaError(f"{self.database.describe()}: {where} has no option {name}: {advice}."
                                  " Nothing was written.")
        # WP_Roles::init_roles(), is_role()
        self._roles: dict[str, list[str]] = {}
        for role, data in self._option(found[roles_name], roles_name).items():
            if isinstance(data, dict) and data.get("name") is not None:
                capabilities = data.get("capabilities")
                self._roles[role] = list(map(str, capabilities)) if isinstance(capabilities, dict) else []
        self._version = int(found["db_version"]) if NUMBER.fullmatch(found["db_version"]) else 0
        self._default_role = found.get("default_role", "")

    def _stored_options(self, names: Sequence[str], stored: Any) -> dict[str, str]:
        """What options hold, by name.

        :param stored: the column with the values, as it is to be read
        """
        columns = self.table(self._options).c
        statement = sa.select(columns.option_name, stored, columns.autoload)
        found: dict[str, str] = {}
        for name, value, load in self.connection.execute(statement.where(columns.option_name.in_(names))):
            # Of several rows the last one that wp_load_alloptions() reads, or else the first
            if load in AUTOLOADED or name not in found:
                found[name] = value or ""
        return found

    def _newest_cost(self) -> int:
        users = self.accounts.table.c
        statement = sa.select(users.user_pass).where(users.user_pass.like("$wp$2y$%"))
        newest = self.connection.execute(statement.order_by(users.ID.desc()).limit(1)).scalar()
        return passwords.cost_of(newest or "")

    def canonical_name(self, name: str) -> str:
        return texts.login(name)

    def groups(self) -> Collection[str]:
        return list(self._roles)

    def declare(self, entry: Mapping[str, Any]) -> Declared:
        wanted = super().declare(entry)
        # Whether WordPress would take them is asked of those that change: what an account has can always be declared.
        wanted.values = {name: texts.normal(value) for name, value in wanted.values.items()}
        if wanted.password is not None:
            wanted.password = passwords.CLEAR_PASSWORD.check(wanted.password)
        given = wanted.password_hash
        if given is not None:
            passwords.check_hash(given)
        if given and given.startswith("$wp") and not self._bcrypt_site:
            raise ValueError("password_hash: WordPress before 6.8 does not take $wp$2y$; give $P$ or $2y$")
        return wanted

    # What is there

    def account(self, found: StoredAccount) -> Account:
        meta, row = found.properties["meta"], found.row
        account = super().account(found)
        account.password_hash, account.values["email"], marked = self._plain(found)
        account.values = {name: texts.read(value) for name, value in account.values.items()}
        account.groups = dict.fromkeys(self._stored_roles(meta))
        locked, spam = _is_locked(found), bool(row.get("spam"))
        account.enabled = not (locked or spam)
        unmailable = (marked or not row["user_email"]) and (spam or not self._network)
        account.disabled = locked and unmailable and not any(key in meta for key in (SESSIONS, APPLICATIONS))
        if found.name in self._super_admins():
            account.spared = "it is a super admin of the network"
        return account

    def _super_admins(self) -> Collection[str]:
        names: Collection[str] = self._network.get("site_admins", ())
        return names

    def _plain(self, found: StoredAccount) -> tuple[str, str, bool]:
        """Stored password and address without the marks of a disabled account, and whether the address has one."""
        password, address = (found.row[name] or "" for name in ("user_pass", "user_email"))
        if not _is_locked(found):
            return password, address, False
        password = self._kept(found, "user_pass", NO_PASSWORD) if password == LOCK + KEPT else password.lstrip(LOCK)
        marked = address.endswith(texts.MARK)
        if address == self._short_address(found.key):
            address = self._kept(found, "user_email", "")
        elif marked:
            address = address[:-len(texts.MARK)]
        return password, address, marked

    def _kept(self, found: StoredAccount, column: str, missing: str) -> str:
        value: str = next(iter(found.properties["meta"].get(KEPT_IN[column], ())), None) or missing
        return value if len(value) <= self._room(column) else missing

    def _room(self, column: str) -> int:
        """So many characters the column takes."""
        return getattr(self.accounts.table.c[column].type, "length", None) or 255

    @staticmethod
    def _short_address(key: Any) -> str:
        return f"{key}@kept{texts.MARK}"

    def _stored_capabilities(self, meta: Mapping[str, Sequence[str]]) -> dict[str, Any] | None:
        """Roles and capabilities of an account; None when they cannot be read."""
        value = next(iter(meta.get(self._capabilities, ())), "")
        return _capabilities(value)

    def _stored_roles(self, meta: Mapping[str, Sequence[str]]) -> list[str]:
        """Roles of an account; of capabilities that cannot be read those that they name."""
        old = self._stored_capabilities(meta)
        if old is not None:
            return [role for role in old if role in self._roles]
        return [role for role in self._roles if serialize(role) in meta[self._capabilities][0]]

    def rights(self, accounts: Collection[Account]) -> dict[str, list[str]]:
        names: dict[Any, list[str]] = {}
        for account in accounts:
            for one in (account, *account.twins):
                names.setdefault(one.id, []).append(account.name)
        found: dict[str, list[str]] = {account.name: [] for account in accounts}
        for account in accounts:
            if account.name in self._super_admins():
                found[account.name].append("super admin of the network")
            for one in (account, *account.twins):
                value = next(iter(one.stored.properties["meta"].get(self._capabilities, ())), "")
                found[account.name] += self._told(value, "", False)
        if self._network:
            for key, site, value in self._elsewhere(list(names)):
                for name in dict.fromkeys(names[key]):
                    found[name] += self._told(value, f" on site {site}", True)
        return {name: _first(rights) for name, rights in found.items() if rights}

    def _told(self, value: str, where: str, roles: bool) -> list[str]:
        """Rights that a stored value gives, in words."""
        stored = _capabilities(value)
        if stored is None:
            return [f"roles and capabilities{where} that cannot be read"]
        # A role counts whatever its value is, a capability only with a true one (WP_User::get_role_caps(), has_cap()).
        return [f"{'role' if name in self._roles else 'capability'} {name}{where}" for name, value in stored.items()
                if (roles if name in self._roles else value and value != "0")]

    def _elsewhere(self, keys: Sequence[Any]) -> Iterable[tuple[Any, int, str]]:
        """Roles and capabilities on the other sites of the network: account, site, and the stored value."""
        prefix, table = self.database.prefix, self._meta.table
        names = {f"{prefix}{'' if site == 1 else f'{site}_'}capabilities": site for site in self._site_ids()}
        names.pop(self._capabilities, None)
        value = _start(table.c.meta_value, MOST_CAPABILITIES + 1)
        statement = sa.select(table.c.user_id, table.c.meta_key, value).where(
            table.c.meta_key.startswith(prefix, autoescape=True), table.c.meta_key.endswith("capabilities"))
        seen = set()
        for key, name, value in self.select_in(statement.order_by(table.c.umeta_id), table.c.user_id, keys):
            if name in names and (key, name) not in seen:
                seen.add((key, name))  # WordPress takes the first
                yield key, names[name], value or ""

    # What is refused

    def complete(self, changes: Sequence[Change]) -> None:
        for change in changes:
            # wp_insert_user(); an account of a network has no role before it is added to a site
            given = change.declared.groups is not None or self._network or self._default_role not in self._roles
            if change.account is None and not given:
                change.groups = {self._default_role: None}

    def needed(self, changes: Sequence[Change]) -> dict[str, Sequence[str]]:
        needed = super().needed(changes)
        if any(change.removes for change in changes):
            needed.update({name: [column] for name, column in self._content_tables()})
            needed.update({"signups": ["user_login"]} if self._network else {})
        return needed

    def problems(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        found = super().problems(changes)
        for change in changes:
            problem = self._problem(change)
            if problem:
                found.append((change.declared.typed, problem))
        return found + self._taken_addresses(changes) + self._content(changes)

    def warn(self, changes: Sequence[Change]) -> None:
        if self._cache and any(not change.creates for change in changes):
            self.results["cache_flush_needed"] = True
            self.warnings.append(
                f"{self._cache} keeps accounts in a cache that the database does not reach: what was changed here holds"
                f" only after 'wp cache flush' in {self.options['path']}, or after the cache server was emptied."
            )
        hashed = [change for change in changes if change.new_password and change.declared.password is not None]
        if hashed and self._bcrypt_site and not passwords.has_bcrypt():
            self.warnings.append("The Python library bcrypt is not on the managed host: new passwords are stored as $P$"
                                 " instead of $wp$2y$. WordPress replaces them when people log in.")
        unread = [change.name for change in changes if change.account and change.groups is not None
                  and self._stored_capabilities(change.account.stored.properties["meta"]) is None]
        if unread:
            self.warnings.append(f"What the database holds as {self._capabilities} of {first_names(unread)} cannot be"
                                 " read. It is replaced by the roles, as WordPress does it.")
        back = {change.name: change.account.stored for change in changes
                if change.account and change.action == "enabled" and "email" not in change.values}
        addresses = {name: self._plain(found)[1] for name, found in back.items() if found.row["user_email"]}
        unknown = [name for name, address in addresses.items() if not address or address.endswith(texts.MARK)]
        if unknown:
            self.warnings.append(f"Nobody can tell the e-mail address of {first_names(unknown)}: somebody removed what"
                                 " was kept of it, or opened the account in WordPress while it was disabled. Declare"
                                 " it.")

    def _problem(self, change: Change) -> str:
        """Why WordPress would not take what changes; empty when it does."""
        try:
            for name, value in change.values.items():
                check = ADDRESSES.get(name)
                if check:
                    check(value)
                else:
                    texts.person_name(name, value)
        except ValueError as error:
            return str(error)
        if change.account and change.groups is not None:
            try:
                self._role_values(change.account.stored.properties["meta"], change.groups)
            except ValueError as error:
                return f"its capabilities can be changed by WordPress alone, {error}"
        if change.account is None:
            problem = texts.new_login_problem(change.name, bool(self._network))
            if not problem and change.name in self._network.get("illegal_names", ()):
                problem = "the network does not allow this name (illegal_names)"
            if not problem and change.name in self._super_admins():
                problem = ("the network has this name among its super admins (site_admins in sitemeta), which a new"
                           " account would be: take it out first")
            return problem
        return ""

    def _taken_addresses(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        """New addresses that another account has, also a disabled one: WordPress wants each once.

        An account that is enabled keeps its address, whoever took it meanwhile, with a warning.
        """
        wanted: list[tuple[Change, str]] = []
        for change in changes:
            address = texts.stored(change.values.get("email", ""))
            if change.action == "enabled" and change.account and "email" not in change.values:
                address = self._plain(change.account.stored)[1]
            if address and is_valid_unicode(address) and not change.removes:
                wanted.append((change, address))
        if not wanted:
            return []
        leaving = {change.id for change in changes if change.removes or "email" in change.values}
        users = self.accounts.table.c
        statement = sa.select(users.user_email, users.ID, users.user_login, _start(users.user_pass, 1))
        spelled = {address + mark for _change, address in wanted for mark in ("", texts.MARK)}
        rows = []
        for address, key, name, lock in self.select_in(self.for_writing(statement), users.user_email, spelled):
            if lock == LOCK and address.endswith(texts.MARK):
                address = address[:-len(texts.MARK)]
            if key not in leaving:
                rows.append((address, key, name))
        same = self.spelled(users.user_email, [*(address for _change, address in wanted), *(row[0] for row in rows)])
        holders: dict[Any, list[tuple[Any, str]]] = {}
        for address, key, name in rows:
            holders.setdefault(same[address], []).append((key, name))
        found, shared = [], []
        claimants: dict[Any, Change] = {}
        for change, address in wanted:
            others = [name for key, name in holders.get(same[address], ()) if key != change.id]
            if "email" not in change.values:
                shared += [f"{change.name!r} and {name!r} ({address})" for name in others]
                continue
            first = claimants.setdefault(same[address], change)
            if others:
                problem = (f"the e-mail address {change.values['email']} belongs to {others[0]!r}, and WordPress wants"
                           " each once. Give that account another address, or an empty one, or remove it; one that is"
                           " disabled keeps its address")
                found.append((change.declared.typed, problem))
            elif first is not change:
                problem = f"the e-mail address {change.values['email']} is also that of {first.declared.typed!r}"
                found.append((change.declared.typed, problem))
        if shared:
            self.warnings.append(
                f"An account that is enabled has the e-mail address of another one: {summarise(shared)}. WordPress"
                " finds one of the two by it. Give one of them another address.")
        return found

    def _content(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        removed = [change for change in changes if change.removes]
        if not removed:
            return []
        bequeathed = {change.id: str(change.declared.arguments["reassign_to"])
                      for change in removed if change.declared.arguments.get("reassign_to")}
        found = self._find_heirs(removed, bequeathed)
        posts = {name: self.table(name).c.post_status != "auto-draft"
                 for name, column in self._content_tables() if column == "post_author"}
        keys = [change.id for change in removed if change.id not in bequeathed]
        owning = self.count_references(self._content_tables(), keys, posts)
        for change in removed:
            if change.id in owning:
                rows = ", ".join(f"{name} ({number})" for name, number in sorted(owning[change.id].items()))
                problem = f"owns rows of {rows}: say in reassign_to who gets them, or use state: disabled"
                found.append((change.declared.typed, problem))
        return found

    def _find_heirs(self, removed: Sequence[Change], bequeathed: Mapping[Any, str]) -> list[tuple[str, str]]:
        users = self.accounts.table.c
        names = set(bequeathed.values())
        rows = list(self.select_in(sa.select(users.user_login, users.ID), users.user_login, names)) if names else []
        same = self.spelled(users.user_login, [*names, *(row[0] for row in rows)]) if rows else {}
        owners: dict[Any, list[Any]] = {}
        for name, key in rows:
            owners.setdefault(same[name], []).append(key)
        heirs = {change_id: owners.get(same.get(name), []) for change_id, name in bequeathed.items()}
        self._heirs = {key: found[0] for key, found in heirs.items() if found}
        leaving = {change.id for change in removed}
        numbers = self.count_in(self.accounts.table, "ID", set(self._heirs.values()))
        found = []
        for change in removed:
            name = change.declared.arguments.get("reassign_to")
            if change.id not in heirs:
                continue
            if not set(heirs[change.id]) - leaving:
                found.append((change.declared.typed, f"reassign_to: there is no account {name!r} that stays"))
            elif len(heirs[change.id]) > 1 or numbers.get(heirs[change.id][0], 0) > 1:
                problem = f"reassign_to: the database has more than one account {name!r}, or more than one with its ID"
                found.append((change.declared.typed, problem))
        return found

    def _content_tables(self) -> list[tuple[str, str]]:
        sites = ["" if number == 1 else f"{number}_" for number in (self._site_ids() if self._network else [1])]
        owners = (("posts", "post_author"), ("links", "link_owner"))
        return [(site + name, column) for site in sites for name, column in owners]

    # What is written

    @staticmethod
    def _locked_after(change: Change) -> bool:
        if change.switches:
            return change.action == "disabled"
        return change.account is not None and _is_locked(change.account.stored)

    def columns(self, change: Change) -> dict[str, Any]:
        columns: dict[str, Any] = {name: texts.stored(value) for name, value in super().columns(change).items()}
        if change.account is None:
            columns = {**self._new_columns(change), **columns}
            if change.new_password:
                columns["user_pass"] = change.password_hash
            return columns
        columns.update({name: text for name, (text, _kept) in self._written(change).items()})
        if "user_pass" in columns or "user_email" in columns:
            columns["user_activation_key"] = ""
        if change.action == "disabled" and self._network:
            columns["spam"] = 1
        elif change.action == "enabled" and "spam" in self.accounts.table.c:
            columns["spam"] = 0  # also where the network is gone: wp_update_user() refuses what it cannot have
        return columns

    def _written(self, change: Change) -> dict[str, tuple[str, str | None]]:
        """What the password and the address of an account get, as far as they change, and what a row keeps of each."""
        found = change.account.stored  # type: ignore[union-attr]
        password, address, _marked = self._plain(found)
        plain = {"user_pass": password, "user_email": address} if change.switches else {}
        if change.new_password:
            plain["user_pass"] = change.password_hash or NO_PASSWORD
        if "email" in change.values:
            plain["user_email"] = texts.stored(change.values["email"])
        # What is not UTF-8 cannot be written back; nobody logs in with it, and no mail goes to it.
        lost = {"user_pass": NO_PASSWORD, "user_email": ""}
        plain = {name: text if is_valid_unicode(text) else lost[name] for name, text in plain.items()}
        if not self._locked_after(change):
            return {name: (text, None) for name, text in plain.items()}
        written: dict[str, tuple[str, str | None]] = {}
        for name, text in plain.items():
            marked, short = LOCK + text, LOCK + KEPT
            if name == "user_email":
                marked, short = text + texts.MARK, self._short_address(found.key)
                marked = marked if text else ""
            keeps = marked == short or len(marked) > self._room(name)
            written[name] = (short, text) if keeps else (marked, None)
        return written

    def _new_columns(self, change: Change) -> dict[str, Any]:
        first, last = (change.values.get(name, "") for name in ("first_name", "last_name"))
        now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0, tzinfo=None)
        return {
            "user_pass": NO_PASSWORD,
            "user_nicename": self._nicenames[change.name],
            "user_email": "",
            "user_url": "",
            "user_registered": now,
            "user_activation_key": "",
            "display_name": texts.stored(" ".join(filter(None, (first, last))) or change.name)[:texts.MAX_DISPLAY_NAME],
        }

    def property_values(self, name: str, change: Change) -> dict[Any, list[Any]]:
        given: dict[Any, list[Any]] = {
            key: [texts.stored(change.values[key])] for key in ("first_name", "last_name") if key in change.values
        }
        if change.account is None:
            return {**self._new_meta(change), **given, **self._new_roles(change)}
        meta = change.account.stored.properties[name]
        values = given
        if change.groups is not None:
            values.update(self._role_values(meta, change.groups))
        was_locked, moved = _is_locked(change.account.stored), change.switches
        if was_locked or moved:
            values.update({KEPT_IN[column]: [] if kept is None else [kept]
                           for column, (_text, kept) in self._written(change).items()})
        if change.action == "disabled" or change.new_password:
            values[SESSIONS] = []
        if moved and not was_locked:
            values[PARKED] = []  # whatever it was, we did not put it there
        if change.new_password:
            values.update({APPLICATIONS: [], PARKED: [], NEW_ADDRESS: []})
        return values

    def change(self, changes: Sequence[Change]) -> None:
        super().change(changes)
        moving = [change for change in changes if not change.new_password]
        away = [change.id for change in moving if change.action == "disabled" and change.account
                and APPLICATIONS in change.account.stored.properties["meta"]]
        self._move_rows(APPLICATIONS, PARKED, away)
        back = {change.id: change.account.stored.properties["meta"] for change in moving
                if change.action == "enabled" and change.account and _is_locked(change.account.stored)}
        self._move_rows(PARKED, APPLICATIONS, [key for key, meta in back.items() if PARKED in meta])
        self._merge_applications([key for key, meta in back.items()
                                  if len(meta.get(PARKED, ())) + len(meta.get(APPLICATIONS, ())) > 1])

    def _move_rows(self, key: str, new_key: str, owners: Sequence[Any]) -> None:
        """Give rows of accounts another key, whatever their value is and however long."""
        table = self._meta.table
        rows = {owner: {"meta_key": new_key} for owner in owners}
        self.update(table, "user_id", rows, self.exactly(table.c.meta_key, [key]))

    def _merge_applications(self, owners: Sequence[Any]) -> None:
        """One row of each account, as WordPress reads the first alone; as they are where one of them cannot be read."""
        if not owners:
            return
        table = self._meta.table
        theirs = self.exactly(table.c.meta_key, [APPLICATIONS])
        statement = sa.select(table.c.user_id, _start(table.c.meta_value, MOST_CAPABILITIES + 1)).where(theirs)
        values: dict[Any, list[str]] = {}
        for owner, value in self.select_in(self.for_writing(statement.order_by(table.c.umeta_id)),
                                           table.c.user_id, owners):
            if value:
                values.setdefault(owner, []).append(value)
        merged = {}
        for owner, found in values.items():
            lists = [_capabilities(value) for value in found]
            if len(found) > 1 and None not in lists:
                merged[owner] = serialize([entry for one in lists for entry in (one or {}).values()])
        self.delete_in(table, "user_id", merged, theirs)
        self._meta.insert({"user_id": owner, "meta_key": APPLICATIONS, "meta_value": value}
                          for owner, value in merged.items())

    def _new_meta(self, change: Change) -> dict[Any, list[Any]]:
        new = self._version >= INFINITE_SCROLLING_SINCE
        values = {
            "nickname": change.name, "first_name": "", "last_name": "", "description": "",
            "rich_editing": "true", "syntax_highlighting": "true", **({"infinite_scrolling": "true"} if new else {}),
            "comment_shortcuts": "false", "admin_color": "modern" if new else "fresh", "use_ssl": "0",
            "show_admin_bar_front": "true", "locale": "",
        }
        return {key: [value] for key, value in values.items()}

    def _new_roles(self, change: Change) -> dict[Any, list[Any]]:
        if self._network and not change.groups:
            return {}
        return self._role_values({}, change.groups or {})

    def _role_values(self, meta: Mapping[str, Sequence[str]], groups: Iterable[str]) -> dict[Any, list[Any]]:
        """WP_User::set_role() and add_user_to_blog(): capabilities of the account's own stay."""
        old = self._stored_capabilities(meta) or {}
        kept = {key: value for key, value in old.items() if key not in self._roles or key in groups}
        kept.update({role: True for role in groups if role not in kept})
        names = [*kept, *(capability for role in groups for capability in self._roles.get(role, ()))]
        levels = [int(match[1]) for match in map(LEVEL.fullmatch, names) if match]
        values = {self._capabilities: [serialize(kept)], self._level: [str(max(levels, default=0))]}
        if self._network and groups and not any(meta.get("primary_blog", ())):
            site = {"primary_blog": [str(self.options["site_id"])], "source_domain": [self._network["domain"]]}
            values = {**site, **values}
        return values

    def create(self, changes: Sequence[Change]) -> None:
        self._nicenames = self._free_nicenames([change.name for change in changes])
        super().create(changes)

    def _free_nicenames(self, names: Sequence[str]) -> dict[str, str]:
        """Slugs of new accounts, those of a run one after the other as WordPress would do it.

        Where somebody has taken thousands of one, a number that nobody can foresee comes after it.
        """
        column = self.accounts.table.c.user_nicename
        taken: set[Any] = set()
        found: dict[str, str] = {}
        tried = {name: texts.nicename(name) for name in names}
        # many at once: the number of statements shall not grow with those that are taken
        first, last = 1, 2
        numbers: Sequence[int] = [1]
        while tried:
            candidates = {name: [slug if number == 1 else texts.numbered_nicename(slug, number) for number in numbers]
                          for name, slug in tried.items()}
            everything = {candidate for some_ in candidates.values() for candidate in some_}
            statement = self.for_writing(sa.select(column))
            there = {row[0] for row in self.select_in(statement, column, everything)}
            same = self.spelled(column, everything | there) if there else {one: one for one in everything}
            taken |= {same[one] for one in there}
            for name, some_ in candidates.items():
                free = next((candidate for candidate in some_ if same[candidate] not in taken), None)
                if free is not None:
                    taken.add(same[free])
                    found[name] = free
                    del tried[name]
            first, last = last, last * 10
            numbers = range(first, last)
            if first >= MOST_NUMBERED:
                numbers = [secrets.randbelow(10**9) + MOST_NUMBERED for _number in range(3)]
        return found

    def remove(self, changes: Sequence[Change]) -> None:
        heirs = {change.id: self._heirs[change.id] for change in changes if change.id in self._heirs}
        for name, column in self._content_tables() if heirs else ():
            self.update(self.table(name), column, {key: {column: heir} for key, heir in heirs.items()})
        if self._network and changes:
            names = {change.name for change in changes}
            self.delete_in(self.table("signups"), "user_login", names)
            self._revoke(names & set(self._super_admins()))
        super().remove(changes)

    def _revoke(self, names: Collection[str]) -> None:
        """revoke_super_admin(): whoever registers under the name later would be one."""
        if not names:
            return
        meta = self.table("sitemeta")
        where = [meta.c.meta_key == "site_admins"]
        statement = self.for_writing(sa.select(meta.c.site_id, meta.c.meta_value).where(*where))
        for site, value in self.connection.execute(statement).all():
            there = self._option(value, "site_admins in sitemeta")
            admins = {key: name for key, name in there.items() if name not in names}
            if len(admins) < len(there):
                change = sa.update(meta).where(*where, meta.c.site_id == site, meta.c.meta_value == value)
                self.connection.execute(change.values(meta_value=serialize(admins)))

    def write(self, changes: Sequence[Change]) -> None:
        super().write(changes)
        if any(change.action in ("created", "removed") or (self._network and change.switches)
               for change in changes):
            self._refresh_count()

    def _refresh_count(self) -> None:
        """wp_maybe_update_user_counts()"""
        users = self.accounts.table.c
        statement = sa.select(sa.func.count()).select_from(self.accounts.table)
        if self._network:
            meta = self.table("sitemeta")
            table, column = meta, meta.c.meta_value
            where = [meta.c.meta_key == "user_count", meta.c.site_id == self._network["id"]]
            statement = statement.where(users.spam == 0, users.deleted == 0)
        else:
            table = self.table(self._options)
            column, where = table.c.option_value, [table.c.option_name == "user_count"]
        old = self.connection.execute(sa.select(column).where(*where)).scalar()
        if old is not None and NUMBER.fullmatch(old) and int(old) <= LARGE:
            count = self.connection.execute(statement).scalar_one()
            self.connection.execute(sa.update(table).where(*where).values({column.name: str(count)}))

    def hash_password(self, password: str) -> str:
        return self._schemes.make(password)

    def verify_password(self, stored: str, password: str) -> bool:
        return self._schemes.verify(stored, password)


def _refuse_shared(database: Database, connection: Connection) -> None:
    """Say what may be the matter where the tables of accounts alone are missing.

    :raises SchemaError: naming them. Tables of another site may have the names, of which nothing is said: its accounts
        have other roles there
    """
    missing = [database.prefix + name for name in ("users", "usermeta") if not database.has_table(connection, name)]
    if missing and database.has_table(connection, "options"):
        raise SchemaError(f"{database.describe()}: table {', '.join(missing)} not found, though"
                          f" {database.prefix}options is there. If wp-config.php defines CUSTOM_USER_TABLE or"
                          " CUSTOM_USER_META_TABLE, the site uses the accounts of another one, which this module does"
                          " not support; else give login_user the privilege SELECT on it. Nothing was written.")


def _array(value: str | None, most: int = MAX_BYTES) -> dict[str, Any] | None:
    """The array that WordPress reads of a stored value (maybe_unserialize()), by keys as texts; None for anything else.

    :raises Unknown: where nobody can tell
    """
    text = (value or "").strip(" \t\n\r\0\v")
    if not ARRAY.match(text):
        return None
    if len(value or "") > most:  # no more of it may have been read
        raise Unknown(f"it is longer than {most} bytes")
    if text[-1] not in ";}":
        return None
    try:
        found = unserialize(text, most)
    except Unknown:
        raise
    except ValueError:
        if isinstance(value, Doubtful):
            raise Unknown(value.reason) from None
        return None
    return {str(key): item for key, item in found.items()}


def _capabilities(value: str | None) -> dict[str, Any] | None:
    """An array of an account's, empty where it has none; None when it cannot be read."""
    try:
        return _array(value, MOST_CAPABILITIES) or {}
    except Unknown:
        return None


def _is_locked(found: StoredAccount) -> bool:
    return str(found.row["user_pass"]).startswith(LOCK)


def _start(column: Any, length: int) -> Any:
    """So many characters of a column's text: what one row holds must not fill the memory."""
    return sa.type_coerce(sa.func.substr(column, 1, length), column.type)


def _first(rights: Sequence[str]) -> list[str]:
    shown = [right[:100] for right in rights[:MOST_RIGHTS]]
    return shown if len(rights) <= MOST_RIGHTS else [*shown, f"and {len(rights) - MOST_RIGHTS} more"]


class MetaRows(PropertyRows):
    """The table usermeta, of whose values no more is read than counts."""

    def __init__(self, service: Service, capabilities: str) -> None:
        super().__init__(
            service, "usermeta", owner="user_id", key="meta_key", value="meta_value", row_id="umeta_id",
            options={"first_name": "first_name", "last_name": "last_name"},
            only=["first_name", "last_name", "primary_blog", capabilities, SESSIONS, APPLICATIONS, PARKED,
                  *KEPT_IN.values()],
        )
        value, key = self.table.c.meta_value, self.table.c.meta_key
        shown = sa.case((key.in_([SESSIONS, APPLICATIONS, PARKED]), sa.literal("")),  # there or not is all that counts
                        (key == capabilities, _start(value, MOST_CAPABILITIES + 1)),
                        else_=_start(value, texts.MOST_STORED))
        self._read = sa.select(self.table.c.user_id, key, self.table.c.umeta_id, sa.type_coerce(shown, value.type))

    def write(self, wanted: Mapping[Any, Mapping[Any, Sequence[Any]]]) -> None:
        """update_user_meta() and delete_user_meta(): by account and key, of which all rows get the value.

        Not by number: after bad imports many rows have the same.
        """
        keys = {key for properties in wanted.values() for key in properties}
        if not keys:
            return
        there = {(owner, key) for owner, key, _number, _value in self._rows(list(wanted), keys)}
        new: list[dict[str, Any]] = []
        changed: dict[Any, dict[Any, dict[str, Any]]] = {}
        surplus: dict[Any, list[Any]] = {}
        for owner, properties in wanted.items():
            for key, values in properties.items():
                if (owner, key) not in there:
                    new += [self._row(owner, key, value) for value in values]
                elif values:
                    changed.setdefault(key, {})[owner] = self._columns(values[0])
                else:
                    surplus.setdefault(key, []).append(owner)
        self._write_of(changed, surplus, new)

    def _rows(self, owners: Collection[Any] | None, keys: Collection[Any] | None) -> Iterable[tuple[Any, ...]]:
        statement = self._read if keys is None else self._read.where(self.table.c.meta_key.in_(list(keys)))
        statement = self.sql.for_writing(statement.order_by(self.table.c.umeta_id))
        return (tuple(row) for row in self.sql.select_in(statement, self.table.c.user_id, owners))


def _object_cache(path: str | None) -> str:
    """The file that makes WordPress keep accounts in a cache server; empty when there is none, or nobody can tell."""
    if not path:
        return ""
    content = os.path.join(path, "wp-content")
    if not os.path.isdir(content):
        raise OptionError(f"path: there is no folder {content} on the managed host")
    drop_in = os.path.join(content, "object-cache.php")
    return drop_in if os.path.isfile(drop_in) else ""
