"""Every check: the small pack passes, and with one change it is refused in place and in both languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from yuanzhi.engine.kernel.problems import Problem, Severity
from yuanzhi.engine.pack import CHECKS, PackReading, check_pack, compile_pack, compose

Read = Callable[..., PackReading]
Change = Callable[[str, str], str]


def problems_of(reading: PackReading) -> tuple[Problem, ...]:
    assert reading.pack is not None
    assert reading.problems == (), "\n".join(problem.text("en") for problem in reading.problems)
    return check_pack(compose([reading.pack]))


def test_the_small_pack_has_no_problem(read: Read) -> None:
    assert [problem.text("en") for problem in problems_of(read())] == []


def test_weights_that_come_to_1_17_are_refused_with_the_node(read: Read, change: Change) -> None:
    text = change("weight_total: 100", "weight_total: 1").replace("weight: 60", "weight: 0.62")
    (problem,) = problems_of(read(text.replace("weight: 40", "weight: 0.55")))
    assert problem.code == "scheme.weights"
    shown = problem.text("en")
    for fragment in ("1.17", "not 1", "total", "level 0.62", "speed 0.55", "small/pack.yaml:"):
        assert fragment in shown
    assert problem.place.path == "schemes/yearly/framework/children"


REFUSALS = yaml.safe_load((Path(__file__).parent / "check_refusals.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", list(REFUSALS))
def test_one_change_is_found(read: Read, change: Change, name: str) -> None:
    case = REFUSALS[name]
    problems = problems_of(read(change(case["change"], case["to"])))
    shown = [problem.text("en") for problem in problems]
    hits = [one for one in shown if all(fragment in one for fragment in case["finds"])]
    assert hits, shown
    assert hits[0].startswith("small/pack.yaml:"), "file and line stand first"
    for problem in problems:
        assert problem.text("zh")
        assert problem.place.line > 0


def with_rule(small: str, rule: str) -> str:
    """The small pack with one more rule, written as a mapping on one line."""
    return small.replace("schemes:\n", f"  more: {rule}\nschemes:\n", 1)


def codes_for(read: Read, text: str) -> list[str]:
    return [problem.code for problem in problems_of(read(text)) if problem.code != "rule.no_example"]


def test_a_condition_over_ownership_is_a_warning(read: Read, change: Change) -> None:
    text = change(
        "built: {label: {zh: 已建成, en: built}, type: boolean}",
        "built: {type: boolean}\n      ownership: {type: text}",
    )
    rule = "{modality: may, subject: park, clause: '1', when: ownership = 'state', then: {code: subsidy}}"
    (problem,) = [p for p in problems_of(read(with_rule(text, rule))) if p.code == "rule.discriminates"]
    assert problem.severity is Severity.WARNING
    assert "ownership" in problem.text("en")


@pytest.mark.parametrize(
    ("one", "two", "unordered"),
    [
        ("output < 10", "output >= 10", False),
        ("output <= 10", "output >= 10", True),
        ("output < 10 万元", "output > 0.01 * 1000 万元", False),
        ("tier = 'county'", "tier = 'national'", False),
        ("tier in ('county', 'national')", "tier = 'national'", True),
        ("tier = 'county' and output > 5", "tier <> 'county' or output <= 5", False),
        ("built", "not built", False),
        ("built", "output > 5", True),
        ("output is null", "output > 5", False),
        ("output_per_mu < 1", "output / land > 2", False),
        ("output > land * 1 万元/亩", "output <= land * 1 万元/亩", False),
        ("output between 1 and 5", "output between 6 and 9", False),
        ("output < p.least_output * land", "output > 5", True),
    ],
)
def test_exceptions_need_an_order_only_where_both_can_apply(
    read: Read, small: str, one: str, two: str, unordered: bool
) -> None:
    rule = (
        "{modality: may, subject: park, clause: '1', when: built, exceptions: ["
        f'{{when: "{one}", then: {{code: a}}}}, {{when: "{two}", then: {{code: b}}}}]}}'
    )
    assert ("rule.exceptions_unordered" in codes_for(read, with_rule(small, rule))) is unordered


@pytest.mark.parametrize(
    ("modality", "when", "contradicts"),
    [
        ("must_not", "output_per_mu >= 400 万元/亩", True),
        ("must_not", "output_per_mu < 400 万元/亩", False),
        ("may", "output_per_mu >= 400 万元/亩", False),
        ("must_not", "built", True),
    ],
)
def test_what_one_rule_grants_another_may_not_forbid(
    read: Read, small: str, modality: str, when: str, contradicts: bool
) -> None:
    rule = f"{{modality: {modality}, subject: park, clause: '2', when: {when}, then: {{code: first}}}}"
    assert ("rule.contradiction" in codes_for(read, with_rule(small, rule))) is contradicts


def test_a_rule_may_not_begin_before_its_parameter(read: Read, change: Change) -> None:
    text = change(
        'unit: "1", value: 0.5, basis: chosen, why: 原文未写, clause: "2"}',
        'unit: "1", clause: "2", values: [{from: 2019-01-01, value: 0.5, basis: stated}]}',
    )
    (problem,) = problems_of(read(text))
    assert problem.code == "date.parameter_late"
    for fragment in ("rules/limit", "low_share", "2019-01-01", "2018-01-01"):
        assert fragment in problem.text("zh")


def test_a_table_with_dated_bounds_is_checked_on_every_day(read: Read, change: Change) -> None:
    text = change(
        "  low_share:",
        "  bound: {unit: 万元/亩, clause: '2', values: [{from: 2018-01-01, value: 100, basis: stated},"
        " {from: 2020-01-01, value: 90, basis: stated}]}\n  low_share:",
    )
    assert "table.overlap" in codes_for(read, text.replace('output: ">= 100"}', 'output: ">= p.bound"}'))
    fits = text.replace('output: ">= 100"}', 'output: ">= p.bound"}').replace(
        'output: "< 100"}', 'output: "< p.bound"}'
    )
    assert codes_for(read, fits) == []


def test_a_table_may_say_that_it_is_not_complete(read: Read, change: Change) -> None:
    gap = change('{when: {tier: not national, output: "-"}', '{when: {tier: provincial, output: "-"}')
    assert codes_for(read, gap) == ["table.gap"]
    assert (
        codes_for(
            read, gap.replace("      outputs: {quota: 亩}\n", "      outputs: {quota: 亩}\n      complete: false\n")
        )
        == []
    )


def test_the_first_of_overlapping_rows_may_win_but_none_may_be_hidden(read: Read, change: Change) -> None:
    first = change("      outputs: {quota: 亩}\n", "      outputs: {quota: 亩}\n      hit: first\n")
    overlapping = first.replace('output: ">= 100"}', 'output: ">= 50"}')
    assert codes_for(read, overlapping) == []
    hidden = first.replace('{tier: national, output: ">= 100"}', '{tier: national, output: "-"}')
    assert codes_for(read, hidden) == ["table.never_reached"]


def test_targets_that_differ_are_named_with_both_clauses(read: Read, change: Change) -> None:
    text = change(
        "targets:\n",
        "targets:\n  other: {figure: 1-f1, indicator: output_per_mu, scope: all_parks, value: 400, clause: '2'}\n",
    )
    (problem,) = [p for p in problems_of(read(text)) if p.code == "target.contradiction"]
    assert problem.severity is Severity.WARNING
    assert "small#1" in problem.text("en")
    assert "small#2" in problem.text("en")
    opposite = text.replace("value: 400,", "value: 400, comparison: le,")
    (problem,) = [p for p in problems_of(read(opposite)) if p.code == "target.contradiction"]
    assert problem.severity is Severity.ERROR


def test_two_transitions_from_one_state_need_an_order(read: Read, change: Change) -> None:
    text = change("      - {code: normal}\n", "      - {code: normal}\n      - {code: out}\n")
    more = "      - {code: expel, from: normal, to: out, when: low_years >= 3}\n      - {code: cure,"
    assert codes_for(read, text.replace("      - {code: cure,", more)) == ["machine.two_ways"]
    ordered = more.replace("when: low_years >= 3", "when: low_years >= 3, order: 1")
    assert codes_for(read, text.replace("      - {code: cure,", ordered)) == []
    apart = more.replace("when: low_years >= 3", "when: low_years < 2 and built")
    assert codes_for(read, text.replace("      - {code: cure,", apart)) == []


def test_a_scheme_with_missing_weights_says_so_and_passes(read: Read, change: Change) -> None:
    text = change(", weight: 40}", "}").replace(
        "    weight_total: 100\n", "    weight_total: 100\n    missing_parts: [二级权重未公布]\n"
    )
    problems = problems_of(read(text))
    assert [p.code for p in problems] == []


def test_a_blank_is_noted(read: Read, change: Change) -> None:
    text = change("value: 0.5, basis: chosen, why: 原文未写", "basis: missing, why: 原文未写")
    (problem,) = problems_of(read(text))
    assert (problem.code, problem.severity) == ("parameter.blank", Severity.NOTE)


def test_a_parameter_nothing_reads_is_noted(read: Read, change: Change) -> None:
    text = change("  low_share:", "  low_shares: {value: 1, basis: chosen, why: 试}\n  low_share:")
    (problem,) = problems_of(read(text))
    assert (problem.code, problem.severity) == ("parameter.unused", Severity.NOTE)


def test_an_entry_that_could_not_be_read_is_reported_once(read: Read, change: Change) -> None:
    reading = read(change("measurement: rate", "measurement: speed"))
    assert reading.pack is not None
    problems = check_pack(compose([reading.pack]))
    assert [problem.code for problem in reading.problems] == ["schema.choice"]
    assert [p.text("en") for p in problems if "output_per_mu" in p.values.get("name", "")] == []


def test_every_check_stands_once() -> None:
    assert len(set(CHECKS)) == len(CHECKS)


def test_checking_a_compiled_pack_gives_the_same(read: Read, change: Change) -> None:
    reading = read(change("weight: 40", "weight: 41"))
    assert reading.pack is not None
    composition = compose([reading.pack])
    assert check_pack(composition) == check_pack(composition, compile_pack(composition))
