# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task is doing, for whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic
from typing import Any

FIRST, LONGEST = 10.0, 60.0
"""Seconds until the first line, and most seconds between two lines. In between they double."""


@contextmanager
def telling(
    show: Callable[[str], Any], host: str, step: str | Callable[[], str], first: float = FIRST
) -> Iterator[None]:
    """Show which step of which service lasts, and for how long, if it takes more than some seconds.

    :param show: shows a line; called in a thread of its own
    :param step: in the form "mediawiki_user works on 50000 accounts", or a function that says it when it is asked
    :param first: seconds until the first line
    """
    ended = Event()
    thread = Thread(target=_tell, args=(show, host, step, first, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def module_step(module: str, options: Mapping[str, Any]) -> str:
    """What a module is doing, in words."""
    accounts = options.get("accounts")
    if module.endswith("tables_info"):
        return f"{module} reads the tables"
    if isinstance(accounts, list):
        return f"{module} works on {len(accounts)} accounts"
    return f"{module} reads the accounts" if module.endswith("_info") else f"{module} works on one account"


def _tell(
    show: Callable[[str], Any], host: str, step: str | Callable[[], str], pause: float, ended: Event
) -> None:
    start = monotonic()
    while not ended.wait(pause):
        show(f"{host}: {step if isinstance(step, str) else step()} ({monotonic() - start:.0f} seconds so far)")
        pause = min(2 * pause, LONGEST)
