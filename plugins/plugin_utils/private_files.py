# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files on the controller that only its user may read or replace: no Ansible.

Everything is opened from folder to folder by descriptors, so that nobody can replace what was checked.
"""

from __future__ import annotations

import contextlib
import errno
import grp
import os
import pwd
import secrets
import shutil
import stat
from collections.abc import Iterator, Mapping
from typing import IO

# O_PATH, because on the way it is enough that a folder may be passed through.
FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW
MAX_LINKS = 40
CHUNK = 1 << 20
"""So much of a file is in memory at a time, in bytes."""
ROOT = 0


@contextlib.contextmanager
def private_folder(path: str, make: bool = True) -> Iterator[int | None]:
    """A folder that nobody but root and the user of this process can replace or write to.

    Every folder and symbolic link of the path is checked: from the working directory on (which is trusted, because
    Ansible was started there), or from the root for other paths. A folder with the sticky bit, such as ``/tmp``, may be
    on the way.

    :param make: create missing folders, private to the user
    :returns: its descriptor, valid within the context; None if it is missing and not to be created
    :raises OSError: if the folder is not safe; ``strerror`` is a sentence that names it
    """
    path, here = os.path.abspath(path), os.getcwd()
    is_below = path != here and os.path.commonpath((path, here)) == here
    start, shown = (os.curdir, here) if is_below else (os.sep, os.sep)
    with _opened(os.open(start, FOLDER), os.path.relpath(path, shown), shown, make) as folder:
        if folder is not None:
            _check(os.fstat(folder), path)
        yield folder


def write_files(folder: int, files: Mapping[str, bytes | IO[bytes]]) -> None:
    """Write files of mode 0600 atomically and in their order, none of them before there is space for all.

    A link in the place of a file is replaced, not followed.

    :param folder: descriptor from ``private_folder``
    :param files: content by path below the folder; of a file, from its beginning
    :raises OSError: as ``private_folder`` does, and if a file cannot be written
    """
    drafts: dict[str, str] = {}
    try:
        for path, content in files.items():
            parent, name = os.path.split(path)
            draft = f".{secrets.token_hex(16)}"  # short enough for every file system, and Ansible does not read it
            with _opened(os.dup(folder), parent, "", True) as place:
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
                number = os.open(draft, flags, 0o600, dir_fd=place)
                drafts[path] = draft
                with open(number, "wb") as file:
                    if isinstance(content, bytes):
                        file.write(content)
                    else:
                        content.seek(0)
                        shutil.copyfileobj(content, file, CHUNK)
        for path in files:
            parent, name = os.path.split(path)
            with _opened(os.dup(folder), parent, "", False) as place:
                os.replace(drafts[path], name, src_dir_fd=place, dst_dir_fd=place)
            del drafts[path]
    finally:
        for path, draft in drafts.items():
            with contextlib.suppress(OSError), _opened(os.dup(folder), os.path.dirname(path), "", False) as place:
                os.unlink(draft, dir_fd=place)


def holds_files(folder: int | None) -> bool:
    """Whether a folder from ``private_folder`` contains anything but folders."""
    if folder is None:
        return False
    return any(files for _path, _folders, files, _folder in os.fwalk(os.curdir, dir_fd=folder))


def read_file(folder: int, path: str) -> bytes | None:
    """The content of a file; None if it does not exist or is a link or anything else.

    :param folder: descriptor from ``private_folder``
    :param path: path below the folder
    :raises OSError: as ``private_folder`` does, and if the file cannot be read
    """
    parent, name = os.path.split(path)
    with _opened(os.dup(folder), parent, "", False) as place:
        if place is None:
            return None
        try:
            number = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=place)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ELOOP):
                return None
            raise
        with open(number, "rb") as file:
            return file.read() if stat.S_ISREG(os.fstat(number).st_mode) else None


@contextlib.contextmanager
def _opened(here: int, path: str, shown: str, make: bool) -> Iterator[int | None]:
    """The folder at a path, with every step checked.

    :param here: descriptor of the folder where the path begins; closed at the end
    :param shown: its path, for messages
    """
    names, links = path.split(os.sep)[::-1], 0
    try:
        while names:
            name = names.pop()
            if name in ("", os.curdir):
                continue
            where = os.path.join(shown, name)
            try:
                there = os.open(name, FOLDER, dir_fd=here)
            except FileNotFoundError:
                if not make:
                    break
                with contextlib.suppress(FileExistsError):
                    os.mkdir(name, 0o700, dir_fd=here)
                there = os.open(name, FOLDER, dir_fd=here)
            except OSError as error:
                found = os.lstat(name, dir_fd=here)
                if not stat.S_ISLNK(found.st_mode):
                    raise
                _check_owner(found, where)
                links += 1
                if links > MAX_LINKS:
                    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from error
                target = os.readlink(name, dir_fd=here)
                names.extend(target.split(os.sep)[::-1])
                if os.path.isabs(target):
                    os.close(here)
                    here, shown = os.open(os.sep, FOLDER), os.sep
                continue
            os.close(here)
            here, shown = there, where
            _check(os.fstat(here), shown, on_the_way=True)
        else:
            yield here
            return
        yield None
    finally:
        os.close(here)


def _check(found: os.stat_result, path: str, on_the_way: bool = False) -> None:
    _check_owner(found, path)
    if on_the_way and found.st_mode & stat.S_ISVTX:
        return  # there, users can only replace what they own
    if found.st_mode & stat.S_IWOTH:
        raise _refused(path, "others can write to it")
    if found.st_mode & stat.S_IWGRP and not _is_alone(found):
        raise _refused(path, f"the group {_group(found.st_gid)} can write to it")


def _check_owner(found: os.stat_result, path: str) -> None:
    if found.st_uid not in (ROOT, os.geteuid()):
        raise _refused(path, f"it belongs to {_user(found.st_uid)}")


def _refused(path: str, why: str) -> OSError:
    what = f"{path} is not safe, because {why}, so another user could replace its contents. Choose a folder of your own"
    return PermissionError(errno.EACCES, what)


def _is_alone(found: os.stat_result) -> bool:
    """Whether the group has the name of the owner and no other member, as in many distributions."""
    try:
        group, owner = grp.getgrgid(found.st_gid), pwd.getpwuid(found.st_uid)
    except KeyError:
        return False
    return group.gr_name == owner.pw_name and set(group.gr_mem) <= {owner.pw_name}


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"the user {number}"


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
