# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""People and rules to the accounts of one service."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.auth.services.plugins.module_utils.account import MAX_PROBLEMS
from ansible_collections.auth.services.plugins.plugin_utils.people import (
    PeopleError,
    Rules,
    accounts_for,
    has_access,
    unnamed,
)

OPTIONS = ("name", "state", "email", "groups", "append_groups", "password", "password_hash", "update_password", "real_name", "reason")
WIKI = "wiki.example.org"
ALICE = {"name": "alice", "email": "alice@example.org", "real_name": "Alice Liddell", "password": "hers", "groups": ["staff", "admins"]}
BOB = {"name": "bob", "groups": ["members"]}


def rules(**changes):
    return Rules(**{"service": WIKI, "options": OPTIONS, "selectors": ("wikis", WIKI), **changes})


def accounts(people, fields=(), passwords=None, **changes):
    return accounts_for(people, rules(**changes), fields, passwords)


def problem(people, fields=(), **changes):
    with pytest.raises(PeopleError) as caught:
        accounts(people, fields, **changes)
    message = str(caught.value)
    assert message.startswith(f"{WIKI}: ")
    return message


def test_everyone_has_access_by_default():
    assert accounts([ALICE, BOB]) == [
        {"name": "alice", "state": "enabled", "email": "alice@example.org", "real_name": "Alice Liddell", "password": "hers"},
        {"name": "bob", "state": "enabled"},
    ]


def test_people_without_access_are_only_disabled():
    assert accounts([ALICE, BOB], access=["members"]) == [
        {"name": "alice", "state": "disabled"}, {"name": "bob", "state": "enabled"},
    ]


def test_an_empty_list_of_groups_lets_nobody_in():
    assert [account["state"] for account in accounts([ALICE, BOB], access=[])] == ["disabled", "disabled"]


@pytest.mark.parametrize("state", ["disabled", "absent"])
def test_a_person_can_be_disabled_everywhere(state):
    shut = {**ALICE, "state": state, "services": {WIKI: {"state": "enabled", "reason": "left"}}}
    assert accounts([shut]) == [{"name": "alice", "state": state, "reason": "left"}]


def test_only_existing_may_be_asked_for():
    assert accounts([{**BOB, "state": "present"}]) == [{"name": "bob", "state": "present"}]


def test_groups_of_people_map_to_groups_of_the_service():
    groups = {"admins": ["sysop", "bureaucrat"], "staff": ["editor", "sysop"], "members": []}
    found = accounts([ALICE, BOB], groups=groups)
    assert [account["groups"] for account in found] == [["bureaucrat", "editor", "sysop"], []]


def test_groups_of_the_service_are_left_alone_without_a_rule():
    assert "groups" not in accounts([ALICE])[0]


def test_a_type_gets_only_what_it_knows():
    assert accounts([ALICE], options=("name", "state", "password")) == [{"name": "alice", "state": "enabled", "password": "hers"}]


def test_the_persons_own_values_override_templates():
    fields = [{"name": "Alice Liddell", "email": "al@wiki.example.org", "reason": "template"}]
    alice = {**ALICE, "services": {"wikis": {"reason": "all wikis", "groups": ["bot"]}, WIKI: {"reason": "this wiki"}, "other": {"name": "x"}}}
    assert accounts([alice], fields, groups={"staff": ["editor"]}) == [{
        "name": "Alice Liddell", "state": "enabled", "email": "al@wiki.example.org", "real_name": "Alice Liddell", "password": "hers",
        "reason": "this wiki", "groups": ["bot"],
    }]


def test_an_override_gives_access_and_takes_it():
    guest = {**BOB, "services": {WIKI: {"state": "enabled"}}}
    locked = {**ALICE, "services": {"wikis": {"state": "disabled"}}}
    assert [account["state"] for account in accounts([guest, locked], access=["staff"])] == ["enabled", "disabled"]


STATES = ["enabled", "present", "disabled", "absent"]


@pytest.mark.parametrize("one", STATES)
@pytest.mark.parametrize("other", STATES)
def test_of_unrelated_groups_the_most_restrictive_state_applies(one, other):
    person = {"name": "a", "services": {"secret": {"state": one}, "wikis": {"state": other}}}
    shut = max(one, other, key=STATES.index)
    for order in (("secret", "wikis", WIKI), (WIKI, "wikis", "secret")):
        assert accounts([person], selectors=order) == [{"name": "a", "state": shut}]
        assert accounts([person], selectors=order, above={"wikis": {"secret"}}) == [{"name": "a", "state": other}]
        here = {"name": "a", "services": {**person["services"], WIKI: {"state": "present"}}}
        assert accounts([here], selectors=order) == [{"name": "a", "state": "present"}]


def test_unrelated_groups_that_disagree_are_an_error():
    person = {"name": "a", "services": {"secret": {"name": "x", "email": "same@x.org"}, "wikis": {"name": "y", "email": "same@x.org"}}}
    message = problem([person], selectors=("secret", "wikis", WIKI))
    assert f"the groups 'secret' and 'wikis' set different values for 'name' of the account on {WIKI}" in message and "email" not in message
    assert accounts([person], selectors=("secret", "wikis"), above={"secret": {"wikis"}})[0]["name"] == "x"
    assert accounts([{"name": "a", "services": {"all": {"name": "z"}, "wikis": {"name": "y"}}}], selectors=("wikis", "all"))[0]["name"] == "y"
    three = {"name": "a", "services": {"outer": {"name": "z"}, "secret": {"name": "y"}, "wikis": {"name": "y"}}}
    assert accounts([three], selectors=("outer", "secret", "wikis"), above={"secret": {"outer"}})[0]["name"] == "y"


def test_keys_for_templates_must_be_listed():
    assert accounts_for([{"name": "a", "phone": "1"}], rules(fields=("phone",))) == [{"name": "a", "state": "enabled"}]
    assert "'phonee' is not a key of a person. Did you mean 'phone'?" in str(pytest.raises(
        PeopleError, accounts_for, [{"name": "a", "phonee": "1"}], rules(fields=("phone",))).value)


def test_passwords_may_come_from_elsewhere():
    found = accounts([ALICE, BOB, {"name": "carol"}], passwords={"alice": "not this one", "bob": "his"})
    assert [account.get("password") for account in found] == ["hers", "his", None]


def test_an_account_without_a_name_is_left_out_only_without_access():
    fields = [{"error": "service_name needs real_name, which this person does not have"}]
    assert accounts([BOB], fields, access=["admins"], known_groups=["admins", "members"]) == []
    assert accounts([{**BOB, "state": "disabled"}], fields) == []
    named = {**BOB, "services": {WIKI: {"name": "Robert"}}}
    assert accounts([named], fields) == [{"name": "Robert", "state": "enabled"}]
    assert "person 'bob': service_name needs real_name, which this person does not have" in problem([BOB], fields)


def test_disabling_only_needs_a_name():
    fields = [{"error": "service_fields.title needs job, which this person does not have", "name": "bob"}]
    assert accounts([{**BOB, "state": "disabled"}], fields) == [{"name": "bob", "state": "disabled"}]
    assert "service_fields.title" in problem([BOB], fields)


def test_unnamed_people_are_known():
    fields = [{"error": "no real_name"}, {"name": "Alice Liddell"}, {"error": "no title", "name": "c"}]
    people = [{**BOB, "state": "disabled"}, ALICE, {"name": "c", "state": "absent"}]
    assert unnamed(people, rules(), fields) == ["bob"]


def test_two_people_with_one_account_name():
    message = problem([ALICE, BOB], [{"name": "root"}, {"name": "root"}])
    assert "'alice' and 'bob' would share the account name 'root'" in message


@pytest.mark.parametrize(("person", "words"), [
    ({}, "person 1 of the list needs a name"),
    ({"name": ""}, "person 1 of the list needs a name"),
    ({"name": 7}, "person 1 of the list needs a name that is text (quote it)"),
    ("alice", "person 1 of the list needs a name"),
    ({"name": "a", "State": "disabled"}, "person 'a': 'State' is not a key of a person. Did you mean 'state'?"),
    ({"name": "a", "disabled": True}, "person 'a': 'disabled' is not a key of a person. Did you mean state: disabled?"),
    ({"name": "a", "group": ["staff"]}, "person 'a': 'group' is not a key of a person. Did you mean 'groups'?"),
    ({"name": "a", "service": {}}, "Did you mean 'services'?"),
    ({"name": "a", "mail": "x"}, "Did you mean 'email'?"),
    ({"name": "a", "shoe size": 43}, "person 'a': 'shoe size' is not a key of a person; the keys are name, email, real_name, groups"),
    ({"name": "a", 7: 7}, "'7' is not a key of a person"),
    ({"name": "a", "state": None}, "state None is not one of"),
    ({"name": "a", "groups": None}, "groups must be a list of names ([] for none)"),
    ({"name": "a", "password": None}, "the password must be text (quote it) and not empty"),
    ({"name": "a", "password": 123}, "the password must be text (quote it) and not empty"),
    ({"name": "a", "services": None}, "services must be a dictionary"),
    ({"name": "a", "services": {WIKI: None}}, "services must be a dictionary"),
    ({"name": "a", "services": {WIKI: {"State": "disabled"}}}, "'State' is not an option of accounts of this type. Did you mean 'state'?"),
    ({"name": "a", "services": {"wikis": {"stat": "disabled"}, WIKI: {}}}, "'stat' is not an option of accounts of this type. Did you mean 'state'?"),
    ({"name": "a", "services": {"wikis": {"state": "gone"}, WIKI: {"state": "enabled"}}}, "person 'a': state 'gone'"),
    ({"name": "a", "groups": "staff"}, "person 'a': groups must be a list"),
    ({"name": "a", "groups": [1]}, "person 'a': groups must be a list"),
    ({"name": "a", "state": "gone"}, "person 'a': state 'gone' is not one of present, enabled, disabled, absent"),
    ({"name": "a", "services": ["wiki"]}, "person 'a': services must be a dictionary"),
    ({"name": "a", "services": {WIKI: "x"}}, "person 'a': services must be a dictionary"),
    ({"name": "a", "services": {WIKI: {"quota": 5}}}, "person 'a': 'quota' is not an option of accounts of this type; the options are append_groups, email"),
    ({"name": "a", "services": {WIKI: {"state": "gone"}}}, "person 'a': state 'gone'"),
    ({"name": "a", "services": {WIKI: {"name": 5}}}, "person 'a': the account name must be text"),
    ({"name": "a", "services": {WIKI: {"name": ""}}}, "person 'a': the account name must be text"),
])
def test_what_is_wrong_with_a_person(person, words):
    assert words in problem([person])


def test_a_person_is_listed_once():
    assert "person 'bob' is listed twice" in problem([BOB, BOB])


def test_an_unknown_service_of_a_person():
    person = {**BOB, "services": {"wiky": {}}}
    assert "person 'bob': services: 'wiky' is not a host or a group of the inventory" in problem([person], known_selectors=["wikis", WIKI])
    assert accounts([person])


@pytest.mark.parametrize(("changes", "words"), [
    ({"access": ["stuff"]}, "service_access: group 'stuff' has no members"),
    ({"groups": {"stuff": ["sysop"]}}, "service_groups: group 'stuff' has no members"),
    ({"access": "staff"}, "service_access must be a list"),
    ({"groups": ["staff"]}, "service_groups must be a dictionary of lists"),
    ({"groups": {"staff": "sysop"}}, "service_groups must be a dictionary of lists"),
    ({"groups": {"staff": None}}, "service_groups must be a dictionary of lists"),
    ({"groups": {"staff": ["sysop"]}, "options": ("name", "state")}, "services of this type have no groups"),
    ({"access": ["staff"], "known_groups": ["members", "admins", "interns"]}, "person 'alice': group 'staff' is not in people_groups"),
    ({"access": ["stuff"], "known_groups": ["staff", "members", "admins"]}, "service_access: group 'stuff' is not in people_groups"),
])
def test_what_is_wrong_with_the_rules(changes, words):
    assert words in problem([ALICE, BOB], **changes)


def test_a_group_may_be_empty_on_purpose():
    assert accounts([BOB], access=["interns"], known_groups=["interns", "members"]) == [{"name": "bob", "state": "disabled"}]


def test_an_empty_access_list_means_nobody():
    assert "service_access: group 'staff' has no members. If that is intended, list all groups in people_groups" in problem([], access=["staff"])
    assert accounts([]) == []


def test_problems_are_reported_up_to_a_number():
    message = problem([{"name": f"p{number}", "state": "gone"} for number in range(MAX_PROBLEMS + 5)])
    assert "p0" in message and "and 5 more" in message


# Properties

GROUPS = ["staff", "members", "admins", "interns"]
NAMES = st.text(min_size=1, max_size=8)


@st.composite
def people_and_rules(draw):
    names = draw(st.lists(NAMES, unique=True, max_size=8))
    people = []
    for name in names:
        person = {"name": name}
        for key, values in (
            ("groups", st.lists(st.sampled_from(GROUPS), max_size=4)),
            ("state", st.sampled_from(["present", "enabled", "disabled", "absent"])),
            ("email", st.none() | st.text(max_size=5)),
            ("services", st.dictionaries(st.sampled_from(["wikis", WIKI, "elsewhere"]), st.fixed_dictionaries(
                {}, optional={"state": st.sampled_from(["enabled", "disabled"]), "reason": st.text(max_size=3)}))),
        ):
            if draw(st.booleans()):
                person[key] = draw(values)
        people.append(person)
    access = draw(st.none() | st.lists(st.sampled_from(GROUPS), max_size=3))
    groups = draw(st.none() | st.dictionaries(st.sampled_from(GROUPS), st.lists(st.sampled_from(["sysop", "bot", "editor"]), max_size=3), max_size=4))
    return people, rules(access=access, groups=groups, known_groups=GROUPS)


@given(people_and_rules())
def test_nobody_without_access_ends_up_enabled(case):
    people, ours = case
    states = {account["name"]: account["state"] for account in accounts_for(people, ours)}
    for person in people:
        own = {**person.get("services", {}).get("wikis", {}), **person.get("services", {}).get(WIKI, {})}
        if person.get("state") in ("disabled", "absent"):
            assert states[person["name"]] == person["state"]
        elif not has_access(person, ours) and "state" not in own:
            assert states[person["name"]] == "disabled"


@given(people_and_rules())
def test_nobody_who_is_listed_is_treated_as_unlisted(case):
    people, ours = case
    assert [account["name"] for account in accounts_for(people, ours)] == [person["name"] for person in people]


@given(people_and_rules(), st.randoms(use_true_random=False))
def test_the_order_of_lists_does_not_matter(case, chance):
    people, ours = case

    def shuffled(values):
        return None if values is None else chance.sample(list(values), len(values))

    others = [{**person, "groups": shuffled(person.get("groups") or [])} for person in shuffled(people)]
    groups = None if ours.groups is None else {key: shuffled(ours.groups[key]) for key in shuffled(ours.groups)}
    mixed = rules(access=shuffled(ours.access), groups=groups, known_groups=shuffled(GROUPS))
    by_name = {account["name"]: account for account in accounts_for(others, mixed)}
    assert by_name == {account["name"]: account for account in accounts_for(people, ours)}


@given(people_and_rules())
def test_what_people_have_is_not_changed(case):
    people, ours = case
    before = repr(people)
    accounts_for(people, ours)
    assert repr(people) == before
