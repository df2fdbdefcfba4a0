# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers that are not what they seem: who takes the place of the right one, and who never ends."""

from __future__ import annotations

import contextlib
import datetime
import socket
import ssl
import struct
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from ansible_collections.auth.services.plugins.module_utils import connection, watch
from ansible_collections.auth.services.plugins.module_utils.database import Database, DatabaseError
from ansible_collections.auth.services.plugins.module_utils.engines import ENGINES
from ansible_collections.auth.services.plugins.module_utils.engines import mysql as mysql_engine
from ansible_collections.auth.services.plugins.module_utils.engines import postgresql as postgresql_engine

SECRET = "geheim-4711"
TLS = 0x800


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A file with a key and its certificate, which nobody signed."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.timezone.utc)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
    signed = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
              .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(1))
              .not_valid_after(now + datetime.timedelta(1)).sign(key, hashes.SHA256()))
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
                     + signed.public_bytes(serialization.Encoding.PEM))
    return path


def test_private_authorities_are_taken(certificate, monkeypatch):
    default = ssl.create_default_context

    def strict(**settings):  # as it is from Python 3.13 on
        context = default(**settings)
        context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
        return context

    monkeypatch.setattr(ssl, "create_default_context", strict)
    context = ENGINES["mysql"].connect_arguments({"connect_timeout": 1, "ca_cert": str(certificate)})["ssl"]
    assert not context.verify_flags & ssl.VERIFY_X509_STRICT
    assert context.verify_flags & ssl.VERIFY_X509_PARTIAL_CHAIN
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


class Server:
    """Listens on 127.0.0.1, and talks to whoever comes as ``talk`` says; ``heard`` is what came in."""

    def __init__(self, talk, certificate=None):
        self.talk, self.heard, self.certificate = talk, b"", certificate
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                self.client, _address = self.listener.accept()
            except OSError:
                return
            self.client.settimeout(20)
            with contextlib.suppress(OSError):
                self.talk(self)
            self.client.close()

    def hear(self, most=1 << 16):
        data = self.client.recv(most)
        if not data:
            raise OSError("closed")
        self.heard += data
        return data

    def encrypt(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self.client = context.wrap_socket(self.client, server_side=True)

    def send(self, *packets, number=0):
        """Packets of MySQL."""
        for packet in packets:
            self.client.sendall(len(packet).to_bytes(3, "little") + bytes([number % 256]) + packet)
            number += 1


def greet(server, plugin, capabilities=0):
    """MySQL's greeting; gives the number of the next packet."""
    low, high = 0xA209 & ~TLS | (TLS if server.certificate else 0), 0x88
    server.send(b"\x0a8.0.99\0" + struct.pack("<I", 1) + b"x" * 8 + b"\0" + struct.pack("<H", low & ~capabilities) + b"\x2d\2\0"
                + struct.pack("<H", high & ~(capabilities >> 16)) + b"\x15" + b"\0" * 10 + b"y" * 12 + b"\0" + plugin + b"\0")
    data = server.hear(36 if server.certificate else 1 << 16)  # no byte of the handshake of TLS that follows
    if server.certificate:
        server.encrypt()
        data = server.hear()
    return data[3] + 1


def asks_for(plugin, more=b"z" * 20 + b"\0"):
    def talk(server):
        number = greet(server, b"mysql_native_password")
        server.send(b"\xfe" + plugin + b"\0" + more if plugin else b"\xfe", number=number)
        server.hear()
        if plugin == b"caching_sha2_password":
            server.send(b"\1\4", number=number + 2)
        else:
            server.send(b"\1" + PUBLIC, number=number + 2)
        server.hear()
        server.send(b"\1" + PUBLIC, number=number + 4)
        server.hear()

    return talk


KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def begins_with(plugin):
    def talk(server):
        number = greet(server, plugin)
        server.send(b"\1\4", number=number)
        server.hear()
        server.send(b"\1" + PUBLIC, number=number + 2)
        server.hear()

    return talk


def opened(server, **options):
    return Database({"login_engine": "mysql", "login_host": "127.0.0.1", "login_port": server.port, "login_db": "app", "login_user": "me",
                     "login_password": SECRET, "connect_timeout": 5, **options})


PLUGINS = [b"mysql_clear_password", b"dialog", b"sha256_password", b"caching_sha2_password", b"mysql_old_password", b"",
           b"authentication_oci_client", b"mysql_clear_password\xff"]


@pytest.mark.parametrize("mode", [None, "preferred", "required", "disabled"])
@pytest.mark.parametrize("talk", [
    *(pytest.param(asks_for(plugin), id=f"asks for {plugin.decode(errors='replace') or 'nothing'}") for plugin in PLUGINS),
    *(pytest.param(begins_with(plugin), id=f"begins with {plugin.decode()}") for plugin in PLUGINS[:4]),
    pytest.param(lambda server: (greet(server, b"mysql_native_password", 0x80000), server.send(b"\xfe", number=2), server.hear()), id="of old"),
])
def test_a_false_mysql_server_is_not_told_the_password(talk, mode, certificate):
    server = Server(talk, None if mode == "disabled" else certificate)
    options = {} if mode is None else {"ssl_mode": mode}
    with pytest.raises(DatabaseError) as caught, opened(server, **options).connect():
        pass
    assert SECRET.encode() not in server.heard
    blocks = [server.heard[start:start + 256] for start in range(len(server.heard) - 255)]
    assert not any(reads(block) for block in blocks[-64:])
    assert SECRET not in str(caught.value)


def reads(block):
    """Whether the server's key opens a block."""
    from cryptography.hazmat.primitives.asymmetric import padding  # noqa: PLC0415

    try:
        KEY.decrypt(block, padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None))
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("plugin", PLUGINS[:4])
def test_the_message_says_what_to_do(plugin, certificate):
    database = opened(Server(asks_for(plugin), certificate))
    text = rf"\({plugin.decode()!r}\).* \(2061\)\. Set ca_cert, so that the server is verified, or"
    with pytest.raises(DatabaseError, match=text) as caught, database.connect():
        pass
    assert str(caught.value).endswith("Nothing was written.")


def postgresql_thief(server):
    server.hear(8)
    server.client.sendall(b"S" if server.certificate else b"N")
    if server.certificate:
        server.encrypt()
    server.hear()
    server.client.sendall(b"R" + struct.pack(">II", 8, 3))
    server.hear()


@pytest.mark.parametrize("encrypted", [True, False])
def test_a_false_postgresql_server_is_not_told_the_password(encrypted, certificate):
    server = Server(postgresql_thief, certificate if encrypted else None)
    database = opened(server, login_engine="postgresql")
    with pytest.raises(DatabaseError, match="requirement .* failed.* Set ca_cert, so that the server is verified"), database.connect():
        pass
    assert SECRET.encode() not in server.heard


# Servers that never end


OK = b"\0\0\0\2\0\0\0"


def mysql_until(work):
    """As a server does it, until the first SELECT."""

    def talk(server):
        server.send(OK, number=greet(server, b"mysql_native_password"))
        while True:
            question = server.hear()
            if b"SELECT" in question:
                return work(server)
            server.send(OK, number=1)

    return talk


def postgresql_until(work):
    def talk(server):
        server.hear()
        server.client.sendall(b"N")
        server.hear()
        status = b"".join(b"S" + struct.pack(">I", len(text) + 4) + text
                          for text in (b"server_version\x0015.0\0", b"client_encoding\0UTF8\0", b"standard_conforming_strings\0on\0"))
        server.client.sendall(b"R" + struct.pack(">II", 8, 0) + status + b"Z\0\0\0\5I")
        while True:
            question = server.hear()
            if b"SELECT" in question:
                if question[:1] == b"P":
                    server.client.sendall(b"1\0\0\0\x042\0\0\0\x04")
                return work(server)
            server.client.sendall(b"C\0\0\0\x0aBEGIN\0Z\0\0\0\5T")

    return talk


def silent(server):
    server.hear()


def slow(server):
    """A byte now and then, of a packet that is not complete for a long time."""
    server.client.sendall(b"\xff\xff\x00\1" if server.mysql else b"T\0\0\xff\xff")
    for _number in range(200):
        server.client.sendall(b"\1")
        time.sleep(0.05)


def endless_rows(server):
    if server.mysql:
        column = b"\3def\0\0\0\1a\0\x0c" + struct.pack("<HIBHB", 45, 255, 253, 0, 0) + b"\0\0"
        server.send(b"\1", column, b"\xfe\0\0\2\0", number=1)
        rows = b"".join(b"\x65\0\0" + bytes([number % 256]) + b"\x64" + b"x" * 100 for number in range(4, 260))
    else:
        column = b"\0\1a\0" + struct.pack(">IHIHIH", 0, 0, 25, 0xFFFF, 0xFFFFFFFF, 0)
        server.client.sendall(b"T" + struct.pack(">I", len(column) + 4) + column)
        rows = (b"D" + struct.pack(">IHI", 110, 1, 100) + b"x" * 100) * 256
    while True:
        server.client.sendall(rows)


def endless_value(server):
    if server.mysql:
        number = 1
        while True:
            server.client.sendall(b"\xff\xff\xff" + bytes([number % 256]) + b"x" * 0xFFFFFF)
            number += 1
    server.client.sendall(b"D" + struct.pack(">IHI", 0x20000010, 1, 0x20000000))
    while True:
        server.client.sendall(b"x" * (1 << 20))


@pytest.mark.parametrize("engine", ["mysql", "postgresql"])
@pytest.mark.parametrize(("work", "text"), [
    (silent, "within 2 seconds"), (slow, "within 2 seconds"), (endless_rows, "takes more than 100 MiB"), (endless_value, "takes more than 100 MiB"),
])
def test_a_server_that_never_ends(work, text, engine, monkeypatch):
    if "rows" in work.__name__ or "value" in work.__name__:
        monkeypatch.setattr(mysql_engine if engine == "mysql" else postgresql_engine, "MOST_BYTES", 100 << 20)
        monkeypatch.setattr(watch, "SECONDS", 60)
        text = text.split("|")[0]
    else:
        monkeypatch.setattr(watch, "SECONDS", 2)
    server = Server((mysql_until if engine == "mysql" else postgresql_until)(work))
    server.mysql = engine == "mysql"
    database, before, started = opened(server, login_engine=engine), watch._size(), time.monotonic()
    with pytest.raises(DatabaseError, match=text):
        database.transaction(lambda connection: None)
    assert time.monotonic() - started < 30
    assert watch._size() - before < 1 << 30


def test_a_slow_handshake_ends(monkeypatch):
    monkeypatch.setattr(watch, "SECONDS", 2)

    def talk(server):
        server.client.sendall(b"\xff\x00\x00\0\x0a")
        for _number in range(200):
            server.client.sendall(b"8")
            time.sleep(0.05)

    with pytest.raises(DatabaseError, match="Check login_host"), opened(Server(talk)).connect():
        pass


# What is told of a connection


@pytest.mark.parametrize(("address", "loopback"), [
    ("", True), ("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), ("::ffff:127.0.0.1", True), ("192.0.2.1", False), ("fe80::1%eth0", False),
    ("::ffff:192.0.2.1", False), ("fd00::2", False),
])
def test_what_is_of_this_host(address, loopback):
    assert connection.is_loopback(address) == loopback


@pytest.mark.parametrize(("options", "encrypted", "word"), [
    ({}, False, "not encrypted"), ({"ssl_mode": "preferred"}, False, "not encrypted"), ({"ssl_mode": "disabled"}, False, ""),
    ({}, True, "not verified"), ({"ssl_mode": "preferred"}, True, "not verified"), ({"ssl_mode": "required"}, True, ""),
    ({"ca_cert": "x"}, True, ""), ({"ssl_mode": "verify_ca", "ca_cert": "x"}, True, ""), ({"ssl_mode": "preferred", "ca_cert": "x"}, True, "not verified"),
])
def test_what_is_told_of_a_connection(options, encrypted, word):
    text = connection.doubt(options, encrypted)
    assert (word in text) if word else not text
