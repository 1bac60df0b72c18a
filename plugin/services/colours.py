"""Colours that can be read, offered where a chosen one cannot."""

from __future__ import annotations

from plugin.contracts.shopwide import Look
from plugin.services.contrast import BLACK, Pair, best_on, pairs_of, rgb

_STEPS = 40


def nearest(look: Look, pair: Pair) -> str:
    """Return for the field at fault the colour closest to it with which the pair passes.

    "" where neither darker nor lighter helps.
    """
    start = getattr(look, pair.field)
    found = [
        (step, colour)
        for towards in ("#000000", "#ffffff")
        for step, colour in [_first(look, pair, start, towards)]
        if colour
    ]
    return min(found)[1] if found else ""


def on_face(face: str) -> str:
    """Return the colour of letters that is read best on a face."""
    return "#000000" if best_on(rgb(face)) == BLACK else "#ffffff"


def _first(look: Look, pair: Pair, start: str, towards: str) -> tuple[int, str]:
    for step in range(1, _STEPS + 1):
        colour = _between(start, towards, step / _STEPS)
        tried = look.model_copy(update={pair.field: colour})
        if all(other.passed for other in pairs_of(tried) if _concerns(other, pair)):
            return step, colour
    return _STEPS + 1, ""


def _concerns(other: Pair, pair: Pair) -> bool:
    return other.field == pair.field or other.name == pair.name


def _between(start: str, end: str, share: float) -> str:
    pairs = [(int(start[at : at + 2], 16), int(end[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(one + (other - one) * share):02x}" for one, other in pairs)
