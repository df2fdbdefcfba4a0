# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``AnsibleModule`` with plain failures and masked secrets: the only file that knows it.

Up to ansible-core 2.21, Ansible searches every string of a result for every ``no_log`` value, which is quadratic
for a long list of accounts with passwords; from 2.22 on it searches nothing. So Ansible never sees the entries of
``accounts``, the invocation that is returned leaves them out, results consist of fields that hold no secret, and
secrets are masked here: in failures and warnings, which are short, every secret; in all else that is returned, those of
the options beside the list. What Ansible does is a second net.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common.validation import check_type_dict

from ansible_collections.auth.services.plugins.module_utils.account import (
    AccountError,
    LimitError,
    ListError,
    MissingLibrary,
    OptionError,
    printable,
    visible,
)
from ansible_collections.auth.services.plugins.module_utils.database import DatabaseError
from ansible_collections.auth.services.plugins.module_utils.options import not_text

Result = TypeVar("Result")

SHORTEST_MASKED = 4
"""Minimum length of a secret that is masked in texts. Masks would reveal a shorter one, wherever its letters occur."""
MASK, MASKED_OPTION = "********", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
"""In place of a secret in a text, and of a value that is one: Ansible's own words."""
EXPECTED_ERRORS = (AccountError, LimitError, ListError, OptionError, DatabaseError)
"""Their text is the whole failure."""


class ServiceModule(AnsibleModule):
    """An ``AnsibleModule`` that keeps the secrets of ``accounts`` out of whatever it returns.

    :param entry_secrets: gives secrets among the type's own options of an account
    :param refine: gives the argument spec for the options of a task, where it depends on one of them
    """

    def __init__(
        self, argument_spec: dict[str, dict[str, Any]],
        entry_secrets: Callable[[Mapping[str, Any]], Sequence[str]] = lambda options: (),
        refine: Callable[[dict[str, Any]], dict[str, dict[str, Any]]] | None = None, **kwargs: Any,
    ) -> None:
        self._refine = refine
        self._entry_secrets = entry_secrets
        self._lists = {name for name, option in argument_spec.items() if option.get("type") == "list"}
        # Before Ansible starts, which may fail at once. The entries of accounts have the same options.
        self._secret_options = [
            name for name, option in argument_spec.items()
            if option.get("no_log") and name not in ("accounts", "resembling")
        ]
        self._entries: Any = None
        self._person: Any = None
        self._not_text = ""
        self._not_refined: OptionError | None = None
        super().__init__(argument_spec, supports_check_mode=True, **kwargs)
        if self._entries is not None:
            self.params["accounts"] = self._read_entries()
        if self._person is not None:
            self.params["resembling"] = self._read_person()
        self.hide(self._secrets(self.params))
        if self._not_text:
            self.fail_json(f"{self._not_text}. Nothing was written.")
        if self._not_refined:
            self.fail_json(str(self._not_refined))

    def _load_params(self) -> None:
        # Ansible would copy the list several times, and take each string in it for a secret: for good, from 2.22 on.
        super()._load_params()
        self._entries = self.params.get("accounts")
        if self._entries is not None:
            self.params["accounts"] = []
        self._person = self.params.get("resembling")
        if self._person is not None:  # what is found has the same values, and is shown
            self.params["resembling"] = {}
        self._not_text = not_text(self.params, self._lists)  # before Ansible converts it
        if self._refine is not None:
            try:
                self.argument_spec = self._refine(self.params)
            except OptionError as error:
                self._not_refined = error

    def _read_entries(self) -> list[dict[str, Any]]:
        """The entries of ``accounts``, of the types that Ansible would take."""
        try:
            if not isinstance(self._entries, list):
                raise TypeError
            return [entry if isinstance(entry, dict) else check_type_dict(entry) for entry in self._entries]
        except TypeError:
            self.fail_json("accounts is not a list of dictionaries. Nothing was written.")

    def _read_person(self) -> dict[str, Any]:
        try:
            person: dict[str, Any] = check_type_dict(self._person)
        except TypeError:
            self.fail_json("resembling is not a dictionary. Nothing was written.")
        return person

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
        if self._person is not None:
            arguments["resembling"] = "not shown"
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
        warnings = list(warnings)
        if not warnings:
            return
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

        Ansible prints uncaught errors unmasked, and those that are being handled with their traceback.
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


def masks(secrets: Iterable[Any], cases: bool = True) -> list[str]:
    """What is masked for secrets, longest first: they themselves, and the forms that messages give them.

    :param cases: also with other capitals, as in names that applications derive from them
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
