# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the playbook auth.services.grants prints for an inventory."""

from __future__ import annotations

import re

import pytest

from ansible_collections.auth.services.tests.unit.plugins.action.playbooks import Site, Unsafe


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


SHUT = "{{ vault_that_is_shut }}"
NOWHERE = {"host": "db.example.org", "user": "accounts", "password": SHUT, "prefix": "x_"}


def service(kind, **variables):
    return {"service_type": kind, "service_database": {**NOWHERE, "name": kind}, **variables}


def printed(ran, host):
    """What was printed for a host."""
    found = re.search(rf"(?ms)^-- {host}: .*?\n\n", ran.said)
    return found[0] if found else ""


def lines_of(ran, host):
    """The lines of the documentation that it is for."""
    return re.findall("(?m)^-- (.+)$", printed(ran, host))[1:]


def test_what_is_declared_decides(site):
    person = {"email": "ann@example.org", "password": SHUT, "groups": ["staff"]}
    site.inventory(
        {"wiki": service("mediawiki", service_groups={"staff": ["sysop"]}, service_options={"performer": "Admin"}),
         "old": service("mediawiki", service_access=["nobody"], service_options={"mediawiki_version": "1.43"}),
         "net": service("wordpress", service_options={"network": True, "site_id": 3}, service_unlisted="remove"),
         "mail": service("postfixadmin", service_name="{{ person.email }}",
                         service_accounts=[{"name": "x@example.org", "state": "absent", "password": SHUT}]),
         "voice": {"service_type": "mumble", "service_database": {"name": "/var/lib/voice.sqlite"}},
         "machine": {}},
        people=[{"name": "ann", **person}], people_groups=["staff", "nobody"])
    ran = site.play("grants")
    assert ran.code == 0, ran.said
    assert "vault_that_is_shut" not in ran.said
    wiki, old, net, mail = (lines_of(ran, host) for host in ("wiki", "old", "net", "mail"))
    assert {"create", "create with performer", "groups"} <= set(wiki)
    assert "absent" not in wiki
    assert not {"create", "groups", "absent"} & set(old)
    assert "externallinks" in printed(ran, "wiki")
    assert "externallinks" not in printed(ran, "old")
    assert {"create, on a network", "absent, on a network"} <= set(net)
    assert not {"create", "absent"} & set(net)
    assert "ON `wordpress`.`x_3_options`" in printed(ran, "net")
    assert "absent" in mail and "log_as" not in mail
    assert "-- voice: SQLite has no users" in ran.said
    assert not printed(ran, "machine")


def test_what_is_wrong_is_told_and_the_others_are_printed(site):
    site.inventory({
        "good": service("mediawiki"),
        "nameless": {"service_type": "mediawiki", "service_database": {"host": "db", "name": "wiki", "config_file": "/root/.my.cnf"}},
        "wrong": service("mediawiki", service_options={"performr": "x"}),
    }, people=[{"name": "ann", "real_name": Unsafe("{{ 7 }}")}])
    ran = site.play("grants")
    assert ran.code == 2
    assert lines_of(ran, "good")
    assert "nameless: service_database.user is missing: set it to the name of the database user" in ran.said
    assert "'performr'" in ran.said


def test_a_run_without_a_service_is_a_mistake(site):
    site.inventory({"machine": {}})
    assert site.play("grants").code == 2
