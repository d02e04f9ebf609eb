"""Histories made in place."""

from decimal import Decimal

from yuanzhi.engine.consequences import PeriodResult
from yuanzhi.engine.kernel.periods import Period


def year(number, **result):
    """A year's result; nothing more is a year without one."""
    if "score" in result and result["score"] is not None:
        result["score"] = Decimal(str(result["score"]))
    return PeriodResult(period=Period.year(number), **result)


def years(first, name, *values):
    """Results of successive years, such as ranks from the bottom; ``None`` is a year without a result."""
    return [year(first + place, **({} if value is None else {name: value})) for place, value in enumerate(values)]


def codes(found):
    return [own.code for own in found]
