"""What an aggregate reads from each row of the lower subject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from yuanzhi.engine.formulas import emit_condition, emit_value
from yuanzhi.engine.indicators.catalogue import ItemSource, parts_of
from yuanzhi.engine.indicators.facts import quoted
from yuanzhi.engine.indicators.frames import Frame
from yuanzhi.engine.indicators.plan import Node, Planner, Rolled
from yuanzhi.engine.pack.model import Measurement, Scalar


@dataclass(frozen=True)
class Measure:
    """One thing to sum or count: an expression over the view, and the rows it is taken over.

    Attributes:
        lower: The kind of subject whose rows are read.
        value: The expression, empty to count rows.
        is_number: Whether it can be added up.
        where: The aggregate's condition, or empty.
        row_set: A set of the lower subject that restricts the rows, or empty.
        at_end: Leave out subjects that were gone at the end, as for a stock or a count.
        by_part: Add up the parts of a longer period, each where the subject was then.
        unit: The unit of the value.
        names: The names of the lower subject that the value is made of.
        reads: These and the names of the condition.
        item: The item, where the value is one.
    """

    lower: str
    value: str = ""
    is_number: bool = False
    where: str = ""
    row_set: str = ""
    at_end: bool = False
    by_part: bool = False
    unit: str = "1"
    names: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    item: ItemSource | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Measuring:
    """Turns aggregates into measures for one set of parameter values."""

    planner: Planner
    parameters: Mapping[str, Scalar]

    def measure(self, node: Node, rolled: Rolled, frame: Frame, *, row_set: str, filtered: bool = True) -> Measure:
        """The measure of an aggregate; without ``filtered`` its condition is left out, as under a share."""
        where = self.planner.where(node.indicator) if filtered else None
        value = self._value(rolled)
        function = rolled.aggregate.function
        counting = function == "count" or not value.value
        over_time = function in ("sum", "share", "growth") and not counting
        is_stock = value.item is not None and value.item.measurement is Measurement.STOCK
        return Measure(
            lower=rolled.lower,
            value=value.value,
            is_number=value.is_number,
            where=emit_condition(where, self.parameters) if where is not None else "",
            row_set=row_set,
            at_end=counting or is_stock or bool(rolled.attribute),
            by_part=over_time and self._has_parts(value.item, frame),
            unit=value.unit,
            names=value.names,
            reads=value.names | (where.inputs if where is not None else frozenset()),
            item=value.item,
        )

    def _value(self, rolled: Rolled) -> Measure:
        lower, catalogue = rolled.lower, self.planner.catalogue
        indicators = self.planner.composition.indicators
        if rolled.item is not None:
            own, names = rolled.item, frozenset({rolled.aggregate.of})
            is_number = own.item.type == "number"
            return Measure(lower, quoted(own.code), is_number, unit=own.item.unit, names=names, item=own)
        if rolled.formula:
            formula = self.planner.formula(rolled.formula)
            if formula is None:
                raise KeyError(rolled.formula)
            value = emit_value(formula, self.parameters)
            return Measure(lower, value, True, unit=indicators[rolled.formula].unit, names=formula.inputs)
        if rolled.result:
            unit, names = indicators[rolled.result].unit, frozenset({rolled.result})
            return Measure(lower, quoted(rolled.result), True, unit=unit, names=names)
        if rolled.attribute:
            own_unit, names = catalogue.attribute_unit(lower, rolled.attribute), frozenset({rolled.attribute})
            return Measure(lower, quoted(rolled.attribute), own_unit is not None, unit=own_unit or "1", names=names)
        if rolled.rows_of:
            form = self.planner.composition.forms[rolled.rows_of]
            names = frozenset(list(form.items)[:1])
            return Measure(lower, quoted(f"synthetic.{rolled.rows_of}"), False, names=names)
        return Measure(lower)

    @staticmethod
    def _has_parts(item: ItemSource | None, frame: Frame) -> bool:
        if item is None or item.measurement is not Measurement.FLOW:
            return False
        return len(parts_of(frame.period, item.form.frequency)) > 1
