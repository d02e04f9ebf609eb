"""Reference periods as people write them: 2018年1月, 201801, 2018年第一季度, 2018年上半年."""

from __future__ import annotations

import re
from datetime import date, datetime

from yuanzhi.engine.kernel.hygiene import half_width
from yuanzhi.engine.kernel.periods import Frequency, Period
from yuanzhi.engine.records.sheets import Cell, shown

_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_YEAR = r"((?:19|20)\d{2})"
_QUARTER = re.compile(_YEAR + r"\s*(?:年\s*第?\s*([一二三四1-4])\s*季度?|[-.]?\s*Q([1-4]))", re.I)
_SPAN = re.compile(_YEAR + r"\s*年?\s*(\d{1,2})\s*月?\s*[-—–~～至到]\s*(\d{1,2})\s*月")
_DAY = re.compile(_YEAR + r"\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_MONTH = re.compile(_YEAR + r"\s*(?:年\s*(\d{1,2})\s*月份?|[-/.]\s*(\d{1,2})(?!\d)|(0[1-9]|1[0-2])(?!\d))")
_ONLY_YEAR = re.compile(_YEAR + r"\s*(?:年度?|(?![\d.]))")


def read_period(cell: Cell, frequency: Frequency) -> Period | None:
    """The period a cell names, whole; a date in a cell stands for the period of the frequency around it.

    >>> str(read_period("２０１８年第三季度", Frequency.QUARTER)), str(read_period(201807.0, Frequency.MONTH))
    ('2018Q3', '2018-07')
    """
    if isinstance(cell, date | datetime):
        return around(cell.date() if isinstance(cell, datetime) else cell, frequency)
    if isinstance(cell, float) and not cell.is_integer():
        return None  # 2018.1 in a number cell may have been 2018.10
    text = half_width(shown(cell)).strip()
    for pattern in (_QUARTER, _SPAN, _DAY, _MONTH, _ONLY_YEAR):
        if (found := pattern.fullmatch(text)) and (period := _period(pattern, found, frequency)):
            return period
    return None


def find_period(text: str, frequency: Frequency) -> Period | None:
    """The first period named inside a longer text, such as a title; a running total names none."""
    text = half_width(text)
    for pattern in (_QUARTER, _SPAN, _MONTH, _ONLY_YEAR):
        if found := pattern.search(text):
            return _period(pattern, found, frequency)
    return None


def around(day: date, frequency: Frequency) -> Period:
    """The period of a frequency that a day is in."""
    match frequency:
        case Frequency.YEAR:
            return Period.year(day.year)
        case Frequency.QUARTER:
            return Period.quarter(day.year, (day.month + 2) // 3)
        case Frequency.MONTH:
            return Period.month(day.year, day.month)
        case _:
            return Period(day, day, Frequency.DAY)


def _period(pattern: re.Pattern[str], found: re.Match[str], frequency: Frequency) -> Period | None:
    parts = [part for part in found.groups() if part is not None]
    try:
        if pattern is _QUARTER:
            return Period.quarter(int(parts[0]), _QUARTERS[parts[1]])
        if pattern is _SPAN:
            return _span(*map(int, parts))
        if pattern is _DAY:
            day = date(*map(int, parts))
            return around(day, frequency) if frequency in (Frequency.DAY, Frequency.ONCE) else Period.read(str(day))
        return Period.month(int(parts[0]), int(parts[1])) if pattern is _MONTH else Period.year(int(parts[0]))
    except ValueError:
        return None


def _span(year: int, first: int, last: int) -> Period | None:
    """Months from to: a quarter or year where they make one; a running total (1—8月) is no period of a return."""
    if (first, last) == (1, 12):
        return Period.year(year)
    return Period.quarter(year, last // 3) if last == first + 2 and last % 3 == 0 else None
