# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Actors: the rows under whose number MediaWiki's tables name an account as the author of something."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.auth.services.plugins.module_utils.account import Change, OptionError
from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.rows import INVALID_TOKEN
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction

SCRIPT_USER = "Maintenance script"
"""The system user that MediaWiki's own scripts act as (User::MAINTENANCE_SCRIPT_USER)."""


@dataclass(frozen=True)
class Performer:
    """An account that the log names.

    :ivar actor: None for one that has none yet
    """

    user: int
    name: str
    actor: int | None


def find_performer(sql: Transaction, name: str) -> Performer:
    """The account of a canonical name with its actor (ActorStore::findActorIdByName).

    :raises ValueError: where there is no such account, or another actor is in its way
    """
    user, actor = sql.table("user"), sql.table("actor")
    user_id = sql.connection.execute(sa.select(user.c.user_id).where(user.c.user_name == name)).scalar()
    if user_id is None:
        raise ValueError(f"there is no account {name!r} in this wiki")
    of_either = sa.select(actor).where(sa.or_(actor.c.actor_name == name, actor.c.actor_user == user_id))
    found = sql.connection.execute(of_either).all()
    if not found:
        return Performer(user_id, name, None)
    if len(found) > 1 or (found[0].actor_user, found[0].actor_name) != (user_id, name):
        raise ValueError(f"the rows of the table actor for {name!r} contradict its account, whose user id is {user_id},"
                         " so the wiki itself cannot name it")
    return Performer(user_id, name, found[0].actor_id)


def wrong_performer(sql: Transaction, problem: str, changes: Sequence[Change]) -> list[tuple[str, str]]:
    """What is refused where the log cannot name the performer. It keeps nobody from being shut out.

    :raises OptionError: where nobody is to be shut out
    """
    others = [change for change in changes if not change.shuts]
    if len(others) == len(changes):
        raise OptionError(f"{problem}. Nothing was written.")
    sql.warnings.append(f"{problem}. The log names {SCRIPT_USER!r} for accounts that are disabled or removed.")
    return [(change.declared.typed, problem) for change in others[:1]]


def number_of(sql: Transaction, performer: Performer | None, now: str) -> int:
    """The actor of an account, created if it has none, as MediaWiki does it (ActorStore::acquireActorId).

    :param performer: None for MediaWiki's own script
    """
    if performer is None:
        return _script_actor(sql, now)
    if performer.actor is not None:
        return performer.actor
    return create(sql, {performer.user: performer.name})[performer.name]


def _script_actor(sql: Transaction, now: str) -> int:
    """The actor of the system user ``Maintenance script``, which is created if missing as User::newSystemUser does.

    Where only half of it is there, that half is used: it must not keep anybody from being blocked.
    """
    user, actor = sql.table("user"), sql.table("actor")
    ids = dict(tuple(row) for row in sql.connection.execute(
        sa.select(user.c.user_name, user.c.user_id).where(user.c.user_name == SCRIPT_USER)))
    condition = actor.c.actor_name == SCRIPT_USER
    if ids:
        condition = sa.or_(condition, actor.c.actor_user == ids[SCRIPT_USER])
    statement = sa.select(actor.c.actor_id).where(condition).order_by(sa.desc(actor.c.actor_name == SCRIPT_USER))
    found: int | None = sql.connection.execute(statement).scalar()
    if found is not None:
        return found
    if not ids:
        row = {"user_name": SCRIPT_USER, "user_real_name": "", "user_password": "", "user_newpassword": "",
               "user_email": "", "user_touched": now, "user_token": INVALID_TOKEN, "user_registration": now,
               "user_editcount": 0}
        ids = sql.insert_numbered(user, [row], "user_id", "user_name")
    return create(sql, {ids[SCRIPT_USER]: SCRIPT_USER})[SCRIPT_USER]


def create(sql: Transaction, names: Mapping[int, str]) -> dict[str, int]:
    """Create actors, and return their numbers by name.

    :param names: by user id
    """
    rows = [{"actor_user": user, "actor_name": name} for user, name in names.items()]
    return sql.insert_numbered(sql.table("actor"), rows, "actor_id", "actor_name")


def numbers(sql: Transaction, users: Collection[int]) -> dict[int, int]:
    """Actors by user id; an account may lack its actor."""
    actor = sql.table("actor")
    found = sql.select_in(sa.select(actor.c.actor_user, actor.c.actor_id), actor.c.actor_user, users)
    return dict(tuple(row) for row in found)


def taken_names(sql: Transaction, created: Sequence[Change]) -> list[tuple[str, str]]:
    """New accounts whose name an actor without such an account has.

    In one statement, which sees one state of the tables. An account that is complete was created since we read:
    inserting it again fails, and reading starts anew.
    """
    if not created:
        return []
    actor, user = sql.table("actor"), sql.table("user")
    statement = sa.select(actor.c.actor_name, actor.c.actor_user, user.c.user_name).join_from(
        actor, user, actor.c.actor_user == user.c.user_id, isouter=True
    )
    found = sql.select_in(statement, actor.c.actor_name, [change.name for change in created])
    owners = {row.actor_name: row.actor_user for row in found if row.user_name != row.actor_name}
    return [(change.declared.typed, (
        "there is no such account, but edits under this name (imported, or left by a removed account): MediaWiki cannot"
        " let such an account log in" if owners[change.name] is None else
        f"there is no such account, but table actor gives this name to user id {owners[change.name]}. The wiki's tables"
        " contradict each other"
    )) for change in created if change.name in owners]
