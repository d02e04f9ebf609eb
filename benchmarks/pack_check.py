"""Reading, compiling and checking a whole pack: seconds beside the limit of one second and bare YAML parsing.

    python benchmarks/pack_check.py [--pack qinghai-2018] [--json FILE]

Every repetition runs in a process of its own, so that nothing is warm; imports are left out. ``parse`` only has
PyYAML's C parser go over the same files: what the checks cost is told as a multiple of it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

LIMIT = 1.0
REPEATS = 5
HEADS = "pack            files  formulas    read  compile   check  total s  of 1 s  × parse"


def measure(pack: str) -> dict[str, float]:
    import yaml

    from yuanzhi.engine.pack import check_pack, compile_pack, compose, find_packs, load_chain

    marks = [time.perf_counter()]
    chain = load_chain(pack) if pack != "all" else load_chain(tuple(find_packs()))
    marks.append(time.perf_counter())
    compiled = compile_pack(compose(chain.packs))
    marks.append(time.perf_counter())
    check_pack(compiled.composition, compiled)
    marks.append(time.perf_counter())
    folders = find_packs()
    files = [path for own in chain.packs for path in sorted(folders[own.code].rglob("*.yaml"))]
    for path in files:
        for _ in yaml.parse(path.read_bytes(), Loader=yaml.CSafeLoader):
            pass
    marks.append(time.perf_counter())
    names = ("read", "compile", "check", "parse")
    spans = {name: after - before for name, before, after in zip(names, marks, marks[1:], strict=False)}
    return {**spans, "total": marks[3] - marks[0], "formulas": len(compiled.formulas), "files": len(files)}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pack", default="")
    options.add_argument("--json", type=Path)
    options.add_argument("--once", action="store_true", help="measure once, in this process")
    given = options.parse_args()
    if given.once:
        print(json.dumps(measure(given.pack)))
        return
    found = {}
    print(HEADS)
    for pack in (given.pack,) if given.pack else ("qinghai-2018", "all"):
        command = [sys.executable, __file__, "--once", "--pack", pack]
        runs = [json.loads(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(REPEATS)]
        own = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
        found[pack] = own
        print(
            f"{pack:<14}{own['files']:>7.0f}{own['formulas']:>10.0f}{own['read']:>8.3f}{own['compile']:>9.3f}"
            f"{own['check']:>8.3f}{own['total']:>9.3f}{own['total'] / LIMIT:>8.2f}{own['total'] / own['parse']:>9.1f}"
        )
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
