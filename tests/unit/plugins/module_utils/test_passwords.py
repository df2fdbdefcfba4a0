# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading

import pytest

from ansible_collections.auth.services.plugins.module_utils import passwords

# password_hash() of PHP 8.2
BCRYPT = "$2y$09$KHYif6QHgDKUtGiJUFLWBOwGCySTnRRQTlXyTzj9w3uOY7rltQATy"
ARGON2 = "$argon2id$v=19$m=65536,t=4,p=1$dE5SdFQ3WERuZkd5WWUxVA$KGVRWiyUfnkVHpV5Huj4TyGR5OzDE4KaiAB5ARXOM8U"
PASSWORD = b"Correct-Horse-9"


@pytest.mark.parametrize(("matches", "stored"), [
    (passwords.bcrypt_matches, BCRYPT),
    (passwords.bcrypt_matches, BCRYPT.replace("$2y$", "$2b$")),
    (passwords.argon2_matches, ARGON2),
])
def test_vectors(matches, stored):
    assert matches(PASSWORD, stored)
    assert not matches(PASSWORD + b"x", stored)
    assert not matches(b"", stored)


def test_bcrypt_looks_at_72_bytes():
    bcrypt = pytest.importorskip("bcrypt")
    stored = bcrypt.hashpw(b"x" * 72, bcrypt.gensalt(4)).decode()
    assert passwords.bcrypt_matches(b"x" * 100, stored)
    assert not passwords.bcrypt_matches(b"x" * 71, stored)


@pytest.mark.parametrize("stored", [
    "", "$", "x", "$2y$", "$2y$09$", "$2y$09$short", BCRYPT[:-1], BCRYPT + "x", "$2y$xx" + BCRYPT[6:],
    "$2z$09" + BCRYPT[6:], BCRYPT.replace("K", "é"), ARGON2,
])
def test_what_is_no_bcrypt_matches_nothing(stored):
    assert not passwords.bcrypt_matches(PASSWORD, stored)


@pytest.mark.parametrize("stored", [
    "", "$", "x", "$argon2id", "$argon2id$v=19$m=65536,t=4,p=1$dE5SdFQ3WERuZkd5WWUxVA", ARGON2[:-2], ARGON2 + "!",
    ARGON2.replace("argon2id", "argon2i"), ARGON2.replace("t=4", "t=-4"), ARGON2.replace("t=4", "t=x"), ARGON2.replace("dE", "é"), BCRYPT,
])
def test_what_is_no_argon2_matches_nothing(stored):
    assert not passwords.argon2_matches(PASSWORD, stored)


@pytest.mark.parametrize(("matches", "stored"), [
    (passwords.bcrypt_matches, "$2y$31" + BCRYPT[6:]),
    (passwords.bcrypt_matches, "$2y$21" + BCRYPT[6:]),
    (passwords.argon2_matches, ARGON2.replace("t=4", "t=4000000000")),
    (passwords.argon2_matches, ARGON2.replace("m=65536", "m=4000000000")),
])
def test_what_would_take_hours_is_not_tried(matches, stored):
    with pytest.raises(passwords.UnverifiableHash, match="too much"):
        matches(PASSWORD, stored)


@pytest.mark.parametrize(("module", "matches", "library", "stored"), [
    ("bcrypt", passwords.bcrypt_matches, "bcrypt", BCRYPT),
    ("argon2", passwords.argon2_matches, "argon2-cffi", ARGON2),
])
def test_a_missing_library_is_named(monkeypatch, module, matches, library, stored):
    monkeypatch.setattr(passwords, module, None)
    monkeypatch.setattr(passwords, module.upper() + "_IMPORT_ERROR", "Traceback ...", raising=False)
    with pytest.raises(passwords.MissingLibrary) as caught:
        matches(PASSWORD, stored)
    assert caught.value.library == library
    assert caught.value.details == "Traceback ..."
    assert library in str(caught.value) and "password" in str(caught.value)


@pytest.mark.parametrize("number", [0, 1, 2, 100])
def test_results_come_in_order(number):
    assert passwords.on_all_cores(lambda item: item * item, iter(range(number))) == [item * item for item in range(number)]


def test_the_work_runs_on_several_threads():
    together = threading.Barrier(2, timeout=10)  # one thread alone would wait for ever
    if passwords.os.cpu_count() == 1:
        pytest.skip("one core")
    passwords.on_all_cores(lambda item: together.wait(), range(2))


def test_an_error_comes_through():
    def fail(item):
        if item == 3:
            raise passwords.UnverifiableHash("of a type nobody knows")

    with pytest.raises(passwords.UnverifiableHash, match="nobody knows"):
        passwords.on_all_cores(fail, range(5))


def test_same():
    assert passwords.same(b"digest", b"digest")
    assert not passwords.same(b"digest", b"digesT")
    assert not passwords.same(b"digest", b"digest ")
