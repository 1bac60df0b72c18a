"""Two windows stand in each other's way only where one shopper could meet both."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.services.campaign_overlap import PAGES, common_pages
from widgets.exit_intent.settings import ExitIntentSettings


def _window(schedule: dict[str, Any] | None = None, **who: Any) -> ExitIntentSettings:
    values = {"audience": {"first": who}, "schedule": schedule or {}}
    return ExitIntentSettings.model_validate(values, strict=False)


@pytest.mark.parametrize(
    ("one", "other", "pages"),
    [
        ({}, {}, PAGES),
        ({"pages": ["product", "cart"]}, {"pages": ["cart", "home"]}, ("cart",)),
        ({"pages": ["product"]}, {"pages": ["cart"]}, ()),
        ({"devices": ["phone"]}, {"devices": ["desktop"]}, ()),
        ({"devices": ["phone"]}, {"devices": ["phone", "tablet"]}, PAGES),
        ({"visitor": "new"}, {"visitor": "returning"}, ()),
        ({"subscribers": "not"}, {"subscribers": "all"}, PAGES),
        ({"cart_min": 50}, {"cart_max": 40}, ()),
        ({"cart_min": 40}, {"cart_max": 50}, PAGES),
        ({"urls": ["/tee"]}, {"urls": ["/tassen"]}, ()),
        ({"urls": ["/tee*"]}, {"urls": ["/tassen"]}, PAGES),
    ],
)
def test_they_meet_where_pages_people_and_carts_agree(
    one: dict[str, Any], other: dict[str, Any], pages: tuple[str, ...]
) -> None:
    assert common_pages(_window(**one), _window(**other)) == pages
    assert common_pages(_window(**other), _window(**one)) == pages


def test_windows_of_different_times_never_meet() -> None:
    first = {"ends": "2026-12-01T00:00:00Z"}
    later = {"starts": "2026-12-01T00:00:00Z"}
    assert common_pages(_window(first), _window(later)) == ()
    assert common_pages(_window({"weekdays": [1]}), _window({"weekdays": [2]})) == ()
    assert common_pages(_window(first), _window()) == PAGES
