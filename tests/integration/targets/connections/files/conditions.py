# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Python says of values and names is what the server says: conditions.py FILE, with the login in JSON. Nothing is left behind."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ansible_collections.auth.services.plugins.module_utils import database as db
from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.conditions import (
    ALWAYS,
    Begins,
    Column,
    Ends,
    Equals,
    Filled,
    HasBytes,
    IsAnyOf,
    IsTrue,
    Matches,
    OneOf,
)
from ansible_collections.auth.services.plugins.module_utils.everyone import Everyone
from ansible_collections.auth.services.plugins.module_utils.tables import AccountRows, ImplicitAccountRows, Rows
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction

TEXTS = [None, "", " ", "!", "!x", " !", ":locked:x", ":LOCKED:x", "00" + "ab" * 20, "00" + "AB" * 20, "00" + "xy" * 20, "a@b.disabled.invalid",
         "a@b.DISABLED.invalid", ".disabled.invalid", "d.invalid", "é", "É", "é!", "\uff01", "ß", "Reject", "REJECT", "réject", "reject ", "4", "x" * 90,
         "kim", "Kim", "\u212aim", "\u0130m", "im", "IM", "\u03a3", "\u03c2"]
TESTS = [Equals("!"), Equals("Reject"), OneOf(("!", "reject", "")), Filled(), Begins("!"), Begins(":locked:"), Ends(".disabled.invalid"), Ends("!"),
         HasBytes(1), HasBytes(2, 2), HasBytes(90), IsAnyOf(("reject", "4")), Matches("00([0-9a-fA-F]{40}|[0-9a-fA-F]{64})")]


def column_type(reflected, kind):
    return kind.utf8_binary() if isinstance(reflected, sa.types._Binary) else None


def names_in_tables(sql, name):
    """Names that stand in two tables: all spellings, each once."""
    rows = ImplicitAccountRows(sql, [(Rows(sql, "kinds", [name]), name)] * 2)
    everyone, there = Everyone(sql, rows, {}, lambda name, everyone: None), sorted(rows.read(None))
    answers = [sorted(everyone.names()), sorted(everyone.names(limit=1000)), sorted(everyone.some_names(ALWAYS, 1000)), sorted(everyone.matching(there))]
    few = everyone.names(limit=3)
    good = all(answer == there for answer in answers) and everyone.count() == len(there) and len({*few} & {*there}) == 3
    return [] if good else [(name, there, answers, few)]


def names_in_small_letters(sql, column):
    """An index finds neither more nor less than a look at all."""
    wrong, key = [], column.table.c.id
    for text in sql.storable(column, list(filter(None, TEXTS))):
        found = sorted(row[0] for row in sql.select_in(sa.select(key), column, [text], sa.func.lower))
        plain = sa.select(key).where(sa.func.lower(column).in_([sa.func.lower(sa.literal(text, column.type))]))
        there = sorted(row[0] for row in sql.connection.execute(plain))
        wrong += [] if found == there else [(column.name, text, found, there)]
    return wrong


def main():
    database = db.Database(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["login"], column_type)
    with database.connect(write=True) as connection:
        sql = Transaction(database, connection)
        table = sql.table("kinds")
        texts = [column.name for column in table.c if column.name.startswith("text")]
        flags = [column.name for column in table.c if column.name.startswith("flag")]
        for number, text in enumerate(TEXTS):
            latin = text is None or all(ord(one) < 256 for one in text)
            row = {name: text if latin or "latin" not in name else None for name in texts}
            row.update({name: (number % 2 if name == "flag_number" else number % 2 == 1) if number % 3 else None for name in flags})
            connection.execute(sa.insert(table), [{"id": number, "name": f"name {number}", **row}])
        rows = AccountRows(sql, "kinds", key="id", account_name="name", extra=[*texts, *flags])
        everyone, stored = Everyone(sql, rows, {}, lambda name, everyone: None), rows.read(None)
        assert len(stored) == len(TEXTS)
        wrong, held = [], 0
        pairs = [(name, test) for name in texts for test in TESTS
                 if not (isinstance(test, (IsAnyOf, Matches)) and isinstance(table.c[name].type, sa.TypeDecorator))]
        for condition in [Column(name, test) for name, test in [*pairs, *((name, IsTrue()) for name in flags)]]:
            for one in (condition, ~condition):
                found, holds = set(everyone.names(one)), {name for name, account in stored.items() if one.holds(account)}
                held += bool(holds)
                wrong += [(str(one), name, stored[name].row) for name in found ^ holds]
        for name in texts:
            column = table.c[name]
            planted = database.kind.name == "postgresql" and not isinstance(column.type, sa.Text)  # the operator of varchar
            if not planted and not isinstance(column.type, sa.TypeDecorator):
                wrong += names_in_tables(sql, name) + names_in_small_letters(sql, column)
        connection.rollback()
    assert not wrong, wrong[:5]
    assert held > 2 * len(TESTS), "hardly any condition holds of anything"


if __name__ == "__main__":
    main()
