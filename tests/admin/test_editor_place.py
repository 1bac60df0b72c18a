"""A draft that gets blocked while one writes: the field one writes in stays where it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from plugin.services.campaigns import Campaign
from tests.admin.test_in_browser import admin_url as admin_url
from tests.admin.test_in_browser import newsletter as newsletter
from tests.admin.test_in_browser import open_page as open_page

WIDE = {"width": 1280, "height": 900}
#: Where the field stands in each picture that the browser paints from now on.
WATCH = """() => { window.tops = []
  const look = () => { requestAnimationFrame(look)
    window.tops.push(document.getElementById('f-lead-de').getBoundingClientRect().top) }
  look() }"""


def _moved(page: Page) -> float:
    """Write what blocks the draft and go on to the next field; return how far that is moved."""
    page.locator("#f-title-de").fill("20 % auf alles")
    page.locator("#f-title-de").press("Tab")
    page.evaluate(WATCH)
    expect(page.locator("#checks")).to_be_attached()
    expect(page.locator("#f-lead-de")).to_be_focused()
    seen = page.evaluate("window.tops.length")
    page.wait_for_function("seen => window.tops.length > seen + 3", arg=seen)
    tops = page.evaluate("window.tops")
    return float(max(tops) - min(tops))


@pytest.mark.parametrize("viewport", [WIDE, {"width": 375, "height": 700}])
def test_checks_that_come_in_above_do_not_move_the_field_one_writes_in(
    open_page: Callable[..., Page], newsletter: Campaign, viewport: dict[str, int]
) -> None:
    page = open_page(f"/widgets/{newsletter.id}", viewport=viewport)
    assert _moved(page) < 1
    page.locator("#checks").scroll_into_view_if_needed()
    expect(page.locator("#checks")).to_be_in_viewport()


def test_without_the_scrolling_they_would(
    open_page: Callable[..., Page], newsletter: Campaign
) -> None:
    page = open_page(f"/widgets/{newsletter.id}", viewport=WIDE)
    page.evaluate("window.scrollBy = () => {}")
    assert _moved(page) > 100
