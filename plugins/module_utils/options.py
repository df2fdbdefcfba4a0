# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Argument specs with what excludes what, and how entries of ``accounts`` are read.

It imports neither ``AnsibleModule`` nor SQLAlchemy: the controller reads the same specs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator, ValidationResult
from ansible.module_utils.errors import UnsupportedError

from ansible_collections.auth.services.plugins.module_utils.account import (
    SHUT,
    STATES,
    OptionError,
    is_valid_unicode,
)

if TYPE_CHECKING:
    from ansible_collections.auth.services.plugins.module_utils.service import Service

CONNECTION_OPTIONS: dict[str, dict[str, Any]] = {
    "login_host": {"type": "str"},
    "login_port": {"type": "int"},
    "login_user": {"type": "str"},
    "login_password": {"type": "str", "no_log": True},
    "login_unix_socket": {"type": "path"},
    "login_db": {"type": "str", "required": True},
    "login_schema": {"type": "str"},
    "config_file": {"type": "path"},
    "ca_cert": {"type": "path"},
    "client_cert": {"type": "path"},
    "client_key": {"type": "path", "no_log": False},
    "ssl_mode": {"type": "str", "choices": ["disabled", "preferred", "required", "verify_ca", "verify_identity"]},
    "connect_timeout": {"type": "int", "default": 30},
    "table_prefix": {"type": "str"},
    "charset": {"type": "str"},
}
"""Those that do not depend on the type, as ``login_engine`` does."""

ACCOUNT_OPTIONS: dict[str, dict[str, Any]] = {
    "name": {"type": "str"},
    "state": {"type": "str", "choices": list(STATES), "default": "present"},
    "email": {"type": "str"},
    "groups": {"type": "list", "elements": "str"},
    "append_groups": {"type": "bool", "default": False},
    "password": {"type": "str", "no_log": True},
    "password_hash": {"type": "str", "no_log": True},
    "update_password": {"type": "str", "choices": ["always", "on_create"], "default": "always", "no_log": False},
}
NOT_OF_EVERY_TYPE = ("email", "groups", "append_groups")
"""Options that a type has where its ``common_options`` name them."""

LIST_OPTIONS: dict[str, dict[str, Any]] = {
    "accounts": {"type": "list", "elements": "dict", "no_log": True},
    "unlisted": {"type": "str", "choices": ["ignore", "disable", "remove"], "default": "ignore"},
    "unlisted_names": {"type": "int", "default": 20},
    "unlisted_except": {"type": "list", "elements": "str", "default": []},
    "unlisted_limit": {"type": "str", "default": "10%"},
    "disable_limit": {"type": "str", "default": "100%"},
    "change_limit": {"type": "str", "default": "100%"},
    "incomplete": {"type": "list", "elements": "str", "default": []},
}

SERVICE_OPTIONS: dict[str, dict[str, Any]] = {"column_defaults": {"type": "dict", "default": {}}}

INFO_OPTIONS: dict[str, dict[str, Any]] = {
    "name": {"type": "list", "elements": "str"},
    "after": {"type": "str"},
    "limit": {"type": "int"},
    "declarable": {"type": "bool", "default": False},
    "changed_since": {"type": "str"},
    "compact": {"type": "bool", "default": False},
    "return_password_hash": {"type": "bool", "default": False, "no_log": False},
    "resembling": {"type": "dict", "no_log": True},
}

TABLES_OPTIONS: dict[str, dict[str, Any]] = {
    "schemas": {"type": "list", "elements": "str", "default": []},
    "tables": {"type": "list", "elements": "str", "default": []},
    "evidence": {"type": "list", "elements": "str", "choices": ["names", "rows", "statements"], "default": ["names"]},
}

SECRET_OPTIONS = ("password", "password_hash")
TEXT_OPTIONS = ("name", "password", "password_hash", "groups", "unlisted_except")
"""Options that must be written as text: ``no`` is a name, and YAML's word for false."""

CONNECTION_RULES = [("login_unix_socket", "login_host")]
INFO_RULES: dict[str, Any] = {"mutually_exclusive": [
    *CONNECTION_RULES, ("name", "after", "resembling"), ("name", "limit"), ("compact", "return_password_hash"),
    *(("resembling", option) for option in ("limit", "changed_since"))]}
USER_RULES: dict[str, Any] = {
    "required_one_of": [("name", "accounts")],
    "mutually_exclusive": [("name", "accounts"), SECRET_OPTIONS, *CONNECTION_RULES],
}
"""What excludes what, as arguments of ``AnsibleModule``."""


def user_spec(service_class: type[Service]) -> dict[str, dict[str, Any]]:
    """Argument spec of a ``<type>_user`` module."""
    return {**connection_spec(service_class), **service_spec(service_class), **account_spec(service_class),
            **LIST_OPTIONS}


def info_spec(service_class: type[Service]) -> dict[str, dict[str, Any]]:
    """Argument spec of a ``<type>_user_info`` module."""
    return {**connection_spec(service_class), **INFO_OPTIONS}


def tables_spec(engines: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Argument spec of the module ``tables_info``."""
    engines = list(engines)
    return {**CONNECTION_OPTIONS, "login_engine": {"type": "str", "choices": engines, "default": engines[0]},
            **TABLES_OPTIONS}


def connection_spec(service_class: type[Service]) -> dict[str, dict[str, Any]]:
    """Argument spec of the connection to a service of the type."""
    engines = list(service_class.engines)
    spec = {name: dict(option) for name, option in CONNECTION_OPTIONS.items()}
    spec["login_engine"] = {"type": "str", "choices": engines, "default": engines[0]}
    spec["table_prefix"]["default"] = service_class.default_prefix
    if service_class.default_schema:
        spec["login_schema"]["default"] = service_class.default_schema
    return {**spec, **service_class.database_options}


def service_spec(service_class: type[Service]) -> dict[str, dict[str, Any]]:
    """Argument spec of the other options of a service of the type as a whole."""
    return {**SERVICE_OPTIONS, **service_class.service_options}


def account_spec(service_class: type[Service]) -> dict[str, dict[str, Any]]:
    """Argument spec of one account of the type."""
    options = {name: option for name, option in ACCOUNT_OPTIONS.items()
               if name not in NOT_OF_EVERY_TYPE or name in service_class.common_options}
    return {**options, **service_class.value_options, **service_class.argument_options}


def chosen(params: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The options of these names.

    :raises OptionError: for text that is not valid Unicode
    """
    options = {name: params[name] for name in names}
    for name, value in options.items():
        if not is_valid_unicode(value):
            raise OptionError(f"{name} is not valid Unicode")
    return options


def read_entries(
    accounts: Sequence[Mapping[str, Any]], defaults: Mapping[str, Any], account_options: Mapping[str, Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """The entries of ``accounts``, and what is wrong with those that cannot be read, by their name or number.

    Of an entry that cannot be read and shuts somebody out, name and state are among the entries all the same.

    :param defaults: the options beside the list
    """
    entries: list[dict[str, Any]] = []
    problems: list[tuple[str, str]] = []
    # The same options as beside the list; but what an entry leaves out comes from there.
    spec = {name: {key: value for key, value in option.items() if key != "default"}
            for name, option in account_options.items()}
    spec["name"]["required"] = True
    validator = ArgumentSpecValidator(spec, mutually_exclusive=[SECRET_OPTIONS])
    for number, entry in enumerate(accounts, 1):
        validated, problem = _read_entry(entry, spec, validator)
        name = validated.get("name")
        if problem:
            problems.append((name if isinstance(name, str) else f"entry {number}", problem))
            if not isinstance(name, str) or validated.get("state") not in SHUT:
                continue
            validated = {"name": name, "state": validated["state"]}
        given = {option: value for option, value in validated.items() if value is not None}
        inherited = dict(defaults)
        if problem or any(option in given for option in SECRET_OPTIONS):
            inherited.update(dict.fromkeys(SECRET_OPTIONS))
        entries.append({**inherited, **given})
    return entries, problems


def _read_entry(
    entry: Mapping[str, Any], spec: Mapping[str, Mapping[str, Any]], validator: ArgumentSpecValidator
) -> tuple[Mapping[str, Any], str]:
    """An entry of ``accounts`` as Ansible validates it, or as it is, with what is wrong with it."""
    problem = not_text(entry, ("groups",))
    if problem:
        return entry, problem
    if not is_plain(entry, spec):
        try:
            validated = validator.validate(entry)
        except (OverflowError, MemoryError):  # Ansible converts Infinity and 1e999999999999999999 to an integer
            return entry, "it contains a number that is too large"
        if validated.error_messages:
            return entry, _validation_problem(validated, spec)
        entry = validated.validated_parameters
    return entry, "" if entry.get("name") is not None else "name has no value"


def not_text(options: Mapping[str, Any], lists: Collection[str]) -> str:
    """Which option should be text and is not; empty when all are. Ansible would convert it.

    :param lists: names of options that have several values
    """
    for option in TEXT_OPTIONS:
        value = options.get(option)
        for one in value if isinstance(value, list) and option in lists else [value]:
            if one is not None and not isinstance(one, str):
                kind = ("yes or no" if isinstance(one, bool) else "a number" if isinstance(one, (int, float)) else
                        "a list or a dictionary")
                return f"{option} is not text: YAML reads it as {kind}. Put it in quotes"
    return ""


PLAIN_TYPES = {"str": str, "bool": bool}


def is_plain(entry: Mapping[str, Any], spec: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether Ansible's validation, which takes twenty times as long, would surely leave an entry as it is.

    For most entries it does: every value has the type of its option and is among its choices.
    """
    for name, value in entry.items():
        option = spec.get(name, {})
        kind, values = option.get("type"), [value]
        if kind == "list" and isinstance(value, list):
            kind, values = option.get("elements"), value
        if not all(isinstance(one, PLAIN_TYPES.get(str(kind), ())) for one in values):
            return False
        if "choices" in option and value not in option["choices"]:
            return False
    return "name" in entry and not all(name in entry for name in SECRET_OPTIONS)


def _validation_problem(validated: ValidationResult, spec: Mapping[str, Any]) -> str:
    """What is wrong with the options of an entry."""
    texts = [str(error) for error in validated.errors.errors if not isinstance(error, UnsupportedError)]
    if validated.unsupported_parameters:
        unknown = sorted(map(str, validated.unsupported_parameters))
        texts.append(f"unknown option {', '.join(unknown)}; the options are {', '.join(sorted(spec))}")
    return "; ".join(texts)
