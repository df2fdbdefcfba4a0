# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PHP's C(serialize()), the form in which PHP applications keep structured values in text columns. Pure."""

from __future__ import annotations

from typing import Any


def serialize(value: Any) -> str:
    """A value as PHP writes it (https://www.php.net/manual/en/function.serialize.php).

    :param value: str, int, bool, None, or a list or dict of such; lengths of strings are counted in bytes of UTF-8
    :raises TypeError: for anything else
    """
    if value is None:
        return "N;"
    if isinstance(value, bool):
        return f"b:{int(value)};"
    if isinstance(value, int):
        return f"i:{value};"
    if isinstance(value, str):
        return f's:{len(value.encode(errors="surrogateescape"))}:"{value}";'
    if isinstance(value, (list, tuple)):
        value = dict(enumerate(value))
    if not isinstance(value, dict):
        raise TypeError(f"cannot serialize {type(value).__name__}")
    items = "".join(serialize(key) + serialize(item) for key, item in value.items())
    return f"a:{len(value)}:{{{items}}}"
