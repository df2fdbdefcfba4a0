# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a C(<type>_user) or C(<type>_user_info) module: the only file that knows AnsibleModule.

Secrets: up to ansible-core 2.21, Ansible searches every string of a result for every no_log value, which is quadratic
for a long list of accounts with passwords; from 2.22 on it searches nothing. So the entries of O(accounts) are kept
from it and are validated here, the invocation that is returned leaves them out, results are made of fields that hold no
secret, and what is masked is masked here: texts of failures and warnings, which are short, are searched for every
secret, all else that is returned for those of the options beside the list. What Ansible does is a second net.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator, ValidationResult
from ansible.module_utils.common.validation import check_type_dict
from ansible.module_utils.errors import UnsupportedError

from ansible_collections.auth.services.plugins.module_utils import database as db
from ansible_collections.auth.services.plugins.module_utils.account import (
    SHUT,
    STATES,
    Account,
    AccountError,
    Change,
    LimitError,
    ListError,
    OptionError,
    is_valid_unicode,
    visible,
)
from ansible_collections.auth.services.plugins.module_utils.connection import OPTIONS as CONNECTION_OPTIONS
from ansible_collections.auth.services.plugins.module_utils.passwords import MissingLibrary
from ansible_collections.auth.services.plugins.module_utils.reconcile import Outcome, PasswordBook, Request, reconcile
from ansible_collections.auth.services.plugins.module_utils.service import Service

Result = TypeVar("Result")

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

LIST_OPTIONS: dict[str, dict[str, Any]] = {
    "accounts": {"type": "list", "elements": "dict", "no_log": True},
    "unlisted": {"type": "str", "choices": ["ignore", "disable", "remove"], "default": "ignore"},
    "unlisted_except": {"type": "list", "elements": "str", "default": []},
    "unlisted_limit": {"type": "str", "default": "10%"},
    "disable_limit": {"type": "str", "default": "100%"},
    "change_limit": {"type": "str", "default": "100%"},
    "incomplete": {"type": "list", "elements": "str", "default": []},
}

SERVICE_OPTIONS: dict[str, dict[str, Any]] = {"column_defaults": {"type": "dict", "default": {}}}

INFO_OPTIONS: dict[str, dict[str, Any]] = {
    "name": {"type": "list", "elements": "str"},
    "return_password_hash": {"type": "bool", "default": False, "no_log": False},
}

SECRET_OPTIONS = ("password", "password_hash")
SHORTEST_MASKED = 4
"""Characters of a secret that is masked in texts. To mask a shorter one wherever its letters occur would tell it."""
MASK, MASKED_OPTION = "********", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
"""In place of a secret in a text, and of a value that is one: Ansible's own words."""
TEXT_OPTIONS = ("name", "password", "password_hash", "groups", "unlisted_except")
"""Options that must be written as text: C(no) is a name, and YAML's word for false."""
EXPECTED_ERRORS = (AccountError, LimitError, ListError, OptionError, db.DatabaseError)


class UserModule(AnsibleModule):
    """An AnsibleModule that keeps the secrets of O(accounts) out of whatever it returns.

    :param entry_secrets: gives secrets among the type's own options of an account
    """

    def __init__(
        self, argument_spec: dict[str, dict[str, Any]],
        entry_secrets: Callable[[Mapping[str, Any]], Sequence[str]] = lambda options: (), **kwargs: Any,
    ) -> None:
        self._entry_secrets = entry_secrets
        self._lists = {name for name, option in argument_spec.items() if option.get("type") == "list"}
        # Before Ansible starts, which may fail at once. The entries of accounts have the same options.
        self._secret_options = [
            name for name, option in argument_spec.items() if option.get("no_log") and name != "accounts"
        ]
        self._entries: Any = None
        self._not_text = ""
        super().__init__(argument_spec, supports_check_mode=True, **kwargs)
        if self._entries is not None:
            self.params["accounts"] = self._read_entries()
        self.hide(self._secrets(self.params))
        if self._not_text:
            self.fail_json(f"{self._not_text} Nothing was written.")

    def _load_params(self) -> None:
        # Ansible would copy the list several times, and take each string in it for a secret: for good, from 2.22 on.
        super()._load_params()
        self._entries = self.params.get("accounts")
        if self._entries is not None:
            self.params["accounts"] = []
        self._not_text = not_text(self.params, self._lists)  # before Ansible makes text of it

    def _read_entries(self) -> list[dict[str, Any]]:
        """The entries of O(accounts), of the types that Ansible would take."""
        try:
            if not isinstance(self._entries, list):
                raise TypeError
            return [entry if isinstance(entry, dict) else check_type_dict(entry) for entry in self._entries]
        except TypeError:
            self.fail_json("accounts is not a list of dictionaries. Nothing was written.")

    def _secrets(self, options: Mapping[str, Any]) -> list[Any]:
        return [*(options.get(name) for name in self._secret_options), *self._entry_secrets(options)]

    def _all_secrets(self) -> list[Any]:
        entries = self._entries if isinstance(self._entries, list) else []
        return [secret for entry in [self.params, *entries] if isinstance(entry, dict)
                for secret in self._secrets(entry)]

    def _invocation(self) -> dict[str, Any]:
        arguments = {**self.params, **{name: MASKED_OPTION for name in self._secret_options if self.params.get(name)}}
        if self._entries is not None:
            number = len(self._entries) if isinstance(self._entries, list) else "?"
            arguments["accounts"] = f"{number} accounts, not shown"
        return {"module_args": arguments}

    def exit_json(self, **kwargs: Any) -> NoReturn:
        own = masks(self._secrets(self.params), cases=False)
        super().exit_json(**masked({**kwargs, "invocation": self._invocation()}, own))

    def fail_json(self, msg: str, *, hidden: Iterable[str] = (), **kwargs: Any) -> NoReturn:
        # Ansible may call this before __init__ is through.
        secrets = [*self._all_secrets(), *hidden]
        self.hide(secrets)
        every, own = masks(secrets), masks(self._secrets(self.params), cases=False)
        texts = {name: masked(value, every) for name, value in kwargs.items() if isinstance(value, str)}
        rest = masked({**kwargs, "invocation": self._invocation()}, own)
        # By "plain" the access review knows a sentence of ours: Ansible's own messages may quote variables.
        super().fail_json(msg=masked(msg, every), **{**rest, **texts, "plain": True})

    def log(self, msg: str, log_args: Mapping[str, Any] | None = None) -> None:
        """Write to the log of the managed host, without secrets."""
        own = masks(self._secrets(self.params), cases=False)
        super().log(masked(msg, own), None if log_args is None else masked(log_args, own))

    def warn_of(self, warnings: Iterable[str], hidden: Iterable[str] = ()) -> None:
        """Return warnings, without secrets."""
        every = masks([*self._all_secrets(), *hidden])
        for warning in warnings:
            self.warn(masked(visible(warning), every))

    def hide(self, secrets: Iterable[Any]) -> None:
        """Have Ansible mask these as well, as far as its version does."""
        known = getattr(self, "no_log_values", None)
        if known is not None:
            known.clear()
            known.update(str(secret) for secret in secrets if secret and len(str(secret)) >= SHORTEST_MASKED)

    def attempt(self, work: Callable[[], Result], hidden: Callable[[], Iterable[str]] = tuple) -> Result:
        """Do what may fail.

        :param hidden: asked after a failure, for what was read until then and must not be shown

        Ansible prints errors that nobody caught unmasked, and those that are being handled with their traceback.
        """
        try:
            return work()
        except Exception as error:  # pylint: disable=broad-exception-caught
            failure = error
        return self._fail_plainly(failure, hidden())

    def _fail_plainly(self, error: Exception, hidden: Iterable[str]) -> NoReturn:
        """Fail with the sentence of an expected error, or with the place of an unexpected one."""
        extra = {}
        if isinstance(error, MissingLibrary):
            message = missing_required_lib(error.library, reason=error.reason)
            if error.details:
                extra["exception"] = error.details
        elif isinstance(error, EXPECTED_ERRORS):
            message = str(error)
        else:
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{type(error).__name__} in {os.path.basename(place.filename)}, line {place.lineno}"
            written = getattr(error, "written", "Nothing was written.")
            message = f"Internal error, please report it: {where}. {written}"
            # Places alone: a text may quote a secret in a form that Ansible, which masks exact texts, does not know.
            extra["exception"] = printable("".join(traceback.format_tb(error.__traceback__)) + type(error).__name__)
        self.fail_json(visible(message), hidden=hidden, **extra)


def run_user_module(service_class: type[Service]) -> None:
    """The C(main()) of a C(<type>_user) module."""
    entry_spec = account_spec(service_class)
    module = UserModule(
        {**connection_spec(service_class), **service_spec(service_class), **entry_spec, **LIST_OPTIONS},
        required_one_of=[("name", "accounts")],
        mutually_exclusive=[("name", "accounts"), ("password", "password_hash"), *CONNECTION_EXCLUSIVE],
        entry_secrets=service_class.entry_secrets,
    )
    book = PasswordBook()

    def work() -> Outcome:
        try:
            return reconcile(open_database(module, service_class), service_class,
                             read_request(module, entry_spec, service_class), book, module.check_mode)
        except (*EXPECTED_ERRORS, MissingLibrary) as error:
            if error.outcome is None:
                raise
            outcome: Outcome = error.outcome  # something was done all the same
            return outcome

    outcome = module.attempt(work, lambda: book.secrets)
    module.warn_of(outcome.warnings, book.secrets)
    result = {**user_result(module, outcome), **outcome.service.results}
    if outcome.problem:
        module.fail_json(visible(outcome.problem), hidden=book.secrets, **result)
    module.exit_json(**result)


def run_info_module(service_class: type[Service]) -> None:
    """The C(main()) of a C(<type>_user_info) module."""
    module = UserModule(
        {**connection_spec(service_class), **INFO_OPTIONS},
        mutually_exclusive=CONNECTION_EXCLUSIVE,
    )

    book = PasswordBook()

    def read() -> tuple[Service, list[Account], dict[str, str], dict[str, list[str]]]:
        database = open_database(module, service_class)

        def look(connection: db.Connection) -> tuple[Service, list[Account], dict[str, str], dict[str, list[str]]]:
            service = service_class(database, connection, read_options(module, service_class.database_options))
            found = read_accounts(module, service)
            book.keep(found)
            accounts = sorted(found, key=lambda account: account.name)
            whole = module.params["name"] is None
            names = [account.name for account in accounts]
            service.look_up(names, names if whole else None)
            foreign = {account.name: service.foreign(account) for account in accounts if not account.protected}
            return service, accounts, foreign, service.rights(accounts)

        return database.transaction(look, write=False)

    service, accounts, foreign, rights = module.attempt(read, lambda: book.secrets)
    module.warn_of([*service.database.warnings, *service.warnings], book.secrets)
    ordinary = [account for account in accounts if not account.protected]
    declarable = [account for account in ordinary if not foreign[account.name]]
    hashes = {account.name: {"password_hash": account.password_hash} for account in declarable
              if module.params["return_password_hash"] and takes_hash(service, account)}
    module.exit_json(
        changed=False,
        accounts=[printable({**service.to_options(account), **hashes.get(account.name, {})}) for account in declarable],
        undeclarable=[printable({**to_options(service, account), "reason": foreign[account.name]})
                      for account in ordinary if foreign[account.name]],
        last_changed=[printable({"name": account.name, "time": account.last_changed})
                      for account in ordinary if account.last_changed],
        rights=[printable({"name": account.name, "rights": rights[account.name]})
                for account in accounts if rights.get(account.name)],
        protected=[printable({"name": account.name, "reason": account.protected})
                   for account in accounts if account.protected],
    )


def to_options(service: Service, account: Account) -> dict[str, Any]:
    """An account that cannot be declared as it is; of one that cannot be understood, name and state."""
    if account.values:
        return service.to_options(account)
    return {"name": account.name, "state": account.state}


def takes_hash(service: Service, account: Account) -> bool:
    """Whether the stored password of an account can be given to the C(_user) module: not all that is stored is one."""
    entry = {**dict.fromkeys(account_spec(type(service))), "name": account.name, "state": "present",
             "append_groups": False, "update_password": "always", "password_hash": account.password_hash}
    try:
        return bool(account.password_hash) and service.declare(entry).password_hash is not None
    except ValueError:
        return False


CONNECTION_EXCLUSIVE = [("login_unix_socket", "login_host")]


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
               if name not in Service.common_options or name in service_class.common_options}
    return {**options, **service_class.value_options, **service_class.argument_options}


def open_database(module: UserModule, service_class: type[Service]) -> db.Database:
    """The database that the module's connection options name."""
    read_options(module, CONNECTION_OPTIONS)
    return db.Database(module.params, service_class.column_type, service_class.charset)


def read_options(module: UserModule, spec: Iterable[str]) -> dict[str, Any]:
    """The module's options of these names.

    :raises OptionError: for text that is none
    """
    options = {name: module.params[name] for name in spec}
    for name, value in options.items():
        if not is_valid_unicode(value):
            raise OptionError(f"{name} is not valid Unicode")
    return options


def read_request(
    module: UserModule, entry_spec: Mapping[str, Mapping[str, Any]], service_class: type[Service]
) -> Request:
    """The declared accounts, each with the module's options as defaults.

    :raises AccountError: naming each entry with an option that is unknown, missing or of the wrong type
    """
    params = module.params
    defaults = {name: params[name] for name in entry_spec}
    options = read_options(module, {**service_class.database_options, **service_spec(service_class)})
    if params["accounts"] is None:
        if params["name"] is None:
            raise OptionError("name is given, but has no value")
        return Request([defaults], options=options)
    entries: list[dict[str, Any]] = []
    problems: list[tuple[str, str]] = []
    # The same options as beside the list; but what an entry leaves out comes from there.
    spec = {name: {key: value for key, value in option.items() if key != "default"}
            for name, option in entry_spec.items()}
    spec["name"]["required"] = True
    validator = ArgumentSpecValidator(spec, mutually_exclusive=[SECRET_OPTIONS])
    for number, entry in enumerate(params["accounts"], 1):
        validated, problem = read_entry(entry, spec, validator)
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
    if problems and not any(entry["state"] in SHUT for entry in entries):
        raise AccountError(problems)
    return Request(entries, True, params["unlisted"], params["unlisted_except"], params["unlisted_limit"],
                   params["disable_limit"], params["change_limit"], options, problems, params["incomplete"])


def read_entry(
    entry: Mapping[str, Any], spec: Mapping[str, Mapping[str, Any]], validator: ArgumentSpecValidator
) -> tuple[Mapping[str, Any], str]:
    """An entry of O(accounts) as Ansible validates it, or as it is, with what is wrong with it."""
    problem = not_text(entry, ("groups",))
    if problem:
        return entry, problem
    if not is_plain(entry, spec):
        try:
            validated = validator.validate(entry)
        except (OverflowError, MemoryError):  # what Ansible makes of Infinity, or of 1e999999999999999999
            return entry, "it has a number that is too large"
        if validated.error_messages:
            return entry, validation_problem(validated, spec)
        entry = validated.validated_parameters
    return entry, "" if entry.get("name") is not None else "name has no value"


def not_text(options: Mapping[str, Any], lists: Collection[str]) -> str:
    """Which option was not written as text and should be; empty when all are. Ansible would make text of it.

    :param lists: names of options that have several values
    """
    for option in TEXT_OPTIONS:
        value = options.get(option)
        for one in value if isinstance(value, list) and option in lists else [value]:
            if one is not None and not isinstance(one, str):
                kind = ("yes or no" if isinstance(one, bool) else "a number" if isinstance(one, (int, float)) else
                        "a list or a dictionary")
                return f"{option} was not written as text, YAML takes it for {kind}: put it in quotes."
    return ""


def masks(secrets: Iterable[Any], cases: bool = True) -> list[str]:
    """What is masked for secrets, longest first: they themselves, and what messages make of them.

    :param cases: also with other capitals, as applications make names of them
    """
    found: set[str] = set()
    for secret in {str(secret) for secret in secrets if secret}:
        if len(secret) >= SHORTEST_MASKED:
            for text in (secret, *((secret.lower(), secret[0].upper() + secret[1:]) if cases else ())):
                found |= {text, repr(text)[1:-1], visible(text), visible(repr(text)[1:-1]), " ".join(text.split()),
                          printable(text)}
    return sorted((text for text in found if len(text) >= SHORTEST_MASKED), key=len, reverse=True)


def masked(value: Any, secrets: Sequence[str]) -> Any:
    """The value without these texts, wherever it holds them."""
    if isinstance(value, str):
        if value in secrets:
            return MASKED_OPTION
        for secret in secrets:
            if secret in value:
                value = value.replace(secret, MASK)
        return value
    if isinstance(value, Mapping):
        return {masked(key, secrets): masked(item, secrets) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [masked(item, secrets) for item in value]
    return value


PLAIN_TYPES = {"str": str, "bool": bool}


def is_plain(entry: Mapping[str, Any], spec: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether an entry surely is what Ansible's validation would make of it, which takes twenty times as long.

    Most entries are: every value is there, of its option's own type and among its choices.
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


def validation_problem(validated: ValidationResult, spec: Mapping[str, Any]) -> str:
    """What is wrong with the options of an entry."""
    texts = [str(error) for error in validated.errors.errors if not isinstance(error, UnsupportedError)]
    if validated.unsupported_parameters:
        unknown = sorted(map(str, validated.unsupported_parameters))
        texts.append(f"unknown option {', '.join(unknown)}; there are {', '.join(sorted(spec))}")
    return "; ".join(texts)


def read_accounts(module: UserModule, service: Service) -> list[Account]:
    """The accounts that are asked for; a name that no new account could have is looked up as it is.

    :raises AccountError: naming each name that no account has or could have
    """
    if module.params["name"] is None:
        return list(service.read(None).values())
    names, refused = [], {}
    service.look_up(module.params["name"])
    for name in module.params["name"]:
        try:
            if not is_valid_unicode(name):
                raise ValueError("name is not valid Unicode")
            names.append(service.name_of(name))
            service.check_certain(names[-1])
        except ValueError as error:
            refused[name] = str(error)
    found = service.read(names) if names else {}
    if refused:
        everyone = service.read(None)
        found.update({name: everyone[name] for name in refused if name in everyone})
        problems = [(name, problem) for name, problem in refused.items() if name not in everyone]
        if problems:
            raise AccountError(problems)
    return list({account.name: account for account in found.values()}.values())


def user_result(module: UserModule, outcome: Outcome) -> dict[str, Any]:
    """What a C(<type>_user) module returns."""
    pending = outcome.plan.pending
    whole = module.params["accounts"] is not None
    shown = pending if whole else outcome.plan.changes
    counts: dict[str, int] = dict.fromkeys(("created", "updated", "enabled", "disabled", "removed", "unchanged"), 0)
    for change in outcome.plan.changes:
        counts[change.action] += 1
    result: dict[str, Any] = {
        "changed": outcome.written,
        "accounts": [
            {"name": printable(change.name), "id": change.id, "action": change.action, "fields": change.fields,
             **({"unproved": True} if change.unproved else {})}
            for change in shown
        ],
        "counts": counts,
        "unlisted": [printable(name) for name in outcome.plan.unlisted],
    }
    if whole:
        declared = [change.declared for change in outcome.plan.changes]
        # Not by name: ansible-core looks for words of its own among the keys.
        result["names"] = [printable({"typed": wanted.typed, "name": wanted.name})
                           for wanted in declared if wanted.typed != wanted.name]
    if module._diff:  # there is no public name for it
        sides = [show(change, outcome.service) for change in pending]
        result["diff"] = {
            "before": "".join(as_text(change.name, before) for change, (before, _after) in zip(pending, sides)),
            "after": "".join(as_text(change.name, after) for change, (_before, after) in zip(pending, sides)),
        }
    return result


def show(change: Change, service: Service) -> tuple[dict[str, Any], dict[str, Any]]:
    """An account before and after a change: what changes, and no secret."""
    account = change.account
    if change.removes and account is not None:
        return to_options(service, account), {}
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    if change.action in ("created", "enabled", "disabled"):
        after["state"] = "disabled" if change.action == "disabled" else "enabled"
        if account is not None:
            before["state"] = account.state if account.state != "present" else "partly disabled"
    for name, value in change.values.items():
        after[name] = value
        if account is not None:
            before[name] = account.values.get(name)
    if change.groups is not None:
        after["groups"] = service.show_groups(change.groups)
        if account is not None:
            before["groups"] = service.show_groups(account.groups)
    if change.new_password:
        after["password"] = "new password, not shown"
        if account is not None:
            before["password"] = "old password, not shown"
    return before, after


def as_text(name: str, options: Mapping[str, Any]) -> str:
    """An account as lines of a diff; nothing for one that is not there."""
    if not options:
        return ""
    lines = [f"{visible(name)}:\n"]
    for option, value in options.items():
        if option != "name":
            text = ", ".join(map(str, value)) if isinstance(value, (list, dict)) else str(value)
            lines.append(f"  {option}: {visible(text)}\n")
    return "".join(lines)


def printable(value: Any) -> Any:
    """The value with invalid UTF-8 from the database spelled out: it could not be printed or sent as JSON."""
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    if isinstance(value, dict):
        return {printable(key): printable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [printable(item) for item in value]
    return value
