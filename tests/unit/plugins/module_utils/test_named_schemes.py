# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The schemes of mappings. What the programs that they come from make is verified, and these verify what is made here."""

from __future__ import annotations

import base64
import ctypes
import hashlib
import hmac
import pickle
import shutil
import subprocess
import time

import pytest

from ansible_collections.auth.services.plugins.module_utils.passwords import UnverifiableHash, estimate, on_all_cores
from ansible_collections.auth.services.plugins.module_utils.passwords.by_name import (
    FORMAT_SCHEMES,
    SCHEME_NAMES,
    SETTINGS,
    make_scheme,
    scheme_of_format,
    unused_columns,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.formats import FORMATS, identify_format
from ansible_collections.auth.services.plugins.module_utils.passwords.parts import Parts
from ansible_collections.auth.services.plugins.module_utils.passwords.templates import Template

PASSWORD = "Pässwörd €1"
CHEAP = {"cost": 4, "iterations": 10, "memory": 64, "passes": 1, "n": 16, "rounds_log2": 7}


def cheap(name, **settings):
    named = SCHEME_NAMES[name].settings
    settings = {"layout": "{iterations}.{salt}.{digest}", **settings} if name == "pbkdf2" else settings
    return make_scheme(name, {**{key: value for key, value in CHEAP.items() if key in named}, **settings})


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def sha1(text):
    return hashlib.sha1(text.encode()).hexdigest()


WRITTEN = [name for name, named in SCHEME_NAMES.items() if named.writes]


@pytest.mark.parametrize("name", WRITTEN)
def test_what_a_scheme_makes_it_identifies_and_verifies(name):
    scheme = cheap(name)
    stored = scheme.make(PASSWORD, "Alice")
    assert scheme.identify(stored) and scheme.is_well_formed(stored)
    assert scheme.verify(stored, PASSWORD, "Alice")
    assert not scheme.verify(stored, PASSWORD + "x", "Alice") and not scheme.verify(stored, "", "Alice")
    assert not scheme.verify(stored[:-1], PASSWORD, "Alice") and not scheme.verify(stored + "x", PASSWORD, "Alice")
    unsalted = ("digest", "clear", "nt", "{CLEAR}", "{CLEARTEXT}", "{PLAIN}", "{NOOP}",
                "{MD5}", "{LDAP-MD5}", "{PLAIN-MD5}", "{SHA}", "{SHA1}", "{SHA256}", "{SHA512}")
    assert (scheme.make(PASSWORD, "Alice") == stored) == (name in unsalted)
    assert pickle.loads(pickle.dumps(scheme)).verify(stored, PASSWORD, "Alice")


@pytest.mark.parametrize("name", [name for name in WRITTEN if name not in ("digest", "pbkdf2", "clear", "nt", "scram")])
def test_what_a_scheme_makes_has_its_format(name):
    """So that what stands in a database leads to the scheme that writes it."""
    found = identify_format(cheap(name).make(PASSWORD))
    assert found == name
    assert scheme_of_format(found) == (name, {})


def test_formats_lead_to_schemes_that_there_are():
    for name in FORMATS:
        found = scheme_of_format(name)
        if found is not None:
            make_scheme(found[0], found[1], ("hash", *SCHEME_NAMES[found[0]].columns), pepper="x")
    assert set(FORMAT_SCHEMES) <= set(FORMATS)
    assert scheme_of_format("yescrypt") is None and scheme_of_format("") is None


@pytest.mark.parametrize("name", [name for name in FORMAT_SCHEMES if name not in ("argon2d", "aspnet_identity_2") and not name.startswith("colon_")])
def test_what_the_scheme_of_a_format_makes_has_this_format(name):
    scheme, settings = scheme_of_format(name)
    column = "salt" in settings.get("of", "") and "{salt}" not in settings["layout"]
    parts = Parts(("hash", "salt") if column else ("hash",))
    cheaper = {key: value for key, value in CHEAP.items() if key in SCHEME_NAMES[scheme].settings}
    made = make_scheme(scheme, {**cheaper, **settings}, parts.names).make(PASSWORD, "alice")
    assert identify_format(parts.split(made)["hash"]) == name


def test_what_awl_made():
    """session_salted_sha1() of AWL: *salt*{SSHA} and base64 of the digest of password and salt, and the salt."""
    stored = "*Ab1dEf2hI*{SSHA}" + base64.b64encode(hashlib.sha1(b"Secret-1Ab1dEf2hI").digest() + b"Ab1dEf2hI").decode()
    scheme = make_scheme(*scheme_of_format("awl_ssha"))
    assert scheme.verify(stored, "Secret-1") and not scheme.verify(stored, "Secret-2")


@pytest.mark.parametrize("name", [name for name in SCHEME_NAMES if name not in WRITTEN])
def test_a_scheme_of_old_passwords_makes_none(name):
    with pytest.raises(NotImplementedError):
        make_scheme(name, {}).make(PASSWORD)


# What others made of "Correct-Horse-9"; more is in test_password_formats.py
@pytest.mark.parametrize(("name", "settings", "stored"), [
    ("apr_md5_crypt", {}, "$apr1$c8xYYb2W$1SIuMr7CP7DtxY1IV8R4K."),  # openssl passwd
    ("md5_crypt", {}, "$1$Hv2ovR29$EcHwQtDfcKLHHWxcdhv3M0"),  # libxcrypt
    ("sha256_crypt", {}, "$5$QiYRIEpJ0OlmFlcL$dRo0QDc4AMD5yMl5kTRdEMDjn7J.yYFKnYsoC1RSQB0"),
    ("argon2i", {}, "$argon2i$v=19$m=64,t=1,p=1$TUNZVElMZVlxcDlUa0FORA$TDX1bCZoGp2MBcMqLHsnbc0To4Z3WJG4A00LKzuXdNg"),  # PHP 8.2
    ("bcrypt_sha256", {}, "bcrypt_sha256$$2b$04$fO2MqNhyRGRYuzzrwwW2iuC1bQesZZEfPQfUAsGZICZkB3eVJkABu"),  # Django 5.2
    ("argon2_prefixed", {}, "argon2$argon2id$v=19$m=64,t=1,p=1$OHhHbzlhdGxoSU84VW9FMGFVMlg0RQ$Hza5gpJI386dasaNstbyySh0aSwfvA4mBNg9jRVd+Oc"),
    ("scrypt", {}, "scrypt$16$vQmUeTeFiXws4GDm6hhxne$8$5$7ZpYblTHyxwYcnw7TiUKo97Zqgo8Js6R6zAcVfMiwXWgcyU35wb/JsiTMZevv3ibbHVgu3hBzbFCiW+g0KiiOA=="),
    ("md5_salted", {}, "md5$cxvAuoAEiP6wB7CLSGjqED$0e8daa36daa779e911da9769d9c33a67"),
    ("werkzeug_pbkdf2", {}, "pbkdf2:sha256:10$nieGlapKANZIYWxs$041ad7e9f8683ce2c3e4af3f2ca2430e289b225d1ecf9820638ee4cf9fcfa966"),  # Werkzeug 3.1
    ("werkzeug_pbkdf2", {"algorithm": "sha1"}, "pbkdf2:sha1:10$F0G2NVo1rNCSqvDZ$848f539b88ea6490d433b1afa86f07ec9e46a1b1"),
    ("werkzeug_scrypt", {}, ("scrypt:1024:8:1$N8WNsK0ryk7aU6O7$d4e0ee7a52d3cc88188ccecb335d5dba360d44df50bbcbbf295ddc3dd65d39b0"
                             "6886e5ffd61954e9971d7bef238cd14c52077ffd62fdf7ff1057d260dbf29067")),
    ("passlib_pbkdf2_sha1", {}, "$pbkdf2$10$6J2T0jrHGCOE8P4/Z.w95w$/OYlKJHeLazlLMpgVsLsgMlCnCU"),  # passlib 1.7.4
    ("passlib_pbkdf2_sha256", {}, "$pbkdf2-sha256$10$.5.zFsIY41wrxRjDWKuVcg$QkIrl5L07.bRvZPFgKcjIKrkCNR7O5Xpy/anU9D1g6s"),
    ("passlib_scrypt", {}, "$scrypt$ln=4,r=8,p=1$5bwXgrA2RgjhnLO2VsoZAw$j9zZjsV2WsSCJ88t9OrLE4jXf4fYHrYA+kJEE034C0I"),
    ("passlib_bcrypt_sha256", {}, "$bcrypt-sha256$v=2,t=2b,r=4$6vMa7NXd6osDbnQ3J9Ixte$iI6Z/GVLqWbSiJiL7M2qzzdBqfcS3cm"),
    ("phpass", {}, "$P$5egzpk4M2M7RxCjC5U96.NtnWE/HVR0"),
    ("digest", {"of": "sha1(raw(sha1(password)))", "encoding": "upper_hex", "layout": "*{digest}"}, "*3E71AF7A924024F19070C78B1682CE89F8F98EFF"),
    ("digest", {"of": "md5(password + name)", "layout": "md5{digest}"}, "md5230f94fe78ccbdf6ba1f6fcb7bf680b1"),
    ("pbkdf2", {"algorithm": "sha1", "layout": "$p5k2$a${salt}${digest}", "iterations": 10, "encoding": "base64_url", "salt_encoding": "base64_url"},
     "$p5k2$a$Vuodw7jXGoNQCqEUIgQgBA==$6MFhhKFrgUJr7-eA48KrhnOVy-M="),
    ("pbkdf2", {"algorithm": "sha1", "layout": "{{PBKDF2}}$1${salt}${iterations}${digest}".replace("{{", "").replace("}}", "")},
     "PBKDF2$1$i0cY/ZANDP.iheb8$5000$ee35be10588695a74ba42f03cd558e8ef66740f6"),
    *((f"{{{stored[1:stored.index('}')]}}}", {}, stored) for stored in (  # doveadm pw of Dovecot 2.3.19
        "{SSHA}A/VUQvZH2XDF9W3WFa95Q7Ald8j/dZhb", "{SMD5}azM16c31OysEwtJuWnEJAM5wbTk=", "{SHA1}nT073x6T9Kc3EEhVcHqcM9LDvGQ=",
        "{SSHA512}Quab/OIaZNSIN5GPELRmBsRtD3lCEOEFU/qUgFWN5rv4p/B7VXerfbFuO/d8tg3SL6BOAPU04CbRr3f278x4U6ppKio=",
        "{BLF-CRYPT}$2y$05$SWWoLkwXWz/hvyNZdM5fReC.2Wsz2kK4g3qC9dWJuTSue5TPdvT5y",
        "{PBKDF2}$1$i0cY/ZANDP.iheb8$5000$ee35be10588695a74ba42f03cd558e8ef66740f6")),
    ("{SHA}", {}, "{SSHA}A/VUQvZH2XDF9W3WFa95Q7Ald8j/dZhb"),
])
def test_what_others_made_is_verified(name, settings, stored):
    if "bcrypt" in name or "BLF" in name:
        pytest.importorskip("bcrypt")
    scheme = make_scheme(name, settings)
    assert scheme.verify(stored, "Correct-Horse-9", "alice")
    assert not scheme.verify(stored, "Correct-Horse-8", "alice")


def test_scram_is_that_of_its_rfc():
    """RFC 7677, section 3: the password "pencil"."""
    stored = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    assert make_scheme("scram", {}).verify(stored, "pencil") and not make_scheme("scram", {}).verify(stored, "Pencil")
    assert make_scheme("scram", {}).verify(make_scheme("scram", {"iterations": 5}).make("I\u00adX"), "IX"), "after SASLprep (RFC 4013, 3)"
    parts = Parts(("hash", "server_key", "salt", "iterations"))
    columns = parts.join({"hash": "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=", "server_key": "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
                          "salt": "W22ZaJ0SNY7soEsUEjb6gQ==", "iterations": 4096})
    assert make_scheme("scram", {}, parts.names).verify(columns, "pencil") and not make_scheme("scram", {}, parts.names).verify(columns, "x")
    hexadecimal = make_scheme("scram", {"encoding": "hex", "hmac": "SHA-1", "iterations": 5}, parts.names)
    made = hexadecimal.make("pencil")
    assert hexadecimal.verify(made, "pencil") and parts.split(made)["iterations"] == "5" and len(parts.split(made)["hash"]) == 40


def test_phpass_with_sha512():
    """https://hashcat.net/wiki/doku.php?id=example_hashes"""
    stored = "$S$C33783772bRXEx1aCsvY.dqgaaSu76XmVlKrW9Qu8IQlvxHlmzLf"
    assert make_scheme("phpass_sha512", {}).verify(stored, "hashcat") and not make_scheme("phpass_sha512", {}).verify(stored, "Hashcat")
    # U: over the MD5 of the password. Of the password that is an MD5 it is the same without U.
    assert not make_scheme("phpass_sha512", {}).verify("U" + stored, "hashcat")


@pytest.mark.parametrize("pbkdf2", [("sha1", 0), ("sha256", 1), ("sha512", 2)])
def test_asp_net_identity(pbkdf2):
    """PasswordHasher.cs: format marker, PRF, iterations, length of the salt, the salt, the key."""
    salt = bytes(range(16))
    key = hashlib.pbkdf2_hmac(pbkdf2[0], PASSWORD.encode(), salt, 1000, 32)
    stored = base64.b64encode(b"\1" + b"".join(one.to_bytes(4, "big") for one in (pbkdf2[1], 1000, 16)) + salt + key).decode()
    scheme = make_scheme("aspnet_identity", {"iterations": 20})
    assert scheme.verify(stored, PASSWORD) and not scheme.verify(stored, PASSWORD + "x")
    second = base64.b64encode(b"\0" + salt + hashlib.pbkdf2_hmac("sha1", PASSWORD.encode(), salt, 1000, 32)).decode()
    assert scheme.verify(second, PASSWORD) and not scheme.verify(second, PASSWORD + "x")


def test_colons():
    """From test_passwords.py of the type."""
    scheme = make_scheme("colon_pbkdf2", {})
    assert scheme.verify(":A:bd347294ce11cf3839ca8dc32f59d481", "Correct-Horse-9") and not scheme.verify(":A:bd347294ce11cf3839ca8dc32f59d481", "x")
    assert scheme.verify(":B:95051961:53733e02700be705a2b5b5f3b43c60de", "Correct-Horse-9")


# Templates

SALT = "a1b2"
KNOWN = {"password": PASSWORD, "name": "Älice", "salt": SALT, "pepper": "hot", "digest": b"\1\xff"}


@pytest.mark.parametrize(("template", "expected"), [
    ("password", PASSWORD),
    ("md5(password)", md5(PASSWORD)),
    ("md5(md5(salt) + md5(password))", md5(md5(SALT) + md5(PASSWORD))),
    (" sha1 ( password+salt ) ", sha1(PASSWORD + SALT)),
    ("lower(name) + password", "älice" + PASSWORD),
    ("nfkd('ö\ufb01')", "o\u0308fi"), ("nfkc('o\u0308\ufb01')", "öfi"), ("nfc('o\u0308\ufb01')", "ö\ufb01"),
    ("upper(name) + ':' + password", "ÄLICE:" + PASSWORD),
    ("password + pepper", PASSWORD + "hot"),
    ("hmac_sha256(pepper, password)", hmac.new(b"hot", PASSWORD.encode(), "sha256").hexdigest()),
    ("base64(hmac_sha512(pepper, password))", base64.b64encode(hmac.new(b"hot", PASSWORD.encode(), "sha512").digest()).decode()),
    ("base64(sha256(password))", base64.b64encode(hashlib.sha256(PASSWORD.encode()).digest()).decode()),
    ("base64(hex(sha1(password)))", base64.b64encode(sha1(PASSWORD).encode()).decode()),
    ("hex(salt)", SALT.encode().hex()),
    ("sha1(raw(sha1(password)))", hashlib.sha1(hashlib.sha1(PASSWORD.encode()).digest()).hexdigest()),
    ("sha256(unhex(salt) + password)", hashlib.sha256(bytes.fromhex(SALT) + PASSWORD.encode()).hexdigest()),
    ("sha256(unbase64(salt))", hashlib.sha256(base64.b64decode(SALT)).hexdigest()),
    ("sha384(utf16(password))", hashlib.sha384(PASSWORD.encode("utf-16-le")).hexdigest()),
    ("upper(md5(password))", md5(PASSWORD).upper()),
    ("'it' + \"'s \" + '+()'", "it's +()"),
    ("md5('')", "d41d8cd98f00b204e9800998ecf8427e"),  # RFC 1321
    ("md4('abc')", "a448017aaf21d8525fc10ae87aa6729d"),  # RFC 1320
    ("sha1(digest + digest)", sha1("01ff01ff")),
])
def test_templates(template, expected):
    assert Template(template, tuple(KNOWN)).text_of(KNOWN) == expected


@pytest.mark.parametrize(("template", "says"), [
    ("", "it must be a text such as md5"), (None, "it must be a text"), (5, "it must be a text"), (["md5"], "it must be a text"),
    ("md5", "has 'md5' where one of password, name, salt, pepper, a text in quotes or a function must be"),
    ("md5(", "has the end where a name, a text in quotes or a function must be"),
    ("md5(password", "has the end where"), ("md5(password))", r"has '\)' where nothing more, or \+ must be"),
    ("md5()", r"has '\)' where a name"), ("password +", "has the end where"), ("password password", "has 'password' where nothing more"),
    ("md5(password, salt)", r"md5\(\) needs 1 argument, not 2"), ("hmac_sha1(password)", r"hmac_sha1\(\) needs 2 arguments, not 1"),
    ("crc32(password)", "one of the functions md4, md5"), ("__import__('os')", "has \"__import__"), ("password.upper()", r"has '.upper\(\)' where"),
    ("digest", "has 'digest' where one of"), ("email", "has 'email' where one of password"), ("'open", "has \"'open\" where"), ("1", "has '1' where"),
    ("raw(sha1(password))", "gives bytes that are not text"), ("raw(password)", r"raw\(\) needs a digest"), ("password + unhex(salt)", "gives bytes"),
    ("lower(raw(md5(password)))", r"lower\(\) needs text, not bytes"), ("md5(" * 11 + "password" + ")" * 11, "more than 10 in each other"),
    ("md5(" * 90 + "password" + ")" * 40, "more than 10 in each other"), ("+".join(["salt"] * 41), "more than 40 parts"), ("a" * 501, "it has 501 characters"),
    ("{{ password }}", "has '{{ password }}' where"), ("md5(password);", "has ';' where"), ("MD5(password)", "has 'MD5"), ("password\0", "has"),
])
def test_what_is_not_a_template_is_refused(template, says):
    with pytest.raises(ValueError, match=says):
        Template(template)


# Digests

@pytest.mark.parametrize(("settings", "stored", "account"), [
    ({"of": "md5(password)"}, md5(PASSWORD), ""),
    ({"of": "sha1(lower(name) + password)"}, sha1("alice" + PASSWORD), "Alice"),
    ({"of": "md5(password)", "encoding": "upper_hex"}, md5(PASSWORD).upper(), ""),
    ({"of": "sha1(password)", "layout": "SHA1:{digest}"}, "SHA1:" + sha1(PASSWORD), ""),
    ({"of": "md5(password + salt)", "layout": "{digest}:{salt}"}, md5(PASSWORD + "ab") + ":ab", ""),
    ({"of": "sha1(salt + password)", "layout": "{salt}{digest}"}, "ab" + sha1("ab" + PASSWORD), ""),
    ({"of": "md5(name + ':realm:' + password)"}, md5("Alice:realm:" + PASSWORD), "Alice"),
    ({"of": "base64(sha1(password))"}, base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode(), ""),
    ({"of": "sha1(password)", "encoding": "base64"}, base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode(), ""),
    ({"of": "sha1(password)", "rounds": 3}, sha1(sha1(sha1(PASSWORD))), ""),
    ({"of": "sha1(password)", "rounds": 2, "again": "sha1(digest + password)"}, sha1(sha1(PASSWORD) + PASSWORD), ""),
    ({"of": "sha512(password)", "rounds": 2, "again": "sha512(raw(digest) + password)", "encoding": "base64"},
     base64.b64encode(hashlib.sha512(hashlib.sha512(PASSWORD.encode()).digest() + PASSWORD.encode()).digest()).decode(), ""),
])
def test_digests(settings, stored, account):
    scheme = make_scheme("digest", settings)
    assert scheme.identify(stored) and scheme.verify(stored, PASSWORD, account)
    assert not scheme.verify(stored, PASSWORD + "x", account)
    made = scheme.make(PASSWORD, account)
    assert scheme.verify(made, PASSWORD, account) and len(made) == len(stored) + (14 if "salt" in settings["of"] else 0)


def test_a_salt_in_a_column():
    parts = Parts(("hash", "salt"))
    scheme = make_scheme("digest", {"of": "md5(md5(salt) + md5(password))", "salt_length": 8, "salt_characters": "hex"}, parts.names)
    stored = parts.join({"hash": md5(md5("ab c&d=é%") + md5(PASSWORD)), "salt": "ab c&d=é%"})
    assert scheme.identify(stored) and scheme.is_well_formed(stored)
    assert scheme.verify(stored, PASSWORD) and not scheme.verify(stored, PASSWORD + "x")
    made = parts.split(scheme.make(PASSWORD))
    assert len(made["salt"]) == 8 and set(made["salt"]) <= set("0123456789abcdef")
    assert made["hash"] == md5(md5(made["salt"]) + md5(PASSWORD))
    assert not scheme.verify(parts.join({"hash": md5(PASSWORD), "salt": None}), PASSWORD)
    assert not scheme.verify(md5(PASSWORD), PASSWORD) and not scheme.verify("", PASSWORD)


def test_a_scheme_that_needs_no_salt_empties_its_column():
    pytest.importorskip("bcrypt")
    parts = Parts(("hash", "salt", "iterations"))
    scheme = make_scheme("bcrypt", {"cost": 4}, parts.names)
    made = parts.split(scheme.make(PASSWORD))
    assert (made["salt"], made["iterations"]) == ("", "0") and made["hash"].startswith("$2y$04$")
    assert scheme.verify(parts.join({**made, "salt": "left over"}), PASSWORD)
    assert unused_columns("bcrypt", {}, parts.names) == ["salt", "iterations"]
    assert unused_columns("digest", {"of": "md5(salt + pepper)"}, ("hash", "salt")) == []


def test_pbkdf2_with_columns():
    parts = Parts(("hash", "salt", "iterations"))
    scheme = make_scheme("pbkdf2", {"iterations": 20, "length": 50}, parts.names)
    made = parts.split(scheme.make(PASSWORD))
    assert made["iterations"] == "20" and made["hash"] == hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), made["salt"].encode(), 20, 50).hex()
    other = parts.join({"hash": hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), b"abc", 7, 50).hex(), "salt": "abc", "iterations": 7})
    assert scheme.verify(other, PASSWORD)
    without = make_scheme("pbkdf2", {"iterations": 7, "length": 50}, ("hash", "salt"))
    assert without.verify(Parts(("hash", "salt")).join({"hash": parts.split(other)["hash"], "salt": "abc"}), PASSWORD)


@pytest.mark.parametrize("values", [
    {"hash": "x", "salt": "y"}, {"hash": "", "salt": ""}, {"hash": None, "salt": "y"}, {"hash": None, "salt": None}, {"hash": "a&b=c%20 +", "salt": "é€\n\0"},
    {"hash": "$2y$04$./a", "salt": "hash=1&salt=2"}, {"hash": "\udcff", "salt": "x"},
])
def test_columns_become_one_text_and_back(values):
    parts = Parts(("hash", "salt"))
    assert parts.split(parts.join(values)) == values
    assert Parts().split(Parts().join({"hash": values["hash"] or ""})) == {"hash": values["hash"] or ""}


@pytest.mark.parametrize("stored", ["x", "hash", "hash=1&hash=2", "hash=1&other=2", "&", "hash=1&"])
def test_other_texts_are_refused(stored):
    with pytest.raises(ValueError, match=r"it must have the form hash=\.\.\.&salt=\.\.\."):
        Parts(("hash", "salt")).split(stored)
    assert not make_scheme("digest", {"of": "md5(salt)"}, ("hash", "salt")).verify(stored, "x")


def test_bytes_of_columns_become_text():
    assert Parts(("hash", "salt")).split(Parts(("hash", "salt")).join({"hash": b"abc", "salt": 5})) == {"hash": "abc", "salt": "5"}


# Over a template

def test_bcrypt_over_a_template():
    bcrypt = pytest.importorskip("bcrypt")
    for of, text in (("lower(name) + password", "alice" + PASSWORD), ("md5(password)", md5(PASSWORD)), ("sha1(password)", sha1(PASSWORD)),
                     ("password + pepper", PASSWORD + "hot"), ("pepper + password", "hot" + PASSWORD),
                     ("hmac_sha256(pepper, password)", hmac.new(b"hot", PASSWORD.encode(), "sha256").hexdigest())):
        scheme = make_scheme("bcrypt", {"of": of, "cost": 4, "kind": "2b", "prefix": "x$"}, pepper="hot")
        made = scheme.make(PASSWORD, "Alice")
        assert made.startswith("x$$2b$04$") and bcrypt.checkpw(text.encode(), made[2:].encode()), of
        assert scheme.verify("x$" + bcrypt.hashpw(text.encode(), bcrypt.gensalt(4)).decode(), PASSWORD, "Alice")
        assert "hot" not in repr(scheme)
    long = make_scheme("bcrypt", {"of": "name + password", "cost": 4})
    assert long.verify(long.make("b" * 10, "a" * 70), "bb" + "c" * 8, "a" * 70), "only 72 bytes count"
    assert not long.verify(long.make("b" * 10, "a" * 70), "bc" + "b" * 8, "a" * 70)


def test_pbkdf2_over_an_hmac():
    """As Flask-Security has it: passlib's PBKDF2 of the HMAC with a secret, in base64."""
    scheme = make_scheme("passlib_pbkdf2_sha512", {"of": "base64(hmac_sha512(pepper, password))", "iterations": 10}, pepper="hot")
    inner = base64.b64encode(hmac.new(b"hot", PASSWORD.encode(), "sha512").digest()).decode()
    assert make_scheme("passlib_pbkdf2_sha512", {}).verify(scheme.make(PASSWORD), inner)


# Errors

@pytest.mark.parametrize(("name", "settings", "says"), [
    ("bcrpyt", {}, "there is no scheme 'bcrpyt'; there are bcrypt, argon2id"), (None, {}, "there is no scheme None"), (["bcrypt"], {}, "there is no scheme"),
    ("bcrypt", {"costs": 4}, "the scheme bcrypt has no setting 'costs'; its settings are cost, kind, of, prefix"),
    ("md5_crypt", {"cost": 4}, "the scheme md5_crypt has no setting 'cost'; it has no settings"),
    ("bcrypt", {"cost": 3}, "cost must be a number from 4 to 16, not 3"), ("bcrypt", {"cost": "12"}, "cost must be a number from 4 to 16, not '12'"),
    ("bcrypt", {"cost": True}, "cost must be a number"), ("bcrypt", {"cost": None}, "cost must be a number"),
    ("bcrypt", {"kind": "2x"}, "kind must be 2y, 2b or 2a, not '2x'"),
    ("bcrypt", {"prefix": 5}, "prefix must be a text, not 5"), ("bcrypt", {"of": "salt + password"}, "of: 'salt [+] password' has 'salt"),
    ("bcrypt", {"of": "password + pepper"}, "the scheme uses pepper: the option pepper must be given"),
    ("digest", {"of": "md5(pepper)"}, "the scheme uses pepper"),
    ("digest", {"of": "md5(salt + password)"}, "the scheme digest keeps salt in a column of its own: it must be in columns, or stand in layout"),
    ("digest", {"layout": "x"}, r"layout: 'x' must have \{digest\} and may have, each once, \{salt\}"),
    ("digest", {"layout": "{digest}{iterations}"}, "layout: "), ("digest", {"layout": "{digest}{digest}"}, "layout: "),
    ("digest", {"of": "password", "rounds": 2}, "rounds, again and encoding need a digest"),
    ("digest", {"again": "password", "rounds": 2}, "again must be a digest"),
    ("digest", {"of": "sha1(password)", "again": "md5(digest)"}, "again must be a digest as long as"),
    ("digest", {"encoding": "HEX"}, "encoding must be hex, upper_hex"),
    ("digest", {"of": "hmac_sha1('k', password)", "rounds": 2}, "again must say what is hashed"),
    ("digest", {"rounds": 10**9}, "rounds must be a number from 1 to 1000000"),
    ("digest", {"of": "base64(sha1(salt))", "layout": "{salt}{digest}"}, "layout must have something between"),
    ("pbkdf2", {}, "keeps salt in a column of its own"), ("pbkdf2", {"algorithm": "crc"}, "algorithm must be md5, sha1"),
    ("pbkdf2", {"layout": "{salt}{digest}", "prefix": "x"}, "prefix cannot be used with this scheme; say it in layout"),
    ("argon2id", {"memory": 1 << 30}, "memory must be a number from 64 to 262144"),
    ("argon2id", {"memory": 64, "lanes": 16}, "memory must be at least 8 KiB for each lane, 128"),
    ("scrypt", {"n": 1000}, "n must be a power of 2, not 1000"), ("scrypt", {"n": 1 << 17, "r": 16}, "n and r take more than 128 MiB"),
    ("sha512_crypt", {"rounds": 10}, "rounds must be a number from 1000"),
])
def test_wrong_settings_are_named(name, settings, says):
    with pytest.raises(ValueError, match=says):
        make_scheme(name, settings)


def test_every_setting_is_described():
    used = {setting for named in SCHEME_NAMES.values() for setting in named.settings}
    assert used == set(SETTINGS)
    for name, named in SCHEME_NAMES.items():
        for setting, default in named.settings.items():
            if default is not None:
                SETTINGS[setting].check(setting, default)
        assert named.what and (named.writes or name)


ODD = [None, True, 0, -1, 1 << 70, 1.5, "", "\0", "é", "{", "}", "{digest", "'", "(", "salt", "md5(salt)",
       "{salt}{digest}", [], {}, [1], "\udcff", b"x", "x" * 10_000]


@pytest.mark.parametrize("name", SCHEME_NAMES)
def test_settings_of_all_kinds_are_taken_or_refused(name):
    for setting in SCHEME_NAMES[name].settings:
        for value in ODD:
            for columns in (("hash",), ("hash", "salt", "iterations", "server_key")):
                try:
                    scheme = make_scheme(name, {setting: value}, columns, pepper="hot")
                except ValueError as error:
                    assert len(str(error)) < 1000 + 5 * len(str(value)), error
                else:
                    assert scheme.verify("x", PASSWORD) in (True, False)


# What a stranger stored

@pytest.mark.parametrize(("name", "settings", "stored"), [
    ("werkzeug_pbkdf2", {}, "pbkdf2:sha256:999999999$salt$" + "0" * 64), ("werkzeug_scrypt", {}, "scrypt:1048576:8:9$salt$" + "0" * 128),
    ("passlib_pbkdf2_sha256", {}, "$pbkdf2-sha256$999999999$YWJj$" + "A" * 43), ("passlib_scrypt", {}, "$scrypt$ln=31,r=8,p=1$YWJj$" + "A" * 43),
    ("passlib_scrypt", {}, "$scrypt$ln=99,r=9,p=9$YWJj$" + "A" * 43),
    ("passlib_bcrypt_sha256", {}, "$bcrypt-sha256$v=2,t=2b,r=31$" + "a" * 22 + "$" + "a" * 31),
    ("phpass_sha512", {}, "$S$S" + "a" * 51), ("phpass", {}, "$P$S" + "a" * 30), ("scram", {}, f"SCRAM-SHA-256$999999999:YWJj${'A' * 43}=:{'A' * 43}="),
    ("aspnet_identity", {}, base64.b64encode(b"\1" + b"".join(one.to_bytes(4, "big") for one in (2, 1 << 31, 16)) + bytes(48)).decode()),
    ("sha512_crypt", {}, "$6$rounds=999999999$salt$" + "a" * 86),
    ("argon2_prefixed", {}, "argon2$argon2id$v=19$m=4000000,t=4,p=1$" + "A" * 22 + "$" + "A" * 43),
    ("{SSHA}", {}, "{PBKDF2}$1$salt$999999999$" + "0" * 40),
    ("digest", {"rounds": 1_000_000, "of": "md5(password)", "again": "md5(md5(md5(md5(digest))))"}, "0" * 32),
])
def test_what_would_take_long_is_refused(name, settings, stored):
    if "bcrypt" in name:
        pytest.importorskip("bcrypt")
    with pytest.raises(UnverifiableHash, match="would take more than"):
        make_scheme(name, settings).verify(stored, PASSWORD)


@pytest.mark.parametrize("stored", [
    "", "x", "$", "{", "{}", "{SSHA}", "{SSHA}!", "{SSHA.HEX}zz", "hash=", "AQAAAA", "AQAAAAEAACcQ", "A" * 84, "\0", "é" * 40, "0" * 4096,
    "$scrypt$ln=0,r=8,p=1$$",
    "$pbkdf2-sha256$0$$" + "A" * 43, "scrypt:3:1:1$a$" + "0" * 128, "$pbkdf2-sha256$5$A$" + "A" * 43, "pbkdf2:md6:1$a$0", "SCRAM-SHA-256$1::$:", "AAAA" * 200,
])
@pytest.mark.parametrize("name", SCHEME_NAMES)
def test_nothing_wrong_is_more_than_a_wrong_password(name, stored):
    settings = {"layout": "{salt}:{digest}"} if name == "pbkdf2" else {}
    scheme = make_scheme(name, settings)
    try:
        assert scheme.verify(stored, PASSWORD, "alice") is False
        assert scheme.is_well_formed(stored) in (True, False)
    except UnverifiableHash:
        assert name.startswith("{")


def test_the_estimate_of_rounds_is_near_the_truth():
    scheme = make_scheme("digest", {"of": "sha512(password)", "rounds": 50_000, "again": "sha512(raw(digest) + password)"})
    estimated, _result = estimate(lambda: scheme.verify("0" * 128, PASSWORD))
    began = time.process_time()
    scheme.verify("0" * 128, PASSWORD)
    assert estimated / 20 < time.process_time() - began < estimated * 20


def test_many_are_computed_on_all_cores():
    schemes = [cheap(name) for name in WRITTEN]
    stored = on_all_cores(lambda scheme: scheme.make(PASSWORD), schemes)
    assert all(on_all_cores(lambda pair: pair[0].verify(pair[1], PASSWORD), list(zip(schemes, stored))))


# The programs themselves verify what is made here.

@pytest.mark.parametrize("name", [
    "pbkdf2_sha256", "pbkdf2_sha1", "argon2_prefixed", "bcrypt_sha256", "scrypt", "md5_salted",
])
def test_django_verifies_it(name):
    pytest.importorskip("django", reason="Django is not installed")
    from django.conf import settings

    if not settings.configured:
        settings.configure()
    settings.PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{one}PasswordHasher" for one in (
        "PBKDF2", "PBKDF2SHA1", "Argon2", "BCryptSHA256", "Scrypt", "MD5")]
    from django.contrib.auth.hashers import check_password, get_hashers, reset_hashers

    reset_hashers(setting="PASSWORD_HASHERS", enter=True)
    assert len(get_hashers()) == 6
    stored = cheap(name).make(PASSWORD)
    assert check_password(PASSWORD, stored) and not check_password(PASSWORD + "x", stored)


@pytest.mark.parametrize("name", ["werkzeug_scrypt", "werkzeug_pbkdf2"])
def test_werkzeug_verifies_it(name):
    security = pytest.importorskip("werkzeug.security", reason="Werkzeug is not installed")
    stored = cheap(name, **({"n": 1024} if name == "werkzeug_scrypt" else {})).make(PASSWORD)
    assert security.check_password_hash(stored, PASSWORD) and not security.check_password_hash(stored, PASSWORD + "x")
    other = security.generate_password_hash(PASSWORD, "scrypt:1024:8:1" if name == "werkzeug_scrypt" else "pbkdf2:sha256:10")
    assert make_scheme(name, {}).verify(other, PASSWORD) and not make_scheme(name, {}).verify(other, "x")


PASSLIB = {
    "passlib_pbkdf2_sha1": "pbkdf2_sha1", "passlib_pbkdf2_sha256": "pbkdf2_sha256", "passlib_pbkdf2_sha512": "pbkdf2_sha512", "passlib_scrypt": "scrypt",
    "phpass": "phpass", "sha512_crypt": "sha512_crypt", "sha256_crypt": "sha256_crypt", "{SSHA}": "ldap_salted_sha1", "{SMD5}": "ldap_salted_md5",
    "{SSHA256}": "ldap_salted_sha256", "{SSHA512}": "ldap_salted_sha512", "{SHA}": "ldap_sha1", "{MD5}": "ldap_md5", "nt": "nthash",
    "argon2id": "argon2", "argon2i": "argon2",
    "digest": "hex_md5",
}


@pytest.mark.parametrize("name", PASSLIB)
def test_passlib_verifies_it(name):
    handler = getattr(pytest.importorskip("passlib.hash", reason="passlib is not installed"), PASSLIB[name])
    stored = cheap(name).make(PASSWORD)
    assert handler.verify(PASSWORD, stored) and not handler.verify(PASSWORD + "x", stored)
    assert make_scheme(name, {}).verify(handler.hash(PASSWORD), PASSWORD)


@pytest.mark.parametrize(("name", "settings"), [
    ("bcrypt", {"kind": "2y"}), ("bcrypt", {"kind": "2b"}), ("bcrypt", {"kind": "2a"}), ("argon2id", {}), ("argon2i", {}), ("sha512_crypt", {}),
    ("sha256_crypt", {"rounds": 1234}),
])
def test_php_verifies_it(name, settings):
    if shutil.which("php") is None:
        pytest.skip("php is not installed")
    stored = cheap(name, **settings).make(PASSWORD)
    code = "exit(password_verify($argv[1], $argv[2]) && !password_verify($argv[1] . 'x', $argv[2]) ? 0 : 1);"
    assert subprocess.run(["php", "-r", code, "--", PASSWORD, stored], check=False).returncode == 0


@pytest.mark.parametrize("name", [name for name in WRITTEN if name.startswith("{") and name not in ("{BCRYPT}", "{NOOP}")])
def test_dovecot_verifies_it(name):
    if shutil.which("doveadm") is None:
        pytest.skip("Dovecot is not installed")
    stored = cheap(name).make(PASSWORD)
    said = subprocess.run(["doveadm", "-O", "pw", "-t", stored, "-p", PASSWORD], capture_output=True, text=True, check=False)
    if "Unknown scheme" in said.stderr:
        pytest.skip(f"Dovecot was built without {name}")
    assert said.returncode == 0 and "(verified)" in said.stdout, said.stderr


@pytest.mark.parametrize(("name", "settings"), [
    ("sha512_crypt", {"rounds": 1000}), ("sha256_crypt", {}), ("bcrypt", {"kind": "2a"}), ("bcrypt", {"kind": "2y"}),
])
def test_libcrypt_verifies_it(name, settings):
    try:
        crypt = ctypes.CDLL("libcrypt.so.1").crypt
    except OSError:
        pytest.skip("no libcrypt.so.1")
    crypt.restype = ctypes.c_char_p
    stored = cheap(name, **settings).make(PASSWORD)
    assert crypt(PASSWORD.encode(), stored.encode()) == stored.encode()
