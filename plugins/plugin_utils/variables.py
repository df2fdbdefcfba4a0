# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Strict evaluation of a host's variables, with errors that quote nothing; and names that are similar to ours."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

TEMPLATE = re.compile(r"\{[{%#]")
OVERRIDES = "#jinja2:"
"""Ansible regards text that begins with this as a template with other delimiters."""
REFERENCE = re.compile(r"\s*\{\{\s*(\w+)\s*\}\}\s*")
UNDEFINED = "refers to something that is not defined"
NO_TEMPLATE = "is not a valid template (put !unsafe before text that is data and contains {{, {% or {#)"
ENCRYPTED = "cannot be decrypted"
FAILED = "cannot be evaluated"


class VariableError(ValueError):
    """A variable is defined, but is not what it must be. The message names it and contains nothing of its value."""


class Variables:
    """The variables of a host, each evaluated strictly.

    :param templar: Ansible's, of the task
    :param variables: as they stand in the inventory
    """

    def __init__(self, templar: Any, variables: Mapping[str, Any]) -> None:
        self.templar = templar
        self.all = variables

    def __contains__(self, name: str) -> bool:
        return name in self.all

    def get(self, name: str, kind: str, default: Any = None) -> Any:
        """A variable; the default if it is not defined or ``omit``.

        :param kind: one of ``KINDS``
        :raises VariableError: if it cannot be evaluated or is of another kind. Also if it is null, because that is what
            remains of a list whose lines are commented out
        """
        if name not in self.all:
            return default
        value = self.evaluate(self.all[name], name)
        if value is OMITTED:
            return default
        return checked(value, kind, name)

    def evaluate(self, value: Any, label: str) -> Any:
        """A value with its templates evaluated, without parts that are ``omit``; ``OMITTED`` if all of it is.

        :raises VariableError: naming the part that cannot be evaluated
        """
        try:
            return self._evaluated(value)
        except Exception as error:  # pylint: disable=broad-exception-caught  # templates may raise anything
            kind = _error_kind(error)
        # Not in the handler, because Ansible follows the chain of errors and prints their texts.
        raise VariableError(self._located(value, label, kind))

    def _evaluated(self, value: Any) -> Any:
        """The value as Python's own types. Ansible only gets the texts that may be templates: it would need a hundred
        times as long for a list of people."""
        if isinstance(value, str):
            return self._templated(value) if "{" in value or value.startswith(OVERRIDES) else str.__str__(value)
        if isinstance(value, dict):
            pairs = ((key, self._evaluated(part)) for key, part in value.items())
            return {str.__str__(key) if isinstance(key, str) else key: part
                    for key, part in pairs if part is not OMITTED}
        if isinstance(value, list):
            return [part for part in map(self._evaluated, value) if part is not OMITTED]
        return value if value is None or isinstance(value, (int, float)) else self._templated(value)

    def _templated(self, value: Any) -> Any:
        try:
            return self.templar.template(value, fail_on_undefined=True)
        except Exception as error:
            if type(error).__name__ == "AnsibleValueOmittedError":
                return OMITTED
            raise

    def _located(self, value: Any, label: str, kind: str, depth: int = 0) -> str:
        """Which part of a value fails, as far as that can be found out, and how."""
        reference = REFERENCE.fullmatch(value) if isinstance(value, str) else None
        if reference and reference.group(1) in self.all and depth < 20:
            return self._located(self.all[reference.group(1)], label, kind, depth + 1)
        for key, part in _parts(value):
            try:
                self._evaluated(part)
            except Exception as error:  # pylint: disable=broad-exception-caught
                found = _error_kind(error)
            else:
                continue
            return self._located(part, f"{label}{key}", found, depth + 1)
        return f"{label} {kind}"


class _Omitted:
    """The value of ``omit``."""

    def __repr__(self) -> str:
        return "omitted"


OMITTED = _Omitted()


def is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def is_list(value: Any) -> bool:
    return isinstance(value, list)


def is_list_of_text(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def is_dictionary(value: Any) -> bool:
    return isinstance(value, dict)


KINDS = {
    "text": ("text", is_text),
    "list": ("a list", is_list),
    "names": ("a list of names", is_list_of_text),
    "dictionary": ("a dictionary", is_dictionary),
    "anything": ("a value", lambda value: value is not None),
}


def checked(value: Any, kind: str, label: str) -> Any:
    """The value, unchanged.

    :raises VariableError: if it is not of this kind
    """
    words, fits = KINDS[kind]
    if fits(value):
        return value
    found = "has no value" if value is None else f"is not {words}"
    raise VariableError(f"{label} {found}. Omit it or set it to {words}"
                        + (" ([] for none)" if kind in ("list", "names") else ""))


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from ((f".{key}" if re.fullmatch(r"\w+", str(key)) else f"[{str(key)!r}]", part)
                    for key, part in value.items())
    elif isinstance(value, (list, tuple)):
        for number, part in enumerate(value, 1):
            yield entry_label(part, number), part


def entry_label(entry: Any, number: int) -> str:
    """The label of a list's entry: its name, if the name is not a template."""
    name = entry.get("name") if isinstance(entry, Mapping) else None
    return f"[{str(name)!r}]" if isinstance(name, str) and not TEMPLATE.search(name) else f"[entry {number}]"


def _error_kind(error: BaseException) -> str:
    """The kind of an error, without its text, which may quote a template, a value or a password."""
    seen: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in seen:
        seen.append(following)
        context = None if following.__suppress_context__ else following.__context__
        following = getattr(following, "orig_exc", None) or following.__cause__ or context
    names = [type(one).__name__ for one in seen]
    if any("Vault" in name or "Decrypt" in name for name in names):
        return ENCRYPTED
    if any("Syntax" in name for name in names):
        return NO_TEMPLATE
    if any("Undefined" in name for name in names):
        return UNDEFINED
    return FAILED


def nearest(name: str, known: Iterable[str], least: float = 0.6) -> str | None:
    """The known name that is most similar to this one; None if none is similar."""
    best = max(((_likeness(name, one), one) for one in sorted(known)), default=(0.0, ""))
    return best[1] if best[0] >= least else None


def intended_name(name: str, known: Collection[str]) -> str | None:
    """Which of our variables somebody most likely meant; None if the name belongs to somebody else.

    Names with the same first word are compared without it: ``service_port`` is not similar to ``service_type``.
    """
    plain = _squeezed(name)
    prefix, _line, rest = name.casefold().partition("_")
    for one in sorted(known, key=lambda one: -_likeness(name, one)):
        start, _line, ours = one.partition("_")
        if plain == _squeezed(one):
            return one
        if not rest or not ours:
            if not (rest and not ours) and _likeness(plain, _squeezed(one)) >= (0.9 if ours else 0.8):
                return one
        elif prefix == start:
            if _likeness(rest, ours) >= 0.75 or set(rest.split("_")) < set(ours.split("_")):
                return one
        elif _likeness(name, one) >= 0.9 and _likeness(rest, ours) >= 0.75:
            return one
    return None


@lru_cache(maxsize=4096)  # thousands of people may have the same mistake
def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.casefold(), other.casefold()).ratio()


def _squeezed(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())
