"""Typing in the editor, in Chromium: nothing that was typed gets lost by what is pressed next."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from plugin.model import Shop
from plugin.services import campaigns
from plugin.services.campaigns import Campaign
from plugin.services.context import Context
from tests.admin.test_in_browser import admin_url as admin_url
from tests.admin.test_in_browser import newsletter as newsletter
from tests.admin.test_in_browser import open_page as open_page

WIDE = {"width": 1280, "height": 900}


def test_the_other_language_is_one_press_away_and_what_was_typed_is_saved_first(
    open_page: Callable[..., Page], newsletter: Campaign, context: Context, fresh: Shop
) -> None:
    page = open_page(f"/widgets/{newsletter.id}", viewport=WIDE)
    page.locator("#f-title-de").press_sequentially("Post vom See")
    page.locator("[name=show][value=en]").check(force=True)
    expect(page.locator("#f-title-en")).to_be_visible()
    expect(page.locator("#f-title-de")).to_have_count(0)
    draft = campaigns.find(context, fresh, newsletter.id).draft
    assert draft["title"] == {"de": "Post vom See", "en": ""}
    page.locator("#f-title-en").press_sequentially("Letters")
    page.get_by_role("link", name="Gutschein", exact=True).click()
    expect(page.locator("#f-voucher-days")).to_be_visible()
    draft = campaigns.find(context, fresh, newsletter.id).draft
    assert draft["title"] == {"de": "Post vom See", "en": "Letters"}


def test_what_does_not_fit_keeps_the_writer_where_it_was_typed(
    open_page: Callable[..., Page], newsletter: Campaign
) -> None:
    page = open_page(f"/widgets/{newsletter.id}", viewport=WIDE)
    page.locator("#f-title-de").fill("x" * 61)
    page.get_by_role("link", name="Gutschein", exact=True).click()
    expect(page.locator("#f-title-de-problem")).to_be_visible()
    assert page.locator("#f-title-de").input_value() == "x" * 61
    page.locator("#f-title-de").fill("Post vom See")
    page.locator("#f-lead-de").focus()
    expect(page.locator("#problems")).to_have_count(0)
    expect(page.locator("#f-title-de")).to_be_visible()


def test_the_mark_of_a_missing_language_leads_to_the_field_in_it(
    open_page: Callable[..., Page], newsletter: Campaign
) -> None:
    page = open_page(f"/widgets/{newsletter.id}", viewport=WIDE)
    page.locator("#f-title-de").fill("Post vom See")
    page.locator("#f-lead-de").focus()
    page.get_by_role("link", name="Englisch fehlt: Überschrift").click()
    expect(page.locator("#f-title-en")).to_be_focused()
    page.go_back()
    page.locator("#checks").get_by_role("link", name="Ein Text fehlt in einer Sprache").click()
    expect(page.locator("#f-title-en")).to_be_focused()


def test_without_javascript_a_text_is_written_in_both_languages(
    open_page: Callable[..., Page], newsletter: Campaign, context: Context, fresh: Shop
) -> None:
    page = open_page(f"/widgets/{newsletter.id}", viewport=WIDE, java_script_enabled=False)
    page.locator("#f-title-de").fill("Post vom See")
    page.get_by_role("button", name="Entwurf sichern").click()
    page.get_by_role("link", name="Englisch fehlt: Überschrift").click()
    page.locator("#f-title-en").fill("Post from the lake")
    page.get_by_role("button", name="Entwurf sichern").click()
    expect(page.locator("#f-title-en")).to_have_value("Post from the lake")
    draft = campaigns.find(context, fresh, newsletter.id).draft
    assert draft["title"] == {"de": "Post vom See", "en": "Post from the lake"}
