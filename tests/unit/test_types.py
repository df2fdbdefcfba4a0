# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each service type is entered wherever a type must be, what is generated is up to date, and the skeleton of a new type works."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ansible_collections.auth.services.plugins.plugin_utils.grants import privileges_of
from ansible_collections.auth.services.tests.tools import generate, new_type

ROOT = Path(__file__).parents[2]
TYPES = new_type.types(ROOT)


@pytest.mark.parametrize("name", TYPES)
def test_a_type_is_entered_everywhere(name):
    assert new_type.missing(ROOT, name) == []


def test_there_are_types():
    assert len(TYPES) >= 7


def test_what_is_generated_is_up_to_date():
    assert sorted(path.name for path in generate.stale(ROOT)) == []


@pytest.mark.parametrize("name", TYPES)
def test_privileges_are_said_in_words_that_an_inventory_has(name):
    """A purpose whose words no inventory says would never be granted."""
    module = ROOT / "plugins/modules" / f"{new_type.module_of(ROOT, name)}.py"
    known = {*generate.option_names(ROOT, module), "read", "write", "create", "mysql", "postgresql", *generate.STATES}
    privileges = privileges_of(name)
    assert privileges.purposes[0].when == "read"
    labels = [purpose.label for purpose in privileges.purposes]
    assert len(set(labels)) == len(labels)
    for purpose in privileges.purposes:
        assert {word.partition("=")[0] for word in re.findall(r"[\w=]+", purpose.when)} <= known, purpose.label
        for grant in purpose.grants:
            assert all(re.fullmatch(r"(?:SELECT|INSERT|UPDATE|DELETE|USAGE)(?: \(\w+\))?", one) for one in grant.privileges), purpose.label


@pytest.mark.parametrize("path", sorted((ROOT / "playbooks").glob("*.yml")), ids=lambda path: path.stem)
def test_a_playbook_is_entered_everywhere(path):
    """README, and the target that looks for secrets in what playbooks say."""
    assert f"`auth.services.{path.stem}`" in (ROOT / "README.md").read_text(encoding="utf-8")
    talk = ROOT / "tests/integration/targets/secrets/templates/talk.sh.j2"
    assert f" auth.services.{path.stem} " in talk.read_text(encoding="utf-8")


@pytest.fixture
def checkout(tmp_path):
    """A copy of what a new type needs."""
    root = tmp_path / "ansible_collections/auth/services"
    targets = [f"tests/integration/targets/{name}" for name in ("privileges", "secrets")]
    for folder in ("plugins", "meta", "docs", "roles", "tests/unit", "tests/tools", "tests/fuzz", *targets):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__", "output"))
    for file in ("galaxy.yml", "README.md"):
        shutil.copy(ROOT / file, root / file)
    return root


def run(root, *arguments):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}  # plugins of ansible-test
    environment.update(PYTHONPATH=str(root.parents[2]), ANSIBLE_COLLECTIONS_PATH=str(root.parents[2]), PYTHONDONTWRITEBYTECODE="1")
    ran = subprocess.run([sys.executable, *arguments], cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_the_skeleton_of_a_type_works(checkout):
    said = run(checkout, "tests/tools/new_type.py", "guestbook", ".")
    run(checkout, "tests/tools/generate.py", ".")
    run(checkout, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode", "importlib", "-k", "guestbook or action_group",
        "tests/unit/test_contract.py", "tests/unit/plugins/modules/test_documentation.py")
    left = new_type.missing(checkout, "guestbook")
    assert all(place in said for place in left)
    assert {place.partition(" ")[0].partition("/")[0] for place in left} <= {"tests", "README.md"}
    groups = yaml.safe_load((checkout / "meta/runtime.yml").read_text(encoding="utf-8"))["action_groups"]["services"]
    assert "guestbook_user_info" in groups
    assert groups == sorted(groups)


def test_no_type_is_overwritten(checkout):
    with pytest.raises(SystemExit, match="exists"):
        new_type.write(checkout, "prosody")


@pytest.mark.parametrize("name", ["", "Guest Book", "../guestbook"])
def test_a_name_is_a_name(checkout, name):
    with pytest.raises(SystemExit, match="NAME="):
        new_type.write(checkout, name)
