# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text of which nobody can tell what the application takes it for: a WordPress whose columns are doubtful.

Which columns are is MySQL's to say (the target lived_in); here all of a few are.
"""

from __future__ import annotations

import copy

import pytest

from ansible_collections.auth.services.plugins.module_utils.account import AccountError
from ansible_collections.auth.services.tests.unit.applications.wordpress import Site
from ansible_collections.auth.services.tests.unit.installation import refusal

COLUMNS = {"wp_users": ["user_login", "user_email", "display_name"], "wp_usermeta": ["meta_value"], "wp_options": ["option_value"]}


class OldSite(Site):
    """Nobody has said which character set its connection has."""

    def database(self, **options):
        database = super().database(**options)
        database.asks_charset = True
        database.kind = copy.copy(database.kind)
        database.kind.charset_doubts = lambda connection, name: {column: f"{name}.{column} has the character set latin1" for column in COLUMNS.get(name, ())}
        return database


@pytest.fixture
def site(tmp_path):
    site = OldSite(tmp_path / "site.sqlite")
    site.apply(*({"name": name, "password": "geheim"} for name in ("bob", "carla")))
    site.update("users", {"user_login": "carla"}, display_name="C\xe4rla")
    return site


@pytest.mark.parametrize(("entry", "problem"), [
    ({"name": "bob", "display_name": "B\xf6b"}, "'bob': display_name is not ASCII: wp_users.display_name has the character set latin1"),
    ({"name": "bob", "last_name": "B\xf6b"}, "'bob': last_name is not ASCII: wp_usermeta.meta_value has"),
    ({"name": "bob", "groups": ["h\xe4ndler"]}, "'bob': groups is not ASCII: wp_usermeta.meta_value has"),
    ({"name": "\u042e\u0440\u0438\u0439"}, ": name is not ASCII: wp_users.user_login has"),
    ({"name": "\u042e\u0440\u0438\u0439", "state": "disabled"}, ": name is not ASCII: wp_users.user_login has"),
    ({"name": "carla", "url": "https://example.org"}, "'carla': its row contains text other than ASCII, but wp_users.display_name has"),
])
def test_it_is_refused(site, entry, problem):
    assert problem in refusal(site, entry)


def test_what_is_ascii_goes_on(site):
    assert site.actions({"name": "bob", "display_name": "Bob", "groups": ["editor"]}, {"name": "carla"}) == {"bob": "updated"}
    assert site.actions({"name": "dora", "password": "pässword", "email": "dora@example.org"}) == {"dora": "created"}


@pytest.mark.parametrize("name", ["first_name", "wp_capabilities"])
def test_a_property_counts(site, name):
    site.run("DELETE FROM {usermeta} WHERE meta_key = ? AND user_id = ?", name, site.user("bob")["ID"])
    site.add_meta("bob", **{name: 'a:1:{s:7:"r\xf6lle1";b:1;}'})
    assert "wp_usermeta.meta_value has" in refusal(site, {"name": "bob", "url": "https://example.org"})


def test_who_leaves_is_out(site):
    assert site.actions({"name": "carla", "state": "disabled"}) == {"carla": "disabled"}
    assert site.user("carla")["user_pass"].startswith("!")
    with pytest.raises(AccountError, match="first_name is not ASCII") as error:
        site.apply({"name": "bob", "state": "disabled"}, {"name": "dora", "first_name": "D\xf6ra"}, complete=True)
    assert error.value.outcome.problem.startswith("Access was taken away from 'bob'. Apart from that, nothing was written.")
    assert site.user("bob")["user_pass"].startswith("!")


def test_it_is_shown_and_not_declarable(site):
    database = site.database()
    with database.connect() as connection:
        service = site.service_class(database, connection, site.service_options())
        reasons = {name: service.undeclarable_reason(account) for name, account in service.read(None).items()}
    assert reasons == {"bob": "", "carla": "its row contains text other than ASCII, but wp_users.display_name has the character set latin1"}
