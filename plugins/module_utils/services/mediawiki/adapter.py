# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""MediaWiki 1.35 to 1.45 as a service type.

Differences from what the application itself writes, with their reasons:

- O(state=disabled) is no operation of MediaWiki. It puts a marker in front of the stored passwords (C(rows.locked)),
  makes the session token invalid as for a system user, and blocks the account. It needs no more than the account's own
  rows: where a marker has no room, or half of the system user of the log is missing, it finds another way.
- A new or changed password ends sessions: user_token changes. MediaWiki's own scripts do so from 2026 on only.
- Hooks do not run: extensions such as AntiSpoof, CentralAuth or Echo see nothing.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import (
    Account,
    Change,
    Declared,
    OptionError,
    is_text,
    some,
)
from ansible_collections.auth.services.plugins.module_utils.database import Database, sa
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki import passwords, schema
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.blocks import Blocks, OldBlocks
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.log import SCRIPT_USER, find_actor
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.names import RESERVED, NameRules
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.removal import OWN_ROWS, Removal
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.rows import (
    INVALID_TOKEN,
    Row,
    changed_columns,
    new_columns,
)
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.writer import Writer, needed_tables
from ansible_collections.auth.services.plugins.module_utils.tables import AccountRows, Found, MembershipRows

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

USER_COLUMNS = (
    "user_id",
    "user_name",
    "user_real_name",
    "user_email",
    "user_password",
    "user_newpassword",
    "user_newpass_time",
    "user_email_authenticated",
    "user_touched",
    "user_token",
)

# Groups that MediaWiki gives by itself (UserGroupManager::listAllImplicitGroups): a stored row means nothing.
IMPLICIT_GROUPS = frozenset(("*", "user", "autoconfirmed", "named", "temp"))

# $wgGroupPermissions of MediaWiki itself, 1.35 to 1.45.
OWN_GROUPS = IMPLICIT_GROUPS | {"bot", "bureaucrat", "interface-admin", "suppress", "sysop", "temporary-account-viewer"}

NEAR = 0.75
"""How like a known group's name (difflib's ratio) another one must be to be taken for its misspelling."""

# They need a longer password by $wgPasswordPolicy.
PRIVILEGED_GROUPS = frozenset(("sysop", "bureaucrat", "interface-admin", "bot"))

MAX_BYTES = 255  # of names, real names, e-mail addresses and groups

# Sanitizer::validateEmail: the rule of HTML5, ASCII only.
EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")


class MediaWiki(Service):
    """The accounts of one wiki."""

    engines = ("mysql", "postgresql", "sqlite")
    default_schema = "mediawiki"
    # All that is read, so that one message names all that is missing.
    tables = {
        "user": USER_COLUMNS,
        "user_groups": ("ug_user", "ug_group", "ug_expiry"),
        "comment": ("comment_id", "comment_data"),
    }
    value_options = {"real_name": {"type": "str"}, "email_confirmed": {"type": "bool"}}
    argument_options = {"group_expiry": {"type": "dict"}, "reason": {"type": "str"}}
    service_options = {"performer": {"type": "str"}, "known_groups": {"type": "list", "elements": "str"}}

    charset = "binary"  # DatabaseMysqli::mysqlConnect(), MysqlConnectForm of later releases
    column_type = staticmethod(schema.column_type)
    hash_password = staticmethod(passwords.hash_password)
    verify_password = staticmethod(passwords.verify_password)

    def __init__(self, database: Database, connection: Connection, options: Mapping[str, Any]) -> None:
        super().__init__(database, connection, options)
        # 1.42 has both schemas, and uses the old one.
        blocks = OldBlocks if self.has_table("ipblocks") else Blocks
        there = any(map(self.has_table, blocks.tables))
        self.require({**({} if there else OldBlocks.tables), **blocks.tables, "interwiki": ("iw_prefix",)})
        self.blocks = blocks(self)
        more = [*USER_COLUMNS, *(name for name in ("user_is_temp",) if name in self.table("user").c)]
        self.accounts = AccountRows(
            self, "user", key="user_id", account_name="user_name", more=more,
            options={"email": "user_email", "real_name": "user_real_name"},
        )
        self.memberships = MembershipRows(
            self, "user_groups", account="ug_user", group="ug_group", attribute="ug_expiry"
        )
        self.user = self.accounts.table
        self.now = schema.now()
        self._rules: NameRules | None = None
        self._known_groups: set[str] = set()
        self._looked_into: set[str] = set()

    def table_name(self, name: str) -> str:
        # Up to 1.36, PostgreSQL had mwuser.
        maybe_old = name == "user" and self.database.engine_name == "postgresql"
        return "mwuser" if maybe_old and self.database.has_table(self.connection, "mwuser") else name

    # Names

    @property
    def rules(self) -> NameRules:
        """MediaWiki's rules for names, as far as they show in the database."""
        if self._rules is None:
            prefixes = self.connection.execute(sa.select(self.table("interwiki").c.iw_prefix)).scalars().all()
            interwiki = frozenset(prefix.lower() for prefix in prefixes if prefix)
            self._rules = NameRules(release=self._release(), interwiki=interwiki)
        return self._rules

    def _release(self) -> tuple[int, int]:
        """The oldest release that the schema may belong to, among those that differ in names."""
        if not self.has_table("ipblocks") or self.has_table("block_target"):
            return 1, 42
        return (1, 41) if "user_is_temp" in self.user.c else (1, 39)

    def canonical_name(self, name: str) -> str:
        return self.rules.canonical(name)

    # Declared accounts

    def declare(self, entry: Mapping[str, Any]) -> Declared:
        wanted = super().declare(entry)
        for name in ("email", "real_name"):
            if name in wanted.values:
                wanted.values[name] = _text(name, wanted.values[name])
        email = wanted.values.get("email")
        if email and not EMAIL.fullmatch(email):
            raise ValueError(f"email {email!r} is none that MediaWiki accepts: ASCII only, no spaces, something@host")
        if email == "" and wanted.values.get("email_confirmed"):
            raise ValueError("email_confirmed: there is no e-mail address to confirm")
        if wanted.password is not None:
            wanted.password = passwords.normalise_password(wanted.password)
        if wanted.password_hash is not None:
            passwords.check_hash(wanted.password_hash)
        wanted.groups = self._declared_groups(wanted.groups, wanted.arguments["group_expiry"])
        if len(wanted.arguments["reason"] or "") > 500:
            raise ValueError("reason is longer than the 500 characters that MediaWiki stores")
        return wanted

    def _declared_groups(
        self, groups: dict[str, Any] | None, expiry: Mapping[str, Any] | None
    ) -> dict[str, Any] | None:
        if groups is None:
            if expiry:
                raise ValueError("group_expiry goes with groups: it says when memberships of that list end")
            return None
        for group in groups:
            if group in IMPLICIT_GROUPS:
                raise ValueError(f"group {group!r} is implicit: MediaWiki itself decides who is in it")
            if not group or group != _text("group", group):
                raise ValueError(f"group {group!r} is no name of a group")
        unknown = sorted(set(expiry or ()) - set(groups))
        if unknown:
            raise ValueError(f"group_expiry names {', '.join(unknown)}, which groups does not list")
        if expiry is not None:
            ends = {group: schema.parse_time(expiry.get(group) or "infinity") for group in groups}
            # A membership that has run out is none; the declaration may outlive it.
            groups = {group: end for group, end in ends.items() if end is None or end > self.now}
        self._check_spelling(groups)
        return groups

    def _check_spelling(self, groups: Collection[str]) -> None:
        """Refuse a group that is nearly a known one: its members would not get, or would lose, what that one gives.

        :raises ValueError: naming both
        """
        for group in sorted(self._unknown_names(groups)):
            folded = {known.lower(): known for known in sorted(self._known_groups)}
            near = difflib.get_close_matches(group.lower(), folded, 1, NEAR)
            if near:
                raise ValueError(f"nobody is or was in a group {group!r}, and there is {folded[near[0]]!r}: if it is"
                                 " spelled right, name it in known_groups")

    def _unknown_names(self, groups: Collection[str]) -> set[str]:
        """Those groups that are neither MediaWiki's own, nor in the option, nor have or had a member.

        That is all that can be known: MediaWiki's database has no list of groups.
        """
        if not self._known_groups:
            self._known_groups = {*OWN_GROUPS, *(self.options.get("known_groups") or ())}
        for table, column in (("user_groups", "ug_group"), ("user_former_groups", "ufg_group")):
            if set(groups) <= self._known_groups or table in self._looked_into:
                continue
            self._looked_into.add(table)
            if self.has_table(table):
                names = self.connection.execute(sa.select(self.table(table).c[column]).distinct()).scalars()
                self._known_groups.update(name for name in names if name)
        return set(groups) - self._known_groups

    # Actual accounts

    def read_more(self, keys: Collection[Any] | None) -> dict[str, Mapping[Any, Any]]:
        return {"blocks": self.blocks.read(keys)}

    def account(self, found: Found) -> Account:
        groups = {group: None if expiry == schema.INFINITY else expiry for group, expiry in found.groups.items()}
        expired = {group: expiry for group, expiry in groups.items() if expiry is not None and expiry <= self.now}
        row, blocks = found.row, found.properties["blocks"] or []
        own = Row(
            password=row["user_password"] or "",  # nullable on PostgreSQL up to 1.36, as the next ones
            newpassword=row["user_newpassword"] or "",
            newpass_time=row["user_newpass_time"],
            touched=row["user_touched"] or "",
            valid_token=(row["user_token"] or "").strip() != INVALID_TOKEN,
            blocks=blocks,
            expired_groups=expired,
        )
        account = super().account(found)
        account.enabled = own.open
        account.disabled = own.shut and any(block.live(self.now) for block in blocks)
        account.values["email_confirmed"] = row["user_email_authenticated"] is not None
        account.groups = {group: expiry for group, expiry in groups.items() if group not in expired}
        account.password_hash = own.unlocked()["user_password"]
        account.protected = _protected(row, own)
        try:
            self.rules.usable(found.name)
        except ValueError as error:
            account.undecided = str(error)
        account.last_changed = schema.show_time(own.touched)
        account.row = own
        return account

    def to_options(self, account: Account) -> dict[str, Any]:
        options = super().to_options(account)
        options["group_expiry"] = {group: schema.show_time(expiry) for group, expiry in sorted(account.groups.items())
                                   if expiry is not None}
        return options

    def show_groups(self, groups: Mapping[str, Any]) -> list[str]:
        return [group if expiry is None else f"{group} until {schema.show_time(expiry)}"
                for group, expiry in sorted(groups.items())]

    # What is refused

    def problems(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        self.require(needed_tables(changes, self.options.get("performer") is not None))
        problems = self._check_performer(changes)
        problems += self._check_created([change for change in changes if change.action == "created"])
        self._warn_of_first_members(changes)
        problems += super().problems(changes)
        for change in changes:
            email = change.values.get("email", change.account.values.get("email") if change.account else "")
            if change.values.get("email_confirmed") and not email and change.action != "disabled":
                problems.append((change.declared.typed, "email_confirmed: there is no e-mail address to confirm"))
        return problems

    def check(self, changes: Sequence[Change]) -> None:
        super().check(changes)
        self._warn(changes)

    def _check_performer(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        """Who shall be named and is not there: that keeps nobody from being shut out.

        :raises OptionError: where nobody is to be shut out
        """
        _actor, problem = self.performer()
        if not problem:
            return []
        others = [change for change in changes if change.action not in ("disabled", "removed")]
        if len(others) == len(changes):
            raise OptionError(f"{problem}. Nothing was written.")
        self.warnings.append(f"{problem}. The log names {SCRIPT_USER!r} for whoever was disabled or removed.")
        return [(change.declared.typed, problem) for change in others[:1]]

    def _warn_of_first_members(self, changes: Sequence[Change]) -> None:
        new = {group for change in changes for group in change.groups or ()}
        strange = self._unknown_names(new) - {group for change in changes if change.account
                                              for group in change.account.groups}
        if strange:
            self.warnings.append(
                f"Nobody was in {some(strange)} before: such a group gives rights only where the wiki's configuration"
                " or an extension defines it. Name it in known_groups if it is right."
            )

    def _check_created(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        if not changes:
            return []
        problems = []
        taken = self._actors_without_account([change.name for change in changes])
        for change in changes:
            try:
                self.rules.creatable(change.name)
            except ValueError as error:
                problems.append((change.declared.typed, str(error)))
            if change.name not in taken:
                continue
            owner = taken[change.name]
            problems.append((change.declared.typed, (
                "there is no such account, but edits under this name (imported, or left by a removed account):"
                " MediaWiki cannot log such an account in" if owner is None else
                f"there is no such account, but the name is that of the actor of user id {owner}: the wiki's tables"
                " contradict each other"
            )))
        return problems

    def _actors_without_account(self, names: Sequence[str]) -> dict[str, int | None]:
        """The user id that an actor of these names has, if any; in one statement, which sees one state of the tables.

        An account that is complete was made since we read: inserting it again fails, and reading starts anew.
        """
        actor, user = self.table("actor"), self.user
        statement = sa.select(actor.c.actor_name, actor.c.actor_user, user.c.user_name).join_from(
            actor, user, actor.c.actor_user == user.c.user_id, isouter=True
        )
        found = self.select_in(statement, actor.c.actor_name, names)
        return {row.actor_name: row.actor_user for row in found if row.user_name != row.actor_name}

    def referenced(self, changes: Sequence[Change]) -> dict[Any, dict[str, int]]:
        return self.removal(changes).references()

    def owned(self) -> Sequence[tuple[str, str]]:
        return OWN_ROWS

    def removal(self, changes: Sequence[Change]) -> Removal:
        actor = self.table("actor")
        names = {change.id: change.name for change in changes}
        actors = self.select_in(sa.select(actor.c.actor_user, actor.c.actor_id), actor.c.actor_user, names)
        return Removal(self, names, dict(tuple(row) for row in actors))

    def performer(self) -> tuple[int | None, str]:
        """The actor whom the log names, None for MediaWiki's own C(Maintenance script); and why it is not the option's.
        """
        name = self.options.get("performer")
        if name is None:
            return None, ""
        try:
            actor = find_actor(self, self.canonical_name(name))
        except ValueError as error:
            return None, f"performer {name!r}: {error}"
        return actor, "" if actor is not None else f"performer: there is no account {name!r} in this wiki"

    def _warn(self, changes: Sequence[Change]) -> None:
        weak = [change.name for change in changes if _is_weak(change)]
        if weak:
            self.warnings.append(
                f"The new password of {some(weak)} is weaker than MediaWiki's default policy wants (8 bytes, 10 with"
                " rights, not the name): the login page asks for another one, and programs cannot log in."
            )
        kept = [change.name for change in changes if change.action == "disabled" and change.account
                and any(block.live(self.now) and not (block.sitewide and block.expiry == schema.INFINITY)
                        for block in change.account.row.blocks)]
        if kept:
            self.warnings.append(
                f"{some(kept)} had a block of the wiki's own that is partial or runs out; it was left as it is. Such"
                " an account cannot log in, but a session that the wiki caches may do what the block allows, for up to"
                " an hour."
            )

    def columns(self, change: Change) -> dict[str, Any]:
        return new_columns(change, self.now) if change.account is None else changed_columns(change, self.now)

    def stored_groups(self, change: Change) -> Mapping[str, Any]:
        # The row of a membership that ran out is still there.
        groups = super().stored_groups(change)
        expired = change.account.row.expired_groups if change.account else {}
        return {**groups, **{group: expiry for group, expiry in expired.items() if group in (change.groups or {})}}

    def write(self, changes: Sequence[Change]) -> None:
        Writer(self).write(changes)


def _protected(row: Mapping[str, Any], own: Row) -> str:
    """System users let nobody in: a stranger's account that only has such a name is an ordinary one."""
    if not own.password and not own.newpassword:
        token = (row["user_token"] or "").strip()
        # A disabled account of ours has that token too, but never an empty password: at least the marker is there.
        # Releases before 1.27 gave theirs no token.
        if token == INVALID_TOKEN or (not token and row["user_name"] in RESERVED):
            return "it is a system user of MediaWiki"
    if not is_text(row["user_name"]):
        return "its name is not valid UTF-8, so MediaWiki cannot find it"
    return "it is a temporary account of MediaWiki" if row.get("user_is_temp") else ""


def _text(option: str, value: str) -> str:
    """A text as MediaWiki's web forms hand it on, within the limit of its column."""
    text = unicodedata.normalize("NFC", value).strip()
    if not text.isprintable() and any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise ValueError(f"{option} has a control character")
    size = len(text.encode())
    if size > MAX_BYTES:
        raise ValueError(f"{option} has {size} bytes, MediaWiki stores at most {MAX_BYTES}")
    return text


def _is_weak(change: Change) -> bool:
    """Whether $wgPasswordPolicy of MediaWiki 1.40 and later would object at login."""
    password = change.declared.password
    if not change.new_password or password is None:
        return False
    groups = change.groups if change.groups is not None else change.account.groups if change.account else {}
    minimum = 10 if PRIVILEGED_GROUPS & set(groups) else 8
    return len(password.encode()) < minimum or password.lower() in change.name.lower()
