# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run costs follows what is declared: the database counts and finds the accounts of strangers."""

from __future__ import annotations

import importlib
import json
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from ansible_collections.auth.services.plugins.module_utils import everyone
from ansible_collections.auth.services.plugins.module_utils.account import ROW, LimitError, OptionError
from ansible_collections.auth.services.plugins.module_utils.conditions import All, alternatives
from ansible_collections.auth.services.plugins.module_utils.database import SchemaError
from ansible_collections.auth.services.plugins.module_utils.limits import can_log_in
from ansible_collections.auth.services.plugins.module_utils.options import INFO_OPTIONS
from ansible_collections.auth.services.plugins.module_utils.password_book import PasswordBook
from ansible_collections.auth.services.plugins.module_utils.service import Service
from ansible_collections.auth.services.plugins.module_utils.tables import AccountRows, Span
from ansible_collections.auth.services.plugins.module_utils.user_module import read_result
from ansible_collections.auth.services.tests.tools import new_type

SOME, MANY = 3000, 50000
TYPES = new_type.types(Path(__file__).parents[2])


def contract_of(kind):
    return importlib.import_module(f"ansible_collections.auth.services.tests.unit.applications.{kind}").CONTRACT


@pytest.fixture(params=TYPES)
def contract(request):
    return contract_of(request.param)


def declared(contract, number=100):
    return [{"name": contract.name(f"user{one}"), "password_hash": contract.password_hash, **contract.values(one)} for one in range(number)]


def filled(contract, path, number):
    installation = contract.make(path)
    installation.apply(*declared(contract))
    installation.fill(contract.strangers, number)
    return installation


@pytest.mark.parametrize("unlisted", ["ignore", "disable"])
def test_neither_statements_nor_rows_grow_with_strangers(contract, tmp_path, unlisted):
    costs = {}
    for number in (SOME, MANY):
        installation = filled(contract, tmp_path / f"{number}.sqlite", number)
        installation.fill(contract.shut, number)
        left = [contract.name(f"left{one}") for one in range(5)]
        for name in left:
            installation.register(name)
        if number == SOME:
            accounts = installation.read().values()
            others = {account.name for account in accounts if not account.protected} - {one["name"] for one in declared(contract)}
            can = sorted(account.name for account in accounts if can_log_in(account) and account.name in others)
            assert set(left) <= set(can) and len(can) < 10
            more = len(others) - SOME
        costs[number], plan = installation.cost(*declared(contract), unlisted=unlisted, unlisted_limit="100%")
        assert plan.unlisted_count == number + more
        assert len(plan.unlisted) == 20
        assert sorted(change.name for change in plan.pending) == (can if unlisted == "disable" else [])
    assert costs[MANY] == costs[SOME]
    assert costs[MANY][1] < 4000


def test_too_many_are_refused_without_reading_them(contract, tmp_path):
    installation = filled(contract, tmp_path / "application.sqlite", MANY)
    before = installation.dump()
    with pytest.raises(LimitError, match=f"unlisted would affect {MANY}|unlisted would affect 5000[0-9]"):
        installation.cost(*declared(contract), unlisted="disable")
    assert installation.dump() == before


def test_patterns_and_counts(contract, tmp_path):
    installation = filled(contract, tmp_path / "application.sqlite", SOME)
    pattern = contract.name("stranger*")
    _cost, plan = installation.cost(*declared(contract), unlisted_except=[pattern, contract.name("user*"), "*11"], unlisted_names=3000)
    names = [name for name in installation.read() if not name.lower().startswith(("stranger", "user")) and not name.endswith("11")]
    assert plan.unlisted_count <= len(names) and set(plan.unlisted) <= set(names)
    _cost, plan = installation.cost(*declared(contract), unlisted_except=[contract.name("stranger*9")], unlisted_names=5)
    assert len(plan.unlisted) == 5


# Everybody, in parts


def info(installation, **given):
    """What the module that only reads returns."""
    database, params = installation.database(), {**{name: option.get("default") for name, option in INFO_OPTIONS.items()}, **given}
    options = {name: value for name, value in installation.service_options().items() if name in installation.service_class.database_options}
    with database.connect() as connection:
        return read_result(installation.service_class(database, connection, options), params, PasswordBook())


def names_in(found):
    return [account["name"] for key in ("accounts", "undeclarable", "protected") for account in found[key]]


def test_pages_are_everybody(contract, tmp_path, monkeypatch):
    installation = filled(contract, tmp_path / "application.sqlite", SOME)
    for name in ("alice", "zoe"):
        installation.register(contract.name(name))
    everybody = installation.read()
    whole = info(installation)
    assert whole["next"] is None
    assert sorted(names_in(whole)) == sorted(account.name for account in everybody.values())
    monkeypatch.setattr(everyone, "PAGE", 700)
    assert info(installation) == whole
    rows, after, pages = [], None, 0
    while after is not None or not pages:
        page = info(installation, after=after, limit=450, compact=True)
        assert 0 < len(json.loads(page["rows"])) <= 1400
        rows, after, pages = rows + json.loads(page["rows"]), page["next"], pages + 1
    assert pages > 5
    counted = info(installation, limit=0)
    assert (counted["count"], counted["next"], counted["accounts"]) == (len(names_in(whole)), None, [])
    assert sorted(row[0] for row in rows) == sorted(names_in(whole))
    states = {account.name: "protected" if account.protected else account.state for account in everybody.values()}
    assert {row[0]: row[1] for row in rows if row[1] != "present"}.items() <= states.items()
    for account in whole["accounts"]:
        row = dict(zip(ROW, next(row for row in rows if row[0] == account["name"])))
        assert all(row[option] == account[option] for option in ("state", "email", "real_name", "groups") if option in account)


def test_a_page_costs_as_much_among_many(contract, tmp_path):
    costs = set()
    for number in (SOME, MANY):
        installation = filled(contract, tmp_path / f"{number}.sqlite", number)
        statements, rows = [], []
        database = installation.database()
        event.listen(database.engine, "connect", lambda connection, _record, rows=rows: setattr(
            connection, "row_factory", lambda _cursor, row: rows.append(None) or row))
        event.listen(database.engine, "before_cursor_execute", lambda *arguments, statements=statements: statements.append(arguments[2]))
        installation.database = lambda database=database: database
        assert 300 <= len(names_in(info(installation, limit=300))) <= 900
        costs.add((len(statements), len(rows)))
    assert len(costs) == 1


def test_a_name_that_no_statement_can_hold_is_looked_for_in_parts(contract, tmp_path, monkeypatch):
    installation = filled(contract, tmp_path / "application.sqlite", SOME)
    installation.register(contract.name("left"))
    with installation.database().connect() as connection:
        service = installation.service_class(installation.database(), connection, installation.service_options())
        rows = service.accounts
        places = [(rows.table.name, rows.account_name)] if isinstance(rows, AccountRows) else [(one.table.name, column) for one, column in rows.tables]
    for table, column in places:
        installation.run(f"UPDATE \"{table}\" SET \"{column}\" = CAST(X'6C65FF' AS TEXT) WHERE CAST(\"{column}\" AS TEXT) = '{contract.name('left')}'")
    monkeypatch.setattr(everyone, "PAGE", 700)
    read, asked = Service.read, []
    monkeypatch.setattr(Service, "read", lambda service, names, lock=False: asked.append(names) or read(service, names, lock))
    assert [name for name in names_in(info(installation)) if name.startswith("le\\")] == ["le\\udcff"]
    database = installation.database()
    with database.connect() as connection:
        service = installation.service_class(database, connection, installation.service_options())
        assert list(service.read_named(["le\udcff"])) == ["le\udcff"]
    assert None not in asked and sum(isinstance(names, Span) for names in asked) > 5


def test_declarable_and_changed_since(contract, tmp_path):
    installation = filled(contract, tmp_path / "application.sqlite", 10)
    whole = info(installation)
    declarable = info(installation, declarable=True)
    assert declarable["accounts"] == whole["accounts"] and not declarable["undeclarable"] and not declarable["protected"]
    if not installation.service_class.keeps_changes:
        with pytest.raises(OptionError, match="changed_since"):
            info(installation, changed_since="2026-11-01")
        return
    with pytest.raises(OptionError, match="changed_since must be"):
        info(installation, changed_since="yesterday")
    times = {one["name"]: one["time"] for one in whole["last_changed"]}
    assert times
    middle = sorted(times.values())[len(times) // 2]
    found = names_in(info(installation, changed_since=middle))
    assert sorted(found) == sorted(name for name in names_in(whole) if times.get(name, middle) >= middle)
    assert all(name not in times for name in names_in(info(installation, changed_since="2999-01-01")))


# What Python says of an account that was read is what the database says of its rows.

TEXTS = ["", "!", "!x", "x", "{!}", "{!}x", ":locked:", ":locked:x", "!" + "x" * 254, "00" + "ab" * 20, "00" + "ab" * 32, "00" + "xy" * 20,
         "Reject", "REJECT", "4", "accept", "Auth-Type", "auth-TYPE", ":=", "=", "boolean", "true", "disabled", "*** INVALID ***", "*** INVALID *** ",
         "a@b.disabled.invalid", "session_tokens", "20000101000000", "29990101000000", "infinity", "DEFAULT", "é", "stored_key", "password"]
CHANGES = st.lists(st.tuples(st.integers(0, 400), st.one_of(st.none(), st.sampled_from(TEXTS), st.integers(-1, 3), st.sampled_from([3, 1003, 1001]))),
                   min_size=1, max_size=6)


@pytest.fixture(scope="module", params=TYPES)
def lived_in(request, tmp_path_factory):
    """An installation with open, shut and partly disabled accounts."""
    contract = contract_of(request.param)
    installation = contract.make(tmp_path_factory.mktemp("application") / "application.sqlite")
    names = [contract.name(name) for name in ("alice", "bob", "carol", "dave")]
    for name in names:
        installation.register(name)
    installation.apply(*({"name": name, "state": "disabled"} for name in names[1:]))
    for sql in [*contract.openings.values()][:1]:
        for statement in sql.split(";"):
            installation.run(statement)
    installation.apply({"name": names[3], "state": "disabled"})
    return installation


@given(CHANGES)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_python_and_sql_agree(lived_in, changes):
    database = lived_in.database()
    with database.connect(write=True) as connection:
        cells = [(table, row["rowid"], column) for table in tables(connection) for row in rows(connection, table) for column in row if column != "rowid"]
        for number, value in changes:
            table, row, column = cells[number * 7919 % len(cells)]
            with suppress(sa.exc.IntegrityError), connection.begin_nested():
                connection.exec_driver_sql(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', (value, row))
        compare(lived_in, database, connection)
        connection.rollback()
    database.engine.dispose()


def tables(connection):
    found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").scalars()
    return [name for name in found if name not in ("meta", "servers", "interwiki")]


def rows(connection, table):
    return [dict(row._mapping) for row in connection.exec_driver_sql(f'SELECT rowid AS rowid, * FROM "{table}" ORDER BY rowid')]


def compare(installation, database, connection):
    try:
        service = installation.service_class(database, connection, installation.service_options())
    except (OptionError, SchemaError):  # of a table of settings
        return
    accounts = service.read(None).values()
    stored = [one for account in accounts for one in (account.stored, *account.stored.twins)]
    everyone = service.everyone()
    conditions = {"protected": service.protected}
    for door in service.doors:
        conditions.update({f"{door.way}: open": door.while_open, f"{door.way}: shut": door.while_shut})
    conditions.update({"can log in": service.can_log_in, "cannot": ~service.can_log_in})
    for what, condition in conditions.items():
        several = alternatives(condition)
        assert all(condition.holds(one) is any(All(every).holds(one) for every in several) for one in stored), what
        assert everyone.some_names(condition, len(stored)) == set(everyone.names(condition)), what
        assert Counter(everyone.names(condition)) == Counter(one.name for one in stored if condition.holds(one)), what
        assert everyone.count(condition) == sum(condition.holds(one) for one in stored), what
    assert {account.name for account in accounts if can_log_in(account)} <= set(everyone.names(service.can_log_in))
