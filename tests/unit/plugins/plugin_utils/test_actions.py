# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of a task's options is shown."""

from __future__ import annotations

import pytest

from ansible_collections.auth.services.plugins.plugin_utils.actions import without_invocation, without_secrets


@pytest.mark.parametrize("name", ["login_password", "login_passwort", "password", "password_hash", "Password", "certificate_hash", "vault", "column_defaults"])
def test_only_harmless_options_are_shown(name):
    assert without_secrets({name: "Zx9", "name": "alice"}) == {name: "not shown", "name": "alice"}
    done = without_invocation({"msg": "x", "invocation": {"module_args": {name: "Zx9", "login_db": "wiki"}}})
    assert done == {"msg": "x", "invocation": {"module_args": {name: "not shown", "login_db": "wiki"}}}


@pytest.mark.parametrize("given", ["Zx9", ["Zx9"], [{"attribute": "a", "value": "Zx9"}], {"Zx9": 1}], ids=str)
def test_a_secret_in_the_place_of_another_option_is_not_shown(given):
    assert without_secrets({"password": "Zx9", "state": given, "name": "alice"}) == {"password": "not shown", "state": "not shown", "name": "alice"}
    listed = {"accounts": [{"name": "alice", "password": "Zx9"}, "bob", {"name": "carl", "email": None}], "state": given, "email": "alice"}
    assert without_secrets(listed) == {"accounts": "3 accounts, not shown", "state": "not shown", "email": "alice"}


def test_accounts_are_counted():
    assert without_secrets({"accounts": [{"name": "a", "passwort": "Zx9"}]}) == {"accounts": "1 accounts, not shown"}
    assert without_secrets({"accounts": "Zx9"}) == {"accounts": "not shown"}
    assert without_secrets({"login_password": None}) == {"login_password": None}
