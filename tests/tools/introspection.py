# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure what is found in the schemas of applications whose references and accounts are known.

``introspection.py TRUTH FOUND`` writes one file for each application of the directory TRUTH into FOUND.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from ansible_collections.auth.services.plugins.module_utils.inference import infer
from ansible_collections.auth.services.plugins.module_utils.schema import Column, Schema, Table

ENGINES = {"postgresql": "postgresql", "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite"}


def truth_schema(truth: dict) -> Schema:
    """The tables of a file of the truth, without references: the file has none beside them."""
    tables = {}
    for name, table in truth["tables"].items():
        columns = tuple(
            Column(one[0], one[1].lower(), one[2] == "null", one[3] if len(one) > 3 else None) for one in table["columns"]
        )
        keys = tuple(tuple(one) for one in table["unique"])
        tables[name] = Table(name, columns, tuple(table["primary_key"]), keys, tuple(tuple(one) for one in table["indexes"]))
    return Schema(ENGINES.get(truth["dialect"], "postgresql"), tables)


def main(truth: str, found: str) -> None:
    Path(found).mkdir(parents=True, exist_ok=True)
    for path in sorted(Path(truth).glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        if "tables" not in data:
            continue
        schema = truth_schema(data)
        start = time.perf_counter()
        result = infer(schema).as_dict()
        took = time.perf_counter() - start
        (Path(found) / f"{data['application']}.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
        print(f"{data['application']:16} {len(schema.tables):4} tables {took:.2f} s", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:3])
