# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import traceback
from contextlib import closing

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from ansible_collections.auth.services.plugins.module_utils import columns, connection
from ansible_collections.auth.services.plugins.module_utils import database as db
from ansible_collections.auth.services.plugins.module_utils.account import OptionError
from ansible_collections.auth.services.plugins.module_utils.database import (
    Database,
    DatabaseError,
    SchemaError,
)
from ansible_collections.auth.services.plugins.module_utils.engines import ENGINES, my_cnf
from ansible_collections.auth.services.plugins.module_utils.engines.mysql import READABLE

SECRET = "geheim-4711"


@pytest.fixture
def path(tmp_path):
    """A database with two tables of one prefix, and one row."""
    path = tmp_path / "app.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE app_user (id INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE, size INTEGER);"
            "CREATE TABLE app_team (id INTEGER PRIMARY KEY);"
            "INSERT INTO app_user VALUES (1, 'Jane', 3);"
        )
    return path


def as_text(reflected, kind):
    return kind.utf8_binary() if isinstance(reflected, sa.LargeBinary) else None


def opened(path, column_type=as_text, **options):
    return Database({"login_engine": "sqlite", "login_db": str(path), "connect_timeout": 0, "table_prefix": "app_", **options},
                    column_type)


def names(path):
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM app_user ORDER BY id")]


# Options


@pytest.mark.parametrize("name", ["ca_cert", "client_cert", "client_key", "config_file"])
def test_files_that_are_not_there(name, tmp_path):
    both = dict.fromkeys(("client_cert", "client_key"), __file__) if name.startswith("client") else {}
    with pytest.raises(OptionError, match=f"^{name}: the managed host has no file {tmp_path}/nowhere"):
        Database({"login_engine": "mysql", "login_db": "app", "connect_timeout": 1, **both, name: f"{tmp_path}/nowhere"})


@pytest.mark.parametrize(("options", "problem"), [
    ({"login_engine": "postgresql", "config_file": "FILE"}, "config_file is a my.cnf file"),
    ({"login_engine": "sqlite", "config_file": "FILE"}, "config_file is a my.cnf file"),
    ({"login_engine": "postgresql", "charset": "latin1"}, "charset requires login_engine=mysql"),
    ({"login_engine": "sqlite", "charset": "latin1"}, "charset requires login_engine=mysql"),
    ({"charset": "gbk"}, "charset is 'gbk', which is not one of utf8mb4, binary, "),
    ({"charset": "latin1; DROP"}, "charset is 'latin1; DROP'"),
    ({"ssl_mode": "verify_ca"}, "ssl_mode=verify_ca requires ca_cert"),
    ({"ssl_mode": "verify_identity"}, "ssl_mode=verify_identity requires ca_cert"),
    ({"ssl_mode": "disabled", "ca_cert": "FILE"}, "ca_cert cannot be combined with ssl_mode=disabled"),
    ({"login_port": 0}, "login_port is 0, but a port is a number from 1 to 65535"),
    ({"login_port": 65536}, "login_port is 65536"),
    ({"connect_timeout": 0}, "connect_timeout is 0, but must be"),
    ({"connect_timeout": -1, "login_engine": "postgresql"}, "connect_timeout is -1, but must be"),
    ({"ca_cert": "FILE"}, "^ca_cert: .* contains no readable certificate"),
    ({"client_cert": "FILE", "client_key": "FILE"}, "^client_cert and client_key: .* must be a certificate and its key"),
    ({"client_cert": "FILE"}, "client_cert and client_key must be set together"),
    ({"client_key": "FILE"}, "client_cert and client_key must be set together"),
])
def test_options_that_contradict_each_other(options, problem, path):
    options = {name: str(path) if value == "FILE" else value for name, value in options.items()}
    with pytest.raises(OptionError, match=problem):
        Database({"login_engine": "mysql", "login_db": str(path), "connect_timeout": 1, **options})


@pytest.mark.parametrize("name", ["nowhere.sqlite", ""])
def test_a_mistyped_path_makes_no_file(name, tmp_path):
    with pytest.raises(OptionError, match="^login_db: the managed host has no SQLite database"):
        opened(tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a b.sqlite", "what?.sqlite", "a#b.sqlite", "100%.sqlite", "%3f.sqlite", "ü&=;:.sqlite", "?mode=memory", "a//b"])
def test_file_names_with_any_character(name, path, tmp_path):
    odd = tmp_path / name
    odd.parent.mkdir(exist_ok=True)
    path.rename(odd)
    before = sorted(tmp_path.rglob("*"))
    for text in (str(odd), f"/{odd}"):
        database = opened(text)
        with database.connect(write=True) as connection:
            connection.execute(sa.insert(database.table(connection, "user")), {"name": text})
    assert names(odd) == ["Jane", str(odd), f"/{odd}"]
    assert sorted(tmp_path.rglob("*")) == before


def test_a_relative_path(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    with opened(path.name).connect() as connection:
        assert connection.execute(sa.text("SELECT name FROM app_user")).scalar() == "Jane"


@pytest.mark.parametrize(("options", "text"), [
    ({}, "MySQL/MariaDB database 'app' at localhost:3306"),
    ({"login_host": "::1"}, "MySQL/MariaDB database 'app' at [::1]:3306"),
    ({"login_host": "db1", "login_port": 3307, "login_user": "me"}, "MySQL/MariaDB database 'app' at db1:3307 as 'me'"),
    ({"login_unix_socket": "/run/my.sock"}, "MySQL/MariaDB database 'app' through /run/my.sock"),
    ({"login_engine": "postgresql"}, "PostgreSQL database 'app' at localhost:5432"),
])
def test_a_database_is_described_without_its_password(options, text):
    options = {"login_engine": "mysql", "login_db": "app", "connect_timeout": 1, "login_password": SECRET, **options}
    database = Database(options)
    assert database.describe() == text
    assert SECRET not in repr(database.engine) + str(database.engine.url)


# my.cnf


def with_file(tmp_path, text, **options):
    path = tmp_path / "my.cnf"
    path.write_bytes(text)
    return my_cnf.with_file({"login_engine": "mysql", "config_file": str(path), **options})


def test_a_file_gives_what_no_option_gives(tmp_path):
    text = b"""[mysqld]\nport=1\nskip-networking\n[client]\nhost = db1\nport=3307\nuser='me'\npassword="a'b"\nssl_ca=/ca.pem\n"""
    found = with_file(tmp_path, text)
    assert {name: value for name, value in found.items() if name not in ("login_engine", "config_file")} == {
        "login_host": "db1", "login_port": 3307, "login_user": "me", "login_password": "a'b", "ca_cert": "/ca.pem"}
    found = with_file(tmp_path, text, login_unix_socket="/socket", login_port=None, login_user="you")
    assert "login_host" not in found
    assert (found["login_unix_socket"], found["login_port"], found["login_user"]) == ("/socket", 3307, "you")


def test_a_file_without_clients(tmp_path):
    assert set(with_file(tmp_path, b"[mysqld]\nport=1\n")) == {"login_engine", "config_file"}


@pytest.mark.parametrize(("text", "problem"), [
    (f"password={SECRET}".encode(), "is not a readable my.cnf file"),
    (f"[client]\npassword={SECRET}\xfc".encode("latin-1"), "is not a readable my.cnf file"),
    (f"[client]\nport={SECRET}".encode(), "is not a port number"),
    (f"[client\npassword={SECRET}".encode(), r"is not a readable my.cnf file \(line 1\)"),
    (f"[client]\n!includ {SECRET}".encode(), "has an !include or !includedir that cannot be followed"),
    (b"!includedir /nowhere/at-all", "the folder /nowhere/at-all, which .* includes, cannot be read"),
    (f"[client]\nssl-mode={SECRET}".encode(), "ssl-mode in .* is not one of disabled, preferred"),
    (f"[client]\nskip-ssl={SECRET}".encode(), "skip-ssl in .* is neither 0 nor 1"),
    (b"[client]\nssl-crl=/x\ntls_version=TLSv1.3", "has ssl-crl, tls-version, which this module does not support"),
])
def test_a_file_that_cannot_be_read(text, problem, tmp_path):
    with pytest.raises(OptionError, match=f"^config_file: .*{problem}") as caught:
        with_file(tmp_path, text)
    assert SECRET not in whole_text(caught.value)


# Each value here was given to my_print_defaults too.
@pytest.mark.parametrize(("line", "name", "value"), [
    ("password=a#b", "login_password", "a"), ("password='a#b'", "login_password", "a#b"), ('password="a#b" # c', "login_password", "a#b"),
    ("password=a;b", "login_password", "a;b"), ("password = a b ", "login_password", "a b"), (r"password=a\sb\\c", "login_password", "a b\\c"),
    (r"password='\'a\"'", "login_password", "'a\""), (r"password=a\xb", "login_password", r"a\xb"), ("password='a", "login_password", "'a"),
    ("password=a\\", "login_password", "a\\"), ("  ssl_ca=/x", "ca_cert", "/x"), ("loose-ssl-ca=/x", "ca_cert", "/x"), ("USER=me", "login_user", "me"),
    ("user=a\nuser=b", "login_user", "b"), ("[ client ]\nuser=a", "login_user", None), ("[client ] x\nuser=a", "login_user", "a"),
    ("[DEFAULT]\nuser=a", "login_user", None), ("[mysql]\nuser=a", "login_user", None), ("user", "login_user", None),
])
def test_a_file_is_read_as_the_client_reads_it(line, name, value, tmp_path):
    assert with_file(tmp_path, f"[client]\n{line}\n".encode()).get(name) == value
    if shutil.which("my_print_defaults"):
        command = ["my_print_defaults", f"--defaults-file={tmp_path / 'my.cnf'}", "client"]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout[:-1].splitlines()
        values = [option.partition("=")[2] for option in said if "=" in option]
        assert (values[-1] if values else None) == value


def test_a_file_includes_others(tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "b.cnf").write_text("[client]\nuser=b\nssl-mode=required\n")
    (tmp_path / "more" / "a.cnf").write_text("[client]\nuser=a\npassword=a\n")
    (tmp_path / "more" / "c.txt").write_text("[client]\nuser=c\n")
    (tmp_path / "one").write_text("[client]\nhost=one\n")
    found = with_file(tmp_path, f"!include {tmp_path}/one\n!include /nowhere\n!includedir {tmp_path}/more\n".encode())
    assert (found["login_user"], found["login_password"], found["login_host"], found["ssl_mode"]) == ("b", "a", "one", "required")


def test_a_file_that_includes_itself(tmp_path):
    with pytest.raises(OptionError, match="cannot be followed"):
        with_file(tmp_path, f"!include {tmp_path}/my.cnf\n".encode())


def test_a_file_that_everybody_can_write(tmp_path):
    path = tmp_path / "my.cnf"
    path.touch()
    path.chmod(0o666)
    with pytest.raises(OptionError, match=r"^config_file: anyone can write to .*my\.cnf\. Change that with chmod"):
        with_file(tmp_path, b"[client]\n")


@pytest.mark.parametrize(("lines", "options", "mode"), [
    ("ssl-mode=VERIFY_CA", {}, "verify_ca"), ("ssl_mode = 'Required'", {}, "required"), ("ssl-mode=DISABLED\nssl", {}, "disabled"),
    ("ssl", {}, "required"), ("ssl=1", {}, "required"), ("ssl=0", {}, "disabled"), ("skip-ssl", {}, "disabled"), ("disable_ssl", {}, "disabled"),
    ("ssl-verify-server-cert", {}, "verify_identity"), ("skip-ssl-verify-server-cert\nssl-ca=/x", {}, "verify_ca"), ("ssl\nssl-ca=/x", {}, "verify_identity"),
    ("ssl-mode=disabled", {"ssl_mode": "required"}, "required"), ("ssl-mode=disabled", {"ca_cert": "/x"}, "verify_identity"),
    ("skip-ssl=0", {}, "required"), ("enable-ssl=off", {}, "disabled"), ("", {}, "preferred"),
])
def test_what_a_file_says_of_tls(lines, options, mode, tmp_path):
    assert connection.ssl_mode(with_file(tmp_path, f"[client]\n{lines}\n".encode(), **options)) == mode


@pytest.mark.parametrize(("host", "socket"), [("db1", None), ("localhost", "/s"), ("", "/s")])
def test_a_socket_is_of_this_host(host, socket, tmp_path):
    assert with_file(tmp_path, f"[client]\nhost={host}\nsocket=/s\n".encode()).get("login_unix_socket") == socket


# Reflection


def test_only_the_tables_needed_are_reflected(path):
    database = opened(path)
    asked = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    with database.connect() as connection:
        database.require(connection, {"user": ("id", "name")})
        assert [column.name for column in database.table(connection, "user").c] == ["id", "name", "size"]
        before = len(asked)
        database.require(connection, {"user": ("size",)})
        assert len(asked) == before
    assert any("app_user" in text for text in asked)
    assert not any("app_team" in text for text in asked)


def test_types_of_columns_can_be_replaced(path):
    seen = []

    def column_type(reflected, engine):
        seen.append(engine)
        return sa.Float() if isinstance(reflected, sa.Integer) else None

    database = opened(path, column_type)
    with database.connect() as connection:
        table = database.table(connection, "user")
    assert {kind.name for kind in seen} == {"sqlite"}
    assert isinstance(table.c.size.type, sa.Float)
    assert isinstance(table.c.name.type, sa.LargeBinary)


def test_missing_columns_are_named(path):
    database = opened(path)
    with database.connect() as connection, pytest.raises(SchemaError) as caught:
        database.require(connection, {"user": ("name", "email", "token"), "team": ("id", "title")})
    assert "table app_user has no column email, token" in str(caught.value)
    assert "table app_team has no column title" in str(caught.value)
    assert str(path) in str(caught.value)
    assert str(caught.value).endswith("Nothing was written.")


def test_missing_tables_are_named(path):
    database = opened(path)
    with database.connect() as connection, pytest.raises(SchemaError) as caught:
        database.require(connection, {"user": (), "group": (), "session": ()})
    assert "table app_group, app_session not found" in str(caught.value)
    assert "app_user" not in str(caught.value)


@pytest.mark.parametrize(("prefix", "needed", "hint"), [
    ("", ("user", "team"), "Tables with the prefix 'app_' are there: set table_prefix"),
    ("wiki_", ("user",), "Tables with the prefix 'app_' are there: set table_prefix"),
    ("", ("user", "other"), "Is this the right database and table_prefix?"),
    ("app_", ("other",), "Is this the right database and table_prefix?"),
])
def test_another_prefix_is_found(path, prefix, needed, hint):
    database = opened(path, table_prefix=prefix)
    with database.connect() as connection, pytest.raises(SchemaError) as caught:
        database.require(connection, dict.fromkeys(needed, ()))
    assert hint in str(caught.value)


def test_several_prefixes_are_all_named(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE b_user (id); CREATE TABLE b_team (id); CREATE TABLE c_user (id)")
    database = opened(path, table_prefix="")
    with database.connect() as connection, pytest.raises(SchemaError, match="the prefix 'app_' or 'b_' are there"):
        database.require(connection, {"user": (), "team": ()})


def test_a_table_whose_name_ends_another_makes_no_prefix(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE file_archive (id)")
    database = opened(path, table_prefix="")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE user (id)")
    with database.connect() as connection, pytest.raises(SchemaError, match="Is this the right database and table_prefix"):
        database.require(connection, {"user": (), "_archive": ()})


def test_an_empty_database(tmp_path):
    path = tmp_path / "empty.sqlite"
    path.touch()
    database = opened(path)
    with database.connect() as connection, pytest.raises(SchemaError, match="cannot see any table. Check login_db"):
        database.table(connection, "user")


def test_a_file_that_is_no_database(tmp_path):
    path = tmp_path / "text.sqlite"
    path.write_text("This is no database. " * 100)
    database = opened(path)
    with pytest.raises(DatabaseError, match="SQLite database .*file is not a database.* Nothing was written"), database.connect() as connection:
        database.table(connection, "user")


# Transactions


def insert(database, connection, name, number=None):
    table = database.table(connection, "user")
    connection.execute(sa.insert(table), {"id": number, "name": name})


def test_reading_connections_never_write(path):
    database = opened(path)
    with database.connect() as connection:
        insert(database, connection, "John")
    assert names(path) == ["Jane"]


def test_a_failure_takes_everything_back(path):
    database = opened(path)

    def work(connection):
        insert(database, connection, "John")
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        database.transaction(work)
    assert names(path) == ["Jane"]
    assert database.transaction(lambda connection: 5) == 5


@pytest.fixture
def lock(path):
    """Another connection that holds SQLite's only write lock."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


def test_a_locked_database_is_tried_again(path, pauses, lock, monkeypatch):
    def sleep(seconds):
        pauses.append(seconds)
        if len(pauses) == 2:
            lock.execute("INSERT INTO app_user VALUES (2, 'John', 0)")
            lock.execute("COMMIT")

    monkeypatch.setattr(db.time, "sleep", sleep)
    database = opened(path)
    read = []

    def work(connection):
        read.append(connection.execute(sa.text("SELECT count(*) FROM app_user")).scalar())
        insert(database, connection, "Joan")

    database.transaction(work)
    assert names(path) == ["Jane", "John", "Joan"]
    assert read == [2]  # read again after the other one was done
    assert len(pauses) == 2


def test_a_database_that_stays_locked_is_a_plain_error(path, pauses, lock):
    database = opened(path)
    with pytest.raises(DatabaseError, match=r"^SQLite database '.*app.sqlite': database is locked\..* Nothing was written\.$"):
        database.transaction(lambda connection: insert(database, connection, "Joan"))
    assert len(pauses) == db.ATTEMPTS - 1
    assert names(path) == ["Jane"]


def test_reading_goes_on_beside_a_writer(path, lock):
    lock.execute("INSERT INTO app_user VALUES (2, 'John', 0)")
    with opened(path).connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM app_user")).scalar() == 1


def test_a_row_that_somebody_else_inserted_is_found_the_second_time(path, pauses):
    database = opened(path)
    taken = []

    def work(connection):
        table = database.table(connection, "user")
        if not taken:  # the row appeared after this reading
            taken.append(True)
            insert(database, connection, "Jane")
        return connection.execute(sa.select(table.c.id).where(table.c.name == "Jane")).all()

    database.transaction(work)
    assert len(pauses) == 1


def test_other_errors_are_not_tried_again(path, pauses):
    database = opened(path)
    with pytest.raises(DatabaseError, match="no such table: absent"):
        database.transaction(lambda connection: connection.execute(sa.text("SELECT * FROM absent")))
    assert pauses == []


# Nothing of a bound value in an error


def test_no_value_in_an_integrity_error(path, pauses):
    database = opened(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE app_user SET name = ?", [SECRET])
        connection.commit()
    rows = [{"name": SECRET}, {"name": "other"}]
    for value in (rows, rows[0]):
        with pytest.raises(DatabaseError, match=r"UNIQUE constraint failed: app_user\.name") as caught:
            database.transaction(lambda connection, value=value: connection.execute(
                sa.insert(sa.table("app_user", sa.column("name"))), value))
        assert SECRET not in whole_text(caught.value)


def test_no_value_in_a_statement_error(path):
    database = opened(path)
    with pytest.raises(DatabaseError) as caught, database.connect() as connection:
        table = database.table(connection, "user")
        connection.execute(sa.insert(table), [{"name": SECRET, "size": 1}, {"name": SECRET}])
    assert SECRET not in whole_text(caught.value)


def test_no_value_in_a_statement_that_cannot_be_run(path):
    database = opened(path)
    with pytest.raises(DatabaseError) as caught, database.connect() as connection:
        connection.execute(sa.select(sa.literal(SECRET) + sa.column("nothing")))
    assert SECRET not in whole_text(caught.value)


def whole_text(error):
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))


def test_a_server_that_answers_is_not_said_to_be_unreachable(path):
    database = opened(path)
    database.kind = ENGINES["postgresql"]
    message = str(database.plain_error(ValueError('connection to server at "::1", port 5432 failed: FATAL:  sorry, too many clients already')))
    assert message.endswith("sorry, too many clients already. Nothing was written.")


@pytest.mark.parametrize(("engine", "text", "hint"), [
    ("mysql", "Access denied for user 'me'@'localhost' (1045)", "login_user and login_password"),
    ("postgresql", 'password authentication failed for user "me"', "login_user and login_password"),
    ("mysql", "Access denied for user 'me'@'%' to database 'wiki' (1044)", "login_db"),
    ("mysql", "Unknown database 'wiki' (1049)", "login_db"),
    ("postgresql", 'database "wiki" does not exist', "login_db"),
    ("mysql", "Can't connect to MySQL server on 'db1' (2003)", "login_host, login_port"),
    ("postgresql", "connection to server failed: Connection refused", "login_host, login_port"),
    ("mysql", "UPDATE command denied to user 'me'@'localhost' for table `wiki`.`user` (1142)", "privileges"),
    ("postgresql", 'connection to server at "::1", port 5432 failed: FATAL:  role "bob" does not exist', "Check login_user,"),
    ("postgresql", 'connection to server at "::1", port 5432 failed: FATAL:  permission denied for database "wiki"', "login_db"),
    ("postgresql", "permission denied for table user", "privileges"),
    ("mysql", f"{READABLE} ('mysql_clear_password') (2061)", "Set ca_cert"),
    ("postgresql", "connection to server failed: authentication method requirement \"!password\" failed: server requested a cleartext password",
     "Set ca_cert"),
    ("mysql", "SELECT with locking clause command denied to user 'me'@'localhost' for table 'user' (1142)", "the privilege UPDATE"),
    ("mysql", "SHOW command denied to user 'me'@'localhost' for table `wiki`.`user` (1142)", "Grant login_user SELECT"),
    ("mysql", "SSL is required but the server doesn't support it (2026)", "ssl_mode is preferred"),
    ("postgresql", "FATAL:  connection requires a valid client certificate", "client_cert"),
    ("postgresql", 'FATAL:  no pg_hba.conf entry for host "::1", user "me", database "app", no encryption', "ssl_mode"),
    ("mysql", "SSL error: tlsv1 alert unknown ca", "client_cert"),
    ("mysql", "The MariaDB server is running with the --read-only option (1290)", "is read-only. Connect to the primary"),
    ("postgresql", "cannot execute UPDATE in a read-only transaction", "is read-only. Connect to the primary"),
    ("sqlite", "attempt to write a readonly database", "write permission on it"),
    ("sqlite", "unable to open database file", "path in login_db"),
])
def test_hints(path, engine, text, hint):
    database = opened(path)
    database.kind, database.describe = ENGINES[engine], lambda: "It"
    message = str(database.plain_error(ValueError(text)))
    assert message.startswith(f"It: {text}. ")
    assert hint in message
    assert message.endswith(" Nothing was written.")


def test_no_hint_for_what_nobody_knows(path):
    assert str(opened(path).plain_error(ValueError("strange"))) == f"SQLite database '{path}': strange. Nothing was written."


# Text in binary columns


@pytest.mark.parametrize("text", ["", "Jürgen", "漢🔑", "it's", "%s ?"])
def test_sqlite_keeps_text_as_text(path, text):
    database = opened(path)
    with database.connect(write=True) as connection:
        table = database.table(connection, "user")
        connection.execute(sa.update(table).values(name=text))
        assert connection.execute(sa.select(table.c.name).where(table.c.name == text)).scalar() == text
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name, typeof(name) FROM app_user").fetchall() == [(text, "text")]
    assert isinstance(ENGINES["sqlite"].utf8_binary().dialect_impl(sqlite.dialect()).impl, sa.Text)


@pytest.mark.parametrize("cast", ["BLOB", "TEXT"])
def test_invalid_utf8_in_sqlite_can_be_read(path, cast):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"UPDATE app_user SET name = CAST(x'4afc' AS {cast})")
        connection.commit()
    database = opened(path)
    with database.connect() as connection:
        assert connection.execute(sa.select(database.table(connection, "user").c.name)).scalar() == "J\udcfc"


# Values of another type than their column's


KINDS = {"number": "INTEGER", "yes": "BOOLEAN", "word": "VARCHAR(20)", "moment": "DATETIME", "day": "DATE", "hour": "TIME", "share": "DECIMAL(5,2)",
         "weight": "FLOAT", "data": "BLOB"}
GOOD = {"number": 1, "yes": 1, "word": "a", "moment": "2024-05-06 07:08:09.000000", "day": "2024-05-06", "hour": "07:08:09.000000", "share": 1.5,
        "weight": 2.5, "data": b"x"}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("bad", ["text", "", "10000-01-01 00:00:00", 5, 1 << 40, -1.5, 9e999, b"bytes", b"\xff" * 100000], ids=lambda value: repr(value)[:30])
@pytest.mark.filterwarnings("ignore:Dialect sqlite")
def test_one_row_of_another_type_hides_no_other(name, bad, path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE TABLE app_odd (id INTEGER PRIMARY KEY, {', '.join(f'{column} {kind}' for column, kind in KINDS.items())})")
        for row in (GOOD, {**GOOD, name: bad}, GOOD):
            connection.execute(f"INSERT INTO app_odd ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values()))
        connection.commit()
        kind = connection.execute(f"SELECT typeof({name}) FROM app_odd WHERE id = 2").fetchone()[0]
    database = opened(path, lambda reflected, engine: None)
    with database.connect() as connection:
        table = database.table(connection, "odd")
        rows = connection.execute(sa.select(table).order_by(table.c.id)).all()
        assert connection.execute(sa.select(table.c.id).where(table.c.word == "a").order_by(table.c.id)).scalars().all()[-1] == 3
    assert tuple(rows[0])[1:] == tuple(rows[2])[1:]
    good, value = getattr(rows[0], name), getattr(rows[1], name)
    assert not any(isinstance(one, columns.Unreadable) for one in rows[0])
    assert isinstance(value, type(good)) or (isinstance(value, columns.Unreadable) and len(value) <= columns.MOST_SHOWN)
    fits = {"number": {"integer"}, "yes": {"integer"}, "word": {"text"}, "share": {"integer", "real"}, "weight": {"integer", "real"}, "data": {"blob"}}
    assert isinstance(value, columns.Unreadable) == (kind not in fits.get(name, ())), (kind, value)


@pytest.mark.parametrize("value", [5, 2.5])
def test_a_number_in_a_column_of_text(value, path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO app_user VALUES (2, ?, 0)", [value])
        connection.commit()
    database = opened(path)
    with database.connect() as connection:
        table = database.table(connection, "user")
        rows = connection.execute(sa.select(table.c.name).order_by(table.c.id)).scalars().all()
    assert rows == ["Jane", str(value)]
    assert [isinstance(row, columns.Unreadable) for row in rows] == [False, True]


# Names in another case, views, and tables that an application keeps elsewhere


def changed(path, script):
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


@pytest.mark.parametrize("prefix", ["app_", "APP_"])
def test_names_in_another_case(path, prefix):
    changed(path, "CREATE TABLE App_Member (Id INTEGER PRIMARY KEY, UserName TEXT, team REFERENCES app_team (id));"
                  " INSERT INTO App_Member VALUES (1, 'Jane', 1)")
    database = opened(path, table_prefix=prefix)
    with database.connect(write=True) as connection:
        assert database.has_table(connection, "member")
        database.require(connection, {"member": ("username",)})
        database.require(connection, {"member": ("id", "USERNAME")})
        table = database.table(connection, "member")
        assert list(table.primary_key.columns) == [table.c.id]
        connection.execute(sa.update(table).where(table.c.USERNAME == "Jane").values({"USERNAME": "Joan"}))
        assert [dict(row._mapping) for row in connection.execute(sa.select(table.c.id, table.c.USERNAME))] == [{"id": 1, "USERNAME": "Joan"}]
        assert database.references(connection, "team") == [("Member", "team")]
        with pytest.raises(SchemaError, match="has no column usernames"):
            database.require(connection, {"member": ("usernames",)})


def test_a_view_is_read(path):
    changed(path, "CREATE VIEW app_member AS SELECT id, name, size FROM app_user")
    database = opened(path)
    with database.connect() as connection:
        database.require(connection, {"member": ("id", "name"), "user": ("id",)})
        member, user = database.table(connection, "member"), database.table(connection, "user")
        assert connection.execute(sa.select(member.c.id, member.c.size)).all() == [(1, 3)]
        assert (database.is_view(member), database.is_view(user)) == (True, False)
        assert database.references(connection, "user") == []


@pytest.mark.parametrize(("prefix", "script", "advice"), [
    ("b_", "CREATE TABLE b_team (id INTEGER)", "Other tables with the prefix 'b_' are there. Does the application keep this one elsewhere?"),
    ("b_", "CREATE TABLE b_else (id INTEGER)", "Other tables with the prefix 'b_' are there"),
    ("", "CREATE TABLE team (id INTEGER)", "Other tables with the prefix '' are there"),
    ("b_", "", "Tables with the prefix 'app_' are there: set table_prefix"),
    ("ap", "", "Tables with the prefix 'app_' are there: set table_prefix"),
    ("", "CREATE TABLE other (id INTEGER)", "Tables with the prefix 'app_' are there: set table_prefix"),
])
def test_the_prefix_of_another_site_is_not_advised(path, prefix, script, advice):
    changed(path, script)
    database = opened(path, table_prefix=prefix)
    with database.connect() as connection, pytest.raises(SchemaError) as error:
        database.require(connection, {"user": ("id",), "team": ("id",)})
    assert advice in str(error.value)
    assert ("set table_prefix" in str(error.value)) is ("set table_prefix" in advice)
