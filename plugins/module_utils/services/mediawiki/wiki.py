# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a database tells of a wiki: whether its accounts are its own, and which release it may be."""

from __future__ import annotations

import re

from ansible_collections.auth.services.plugins.module_utils.account import OptionError
from ansible_collections.auth.services.plugins.module_utils.columns import sa
from ansible_collections.auth.services.plugins.module_utils.database import SchemaError
from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.names import (
    NO_RANGES,
    STEPS,
    TITLE_CASE,
    NameRules,
    PossibleRules,
)
from ansible_collections.auth.services.plugins.module_utils.transaction import Transaction

Release = tuple[int, int]


def refuse_shared(sql: Transaction) -> None:
    """Refuse a wiki without accounts of its own: another prefix that has all tables would be that of another wiki.

    :raises SchemaError: saying where to manage them
    """
    if sql.has_table("user_groups") and not sql.has_table("user") and not sql.has_table("mwuser"):
        prefix = sql.database.prefix
        raise SchemaError(
            f"{sql.database.describe()}: table {prefix}user not found, but {prefix}user_groups is there."
            " If this wiki shares accounts ($wgSharedDB, $wgSharedPrefix), manage them with login_db and table_prefix"
            " of the wiki that owns them, and change groups and blocks in each wiki. login_user may also lack"
            " privileges on the table. Nothing was written.")


def release_of(version: str | None) -> Release | None:
    """The release that the option ``mediawiki_version`` names.

    :raises OptionError: where it is not a supported one
    """
    if version is None:
        return None
    found = re.fullmatch(r"1\.([0-9]{2})(\.[0-9]+)?", version)
    if found is None or int(found[1]) < STEPS[0][1]:
        raise OptionError(f"mediawiki_version {version!r} is not a release of MediaWiki from 1.35 on: write it in"
                          " quotes, as '1.40'. Nothing was written.")
    return 1, int(found[1])


def rules(sql: Transaction, version: str | None) -> PossibleRules:
    """MediaWiki's rules for names, as far as they show in the database.

    :param version: the option ``mediawiki_version``
    """
    prefixes = sql.connection.execute(sa.select(sql.table("interwiki").c.iw_prefix)).scalars().all()
    interwiki = frozenset(prefix.lower() for prefix in prefixes if prefix)
    possible = tuple(NameRules(release=release, interwiki=interwiki) for release in _releases(sql, version))
    return PossibleRules(possible, "which the tables that this user sees do not show. Set mediawiki_version")


def _releases(sql: Transaction, version: str | None) -> list[Release]:
    """The releases that the schema may belong to, the first of each set of rules; as a rule one.

    The option tells what the tables do not; where both do, the tables are right.
    """
    oldest, newest = _range(sql)
    possible = [step for step in STEPS if oldest <= step <= newest]
    told = release_of(version)
    if told is None:
        return possible
    step = max(step for step in STEPS if step <= told)
    if step in possible:
        return [step]
    later = [step for step in STEPS if step > newest]
    shown = f"1.{oldest[1]} or later" + (f", before 1.{later[0][1]}" if later else "")
    sql.warnings.append(f"mediawiki_version says {version}, but the tables are those of MediaWiki {shown}."
                        " mediawiki_version is ignored; correct or remove it.")
    return possible


def _range(sql: Transaction) -> tuple[Release, Release]:
    """The oldest and the newest set of rules that the tables leave possible.

    MySQL hides a table from who has no privilege on it, and those that tell releases apart are not ours to write.
    """
    if not sql.has_table("ipblocks"):
        return STEPS[-1], STEPS[-1]
    if _has_column(sql, "user_autocreate_serial", "uas_year") or sql.has_table("block_target"):
        return NO_RANGES, NO_RANGES
    links = _has_column(sql, "externallinks", "el_to_path")
    temporary = "user_is_temp" in sql.table("user").c  # since 1.41
    if links is False and not temporary:
        return STEPS[0], STEPS[0]
    hidden = temporary and sql.database.kind.hides_tables and not sql.has_table("user_autocreate_serial")
    return TITLE_CASE if links or temporary else STEPS[0], NO_RANGES if hidden else TITLE_CASE


def _has_column(sql: Transaction, table: str, column: str) -> bool | None:
    """Whether a table has a column; None where nobody can tell."""
    if not sql.has_table(table):
        return None
    columns, key = sql.table(table).c, sql.table(table).primary_key
    return column in columns or (False if len(key.columns) else None)  # a view shows what somebody chose
