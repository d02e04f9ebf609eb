"""How each kind of declaration reads in the printed pack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from yuanzhi.engine.formulas import print_formula
from yuanzhi.engine.kernel.canonical import decimal_text
from yuanzhi.engine.kernel.labels import NO_LABEL, Label
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.pack.consequence_model import ConsequenceMachine, Transition
from yuanzhi.engine.pack.document import Block, Bullets, Table, Text
from yuanzhi.engine.pack.frameworks import walk_framework
from yuanzhi.engine.pack.model import (
    Allocation,
    CodeList,
    Effect,
    Example,
    Figure,
    Form,
    Indicator,
    NamedPark,
    Parameter,
    ParkSet,
    Rule,
    Target,
)
from yuanzhi.engine.pack.scheme_model import Scheme
from yuanzhi.engine.pack.showing import amount_text
from yuanzhi.engine.pack.wording import COMPARISONS, FUNCTIONS, MODALITIES, word

_MOST_CODES = 40
_VALUE, _UNIT, _CODE = Label("值", "value"), Label("单位", "unit"), Label("代码", "code")


def print_element(compiled: CompiledPack, trail: str, own: Any) -> Iterator[Block]:
    """A declaration as blocks below its heading; nothing for kinds that need no more than their name."""
    printer = _PRINTERS.get(type(own))
    if own.note != NO_LABEL:
        yield Text(own.note, Label("说明", "note"))
    if printer:
        yield from printer(compiled, trail, own)


def words(compiled: CompiledPack, trail: str, text: str) -> Label:
    """A formula in words, or as written where it did not compile."""
    formula = compiled.formulas.get(trail)
    if formula is None:
        return Label(text)
    return Label(print_formula(formula, "zh"), print_formula(formula, "en"))


def figure_table(figures: Iterable[Figure]) -> Table:
    """Figures as written in the text."""
    heads = (
        Label("数字", "figure"),
        Label("比较", "comparison"),
        _VALUE,
        Label("年份", "year"),
        Label("原文", "as written"),
    )
    rows = tuple(
        (
            figure.label,
            word(COMPARISONS, figure.comparison),
            Label(_figure_value(figure)),
            Label(str(figure.target_year or "")),
            Label(figure.as_written),
        )
        for figure in figures
    )
    return Table(heads, rows)


def _figure_value(figure: Figure) -> str:
    if isinstance(figure.value, tuple):
        return amount_text(" – ".join(decimal_text(end) for end in figure.value), figure.unit)
    return "—" if figure.value is None else amount_text(decimal_text(figure.value), figure.unit)


def parameter_table(parameters: Iterable[Parameter]) -> Table:
    """Parameters with every dated value, its basis plain to see, and why it was chosen."""
    heads = (
        Label("参数", "parameter"), _CODE, Label("自", "from"), _VALUE, Label("性质", "basis"), Label("理由", "why"),
    )  # fmt: skip
    rows: list[tuple[Label | Basis, ...]] = []
    for own in parameters:
        code = Label(f"p.{own.code}")
        if not own.values:
            rows.append((own.label, code, NO_LABEL, Label("—"), Basis.MISSING, NO_LABEL))
        for value in own.values:
            shown = "—" if value.value is None else amount_text(value.value, own.unit)
            rows.append((own.label, code, Label(str(value.first or "")), Label(shown), value.basis, value.why))
    return Table(heads, tuple(rows))


def example_list(examples: Iterable[Example]) -> Bullets:
    """Examples as sentences with what they expect."""
    return Bullets(
        tuple(
            Text(Label(_with(own.label.zh, own), _with(own.label.en, own) if own.label.en else "")) for own in examples
        )
    )


def _with(sentence: str, example: Example) -> str:
    return f"{sentence} ⇒ {_plain(example.expect)}"


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_plain(item)}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value)
    return str(value)


def _indicator(compiled: CompiledPack, trail: str, own: Indicator) -> Iterator[Block]:
    if own.formula:
        yield Text(words(compiled, f"{trail}/formula", own.formula), Label("公式", "formula"), own.basis)
    if own.aggregate:
        function = word(FUNCTIONS, own.aggregate.function)
        of = compiled.composition.indicators.get(own.aggregate.of)
        name = of.label if of else _item_label(compiled, own.aggregate.of)
        yield Text(
            Label(f"{name.zh}{function.zh}", f"{function.en} of {name.en}"), Label("汇总", "aggregate"), own.basis
        )
        if own.aggregate.where:
            yield Text(words(compiled, f"{trail}/aggregate/where", own.aggregate.where), Label("范围", "where"))
    yield Text(Label(own.unit), _UNIT)


def _item_label(compiled: CompiledPack, code: str) -> Label:
    name = code.partition(".")[2] or code
    for form in compiled.composition.forms.values():
        if name in form.items:
            return form.items[name].label
    return Label(code, code)


def _target(compiled: CompiledPack, trail: str, own: Target) -> Iterator[Block]:
    comparison = word(COMPARISONS, own.comparison)
    value = "—" if own.value is None else amount_text(decimal_text(own.value), own.unit)
    when = str(own.deadline or own.year or "")
    indicator = compiled.composition.indicators.get(own.indicator)
    name = indicator.label if indicator else Label(own.indicator, own.indicator)
    sentence = Label(
        f"{when} {name.zh}{comparison.zh} {value}".strip(), f"{name.en or name.zh} {comparison.en} {value} by {when}"
    )
    yield Text(sentence, Label("目标", "target"), own.basis)
    if own.base_year:
        base = "—" if own.base_value is None else amount_text(decimal_text(own.base_value), own.unit)
        yield Text(Label(f"{own.base_year}：{base}", f"{own.base_year}: {base}"), Label("基期", "base"))
    if own.implied_by:
        yield Text(words(compiled, f"{trail}/implied_by", own.implied_by), Label("由他项推得", "implied by"))


def _rule(compiled: CompiledPack, trail: str, own: Rule) -> Iterator[Block]:
    yield Text(word(MODALITIES, own.modality), Label("性质", "modality"), Basis.STATED if own.stated else Basis.CHOSEN)
    lines: list[Text] = []
    if own.scope.where:
        lines.append(Text(words(compiled, f"{trail}/scope/where", own.scope.where), Label("适用", "applies to")))
    if own.when:
        lines.append(Text(words(compiled, f"{trail}/when", own.when), Label("条件", "when")))
    lines += _effect(compiled, f"{trail}/then", own.then, Label("则", "then"))
    lines += _effect(compiled, f"{trail}/otherwise", own.otherwise, Label("否则", "otherwise"))
    for number, exception in enumerate(own.exceptions):
        spot = f"{trail}/exceptions/{number}"
        lines.append(Text(words(compiled, f"{spot}/when", exception.when), Label("但是", "except")))
        lines += _effect(compiled, f"{spot}/then", exception.then, Label("则", "then"))
    if lines:
        yield Bullets(tuple(lines))
    if own.table:
        heads = (*(Label(name) for name in own.table.inputs), *(Label(f"→ {name}") for name in own.table.outputs))
        rows = tuple(
            (
                *(Label(row.when.get(name, "-")) for name in own.table.inputs),
                *(Label(row.then.get(name, "")) for name in own.table.outputs),
            )
            for row in own.table.rows
        )
        yield Table(heads, rows)


def _effect(compiled: CompiledPack, trail: str, effect: Effect, lead: Label) -> Iterator[Text]:
    if effect.code or effect.label != NO_LABEL:
        yield Text(effect.label if effect.label != NO_LABEL else Label(effect.code), lead)
    for name, text in effect.gives.items():
        yield Text(words(compiled, f"{trail}/gives/{name}", text), Label(f"{lead.zh} {name} ＝", f"{lead.en} {name} ="))


def _form(compiled: CompiledPack, trail: str, own: Form) -> Iterator[Block]:
    heads = (Label("表项", "item"), _CODE, _UNIT, Label("类型", "type"))
    rows = tuple(
        (item.label, Label(code), Label(item.unit if item.type == "number" else ""), Label(item.code_list or item.type))
        for code, item in own.items.items()
    )
    yield Table(heads, rows)
    checks = tuple(Text(validation.label) for validation in own.validations if validation.label != NO_LABEL)
    if checks:
        yield Bullets(checks)


def _set(compiled: CompiledPack, trail: str, own: ParkSet) -> Iterator[Block]:
    if own.where:
        yield Text(words(compiled, f"{trail}/where", own.where), Label("条件", "where"))
    parks = compiled.composition.parks
    if own.members:
        yield Bullets(tuple(Text(parks[code].label if code in parks else Label(code)) for code in own.members))


def _park(compiled: CompiledPack, trail: str, own: NamedPark) -> Iterator[Block]:
    if own.counted is not None:
        yield Text(Label(f"原文只计数：{own.counted} 个", f"counted, not named: {own.counted}"))
    if own.industries:
        yield Text(Label("、".join(own.industries)), Label("主导产业", "leading industries"))
    if own.stated:
        yield Bullets(tuple(Text(Label(text)) for text in own.stated))


def _allocation(compiled: CompiledPack, trail: str, own: Allocation) -> Iterator[Block]:
    lines = [Text(words(compiled, f"{trail}/amount", own.amount), Label("总量", "amount"))]
    if own.where:
        lines.append(Text(words(compiled, f"{trail}/where", own.where), Label("条件", "where")))
    for number, (text, order) in enumerate(own.order_by):
        shown = words(compiled, f"{trail}/order_by/{number}", text)
        direction = Label("从高到低", "highest first") if order == "desc" else Label("从低到高", "lowest first")
        lines.append(Text(Label(f"{shown.zh}，{direction.zh}", f"{shown.en}, {direction.en}"), Label("次序", "order")))
    yield Bullets(tuple(lines))


def _scheme(compiled: CompiledPack, trail: str, own: Scheme) -> Iterator[Block]:
    for part in own.missing_parts:
        yield Text(part, Label("原文未公布", "not published"), Basis.MISSING)
    heads = (Label("节点", "node"), Label("权重", "weight"), Label("性质", "basis"), Label("方法", "method"))
    rows: list[tuple[Label | Basis, ...]] = []
    for placed in walk_framework(own):
        node, indent = placed.node, "　" * placed.level
        named = node.label if node.label != NO_LABEL else Label(node.code)
        weights = ", ".join(f"{name} {decimal_text(value)}" for name, value in node.weights.items())
        weight = decimal_text(node.weight) if node.weight is not None else weights
        method = (node.normalise or own.normalise).method if node.indicator else node.aggregate or own.aggregate
        basis: Label | Basis = node.weight_basis if weight else NO_LABEL
        rows.append((Label(f"{indent}{named.zh}", named.en), Label(weight), basis, Label(method)))
    yield Table(heads, tuple(rows))
    lines = [
        Text(words(compiled, f"{trail}/vetoes/{number}/when", veto.when), Label("一票否决", "veto"))
        for number, veto in enumerate(own.vetoes)
    ]
    lines += [
        Text(words(compiled, f"{trail}/adjustments/{number}/points", each.points), Label("加减分", "points"))
        for number, each in enumerate(own.adjustments)
    ]
    if lines:
        yield Bullets(tuple(lines))
    if own.grades:
        bands = tuple(
            (Label(band.grade), Label(decimal_text(band.at_least) if band.at_least is not None else ""),
             Label(decimal_text(band.share) if band.share is not None else ""))
            for band in own.grades.bands
        )  # fmt: skip
        yield Table((Label("档次", "grade"), Label("不低于", "at least"), Label("比例", "share")), bands)


def _machine(compiled: CompiledPack, trail: str, own: ConsequenceMachine) -> Iterator[Block]:
    if own.counters:
        yield Bullets(
            tuple(
                Text(
                    words(compiled, f"{trail}/counters/{number}/counts", counter.counts),
                    Label(f"计数 {counter.label.zh or counter.code}", f"counter {counter.label.en or counter.code}"),
                )
                for number, counter in enumerate(own.counters)
            )
        )
    names = {state.code: state.label if state.label != NO_LABEL else Label(state.code) for state in own.states}
    heads = (Label("从", "from"), Label("条件", "when"), Label("到", "to"), Label("后果", "effects"))
    rows = tuple(
        (
            _joined(names.get(source, Label(source)) for source in transition.source),
            _waits(compiled, f"{trail}/transitions/{number}", transition),
            names.get(transition.to, Label(transition.to)),
            _joined(e.label if e.label != NO_LABEL else Label(e.code) for e in transition.effects),
        )
        for number, transition in enumerate(own.transitions)
    )
    yield Table(heads, rows)


def _waits(compiled: CompiledPack, trail: str, transition: Transition) -> Label:
    parts = []
    if transition.event:
        parts.append(Label(f"事件 {transition.event}", f"event {transition.event}"))
    if transition.when:
        parts.append(words(compiled, f"{trail}/when", transition.when))
    if transition.after_deadline:
        parts.append(Label("期限已过", "after the deadline"))
    return _joined(parts)


def _joined(labels: Iterable[Label]) -> Label:
    all_labels = list(labels)
    return Label("；".join(own.zh for own in all_labels), "; ".join(own.en or own.zh for own in all_labels))


def _code_list(compiled: CompiledPack, trail: str, own: CodeList) -> Iterator[Block]:
    if own.source:
        yield Text(Label(f"{own.source} {own.edition}".strip()), Label("来源", "source"))
    rows = tuple((Label(code), item.label) for code, item in list(own.items.items())[:_MOST_CODES])
    yield Table((_CODE, Label("名称", "name")), rows)
    more = len(own.items) - _MOST_CODES
    if more > 0:
        yield Text(Label(f"另有 {more} 个。", f"and {more} more."))


_PRINTERS: Mapping[type, Callable[[CompiledPack, str, Any], Iterator[Block]]] = {
    Indicator: _indicator,
    Target: _target,
    Rule: _rule,
    Form: _form,
    ParkSet: _set,
    NamedPark: _park,
    Allocation: _allocation,
    Scheme: _scheme,
    ConsequenceMachine: _machine,
    CodeList: _code_list,
}
