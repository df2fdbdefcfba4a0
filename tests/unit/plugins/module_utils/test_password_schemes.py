# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How an application's schemes are told apart and put together. What each computes: test_passwords.py and the types' tests."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from ansible_collections.auth.services.plugins.module_utils.passwords import (
    SCHEMES,
    Bcrypt,
    HexDigest,
    Phpass,
    Prefixed,
    Prehashed,
    Schemes,
    Unverifiable,
    UnverifiableHash,
)

PHPASS = "$P$984478476IagS59wHZvyQMArzfx58u."  # https://hashcat.net/wiki/doku.php?id=example_hashes, of "hashcat"
MD5 = "8743b52063cd84097a65d1633f5c74f5"  # from the same page
# What RFC 1321 and FIPS 180-2 give for "abc"
DIGESTS = {"md5": "900150983cd24fb0d6963f7d28e17f72", "sha1": "a9993e364706816aba3e25717850c26c9cd0d89d"}
FORUM = Schemes([
    Prefixed("{new}", Prehashed(Bcrypt(cost=4), lambda password, account: account.lower() + password)),
    SCHEMES["phpass"], SCHEMES["sha1"], SCHEMES["md5"], Unverifiable(r"\{(\w+)\}", "is of scheme {0!r}"),
], new=SCHEMES["phpass"])


@pytest.mark.parametrize("name", ["bcrypt", "pbkdf2_sha1", "pbkdf2_sha256", "phpass", "sha_crypt"])
def test_what_a_scheme_makes_it_identifies_and_verifies(name):
    scheme = replace(SCHEMES[name], **{key: low for key, low in {"cost": 4, "iterations": 10}.items() if hasattr(SCHEMES[name], key)})
    stored = scheme.make("Pässwörd €1")
    assert scheme.identify(stored) and scheme.is_well_formed(stored) and stored != scheme.make("Pässwörd €1")
    assert scheme.verify(stored, "Pässwörd €1") and not scheme.verify(stored, "Pässwörd €2")
    assert not scheme.is_well_formed(stored[:-2])
    assert not scheme.is_well_formed(stored + "\n") and not scheme.verify(stored + "\n", "Pässwörd €1")
    own = (name, f"{name}_name", "clear")  # nobody sees whether a name was hashed in
    others = [other for other in SCHEMES if other not in own and SCHEMES[other].identify(stored)]
    assert not others


@pytest.mark.parametrize("algorithm", DIGESTS)
def test_digests_without_a_salt(algorithm):
    assert HexDigest(algorithm).verify(DIGESTS[algorithm], "abc")
    assert not HexDigest(algorithm).verify(DIGESTS[algorithm], "abd")
    assert not HexDigest(algorithm).verify(DIGESTS[algorithm].upper(), "abc")


def test_phpass():
    assert Phpass().verify(PHPASS, "hashcat") and not Phpass().verify(PHPASS, "Hashcat")
    assert Phpass().verify(PHPASS.replace("$P$", "$H$"), "hashcat")
    assert not Phpass(r"\$P\$").verify(PHPASS.replace("$P$", "$H$"), "hashcat"), "an application that takes less"
    assert not Phpass().is_well_formed(PHPASS[:-1])


def test_an_account_s_name_may_be_hashed_in():
    stored = FORUM.schemes[0].make("Secret-1", "Alice")
    assert stored.startswith("{new}$2y$04$") and FORUM.identify(stored) and FORUM.is_well_formed(stored)
    assert FORUM.verify(stored, "Secret-1", "ALICE")
    assert not FORUM.verify(stored, "Secret-1", "bob") and not FORUM.verify(stored, "Secret-1")
    assert Bcrypt().verify(stored[len("{new}"):], "aliceSecret-1")


@pytest.mark.parametrize(("name", "account", "password", "stored"), [
    ("bcrypt_name", "Sha", "pw1", "$2y$13$4Pp16ivR4B9IfBKnhz7oeuZlk.AMdjlM64mst3MFHzAZYSrwcUkTC"),  # SMF 2.1.5
    ("bcrypt_name", "admin", "AdminPw!1", "$2y$10$40g.1KmSKCLfwzYRwsdUbubM50FN0SM/YYY/UOPPyEq5JveC14nnm"),
    ("sha1_name", "A", "bc", DIGESTS["sha1"]),
])
def test_passwords_with_the_name_before_them(name, account, password, stored):
    if name.startswith("bcrypt"):
        pytest.importorskip("bcrypt")
    assert SCHEMES[name].verify(stored, password, account) and SCHEMES[name].verify(stored, password, account.upper())
    assert not SCHEMES[name].verify(stored, password + "x", account) and not SCHEMES[name].verify(stored, password, account + "x")


def test_a_name_may_stand_anywhere():
    ha1 = Prehashed(SCHEMES["md5"], lambda password, account: f"{account}:testrealm@host.com:{password}")
    assert ha1.verify("939e7578ed9e3c518a452acee763bce9", "Circle Of Life", "Mufasa")  # RFC 2617, 3.5
    assert not ha1.verify("939e7578ed9e3c518a452acee763bce9", "Circle Of Life", "mufasa")


def test_the_first_scheme_that_identifies_a_stored_password_verifies_it():
    assert FORUM.verify(PHPASS, "hashcat") and FORUM.verify(MD5, "hashcat")
    assert FORUM.verify(hashlib.sha1(b"abc", usedforsecurity=False).hexdigest(), "abc")
    assert not FORUM.verify("{new}" + PHPASS, "hashcat") and not FORUM.verify(PHPASS[:-1], "hashcat")


@pytest.mark.parametrize("stored", ["", "x", "hashcat", PHPASS + "x", " " + MD5, "{new"])
def test_what_is_of_no_scheme_belongs_to_no_password(stored):
    assert not FORUM.verify(stored, stored) and not FORUM.is_well_formed(stored)


def test_what_nobody_here_can_verify_is_said():
    assert FORUM.identify("{own}Secret-2") and not FORUM.is_well_formed("{own}Secret-2")
    with pytest.raises(UnverifiableHash, match="is of scheme 'own'; set update_password: on_create to keep it, or password_hash to replace it") as caught:
        FORUM.verify("{own}Secret-2", "Secret-2")
    assert "Secret-2" not in str(caught.value)


def test_new_ones_are_of_the_scheme_for_new_ones():
    assert FORUM.make("x").startswith("$P$B")
    with pytest.raises(NotImplementedError, match="HexDigest verifies old passwords and makes no new ones"):
        Schemes([SCHEMES["md5"]], new=SCHEMES["md5"]).make("x")
