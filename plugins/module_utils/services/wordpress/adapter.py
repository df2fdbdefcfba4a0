# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The accounts of a WordPress site, or of a network of sites, as a service type.

Differences from what WordPress itself writes, with their reasons:

- ``state=disabled`` is not an operation of WordPress. It shuts the doors in doors.py. The address has its mark on a
  network too: a site that was taken back from one looks like one, and lets in whoever has ``spam``.
- A new password deletes the sessions, of which WordPress leaves rows that no cookie matches any more; the application
  passwords, which WordPress leaves in force, and a change of address that waits to be confirmed: whoever had the
  account before would keep them.
- A new account without a password gets ``*`` instead of the hash of a random or empty one: nobody can type either.
- What the page for new users in wp-admin adds to wp_insert_user() for its hints (``dismissed_wp_pointers``) is left
  out.
- No mail is sent, and plugins see nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from ansible_collections.auth.services.plugins.module_utils.account import (
    Account,
    Change,
    Declared,
    StoredAccount,
    first_names,
)
from ansible_collections.auth.services.plugins.module_utils.database import Database
from ansible_collections.auth.services.plugins.module_utils.description import (
    Accounts,
    Description,
    Door,
    Field,
    Properties,
)
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.services.wordpress import (
    applications,
    content,
    passwords,
    texts,
    unique,
)
from ansible_collections.auth.services.plugins.module_utils.services.wordpress.doors import (
    APPLICATIONS,
    DOORS,
    META,
    NO_PASSWORD,
    PARKED,
    SESSIONS,
    SPAM,
    UNTOUCHED,
    Mark,
)
from ansible_collections.auth.services.plugins.module_utils.services.wordpress.meta import MetaRows
from ansible_collections.auth.services.plugins.module_utils.services.wordpress.site import (
    Site,
    object_cache,
    refuse_shared,
)
from ansible_collections.auth.services.plugins.module_utils.tables import AccountRows
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

INFINITE_SCROLLING_SINCE = 61833  # db_version of WordPress 7.1
NEW_ADDRESS = "_new_email"
READ = ["first_name", "last_name", "primary_blog", SESSIONS, APPLICATIONS, PARKED,
        *(door.kept_in for door in DOORS if isinstance(door, Mark))]
"""Keys in usermeta, beside those of the site's roles."""
CHECKS = {"email": texts.email, "url": texts.url}


class WordPress(Service):
    """The accounts of one site; on a network they are those of all sites, and the roles those of one."""

    accounts: AccountRows
    properties: Mapping[str, MetaRows]
    property_rows = MetaRows

    default_prefix = "wp_"
    charset = ""  # DB_CHARSET in wp-config.php
    tables = {"users": ("user_nicename", "user_registered", "user_activation_key")}
    argument_options = {"reassign_to": {"type": "str"}}
    database_options = {"site_id": {"type": "int", "default": 1}, "network": {"type": "bool"}}
    service_options = {"path": {"type": "path"}}
    clear_password = passwords.CLEAR_PASSWORD
    description = Description(
        accounts=Accounts(
            "users", key="ID", name="user_login", password="user_pass", unique=False,
            fields=[
                Field("email", "user_email", spec={}, new=""),
                Field("display_name", "display_name"),
                Field("url", "user_url", new=""),
            ],
            new={"user_pass": NO_PASSWORD},
        ),
        properties={META: Properties(
            "usermeta", owner="user_id", key="meta_key", value="meta_value", row_id="umeta_id",
            fields=[Field("first_name", "first_name"), Field("last_name", "last_name")],
        )},
        doors=DOORS,
        untouched=UNTOUCHED,
    )

    def __init__(self, database: Database, connection: Connection, options: Mapping[str, Any]) -> None:
        refuse_shared(Transaction(database, connection))
        super().__init__(database, connection, options)
        self._nicenames: dict[str, str] = {}
        self._heirs: dict[Any, Any] = {}
        self.results["cache_flush_needed"] = False
        self._cache = object_cache(options.get("path"))

    def describe(self) -> Description:
        self._site = Site(self, self.options)
        self.scheme = self._site.schemes()
        self._roles, self._network = self._site.roles, bool(self._site.network)
        description = super().describe()
        meta = replace(cast(Properties, description.properties[META]), only=[*READ, self._roles.key])
        doors = [door for door in map(self._with_room, description.doors) if self._network or door is not SPAM]
        return replace(description, properties={META: meta}, doors=doors)

    def _with_room(self, door: Door) -> Door:
        if not isinstance(door, Mark):
            return door
        return replace(door, room=getattr(self.table("users").c[door.column].type, "length", None) or 255)

    def canonical_name(self, name: str) -> str:
        return texts.login(name)

    def groups(self) -> Collection[str]:
        return list(self._roles.defined)

    def check_lengths(self, values: Mapping[str, Any]) -> None:
        """Nothing: what changes is measured as it is stored, and what an account has can always be declared."""

    def declare(self, entry: Mapping[str, Any]) -> Declared:
        wanted = super().declare(entry)
        # Whether WordPress would take them is asked of those that change.
        wanted.values = {name: texts.normal(value) for name, value in wanted.values.items()}
        given = wanted.password_hash
        if given is not None:
            passwords.check_hash(given)
        if given and given.startswith("$wp") and not self._site.has_bcrypt:
            raise ValueError("password_hash: WordPress before 6.8 does not accept $wp$2y$. Use $P$ or $2y$")
        return wanted

    # What is there

    def shown_texts(self, stored: Sequence[str]) -> Sequence[str]:
        return [texts.read(text) if "&" in text else text for text in stored]

    def account(self, stored: StoredAccount) -> Account:
        account = super().account(stored)
        account.values = {name: texts.read(value) for name, value in account.values.items()}
        account.groups = dict.fromkeys(self._roles.names(stored.properties[META]))
        if stored.name in self._site.super_admins:
            account.spared = "it is a super admin of the network"
        return account

    def rights(self, accounts: Collection[Account]) -> dict[str, list[str]]:
        return self._roles.told(accounts, self.properties[META], self._site.super_admins, self._site.numbers())

    # What is refused

    def complete(self, changes: Sequence[Change]) -> None:
        role = self._site.default_role
        for change in changes:
            # wp_insert_user(); an account of a network has no role before it is added to a site
            given = change.declared.groups is not None or self._network or role not in self._roles.defined
            if change.account is None and not given:
                change.groups = {role: None}

    def needed(self, changes: Sequence[Change]) -> dict[str, Sequence[str]]:
        needed = super().needed(changes)
        if any(change.removes for change in changes):
            needed.update({name: [column] for name, column in self._site.content_tables()})
            needed.update({"signups": ["user_login"]} if self._network else {})
        return needed

    def problems(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        found = super().problems(changes)
        for change in changes:
            problem = self._problem(change)
            if problem:
                found.append((change.declared.typed, problem))
        found += unique.taken_addresses(self, changes, self.opened)
        removed = [change for change in changes if change.removes]
        if removed:
            refused, self._heirs = content.refused(self, self._site.content_tables(), removed)
            found += refused
        return found

    def warn(self, changes: Sequence[Change]) -> None:
        if self._cache and any(not change.creates for change in changes):
            self.results["cache_flush_needed"] = True
            self.warnings.append(
                f"{self._cache} keeps accounts in a cache. The changes take effect after 'wp cache flush' in"
                f" {self.options['path']}, or after the cache server is emptied."
            )
        hashed = [change for change in changes if change.new_password and change.declared.password is not None]
        if hashed and self._site.has_bcrypt and not passwords.has_bcrypt():
            self.warnings.append("The Python library bcrypt is not installed on the managed host, so new passwords are"
                                 " stored as $P$ instead of $wp$2y$. WordPress replaces them when people log in.")
        unread = [change.name for change in changes if change.account and change.groups is not None
                  and self._roles.stored(change.account.stored.properties[META]) is None]
        if unread:
            self.warnings.append(f"{self._roles.key} of {first_names(unread)} cannot be read. It is replaced by the"
                                 " declared roles, as WordPress would do.")
        back = {change.name: change.account.stored for change in changes
                if change.account and change.action == "enabled" and "email" not in change.values}
        addresses = {name: self.opened(stored).row["user_email"] for name, stored in back.items()
                     if stored.row["user_email"]}
        unknown = [name for name, address in addresses.items() if not address or address.endswith(texts.MARK)]
        if unknown:
            self.warnings.append(f"The e-mail address of {first_names(unknown)} is lost: its copy was deleted, or"
                                 " somebody opened the account in WordPress while it was disabled. Declare it in"
                                 " email.")

    def _problem(self, change: Change) -> str:
        """Why WordPress would not take what changes; empty when it does."""
        try:
            for name, value in change.values.items():
                if name in CHECKS:
                    CHECKS[name](value)
                else:
                    texts.person_name(name, value)
        except ValueError as error:
            return str(error)
        if change.account and change.groups is not None:
            try:
                self._roles.values(change.account.stored.properties[META], change.groups)
            except ValueError as error:
                return f"only WordPress can change its capabilities: {error}"
        if change.account is None:
            problem = texts.new_login_problem(change.name, self._network)
            if not problem and change.name in self._site.network.get("illegal_names", ()):
                problem = "the network does not allow this name (illegal_names)"
            if not problem and change.name in self._site.super_admins:
                problem = ("the new account would be a super admin, since site_admins in sitemeta has this name. Remove"
                           " the name from it first")
            return problem
        return ""

    # What is written

    def columns(self, change: Change) -> dict[str, Any]:
        columns = super().columns(change)
        options = self.accounts.options
        columns.update({options[name]: texts.stored(text) for name, text in change.values.items() if name in options})
        if change.creates:
            names = (change.values.get(name, "") for name in ("first_name", "last_name"))
            shown = texts.stored(" ".join(filter(None, names)) or change.name)[:texts.MAX_DISPLAY_NAME]
            now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0, tzinfo=None)
            return {"user_nicename": self._nicenames[change.name], "user_registered": now, "display_name": shown,
                    **columns}
        if change.action == "enabled" and not self._network and "spam" in self.accounts.table.c:
            columns["spam"] = 0  # the network is gone: wp_update_user() refuses what it cannot have
        return columns

    def property_values(self, name: str, change: Change) -> dict[Any, list[Any]]:
        given: dict[Any, list[Any]] = {
            key: [texts.stored(change.values[key])] for key in ("first_name", "last_name") if key in change.values
        }
        if change.account is None:
            groups = change.groups or {}
            return {**self._new_meta(change), **given, **(self._role_values({}, groups) if groups or not self._network
                                                          else {})}
        if change.groups is not None:
            given.update(self._role_values(change.account.stored.properties[name], change.groups))
        if change.new_password:
            given[NEW_ADDRESS] = []
        return given

    def change(self, changes: Sequence[Change]) -> None:
        super().change(changes)
        applications.move(self.properties[META], changes)

    def _new_meta(self, change: Change) -> dict[Any, list[Any]]:
        new = self._site.version >= INFINITE_SCROLLING_SINCE
        values = {
            "nickname": change.name, "first_name": "", "last_name": "", "description": "",
            "rich_editing": "true", "syntax_highlighting": "true", **({"infinite_scrolling": "true"} if new else {}),
            "comment_shortcuts": "false", "admin_color": "modern" if new else "fresh", "use_ssl": "0",
            "show_admin_bar_front": "true", "locale": "",
        }
        return {key: [value] for key, value in values.items()}

    def _role_values(self, meta: Mapping[str, Sequence[str]], groups: Mapping[str, Any]) -> dict[Any, list[Any]]:
        """And add_user_to_blog()."""
        values = self._roles.values(meta, groups)
        if self._network and groups and not any(meta.get("primary_blog", ())):
            domain = self._site.network["domain"]
            return {"primary_blog": [str(self.options["site_id"])], "source_domain": [domain], **values}
        return values

    def create(self, changes: Sequence[Change]) -> None:
        self._nicenames = unique.free_nicenames(self, [change.name for change in changes])
        super().create(changes)

    def remove(self, changes: Sequence[Change]) -> None:
        heirs = {change.id: self._heirs[change.id] for change in changes if change.id in self._heirs}
        for name, column in self._site.content_tables() if heirs else ():
            self.update(self.table(name), column, {key: {column: heir} for key, heir in heirs.items()})
        if self._network and changes:
            names = {change.name for change in changes}
            self.delete_in(self.table("signups"), "user_login", names)
            self._site.revoke(names & set(self._site.super_admins))
        super().remove(changes)

    def write(self, changes: Sequence[Change]) -> None:
        super().write(changes)
        if any(change.creates or change.removes or (self._network and change.switches) for change in changes):
            self._site.refresh_count()
