# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page on a database that loads nothing, which its content security policy enforces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.auth.services.plugins.plugin_utils.drafting_picture import picture
from ansible_collections.auth.services.plugins.plugin_utils.inspection import Inspection, facts, slots, steps
from ansible_collections.auth.services.plugins.plugin_utils.review_files import digest_of, page_environment

MOST_COLUMNS = 60
"""Columns of a table that the page lists."""


def inspect_page(inspection: Inspection) -> str:
    """The report as HTML."""
    environment = page_environment()
    style = environment.get_template("inspect.css").render()
    script = environment.get_template("inspect.js").render()
    drawn, left_out = picture(inspection.found)
    found = inspection.found
    account = found.get("account") or {}
    referring = [one for one in found.get("references") or () if one["to"]["table"] == account.get("table")]
    return environment.get_template("inspect.html.j2").render(
        it=inspection, style=style, script=script, style_hash=digest_of(style), script_hash=digest_of(script),
        picture=drawn, left_out=left_out, facts=facts(inspection), slots=slots(inspection), steps=steps(inspection),
        account=account, problems=inspection.problems(), decisions=inspection.decisions(),
        doubtful=sorted((one for one in referring if not one.get("declared")), key=lambda one: float(one["score"])),
        tables=[_table(inspection, name) for name in sorted(inspection.schema.tables)],
        remarks=_by_remark(inspection),
        alternatives=found.get("alternatives") or (), counts=inspection.counts(),
    )


def _by_remark(inspection: Inspection) -> dict[str, list[str]]:
    """The parts of the draft that have a remark, by what it says."""
    found: dict[str, list[str]] = {}
    if inspection.draft and not inspection.application:
        for path, remark in inspection.draft.remarks.items():
            found.setdefault(remark, []).append(path.removeprefix("mapping."))
    return found


def _table(inspection: Inspection, name: str) -> Mapping[str, Any]:
    table = inspection.schema.tables[name]
    references = [one for one in inspection.found.get("references") or () if one["from"]["table"] == name]
    return {
        "name": name, "rows": table.rows, "is_view": table.is_view, "rolls_back": table.rolls_back,
        "key": ", ".join(table.primary_key), "columns": [column.name for column in table.columns[:MOST_COLUMNS]],
        "more": max(0, len(table.columns) - MOST_COLUMNS), "references": references,
    }
