# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is found of a person, and how it is told."""

from __future__ import annotations

from ansible_collections.auth.services.plugins.filter.offboard_summary import offboard_summary
from ansible_collections.auth.services.plugins.filter.person_traces import person_traces

ZOE = {"name": "zoe", "real_name": "Ζωή Παπά", "email": "Zoe@example.org"}


def traces(*accounts, person=None):
    found = person_traces([{"state": "enabled", **account} for account in accounts], person or ZOE)
    return {trace["name"]: trace["why"] for trace in found}


def test_traces_of_a_person():
    assert traces(
        {"name": "Zoe"}, {"name": "ΖΩΉ ΠΑΠΆ"}, {"name": "bot", "email": "zoe@EXAMPLE.org"}, {"name": "zoe@example.org"},
        {"name": "zoe@elsewhere.org"}, {"name": "zoey", "email": "zoey@example.org"}, {"name": "alice", "email": ""},
    ) == {"Zoe": "same name", "ΖΩΉ ΠΑΠΆ": "same name", "bot": "same e-mail address", "zoe@example.org": "same e-mail address",
          "zoe@elsewhere.org": "same name before the @"}


def test_who_has_no_address_has_not_the_one_of_all_others_without():
    assert traces({"name": "alice", "email": ""}, {"name": "bob", "email": None}, person={"name": "zoe", "email": ""}) == {}


def host(name, account=None, traces=(), **variables):
    done = {"service_offboarded": {"accounts": [account]}} if account else {}
    found = [{"name": trace, "why": "same name", "state": "enabled"} for trace in traces]
    return {"inventory_hostname": name, "service_type": "wiki", "service_traces": found, **done, **variables}


def test_report():
    assert offboard_summary([
        host("c", {"name": "Bob", "id": 7, "action": "disabled"}, ["Bob", "Bobby"]),
        host("b", {"name": "Bob", "id": 7, "action": "unchanged"}),
        host("a", {"name": "Bob", "id": None, "action": "unchanged"}),
        host("d", service_failure="no such table", traces=["bob@example.org"]),
        host("e"),
        {"inventory_hostname": "db"},
    ]) == [
        "a: no account 'Bob'",
        "b: 'Bob' had been disabled before",
        "c: 'Bob' disabled",
        "c: perhaps also theirs, and not touched: 'Bobby' (same name, enabled)",
        "d: FAILED: no such table",
        "d: perhaps also theirs, and not touched: 'bob@example.org' (same name, enabled)",
        "e: NOT REACHED",
    ]


def test_what_was_left_out_and_could_not_be_read_is_told():
    done = host("a", {"name": "Bob", "id": 7, "action": "disabled"}, service_traces_failure="no such table")
    done["service_offboarded"]["accounts"].append({"name": "Bobby", "id": 8, "action": "disabled"})
    done["service_offboarded"]["doubts"] = ["people cannot be evaluated"]
    failed = host("b", {"name": "Bob", "id": 7, "action": "disabled"}, service_failure="log is full")
    assert offboard_summary([done, failed, {"inventory_hostname": "c", "service_failure": "no service_typ"}], False, ["z", "y"]) == [
        "a: 'Bob' disabled",
        "a: 'Bobby' disabled",
        "a: people cannot be evaluated",
        "a: nobody looked for what else may be theirs: no such table",
        "b: FAILED: log is full",
        "b: 'Bob' disabled",
        "c: FAILED: no service_typ",
        "y: LEFT OUT by --limit, everything there is as it was",
        "z: LEFT OUT by --limit, everything there is as it was",
    ]
