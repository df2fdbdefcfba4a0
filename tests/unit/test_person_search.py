# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The streamed search for a person's accounts finds what is found by looking at each of them, in every type."""

from __future__ import annotations

import gc
import importlib
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from ansible_collections.auth.services.plugins.module_utils import trace_search
from ansible_collections.auth.services.plugins.module_utils.account import OptionError, printable
from ansible_collections.auth.services.plugins.module_utils.database import SchemaError
from ansible_collections.auth.services.plugins.module_utils.lookalikes import shortened
from ansible_collections.auth.services.plugins.module_utils.options import account_spec
from ansible_collections.auth.services.plugins.module_utils.person_traces import REASONS, SURE, Person, identifying
from ansible_collections.auth.services.plugins.module_utils.results import to_options
from ansible_collections.auth.services.plugins.module_utils.trace_search import TraceSearch
from ansible_collections.auth.services.tests.tools import new_type
from ansible_collections.auth.services.tests.unit.test_any_size import rows, tables

SOME, MANY = 3000, 50000
TYPES = new_type.types(Path(__file__).parents[2])
NAMES = ["alice", "alice2", "a1ice", "alicia", "xalice", "allice", "al\u0456ce", "ailce", "liddell_alice", "queen", "queenie", "bob", "malice", "mal1ce",
         "robert", "ann", "zoe", "\u0430l\u0456\u0441\u0435", "x" * 60]
VALUES = [
    {"email": "alice.liddell@example.org"}, {"email": "a.lice.liddell+x@example.org"}, {"email": "ALICE.LIDDELL@elsewhere.org"},
    {"email": "queen@elsewhere.org"},
    {"real_name": "Liddell, Alice"}, {"real_name": "Alice L1ddell"}, {"display_name": "Alice  Liddell"}, {"display_name": "Alice & Liddell"},
    {"first_name": "Alice", "last_name": "Liddell"}, {"first_name": "Alice", "last_name": "Smith"}, {"first_name": "Ali", "last_name": "celiddell"},
    {"first_name": "zz@example.org", "last_name": "Z"}, {"certificate_hash": "ab" * 20}, {"certificate_hash": "cd" * 20}, {"phone": "+44 123"},
    {"phone": "+44 567"}, {"phone": "queen@example.org"}, {"url": "https://alice.example.org/"}, {"url": "https://queen.example.org/"},
    {"email_other": "Alice.Liddell@example.org"}, {"email": "someone@example.org", "display_name": "Someone else"},
]
SHARED = {"certificate_hash": "cd" * 20, "phone": "+44 567", "url": "https://queen.example.org/"}


@pytest.fixture(params=TYPES)
def contract(request):
    return importlib.import_module(f"ansible_collections.auth.services.tests.unit.applications.{request.param}").CONTRACT


def person_of(contract):
    return {"name": contract.name("alice"), "real_name": "Alice Liddell", "email": "alice.liddell@example.org", "services": {
        "one": {"name": contract.name("queen"), "certificate_hash": "AB" * 20, "phone": "+44 123", "url": "https://ALICE.example.org/"}}}


def lived_in(contract, path, strangers=SOME):
    """An installation with everything that may be taken for alice, among strangers; every third account is disabled."""
    installation = contract.make(path)
    options = account_spec(installation.service_class)
    for name in NAMES:
        installation.register(contract.name(name))
    entries = [{"name": contract.name(f"user{number}"), "password_hash": contract.password_hash, **contract.values(number), **values}
               for number, values in enumerate(VALUES) if set(values) <= set(options)]
    shared = {option: value for option, value in SHARED.items() if option in options}
    entries += [{"name": contract.name("queen"), **shared}] if shared else []
    for entry in entries:
        installation.apply(entry)
    names = [*map(contract.name, NAMES), *(entry["name"] for entry in entries)]
    installation.apply(*({"name": name, "state": "disabled"} for name in dict.fromkeys(names[::3])))
    installation.fill(contract.strangers, strangers)
    return installation


def search(installation, person, database=None):
    database = database or installation.database()
    with database.connect() as connection, database.connect() as stream:
        service = installation.service_class(database, connection, installation.service_options())
        found = TraceSearch(service, person).run(stream)
    database.engine.dispose()
    return found


def by_looking_at_each(installation, person):
    database = installation.database()
    with database.connect() as connection:
        return looked_at(installation.service_class(database, connection, installation.service_options()), person)


def looked_at(service, person):
    """What the search should find, from all accounts as they are read."""
    known, shared = Person(person), {}
    accounts = [printable(to_options(service, account)) for account in service.read(None).values() if not account.protected]
    for account in accounts:
        reason = known.reason(account)
        if reason and REASONS[reason[0]] in SURE:
            shared.update({pair: min(account["name"], shared.get(pair, account["name"])) for pair in identifying(account)})
    reasons = [(known.reason(account, shared), account) for account in accounts]
    found = sorted((reason[0], account["name"], account["state"], reason[1]) for reason, account in reasons if reason)
    return [{"name": shortened(name), "state": state, "why": why} for _rank, name, state, why in found]


def test_what_is_found_is_what_looking_at_each_finds(contract, tmp_path):
    installation = lived_in(contract, tmp_path / "application.sqlite")
    before = installation.dump()
    expected = by_looking_at_each(installation, person_of(contract))
    assert len(expected) >= 9 and {"enabled", "disabled"} <= {one["state"] for one in expected}
    assert search(installation, person_of(contract)) == {"resembling": expected, "resembling_count": len(expected)}
    assert installation.dump() == before


TEXTS = ["alice", "Alice Liddell", "alice.liddell@example.org", "alice.liddell@example.org.disabled.invalid", "x@example.org", "1@kept.disabled.invalid",
         "Alice&#32;Liddell", "al&amp;amp;ice", "&#97;lice", "Liddell", "ab" * 20, "cd" * 20, "+44 123", "!x", "", "alice" * 60, "alice" * 300, "x" * 254 + "@",
         "https://alice.example.org/", "_auth_services_email", "first_name", "last_name", "nickname", "disabled", "queen"]
CHANGES = st.lists(st.tuples(st.integers(0, 10000), st.one_of(st.sampled_from(TEXTS), st.sampled_from([1, 3, 1003, 1001, None]))), min_size=1, max_size=8)


@pytest.fixture(scope="module", params=TYPES)
def small(request, tmp_path_factory):
    contract = importlib.import_module(f"ansible_collections.auth.services.tests.unit.applications.{request.param}").CONTRACT
    return contract, lived_in(contract, tmp_path_factory.mktemp("application") / "application.sqlite", strangers=3)


@given(CHANGES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_same_is_found_whatever_rows_hold(small, changes):
    contract, installation = small
    database = installation.database()
    with database.connect(write=True) as connection:
        cells = [(table, row["rowid"], column) for table in tables(connection) for row in rows(connection, table) for column in row
                 if column not in ("rowid", "quota")]  # of numbers, none of which is an address
        for number, value in changes:
            table, row, column = cells[number * 7919 % len(cells)]
            with suppress(sa.exc.IntegrityError), connection.begin_nested():
                connection.exec_driver_sql(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', (value, row))
        with suppress(OptionError, SchemaError):  # of a table of settings
            service = installation.service_class(database, connection, installation.service_options())
            person = person_of(contract)
            assert TraceSearch(service, person).run(connection)["resembling"] == looked_at(service, person)
        connection.rollback()
    database.engine.dispose()


def test_statements_and_memory_do_not_grow_with_strangers(contract, tmp_path):
    costs, person = {}, {"name": contract.name("margarethe")}
    for number in (SOME, MANY):
        installation = contract.make(tmp_path / f"{number}.sqlite")
        for name in ("margarethe", "margarethe2"):
            installation.register(contract.name(name))
        installation.fill(contract.strangers, number)
        search(installation, person)  # whatever is remembered from now on
        statements, database = [], installation.database()
        event.listen(database.engine, "before_cursor_execute", lambda *arguments, seen=statements: seen.append(arguments[2]))
        gc.collect()
        tracemalloc.start()
        found = search(installation, person, database)
        costs[number] = (len(statements), found), tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert costs[MANY][0] == costs[SOME][0] and costs[MANY][0][1]["resembling_count"] == 2
    assert costs[MANY][1] < 1.2 * costs[SOME][1]


def test_of_many_the_most_certain_are_kept_and_all_are_counted(contract, tmp_path, monkeypatch):
    for name, number in (("MOST_KEPT", 5), ("BATCH", 7), ("MOST_COUNTED", 30)):
        monkeypatch.setattr(trace_search, name, number)
    installation = contract.make(tmp_path / "application.sqlite")
    for number in range(100, 126):
        installation.register(contract.name(f"alice{number}"))
    installation.register(contract.name("alice"))
    found = search(installation, person_of(contract))
    whole = by_looking_at_each(installation, person_of(contract))
    assert (found["resembling"], found["resembling_count"]) == (whole[:5], 27)
    for number in range(126, 140):
        installation.register(contract.name(f"alice{number}"))
    found = search(installation, person_of(contract))
    assert (found["resembling"], found["resembling_count"]) == (whole[:5], 30)
