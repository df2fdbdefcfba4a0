# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the playbook auth.services.inspect writes."""

from __future__ import annotations

import importlib.util
import sqlite3
import stat
import subprocess
import sys

import pytest
import yaml

from ansible_collections.auth.services.tests.unit.plugins.action.playbooks import Site

HOSTILE = "<script>document.title = 'run'</script>\n{{ 7 * 7 }}\u202e\"'#"


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def forum(path):
    """A database of an application that nobody knows, with names and values of strangers."""
    with sqlite3.connect(path) as connection:
        connection.executescript("""
            CREATE TABLE member (id INTEGER PRIMARY KEY, username VARCHAR(50) NOT NULL UNIQUE, passwd CHAR(60) NOT NULL, email TEXT NOT NULL,
                blocked BOOLEAN NOT NULL DEFAULT 0, signature TEXT NOT NULL, joined DATETIME NOT NULL);
            CREATE TABLE login_session (id TEXT PRIMARY KEY, member_id INTEGER NOT NULL);
            CREATE TABLE post (id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL);
            INSERT INTO member VALUES (
                1, 'erika', '$2y$10$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW', 'erika@example.org', 0, '', '2026-01-01');""")
        connection.execute('CREATE TABLE "{}" ("{}" INTEGER, member_id INTEGER)'.format(*[HOSTILE.replace('"', '""')] * 2))
    return {"service_database": {"engine": "sqlite", "name": str(path)}}


def test_a_database_alone_is_enough(site):
    site.inventory({"forum": forum(site.path / "forum.sqlite"), "lost": {"service_database": {"engine": "sqlite", "name": str(site.path / "lost.sqlite")}},
                    "wiki": site.database("wiki.sqlite", "Ann", "Bob"), "machine": {}})
    ran = site.play("inspect")
    assert ran.code == 2
    assert "the managed host has no SQLite database" in ran.said
    assert "Accounts are in table member" in ran.said
    folder = site.path / "inspect"
    assert sorted(one.name for one in folder.iterdir()) == ["forum", "wiki"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in (folder / "forum").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        text = path.read_text(encoding="utf-8")
        for secret in ("erika", "$2y$10$", "\u202e"):
            assert secret not in text, (path, secret)
    assert "<script>document" not in (folder / "forum" / "report.html").read_text(encoding="utf-8")
    wiki = (folder / "wiki" / "README.md").read_text(encoding="utf-8")
    assert "service\\_type: mediawiki" in wiki
    assert "accounts 3, enabled 3" in wiki  # Ann, Bob, and the administrator
    assert "service_type: mediawiki" in (folder / "wiki" / "mapping.yml").read_text(encoding="utf-8")

    again = site.play("inspect", "--limit", "forum")
    assert again.code == 0
    assert "changed=0" in again.said


def test_the_models_look_an_account_up(site):
    pytest.importorskip("sqlalchemy", minversion="2.0")
    site.inventory({"forum": forum(site.path / "forum.sqlite")})
    assert site.play("inspect").code == 0
    spec = importlib.util.spec_from_file_location("forum_models", site.path / "inspect" / "forum" / "models.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with module.Session(module.sa.create_engine(f"sqlite:///{site.path / 'forum.sqlite'}")) as session:
        assert session.get(module.Member, 1).username == "erika"


def test_the_draft_manages_accounts(site):
    site.inventory({"forum": forum(site.path / "forum.sqlite")})
    assert site.play("inspect").code == 0
    draft = site.path / "inspect" / "forum" / "mapping.yml"
    said = subprocess.run([sys.executable, "-m", "ansible.cli.inventory", "-i", "hosts.yml", "--host", "forum", "-e", f"@{draft}"],
                          cwd=site.path, capture_output=True, text=True, check=True).stdout
    mapping = yaml.safe_load(said)["service_mapping"]
    assert mapping["accounts"]["password"] == {"column": "passwd", "scheme": "bcrypt"}
    site.inventory({"forum": {**forum_of(site), "service_type": "sql", "service_mapping": mapping,
                              "service_accounts": [{"name": "otto", "email": "otto@example.org"}, {"name": "erika", "state": "disabled"}]}})
    ran = site.play("apply")
    assert ran.code == 0, ran.said
    with site.opened("forum.sqlite") as connection:
        assert connection.execute("SELECT username, blocked FROM member ORDER BY 1").fetchall() == [("erika", 1), ("otto", 0)]


def forum_of(site):
    return {"service_database": {"engine": "sqlite", "name": str(site.path / "forum.sqlite")}}


def test_without_a_database_nothing_is_said_to_be_done(site):
    site.inventory({"machine": {}})
    ran = site.play("inspect")
    assert ran.code == 2
    assert "no host has service_database" in ran.said
