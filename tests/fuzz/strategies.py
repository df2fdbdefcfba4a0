# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bad input: what a task, an inventory or a row of a database can hold, and should not. For the short and the long run."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hypothesis import strategies as st

PASSWORD = "correct horse"

INJECTIONS = [
    "' OR '1'='1", "'; DROP TABLE users; --", '"; DELETE FROM user; /*', "\\'", "x') ON CONFLICT DO NOTHING --", "{{ lookup('pipe', 'id') }}",
    "{% raw %}", "{0} {name} %s %(x)s :name ?", "$(id)", "`id`", "; id #", "| id &", "<script>alert(1)</script>", "&lt;b&gt; &amp;amp; &#x41; &nbsp",
    'a:1:{s:1:"a";b:1;}', 'O:8:"stdClass":0:{}', 's:5:"ab";', "%", "_", "a%b_c", "*", "[!a]*", "\0", "a\0b", "a\nb", "\r\n", "\t", "\x1b[31m", "\x7f",
    "\u202eecila\u202c", "\u200f", "\u200b", "\ufeff", "\ud800", "a\udc80b", "\udfff\ud800", "=cmd|' /C calc'!A0", "+1", "-1", "@x", "../../etc/passwd",
    "x" * 65, "x" * 256, "ä" * 128, "😀" * 64, "x" * 5000, "I\u0307", "ß", "ẞ", "\u0130", "ﬁ", "Ⅸ", "\u1e9b\u0323", "e\u0301", "é", "\u0344", "\u03c2",
    "\u00a0", " ", "", "  a  ", "\u3000", "null", "None", "true", "0", "00", "1e3", "0x10", "٣", "nan", "inf", "9" * 20, "9" * 4400, "-" + "9" * 20, "=27",
    "=2", "a=40b", "\\101", '"', "'", "''", "!", "*", ":", "::", "$", "{}", "{PLAIN}", "~2026-1", "10.0.0.1", "::1", "Talk:X", "User:x", "DEFAULT",
    "SuperUser", "Alice", "ALICE", "alice ", "alice", "bob", "alice@example.org", "Alice@Example.ORG", "alice@example.org.disabled.invalid",
]

# "characters()" without arguments has surrogates too
_pieces = st.one_of(
    st.sampled_from(INJECTIONS), st.text(st.characters(), max_size=8), st.text(st.characters(max_codepoint=127), max_size=8),
    st.from_regex(r"[A-Za-z0-9._-]{1,12}", fullmatch=True),
)
text = st.one_of(_pieces, st.lists(_pieces, max_size=4).map("".join))
"""Text as hostile as it gets."""

NAMES = ["alice", "Alice", "bob", "Bob B", "carol9", "dave", "alice@example.org", "bob@example.org", "eve@small.example.org", "Zoé", "חנה", "x"]
plain_name = st.sampled_from(NAMES)
name = st.one_of(plain_name, text)

NUMBERS = [
    "0", "1", "-1", "4", "05", "31", "99", "4096", "100000000", "9" * 10, "9" * 20, "-" + "9" * 20, "9" * 4400, "²", "1e9", "1_0", "+4", " 4", "٣", "", "0x1F",
]


@st.composite
def damaged(draw, originals):
    """One of these texts as it is, or cut, or with other numbers or characters in it."""
    value = draw(originals)
    kind = draw(st.integers(0, 5))
    if kind == 1:
        value = value[:draw(st.integers(0, len(value)))]
    elif kind == 2:
        places = [match.span() for match in re.finditer(r"\d+", value)]
        if places:
            start, end = draw(st.sampled_from(places))
            value = value[:start] + draw(st.sampled_from(NUMBERS)) + value[end:]
    elif kind == 3:
        place = draw(st.integers(0, len(value)))
        value = value[:place] + draw(_pieces) + value[place + draw(st.integers(0, 2)):]
    elif kind == 4:
        parts = re.split(r"([$:,!])", value)
        parts[draw(st.integers(0, len(parts) - 1))] = draw(_pieces)
        value = "".join(parts)
    elif kind == 5:
        value += draw(_pieces)
    return value


@dataclass(frozen=True)
class Raw:
    """Text of these bytes, which need not be UTF-8: the driver cannot bind it."""

    data: bytes


DATES = [
    "0000-00-00 00:00:00", "2026-01-02 03:04:05", "9999-12-31 23:59:59.999999", "2026-13-45", "10000-01-01", "-1", "yesterday", "20260230120000", "infinity",
    "00000000000000", "99999999999999", "2026-01-02T03:04:05+14:00", "31 Dec 2030", "Jan 32 1969", "4294967296", "1700000000", "2030-12-31T23:59:59Z", "",
    "٢٠٢٦-٠١-٠٢", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59",
]
dates = st.sampled_from(DATES)


def php_values(children):
    return st.lists(children, max_size=4) | st.dictionaries(st.integers(-5, 5) | _pieces, children, max_size=4)


php = st.recursive(st.none() | st.booleans() | st.integers() | _pieces, php_values, max_leaves=8)
"""What an adapter may have to serialize for PHP."""

PHP_TEXTS = [
    'a:1:{s:13:"administrator";b:1;}', 'a:2:{s:6:"editor";b:1;s:4:"edit";b:0;}', "a:0:{}", "b:1;", "N;", "i:5;", 's:2:"ab";', 'a:1:{i:0;s:4:"root";}',
    "a:1:{a:0:{}i:1;}", "a:1:{b:1;i:1;}", "a:-1:{}", "a:99999999999999999999:{}", 's:99999999999999999999:"";', "O:1:\"a\":0:{}", "d:0.5;",
    "i:" + "9" * 4400 + ";", "a:1:{i:" + "9" * 4400 + ";i:1;}", 's:2:"é";', 's:1:"é";', "a:1:{s:1:\"x\";" + "a:0:{}" + "}",
]
php_text = damaged(st.sampled_from(PHP_TEXTS) | st.just("a:1:{i:1;").map(lambda nested: nested * 3000))


def stored(hashes):
    """What a column of a row may hold: of any storage class, whatever the column is for."""
    return st.one_of(
        st.none(), st.sampled_from([0, 1, -1, 2, 7, 255, 2**31, 2**63 - 1, -2**63, 0.5, -0.0, 1e308, float("inf")]),
        st.one_of(st.sampled_from(NUMBERS), dates, php_text, damaged(st.sampled_from(hashes)), text, name).filter(_storable),
        st.binary(max_size=12), st.sampled_from([b"\xff\xfe", b"a\x80b", b"\xed\xa0\x80", b"alice\xff", b"\xc3"]).map(Raw),
    )


def _storable(value):
    return not any("\ud800" <= character <= "\udfff" for character in value)


@st.composite
def row_changes(draw, tables, hashes):
    """What somebody else did to the rows of a database, as ``Tables.alter`` takes it.

    :param tables: columns by table
    """
    changes = []
    for _number in range(draw(st.integers(0, 5))):
        table = draw(st.sampled_from(sorted(tables)))
        columns = tables[table]
        kind = draw(st.sampled_from(["update", "update", "insert", "copy", "delete"]))
        some = draw(st.lists(st.sampled_from(columns), min_size=1, max_size=3, unique=True)) if kind != "delete" else []
        if kind == "insert":
            some = columns
        changes.append((kind, table, draw(st.integers(0, 3)), {column: draw(stored(hashes)) for column in some}))
    return changes


json_value = st.recursive(
    st.none() | st.booleans() | st.integers(-2**70, 2**70) | st.floats(allow_nan=False) | text,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(_pieces, children, max_size=3), max_leaves=5,
)
"""Whatever JSON can bring."""

mail = st.one_of(st.sampled_from(["alice@example.org", "Bob@Example.ORG", "a+b@x.example", "o'x@example.org", "a&b@example.org", "x@localhost", ""]), text)


def option(name_, spec, pools):
    """A value of an option: right in most cases, wrong in its content in many, and of another type in a few."""
    right = pools.get(name_)
    if right is None and "choices" in spec:
        right = st.sampled_from(spec["choices"])
    if right is None:
        kinds = {
            "bool": st.booleans(), "int": st.sampled_from([0, 1, -1, -2, 1000, 2**31, 2**63, -2**63 - 1, 2**200]),
            "dict": st.dictionaries(name, json_value, max_size=2), "list": st.lists(text, max_size=3),
        }
        right = kinds.get(spec.get("type"), text)
    if spec.get("type") == "list" and "options" in spec:
        inner = st.fixed_dictionaries({key: option(key, value, pools) for key, value in spec["options"].items()})
        right = st.lists(inner, max_size=3)
    return st.integers(0, 40).flatmap(lambda number: json_value if number == 1 else right)


def entries(spec, pools):
    """Options of one account."""
    given = {key: option(key, value, pools) for key, value in spec.items() if key != "name"}
    return st.builds(
        lambda called, rest: {"name": called, **{key: rest[key] for key in rest if not (key == "password_hash" and "password" in rest)}},
        option("name", spec["name"], pools), st.fixed_dictionaries({}, optional=given),
    )


def rarely(strategy):
    """Nothing, most of the time."""
    return st.integers(0, 5).flatmap(lambda number: strategy if number == 1 else st.just({}))


def requests(spec, pools, service_spec, database_spec):
    """Arguments of a ``_user`` module, without the connection."""
    beside = {
        "unlisted": st.sampled_from(["ignore", "disable", "remove"]), "unlisted_except": st.lists(name | st.sampled_from(["*", "[a", "a*"]), max_size=2),
        "unlisted_limit": st.sampled_from(["100%", "100%", "10%", "0", "3", "-1", "nan%", "inf%", "1e999%", "101%", "x", "", "9" * 4400]),
        "disable_limit": st.sampled_from(["100%", "100%", "50%", "0", "nan"]),
    }
    own = [rarely(st.fixed_dictionaries({}, optional={key: option(key, value, pools) for key, value in some.items()}))
           for some in (service_spec, database_spec)]
    whole = st.builds(lambda accounts, *rest: {"accounts": accounts, **_merged(rest)}, st.lists(entries(spec, pools), max_size=4),
                      st.fixed_dictionaries({}, optional=beside), *own)
    single = st.builds(lambda entry, *rest: {**entry, **_merged(rest)}, entries(spec, pools), *own)
    return single | whole


def _merged(dictionaries):
    return {key: value for dictionary in dictionaries for key, value in dictionary.items()}


def database_options(spec, pools):
    """Options of both modules that say where in the database a service is."""
    return rarely(st.fixed_dictionaries({}, optional={key: option(key, value, pools) for key, value in spec.items()}))
