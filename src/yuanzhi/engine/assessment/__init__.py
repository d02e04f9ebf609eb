"""Assessment (考核评价): normalise, weight, aggregate, veto, grade, rank; uncertainty and what it would take."""

from yuanzhi.engine.assessment.assessing import assess, assess_scheme
from yuanzhi.engine.assessment.checking import check_scheme, why_not_run
from yuanzhi.engine.assessment.matrix import Matrix
from yuanzhi.engine.assessment.results import Assessment

__all__ = ["Assessment", "Matrix", "assess", "assess_scheme", "check_scheme", "why_not_run"]
