# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a case expects stands in the case, as ``expect``, and the module that tries the case compares."""

from __future__ import annotations


def unmet(cases, outcomes):
    """A sentence for each outcome that is not as its case expects. Of a dictionary, only the keys count that the case names."""
    if len(cases) != len(outcomes):
        raise ValueError(f"{len(cases)} cases have {len(outcomes)} outcomes")
    texts = []
    for number, (case, outcome) in enumerate(zip(cases, outcomes), 1):
        for key, value in (case.get("expect") or {}).items():
            found = outcome.get(key, "missing")
            if not met(value, found):
                texts.append(f"case {number} ({case.get('name') or ''}): {key} is {found!r}, expected is {value!r}")
    return texts


def met(expected, found):
    if isinstance(expected, dict) and isinstance(found, dict):
        return all(key in found and met(value, found[key]) for key, value in expected.items())
    return expected == found


def finish(module, cases, outcomes, **returned):
    """Return what became of the cases, and fail if an outcome is not as its case expects."""
    texts = unmet(cases, outcomes)
    if texts:
        module.fail_json(msg="; ".join(texts), **returned)
    module.exit_json(changed=False, **returned)
