# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which format a stored password has. The values are what the named programs made of "Correct-Horse-9"."""

from __future__ import annotations

import base64
import hashlib
import importlib
import random
import string
import time
import uuid

import pytest

from ansible_collections.auth.services.plugins.module_utils.passwords.formats import (
    FORMATS,
    count_formats,
    identify_format,
    is_shape_only,
)

PASSWORD = b"Correct-Horse-9"
BCRYPT = "$2y$04$vRC5PoJVRQNyMds8N/gqUuVpN6dsUZ8LbGDubKMhPn9VFGfxaIS/q"
MADE = {
    # crypt() of libxcrypt 4.4.33
    "yescrypt": "$y$j9T$U/6FeDNXXdo7TyI1HMChR.$J2zb.ZPztTpq8XCNDkmjMhwrffddAdjehNPxMWp4tQ7",
    "gost_yescrypt": "$gy$j9T$WTh6TyaP/E7168/MIp9FL0$MIHsqje1BZB/0HbeUcOJyy2h3h/GLib71/Phvs/Hrm1",
    "scrypt_crypt": "$7$CU..../....m0hgpU4/itd.YWjvEg12a.$wKeuRQIzzU84BwGysOHWxLiREVCaBtKlxFATvzNJus2",
    "bcrypt": BCRYPT,
    "sha512_crypt": "$6$CCXYIlYzpmoD/Msc$1eDT3MmSo1eMBgNXUhL3ljyCaZpmCv6wCVSmIPMeGvrtM1tFmkAM8oDVsn0vvam0pJprX3.SIGYRoz2dTQEwS0",
    "sha256_crypt": "$5$QiYRIEpJ0OlmFlcL$dRo0QDc4AMD5yMl5kTRdEMDjn7J.yYFKnYsoC1RSQB0",
    "sha1_crypt": "$sha1$211079$7LqIjWdi2PznPmU/craO$CEUXa8Yf5m/Bl7n9FIzOE6ibCuyj",
    "sun_md5_crypt": "$md5,rounds=81565$Gl9jF.A8$$zCvlp4PWCgrDpgrtxC0Pu0",
    "md5_crypt": "$1$Hv2ovR29$EcHwQtDfcKLHHWxcdhv3M0",
    "bsd_nthash": "$3$$e05afee4e22b6fe7e11549e2193c8202",
    "bsdi_crypt": "_J9..3XwUJ01T4MSzzjQ",
    "des_crypt": "xcq5R4/sidlOw",
    # openssl passwd of OpenSSL 3.0, password_hash() of PHP 8.2
    "apr_md5_crypt": "$apr1$c8xYYb2W$1SIuMr7CP7DtxY1IV8R4K.",
    "argon2i": "$argon2i$v=19$m=64,t=1,p=1$TUNZVElMZVlxcDlUa0FORA$TDX1bCZoGp2MBcMqLHsnbc0To4Z3WJG4A00LKzuXdNg",
    "argon2id": "$argon2id$v=19$m=65536,t=4,p=1$dE5SdFQ3WERuZkd5WWUxVA$KGVRWiyUfnkVHpV5Huj4TyGR5OzDE4KaiAB5ARXOM8U",
    # Django 5.2
    "pbkdf2_sha256": "pbkdf2_sha256$10$arxp7oj6ECIhsOvwwBPYNP$/hSAgl4mEbnJMxYAx9Ou0RYe2sAObfUTBaqhdlhtpQI=",
    "pbkdf2_sha1": "pbkdf2_sha1$10$Y0JpHXsZIewc2emYbgTRAp$L+CY2u4vEf54/GdvIRAPWBdr/qU=",
    "argon2_prefixed": "argon2$argon2id$v=19$m=64,t=1,p=1$OHhHbzlhdGxoSU84VW9FMGFVMlg0RQ$Hza5gpJI386dasaNstbyySh0aSwfvA4mBNg9jRVd+Oc",
    "bcrypt_sha256": "bcrypt_sha256$$2b$04$fO2MqNhyRGRYuzzrwwW2iuC1bQesZZEfPQfUAsGZICZkB3eVJkABu",
    "bcrypt_prefixed": "bcrypt$$2b$04$R4Wr2YWTksJ2GDm2pY17iul4Dp7PGacYH2k0d8H2hOvDN7FyXNT.S",
    "scrypt": "scrypt$16$vQmUeTeFiXws4GDm6hhxne$8$5$7ZpYblTHyxwYcnw7TiUKo97Zqgo8Js6R6zAcVfMiwXWgcyU35wb/JsiTMZevv3ibbHVgu3hBzbFCiW+g0KiiOA==",
    "md5_salted": "md5$cxvAuoAEiP6wB7CLSGjqED$0e8daa36daa779e911da9769d9c33a67",
    "unusable": "!fsAMvBbdRmOx4toW40rMR4YGbvtnX9qSG9ezwJMY",
    # Werkzeug 3.1
    "werkzeug_scrypt": "scrypt:1024:8:1$N8WNsK0ryk7aU6O7$d4e0ee7a52d3cc88188ccecb335d5dba360d44df50bbcbbf295ddc3dd65d39b0"
                       "6886e5ffd61954e9971d7bef238cd14c52077ffd62fdf7ff1057d260dbf29067",
    "werkzeug_pbkdf2": "pbkdf2:sha256:10$nieGlapKANZIYWxs$041ad7e9f8683ce2c3e4af3f2ca2430e289b225d1ecf9820638ee4cf9fcfa966",
    # Dovecot 2.3.19, doveadm pw
    "{SHA1}": "{SHA1}nT073x6T9Kc3EEhVcHqcM9LDvGQ=",
    "{SSHA512}": "{SSHA512}Quab/OIaZNSIN5GPELRmBsRtD3lCEOEFU/qUgFWN5rv4p/B7VXerfbFuO/d8tg3SL6BOAPU04CbRr3f278x4U6ppKio=",
    "{SCRAM-SHA-256}": "{SCRAM-SHA-256}4096,UDgYu2jvF5fAl03K90PK/w==,kuETRgwWAjOaJ1IjckAM4ms6fYQXaL6vsK8sTerIaWE=,"
                       "5YOIoHDMHHqHOb8UgJKm5G7pdnfNTWisT012/oC+8qc=",
    "{BLF-CRYPT}": "{BLF-CRYPT}$2y$05$SWWoLkwXWz/hvyNZdM5fReC.2Wsz2kK4g3qC9dWJuTSue5TPdvT5y",
    "{PLAIN}": "{PLAIN}Correct-Horse-9",
    "{CRYPT}": "{CRYPT}$2y$05$5g.dWDIoUyX1fDMmhrKb0uQc7W9cIrdQNNHrGp3XsC9KVfR8IkhJK",
    "{SSHA}": "{SSHA}A/VUQvZH2XDF9W3WFa95Q7Ald8j/dZhb",
    "{SHA512}": "{SHA512}Y7QNE7cSedQq/bkdcJ911wU9FjnZzxJbnGfJRx8CLZYm+12WJxjajjH5PaJWSjrD1Ioc1Y17NePNW+CbYzdIyg==",
    "{PLAIN-MD5}": "{PLAIN-MD5}bd347294ce11cf3839ca8dc32f59d481",
    "{LDAP-MD5}": "{LDAP-MD5}vTRylM4Rzzg5yo3DL1nUgQ==",
    "{SMD5}": "{SMD5}azM16c31OysEwtJuWnEJAM5wbTk=",
    "{MD5}": "{MD5}$1$E68MBBdp$RUHkeZwhpu0q5q4BVEOEz1",
    "{ARGON2I}": "{ARGON2I}$argon2i$v=19$m=32768,t=4,p=1$mVmiLUGW+vXhxcoUVOkrmA$krkU+82VEMuh0iO9FWYJ5zohKe0p7+Abdt0y/rfCBNE",
    "{PBKDF2}": "{PBKDF2}$1$i0cY/ZANDP.iheb8$5000$ee35be10588695a74ba42f03cd558e8ef66740f6",
    # passlib 1.7.4
    "passlib_pbkdf2_sha1": "$pbkdf2$10$6J2T0jrHGCOE8P4/Z.w95w$/OYlKJHeLazlLMpgVsLsgMlCnCU",
    "passlib_pbkdf2_sha256": "$pbkdf2-sha256$10$.5.zFsIY41wrxRjDWKuVcg$QkIrl5L07.bRvZPFgKcjIKrkCNR7O5Xpy/anU9D1g6s",
    "passlib_pbkdf2_sha512": "$pbkdf2-sha512$10$yZkTQkiJkVIq5VyrNYbwPg$LgKrs9CN7himHOyDUroRIx7h6WcAoynfpF97PvvZc2LvvVRFIOyDYzLsLb/MyifHvKlKvdKRGqA7mgDHi6B1Mg",
    "passlib_scrypt": "$scrypt$ln=4,r=8,p=1$5bwXgrA2RgjhnLO2VsoZAw$j9zZjsV2WsSCJ88t9OrLE4jXf4fYHrYA+kJEE034C0I",
    "passlib_bcrypt_sha256": "$bcrypt-sha256$v=2,t=2b,r=4$6vMa7NXd6osDbnQ3J9Ixte$iI6Z/GVLqWbSiJiL7M2qzzdBqfcS3cm",
    "phpass": "$P$5egzpk4M2M7RxCjC5U96.NtnWE/HVR0",
    "mssql": "0x0100D87BAF3578540B94F10C500BA72C76D726CD46A0DC5ED011",
    "mysql_native": "*3E71AF7A924024F19070C78B1682CE89F8F98EFF",
    "oracle": "S:F70DF8B4E703765F3EA71EE653170046F4A5D9812A632F55F3B17FA5509A",
    "p5k2": "$p5k2$a$Vuodw7jXGoNQCqEUIgQgBA==$6MFhhKFrgUJr7-eA48KrhnOVy-M=",
    "postgresql_md5": "md5230f94fe78ccbdf6ba1f6fcb7bf680b1",
    # digests of Python
    "hex_32": hashlib.md5(PASSWORD).hexdigest(),
    "hex_40": hashlib.sha1(PASSWORD).hexdigest(),
    "hex_64": hashlib.sha256(PASSWORD).hexdigest(),
    "hex_128": hashlib.sha512(PASSWORD).hexdigest().upper(),
    "base64_16": base64.b64encode(hashlib.md5(PASSWORD).digest()).decode(),
    "base64_20": base64.b64encode(hashlib.sha1(PASSWORD).digest()).decode(),
    "base64_32": base64.b64encode(hashlib.sha256(PASSWORD).digest()).decode(),
    "base64_64": base64.b64encode(hashlib.sha512(PASSWORD).digest()).decode(),
}
# By what the applications' code says, or their documentation
DOCUMENTED = {
    "bcrypt": ["$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "$2x$04$abcdefghijklmnopqrstuuL14P8YbLAn0JkPxtgtQFRlH3V5k9ZVC"],
    "wp_bcrypt": [f"$wp{BCRYPT}"],
    "phpass_sha512": ["$S$C33783772bRXEx1aCsvY.dqgaaSu76XmVlKrW9Qu8IQlvxHlmzLf"],  # https://hashcat.net/wiki/doku.php?id=example_hashes
    "phpass": ["$H$984478476IagS59wHZvyQMArzfx58u."],  # the same
    "colon_md5": [":A:900150983cd24fb0d6963f7d28e17f72", ":B:56668501:0db62a4a2a4b7b2c2b0a0a9d0f1d1c3d"],
    "colon_pbkdf2": [":pbkdf2:sha512:30000:64:bU8SGiqQ6zVgfX4TjX2RtA==:" + base64.b64encode(hashlib.sha512(PASSWORD).digest()).decode()],
    "colon_bcrypt": [":bcrypt:04$vRC5PoJVRQNyMds8N/gqUu$VpN6dsUZ8LbGDubKMhPn9VFGfxaIS/q"],
    "colon_argon2": [":argon2:" + MADE["argon2id"]],
    "awl_ssha": ["*Ab1dEf2h*{SSHA}nT073x6T9Kc3EEhVcHqcM9LDvGRBYjFkRWYyaA=="],
    "awl_md5": ["*Ab1dEf2h*900150983cd24fb0d6963f7d28e17f72"],
    "awl_plain": ["**Correct-Horse-9"],
    "aspnet_identity": [  # PasswordHasher of version 3, its format marker, PRF, iterations and length of the salt
        base64.b64encode(bytes([1, 0, 0, 0, prf]) + number.to_bytes(4, "big") + (16).to_bytes(4, "big") + bytes(range(99, 147))).decode()
        for prf in range(3) for number in (1000, 10_000, 100_000)
    ],
    "aspnet_identity_2": [base64.b64encode(b"\0" + bytes(range(160, 208))).decode()],
    # https://www.rfc-editor.org/rfc/rfc7677, section 3, as PostgreSQL stores it
    "scram_sha256": ["SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="],
    "mode2": ["MODE2:" + MADE["hex_64"]],
    "sha1_prefixed": ["SHA1:" + MADE["hex_40"], "SHA1X:" + MADE["hex_40"]],
    "bang_bcrypt": ["!bcrypt!10!vRC5PoJVRQNyMds8N/gqUuVpN6dsUZ8LbGDubKMhPn9VFGfxaIS/q"],
    "bang_sha512": ["!sha512!Ab1dEf2hIj3kLm4n!" + MADE["base64_64"]],
    "versioned_bcrypt": ["1|" + BCRYPT],
    "versioned_argon2": ["2|" + MADE["argon2i"], "3|" + MADE["argon2id"]],
    "locked": ["!", "*", "!!", "*LK*"],
    "locked_hash": ["!" + BCRYPT, "*" + MADE["sha512_crypt"], "!!" + MADE["md5_crypt"], "*LK*" + MADE["argon2id"], "!" + MADE["{SSHA}"]],
    "sha1_salted": ["sha1$f00d$" + MADE["hex_40"]],
    "phc_pbkdf2": ["$pbkdf2-sha256$i=600000,l=32$bU8SGiqQ6zVgfX4TjX2RtA$" + MADE["base64_32"].rstrip("=")],
    "phc_scrypt": ["$scrypt$n=16384,r=8,p=1$bU8SGiqQ6zVgfX4TjX2RtA$" + MADE["base64_64"].rstrip("=")],
    "scrypt_ruby": ["400$8$1b$6a3a4b5c6d7e8f90$" + MADE["hex_64"]],
    "php_serialized": ['a:1:{s:4:"hash";s:60:"' + BCRYPT + '";}'],
    "md5_and_salt": [MADE["hex_32"] + ":ab", MADE["hex_32"] + ":Ab1dEf2hIj3kLm4nAb1dEf2hIj3kLm4n"],
    "sha256_and_salt": [MADE["hex_64"] + ":Ab1dEf2hIj3kLm4n:1"],
    "salt_and_scrypt": ["6a3a4b5c6d7e8f906a3a4b5c6d7e8f90:" + hashlib.sha512(PASSWORD).hexdigest()],
    "{SHA}": ["{sha}nT073x6T9Kc3EEhVcHqcM9LDvGQ=", "{SHA.HEX}" + MADE["hex_40"]],
    "{BCRYPT}": ["{bcrypt}$2a$10$vRC5PoJVRQNyMds8N/gqUuVpN6dsUZ8LbGDubKMhPn9VFGfxaIS/q"],
    "{NOOP}": ["{noop}secret"],
}
CASES = [*MADE.items(), *((name, value) for name, values in DOCUMENTED.items() for value in values)]


@pytest.mark.parametrize(("name", "value"), CASES, ids=[name for name, _value in CASES])
def test_formats(name, value):
    assert identify_format(value) == identify_format(value.encode()) == name
    assert identify_format(value + "   ") == name, "of a CHAR"


ANY_LENGTH = {"argon2i", "argon2id", "argon2_prefixed", "p5k2", "werkzeug_pbkdf2"}


@pytest.mark.parametrize("name", [name for name in MADE if not is_shape_only(name) and not name.startswith("{")])
def test_what_lost_its_end_or_has_more_is_not_named_so(name):
    assert identify_format("x" + MADE[name]) == identify_format(MADE[name] + "$A" * 200) == ""
    assert (identify_format(MADE[name][:-1]) == name) == (name in ANY_LENGTH)


def test_names_say_whether_there_is_only_a_shape():
    shapes = {name for name in FORMATS if is_shape_only(name)}
    assert {"hex_32", "hex_40", "hex_128", "base64_20", "base64_32", "des_crypt", "locked", "md5_and_salt"} <= shapes
    assert not shapes & {"bcrypt", "argon2id", "{SSHA}", "locked_hash", "postgresql_md5", "sha1_salted", "scram_sha256", "unusable"}
    assert not is_shape_only("") and not is_shape_only("unknown")
    assert len(FORMATS) - len(shapes) > 100 and all(one.what for one in FORMATS.values())


# What passlib's own tests know of formats that are named here; the values stay there.
PASSLIB = {
    "argon2_argon2_cffi_test": {"argon2i", "argon2d", "argon2id"}, "bcrypt_bcrypt_test": {"bcrypt"}, "bcrypt_sha256_bcrypt_test": {"passlib_bcrypt_sha256"},
    "bsdi_crypt_builtin_test": {"bsdi_crypt"}, "bsd_nthash_test": {"bsd_nthash"}, "md5_crypt_builtin_test": {"md5_crypt"},
    "apr_md5_crypt_test": {"apr_md5_crypt"},
    "sha1_crypt_builtin_test": {"sha1_crypt"}, "sha256_crypt_builtin_test": {"sha256_crypt"}, "sha512_crypt_builtin_test": {"sha512_crypt"},
    "sun_md5_crypt_test": {"sun_md5_crypt"}, "des_crypt_builtin_test": {"des_crypt"}, "phpass_test": {"phpass"}, "scrypt_builtin_test": {"passlib_scrypt"},
    "pbkdf2_sha1_test": {"passlib_pbkdf2_sha1"}, "pbkdf2_sha256_test": {"passlib_pbkdf2_sha256"}, "pbkdf2_sha512_test": {"passlib_pbkdf2_sha512"},
    "cta_pbkdf2_sha1_test": {"p5k2"}, "dlitz_pbkdf2_sha1_test": {"p5k2"}, "grub_pbkdf2_sha512_test": {"grub_pbkdf2"},
    "atlassian_pbkdf2_sha1_test": {"{PKCS5S2}"},
    "django_argon2_test": {"argon2_prefixed"}, "django_bcrypt_test": {"bcrypt_prefixed"}, "django_bcrypt_sha256_test": {"bcrypt_sha256"},
    "django_des_crypt_test": {"des_crypt_prefixed"}, "django_pbkdf2_sha1_test": {"pbkdf2_sha1"}, "django_pbkdf2_sha256_test": {"pbkdf2_sha256"},
    "django_salted_md5_test": {"md5_salted"}, "django_salted_sha1_test": {"sha1_salted"}, "ldap_md5_test": {"{MD5}"}, "ldap_sha1_test": {"{SHA}"},
    "ldap_salted_md5_test": {"{SMD5}"}, "ldap_salted_sha1_test": {"{SSHA}"}, "ldap_salted_sha256_test": {"{SSHA256}"}, "ldap_salted_sha512_test": {"{SSHA512}"},
    "ldap_md5_crypt_builtin_test": {"{CRYPT}"}, "fshp_test": {"{FSHP}"}, "hex_md5_test": {"hex_32"}, "hex_sha1_test": {"hex_40"}, "hex_sha256_test": {"hex_64"},
    "hex_sha512_test": {"hex_128"}, "mssql2000_test": {"mssql"}, "mssql2005_test": {"mssql"}, "mysql323_test": {"hex_16"}, "mysql41_test": {"mysql_native"},
    "nthash_test": {"hex_32"}, "oracle10_test": {"hex_16"}, "oracle11_test": {"oracle"}, "postgres_md5_test": {"postgresql_md5"},
    "scram_test": {"passlib_scram"},
}


@pytest.fixture(scope="module")
def known():
    """Stored passwords by the name of a test of passlib."""
    pytest.importorskip("passlib", reason="passlib is not installed")
    names = [f"passlib.tests.test_handlers{part}" for part in ("", "_argon2", "_bcrypt", "_django", "_pbkdf2", "_scrypt")]
    try:
        modules = [importlib.import_module(name) for name in names]
    except (ImportError, ValueError) as error:
        pytest.skip(f"the tests of passlib cannot be read, which need a bcrypt before 4.1: {error}")
    cases = {name: case for module in modules for name, case in vars(module).items()}
    return {name: [one[-1] for one in cases[name].known_correct_hashes] for name in PASSLIB}


@pytest.mark.parametrize("name", PASSLIB)
def test_the_vectors_of_passlib(known, name):
    assert known[name] and set(count_formats(known[name])) == PASSLIB[name]


BASE62 = string.ascii_letters + string.digits
URL_SAFE = BASE62 + "-_"
LETTERS = string.ascii_lowercase


def strangers():
    """Texts of other columns: words, names, addresses, keys, tokens and what people type."""
    dice = random.Random(16)

    def text(alphabet, low, high):
        return "".join(dice.choice(alphabet) for _number in range(dice.randint(low, high)))

    makers = {
        "word": lambda: text(LETTERS, 1, 14),
        "name": lambda: f"{text(LETTERS, 2, 10).title()} {text(LETTERS, 2, 12).title()}",
        "address": lambda: f"{text(LETTERS + '.', 1, 20)}@{text(LETTERS, 2, 10)}.example.org",
        "uuid": lambda: str(uuid.UUID(int=dice.getrandbits(128), version=dice.choice([1, 3, 4, 5]))),
        "uuid without hyphens": lambda: uuid.UUID(int=dice.getrandbits(128), version=4).hex,
        "base62 token": lambda: text(BASE62, 1, 140),
        "base62 of 13": lambda: text(BASE62, 13, 13),
        "url-safe token": lambda: text(URL_SAFE, 1, 140),
        "number": lambda: text(string.digits, 1, 130),
        "time": lambda: f"20{text('012', 1, 1)}{text('0123456789', 1, 1)}-0{text('123', 1, 1)}-1{text('012', 1, 1)} 1{text('0123', 1, 1)}:00:00",
        "path": lambda: "/".join(text(LETTERS + ".", 1, 12) for _number in range(dice.randint(1, 6))),
        "price": lambda: f"${dice.randint(1, 9)}${dice.randint(1, 999)}.{dice.randint(10, 99)}",
        "list": lambda: ":".join(text(LETTERS, 1, 8) for _number in range(dice.randint(1, 6))),
        "sentence": lambda: " ".join(text(LETTERS, 1, 9) for _number in range(dice.randint(2, 30))) + dice.choice(".!?"),
        "print": lambda: text(string.printable, 0, 100) + "~",
        "template": lambda: f"{{{text(LETTERS, 1, 9)}}} and {{{text(LETTERS, 1, 9)}}}",
        "text in base64": lambda: base64.b64encode(text(BASE62 + " ", 1, 64).encode()).decode(),
        "text in hexadecimal digits": lambda: text(BASE62 + " ", 1, 64).encode().hex(),
        "json": lambda: f'{{"{text(LETTERS, 1, 9)}": "{text(BASE62, 1, 40)}"}}',
        "jwt": lambda: f"eyJ{text(URL_SAFE, 10, 40)}.eyJ{text(URL_SAFE, 10, 80)}.{text(URL_SAFE, 43, 43)}",
        "raw": lambda: bytes(dice.getrandbits(8) | (128 if number == 0 else 0) for number in range(dice.choice([16, 20, 32, 64]))),
    }
    return [(kind, make()) for kind, make in makers.items() for _number in range(300)]


def test_nothing_else_is_named():
    named = [(kind, value, identify_format(value)) for kind, value in strangers() if identify_format(value)]
    assert len(strangers()) > 6000
    assert named == []


@pytest.mark.parametrize("value", [
    "", " ", "!x", "*x", "{PLAIN}", "{plain} text", "{foo}bar", "$", "$2y$", "$6$", "admin", "0" * 32, "ab" * 16, "x" * 5000, "********",
])
def test_neither_is_this(value):
    assert identify_format(value) == ""


@pytest.mark.parametrize("value", [None, 0, 1.5, True, [], b"\xff\xfe" * 10])
def test_values_that_are_not_text_have_no_format(value):
    assert identify_format(value) == ""


def test_of_a_column_more_can_be_told_than_of_a_value():
    dice = random.Random(5)
    digests = [hashlib.md5(str(number).encode()).hexdigest() for number in range(1000)]
    assert any(not identify_format(one) for one in digests)
    assert count_formats(digests) == {"hex_32": 1000}
    assert count_formats(uuid.UUID(int=dice.getrandbits(128), version=4).hex for _number in range(1000)) == {"": 1000}
    assert count_formats("".join(dice.choice(BASE62) for _place in range(13)) for _number in range(1000)) == {"": 1000}
    assert count_formats([BCRYPT, BCRYPT, "!", ""]) == {"bcrypt": 2, "locked": 1, "": 1}
    assert count_formats([]) == {}


@pytest.mark.parametrize("value", [
    "$" * 4096, "$6$" * 1300, ":" * 4096, "{CRYPT}" * 500, "a:1:{s:4:\"hash\";s:40:\"" + "}" * 4000, "$pbkdf2$" + "a=1" * 1300, "$scrypt$" + "r=1" * 1300,
    "*" * 4096, "0" * 4095 + "a", "_" + "." * 4000, "$argon2id$m=1,t=1,p=1" + ",data=A" * 580, "$scram$1$a$" + "a=a" * 1300, "A" * 4095 + "=",
])
def test_no_text_takes_long(value):
    began = time.process_time()
    identify_format(value)
    assert time.process_time() - began < 0.5
