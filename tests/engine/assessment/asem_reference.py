"""The reference index: its tables read as they stand, and a pack written from them at test time."""

import csv
import json
import os
import shutil
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from yuanzhi.engine.assessment import Matrix
from yuanzhi.engine.pack import compose, read_pack
from yuanzhi.engine.pack.compiling import compile_pack

SHARED = Path(os.environ.get("YUANZHI_SHARED", Path(__file__).parents[4] / "shared"))
FOLDER = SHARED / "reference" / "asem"
needs_reference = pytest.mark.skipif(not FOLDER.is_dir(), reason="the reference tables are not here")
LEVELS = {2: "pillars", 3: "sub-indices"}


@cache
def table(name):
    """A table as (header, rows)."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    return rows[0], rows[1:]


def number(text):
    return float("nan") if text in ("NA", "") else float(text)


def expected(name, columns, key="uCode"):
    """Columns of a table for all units in the order of their codes."""
    header, rows = table(name)
    by_unit = {row[header.index(key)]: row for row in rows}
    places = [header.index(column) for column in columns]
    return np.array([[number(by_unit[unit][place]) for place in places] for unit in sorted(by_unit)])


@cache
def framework():
    """The rows of the framework table by code."""
    header, rows = table("input_iMeta")
    return {row[header.index("iCode")]: dict(zip(header, row, strict=True)) for row in rows}


def leaves():
    return [code for code, own in framework().items() if own["Level"] == "1"]


def nodes_at(level):
    return [code for code, own in framework().items() if own["Level"] == str(level)]


def _node(code):
    own = framework()[code]
    body = {"code": code.lower(), "label": own["iName"], "weight": int(own["Weight"])}
    children = [child for child, other in framework().items() if other["Parent"] == code]
    if children:
        return body | {"children": [_node(child) for child in children]}
    body |= {
        "indicator": code.lower(),
        "direction": "less" if own["Direction"] == "-1" else "more",
        "missing": "leave_out",
    }
    if own["Denominator"]:
        body["denominator"] = own["Denominator"].lower()
    return body


SCHEMES = {
    "chain": {
        "impute": {"method": "group_mean", "group": "eurasia_group"},
        "screen": {"least_share": 0.9, "on": "imputed"},
        "treat": {"method": "winsorise_or_log"},
        "normalise": {"method": "min_max"},
    },
    "panel": {
        "groups": "year",
        "screen": {"least_share": 0.9},
        "treat": {"method": "winsorise_or_log", "group": "year"},
        "normalise": {"method": "min_max"},
    },
}
NORMALISE = {
    "minmax_0_100": {"method": "min_max"},
    "minmax_1_100": {"method": "min_max", "low": 1},
    "zscore_0_1": {"method": "z_score"},
    "zscore_10_2": {"method": "z_score", "mean": 10, "deviation": 2},
    "scaled": {"method": "scaled"},
    "rank": {"method": "rank"},
    "borda": {"method": "borda"},
    "prank": {"method": "percentile_rank", "high": 1},
    "dist2max": {"method": "distance_to_max", "high": 1},
    "fracmax": {"method": "fraction_of_max", "high": 1},
}
IMPUTE = {"i_mean": "mean", "i_median": "median", "i_mean_grp": "group_mean", "i_median_grp": "group_median"}


def _with_targets(node):
    if "children" in node:
        return node | {"children": [_with_targets(child) for child in node["children"]]}
    target = next(own["Target"] for code, own in framework().items() if code.lower() == node["code"])
    return node | {"normalise": {"method": "distance_to_target", "target": target, "high": 1}}


def _as_they_stand(node):
    """The panel is scored without denominators."""
    own = {key: value for key, value in node.items() if key != "denominator"}
    return own | ({"children": [_as_they_stand(child) for child in node["children"]]} if "children" in node else {})


def write_pack(folder):
    """Write the pack: identity as it stands, indicators and schemes from the tables."""
    shutil.copy(Path(__file__).parent / "asem_pack" / "pack.yaml", folder)
    body = {"subject": "park", "weighting": "relative", "framework": _node("Index")}
    schemes = {code: body | own for code, own in SCHEMES.items()}
    schemes["panel"]["framework"] = _as_they_stand(_node("Index"))
    for code, own in NORMALISE.items():
        schemes[f"norm_{code}"] = body | SCHEMES["chain"] | {"normalise": own}
    schemes["norm_dist2targ"] = body | SCHEMES["chain"] | {"framework": _with_targets(_node("Index"))}
    for code, method in IMPUTE.items():
        schemes[code] = body | {
            "impute": {"method": method, "group": "eurasia_group"},
            "normalise": {"method": "min_max"},
        }
    for code, levels in {
        "agg_a_amean": ["arithmetic"] * 3,
        "agg_a_gmean": ["geometric"] * 3,
        "agg_a_hmean": ["harmonic"] * 3,
        "agg_mixed_amean_gmean_amean": ["arithmetic", "geometric", "arithmetic"],
        "copeland": ["arithmetic", "copeland"],
    }.items():
        schemes[code] = body | SCHEMES["chain"] | {"normalise": NORMALISE["minmax_1_100"], "aggregate_by_level": levels}
    columns = [*leaves(), *sorted({own["Denominator"] for own in framework().values() if own["Denominator"]})]
    indicators = {
        code.lower(): {"label": framework()[code]["iName"], "subject": "park", "unit": "1"} for code in columns
    }
    for section, content in {"indicators": indicators, "schemes": schemes}.items():
        text = json.dumps({section: content}, ensure_ascii=False, indent=1)
        (folder / f"{section}.yaml").write_text(text, encoding="utf-8")


def compile_reference(folder):
    """The written pack, read and compiled."""
    write_pack(folder)
    reading = read_pack(folder)
    assert reading.pack is not None, reading.problems
    assert not reading.problems, reading.problems[0].code
    return compile_pack(compose([reading.pack]))


def facts(name="input_iData", year="2018"):
    """The raw matrix of a year with its groupings."""
    header, rows = table(name)
    own = [row for row in rows if row[header.index("Time")] == year]
    codes = [code for code in header if framework().get(code, {}).get("Type") in ("Indicator", "Denominator")]
    groups = [code for code in header if framework().get(code, {}).get("Type") == "Group"]
    unit = header.index("uCode")

    def cell(row, code):
        text = row[header.index(code)]
        return None if text in ("NA", "") else Decimal(text)

    return Matrix.of(
        {row[unit]: {code.lower(): cell(row, code) for code in codes} for row in own},
        indicators=[code.lower() for code in codes],
        groups={name.lower(): {row[unit]: row[header.index(name)] for row in own} for name in groups},
    )


def reweighted(scheme, weights):
    """The same scheme with other weights."""

    def visit(node):
        children = tuple(visit(child) for child in node.children)
        return replace(node, children=children, weight=weights.get(node.code, node.weight))

    return replace(scheme, framework=visit(scheme.framework))
