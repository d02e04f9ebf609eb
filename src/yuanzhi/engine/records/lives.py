"""Which subjects lived when, and who stands in their place afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from yuanzhi.engine.records.events import Part

End = Literal["", "closed", "merged", "split"]


@dataclass(frozen=True)
class Life:
    """One life of a subject: its first day, the first day it is gone, how it ended, and its successors."""

    start: date
    end: date | None = None
    how: End = ""
    successors: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Piece:
    """What a reference means on the days from ``first`` to before ``stop``.

    It holds for references written from ``written_from`` to before ``written_to``.
    """

    written: str
    written_from: date
    written_to: date
    first: date
    stop: date
    target: str


@dataclass
class Lives:
    """The lives of all subjects played so far, in order."""

    by_subject: dict[str, list[Life]] = field(default_factory=dict)

    def open(self, subject: str, day: date) -> None:
        """Begin a life."""
        self.by_subject.setdefault(subject, []).append(Life(day))

    def close(self, subject: str, life: Life) -> None:
        """End the present life."""
        self.by_subject[subject][-1] = life

    def last(self, subject: str) -> Life:
        """The present or last life."""
        return self.by_subject[subject][-1]

    def resolve(self, written: str, on: date, valid: date) -> str:
        """Who stands on ``valid`` for a reference written on ``on``.

        A subject that was merged is followed to its core, one that was split to the first of its
        parts, each as they stood on the day of the change; one that closed or is unknown is left as
        written.
        """
        at, day = written, on
        while True:
            life = self._life(at, day)
            if life is None or not life.successors or life.end is None or life.end > valid:
                return at
            at, day = life.successors[0].subject, life.end

    def pieces(self) -> Iterator[Piece]:
        """Every reference that ever changes its meaning, as spans of days in which it keeps one."""
        for subject, lives in self.by_subject.items():
            for at, life in enumerate(lives):
                if not life.successors:
                    continue
                start = date.min if at == 0 else life.start
                stop = lives[at + 1].start if at + 1 < len(lives) else date.max
                yield from self._spans(subject, start, stop)

    def _spans(self, subject: str, written_from: date, written_to: date) -> Iterator[Piece]:
        at, day, first = subject, max(written_from, self.by_subject[subject][0].start), date.min
        while (life := self._life(at, day)) and life.successors and life.end is not None:
            if first < life.end:
                yield Piece(subject, written_from, written_to, first, life.end, at)
            at, day, first = life.successors[0].subject, life.end, life.end
        yield Piece(subject, written_from, written_to, first, date.max, at)

    def _life(self, subject: str, day: date) -> Life | None:
        lives = self.by_subject.get(subject, [])
        begun = [life for life in lives if life.start <= day]
        return begun[-1] if begun else lives[0] if lives else None
