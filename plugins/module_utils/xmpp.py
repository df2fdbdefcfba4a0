# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names and passwords as XMPP servers prepare them: profiles of stringprep (RFC 3454), which stays with Unicode 3.2."""

from __future__ import annotations

import stringprep
import unicodedata
from collections.abc import Callable
from encodings.idna import nameprep as label_prep
from unicodedata import ucd_3_2_0

MAX_BYTES = 1023  # RFC 6122, 2.1: of each part of an address

NODE_FORBIDDEN = "\"&'/:<>@"  # RFC 6122, A.5

# Tables of RFC 3454: what both profiles prohibit
PROHIBITED = (
    stringprep.in_table_c12,
    stringprep.in_table_c21_c22,
    stringprep.in_table_c3,
    stringprep.in_table_c4,
    stringprep.in_table_c5,
    stringprep.in_table_c6,
    stringprep.in_table_c7,
    stringprep.in_table_c8,
    stringprep.in_table_c9,
)


def nodeprep(text: str) -> str:
    """The local part of an address (RFC 6122, appendix A), as a server stores it.

    :raises ValueError: for text that is not a local part
    """
    _check_length(text)
    _refuse(text, stringprep.in_table_a1)  # as a server does for names that it stores
    folded = "".join(_fold(character) for character in text if not stringprep.in_table_b1(character))
    prepared = ucd_3_2_0.normalize("NFKC", folded)
    _refuse(prepared, stringprep.in_table_c11, *PROHIBITED, NODE_FORBIDDEN.__contains__)
    _check_direction(prepared)
    if not prepared:
        raise ValueError("the name is empty")
    _check_length(prepared)
    return prepared


def _fold(character: str) -> str:
    # Python folds with its own Unicode, in which some letters have got a small form since 3.2.
    folded = stringprep.map_table_b2(character)
    return character if any(map(stringprep.in_table_a1, folded)) else folded


def nameprep(domain: str) -> str:
    """A domain as a server stores it.

    :raises ValueError: for text that is not a domain
    """
    try:
        prepared = ".".join(label_prep(label) for label in domain.split("."))
    except UnicodeError as error:
        raise ValueError(str(error)) from error
    if not prepared.strip(".") or set(prepared) & set(" /@"):
        raise ValueError(f"{domain!r} is not a domain")
    return prepared


def saslprep(password: str) -> str:
    """A password as a server compares it (RFC 4013; characters that Unicode 3.2 does not have pass).

    :raises ValueError: for a password that no client can send
    """
    _check_length(password)
    spaced = (" " if stringprep.in_table_c12(character) else character for character in password)
    kept = "".join(character for character in spaced if not stringprep.in_table_b1(character))
    prepared = ucd_3_2_0.normalize("NFKC", kept)
    _refuse(prepared, *PROHIBITED, _of_unknown_direction)
    _check_direction(prepared)
    _check_length(prepared)
    return prepared


def _of_unknown_direction(character: str) -> bool:
    # How such a letter may stand beside others depends on the Unicode of the server's libraries.
    return stringprep.in_table_a1(character) and unicodedata.bidirectional(character) in ("R", "AL", "")


def _refuse(text: str, *tables: Callable[[str], bool]) -> None:
    for character in text:
        if any(table(character) for table in tables):
            raise ValueError(f"the character {character!a} is not allowed")


def _check_direction(text: str) -> None:
    # RFC 3454, 6
    if any(map(stringprep.in_table_d1, text)):
        ends = stringprep.in_table_d1(text[0]) and stringprep.in_table_d1(text[-1])
        if not ends or any(map(stringprep.in_table_d2, text)):
            raise ValueError("letters that are written from right to left are mixed with others")


def _check_length(text: str) -> None:
    # Before preparing too, as a server does (util-src/encodings.c of Prosody): it keeps the work small.
    if len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        raise ValueError(f"longer than {MAX_BYTES} bytes")
