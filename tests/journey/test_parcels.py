"""One order in two parcels of two carriers, one late and one delivered, in Chromium."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journey.flyers import printed_flyer
from tests.journey.people import Merchant, Shopper, says
from tests.journey.stage import Stage
from tests.services.inserts.qr import decode, drawn_modules

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
PORT = 24180
EMAIL = "nora.winter@example.com"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with Stage(tmp_path / "demo", None, PORT) as stage:
        yield stage


@pytest.mark.xdist_group("journey")
def test_an_order_in_two_parcels_is_followed_told_of_and_withdrawn(
    stage: Stage, chromium: Browser
) -> None:
    started = time.monotonic()
    merchant = Merchant(chromium, stage)
    merchant.install()
    merchant.wait_for_sync()
    merchant.lets_bleib_write()

    shopper = Shopper(chromium, stage, viewport={"width": 375, "height": 812})
    order = stage.demo("orders", {"email": EMAIL, "pieces": 3, "country": "DE"})
    stage.mail_about(EMAIL, "eingegangen")
    lies_in_the_parcel(stage, merchant, order)
    late, here = two_parcels_on_their_way(stage, order)
    stage.demo(f"parcels/{late['id']}/delay", {})
    mail = stage.mail_about(EMAIL, "kommt später")
    stage.demo(f"parcels/{here['id']}/step", {})
    stage.mail_about(EMAIL, "ist da")
    assert {one["class"] for one in stage.mails(EMAIL)} == {"service"}

    link = next(address for address in mail["links"] if "/s/" in address)
    sees_both_and_no_advertising(shopper, link, late, here)
    withdraws(stage, shopper, link)
    shopper.leave()

    knows_what_is_stuck_and_what_was_withdrawn(merchant, order)
    figures_count_the_look(merchant)
    merchant.leave()
    print(f"the journey took {time.monotonic() - started:.0f} s")


def lies_in_the_parcel(stage: Stage, merchant: Merchant, order: dict[str, Any]) -> None:
    flyer = printed_flyer(merchant.admin("parcels/inserts"), stage.app, order)
    link = decode(drawn_modules(flyer))
    assert link.startswith(f"{stage.app}/f/")


def two_parcels_on_their_way(
    stage: Stage, order: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    stage.demo(f"orders/{order['id']}/split", {})
    late, here = stage.demo(f"orders/{order['name'].lstrip('#')}")["parcels"]
    assert late["carrier"] != here["carrier"]
    for parcel in (late, here):
        stage.demo(f"parcels/{parcel['id']}/step", {})
    stage.mail_about(EMAIL, "unterwegs", 2)
    return late, here


def sees_both_and_no_advertising(
    shopper: Shopper, link: str, late: dict[str, Any], here: dict[str, Any]
) -> None:
    page = shopper.go(link)
    for parcel in (late, here):
        expect(page.get_by_text(parcel["carrier"]).first).to_be_visible()
        expect(page.get_by_text(parcel["number"]).first).to_be_visible()
    cards = page.locator("section.card")
    expect(cards).to_have_count(2)
    expect(cards.filter(has_text=here["number"])).to_have_class("card arrived")
    expect(page.locator("section.suggested")).to_have_count(0)
    english = shopper.go(f"{link}?lang=en")
    expect(english.locator("html")).to_have_attribute("lang", "en")


def withdraws(stage: Stage, shopper: Shopper, link: str) -> None:
    page = shopper.go(link)
    page.locator(f'a[href^="{link}/withdrawal"]').first.click()
    page.locator("#name").fill("Nora Winter")
    page.locator("#email").fill(EMAIL)
    page.locator("#whole").check()
    page.locator('form button[type="submit"]').click()
    page.locator('button[value="confirm"]').click()
    page.wait_for_url("**/w/receipt/*")
    receipt = stage.mail_about(EMAIL, "Ihr Widerruf ist eingegangen")
    assert "Nora Winter" in receipt["text"]


def knows_what_is_stuck_and_what_was_withdrawn(merchant: Merchant, order: dict[str, Any]) -> None:
    page = merchant.admin("parcels?all=1")
    stuck = page.locator("table.stuck tbody tr").filter(has_text=order["name"])
    expect(stuck).to_have_count(1)
    expect(stuck).to_contain_text(EMAIL)
    page = merchant.admin("parcels/withdrawals")
    expect(page.get_by_text(order["name"]).first).to_be_visible()


def figures_count_the_look(merchant: Merchant) -> None:
    page: Page = merchant.admin("figures/parcels")
    looks = page.locator("dl div").filter(has_text=says("parcels.figures.orders_looked"))
    expect(looks.locator("dd")).to_have_text("1")
