# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Expected values: what servers stored or refused, and the examples of RFC 4013."""

from __future__ import annotations

import pytest

from ansible_collections.auth.services.plugins.module_utils.xmpp import nameprep, nodeprep, saslprep


@pytest.mark.parametrize(("typed", "stored"), [
    ("alice", "alice"),
    ("Ünïcode", "ünïcode"),
    ("Ａlice", "alice"),
    ("straße", "strasse"),
    ("ﬁsh", "fish"),
    ("κόσμος", "κόσμοσ"),
    ("Ⅳ", "iv"),
    ("a\u00adb", "ab"),
    ("İstanbul", "i̇stanbul"),
    ("שלום", "שלום"),
    ("\u04c0", "\u04c0"),  # its small letter is younger than Unicode 3.2
    ("x" * 1023, "x" * 1023),
])
def test_names(typed, stored):
    assert nodeprep(typed) == stored
    assert nodeprep(stored) == stored


@pytest.mark.parametrize("typed", ["", "\u00ad", "a b", "a@b", "ab:c", "o'x", "a/b", "🔑key", "ȡx", "aא", "x" * 1024, "ß" * 512, "a\0"])
def test_names_that_servers_refuse(typed):
    with pytest.raises(ValueError):
        nodeprep(typed)


@pytest.mark.parametrize(("typed", "compared"), [
    ("I\u00adX", "IX"),
    ("user", "user"),
    ("USER", "USER"),
    ("\u00aa", "a"),
    ("\u2168", "IX"),
    ("a\u00a0b", "a b"),
    ("e\u0301", "é"),
    ("🔑", "🔑"),
])
def test_passwords(typed, compared):
    assert saslprep(typed) == compared


@pytest.mark.parametrize("typed", ["\u0007", "\u06271", "x" * 1024, "a\u05c6z"])
def test_passwords_that_servers_refuse(typed):
    with pytest.raises(ValueError):
        saslprep(typed)


def test_domains():
    assert nameprep("Example.ORG") == "example.org"
    assert nameprep("BÜCHER.example") == "bücher.example"
    for wrong in ("", ".", "alice@example.org", "a/b", "a b"):
        with pytest.raises(ValueError):
            nameprep(wrong)
