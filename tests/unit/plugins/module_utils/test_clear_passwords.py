# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.auth.services.plugins.module_utils.passwords.clear import LINE_BREAK, NUL, ClearPassword

FORUM = ClearPassword("the forum", max_bytes=10, forbidden={**NUL, **LINE_BREAK}, prepare=str.strip)


@pytest.mark.parametrize(("typed", "hashed"), [("Secret 1", "Secret 1"), (" Secret-1  ", "Secret-1"), ("é" * 5, "é" * 5), (" " * 20 + "x", "x")])
def test_what_is_hashed(typed, hashed):
    assert FORUM.check(typed) == hashed


@pytest.mark.parametrize(("typed", "problem"), [
    ("", "the password is empty"), ("   ", "the password is empty"),
    ("x" * 11, "the password is longer than 10 bytes, more than the forum accepts"),
    ("é" * 6, "the password is longer than 10 bytes, more than the forum accepts"),
    ("a\0b", "the password contains a NUL, which the forum does not accept"),
    ("Secret\r", "the password contains a line break, which the forum does not accept"),
    ("\udcff", "the password is not valid Unicode"),
])
def test_what_nobody_could_log_in_with(typed, problem):
    with pytest.raises(ValueError, match=f"^{problem}$"):
        FORUM.check(typed)


def test_an_application_without_limits():
    assert ClearPassword("the forum", forbidden={}).check("a\0b\n" * 10_000)
    with pytest.raises(ValueError, match="the password is empty"):
        ClearPassword("the forum", forbidden={}).check("")
