# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bad input for a whole service: options of a task, and rows of its database that the application would not write."""

from __future__ import annotations

import functools
import html
import json
import shutil
import sqlite3
import tempfile
from collections import namedtuple
from contextlib import closing
from pathlib import Path

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import strategies as st

from ansible_collections.auth.services.plugins.module_utils.account import AccountError, printable
from ansible_collections.auth.services.plugins.module_utils.module import EXPECTED_ERRORS
from ansible_collections.auth.services.plugins.module_utils.options import LIST_OPTIONS, account_spec, service_spec
from ansible_collections.auth.services.plugins.module_utils.password_book import PasswordBook
from ansible_collections.auth.services.plugins.module_utils.passwords import MissingLibrary
from ansible_collections.auth.services.plugins.module_utils.reconcile import reconcile
from ansible_collections.auth.services.plugins.module_utils.results import takes_hash, to_options, user_result
from ansible_collections.auth.services.plugins.module_utils.user_module import read_accounts, read_request
from ansible_collections.auth.services.tests.fuzz import strategies
from ansible_collections.auth.services.tests.unit.applications import (
    django,
    freeradius,
    mumble,
    postfixadmin,
    prosody,
    sql,
    wordpress,
)
from ansible_collections.auth.services.tests.unit.applications.mediawiki import PASSWORD_HASH, Wiki

ARGON2 = "$argon2id$v=19$m=1024,t=2,p=1$S2k0N0tLTlgxVlIxNkJ3V1ZZZFpJZw$2VMaFnqzzMzoPVukuwHarj4ODso9jujMaK59sh3wdrU"
MUMBLE_HASH = "16000$5cabf30b830a605c$3cdba1c7d809e69ad787801f186d299bfe01aee99e70e619d0de99160c17976263f86882fb62589c61677d238206b1da"
RADIUS_HASHES = [
    "Cleartext-Password:correct horse", "NT-Password:cfc43211ba8dc470832267827cac1407", "{clear}correct horse", "Crypt-Password:$1$a$b",
    "$5$saltsalt$myjXcpMpE2Ofk7fj9hqyNYSn6lmWG4Mqnjx.KIRRr4/", "$6$rounds=1000$salt$x", "$2b$04$LUZnwWGT0nPheyoB94yrFuF4kCC2Vq6eKpjdsbNUWsxcNOSMlUC3y",
    "SSHA2-256-Password:61f95570e32cea4eed6c69106d03559fafde8409d401596d88b3ca1c15868b6b73616c7473616c74", '"quoted\\101"', "`id`",
]
WIKI_HASHES = [
    PASSWORD_HASH, ":pbkdf2:sha512:10:64:c2FsdHNhbHRzYWx0c2FsdA==:AAAA", ":A:0123456789abcdef0123456789abcdef",
    ":bcrypt:4$IfNdpH8N3RIvLAqOu9cWLO$1ifwzvCg2We7V8lAd0",
    ":argon2:" + ARGON2, ":pbkdf2-legacyB:!sha256:10:32!abc!c2FsdA==!AAAA", ":locked::locked:x", ":locked:", "",
]
PROSODY_HASHES = ["SCRAM-SHA-1$4096:c2FsdA==$gcnGO+JjZXA7yPu+l/854xxi2LMw$a5+YF6BMTTHzn/8y8Gbvvm1h9B/n", "{CLEAR}correct horse"]

Type = namedtuple("Type", "make prepare hashes pools where transform", defaults=[lambda option, value: value])
"""How a service is made, the rows that it has, stored passwords, values of options, table and column of its accounts'
names, and what is stored of a value (None when that says nothing)."""


def _django(site):
    for number, name in enumerate(("alice", "bob", "carol9")):
        django.add(site, name, password=django.VECTORS[number][1], email=f"{name}@example.org")
    site.insert("auth_user_groups", user_id=1, group_id=1)
    site.insert("django_admin_log", user_id=3, object_repr="x")
    site.insert("django_session", session_key="a", session_data=django.SESSION, expire_date="2126-01-01 00:00:00")


def _wiki(wiki):
    for name in ("Alice", "Bob", "Bob B", "Carol9"):
        number = wiki.add_user(name, user_email=f"{name[0]}@example.org")
    wiki.insert("user_groups", ug_user=number, ug_group="sysop", ug_expiry="20270101000000")
    wiki.add_block(number, name)


def _mumble(server):
    server.run("INSERT INTO users (server_id, user_id, name, pw, salt, kdfiterations) VALUES (1, 1, 'alice', ?, ?, 16000), (1, 2, 'bob', ?, NULL, 0)",
               MUMBLE_HASH[-96:], MUMBLE_HASH[6:22], "!" + "a" * 40)
    server.run("INSERT INTO user_info VALUES (1, 1, 1, 'alice@example.org'), (1, 1, 3, ?), (1, 9, 1, 'orphan')", "a1" * 20)
    server.run("INSERT INTO group_members VALUES (1, 1, 1, 1), (2, 1, 9, 1)")


def _mail(mail):
    for name, active in (("alice", 1), ("bob", 0), ("carol", 1)):
        mail.insert("mailbox", username=f"{name}@example.org", password=postfixadmin.OLD, name=name, maildir="x/", local_part=name, domain="example.org",
                    created="2026-01-01", modified="2026-01-01", active=active, phone="", email_other="", token="", token_validity="2026-01-01",
                    password_expiry="2026-01-01")
    mail.insert("mailbox_app_password", username="alice@example.org", description="x", password_hash=postfixadmin.STORED[4])


def _prosody(server):
    server.add("alice", prosody.keys())
    server.add("bob", [*prosody.keys(), ("disabled", "true"), ("created", "1700000000")])
    server.add("alice", [("token", "x")], store="auth_tokens")


def _radius(radius):
    for name, attribute, value in (("alice", "Cleartext-Password", "correct horse"), ("bob", "NT-Password", "cfc43211ba8dc470832267827cac1407"),
                                   ("bob", "Auth-Type", "Reject"), ("alice", "Expiration", "31 Dec 2030")):
        radius.insert("radcheck", username=name, attribute=attribute, op=":=", value=value)
    radius.insert("radusergroup", username="alice", groupname="staff")


def _wordpress(site):
    for name in ("alice", "bob", "Bob B"):
        site.insert("users", user_login=name, user_pass=wordpress.PORTABLE, user_nicename=name.lower(), user_email=f"{name[:3]}@example.org")
        site.add_meta(name, wp_capabilities='a:1:{s:6:"editor";b:1;}', wp_user_level="7", session_tokens='a:0:{}')
    site.add_meta("alice", _application_passwords='a:1:{i:0;a:1:{s:4:"name";s:1:"x";}}')
    site.insert("posts", post_author=2, post_status="publish")


def _sql(application):
    for name in ("alice", "bob", "carol9"):
        application.register(name)
    application.insert("page", author=3)


GROUPS = ["Editors", "Readers", "sysop", "bot", "admin", "mods", "editor", "subscriber", "staff", "user", "*"]
groups = st.lists(st.sampled_from(GROUPS) | strategies.text, max_size=3)
COMMON = {
    "name": strategies.name, "email": strategies.mail, "groups": groups, "password": st.sampled_from([strategies.PASSWORD, "x", ""]) | strategies.text,
    "site_id": st.sampled_from([1, 2, 3, 0, -1, 2**63, "1"]), "server_id": st.sampled_from([1, 2, 3, 0, -1, 2**63, "1"]),
    "path": st.sampled_from(["/nowhere", "\0", ""]),
    "username_pattern": st.sampled_from(["", "[", ".+", "[a-z]+", "(?P<"]), "mediawiki_version": st.sampled_from(["1.39", "1.40", "1.4", ""]),
    "user_table": st.sampled_from(["auth_user", "auth_group", 'x"; --']) | strategies.text,
    "username_column": st.sampled_from(["username", "email", "id"]) | strategies.text, "column_defaults": st.dictionaries(
        st.sampled_from(["last_login", "date_joined", "x", "is_active", "password", "username", "id"]), strategies.json_value, max_size=2),
    "related_defaults": st.dictionaries(st.sampled_from(["django_admin_log", "auth_user_groups", "auth_group", "x"]), strategies.json_value | st.dictionaries(
        st.sampled_from(["object_repr", "id", "user_id", "name"]), strategies.json_value, max_size=2), max_size=2),
    "group_expiry": st.dictionaries(st.sampled_from(["sysop", "bot", "x"]), strategies.dates | strategies.json_value, max_size=2),
    "group_priority": st.dictionaries(st.sampled_from(["staff", "x"]), st.sampled_from([1, -1, "2", 2**70, 0.5, None, "x", True, []]), max_size=2),
    "expiration": strategies.dates | strategies.text, "certificate_hash": strategies.damaged(st.just("A1:" * 19 + "a1")), "performer": strategies.name,
    "attribute": st.sampled_from(["Simultaneous-Use", "Auth-Type", "Expiration", "NT-Password", "Framed-IP-Address", "auth-type"]) | strategies.text,
    "value": st.sampled_from(["1", "Reject", "4", ""]) | strategies.text, "url": strategies.damaged(st.just("https://example.org/a?b=1&c=%20")),
    "reassign_to": strategies.name, "host": st.sampled_from(["example.org", "EXAMPLE.org", "other.org"]) | strategies.text, "email_other": strategies.mail,
    "mapping": st.just(sql.MAPPING), "quota_multiplier": st.sampled_from([0, 1, 1024000, -1, 2**63]),
    "maildir": st.just("{domain}/{local_part}/") | strategies.text,
}


def _escaped(option, value):
    return None if option == "email" else html.escape(value, quote=False)


TYPES = {
    "django": Type(lambda path: django.Site(path, django.USER + django.OTHERS), _django,
                   [stored for _password, stored in django.VECTORS], {}, ("auth_user", "username")),
    "freeradius": Type(lambda path: freeradius.Radius(path, freeradius.TABLES), _radius, RADIUS_HASHES, {}, ("radcheck", "username")),
    "mediawiki": Type(Wiki, _wiki, WIKI_HASHES, {}, ("user", "user_name")),
    "mediawiki_old": Type(lambda path: Wiki(path, "mw_", old=True), _wiki, WIKI_HASHES, {}, ("mw_user", "user_name")),
    "mumble": Type(lambda path: mumble.Server(path, mumble.SCHEMA), _mumble, [MUMBLE_HASH, "0$$" + "a" * 40], {}, ("users", "name")),
    "postfixadmin": Type(lambda path: postfixadmin.Mail(path, postfixadmin.SQL + postfixadmin.SQL_4), _mail, postfixadmin.STORED, {},
                         ("mailbox", "username")),
    "prosody": Type(lambda path: prosody.Server(path, prosody.VERSIONS["0.12"]), _prosody, PROSODY_HASHES, {}, ("prosody", "user")),
    "sql": Type(lambda path: sql.Application(path, sql.SCHEMA), _sql, [sql.PASSWORD, "!" + sql.PASSWORD], {}, ("member", "login")),
    "wordpress": Type(wordpress.Site, _wordpress, [stored for _password, stored in wordpress.VECTORS], {}, ("wp_users", "user_login"), _escaped),
    "wordpress_network": Type(lambda path: wordpress.Site(path, network=True), _wordpress, [stored for _password, stored in wordpress.VECTORS], {},
                              ("wp_users", "user_login"), _escaped),
}


class Refused(Exception):
    """Ansible itself takes no such options."""


def validate(validator, arguments):
    """Options as Ansible hands them to a module; its own traceback for a number that is too large is not ours.

    :raises Refused: where Ansible stops before us
    """
    try:
        validated = validator.validate(arguments)
    except (OverflowError, MemoryError):
        raise Refused from None
    if validated.error_messages:
        raise Refused
    return validated.validated_parameters


class Case:
    """A service that can be brought back to what it was."""

    def __init__(self, kind, path):
        self.type = TYPES[kind]
        self.installation = self.type.make(path)
        self.type.prepare(self.installation)
        self.path, self.fresh = path, path.read_bytes()
        self.service_class = self.installation.service_class
        self.entry_spec = account_spec(self.service_class)
        self.service_spec = {**self.service_class.database_options, **service_spec(self.service_class)}
        self.validator = ArgumentSpecValidator(
            {**self.entry_spec, **LIST_OPTIONS, **self.service_spec}, required_one_of=[("name", "accounts")],
            mutually_exclusive=[("name", "accounts"), ("password", "password_hash")],
        )
        self.database = self.installation.database()  # one for all runs: the tables are read once
        self.defaults = {name: sql.MAPPING if name == "mapping" else "example.org" for name, option in self.service_spec.items() if option.get("required")}
        with closing(sqlite3.connect(path)) as connection:
            names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")]
            self.tables = {name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")] for name in names}

    @property
    def requests(self):
        pools = {**COMMON, "password_hash": strategies.damaged(st.sampled_from(self.type.hashes)), **self.type.pools}
        return strategies.requests(self.entry_spec, pools, service_spec(self.service_class), self.service_class.database_options)

    def alter(self, changes):
        """The database as it was at first, but for these changes, as far as its constraints let them be."""
        self.path.write_bytes(self.fresh)
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            for kind, table, number, values in changes:
                places = {column: "CAST(? AS TEXT)" if isinstance(value, strategies.Raw) else "?" for column, value in values.items()}
                bound = [value.data if isinstance(value, strategies.Raw) else value for value in values.values()]
                bound = [str(value) if isinstance(value, int) and value.bit_length() > 63 else value for value in bound]
                one = f"rowid = (SELECT rowid FROM {table} ORDER BY rowid LIMIT 1 OFFSET {number})"
                if kind == "update":
                    statement = f"UPDATE OR IGNORE {table} SET {', '.join(f'{column} = {place}' for column, place in _quoted(places))} WHERE {one}"
                elif kind == "insert":
                    columns = ", ".join(column for column, _place in _quoted(places))
                    statement = f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({', '.join(places.values())})"
                elif kind == "copy":
                    columns = [f'"{column}"' for column in self.tables[table]]
                    shown = ", ".join(places.get(column.strip('"'), column) for column in columns)
                    statement = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) SELECT {shown} FROM {table} WHERE {one}"
                    bound = [value for column in self.tables[table] for key, value in zip(values, bound) if key == column]
                else:
                    statement, bound = f"DELETE FROM {table} WHERE {one}", []
                try:
                    connection.execute(statement, bound)
                except (sqlite3.IntegrityError, sqlite3.DataError):
                    continue
            connection.commit()

    def rows(self):
        """All rows of all tables; texts as bytes, so that any can be read."""
        with closing(sqlite3.connect(self.path)) as connection:
            connection.text_factory = _text
            return {name: connection.execute(f"SELECT rowid, * FROM {name} ORDER BY rowid").fetchall() for name in self.tables}

    def run(self, arguments, check_mode):
        """What a module does with arguments, less the process and the connection.

        :raises Refused: where Ansible stops before us
        """
        params = validate(self.validator, arguments)
        request = read_request(params, self.service_class)
        try:
            outcome = reconcile(self.database, self.service_class, request, PasswordBook(), check_mode)
        except EXPECTED_ERRORS as error:
            if error.outcome is None:
                raise
            outcome = error.outcome  # who is to be shut out was so all the same
        result = user_result(outcome, params["accounts"] is not None, diff=True)
        json.dumps([result, [printable(warning) for warning in outcome.warnings]]).encode()
        return outcome, result

    def expected(self, arguments, check_mode):
        """As ``run``; nothing for what is refused as it should be. No other error may leave."""
        try:
            return self.run(arguments, check_mode)
        except (*EXPECTED_ERRORS, MissingLibrary, Refused) as error:
            printable(str(error)).encode()
            return None

    def check(self, changes, arguments, check_mode):
        """Everything that shall hold for a task."""
        self.alter(changes)
        arguments = {**self.defaults, **arguments}
        before = self.rows()
        done = self.expected(arguments, check_mode)
        after = self.rows()
        if done is None or check_mode or not done[1]["changed"]:
            assert after == before, "something was written by a run that failed or changed nothing"
            return
        self._check_rows(before, after, done[0])
        if done[0].problem:
            return
        again, result = self.run(arguments, False)
        assert not result["changed"], f"the second run changes {[(change.action, change.fields) for change in again.plan.pending]}"
        assert self.rows() == after

    def _check_rows(self, before, after, outcome):
        """Other accounts stay as they were, and what is written is what was given."""
        table, column = self.type.where
        place = 1 + self.tables[table].index(column)
        changes = {_bytes(change.account.name if change.account else change.name): change for change in outcome.plan.pending}
        # A name that is not text is shown otherwise than it is stored
        old, new = ([row for row in rows[table] if isinstance(row[place], tuple) and row[place] not in changes] for rows in (before, after))
        assert [row for row in new if row[place] != ("text", b"Maintenance script")] == old, "a row of another account was written"
        options = outcome.service.accounts.options
        for row in after[table] if options else ():
            change = changes.get(row[place])
            for option, value in (change.values if change else {}).items():
                wanted = self.type.transform(option, value) if option in options and isinstance(value, str) else None
                if wanted is not None:
                    assert row[1 + self.tables[table].index(options[option])] == _bytes(wanted), f"{option} is stored as something else"

    def check_export(self, changes, names, options):
        """What ``_info`` returns can be returned, and declared it is unchanged."""
        self.alter(changes)
        before = self.rows()
        try:
            options = validate(ArgumentSpecValidator(self.service_class.database_options), {**self.defaults, **options})
            with self.database.connect() as connection:
                service = self.service_class(self.database, connection, options)
                some = [] if names is None else read_accounts(service, names)
                found = {name: account for span in service.everyone().spans(None, None) for name, account in service.read(span).items()}
                service.look_up(account.name for account in found.values())
                for account in found.values():
                    account.protected = account.protected or service.undeclarable_reason(account)
        except (*EXPECTED_ERRORS, Refused):
            return
        for account in [*some, *found.values()]:
            json.dumps(printable([to_options(service, account), account.last_changed, account.protected])).encode()
            takes_hash(service, account)
        shown = [service.to_options(account) for account in found.values() if not account.protected]
        entries = [entry for entry in shown if printable(entry) == entry]
        for _attempt in range(len(entries)):
            try:
                outcome, _result = self.run({**options, "accounts": entries}, True)
                if outcome.problem:
                    break
            except AccountError as error:
                refused = {name for name, _problem in error.problems}
                entries = [entry for entry in entries if entry["name"] not in refused]
            except (*EXPECTED_ERRORS, Refused):
                break
            else:
                changed = [(change.name, change.action, change.fields) for change in outcome.plan.pending]
                assert not changed, f"what was read is not unchanged: {changed}"
                break
        assert self.rows() == before


def _quoted(places):
    return [(f'"{column}"', place) for column, place in places.items()]


def _text(data):
    return "text", data


def _bytes(name):
    return "text", name.encode(errors="surrogateescape")


@functools.cache
def folder():
    """In memory where there is such a place."""
    return tempfile.mkdtemp(prefix="auth-services-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None)


@functools.cache
def case(kind):
    """The service of this kind, one for all inputs."""
    return Case(kind, Path(folder()) / f"{kind}.sqlite")


def clean():
    """Take away what ``case`` made."""
    if folder.cache_info().currsize:
        shutil.rmtree(folder(), ignore_errors=True)
    case.cache_clear()
    folder.cache_clear()
