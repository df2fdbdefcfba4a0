# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure what is found in the schemas of applications whose references and accounts are known.

``measure.py TRUTH OUTPUT [--others PYTHON]``: TRUTH is a folder with one file for each application, with ``score.py`` and
``mkdb.py`` beside it. Each becomes an empty SQLite database without references; what is found there goes to
``OUTPUT/found``, one file for each. With ``--others`` (a Python with Django, SQLAlchemy and sqlacodegen), what these find in
the same databases, and in databases with the references that the applications declare themselves, is scored beside it.
The table of results, in Markdown, goes to the standard output.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import sqlalchemy as sa

from ansible_collections.auth.services.plugins.module_utils.catalog import read_schema
from ansible_collections.auth.services.plugins.module_utils.database import Database
from ansible_collections.auth.services.plugins.module_utils.inference import infer
from ansible_collections.auth.services.plugins.module_utils.options import CONNECTION_OPTIONS

OTHERS = ("inspectdb", "sqlacodegen", "automap")


def loaded(path: Path) -> ModuleType:
    """A file of the truth that is a program."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def found_in(path: Path) -> tuple[dict, float]:
    """What we find in a SQLite database, and in how many seconds after it is read."""
    database = Database({**dict.fromkeys(CONNECTION_OPTIONS), "connect_timeout": 5, "login_engine": "sqlite", "login_db": str(path)})
    with database.connect() as connection:
        schema = read_schema(database, connection)
    start = time.perf_counter()
    result = infer(schema).as_dict()
    return result, time.perf_counter() - start


def declared_database(mkdb: ModuleType, truth: dict, path: Path) -> None:
    """The tables with the references that the application declares itself."""
    metadata = sa.MetaData()
    there = {(name, column[0]) for name, table in truth["tables"].items() for column in table["columns"]}
    references = [
        one
        for one in truth["references"]
        if one["declared"] and all((one[end]["table"], column) in there for end in ("from", "to") for column in one[end]["columns"])
    ]
    for name, table in truth["tables"].items():
        key = table["primary_key"]
        columns = [sa.Column(one[0], mkdb.typ(one[1], "sqlite", False), primary_key=one[0] in key) for one in table["columns"]]
        sa.Table(
            name,
            metadata,
            *columns,
            *(
                sa.ForeignKeyConstraint(one["from"]["columns"], [f"{one['to']['table']}.{column}" for column in one["to"]["columns"]])
                for one in references
                if one["from"]["table"] == name
            ),
        )
    engine = sa.create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    engine.dispose()


def scored(score: Path, found: Path, truth: Path) -> tuple[dict[str, dict[str, str]], str]:
    """The lines of ``score.py`` by application, and its sums."""
    text = subprocess.run([sys.executable, str(score), str(found), str(truth)], check=True, capture_output=True, text=True).stdout
    lines, _empty, sums = text.partition("\n\n")
    rows = {}
    for line in lines.splitlines():
        got = re.match(r"(\S+) +(all|account) +ids +(\d+)/ *(\d+) P +(\S+) +R +(\S+) .*\| account +(\d+)/ *(\d+) P +(\S+) +\|(.*)", line)
        if got:
            name, scope, hit, ids, precision, recall, right, all_, account, model = got.groups()
            rows[name] = {
                "scope": scope,
                "ids": f"{hit}/{ids}",
                "precision": precision,
                "recall": recall,
                "account": f"{right}/{all_}",
                "account precision": account,
                "model": model.strip().removeprefix("WRONG "),
            }
    return rows, sums


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("truth", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--others")
    given = parser.parse_args()
    beside = given.truth.resolve().parent
    mkdb, score = loaded(beside / "mkdb.py"), beside / "score.py"
    folders = {name: given.output / name for name in ("databases", "declared", "found")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
    slowest = (0.0, "")
    sure = {}
    for path in sorted(given.truth.glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        name = truth.get("application", "")
        if "tables" not in truth:
            continue
        database = folders["databases"] / f"{name}.sqlite"
        mkdb.make(str(path), f"sqlite:///{database}")
        result, took = found_in(database)
        slowest = max(slowest, (took, f"{name}, {len(truth['tables'])} tables"))
        sure[name] = result["account"] and result["account"]["sure"]
        (folders["found"] / f"{name}.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
        if given.others:
            declared_database(mkdb, truth, folders["declared"] / f"{name}.sqlite")
    rows, sums = scored(score, folders["found"], given.truth)
    beside_us = {}
    if given.others:
        for kind in ("databases", "declared"):
            subprocess.run([given.others, str(Path(__file__).with_name("others.py")), str(folders[kind]), str(given.output / f"others-{kind}")], check=True)
            for tool in OTHERS:
                beside_us[kind, tool] = scored(score, given.output / f"others-{kind}" / tool, given.truth)
    report(rows, sums, sure, beside_us)
    print(f"\nSlowest: {slowest[1]}: {slowest[0]:.2f} s.")


def report(rows: dict, sums: str, sure: dict, beside_us: dict) -> None:
    """The results in Markdown."""
    tools = [f"{tool}{'' if kind == 'databases' else ', declared'}" for kind, tool in beside_us]
    print("| application | references | precision | to accounts | precision | account model: what differs | sure |", *(f" {tool} |" for tool in tools), sep="")
    print("| --- | ---: | ---: | ---: | ---: | --- | --- |", *(" ---: |" for _tool in tools), sep="")
    for name, row in rows.items():
        all_ = row["scope"] == "all"
        cells = [
            name,
            row["ids"] if all_ else "",
            row["precision"] if all_ else "",
            row["account"],
            row["account precision"],
            row["model"].replace(",", ", ").replace("model ok", ""),
            "yes" if sure.get(name) else "no",
        ]
        cells += [(one[0][name]["ids"] if all_ else one[0][name]["account"]) for one in beside_us.values()]
        print("|", " | ".join(cells), "|")
    print("\n```\n" + sums.strip() + "\n```")
    for (kind, tool), (_rows, other) in beside_us.items():
        lines = [line for line in other.strip().splitlines() if line.startswith(("id references", "references to", "composite"))]
        print(f"\n{tool}, {'references hidden' if kind == 'databases' else 'references declared as the applications do'}:\n")
        print("```\n" + "\n".join(lines) + "\n```")


if __name__ == "__main__":
    main()
