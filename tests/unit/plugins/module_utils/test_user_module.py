# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules as processes: what they return, and that no secret leaves them."""

from __future__ import annotations

import json
import re

import pytest

from ansible_collections.auth.services.plugins.module_utils.account import printable, visible
from ansible_collections.auth.services.plugins.module_utils.module import masked, masks
from ansible_collections.auth.services.plugins.module_utils.results import as_text
from ansible_collections.auth.services.tests.unit.applications.mediawiki import PASSWORD_HASH
from ansible_collections.auth.services.tests.unit.run_module import run_module

LOGIN = "geheim-login"
HASHES = [f":B:geheim{number}:53733e02700be705a2b5b5f3b43c60de" for number in range(3)]
INTERNAL = """
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.adapter import MediaWiki
def write(self, changes):
    raise RuntimeError(f"failed with {[(change.declared.password, change.password_hash) for change in changes]}")
MediaWiki.write = write
"""
INTERNAL_ON_CREATING = INTERNAL.replace("def write(self, changes):\n", """write_well = MediaWiki.write
def write(self, changes):
    if all(change.shuts for change in changes):
        return write_well(self, changes)
""")


@pytest.fixture
def module(make_wiki, tmp_path):
    """Runs a module on a wiki, and looks for secrets wherever it can write."""
    wiki = make_wiki()

    def run(kind="mediawiki_user", /, **arguments):
        settings = {key: arguments.pop(key) for key in ("check_mode", "diff", "tracebacks", "inject") if key in arguments}
        connection = {"login_engine": "sqlite", "login_db": str(wiki.path), "login_password": LOGIN, "connect_timeout": 1}
        given = {key: value for key, value in {**connection, **arguments}.items() if value is not None}
        done = run_module(kind, tmp_path, given, **settings)
        assert "geheim" not in done.everything
        return done

    run.wiki = wiki
    return run


def secret_accounts(number):
    return [{"name": f"User {one}", "password": f"geheim-{one:04}", "groups": ["staff"]} for one in range(number)]


# What is returned


def test_one_account(module):
    done = module(name="jane_doe", password="geheim-pass", email="jane@example.org", groups=["bot", "sysop"])
    assert done.code == 0
    invocation = done.result.pop("invocation")["module_args"]
    assert done.result == {
        "changed": True,
        "accounts": [{"name": "Jane doe", "id": 2, "action": "created", "fields": ["email", "groups", "password"]}],
        "counts": {"created": 1, "updated": 0, "enabled": 0, "disabled": 0, "removed": 0, "unchanged": 0},
        "unlisted": [],
    }
    assert invocation["password"] == invocation["login_password"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    assert (invocation["name"], invocation["groups"], invocation["state"]) == ("jane_doe", ["bot", "sysop"], "present")
    done = module(name="jane_doe", password="geheim-pass")
    assert done.result["changed"] is False
    assert done.result["accounts"] == [{"name": "Jane doe", "id": 2, "action": "unchanged", "fields": []}]
    assert "diff" not in done.result


def test_many_accounts(module):
    module.wiki.add_user("Gone")
    accounts = [*secret_accounts(2), {"name": "admin"}, {"name": "Gone", "state": "disabled", "password_hash": HASHES[0]}]
    done = module(accounts=accounts)
    assert [(one["name"], one["action"], one["fields"]) for one in done.result["accounts"]] == [
        ("User 0", "created", ["groups", "password"]), ("User 1", "created", ["groups", "password"]), ("Gone", "disabled", ["password"])]
    assert done.result["counts"] == {"created": 2, "updated": 0, "enabled": 0, "disabled": 1, "removed": 0, "unchanged": 1, "unlisted": 0}
    assert done.result["unlisted"] == []
    assert done.result["names"] == [{"typed": "admin", "name": "Admin"}]
    assert done.result["invocation"]["module_args"]["accounts"] == "4 accounts, not shown"
    done = module(accounts=[{"name": "admin"}])
    assert (done.result["changed"], done.result["accounts"], done.result["unlisted"]) == (False, [], ["Gone", "User 0", "User 1"])
    assert done.result["counts"]["unlisted"] == 3
    done = module(accounts=[{"name": "admin"}], unlisted_names=2)
    assert (done.result["unlisted"], done.result["counts"]["unlisted"]) == (["Gone", "User 0"], 3)


def test_options_beside_the_list_are_defaults(module):
    module(accounts=[
        {"name": "A", "password": "geheim-1"}, {"name": "B", "groups": [], "state": "enabled"}, {"name": "C", "append_groups": False},
        {"name": "D", "state": "absent"}, {"name": "E", "password_hash": HASHES[0]}, {"name": "F", "password": None, "email": ""},
    ], password="geheim-0", groups=["staff"], email="x@y", reason="because", append_groups=True)
    rows = {row["user_name"]: row for row in module.wiki.rows("user")}
    assert set(rows) == {"A", "B", "C", "E", "F", "Admin", "Maintenance script"}
    groups = {name: list(module.wiki.groups(row["user_id"])) for name, row in rows.items() if len(name) == 1}
    assert groups == {"A": ["staff"], "B": [], "C": ["staff"], "E": ["staff"], "F": ["staff"]}
    assert rows["E"]["user_password"] == HASHES[0]
    assert {name: row["user_email"] for name, row in rows.items() if len(name) == 1} == {"A": "x@y", "B": "x@y", "C": "x@y", "E": "x@y", "F": ""}
    done = module(accounts=[{"name": "A", "password": "geheim-1"}, {"name": "B"}, {"name": "F"}], password="geheim-0")
    assert done.result["changed"] is False
    assert module.wiki.row("logging", log_title="A", log_type="newusers")["log_comment_id"] == module.wiki.row("comment", comment_text="because")["comment_id"]


def test_entries_are_converted_as_any_option(module):
    module(accounts=[
        {"name": "17", "groups": "bot,staff"}, {"name": "Eighteen", "groups": ["staff", "18"], "append_groups": "no", "email": None, "real_name": 18},
    ])
    groups = {name: set(module.wiki.groups(module.wiki.row("user", user_name=name)["user_id"])) for name in ("17", "Eighteen")}
    assert groups == {"17": {"bot", "staff"}, "Eighteen": {"staff", "18"}}
    done = module(accounts=[{"name": "A", "state": "gone"}, {"name": "B", "append_groups": "often"}, {"name": "C", "groups": {}}])
    assert done.result["failed"] and all(f"'{name}'" in done.result["msg"] for name in ("A", "B", "C"))


def test_check_and_diff(module):
    module.wiki.add_user("Jane", user_email="old@example.org", user_real_name="Jane\u202eevil")
    module.wiki.add_user("Gone")
    before = module.wiki.path.read_bytes()
    accounts = [
        {"name": "jane", "email": "new@example.org", "password": "geheim-1", "groups": ["bot", "staff"], "group_expiry": {"bot": "2030-01-02"}},
        {"name": "john", "email": "john@example.org", "password_hash": HASHES[1]},
        {"name": "Gone", "state": "absent"}, {"name": "admin", "state": "disabled"},
    ]
    done = module(accounts=accounts, check_mode=True, diff=True)
    assert module.wiki.path.read_bytes() == before
    assert done.result["diff"] == {
        "before": (
            "Jane:\n  email: old@example.org\n  groups: \n  password: old password, not shown\n"
            "Gone:\n  state: enabled\n  email: \n  real_name: \n  email_confirmed: False\n  groups: \n  group_expiry: \n"
            "Admin:\n  state: enabled\n"),
        "after": (
            "Jane:\n  email: new@example.org\n  groups: bot until 2030-01-02T00:00:00Z, staff\n  password: new password, not shown\n"
            "John:\n  state: enabled\n  email: john@example.org\n  password: new password, not shown\n"
            "Admin:\n  state: disabled\n"),
    }
    real = module(accounts=accounts, diff=True)
    ids = [one.pop("id") for one in real.result["accounts"]]
    assert [one.pop("id") for one in done.result["accounts"]] == [ids[0], None, *ids[2:]]  # not made yet
    for key in ("changed", "accounts", "counts", "unlisted", "diff"):
        assert real.result[key] == done.result[key]
    assert module(accounts=accounts, diff=True).result["diff"] == {"before": "", "after": ""}


def test_warnings_are_returned(module):
    done = module(name="Jane", password="geheim1")
    [warning] = done.result["warnings"]
    assert "'Jane'" in json.dumps(warning)  # its form differs between releases


LOST_ONCE = """
import sqlite3
from sqlalchemy import exc
from ansible_collections.auth.services.plugins.module_utils import database

connect, attempts = database.Database.connect, []

def once(self, write=False):
    attempts.append(write)
    if len(attempts) == 1:
        raise database.DatabaseError("lost") from exc.OperationalError("SELECT 1", {}, sqlite3.OperationalError("database is locked"))
    return connect(self, write)

database.Database.connect = once
database.time.sleep = lambda seconds: None
"""


@pytest.mark.parametrize(("kind", "arguments"), [("mediawiki_user_info", {}), ("mediawiki_user", {"name": "Admin"})])
def test_reading_is_tried_again(module, kind, arguments):
    assert not module(kind, inject=LOST_ONCE, **arguments).result.get("failed")


def test_info(module):
    module.wiki.add_user("Robot", user_password="", user_token="*** INVALID ***")
    module.wiki.add_user("Jane", user_password="geheim-hash", user_token="geheim-token", user_newpassword="geheim-new")
    module.wiki.insert("user_groups", ug_user=3, ug_group="bot", ug_expiry="20300102030405")
    done = module("mediawiki_user_info")
    assert done.result["changed"] is False
    assert done.result["accounts"] == [
        {"name": "Admin", "state": "enabled", "email": "admin@example.org", "real_name": "", "email_confirmed": False,
         "groups": ["bureaucrat", "sysop"], "group_expiry": {}},
        {"name": "Jane", "state": "enabled", "email": "", "real_name": "", "email_confirmed": False,
         "groups": ["bot"], "group_expiry": {"bot": "2030-01-02T03:04:05Z"}},
    ]
    assert done.result["protected"] == [{"name": "Robot", "reason": "it is a system user of MediaWiki"}]
    assert done.result["last_changed"] == [
        {"name": "Admin", "time": "2026-11-01T12:00:00Z"}, {"name": "Jane", "time": "2026-11-01T12:00:00Z"}]
    # what is read can be declared
    assert module(accounts=done.result["accounts"], unlisted="remove").result["changed"] is False
    assert [one["name"] for one in module("mediawiki_user_info", name=["jane", "nobody"]).result["accounts"]] == ["Jane"]
    assert module("mediawiki_user_info", name=[]).result["accounts"] == []
    failed = module("mediawiki_user_info", name=["jane", "a#b"])
    assert failed.result["failed"] and "'a#b'" in failed.result["msg"]


def test_accounts_that_no_task_can_name(module):
    for name in ("lower case", "Lower case", "nobody has it with a capital"):
        module.wiki.add_user(name)
    done = module("mediawiki_user_info")
    assert [account["name"] for account in done.result["accounts"]] == ["Admin", "Lower case", "nobody has it with a capital"]
    [account] = done.result["undeclarable"]
    assert (account["name"], account["state"]) == ("lower case", "enabled")
    assert "'Lower case'" in account["reason"]
    assert module(accounts=done.result["accounts"]).result["unlisted"] == ["lower case"]


def test_stored_passwords_are_returned_on_demand_only(module):
    module.wiki.add_user("Jane", user_password=PASSWORD_HASH)
    module.wiki.add_user("Robot", user_password="", user_token="*** INVALID ***")
    module(name="Jane", state="disabled")
    [_admin, jane] = module("mediawiki_user_info", return_password_hash=True).result["accounts"]
    assert jane["password_hash"] == PASSWORD_HASH
    assert module(accounts=[jane]).result["changed"] is False


def test_what_is_stored_and_could_not_be_given_is_not_returned(module):
    module.wiki.add_user("Jane", user_password=":B:of-an-unknown-form")
    [_admin, jane] = module("mediawiki_user_info", return_password_hash=True).result["accounts"]
    assert "password_hash" not in jane


def test_text_that_cannot_be_printed(module):
    module.wiki.add_user("Jane")
    module.wiki.run("UPDATE {user} SET user_real_name = CAST(x'4afc' AS TEXT), user_email = CAST(x'61ff' AS TEXT) WHERE user_name = 'Jane'")
    [jane] = module("mediawiki_user_info", name=["Jane"]).result["accounts"]
    assert (jane["real_name"], jane["email"]) == ("J\\udcfc", "a\\udcff")
    done = module(name="Jane", real_name="Jürgen", diff=True)
    assert "J\\udcfc" in done.result["diff"]["before"]


# What is refused


@pytest.mark.parametrize(("arguments", "words"), [
    ({"accounts": [{"name": "Jane", "passwrod": "geheim-1", "password": "geheim-2"}]}, ["'Jane'", "unknown option passwrod; the options are", "password"]),
    ({"accounts": [{"name": "Jane", "state": "gone", "password": "geheim-1"}]}, ["'Jane'", "state", "gone", "disabled"]),
    ({"accounts": [{"name": "Jane", "password": "geheim-1", "password_hash": HASHES[0]}]}, ["'Jane'", "password", "password_hash"]),
    ({"accounts": [{"name": "Jane"}, {"password": "geheim-1"}]}, ["entry 2", "name"]),
    ({"accounts": [{"name": "Jane", "append_groups": "perhaps", "password": "geheim-1"}]}, ["'Jane'", "append_groups"]),
    ({"accounts": [{"name": "Jane", "group_expiry": 5, "password": "geheim-1"}]}, ["'Jane'", "group_expiry"]),
    ({"accounts": [{"name": f"a#{one}", "password": f"geheim-{one}"} for one in range(30)]}, ["'a#0'", "'a#19'", "and 10 more"]),
    ({"accounts": [["Jane", "geheim-1"]]}, ["accounts"]),
    ({"accounts": "geheim-1"}, ["accounts"]),
    ({"accounts": {"name": "Jane", "password": "geheim-1"}}, ["accounts"]),
    ({"accounts": [{"name": "Jane", "password": "geheim-1"}], "name": "John"}, ["name", "accounts"]),
    ({"accounts": [{"name": "Jane", "password": "geheim-1"}], "unlisted": "ignored"}, ["unlisted", "ignored"]),
    ({"accounts": [{"name": "Jane", "password": "geheim-1"}], "no_such_option": 1}, ["no_such_option"]),
    ({"accounts": [{"name": "Jane", "password": "geheim-1"}], "unlisted": "disable", "unlisted_limit": "some"}, ["unlisted_limit", "'some'"]),
    ({"name": "Jane", "password": "geheim-1", "password_hash": HASHES[0]}, ["password", "password_hash"]),
    ({"name": "Jane", "password": "geheim-1", "state": "gone"}, ["state", "gone"]),
    ({"name": "Jane", "password": "geheim-1", "login_db": None}, ["login_db"]),
    ({"password": "geheim-1"}, ["name", "accounts"]),
    ({"name": "Jane", "password_hash": "geheim-1"}, ["'Jane'", "password_hash"]),
    ({"name": "Jane", "password": "geheim-1\x00"}, ["'Jane'", "control character"]),
    ({"name": "Jane", "password": "geheim-1", "groups": ["user"]}, ["'Jane'", "'user' is implicit"]),
    ({"name": "Jane", "password": "geheim-1", "performer": "Nobody"}, ["performer", "'Nobody'"]),
    ({"name": "Jane", "password": "geheim-1", "config_file": "/nowhere"}, ["config_file", "/nowhere"]),
    ({"name": "Jane", "password": "geheim-1", "login_host": "a", "login_unix_socket": "/b"}, ["login_host", "login_unix_socket"]),
])
def test_what_is_refused(module, arguments, words):
    before = module.wiki.path.read_bytes()
    done = module(**arguments)
    assert done.result["failed"] is True
    for word in words:
        assert word in done.result["msg"]
    assert "Traceback" not in done.output
    assert module.wiki.path.read_bytes() == before


@pytest.mark.parametrize(("change", "words"), [
    ({"login_db": "/nowhere/wiki.sqlite"}, ["login_db", "/nowhere/wiki.sqlite"]),
    ({"table_prefix": "mw_"}, ["mw_user", "set table_prefix", "''"]),
])
def test_a_database_that_is_another(module, change, words):
    done = module(accounts=secret_accounts(3), **change)
    for word in words:
        assert word in done.result["msg"]
    assert "Traceback" not in done.output


@pytest.mark.parametrize("tracebacks", [False, True])
def test_a_database_that_fails(module, tracebacks):
    module.wiki.run("CREATE TRIGGER full BEFORE INSERT ON user BEGIN SELECT RAISE(FAIL, 'disk full'); END")
    done = module(accounts=[*secret_accounts(3), {"name": "Hashed", "password_hash": HASHES[0]}],
                  inject="import time; time.sleep = lambda seconds: None", tracebacks=tracebacks)
    assert "disk full" in done.result["msg"]
    assert len(module.wiki.rows("user")) == 1


def test_an_internal_error(module):
    done = module(accounts=[*secret_accounts(3), {"name": "Hashed", "password_hash": HASHES[0]}], inject=INTERNAL, tracebacks=True)
    assert done.result["failed"] is True
    assert done.result["msg"].startswith("Internal error, please report it: RuntimeError in ")
    assert done.result["msg"].endswith(". Nothing was written.")
    assert done.result["exception"].endswith("RuntimeError")
    assert ":pbkdf2:" not in done.everything and "failed with" not in done.everything
    assert len(module.wiki.rows("user")) == 1


def test_an_internal_error_after_somebody_was_shut_out(module):
    done = module(accounts=[{"name": "Admin", "state": "disabled"}, *secret_accounts(2)], inject=INTERNAL_ON_CREATING, tracebacks=True)
    assert done.result["msg"].startswith("Internal error, please report it: RuntimeError in ")
    assert done.result["msg"].endswith(". Access was taken away from 'Admin'. Apart from that, nothing was written.")
    assert module.wiki.read("Admin")["Admin"].disabled
    assert "failed with" not in done.everything


def test_the_hash_that_is_there_is_a_secret_too(module):
    module.wiki.add_user("Jane", user_password=HASHES[1])
    inject = INTERNAL.replace("change.password_hash)", "change.account.password_hash)")
    done = module(name="Jane", password="geheim-1", inject=inject, tracebacks=True)
    assert done.result["exception"].endswith("RuntimeError")


QUOTES = """
from ansible_collections.auth.services.plugins.module_utils.account import AccountError
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.adapter import MediaWiki

def check(self, changes):
    raise AccountError([(change.name, f"its hash is {change.account.password_hash}") for change in changes])

MediaWiki.check = check
"""


def test_an_expected_failure_that_quotes_a_hash(module):
    module.wiki.add_user("Jane", user_password=HASHES[1])
    done = module(name="Jane", real_name="Jane", inject=QUOTES)
    assert "its hash is" in done.result["msg"]
    assert HASHES[1] not in done.everything


def test_a_secret_of_one_letter_is_not_told_by_its_mask(module):
    done = module(accounts=[{"name": "Jane", "password": "e"}, {"name": "a#b"}])
    assert "****" not in done.result["msg"] and "'a#b'" in done.result["msg"]


def test_an_entry_that_cannot_be_read_keeps_nobody_in(module):
    module.wiki.add_user("Jane")
    module.wiki.add_user("John")
    done = module(accounts=[{"name": "Jane", "state": "disabled", "grops": []}, {"name": "John", "state": "disabled"},
                            {"name": "New", "passwrod": "geheim-1"}, {"name": "Other"}])
    assert done.result["failed"] and done.result["changed"]
    assert {one["name"]: one["action"] for one in done.result["accounts"]} == {"Jane": "disabled", "John": "disabled"}
    assert "unknown option grops" in done.result["msg"] and "unknown option passwrod; the options are" in done.result["msg"]
    assert len(module.wiki.rows("user")) == 3 + 1, "the two, the administrator, and the wiki's own account of the log"


def test_a_name_cannot_forge_lines_of_a_diff(module):
    module.wiki.add_user("Jane\nAdmin:\n  state: enabled")
    done = module(accounts=[{"name": "Admin"}], unlisted="disable", unlisted_limit="100%", diff=True)
    assert done.result["diff"]["after"] == "Jane\\nAdmin:\\n  state: enabled:\n  state: disabled\n"


@pytest.mark.parametrize(("missing", "library"), [("sa", "SQLAlchemy >= 1.4")])
def test_a_missing_library(module, missing, library):
    inject = ("from ansible_collections.auth.services.plugins.module_utils import columns\n"
              f"columns.{missing} = None\ncolumns.SQLALCHEMY_IMPORT_ERROR = 'Traceback ...'")
    done = module(accounts=secret_accounts(2), inject=inject)
    assert "Failed to import the required Python library (SQLAlchemy >= 1.4)" in done.result["msg"]


# Secrets


def test_the_log_of_the_managed_host(module):
    done = module(accounts=secret_accounts(3), reason="because")
    [line] = [line for line in done.syslog if "Invoked with" in line]
    assert "accounts=NOT_LOGGING_PARAMETER" in line
    assert "reason=because" in line
    done = module(name="Jane", password="geheim-1", groups=["staff"])
    [line] = [line for line in done.syslog if "Invoked with" in line]
    assert "password=NOT_LOGGING_PARAMETER" in line
    assert "name=Jane" in line and "staff" in line


def test_names_and_groups_stay_readable(module):
    """Values of no_log options are masked wherever they are, and accounts is one such option."""
    entries = [{**one, "email": "staff@example.org", "reason": "staff"} for one in secret_accounts(3)]
    done = module(accounts=entries, diff=True)
    assert [one["name"] for one in done.result["accounts"]] == ["User 0", "User 1", "User 2"]
    assert "groups: staff" in done.result["diff"]["after"]
    failed = module(accounts=[*entries, {"name": "user 0", "groups": ["staff"]}, {"name": "X", "groups": ["user"]}])
    assert "'user 0': " in failed.result["msg"] and "'User 0'" in failed.result["msg"]
    assert "'X': group 'user' is implicit" in failed.result["msg"]
    assert "****" not in json.dumps([done.result["diff"], done.result["accounts"], failed.result["msg"]])


def test_of_a_person_who_is_searched_for_only_what_was_found_is_told(module):
    for name, address in (("Jane", "jane@example.org"), ("Ann", "Jane+x@example.org"), ("J4ne", ""), ("Rob", "rob@example.org")):
        module.wiki.add_user(name, user_email=address)
    done = module("mediawiki_user_info", resembling={"name": "jane", "email": "jane@example.org", "password": "geheim-1"})
    assert done.result["resembling"] == [
        {"name": "Jane", "state": "enabled", "why": "same name"},
        {"name": "Ann", "state": "enabled", "why": "same e-mail address except for dots or a +tag"},
        {"name": "J4ne", "state": "enabled", "why": "name looks the same"}]
    assert (done.result["resembling_count"], done.result["invocation"]["module_args"]["resembling"]) == (3, "not shown")
    assert "accounts" not in done.result
    assert "jane@" not in done.everything and "geheim-1" not in done.everything
    assert "resembling has no name" in module("mediawiki_user_info", resembling={"email": "jane@example.org"}).result["msg"]
    assert "resembling is not a dictionary" in module("mediawiki_user_info", resembling=["jane@example.org"]).result["msg"]
    assert not any("jane@" in module("mediawiki_user_info", resembling=wrong).everything for wrong in (["jane@example.org"], {"email": "jane@example.org"}))


@pytest.mark.parametrize("number", [2, 200])
def test_results_are_not_searched_for_every_secret(module, number):
    """Each secret in each string is quadratic."""
    accounts = [{"name": f"User {one}", "password_hash": f":A:{one:032x}"} for one in range(number)]
    done = module(accounts=accounts, diff=True)
    assert done.result["counts"]["created"] == number
    assert done.masked[-1] <= 3
    failed = module(accounts=[*accounts, {"name": "a#b"}])
    assert failed.result["failed"]
    assert failed.masked[-1] >= number
    assert not any(one["password_hash"] in failed.everything for one in accounts)


# Texts


@pytest.mark.parametrize(("value", "text"), [
    ("Jürgen", "Jürgen"), ("J\udcfc", "J\\udcfc"), (["\udcfc", 1, None], ["\\udcfc", 1, None]), ({"\udcfc": ("\udcff",)}, {"\\udcfc": ["\\udcff"]}),
    (True, True), (5, 5),
])
def test_printable(value, text):
    assert printable(value) == text


def test_as_text():
    assert as_text("Jane", {}) == ""
    assert as_text("Jane", {"name": "Jane", "state": "enabled", "groups": ["a", "b"], "real_name": "a\nb", "confirmed": True}) == (
        "Jane:\n  state: enabled\n  groups: a, b\n  real_name: a\\nb\n  confirmed: True\n")


# ansible-core 2.22 removes nothing from results

UNMASKED = "basic.remove_values = lambda value, secrets: value\n"


@pytest.mark.parametrize("arguments", [
    {"name": "geheim#Name", "password": "geheim#Name"},
    {"name": "Jane", "password": "geheim-1", "groups": ["geheim-1"], "email": "geheim-1"},
    {"name": "Jane", "password": "geheim-1", "state": "geheim-1"},
    {"accounts": [{"name": "geheim#1", "password": "geheim#1"}, {"name": "Jane", "password": "geheim-1", "email": "geheim-1@"}]},
    {"accounts": [{"name": "Jane", "password": "geheim-1", "state": "geheim-1"}]},
    {"accounts": [{"name": "Jane", "password": "geheim 'a\" \\ b", "email": "geheim 'a\" \\ b"},
                  {"name": "John", "password": "geheim  \t c", "email": "geheim  \t c"}]},
    {"accounts": [{"name": "GEHEIM#x", "password": "GEHEIM#x"}]},
    {"accounts": [{"name": "Jane", "password": "geheim-1", "email": "geheim-1-and-more@"}, {"name": "John", "password": "geheim-1-and-more"}]},
    {"accounts": {"Jane": {"password": "geheim-1"}}}, {"accounts": ["geheim-1", "geheim-2"]}, {"accounts": "geheim-1"},
    {"name": "Jane", "password_hash": "geheim-1"},
])
def test_secrets_are_masked_whatever_ansible_does(module, arguments):
    done = module(**arguments, inject=UNMASKED)
    assert done.result["failed"] and done.masked == []
    assert "geheim" not in done.everything.lower()


def test_results_and_the_invocation_are_masked_whatever_ansible_does(module):
    done = module(name="Jane", password="geheim-1", real_name="is geheim-1", diff=True, inject=UNMASKED)
    assert done.result["accounts"][0]["action"] == "created" and "real_name: is ********" in done.result["diff"]["after"]
    if "invocation" in done.result:
        assert done.result["invocation"]["module_args"]["password"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    done = module(name="Jane", password="geheim-1", groups=["geheim-1"], inject=UNMASKED)
    assert "********" in json.dumps(done.result["warnings"]), "nobody was in such a group"


def test_what_messages_make_of_a_secret_is_masked():
    secrets = masks(["Ab'c\"d\\e", "xyz", None, "two  words", "Two  Words and more", "L\u00f6s\u200bung"])
    for text in ("Ab'c\"d\\e", repr("Ab'c\"d\\e")[1:-1], "ab'c\"d\\e", "two words", "Two words", visible("L\u00f6s\u200bung")):
        assert masked(f"it is {text}.", secrets) == "it is ********."
    assert masked("xyz two wor", secrets) == "xyz two wor", "a short one would be told by its mask"
    assert masked("Two  Words and more", secrets) == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    assert masked("a Two  Words and more", secrets) == "a ********", "the longest first"
    assert masked({"two words": ["two words", 5, None, "a two words"]}, secrets) == {
        "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER": ["VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", 5, None, "a ********"]}


# What was not written as text

@pytest.mark.parametrize(("arguments", "words"), [
    ({"name": False}, "name is not text: YAML reads it as yes or no. Put it in quotes"), ({"name": 123}, "name .* a number. Put it in quotes"),
    ({"name": "Jane", "password": 12345678}, "^password is not text: .* a number"),
    ({"name": "Jane", "password_hash": 1.5}, "^password_hash is not text: .* a number"),
    ({"name": "Jane", "groups": ["staff", True]}, "^groups is not text: .* yes or no"), ({"name": "Jane", "groups": 5}, "^groups is not text: .* a number"),
    ({"accounts": [{"name": False}]}, "'entry 1': name is not text: .* yes or no"),
    ({"accounts": [{"name": "Jane", "password": 12345678}]}, "'Jane': password is not text: .* a number"),
    ({"accounts": [{"name": "Jane", "groups": ["a", 7]}]}, "'Jane': groups is not text"),
    ({"accounts": [{"name": ["Jane"]}]}, "'entry 1': name is not text: .* a list or a dictionary"),
    ({"accounts": [], "unlisted_except": [False]}, "^unlisted_except is not text: .* yes or no"),
])
def test_what_was_not_written_as_text_is_refused(module, arguments, words):
    before = module.wiki.dump()
    done = module(**arguments)
    assert done.result["failed"] and re.search(words, done.result["msg"]), done.result["msg"]
    assert "12345678" not in done.everything and module.wiki.dump() == before


def test_what_is_not_text_keeps_nobody_in_and_other_text_may_be_a_number(module):
    module.wiki.add_user("Jane")
    done = module(accounts=[{"name": "Jane", "state": "disabled", "password": 12345678}, {"name": True, "state": "disabled"}])
    assert [one["action"] for one in done.result["accounts"]] == ["disabled"]
    assert module(name="Jane", real_name=123).result["accounts"][0]["fields"] == ["real_name"]
    assert module("mediawiki_user_info", name=[False]).result["msg"].startswith("name is not text")
