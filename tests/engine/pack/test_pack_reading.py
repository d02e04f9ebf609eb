"""Reading a pack: a valid one whole, and each refusal with one change to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from yuanzhi.engine.kernel.labels import Label
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.problems import has_errors
from yuanzhi.engine.pack import PackReading
from yuanzhi.engine.pack.model import Modality
from yuanzhi.engine.pack.whole import Pack

Read = Callable[..., PackReading]
Change = Callable[[str, str], str]


def pack_of(reading: PackReading) -> Pack:
    assert reading.pack is not None
    assert reading.problems == (), "\n".join(problem.text("en") for problem in reading.problems)
    return reading.pack


def test_a_small_pack_is_read_whole(read: Read) -> None:
    pack = pack_of(read())
    assert pack.identity.title == Label("小包", "A small pack")
    assert pack.identity.in_force.first == date(2018, 1, 1)
    assert pack.units["亩"].factor == Fraction(2000, 3)
    rule = pack.rules["priority"]
    assert (rule.modality, rule.then.gives, rule.exceptions[1].code) == (Modality.PRIORITY, {"factor": "1.5"}, "1")
    assert rule.citation == "small#1"
    assert pack.schemes["yearly"].framework.children[0].weight == Decimal(60)
    assert pack.consequences["ladder"].transitions[0].source == ("normal",)
    assert pack.examples["not_first"].facts["output"] == Decimal("499.99")


def test_everything_declared_knows_its_line(read: Read, small: str) -> None:
    pack = pack_of(read())
    lines = small.splitlines()
    for section in ("clauses", "units", "parameters", "indicators", "rules", "examples"):
        for code, own in getattr(pack, section).items():
            assert lines[own.place.line - 1].lstrip().startswith((code, f'"{code}"')), own.place
            assert own.place.file == "small/pack.yaml"


def test_a_parameter_takes_its_value_from_a_figure(read: Read) -> None:
    value = pack_of(read()).parameters["least_output"].values[0]
    assert (value.value, value.basis, value.first) == (Decimal(500), Basis.STATED, date(2018, 1, 1))
    assert pack_of(read()).parameters["least_output"].unit == "万元/亩"


def test_a_figure_belongs_to_the_clause_its_id_begins_with(read: Read) -> None:
    pack = pack_of(read())
    assert pack.figures["1-f1"].clause == "1"
    assert pack.parameters["least_output"].clause == "1"


def test_a_target_is_filled_from_a_figure(read: Read, change: Change) -> None:
    target = pack_of(read()).targets["output_2020"]
    assert (target.value, target.year, target.unit, target.comparison) == (Decimal(500), 2020, "万元/亩", "ge")
    other = change("output_2020: {figure: 1-f1,", "output_2020: {figure: 1-f1, value: 600, year: 2025,")
    target = pack_of(read(other, "other")).targets["output_2020"]
    assert (target.value, target.year) == (Decimal(600), 2025), "what is written goes before the figure"


def test_an_undated_value_begins_with_the_pack(read: Read) -> None:
    low = pack_of(read()).parameters["low_share"]
    assert low.values[0].first == date(2018, 1, 1)
    assert low.on(date(2017, 12, 31)) is None
    assert low.values[0].basis is Basis.CHOSEN


def test_shorthands_mean_the_same_as_the_full_form(read: Read, change: Change) -> None:
    short = pack_of(read())
    full = pack_of(
        read(
            change(
                "states:\n      - {code: normal}\n      - {code: warned, label: {zh: 警告, en: warned}}",
                "states:\n      normal: {}\n      warned: {label: {zh: 警告, en: warned}}",
            ),
            "full",
        )
    )
    states = [(state.code, state.label) for state in short.consequences["ladder"].states]
    assert states == [(state.code, state.label) for state in full.consequences["ladder"].states]
    words = pack_of(read(change("- {code: normal}", "- normal"), "words"))
    assert words.consequences["ladder"].states[0].code == "normal"


def test_a_section_may_span_files_and_codes_come_from_csv(read: Read) -> None:
    more = "codes:\n  regions: {file: codes/regions.csv, source: GB/T 2260}\n"
    csv = "code,zh,en,parent,level,from,to,former\n630000,青海省,,,1,,,\n630100,西宁市,,630000,2,1949-10-01,,旧名\n"
    pack = pack_of(read(**{"more.yaml": more, "codes/regions.csv": csv}))
    xining = pack.codes["regions"].items["630100"]
    assert (xining.parent, xining.level, xining.validity.first) == ("630000", 2, date(1949, 10, 1))
    assert xining.attributes == {"former": "旧名"}
    assert set(pack.files) == {"pack.yaml", "more.yaml", "codes/regions.csv"}


def test_a_calendar_comes_from_csv(read: Read) -> None:
    more = "calendars:\n  days: {file: days.csv, years: [2018]}\n"
    pack = pack_of(read(**{"more.yaml": more, "days.csv": "day,is_off,label\n2018-01-01,1,元旦\n2018-02-11,0,春节\n"}))
    calendar = pack.calendars["days"]
    assert [(day.day, day.is_off) for day in calendar.days] == [(date(2018, 1, 1), True), (date(2018, 2, 11), False)]


REFUSALS = [
    ("frequency: month", "frequency: monthly", ["schema.choice", "monthly", "month"], "unknown_choice"),
    ("modality: priority", "modallity: priority", ["schema.unknown_key", "modallity", "modality"], "misspelt_key"),
    ("    modality: priority\n", "", ["schema.missing_key", "modality"], "missing_key"),
    ("consequences:\n", "consequencs:\n", ["schema.unknown_section", "consequences"], "unknown_section"),
    ("weight: 60", "weight: 60%", ["schema.type", "60%", "number"], "percent_as_number"),
    ("weight: 60", 'weight: "60"', ["schema.type", "number", "quotes"], "number_in_quotes"),
    ("value: 0.5", "value: 05.5", ["yaml.leading_zero", "05.5"], "leading_zero"),
    ("  output_growth:", "  outputGrowth:", ["schema.name", "outputGrowth"], "name_in_capitals"),
    ("factor: 2000/3", "factor: 2000/0", ["unit.factor", "2000/0"], "factor_by_zero"),
    ("factor: 2000/3", "factor: two", ["schema.form", "two"], "factor_in_words"),
    ("least_output: {figure: 1-f1}", "least_output: {figure: 1-f2}", ["figure.unknown", "1-f1"], "unknown_figure"),
    (
        "value: 500, unit: 万元/亩",
        "value: [1, 5], unit: 万元/亩",
        ["figure.no_single_value", "1-f1"],
        "figure_is_a_range",
    ),
    ("value: 0.5, basis: chosen,", "value: 0.5,", ["parameter.no_basis", "low_share"], "value_without_basis"),
    ("in_force: {from: 2018-01-01}", "in_force: {from: '2018-02-30'}", ["yaml.no_such_day"], "no_such_day"),
    ("from: normal, to: warned", "to: warned", ["schema.missing_key", "source"], "transition_from_nowhere"),
    ("{zh: 优先, en: first in line}", "{zh: 优先, en: first, in line}", ["schema.comma_in_text", "in line"], "comma"),
    ("bands: [{grade: A, at_least: 80}", "bands: [80", ["schema.type", "80", "mapping"], "band_as_number"),
    ("  low_share:", "  least_output:", ["yaml.key_twice", "least_output"], "key_twice"),
]


@pytest.mark.parametrize(("old", "new", "fragments"), [r[:3] for r in REFUSALS], ids=[r[3] for r in REFUSALS])
def test_one_change_is_refused_in_place(read: Read, change: Change, old: str, new: str, fragments: list[str]) -> None:
    text = change(old, new)
    reading = read(text)
    assert has_errors(reading.problems)
    shown = [problem.text("en") for problem in reading.problems]
    hits = [one for one in shown if all(fragment in one for fragment in fragments)]
    assert hits, shown
    assert hits[0].startswith("small/pack.yaml:"), "file and line stand first"
    assert all(problem.text("zh") for problem in reading.problems)


def test_all_problems_come_at_once_and_the_rest_is_read(read: Read, change: Change, small: str) -> None:
    text = change("modality: priority", "modality: prioritise").replace("weight: 60", "weight: x")
    reading = read(text)
    assert {problem.code for problem in reading.problems} == {"schema.choice", "schema.type"}
    assert reading.pack is not None
    assert reading.pack.broken == {"rules/priority", "schemes/yearly"}
    assert "limit" in reading.pack.rules


def test_a_code_declared_in_two_files_names_both(read: Read) -> None:
    reading = read(**{"z.yaml": "parameters:\n  low_share: {value: 1, basis: chosen}\n"})
    (problem,) = reading.problems
    assert problem.code == "pack.declared_twice"
    assert "small/pack.yaml:" in problem.text("en")


def test_a_file_in_another_encoding_is_named_with_its_line(read: Read, small: str) -> None:
    reading = read(**{"b.yaml": "clauses:\n  '9': {label: 第九条}\n".encode("gbk")})
    (problem,) = reading.problems
    assert (problem.code, problem.place.line) == ("pack.encoding", 2)
    assert "GBK" in problem.text("zh")


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("../other.csv", "pack.file_outside"),
        ("codes/region.csv", "pack.file_missing"),
        ("empty.csv", "pack.csv_columns"),
    ],
)
def test_a_code_file_must_lie_in_the_pack(read: Read, file: str, code: str) -> None:
    reading = read(
        **{
            "m.yaml": f"codes:\n  regions: {{file: {file}}}\n",
            "codes/regions.csv": "code,zh\n",
            "empty.csv": "a,b\n1,2\n",
        }
    )
    assert [problem.code for problem in reading.problems] == [code]


def test_codes_without_or_with_twice_the_same_code_are_named(read: Read) -> None:
    csv = "code,zh,level\n01,农业,1\n01,林业,1\n,渔业,1\n02,牧业,one\n"
    reading = read(**{"m.yaml": "codes:\n  c: {file: c.csv}\n", "c.csv": csv})
    assert [(problem.code, problem.place.line) for problem in reading.problems] == [
        ("codes.twice", 3),
        ("codes.empty", 4),
        ("codes.unreadable", 5),
    ]


def test_a_folder_without_identity_is_refused(read: Read) -> None:
    assert [p.code for p in read("clauses: {}\n").problems] == ["pack.no_identity"]


def test_reading_twice_gives_the_same_pack(read: Read) -> None:
    assert read() == read()
