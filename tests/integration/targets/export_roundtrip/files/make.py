# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""make.py EXAMPLES FOLDER: empty databases of two wikis and a Mumble server."""

from __future__ import annotations

import pathlib
import sqlite3
import sys

examples, folder = map(pathlib.Path, sys.argv[1:])
folder.mkdir()
for name, application in (("wiki", "mediawiki"), ("handbook", "mediawiki"), ("voice", "mumble")):
    with sqlite3.connect(folder / f"{name}.sqlite") as database:
        database.executescript((examples / f"{application}.sql").read_text(encoding="utf-8"))
