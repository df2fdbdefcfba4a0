# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names to try on MediaWiki: each rule at its edges, the rules on each other, and chance. The same names at every run.

Broken text is written with surrogates, as Python has it from the command line or from JSON.
"""

from __future__ import annotations

import random
import sys
import unicodedata
from collections.abc import Callable, Iterator
from html.entities import html5
from itertools import product

SPACES = "".join(map(chr, [0x20, 0xA0, 0x1680, 0x180E, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000]))
DIRECTIONS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
INVISIBLE = "\u200b\u200c\u200d\u2060\u00ad\u034f\u061c\u115f\u17b4\u180b\u2066\u2069\ufe0f\ufeff\U0001bca0\U000e0041"
NAMESPACES = (
    "Media", "Special", "Talk", "User", "User_talk", "User talk", "Project", "Project talk", "File", "File talk",
    "Image", "Image_talk",
    "MediaWiki", "MediaWiki talk", "Template", "Template talk", "Help", "Help talk", "Category", "Category_talk",
    "Main", "Module",
    "Wiki", "Wiki talk", "Benutzer", "",
)
INTERWIKIS = ("wikipedia", "Wikipedia", "WIKTIONARY", "c2", "gentoo-wiki", "mw", "MetaWikimedia", "metawiki", "wiki",
              "rfc", "fr", "de", "http")
ADDRESSES = (
    "1.2.3.4", "01.2.3.4", "001.002.003.004", "255.255.255.255", "256.1.1.1", "999.999.999.999", "1.2.3", "1.2.3.4.5",
    "1.2.3.xxx", "1.2.3.XXX",
    "1.2.3.xx", "1.2.xxx.4", "xxx.1.2.3", "1.2.3.4x", "1.2.3.1234", "0.0.0.0", "1.2.3.4/24", "1.2.3.4/33", "1.2.3.4 ",
    "1.2.3.4:80", "1_2_3_4",
    "\u0661.2.3.4", "\uff11.2.3.4", "1\u3002\u0032.3.4", "::", "::1", "1::", "1::8", "1::2::3", ":::",
    "::1:2:3:4:5:6:7", "::1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4::5:6:7", "1:2:3:4::5:6:7:8",
    "a::b", "A::G", "fe80::1",
    "fe80::1%eth0", "FE80::12345", "2001:db8::", "2001:db8::/32", "::ffff:1.2.3.4", "1::1.2.3.4", "0::0", "00000::1",
    "dead:beef::cafe",
)
EVERY_CODE_POINT = range(sys.maxunicode + 1)

UNSETTLED = "\u019b\u0264"
"""Letters to which Unicode 16 gave a capital: what becomes of them depends on the PHP and the Python at hand."""

STRICTER_ALWAYS = {
    "i\u0307lker": "the capital I composes with the dot",
    "User:i\u0307lker": "the same after a prefix",
    "Zoe\u200e\u0308": "MediaWiki takes the direction mark out after it has normalised",
    "Zoe\u202a\u0308x": "the same with another one",
    "\u200ei\u0307lker": "both",
}
STRICTER_CAPITALS = {
    # Greek small letters with two marks: their capital is a letter and two marks, of which it composes with the first
    "1.39": "\u0390\u03b0\u1fd2\u1fd3\u1fd7\u1fe2\u1fe3\u1fe7",
    "1.43": "\u0390\u03b0\u1fd2\u1fd3\u1fd7\u1fe2\u1fe3\u1fe7\u1fb7\u1fc7\u1ff7",
}
"""Where the collection refuses to create what MediaWiki would: names that are not in Unicode's normal form C."""


def stricter(version: str) -> set[str]:
    """The only names of the corpus for which the collection may refuse what that MediaWiki creates."""
    return {first + "b" for first in STRICTER_CAPITALS[version]} | set(STRICTER_ALWAYS)


def names() -> list[str]:
    """All names, each once."""
    found: dict[str, None] = {}
    groups = (_plain, _ascii, _capitals, _scripts, _prefixes, _addresses, _edges, _entities, _paths, _lengths, _marks,
              _broken, _chance)
    for group in groups:
        found.update(dict.fromkeys(group()))
    return [name for name in found if not name.startswith(tuple(UNSETTLED))]


def every_code_point() -> Iterator[tuple[str, Callable[[str], str]]]:
    """Ways to put one character into a name."""
    yield "first", lambda char: char + "b"
    yield "inside", lambda char: "A" + char + "b"
    yield "last", lambda char: "Ab" + char


def _plain() -> Iterator[str]:
    people = ("jane", "Jane", "jane doe", "jane  doe", "Jane_Doe", "_jane", "jane_", " jane ", "__jane__doe__", "JANE",
              "j", "7", "7up", "o'neil",
              "jane.doe", "jane-doe", "j. r. doe", "Jane (admin)", "jane, doe", "jane;doe", "jane=doe",
              "jane@example.org", "jane+wiki", "jane!", "jane?",
              "$jane", "*jane", "jane*", "^jane", "`jane", "~jane", "jane~", "~~jane", "jane~~", "jane~~~", "ja~~~~ne",
              "~", "~~", "~~~", "~2026-1", "",
              " ", "_", "___", "jane\\doe", "jane/doe", "/jane", "jane/", "\"jane\"", "a&b", "&", "&&", "jane&",
              "a & b", "User", "Talk", "user", "root")
    yield from people
    yield from ("Redirect fixer", "redirect fixer", "Redirect_fixer", "Redirect Fixer", "System messenger",
                "Proxy blocker", "DNSBL", "dNSBL",
                "MediaWiki spam cleanup", "MediaWiki automatic change", "MediaWiki default", "mediaWiki default",
                "Conversion script",
                "Maintenance script", "maintenance script", "Template namespace initialisation script",
                "ScriptImporter", "Delete page script",
                "Move page script", "Command line script", "Unknown user", "User:Unknown user", "Unknown  user",
                "Abuse filter")
    yield from (f"{first}{last}" for first, last in product(("user", "USER", "uSer "), range(20)))


def _ascii() -> Iterator[str]:
    for code in range(0x80):
        char = chr(code)
        yield from (char, char + "jane", "Ja" + char + "ne", "jane" + char, char + " jane", "jane " + char,
                    "ja" + 2 * char + "ne")
        yield from ("User:" + char + "jane", "User:jane" + char, "User:" + char, "ja&num;" + char,
                    "jane" + char + "&amp;")


def _capitals() -> Iterator[str]:
    """Every letter of Unicode that has another capital, also behind a prefix; and two letters of Unicode 14."""
    cased = [char for char in map(chr, EVERY_CODE_POINT) if char.upper() != char or char.title() != char]
    yield from (char + "b" for char in cased)
    composed = [char for char in cased if unicodedata.is_normalized("NFC", char.upper() + " " + char.title())]
    yield from ("User:" + char for char in composed[::7])
    yield from ("\ua7d1b", "\U00010597b", "\u10d0\u10dc\u10d0", "\u1c90\u1c9c\u1c90", "\u0131lker", "\u0130lker",
                "ilker", "\u00dfteve", "\u1e9eteve")
    yield from STRICTER_ALWAYS


def _scripts() -> Iterator[str]:
    words = ("Zo\u00eb", "zo\u00eb", "\u00f6zt\u00fcrk", "\u00c6r\u00f8", "\u0142ukasz", "\u010d\u00e1slav",
             "\u043e\u043b\u044c\u0433\u0430",
             "\u03b1\u03b8\u03b7\u03bd\u03ac", "\u03c3\u03c2", "\u0570\u0561\u0575", "\u05d3\u05d5\u05d3",
             "\u0645\u062d\u0645\u062f", "\u0928\u093f\u0924\u093f\u0928",
             "\u0b95\u0bae\u0bb2\u0bbe", "\u0e2a\u0e21\u0e0a\u0e32\u0e22", "\u5c71\u7530", "\u3072\u3089",
             "\uae40\ucca0\uc218", "\u1112\u1161\u11ab",
             "\u13a0\uab70", "\uab70\u13a0", "\u2c30\u2c5e", "\u10a0\u2d00", "\U00010400\U00010428",
             "\U00010428\U00010400", "\U0001e922\U0001e900",
             "\u1e00\u1e01", "\u01c6x", "\u01c5x", "\u01c4x", "\ufb01x", "\ufb06x", "\u1f80x", "\u1f88x", "\u0345x",
             "\u0149x", "\u01f0x", "\u1e96x",
             "\U0001f600", "\U0001f468\u200d\U0001f469", "\U0001f1e9\U0001f1ea", "\u2603", "\u00b2", "\u00bd",
             "\u2160\u2170", "\u24d0\u24b6", "\uff4a\uff41")
    yield from words
    yield from (f"{one} {other}" for one, other in zip(words, words[5:]))
    yield from (f"user:{word}" for word in words)


def _prefixes() -> Iterator[str]:
    for prefix in NAMESPACES + INTERWIKIS:
        for form in (prefix, prefix.lower(), prefix.upper()):
            yield from (f"{form}:jane", f"{form}: jane", f" {form} :jane", f"{form}_:_jane", f":{form}:jane",
                        f"{form}::jane", f"{form}:", form)
        yield from (f"User:{prefix}:jane", f"{prefix}:User:jane", f"User talk:{prefix}:x", f"Talk:{prefix}:x",
                    f"jane:{prefix}:x", f"{prefix};jane")
        yield from (f"{prefix}\u200e:jane", f"\u202e{prefix}:jane", f"{prefix}\xa0:\u3000jane", f"{prefix}&colon;jane",
                    f"{prefix}\n:jane", f"{prefix}:jane\n")
    yield from ("\u017fpecial:x", "u\u017fer:jane", "tal\u212a:x", "F\u0131le:x", "\uff35ser:jane", "USE\u0280:jane",
                "User\uff1ajane", "user:jane\nx", "user:jane\n\n", "user:jane_\n",
                "user:jane&num;\n", "user: \n", "user:jane\r\n")


def _addresses() -> Iterator[str]:
    for address in ADDRESSES:
        yield from (address, f"User:{address}", f" {address}_", f":{address}", f"{address}x", f"x{address}",
                    address.upper())
    for first, last in product(ADDRESSES[::3], ADDRESSES[::4]):
        yield from (f"{first}-{last}", f"User:{first} - {last}", f"{first} -{last}", f"{first}- {last}")
    yield from ("1.2.3.4-5.6.7.8", "10.20.30.0-10.20.30.9", "1.2.3.4 - 5.6.7.8", "1.2.3.4  -  5.6.7.8",
                "1.2.3.4--5.6.7.8", "1.2.3.4-5.6.7.8-9.0.1.2",
                "999.1.1.1-1.1.1.1", "999.1.1.1 - 1.1.1.1", "1.2.3.xxx-1.2.3.xxx", "1.2.3.xxx - 1.2.3.4", "a::1-a::2",
                "a::1 - a::2", "a::1-1.2.3.4",
                "1.2.3.4\u20135.6.7.8", "1.2.3.4-", "-1.2.3.4", "1.2.3.4-x")


def _edges() -> Iterator[str]:
    """Both sides of the edges of every range that a rule names, and one character of each 256."""
    edges = [0x7F, 0x80, 0x9F, 0xA0, 0x1680, 0x180E, 0x2000, 0x200A, 0x200B, 0x200F, 0x2028, 0x202A, 0x202E, 0x202F,
             0x205F, 0x2060, 0x3000,
             0xD7FF, 0xE000, 0xF8FF, 0xFDD0, 0xFDEF, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x1FFFE, 0x1FFFF, 0xF0000,
             0x100000, 0x10FFFF]
    codes = {code + step for code in edges for step in (-1, 0, 1)} | set(range(0xAD, sys.maxunicode, 0x100))
    chars = [chr(code) for code in sorted(codes) if code <= sys.maxunicode and not 0xD800 <= code < 0xE000]
    for char in [*chars, *SPACES, *DIRECTIONS, *INVISIBLE]:
        yield from (char, char + "jane", "Ja" + char + "ne", "jane" + char, "ja" + char + " ne",
                    "ja " + char + char + "ne")


def _entities() -> Iterator[str]:
    for name in (*html5, "\u05e8\u05dc\u05de;", "\u0631\u0644\u0645;"):
        yield from (f"&{name}b", f"A&{name}b")
    for name in ("amp", "AMP", "num", "colon", "sol", "nbsp", "lowbar", "percnt", "Tab", "NewLine", "lrm", "zwnj",
                 "eacute", "szlig", "fjlig", "lt", "semi"):
        yield from (f"User:&{name};jane", f"jane&{name};", f"&{name};", f"&{name}", f"ja&{name};&{name};ne",
                    f"ja&amp;{name};ne", f"ja&{name};41ne", f"x&{name};\u0301")
    yield from ("&foo;", "a&foo;b", "a&\u00e9;b", "a&b;", "a&b c;", "a&#65;b", "a&#x41;b", "a&;b", "jane&num;\nx",
                "jane_&num;", "&num;jane", "User:&num;x",
                "\u0390&b", "\u0390 &amp; b", "a&b\u202ae\u0308", "jane&num;%41", "jane&num;~~~", "jane&num;/",
                "jane&num;\x07")


def _paths() -> Iterator[str]:
    for part in (".", "..", "...", "./x", "../x", "x/./y", "x/../y", "x/.", "x/..", ".x", "x.", "x..", "/.", "/..",
                 "./", "x/.../y", ". x", "x ."):
        yield from (part, f"User:{part}", f"{part} ", f"User: {part}x")
    for part in ("%", "%4", "%41", "%zz", "%4g", "%%41", "%25", "%e2%82%ac", "%AF", "100%", "50% x", "%\uff14\uff11"):
        yield from (part, f"jane{part}", f"{part}jane")


def _lengths() -> Iterator[str]:
    for char in ("a", "\u00e9", "\u4e2d", "\U0001f600"):
        size = len(char.encode())
        for length in (*range(230, 240), *range(250, 260), 511, 512, 513, 3000):
            name = "X" * (length % size) + char * (length // size)
            yield from (name, "user:" + name)
    for first, length in product(("\u00df", "\u0149", "\u1f80", "\ufb03", "\u0250", "\u10d0"), range(225, 256)):
        yield first + "x" * length
    yield from ("x " * 117, "x  " * 117, "_" * 300 + "jane", "&amp;" * 235, "&amp;" * 236, "&amp;" * 256)


def _marks() -> Iterator[str]:
    accents = ("\u0301", "\u0307", "\u0308", "\u0323", "\u0327", "\u0345", "\u0338", "\u20d2", "\u3099", "\u05b4",
               "\u064b", "\u0651", "\u093c")
    for letter, one, other in product("Aeszo", accents, accents):
        yield f"Z{letter}{one}{other}"
    for accent in accents:
        yield from (accent, accent + "x", "X" + accent, "User:" + accent + "x", "x &" + accent, "e" + accent,
                    "\u03b1" + accent, "\u0438" + accent)
    yield from ("\u212bngstr\u00f6m", "\u2126mega", "\u212aelvin", "\uf900x", "\U0002f800x", "x\u2f00", "\u0958x",
                "\u0f73x", "\ufb1dx", "\u1100\u1161\u11a8", "\uac00\u11a8")


def _broken() -> Iterator[str]:
    for code in (0xD800, 0xDBFF, 0xDC00, 0xDC80, 0xDCC3, 0xDCFF, 0xDFFF):
        yield from (chr(code), chr(code) + "jane", "ja" + chr(code) + "ne", "jane" + chr(code),
                    "jane&num;" + chr(code), "\u00e9" + chr(code))
    yield from ("\udcc3\udcc3", "\udcc0\udcaf", "\ud83d\ude00", "\udced\udca0\udc80", "ja\udcf4\udc90\udc80\udc80",
                "\udcef\udcbf\udcbfx")


def _chance() -> Iterator[str]:
    """Pieces of everything in a random order. No accent follows a direction mark here: see STRICTER_ALWAYS."""
    pieces = [*"abXZ019_ -.:;&#%~/=@'()", *SPACES[:6], *DIRECTIONS[:3], *INVISIBLE[:5], "User:", "user_talk:", "Talk:",
              "mw:", "c2:", ":", "::", "..", "~~~",
              "&amp;", "&num;", "&colon;", "&nbsp;", "&lrm;", "&eacute;", "&foo;", "%41", "1.2.3.4", "::1", "fe80:",
              "xxx", "-", " - ", "\u00df", "\u01c6",
              "\u10d0", "\ufb01", "e\u0301", "\u00e9", "\u0131", "\u4e2d", "\U0001f600", "\n", "\t", "\x07", "\x85",
              "\ue000", "jane", "Doe", "jane doe"]
    # chance need not be secure, only the same at each run
    chooser = random.Random(139143)  # nosec
    for _number in range(6000):
        yield "".join(chooser.choice(pieces) for _piece in range(chooser.randint(1, 7)))
    for _number in range(2000):
        blocks = chooser.choices((0x80, 0x250, 0x530, 0x2100, 0x3100), k=chooser.randint(1, 4))
        yield "".join(chr(block + chooser.randrange(0x100)) for block in blocks)
