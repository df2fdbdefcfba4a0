# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of accounts, and what its columns are."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from ansible_collections.auth.services.plugins.module_utils.inference import slots
from ansible_collections.auth.services.plugins.module_utils.inference.kinds import fit, kind
from ansible_collections.auth.services.plugins.module_utils.inference.names import Names
from ansible_collections.auth.services.plugins.module_utils.inference.result import Account, Reference, Rows
from ansible_collections.auth.services.plugins.module_utils.inference.words import PERSON_TABLES, singular, split
from ansible_collections.auth.services.plugins.module_utils.schema import Column

SURE_SCORE = 0.75
SURE_LEAD = 0.12
FOUND = 0.5
"""Of the whole score, so much makes a table that of the accounts; less makes it an alternative."""

ALTERNATIVE = 0.4
ATTRIBUTE_ROWS = 0.59

_TEXT = ("text", "enum")


class Picked(NamedTuple):
    column: str
    weight: float
    name: str


class Candidate(NamedTuple):
    """A table that may hold the accounts.

    :ivar credentials: the table beside it that holds the passwords, and the column there that refers to it
    """

    table: str
    points: float
    why: list[str]
    credentials: tuple[str, str] | None


class Accounts:
    """Looks for the table of accounts with what is known of references."""

    def __init__(self, names: Names, references: Iterable[Reference], rows: Rows) -> None:
        self.names = names
        self.rows = rows
        self.references = [one for one in references if len(one.columns) == 1 and one.to_table in names.tables]
        self.into: dict[str, list[Reference]] = defaultdict(list)
        self.out: dict[str, list[Reference]] = defaultdict(list)
        for one in self.references:
            self.out[one.table].append(one)
            if one.table != one.to_table:
                self.into[one.to_table].append(one)

    # --- columns ------------------------------------------------------------------------------------

    def plain(self, table: str, column: str) -> set[str]:
        """The names that a column goes by: as it is, without its table's prefix, without its table's name."""
        words = split(column)
        result = {"".join(words)}
        for prefix in (self.names.own_prefix[table], self.names.short[table][-1:], self.names.short[table]):
            if (
                prefix
                and len(words) > len(prefix)
                and [singular(one) for one in words[: len(prefix)]] == [singular(one) for one in prefix]
            ):
                result.add("".join(words[len(prefix) :]))
        return result

    def pick(
        self,
        table: str,
        ranks: Mapping[str, float],
        fits: Callable[[Column], bool],
        bonus: Callable[[Column], float] | None = None,
        without: Iterable[str | None] = (),
    ) -> Picked | None:
        best = None
        for column in self.names.tables[table].columns:
            if column.name in without or not fits(column):
                continue
            for name in self.plain(table, column.name):
                weight = ranks.get(name, 0)
                if weight:
                    weight += bonus(column) if bonus else 0
                    if best is None or weight > best.weight:
                        best = Picked(column.name, weight, name)
        return best

    def password(self, table: str) -> Picked | None:
        def fits(column: Column) -> bool:
            what = kind(column.type)
            return what.family in ("text", "bytes", "other") and not (what.family == "text" and 0 < what.size < 12)

        found = self.pick(
            table, slots.PASSWORD, fits, lambda column: 1.0 if self.rows.formats.get((table, column.name)) else 0.0
        )
        if found and (found.weight >= 7 or self.rows.formats.get((table, found.column))):
            return found
        for column in self.names.tables[table].columns:
            words = split(column.name)
            if (
                fits(column)
                and {"password", "passwd", "passwort", "pwd", "pass"} & set(words)
                and not slots.NOT_PASSWORD & set(words)
            ):
                return Picked(column.name, 6.0, "password")
        return found

    def unique(self, table: str, column: str) -> bool:
        one = self.names.tables[table]
        return (column,) in one.unique or one.primary_key == (column,)

    def login(self, table: str, without: Iterable[str | None] = ()) -> Picked | None:
        one = self.names.tables[table]
        in_key = {name for key in (*one.unique, one.primary_key) for name in key}

        def bonus(column: Column) -> float:
            if self.unique(table, column.name):
                return 2.5
            return (1.0 if column.name in in_key else 0) - (0.7 if column.nullable else 0)

        def fits(column: Column) -> bool:
            return kind(column.type).family in ("text", "bytes") and kind(column.type).size != 1

        best = self.pick(table, slots.LOGIN, fits, bonus, without)
        if best and not self.unique(table, best.column):
            # a unique name is what accounts are told apart by, whatever else is called a login
            for column in one.columns:
                if "name" in self.plain(table, column.name) and self.unique(table, column.name) and fits(column):
                    return Picked(column.name, 10.0, "name")
        return best

    def email(self, table: str) -> Picked | None:
        return self.pick(
            table,
            slots.EMAIL,
            lambda column: kind(column.type).family in ("text", "bytes") and not 0 < kind(column.type).size < 15,
        )

    # --- the table ----------------------------------------------------------------------------------

    def person_words(self, table: str) -> float:
        """How much the name of a table says that its rows are accounts: 3 for user, negative for user_token."""
        words = [singular(one) for one in self.names.short[table]]
        while len(words) > 1 and words[-1] in slots.FILLERS:
            words = words[:-1]
        if not words:
            return 0
        last, people = words[-1], PERSON_TABLES
        if last in people:
            main = last in ("user", "account", "benutzer", "utilisateur", "usuario", "utente", "login", "mailbox")
            if last in ("customer", "client", "subscriber", "player", "participant", "agent", "profile", "student"):
                return 1.2
            return (3.0 if main else 2.4) - 0.35 * min(len(words) - 1, 2)
        if any(last.endswith(one) for one in ("user", "account", "member")) and len(last) > 5:
            return 2.2
        if last.startswith("user") and last[4:] in slots.FILLERS:
            return 2.4
        if last in ("auth", "credential", "identity", "passwd", "password", "contact", "author", "owner"):
            return 0.8
        if last in slots.NOT_ACCOUNTS or words[0] in people:
            return -2.0
        return -0.5

    def candidates(self) -> list[Candidate]:
        points: dict[str, float] = {}
        why: dict[str, list[str]] = {}
        passwords = {}
        for name, table in self.names.tables.items():
            found, said = self.person_words(name), []
            if found > 2:
                said.append("its name is a word for accounts")
            password = self.password(name)
            columns = {"".join(split(column.name)) for column in table.columns}
            if password:
                passwords[name] = password
                found += 3.0 if password.weight >= 7 else 1.5
                said.append(f"column {password.column} is called like a password")
                foreign = len(columns & slots.ELSEWHERE)
                if foreign:
                    found -= 2.0 * foreign
            if found <= 0:
                continue
            login = self.login(name, (password.column,) if password else ())
            if login:
                found += min(login.weight, 10) / 10 * 1.5
                said.append(f"column {login.column} is called like a login")
            if self.email(name):
                found += 0.8
            references = {(one.table, one.columns) for one in self.into[name]}
            found += min(math.log2(1 + len(references)), 5) * 0.6
            if references:
                said.append(f"{len(references)} columns refer to it")
            for ranks in (slots.LAST_LOGIN, slots.FULL, slots.ACTIVE, slots.INACTIVE, slots.STATUS):
                found += 0.3 if self.pick(name, ranks, lambda _column: True) else 0
            if self.names.keys[name] is None:
                found -= 1.5
            if name in self.rows.empty:
                found -= 0.5
            points[name], why[name] = found, said
        beside = self._credentials(points, passwords)
        result = []
        for name, found in points.items():
            if name in beside and name not in passwords:
                found += 2.8
                why[name].append(f"table {beside[name][0]} holds passwords and refers to it")
            result.append(Candidate(name, found, why[name], beside.get(name) if name not in passwords else None))
        return sorted(result, key=lambda one: (-one.points, len(one.table), one.table))

    def _credentials(self, points: Mapping[str, float], passwords: Mapping[str, Picked]) -> dict[str, tuple[str, str]]:
        """Tables of persons without password, and the table that holds theirs: one row for each, or several."""
        result: dict[str, tuple[str, str]] = {}
        for name in sorted(passwords, key=lambda one: (-passwords[one].weight, one)):
            if (
                self.person_words(name) > 1.0
                or passwords[name].weight < 5
                or any(one == "host" or one == "url" for one in self.names.columns[name])
            ):
                continue
            for one in self.out[name]:
                if one.to_table in points and one.to_table not in passwords and self.person_words(one.to_table) > 2:
                    result.setdefault(one.to_table, (name, one.columns[0]))
            key = self.names.keys[name]
            if key and name not in {place for place, _column in result.values()}:
                for other in points:
                    shared = set(self.names.columns[other]) & set(self.names.columns[name])
                    if (
                        other not in passwords
                        and self.person_words(other) > 2.5
                        and key == self.names.keys[other]
                        and shared - {key}
                        & {one for one in shared if self.plain(name, one) & (slots.EMAIL.keys() | slots.LOGIN.keys())}
                    ):
                        result.setdefault(other, (name, key))
        return result

    def attribute_rows(self) -> Account | None:
        """Accounts that are several rows: whose, the name of a property, its value."""

        def text(column: Column) -> bool:
            return kind(column.type).family in ("text", "enum")

        best: tuple[float, Account] | None = None
        for name, table in sorted(self.names.tables.items()):
            whose = self.pick(name, slots.LOGIN, text)
            what = self.pick(name, slots.ATTRIBUTE, text)
            value = self.pick(name, slots.VALUE, lambda column: kind(column.type).family in ("text", "bytes"))
            if not whose or whose.weight < 6 or not what or not value or len(table.columns) > 8:
                continue
            words = set(self.names.short[name])
            score = 0.5 + 0.1 * bool(
                {"op", "operator", "host", "realm"} & {one.lower() for one in self.names.columns[name]}
            )
            score += 0.1 * any("check" in one or "auth" in one or "cred" in one for one in words)
            if any(
                "reply" in one or "archive" in one or "log" in one or "setting" in one or "pref" in one for one in words
            ):
                score -= 0.3
            if score >= ATTRIBUTE_ROWS and (best is None or score > best[0]):
                account = Account(
                    name, self.names.keys[name], score, kind="attribute rows", login=whose.column, password=value.column
                )
                account.attribute, account.value = what.column, value.column
                said = (
                    f"its rows are whose ({whose.column}), which property ({what.column}), its value ({value.column})"
                )
                account.evidence = {"table": [said]}
                best = (score, account)
        return best[1] if best else None

    # --- the model ----------------------------------------------------------------------------------

    def model(self, candidate: Candidate, score: float) -> Account:
        table = candidate.table
        names = self.names
        account = Account(table=table, key=names.keys[table], score=score, evidence={"table": list(candidate.why)})
        password = self.password(table)
        place = table
        if candidate.credentials:
            place = candidate.credentials[0]
            password = self.password(place)
        if password:
            account.password = password.column if place == table else f"{place}.{password.column}"
            account.evidence["password"] = [f"{password.column} is called like a password"]
            formats = self.rows.formats.get((place, password.column), {})
            account.formats = list(formats)
            for column in names.tables[place].columns:
                if self.plain(place, column.name) & slots.SALT and kind(column.type).family in ("text", "bytes"):
                    account.salt = column.name if place == table else f"{place}.{column.name}"
        email = self.email(table)
        if email:
            account.email = email.column
            account.evidence["email"] = [f"{email.column} is called like an e-mail address"]
        login = self.login(table, (password.column if password and place == table else None,))
        if place != table:
            refer = {one.columns[0] for one in self.out[place]} | {
                candidate.credentials[1] if candidate.credentials else ""
            }
            other = self.login(place, (password.column if password else None, *refer))
            same = names.columns[table].get(other.column) if other else None
            loose = login is not None and not self.unique(table, login.column)
            weaker = login is None or (other is not None and other.weight > login.weight)
            if other and (weaker or (loose and (same is not None or (login is not None and login.weight < 9)))):
                login = other if same is None else Picked(other.column, other.weight, other.name)
                account.login = other.column if same is not None else f"{place}.{other.column}"
        if login and account.login is None:
            account.login = login.column
        if login:
            account.evidence["login"] = [f"{login.column} is called like a login"]
            where = (
                account.login.split(".")[0]
                if account.login and "." in account.login and account.login not in names.columns[table]
                else table
            )
            account.login_unique = self.unique(where, login.column)
            if account.login_unique:
                account.evidence["login"].append("a key keeps it unique")
        if account.email is None:
            account.email = self._email_elsewhere(table)
        account.full_name = self._full_name(table, account) or self._full_name_elsewhere(table, account)
        account.active = self._active(table, account) or (
            self._active(place, account) if place != table else self._active_elsewhere(account)
        )
        dated = ("time", "number", "text")
        used = {account.login, account.password, account.email}
        created = self.pick(table, slots.CREATED, lambda column: kind(column.type).family in dated, None, used)
        account.created = created.column if created else None

        def whens(column: Column) -> bool:
            what = kind(column.type)
            return what.family == "time" or (what.family == "number" and what.size >= 4)

        last = self.pick(table, slots.LAST_LOGIN, lambda column: kind(column.type).family in dated, None, used)
        last = last or self.pick(table, {"login": 1.0, "access": 0.5}, whens, None, used)
        if last is None and place != table:
            last = self.pick(place, slots.LAST_LOGIN, lambda column: kind(column.type).family in dated)
            account.last_login = f"{place}.{last.column}" if last else None
        else:
            account.last_login = last.column if last else None
        return account

    def _email_elsewhere(self, table: str) -> str | None:
        """A table beside the accounts that holds their addresses."""
        best: tuple[float, str] | None = None
        for one in self.into[table]:
            words = [singular(word) for word in self.names.short[one.table]] or [""]
            if (
                not words[-1].endswith(("email", "mail"))
                and words[-1] not in ("email", "mail", "emailaddress", "threepid", "identity")
                and words[-2:]
                != [
                    "email",
                    "address",
                ]
            ):
                continue
            found = self.email(one.table) or self.pick(
                one.table, {"address": 5.0}, lambda column: kind(column.type).family == "text"
            )
            if found:
                score = found.weight - len(words)
                if best is None or score > best[0]:
                    best = (score, f"{one.table}.{found.column}")
        return best[1] if best else None

    def _active_elsewhere(self, account: Account) -> dict[str, Any] | None:
        """A table of principals that shares the key of the accounts may hold the flag."""
        key = account.key
        if key is None:
            return None
        type_ = self.names.columns[account.table][key].type
        for name in sorted(self.names.tables):
            words = [singular(one) for one in self.names.short[name]]
            if name == account.table or words[-1:] not in (["principal"], ["login"], ["credential"]):
                continue
            same = self.names.columns[name].get(key)
            refers = any(one.to_table == account.table for one in self.out[name])
            if self.names.keys[name] == key and same and fit(same.type, type_) > 0.9 or refers:
                found = self._active(name, account)
                if found and found["kind"] in ("boolean", "inverse boolean"):
                    return found
        return None

    def _full_name(self, table: str, account: Account) -> list[str]:
        text = {one.name for one in self.names.tables[table].columns if kind(one.type).family in ("text", "bytes")}
        first = next(
            (name for name in self.names.columns[table] if name in text and self.plain(table, name) & slots.FIRST), None
        )
        last = next(
            (name for name in self.names.columns[table] if name in text and self.plain(table, name) & slots.LAST), None
        )
        if first and last:
            return [first, last]
        if last and "name" in text and account.login != "name" and "surname" in "".join(self.plain(table, last)):
            return ["name", last]
        found = self.pick(table, slots.FULL, lambda column: column.name in text, None, {account.login, account.email})
        if found and first and found.name == "realname":
            return [first, found.column]
        return [found.column] if found else [name for name in (first, last) if name]

    def _full_name_elsewhere(self, table: str, account: Account) -> list[str]:
        """A table of profiles, one row for each account."""
        for one in sorted(self.into[table], key=lambda one: (len(one.table), one.table)):
            last = singular((self.names.short[one.table] or ("",))[-1])
            if last in ("profile", "info", "detail", "userdata", "profil") and (
                self.unique(one.table, one.columns[0]) or self.names.keys[one.table] == one.columns[0]
            ):
                found = self._full_name(one.table, account)
                if len(found) == 2:
                    return [f"{one.table}.{name}" for name in found]
        return []

    def _active(self, table: str, account: Account) -> dict[str, Any] | None:
        names = self.names
        columns = {"".join(split(name)) for name in names.columns[table]}
        options: list[tuple[float, str, str]] = []
        for column in names.tables[table].columns:
            what = kind(column.type)
            plain = self.plain(table, column.name)
            if what.family in ("flag", "number", "enum") or (what.family == "text" and 0 <= what.size <= 64):
                if _best(slots.ACTIVE, plain):
                    options.append((_best(slots.ACTIVE, plain), column.name, "boolean"))
                if _best(slots.INACTIVE, plain):
                    options.append((_best(slots.INACTIVE, plain), column.name, "inverse boolean"))
            if (
                what.family in ("flag", "number", "enum", "text", "other")
                and not (what.family == "text" and not what.size and column.nullable)
                and _best(slots.STATUS, plain)
                and not columns & {"city", "zip", "country", "street", "postcode"}
            ):
                how = "boolean" if what.family == "flag" else "status"
                options.append((_best(slots.STATUS, plain), column.name, how))
            if _best(slots.STOPPED, plain) and what.family in ("time", "number"):
                options.append((_best(slots.STOPPED, plain), column.name, "timestamp"))
        # a type of accounts beside a word for inactive ones holds whether one is
        if not options and any("inactive" in one or "disabled" in one for one in columns):
            for column in names.tables[table].columns:
                if self.plain(table, column.name) & {"type", "usertype"} and kind(column.type).family == "number":
                    options.append((1.0, column.name, "status"))
        if not options:
            return None
        weight, column_name, how = max(options, key=lambda one: (one[0], -list(names.columns[table]).index(one[1])))
        values = {"boolean": (True, False), "inverse boolean": (False, True), "timestamp": (None, "now()")}.get(
            how, (None, None)
        )
        seen = self.rows.frequencies.get((table, column_name))
        if seen and how != "timestamp":
            values = _told_by_rows(how, values, [value for value, _count in seen])
        account.evidence["active"] = [
            f"{column_name} is called like a flag that "
            + ("shuts" if how in ("inverse boolean", "timestamp") else "opens")
        ]
        name = column_name if table == account.table else f"{table}.{column_name}"
        return {"column": name, "kind": how, "enabled": values[0], "disabled": values[1]}


def _told_by_rows(how: str, values: tuple[Any, Any], seen: list[Any]) -> tuple[Any, Any]:
    """Values for enabled and disabled: of words and numbers the most frequent is enabled, of two the other is not."""
    if how == "status":
        return seen[0], seen[1] if len(seen) == 2 else None
    truths = [one for one in seen if str(one).lower() in ("1", "true", "t", "y", "yes", "on")]
    lies = [one for one in seen if str(one).lower() in ("0", "false", "f", "n", "no", "off", "")]
    on, off = (truths[0] if truths else True), (lies[0] if lies else False)
    return (on, off) if values[0] is True else (off, on)


def _best(ranks: Mapping[str, float], words: Iterable[str]) -> float:
    """The highest rank of words; 0 where none has one."""
    return max((ranks.get(one, 0) for one in words), default=0)
