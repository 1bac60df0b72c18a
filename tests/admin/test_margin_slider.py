"""The editor says beside the slider what it costs and brings, or that nobody knows yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plugin.model import Shop
from plugin.services import campaigns
from plugin.services.context import Context
from plugin.services.suggestions import slider
from plugin.services.suggestions.margin_trial import Position, Trial

if TYPE_CHECKING:
    from tests.admin.conftest import Browser

TRIAL = Trial(
    carts=1412,
    known=0.4,
    positions=(
        Position(0, 38.2, 61.4, 0.0, 0.0, 0.0),
        Position(50, 36.8, 72.1, 0.037, 0.011, 0.063),
        Position(100, 38.1, 60.0, 0.003, -0.01, 0.016),
    ),
)


@pytest.fixture
def page(context: Context, fresh: Shop) -> str:
    with context.db.write() as connection:
        campaigns.ensure_defaults(connection, context, fresh.id)
    (found,) = [one for one in campaigns.all_of(context, fresh) if one.widget == "cross_sell"]
    return f"/admin/widgets/{found.id}?section=ranking"


def put_slider(context: Context, fresh: Shop, at: int) -> None:
    (found,) = [one for one in campaigns.all_of(context, fresh) if one.widget == "cross_sell"]
    draft = {**found.draft, "margin": at}
    campaigns.save_draft(context, fresh, found.id, draft, revision=found.revision)


def test_before_anything_was_measured_no_figure_is_shown(browser: Browser, page: str) -> None:
    text = browser.get(page).text
    assert "Noch nicht genug Daten" in text
    assert 'id="slider"' not in text


def test_without_costs_the_page_says_where_to_enter_them(
    browser: Browser, context: Context, fresh: Shop, page: str
) -> None:
    slider.keep(context, fresh, None, costs=False)
    assert "Noch ist kein Einkaufspreis bekannt" in browser.get(page).text


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (0, "Nichts geht verloren."),
        (55, "Etwa 4\u00a0% weniger Treffer, 17\u00a0% mehr Rohertrag"),
        (100, "Kaum messbar weniger Treffer (0\u00a0%), 2\u00a0% weniger Rohertrag"),
    ],
)
def test_the_position_that_is_set_is_put_into_words(
    browser: Browser, context: Context, fresh: Shop, page: str, at: int, said: str
) -> None:
    slider.keep(context, fresh, TRIAL, costs=True)
    put_slider(context, fresh, at)
    text = browser.get(page).text
    assert said in text
    assert "1\u00a0% bis 6\u00a0%" in text
    assert "Nur bei 40\u00a0% der gezeigten Artikel" in text


def test_the_preview_stands_where_the_suggestions_are_wished(browser: Browser, page: str) -> None:
    # The page of the preview is a product's: without a place there would be nothing to see.
    assert (
        'data-bleib="cross_sell" data-place="cart"'
        in browser.get(page.replace("?section=ranking", "/preview")).text
    )
