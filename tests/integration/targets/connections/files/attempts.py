# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run prosody_user_info with one way to connect after the other, and see what comes of each.

Usage: attempts.py FILE. The file is JSON: login (options of a good task), cases (see vars/main.yml), log (of the
server), encrypted and plain (what the server writes there of a connection), secrets (never to be shown).

A case runs in a process of its own, with the libraries loaded once. Those with a server of their own are slow, as most
wait for it until the time is over; they run at the same time.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import re
import runpy
import socket
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

from ansible.module_utils import basic

for driver in ("pymysql", "psycopg", "psycopg2"):
    with contextlib.suppress(ImportError):
        importlib.import_module(driver)

importlib.import_module("ansible_collections.auth.services.plugins.module_utils.services.prosody.adapter")  # once for all

MODULE = "ansible_collections.auth.services.plugins.modules.prosody_user_info"
LIMIT = 20  # seconds, for a case that hangs


class Servers:
    """What listens on 127.0.0.1 and does not do what a server of databases does; ``heard`` is what came in."""

    def __init__(self, login):
        self.real = login["login_port"]
        self.mysql = login["login_engine"] == "mysql"
        self.heard = []
        self._kept = []

    def start(self, name):
        """Its port."""
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(0 if name == "full" else 5)
        self._kept.append(listener)
        if name == "full":
            self._fill(listener.getsockname())
        elif name != "silent":
            threading.Thread(target=self._serve, args=(listener, getattr(self, f"_{name}")), daemon=True).start()
        return listener.getsockname()[1]

    def _fill(self, address):
        # When the queue of connections is full, Linux drops the first packet of another one: a black hole
        for _number in range(20):
            client = socket.socket()
            client.settimeout(0.3)
            self._kept.append(client)
            try:
                client.connect(address)
            except TimeoutError:
                return
        raise AssertionError("the queue does not get full")

    def _serve(self, listener, talk):
        while True:
            client, _address = listener.accept()
            client.settimeout(LIMIT)
            with client:
                talk(client)

    def _closes(self, client):
        """Closes at once."""

    def _breaks_off(self, client):
        """The real server's first words, half of them."""
        self._pass_on(client, 20, 1)

    def _dies(self, client):
        """As the real server, until the client's second message: inside of the handshake of TLS, or of the login."""
        self._pass_on(client, 1 << 16, 2)

    def _stops(self, client):
        """The same, and it falls silent instead of closing."""
        self._pass_on(client, 1 << 16, 2)
        time.sleep(LIMIT)

    def _pass_on(self, client, most, messages):
        with socket.create_connection(("127.0.0.1", self.real)) as server:
            server.settimeout(0.3)
            for number in range(messages):
                if number or most < 100:
                    client.settimeout(0.3)
                with contextlib.suppress(TimeoutError):  # MySQL's server speaks first
                    server.sendall(client.recv(1 << 16))
                with contextlib.suppress(TimeoutError):
                    client.sendall(server.recv(most))

    def _ssh(self, client):
        client.sendall(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
        client.recv(1 << 16)
        time.sleep(LIMIT)

    def _garbage(self, client):
        """A packet of MySQL's form that holds nothing that makes sense; not PostgreSQL's form either."""
        client.sendall(b"\x04\x00\x00\x00\x0a8.0")
        client.recv(1 << 16)

    def _thief(self, client):
        """Offers no TLS, and asks for the password in clear text."""
        if self.mysql:
            greeting = (b"\x0a8.0.99\0" + b"\1\0\0\0" + b"x" * 8 + b"\0" + b"\x09\xa2" + b"\x2d" + b"\2\0" + b"\x88\0"
                        + b"\x15" + b"\0" * 10 + b"y" * 12 + b"\0" + b"mysql_native_password\0")
            client.sendall(len(greeting).to_bytes(3, "little") + b"\0" + greeting)
            self.heard.append(client.recv(1 << 16))
            client.sendall(b"\x16\0\0\2\xfemysql_clear_password\0")
        else:
            self.heard.append(client.recv(1 << 16))
            if self.heard[-1][4:8] == b"\x04\xd2\x16\x2f":  # asks for TLS
                client.sendall(b"N")
                self.heard.append(client.recv(1 << 16))
            client.sendall(b"R\0\0\0\x08\0\0\0\x03")
        self.heard.append(client.recv(1 << 16))


def start(arguments):
    """A child that runs the module: what it writes goes to a file."""
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
    basic._ANSIBLE_PROFILE = "legacy"
    output = tempfile.TemporaryFile()  # noqa: SIM115 - read when the child has ended
    child = os.fork()
    if not child:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
        try:
            runpy.run_module(MODULE, run_name="__main__", alter_sys=True)
        except SystemExit:
            pass
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
    return child, output


def run(arguments):
    """What each of these calls wrote, all started at once, and the seconds that it took."""
    started = time.monotonic()
    running = dict(enumerate(map(start, arguments)))
    done = {}
    while running:
        for number, (child, output) in list(running.items()):
            late = time.monotonic() > started + LIMIT
            if late:
                os.kill(child, 9)
            if os.waitpid(child, 0 if late else os.WNOHANG)[0]:
                output.seek(0)
                done[number] = output.read().decode(), time.monotonic() - started
                del running[number]
        time.sleep(0.005)
    return [done[number] for number in sorted(done)]


def problems(case, text, seconds, lines, heard, work):
    """What is not as it should be."""
    try:
        result = json.loads(text)
    except ValueError:
        return ["no result"]
    found = []
    message = result.get("msg", "")
    if "says" in case:
        found += [f"does not say {pattern!r}" for pattern in case["says"] if not re.search(pattern, message)]
        if not result.get("failed"):
            found.append("it did not fail")
        if "exception" in result or re.search("\n|Traceback|Internal error|sqlalche|_ssl.c", message):
            found.append("no plain sentence")
    elif [account["name"] for account in result.get("accounts", [])] != ["alice"]:
        found.append("it did not connect")
    else:
        wanted, other = ("encrypted", "plain") if case["tls"] else ("plain", "encrypted")
        if not re.search(work[wanted], lines) or re.search(work[other], lines):
            found.append(f"the server saw no {wanted} connection: {lines}")
    if not case.get("least", 0) <= seconds <= case.get("most", 8 if "server" in case else 3):
        found.append("not in that time")
    shown = text + repr(heard)
    found += ["a secret was shown"] * any(secret in shown for secret in work["secrets"])
    return found


def main():
    work = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    servers = Servers(work["login"])
    log = Path(work["log"])
    results = []

    def arguments(case):
        options = {**work["login"], **case.get("with", {})}
        if "server" in case:
            options["login_port"] = servers.start(case["server"])
        return {name: value for name, value in options.items() if name not in case.get("without", [])}

    for case in work["cases"]:
        if "server" not in case:
            size = log.stat().st_size
            [(text, seconds)] = run([arguments(case)])
            results.append((case, text, seconds, log.read_bytes()[size:].decode(errors="replace")))
    slow = [case for case in work["cases"] if "server" in case]
    results += [(case, *ran, "") for case, ran in zip(slow, run([arguments(case) for case in slow]))]

    bad = 0
    for case, text, seconds, lines in results:
        wrong = problems(case, text, seconds, lines, servers.heard if case.get("server") == "thief" else [], work)
        bad += bool(wrong)
        said = text if wrong else json.loads(text).get("msg", "connected")
        for secret in work["secrets"]:
            said = said.replace(secret, "<a secret>")
        print(f"{f'BAD {wrong}' if wrong else 'ok'} {case['name']}: {seconds:.1f} s, {said}")
    sys.exit(f"{bad} of {len(results)} are bad" if bad else 0)


if __name__ == "__main__":
    main()
