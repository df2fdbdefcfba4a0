# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Speed and memory of mediawiki_user beside other ways of doing the same, on one wiki, in one run.

Usage: benchmark.py TOOLS CACHE OUTPUT [SIZE...]: the folder of the environment with ansible-core and the libraries, one
with what was downloaded once, and one for the results. community.mysql must be on ANSIBLE_COLLECTIONS_PATH.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pymysql
import report
import rows

HERE = Path(__file__).resolve().parent
SIZES = [1, 100, 1_000, 10_000, 100_000]
MOST_CLEAR = 1_000  # clear passwords: each takes 28 ms to hash
LIBRARIES = "import sqlalchemy, pymysql"
MODULE = "import pymysql, ansible_collections.auth.services.plugins.modules.mediawiki_user"  # the driver comes with the options
EMPTY = """from ansible.module_utils.basic import AnsibleModule

AnsibleModule({"accounts": {"type": "list"}}).exit_json(invocation={})
"""
SLOW = {"mysql_query": 20, "createAndPromote.php": 10, "Django": 500}  # accounts, where each takes long


def account(number: int) -> dict[str, Any]:
    """A person; one in ten is in a group."""
    result = {"name": f"Person {number:06}", "email": f"person{number}@example.org", "real_name": f"Real Name {number}"}
    return {**result, "groups": ["sysop"]} if number % 10 == 0 else result


def hashed(entry: dict[str, Any]) -> dict[str, Any]:
    """The account with a hash that looks right."""
    digest = hashlib.sha512(entry["name"].encode()).digest()
    salt, text = (base64.b64encode(part).decode() for part in (digest[:16], digest))
    return {**entry, "password_hash": f":pbkdf2:sha512:30000:64:{salt}:{text}"}


def clear(entry: dict[str, Any]) -> dict[str, Any]:
    """The account with a clear password."""
    return {**entry, "password": f"Of-{entry['name']}-secret"}


def renamed(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One in a hundred, the first at least, with another real name."""
    return [{**entry, "real_name": "Another"} if number % 100 == 0 else entry for number, entry in enumerate(entries)]


def disabled(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One in a hundred, the first at least, disabled."""
    return [{**entry, "state": "disabled"} if number % 100 == 0 else entry for number, entry in enumerate(entries)]


class Wiki:
    """The wiki, and what tells about it."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self.facts = facts
        login = facts["login"]
        self.connection = pymysql.connect(
            host=login["login_host"], port=login["login_port"], user=login["login_user"], autocommit=True,
            password=login["login_password"], database=login["login_db"],
        )
        self.dump = b""

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def keep(self) -> None:
        """Remember all that is in the database."""
        login = self.facts["login"]
        command = ["mariadb-dump", *self.facts["client"][1:], "--hex-blob", login["login_db"]]
        self.dump = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout

    def restore(self) -> None:
        """Back to what was kept."""
        subprocess.run([*self.facts["client"], self.facts["login"]["login_db"]], check=True, input=self.dump)

    def statements(self) -> int:
        """How many statements the server has had from clients."""
        return int(self.ask("SHOW GLOBAL STATUS LIKE 'Questions'")[0][1])

    def counts(self) -> dict[str, int]:
        """Number of rows by table."""
        tables = [row[0] if isinstance(row[0], str) else row[0].decode() for row in self.ask("SHOW TABLES")]
        # MediaWiki's own caches and jobs are no part of an account
        wanted = [table for table in tables if not table.endswith(("objectcache", "job", "l10n_cache", "updatelog"))]
        return {table: self.ask(f"SELECT COUNT(*) FROM {table}")[0][0] for table in wanted}


class Benchmark:
    """Runs things, and keeps what they took."""

    def __init__(self, folder: Path, tools: Path, wiki: Wiki) -> None:
        self.folder, self.tools, self.wiki = folder, tools, wiki
        self.figures: list[dict[str, Any]] = []
        self.written: dict[int, dict[str, int]] = {}
        inventory = {"all": {"hosts": {"wiki": {
            "ansible_connection": "local", "ansible_python_interpreter": str(tools / "bin/python"),
        }}}}
        (folder / "inventory/host_vars").mkdir(parents=True)
        (folder / "inventory/hosts.json").write_text(json.dumps(inventory))
        (folder / "library").mkdir()
        (folder / "library/empty.py").write_text(EMPTY)

    def file(self, name: str, content: Any) -> Path:
        path = self.folder / name
        path.write_text(json.dumps(content))
        return path

    def run(self, command: list[str], **more: Any) -> dict[str, Any]:
        """Run a command; its time, and the memory of its largest process."""
        statements = self.wiki.statements()
        with open(self.folder / "output", "w") as output:
            begin = time.time()
            process = subprocess.Popen(command, stdout=output, stderr=output, cwd=HERE, **more)
            _pid, status, usage = os.wait4(process.pid, 0)
            end = time.time()
        if status:
            sys.exit(f"{' '.join(command)} failed:\n{(self.folder / 'output').read_text()[-5000:]}")
        return {"begin": begin, "end": end, "seconds": end - begin, "memory": usage.ru_maxrss,
                "cpu": usage.ru_utime + usage.ru_stime,
                "statements": self.wiki.statements() - statements - 1}

    def keep(self, what: str, n: int, runs: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
        """The best of several runs becomes a figure."""
        figure = {**min(runs, key=lambda run: run["seconds"]), "what": what, "n": n, "runs": len(runs), **more}
        self.figures.append(figure)
        inside = f", module {figure['inside']:.2f} s" if "inside" in figure else ""
        print(f"{time.strftime('%H:%M:%S')} {n:>7,} {what}: {figure['seconds']:.2f} s{inside}", flush=True)
        return figure

    def script(self, what: str, n: int, *arguments: str, times: int = 1, before: Callable[[], None] | None = None) -> Any:
        runs = []
        for _time in range(times):
            if before:
                before()
            runs.append(self.run([sys.executable, *arguments, str(self.folder / "accounts.json"), str(self.folder / "wiki.json")]))
        return self.keep(what, n, runs)

    def playbook(self, task: dict[str, Any], accounts: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        """Run a task; the list of accounts is a variable of the host, from a file of JSON."""
        play = {"hosts": "wiki", "gather_facts": False, "module_defaults": {
            "group/auth.services.services": self.wiki.facts["login"],
            "community.mysql.mysql_query": {name: self.wiki.facts["login"][name] for name in
                                            ("login_host", "login_port", "login_db", "login_user", "login_password")},
        }, "tasks": [{**task, "environment": {"PYTHONPATH": str(HERE / "shim"), "AUTH_BENCHMARK": str(self.folder / "inside.json")}}]}
        self.file("play.json", [play])
        self.file("inventory/host_vars/wiki.json", {} if accounts is None else {"accounts": accounts})
        inside = self.folder / "inside.json"
        inside.unlink(missing_ok=True)
        run = self.run([str(self.tools / "bin/ansible-playbook"), "-i", str(self.folder / "inventory"), str(self.folder / "play.json")])
        measured = json.loads(inside.read_text())
        run.update(parts=measured["parts"], inside=measured["end"] - measured["start"], module_memory=measured["memory"],
                   before=measured["start"] - run["begin"], after=run["end"] - measured["end"])
        run["recap"] = "changed=1" in (self.folder / "output").read_text()
        return run

    def ours(self, what: str, accounts: list[dict[str, Any]] | None, *, changed: bool, times: int = 1,
             before: Callable[[], None] | None = None, n: int | None = None, **options: Any) -> dict[str, Any]:
        """A task of our module; all runs must do what is expected."""
        runs = []
        for _time in range(times):
            if before:
                before()
            module = "mediawiki_user_info" if accounts is None else "mediawiki_user"
            arguments = {} if accounts is None else {"accounts": "{{ accounts }}"}
            run = self.playbook({f"auth.services.{module}": {**arguments, **options}}, accounts)
            if run["recap"] is not changed:
                sys.exit(f"{what}: changed is not {changed}")
            runs.append(run)
        return self.keep(what, len(accounts or []) if n is None else n, runs)

    def empty(self, times: int) -> None:
        self.keep("empty task", 0, [self.playbook({"ansible.builtin.ping": {}}) for _time in range(times)])

    # What is measured

    def imports(self, times: int = 15) -> None:
        """Python that imports and ends, with bytecode at hand; both in turn, since another process may disturb some."""
        environment = {**os.environ, "PYTHONPATH": os.environ["ANSIBLE_COLLECTIONS_PATH"].split(":")[0]}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        runs = [[self.run([str(self.tools / "bin/python"), "-c", code], env=environment) for code in (LIBRARIES, MODULE)]
                for _time in range(times)]
        for what, found in zip(("imports: libraries", "imports: module"), zip(*runs[1:])):
            self.keep(what, 0, list(found))

    def size(self, n: int) -> None:
        """All tasks on so many accounts."""
        times = 3 if n <= 10_000 else 1
        plain = [account(number) for number in range(n)]
        ready = [hashed(entry) for entry in plain]
        self.file("accounts.json", ready)
        start = self.wiki.counts()
        self.script("bare: write", n, "bare.py", "write", times=times, before=self.wiki.restore)
        bare = difference(start, self.wiki.counts())
        self.ours("create, hashes", ready, changed=True, times=times, before=self.wiki.restore)
        self.written[n] = difference(start, self.wiki.counts())
        if self.written[n] != bare:
            sys.exit(f"not the same rows: {self.written[n]} by mediawiki_user, {bare} by PyMySQL")
        self.script("bare: read", n, "bare.py", "read", times=times)
        self.keep("empty task beside the list", n, [self.playbook({"ansible.builtin.ping": {}}, plain) for _time in range(times)])
        empty = {"empty": {"accounts": "{{ accounts }}"}, "no_log": True}
        self.keep("empty module with the list", n, [self.playbook(empty, ready) for _time in range(times)])
        self.ours("nothing to change, hashes", ready, changed=False, times=times)
        self.ours("nothing to change, no passwords", plain, changed=False, times=times)
        self.ours("nothing to change, passwords not verified", [clear(entry) for entry in plain], changed=False,
                  times=times, update_password="on_create")
        self.ours("read all (_info)", None, changed=False, times=times, n=n)
        self.ours("change 1 %", renamed(plain), changed=True)
        self.ours("disable 1 %", disabled(renamed(plain)), changed=True, disable_limit="100%")
        if n >= 100:
            self.ours("disable 1 % as unlisted", [entry for number, entry in enumerate(plain) if number % 100 != 1],
                      changed=True, n=n, unlisted="disable", unlisted_except=["Admin", "Warm up"], unlisted_limit="2%")
        if n <= MOST_CLEAR:
            secret = [clear(entry) for entry in plain]
            self.file("accounts.json", secret)
            self.script("bare: hashlib", n, "bare.py", "hash", times=2)
            self.ours("create, clear passwords", secret, changed=True, times=2, before=self.wiki.restore)
            self.ours("nothing to change, passwords verified", secret, changed=False)
        self.wiki.restore()

    def others(self) -> None:
        """What people use now, on a few accounts; the rows are the same, or it is no comparison."""
        wiki, prefix = self.wiki, self.wiki.facts["prefix"]
        start = wiki.counts()

        def check(what: str, accounts: list[dict[str, Any]]) -> None:
            found = difference(start, wiki.counts())
            self.file("accounts.json", accounts)
            wiki.restore()
            self.run([sys.executable, "bare.py", "write", str(self.folder / "accounts.json"), str(self.folder / "wiki.json")])
            wanted = difference(start, wiki.counts())
            if found != wanted:
                sys.exit(f"not the same rows: {found} by {what}, {wanted} by PyMySQL")
            wiki.restore()

        accounts = [hashed(account(number)) for number in range(SLOW["Django"])]
        self.file("accounts.json", accounts)
        self.script("Django cursor, autocommit", len(accounts), "django_loop.py")
        check("Django", accounts)

        accounts = accounts[: SLOW["mysql_query"]]
        with wiki.connection.cursor() as cursor:
            items = [[cursor.mogrify(statement, values) for statement, values in rows.one_by_one(entry, prefix)]
                     for entry in accounts]
        task = {"community.mysql.mysql_query": {"query": "{{ item }}", "single_transaction": True}, "loop": "{{ accounts }}",
                "no_log": True}
        self.keep("community.mysql.mysql_query in a loop", len(accounts), [self.playbook(task, items)])
        check("mysql_query", accounts)

        accounts = accounts[: SLOW["createAndPromote.php"]]
        environment = {**os.environ, "MW_CONFIG_FILE": wiki.facts["settings"]}
        begin, memory = time.time(), 0
        for entry in accounts:
            command = ["php", f"{wiki.facts['tree']}/maintenance/createAndPromote.php", entry["name"], "A-Long-Secret-9"]
            memory = self.run([*command, *(["--sysop"] if entry.get("groups") else [])], env=environment)["memory"]
        self.keep("createAndPromote.php in a loop", len(accounts), [{"seconds": time.time() - begin, "memory": memory}])
        check("createAndPromote.php", accounts)


def difference(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {table: after[table] - count for table, count in before.items() if after[table] != count}


@contextlib.contextmanager
def servers(folder: Path, tools: Path, cache: Path, **more: Any) -> Iterator[Wiki]:
    """A wiki, for as long as it is used.

    :param more: variables of servers.yml
    """
    running = folder / "running"
    running.touch()
    variables = {"test_folder": str(folder), "test_cache": str(cache), "running": str(running),
                 "python_new": str(tools / "bin/python"), "python_old": str(tools / "bin/python"), **more}
    environment = {**os.environ, "ANSIBLE_ROLES_PATH": str(HERE.parent / "integration/targets")}
    log = folder / "servers.log"
    with open(log, "w") as output:
        process = subprocess.Popen(
            [str(tools / "bin/ansible-playbook"), str(HERE / "servers.yml"), "-e", json.dumps(variables)],
            stdout=output, stderr=output, env=environment, start_new_session=True,
        )
    try:
        while not (folder / "wiki.json").exists():
            if process.poll() is not None:
                sys.exit(f"the servers did not start:\n{log.read_text()[-5000:]}")
            time.sleep(0.5)
        time.sleep(0.5)
        yield Wiki(json.loads((folder / "wiki.json").read_text()))
    finally:
        running.unlink()
        process.wait()


def machine(tools: Path, wiki: Wiki) -> dict[str, str]:
    """What the figures were taken on."""
    def output(*command: str) -> str:
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    def found(pattern: str, text: str) -> str:
        match = re.search(pattern, text, re.MULTILINE)
        return match[1].strip() if match else "unknown"

    versions = output(str(tools / "bin/python"), "-c", (
        "import platform; from importlib.metadata import version;"
        "print(platform.python_version(), *map(version, ('ansible-core', 'SQLAlchemy', 'PyMySQL')))"
    )).split()
    memory = int(found(r"^MemTotal: *(\d+)", Path("/proc/meminfo").read_text())) / 1024**2
    return {
        "date": time.strftime("%Y-%m-%d"),
        "CPU": f"{found(r'^model name.*: (.*)', Path('/proc/cpuinfo').read_text())}, {os.cpu_count()} cores",
        "memory": f"{memory:.0f} GiB",
        "load at start": "{:.2f}, {:.2f}, {:.2f} (1, 5, 15 minutes)".format(*os.getloadavg()),
        "operating system": f"{platform.freedesktop_os_release()['PRETTY_NAME']}, Linux {platform.release().partition('-')[0]}",
        "versions": (
            f"Python {versions[0]}, ansible-core {versions[1]}, SQLAlchemy {versions[2]}, PyMySQL {versions[3]},"
            f" MariaDB {wiki.ask('SELECT VERSION()')[0][0].partition('-')[0]}, MediaWiki {mediawiki(wiki)},"
            f" PHP {found(r'^PHP ([0-9.]+)', output('php', '--version'))}"
        ),
    }


def mediawiki(wiki: Wiki) -> str:
    text = (Path(wiki.facts["tree"]) / "includes/Defines.php").read_text()
    match = re.search(r"MW_VERSION', '([^']+)'", text)
    return match[1] if match else wiki.facts["version"]


def main() -> None:
    tools, cache, output = (Path(argument).resolve() for argument in sys.argv[1:4])
    sizes = [int(argument) for argument in sys.argv[4:]] or SIZES
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit("terminated"))  # so that the servers are stopped
    # In /tmp and open, for sockets and for servers that run as users of their own
    with tempfile.TemporaryDirectory(prefix="auth-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with servers(folder, tools, cache) as wiki:
            benchmark = Benchmark(folder, tools, wiki)
            about = machine(tools, wiki)
            # MediaWiki's "Maintenance script" and the empty comment are made once
            benchmark.ours("warm up", [hashed({**account(0), "name": "Warm up"})], changed=True)
            benchmark.figures.clear()
            wiki.keep()
            begin = time.time()
            benchmark.empty(3)
            benchmark.imports()
            benchmark.others()
            for n in sizes:
                benchmark.size(n)
            benchmark.empty(3)
            about["duration"] = f"{(time.time() - begin) / 60:.0f} minutes"
            about["load at end"] = "{:.2f}, {:.2f}, {:.2f}".format(*os.getloadavg())
    output.mkdir(parents=True, exist_ok=True)
    results = {"about": about, "written": benchmark.written, "figures": benchmark.figures}
    (output / "results.json").write_text(json.dumps(results, indent=1))
    report.write(results, output)


if __name__ == "__main__":
    main()
