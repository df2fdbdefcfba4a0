# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts as MediaWiki's web forms hand them on. Pure."""

from __future__ import annotations

import re
import unicodedata

MAX_BYTES = 255  # of real names, e-mail addresses and groups

# Sanitizer::validateEmail: the rule of HTML5, ASCII only.
EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")


def normal(option: str, value: str) -> str:
    """A text as it is stored.

    :raises ValueError: for one that MediaWiki would not accept
    """
    text = unicodedata.normalize("NFC", value).strip()
    if not text.isprintable() and any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise ValueError(f"{option} contains a control character")
    size = len(text.encode())
    if size > MAX_BYTES:
        raise ValueError(f"{option} has {size} bytes; MediaWiki stores at most {MAX_BYTES}")
    if option == "email" and text and not EMAIL.fullmatch(text):
        raise ValueError(f"MediaWiki does not accept the email {text!r}: use ASCII, as in name@host")
    return text
