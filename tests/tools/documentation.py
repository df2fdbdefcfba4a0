# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation that is written once for the modules of all service types: what they return, and all of the ones that only read.

- ``documentation.yml`` beside this file has what all types say in the same words,
- ``services/<type>/documentation.yml`` what a type says in place of it or beside it,
- ``<type>_user`` the options and texts that ``<type>_user_info`` shares with it.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.auth.services.plugins.module_utils.description import ImplicitAccounts
from ansible_collections.auth.services.plugins.module_utils.options import account_spec, connection_spec, info_spec

COMMON = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
KEYS = {*COMMON, "sample", "protected", "notes"}
MANAGE = "Manage "
FLOW = ("sample", "choices", "default")
"""What is written on one line."""


@dataclass
class Type:
    """A service type, as far as its documentation goes.

    :ivar module: name of the module that writes
    :ivar service: its class
    :ivar application: its name, as people write it
    :ivar own: its own part of ``documentation.yml``
    :ivar texts: DOCUMENTATION and EXAMPLES of the module that writes
    :ivar managed: what it manages, in words
    :ivar sample: an account as it is returned
    :ivar said: what all types say, in the words of this one
    """

    module: str
    service: Any
    application: str
    own: dict[str, Any]
    texts: dict[str, Any]

    def __post_init__(self):
        if unknown := self.own.keys() - KEYS:
            sys.exit(f"documentation.yml of {self.module} has {', '.join(sorted(unknown))}. There are {', '.join(sorted(KEYS))}.")
        if not self.texts["DOCUMENTATION"]["short_description"].startswith(MANAGE):
            sys.exit(f"short_description of {self.module} does not begin with {MANAGE!r}.")
        self.managed = self.texts["DOCUMENTATION"]["short_description"][len(MANAGE):]
        self.sample = self.own["sample"]
        both = merged(COMMON, {key: value for key, value in self.own.items() if key in COMMON})
        words = {"subject": self.managed.replace(" in its database", ""), **both["words"], "application": self.application, "module": self.module,
                 "key": self._key()[0], "alice": self.sample["name"],
                 "mallory": self.sample["name"].replace("alice", "mallory").replace("Alice", "Mallory")}
        words["name"] = both["fields"]["name"].format(**words)
        self.said = filled(both, words)

    def _key(self):
        """What identifies an account in the database, in words; its type; an example."""
        accounts = self.service.description.accounts
        if isinstance(accounts, ImplicitAccounts) or accounts.key == accounts.name:
            return "The same as the name", "str", self.own["sample"]["name"]
        return f"C({accounts.key})", "int", 42

    def user_return(self):
        """RETURN of the module that writes."""
        found = self.said["user"]
        contains = found["accounts"]["contains"]
        _words, kind, sample = self._key()
        contains["id"] = {"description": "", "type": kind, "sample": sample, **contains["id"]}
        values = [option for option in self.sample if option not in ("name", "state", "groups")][:2]
        contains["fields"]["sample"] = [*sorted(values), *(["groups"] if "groups" in self.sample else []), "password"]
        return found

    def info_return(self):
        """RETURN of the module that only reads."""
        found = self.said["info"]
        found["accounts"]["contains"] = {option: self._field(option, value) for option, value in self.sample.items()}
        protected = found["protected"]
        for key, value in self.own.get("protected", {}).items():
            protected["contains"][key]["sample"] = value
        if "protected" not in self.own:
            protected["description"] += f" {self.application} has none."
            del protected["contains"]
            protected["sample"] = []
        return found

    def _field(self, option, sample):
        """What is returned of an option."""
        spec = account_spec(self.service)[option]
        return {"description": self.said["fields"].get(option) or self._summary(option),
                "type": spec["type"], **({"elements": spec["elements"]} if "elements" in spec else {}), "sample": sample}

    def _summary(self, option):
        """The first sentence on an option, and whether what it says may be empty."""
        text = self.texts["DOCUMENTATION"]["options"][option]["description"]
        text = " ".join(text) if isinstance(text, list) else text
        first = re.split(r"(?<=\.) (?=[A-Z])", text)[0]
        return first[:-1] + ", or empty." if "set it to an empty string" in text else first

    def info_documentation(self, notes):
        """DOCUMENTATION of the module that only reads.

        :param notes: on privileges
        """
        written = self.texts["DOCUMENTATION"]
        fragments = [name for name in written["extends_documentation_fragment"] if not name.startswith("auth.services.account")]
        fragments[-1:] = ["auth.services.account.info", "auth.services.attributes", "auth.services.attributes.info_module"]
        return {
            "module": f"{self.module}_info",
            "short_description": "Read " + self.managed.replace(" in its database", " from its database"),
            "version_added": written["version_added"],
            "description": [self.said["about"]],
            "author": written["author"],
            "extends_documentation_fragment": fragments,
            "options": {name: {**option, "description": readable(option["description"], info_spec(self.service))}
                        for name, option in written["options"].items() if name in connection_spec(self.service)},
            "notes": [*self.own.get("notes", []), *notes],
            "seealso": [{"module": f"auth.services.{self.module}"}],
        }

    def info_examples(self):
        """EXAMPLES of the module that only reads: with the connection of the first one of the module that writes."""
        [task] = [value for key, value in self.texts["EXAMPLES"][0].items() if key.startswith("auth.services.")]
        connection = {name: value for name, value in task.items() if name in connection_spec(self.service)}
        if "login_user" in connection:
            connection["login_user"] = "reader"
        if "login_password" in connection:
            connection["login_password"] = connection["login_password"].replace("_database ", "_reader ")
        example = self.said["example"]
        return [
            {"name": f"Read all {self.said['words']['accounts']}", f"auth.services.{self.module}_info": connection, "register": "found"},
            {"name": example["name"],
             "ansible.builtin.debug": {"msg": f"{{{{ found.accounts | {example['filter']} | map(attribute='name') }}}}"}},
            {"name": f"Read the names of the first 50,000 {self.said['words']['accounts']}",
             f"auth.services.{self.module}_info": {**connection, "limit": 50000, "compact": True}, "register": "page"},
            {"name": "Print them, and where to read on",
             "ansible.builtin.debug": {"msg": "{{ page.rows | from_json | map('first') | list }}, {{ page.count }} in all, after: {{ page.next }}"}},
        ]


def constants(path):
    """What the constants of a module that hold YAML say, by name."""
    return {node.targets[0].id: yaml.safe_load(node.value.value) for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)}


def readable(text, options):
    """The description of an option without the paragraphs that speak of options other than these."""
    if isinstance(text, list):
        return [one for one in text if set(re.findall(r"O\((\w+)[=)]", one)) <= set(options)]
    return text


def merged(one, other):
    """One dictionary with what another one has in place of its values or beside them, and so those in it."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return other
    return {**one, **{key: merged(one.get(key), value) for key, value in other.items()}}


def filled(value, words):
    """A structure whose texts have words in place of ``{word}``."""
    if isinstance(value, dict):
        return {key: filled(item, words) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, words) for item in value]
    return value.format(**words) if isinstance(value, str) else value


def as_yaml(value, between=""):
    """A structure as YAML with lines of 120 characters at most, as modules have it.

    :param between: what is between entries of the outermost list
    """
    entries = [[entry] for entry in value] if isinstance(value, list) else [value]
    text = between.join("".join(f"{line}\n" for line in _lines(entry, "")) for entry in entries)
    if yaml.safe_load(text) != value:
        sys.exit(f"This cannot be written as YAML:\n{text}")
    return text


def _lines(value, indent):
    lines = []
    for key, item in value.items() if isinstance(value, dict) else [("", item) for item in value]:
        start = f"{indent}{key}:" if key else f"{indent}-"
        if isinstance(item, (dict, list)) and item and key not in FLOW:
            inner = _lines(item, f"{indent}  ")
            lines += [start, *inner] if key else [f"{start} {inner[0].lstrip()}", *inner[1:]]
        elif isinstance(item, str):
            lines += textwrap.wrap(f"{start} {_quoted(item)}", 120, subsequent_indent=f"{indent}  ", break_long_words=False, break_on_hyphens=False)
        else:
            flow = yaml.safe_dump(item, default_flow_style=True, width=10**6, sort_keys=False) if isinstance(item, (dict, list)) else json.dumps(item)
            lines.append(f"{start} {flow.strip()}")
    return lines


def _quoted(text):
    """A text as YAML, in quotes where it needs them."""
    try:
        plain = yaml.safe_load(f"- {text}") == [text]
    except yaml.YAMLError:
        plain = False
    return text if plain else json.dumps(text, ensure_ascii=False)
