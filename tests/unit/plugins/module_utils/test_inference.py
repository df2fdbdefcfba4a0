# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.auth.services.plugins.module_utils.inference import infer
from ansible_collections.auth.services.plugins.module_utils.schema import Column, ForeignKey, Schema, Table


def table(name, *columns, key=("id",), unique=(), foreign=(), view=False):
    """A table of columns ``name type``; a question mark behind the name: it may be NULL."""
    made = []
    for one in columns:
        word, _space, type_ = one.partition(" ")
        made.append(Column(word.rstrip("?"), type_ or "int", word.endswith("?"), "auto" if (word,) == key else None))
    return Table(name, tuple(made), tuple(key), tuple(unique), foreign_keys=tuple(foreign), is_view=view)


def schema(*tables):
    return Schema("mysql", {one.name: one for one in tables})


USERS = table("users", "id", "username varchar(60)", "password varchar(255)", "email varchar(190)", "is_active tinyint(1)", unique=[("username",)])


def references(*tables):
    return {(one.table, *one.columns): (one.to_table, *one.to_columns) for one in infer(schema(*tables)).references}


@pytest.mark.parametrize(
    ("column", "to"),
    [
        ("user_id int", "id"), ("userId int", "id"), ("created_by int", "id"), ("author_id int", "id"), ("owner int", "id"), ("last_editor_id int", "id"),
        ("fk_user_author int", "id"), ("users_id_tech int", "id"), ("id_user_from int", "id"),
        ("user_count int", None), ("created_by varchar(40)", None), ("user_id datetime", None), ("author varchar(60)", None), ("owner tinyint(1)", None),
    ],
)  # fmt: skip
def test_words_for_persons_lead_to_the_accounts_where_the_types_agree(column, to):
    assert references(USERS, table("post", "id", "title varchar(80)", column)).get(("post", column.split()[0])) == (to and ("users", to))


def test_declared_references_win():
    key = ForeignKey(("user_id",), "members", ("id",))
    found = infer(schema(USERS, table("members", "id", "name varchar(9)"), table("post", "id", "user_id int", foreign=[key]))).references
    assert [(one.to_table, one.score, one.declared, one.evidence) for one in found if one.table == "post"] == [("members", 1.0, True, ("declared",))]
