# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The access review: what is in it, and its texts."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.auth.services.plugins.filter.accounts_for import accounts_for_filter
from ansible_collections.auth.services.plugins.module_utils.account import (
    Account,
    Declared,
    is_excepted,
    plan,
    visible,
)
from ansible_collections.auth.services.plugins.plugin_utils import review_files
from ansible_collections.auth.services.plugins.plugin_utils.review import ServiceFindings, access_review, open_options

TIME = "2026-11-25T14:00:00Z"
SECRET = "Zq9-secret"
DIGESTS = {"access-review.json": "0" * 64, "access-review.csv": "1" * 64}
OPTIONS = ["name", "state", "email", "real_name", "groups", "password", "password_hash", "quota"]


def review_of(*services, people=(), left_out=()):
    return access_review(services, people, TIME, left_out)


def as_csv(*services, **given):
    """The table of a review."""
    file = io.StringIO(newline="")
    table = review_files.Table(file)
    table.add_errors(access_review(services, given.pop("people", ()), TIME, tell=table.add, **given))
    return file.getvalue()


def compared(*accounts, unlisted=(), names=None):
    """The result of a ``_user`` module, as far as it matters."""
    changes = [{"name": name, "action": action, "fields": fields} for name, action, *fields in accounts]
    return {"accounts": changes, "unlisted": list(unlisted), "counts": {},
            "names": [{"typed": typed, "name": name} for typed, name in (names or {}).items()]}


def actual(*accounts, protected=(), rights=None, **last_changed):
    """Rows, as an ``_info`` module returns them."""
    rights = rights or {}
    return [*([one["name"], one.get("state", "enabled"), one.get("email", ""), one.get("real_name", ""), one.get("groups", []),
               [*(name for name, value in one.items() if name.startswith("is_") and name != "is_active" and value is True), *rights.get(one["name"], ())],
               last_changed.get(one["name"], ""), ""] for one in accounts),
            *([one["name"], "protected", "", "", [], list(rights.get(one["name"], ())), "", one["reason"]] for one in protected)]


def wiki(**given):
    given = {"rows": actual(), "compared": compared(), **given}
    return ServiceFindings("wiki", "mediawiki", **given)


def account_of(person, **given):
    return {"person": person, "name": person, "state": "enabled", **given}


# What is in it

def test_a_person_with_accounts_under_other_names():
    service = wiki(
        owned=[account_of("alice", groups=["sysop"], email="new@example.org")],
        rows=actual({"name": "Alice", "groups": ["bot"], "email": "old@example.org"}, Alice="2026-11-01T12:00:00Z"),
        compared=compared(("Alice", "updated", "email", "groups", "password"), names={"alice": "Alice"}),
    )
    people = [{"name": "bob"}, {"name": "alice", "email": "new@example.org", "groups": ["staff"]}]
    alice, bob = review_of(service, people=people)["people"]
    assert bob == {"name": "bob", "real_name": None, "email": None, "state": "enabled", "groups": [], "accounts": []}
    assert (alice["name"], alice["email"], alice["groups"]) == ("alice", "new@example.org", ["staff"])
    assert alice["accounts"] == [{
        "service": "wiki", "type": "mediawiki", "account": "Alice", "person": "alice", "state": "enabled",
        "declared": "enabled", "groups": ["bot"], "rights": [], "undeclared_rights": [], "action": "updated", "drift": "differs in email, groups, password",
        "differences": [
            {"option": "email", "actual": "old@example.org", "declared": "new@example.org"},
            {"option": "groups", "actual": ["bot"], "declared": ["sysop"]},
            {"option": "password"},
        ],
        "last_changed": "2026-11-01T12:00:00Z", "note": "",
    }]


@pytest.mark.parametrize(("action", "fields", "state", "words"), [
    ("created", ["email"], None, "would be created"),
    ("disabled", [], "enabled", "would be disabled"),
    ("disabled", ["email"], "enabled", "would be disabled; differs in email"),
    ("enabled", [], "present", "would be enabled"),
    ("removed", [], "enabled", "would be removed"),
    ("updated", ["groups"], "enabled", "differs in groups"),
])
def test_drift_is_what_a_run_would_do(action, fields, state, words):
    found = actual({"name": "alice", "state": state}) if state else actual()
    service = wiki(owned=[account_of("alice")], rows=found, compared=compared(("alice", action, *fields)))
    review = review_of(service)
    [account] = review["people"][0]["accounts"]
    assert (account["action"], account["drift"]) == (action, words)
    assert account["state"] == {None: "none", "present": "partly disabled"}.get(state, state)
    assert review["summary"]["drift"] == review["services"][0]["drift"] == 1


def test_nobody_has_no_account():
    service = wiki(owned=[account_of("alice", state="disabled")])
    assert review_of(service, people=[{"name": "alice"}])["people"][0]["accounts"] == []


def test_accounts_of_nobody_and_unlisted_accounts():
    service = wiki(
        others=[{"name": "bot", "password": SECRET}],
        rows=actual({"name": "bot"}, {"name": "left"}, {"name": "kept"}, {"name": "shut", "state": "disabled"},
                    protected=[{"name": "root", "reason": "built in"}]),
        compared={**compared(("left", "disabled"), unlisted=["left", "shut"]), "exceptions": ["k*"]},
        state="enabled",
    )
    review = review_of(service)
    assert [(account["account"], account["declared"], account["drift"]) for account in review["others"]] == [("bot", "enabled", "")]
    assert [(account["account"], account["drift"], account["note"]) for account in review["unlisted"]] == [
        ("kept", "", "exempted by service_unlisted_except"), ("left", "would be disabled", ""), ("shut", "", "")]
    assert [(account["account"], account["note"]) for account in review["protected"]] == [("root", "built in")]
    assert review["summary"] == {"services": 1, "people": 0, "accounts": 4, "enabled": 3, "drift": 1, "unlisted": 3, "protected": 1,
                                 "undeclared_rights": 0, "errors": 0}
    assert SECRET not in json.dumps(review)


def test_accounts_that_no_task_can_name_are_in_the_review():
    review = review_of(wiki(rows=actual({"name": "lower case"}), compared=compared(unlisted=["lower case"])))
    assert [account["account"] for account in review["unlisted"]] == ["lower case"]


def test_a_declared_account_that_is_protected_stays_with_its_person():
    service = wiki(owned=[account_of("root")], rows=actual(protected=[{"name": "root", "reason": "built in"}]))
    review = review_of(service)
    [account] = review["people"][0]["accounts"]
    assert (account["state"], account["note"], account["drift"]) == ("protected", "built in", "")
    assert review["protected"] == []


def test_a_service_that_could_not_be_read_or_compared():
    broken = ServiceFindings("broken", "mumble", owned=[account_of("alice")], error="no such database")
    refused = ServiceFindings("refused", "mumble", owned=[account_of("alice")], error="no such name", rows=actual({"name": "alice"}))
    review = review_of(wiki(rows=actual({"name": "alice"}), owned=[account_of("alice")]), refused, broken)
    unread, uncompared, fine = review["services"]
    assert [unread[name] for name in ("accounts", "enabled", "protected", "unlisted", "drift", "error")] == [None] * 5 + ["no such database"]
    assert [uncompared[name] for name in ("accounts", "enabled", "protected", "unlisted", "drift", "error")] == [1, 1, 0, None, None, "no such name"]
    assert fine["error"] is None
    assert [(account["service"], account["account"]) for account in review["uncompared"]] == [("refused", "alice")]
    assert [account["service"] for account in review["people"][0]["accounts"]] == ["wiki"]
    assert review["summary"]["errors"] == 2
    assert "2 services could not be audited (broken, refused)" in review_files.verdict(review)
    assert "broken: no such database" in review_files.as_lines(review)


def test_warnings_are_on_the_page():
    review = review_of(wiki(rows=actual({"name": "alice"}), warnings=["Who has <rights> cannot be told."], compared=compared()))
    assert review["services"][0]["warnings"] == ["Who has <rights> cannot be told."]
    assert "Who has &lt;rights&gt; cannot be told." in review_files.as_page(review, {})


def test_people_that_nobody_can_read_are_left_to_the_error():
    people = ["alice", {"name": 7}, {"email": "x@example.org"}, {"name": "bob", "groups": "staff"}, {"name": "bob", "email": "second"}]
    assert [(person["name"], person["groups"], person["email"]) for person in review_of(people=people)["people"]] == [("bob", [], None)]


@pytest.mark.parametrize(("services", "words"), [
    ([], "no service was audited"),
    ([wiki()], ""),
    ([wiki(rows=actual({"name": "left"}), compared=compared(unlisted=["left"]))], ""),
    ([wiki(compared=compared(("new", "created")), owned=[account_of("new")])], "1 account differs from the inventory (wiki)"),
])
def test_the_verdict(services, words):
    problem = review_files.verdict(review_of(*services))
    assert problem.startswith(words) if words else problem == ""


def test_left_out_services_are_reported():
    review = review_of(wiki(), left_out=["b", "a"])
    assert review_files.as_lines(review)[-1] == "not part of this review: a, b"
    assert "Not part of this review: a, b." in review_files.as_page(review, {})


def test_rights_that_nobody_declared():
    service = wiki(
        owned=[account_of("alice", is_superuser=True), account_of("bob", is_staff="False"), account_of("carol"), account_of("dora", is_staff="yes")],
        rows=actual({"name": "alice", "is_superuser": True, "is_staff": True}, {"name": "bob", "is_staff": True, "is_active": False},
                    {"name": "carol", "is_staff": True}, {"name": "dora", "is_staff": True}, {"name": "left", "is_staff": 1},
                    protected=[{"name": "root", "reason": "built in"}],
                    rights={"carol": ["permission blog.add_post", 7], "left": ["super admin of the network"], "root": ["everything"]}),
        compared=compared(unlisted=["left"]),
        rights=["is_staff"],
    )
    review = review_of(service)
    assert {account["account"]: (account["rights"], account["undeclared_rights"]) for account in all_accounts(review)} == {
        "alice": (["is_staff", "is_superuser"], []),
        "bob": (["is_staff"], ["is_staff"]),
        "carol": (["7", "is_staff", "permission blog.add_post"], ["7", "permission blog.add_post"]),
        "dora": (["is_staff"], []),
        "left": (["super admin of the network"], ["super admin of the network"]),
        "root": (["everything"], []),
    }
    assert review["summary"]["undeclared_rights"] == review["services"][0]["undeclared_rights"] == 3
    assert review_files.verdict(review) == ""
    assert "3 accounts have rights that nobody declared (wiki)" in review_files.as_lines(review)
    page = review_files.as_page(review, {})
    assert "! 3 accounts have rights that nobody declared.</b>" in page
    assert "super admin of the network" in page
    rows = {row["account"]: row["rights"] for row in csv.DictReader(io.StringIO(as_csv(service)))}
    assert (rows["carol"], rows["left"]) == ("7, is_staff, permission blog.add_post", "super admin of the network")


def test_undeclared_rights_need_a_comparison():
    review = review_of(wiki(rows=actual({"name": "alice", "is_staff": True}), compared=None, error="no such group"))
    [account] = review["uncompared"]
    assert (account["rights"], account["undeclared_rights"]) == (["is_staff"], [])
    assert review["services"][0]["undeclared_rights"] is None
    assert "nobody declared" not in review_files.as_page(review, {})


@pytest.mark.parametrize(("action", "fields", "words"), [
    ("enabled", [], "would be enabled; takes over an existing account"),
    ("updated", ["groups"], "differs in groups; takes over an existing account"),
])
def test_taking_over_an_account_is_reported(action, fields, words):
    found = compared(("alice", action, *fields))
    found["accounts"][0]["unproved"] = True
    review = review_of(wiki(owned=[account_of("alice")], rows=actual({"name": "alice"}), compared=found))
    assert review["people"][0]["accounts"][0]["drift"] == words
    assert words in review_files.as_page(review, {})


@pytest.mark.parametrize("value", [None, 7, 1.5, True, "", [], [None, 3, {"a": "b"}], {"a": None}, "x" * 8_000_000, ["x" * 1_000_000] * 3])
def test_a_review_copes_with_whatever_a_database_holds(value):
    service = wiki(
        owned=[account_of("alice", groups=["x"], email="x", real_name="x")],
        rows=[[value] * 8, ["alice", *[value] * 7], ["bob", *[value] * 7], ["root", "protected", *[value] * 6]],
        compared=compared(("alice", "updated", "groups", "email", "real_name")),
        error=str(value),
    )
    people = [{"name": "alice", "email": value, "real_name": value, "groups": value}]
    review = review_of(service, people=people)
    for text in (review_files.as_json(review), as_csv(service, people=people), review_files.as_page(review, {})):
        assert len(text) < 60_000
        if isinstance(value, str) and len(value) > 1000:
            assert "x" * 1001 not in text and "(8,000,000 characters)" in text or "8\\x2c000\\x2c000 characters" in text
    assert [account["account"] for account in review["people"][0]["accounts"]] == ["alice"]


def test_a_long_list_is_cut():
    groups = [f"group {number:06}" for number in range(300_000)]
    review = review_of(wiki(rows=actual({"name": "alice", "groups": groups})))
    [account] = review["unlisted"]
    assert account["groups"] == [*groups[:100], "… (300,000 in all)"]


@pytest.mark.parametrize(("name", "shown"), [
    ("\u0430lice", "\u0430lice (\\u0430lice)"), ("alic\u03b5", "alic\u03b5 (alic\\u03b5)"), ("\u0441\u043e\u0441\u043e",
                                                                                             "\u0441\u043e\u0441\u043e (\\u0441\\u043e\\u0441\\u043e)"),
    ("a\u200bb", "a\\u200bb"), ("\u3164", "\\u3164"), ("Βασίλης", "Βασίλης"), ("Ольга", "Ольга"), ("Zoë", "Zoë"), ("田中 A", "田中 A"),
])
def test_a_reviewer_sees_letters_that_are_not_what_they_look_like(name, shown):
    review = review_of(wiki(owned=[account_of("alice", name=name)], rows=actual({"name": name, "groups": [name]}, rights={name: [name]})),
                       people=[{"name": "alice", "real_name": name, "email": name, "groups": [name]}])
    texts = Page(review_files.as_page(review, {})).texts
    assert [shown in texts, f"groups: {shown}" in texts, f"! rights: {shown}" in texts, f"in {shown}" in texts] == [True] * 4
    assert review["people"][0]["accounts"][0]["account"] == name


# A million strangers


def strangers(number, **given):
    return [[f"stranger {one:07}", "enabled", "", "", given.get("groups", []), [], "2026-11-01T12:00:00Z", ""] for one in range(number)]


def test_of_a_long_list_the_first_are_kept_and_the_table_has_all():
    rows = [*strangers(5000), *actual({"name": "zoe"}, {"name": "zorro", "is_staff": True}, {"name": "zzz"})]
    service = wiki(rows=iter(rows), compared=compared(("zoe", "disabled")))
    review = review_of(service)
    kept = [account["account"] for account in review["unlisted"]]
    assert kept == [*(row[0] for row in rows[:1000]), "zoe", "zorro"]
    assert review["cut"] == {"unlisted": 4001}
    assert review["summary"]["accounts"] == review["summary"]["enabled"] == review["summary"]["unlisted"] == 5003
    page = review_files.as_page(review, {})
    more = int(re.search(r"Unlisted accounts \(5003\)(?s:.*?)<b>(\d+) more accounts</b> are in <code>access-review.csv</code>", page)[1])
    assert 5003 - more == page.count("<bdi>") > 500
    assert "zoe" in page and "zorro" in page
    assert as_csv(wiki(rows=rows)).count("\n") == 1 + 5003


@pytest.mark.parametrize("text", ["x", "\u0430" * 1000, "&" * 1000])
def test_a_page_is_never_too_large(text):
    people = [{"name": f"person {number:05}", "real_name": text} for number in range(4000)]
    services = [ServiceFindings(f"wiki{number}", "mediawiki", rows=strangers(1500, groups=[text] * 100), compared=compared()) for number in range(2)]
    services.append(wiki(owned=[account_of(person["name"]) for person in people], rows=[[person["name"], "enabled", *[""] * 6] for person in people],
                         compared=compared(("person 03999", "disabled"))))
    page = review_files.as_page(review_of(*services, people=people), DIGESTS)
    assert len(page.encode()) < 10_000_000 and len(page) < 5_000_000
    assert "person 03999" in page and "more people</b>" in page


def test_unlisted_accounts_that_were_only_counted():
    found = {**compared(unlisted=["left"]), "counts": {"unlisted": 1000}}
    review = review_of(wiki(owned=[account_of("alice")], rows=actual({"name": "alice"}, {"name": "left"}), whole=False, compared=found))
    [service] = review["services"]
    assert (service["accounts"], service["unlisted"], service["enabled"], service["protected"]) == (1001, 1000, None, None)
    assert review["cut"] == {"unlisted": 999} and review["whole"] is False
    assert "<b>999 more accounts</b> are in the databases; this audit was to leave them and their rights out" in review_files.as_page(review, {})


# Nothing gets lost

NAMES = st.text(st.sampled_from("abAB1=<"), min_size=1, max_size=2)
GROUPS = st.dictionaries(st.sampled_from(["x", "y"]), st.none())


@st.composite
def findings(draw, name):
    """A service with declared accounts, whose names the application writes in capitals, and the plan that follows."""
    existing = draw(st.dictionaries(NAMES.map(str.upper), st.tuples(st.sampled_from(["enabled", "disabled", "partly", "protected"]), GROUPS)))
    accounts = {
        key: Account(key, key, state in ("enabled", "protected"), state == "disabled", {"email": ""}, groups,
                     protected="built in" if state == "protected" else "")
        for key, (state, groups) in existing.items()
    }
    wanted = draw(st.lists(st.tuples(NAMES, st.sampled_from(["present", "enabled", "disabled", "absent"]), st.sampled_from(["", "new@example.org"]), GROUPS),
                           unique_by=lambda entry: entry[0].upper()))
    wanted = [entry for entry in wanted if entry[0].upper() not in accounts or not accounts[entry[0].upper()].protected]
    declared = [Declared(typed.upper(), typed, state, {"email": email}, groups, password=SECRET) for typed, state, email, groups in wanted]
    people = [draw(st.booleans()) for _entry in wanted]
    exceptions, names = draw(st.lists(NAMES)), {one.name for one in declared}
    unlisted = sorted((account for key, account in accounts.items()
                       if key not in names and not account.protected and not is_excepted(key, exceptions)), key=lambda account: account.name)
    touch = draw(st.booleans())
    touched = [Declared(account.name, account.name, "disabled") for account in unlisted] if touch else []
    made = plan(declared + touched, accounts, lambda *_verify: True)
    entries = [{"name": typed, "state": state, "email": email, "groups": list(groups), "password": SECRET} for typed, state, email, groups in wanted]
    return ServiceFindings(
        name, "mumble",
        owned=[{**entry, "person": f"person {entry['name'].upper()}"} for entry, person in zip(entries, people) if person],
        others=[entry for entry, person in zip(entries, people) if not person],
        rows=[[key, "protected" if account.protected else "enabled" if account.enabled else "disabled" if account.disabled else "present", "", "",
               sorted(account.groups), [], "", account.protected] for key, account in accounts.items()],
        compared=draw(st.sampled_from([None, {
            "accounts": [{"name": change.name, "action": change.action, "fields": change.fields} for change in made.pending],
            "unlisted": [account.name for account in unlisted],
            "names": [{"typed": entry.typed, "name": entry.name} for entry in declared if entry.typed != entry.name],
            "counts": {},
        }])),
    )


def all_accounts(review):
    places = [account for person in review["people"] for account in person["accounts"]]
    return places + [account for place in ("others", "unlisted", "uncompared", "protected") for account in review[place]]


def test_a_change_of_an_unknown_account_is_shown():
    review = review_of(wiki(compared=compared(("ghost", "created"))))
    assert [(account["account"], account["drift"]) for account in review["unlisted"]] == [("ghost", "would be created")]


@settings(max_examples=60, deadline=None)
@given(findings("one"), findings("two"))
def test_every_account_is_in_exactly_one_place(one, two):
    review = review_of(one, two)
    places = all_accounts(review)
    names = [(account["service"], account["account"]) for account in places]
    assert len(names) == len(set(names))
    expected, pending = set(), {}
    for service in (one, two):
        changes = (service.compared or {}).get("accounts", [])
        pending.update({(service.name, change["name"]): change["action"] for change in changes})
        expected |= {(service.name, row[0]) for row in service.rows}
    assert set(names) == expected | set(pending)
    assert {name: account["action"] for name, account in zip(names, places) if account["action"]} == pending
    assert review["summary"]["drift"] == len(pending)
    assert SECRET not in json.dumps(review)
    assert review == review_of(two, one)
    assert len(list(csv.reader(io.StringIO(as_csv(one, two))))) == 1 + len(places)


# Whose they are

def test_accounts_for_review_have_persons_and_no_passwords():
    people = [
        {"name": "alice", "password": SECRET, "groups": ["staff"], "email": "alice@example.org"},
        {"name": "bob", "services": {"wiki": {"name": "Robert", "password_hash": SECRET, "quota": 7}}},
    ]
    given = {"service": "wiki", "options": OPTIONS, "groups": {"staff": ["sysop"]}, "passwords": {"bob": SECRET}}
    assert SECRET in json.dumps(accounts_for_filter(people, **given))
    assert accounts_for_filter(people, **given, for_review=True) == [
        {"person": "alice", "name": "alice", "state": "enabled", "email": "alice@example.org", "groups": ["sysop"]},
        {"person": "bob", "name": "Robert", "state": "enabled", "groups": []},
    ]


def test_open_options_are_few():
    assert open_options({"name": "x", "is_staff": "True", "is_superuser": False, "is_other": None, "istanbul": True}) == {
        "name": "x", "is_staff": True, "is_superuser": False}
    assert open_options(dict.fromkeys(OPTIONS, "x")) == dict.fromkeys(["name", "state", "email", "real_name", "groups"], "x")


# Texts

HOSTILE = ["<script>alert(1)</script>", '"onmouseover=alert(1) x="', "'><img src=x onerror=alert(1)>", "{{ 7*7 }}", "{% raw %}", "</style>",
           "=cmd|' /C calc'!A0", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1", "a\u202eb", "Ωμέγα", "a\u200bb\u3164", "x;=1+1", "x\t=1", "x| -1",
           "x =1", '"=1', "a, @b", "x" * 200, "&amp;", "a,\"b\";c"]


def full_review(text, review_of=review_of):
    """A review in which everything that comes from outside is this text."""
    found = {"name": text, "state": "enabled", "groups": [text], "email": text}
    return review_of(
        ServiceFindings(
            text, text,
            owned=[{"person": text, "name": text, "groups": ["other", text], "email": ""}],
            rows=actual(found, {**found, "name": f"{text} unlisted"}, protected=[{"name": f"{text} protected", "reason": text}], rights={text: [text]},
                        **{text: "2026-11-01T12:00:00Z"}),
            compared=compared((text, "updated", "groups", "email"), unlisted=[f"{text} unlisted"]),
        ),
        ServiceFindings(f"{text} broken", text, rows=actual(found), error=text),
        people=[{"name": text, "real_name": text, "email": text, "groups": [text], "state": "disabled"}],
        left_out=[text],
    )


class Page(HTMLParser):
    """What a page is made of, apart from its texts."""

    def __init__(self, text):
        super().__init__()
        self.parts, self.texts, self.values, self.raw = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.parts.append((tag, *(name for name, _value in attrs)))
        self.values.extend(value for _name, value in attrs)

    def handle_endtag(self, tag):
        self.parts.append(f"/{tag}")

    def handle_data(self, data):
        (self.raw if self.parts[-1:] in ([("script",)], [("style",)]) else self.texts).append(data)


@pytest.fixture(scope="module")
def harmless():
    return Page(review_files.as_page(full_review("harmless"), DIGESTS)).parts


@pytest.mark.parametrize("text", HOSTILE)
def test_a_page_shows_every_name_as_text(text, harmless):
    page = Page(review_files.as_page(full_review(text), DIGESTS))
    assert page.parts == harmless
    assert page.texts.count(visible(text)) >= 5
    assert page.values.count(visible(text)) >= 1


@settings(max_examples=25, deadline=None)
@given(text=st.text(min_size=1))
def test_a_page_shows_any_name_as_text(harmless, text):
    assert Page(review_files.as_page(full_review(text), DIGESTS)).parts == harmless


def test_a_page_loads_nothing():
    text = review_files.as_page(full_review("harmless"), DIGESTS)
    page = Page(text)
    [policy] = [value for value in page.values if value and value.startswith("default-src")]
    style, script = page.raw
    allowed = {kind: "sha256-" + base64.b64encode(hashlib.sha256(raw.encode()).digest()).decode() for kind, raw in (("style", style), ("script", script))}
    assert policy == f"default-src 'none'; style-src '{allowed['style']}'; script-src '{allowed['script']}'; base-uri 'none'; form-action 'none'"
    assert not {"src", "href", "style", "action", "srcset"} & {name for part in page.parts if part[0] != "a" for name in part[1:]}
    assert {value for value in page.values if value and value.startswith("#")} == {"#unlisted"}
    assert not re.search(r"url\(|@import|https?:|//\w", style + script)


def test_a_page_is_marked_up_as_a_table():
    text = review_files.as_page(full_review("harmless"), DIGESTS)
    assert text.startswith("<!DOCTYPE html>\n<html lang=\"en\">")
    assert "<title>Access review 2026-11-25</title>" in text
    headers = re.findall(r"<th(?: [^>]*)?>", text)
    assert headers and all(re.search(r'scope="(row|col)"', header) for header in headers)


def cells_as(delimiter, text, **options):
    return [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, **options) for cell in row]


def assert_no_formula(text):
    text = full_review(text, as_csv)
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == 1 + 5  # titles; the error, the person's, the unlisted, the uncompared, the protected
    assert {len(row) for row in rows} == {len(review_files.CSV_FIELDS)}
    for delimiter in ",;\t| :":
        for options in ({}, {"quoting": csv.QUOTE_NONE}, {"skipinitialspace": True}):
            cells = cells_as(delimiter, text, **options)
            assert not [cell for cell in cells if cell.lstrip("\"").startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "\t", "\r", "\n"))]
            assert all(cell.isprintable() for cell in cells)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_spreadsheet_reads_no_generated_name_as_a_formula(text):
    assert_no_formula(text)


@settings(deadline=None)
@given(st.text(min_size=1) | st.text("a1 =+-@;,|\t:'\"(.\u0301＝\u200b", min_size=1))
def test_a_spreadsheet_reads_no_name_as_a_formula(text):
    assert_no_formula(text)


@pytest.mark.parametrize(("name", "cell"), [
    ("alice", "alice"), ("Alice Liddell", "Alice Liddell"), ("o'hara-smith_2@example.org", "o'hara-smith_2@example.org"), ("Ωμέγα", "Ωμέγα"),
    ("नमस्ते", "नमस्ते"), ("Liddell, Alice (staff)", "Liddell, Alice (staff)"), ("", ""),
    ("x;=1+1", "'x\\x3b\\x3d1\\x2b1"), ("-1", "'\\x2d1"), ("'x", "'\\x27x"), ("a  b", "'a\\x20\\x20b"), ("a\\b", "'a\\x5cb"),
    ("a\nb", "'a\\x0ab"), ("a\u200bb", "'a\\u200bb"), ("＝1", "'\\uff1d1"), ("a -b", "'a\\x20\\x2db"), ("\ud800", "'\\ud800"),
])
def test_a_cell_is_unchanged_or_spelled_out(name, cell):
    text = as_csv(wiki(rows=actual({"name": name}), compared=compared(unlisted=[name])))
    [row] = csv.DictReader(io.StringIO(text, newline=""))
    assert row["account"] == cell


@pytest.mark.parametrize("text", HOSTILE)
def test_json_has_names_as_they_are(text):
    review = full_review(text)
    assert json.loads(review_files.as_json(review)) == review
