# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an audit costs, with 50 declared people, among a thousand and among a million accounts, on real servers.

Usage: reviewing.py TOOLS CACHE OUTPUT [--sizes 1000 1000000] [--only NAME...]: as strangers.py, whose databases these are. The whole ansible-playbook is
measured, once for each size, and the driver that fetches by hand what the table of the review holds.
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
import leaving
import strangers

PEOPLE = 50
BARE = {
    "mediawiki": "SELECT user_name, user_touched, bt_id IS NOT NULL, GROUP_CONCAT(ug_group) FROM mw_user LEFT JOIN mw_block_target ON bt_user = user_id"
                 " LEFT JOIN mw_user_groups ON ug_user = user_id GROUP BY user_id, bt_id",
    "wordpress": "SELECT user_login, user_pass, c.meta_value, s.meta_value, p.meta_value FROM wp_users"
                 " LEFT JOIN wp_usermeta c ON c.user_id = ID AND c.meta_key = 'wp_capabilities'"
                 " LEFT JOIN wp_usermeta s ON s.user_id = ID AND s.meta_key = 'session_tokens'"
                 " LEFT JOIN wp_usermeta p ON p.user_id = ID AND p.meta_key = '_application_passwords'",
    "django": "SELECT username, is_active, is_staff, is_superuser, string_agg(name, ',') FROM auth_user u LEFT JOIN auth_user_groups m ON m.user_id = u.id"
              " LEFT JOIN auth_group g ON g.id = m.group_id GROUP BY u.id",
}
"""What somebody would write who wants the table of the review."""
LARGEST_PAGE = 5_000_000


def play(database: strangers.Database, folder: Path) -> dict[str, Any]:
    """One audit: its time, and the largest memory of any of its processes."""
    kind = database.application.kind
    own = {name: value for name, value in database.application.options.items() if name not in ("unlisted_except", "table_prefix")}
    names = {"login_db": "name", "table_prefix": "prefix"}
    variables = {
        "ansible_connection": "local", "ansible_python_interpreter": str(database.tools / "bin/python"), "service_type": kind, "service_options": own,
        "service_database": {names.get(name, name.removeprefix("login_")): value for name, value in database.options.items()
                             if name not in (*own, "unlisted_except")},
        "service_unlisted_except": database.options.get("unlisted_except", []),
        "people": [{"name": database.application.name(f"user{number}"), "email": f"user{number}@example.org"} for number in range(PEOPLE)],
    }
    place = folder / f"audit-{kind}"
    place.mkdir(mode=0o700, exist_ok=True)
    (place / "inventory.json").write_text(json.dumps({"all": {"hosts": {"application": variables}}}))
    environment = {**os.environ, "ANSIBLE_LOCALHOST_WARNING": "false", "HOME": str(folder), "ANSIBLE_INVENTORY_ENABLED": "yaml"}
    begin = time.perf_counter()
    with (place / "output").open("w") as output:
        process = subprocess.Popen([str(database.tools / "bin/ansible-playbook"), "-i", "inventory.json", "auth.services.audit"],
                                   cwd=place, stdout=output, stderr=subprocess.STDOUT, env=environment)
        _pid, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    review = place / "access-review"
    if status:
        sys.exit(f"{kind}: {status} {(place / 'output').read_text()[-5000:]}")
    lines = sum(1 for _line in (review / "access-review.csv").open())
    return {"seconds": seconds, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss, "lines": lines,
            "page": (review / "access-review.html").stat().st_size}


def measure(database: strangers.Database, number: int, folder: Path) -> dict[str, dict[str, Any]]:
    """The figures among so many strangers."""
    application = database.application
    password = {"password_hash": application.password_hash} if application.password_hash else {"update_password": "on_create"}
    database.fill(number)
    leaving.module(database, "_user", accounts=[{"name": application.name(f"user{one}"), "email": f"user{one}@example.org", **password}
                                                for one in range(PEOPLE)])
    database.with_numbers("SELECT 1", number)
    found = {
        "audit": play(database, folder),
        "SELECT by hand": leaving.run([str(database.tools / "bin/python"), "-c", leaving.FETCH],
                                      {**database.options, "sql": BARE[application.kind]}, database.folder),
    }
    assert found["SELECT by hand"]["result"] >= number
    assert found["audit"]["lines"] >= number + PEOPLE
    assert found["audit"]["page"] < LARGEST_PAGE
    return found


def table(figures: dict[str, dict[int, Any]], small: int, large: int) -> str:
    """The figures as a table in Markdown."""
    lines = ["| application | audit | CPU | SELECT by hand | audit / SELECT | memory of the largest process | page |",
             "| --- | --- | --- | --- | --- | --- | --- |"]
    for label, by_size in figures.items():
        one, other, bare = by_size[small]["audit"], by_size[large]["audit"], by_size[large]["SELECT by hand"]
        lines.append(f"| {label} | {one['seconds']:.1f} s → {other['seconds']:.1f} s | {one['cpu']:.1f} → {other['cpu']:.1f} s"
                     f" | {bare['seconds']:.1f} s (CPU {bare['cpu']:.1f} s) | {other['seconds'] / bare['seconds']:.1f}"
                     f" | {one['memory'] / 1024:.0f} → {other['memory'] / 1024:.0f} MiB | {other['page'] / 1e6:.2f} MB |")
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
                    figures.setdefault(application.label, {})[size] = found = measure(database, size, folder)
                    print(time.strftime("%H:%M:%S"), application.label, size, found, flush=True)
    (given.output / "reviewing.json").write_text(json.dumps(figures, indent=1))
    print(table(figures, given.sizes[0], given.sizes[-1]))


if __name__ == "__main__":
    main()
