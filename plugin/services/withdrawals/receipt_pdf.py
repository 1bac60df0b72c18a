"""Draws a receipt on paper, for those who keep it with the invoice."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from plugin.model import Shop
from plugin.services.withdrawals.receipts import Receipt, exact, what_follows
from plugin.services.wording import Voice

_INK, _SOFT = "#1a1a1a", "#5c5c5c"
#: What looks the same in the letters that every reader of PDFs has.
_ALIKE = str.maketrans({"\u2011": "-", "\u2212": "-", "\u202f": " ", "\u2009": " ", "\u00ad": ""})


def is_possible() -> bool:
    """Tell whether this installation draws PDFs (the extra "pdf")."""
    return importlib.util.find_spec("reportlab") is not None


def draw(receipt: Receipt, shop: Shop) -> bytes:
    """Return the receipt as one page of A4 in the language of the declaration."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    voice = Voice("withdrawals", shop, receipt.language)
    target = io.BytesIO()
    template = SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=22 * mm,
        rightMargin=22 * mm,
        topMargin=22 * mm,
        bottomMargin=20 * mm,
        title=f"{voice.say('receipt.sheet')} {receipt.reference}",
        author=shop.name,
    )
    template.build(list(_parts(receipt, shop, voice)))
    return target.getvalue()


def _parts(receipt: Receipt, shop: Shop, voice: Voice) -> Iterator[Any]:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, Spacer, Table

    base = ParagraphStyle("base", fontName="Helvetica", fontSize=10.5, leading=15, textColor=_INK)
    soft = ParagraphStyle("soft", base, textColor=_SOFT, fontSize=9.5, leading=13.5)
    head = ParagraphStyle("head", base, fontName="Helvetica-Bold", fontSize=19, leading=24)

    def text(style: Any, words: str) -> Paragraph:  # noqa: ANN401 - of reportlab
        return Paragraph(escape(_printable(words)), style)

    yield text(soft, shop.name)
    yield Spacer(1, 6)
    yield text(head, voice.say(f"{receipt.kind}.done"))
    yield Spacer(1, 14)
    yield text(base, f"„{receipt.wording}“" if voice.language == "de" else f"“{receipt.wording}”")
    yield Spacer(1, 10)
    rows = [[text(soft, label), text(base, said)] for label, said in _facts(receipt, shop, voice)]
    yield Table(
        rows,
        colWidths=[130, None],
        style=[
            ("LINEABOVE", (0, 0), (-1, -1), 0.4, "#dddddd"),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ],
        hAlign="LEFT",
    )
    yield Spacer(1, 14)
    due = {"due": receipt.refund_by, "free": receipt.free, "how": receipt.how}
    for line in what_follows(voice, due):
        yield text(soft, line)
    if shop.imprint:
        yield Spacer(1, 18)
        yield text(soft, shop.imprint)


def _facts(receipt: Receipt, shop: Shop, voice: Voice) -> Iterator[tuple[str, str]]:
    say = voice.say
    moment = {"day": voice.day(receipt.declared_at), "time": exact(receipt.declared_at, shop.zone)}
    yield say("receipt.received"), say("receipt.received_at", **moment)
    yield say("receipt.reference"), receipt.reference
    yield say("receipt.order"), receipt.order
    yield say("receipt.name"), receipt.name
    yield say("form.email"), receipt.email or say("check.email_own")
    for title, number in receipt.items:
        yield say("receipt.items"), f"{number} × {title}"


def _printable(text: str) -> str:
    """Return a text in letters that the font has; others by their number, never left out."""
    return "".join(
        char if char.encode("cp1252", "ignore") else f"\\u{{{ord(char):x}}}"
        for char in text.translate(_ALIKE)
    )
