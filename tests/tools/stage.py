# Copyright (c) 2026, the auth.services contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Copy what git carries (and new files it does not ignore) to ansible_collections/auth/services.

ansible-test insists on such a path, and galaxy packs whatever lies in the folder. Only what differs is
written, so that a second run finds its caches valid and a run beside this one is not disturbed.

Usage: stage.py CHECKOUT STAGE
"""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
from pathlib import Path

# made in the staged tree by the tests themselves
KEEP = ('.git', '.ansible', '.mypy_cache', '.ruff_cache', '.pytest_cache', '.hypothesis', 'tests/output', 'tests/integration/integration_config.yml')


def carried(checkout: Path) -> set[str]:
    """Paths relative to the checkout; git also lists files that were deleted but not yet committed as deleted."""
    command = ['git', '-c', 'safe.directory=*', '-C', str(checkout), 'ls-files', '-z', '--cached', '--others', '--exclude-standard']
    names = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.decode().split('\0')
    return {name for name in names if name and os.path.lexists(checkout / name)}


def kept(name: str) -> bool:
    return any(name == keep or name.startswith(keep + '/') for keep in KEEP)


def same(source: Path, target: Path) -> bool:
    if source.is_symlink() or target.is_symlink():
        return source.is_symlink() and target.is_symlink() and os.readlink(source) == os.readlink(target)
    return target.is_file() and source.stat().st_mode == target.stat().st_mode and filecmp.cmp(source, target, shallow=False)


def stage(checkout: Path, target: Path) -> None:
    names = carried(checkout)
    target.mkdir(parents=True, exist_ok=True)
    for name in names:
        if not same(checkout / name, target / name):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).unlink(missing_ok=True)
            shutil.copy2(checkout / name, target / name, follow_symlinks=False)
    for folder, _folders, files in os.walk(target, topdown=False):
        relative = os.path.relpath(folder, target)
        for file in files:
            name = os.path.normpath(os.path.join(relative, file))
            if name not in names and not kept(name):
                os.unlink(os.path.join(folder, file))
        if folder != str(target) and not kept(relative) and not os.listdir(folder):
            os.rmdir(folder)
    # Without a repository of its own ansible-test would ask the outer one, which ignores
    # this folder, find no files, skip every test and call that success.
    if not (target / '.git').is_dir():
        subprocess.run(['git', 'init', '-q', str(target)], check=True)


if __name__ == '__main__':
    stage(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).absolute())
