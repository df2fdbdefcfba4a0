# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The mappings that the collection ships: one file for each application, whose name is its service type."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from ansible_collections.auth.services.plugins.module_utils.mapping import MappingError, read_mapping

FOLDER = Path(__file__).with_name("mappings")


def shipped() -> list[str]:
    """Names of the mappings."""
    return sorted(path.stem for path in FOLDER.glob("*.yml"))


@cache
def shipped_mapping(name: str) -> Mapping[str, Any]:
    """A mapping by its name.

    :raises ValueError: without such a mapping
    """
    if name not in shipped():
        raise ValueError(f"the collection ships no mapping {name!r}; it ships {', '.join(shipped()) or 'none'}")
    found: Mapping[str, Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    return found


def mapping_of(given: Any) -> Any:
    """The mapping itself, where the name of one is given.

    :raises ValueError: without such a mapping
    """
    return shipped_mapping(given) if isinstance(given, str) else given


def field_options(mapping: Any) -> frozenset[str]:
    """Options of an account that a mapping gives it.

    :raises ValueError: for a mapping that cannot be read
    """
    try:
        return frozenset(field.option for field in read_mapping(mapping).fields)
    except MappingError as error:
        raise ValueError(f"service_mapping{error.path[len('mapping'):]}: {error.problem}") from None
