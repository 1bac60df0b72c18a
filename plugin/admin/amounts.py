"""Reads numbers the way merchants write them, and asks where a point could mean two things."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal


class NumberProblemError(ValueError):
    """The entry is no number (`kind` "number") or could be two (`kind` "ambiguous")."""

    def __init__(self, kind: str, *readings: Decimal) -> None:
        super().__init__(kind)
        self.kind = kind
        self.readings = readings


#: What stands before the cents in a shop's country. In Switzerland that is a point or, by hand, a
#: comma; thousands stand apart by an apostrophe there, so neither is ever taken for theirs.
Point = Literal[",", ".", "either"]

_GROUPED: Mapping[Point, re.Pattern[str]] = {
    ",": re.compile(r"[1-9][0-9]{0,2}([.’' ][0-9]{3})+(,[0-9]+)?"),
    ".": re.compile(r"[1-9][0-9]{0,2}([,’' ][0-9]{3})+(\.[0-9]+)?"),
    "either": re.compile(r"[1-9][0-9]{0,2}([’' ][0-9]{3})+([.,][0-9]+)?"),
}
_PLAIN: Mapping[Point, re.Pattern[str]] = {
    ",": re.compile(r"[0-9]+(,[0-9]+)?"),
    ".": re.compile(r"[0-9]+(\.[0-9]+)?"),
    "either": re.compile(r"[0-9]+([.,][0-9]+)?"),
}
_FOREIGN: Mapping[Point, re.Pattern[str]] = {
    ",": re.compile(r"[0-9]+\.[0-9]{1,2}|[1-9][0-9]{0,2},[0-9]{3}"),
    ".": re.compile(r"[0-9]+,[0-9]{1,2}|[1-9][0-9]{0,2}\.[0-9]{3}"),
    "either": re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}"),
}
#: What people write around an amount: the money it is in, and the stroke for no cents.
_MONEY = r"(?:€|£|\$|EUR|CHF|GBP|USD|Fr\.)"
_AROUND = re.compile(rf"(?:{_MONEY}\s*)?(?P<number>.*?)(?:[.,]\s?[–—-]+)?(?:\s*{_MONEY})?", re.I)


def read_amount(text: str, point: Point) -> Decimal:
    """Return the decimal that `text` means where `point` stands before the cents.

    "1.200", "1200", "1.200,50 €" and "1200,–" are fine with a decimal comma; "1.20" could be 1,20
    or a slip of 1.200, "1,200" was meant as 1.200 by who thinks in points. Both raise
    NumberProblemError("ambiguous", both readings).
    """
    bare = text.strip().replace("\u00a0", " ").replace("\u202f", " ")
    around = _AROUND.fullmatch(bare)
    bare = around["number"] if around else bare
    if _FOREIGN[point].fullmatch(bare):
        whole, cents = re.split(r"[.,]", bare)
        raise NumberProblemError(
            "ambiguous", Decimal(f"{whole}.{cents}"), Decimal(whole + cents.ljust(3, "0"))
        )
    if _GROUPED[point].fullmatch(bare) or _PLAIN[point].fullmatch(bare):
        digits = re.sub(r"[’' ]", "", bare)
        digits = digits if point == "either" else digits.replace("." if point == "," else ",", "")
        return Decimal(digits.replace(",", "."))
    raise NumberProblemError("number")


def read_whole(text: str) -> int:
    """Return the whole number in `text`; NumberProblemError("number") otherwise."""
    bare = text.strip()
    if not re.fullmatch(r"-?[0-9]{1,9}", bare):
        raise NumberProblemError("number")
    return int(bare)
