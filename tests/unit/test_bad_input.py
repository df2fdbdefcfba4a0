# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A little of what ``make fuzz`` does, and every input that once broke something."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings

from ansible_collections.auth.services.plugins.module_utils.database import SchemaError
from ansible_collections.auth.services.tests.fuzz import services, strategies, targets


@pytest.fixture(autouse=True)
def slight_costs(monkeypatch):
    for module, name, value in targets.SLIGHT:
        monkeypatch.setattr(module, name, value)


@pytest.fixture(scope="module", autouse=True)
def folder():
    yield
    services.clean()


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # long texts are slow to print
@pytest.mark.parametrize("name", targets.TARGETS)
def test_bad_input(name):
    few = 3 if name.endswith(("_task", "_export")) else 10
    # the same inputs each time: new ones are for the long run
    short = settings(max_examples=few, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck),
                     phases=[Phase.explicit, Phase.generate])
    short(targets.TARGETS[name])()


# What broke once


@pytest.mark.parametrize(("kind", "stored"), [
    ("django", "pbkdf2_sha256$-99999999999999999999$salt$x"),
    ("django", "scrypt$2$salt$1$4194304$x"),
    ("mediawiki", ":pbkdf2:sha512:-99999999999999999999:64:AAAA:AAAA"),
    ("postfixadmin", "{SCRAM-SHA-1}-99999999999999999999,AA==,AA==,AA=="),
    ("mumble", "no number$a1$b2"),
    ("mumble", "nothing"),
])
def test_stored_passwords_that_are_none(kind, stored):
    targets.TEXTS["stored_passwords"][2](kind, stored)


@pytest.mark.parametrize("given", ["{PLAIN}a\0b", "{PLAIN}a\nb"])
def test_a_line_break_is_no_part_of_a_stored_password(given):
    with pytest.raises(ValueError):
        targets.CHECKS["postfixadmin"][0](given)


@pytest.mark.parametrize("given", [":B:a\0b:" + "0" * 32, ":B:a\nb:" + "0" * 32, ":B:\xe9:" + "0" * 32])
def test_a_salt_is_printable(given):
    with pytest.raises(ValueError):
        targets.CHECKS["mediawiki"][0](given)


@pytest.mark.parametrize("content", [{"_auth_user_id": ["1"]}, {"_auth_user_id": {}}, "[" * 50_000])
def test_sessions_of_nobody(content):
    targets.TEXTS["sessions"][2]("", targets.django_session(content))


@pytest.mark.parametrize("arguments", [
    {"name": None}, {"accounts": [{"name": None}]}, {"name": "\ud800"}, {"name": "carol9@example.org", "password": "\udc80"},
    {"accounts": [{"name": "carol9", "state": "enabled", "password": "a\udfff"}]},
])
@pytest.mark.parametrize("kind", services.TYPES)
def test_names_and_passwords_that_are_no_text(kind, arguments):
    assert services.case(kind).expected({**services.case(kind).defaults, **arguments}, False) is None
    services.case(kind).check([], arguments, False)


@pytest.mark.parametrize(("kind", "arguments"), [
    ("wordpress_network", {"site_id": 2**70, "name": "alice"}), ("postfixadmin", {"name": "new@example.org", "quota": 2**70}),
    ("postfixadmin", {"accounts": [{"name": "new@example.org", "quota": "Infinity"}]}),
    ("postfixadmin", {"accounts": [{"name": "new@example.org", "quota": "1e999999999999999999"}]}),
])
def test_numbers_that_no_column_holds(kind, arguments):
    case = services.case(kind)
    assert case.expected({**case.defaults, **arguments}, False) is None


@pytest.mark.parametrize("column", ["id", "is_staff", "date_joined"])
def test_a_column_that_holds_no_names(column):
    case = services.case("django")
    case.check_export([], None, {"username_column": column})
    with pytest.raises(SchemaError, match="is not a text column"):
        case.run({**case.defaults, "username_column": column, "name": "alice"}, False)


@pytest.mark.parametrize(("kind", "change"), [
    ("mumble", ("update", "meta", 1, {"value": "²"})), ("mumble", ("update", "users", 3, {"user_id": "abc"})),
    ("mumble", ("update", "users", 3, {"pw": b"\xff"})),
    ("wordpress", ("update", "wp_options", 0, {"option_value": "²"})), ("wordpress", ("update", "wp_options", 2, {"option_value": "9" * 4400})),
    ("wordpress", ("update", "wp_users", 0, {"display_name": "a\nb"})), ("wordpress", ("update", "wp_users", 0, {"display_name": "&amp;lt;"})),
    ("wordpress", ("update", "wp_users", 0, {"user_pass": strategies.Raw(b"\xff")})), ("prosody", ("update", "prosody", 0, {"value": b""})),
    ("prosody", ("update", "prosody", 0, {"user": "Alice"})), ("freeradius", ("update", "radcheck", 0, {"username": "o'x"})),
    ("freeradius", ("update", "radcheck", 0, {"username": strategies.Raw(b"a\xff")})), ("mediawiki", ("update", "user", 0, {"user_name": 7})),
    ("sql", ("update", "member", 1, {"status": None})), ("sql", ("update", "credential", 1, {"hash": b"\xff"})),
    ("sql", ("update", "member", 1, {"changed": "yesterday"})), ("sql", ("delete", "credential", 1, {})),
    ("mediawiki", ("insert", "interwiki", 0, {"iw_prefix": None, "iw_url": "", "iw_api": "", "iw_wikiid": "", "iw_local": 0})),
])
def test_rows_that_no_application_writes(kind, change):
    case = services.case(kind)
    case.check_export([change], None, {})
    for state in ("disabled", "absent"):
        case.check([change], {"accounts": [{"name": "alice", "state": state}], "unlisted": "disable", "unlisted_limit": "100%"}, False)
