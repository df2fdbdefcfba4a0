# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All accounts of a service in a file of the controller."""

from __future__ import annotations

import json
import os

import pytest

from ansible_collections.auth.services.plugins.plugin_utils.pages import PAGE, PageError, read_rows, write_rows


def row(name):
    return [name, "enabled", "", "", ["group\n"], [], "", ""]


def pages(*results):
    """Gives the results one after another; keeps what was asked for."""
    asked = []

    def read(options):
        asked.append(options["after"])
        assert options["compact"] is True and options["limit"] == PAGE
        return results[len(asked) - 1]

    return read, asked


def test_pages_follow_each_other(tmp_path):
    names = ["alice", "b\u2028ob", "\ud800", "Ωμέγα"]
    read, asked = pages({"rows": json.dumps([row("alice"), row("b\u2028ob")]), "next": "b\u2028ob"},
                        {"rows": json.dumps([row("\ud800")], indent=1), "next": "c"}, {"rows": json.dumps([row("Ωμέγα")], ensure_ascii=False), "next": None})
    seen = []
    path, done = write_rows(read, str(tmp_path), seen.append)
    assert [one[0] for one in read_rows(path)] == names
    assert asked == [None, "b\u2028ob", "c"] and seen == [2, 3, 4] and done["next"] is None
    assert os.stat(path).st_mode & 0o777 == 0o600


def test_a_failure_ends_it(tmp_path):
    read, asked = pages({"rows": json.dumps([row("alice")]), "next": "alice"}, {"failed": True, "msg": "no such table"})
    _path, done = write_rows(read, str(tmp_path), lambda _number: None)
    assert done["msg"] == "no such table" and len(asked) == 2


@pytest.mark.parametrize("found", [
    {}, {"rows": "x"}, {"rows": "{}x"}, {"rows": "7"}, {"rows": '[["alice"]]'}, {"rows": "[" * 100_000}, {"rows": None}, {"rows": "[7]"}])
def test_what_is_not_a_page_is_refused(tmp_path, found):
    read, _asked = pages(found)
    with pytest.raises(PageError, match="did not return the accounts"):
        write_rows(read, str(tmp_path), lambda _number: None)


def test_a_host_that_repeats_itself_is_refused(tmp_path):
    page = {"rows": json.dumps([row("alice")]), "next": "alice"}
    read, asked = pages(page, page, page)
    with pytest.raises(PageError, match="the accounts after 'alice' cannot be read"):
        write_rows(read, str(tmp_path), lambda _number: None)
    assert asked == [None, "alice"]
