"""A bilingual document of headings, texts, lists and tables, as Markdown and as HTML."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import assert_never

from yuanzhi.engine.kernel.labels import NO_LABEL, Label
from yuanzhi.engine.kernel.outcomes import Basis


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the title. ``anchor`` names it for links."""

    level: int
    text: Label
    anchor: str = ""
    badge: Label = NO_LABEL


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, perhaps with a word before it that says what it is."""

    text: Label
    lead: Label = NO_LABEL
    basis: Basis | None = None


@dataclass(frozen=True, slots=True)
class Bullets:
    """Items of a list."""

    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings. A cell is a label, or a basis that is drawn as a mark."""

    heads: tuple[Label, ...]
    rows: tuple[tuple[Label | Basis, ...], ...]


Block = Heading | Text | Bullets | Table

BASIS_WORDS = {
    Basis.STATED: Label("原文规定", "stated"),
    Basis.CHOSEN: Label("自选", "chosen"),
    Basis.MISSING: Label("空缺", "missing"),
}


def markdown(blocks: Iterable[Block]) -> str:
    """The document as Markdown; Chinese first, English after it."""
    return "\n\n".join(_markdown(block) for block in blocks) + "\n"


def _markdown(block: Block) -> str:
    match block:
        case Heading(level, text, anchor, badge):
            mark = f" `{_pair(badge)}`" if badge != NO_LABEL else ""
            link = f'<a id="{html.escape(anchor)}"></a>\n' if anchor else ""
            return f"{link}{'#' * level} {_inline(_pair(text))}{mark}"
        case Text():
            return _markdown_text(block, "\n\n")
        case Bullets(items):
            return "\n".join(f"- {_markdown_text(item, ' ')}" for item in items)
        case Table(heads, rows):
            head = "| " + " | ".join(_cell(cell) for cell in heads) + " |"
            rule = "|" + " --- |" * len(heads)
            return "\n".join([head, rule, *("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows)])
        case _:
            assert_never(block)


def _markdown_text(text: Text, between: str) -> str:
    lead = f"**{_inline(_pair(text.lead))}** " if text.lead != NO_LABEL else ""
    mark = f" {_mark(text.basis)}" if text.basis else ""
    english = f"{between}*{_inline(text.text.en)}*" if text.text.en and text.text.en != text.text.zh else ""
    return f"{lead}{_inline(text.text.zh)}{mark}{english}"


def _cell(cell: Label | Basis) -> str:
    return _mark(cell) if isinstance(cell, Basis) else _inline(_pair(cell)).replace("|", "\\|")


def _mark(basis: Basis) -> str:
    words = _pair(BASIS_WORDS[basis])
    return words if basis is Basis.STATED else f"**⚠ {words}**"


def _inline(text: str) -> str:
    """Text on one line that Markdown takes as it stands."""
    for sign in ("\\", "`", "*", "_", "[", "#"):
        text = text.replace(sign, f"\\{sign}")
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return " ".join(text.split())


def _pair(label: Label) -> str:
    return f"{label.zh} · {label.en}" if label.en and label.zh and label.en != label.zh else label.zh or label.en


_STYLE = """
body{font:16px/1.65 "Noto Sans SC","Source Han Sans SC","Microsoft YaHei",system-ui,sans-serif;color:#1b1f24;
max-width:60rem;margin:2rem auto;padding:0 1rem}
h1,h2,h3,h4{line-height:1.3;margin:1.6em 0 .5em}h2{border-top:1px solid #d0d7de;padding-top:1em}
.en{color:#57606a}.lead{font-weight:600;margin-right:.4em}.badge{font-size:.75em;font-weight:400;color:#57606a;
border:1px solid #d0d7de;border-radius:1em;padding:.1em .6em;margin-left:.6em}
table{border-collapse:collapse;width:100%;margin:.6em 0;font-size:.92em}
th,td{border:1px solid #d0d7de;padding:.3em .5em;text-align:left;vertical-align:top}th{background:#f6f8fa}
.basis{border-radius:.3em;padding:.05em .4em;white-space:nowrap;font-size:.85em}
.stated{background:#dafbe1;color:#116329}.chosen{background:#fff3c4;color:#7a4b00;border:1px dashed #bf8700}
.missing{background:#ffebe9;color:#a40e26;border:1px solid #a40e26}
@media print{body{max-width:none}h2,h3{page-break-after:avoid}}
"""


def html_page(blocks: Iterable[Block], title: Label) -> str:
    """The document as one HTML page that needs nothing else."""
    body = "\n".join(part for block in blocks for part in _html(block))
    head = f'<meta charset="utf-8"><title>{html.escape(_pair(title))}</title><style>{_STYLE}</style>'
    return f'<!doctype html>\n<html lang="zh-CN">\n<head>{head}</head>\n<body>\n{body}\n</body>\n</html>\n'


def _html(block: Block) -> Iterator[str]:
    match block:
        case Heading(level, text, anchor, badge):
            name = f' id="{html.escape(anchor)}"' if anchor else ""
            mark = f'<span class="badge">{_both(badge)}</span>' if badge != NO_LABEL else ""
            yield f"<h{level}{name}>{_both(text)}{mark}</h{level}>"
        case Text():
            yield f"<p>{_html_text(block)}</p>"
        case Bullets(items):
            yield "<ul>" + "".join(f"<li>{_html_text(item)}</li>" for item in items) + "</ul>"
        case Table(heads, rows):
            yield "<table><thead><tr>" + "".join(f"<th>{_both(cell)}</th>" for cell in heads) + "</tr></thead><tbody>"
            for row in rows:
                yield "<tr>" + "".join(f"<td>{_html_cell(cell)}</td>" for cell in row) + "</tr>"
            yield "</tbody></table>"
        case _:
            assert_never(block)


def _html_text(text: Text) -> str:
    lead = f'<span class="lead">{_both(text.lead)}</span>' if text.lead != NO_LABEL else ""
    mark = f" {_html_mark(text.basis)}" if text.basis else ""
    english = f'<br><span class="en" lang="en">{html.escape(text.text.en)}</span>' if _has_english(text.text) else ""
    return f"{lead}{html.escape(text.text.zh)}{mark}{english}"


def _html_cell(cell: Label | Basis) -> str:
    return _html_mark(cell) if isinstance(cell, Basis) else _both(cell)


def _html_mark(basis: Basis) -> str:
    return f'<span class="basis {basis.value}">{_both(BASIS_WORDS[basis])}</span>'


def _both(label: Label) -> str:
    if not label.zh:
        return html.escape(label.en)
    english = f' <span class="en" lang="en">{html.escape(label.en)}</span>' if _has_english(label) else ""
    return f"{html.escape(label.zh)}{english}"


def _has_english(label: Label) -> bool:
    return bool(label.en) and label.en != label.zh
