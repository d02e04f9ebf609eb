"""Pin every distribution the product needs, with hashes and without any address.

    .venv/bin/python tools/pin.py            write constraints/*.txt (needs uv and a registry)
    .venv/bin/python tools/pin.py --check    say whether they fit pyproject.toml (needs nothing)

``bootstrap.py`` installs from these files with ``--require-hashes``, so that two machines get the
same bytes. One file per purpose: run (the product), test (and its gate), bench (and its peers).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "constraints"
PURPOSES: dict[str, tuple[str, ...]] = {"run": (), "test": ("dev",), "bench": ("dev", "bench")}
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
_NAME = re.compile(r"^[A-Za-z0-9._-]+")


def requirements(purpose: str) -> list[str]:
    """What pyproject.toml asks for, the build back end included, for one purpose."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    for extra in PURPOSES[purpose]:
        asked += project["project"]["optional-dependencies"][extra]
    return sorted(asked)


def fingerprint(purpose: str) -> str:
    """A hash of what is asked for; the first line of a file of pins carries it."""
    return hashlib.sha256(json.dumps(requirements(purpose)).encode()).hexdigest()[:16]


def faults(purpose: str) -> list[str]:
    """Why the file of pins does not fit pyproject.toml; nothing if it does."""
    file = FOLDER / f"{purpose}.txt"
    if not file.exists():
        return [f"{file.relative_to(ROOT)} is missing"]
    text = file.read_text()
    if fingerprint(purpose) not in text.splitlines()[0]:
        return [f"{file.relative_to(ROOT)} was made for other requirements than pyproject.toml has now"]
    pinned = {_canonical(name) for name, _ in _PIN.findall(text)}
    asked = {_canonical(_NAME.match(line).group()) for line in requirements(purpose)}  # type: ignore[union-attr]
    return [f"{file.relative_to(ROOT)} does not pin {name}" for name in sorted(asked - pinned)]


def pin(purpose: str) -> None:
    """Resolve and write one file of pins."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if not uv:
        raise SystemExit("tools/pin.py needs uv: install it with pip install uv")
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "asked.in"
        asked.write_text("\n".join(requirements(purpose)))
        options = ("--generate-hashes", "--universal", "--python-version", "3.11", "--no-header", "--no-annotate", "-q")
        # The pins of the smaller purpose bind the larger ones, so one environment can grow into the next.
        bound = [f"--constraints={FOLDER / 'run.txt'}"] if purpose != "run" else []
        found = subprocess.run(
            [uv, "pip", "compile", str(asked), *options, *bound], check=True, capture_output=True, text=True
        )
    head = f"# Made by tools/pin.py from pyproject.toml ({purpose}, {fingerprint(purpose)}); never edited.\n"
    (FOLDER / f"{purpose}.txt").write_text(head + found.stdout)
    print(f"{FOLDER.name}/{purpose}.txt: {len(_PIN.findall(found.stdout))} distributions")


def main() -> int:
    """Write the pins or check them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        found = [fault for purpose in PURPOSES for fault in faults(purpose)]
        print("\n".join(f"{fault}. Run tools/pin.py." for fault in found) or "pins are current")
        return 1 if found else 0
    FOLDER.mkdir(exist_ok=True)
    for purpose in PURPOSES:
        pin(purpose)
    return 0


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    raise SystemExit(main())
