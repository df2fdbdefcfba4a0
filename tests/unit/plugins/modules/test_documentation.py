# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation, argument specs and the collection's layout say the same."""

from __future__ import annotations

import ast
import importlib
import io
import re
import tokenize
from pathlib import Path

import pytest
import yaml

from ansible_collections.auth.services.plugins.module_utils.engines import ENGINES as ENGINES_BY_NAME
from ansible_collections.auth.services.plugins.module_utils.options import info_spec, tables_spec, user_spec
from ansible_collections.auth.services.plugins.module_utils.service import Service

ROOT = Path(__file__).parents[4]
ALL_MODULES = sorted(ROOT.glob("plugins/modules/*.py"))
MODULES = [path for path in ALL_MODULES if "_user" in path.stem or "_mailbox" in path.stem]  # of a service type
WITH_DATABASE = sorted([*MODULES, ROOT / "plugins/modules/tables_info.py"])
KEYS = ("type", "default", "choices", "required", "elements")


def constants(path):
    """Text constants of a Python file, whatever class they are in."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.targets[0].id: ast.literal_eval(node.value) for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Constant)}


def documentation(path):
    """DOCUMENTATION with its fragments put in, as ansible-doc does it; the module's own options win."""
    found = yaml.safe_load(constants(path)["DOCUMENTATION"])
    options = {}
    for name in found.get("extends_documentation_fragment", []):
        namespace, collection, fragment, *more = name.split(".")
        assert (namespace, collection) == ("auth", "services")
        texts = constants(ROOT / "plugins" / "doc_fragments" / f"{fragment}.py")
        text = texts[more[0].upper() if more else "DOCUMENTATION"]
        options.update(yaml.safe_load(text).get("options") or {})
    options.update(found.get("options") or {})
    return found, options


def adapter_of(path):
    """The adapter that a module hands to the shared part."""
    [(module, name)] = [(node.module, node.names[0].name) for node in ast.parse(path.read_text(encoding="utf-8")).body
                        if isinstance(node, ast.ImportFrom) and ".services.plugins.module_utils.services." in node.module]
    return getattr(importlib.import_module(module), name)


def argument_spec(path):
    """The argument spec as the module makes it."""
    if path.stem == "tables_info":
        return tables_spec(ENGINES_BY_NAME)
    spec = info_spec if path.stem.endswith("_info") else user_spec
    return spec(adapter_of(path))


def comparable(options):
    """What documentation and argument spec have in common."""
    return {name: {key: option.get(key, {"type": "str", "required": False}.get(key)) for key in KEYS} for name, option in options.items()}


def test_every_type_has_both_modules():
    names = {path.stem for path in MODULES}
    assert {name for name in names if not name.endswith("_info")} == {name[: -len("_info")] for name in names if name.endswith("_info")}
    types = {adapter_of(path) for path in MODULES}
    assert types and all(issubclass(adapter, Service) for adapter in types)
    assert len(types) * 2 == len(names)
    assert sorted(adapter.__module__.split(".services.", 2)[2].split(".")[0] for adapter in types) == TYPES


@pytest.mark.parametrize("path", WITH_DATABASE, ids=lambda path: path.stem)
def test_options_are_documented_as_they_are(path):
    _found, documented = documentation(path)
    assert comparable(documented) == comparable(argument_spec(path))


@pytest.mark.parametrize("path", ALL_MODULES, ids=lambda path: path.stem)
def test_every_module_is_documented(path):
    found, documented = documentation(path)
    texts = constants(path)
    assert found["module"] == path.stem
    assert all(option.get("description") for option in documented.values())
    assert yaml.safe_load(texts["RETURN"])
    examples = yaml.safe_load(texts["EXAMPLES"])
    used = [task for task in examples if f"auth.services.{path.stem}" in task]
    assert used
    for task in used:
        assert set(task[f"auth.services.{path.stem}"]) <= set(documented)


@pytest.mark.parametrize("path", WITH_DATABASE, ids=lambda path: path.stem)
def test_secrets_are_marked(path):
    for name, option in argument_spec(path).items():
        if "password" in name and "choices" not in option and option["type"] != "bool":
            assert option.get("no_log") is True, name


def test_every_module_is_in_the_action_group():
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    assert sorted(groups["services"]) == [path.stem for path in WITH_DATABASE]


def test_the_role_finds_the_module_of_every_type():
    others = yaml.safe_load((ROOT / "roles" / "service" / "vars" / "main.yml").read_text(encoding="utf-8"))["service_modules"]
    names = {path.stem for path in MODULES if not path.stem.endswith("_info")}
    assert {others.get(kind, f"{kind}_user") for kind in TYPES} == names


@pytest.mark.parametrize("path", WITH_DATABASE, ids=lambda path: path.stem)
def test_modules_are_thin(path):
    """No SQL and no logic: documentation, and the adapter handed to the shared part."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    [function] = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert function.name == "main"
    assert len(function.body) == 1
    imports = [node.module for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert all(name == "__future__" or name.startswith("ansible_collections.auth.services.plugins.module_utils.") for name in imports)


TYPES = sorted(path.stem for path in ROOT.glob("plugins/module_utils/services/*") if path.stem not in ("__init__", "__pycache__"))
SHARED = [path for path in sorted(ROOT.glob("plugins/module_utils/**/*.py")) if "services" not in path.relative_to(ROOT / "plugins/module_utils").parts
          and path.name != "application.py"]  # which recognises applications by their tables


ENGINES = {"mysql", "mariadb", "postgresql", "sqlite"}


@pytest.mark.parametrize("path", [path for path in sorted(ROOT.glob("plugins/**/*.py")) if path.parent.name != "engines"], ids=lambda path: path.stem)
def test_engines_are_asked_by_the_name_of_the_question(path):
    """No code outside their files compares with the name of one, or chooses by it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        chosen = [node] if isinstance(node, (ast.Compare, ast.Call)) else node.keys if isinstance(node, ast.Dict) else (
            [node.slice] if isinstance(node, ast.Subscript) else [])
        names = {part.value for one in chosen if one for part in ast.walk(one) if isinstance(part, ast.Constant) and isinstance(part.value, str)}
        assert not ENGINES & names, ast.unparse(node)
        assert not (isinstance(node, ast.Attribute) and (node.attr == "is_mariadb" or ast.unparse(node).endswith("dialect.name"))), ast.unparse(node)


@pytest.mark.parametrize("path", SHARED, ids=lambda path: path.stem)
def test_shared_code_knows_no_application(path):
    words = [*(one for one in TYPES if one != "sql"), "wiki"]
    with io.StringIO(path.read_text(encoding="utf-8")) as text:
        code = [token.string.lower() for token in tokenize.generate_tokens(text.readline) if token.type != tokenize.COMMENT]
    assert not [token for token in code if any(word in token for word in words)]


def imported(path):
    """What a file of the shared layer or a service imports of the collection."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prefix = "ansible_collections.auth.services.plugins."
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(prefix):
            module = node.module[len(prefix) :]
            for name in node.names:
                path = ROOT / "plugins" / module.replace(".", "/") / name.name
                found.add(f"{module}.{name.name}" if path.is_dir() or path.with_suffix(".py").exists() else module)
    return {name.replace("module_utils.", "") for name in found}


HOUSE = {
    "account": set(),
    "php": set(),
    "xmpp": set(),
    "schema": set(),
    "inference": {"schema"},
    "mapping": {"account"},
    "privileges": set(),
    "watch": set(),
    "columns": set(),
    "passwords": {"account", "xmpp"},  # a package: see PASSWORDS
    "sqlite_file": {"account"},
    "lookalikes": {"account"},
    "person_traces": {"lookalikes"},
    "connection": {"account"},
    "engines.my_cnf": {"account", "connection"},
    "engines.common": {"account", "columns", "connection", "schema", "sqlite_file", "watch"},
    "engines.mysql": {"account", "columns", "connection", "engines.common", "engines.my_cnf", "schema", "watch"},
    "engines.postgresql": {"account", "columns", "connection", "engines.common", "schema", "watch"},
    "engines.sqlite": {"account", "columns", "engines.common", "schema", "sqlite_file", "watch"},
    "engines": {"engines.common", "engines.mysql", "engines.postgresql", "engines.sqlite"},
    "database": {"account", "columns", "connection", "engines", "engines.common", "sqlite_file", "watch"},
    "joins": {"schema"},
    "catalog": {"account", "columns", "database", "engines.common", "joins", "schema"},
    "sampling": {"columns", "database", "engines.common", "inference", "passwords", "schema"},
    "conditions": {"account"},
    "description": {"account", "conditions"},
    "transaction": {"account", "columns", "database", "engines.common"},
    "tables": {"account", "columns", "database", "transaction"},
    "everyone": {"account", "columns", "conditions", "tables", "transaction"},
    "service": {"account", "columns", "conditions", "database", "description", "engines.common", "everyone", "passwords", "tables", "transaction"},
    "services": {"account", "catalog", "columns", "conditions", "inference", "mapping", "database", "description",
                 "engines", "engines.common", "everyone", "passwords", "php", "privileges", "service", "tables", "transaction", "xmpp"},
    "limits": {"account"},
    "request": {"account", "service"},
    "password_book": {"account", "passwords", "service"},
    "steps": {"account", "columns", "database", "password_book", "service"},
    "unlisted": {"account", "conditions", "everyone", "limits", "request", "steps"},
    "writing": {"account", "database", "password_book", "service", "steps"},
    "reconcile": {"account", "database", "limits", "password_book", "request", "service", "unlisted", "steps", "writing"},
    "options": {"account", "service"},  # the service for its type only
    "module": {"account", "database", "options"},
    "results": {"account", "options", "reconcile", "service"},
    "trace_search": {"account", "columns", "lookalikes", "person_traces", "results", "service", "tables"},
    "tables_module": {"account", "catalog", "database", "engines", "inference", "module", "options", "sampling", "schema"},
    "user_module": {"account", "database", "module", "options", "password_book", "reconcile", "request", "results", "service", "trace_search"},
}
"""What stands in module_utils, from the ground up, and what each imports of the collection: what stands below it, and never more than it needs."""


def house_files():
    """The files of module_utils by their place in HOUSE; a folder of types is one place."""
    folder = ROOT / "plugins" / "module_utils"
    for path in sorted(folder.glob("**/*.py")):
        name = ".".join(path.relative_to(folder).with_suffix("").parts).replace(".__init__", "")
        yield path, re.sub(r"^(services|passwords|inference)\..*", r"\1", name)


def test_every_file_has_its_place():
    assert {name for _path, name in house_files()} == set(HOUSE)


def test_the_places_allow_nothing_above_or_beside():
    order = list(HOUSE)
    assert [(name, above) for name, allowed in HOUSE.items() for above in allowed if order.index(above) >= order.index(name)] == []


@pytest.mark.parametrize(("path", "name"), [pytest.param(path, name, id=f"{name}-{path.stem}") for path, name in house_files()])
def test_imports_go_down(path, name):
    found = {re.sub(r"^(passwords|inference)\..*", r"\1", one) for one in imported(path) if not one.startswith(f"{name}.") or name == "engines"}
    assert found - {name} <= HOUSE[name]


PASSWORDS = ["formats", "clear", "cost", "scheme", "digests", "crypt", "kdf", "phpass", "schemes", "scram", "templates", "parts", "braces", "colon",
             "layouts", "others", "__init__", "by_name"]
"""The files of the package: each imports those before it at most, account and xmpp."""


def test_every_file_of_passwords_has_its_place():
    assert sorted(path.stem for path in ROOT.glob("plugins/module_utils/passwords/*.py")) == sorted(PASSWORDS)


@pytest.mark.parametrize("number", range(len(PASSWORDS)), ids=PASSWORDS)
def test_passwords_import_nothing_else(number):
    found = imported(ROOT / "plugins/module_utils/passwords" / f"{PASSWORDS[number]}.py")
    assert found <= {"account", "xmpp", *(f"passwords.{name}" for name in PASSWORDS[:number])}


def test_imports_go_in_no_circle():
    """Neither those for a type only: whatever a file imports can be read without it."""
    folder = ROOT / "plugins" / "module_utils"
    left = {".".join(path.relative_to(folder).with_suffix("").parts).replace(".__init__", ""): imported(path)
            for path in folder.glob("**/*.py")}
    while free := [name for name, imports in left.items() if not imports & left.keys()]:
        left = {name: imports for name, imports in left.items() if name not in free}
    assert not left


@pytest.mark.parametrize("path", sorted(ROOT.glob("plugins/module_utils/services/**/*.py")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_adapters_import_no_other_adapter(path):
    kind = path.relative_to(ROOT / "plugins/module_utils/services").parts[0].replace(".py", "")
    for name in imported(path):
        assert not name.startswith("services.") or name.startswith(f"services.{kind}"), name


def test_every_line_of_what_a_stranger_can_do_is_tried():
    """The table of docs/security.md names an integration target, or a test by file and function."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8").partition("## What a user of the application can do to you")[2]
    rows = [line.strip(" |").split(" | ") for line in text.partition("\n## ")[0].splitlines() if line.startswith("| ")][2:]
    assert rows
    for _tried, _happens, tests in rows:
        for name in re.findall("`(.+?)`", tests):
            file, _colons, function = name.partition("::")
            if not function:
                assert (ROOT / "tests/integration/targets" / name).is_dir(), name
            else:
                assert any(f"def {function}(" in path.read_text(encoding="utf-8") for path in ROOT.glob(f"tests/unit/**/{file}")), name
