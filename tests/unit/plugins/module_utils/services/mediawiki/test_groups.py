# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Memberships of MediaWiki's groups."""

from __future__ import annotations

import pytest

from ansible_collections.auth.services.plugins.module_utils.account import AccountError

NOW = "20261123120000"
PAST, FUTURE, LATER = "20261101120000", "20270101120000", "20280101120000"


@pytest.fixture
def jane(wiki):
    """Id of a member of three groups: for ever, for a time, and no more."""
    user = wiki.add_user("Jane")
    for group, expiry in (("sysop", None), ("bot", FUTURE), ("old", PAST)):
        wiki.insert("user_groups", ug_user=user, ug_group=group, ug_expiry=expiry)
    return user


def former(wiki, user):
    return sorted(row["ufg_group"] for row in wiki.rows("user_former_groups", ufg_user=user))


@pytest.mark.parametrize(("given", "groups", "left"), [
    # a membership that ran out is none, and its row stays as the wiki left it
    ({"groups": ["sysop", "bot"]}, None, []),
    ({"groups": ["bot", "sysop"], "append_groups": True}, None, []),
    ({"groups": [], "append_groups": True}, None, []),
    ({"groups": []}, {"old": PAST}, ["bot", "sysop"]),
    ({"groups": ["bot"]}, {"bot": FUTURE, "old": PAST}, ["sysop"]),
    ({"groups": ["staff"], "append_groups": True}, {"sysop": None, "bot": FUTURE, "old": PAST, "staff": None}, []),
    ({"groups": ["staff"]}, {"old": PAST, "staff": None}, ["bot", "sysop"]),
    # the row of one that ran out is used again
    ({"groups": ["sysop", "bot", "old"]}, {"sysop": None, "bot": FUTURE, "old": None}, []),
    ({"groups": ["old"], "group_expiry": {"old": LATER}, "append_groups": True}, {"sysop": None, "bot": FUTURE, "old": LATER}, []),
    # expiry: with group_expiry, what it does not name has none
    ({"groups": ["sysop", "bot"], "group_expiry": {"bot": LATER}}, {"sysop": None, "bot": LATER, "old": PAST}, []),
    ({"groups": ["sysop", "bot"], "group_expiry": {"bot": "2027-01-01T12:00:00Z"}}, None, []),
    ({"groups": ["sysop", "bot"], "group_expiry": {"bot": "2027-01-01T14:00:00+02:00"}}, None, []),
    ({"groups": ["sysop", "bot"], "group_expiry": {"bot": "infinity"}}, {"sysop": None, "bot": None, "old": PAST}, []),
    ({"groups": ["sysop", "bot"], "group_expiry": {}}, {"sysop": None, "bot": None, "old": PAST}, []),
    ({"groups": ["sysop", "bot"], "group_expiry": {"sysop": FUTURE, "bot": FUTURE}}, {"sysop": FUTURE, "bot": FUTURE, "old": PAST}, []),
    ({"groups": ["bot"], "group_expiry": {"bot": LATER}, "append_groups": True}, {"sysop": None, "bot": LATER, "old": PAST}, []),
    # a declared membership that has run out is none
    ({"groups": ["sysop", "bot"], "group_expiry": {"bot": PAST}}, {"sysop": None, "old": PAST}, ["bot"]),
    ({"groups": ["sysop", "bot", "old"], "group_expiry": {"bot": FUTURE, "old": PAST}}, None, []),
    ({"groups": ["sysop", "bot", "new"], "group_expiry": {"bot": FUTURE, "new": NOW}}, None, []),
])
def test_groups(wiki, jane, given, groups, left):
    row, before = wiki.user("Jane"), wiki.groups(jane)
    assert wiki.actions({"name": "Jane", **given}) == ({} if groups is None else {"Jane": "updated"})
    assert wiki.groups(jane) == (before if groups is None else groups)
    assert former(wiki, jane) == left
    assert wiki.user("Jane") == row
    assert len(wiki.log("Jane")) == (groups is not None)
    assert wiki.actions({"name": "Jane", **given}) == {}


def test_what_the_log_says(wiki, jane):
    """The example of the web API: remove sysop, keep bot for a time. No word of what ran out."""
    wiki.run("UPDATE {user_groups} SET ug_expiry = '20310102030405' WHERE ug_group = 'bot'")
    wiki.apply({"name": "Jane", "groups": ["bot"]}, performer="Admin")
    assert wiki.log("Jane") == [(
        "rights", "rights", "Admin",
        ('a:4:{s:12:"4::oldgroups";a:2:{i:0;s:3:"bot";i:1;s:5:"sysop";}s:12:"5::newgroups";a:1:{i:0;s:3:"bot";}'
         's:11:"oldmetadata";a:2:{i:0;a:1:{s:6:"expiry";s:14:"20310102030405";}i:1;a:1:{s:6:"expiry";N;}}'
         's:11:"newmetadata";a:1:{i:0;a:1:{s:6:"expiry";s:14:"20310102030405";}}}'),
    )]
    assert wiki.row("recentchanges")["rc_log_type"] == "rights"
    assert wiki.row("recentchanges")["rc_title"] == "Jane"


def test_the_log_names_old_groups_first_and_new_ones_in_order(wiki, jane):
    wiki.apply({"name": "Jane", "groups": ["zoo", "sysop", "ant", "bot"]})
    [(_type, _action, _actor, params)] = wiki.log("Jane")
    assert '"5::newgroups";a:4:{i:0;s:3:"bot";i:1;s:5:"sysop";i:2;s:3:"zoo";i:3;s:3:"ant";}' in params


def test_former_groups_are_remembered_once(wiki, jane):
    wiki.insert("user_former_groups", ufg_user=jane, ufg_group="sysop")
    wiki.apply({"name": "Jane", "groups": []}, {"name": "Admin", "groups": ["bureaucrat"]})
    assert former(wiki, jane) == ["bot", "sysop"]
    assert former(wiki, 1) == ["sysop"]
    wiki.apply({"name": "Jane", "groups": ["sysop"]})
    assert former(wiki, jane) == ["bot", "sysop"]  # joining again deletes no row
    wiki.apply({"name": "Jane", "groups": []})
    assert former(wiki, jane) == ["bot", "sysop"]


def test_many_accounts_and_groups_at_once(wiki, jane):
    wiki.apply(
        {"name": "Jane", "groups": ["bot", "staff"]},
        {"name": "Admin", "groups": ["sysop", "bot", "staff"], "group_expiry": {"bot": LATER}},
        {"name": "New", "groups": ["staff"]},
    )
    assert wiki.groups(jane) == {"bot": FUTURE, "old": PAST, "staff": None}
    assert wiki.groups(1) == {"sysop": None, "bot": LATER, "staff": None}
    assert wiki.groups(wiki.user("New")["user_id"]) == {"staff": None}
    assert former(wiki, jane) == ["sysop"]
    assert former(wiki, 1) == ["bureaucrat"]


def test_watchers_of_the_user_page_are_told(wiki, jane):
    other = wiki.add_user("John")
    rows = [(other, 2, "Jane", None), (other, 3, "Jane", None), (other, 2, "Other", None), (jane, 2, "Jane", PAST), (1, 2, "Jane", None)]
    for user, namespace, title, seen in rows:
        wiki.insert("watchlist", wl_user=user, wl_namespace=namespace, wl_title=title, wl_notificationtimestamp=seen)
    wiki.apply({"name": "Jane", "groups": []}, performer="Admin")
    found = [(row["wl_user"], row["wl_namespace"], row["wl_title"], row["wl_notificationtimestamp"]) for row in wiki.rows("watchlist")]
    # whose mark is there keeps it, and the performer knows already
    assert found == [(other, 2, "Jane", NOW), *rows[1:]]


def test_names_of_groups_are_compared_exactly(wiki, jane):
    assert wiki.actions({"name": "Jane", "groups": ["Bot", "sysop", "bot"]}, known_groups=["Bot"]) == {"Jane": "updated"}
    assert set(wiki.groups(jane)) == {"Bot", "bot", "sysop", "old"}


@pytest.mark.parametrize(("group", "near"), [
    ("sysopp", "sysop"), ("Sysop", "sysop"), ("sysops", "sysop"), ("SYSOP", "sysop"), ("bureaucrats", "bureaucrat"), ("interface-admins", "interface-admin"),
    ("autoconfirmd", "autoconfirmed"), ("past-editors", "past-editor"), ("reviewers", "reviewer"), ("mods", "mod"),
])
def test_a_group_that_is_nearly_another_one(wiki, jane, group, near):
    """The administrator would lose sysop, and get nothing for it."""
    wiki.insert("user_former_groups", ufg_user=jane, ufg_group="past-editor")
    wiki.insert("user_groups", ug_user=wiki.add_user("Joan"), ug_group="reviewer")
    before = wiki.dump()
    for entry in ({"name": "Jane", "groups": [group]}, {"name": "Newbie", "groups": [group]}):
        with pytest.raises(AccountError, match=f"group '{group}' is unknown; did you mean '{near}'[?] .* known_groups"):
            wiki.apply(entry, known_groups=["mod"])
    assert wiki.dump() == before
    assert wiki.actions({"name": "Jane", "groups": [group]}, known_groups=[group]) == {"Jane": "updated"}
    assert wiki.actions({"name": "Jane", "groups": [group, "sysop"]}) == {"Jane": "updated"}


def test_the_first_member_of_a_group_is_told(wiki, jane):
    outcome = wiki.apply({"name": "Jane", "groups": ["sysop", "checkuser"]})
    assert "Nobody was in 'checkuser' before" in outcome.warnings[0]
    assert set(wiki.groups(jane)) == {"sysop", "checkuser", "old"}
    assert wiki.apply({"name": "Joan", "groups": ["rollbacker"]}, known_groups=["rollbacker"]).warnings == []
    assert wiki.apply({"name": "John", "groups": ["rollbacker"]}).warnings == []


@pytest.mark.parametrize(("given", "problem"), [
    *(({"groups": ["bot", group]}, f"group {group!r} is implicit") for group in ("*", "user", "autoconfirmed", "named", "temp")),
    ({"groups": [""]}, "'' is not a valid group name"),
    ({"groups": [" bot"]}, "' bot' is not a valid group name"),
    ({"groups": ["b\x00t"]}, "group contains a control character"),
    ({"groups": ["x" * 256]}, "group has 256 bytes"),
    ({"groups": ["ü" * 128]}, "group has 256 bytes"),
    ({"groups": ["bot"], "group_expiry": {"sysop": FUTURE, "user": FUTURE}}, "group_expiry names sysop, user, which groups does not list"),
    ({"group_expiry": {"bot": FUTURE}}, "group_expiry needs groups"),
    ({"groups": ["bot"], "group_expiry": {"bot": "tomorrow"}}, "'tomorrow' is not a time"),
    ({"groups": ["bot"], "group_expiry": {"bot": "2030-02-30"}}, "2030-02-30"),
    ({"groups": ["bot"], "group_expiry": {"bot": "20301350000000"}}, "20301350000000"),
])
def test_groups_that_are_refused(wiki, jane, given, problem):
    before = wiki.dump()
    with pytest.raises(Exception, match="'Jane': ") as caught:
        wiki.apply({"name": "Jane", **given})
    assert problem in str(caught.value)
    assert wiki.dump() == before


@pytest.mark.parametrize(("release", "after"), [((1, 43), ["sysop", "bot"]), ((1, 45), ["bot", "sysop"])])
def test_the_order_in_the_log(new_wiki, release, after):
    """1.45 sorts (UserGroupAssignmentService::addLogEntry); before, what was added came last."""
    new_wiki.become(release)
    new_wiki.insert("user_groups", ug_user=new_wiki.add_user("Jane"), ug_group="sysop")
    new_wiki.apply({"name": "Jane", "groups": ["bot"], "append_groups": True, "group_expiry": {"bot": FUTURE}})
    params = new_wiki.log("Jane")[0][3]
    assert params == new_wiki.row("recentchanges")["rc_params"]
    groups = "".join(f'i:{number};s:{len(group)}:"{group}";' for number, group in enumerate(after))
    assert f's:12:"5::newgroups";a:2:{{{groups}}}' in params
    ends = {"sysop": "N;", "bot": f's:14:"{FUTURE}";'}
    ends = "".join(f'i:{number};a:1:{{s:6:"expiry";{ends[group]}}}' for number, group in enumerate(after))
    assert f's:11:"newmetadata";a:2:{{{ends}}}' in params
