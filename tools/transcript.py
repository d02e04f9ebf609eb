"""Put real output into README.md and the tutorial: the main job and what one does after it.

    .venv/bin/python tools/transcript.py

Takes about two minutes. A page says where with ``<!-- transcript NAME -->`` and ``<!-- end -->``; what
stands between is replaced. Long blocks are cut, which is shown by a line with three dots.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", "docs/tutorial/first-walk.md")
RUN = "workspace/runs/2018-2020"
COMMANDS: dict[str, tuple[str, ...]] = {
    "demo": ("demo",),
    "explain": ("explain", RUN, "targets/parks_share_2020/630000/2020-12-31", "--depth", "3"),
    "simulate": ("simulate", RUN, "--set", "rectify_months=12"),
    "verify": ("verify", RUN),
}
LONGEST = 14
_MARK = re.compile(r"(<!-- transcript (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> int:
    """Run every command in a fresh folder and write the pages."""
    wanted = {name for page in PAGES for _, name, _ in _MARK.findall((ROOT / page).read_text(encoding="utf-8"))}
    with tempfile.TemporaryDirectory() as folder:
        shown = {name: output(name, Path(folder)) for name in COMMANDS if name in wanted or name == "demo"}
    for page in PAGES:
        file = ROOT / page
        text = file.read_text(encoding="utf-8")
        file.write_text(_MARK.sub(lambda found: found[1] + shown[found[2]] + found[3], text), encoding="utf-8")
    return 0


def output(name: str, folder: Path) -> str:
    """What a command prints, as a block for a page."""
    command = [sys.executable, "-m", "yuanzhi", *COMMANDS[name]]
    print("running", *COMMANDS[name], flush=True)
    environment = {**os.environ, "COLUMNS": "118", "TERM": "dumb"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return "```\n$ python3 bootstrap.py " + " ".join(COMMANDS[name]) + "\n" + shortened(done.stdout) + "```\n"


def shortened(text: str) -> str:
    """The output without progress bars, each block cut after some lines."""
    lines = [line.rstrip() for line in text.splitlines() if "━" not in line]
    blocks = re.split(r"\n\s*\n", "\n".join(lines).strip("\n"))
    return "\n\n".join(cut(block.splitlines()) for block in blocks) + "\n"


def cut(lines: list[str]) -> str:
    """The first lines of a block."""
    return "\n".join(lines if len(lines) <= LONGEST + 1 else [*lines[:LONGEST], "  …"])


if __name__ == "__main__":
    raise SystemExit(main())
