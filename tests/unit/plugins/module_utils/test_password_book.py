# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run verifies, and what it does not."""

from __future__ import annotations

import re
import threading
import time

import pytest

from ansible_collections.auth.services.plugins.module_utils import passwords
from ansible_collections.auth.services.plugins.module_utils.account import Account, AccountError, Declared
from ansible_collections.auth.services.plugins.module_utils.password_book import BUDGET, BUDGET_FOR_EACH, PasswordBook


class Costly:
    """A service whose stored passwords are the seconds that they cost, or words that cost nothing."""

    def __init__(self):
        self.verified = []

    @property
    def scheme(self):
        return self

    def verify(self, stored, password, account):
        if stored[0].isdigit():
            passwords.spend(f"of {stored}", float(stored.split()[0]))
        self.verified.append(stored)
        return stored.endswith(password)


def matches(book, stored):
    """Whether a stored password was found to belong to "x", for any of the accounts."""
    return any(book.matches(stored, "x", f"user{number}") for number in range(100))


def verify(book, service, *stored, password="x"):
    """Verify these, each of an account of its own; returns the refused ones."""
    declared = [Declared(f"user{number}", f"User{number}", password=password) for number in range(len(stored))]
    actual = {wanted.name: Account(wanted.name, number, True, False, {}, {}, password_hash=text)
              for number, (wanted, text) in enumerate(zip(declared, stored))}
    try:
        book.verify(service, declared, actual)
    except AccountError as error:
        assert all(re.fullmatch("User[0-9]+", name) for name, _problem in error.problems)
        assert all("seconds" in problem or "characters" in problem for _name, problem in error.problems)
        return {stored[int(name[len("User"):])] for name, _problem in error.problems}
    return set()


def test_what_is_usual_fits_however_many_there_are():
    service = Costly()
    assert not verify(PasswordBook(), service, *(f"2.0 {number}" for number in range(2000)))
    assert len(service.verified) == 2000


def test_what_does_not_fit_is_named_and_not_verified():
    service, book = Costly(), PasswordBook()
    expensive = [f"5.0 {number}" for number in range(50)]
    refused = verify(book, service, *expensive, "0.5 x", "cheap x", "0.5 y")
    spent = sum(float(stored.split()[0]) for stored in service.verified if stored[0].isdigit())
    assert BUDGET + 53 * BUDGET_FOR_EACH - 5 < spent <= BUDGET + 53 * BUDGET_FOR_EACH
    assert refused == set(expensive) - set(service.verified) and len(refused) > 10
    assert refused == set(expensive[-len(refused):])
    assert matches(book, "0.5 x") and matches(book, "cheap x") and not matches(book, "0.5 y")
    assert not any(matches(book, stored) for stored in refused)


def test_the_budget_is_that_of_the_whole_run():
    service, book = Costly(), PasswordBook()
    verified = 0
    for attempt in range(100):  # hashes that change while we look
        verify(book, service, f"5.0 {attempt}")
        verified = len(service.verified)
    assert verified == (BUDGET + BUDGET_FOR_EACH) // 5


@pytest.mark.parametrize("seconds", ["5.1", "9" * 400])
def test_one_alone_may_not_cost_more(seconds):
    service = Costly()
    assert verify(PasswordBook(), service, f"{seconds} x") and not service.verified


def test_a_text_of_any_length_is_not_taken_for_a_hash():
    service = Costly()
    assert verify(PasswordBook(), service, "x" * (passwords.MAX_STORED + 1), "y" * 10_000_000)
    assert not verify(PasswordBook(), service, "y" * (passwords.MAX_STORED - 1) + "x")
    assert len(service.verified) == 1


def test_each_is_verified_once_and_what_says_nothing_on_all_cores():
    service, book = Costly(), PasswordBook()
    assert not verify(book, service, "1 x", "x")
    assert not verify(book, service, "1 x", "x")
    assert sorted(service.verified) == ["1 x", "x"]

    class Slow:
        together = threading.Barrier(2, timeout=10)

        @property
        def scheme(self):
            return self

        def verify(self, stored, password, account):
            self.together.wait()
            return True

    if passwords.cost.os.cpu_count() > 1:
        verify(PasswordBook(), Slow(), "a", "b")


def test_the_name_of_the_account_may_be_hashed_in():
    class Named:
        scheme = passwords.Prehashed(passwords.SCHEMES["md5"], lambda password, account: account + password)

    book, stored = PasswordBook(), passwords.digest("md5", b"user1x").hex()
    assert not verify(book, Named(), stored, stored, stored)
    assert [book.matches(stored, "x", f"user{number}") for number in range(3)] == [False, True, False]


def test_bytes_that_are_not_utf8_match_nothing():
    service, book = Costly(), PasswordBook()
    assert not verify(book, service, "\udcff x")
    assert not service.verified and not matches(book, "\udcff x")


def test_many_strangers_take_a_bounded_time():
    class Real:
        scheme = passwords.SCHEMES["bcrypt"]

    began = time.process_time()
    stored = [f"$2y$16${number:022d}" + "x" * 31 for number in range(3000)]
    book = PasswordBook()
    book._spent = BUDGET + BUDGET_FOR_EACH * 2999  # as if that had been done
    assert len(verify(book, Real(), *stored)) == 3000
    assert time.process_time() - began < 3
