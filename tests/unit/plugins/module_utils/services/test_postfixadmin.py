# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mailboxes of Postfixadmin: addresses, passwords, states, limits and removal, on its tables in SQLite."""

from __future__ import annotations

import datetime
import re

import pytest
from sqlalchemy import event

from ansible_collections.auth.services.plugins.module_utils.account import AccountError
from ansible_collections.auth.services.plugins.module_utils.passwords import UnverifiableHash
from ansible_collections.auth.services.plugins.module_utils.services.postfixadmin import passwords
from ansible_collections.auth.services.plugins.module_utils.services.postfixadmin.adapter import Postfixadmin
from ansible_collections.auth.services.tests.unit.applications.postfixadmin import OLD, SQL, SQL_4, STORED, Mail

ALICE = {"name": "alice@example.org"}


@pytest.fixture
def mail(tmp_path):
    return Mail(tmp_path / "mail", SQL)


@pytest.fixture
def mail4(tmp_path):
    return Mail(tmp_path / "mail4", SQL + SQL_4)


def refusal(mail, *entries, **options):
    before = mail.dump()
    with pytest.raises(AccountError) as caught:
        mail.apply(*entries, options=options)
    assert mail.dump() == before
    return str(caught.value)


# Passwords. doveadm pw of Dovecot 2.3.19


@pytest.mark.parametrize("stored", STORED)
def test_every_scheme(stored):
    passwords.check_hash(stored)
    assert passwords.SCHEME.verify(stored, "correct horse")
    assert not passwords.SCHEME.verify(stored, "correct horst")
    assert not passwords.SCHEME.verify(stored, "")


@pytest.mark.parametrize("stored", [one for one in STORED if not re.match(r"\{(SCRAM|PLAIN[}.]|CLEAR)", one)])
def test_what_lost_its_end(stored):
    assert not passwords.SCHEME.verify(stored[:-2], "correct horse")
    if not re.match(r"\{(SSHA|SMD5|ARGON2)", stored):  # of any length
        with pytest.raises(ValueError, match="Dovecot cannot verify this password_hash"):
            passwords.check_hash(stored[:-2])


@pytest.mark.parametrize("stored", [
    "{CRAM-MD5}38b57fd1a0c4b46c", "{DES-CRYPT}sWa1f4kXu6Baw", "{PLAIN-TRUNC}correct horse", "{PLAIN-MD4}b4fe5d2ad49f136f957a7a6b1c029cd2",
    "{HMAC-MD5}38b57fd1a0c4b46c814aa05f20318edd71c455380655f2c0ac35c5b359528d29", "{OTP}sha1 1024 0e770f2f8d0867d7 4c203ce8536987c2",
    "{NONSENSE}x", "plain", "", "5f4dcc3b5aa765d61d8327deb882cf99"])
def test_what_only_the_server_knows(stored):
    with pytest.raises(UnverifiableHash, match="update_password: on_create"):
        passwords.SCHEME.verify(stored, "correct horse")
    with pytest.raises(ValueError, match="Dovecot cannot verify this password_hash"):
        passwords.check_hash(stored)


@pytest.mark.parametrize("stored", [
    "{PBKDF2}$1$zPtjAJWrINxYE1G4$500000000$cb1db80ec631fd3e9940f4b7eecec4d749c545cc", "{SCRAM-SHA-1}99999999,aa==,aa==,aa==",
    "{BLF-CRYPT}$2y$31$" + "x" * 53, "{SHA512-CRYPT}$6$rounds=999999999$x$" + "x" * 86, "{SCRAM-SHA-256}99999999999,aa==,aa==,aa==",
    "{ARGON2ID}$argon2id$v=19$m=3145728,t=1,p=1$dE5SdFQ3WERuZkd5WWUxVA$KGVRWiyUfnkVHpV5Huj4TyGR5OzDE4KaiAB5ARXOM8U",
    "{ARGON2ID}$argon2id$v=19$m=65536,t=1,p=20000$dE5SdFQ3WERuZkd5WWUxVA$KGVRWiyUfnkVHpV5Huj4TyGR5OzDE4KaiAB5ARXOM8U",
])
def test_expensive_hashes_are_refused(stored):
    with pytest.raises(UnverifiableHash, match="would take more than"):
        passwords.SCHEME.verify(stored, "correct horse")


def test_a_hash_of_our_own():
    made = passwords.SCHEME.make("päßwörd €漢🔑")
    assert made.startswith("{SHA512-CRYPT}$6$") and len(made) <= 255
    assert passwords.SCHEME.verify(made, "päßwörd €漢🔑")


@pytest.mark.parametrize(("entry", "text"), [
    ({"password": ""}, "is empty"), ({"password": "a\nb"}, "line break"), ({"password": "a\0b"}, "NUL"), ({"password": "é" * 256}, "511 bytes"),
    ({"password": "\udcff"}, "not valid Unicode"), ({"password_hash": "Secret-1"}, "password_hash"), ({"password_hash": "{PLAIN}é"}, "password_hash"),
    ({"quota": -2}, "quota"), ({"email_other": "none"}, "email_other"), ({"phone": "1" * 31}, "phone"), ({"display_name": "x" * 256}, "display_name"),
])
def test_values_that_are_refused(mail, entry, text):
    message = refusal(mail, {**ALICE, **entry})
    assert text in message and "Secret-1" not in message


# Addresses

@pytest.mark.parametrize(("typed", "stored"), [
    ("Alice@Example.ORG", "alice@example.org"), ("o'neil+x_!#$%&*/=?^{|}~-@example.org", "o'neil+x_!#$%&*/=?^{|}~-@example.org"),
    ("x" * 64 + "@example.org", "x" * 64 + "@example.org"),
])
def test_addresses(mail, typed, stored):
    assert mail.actions({"name": typed}) == {stored: "created"}


@pytest.mark.parametrize("name", [
    "", "alice", "@example.org", "a b@example.org", ".a@example.org", "a.@example.org", "a..b@example.org", "zoë@example.org", "a`b@example.org",
    "a@b@example.org", "a@example", "a@-example.org", "a@example-.org", "a@exa_mple.org", "a@example.org\n", "x" * 65 + "@example.org",
    "a@" + "x" * 64 + ".org", "a@example.abcdefghijklmn",
])
def test_addresses_that_are_refused(mail, name):
    assert "does not allow this address" in refusal(mail, {"name": name})


def test_two_spellings_of_an_address(mail):
    assert "is the same account as 'Alice@example.org'" in refusal(mail, {"name": "Alice@example.org"}, {"name": "alice@Example.org"})


def test_what_postfixadmin_would_refuse(mail):
    assert "create the domain 'example.com'" in refusal(mail, {"name": "a@example.com"})
    assert "an alias already has this address" in refusal(mail, {"name": "info@example.org"})
    assert "the mailbox limit of domain 'closed.example.org' is 0" in refusal(mail, {"name": "a@closed.example.org"})


# Rows

def test_a_new_mailbox(mail):
    mail.apply({**ALICE, "password": "Secret-12", "display_name": "Alice Ö", "quota": 5, "phone": "1", "email_other": "a@example.com"})
    row = mail.row("mailbox")
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    for column in ("created", "modified", "token_validity"):
        assert abs(datetime.datetime.strptime(row.pop(column), "%Y-%m-%d %H:%M:%S") - now) < datetime.timedelta(minutes=1)
    expiry = datetime.datetime.strptime(row.pop("password_expiry"), "%Y-%m-%d %H:%M")
    assert abs(expiry - now - datetime.timedelta(days=365)) < datetime.timedelta(minutes=2)
    assert passwords.SCHEME.verify(row.pop("password"), "Secret-12")
    assert row == {"username": "alice@example.org", "local_part": "alice", "domain": "example.org", "maildir": "example.org/alice/", "active": 1,
                   "name": "Alice Ö", "quota": 5, "phone": "1", "email_other": "a@example.com", "token": ""}
    alias = mail.row("alias", address="alice@example.org")
    assert (alias["goto"], alias["domain"], alias["active"]) == ("alice@example.org", "example.org", 1)
    assert mail.rows("log") == []


@pytest.mark.parametrize("maildir", ["{domain}/{address}/", "{address}/", "x/{local_part}/{domain}/{other}/"])
def test_where_mails_go(mail, maildir):
    mail.apply(ALICE, options={"maildir": maildir})
    assert mail.row("mailbox")["maildir"] == maildir.format(domain="example.org", address="alice@example.org", local_part="alice", other="{other}")


def test_without_a_password_nobody_gets_in(mail):
    mail.apply(ALICE, {"name": "bob@example.org"})
    first, second = (row["password"] for row in mail.rows("mailbox"))
    assert first != second
    assert not passwords.SCHEME.verify(first, first.split("}")[1])
    passwords.check_hash(first)  # Dovecot 2.4 answers others with a temporary failure


def test_disabled_and_enabled_again(mail4):
    mail4.apply({**ALICE, "password_hash": OLD, "display_name": "A"})
    for stored in (OLD, None):
        mail4.insert("mailbox_app_password", username="alice@example.org", password_hash=stored)
    mail4.insert("mailbox_app_password", username="bob@example.org", password_hash=OLD)
    columns = ("password", "name", "active", "token")
    before = [mail4.rows("mailbox_app_password"), [{column: row[column] for column in columns} for row in mail4.rows("mailbox")]]
    assert mail4.actions({**ALICE, "state": "disabled"}) == {"alice@example.org": "disabled"}
    assert mail4.row("mailbox")["active"] == mail4.row("alias", address="alice@example.org")["active"] == 0
    assert [row["password_hash"] for row in mail4.rows("mailbox_app_password")] == ["{!}" + OLD, None, OLD]
    assert mail4.row("alias", address="info@example.org")["active"] == 1
    assert mail4.actions({**ALICE, "state": "disabled", "password": "correct horse"}) == {}
    assert mail4.actions({**ALICE, "state": "enabled"}) == {"alice@example.org": "enabled"}
    after = [mail4.rows("mailbox_app_password"), [{column: row[column] for column in columns} for row in mail4.rows("mailbox")]]
    assert after == before
    assert mail4.row("alias", address="alice@example.org")["active"] == 1


def test_no_app_password_looks_like_a_disabled_one(mail4):
    """Kept in clear text ($CONF['encrypt'] = 'cleartext'), it is whatever the person chose."""
    mail4.apply({**ALICE})
    mail4.insert("mailbox_app_password", username="alice@example.org", password_hash="!secret")
    mail4.update("mailbox", {"username": "alice@example.org"}, active=0)
    assert mail4.actions({**ALICE, "state": "disabled"}) == {"alice@example.org": "disabled"}
    assert mail4.row("mailbox_app_password")["password_hash"] == "{!}!secret"
    mail4.apply({**ALICE, "state": "enabled"})
    assert mail4.row("mailbox_app_password")["password_hash"] == "!secret"


def test_half_disabled_is_neither(mail4):
    mail4.apply({**ALICE, "state": "present"})
    mail4.insert("mailbox_app_password", username="alice@example.org", password_hash=OLD)
    mail4.update("mailbox", {"username": "alice@example.org"}, active=0)
    account = mail4.read()["alice@example.org"]
    assert (account.enabled, account.disabled) == (False, False)
    assert mail4.actions({**ALICE, "state": "disabled"}) == {"alice@example.org": "disabled"}


def test_a_new_password_closes_what_lets_in_without_it(mail4):
    """A stranger had the address before."""
    mail4.apply({**ALICE, "password_hash": OLD}, {"name": "bob@example.org", "password_hash": OLD})
    for name in ("alice", "bob"):
        mail4.insert("mailbox_app_password", username=f"{name}@example.org", password_hash=OLD)
    mail4.run("UPDATE mailbox SET token = 'planted'")
    assert mail4.actions({**ALICE, "password": "correct horse"}) == {}
    mail4.apply({**ALICE, "password": "An-other-9"})
    assert [row["username"] for row in mail4.rows("mailbox_app_password")] == ["bob@example.org"]
    assert {row["username"]: row["token"] for row in mail4.rows("mailbox")} == {"alice@example.org": "", "bob@example.org": "planted"}
    assert mail4.actions({"name": "bob@example.org", "state": "disabled", "password": "An-other-9"}) == {"bob@example.org": "disabled"}
    assert mail4.rows("mailbox_app_password") == [] and {row["token"] for row in mail4.rows("mailbox")} == {""}


def test_an_inactive_mailbox_whose_alias_takes_mail_is_not_disabled(mail):
    """It may lead to the leaver's own address elsewhere."""
    mail.apply(ALICE)
    mail.apply({**ALICE, "state": "disabled"})
    mail.update("alias", {"address": "alice@example.org"}, active=1, goto="leaver@example.net")
    assert not mail.read()["alice@example.org"].disabled
    assert mail.actions({**ALICE, "state": "disabled"}) == {"alice@example.org": "disabled"}
    assert mail.row("alias", address="alice@example.org")["active"] == 0


@pytest.mark.parametrize("sql", [
    "DELETE FROM domain",
    "UPDATE domain SET mailboxes = 1, maxquota = 1, quota = 1",
    "DELETE FROM alias",
    "UPDATE alias SET address = 'Alice@Example.ORG' WHERE address = 'alice@example.org'",
    "UPDATE mailbox SET quota = 'much', modified = NULL, password = NULL, token = 'x' WHERE username = 'alice@example.org'",
    "UPDATE mailbox SET password_expiry = X'ff', created = 'never' WHERE username = 'alice@example.org'",
    "UPDATE mailbox SET quota = NULL",
    "UPDATE mailbox_app_password SET password_hash = X'ff00'",
    "UPDATE mailbox_app_password SET password_hash = CAST(X'ff00' AS TEXT)",
    "UPDATE mailbox_app_password SET password_hash = hex(randomblob(127)) || '!'",
    "UPDATE mailbox_app_password SET password_hash = '!' || password_hash",
    "UPDATE mailbox_app_password SET password_hash = '!secret'",
])
@pytest.mark.parametrize("options", [{}, {"quota_multiplier": 1000}])
def test_no_row_keeps_a_mailbox_from_being_disabled(tmp_path, sql, options):
    mail4 = Mail(tmp_path / "mail", (SQL + SQL_4).replace("NOT NULL", ""))
    mail4.apply({**ALICE, "password_hash": OLD}, {"name": "bob@example.org"})
    mail4.insert("mailbox_app_password", username="alice@example.org", password_hash=OLD)
    mail4.run(sql)
    assert mail4.actions({**ALICE, "state": "disabled"}, options=options) == {"alice@example.org": "disabled"}
    assert mail4.row("mailbox", username="alice@example.org")["active"] == 0
    assert mail4.rows("alias", address="alice@example.org", active=1) == []
    assert [row["password_hash"][:3] for row in mail4.rows("mailbox_app_password")] == ["{!}"]
    assert len(mail4.row("mailbox_app_password")["password_hash"]) <= 255
    assert mail4.read()["alice@example.org"].disabled


JOHN, SMALL_JOHN = "John.Doe@Example.org", "john.doe@example.org"


@pytest.fixture(params=["", " COLLATE NOCASE"], ids=["PostgreSQL", "MariaDB"])
def capitals(request, tmp_path):
    """A mailbox that something else than Postfixadmin made, where the database tells letters apart, and where it does not."""
    columns = ("username varchar(255)", "address varchar(255)", "email varchar(255)", "on_vacation varchar(255)")
    sql = SQL + SQL_4
    for column in columns:
        sql = sql.replace(column, column + request.param)
    mail = Mail(tmp_path / "mail", sql)
    mail.apply({"name": SMALL_JOHN, "password_hash": OLD}, {**ALICE, "password_hash": OLD})
    mail.update("mailbox", {"username": SMALL_JOHN}, username=JOHN, domain="Example.org", local_part="John.Doe")
    for name in (SMALL_JOHN, JOHN, "alice@example.org"):
        mail.insert("mailbox_app_password", username=name, password_hash=OLD)
    return mail


@pytest.mark.parametrize("complete", [False, True])
@pytest.mark.parametrize("name", [JOHN, SMALL_JOHN, "JOHN.doe@example.ORG"])
def test_a_mailbox_with_capital_letters(capitals, name, complete):
    mail, others = capitals, {"complete": complete}
    kept = [mail.row("mailbox", username=ALICE["name"]), mail.rows("alias", address=ALICE["name"])]
    (john,) = (account for account in mail.read().values() if account.name == JOHN)
    assert (john.enabled, john.disabled, john.undecided) == (True, False, "")
    for options in ({"name": name}, {"name": name, "state": "enabled"}, {"name": name, "password": "correct horse"}):
        assert mail.actions(options, **others) == {}
    assert mail.actions({"name": name, "state": "disabled"}, **others) == {JOHN: "disabled"}
    assert mail.actions({"name": name, "state": "disabled"}, **others) == {}
    assert mail.row("alias", address=SMALL_JOHN)["active"] == 0 == mail.row("mailbox", username=JOHN)["active"]
    assert [row["password_hash"][:3] for row in mail.rows("mailbox_app_password")] == ["{!}", "{!}", "{SH"]
    mail.update("alias", {"address": SMALL_JOHN}, active=1)
    assert mail.actions({"name": name, "state": "disabled"}, **others) == {JOHN: "disabled"}
    assert mail.actions({"name": name, "state": "enabled"}, **others) == {JOHN: "enabled"}
    assert {row["password_hash"] for row in mail.rows("mailbox_app_password")} == {OLD}
    assert mail.actions({"name": name, "password": "An-other-9"}, **others) == {JOHN: "updated"}
    assert [row["username"] for row in mail.rows("mailbox_app_password")] == [ALICE["name"]]
    for table, column in (("fetchmail", "mailbox"), ("vacation", "email"), ("quota", "username"), ("quota2", "username"),
                          ("mailbox_app_password", "username")):
        mail.insert(table, **{column: SMALL_JOHN})
    assert mail.actions({"name": name, "state": "absent"}, **others) == {JOHN: "removed"}
    assert mail.actions({"name": name, "state": "absent"}, **others) == {}
    assert "john" not in str(mail.dump("log")).lower()
    assert [mail.row("mailbox"), mail.rows("alias", address=ALICE["name"])] == kept


def test_mailboxes_that_differ_in_letters_alone(mail):
    """PostgreSQL and SQLite tell them apart."""
    mail.apply({"name": SMALL_JOHN}, ALICE)
    row = {**mail.row("mailbox", username=SMALL_JOHN), "username": JOHN}
    mail.insert("mailbox", **row)
    assert mail.actions(ALICE, {"name": SMALL_JOHN}, complete=True, unlisted="disable", unlisted_limit="100%") == {JOHN: "disabled"}
    assert mail.row("alias", address=SMALL_JOHN)["active"] == 1 == mail.row("mailbox", username=SMALL_JOHN)["active"]
    assert mail.actions({"name": SMALL_JOHN, "state": "absent"}) == {SMALL_JOHN: "removed"}
    assert mail.actions({"name": JOHN, "state": "absent"}) == {JOHN: "removed"}
    assert [row["username"] for row in mail.rows("mailbox")] == ["alice@example.org"]


@pytest.mark.parametrize("name", ["zoë@example.org", "a..b@example.org", "root", "Zoë Ö"])
def test_who_has_an_address_that_is_refused_can_be_shut(mail, name):
    mail.apply({"name": "x@example.org", "password_hash": OLD}, ALICE)
    mail.update("mailbox", {"username": "x@example.org"}, username=name)
    assert mail.actions({"name": name, "state": "enabled", "password": "correct horse"}) == {}
    assert mail.actions({"name": name, "state": "disabled"}) == {name: "disabled"}
    assert mail.actions({"name": name, "state": "disabled"}, ALICE, complete=True, unlisted="remove") == {}
    assert mail.actions({"name": name, "state": "absent"}) == {name: "removed"}


def test_what_a_reviewer_wants_to_know(mail):
    mail.apply(ALICE, {"name": "bob@example.org"}, {"name": "carol@example.org"})
    mail.update("alias", {"address": "alice@example.org"}, goto="alice@example.org,alice#example.org@autoreply.example.org, x@example.net\u202e")
    mail.update("alias", {"address": "bob@example.org"}, goto=",".join(f"{number}@example.net" for number in range(100_000)))
    mail.insert("vacation", email="alice@example.org")
    mail.insert("admin", username="bob@example.org", superadmin=1)
    mail.insert("admin", username="carol@example.org", active=0)

    def rights():
        database = mail.database()
        with database.connect() as connection:
            service = Postfixadmin(database, connection, mail.service_options())
            return service.rights(service.read(None).values()), service.warnings

    found, warnings = rights()
    assert found.pop("alice@example.org") == ["mail is also forwarded to 'x@example.net\\\\u202e'", "a vacation message answers mail"]
    forwarded, *more = found.pop("bob@example.org")
    assert more == ["administrator of Postfixadmin", "super administrator of Postfixadmin"] and len(forwarded) < 300
    assert (found, warnings) == ({}, [])
    mail.run("DROP TABLE admin")
    assert "active of the table admin" in rights()[1][0]


def test_a_changed_password_expires_anew(mail):
    mail.apply({**ALICE, "password_hash": OLD})
    mail.update("mailbox", {"username": "alice@example.org"}, password_expiry="2020-01-01 00:00", modified="2020-01-01 00:00:00")
    mail.apply({**ALICE, "display_name": "A"})
    assert mail.row("mailbox")["password_expiry"] == "2020-01-01 00:00" and mail.row("mailbox")["modified"] > "2026"
    mail.apply({**ALICE, "password": "Secret-12"})
    assert mail.row("mailbox")["password_expiry"] > "2026"


def test_the_log(mail):
    for entry in ({}, {"quota": 7}, {"state": "disabled"}, {"state": "absent"}):
        mail.apply({**ALICE, **entry}, options={"log_as": "Ansible"})
    assert [row["action"] for row in mail.rows("log", username="Ansible", domain="example.org", data="alice@example.org")] == [
        "create_alias", "create_mailbox", "edit_alias", "edit_mailbox", "edit_alias", "edit_mailbox", "delete_mailbox"]


def test_removal(mail4):
    before = mail4.dump("log")
    mail4.apply(ALICE, {"name": "bob@example.org"})
    kept = mail4.dump("log")
    for table, column in (("fetchmail", "mailbox"), ("vacation", "email"), ("vacation_notification", "on_vacation"), ("quota", "username"),
                          ("quota2", "username"), ("mailbox_app_password", "username"), ("totp_exception_address", "username")):
        mail4.insert(table, **{column: "alice@example.org"}, **({"ip": "::1"} if column == "username" and "totp" in table else {}))
    assert mail4.actions({**ALICE, "state": "absent"}) == {"alice@example.org": "removed"}
    after = mail4.dump("log")
    assert [row["username"][1] for row in after["mailbox"]] == ["bob@example.org"]
    assert {name: rows for name, rows in after.items() if name not in ("mailbox", "alias")} == {
        name: rows for name, rows in kept.items() if name not in ("mailbox", "alias")}
    mail4.apply({"name": "bob@example.org", "state": "absent"})
    assert mail4.dump("log") == before


# Limits of domains

SMALL = [{"name": f"{name}@small.example.org"} for name in "abc"]


def test_the_number_of_mailboxes(mail):
    assert refusal(mail, *SMALL).count("the mailbox limit of domain 'small.example.org' is 2; it has 0, and 3 are new") == 3
    mail.apply(*SMALL[:2])
    assert "it has 2, and 1 are new" in refusal(mail, SMALL[2])
    mail.apply(SMALL[2], {**SMALL[0], "state": "absent"})
    assert [row["username"] for row in mail.rows("mailbox")] == ["b@small.example.org", "c@small.example.org"]


def test_the_size_of_mailboxes(mail):
    limits = {"quota_multiplier": 1000}
    assert "a mailbox of the domain may have 2000 bytes" in refusal(mail, {**SMALL[0], "quota": 2001}, **limits)
    assert "quota is unlimited" in refusal(mail, SMALL[0], **limits)
    assert "all mailboxes of the domain together may have 3000" in refusal(mail, *({**one, "quota": 2000} for one in SMALL[:2]), **limits)
    mail.apply({**SMALL[0], "quota": 2000}, {**SMALL[1], "quota": 1000}, options=limits)
    assert "together" in refusal(mail, {**SMALL[1], "quota": 1001}, **limits)
    mail.apply({**SMALL[0], "quota": 1000}, {**SMALL[1], "quota": 2000}, options=limits)
    mail.apply({**SMALL[1], "quota": 5000})  # as in a Postfixadmin that does not limit sizes
    mail.apply({**SMALL[1], "display_name": "B"}, options=limits)  # what was too big before stays
    assert [row["quota"] for row in mail.rows("mailbox")] == [1000, 5000]


@pytest.mark.parametrize("limits", [{}, {"quota_multiplier": 1000}])
def test_limits_that_are_null_are_none(tmp_path, limits):
    mail = Mail(tmp_path / "mail", SQL.replace("NOT NULL", ""))
    mail.run("UPDATE domain SET mailboxes = NULL, maxquota = NULL, quota = NULL, password_expiry = NULL")
    mail.apply({**SMALL[0], "quota": 7_000_000}, SMALL[1], options=limits)
    mail.run("UPDATE alias SET goto = NULL")
    database = mail.database()
    with database.connect() as connection:
        service = Postfixadmin(database, connection, mail.service_options())
        assert service.rights(service.read(None).values()) == {}


# Statements

def test_the_number_of_statements_does_not_grow(tmp_path):
    counts = {}
    for number in (3, 30):
        mail = Mail(tmp_path / str(number), SQL + SQL_4)
        accounts = [{"name": f"u{one}@example.org", "password_hash": OLD, "quota": one} for one in range(number)]
        counts[number] = []
        for step in (accounts, [{**one, "display_name": one["name"]} for one in accounts], [{**one, "state": "disabled"} for one in accounts],
                     [{**one, "state": "absent"} for one in accounts]):
            statements = []
            database = mail.database()
            event.listen(database.engine, "before_cursor_execute", lambda *arguments, seen=statements: seen.append(arguments[2]))
            assert len(mail.apply(*step, database=database, options={"log_as": "x"}).plan.pending) == number
            counts[number].append(len(statements))
    assert counts[3] == counts[30]
