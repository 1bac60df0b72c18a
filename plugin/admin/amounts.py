"""Reads numbers the way merchants write them, and asks where a point could mean two things."""

from __future__ import annotations

import re
from decimal import Decimal


class NumberProblemError(ValueError):
    """The entry is no number (`kind` "number") or could be two (`kind` "ambiguous")."""

    def __init__(self, kind: str, *readings: Decimal) -> None:
        super().__init__(kind)
        self.kind = kind
        self.readings = readings


_GROUPED = {
    ",": re.compile(r"[0-9]{1,3}([.’' ][0-9]{3})+(,[0-9]+)?"),
    ".": re.compile(r"[0-9]{1,3}([,’' ][0-9]{3})+(\.[0-9]+)?"),
}
_PLAIN = {",": re.compile(r"[0-9]+(,[0-9]+)?"), ".": re.compile(r"[0-9]+(\.[0-9]+)?")}
_FOREIGN = {",": re.compile(r"[0-9]+\.[0-9]{1,2}"), ".": re.compile(r"[0-9]+,[0-9]{1,2}")}


def read_amount(text: str, point: str) -> Decimal:
    """Return the decimal that `text` means where `point` ("," or ".") stands before the cents.

    "1.200", "1200" and "1.200,50" are fine with a decimal comma; "1.20" could be 1,20 or a slip
    of 1.200 and raises NumberProblemError("ambiguous", both readings).
    """
    bare = text.strip().replace("\u00a0", " ").replace("\u202f", " ").removesuffix("€").strip()
    if _GROUPED[point].fullmatch(bare) or _PLAIN[point].fullmatch(bare):
        digits = re.sub(r"[’' ]", "", bare).replace("." if point == "," else ",", "")
        return Decimal(digits.replace(point, "."))
    if _FOREIGN[point].fullmatch(bare):
        first = Decimal(bare.replace(",", "."))
        whole, cents = re.split(r"[.,]", bare)
        raise NumberProblemError("ambiguous", first, Decimal(whole + cents.ljust(3, "0")))
    raise NumberProblemError("number")


def read_whole(text: str) -> int:
    """Return the whole number in `text`; NumberProblemError("number") otherwise."""
    bare = text.strip()
    if not re.fullmatch(r"-?[0-9]{1,9}", bare):
        raise NumberProblemError("number")
    return int(bare)
