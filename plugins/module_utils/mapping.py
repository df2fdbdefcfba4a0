# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A mapping: a service type written in YAML, with errors by their path. Pure.

``docs/mapping.md`` says what each key means.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from string import Formatter
from typing import Any, TypeVar

from ansible_collections.auth.services.plugins.module_utils.account import OptionError

Part = TypeVar("Part")
Scalars = Mapping[str, Any]


class MappingError(OptionError):
    """What is wrong with a mapping, and where."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}. Nothing was written.")
        self.path, self.problem = path, problem


# Parts of a mapping

WORDS = ("now", "uuid", "highest", "key")
CHARACTERS = ("alnum", "hex", "digits", "lower", "base36")
MOMENTS = ("seconds", "milliseconds", "microseconds", "iso", "date", "datetime")
LISTS = ("comma", "semicolon", "space", "lines", "json", "array")
TYPES = ("str", "bool", "int")
TAKEN = ("name", "state", "groups", "append_groups", "password", "password_hash", "update_password", "accounts", "id",
         "local_part", "domain")
MOST = 10_000
"""Characters of a random text, and of a pattern."""


@dataclass(frozen=True)
class Value:
    """What a column gets.

    :ivar kind: ``constant``, or the word that names the kind in ``docs/mapping.md``
    :ivar of: the constant, or what stands behind the word
    :ivar path: its place in the mapping
    """

    kind: str
    of: Any = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    path: str = field(default="", compare=False)

    @property
    def is_constant(self) -> bool:
        return self.kind == "constant"


@dataclass(frozen=True)
class Names:
    """A table that gives keys their names."""

    path: str
    table: str
    key: str
    name: str
    where: Scalars = field(default_factory=dict)


@dataclass(frozen=True)
class MappedField:
    """An option of an account.

    :ivar table: a table of ``rows``; empty for the table of accounts
    :ivar values: what the column has for each word; None for any text
    """

    path: str
    option: str
    table: str
    column: str
    type: str = "str"
    true: Any = True
    false: Any = False
    values: Mapping[str, Any] | None = None
    names: Names | None = None
    max_length: int | None = None
    new: Value | None = None
    right: bool = False


@dataclass(frozen=True)
class MappedName:
    """The column with the login name, and which names the application takes."""

    column: str
    lower: bool = False
    ignore_case: bool = False
    pattern: str | None = None
    min_length: int = 1
    max_length: int | None = None


@dataclass(frozen=True)
class MappedPassword:
    """Where passwords are, and in what form.

    :ivar columns: by the part of the stored password that the scheme calls so; a scheme of one part has ``hash``
    :ivar schemes: name and settings, the one of new passwords first
    """

    path: str
    table: str
    columns: Mapping[str, str]
    schemes: Sequence[tuple[str, Mapping[str, Any]]]
    changed: Mapping[str, Value] = field(default_factory=dict)
    none: Value | None = None
    max_bytes: int | None = None
    min_length: int = 0


@dataclass(frozen=True)
class MappedAccounts:
    """The table of accounts.

    :ivar key: None for the primary key
    """

    table: str
    key: str | None
    name: MappedName
    password: MappedPassword | None = None
    where: Scalars = field(default_factory=dict)
    new: Mapping[str, Value] = field(default_factory=dict)
    changed: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class RowsOf:
    """Rows of accounts in another table.

    :ivar account: column that says whose they are
    :ivar by: what it holds: ``key``, ``name`` or a field
    """

    path: str
    table: str
    account: str
    by: str = "key"
    where: Scalars = field(default_factory=dict)


@dataclass(frozen=True)
class MappedRows(RowsOf):
    """A table with one row for each account."""

    new: Mapping[str, Value] = field(default_factory=dict)
    changed: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class MappedAttributes(RowsOf):
    """A table with a row for each attribute of an account.

    :ivar fields: attributes by option
    """

    name: str = ""
    value: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Copied:
    """Rows that a new account gets as the account ``source`` has them."""

    path: str
    table: str
    account: str
    source: str


@dataclass(frozen=True)
class MembershipTable(RowsOf):
    """A table with a row for each account in each group."""

    group: str = ""
    new: Mapping[str, Value] = field(default_factory=dict)
    default: Sequence[str] = ()


@dataclass(frozen=True)
class RoleColumn:
    """A column of the table of accounts with the one group of an account.

    :ivar values: what it has for each group
    """

    path: str
    column: str
    values: Mapping[str, Any] | None = None
    default: Sequence[str] = ()


@dataclass(frozen=True)
class ListColumn:
    """A column of the table of accounts with all groups of an account, and how they are written in it."""

    path: str
    column: str
    form: str
    default: Sequence[str] = ()


@dataclass(frozen=True)
class FlagDoor:
    """A column that says whether an account is open. Of ``opened`` and ``shut`` the first value is written."""

    path: str
    table: str
    column: str
    opened: Sequence[Value]
    shut: Sequence[Value]


@dataclass(frozen=True)
class MarkerDoor:
    """A mark in front of what a column has."""

    path: str
    table: str
    column: str
    mark: str


@dataclass(frozen=True)
class RowDoor(RowsOf):
    """A row that bans an account."""

    new: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class EmptyDoor(RowsOf):
    """Rows that let somebody in."""


@dataclass(frozen=True)
class ChangeDoor:
    """A column that lets somebody in, and gets another value."""

    path: str
    table: str
    column: str
    value: Value


@dataclass(frozen=True)
class ProtectedAccount:
    """Accounts that are never changed. One of the three says which."""

    path: str
    why: str
    name: str | None = None
    key: Any = None
    where: Scalars = field(default_factory=dict)


@dataclass(frozen=True)
class ServiceMapping:
    """A whole mapping."""

    accounts: MappedAccounts
    fields: Sequence[MappedField] = ()
    rows: Mapping[str, MappedRows] = field(default_factory=dict)
    attributes: Mapping[str, MappedAttributes] = field(default_factory=dict)
    groups: Names | None = None
    memberships: MembershipTable | RoleColumn | ListColumn | None = None
    doors: Sequence[Any] = ()
    owned: Sequence[RowsOf] = ()
    references: Sequence[RowsOf] = ()
    ignored: Sequence[RowsOf] = ()
    copied: Sequence[Copied] = ()
    protected: Sequence[ProtectedAccount] = ()

    def field(self, option: str) -> MappedField | None:
        """The field of an option of this name."""
        return next((one for one in self.fields if one.option == option), None)


# Reading

class _Node:
    """A dictionary of the mapping, whose keys are taken one after another."""

    def __init__(self, raw: Any, path: str, keys: Collection[str]) -> None:
        if not isinstance(raw, Mapping):
            raise MappingError(path, f"it must be a dictionary, not {_kind(raw)}")
        self.raw, self.path = raw, path
        for key in raw:
            if key not in keys:
                raise MappingError(path, f"unknown key {key!r}; {_listed(str(key), keys, 'the keys are')}")

    def at(self, key: str) -> str:
        return f"{self.path}.{key}"

    def text(self, key: str, default: str | None = None) -> str:
        value = self.raw.get(key, default)
        if value is None:
            raise MappingError(self.path, f"{key} is missing")
        if not isinstance(value, str) or not value:
            raise MappingError(self.at(key), f"it must be a text, not {_kind(value)}")
        return value

    def optional(self, key: str) -> str | None:
        return None if self.raw.get(key) is None else self.text(key)

    def number(self, key: str, default: int | None = None) -> int | None:
        value = self.raw.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST:
            raise MappingError(self.at(key), f"it must be a whole number up to {MOST}, not {_kind(value)}")
        return value

    def flag(self, key: str) -> bool:
        value = self.raw.get(key, False)
        if not isinstance(value, bool):
            raise MappingError(self.at(key), f"it must be true or false, not {_kind(value)}")
        return value

    def choice(self, key: str, choices: Sequence[str], default: str) -> str:
        value = self.raw.get(key, default)
        if value not in choices:
            raise MappingError(self.at(key), f"{value!r} is not allowed; it can be {', '.join(choices)}")
        return str(value)

    def each(self, key: str, read: Callable[[Any, str], Part]) -> list[Part]:
        """The parts of a list."""
        value = self.raw.get(key)
        if value is None:
            return []
        if not isinstance(value, (list, tuple)):
            raise MappingError(self.at(key), f"it must be a list, not {_kind(value)}")
        return [read(one, f"{self.at(key)}[{place}]") for place, one in enumerate(value)]

    def texts(self, key: str) -> list[str]:
        return self.each(key, _text)

    def columns(self, key: str, read: Callable[[Any, str], Part]) -> dict[str, Part]:
        """The parts of a dictionary by column."""
        value = self.raw.get(key)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise MappingError(self.at(key), f"it must be a dictionary of columns, not {_kind(value)}")
        return {_text(name, self.at(key)): read(one, f"{self.at(key)}.{name}") for name, one in value.items()}

    def values(self, key: str) -> dict[str, Value]:
        return self.columns(key, _value)

    def words(self) -> dict[str, Any] | None:
        """What a column has for each word of ``values``, which may be a list of the words themselves."""
        if self.raw.get("values") is None:
            return None
        if isinstance(self.raw["values"], list):
            return {word: word for word in self.texts("values")}
        found = self.columns("values", _constant)
        if len(set(map(repr, found.values()))) < len(found):
            raise MappingError(self.at("values"), "two words have the same value")
        return found

    def where(self) -> dict[str, Any]:
        return self.columns("where", _constant)


def read_mapping(raw: Any) -> ServiceMapping:
    """A mapping as the dataclasses above.

    :raises MappingError: naming the place of what is wrong
    """
    node = _Node(raw, "mapping", (
        "accounts", "rows", "attributes", "groups", "memberships", "doors", "owned", "references", "ignored", "copied",
        "protected"))
    if "accounts" not in node.raw:
        raise MappingError("mapping", "accounts is missing")
    rows = {one.table: one for one in node.each("rows", _rows)}
    accounts, fields = _accounts(node.raw["accounts"], rows)
    attributes = {one.table: one for one in node.each("attributes", _attributes)}
    for one in attributes.values():
        fields += [MappedField(f"{one.path}.fields.{option}", _option(option, f"{one.path}.fields"), one.table,
                               str(name)) for option, name in one.fields.items()]
    _check_options(fields)
    groups = None if node.raw.get("groups") is None else _names(node.raw["groups"], "mapping.groups")
    memberships = (None if node.raw.get("memberships") is None else
                   _memberships(node.raw["memberships"], "mapping.memberships"))
    if groups is not None and memberships is None:
        raise MappingError("mapping", "groups is given, but memberships is missing")
    if groups is not None and getattr(memberships, "values", None):
        raise MappingError("mapping.memberships", "it has values, so groups must not be given beside it")
    mapping = ServiceMapping(
        accounts, fields, rows, attributes, groups, memberships,
        node.each("doors", lambda one, path: _door(one, path, rows)),
        node.each("owned", _rows_of), node.each("references", _rows_of), node.each("ignored", _rows_of),
        node.each("copied", _copied), node.each("protected", _protected),
    )
    _check_sources(mapping)
    return mapping


def _accounts(raw: Any, rows: Mapping[str, MappedRows]) -> tuple[MappedAccounts, list[MappedField]]:
    node = _Node(raw, "mapping.accounts", (
        "table", "key", "name", "password", "fields", "where", "new", "changed"))
    if "name" not in node.raw:
        raise MappingError(node.path, "name is missing")
    password = None if node.raw.get("password") is None else _password(node.raw["password"], node.at("password"), rows)
    accounts = MappedAccounts(
        node.text("table"), node.optional("key"), _name(node.raw["name"], node.at("name")), password, node.where(),
        node.values("new"), node.values("changed"))
    fields = node.columns("fields", lambda one, path: _field(one, path, rows))
    return accounts, list(fields.values())


def _name(raw: Any, path: str) -> MappedName:
    if isinstance(raw, str):
        return MappedName(_text(raw, path))
    node = _Node(raw, path, ("column", "form", "ignore_case", "pattern", "min_length", "max_length"))
    pattern = node.optional("pattern")
    if pattern is not None:
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            raise MappingError(node.at("pattern"), f"it is not a regular expression: {error}") from None
    return MappedName(
        node.text("column"), node.choice("form", ("lower", "exact"), "exact") == "lower", node.flag("ignore_case"),
        pattern, node.number("min_length", 1) or 0, node.number("max_length"))


def _field(raw: Any, path: str, rows: Mapping[str, MappedRows]) -> MappedField:
    option = _option(path.rpartition(".")[2], path)
    if isinstance(raw, str):
        return MappedField(path, option, *_place(raw, path, rows))
    node = _Node(raw, path, ("column", "type", "true", "false", "values", "names", "max_length", "new", "right"))
    kind = node.choice("type", TYPES, "str")
    for key in ("true", "false"):
        if key in node.raw and kind != "bool":
            raise MappingError(node.at(key), "only a field with type: bool has it")
    words = node.words()
    names = None if node.raw.get("names") is None else _names(node.raw["names"], node.at("names"))
    if sum(given for given in (words is not None, names is not None, kind != "str")) > 1:
        raise MappingError(path, "only one of type, values and names can be given")
    new = _value(node.raw["new"], node.at("new")) if "new" in node.raw else None
    return MappedField(
        path, option, *_place(node.text("column"), node.at("column"), rows), kind,
        _constant(node.raw.get("true", True), node.at("true")),
        _constant(node.raw.get("false", False), node.at("false")),
        words, names, node.number("max_length"), new, node.flag("right"))


def _option(name: str, path: str) -> str:
    if name in TAKEN:
        raise MappingError(path, f"{name} is an option of all types, so no field can be called so")
    if not re.fullmatch("[a-z][a-z0-9_]{0,63}", name):
        raise MappingError(path, f"{name!r} is not a name of an option: small letters, digits and underscores")
    return name


def _check_options(fields: Sequence[MappedField]) -> None:
    there: set[str] = set()
    for one in fields:
        if one.option in there:
            raise MappingError(one.path, f"{one.option} is a field already")
        there.add(one.option)


def _place(text: Any, path: str, rows: Mapping[str, Any]) -> tuple[str, str]:
    """A table of ``rows``, or empty for the table of accounts, and a column."""
    column = _text(text, path)
    for table in rows:
        if column.startswith(f"{table}.") and len(column) > len(table) + 1:
            return table, column[len(table) + 1:]
    return "", column


def _password(raw: Any, path: str, rows: Mapping[str, MappedRows]) -> MappedPassword:
    if not isinstance(raw, Mapping):
        raise MappingError(path, f"it must be a dictionary, not {_kind(raw)}")
    own = ("column", "columns", "scheme", "also", "changed", "none", "max_bytes", "min_length")
    node = _Node({key: value for key, value in raw.items() if key in own}, path, own)
    settings = {str(key): value for key, value in raw.items() if key not in own}
    if ("column" in node.raw) is ("columns" in node.raw):
        raise MappingError(path, "either column or columns must be given")
    if "column" in node.raw:
        table, column = _place(node.raw["column"], node.at("column"), rows)
        columns = {"hash": column}
    else:
        places = {part: _place(one, node.at(f"columns.{part}"), rows)
                  for part, one in node.columns("columns", _text).items()}
        tables = {table for table, _column in places.values()}
        if len(tables) > 1:
            raise MappingError(node.at("columns"), "all columns must be in one table")
        table, columns = tables.pop() if tables else "", {part: column for part, (_table, column) in places.items()}
        if "hash" not in columns:
            raise MappingError(node.at("columns"), "hash is missing")
    schemes = [(node.text("scheme"), settings), *node.each("also", _scheme)]
    none = _value(node.raw["none"], node.at("none")) if "none" in node.raw else None
    return MappedPassword(path, table, columns, schemes, node.values("changed"), none, node.number("max_bytes"),
                          node.number("min_length", 0) or 0)


def _scheme(raw: Any, path: str) -> tuple[str, Mapping[str, Any]]:
    if isinstance(raw, str):
        return raw, {}
    if not isinstance(raw, Mapping) or not isinstance(raw.get("scheme"), str):
        raise MappingError(path, "it must be the name of a scheme, or a dictionary with scheme and its settings")
    return raw["scheme"], {str(key): value for key, value in raw.items() if key != "scheme"}


ROWS_OF = ("table", "account", "by", "where")


def _rows_of(raw: Any, path: str) -> RowsOf:
    node = _Node(raw, path, ROWS_OF)
    return RowsOf(*_of(node))


def _of(node: _Node) -> tuple[str, str, str, str, dict[str, Any]]:
    return node.path, node.text("table"), node.text("account"), node.text("by", "key"), node.where()


def _rows(raw: Any, path: str) -> MappedRows:
    node = _Node(raw, path, (*ROWS_OF, "new", "changed"))
    return MappedRows(*_of(node), node.values("new"), node.values("changed"))


def _attributes(raw: Any, path: str) -> MappedAttributes:
    node = _Node(raw, path, (*ROWS_OF, "name", "value", "fields", "new"))
    return MappedAttributes(*_of(node), node.text("name"), node.text("value"), node.columns("fields", _constant),
                            node.values("new"))


def _names(raw: Any, path: str) -> Names:
    node = _Node(raw, path, ("table", "key", "name", "where"))
    return Names(path, node.text("table"), node.text("key"), node.text("name"), node.where())


def _memberships(raw: Any, path: str) -> MembershipTable | RoleColumn | ListColumn:
    if isinstance(raw, Mapping) and "column" in raw:
        node = _Node(raw, path, ("column", "values", "list", "default"))
        if "list" in node.raw:
            if "values" in node.raw:
                raise MappingError(path, "only one of list and values can be given")
            return ListColumn(path, node.text("column"), node.choice("list", LISTS, ""), node.texts("default"))
        words = node.words()
        default = node.texts("default")
        if len(default) > 1:
            raise MappingError(node.at("default"), "an account has one group here")
        return RoleColumn(path, node.text("column"), words, default)
    node = _Node(raw, path, (*ROWS_OF, "group", "new", "default"))
    return MembershipTable(*_of(node), node.text("group"), node.values("new"), node.texts("default"))


DOORS = ("flag", "marker", "row", "empty", "change")


def _door(raw: Any, path: str, rows: Mapping[str, MappedRows]) -> Any:
    outer = _Node(raw, path, DOORS)
    if len(outer.raw) != 1:
        raise MappingError(path, f"it must have one key: {', '.join(DOORS)}")
    kind, inner = next(iter(outer.raw.items()))
    path = f"{path}.{kind}"
    if kind == "flag":
        node = _Node(inner, path, ("column", "open", "shut"))
        for key in ("open", "shut"):
            if key not in node.raw:
                raise MappingError(path, f"{key} is missing")
        opened, shut = (_values(node.raw[key], node.at(key)) for key in ("open", "shut"))
        if not opened[0].is_constant and not shut[0].is_constant:
            raise MappingError(path, "open or shut must begin with a value that is always the same")
        if any(one in shut for one in opened):
            raise MappingError(path, "open and shut have a value in common")
        return FlagDoor(path, *_place(node.text("column"), node.at("column"), rows), opened, shut)
    if kind == "marker":
        node = _Node(inner, path, ("column", "mark"))
        return MarkerDoor(path, *_place(node.text("column"), node.at("column"), rows), node.text("mark", "!"))
    if kind == "change":
        node = _Node(inner, path, ("column", "value"))
        if "value" not in node.raw:
            raise MappingError(path, "value is missing")
        return ChangeDoor(path, *_place(node.text("column"), node.at("column"), rows),
                          _value(node.raw["value"], node.at("value")))
    if kind == "row":
        node = _Node(inner, path, (*ROWS_OF, "new"))
        return RowDoor(*_of(node), node.values("new"))
    return EmptyDoor(*_of(_Node(inner, path, ROWS_OF)))


def _values(raw: Any, path: str) -> list[Value]:
    values = [_value(one, path) for one in (raw if isinstance(raw, list) else [raw])]
    if not values:
        raise MappingError(path, "it has no value")
    if not all(one.is_constant for one in values[1:]):
        raise MappingError(path, "only the first value can be one that is computed")
    return values


def _copied(raw: Any, path: str) -> Copied:
    node = _Node(raw, path, ("table", "account", "from"))
    return Copied(path, node.text("table"), node.text("account"), node.text("from"))


def _protected(raw: Any, path: str) -> ProtectedAccount:
    node = _Node(raw, path, ("name", "key", "where", "why"))
    if len({"name", "key", "where"} & set(node.raw)) != 1:
        raise MappingError(path, "one of name, key and where must be given")
    return ProtectedAccount(path, node.text("why", "the mapping protects it"), node.optional("name"),
                            _constant(node.raw.get("key"), node.at("key")), node.where())


# Values

def _value(raw: Any, path: str) -> Value:
    if isinstance(raw, str) and raw in WORDS:
        return Value(raw, path=path)
    if not isinstance(raw, Mapping):
        return Value("constant", _constant(raw, path), path=path)
    kind = next((key for key in raw if key in KINDS), None)
    if kind is None:
        raise MappingError(path, f"it must have one of the keys {', '.join(KINDS)}")
    settings, read = KINDS[kind]
    node = _Node(raw, path, (kind, *settings))
    return replace(read(node, kind), path=path)


def _plain(node: _Node, kind: str) -> Value:
    return Value("constant", _constant(node.raw[kind], node.at(kind)))


def _now(node: _Node, kind: str) -> Value:
    form = node.text(kind)
    if form not in MOMENTS and "%" not in form:
        raise MappingError(node.at(kind), f"it can be {', '.join(MOMENTS)}, or a format such as %Y-%m-%d")
    return Value("now", form)


def _uuid(node: _Node, kind: str) -> Value:
    return Value("uuid", node.choice(kind, ("native", "text", "hex", "bytes"), "native"))


def _random(node: _Node, kind: str) -> Value:
    length = node.number(kind)
    if not length:
        raise MappingError(node.at(kind), "it must be a number of characters")
    return Value("random", length, {"characters": node.choice("characters", CHARACTERS, "alnum"),
                                    "prefix": node.optional("prefix") or ""})


def _sequence(node: _Node, kind: str) -> Value:
    return Value("sequence", node.text(kind))


def _counter(node: _Node, kind: str) -> Value:
    inner = _Node(node.raw[kind], node.at(kind), ("table", "column", "where"))
    return Value("counter", inner.text("table"), {"column": inner.text("column"), "where": inner.where()})


def _account(node: _Node, kind: str) -> Value:
    return Value("account", node.text(kind))


def _lookup(node: _Node, kind: str) -> Value:
    inner = _Node(node.raw[kind], node.at(kind), ("table", "column", "where"))
    if not inner.where():
        raise MappingError(inner.path, "where is missing")
    return Value("lookup", inner.text("table"), {"column": inner.text("column"), "where": inner.where()})


def _of_field(node: _Node, kind: str) -> Value:
    return Value(kind, node.text(kind))


def _template(node: _Node, kind: str) -> Value:
    text = node.text(kind)
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise MappingError(node.at(kind), f"it is not a template: {error}") from None
    if any(form or conversion or (name is not None and not name.isidentifier())
           for _before, name, form, conversion in parts):
        raise MappingError(node.at(kind), "only names of fields can stand in braces")
    return Value("template", text, {"names": [name for _before, name, _form, _conversion in parts if name]})


KINDS: Mapping[str, tuple[Sequence[str], Callable[[_Node, str], Value]]] = {
    "constant": ((), _plain),
    "now": ((), _now),
    "uuid": ((), _uuid),
    "random": (("characters", "prefix"), _random),
    "sequence": ((), _sequence),
    "counter": ((), _counter),
    "account": ((), _account),
    "lookup": ((), _lookup),
    "field": ((), _of_field),
    "lower": ((), _of_field),
    "first_word": ((), _of_field),
    "other_words": ((), _of_field),
    "template": ((), _template),
    "slug": ((), _of_field),
}


def sources(value: Value) -> list[str]:
    """The fields that a value is made of."""
    if value.kind == "template":
        return list(value.settings["names"])
    return [value.of] if value.kind in ("field", "lower", "first_word", "other_words", "slug") else []


def _check_sources(mapping: ServiceMapping) -> None:
    known = {"name", "local_part", "domain", *(one.option for one in mapping.fields)}
    for value in all_values(mapping):
        for name in sources(value):
            if name not in known:
                raise MappingError(value.path, f"there is no field {name!r};"
                                   f" {_listed(name, known, 'the fields are')}")
    by_field = [*mapping.owned, *mapping.references, *mapping.ignored,
                *(door for door in mapping.doors if isinstance(door, EmptyDoor))]
    others = [*mapping.rows.values(), *mapping.attributes.values(), mapping.memberships,
              *(door for door in mapping.doors if isinstance(door, RowDoor))]
    for one in (*by_field, *others):
        words = {"key", "name", *(known if one in by_field else ())}
        if isinstance(one, RowsOf) and one.by not in words:
            raise MappingError(f"{one.path}.by", f"{one.by!r} is not allowed; {_listed(one.by, words, 'it can be')}")


def all_values(mapping: ServiceMapping) -> list[Value]:
    """All values of a mapping."""
    accounts = mapping.accounts
    found: list[Value] = []
    holders: list[Any] = [accounts, *mapping.rows.values(), *mapping.attributes.values(), mapping.memberships,
                          *mapping.doors]
    for holder in holders:
        for key in ("new", "changed"):
            found += (getattr(holder, key, None) or {}).values()
    if accounts.password is not None:
        found += [*accounts.password.changed.values(), *([accounts.password.none] if accounts.password.none else [])]
    found += [one.new for one in mapping.fields if one.new is not None]
    for door in mapping.doors:
        found += [*getattr(door, "opened", ()), *getattr(door, "shut", ())]
        if isinstance(door, ChangeDoor):
            found.append(door.value)
    return found


def _constant(raw: Any, path: str) -> Any:
    if raw is not None and not isinstance(raw, (str, int, float, bool)):
        raise MappingError(path, f"it must be a text, a number, true, false or null, not {_kind(raw)}")
    return raw


def _text(raw: Any, path: str) -> str:
    if not isinstance(raw, str) or not raw:
        raise MappingError(path, f"it must be a text, not {_kind(raw)}")
    return raw


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    if value == "":
        return "an empty text"
    kinds = {bool: "yes or no", int: "a number", float: "a number", str: "a text", list: "a list", dict: "a dictionary"}
    return kinds.get(type(value), type(value).__name__)


def _listed(name: str, known: Collection[str], words: str) -> str:
    """The known names, the nearest first."""
    near = get_close_matches(name, known, 3)
    return f"{words} {', '.join([*near, *sorted(set(known) - set(near))])}"
