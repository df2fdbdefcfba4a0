# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private servers that can be killed, cut off and set back, and the processes of modules."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

import psycopg
import pymysql
from psycopg.types.string import TextLoader

CHILD = """
import runpy, sys, time
from ansible.module_utils import basic
from sqlalchemy import event
from sqlalchemy.engine import Engine

basic._ANSIBLE_ARGS = sys.stdin.buffer.read()
basic._ANSIBLE_PROFILE = "legacy"
event.listen(Engine, "do_connect", lambda *arguments: print("connecting", time.time(), file=sys.stderr, flush=True))
runpy.run_module("ansible_collections.auth.services.plugins.modules." + sys.argv[1], run_name="__main__", alter_sys=True)
"""

ROOT = os.geteuid() == 0

# information_schema.innodb_trx shows the same as long as somebody asks again within 0.1 s
TRX_AGE = 0.15


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command(*arguments, user=None, **more):
    prefix = ["runuser", "-u", user, "--"] if ROOT and user else []
    more.setdefault("stdout", subprocess.DEVNULL)
    return subprocess.run([*prefix, *map(str, arguments)], check=True, cwd="/", **more)


class ModuleRun:
    """A module in a process of its own, as a managed host runs it.

    :ivar started: when its process was started
    :ivar result: what it returned; None when it was killed before
    :ivar connections: when it connected to the database
    :ivar undisturbed: how many connections it needs, one for each transaction
    """

    def __init__(self, python, collections, module, arguments, undisturbed):
        internal = {"_ansible_remote_tmp": "/tmp", "_ansible_keep_remote_files": False}
        self.started, self.python, self.undisturbed = time.time(), python, undisturbed
        self.process = subprocess.Popen([python, "-c", CHILD, module], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": collections, "PYTHONDONTWRITEBYTECODE": "1"})
        self._said = {}
        self._threads = [threading.Thread(target=self._read, args=[name], daemon=True) for name in ("stdout", "stderr")]
        for thread in self._threads:
            thread.start()
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps({"ANSIBLE_MODULE_ARGS": {**arguments, **internal}}))
            self.process.stdin.close()

    def _read(self, name):
        self._said[name] = getattr(self.process, name).read()

    def wait(self):
        self.process.wait(timeout=600)
        for thread in self._threads:
            thread.join()
        self.ended = time.time()
        lines = self._said["stderr"].splitlines()
        self.connections = [float(line.split()[1]) for line in lines if line.startswith("connecting ")]
        try:
            self.result = json.loads(self._said["stdout"])
        except ValueError:
            self.result = None
            if self.process.returncode != -9:
                raise AssertionError(f"no result, but {self._said}") from None
        return self

    @property
    def failed(self):
        return self.result is None or bool(self.result.get("failed"))

    @property
    def retries(self):
        return max(0, len(self.connections) - self.undisturbed)


class Server:
    """A server with data of its own, of which a copy can be kept and brought back."""

    port: int

    def __init__(self, folder, name):
        self.folder = Path(folder) / name
        self.data = self.folder / "data"
        self.pidfile = Path(folder) / f"{name}.pid"  # where integration.sh looks for what outlives us
        self.folder.mkdir()
        self.port = free_port()

    def keep(self, name):
        """Keep the data as they are, for reset()."""
        self.stop()
        shutil.rmtree(self.folder / name, ignore_errors=True)
        command("cp", "-a", self.data, self.folder / name)
        self.start()

    def reset(self, name):
        self.kill()
        shutil.rmtree(self.data)
        command("cp", "-a", self.folder / name, self.data)
        self.start()

    def connect_until(self, seconds=60):
        end = time.time() + seconds
        while True:
            try:
                return self.connect()
            except (pymysql.Error, psycopg.Error):
                if time.time() > end or not self.alive():
                    raise
                time.sleep(0.02)

    def settle(self):
        """Wait until nobody else is connected, so that what was cut off is rolled back."""
        end = time.time() + 60
        with self.connect() as connection, connection.cursor() as cursor:
            while True:
                cursor.execute(self.others)
                if not cursor.fetchone()[0]:
                    return
                if time.time() > end:
                    cursor.execute(self.who)
                    raise AssertionError(f"a connection does not end: {cursor.fetchall()}")
                time.sleep(TRX_AGE)


class MariaDB(Server):
    """MariaDB as it comes: every commit is on the disk when it is confirmed."""

    # Also a thread that has lost its client and still rolls back
    others = ("SELECT (SELECT COUNT(*) FROM information_schema.processlist WHERE user NOT IN ('root', 'system user'))"
              " + (SELECT COUNT(*) FROM information_schema.innodb_trx)")

    who = "SHOW FULL PROCESSLIST"

    def __init__(self, folder, name, *options):
        super().__init__(folder, name)
        self.options = list(options)
        self.process = None
        user = ["--user=mysql"] if ROOT else []
        if ROOT:
            shutil.chown(self.folder, "mysql")
        command("mariadb-install-db", "--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db", "--innodb-log-file-size=16M",
                f"--datadir={self.data}", f"--tmpdir={self.folder}", *user, *self.options)
        self.start()
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE filler")
            cursor.execute("CREATE TABLE filler.rows (number INT) ENGINE=InnoDB")
            cursor.execute("CREATE USER tested@'127.0.0.1' IDENTIFIED BY 'tested'")

    def start(self, *options):
        user = ["--user=mysql"] if ROOT else []
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                ["/usr/sbin/mariadbd", "--no-defaults", "--bind-address=127.0.0.1", f"--port={self.port}", f"--socket={self.folder}/socket",
                 f"--datadir={self.data}", f"--tmpdir={self.folder}", f"--pid-file={self.folder}/pid", "--innodb-log-file-size=16M",
                 *user, *self.options, *options],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self.pidfile.write_text(str(self.process.pid))
        self.connect_until().close()

    def alive(self):
        return self.process.poll() is None

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=120)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def connect(self, database=None):
        return pymysql.connect(unix_socket=f"{self.folder}/socket", user="root", database=database, charset="utf8mb4", autocommit=True)

    def do(self, statement):
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()

    def load(self, database, dump):
        self.do(f"CREATE DATABASE {database}")
        self.do(f"GRANT ALL ON {database}.* TO tested@'127.0.0.1'")
        with open(dump, "rb") as file:
            command("mariadb", "--no-defaults", f"--socket={self.folder}/socket", "--user=root", database, stdin=file)

    def login(self, database):
        return {"login_engine": "mysql", "login_host": "127.0.0.1", "login_port": self.port, "login_user": "tested", "login_password": "tested",
                "login_db": database, "ssl_mode": "disabled"}


class PostgreSQL(Server):
    """PostgreSQL; a crash of the machine is none of the faults, so it need not wait for the disk."""

    others = ("SELECT COUNT(*) FROM pg_stat_activity"
              " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'")

    who = "SELECT * FROM pg_stat_activity"

    def __init__(self, folder, name, programs):
        super().__init__(folder, name)
        self.programs = Path(programs)
        if ROOT:
            shutil.chown(self.folder, "postgres")
        command(self.programs / "initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
                f"--pgdata={self.data}", user="postgres")
        self.start()
        with self.connect() as connection:
            connection.execute("CREATE USER tested")

    def _control(self, *arguments):
        with open(self.folder / "log", "ab") as log:
            command(self.programs / "pg_ctl", "-D", self.data, "-w", *arguments, user="postgres", stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def start(self):
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._control("-o", options, "start")
        self.pidfile.write_text((self.data / "postmaster.pid").read_text().split("\n")[0])
        self.connect_until().close()

    def alive(self):
        return (self.data / "postmaster.pid").exists()

    def stop(self):
        self._control("-m", "fast", "stop")

    def kill(self):
        self._control("-m", "immediate", "stop")

    def connect(self, database="postgres"):
        connection = psycopg.connect(host="127.0.0.1", port=self.port, user="postgres", dbname=database, autocommit=True, options="-c timezone=UTC")
        connection.adapters.register_loader("timestamptz", TextLoader)  # Python has no infinity
        return connection

    def kill_backend(self):
        """Kill the process that serves the module; the server then restarts all others.

        :returns: whether there was one
        """
        with self.connect() as connection:
            found = connection.execute("SELECT pid FROM pg_stat_activity WHERE usename = 'tested'").fetchall()
        for (pid,) in found:
            with suppress(ProcessLookupError):
                os.kill(pid, 9)
        if found:
            time.sleep(0.2)
            self.connect_until().close()
        return bool(found)

    def load(self, database, dump):
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {database} OWNER tested")
        with open(dump, "rb") as file:
            command("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--host=127.0.0.1", f"--port={self.port}", "--username=tested",
                    database, stdin=file)

    def login(self, database):
        return {"login_engine": "postgresql", "login_host": "127.0.0.1", "login_port": self.port, "login_user": "tested", "login_db": database,
                "ssl_mode": "disabled"}


class Proxy:
    """Between the module and its server: it counts what the module sends, and cuts the connection at the n-th.

    :ivar count: pieces that came from the module: its packets, the long ones in pieces of SIZE
    :ivar commit: number of the piece with the last COMMIT
    """

    SIZE = 16384

    def __init__(self, upstream, cut_at=None, lose="request", for_good=False):
        """
        :param cut_at: number of the piece
        :param lose: the ``request``, which does not reach the server, or its ``answer``, which comes too late
        :param for_good: refuse connections from then on
        """
        self.upstream, self.cut_at, self.lose, self.for_good = upstream, cut_at, lose, for_good
        self.count = self.commit = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        with suppress(OSError):
            while True:
                client = self.listener.accept()[0]
                try:
                    server = socket.create_connection(("127.0.0.1", self.upstream))
                except OSError:
                    client.close()
                    continue
                state = threading.Event()
                threading.Thread(target=self._requests, args=[client, server, state], daemon=True).start()
                threading.Thread(target=self._answers, args=[client, server, state], daemon=True).start()

    def _requests(self, client, server, dropping):
        with suppress(OSError):
            while data := client.recv(self.SIZE):
                self.count += 1
                if b"COMMIT" in data[:20]:
                    self.commit = self.count
                if self.count == self.cut_at:
                    if self.for_good:
                        self.close()
                    if self.lose == "answer":
                        dropping.set()
                        server.sendall(data)
                        continue  # _answers closes, when the server has answered
                    break
                server.sendall(data)
        for end in (client, server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _answers(self, client, server, dropping):
        with suppress(OSError):
            while (data := server.recv(self.SIZE)) and not dropping.is_set():
                client.sendall(data)
        for end in (client, server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
