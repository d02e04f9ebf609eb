"""A small workspace made with the command line: its records as files, and reading what commands print."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from click.testing import Result

PROVINCE = Path(__file__).parents[1] / "engine" / "runs" / "province.yaml"
PARKS = {"p1": "东山园区", "p2": "西河园区", "p4": "北川园区", "p5": "中原农业园区"}
KINDS = {"p5": "farming"}
ENTERPRISES = {f"e{number}": park for number, park in enumerate([*PARKS] * 2)}
YEARS = (2019, 2020)

Command = Callable[..., Result]


def flat(text: str) -> str:
    """The output without line breaks and runs of blanks, which depend on the width of the terminal."""
    return re.sub(r"\s+", " ", text)


def tight(text: str) -> str:
    """The output without any blanks, for Chinese text."""
    return re.sub(r"\s+", "", text)


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows(rows)
    return out.getvalue()


def register() -> str:
    heads = ["事件", "对象类型", "代码", "生效日期", "记录日期", "名称", "类型", "行政区划", "园区"]
    parks = [
        ("设立", "park", code, "2012-01-01", "2012-01-01", name, KINDS.get(code, "industrial"), "990100", "")
        for code, name in PARKS.items()
    ]
    enterprises = [
        ("登记", "enterprise", code, "2014-03-01", "2014-03-01", f"示例企业{code[1:]}", "", "", park)
        for code, park in ENTERPRISES.items()
    ]
    return table(heads, [*parks, *enterprises])


def enterprise_months(year: int) -> str:
    heads = ["企业代码", "报告期", "营业收入（万元）", "税收（万元）", "从业人员（人）", "高新技术企业"]
    rows = []
    for number, code in enumerate(ENTERPRISES):
        for month in range(1, 13):
            revenue = (100 + 30 * number) * (1 + (year - 2019) * 0.05) + month
            rows.append(
                (
                    code,
                    f"{year}-{month:02}",
                    f"{revenue:.2f}",
                    f"{revenue * 0.2:.2f}",
                    20 + number,
                    "是" if number % 2 else "否",
                )
            )
    return table(heads, rows)


def park_years() -> str:
    heads = ["园区代码", "年度", "用地（亩）", "事故（起）", "空气优良率（%）", "重大事故（起）"]
    rows = [
        (code, year, 100 + 40 * at, (at * 2 + year) % 7, 95 - 9 * at, 0)
        for at, code in enumerate(PARKS)
        for year in YEARS
    ]
    return table(heads, rows)


REGION = table(["行政区划代码", "年度", "全省总收入（亿元）"], [("990000", 2019, "6.5"), ("990000", 2020, "6.9")])


def lay_down(folder: Path, command: Command) -> None:
    """The records of the small province imported with the command line."""
    (folder / "packs" / "province-2018").mkdir(parents=True, exist_ok=True)
    (folder / "records" / "register" / "register.csv").write_text(register(), encoding="utf-8")
    incoming = folder.parent / f"{folder.name}-incoming"
    incoming.mkdir()
    files = {f"{year}.csv": ("enterprise_month", enterprise_months(year)) for year in YEARS}
    files |= {"parks.csv": ("park_year", park_years()), "region.csv": ("region_year", REGION)}
    for name, (form, text) in files.items():
        (incoming / name).write_text(text, encoding="gb18030")
        command("import", folder, form, incoming / name)
