# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.auth.services.plugins.module_utils.passwords import UnverifiableHash
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.passwords import (
    CLEAR_PASSWORD,
    SCHEMES,
    check_hash,
)

PASSWORDS = {"P1": "Correct-Horse-9", "P2": "päßwörd €漢🔑", "P3": " lead:colon!$&amp; "}

# Made by MediaWiki 1.39.17
VECTORS = [line.split(" ", 1) for line in """
P1 :A:bd347294ce11cf3839ca8dc32f59d481
P2 :A:d2499d2b262883f3afe19619d72b9fd2
P3 :A:3332a89e84e5ae69ecbbc9aa276537bd
P1 :B:95051961:53733e02700be705a2b5b5f3b43c60de
P2 :B:ad800e47:597ab029dd485c8c385afd44cb030193
P3 :B:17a06522:bd0418298e9f431c819d1af23c86c842
P1 :pbkdf2:sha512:30000:64:0Yljf8VfcRranSlLY5pYZA==:mNUOg5pJ68ofF/PMh5G9YmTJNhygxJALq5cdMcTwKekQFooKiMqnBZtDr8JOE/u1gnn5TW1bBhmsRph+53LY8g==
P2 :pbkdf2:sha512:30000:64:m0v1sXW9BM7PtY9Fwke/8Q==:23KmG97nj88HCkt877GTSbsxJ6JmW59I0OA+CN+Stta/ux0+vdHyv/67wUfPrxVMN/GALiTADjzxM0seFbQ03w==
P3 :pbkdf2:sha512:30000:64:LuwIWYJC38vPjxyDkghGBA==:FQeBmFjGDXynHLkp5+6wxSYz+IRUzsICxqph2V4pKx2iXjMjYTVhkVNG/qXUSTtUkeJfIHV3cr41ZLWcsSq7wg==
P1 :pbkdf2-legacyA:!sha512:30000:64!!NqPmZBbHllVjLh6u++Bt3Q==!XesXDhF+AeZIcV0JFhm5Ei34kVmPeE6jCWmKRaLHr1/ypH90OST9ziDg2b1JsArdhb8Lf3dAV7BbfSIiXqMN+g==
P2 :pbkdf2-legacyA:!sha512:30000:64!!E4h02mIeQWktKaqMGoq5MA==!KMhLH6FmwhFRhSRRFg5D8/0mqqE+FQ9VPji304jzbAuFAXCRkXJ80M9WOZKsiPSf0wjtvNrf8NlOwg+nMMgK9A==
P3 :pbkdf2-legacyA:!sha512:30000:64!!DNNcezMFMtg+9TE7o+tYcA==!SBmOSjHeyRs+jyGgc6C5ArpL7hPkh8yRZPJhU3dnPHyHzg6hwvi/6886f3nx2LHDI3sjtRZXOCSv0c34MvseUQ==
P1 :pbkdf2-legacyB:!sha512:30000:64!bd57f0b2!Af55xRy2FMODmpIaw1D7YQ==!cBvehs46HCL0otlf/yzpDHoc663I5uPdyyb3RWXHXiLcYoWMjOIMeTOYJepTohybCdH7rTW0pHSJ8VATjKTG6A==
P2 :pbkdf2-legacyB:!sha512:30000:64!b6ce17eb!v59vAogmPn5UnYkPaApdhw==!TDBOw+mRMfBG5dAmH7COafSi5jsUZrX3u5JNL8hPSC/pyqbY7qHwdOV0Tr1U+vjACQ4kK9HHOfGmgfcONUjmlg==
P3 :pbkdf2-legacyB:!sha512:30000:64!e795badb!proOOs39dc6QbcQcTZXuOg==!c5ANRDJRWz4s6s/S3l12jXZD8jVnRH9KddRcc77qIMoPm8mnDJcZo7C+J4Gy4A2hnYen2pVU4xlQYDeMiknihA==
P1 :bcrypt:9$KHYif6QHgDKUtGiJUFLWBO$wGCySTnRRQTlXyTzj9w3uOY7rltQATy
P2 :bcrypt:9$uzyAVK1Y9JC4pT3AHGxnOO$BubPJwQJfTEXPD.IW81Lqn7AeSJeBLe
P3 :bcrypt:9$5jvcs47Ag0GyykP9pQzvS.$c8ovzKOWB2xxGU5yFcX9GMF5yOUEJ3u
P1 :argon2:$argon2id$v=19$m=65536,t=4,p=1$dE5SdFQ3WERuZkd5WWUxVA$KGVRWiyUfnkVHpV5Huj4TyGR5OzDE4KaiAB5ARXOM8U
P2 :argon2:$argon2id$v=19$m=65536,t=4,p=1$aUg0Y0dwd0c0aU9OOHptMQ$TXoweAD1nyZm+4tGbmV6/Ps9zRzraGTTwHrrKEP4tWw
P3 :argon2:$argon2id$v=19$m=65536,t=4,p=1$a2hpb2g4anJJRmxBeThpZw$2LKkEBWJUKJxKFqR1H8YEd34NBT2yIlgMFZkaz1s7eg
""".strip().splitlines()]

# Seen to log in as well, or to be taken by PasswordFactory of 1.39 and 1.43
VARIANTS = [
    ("P1", ":bcrypt:09$KHYif6QHgDKUtGiJUFLWBO$wGCySTnRRQTlXyTzj9w3uOY7rltQATy"),
    ("P1", ":A:95051961:53733e02700be705a2b5b5f3b43c60de"),
    ("P1", VECTORS[6][1].replace("pYZA==:", "pYZA:")),  # PHP decodes a salt without its padding
    ("P1", VECTORS[6][1].replace("fcR", "fcR\n").replace("==:", "==!:")),
    ("P1", ":B::9432d1ee80e713379bc371c560db917e"),
    ("P1", ":pbkdf2:sha256:1000:32:MDEyMzQ1Njc4OWFiY2RlZg==:Rq8B2wjG49xjAQEx7c6lK5E+A/BmghXvqkuo5qL3O3c="),
    ("P1", ":pbkdf2:sha512:1000:1:MDEyMzQ1Njc4OWFiY2RlZg==:vA=="),
    ("P1", ":pbkdf2:sha256:1000:32:MDEyMzQ1Njc4OWFiY2RlZ:ItvEx0LzWsLZjWAMoiBw0MU63xyvrH8yX1YfF3/Zfmw="),  # and cuts a last character that is too few for a byte
]
PBKDF2 = VECTORS[6][1]
BCRYPT = VECTORS[15][1]
ARGON2 = VECTORS[18][1]


def test_all_vectors_are_here():
    assert len(VECTORS) == 21
    assert len({stored.split(":")[1] for _name, stored in VECTORS}) == 7


@pytest.mark.parametrize(("name", "stored"), VECTORS + VARIANTS)
def test_vectors(name, stored):
    assert SCHEMES.verify(stored, PASSWORDS[name])


@pytest.mark.parametrize("stored", [stored for _name, stored in VECTORS + VARIANTS if not re.search(r"[\n!]:", stored)])
def test_hashes_that_are_accepted(stored):
    check_hash(stored)


@pytest.mark.parametrize(("name", "stored"), VECTORS[::3] + VARIANTS)
@pytest.mark.parametrize("wrong", ["", "Correct-Horse-", "correct-Horse-9", "Correct-Horse-9 ", "päßwörd €漢"])
def test_wrong_passwords(name, stored, wrong):
    assert not SCHEMES.verify(stored, wrong)


@pytest.mark.parametrize(("name", "stored"), VECTORS[2::3])
def test_nothing_is_trimmed(name, stored):
    assert name == "P3"
    assert not SCHEMES.verify(stored, PASSWORDS[name].strip())


@pytest.mark.parametrize("stored", [stored for name, stored in VECTORS if name == "P2"])
def test_other_spellings_of_the_same_characters_are_the_same_password(stored):
    decomposed = unicodedata.normalize("NFD", PASSWORDS["P2"])
    assert decomposed != PASSWORDS["P2"]
    assert SCHEMES.verify(stored, CLEAR_PASSWORD.check(decomposed))


# Garbage

GARBAGE = [
    *(PBKDF2.replace(":30000:", f":{number}:") for number in ("030000", "+30000", " 30000", "30_000", "٣٠٠٠٠", "3e4", "30000\n", "-1", "0", "")),
    *(PBKDF2.replace(":64:", f":{number}:") for number in ("064", "+64", " 64", "6_4", "٦٤", "0", "-64")),
    *(BCRYPT.replace(":9$", f":{cost}$") for cost in ("031", "+31", " 31", "3_1", "٣١", "0031", "-1", "00009", "32", "3", "31 ")),
    *(f":pbkdf2-legacy{kind}:!sha512:{number}:64!x!NqPmZBbHllVjLh6u++Bt3Q==!XesX" for kind in "AB" for number in ("1_000", "+9999999999", " 5", "٩")),
    "", ":", "::", ":::", ":A", ":A:", ":B:", ":B:salt", ":B:a:b:c", ":pbkdf2:", ":pbkdf2:sha512", ":bcrypt:", ":bcrypt:$$", ":argon2:",
    ":argon2:$", ":pbkdf2-legacyA:", ":pbkdf2-legacyA:!!!!", ":pbkdf2-legacyB:!sha512:30000:64!!!",
    "bd347294ce11cf3839ca8dc32f59d481",  # a bare md5
    "password", "*** INVALID ***", "\x00" * 32, ":A:ü", ":A:\udcff", ":B:\udcff:x", ":B:ü:ß",
    PBKDF2[:-1], PBKDF2[:-40], PBKDF2 + "=", PBKDF2 + "AAAA", PBKDF2 + "\n", PBKDF2 + " ", PBKDF2 + ":x", PBKDF2[:60],
    PBKDF2.replace(":64:", ":32:"),
    PBKDF2.replace("sha512", "sha999"), PBKDF2.replace("sha512", ""),
    PBKDF2.replace(":30000:", ":0:"), PBKDF2.replace(":30000:", ":-1:"), PBKDF2.replace(":30000:", ":x:"), PBKDF2.replace(":30000:", "::"),
    PBKDF2.replace(":64:", ":0:"), PBKDF2.replace(":64:", ":-64:"),
    PBKDF2.replace(":64:", ":x:"),
    BCRYPT[:-1], BCRYPT + "x", BCRYPT.replace(":9$", ":x$"), BCRYPT.replace(":9$", ":3$"),
    BCRYPT.replace(":9$", ":-9$"), BCRYPT.replace("$K", "$ü"), ":bcrypt:9",
    BCRYPT.replace("O$w", "Ow"), BCRYPT + "\n", "x" + VECTORS[0][1], " " + VECTORS[0][1], ":" + VECTORS[0][1], VECTORS[0][1] + "\n",
    ARGON2[:-2], ARGON2.replace("argon2id", "argon2x"), ARGON2.replace("m=65536", "m=x"), ARGON2.replace("$v=19", ""),
]


@pytest.mark.parametrize("stored", GARBAGE)
def test_garbage_is_a_wrong_password(stored):
    assert SCHEMES.verify(stored, PASSWORDS["P1"]) is False


@given(st.sampled_from(VECTORS[::3]), st.data())
@settings(max_examples=60, deadline=None)
def test_damaged_hashes_never_raise(vector, data):
    stored = vector[1]
    # Not the parameters, which say how long it takes.
    position = data.draw(st.integers(max(stored.rfind(":"), stored.rfind("!"), stored.rfind("$")) + 1, len(stored) - 1))
    character = data.draw(st.characters().filter(lambda char: char != stored[position]))
    damaged = stored[:position] + character + stored[position + 1 :]
    assert SCHEMES.verify(damaged, PASSWORDS["P1"]) in (True, False)


@pytest.mark.parametrize("stored", [
    ":encrypted:aes-256-cbc:0:x:y", ":locked:" + PBKDF2, ":PBKDF2:" + PBKDF2[8:], ":a:bd347294ce11cf3839ca8dc32f59d481", ":ü:secret",
])
def test_unknown_types_are_neither_right_nor_wrong(stored):
    with pytest.raises(UnverifiableHash) as caught:
        SCHEMES.verify(stored, PASSWORDS["P1"])
    assert repr(stored.split(":")[1]) in str(caught.value)
    assert "update_password" in str(caught.value)
    assert stored[4:] not in str(caught.value)


@pytest.mark.parametrize("stored", [
    PBKDF2.replace(":30000:", ":99999999999:"), PBKDF2.replace(":64:", ":9999999999:"), BCRYPT.replace(":9$", ":31$"),
    ARGON2.replace("t=4", "t=4000000000"), ARGON2.replace("m=65536", "m=4000000000"), ARGON2.replace("p=1", "p=20000"),
    PBKDF2.replace(":30000:64:", ":1000000:6400:"), BCRYPT.replace(":9$", ":17$"),
    ":pbkdf2-legacyA:!sha512:99999999999:64!!NqPmZBbHllVjLh6u++Bt3Q==!XesX", ":pbkdf2-legacyB:!sha512:30000:9999999999!x!NqPmZBbHllVjLh6u++Bt3Q==!XesX",
])
def test_expensive_hashes_are_refused(stored):
    with pytest.raises(UnverifiableHash):
        SCHEMES.verify(stored, PASSWORDS["P1"])


# New hashes


@pytest.mark.parametrize("password", PASSWORDS.values())
def test_a_new_hash_is_in_the_default_format(password):
    stored = SCHEMES.make(password)
    _empty, kind, algorithm, rounds, length, salt, digest = stored.split(":")
    assert (kind, algorithm, rounds, length) == ("pbkdf2", "sha512", "30000", "64")
    assert len(base64.b64decode(salt, validate=True)) == 16
    assert len(stored) <= 255
    expected = hashlib.pbkdf2_hmac("sha512", password.encode("utf-8"), base64.b64decode(salt), 30000, 64)
    assert base64.b64decode(digest, validate=True) == expected
    assert SCHEMES.verify(stored, password)
    assert not SCHEMES.verify(stored, password + " ")
    check_hash(stored)


def test_salts_differ():
    assert SCHEMES.make("x") != SCHEMES.make("x")


# Clear passwords


@pytest.mark.parametrize("password", [
    *PASSWORDS.values(), " ", "\t", "x\n", "x\r\ny", "\u200b", "\xa0", "x" * 4096, "é" * 2048, "\x7f", "\u0085",
])
def test_passwords_that_can_be_entered(password):
    assert CLEAR_PASSWORD.check(password) == password


@pytest.mark.parametrize(("password", "problem"), [
    ("", "empty"),
    ("x" * 4097, "4096 bytes"),
    ("é" * 2049, "4096 bytes"),
    ("a\x00b", "control character"),
    ("a\x1fb", "control character"),
    ("\x08", "control character"),
    ("\x0b", "control character"),
    ("\ufffe", "control character"),
    ("\udcff", "Unicode"),
])
def test_passwords_that_cannot(password, problem):
    with pytest.raises(ValueError, match=problem) as caught:
        CLEAR_PASSWORD.check(password)
    assert not password or password not in str(caught.value)


def test_the_limit_counts_the_normal_form():
    decomposed = unicodedata.normalize("NFD", "é" * 2048)
    assert len(decomposed.encode()) == 6144
    assert CLEAR_PASSWORD.check(decomposed) == "é" * 2048


# Given hashes


@pytest.mark.parametrize("stored", [
    "", "secret", "bd347294ce11cf3839ca8dc32f59d481", "$2y$09$KHYif6QHgDKUtGiJUFLWBOwGCySTnRRQTlXyTzj9w3uOY7rltQATy",
    ARGON2[len(":argon2:"):], ":A:", ":A:bd347294", ":A:BD347294CE11CF3839CA8DC32F59D481", ":B:53733e02700be705a2b5b5f3b43c60de",
    PBKDF2[1:], PBKDF2.replace("sha512", "sha1"), PBKDF2.replace("sha512", "md5"), PBKDF2.replace(":30000:", ":0:"), PBKDF2 + "\n",
    " " + PBKDF2, PBKDF2.replace("0Yljf8", "0Yljf8" * 25), BCRYPT[:-1], BCRYPT + "x", BCRYPT.replace(":9$", ":$"),
    ":encrypted:x:y", ":locked:" + PBKDF2, ":pbkdf2-legacyC:!sha512:30000:64!!NqPmZBbHllVjLh6u++Bt3Q==!XesX",
    *(text for text in GARBAGE if text != ARGON2[:-2]),  # a digest may have any length there
])
def test_hashes_that_nobody_could_log_in_with_are_refused(stored):
    with pytest.raises(ValueError, match="MediaWiki cannot verify this password_hash") as caught:
        check_hash(stored)
    assert len(stored) < 20 or stored not in str(caught.value)
