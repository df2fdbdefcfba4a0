# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which accounts may be a person's, one by one and among many."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.auth.services.plugins.module_utils.lookalikes import skeleton, skeletons
from ansible_collections.auth.services.plugins.module_utils.person_traces import Person, Sieve, searched

ALICE = {"name": "alice", "real_name": "Alice Liddell", "email": "alice.liddell@example.org", "groups": ["staff"],
         "services": {"wiki": {"name": "Queen"}, "voice": {"certificate_hash": "AB12"}, "mail": None}}
ZOE = {"name": "zoe", "real_name": "Ζωή Παπά", "email": "Zoe@example.org"}
PEOPLE = [ALICE, ZOE, {"name": "bob", "email": "_+x@example.org", "real_name": "王 小明"}, {"name": "_", "real_name": "Ann Lee Vern"},
          {"name": "ßtraße", "real_name": "Иван Петров"}, {"name": "bo", "email": "+tag@example.org", "nickname": "abcdef"}]


def why(account, person=None):
    found = Person(person or ALICE).reason({"state": "enabled", **account})
    return found and found[1]


@pytest.mark.parametrize(("account", "expected"), [
    ({"name": "ΖΩΉ ΠΑΠΆ"}, "same name"),
    ({"name": "bot", "email": "zoe@EXAMPLE.org"}, "same e-mail address"),
    ({"name": "zoe@example.org"}, "same e-mail address"),
    ({"name": "zoe@elsewhere.org"}, "same name before the @"),
    ({"name": "zoey", "email": "zoey@example.org"}, None),
])
def test_a_person_with_a_name_in_other_letters(account, expected):
    assert why(account, ZOE) == expected


def test_accounts_without_an_address_are_not_joined():
    assert [why({"name": "alice", "email": email}, {"name": "zoe", "email": ""}) for email in ("", None)] == [None, None]


@pytest.mark.parametrize(("account", "expected"), [
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
def test_accounts_that_look_like_a_person(account, expected):
    assert why(account) == expected


@pytest.mark.parametrize(("name", "is_found"), [
    ("b0b", True), ("bob2", True), ("b0b_2", True), ("bob.admin", True), ("xbob", True), ("adminbob", True), ("b\u043eb", True),
    ("bobby", False), ("kabob", False), ("bobs", False), ("rob", False),
])
def test_a_short_name_is_not_searched_in_every_word(name, is_found):
    assert (why({"name": name}, {"name": "bob"}) is not None) is is_found


def test_what_an_account_has_in_common_with_theirs():
    shared = {("certificate_hash", "abcd"): "Zoe"}
    assert Person(ZOE).reason({"name": "zz", "certificate_hash": "ABCD"}, shared)[1] == "same certificate_hash as 'Zoe'"
    assert Person(ZOE).reason({"name": "Zoe", "certificate_hash": "abcd", "phone": ""}, shared)[1] == "same name"
    assert Person(ZOE).reason({"name": "yy", "phone": ""}, shared) is None


@pytest.mark.parametrize("value", [None, 7, True, [], [None], {"a": "b"}, b"x", "", 1.5])
def test_a_database_may_hold_anything(value):
    account = dict.fromkeys(("name", "email", "real_name", "first_name", "last_name", "certificate_hash", "groups"), value)
    person = {**ALICE, "email": value, "real_name": value, "services": value}
    assert (why(account, person), why({"name": "Alice"}, searched(person))) == (None, "same name")


def test_a_person_is_handed_on_without_what_nobody_compares():
    person = {**ALICE, "password": "hunter22", "state": "disabled", "quota": 7, "forward": ["x@example.org", "nobody", 7],
              "services": {"wiki": {"name": "Queen", "reason": "a@b", "title": "Dr"}, "mail": None, "voice": {"phone": "+44"}}}
    assert searched(person) == {
        "name": "alice", "real_name": "Alice Liddell", "email": "alice.liddell@example.org", "forward": ["x@example.org"],
        "services": {"wiki": {"name": "Queen"}, "voice": {"phone": "+44"}}}


# Many at once

LETTERS = "alicedbozewrnvm._-+@ 1l0\n\u0301\u200b\u0430\u0392\u0397Ζωήß王小明Иван"


@st.composite
def person_and_texts(draw):
    """A person, and texts that somebody who wants to be taken for them may choose."""
    person = draw(st.sampled_from(PEOPLE))
    forms = [person[option] for option in ("name", "real_name", "email", "nickname") if option in person]
    return person, [draw(texts_like(forms)) for _number in range(draw(st.integers(0, 8)))]


@st.composite
def texts_like(draw, forms):
    text = draw(st.sampled_from(forms)) if draw(st.integers(0, 3)) else draw(st.text(LETTERS, max_size=8))
    for _time in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(text)))
        change = draw(st.sampled_from(["add", "drop", "swap", "upper", "front", "behind", "order", "long"]))
        extra = draw(st.text(LETTERS, max_size=2))
        text = {"add": text[:place] + extra + text[place:], "drop": text[:place] + text[place + 1:],
                "swap": text[:place] + text[place:place + 2][::-1] + text[place + 2:], "upper": text.upper(), "front": extra + text, "behind": text + extra,
                "order": " ".join(reversed(text.split(" "))), "long": text * 40}[change]
    return text


@given(person_and_texts(), st.sampled_from(["name", "real_name", "email"]))
@settings(max_examples=1500, deadline=None)
@example((ALICE, ["x", "ailce", "alcie", "Liddell Alice"]), "name")
@example((PEOPLE[2], ["小明 王", "bob2", "_@example.org"]), "name")
@example((PEOPLE[2], ["x", "_+y@example.org"]), "email")
@example((PEOPLE[5], ["Bo", "+@example.org", "abdcef"]), "email")
@example((PEOPLE[3], ["_", "Vern Ann Lee"]), "real_name")
@example((ZOE, ["ΖΩΉ ΠΑΠΆ"]), "real_name")
def test_a_sieve_keeps_whatever_there_is_a_reason_for(given_, option):
    person, texts = given_
    known = Person(person)
    found = {place for place, text in enumerate(texts) if known.reason({"name": "-", option: text})}
    assert known.reason({"name": "-"}) is None
    assert found <= Sieve(known).among(texts)


@given(st.lists(st.text(st.characters() | st.sampled_from(LETTERS), max_size=8), max_size=8))
@settings(max_examples=500, deadline=None)
def test_skeletons_of_many_are_those_of_each(texts):
    assert skeletons(texts) == "\n" + "".join(f"{skeleton(text)}\n" for text in texts)


@pytest.mark.parametrize("text", ["user{}", "Незнакомец {}", "用户{}", "user{}@example.org", "Nutzer-ä{}"])
def test_strangers_are_passed_over(text):
    """A million of them take seconds: nothing is done for each but to be joined."""
    texts, sieve = [text.format(number) for number in range(20_000)], Sieve(Person(ALICE))
    started = time.process_time()
    left = [place for start in range(0, 20_000, 1000) for place in sieve.among(texts[start:start + 1000])]
    assert left == []
    assert time.process_time() - started < 1  # 0.02 to 0.1 on a slow machine


def test_no_text_makes_it_slow():
    texts = ["x" * 1_000_000, "\u0301\u0316" * 500_000, "\ufdfa" * 1_000_000, "\u200b" * 1_000_000, "alice" * 200_000, "@" * 1_000_000]
    known = Person(ALICE)
    started = time.process_time()
    for column in (texts, [text[:255] for text in texts for _number in range(500)]):
        left = Sieve(known).among(column)
        reasons = [known.reason({"name": column[place]}) for place in left]
    assert time.process_time() - started < 5  # one second on a slow machine
    assert [reason[1] for reason in reasons] == ["name contains the person's"] * 500
