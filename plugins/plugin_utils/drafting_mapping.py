# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A draft of a mapping from what inference found, with a remark wherever something was guessed: pure.

``docs/mapping.md`` says what each key means. Rules go by names and types of columns, never by an application.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.auth.services.plugins.module_utils.passwords.by_name import scheme_of_format
from ansible_collections.auth.services.plugins.module_utils.passwords.formats import is_shape_only
from ansible_collections.auth.services.plugins.module_utils.schema import Column, Schema, Table

Remarks = dict[str, str]
"""Why a part of the mapping must be looked at, by its path as in errors: ``mapping.accounts.new.role``."""


class NoDraft(ValueError):
    """No mapping can be drafted. The message says why, and what to do."""


@dataclass
class Draft:
    """A mapping and what to look at in it.

    :ivar decisions: what no database can tell, for a human
    """

    mapping: dict[str, Any] = field(default_factory=dict)
    remarks: Remarks = field(default_factory=dict)
    decisions: list[str] = field(default_factory=list)


WERKZEUG_MARK = "pbkdf2:sha256:1$-$!"
"""``check_password_hash()`` of Werkzeug fails for a method that it does not know, which would be an error 500 at the
login; with this in front, a stored password is one that nothing matches."""
UNKNOWN_SCHEME = "no stored password was seen: look at one, see docs/password-schemes.md"


def words(name: str) -> list[str]:
    """The words of a name, in small letters: ``createdById`` and ``created_by_id`` are the same."""
    return [one.lower() for one in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", name[:128])]


def _salted(settings: Mapping[str, Any], has_salt: bool) -> dict[str, Any]:
    """Settings of a digest, with the salt of a column before the password where there is one."""
    of = str(settings.get("of", ""))
    if not has_salt or "salt" in of or "layout" in settings or not of.endswith("(password)"):
        return dict(settings)
    return {**settings, "of": of.replace("(password)", "(salt + password)")}


def draft_mapping(schema: Schema, found: Mapping[str, Any]) -> Draft:
    """Draft a mapping of the accounts of a database.

    :param found: as ``Inferred.as_dict()``
    :raises NoDraft: where nothing that can be trusted was found
    """
    account = found.get("account")
    if not account:
        raise NoDraft("no table of accounts was found")
    if account.get("kind") == "attribute rows":
        raise NoDraft(f"an account is several rows of {account['table']}, which needs an adapter")
    return _Drafting(schema, found, account).draft()


class _Drafting:
    def __init__(self, schema: Schema, found: Mapping[str, Any], account: Mapping[str, Any]) -> None:
        self.schema = schema
        self.found = found
        self.account = account
        if account["table"] not in schema.tables:
            raise NoDraft(f"table {account['table']} is not among those that were read")
        self.table = schema.tables[account["table"]]
        self.result = Draft()
        self.rows: dict[str, dict[str, Any]] = {}
        self.used: dict[str, set[str]] = {self.table.name: set()}
        """Columns, by table, that a part of the mapping fills."""
        self.fields: dict[str, Any] = {}
        self.accounts: dict[str, Any] = {"table": self.table.name}

    def draft(self) -> Draft:
        if self.table.is_view:
            raise NoDraft(f"{self.table.name} is a view, and no table behind it was found")
        mapping = self.result.mapping
        mapping["accounts"] = self.accounts
        self._key()
        self._name()
        self._password()
        self._fields()
        doors = self._doors()
        self._memberships()
        if self.fields:
            self.accounts["fields"] = self.fields
        self._new_rows()
        if self.rows:
            mapping["rows"] = list(self.rows.values())
        if doors:
            mapping["doors"] = doors
        self._what_refers()
        ordered = ("accounts", "rows", "doors", "groups", "memberships", "owned")
        self.result.mapping = {name: mapping[name] for name in ordered if name in mapping}
        self.result.decisions.append(
            "Which accounts belong to the application (system users, the anonymous user, the first administrator)?"
            " List them as protected."
        )
        return self.result

    # The account's own row

    def _key(self) -> None:
        key = self.account.get("key")
        if not key:
            raise NoDraft(f"{self.table.name} has no key that other tables could refer to")
        self.key = str(key)
        if self.table.primary_key != (self.key,):
            self.accounts["key"] = self.key

    def _name(self) -> None:
        login = self.account.get("login")
        table, column = self._place(login) if login else ("", None)
        if column is None or table:
            email_table, email = self._place(self.account.get("email") or "")
            if email is None or email_table:
                where = f"in table {table}" if table else "nowhere"
                raise NoDraft(f"the login name is {where}, not in {self.table.name}, which needs an adapter")
            self.remark("accounts.name", f"guessed: no login name is in {self.table.name} itself")
            column = email
        self.login = column.name
        self.used[self.table.name].add(column.name)
        key = next((one for one in (self.table.primary_key, *self.table.unique) if one == (column.name,)), None)
        self.accounts["name"] = column.name
        if key is None:
            self.result.decisions.append(
                f"No key keeps two accounts of {self.table.name} from having one {column.name}. Does the application"
                " compare names in small letters (ignore_case), and which names does it take (pattern, max_length)?"
            )
        evidence = self.account.get("evidence") or {}
        if not evidence.get("login") and login:
            self.remark("accounts.name", "guessed")

    def _password(self) -> None:
        place = self.account.get("password")
        if not place:
            self.result.decisions.append("No column with passwords was found, so passwords cannot be set.")
            return
        table, column = self._place(place)
        if column is None:
            return
        if table and not self._row(table):
            return
        self.used.setdefault(table or self.table.name, set()).add(column.name)
        shown = f"{table}.{column.name}" if table else column.name
        seen = [str(one) for one in self.account.get("formats") or ()]
        known = {one: scheme for one in seen if (scheme := scheme_of_format(one))}
        salt = str(self.account.get("salt") or "").rpartition(".")[2]
        schemes = [{"scheme": name, **_salted(settings, bool(salt))} for name, settings in known.values()]
        schemes = schemes or [_scheme_of_length(column)]
        password: dict[str, Any] = {"column": shown, **schemes[0]}
        if not known:
            self.remark("accounts.password.scheme", f"guessed; {UNKNOWN_SCHEME}")
        elif any(map(is_shape_only, known)):
            self.remark("accounts.password.scheme", "guessed: stored passwords do not say what they are made of, see"
                                                    " docs/password-schemes.md")
        others = [one["scheme"] if len(one) == 1 else one for one in schemes[1:] if one != schemes[0]]
        if others:
            password["also"] = others
        if salt and any("salt" in str(one.get("of")) for one in schemes):
            del password["column"]
            password = {"columns": {"hash": shown, "salt": f"{table}.{salt}" if table else salt}, **password}
            self.used[table or self.table.name].add(salt)
        elif salt and not known:
            self.remark("accounts.password", f"{self.account['salt']} looks like a salt, which the scheme may need")
        unknown = [one for one in seen if one not in known and not one.startswith("locked")]
        if unknown:
            self.remark("accounts.password", f"stored passwords look like {', '.join(unknown)}, too")
        changed = {}
        for one in (self.schema.tables[table] if table else self.table).columns:
            said = words(one.name)
            if (
                one.name != column.name
                and not one.generated
                and _is_moment(one)
                and PASSWORD & set(said)
                and said[-1] in (*WHEN, *UPDATED, "set")
                and {"last", "set", "change", *UPDATED} & set(said)
            ):
                changed[one.name] = "now"
        if changed and not table:
            password["changed"] = changed
            self.used[self.table.name].update(changed)
            for name in changed:
                self.remark(f"accounts.password.changed.{name}", "guessed")
        self.accounts["password"] = password

    def _fields(self) -> None:
        email = self.account.get("email")
        if email and email != self.login:
            self._field("email", email)
        names = self.account.get("full_name") or []
        options = ["real_name"] if len(names) == 1 else ["first_name", "last_name"]
        for option, place in zip(options, names):
            if place not in (self.login, email):
                self._field(option, place)

    def _field(self, option: str, place: str) -> None:
        table, column = self._place(place)
        if column is None or (table and not self._row(table)):
            return
        holder = table or self.table.name
        if column.name in self.used.setdefault(holder, set()):
            return
        self.used[holder].add(column.name)
        shown = f"{table}.{column.name}" if table else column.name
        unique = any((column.name,) == key for key in self.schema.tables[holder].unique)
        if column.nullable or column.default is not None or unique and option == "email":
            self.fields[option] = shown
        else:
            name = {"field": "name"}
            self.fields[option] = {
                "column": shown,
                "new": "" if option in ("email", "last_name") and not unique else name,
            }

    def _new_rows(self) -> None:
        """What the columns of new rows get that nothing else fills."""
        self._fill(self.table, self.accounts, "accounts", self.key)
        for name, row in self.rows.items():
            self._fill(self.schema.tables[name], row, f"rows[{list(self.rows).index(name)}]", row["account"])

    def _fill(self, table: Table, part: dict[str, Any], path: str, key: str) -> None:
        new: dict[str, Any] = {}
        changed: dict[str, Any] = {}
        used = self.used.setdefault(table.name, set())
        if table is self.table:
            used.update([] if key != self.login else [key])
            value = None if key in used else self._new_key(table, key, path)
            if value is not None:
                new[key] = value
        used.add(key)
        created = self.account.get("created") if table is self.table else None
        for column in table.columns:
            if column.name in used or column.generated or column.default == "auto":
                continue
            if table.primary_key == (column.name,) and self._refers(table.name, column.name) is None:
                value = self._new_key(table, column.name, path)
                if value is not None:
                    new[column.name] = value
                continue
            said = words(column.name)
            filled = _is_needed(column)
            if _is_moment(column) and not re.search("now|current", str(column.default), re.IGNORECASE):
                if column.name == created or _ends(said, CREATED) or CONFIRMED & set(said) and _has_when(said):
                    filled = True
                if _ends(said, UPDATED) and not PASSWORD & set(said):
                    new[column.name] = changed[column.name] = "now"
                    continue
            elif _ends(said, UPDATED) and _is_moment(column) and _is_time(column) and table is self.table:
                changed[column.name] = "now"
                continue
            elif (
                CONFIRMED & set(said)
                and _is_flag(column)
                and not UNWANTED & set(said)
                or said[-1:] in (["uuid"], ["guid"])
                and column.default is None
                and not self._refers(table.name, column.name)
            ):
                filled = True
            if not filled:
                continue
            value, remark = self.guess(table, column)
            new[column.name] = value
            if remark:
                self.remark(f"{path}.new.{column.name}", remark)
        if new:
            part["new"] = {**part.get("new", {}), **new}
        if changed:
            part["changed"] = changed

    def _new_key(self, table: Table, key: str, path: str) -> Any:
        column = table.column(key)
        if column is None or column.default is not None or column.generated:
            return None
        if _is_number(column):
            counter = self._counter(table, key)
            self.remark(f"{path}.new.{key}", "guessed: nothing numbers new rows")
            return counter or "highest"
        length = _length(column)
        self.remark(f"{path}.new.{key}", "guessed: look at a key of another account")
        if "uuid" in column.type or _is_bytes(column) or length in (0, 36) or length > 36:
            return "uuid" if length != 32 else {"uuid": "hex"}
        if length == 24:
            return {"random": 24, "characters": "hex"}
        return {"uuid": "hex"} if length >= 32 else {"random": length, "characters": "base36"}

    def _counter(self, table: Table, key: str) -> Any:
        """A table that counts the keys of others: a name of a table, a name of a column, and the highest number."""
        for other in self.schema.tables.values():
            names = {column.name for column in other.columns}
            if {"table_name", "field_name", "nextid"} <= names:
                return {
                    "counter": {
                        "table": other.name,
                        "column": "nextid",
                        "where": {"table_name": table.name, "field_name": key},
                    }
                }
        return None

    def guess(self, table: Table, column: Column) -> tuple[Any, str]:
        """What a column of a new row may get, and a remark; empty where nothing is doubtful."""
        said = words(column.name)
        last, all_words = (said[-1] if said else ""), set(said)
        length = _length(column)
        plain = "guessed"
        unique = any(key == (column.name,) for key in table.unique)
        target = self._refers(table.name, column.name)
        if target is not None:
            if target == self.table.name and table is self.table:
                if column.nullable:
                    return None, ""
                declared = any(one.columns == (column.name,) for one in table.foreign_keys)
                return (int(declared) if _is_number(column) else ""), f"guessed: the key of a row of {target}"
            if target == self.table.name:
                return "key", f"guessed: it refers to {target}"
            return self._first_of(target, column)
        if _choices(column):
            return _of_enum(_choices(column)), plain
        if _is_time(column):
            if any(word.startswith(("birth", "bday", "dob")) for word in said):
                return "1970-01-01", plain
            if all_words & ENDING:
                return "2099-12-31" if column.type.startswith(
                    "date"
                ) and "time" not in column.type else "2099-12-31 23:59:59", plain
            return "now", "" if _ends(said, CREATED) or _ends(said, UPDATED) else plain
        if _is_number(column):
            if _is_moment(column) and (
                _ends(said, CREATED) or _ends(said, UPDATED) or CONFIRMED & all_words and _has_when(said)
            ):
                return "now", plain if column.type.startswith("bigint") else ""
            confirmed = CONFIRMED & all_words and not UNWANTED & all_words
            active = last in ("active", "enabled", "activated", "isactive", "valid") and not UNWANTED & all_words
            return (1 if confirmed or active else 0), "" if all_words & COUNTS else plain
        if _is_flag(column):
            yes = bool((CONFIRMED | {"active", "enabled", "isactive"}) & all_words) and not UNWANTED & all_words
            return yes, plain
        if _is_decimal(column):
            return 0, plain
        if all_words & {"question", "answer", "hint"}:
            return "", plain
        if "json" in column.type or all_words & {"json"}:
            return "[]" if last.endswith("s") and not all_words & MAPS else "{}", plain
        if column.type.endswith("[]"):
            return "{}", plain
        if "uuid" in column.type or all_words & {"uuid", "guid"}:
            return {"uuid": "hex"} if length == 32 else "uuid", ""
        if _is_bytes(column) and not all_words & (SECRETS | NAMES):
            return "", plain
        if all_words & {"slug", "nicename", "urlname", "permalink"}:
            return {"slug": "name"}, plain
        if all_words & {"email", "mail"} and "email" in self.fields:
            return ({"lower": "email"} if all_words & LOWERED else {"field": "email"}), plain
        if all_words & LOWERED and all_words & (NAMES | {"login", "user", "username", "name"}):
            return {"lower": "name"}, plain
        if all_words & {"email", "mail"} and not unique:
            return ({"field": "name"} if self.account.get("email") == self.login else ""), plain
        if all_words & {"lang", "language", "locale"}:
            return "en", plain
        if all_words & {"timezone", "tz"} or said[-2:] == ["time", "zone"]:
            return "UTC", plain
        if last in (
            "type",
            "kind",
            "provider",
            "source",
            "method",
            "realm",
            "auth",
            "role",
            "level",
            "status",
            "state",
        ):
            return (
                "user"
                if last in ("role", "type", "kind")
                else "local"
                if last in ("provider", "source", "method", "auth")
                else "active"
                if last in ("status", "state")
                else ""
            ), ("guessed: look at the row of another account")
        if all_words & SECRETS:
            size = min(length or 32, 40)
            return ("" if all_words & RESETS and not unique else {"random": size, "characters": "hex"}), plain
        if all_words & NAMES or unique:
            return {"field": "name"}, plain
        if column.type.startswith(("char(1)", "varchar(1)", "character(1)")):
            return ("Y" if all_words & (CONFIRMED | {"active", "enabled"}) else "N"), plain
        return "", plain

    def _first_of(self, target: str, column: Column) -> tuple[Any, str]:
        remark = f"guessed: the key of a row of {target}"
        other = self.schema.tables.get(target)
        key = other.primary_key[0] if other and len(other.primary_key) == 1 else ""
        if _is_number(column):
            return 1, remark
        return (None if column.nullable else "1" if not key else "default"), remark

    # Other tables

    def _row(self, name: str) -> dict[str, Any] | None:
        """The part of ``rows`` of a table beside the accounts."""
        if name not in self.rows:
            columns = [one["from"]["columns"][0] for one in self._references() if one["from"]["table"] == name]
            table = self.schema.tables[name]
            shared = [column for column in columns if (column,) == table.primary_key] or columns
            if not shared and table.column(self.key) is not None and self.key in table.primary_key:
                shared = [self.key]
            if not shared:
                self.result.decisions.append(
                    f"Which column of {name} says whose row it is? Nothing refers to {self.table.name}."
                )
                return None
            self.rows[name] = {"table": name, "account": shared[0]}
            if not columns:
                self.remark(f"rows[{len(self.rows) - 1}].account", "guessed: both tables have a key of this name")
        return self.rows[name]

    def _references(self) -> list[Mapping[str, Any]]:
        """References to the accounts by their key, of one column."""
        return [
            one
            for one in self.found.get("references") or ()
            if one["to"]["table"] == self.table.name
            and list(one["to"]["columns"]) == [self.key]
            and len(one["from"]["columns"]) == 1
        ]

    def _refers(self, table: str, column: str) -> str | None:
        """The table that a column refers to."""
        return next(
            (
                one["to"]["table"]
                for one in self.found.get("references") or ()
                if one["from"]["table"] == table and list(one["from"]["columns"]) == [column]
            ),
            None,
        )

    def _doors(self) -> list[dict[str, Any]]:
        doors: list[dict[str, Any]] = []
        active = self.account.get("active")
        if active:
            doors += self._flag(active)
        if not doors and "password" in self.accounts and "column" in self.accounts["password"]:
            password = self.accounts["password"]
            mark = WERKZEUG_MARK if str(password.get("scheme", "")).startswith("werkzeug_") else None
            doors.append({"marker": {"column": password["column"], **({"mark": mark} if mark else {})}})
            self.remark(
                "doors[0]",
                "guessed: no column says who is disabled, so a mark in front of the stored password shuts it out",
            )
        for one in self.found.get("on_disable") or ():
            name, column = str(one["table"]), str(one["column"])
            table = self.schema.tables.get(name)
            if (
                table is None
                or table.is_view
                or table.column(column) is None
                or name in self.rows
                or name == self.table.name
            ):
                continue
            door = {"table": name, "account": column}
            by = self._by(name, column)
            if by != "key":
                door["by"] = by
            doors.append({"empty": door})
            self.remark(f"doors[{len(doors) - 1}]", "guessed: are these sessions or tokens that let somebody in?")
        return doors

    def _by(self, table: str, column: str) -> str:
        """What a column has of an account: its key or its name."""
        targets = [
            list(one["to"]["columns"])
            for one in self.found.get("references") or ()
            if one["from"]["table"] == table
            and list(one["from"]["columns"]) == [column]
            and one["to"]["table"] == self.table.name
        ]
        if [self.key] in targets or self.key == self.login:
            return "key"
        if [self.login] in targets:
            return "name"
        mine, key = self.schema.tables[table].column(column), self.table.column(self.key)
        if mine is not None and key is not None and _is_number(key) and not _is_number(mine) and not _is_flag(mine):
            return "name"
        return "key"

    def _flag(self, active: Mapping[str, Any]) -> list[dict[str, Any]]:
        table, column = self._place(str(active.get("column")))
        if column is None or (table and not self._row(table)):
            return []
        holder = table or self.table.name
        if column.name in self.used.setdefault(holder, set()):
            return []
        opened, shut, remark = _flag_values(column, active)
        if opened == shut:
            self.result.decisions.append(
                f"Which values of {holder}.{column.name} let an account in, and which one shuts it out?"
                " Give them as a flag in doors."
            )
            return []
        self.used[holder].add(column.name)
        if remark:
            self.remark("doors[0].flag", remark)
        return [{"flag": {"column": f"{table}.{column.name}" if table else column.name, "open": opened, "shut": shut}}]

    def _memberships(self) -> None:
        mapping, group, membership = self.result.mapping, self.found.get("group"), self.found.get("membership")
        role = self.found.get("role")
        if (
            membership
            and membership.get("table") in self.schema.tables
            and membership.get("account")
            and membership.get("group")
        ):
            table = self.schema.tables[membership["table"]]
            where = dict(membership.get("fixed") or {})
            part: dict[str, Any] = {"table": table.name, "account": membership["account"], "group": membership["group"]}
            if where:
                part["where"] = where
            named = self._groups(group, self._refers(table.name, membership["group"]))
            if named:
                mapping["groups"] = named
            self.used.setdefault(table.name, set()).update([membership["account"], membership["group"], *where])
            holder: dict[str, Any] = {}
            self._fill(table, holder, "memberships", membership["account"])
            part.update({"new": holder["new"]} if "new" in holder else {})
            mapping["memberships"] = part
        if role and role.get("column") and "." not in str(role["column"]):
            self._role(str(role["column"]), role.get("to"), "memberships" in mapping)

    def _role(self, name: str, target: str | None, is_field: bool) -> None:
        column = self.table.column(name)
        if column is None or name in self.used[self.table.name]:
            return
        named = self._groups(self.found.get("group"), target) if target else None
        option = "_".join(re.findall("[a-z0-9]+", name.lower())) or "role"
        needed = _is_needed(column)
        if not is_field and not column.type.endswith("[]") and "json" not in column.type:
            if named:
                self.result.mapping["groups"] = named
            self.result.mapping["memberships"] = {"column": name}
            if needed:
                value, remark = self.guess(self.table, column)
                self._default_role(name, value, remark)
            self.used[self.table.name].add(name)
            if not named:
                self.remark(
                    "memberships", "guessed: which values does it take, and what do they mean? Give them as values"
                )
        elif is_field and not named and option not in self.fields and re.fullmatch("[a-z][a-z0-9_]{0,63}", option):
            kind = {"type": "int"} if _is_number(column) else {"type": "bool"} if _is_flag(column) else {}
            part: dict[str, Any] = {"column": name, **kind, "right": True}
            if needed:
                part["new"], remark = self.guess(self.table, column)
                self.remark(f"accounts.fields.{option}.new", remark or "guessed")
            self.fields[option] = part
            self.used[self.table.name].add(name)

    def _default_role(self, name: str, value: Any, remark: str) -> None:
        self.accounts.setdefault("new", {})[name] = value
        self.remark(f"accounts.new.{name}", remark or "guessed")

    def _groups(self, group: Mapping[str, Any] | None, target: str | None) -> dict[str, Any] | None:
        """The part ``groups``, if the table of groups is the one that is referred to and has a name."""
        name = target or (group or {}).get("table")
        table = self.schema.tables.get(str(name))
        if table is None:
            return None
        column = (group or {}).get("name") if group and group.get("table") == table.name else None
        column = (
            column
            if isinstance(column, str) and table.column(column)
            else next((one.name for one in table.columns if words(one.name)[-1:] in (["name"], ["title"])), None)
        )
        key = table.primary_key[0] if len(table.primary_key) == 1 else None
        if not column or not key or column == key:
            return None
        return {"table": table.name, "key": key, "name": column}

    def _what_refers(self) -> None:
        """Tables whose rows are the account's own: they go with it."""
        mapping = self.result.mapping
        taken = {self.table.name, *self.rows, str((mapping.get("memberships") or {}).get("table"))}
        taken |= {door["empty"]["table"] for door in mapping.get("doors", ()) if "empty" in door}
        owned = []
        for one in self.found.get("references") or ():
            table = self.schema.tables.get(one["from"]["table"])
            if table is None or table.name in taken or table.is_view or one["to"]["table"] != self.table.name:
                continue
            said = words(table.name)
            column = list(one["from"]["columns"])
            if (
                len(column) == 1
                and list(one["to"]["columns"]) == [self.key]
                and set(said) & OWN
                and column[0] in (table.primary_key or column)
            ):
                taken.add(table.name)
                owned.append({"table": table.name, "account": column[0]})
                self.remark(
                    f"owned[{len(owned) - 1}]",
                    "guessed: delete these rows with the account? Without this line they keep it",
                )
        if owned:
            mapping["owned"] = owned

    def _place(self, place: str) -> tuple[str, Column | None]:
        """The table beside the accounts, or empty, and the column."""
        column = self.table.column(place)
        if column is not None:
            return "", column
        for name in sorted(self.schema.tables, key=len, reverse=True):
            if place.startswith(f"{name}."):
                found = self.schema.tables[name].column(place[len(name) + 1 :])
                return ("" if name == self.table.name else name), found
        return "", None

    def remark(self, path: str, text: str) -> None:
        self.result.remarks.setdefault(f"mapping.{path}", text)


# What names of columns say


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


PASSWORD = _set("""
    password passwd pass pwd pw
""")
CREATED = _set("""
    created create creation joined join registered registration regdate added inserted ctime since signup crdate
    createtime angelegt
""")
UPDATED = _set("""
    updated update modified modification changed mtime edited tstamp lastmodified
""")
WHEN = _set("""
    at on date time ts datetime timestamp dt utc
""")
CONFIRMED = _set("""
    verified confirmed approved activated validated authenticated accepted
""")
UNWANTED = _set("""
    not un dis never reject token code count by required needs
""")
ENDING = _set("""
    expires expire expiry expiration until till end valid
""")
COUNTS = _set("""
    count counts counter posts total failed attempts num number points warnings size
""")
SECRETS = _set("""
    token tokens key secret hash salt code nonce uniquifier authkey apikey session digest cookie sid
""")
RESETS = _set("""
    reset forgot forgotten recover recovery activation act confirmation verification new otp totp mfa validation
    remember invite invitation perishable
""")
NAMES = _set("""
    displayname display nickname nick nicename screenname screen fullname firstname lastname realname surname
    name username login initials alias canonical
""")
LOWERED = _set("""
    lower lowercase clean canonical normalized normalised lc folded insensitive ci search
""")
MAPS = _set("""
    settings preferences options prefs params permissions attributes data
""")
OWN = _set("""
    preference preferences pref prefs setting settings option options profile profiles usermeta meta
    notification notifications watch watches bookmark bookmarks favorite favorites subscription subscriptions
    token tokens session sessions mfa otp totp reads seen draft drafts read unread reset resets remember
""")
USUAL = ("n", "no", "0", "off", "false", "user", "member", "normal", "default", "active", "local")


def _ends(said: list[str], found: Collection[str]) -> bool:
    """Whether a name says that it is such a moment: ``created``, ``created_at``, ``date_created``."""
    rest = [word for word in said if word not in WHEN]
    return bool(rest) and rest[-1] in found and "by" not in said


def _has_when(said: list[str]) -> bool:
    return bool(said) and (said[-1] in WHEN)


def _length(column: Column) -> int:
    found = re.search(r"\((\d{1,6})\)", column.type)
    return int(found[1]) if found else 0


def _is_needed(column: Column) -> bool:
    return not column.nullable and column.default is None and not column.generated


def _is_flag(column: Column) -> bool:
    return column.type.startswith(("bool", "tinyint(1)", "bit(1)")) or column.type == "bit"


def _is_number(column: Column) -> bool:
    return not _is_flag(column) and bool(re.match(r"(tiny|small|medium|big)?(int|serial)(?!erval)", column.type))


def _is_decimal(column: Column) -> bool:
    return column.type.startswith(("decimal", "numeric", "float", "double", "real"))


def _is_time(column: Column) -> bool:
    return column.type.startswith(("timestamp", "datetime", "date"))


def _is_bytes(column: Column) -> bool:
    return bool(re.match(r"(tiny|medium|long)?blob|(var)?binary|bytea", column.type))


def _is_moment(column: Column) -> bool:
    """Whether a column may hold a moment: a time, or a number of seconds."""
    return _is_time(column) or _is_number(column) and not re.match("(tiny|small|medium)int", column.type)


def _choices(column: Column) -> list[str]:
    """All that an enumeration allows."""
    found = re.findall(r"'((?:[^']|'')*)'", column.type) if column.type.startswith(("enum", "set")) else []
    return list(column.values) or found


def _of_enum(values: list[str]) -> str:
    usual = [value for word in USUAL for value in values if value.lower() == word]
    return (usual or values or [""])[0]


def _flag_values(column: Column, active: Mapping[str, Any]) -> tuple[Any, Any, str]:
    """What a flag has for open and for shut, and a remark. The same twice where nobody knows."""
    kind = active.get("kind")
    flag = _is_flag(column)
    yes: Any
    no: Any
    opened: Any
    shut: Any
    if kind == "timestamp":
        return (
            (None if column.nullable else 0 if _is_number(column) else ""),
            "now",
            "" if column.nullable else "guessed",
        )
    if kind in ("boolean", "inverse boolean"):
        yes, no = (True, False) if flag else (1, 0)
        values = _choices(column)
        if values:
            yes = next((one for one in values if one.lower() in ("y", "yes", "1", "on", "true", "t", "active")), 1)
            no = next((one for one in values if one.lower() in ("n", "no", "0", "off", "false", "f", "inactive")), 0)
        elif not flag and not _is_number(column) and not _is_decimal(column):
            yes, no = _of_default(column)
        opened, shut = (yes, no) if kind == "boolean" else (no, yes)
        return opened, shut, "" if flag or _is_number(column) else "guessed"
    opened, shut = active.get("enabled"), active.get("disabled")
    opened, shut = _plain(opened), _plain(shut)
    values = _choices(column)
    remark = "guessed: which values are there, and what do they mean?"
    if opened is not None and shut is not None and opened != shut:
        return opened, shut, "" if not isinstance(active.get("enabled"), list) else remark
    if opened is None and column.default not in (None, "auto"):
        opened = _literal(str(column.default), column)
    if values:
        opened = (
            opened
            if opened is not None
            else next(
                (
                    one
                    for word in ("active", "enabled", "normal", "ok", "approved")
                    for one in values
                    if one.lower() == word
                ),
                values[0],
            )
        )
        shut = next((one for word in SHUT for one in values if one.lower() == word and one != opened), None)
        return (opened, shut, remark) if shut is not None else (None, None, remark)
    if _is_number(column):
        opened = 1 if opened is None else opened
        return opened, 0 if opened != 0 else 1, remark
    if flag:
        return True, False, remark
    word = "active" if opened is None else str(opened)
    return word, OPPOSITES.get(word.lower(), "disabled" if word.islower() else "DISABLED"), remark


SHUT = (
    "disabled",
    "inactive",
    "suspended",
    "blocked",
    "banned",
    "locked",
    "deleted",
    "archived",
    "deactivated",
    "closed",
    "n",
    "no",
)
OPPOSITES = {
    "active": "inactive",
    "a": "i",
    "enabled": "disabled",
    "y": "n",
    "yes": "no",
    "1": "0",
    "t": "f",
    "true": "false",
    "on": "off",
    "normal": "archived",
    "open": "closed",
}


def _of_default(column: Column) -> tuple[Any, Any]:
    """Yes and no of a flag in a text, by its default."""
    default = str(_literal(str(column.default or ""), column))
    for yes, no in (
        ("1", "0"),
        ("Y", "N"),
        ("y", "n"),
        ("Yes", "No"),
        ("yes", "no"),
        ("t", "f"),
        ("true", "false"),
        ("on", "off"),
    ):
        if default in (yes, no):
            return yes, no
    return ("Y", "N") if _length(column) == 1 else ("1", "0")


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return (value[0] if len(value) == 1 else value) or None
    return value


def _literal(default: str, column: Column) -> Any:
    """A default as a value: ``'active'::character varying`` is active."""
    found = re.match(r"\(*(?:'((?:[^']|'')*)'|(-?\d+))(?:::.*)?\)*$", default)
    if not found:
        is_text = re.fullmatch(r"\w+", default) and default.lower() != "null" and not _is_number(column)
        return default if is_text else None
    text = found[1].replace("''", "'") if found[1] is not None else found[2]
    return int(text) if _is_number(column) and re.fullmatch(r"-?\d+", text) else text


def iter_paths(value: Any, path: str = "mapping") -> Iterable[str]:
    """The path of every part of a mapping, as its errors name it."""
    yield path
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from iter_paths(one, f"{path}.{key}")
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from iter_paths(one, f"{path}[{place}]")


def _scheme_of_length(column: Column) -> dict[str, Any]:
    """The scheme where no stored password was seen: digests have columns that are as long as they are."""
    digest = {32: "md5", 40: "sha1", 64: "sha256"}.get(_length(column)) if column.type.startswith("char") else None
    return {"scheme": "digest", "of": f"{digest}(password)"} if digest else {"scheme": "bcrypt"}


def without_prefix(value: Any, prefix: str) -> Any:
    """A mapping with names of tables as they are where ``service_database.prefix`` is set."""
    if not prefix:
        return value
    if isinstance(value, Mapping):
        return {key: one[len(prefix):] if key == "table" and isinstance(one, str) and one.startswith(prefix)
                else without_prefix(one, prefix) for key, one in value.items()}
    if isinstance(value, list):
        return [without_prefix(one, prefix) for one in value]
    return value[len(prefix):] if isinstance(value, str) and value.startswith(prefix) and "." in value else value
