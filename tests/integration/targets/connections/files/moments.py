# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read a table of moments that Python does not know: moments.py FILE, with the login in JSON."""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path

from ansible_collections.auth.services.plugins.module_utils import database as db
from ansible_collections.auth.services.plugins.module_utils.columns import Unreadable, sa


def main():
    database = db.Database(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["login"])

    def read(connection):
        table = database.table(connection, "moments")
        return list(connection.execute(sa.select(table).order_by(table.c.id)))

    good, *rows = database.transaction(read, write=False)
    kinds = (datetime.date, datetime.time, datetime.timedelta)
    # Rows of SQLAlchemy 1.4 without its C extension, as on Python 3.13, cannot be sliced.
    assert all(isinstance(value, kinds) for value in tuple(good)[1:]), good
    assert [row.id for row in rows] == [2, 3, 4], rows
    assert all(value is None or isinstance(value, (Unreadable, *kinds)) for row in rows for value in tuple(row)[1:]), rows
    wanted = {2: None, 3: "2024-02-31 00:00:00"} if database.kind.name == "mysql" else {3: "20000-01-01 00:00:00"}
    for number, value in wanted.items():
        assert rows[number - 2].a == value, rows
    assert isinstance(rows[1].a, Unreadable), rows


if __name__ == "__main__":
    main()
