# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is exported, declared again, changes nothing; and who is taken for whom."""

from __future__ import annotations

import copy
import dataclasses
import re
import time
import unicodedata
from dataclasses import dataclass, field

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ansible_collections.auth.services.plugins.module_utils.account import KEEP, Account, Declared, plan
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.names import NameRules
from ansible_collections.auth.services.plugins.module_utils.xmpp import nodeprep
from ansible_collections.auth.services.plugins.plugin_utils.export import (
    BUILT_IN,
    BY_NAME,
    DIFFERENT,
    LEFT_OUT,
    LOOK_ALIKE,
    MAX_TEXT,
    NOT_WRITTEN,
    PLAIN,
    SAME_NAME,
    SHARED,
    TWICE,
    UNCONFIRMED,
    ExportError,
    Source,
    comparison_key,
    export,
    local_part,
)
from ansible_collections.auth.services.plugins.plugin_utils.export_files import files, secret_files, to_yaml
from ansible_collections.auth.services.plugins.plugin_utils.people import Rules, accounts_for

COMMON = ("name", "state", "password", "password_hash", "update_password", "reason")
WIKI = NameRules((1, 43))


def address(name):
    if not re.fullmatch(r"[^@\s]+@[a-z.]+", name.lower()):
        raise ValueError("no address")
    return name.lower()


@dataclass
class Kind:
    """An application: the fields of its accounts, what it makes of a name, and which names it takes for one."""

    fields: dict
    canonical: object = str
    comparison_key: object = str
    options: tuple = field(default=())

    def __post_init__(self):
        self.options = (*COMMON, *self.fields, *self.options)


# Names and addresses that meet
NAMES = st.sampled_from([
    "alice", "Alice", "ALICE", "Alice Liddell", "alice_liddell", "bob", "bob ", "Bób", "ΑΛΙΚΗ", "αλικη", "Βασίλης", "admin", "SuperUser", "bot-1",
    "alice@example.org", "alice@example.com", "Alice@Example.org", "bob@example.org", "User:alice", "User:Admin", "alice (b)", "alice 2 (b)", "yes",
    "0123", "{{ 7*7 }}", "{% raw %}", "a\u202eb", "-", "_", "=cmd|' /C calc'!A0", "<script>", "a\nb", "null", "~", "'", '"',
]) | st.text(max_size=5).map(str.strip).filter(bool)
ADDRESSES = st.sampled_from(["", "", "", "alice@example.org", "Alice@Example.org", "alice@example.com", "bob@example.org", "office@example.org"])
GROUPS = st.lists(st.sampled_from(["sysop", "bot", "{{ x }}", "a/b", "yes", "Γ"]), unique=True)
TEXTS = st.sampled_from(["", "", "Alice Liddell", "Alice  Liddell", "{{ 7*7 }}", "no", "A: #b"])
TIMES = st.sampled_from([None, None, "2035-01-01T00:00:00Z", "2036-01-01T00:00:00Z"])

KINDS = {
    "wiki": Kind({"email": ADDRESSES, "email_confirmed": st.booleans(), "real_name": TEXTS, "groups": GROUPS, "group_expiry": TIMES},
                 WIKI.canonical),
    "voice": Kind({"email": ADDRESSES, "certificate_hash": TEXTS, "groups": GROUPS}, comparison_key=str.casefold),
    "mail": Kind({"display_name": TEXTS, "quota": st.integers(0, 2)}, address),
    "chat": Kind({}, nodeprep),
    "site": Kind({"is_staff": st.booleans(), "first_name": TEXTS}, comparison_key=str.casefold, options=("email", "real_name", "groups")),
    "radius": Kind({"groups": GROUPS, "group_priority": st.sampled_from([None, 0, 7]),
                    "check_attributes": st.lists(st.fixed_dictionaries({"attribute": NAMES, "op": st.just(":="), "value": TEXTS}), max_size=2)}),
}


@st.composite
def accounts(draw, kind):
    made = {}
    for name in draw(st.lists(NAMES, max_size=6)):
        try:
            name = kind.canonical(name)
        except ValueError:
            continue
        account = {"name": name, "state": draw(st.sampled_from(["enabled", "enabled", "disabled", "present"]))}
        account.update({option: draw(values) for option, values in kind.fields.items()})
        account["password_hash"] = draw(st.sampled_from(["", f"hash of {name}"]))
        for option in ("group_expiry", "group_priority"):
            if option in account:
                value = account[option]
                account[option] = {} if value is None else dict.fromkeys(account["groups"][:1], value)
        made[kind.comparison_key(name)] = {option: value for option, value in account.items() if value != "" or option != "password_hash"}
    return list(made.values())


@st.composite
def sources(draw):
    found = []
    for host in draw(st.lists(st.sampled_from("abcd"), unique=True, min_size=1)):
        kind = draw(st.sampled_from(sorted(KINDS)))
        listed = draw(accounts(KINDS[kind]))
        protected = [account["name"] for account in listed if account["name"] in ("SuperUser", "Admin")]
        found.append((kind, Source(
            host, [account for account in listed if account["name"] not in protected], protected,
            KINDS[kind].options, draw(st.sampled_from([(), ("bot-*",), ("Alice", "*2*")])))))
    return found


def declared_by(made, kind, source, people=None):
    """What the role declares."""
    variables = made.services[source.host]
    rules = Rules(source.host, KINDS[kind].options, variables["service_access"], variables.get("service_groups"), made.people_groups,
                  [source.host], list(made.services))
    people = made.people if people is None else people
    fields = [variables["service_fields"]] * len(people) if variables.get("service_fields") else []
    return accounts_for(people, rules, fields) + variables["service_accounts"]


def actual(account, protected=""):
    ends = account.get("group_expiry") or account.get("group_priority") or {}
    state = account["state"]
    return Account(account["name"], account["name"], state == "enabled", state == "disabled",
                   {option: value for option, value in account.items() if option not in ("name", "state", "groups", "password_hash")},
                   {group: ends.get(group) for group in account.get("groups", ())}, protected=protected)


def declared(entry, name):
    """As the adapters do it: an expiry goes with groups."""
    given = {option: value for option, value in entry.items() if value is not None}
    groups = None if given.get("groups") is None else dict.fromkeys(given["groups"], KEEP)
    ends = given.get("group_expiry") or given.get("group_priority")
    if ends:
        assert set(ends) <= set(groups or ()), entry
        groups = {group: ends.get(group) for group in groups}
    values = {option: value for option, value in given.items() if option not in ("name", "state", "groups", "group_expiry", "group_priority")}
    return Declared(name, entry["name"], given["state"], values, groups)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sources())
def test_declared_again_nothing_changes(found):
    made = export(source for _kind, source in found)
    for kind, source in found:
        here = KINDS[kind]
        there = {account["name"]: actual(account) for account in source.accounts}
        there.update({name: actual({"name": name, "state": "enabled"}, "it is built in") for name in source.protected})
        for account in there.values():
            for option in ("group_expiry", "group_priority"):
                account.values.pop(option, None)
        wanted, taken = [], {here.comparison_key(name): name for name in there}
        for entry in declared_by(made, kind, source):
            assert set(entry) <= set(here.options), entry
            assert "email" in here.fields or entry.get("email") is None
            try:
                name = here.canonical(entry["name"])
            except ValueError:
                assert entry["state"] == "disabled" and entry["name"] not in there
                continue
            # Who has nothing here is told by a name that the application takes for nobody's.
            assert taken.setdefault(here.comparison_key(name), name) == name, entry
            wanted.append(declared(entry, name))
        names = [one.name for one in wanted]
        assert len(names) == len(set(names))
        assert {account["name"] for account in source.accounts} <= set(names)
        assert not set(source.protected) & set(names)
        assert plan(wanted, there, lambda *_verify: False).pending == []


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sources())
def test_only_the_state_keeps_an_account_disabled(found):
    made = export(source for _kind, source in found)
    people = copy.deepcopy(made.people)
    for person in people:
        person.pop("state", None)
        for own in person.get("services", {}).values():
            own.pop("state", None)
    for kind, source in found:
        entries = {entry["name"]: entry for entry in declared_by(made, kind, source, people) if entry["state"] != "disabled"}
        bots = {bot["name"] for bot in made.services[source.host]["service_accounts"]}
        for account in source.accounts:
            entry = entries.get(account["name"]) or next(
                bot for bot in made.services[source.host]["service_accounts"] if bot["name"] == account["name"])
            if account["name"] not in bots:
                assert entry["state"] == "enabled"
            else:
                assert entry["state"] == account["state"]
            for option, value in account.items():
                if option == "groups":
                    assert entry["groups"] == sorted(value)
                elif option == "password_hash":
                    assert made.hashes[source.host][account["name"]] == value
                elif option != "state" and (value not in ("", None, False, [], {}) or entry.get(option) not in ("", None, False)):
                    assert entry[option] == value, option


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_the_order_of_services_and_accounts_does_not_matter(data):
    found = [source for _kind, source in data.draw(sources())]
    shuffled = [dataclasses.replace(source, accounts=data.draw(st.permutations(source.accounts)))
                for source in data.draw(st.permutations(found))]
    made, other = export(found), export(shuffled)
    assert other == made
    assert files(other) == files(made) and secret_files(other) == secret_files(made)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sources())
def test_people_are_distinct_and_have_no_two_accounts_on_a_service(found):
    made = export(source for _kind, source in found)
    names = [unicodedata.normalize("NFC", person["name"]).casefold() for person in made.people]
    assert len(names) == len(set(names))
    accounts = sum(len(source.accounts) for _kind, source in found)
    bots = sum(len(variables["service_accounts"]) for variables in made.services.values())
    assert accounts - bots == sum(group in made.services for person in made.people for group in person["groups"])
    assert made.counts["people"] == len(made.people) and made.counts["bots"] == bots and made.counts["accounts"] == accounts


# Files


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | NAMES | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | NAMES, inner, max_size=4), max_leaves=15)


class Loader(yaml.SafeLoader):
    """PyYAML alone."""


Loader.add_constructor("!unsafe", Loader.construct_yaml_str)


@settings(deadline=None)
@given(VALUES)
@example({"a": "\x85", "b": "\u2028 x\n", "c": "\ufeff", "d": "\x00\x7f", "e": "😀", "{{ x }}": ["{{ y }}", "{#", "- a", "<<", "=", "1:30", "0o7", "y"]})
def test_yaml_is_the_same_data(value):
    text = to_yaml({"value": value})
    assert yaml.load(text, Loader) == {"value": value}
    assert DataLoader().load(text) == {"value": value}
    assert all(character.isprintable() or character == "\n" for character in text)


@pytest.mark.parametrize("text", [
    "alice", "Alice Liddell", "Βασίλης", "alice@example.org", "a-b_c.d+e", "wiki.example.org/sysop", "a\u3164"])
def test_harmless_text_has_no_mark(text):
    assert "!unsafe" not in to_yaml([text])


@pytest.mark.parametrize("text", [
    "#jinja2: variable_start_string:'[['", "a #b", "[[x]]", "a{", "%x", "!x", "&x", "*x", "=1", "-x", "@x", "a: b", "a\nb", " a", "a ", "a  b",
    "a,b", "<a>", "$a", "a\\", "`",
    "_x", "__ansible_type", "__ansible_vault", "__ansible_unsafe", "1e3", "+1 x", ".x", "a'b", 'a"b', "a|b", "a;b", "a(b)", "a~b", "a^b", "a\u00a0b",
    "a\u0301"])
@pytest.mark.parametrize("wrapped", [lambda text: [text], lambda text: {text: 1}, lambda text: {"a": [{"b": text}]}])
def test_all_other_text_is_marked_as_data(text, wrapped):
    assert to_yaml(wrapped(text)).count("!unsafe ") == 1


@pytest.mark.parametrize("text", ["yes", "No", "null", "~", "", "0123", "1.5", "0x1F", "1:30", "2001-01-01", ".inf", "<<", "=", "y", "NaN", "!", "&", "*"])
def test_text_that_yaml_may_misread_stays_text(text):
    assert re.fullmatch(r"- '[^']*'\n", to_yaml([text])) and DataLoader().load(to_yaml([text])) == [text]


def test_ansible_evaluates_no_value_as_a_template(tmp_path):
    value = {"{{ 1+1 }}": ["{{ 7*7 }}", "{% raw %}", "{# x #}", {"name": "{{ lookup('pipe', 'id') }}"}], "plain": "a"}
    path = tmp_path / "vars.yml"
    path.write_text(to_yaml(value), encoding="utf-8")
    loader = DataLoader()
    loaded = loader.load_from_file(str(path), trusted_as_template=True)
    assert Templar(loader, variables={}).template(loaded) == value


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sources())
def test_no_name_ends_its_fence(found):
    made = export(source for _kind, source in found)
    text = files(made)["doubtful.md"]
    blocks = re.findall("^```yaml\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert [yaml.load(block, Loader) for block in blocks] == list(made.doubts.values())
    assert sum(line.startswith("`") for line in text.splitlines()) == 2 * len(made.doubts)


def test_which_files_there_are():
    made = export([source("a", one("alice", password_hash="stored"), one("bot-1", password_hash="other"), bots=["bot-*"]), source("b", one("alice"))])
    assert sorted(files(made)) == ["doubtful.md", "group_vars/all/people.yml", "host_vars/a/accounts.yml", "host_vars/b/accounts.yml", "hosts.yml"]
    assert "stored" not in "".join(files(made).values())
    assert {path: yaml.safe_load(text) for path, text in secret_files(made).items()} == {
        "host_vars/a/vault_hashes.yml": {"service_password_hashes": {"alice": "stored", "bot-1": "other"}}}
    assert yaml.safe_load(files(made)["hosts.yml"]) == {"all": {"hosts": {"a": {}, "b": {}}}}


@pytest.mark.parametrize("host", ["a/b", "..", "."])
def test_a_host_whose_name_is_not_a_folder_is_refused(host):
    with pytest.raises(ExportError, match="cannot have a folder in host_vars"):
        export([source(host)])


# Who is who


def one(name, email=None, **fields):
    return {"name": name, "state": "enabled", **({} if email is None else {"email": email}), **fields}


def source(host, *found, **more):
    return Source(host, found, **more)


def who(made):
    """Accounts by person, as service:name."""
    return {person["name"]: [f"{group}:{person.get('services', {}).get(group, {}).get('name', person['name'])}"
                             for group in person["groups"] if group in made.services] for person in made.people}


def doubts(made):
    return {kind: [case["about"] for case in cases] for kind, cases in made.doubts.items()}


def proved(name, email, **fields):
    return one(name, email, email_confirmed=True, **fields)


def mail(*names):
    return source("mail", *map(one, names), mailboxes=True)


@pytest.mark.parametrize(("services", "people", "doubtful"), [
    # one address that is proved, whatever the name and the case
    ([source("a", proved("alice", "alice@example.org")), source("b", proved("al", "Alice@Example.org"))],
     {"al": ["a:alice", "b:al"]}, {}),
    # the name that most services know
    ([source("a", proved("alice", "x@example.org")), source("b", proved("al", "x@example.org")), source("c", proved("alice", "x@example.org"))],
     {"alice": ["a:alice", "b:al", "c:alice"]}, {}),
    # one name, and at most one address
    ([source("a", one("alice", "alice@example.org")), source("b", one("Alice", "")), source("c", one("ALICE"))],
     {"ALICE": ["a:alice", "b:Alice", "c:ALICE"]}, {BY_NAME: ["ALICE, Alice, alice"]}),
    # one name, two addresses: nobody knows whose the third is
    ([source("a", one("alice", "a@example.org")), source("b", one("alice", "b@example.org")), source("c", one("alice"))],
     {"alice (a)": ["a:alice"], "alice (b)": ["b:alice"], "alice (c)": ["c:alice"]}, {SAME_NAME: ["alice"]}),
    # a shared mailbox
    ([source("a", proved("alice", "office@example.org"), proved("bob", "office@example.org")), source("b", proved("carol", "office@example.org"))],
     {"alice": ["a:alice"], "bob": ["a:bob"], "carol": ["b:carol"]}, {SHARED: ["office@example.org"]}),
    # by address and then by the name that this shows
    ([source("a", proved("alice", "alice@example.org")), source("b", proved("al", "alice@example.org")), source("c", one("al"))],
     {"al": ["a:alice", "b:al", "c:al"]}, {BY_NAME: ["al, alice"]}),
    # both names of the two would lead to a third service
    ([source("a", proved("alice", "alice@example.org")), source("b", proved("al", "alice@example.org")), source("c", one("al"), one("alice"))],
     {"al (b)": ["a:alice", "b:al"], "al (c)": ["c:al"], "alice (c)": ["c:alice"]}, {TWICE: ["al, alice"]}),
    ([source("a", one("bob")), source("b", one("bob"), one("Bob"))],
     {"bob (a)": ["a:bob"], "Bob (b)": ["b:Bob"], "bob 2 (b)": ["b:bob"]}, {TWICE: ["Bob, bob"]}),
    # a mailbox is an address: that is sure, its local part is a name
    ([mail("alice@example.org"), source("wiki", proved("al", "alice@example.org"))], {"al": ["mail:alice@example.org", "wiki:al"]}, {}),
    ([mail("alice@example.org"), source("chat", one("alice"))],
     {"alice": ["chat:alice", "mail:alice@example.org"]}, {BY_NAME: ["alice, alice@example.org"]}),
    ([mail("alice@example.org"), source("chat", one("ALICE"))],
     {"alice": ["chat:ALICE", "mail:alice@example.org"]}, {BY_NAME: ["ALICE, alice@example.org"]}),
    ([mail("alice@example.org", "alice@example.com"), source("chat", one("alice"))],
     {"alice": ["chat:alice"], "alice@example.com": ["mail:alice@example.com"], "alice@example.org": ["mail:alice@example.org"]},
     {SAME_NAME: ["alice"]}),
    # a name that looks like an address, elsewhere than in a mail server, was chosen by whoever has it
    ([source("site", one("alice@example.org")), source("wiki", proved("al", "alice@example.org"))],
     {"al": ["wiki:al"], "alice@example.org": ["site:alice@example.org"]}, {DIFFERENT: ["alice@example.org"]}),
    # anybody can give any address: where it is not confirmed, and where nobody asks for a confirmation
    *(([source("wiki", one("mallory", "alice@example.org", **known)), source("site", proved("alice", "alice@example.org"))],
       {"alice": ["site:alice"], "mallory": ["wiki:mallory"]}, {DIFFERENT: ["alice@example.org"]})
      for known in ({}, {"email_confirmed": False}, {"email_confirmed": None}, {"email_confirmed": "true"})),
    ([source("wiki", one("mallory", "alice@example.org")), mail("alice@example.org")],
     {"alice@example.org": ["mail:alice@example.org"], "mallory": ["wiki:mallory"]}, {DIFFERENT: ["alice@example.org"]}),
    ([source("a", one("mallory", "x@example.org")), source("b", one("alice", "x@example.org"))],
     {"alice": ["b:alice"], "mallory": ["a:mallory"]}, {DIFFERENT: ["x@example.org"]}),
    # and any name, but both is told, and the person is called as who has proved it
    ([source("wiki", one("ALICE", "alice@example.org")), source("voice", one("ALICE", "alice@example.org")),
      source("site", proved("alice", "alice@example.org"))],
     {"alice": ["site:alice", "voice:ALICE", "wiki:ALICE"]}, {UNCONFIRMED: ["alice@example.org"]}),
    ([source("a", one("Alice", "alice@example.org", email_confirmed=False)), source("b", one("alice", "alice@example.org"))],
     {"Alice": ["a:Alice", "b:alice"]}, {UNCONFIRMED: ["alice@example.org"]}),
    # nobody's word keeps apart what is proved, nor gives somebody a second account
    ([source("a", proved("alice", "x@example.org"), one("mallory", "x@example.org"), one("Alice", "x@example.org")),
      source("b", proved("al", "x@example.org")), source("c", one("AL", "x@example.org"), one("al", "x@example.org"))],
     {"al (b)": ["a:alice", "b:al"], "Alice (a)": ["a:Alice"], "mallory": ["a:mallory"], "AL (c)": ["c:AL"], "al 2 (c)": ["c:al"]},
     {SHARED: ["x@example.org"], TWICE: ["AL, Alice, al, alice"]}),
    # only A to Z and a to z are the same
    *(([source("a", proved("alice", one_address)), source("b", proved("alice", other))],
       {"alice (a)": ["a:alice"], "alice (b)": ["b:alice"]}, {SAME_NAME: ["alice"], LOOK_ALIKE: [", ".join(sorted((one_address, other)))]})
      for one_address, other in (("straße@example.org", "strasse@example.org"), ("k@example.org", "\u212a@example.org"),
                                 ("s@example.org", "ſ@example.org"), ("i@example.org", "ı@example.org"),
                                 ("ａ@example.org", "a@example.org"), ("а@example.org", "a@example.org"))),
    *(([source("a", one(name)), source("b", one(other))],
       {name: ["a:" + name], other: ["b:" + other]} if PLAIN.fullmatch(name) and comparison_key(name) != comparison_key(other) else
       {f"{name} (a)": ["a:" + name], f"{other} (b)": ["b:" + other]}, {LOOK_ALIKE: [", ".join(sorted((name, other)))]})
      for name, other in (("straße", "strasse"), ("\u212aim", "kim"), ("ſam", "sam"), ("ıvan", "ivan"), ("ａlice", "alice"), ("аlice", "alice"),
                          ("ἀλίκη", "αλικη"), ("zoë", "zoe"))),
    # nobody is called as a bot or a built-in account is elsewhere
    ([source("a", one("backup"), one("superuser")), source("b", one("backup"), bots=["back*"], protected=["SuperUser"])],
     {"backup (a)": ["a:backup"], "superuser (a)": ["a:superuser"]}, {}),
    # nor by a name that an application could take for something else
    ([source("a", one("User:Admin"), one("x<y"), one("{{ 7*7 }}"), one("|"))],
     {"- (a)": ["a:|"], "7-7 (a)": ["a:{{ 7*7 }}"], "User-Admin (a)": ["a:User:Admin"], "x-y (a)": ["a:x<y"]}, {}),
])
def test_matching(services, people, doubtful):
    made = export(services)
    assert who(made) == people
    assert doubts(made) == doubtful


def test_who_matched_is_counted():
    made = export([source("a", proved("alice", "a@example.org"), one("bob"), one("carol", "c@example.org")),
                   source("b", proved("al", "a@example.org"), one("bob"), one("carol", "d@example.org"))])
    assert made.counts == {"services": 2, "accounts": 6, "bots": 0, "people": 4, "by_email": 1, "by_name": 1, "doubtful": 1}


@pytest.mark.parametrize("name", ["x" * 100_000, "x@" + "." * 100_000, "@" * 100_000, "a@b." + "\u0316\u0300" * 2_000, "\u0316\u0300" * 4_900,
                                  "\ufdfa" * 9_000])
def test_no_name_costs_more_than_its_length(name):
    start = time.process_time()
    local_part(name)
    assert time.process_time() - start < 0.05
    made = export([source("a", one(name, name)), source("b", one(name))])
    assert time.process_time() - start < 0.2
    assert bool(made.people) != (LEFT_OUT in made.doubts)


def test_many_names_that_cannot_be_kept_cost_no_more_than_others():
    start = time.process_time()
    made = export([source("a", *(one("!" * length) for length in range(1, 3_000)))])
    assert len({person["name"] for person in made.people}) == 2_999
    assert time.process_time() - start < 4  # half a minute, when each is counted from 1 on


def test_what_is_too_long_is_left_out_and_named():
    long = "x" * 8_000_000
    start = time.process_time()
    made = export([
        source("a", one("alice", "alice@example.org", real_name=long, groups=["g"]), one("bob", long, groups=[long]), one(long), one("bot", url=long),
               bots=["bot"], undeclarable=[{"name": long, "reason": f"{long} is not a name"}], protected=[long]),
        source("b", one("alice", "alice@example.org", real_name="Alice", attributes=[{"value": long}], ends={long: 1})),
    ])
    texts = files(made)
    assert time.process_time() - start < 2 and max(map(len, texts.values())) < 20_000
    assert [(case["service"], case["about"], case["reason"]) for case in made.doubts[NOT_WRITTEN]] == [
        (host, name, f"{option} has a text of more than {MAX_TEXT} characters")
        for host, name, option in (("a", "alice", "real_name"), ("b", "alice", "attributes"), ("b", "alice", "ends"), ("a", "bob", "email"), ("a",
                                                                                                                                              "bob", "groups"),
                                   ("a", "bot", "url"))]
    assert [(case["service"], case["about"][:2], case["reason"][:11]) for case in made.doubts[LEFT_OUT]] == [("a", "xx", "its name ha"), ("a", "xx", "x" * 11)]
    assert made.people == [
        # Nothing is declared of what is left out, not even what the person has elsewhere.
        {"name": "alice", "email": "alice@example.org", "real_name": "Alice", "groups": ["a", "a/g", "b"], "services": {"a": {"real_name": None}}},
        {"name": "bob", "groups": ["a"], "services": {"a": {"groups": None}}},
    ]
    assert made.services["a"]["service_accounts"] == [{"name": "bot", "state": "enabled"}]


def test_accounts_that_no_task_can_name_are_listed():
    made = export([source("a", one("alice"), undeclarable=[one("Alice ", reason="the application looks for 'alice' instead")])])
    assert made.doubts == {LEFT_OUT: [{"about": "Alice ", "service": "a", "reason": "the application looks for 'alice' instead"}]}
    assert made.counts["doubtful"] == 1 and LEFT_OUT in files(made)["doubtful.md"]


def test_built_in_accounts_are_listed_but_not_doubtful():
    built_in = [{"name": "root", "reason": "it is built in"}, {"name": "*nobody*", "reason": "it is the anonymous user"}]
    made = export([source("a", one("alice"), protected=["root", "*nobody*"], built_in=built_in)])
    assert [case["about"] for case in made.doubts[BUILT_IN]] == ["*nobody*", "root"] and made.counts["doubtful"] == 0
    text = files(made)["doubtful.md"]
    assert text.startswith("# Nothing is doubtful\n") and "root" in text and "it is the anonymous user" in text
    made = export([source("a", one("alice"), built_in=built_in, undeclarable=[one("x", reason="y")])])
    assert not files(made)["doubtful.md"].startswith("# Nothing is doubtful")


def test_a_person_gets_proven_values():
    made = export([source("a", proved("alice", "alice@example.org", real_name="Alice")),
                   *(source(host, one("Alice", "Alice@example.org", real_name="Mallory")) for host in "bcd")])
    assert [(person["name"], person["email"], person["real_name"]) for person in made.people] == [("alice", "alice@example.org", "Alice")]


# What is written of them


def test_a_person_has_what_all_services_agree_on():
    made = export([
        source("b", one("alice", "alice@example.org", real_name="Alice Liddell", groups=["sysop"], url="https://example.org")),
        source("a", one("Alice", "Alice@example.org", real_name="", groups=[])),
        source("c", one("alice", "", real_name="Alice Liddell")),
    ])
    assert made.people == [{
        "name": "alice", "email": "Alice@example.org", "real_name": "Alice Liddell", "groups": ["a", "b", "b/sysop", "c"],
        "services": {"a": {"name": "Alice", "real_name": ""}, "b": {"email": "alice@example.org", "url": "https://example.org"}, "c": {"email": ""}},
    }]
    assert list(made.people[0]) == ["name", "email", "real_name", "groups", "services"]
    assert made.people_groups == ["a", "b", "b/sysop", "c"]
    assert made.services == {
        "a": {"service_access": ["a"], "service_groups": {}, "service_accounts": []},
        "b": {"service_access": ["b"], "service_groups": {"b/sysop": ["sysop"]}, "service_accounts": []},
        "c": {"service_access": ["c"], "service_accounts": []},
    }


def test_states():
    made = export([
        source("a", one("gone", state="disabled", groups=["sysop"]), one("half", state="disabled"), one("odd", state="present")),
        source("b", one("gone", state="disabled"), one("half"), one("odd")),
    ])
    gone, half, odd = made.people
    assert gone == {"name": "gone", "state": "disabled", "groups": ["a", "a/sysop", "b"]}
    assert half == {"name": "half", "groups": ["a", "b"], "services": {"a": {"state": "disabled"}}}
    assert odd == {"name": "odd", "groups": ["a", "b"], "services": {"a": {"state": "present"}}}


def test_bots_are_whole():
    made = export([source("a", one("bot-b", "", groups=["bot"], quota=0), one("bot-a", "x@example.org", state="disabled", groups=[], staff=False),
                          bots=["bot-*"])])
    assert made.people == []
    assert made.services["a"]["service_accounts"] == [
        {"name": "bot-a", "state": "disabled", "email": "x@example.org", "groups": []},
        {"name": "bot-b", "state": "enabled", "groups": ["bot"], "quota": 0},
    ]


def test_fields_that_this_site_does_not_have():
    made = export([source("a", one("alice", "alice@example.org")), source("b", one("alice"), options=["name", "email", "groups"])])
    assert made.services["b"]["service_fields"] == {"email": None}
    assert "service_fields" not in made.services["a"]


def test_existing_rules_of_the_inventory_are_overridden():
    made = export([source("a", one("alice"), templates=["service_fields", "service_name"])])
    assert made.services["a"] == {"service_access": ["a"], "service_fields": {}, "service_name": None, "service_accounts": []}
