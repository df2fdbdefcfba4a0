# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the skeleton of a service type, enters it where a type must be entered, and says what is left: "make type NAME=guestbook".

The skeleton works for the tables in tests/unit/applications. Put the application's own in their place and go on from there.

Usage: new_type.py NAME FOLDER
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

HEAD = "".join(Path(__file__).read_text(encoding="utf-8").splitlines(keepends=True)[:3])
SERVICES = "plugins/module_utils/services"
UNIT = "tests/unit/plugins/module_utils/services"
APPLICATIONS = "tests/unit/applications"

ADAPTER = '''{head}
"""The accounts of {title} as a service type.

Differences from what {title} itself writes, with their reasons:

- none is known
"""

from __future__ import annotations

from ansible_collections.auth.services.plugins.module_utils.description import Accounts, Description, Field, Marker
from ansible_collections.auth.services.plugins.module_utils.passwords import ClearPassword, Phpass, Schemes
from ansible_collections.auth.services.plugins.module_utils.service import Service

PASSWORDS = Schemes([Phpass()], new=Phpass())


class {title}(Service):
    """The accounts of one installation."""

    engines = ("mysql", "postgresql", "sqlite")
    common_options = ("email",)
    clear_password, scheme = ClearPassword("{title}"), PASSWORDS
    description = Description(
        accounts=Accounts("users", key="id", name="name", password="password",
                          fields=[Field("email", "email", spec={{}})]),
        doors=(
            Marker("login with the password", "the marker `!` stands in front of `password`",
                   "yes, the same password", column="password", mark="!"),
        ),
    )

    def canonical_name(self, name: str) -> str:
        if "\\0" in name:
            raise ValueError("a name has no NUL")
        return name
'''

PRIVILEGES = '''{head}
"""Privileges on the tables of {title}."""

from __future__ import annotations

from ansible_collections.auth.services.plugins.module_utils.privileges import Privileges, Purpose, on

PRIVILEGES = Privileges(
    "{title}",
    (
        Purpose("read", "read", (on("SELECT", "users"),)),
        Purpose("create", "create", (on("INSERT", "users"),)),
        Purpose("`email`, `password`, `disabled`, `enabled`", "email | password | disabled | enabled", (
            on("UPDATE", "users"),
        )),
        Purpose("`absent`", "absent", (on("DELETE", "users"),)),
        Purpose("every line that writes, on PostgreSQL and MySQL", "write postgresql | write mysql", (
            on("UPDATE", "users"),
        ), locks=True),
    ),
)
'''

APPLICATION = '''{head}
"""{title} on SQLite."""

from __future__ import annotations

from ansible_collections.auth.services.plugins.module_utils.services.{name}.adapter import PASSWORDS, {title}
from ansible_collections.auth.services.tests.unit.installation import Contract, Installation

DDL = "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(100) NOT NULL UNIQUE, email VARCHAR(100), password VARCHAR(255) NOT NULL);"
# of "correct horse", by WordPress 7.1.4
STORED = "$P$Bpv7uyoDhsCH4EPu5MUbkjT.V7P2IW/"


class Server(Installation):
    service_class = {title}

    def register(self, name):
        self.insert("users", name=name, email=f"{{name}}@example.org", password=STORED)

    def lets_in(self, name, password):
        return PASSWORDS.verify(self.row("users", name=name)["password"], password)


CONTRACT = Contract(
    make=lambda path: Server(path, DDL),
    password_hash=STORED,
    values=lambda number: {{"email": f"{{number}}@example.org"}},
    openings={{"password": "UPDATE users SET password = substr(password, 2) WHERE password LIKE '!%'"}},
    strangers="INSERT INTO users (id, name, password) SELECT i, 'stranger' || i, 'x' FROM NUMBERS",
    shut="UPDATE users SET password = '!' || password WHERE id >= 1000",
    partly=False,
)
'''

MODULE = '''#!/usr/bin/python
{head}
from __future__ import annotations

DOCUMENTATION = r"""
module: {name}_user
short_description: Manage the accounts of {title} in its database
version_added: 0.1.0
description:
  - Creates, disables, enables and removes accounts of {title} and sets their passwords, one or thousands in one
    task. It writes into the database what {title} itself would write.
author:
  - The auth.services developers (@auth-services)
extends_documentation_fragment:
  - auth.services.database
  - auth.services.account
  - auth.services.account.email
  - auth.services.attributes
options:
  login_engine:
    description: The database server that {title} uses.
    type: str
    choices: [mysql, postgresql, sqlite]
    default: mysql
  table_prefix:
    description: Prefix of the tables.
    type: str
    default: ''
notes:
  - O(state=disabled) places a marker in front of the stored password. O(state=enabled) removes it.
  # by "make generate", from {name}/privileges.py
  # end of {name}/privileges.py
seealso:
  - module: auth.services.{name}_user_info
"""

EXAMPLES = r"""
- name: Declare accounts
  auth.services.{name}_user:
    login_host: db1.example.org
    login_db: {name}
    accounts:
      - {{name: alice, password: "{{{{ vault_people.alice }}}}"}}
      - {{name: bob, state: disabled}}
"""

# by "make generate", from {name}/documentation.yml
# end of {name}/documentation.yml

from ansible_collections.auth.services.plugins.module_utils.services.{name}.adapter import {title}
from ansible_collections.auth.services.plugins.module_utils.user_module import run_user_module


def main() -> None:
    run_user_module({title})


if __name__ == "__main__":
    main()
'''

DOCUMENTATION = '''{head}---
# What the documentation of the modules says of this type alone; the rest is in tests/tools/documentation.yml.
sample:
  name: alice
  state: enabled
  email: alice@example.org
'''

SECURITY = '''## {title}

<!-- by "make generate", from {name}/adapter.py -->
<!-- end of {name}/adapter.py -->

<!-- by "make generate", from {name}/privileges.py -->
<!-- end of {name}/privileges.py -->

'''


def types(root):
    """Names of the service types."""
    return sorted(path.parent.name for path in root.glob(f"{SERVICES}/*/adapter.py"))


def module_of(root, name):
    """Name of the module of a type."""
    others = (root / "roles/service/vars/main.yml").read_text(encoding="utf-8")
    found = re.search(rf"(?m)^  {name}: (\w+)$", others)
    return found[1] if found else f"{name}_user"


def missing(root, name):
    """Where a type is not entered yet, and must be."""
    module = module_of(root, name)
    setup = {"sql": "django"}.get(name, name)  # a mapping has tables of another type
    files = [
        f"{SERVICES}/{name}/privileges.py", f"{SERVICES}/{name}/documentation.yml", f"plugins/modules/{module}.py", f"plugins/modules/{module}_info.py",
        f"plugins/action/{module}.py", f"plugins/action/{module}_info.py", f"tests/integration/targets/setup_{setup}/README.md", f"{APPLICATIONS}/{name}.py",
    ]
    found = [file for file in files if not (root / file).exists()]
    found += [] if list(root.glob(f"{UNIT}/test_{name}.py")) or list(root.glob(f"{UNIT}/{name}/test_*.py")) else [f"{UNIT}/test_{name}.py"]
    found += [] if list(root.glob(f"tests/integration/targets/{name}_*/tasks/main.yml")) else [f"tests/integration/targets/{module}"]
    targets = "tests/integration/targets"
    words = {
        "meta/runtime.yml": [rf"- {module}\n", rf"- {module}_info\n"],
        "galaxy.yml": [rf"  - {name}\n"],
        "README.md": [rf"`auth\.services\.{module}`", rf"`(?:{module}|{name}_\*)`"],
        "docs/security.md": [rf"from {name}/privileges\.py"],
        f"{targets}/privileges/vars/main.yml": [rf"\n  {name}:\n"],
        f"{targets}/privileges/meta/main.yml": [rf"setup_{setup}\n"],
        f"{targets}/privileges/aliases": [rf"setup_{setup}\n"],
        f"{targets}/secrets/vars/main.yml": [rf"\n  {name}:\n"],
        f"{targets}/secrets/meta/main.yml": [rf"setup_{setup}\n"],
        f"{targets}/secrets/aliases": [rf"setup_{setup}\n"],
        "tests/fuzz/services.py": [rf'"{name}": Type\('],
        "tests/unit/test_bad_input.py": [rf'"{name}"'],
    }
    for file, patterns in words.items():
        text = (root / file).read_text(encoding="utf-8")
        found += [] if all(re.search(pattern, text) for pattern in patterns) else [file]
    return found


def files(root, name):
    """The new files, by path."""
    words = {"head": HEAD, "name": name, "title": name.title()}
    return {
        f"{SERVICES}/{name}/adapter.py": ADAPTER.format(**words),
        f"{SERVICES}/{name}/privileges.py": PRIVILEGES.format(**words),
        f"{SERVICES}/{name}/documentation.yml": DOCUMENTATION.format(**words),
        f"{APPLICATIONS}/{name}.py": APPLICATION.format(**words),
        f"plugins/modules/{name}_user.py": MODULE.format(**words),
    }


def entered(root, name):
    """The files that a type is entered in, with it."""
    def of(file):
        return (root / file).read_text(encoding="utf-8")

    runtime = of("meta/runtime.yml")
    known = re.findall(r"(?m)^    - (\w+)\n", runtime)
    listed = "".join(f"    - {module}\n" for module in sorted({*known, f"{name}_user", f"{name}_user_info"}))
    row = f"| `auth.services.{name}_user` | Accounts of {name.title()} |\n"
    return {
        "meta/runtime.yml": re.sub(r"(?m)(?:^    - \w+\n)+", listed, runtime, count=1),
        "galaxy.yml": of("galaxy.yml").replace("dependencies: {}\n", f"  - {name}\ndependencies: {{}}\n"),
        "README.md": of("README.md").replace("| the same names with `_info` |", f"{row}| the same names with `_info` |"),
        "docs/security.md": of("docs/security.md").replace("\n## Secrets\n", "\n" + SECURITY.format(name=name, title=name.title()) + "## Secrets\n"),
    }


def write(root, name):
    """Writes the skeleton.

    :raises SystemExit: for a name that is taken or no name
    """
    if not re.fullmatch("[a-z][a-z0-9]*", name):
        sys.exit("Give the type a name of small letters and digits: make type NAME=guestbook")
    new = files(root, name)
    there = [file for file in new if (root / file).exists()]
    if there:
        sys.exit(f"{there[0]} exists.")
    for file, text in {**new, **entered(root, name)}.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text, encoding="utf-8")


def main():
    name, root = sys.argv[1], Path(sys.argv[2]).resolve()
    write(root, name)
    print(f"The skeleton of {name} is written. It works for the tables in {APPLICATIONS}/{name}.py.")
    left = [place for place in missing(root, name) if not place.startswith(("plugins/action/", "plugins/modules/"))]  # which are generated
    print("Enter it here, too (docs/adding-a-service-type.md):", *left, sep="\n  ")


if __name__ == "__main__":
    main()
