"""Decision tables: no two rows of a UNIQUE table hit together, and no case is left without a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from yuanzhi.engine.formulas import Formula
from yuanzhi.engine.formulas.nodes import Input
from yuanzhi.engine.formulas.types import BooleanType, CodeType, DateType, NumberType, TextType, ValueType
from yuanzhi.engine.kernel.problems import Problem, listed
from yuanzhi.engine.pack.cells import AnyCell, read_cell
from yuanzhi.engine.pack.checks.conditions import region_of
from yuanzhi.engine.pack.checks.dates import days_of
from yuanzhi.engine.pack.checks.regions import (
    EITHER,
    EVERY_NUMBER,
    EVERY_VALUE,
    Box,
    Cut,
    Interval,
    Members,
    Numbers,
    Region,
    meet,
    overlap,
    remainder,
)
from yuanzhi.engine.pack.checks.report import finding, note
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.pack.model import DecisionTable, Rule, TableRow

_SHOWN_GAPS = 3


@dataclass(frozen=True)
class _Columns:
    """The columns of one table with the values each may take."""

    names: tuple[str, ...]
    sources: tuple[Formula, ...]
    universe: Box


def check_tables_are_whole(compiled: CompiledPack) -> Iterator[Problem]:
    """Every cell belongs to a declared column, and every row fills every result column."""
    composition = compiled.composition
    for code, rule in composition.rules.items():
        table = rule.table
        if table is None:
            continue
        trail = f"rules/{code}/table"
        if not table.rows:
            yield finding(composition, "table.no_rows", trail, rule=code)
        for number, row in enumerate(table.rows):
            spot = f"{trail}/rows/{number}"
            for column in row.when.keys() - table.inputs.keys():
                values = {"rule": code, "column": column, "known": listed(table.inputs)}
                yield finding(composition, "table.no_column", f"{spot}/when/{column}", **values)
            for column in row.then.keys() - table.outputs.keys():
                values = {"rule": code, "column": column, "known": listed(table.outputs)}
                yield finding(composition, "table.no_column", f"{spot}/then/{column}", **values)
            if missing := table.outputs.keys() - row.then.keys():
                values = {"rule": code, "row": str(number + 1), "columns": listed(sorted(missing))}
                yield finding(composition, "table.empty_result", spot, **values)


def check_tables_overlap_and_gap(compiled: CompiledPack) -> Iterator[Problem]:
    """Rows of a UNIQUE table are apart; rows of a complete table leave nothing out."""
    for code, rule in compiled.composition.rules.items():
        if rule.table is not None and rule.table.rows:
            yield from _judged(compiled, code, rule, rule.table)


def _judged(compiled: CompiledPack, code: str, rule: Rule, table: DecisionTable) -> Iterator[Problem]:
    composition, trail = compiled.composition, f"rules/{code}/table"
    columns = _columns(compiled, code, table)
    if columns is None:
        return
    cells = [f for own, f in compiled.formulas.items() if own.startswith(f"{trail}/rows/")]
    seen: set[tuple[str, ...]] = set()
    for day in days_of(compiled, cells, rule.validity, rule.pack):
        boxes = [_box(compiled, trail, number, row, columns, day) for number, row in enumerate(table.rows)]
        unclear = [str(number + 1) for number, box in enumerate(boxes) if box is None]
        if unclear:
            if ("unclear",) not in seen:
                yield note(composition, "table.unclear", trail, rule=code, rows=listed(unclear))
            seen.add(("unclear",))
            continue
        known = [box for box in boxes if box is not None]
        for problem, key in _found(compiled, code, table, columns, known):
            if key not in seen:
                seen.add(key)
                yield problem


def _found(
    compiled: CompiledPack, code: str, table: DecisionTable, columns: _Columns, boxes: list[Box]
) -> Iterator[tuple[Problem, tuple[str, ...]]]:
    composition, trail = compiled.composition, f"rules/{code}/table"
    for number, box in enumerate(boxes):
        if any(meet(own, whole).is_empty for own, whole in zip(box, columns.universe, strict=True)):
            problem = finding(composition, "table.row_empty", f"{trail}/rows/{number}", rule=code, row=str(number + 1))
            yield problem, ("empty", str(number))
    for second, two in enumerate(boxes):
        for first, one in enumerate(boxes[:second]):
            shared = overlap(one, two) if table.hit == "unique" else None
            if shared is not None:
                values = {"rule": code, "first": str(first + 1), "second": str(second + 1)}
                case = _case(columns, shared)
                yield (
                    finding(composition, "table.overlap", f"{trail}/rows/{second}", **values, case=case),
                    ("overlap", str(first), str(second)),
                )
        if table.hit == "first" and remainder(two, boxes[:second]) == []:
            problem = finding(
                composition, "table.never_reached", f"{trail}/rows/{second}", rule=code, row=str(second + 1)
            )
            yield problem, ("shadow", str(second))
    left = remainder(columns.universe, boxes) if table.complete and table.hit != "collect" else []
    if left:
        cases = "; ".join(_case(columns, box) for box in left[:_SHOWN_GAPS])
        more = f" (+{len(left) - _SHOWN_GAPS})" if len(left) > _SHOWN_GAPS else ""
        yield finding(composition, "table.gap", trail, rule=code, cases=cases + more), ("gap",)


def _columns(compiled: CompiledPack, code: str, table: DecisionTable) -> _Columns | None:
    sources = [compiled.formulas.get(f"rules/{code}/table/inputs/{column}") for column in table.inputs]
    found = tuple(source for source in sources if source is not None)
    if len(found) < len(sources):
        return None
    universe = tuple(_universe(compiled, source) for source in found)
    return _Columns(tuple(table.inputs), found, universe)


def _universe(compiled: CompiledPack, source: Formula) -> Region:
    """Every value a column can take: the codes of its list, the bounds of its item."""
    match source.type:
        case NumberType():
            return _bounds(compiled, source)
        case DateType():
            return EVERY_NUMBER
        case BooleanType():
            return EITHER
        case CodeType(code_list):
            declared = compiled.scopes.code_lists.get(code_list)
            return Members(frozenset(declared)) if declared else EVERY_VALUE
    return EVERY_VALUE


def _bounds(compiled: CompiledPack, source: Formula) -> Region:
    node = source.node
    if not isinstance(node, Input):
        return EVERY_NUMBER
    low, high = Cut(None), Cut(None)
    for form in compiled.composition.forms.values():
        item = form.items.get(node.name.code)
        if item is not None:
            low = Cut(Fraction(item.least)) if item.least is not None else low
            high = Cut(Fraction(item.most), True) if item.most is not None else high
    return Numbers((Interval(low, high),))


def _box(compiled: CompiledPack, trail: str, number: int, row: TableRow, columns: _Columns, day: date) -> Box | None:
    """What the cells of a row admit, column by column; ``None`` if one cannot be told."""
    regions: list[Region] = []
    parameters = compiled.parameters_on(day)
    for column, source, whole in zip(columns.names, columns.sources, columns.universe, strict=True):
        if isinstance(read_cell(row.when.get(column, "-")), AnyCell):
            regions.append(whole)
            continue
        condition = compiled.formulas.get(f"{trail}/rows/{number}/when/{column}")
        region = region_of(condition.node, source.node, parameters) if condition else None
        if region is None:
            return None
        regions.append(region)
    return tuple(regions)


def _case(columns: _Columns, box: Box) -> str:
    """A case in words: what each column that is not free may be."""
    parts = []
    for name, source, region, whole in zip(columns.names, columns.sources, box, columns.universe, strict=True):
        if region != whole:
            parts.append(f"{name} {_shown(region, source.type)}")
    return ", ".join(parts) or "-"


def _shown(region: Region, type_: ValueType) -> str:
    if isinstance(type_, DateType) and isinstance(region, Numbers):
        return " ∪ ".join(_days(interval) for interval in region.intervals)
    if isinstance(region, Members) and isinstance(type_, CodeType | TextType | BooleanType):
        return f"= {region}" if len(region.values) == 1 and not region.negated else f"in {region}"
    return str(region)


def _days(interval: Interval) -> str:
    ends = [
        date.fromordinal(int(cut.value)).isoformat() if cut.value is not None else ""
        for cut in (interval.low, interval.high)
    ]
    return f"{ends[0]} .. {ends[1]}"
