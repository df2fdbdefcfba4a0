# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What depends on the drivers of the servers, without a server."""

from __future__ import annotations

import contextlib
import socket
import sys
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite

from ansible_collections.auth.services.plugins.module_utils import columns
from ansible_collections.auth.services.plugins.module_utils import database as db
from ansible_collections.auth.services.plugins.module_utils.engines import ENGINES, common
from ansible_collections.auth.services.plugins.module_utils.engines import mysql as mysql_engine
from ansible_collections.auth.services.plugins.module_utils.engines import postgresql as postgresql_engine
from ansible_collections.auth.services.plugins.module_utils.passwords import MissingLibrary

SECRET = "geheim-4711"


# Texts


@pytest.mark.parametrize(("error", "text"), [
    (SimpleNamespace(diag=SimpleNamespace(message_primary="duplicate key"), args=(f"... DETAIL: Key (x)=({SECRET})",)), "duplicate key"),
    (SimpleNamespace(args=(1062, "Duplicate entry")), "Duplicate entry (1062)"),
    (ValueError(f"first line\nDETAIL: {SECRET}"), "first line"),
    (ValueError(), "ValueError"),
    (SimpleNamespace(args=(2003, "Can't connect ([SSL] no (_ssl.c:1006))")), "Can't connect ([SSL] no) (2003)"),
    (ValueError('connection to server at "a" failed: X\n\tIs it?\nconnection failed: connection to server at "b" failed: Y\n'
                'All failures were:\n- host: connection to server at "a" failed: X\n'),
     'connection to server at "a" failed: X; connection to server at "b" failed: Y'),
])
def test_what_the_driver_said(error, text):
    assert common.driver_message(error) == text
    assert common.driver_message(SimpleNamespace(orig=error)) == text


@pytest.mark.parametrize(("text", "statement", "privilege"), [
    ("permission denied for table a", "SELECT a.b FROM a", "SELECT"),
    ("permission denied for table a", "SELECT a.b FROM a WHERE a.update_id = 1", "SELECT"),
    ("permission denied for table a", "SELECT a.b FROM a WHERE a.b = 1 FOR UPDATE", "UPDATE"),
    ("permission denied for table a", "LOCK TABLE a IN SHARE ROW EXCLUSIVE MODE", "UPDATE"),
    ("permission denied for table a", "INSERT INTO a (b) VALUES (1)", "INSERT"),
    ("permission denied for table a", "INSERT INTO a (b) VALUES (1) RETURNING a.id", "INSERT and SELECT"),
    ("permission denied for table a", "DELETE FROM a WHERE b = 1", "DELETE and SELECT"),
    ("permission denied for sequence a_id_seq", "INSERT INTO a (b) VALUES (1)", "USAGE"),
])
def test_the_privilege_that_postgresql_does_not_name(text, statement, privilege):
    assert postgresql_engine._privilege(text, statement) == privilege


# What may pass


def driver_error(*args, **attributes):
    error = Exception(*args)
    for name, value in attributes.items():
        setattr(error, name, value)
    return error


def wrapped(error, kind=sa.exc.OperationalError, **attributes):
    return kind("SELECT 1", {}, error, **attributes)


@pytest.mark.parametrize("error", [
    *(wrapped(driver_error(code, "text")) for code in (1205, 1213, 2006, 2013, 1020)),
    *(wrapped(driver_error("text", sqlstate=state)) for state in ("40001", "40P01", "55P03", "57P01", "57P03", "08006", "08003")),
    wrapped(driver_error("text", pgcode="40P01")),
    wrapped(driver_error("database is locked")),
    wrapped(driver_error("text"), connection_invalidated=True),
    wrapped(driver_error(1062, "Duplicate entry"), sa.exc.IntegrityError),
    wrapped(driver_error("text", sqlstate="23505"), sa.exc.IntegrityError),
    wrapped(driver_error("UNIQUE constraint failed: user.name"), sa.exc.IntegrityError),
])
def test_errors_that_may_pass(error):
    assert db.is_transient(error)


@pytest.mark.parametrize("error", [
    None, ValueError("database is locked"), sa.exc.NoSuchTableError("x"), sa.exc.StatementError("x", "SELECT 1", {}, ValueError()),
    *(wrapped(driver_error(code, "text")) for code in (1045, 1049, 1142, 1146, 1290, 2003)),
    *(wrapped(driver_error("text", sqlstate=state)) for state in ("28P01", "3D000", "42501", "42P01", "57014", "53300", None)),
    wrapped(driver_error("no such table: user")), wrapped(driver_error()), wrapped(None),
    wrapped(driver_error(1451, "a foreign key constraint fails"), sa.exc.IntegrityError),
    wrapped(driver_error("text", sqlstate="23503"), sa.exc.IntegrityError),
    wrapped(driver_error("FOREIGN KEY constraint failed"), sa.exc.IntegrityError),
])
def test_errors_that_stay(error):
    assert not db.is_transient(error)


# Text in binary columns


@pytest.mark.parametrize(("text", "data"), [
    ("", b""), ("Jürgen", "Jürgen".encode()), ("漢🔑", "漢🔑".encode()), ("J\udcfcrgen", b"J\xfcrgen"), ("\udcff\udcfe", b"\xff\xfe"), (None, None),
])
def test_text_as_bytes(text, data):
    kind = ENGINES["mysql"].utf8_binary().dialect_impl(mysql.dialect())
    bind, result = kind.bind_processor(mysql.dialect()), kind.result_processor(mysql.dialect(), None)
    assert bind(text) == data
    assert result(data) == text
    assert result(None if data is None else bytearray(data)) == text


def test_padding_is_taken_off():
    result = ENGINES["mysql"].utf8_binary().dialect_impl(mysql.dialect()).result_processor(mysql.dialect(), None)
    assert result(b"token\0\0\0") == "token"
    assert result(b"\0" * 32) == ""
    assert result(b"to\0ken \0") == "to\0ken "


# Libraries


@pytest.mark.parametrize(("version", "numbers"), [
    ("2.1.0b3", (2, 1, 0)), ("1.4.46", (1, 4, 46)), ("1", (1,)), ("2.9.9 (dt dec pq3 ext lo64)", (2, 9, 9)), ("", (0,)), ("dev", (0,)),
])
def test_version_of(version, numbers):
    assert common.version_of(SimpleNamespace(__version__=version)) == numbers


def test_version_of_what_tells_none():
    assert common.version_of(SimpleNamespace()) == (0,)


def test_sqlite_needs_no_driver():
    assert ENGINES["sqlite"].driver() == "sqlite3"


def test_missing_sqlalchemy_is_named(monkeypatch):
    monkeypatch.setattr(common, "sa", None)
    monkeypatch.setattr(common, "SQLALCHEMY_IMPORT_ERROR", "Traceback ...")
    for engine in ("sqlite", "mysql", "postgresql"):
        with pytest.raises(MissingLibrary) as caught:
            ENGINES[engine].driver()
        assert caught.value.library == "SQLAlchemy >= 1.4"
        assert caught.value.details == "Traceback ..."


def test_an_old_sqlalchemy_is_named(monkeypatch):
    monkeypatch.setattr(common, "sa", SimpleNamespace(__version__="1.3.24", __file__="/usr/lib/sqlalchemy/__init__.py"))
    with pytest.raises(MissingLibrary, match=r"SQLAlchemy >= 1.4 is needed .*1\.3\.24 was found in /usr/lib/sqlalchemy"):
        ENGINES["sqlite"].driver()


@pytest.mark.parametrize(("engine", "drivers", "library"), [
    ("mysql", ["pymysql"], "PyMySQL >= 1.0"), ("postgresql", ["psycopg", "psycopg2"], "psycopg"),
])
def test_missing_drivers_are_named(monkeypatch, engine, drivers, library):
    for driver in drivers:
        monkeypatch.setitem(sys.modules, driver, None)
    with pytest.raises(MissingLibrary) as caught:
        ENGINES[engine].driver()
    assert library in caught.value.library
    assert "ImportError" in caught.value.details or "ModuleNotFoundError" in caught.value.details


def test_an_old_pymysql_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pymysql", SimpleNamespace(__version__="0.9.3", __file__="/usr/lib/pymysql/__init__.py"))
    with pytest.raises(MissingLibrary, match=r"PyMySQL >= 1.0 is needed .*0\.9\.3 was found in /usr/lib/pymysql"):
        ENGINES["mysql"].driver()


@pytest.mark.parametrize(("there", "sqlalchemy", "driver"), [
    ({"psycopg", "psycopg2"}, "2.0.1", "psycopg"), ({"psycopg2"}, "2.0.1", "psycopg2"), ({"psycopg", "psycopg2"}, "1.4.46", "psycopg2"),
    ({"psycopg"}, "1.4.46", None),
])
def test_the_driver_for_postgresql(monkeypatch, there, sqlalchemy, driver):
    monkeypatch.setattr(common.sa, "__version__", sqlalchemy)
    for name in ("psycopg", "psycopg2"):
        monkeypatch.setitem(sys.modules, name, SimpleNamespace(__version__="3.1") if name in there else None)
    if driver:
        assert ENGINES["postgresql"].driver() == driver
    else:
        with pytest.raises(MissingLibrary, match="psycopg2 is needed"):
            ENGINES["postgresql"].driver()


# Character sets


@pytest.mark.parametrize(("option", "of_the_type", "told", "asks"), [
    (None, "utf8mb4", "utf8mb4", False), (None, "binary", "binary", False), (None, "", "utf8mb4", True),
    ("latin1", "", "latin1", False), ("LATIN1", "binary", "latin1", False), ("utf8", "", "utf8mb4", False), ("binary", "utf8mb4", "binary", False),
])
def test_the_character_set_of_a_connection(option, of_the_type, told, asks):
    database = db.Database({"login_engine": "mysql", "login_db": "app", "connect_timeout": 1, "charset": option}, charset=of_the_type)
    assert (database.charset, database.asks_charset) == (told, asks)


@pytest.mark.parametrize(("charset", "statement"), [
    ("latin1", "SET NAMES latin1"), ("binary", "SET NAMES binary, character_set_results = NULL"), ("utf8mb4", None),
])
def test_the_server_is_told_it(charset, statement):
    said = []
    cursor = SimpleNamespace(execute=said.append)
    fake = SimpleNamespace(encoding="utf8", cursor=lambda: contextlib.nullcontext(cursor))
    mysql_engine.speak_as(fake, charset)
    assert said == ([statement] if statement else [])
    assert "J\xfcrgen\udcff".encode(fake.encoding, "surrogateescape") == b"J\xc3\xbcrgen\xff"
    if statement:
        assert b"J\xc3\xbcrgen\xff".decode(fake.encoding) == "J\xfcrgen\udcff"


@pytest.mark.parametrize(("value", "doubtful"), [("Jane", False), ("J\xfcrgen", True), (None, False), (7, False)])
def test_text_that_nobody_can_tell(value, doubtful):
    kind = ENGINES["mysql"].readable(sa.String(60), "t.c has the character set latin1")
    process = kind.dialect_impl(mysql.dialect()).result_processor(mysql.dialect(), None)
    assert process(value) == value
    assert isinstance(process(value), columns.Doubtful) is doubtful
    assert getattr(process(value), "reason", "") == ("t.c has the character set latin1" if doubtful else "")
    assert columns.charset_doubt(sa.Column("c", kind)) == "t.c has the character set latin1"
    assert kind.length == 60
    assert columns.charset_doubt(sa.Column("c", sa.String(60))) == ""


# PostgreSQL


@pytest.mark.parametrize(("kind", "engine", "read"), [
    (sa.CHAR(2), "postgresql", "="), (sa.CHAR(2), "mysql", "= "), (sa.CHAR(2), "sqlite", "= "), (sa.VARCHAR(2), "postgresql", "= "),
])
def test_blanks_that_the_database_puts_after_text(kind, engine, read):
    dialect = {"postgresql": postgresql, "mysql": mysql, "sqlite": sqlite}[engine].dialect()
    process = ENGINES[engine].readable(kind).dialect_impl(dialect).result_processor(dialect, None)
    assert (process("= ") if process else "= ") == read
    assert process is None or process(None) is None


def test_postgresql_is_spoken_to_in_utf8():
    arguments = ENGINES["postgresql"].connect_arguments({"connect_timeout": 1, "login_unix_socket": "/run"})
    assert arguments["client_encoding"] == "UTF8"


@pytest.mark.parametrize("threshold", [{}, {"prepare_threshold": 5}])
def test_no_statement_is_prepared_on_the_server(threshold):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        raw = SimpleNamespace(fileno=ours.fileno, **threshold)
        _connection, watch = ENGINES["postgresql"].connect(lambda: raw, {}, {})
        watch.close()
    assert vars(raw) == {"fileno": ours.fileno, **dict.fromkeys(threshold)}
