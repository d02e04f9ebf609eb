"""Every measurement, one after the other, with the machine it was made on.

    python3 bootstrap.py bench [NAME ...]

Each benchmark measures in processes of its own and prints its ratios. Figures for the record go into
``docs/performance.md``, with the machine.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
ALL = ("pack_check", "rules_throughput", "assessment_speed", "close_month")


def main(names: list[str]) -> int:
    """Run the benchmarks named, or all; 0 if every one of them ran."""
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(ALL)}")
        return 2
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    print(f"{platform.platform()} · {platform.machine()} · {os.cpu_count()} cores · Python {platform.python_version()}")
    print(f"load average before: {load}")
    failed = 0
    for name in names or ALL:
        print(f"\n== {name}", flush=True)
        failed |= subprocess.run([sys.executable, str(FOLDER / f"{name}.py")], check=False).returncode
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
