"""The whole gate, the same on every machine: ``python3 bootstrap.py test`` and ``make check``.

Every step runs even when an earlier one failed, so that one run shows all there is to mend. The
tests come last: the closing line is pytest's own. Arguments go to pytest.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PYTHON = sys.executable
SOURCES = ("bootstrap.py", "src", "tests", "tools", "benchmarks", "examples")
STEPS: tuple[tuple[str, list[str]], ...] = (
    ("format", [str(BIN / "ruff"), "format", "--check", "--quiet"]),
    ("lint", [str(BIN / "ruff"), "check", "--quiet"]),
    ("types", [str(BIN / "mypy"), "--no-error-summary"]),
    ("import contracts", [str(BIN / "lint-imports")]),
    ("pins", [PYTHON, "tools/pin.py", "--check"]),
    ("reference pages", [PYTHON, "tools/reference.py", "--check"]),
    ("sizes", [PYTHON, "tools/report_sizes.py"]),
    ("doctests", [PYTHON, "-m", "pytest", "--doctest-modules", "src/yuanzhi"]),
)
TESTS = [PYTHON, "-m", "pytest", "-n", "2", "--dist", "loadfile", "tests"]


def main(arguments: list[str]) -> int:
    """Run every step, then the tests; 0 if all of them passed."""
    failed = [name for name, command in STEPS if not passes(name, command)]
    if failed:
        print(f"failed before the tests: {', '.join(failed)}", flush=True)
    tests = subprocess.run([*TESTS, *arguments], cwd=ROOT, check=False).returncode
    return 1 if failed or tests else 0


def passes(name: str, command: list[str]) -> bool:
    """Run one step and show its output where it failed or is a report."""
    started = time.monotonic()
    if "ruff" in command[0]:
        command = [*command, *(source for source in SOURCES if (ROOT / source).exists())]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    outcome = "ok" if done.returncode == 0 else "FAILED"
    print(f"{name}: {outcome} ({time.monotonic() - started:.1f} s)", flush=True)
    if done.returncode or name == "sizes":
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
