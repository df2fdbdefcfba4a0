# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What two ways of doing the same thing left in a wiki's tables, and where they differ.

Both sides are read before and after. Every row of every table that is not the same before and after is taken apart
into cells, and the cells are put into words that do not depend on which account it was, when it was, and which numbers
the rows got: a number of another row is replaced by what that row says. Then the cells must be equal, or the difference
must be one that the list of allowed differences names.
"""

from __future__ import annotations

import datetime
import re

NOTHING = "nothing"
PBKDF2 = re.compile(r":pbkdf2:sha512:30000:64:[A-Za-z0-9+/]{22}==:[A-Za-z0-9+/]{86}==")
HEX32 = re.compile(r"[0-9a-f]{32}")
DIGITS = "%Y%m%d%H%M%S"


class Side:
    """One way of doing it, on one account.

    :param before: result of database_tables, with rows
    :param after: the same, afterwards
    :param account: name of the account that it was done to
    :param reading: how values are read: ``identity``, the columns that tell which row it is, by table; ``columns``, the
        kinds of columns; ``texts``, what to say in other words
    """

    def __init__(self, before, after, account, reading):
        self.before, self.after, self.account = before["rows"], after["rows"], account
        self.keys = {name: table["key"] for name, table in after["tables"].items()}
        self.identities = {**self.keys, **reading["identity"]}
        self.texts = [(text["pattern"], text["says"]) for text in reading["texts"]]
        self.kinds = {column: kind["as"] for kind in reading["columns"] for column in kind["columns"]}
        # MediaWiki dates user_touched some seconds ahead when it saves a new account more than once.
        self.start = datetime.datetime.strptime(before["time"], DIGITS) - datetime.timedelta(seconds=1)
        self.end = datetime.datetime.strptime(after["time"], DIGITS) + datetime.timedelta(seconds=5)
        users = self.after.get("user", [])
        self.number = next((row["user_id"] for row in users if row["user_name"] == account), None)
        self.prepare_references()

    def prepare_references(self):
        """What the numbers of rows stand for."""

        def index(table, number, *columns):
            rows = [*self.before.get(table, []), *self.after.get(table, [])]
            return {row[number]: " ".join(self.words(row[column]) for column in columns) for row in rows}

        self.references = {
            "user": index("user", "user_id", "user_name"),
            "actor": index("actor", "actor_id", "actor_name"),
            "comment": index("comment", "comment_id", "comment_text", "comment_data"),
            "event": index("logging", "log_id", "log_type", "log_action", "log_title"),
            "target": index("block_target", "bt_id", "bt_user_text", "bt_address"),
            "block": index("ipblocks", "ipb_id", "ipb_address"),
        }
        for row in [*self.before.get("block", []), *self.after.get("block", [])]:
            self.references["block"][row["bl_id"]] = self.references["target"][row["bl_target"]]

    def words(self, value):
        """A text with its account's name taken out."""
        if not isinstance(value, str):
            return str(value)
        value = value.replace(f'"4::userid";i:{self.number};', '"4::userid";i:(id);')
        value = re.sub('"blockId";i:([0-9]+);', self.block_of, value)
        for pattern, said in self.texts:
            value = re.sub(pattern, said, value)
        return value.replace(self.account, "(account)").replace(self.account.replace(" ", "_"), "(page)")

    def block_of(self, found):
        """The number of a block in a log entry, which has it since 1.44, as whom it blocks."""
        known = getattr(self, "references", {}).get("block", {})
        return f'"blockId";i:(block {known.get(int(found[1]), "?")});'

    def cell(self, column, value, old=False):
        """A value in words.

        :param old: it is the value before the change
        """
        kind = self.kinds.get(column)
        if value is None or kind is None:
            return self.words(value)
        if kind == "number":
            return "(number)"
        if kind in self.references:
            known = self.references[kind]
            # log_search keeps numbers as text; 0 is not a row
            number = int(value)
            return f"({kind} {known[number]})" if number in known else f"({kind}? {value})"
        return getattr(self, kind)(value, old)

    def time(self, value, old):
        """When it happened: only that it was just now."""
        try:
            moment = datetime.datetime.strptime(value, DIGITS)
        except ValueError:
            return value
        if old and self.start - datetime.timedelta(days=1) < moment < self.end:
            return "(earlier)"
        for days, said in ((0, "(now)"), (7, "(now + 7 days)")):
            if self.start <= moment - datetime.timedelta(days=days) <= self.end:
                return said
        return value

    def secret(self, value, old):
        """Something random: only of what form it is."""
        return HEX32.sub("(32 hex digits)", PBKDF2.sub("(pbkdf2)", value))

    def changes(self):
        """Cells of all rows that were added, removed or changed.

        :returns: text by (table, what happened and to which row, column)
        """
        cells = {}
        for table in sorted(self.before.keys() | self.after.keys()):
            old, new = self.by_key(table, self.before), self.by_key(table, self.after)
            for key in old.keys() | new.keys():
                if key not in old:
                    self.add(cells, table, "added", new[key], False)
                elif key not in new:
                    self.add(cells, table, "removed", old[key], True)
                elif old[key] != new[key]:
                    self.add_changed(cells, table, old[key], new[key])
        return cells

    def by_key(self, table, rows):
        """Rows by their primary key; by everything in them where the table has none."""
        found = {}
        for row in rows.get(table, []):
            key = self.keys.get(table) or sorted(row)
            found[tuple(str(row[column]) for column in key)] = row
        return found

    def identity(self, table, row, old):
        """Which row it is, in words."""
        return " ".join(self.cell(column, row[column], old) for column in self.identities[table] or sorted(row))

    def add(self, cells, table, what, row, old):
        where = f"{what} {self.identity(table, row, old)}"
        twin = 1
        while any((table, where, column) in cells for column in row):
            twin += 1
            where = f"{what} {self.identity(table, row, old)} ({twin})"
        cells.update({(table, where, column): self.cell(column, value, old) for column, value in row.items()})

    def add_changed(self, cells, table, old, new):
        where = f"changed {self.identity(table, new, False)}"
        for column in new:
            if old[column] == new[column]:
                continue
            if self.kinds.get(column) == "count":
                said = f"{new[column] - old[column]:+d}"
            else:
                said = f"{self.cell(column, old[column], True)} -> {self.cell(column, new[column])}"
            cells[table, where, column] = said

    def count(self, value, old):
        """A counter that others move too: how far it moved is said elsewhere."""
        return str(value)


def fidelity(sides, step, wiki, reading, allowed):
    """Where two ways of doing the same thing differ.

    :param sides: ``wiki`` and ``module``, each with ``before``, ``after`` and ``account``
    :param step: name of what was done
    :param wiki: version and engine
    :param reading: see Side
    :param allowed: list of allowed differences
    :returns: ``differences`` as text, and ``used``, the numbers of allowed differences that were met
    """
    cells = {name: Side(side["before"], side["after"], side["account"], reading).changes()
             for name, side in sides.items()}
    differences, used = [], set()
    for cell in sorted(cells["wiki"].keys() | cells["module"].keys()):
        by_wiki, by_module = (cells[name].get(cell, NOTHING) for name in ("wiki", "module"))
        if by_wiki == by_module:
            continue
        met = [number for number, one in enumerate(allowed)
               if allows(one, step, wiki, cell, by_wiki, by_module)]
        used.update(met)
        if not met:
            differences.append(f"{' | '.join(cell)}: wiki {by_wiki!r}, module {by_module!r}")
    return {"differences": differences, "used": sorted(used), "cells": len(cells["wiki"])}


def allows(one, step, wiki, cell, by_wiki, by_module):
    """Whether an allowed difference is this one."""
    table, where, column = cell
    patterns = (("step", step), ("version", wiki["version"]), ("engine", wiki["engine"]), ("table", table),
                ("row", where), ("column", column), ("wiki", by_wiki), ("module", by_module))
    return all(re.fullmatch(one.get(name, ".*"), value, re.DOTALL) for name, value in patterns)


class FilterModule:
    """Filters of this target."""

    def filters(self):
        return {"fidelity": fidelity}
