"""Draws flyers for parcels: greeting, offer with its conditions, a QR code to the shop."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from xml.sax.saxutils import escape

import segno
from reportlab.lib.colors import Color, HexColor, black, white
from reportlab.lib.pagesizes import A5, A6
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import KeepInFrame, Paragraph

from plugin.services.evidence_pdf import printable

Size = Literal["A6", "A5"]
_PAGES = {"A6": A6, "A5": A5}
#: All measures are of A6; A5 is the same by this factor.
_SCALE = {"A6": 1.0, "A5": 1.4142}
_MARGIN, _QR = 10 * mm, 36 * mm
#: Light modules that a reader needs around the dark ones.
_QUIET = 4
_INK = HexColor("#1a1a1a")


@dataclass(frozen=True)
class Sheet:
    """What one flyer says; without an offer `figure`, `conditions` and `code` are empty."""

    shop: str
    heading: str
    greeting: str
    link: str
    scan: str
    figure: str = ""
    conditions: str = ""
    code: str = ""


def draw(sheets: Sequence[Sheet], size: Size, accent: str = "") -> bytes:
    """Return one PDF with a page for each flyer, in the order in which they came.

    `accent` colours the offer ("#1d3f52"); empty: as the rest.
    """
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=_PAGES[size], pageCompression=1)
    canvas.setTitle(printable(sheets[0].shop) if sheets else "")
    for sheet in sheets:
        _page(canvas, sheet, size, HexColor(accent) if accent else _INK)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def modules(link: str) -> tuple[tuple[bool, ...], ...]:
    """Return the QR code of a link, row by row, True for dark."""
    return tuple(
        tuple(bool(module) for module in row) for row in segno.make_qr(link, error="m").matrix
    )


def _page(canvas: Canvas, sheet: Sheet, size: Size, accent: Color) -> None:
    scale = _SCALE[size]
    canvas.saveState()
    canvas.scale(scale, scale)
    width, height = (side / scale for side in _PAGES[size])
    inner = width - 2 * _MARGIN
    below = _MARGIN + _QR + 8 * mm
    above = [
        _paragraph(sheet.shop, 10, bold=True),
        _paragraph(sheet.heading, 19, bold=True, before=9 * mm),
        *(_paragraph(line, 10.5, before=3 * mm) for line in sheet.greeting.split("\n") if line),
    ]
    _fitted(canvas, above, _MARGIN, below, inner, height - _MARGIN - below)
    canvas.setStrokeColor(HexColor("#cccccc"))
    canvas.setLineWidth(0.5)
    canvas.line(_MARGIN, below - 4 * mm, width - _MARGIN, below - 4 * mm)
    _code(canvas, sheet.link, _MARGIN, _MARGIN, _QR)
    beside = [_paragraph(sheet.figure, 17, bold=True, colour=accent)] if sheet.figure else []
    beside += [_paragraph(sheet.conditions, 8.5, before=1.5 * mm)] if sheet.conditions else []
    beside += [_paragraph(sheet.code, 10, bold=True, before=2 * mm)] if sheet.code else []
    beside.append(_paragraph(sheet.scan, 8.5, before=2 * mm if beside else 0))
    left = _MARGIN + _QR + 5 * mm
    _fitted(canvas, beside, left, _MARGIN, width - _MARGIN - left, _QR)
    canvas.restoreState()


def _fitted(
    canvas: Canvas, parts: list[Any], x: float, y: float, width: float, height: float
) -> None:
    # Long texts get smaller before they run over the edge.
    frame = KeepInFrame(width, height, parts, mode="shrink", vAlign="TOP")
    _, used = frame.wrapOn(canvas, width, height)
    frame.drawOn(canvas, x, y + height - min(used, height))


def _paragraph(
    text: str, points: float, *, bold: bool = False, before: float = 0, colour: Color = _INK
) -> Paragraph:
    style = ParagraphStyle(
        "flyer",
        fontName="Helvetica-Bold" if bold else "Helvetica",
        fontSize=points,
        leading=points * 1.3,
        textColor=colour,
        spaceBefore=before,
    )
    # Everything is data: what looks like markup is written, never followed.
    return Paragraph(escape(printable(text)), style)


def _code(canvas: Canvas, link: str, x: float, y: float, side: float) -> None:
    rows = modules(link)
    step = side / (len(rows) + 2 * _QUIET)
    canvas.setFillColor(white)
    canvas.rect(x, y, side, side, stroke=0, fill=1)
    canvas.setFillColor(black)
    for number, row in enumerate(rows):
        top = y + side - (number + 1 + _QUIET) * step
        for place, dark in enumerate(row):
            if dark:
                # A hair wider: seams between modules would confuse a reader.
                left = x + (place + _QUIET) * step
                canvas.rect(left, top, step * 1.02, step * 1.02, stroke=0, fill=1)
