# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names as a Mumble server allows them, by a pattern that an administrator may set. Pure."""

from __future__ import annotations

import re
import unicodedata
import warnings

from ansible_collections.auth.services.plugins.module_utils.account import visible

NAME_1_3 = r"[-=\w\[\]{}()@|.]+"  # the server's own defaults for "username"
NAME = r"[ -=\w\[\]{}()@|.]+"  # everything from the blank to the equals sign
SCHEMA_1_3 = 7
MAX_PATTERN = 1000  # characters
MAX_REPEATED = 3  # quantifiers: the work on a name grows with its length to that power
# What Python's expressions and the server's mean alike: literals, classes, quantifiers, and no groups or alternatives.
_ESCAPED = r"\\[^A-Za-z0-9\n]|\\[wdsWDS]"
_CLASS = rf"\[\^?\]?(?:[^][\\\n]|{_ESCAPED})*\]"
_QUANTIFIER = r"(?:[?*+]|\{[0-9]{1,3}(?:,[0-9]{0,3})?\})"
_ITEM = re.compile(rf"(?:[^][\\^$.|?*+(){{}}\n]|\.|{_ESCAPED}|{_CLASS})({_QUANTIFIER}?)")


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of names as the server reads it.

    :raises ValueError: for one that the server might read otherwise, or that might take hours to try
    """
    items = list(_ITEM.finditer(pattern[:MAX_PATTERN]))
    if "".join(item[0] for item in items) == pattern and sum(bool(item[1]) for item in items) <= MAX_REPEATED:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # of what Python will read otherwise one day
                return re.compile(pattern)
        except (re.error, OverflowError, FutureWarning):  # [z-a], a{3,1}, [a--b]
            pass
    raise ValueError(
        f"the pattern of names {visible(pattern[:100])!r} is not supported; set username_pattern to one of literals,"
        f" classes such as [a-z], and at most {MAX_REPEATED} quantifiers, without groups"
    )


def check_new(name: str, pattern: re.Pattern[str]) -> None:
    """Server::validateUserName, but no longer than the column; for Qt combining characters are parts of words too.

    For new accounts only: who is there was let in by a pattern, if not by the present one.

    :raises ValueError: for a name that the server does not allow
    """
    if len(name) > 255:
        raise ValueError("the name has more than 255 characters")
    plain = "".join("_" if unicodedata.category(letter).startswith("M") else letter for letter in name)
    if not pattern.fullmatch(plain):
        raise ValueError(f"the server does not allow this name; its pattern for names is {visible(pattern.pattern)}")
    if name != name.strip():
        raise ValueError("the server does not allow spaces at either end of a name")
