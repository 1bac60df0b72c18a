"""Look and manners: what holds for all widgets of a shop, on both databases."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from plugin.contracts.shopwide import Look, Manners
from plugin.errors import ConflictError, InvalidFieldError
from plugin.model import Shop
from plugin.services import look, manners
from plugin.services.context import Context
from plugin.services.contrast import contrast, pairs_of
from plugin.services.storefront_config import config_now
from plugin.services.tenants import shop_of_id

GREEN = Look(accent="#1e5b43", on="#ffffff", radius=8)


def _config(context: Context, shop: Shop) -> dict[str, Any]:
    present = shop_of_id(context, shop.id)
    assert present is not None
    return dict(json.loads(config_now(context, present)))


def test_until_something_is_set_the_page_decides_and_our_manners_hold(
    context: Context, shop: Shop
) -> None:
    found = _config(context, shop)
    assert found["look"] == {}
    assert found["zone"] == shop.zone
    assert found["manners"] == {
        "cooldown_days": 7,
        "most": 3,
        "most_days": 30,
        "quiet_days": 30,
        "strict": False,
    }


def test_what_is_set_reaches_the_storefront_with_a_new_version(
    context: Context, shop: Shop
) -> None:
    before = _config(context, shop)["version"]
    look.save(context, shop, GREEN, seen=Look())
    manners.save(context, shop, Manners(most=1, strict=True), seen=Manners())
    found = _config(context, shop)
    assert found["look"] == {"accent": "#1e5b43", "on": "#ffffff", "radius": 8}
    assert (found["manners"]["most"], found["manners"]["strict"]) == (1, True)
    assert int(found["version"]) == int(before) + 2
    # Saving what is there already is no change.
    look.save(context, shop, GREEN, seen=GREEN)
    assert _config(context, shop)["version"] == found["version"]


def test_of_two_people_the_second_is_told(context: Context, shop: Shop) -> None:
    look.save(context, shop, GREEN, seen=Look())
    manners.save(context, shop, Manners(most=1), seen=Manners())
    with pytest.raises(ConflictError):
        look.save(context, shop, Look(radius=0), seen=Look())
    with pytest.raises(ConflictError):
        manners.save(context, shop, Manners(most=2), seen=Manners())
    assert look.get(context, shop) == GREEN
    assert manners.get(context, shop).most == 1


@pytest.mark.parametrize(
    ("fixed", "code", "field"),
    [
        (Look(accent="#ffffff", on="#ffffff"), "look_unreadable", "on"),
        (Look(ink="#777777", surface="#ffffff"), "look_unreadable", "ink"),
        (Look(surface="#808080"), "look_unreadable", "surface"),
        (Look(link="#aaaaaa"), "look_unreadable", "link"),
        (Look(button_height=43), "target_too_small", "button_height"),
    ],
)
def test_a_look_that_nobody_could_use_is_refused(
    context: Context, shop: Shop, fixed: Look, code: str, field: str
) -> None:
    with pytest.raises(InvalidFieldError, match=code) as refused:
        look.save(context, shop, fixed, seen=Look())
    assert refused.value.field == field
    assert look.get(context, shop) == Look()


def test_contrast_is_that_of_wcag() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)
    # The two shops of the pictures, as their table has them.
    amsel = Look(ink="#2a2420", surface="#fffdfa", accent="#2a2420", on="#fffdfa", link="#84480a")
    dark = Look(ink="#edf2ef", surface="#171e1a", accent="#84d0ab", on="#0b1f16")
    assert contrast((0x2A, 0x24, 0x20), (0xFF, 0xFD, 0xFA)) == pytest.approx(15.1, abs=0.05)
    assert all(pair.passed for fixed in (amsel, dark) for pair in pairs_of(fixed))
    assert contrast((0x84, 0xD0, 0xAB), (0x0B, 0x1F, 0x16)) == pytest.approx(9.5, abs=0.05)


def test_a_ratio_is_never_rounded_up_to_its_floor() -> None:
    (pair,) = pairs_of(Look(accent="#777777", on="#ffffff"))
    assert (pair.ratio, pair.passed) == (Decimal("4.4"), False)


def test_only_pairs_that_a_fixed_colour_decides_are_looked_at() -> None:
    assert pairs_of(Look(radius=4, font="Georgia, serif")) == []
    assert [pair.name for pair in pairs_of(Look(accent="#1e5b43"))] == ["on_accent"]
    # A label is black or white where the merchant left it open, so a button is always readable.
    assert all(pair.passed for pair in pairs_of(Look(accent="#777777")))


@pytest.mark.parametrize(
    "wrong",
    [
        {"accent": "red"},
        {"accent": "#12345"},
        {"accent": "#1e5b43;}"},
        {"font": "Arial;} :host{display:none"},
        {"font": "url(https://else.example/f)"},
        {"font": "Georgia'"},
        {"radius": 99},
        {"size": 8},
        {"colour": "#ffffff"},
    ],
)
def test_a_look_holds_nothing_but_tokens(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Look.model_validate(wrong)


@pytest.mark.parametrize(
    "stack", ["Georgia, serif", "-apple-system,'Segoe UI',sans-serif", '"Söhne Breit", Arial Black']
)
def test_a_font_is_a_stack_of_families(stack: str) -> None:
    assert Look(font=stack).public() == {"font": stack}


def test_colours_have_one_form() -> None:
    assert Look(accent=" 1E5B43 ", on="#FFF").public() == {"accent": "#1e5b43", "on": "#ffffff"}
