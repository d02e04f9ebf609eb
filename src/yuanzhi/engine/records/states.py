"""The register's state on a day, derived by playing its events in order.

This is the plain reading of the register and the one to be checked against. ``intervals`` gives
the same for registers of any size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from yuanzhi.engine.kernel.problems import Place, Problem, Severity
from yuanzhi.engine.pack.model import Scalar
from yuanzhi.engine.records.events import CLEARED, OPENING, REFERENCES, Event, EventKind, Part, setting
from yuanzhi.engine.records.lives import Life, Lives

_STEP = Decimal("0.0001")
Areas = dict[str, Decimal | None]
"""Area by territory; a value of ``None`` is a part whose area nobody has stated."""


@dataclass(frozen=True, kw_only=True)
class SubjectState:
    """A living subject on a day.

    Attributes:
        values: Its attributes; those nobody stated are absent. References name the subject that
            stands there today, whatever it was called when the reference was written.
        area_parts: Its area by territory, where a merger across a border left it in several.
        predecessors: Every subject it took in or came from, direct or not, in order.
        since: The first day of its present life.
        source: Where the last event that touched it comes from.
    """

    subject_type: str
    subject: str
    values: Mapping[str, Scalar] = field(default_factory=dict)
    area_parts: Mapping[str, Decimal | None] = field(default_factory=dict)
    predecessors: tuple[str, ...] = ()
    since: date
    source: str = ""
    synthetic: bool = False

    def __getitem__(self, name: str) -> Scalar:
        return self.values.get(name)

    @property
    def name(self) -> str:
        """Its name on that day, or its code while it has none."""
        return str(self.values.get("name") or self.subject)

    @property
    def area_ha(self) -> Decimal | None:
        """Its area in hectares, or ``None`` as soon as one part is unknown."""
        return total_area(self.area_parts)


@dataclass(frozen=True)
class States:
    """All living subjects on a day, as known on a day."""

    valid: date
    known: date
    subjects: Mapping[str, SubjectState]
    ended: Mapping[str, Life] = field(default_factory=dict)

    def __getitem__(self, subject: str) -> SubjectState:
        return self.subjects[subject]

    def __contains__(self, subject: object) -> bool:
        return subject in self.subjects

    def __iter__(self) -> Iterator[SubjectState]:
        return iter(self.subjects.values())

    def of_type(self, subject_type: str) -> tuple[SubjectState, ...]:
        """The living subjects of one type, by code."""
        return tuple(state for state in self if state.subject_type == subject_type)

    def under(self, subject: str, reference: str = "park") -> tuple[SubjectState, ...]:
        """The subjects whose reference names this one."""
        return tuple(state for state in self if state.values.get(reference) == subject)

    def area_by_territory(self, subject_type: str) -> dict[str, Decimal | None]:
        """Total area of one type of subject by territory; ``None`` where one of them is unknown."""
        totals: Areas = {}
        for state in self.of_type(subject_type):
            for territory, area in state.area_parts.items():
                totals[territory] = _plus(totals.get(territory, Decimal(0)), area)
        return dict(sorted(totals.items()))


@dataclass
class Raw:
    """A subject while events are played: references as written, each with the day it was written."""

    subject_type: str
    values: dict[str, Scalar] = field(default_factory=dict)
    written: dict[str, date] = field(default_factory=dict)
    areas: Areas = field(default_factory=dict)
    predecessors: tuple[str, ...] = ()
    since: date = date.min
    alive: bool = False
    source: str = ""
    synthetic: bool = False

    def copy(self) -> Raw:
        """An independent copy."""
        return Raw(
            self.subject_type, dict(self.values), dict(self.written), dict(self.areas), self.predecessors,
            self.since, self.alive, self.source, self.synthetic,
        )  # fmt: skip


class Playing:
    """Plays events in order, a day at a time. ``problems`` gathers what could not be carried out."""

    def __init__(self) -> None:
        self.raw: dict[str, Raw] = {}
        self.lives = Lives()
        self.problems: list[Problem] = []
        self.touched: set[str] = set()

    def play(self, event: Event) -> None:
        """Carry out one event; events must come in order."""
        if (raw := self.raw.get(event.subject)) is not None:
            raw.subject_type = raw.subject_type or event.subject_type
        match event.event:
            case EventKind.WITHDRAWN:
                return
            case EventKind.MERGED:
                self._merge(event)
            case EventKind.SPLIT:
                self._split(event)
            case EventKind.CLOSED:
                if raw := self._living(event):
                    self._end(event.subject, raw, Life(raw.since, event.valid, "closed"))
            case EventKind.EXPANDED:
                if raw := self._living(event):
                    self._expand(raw, event)
            case _:
                self._describe(event)

    def _describe(self, event: Event) -> None:
        opening = event.event in OPENING
        raw = self._opened(event) if opening else self._living(event)
        if raw is None:
            return
        values = {name: value for name, value in event.values.items() if event.event in setting(name)}
        if opening:
            values.setdefault("status", "active")
        if event.event is EventKind.FOUNDED:
            values.setdefault("established", event.valid)
        for name, value in values.items():
            self._set(raw, name, value, event.valid)
        self._mark(raw, event)

    def _set(self, raw: Raw, name: str, value: Scalar, day: date) -> None:
        if name == "area_ha":
            raw.areas = {str(raw.values.get("territory") or ""): Decimal(str(value))}
            return
        if name == "territory" and len(raw.areas) == 1:
            raw.areas = {"" if value == CLEARED else str(value): next(iter(raw.areas.values()))}
        if value == CLEARED:
            raw.values.pop(name, None)
        else:
            raw.values[name] = value
        if name in REFERENCES:
            raw.written[name] = day

    def _opened(self, event: Event) -> Raw:
        raw = self.raw.get(event.subject)
        if raw is None:
            raw = self.raw[event.subject] = Raw(event.subject_type)
        elif raw.alive:
            self._report("register.opened_twice", event, since=raw.since.isoformat())
        if not raw.alive:
            raw.alive, raw.since = True, event.valid
            self.lives.open(event.subject, event.valid)
        raw.areas = raw.areas or {str(event.values.get("territory") or raw.values.get("territory") or ""): None}
        return raw

    def _living(self, event: Event) -> Raw | None:
        raw = self.raw.get(event.subject)
        if raw is not None and raw.alive:
            return raw
        self._report("register.not_living", event)
        return None

    def _end(self, subject: str, raw: Raw, life: Life) -> None:
        raw.alive = False
        self.lives.close(subject, life)
        self.touched.add(subject)

    def _expand(self, raw: Raw, event: Event) -> None:
        territory = str(event.values.get("territory") or raw.values.get("territory") or "")
        added = event.values.get("area_ha")
        raw.areas[territory] = _plus(
            raw.areas.get(territory, Decimal(0)), Decimal(str(added)) if added is not None else None
        )
        self._mark(raw, event)

    def _merge(self, event: Event) -> None:
        raw = self._living(event)
        if raw is None:
            return
        core_code = self.lives.resolve(event.into[0].subject, event.valid, event.valid) if event.into else ""
        core = self.raw.get(core_code)
        if core is None or not core.alive or core_code == event.subject:
            self._report("register.core_not_living", event, core=event.into[0].subject if event.into else "")
            return
        for territory, area in raw.areas.items():
            core.areas[territory] = _plus(core.areas.get(territory, Decimal(0)), area)
        core.predecessors = _joined(core.predecessors, (*raw.predecessors, event.subject))
        self._end(event.subject, raw, Life(raw.since, event.valid, "merged", (Part(core_code),)))
        self._mark(core, event, core_code)

    def _split(self, event: Event) -> None:
        raw = self._living(event)
        if raw is None:
            return
        if not event.into or sum(part.share for part in event.into) != 1:
            self._report("register.shares_off", event, total=str(sum(part.share for part in event.into)))
            return
        shares = divided(raw.areas, [part.share for part in event.into])
        whole, lives_on = raw.copy(), event.subject in {part.subject for part in event.into}
        for part, areas in zip(event.into, shares, strict=True):
            self._give(part.subject, areas, whole, event)
        if not lives_on:
            self._end(event.subject, raw, Life(raw.since, event.valid, "split", event.into))
        self._mark(raw, event)

    def _give(self, code: str, areas: Areas, whole: Raw, event: Event) -> None:
        if code == event.subject:
            self.raw[code].areas = areas
            return
        part = self.raw.get(code)
        if part is None or not part.alive:
            part = self.raw[code] = whole.copy()
            part.areas, part.since = {}, event.valid
            for inherited in ("name", "credit_code"):
                part.values.pop(inherited, None)
            part.values["established"] = event.valid
            part.predecessors = ()
            self.lives.open(code, event.valid)
        for territory, area in areas.items():
            part.areas[territory] = _plus(part.areas.get(territory, Decimal(0)), area)
        part.predecessors = _joined(part.predecessors, (*whole.predecessors, event.subject))
        self._mark(part, event, code)

    def _mark(self, raw: Raw, event: Event, subject: str = "") -> None:
        raw.source = event.source or raw.source
        raw.synthetic = raw.synthetic or event.synthetic
        self.touched.add(subject or event.subject)

    def _report(self, code: str, event: Event, **values: str) -> None:
        named = {"event": str(event.event), "subject": event.subject, "valid": event.valid.isoformat(), **values}
        place = Place(file=event.source, path=event.id)
        self.problems.append(Problem(code, place, named, Severity.WARNING))


def effective(events: Iterable[Event], known: date) -> list[Event]:
    """The events known on a day, without those withdrawn by then, in order."""
    seen = [event for event in events if event.recorded <= known]
    gone = withdrawn((e.recorded, e.id, e.withdraws) for e in seen if e.withdraws)
    kept = (e for e in seen if not (e.id and e.id in gone) and e.event is not EventKind.WITHDRAWN)
    return sorted(kept, key=lambda e: e.order)


def withdrawn(withdrawals: Iterable[tuple[date, str, str]]) -> set[str]:
    """The events that never were, from (recorded, id, withdraws); a withdrawal may itself be withdrawn later."""
    gone: set[str] = set()
    for _, own, target in sorted(withdrawals, reverse=True):
        if not own or own not in gone:
            gone.add(target)
    return gone


def states_at(events: Sequence[Event], valid: date, known: date) -> States:
    """Every living subject on ``valid``, as known on ``known``."""
    playing = Playing()
    for event in effective(events, known):
        if event.valid > valid:
            break
        playing.play(event)
    living = {code: raw for code, raw in sorted(playing.raw.items()) if raw.alive}
    states = {code: _state(code, raw, playing.lives, valid) for code, raw in living.items()}
    ended = {code: playing.lives.last(code) for code, raw in sorted(playing.raw.items()) if not raw.alive}
    return States(valid, known, states, ended)


def timelines(events: Sequence[Event]) -> tuple[dict[str, list[tuple[date, Raw]]], Playing]:
    """Play effective events whole, keeping each subject's state at the end of each day that touched it."""
    playing = Playing()
    kept: dict[str, list[tuple[date, Raw]]] = defaultdict(list)
    for at, event in enumerate(events):
        playing.play(event)
        if at + 1 == len(events) or events[at + 1].valid != event.valid:
            for subject in playing.touched:
                kept[subject].append((event.valid, playing.raw[subject].copy()))
            playing.touched.clear()
    return kept, playing


def total_area(parts: Mapping[str, Decimal | None]) -> Decimal | None:
    """The sum of the parts, or ``None`` if one of them is unknown or there is none."""
    known = [area for area in parts.values() if area is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(parts) else None


def divided(areas: Areas, shares: Sequence[Decimal]) -> list[Areas]:
    """Areas divided by shares to four places; what rounding leaves over goes to the first, so totals are kept."""
    results: list[Areas] = [{} for _ in shares]
    for territory, area in areas.items():
        if area is None:
            for result in results:
                result[territory] = None
            continue
        pieces = [(area * share).quantize(_STEP, rounding=ROUND_DOWN) for share in shares]
        pieces[0] += area - sum(pieces, Decimal(0))
        for result, piece in zip(results, pieces, strict=True):
            result[territory] = piece
    return results


def _state(code: str, raw: Raw, lives: Lives, valid: date) -> SubjectState:
    values: dict[str, Any] = dict(raw.values)
    for name in REFERENCES:
        if name in values:
            there = lives.resolve(values[name], raw.written[name], valid)
            values[name] = there
            if there == code:
                del values[name]
    if (area := total_area(raw.areas)) is not None:
        values["area_ha"] = area
    return SubjectState(
        subject_type=raw.subject_type, subject=code, values=values, area_parts=_by_territory(raw, values, lives, valid),
        predecessors=raw.predecessors, since=raw.since, source=raw.source, synthetic=raw.synthetic,
    )  # fmt: skip


def _by_territory(raw: Raw, values: Mapping[str, Scalar], lives: Lives, valid: date) -> Areas:
    if len(raw.areas) == 1:
        return {str(values.get("territory") or ""): next(iter(raw.areas.values()))}
    result: Areas = {}
    for territory, area in sorted(raw.areas.items()):
        today = lives.resolve(territory, raw.since, valid)
        result[today] = _plus(result.get(today, Decimal(0)), area)
    return result


def _plus(left: Decimal | None, right: Decimal | None) -> Decimal | None:
    return None if left is None or right is None else left + right


def _joined(old: tuple[str, ...], new: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*old, *new)))
