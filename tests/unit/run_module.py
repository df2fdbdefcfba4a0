# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a module in a process of its own, as a managed host does, and shows everything that leaves it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ansible.module_utils import basic

from ansible_collections.auth.services.plugins.module_utils import user_module

CHILD = """
import json, os, runpy, sys, syslog
from ansible.module_utils import basic

report = {"syslog": [], "masked": []}
basic._ANSIBLE_ARGS = sys.stdin.buffer.read()
basic._ANSIBLE_PROFILE = "legacy"
basic.has_journal = False
syslog.syslog = lambda *arguments: report["syslog"].append(str(arguments[-1]))
remove_values = basic.remove_values

def counting(value, secrets):
    report["masked"].append(len(secrets))
    return remove_values(value, secrets)

basic.remove_values = counting
exec(os.environ["INJECT"])
try:
    runpy.run_module("ansible_collections.auth.services.plugins.modules." + os.environ["MODULE"], run_name="__main__", alter_sys=True)
finally:
    with open(os.environ["REPORT"], "w", encoding="utf-8") as file:
        json.dump(report, file)
"""


@dataclass
class Run:
    """What came out of a module.

    :ivar result: what it returned
    :ivar output: everything on stdout and stderr
    :ivar syslog: lines for the log of the managed host
    :ivar masked: how many secrets each result was searched for
    """

    result: dict
    output: str
    syslog: list
    masked: list
    code: int

    @property
    def everything(self):
        return self.output + "\n".join(self.syslog)


def run_module(module, tmp_path, arguments, check_mode=False, diff=False, tracebacks=False, inject=""):
    """Run a module of the collection with these arguments.

    :param tracebacks: ansible-core returns them only on demand
    :param inject: code that is run in its process before
    """
    internal = {"_ansible_check_mode": check_mode, "_ansible_diff": diff, "_ansible_remote_tmp": str(tmp_path), "_ansible_keep_remote_files": False}
    if "inject_invocation" in basic.PASS_VARS:  # ansible-core 2.21 and later return the invocation only on demand
        internal["_ansible_inject_invocation"] = True
    if tracebacks:
        internal["_ansible_tracebacks_for"] = ["error"]
    paths = [str(Path(user_module.__file__).parents[5]), str(Path(basic.__file__).parents[2])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1", "MODULE": module, "INJECT": inject,
                   "REPORT": str(tmp_path / "report.json")}
    done = subprocess.run([sys.executable, "-c", CHILD], input=json.dumps({"ANSIBLE_MODULE_ARGS": {**arguments, **internal}}), env=environment,
                          capture_output=True, encoding="utf-8", timeout=120, check=False)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    try:
        result = json.loads(done.stdout)
    except ValueError:
        raise AssertionError(f"no result, but {done.stdout}{done.stderr}") from None
    return Run(result, done.stdout + done.stderr, report["syslog"], report["masked"], done.returncode)
