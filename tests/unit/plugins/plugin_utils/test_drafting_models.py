# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import ast
import importlib.util
import itertools
import warnings

import pytest

from ansible_collections.auth.services.plugins.module_utils.schema import Column, ForeignKey, Schema, Table
from ansible_collections.auth.services.plugins.plugin_utils.drafting_models import column_type, models, row_key

sa = pytest.importorskip("sqlalchemy", minversion="2.0")
NUMBER = itertools.count()


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def created(schema):
    """An SQLite database with these tables."""
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    with engine.begin() as connection:
        for table in schema.tables.values():
            parts = [f"{quoted(column.name)} {column.type}" for column in table.columns]
            parts += [f"PRIMARY KEY ({', '.join(map(quoted, table.primary_key))})"] if table.primary_key else []
            connection.connection.driver_connection.execute(f"CREATE TABLE {quoted(table.name)} ({', '.join(parts)})")
    return engine


def imported(text, folder):
    """The module of this source. It warns of nothing."""
    path = folder / f"models_{next(NUMBER)}.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        spec.loader.exec_module(module)
        module.configure_mappers()
    return module


def columns(*names, type_="integer"):
    return tuple(Column(name, type_, False) for name in names)


def reference(child, column, parent, to, **more):
    child_columns, to_columns = ([one] if isinstance(one, str) else one for one in (column, to))
    return {"from": {"table": child, "columns": child_columns}, "to": {"table": parent, "columns": to_columns}, **more}


def schema_of(*tables, engine="sqlite", **more):
    return Schema(engine, {table.name: table for table in tables}, **more)


FORUM = schema_of(
    Table("f_user", (*columns("id"), Column("login", "varchar(20)"), Column("seen", "datetime"), *columns("boss_id")), ("id",)),
    Table("f_post", columns("id", "author_id", "topic", "part"), ("id",), foreign_keys=(ForeignKey(("author_id",), "f_user", ("id",)),)),
    Table("f_part", columns("topic", "part"), ("topic", "part")),
    Table("f_log", (Column("what", "text"),)),
    Table("f_seat", columns("room", "chair"), unique=(("room", "chair"),)),
)
ACCOUNT = {"table": "f_user", "key": "id", "login": "login"}
REFERENCES = [
    reference("f_post", "author_id", "f_user", "id", score=1.0),
    reference("f_post", ("topic", "part"), "f_part", ("topic", "part"), score=0.8),
    reference("f_user", "boss_id", "f_user", "id", score=0.913),
]


def test_models_read(tmp_path):
    text = models(FORUM, REFERENCES, ACCOUNT, "f_")
    engine, module = created(FORUM), imported(text, tmp_path)
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO f_user VALUES (1, 'alice', 'yesterday', 2), (2, 'bob', 17, NULL)"))
        connection.execute(sa.text("INSERT INTO f_post VALUES (5, 1, 7, 8)"))
        connection.execute(sa.text("INSERT INTO f_part VALUES (7, 8), (7, 9)"))
        connection.execute(sa.text("INSERT INTO f_log VALUES ('x')"))
        connection.execute(sa.text("INSERT INTO f_seat VALUES (1, 2)"))
    with module.Session(engine) as session:
        look_up = next(line for line in text.splitlines()[:8] if "session.get" in line).split(">>> ")[1]
        assert eval(look_up, {"session": session, "models": module}) == "alice"
        alice = session.get(module.User, 1)
        assert alice.seen == "yesterday"  # SQLite keeps what it was given
        assert alice.boss.login == "bob"
        assert [one.login for one in alice.boss.user_by_boss] == ["alice"]
        post = alice.post_by_author[0]
        assert (post.id, post.author.login, post.part_part.part) == (5, "alice", 8)
        assert session.execute(sa.select(module.log)).all() == [("x",)]
        assert session.scalars(sa.select(module.Seat)).one().chair == 2


def test_inferred_references_say_their_score_and_declared_ones_win():
    text = models(FORUM, REFERENCES, ACCOUNT, "f_")
    assert text.count(" author = relationship(  # declared") == 1
    assert text.count("post_by_author = relationship(  # declared") == 1
    assert "boss = relationship(  # inferred, score 0.91" in text
    assert text.count(" = relationship(") == 6


HOSTILE = (
    "class", "class_", "Class", "None", "object", "base", "Session", "sa", "mapped", "1st", "_x", "__x", "a b", "é", "e", "日本", " ", "%s", ":x",
    "'''", '"""', "\\", "\n", "#", "{x}", "{{ x }}", "x; import os", "__import__('os')", "\u202eabc", "a)b(c", "x" * 63, "x" * 62 + "y", "\ufffd", "ſ",
)
HOSTILE_COLUMNS = (
    "metadata", "registry", "mro", "def", "__init__", "__mapper__", "__table__", "__tablename__", "_sa_instance_state", "_sa_registry", "str", "int", "Any",
    "mapped_column", "Mapped", "relationship", "query", "self", "id", "datetime", *HOSTILE[12:],
)


@pytest.mark.parametrize("with_key", [True, False])
def test_names_of_strangers_neither_run_nor_clash(with_key, tmp_path):
    tables = []
    for name in dict.fromkeys(one.lower() for one in HOSTILE):
        taken = list({one.lower(): one for one in HOSTILE_COLUMNS}.values())
        tables.append(Table(name, columns(*taken), (taken[0],) if with_key else ()))
    schema = schema_of(*tables)
    references = [reference(one.name, column, other.name, "metadata", score=0.5, evidence=["'''\n\"\"\""])
                  for one, other in zip(tables, tables[1:]) for column in ("def", '"""', "\n")]
    text = models(schema, references, {"table": '"""', "key": '"""', "login": "\n"}, "__")
    names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    assert not names & {"os", "__import__", "eval", "exec"}
    module = imported(text, tmp_path)
    assert len(module.Base.metadata.tables) == len(tables)
    with module.Session(created(schema)) as session:
        for table in module.Base.metadata.tables.values():
            assert session.execute(sa.select(table)).all() == []
        classes = [mapper.class_ for mapper in module.Base.registry.mappers]
        assert len(classes) == (len(tables) if with_key else 0)
        for one in classes:
            assert session.scalars(sa.select(one)).all() == []


@pytest.mark.parametrize("type_", ["x'); import os #", '"""', "int\nimport os", "enum('a','b')", "'''", "varchar(99999999999999999999)", "", "\\", "[]"])
@pytest.mark.parametrize("engine", ["mysql", "postgresql", "sqlite"])
def test_types_of_strangers_do_not_run(type_, engine, tmp_path):
    schema = schema_of(Table("t", (*columns("id"), Column("c", type_, comment='"""\nimport os')), ("id",), comment='"""\nimport os'), engine=engine)
    text = models(schema, [])
    assert "import os" not in [line.strip() for line in text.splitlines()]
    imported(text, tmp_path)


@pytest.mark.parametrize(("engine", "type_", "expected"), [
    ("mysql", "int(10) unsigned", ("sa.Integer", "int")),
    ("mysql", "bigint(20) unsigned", ("sa.BigInteger", "int")),
    ("mysql", "tinyint(1)", ("sa.Integer", "int")),
    ("mysql", "varbinary(255)", ("TextInBytes", "str")),
    ("mysql", "tinyblob", ("sa.LargeBinary", "bytes")),
    ("mysql", "time", ("AsItIs", "Any")),  # up to 838 hours
    ("mysql", "enum('int','b')", ("sa.String", "str")),
    ("mysql", "double", ("sa.Float", "float")),
    ("mysql", "decimal(10,2)", ("sa.Numeric", "Decimal")),
    ("postgresql", "character varying(255)", ("sa.String(255)", "str")),
    ("postgresql", "timestamp without time zone", ("sa.DateTime", "datetime.datetime")),
    ("postgresql", "timestamp with time zone", ("sa.DateTime(timezone=True)", "datetime.datetime")),
    ("postgresql", "double precision", ("sa.Float", "float")),
    ("postgresql", "text[]", ("sa.ARRAY(sa.Text)", "list")),
    ("postgresql", "inet", ("AsItIs", "Any")),
    ("postgresql", "interval", ("AsItIs", "Any")),
    ("postgresql", "boolean", ("sa.Boolean", "bool")),
    ("sqlite", "datetime", ("AsItIs", "Any")),
    ("sqlite", "boolean", ("sa.Integer", "int")),
    ("sqlite", "blob", ("AsItIs", "Any")),
    ("sqlite", "varchar(30)", ("sa.String(30)", "str")),
])
def test_column_types(engine, type_, expected):
    assert column_type(type_, engine) == expected


def test_only_keys_without_null_tell_rows_apart():
    nullable = Table("t", (*columns("a"), Column("b", "integer", True)), unique=(("a", "b"),))
    assert row_key(nullable) == ()
    assert row_key(Table("t", columns("a", "b"), unique=(("a", "b"), ("b",)))) == ("b",)


def test_postgresql_tables_have_their_schema(tmp_path):
    schema = schema_of(Table("user", columns("id"), ("id",)), Table("other.user", columns("id"), ("id",), schema="other"), engine="postgresql", name="app")
    module = imported(models(schema, []), tmp_path)
    assert {(one.schema, one.name) for one in module.Base.metadata.tables.values()} == {("app", "user"), ("other", "user")}


def test_an_account_whose_key_is_not_a_number_or_not_the_primary_key(tmp_path):
    text = models(schema_of(Table("u", (*columns("no"), *columns("id"), Column("name", "text")), ("no",))), [], {"table": "u", "key": "id", "login": "name"})
    assert "session.scalars(sqlalchemy.select(models.U).where(models.U.id == 1)).one().name" in text
    text = models(schema_of(Table("u", (Column("name", "text", False),), ("name",))), [], {"table": "u", "key": "name", "login": "name"})
    assert "session.scalars(sqlalchemy.select(models.U).limit(1)).one().name" in text
