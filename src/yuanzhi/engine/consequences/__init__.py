"""Consequences: what follows from results over the years, proposed with reasons and a forecast, never executed."""

from yuanzhi.engine.consequences.histories import Event, PeriodResult, results_of
from yuanzhi.engine.consequences.probability import ConsequenceProbability, quantify
from yuanzhi.engine.consequences.proposing import Proposal, Proposals, propose

__all__ = [
    "ConsequenceProbability",
    "Event",
    "PeriodResult",
    "Proposal",
    "Proposals",
    "propose",
    "quantify",
    "results_of",
]
