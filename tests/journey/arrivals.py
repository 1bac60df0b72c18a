"""How the merchant of the pictures arrives: installs Bleib, sets it up, opens it in the admin."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.journey.people import says, shop_says
from tests.journey.photos import SHOP, open_up, photograph, window
from tests.journey.running import RunningDemo
from tests.journey.shots import SHOTS, sign_in
from tests.journey.state_photos import CUT, PANEL

#: Where the shop's own mails are to come from, and whose list of senders its domain includes.
OWN_DOMAIN = "keramik-uferhaus.example"
MAIL_DOMAIN = "uferhaus.example"
_HIGH = 1000


def ask_for_consent(browser: Browser, demo: RunningDemo, out: Path) -> None:
    """Install Bleib, with a picture of what it asks for, and of what it knows at first: nothing."""
    page = window(browser, SHOP)
    page.goto(f"{demo.shop}/admin/apps/bleib")
    open_up(page, _HIGH)
    photograph(page, out / "merchant" / "demo-zustimmung.webp")
    page.set_viewport_size(PANEL)
    page.locator('button[value="allow"]').click()
    page.wait_for_url(f"{demo.app}/admin/setup*")
    page.goto(f"{demo.app}/admin/parcels")
    empty = page.locator("section.panel", has_text=says("parcels.empty"))
    photograph(page, out / "merchant" / "zustand-leer.webp", empty, cut=CUT)
    page.context.close()


def begin_the_setup(browser: Browser, demo: RunningDemo, out: Path) -> None:
    """Install Bleib, switch it on in the theme, and name a sender whose signature is missing."""
    ask_for_consent(browser, demo, out)
    page = sign_in(browser, demo, SHOTS[0])
    switch_it_on(page, demo)
    page.goto(f"{demo.app}/admin/setup?step=2")
    page.locator("#imprint").fill("Uferhaus GmbH, Seestraße 1, 78464 Konstanz")
    page.locator("#privacy_url").fill("https://uferhaus.example/datenschutz")
    page.get_by_role("button", name=says("setup.sender.save")).click()
    expect(page.get_by_role("status").filter(has_text=says("done.saved"))).to_be_visible()
    page.goto(f"{demo.app}/admin/setup?step=2")
    page.locator("#own-sender").fill(f"post@{OWN_DOMAIN}")
    page.get_by_role("button", name=says("mail.check")).click()
    expect(page.locator("#step-sender .record")).to_be_visible()
    page.context.close()


def switch_it_on(page: Page, demo: RunningDemo) -> None:
    """Wait for the shop's data, save the theme with Bleib in it, and look again."""
    page.goto(f"{demo.app}/admin/setup")
    expect(page.locator("#sync-title")).to_have_text(says("setup.sync.title_done"), timeout=90_000)
    page.get_by_role("link", name=says("platforms.shopify.embed_open")).click()
    page.get_by_role("button", name=shop_says("editor.save")).click()
    page.get_by_role("link", name=shop_says("editor.back")).click()
    page.wait_for_url(f"{demo.app}/admin/*")
    page.goto(f"{demo.app}/admin/setup")
    if page.get_by_role("button", name=says("setup.embed.look")).count():
        page.get_by_role("button", name=says("setup.embed.look")).click()


def let_bleib_write(browser: Browser, demo: RunningDemo) -> None:
    """Answer who writes to buyers about their parcels."""
    page = sign_in(browser, demo, SHOTS[0])
    page.goto(f"{demo.app}/admin/parcels/notices")
    page.get_by_role("button", name=says("notices.ask.bleib"), exact=True).click()
    page.wait_for_load_state("networkidle")
    page.context.close()


def in_the_frame(browser: Browser, demo: RunningDemo, out: Path) -> None:
    """Open the list of widgets inside the shop's own admin, in a window as high as the list."""
    page = window(browser)
    page.goto(f"{demo.shop}/admin/apps/bleib")
    menu = page.get_by_role("navigation", name="Bleib")
    menu.get_by_role("link", name="Widgets", exact=True).click()
    inside = page.frame_locator("#app")
    expect(inside.get_by_role("heading", level=1)).to_have_text("Widgets")
    page.wait_for_load_state("networkidle")
    # Beyond what is in sight, what stands in a foreign frame is not drawn.
    hidden = inside.locator("html").evaluate("all => all.scrollHeight - all.clientHeight")
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": size["width"], "height": size["height"] + hidden})
    page.wait_for_load_state("networkidle")
    photograph(page, out / "merchant" / "widgets-im-shopify-rahmen.webp")
    page.context.close()
