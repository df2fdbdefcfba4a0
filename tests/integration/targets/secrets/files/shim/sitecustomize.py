"""What Ansible would send to the system's log goes to a file.

Not as a module of the name syslog: in Debian's Python that one is built in, and found before any file.
"""

from __future__ import annotations

import os
import sys

LOG_PID = LOG_USER = LOG_INFO = LOG_NOTICE = 0


def openlog(*args, **kwargs):
    pass


def syslog(*args):
    with open(os.path.join(os.path.dirname(__file__), "log"), "a") as log:
        log.write(f"{args[-1]}\n")


sys.modules["syslog"] = sys.modules[__name__]
