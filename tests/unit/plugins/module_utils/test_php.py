# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.auth.services.plugins.module_utils.php import serialize, unserialize


@pytest.mark.parametrize(("value", "text"), [
    # what PHP's serialize() prints
    (None, "N;"),
    (True, "b:1;"),
    (False, "b:0;"),
    (0, "i:0;"),
    (-17, "i:-17;"),
    ("", 's:0:"";'),
    ("text", 's:4:"text";'),
    ('a "quoted" one', 's:14:"a "quoted" one";'),
    ("€", 's:3:"€";'),  # lengths are in bytes
    ("\udcff", 's:1:"\udcff";'),  # a byte that is no UTF-8 is one byte
    ([], "a:0:{}"),
    (("x",), 'a:1:{i:0;s:1:"x";}'),
    ([None, True], "a:2:{i:0;N;i:1;b:1;}"),
    ({"key": [1]}, 'a:1:{s:3:"key";a:1:{i:0;i:1;}}'),
    # log rows of MediaWiki 1.39
    ({"4::userid": 3}, 'a:1:{s:9:"4::userid";i:3;}'),
    ({"5::duration": "infinity", "6::flags": "nocreate,noemail,nousertalk", "sitewide": True},
     'a:3:{s:11:"5::duration";s:8:"infinity";s:8:"6::flags";s:27:"nocreate,noemail,nousertalk";s:8:"sitewide";b:1;}'),
])
def test_serialize(value, text):
    assert serialize(value) == text


@pytest.mark.parametrize("value", [1.5, b"bytes", {1, 2}, object()])
def test_what_it_does_not_know(value):
    with pytest.raises(TypeError, match=type(value).__name__):
        serialize(value)


@pytest.mark.parametrize(("text", "value"), [
    # what PHP's serialize() prints
    ("N;", None),
    ("b:1;", True),
    ("b:0;", False),
    ("i:-17;", -17),
    ('s:0:"";', ""),
    ('s:3:"€";', "€"),
    ('s:1:"\udcff";', "\udcff"),
    ('s:9:"a";i:1;}"";', 'a";i:1;}"'),  # the length counts, not the quotes
    ("a:0:{}", {}),
    ('a:2:{i:0;s:1:"x";i:5;N;}', {0: "x", 5: None}),
    ('a:1:{s:13:"administrator";b:1;}', {"administrator": True}),
    ('a:1:{s:6:"editor";a:2:{s:4:"name";s:6:"Editor";s:12:"capabilities";a:1:{s:7:"level_7";b:1;}}}',
     {"editor": {"name": "Editor", "capabilities": {"level_7": True}}}),
])
def test_unserialize(text, value):
    found = unserialize(text)
    assert found == value and type(found) is type(value)
    if "i:5;" not in text:
        assert serialize(found) == text


def test_unserialize_keeps_the_order():
    assert list(unserialize("a:3:{i:2;N;i:0;N;i:1;N;}")) == [2, 0, 1]


@pytest.mark.parametrize("text", [
    "", "N", "x", "b:2;", "b:1", "i:1", "i:;", "i:1.5;", "d:1.5;", "N;N;", "b:1; ",
    's:3:"ab";', 's:1:"ab";', 's:99:"a";', 's:-1:"";', 's:1:"a"', 's:2:"€";',
    "a:1:{}", "a:0:{i:0;N;}", "a:1:{i:0;}", "a:1:{i:0;N;", "a:1:{b:1;N;}", "a:1:{N;N;}", "a:1:{a:0:{}N;}", "a:-1:{}", "a:99999999999:{}",
    'O:8:"stdClass":0:{}', "R:1;", "a:1:{i:0;" * 100000,
])
def test_what_php_did_not_write(text):
    with pytest.raises(ValueError, match="serialized"):
        unserialize(text)
