# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the benchmark found, as tables, targets and a chart.

Usage: report.py OUTPUT PAGE: the folder with results.json, and the page that gets the report between its marks
"""

from __future__ import annotations

import json
import math
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

LOOPS = ("community.mysql.mysql_query in a loop", "createAndPromote.php in a loop", "Django cursor, autocommit")
MEASURED = (
    ("create, clear passwords", "mediawiki_user: create, passwords hashed", "#7a3db8"),
    ("create, hashes", "mediawiki_user: create, hashes given", "#0b62c1"),
    ("nothing to change, hashes", "mediawiki_user: nothing to change", "#12833a"),
    ("bare: write", "PyMySQL alone: create", "#666"),
    ("bare: read", "PyMySQL alone: read", "#999"),
)
EXTRAPOLATED = (
    (LOOPS[0], "loop of mysql_query (from 20)", "#c02020"),
    (LOOPS[1], "createAndPromote.php (from 10)", "#c06a00"),
    (LOOPS[2], "Django cursor (from 500)", "#8a7a00"),
)
OURS = (
    "create, hashes",
    "nothing to change, hashes",
    "nothing to change, no passwords",
    "nothing to change, passwords not verified",
    "change 1 %",
    "disable 1 %",
    "disable 1 % as unlisted",
    "read all (_info)",
    "create, clear passwords",
    "nothing to change, passwords verified",
)
PARTS = {
    "start": "the module's Python starts and imports",
    "options": "options checked by Ansible, log line",
    "entries": "entries checked",
    "connection": "connecting, tables reflected",
    "reading": "reading accounts",
    "planning": "planning",
    "passwords": "verifying and hashing",
    "writing": "writing",
    "result": "result",
    "end": "the module's Python ends",
}
EACH = ("entries", "reading", "planning", "passwords", "result")
"""Parts of the module that grow with the accounts, whether or not anything changes."""


class Results:
    """The figures, by what was measured and how many accounts there were."""

    def __init__(self, results: dict[str, Any]) -> None:
        self.about = results["about"]
        self.written = results["written"]
        self.all = {(figure["what"], figure["n"]): figure for figure in results["figures"]}
        self.sizes = sorted({n for what, n in self.all if what == "bare: read"})
        empty = [figure["seconds"] for figure in results["figures"] if figure["what"] == "empty task"]
        self.empty = min(empty)

    def get(self, what: str, n: int | None = None) -> dict[str, Any]:
        """A figure; of what was measured once, without n."""
        return self.all[what, n] if n is not None else next(self.all[key] for key in self.all if key[0] == what)

    def each(self, what: str) -> float:
        """Seconds for one account of a loop, without the start of ansible-playbook."""
        figure = self.get(what)
        return float(figure["seconds"] - (self.empty if "inside" in figure else 0)) / figure["n"]

    def targets(self) -> list[tuple[str, str, str, bool]]:
        """What was promised, the limit and what was found."""
        n = max((size for size in self.sizes if size <= 10_000), default=0)
        many = sorted({n, *(size for size in self.sizes if size > n)})
        rows = []

        def at_most(what: str, limit: float, value: float, unit: str = " times") -> None:
            shown = ".0f" if unit == " µs" else ".2f"
            rows.append((what, f"{limit:{shown}}{unit}", f"{value:{shown}}{unit}", value <= limit))

        for size in many:
            create = self.get("create, hashes", size)
            at_most(f"creating {size:,} accounts with hashes, module alone less imports, against bare PyMySQL", 1.5,
                    (create["inside"] - create["parts"]["start"]) / self.get("bare: write", size)["seconds"])
        for size in many:
            parts = self.get("nothing to change, hashes", size)["parts"]
            at_most(f"nothing to change, {size:,} accounts: reading, checking, planning and result, for each account", 60,
                    1e6 * sum(parts.get(name, 0.0) for name in EACH) / size, " µs")
        at_most("imports of the module and its driver, against `import sqlalchemy, pymysql`", 1.3,
                self.get("imports: module")["seconds"] / self.get("imports: libraries")["seconds"])
        same = self.get("nothing to change, hashes", n)["seconds"]
        at_most(f"whole run, {n:,} accounts, nothing to change, against an empty module with the same list", 1.25,
                same / self.get("empty module with the list", n)["seconds"])
        with_secrets = self.get("nothing to change, passwords not verified", n)["seconds"]
        at_most(f"{n:,} clear passwords in a task, against the task without", 1.2,
                with_secrets / self.get("nothing to change, no passwords", n)["seconds"])

        for hashed in sorted(size for what, size in self.all if what == "bare: hashlib")[-1:]:
            hashing = self.get("create, clear passwords", hashed)["parts"]["passwords"]
            share = self.get("bare: hashlib", hashed)["seconds"] / hashing
            rows.append(("hashing: at least 90 % of hashlib on all cores", "90 %", f"{share:.0%}", share >= 0.9))
        each = self.get("create, hashes", n)["seconds"] / n
        for what, times in ((LOOPS[0], 100), (LOOPS[1], 30)):
            faster = self.each(what) / each
            rows.append((f"faster than {what}, for each account", f"{times} times", f"{faster:,.0f} times", faster >= times))
        largest = self.sizes[-1]
        memory = max(max(figure["memory"], figure.get("module_memory", 0)) for (_what, size), figure in self.all.items()
                     if size == largest) / 1024
        rows.append((f"memory of the largest process, {largest:,} accounts: under 1 GiB", "1,024 MiB", f"{memory:,.0f} MiB", memory < 1024))
        if largest > 1000 and 1000 in self.sizes:
            costs = [1000 * (self.get("create, hashes", size)["seconds"] - self.empty) / size for size in (1000, largest)]
            rows.append((f"cost of an account flat from 1,000 to {largest:,}", f"{costs[0]:.2f} ms at 1,000", f"{costs[1]:.2f} ms",
                         costs[1] <= 1.2 * costs[0]))
        return rows


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of Markdown; numbers to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def text(results: Results) -> str:
    """The report."""
    sizes = results.sizes
    head = ["", *[f"{n:,}" for n in sizes]]

    def row(what: str, value: Any) -> list[str]:
        figures = [results.all.get((what, n)) for n in sizes]
        return [what, *["" if figure is None else value(figure) for figure in figures]]

    def seconds(figure: dict[str, Any]) -> str:
        return f"{figure['seconds']:.2f}" if figure["seconds"] < 100 else f"{figure['seconds']:.0f}"

    whats = [what for what in OURS if any((what, n) in results.all for n in sizes)]
    n = max((size for size in sizes if size <= 10_000), default=0)
    shown = ("create, hashes", "nothing to change, hashes")
    parts = [results.get(what, n) for what in shown]
    unused = results.get("empty task beside the list", n)["seconds"] - results.empty
    lines = [
        table(["", ""], [[name, value] for name, value in results.about.items()]),
        "![Seconds for so many accounts](performance.svg)\n",
        "Seconds of a whole `ansible-playbook` by number of accounts, or of a whole script:\n",
        table(head, [row("bare: write", seconds), row("bare: read", seconds), row("bare: hashlib", seconds),
                     row("empty task beside the list", seconds), row("empty module with the list", seconds), *(row(what, seconds) for what in whats)]),
        f"A play with one empty task takes {results.empty:.2f} s.\n",
        "Seconds of CPU time of the same processes, without the database server's; these hardly depend on what else the machine does:\n",
        table(head, [row(what, lambda figure: f"{figure['cpu']:.2f}")
                     for what in ("bare: write", "bare: read", "bare: hashlib", "empty task beside the list",
                                  "empty module with the list", *whats)]),
        f"Rows that {n:,} new accounts need, whoever writes them: "
        + ", ".join(f"{count:,} of `{name}`" for name, count in results.written[str(n)].items()) + ".\n",
        "Seconds of the module alone, from the start of its process to its end:\n",
        table(head, [row(what, lambda figure: f"{figure['inside']:.2f}") for what in whats]),
        "Memory at the peak in MiB, of the module and of the largest process of `ansible-playbook`:\n",
        table(head, [row(what, lambda figure: f"{figure['module_memory'] / 1024:.0f}, {figure['memory'] / 1024:.0f}") for what in whats]),
        "SQL statements:\n",
        table(head, [row(what, lambda figure: f"{figure['statements']:,}") for what in ("bare: write", *whats)]),
        "What people use now, on a few accounts, in milliseconds for each:\n",
        table(["", "accounts", "ms for each", f"mediawiki_user, of {n:,}, is faster"], [
            [what, f"{results.get(what)['n']}", f"{1000 * results.each(what):.1f}",
             f"{results.each(what) * n / results.get('create, hashes', n)['seconds']:,.0f} times"] for what in LOOPS
        ]),
        f"Where the time goes with {n:,} accounts, in seconds:\n",
        table(["", *shown], [
            ["`ansible-playbook` with an empty task", *[f"{results.empty:.2f}"] * len(parts)],
            ["reading the variables", *[f"{unused:.2f}"] * len(parts)],
            ["templating, packing, transfer; reading the result",
             *[f"{part['seconds'] - results.empty - unused - part['inside']:.2f}" for part in parts]],
            *([title, *[f"{part_of(part, name):.2f}" for part in parts]] for name, title in PARTS.items()),
            ["all", *[f"{part['seconds']:.2f}" for part in parts]],
        ]),
        "Targets:\n",
        table(["", "limit", "found", ""], [[*line[:3], "met" if line[3] else "**not met**"] for line in results.targets()]),
    ]
    return "\n".join(lines)


def part_of(figure: dict[str, Any], name: str) -> float:
    """Seconds of a part of the module; what no part has is its end."""
    parts = figure["parts"]
    return float(figure["inside"] - sum(parts.values()) if name == "end" else parts.get(name, 0.0))


def chart(results: Results) -> str:
    """A SVG of seconds by number of accounts, both logarithmic; straight lines upwards are linear growth."""
    sizes = results.sizes
    lines = [(name, "", colour, [(n, results.get(what, n)["seconds"]) for n in sizes if (what, n) in results.all]) for what, name, colour in MEASURED]
    lines += [(name, "6 4", colour, [(n, n * results.each(what)) for n in sizes if n * results.each(what) >= 0.05])
              for what, name, colour in EXTRAPOLATED]
    right, bottom, top = 560, 430, 40
    decades = range(-2, math.ceil(math.log10(max(value for line in lines for _n, value in line[3]))) + 1)

    def x(n: float) -> float:
        return 70 + (right - 70) * math.log10(n) / math.log10(max(sizes[-1], 10))

    def y(value: float) -> float:
        return bottom - (bottom - top) * (math.log10(value) - decades[0]) / (decades[-1] - decades[0])

    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 480" font-family="sans-serif" font-size="12">',
        '<rect width="860" height="480" fill="white"/>',
        '<text x="70" y="22" font-size="15">Accounts of a MediaWiki: seconds by number of accounts</text>',
    ]
    for n in sizes:
        parts.append(f'<path d="M{x(n):.0f} {top}V{bottom}" stroke="#ddd"/>')
        parts.append(f'<text x="{x(n):.0f}" y="{bottom + 18}" text-anchor="middle">{n:,}</text>')
    for decade in decades:
        height = y(10**decade)
        parts.append(f'<path d="M70 {height:.0f}H{right}" stroke="#ddd"/>')
        parts.append(f'<text x="62" y="{height + 4:.0f}" text-anchor="end">{10**decade:,g} s</text>')
    parts.append(f'<text x="{(70 + right) / 2:.0f}" y="{bottom + 38}" text-anchor="middle">accounts</text>')
    below = 0.0
    for name, dashes, colour, points in sorted(lines, key=lambda line: -line[3][-1][1]):
        path = "L".join(f"{x(n):.1f} {y(value):.1f}" for n, value in points)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes or "none"}"/>')
        below = max(below + 15, y(points[-1][1]))  # names that would lie on each other move down
        parts.append(f'<text x="{right + 8}" y="{below + 4:.0f}" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])


def write(results: dict[str, Any], output: Path) -> None:
    """Write report and chart into a folder, and show the targets."""
    found = Results(json.loads(json.dumps(results)))
    (output / "report.md").write_text(text(found))
    (output / "performance.svg").write_text(chart(found))
    print(text(found))


def main() -> None:
    folder, page = Path(sys.argv[1]), Path(sys.argv[2])
    write(json.loads((folder / "results.json").read_text()), folder)
    before, begin, rest = page.read_text().partition("<!-- begin of the results of make benchmark -->\n")
    _old, end, after = rest.partition("<!-- end of the results -->\n")
    page.write_text(f"{before}{begin}\n{(folder / 'report.md').read_text()}\n{end}{after}")
    shutil.copy(folder / "performance.svg", page.parent)


if __name__ == "__main__":
    main()
