# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the playbook audit writes, and where."""

from __future__ import annotations

import csv
import json
import sqlite3

import pytest

from ansible_collections.auth.services.plugins.action.access_review import NOT_RUN, NOT_SHOWN, _Service
from ansible_collections.auth.services.tests.unit.applications.django import OTHERS, USER
from ansible_collections.auth.services.tests.unit.plugins.action.playbooks import Site

SECRET = "Zx9-secret"


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def review_of(site):
    return json.loads((site.path / "access-review/access-review.json").read_text(encoding="utf-8"))


def django(site, *accounts):
    """A Django site with accounts: name, is_staff, is_superuser, permissions."""
    with sqlite3.connect(site.path / "django.sqlite") as database:
        database.executescript(USER + OTHERS)
        database.executescript("""
            CREATE TABLE django_content_type (id integer PRIMARY KEY, app_label varchar(100) NOT NULL, model varchar(100) NOT NULL);
            INSERT INTO django_content_type VALUES (7, 'blog', 'post');
            ALTER TABLE auth_permission ADD COLUMN content_type_id integer;
            ALTER TABLE auth_permission ADD COLUMN codename varchar(100);
            INSERT INTO auth_permission VALUES (1, 'Can add post', 7, 'add_post');
        """)
        for name, is_staff, is_superuser, permissions in accounts:
            made = database.execute("INSERT INTO auth_user (password, is_superuser, username, last_name, email, is_staff, is_active, date_joined, first_name)"
                                    " VALUES ('!', ?, ?, '', '', ?, 1, '2026-11-01', '')", (is_superuser, name, is_staff))
            for number in permissions:
                database.execute("INSERT INTO auth_user_user_permissions (user_id, permission_id) VALUES (?, ?)", (made.lastrowid, number))
    return {"service_type": "django", "service_database": {"engine": "sqlite", "name": str(site.path / "django.sqlite")}}


def test_superusers_and_permissions_that_nobody_declared(site):
    base = django(site, ("alice", 1, 1, ()), ("bob", 1, 0, (1,)), ("carol", 1, 1, ()), ("robot", 1, 1, ()), ("mallory", 0, 1, ()))
    site.inventory({"django.example": {
        **base, "service_accounts": [{"name": "robot", "is_superuser": True}], "service_options": {"is_staff": True},
        "service_fields": {"is_superuser": "{{ 'admins' in person.groups }}"},
    }}, people=[{"name": "alice", "groups": ["admins"]}, {"name": "bob", "groups": []},
                {"name": "carol", "groups": [], "services": {"all": {"is_superuser": True}}}])
    assert site.play("audit").code == 0
    review = review_of(site)
    found = {account["account"]: account["undeclared_rights"]
             for account in [*review["others"], *review["unlisted"], *(one for person in review["people"] for one in person["accounts"])]}
    assert found == {"alice": [], "bob": ["permission blog.add_post"], "carol": [], "robot": [], "mallory": ["is_superuser"]}
    assert review["summary"]["undeclared_rights"] == 2
    assert "2 accounts have rights that nobody declared" in (site.path / "access-review/access-review.html").read_text(encoding="utf-8")
    with open(site.path / "access-review/access-review.csv", encoding="utf-8", newline="") as file:
        assert {row["account"]: row["rights"] for row in csv.DictReader(file)}["mallory"] == "is_superuser"


def test_the_folder_of_somebody_else_is_not_followed(site):
    site.inventory({"wiki.example": site.database("wiki.sqlite", "Alice")}, people=[{"name": "Alice"}])
    (site.path / "open").mkdir()
    (site.path / "open").chmod(0o777)
    ran = site.play("audit", "-e", "audit_folder=open/review")
    assert ran.code == 2
    assert "open is not safe, because others can write to it" in " ".join(ran.said.split())
    assert "[Errno" not in ran.said, "Ansible does not repeat it"
    assert list((site.path / "open").iterdir()) == []


def test_a_link_in_the_place_of_a_file_is_replaced(site):
    site.inventory({"wiki.example": site.database("wiki.sqlite", "Alice")}, people=[{"name": "Alice"}])
    (site.path / "mine").write_text("mine", encoding="utf-8")
    (site.path / "access-review").mkdir(mode=0o700)
    (site.path / "access-review/access-review.html").symlink_to(site.path / "mine")
    assert site.play("audit").code == 0
    assert (site.path / "mine").read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in (site.path / "access-review").iterdir()) == ["access-review.csv", "access-review.html", "access-review.json"]
    assert {path.stat().st_mode & 0o777 for path in (site.path / "access-review").iterdir()} == {0o600}


def test_more_strangers_than_a_page_shows(site):
    names = [f"Stranger {number:04}" for number in range(1100)]
    site.inventory({"wiki.example": {**site.database("wiki.sqlite", "Alice", *names), "service_unlisted": "disable"}}, people=[{"name": "Alice"}])
    ran = site.play("audit")
    assert ran.code == 2
    review = review_of(site)
    [service] = review["services"]
    assert service["error"] == "unlisted would affect 1100 of 1101 accounts, too many to list them"
    assert (service["accounts"], service["enabled"], service["unlisted"], service["drift"]) == (1102, 1102, 1101, 0)
    assert len(review["unlisted"]) == 1000 and review["cut"] == {"unlisted": 101}
    with open(site.path / "access-review/access-review.csv", encoding="utf-8", newline="") as file:
        assert {row["account"] for row in csv.DictReader(file) if row["kind"] == "unlisted"} == {"Admin", *names}

    ran = site.play("audit", "-e", "audit_everybody=false", "-e", "service_unlisted=ignore")
    assert ran.code == 0
    review = review_of(site)
    [service] = review["services"]
    assert (service["accounts"], service["enabled"], service["unlisted"]) == (1101, None, 1100)
    assert [account["account"] for person in review["people"] for account in person["accounts"]] == ["Alice"]
    assert review["whole"] is False and review["cut"] == {"unlisted": 1100 - len(review["unlisted"])}


BROKEN = [f"{SECRET}{one}{SECRET}"
          for one in ("x{{ y }}", "{{ x", "{% x", "{# x", "{{ 'x' + 1 }}", "{{ 'x' | nothing }}", "{{ lookup('file', 'x') }}")]


def test_no_text_of_a_variable_gets_into_a_file(site):
    base = site.database("wiki.sqlite", "Alice")
    hosts = {f"password{number}.example": {"service_database": {**base["service_database"], "password": value}} for number, value in enumerate(BROKEN)}
    for number, value in enumerate(BROKEN[:2]):
        hosts.update({
            f"whole{number}.example": {"service_database": value},
            f"account{number}.example": {"service_accounts": [{"name": "Robot", "password": value}]},
            f"name{number}.example": {"service_name": value},
            f"type{number}.example": {"service_type": value},
        })
    hosts["port.example"] = {"service_database": {**base["service_database"], "port": f"{SECRET}7"}}
    hosts["choice.example"] = {"service_unlisted": SECRET}
    hosts["python.example"] = {"ansible_python_interpreter": f"/nowhere/{SECRET}"}
    site.inventory({name: {**base, **variables} for name, variables in hosts.items()}, people=[{"name": "Alice"}])
    assert site.play("audit").code == 2
    for path in (site.path / "access-review").iterdir():
        assert SECRET not in path.read_text(encoding="utf-8")
    errors = {service["name"]: service["error"] for service in review_of(site)["services"]}
    assert set(errors) == set(hosts) and all(errors.values())
    assert all(errors[f"password{number}.example"].startswith("service_database.password ") for number in range(len(BROKEN)))
    assert errors["choice.example"] == "value of unlisted must be one of: ignore, disable, remove"
    assert errors["python.example"] == NOT_SHOWN


OURS = "wiki: people['bob'].email is not a valid template. Nothing was written."


@pytest.mark.parametrize(("found", "error"), [
    ({}, NOT_RUN),
    ({"service_actual": {"file": "x"}, "service_result": {"counts": {}}}, ""),
    ({"service_actual": {"failed": True, "plain": True, "msg": "wiki: login_db: no such database"}}, "login_db: no such database"),
    ({"service_actual": {"unreachable": True, "msg": "Failed to connect"}}, "Failed to connect"),
    ({"service_actual": {"failed": True, "msg": OURS}}, OURS[6:]),
    ({"audit_error": OURS}, OURS[6:]),
    ({"audit_error": f"Task failed: {OURS}"}, OURS[6:]),
    ({"audit_error": f"{OURS} String: {SECRET}"}, OURS[6:]),
    ({"service_actual": {"failed": True, "msg": f"The task includes an option with an undefined variable. The error was: {{'password': '{SECRET}'}}"}},
     NOT_SHOWN),
    ({"audit_error": f"template error while templating string: unexpected end. String: {SECRET}"}, NOT_SHOWN),
    ({"audit_error": f"'{SECRET}' is undefined"}, NOT_SHOWN),
    ({"audit_error": f"other: {SECRET} {OURS}"}, NOT_SHOWN),
    ({"service_actual": {"failed": True, "plain": True,
                         "msg": f"argument 'login_port' is of type str and we were unable to convert to int: \"'{SECRET}\n{SECRET}'\""}},
     "argument 'login_port' is of type str and we were unable to convert to int"),
])
def test_only_sentences_of_ours_are_shown(found, error):
    told = _Service("wiki", {"service_type": "mediawiki", **found}, None)._error(found.get("service_actual", {}), found.get("service_result", {}))
    assert told == error
