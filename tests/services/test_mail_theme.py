from __future__ import annotations

import random

import pytest

from plugin.contracts.shopwide import Look
from plugin.services.contrast import contrast, rgb
from plugin.services.mails.theme import PLAIN, Palette, theme_of

AMSEL = Look(
    accent="#2a2420", on="#fffdfa", surface="#fffdfa", ink="#2a2420", radius=0,
    font='"Iowan Old Style", Palatino, serif',
)  # fmt: skip
STEIGWOHL = Look(accent="#1e5b43", on="#ffffff", ink="#17211c", radius=8)


def _weakest(palette: Palette) -> dict[str, float]:
    def ratio(one: str, other: str) -> float:
        return contrast(rgb(one), rgb(other))

    text = [
        ratio(colour, face)
        for colour in (palette.quiet, palette.link)
        for face in (palette.surface, palette.box)
    ]
    return {
        "ink": ratio(palette.ink, palette.surface),
        "text": min(*text, ratio(palette.brand, palette.surface)),
        "button": ratio(palette.on, palette.accent),
        "edge": min(ratio(c, palette.surface) for c in (palette.edge, palette.control)),
    }


@pytest.mark.parametrize("seed", range(8))
def test_every_pair_of_colours_keeps_its_floor_whatever_is_fixed(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(20):
        names = ("accent", "on", "surface", "ink", "link")
        drawn = {name: f"#{chance.randrange(2**24):06x}" for name in names}
        fixed = {name: colour for name, colour in drawn.items() if chance.random() < 0.7}
        theme = theme_of(Look(**fixed))  # type: ignore[arg-type]
        for palette in (theme.light, theme.dark):
            weakest = _weakest(palette)
            assert weakest["ink"] >= 4.5, fixed
            assert weakest["text"] >= 4.4, fixed
            assert weakest["button"] >= 4.4, fixed
            assert weakest["edge"] >= 2.95, fixed


@pytest.mark.parametrize("look", [Look(), AMSEL, STEIGWOHL])
def test_a_readable_look_is_taken_as_it_is_and_has_a_dark_side(look: Look) -> None:
    theme = theme_of(look)
    assert theme.light.accent == (look.accent or "#1a1a1a")
    assert theme.light.surface == (look.surface or "#ffffff")
    for palette in (theme.light, theme.dark):
        weakest = _weakest(palette)
        assert weakest["ink"] >= 7
        assert min(weakest["text"], weakest["button"]) >= 4.5
    assert contrast(rgb(theme.dark.surface), rgb("#000000")) < 2


def test_type_and_corners_follow_the_shop() -> None:
    serif = theme_of(AMSEL)
    assert (serif.head_weight, serif.radius, serif.box_radius) == (400, 0, 0)
    assert serif.font == "'Iowan Old Style', Palatino, serif"
    assert (PLAIN.head_weight, PLAIN.radius) == (650, 6)
    assert theme_of(Look(surface="#121815", ink="#edf2ef")).dark.surface == "#121815"
