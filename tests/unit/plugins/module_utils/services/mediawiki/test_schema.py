# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
import re

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite

from ansible_collections.auth.services.plugins.module_utils.engines import ENGINES
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki import schema


def test_now():
    before = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    text = schema.now()
    assert re.fullmatch(r"\d{14}", text)
    found = datetime.datetime.strptime(text + "+0000", "%Y%m%d%H%M%S%z")
    assert before <= found <= datetime.datetime.now(datetime.timezone.utc)


@pytest.mark.parametrize(("text", "later"), [
    ("20261123120000", "20261123120001"), ("20261231235959", "20270101000000"), ("20280228235959", "20280229000000"),
])
def test_later(text, later):
    assert schema.later(text) == later


@pytest.mark.parametrize("text", ["", "garbage", "99991231235959", "2026-11-23"])
def test_later_than_what_is_no_time(text, monkeypatch):
    monkeypatch.setattr(schema, "now", lambda: "20261123120000")
    assert schema.later(text) == "20261123120000"


@pytest.mark.parametrize(("text", "time"), [
    ("20301231235959", "20301231235959"),
    ("2030-12-31T23:59:59Z", "20301231235959"),
    ("2030-12-31T23:59:59z", "20301231235959"),
    ("2030-12-31T23:59:59+00:00", "20301231235959"),
    ("2030-12-31T23:59:59-02:00", "20310101015959"),
    ("2030-12-31 23:59:59", "20301231235959"),
    ("2030-12-31 23:59", "20301231235900"),
    (" 2030-12-31 ", "20301231000000"),
    ("2030-12-31T23:59:59.999999+00:00", "20301231235959"),
    ("0999-01-01", "09990101000000"),
    ("infinity", None), ("infinite", None), ("indefinite", None), ("never", None), ("", None),
])
def test_times(text, time):
    assert schema.parse_time(text) == time


@pytest.mark.parametrize("text", [
    "tomorrow", "2030", "2030-13-01", "2030-02-30", "2030-12-31T25:00:00", "20301350000000", "20300230000000", "99999999999999",
    "2030123123595", "203012312359599", "1 year", "0001-01-01T00:00:00+14:00", "\u0662\u0660\u0663\u0660" * 3 + "\u0660\u0661",
])
def test_what_is_no_time(text):
    with pytest.raises(ValueError, match="is not a time: write it as 2030-12-31T23:59:59Z") as caught:
        schema.parse_time(text)
    assert repr(text) in str(caught.value)


def test_times_are_shown_as_they_can_be_given():
    assert schema.show_time("20301231235959") == "2030-12-31T23:59:59Z"
    assert schema.parse_time(schema.show_time("20301231235959")) == "20301231235959"


@pytest.mark.parametrize(("reflected", "engine", "kind"), [
    (mysql.VARBINARY(255), "mysql", "Utf8Binary"),
    (mysql.TINYBLOB(), "mysql", "Utf8Binary"),
    (mysql.BINARY(14), "mysql", "Utf8Binary"),
    (mysql.INTEGER(unsigned=True), "mysql", None),
    (mysql.TINYINT(1), "mysql", None),
    (sqlite.BLOB(), "sqlite", "Utf8Binary"),
    (sa.CLOB(), "sqlite", None),
    (sa.INTEGER(), "sqlite", None),
    (postgresql.TEXT(), "postgresql", None),
    (postgresql.TIMESTAMP(timezone=True), "postgresql", "Timestamp"),
    (mysql.DATETIME(), "mysql", None),
    (sa.types.NullType(), "postgresql", None),
])
def test_types_of_columns(reflected, engine, kind):
    found = schema.column_type(reflected, ENGINES[engine])
    assert (None if found is None else type(found).__name__) == kind


def postgresql_column():
    return sa.column("expiry", schema.column_type(postgresql.TIMESTAMP(timezone=True), ENGINES["postgresql"]))


@pytest.mark.parametrize(("text", "bound"), [
    ("20261122073211", "2026-11-22 07:32:11+00"), ("infinity", "infinity"), (None, None),
])
def test_timestamps_go_to_postgresql(text, bound):
    dialect = postgresql.dialect()
    bind = postgresql_column().type.dialect_impl(dialect).bind_processor(dialect)
    assert bind(text) == bound
    statement = str(sa.select(sa.column("x")).where(postgresql_column() == "20261122073211").compile(dialect=dialect))
    assert "CAST(" in statement and "AS TIMESTAMP WITH TIME ZONE" in statement


def test_timestamps_come_from_postgresql_as_digits():
    """The server makes the text: drivers cannot hold infinity."""
    statement = str(sa.select(postgresql_column()).compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
    assert "to_char(timezone('UTC', expiry), 'YYYYMMDDHH24MISS')" in statement
    assert "isfinite(expiry)" in statement and "infinity" in statement
