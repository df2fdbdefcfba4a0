# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.auth.services.plugins.module_utils.php import Opaque, Unknown, serialize, unserialize

OBJECT = object()


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
    # texts of integers as keys
    ({"77": True, "-1": 0, "-0": 1, "077": 2, "": 3, "9223372036854775807": 4, "9223372036854775808": 5},
     'a:7:{i:77;b:1;i:-1;i:0;s:2:"-0";i:1;s:3:"077";i:2;s:0:"";i:3;i:9223372036854775807;i:4;s:19:"9223372036854775808";i:5;}'),
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


@pytest.mark.parametrize(("text", "value"), [
    # what PHP 8.2's unserialize() reads
    ('a:2:{s:2:"77";b:1;s:2:"-0";b:1;}', {77: True, "-0": True}),
    ("a:2:{i:0;i:1;i:0;i:2;}", {0: 2}),
    ("a:01:{i:+5;i:-0;}", {5: 0}),
    ("i:99999999999999999999;", (1 << 63) - 1),
    ('s:01:"a";', "a"),
    ("N;N;", None), ("b:1; ", True), ("a:0:{}i:0;N;", {}),
    ('a:3:{s:1:"a";b:1;s:1:"b";R:2;s:1:"c";i:4;}', {"a": True, "b": True, "c": 4}),
    ('a:1:{s:1:"x";a:2:{i:0;i:7;i:1;R:3;}}', {"x": {0: 7, 1: 7}}),
    ('a:4:{i:0;O:8:"stdClass":1:{s:1:"x";i:7;}i:1;R:3;i:2;i:8;i:3;R:4;}', {0: OBJECT, 1: 7, 2: 8, 3: 8}),
])
def test_what_php_takes_too(text, value):
    found = unserialize(text)
    if isinstance(found, dict):
        found = {key: OBJECT if isinstance(one, Opaque) else one for key, one in found.items()}
    assert found == value


@pytest.mark.parametrize(("text", "true"), [
    ("d:1.5;", True), ("d:.5;", True), ("d:5.;", True), ("d:1E+25;", True), ("d:INF;", True), ("d:-INF;", True), ("d:NAN;", True), ("d:0.01;", True),
    ("d:0;", False), ("d:-0.0;", False), ("d:0E+5;", False),
    ('O:8:"stdClass":0:{}', True), ('O:3:"Foo":2:{s:1:"a";d:1.5;i:5;a:1:{i:0;O:1:"B":0:{}}}', True),
])
def test_what_is_kept_as_it_was_written(text, true):
    found = unserialize(text)
    assert isinstance(found, Opaque) and bool(found) is true
    assert serialize(found) == text
    assert serialize(unserialize(f'a:1:{{s:1:"x";{text}}}')) == f'a:1:{{s:1:"x";{text}}}'


@pytest.mark.parametrize("text", [
    'a:1:{s:1:"x";R:1;}', "a:2:{i:0;a:1:{i:0;N;}i:1;R:2;}", 'a:2:{i:0;O:1:"A":0:{}i:1;r:2;}', 'a:2:{i:0;O:1:"A":0:{}i:1;R:2;}',
    'a:1:{i:0;O:8:"stdClass":1:{s:1:"a";r:2;}}',
])
def test_references_that_mean_something_in_their_place_alone(text):
    assert all(unserialize(text).values())
    with pytest.raises(ValueError, match="references"):
        serialize(unserialize(text))


def test_references_to_arrays_are_not_followed():
    """A short text would hold a whole tree."""
    text, number = "a:1:{i:0;N;}", 2
    for _level in range(60):
        text, number = f"a:2:{{i:0;{text}i:1;R:3;}}", number + 1
    assert isinstance(unserialize(text)[1], Opaque)


@pytest.mark.parametrize("text", [
    "", "N", "n;", "x", "b:2;", "b:10;", "b:1", "i:1", "i:;", "i:1.5;", "i:5 ;", "d:;", "d:abc;", "d:.;", " N;",
    's:3:"ab";', 's:1:"ab";', 's:99:"a";', 's:-1:"";', 's:1:"a"', 's:2:"€";',
    "a:1:{}", "a:0:{i:0;N;}", "a:1:{i:0;}", "a:1:{i:0;N;", "a:1:{b:1;N;}", "a:1:{N;N;}", "a:1:{d:1.5;N;}", "a:1:{a:0:{}N;}", "a:-1:{}",
    "a:99999999999:{}", "a:1:{i:0;a:0:{};}", "a:1:{R:1;N;}",
    "R:1;", 'a:2:{s:1:"a";b:1;s:1:"b";r:2;}', 'a:2:{s:1:"a";b:1;s:1:"b";R:3;}', 'a:2:{s:1:"a";b:1;s:1:"b";R:0;}', "a:2:{i:0;d:1.5;i:1;r:2;}", "a:1:{i:0;r:1;}",
    'O:0:"":0:{}', 'O:3:"F-o":0:{}', 'O:+3:"Foo":0:{}', 'O:4:"Foo":0:{}', 'O:3:"Foo":1:{b:1;N;}', 'o:1:{s:1:"a";N;}',
])
def test_what_php_does_not_read(text):
    with pytest.raises(ValueError, match="serialized") as error:
        unserialize(text)
    assert not isinstance(error.value, Unknown)


@pytest.mark.parametrize("text", [
    "a:1:{i:0;" * 100000, 's:1048576:"' + "x" * 1048576 + '";', 'E:11:"Suit:Hearts";', 'C:3:"Foo":2:{xx}', 'S:1:"\\61";', "a:3:{i:0;i:1;i:0;i:2;i:1;R:2;}",
])
def test_what_php_alone_can_tell(text):
    with pytest.raises(Unknown, match="serialized"):
        unserialize(text)
