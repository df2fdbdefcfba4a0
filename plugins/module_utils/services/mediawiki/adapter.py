# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""MediaWiki 1.35 to 1.45 as a service type.

Differences from what the application itself writes, with their reasons:

- ``state=disabled`` is no operation of MediaWiki. It puts a marker in front of the stored passwords (``rows.locked``),
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
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import (
    Account,
    AmbiguousName,
    Change,
    Declared,
    OptionError,
    StoredAccount,
    first_names,
    is_valid_unicode,
)
from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.database import Database, SchemaError
from ansible_collections.auth.services.plugins.module_utils.description import (
    Accounts,
    Description,
    Door,
    Field,
    Memberships,
)
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki import passwords, schema
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.blocks import Blocks, OldBlocks
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.doors import (
    Blocked,
    StoredPasswords,
    Token,
)
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.log import (
    SCRIPT_USER,
    Performer,
    find_performer,
)
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.names import (
    NO_RANGES,
    RESERVED,
    STEPS,
    TITLE_CASE,
    DoubtfulName,
    NameRules,
    PossibleRules,
)
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.removal import OWN_ROWS, Removal
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.rows import (
    INVALID_TOKEN,
    changed_columns,
    new_columns,
)
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.writer import (
    Writer,
    names_performer,
    needed_tables,
)

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


# Tables whose rows MediaWiki's tables number, with the column
ACTOR_AND_COMMENT = {"actor": "actor_id", "comment": "comment_id"}
LOG = {"logging": "log_id", "recentchanges": "rc_id"}
NEW_ACCOUNT = {"user": "user_id", "watchlist": "wl_id"}


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
    value_options = {"email_confirmed": {"type": "bool"}}
    database_options = {"mediawiki_version": {"type": "str"}}
    argument_options = {"group_expiry": {"type": "dict"}, "reason": {"type": "str"}}
    service_options = {"performer": {"type": "str"}, "known_groups": {"type": "list", "elements": "str"}}

    charset = "binary"  # DatabaseMysqli::mysqlConnect(), MysqlConnectForm of later releases
    column_type = staticmethod(schema.column_type)
    hash_password = staticmethod(passwords.hash_password)
    verify_password = staticmethod(passwords.verify_password)

    description = Description(
        accounts=Accounts(
            "user", key="user_id", name="user_name", password="user_password", extra=USER_COLUMNS,
            fields=[Field("email", "user_email", spec={}), Field("real_name", "user_real_name")],
        ),
        memberships=Memberships("user_groups", account="ug_user", group="ug_group", attribute="ug_expiry"),
        doors=(
            StoredPasswords(
                "login with the password",
                "the marker `:locked:` stands in front of `user_password`, or where that has no room `!` in place of"
                " its first colon; MediaWiki takes an unknown type as a wrong password", "yes, the same password"),
            Door("login with the temporary password of a reset mail",
                 "the same in `user_newpassword`, together with the time it was mailed", "yes"),
            Door("another reset mail",
                 "`user_newpass_time` lies far in the future, so the wiki thinks that it has just mailed one", "yes"),
            Door("bot passwords", "the marker in `bp_password`", "yes"),
            Token('open sessions, "keep me logged in"',
                  "`user_token` becomes the one that MediaWiki gives system users, with which no session works",
                  "a new token: people log in again"),
            Blocked("edits, e-mail, creating accounts",
                    "a block of the whole wiki, for ever, without autoblock; it is logged with `reason`",
                    "the block is lifted, and logged"),
        ),
        untouched=(("e-mail address, groups, real name, preferences, edits", "left alone"),),
    )

    def __init__(self, database: Database, connection: Connection, options: Mapping[str, Any]) -> None:
        _refuse_shared(database, connection)
        self.now = schema.now()
        self._said = _said_release(options.get("mediawiki_version"))
        self._rules: PossibleRules | None = None
        self._known_groups: set[str] = set()
        self._looked_into: set[str] = set()
        self._numbered: dict[str, bool] = {}
        super().__init__(database, connection, options)
        self.user = self.table("user")

    def describe(self) -> Description:
        # 1.42 has both schemas, and uses the old one.
        blocks = OldBlocks if self.has_table("ipblocks") else Blocks
        there = any(map(self.has_table, blocks.tables))
        self.require({**({} if there else OldBlocks.tables), **blocks.tables, "interwiki": ("iw_prefix",)})
        self.blocks = blocks(self)
        found = super().describe()
        if "user_is_temp" in self.table("user").c:
            found = found.with_accounts(extra=[*USER_COLUMNS, "user_is_temp"])
        if self.no_blocks:
            found = replace(found, doors=[door for door in found.doors if not isinstance(door, Blocked)])
        return found

    def table_name(self, name: str) -> str:
        # Up to 1.36, mwuser is the name in PostgreSQL, which reserves the word.
        maybe_old = name == "user" and name in self.connection.dialect.identifier_preparer.reserved_words
        return "mwuser" if maybe_old and self.database.has_table(self.connection, "mwuser") else name

    # Tables that have lost their keys

    def unnumbered(self, *tables: Mapping[str, str]) -> dict[str, str]:
        """Those of the tables that give their new rows no number, though MediaWiki makes them so, with its column."""
        found = {}
        for name, column in {name: column for some_of_them in tables for name, column in some_of_them.items()}.items():
            if name not in self._numbered:
                self._numbered[name] = not self.has_table(name) or self._gives_numbers(name, column)
            if not self._numbered[name]:
                found[name] = column
        return found

    @property
    def no_blocks(self) -> dict[str, str]:
        """The tables for which no block can be written."""
        return self.unnumbered(ACTOR_AND_COMMENT, self.blocks.numbers)

    @property
    def no_log(self) -> dict[str, str]:
        """The tables for which nothing can be logged."""
        return self.unnumbered(ACTOR_AND_COMMENT, LOG)

    def _gives_numbers(self, name: str, column: str) -> bool:
        return self.database.kind.gives_numbers(self.table(name).c[column])

    # Names

    @property
    def rules(self) -> PossibleRules:
        """MediaWiki's rules for names, as far as they show in the database."""
        if self._rules is None:
            prefixes = self.connection.execute(sa.select(self.table("interwiki").c.iw_prefix)).scalars().all()
            interwiki = frozenset(prefix.lower() for prefix in prefixes if prefix)
            rules = tuple(NameRules(release=release, interwiki=interwiki) for release in self._releases())
            self._rules = PossibleRules(
                rules, "which the tables that this user sees do not tell. Set mediawiki_version")
        return self._rules

    def _releases(self) -> list[tuple[int, int]]:
        """The releases that the schema may belong to, the first of each set of rules; as a rule one.

        The option tells what the tables do not; where both do, the tables are right.
        """
        oldest, newest = self._range()
        possible = [step for step in STEPS if oldest <= step <= newest]
        said = max((step for step in STEPS if self._said and step <= self._said), default=None)
        if said in possible:
            return [said]
        if said:
            later = [step for step in STEPS if step > newest]
            told = f"1.{oldest[1]} or later" + (f", before 1.{later[0][1]}" if later else "")
            self.warnings.append(f"mediawiki_version says {self.options['mediawiki_version']}, and the tables are those"
                                 f" of MediaWiki {told}. mediawiki_version is ignored; correct or remove it.")
        return possible

    def _range(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """The oldest and the newest set of rules that the tables leave possible.

        MySQL hides a table from who has no privilege on it, and those that tell releases apart are not ours to write.
        """
        if not self.has_table("ipblocks"):
            return STEPS[-1], STEPS[-1]
        if self._has_column("user_autocreate_serial", "uas_year") or self.has_table("block_target"):
            return NO_RANGES, NO_RANGES
        links = self._has_column("externallinks", "el_to_path")
        temporary = "user_is_temp" in self.user.c  # since 1.41
        if links is False and not temporary:
            return STEPS[0], STEPS[0]
        hidden = temporary and self.database.kind.hides_tables and not self.has_table("user_autocreate_serial")
        return TITLE_CASE if links or temporary else STEPS[0], NO_RANGES if hidden else TITLE_CASE

    def _has_column(self, table: str, column: str) -> bool | None:
        """Whether a table has a column; None where nobody can tell."""
        if not self.has_table(table):
            return None
        columns, key = self.table(table).c, self.table(table).primary_key
        return column in columns or (False if len(key.columns) else None)  # a view shows what somebody chose

    def canonical_name(self, name: str) -> str:
        try:
            return self.rules.canonical(name)
        except DoubtfulName as doubt:
            # The wiki itself spelled it so; under another rule nobody could find it.
            if self._there(doubt.forms) == [name]:
                return name
            raise

    def name_to_shut(self, name: str) -> str:
        try:
            return self.canonical_name(name)
        except DoubtfulName as doubt:
            there = self._there(doubt.forms)
            if len(there) > 1:
                raise AmbiguousName(f"{doubt}; accounts of both names are there") from None
            return (there or doubt.forms)[0]

    def _there(self, names: Sequence[str]) -> list[str]:
        """Those of the names that accounts have."""
        return sorted(row[0] for row in self.select_in(sa.select(self.user.c.user_name), self.user.c.user_name, names))

    # Declared accounts

    def declare(self, entry: Mapping[str, Any]) -> Declared:
        wanted = super().declare(entry)
        for name in ("email", "real_name"):
            if name in wanted.values:
                wanted.values[name] = _text(name, wanted.values[name])
        email = wanted.values.get("email")
        if email and not EMAIL.fullmatch(email):
            raise ValueError(f"MediaWiki does not accept the email {email!r}: use ASCII, as in name@host")
        if email == "" and wanted.values.get("email_confirmed"):
            raise ValueError("email_confirmed: there is no e-mail address to confirm")
        if wanted.password is not None:
            wanted.password = passwords.CLEAR_PASSWORD.check(wanted.password)
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
                raise ValueError(f"{group!r} is not a valid group name")
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
                raise ValueError(f"group {group!r} is unknown; did you mean {folded[near[0]]!r}? If {group!r} is right,"
                                 " add it to known_groups")

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
        blocks = self.blocks.read(keys)
        blocked = {key: True for key, found in blocks.items() if any(block.live(self.now) for block in found)}
        return {"blocks": blocks, "blocked": blocked}

    def account(self, stored: StoredAccount) -> Account:
        account = super().account(stored)
        expired = self._expired(stored)
        account.values["email_confirmed"] = stored.row["user_email_authenticated"] is not None
        account.groups = {group: _expiry(value) for group, value in stored.groups.items() if group not in expired}
        account.password_hash = passwords.with_type(account.password_hash, stored.key)
        account.protected = _protected(stored.row)
        try:
            self.rules.usable(stored.name)
        except ValueError as error:
            account.undecided = str(error)
        account.last_changed = schema.show_time(stored.row["user_touched"] or "")
        return account

    def _expired(self, stored: StoredAccount) -> dict[str, str]:
        """Memberships that ran out, whose rows are still there, with the time."""
        ends = {group: _expiry(value) for group, value in stored.groups.items()}
        return {group: end for group, end in ends.items() if end is not None and end <= self.now}

    def to_options(self, account: Account) -> dict[str, Any]:
        options = super().to_options(account)
        options["group_expiry"] = {group: schema.show_time(expiry) for group, expiry in sorted(account.groups.items())
                                   if expiry is not None}
        return options

    def show_groups(self, groups: Mapping[str, Any]) -> list[str]:
        return [group if expiry is None else f"{group} until {schema.show_time(expiry)}"
                for group, expiry in sorted(groups.items())]

    # What is refused

    def needed(self, changes: Sequence[Change]) -> dict[str, Sequence[str]]:
        return needed_tables(changes, self.options.get("performer") is not None)

    def problems(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        problems = self._check_performer(changes)
        problems += self._check_created([change for change in changes if change.creates])
        problems += super().problems(changes)
        for change in changes:
            email = change.value_after("email")
            if change.values.get("email_confirmed") and not email and change.action != "disabled":
                problems.append((change.declared.typed, "email_confirmed: there is no e-mail address to confirm"))
        return problems + self._check_keys(changes)

    def _check_performer(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        """Who shall be named and is not there: that keeps nobody from being shut out.

        :raises OptionError: where nobody is to be shut out
        """
        _performer, problem = self.performer()
        if not problem:
            return []
        others = [change for change in changes if not change.shuts]
        if len(others) == len(changes):
            raise OptionError(f"{problem}. Nothing was written.")
        self.warnings.append(f"{problem}. The log names {SCRIPT_USER!r} for whoever was disabled or removed.")
        return [(change.declared.typed, problem) for change in others[:1]]

    def _check_keys(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        """What cannot be written since tables have lost their keys, or would touch others' rows for it."""
        problems = []
        for change in changes:
            lacking: dict[str, str] = {}
            if change.creates:
                lacking = self.unnumbered(NEW_ACCOUNT, ACTOR_AND_COMMENT, LOG)
            elif change.action == "enabled" or (change.action == "updated" and _gains_groups(change)):
                lacking = self.no_log
            if lacking:
                problems.append((change.declared.typed, f"{_without_number(lacking)}. Repair their keys first"))
        return problems + self._shared_blocks(changes) + self._shared_actors(changes)

    def _shared_blocks(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        lifted = [(change, block) for change in changes if change.account and change.action in ("enabled", "removed")
                  for block in change.account.stored.properties["blocks"] if block.ours or change.removes]
        shared = self.blocks.shared([block for _change, block in lifted])
        tables = " or ".join(self.blocks.numbers)
        return [(change.declared.typed, (f"its block has a number that other rows of {tables} have too, so it cannot be"
                                         " lifted alone: give each row a number of its own, and the table its keys"))
                for change, block in lifted if block in shared]

    def _shared_actors(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        removed = {change.id: change.declared.typed for change in changes if change.removes}
        if not removed:
            return []
        actor = self.table("actor")
        of_user = sa.select(actor.c.actor_user, actor.c.actor_id)
        actors = dict(tuple(row) for row in self.select_in(of_user, actor.c.actor_user, removed))
        alone = self.alone(actor, "actor_id", actors.values())
        return [(removed[user], (f"the table actor has several rows with its actor_id {number}, so nobody can tell what"
                                 " it wrote: give each row a number of its own, and the table its keys"))
                for user, number in actors.items() if number not in alone]

    def _warn_of_first_members(self, changes: Sequence[Change]) -> None:
        new = {group for change in changes for group in change.groups or ()}
        strange = self._unknown_names(new) - {group for change in changes if change.account
                                              for group in change.account.groups}
        if strange:
            self.warnings.append(
                f"Nobody was in {first_names(strange)} before: such a group gives rights only where the wiki's"
                " configuration or an extension defines it. Name it in known_groups if it is right."
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

    def performer(self) -> tuple[Performer | None, str]:
        """Whom the log names, None for MediaWiki's own ``Maintenance script``; and why not the option's account."""
        name = self.options.get("performer")
        if name is None:
            return None, ""
        try:
            return find_performer(self, self.canonical_name(name)), ""
        except ValueError as error:
            return None, f"performer {name!r}: {error}"

    def _warn_of_keys(self, changes: Sequence[Change]) -> None:
        shut = [change.name for change in changes if change.action == "disabled"]
        if shut and self.no_blocks:
            reason = _without_number(self.no_blocks)
            self.warnings.append(f"Disabled without a block: {first_names(shut)}, as {reason}.")
        logged = [change.name for change in changes if names_performer(change)]
        if logged and self.no_log:
            self.warnings.append(f"Not in the wiki's log: {first_names(logged)}, as {_without_number(self.no_log)}.")

    def warn(self, changes: Sequence[Change]) -> None:
        self._warn_of_first_members(changes)
        self._warn_of_keys(changes)
        weak = [change.name for change in changes if _is_weak(change)]
        if weak:
            self.warnings.append(
                f"The new password of {first_names(weak)} is weaker than MediaWiki's default policy wants (8 bytes, 10"
                " with rights, not the name): the login page asks for another one, and programs cannot log in."
            )
        kept = [change.name for change in changes if change.action == "disabled" and change.account
                and any(block.live(self.now) and not (block.sitewide and block.expiry == schema.INFINITY)
                        for block in change.account.stored.properties["blocks"])]
        if kept:
            self.warnings.append(
                f"{first_names(kept)} had a block of the wiki's own that is partial or runs out; it was left as it is."
                " Such an account cannot log in, but a session that the wiki caches may do what the block allows, for"
                " up to an hour."
            )

    def columns(self, change: Change) -> dict[str, Any]:
        return new_columns(change, self.now) if change.account is None else changed_columns(change, self.now)

    def stored_groups(self, change: Change) -> Mapping[str, Any]:
        # The row of a membership that ran out is still there.
        groups = super().stored_groups(change)
        expired = self._expired(change.account.stored) if change.account else {}
        return {**groups, **{group: expiry for group, expiry in expired.items() if group in (change.groups or {})}}

    def write(self, changes: Sequence[Change]) -> None:
        performer, _problem = self.performer()
        writer = Writer(self, self.blocks, performer, self.now, logs=not self.no_log, blocked=not self.no_blocks)
        created = [change for change in changes if change.creates]
        removed = [change for change in changes if change.removes]
        kept = [change for change in changes if not change.creates and not change.removes]
        writer.begin(created, kept)
        self.create(created)
        writer.register(created)
        self.change(kept)
        writer.follow(created, kept)
        if removed:
            writer.forget(removed, self.removal(removed))
            self.remove(removed)
        writer.finish(kept + removed)


def _refuse_shared(database: Database, connection: Connection) -> None:
    """Refuse a wiki without accounts of its own: another prefix that has all tables would be that of another wiki."""
    there = {name for name in ("user", "mwuser", "user_groups") if database.has_table(connection, name)}
    if there == {"user_groups"}:
        raise SchemaError(
            f"{database.describe()}: table {database.prefix}user not found, but {database.prefix}user_groups is there."
            " If this wiki shares accounts ($wgSharedDB, $wgSharedPrefix), manage them with login_db and table_prefix"
            " of the wiki that owns them, and change groups and blocks in each wiki. login_user may also lack"
            " privileges on the table. Nothing was written.")


def _said_release(version: str | None) -> tuple[int, int] | None:
    """The release that the option names.

    :raises OptionError: where it is none of MediaWiki's
    """
    if version is None:
        return None
    found = re.fullmatch(r"1\.([0-9]{2})(\.[0-9]+)?", version)
    if found is None or int(found[1]) < STEPS[0][1]:
        raise OptionError(f"mediawiki_version {version!r} is not a release of MediaWiki from 1.35 on: write it in"
                          " quotes, as '1.40'. Nothing was written.")
    return 1, int(found[1])


def _gains_groups(change: Change) -> bool:
    old = change.account.groups if change.account else {}
    return any(group not in old or old[group] != expiry for group, expiry in (change.groups or {}).items())


def _without_number(tables: Mapping[str, str]) -> str:
    shown = ", ".join(f"{column} of {name}" for name, column in sorted(tables.items()))
    return f"the database no longer gives new rows their number ({shown})"


def _expiry(value: Any) -> Any:
    """When a membership ends; None for never."""
    return None if value == schema.INFINITY else value


def _protected(row: Mapping[str, Any]) -> str:
    """System users let nobody in: a stranger's account that only has such a name is an ordinary one."""
    if not row["user_password"] and not row["user_newpassword"]:
        token = (row["user_token"] or "").strip()
        # A disabled account of ours has that token too, but never an empty password: at least the marker is there.
        # Releases before 1.27 gave theirs no token.
        if token == INVALID_TOKEN or (not token and row["user_name"] in RESERVED):
            return "it is a system user of MediaWiki"
    if not is_valid_unicode(row["user_name"]):
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
    groups = change.groups_after
    minimum = 10 if PRIVILEGED_GROUPS & set(groups) else 8
    return len(password.encode()) < minimum or password.lower() in change.name.lower()
