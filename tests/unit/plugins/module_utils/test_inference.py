# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.auth.services.plugins.module_utils.inference import Inclusion, Rows, infer
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


def test_keys_of_what_is_not_seen_do_no_harm():
    odd = Table("odd", (Column("user_id", "int"),), ("unseen",), (("user_id", "unseen"),), foreign_keys=(ForeignKey(("user_id",), "elsewhere", ("id",)),))
    found = infer(schema(USERS, odd, table("other", "id", "odd_id int")))
    assert [(one.table, one.to_table) for one in found.references] == [("odd", "elsewhere")]


def test_declared_references_win():
    key = ForeignKey(("user_id",), "members", ("id",))
    found = infer(schema(USERS, table("members", "id", "name varchar(9)"), table("post", "id", "user_id int", foreign=[key]))).references
    assert [(one.to_table, one.score, one.declared, one.evidence) for one in found if one.table == "post"] == [("members", 1.0, True, ("declared",))]


@pytest.mark.parametrize(
    ("tables", "at", "to"),
    [
        # the column prefix of a table is stripped, and what is left names the table
        ([table("page", "page_id", "page_title varchar(99)", key=("page_id",)), table("revision", "rev_id", "rev_page int", "rev_text int", key=("rev_id",))],
         ("revision", "rev_page"), ("page", "page_id")),
        # a key called after another table is a reference, and not the key that others refer to
        ([table("board", "board_id", "title text", key=("board_id",)), table("board_theme", "board_id", "colour text", key=("board_id",)),
          table("note", "id", "board_id int")], ("note", "board_id"), ("board", "board_id")),
        ([table("board", "board_id int", "title text", key=("board_id",)),
          Table("board_theme", (Column("board_id", "int", False), Column("colour", "text")), ("board_id",))],
         ("board_theme", "board_id"), ("board", "board_id")),
        # this table's name and the rest of the column are the name of a table
        ([table("orders", "id", "total int", "status_id int"), table("order_status", "id", "label text")], ("orders", "status_id"), ("order_status", "id")),
        # of two tables that end in the word, the one whose name this table's name continues
        ([table("mail_batch", "id", "a text"), table("print_batch", "id", "a text"), table("mail_recipient", "id", "batch_id int", "b text")],
         ("mail_recipient", "batch_id"), ("mail_batch", "id")),
        # part of a key called after its table, beside a language
        ([table("state", "state_id", "lang_id int", "label text", key=("state_id", "lang_id")), table("orders", "id", "state_id int")],
         ("orders", "state_id"), ("state", "state_id")),
        ([table("category", "id", "parent_id int", "name text")], ("category", "parent_id"), ("category", "id")),
        ([table("repository", "id", "name text"), table("star", "id", "repo_id int")], ("star", "repo_id"), ("repository", "id")),
        # a text where the key is a number: the unique identifier beside it
        ([table("oauth_clients", "id", "identifier varchar(40)", unique=[("identifier",)]), table("oauth_codes", "id", "client_id varchar(40)", "x text")],
         ("oauth_codes", "client_id"), ("oauth_clients", "identifier")),
        # a column beside says what this one refers to
        ([table("item", "id", "x text"), table("log", "id", "item_id int", "item_type varchar(20)")], ("log", "item_id"), None),
        # an identifier of the row itself, given by others
        ([table("account", "id varchar(30)", "provider_account_id varchar(30)")], ("account", "provider_account_id"), None),
        # a number of another system, which a column beside names
        ([USERS, table("token", "id", "user_id int", "driver varchar(20)", "driver_id int")], ("token", "driver_id"), None),
        # numbers of messages and of the operating system
        ([USERS, table("message", "id", "user_id int", "uid int", "x text")], ("message", "uid"), None),
        ([USERS, table("ftp", "id", "uid int", "gid int", "homedir text")], ("ftp", "uid"), None),
        # what it is assigned to is said beside
        ([USERS, table("asset", "id", "assigned_to int", "assigned_type varchar(99)")], ("asset", "assigned_to"), None),
        ([USERS, table("asset", "id", "assigned_to int", "label text")], ("asset", "assigned_to"), ("users", "id")),
        # a state, a number of accounts, a switch
        ([USERS, table("site", "id", "account_deleted int", "label text")], ("site", "account_deleted"), None),
        ([USERS, table("site", "id", "email_accounts_used int", "label text")], ("site", "email_accounts_used"), None),
        ([table("user", "id", "username varchar(40)", "password varchar(99)", "is_test_user int")], ("user", "is_test_user"), None),
        # what somebody did, in one word
        ([USERS, table("warning", "id", "issuedby int", "label text")], ("warning", "issuedby"), ("users", "id")),
        ([table("users", "uid", "username varchar(40)", "password varchar(99)", key=("uid",)), table("request", "id", "uid int", "touid int")],
         ("request", "touid"), ("users", "uid")),
        # a word of several that only begins the name of a table
        ([USERS, table("response", "id", "single_use_id int", "x text")], ("response", "single_use_id"), None),
        # of tables that own a key of this name, the one that holds most
        ([table("task", "tid", "file text", key=("tid",)), table("thread", "tid", "subject text", "views int", key=("tid",)), table("reply", "id", "tid int")],
         ("reply", "tid"), ("thread", "tid")),
        # the number beside a name that is the primary key
        ([Table("users", (Column("id", "int", False, "auto"), Column("username", "varchar(99)", False), Column("password", "varchar(99)")),
                ("username",), (("id",),)), table("passkey", "id", "user_id int", "x text")], ("passkey", "user_id"), ("users", "id")),
        # nothing refers to the rows of a table that only joins
        ([table("film_festivals", "id", "film_id int", "festival_id int"), table("vote", "id", "festival_id int")], ("vote", "festival_id"), None),
    ],
)  # fmt: skip
def test_names_and_keys_lead_to_tables(tables, at, to):
    assert references(*tables).get(at) == to


def test_whether_names_without_a_mark_are_believed_depends_on_the_schema():
    bare = [table("album", "id", "artist int", "studio int", "name text"), table("artist", "id", "name text"), table("studio", "id", "name text")]
    assert references(*bare)["album", "studio"] == ("studio", "id")
    marked = [table(f"t{number}", "id", "artist_id int", "studio_id int", "album_id int") for number in range(8)]
    assert ("album", "studio") not in references(*bare, *marked)


def test_keys_of_several_columns_lead_to_the_table_that_owns_the_last_part():
    device = table("devices", "user_id", "device_id", "label text", key=("user_id", "device_id"))
    found = infer(schema(USERS, device, table("push", "id", "user_id int", "device_id int", "title text"),
                         table("mail", "id", "user_id int", "a text"))).references
    assert [(one.columns, one.to_table) for one in found if len(one.columns) > 1] == [(("user_id", "device_id"), "devices")]


def test_of_tables_that_share_columns_others_refer_to_the_one_that_is_referred_to():
    pages = table("page", "page_id", "page_namespace", "page_title varchar(99)", key=("page_id",), unique=[("page_namespace", "page_title")])
    others = [table(name, f"{short}_id", f"{short}_namespace", f"{short}_title varchar(99)", key=(f"{short}_id",)) for name, short in
              (("watch", "wl"), ("job", "job"), ("log", "lg"))]
    found = infer(schema(pages, *others, table("slots", "sl_id", "sl_page", "sl_x text", key=("sl_id",)))).references
    assert {(one.table, one.to_table) for one in found if len(one.columns) == 2} == {("watch", "page"), ("job", "page"), ("log", "page")}


def test_groups_of_other_rows_have_no_members():
    invoices = table("invoices", "id", "user_id int", "invoice_group_id int", "total int")
    assert infer(schema(USERS, invoices, table("invoice_groups", "id", "name text"))).membership is None


PROFILE = table("profile", "id", "user_id int", "city text")


@pytest.mark.parametrize(
    ("tables", "slots"),
    [
        ([USERS, PROFILE], {"table": "users", "login": "username", "password": "password", "email": "email", "login_unique": True}),
        # names of other languages
        ([table("benutzer", "id", "benutzername varchar(40)", "passwort varchar(99)", "vorname text", "nachname text", "gesperrt tinyint(1)")],
         {"table": "benutzer", "login": "benutzername", "password": "passwort", "full_name": ["vorname", "nachname"]}),
        # the passwords stand in a table beside
        ([table("user_entity", "id varchar(36)", "username varchar(99)", "email varchar(99)", "enabled boolean", unique=[("username",)]),
          table("credential", "id varchar(36)", "user_id varchar(36)", "secret_data text", "salt bytea")],
         {"table": "user_entity", "login": "username", "password": "credential.secret_data", "salt": "credential.salt"}),
        # a password that opens something else
        ([table("users", "id", "username varchar(40)", "pwd_hash varchar(99)"),
          table("mail_account", "id", "username text", "password text", "host text", "port int")],
         {"table": "users", "password": "pwd_hash"}),
        # without any password, by name and by what refers to it
        ([table("users", "id", "name varchar(40)", "last_login datetime", unique=[("name",)]),
          *[table(f"t{n}", "id", "user_id int", "x text") for n in range(4)]],
         {"table": "users", "login": "name", "password": None}),
        ([table("radcheck", "id", "username varchar(64)", "attribute varchar(64)", "op char(2)", "value varchar(253)")],
         {"table": "radcheck", "kind": "attribute rows", "login": "username", "value": "value", "sure": False}),
    ],
)  # fmt: skip
def test_the_account_and_its_columns(tables, slots):
    account = infer(schema(*tables)).as_dict()["account"]
    assert {name: account[name] for name in slots} == slots


def test_no_table_of_accounts_is_found_where_there_is_none():
    found = infer(schema(table("server", "id", "host text", "username text", "password text", "port int"), table("song", "id", "title text")))
    assert found.account is None
    assert found.doubts == ("No table looks like one of accounts: say which it is, if there is one.",)


def test_a_view_is_no_account_table():
    view = table("user", "id", "username varchar(60)", "password varchar(255)", "email text", view=True)
    assert infer(schema(view, USERS)).account.table == "users"


@pytest.mark.parametrize(
    ("column", "how", "values"),
    [
        ("is_active tinyint(1)", "boolean", (True, False)), ("disabled boolean", "inverse boolean", (False, True)), ("status int", "status", (None, None)),
        ("deleted_at? datetime", "timestamp", (None, "now()")), ("email_verified boolean", None, None),
    ],
)  # fmt: skip
def test_the_flag_and_its_polarity(column, how, values):
    active = infer(schema(table("users", "id", "username varchar(60)", "password text", column))).account.active
    assert (active and (active["kind"], (active["enabled"], active["disabled"]))) == (how and (how, values))


def test_customers_and_staff_are_offered_not_chosen():
    staff = table("staff", "id", "username varchar(40)", "password text", "email text")
    members = table("members", "id", "username varchar(40)", "password text", "email text")
    found = infer(schema(staff, members))
    assert not found.account.sure
    assert {found.account.table, found.alternatives[0].table} == {"staff", "members"}
    assert "may hold the accounts" in found.doubts[0]


def test_groups_roles_and_what_is_emptied():
    found = infer(schema(USERS, table("groups", "id", "name text"), table("group_members", "group_id", "user_id", key=("group_id", "user_id")),
                         table("group_moderators", "group_id", "user_id", key=("group_id", "user_id")),
                         table("sessions", "id text", "user_id int", "data text"),
                         table("api_keys", "id", "created_by int", "user_id int", "key_hash text"), table("session_types", "id", "user_id int", "a text")))
    assert found.membership == {"table": "group_members", "account": "user_id", "group": "group_id"}
    assert found.group == {"table": "groups", "key": "id", "name": "name"}
    assert found.on_disable == ({"table": "api_keys", "column": "user_id"}, {"table": "sessions", "column": "user_id"})


def test_rows_raise_and_lower_what_names_say():
    tables = schema(USERS, table("post", "id", "user_id int", "title text"))
    key = ("post", ("user_id",), "users", ("id",))
    assert infer(tables).questions.inclusions == (key,)
    assert infer(tables).questions.formats == (("users", "password"),)
    before, = infer(tables).references
    up, = infer(tables, Rows(inclusions={key: Inclusion(1000, 1000, 400)})).references
    assert before.score < up.score
    assert up.evidence[-1] == "1,000 of 1,000 sampled values exist"
    assert infer(tables, Rows(inclusions={key: Inclusion(3, 1000, 400)})).references == ()
    assert infer(tables, Rows(formats={("users", "password"): {"bcrypt": 9}})).account.formats == ["bcrypt"]


def test_the_most_frequent_state_is_enabled():
    tables = schema(table("users", "id", "username varchar(60)", "password text", "status varchar(9)"))
    active = infer(tables, Rows(frequencies={("users", "status"): [("ok", 90), ("gone", 3)]})).account.active
    assert (active["enabled"], active["disabled"]) == ("ok", "gone")
    active = infer(tables, Rows(frequencies={("users", "status"): [(1, 90), (2, 3), (3, 1)]})).account.active
    assert (active["enabled"], active["disabled"]) == (1, None)


def test_what_a_view_compares_refers():
    tables = schema(table("song", "id", "by_whom int", "x text"), table("band", "id", "name text"))
    told = Schema("mysql", tables.tables, joins={("song", "by_whom", "band", "id"): "view songs"})
    assert infer(tables).references == ()
    one, = infer(told).references
    assert (one.to_table, one.evidence[0]) == ("band", "view songs compares it with band.id")


def test_applications_are_recognised_with_their_prefixes():
    def press(prefix):
        return (table(f"{prefix}users", "ID", "user_login text", "user_pass text", "user_nicename text", key=("ID",)),
                table(f"{prefix}usermeta", "umeta_id", "user_id", "meta_key text", key=("umeta_id",)),
                table(f"{prefix}options", "option_id", "option_name text", key=("option_id",)))

    found = infer(schema(*press("wp_"), *press("blog_"))).application
    assert [(one["name"], one["service_type"], one["table_prefix"], one["accounts"]) for one in found] == [
        ("WordPress", "wordpress", "blog_", "blog_users"), ("WordPress", "wordpress", "wp_", "wp_users")]
    assert infer(schema(USERS)).application == ()


NAMES = st.text(max_size=20) | st.sampled_from(["id", "user_id", "users", "user", "name", "password", "parent_id",
                                                "x_type", "x_id", "Ünïcode_id", "_", "id_", "__id"])
TYPES = st.sampled_from(["int", "int unsigned", "varchar(60)", "text", "boolean", "datetime", "uuid", "bytea", "", "?odd(", "int[]", "enum('a','b')"])
COLUMNS = st.lists(st.builds(Column, NAMES, TYPES, st.booleans(), st.sampled_from([None, "auto", "0"])), max_size=6, unique_by=lambda column: column.name)


@st.composite
def schemas(draw):
    tables = {}
    for name in draw(st.lists(NAMES, max_size=6, unique=True)):
        columns = draw(COLUMNS)
        parts = st.lists(st.sampled_from([column.name for column in columns]), min_size=1, max_size=3, unique=True).map(tuple) if columns else st.nothing()
        key = draw(st.just(()) | parts)
        tables[name] = Table(name, tuple(columns), key, tuple(draw(st.lists(parts, max_size=2))) if columns else (), is_view=draw(st.booleans()))
    return Schema("sqlite", tables, strict=False)


@given(schemas())
@settings(max_examples=50, deadline=None)
def test_any_schema_is_looked_at(some):
    found = infer(some)
    json.dumps(found.as_dict())
    for one in found.references:
        assert 0 < one.score <= 1
        assert all(some.tables[one.table].column(name) for name in one.columns)
        assert all(some.tables[one.to_table].column(name) for name in one.to_columns)


def test_hundreds_of_tables_take_seconds():
    many = [table(f"app_{n % 7}_thing{n}", "id", "user_id int", "parent_id int", f"thing{n // 2}_id int",
                  "status_id int", "a text", "name varchar(40)", unique=[("user_id", "name")])
            for n in range(600)]
    start = time.process_time()
    assert infer(schema(USERS, *many)).account.table == "users"
    assert time.process_time() - start < 20
