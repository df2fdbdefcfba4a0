# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must hold for any input: one function for each thing that takes it. An input that once broke one is an example."""

from __future__ import annotations

import base64
import json
import sqlite3
import time
import unicodedata
import zlib
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.errors import UnsatisfiedAssumption

from ansible_collections.auth.services.plugins.module_utils import (
    account,
    database,
    options,
    php,
    results,
    tables_module,
    xmpp,
)
from ansible_collections.auth.services.plugins.module_utils.account import (
    LimitError,
    OptionError,
    is_excepted,
)
from ansible_collections.auth.services.plugins.module_utils.limits import check_limit
from ansible_collections.auth.services.plugins.module_utils.passwords import (
    SCHEMES,
    MissingLibrary,
    UnverifiableHash,
    colon,
    cost,
    crypt,
)
from ansible_collections.auth.services.plugins.module_utils.schema import Schema
from ansible_collections.auth.services.plugins.module_utils.services.django import names as site_names
from ansible_collections.auth.services.plugins.module_utils.services.django import passwords as site_passwords
from ansible_collections.auth.services.plugins.module_utils.services.django import sessions as site_sessions
from ansible_collections.auth.services.plugins.module_utils.services.freeradius import passwords as radius_passwords
from ansible_collections.auth.services.plugins.module_utils.services.freeradius import texts as radius_texts
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki import names as wiki_names
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki import passwords as wiki_passwords
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki import schema
from ansible_collections.auth.services.plugins.module_utils.services.mumble import passwords as voice_passwords
from ansible_collections.auth.services.plugins.module_utils.services.postfixadmin import passwords as mail_passwords
from ansible_collections.auth.services.plugins.module_utils.services.prosody import adapter as prosody
from ansible_collections.auth.services.plugins.module_utils.services.prosody import passwords as xmpp_passwords
from ansible_collections.auth.services.plugins.module_utils.services.wordpress import passwords as wordpress_passwords
from ansible_collections.auth.services.plugins.module_utils.services.wordpress import texts
from ansible_collections.auth.services.plugins.plugin_utils import people
from ansible_collections.auth.services.tests.fuzz import services, strategies
from ansible_collections.auth.services.tests.unit.applications import django, postfixadmin

MOST_SECONDS = 1.5
"""Of computing, for one input: so little is asked for that more is a limit that does not hold."""

SLIGHT = [
    (cost, "MAX_SECONDS", 0.02),
    (site_passwords, "ITERATIONS", 10), (site_passwords, "MAX_NEW_ITERATIONS", 1000),
    (voice_passwords, "DEFAULT_ITERATIONS", 10), (voice_passwords, "MAX_ITERATIONS", 1000),
    (xmpp_passwords, "ITERATIONS", 50), (xmpp_passwords, "MIN_ITERATIONS", 50), (xmpp_passwords, "MAX_ITERATIONS", 10_000),
    (colon, "ROUNDS", 10),
    (wordpress_passwords, "DEFAULT_COST", 4),
    (database, "time", SimpleNamespace(sleep=lambda seconds: None, monotonic=time.monotonic)),
]
"""Costs of hashes turned down, those that are too high as well as those of new ones: what is not refused takes no time."""

TARGETS = {}
"""Tests with their strategies, by name."""

TEXTS = {}
"""Of those that take a kind and a text: the kinds, and texts by kind to begin with."""


def target(*strategies_):
    """Make a test of a function, by its name."""

    def add(function):
        TARGETS[function.__name__] = given(*strategies_)(function)
        return TARGETS[function.__name__]

    return add


def text_target(texts_, kinds=("",)):
    """The same for a function of a kind and a text. The long run makes such texts from bytes, which is a lot quicker.

    :param texts_: strategies and texts to begin with, for a kind
    """

    def add(function):
        of = st.sampled_from(sorted(kinds)).flatmap(lambda kind: st.tuples(st.just(kind), texts_(kind)[0]))
        TEXTS[function.__name__] = sorted(kinds), {kind: texts_(kind)[1] for kind in kinds}, function
        TARGETS[function.__name__] = given(of)(_with_name(function))
        return function

    return add


def _with_name(function):
    def test(of):
        function(*of)

    test.__name__ = test.__qualname__ = function.__name__
    return test


@contextmanager
def quick():
    """No input may keep us busy."""
    start = time.process_time()
    yield
    spent = time.process_time() - start
    assert spent < MOST_SECONDS, f"it took {spent:.1f} s of computing"


def only_if(condition):
    """Pass over other inputs. Hypothesis's own assume() is for its tests alone."""
    if not condition:
        raise UnsatisfiedAssumption


def accepted(function, *arguments):
    """What a function makes of its arguments; None for what it refuses."""
    try:
        return function(*arguments)
    except ValueError:
        return None


# Names and other texts

NAMES = {
    "wiki 1.39": wiki_names.NameRules((1, 39), frozenset(("w", "de"))).canonical, "wiki 1.42": wiki_names.NameRules((1, 42)).canonical,
    "xmpp": xmpp.nodeprep, "domain": xmpp.nameprep, "sasl": xmpp.saslprep, "wordpress": texts.login, "email": texts.email, "url": texts.url,
    "person": lambda text: texts.person_name("first_name", text), "django email": site_names.checked_email,
}


@text_target(lambda kind: (strategies.name, strategies.NAMES + strategies.INJECTIONS), NAMES)
def names(kind, typed):
    with quick():
        name = accepted(NAMES[kind], typed)
        # of names with another normal form NameRules.creatable() tells why MediaWiki has them and we make none
        if name is not None and (not kind.startswith("wiki") or unicodedata.is_normalized("NFC", name)):
            assert isinstance(name, str) and NAMES[kind](name) == name, "what was accepted is not its own form"


@target(st.sampled_from(sorted(services.TYPES)), strategies.name)
def names_of_services(kind, typed):
    case = services.case(kind)
    with quick(), case.database.connect() as connection:
        options = {name: option.get("default") for name, option in case.service_spec.items()}
        service = case.service_class(case.database, connection, {**options, **case.defaults})
        name = accepted(service.canonical_name, typed)
        if name is not None and account.is_valid_unicode(name) and (not kind.startswith("mediawiki") or unicodedata.is_normalized("NFC", name)):
            assert service.canonical_name(name) == name, "what was accepted is not its own form"
            assert list(service.folded([name])) == [name]
            assert service.read([name]).keys() <= {name}


@text_target(lambda kind: (strategies.text, strategies.INJECTIONS))
def wordpress_texts(_kind, text):
    text = texts.shown(text)
    assert texts.shown(texts.stored(text)) == text
    slug = texts.nicename(text)
    assert texts.nicename(slug) == slug and len(texts.numbered_nicename(slug, 10**6)) <= texts.MAX_NICENAME
    for network in (True, False):
        texts.new_login_problem(text, network)


@text_target(lambda kind: (st.one_of(strategies.dates, strategies.damaged(strategies.dates), strategies.text), strategies.DATES))
def times(_kind, text):
    end = accepted(schema.parse_time, text)
    if end is not None:
        assert len(end) == 14 and schema.parse_time(schema.show_time(end)) == end
    shown = schema.show_time(text)
    assert shown == "" or len(schema.parse_time(shown)) == 14
    assert schema.later(text).isdigit()
    ends = accepted(radius_texts.expiration, text)
    if ends is not None:
        assert radius_texts.expiration(ends) == ends
    prosody._time([("number", text)])


# PHP, sessions, and what is printed


def django_session(content):
    """Session data as Django makes them of a value, or of text that is no JSON."""
    text = content if isinstance(content, str) else json.dumps(content)
    return f".{base64.urlsafe_b64encode(zlib.compress(text.encode())).decode()}:time:signature"


@target(strategies.php)
def php_values(value):
    text = accepted(php.serialize, value)
    if text is not None:
        again = php.unserialize(text)
        assert php.serialize(again) == text, "PHP would read another value"


@text_target(lambda kind: (strategies.php_text, strategies.PHP_TEXTS))
def php_texts(_kind, text):
    value = accepted(php.unserialize, text)
    if value is not None:
        assert accepted(php.unserialize, php.serialize(value)) == value


SESSIONS = st.one_of(
    strategies.damaged(st.just(django.SESSION)), strategies.text,
    strategies.json_value.map(lambda value: django_session({"_auth_user_id": value})),
    st.sampled_from(["[", '{"a":']).map(lambda nested: django_session(nested * 50_000)),
)


@text_target(lambda kind: (SESSIONS, [django.SESSION, "eyJfYXV0aF91c2VyX2lkIjoiMSJ9:a:b"]))
def sessions(_kind, data):
    with quick():
        users, _sure = site_sessions.session_users(data)
        assert all(isinstance(user, str) for user in users)


@target(strategies.json_value)
def printed(value):
    json.dumps(account.printable(value)).encode()
    results.as_text("x", {"name": "x", "option": value}).encode()


# Passwords

RADIUS = radius_passwords.Stored(radius_passwords.CLEARTEXT)
VERIFY = {
    **{name: SCHEMES[name].verify for name in ("bcrypt", "argon2", "sha_crypt", "md5_crypt")},
    "django": site_passwords.SCHEMES.verify,
    "freeradius": RADIUS.verify,
    "mediawiki": wiki_passwords.SCHEMES.verify,
    "mumble": voice_passwords.Pbkdf2().verify,
    "postfixadmin": mail_passwords.SCHEME.verify,
    "prosody": xmpp_passwords.Stored("SHA-1").verify,
    "wordpress": wordpress_passwords.schemes(True).verify,
    "wordpress_old": wordpress_passwords.schemes(False).verify,
}
HASHES = {
    "bcrypt": ["$2b$04$LUZnwWGT0nPheyoB94yrFuF4kCC2Vq6eKpjdsbNUWsxcNOSMlUC3y"], "argon2": [services.ARGON2],
    "sha_crypt": [postfixadmin.OLD[14:], "$5$rounds=1000$salt$x"], "md5_crypt": ["$1$gJJt3tSx$RGrJ6XAra9jF2vtZgiOSD."],
    "freeradius": [*services.RADIUS_HASHES, *(f"{name}:{value}" for name in radius_passwords.ATTRIBUTES.values() for value in ("a" * 64, "{nt}00", "x"))],
    "wordpress_old": services.TYPES["wordpress"].hashes,
    **{kind: services.TYPES[kind].hashes for kind in ("django", "mediawiki", "mumble", "postfixadmin", "prosody", "wordpress")},
}
COSTS = [
    "scrypt$2$salt$1$4194304$x", "scrypt$1024$salt$1$1000000$x", "pbkdf2_sha256$-99999999999999999999$salt$x",
    "$argon2id$v=19$m=8,t=4294967295,p=1$c2FsdHNhbHQ$AAAA",
    ":pbkdf2:sha512:1:99999999999:AAAA:AAAA", ":pbkdf2:sha512:-99999999999999999999:64:AAAA:AAAA", "$6$rounds=999999999$salt$x", "$2b$31$" + "a" * 53,
    "$P$S" + "a" * 30, "{PBKDF2}$1$a$99999999$" + "0" * 40, "{SCRAM-SHA-1}99999999999,AA==,AA==,AA==", "{SCRAM-SHA-1}-99999999999999999999,AA==,AA==,AA==",
]


def _hashes(kind):
    originals = HASHES[kind] + COSTS
    return st.one_of(strategies.damaged(st.sampled_from(HASHES[kind])), strategies.damaged(st.sampled_from(originals)), strategies.text), originals


@text_target(_hashes, VERIFY)
def stored_passwords(kind, stored):
    only_if(account.is_valid_unicode(stored))  # PasswordBook lets no other through
    # up to 2 ** 24 rounds of MD5 are computed as WordPress does, and that is too long for here
    only_if(not (kind.startswith("wordpress") and stored[3:4] and stored[3:4] in crypt.DIGITS[14:25]))
    with quick(), suppress(UnverifiableHash, MissingLibrary):
        assert VERIFY[kind](stored, strategies.PASSWORD) in (True, False)


HASHERS = {
    "django": (site_passwords.schemes(10).make, site_passwords.SCHEMES.verify),
    "mediawiki": (wiki_passwords.SCHEMES.make, wiki_passwords.SCHEMES.verify),
    "wordpress": (wordpress_passwords.schemes(False).make, VERIFY["wordpress"]),
    "wordpress_bcrypt": (wordpress_passwords.schemes(True, 4).make, VERIFY["wordpress"]),
    **{f"freeradius {name}": (radius_passwords.Stored(name).make, RADIUS.verify)
       for name in radius_passwords.PASSWORDS if name != "Crypt-Password"},
    "prosody": (xmpp_passwords.Stored("SHA-1").make, VERIFY["prosody"]),
}


@text_target(lambda kind: (strategies.text, [strategies.PASSWORD, *strategies.INJECTIONS]), HASHERS)
def new_passwords(kind, password):
    only_if(password and "\0" not in password)
    make, verify = HASHERS[kind]
    stored = accepted(make, password)
    if stored is None:
        return
    stored.encode()
    assert verify(stored, password), "nobody could log in"
    assert not accepted(verify, stored, password + "x"), "anybody could log in"


CHECKS = {
    "mediawiki": (wiki_passwords.check_hash, wiki_passwords.SCHEMES.verify), "postfixadmin": (mail_passwords.check_hash, mail_passwords.SCHEME.verify),
    "prosody": (xmpp_passwords.parse, VERIFY["prosody"]),
}


@text_target(_hashes, CHECKS)
def given_hashes(kind, given_):
    check, verify = CHECKS[kind]
    try:
        check(given_)
    except ValueError:
        return
    if kind != "prosody":  # it is stored as its parts
        assert given_.isascii() and not set(given_) & set("\0\r\n"), "a hash was accepted that is none"
    with quick(), suppress(UnverifiableHash):
        verify(given_, strategies.PASSWORD)


@text_target(lambda kind: (strategies.text, strategies.INJECTIONS))
def quoted(_kind, text):
    try:
        assert not text or radius_passwords.unquote(radius_passwords.quote(text)) == text
        radius_passwords.unquote(text)
    except UnverifiableHash:
        pass
    for attribute in radius_passwords.PASSWORDS:
        radius_passwords.is_value(attribute, text)


# Options


_limit = strategies.text | strategies.damaged(st.sampled_from(["10%", "5"]))


@target(st.integers(0, 5), st.integers(0, 5), _limit, strategies.name, st.lists(strategies.text, max_size=3))
def limits(touched, more, limit, name, exceptions):
    with quick():
        with suppress(LimitError, OptionError):
            check_limit(touched, touched + more, limit, "unlisted_limit", "x")
        is_excepted(name, exceptions)


@target(st.sampled_from(sorted(services.TYPES)).flatmap(lambda kind: st.tuples(st.just(kind), strategies.entries(
    {**services.case(kind).entry_spec, "other": {"type": "str"}}, {"name": strategies.name | strategies.json_value}))))
def plain_entries(of):
    """Ansible's validation would change nothing in what we do not let it look at."""
    kind, entry = of
    spec = {name: {key: value for key, value in option.items() if key != "default"} for name, option in services.case(kind).entry_spec.items()}
    if options.is_plain(entry, spec):
        validated = ArgumentSpecValidator(spec, mutually_exclusive=[options.SECRET_OPTIONS]).validate(entry)
        assert not validated.error_messages
        assert {name: value for name, value in validated.validated_parameters.items() if value is not None} == entry


CONNECTION = {
    "login_host": strategies.text, "login_port": st.sampled_from([0, -1, 3306, 65536, 2**70]), "login_user": strategies.text, "login_password": strategies.text,
    "login_db": strategies.text, "login_unix_socket": strategies.text, "ssl_mode": st.sampled_from(["disabled", "preferred", "required", "verify_ca"]),
    "ca_cert": strategies.text, "client_cert": strategies.text, "client_key": strategies.text, "table_prefix": strategies.text, "login_schema": strategies.text,
    "connect_timeout": st.sampled_from([0, -1, 1, 2**70]),
}


@target(st.sampled_from(["mysql", "postgresql", "sqlite"]), st.fixed_dictionaries({}, optional=CONNECTION), strategies.text, st.booleans())
def connections(engine, options, config, with_file):
    path = Path(services.folder()) / "my.cnf"
    if with_file:
        path.write_bytes(f"[client]\n{config}".encode(errors="surrogateescape" if "\ud800" not in config else "replace"))
        options = {**options, "config_file": str(path)}
    only_if(account.is_valid_unicode(options))  # chosen() lets no other through
    try:
        made = database.Database({"login_db": "x", "connect_timeout": 1, "login_engine": engine, **options})
        account.printable(made.describe()).encode()
        account.printable(str(made.plain_error(ValueError(config)))).encode()
    except (OptionError, MissingLibrary) as error:
        account.printable(str(error)).encode()


# Any database

_table_name = st.sampled_from(["users", "user", "USERS", "post", "group", "user_group", "session", "x"]) | strategies.text
_column = st.tuples(
    st.sampled_from(["id", "user_id", "username", "password", "email", "status", "is_active", "type", "USER_ID", "x_id", "x_type"]) | strategies.text,
    st.sampled_from(["", "integer", "varchar(9)", "varchar(150) NOT NULL UNIQUE", "bool", "datetime", "text DEFAULT 'x'", "enum('a')", "user_type[]"]))
_table = st.tuples(_table_name, st.lists(_column, max_size=5), st.lists(st.tuples(st.integers(0, 4), _table_name, st.integers(0, 4)), max_size=2))
_row = st.lists(st.none() | st.integers(-1, 2) | st.sampled_from(["active", "a", "0", ""]) | strategies.text.map(lambda text: f"geheim-4711{text}"), min_size=5,
                max_size=5)


def _name(text):
    return '"' + text.replace('"', '""').replace("\0", "") + '"'


@target(st.lists(_table, max_size=5), st.lists(_row, max_size=3), strategies.text, st.lists(strategies.text, max_size=1))
def tables(those, rows, view, patterns):
    path = Path(services.folder()) / "any.sqlite"
    connection = sqlite3.connect(path)
    for name, columns, references in those:
        parts = [f"{_name(column)} {kind}" for column, kind in columns]
        parts += [f"FOREIGN KEY ({_name(columns[one][0])}) REFERENCES {_name(other)}" for one, other, _to in references if one < len(columns)]
        with suppress(sqlite3.Error, UnicodeEncodeError, ValueError):  # of the same name, say
            connection.execute(f"CREATE TABLE {_name(name)} ({', '.join(parts)})")
            for row in rows:
                connection.execute(f"INSERT OR IGNORE INTO {_name(name)} VALUES ({', '.join('?' * len(columns))})", row[:len(columns)])
        with suppress(sqlite3.Error, UnicodeEncodeError, ValueError):
            connection.execute(f"CREATE VIEW {_name('v' + name)} AS SELECT * FROM {_name(name)} a JOIN users b ON a.user_id = b.id WHERE a.id = '{view}'")
    connection.commit()
    connection.close()
    try:
        reached = database.Database({**dict.fromkeys(options.CONNECTION_OPTIONS), "login_engine": "sqlite", "login_db": str(path), "connect_timeout": 5})
        with quick(), reached.connect() as opened:
            asked = {"tables": patterns, "schemas": [], "evidence": ["names", "rows", "statements"]}
            found, warnings = tables_module.look(reached, opened, asked)
    finally:
        path.unlink()
    text = json.dumps(account.printable([found, warnings]), ensure_ascii=False)
    text.encode()
    assert "geheim-4711" not in text, "a value was shown"
    assert Schema.from_dict(json.loads(json.dumps(found))) == Schema.from_dict(found)


# People

_own = st.dictionaries(st.sampled_from(["name", "email", "state"]), strategies.json_value) | strategies.json_value
_person = st.one_of(strategies.json_value, st.fixed_dictionaries({"name": strategies.name}, optional={
    "groups": st.lists(st.sampled_from(["staff", "x"]), max_size=2) | strategies.json_value, "email": strategies.json_value,
    "state": st.sampled_from(["enabled", "disabled", "absent", "gone"]) | strategies.json_value, "password": strategies.json_value,
    "services": st.dictionaries(st.sampled_from(["wiki", "all"]), _own) | strategies.json_value,
}))
_made = st.fixed_dictionaries({}, optional={"name": strategies.name, "email": strategies.mail, "error": strategies.text})


@target(st.lists(st.tuples(_person, _made), max_size=4), st.none() | st.lists(st.sampled_from(["staff", "x"])) | strategies.json_value,
        st.none() | st.dictionaries(st.sampled_from(["staff", "x"]), st.lists(strategies.text, max_size=2)) | strategies.json_value, st.booleans())
def accounts_of_people(those, access, groups, known):
    rules = people.Rules("wiki", ["name", "state", "email", "groups", "password"], access, groups, ["staff", "x"] if known else None, ["all", "wiki"])
    try:
        accounts = people.accounts_for([person for person, _made in those], rules, [made for _person, made in those], {"alice": "x"})
    except people.PeopleError as error:
        account.printable(str(error)).encode()
        return
    for one in accounts:
        assert isinstance(one["name"], str) and one["name"] and one["state"] in people.STATES


# Whole services


def _add_service(kind):
    """Two targets for a service: a task, and what ``_info`` returns."""

    @st.composite
    def alterations(draw):
        # made when it is drawn: not every run is of every service
        case = services.case(kind)
        return draw(strategies.row_changes(case.tables, case.type.hashes))

    @given(alterations(), st.deferred(lambda: services.case(kind).requests), st.integers(0, 7).map(lambda number: number == 7))
    def task(changes, arguments, check_mode):
        services.case(kind).check(changes, arguments, check_mode)

    options = st.deferred(lambda: strategies.database_options(services.case(kind).service_class.database_options, services.COMMON))

    @given(alterations(), st.none() | st.lists(strategies.name, max_size=2), options)
    def export(changes, names_, given_):
        services.case(kind).check_export(changes, names_, given_)

    TARGETS[f"{kind}_task"], TARGETS[f"{kind}_export"] = task, export


for _kind in services.TYPES:
    _add_service(_kind)
