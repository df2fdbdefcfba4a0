# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What format a stored password has, told by looking at it. Pure.

Most formats say what they are. Of some there is only a shape, which a token or a checksum may have, too: those are
marked, and only many of them in one column are evidence.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

MAX_LENGTH = 4096
"""Characters of a text that is looked at. The longest stored password of any application has less than 500."""

NUMBER = "[1-9][0-9]{0,9}"
B64 = "[A-Za-z0-9+/]"
AB64 = "[A-Za-z0-9./]"
"""Base64 as passlib and crypt() write it."""
BCRYPT = rf"\$2[abxy]?\$(?:0[4-9]|[12][0-9]|3[01])\${AB64}{{53}}"
ARGON2 = (
    rf"\$argon2(?:id|i|d)\$(?:v=[0-9]+\$)?m={NUMBER},t={NUMBER},p={NUMBER}(?:,keyid={B64}+)?(?:,data={B64}+)?"
    rf"\${B64}{{10,172}}\${B64}{{6,172}}"
)
DIGESTS = {"md5": ("MD5", 16), "sha1": ("SHA-1", 20), "sha256": ("SHA-256", 32), "sha512": ("SHA-512", 64)}
"""What they are called, and their bytes."""
HEXADECIMAL = {
    16: "MySQL before 4.1", 32: "MD5, NT, HA1", 40: "SHA-1", 48: "SHA-1 with a salt of 4 bytes", 56: "SHA-224",
    64: "SHA-256", 96: "SHA-384", 100: "PBKDF2 of 50 bytes", 128: "SHA-512",
}
"""Digits, and what has so many."""
BRACES = {
    **dict.fromkeys(["MD5", "PLAIN-MD5", "LDAP-MD5"], 16), **dict.fromkeys(["SHA", "SHA1"], 20),
    "SHA224": 28, "SHA256": 32, "SHA384": 48, "SHA512": 64,
}
"""Schemes in braces of a digest without a salt, and its bytes."""
SALTED_BRACES = {"SMD5": 16, "SSHA": 20, "SSHA224": 28, "SSHA256": 32, "SSHA384": 48, "SSHA512": 64}
OTHER_BRACES = (
    "ARGON2", "ARGON2I", "ARGON2ID", "BCRYPT", "BLF-CRYPT", "CLEAR", "CLEARTEXT", "CRAM-MD5", "CRYPT", "DES-CRYPT",
    "DIGEST-MD5", "HMAC-MD5", "LANMAN", "MD4", "MD5-CRYPT", "NOOP", "NT", "NTLM", "OTP", "PBKDF2", "PBKDF2-SHA1",
    "PBKDF2-SHA256", "PBKDF2-SHA512", "PKCS5S2", "PLAIN", "PLAIN-MD4", "PLAIN-TRUNC", "SCRAM-SHA-1", "SCRAM-SHA-256",
    "SCRYPT", "SHA256-CRYPT", "SHA512-CRYPT",
)
MARK = re.compile(r"(?:!{1,2}|\*(?:LK\*|NP\*)?)(?=.)", re.DOTALL)
"""What is put in front of a hash so that nobody gets in."""
UUID = re.compile("[0-9a-fA-F]{12}[47][0-9a-fA-F]{3}[89abAB][0-9a-fA-F]{15}")
"""One without hyphens, of the versions that applications use for keys. One of 32 random MD5 looks the same."""
DES = re.compile(r"[./0-9A-Za-z]{12}[.26AEIMQUYcgkosw]")


@dataclass(frozen=True)
class Format:
    """A format of stored passwords.

    :ivar name: as ``identify_format`` gives it
    :ivar what: in words, for a report
    :ivar form: regular expression of a whole one
    :ivar is_shape_only: whether text that is not a stored password can look the same
    """

    name: str
    what: str
    form: str
    is_shape_only: bool = False
    pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pattern", re.compile(self.form, re.DOTALL))


def _base64(size: int, alphabet: str = B64) -> str:
    """Regular expression of so many bytes, padded."""
    return f"{alphabet}{{{-(-size * 4 // 3)}}}{'=' * (-size % 3)}"


def _crypt() -> Iterator[Format]:
    yield Format("bcrypt", "bcrypt", BCRYPT)
    for kind in ("argon2id", "argon2i", "argon2d"):
        yield Format(kind, kind.replace("argon", "Argon"), rf"(?=\${kind}\$){ARGON2}")
    yield Format("sha512_crypt", "SHA-crypt with SHA-512", rf"\$6\$(?:rounds=[0-9]+\$)?[^$:\s]{{0,16}}\${AB64}{{86}}")
    yield Format("sha256_crypt", "SHA-crypt with SHA-256", rf"\$5\$(?:rounds=[0-9]+\$)?[^$:\s]{{0,16}}\${AB64}{{43}}")
    yield Format("md5_crypt", "MD5-crypt", rf"\$1\$[^$:\s]{{0,8}}\${AB64}{{22}}")
    yield Format("apr_md5_crypt", "Apache's MD5-crypt", rf"\$apr1\$[^$:\s]{{0,8}}\${AB64}{{22}}")
    yield Format("yescrypt", "yescrypt", rf"\$y\${AB64}+\${AB64}{{0,86}}\${AB64}{{43}}")
    yield Format("gost_yescrypt", "yescrypt with GOST", rf"\$gy\${AB64}+\${AB64}{{0,86}}\${AB64}{{43}}")
    yield Format("scrypt_crypt", "scrypt of crypt()", rf"\$7\${AB64}{{11}}[^$:\s]{{0,64}}\${AB64}{{43}}")
    yield Format("sha1_crypt", "NetBSD's SHA1-crypt", rf"\$sha1\$[0-9]+\${AB64}{{0,64}}\${AB64}{{28}}")
    yield Format("sun_md5_crypt", "Sun's MD5-crypt",
                 rf"\$md5(?:[,$]rounds=[0-9]+)?\${AB64}{{0,16}}\$\$?{AB64}{{22}}")
    yield Format("bsd_nthash", "FreeBSD's NT hash", r"\$3\$\$[0-9a-f]{32}")
    yield Format("phpass", "phpass", rf"\$[PH]\$[5-9A-Z]{AB64}{{30}}")
    yield Format("phpass_sha512", "phpass with SHA-512 as $S$", rf"U?\$S\$[5-9A-Z]{AB64}{{51}}")
    yield Format("wp_bcrypt", "bcrypt over SHA-384 as $wp$", rf"\$wp{BCRYPT}")


def _frameworks() -> Iterator[Format]:
    yield Format("argon2_prefixed", "Argon2 as argon2$argon2id$", rf"argon2{ARGON2}")
    for algorithm in ("sha256", "sha1"):
        said, size = DIGESTS[algorithm]
        yield Format(f"pbkdf2_{algorithm}", f"PBKDF2 with {said} as pbkdf2_{algorithm}$",
                     rf"pbkdf2_{algorithm}\${NUMBER}\$[^$]+\${_base64(size)}")
    yield Format("bcrypt_sha256", "bcrypt over SHA-256 as bcrypt_sha256$$", rf"bcrypt_sha256\${BCRYPT}")
    yield Format("bcrypt_prefixed", "bcrypt as bcrypt$$", rf"bcrypt\${BCRYPT}")
    yield Format("scrypt", "scrypt as scrypt$",
                 rf"scrypt\${NUMBER}\$[^$]+\${NUMBER}\${NUMBER}\${_base64(64)}")
    yield Format("des_crypt_prefixed", "DES-crypt as crypt$", rf"crypt\$[^$]*\${AB64}{{13}}")
    yield Format("unusable", "a mark for no password, and random text", "![A-Za-z0-9]{40}")
    for algorithm, (said, size) in DIGESTS.items():
        yield Format(f"{algorithm}_salted", f"{said} with a salt, {algorithm}$salt$digest",
                     rf"{algorithm}\$[^$\s]{{0,64}}\$[0-9a-f]{{{2 * size}}}")
        yield Format(f"password_hash_{algorithm}", f"{said} of password-hash (npm)",
                     rf"{algorithm}\$[0-9a-f]+\${NUMBER}\$[0-9a-f]{{{2 * size}}}")
        alone = "" if algorithm == "sha1" else f"-{algorithm}"
        yield Format(f"passlib_pbkdf2_{algorithm}", f"passlib's PBKDF2 with {said}",
                     rf"\$pbkdf2{alone}\${NUMBER}\${AB64}{{0,1400}}\${_base64(size, AB64).rstrip('=')}")
    yield Format("passlib_scrypt", "passlib's scrypt",
                 rf"\$scrypt\$ln=[0-9]+,r={NUMBER},p={NUMBER}\${B64}*\${B64}{{43}}")
    yield Format("passlib_bcrypt_sha256", "passlib's bcrypt over SHA-256",
                 rf"\$bcrypt-sha256\$(?:v=2,t=)?2[aby],(?:r=)?[0-9]+\${AB64}{{22}}\${AB64}{{31}}")
    yield Format("werkzeug_pbkdf2", "Werkzeug's PBKDF2",
                 rf"pbkdf2:(?:md5|sha1|sha224|sha256|sha384|sha512)(?::{NUMBER})?\$[^$\s]+\$[0-9a-f]{{32,128}}")
    yield Format("werkzeug_scrypt", "Werkzeug's scrypt",
                 rf"scrypt(?::{NUMBER}){{3}}\$[^$\s]+\$[0-9a-f]{{128}}")
    yield Format("phc_pbkdf2", "PBKDF2 as a PHC string",
                 rf"\$pbkdf2(?:-sha(?:1|256|512))?\$(?:[a-z]=[A-Za-z0-9-]+,?){{1,6}}\${B64}+={{0,2}}\${B64}+={{0,2}}")
    yield Format("phc_scrypt", "scrypt as a PHC string",
                 rf"\$scrypt\$(?:v=[0-9]+\$)?(?:[a-z]{{1,2}}=[0-9]+,?){{2,6}}\${B64}+={{0,2}}\${B64}{{20,}}={{0,2}}")
    yield Format("phc_bcrypt", "bcrypt as a PHC string",
                 rf"\$bcrypt\$(?:v=[0-9]+\$)?r=[0-9]+\${B64}{{20,24}}\${B64}{{28,40}}")
    yield Format("p5k2", "PBKDF2 as $p5k2$", r"\$p5k2\$[0-9a-fx]*\$[A-Za-z0-9+/._=-]*\$[A-Za-z0-9+/._=-]{24,32}")
    yield Format("grub_pbkdf2", "GRUB's PBKDF2",
                 rf"grub\.pbkdf2\.sha512\.{NUMBER}\.[0-9A-F]{{1,256}}\.[0-9A-F]{{128}}")
    yield Format("scrypt_ruby", "scrypt of Ruby",
                 r"[0-9a-f]{1,6}\$[0-9a-f]{1,4}\$[0-9a-f]{1,4}\$[0-9a-f]{16,64}\$[0-9a-f]{40,512}")
    yield Format("lambdaworks_scrypt", "scrypt as $s0$",
                 rf"\$s0\$[0-9a-f]{{3,8}}\${B64}+={{0,2}}\${B64}{{20,}}={{0,2}}")
    yield Format("shiro", "Apache Shiro's", rf"\$shiro1\$[A-Za-z0-9-]+\${NUMBER}\${B64}*={{0,2}}\${B64}{{20,}}={{0,2}}")
    # 1, PRF, iterations, 16 as the length of the salt; the salt, 32 bytes
    yield Format("aspnet_identity", "ASP.NET Identity", rf"AQAAAA[AEI]A{B64}{{4}}AAAAE{B64}{{64}}[AQgw]==")
    yield Format("aspnet_identity_2", "ASP.NET Identity 2", rf"A[A-P]{B64}{{63}}[AQgw]==", is_shape_only=True)


def _applications() -> Iterator[Format]:
    yield Format("colon_md5", "MD5 as :A: or :B:", r":(?:A:(?:[^:]*:)?|B:[^:]*:)[0-9a-f]{32}")
    yield Format("colon_pbkdf2", "PBKDF2 as :pbkdf2:",
                 rf":pbkdf2:[a-z0-9-]+:{NUMBER}:{NUMBER}:{B64}+={{0,2}}:{B64}+={{0,2}}")
    yield Format("colon_pbkdf2_legacy", "PBKDF2 over MD5 as :pbkdf2-legacyB:",
                 r":pbkdf2-legacy[AB]:[^!]*(?:![^!]+){2,4}")
    yield Format("colon_bcrypt", "bcrypt as :bcrypt:", rf":bcrypt:[0-9]{{1,2}}\${AB64}{{22}}\${AB64}{{31}}")
    yield Format("colon_argon2", "Argon2 as :argon2:", f":argon2:{ARGON2}")
    yield Format("scram_sha1", "SCRAM-SHA-1",
                 rf"SCRAM-SHA-1\${NUMBER}:{B64}+={{0,2}}\${_base64(20)}:{_base64(20)}")
    yield Format("scram_sha256", "SCRAM-SHA-256",
                 rf"SCRAM-SHA-256\${NUMBER}:{B64}+={{0,2}}\${_base64(32)}:{_base64(32)}")
    yield Format("scram_sha512", "SCRAM-SHA-512",
                 rf"SCRAM-SHA-512\${NUMBER}:{B64}+={{0,2}}\${_base64(64)}:{_base64(64)}")
    yield Format("passlib_scram", "passlib's SCRAM", rf"\$scram\${NUMBER}\${AB64}*\$(?:[a-z0-9-]+={AB64}+,?)+")
    yield Format("postgresql_md5", "PostgreSQL's MD5", "md5[0-9a-f]{32}")
    yield Format("mysql_native", "MySQL's SHA-1 twice", r"\*[0-9A-F]{40}")
    yield Format("mysql_sha2", "MySQL's SHA-crypt", r"\$A\$[0-9]{3}\$.{63}")
    yield Format("oracle", "Oracle's SHA-1", "S:[0-9A-F]{60}(?:;.*)?")
    yield Format("mssql", "SQL Server's", "0x0[12]00(?:[0-9A-F]{48}|[0-9A-F]{88}|[0-9A-F]{136})")
    yield Format("awl_ssha", "AWL's SHA-1 with a salt", rf"\*[^*\s]+\*\{{SSHA\}}{B64}+={{0,2}}")
    yield Format("awl_md5", "AWL's MD5 with a salt", r"\*[^*\s]+\*[0-9a-f]{32}")
    yield Format("awl_plain", "AWL's clear text", r"\*\*[^*\s]+", is_shape_only=True)
    yield Format("mode2", "SHA-256 as MODE2:", "MODE2:[0-9a-f]{64}")
    yield Format("sha1_prefixed", "SHA-1 as SHA1:", "SHA1X?:[0-9a-f]{40}")
    yield Format("bang_bcrypt", "bcrypt as !bcrypt!", rf"!bcrypt!\$?[0-9]{{1,2}}[!$]{AB64}{{22}}[!$]?{AB64}{{31}}")
    yield Format("bang_sha512", "SHA-512 as !sha512!", rf"!sha512![^!]+!{B64}{{20,}}={{0,2}}")
    yield Format("versioned_bcrypt", "bcrypt with a version and a bar in front", rf"1\|{BCRYPT}")
    yield Format("versioned_argon2", "Argon2 with a version and a bar in front", rf"[23]\|{ARGON2}")
    yield Format("jbcrypt", "bcrypt as #jbcrypt:, PBKDF2 as #PBKDF2:",
                 rf"#jbcrypt:{BCRYPT}|#PBKDF2:\$[^\s:]+:[0-9]+:[^\s:]+\$[0-9a-f]{{20,}}")
    yield Format("couchdb", "CouchDB's",
                 rf"-pbkdf2(?::sha256)?-[0-9a-f]{{40,64}},[0-9a-f]+,{NUMBER}|-hashed-[0-9a-f]{{40}},[0-9a-f]+")
    yield Format("sha256_twice", "SHA-256 twice as $SHA$", r"\$SHA\$[0-9a-f]{16}\$[0-9a-f]{64}")
    yield Format("php_serialized", "a serialized array of PHP with a hash",
                 r'a:[1-9]:\{s:4:"hash";s:[0-9]{2,3}:"[^"\s]+";.*\}')


def _braces() -> Iterator[Format]:
    encoded = r"(?:\.(?:B64|BASE64|HEX))?"
    for name, size in BRACES.items():
        data = rf"(?:{_base64(size)}|[0-9A-Fa-f]{{{2 * size}}})"
        # Dovecot's {MD5} is MD5-crypt.
        data = rf"(?:{data}|\$1\$[^$]{{0,8}}\${AB64}{{22}})" if name == "MD5" else data
        yield Format(f"{{{name}}}", f"{name} in braces", rf"\{{(?i:{name}{encoded})\}}{data}")
    for name, size in SALTED_BRACES.items():
        yield Format(f"{{{name}}}", f"{name} in braces",
                     rf"\{{(?i:{name}{encoded})\}}"
                     rf"(?:{B64}{{{(size * 4 + 3) // 3 + 1},}}={{0,2}}|[0-9A-Fa-f]{{{2 * size + 2},}})")
    yield Format("{FSHP}", "FSHP in braces", rf"\{{FSHP[0-3]\|[0-9]+\|{NUMBER}\}}{B64}{{27,}}={{0,2}}")
    for name in OTHER_BRACES:
        yield Format(f"{{{name}}}", f"{name} in braces", rf"\{{(?i:{name}{encoded})\}}[^\s].*")


def _shapes() -> Iterator[Format]:
    yield Format("locked", "a mark for no password", r"!{1,2}|\*(?:[01]|LK\*|NP\*)?", is_shape_only=True)
    for digits, said in HEXADECIMAL.items():
        yield Format(f"hex_{digits}", f"{digits} hexadecimal digits ({said})",
                     f"(?=.*[0-9])(?=.*[A-Fa-f])(?:[0-9a-f]{{{digits}}}|[0-9A-F]{{{digits}}})", is_shape_only=True)
    for said, size in DIGESTS.values():
        yield Format(f"base64_{size}", f"{size} bytes in base64 ({said})", _base64(size), is_shape_only=True)
    for name, digits in (("md5", 32), ("sha1", 40), ("sha256", 64)):
        yield Format(f"{name}_and_salt", f"{DIGESTS[name][0]} and a salt, digest:salt",
                     rf"[0-9a-f]{{{digits}}}:[!-9;-~]{{2,64}}(?::[0-9])?", is_shape_only=True)
    yield Format("salt_and_scrypt", "a salt and 64 bytes, salt:digest", "[0-9a-f]{16,64}[:.][0-9a-f]{128}",
                 is_shape_only=True)
    yield Format("bsdi_crypt", "BSDi's DES-crypt", rf"_(?=.*[./])(?=.*[A-Z])(?=.*[a-z]){AB64}{{19}}",
                 is_shape_only=True)
    yield Format("des_crypt", "DES-crypt", rf"(?=.*[./])(?=.*[0-9])(?=.*[A-Z])(?=.*[a-z]){DES.pattern}",
                 is_shape_only=True)


FORMATS = {one.name: one for part in (_crypt, _frameworks, _applications, _braces, _shapes) for one in part()}
"""All formats by name, in the order in which they are tried."""
LOCKED_HASH = Format("locked_hash", "a mark in front of a hash", r"(?!)")
FORMATS[LOCKED_HASH.name] = LOCKED_HASH


def identify_format(value: str | bytes) -> str:
    """The name of the format that one stored password has by its looks, "" where it has none.

    A value that is not a stored password has one only where ``is_shape_only`` says so of the format, and even then
    no word, name, address, UUID or base62 token has one. That costs: of digests in hexadecimal digits, one of 32 looks
    like a UUID and gets "", and so do two thirds of those of DES-crypt. ``count_formats`` sees a whole column.

    :param value: as the column has it; of a CHAR, blanks at the end do not count
    """
    text = _text(value)
    found = _identify(text)
    if found and found != "locked":
        return found
    mark = MARK.match(text)
    inner = _identify(text[mark.end():]) if mark else ""
    return LOCKED_HASH.name if inner and not FORMATS[inner].is_shape_only else found


def is_shape_only(name: str) -> bool:
    """Whether text that is not a stored password can look like this format: a token, a checksum."""
    return name in FORMATS and FORMATS[name].is_shape_only


def count_formats(values: Iterable[str | bytes]) -> dict[str, int]:
    """How many values of a column have which format, the most frequent first; "" for none.

    What is doubtful alone is not among others of its kind: the formats of DES-crypt, and digests that look like UUIDs.
    """
    counted: Counter[str] = Counter()
    doubtful: Counter[str] = Counter()
    for value in values:
        found, text = identify_format(value), _text(value)
        also = "" if found else "hex_32" if UUID.fullmatch(text) else "des_crypt" if DES.fullmatch(text) else ""
        (doubtful if also else counted)[also or found] += 1
    for name, number in doubtful.items():
        # Of MD5 there are 31 that do not look like a UUID for one that does, of DES-crypt one for two.
        is_of_them = counted[name] * 3 >= number
        counted[name if is_of_them else ""] += number
    return {name: number for name, number in counted.most_common() if number}


def _text(value: str | bytes) -> str:
    if isinstance(value, (bytes, bytearray, memoryview)):
        try:
            value = bytes(value[:MAX_LENGTH + 1]).decode()
        except UnicodeDecodeError:
            return ""
    if not isinstance(value, str) or len(value) > MAX_LENGTH:
        return ""
    return value.rstrip(" ")


def _identify(text: str) -> str:
    for name, one in FORMATS.items():
        if one.pattern.fullmatch(text):
            return name if not one.is_shape_only or _may_be_digest(text) else ""
    return ""


def _may_be_digest(text: str) -> bool:
    """Whether a text of the right shape can be random bytes: not a UUID, not other text in these digits."""
    if UUID.fullmatch(text):
        return False
    try:
        data = bytes.fromhex(text) if re.fullmatch("[0-9A-Fa-f]+", text) else base64.b64decode(text, validate=True)
    except ValueError:
        return True
    return len(data) < 8 or (len(set(data)) * 3 > len(data) and re.fullmatch(rb"[\t-\r -~]+", data) is None)
