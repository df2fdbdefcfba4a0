# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Break things while a module writes, or write beside it, and see that the tables are as before or as after.

Usage: faults.py SETTINGS [--long] [--seed SEED] [--only WORD], where SETTINGS is what tasks/main.yml writes.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

import pymysql
from places import PASSWORD, PostgreSQLWiki, Radius, SQLiteWiki, Wiki, by_account, difference
from servers import ROOT, TRX_AGE, MariaDB, PostgreSQL, Proxy, command

NOT_WRITTEN = "Nothing was written"


@dataclass
class Line:
    """A line of the table: one kind of fault.

    :ivar shut: who is to be shut out was so, and nothing else was written
    :ivar told: runs that failed, and said so
    :ivar healed: runs that succeeded in spite of the fault, after another attempt
    """

    name: str
    faults: int = 0
    before: int = 0
    shut: int = 0
    after: int = 0
    told: int = 0
    healed: int = 0
    retries: int = 0


class Suite:
    """All kinds of faults."""

    def __init__(self, settings, long, seed, only):
        self.settings, self.long, self.only = settings, long, only
        self.chance = random.Random(seed)
        self.lines = []
        self.problems = []
        self.servers = []

    def wanted(self, *words):
        return not self.only or not self.only.isdisjoint(words)

    @contextmanager
    def line(self, name):
        line = Line(name)
        start = time.time()
        try:
            yield line
        finally:
            self.lines.append(line)
            print(f"{line}, {time.time() - start:.0f} s", file=sys.stderr, flush=True)

    def judge(self, line, place, *runs, what="", passing=False):
        """See in which state a fault left the tables, and that a run then writes what is declared.

        :param passing: the fault passed, so that another attempt must have succeeded
        """
        try:
            self.judge_strictly(line, place, *runs)
            if passing and runs[0].failed:
                raise AssertionError(f"another attempt would have succeeded: {runs[0].result['msg']}")
        except AssertionError as error:
            self.problems.append(f"{line.name}, {place.name} {what}: {error}")
            print(self.problems[-1], file=sys.stderr, flush=True)

    def judge_strictly(self, line, place, *runs):
        line.faults += 1
        for run in runs:
            line.retries += run.retries
            line.told += run.result is not None and run.failed
            line.healed += run.retries > 0 and not run.failed
        place.settle()
        rows = place.rows()
        place.check(rows)
        untouched = rows == place.before
        if untouched:
            line.before += 1
        elif place.normal(rows) == place.after:
            line.after += 1
        elif place.normal(rows) in place.shut:
            line.shut += 1
        else:
            raise AssertionError(f"something between:\n{difference(place.before, rows)}\n{difference(place.after, place.normal(rows))}")
        done = place.normal(rows) == place.after
        for run in runs:
            if not done and not run.failed:
                raise AssertionError(f"not all was written, and the run says {run.result['counts']}")
            if not untouched and run.failed and run.result and NOT_WRITTEN in run.result["msg"] and all(other.failed for other in runs):
                raise AssertionError(f"everything was written, and the run says {run.result['msg']}")
            if run.failed and run.result:
                plain_error(run.result)
        self.converges(place, place.declared(), not done)
        if place.normal(place.rows()) != place.after:
            raise AssertionError(f"another run wrote something else:\n{difference(place.after, place.normal(place.rows()))}")

    def converges(self, place, entries, changed):
        again = place.run_well(entries)
        if again.result["changed"] != changed:
            raise AssertionError(f"another run says {again.result['counts']}")

    def interrupted(self, place, line, number):
        """Runs at random moments, from their first connection on; those that were over before do not count."""
        while line.faults < number:
            place.reset()
            run = place.run(place.declared())
            time.sleep(self.chance.uniform(*place.moments[run.python]))
            if run.process.poll() is None:
                yield run
            run.wait()

    # The kinds

    def server_killed(self, place, number):
        with self.line(f"{place.name}: server killed, {place.size} accounts") as line:
            for run in self.interrupted(place, line, number):
                place.server.kill()
                place.server.start()
                self.judge(line, place, run.wait())

    def backend_killed(self, place, number):
        with self.line(f"{place.name}: backend killed, {place.size} accounts") as line:
            for run in self.interrupted(place, line, number):
                hit = place.server.kill_backend()
                run.wait()
                if hit:
                    self.judge(line, place, run)

    def module_killed(self, place, number):
        with self.line(f"{place.name}: module killed, {place.size} accounts") as line:
            for run in self.interrupted(place, line, number):
                run.process.kill()
                self.judge(line, place, run.wait())

    def connection_cut(self, place, number):
        """Cut at random packets and at the commit: once, so that the module may try again, and for good."""
        pieces = {}
        for python in self.settings["pythons"]:
            place.reset()
            proxy = Proxy(place.server.port)
            run = place.run(place.declared(), python, login_port=proxy.port).wait()
            proxy.close()
            if run.failed:
                raise AssertionError(run.result)
            pieces[python] = proxy.count, proxy.commit
        for round_, (lose, for_good) in enumerate((("answer", False), ("request", False), ("answer", True), ("request", True))):
            python = self.settings["pythons"][round_ // 2]
            last, commit = pieces[python]
            cuts = [cut for cut in range(1, last) if cut != commit]
            cuts = [*self.chance.sample(cuts, min(number - 1, len(cuts))), commit]
            with self.line(f"{place.name}: {lose} lost, {'server gone' if for_good else 'once'}, {place.size} accounts") as line:
                for cut in cuts:
                    place.reset()
                    proxy = Proxy(place.server.port, cut, lose, for_good)
                    run = place.run(place.declared(), python, login_port=proxy.port).wait()
                    proxy.close()
                    self.judge(line, place, run, passing=not for_good, what=f"packet {cut} of {last}, the commit is {commit}")

    def deadlocked(self, place, number):
        """Another transaction takes the same rows the other way round; it has written more, so the module is the victim."""
        with self.line(f"{place.name}: deadlock, {place.size} accounts") as line:
            for round_ in range(number):
                place.reset()
                times, provoked, run = round_ % 3 + 1, 0, None
                with ExitStack() as stack:
                    # All prepared before: the module tries again after a tenth of a second
                    others = [stack.enter_context(place.server.connect(place.database)).cursor() for _time in range(times)]
                    for other in others:
                        other.execute("BEGIN")
                        other.execute("INSERT INTO filler.rows SELECT seq FROM seq_1_to_50000")
                    for other in others:
                        other.execute(self.chance.choice(place.locks(self.chance)))
                        run = run or place.run(place.declared())
                        if not waiting(place.server, run):
                            break
                        other.execute(place.first_lock)
                        provoked += 1
                        other.execute("COMMIT")  # of the filler
                if not 0 < provoked <= run.wait().retries:
                    self.problems.append(f"{line.name}: {provoked} provoked, {run.retries} new attempts")
                self.judge(line, place, run, passing=True, what=f"{provoked} times")

    def locked(self, place, number):
        """Another transaction keeps rows until the module's wait has timed out, once or each time."""
        with self.line(f"{place.name}: lock timeout, {place.size} accounts") as line:
            for round_ in range(number):
                place.reset()
                place.server.do("SET GLOBAL innodb_lock_wait_timeout = 1")
                with place.server.connect(place.database) as other, other.cursor() as cursor:
                    cursor.execute("BEGIN")
                    cursor.execute(self.chance.choice(place.locks(self.chance)))
                    run = place.run(place.declared())
                    if round_ % 2 == 0:
                        waiting(place.server, run)
                        time.sleep(1.2)
                    else:
                        run.wait()
                    cursor.execute("ROLLBACK")
                self.judge(line, place, run.wait(), passing=round_ % 2 == 0)

    def read_only(self, place, number):
        with self.line(f"{place.name}: read_only set, {place.size} accounts") as line:
            for run in self.interrupted(place, line, number):
                place.server.do("SET GLOBAL read_only = 1")
                run.wait()
                place.server.do("SET GLOBAL read_only = 0")
                self.judge(line, place, run)

    def tablespace_full(self, place, number):
        with self.line(f"{place.name}: tablespace full, {place.size} accounts") as line:
            size = (place.server.folder / place.seed / "ibdata1").stat().st_size >> 20
            for round_ in range(number):
                place.reset()
                place.server.stop()
                place.server.start(f"--innodb-data-file-path=ibdata1:12M:autoextend:max:{size + round_ // 2}M", "--innodb-autoextend-increment=1")
                run = place.run(place.declared()).wait()
                place.server.stop()
                place.server.start()
                self.judge(line, place, run, what=f"{size + round_ // 2} MB")

    def disk_full(self, place, number):
        """The server's data on a file system of its own, with little space left."""
        with self.line(f"{place.name}: disk full, {place.size} accounts") as line:
            for round_ in range(number):
                left = 200 * round_
                place.server.kill()
                shutil.rmtree(place.server.data)
                place.server.data.mkdir()
                command("mount", "-t", "tmpfs", "-o", "size=400m,uid=mysql,gid=mysql", "faults", place.server.data)
                try:
                    command("cp", "-a", "--sparse=never", f"{place.server.folder / place.seed}/.", place.server.data)
                    place.server.start()
                    used = shutil.disk_usage(place.server.data).used // 1024
                    command("mount", "-o", f"remount,size={used + left}k", place.server.data)
                    run = place.run(place.declared()).wait()
                    place.server.kill()
                    command("mount", "-o", "remount,size=400m", place.server.data)
                    place.server.start()
                    self.judge(line, place, run, what=f"{left} KB left")
                finally:
                    place.server.kill()
                    command("umount", place.server.data)
            place.reset()

    def file_locked(self, place, number):
        """SQLite has one writer: the application, for a while or for ever."""
        with self.line(f"{place.name}: file locked, {place.size} accounts") as line:
            for round_ in range(number):
                place.reset()
                for_ever = round_ % 2 == 1
                lock = subprocess.Popen([sys.executable, "-c", LOCK, place.login()["login_db"], "100" if for_ever else str(self.chance.uniform(0.5, 4))],
                                        stdout=subprocess.PIPE)
                lock.stdout.readline()
                run = place.run(place.declared(), connect_timeout=1).wait()
                lock.kill()
                lock.wait()
                self.judge(line, place, run, passing=not for_ever)

    def identical(self, place, number):
        with self.line(f"{place.name}: two identical runs, {place.size} accounts") as line:
            for _round in range(number):
                place.reset()
                one = place.run(place.declared())
                time.sleep(self.chance.uniform(0, 0.3))
                other = place.run(list(reversed(place.declared())))
                self.judge(line, place, one.wait(), other.wait())

    def contradictory(self, place, number):
        """Each account is as one of the two runs leaves it that was the later one."""
        first, second = place.declared(), place.contradicted()
        orders = [self.in_order(place, order) for order in ([first, second], [second, first])]
        with self.line(f"{place.name}: two contradictory runs, {place.size} accounts") as line:
            for _round in range(number):
                place.reset()
                one = place.run(first)
                time.sleep(self.chance.uniform(0, 0.3))
                other = place.run(list(reversed(second)))
                try:
                    self.judge_contradictory(line, place, one.wait(), other.wait(), orders)
                except AssertionError as error:
                    self.problems.append(f"{line.name}: {error}")
                    print(self.problems[-1], file=sys.stderr, flush=True)

    def in_order(self, place, declarations):
        place.reset()
        for entries in declarations:
            place.run_well(entries)
        return by_account(place.normal(place.rows()))

    def judge_contradictory(self, line, place, one, other, orders):
        line.faults += 1
        runs = (one, other)
        line.retries += one.retries + other.retries
        line.told += sum(run.failed for run in runs)
        line.healed += sum(run.retries > 0 and not run.failed for run in runs)
        for run in runs:
            if run.failed:
                plain_error(run.result)
        place.settle()
        rows = place.rows()
        place.check(rows)
        found = by_account(place.normal(rows))
        place.run_well(place.declared())
        place.check(place.rows())
        self.converges(place, place.declared(), False)
        # A run that failed has done nothing
        possible = orders + [self.in_order(place, [entries]) for entries, run in ((place.declared(), other), (place.contradicted(), one)) if run.failed]
        for name in place.names():
            if found.get(name) not in [order.get(name) for order in possible]:
                shown = "\n".join(map(str, [found.get(name), *(order.get(name) for order in possible)]))
                raise AssertionError(f"{name} is as no run wrote it:\n{shown}")
        line.after += 1

    def registering(self, wiki, number):
        """People register in the real wiki, by names of their own and by names that are declared."""
        sys.path.insert(0, self.settings["session"])
        from wiki_session import Session

        engine = {"mysql": "MariaDB", "sqlite": "SQLite"}[wiki["engine"]]
        place = Beside(f"MediaWiki on {engine}", self.settings, self.chance, wiki)
        amount = 300 if self.long else 100
        with self.line(f"{place.name}: people registering") as line:
            for round_ in range(number):
                crowd = [f"Many{round_ * amount + number:04d}" for number in range(amount)]
                guests = [f"Guest{round_ * amount + number:04d}" for number in range(12)]
                entries = [place.entry(name, groups=["bot"], password_hash=place.hashes[0]) for name in crowd]
                people = self.chance.sample(crowd, 12) + guests
                self.chance.shuffle(people)
                answers = {}

                def register(people, answers):
                    for name in people:
                        session = Session(wiki["api"], None)
                        answer = session.any({"action": "createaccount", "username": name, "password": f"{name}-own-Secret",
                                              "retype": f"{name}-own-Secret", "createreturnurl": wiki["url"], "with_token": "createaccount"})
                        answers[name] = answer.get("createaccount", answer).get("status") or str(answer)

                thread = threading.Thread(target=register, args=(people, answers))
                thread.start()
                time.sleep(self.chance.uniform(0.3, 1))
                runs = [place.run(entries)]
                time.sleep(self.chance.uniform(0, 1))
                runs.append(place.run([{**entry, "state": "enabled"} for entry in reversed(entries)]))
                for run in runs:
                    run.wait()
                thread.join()
                line.faults += len(people)
                line.retries += sum(run.retries for run in runs)
                line.told += sum(run.failed for run in runs)
                line.healed += sum(run.retries > 0 and not run.failed for run in runs)
                line.before += sum(answers[name] != "PASS" for name in people)
                line.after += sum(answers[name] == "PASS" for name in people)
                try:
                    self.judge_registering(place, wiki, entries, guests, answers, runs, Session)
                except AssertionError as error:
                    self.problems.append(f"{line.name}: {error}")
                    print(self.problems[-1], file=sys.stderr, flush=True)

    def judge_registering(self, place, wiki, entries, guests, answers, runs, session):
        for run in runs:
            if run.failed:
                plain_error(run.result)
        place.run_well(entries)
        self.converges(place, entries, False)
        leaver = self.chance.choice(entries)["name"]
        place.run_well([place.entry(leaver, state="disabled")])
        rows = place.rows()
        place.check(rows)
        there = {row["user_name"]: row["user_password"] for row in rows["user"]}
        lost = [entry["name"] for entry in entries if entry["name"] != leaver and there.get(entry["name"]) != place.hashes[0]]
        lost += [name for name in guests if answers[name] == "PASS" and name not in there]
        if lost:
            raise AssertionError(f"not as declared, or lost: {lost}")
        strange = {name: answer for name, answer in answers.items() if answer != "PASS" and name not in [entry["name"] for entry in entries]}
        if strange:
            # What the wiki itself may say to one whose transaction was the victim of a deadlock
            print(f"{place.name}: refused by the wiki: {strange}", file=sys.stderr)
        keeper = next(entry["name"] for entry in entries if entry["name"] != leaver and entry["name"] in answers)
        guest = next(name for name in guests if answers[name] == "PASS")
        logins = {(name, password): session(wiki["api"], None).login(name, password)[0] == "Success" for name, password in (
            (leaver, PASSWORD), (leaver, f"{leaver}-own-Secret"), (keeper, PASSWORD), (keeper, f"{keeper}-own-Secret"), (guest, f"{guest}-own-Secret"))}
        if list(logins.values()) != [False, False, True, False, True]:
            raise AssertionError(f"who is let in: {logins}")

    # All of it

    def wiki_on_mariadb(self):
        server = self.serve(MariaDB, "faults-mariadb")
        if self.long and self.wanted("kill", "readonly", "disk"):
            place = Locked("MediaWiki on MariaDB", self.settings, self.chance, 2000, server, "many")
            self.do("kill", self.server_killed, place, 100, 0)
            self.do("kill", self.module_killed, place, 30, 0)
            self.do("readonly", self.read_only, place, 15, 0)
            if ROOT:
                self.do("disk", self.disk_full, place, 8, 0)
        if self.wanted("cut", "lock", "two", "kill" if not self.long else "two"):
            place = Locked("MediaWiki on MariaDB", self.settings, self.chance, 200, server, "few")
            self.do("kill", self.server_killed, place, 0, 1)
            self.do("kill", self.module_killed, place, 0, 1)
            self.do("cut", self.connection_cut, place, 30, 1)
            self.do("lock", self.deadlocked, place, 15, 1)
            self.do("lock", self.locked, place, 10, 1)
            self.do("two", self.identical, place, 20, 1)
            self.do("two", self.contradictory, place, 20, 1)
        server.kill()

    def full_tablespace(self):
        if self.long and self.wanted("disk"):
            server = self.serve(MariaDB, "faults-small", "--innodb-file-per-table=0", "--innodb-autoextend-increment=1")
            place = Locked("MediaWiki on MariaDB", self.settings, self.chance, 2000, server, "many")
            self.do("disk", self.tablespace_full, place, 8, 0)
            server.kill()

    def radius_on_mariadb(self):
        if self.wanted("kill", "cut", "two"):
            server = self.serve(MariaDB, "faults-radius")
            place = Radius("FreeRADIUS on MariaDB", self.settings, self.chance, 400 if self.long else 200, server, "radius")
            self.do("kill", self.server_killed, place, 10, 0)
            self.do("kill", self.module_killed, place, 10, 0)
            self.do("cut", self.connection_cut, place, 10, 0)
            self.do("two", self.identical, place, 20, 1)
            self.do("two", self.contradictory, place, 20, 0)
            server.kill()

    def wiki_on_postgresql(self):
        if not self.wanted("kill", "cut", "two" if self.long else "kill"):
            return
        server = self.serve(PostgreSQL, "faults-pg", self.settings["postgresql"])
        if self.long and self.wanted("kill"):
            place = PostgreSQLWiki("MediaWiki on PostgreSQL", self.settings, self.chance, 2000, server, "many")
            self.do("kill", self.server_killed, place, 15, 0)
            self.do("kill", self.backend_killed, place, 15, 0)
        place = PostgreSQLWiki("MediaWiki on PostgreSQL", self.settings, self.chance, 200, server, "few")
        self.do("kill", self.backend_killed, place, 0, 1)
        self.do("cut", self.connection_cut, place, 10, 0)
        self.do("two", self.identical, place, 5, 0)
        self.do("two", self.contradictory, place, 5, 0)
        server.kill()

    def wiki_on_sqlite(self):
        if self.wanted("kill", "lock", "two"):
            place = SQLiteWiki("MediaWiki on SQLite", self.settings, self.chance, 400 if self.long else 200)
            self.do("kill", self.module_killed, place, 15, 1)
            self.do("lock", self.file_locked, place, 10, 1)
            self.do("two", self.identical, place, 5, 0)
            self.do("two", self.contradictory, place, 5, 0)

    def beside_the_application(self):
        self.do("register", self.registering, self.settings["wikis"]["mysql"], 4, 1)
        self.do("register", self.registering, self.settings["wikis"]["sqlite"], 4, 0)

    def serve(self, kind, *arguments):
        self.servers.append(kind(self.settings["folder"], *arguments))
        return self.servers[-1]

    def do(self, word, fault, place, in_long, in_short):
        """A kind of faults, so many in the long and in the short form."""
        number = in_long if self.long else in_short
        if number and self.wanted(word):
            fault(place, number)

    def everything(self):
        try:
            for part in (self.wiki_on_mariadb, self.full_tablespace, self.radius_on_mariadb, self.wiki_on_postgresql, self.wiki_on_sqlite,
                         self.beside_the_application):
                part()
        finally:
            for server in self.servers:
                with suppress(Exception):
                    server.kill()


class Locked(Wiki):
    """The wiki, and which rows another transaction takes."""

    first_lock = "SELECT * FROM mw_user WHERE user_name = 'Many0002' FOR UPDATE"

    def locks(self, chance):
        """Rows that the module wants after the first: an account, the count of users, the place of a new one."""
        return [
            f"SELECT * FROM mw_user WHERE user_name = 'Many{chance.randrange(12, self.size // 2, 10):04d}' FOR UPDATE",
            "SELECT * FROM mw_site_stats FOR UPDATE",
            f"SELECT * FROM mw_user_groups WHERE ug_user = (SELECT user_id FROM mw_user WHERE user_name = 'Many{self.size // 2 - 8:04d}') FOR UPDATE",
            f"SELECT * FROM mw_user WHERE user_name = 'Many{self.size - 1:04d}' FOR UPDATE",
        ]


class Beside(Wiki):
    """The wiki that is served; what it holds at the beginning is not set back."""

    def __init__(self, name, settings, chance, wiki):
        self.name, self.settings, self.chance, self.wiki = name, settings, chance, wiki
        self.prefix = wiki["login"]["table_prefix"]
        self.since = "9"
        # The first run creates MediaWiki's own user for the log, which site_stats does not count
        self.run_well([self.entry("Guest9999", groups=["bot"], password_hash=self.hashes[0])])
        self.before = self.rows()

    def login(self):
        return self.wiki["login"]

    def rows(self):
        if self.wiki["engine"] == "sqlite":
            self.file = self.wiki["login"]["login_db"]
            return SQLiteWiki.rows(self)
        login = self.wiki["login"]
        self.server, self.database = self, login["login_db"]
        return super().rows()

    def connect(self, database):
        login = self.wiki["login"]
        return pymysql.connect(host=login["login_host"], port=int(login["login_port"]), user=login["login_user"], password=login["login_password"],
                               database=database, charset="utf8mb4", autocommit=True)


LOCK = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
connection.execute("ROLLBACK")
"""


def waiting(server, run):
    """Wait until the module waits for a lock.

    :returns: False when it ended without
    """
    end = time.time() + 120
    while time.time() < end:
        time.sleep(TRX_AGE)  # first: what was asked before may be what is shown
        if server.do("SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'")[0][0]:
            return True
        if run.process.poll() is not None:
            return False
    raise AssertionError("the module does not wait")


def plain_error(result):
    if "Internal error" in result["msg"] or "Traceback" in json.dumps(result):
        raise AssertionError(f"no plain error: {result}")


def table(lines):
    head = ("fault", "faults", "as before", "shut out alone", "as after", "runs failed", "runs saved by another attempt", "attempts beyond the first")
    rows = [head] + [(line.name, line.faults, line.before, line.shut, line.after, line.told, line.healed, line.retries) for line in lines]
    total = [sum(row[column] for row in rows[1:]) for column in range(1, len(head))]
    return [f"| {' | '.join(map(str, row))} |" for row in [head, ["---"] * len(head), *rows[1:], ["all", *total]]]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("settings")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--seed", default=str(random.SystemRandom().randrange(10**6)))
    parser.add_argument("--only", action="append", default=[], choices=["kill", "readonly", "disk", "cut", "lock", "two", "register"])
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with open(options.settings, encoding="utf-8") as file:
        settings = json.load(file)
    suite = Suite(settings, options.long, options.seed, set(options.only))
    start = time.time()
    suite.everything()
    print("\n".join(table(suite.lines)))
    print(f"{time.time() - start:.0f} s")
    if suite.problems:
        print("\n\n".join(suite.problems))
        sys.exit(1)


if __name__ == "__main__":
    main()
