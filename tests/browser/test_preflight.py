"""What a voucher still needs, in the cart of whoever came with its link, and of nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from plugin.services.preflight import MARK, OPENED
from tests.browser.conftest import PHONE, SIGHTS, Visitor, until
from tests.browser.shopfront import BUILT, Shopfront

PLACE = '<div data-bleib="preflight"></div>'
TOLD: dict[str, Any] = {
    "state": "missing",
    "title": "Gutschein 5\u00a0€",
    "text": "Noch 12,40\u00a0€, dann gilt er.",
    "strong": "12,40\u00a0€",
    "note": "Ab 40\u00a0€ Warenwert. Er zählt von selbst, sobald es reicht.",
    "share": 69,
    "hide": "Ausblenden",
    "over": False,
}
LINK = f"{MARK}7-0123456789abcdef01234567"


@pytest.fixture(autouse=True)
def only_preflight(storefront: Shopfront) -> None:
    storefront.config["campaigns"] = [OPENED]
    storefront.config["widgets"] = BUILT["widgets"] | {"preflight": BUILT["preflight"]}
    storefront.answers["/vouchers/check"] = (200, TOLD)


def asked(storefront: Shopfront) -> int:
    return len(storefront.bodies("/vouchers/check"))


def test_who_came_without_a_voucher_loads_nothing_of_it(
    storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor(storefront.page(body=PLACE, kind="cart"))
    until(shopper.page, "!!window.bleib?.why")
    shopper.page.wait_for_load_state("networkidle")
    loaded = "performance.getEntriesByType('resource').map(({ name }) => name).join()"
    assert "preflight" not in shopper.page.evaluate(loaded)
    assert asked(storefront) == 0
    assert shopper.stored()["local"] == []


def test_the_link_the_next_page_a_change_of_the_cart_and_hiding(
    storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor(storefront.page(body=PLACE, kind="cart") + LINK, PHONE)
    page = shopper.page
    expect(page.get_by_role("status")).to_have_text(TOLD["text"])
    assert page.evaluate("location.hash") == ""
    assert shopper.stored()["local"] == ["bleib.voucher"]
    assert shopper.axe() == []
    # The shop changes its cart in a way of its own.
    applies = {"state": "applies", "text": "Der Gutschein gilt.", "strong": "", "share": None}
    storefront.answers["/vouchers/check"] = (200, TOLD | applies)
    page.evaluate("fetch('/cart/change.js', { method: 'POST', body: '{}' }).catch(() => {})")
    expect(page.get_by_role("status")).to_have_text("Der Gutschein gilt.")
    expect(page.get_by_role("progressbar")).to_have_count(0)
    before = asked(storefront)
    page.goto(storefront.page(body=PLACE, kind="cart"))
    expect(page.get_by_role("status")).to_have_text("Der Gutschein gilt.")
    assert asked(storefront) > before
    page.get_by_role("button", name="Ausblenden").click()
    expect(page.get_by_role("status")).to_have_count(0)
    assert shopper.stored()["local"] == []


@pytest.mark.parametrize(("theme", "size"), SIGHTS)
def test_the_box_stands_in_every_theme_without_anything_wrong(
    storefront: Shopfront, visitor: Visitor, theme: str, size: tuple[int, int]
) -> None:
    blocked = {"state": "blocked", "strong": "", "share": None}
    storefront.answers["/vouchers/check"] = (200, TOLD | blocked)
    shopper = visitor(storefront.page(theme, body=PLACE, kind="cart") + LINK, size)
    expect(shopper.page.get_by_role("status")).to_be_visible()
    assert shopper.axe() == []
    assert shopper.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
