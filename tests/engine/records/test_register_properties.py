"""The register's promises on random lists of events."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from yuanzhi.engine.records import Event, EventKind, Part, Register, States

PARKS, FIRMS, TERRITORIES = ("a", "b", "c", "d"), ("e", "f", "g"), ("630102", "632321")
START = date(2010, 1, 1)


def days(last: int = 3000) -> st.SearchStrategy[date]:
    """Days, often the same, so that events meet."""
    return st.one_of(st.integers(0, last), st.sampled_from([500, 1000, 1500])).map(lambda n: START + timedelta(n))


def founding(subject: str) -> st.SearchStrategy[Event]:
    kind = "park" if subject in PARKS else "enterprise"
    values: dict[str, Any] = {"territory": st.sampled_from(TERRITORIES)}
    if kind == "park":
        values["area_ha"] = st.integers(0, 10_000_000).map(lambda n: Decimal(n).scaleb(-4))
        values["parent"] = st.sampled_from(PARKS)
    else:
        values["park"] = st.sampled_from(PARKS)
    return st.builds(
        lambda day, own: Event(
            event=EventKind.FOUNDED, subject=subject, subject_type=kind, valid=day, recorded=day, values=own
        ),
        days(400), st.fixed_dictionaries(values),
    )  # fmt: skip


@st.composite
def changes(draw: st.DrawFn, structural: bool = True) -> Event:
    kinds = [EventKind.RENAMED, EventKind.MOVED, EventKind.CLOSED, EventKind.REOPENED, EventKind.TIER_CHANGED]
    kinds += [EventKind.MERGED, EventKind.SPLIT, EventKind.EXPANDED, EventKind.AREA_CHANGED] if structural else []
    kind = draw(st.sampled_from(kinds))
    subject = draw(st.sampled_from(PARKS if kind in (EventKind.MERGED, EventKind.SPLIT) else (*PARKS, *FIRMS)))
    valid = draw(days())
    values: dict[str, Any] = {}
    into: tuple[Part, ...] = ()
    match kind:
        case EventKind.RENAMED:
            values = {"name": draw(st.sampled_from(["甲", "乙", "丙"]))}
        case EventKind.TIER_CHANGED:
            values = {"tier": draw(st.sampled_from(["national", "provincial"]))}
        case EventKind.MOVED:
            values = {"park": draw(st.sampled_from((*PARKS, "-")))}
        case EventKind.EXPANDED | EventKind.AREA_CHANGED:
            values = {"area_ha": Decimal(draw(st.integers(1, 1000)))}
        case EventKind.MERGED:
            into = (Part(draw(st.sampled_from(PARKS))),)
        case EventKind.SPLIT:
            share = Decimal(draw(st.integers(1, 99))).scaleb(-2)
            parts = draw(st.sampled_from([("x", "y"), (subject, "x"), ("y", "a")]))
            into = (Part(parts[0], share), Part(parts[1], 1 - share))
    recorded = valid + timedelta(draw(st.integers(-20, 400)))
    own = "park" if subject in PARKS else "enterprise"
    return Event(
        event=kind, subject=subject, subject_type=own, valid=valid, recorded=recorded, values=values, into=into
    )


def histories(structural: bool = True) -> st.SearchStrategy[list[Event]]:
    begun = st.tuples(*(founding(subject) for subject in (*PARKS, *FIRMS)))
    return st.builds(lambda first, then: [*first, *then], begun, st.lists(changes(structural), max_size=14))


def content(states: States) -> dict[str, Any]:
    return {
        code: (state.subject_type, dict(state.values), dict(state.area_parts), state.predecessors)
        for code, state in states.subjects.items()
    }


@settings(max_examples=60, deadline=None)
@given(histories(), days(), st.randoms(use_true_random=False))
def test_the_order_of_entry_does_not_matter(events: list[Event], day: date, chance: Any) -> None:
    distinct = {(e.subject, e.valid, e.recorded, e.event): e for e in events}
    # Two events of one kind about one subject, valid and recorded on the same days, contradict each other.
    kept = list(distinct.values())
    shuffled = chance.sample(kept, len(kept))
    assert content(Register.of(kept).at(day)) == content(Register.of(shuffled).at(day))


@settings(max_examples=30, deadline=None)
@given(histories(), st.lists(changes(), max_size=5), days(), days())
def test_what_is_recorded_later_changes_no_earlier_answer(
    events: list[Event], later: list[Event], valid: date, known: date
) -> None:
    new = [
        Event(
            event=e.event, subject=e.subject, valid=e.valid, recorded=known + timedelta(1), values=e.values, into=e.into
        )
        for e in later
    ]
    register = Register.of(events)
    assert content(register.at(valid, known)) == content(register.adding(new).at(valid, known))
    assert register.subjects(known).equals(register.adding(new).subjects(known))


@settings(max_examples=60, deadline=None)
@given(histories(structural=False), st.sampled_from(PARKS), st.sampled_from(PARKS), days())
def test_a_merger_moves_everything_and_keeps_totals(events: list[Event], absorbed: str, core: str, day: date) -> None:
    register = Register.of(events)
    merged = register.adding(
        [Event(event=EventKind.MERGED, subject=absorbed, valid=day, recorded=day, into=(Part(core),), sequence=9)]
    )
    before = register.at(day)
    after = merged.at(day)
    for earlier in (day - timedelta(1), day - timedelta(400)):
        assert content(merged.at(earlier)) == content(register.at(earlier))
    assert after.area_by_territory("park") == before.area_by_territory("park")
    assert len(after.of_type("enterprise")) == len(before.of_type("enterprise"))
    if absorbed != core and absorbed in before and core in before:
        assert absorbed not in after
        assert not after.under(absorbed)
        moved = {state.subject for state in (*before.under(absorbed), *before.under(core))}
        assert {state.subject for state in after.under(core)} == moved
        areas = [before[absorbed].area_ha, before[core].area_ha]
        assert after[core].area_ha == (None if None in areas else sum(areas))


@settings(max_examples=60, deadline=None)
@given(histories(structural=False), st.sampled_from(PARKS), st.integers(0, 100), days())
def test_a_split_keeps_totals(events: list[Event], whole: str, share: int, day: date) -> None:
    register = Register.of(events)
    part = Decimal(share).scaleb(-2)
    split = register.adding(
        [
            Event(
                event=EventKind.SPLIT, subject=whole, valid=day, recorded=day, sequence=9,
                into=(Part("n1", part), Part("n2", 1 - part)),
            )
        ]
    )  # fmt: skip
    assert split.at(day).area_by_territory("park") == register.at(day).area_by_territory("park")
    assert content(split.at(day - timedelta(1))) == content(register.at(day - timedelta(1)))


@settings(max_examples=50, deadline=None)
@given(histories(), days())
def test_the_table_of_subjects_says_what_playing_the_events_says(events: list[Event], known: date) -> None:
    register = Register.of(events)
    table = register.subjects(known).to_pylist()
    for day in sorted({event.valid for event in events} | {known}):
        states = register.at(day, known)
        rows = {
            row["subject"]: row
            for row in table
            if row["valid_from"] <= day and (row["valid_to"] is None or day <= row["valid_to"])
        }
        assert rows.keys() == states.subjects.keys()
        for code, state in states.subjects.items():
            row = rows[code]
            for name in ("name", "tier", "territory", "parent", "park", "status", "established", "area_ha"):
                assert row[name] == state[name], (day, code, name)
            assert tuple(row["predecessors"]) == state.predecessors
            assert row["subject_type"] == state.subject_type


@settings(max_examples=25, deadline=None)
@given(histories())
def test_a_subject_s_spans_are_in_order_and_do_not_overlap(events: list[Event]) -> None:
    last: dict[str, date | None] = {}
    for row in Register.of(events).subjects().to_pylist():
        if row["subject"] in last:
            before = last[row["subject"]]
            assert before is not None
            assert before < row["valid_from"]
        assert row["valid_to"] is None or row["valid_from"] <= row["valid_to"]
        last[row["subject"]] = row["valid_to"]
