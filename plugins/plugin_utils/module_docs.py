# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of modules on the controller."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ansible.plugins.loader import fragment_loader, module_loader
from ansible.utils.plugin_docs import get_plugin_docs


def module_options(module: str) -> frozenset[str]:
    """Names of the options of a module, fragments included.

    :raises ValueError: if the module does not exist or has no documentation
    """
    return frozenset(module_defaults(module))


@cache
def module_defaults(module: str) -> Mapping[str, Any]:
    """The same options with their defaults, None for those without.

    :raises ValueError: when there is no such module, or it has no documentation
    """
    try:
        documentation = get_plugin_docs(module, "module", module_loader, fragment_loader, False)[0]
    except Exception as error:  # pylint: disable=broad-exception-caught  # the versions of Ansible raise several
        raise ValueError(f"Module {module} does not exist or has no documentation: {error}") from None
    return {name: option.get("default") for name, option in documentation["options"].items()}
