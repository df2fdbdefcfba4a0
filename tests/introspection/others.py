# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Django's inspectdb, sqlacodegen and SQLAlchemy's automap find in SQLite databases.

``others.py DATABASES OUTPUT``: for each database, ``OUTPUT/<tool>/<name>.json`` in the form that ``score.py`` reads. None of
them looks for accounts.
"""

from __future__ import annotations

import ast
import itertools
import json
import subprocess
import sys
import warnings
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.automap import automap_base


def reference(table: str, columns: list[str], to_table: str, to_columns: list[str]) -> dict:
    return {"from": {"table": table, "columns": columns}, "to": {"table": to_table, "columns": to_columns}, "score": 1}


def of_metadata(metadata: sa.MetaData) -> list[dict]:
    result = []
    for table in metadata.tables.values():
        for key in table.foreign_key_constraints:
            pairs = [element.target_fullname.rpartition(".") for element in key.elements]
            result.append(reference(table.name, [column.name for column in key.columns], pairs[0][0], [pair[2] for pair in pairs]))
    return result


def automap(path: Path) -> list[dict]:
    """Of the tables that become classes, the references that become attributes."""
    base = automap_base()
    engine = sa.create_engine(f"sqlite:///{path}")
    numbers = itertools.count()

    def name(*_about: object) -> str:
        return f"reference_{next(numbers)}"

    base.prepare(autoload_with=engine, name_for_scalar_relationship=name, name_for_collection_relationship=name)
    result = []
    for mapper in base.registry.mappers:
        for one in mapper.relationships:
            if one.direction.name == "MANYTOONE":
                pairs = sorted((local.name, remote.name) for local, remote in one.local_remote_pairs)
                result.append(reference(mapper.local_table.name, [pair[0] for pair in pairs], one.mapper.local_table.name, [pair[1] for pair in pairs]))
    engine.dispose()
    return result


def sqlacodegen(path: Path) -> list[dict]:
    text = subprocess.run(
        [sys.executable, "-m", "sqlacodegen", "--generator", "tables", f"sqlite:///{path}"], check=True, capture_output=True, text=True
    ).stdout
    space: dict = {}
    exec(text, space)  # noqa: S102 - the source that sqlacodegen wrote a moment ago
    return of_metadata(space["metadata"])


def inspectdb(path: Path) -> list[dict]:
    """The ForeignKey and OneToOneField of the models that it writes."""
    settings = (
        f"from django.conf import settings; settings.configure(DATABASES={{'default': {{'ENGINE': 'django.db.backends.sqlite3', 'NAME': {str(path)!r}}}}}); "
    )
    call = "import django; django.setup(); from django.core.management import call_command; call_command('inspectdb')"
    text = subprocess.run([sys.executable, "-c", settings + call], check=True, capture_output=True, text=True).stdout
    classes = [one for one in ast.parse(text).body if isinstance(one, ast.ClassDef)]
    tables, keys, found = {}, {}, []
    for one in classes:
        meta = next((part for part in one.body if isinstance(part, ast.ClassDef) and part.name == "Meta"), None)
        for line in meta.body if meta else []:
            if isinstance(line, ast.Assign) and line.targets[0].id == "db_table":
                tables[one.name] = line.value.value
        for line in one.body:
            if isinstance(line, ast.Assign) and isinstance(line.value, ast.Call):
                named = {word.arg: getattr(word.value, "value", None) for word in line.value.keywords}
                column = named.get("db_column") or line.targets[0].id
                kind = line.value.func.attr
                if named.get("primary_key"):
                    keys[one.name] = column
                if kind in ("ForeignKey", "OneToOneField"):
                    target = line.value.args[0]
                    to = target.value if isinstance(target, ast.Constant) else target.id
                    found.append((one.name, named.get("db_column") or f"{line.targets[0].id}_id", to, named.get("to_field")))
    return [
        reference(tables[model], [column], tables[own], [field or keys.get(own, "id")])
        for model, column, to, field in found
        for own in [model if to == "self" else to]
        if own in tables
    ]


def main(databases: str, output: str) -> None:
    warnings.simplefilter("ignore")
    for tool in (inspectdb, sqlacodegen, automap):
        folder = Path(output) / tool.__name__
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(Path(databases).glob("*.sqlite")):
            try:
                found = tool(path)
            except Exception as error:
                print(f"{tool.__name__} fails on {path.stem}: {type(error).__name__}: {str(error)[:100]}", file=sys.stderr)
                found = []
            (folder / f"{path.stem}.json").write_text(json.dumps({"references": found, "account": None}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
