# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SQLAlchemy models of a database, as Python source: pure.

Names of tables and columns are a stranger's text. They reach the source as ``repr`` and in comments on one line;
identifiers are made of ASCII letters, digits and underscores alone.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.engines import ENGINES
from ansible_collections.auth.services.plugins.module_utils.schema import Schema, Table

IN_BODIES = frozenset(("sa", "Any", "Optional", "str", "int", "float", "bool", "bytes", "datetime", "Decimal", "list",
                       "Mapped", "mapped_column", "relationship", "foreign", "remote", "AsItIs", "TextInBytes"))
"""Names that a class body uses: an attribute of this name would hide them from the lines below it."""
RESERVED = frozenset(("metadata", "registry", "mro", *IN_BODIES))
"""Attributes that SQLAlchemy's declarative classes, or Python's, already have."""
MODULE_NAMES = frozenset(("Base", "DeclarativeBase", "Session", "configure_mappers", *IN_BODIES, *dir(builtins)))
MAX_NAME = 60
"""Longest identifier, in characters; engines allow names of 64 and more."""

Reference = Mapping[str, Any]
"""As in ``Inferred.as_dict()``: ``from`` and ``to`` with ``table`` and ``columns``, and a ``score``."""

BEGINNING = '''"""Models of {count} tables in {engine}, drafted by auth.services.inspect. They only read.

{usage}
"""

import datetime
from decimal import Decimal
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.orm import (
    DeclarativeBase, Mapped, Session, configure_mappers, foreign, mapped_column, relationship, remote)


class Base(DeclarativeBase):
    """All models; ``Base.metadata.tables`` has what is below without a class, too."""


class AsItIs(sa.types.UserDefinedType):
    """A value as the driver gives it."""

    cache_ok = True


class TextInBytes(sa.types.TypeDecorator):
    """Text that the application keeps in a column of bytes. Bytes that are not text stay bytes."""

    impl = sa.LargeBinary
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return value.encode() if isinstance(value, str) else value

    def process_result_value(self, value, dialect):
        try:
            return value.decode() if isinstance(value, (bytes, bytearray)) else value
        except UnicodeDecodeError:
            return value
'''


@dataclass
class _Model:
    """What is written for a table: a class, or without a key a ``Table``.

    :ivar key: its columns tell the rows apart
    :ivar attributes: by column
    :ivar used: all attributes
    """

    table: Table
    name: str
    key: tuple[str, ...]
    attributes: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)


def models(
    schema: Schema, references: Iterable[Reference], account: Mapping[str, Any] | None = None, prefix: str = ""
) -> str:
    """Source of a module with a model of every table.

    :param references: declared ones (of the schema) are added if they are missing
    :param account: the account model, with ``table``, ``key`` and ``login``; None if there is none
    :param prefix: what the names of the application's tables begin with; classes leave it out
    """
    writer = _Writer(schema, prefix)
    for reference in _all_references(schema, references):
        writer.refer(reference)
    return "\n".join([
        BEGINNING.format(count=len(writer.models), engine=schema.engine, usage=writer.usage(account)),
        *writer.source(),
        'if __name__ == "__main__":',
        "    configure_mappers()",
        "",
    ])


class _Writer:
    def __init__(self, schema: Schema, prefix: str) -> None:
        self.schema = schema
        self.models: dict[str, _Model] = {}
        taken = set(MODULE_NAMES)
        for name, table in schema.tables.items():
            short = name[len(prefix):] if prefix and name.startswith(prefix) and name != prefix else name
            key = () if table.is_view else row_key(table)
            wanted = _class_name(short) if key else _attribute(short).lower()
            self.models[name] = model = _Model(table, _unique(wanted, taken), key)
            taken.add(model.name)
            for column in table.columns:
                attribute = _unique(_attribute(column.name), model.used)
                model.attributes[column.name] = attribute
                model.used.add(attribute)
            model.lines = list(self._columns(model))

    def _columns(self, model: _Model) -> Iterator[str]:
        for column in model.table.columns:
            type_, python = column_type(column.type, self.schema.engine)
            remark = _comment(column.type) if "AsItIs" in type_ or "TextInBytes" in type_ else ""
            remark = f"  # {remark}" if remark else ""
            if not model.key:
                yield f"    sa.Column({column.name!r}, {type_}),{remark}"
                continue
            attribute = model.attributes[column.name]
            is_key = column.name in model.key
            python = python if is_key or not column.nullable or python == "Any" else f"Optional[{python}]"
            options = [type_, *(["primary_key=True"] if is_key else [])]
            options = options if attribute == column.name else [repr(column.name), *options]
            yield f"    {attribute}: Mapped[{python}] = mapped_column({', '.join(options)}){remark}"

    def refer(self, reference: Reference) -> None:
        """Add a relationship to the child, and one to the parent that leads back."""
        child, parent = (self.models[reference[side]["table"]] for side in ("from", "to"))
        if not child.key or not parent.key:
            return
        pairs = list(zip(reference["from"]["columns"], reference["to"]["columns"]))
        places = [(f"{child.name}.{child.attributes[one]}", f"{parent.name}.{parent.attributes[other]}")
                  for one, other in pairs]
        join = " & ".join(f"(foreign({one}) == remote({other}))" for one, other in places)
        back = " & ".join(f"(remote(foreign({one})) == {other})" for one, other in places)
        last = child.attributes[pairs[-1][0]]
        bare = re.sub(r"(_id|_ID|Id|_key|_fk|_no|_uuid)_?$", "", last) or last
        stem = parent.name.lower() if len(pairs) > 1 else bare
        wanted = stem if stem not in child.used else f"{stem}_{parent.name.lower()}"
        forth = _unique(_attribute(wanted), child.used)
        child.used.add(forth)
        origin = _origin(reference)
        child.lines += _relationship(forth, parent.name, join, "uselist=False", origin)
        there = _unique(_attribute(f"{child.name.lower()}_by_{forth}"), parent.used)
        parent.used.add(there)
        parent.lines += _relationship(there, child.name, back, "uselist=True", origin)

    def source(self) -> Iterator[str]:
        for model in self.models.values():
            schema = model.table.schema or ("" if self.schema.name == "public" else self.schema.name)
            table = model.table.own_name
            if not model.key:
                why = "A view" if model.table.is_view else "No key tells the rows apart, so there is no class"
                yield from ("", f"# {why}: sa.select({model.name})",
                            f"{model.name} = sa.Table({table!r}, Base.metadata,", *model.lines,
                            f"    schema={schema!r})" if schema else ")", "")
                continue
            yield from ("", f"class {model.name}(Base):")
            if model.key != model.table.primary_key:
                names = _comment(", ".join(model.key))
                yield f'    # There is no primary key in the database: the unique key ({names}) tells the rows apart.'
            yield f"    __tablename__ = {table!r}"
            if schema:
                yield f"    __table_args__ = {{'schema': {schema!r}}}"
            yield ""
            yield from model.lines
            yield ""
        yield ""

    def usage(self, account: Mapping[str, Any] | None) -> str:
        """Lines that look the account with number 1 up."""
        start = 'import sqlalchemy, models  # pip install "sqlalchemy>=2"'
        session = "session = models.Session(sqlalchemy.create_engine(URL))"
        model = self.models.get(str((account or {}).get("table")))
        account = account or {}
        lines = [start, session]
        if model is None or not model.key:
            model = next((one for one in self.models.values() if one.key), None)
            if model is None:
                return "\n".join(f"    >>> {line}" for line in lines)
            lines.append(f"session.scalars(sqlalchemy.select(models.{model.name}).limit(1)).first()")
            return "\n".join(f"    >>> {line}" for line in lines)
        key, login = str(account.get("key")), str(account.get("login"))
        shown = f".{model.attributes[login]}" if login in model.attributes else ""
        column = model.table.column(key)
        number = column is not None and column_type(column.type, self.schema.engine)[1] == "int"
        if number and model.key == (key,):
            lines.append(f"session.get(models.{model.name}, 1){shown}")
        elif number:
            where = f"models.{model.name}.{model.attributes[key]} == 1"
            lines.append(f"session.scalars(sqlalchemy.select(models.{model.name}).where({where})).one(){shown}")
        else:
            lines.append(f"session.scalars(sqlalchemy.select(models.{model.name}).limit(1)).one(){shown}")
        return "\n".join(f"    >>> {line}" for line in lines)


def row_key(table: Table) -> tuple[str, ...]:
    """The columns that tell the rows of a table apart; empty if there are none that have no NULL."""
    if table.primary_key:
        return table.primary_key
    known = {column.name: column for column in table.columns}
    whole = [key for key in table.unique if key and all(one in known and not known[one].nullable for one in key)]
    return min(whole, key=len) if whole else ()


def column_type(type_: str, engine: str) -> tuple[str, str]:
    """The type of a column in SQLAlchemy, and in Python.

    Only types whose values SQLAlchemy reads as they are, whatever the application wrote: SQLite keeps any value in any
    column, and MySQL has times beyond a day. Of the others, the driver's values are given (``AsItIs``).
    """
    text = type_.lower().strip()
    base = (re.match(r"[a-z ]+", text) or [""])[0].strip()
    length = re.match(r"[a-z ]+\((\d{1,9})\)", text)
    sized = f"({int(length[1])})" if length else ""
    nothing = ("AsItIs", "Any")
    if not ENGINES[engine].is_server:
        return _of_any_value(text, sized)
    if text.endswith("[]"):
        item = column_type(text[:-2], engine)[0]
        return nothing if "AsItIs" in item else (f"sa.ARRAY({item})", "list")
    if base == "varbinary":
        return "TextInBytes", "str"
    word = base.split(" ")[0]
    if word in ("bool", "boolean"):
        return "sa.Boolean", "bool"
    if word in ("bigint", "bigserial", "int8"):
        return "sa.BigInteger", "int"
    if word in ("int", "integer", "tinyint", "smallint", "mediumint", "serial", "smallserial", "year", "int2", "int4"):
        return "sa.Integer", "int"
    if word in ("varchar", "character", "char", "nvarchar") and '"' not in text:
        return f"sa.String{sized}", "str"
    if word in ("text", "tinytext", "mediumtext", "longtext", "citext"):
        return "sa.Text", "str"
    if word in ("enum", "set"):
        return "sa.String", "str"
    if word in ("decimal", "numeric"):
        return "sa.Numeric", "Decimal"
    if word in ("float", "double", "real"):
        return "sa.Float", "float"
    if word in ("datetime", "timestamp"):
        zone = "with time zone" in text or "timestamptz" in text
        return ("sa.DateTime(timezone=True)" if zone else "sa.DateTime"), "datetime.datetime"
    if word == "date":
        return "sa.Date", "datetime.date"
    if word in ("blob", "tinyblob", "mediumblob", "longblob", "binary", "bytea"):
        return "sa.LargeBinary", "bytes"
    if word == "uuid":
        return "sa.Uuid", "Any"
    return nothing


def _of_any_value(text: str, sized: str) -> tuple[str, str]:
    """By SQLite's own rules for affinity (https://www.sqlite.org/datatype3.html, 3.1)."""
    if "int" in text or text.startswith("bool"):
        return "sa.Integer", "int"
    if "char" in text or "clob" in text or "text" in text:
        return ("sa.Text" if "text" in text else f"sa.String{sized}"), "str"
    if "real" in text or "floa" in text or "doub" in text:
        return "sa.Float", "float"
    return "AsItIs", "Any"


def _all_references(schema: Schema, references: Iterable[Reference]) -> Iterator[Reference]:
    """Those between known columns, each once, declared ones first."""
    declared = [{"from": {"table": name, "columns": one.columns}, "to": {"table": one.table, "columns": one.to_columns},
                 "declared": True} for name, table in schema.tables.items() for one in table.foreign_keys]
    known: set[tuple[Any, ...]] = set()
    for reference in (*declared, *references):
        sides = [reference[side] for side in ("from", "to")]
        place = tuple((side["table"], *side["columns"]) for side in sides)
        whole = len(place[0]) == len(place[1]) > 1 and all(
            side["table"] in schema.tables and all(schema.tables[side["table"]].column(one) for one in side["columns"])
            for side in sides)
        if whole and place not in known and place[0] != place[1]:
            known.add(place)
            yield reference


def _origin(reference: Reference) -> str:
    if reference.get("declared"):
        return "declared"
    score = reference.get("score")
    return f"inferred, score {float(score):.2f}" if isinstance(score, (int, float)) else "inferred"


def _relationship(name: str, other: str, join: str, uselist: str, origin: str) -> list[str]:
    return [f"    {name} = relationship(  # {origin}",
            f"        {other!r}, viewonly=True, {uselist},", f"        primaryjoin=lambda: {_bare(join)})"]


def _bare(join: str) -> str:
    return join if " & " in join else join[1:-1]


def _comment(text: str) -> str:
    """A stranger's text on one line of Python that nothing ends."""
    return repr(text)[1:-1].replace('"""', "'''")[:200]


def _words(text: str) -> list[str]:
    """The parts of a name that an identifier can hold."""
    plain = unicodedata.normalize("NFKD", text[:MAX_NAME])
    return re.findall(r"[A-Za-z0-9]+", "".join(one for one in plain if not unicodedata.combining(one)))


def _class_name(text: str) -> str:
    name = "".join(word[0].upper() + word[1:] for word in _words(text)) or "Table"
    name = f"T{name}" if name[0].isdigit() else name
    return f"{name}_" if keyword.iskeyword(name) else name


def _attribute(text: str) -> str:
    """An identifier close to the text: a name that Python can use stays as it is."""
    if re.fullmatch(rf"[A-Za-z_][A-Za-z0-9_]{{0,{MAX_NAME}}}", text) and not text.startswith(("__", "_sa_")):
        name = text
    else:
        name = "_".join(_words(text)) or "column"
        name = f"c_{name}" if name[0].isdigit() or name.startswith("sa_") else name
    return f"{name}_" if keyword.iskeyword(name) or name in RESERVED else name


def _unique(wanted: str, taken: Collection[str]) -> str:
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted.rstrip('_')}_{number}", number + 1
    return name
