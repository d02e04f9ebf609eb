"""The whole pack as one readable document: clause by clause, and beneath each what it drives."""

from __future__ import annotations

from collections.abc import Iterator

from yuanzhi.engine.kernel.labels import NO_LABEL, Label
from yuanzhi.engine.kernel.outcomes import Basis
from yuanzhi.engine.pack.compiling import CompiledPack
from yuanzhi.engine.pack.coverage import Carrier, ClauseCoverage, DocumentCoverage, cover
from yuanzhi.engine.pack.document import Block, Bullets, Heading, Table, Text, html_page, markdown
from yuanzhi.engine.pack.model import Declared
from yuanzhi.engine.pack.printing_elements import example_list, figure_table, parameter_table, print_element
from yuanzhi.engine.pack.whole import Pack
from yuanzhi.engine.pack.wording import CARRIERS, SECTIONS, word

ORDER = (
    "parks", "sets", "forms", "indicators", "targets", "rules", "allocations", "schemes", "consequences",
    "procedures", "ledgers", "layers", "tasks", "codes", "calendars",
)  # fmt: skip
"""The sections printed beneath a clause, in this order, after its figures and parameters."""


def print_markdown(compiled: CompiledPack, pack: str = "") -> str:
    """A pack as Markdown, Chinese and English; by default the last of the composition."""
    return markdown(pack_document(compiled, pack))


def print_html(compiled: CompiledPack, pack: str = "") -> str:
    """A pack as one HTML page, Chinese and English; by default the last of the composition."""
    own = compiled.composition.pack(pack or compiled.composition.code)
    return html_page(pack_document(compiled, pack), own.identity.title)


def pack_document(compiled: CompiledPack, pack: str = "") -> Iterator[Block]:
    """The blocks of the printed pack.

    Raises:
        KeyError: The composition has no pack of this code.
    """
    yield from _Printer(compiled, compiled.composition.pack(pack or compiled.composition.code)).blocks()


class _Printer:
    def __init__(self, compiled: CompiledPack, pack: Pack) -> None:
        self.compiled, self.pack = compiled, pack
        self.coverage = next(own for own in cover(compiled.composition) if own.pack == pack.code)

    def blocks(self) -> Iterator[Block]:
        yield from self._identity()
        yield from _coverage(self.coverage)
        yield from self._blanks()
        if self.coverage.clauses:
            yield Heading(2, Label("条款", "Clauses"))
        for clause in self.coverage.clauses:
            yield from self._clause(clause)
        yield from self._without_clause()

    def _identity(self) -> Iterator[Block]:
        own = self.pack.identity
        yield Heading(1, own.title)
        facts = [
            (Label("制定机关", "issuer"), own.issuer),
            (Label("文号", "number"), Label(own.number)),
            (Label("印发", "issued"), Label(own.issued)),
            (Label("施行", "in force"), Label(f"{own.in_force.first or ''} – {own.in_force.last or ''}".strip(" –"))),
            (Label("地区", "region"), Label(own.region)),
            (Label("包", "pack"), Label(f"{own.code} {own.version}")),
            (Label("继承", "extends"), Label(", ".join(own.extends))),
        ]
        yield Table((Label("项目", "item"), Label("内容", "content")), tuple(f for f in facts if f[1] != NO_LABEL))
        if own.note != NO_LABEL:
            yield Text(own.note)
        if own.basis:
            yield Bullets(
                tuple(Text(Label(f"{each.title.zh} {each.number}".strip(), each.title.en)) for each in own.basis)
            )

    def _blanks(self) -> Iterator[Block]:
        blanks = [each for each in self.compiled.composition.blanks if self._declared_here(each.trail)]
        if blanks:
            yield Heading(2, Label("空缺", "Blanks"))
            yield Bullets(
                tuple(
                    Text(Label(f"{each.label.zh} ({each.trail})", each.label.en), basis=Basis.MISSING)
                    for each in blanks
                )
            )

    def _declared_here(self, trail: str) -> bool:
        declared = self.compiled.composition.declared(trail)
        return declared is not None and declared.pack == self.pack.code

    def _clause(self, own: ClauseCoverage) -> Iterator[Block]:
        clause = own.clause
        heading = clause.heading
        number = clause.label.zh or clause.code
        title = Label(f"{number}　{heading.zh}".strip("　"), f"{clause.label.en or clause.code}  {heading.en}".strip())
        yield Heading(3, title, f"clause-{clause.code}", word(CARRIERS, own.carrier.value))
        if clause.text != NO_LABEL:
            yield Text(clause.text)
        if clause.responsible:
            yield Text(Label("、".join(clause.responsible)), Label("责任单位", "responsible"))
        if clause.ambiguity != NO_LABEL:
            yield Text(clause.ambiguity, Label("疑义", "ambiguity"))
        yield from self._driven(own)

    def _driven(self, own: ClauseCoverage) -> Iterator[Block]:
        trails = list(dict.fromkeys("/".join(trail.split("/")[:2]) for trail in own.trails))
        sections: dict[str, list[str]] = {}
        for trail in trails:
            sections.setdefault(trail.partition("/")[0], []).append(trail.partition("/")[2])
        composition = self.compiled.composition
        if figures := sections.get("figures"):
            yield figure_table(composition.figures[code] for code in figures)
        if parameters := sections.get("parameters"):
            yield parameter_table(composition.parameters[code] for code in parameters)
        for section in ORDER:
            for code in sections.get(section, ()):
                yield from self._element(section, code)

    def _element(self, section: str, code: str) -> Iterator[Block]:
        own: Declared = self.compiled.composition.section(section)[code]
        label = own.label if own.label != NO_LABEL else Label(code)
        kind = word(SECTIONS, section)
        yield Heading(4, label, f"{section}-{code}", Label(f"{kind.zh} {code}", kind.en))
        trail = f"{section}/{code}"
        yield from print_element(self.compiled, trail, own)
        examples = [each for each in self.compiled.composition.examples.values() if each.of == trail]
        if examples:
            yield Text(SECTIONS["examples"])
            yield example_list(examples)

    def _without_clause(self) -> Iterator[Block]:
        """What the pack declares without citing a clause of its own."""
        printed = {"/".join(trail.split("/")[:2]) for own in self.coverage.clauses for trail in own.trails}
        rest = [
            (section, code)
            for section in ORDER
            for code in getattr(self.pack, section)
            if f"{section}/{code}" not in printed
        ]
        parameters = [own for code, own in self.pack.parameters.items() if f"parameters/{code}" not in printed]
        if rest or parameters or self.pack.units:
            yield Heading(2, Label("其他声明", "Other declarations"))
        if parameters:
            yield parameter_table(parameters)
        if self.pack.units:
            rows = tuple((Label(code), own.label, Label(str(own.factor))) for code, own in self.pack.units.items())
            yield Table((SECTIONS["units"], Label("名称", "name"), Label("系数", "factor")), rows)
        for section, code in rest:
            if code in self.compiled.composition.section(section):
                yield from self._element(section, code)


def _coverage(own: DocumentCoverage) -> Iterator[Block]:
    if not own.clauses:
        return
    yield Heading(2, Label("落实情况", "Coverage"))
    rows = tuple(
        (word(CARRIERS, carrier.value), Label(str(own.count(carrier))), Label(f"{own.share(carrier)} %"))
        for carrier in Carrier
    )
    yield Table((Label("由谁落实", "carried out by"), Label("条数", "clauses"), Label("占比", "share")), rows)
