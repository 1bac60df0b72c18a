"""The question and the cart to take along, as shoppers meet them at the way out."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from plugin.api.saved_carts import _square
from tests.browser.conftest import PHONE, Visitor, until
from tests.browser.shopfront import Shopfront

TOKEN = "nF3xK0aQvT8rLw2ZpYc1Hg"
LINK = f"https://app.example/b/{TOKEN}"
FACTS: dict[str, Any] = {
    "shipping": {
        "country": {"de": "Österreich", "en": "Austria"},
        "cost": "4.90",
        "free_from": "60.00",
    },
    "delivery": None,
    "returns": {"days": 30, "free": True},
    "size": None,
}
TO_CART = '<a href="/cart">Warenkorb</a>'


@pytest.fixture(autouse=True)
def cart(storefront: Shopfront) -> None:
    """Two socks."""
    storefront.cart[:] = [
        {
            "key": "41:a",
            "id": 41,
            "variant_id": 41,
            "product_id": 7,
            "quantity": 2,
            "product_title": "Wandersocke Merino",
            "price": 1380,
            "image": "/pictures/41.svg",
            "properties": {},
        }
    ]


def test_a_question_is_answered_from_the_facts_of_the_shop_and_never_asked_again(
    storefront: Shopfront, visitor: Visitor
) -> None:
    storefront.campaigns("exit_intent", content="question", facts=FACTS)
    shopper = visitor(storefront.page(body=TO_CART))
    shopper.open_exit()
    page = shopper.page
    assert shopper.axe() == []
    rows = page.locator(".sc button")
    assert [row.bounding_box()["height"] for row in rows.all()] == [54, 54, 54]  # type: ignore[index]
    rows.first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Versand nach Österreich: 4,90 €")).to_be_focused()
    expect(page.get_by_text("Ihr Warenkorb: 27,60 €.")).to_be_visible()
    expect(page.get_by_role("link", name="Zum Warenkorb")).to_have_attribute(
        "href", f"{storefront.shop}/cart"
    )
    assert shopper.axe() == []
    page.get_by_role("button", name="Andere Frage").click()
    page.get_by_role("button", name="Ich sehe mich nur um").click()
    expect(page.get_by_role("heading", name="Gern. Sehen Sie sich in Ruhe um.")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    kinds = [one["kind"] for one in storefront.events(3)]
    assert kinds == ["impression", "answer_ship", "answer_look"]
    assert shopper.stored()["local"] == ["bleib.no"]
    assert [one for one in storefront.asked if "discount" in one[1]] == []


def test_a_cart_is_taken_along_by_code_or_by_one_mail(
    storefront: Shopfront, visitor: Visitor
) -> None:
    storefront.campaigns("exit_intent", content="basket")
    storefront.answers |= {
        "/carts": (201, {"link": LINK, **_square(LINK)}),
        "/mail": (202, {"state": "queued"}),
    }
    shopper = visitor(storefront.page())
    shopper.open_exit()
    page = shopper.page
    expect(page.get_by_text("2 Artikel, 27,60 €")).to_be_visible()
    code = page.locator(".qr svg")
    box = code.bounding_box()
    assert box
    assert (box["width"], box["height"]) == (148, 148)
    assert code.evaluate("(one) => getComputedStyle(one).backgroundColor") == "rgb(255, 255, 255)"
    assert shopper.axe() == []
    page.get_by_label("Oder als Link per E‑Mail").fill("jonas@post.example")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ihr Link ist unterwegs")).to_be_focused()
    (asked,) = storefront.bodies(f"/carts/{TOKEN}/mail")
    assert (asked["email"], asked["website"]) == ("jonas@post.example", "")
    page.get_by_role("button", name="Weiter einkaufen").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    assert [one["kind"] for one in storefront.events(2)] == ["impression", "saved"]
    assert shopper.stored()["local"] == []


def test_who_follows_the_link_gets_the_cart_after_one_press(
    storefront: Shopfront, visitor: Visitor
) -> None:
    storefront.campaigns("exit_intent", content="basket")
    piece = {"variant": "42", "product": "8", "quantity": 1, "title": "Mütze Firn"}
    storefront.answers[f"/carts/{TOKEN}"] = (200, {"items": [piece]})
    shopper = visitor(storefront.page(body=TO_CART) + f"#bleib-cart=3.{TOKEN}", PHONE)
    page = shopper.page
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 Artikel in Ihren Warenkorb")
    assert len(storefront.cart) == 1
    if page.get_by_role("button", name="Ja, gern").is_visible():
        page.get_by_role("button", name="Ja, gern").click()
    page.get_by_role("button", name="In den Warenkorb").last.click()
    expect(page.get_by_role("heading", name="Ihr Warenkorb ist wieder da")).to_be_focused()
    assert [line["id"] for line in storefront.cart] == [42, 41]
    until(page, "location.hash === ''")
