# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""With whose rights SQLite works on a file.

Who may write beside a database can have SQLite delete any file (a hot journal that names a super-journal,
https://www.sqlite.org/fileformat.html#the_rollback_journal), write through a symbolic link, or wait for ever (a FIFO).
So root does not do it: SQLite works as the application's user, who can do all that anyway.
"""

from __future__ import annotations

import os
import pwd
import signal
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import OptionError

BESIDE = ("-journal", "-wal", "-shm")
MOST_LINKS = 40  # as Linux has it
BATCH = 1000  # rows
GRACE = 60  # seconds
NOBODY = 65534


class SQLiteFile:
    """A database file, found without following a symbolic link of a stranger.

    :ivar path: its path, with no symbolic link in it
    :ivar user: number of the user with whose rights SQLite works on it; 0 for those that the process has
    :raises OptionError: when there is none, or no user with whose rights opening it would be safe
    """

    def __init__(self, path: str) -> None:
        self.user = 0
        self.path, folders, links, found = _resolved(path)
        if os.geteuid() == 0:
            self.user = _owner(self.path, folders, found)
        trusted = {0, os.geteuid(), self.user or found.st_uid}
        for link, owner in links:
            if owner not in trusted:
                raise OptionError(f"login_db: {link} is a symbolic link of {user_name(owner)}, to a database of"
                                  f" {user_name(found.st_uid)}. Set it to the path of the database itself")
        self._groups, self._group = _groups(self.user)
        try:
            with self.rights():
                pass
        except OSError as error:
            raise OptionError(f"login_db: the database belongs to {user_name(self.user)}, but this process cannot"
                              f" become that user ({error.strerror}). Run the module as that user") from None

    @contextmanager
    def rights(self) -> Iterator[None]:
        """Within it the process has the rights of the user alone; it is root all the same for whoever would kill it."""
        if not self.user or os.geteuid() == self.user:
            yield
            return
        group, groups = os.getegid(), os.getgroups()
        try:
            os.setgroups(self._groups)
            os.setegid(self._group)
            os.seteuid(self.user)
            yield
        finally:
            os.seteuid(0)
            os.setegid(group)
            os.setgroups(groups)

    def connect(self, connect: Any, *arguments: Any, **settings: Any) -> Any:
        """What ``connect``, that of the driver, gives; it works with the user's rights as long as it lives.

        :raises sqlite3.OperationalError: when what lies beside the database is not a file: SQLite would wait for a FIFO
        """
        with self.rights():
            for suffix in BESIDE:
                try:
                    regular = stat.S_ISREG(os.lstat(self.path + suffix).st_mode)
                except OSError:
                    continue
                if not regular:
                    raise sqlite3.OperationalError(f"{self.path}{suffix} beside the database is not a file")
            return connect(*arguments, **settings, factory=_connection_class(self))


def user_name(number: int) -> str:
    """A user's name, or number."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


@contextmanager
def no_longer_than(seconds: float) -> Iterator[None]:
    """End the process when SQLite waits for longer, for a FIFO that came just now: it lets no Python run meanwhile."""
    if signal.getsignal(signal.SIGALRM) != signal.SIG_DFL:
        yield
        return
    signal.alarm(int(seconds) + GRACE)
    try:
        yield
    finally:
        signal.alarm(0)


def _resolved(path: str) -> tuple[str, list[os.stat_result], list[tuple[str, int]], os.stat_result]:
    """The path without symbolic links, its folders from the root on, the links with their owners, and the file."""
    missing = OptionError(f"login_db: the managed host has no SQLite database {path}")
    todo = os.path.join(os.getcwd(), path).split("/")[::-1]
    links: list[tuple[str, int]] = []
    here, folders = "/", [os.lstat("/")]
    while todo:
        part = todo.pop()
        if part in ("", "."):
            continue
        if part == "..":
            here, folders = os.path.dirname(here), folders[:-1] or folders
            continue
        here = os.path.join(here, part)
        try:
            status = os.lstat(here)
            target = os.readlink(here) if stat.S_ISLNK(status.st_mode) else ""
        except (OSError, ValueError):
            raise missing from None
        if stat.S_ISLNK(status.st_mode):
            links.append((here, status.st_uid))
            if len(links) > MOST_LINKS:
                raise missing
            todo += target.split("/")[::-1]
            here = os.path.dirname(here)
            if target.startswith("/"):
                here, folders = "/", folders[:1]
        elif stat.S_ISDIR(status.st_mode):
            folders.append(status)
        elif stat.S_ISREG(status.st_mode) and not todo:
            return here, folders, links, status
        else:
            raise missing
    raise missing


def _owner(path: str, folders: list[os.stat_result], found: os.stat_result) -> int:
    """Whose rights root takes on: of the file's owner, or of the owner of the nearest folder that is not root's."""
    places = [found, *reversed(folders)]
    owner = next((place.st_uid for place in places if place.st_uid), 0)
    open_folder = _written_by_others(folders[-1])
    if owner:
        if found.st_nlink > 1 and (open_folder or folders[-1].st_uid != found.st_uid):
            raise OptionError(f"login_db: {path} has a second name (a hard link), and others than its owner can"
                              " write to its folder. Replace it with a copy of its own")
        return owner
    # In a folder such as /tmp users cannot rename others' files, but can put a journal beside the database.
    if open_folder or any(_written_by_others(folder) and not folder.st_mode & stat.S_ISVTX for folder in folders):
        raise OptionError(f"login_db: others than root can write to a folder on the way to {path}, and the database"
                          " belongs to root. Give it to the user of the application (chown), or run the module as that"
                          " user")
    return 0


def _written_by_others(folder: os.stat_result) -> bool:
    return bool(folder.st_mode & stat.S_IWOTH or folder.st_mode & stat.S_IWGRP and folder.st_gid)


def _groups(user: int) -> tuple[list[int], int]:
    if not user:
        return [], 0
    try:
        entry = pwd.getpwuid(user)
    except KeyError:
        return [], NOBODY
    return os.getgrouplist(entry.pw_name, entry.pw_gid), entry.pw_gid


def _connection_class(file: SQLiteFile) -> type[sqlite3.Connection]:
    """Connections whose every step that may touch files is done with the rights of the file's user."""

    class Cursor(sqlite3.Cursor):
        _rows: list[Any] = []

        def execute(self, *arguments: Any) -> Any:
            self._rows = []
            with file.rights():
                return super().execute(*arguments)

        def executemany(self, *arguments: Any) -> Any:
            self._rows = []
            with file.rights():
                return super().executemany(*arguments)

        def executescript(self, *arguments: Any) -> Any:
            self._rows = []
            with file.rights():
                return super().executescript(*arguments)

        def fetchone(self) -> Any:
            # To change the rights for each row would take longer than to read it.
            if not self._rows:
                with file.rights():
                    self._rows = super().fetchmany(BATCH)[::-1]
            return self._rows.pop() if self._rows else None

        def fetchmany(self, size: int | None = None) -> list[Any]:
            size = self.arraysize if size is None else size
            rows = [self._rows.pop() for _number in range(min(size, len(self._rows)))]
            with file.rights():
                return rows + (super().fetchmany(size - len(rows)) if len(rows) < size else [])

        def fetchall(self) -> list[Any]:
            rows, self._rows = self._rows[::-1], []
            with file.rights():
                return rows + super().fetchall()

        def __next__(self) -> Any:
            row = self.fetchone()
            if row is None:
                raise StopIteration
            return row

        def close(self) -> None:
            with file.rights():
                super().close()

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def commit(self) -> None:
            with file.rights():
                super().commit()

        def rollback(self) -> None:
            with file.rights():
                super().rollback()

        def close(self) -> None:
            with file.rights():
                super().close()

    return Connection
