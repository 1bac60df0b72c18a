"""A shop with real orders from a file: imported, read by Bleib, learned from, and suggested."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.conftest import CHROMIUM_ARGS
from tests.journey.inlined import wait_until_shown
from tests.journey.people import Merchant, Shopper, says, suggestion_says
from tests.journey.stage import Stage

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]
PORT = 24420
BASKETS = 300
HEART, RED_HEART = "WHITE HANGING HEART T-LIGHT HOLDER", "RED HANGING HEART T-LIGHT HOLDER"
ITEMS = {"85123A": HEART, "21733": RED_HEART} | {
    f"{30000 + n}": f"ENAMEL MUG NUMBER {n}" for n in range(20)
}


@pytest.fixture
def orders_file(tmp_path: Path) -> Path:
    """Write 300 baskets: every third holds both hearts, the others one of twenty mugs."""
    path = tmp_path / "orders.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("basket_id,timestamp,item_id,customer_id,price,qty,country,name\n")
        lines = csv.writer(file)
        for basket in range(BASKETS):
            mug = f"{30000 + basket % 20}"
            items = ["85123A", "21733"] if basket % 3 == 0 else [mug]
            for item in items:
                when = f"2011-11-{1 + basket % 28:02d}T10:{basket % 60:02d}:00"
                lines.writerow(
                    [50000 + basket, when, item, 12000 + basket % 90, "2.95", 1,
                     "United Kingdom", ITEMS[item]]
                )  # fmt: skip
    return path


@pytest.mark.xdist_group("journey")
def test_a_file_of_real_orders_becomes_suggestions_in_the_cart(
    orders_file: Path, tmp_path: Path
) -> None:
    with Stage(tmp_path / "demo", None, PORT, orders=orders_file) as stage, sync_playwright() as p:
        browser = p.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGS)
        sells_what_the_file_taught(stage, browser)
        browser.close()


def sells_what_the_file_taught(stage: Stage, browser: Browser) -> None:
    merchant = Merchant(browser, stage)
    merchant.install()
    merchant.wait_for_sync()
    merchant.page.locator("#sync > summary").click()
    read = merchant.page.locator("#sync").inner_text()
    for number in (f"{len(ITEMS)}", f"{BASKETS}"):
        assert number in read, read
    # Saved without its preview, which would fetch the configuration from before the publishing.
    editor = f"{stage.shop}/admin/themes/current/editor?context=apps"
    assert merchant.page.request.post(editor, form={"embed": "on"}).ok
    merchant.publish("cross_sell")
    expect(merchant.page.locator(".head")).to_contain_text(says("editor.publish_same"))
    merchant.leave()
    wait_until_shown(stage, ["cross_sell"])

    shopper = Shopper(browser, stage)
    shopper.put_into_cart("white-hanging-heart-t-light-holder")
    page = shopper.look_into_cart()
    block = page.locator('[data-bleib="cross_sell"]')
    expect(block.get_by_role("link", name=RED_HEART)).to_be_visible()
    expect(block.get_by_role("listitem")).to_have_count(1)
    block.get_by_role("button", name=suggestion_says("add")).click()
    expect(page.locator('[data-part="lines"]')).to_contain_text(RED_HEART)
    shopper.leave()
