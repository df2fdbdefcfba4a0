# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/password-schemes.md: its tables are those of the code, and its examples are schemes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.auth.services.plugins.module_utils.passwords.by_name import make_scheme
from ansible_collections.auth.services.tests.tools.generate import schemes

PAGE = (Path(__file__).resolve().parents[2] / "docs/password-schemes.md").read_text(encoding="utf-8")


def examples():
    for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL):
        found = yaml.safe_load(block)
        for one in found if isinstance(found, list) else [found["password"]]:
            yield from ({"columns": one.get("columns"), **({"scheme": also} if isinstance(also, str) else also)} for also in one.get("also", ()))
            yield one


@pytest.mark.parametrize("source", schemes())
def test_tables_are_those_of_the_code(source):
    """``make generate`` writes them."""
    assert f'<!-- by "make generate", from {source} -->\n{schemes()[source]}<!-- end of {source} -->\n' in PAGE


@pytest.mark.parametrize("example", list(examples()), ids=str)
def test_examples_are_schemes(example):
    settings = {key: value for key, value in example.items() if key not in ("column", "columns", "scheme", "also")}
    columns = tuple(example.get("columns") or ["hash", *(["salt"] if "salt" in settings.get("of", "") and "{salt}" not in settings.get("layout", "") else [])])
    scheme = make_scheme(example["scheme"], settings, columns, pepper="hot")
    stored = scheme.make("Secret-1", "alice")
    assert scheme.verify(stored, "Secret-1", "alice") and not scheme.verify(stored, "Secret-2", "alice")


def test_there_are_examples():
    assert len(list(examples())) > 12
