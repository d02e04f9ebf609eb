"""Reference periods (报告期): years, quarters, months and days, as text and as dates."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_FORM = re.compile(r"(\d{4})(?:Q([1-4])|-(\d{2})(?:-(\d{2}))?)?")


class Frequency(StrEnum):
    """How often a return or an indicator comes."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    DAY = "day"
    ONCE = "once"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A span of days with its frequency; ordered by start.

    >>> Period.read("2018Q3").end
    datetime.date(2018, 9, 30)
    >>> str(Period.read("2018-07").same_period_last_year())
    '2017-07'
    """

    start: date
    end: date
    frequency: Frequency

    @classmethod
    def read(cls, text: str) -> Period:
        """The period written as 2018, 2018Q3, 2018-07 or 2018-07-15.

        Raises:
            ValueError: The text is none of these forms or no day of the calendar.
        """
        found = _FORM.fullmatch(text.strip())
        if not found:
            raise ValueError(f"not a period: {text!r}")
        year, quarter, month, day = found.groups()
        if quarter:
            return cls.quarter(int(year), int(quarter))
        if day:
            only = date(int(year), int(month), int(day))
            return cls(only, only, Frequency.DAY)
        return cls.month(int(year), int(month)) if month else cls.year(int(year))

    @classmethod
    def year(cls, year: int) -> Period:
        """A calendar year."""
        return cls(date(year, 1, 1), date(year, 12, 31), Frequency.YEAR)

    @classmethod
    def quarter(cls, year: int, quarter: int) -> Period:
        """A quarter, 1 to 4."""
        first = date(year, 3 * quarter - 2, 1)
        return cls(first, _month_end(year, 3 * quarter), Frequency.QUARTER)

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        """A calendar month."""
        return cls(date(year, month, 1), _month_end(year, month), Frequency.MONTH)

    def covers(self, other: Period) -> bool:
        """Whether every day of the other period is in this one."""
        return self.start <= other.start and other.end <= self.end

    def months(self) -> Iterator[Period]:
        """The months inside the period, in order."""
        at = self.start.replace(day=1)
        while at <= self.end:
            yield Period.month(at.year, at.month)
            at = _month_end(at.year, at.month) + timedelta(days=1)

    def previous(self) -> Period:
        """The period of the same frequency just before."""
        before = self.start - timedelta(days=1)
        match self.frequency:
            case Frequency.YEAR:
                return Period.year(before.year)
            case Frequency.QUARTER:
                return Period.quarter(before.year, (before.month + 2) // 3)
            case Frequency.MONTH:
                return Period.month(before.year, before.month)
            case _:
                return Period(before, before, self.frequency)

    def following(self) -> Period:
        """The period of the same frequency just after.

        >>> str(Period.read("2018Q4").following())
        '2019Q1'
        """
        after = self.end + timedelta(days=1)
        match self.frequency:
            case Frequency.YEAR:
                return Period.year(after.year)
            case Frequency.QUARTER:
                return Period.quarter(after.year, (after.month + 2) // 3)
            case Frequency.MONTH:
                return Period.month(after.year, after.month)
            case _:
                return Period(after, after, self.frequency)

    def same_period_last_year(self) -> Period:
        """The same quarter, month or day one year before (同期); 29 February goes to the 28th."""
        match self.frequency:
            case Frequency.YEAR:
                return Period.year(self.start.year - 1)
            case Frequency.QUARTER:
                return Period.quarter(self.start.year - 1, (self.start.month + 2) // 3)
            case Frequency.MONTH:
                return Period.month(self.start.year - 1, self.start.month)
            case _:
                last = min(self.start.day, calendar.monthrange(self.start.year - 1, self.start.month)[1])
                day = self.start.replace(year=self.start.year - 1, day=last)
                return Period(day, day, self.frequency)

    def __str__(self) -> str:
        match self.frequency:
            case Frequency.YEAR:
                return f"{self.start.year}"
            case Frequency.QUARTER:
                return f"{self.start.year}Q{(self.start.month + 2) // 3}"
            case Frequency.MONTH:
                return f"{self.start.year}-{self.start.month:02d}"
            case _:
                return self.start.isoformat()


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


@dataclass(frozen=True, slots=True)
class Validity:
    """The days on which something is in force; both ends count, an open end is ``None``."""

    first: date | None = None
    last: date | None = None

    def covers(self, day: date) -> bool:
        """Whether it is in force on the day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def overlaps(self, other: Validity) -> bool:
        """Whether some day is in both."""
        starts = [v.first for v in (self, other) if v.first]
        ends = [v.last for v in (self, other) if v.last]
        return not starts or not ends or max(starts) <= min(ends)


ALWAYS = Validity()
