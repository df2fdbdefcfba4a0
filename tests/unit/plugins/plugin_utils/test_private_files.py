# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that nobody else can read or exchange, and folders of somebody else."""

from __future__ import annotations

import errno
import os
import stat

import pytest

from ansible_collections.auth.services.plugins.plugin_utils import private_files
from ansible_collections.auth.services.plugins.plugin_utils.private_files import (
    holds_files,
    private_folder,
    read_file,
    write_files,
)

SOMEBODY = 65534
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")


def write(path, **files):
    with private_folder(str(path)) as folder:
        write_files(folder, {f"{name}.yml": content for name, content in files.items()} or {"a": b"new"})


def refused(path):
    """What is said of it, after which nothing is there that was not."""
    before = sorted(os.walk(path.parent))
    with pytest.raises(OSError, match="is not safe") as caught:
        write(path)
    assert sorted(os.walk(path.parent)) == before
    with pytest.raises(OSError, match="is not safe"), private_folder(str(path), make=False):
        pass
    return caught.value.strerror


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_created_folders_are_private(place):
    with private_folder("new/folder") as folder:
        write_files(folder, {"a": b"1", "b/c/d": b"2"})
        assert (read_file(folder, "a"), read_file(folder, "b/c/d"), read_file(folder, "x"), read_file(folder, "x/y")) == (b"1", b"2", None, None)
    found = {str(path.relative_to(place)): stat.S_IMODE(path.stat().st_mode) for path in place.rglob("*")}
    assert found == {"new": 0o700, "new/folder": 0o700, "new/folder/a": 0o600, "new/folder/b": 0o700,
                     "new/folder/b/c": 0o700, "new/folder/b/c/d": 0o600}


def test_missing_folders_are_not_created(place):
    with private_folder("new/folder", make=False) as folder:
        assert folder is None
    assert os.listdir(place) == []


def test_a_file_that_others_could_read_is_replaced(place):
    (place / "a").write_text("old")
    (place / "a").chmod(0o644)
    write(".")
    assert (place / "a").read_text() == "new" and stat.S_IMODE((place / "a").stat().st_mode) == 0o600


@pytest.mark.parametrize("target", ["target", "/etc/hostname", "nowhere", "a"])
def test_a_link_in_the_place_of_a_file_is_not_followed(place, target):
    (place / "target").write_text("theirs")
    (place / "here").mkdir()
    (place / "here" / "a").symlink_to(target if target.startswith("/") else f"../{target}")
    with private_folder("here") as folder:
        assert read_file(folder, "a") is None
    write("here")
    assert (place / "here" / "a").read_text() == "new" and not (place / "here" / "a").is_symlink()
    assert (place / "target").read_text() == "theirs" and not (place / "nowhere").exists()


def test_what_is_not_a_file_is_not_read(place):
    os.mkfifo(place / "a")
    with private_folder(".") as folder:
        assert read_file(folder, "a") is None


def test_nothing_is_left_of_what_cannot_be_written(place):
    (place / "here" / "b").mkdir(parents=True)
    (place / "here" / "a").write_text("old")
    with pytest.raises(IsADirectoryError), private_folder("here") as folder:
        write_files(folder, {"b": b"", "a": b"new"})
    assert sorted(os.listdir(place / "here")) == ["a", "b"]
    assert (place / "here" / "a").read_text() == "old"


def test_a_long_name_fits(place):
    write("here", **{"x" * 251: b"1"})
    assert (place / "here" / ("x" * 251 + ".yml")).read_bytes() == b"1"


@needs_root
@pytest.mark.parametrize("path", ["theirs", "theirs/below", "theirs/new/below"])
def test_a_folder_of_somebody_else(place, path):
    (place / "theirs" / "below").mkdir(parents=True)
    os.chown(place / "theirs", SOMEBODY, -1)
    said = refused(place / path)
    assert said.startswith(f"{place}/theirs is not safe, because it belongs to nobody, so another user ") and said.endswith("Choose a folder of your own")


@needs_root
def test_a_folder_of_another_user_in_ours_is_refused(place):
    (place / "here" / "b").mkdir(parents=True)
    os.chown(place / "here" / "b", SOMEBODY, -1)
    (place / "here" / "b" / "c").write_text("theirs")
    for attempt in (lambda folder: write_files(folder, {"a": b"new", "b/c": b"new"}), lambda folder: read_file(folder, "b/c")):
        with pytest.raises(OSError, match="^b is not safe|b is not safe"), private_folder("here") as folder:
            attempt(folder)
    assert os.listdir(place / "here") == ["b"] and os.listdir(place / "here" / "b") == ["c"]


@needs_root
def test_only_the_working_directory_may_belong_to_anybody(place, monkeypatch):
    (place / "theirs" / "project").mkdir(parents=True)
    os.chown(place / "theirs", SOMEBODY, -1)
    monkeypatch.chdir(place / "theirs")
    write("project/export")
    refused(place / "theirs")
    monkeypatch.chdir("/")
    refused(place / "theirs" / "project")


@pytest.mark.parametrize(("mode", "group", "safe"), [
    (0o777, 0, False), (0o757, 0, False), (0o772, 0, False), (0o1777, 0, True), (0o755, 0, True), (0o775, 0, True), (0o775, SOMEBODY, False),
])
@needs_root
def test_a_folder_on_the_way_that_others_can_write_to_is_refused(place, mode, group, safe):
    (place / "shared").mkdir()
    (place / "shared" / "here").mkdir()
    os.chown(place / "shared", -1, group)
    (place / "shared").chmod(mode)
    if safe:
        write("shared/here")
        write("shared/new")
    else:
        assert "can write to it" in refused(place / "shared" / "here")
        refused(place / "shared" / "new")


@pytest.mark.parametrize(("mode", "group"), [(0o1777, 0), pytest.param(0o1775, SOMEBODY, marks=needs_root)])
def test_a_folder_that_others_can_write_to_is_refused(place, mode, group):
    (place / "shared").mkdir()
    os.chown(place / "shared", -1, group or -1)
    (place / "shared").chmod(mode)
    assert "can write to it" in refused(place / "shared")


def test_a_folder_of_empty_folders_has_no_files(place):
    (place / "here" / "a" / "b").mkdir(parents=True)
    with private_folder("here") as folder:
        assert not holds_files(folder)
        write_files(folder, {"a/b/c": b""})
        assert holds_files(folder)


@needs_root
@pytest.mark.parametrize("absolute", [True, False])
@pytest.mark.parametrize("path", ["link", "link/below"])
def test_a_link_of_somebody_else(place, path, absolute):
    (place / "ours" / "below").mkdir(parents=True)
    (place / "link").symlink_to(place / "ours" if absolute else "ours")
    write(path)
    os.lchown(place / "link", SOMEBODY, -1)
    assert refused(place / path).startswith(f"{place}/link is not safe, because it belongs to nobody")


@needs_root
def test_our_link_to_a_folder_or_link_of_another_user_is_refused(place):
    (place / "ours").mkdir()
    (place / "theirs" / "below").mkdir(parents=True)
    os.chown(place / "theirs", SOMEBODY, -1)
    (place / "their_link").symlink_to("ours")
    os.lchown(place / "their_link", SOMEBODY, -1)
    for number, target in enumerate(("theirs", "theirs/below", "their_link", place / "their_link", "ours/../theirs")):
        (place / f"link{number}").symlink_to(target)
        refused(place / f"link{number}")


def test_links_in_a_circle(place):
    (place / "a").symlink_to("b")
    (place / "b").symlink_to("a")
    with pytest.raises(OSError) as caught:
        write("a/c")
    assert caught.value.errno == errno.ELOOP


@needs_root
def test_somebody_who_makes_the_folder_first(place, monkeypatch):
    made = os.mkdir

    def theirs(name, mode, dir_fd):
        made(name, mode, dir_fd=dir_fd)
        os.chown(name, SOMEBODY, -1, dir_fd=dir_fd)
        raise FileExistsError

    monkeypatch.setattr(private_files.os, "mkdir", theirs)
    with pytest.raises(OSError, match="belongs to nobody"):
        write("new")


@needs_root
def test_an_ordinary_user_may_use_own_folders_and_those_of_root(place):
    """In a process of its own, as it cannot become root again."""
    (place / "theirs").mkdir()
    (place / "another").mkdir()
    os.chown(place / "theirs", SOMEBODY, SOMEBODY)
    os.chown(place / "another", SOMEBODY - 1, SOMEBODY)
    (place / "another").chmod(0o755)
    place.chmod(0o711)
    child = os.fork()
    if not child:
        code = 1
        try:
            os.setresgid(SOMEBODY, SOMEBODY, SOMEBODY)
            os.setresuid(SOMEBODY, SOMEBODY, SOMEBODY)
            write("theirs/new")
            try:
                write("another")
            except OSError as error:
                code = 0 if "is not safe" in error.strerror else 2
        except OSError:
            pass
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    assert (place / "theirs" / "new" / "a").stat().st_uid == SOMEBODY
