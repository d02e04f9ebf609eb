"""Small schemes made in place: the input stands beside the expectation."""

from decimal import Decimal

from yuanzhi.engine.assessment import Matrix, assess_scheme
from yuanzhi.engine.pack.scheme_model import (
    GradeBand,
    Grades,
    Node,
    Normalise,
    Scheme,
    Step,
)

AS_IS = Normalise(method="as_is")


def decimal(value):
    return None if value is None else Decimal(str(value))


def leaf(code, normalise=AS_IS, **keys):
    return Node(code=code, indicator=keys.pop("indicator", code), normalise=normalise, **keys)


def group(code, *children, **keys):
    return Node(code=code, children=children, **keys)


def scheme(root, **keys):
    keys.setdefault("weighting", "equal")
    return Scheme(code="s", subject="park", framework=root, **keys)


def one_leaf(normalise, **keys):
    """A scheme of one indicator ``x``."""
    return scheme(group("all", leaf("x", normalise, **keys)))


def matrix(groups=None, **rows):
    """A matrix of rows such as ``a={"x": 1}`` or, for the single indicator ``x``, ``a=1``."""
    filled = {
        unit: {name: decimal(value) for name, value in (row if isinstance(row, dict) else {"x": row}).items()}
        for unit, row in rows.items()
    }
    return Matrix.of(filled, groups=groups)


def scores(made):
    """Scores by unit as floats, ``None`` where there is none."""
    return {
        unit: None if score != score else round(float(score), 9)
        for unit, score in zip(made.units, made.scores, strict=True)
    }


def scored(normalise, **rows):
    """The scores of one indicator ``x`` under a method."""
    made = assess_scheme(one_leaf(normalise), matrix(**rows))
    assert not made.refused, [problem.text("en") for problem in made.problems]
    return scores(made)


def steps(*pairs):
    return tuple(Step(at=decimal(at), points=decimal(points)) for at, points in pairs)


def bands(**cuts):
    """Grades by cut, best first; ``None`` for the last."""
    return tuple(GradeBand(grade=grade, at_least=decimal(cut)) for grade, cut in cuts.items())


def by_cut(**cuts):
    return Grades(by="cut", bands=bands(**cuts))


def by_quota(*shares, **keys):
    """Grades by quota from (grade, share, rounding)."""
    own = tuple(GradeBand(grade=grade, share=decimal(share), rounding=rounding) for grade, share, rounding in shares)
    return Grades(by="quota", bands=own, **keys)


XIAOWEI = (("A", "0.20", "floor"), ("B", "0.30", "floor"), ("C", None, "remainder"), ("D", "0.05", "ceil"))


def grades(made):
    return {unit: made.grade(unit) for unit in made.units}


def codes(made):
    return [problem.code for problem in made.problems]
