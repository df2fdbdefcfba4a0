# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The schemes of mappings: a name and settings make one. ``docs/password-schemes.md`` is their reference. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.passwords.braces import HEADERS, Braces, Digest
from ansible_collections.auth.services.plugins.module_utils.passwords.colon import COLON, Pbkdf2Scheme
from ansible_collections.auth.services.plugins.module_utils.passwords.cost import MAX_MEMORY
from ansible_collections.auth.services.plugins.module_utils.passwords.crypt import Argon2, Bcrypt, ShaCrypt
from ansible_collections.auth.services.plugins.module_utils.passwords.digests import ClearText
from ansible_collections.auth.services.plugins.module_utils.passwords.kdf import PBKDF2_ROUNDS, Pbkdf2, Scrypt
from ansible_collections.auth.services.plugins.module_utils.passwords.layouts import (
    CHARACTERS,
    ENCODINGS,
    Digested,
    LaidOutPbkdf2,
    LaidOutScrypt,
    Layout,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.others import (
    SCRAM,
    AspNetIdentity,
    BcryptSha256,
    NtHash,
    PhpassSha512,
    Scram,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.parts import (
    HASH,
    InColumns,
    Parts,
    PartsScheme,
    Values,
    Whole,
)
from ansible_collections.auth.services.plugins.module_utils.passwords.phpass import Phpass
from ansible_collections.auth.services.plugins.module_utils.passwords.scheme import Prefixed, Scheme, Schemes
from ansible_collections.auth.services.plugins.module_utils.passwords.schemes import SCHEMES, bcrypt_sha256, wp_bcrypt
from ansible_collections.auth.services.plugins.module_utils.passwords.templates import Template

Settings = Mapping[str, Any]
MAX_ROUNDS = 1_000_000


@dataclass(frozen=True)
class Setting:
    """A setting of schemes.

    :ivar what: in words, for the documentation
    :ivar choices: the texts that are possible; all without
    :ivar low: the lowest number
    :ivar high: the highest number; 0 for a setting that is a text
    """

    what: str
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 0

    def check(self, name: str, value: Any) -> None:
        """Refuse a value.

        :raises ValueError: naming the setting, and what is possible
        """
        if self.high:
            if isinstance(value, bool) or not isinstance(value, int) or not self.low <= value <= self.high:
                raise ValueError(f"{name} must be a number from {self.low} to {self.high}, not {value!r}")
        elif not isinstance(value, str):
            raise ValueError(f"{name} must be a text, not {value!r}")
        elif self.choices and value not in self.choices:
            raise ValueError(f"{name} must be {', '.join(self.choices[:-1])} or {self.choices[-1]}, not {value!r}")


SETTINGS = {
    "again": Setting("what is hashed in each further round, a template with `digest`. Without it, the outermost"
                     " function of `digest`"),
    "algorithm": Setting("digest that it is computed with", tuple(PBKDF2_ROUNDS)),
    "cost": Setting("cost of new ones, as a power of 2", low=4, high=16),
    "encoding": Setting("how digests and keys are written", tuple(ENCODINGS)),
    "hmac": Setting("SCRAM with which digest", SCRAM),
    "iterations": Setting("iterations of new ones, and of all where neither the layout nor a column has them",
                          low=1, high=10_000_000),
    "kind": Setting("what new ones begin with", ("2y", "2b", "2a")),
    "lanes": Setting("lanes of new ones", low=1, high=16),
    "layout": Setting("the stored text, with `{digest}`, `{salt}` and `{iterations}` where they are. What is not in it"
                      " has a column"),
    "length": Setting("bytes of the digest. Without it, as many as the algorithm has", low=8, high=256),
    "letter": Setting("what new ones begin with: `$P$` or `$H$`", ("P", "H")),
    "memory": Setting("memory of new ones, in KiB", low=64, high=MAX_MEMORY >> 10),
    "n": Setting("cost N of new ones, a power of 2", low=2, high=1 << 17),
    "of": Setting("what is hashed, a template"),
    "p": Setting("parallelism of new ones", low=1, high=16),
    "passes": Setting("passes of new ones", low=1, high=20),
    "prefix": Setting("text in front of what is stored"),
    "r": Setting("block size of new ones", low=1, high=16),
    "rounds": Setting("rounds of new ones, of `digest` of all", low=1, high=MAX_ROUNDS),
    "rounds_log2": Setting("rounds of new ones, as a power of 2", low=7, high=20),
    "salt_characters": Setting("characters of new salts that are text", tuple(CHARACTERS)),
    "salt_encoding": Setting("how the bytes of the salt are written; `text` where its characters are hashed",
                             ("text", *ENCODINGS)),
    "salt_length": Setting("length of new salts: characters of text, bytes otherwise", low=1, high=64),
}
"""What settings mean, by name."""


@dataclass(frozen=True)
class NamedScheme:
    """A scheme of mappings.

    :ivar what: what it stores, for the documentation, in Markdown
    :ivar build: makes it of all its settings, and of ``columns`` (names of parts) and ``pepper``
    :ivar settings: its settings with their defaults, None for none
    :ivar writes: whether new ones can be made
    :ivar columns: parts that can have a column of their own, beside ``hash``
    """

    what: str
    build: Callable[[Settings], Scheme]
    settings: Settings = field(default_factory=dict)
    writes: bool = True
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Of(PartsScheme):
    """A scheme over a template.

    :ivar pepper: the value of ``pepper``
    """

    template: Template
    scheme: PartsScheme
    pepper: str = field(default="", repr=False)

    @property
    def parts(self) -> Sequence[str]:  # type: ignore[override]
        return self.scheme.parts

    def identifies(self, values: Values) -> bool:
        return self.scheme.identifies(values)

    def is_whole(self, values: Values) -> bool:
        return self.scheme.is_whole(values)

    def belongs(self, values: Values, password: str, account: str) -> bool:
        return self.scheme.belongs(values, self._text(password, account), account)

    def new_parts(self, password: str, account: str) -> dict[str, str]:
        return self.scheme.new_parts(self._text(password, account), account)

    def _text(self, password: str, account: str) -> str:
        return self.template.text_of({"password": password, "name": account, "pepper": self.pepper})


def _laid_out(settings: Settings) -> dict[str, Any]:
    names = ("encoding", "salt_encoding", "salt_length", "salt_characters")
    return {name: settings[name] for name in names if name in settings}


def _digest(settings: Settings) -> Scheme:
    layout = _checked("layout", Layout, settings["layout"], ("digest", "salt"))
    first = _checked("of", Template, settings["of"])
    again = None
    if settings["again"] is not None:
        again = _checked("again", Template, settings["again"], ("password", "name", "salt", "pepper", "digest"))
        if not again.is_digest or again.size != first.size:
            raise ValueError(f"again must be a digest as long as that of of, such as sha1(digest), not {again.text!r}")
    if first.function.startswith("hmac_") and settings["rounds"] > 1 and again is None:
        raise ValueError("again must say what is hashed in each further round, as of is an HMAC")
    if not first.is_digest and (settings["rounds"] > 1 or again or settings["encoding"] != "hex"):
        raise ValueError("rounds, again and encoding need a digest such as sha1(password) in of")
    if not first.is_digest and ("{salt}{digest}" in layout.text or "{digest}{salt}" in layout.text):
        raise ValueError("layout must have something between {salt} and {digest}, where of is not a digest as a whole")
    return Digested(layout, first=first, again=again, rounds=settings["rounds"], pepper=settings["pepper"] or "",
                    **_laid_out(settings))


def _pbkdf2(settings: Settings) -> Scheme:
    layout = _checked("layout", Layout, settings["layout"], ("digest", "salt", "iterations"))
    return LaidOutPbkdf2(
        layout, algorithm=settings["algorithm"], iterations=settings["iterations"], length=settings["length"] or 0,
        counted="iterations" in layout.fields or "iterations" in settings["columns"], **_laid_out(settings))


def _scrypt(settings: Settings) -> Scheme:
    if settings["n"] & (settings["n"] - 1):
        raise ValueError(f"n must be a power of 2, not {settings['n']}")
    if 128 * settings["n"] * settings["r"] > MAX_MEMORY // 2:
        raise ValueError(f"n and r take more than {MAX_MEMORY >> 21} MiB")
    if "layout" not in settings:
        return Scrypt(n=settings["n"], r=settings["r"], p=settings["p"])
    layout = _checked("layout", Layout, settings["layout"], ("digest", "salt", "n", "ln", "r", "p"))
    return LaidOutScrypt(layout, n=settings["n"], r=settings["r"], p=settings["p"], length=settings["length"],
                         **_laid_out(settings))


def _argon2(settings: Settings) -> Scheme:
    if settings["memory"] < 8 * settings["lanes"]:
        raise ValueError(f"memory must be at least 8 KiB for each lane, {8 * settings['lanes']}")
    return Argon2(kind=settings["argon2"], **{name: settings[name] for name in ("memory", "passes", "lanes")})


def _scram(settings: Settings) -> Scheme:
    in_columns = len(settings["columns"]) > 1
    return Scram(settings["hmac"], settings["iterations"], settings["encoding"],
                 (HASH, "server_key", "salt", "iterations") if in_columns else (HASH,))


def _checked(name: str, kind: Callable[..., Any], *values: Any) -> Any:
    try:
        return kind(*values)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _of(scheme: NamedScheme) -> NamedScheme:
    """The same with the settings ``of`` and ``prefix``."""
    def build(settings: Settings) -> Scheme:
        inner = scheme.build(settings)
        if settings["prefix"]:
            if isinstance(inner, PartsScheme):
                raise ValueError("prefix cannot be used with this scheme; say it in layout")
            inner = Prefixed(settings["prefix"], inner)
        if settings["of"] == "password":
            return inner
        template = _checked("of", Template, settings["of"], ("password", "name", "pepper"))
        return Of(template, inner if isinstance(inner, PartsScheme) else Whole(inner), settings["pepper"] or "")

    return replace(scheme, build=build, settings={**scheme.settings, "of": "password", "prefix": ""})


def _given(build: Callable[[Settings], Scheme], **given: Any) -> Callable[[Settings], Scheme]:
    return lambda settings: build({**given, **settings})


def _made(scheme: Callable[..., Scheme], /, **names: str) -> Callable[[Settings], Scheme]:
    """:param names: of settings, by attribute of the scheme"""
    return lambda settings: scheme(**{attribute: settings[name] for attribute, name in names.items()})


def _crypt() -> Iterator[tuple[str, NamedScheme]]:
    yield "bcrypt", _of(NamedScheme(
        "`$2y$10$...`. Only the first 72 bytes of what is hashed count",
        lambda settings: Bcrypt(cost=settings["cost"], kind=settings["kind"][1]), {"cost": 10, "kind": "2y"}))
    for kind in ("argon2id", "argon2i"):
        yield kind, _of(NamedScheme(f"`${kind}$v=19$...`", _given(_argon2, argon2=kind),
                                    {"memory": 65536, "passes": 4, "lanes": 1}))
    for name, letter in (("sha512_crypt", "6"), ("sha256_crypt", "5")):
        yield name, _of(NamedScheme(f"`${letter}$...`", _sha_crypt(letter), {"rounds": 5000}))
    yield "phpass", _of(NamedScheme("`$P$...`, `$H$...`", _made(Phpass, rounds="rounds_log2", kind="letter"),
                                    {"rounds_log2": 13, "letter": "P"}))
    yield "wp_bcrypt", NamedScheme("`$wp$2y$10$...`", _made(wp_bcrypt, cost="cost"), {"cost": 10})
    yield "colon_pbkdf2", NamedScheme(
        "`:pbkdf2:sha512:30000:64:salt:digest`, and all others of its kind", lambda settings: Schemes(
            COLON, new=Pbkdf2Scheme(settings["iterations"])), {"iterations": 30_000})
    yield "phpass_sha512", NamedScheme("`$S$...`", _made(PhpassSha512), writes=False)
    yield "md5_crypt", NamedScheme("`$1$...`", lambda settings: SCHEMES["md5_crypt"], writes=False)
    yield "apr_md5_crypt", NamedScheme("`$apr1$...`", lambda settings: SCHEMES["apr_md5_crypt"], writes=False)


def _sha_crypt(kind: str) -> Callable[[Settings], Scheme]:
    def build(settings: Settings) -> Scheme:
        if not 1000 <= settings["rounds"] <= MAX_ROUNDS:
            raise ValueError(f"rounds must be a number from 1000 to {MAX_ROUNDS}, not {settings['rounds']}")
        return ShaCrypt(rf"\${kind}\$", settings["rounds"], kind)

    return build


def _frameworks() -> Iterator[tuple[str, NamedScheme]]:
    yield "pbkdf2_sha256", _of(NamedScheme("`pbkdf2_sha256$iterations$salt$digest`", _made(
        Pbkdf2, iterations="iterations"), {"iterations": 1_000_000}))
    yield "pbkdf2_sha1", _of(NamedScheme("`pbkdf2_sha1$iterations$salt$digest`", lambda settings: Pbkdf2(
        "sha1", settings["iterations"]), {"iterations": 1_000_000}))
    yield "argon2_prefixed", NamedScheme(
        "`argon2$argon2id$v=19$...`",
        lambda settings: Prefixed("argon2$", _argon2({**settings, "argon2": "argon2id"}), "$"),
        {"memory": 102_400, "passes": 2, "lanes": 8})
    yield "bcrypt_sha256", NamedScheme("`bcrypt_sha256$$2b$12$...`", _made(bcrypt_sha256, cost="cost"), {"cost": 12})
    yield "scrypt", _of(NamedScheme("`scrypt$N$salt$r$p$digest`", _scrypt, {"n": 16384, "r": 8, "p": 5}))
    yield "werkzeug_scrypt", _of(NamedScheme("`scrypt:N:r:p$salt$digest`", _given(
        _scrypt, layout="scrypt:{n}:{r}:{p}${salt}${digest}", length=64), {"n": 32768, "r": 8, "p": 1}))
    yield "werkzeug_pbkdf2", _of(NamedScheme("`pbkdf2:sha256:iterations$salt$digest`", lambda settings: _pbkdf2({
        **settings, "layout": f"pbkdf2:{settings['algorithm']}:{{iterations}}${{salt}}${{digest}}", "length": None}),
        {"algorithm": "sha256", "iterations": 1_000_000}))
    for algorithm, begin, iterations in (("sha512", "$pbkdf2-sha512$", 25_000), ("sha256", "$pbkdf2-sha256$", 29_000),
                                         ("sha1", "$pbkdf2$", 131_000)):
        yield f"passlib_pbkdf2_{algorithm}", _of(NamedScheme(f"`{begin}iterations$salt$digest`", _given(
            _pbkdf2, layout=begin + "{iterations}${salt}${digest}", length=None, algorithm=algorithm, encoding="ab64",
            salt_encoding="ab64"), {"iterations": iterations}))
    yield "passlib_scrypt", _of(NamedScheme("`$scrypt$ln=16,r=8,p=1$salt$digest`", _given(
        _scrypt, layout="$scrypt$ln={ln},r={r},p={p}${salt}${digest}", length=32, encoding="base64_bare",
        salt_encoding="base64_bare"), {"n": 65536, "r": 8, "p": 1}))
    yield "passlib_bcrypt_sha256", NamedScheme("`$bcrypt-sha256$v=2,...`", _made(BcryptSha256), writes=False)
    yield "aspnet_identity", _of(NamedScheme(
        "base64 that begins with `AQAAAA`", _made(AspNetIdentity, iterations="iterations"), {"iterations": 100_000}))


def _digests() -> Iterator[tuple[str, NamedScheme]]:
    salt = {"salt_length": 16, "salt_characters": "letters"}
    yield "digest", NamedScheme(
        "any digest of a template", _digest,
        {"of": "md5(password)", "rounds": 1, "again": None, "encoding": "hex", "layout": "{digest}", **salt},
        columns=("salt",))
    yield "pbkdf2", _of(NamedScheme(
        "any PBKDF2", _pbkdf2,
        {"algorithm": "sha256", "iterations": 600_000, "length": None, "encoding": "hex", "layout": "{digest}",
         "salt_encoding": "text", **salt}, columns=("salt", "iterations")))
    yield "scram", NamedScheme(
        "`SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey`, or the StoredKey in `hash` and the others in columns",
        _scram, {"hmac": "SHA-256", "iterations": 4096, "encoding": "base64"},
        columns=("server_key", "salt", "iterations"))
    for algorithm in ("md5", "sha1", "sha256", "sha512"):
        yield f"{algorithm}_salted", NamedScheme(f"`{algorithm}$salt$digest` of salt and password", _given(
            _digest, of=f"{algorithm}(salt + password)", layout=algorithm + "${salt}${digest}", again=None, rounds=1,
            encoding="hex"), salt)
    yield "nt", NamedScheme("the NT hash in 32 hexadecimal digits", _made(NtHash))
    yield "clear", _of(NamedScheme("the password itself", _made(ClearText)))


KNOWN: Mapping[str, Scheme] = {**HEADERS, "BCRYPT": SCHEMES["bcrypt"], "NOOP": SCHEMES["clear"]}
"""Schemes in braces: of mail servers, and two of Spring Security."""
NEW: Mapping[str, Scheme] = {
    "SHA512-CRYPT": ShaCrypt(), "SHA256-CRYPT": ShaCrypt(kind="5"), "CRYPT": ShaCrypt(), "BLF-CRYPT": Bcrypt(),
    "BCRYPT": Bcrypt(kind="a"), "ARGON2ID": Argon2(), "ARGON2I": Argon2(kind="argon2i"),
    **dict.fromkeys(("PLAIN", "CLEAR", "CLEARTEXT", "NOOP"), ClearText()), "MD5": Digest("md5"),
    **{name: scheme for name, scheme in HEADERS.items() if isinstance(scheme, Digest)},
}
"""Those that can be written, with what makes new ones."""


def _braces() -> Iterator[tuple[str, NamedScheme]]:
    for name in KNOWN:
        written = f"{{{name.lower()}}}" if name in ("BCRYPT", "NOOP") else f"{{{name}}}"
        scheme = Braces(written[1:-1], NEW.get(name, Scheme()), KNOWN)
        yield f"{{{name}}}", NamedScheme(
            f"`{written}...`, and all others in braces", _constant(scheme), writes=name in NEW)


def _constant(scheme: Scheme) -> Callable[[Settings], Scheme]:
    return lambda settings: scheme


SCHEME_NAMES: Mapping[str, NamedScheme] = {
    name: scheme for part in (_crypt, _frameworks, _digests, _braces) for name, scheme in part()
}
"""The schemes of mappings by name; those that have a format of ``formats`` alone have its name."""
FORMAT_SCHEMES: Mapping[str, tuple[str, Settings]] = {
    **{f"hex_{2 * size}": ("digest", {"of": f"{name}(password)"})
       for name, size in (("md5", 16), ("sha1", 20), ("sha256", 32), ("sha384", 48), ("sha512", 64))},
    **{f"base64_{size}": ("digest", {"of": f"{name}(password)", "encoding": "base64"})
       for name, size in (("md5", 16), ("sha1", 20), ("sha256", 32), ("sha512", 64))},
    "scram_sha1": ("scram", {"hmac": "SHA-1"}), "scram_sha256": ("scram", {"hmac": "SHA-256"}),
    **{f"password_hash_{name}": ("digest", {"of": f"hmac_{name}(salt, password)", "layout": name + "${salt}$1${digest}",
                                            "salt_characters": "hex"})
       for name in ("md5", "sha1", "sha256", "sha512")},
    "versioned_bcrypt": ("bcrypt", {"prefix": "1|"}), "versioned_argon2": ("argon2id", {"prefix": "3|"}),
    "jbcrypt": ("bcrypt", {"prefix": "#jbcrypt:", "kind": "2a"}),
    "awl_ssha": ("digest", {"of": "base64(raw(sha1(password + salt)) + salt)", "layout": "*{salt}*{SSHA}{digest}"}),
    "awl_md5": ("digest", {"of": "md5(salt + password)", "layout": "*{salt}*{digest}"}),
    "sha256_twice": ("digest", {"of": "sha256(sha256(password) + salt)", "layout": "$SHA${salt}${digest}",
                                "salt_characters": "hex"}),
    "mode2": ("digest", {"of": "sha256(salt + password)", "layout": "MODE2:{digest}"}),
    "sha1_prefixed": ("digest", {"of": "sha1(password)", "layout": "SHA1:{digest}"}),
    "md5_and_salt": ("digest", {"of": "md5(password + salt)", "layout": "{digest}:{salt}"}),
    "sha1_and_salt": ("digest", {"of": "sha1(password + salt)", "layout": "{digest}:{salt}"}),
    "sha256_and_salt": ("digest", {"of": "sha256(salt + password)", "layout": "{digest}:{salt}"}),
    "mysql_native": ("digest", {"of": "sha1(raw(sha1(password)))", "encoding": "upper_hex", "layout": "*{digest}"}),
    "postgresql_md5": ("digest", {"of": "md5(password + name)", "layout": "md5{digest}"}),
    "bcrypt_prefixed": ("bcrypt", {"prefix": "bcrypt$", "kind": "2b"}),
    **{f"colon_{name}": ("colon_pbkdf2", {}) for name in ("md5", "pbkdf2_legacy", "bcrypt", "argon2")},
    "argon2d": ("argon2id", {}), "aspnet_identity_2": ("aspnet_identity", {}),
}
"""Formats with a scheme of another name: what to try first, as a draft. What stands in a digest, nobody sees."""


def scheme_of_format(name: str) -> tuple[str, Settings] | None:
    """Name and settings of the scheme that stores a format of ``formats``; None where no scheme does."""
    return FORMAT_SCHEMES.get(name) or ((name, {}) if name in SCHEME_NAMES else None)


def make_scheme(
    name: str, settings: Settings, columns: Sequence[str] = (HASH,), pepper: str | None = None,
) -> Scheme:
    """A scheme by its name.

    :param settings: what differs from the defaults
    :param columns: the parts of a stored password that have columns, ``hash`` and others; with more than one, stored
        passwords are texts of ``Parts(columns)``
    :param pepper: the value of ``pepper`` in templates
    :raises ValueError: naming what is wrong, and listing what is right
    """
    named = SCHEME_NAMES.get(name) if isinstance(name, str) else None
    if named is None:
        raise ValueError(f"there is no scheme {name!r}; there are {', '.join(SCHEME_NAMES)}")
    for setting, value in settings.items():
        if setting not in named.settings:
            can = f"its settings are {', '.join(named.settings)}" if named.settings else "it has no settings"
            raise ValueError(f"the scheme {name} has no setting {setting!r}; {can}")
        if value is not None or named.settings[setting] is not None:
            SETTINGS[setting].check(setting, value)
    scheme = named.build({**named.settings, **settings, "columns": tuple(columns), "pepper": pepper})
    if pepper is None and any("pepper" in template.uses for template in _templates(scheme)):
        raise ValueError("the scheme uses pepper: the option pepper must be given")
    needed = tuple(scheme.parts) if isinstance(scheme, PartsScheme) else (HASH,)
    missing = [part for part in needed if part not in columns]
    if missing:
        also = ", or stand in layout" if "layout" in named.settings else ""
        raise ValueError(f"the scheme {name} keeps {' and '.join(missing)} in a column of its own: it must be in"
                         f" columns{also}")
    if tuple(columns) == (HASH,):
        return scheme
    return InColumns(Parts(tuple(columns)), scheme if isinstance(scheme, PartsScheme) else Whole(scheme))


def unused_columns(name: str, settings: Settings, columns: Sequence[str]) -> list[str]:
    """Parts that have a column, but no place in what the scheme stores: a mistake where it is the only scheme."""
    scheme = make_scheme(name, settings, columns, pepper="")
    needed = scheme.scheme.parts if isinstance(scheme, InColumns) else (HASH,)
    return [part for part in columns if part not in needed]


def _templates(scheme: Scheme) -> list[Template]:
    if isinstance(scheme, Of):
        return [scheme.template, *_templates(scheme.scheme)]
    if isinstance(scheme, (Whole, Prefixed)):
        return _templates(scheme.scheme)
    return [one for one in (scheme.first, scheme.again) if one] if isinstance(scheme, Digested) else []
