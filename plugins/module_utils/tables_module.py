# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The run of ``tables_info``: any database, what it declares, and what can be inferred."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ansible_collections.auth.services.plugins.module_utils.account import printable
from ansible_collections.auth.services.plugins.module_utils.catalog import read_schema
from ansible_collections.auth.services.plugins.module_utils.database import Database
from ansible_collections.auth.services.plugins.module_utils.engines import ENGINES
from ansible_collections.auth.services.plugins.module_utils.inference import infer
from ansible_collections.auth.services.plugins.module_utils.inference.result import Inferred
from ansible_collections.auth.services.plugins.module_utils.module import ServiceModule
from ansible_collections.auth.services.plugins.module_utils.options import (
    CONNECTION_OPTIONS,
    CONNECTION_RULES,
    TABLES_OPTIONS,
    chosen,
    tables_spec,
)
from ansible_collections.auth.services.plugins.module_utils.sampling import Sampling
from ansible_collections.auth.services.plugins.module_utils.schema import Schema

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


MOST_RIGHTS = 1000
"""Of so many tables the privileges on each are told."""


def run_tables_module() -> None:
    """The ``main()`` of ``tables_info``."""
    module = ServiceModule(tables_spec(ENGINES), mutually_exclusive=CONNECTION_RULES)

    def work() -> tuple[Database, dict[str, Any], tuple[str, ...]]:
        chosen(module.params, CONNECTION_OPTIONS)
        database = Database(module.params)
        options = chosen(module.params, (*TABLES_OPTIONS, "login_unix_socket"))
        result, warnings = database.transaction(lambda connection: look(database, connection, options), write=False)
        return database, result, warnings

    database, result, warnings = module.attempt(work)
    module.warn_of([*database.warnings, *warnings])
    module.exit_json(changed=False, **printable(result))


def look(
    database: Database, connection: Connection, options: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What ``tables_info`` returns of a database, and what could not be read, in sentences.

    :param options: ``tables``, ``schemas``, ``evidence`` and ``login_unix_socket``
    :raises SchemaError: without a schema of that name
    """
    evidence = options["evidence"]
    schema = read_schema(database, connection, options["tables"], options["schemas"],
                         statements="statements" in evidence)
    found = infer(schema)
    sampling = Sampling(database, connection, schema)
    if "rows" in evidence:
        found = infer(schema, sampling.answers(found.questions))
    counts = sampling.counts(found.account) if found.account else {}
    warnings = tuple(f"{database.describe()}: {text}." for text in sampling.warnings)
    on_network = database.kind.is_server and not options.get("login_unix_socket")
    return {
        **schema.as_dict(), **found.as_dict(), "counts": counts,
        "privileges": rights(database, connection, schema, found),
        "tls": database.kind.is_encrypted(driver_connection(connection)) if on_network else None,
    }, (*schema.warnings, *warnings)


def driver_connection(connection: Connection) -> Any:
    """What the driver itself made."""
    proxied: Any = connection.connection
    return getattr(proxied, "dbapi_connection", None) or proxied.connection


def rights(
    database: Database, connection: Connection, schema: Schema, found: Inferred
) -> list[dict[str, Any]]:
    """What the user may do with tables, where the engine tells: all, or of very many those around accounts."""
    named = found.as_dict()
    parts = (named["account"], named["membership"], named["group"], *named["on_disable"])
    names = [part["table"] for part in parts if part]
    if len(schema.tables) <= MOST_RIGHTS:
        names = list(dict.fromkeys([*names, *schema.tables]))
    by_schema: dict[str, dict[str, str]] = {}
    for name in names:
        table = schema.tables.get(name)
        if table is not None:
            by_schema.setdefault(table.schema or schema.name, {})[table.own_name] = name
    result = []
    for place, tables in by_schema.items():
        allowed = database.kind.rights(connection, place, list(tables))
        result += [{"table": name, "privileges": allowed[own]} for own, name in tables.items() if own in allowed]
    return result
