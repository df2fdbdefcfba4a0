# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bounds on what a server can do to who asks it: in time, when it falls silent, and in memory, when it never stops."""

from __future__ import annotations

import os
import resource
import socket
import threading
import time

SECONDS = 600
"""For one statement, waiting for the locks of others included."""

PAUSE = 0.1  # seconds


class Watch:
    """Hangs up on a server that goes too far: the driver, which waits in C, then sees a connection that was lost.

    :param number: descriptor of the connection's socket
    :param most_bytes: by which the process may grow while it waits
    :ivar reason: why it hung up; empty as long as it did not
    """

    def __init__(self, number: int, most_bytes: int) -> None:
        self._socket = socket.socket(fileno=os.dup(number))
        self._most_bytes = most_bytes
        self._started = self._size = 0.0
        self._waiting = False
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self.reason = ""

    @property
    def peer(self) -> str:
        """Address of the server; empty for a socket of this host."""
        return "" if self._socket.family == socket.AF_UNIX else str(self._socket.getpeername()[0])

    def start(self) -> None:
        """From now on the server is waited for."""
        self._started, self._size, self._waiting = time.monotonic(), _size(), True
        if self._thread is None:
            self._thread = threading.Thread(target=self._look, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """It has answered."""
        self._waiting = False

    def close(self) -> None:
        """The connection is closed."""
        self.stop()
        self._closed.set()
        if self._thread is not None:
            self._thread.join()
        self._socket.close()

    def _look(self) -> None:
        while not self._closed.wait(PAUSE):
            if not self._waiting or self.reason:
                continue
            if time.monotonic() > self._started + SECONDS:
                self._hang_up(f"the server did not finish an answer within {SECONDS} seconds")
            elif _size() > self._size + self._most_bytes:
                self._hang_up(f"the server's answer takes more than {self._most_bytes >> 20} MiB of memory")

    def _hang_up(self, reason: str) -> None:
        self.reason = reason
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:  # the server was faster
            return


def _size() -> int:
    """Bytes of memory that the process has; where the system does not say, the most that it ever had."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
