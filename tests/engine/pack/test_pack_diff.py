"""Two packs compared: what is added, removed, changed, and whether it is tighter or looser."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from yuanzhi.engine.pack import CompiledPack, PackReading, compile_pack, compose
from yuanzhi.engine.pack.diff import Change, ChangeKind, PackDiff, Tendency, compare_packs

Read = Callable[..., PackReading]
Edit = Callable[[str, str], str]


@pytest.fixture
def compared(read: Read, small: str) -> Callable[[str], PackDiff]:
    def compiled(text: str, folder: str) -> CompiledPack:
        reading = read(text, folder)
        assert reading.pack is not None
        assert reading.problems == (), [problem.text("en") for problem in reading.problems]
        return compile_pack(compose([reading.pack]))

    return lambda text: compare_packs(compiled(small, "before"), compiled(text, "after"))


Compared = Callable[[str], PackDiff]


WHEN = "when: output_per_mu >= p.least_output"


def one(diff: PackDiff, trail: str) -> Change:
    (found,) = [change for change in diff.changes if change.trail == trail]
    return found


def test_a_pack_does_not_differ_from_itself(compared: Compared, small: str) -> None:
    assert compared(small).changes == ()
    assert compared("# a comment\n" + small).changes == (), "where a thing stands is not what it says"


def test_a_changed_value_names_before_after_and_who_reads_it(compared: Compared, change: Edit) -> None:
    diff = compared(change("value: 0.5, basis: chosen", "value: 0.6, basis: stated"))
    found = one(diff, "parameters/low_share")
    assert found.kind is ChangeKind.CHANGED
    assert [(own.path, own.before, own.after) for own in found.fields] == [
        ("values/0/value", "0.5", "0.6"),
        ("values/0/basis", "chosen", "stated"),
    ]
    assert found.affects == ("rules/limit",)
    assert found.after_clause == "2"
    assert one(diff, "rules/limit").tendency is Tendency.TIGHTER, "more parks are limited"


@pytest.mark.parametrize(
    ("old", "new", "trail", "tendency"),
    [
        ("comparison: ge, value: 500", "comparison: ge, value: 600", "targets/output_2020", Tendency.TIGHTER),
        ("comparison: ge, value: 500", "comparison: ge, value: 400", "targets/output_2020", Tendency.LOOSER),
        ("comparison: ge, value: 500", "comparison: gt, value: 500", "targets/output_2020", Tendency.TIGHTER),
        ("comparison: ge, value: 500", "comparison: le, value: 500", "targets/output_2020", Tendency.OPEN),
        ("target_year: 2020", "target_year: 2019", "targets/output_2020", Tendency.TIGHTER),
        ("comparison: ge, value: 500", "comparison: ge, value: 600", "rules/priority", Tendency.TIGHTER),
        ("comparison: ge, value: 500", "comparison: ge, value: 400", "rules/priority", Tendency.LOOSER),
        ("comparison: ge, value: 500", "comparison: ge, value: 600", "rules/limit", Tendency.TIGHTER),
        (WHEN, "when: output_per_mu > p.least_output", "rules/priority", Tendency.TIGHTER),
        (WHEN, f"{WHEN} and built", "rules/priority", Tendency.TIGHTER),
        (WHEN, f"{WHEN} or built", "rules/priority", Tendency.LOOSER),
        (WHEN, "when: built", "rules/priority", Tendency.OPEN),
        (WHEN, "when: not (output_per_mu < p.least_output)", "rules/priority", Tendency.NEUTRAL),
        ("modality: priority", "modality: must", "rules/priority", Tendency.OPEN),
    ],
)  # fmt: skip
def test_tighter_or_looser(
    compared: Compared, change: Edit, old: str, new: str, trail: str, tendency: Tendency
) -> None:
    assert one(compared(change(old, new)), trail).tendency is tendency


def test_what_is_added_and_removed(compared: Compared, change: Edit) -> None:
    diff = compared(change("  output_2020:", "  output_2021:"))
    assert one(diff, "targets/output_2020").kind is ChangeKind.REMOVED
    assert one(diff, "targets/output_2020").tendency is Tendency.LOOSER
    assert one(diff, "targets/output_2021").tendency is Tendency.TIGHTER


def test_changes_are_found_under_their_clause(compared: Compared, change: Edit) -> None:
    diff = compared(change("亩均产出达到五百万元。", "亩均产出须达到五百万元。"))
    assert [found.trail for found in diff.by_clause["1"]] == ["clauses/1"]
    assert diff.of("clauses") == diff.changes
    assert (diff.before, diff.after) == ("small", "small")
