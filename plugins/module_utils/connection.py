# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection options: TLS, what others can do to a connection, and a refusal of what contradicts itself."""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
from collections.abc import Mapping
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.account import OptionError

SSL_MODES = ("disabled", "preferred", "required", "verify_ca", "verify_identity")
MOST_SECONDS = 31536000  # the highest that PyMySQL accepts
PLACE_IN_PYTHON = re.compile(r" \(_ssl\.c:\d+\)|_ssl\.c:\d+: ")


def ssl_mode(options: Mapping[str, Any]) -> str:
    """How TLS is used: ``ssl_mode``, or what follows from the other options."""
    if options.get("ssl_mode"):
        return str(options["ssl_mode"])
    if options.get("ca_cert"):
        return "verify_identity"
    return "disabled" if options.get("login_unix_socket") else "preferred"


def check_options(options: Mapping[str, Any]) -> None:
    """Refuse options that contradict each other with any engine.

    :raises OptionError: naming them
    """
    if not options["login_db"]:
        raise OptionError("login_db is empty. Set it to the name of the database")
    if options.get("login_port") is not None and not 0 < options["login_port"] < 65536:
        raise OptionError(f"login_port is {options['login_port']}, but a port is a number from 1 to 65535")
    if options.get("config_file"):
        _check_file("config_file", options["config_file"])
    if ssl_mode(options) == "disabled" and options.get("ca_cert"):
        raise OptionError("ca_cert cannot be combined with ssl_mode=disabled")
    if bool(options.get("client_cert")) != bool(options.get("client_key")):
        raise OptionError("client_cert and client_key must be set together")


def _check_file(name: str, path: str) -> None:
    if not os.path.isfile(path):
        raise OptionError(f"{name}: the managed host has no file {path}")


def check_files(options: Mapping[str, Any]) -> None:
    """Read what TLS needs: PostgreSQL's library goes on in clear text without it when TLS is only preferred."""
    mode = ssl_mode(options)
    for name in ("ca_cert", "client_cert", "client_key"):
        if options.get(name):
            _check_file(name, options[name])
    if mode.startswith("verify") and not options.get("ca_cert"):
        raise OptionError(f"ssl_mode={mode} requires ca_cert")
    if options.get("ca_cert") or options.get("client_cert"):
        tls_context(options)


def tls_context(options: Mapping[str, Any]) -> ssl.SSLContext:
    """What Python verifies a server with.

    :raises OptionError: for files that are none of certificates and keys
    """
    mode, ca = ssl_mode(options), options.get("ca_cert")
    cert, key = options.get("client_cert"), options.get("client_key")
    try:
        context = ssl.create_default_context(cafile=ca)
    except (OSError, ValueError) as error:
        raise OptionError(f"ca_cert: {ca} contains no readable certificate ({_reason(error)})") from None
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
                              f"key without a passphrase ({_reason(error)})") from None
    return context


def _reason(error: Exception) -> str:
    # OpenSSL's words; Python adds where it called it
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__
    return PLACE_IN_PYTHON.sub("", reason)


def is_trusted(options: Mapping[str, Any]) -> bool:
    """Whether a password goes to the right server only: a verified one, or that of a socket of this host."""
    return bool(options.get("login_unix_socket")) or ssl_mode(options).startswith("verify")


def is_loopback(address: str) -> bool:
    """Whether an IP address is of this host alone; an empty one, of a Unix socket, is."""
    if not address:
        return True
    number = ipaddress.ip_address(address.partition("%")[0])
    return (getattr(number, "ipv4_mapped", None) or number).is_loopback


def doubt(options: Mapping[str, Any], encrypted: bool) -> str:
    """What others can do to a connection that leaves this host; empty for nothing, and where the options accept it."""
    said = options.get("ssl_mode")
    if not encrypted:
        return "" if said == "disabled" else (
            "the connection is not encrypted. Anyone on the network path can read and change what is sent, including"
            " new passwords. Use TLS and set ca_cert, or set ssl_mode=disabled if you trust the network")
    return "" if is_trusted(options) or said == "required" else (
        "the server is not verified. Anyone on the network path can take its place and read what is sent to it,"
        " including new passwords. Set ca_cert, or set ssl_mode=required if you trust the network")
