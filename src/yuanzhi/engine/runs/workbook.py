"""A run as an Excel workbook whose formulas recompute the scores from the indicator values.

Change a weight or a value on the yellow cells and scores, ranks and grades follow. Cells that a
formula cannot say carry the computed value in italics.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from yuanzhi.engine.assessment.framework import Framework, Group, child_weight, lay_out
from yuanzhi.engine.kernel.labels import Label, Language
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.pack.composing import Composition
from yuanzhi.engine.pack.scheme_model import Scheme
from yuanzhi.engine.runs.briefing import Briefing, RankLine
from yuanzhi.engine.runs.cell_formulas import (
    ChildCells,
    LeafCells,
    grade_formula,
    group_formula,
    leaf_formula,
    rank_formula,
)
from yuanzhi.engine.runs.results import Results

_SHEETS = {
    "about": Label("说明", "About"),
    "ranking": Label("排名", "Ranking"),
    "values": Label("指标值", "Values"),
    "scores": Label("得分", "Scores"),
    "weights": Label("权重", "Weights"),
    "targets": Label("目标", "Targets"),
    "choices": Label("选定值", "Choices"),
    "clauses": Label("条款", "Clauses"),
}
_ADJUSTMENT_PLACES = 6
"""Scores are compared at nine places; what is less than the sixth is no bonus."""
_HEAD_ROWS = 2
"""Rows above the first subject on the sheets of values and scores."""


@dataclass
class _Book:
    """The workbook being written, its formats and where nodes and subjects stand."""

    file: xlsxwriter.Workbook
    language: Language
    formats: Mapping[str, Any]
    sheets: dict[str, Any] = field(default_factory=dict)

    def sheet(self, key: str) -> Any:
        if key not in self.sheets:
            self.sheets[key] = self.file.add_worksheet(_SHEETS[key].text(self.language))
        return self.sheets[key]

    def name(self, key: str) -> str:
        return f"'{_SHEETS[key].text(self.language)}'"

    def say(self, zh: str, en: str) -> str:
        return en if self.language == "en" else zh


def build_workbook(
    briefing: Briefing, composition: Composition, results: Results, facts: Mapping[str, str], language: Language = "zh"
) -> bytes:
    """The workbook as the bytes of an XLSX file.

    Args:
        briefing: What the run came to.
        composition: The packs of the run.
        results: Its tables.
        facts: Where it came from, by word.
        language: The language of the sheets.
    """
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(out, options) as file:
        book = _Book(file, language, _formats(file))
        for key in _SHEETS:
            book.sheet(key)
        _about(book, briefing, facts)
        if scheme := composition.schemes.get(briefing.scheme):
            _Scoring(book, briefing, composition, results, scheme).write()
        _targets(book, briefing)
        _choices(book, briefing)
        _clauses(book, composition)
    return out.getvalue()


def _formats(file: xlsxwriter.Workbook) -> dict[str, Any]:
    font = {"font_name": "Microsoft YaHei", "font_size": 10}
    head = {**font, "bold": True, "bg_color": "#E8EEF5", "border": 1, "text_wrap": True, "valign": "vcenter"}
    return {
        "text": file.add_format({**font, "valign": "top"}),
        "wrap": file.add_format({**font, "text_wrap": True, "valign": "top"}),
        "title": file.add_format({**font, "bold": True, "font_size": 14}),
        "head": file.add_format(head),
        "number": file.add_format({**font, "num_format": "#,##0.00"}),
        "whole": file.add_format({**font, "num_format": "0"}),
        "input": file.add_format({**font, "num_format": "#,##0.####", "bg_color": "#FFF8DC"}),
        "fixed": file.add_format({**font, "num_format": "#,##0.00", "italic": True, "font_color": "#5F6B7A"}),
        "warning": file.add_format({**font, "bold": True, "font_color": "#9A6700", "text_wrap": True}),
    }


def _about(book: _Book, briefing: Briefing, facts: Mapping[str, str]) -> None:
    sheet, formats = book.sheet("about"), book.formats
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 100)
    sheet.write(0, 0, briefing.title.text(book.language), formats["title"])
    lines: list[tuple[str, str]] = [
        (book.say("文号", "Number"), briefing.number),
        (book.say("年度", "Years"), f"{briefing.years[0]}–{briefing.years[-1]}"),
        (book.say("快照", "Snapshot"), briefing.snapshot),
        (book.say("办法", "Scheme"), briefing.scheme_label.text(book.language)),
        *facts.items(),
        (
            book.say("用法", "How to use"),
            book.say(
                "黄格可改：改指标值或权重，得分、名次、档次随之重算。斜体灰字是软件算出、公式写不出的数。",
                "Yellow cells may be changed: scores, ranks and grades follow. Grey italics were computed by the "
                "software where a cell formula cannot say it.",
            ),
        ),
    ]
    for row, (word, value) in enumerate(lines, 2):
        sheet.write(row, 0, word, formats["text"])
        sheet.write_string(row, 1, value, formats["wrap"])
    if briefing.is_synthetic:
        notice = book.say("含合成数据，不是真实统计。", "Contains synthetic data; these are no real statistics.")
        sheet.write(1, 0, notice, formats["warning"])


class _Scoring:
    """The four sheets that recompute each other: values, weights, scores, ranking."""

    def __init__(
        self, book: _Book, briefing: Briefing, composition: Composition, results: Results, scheme: Scheme
    ) -> None:
        self.book, self.briefing, self.scheme = book, briefing, scheme
        directions = {code: own.direction for code, own in composition.indicators.items()}
        self.units = {code: own.unit for code, own in composition.indicators.items()}
        self.framework: Framework = lay_out(scheme, directions)
        self.lines: Sequence[RankLine] = (*briefing.ranking, *briefing.unranked)
        self.row_of = {line.subject: at + _HEAD_ROWS + 1 for at, line in enumerate(self.lines)}
        self.last = _HEAD_ROWS + len(self.lines)
        order = [*(leaf.code for leaf in self.framework.leaves), *(group.code for group in self.framework.groups)]
        self.column_of = {code: at + 1 for at, code in enumerate(order)}
        self.weight_row = {code: at + 1 for at, code in enumerate(self.framework.nodes)}
        period = str(briefing.years[-1])
        self.cells = {
            (row["subject"], row["node"]): row
            for row in results["scores"].to_pylist()
            if row["scheme"] == scheme.code and row["period"] == period
        }

    def write(self) -> None:
        self._weights()
        self._values()
        self._scores()
        self._ranking()

    def _weights(self) -> None:
        sheet, formats, say = self.book.sheet("weights"), self.book.formats, self.book.say
        heads = [
            say("代码", "Code"), say("名称", "Name"), say("上级", "Parent"), say("权重", "Weight"),
            say("指标", "Indicator"), say("单位", "Unit"), say("方向", "Direction"),
            say("无量纲化", "Normalisation"), say("性质", "Basis"),
            say("条款", "Clause"),
        ]  # fmt: skip
        sheet.write_row(0, 0, heads, formats["head"])
        sheet.set_column(0, 1, 26)
        sheet.set_column(2, 9, 15)
        parents = self.framework.paths_up()
        groups = {group.code: group for group in self.framework.groups}
        leaves = {leaf.code: leaf for leaf in self.framework.leaves}
        for code, node in self.framework.nodes.items():
            row, parent = self.weight_row[code], parents.get(code, "")
            sheet.write_row(row, 0, [code, node.label.text(self.book.language), parent], formats["text"])
            if parent:
                weight = child_weight(groups[parent], node, self.scheme.weight_set)
                sheet.write_number(row, 3, float(weight or 0), formats["input"])
            leaf = leaves.get(code)
            direction = "" if leaf is None else say("越大越好", "more") if leaf.sign > 0 else say("越小越好", "less")
            method = leaf.settings.method if leaf else groups[code].method
            unit = self.units.get(node.indicator, "")
            own_basis = node.weight_basis if parent else self.scheme.basis
            basis = say("规定", "stated") if own_basis is Basis.STATED else say("选定", "chosen")
            rest = [node.indicator, unit, direction, method, basis, node.clause or self.scheme.clause]
            sheet.write_row(row, 4, rest, formats["text"])
        sheet.freeze_panes(1, 2)

    def _values(self) -> None:
        sheet, formats = self.book.sheet("values"), self.book.formats
        self._heads(sheet, [leaf.code for leaf in self.framework.leaves])
        reference = self.book.say("基准、目标或界限", "Base, target or limit")
        sheet.write(_HEAD_ROWS, 0, reference, formats["text"])
        for leaf in self.framework.leaves:
            column = self.column_of[leaf.code]
            known = next(
                (r["reference"] for (_, n), r in self.cells.items() if n == leaf.code and r["reference"]), None
            )
            if known is not None:
                sheet.write_number(_HEAD_ROWS, column, float(known), formats["input"])
            for line in self.lines:
                value = self._cell(line.subject, leaf.code, "value")
                row = self.row_of[line.subject]
                if value is None:
                    sheet.write_blank(row, column, None, formats["input"])
                else:
                    sheet.write_number(row, column, float(value), formats["input"])
        sheet.freeze_panes(_HEAD_ROWS + 1, 1)

    def _scores(self) -> None:
        sheet, formats = self.book.sheet("scores"), self.book.formats
        self._heads(sheet, list(self.column_of))
        for leaf in self.framework.leaves:
            column = self.column_of[leaf.code]
            letter = xl_col_to_name(column)
            span = f"{self.book.name('values')}!${letter}${_HEAD_ROWS + 2}:${letter}${self.last + 1}"
            reference = f"{self.book.name('values')}!${letter}${_HEAD_ROWS + 1}"
            for line in self.lines:
                row = self.row_of[line.subject]
                score = self._cell(line.subject, leaf.code, "score")
                value = f"{self.book.name('values')}!{xl_rowcol_to_cell(row, column)}"
                formula = leaf_formula(leaf, LeafCells(value, span, reference))
                substituted = self._cell(line.subject, leaf.code, "value") is None and score is not None
                self._put(sheet, row, column, None if substituted or leaf.node.where else formula, score)
        for group in self.framework.groups:
            for line in self.lines:
                row = self.row_of[line.subject]
                formula = group_formula(group, [self._child(group, code, row) for code in group.children])
                formula = None if self._by_unit(group) else formula
                self._put(
                    sheet, row, self.column_of[group.code], formula, self._cell(line.subject, group.code, "score")
                )
        sheet.freeze_panes(_HEAD_ROWS + 1, 1)
        sheet.set_column(1, len(self.column_of), 12, formats["number"])

    def _by_unit(self, group: Group) -> bool:
        """Whether weights or children differ from one unit to the next, which the sheet of weights cannot say."""
        return bool(self.scheme.weight_sets_by) or any(self.framework.nodes[code].where for code in group.children)

    def _child(self, group: Group, code: str, row: int) -> ChildCells:
        score = xl_rowcol_to_cell(row, self.column_of[code])
        weight = f"{self.book.name('weights')}!$D${self.weight_row[code] + 1}"
        return ChildCells(score, weight, self.framework.nodes[code].missing == "leave_out")

    def _ranking(self) -> None:
        sheet, formats, say = self.book.sheet("ranking"), self.book.formats, self.book.say
        heads = [
            say("园区", "Park"), say("得分", "Score"), say("加减分", "Adjustment"), say("总分", "Total"),
            say("名次", "Rank"), say("档次", "Grade"), say("上年名次", "Last year"), say("把握", "Certainty"),
            say("公布得分", "Score published"), say("差", "Difference"), say("说明", "Note"),
            say("组", "Group"),
        ]  # fmt: skip
        sheet.write_row(_HEAD_ROWS, 0, heads, formats["head"])
        title = f"{self.briefing.title.text(self.book.language)} · {self.briefing.years[-1]}"
        sheet.write(0, 0, title, formats["title"])
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 11, 12)
        root = self.column_of[self.framework.root]
        bands = self.scheme.grades.bands if self.scheme.grades else ()
        names = {band.grade: band.label.text(self.book.language) or band.grade for band in bands}
        grouped = any(line.group for line in self.lines)
        for line in self.lines:
            row = self.row_of[line.subject]
            sheet.write(row, 0, line.label.text(self.book.language), formats["text"])
            cell = f"{self.book.name('scores')}!{xl_rowcol_to_cell(row, root)}"
            own = self._cell(line.subject, self.framework.root, "score")
            total, span = f"D{row + 1}", f"$D${_HEAD_ROWS + 2}:$D${self.last + 1}"
            group = (f"L{row + 1}", f"$L${_HEAD_ROWS + 2}:$L${self.last + 1}") if grouped else None
            if line.score is None and own is not None:
                self._unscored(sheet, row)
            else:
                adjustment = None if line.score is None or own is None else round(line.score - own, _ADJUSTMENT_PLACES)
                sheet.write_formula(row, 1, f'=IF(ISNUMBER({cell}),{cell},"")', formats["number"], _shown(own))
                sheet.write_number(row, 2, float(adjustment or 0), formats["input"])
                sum_up = f'=IF(ISNUMBER(B{row + 1}),B{row + 1}+C{row + 1},"")'
                sheet.write_formula(row, 3, sum_up, formats["number"], _shown(line.score))
                rank = rank_formula(total, span, self.scheme.decision_scale, group)
                sheet.write_formula(row, 4, rank, formats["whole"], line.rank or "")
            formula = grade_formula(total, [(band, names[band.grade]) for band in bands], self.scheme.decision_scale)
            if formula and line.decided_by in ("", "cut"):
                sheet.write_formula(row, 5, formula, formats["text"], names.get(line.grade, ""))
            else:
                sheet.write(row, 5, names.get(line.grade, line.grade), formats["fixed"])
            sheet.write(row, 6, line.rank_before or "", formats["whole"])
            sheet.write(row, 7, "" if line.certainty is None else float(line.certainty), formats["number"])
            sheet.write(row, 8, "" if line.score is None else float(line.score), formats["fixed"])
            differs = f'=IF(AND(ISNUMBER({total}),ISNUMBER(I{row + 1})),ROUND({total}-I{row + 1},9),"")'
            sheet.write_formula(row, 9, differs, formats["number"], "" if line.score is None else 0)
            sheet.write(row, 10, line.note.text(self.book.language), formats["wrap"])
            sheet.write(row, 11, line.group, formats["text"])
        sheet.freeze_panes(_HEAD_ROWS + 1, 1)
        sheet.autofilter(_HEAD_ROWS, 0, self.last, 11)

    def _unscored(self, sheet: Any, row: int) -> None:
        """A unit that the framework scores and the scheme does not, such as one with a veto that takes the score."""
        for column in range(1, 5):
            sheet.write_string(row, column, "", self.book.formats["fixed"])

    def _heads(self, sheet: Any, codes: Sequence[str]) -> None:
        formats = self.book.formats
        sheet.set_column(0, 0, 34)
        sheet.set_row(1, 42)
        sheet.write(1, 0, self.book.say("园区", "Park"), formats["head"])
        for code in codes:
            node = self.framework.nodes[code]
            unit = self.units.get(node.indicator, "1")
            label = node.label.text(self.book.language) or code
            sheet.write(1, self.column_of[code], label if unit == "1" else f"{label}\n({unit})", formats["head"])
            sheet.write(0, self.column_of[code], code, formats["text"])
        for line in self.lines:
            sheet.write(self.row_of[line.subject], 0, line.label.text(self.book.language), formats["text"])

    def _put(self, sheet: Any, row: int, column: int, formula: str | None, score: Decimal | None) -> None:
        if formula is not None:
            sheet.write_formula(row, column, formula, self.book.formats["number"], _shown(score))
        elif score is not None:
            sheet.write_number(row, column, float(score), self.book.formats["fixed"])

    def _cell(self, subject: str, node: str, column: str) -> Decimal | None:
        row = self.cells.get((subject, node))
        value: Decimal | None = row[column] if row else None
        return value


def _targets(book: _Book, briefing: Briefing) -> None:
    sheet, formats, say = book.sheet("targets"), book.formats, book.say
    heads = [
        say("目标", "Target"), say("条款", "Clause"), say("时期", "Period"), say("现值", "Value"), say("应达", "Goal"),
        say("单位", "Unit"), say("差距", "Gap"), say("年需变化", "Needed a year"), say("结论", "Outcome"),
        say("性质", "Basis"), say("缺", "Missing"),
    ]  # fmt: skip
    sheet.write_row(0, 0, heads, formats["head"])
    sheet.set_column(0, 0, 48)
    sheet.set_column(1, 10, 14)
    words = {
        "met": say("达到", "met"),
        "not_met": say("未达到", "not met"),
        "undetermined": say("不能确定", "undetermined"),
    }
    for row, line in enumerate(briefing.targets, 1):
        sheet.write(row, 0, line.label.text(book.language), formats["wrap"])
        clause = f"{line.citation.printed.text(book.language)} {line.citation.clause}"
        sheet.write_row(row, 1, [clause, line.year], formats["text"])
        for column, value in ((3, line.value), (4, line.goal), (6, line.gap), (7, line.growth_needed)):
            sheet.write(row, column, "" if value is None else float(value), formats["number"])
        basis = say("规定", "stated") if line.basis == "stated" else say("选定", "chosen")
        sheet.write(row, 5, "" if line.unit == "1" else line.unit, formats["text"])
        sheet.write_row(row, 8, [words[line.outcome], basis, line.missing or ""], formats["text"])
    sheet.freeze_panes(1, 1)


def _choices(book: _Book, briefing: Briefing) -> None:
    sheet, formats, say = book.sheet("choices"), book.formats, book.say
    heads = [
        say("参数", "Parameter"),
        say("代码", "Code"),
        say("值", "Value"),
        say("单位", "Unit"),
        say("条款", "Clause"),
        say("理由", "Why"),
    ]
    sheet.write_row(0, 0, heads, formats["head"])
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 4, 18)
    sheet.set_column(5, 5, 80)
    for row, line in enumerate(briefing.choices, 1):
        clause = f"{line.citation.pack}#{line.citation.clause}"
        unit = "" if line.unit == "1" else line.unit
        sheet.write_row(row, 0, [line.label.text(book.language), line.code, line.value, unit, clause], formats["text"])
        sheet.write(row, 5, line.why.text(book.language), formats["wrap"])
    sheet.freeze_panes(1, 1)


def _clauses(book: _Book, composition: Composition) -> None:
    sheet, formats, say = book.sheet("clauses"), book.formats, book.say
    heads = [
        say("政策包", "Pack"),
        say("条款", "Clause"),
        say("编号", "Number"),
        say("标题", "Heading"),
        say("大意", "In our words"),
    ]
    sheet.write_row(0, 0, heads, formats["head"])
    sheet.set_column(0, 3, 18)
    sheet.set_column(4, 4, 110)
    for row, clause in enumerate(composition.clauses.values(), 1):
        cells = [clause.pack, clause.code, clause.label.text(book.language), clause.heading.text(book.language)]
        sheet.write_row(row, 0, cells, formats["text"])
        sheet.write(row, 4, clause.text.text(book.language), formats["wrap"])
    sheet.freeze_panes(1, 2)


def _shown(value: Decimal | None) -> float | str:
    return "" if value is None else float(value)
