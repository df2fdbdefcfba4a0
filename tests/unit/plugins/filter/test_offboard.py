# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How it is told what was done with a person, and what was found."""

from __future__ import annotations

from ansible_collections.auth.services.plugins.filter.offboard_summary import offboard_summary


def host(name, account=None, traces=(), **variables):
    done = {"service_offboarded": {"accounts": [account]}} if account else {}
    found = [{"name": trace, "why": "same name", "state": "enabled"} for trace in traces]
    return {"inventory_hostname": name, "service_type": "wiki", "service_traces": {"accounts": found, "count": len(found)}, **done, **variables}


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
        "b: 'Bob' was already disabled",
        "c: 'Bob' disabled",
        "c: possibly also theirs, not changed: 'Bobby' (same name, enabled)",
        "d: FAILED: no such table",
        "d: possibly also theirs, not changed: 'bob@example.org' (same name, enabled)",
        "e: NOT REACHED",
    ]


def test_a_report_has_one_line_each_and_a_maximum():
    found = [{"name": f"alice{number}", "why": "name contains the person's", "state": "enabled"} for number in range(60)]
    lines = offboard_summary([
        {"inventory_hostname": "a", "service_type": "wiki", "service_traces": {"accounts": found, "count": 1234},
         "service_offboarded": {"accounts": [{"name": "a\nb\u200b\u0430", "id": 1, "action": "disabled"}]}},
        {"inventory_hostname": "b", "service_type": "wiki", "service_failure": "no\x1b[2Jtable"},
    ], check_mode=True)
    assert lines[0] == "a: 'a\\nb\\u200b\u0430 (a\\nb\\u200b\\u0430)' would be disabled"
    assert lines[51] == "a: and 1,184 more: service_traces.accounts lists 60 in all, the most likely first"
    assert lines[52:] == ["b: FAILED: no\\x1b[2Jtable"]


def test_what_was_left_out_and_not_read_is_reported():
    done = host("a", {"name": "Bob", "id": 7, "action": "disabled"}, service_traces_failure="no such table")
    done["service_offboarded"]["accounts"].append({"name": "Bobby", "id": 8, "action": "disabled"})
    done["service_offboarded"]["doubts"] = ["people cannot be evaluated"]
    failed = host("b", {"name": "Bob", "id": 7, "action": "disabled"}, service_failure="log is full")
    assert offboard_summary([done, failed, {"inventory_hostname": "c", "service_failure": "no service_typ"}], False, ["z", "y"]) == [
        "a: 'Bob' disabled",
        "a: 'Bobby' disabled",
        "a: people cannot be evaluated",
        "a: the search for other accounts of this person failed: no such table",
        "b: FAILED: log is full",
        "b: 'Bob' disabled",
        "c: FAILED: no service_typ",
        "y: LEFT OUT by --limit, nothing was changed there",
        "z: LEFT OUT by --limit, nothing was changed there",
    ]


def test_accounts_of_the_person_themselves_are_no_traces():
    found = [{"name": name, "why": "same name", "state": "disabled"} for name in ("Bob\n", "\u0430lice", "alice" * 100)]
    done = {**host("a", {"name": "Bob\n", "id": 7, "action": "disabled"}), "service_traces": {"accounts": found, "count": 3}}
    assert offboard_summary([done])[1:] == [
        "a: possibly also theirs, not changed: '\u0430lice (\\u0430lice)' (same name, disabled)",
        f"a: possibly also theirs, not changed: '{'alice' * 40}… (500 characters)' (same name, disabled)"]
    assert offboard_summary([{**done, "service_traces": {"failed": True, "msg": "x"}}]) == ["a: 'Bob\\n' disabled"]
