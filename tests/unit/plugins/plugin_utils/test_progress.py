# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a long task says while it lasts."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.auth.services.plugins.plugin_utils.progress import module_step, telling


def test_a_long_step_is_told_until_it_ends():
    lines, second = [], threading.Event()

    def show(line):
        lines.append(line)
        if len(lines) == 2:
            second.set()

    with telling(show, "wiki.example", "mediawiki_user works on 3 accounts", first=0.01):
        assert second.wait(30)
    told = len(lines)
    assert set(lines) == {"wiki.example: mediawiki_user works on 3 accounts (0 seconds so far)"}
    assert not any("_tell" in thread.name for thread in threading.enumerate())
    assert len(lines) == told


def test_a_short_step_is_not_told_and_its_error_passes():
    lines = []
    with pytest.raises(ValueError, match="broken"), telling(lines.append, "wiki.example", "x"):
        raise ValueError("broken")
    assert lines == []


@pytest.mark.parametrize(("module", "options", "step"), [
    ("auth.services.mediawiki_user", {"accounts": [{}, {}]}, "auth.services.mediawiki_user works on 2 accounts"),
    ("auth.services.mediawiki_user", {"name": "alice"}, "auth.services.mediawiki_user works on one account"),
    ("auth.services.mediawiki_user_info", {}, "auth.services.mediawiki_user_info reads the accounts"),
])
def test_steps_in_words(module, options, step):
    assert module_step(module, options) == step
