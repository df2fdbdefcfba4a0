# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each rule by an example. That the rules are MediaWiki's is what the integration target mediawiki_names shows."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.names import NameRules

INTERWIKI = frozenset(("fr-old", "wikipedia", "c2"))
OLD = NameRules((1, 39), INTERWIKI)
TITLE_CASE = NameRules((1, 40), INTERWIKI)
NEW = NameRules((1, 43), INTERWIKI, frozenset(("team_wiki", "team_wiki_talk")))

BOTH = pytest.mark.parametrize("rules", [OLD, NEW], ids=["1.39", "1.43"])


def refused(rules: NameRules, name: str) -> bool:
    try:
        rules.canonical(name)
    except ValueError:
        return True
    return False


@BOTH
@pytest.mark.parametrize("name, canonical", [
    ("jane doe", "Jane doe"),
    ("Jane_Doe", "Jane Doe"),
    ("  jane__doe ", "Jane doe"),
    ("jane_ \xa0\u3000_doe", "Jane doe"),
    ("\u00f6zt\u00fcrk", "\u00d6zt\u00fcrk"),
    ("o\u0308zt\u00fcrk", "\u00d6zt\u00fcrk"),
    ("\u0131lker", "Ilker"),
    ("\u5c71\u7530", "\u5c71\u7530"),
    ("user:jane", "Jane"),
    (" USER_ : _jane", "Jane"),
    (":User:jane", "Jane"),
    ("User:jane\n", "Jane"),
    ("fr:jane", "Fr:jane"),
    ("jane:wikipedia:x", "Jane:wikipedia:x"),
    ("R&amp;D team", "R&D team"),
    ("AT&T", "AT&T"),
    ("&eacute;mile", "\u00c9mile"),
    ("User:&eacute;mile", "\u00c9mile"),
    ("jane&nbsp;&lowbar;doe", "Jane doe"),
    ("jane &num;doe", "Jane"),
    ("jane\u202e\u200edoe", "Janedoe"),
    ("jane\u00addoe", "Jane\u00addoe"),
    ("jane@example.com", "Jane@example.com"),
    ("100% jane", "100% jane"),
    ("~~jane", "~~jane"),
    ("1.2.3", "1.2.3"),
    ("a::b::c", "A::b::c"),
    ("x" * 255, "X" + "x" * 254),
])
def test_canonical(rules, name, canonical):
    assert rules.canonical(name) == canonical
    assert rules.canonical(canonical) == canonical


@pytest.mark.parametrize("name, old, new", [
    ("\u00dfteve", "SSteve", "Ssteve"),
    ("\u01c9ubav", "\u01c7ubav", "\u01c8ubav"),
    ("\ufb02orian", "FLorian", "Florian"),
    ("\u10d0\u10dc\u10d0", "\u1c90\u10dc\u10d0", "\u10d0\u10dc\u10d0"),
    ("\ua7d1x", "\ua7d0x", "\ua7d0x"),
    ("\U00010597x", "\U00010570x", "\U00010570x"),
])
def test_capitals(name, old, new):
    assert OLD.canonical(name) == old
    assert TITLE_CASE.canonical(name) == NEW.canonical(name) == new


@BOTH
@pytest.mark.parametrize("name, words", [
    ("", "it is empty"),
    (" _ \u3000", "it is empty"),
    ("User:", "it is empty"),
    ("jane#1", "'#'"),
    ("&#106;ane", "'#'"),
    ("jane\x07", "U+0007"),
    ("jane\ud800", "U+D800"),
    ("jane\ufffd", "U+FFFD"),
    ("jane\udcc3", "U+DCC3"),
    ("jane\tdoe", "U+0009"),
    ("jane\ndoe", "U+000A"),
    ("User:jane \n", "line feed"),
    ("&foo;", "'&foo;'"),
    ("jane&amp;amp;doe", "'&amp;'"),
    ("jane<b>", "'<'"),
    ("[jane]", "'['"),
    ("{jane|", "'{'"),
    ("100%25", "'%25'"),
    ("Talk:Jane", "it starts with 'Talk:', which MediaWiki reads as a namespace"),
    ("image_TALK :Jane", "as a namespace"),
    ("wikipedia:Jane", "it starts with 'Wikipedia:', which MediaWiki reads as a link to another wiki"),
    ("FR-OLD:Jane", "as a link to another wiki"),
    ("User:Talk:Jane", "it contains 'Talk:', which MediaWiki reads as a second prefix"),
    ("User:User:Jane", "it contains 'User:'"),
    ("User:c2:Jane", "it contains 'C2:'"),
    (":Jane", "':'"),
    ("User::Jane", "':'"),
    ("::User:Jane", "':'"),
    (".", "relative path"),
    ("../jane", "relative path"),
    ("jane/./x", "relative path"),
    ("jane/bot", "'/'"),
    ("jane~~~", "'~~~'"),
    ("x" * 256, "256 bytes"),
    ("\u0250" + "\u0250" * 127, "bytes"),
    ("10.20.30.40", "IP address"),
    ("999.1.1.1", "IP address"),
    ("10.20.30.xxx", "IP address"),
    ("fd00::17", "IP address"),
    ("1:2:3:4:5:6:7:8", "IP address"),
    ("1:2:3:4:5:6:7::", "IP address"),
    ("User:::1", "':'"),
    ("jane\u200bdoe", "U+200B"),
    ("jane\x85", "U+0085"),
    ("jane\ue000", "U+E000"),
    ("x&e\u200e\u0301", "normal form C"),
])
def test_refused(rules, name, words):
    with pytest.raises(ValueError) as error:
        rules.canonical(name)
    message = str(error.value)
    assert words in message
    assert message.isprintable() and message.isascii() and not message.endswith(".")


@pytest.mark.parametrize("name", [
    "10.20.30.0-10.20.30.9", "10.20.30.xxx-10.20.30.xxx", "10.20.30.0 - 10.20.30.9",
    "fd00::1-fd00::2", "fd00::1 - fd00::2",
])
def test_ranges(name):
    assert OLD.canonical(name).lower() == name
    with pytest.raises(ValueError, match="range"):
        NEW.canonical(name)


@pytest.mark.parametrize("name", [
    "10.20.30.xxx - 10.20.30.xxx", "999.0.0.1 - 10.0.0.1", "10.0.0.1--10.0.0.2", "10.0.0.1-x",
])
def test_not_quite_ranges(name):
    assert NEW.canonical(name) == name


def test_own_namespaces():
    assert OLD.canonical("team wiki:jane") == "Team wiki:jane"
    assert refused(NEW, "team wiki:jane")
    assert refused(NEW, "User:Team_Wiki talk:jane")


@BOTH
@pytest.mark.parametrize("name", ["Redirect fixer", "Unknown user", "MediaWiki default", "DNSBL"])
def test_reserved(rules, name):
    assert rules.canonical(name) == name
    for check in (rules.usable, rules.creatable):
        with pytest.raises(ValueError, match="reserves"):
            check(name)
    assert rules.creatable(name.lower().capitalize() + "x")


def test_temporary_accounts():
    assert OLD.creatable(OLD.canonical("~2026-77")) == "~2026-77"
    with pytest.raises(ValueError, match="temporary"):
        NEW.usable(NEW.canonical("~2026-77"))


@BOTH
@pytest.mark.parametrize("name", ["Jane@example.com", "Fr:Jane", "X" * 236, "\u00d6" * 118])
def test_existing_but_not_creatable(rules, name):
    assert rules.usable(rules.canonical(name)) == name
    with pytest.raises(ValueError, match="new accounts|more than 235 bytes"):
        rules.creatable(name)


def test_creatable():
    assert OLD.creatable("Jane=Doe") == "Jane=Doe"
    for rules in (TITLE_CASE, NEW):
        with pytest.raises(ValueError, match="'='"):
            rules.creatable("Jane=Doe")
    assert NEW.creatable("X" * 235)
    assert NEW.creatable("\u00d6" * 117)


@BOTH
@pytest.mark.parametrize("name", ["i\u0307lker", "\u0390x", "\u1fd7x", "Zoe\u200e\u0308"])
def test_lookalikes_are_found_and_not_created(rules, name):
    canonical = rules.canonical(name)
    assert not unicodedata.is_normalized("NFC", canonical)
    with pytest.raises(ValueError, match="normal form C"):
        rules.creatable(canonical)


ALPHABET = st.one_of(
    st.characters(),
    st.sampled_from(" _:&;#%~/.-=@\u200e\u202a\xa0\u0301\u0307\u00df\u01c6\n"),
    st.sampled_from(["User:", "Talk:", "c2:", "&amp;", "&num;", "&colon;", "&eacute;", "10.0.0.1", "::", "xxx"]),
)


@BOTH
@given(name=st.lists(ALPHABET, max_size=12).map("".join))
def test_canonical_is_stable(rules, name):
    try:
        canonical = rules.canonical(name)
    except ValueError as error:
        assert "\n" not in str(error)
        return
    assert len(canonical.encode()) <= 255
    assert canonical == canonical.strip(" _") and "_" not in canonical and "  " not in canonical
    # only what was never in normal form comes out of another reading changed
    if unicodedata.is_normalized("NFC", canonical):
        assert rules.canonical(canonical) == canonical


@given(name=st.text(st.sampled_from("abzAZ09 .'()-"), min_size=1, max_size=40))
def test_the_short_way_is_the_long_way(name):
    """Names of plain letters take a short cut; with a prefix they go through all the rules."""
    if refused(NEW, "User:" + name):
        assert refused(NEW, name)
    else:
        assert NEW.canonical(name) == NEW.canonical("User:" + name)


@BOTH
def test_long_names_take_no_time(rules):
    started = time.process_time()
    for text in ("_" * 1_000_000, "a:" * 500_000, "&amp;" * 200_000, "&" * 1_000_000, "ab" * 5000 + ":", "a_" * 5000 + ":" + "_" * 5000, "\u0300" * 1_000_000):
        with pytest.raises(ValueError):
            rules.canonical(text)
    assert time.process_time() - started < 60  # where work grew with the square of the length, it would be hours
