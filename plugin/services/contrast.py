"""Contrast of colours as WCAG defines it, for the pairs that a fixed look decides."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from plugin.contracts.shopwide import Look

Colour = tuple[float, float, float]

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
#: What a page is taken for where the merchant fixed only one half of a pair.
_PAGE = "#ffffff"
_INK = "#1a1a1a"
#: The share of ink in the face of boxes and notes.
_RAISED = 0.05


@dataclass(frozen=True)
class Pair:
    """Two colours that stand on each other, and what they reach; `name` keys its text."""

    name: str
    field: str
    ratio: Decimal
    floor: Decimal

    @property
    def passed(self) -> bool:
        """Tell whether they can be told apart well enough."""
        return self.ratio >= self.floor


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def pairs_of(look: Look) -> list[Pair]:
    """Return every pair that a fixed colour takes part in; the rest adapts itself in the page.

    Where only one half is fixed, the other one is what the widgets would make of it: black or
    white on a fixed face, a white page behind a fixed ink.
    """
    surface, accent = rgb(look.surface or _PAGE), rgb(look.accent or look.ink or _INK)
    ink = rgb(look.ink) if look.ink else best_on(surface)
    label = rgb(look.on) if look.on else best_on(accent)
    raised = mix(surface, ink, _RAISED)
    ink_field = "ink" if look.ink else "surface"
    found = []
    if look.ink or look.surface:
        found += [
            ("ink_surface", ink_field, contrast(ink, surface), "7"),
            ("ink_raised", ink_field, contrast(ink, raised), "4.5"),
        ]
    if look.on or look.accent:
        field = "on" if look.on else "accent"
        found.append(("on_accent", field, contrast(label, accent), "4.5"))
    if look.link:
        link = rgb(look.link)
        found += [
            ("link_surface", "link", contrast(link, surface), "4.5"),
            ("link_raised", "link", contrast(link, raised), "4.5"),
        ]
    return [Pair(name, field, _rounded(ratio), Decimal(low)) for name, field, ratio, low in found]


def rgb(text: str) -> Colour:
    """Return the colour that is written as #rrggbb."""
    return (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))


def best_on(face: Colour) -> Colour:
    """Return black or white, whichever is read better on a face."""
    return max((BLACK, WHITE), key=lambda colour: contrast(colour, face))


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Return `one` with a share of `other` in it."""
    red, green, blue = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return (red, green, blue)


def luminance(colour: Colour) -> float:
    """Return how bright a colour is, 0 to 1."""
    parts = [value / 255 for value in colour]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rounded(ratio: float) -> Decimal:
    # Never up: 4.499 is not 4.5.
    return Decimal(str(ratio)).quantize(Decimal("0.1"), rounding=ROUND_DOWN)
