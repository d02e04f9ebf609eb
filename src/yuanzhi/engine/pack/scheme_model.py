"""Assessment schemes (考核评价办法) as declared in a pack: the OECD/JRC steps by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from yuanzhi.engine.kernel.labels import NO_LABEL, Label
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.kernel.periods import ALWAYS, Frequency, Validity
from yuanzhi.engine.pack.model import Comparison, Declared

NormaliseMethod = Literal[
    "as_is", "base_ratio", "min_max", "goalposts", "z_score", "scaled", "rank", "borda", "percentile_rank",
    "distance_to_target", "distance_to_max", "distance_to_reference", "fraction_of_max", "steps", "pass_fail",
]  # fmt: skip
AggregateMethod = Literal["arithmetic", "geometric", "harmonic", "sum", "minimum", "copeland", "pass_k"]


@dataclass(frozen=True, kw_only=True)
class Base:
    """A base value (基准值): a number, a parameter ``p.x``, or a multiple of a peer statistic of a year.

    ``weight`` names the indicator that weighs a ``weighted_mean``; without it the denominator of
    the node does, so that the mean of 亩均税收 is total tax over total land.
    """

    value: str = ""
    statistic: Literal["", "mean", "median", "max", "min", "weighted_mean"] = ""
    multiplier: Decimal = Decimal(1)
    years_back: int = 0
    group: str = ""
    weight: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """From this value on (``above`` when strict), so many points."""

    at: Decimal
    points: Decimal


@dataclass(frozen=True, kw_only=True)
class Normalise:
    """How one indicator becomes a score. Keys that a method does not use are refused.

    ``thresholds_by`` are pairs of a condition and a threshold, tried in order before ``threshold``.
    ``group`` names the grouping within which minimum, mean or rank are taken. A ``formula`` over
    the facts of the subject gives the score itself, in place of a method.
    """

    method: NormaliseMethod = "min_max"
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(100)
    clip: tuple[Decimal | None, Decimal | None] | None = None
    base: Base | None = None
    target: str = ""
    mean: Decimal = Decimal(0)
    deviation: Decimal = Decimal(1)
    goalposts: tuple[Decimal, Decimal] | None = None
    steps: tuple[Step, ...] = ()
    steps_on: Literal["value", "ratio_to_peers"] = "value"
    below_first: Decimal = Decimal(0)
    comparison: Comparison = "ge"
    threshold: str = ""
    thresholds_by: tuple[tuple[str, str], ...] = ()
    flip_when_negative: str = ""
    formula: str = ""
    group: str = ""
    rounding: Literal["", "floor", "half_up", "half_even", "ceil"] = ""
    places: int = 0


@dataclass(frozen=True, kw_only=True)
class Impute:
    """What fills a missing cell; every filled cell is listed in the result."""

    method: Literal["none", "mean", "median", "group_mean", "group_median"] = "none"
    group: str = ""


@dataclass(frozen=True, kw_only=True)
class Screen:
    """Units with less than this share of their cells are left out and named."""

    least_share: Decimal = Decimal(0)
    on: Literal["raw", "imputed"] = "raw"


@dataclass(frozen=True, kw_only=True)
class Treat:
    """Outliers: winsorise up to ``most_points`` while skew and kurtosis stay high, else take logs.

    With ``group`` each group is treated on its own, such as the years of a panel.
    """

    method: Literal["none", "winsorise_or_log"] = "none"
    skew: Decimal = Decimal(2)
    kurtosis: Decimal = Decimal("3.5")
    most_points: int = 5
    group: str = ""


@dataclass(frozen=True, kw_only=True)
class Node:
    """One node of the framework: a group with children, or a leaf with an indicator.

    ``weights`` hold the weight under each weight set; the plain ``weight`` is the set ``base``. A
    node without a weight in a set that others of its ``weights`` have takes no part in that set.
    Weights of the children of a node must come to one (or 100, as ``weight_total`` says), unless
    ``weighting`` makes the children equal or says that their weights are only ``relative``.
    """

    code: str
    label: Label = NO_LABEL
    clause: str = ""
    weight: Decimal | None = None
    weights: Mapping[str, Decimal] = field(default_factory=dict)
    weight_basis: Basis = Basis.STATED
    indicator: str = ""
    denominator: str = ""
    direction: Literal["more", "less"] | None = None
    normalise: Normalise | None = None
    missing: Literal["undetermined", "leave_out", "peer_mean_score", "worst"] = "undetermined"
    aggregate: AggregateMethod | None = None
    need: int | None = None
    least_share: Decimal | None = None
    cap: Decimal | None = None
    floor: Decimal | None = None
    where: str = ""
    weighting: Literal["", "declared", "equal", "relative"] = ""
    children: tuple[Node, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Adjustment:
    """Bonus or penalty points: ``points`` is a formula over facts of the subject, capped."""

    code: str
    label: Label = NO_LABEL
    clause: str = ""
    points: str
    cap: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Veto:
    """One-vote veto (一票否决): where ``when`` is met the subject takes ``grade`` or is excluded."""

    code: str
    when: str
    label: Label = NO_LABEL
    clause: str = ""
    grade: str = ""
    effect: Literal["lowest_grade", "grade", "cap_grade", "no_score", "deduct"] = "lowest_grade"
    points: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class GradeBand:
    """One grade, best first: from a score (``at_least``) or for a share of the ranked subjects.

    ``fewest`` is the least number of places of the grade under a quota.
    """

    grade: str
    label: Label = NO_LABEL
    at_least: Decimal | None = None
    strict: bool = False
    share: Decimal | None = None
    rounding: Literal["floor", "ceil", "half_up", "remainder"] = "half_up"
    fewest: int = 0


@dataclass(frozen=True, kw_only=True)
class GradeExemption:
    """Subjects that take a grade outside score and quota, such as starred parks."""

    when: str
    grade: str
    counts_in_quota: bool = False
    label: Label = NO_LABEL
    clause: str = ""


@dataclass(frozen=True, kw_only=True)
class Grades:
    """From score or rank to grade: by cut or by quota, with ties, floors and exempt subjects.

    With fewer than ``fewest`` ranked subjects in a group a quota gives no grades there.
    """

    by: Literal["cut", "quota"]
    bands: tuple[GradeBand, ...]
    clause: str = ""
    ties: Literal["better", "worse", "order"] = "better"
    tie_order: tuple[tuple[str, Literal["asc", "desc"]], ...] = ()
    group: str = ""
    exemptions: tuple[GradeExemption, ...] = ()
    basis: Basis = Basis.STATED
    fewest: int = 0


@dataclass(frozen=True, kw_only=True)
class Uncertainty:
    """What may vary, with the seed: weights (relative), data (relative by default or per indicator), methods."""

    seed: int = 1
    replicates: int = 1000
    weights: Decimal = Decimal("0.1")
    data: Decimal = Decimal("0.02")
    methods: tuple[NormaliseMethod, ...] = ()
    close_call: Decimal = Decimal("0.9")


@dataclass(frozen=True, kw_only=True)
class Scheme(Declared):
    """An assessment scheme whole: population, framework, steps, vetoes, grades, uncertainty.

    ``missing_parts`` says what the published text leaves open; a scheme with missing weights is
    declared but does not run, and names them. ``decision_scale`` is the number of decimals at
    which scores are compared with cuts and with one another; without it they are compared
    exactly where the methods allow, else at nine decimals. ``weight_sets_by`` names the grouping
    whose groups each have a weight set of their name.
    """

    subject: str
    population: str = ""
    frequency: Frequency = Frequency.YEAR
    groups: str = ""
    where: str = ""
    framework: Node
    normalise: Normalise = field(default_factory=Normalise)
    impute: Impute = field(default_factory=Impute)
    screen: Screen = field(default_factory=Screen)
    treat: Treat = field(default_factory=Treat)
    aggregate: AggregateMethod = "arithmetic"
    aggregate_by_level: tuple[AggregateMethod, ...] = ()
    weight_total: Decimal = Decimal(1)
    weight_set: str = "base"
    weight_sets_by: str = ""
    weighting: Literal["declared", "equal", "relative"] = "declared"
    adjustments: tuple[Adjustment, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    grades: Grades | None = None
    uncertainty: Uncertainty = field(default_factory=Uncertainty)
    display_scale: int = 2
    decision_scale: int | None = None
    basis: Basis = Basis.STATED
    validity: Validity = ALWAYS
    missing_parts: tuple[Label, ...] = ()
