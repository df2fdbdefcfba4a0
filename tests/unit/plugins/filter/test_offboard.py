# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is found of a person, and how it is told."""

from __future__ import annotations

import time

import pytest

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


def test_accounts_without_an_address_are_not_joined():
    assert traces({"name": "alice", "email": ""}, {"name": "bob", "email": None}, person={"name": "zoe", "email": ""}) == {}


ALICE = {"name": "alice", "real_name": "Alice Liddell", "email": "alice.liddell@example.org", "groups": ["staff"],
         "services": {"wiki": {"name": "Queen"}, "voice": {"certificate_hash": "AB12"}, "mail": None}}


@pytest.mark.parametrize(("account", "why"), [
    ({"name": "x", "real_name": "alice liddell"}, "same real name"),
    ({"name": "x", "display_name": "Alice Liddell"}, "same real name"),
    ({"name": "x", "first_name": "Alice", "last_name": "Liddell"}, "same real name"),
    ({"name": "x", "real_name": "Liddell, Alice"}, "real_name looks the same"),
    ({"name": "x", "real_name": "Αlice Lidde1l"}, "real_name looks the same"),
    ({"name": "x", "real_name": "Alice Liddell (private)"}, "real_name contains the person's"),
    ({"name": "liddell_alice"}, "name looks the same"),
    ({"name": "x", "email": "alice.liddell+x@example.org"}, "same e-mail address except for dots or a +tag"),
    ({"name": "x", "email": "a.l.i.c.e.liddell@example.org"}, "same e-mail address except for dots or a +tag"),
    ({"name": "aliceliddell+wiki@Example.org"}, "same e-mail address except for dots or a +tag"),
    ({"name": "x", "email_other": "Alice.Liddell@example.org"}, "same e-mail address"),
    ({"name": "x", "forward_to": ["y@example.org", "alice.liddell@example.org"]}, "same e-mail address"),
    ({"name": "x", "email": "alice.liddell@elsewhere.org"}, "same name before the @"),
    ({"name": "queen"}, "same name"),
    ({"name": "alice "}, "name looks the same"),
    ({"name": "al\u200bice"}, "name looks the same"),
    ({"name": "\u202ealice"}, "name looks the same"),
    ({"name": "alice\u3164"}, "name looks the same"),
    ({"name": "al\u00adice"}, "name looks the same"),
    ({"name": "álice"}, "name looks the same"),
    ({"name": "ａｌｉｃｅ"}, "name looks the same"),
    ({"name": "𝓪𝓵𝓲𝓬𝓮"}, "name looks the same"),
    ({"name": "\u0430lice"}, "name looks the same"),
    ({"name": "\u0410LICE"}, "name looks the same"),
    ({"name": "\u03b1lic\u0435"}, "name looks the same"),
    ({"name": "a\u04cf\u0456\u0441\u0435"}, "name looks the same"),
    ({"name": "\u13aalice"}, "name looks the same"),
    ({"name": "a1ice"}, "name looks the same"),
    ({"name": "al1ce"}, "name looks the same"),
    ({"name": "4L!C3"}, "name looks the same"),
    ({"name": "alice_"}, "name looks the same"),
    ({"name": "a.l-i ce"}, "name looks the same"),
    ({"name": "alice2"}, "name contains the person's"),
    ({"name": "alice-admin"}, "name contains the person's"),
    ({"name": "xalice"}, "name contains the person's"),
    ({"name": "xaljce"}, None),
    ({"name": "allice"}, "name differs by one letter"),
    ({"name": "alcie"}, "name differs by one letter"),
    ({"name": "alce"}, "name differs by one letter"),
    ({"name": "alyce"}, "name differs by one letter"),
    ({"name": "x", "certificate_hash": "ab12"}, "same certificate_hash as 'alice'"),
    ({"name": "x" * 256}, "name of 256 characters is too long to compare"),
    ({"name": "bob", "real_name": "Bob", "email": "bob@example.org", "groups": ["alice"], "quota": 7, "url": None}, None),
])
def test_accounts_that_look_like_a_person(account, why):
    [found] = traces(account, person=ALICE).values() or [None]
    assert found == why


@pytest.mark.parametrize(("name", "is_found"), [
    ("b0b", True), ("bob2", True), ("b0b_2", True), ("bob.admin", True), ("xbob", True), ("adminbob", True), ("b\u043eb", True),
    ("bobby", False), ("kabob", False), ("bobs", False), ("rob", False),
])
def test_a_short_name_is_not_searched_in_every_word(name, is_found):
    assert bool(traces({"name": name}, person={"name": "bob"})) is is_found


def test_what_an_account_has_in_common_with_theirs():
    assert traces({"name": "zz", "certificate_hash": "ABCD"}, {"name": "Zoe", "certificate_hash": "abcd", "phone": ""}, {"name": "yy", "phone": ""}) == {
        "Zoe": "same name", "zz": "same certificate_hash as 'Zoe'"}


def test_the_most_certain_come_first():
    accounts = [{"name": "alice2"}, {"name": "xx", "email": "alice.liddell@example.org"}, {"name": "a1ice"}, {"name": "Alice"}]
    assert list(traces(*accounts, person=ALICE)) == ["Alice", "xx", "a1ice", "alice2"]


def test_names_are_shown_with_code_points():
    assert list(traces({"name": "alice\n"}, {"name": "\u0430lice"}, {"name": "alice" * 100}, person=ALICE)) == [
        "alice\\n", "\u0430lice (\\u0430lice)", "alice" * 40 + "… (500 characters)"]


@pytest.mark.parametrize("value", [None, 7, True, [], [None], {"a": "b"}, b"x", "", 1.5])
def test_a_database_may_hold_anything(value):
    account = dict.fromkeys(("name", "email", "real_name", "first_name", "last_name", "certificate_hash", "groups"), value)
    assert traces(account, {"name": "Alice"}, person={**ALICE, "email": value, "real_name": value, "services": value}) == {"Alice": "same name"}


def test_no_text_makes_it_slow():
    accounts = [{"name": f"user{number}", "email": f"user{number}@example.org", "real_name": f"User {number}"} for number in range(20_000)]
    texts = ["x" * 1_000_000, "\u0301\u0316" * 500_000, "\ufdfa" * 1_000_000, "\u200b" * 1_000_000, "alice" * 200_000, "@" * 1_000_000]
    started = time.process_time()
    found = traces(*accounts, *({"name": text, "email": text, "real_name": text} for text in texts),
                   *({"name": text[:255]} for text in texts for _number in range(500)), person=ALICE)
    assert time.process_time() - started < 10  # two seconds on a slow machine
    assert len(found) == len(texts) + 1


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
        {"inventory_hostname": "a", "service_type": "wiki", "service_traces": found,
         "service_offboarded": {"accounts": [{"name": "a\nb\u200b\u0430", "id": 1, "action": "disabled"}]}},
        {"inventory_hostname": "b", "service_type": "wiki", "service_failure": "no\x1b[2Jtable"},
    ], check_mode=True)
    assert lines[0] == "a: 'a\\nb\\u200b\u0430 (a\\nb\\u200b\\u0430)' would be disabled"
    assert lines[51] == "a: and 10 more: service_traces lists them all, the most likely first"
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
