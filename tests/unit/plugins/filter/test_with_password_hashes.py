# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which accounts get their stored password."""

from __future__ import annotations

import pytest

from ansible_collections.auth.services.plugins.filter.with_password_hashes import with_password_hashes


@pytest.mark.parametrize(("account", "made"), [
    ({"name": "a"}, {"name": "a", "password_hash": "x", "update_password": "on_create"}),
    ({"name": "a", "state": "enabled", "password": None}, {"name": "a", "state": "enabled", "password_hash": "x", "update_password": "on_create"}),
    ({"name": "a", "update_password": "always"}, {"name": "a", "password_hash": "x", "update_password": "always"}),
    ({"name": "a", "password": "clear"}, None),
    ({"name": "a", "password_hash": "y"}, None),
    ({"name": "a", "state": "disabled"}, None),
    ({"name": "a", "state": "absent"}, None),
    ({"name": "b"}, None),
    ({"name": ["a"]}, None),
    ({}, None),
    ("no account", None),
])
def test_accounts_get_their_stored_passwords(account, made):
    assert with_password_hashes([account], {"a": "x"}) == [account if made is None else made]
