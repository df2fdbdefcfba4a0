# Copyright (c) 2026, the auth.services contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""databases.py FOLDER EXAMPLES: a wiki and a voice server on SQLite, with accounts."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

folder, examples = map(Path, sys.argv[1:])
here = Path(__file__).parent
for name, application in (("wiki", "mediawiki"), ("voice", "mumble")):
    with sqlite3.connect(folder / f"{name}.sqlite") as connection:
        for script in (examples / f"{application}.sql", here / f"{name}.sql"):
            connection.executescript(script.read_text(encoding="utf-8"))
