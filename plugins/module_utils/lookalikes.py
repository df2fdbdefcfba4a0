# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that look like others: pure. Every cost is at most linear in the length of a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import INVISIBLE, visible

MAX_SHOWN = 200
"""Maximum number of characters of a name on the terminal."""
MAX_LETTERS = 20_000
"""So many different letters are remembered."""

# From confusables.txt of Unicode's Technical Standard 39: letters that look like an ASCII letter in common fonts.
# Letters in another style (full width, mathematical) or with marks are not listed, because NFKD converts them.
_LOOKS = """
a αаɑᴀꓮ b ьƅʙꓐ c сᴄꓚ d ԁđɖᴅꓓꓒ e еєεɛᴇꓰ f ƒꓝ g ɡցԍɢꓖ h һհħʜꓧ i іιıɩɪӏǀꓲⲓ j јϳȷᴊꓙ k кκқĸᴋꓗⲕ l łʟƚꓡ m мᴍꓟⲙ
n ոηղпɴꓠⲛ o οоσօøᴏꓳⲟ p рρքᴘꓑⲣ q ԛզգ r гʀꓣ s ѕꜱꓢ t тτŧᴛꓔⲧ u υսцᴜꓴ v νѵᴠꓦ w ԝωաɯᴡꓪшѡ x хχҳꓫⲭ y уүγʏұꓬⲩ z ƶᴢꓜʐ
"""
_LOOKS_CAPITAL = """
A АΑᎪ B ВΒᏴ C СϹϲᏟ D ᎠĐ E ЕΕᎬ F Ϝ G ԌᏀ H НΗᎻ I ІΙӀᏆ J ЈͿᎫ K КΚᏦ L ᏞŁ M МΜᎷ N ΝՈ O ОΟՕØ P РΡᏢ Q Ԛ R ᏒᎡ S ЅՏᏚ T ТΤᎢŦ
U ՍႮ V ѴᏙ W ԜᏔШ X ХΧ Y УΥҮᎩ Z ΖᏃ
"""


def _table(looks: str) -> dict[int, str]:
    pairs = looks.split()
    return {ord(one): letter.lower() for letter, others in zip(pairs[::2], pairs[1::2]) for one in others}


_CAPITAL = _table(_LOOKS_CAPITAL)
# Cherokee's capitals are here because casefold() converts its small letters to them.
_SMALL = {**_CAPITAL, **_table(_LOOKS), ord("æ"): "ae", ord("œ"): "oe"}
# ASCII characters that look the same, and digits that stand for letters.
_ALIKE = str.maketrans("1i|!05$3479", "llllosseatg")
_IN_STYLE = ("CYRILLIC", "GREEK", "COPTIC", "ARMENIAN", "CHEROKEE", "LISU", "GEORGIAN", "FULLWIDTH", "MATHEMATICAL")
"""Scripts with letters that look like Latin ones, by the first word of the letters' Unicode names."""


def skeleton(text: str) -> str:
    """What the letters and digits of a text look like: texts with the same skeleton can be mistaken for each other."""
    return _skeleton(text.replace("\n", ""))


def skeletons(texts: Collection[str]) -> str:
    """The skeletons of many texts in their order, with a line feed before each and behind the last.

    To make them at once takes a tenth of the time.
    """
    joined = "\n".join(["", *texts, ""])
    if joined.count("\n") != len(texts) + 1:
        joined = "\n".join(["", *(text.replace("\n", "") for text in texts), ""])
    return _skeleton(joined)


def _skeleton(lines: str) -> str:
    lines = lines.translate(_ASCII if lines.isascii() else _LETTERS).replace("rn", "m").replace("vv", "w")
    return lines.translate(_NO_LETTERS) if lines.isascii() else _NO_LETTER.sub("", lines)


_NO_LETTER = re.compile(r"[^\w\n]|_")


class _Letters(dict[int, Any]):
    """What a letter looks like, for ``str.translate``; whoever writes many different ones fills no memory."""

    def __missing__(self, number: int) -> str:
        if len(self) >= MAX_LETTERS:
            self.clear()
        found = self[number] = "\n" if number == 10 else _looks_like(chr(number))
        return found


def _looks_like(letter: str) -> str:
    # Capitals before they become small letters: a capital Eta looks like H, a small one like n. Twice, with and
    # without marks, because NFKD converts a lunate sigma to another letter.
    text = _without_marks(letter.translate(_CAPITAL)).translate(_CAPITAL).casefold()
    return _without_marks(text).translate(_SMALL).lower().translate(_ALIKE)


def _without_marks(letter: str) -> str:
    """A letter without accents, in Unicode's compatibility form (NFKD); nothing of an invisible one."""
    return INVISIBLE.sub("", "".join(one for one in unicodedata.normalize("NFKD", letter)
                                     if unicodedata.category(one)[0] not in "MC"))


_LETTERS = _Letters()
_ASCII = {number: _LETTERS[number] or None for number in range(128)}
_NO_LETTERS = {number: None for number in range(128) if not chr(number).isalnum() and number != 10}


def spelled(text: str) -> str:
    """The text from ``visible``, followed by its code points if it could be mistaken for Latin:
    ``"аlice (\\u0430lice)"``.
    """
    plain = visible(text)
    if text.isascii():
        return plain
    scripts = {unicodedata.name(one, "").split(" ")[0] for one in set(text) if one.isalpha()}
    foreign = scripts.intersection(_IN_STYLE)
    # Two scripts, or one in which every letter looks like a Latin one.
    if foreign and ((scripts & {"LATIN"} or len(foreign) > 1) or skeleton(text).isascii()):
        return f"{plain} ({_escaped(text)})"
    return plain


def shortened(text: str, most: int = 1000) -> str:
    """The text, cut after ``most`` characters, with its length."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,} characters)"


def shown(name: object) -> str:
    """A name for the terminal."""
    return spelled(shortened(str(name), MAX_SHOWN))


def _escaped(text: str) -> str:
    return text.encode("unicode_escape", "backslashreplace").decode()


def differ_by_one(one: str, other: str) -> bool:
    """Whether two texts differ by one letter (added, missing or different) or by two swapped neighbours."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    if len(one) > len(other):
        one, other = other, one
    start = next((place for place, (mine, theirs) in enumerate(zip(one, other)) if mine != theirs), len(one))
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    swapped = one[start : start + 2] == other[start : start + 2][::-1]
    return one[start + 1 :] == other[start + 1 :] or (swapped and one[start + 2 :] == other[start + 2 :])


WORD = re.compile(r"[^\W\d_]+")


def words(text: str) -> list[str]:
    """The words of letters in a text, each as its skeleton."""
    return [skeleton(word) for word in WORD.findall(text)]
