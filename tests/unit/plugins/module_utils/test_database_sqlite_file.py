# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the user of a folder can do to root, who works on the SQLite database in it: nothing."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from ansible_collections.auth.services.plugins.module_utils.account import OptionError
from ansible_collections.auth.services.plugins.module_utils.database import Database, DatabaseError
from ansible_collections.auth.services.plugins.module_utils.engines import sqlite
from ansible_collections.auth.services.plugins.module_utils.sqlite_file import SQLiteFile

WEB, STRANGER = 33, 4711
MAGIC = bytes.fromhex("d9d505f920a163d7")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can take on the rights of others")


@pytest.fixture
def folder():
    """A folder that everybody can reach, which tmp_path is not."""
    path = Path(tempfile.mkdtemp())
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def site(folder):
    """The application's folder and its database."""
    site = folder / "site"
    site.mkdir()
    make_database(site / "app.sqlite")
    give(site, WEB)
    give(site / "app.sqlite", WEB)
    return site


def make_database(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE app_user (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO app_user VALUES (1, 'Jane')")


def give(path, user):
    if os.geteuid() == 0:
        os.chown(path, user, user, follow_symlinks=False)


def opened(path):
    return Database({"login_engine": "sqlite", "login_db": str(path), "connect_timeout": 1, "table_prefix": "app_"})


def read(path):
    database = opened(path)
    with database.connect() as connection:
        return connection.execute(sa.select(database.table(connection, "user").c.name)).scalars().all()


def write(path, name="John"):
    database = opened(path)
    database.transaction(lambda connection: connection.execute(sa.insert(database.table(connection, "user")), {"name": name}))


def plant(path, victim):
    """A hot journal of a database that names a file as super-journal (https://www.sqlite.org/fileformat.html#the_rollback_journal)."""
    with closing(sqlite3.connect(path)) as connection:
        pages, size = connection.execute("PRAGMA page_count").fetchone()[0], connection.execute("PRAGMA page_size").fetchone()[0]
    name = os.fsencode(victim)
    header = MAGIC + struct.pack(">5I", 0, 1, pages, 512, size)
    end = struct.pack(">I", 0x40000000 // size + 1) + name + struct.pack(">2I", len(name), sum(name)) + MAGIC
    journal = Path(f"{path}-journal")
    journal.write_bytes(header.ljust(512, b"\0") + end)
    give(journal, WEB)


@pytest.fixture
def victim(folder):
    """A file of root."""
    path = folder / "victim"
    path.write_text("precious")
    path.chmod(0o644)
    return path


@as_root
@pytest.mark.parametrize("work", [read, write])
def test_no_journal_has_a_file_of_root_deleted(work, site, victim):
    path = site / "app.sqlite"
    plant(path, victim)
    with contextlib.suppress(DatabaseError):  # the first time SQLite itself fails at it
        work(path)
    assert victim.read_text() == "precious"
    plant(path, victim)
    with closing(sqlite3.connect(path)) as connection:  # what SQLite does as root
        connection.execute("SELECT * FROM app_user").fetchall()
    assert not victim.exists()


@as_root
def test_what_is_written_beside_a_database_is_its_users(site):
    path = site / "app.sqlite"
    write(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    for name in ("app.sqlite-wal", "app.sqlite-shm"):
        (site / name).unlink(missing_ok=True)
    database = opened(path)
    with database.connect(write=True) as connection:
        connection.execute(sa.insert(database.table(connection, "user")), {"name": "Joan"})
        seen = {entry.name: (entry.stat().st_uid, entry.stat().st_gid) for entry in site.iterdir()}
    group = pwd.getpwuid(WEB).pw_gid
    assert seen == dict.fromkeys(("app.sqlite", "app.sqlite-wal", "app.sqlite-shm"), (WEB, group))
    assert read(path) == ["Jane", "John", "Joan"]
    assert (os.geteuid(), os.getegid()) == (0, 0)


@as_root
def test_many_rows_are_read_with_their_users_rights(site):
    path = site / "app.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany("INSERT INTO app_user VALUES (?, 'x')", [(number,) for number in range(2, 3001)])
        connection.commit()
    database = opened(path)
    with database.connect() as connection:
        column = database.table(connection, "user").c.id
        query = sa.select(column).order_by(column)
        rows = connection.execute(query)
        assert [rows.fetchone()[0], *(row[0] for row in rows.fetchmany(1500)), *(row[0] for row in rows)] == list(range(1, 3001))
        assert [row[0] for row in connection.execute(query)] == connection.execute(query).scalars().all() == list(range(1, 3001))


@as_root
@pytest.mark.parametrize("which", ["database", "folder"])
def test_a_link_of_a_stranger_is_not_followed(which, site, folder):
    own = folder / "own.sqlite"
    make_database(own)
    if which == "database":
        (site / "app.sqlite").unlink()
        (site / "app.sqlite").symlink_to(own)
        give(site / "app.sqlite", WEB)
        path = site / "app.sqlite"
    else:
        (site / "data").symlink_to(folder)
        give(site / "data", WEB)
        path = site / "data" / "own.sqlite"
    with pytest.raises(OptionError, match=r"^login_db: .* is a symbolic link of www-data, to a database of root\. Set it to the path"):
        opened(path)


@as_root
@pytest.mark.parametrize("owner", [0, WEB])
def test_a_link_of_root_or_of_the_user_is_followed(owner, site, folder):
    link = folder / "link"
    link.symlink_to("site/../site/app.sqlite")
    give(link, owner)
    write(link)
    assert read(site / "app.sqlite") == ["Jane", "John"]


def users(folder, site, file, mode=0o755):
    """With whose rights root works on a file of one user in a folder of another."""
    path = folder / "deep" / "site"
    path.mkdir(parents=True)
    (path / "app.sqlite").touch()
    give(path / "app.sqlite", file)
    give(path, site)
    path.chmod(mode)
    return SQLiteFile(str(path / "app.sqlite")).user


@as_root
@pytest.mark.parametrize(("site", "file", "user"), [(0, 0, 0), (WEB, WEB, WEB), (WEB, 0, WEB), (0, WEB, WEB), (STRANGER, WEB, WEB)])
def test_root_works_as_the_owner(site, file, user, folder):
    assert users(folder, site, file) == user


@as_root
def test_root_works_as_the_owner_of_a_folder_on_the_way(folder):
    give(folder, STRANGER)
    assert users(folder, 0, 0) == STRANGER


@as_root
@pytest.mark.parametrize("mode", [0o777, 0o1777])
def test_root_does_not_work_where_anybody_writes(mode, folder):
    with pytest.raises(OptionError, match="others than root can write to a folder on the way"):
        users(folder, 0, 0, mode)


@as_root
def test_root_does_not_work_where_a_group_writes(folder):
    os.chown(folder, 0, WEB)
    folder.chmod(0o775)
    with pytest.raises(OptionError, match="others than root can write to a folder on the way"):
        users(folder, 0, 0)


@as_root
def test_a_file_with_another_name_elsewhere(folder):
    foreign = folder / "foreign"
    make_database(foreign)
    give(foreign, STRANGER)
    (folder / "site").mkdir()
    give(folder / "site", WEB)
    os.link(foreign, folder / "site" / "app.sqlite")
    with pytest.raises(OptionError, match="has a second name"):
        opened(folder / "site" / "app.sqlite")


@as_root
def test_a_user_whose_rights_cannot_be_had(site):
    program = ("import sys; from ansible_collections.auth.services.plugins.module_utils.sqlite_file import SQLiteFile;"
               "SQLiteFile(sys.argv[1])")
    done = subprocess.run(["setpriv", "--bounding-set=-setuid", sys.executable, "-c", program, site / "app.sqlite"], check=False,
                          capture_output=True, text=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    assert "OptionError: login_db: the database belongs to www-data, but this process cannot become that user" in done.stderr


@pytest.mark.parametrize("suffix", ["-journal", "-wal", "-shm"])
@pytest.mark.parametrize("kind", ["fifo", "folder", "link", "socket"])
def test_nothing_but_files_beside_a_database(suffix, kind, site):
    path = Path(f"{site / 'app.sqlite'}{suffix}")
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to("/etc/passwd")
    else:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(str(path))
    with pytest.raises(DatabaseError, match=f"{suffix} beside the database is not a file. Remove it"):
        read(site / "app.sqlite")


@pytest.mark.parametrize("kind", ["fifo", "folder", "loop", "broken", "below a file"])
def test_nothing_but_a_file_as_database(kind, folder):
    path = folder / "app.sqlite"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "broken":
        path.symlink_to("nowhere")
    else:
        path.touch()
        path = path / "app.sqlite"
    with pytest.raises(OptionError, match="^login_db: the managed host has no SQLite database"):
        opened(path)


def test_a_fifo_that_comes_late_is_not_waited_for_for_ever(site):
    # The child looks when there is none; SQLite then finds one. It lets no Python run while it waits.
    program = ("import os, sys; from ansible_collections.auth.services.plugins.module_utils import sqlite_file, database;"
               "sqlite_file.GRACE, sqlite_file.BESIDE = 1, ()\n"
               "database_ = database.Database({'login_engine': 'sqlite', 'login_db': sys.argv[1], 'connect_timeout': 0})\n"
               "os.mkfifo(sys.argv[1] + '-journal')\n"
               "with database_.connect(): pass")
    done = subprocess.run([sys.executable, "-c", program, site / "app.sqlite"], check=False, timeout=60,
                          env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    assert done.returncode == -14


def test_an_endless_trigger_ends(site, monkeypatch):
    monkeypatch.setattr(sqlite, "SECONDS", 1)
    with closing(sqlite3.connect(site / "app.sqlite")) as connection:
        connection.executescript("CREATE TABLE app_log (x); CREATE TRIGGER app_more AFTER INSERT ON app_user BEGIN INSERT INTO app_log"
                                 " WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT max(x) FROM t; END")
    with pytest.raises(DatabaseError, match="interrupted. SQLite worked on one statement for more than 600 seconds"):
        write(site / "app.sqlite")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python cannot limit it before")
def test_a_value_of_any_size(site):
    with closing(sqlite3.connect(site / "app.sqlite")) as connection:
        connection.execute("UPDATE app_user SET name = replace(hex(zeroblob(?)), '0', 'x')", [sqlite.MOST_VALUE // 2 + 1])
        connection.commit()
    with pytest.raises(DatabaseError, match="string or blob too big. A value in it is larger than 64 MiB"):
        read(site / "app.sqlite")
