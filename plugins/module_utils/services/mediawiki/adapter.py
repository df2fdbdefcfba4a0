# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""MediaWiki 1.35 to 1.45 as a service type.

Differences from what the application itself writes, with their reasons:

- ``state=disabled`` is not an operation of MediaWiki. It puts a marker in front of the stored passwords
  (``rows.LOCK``), makes the session token invalid as for a system user, and blocks the account. It needs no more than
  the account's own rows, and does without room for a marker, or with half of the system user that the log names.
- A new or changed password ends sessions: user_token changes. MediaWiki's own scripts do so only since 2026.
- Hooks do not run: extensions such as AntiSpoof, CentralAuth or Echo see nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import (
    Account,
    AmbiguousName,
    Change,
    Declared,
    StoredAccount,
    first_names,
    is_valid_unicode,
)
from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.conditions import Column, IsTrue
from ansible_collections.auth.services.plugins.module_utils.database import Database
from ansible_collections.auth.services.plugins.module_utils.description import (
    Accounts,
    Description,
    Door,
    Field,
    Memberships,
)
from ansible_collections.auth.services.plugins.module_utils.everyone import Everyone
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki import (
    actors,
    groups,
    passwords,
    rows,
    schema,
    wiki,
)
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.blocks import find_blocks, warn_of_kept
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.doors import (
    Blocked,
    StoredPasswords,
    Token,
)
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.lost_keys import LostKeys
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.names import DoubtfulName, PossibleRules
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.removal import OWN_ROWS, Removal
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.writer import Writer, needed_tables
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

USER_COLUMNS = ("user_id", "user_name", "user_real_name", "user_email", "user_password", "user_newpassword",
                "user_newpass_time", "user_email_authenticated", "user_touched", "user_token")
MAX_REASON = 500  # characters, CommentStore::COMMENT_CHARACTER_LIMIT
NO_ADDRESS = "email_confirmed: there is no e-mail address to confirm"


class MediaWiki(Service):
    """The accounts of one wiki."""

    engines = ("mysql", "postgresql", "sqlite")
    keeps_changes = True
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
    clear_password, scheme = passwords.CLEAR_PASSWORD, passwords.SCHEMES

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
        owned=OWN_ROWS,
        protected=(("it is a system user of MediaWiki", rows.SYSTEM_USER),),
        untouched=(("e-mail address, groups, real name, preferences, edits", "left alone"),),
    )

    def __init__(self, database: Database, connection: Connection, options: Mapping[str, Any]) -> None:
        wiki.refuse_shared(Transaction(database, connection))
        wiki.release_of(options.get("mediawiki_version"))  # refuses a wrong one at once
        self.now = schema.now()
        super().__init__(database, connection, options)
        self.user = self.table("user")
        self._groups = groups.Groups(self, options.get("known_groups") or ())

    def describe(self) -> Description:
        self.require({"interwiki": ("iw_prefix",)})  # after the tables whose columns show that this is not a wiki
        self.blocks = find_blocks(self)
        self.lost_keys = LostKeys(self, self.blocks)
        found = super().describe()
        if "user_is_temp" in self.table("user").c:
            found = replace(found.with_accounts(extra=[*USER_COLUMNS, "user_is_temp"]), protected=[
                *found.protected, ("it is a temporary account of MediaWiki", Column("user_is_temp", IsTrue()))])
        if self.lost_keys.no_blocks:
            found = replace(found, doors=[door for door in found.doors if not isinstance(door, Blocked)])
        return found

    def table_name(self, name: str) -> str:
        # Up to 1.36, mwuser is the name in PostgreSQL, which reserves the word.
        maybe_old = name == "user" and name in self.connection.dialect.identifier_preparer.reserved_words
        return "mwuser" if maybe_old and self.database.has_table(self.connection, "mwuser") else name

    # Names

    @functools.cached_property
    def rules(self) -> PossibleRules:
        """MediaWiki's rules for names, as far as they show in the database."""
        return wiki.rules(self, self.options.get("mediawiki_version"))

    def canonical_name(self, name: str) -> str:
        try:
            return self.rules.canonical(name)
        except DoubtfulName as doubt:
            # The wiki itself spelled it like this; under another rule nobody could find it.
            if self._existing(doubt.forms) == [name]:
                return name
            raise

    def name_to_shut(self, name: str) -> str:
        try:
            return self.canonical_name(name)
        except DoubtfulName as doubt:
            there = self._existing(doubt.forms)
            if len(there) > 1:
                raise AmbiguousName(f"{doubt}; accounts with both names exist") from None
            return (there or doubt.forms)[0]

    def _existing(self, names: Sequence[str]) -> list[str]:
        """Those of the names that accounts have."""
        return sorted(row[0] for row in self.select_in(sa.select(self.user.c.user_name), self.user.c.user_name, names))

    # Declared accounts

    def declare(self, entry: Mapping[str, Any]) -> Declared:
        wanted = super().declare(entry)
        for name in ("email", "real_name"):
            if name in wanted.values:
                wanted.values[name] = schema.normal_text(name, wanted.values[name])
        if wanted.values.get("email") == "" and wanted.values.get("email_confirmed"):
            raise ValueError(NO_ADDRESS)
        if wanted.password_hash is not None:
            passwords.check_hash(wanted.password_hash)
        wanted.groups = self._groups.declared(wanted.groups, wanted.arguments["group_expiry"], self.now)
        if len(wanted.arguments["reason"] or "") > MAX_REASON:
            raise ValueError(f"reason is longer than the {MAX_REASON} characters that MediaWiki stores")
        return wanted

    # Actual accounts

    def read_more(self, keys: Collection[Any] | None) -> dict[str, Mapping[Any, Any]]:
        blocks = self.blocks.read(keys)
        blocked = {key: True for key, found in blocks.items() if any(block.live(self.now) for block in found)}
        return {"blocks": blocks, "blocked": blocked}

    def known(self, name: str, everyone: Everyone) -> Any:
        return self.blocks.lives(everyone.key, self.now) if name == "blocked" else super().known(name, everyone)

    def account(self, stored: StoredAccount) -> Account:
        account = super().account(stored)
        account.values["email_confirmed"] = stored.row["user_email_authenticated"] is not None
        account.groups = {group: end for group, end in groups.ends(stored.groups).items()
                          if groups.lasts(end, self.now)}
        account.password_hash = passwords.with_type(account.password_hash, stored.key)
        if not account.protected and not is_valid_unicode(stored.name):
            account.protected = "its name is not valid UTF-8, so MediaWiki cannot find it"
        try:
            self.rules.usable(stored.name)
        except ValueError as error:
            account.undecided = str(error)
        account.last_changed = schema.show_time(stored.row["user_touched"] or "")
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

    def needed(self, changes: Sequence[Change]) -> dict[str, Sequence[str]]:
        return needed_tables(changes, self.options.get("performer") is not None)

    def problems(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        _performer, wrong = self._performer()
        problems = actors.wrong_performer(self, wrong, changes) if wrong else []
        problems += [(change.declared.typed, problem) for change in changes for problem in self._problems(change)]
        problems += actors.taken_names(self, [change for change in changes if change.creates])
        return problems + super().problems(changes) + self.lost_keys.problems(changes)

    def _problems(self, change: Change) -> Iterator[str]:
        if change.creates:
            try:
                self.rules.creatable(change.name)
            except ValueError as error:
                yield str(error)
        if change.values.get("email_confirmed") and not change.value_after("email") and change.action != "disabled":
            yield NO_ADDRESS

    def _performer(self) -> tuple[actors.Performer | None, str]:
        """Whom the log names, None for MediaWiki's own ``Maintenance script``; and why not the option's account."""
        name = self.options.get("performer")
        if name is None:
            return None, ""
        try:
            return actors.find_performer(self, self.canonical_name(name)), ""
        except ValueError as error:
            return None, f"performer {name!r}: {error}"

    def referenced(self, changes: Sequence[Change]) -> dict[Any, dict[str, int]]:
        return Removal(self, changes).references()

    def warn(self, changes: Sequence[Change]) -> None:
        self._groups.warn_of_first_members(changes)
        self.lost_keys.warn(changes)
        weak = [change.name for change in changes if change.new_password and change.declared.password is not None
                and passwords.is_weak(change.declared.password, change.name, change.groups_after)]
        if weak:
            self.warnings.append(
                f"The new password of {first_names(weak)} is weaker than MediaWiki's default policy requires (8 bytes,"
                " 10 in a privileged group, not part of the name). The login page asks for another one, and programs"
                " cannot log in."
            )
        warn_of_kept(self, changes, self.now)

    # What is written

    def columns(self, change: Change) -> dict[str, Any]:
        return (rows.new_columns if change.creates else rows.changed_columns)(change, self.now)

    def stored_groups(self, change: Change) -> Mapping[str, Any]:
        # The row of an expired membership is still there, and is left alone.
        stored = groups.ends(change.account.stored.groups) if change.account else {}
        kept = {*super().stored_groups(change), *(change.groups or ())}
        return {group: end for group, end in stored.items() if group in kept}

    def write(self, changes: Sequence[Change]) -> None:
        performer, _wrong = self._performer()
        lost = self.lost_keys
        writer = Writer(self, self.blocks, performer, self.now, logs=not lost.no_log, blocked=not lost.no_blocks)
        created = [change for change in changes if change.creates]
        removed = [change for change in changes if change.removes]
        kept = [change for change in changes if not change.creates and not change.removes]
        writer.begin(created, kept)
        self.create(created)
        writer.register(created)
        self.change(kept)
        writer.follow(created, kept)
        if removed:
            writer.forget(removed, Removal(self, removed))
            self.remove(removed)
        writer.finish(kept + removed)
