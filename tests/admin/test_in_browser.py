"""The editor and the pages in Chromium: saving while typing, the live preview, accessibility."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from plugin.model import Shop
from plugin.services import campaigns
from plugin.services.campaigns import Campaign
from plugin.services.context import Context
from tests import axe

#: Elements that stick out of the page, where the page itself would scroll sideways.
WIDER = """width => document.documentElement.scrollWidth <= width ? [] :
  [...document.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().right > width)
    .map(e => e.outerHTML.slice(0, 120))"""
PAGES = [
    "/", "/setup?step=2", "/widgets", "/widgets/new", "/widgets/goals?goal=new", "/look",
    "/manners", "/guard", "/guard/costs", "/suggestions", "/work", "/law", "/law/person",
    "/law/documents/accessibility", "/stop", "/more", "/team", "/account", "/law/access-log",
    "/mails", "/mails/voucher", "/parcels",
    "/parcels/notices?ask=1", "/parcels/carriers", "/parcels/messages", "/parcels/withdrawals",
    "/parcels/inserts", "/figures", "/figures/parcels", "/figures/customers", "/figures/costs",
]  # fmt: skip


@pytest.fixture
def admin_url(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/admin"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_page(
    chromium: Chromium, admin_url: str, context: Context, fresh: Shop
) -> Iterator[Callable[..., Page]]:
    opened = []

    def make(path: str, **options: Any) -> Page:
        visit = chromium.new_context(**options)
        opened.append(visit)
        token = context.keys.sign("session", [fresh.id, fresh.generation])
        visit.add_cookies([{"name": "bleib", "value": token, "url": admin_url}])
        page = visit.new_page()
        page.goto(admin_url + path)
        return page

    yield make
    for visit in opened:
        visit.close()


@pytest.fixture
def newsletter(context: Context, fresh: Shop) -> Campaign:
    return next(item for item in campaigns.all_of(context, fresh) if item.widget == "newsletter")


@pytest.fixture
def window(context: Context, fresh: Shop) -> Campaign:
    return next(item for item in campaigns.all_of(context, fresh) if item.widget == "exit_intent")


def test_leaving_a_field_saves_it_keeps_the_focus_and_changes_the_preview(
    open_page: Callable[..., Page], newsletter: Campaign, context: Context, fresh: Shop
) -> None:
    page = open_page(f"/widgets/{newsletter.id}", viewport={"width": 1280, "height": 900})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.locator("#f-title-de").fill("Post vom See")
    page.locator("#f-lead-de").focus()
    expect(page.locator("#checks")).to_contain_text("Ein Text fehlt in einer Sprache")
    assert page.evaluate("document.activeElement.id") == "f-lead-de"
    preview = page.frame_locator("#preview")
    expect(preview.locator("[data-bleib]")).to_contain_text("Post vom See")
    page.locator("[name=show][value=en]").check(force=True)
    page.locator("#f-title-en").fill("Post from the lake")
    page.locator("#f-lead-en").focus()
    expect(page.locator("#checks")).to_have_count(0)
    expect(preview.locator("[data-bleib]")).to_contain_text("Post from the lake")
    draft = campaigns.find(context, fresh, newsletter.id).draft
    assert draft["title"] == {"de": "Post vom See", "en": "Post from the lake"}
    page.locator("[name=show][value=de]").check(force=True)
    page.locator("#f-title-de").fill("x" * 35)
    expect(page.get_by_text("35 von 60")).to_be_hidden()
    page.locator("#f-title-de").fill("x" * 36)
    expect(page.get_by_text("36 von 60")).to_be_visible()
    expect(page.locator("#said")).not_to_contain_text("von 60")
    for typed, said in ((55, 55), (56, 55), (61, 61)):
        page.locator("#f-title-de").fill("x" * typed)
        expect(page.locator("#said")).to_have_text(f"{said} von 60")
    assert errors == []


def test_what_does_not_fit_is_said_at_the_field_while_the_entry_stays(
    open_page: Callable[..., Page], newsletter: Campaign
) -> None:
    page = open_page(f"/widgets/{newsletter.id}?section=voucher")
    page.locator("#f-voucher-minimum").fill("1.20")
    page.keyboard.press("Tab")
    expect(page.locator("#f-voucher-minimum-problem")).to_contain_text("Meinten Sie 1,20")
    assert page.locator("#f-voucher-minimum").input_value() == "1.20"
    page.locator("#f-voucher-minimum").fill("50")
    page.keyboard.press("Tab")
    expect(page.locator("#f-voucher-minimum-problem")).to_have_count(0)


def test_without_javascript_a_campaign_is_changed_and_published(
    open_page: Callable[..., Page], newsletter: Campaign, context: Context, fresh: Shop
) -> None:
    page = open_page(f"/widgets/{newsletter.id}?section=voucher", java_script_enabled=False)
    page.locator("#f-voucher-days").fill("60")
    page.get_by_role("button", name="Entwurf sichern").click()
    page.get_by_role("button", name="Veröffentlichen").click()
    expect(page.get_by_role("status").first).to_contain_text("Veröffentlicht.")
    found = campaigns.find(context, fresh, newsletter.id)
    assert (found.state, found.draft["voucher"]["days"]) == ("published", 60)


def test_whom_a_window_is_for_and_what_is_compared_is_told_at_once(
    open_page: Callable[..., Page], window: Campaign
) -> None:
    size = {"width": 1280, "height": 900}
    page = open_page(f"/widgets/{window.id}?section=target", viewport=size)
    page.get_by_label("Seiten: auf allen Seiten").select_option("auf Produktseiten")
    expect(page.get_by_label("Seiten: sonst nirgends")).to_be_visible()
    page.get_by_text("Bedingung hinzufügen").click()
    page.get_by_text("oder: eine weitere Gruppe").click()
    page.get_by_role("radio", name="Wiederkehrende").last.check()
    expect(page.locator("#sum-up")).to_contain_text("oder für Besucher beim wiederholten Besuch.")
    page.get_by_role("link", name="Test", exact=True).click()
    slider = page.get_by_role("slider", name="So viele sehen nichts")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#sum-up")).to_contain_text("11 sehen nichts, 89 sehen das Fenster.")
    page.get_by_role("checkbox", name="Fassung B ausprobieren").check()
    page.locator("#f-experiment-b-title-de").fill("Moment noch")
    page.locator("[name=arm][value=b]").check(force=True)
    expect(page.frame_locator("#preview").get_by_text("Moment noch")).to_be_visible()


def test_a_colour_that_is_too_weak_is_mended_with_one_press(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("/look", viewport={"width": 1280, "height": 900})
    for name, colour in (("accent", "#d9a93a"), ("on", "#ffffff")):
        page.locator(f"#f-{name}-page").uncheck()
        page.locator(f"#f-{name}").fill(colour)
        page.keyboard.press("Tab")
    expect(page.locator("#contrast")).to_contain_text("zu schwach")
    page.locator("button[name=take]").click()
    expect(page.locator("#contrast")).to_contain_text("gut lesbar")
    page.get_by_role("button", name="Aussehen speichern").click()
    expect(page.get_by_role("status").first).to_contain_text("Gesichert.")


@pytest.mark.parametrize(
    ("scheme", "width", "sections"),
    [("light", 1280, ("content", "target")), ("dark", 320, ("design", "target", "test"))],
)
def test_pages_are_accessible_and_fit_the_screen(
    open_page: Callable[..., Page],
    admin_url: str,
    window: Campaign,
    scheme: str,
    width: int,
    sections: tuple[str, ...],
) -> None:
    viewport = {"width": width, "height": 900}
    page = open_page("/", viewport=viewport, color_scheme=scheme, bypass_csp=True)
    editors = [f"/widgets/{window.id}?section={name}" for name in sections]
    for path in [*PAGES, *editors, "/widgets/999"]:
        page.goto(admin_url + path)
        assert axe.findings(page) == [], path
        wide = page.evaluate(WIDER, width)
        assert wide == [], path
