"""Indicators computed from records, rolled up and compared; targets and their coherence."""

from yuanzhi.engine.indicators.coherence import CoherenceFinding, check_coherence
from yuanzhi.engine.indicators.series import compute_series, indicator_problems, set_members
from yuanzhi.engine.indicators.series_form import (
    SERIES_SCHEMA,
    SHOWN_MISSING,
    SeriesIndex,
    SeriesValue,
    series_from_values,
    series_table,
)
from yuanzhi.engine.indicators.target_status import PartStatus, TargetStatus, ValueRead
from yuanzhi.engine.indicators.targets import judge_targets

__all__ = [
    "SERIES_SCHEMA",
    "SHOWN_MISSING",
    "CoherenceFinding",
    "PartStatus",
    "SeriesIndex",
    "SeriesValue",
    "TargetStatus",
    "ValueRead",
    "check_coherence",
    "compute_series",
    "indicator_problems",
    "judge_targets",
    "series_from_values",
    "series_table",
    "set_members",
]
