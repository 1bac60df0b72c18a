"""The editor in Chromium: what stands on one line, and what is folded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from plugin.model import Shop
from plugin.services import campaigns
from plugin.services.campaigns import Campaign
from plugin.services.context import Context
from tests.admin.test_in_browser import admin_url as admin_url
from tests.admin.test_in_browser import open_page as open_page
from tests.admin.test_in_browser import window as window

WIDE = {"width": 1280, "height": 900}


def _changed(context: Context, shop: Shop, campaign: Campaign) -> None:
    campaigns.publish(context, shop, campaign.id)
    written = campaign.draft | {"title": {"de": "Post vom See", "en": "Post from the lake"}}
    campaigns.save_draft(context, shop, campaign.id, written, revision=campaign.revision)


@pytest.mark.parametrize("width", [1280, 1440])
def test_title_and_buttons_stand_side_by_side_and_the_switches_in_two_rows(
    open_page: Callable[..., Page], window: Campaign, context: Context, fresh: Shop, width: int
) -> None:
    _changed(context, fresh, window)
    page = open_page(f"/widgets/{window.id}", viewport={"width": width, "height": 900})
    title, review, publish = (
        one.bounding_box() or {}
        for one in (
            page.get_by_role("heading", level=1),
            page.get_by_role("link", name="Änderungen ansehen"),
            page.get_by_role("button", name="Veröffentlichen"),
        )
    )
    assert review["y"] == publish["y"]
    assert review["y"] < title["y"] + title["height"]
    assert review["x"] > title["x"] + title["width"]
    scene = page.locator(".scene").bounding_box() or {}
    assert scene["height"] < 3 * 44


def test_what_a_campaign_shows_is_one_line_once_it_has_content(
    open_page: Callable[..., Page], window: Campaign, context: Context, fresh: Shop
) -> None:
    page = open_page(f"/widgets/{window.id}", viewport=WIDE)
    expect(page.get_by_role("radio", name="Newsletter")).to_be_visible()
    _changed(context, fresh, window)
    page.reload()
    expect(page.get_by_role("radio", name="Newsletter")).to_be_hidden()
    page.get_by_text("Was möchten Sie zeigen? Newsletter Ändern").press("Enter")
    page.get_by_role("radio", name="Newsletter").press("ArrowDown")
    # It stays unfolded around the choice that is being made, and says what it is now.
    expect(page.locator(".settled > summary")).to_contain_text("Nachricht")
    expect(page.get_by_role("radio", name="Nachricht")).to_be_focused()
