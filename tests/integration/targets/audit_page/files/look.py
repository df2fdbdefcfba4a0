# Copyright (c) 2026, the auth.services contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""look.py PAGE FOLDER: opens the page in Chromium and prints what it looks like, as JSON.

The page is looked at under its own policy, on a screen and on a phone, in light and in dark colours. Only our script is
let in beside its own. And once without any policy: the names alone must not do anything.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

page, folder = (Path(name).resolve() for name in sys.argv[1:])
measure = (Path(__file__).parent / "measure.js").read_text(encoding="utf-8")
digest = base64.b64encode(hashlib.sha256(measure.encode()).digest()).decode()
original = page.read_text(encoding="utf-8")


def dump(name, text, *options):
    """The document after its scripts have run."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    with tempfile.TemporaryDirectory(dir=folder) as profile:
        command = [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", f"--user-data-dir={profile}", "--window-size=1500,900",
            "--virtual-time-budget=10000", *options, "--dump-dom", path.as_uri(),
        ]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60).stdout.decode()


def replaced(pattern, replacement, text):
    """The text with exactly one place replaced."""
    changed, number = re.subn(pattern, replacement, text)
    if number != 1:
        sys.exit(f"{pattern} was found {number} times")
    return changed


measured = replaced("script-src '", f"script-src 'sha256-{digest}' '", original)
measured = replaced("</body>", lambda match: f"<script>{measure}</script></body>", measured)
(folder / "measured.html").write_text(measured, encoding="utf-8")
frames = """<!DOCTYPE html><title>frames</title>
<script>
addEventListener("message", (event) => {
  document.body.append(Object.assign(document.createElement("pre"), {textContent: JSON.stringify(event.data)}));
});
</script>
<iframe width="1400" height="900" src="measured.html"></iframe><iframe width="375" height="800" src="measured.html"></iframe>"""
looks = {}
for scheme, number in (("light", 1), ("dark", 0)):
    shown = dump("frames.html", frames, f"--blink-settings=preferredColorScheme={number}")
    for text in re.findall(r"<pre>(.*?)</pre>", shown, flags=re.DOTALL):
        look = json.loads(html.unescape(text))
        looks[f"{scheme} {look['width']}"] = look
bare = dump("bare.html", replaced(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", original))
looks["bare"] = {"title": re.findall(r"<title>(.*?)</title>", bare), "images": bare.count("<img")}
json.dump(looks, sys.stdout)
