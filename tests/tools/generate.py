# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes what has to stand in several files and comes from one: "make generate". With --check it only says what is stale: "make docs".

- The tables in docs/security.md of what disabling does, from the doors of services/<type>/adapter.py.
- The tables of privileges in docs/security.md, and the notes on GRANTs of the modules, from services/<type>/privileges.py.
- What the modules of service types return, and the modules that only read, from documentation.yml (see documentation.py).
- The action plugins of the modules of service types.
- The tables in docs/password-schemes.md, from module_utils/passwords.

Usage: generate.py [--check] FOLDER
"""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path

import yaml

from ansible_collections.auth.services.plugins.module_utils.options import info_spec
from ansible_collections.auth.services.plugins.module_utils.passwords import by_name, formats, templates
from ansible_collections.auth.services.plugins.module_utils.privileges import Tables
from ansible_collections.auth.services.tests.tools.documentation import Type, as_yaml, constants

STATES = ("disabled", "enabled", "absent")
SERVICES = "plugins/module_utils/services"
HOW = 'by "make generate"'


def types(root):
    """Names of the service types."""
    return sorted(path.parent.name for path in root.glob(f"{SERVICES}/*/privileges.py"))


def privileges(kind):
    return import_module(f"ansible_collections.auth.services.plugins.module_utils.services.{kind}.privileges").PRIVILEGES


def service_class(kind):
    adapter = import_module(f"ansible_collections.auth.services.plugins.module_utils.services.{kind}.adapter")
    [found] = [one for one in vars(adapter).values() if getattr(one, "__module__", "") == adapter.__name__ and getattr(one, "description", None)]
    return found


def module_of(root, kind):
    """The module of a type that writes."""
    [path] = [path for name in ("user", "mailbox") if (path := root / f"plugins/modules/{kind}_{name}.py").exists()]
    return path


def between(text, start, end, new):
    """The text with the lines between two marked lines replaced.

    :raises SystemExit: where they are not there once
    """
    pattern = re.compile(rf"(?m)(^{re.escape(start)}\n).*?(^{re.escape(end)}$)", re.DOTALL)
    if len(pattern.findall(text)) != 1:
        sys.exit(f"There must be one line {start!r}, and {end!r} after it.")
    return pattern.sub(lambda match: match[1] + new + match[2], text)


def granted(purpose, name, code):
    """The privileges of a line in words.

    :param name: what writes the name of a table
    :param code: what writes a privilege
    """
    said = "; ".join(f"{code(', '.join(grant.privileges))} on {', '.join(map(name, grant.tables))}" for grant in purpose.grants)
    return f"{purpose.beside}, and {said}" if purpose.beside else said


def table(kind):
    """The table of docs/security.md."""
    def name(one):
        return one if one.startswith("*") else f"`{one}`"

    rows = [f"| {purpose.label} | {granted(purpose, name, '`{}`'.format)}{purpose.after} |" for purpose in privileges(kind).purposes]
    return "\n".join(["", "| for | privileges on tables |", "| --- | --- |", *rows, "", ""])


def doors(kind):
    """The table of what disabling does."""
    found = service_class(kind).description
    rows = [f"| {door.way} | {door.shut} | {door.back} |" for door in found.doors]
    rows += [f"| {what} | {why} | |" for what, why in found.untouched]
    return "\n".join(["", "| what | how `state: disabled` shuts it | comes back with `enabled` |", "| --- | --- | --- |", *rows, "", ""])


def notes(root, kind, reads=False):
    """The notes on GRANTs of a module, in the markup of Ansible.

    :param reads: of the module that only reads
    """
    found = privileges(kind)
    known = option_names(root, module_of(root, kind))
    shown = info_spec(service_class(kind)) if reads else known

    def markup(match):
        word = match[1]
        if (root / f"plugins/modules/{word}.py").exists():
            return f"M(auth.services.{word})"
        return f"O(state={word})" if word in STATES and not reads else f"O({word})" if word in shown else f"C({word})"

    def name(one):
        tables = found.places({**known}).get(one.strip("*")) if one.startswith("*") else None
        if isinstance(tables, Tables) and tables.names:
            return ", ".join(f"C({each})" for each in tables.names)
        return f"I({one.strip('*')})" if one.startswith("*") else f"C({one})"

    lines = []
    for purpose in found.purposes:
        if reads and "read" not in re.findall(r"[\w-]+", purpose.when):
            continue
        said = granted(purpose, name, str) + re.sub(r"\*(\w+)\*", r"I(\1)", re.sub("`(.+?)`", markup, purpose.after))
        label = re.sub("`(.+?)`", markup, purpose.label.partition(":")[0])
        lines.append(f"GRANTs ({label}). {said[:1].upper()}{said[1:]}.")
    if not reads and any("PostgreSQL" in purpose.label for purpose in found.purposes):
        lines.append("GRANTs on PostgreSQL. USAGE on the schema and on the sequences of tables that get rows, and SELECT with every INSERT.")
    lines.append("The playbook C(auth.services.grants) prints the GRANTs that a service of the inventory needs.")
    return lines


def option_names(root, module):
    """Names of the options of a module and of all fragments, each with an empty value."""
    texts = [path.read_text(encoding="utf-8") for path in (module, *root.glob("plugins/doc_fragments/*.py"))]
    names = {name for text in texts for options in re.findall(r"(?ms)^options:\n(.*?)^(?:\w|\")", text) for name in re.findall(r"(?m)^  (\w+):$", options)}
    return {**dict.fromkeys(names), "user_table": "auth_user"}


INFO = '''#!/usr/bin/python
{head}
# Written {how}. Edit what it is written from: {module}.py beside it,
# services/{kind}/documentation.yml and tests/tools/documentation.yml.

from __future__ import annotations

DOCUMENTATION = r"""
{documentation}"""

EXAMPLES = r"""
{examples}"""

RETURN = r"""
{returned}"""

from ansible_collections.auth.services.plugins.module_utils.services.{kind}.adapter import {service}
from ansible_collections.auth.services.plugins.module_utils.user_module import run_info_module


def main() -> None:
    run_info_module({service})


if __name__ == "__main__":
    main()
'''

ACTION = '''{head}
from __future__ import annotations

from ansible_collections.auth.services.plugins.plugin_utils.actions import ServiceAction


class ActionModule(ServiceAction):
    """Keeps secrets out of what the task sends back."""
'''


def modules(root, kind, head):
    """The module of a type and the one that only reads, by path."""
    path = module_of(root, kind)
    own = yaml.safe_load((root / SERVICES / kind / "documentation.yml").read_text(encoding="utf-8"))
    found = Type(path.stem, service_class(kind), privileges(kind).heading, own, constants(path))
    source = f"{kind}/privileges.py"
    granted = as_yaml({"notes": notes(root, kind)}).partition("\n")[2]
    text = between(path.read_text(encoding="utf-8"), f"  # {HOW}, from {source}", f"  # end of {source}", granted)
    source = f"{kind}/documentation.yml"
    text = between(text, f"# {HOW}, from {source}", f"# end of {source}", f'RETURN = r"""\n{as_yaml(found.user_return())}"""\n')
    info = INFO.format(
        head=head, how=HOW, kind=kind, module=path.stem, service=found.service.__name__,
        documentation=as_yaml(found.info_documentation(notes(root, kind, reads=True))),
        examples=as_yaml(found.info_examples(), between="\n"), returned=as_yaml(found.info_return()))
    return {path: text, path.with_name(f"{path.stem}_info.py"): info}


def made(root):
    """What is generated, by path."""
    head = "".join(Path(__file__).read_text(encoding="utf-8").splitlines(keepends=True)[:3])
    security = root / "docs/security.md"
    text = security.read_text(encoding="utf-8")
    found = {}
    for kind in types(root):
        source = f"{kind}/adapter.py"
        text = between(text, f"<!-- {HOW}, from {source} -->", f"<!-- end of {source} -->", doors(kind))
        source = f"{kind}/privileges.py"
        text = between(text, f"<!-- {HOW}, from {source} -->", f"<!-- end of {source} -->", table(kind))
        for module, said in modules(root, kind, head).items():
            found[module] = said
            found[root / "plugins/action" / module.name] = ACTION.format(head=head)
    page = root / "docs/password-schemes.md"
    passwords = page.read_text(encoding="utf-8")
    for source, lines in schemes().items():
        passwords = between(passwords, f"<!-- {HOW}, from {source} -->", f"<!-- end of {source} -->", lines)
    return {security: text, page: passwords, **found}


def rows_of(head, *rows):
    """A table in Markdown."""
    return "\n".join(["", *(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)), "", ""])


def schemes():
    """The tables of docs/password-schemes.md, by their source."""
    braces = [name for name in by_name.SCHEME_NAMES if name.startswith("{")]
    written = [f"`{name}`" for name in braces if by_name.SCHEME_NAMES[name].writes]
    verified = [f"`{name}`" for name in braces if not by_name.SCHEME_NAMES[name].writes]
    in_braces = [f"{', '.join(written)}; {', '.join(verified)}", "what the name says. Each verifies all in braces", "", "",
                 f"yes, except the last {len(verified)}"]
    named = {name: one for name, one in by_name.SCHEME_NAMES.items() if name not in braces}
    said = [[f"`{name}`", one.what, ", ".join(f"`{key}`{'' if value in (None, '') else f' {value}'}" for key, value in one.settings.items()),
             "`hash`, `" + "`, `".join(one.columns) + "`" if one.columns else "",
             "yes" if one.writes else "only verifies"]
            for name, one in named.items()] + [in_braces]
    settings = [[f"`{name}`", one.what, f"{one.low} to {one.high}" if one.high else ", ".join(map("`{}`".format, one.choices)) or "a text"]
                for name, one in by_name.SETTINGS.items()]
    names = [[f"`{name}`", what] for name, what in templates.NAMES.items()]
    functions = [[f"`{name}({', '.join(['key', 'text'][-number:])})`", what] for name, (number, what) in templates.FUNCTIONS.items()]
    found = [[f"`{name}`", one.what, "*shape*" if one.is_shape_only else "", scheme_of(name)] for name, one in formats.FORMATS.items() if name[0] != "{"]
    found.append([", ".join(f"`{name}`" for name in formats.FORMATS if name[0] == "{"), "what the name says", "", "of the same name, where there is one"])
    return {
        "passwords/by_name.py": rows_of(["scheme", "what is stored", "settings with their defaults", "columns", "writes"], *said),
        "the settings of passwords/by_name.py": rows_of(["setting", "what it means", "values"], *settings),
        "passwords/templates.py": rows_of(["in a template", "what it gives"], *names, *functions),
        "passwords/formats.py": rows_of(["format", "what it is", "", "scheme"], *found),
    }


def scheme_of(name):
    """The scheme of a format, with the settings to try first."""
    found = by_name.scheme_of_format(name)
    settings = "".join(f", {key}: {value}" for key, value in found[1].items()) if found else ""
    return f"`{found[0]}{settings}`" if found else ""


def stale(root):
    """Files that are not what they should be."""
    return {path: text for path, text in made(root).items() if not path.exists() or path.read_text(encoding="utf-8") != text}


def main():
    root = Path(sys.argv[-1]).resolve()
    found = stale(root)
    for path, text in found.items():
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        print(path.relative_to(root))
    if found and "--check" in sys.argv:
        sys.exit('These files are stale. Run "make generate".')


if __name__ == "__main__":
    main()
