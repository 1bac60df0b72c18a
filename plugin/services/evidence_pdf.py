"""Draws the proof of one person on paper: what was said, when, and how to check it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

from plugin.model import Shop
from plugin.services import evidence_file
from plugin.services.wording import Voice

_INK, _SOFT, _ACT, _BAD = (HexColor(c) for c in ("#15201d", "#51605b", "#0b5d66", "#b3261e"))
_BASE = ParagraphStyle("base", fontName="Helvetica", fontSize=9.5, leading=13.5, textColor=_INK)
_STYLES = {
    "title": ParagraphStyle("title", _BASE, fontName="Helvetica-Bold", fontSize=20, leading=25),
    "head": ParagraphStyle("head", _BASE, fontName="Helvetica-Bold", fontSize=12, leading=16),
    "text": _BASE,
    "soft": ParagraphStyle("soft", _BASE, textColor=_SOFT, fontSize=8.5, leading=12),
    "time": ParagraphStyle("time", _BASE, textColor=_SOFT, alignment=2),
    "code": ParagraphStyle("code", _BASE, fontName="Courier", fontSize=8, leading=11),
    "good": ParagraphStyle("good", _BASE, fontName="Helvetica-Bold", textColor=_ACT),
    "bad": ParagraphStyle("bad", _BASE, fontName="Helvetica-Bold", textColor=_BAD),
}
_WIDE = A4[0] - 40 * mm
#: What the library leaves free on each side of a page's text.
_PADDING = 6
#: What looks the same in the letters that every reader of PDFs has.
_ALIKE = str.maketrans({"\u2011": "-", "\u2212": "-", "\u202f": " ", "\u2009": " ", "\u00ad": ""})


def draw(document: dict[str, Any], shop: Shop, language: str) -> bytes:
    """Return the document as a PDF in the merchant's language."""
    target = io.BytesIO()
    voice = Voice("proof", shop, language)
    sheet = _Sheet(document, voice)
    template = SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=20 * mm - _PADDING,
        rightMargin=20 * mm - _PADDING,
        topMargin=18 * mm,
        bottomMargin=20 * mm,
        title=voice.say("title"),
        author=document["made_by"],
    )
    template.build(list(sheet.parts()), onFirstPage=sheet.foot, onLaterPages=sheet.foot)
    return target.getvalue()


def printable(text: str) -> str:
    """Return a text in letters that the font has; others by their number, never left out."""
    return "".join(
        char if char == "\n" or _is_known(char) else f"\\u{{{ord(char):x}}}"
        for char in text.translate(_ALIKE)
    )


def _is_known(char: str) -> bool:
    return (char.isprintable() and char.encode("cp1252", "ignore") != b"") or char == "\u00a0"


class _Sheet:
    """The parts of the paper, from top to bottom."""

    def __init__(self, document: dict[str, Any], voice: Voice) -> None:
        self._document = document
        self._voice = voice
        self._zone = document["shop"]["zone"]

    def parts(self) -> Iterator[Flowable]:
        found, say = self._document, self._voice.say
        yield self._p("title", say("title"))
        yield self._p("soft", say("lead"))
        yield Spacer(1, 5 * mm)
        yield self._facts()
        yield Spacer(1, 2 * mm)
        for one in found["records"]:
            yield from self._record(one)
        yield Spacer(1, 6 * mm)
        whole = found["intact"]
        words = say("intact" if whole else "broken", n=found["end"]["number"])
        yield self._p("good" if whole else "bad", words)
        for key in ("left_out", "odd"):
            yield self._p("soft", say(key))
        yield Spacer(1, 3 * mm)
        yield self._p("text", say("check"))
        yield self._p("code", f"bleib evidence verify {say('file')}.pdf")
        yield self._p("soft", f"{say('key')}: {self._fingerprint()}")

    def foot(self, canvas: Any, _template: Any) -> None:  # noqa: ANN401 - of reportlab
        canvas.setFont("Helvetica", 8)
        canvas.setFillColor(_SOFT)
        canvas.drawString(20 * mm, 11 * mm, printable(self._document["address"])[:90])
        number = self._voice.say("page_of", n=canvas.getPageNumber())
        canvas.drawRightString(A4[0] - 20 * mm, 11 * mm, number)

    def _facts(self) -> Table:
        found, say, records = self._document, self._voice.say, self._document["records"]
        first, last = records[0]["number"], records[-1]["number"]
        rows = [
            (say("address"), found["address"]),
            (say("shop"), f"{found['shop']['name']}, {found['shop']['domain']}"),
            (say("exported"), self._moment(found["exported_at"])),
            (say("law"), say(f"country.{found['country']}")),
            (say("records"), say("records_of", n=len(records), first=first, last=last)),
        ]
        return self._table([[self._p("soft", a), self._p("text", b)] for a, b in rows])

    def _table(self, rows: list[list[Flowable]]) -> Table:
        line = ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor("#dbe1df"))
        tight = [("LEFTPADDING", (0, 0), (0, -1), 0), ("VALIGN", (0, 0), (-1, -1), "TOP")]
        return Table(rows, colWidths=[48 * mm, _WIDE - 48 * mm], style=[line, *tight])

    def _record(self, one: dict[str, Any]) -> Iterator[Flowable]:
        say = self._voice.say
        yield CondPageBreak(45 * mm)
        yield Spacer(1, 5 * mm)
        title = self._p("head", say(f"kind.{one['kind']}"))
        time = self._p("time", self._moment(one["at"]))
        flush = [("LEFTPADDING", (0, 0), (0, -1), 0), ("RIGHTPADDING", (-1, 0), (-1, -1), 0)]
        yield Table([[title, time]], colWidths=[_WIDE * 0.45, _WIDE * 0.55], style=flush)
        for label, value in self._details(one):
            yield self._p("soft", f"{label}: {value}")
        if one["wording"]:
            yield Spacer(1, 1.5 * mm)
            yield self._p("soft", say(f"note.{one['kind']}"))
            yield self._quote(one["wording"])
        if one["address"] is None:
            yield self._p("soft", say("unnamed"))

    def _details(self, one: dict[str, Any]) -> Iterator[tuple[str, str]]:
        say = self._voice.say
        for key in ("page", "net_address", "mail_hash"):
            if one[key]:
                yield say(key), one[key]
        if one["campaign_id"] is not None:
            version = one["campaign_version"]
            yield say("form"), say("form_version", campaign=one["campaign_id"], version=version)
        yield f"{say('number')} {one['number']}, {say('hash')}", one["hash"]

    def _quote(self, wording: str) -> Table:
        # One line to a row: a table breaks over pages between its rows only.
        rows = [[self._p("text", line or " ")] for line in wording.split("\n")]
        bar = ("LINEBEFORE", (0, 0), (0, -1), 1.6, HexColor("#77857f"))
        tight = [(side, (0, 0), (-1, -1), 1) for side in ("TOPPADDING", "BOTTOMPADDING")]
        return Table(rows, colWidths=[_WIDE - 4 * mm], style=[bar, *tight], hAlign="RIGHT")

    def _p(self, style: str, text: str) -> Paragraph:
        # Everything is data: what looks like markup is written, never followed.
        return Paragraph(escape(printable(text)), _STYLES[style])

    def _moment(self, text: str) -> str:
        moment = datetime.fromisoformat(text)
        here = moment.astimezone(ZoneInfo(self._zone))
        return f"{self._voice.day(moment)}, {here:%H:%M:%S} ({self._zone})"

    def _fingerprint(self) -> str:
        return evidence_file.fingerprint(bytes.fromhex(self._document["key"]))
