# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files on a database: names of strangers are data in each of them."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
import yaml

from ansible_collections.auth.services.plugins.module_utils.inference import infer
from ansible_collections.auth.services.plugins.module_utils.schema import Column, Schema, Table
from ansible_collections.auth.services.plugins.plugin_utils.drafting_picture import MOST
from ansible_collections.auth.services.plugins.plugin_utils.inspect_page import inspect_page
from ansible_collections.auth.services.plugins.plugin_utils.inspection import Inspection, as_lines, files, mapping_file

STRANGERS = ("<script>alert(1)</script>", "</title></style></svg>", '" onload="alert(1)', "{{ 7 * 7 }}", "{% raw %}", "a\nb: c", "# x", "!unsafe y", "a\u202eb",
             "*x*", "![x](http://x)", "- x", "null", "0123", "'", '"', "\x1b[2J", "&lt;")


class Loader(yaml.SafeLoader):
    """Reads what Ansible reads."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


class Elements(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def inspected(users="users", login="login", more=(), referring="posts", count=1, **found):
    tables = [Table(users, (Column("id", "int(11)", False, "auto"), Column(login, "varchar(50)", False), Column("password", "varchar(255)", False),
                            Column("email", "varchar(255)", False), Column("active", "tinyint(1)", False), *more), ("id",), ((login,),))]
    tables += [Table(f"{referring}{number or ''}", (Column("id", "int(11)", False, "auto"), Column("user_id", "int(11)", False)), ("id",))
               for number in range(count)]
    schema = Schema("mysql", {table.name: table for table in tables}, "10.11")
    return Inspection("forum", {**schema.as_dict(), **infer(schema).as_dict(), "counts": {"accounts": 3, "enabled": 2, "disabled": 1}, "privileges": [],
                                "tls": True, **found}, "2026-11-28T01:02:03Z")


@pytest.mark.parametrize("stranger", STRANGERS)
def test_names_of_strangers_are_text(stranger):
    evidence = [{"from": {"table": stranger, "columns": ["user_id"]}, "to": {"table": "users", "columns": ["id"]}, "score": 0.5, "declared": False,
                 "evidence": [stranger]}]
    plain, hostile = (inspected(referring=name, more=[Column(name, "text", False), Column("note", "text", False, comment=name)], references=[
        {**evidence[0], "from": {"table": name, "columns": ["user_id"]}, "evidence": [name]}], doubts=[name],
        on_disable=[{"table": name, "column": "user_id"}]) for name in ("harmless", stranger))
    texts = files(hostile, inspect_page(hostile))
    elements = Elements(texts["report.html"]).found
    assert sorted(tag for tag, _given in elements) == sorted(tag for tag, _given in Elements(inspect_page(plain)).found)
    assert not any(name.startswith("on") for _tag, given in elements for name in given)
    assert yaml.load(texts["mapping.yml"], Loader)["service_mapping"] == hostile.draft.mapping  # noqa: S506
    for name in ("report.html", "mapping.yml", "README.md"):
        assert not re.search("[\x1b\u202e]", texts[name]), name
    marks = "{{" if "{{" in stranger else "{%" if "{%" in stranger else None
    if marks:
        assert all("!unsafe" in line or line.lstrip().startswith("#") for line in texts["mapping.yml"].splitlines() if marks in line)
    assert all(line.isprintable() for line in as_lines(hostile))


def test_the_mapping_is_read_as_it_was_drafted_with_remarks_beside():
    inspection = inspected(more=[Column("role", "int(11)", False), Column("signature", "text", False), Column("posts", "int(11)", False)])
    text = mapping_file(inspection)
    assert yaml.load(text, Loader) == {"service_type": "sql", "service_mapping": inspection.draft.mapping}  # noqa: S506
    assert text.count("# guessed") >= len([one for one in inspection.draft.remarks.values() if one.startswith("guessed")])


def test_a_known_application_needs_no_mapping():
    known = [{"name": "MediaWiki", "service_type": "mediawiki", "version": "1.43", "table_prefix": "mw_", "accounts": "mw_user"}]
    inspection = inspected(application=known)
    assert inspection.what == "MediaWiki 1.43, prefix mw_: service_type: mediawiki"
    assert yaml.safe_load(mapping_file(inspection)) == {"service_type": "mediawiki"}
    assert "service_database.prefix: mw_" in mapping_file(inspection)
    assert not inspection.decisions()


def test_a_django_site_with_users_of_its_own_is_told_where_they_are():
    known = {"name": "Django", "service_type": "django", "version": None, "table_prefix": "", "accounts": "people",
             "options": {"user_table": ["table", "auth_user"], "username_column": ["login", "username"]}}
    inspection = inspected(users="people", login="username", application=[known])
    assert yaml.safe_load(mapping_file(inspection)) == {"service_type": "django", "service_options": {"user_table": "people"}}
    assert yaml.safe_load(mapping_file(inspected(users="auth_user", login="username", application=[known]))) == {"service_type": "django"}


def test_what_is_wrong_is_said():
    inspection = inspected(tls=False, privileges=[{"table": "users", "privileges": ["SELECT"]}])
    assert inspection.problems() == ["The connection does not use TLS.", "The database user lacks INSERT, UPDATE, DELETE on users."]
    page = inspect_page(inspection)
    assert "lacks INSERT, UPDATE, DELETE on users" in page


def test_what_the_user_of_a_managed_service_lacks_is_what_the_inventory_needs():
    inspection = inspected(privileges=[{"table": "users", "privileges": ["SELECT"]}, {"table": "posts", "privileges": []}])
    inspection.service_type, inspection.managed = "sql", {"needed": {"users": ["SELECT", "UPDATE"]}}
    assert inspection.problems() == ["The database user lacks UPDATE on users, which the inventory needs."]


def test_no_more_boxes_than_people_can_see():
    page = inspect_page(inspected(count=MOST + 7))
    assert page.count('class="box ') - page.count('<span class="box ') == MOST + 1
    assert "7 more tables refer to accounts" in page


def test_thousands_of_tables():
    inspection = inspected(count=3000)
    start = time.monotonic()
    texts = files(inspection, inspect_page(inspection))
    assert time.monotonic() - start < 60
    assert len(texts["report.html"]) < 5_000_000


def test_names_of_tables_have_no_prefix_where_the_inventory_has_it():
    inspection = inspected(users="x_users", referring="x_sessions")
    inspection = Inspection("forum", inspection.found, prefix="x_")
    assert inspection.draft.mapping["accounts"]["table"] == "users"
    assert inspection.draft.mapping["doors"][-1] == {"empty": {"table": "sessions", "account": "user_id"}}
