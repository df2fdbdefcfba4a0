# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""User names as MediaWiki takes them: the form it stores, and what it refuses. Pure.

MediaWiki makes a name canonical by reading it as the title of a user page, and compares canonical names byte for byte.
A row under any other form can never be logged in to, so a name goes through ``NameRules.canonical`` before it is
searched or written.

The rules restate what these classes of MediaWiki do, and agreed with MediaWiki 1.39 and 1.43 on every code point of
Unicode at the beginning, inside and at the end of a name (tests/integration/targets/mediawiki_names compares again):

* ``WebRequest`` and ``UtfNormal\\Validator``: what a web request does to text before MediaWiki looks at it.
* ``Language::ucfirst``: the capital.
* ``Sanitizer::decodeCharReferencesAndNormalize`` and ``MediaWikiTitleCodec::splitTitleString``: the title.
* ``UserNameUtils`` and ``Wikimedia\\IPUtils``: which titles are names.

What a wiki's LocalSettings.php may change is not in its database, so the defaults are assumed:
``$wgReservedUsernames``, ``$wgInvalidUsernameCharacters``, ``$wgAutoCreateTempUser``, ``$wgOverrideUcfirstCharacters``,
``$wgLocalInterwikis``, and a content language other than tr, az and kaa (their capital of ``i`` is another) and
whose reserved names are English.

Unicode grows. Capitals are those of the Unicode that the rules are given, whatever this Python knows; the
database does not show which one the wiki's PHP has. One thing depends on the Unicode of this Python and of that PHP:
the order of two combining marks side by side, where one is too young for either (Unicode 14 on Python 3.9 and 3.10,
Unicode 15 on 3.11).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from html.entities import html5

from ansible_collections.auth.services.plugins.module_utils.account import AmbiguousName

MAX_BYTES = 255
"""The longest name that can exist, in bytes of UTF-8 (``$wgMaxNameChars``, and the limit of titles)."""

MAX_LENGTH = 10_000
"""Characters of a typed name that are looked at: it gets shorter, by 33 for each entity, but never by so many."""

MAX_BYTES_NEW = 235
"""The longest name that can be created: its user script pages must fit as well (``UserNameUtils::isCreatable``)."""

TITLE_CASE = (1, 40)
"""Since then the first letter takes its title-case form; before, its upper-case form (``Language::ucfirst``)."""

NO_EQUALS_SIGN = (1, 40)
"""Since then ``=`` is in ``$wgInvalidUsernameCharacters``."""

NO_RANGES = (1, 42)
"""Since then ``UserNameUtils::isValid`` refuses ranges of IP addresses."""

TEMPORARY = (1, 42)
"""Since then ``$wgAutoCreateTempUser`` reserves a pattern, whether or not a wiki makes temporary accounts."""

PHP_8_1 = (1, 43)
"""Since then PHP 8.1 is needed, whose Unicode is 14; earlier releases also run on PHP 7.3 and 7.4."""

STEPS = ((1, 35), TITLE_CASE, NO_RANGES, PHP_8_1)
"""The first releases of each set of rules."""

UNICODES = (11, 14, 16)
"""Of PHP 7.3 and 7.4, 8.1 to 8.3, and 8.4: what they know of capitals differs, and that of no PHP between them more."""

RESERVED = frozenset((
    # $wgReservedUsernames, which up to 1.38 lacks three of the names of scripts
    "MediaWiki default", "Conversion script", "Maintenance script", "Template namespace initialisation script",
    "ScriptImporter", "Delete page script", "Move page script", "Command line script", "Unknown user",
    # the English texts of its messages: double-redirect-fixer, usermessage-editor, proxyblocker, sorbs,
    # spambot_username, autochange-username
    "Redirect fixer", "System messenger", "Proxy blocker", "DNSBL", "MediaWiki spam cleanup",
    "MediaWiki automatic change",
))
"""Names that MediaWiki keeps for itself."""

NAMESPACES = frozenset((
    # NamespaceInfo::CANONICAL_NAMES and the aliases in MessagesEn.php: valid in every content language
    "media", "special", "talk", "user_talk", "project", "project_talk", "file", "file_talk", "image", "image_talk",
    "mediawiki", "mediawiki_talk", "template", "template_talk", "help", "help_talk", "category", "category_talk",
))
"""Namespaces that every wiki has, without the user namespace; lower case, underscores for spaces."""

# Most names are like this, and for them every rule but the capital is without effect: no entity, prefix, address or
# path, no run of spaces, nothing to normalise, and not too long.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9.'()-]{0,99}(?: [A-Za-z0-9.'()-]{1,50}){0,3}").fullmatch

_BROKEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffd-\uffff]").search
_ENTITY = re.compile("&([A-Za-z0-9\x80-\U0010ffff]+;)")
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e]+")
_SPACES = re.compile("[ _\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_PREFIX = re.compile("(.+?)_*:_*(.*)$").match   # as in PHP: no match across a line feed, and one at the end is left out
_ILLEGAL = re.compile("[\x00-\x1f\x7f#<>\\[\\]{|}]|%[0-9A-Fa-f]{2}|" + _ENTITY.pattern).search
_RELATIVE = re.compile(r"(?:^|/)\.\.?(?:/|$)").search
_TROUBLE = re.compile("[\x80-\x9f\xa0\u2000-\u200f\u2028-\u202f\u3000\ue000-\uf8ff]").search

_ANY_IPV4 = r"[0-9]{1,3}(?:\.[0-9]{1,3}){2}\.(?:xxx|[0-9]{1,3})"
_IPV4 = re.compile(_ANY_IPV4).fullmatch
_IPV4_RANGE = re.compile(f"{_ANY_IPV4}-{_ANY_IPV4}").fullmatch
_WORDS = re.compile("[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,7}").fullmatch

# MediaWiki's own spellings of an entity, beside those of HTML 5 (Sanitizer::MW_ENTITY_ALIASES)
_ALIASES = {"\u05e8\u05dc\u05de;": "rlm;", "\u0631\u0644\u0645;": "rlm;"}

# Small letters whose capital is younger than Unicode 11, with it and the Unicode that brought it (UnicodeData.txt)
_YOUNG = {pair[0]: (pair[1], unicode) for unicode, pairs in (
    (12, "\ua794\ua7c4 \u0282\ua7c5 \u1d8e\ua7c6 \ua7bb\ua7ba \ua7bd\ua7bc \ua7bf\ua7be \ua7c3\ua7c2"),
    (13, "\ua7c8\ua7c7 \ua7ca\ua7c9 \ua7f6\ua7f5"),
    (14, "\u2c5f\u2c2f \ua7c1\ua7c0 \ua7d1\ua7d0 \ua7d7\ua7d6 \ua7d9\ua7d8"),
    (16, "\u019b\ua7dc \u0264\ua7cb \u1c8a\u1c89 \ua7cd\ua7cc \ua7db\ua7da"),
) for pair in pairs.split()}
# Vithkuqi and Garay
_YOUNG.update((chr(code), (chr(code - 0x27), 14)) for code in range(0x10597, 0x105BD)
              if code not in (0x105A2, 0x105B2, 0x105BA))
_YOUNG.update((chr(code), (chr(code - 0x20), 16)) for code in range(0x10D70, 0x10D86))


class DoubtfulName(AmbiguousName):
    """A name that is another one to another release of MediaWiki, or on another PHP.

    :ivar forms: the names that it may be
    """

    def __init__(self, message: str, forms: Sequence[str]) -> None:
        super().__init__(message)
        self.forms = forms


@dataclass(frozen=True)
class NameRules:
    """The rules of one wiki.

    :param release: MediaWiki's release, as (1, 39). Only its order to ``TITLE_CASE``, ``NO_RANGES`` and the like
        matters
    :param interwiki: the prefixes of its interwiki table, lower case
    :param namespaces: namespaces that this wiki has beside ``NAMESPACES``, as far as they are known: its project's
        name, those of its language and its extensions; lower case, underscores for spaces. A name with the prefix of
        another one is looked up, though MediaWiki would refuse it; it is never created
    :param unicode: what the wiki's PHP knows of capitals, one of ``UNICODES``
    """

    release: tuple[int, int]
    interwiki: frozenset[str] = frozenset()
    namespaces: frozenset[str] = frozenset()
    unicode: int = 14

    def canonical(self, name: str) -> str:
        """The form in which MediaWiki stores and looks up a name that a person typed (``RIGOR_VALID``).

        :raises ValueError: if no account of that name can exist; the message is one sentence
        """
        if _PLAIN(name):
            return name[0].upper() + name[1:]
        if len(name) > MAX_LENGTH:
            raise ValueError(f"it has {len(name)} characters, but MediaWiki allows at most {MAX_BYTES} bytes")
        name = self._capital(_clean(name))
        if "#" in name:
            raise ValueError(f"it contains {_shown('#')}, which MediaWiki does not allow in user names")
        if "&" in name:
            # MediaWiki normalises again as soon as there is an ampersand, with or without an entity
            name = _clean(_ENTITY.sub(_decoded, name))
        name = self._title(_SPACES.sub("_", _DIRECTION.sub("", name)).strip("_"))
        self._check_valid(name)
        return name

    def usable(self, name: str) -> str:
        """The canonical name, if MediaWiki would let somebody log in under it (``RIGOR_USABLE``).

        :raises ValueError: if it keeps the name for itself
        """
        if name in RESERVED:
            raise ValueError("MediaWiki reserves this name for its own use")
        if name[:1] == "~" and self.release >= TEMPORARY:
            raise ValueError("it starts with '~', which MediaWiki reserves for temporary accounts")
        return name

    def creatable(self, name: str) -> str:
        """The canonical name, if MediaWiki would create it (``RIGOR_CREATABLE``). Existing accounts may break this.

        Stricter than MediaWiki in one case: a name that is not in Unicode's normal form C. MediaWiki makes such names
        itself, where a capital has another normal form than its small letter (U+0390, or ``i`` with U+0307), or where a
        direction mark stood between a letter and its accent. They look like their composed twin, and are another
        account.

        :raises ValueError: if MediaWiki would refuse to create it
        """
        self.usable(name)
        if _size(name) > MAX_BYTES_NEW:
            raise ValueError(
                f"it has {_size(name)} bytes, and MediaWiki refuses to create names of more than {MAX_BYTES_NEW} bytes"
            )
        # "<" and ">" are refused in titles, and never get here
        for char in "@:=" if self.release >= NO_EQUALS_SIGN else "@:":
            if char in name:
                raise ValueError(f"it contains {_shown(char)}, which MediaWiki refuses in names of new accounts")
        if not name.isascii() and not unicodedata.is_normalized("NFC", name):
            raise ValueError("MediaWiki would not store it in Unicode's normal form C, and another name looks the same")
        return name

    def _capital(self, text: str) -> str:
        first = text[:1]
        if first.isascii():
            return first.upper() + text[1:]
        if first in _YOUNG:
            capital, unicode = _YOUNG[first]
            return (capital if unicode <= self.unicode else first) + text[1:]
        return (first.title() if self.release >= TITLE_CASE else first.upper()) + text[1:]

    def _kind(self, prefix: str) -> str:
        """What the text before the first colon is to MediaWiki; empty if it is only a part of the name."""
        prefix = prefix.lower()
        if prefix == "user":
            return "user"
        if prefix in NAMESPACES or prefix in self.namespaces:
            return "a namespace"
        return "a link to another wiki" if prefix in self.interwiki else ""

    def _title(self, text: str) -> str:
        """The title of the user page, from text with single underscores for spaces (``splitTitleString``)."""
        user_page = not text.startswith(":")   # such a colon leads to the main namespace, unless a prefix follows
        if not user_page:
            text = text[1:].strip("_")
        found = _PREFIX(text)
        kind = self._kind(found[1]) if found else ""
        if found and kind == "user":
            user_page = True
            text = found[2]
        elif found and kind:
            raise ValueError(f"it starts with {_shown(found[1] + ':')}, which MediaWiki reads as {kind}")
        # only the entity "&num;" can bring a number sign here: a fragment of a link starts, not a part of the title
        text, mark, _fragment = text.partition("#")
        if mark:
            text = text.rstrip("_")
        _check_title(text)
        if not user_page or text.startswith(":"):
            raise ValueError("it starts with ':', which MediaWiki does not allow in user names")
        return self._capital(text).replace("_", " ")

    def _check_valid(self, name: str) -> None:
        """Refuse titles that are not names (``UserNameUtils::isValid``)."""
        if "/" in name:
            raise ValueError(f"it contains {_shown('/')}, which MediaWiki does not allow in user names")
        if _IPV4(name) or _is_ipv6(name):
            raise ValueError("it looks like an IP address, and MediaWiki keeps those for anonymous visitors")
        if self.release >= NO_RANGES and "-" in name and _is_range(name):
            raise ValueError("it looks like a range of IP addresses, which MediaWiki does not allow as a user name")
        if _size(name) > MAX_BYTES:   # again: a capital may be longer than its small letter
            raise ValueError(f"it has {_size(name)} bytes, and MediaWiki refuses names of more than {MAX_BYTES} bytes")
        found = _TROUBLE(name)
        if found:
            raise ValueError(f"it contains {_shown(found[0])}, which MediaWiki does not allow in user names")
        # MediaWiki reads the result once more, as the title of an article, and it must come out as it went in. Only
        # this could still change it: a second prefix, and the normal form where an ampersand asks for it.
        prefix = _PREFIX(name.replace(" ", "_"))
        if prefix and self._kind(prefix[1]):
            raise ValueError(f"it contains {_shown(prefix[1] + ':')}, which MediaWiki reads as a second prefix")
        if "&" in name and not unicodedata.is_normalized("NFC", name):
            raise ValueError("it is not in Unicode's normal form C, and MediaWiki refuses that in names with '&'")


@dataclass(frozen=True)
class PossibleRules:
    """The rules of a wiki as far as its database tells them: it may be of one of several releases, on any PHP.

    :param rules: by release, the oldest first
    :param advice: who can tell the release, as the end of a sentence
    """

    rules: tuple[NameRules, ...]
    advice: str

    def canonical(self, name: str) -> str:
        """As ``NameRules.canonical``.

        :raises DoubtfulName: where the possible rules differ
        """
        if _PLAIN(name):
            return self.rules[0].canonical(name)
        forms: dict[str, None] = {}
        refused: list[ValueError] = []
        for rules in self._variants(name):
            try:
                forms[rules.canonical(name)] = None
            except ValueError as error:
                refused.append(error)
        if not forms:
            raise refused[0]
        if len(forms) > 1 or refused:
            shown = " or ".join(map(repr, forms)) + (", or refuses it" if refused else "")
            raise DoubtfulName(f"MediaWiki treats this name as {shown}, {self._doubt(name)}", list(forms))
        return next(iter(forms))

    def _doubt(self, name: str) -> str:
        if any(letter in _YOUNG for letter in name):
            return ("depending on the Unicode version of the wiki's PHP, which the database does not show. Create the"
                    " account in the wiki, and declare it as it is spelled there")
        return f"depending on its release, {self.advice}"

    def _variants(self, name: str) -> Iterator[NameRules]:
        """The rules that may differ in a name."""
        young = not name.isascii() and any(letter in _YOUNG for letter in name)
        for rules in self.rules:
            unicodes = UNICODES if rules.release < PHP_8_1 else UNICODES[1:]
            for unicode in unicodes if young else (rules.unicode,):
                yield replace(rules, unicode=unicode)

    def usable(self, name: str) -> str:
        """As ``NameRules.usable``, with all possible rules."""
        return self._check(name, NameRules.usable)

    def creatable(self, name: str) -> str:
        """As ``NameRules.creatable``, with all possible rules."""
        return self._check(name, NameRules.creatable)

    def _check(self, name: str, check: Callable[[NameRules, str], str]) -> str:
        refused = []
        for rules in self.rules:
            try:
                check(rules, name)
            except ValueError as error:
                refused.append(str(error))
        if not refused:
            return name
        doubt = f", depending on its release, {self.advice}" if len(refused) < len(self.rules) else ""
        raise ValueError(refused[0] + doubt)


def _clean(text: str) -> str:
    """Text as a web request hands it to MediaWiki: in normal form C.

    What is not text for MediaWiki becomes U+FFFD there, which no title may contain. So it is refused here, where it can
    be named.
    """
    if text.isascii() and text.isprintable():
        return text
    found = _BROKEN(text)
    if found:
        raise ValueError(f"it contains {_shown(found[0])}, which MediaWiki does not accept as text")
    return unicodedata.normalize("NFC", text)


def _decoded(entity: re.Match[str]) -> str:
    name = _ALIASES.get(entity[1], entity[1])
    return html5.get(name, entity[0])


def _check_title(text: str) -> None:
    """Refuse what cannot be the title of a page, whatever the namespace."""
    if not text:
        raise ValueError("it is empty after MediaWiki has removed spaces, underscores and prefixes")
    found = _ILLEGAL(text)
    if found:
        raise ValueError(f"it contains {_shown(found[0])}, which MediaWiki does not allow in user names")
    if text.endswith("_"):   # ends were stripped before; only the line feed that _PREFIX leaves out can have hidden it
        raise ValueError("it ends with a space and a line feed, which MediaWiki does not allow in user names")
    if _RELATIVE(text):
        raise ValueError("it is a relative path ('.' or '..' alone or beside '/'), which MediaWiki does not allow")
    if "~~~" in text:
        raise ValueError("it contains '~~~', which MediaWiki replaces with a signature")
    if _size(text) > MAX_BYTES:
        raise ValueError(f"it has {_size(text)} bytes, and MediaWiki refuses names of more than {MAX_BYTES} bytes")


def _is_ipv6(text: str) -> bool:
    """Whether it is an IPv6 address: eight words, or up to seven and one double colon (``IPUtils::isValidIPv6``)."""
    head, gap, tail = text.partition("::")
    if not gap:
        return text.count(":") == 7 and _WORDS(text) is not None
    if any(part and not _WORDS(part) for part in (head, tail)):
        return False
    return sum(len(part.split(":")) for part in (head, tail) if part) <= 7


def _is_range(text: str) -> bool:
    """Whether two addresses are joined by a dash: ``isValidRange``, ``isLikeIPv4DashRange``."""
    if _IPV4_RANGE(text):
        return True
    first, _dash, last = text.partition("-")
    ends = (first.rstrip(" "), last.lstrip(" "))
    return all(map(_is_ipv6, ends)) or all(map(_is_ipv4, ends))


def _is_ipv4(text: str) -> bool:
    """Whether it is a real IPv4 address, not only four numbers."""
    return _IPV4(text) is not None and all(part != "xxx" and int(part) < 256 for part in text.split("."))


def _size(text: str) -> int:
    return len(text.encode())


def _shown(text: str) -> str:
    """A piece of a name in a message: characters that cannot be seen, or not in every terminal, by their number."""
    return repr(text) if text.isascii() and text.isprintable() else " ".join(f"U+{ord(char):04X}" for char in text)
