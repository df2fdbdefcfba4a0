# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A little of what C(make fuzz) does, and every input that once broke something."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings

from ansible_collections.auth.services.tests.fuzz import services, targets


@pytest.fixture(autouse=True)
def slight_costs(monkeypatch):
    for module, name, value in targets.SLIGHT:
        monkeypatch.setattr(module, name, value)


@pytest.fixture(scope="module", autouse=True)
def folder():
    yield
    services.clean()


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # long texts are slow to print
@pytest.mark.parametrize("name", targets.TARGETS)
def test_bad_input(name):
    few = 5 if name.endswith(("_task", "_export")) else 20
    # the same inputs each time: new ones are for the long run
    short = settings(max_examples=few, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck),
                     phases=[Phase.explicit, Phase.generate])
    short(targets.TARGETS[name])()
