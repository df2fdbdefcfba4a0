# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All accounts of a service, brought to the controller page by page: no memory holds them all."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import ROW

PAGE = 100_000
"""So many accounts come with one run of the module."""


class PageError(ValueError):
    """What a managed host sent is not a page."""


def write_rows(
    read: Callable[[Mapping[str, Any]], Mapping[str, Any]], folder: str, tell: Callable[[int], Any]
) -> tuple[str, Mapping[str, Any]]:
    """Bring all pages into a new file that only its owner can read; its path, and the result of the last page.

    :param read: runs the ``_info`` module with these options beside others
    :param folder: for the file
    :param tell: called with the number of accounts so far
    :raises PageError: for a result that is not a page
    """
    path = os.path.join(folder, f"accounts-{secrets.token_hex(8)}.json")
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    after, total = None, 0
    with open(number, "w", encoding="utf-8", errors="backslashreplace") as file:
        while True:
            done = read({"compact": True, "limit": PAGE, "after": after})
            if done.get("failed"):
                return path, done
            total += write_page(file, done)
            tell(total)
            following = done.get("next")
            if following is None:
                return path, done
            if following == after:
                raise PageError(f"the accounts after {str(following)!r} cannot be read")
            after = str(following)


def write_page(file: Any, done: Mapping[str, Any]) -> int:
    """Write the rows of a result to a file as one line; how many they are.

    :raises PageError: for a result that is not a page
    """
    try:
        text = str(done["rows"])
        rows = json.loads(text)
        if not all(isinstance(row, list) and len(row) == len(ROW) for row in rows):
            raise TypeError
    except (KeyError, TypeError, ValueError, RecursionError):
        raise PageError("the module did not return the accounts") from None
    file.write(text.replace("\n", " ") + "\n")  # JSON has line ends between values alone
    return len(rows)


def read_rows(path: str) -> Iterator[list[Any]]:
    """The rows of all pages in a file."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield from json.loads(line)
