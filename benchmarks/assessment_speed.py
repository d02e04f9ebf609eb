"""Scoring a national population: seconds and peak memory beside pymcdm, and figures measured once for COINr.

    python benchmarks/assessment_speed.py [--units 2543] [--indicators 50] [--replicates 1000] [--json FILE]

Every task runs in a process of its own, so that peak memory is its own; the time is the best of three and leaves
out imports and making the data. CPU seconds stand beside it for a machine that has other work to do. Data are
seeded. COINr needs R; its figures were measured on a machine of two cores with the same sizes and stand as stated.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np

PILLARS = 5
COINR = {"chain": 4.2, "replicates": 384.0 / 100}
"""Seconds of COINr 1.1.14 for 2,543 units and 50 indicators: the whole chain, and one replicate of its uncertainty."""
TARGET = {"score": 0.2, "replicates": 2.0}
REPEATS = 3


def values(units: int, indicators: int) -> np.ndarray:
    return np.random.default_rng(20181231).lognormal(3.0, 0.6, (units, indicators))


def build(units: int, indicators: int, *, chain: bool = False):
    """A scheme of five pillars over all indicators, a third of them with less being better, and its matrix."""
    from yuanzhi.engine.assessment import Matrix
    from yuanzhi.engine.pack.scheme_model import GradeBand, Grades, Impute, Node, Scheme, Treat

    size = indicators // PILLARS
    pillars = tuple(
        Node(
            code=f"pillar{pillar}",
            children=tuple(
                Node(code=f"leaf{n}", indicator=f"i{n}", direction="more" if n % 3 else "less")
                for n in range(pillar * size, (pillar + 1) * size)
            ),
        )
        for pillar in range(PILLARS)
    )
    shares = (("A", "0.2", "floor"), ("B", "0.3", "floor"), ("C", None, "remainder"), ("D", "0.05", "ceil"))
    bands = tuple(
        GradeBand(grade=grade, share=Decimal(share) if share else None, rounding=rounding)
        for grade, share, rounding in shares
    )
    more = {"impute": Impute(method="median"), "treat": Treat(method="winsorise_or_log")} if chain else {}
    scheme = Scheme(
        code="national",
        subject="park",
        weighting="equal",
        framework=Node(code="index", children=pillars),
        grades=Grades(by="quota", bands=bands),
        **more,
    )
    table = values(units, indicators)
    if chain:
        table[np.random.default_rng(7).random(table.shape) < 0.02] = np.nan
    names = tuple(f"u{n:06d}" for n in range(units))
    return scheme, Matrix(names, tuple(f"i{n}" for n in range(indicators)), table)


def score(units: int, indicators: int, replicates: int) -> Callable[[], object]:
    from yuanzhi.engine.assessment import assess_scheme

    scheme, matrix = build(units, indicators)
    return lambda: assess_scheme(scheme, matrix)


def chain(units: int, indicators: int, replicates: int) -> Callable[[], object]:
    from yuanzhi.engine.assessment import assess_scheme

    scheme, matrix = build(units, indicators, chain=True)
    return lambda: assess_scheme(scheme, matrix)


def replicates_(units: int, indicators: int, replicates: int) -> Callable[[], object]:
    from yuanzhi.engine.assessment import assess_scheme
    from yuanzhi.engine.assessment.uncertainty import quantify_uncertainty

    scheme, matrix = build(units, indicators)
    made = assess_scheme(scheme, matrix)

    def run() -> object:
        spread = quantify_uncertainty(made, replicates=replicates)
        return spread.rank_summary

    return run


def replicates_weights(units: int, indicators: int, replicates: int) -> Callable[[], object]:
    from yuanzhi.engine.assessment import assess_scheme
    from yuanzhi.engine.assessment.uncertainty import quantify_uncertainty

    scheme, matrix = build(units, indicators)
    made = assess_scheme(scheme, matrix)
    return lambda: quantify_uncertainty(made, replicates=replicates, data=0.0).rank_summary


def copeland_(units: int, indicators: int, replicates: int) -> Callable[[], object]:
    from yuanzhi.engine.assessment.aggregating import copeland

    table = values(units, 8)
    return lambda: copeland(table, [1.0] * 8)


def critic_(units: int, indicators: int, replicates: int) -> Callable[[], object]:
    from yuanzhi.engine.assessment.weighting import critic

    table = values(units, indicators)
    return lambda: critic(table, [f"i{n}" for n in range(indicators)], [f"u{n}" for n in range(units)])


def entropy_(units: int, indicators: int, replicates: int) -> Callable[[], object]:
    from yuanzhi.engine.assessment.weighting import entropy

    table = values(units, indicators)
    return lambda: entropy(table, [f"i{n}" for n in range(indicators)], [f"u{n}" for n in range(units)])


def pymcdm_score(units: int, indicators: int, replicates: int) -> Callable[[], object]:
    """Min-max, weighted sum and ranks: no hierarchy, grades, reasons or refusals."""
    from pymcdm.methods import WSM
    from pymcdm.normalizations import minmax_normalization

    table, types = values(units, indicators), np.array([1 if n % 3 else -1 for n in range(indicators)])
    weights, method = np.full(indicators, 1 / indicators), WSM(minmax_normalization)
    return lambda: method.rank(method(table, weights, types))


def pymcdm_replicates(units: int, indicators: int, replicates: int) -> Callable[[], object]:
    """The same repeated under other weights and erring data, as a user of the library would write it."""
    from pymcdm.methods import WSM
    from pymcdm.normalizations import minmax_normalization

    table, types = values(units, indicators), np.array([1 if n % 3 else -1 for n in range(indicators)])
    method, rng = WSM(minmax_normalization), np.random.default_rng(1)

    def run() -> object:
        found = []
        for _ in range(replicates):
            weights = 1 + 0.1 * (2 * rng.random(indicators) - 1)
            erring = table * (1 + 0.02 * (2 * rng.random(table.shape) - 1))
            found.append(method.rank(method(erring, weights / weights.sum(), types, validation=False)))
        return np.quantile(found, [0.05, 0.5, 0.95], axis=0)

    return run


def pymcdm_critic(units: int, indicators: int, replicates: int) -> Callable[[], object]:
    from pymcdm.weights import critic_weights

    table = values(units, indicators)
    return lambda: critic_weights(table)


def pymcdm_entropy(units: int, indicators: int, replicates: int) -> Callable[[], object]:
    from pymcdm.weights import entropy_weights

    table = values(units, indicators)
    return lambda: entropy_weights(table)


TASKS: dict[str, Callable[[int, int, int], Callable[[], object]]] = {
    "score": score,
    "chain": chain,
    "replicates": replicates_,
    "replicates_weights": replicates_weights,
    "copeland": copeland_,
    "critic": critic_,
    "entropy": entropy_,
    "pymcdm_score": pymcdm_score,
    "pymcdm_replicates": pymcdm_replicates,
    "pymcdm_critic": pymcdm_critic,
    "pymcdm_entropy": pymcdm_entropy,
}
TITLES = {
    "score": "score, rank and grade",
    "chain": "impute, treat, score, rank and grade",
    "replicates": "replicates with ranks, weights and data varied",
    "replicates_weights": "replicates with ranks, weights varied",
    "copeland": "Copeland over 8 criteria",
    "critic": "CRITIC weights",
    "entropy": "entropy weights",
}


def measure(task: str, units: int, indicators: int, replicates: int) -> dict[str, float]:
    """Seconds and peak memory of one task, in this process."""
    run = TASKS[task](units, indicators, replicates)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times, used = [], []
    for _ in range(1 if "replicates" in task and "pymcdm" in task else REPEATS):
        start, cpu = time.perf_counter(), time.process_time()
        run()
        times.append(time.perf_counter() - start)
        used.append(time.process_time() - cpu)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": min(times), "cpu": min(used), "peak_mb": peak / 1024, "grown_mb": (peak - before) / 1024}


def apart(task: str, arguments: argparse.Namespace) -> dict[str, float]:
    """The same in a process of its own."""
    sizes = [str(arguments.units), str(arguments.indicators), str(arguments.replicates)]
    command = [sys.executable, __file__, "--task", task, "--units", sizes[0], "--indicators", sizes[1]]
    done = subprocess.run([*command, "--replicates", sizes[2]], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def report(found: dict[str, dict[str, float]], arguments: argparse.Namespace) -> str:
    """A table in Markdown: ours, the library, the ratio, and COINr where it was measured."""
    lines = [
        f"{arguments.units:,} units x {arguments.indicators} indicators, {arguments.replicates:,} replicates",
        "",
        "| task | ours, s | CPU, s | peak, MB | pymcdm, s | ours / pymcdm | COINr, s | COINr / ours |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for task, title in TITLES.items():
        own, peer = found[task]["seconds"], found.get(f"pymcdm_{task}", {}).get("seconds")
        coinr = {"chain": COINR["chain"], "replicates": COINR["replicates"] * arguments.replicates}.get(task)
        cells = [title, f"{own:.3f}", f"{found[task]['cpu']:.3f}", f"{found[task]['peak_mb']:.0f}"]
        cells += [f"{peer:.3f}", f"{own / peer:.2f}"] if peer else ["", ""]
        cells += [f"{coinr:,.1f}", f"{coinr / own:,.0f}"] if coinr else ["", ""]
        lines.append("| " + " | ".join(cells) + " |")
    missed = [task for task, limit in TARGET.items() if found[task]["seconds"] > limit]
    lines += ["", f"Targets {TARGET}: " + ("missed by " + ", ".join(missed) if missed else "held")]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=2543)
    parser.add_argument("--indicators", type=int, default=50)
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--task", choices=TASKS)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    if arguments.task:
        print(json.dumps(measure(arguments.task, arguments.units, arguments.indicators, arguments.replicates)))
        return 0
    found = {task: apart(task, arguments) for task in TASKS}
    print(report(found, arguments))
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
