# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was found in a database, as files: a page, a draft of a mapping, models, and a summary. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml  # type: ignore[import-untyped]

from ansible_collections.auth.services.plugins.module_utils.account import visible
from ansible_collections.auth.services.plugins.module_utils.schema import Schema
from ansible_collections.auth.services.plugins.plugin_utils.drafting_mapping import (
    Draft,
    NoDraft,
    Remarks,
    draft_mapping,
    without_prefix,
)
from ansible_collections.auth.services.plugins.plugin_utils.drafting_models import models
from ansible_collections.auth.services.plugins.plugin_utils.export_files import Dumper

SLOTS = {"login": "login name", "password": "password", "email": "e-mail address", "full_name": "full name",
         "active": "enabled or not", "created": "created", "last_login": "last login", "salt": "salt"}
WIDE = 100
"""Longest line of YAML in one piece, in characters."""


@dataclass
class Inspection:
    """What was found for one host.

    :ivar found: the result of ``tables_info``
    :ivar time: when, in ISO 8601
    :ivar prefix: what ``service_database.prefix`` says
    :ivar service_type: what the inventory says; empty where it says nothing
    :ivar managed: what the modules of this type say: ``counts``, ``warnings``, ``error``; and ``needed``: the
        privileges that the inventory needs, by table
    :ivar tried: what reading with the draft gave: ``count``, or ``error``
    :ivar sql: statements for the database user
    """

    host: str
    found: Mapping[str, Any]
    time: str = ""
    prefix: str = ""
    service_type: str = ""
    managed: Mapping[str, Any] = field(default_factory=dict)
    tried: Mapping[str, Any] = field(default_factory=dict)
    sql: Sequence[str] = ()

    def __post_init__(self) -> None:
        self.schema = Schema.from_dict(self.found)
        self.draft: Draft | None = None
        self.no_draft = ""
        try:
            draft = draft_mapping(self.schema, self.found)
            self.draft = Draft(without_prefix(draft.mapping, self.prefix), draft.remarks, draft.decisions)
        except NoDraft as error:
            self.no_draft = str(error)

    @property
    def application(self) -> Mapping[str, Any] | None:
        """The known application, if there is exactly one; the inventory knows better."""
        known = self.found.get("application") or []
        if self.service_type:
            told = [one for one in known if one["service_type"] == self.service_type]
            return told[0] if len(told) == 1 else {"name": "Managed", "service_type": self.service_type}
        return known[0] if len(known) == 1 else None

    @property
    def what(self) -> str:
        """What the database is, in one sentence."""
        known = [self.application] if self.application else self.found.get("application") or []
        if known:
            return "; ".join(map(_application, known))
        account = self.found.get("account")
        if not account:
            return "No table of accounts was found"
        sure = "" if account.get("sure") else ", which is not sure"
        return f"Accounts are in table {account['table']}{sure} (score {account['score']:.2f})"

    def problems(self) -> list[str]:
        """What keeps accounts from being managed safely, or is not as it should be."""
        found = []
        parts = (*(self.found.get(name) for name in ("account", "membership", "group")),
                 *(self.found.get("on_disable") or ()))
        around = {str(one["table"]) for one in parts if one}
        unsafe = sorted(one.name for one in self.schema.tables.values() if not one.rolls_back and one.name in around)
        if unsafe:
            found.append(f"Tables {', '.join(unsafe)} have a storage engine without transactions: a run that fails"
                         " halfway cannot be undone. Convert them to InnoDB.")
        if self.found.get("tls") is False:
            found.append("The connection does not use TLS.")
        needed = self.managed.get("needed") if self.service_type else dict.fromkeys(
            around, ("SELECT", "INSERT", "UPDATE", "DELETE"))
        what = ", which the inventory needs" if self.service_type else ""
        for one in self.found.get("privileges") or ():
            missing = [name for name in (needed or {}).get(one["table"], ()) if name not in one["privileges"]]
            if missing:
                found.append(f"The database user lacks {', '.join(missing)} on {one['table']}{what}.")
        if self.managed.get("error"):
            found.append(f"The accounts cannot be read as service_type {self.service_type}: {self.managed['error']}")
        found += [str(one) for one in self.managed.get("warnings") or ()]
        if self.tried.get("error"):
            found.append(f"The draft of the mapping cannot read the accounts yet: {self.tried['error']}")
        return found

    def decisions(self) -> list[str]:
        """What is doubtful and what a human must decide, the most important first."""
        if self.application:
            return []
        several = len(self.found.get("application") or ()) > 1
        which = ["Which of these applications is this host? Set service_type and service_database.prefix."]
        return [*(which if several else ()), *map(str, self.found.get("doubts") or ()),
                *(self.draft.decisions if self.draft else [])]

    def counts(self) -> dict[str, int]:
        """Accounts by state."""
        given = self.managed.get("counts") or self.found.get("counts") or {}
        return {str(name): int(number) for name, number in given.items() if number is not None}


def _application(one: Mapping[str, Any]) -> str:
    version = f" {one['version']}" if one.get("version") else ""
    prefix = f", prefix {one['table_prefix']}" if one.get("table_prefix") else ""
    return f"{one['name']}{version}{prefix}: service_type: {one['service_type']}"


def drafted(found: Mapping[str, Any], prefix: str) -> Any:
    """The mapping that is drafted from the result of ``tables_info``; None where there is none, or a type is known."""
    inspection = Inspection("", found, prefix=prefix)
    return inspection.draft.mapping if inspection.draft and not inspection.application else None


def files(inspection: Inspection, page: str) -> dict[str, str]:
    """All files by name.

    :param page: the report
    """
    found = inspection.found
    return {
        "mapping.yml": mapping_file(inspection),
        "models.py": models(inspection.schema, found.get("references") or (), found.get("account"),
                            _prefix(inspection)),
        "README.md": summary(inspection),
        "report.html": page,
        **({"grants.sql": "\n".join(visible(line) for line in inspection.sql) + "\n"} if inspection.sql else {}),
    }


def _prefix(inspection: Inspection) -> str:
    """What classes leave out of names of tables: the prefix of a known application, or one that most tables have."""
    known = inspection.application
    if known or inspection.prefix:
        return str((known or {}).get("table_prefix") or inspection.prefix)
    names = list(inspection.schema.tables)
    first = re.match(r"[A-Za-z0-9]{1,12}_", names[0]) if names else None
    return first[0] if first and sum(name.startswith(first[0]) for name in names) > 0.9 * len(names) > 3 else ""


# The mapping

BEGINNING = """---
# Drafted by auth.services.inspect. Copy it to host_vars of this host, and correct what has a remark.
# docs/mapping.md says what each key means.
"""


def mapping_file(inspection: Inspection) -> str:
    """Variables of the host: its service type, and the mapping where there is no other type for it."""
    known = inspection.application
    text = BEGINNING
    if known:
        text += _lines({"service_type": str(known["service_type"])})
        if known.get("table_prefix") and known["table_prefix"] != inspection.prefix:
            text += f"# Set also service_database.prefix: {_comment(known['table_prefix'])}\n"
        account = inspection.found.get("account") or {}
        options = {option: account[part] for option, (part, default) in (known.get("options") or {}).items()
                   if isinstance(account.get(part), str) and account[part] != default}
        if options:
            text += _lines({"service_options": options})
        elif known.get("accounts"):
            place = _comment(known["accounts"])
            text += f"# Accounts are in table {place}. If the type expects another one, service_options can name it.\n"
        return text
    if inspection.draft is None:
        return f"{text}# There is no draft: {_comment(inspection.no_draft)}.\n"
    text += "service_type: sql\nservice_mapping:\n"
    return text + "".join(_block(inspection.draft.mapping, inspection.draft.remarks, "mapping", "  "))


def _block(value: Mapping[str, Any], remarks: Remarks, path: str, indent: str, dash: str = "") -> Iterator[str]:
    """Lines of a dictionary, with the remark of each part beside it."""
    for key, one in value.items():
        here = f"{path}.{key}"
        remark = f"  # {_comment(remarks[here])}" if here in remarks else ""
        below = any(name.startswith((f"{here}.", f"{here}[")) for name in remarks)
        start = f"{indent[:-2]}- " if dash else indent
        dash = ""
        if isinstance(one, (Mapping, list)) and one:
            flat = _flow({key: one})
            if not below and len(start) + len(flat) <= WIDE:
                yield f"{start}{flat}{remark}\n"
                continue
            yield f"{start}{_flow_key(key)}:{remark}\n"
            if isinstance(one, Mapping):
                yield from _block(one, remarks, here, f"{indent}  ")
            else:
                yield from _items(one, remarks, here, f"{indent}  ")
        else:
            yield f"{start}{_flow({key: one})}{remark}\n"


def _items(value: Sequence[Any], remarks: Remarks, path: str, indent: str) -> Iterator[str]:
    for number, one in enumerate(value):
        here = f"{path}[{number}]"
        if here in remarks:
            yield f"{indent}# {_comment(remarks[here])}\n"
        below = any(name.startswith(f"{here}.") for name in remarks)
        flat = _flow(one)
        if isinstance(one, Mapping) and one and (below or len(flat) > WIDE):
            yield from _block(one, remarks, here, f"{indent}  ", "-")
        else:
            yield f"{indent}- {flat}\n"


def _flow(value: Any) -> str:
    """A value on one line, in which Ansible reads all text as data."""
    if isinstance(value, Mapping) and len(value) == 1:
        key, one = next(iter(value.items()))
        if not isinstance(one, (Mapping, list)):
            return f"{_flow_key(key)}: {_scalar(one)}"
        return f"{_flow_key(key)}: {_dumped(one)}"
    return _dumped(value) if isinstance(value, (Mapping, list)) else _scalar(value)


def _dumped(value: Any) -> str:
    text: str = yaml.dump(value, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=1 << 30,
                          default_flow_style=True)
    return text.strip()


def _scalar(value: Any) -> str:
    return _dumped([value])[1:-1]


def _flow_key(key: Any) -> str:
    return _scalar(str(key))


def _lines(value: Mapping[str, Any]) -> str:
    return "".join(f"{_flow({key: one})}\n" for key, one in value.items())


def _comment(text: Any) -> str:
    return visible(str(text))[:500]


# The summary

def summary(inspection: Inspection) -> str:
    """What was found, as Markdown. Names of strangers are in code spans that they cannot end."""
    return "\n".join([
        f"# {_plain(inspection.host)}", "", f"{_plain(inspection.what)}.", "",
        *(f"- {_plain(line)}" for line in facts(inspection)), "",
        *_listing("What is wrong", inspection.problems()),
        *_listing("What a human must decide", inspection.decisions()),
        *_listing("How to go on", steps(inspection)),
    ]).rstrip() + "\n"


def facts(inspection: Inspection) -> list[str]:
    """Short facts on the database."""
    found, schema = inspection.found, inspection.schema
    declared = sum(bool(one.get("declared")) for one in found.get("references") or ())
    inferred = len(found.get("references") or ()) - declared
    tls = {True: "with TLS", False: "without TLS", None: ""}[found.get("tls")]
    counts = ", ".join(f"{name} {number}" for name, number in inspection.counts().items())
    return [line for line in (
        f"Database: {schema.engine} {schema.version} {tls}".rstrip(),
        f"{len(schema.tables)} tables, {declared} declared and {inferred} inferred references",
        counts,
        f"The draft of the mapping reads {inspection.tried['count']} of them" if "count" in inspection.tried else "",
        f"Managed as service_type {inspection.service_type}" if inspection.service_type else "",
    ) if line]


def slots(inspection: Inspection) -> list[tuple[str, str, str]]:
    """What the columns of the accounts are: what, the column, and why."""
    account = inspection.found.get("account") or {}
    evidence = account.get("evidence") or {}
    result = []
    for name, label in SLOTS.items():
        value = account.get(name)
        if not value:
            continue
        more = ""
        if isinstance(value, Mapping):
            more = f"enabled: {value.get('enabled')!r}, disabled: {value.get('disabled')!r}; "
            value = value.get("column")
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        if name == "password" and account.get("formats"):
            more = f"{', '.join(map(str, account['formats']))}; "
        result.append((label, shown, more + "; ".join(map(str, evidence.get(name) or ()))))
    return result


def steps(inspection: Inspection) -> list[str]:
    """What to do next."""
    if inspection.service_type:
        return ["Correct what is wrong, and run auth.services.audit."]
    if inspection.application or inspection.draft:
        return ["Copy mapping.yml to host_vars of this host, and correct what has a remark.",
                "Run auth.services.export, then auth.services.apply --check --diff, which should change nothing."]
    return ["Write an adapter: docs/adding-a-service-type.md says how."]


def as_lines(inspection: Inspection) -> list[str]:
    """A few lines for the terminal."""
    problems, decisions = inspection.problems(), inspection.decisions()
    return [visible(line) for line in (
        f"{inspection.host}: {inspection.what}", *facts(inspection),
        *(f"wrong: {one}" for one in problems[:3]),
        f"to be decided: {len(decisions)}" if decisions else "",
    ) if line]


def _listing(title: str, lines: Sequence[str]) -> list[str]:
    return [f"## {title}", "", *(f"- {_plain(line)}" for line in lines), ""] if lines else []


def _plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return re.sub(r"([\\`*_{}\[\]<>#|!~&$])", r"\\\1", visible(text))
