"""The Shopware app in a browser: its pages by Twig, its cart by the routes of the storefront."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, until
from tests.browser.shopfront import SUGGESTIONS, Shopfront
from tests.browser.shopware_shop import CUP, GONE, POT, ShopwareShop, serving
from tests.packages import shopware_app

ADMIN = Path(__file__).resolve().parents[2] / "plugin" / "admin" / "static" / "admin.js"


@pytest.fixture
def shop(storefront: Shopfront, tmp_path: Path) -> Iterator[ShopwareShop]:
    """A shop with the app in it, and the config that the app published to it."""
    facts = replace(shopware_app.FACTS, public_url=storefront.app)
    storefront.config["cart"] = "shopware"
    found = [SUGGESTIONS[0] | {"variant_number": POT}, SUGGESTIONS[1] | {"variant_number": GONE}]
    storefront.answers["/suggestions"] = (200, {"items": found})
    shop = ShopwareShop(
        shopware_app.twig(tmp_path, facts),
        config={
            "Bleib.config.shopKey": "uferhaus",
            "Bleib.config.config": json.dumps(storefront.config),
        },
        # Nothing inline may run, and nothing else than the shop and the app be asked.
        policy=f"default-src 'self'; script-src 'self'; img-src 'self' data:; "
        f"connect-src 'self' {storefront.app}; style-src 'self'",
    )
    shop.put(CUP)
    with serving(shop):
        yield shop


def test_a_suggestion_goes_into_the_cart_marked_and_out_again(
    shop: ShopwareShop, storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor(f"{shop.address}/checkout/cart")
    page = shopper.page
    table = page.locator(".checkout-product-table")
    page.get_by_role("button", name="Hinzufügen: Untersetzer Filz").click()
    expect(page.get_by_role("button", name="Rückgängig: Untersetzer Filz")).to_be_focused()
    expect(table).to_contain_text("1 × Untersetzer Filz")
    expect(page.locator(".checkout-aside-summary")).to_have_text("2 lines")
    assert shop.lines[POT]["payload"]["_bleib"] == "cross_sell:5:o"
    page.get_by_role("button", name="Rückgängig: Untersetzer Filz").press("Enter")
    expect(table).not_to_contain_text("Untersetzer Filz")
    assert list(shop.lines) == [CUP]
    # The page brought config and scripts along; the cart is the only thing the app learned.
    counting = ("/events", "/tickets")
    paths = [path for _, path, _ in storefront.asked if not path.endswith(counting)]
    assert paths == [f"/v1/uferhaus/suggestions?cart={CUP}&place=cart&lang=de"]
    assert shopper.axe() == []


def test_an_article_that_the_shop_does_not_take_is_said_to_be_gone(
    shop: ShopwareShop, visitor: Visitor
) -> None:
    page = visitor(f"{shop.address}/checkout/cart").page
    page.get_by_role("button", name="Hinzufügen: Leinentuch Nela").click()
    expect(page.get_by_text("Gerade ausverkauft")).to_be_visible()
    assert list(shop.lines) == [CUP]


def test_the_button_of_a_mail_brings_the_voucher_into_the_cart(
    shop: ShopwareShop, visitor: Visitor
) -> None:
    page = visitor("about:blank").page
    # The voucher takes the page to the cart, maybe before the first one has loaded.
    page.goto(f"{shop.address}/?a=1&bleib_voucher=BLEIB-7K", wait_until="commit")
    # Not by the address: it changes before the page does.
    expect(page.locator(".checkout-product-table")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.url == f"{shop.address}/checkout/cart"
    page.reload(wait_until="networkidle")
    assert shop.vouchers == ["BLEIB-7K"]


def test_a_voucher_waits_for_the_first_article(shop: ShopwareShop, visitor: Visitor) -> None:
    shop.lines.clear()
    shopper = visitor("about:blank")
    # Put in only after the cart was read: a page that finds an article takes the voucher there.
    with shopper.page.expect_response("**/checkout/cart.json"):
        shopper.page.goto(f"{shop.address}/checkout/cart?bleib_voucher=BLEIB-7K")
    until(shopper.page, "!location.search && sessionStorage.length === 1")
    shop.put(CUP)
    shopper.page.goto(f"{shop.address}/")
    until(shopper.page, "sessionStorage.length === 0")
    shopper.page.wait_for_load_state("networkidle")
    assert shop.vouchers == ["BLEIB-7K"]


def test_more_than_the_no_is_kept_only_while_the_consent_manager_allows_it(
    shop: ShopwareShop, visitor: Visitor
) -> None:
    shopper = visitor(f"{shop.address}/")
    shopper.open_exit()
    shopper.page.get_by_role("button", name="Nein danke").click()
    kept = shopper.stored()
    assert (kept["local"], kept["session"], kept["cookies"]) == (["bleib.no"], [], "")
    shopper.page.evaluate("document.cookie = 'bleib-preferences=1; path=/'")
    shopper.page.goto(f"{shop.address}/?a=1")
    shopper.state("exit_intent", "recontact")
    until(shopper.page, "localStorage.length > 1")
    shopper.page.evaluate(
        """() => {
          document.cookie = 'bleib-preferences=; path=/; max-age=0'
          document.dispatchEvent(new CustomEvent('CookieConfiguration_Update', { detail: {} }))
        }"""
    )
    assert shopper.stored()["local"] == []


def test_the_way_to_pay_is_the_shops_alone(
    shop: ShopwareShop, storefront: Shopfront, visitor: Visitor
) -> None:
    page = visitor(f"{shop.address}/checkout/confirm").page
    page.wait_for_load_state("networkidle")
    assert page.evaluate("typeof window.bleib") == "undefined"
    assert storefront.asked == []


def test_with_the_app_down_the_shop_is_as_if_we_were_not_there(
    shop: ShopwareShop, storefront: Shopfront, visitor: Visitor
) -> None:
    storefront.broken = "500"
    shopper = visitor(f"{shop.address}/checkout/cart")
    shopper.state("cross_sell", "nothing_to_show")
    expect(shopper.page.get_by_role("link", name="Pay")).to_be_visible()


def test_the_administration_learns_that_our_page_is_there(visitor: Visitor) -> None:
    # Without this message Shopware shows an error in place of the page after a few seconds.
    page = visitor("about:blank").page
    page.evaluate(
        """(script) => {
          addEventListener('message', ({ data }) => { window.heard = data })
          const frame = document.createElement('iframe')
          frame.srcdoc = `<meta name="bleib-frame" content="t"><main id="main"></main>
            <script>${script}</` + 'script>'
          document.body.append(frame)
        }""",
        ADMIN.read_text("utf-8"),
    )
    until(page, "window.heard === 'sw-app-loaded'")
