# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Expectations of cases in the integration tests: a case that is not as expected must not pass."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

FILE = Path(__file__).parents[1] / "integration/targets/setup_server/module_utils/expectations.py"
SPEC = importlib.util.spec_from_file_location("expectations", FILE)
MODULE = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(MODULE)
unmet = MODULE.unmet

OUTCOME = {"login": True, "name": "zoe", "id": None, "pages": {"": 200, "users.php": 403}, "groups": []}


@pytest.mark.parametrize("expect", [
    None, {}, {"login": True, "id": None}, {"pages": {"users.php": 403}}, {"groups": [], "pages": {"": 200, "users.php": 403}},
])
def test_met(expect):
    assert unmet([{"expect": expect}], [OUTCOME]) == []


@pytest.mark.parametrize("expect", [
    {"login": False}, {"name": ""}, {"id": 1}, {"rest": None}, {"pages": {"": 302}}, {"pages": {"edit.php": 200}}, {"pages": {"edit.php": None}},
    {"groups": ["a"]}, {"groups": {}}, {"login": {}},
])
def test_not_met(expect):
    assert len(unmet([{"name": "other"}, {"name": "zoe", "expect": expect}], [OUTCOME, OUTCOME])) == 1


def test_a_case_without_an_outcome_is_an_error():
    with pytest.raises(ValueError):
        unmet([{}, {}], [OUTCOME])
