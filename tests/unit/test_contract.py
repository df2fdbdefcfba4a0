# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every service type does in the same way. A type is in it by ``applications/<type>.py``."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from ansible_collections.auth.services.plugins.module_utils.account import AccountError
from ansible_collections.auth.services.tests.tools import new_type
from ansible_collections.auth.services.tests.tools.documentation import constants
from ansible_collections.auth.services.tests.unit.installation import refusal

ROOT = Path(__file__).parents[2]
NEW_PASSWORD = "Another-Horse-10"


@pytest.fixture(params=new_type.types(ROOT))
def contract(request):
    return importlib.import_module(f"ansible_collections.auth.services.tests.unit.applications.{request.param}").CONTRACT


@pytest.fixture
def alice(contract):
    return contract.name("alice")


@pytest.fixture
def installation(contract, alice, tmp_path):
    """With two accounts that the application itself has made."""
    installation = contract.make(tmp_path / "application.sqlite")
    for name in (contract.name("bob"), alice):
        installation.register(name)
    return installation


@pytest.fixture
def rows(contract, installation):
    """Gives all rows, but for what does not come back."""

    def rows():
        found = installation.dump(*(table for table, what in contract.lost.items() if not what))
        for table, what in contract.lost.items():
            rows = found.get(installation.prefix + table, ())
            kept = [row for row in rows if not any(value in what for _class, value in row.values())]
            found.update({installation.prefix + table: [{column: row[column] for column in row if column not in what} for row in kept]} if rows else {})
        return {table: sorted(map(str, rows)) for table, rows in found.items()}

    return rows


def test_created_and_again(contract, installation):
    name = contract.name("carol")
    account = {"name": name, "password": contract.password, **contract.values(1)}
    assert installation.actions(account) == {name: "created"}
    assert installation.lets_in(name, contract.password)
    assert not installation.lets_in(name, NEW_PASSWORD)
    assert installation.options_of(name)["state"] == "enabled"
    before = installation.dump()
    assert installation.actions({**account, "state": "enabled"}) == {}
    assert installation.dump() == before


def test_an_account_of_the_application_declared_as_it_is_read(installation, alice):
    account, before = installation.options_of(alice), installation.dump()
    assert account["state"] == "enabled"
    assert installation.actions(account) == {}
    assert installation.dump() == before


TYPES = {"str": str, "int": int, "bool": bool, "list": list, "dict": dict}


def test_what_is_returned_is_documented(request, installation, alice):
    kind = request.node.callspec.params["contract"]
    [module] = ROOT.glob(f"plugins/modules/{kind}_*_info.py")
    documented = constants(module)["RETURN"]["accounts"]["contains"]
    account = installation.options_of(alice)
    own = installation.service_class.value_options if kind == "sql" else ()  # the fields of a mapping
    assert set(account) - set(own) == set(documented)
    account = {name: value for name, value in account.items() if name in documented}
    assert all(isinstance(value, TYPES[documented[name]["type"]]) for name, value in account.items())
    sample = installation.entry(**{name: field["sample"] for name, field in documented.items()})
    with installation.database().connect() as connection:
        service = installation.service_class(installation.database(), connection, installation.service_options())
        assert service.declare(sample).name == sample["name"]


def test_disabled_and_enabled(contract, installation, alice, rows):
    before = rows()
    assert installation.lets_in(alice, contract.password)
    assert installation.actions({"name": alice, "state": "disabled"}) == {alice: "disabled"}
    assert not installation.lets_in(alice, contract.password)
    assert installation.lets_in(contract.name("bob"), contract.password)
    account, shut = installation.options_of(alice), installation.dump()
    for entry in (account, {"name": alice, "state": "disabled"}, {"name": alice, "password": contract.password}):
        assert installation.actions(entry) == {}
    assert account["state"] == "disabled"
    assert installation.dump() == shut
    assert installation.actions({"name": alice, "state": "enabled"}) == {alice: "enabled"}
    assert installation.lets_in(alice, contract.password)
    assert rows() == before


def test_partly_disabled(contract, installation, alice, rows):
    open_rows = rows()
    seen = open_doors(installation, alice)
    installation.apply({"name": alice, "state": "disabled"})
    assert not open_doors(installation, alice)
    shut_rows, opened = rows(), set()
    for what, sql in contract.openings.items():
        before = installation.dump()
        for statement in sql.split(";"):
            installation.run(statement)
        assert installation.dump() != before, what
        assert installation.options_of(alice)["state"] == ("present" if contract.partly else "enabled"), what
        opened |= open_doors(installation, alice)
        assert installation.actions({"name": alice, "state": "disabled"}) == {alice: "disabled"}, what
        assert not open_doors(installation, alice), what
        assert rows() == shut_rows, what
    assert seen <= opened
    installation.apply({"name": alice, "state": "enabled"})
    assert rows() == open_rows


def open_doors(installation, name):
    """Those doors of the description that are not shut, by who gets in."""
    database = installation.database()
    with database.connect() as connection:
        service = installation.service_class(database, connection, installation.service_options())
        stored = service.read([name])[name].stored
        return {door.way for door in service.doors if not door.is_shut(stored)}


def test_a_password(contract, installation, alice):
    account, before = installation.options_of(alice), installation.dump()
    assert installation.actions({"name": alice, "password": contract.password}) == {}
    assert installation.dump() == before
    [change] = installation.apply({**account, "password": NEW_PASSWORD}).plan.pending
    assert (change.action, change.fields) == ("updated", ["password"])
    assert installation.lets_in(alice, NEW_PASSWORD)
    assert not installation.lets_in(alice, contract.password)
    assert installation.options_of(alice) == account
    assert installation.lets_in(contract.name("bob"), contract.password)


def test_a_group_that_is_not_there(contract, installation, alice):
    if not contract.unknown_group:
        pytest.skip("no group is refused")
    message = refusal(installation, {"name": alice, "groups": [contract.unknown_group]})
    assert repr(contract.unknown_group) in message
    assert repr(alice) in message


def test_check_mode(contract, installation, alice):
    before = installation.dump()
    for entry in ({"name": contract.name("carol"), "password": NEW_PASSWORD, **contract.values(1)}, {"name": alice, "password": NEW_PASSWORD},
                  {"name": alice, "state": "disabled"}, {"name": alice, "state": "absent"}):
        assert len(installation.actions(entry, check_mode=True)) == 1
        assert installation.dump() == before


def test_removed(contract, installation, rows):
    before, name = rows(), contract.name("carol")
    installation.register(name)
    assert rows() != before
    assert installation.actions({"name": name, "state": "absent"}) == {name: "removed"}
    assert rows() == before
    assert installation.actions({"name": name, "state": "absent"}) == {}


def test_who_is_referred_to_is_not_removed(contract, installation, alice):
    if not contract.reference:
        pytest.skip("nothing keeps an account from being removed")
    installation.run(contract.reference, alice)
    with pytest.raises(AccountError, match=repr(alice)):
        installation.apply({"name": alice, "state": "absent"})
    assert installation.options_of(alice)["state"] == "disabled"


def test_the_number_of_statements_does_not_grow(contract, tmp_path):
    counts = {}
    for number in (1, 50):
        installation = contract.make(tmp_path / f"{number}.sqlite")
        installation.register(contract.name("alice"))
        entries = [{"name": contract.name(f"user{one}"), **contract.values(one), "password_hash": contract.password_hash} for one in range(number)]
        changed = [{**entry, **contract.values(number + one)} for one, entry in enumerate(entries)]
        steps = [entries, *([changed] if changed != entries else []),
                 *([{"name": entry["name"], "state": state} for entry in entries] for state in ("disabled", "enabled", "absent"))]
        counts[number] = [installation.count(*step, complete=True) for step in steps]
    assert counts[1] == counts[50]
