# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The long run: the inputs of ``targets.py``, guided by what they reach in our code (atheris, libFuzzer).

Each target runs in a process of its own. What breaks is kept, one input for each place in the code, and the run goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

MANY, SOME, FEW = 60, 6, 1
"""Shares of the inputs: of what takes a text, of other pure targets, and of whole services, as each is about as much slower."""


def child(name, runs, seconds, seed, folder):
    """Run one target in this process, and write ``report.json``."""
    import atheris

    with atheris.instrument_imports(include=["ansible_collections.auth.services.plugins"]):
        from ansible_collections.auth.services.tests.fuzz import services, targets

    for module, constant, value in targets.SLIGHT:
        setattr(module, constant, value)
    numbers, findings = Counter(), {}
    one_input = reader(name, targets, numbers)
    start = time.monotonic()

    def report():
        text = json.dumps({**numbers, "seconds": round(time.monotonic() - start, 1), "findings": list(findings.values())})
        (folder / "report.json").write_text(text, encoding="utf-8")

    def tried(data):
        numbers["tried"] += 1
        try:
            one_input(data)
        except Exception as error:
            places = traceback.extract_tb(error.__traceback__)
            ours = [place for place in places if "/auth/services/" in place.filename] or places
            where = f"{type(error).__name__} in {Path(ours[-1].filename).name}, line {ours[-1].lineno}"
            found = findings.setdefault(where, {"where": where, "times": 0, "input": f"{name}-{len(findings)}.input"})
            found["times"] += 1
            if found["times"] == 1:
                (folder / found["input"]).write_bytes(data)
                notes = "\n".join(getattr(error, "__notes__", ()))
                text = "".join(traceback.format_exception(error))[-6000:]
                (folder / f"{found['input']}.txt").write_text(f"{text}\n{notes}\n", encoding="utf-8", errors="backslashreplace")
                report()
        if numbers["inputs"] >= runs or seconds and time.monotonic() - start > seconds:
            finish()

    def finish():
        report()
        services.clean()
        sys.stdout.flush()
        os._exit(0)  # libFuzzer knows no other end before its own

    corpus = folder / "corpus"
    corpus.mkdir(exist_ok=True)
    kinds, texts, _function = targets.TEXTS.get(name, ((), {}, None))
    for number, kind in enumerate(kinds):
        for place, text in enumerate(texts[kind]):
            (corpus / f"{number}-{place}").write_bytes(bytes([number]) + text.encode(errors="surrogateescape" if not SURROGATE.search(text) else "replace"))
    # Fresh bytes in plenty: a strategy needs as many as it draws.
    arguments = [sys.argv[0], str(corpus), f"-seed={seed}", "-max_len=4096", "-len_control=0", "-rss_limit_mb=4096", "-timeout=120"]
    atheris.Setup(arguments, tried)
    atheris.Fuzz()


SURROGATE = re.compile("[\ud800-\udc7f\udd00-\udfff]")


def reader(name, targets, numbers):
    """What runs the bytes of one input, and counts those that are one."""
    from hypothesis import HealthCheck, settings
    from hypothesis.errors import UnsatisfiedAssumption

    if name in targets.TEXTS:
        kinds, _texts, check = targets.TEXTS[name]

        def one_text(data):
            if data:
                numbers["inputs"] += 1
                try:
                    check(kinds[data[0] % len(kinds)], data[1:].decode(errors="surrogateescape"))
                except UnsatisfiedAssumption:
                    numbers["inputs"] -= 1

        return one_text
    function = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))(targets.TARGETS[name])
    test = function.hypothesis.inner_test

    def counting(*arguments, **keywords):
        numbers["inputs"] += 1
        return test(*arguments, **keywords)

    function.hypothesis.inner_test = counting
    return function.hypothesis.fuzz_one_input


def again(name, path):
    """Run one input that was kept, and show what it breaks."""
    from ansible_collections.auth.services.tests.fuzz import services, targets

    for module, constant, value in targets.SLIGHT:
        setattr(module, constant, value)
    try:
        reader(name, targets, Counter())(path.read_bytes())
    finally:
        services.clean()


def run(name, options, runs):
    """Run one target in a process of its own; returns its report."""
    folder = options.output / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").unlink(missing_ok=True)
    command = [sys.executable, "-W", "ignore", __file__, "--child", name, "--runs", str(runs), "--seconds", str(options.seconds), "--seed", str(options.seed),
               "--output", str(options.output)]
    with open(folder / "log.txt", "w", encoding="utf-8") as log:
        code = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=False).returncode
    text = (folder / "log.txt").read_text(encoding="utf-8", errors="replace")
    found = {"inputs": 0, "tried": 0, "seconds": 0.0, "findings": []}
    if (folder / "report.json").exists():
        found.update(json.loads((folder / "report.json").read_text(encoding="utf-8")))
    reached = re.findall(r"cov: (\d+)", text)
    found.update(name=name, reached=int(reached[-1]) if reached else 0, code=code)
    print(f"{name:26} {found['inputs']:>9} {found['seconds']:>9} {found['reached']:>7} {len(found['findings']):>9}"
          + (f"  ended with {code}, see {folder / 'log.txt'}" if code else ""), flush=True)
    for finding in found["findings"]:
        print(f"    {finding['where']}, {finding['times']} times: --again {name} {folder / finding['input']}", flush=True)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--inputs", type=int, default=1_000_000, help="how many, of all targets together")
    parser.add_argument("--seconds", type=int, default=0, help="at most so long for each target")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--output", type=Path, required=True, help="folder of inputs that break something")
    parser.add_argument("--target", action="append", help="only this one, and others that are named so")
    parser.add_argument("--again", nargs=2, metavar=("TARGET", "FILE"), help="run one input again")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--runs", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child, options.runs, options.seconds, options.seed, options.output / options.child)
    if options.again:
        again(options.again[0], Path(options.again[1]))
        return 0
    from ansible_collections.auth.services.tests.fuzz import targets

    names = options.target or list(targets.TARGETS)
    weights = {name: MANY if name in targets.TEXTS else FEW if name.endswith(("_task", "_export")) else SOME for name in names}
    print(f"seed {options.seed}\n{'target':26} {'inputs':>9} {'seconds':>9} {'reached':>7} {'findings':>9}", flush=True)
    with ThreadPoolExecutor(max_workers=options.jobs) as pool:
        found = list(pool.map(lambda name: run(name, options, -(-options.inputs * weights[name] // sum(weights.values()))), names))
    findings = sum(len(one["findings"]) for one in found)
    print(f"{sum(one['inputs'] for one in found)} inputs, {findings} findings")
    return 1 if findings or any(one["code"] or not one["inputs"] for one in found) else 0


if __name__ == "__main__":
    sys.exit(main())
