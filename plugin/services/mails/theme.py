"""The shop's own look in mails and hosted pages: every colour, light and dark, told apart well."""

from __future__ import annotations

from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass

from plugin.contracts.shopwide import Look
from plugin.services.contrast import BLACK, WHITE, Colour, best_on, contrast, luminance, mix, rgb

_SYSTEM = "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
_SURFACE, _INK = "#ffffff", "#1a1a1a"
_RADIUS, _SIZE = 6, 16
#: A face darker than this is a dark page already: it needs no dark variant.
_DARK = 0.18
_STEPS = 40


@dataclass(frozen=True)
class Palette:
    """The colours of one sheet: face, text, quiet text, lines, boxes, the button, links.

    `control` is the border of what can be pressed or filled, `edge` that of the button, `brand`
    the shop's colour where it stands on the face as a mark.
    """

    surface: str
    ink: str
    quiet: str
    line: str
    box: str
    accent: str
    on: str
    edge: str
    control: str
    brand: str
    link: str


@dataclass(frozen=True)
class Theme:
    """How mails and hosted pages of one shop look."""

    light: Palette
    dark: Palette
    font: str
    head_font: str
    head_weight: int
    button_weight: int
    radius: int
    size: int

    @property
    def box_radius(self) -> int:
        """Return the corners of boxes: square ones stay square."""
        return 0 if self.radius == 0 else min(self.radius, 12)


def theme_of(look: Look) -> Theme:
    """Return the theme of a fixed look; what is not fixed is plain and neutral.

    Every pair of colours that stands on each other keeps its floor, whatever was fixed: ink 7,
    other text 4.5, the edge of a button 3.
    """
    surface = rgb(look.surface or _SURFACE)
    ink = _ink(look, surface)
    accent = rgb(look.accent) if look.accent else ink
    light = _palette(surface, ink, accent, rgb(look.on) if look.on else None, _link(look))
    font = (look.font or _SYSTEM).replace('"', "'")
    head = (look.head_font or look.font or _SYSTEM).replace('"', "'")
    return Theme(
        light=light,
        dark=light if luminance(surface) < _DARK else _dark(surface, ink, accent, _link(look)),
        font=font,
        head_font=head,
        head_weight=400 if _is_serif(head) else 650,
        button_weight=400 if _is_serif(font) else 600,
        radius=_RADIUS if look.radius is None else look.radius,
        size=look.size or _SIZE,
    )


def _ink(look: Look, surface: Colour) -> Colour:
    wanted = rgb(look.ink or _INK)
    return wanted if contrast(wanted, surface) >= 7 else best_on(surface)


def _link(look: Look) -> Colour | None:
    return rgb(look.link) if look.link else None


def _palette(
    surface: Colour, ink: Colour, accent: Colour, on: Colour | None, link: Colour | None
) -> Palette:
    raised = mix(surface, ink, 0.05)
    box = raised if contrast(ink, raised) >= 4.5 else surface
    if on is None or contrast(on, accent) < 4.5:
        on = surface if contrast(surface, accent) >= 4.5 else best_on(accent)
    quiet = _towards(ink, surface, box, 5.5)
    readable = link is not None and min(contrast(link, surface), contrast(link, box)) >= 4.5
    control = _towards(ink, surface, surface, 3.6)
    visible = contrast(accent, surface) >= 3
    marked = contrast(accent, surface) >= 4.5
    return Palette(
        surface=_text(surface),
        ink=_text(ink),
        quiet=_text(quiet),
        line=_text(mix(surface, ink, 0.14)),
        box=_text(box),
        accent=_text(accent),
        on=_text(on),
        edge=_text(accent if visible else control),
        control=_text(control),
        brand=_text(accent if marked else ink),
        link=_text(link if readable and link is not None else quiet),
    )


def _dark(surface: Colour, ink: Colour, accent: Colour, link: Colour | None) -> Palette:
    """Return the same shop at night: its ink becomes the face, its paper the ink."""
    face = mix(ink, BLACK, 0.15)
    if luminance(face) > 0.02:
        face = rgb("#171717")
    text = mix(surface, BLACK, 0.05)
    if contrast(text, face) < 7:
        text = WHITE
    same = contrast(accent, ink) < 1.5
    button = text if same else _lighter(accent, face)
    bright = None if link is None else _lighter(link, face)
    return _palette(face, text, button, face, bright)


def _lighter(colour: Colour, face: Colour) -> Colour:
    """Return the same hue, only as much lighter as it takes on a dark face."""
    hue, lightness, saturation = rgb_to_hls(*(part / 255 for part in colour))
    for step in range(_STEPS + 1):
        light = lightness + (1 - lightness) * step / _STEPS
        red, green, blue = hls_to_rgb(hue, light, saturation)
        found = (red * 255, green * 255, blue * 255)
        if contrast(found, face) >= 7:
            return found
    return WHITE


def _towards(ink: Colour, end: Colour, on: Colour, floor: float) -> Colour:
    """Return `ink` faded as far as it still keeps its floor on a face."""
    found = ink
    for step in range(_STEPS):
        faded = mix(ink, end, step / _STEPS)
        if contrast(faded, on) < floor:
            break
        found = faded
    return found


def _is_serif(font: str) -> bool:
    return font.split(",")[-1].strip() == "serif"


def _text(colour: Colour) -> str:
    return "#" + "".join(f"{round(part):02x}" for part in colour)


PLAIN = theme_of(Look())
