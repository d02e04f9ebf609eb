"""The workbook's live formulas recomputed by another engine come to the scores, ranks and grades of the run."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from run_world import QUICK, compiled_of, rows, snapshot_of

from yuanzhi.engine.kernel.labels import Label, Language
from yuanzhi.engine.pack import CompiledPack, Pack
from yuanzhi.engine.records import Snapshot
from yuanzhi.engine.runs.publishing import brief_run
from yuanzhi.engine.runs.results import Results
from yuanzhi.engine.runs.running import Run, make_run
from yuanzhi.engine.runs.workbook import build_workbook

SHEETS = {
    "zh": {"ranking": "排名", "values": "指标值", "scores": "得分", "weights": "权重"},
    "en": {"ranking": "Ranking", "values": "Values", "scores": "Scores", "weights": "Weights"},
}
BLANK = ("", None)


@dataclass
class Book:
    """A workbook loaded into the independent engine, with the places of its parks and nodes."""

    path: Path
    language: Language
    model: Any
    briefing: Any
    compiled: CompiledPack

    def cells(self, changed: Mapping[tuple[str, str], float] | None = None) -> dict[tuple[str, str], Any]:
        """Every cell by sheet and place, recomputed after some were changed."""
        inputs = {self._key(*place): value for place, value in (changed or {}).items()}
        solution = self.model.calculate(inputs=inputs)
        found = {}
        for key, own in solution.items():
            sheet, _, place = str(key).rpartition("!")
            if ":" not in place and hasattr(own, "value"):
                found[sheet.strip("'").rpartition("]")[2].upper(), place] = own.value[0, 0]
        return found

    def _key(self, sheet: str, place: str) -> str:
        return f"'[{self.path.name}]{SHEETS[self.language][sheet].upper()}'!{place}"

    def get(self, cells: Mapping[tuple[str, str], Any], sheet: str, place: str) -> Any:
        value = cells.get((SHEETS[self.language][sheet].upper(), place), "")
        return "" if value is None or value == "" else value

    @property
    def rows(self) -> dict[str, int]:
        """The row of each park, on the sheets of values, scores and ranking alike."""
        lines = (*self.briefing.ranking, *self.briefing.unranked)
        return {line.subject: at for at, line in enumerate(lines, 4)}

    def columns(self, sheet: str) -> dict[str, str]:
        """The column of each node, whose codes stand in the first row."""
        own = openpyxl.load_workbook(self.path)[SHEETS[self.language][sheet]]
        return {cell.value: cell.column_letter for cell in own[1] if cell.value}

    def weight(self, node: str) -> str:
        own = openpyxl.load_workbook(self.path)[SHEETS[self.language]["weights"]]
        return next(f"D{row[0].row}" for row in own.iter_rows(min_row=2) if row[0].value == node)

    def ranking(self, cells: Mapping[tuple[str, str], Any]) -> dict[str, tuple[float | None, int | None, str]]:
        """Total, rank and grade of each park as the workbook has them."""
        bands = self.compiled.composition.schemes["park_assessment"].grades.bands  # type: ignore[union-attr]
        codes = {band.label.text(self.language): band.grade for band in bands}
        found = {}
        for park, row in self.rows.items():
            total, rank, grade = (self.get(cells, "ranking", f"{column}{row}") for column in "DEF")
            found[park] = (
                None if total in BLANK else float(total), None if rank in BLANK else int(rank), codes.get(grade, grade),
            )  # fmt: skip
        return found


@pytest.fixture(scope="module")
def load(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Book]:
    """Write the workbook of a run and load it into the independent engine."""
    warnings.filterwarnings("ignore", category=SyntaxWarning)
    import formulas

    logging.getLogger("formulas").setLevel(logging.ERROR)

    def loading(compiled: CompiledPack, snapshot: Snapshot, run: Run, language: Language) -> Book:
        briefing = brief_run(compiled, snapshot, run.manifest, run.results, "province-2018")
        path = tmp_path_factory.mktemp("book") / f"{language}.xlsx"
        path.write_bytes(build_workbook(briefing, compiled.composition, run.results, {"Digest": "x"}, language))
        return Book(path, language, formulas.ExcelModel().loads(str(path)).finish(), briefing, compiled)

    return loading


@pytest.fixture(scope="module")
def english(load: Callable[..., Book], compiled: CompiledPack, snapshot: Snapshot, run: Run) -> Book:
    """The three years of the province, in English."""
    return load(compiled, snapshot, run, "en")


@pytest.fixture(scope="module")
def chinese(load: Callable[..., Book], compiled: CompiledPack, snapshot: Snapshot, quick: Run) -> Book:
    """2019 alone, in Chinese: a park with a veto, and one without a value."""
    return load(compiled, snapshot, quick, "zh")


def stored(results: Results, period: str) -> dict[str, tuple[float | None, int | None, str]]:
    return {
        row["subject"]: (None if row["score"] is None else float(row["score"]), row["rank"], row["grade"])
        for row in results["grades"].to_pylist()
        if row["period"] == period
    }


def assert_same(found: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    assert found.keys() == expected.keys()
    for park, (total, rank, grade) in found.items():
        score, place, letter = expected[park]
        assert (rank, grade) == (place, letter), park
        assert (total is None) == (score is None), park
        assert total is None or score is None or abs(total - score) < 1e-8, park


def node_scores(results: Results, period: str) -> Iterator[tuple[str, str, Decimal | None]]:
    for row in results["scores"].to_pylist():
        if row["period"] == period:
            yield row["subject"], row["node"], row["score"]


@pytest.mark.parametrize(("name", "period"), [("english", "2020"), ("chinese", "2019")])
def test_recomputed_the_workbook_agrees_with_the_run(
    request: pytest.FixtureRequest, name: str, period: str, run: Run
) -> None:
    book: Book = request.getfixturevalue(name)
    results = run.results if period == "2020" else request.getfixturevalue("quick").results
    cells = book.cells()
    assert_same(book.ranking(cells), stored(results, period))
    columns = book.columns("scores")
    for park, node, score in node_scores(results, period):
        found = book.get(cells, "scores", f"{columns[node]}{book.rows[park]}")
        assert (found == "") == (score is None), (park, node)
        assert score is None or abs(float(found) - float(score)) < 1e-9, (park, node)
    for row in book.rows.values():
        difference = book.get(cells, "ranking", f"J{row}")
        assert difference == "" or abs(float(difference)) < 1e-8


def test_every_score_of_the_scheme_is_a_live_formula(english: Book) -> None:
    sheet = openpyxl.load_workbook(english.path)["Scores"]
    columns = english.columns("scores")
    assert len(columns) == 7
    for letter in columns.values():
        for row in english.rows.values():
            assert str(sheet[f"{letter}{row}"].value).startswith("="), f"{letter}{row}"


def test_what_is_shown_before_recomputing_is_what_the_run_came_to(english: Book, run: Run) -> None:
    """Excel shows the stored values until it recomputes; they are the same."""
    book = openpyxl.load_workbook(english.path, data_only=True)
    expected = stored(run.results, "2020")
    for park, row in english.rows.items():
        total, rank = book["Ranking"][f"D{row}"].value, book["Ranking"][f"E{row}"].value
        assert rank == expected[park][1]
        assert abs(total - expected[park][0]) < 1e-8


def test_other_weights_move_the_ranks_as_the_engine_does(
    english: Book, snapshot: Snapshot, run: Run, read_pack_of: Callable[..., Pack]
) -> None:
    other = read_pack_of(
        ("          weight: 0.6\n", "          weight: 0.1\n"), ("          weight: 0.4\n", "          weight: 0.9\n")
    )
    plan = replace(QUICK, years=(2019, 2020))
    expected = stored(make_run([other], snapshot, plan, "other").results, "2020")
    cells = english.cells({("weights", english.weight("economy")): 0.1, ("weights", english.weight("order")): 0.9})
    assert_same(english.ranking(cells), expected)
    was = stored(run.results, "2020")
    assert any(expected[park][1] != was[park][1] for park in was), "the change moves nobody"
    assert_same(english.ranking(english.cells()), was)


def test_another_value_moves_the_ranks_as_the_engine_does(chinese: Book, compiled: CompiledPack, pack: Pack) -> None:
    """A missing value filled in: the park is scored, ranked and graded; the vetoed one stays where it was."""
    returns = rows()
    for row in returns["park_year"]:
        if row["period"] == "2019" and row["subject"] == "p3":
            row["good_air"], row["accidents"] = Decimal(99), Decimal(0)
    expected = stored(make_run([pack], snapshot_of(compiled, returns), QUICK, "other").results, "2019")
    columns, row = chinese.columns("values"), chinese.rows["p3"]
    cells = chinese.cells({("values", f"{columns['air']}{row}"): 99, ("values", f"{columns['safety']}{row}"): 0})
    found = chinese.ranking(cells)
    assert_same(found, expected)
    assert found["p3"][1] is not None
    assert found["p2"][2] == "C"


BONUS = "{code: bonus, points: case when high_tech_share > 50 then 3.5 else -2 end}"


def test_ranks_within_groups_points_and_vetoed_scores_agree(
    load: Callable[..., Book], snapshot: Snapshot, read_pack_of: Callable[..., Pack]
) -> None:
    other = read_pack_of(
        ("    population: all_parks\n", "    population: all_parks\n    groups: kind\n    decision_scale: 0\n"),
        ("    vetoes:\n", f"    adjustments:\n      - {BONUS}\n    vetoes:\n"),
        ("when: major_accidents >= 1, clause", "when: major_accidents >= 1, effect: no_score, clause"),
    )  # fmt: skip
    run = make_run([other], snapshot, QUICK, "other")
    expected = stored(run.results, "2019")
    assert expected["p2"][0] is None, "vetoed without a score"
    assert expected["p5"][1] == 1, "the only farming park"
    book = load(compiled_of(other), snapshot, run, "en")
    found = book.ranking(book.cells())
    for park, (total, rank, grade) in found.items():
        assert (rank, grade) == expected[park][1:], park
        assert (total is None) == (expected[park][0] is None)


def test_text_that_looks_like_a_formula_stays_text(compiled: CompiledPack, snapshot: Snapshot, quick: Run) -> None:
    briefing = brief_run(compiled, snapshot, quick.manifest, quick.results, "province-2018")
    evil = '=HYPERLINK("x","y")'
    lines = (replace(briefing.ranking[0], label=Label(evil, evil)), *briefing.ranking[1:])
    data = build_workbook(replace(briefing, ranking=lines), compiled.composition, quick.results, {evil: evil}, "zh")
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book:
        for row in sheet.iter_rows():
            assert not any(cell.data_type == "f" and "HYPERLINK" in str(cell.value) for cell in row)
    assert any(cell.value == evil for row in book["排名"].iter_rows() for cell in row)


def test_a_run_without_a_scheme_has_a_workbook_too(compiled: CompiledPack, snapshot: Snapshot, quick: Run) -> None:
    without = replace(brief_run(compiled, snapshot, quick.manifest, quick.results, "province-2018"), scheme="")
    book = openpyxl.load_workbook(io.BytesIO(build_workbook(without, compiled.composition, quick.results, {}, "en")))
    assert {"About", "Targets", "Choices", "Clauses"} <= set(book.sheetnames)


def test_targets_choices_and_clauses_stand_beside(english: Book) -> None:
    book = openpyxl.load_workbook(english.path)
    text = {sheet.title: " ".join(str(c.value) for row in sheet.iter_rows() for c in row if c.value) for sheet in book}
    assert "Share of parks in 2020" in text["Targets"]
    assert "rectify_months" in text["Choices"]
    assert "least_tax_per_mu" not in text["Choices"], "the text states it"
    assert "Parks are assessed each year." in text["Clauses"]
    assert "Digest" in text["About"]
