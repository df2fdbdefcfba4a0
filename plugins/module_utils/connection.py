# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From connection options to what a driver connects with: my.cnf, TLS, and a refusal of what contradicts itself."""

from __future__ import annotations

import codecs
import ipaddress
import os
import re
import socket
import ssl
import stat
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import OptionError
from ansible_collections.auth.services.plugins.module_utils.watch import MOST_BYTES, Watch

FILE_OPTIONS: tuple[dict[str, str], ...] = (
    {"host": "login_host", "socket": "login_unix_socket"},
    {"port": "login_port"},
    {"user": "login_user"},
    {"password": "login_password"},
    {"ssl-ca": "ca_cert"},
    {"ssl-cert": "client_cert", "ssl-key": "client_key"},
)
"""What is read from a C(my.cnf). One of our options keeps those of its group in the file from counting."""

REFUSED_IN_FILE = frozenset((
    "ssl-capath", "ssl-cipher", "ssl-crl", "ssl-crlpath", "ssl-fp", "ssl-fplist", "ssl-fips-mode", "tls-version",
    "tls-ciphersuites",
))
"""What narrows TLS down in a C(my.cnf), and cannot be kept to."""
FILE_FLAGS = ("ssl", "ssl-verify-server-cert")
FLAG_WORDS = {"1": True, "true": True, "on": True, "0": False, "false": False, "off": False}
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "s": " ", '"': '"', "'": "'", "\\": "\\"}
BLANKS = " \t\r\n\v\f"  # isspace() of C
MOST_INCLUDES = 10
MOST_SECONDS = 31536000  # PyMySQL takes no more
PORTS = {"mysql": 3306, "postgresql": 5432}
UTF8 = ("utf8mb4", "utf8mb3", "utf8")
BYTES = ("binary", "armscii8", "cp1250", "cp1251", "cp1256", "cp1257", "cp850", "cp852", "cp866", "dec8", "geostd8",
         "greek", "hebrew", "hp8", "keybcs2", "koi8r", "koi8u", "latin1", "latin2", "latin5", "latin7", "macce",
         "macroman", "tis620")
"""Character sets of MySQL with which the bytes of UTF-8 can be sent: ASCII means ASCII, and each byte is a character.
In those with longer characters (gbk, sjis) a part of one can be a backslash, and end a quoted text."""
BYTES_CODEC = "auth_services_utf_8"
POSTGRESQL_SSL_MODES = {
    "disabled": "disable",
    "preferred": "prefer",
    "required": "require",
    "verify_ca": "verify-ca",
    "verify_identity": "verify-full",
}
CHALLENGES = ("mysql_native_password", "client_ed25519", "caching_sha2_password", "")
"""Ways to log in to MySQL and MariaDB that do not tell the server the password."""
READABLE = "The server wants the password in a form that it can read, and nothing says that it is the right server"
MOST_PLUGIN = 40  # characters of a name that a server made up
LIBPQ_REQUIRES = 160000
"""From this version on libpq can refuse a server that asks for the password itself (require_auth)."""
PLACE_IN_PYTHON = re.compile(r" \(_ssl\.c:\d+\)|_ssl\.c:\d+: ")


def ssl_mode(options: Mapping[str, Any]) -> str:
    """How TLS is used: O(ssl_mode), or what follows from the other options."""
    if options.get("ssl_mode"):
        return str(options["ssl_mode"])
    if options.get("ca_cert"):
        return "verify_identity"
    return "disabled" if options.get("login_unix_socket") else "preferred"


def checked_options(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options, completed from C(config_file).

    :raises OptionError: for those that contradict each other, and files that cannot be read
    """
    _check_options(options)
    options = _with_file(options)
    _check_files(options)
    return options


def _check_options(options: Mapping[str, Any]) -> None:
    engine, mode = options["login_engine"], ssl_mode(options)
    if not options["login_db"]:
        raise OptionError("login_db is empty: it names the database")
    if engine == "mysql" and options.get("login_unix_socket") and options.get("login_port"):
        raise OptionError("login_unix_socket and login_port: leave one of them out")
    if options.get("login_port") is not None and not 0 < options["login_port"] < 65536:
        raise OptionError(f"login_port is {options['login_port']}: a port is a number from 1 to 65535")
    if engine != "sqlite" and not 0 < options["connect_timeout"] <= MOST_SECONDS:
        raise OptionError(f"connect_timeout is {options['connect_timeout']}: give seconds from 1 to {MOST_SECONDS}")
    if options.get("config_file"):
        _check_file("config_file", options["config_file"])
    if options.get("config_file") and engine != "mysql":
        raise OptionError("config_file is a my.cnf file: it goes with login_engine mysql only")
    charset = (options.get("charset") or "").lower()
    if charset and engine != "mysql":
        raise OptionError("charset is that of a connection to MySQL or MariaDB: it goes with login_engine mysql only")
    if charset and charset not in (*UTF8, *BYTES):
        raise OptionError(f"charset is {options['charset']!r}: there are {', '.join((UTF8[0], *BYTES))}")
    if mode == "disabled" and options.get("ca_cert"):
        raise OptionError("ca_cert is given and ssl_mode is disabled: leave one of them out")
    if bool(options.get("client_cert")) != bool(options.get("client_key")):
        raise OptionError("client_cert and client_key go together")


def _with_file(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options, with what none of them gives from the group C([client]) of C(config_file).

    PyMySQL itself would take the file's socket before O(login_host), and a release of 1.0 passes over C(ssl_ca).
    """
    path = options.get("config_file")
    if not path or options["login_engine"] != "mysql":
        return options
    client: dict[str, str | None] = {}
    _read_file(path, client, 0)
    refused = sorted(REFUSED_IN_FILE & client.keys())
    if refused:
        raise OptionError(f"config_file: {path} has {', '.join(refused)}, which this module cannot keep to. Give a file"
                          " without it")
    if (client.get("host") or "localhost") != "localhost":
        client.pop("socket", None)  # as the client does it
    found: dict[str, Any] = {}
    for names in FILE_OPTIONS:
        if not any(options.get(ours) for ours in names.values()):
            found.update({ours: client[theirs] for theirs, ours in names.items() if client.get(theirs)})
    if "login_port" in found:
        if not re.fullmatch(r"[0-9]{1,5}", found["login_port"]):
            raise OptionError(f"config_file: port in {path} is not a number of a port")
        found["login_port"] = int(found["login_port"])
    if not options.get("ssl_mode") and not options.get("ca_cert"):
        mode = _mode_in_file(path, client)
        found.update({"ssl_mode": mode} if mode else {})
    return {**options, **found}


def _read_file(path: str, client: dict[str, str | None], depth: int) -> None:
    """Read the group C([client]) as MySQL's and MariaDB's client does (search_default_file_with_ext in my_default.c).

    :raises OptionError: for what the client stops at, and a file that everybody can write, which it passes over
    """
    try:
        with open(path, encoding="utf-8") as file:
            writable = os.fstat(file.fileno()).st_mode & stat.S_IWOTH
            lines = file.read().split("\n")
    except (OSError, UnicodeError) as error:
        # Its text would quote lines of the file, and passwords are there.
        raise OptionError(f"config_file: {path} cannot be read as a my.cnf file ({type(error).__name__})") from None
    if writable:
        raise OptionError(f"config_file: everybody can write to {path}: take that right away (chmod o-w)")
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
            raise OptionError(f"config_file: {path} cannot be read as a my.cnf file (line {number})")
        elif group == "client":
            name, equals, value = _without_comment(line).partition("=")
            name = re.sub("^loose-", "", name.rstrip(BLANKS).lower().replace("_", "-"))
            client[name] = _file_value(value.strip(BLANKS)) if equals else None


def _included(path: str, line: str, depth: int) -> list[str]:
    """The files that a line with C(!include) or C(!includedir) names."""
    word, _blank, place = line.partition(" ")
    place = place.strip(BLANKS)
    if depth >= MOST_INCLUDES or word not in ("!include", "!includedir") or not place:
        raise OptionError(f"config_file: {path} has a line with ! that cannot be followed")
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
    """What a file says of TLS, as O(ssl_mode): MySQL has C(ssl-mode), MariaDB C(ssl) and C(ssl-verify-server-cert)."""
    if "ssl-mode" in client:
        mode = (client["ssl-mode"] or "").lower()
        if mode not in POSTGRESQL_SSL_MODES:
            raise OptionError(f"config_file: ssl-mode in {path} is not one of {', '.join(POSTGRESQL_SSL_MODES)}")
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


def _check_file(name: str, path: str) -> None:
    if not os.path.isfile(path):
        raise OptionError(f"{name}: there is no file {path} on the managed host")


def _check_files(options: Mapping[str, Any]) -> None:
    """Read what TLS needs: PostgreSQL's library goes on in clear text without it when TLS is only preferred."""
    mode = ssl_mode(options)
    for name in ("ca_cert", "client_cert", "client_key"):
        if options.get(name):
            _check_file(name, options[name])
    if mode.startswith("verify") and not options.get("ca_cert"):
        raise OptionError(f"ssl_mode {mode} needs ca_cert: nothing can be verified without it")
    if options.get("ca_cert") or options.get("client_cert"):
        _tls_context(options)


def _tls_context(options: Mapping[str, Any]) -> ssl.SSLContext:
    mode, ca = ssl_mode(options), options.get("ca_cert")
    cert, key = options.get("client_cert"), options.get("client_key")
    try:
        context = ssl.create_default_context(cafile=ca)
    except (OSError, ValueError) as error:
        raise OptionError(f"ca_cert: {ca} holds no certificate that can be read ({_reason(error)})") from None
    # In Python's defaults since 3.13: it refuses authorities without an Authority Key Identifier, as private ones are.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.check_hostname = mode == "verify_identity"
    context.verify_mode = ssl.CERT_REQUIRED if mode.startswith("verify") else ssl.CERT_NONE
    if cert:
        try:
            # Without a word OpenSSL would ask the terminal for a passphrase.
            context.load_cert_chain(cert, key, password="")
        except (OSError, ValueError) as error:
            raise OptionError(f"client_cert and client_key: {cert} and {key or cert} must be a certificate and its "
                              f"key, which has no passphrase ({_reason(error)})") from None
    return context


def _reason(error: Exception) -> str:
    # OpenSSL's words; Python adds where it called it
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__
    return PLACE_IN_PYTHON.sub("", reason)


def charset_of(options: Mapping[str, Any]) -> str:
    """The character set that the server is told of the connection: that of the application's own, which sends UTF-8.

    Whatever it is told, the server then takes our bytes for what it takes those of the application for.
    """
    charset = (options.get("charset") or UTF8[0]).lower()
    return UTF8[0] if charset in UTF8 else charset


def _mysql_arguments(options: Mapping[str, Any]) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "charset": "utf8mb4",
        "connect_timeout": options["connect_timeout"],
        # Too long a value must be an error; the application's own session may cut it silently.
        "sql_mode": "STRICT_ALL_TABLES",
    }
    names = {"login_host": "host", "login_port": "port", "login_user": "user", "login_unix_socket": "unix_socket"}
    arguments.update({theirs: options[ours] for ours, theirs in names.items() if options.get(ours)})
    if options.get("login_password") is not None:
        # PyMySQL encodes a str as Latin-1.
        arguments["password"] = options["login_password"].encode()
    if ssl_mode(options) == "disabled":
        return {**arguments, "ssl_disabled": True}
    return {**arguments, "ssl": _tls_context(options)}


def is_trusted(options: Mapping[str, Any]) -> bool:
    """Whether a password goes to the right server only: a verified one, or that of a socket of this host."""
    return bool(options.get("login_unix_socket")) or ssl_mode(options).startswith("verify")


def mysql_connect(arguments: Mapping[str, Any], options: Mapping[str, Any]) -> tuple[Any, Watch]:
    """A connection of PyMySQL, and the watch on it, started; O(connect_timeout) is for each answer until it stands."""
    pymysql = import_module("pymysql")
    mode, trusted = ssl_mode(options), is_trusted(options)
    watch: list[Watch] = []

    class Connection(pymysql.connections.Connection):  # type: ignore[name-defined]
        logging_in = False
        _auth_plugin_name: str

        def _get_server_information(self) -> None:
            watch.append(Watch(self._sock.fileno(), MOST_BYTES["mysql"]))
            watch[0].start()
            super()._get_server_information()

        def _request_authentication(self) -> None:
            # Before 1.2 PyMySQL goes on in clear text where no TLS is offered, and gives the password to a server that
            # asks for it. From 1.2 on it takes a context as a must.
            self._ssl_required = mode not in ("disabled", "preferred")
            if self._ssl_required and not self.server_capabilities & pymysql.constants.CLIENT.SSL:
                raise pymysql.OperationalError(2026, "SSL is required but the server doesn't support it")
            self.logging_in = not trusted
            if self.logging_in:
                if not self.server_capabilities & pymysql.constants.CLIENT.PLUGIN_AUTH:
                    self._refuse("mysql_old_password")
                if self._auth_plugin_name not in CHALLENGES:
                    # The server names another when the account has it.
                    self._auth_plugin_name = "mysql_native_password"
            super()._request_authentication()
            self.logging_in = False

        def _read_packet(self, *arguments: Any) -> Any:
            packet = super()._read_packet(*arguments)
            if self.logging_in and packet.is_auth_switch_request():
                wanted = packet.get_all_data()[1:].split(b"\0")[0].decode(errors="replace")
                if wanted not in CHALLENGES:
                    self._refuse(wanted or "mysql_old_password")
                self._auth_plugin_name = wanted
            return packet

        def write_packet(self, payload: bytes) -> None:
            # The password itself, which TLS hides from all but the server, or what asks the server for a key to hide it
            # with: the full authentication of caching_sha2_password.
            if self.logging_in and self.password and payload in (self.password + b"\0", b"\1", b"\2"):
                self._refuse(self._auth_plugin_name)
            super().write_packet(payload)

        def _refuse(self, plugin: str) -> None:
            raise pymysql.OperationalError(2061, f"{READABLE} ({plugin[:MOST_PLUGIN]!r})")

    limits = dict.fromkeys(("read_timeout", "write_timeout"), arguments["connect_timeout"])
    try:
        connection = Connection(**arguments, **limits)
    except BaseException as error:
        for one in watch:
            one.close()
        if isinstance(error, pymysql.Error) and isinstance(error.__context__, socket.timeout):
            # Another code than that of a lost connection: it would be tried again.
            raise pymysql.OperationalError(2003, "Can't connect to MySQL server (timed out)") from error
        raise
    connection._read_timeout = connection._write_timeout = None  # from here on the watch has the clock
    return connection, watch[0]


def speak_as(connection: Any, charset: str) -> None:
    """Tell the server that a connection of PyMySQL has this character set, and go on sending and reading UTF-8.

    After SQLAlchemy, which tells the server its own.

    :param charset: as C(charset_of) gives it
    """
    def find(name: str) -> codecs.CodecInfo | None:
        # No server sees to it that what it sends is UTF-8.
        return None if name != BYTES_CODEC else codecs.CodecInfo(
            lambda text, errors="strict": codecs.utf_8_encode(text, errors),
            lambda data, errors="strict": codecs.utf_8_decode(data, "surrogateescape", True), name=name)

    if charset in UTF8:
        return
    try:
        codecs.lookup(BYTES_CODEC)
    except LookupError:
        codecs.register(find)
    # Results of a binary connection keep the character set of their column: so text can be told from bytes.
    results = ", character_set_results = NULL" if charset == "binary" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SET NAMES {charset}{results}")
    connection.encoding = BYTES_CODEC


def postgresql_connect(connect: Callable[..., Any], arguments: Mapping[str, Any]) -> tuple[Any, Watch]:
    """A connection of libpq, and the watch on it, started.

    :param connect: of the driver
    """
    connection = connect(**arguments)
    if hasattr(connection, "prepare_threshold"):
        # psycopg prepares what is repeated, and a pooler may give the next transaction to another of its connections.
        connection.prepare_threshold = None
    watch = Watch(connection.fileno(), MOST_BYTES["postgresql"])
    watch.start()
    return connection, watch


def is_encrypted(connection: Any) -> bool:
    """Whether TLS is in use, of a connection of any driver of a server."""
    if hasattr(connection, "_sock"):
        return isinstance(connection._sock, ssl.SSLSocket)
    information = connection.pgconn if hasattr(connection, "pgconn") else connection.info
    return bool(information.ssl_in_use)


def is_loopback(address: str) -> bool:
    """Whether an IP address is of this host alone; an empty one, of a Unix socket, is."""
    if not address:
        return True
    number = ipaddress.ip_address(address.partition("%")[0])
    return (getattr(number, "ipv4_mapped", None) or number).is_loopback


def doubt(options: Mapping[str, Any], encrypted: bool) -> str:
    """What others can do to a connection that leaves this host; empty for nothing, and where somebody wants it so."""
    said = options.get("ssl_mode")
    if not encrypted:
        return "" if said == "disabled" else (
            "the connection is not encrypted: who is on the way to the server reads what goes over it, new passwords"
            " too, and can change it. Use TLS and give ca_cert, or say ssl_mode: disabled where nobody can be there")
    return "" if is_trusted(options) or said == "required" else (
        "nothing verifies the server: who is on the way to it can take its place and read what goes there, new"
        " passwords too. Give ca_cert, or say ssl_mode: required where nobody can be there")


def libpq_version() -> int:
    """Of the driver in use, as libpq counts: 160000 is 16.0."""
    if "psycopg" in sys.modules:
        return int(sys.modules["psycopg"].pq.version())
    return int(import_module("psycopg2.extensions").libpq_version())


def _postgresql_arguments(options: Mapping[str, Any]) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "host": options.get("login_unix_socket") or options.get("login_host") or "localhost",
        "port": options.get("login_port") or PORTS["postgresql"],
        "connect_timeout": options["connect_timeout"],
        # Unless told so, the client has what the database has, which is no character set at all in one of SQL_ASCII.
        "client_encoding": "UTF8",
    }
    if not options.get("login_unix_socket"):
        arguments["sslmode"] = POSTGRESQL_SSL_MODES[ssl_mode(options)]
    if not is_trusted(options) and libpq_version() >= LIBPQ_REQUIRES:
        arguments["require_auth"] = "!password"
    names = {"login_user": "user", "login_password": "password", "ca_cert": "sslrootcert",
             "client_cert": "sslcert", "client_key": "sslkey"}
    arguments.update({theirs: options[ours] for ours, theirs in names.items() if options.get(ours)})
    return arguments


def _sqlite_arguments(options: Mapping[str, Any]) -> dict[str, Any]:
    # Another writer (the application) is waited for so long.
    return {"timeout": options["connect_timeout"]}


_ARGUMENTS = {"mysql": _mysql_arguments, "postgresql": _postgresql_arguments, "sqlite": _sqlite_arguments}


def driver_arguments(options: Mapping[str, Any]) -> dict[str, Any]:
    """What the driver's C(connect()) takes beside the database; of C(checked_options)."""
    return _ARGUMENTS[options["login_engine"]](options)
