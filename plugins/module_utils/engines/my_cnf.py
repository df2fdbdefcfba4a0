# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a ``my.cnf`` file says of connections, read as MySQL's and MariaDB's client does."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import OptionError
from ansible_collections.auth.services.plugins.module_utils.connection import SSL_MODES

FILE_OPTIONS: tuple[dict[str, str], ...] = (
    {"host": "login_host", "socket": "login_unix_socket"},
    {"port": "login_port"},
    {"user": "login_user"},
    {"password": "login_password"},
    {"ssl-ca": "ca_cert"},
    {"ssl-cert": "client_cert", "ssl-key": "client_key"},
)
"""What is read from a ``my.cnf``. One of our options keeps those of its group in the file from counting."""
REFUSED_IN_FILE = frozenset((
    "ssl-capath", "ssl-cipher", "ssl-crl", "ssl-crlpath", "ssl-fp", "ssl-fplist", "ssl-fips-mode", "tls-version",
    "tls-ciphersuites",
))
"""What narrows TLS down in a ``my.cnf``, and cannot be kept to."""
FILE_FLAGS = ("ssl", "ssl-verify-server-cert")
FLAG_WORDS = {"1": True, "true": True, "on": True, "0": False, "false": False, "off": False}
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "s": " ", '"': '"', "'": "'", "\\": "\\"}
BLANKS = " \t\r\n\v\f"  # isspace() of C
MOST_INCLUDES = 10


def with_file(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options, with what none of them gives from the group ``[client]`` of ``config_file``.

    PyMySQL itself would take the file's socket before ``login_host``, and a release of 1.0 passes over ``ssl_ca``.
    """
    path = options.get("config_file")
    if not path:
        return options
    client: dict[str, str | None] = {}
    _read_file(path, client, 0)
    refused = sorted(REFUSED_IN_FILE & client.keys())
    if refused:
        raise OptionError(f"config_file: {path} has {', '.join(refused)}, which this module does not support. Use a"
                          " file without it")
    if (client.get("host") or "localhost") != "localhost":
        client.pop("socket", None)  # as the client does it
    found: dict[str, Any] = {}
    for names in FILE_OPTIONS:
        if not any(options.get(ours) for ours in names.values()):
            found.update({ours: client[theirs] for theirs, ours in names.items() if client.get(theirs)})
    if "login_port" in found:
        if not re.fullmatch(r"[0-9]{1,5}", found["login_port"]):
            raise OptionError(f"config_file: port in {path} is not a port number")
        found["login_port"] = int(found["login_port"])
    if not options.get("ssl_mode") and not options.get("ca_cert"):
        mode = _mode_in_file(path, client)
        found.update({"ssl_mode": mode} if mode else {})
    return {**options, **found}


def _read_file(path: str, client: dict[str, str | None], depth: int) -> None:
    """Read the group ``[client]`` as MySQL's and MariaDB's client does (search_default_file_with_ext in my_default.c).

    :raises OptionError: for what the client stops at, and a file that everybody can write, which it passes over
    """
    try:
        with open(path, encoding="utf-8") as file:
            writable = os.fstat(file.fileno()).st_mode & stat.S_IWOTH
            lines = file.read().split("\n")
    except (OSError, UnicodeError) as error:
        # Its text would quote lines of the file, and passwords are there.
        raise OptionError(f"config_file: {path} is not a readable my.cnf file ({type(error).__name__})") from None
    if writable:
        raise OptionError(f"config_file: anyone can write to {path}. Change that with chmod o-w")
    group = None
    for number, line in enumerate(lines, 1):
        line = line.strip(BLANKS)
        if not line or line[0] in "#;":
            continue
        if line[0] == "!":
            for included in _included(path, line, depth):
                _read_file(included, client, depth + 1)
        elif line[0] == "[" and "]" in line:
            group = line[1:line.index("]")].rstrip(BLANKS)
        elif line[0] == "[" or group is None:
            raise OptionError(f"config_file: {path} is not a readable my.cnf file (line {number})")
        elif group == "client":
            name, equals, value = _without_comment(line).partition("=")
            name = re.sub("^loose-", "", name.rstrip(BLANKS).lower().replace("_", "-"))
            client[name] = _file_value(value.strip(BLANKS)) if equals else None


def _included(path: str, line: str, depth: int) -> list[str]:
    """The files that a line with ``!include`` or ``!includedir`` names."""
    word, _blank, place = line.partition(" ")
    place = place.strip(BLANKS)
    if depth >= MOST_INCLUDES or word not in ("!include", "!includedir") or not place:
        raise OptionError(f"config_file: {path} has an !include or !includedir that cannot be followed")
    if word == "!include":
        return [place] if os.path.exists(place) else []
    try:
        return [os.path.join(place, name) for name in sorted(os.listdir(place)) if name.endswith(".cnf")]
    except OSError as error:
        raise OptionError(f"config_file: the folder {place}, which {path} includes, cannot be read"
                          f" ({error.strerror})") from None


def _without_comment(line: str) -> str:
    quote, escaped = "", False
    for position, letter in enumerate(line):
        if letter in "'\"" and not escaped:
            quote = letter if not quote else "" if letter == quote else quote
        if letter == "#" and not quote:
            return line[:position]
        escaped = bool(quote) and letter == "\\" and not escaped
    return line


def _file_value(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        value = value[1:-1]
    return re.sub(r"\\(.)", lambda found: ESCAPES.get(found.group(1), found.group()), value, flags=re.DOTALL)


def _mode_in_file(path: str, client: Mapping[str, str | None]) -> str:
    """What a file says of TLS, as ``ssl_mode``: MySQL has ``ssl-mode``, MariaDB two flags."""
    if "ssl-mode" in client:
        mode = (client["ssl-mode"] or "").lower()
        if mode not in SSL_MODES:
            raise OptionError(f"config_file: ssl-mode in {path} is not one of {', '.join(SSL_MODES)}")
        return mode
    flags: dict[str, bool] = {}
    for name, value in client.items():
        prefix, _dash, rest = name.partition("-")
        word = (value or "1").lower()
        if name in FILE_FLAGS or rest in FILE_FLAGS and prefix in ("skip", "disable", "enable"):
            if word not in FLAG_WORDS:
                raise OptionError(f"config_file: {name} in {path} is neither 0 nor 1")
            on = FLAG_WORDS[word] if name in FILE_FLAGS or prefix == "enable" else not FLAG_WORDS[word]
            flags[name if name in FILE_FLAGS else rest] = on
    if flags.get("ssl-verify-server-cert"):
        return "verify_identity"
    if flags.get("ssl") is False:
        return "disabled"
    if flags.get("ssl-verify-server-cert") is False and client.get("ssl-ca"):
        return "verify_ca"
    return "required" if flags.get("ssl") and not client.get("ssl-ca") else ""
