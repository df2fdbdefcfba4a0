# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What it costs when one person leaves, among a thousand and among a million accounts, on real servers.

Usage: leaving.py TOOLS CACHE OUTPUT [--sizes 1000 1000000] [--only NAME...]: as strangers.py, whose databases these are. Each figure is the best of
three runs of a process: the module that disables the account, the module that searches for others, and the driver that fetches all names and addresses.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import benchmark
import strangers

TIMES = 3
PERSON = {"name": "margarethe", "email": "margarethe.leaver@example.org", "real_name": "Margarethe Leaver"}
ALIKE = ("margarethe2", "m4rgarethe", "margerethe")

BARE = {
    "mediawiki": "SELECT user_name, user_email, user_real_name FROM mw_user",
    "wordpress": "SELECT user_login, user_email, display_name, f.meta_value, l.meta_value FROM wp_users"
                 " LEFT JOIN wp_usermeta f ON f.user_id = ID AND f.meta_key = 'first_name'"
                 " LEFT JOIN wp_usermeta l ON l.user_id = ID AND l.meta_key = 'last_name'",
    "freeradius": "SELECT username FROM radcheck UNION ALL SELECT username FROM radreply UNION ALL SELECT username FROM radusergroup",
    "mumble": "SELECT name, value FROM users u LEFT JOIN user_info i ON i.server_id = u.server_id AND i.user_id = u.user_id AND `key` = 1"
              " WHERE u.server_id = 1",
    "django": "SELECT username, email, first_name, last_name FROM auth_user",
    "prosody": """SELECT "user" FROM prosody WHERE host = 'example.org' AND store = 'accounts'""",
}
"""What somebody would write who compares names and addresses by hand."""

FETCH = """
import json, sys
given = json.load(sys.stdin)
if given["login_engine"] == "mysql":
    import pymysql as driver
    names = {"login_host": "host", "login_port": "port", "login_user": "user", "login_password": "password", "login_unix_socket": "unix_socket"}
    options = {theirs: given[ours] for ours, theirs in names.items() if given.get(ours)}
    connection = driver.connect(database=given["login_db"], **options)
else:
    import psycopg as driver
    connection = driver.connect(host=given["login_host"], port=given["login_port"], user=given["login_user"], dbname=given["login_db"])
cursor = connection.cursor()
cursor.execute(given["sql"])
print(len(cursor.fetchall()))
"""


def run(command: list[str], given: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A process with something on its standard input: what it writes, its time and memory."""
    source, output = folder / "given.json", folder / "output"
    source.write_text(json.dumps(given))
    with source.open() as standard, output.open("w") as target:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdin=standard, stdout=target, stderr=subprocess.STDOUT,
                                   env={**os.environ, "PYTHONPATH": os.environ["ANSIBLE_COLLECTIONS_PATH"].split(":")[0]})
        _pid, status, usage = os.wait4(process.pid, 0)
    try:
        result = json.loads(output.read_text())
    except ValueError:
        sys.exit(f"{command[-1]}: {status} {output.read_text()[-5000:]}")
    return {"seconds": time.perf_counter() - begin, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss, "result": result}


def module(database: strangers.Database, which: str, **options: Any) -> dict[str, Any]:
    """A run of a module of the application's type."""
    folder = database.folder
    place = {option: value for option, value in database.options.items() if option != "unlisted_except"}
    arguments = {**place, **options, "_ansible_remote_tmp": str(folder), "_ansible_keep_remote_files": False}
    command = [str(database.tools / "bin/python"), "-c", strangers.CHILD, database.application.kind + which, str(folder / "report.json")]
    found = run(command, {"ANSIBLE_MODULE_ARGS": arguments}, folder)
    if found["result"].get("failed"):
        sys.exit(f"{database.application.label}: {found['result']['msg']}")
    return {**found, **json.loads((folder / "report.json").read_text())}


def measure(database: strangers.Database, number: int) -> dict[str, dict[str, Any]]:
    """The three figures among so many strangers."""
    application = database.application
    password = {"password_hash": application.password_hash} if application.password_hash else {"update_password": "on_create"}
    database.fill(number)
    name = application.name(PERSON["name"])
    for one in (PERSON["name"], *ALIKE):
        module(database, "_user", name=application.name(one), **password)
    database.with_numbers("SELECT 1", number)
    runs: dict[str, list[dict[str, Any]]] = {"disable": [], "search": [], "SELECT by hand": []}
    for _time in range(TIMES):
        runs["disable"].append(module(database, "_user", name=name, state="disabled"))
        module(database, "_user", name=name, state="enabled")
        runs["search"].append(module(database, "_user_info", resembling=PERSON))
        runs["SELECT by hand"].append(run([str(database.tools / "bin/python"), "-c", FETCH], {**database.options, "sql": BARE[application.kind]},
                                          database.folder))
    assert runs["disable"][0]["result"]["changed"]
    found = {one["name"] for one in runs["search"][0]["result"]["resembling"]}
    assert found == {application.name(one) for one in (PERSON["name"], *ALIKE)}, found
    assert runs["SELECT by hand"][0]["result"] >= number
    return {what: {**{key: min(one[key] for one in several) for key in ("seconds", "cpu", "memory")}, "slow": several[-1].get("slow")}
            for what, several in runs.items()}


def table(figures: dict[str, dict[int, Any]], small: int, large: int) -> str:
    """The figures as a table in Markdown."""
    lines = ["| application | disable | search | SELECT by hand | search / SELECT | memory of the search |", "| --- | --- | --- | --- | --- | --- |"]
    for label, by_size in figures.items():
        one, other = by_size[small], by_size[large]
        shut, search, bare = ((one[what]["seconds"], other[what]["seconds"]) for what in ("disable", "search", "SELECT by hand"))
        memory = one["search"]["memory"], other["search"]["memory"]
        lines.append(f"| {label} | {shut[0]:.2f} s → {shut[1]:.2f} s ({shut[1] / shut[0]:.2f}) | {search[0]:.2f} s → {search[1]:.2f} s"
                     f" (CPU {other['search']['cpu']:.2f} s) | {bare[1]:.2f} s (CPU {other['SELECT by hand']['cpu']:.2f} s) | {search[1] / bare[1]:.2f}"
                     f" | {memory[0] / 1024:.0f} → {memory[1] / 1024:.0f} MiB ({memory[1] / memory[0]:.2f}) |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("tools", "cache", "output"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 1_000_000])
    parser.add_argument("--only", nargs="+", default=list(BARE))
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit("terminated"))  # so that the servers are stopped
    given.output.mkdir(parents=True, exist_ok=True)
    figures: dict[str, dict[int, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="auth-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with benchmark.servers(folder, given.tools.resolve(), given.cache.resolve(), postgresql=True,
                               setup_mariadb_options=["--innodb-buffer-pool-size=2G"]) as wiki:
            wiki.keep()
            for application in strangers.APPLICATIONS:
                for size in given.sizes if application.kind in given.only else ():
                    database = strangers.Database(application, wiki, given.tools.resolve(), folder)
                    figures.setdefault(application.label, {})[size] = found = measure(database, size)
                    print(time.strftime("%H:%M:%S"), application.label, size,
                          {what: {key: value for key, value in one.items() if key != "slow"} for what, one in found.items()}, flush=True)
    (given.output / "leaving.json").write_text(json.dumps(figures, indent=1))
    print(table(figures, given.sizes[0], given.sizes[-1]))


if __name__ == "__main__":
    main()
