# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.auth.services.plugins.module_utils.php import serialize


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
