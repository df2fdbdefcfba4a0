# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measures a module of the collection from inside, where AUTH_BENCHMARK names a file for the figures.

Python imports it before anything else when its folder is on PYTHONPATH. Time spent in a part is taken out of the part
that called it, so that the parts add up.
"""

from __future__ import annotations

import atexit
import functools
import importlib.util
import json
import os
import resource
import sys
import time

HOOKED = "ansible_collections.auth.services.plugins.module_utils.user_module"
parts = {}
stack = []


def process_start():
    """When the process began, in the clock of time.time()."""
    with open("/proc/self/stat") as file:
        ticks = int(file.read().rpartition(")")[2].split()[19])
    age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    return time.time() - age


def timed(owner, name, part):
    function = getattr(owner, name)

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        begin = time.perf_counter()
        stack.append(0.0)
        try:
            return function(*args, **kwargs)
        finally:
            spent = time.perf_counter() - begin
            parts[part] = parts.get(part, 0.0) + spent - stack.pop()
            if stack:
                stack[-1] += spent

    setattr(owner, name, wrapper)


def hook(module):
    reconcile, service = sys.modules[module.reconcile.__module__], module.Service
    timed(module.ServiceModule, "__init__", "options")
    timed(module, "read_request", "entries")
    timed(module, "reconcile", "connection")
    timed(reconcile, "declare", "entries")
    timed(service, "read", "reading")
    for name in ("look", "to_shut"):
        timed(reconcile.Unlisted, name, "planning")
    for name in ("check_disabled", "check_changed"):
        timed(reconcile, name, "planning")
    timed(reconcile.Steps, "draft", "planning")
    timed(service, "check", "planning")
    timed(reconcile.PasswordBook, "verify", "passwords")
    timed(reconcile.PasswordBook, "fill", "passwords")
    timed(reconcile.Database, "transaction", "writing")
    timed(module, "user_result", "result")
    timed(module.ServiceModule, "exit_json", "result")
    parts["start"] = time.time() - START


class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name != HOOKED:
            return None
        sys.meta_path.remove(Finder)
        spec = importlib.util.find_spec(name)
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            if module.__name__ == HOOKED:
                hook(module)

        spec.loader.exec_module = exec_module
        return spec


def write():
    end = time.time()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open(os.environ["AUTH_BENCHMARK"], "w") as file:
        json.dump({"start": START, "end": end, "memory": memory, "parts": parts}, file)


if "AUTH_BENCHMARK" in os.environ:
    START = process_start()
    sys.meta_path.insert(0, Finder)
    atexit.register(write)
