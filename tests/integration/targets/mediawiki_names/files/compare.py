# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ask MediaWiki and the collection what they say to the same names, and accept no difference.

Usage: compare.py VERSION [every-code-point], with the environment of canonical.php, which is beside this file.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from corpus import EVERY_CODE_POINT, every_code_point, names, stricter

from ansible_collections.auth.services.plugins.module_utils.services.mediawiki.names import NameRules

REFUSED = ("", False, False)
SHOWN = 30


def mediawiki(*arguments: str, lines: Sequence[str] = ()) -> list[str]:
    # MediaWiki 1.39 warns of its own, about titles that are empty in the end
    quiet = ("-d", "display_errors=0", "-d", "log_errors=0")
    command = ["php", *quiet, str(Path(__file__).with_name("canonical.php")), *arguments]
    text = "".join(f"{line}\n" for line in lines)
    answer = subprocess.run(command, input=text, stdout=subprocess.PIPE, check=True, text=True)
    return answer.stdout.split("\n")[:-1]


def unicode_of_php() -> int:
    """What this PHP knows of capitals, as ``NameRules`` takes it."""
    answer = subprocess.run(["php", "-r", "echo PHP_VERSION_ID;"], stdout=subprocess.PIPE, check=True, text=True)
    return 16 if int(answer.stdout) >= 80400 else 14 if int(answer.stdout) >= 80100 else 11


def broken(name: str) -> bytes:
    """A name as bytes; what Python read as broken bytes becomes those bytes again, and other surrogates their own."""
    return b"".join(
        char.encode("utf-8", "surrogateescape" if "\udc80" <= char <= "\udcff" else "surrogatepass") for char in name
    )


def theirs(tried: Sequence[str]) -> list[tuple[str, bool, bool]]:
    """For each name: the canonical form (empty if refused), whether it is usable, whether it is creatable."""
    answers = [line.partition(" ") for line in mediawiki(lines=[broken(name).hex() for name in tried])]
    if len(answers) != len(tried):
        raise SystemExit(f"MediaWiki answered {len(answers)} times to {len(tried)} names")
    return [(bytes.fromhex(name).decode(), "usable" in flags, "creatable" in flags) for name, _space, flags in answers]


def ours(rules: NameRules, name: str) -> tuple[str, bool, bool]:
    try:
        canonical = rules.canonical(name)
    except ValueError:
        return REFUSED
    return canonical, _passes(rules.usable, canonical), _passes(rules.creatable, canonical)


def _passes(check: Callable[[str], str], name: str) -> bool:
    try:
        return check(name) == name
    except ValueError:
        return False


def compare(rules: NameRules, version: str, tried: Sequence[str]) -> int:
    """The number of differences, with the first of them on standard output."""
    allowed = stricter(version).intersection(tried)
    seen = set()
    wrong = []
    for name, they, we in zip(tried, theirs(tried), (ours(rules, name) for name in tried)):
        if name in allowed and they[:2] == we[:2] and they[2] and not we[2]:
            seen.add(name)
        elif they != we:
            wrong.append(f"{ascii(name)}: MediaWiki {they!a}, we {we!a}")
    wrong += [f"{ascii(name)}: no longer stricter than MediaWiki" for name in sorted(allowed - seen)]
    print("".join(f"{line}\n" for line in wrong[:SHOWN]), end="")
    return len(wrong)


def main(version: str, *options: str) -> int:
    prefixes, project = (
        frozenset(bytes.fromhex(text).decode().lower() for text in mediawiki(what)) for what in ("interwiki", "project")
    )
    major, minor = map(int, version.split("."))
    rules = NameRules((major, minor), prefixes, project, unicode_of_php())
    groups = {"names": names()}
    if "every-code-point" in options:
        groups.update((where, [form(chr(code)) for code in EVERY_CODE_POINT]) for where, form in every_code_point())
    total = 0
    for group, tried in groups.items():
        differences = compare(rules, version, tried)
        accepted = sum(1 for name in tried if ours(rules, name) != REFUSED)
        expected = len(stricter(version).intersection(tried))
        print(
            f"MediaWiki {version}, {group}: {len(tried)} compared, {accepted} accepted, {differences} different,"
            f" {expected} stricter on purpose"
        )
        total += differences
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
