"""The guard's page in Chromium: what stands first, and what moves while limits are typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from plugin.model import Shop
from plugin.services.context import Context
from plugin.texts import area_texts
from tests.admin.test_guard_pages import october
from tests.admin.test_in_browser import admin_url as admin_url
from tests.admin.test_in_browser import open_page as open_page

PHONE, DESKTOP = {"width": 375, "height": 812}, {"width": 1280, "height": 900}
#: Notes each element of which a reader of the screen would be told, and each shift of the layout.
_LISTEN = """() => {
  window.told = new Set();
  new MutationObserver(all => all.forEach(one => {
    const live = (one.target.parentElement ?? one.target).closest("[role=status], [aria-live]");
    if (live) window.told.add(live.id);
  })).observe(document.body, {subtree: true, childList: true, characterData: true});
  window.shifted = 0;
  new PerformanceObserver(list => list.getEntries().forEach(one => window.shifted += one.value))
    .observe({type: "layout-shift"});
}"""


def _top(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box is not None, selector
    return box["y"]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_changed_limit_moves_the_sentence_and_the_reasons_and_is_said_once(
    open_page: Callable[..., Page], context: Context, fresh: Shop, size: dict[str, int]
) -> None:
    october(context, fresh)
    page = open_page("/guard", viewport=size)
    expect(page.locator("#trial-says")).to_contain_text("statt 310 €")
    before = page.locator("#trial-says").inner_text()
    page.evaluate(_LISTEN)
    page.locator("#share").fill("100")
    page.locator("#budget").fill("50")
    expect(page.locator("#trial-says b")).to_have_text("50 €")
    assert page.locator("#trial-says").inner_text() != before
    row = page.locator("#trial tr", has_text="Budget oder Anteil erreicht")
    expect(row.locator("td").first).to_have_text("26")
    assert page.evaluate("[...window.told]") == ["trial-says"]
    assert page.evaluate("window.shifted") < 0.001
    assert page.evaluate("document.activeElement.id") == "budget"


def test_on_a_phone_the_answer_stands_before_the_limits_and_how_it_came_about_below(
    open_page: Callable[..., Page], context: Context, fresh: Shop
) -> None:
    october(context, fresh)
    page = open_page("/guard", viewport=PHONE)
    assert _top(page, "#trial-says") < _top(page, "#budget") < _top(page, "#trial")
    page.get_by_role("link", name="Wie gerechnet?").click()
    expect(page.get_by_role("heading", name="So ist gerechnet")).to_be_in_viewport()
    switch = page.get_by_role("switch", name="Abstand je Person").bounding_box()
    field = page.locator("#cooldown_days").bounding_box()
    assert switch is not None
    assert field is not None
    assert switch["x"] > field["x"] + field["width"]
    assert switch["y"] + switch["height"] < field["y"]


def test_on_a_desktop_the_trial_stands_beside_the_limits(
    open_page: Callable[..., Page], context: Context, fresh: Shop
) -> None:
    october(context, fresh)
    page = open_page("/guard", viewport=DESKTOP)
    assert abs(_top(page, "#tried") - _top(page, ".panel.limits")) < 1
    beside = page.locator("#trial").bounding_box()
    limits = page.locator(".panel.limits").bounding_box()
    assert beside is not None
    assert limits is not None
    assert beside["x"] > limits["x"] + limits["width"]
    expect(page.locator("#month")).to_be_in_viewport()


def test_the_six_limits_come_first_and_what_is_rarely_needed_folds_away(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("/guard", viewport=PHONE)
    names = page.locator("#limits > .limit > .limit-switch > .limit-name").all_inner_texts()
    wanted = ("budget", "share", "floor", "cooldown", "quiet", "first")
    texts = area_texts("admin")
    assert names == [texts.get("de", f"guard.name.{one}") for one in wanted]
    expect(page.locator("#holdout")).to_be_hidden()
    page.get_by_text("Seltener gebraucht").click()
    expect(page.locator("#holdout")).to_be_visible()


def test_what_is_wrong_among_the_rarely_needed_is_in_sight(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("/guard", viewport=DESKTOP)
    page.get_by_text("Seltener gebraucht").click()
    page.locator("#holdout").fill("0")
    page.get_by_role("button", name="Grenzen speichern").click()
    expect(page.locator("#holdout")).to_be_visible()
    expect(page.locator("#holdout-problem")).to_be_visible()


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_help_text_has_at_most_90_characters(language: str) -> None:
    texts = area_texts("admin")
    for one in ("cooldown", "quiet", "smaller", "holdout", "tax", "once", "limits"):
        said = texts.get(language, f"guard.{one}_text")
        assert len(said) <= 90, said
