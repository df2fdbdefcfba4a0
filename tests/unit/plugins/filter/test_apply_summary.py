# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table at the end of a run."""

from __future__ import annotations

from ansible_collections.auth.services.plugins.filter.apply_summary import COLUMNS, apply_summary


def host(name, counts=(), **variables):
    result = {"counts": dict(zip(COLUMNS, counts))}
    return {"inventory_hostname": name, "service_type": "wiki", **({"service_result": result} if counts else {}), **variables}


def test_a_line_for_each_service_and_a_total():
    lines = apply_summary([host("wiki", (1, 2, 3, 4, 5, 600, 2)), host("forum.example.org", (10, 0, 0, 0, 0, 1, 0))])
    assert [line.split() for line in lines] == [
        ["service", *COLUMNS],
        ["forum.example.org", "10", "0", "0", "0", "0", "1", "0"],
        ["wiki", "1", "2", "3", "4", "5", "600", "2"],
        ["all", "11", "2", "3", "4", "5", "601", "2"],
    ]
    assert len({len(line) for line in lines}) == 1


def test_what_was_not_done_is_reported():
    lines = apply_summary([host("a", (1, 0, 0, 0, 0, 0)), host("b", service_failure="no such table"), host("c"), {"inventory_hostname": "db1"}])
    assert [line.split(maxsplit=1) for line in lines[2:4]] == [["b", "FAILED: no such table"], ["c", "NOT REACHED"]]
    assert lines[4].split() == ["all", "1", *"000000"]
    assert len(lines) == 5


def test_one_service_needs_no_total():
    assert len(apply_summary([host("a", (1, 0, 0, 0, 0, 0))])) == 2


def test_a_reason_is_one_line():
    assert apply_summary([host("a", service_failure="no\ntable\u200b")])[1].split(maxsplit=1) == ["a", "FAILED: no\\ntable\\u200b"]


def test_a_failure_also_reports_what_was_done():
    lines = apply_summary([host("a", (0, 0, 3, 0, 0, 0), service_failure="line 2 is wrong"), {"inventory_hostname": "c", "service_failure": "service_typ"}])
    assert [line.split() for line in lines[1:3]] == [["a", "0", "0", "3", *"0000", "FAILED:", "line", "2", "is", "wrong"], ["c", "FAILED:", "service_typ"]]
    assert lines[3].split() == ["all", "0", "0", "3", *"0000"]
