"""From the text of a formula to a checked one that can be printed, emitted and evaluated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from yuanzhi.engine.formulas.amounts import LONGEST_SQL, TooLongError, TooWideError
from yuanzhi.engine.formulas.checking import Checked, check_node, is_known_name
from yuanzhi.engine.formulas.dialects import dialect_of
from yuanzhi.engine.formulas.emitting import Emitter
from yuanzhi.engine.formulas.nodes import Defined, Input, Node, Parameter, depth, rebuilt, walk
from yuanzhi.engine.formulas.parsing import DEEPEST_TREE, parse_formula
from yuanzhi.engine.formulas.ratios import VALUE_PLACES
from yuanzhi.engine.formulas.types import NumberType, Scope, ValueType, kind_of
from yuanzhi.engine.formulas.writing import write_node
from yuanzhi.engine.kernel.problems import NOWHERE, Place, Problem, ProblemsError

MOST_NODES = 4000
MOST_INPUTS = 120
"""Inputs one formula may read: each has a bit in the mask of missing facts."""


@dataclass(frozen=True)
class Formula:
    """A checked formula.

    ``inputs`` are the facts it reads once indicators are inlined, ``mentions`` the names its text
    holds (without parameters), ``parameters`` the parameters without ``p.``, those of inlined indicators too.
    """

    text: str
    node: Node
    type: ValueType
    inputs: frozenset[str]
    parameters: frozenset[str]
    mentions: frozenset[str]
    is_divided: bool = False
    """Whether a value rests on a division, and so is rounded at twelve places."""

    @property
    def canonical(self) -> str:
        """The formula by codes in one form; equal for equal formulas."""
        return write_node(self.node)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A formula, or the problems that keep it from being one."""

    formula: Formula | None
    problems: tuple[Problem, ...] = ()


def compile_formula(text: str, scope: Scope, *, expects: ValueType | None = None, place: Place = NOWHERE) -> Compiled:
    """Parse, resolve, check, inline and try out a formula; every problem found is returned.

    Args:
        text: The formula as written.
        scope: The names, units, definitions and code lists it may use.
        expects: The type the result must have. A number is converted to its unit; its scale is not
            imposed, since rounding happens only where a formula says so.
        place: Where the text stands, for problems.

    Returns:
        The formula, or ``None`` with at least one problem.
    """
    compiled = _compile(text, scope, expects, ())
    located = tuple(replace(problem, place=place) for problem in compiled.problems)
    return Compiled(compiled.formula, located)


def _compile(text: str, scope: Scope, expects: ValueType | None, above: tuple[str, ...]) -> Compiled:
    parsed = parse_formula(text, scope.units, lambda word: is_known_name(scope, word))
    if parsed.node is None:
        return Compiled(None, parsed.problems)
    checked = check_node(parsed.node, scope, expects)
    if checked.problems:
        return Compiled(None, checked.problems)
    return _inlined(text, checked, scope, above)


def _inlined(text: str, checked: Checked, scope: Scope, above: tuple[str, ...]) -> Compiled:
    mentions = frozenset(node.name.code for node in walk(checked.node) if isinstance(node, Input))
    bodies: dict[str, Node] = {}
    problems: list[Problem] = []
    for code in sorted(mentions & scope.definitions.keys()):
        found = _definition(code, scope, above)
        if found.formula:
            bodies[code] = found.formula.node
        problems.extend(found.problems)
    if problems:
        return Compiled(None, tuple(problems))
    node = _with_bodies(checked.node, bodies)
    size = sum(1 for _ in walk(node))
    if size > MOST_NODES:
        return _refused("formula.too_large", limit=str(MOST_NODES))
    if depth(node) > DEEPEST_TREE:
        return _refused("formula.too_deep", limit=str(DEEPEST_TREE))
    return _tried_out(_formula(text, node, checked.type, mentions))


def _definition(code: str, scope: Scope, above: tuple[str, ...]) -> Compiled:
    """The formula that defines a name, compiled once for the scope."""
    if code in above:
        return _refused("formula.cyclic", path=" → ".join((*above[above.index(code) :], code)))
    known = scope.memo.get("=" + code)
    if not isinstance(known, Compiled):
        known = _compile(scope.definitions[code], scope, scope.names[code].type, (*above, code))
        if known.problems and all(problem.code != "formula.cyclic" for problem in known.problems):
            known = _refused("formula.broken_definition", name=code, found=known.problems[0].code)
        scope.memo["=" + code] = known
    return known


def _with_bodies(node: Node, bodies: dict[str, Node]) -> Node:
    if isinstance(node, Input) and node.name.code in bodies:
        return Defined(node.name, bodies[node.name.code])
    return rebuilt(node, lambda child: _with_bodies(child, bodies)) if bodies else node


def _formula(text: str, node: Node, type_: ValueType, mentions: frozenset[str]) -> Formula:
    inputs = frozenset(each.name.code for each in walk(node) if isinstance(each, Input))
    parameters = frozenset(each.code for each in walk(node) if isinstance(each, Parameter))
    return Formula(text, node, type_, inputs, parameters, mentions)


def _tried_out(formula: Formula) -> Compiled:
    """The formula emitted once for parameters of any value: its scale is known, or why it cannot be exact."""
    if len(formula.inputs) > MOST_INPUTS:
        return _refused("formula.too_large", limit=str(MOST_INPUTS))
    try:
        with refusing_wide(formula):
            return Compiled(_with_scale(formula, Emitter(dialect_of("duckdb"))))
    except ProblemsError as refused:
        return Compiled(None, refused.problems)


def _with_scale(formula: Formula, emitter: Emitter) -> Formula:
    type_ = formula.type
    if not isinstance(type_, NumberType):
        _require_short(emitter.plain(formula.node, kind_of(type_)))
        return formula
    ratio = emitter.number(formula.node)
    amount = emitter.ratios.amount(ratio)
    if amount is not None:
        _require_short(amount.text)
        return replace(formula, type=NumberType(type_.unit, amount.scale))
    rounded = emitter.ratios.amount(emitter.ratios.rounded(ratio, "half_up", VALUE_PLACES))
    _require_short(rounded.text if rounded else "")
    return replace(formula, type=NumberType(type_.unit, VALUE_PLACES), is_divided=True)


def _require_short(sql: str) -> None:
    if len(sql) > LONGEST_SQL:
        raise TooLongError


@contextmanager
def refusing_wide(formula: Formula) -> Iterator[None]:
    """A problem in place of the exceptions of a formula that is too wide or too long to be emitted.

    Raises:
        ProblemsError: It was.
    """
    try:
        yield
    except TooLongError as long:
        raise ProblemsError([Problem("formula.too_large", values={"limit": str(LONGEST_SQL)})]) from long
    except TooWideError as wide:
        read = ", ".join(f"{each.name.code}: {_digits(each)}" for each in _numbers(formula.node))
        values = {"places": str(wide.places), "ranges": read}
        raise ProblemsError([Problem("formula.too_wide", values=values)]) from wide


def _numbers(node: Node) -> list[Input | Parameter]:
    found = {
        each.name.code: each
        for each in walk(node)
        if isinstance(each, Input | Parameter) and isinstance(each.name.type, NumberType)
    }
    return [found[code] for code in sorted(found)]


def _digits(node: Input | Parameter) -> str:
    type_ = node.name.type
    return f"{type_.width} ({type_.scale})" if isinstance(type_, NumberType) else ""


def _refused(code: str, **values: str) -> Compiled:
    return Compiled(None, (Problem(code, values=values),))
