# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the playbooks make of variables that are wrong, and of people who leave."""

from __future__ import annotations

import json
import re

import pytest

from ansible_collections.auth.services.plugins.plugin_utils.service_tasks import (
    DATABASE_OPTIONS,
    MODULE_VARIABLES,
    VARIABLES,
)
from ansible_collections.auth.services.tests.unit.plugins.action.playbooks import ROOT, Site, Unsafe, yaml

UNDEFINED = "{{ nobody_defined_this }}"
SECRET = "Zx9-secret-{}"
BROKEN = [SECRET.format(number) + end for number, end in enumerate(("{{ x", "{% x", "{# x", "{{ x }}", "{{ x.y }}"))]
PEOPLE = [{"name": "Alice"}, {"name": "Bob", "state": "disabled"}]


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def secrets_in(*texts):
    return {found for text in texts for found in re.findall("Zx9-secret[^ ]*", text)}


def test_the_role_documents_every_variable():
    documents = yaml.safe_load((ROOT / "roles/service/meta/argument_specs.yml").read_text(encoding="utf-8"))
    options = documents["argument_specs"]["variables"]["options"]
    assert set(options) == set(VARIABLES)
    assert set(options["service_database"]["options"]) == set(DATABASE_OPTIONS)
    assert documents["argument_specs"]["main"]["options"] == {}  # Ansible evaluates and prints what is there


@pytest.mark.parametrize(("value", "words"), [
    (UNDEFINED, "refers to something that is not defined"),
    (BROKEN[0], "is not a valid template"),
    (BROKEN[3], "refers to something that is not defined"),
    (None, "has no value"),
], ids=["undefined", "unbalanced", "undefined within", "null"])
def test_a_wrong_variable_is_an_error_and_does_not_prevent_disabling(site, value, words):
    base = site.database("wiki.sqlite", "Alice", "Bob")
    fine = site.database("fine.sqlite", "Alice", "Bob")
    scalars = {variable: value for variable in VARIABLES if variable not in ("service_name", "service_fields")}
    keys = {f"service_database.{key}": {**base["service_database"], key: value} for key in DATABASE_OPTIONS}
    inside = {} if value is None else {
        "people[entry 2].name": [*PEOPLE[1:], {"name": value}],
        "people['Alice'].state": [{"name": "Alice", "state": value}, *PEOPLE[1:]],
        "people['Bob'].email": [{"name": "Bob", "state": "disabled", "email": value}],
        "people['Bob'].groups[entry 1]": [{"name": "Bob", "state": "disabled", "groups": [value]}],
        "people['Alice'].password": [{"name": "Alice", "password": value}, *PEOPLE[1:]],
        "people_passwords.Bob": {"Bob": value},
        "service_password_hashes.Bob": {"Bob": value},
        "service_options.performer": {"performer": value},
        "service_groups.staff": {"staff": value},
        "service_accounts['robot'].password": [{"name": "robot", "password": value}],
    }
    if value is not None:
        keys.pop("service_database.name")
    cases = {label: (re.split(r"[\[.]", label)[0], one) for label, one in {**scalars, **keys, **inside}.items()}
    hosts = {}
    for number, (variable, one) in enumerate(cases.values()):
        own = base if variable == "service_database" else site.database(f"h{number}.sqlite", "Alice", "Bob")
        hosts[f"h{number}.example"] = {**own, variable: one}
    site.inventory({**hosts, "fine.example": fine}, people=PEOPLE)
    ran = site.play("apply", "-vvv")
    assert ran.code == 2
    # Which database it is, who leaves, and how many may at once: without these nobody can be shut out.
    unknown = {"service_type", "service_options", "people", *(name for name in VARIABLES if name in MODULE_VARIABLES)}
    for host, (label, (variable, _one)) in zip(hosts, cases.items()):
        line = ran.line(host)
        assert f" {label} {words}" in line, (label, line)
        if variable != "service_database":
            shut = site.shut(host.replace("example", "sqlite"))
            assert shut == ([] if label in unknown else ["Bob"]), (label, line)
            assert ("Nothing was written" in line, "Access was taken away from 'Bob'" in line) == (not shut, bool(shut)), line
    assert not secrets_in(ran.said)
    assert (site.shut("wiki.sqlite"), site.shut("fine.sqlite")) == ([], ["Bob"])


WRONG = {"name": "Alice", "grups": ["staff"]}
LISTS = {
    # what is wrong, who is shut out, and what is said
    "another_person": ({"people": [WRONG, {"name": "Bob", "state": "absent"}]}, ["Bob"], "'grups' is not a key of a person. Did you mean 'groups'?"),
    "themselves": ({"people": [{"name": "Bob", "state": "disabled", "grups": []}]}, ["Bob"], "person 'Bob': 'grups' is not a key of a person"),
    "lost_access": ({"people": [WRONG, {"name": "Bob", "groups": []}, {"name": "Carl", "groups": ["staff"]}], "service_access": ["staff"]}, ["Bob"], "grups"),
    "rules": ({"people": [{"name": "Alice", "groups": ["staff"]}, {"name": "Bob", "groups": []}, {"name": "Carl", "state": "disabled"}],
               "people_groups": ["staff"], "service_access": ["staf"]}, ["Carl"], "service_access: group 'staf' is not in people_groups"),
    "here_alone": ({"people": [WRONG, {"name": "Bob", "services": {"all": {"state": "disabled"}}}]}, ["Bob"], "grups"),
    "twice": ({"people": [{"name": "Bob"}, {"name": "Bob", "state": "disabled"}]}, ["Bob"], "person 'Bob' is listed twice"),
    "one_account": ({"people": [{"name": "b1", "state": "disabled"}, {"name": "b2"}, {"name": "carl", "state": "disabled"}],
                     "service_name": "{{ 'Bob' if person.name != 'carl' else 'Carl' }}"}, ["Carl"], "'b1' and 'b2' would share the account name 'Bob'"),
    "nameless": ({"people": [{"name": "Alice", "state": "disabled"}, {"name": "b", "login": "Bob", "state": "disabled"}],
                  "service_name": "{{ person.login }}", "service_fields": {"real_name": UNDEFINED}}, ["Bob"],
                 "person 'Alice': it is not known which account to disable"),
    "name_unread": ({"people": [{"name": "Bob", "state": "disabled", "services": {"all": {"name": UNDEFINED}}}, {"name": "Carl", "state": "disabled"}]},
                    ["Carl"], "person 'Bob': it is not known which account to disable"),
    "name_typo": ({"people": [{"name": "Bob", "state": "disabled", "logn": "Rob"}, {"name": "Carl", "state": "disabled", "sevices": {}},
                              {"name": "a", "state": "disabled", "login": "Alice"}],
                   "service_name": "{{ person.login | default(person.name) }}"}, ["Alice"], "person 'Carl': it is not known which account to disable"),
    "template_typo": ({"people": [{"name": "Bob", "state": "disabled"}], "service_nmae": "{{ person.login }}"}, [], "Did you mean service_name?"),
    "nobodys": ({"service_accounts": [{"name": "Bob", "state": "absent"}, {"name": "Carl", "state": "disabled", "email": UNDEFINED}, {"name": UNDEFINED}]},
                ["Bob", "Carl"], "service_accounts['Carl'].email refers to something"),
    "too_many": ({"people": [WRONG, {"name": "Bob", "state": "disabled"}, {"name": "Carl", "state": "disabled"}], "service_disable_limit": "60%"}, [],
                 "disable_limit"),
    "few": ({"people": [WRONG, {"name": "Bob", "state": "disabled"}, {"name": "Carl"}], "service_disable_limit": 1}, ["Bob"], "grups"),
    "unlisted": ({"people": [WRONG, {"name": "Bob", "state": "disabled"}], "service_unlisted": "disable", "service_unlisted_limit": "100%"}, ["Bob"],
                 "grups"),
    "option": ({"people": [WRONG, {"name": "Bob", "state": "disabled"}], "service_options": {"append_groups": "perhaps"}}, ["Bob"],
               "service_options was used without append_groups: "),
}


def test_an_incomplete_list_still_disables(site):
    site.inventory({f"{name}.example": {"service_disable_limit": "100%", **site.database(f"{name}.sqlite", "Alice", "Bob", "Carl"), **wrong}
                    for name, (wrong, _shut, _words) in LISTS.items()})
    assert site.play("apply", "--check").code == 2
    assert {name: site.out(f"{name}.sqlite", "Alice", "Bob", "Carl") for name in LISTS} == dict.fromkeys(LISTS, [])
    ran = site.play("apply")
    assert ran.code == 2
    out = {name: shut for name, (_wrong, shut, _words) in LISTS.items()}
    assert {name: site.out(f"{name}.sqlite", "Alice", "Bob", "Carl") for name in LISTS} == out
    for name, (_wrong, shut, words) in LISTS.items():
        line = ran.line(f"{name}.example")
        assert words in line, (name, line)
        assert ("Access was taken away from" in line) == bool(shut), line
    assert site.play("apply").code == 2  # who is shut out already is no reason to say less


def test_only_who_compares_gets_the_names_of_everybody(site):
    site.inventory({"wiki.example": site.database("wiki.sqlite", "Alice")}, people=[{"name": "alice"}])
    said = {check: site.play("apply", "-v", *check).said for check in ((), ("--check",))}
    assert '"typed": "alice"' not in said[()] and '"unchanged": 1' in said[()]
    assert '"typed": "alice"' in said[("--check",)]


def test_a_run_without_a_service_is_an_error(site):
    site.inventory({"web.example": {}}, people=PEOPLE)
    for playbook in ("apply", "audit", "offboard"):
        assert site.play(playbook, "-e", "person=Bob").code == 2, playbook
    assert "No service was applied, because no host has a service_type." in site.play("apply").said


def test_memberships_are_taken_away_despite_a_mistake_elsewhere(site):
    wiki = site.database("wiki.sqlite", "Alice", "Bob", "Carl")
    with site.opened("wiki.sqlite") as database:
        database.execute("INSERT INTO user_groups (ug_user, ug_group) SELECT user_id, 'sysop' FROM user WHERE user_name = 'Carl'")
    site.inventory({"wiki.example": {**wiki, "service_groups": {"admins": ["sysop"]}, "people_groups": ["admins"]}}, people=[
        WRONG, {"name": "Bob", "state": "disabled"}, {"name": "Carl"}])
    assert site.play("apply").code == 2
    with site.opened("wiki.sqlite") as database:
        assert database.execute("SELECT ug_group FROM user_groups JOIN user ON user_id = ug_user WHERE user_name = 'Carl'").fetchall() == []


def test_a_vault_that_was_not_loaded_creates_no_account(site):
    site.inventory({"wiki.example": site.database("wiki.sqlite")}, people=[{"name": "Alice"}], people_passwords="{{ vault_people }}")
    ran = site.play("apply")
    assert (ran.code, site.there("wiki.sqlite")) == (2, [])
    assert "people_passwords refers to something that is not defined" in ran.line("wiki.example")


def test_the_part_of_a_vault_that_is_wrong_is_named(site):
    site.inventory({"wiki.example": site.database("wiki.sqlite")}, people=[{"name": "Alice"}], people_passwords="{{ vault_people }}",
                   vault_people={"Alice": BROKEN[1]})
    ran = site.play("apply", "-vvv")
    assert "people_passwords.Alice is not a valid template" in ran.line("wiki.example")
    assert not secrets_in(ran.said)


def test_an_unsafe_password_may_look_like_a_template(site):
    site.inventory({"wiki.example": site.database("wiki.sqlite")}, people=[{"name": "Alice"}],
                   people_passwords={"Alice": Unsafe(BROKEN[0])})
    assert site.play("apply").code == 0
    ran = site.play("apply", "-vvv")  # the same password is found again
    assert ran.code == 0 and re.search("wiki.example +0 +0 +0 +0 +0 +1", ran.said)
    assert not secrets_in(ran.said)


@pytest.mark.parametrize("people", ["absent", []], ids=["missing", "empty"])
def test_a_run_that_declares_nothing_warns(site, people):
    everywhere = {} if people == "absent" else {"people": people}
    site.inventory({"wiki.example": site.database("wiki.sqlite", "Alice")}, **everywhere)
    ran = site.play("apply")
    assert ran.code == 0
    assert re.search("wiki.example: (people is empty|people is not defined).*othing", ran.warned)


def test_the_audit_needs_no_password_and_prints_none(site):
    fine, other = site.database("fine.sqlite", "Alice"), site.database("other.sqlite", "Alice")
    everyone = {f"p{number}": password for number, password in enumerate(BROKEN)}
    site.inventory({
        "fine.example": {**fine, "people": [{"name": "Alice"}]},
        "vault.example": {**other, "people_passwords": everyone},
        "person.example": {**other, "people": [{"name": name, "password": password} for name, password in everyone.items()]},
        "there.example": {**other, "people": [{"name": "p0", "services": {"all": {"password": BROKEN[0]}}}]},
        "hashes.example": {**other, "service_password_hashes": everyone},
        "nobody.example": {**other, "service_accounts": [{"name": "robot", "password": BROKEN[0]}]},
        "database.example": {**other, "service_database": {**other["service_database"], "password": BROKEN[3]}},
        "given.example": {**site.database("given.sqlite", "Alice"), "service_options": {"password": BROKEN[1]}},
        "options.example": {**other, "service_options": {"login_passwort": SECRET.format("typed")}},
    }, people=PEOPLE)
    ran = site.play("audit", "-vvv")
    assert ran.code == 2
    files = [path.read_text(encoding="utf-8") for path in (site.path / "access-review").iterdir()]
    assert len(files) == 3 and not secrets_in(ran.said, *files)
    reviews = {service["name"]: service for service in json.loads((site.path / "access-review/access-review.json").read_text())["services"]}
    assert reviews["vault.example"]["accounts"] == reviews["given.example"]["accounts"] == 2  # what reading does not need hinders none
    for words in ("service_options.password is not", "people_passwords.p0 is not", "people['p0'].password is not", "people['p0'].services.all.password is not",
                  "service_database.password refers", "service_options cannot contain 'login_passwort'. Did you mean"):
        assert any(words in text for text in files), words


TYPOS = {
    "service_acces": ["staff"], "Service_Access": ["staff"], "services_access": ["staff"], "service_unlist": "disable", "service_except": ["Bob"],
    "service_limit": "10", "service_group": {}, "service_passwords": {}, "people_password": {}, "peopel": [], "service_chnage_limit": "100%",
}


def test_a_variable_with_a_typo_is_an_error(site):
    base = site.database("wiki.sqlite", "Alice", "Bob")
    databases = [site.database(f"h{number}.sqlite", "Alice", "Bob") for number in range(len(TYPOS))]
    hosts = {f"h{number}.example": {**one, name: TYPOS[name]} for number, (one, name) in enumerate(zip(databases, TYPOS))}
    none = {variable: value for variable, value in base.items() if variable != "service_type"}
    site.inventory({
        **hosts,
        "type.example": {**none, "service_typ": "mediawiki"},
        "case.example": {**none, "Service_Type": "mediawiki"},
        "key.example": {**base, "service_database": {**base["service_database"], "hots": "x"}},
        "option.example": {**site.database("option.sqlite", "Alice", "Bob"), "service_options": {"perfomer": "Alice"}},
        "unlisted.example": {**site.database("unlisted.sqlite", "Alice", "Bob"), "service_options": {"unlisted": "disable"}},
        "mediawikki.example": {**base, "service_type": "mediawikki"},
        "foreign.example": {**site.database("foreign.sqlite", "Alice", "Bob"), "service_port": 80, "service_user": "www-data", "people_dir": "/srv"},
        "none.example": none,
    }, people=PEOPLE)
    ran = site.play("apply")
    assert ran.code == 2
    limits = {"service_unlist", "service_except", "service_limit", "service_chnage_limit"}  # nobody knows how many may be shut out
    for host, name in zip(hosts, TYPOS):
        assert f"{name} is not a known variable. Did you mean " in ran.line(host), name
        assert site.shut(host.replace("example", "sqlite")) == ([] if name in limits else ["Bob"]), name
    for host, words in {"type": "service_typ is not a known variable. Did you mean service_type?",
                        "case": "Service_Type is not a known variable. Did you mean service_type?",
                        "key": "service_database cannot contain 'hots'. Did you mean 'host'?",
                        "option": "service_options cannot contain 'perfomer'. Did you mean 'performer'?",
                        "unlisted": "service_options cannot contain unlisted: use service_unlisted instead",
                        "mediawikki": "Module auth.services.mediawikki_user does not exist"}.items():
        assert words in ran.line(f"{host}.example"), host
    assert {name: site.shut(f"{name}.sqlite") for name in ("wiki", "foreign", "option", "unlisted")} == {
        "wiki": [], "foreign": ["Bob"], "option": ["Bob"], "unlisted": []}
    assert "none.example has service_database but no service_type, so it is not treated as a service" in ran.warned


def test_a_typo_of_the_type_fails_the_audit(site):
    base = site.database("wiki.sqlite", "Alice")
    site.inventory({"fine.example": base, "wiki.example": {"service_typ": "mediawiki", "service_database": base["service_database"]}},
                   people=[{"name": "Alice"}])
    ran = site.play("audit")
    assert ran.code == 2 and "service_typ is not a known variable" in ran.said


def test_a_group_overrides_those_above_it_and_the_host_overrides_all(site):
    """wikis > inner, and secret beside them: the alphabet has no say."""
    people = [
        {"name": "Ann", "services": {"wikis": {"state": "enabled"}, "secret": {"state": "disabled"}}},
        {"name": "Bea", "services": {"wikis": {"state": "disabled"}, "inner": {"state": "enabled"}}},
        {"name": "Cat", "services": {"inner": {"state": "disabled"}, "wikis": {"state": "enabled"}}},
        {"name": "Dan", "services": {"secret": {"state": "disabled"}, "wiki.example": {"state": "enabled"}}},
        {"name": "Eve", "services": {"all": {"state": "disabled"}}},
        {"name": "Fay", "services": {"all": {"state": "disabled"}, "wikis": {"state": "enabled"}}},
    ]
    wiki = site.database("wiki.sqlite", *(person["name"] for person in people))
    groups = {"wikis": {"children": {"inner": {"hosts": {"wiki.example": {}}}}}, "secret": {"hosts": {"wiki.example": {}}}}
    site.inventory({"wiki.example": wiki}, groups, people=people, service_disable_limit="100%")
    assert site.play("apply").code == 0
    assert site.shut("wiki.sqlite") == ["Ann", "Cat", "Eve"]
    site.inventory({"wiki.example": wiki}, groups, people=[{"name": "Ann", "services": {"secret": {"email": "a@x.org"}, "wikis": {"email": "b@x.org"}}}])
    ran = site.play("apply")
    assert ran.code == 2 and "the groups 'secret' and 'wikis' set different values for 'email'" in ran.line("wiki.example")


def test_keys_that_a_template_of_any_service_names_are_known(site):
    people = [{"name": "Alice", "nick": "Al", "phone": "1"}]
    site.inventory({
        "nick.example": {**site.database("nick.sqlite"), "service_name": "{{ person.nick }}"},
        "plain.example": site.database("plain.sqlite"),
    }, people=people)
    ran = site.play("apply")
    assert ran.code == 2 and "person 'Alice': 'phone' is not a key of a person" in ran.line("nick.example")
    site.inventory({
        "nick.example": {**site.database("nick2.sqlite"), "service_name": "{{ person.nick }}"},
        "plain.example": site.database("plain2.sqlite"),
    }, people=people, people_fields=["phone"])
    assert site.play("apply").code == 0
    assert (site.there("nick2.sqlite"), site.there("plain2.sqlite")) == (["Al"], ["Alice"])


def test_a_person_who_leaves_needs_no_other_fields(site):
    wiki = {**site.database("wiki.sqlite", "Bob"), "service_fields": {"real_name": "{{ person.title }} {{ person.name }}"}}
    site.inventory({"wiki.example": wiki}, people=[{"name": "Bob", "state": "disabled"}])
    assert site.play("apply").code == 0
    assert site.shut("wiki.sqlite") == ["Bob"]


def test_unnamed_people_are_reported_and_a_template_that_fails_for_all_is_an_error(site):
    people = [{"name": "Bob", "state": "disabled"}, {"name": "Alice", "real_name": "Alice"}]
    named = {**site.database("wiki.sqlite", "Bob"), "service_name": "{{ person.real_name }}"}
    wrong = {**site.database("wrong.sqlite", "Bob"), "service_name": "{{ person.name }}{{ suffix_of_nobody }}", "people": people[:1]}
    site.inventory({"wiki.example": named, "wrong.example": wrong}, people=people)
    ran = site.play("apply")
    assert ran.code == 2
    assert "service_name cannot be evaluated for 'Bob', who should have no access" in ran.warned
    assert "service_name fails for the person 'Bob': it refers to something that is not defined" in ran.line("wrong.example")


# Somebody leaves

def test_offboarding_uses_every_name_that_the_person_has_here(site):
    nick = {"name": "nick", "services": {"wikis": {"name": "Nb"}, "other.example": {"name": "Nicki"}}}
    site.inventory({
        "wiki.example": site.database("wiki.sqlite", "Nick", "Nb"),
        "other.example": site.database("other.sqlite", "Nick", "Nicki"),
        "mail.example": {**site.database("mail.sqlite", "Nick", "Nick at home"), "service_name": "{{ person.name }} at home"},
        "twice.example": {**site.database("twice.sqlite", "Nb", "Nc", "Nick"), "people": [nick, {"name": "nick",
                                                                                                 "services": {"twice.example": {"name": "Nc"}}}]},
        "both.example": site.database("both.sqlite", "Nb", "Nd"),
    }, {"wikis": {"hosts": {"wiki.example": {}, "twice.example": {}, "both.example": {}}}, "more": {"hosts": {"both.example": {}}}},
        people=[{**nick, "services": {**nick["services"], "more": {"name": "Nd"}}}])
    ran = site.play("offboard", "-e", "person=nick")
    assert [site.shut(f"{name}.sqlite") for name in ("wiki", "other", "mail", "twice", "both")] == [
        ["Nb"], ["Nicki"], ["Nick at home"], ["Nb", "Nc"], ["Nb", "Nd"]]
    assert ran.code == 0


@pytest.mark.parametrize("people", [
    UNDEFINED, BROKEN[0], None, {"nick": {}}, ["nick"], [{"name": UNDEFINED}, {"name": "nick"}], [{"name": "nick"}, {"name": "nick"}],
    [{"name": "nick", "State": "disabled"}, {}, {"name": 7}, {"name": "a", "services": 3}], [{"name": "nick"}, {"name": "b", "password": BROKEN[1]}],
    [{"name": "nick", "password": BROKEN[0], "email": BROKEN[1], "groups": UNDEFINED}, {"name": "Nick", "real_name": "nick"}],
    [{"name": "nick", "services": UNDEFINED}], [UNDEFINED, {"name": "nick"}], [BROKEN[0]],
], ids=repr)
def test_mistakes_in_people_do_not_prevent_disabling(site, people):
    wiki = {**site.database("wiki.sqlite", "Nick", "Alice"), "service_options": {"performer": UNDEFINED, "login_passwort": SECRET.format("typed")},
            "service_acces": [], "service_groups": UNDEFINED, "service_access": BROKEN[0], "service_accounts": UNDEFINED, "service_password_hashes": UNDEFINED}
    site.inventory({"wiki.example": wiki}, people=people, people_passwords={"nick": BROKEN[2]})
    ran = site.play("offboard", "-e", "person=nick", "-vvv")
    assert site.shut("wiki.sqlite") == ["Nick"]
    assert not secrets_in(ran.said)
    assert "service_options cannot contain 'login_passwort'" in ran.said and ran.code == 2  # told


def test_what_could_not_be_read_is_reported(site):
    wiki = site.database("wiki.sqlite", "Nick", "Nb")
    site.inventory({"wiki.example": wiki}, people=[{"name": "nick", "services": {"wiki.example": {"name": UNDEFINED}}}])
    ran = site.play("offboard", "-e", "person=nick")
    assert ran.code == 2 and site.shut("wiki.sqlite") == ["Nick"]
    assert "people['nick'].services['wiki.example'].name refers to something that is not defined" in ran.said
    site.inventory({"wiki.example": wiki}, people=UNDEFINED)
    ran = site.play("offboard", "-e", "person=nb")
    assert ran.code == 2 and site.shut("wiki.sqlite") == ["Nb", "Nick"]
    assert "so only accounts named 'nb' were searched for" in ran.said


def test_mistakes_of_others_do_not_prevent_offboarding(site):
    """The reading for traces fails: a stranger's row, a table without rights. The disabling stands, and is told."""
    wiki = {**site.database("wiki.sqlite", "Nick", "Alice"), "service_read_more": {"name": [["no text"]]}}
    site.inventory({"wiki.example": wiki}, people=[{"name": "nick"}])
    ran = site.play("offboard", "-e", "person=nick")
    assert ran.code == 2 and site.shut("wiki.sqlite") == ["Nick"]
    assert "wiki.example: 'Nick' disabled" in ran.said
    assert "wiki.example: the search for other accounts of this person failed: " in ran.said


def test_what_may_also_be_theirs_is_searched_next_to_the_database(site):
    """Only the hits come back, and of the person's values no other than those that are compared goes there."""
    wiki = site.database("wiki.sqlite", "Nick", "Nick2", "N1ck", "Rob", *(f"Stranger {number}" for number in range(30)))
    person = {"name": "nick", "email": "nick@example.org", "password": SECRET.format("typed"),
              "services": {"wiki.example": {"password_hash": SECRET.format("hash")}}}
    site.inventory({"wiki.example": wiki}, people=[person])
    for check in (["--check"], []):
        ran = site.play("offboard", "-e", "person=nick", "-vvv", *check)
        assert ran.code == 0
        assert "wiki.example: possibly also theirs, not changed: 'N1ck' (same e-mail address except for dots or a +tag, enabled)" in ran.said
        assert "not changed: 'Nick2' (e-mail address contains the person's, enabled)" in ran.said
        assert "Stranger" not in ran.said and "not changed: 'Nick'" not in ran.said
        assert not secrets_in(ran.said)
    assert site.shut("wiki.sqlite") == ["Nick"]


@pytest.mark.parametrize("name", ["Nb", "nb", "Nick", " nick", "nick@example.org", "NICK NACK"])
def test_the_name_of_another_persons_account_is_refused(site, name):
    person = {"name": "nick", "email": "nick@example.org", "real_name": "Nick Nack", "services": {"wiki.example": {"name": "nb"}}}
    site.inventory({"wiki.example": site.database("wiki.sqlite", "Nb", "Nick"), "other.example": site.database("other.sqlite", "Nb", "Nick")},
                   people=[{"name": "alice"}, person])
    ran = site.play("offboard", "-e", f"person='{name}'")
    assert ran.code == 2 and "'nick'" in ran.said and "offboard_confirmed" in ran.said
    assert (site.shut("wiki.sqlite"), site.shut("other.sqlite")) == ([], [])
    if name in ("Nb", "nb"):
        ran = site.play("offboard", "-e", f"person={name}", "-e", "offboard_confirmed=true")
        assert (ran.code, site.shut("wiki.sqlite"), site.shut("other.sqlite")) == (0, ["Nb"], ["Nb"])


def test_services_left_out_by_limit_are_reported(site):
    site.inventory({"wiki.example": site.database("wiki.sqlite", "Nick"), "other.example": site.database("other.sqlite", "Nick"),
                    "broken.example": {"service_type": UNDEFINED}, "db.example": {}}, people=[{"name": "nick"}])
    ran = site.play("offboard", "-e", "person=nick", "--limit", "wiki.example")
    assert ran.code == 2 and site.shut("wiki.sqlite") == ["Nick"]
    for host in ("other.example", "broken.example"):
        assert f"{host}: LEFT OUT by --limit" in ran.said
    assert "db.example" not in ran.said
    assert site.play("offboard", "-e", "person=nick", "--limit", "wiki.example,other.example").code == 2
    site.inventory({"wiki.example": site.database("again.sqlite", "Nick"), "db.example": {}}, people=[{"name": "nick"}])
    assert site.play("offboard", "-e", "person=nick", "--limit", "wiki.example").code == 0
