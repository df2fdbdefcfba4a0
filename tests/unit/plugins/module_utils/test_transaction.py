# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SQL by sets, without any service."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import mysql

from ansible_collections.auth.services.plugins.module_utils import transaction as transaction_module
from ansible_collections.auth.services.plugins.module_utils.database import Database
from ansible_collections.auth.services.plugins.module_utils.engines import ENGINES, postgresql
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction, batches


@pytest.fixture
def shop(tmp_path):
    """A transaction, with a list of the statements it sends; batches are of three."""
    path = tmp_path / "shop.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE x_item (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, size INTEGER, note TEXT)")
        connection.executemany("INSERT INTO x_item VALUES (?, ?, ?, 'n')", [(one, f"thing {one}", one % 2) for one in range(1, 8)])
        connection.commit()
    database = Database({"login_engine": "sqlite", "login_db": str(path), "connect_timeout": 1, "table_prefix": "x_"})
    with ExitStack() as stack:
        found = Transaction(database, stack.enter_context(database.connect()), {"x_item": {"note": "given", "strange": 1}})
        found.require({"item": ("id", "name", "size")})
        found.statements = []
        event.listen(database.engine, "before_cursor_execute", lambda *arguments: found.statements.append(arguments[2].split()[0]))
        yield found


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(transaction_module, "BATCH", 3)


def rows(shop, *columns):
    table = shop.table("item")
    return [tuple(row) for row in shop.connection.execute(sa.select(*(table.c[name] for name in columns)).order_by(table.c.id))]


@pytest.mark.parametrize(("number", "sizes"), [(0, []), (1, [1]), (3, [3]), (4, [3, 1]), (7, [3, 3, 1])])
def test_batches(number, sizes):
    assert [len(batch) for batch in batches(iter(range(number)))] == sizes
    assert [value for batch in batches(range(number)) for value in batch] == list(range(number))


def test_select_in(shop):
    table = shop.table("item")
    statement = sa.select(table.c.name)
    assert [row[0] for row in shop.select_in(statement, table.c.id, [7, 2, 3, 5, 99])] == ["thing 2", "thing 3", "thing 7", "thing 5"]
    assert shop.statements == ["SELECT"] * 2
    assert len(list(shop.select_in(statement, table.c.id, None))) == 7
    assert list(shop.select_in(statement, table.c.id, [])) == []
    assert len(shop.statements) == 3


def test_insert_numbered(shop):
    shop.connection.execute(sa.text("DELETE FROM x_item WHERE id > 5"))
    new = [{"name": name, "size": 1} for name in ("d", "thing 2", "a", "c")]  # one name is there already
    ids = shop.insert_numbered(shop.table("item"), new, "id", "name")
    assert set(ids) == {"d", "thing 2", "a", "c"}
    assert sorted(ids.values()) == [8, 9, 10, 11]
    assert {name: number for number, name in rows(shop, "id", "name")[5:]} == ids


def test_a_new_row_gets_what_is_given_for_its_table(shop):
    table = shop.table("item")
    shop.insert(table, [{"name": "new", "size": 1}])
    shop.insert(table, [{"name": "own", "size": 1, "note": "own"}])
    assert rows(shop, "note")[7:] == [("given",), ("own",)]


def test_nothing_is_inserted(shop):
    before = rows(shop, "id")
    shop.insert(shop.table("item"), [])
    assert shop.insert_numbered(shop.table("item"), [], "id", "name") == {}
    assert "INSERT" not in shop.statements
    assert rows(shop, "id") == before


def test_update(shop):
    table = shop.table("item")
    shop.update(table, "id", {1: {"size": 10, "note": None}, 2: {"size": 20, "note": "x"}, 3: {"size": 30, "note": "%s"},
                              4: {"size": 30, "note": "y"}, 5: {"note": "only"}, 99: {"note": "nobody"}})
    assert rows(shop, "size", "note") == [(10, None), (20, "x"), (30, "%s"), (30, "y"), (1, "only"), (0, "n"), (1, "n")]
    assert shop.statements[:-1] == ["UPDATE"] * 3


def test_update_with_a_condition_and_an_expression(shop):
    table = shop.table("item")
    note = table.c.name + "!"
    shop.update(table, "id", {number: {"note": note} for number in (1, 2, 3)}, table.c.size == 1)
    assert rows(shop, "note")[:4] == [("thing 1!",), ("n",), ("thing 3!",), ("n",)]
    shop.statements.clear()
    shop.update(table, "id", {})
    assert shop.statements == []


def test_delete_in(shop):
    table = shop.table("item")
    shop.delete_in(table, "id", [1, 2, 3, 4], table.c.size == 0)
    assert rows(shop, "id") == [(1,), (3,), (5,), (6,), (7,)]
    assert shop.statements[:-1] == ["DELETE"] * 2


def test_count_in(shop):
    table = shop.table("item")
    assert shop.count_in(table, "size", [0, 1, 2, 3]) == {0: 3, 1: 4}
    assert shop.count_in(table, "size", [0, 1], table.c.id > 6) == {1: 1}
    assert shop.count_in(table, "size", []) == {}


@pytest.mark.parametrize(("engine", "writes", "locks"), [("mysql", True, True), ("mysql", None, False), ("postgresql", True, False)])
def test_reading_for_writing(shop, monkeypatch, engine, writes, locks):
    monkeypatch.setattr(shop.database, "kind", ENGINES[engine])
    shop.connection = shop.connection.execution_options(write=writes)
    statement = shop.for_writing(sa.select(shop.table("item").c.id))
    assert ("LOCK IN SHARE MODE" in str(statement.compile(dialect=mysql.dialect()))) is locks


# What PostgreSQL says, without one; the targets have a real one


class Answer(Exception):
    """An error as psycopg gives it."""

    def __init__(self, constraint):
        super().__init__("duplicate key value violates unique constraint")
        self.diag = type("Diagnostics", (), {"constraint_name": constraint, "message_primary": str(self)})


@pytest.mark.parametrize(("name", "default", "mend"), [
    ("user", sa.text("nextval('user_id_seq'::regclass)"), "SELECT setval('user_id_seq', (SELECT max(id) FROM \"user\"));"),
    ("Member", sa.Identity(), "SELECT setval(pg_get_serial_sequence('\"Member\"', 'id'), (SELECT max(id) FROM \"Member\"));"),
])
def test_a_sequence_that_is_behind_is_told_with_what_mends_it(tmp_path, name, default, mend):
    (tmp_path / "x.sqlite").touch()
    database = Database({"login_engine": "sqlite", "login_db": str(tmp_path / "x.sqlite"), "connect_timeout": 1})
    database.kind = ENGINES["postgresql"]
    database.describe = lambda: "PostgreSQL"
    column = sa.Column("id", sa.Integer, default) if isinstance(default, sa.Identity) else sa.Column("id", sa.Integer, server_default=default)
    table = sa.Table(name, sa.MetaData(), column, sa.Column("mail", sa.String),
                     sa.PrimaryKeyConstraint("id", name="the_key"), sa.UniqueConstraint("mail", name="the_mail"))
    error = sa.exc.IntegrityError("INSERT", {}, Answer("the_key"))
    told = database.behind(table, error, {"mail": "x"})
    assert told.column == "id" and mend in str(told) and "the sequence that numbers id of table" in str(told)
    assert database.behind(table, error, {"id": 4, "mail": "x"}) is None, "the number was ours"
    assert database.behind(table, sa.exc.IntegrityError("INSERT", {}, Answer("the_mail")), {"mail": "x"}) is None
    assert database.behind(table, sa.exc.OperationalError("INSERT", {}, Answer("the_key")), {"mail": "x"}) is None


@pytest.mark.parametrize(("encoding", "held", "lacking"), [
    ("LATIN1", "Jürgen", "Łukasz"), ("LATIN2", "Łukasz", "Жан"), ("LATIN9", "\u20ac", "Ж"), ("LATIN5", "ğ", "ł"), ("WIN1251", "Жан", "ü"),
    ("KOI8R", "Жан", "ü"),
    ("UTF8", "Łü中", None), ("SQL_ASCII", "Łü中", None), ("MULE_INTERNAL", "Łü中", None), ("EUC_JP", "中", "ü中\u20ac"),
])
def test_what_an_encoding_of_postgresql_holds(encoding, held, lacking):
    codec = postgresql._codec(encoding)
    assert postgresql._fits(held, codec) and postgresql._fits("", codec)
    assert lacking is None or not postgresql._fits(lacking, codec)
