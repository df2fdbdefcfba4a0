# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What WordPress and the module left in the tables, and where that differs.

Every row of every table that one side added, removed or changed is taken apart into cells, and each cell is put into
words that do not depend on whose account it was, when it was, and which numbers the rows got. The accounts of WordPress
end with ``wp``, those of the module with ``us``.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter

NOTHING = "nothing"
NUMBERS = ("ID", "umeta_id", "option_id", "meta_id", "link_id")
ACCOUNTS = {"users": "ID", "usermeta": "user_id", "posts": "post_author", "links": "link_owner"}
IDENTITIES = {"users": ["user_login"], "usermeta": ["user_id", "meta_key"], "options": ["option_name"], "posts": ["post_title"],
              "links": ["link_name"], "sitemeta": ["meta_key"], "signups": ["user_login"]}
SECRETS = ((re.compile(r"\$wp\$2y\$(\d\d)\$[./A-Za-z0-9]{53}"), r"(bcrypt, cost \1)"), (re.compile(r"\$P\$B[./A-Za-z0-9]{30}"), "(phpass)"),
           (re.compile(r"\d{10}:.+"), "(key of a reset mail)"))


def cells(before, after, side):
    """Cells of the rows that are not the same before and after: text by table, what happened to which row, and column."""
    names = {str(row["ID"]): row["user_login"] for rows in (before["rows"], after["rows"]) for row in rows["users"]}
    start = datetime.datetime.strptime(before["time"], "%Y%m%d%H%M%S") - datetime.timedelta(seconds=1)
    end = datetime.datetime.strptime(after["time"], "%Y%m%d%H%M%S") + datetime.timedelta(seconds=1)

    def words(table, column, value, old=False):
        if column == ACCOUNTS.get(table):
            value = names.get(str(value), f"account {value}?")
        elif column in NUMBERS:
            return "(number)"
        value = str(value)
        try:
            if start - datetime.timedelta(minutes=5 * old) <= datetime.datetime.fromisoformat(value) <= end:
                return "(now)"
        except ValueError:
            pass
        for pattern, said in SECRETS:
            value = pattern.sub(said, value)
        return re.sub(rf"{side}\b", "@", value)

    found = {}
    for table in before["rows"].keys() | after["rows"].keys():
        key = after["tables"][table]["key"]
        old, new = ({tuple(row[column] for column in key): row for row in answer["rows"].get(table, [])} for answer in (before, after))
        for number in old.keys() | new.keys():
            first, then = old.get(number), new.get(number)
            if first == then:
                continue
            row = then or first
            if str(row.get("option_name") or row.get("meta_key")).startswith(("_transient_", "_site_transient_")):
                continue  # a cache of WordPress, which any of its runs may write
            which = " ".join(words(table, column, row[column]) for column in IDENTITIES.get(table, key))
            what = "added" if first is None else "removed" if then is None else "changed"
            for column in row:
                if what == "changed" and row[column] == first[column]:
                    continue
                if what == "changed" and which == "user_count":
                    said = f"{int(row[column]) - int(first[column]):+d}"
                elif what == "changed":
                    said = f"{words(table, column, first[column], True)} -> {words(table, column, row[column])}"
                else:
                    said = words(table, column, row[column], then is None)
                cell = f"{table} {what} {which} {column}"
                found[f"{cell} (again)" if cell in found else cell] = said
    return found


def fidelity(answers, site, allowed):
    """Where two ways of doing the same differ.

    :param answers: of database_tables, before, between and after: what WordPress did, then the module
    :param allowed: list of allowed differences
    :returns: ``differences`` as text, ``used``, the numbers of allowed differences that were met, and ``cells``, how many were compared
    """
    before, between, after = answers
    wordpress, module = cells(before, between, "wp"), cells(between, after, "us")
    differences, used = [], set()
    for cell in sorted(wordpress.keys() | module.keys()):
        ours, theirs = module.get(cell, NOTHING), wordpress.get(cell, NOTHING)
        if ours == theirs:
            continue
        met = [number for number, one in enumerate(allowed)
               if all(re.fullmatch(one.get(name, ".*"), value, re.DOTALL)
                      for name, value in (("site", site), ("cell", cell), ("wordpress", theirs), ("module", ours)))]
        used.update(met)
        if not met:
            differences.append(f"{site}: {cell}: WordPress {theirs!r}, module {ours!r}")
    return {"differences": differences, "used": sorted(used), "cells": len(wordpress)}


class FilterModule:
    """Filters of this target."""

    def filters(self):
        return {
            "fidelity": fidelity,
            "missing_in": lambda patterns, text: [pattern for pattern in patterns if not re.search(pattern, text)],
            "numbered": lambda name, number: [{"name": f"{name}{one}"} for one in range(number)],
            "with_groups": lambda names, groups: [{"name": name, "groups": groups} for name in names],
            "without_second": lambda rows: [row for row in rows if row[1] != row[2]],
            "twice": lambda rows, columns: [list(key) for key, number in Counter(
                tuple(row[column] for column in columns) for row in rows).items() if number > 1],
        }
