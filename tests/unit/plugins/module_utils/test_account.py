# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.auth.services.plugins.module_utils.account import (
    KEEP,
    MAX_PROBLEMS,
    Account,
    AccountError,
    Declared,
    LimitError,
    OptionError,
    is_excepted,
    plan,
)
from ansible_collections.auth.services.plugins.module_utils.limits import check_limit

UNLISTED = ("unlisted_limit", "unlisted would affect {} of {} accounts")
ENABLED, HALF, DISABLED = (True, False), (False, False), (False, True)


def account(name="Jane", condition=ENABLED, **attributes):
    enabled, disabled = condition
    values = {"email": "jane@example.org", "real_name": ""}
    return Account(name, 7, enabled, disabled, values, {"staff": None}, "stored:secret", **attributes)


def declared(state="present", name="Jane", **attributes):
    return Declared(name, name.lower(), state, **attributes)


def matches(stored, password, _name):
    """A stand-in for a hash scheme."""
    return stored == "stored:" + password


def planned(wanted, actual=None, builtin_groups=()):
    """The plan's only change."""
    [change] = plan([wanted], {} if actual is None else {actual.name: actual}, matches, builtin_groups).changes
    return change


# States


@pytest.mark.parametrize(("state", "action"), [
    ("present", "created"), ("enabled", "created"), ("disabled", "unchanged"), ("absent", "unchanged"),
])
def test_state_of_an_account_that_does_not_exist(state, action):
    assert planned(declared(state)).action == action


@pytest.mark.parametrize(("state", "condition", "action"), [
    ("present", ENABLED, "unchanged"), ("present", HALF, "unchanged"), ("present", DISABLED, "unchanged"),
    ("enabled", ENABLED, "unchanged"), ("enabled", HALF, "enabled"), ("enabled", DISABLED, "enabled"),
    ("disabled", ENABLED, "disabled"), ("disabled", HALF, "disabled"), ("disabled", DISABLED, "unchanged"),
    ("absent", ENABLED, "removed"), ("absent", HALF, "removed"), ("absent", DISABLED, "removed"),
])
def test_state_of_an_account_that_exists(state, condition, action):
    change = planned(declared(state), account(condition=condition))
    assert (change.action, change.id, change.fields) == (action, 7, [])


def test_state_and_fields_change_together():
    change = planned(declared("enabled", values={"email": "new@example.org"}, groups={}), account(condition=DISABLED))
    assert change.action == "enabled"
    assert change.values == {"email": "new@example.org"}
    assert change.groups == {}
    assert change.fields == ["email", "groups"]


def test_nothing_is_compared_for_an_account_that_goes():
    wanted = declared("absent", values={"email": "new@example.org"}, groups={}, password="other")
    change = planned(wanted, account())
    assert (change.action, change.fields) == ("removed", [])


# Fields


@pytest.mark.parametrize(("values", "changed"), [
    ({}, {}),
    ({"email": "jane@example.org"}, {}),
    ({"email": "jane@example.org", "real_name": ""}, {}),
    ({"email": "new@example.org"}, {"email": "new@example.org"}),
    ({"email": ""}, {"email": ""}),
    ({"real_name": "Jane Doe", "email": "jane@example.org"}, {"real_name": "Jane Doe"}),
])
def test_only_given_fields_that_differ_change(values, changed):
    change = planned(declared(values=values), account())
    assert change.values == changed
    assert change.action == ("updated" if changed else "unchanged")


def test_a_new_account_gets_all_that_is_given():
    wanted = declared(values={"email": ""}, groups={"staff": "2030", "admins": KEEP}, password_hash="hash")
    change = planned(wanted)
    assert change.values == {"email": ""}
    assert change.groups == {"staff": "2030", "admins": None}
    assert change.new_password
    assert change.id is None
    assert change.fields == ["email", "groups", "password"]


# Groups


@pytest.mark.parametrize(("groups", "append", "result"), [
    (None, False, None),
    (None, True, None),
    ({"staff": KEEP}, False, None),
    ({"staff": None}, False, None),
    ({}, False, {}),
    ({}, True, None),
    ({"staff": "2030"}, False, {"staff": "2030"}),
    ({"admins": None}, False, {"admins": None}),
    ({"admins": None}, True, {"staff": None, "admins": None}),
    ({"staff": "2030"}, True, {"staff": "2030"}),
    ({"staff": KEEP, "admins": KEEP}, False, {"staff": None, "admins": None}),
])
def test_groups(groups, append, result):
    change = planned(declared(groups=groups, append_groups=append), account())
    assert change.groups == result
    assert change.action == ("unchanged" if result is None else "updated")


def test_kept_memberships_keep_their_attribute():
    actual = replace(account(), groups={"staff": "2030", "admins": None})
    assert planned(declared(groups={"staff": KEEP}), actual).groups == {"staff": "2030"}
    assert planned(declared(groups={"staff": KEEP, "admins": KEEP}), actual).action == "unchanged"
    assert planned(declared(groups={"staff": None, "admins": KEEP}), actual).groups == {"staff": None, "admins": None}


def test_builtin_groups_are_never_taken_away():
    actual = replace(account(), groups={"staff": None, "registered": "x"})
    assert planned(declared(groups={}), actual, {"registered", "guests"}).groups == {"registered": "x"}
    assert planned(declared(groups={"staff": KEEP}), actual, {"registered"}).action == "unchanged"
    # and never given: the application does that
    assert planned(declared(groups={"staff": KEEP}), account(), {"registered"}).action == "unchanged"


# Passwords


@pytest.mark.parametrize(("attributes", "changes"), [
    ({}, False),
    ({"password": "secret"}, False),
    ({"password": "other"}, True),
    ({"password": "other", "update_password": "on_create"}, False),
    ({"password_hash": "stored:secret"}, False),
    ({"password_hash": "stored:other"}, True),
    ({"password_hash": "stored:other", "update_password": "on_create"}, False),
])
def test_password_of_an_account_that_exists(attributes, changes):
    change = planned(declared(**attributes), account())
    assert change.new_password is changes
    assert change.fields == (["password"] if changes else [])
    assert change.action == ("updated" if changes else "unchanged")


@pytest.mark.parametrize("update_password", ["always", "on_create"])
@pytest.mark.parametrize("attributes", [{"password": "secret"}, {"password_hash": "hash"}])
def test_password_of_a_new_account(attributes, update_password):
    assert planned(declared(update_password=update_password, **attributes)).new_password


def test_password_to_verify():
    actual = account()
    assert declared(password="x").password_to_verify(actual) == ("stored:secret", "x", "Jane")
    for wanted in (declared(), declared(password_hash="x"), declared("absent", password="x"),
                   declared(password="x", update_password="on_create")):
        assert wanted.password_to_verify(actual) is None


def test_secrets_are_in_no_representation():
    wanted = declared(password="secret-1", password_hash="secret-2")
    change = planned(wanted, account())
    change.password_hash = "secret-3"
    assert "secret" not in repr(wanted) + repr(change) + repr(account()) + repr(plan([wanted], {}, matches))


# Protected accounts


@pytest.mark.parametrize("attributes", [
    {"state": "absent"}, {"state": "disabled"}, {"groups": {}}, {"password": "other"}, {"values": {"email": ""}},
])
def test_protected_accounts_are_refused(attributes):
    with pytest.raises(AccountError, match="'jane': it is built in, so it is never changed"):
        planned(declared(**attributes), account(protected="it is built in"))


@pytest.mark.parametrize("attributes", [{}, {"state": "enabled"}, {"groups": {"staff": KEEP}}])
def test_protected_accounts_may_be_declared_as_they_are(attributes):
    assert planned(declared(**attributes), account(protected="it is built in")).action == "unchanged"


def test_every_problem_is_named():
    actual = {name: account(name, protected="it is built in") for name in ("Ann", "Bob", "Jane")}
    wanted = [declared("disabled", "Ann"), declared("present", "Jane"), declared("absent", "Bob")]
    with pytest.raises(AccountError) as caught:
        plan(wanted, actual, matches)
    assert [name for name, _problem in caught.value.problems] == ["ann", "bob"]
    assert str(caught.value).startswith("Nothing was written. ")


def test_a_long_list_of_problems_is_cut():
    error = AccountError([(f"user{number}", "is odd") for number in range(MAX_PROBLEMS + 3)])
    assert len(error.problems) == MAX_PROBLEMS + 3
    assert f"'user{MAX_PROBLEMS - 1}': is odd; and 3 more" in str(error)
    assert f"user{MAX_PROBLEMS}'" not in str(error)
    assert "more" not in str(AccountError(error.problems[:MAX_PROBLEMS]))


# Unlisted accounts


@pytest.mark.parametrize(("pattern", "excepted"), [
    ("Jane", True), ("jane", False), ("J*", True), ("?ane", True), ("Jan", False), ("[A-J]ane", True), ("*", True), ("", False),
])
def test_exceptions(pattern, excepted):
    assert is_excepted("Jane", ["nobody", pattern]) is excepted
    assert is_excepted("[A-J]ane", ["[A-J]ane"])  # the name itself, even if it looks like a pattern


# The limit


@pytest.mark.parametrize(("touched", "touchable", "limit"), [
    (0, 0, "0"), (0, 0, "0%"), (0, 10, "0"), (1, 10, "1"), (10, 10, "10"), (1, 10, "10%"), (3, 30, "10%"), (0, 9, "10%"),
    (10, 10, "100%"), (25, 1000, "2.5%"), (5, 5, " 5 "), (1, 10, "10 %"), (7, 100, "7%"), (29, 100, "29%"), (57, 100, "57%"),
    (23, 1000, "2.3%"),
])
def test_limit_allows(touched, touchable, limit):
    check_limit(touched, touchable, limit, *UNLISTED)


@pytest.mark.parametrize(("touched", "touchable", "limit"), [
    (1, 10, "0"), (1, 10, "0%"), (2, 10, "1"), (1, 9, "10%"), (2, 19, "10%"), (4, 30, "10%"), (10, 10, "99.9%"), (26, 1000, "2.5%"),
])
def test_limit_stops(touched, touchable, limit):
    with pytest.raises(LimitError, match=rf"\b{touched}\b.*\b{touchable}\b.*unlisted_limit"):
        check_limit(touched, touchable, limit, *UNLISTED)


@pytest.mark.parametrize("limit", ["", "%", "ten", "1.5", "-1", "-1%", "101%", "nan%", "inf%", "10%%", "1,5%", "0x10"])
def test_limit_that_is_none(limit):
    with pytest.raises(OptionError, match="unlisted_limit must be") as caught:
        check_limit(0, 10, limit, *UNLISTED)
    assert repr(limit) in str(caught.value)


@given(st.integers(0, 10**6), st.integers(0, 100))
def test_whole_percentages_are_exact(touchable, percent):
    allowed = touchable * percent // 100
    check_limit(allowed, touchable, f"{percent}%", *UNLISTED)
    with pytest.raises(LimitError):
        check_limit(allowed + 1, touchable, f"{percent}%", *UNLISTED)


# Properties

NAMES = ("Ann", "Bob", "Cid", "Dan", "Eve")
GROUPS = ("staff", "admins", "registered")
GROUP_VALUES = st.none() | st.sampled_from(["2030", "2031"])
PASSWORDS = st.sampled_from(["one", "two"])


@st.composite
def accounts(draw):
    found = {}
    for name in draw(st.sets(st.sampled_from(NAMES))):
        enabled, disabled = draw(st.sampled_from([ENABLED, HALF, DISABLED]))
        values = {"email": draw(st.sampled_from(["", "a@x", "b@x"])), "real_name": draw(st.sampled_from(["", "A"]))}
        groups = draw(st.dictionaries(st.sampled_from(GROUPS), GROUP_VALUES))
        found[name] = Account(name, NAMES.index(name), enabled, disabled, values, groups, "stored:" + draw(PASSWORDS))
    return found


@st.composite
def declarations(draw):
    wanted = []
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True)):
        values = draw(st.fixed_dictionaries({}, optional={
            "email": st.sampled_from(["", "a@x", "b@x"]), "real_name": st.sampled_from(["", "A"])}))
        groups = draw(st.none() | st.dictionaries(st.sampled_from(GROUPS), GROUP_VALUES | st.just(KEEP)))
        state = draw(st.sampled_from(["present", "enabled", "disabled", "absent"]))
        one = Declared(name, name, state, values, groups, draw(st.booleans()))
        kind = draw(st.sampled_from(["password", "password_hash", None]))
        if kind:
            setattr(one, kind, draw(PASSWORDS) if kind == "password" else "stored:" + draw(PASSWORDS))
        one.update_password = draw(st.sampled_from(["always", "on_create"]))
        wanted.append(one)
    return wanted


def applied(result, actual):
    """The accounts after a plan, as a perfect adapter would leave them."""
    after = dict(actual)
    for change in result.pending:
        if change.action == "removed":
            del after[change.name]
            continue
        wanted = change.declared
        account_ = change.account or Account(change.name, NAMES.index(change.name), True, False, {"email": "", "real_name": ""}, {})
        account_ = replace(account_, values={**account_.values, **change.values})
        if change.groups is not None:
            account_.groups = change.groups
        if change.new_password:
            account_.password_hash = wanted.password_hash or "stored:" + wanted.password
        if change.action in ("enabled", "disabled"):
            account_.enabled, account_.disabled = change.action == "enabled", change.action == "disabled"
        after[change.name] = account_
    return after


@given(declarations(), accounts())
def test_an_applied_plan_leaves_nothing_to_do(wanted, actual):
    after = applied(plan(wanted, actual, matches, {"registered"}), actual)
    assert plan(wanted, after, matches, {"registered"}).pending == []
    for one in wanted:
        if one.state in ("present", "enabled"):
            assert one.name in after
        if one.state == "absent":
            assert one.name not in after
        if one.state == "disabled" and one.name in after:
            assert after[one.name].disabled
        if one.state == "enabled":
            assert after[one.name].enabled


@given(declarations(), accounts())
def test_a_plan_touches_nothing_that_is_not_declared(wanted, actual):
    result = plan(wanted, actual, matches)
    assert [change.name for change in result.changes] == [one.name for one in wanted]
    after = applied(result, actual)
    for name in set(NAMES) - {one.name for one in wanted}:
        assert after.get(name) == actual.get(name)
    for change in result.pending:
        assert set(change.values) <= set(change.declared.values)
        assert change.groups is None or change.declared.groups is not None


@given(declarations(), accounts(), st.randoms())
def test_order_does_not_matter(wanted, actual, chance):
    shuffled = [replace(one, groups=None if one.groups is None else dict(chance.sample(sorted(one.groups.items(), key=str), len(one.groups))))
                for one in wanted]
    chance.shuffle(shuffled)
    straight = {change.name: change for change in plan(wanted, actual, matches).changes}
    for change in plan(shuffled, dict(reversed(list(actual.items()))), matches).changes:
        other = straight[change.name]
        assert (change.action, change.values, change.groups, change.new_password) == (
            other.action, other.values, other.groups, other.new_password)
