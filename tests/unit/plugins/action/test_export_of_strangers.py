# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Export and apply as a user runs them, over databases whose users have typed what they like wherever they can."""

from __future__ import annotations

import json
import os
import pathlib
import re
import secrets
import sqlite3
import subprocess
import sys

import pytest
import yaml

from ansible_collections.auth.services.plugins.plugin_utils.export import LEFT_OUT
from ansible_collections.auth.services.tests.unit.applications.django import OTHERS, USER
from ansible_collections.auth.services.tests.unit.applications.freeradius import TABLES

ROOT = pathlib.Path(__file__).parents[4]
WIKI = (ROOT / "examples" / "mediawiki.sql").read_text(encoding="utf-8")
VOICE = (ROOT / "examples" / "mumble.sql").read_text(encoding="utf-8")
NAME = re.compile(r"(?! )[ -=\w\[\]{}()@|.]+(?<! )", re.ASCII)  # a user name of Mumble
HEADER = "#jinja2: variable_start_string:'[[', variable_end_string:']]'"
CALL = "lookup(*['pipe'] + ['touch {}'])"  # no comma and no colon, which divide a header
CRYPT = "$5$saltsalt$myjXcpMpE2Ofk7fj9hqyNYSn6lmWG4Mqnjx.KIRRr4/"
STORED = "pbkdf2_sha256$1$salt$HmpcTmaUIfSIgA8zST1a0/XlRDkJLI0uXbhYOXANZck="
VAULT_PASSWORD = "Zq9-{{ of the vault"

CALLBACK = '''
import json, os
from ansible.plugins.callback import CallbackBase
DOCUMENTATION = """
name: everything
type: notification
short_description: Writes all that Ansible hands to callbacks
description: The same.
"""

class CallbackModule(CallbackBase):
    CALLBACK_VERSION, CALLBACK_TYPE, CALLBACK_NAME, CALLBACK_NEEDS_ENABLED = 2.0, "notification", "everything", False

    def v2_on_any(self, *args, **kwargs):
        with open(os.environ["EVERYTHING"], "a") as file:
            for one in (*args, *kwargs.values()):
                for of_it in (one, getattr(one, "_task", None), getattr(one, "task", None)):
                    # less where ansible-core 2.21 and later keep what they censor for callbacks
                    shown = {name: value for name, value in getattr(of_it, "__dict__", {"": of_it}).items() if not name.endswith("__utr")}
                    told = [getattr(of_it, name, None) for name in ("args", "_result", "_task_fields")]
                    file.write(repr([shown, *told]) + "\\n")
'''


def payloads(marker):
    """What has been code, or could be."""
    call = CALL.format(marker)
    return [
        f"{HEADER}\n[[{call}]]",
        f"{HEADER} # [[{call}]]",
        f"#jinja2:variable_start_string:'<<',variable_end_string:'>>'\n<<{call}>>",
        f"#jinja2: line_statement_prefix:'%'\n% set x = {call}",
        f"{{{{ {call} }}}}",
        f"{{% set x = {call} %}}",
        f"{{# #}}{{{{{call}}}}}",
        f"!unsafe {{{{{call}}}}}", f"!!python/object/apply:os.system ['touch {marker}']", "!vault |", "&anchor", "*anchor", "- x", "? x", ": x",
        "$ANSIBLE_VAULT;1.1;AES256\n3161", "__ansible_type", "__ansible_unsafe", "__ansible_vault", "__jinja_template__", "<<", "=", "=1+1", "@x",
        "`x`", "%YAML 1.1",
        "yes", "no", "null", "~", "1e3", "0x1F", "0123", "12:30:45", "2001-01-01", ".inf", "[]", "{}", "a: b", "a #b", "# a", "'", '"', "a\nb",
        "\ta", "---", "...",
        "a\u202eb", "a\u3164", "a\x1b[31mb", "{{", "{%", "{#", "a\\b", "ſ", "\u2028",
    ]


class Place:
    """A folder with an inventory of three services, and what runs in it."""

    def __init__(self, path):
        # Short, as a name in a database is
        self.path, self.marker, self.everything = path, pathlib.Path("/tmp") / secrets.token_hex(4), path / "everything"
        (path / "callbacks").mkdir()
        (path / "callbacks" / "everything.py").write_text(CALLBACK, encoding="utf-8")
        (path / "home").mkdir()
        services = {
            "wiki.example.org": {"service_type": "mediawiki", "export_bots": ["Bot*"]},
            "site.example.org": {"service_type": "django", "export_bots": ["bot*"]},
            "radius.example.org": {"service_type": "freeradius", "export_bots": ["bot*"]},
            "voice.example.org": {"service_type": "mumble", "export_bots": ["bot*"]},
        }
        for host, variables in services.items():
            variables["service_database"] = {"engine": "sqlite", "name": "{{ databases }}/" + host}
        variables = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable, "databases": str(path / "full")}
        (path / "services.yml").write_text(yaml.safe_dump({"all": {"hosts": services, "vars": variables}}), encoding="utf-8")
        self.fill()

    def fill(self):
        texts = payloads(self.marker)
        for folder in ("full", "empty"):
            (self.path / folder).mkdir()
            groups = [(number, f"{text}"[:150]) for number, text in enumerate(texts, 10)]
            with sqlite3.connect(self.path / folder / "site.example.org") as site:
                site.executescript(USER + OTHERS)
                site.executemany("INSERT INTO auth_group VALUES (?, ?)", groups)
                if folder == "full":
                    for number, text in enumerate(texts, 10):
                        for name in (f"u{number}", f"bot{number}", *re.findall(r"\A[\w.@+-]+\Z", text, re.ASCII)):
                            made = site.execute(
                                "INSERT INTO auth_user (password, is_superuser, username, last_name, email, is_staff, is_active, date_joined,"
                                " first_name) VALUES (?, 0, ?, ?, ?, 0, 1, '2026-01-01 00:00:00', ?)", (STORED, name, text[:150],
                                                                                                        f"{{{{7*{number}}}}}#{{%@example.org", text[:150]))
                            site.execute("INSERT INTO auth_user_groups (user_id, group_id) VALUES (?, ?)", (made.lastrowid, number))
            with sqlite3.connect(self.path / folder / "radius.example.org") as radius:
                radius.executescript(TABLES)
                if folder == "full":
                    for number, text in enumerate(texts, 10):
                        group = text[:64].strip() if text[:64].isprintable() else "g"
                        for name in (f"u{number}", f"bot{number}", text[:64]):
                            radius.execute("INSERT INTO radcheck (username, attribute, op, value) VALUES (?, 'Crypt-Password', ':=', ?)", (name, CRYPT))
                            radius.execute("INSERT INTO radcheck (username, attribute, op, value) VALUES (?, 'NAS-Identifier', '==', ?)", (name, text))
                            radius.execute("INSERT INTO radreply (username, attribute, op, value) VALUES (?, 'Reply-Message', ':=', ?)", (name, text))
                            radius.execute("INSERT INTO radusergroup (username, groupname) VALUES (?, ?)", (name, group))
            with sqlite3.connect(self.path / folder / "voice.example.org") as voice:
                voice.executescript(VOICE)
                voice.executemany("INSERT INTO groups VALUES (?, 1, ?, 0, 1, 1)", groups)
                for number, text in enumerate(texts, 10):
                    if folder == "full" and NAME.fullmatch(text):
                        voice.execute("INSERT INTO users VALUES (1, ?, ?, ?, ?, 32000, 0, NULL, '2026-11-01 12:00:00', NULL)", (number, text,
                                                                                                                                "ab" * 48, "cd" * 8))
                        voice.execute("INSERT INTO user_info VALUES (1, ?, 1, ?)", (number, f"{{{{7*{number}}}}}@example.org"))
                        voice.execute("INSERT INTO group_members VALUES (?, 1, ?, 1)", (number, number))
            with sqlite3.connect(self.path / folder / "wiki.example.org") as wiki:
                wiki.executescript(WIKI)
                if folder == "full":
                    for number, text in enumerate((text for text in texts if text.isprintable()), 10):
                        for name in (f"U{number}", f"Bot{number}"):
                            made = wiki.execute(
                                "INSERT INTO user (user_name, user_password, user_newpassword, user_email, user_touched, user_real_name)"
                                " VALUES (?, '', '', ?, '20261101120000', ?)", (name, "#jinja2{{7*7}}@example.org", text))
                            wiki.execute("INSERT INTO actor (actor_user, actor_name) VALUES (?, ?)", (made.lastrowid, name))

    def run(self, *arguments, inventories=("services.yml",)):
        """Everything that was said, after which no payload has run."""
        self.everything.write_text("")
        environment = {
            **os.environ, "HOME": str(self.path / "home"), "ANSIBLE_CALLBACK_PLUGINS": str(self.path / "callbacks"), "EVERYTHING": str(self.everything),
            "ANSIBLE_CALLBACKS_ENABLED": "everything", "ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_NOCOLOR": "true",
            "ANSIBLE_LOG_PATH": str(self.path / "log"),
        }
        sources = [part for inventory in inventories for part in ("-i", inventory)]
        ran = subprocess.run([sys.executable, "-m", "ansible.cli.playbook", *sources, *arguments], cwd=self.path, env=environment,
                             capture_output=True, text=True, check=False, timeout=300)
        assert not self.marker.exists(), arguments
        return ran.returncode, ran.stdout + ran.stderr


class Marked(yaml.SafeLoader):
    """YAML with Ansible's marks."""


Marked.add_constructor("!unsafe", Marked.construct_yaml_str)


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path)
    yield made
    made.marker.unlink(missing_ok=True)


LOOK = """
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.debug: {var: people}
    - ansible.builtin.debug: {var: vars}
      ignore_errors: true
    - ansible.builtin.debug: {msg: "{{ hostvars[inventory_hostname] }}"}
      ignore_errors: true
    - ansible.builtin.debug: {msg: "{{ item.name }} {{ item.real_name | default('') }} {{ item }}"}
      loop: "{{ people }}"
    - ansible.builtin.assert: {that: people | length > 100}
    - ansible.builtin.copy:
        content: "{{ {'people': people, 'accounts': service_accounts, 'hashes': service_password_hashes | default({})} | to_json }}"
        dest: "seen-{{ inventory_hostname }}"
"""


def test_text_of_strangers_is_data_from_database_to_database(place):
    (place.path / "vault").write_text(VAULT_PASSWORD, encoding="utf-8")
    (place.path / "secret.yml").write_text("export_vault_password: !unsafe '" + VAULT_PASSWORD + "'", encoding="utf-8")
    code, said = place.run("auth.services.export", "-vvv", "--diff", "-e", "export_password_hashes=true", "-e", "@secret.yml")
    assert code == 0, said[-4000:]
    assert "\x1b" not in said
    with_export = ("services.yml", "export")
    vault = ("--vault-password-file", "vault")
    (place.path / "look.yml").write_text(LOOK, encoding="utf-8")
    code, said = place.run("look.yml", "-vvvv", *vault, inventories=with_export)
    assert code == 0, said[-4000:]
    texts = payloads(place.marker)
    seen = json.loads((place.path / "seen-voice.example.org").read_text(encoding="utf-8"))
    there = {host: {person["services"].get(host, {}).get("name", person["name"]): person for person in seen["people"] if host in person["groups"]}
             for host in ("site.example.org", "voice.example.org", "radius.example.org")}
    for number, text in enumerate(texts, 10):
        assert there["site.example.org"][f"u{number}"]["services"]["site.example.org"]["first_name"] == text[:150]
        assert f"site.example.org/{text[:150]}" in there["site.example.org"][f"u{number}"]["groups"]
    assert seen["hashes"] and set(seen["hashes"]) == set(there["voice.example.org"]) == set(filter(NAME.fullmatch, texts))
    code, said = place.run("auth.services.apply", "--check", "--diff", "-vvv", *vault, inventories=with_export)
    assert code == 0, said[-4000:]
    assert "changed=0" in said and "changed=1" not in said
    before = rows(place.path / "full")
    again = ("auth.services.apply", "--diff", "-e", f"databases={place.path}/empty", *vault)
    code, said = place.run(*again, inventories=with_export)
    assert code == 2 and re.findall(r"fatal: \[(.+?)\]", said)[-1:] == ["radius.example.org"], "no new account can have such names"
    with sqlite3.connect(place.path / "empty" / "radius.example.org") as radius:  # but one that is there can
        radius.execute("ATTACH ? AS full", (str(place.path / "full" / "radius.example.org"),))
        for table in ("radcheck", "radreply", "radusergroup"):
            radius.execute(f"INSERT INTO {table} SELECT * FROM full.{table} WHERE username NOT GLOB 'u[0-9][0-9]' AND username NOT GLOB 'bot*'")
    code, said = place.run(*again, inventories=with_export)
    assert code == 0, said[-4000:]
    doubtful = (place.path / "export" / "doubtful.md").read_text(encoding="utf-8")
    assert LEFT_OUT not in doubtful and rows(place.path / "empty") == before


def rows(folder):
    found = {}
    radius = ("SELECT username, attribute, op, value FROM radcheck UNION SELECT username, attribute, op, value FROM radreply"
              " UNION SELECT username, groupname, '', priority FROM radusergroup ORDER BY 1, 2, 3, 4")
    site = ("SELECT username, first_name, last_name, email, password,"
            " (SELECT group_concat(group_id) FROM auth_user_groups WHERE user_id = u.id) FROM auth_user AS u ORDER BY username")
    voice = ("SELECT name, pw, salt, (SELECT value FROM user_info WHERE user_id = u.user_id AND key = 1),"
             " (SELECT group_concat(name) FROM groups JOIN group_members USING (group_id) WHERE user_id = u.user_id) FROM users AS u ORDER BY name")
    wiki = "SELECT user_name, user_real_name, user_email FROM user ORDER BY user_name"
    for host, statement in (("radius.example.org", radius), ("site.example.org", site), ("voice.example.org", voice), ("wiki.example.org", wiki)):
        with sqlite3.connect(folder / host) as database:
            found[host] = database.execute(statement).fetchall()
    return found


@pytest.mark.parametrize(("given", "more", "code", "says"), [
    ("export_vault_password: !unsafe '{}'", ["--check", "--diff"], 0, "would be written to"),
    ("export_vault_password: !unsafe '{}'", ["-e", "export_folder=services.yml"], 2, "Not a directory"),
    ("export_vault_password: '{}'", [], 2, "Nothing was written. export_vault_password cannot be evaluated. If it contains a brace, mark it !unsafe."),
    ("export_vault_password: 12345 # {}", [], 2, "Stored passwords are only written to a vault. Set export_vault_password to its password, as text"),
])
def test_the_password_of_the_vault_stays_secret(place, given, more, code, says):
    (place.path / "secret.yml").write_text(given.format(VAULT_PASSWORD), encoding="utf-8")
    returned, said = place.run("auth.services.export", "-vvvv", "-e", "export_password_hashes=true", "-e", "@secret.yml", *more)
    assert (returned, says in " ".join(said.split())) == (code, True), said[-3000:]
    told = said + place.everything.read_text() + (place.path / "log").read_text()
    assert "export_inventory" in place.everything.read_text()
    for secret in (VAULT_PASSWORD, VAULT_PASSWORD[:4], "ab" * 20, STORED[-20:], CRYPT[-20:]):
        assert secret not in told


def test_a_variable_that_cannot_be_evaluated_does_not_count_as_undefined(place):
    for name in ("export_folder", "export_overwrite", "export_password_hashes", "export_bots"):
        returned, said = place.run("auth.services.export", "-e", f"{name}='{{{{ typo }}}}'")
        assert returned == 2 and not (place.path / "export").exists(), (name, said[-3000:])
