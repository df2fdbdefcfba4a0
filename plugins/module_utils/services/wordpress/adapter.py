# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The accounts of a WordPress site, or of a network of sites, as a service type.

Differences from what WordPress itself writes, with their reasons:

- O(state=disabled) is no operation of WordPress. It puts a marker in front of the stored password and after the e-mail
  address (on a network C(spam) refuses resets instead), moves application passwords to a key that WordPress ignores,
  and deletes the sessions and the key of a reset mail.
- A new password deletes the sessions. WordPress leaves rows that no cookie matches any more.
- A new account without a password gets C(*) instead of the hash of a random or empty one: nobody can type either.
- What the page for new users in wp-admin adds to wp_insert_user() for its hints (C(dismissed_wp_pointers)) is left out.
- No mail is sent, and plugins see nothing.
"""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import Account, Change, Declared, OptionError
from ansible_collections.auth.services.plugins.module_utils.database import Database, SchemaError, sa
from ansible_collections.auth.services.plugins.module_utils.php import serialize, unserialize
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.services.wordpress import passwords, texts
from ansible_collections.auth.services.plugins.module_utils.tables import AccountRows, Found, PropertyRows

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

BCRYPT_SINCE = 60421  # db_version of WordPress 6.8
INFINITE_SCROLLING_SINCE = 61833  # of WordPress 7.1
LARGE = 10000  # wp_is_large_user_count(): the count is refreshed by cron only

LOCK = "!"
NO_PASSWORD = "*"
SESSIONS, APPLICATIONS = "session_tokens", "_application_passwords"
PARKED = "_auth_services_application_passwords"
NUMBER = re.compile("[0-9]{1,9}")
LEVEL = re.compile(r"level_(10|[0-9])", re.IGNORECASE)
TEXTS = {"email": texts.email, "url": texts.url}
PERSON_NAMES = ("display_name", "first_name", "last_name")


class WordPress(Service):
    """The accounts of one site; on a network they are those of all sites, and the roles those of one."""

    accounts: AccountRows

    default_prefix = "wp_"
    tables = {"users": ("user_nicename", "user_registered", "user_activation_key")}
    value_options = {name: {"type": "str"} for name in (*PERSON_NAMES, "url")}
    argument_options = {"reassign_to": {"type": "str"}}
    database_options = {"site_id": {"type": "int", "default": 1}}
    service_options = {"path": {"type": "path"}}

    def __init__(self, database: Database, connection: Connection, options: Mapping[str, Any]) -> None:
        super().__init__(database, connection, options)
        self._network = self._find_network(options["site_id"])
        self.accounts = AccountRows(
            self, "users", key="ID", account_name="user_login", unique=False,
            options={"email": "user_email", "display_name": "display_name", "url": "user_url"},
            more=("user_pass", *(("spam", "deleted") if self._network else ())),
        )
        site = "" if options["site_id"] == 1 else f"{options['site_id']}_"
        self._capabilities, self._level = (database.prefix + site + key for key in ("capabilities", "user_level"))
        self.properties = {"meta": PropertyRows(
            self, "usermeta", owner="user_id", key="meta_key", value="meta_value", row_id="umeta_id",
            options={"first_name": "first_name", "last_name": "last_name"},
            only=["first_name", "last_name", self._capabilities, SESSIONS, APPLICATIONS, PARKED, "primary_blog"],
        )}
        self._options = f"{site}options"
        self._read_options(database.prefix + site + "user_roles")
        self._bcrypt_site = self._version >= BCRYPT_SINCE
        self._cost = self._newest_cost() if self._bcrypt_site else passwords.DEFAULT_COST
        self._nicenames: dict[str, str] = {}
        self._heirs: dict[str, Any] = {}
        self.results["cache_flush_needed"] = False
        self._cache = _object_cache(options.get("path"))

    def _find_network(self, site_id: int) -> dict[str, Any]:
        """Number of the network and domain of the site; nothing where there is one site only."""
        # Not by the table blogs: MySQL hides it from a user who has no privilege on it.
        if "spam" not in self.table("users").c:
            if site_id != 1:
                raise OptionError(f"site_id {site_id}: this WordPress is no network, it has one site")
            return {}
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
            network[key].update(_array(value, f"{key} in sitemeta").values())
        return network

    def _site_ids(self) -> list[int]:
        column = self.table("blogs").c.blog_id
        return list(self.connection.execute(sa.select(column).order_by(column)).scalars())

    def _read_options(self, roles_name: str) -> None:
        self.require({self._options: ["option_name", "option_value"]})
        columns = self.table(self._options).c
        names = [roles_name, "db_version", "default_role"]
        statement = sa.select(columns.option_name, columns.option_value).where(columns.option_name.in_(names))
        found = dict(tuple(row) for row in self.connection.execute(statement))
        for name in (roles_name, "db_version"):
            if name not in found:
                where = f"{self.database.prefix}{self._options}"
                raise SchemaError(f"{self.database.describe()}: {where} has no option {name}: this is no installed"
                                  " WordPress, or its prefix in the options is another one. Nothing was written.")
        self._roles = {role: _array(data.get("capabilities") if isinstance(data, dict) else None, role)
                       for role, data in _array(found[roles_name], roles_name).items()}
        self._version = int(found["db_version"]) if NUMBER.fullmatch(found["db_version"]) else 0
        self._default_role = found.get("default_role", "")

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
        for name, value in wanted.values.items():
            check = TEXTS.get(name)
            wanted.values[name] = check(value) if check else texts.person_name(name, value)
        if wanted.password is not None:
            wanted.password = passwords.typed(wanted.password)
        given = wanted.password_hash
        if given is not None and not passwords.FORMAT.fullmatch(given):
            raise ValueError("password_hash has no format that WordPress takes ($wp$2y$, $P$, $2y$)")
        if given and given.startswith("$wp") and not self._bcrypt_site:
            raise ValueError("password_hash: WordPress before 6.8 does not take $wp$2y$; give $P$ or $2y$")
        return wanted

    # What is there

    def account(self, found: Found) -> Account:
        meta, row = found.properties["meta"], found.row
        account = super().account(found)
        account.values = {name: " ".join(texts.shown(value).split()) for name, value in account.values.items()}
        marked = account.values["email"].endswith(texts.MARK)
        if marked:
            account.values["email"] = account.values["email"][:-len(texts.MARK)]
        locked, spam = row["user_pass"].startswith(LOCK), bool(row.get("spam"))
        account.password_hash = row["user_pass"][len(LOCK):] if locked else row["user_pass"]
        account.groups = dict.fromkeys(role for role in self._stored_capabilities(meta) or () if role in self._roles)
        account.enabled = not (locked or marked or spam or PARKED in meta)
        unmailable = spam if self._network else marked or not account.values["email"]
        account.disabled = locked and unmailable and not any(key in meta for key in (SESSIONS, APPLICATIONS))
        if found.name in self._network.get("site_admins", ()):
            account.protected = "it is a super admin of the network"
        return account

    def _stored_capabilities(self, meta: Mapping[str, Sequence[str]]) -> dict[Any, Any] | None:
        """Roles and capabilities of an account; None when they cannot be read."""
        value = next(iter(meta.get(self._capabilities, ())), "")
        try:
            return _array(value, self._capabilities) if value else {}
        except SchemaError:
            return None

    # What is refused

    def problems(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        for change in changes:
            # wp_insert_user(); an account of a network has no role before it is added to a site
            given = change.declared.groups is not None or self._network or self._default_role not in self._roles
            if change.account is None and not given:
                change.groups = {self._default_role: None}
        self._warn(changes)
        found = super().problems(changes)
        for change in changes:
            problem = self._problem(change)
            if problem:
                found.append((change.declared.typed, problem))
        return found + self._taken_addresses(changes) + self._content(changes)

    def _warn(self, changes: Sequence[Change]) -> None:
        if self._cache and any(change.action != "created" for change in changes):
            self.results["cache_flush_needed"] = True
            self.warnings.append(
                f"{self._cache} keeps accounts in a cache that the database does not reach: what was changed here holds"
                f" only after 'wp cache flush' in {self.options['path']}, or after the cache server was emptied."
            )
        hashed = [change for change in changes if change.new_password and change.declared.password is not None]
        if hashed and self._bcrypt_site and not passwords.has_bcrypt():
            self.warnings.append("The Python library bcrypt is not on the managed host: new passwords are stored as $P$"
                                 " instead of $wp$2y$. WordPress replaces them when people log in.")

    def _problem(self, change: Change) -> str:
        if change.account is None:
            problem = texts.new_login_problem(change.name, bool(self._network))
            if not problem and change.name in self._network.get("illegal_names", ()):
                problem = "the network does not allow this name (illegal_names)"
            return problem
        if change.groups is not None and self._stored_capabilities(change.account.row.properties["meta"]) is None:
            return f"its {self._capabilities} in usermeta cannot be read, so that its roles cannot be changed"
        if self._locked_after(change) and not self._network:
            address = change.values.get("email", change.account.values["email"])
            if len(texts.stored(address) + texts.MARK) > texts.MAX_EMAIL:
                return f"its e-mail address is too long to be marked with {texts.MARK}"
        return ""

    def _taken_addresses(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        """Addresses that another account has, also a disabled one: WordPress wants each once."""
        wanted: dict[str, list[Change]] = {}
        for change in changes:
            address = change.values.get("email")
            if address is None and change.action == "enabled" and change.account:
                address = change.account.values["email"]
            if address and change.action != "removed":
                wanted.setdefault(address.lower(), []).append(change)
        leaving = {change.id for change in changes if change.action == "removed" or "email" in change.values}
        holders: dict[str, tuple[Any, str]] = {}
        users = self.accounts.table.c
        statement = self.for_writing(sa.select(users.user_email, users.ID, users.user_login))
        spellings = [texts.stored(address) + mark for address in wanted for mark in ("", texts.MARK)]
        for address, key, name in self.select_in(statement, users.user_email, spellings):
            address = texts.shown(address).lower()
            if key not in leaving:
                holders[address[:-len(texts.MARK)] if address.endswith(texts.MARK) else address] = key, name
        found = []
        for address, claimants in wanted.items():
            for change, other in zip(claimants, [None, *claimants]):
                key, name = holders.get(address, (change.id, ""))
                if key != change.id:
                    found.append((change.declared.typed, f"the e-mail address {address} belongs to {name!r}"))
                elif other is not None:
                    problem = f"the e-mail address {address} is also that of {other.declared.typed!r}"
                    found.append((change.declared.typed, problem))
        return found

    def _content(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        removed = [change for change in changes if change.action == "removed"]
        if not removed:
            return []
        self.require({name: [column] for name, column in self._content_tables()})
        if self._network:
            self.require({"signups": ["user_login"]})
        bequeathed = {change.id: str(change.declared.arguments["reassign_to"]).lower()
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
        statement = sa.select(users.user_login, users.ID)
        heirs = self.select_in(statement, users.user_login, set(bequeathed.values()))
        self._heirs = {name.lower(): key for name, key in heirs}
        leaving = {change.id for change in removed}
        found = []
        for change in removed:
            heir = bequeathed.get(change.id)
            if heir is not None and self._heirs.get(heir, change.id) in leaving:
                problem = f"reassign_to: there is no account {change.declared.arguments['reassign_to']!r} that stays"
                found.append((change.declared.typed, problem))
        return found

    def _content_tables(self) -> list[tuple[str, str]]:
        sites = ["" if number == 1 else f"{number}_" for number in (self._site_ids() if self._network else [1])]
        owners = (("posts", "post_author"), ("links", "link_owner"))
        return [(site + name, column) for site in sites for name, column in owners]

    # What is written

    @staticmethod
    def _locked_after(change: Change) -> bool:
        if change.action in ("enabled", "disabled"):
            return change.action == "disabled"
        return bool(change.account and change.account.row.row["user_pass"].startswith(LOCK))

    def columns(self, change: Change) -> dict[str, Any]:
        columns: dict[str, Any] = {name: texts.stored(value) for name, value in super().columns(change).items()}
        account = change.account
        if account is None:
            columns = {**self._new_columns(change), **columns}
        if change.new_password:
            columns["user_pass"] = change.password_hash
        if account and change.action in ("enabled", "disabled"):
            columns.setdefault("user_pass", account.password_hash)
            columns.setdefault("user_email", texts.stored(account.values["email"]))
            if self._network:
                columns["spam"] = int(change.action == "disabled")
        if account and ("user_pass" in columns or "user_email" in columns):
            columns["user_activation_key"] = ""
        if self._locked_after(change):
            if "user_pass" in columns:
                columns["user_pass"] = LOCK + columns["user_pass"]
            if columns.get("user_email") and not self._network:
                columns["user_email"] += texts.MARK
        return columns

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
        meta = change.account.row.properties[name]
        values = given
        if change.groups is not None:
            values.update(self._role_values(meta, change.groups))
        if change.new_password or change.action == "disabled":
            values[SESSIONS] = []
        if change.action in ("enabled", "disabled"):
            applications = _merged([*meta.get(PARKED, ()), *meta.get(APPLICATIONS, ())])
            values[APPLICATIONS], values[PARKED] = (
                ([], applications) if change.action == "disabled" else (applications, [])
            )
        return values

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
        levels = [int(match[1]) for match in map(LEVEL.fullmatch, map(str, names)) if match]
        values = {self._capabilities: [serialize(kept)], self._level: [str(max(levels, default=0))]}
        if self._network and groups and not any(meta.get("primary_blog", ())):
            site = {"primary_blog": [str(self.options["site_id"])], "source_domain": [self._network["domain"]]}
            values = {**site, **values}
        return values

    def create(self, changes: Sequence[Change]) -> None:
        self._nicenames = self._free_nicenames([change.name for change in changes])
        super().create(changes)

    def _free_nicenames(self, names: Sequence[str]) -> dict[str, str]:
        """Slugs of new accounts, those of a run one after the other as WordPress would do it."""
        column = self.accounts.table.c.user_nicename
        taken: set[str] = set()
        found: dict[str, str] = {}
        first, last, tried = 1, 2, {name: texts.nicename(name) for name in names}
        while tried:
            # many at once: the number of statements shall not grow with those that are taken
            candidates = {name: [slug if number == 1 else texts.numbered_nicename(slug, number)
                                 for number in range(first, last)] for name, slug in tried.items()}
            everything = {candidate for some in candidates.values() for candidate in some}
            statement = self.for_writing(sa.select(column))
            taken |= {row[0].lower() for row in self.select_in(statement, column, everything)}
            for name, some in candidates.items():
                free = next((candidate for candidate in some if candidate not in taken), None)
                if free is not None:
                    taken.add(free)
                    found[name] = free
                    del tried[name]
            first, last = last, last * 10
        return found

    def remove(self, changes: Sequence[Change]) -> None:
        heirs = {change.id: self._heirs[change.declared.arguments["reassign_to"].lower()]
                 for change in changes if change.declared.arguments.get("reassign_to")}
        for name, column in self._content_tables() if heirs else ():
            self.update(self.table(name), column, {key: {column: heir} for key, heir in heirs.items()})
        if self._network and changes:
            self.delete_in(self.table("signups"), "user_login", [change.name for change in changes])
        super().remove(changes)

    def write(self, changes: Sequence[Change]) -> None:
        super().write(changes)
        if any(change.action in ("created", "removed") or (self._network and change.action in ("enabled", "disabled"))
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
        if self._bcrypt_site and passwords.has_bcrypt():
            return passwords.hash_bcrypt(password, self._cost)
        return passwords.hash_portable(password)

    def verify_password(self, stored: str, password: str) -> bool:
        return passwords.verify(stored, password, self._bcrypt_site)


def _array(value: Any, what: str) -> dict[Any, Any]:
    """An array, or the serialized form of one.

    :raises SchemaError: when it is none
    """
    try:
        value = unserialize(value) if isinstance(value, str) else value
    except ValueError as error:
        raise SchemaError(f"{what} is no array of PHP: {error}. Nothing was written.") from None
    if not isinstance(value, dict):
        raise SchemaError(f"{what} is no array of PHP. Nothing was written.")
    return value


def _merged(rows: Sequence[str]) -> list[str]:
    """Lists of application passwords as one; the newest list alone where one cannot be read."""
    rows = [row for row in rows if row]
    if len(rows) < 2:
        return rows
    try:
        lists = [list(_array(row, APPLICATIONS).values()) for row in rows]
    except SchemaError:
        return [rows[-1]]
    return [serialize([entry for entries in lists for entry in entries])]


def _object_cache(path: str | None) -> str:
    """The file that makes WordPress keep accounts in a cache server; empty when there is none, or nobody can tell."""
    if not path:
        return ""
    content = os.path.join(path, "wp-content")
    if not os.path.isdir(content):
        raise OptionError(f"path: there is no folder {content} on the managed host")
    drop_in = os.path.join(content, "object-cache.php")
    return drop_in if os.path.isfile(drop_in) else ""
