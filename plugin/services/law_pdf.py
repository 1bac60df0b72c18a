"""Draws a paper of law_documents to print and to sign."""

from __future__ import annotations

import io
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

from plugin.services.evidence_pdf import printable
from plugin.services.law_documents import Document, Part

_INK, _SOFT = HexColor("#15201d"), HexColor("#51605b")
_TEXT = ParagraphStyle("text", fontName="Helvetica", fontSize=9.5, leading=13.5, textColor=_INK)
_STYLES = {
    "title": ParagraphStyle("title", _TEXT, fontName="Helvetica-Bold", fontSize=18, leading=23),
    "lead": ParagraphStyle("lead", _TEXT, textColor=_SOFT, spaceBefore=6, spaceAfter=8),
    "head": ParagraphStyle(
        "head", _TEXT, fontName="Helvetica-Bold", fontSize=11.5, leading=15, spaceBefore=12,
        spaceAfter=4, keepWithNext=1,
    ),
    "text": _TEXT,
    "cell": ParagraphStyle("cell", _TEXT, fontSize=8, leading=10.5),
    "top": ParagraphStyle("top", _TEXT, fontSize=8, leading=10.5, fontName="Helvetica-Bold"),
}  # fmt: skip
_WIDE = A4[0] - 40 * mm


def draw(document: Document) -> bytes:
    """Return the paper as a PDF on A4."""
    target = io.BytesIO()
    template = SimpleDocTemplate(
        target, pagesize=A4, leftMargin=20 * mm, rightMargin=20 * mm, topMargin=18 * mm,
        bottomMargin=18 * mm, title=printable(document.title), author="Bleib",
    )  # fmt: skip
    story: list[Flowable] = [_p("title", document.title), _p("lead", document.lead)]
    for part in document.parts:
        story.extend(_drawn(part))
    template.build(story)
    return target.getvalue()


def _drawn(part: Part) -> list[Flowable]:
    if part.kind != "table":
        return [_p(part.kind, part.text)]
    head, *body = part.rows
    rows = [[_p("top", cell) for cell in head]]
    rows += [[_p("cell", cell) for cell in row] for row in body]
    line = ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor("#dbe1df"))
    widths = [_WIDE * share for share in _shares(part.rows)]
    table = Table(
        rows, colWidths=widths, repeatRows=1, style=[line, ("VALIGN", (0, 0), (-1, -1), "TOP")]
    )
    return [Spacer(1, 2 * mm), table]


def _shares(rows: tuple[tuple[str, ...], ...]) -> list[float]:
    """Return how wide each column is: by its longest text, none narrower than an eighth."""
    longest = [min(max(len(cell) for cell in column), 60) for column in zip(*rows, strict=True)]
    wide = [max(number / sum(longest), 0.125) for number in longest]
    return [number / sum(wide) for number in wide]


def _p(style: str, text: str) -> Paragraph:
    # Everything is data: what looks like markup is written, never followed.
    return Paragraph(escape(printable(text)), _STYLES[style])
