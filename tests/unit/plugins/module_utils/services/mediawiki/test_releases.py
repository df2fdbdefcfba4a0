# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which release a wiki is, whose rules its names follow, and what is done where nobody can tell."""

from __future__ import annotations

import pytest

from ansible_collections.auth.services.plugins.module_utils.account import AccountError, OptionError
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.names import NameRules

ANA = "\u10d0\u10dc\u10d0"  # Georgian; 1.40 leaves its first letter as it is
OLD_ANA = "\u1c90\u10dc\u10d0"  # as 1.39 stores it
LAMBDA, CAPITAL_LAMBDA = "\u019bx", "\ua7dcx"  # the capital is in Unicode 16


@pytest.fixture
def hidden(make_wiki):
    """A wiki whose tables do not tell 1.39 from 1.40: the user may not read externallinks."""
    wiki = make_wiki(old=True)
    wiki.run("DROP TABLE {externallinks}")
    return wiki


def refused(wiki, *entries, **request):
    before = wiki.dump()
    with pytest.raises(AccountError) as caught:
        wiki.apply(*entries, **request)
    assert wiki.dump() == before
    return str(caught.value)


@pytest.mark.parametrize(("release", "stored", "equals"), [
    ((1, 39), OLD_ANA, True), ((1, 40), ANA, False), ((1, 41), ANA, False),
])
def test_the_tables_tell_the_release(make_wiki, release, stored, equals):
    wiki = make_wiki("mw_", old=True).become(release)
    assert wiki.actions({"name": ANA}) == {stored: "created"}
    if equals:
        assert wiki.actions({"name": "a=b"}) == {"A=b": "created"}
    else:
        assert "'='" in refused(wiki, {"name": "a=b"})


def test_a_leaver_of_1_40_is_out(make_wiki):
    """She registered in the wiki; a run of an older version of ours made a double of hers."""
    wiki = make_wiki(old=True).become((1, 40))
    wiki.add_user(ANA)
    wiki.add_user(OLD_ANA)
    assert wiki.actions({"name": ANA, "state": "disabled"}) == {ANA: "disabled"}
    assert wiki.read(OLD_ANA)[OLD_ANA].enabled


def test_the_unlisted_one_is_not_the_real_one(make_wiki):
    wiki = make_wiki(old=True).become((1, 40))
    wiki.add_user(ANA)
    wiki.add_user("Bob")
    assert wiki.actions({"name": ANA}, {"name": "Admin"}, complete=True, unlisted="disable", unlisted_limit="100%") == {"Bob": "disabled"}


# Where the tables do not tell


@pytest.mark.parametrize("name", [ANA, "\u00dfteve", "a=b"])
def test_names_of_which_the_rules_differ_are_not_created(hidden, name):
    text = refused(hidden, {"name": name}, {"name": "John"})
    assert f"{name!r}: " in text and "mediawiki_version" in text and "'John'" not in text
    assert hidden.actions({"name": "J\u00fcrgen"}, {"name": "\u00e9mile"}) == {"J\u00fcrgen": "created", "\u00c9mile": "created"}


@pytest.mark.parametrize(("version", "stored"), [("1.35", OLD_ANA), ("1.39.17", OLD_ANA), ("1.40", ANA), ("1.41", ANA)])
def test_the_option_tells_the_release(hidden, version, stored):
    assert hidden.actions({"name": ANA}, mediawiki_version=version) == {stored: "created"}


@pytest.mark.parametrize("stored", [ANA, OLD_ANA])
@pytest.mark.parametrize("state", ["disabled", "absent"])
def test_whoever_is_there_is_shut_out(hidden, stored, state):
    hidden.add_user(stored)
    assert hidden.actions({"name": ANA, "state": state}) == {stored: "disabled" if state == "disabled" else "removed"}
    assert hidden.actions({"name": ANA, "state": state}) == {}


def test_nobody_is_there_to_shut_out(hidden):
    assert hidden.actions({"name": ANA, "state": "disabled"}, {"name": "Admin"}, complete=True) == {}
    assert hidden.actions({"name": ANA, "state": "absent"}) == {}


@pytest.mark.parametrize("state", ["present", "enabled", "disabled", "absent"])
@pytest.mark.parametrize("complete", [True, False])
def test_of_two_neither_is_touched(hidden, state, complete):
    hidden.add_user(ANA)
    hidden.add_user(OLD_ANA)
    text = refused(hidden, {"name": ANA, "state": state, "email": "a@example.org"}, complete=complete)
    assert repr(ANA) in text and repr(OLD_ANA) in text and "mediawiki_version" in text


def test_of_two_the_others_are_still_shut_out(hidden):
    for name in (ANA, OLD_ANA, "Bob"):
        hidden.add_user(name)
    with pytest.raises(AccountError) as caught:
        hidden.apply({"name": ANA, "state": "disabled"}, {"name": "Bob", "state": "disabled"}, complete=True)
    assert [change.name for change in caught.value.outcome.plan.pending] == ["Bob"]
    assert hidden.read(ANA, OLD_ANA)[ANA].enabled and hidden.read(OLD_ANA)[OLD_ANA].enabled


def test_an_account_is_declared_as_the_wiki_spells_it(hidden):
    """What is read can be declared; another spelling may be somebody else's, and gets nothing."""
    hidden.add_user(ANA)
    assert hidden.actions({"name": ANA, "groups": ["bot"]}) == {ANA: "updated"}
    database = hidden.database()
    with database.connect() as connection:
        service = hidden.service_class(database, connection, hidden.service_options())
        assert service.canonical_name(ANA) == ANA
    hidden.run("UPDATE {user} SET user_name = ? WHERE user_name = ?", OLD_ANA, ANA)
    assert "mediawiki_version" in refused(hidden, {"name": ANA, "groups": ["sysop"]})
    assert hidden.actions({"name": OLD_ANA, "groups": ["sysop"]}) == {OLD_ANA: "updated"}


def test_who_is_declared_in_doubt_makes_nobody_unlisted(hidden):
    hidden.add_user(OLD_ANA)
    text = refused(hidden, {"name": ANA}, {"name": "Admin"}, complete=True, unlisted="disable", unlisted_limit="100%")
    assert "mediawiki_version" in text


@pytest.mark.parametrize("version", ["1.4", "1.34", "2.0", "1.40-wmf.1", "", "1.40.x"])
def test_what_is_no_release(new_wiki, version):
    with pytest.raises(OptionError, match="mediawiki_version '.*' is not a release .* in quotes"):
        new_wiki.apply({"name": "Admin"}, mediawiki_version=version)


def test_the_tables_are_right(make_wiki):
    """An inventory may be older than the wiki."""
    wiki = make_wiki(old=True).become((1, 40))
    wiki.add_user(ANA)
    outcome = wiki.apply({"name": ANA, "state": "disabled"}, mediawiki_version="1.39")
    assert [change.name for change in outcome.plan.pending] == [ANA]
    assert [warning for warning in outcome.warnings if "mediawiki_version says 1.39, but the tables are those of MediaWiki 1.40" in warning]
    assert not wiki.apply({"name": ANA}, mediawiki_version="1.41.2").warnings


# Where PHP decides


def test_new_names_whose_capital_is_young_are_refused(new_wiki):
    for name in (LAMBDA, "User:\u0264b", "\U00010d70x"):
        text = refused(new_wiki, {"name": name})
        assert "PHP" in text and "mediawiki_version" not in text
    assert new_wiki.actions({"name": "\ua7c8x"}) == {"\ua7c7x": "created"}  # Unicode 13, and 1.43 runs on PHP 8.1


def test_new_names_whose_capital_is_too_young_for_php_7_4_are_refused(make_wiki):
    wiki = make_wiki(old=True)
    assert "PHP" in refused(wiki, {"name": "\ua7c8x"})
    assert "PHP" in refused(wiki, {"name": "\U00010597x"})
    assert wiki.actions({"name": "\ua7c7x"}) == {"\ua7c7x": "created"}


@pytest.mark.parametrize("stored", [LAMBDA, CAPITAL_LAMBDA])
def test_who_has_a_young_capital_is_shut_out(new_wiki, stored):
    new_wiki.add_user(stored)
    assert new_wiki.actions({"name": LAMBDA, "state": "disabled"}) == {stored: "disabled"}
    assert new_wiki.actions({"name": stored, "state": "enabled"}) == {stored: "enabled"}


@pytest.mark.parametrize(("unicode", "letters"), [(16, 27), (14, 40), (13, 3), (12, 7)])
def test_letters_with_a_young_capital(unicode, letters):
    """As many as the releases of Unicode say: 1 is what came with it."""
    before, after = (NameRules((1, 43), unicode=version) for version in (unicode - 1, unicode))
    found = [chr(code) for code in range(0x80, 0x11000)
             if not 0xD800 <= code < 0xE000 and _canonical(before, chr(code)) != _canonical(after, chr(code))]
    assert len(found) == letters


def _canonical(rules, name):
    try:
        return rules.canonical(name)
    except ValueError:
        return ""
