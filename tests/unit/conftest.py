# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from ansible_collections.auth.services.plugins.module_utils import database
from ansible_collections.auth.services.plugins.module_utils.passwords import colon
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki import schema
from ansible_collections.auth.services.tests.unit.applications.mediawiki import Wiki

# How long an example takes depends on what else the machine does
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture
def fast_hashes(monkeypatch):
    """New hashes cost next to nothing; they are valid all the same."""
    monkeypatch.setattr(colon, "ROUNDS", 10)


@pytest.fixture
def clock(monkeypatch):
    """The time stands still; ``clock.now`` can be set."""

    class Clock:
        now = "20261123120000"

    monkeypatch.setattr(schema, "now", lambda: Clock.now)
    return Clock


@pytest.fixture
def pauses(monkeypatch):
    """No test waits for another attempt; returns the pauses that were asked for."""
    pauses = []
    monkeypatch.setattr(database.time, "sleep", pauses.append)
    return pauses


@pytest.fixture
def make_wiki(tmp_path, fast_hashes, clock):
    """Makes wikis: ``make_wiki(prefix, old)``."""

    def make(prefix="", old=False, name="wiki.sqlite"):
        return Wiki(tmp_path / name, prefix, old)

    return make


@pytest.fixture
def new_wiki(make_wiki):
    """A wiki of MediaWiki 1.43."""
    return make_wiki()


@pytest.fixture(params=["1.43", "1.39 with a prefix"])
def wiki(request, make_wiki):
    """A wiki in both block schemas."""
    return make_wiki() if request.param == "1.43" else make_wiki("mw_", old=True)
