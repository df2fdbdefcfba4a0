# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of an inventory, from the result of export.py: pure, no Ansible, writes nothing."""

from __future__ import annotations

import re
from typing import Any

import yaml  # type: ignore[import-untyped]

from ansible_collections.auth.services.plugins.module_utils.account import visible
from ansible_collections.auth.services.plugins.plugin_utils.export import (
    BUILT_IN,
    BY_NAME,
    DIFFERENT,
    LEFT_OUT,
    LOOK_ALIKE,
    NOT_WRITTEN,
    SAME_NAME,
    SHARED,
    TWICE,
    UNCONFIRMED,
    Export,
)

PEOPLE_FILE = "group_vars/all/people.yml"
HARMLESS = re.compile(r"[^\W\d_][\w.@+/-]*(?: [\w.@+/-]+)*")
"""Text that YAML, Ansible and Jinja, with any delimiters, always read as text."""
PLAIN = re.compile(r"[A-Za-z0-9.+:~<=_ \t-]*|[!&*]")
"""Text that YAML may read as a number, a time or another type. It gets quotes and no mark, because ansible-core 2.19
forgets the quotes of marked text, and reads ``!unsafe '0123'`` as 83."""
WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf"))
"""Words that some YAML parsers do not read as text."""
TEXT = "tag:yaml.org,2002:str"
MADE = "# Written by auth.services.export from the accounts of the services."
PEOPLE = f"""{MADE}
# Members of the group wiki.example.org have an account there; members of wiki.example.org/sysop are sysops there.
# You can rename and merge groups, here and in host_vars.
"""
ABOUT = {
    BY_NAME: "No two addresses differ, but only the name says that these are one person.",
    UNCONFIRMED: "The applications did not check these addresses. Are these really one person?",
    DIFFERENT: "The applications did not check these addresses. If they are one person, merge them in people.yml.",
    SAME_NAME: "If they are one person, merge them in people.yml.",
    SHARED: "A shared mailbox, or one person with two accounts? The address was not used on other services either.",
    TWICE: "A person has at most one account on a service. Whose is which?",
    LOOK_ALIKE: "One person spelled differently, or somebody who imitates another?",
    LEFT_OUT: "Look at them in the application: no other file here contains them.",
    BUILT_IN: "These are not declared, and no task changes them.",
    NOT_WRITTEN: "These are not declared, so they are left alone.",
}


class Dumper(yaml.SafeDumper):
    """YAML that is readable, and in which Ansible reads all values as data."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def write_double_quoted(self, text: str, split: bool = True) -> None:
        # Invisible characters, and those that change the direction of a line, are spelled out.
        self.allow_unicode = visible(text) == text
        super().write_double_quoted(text, False)
        self.allow_unicode = True

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_text(self, data: str) -> yaml.ScalarNode:
        text = str.__str__(data)
        style = "'" if visible(text) == text else '"'
        is_something_else = self.resolve(yaml.ScalarNode, text, (True, False)) != TEXT and PLAIN.fullmatch(text)
        if is_something_else or text.lower() in WORDS:
            return self.represent_scalar(TEXT, text, style)
        if HARMLESS.fullmatch(text):
            return self.represent_scalar(TEXT, text, None if style == "'" else style)
        # Quoted, because some parsers look at a text before its mark.
        return self.represent_scalar("!unsafe", text, style)


# Also for Ansible's subclasses
Dumper.add_multi_representer(str, Dumper.represent_text)
Dumper.add_representer(str, Dumper.represent_text)
Dumper.add_multi_representer(dict, Dumper.represent_dict)
Dumper.add_multi_representer(list, Dumper.represent_list)


def to_yaml(data: Any) -> str:
    """Text that Ansible reads as the same data, in the same order, and evaluates nothing of.

    All text that is not harmless is marked, even keys: a list of dangerous beginnings would never be complete.
    """
    text: str = yaml.dump(data, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=1 << 30)
    return text


def files(export: Export) -> dict[str, str]:
    """The files without secrets, by path."""
    found = {
        # Unmarked, because the plugin that reads this file supports no marks. The inventory has these names anyway.
        "hosts.yml": f"---\n{MADE}\n" + yaml.safe_dump(
            {"all": {"hosts": {str.__str__(host): {} for host in export.services}}}, sort_keys=False, width=1 << 30),
        PEOPLE_FILE: f"---\n{PEOPLE}" + to_yaml(
            {"people_groups": export.people_groups, "people": export.people}),
        "doubtful.md": doubtful(export.doubts),
    }
    for host, variables in export.services.items():
        found[f"host_vars/{host}/accounts.yml"] = f"---\n{MADE}\n{to_yaml(variables)}"
    return found


def secret_files(export: Export) -> dict[str, str]:
    """The files with stored passwords, unencrypted, by path."""
    return {f"host_vars/{host}/vault_hashes.yml": f"---\n{MADE}\n" + to_yaml({"service_password_hashes": hashes})
            for host, hashes in export.hashes.items() if hashes}


def doubtful(doubts: dict[str, list[dict[str, Any]]]) -> str:
    """Doubtful cases as Markdown. The data are in fences, which no account name can end."""
    text = "# What you should look at\n" if set(doubts) - {BUILT_IN} else "# Nothing is doubtful\n"
    for kind, cases in doubts.items():
        text += f"\n## {kind}\n\n{ABOUT[kind]}\n\n```yaml\n{to_yaml(cases)}```\n"
    return text


def as_lines(export: Export) -> list[str]:
    """A few lines for the terminal."""
    return [line.format_map(export.counts) for line in (
        "services: {services}, with {accounts} accounts, {bots} of which belong to nobody",
        "people: {people}, {by_email} of whom were matched by e-mail address and {by_name} by name alone",
        "other doubtful cases: {doubtful}",
    )]
