"""The kill switch in a browser: a page that is open, one that opens, and the way back."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import Visitor, until
from tests.browser.shopfront import Shopfront

#: How long an open page takes at most to learn of it (widgets/_runtime/stopping.ts).
LOOK_MS = 30_000
PLACES = "<div data-bleib='newsletter'></div><div data-bleib='shipment_status'></div>"


def asked(storefront: Shopfront) -> int:
    return sum("config" in path for _, path, _ in storefront.asked)


def stopped(config: dict[str, Any]) -> dict[str, Any]:
    """What the app answers for a stopped shop: only what people with an order need."""
    left = [one for one in config["campaigns"] if one["widget"] == "shipment_status"]
    return {**config, "campaigns": left}


def test_a_stop_clears_open_pages_and_a_restart_brings_everything_back(
    storefront: Shopfront, visitor: Visitor
) -> None:
    running = storefront.config
    address = storefront.page(body=PLACES, filler=0)
    visit = visitor("about:blank")
    page = visit.page
    page.clock.install()
    page.goto(address)
    form = page.locator("[data-bleib=newsletter] form")
    expect(form).to_be_visible()
    status = page.locator("[data-bleib=shipment_status] form")
    expect(status).to_be_visible()
    assert asked(storefront) == 1

    storefront.config = stopped(running)
    page.clock.fast_forward(LOOK_MS)
    expect(form).to_have_count(0)
    expect(status).to_be_visible()
    # What had not been shown yet is not shown any more, on this page or on a new one.
    page.evaluate("window.bleib.open('exit_intent')")
    until(page, "async () => (await window.bleib.why()).length === 1")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto(address)
    expect(status).to_be_visible()
    expect(form).to_have_count(0)

    storefront.config = running
    page.goto(address)
    expect(form).to_be_visible()


def test_a_page_that_shows_nothing_asks_once_and_looks_before_it_shows_something(
    storefront: Shopfront, visitor: Visitor
) -> None:
    running = storefront.config
    address = storefront.page()
    visit = visitor("about:blank")
    page = visit.page
    page.clock.install()
    page.goto(address)
    visit.state("exit_intent", "waiting")
    page.clock.fast_forward(10 * LOOK_MS)
    assert asked(storefront) == 1
    storefront.config = stopped(running)
    visit.leave()
    until(page, "async () => (await window.bleib.why()).length < 2")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert asked(storefront) == 2
