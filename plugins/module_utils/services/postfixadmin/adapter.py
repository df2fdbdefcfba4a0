# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The mailboxes of Postfixadmin as a service type.

Differences from what Postfixadmin itself writes (model/MailboxHandler.php), with their reasons:

- ``created``, ``modified`` and ``password_expiry`` take the database's clock and time zone, not PHP's.
- ``state=disabled`` also puts a marker in front of app passwords, which nothing in Postfixadmin 4.0 ties to the
  mailbox.
- A new password deletes app passwords and the code of a mail for a forgotten one: whoever registered them would stay in
  beside it. Postfixadmin leaves both. A second factor (``totp_secret``) lets nobody in by itself and is kept.
- ``state=disabled`` empties that code too.
- Removal also deletes app passwords and TOTP exceptions, which Postfixadmin 4.0 leaves to the address's next owner.
- The log is written with ``log_as`` only.

An address is one mailbox, in whatever letters it is stored: Postfixadmin, Postfix and Dovecot ask in small ones.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import (
    Account,
    Change,
    Declared,
    StoredAccount,
)
from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.database import Database
from ansible_collections.auth.services.plugins.module_utils.description import (
    Accounts,
    Description,
    Field,
    Properties,
)
from ansible_collections.auth.services.plugins.module_utils.engines.common import Engine
from ansible_collections.auth.services.plugins.module_utils.everyone import Everyone
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.services.postfixadmin.addresses import (
    ADDRESS,
    Addresses,
    domain_of,
)
from ansible_collections.auth.services.plugins.module_utils.services.postfixadmin.doors import ALIAS, DOORS, UNTOUCHED
from ansible_collections.auth.services.plugins.module_utils.services.postfixadmin.limits import Domains
from ansible_collections.auth.services.plugins.module_utils.services.postfixadmin.passwords import (
    CLEAR_PASSWORD,
    SCHEME,
    check_hash,
    no_password,
)
from ansible_collections.auth.services.plugins.module_utils.services.postfixadmin.rights import rights

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

NO_ADDRESS = ("Postfixadmin does not allow this address. Use local@domain, with letters, digits and"
              " -!#$%&'*+/=?^_{|}~. before the @")
LOGGED = {"created": "create", "removed": "delete"}
DATES = {"alias": ("created", "modified"), "mailbox": ("created", "modified", "password_expiry", "token_validity"),
         "log": ("timestamp",)}


class Postfixadmin(Service):
    """The mailboxes of one Postfixadmin."""

    engines = ("mysql", "postgresql", "sqlite")
    keeps_changes = True
    common_options = ()
    service_options = {
        "maildir": {"type": "str", "default": "{domain}/{local_part}/"},
        "quota_multiplier": {"type": "int"},
        "log_as": {"type": "str"},
    }
    tables = {
        "mailbox": ("maildir", "local_part", "domain", "token", *DATES["mailbox"]),
        "alias": ("address", "goto", "domain", "active", *DATES["alias"]),
        "domain": ("domain", "mailboxes", "maxquota", "quota", "password_expiry"),
    }
    description = Description(
        accounts=Accounts(
            "mailbox", key="username", name="username", password="password", extra=("domain", "modified"),
            fields=[
                Field("display_name", "name", max_length=255, new=""),
                Field("quota", "quota", spec={"type": "int"}, new=0),
                Field("email_other", "email_other", max_length=255, new=""),
                Field("phone", "phone", max_length=30, new=""),
            ],
        ),
        properties={"app": Properties(
            "mailbox_app_password", owner="username", key="id", value="password_hash", row_id="id", optional=True,
        )},
        doors=DOORS,
        untouched=UNTOUCHED,
    )

    clear_password, scheme = CLEAR_PASSWORD, SCHEME

    def __init__(self, database: Database, connection: Connection, options: Mapping[str, Any]) -> None:
        super().__init__(database, connection, options)
        self.addresses = Addresses(self)
        self._domains: Domains | None = None
        self._now: Any = None
        self._others: dict[str, set[str]] = {}  # spellings in mailbox_app_password, by mailbox

    @staticmethod
    def column_type(reflected: Any, kind: Engine) -> Any:
        # SQLAlchemy would write microseconds into SQLite's text
        return sa.String() if kind.moments_are_text and isinstance(reflected, sa.DateTime) else None

    def canonical_name(self, name: str) -> str:
        return self.addresses.mailbox_of(name, name.lower())  # PFAHandler::init

    def declare(self, entry: Mapping[str, Any]) -> Declared:
        wanted = super().declare(entry)
        if wanted.password_hash is not None:
            check_hash(wanted.password_hash)
        other = wanted.values.get("email_other")
        if other and not ADDRESS.fullmatch(other.lower()):
            raise ValueError("email_other is not an e-mail address")
        if wanted.values.get("quota", 0) < -1:
            raise ValueError("quota must be a number of bytes, 0 (unlimited) or -1 (Postfixadmin's 'disabled')")
        return wanted

    def read_more(self, keys: Collection[Any] | None) -> dict[str, Mapping[Any, Any]]:
        """Also which inactive mailboxes have an alias that still takes mail, and may lead elsewhere."""
        table, alias = self.table("mailbox"), self.table("alias")
        mailbox = table.c
        statement = sa.select(mailbox.username).join_from(
            table, alias, alias.c.address == mailbox.username
        ).where(mailbox.active == sa.false(), alias.c.active == sa.true())
        takes_mail = {row[0]: True for row in self.select_in(statement, mailbox.username, keys)}
        alone = self.addresses.capitals()[1]
        small = alone if keys is None else [lower for lower, name in alone.items() if name in keys]
        active = sa.select(alias.c.address).where(alias.c.active == sa.true())
        takes_mail.update((alone[row[0]], True) for row in self.select_in(active, alias.c.address, small)
                          if row[0] in alone)
        more = super().read_more(keys if keys is None else self.addresses.spellings(keys))
        if "app" in more:
            found: dict[str, dict[Any, list[Any]]] = {}
            any_case = self.ignores_case(self.accounts.name_column)
            for owner, rows in more["app"].items():
                if owner is None:
                    continue
                name = self.addresses.mailbox_of(owner, owner.lower() if any_case else owner)
                found.setdefault(name, {}).update(rows)
                if name != owner:
                    self._others.setdefault(name, set()).add(owner)
            more = {**more, "app": found}
        return {**more, "takes_mail": takes_mail}

    def known(self, name: str, everyone: Everyone) -> Any:
        if name != "takes_mail":
            return super().known(name, everyone)
        active, alias = everyone.column("active"), self.table("alias").alias()
        same = alias.c.address.in_([everyone.name, sa.func.lower(everyone.name)])
        takes = sa.exists().where(same, alias.c.active == sa.true())
        return sa.and_(active.is_not(None), active == sa.false(), takes)

    def account(self, stored: StoredAccount) -> Account:
        account = super().account(stored)
        changed = stored.row["modified"]
        account.last_changed = str(changed or "")[:19].replace(" ", "T")  # the database's time zone, no other
        return account

    def rights(self, accounts: Collection[Account]) -> dict[str, list[str]]:
        return rights(self, self.addresses, accounts)

    # What is refused

    def needed(self, changes: Sequence[Change]) -> dict[str, Sequence[str]]:
        log = {"log": ("username", "domain", "action", "data", *DATES["log"])} if self.options["log_as"] else {}
        return {**super().needed(changes), **log}

    def warn(self, changes: Sequence[Change]) -> None:
        if any(change.shuts or (change.account and change.new_password) for change in changes):
            self.warnings.append(
                "Open sessions of disabled and removed mailboxes, and of those with a new password, stay open. End IMAP"
                " and POP sessions with doveadm kick."
            )

    def problems(self, changes: Sequence[Change]) -> list[tuple[str, str]]:
        domains = self._domains = Domains(self, self.options["quota_multiplier"], changes)
        problems = super().problems(changes)
        problems += [(change.declared.typed, NO_ADDRESS) for change in changes
                     if change.creates and not ADDRESS.fullmatch(change.name)]
        created = [change for change in changes if change.creates and ADDRESS.fullmatch(change.name)]
        problems += [(change.declared.typed, f"create the domain {domain_of(change.name)!r} in Postfixadmin first")
                     for change in created if domains.get(change.name) is None]
        alias = self.table("alias").c.address
        taken = {row[0].lower() for row in self.select_in(sa.select(alias), alias, [change.name for change in created])}
        problems += [(change.declared.typed, "an alias already has this address")
                     for change in created if change.name in taken]
        return problems + domains.too_many(changes) + domains.too_big(changes)

    # What is written

    def columns(self, change: Change) -> dict[str, Any]:
        columns = super().columns(change)
        if change.creates:
            local_part, _at, domain = change.name.partition("@")
            columns = {
                "password": no_password(), "local_part": local_part, "domain": domain,
                "maildir": self._maildir(change.name), "created": self._date(), "token_validity": self._date(),
                "password_expiry": self._expiry(change), **columns,
            }
        if change.new_password:
            columns["password_expiry"] = self._expiry(change)
        return {**columns, "modified": self._date()}

    def _maildir(self, address: str) -> str:
        local_part, _at, domain = address.partition("@")
        parts = {"local_part": local_part, "domain": domain, "address": address}
        return re.sub(r"\{(local_part|domain|address)\}", lambda match: parts[match[1]], self.options["maildir"])

    def property_values(self, name: str, change: Change) -> dict[Any, list[Any]]:
        stored = change.account.stored.properties[name] if change.account else {}
        return {key: [] for key in stored} if change.new_password else {}

    def create(self, changes: Sequence[Change]) -> None:
        rows = [{"address": change.name, "goto": change.name, "domain": domain_of(change.name), "created": self._date(),
                 "modified": self._date(), **ALIAS.alias_columns(change)} for change in changes]
        self.insert(self.table("alias"), rows)
        super().create(changes)
        self._log(changes, ["alias", "mailbox"])

    def change(self, changes: Sequence[Change]) -> None:
        if "app" in self.properties:
            self.update(self.properties["app"].table, "username", {
                other: {"username": change.id} for change in changes if self.written_properties("app", change)
                for other in self._others.get(change.id, ())
            })
        super().change(changes)
        self.update(self.table("alias"), "address", {
            address: {**ALIAS.alias_columns(change), "modified": self._date()}
            for address, change in self._aliases(changes).items()
        })
        self._log(changes, ["alias", "mailbox"])

    def _aliases(self, changes: Sequence[Change]) -> dict[str, Change]:
        """Changes by the address of the alias, in whatever letters: Postfix asks in small ones."""
        by_name = {change.id: change for change in changes}
        alias = self.table("alias").c.address
        found = {}
        for (address,) in self.select_in(sa.select(alias), alias, self.addresses.spellings(list(by_name))):
            name = address if address in by_name else self.addresses.mailbox_of(address, address.lower())
            if name in by_name:
                found[address] = by_name[name]
        return found

    def remove(self, changes: Sequence[Change]) -> None:
        self.delete_in(self.table("alias"), "address", self._aliases(changes))
        names = [change.id for change in changes]
        for name, column in (*self.owned(), ("mailbox_app_password", "username")):
            if self.has_table(name):
                self.delete_in(self.table(name), column, set(self.addresses.spellings(names)) - set(names))
        app = {other for name in names for other in self._others.get(name, ())}
        if app:
            self.delete_in(self.table("mailbox_app_password"), "username", app)
        super().remove(changes)
        self._log(changes, ["mailbox"])

    def owned(self) -> Sequence[tuple[str, str]]:
        found = [("fetchmail", "mailbox"), ("vacation_notification", "on_vacation"), ("vacation", "email"),
                 ("quota", "username"), ("quota2", "username"), ("alias", "address")]
        return found + [(name, "username") for name in ("totp_exception_address",) if self.has_table(name)]

    def _log(self, changes: Sequence[Change], kinds: Sequence[str]) -> None:
        """db_log() of functions.inc.php."""
        if self.options["log_as"]:
            self.insert(self.table("log"), [
                {"timestamp": self._date(), "username": self.options["log_as"], "domain": domain_of(change.name),
                 "action": f"{LOGGED.get(change.action, 'edit')}_{kind}", "data": change.name}
                for change in changes for kind in kinds
            ])

    def _date(self, days: int | None = None) -> Any:
        """The database's present time, or the minute so many days later, as its columns take it."""
        if self._now is None:
            is_text = self.database.kind.moments_are_text
            clock = sa.func.datetime("now") if is_text else sa.func.now()
            now = self.connection.execute(sa.select(clock)).scalar_one()
            self._now = datetime.datetime.fromisoformat(now) if is_text else now
        moment = self._now
        if days is not None:
            moment = moment.replace(second=0, microsecond=0) + datetime.timedelta(days=days)
        if not self.database.kind.moments_are_text:
            return moment
        return moment.strftime("%Y-%m-%d %H:%M:%S" if days is None else "%Y-%m-%d %H:%M")

    def _expiry(self, change: Change) -> Any:
        domain = self._domains.get(change.name) if self._domains else None
        return self._date((domain and domain["password_expiry"]) or 0)
