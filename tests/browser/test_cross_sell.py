"""Suggestions in the cart."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SIGHTS, Visitor, until
from tests.browser.shopfront import SUGGESTIONS, Shopfront

PLACE = '<div data-bleib="cross_sell"></div>'


@pytest.fixture(autouse=True)
def only_cross_sell(storefront: Shopfront) -> None:
    storefront.campaigns("cross_sell")


def test_each_row_says_what_why_and_for_how_much(storefront: Shopfront, visitor: Visitor) -> None:
    page = visitor(storefront.page(body=PLACE, kind="cart")).page
    first = page.get_by_role("listitem").first
    expect(page.get_by_role("listitem")).to_have_count(3)
    expect(first).to_contain_text("Untersetzer Filz")
    expect(first).to_contain_text("Wird oft mit Teeschale Ruß bestellt")
    expect(first).to_contain_text("13,50\u00a0€")
    asked = [path for _, path, _ in storefront.asked if "suggestions" in path]
    assert asked == ["/v1/uferhaus/suggestions?cart=10&place=cart&lang=de"]


def test_an_article_is_added_marked_announced_and_can_be_taken_back(
    storefront: Shopfront, visitor: Visitor
) -> None:
    page = visitor(storefront.page(body=PLACE, kind="cart")).page
    page.evaluate(
        """() => { window.carts = []
          document.addEventListener('bleib:cart', (event) => carts.push(event.detail.items.length))
        }"""
    )
    page.get_by_role("button", name="Hinzufügen: Untersetzer Filz").click()
    undo = page.get_by_role("button", name="Rückgängig: Untersetzer Filz")
    expect(undo).to_be_focused()
    expect(page.get_by_role("status")).to_have_text(
        "Untersetzer Filz ist im Warenkorb. Rückgängig machen möglich."
    )
    expect(page.get_by_text("Im Warenkorb", exact=True)).to_be_visible()
    [body] = storefront.bodies("/cart/add.js")
    assert body["items"] == [{"id": 211, "quantity": 1, "properties": {"_bleib": "cross_sell:3:o"}}]
    until(page, "carts.length === 1")
    assert page.evaluate("carts") == [2]
    undo.press("Enter")
    expect(page.get_by_role("button", name="Hinzufügen: Untersetzer Filz")).to_be_focused()
    until(page, "carts.length === 2")
    assert [line["id"] for line in storefront.cart] == [101]
    assert "add" in [one["kind"] for one in storefront.events(2)]


FREE = '<div data-bleib="free_shipping"></div>'
SIZES = {
    "name": "Größe",
    "of": [
        {
            "variant_number": f"22{place}",
            "title": title,
            "available": title != "Groß",
            "price": {"amount": price, "currency": "EUR"},
        }
        for place, (title, price) in enumerate(
            [("Klein", "14.90"), ("Mittel", "16.90"), ("Groß", "18.90")]
        )
    ],
}
SPOON = SUGGESTIONS[2] | {"product": "24", "variant_number": "241", "title": "Teelöffel"}


def test_the_whole_of_it_is_done_by_keyboard(storefront: Shopfront, visitor: Visitor) -> None:
    plain, cloth, tin = SUGGESTIONS
    sized = cloth | {"choice": SIZES, "from": "ab 14,90\u00a0€"}
    storefront.answers["/suggestions"] = (200, {"items": [plain, sized, tin]})
    storefront.campaigns("cross_sell", free_shipping_from="30.00", quantity=True)
    shopper = visitor(storefront.page(body=FREE + PLACE, kind="cart"))
    page = shopper.page
    meter = page.locator("[data-bleib=free_shipping]").get_by_role("status")
    status = page.locator("[data-bleib=cross_sell] p[role=status]")
    row = page.get_by_role("listitem")
    expect(meter).to_have_text("Noch 20,00\u00a0€ bis zum kostenlosen Versand")
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "33")

    def press(*keys: str) -> None:
        for key in keys:
            page.keyboard.press(key)

    # Hide, the article, its button: what is put in can be counted, and taken back.
    page.locator("#buy").focus()
    press("Tab", "Tab", "Tab", "Enter")
    undo = page.get_by_role("button", name="Rückgängig: Untersetzer Filz")
    expect(undo).to_be_focused()
    expect(status).to_have_text("Untersetzer Filz ist im Warenkorb. Rückgängig machen möglich.")
    expect(meter).to_have_text("Noch 10,00\u00a0€ bis zum kostenlosen Versand")
    press("Shift+Tab", "Enter")
    expect(page.get_by_role("group", name="Menge: Untersetzer Filz")).to_contain_text("2")
    expect(meter).to_have_text("Der Versand ist kostenlos.")
    press("Tab", "Enter")
    expect(page.get_by_role("button", name="Hinzufügen: Untersetzer Filz")).to_be_focused()
    expect(meter).to_have_text("Noch 20,00\u00a0€ bis zum kostenlosen Versand")
    assert [line["id"] for line in storefront.cart] == [101]

    # Nothing is chosen beforehand, and what is missing is said where it is missing.
    expect(row.nth(1)).to_contain_text("ab 14,90\u00a0€")
    press("Tab", "Tab", "Tab", "Enter")
    sizes = page.get_by_role("combobox", name="Größe: Leinentuch Nela")
    expect(sizes).to_be_focused()
    expect(row.nth(1).get_by_role("alert")).to_have_text("Bitte wählen Sie zuerst eine Größe.")
    assert shopper.axe() == []
    press("m", "Tab", "Enter")
    expect(page.get_by_role("button", name="Rückgängig: Leinentuch Nela")).to_be_focused()
    expect(row.nth(1)).to_contain_text("16,90\u00a0€")
    assert storefront.bodies("/cart/add.js")[-1]["items"][0]["id"] == 221

    # Sold out meanwhile; and then somebody else changes the cart.
    storefront.answers["/cart/add.js"] = (422, {"status": 422})
    page.get_by_role("button", name="Hinzufügen: Teedose").press("Enter")
    expect(row.nth(2)).to_contain_text("Gerade ausverkauft")
    storefront.answers["/suggestions"] = (200, {"items": [SPOON]})
    storefront.cart.append({"key": "9", "id": 9, "product_id": 9, "quantity": 1})
    page.evaluate("fetch('/cart/change.js', { method: 'POST', body: '{\"id\": 0}' })")
    expect(row.nth(1)).to_contain_text("Teelöffel")
    expect(row).to_have_count(2)
    expect(row.first).to_contain_text("Im Warenkorb")
    expect(meter).to_have_text("Der Versand ist kostenlos.")
    assert shopper.axe() == []


def test_a_drawer_that_the_theme_draws_later_has_its_own_short_list(
    storefront: Shopfront, visitor: Visitor
) -> None:
    at = "bleib-suggestions:not([data-own]),[data-bleib=cross_sell]:not([data-own])"
    storefront.campaigns("cross_sell", at=at, places=["cart", "drawer"])
    page = visitor(storefront.page(body=PLACE, kind="cart")).page
    expect(page.get_by_role("listitem")).to_have_count(3)
    page.evaluate(
        """() => { const drawer = document.createElement('dialog')
          drawer.append(document.createElement('bleib-suggestions'))
          document.querySelector('main').prepend(drawer); drawer.show() }"""
    )
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("heading", name="Passt dazu")).to_be_visible()
    expect(drawer.get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_role("listitem")).to_have_count(5)
    drawer.get_by_role("button", name="Ausblenden").click()
    expect(page.get_by_role("listitem")).to_have_count(0)


def test_a_row_stays_where_it_is_when_it_is_added(storefront: Shopfront, visitor: Visitor) -> None:
    page = visitor(storefront.page(body=PLACE, kind="cart")).page
    row = page.get_by_role("listitem").nth(1)
    before = row.bounding_box()
    page.get_by_role("button", name="Hinzufügen: Leinentuch Nela").click()
    page.get_by_role("button", name="Rückgängig").wait_for()
    assert row.bounding_box() == before


@pytest.mark.parametrize(
    "answer",
    [
        {"items": []},
        {},
        None,
        {"items": [SUGGESTIONS[0] | {"reason": None}]},
        {"items": [SUGGESTIONS[0] | {"price": None}]},
    ],
)
def test_without_a_true_suggestion_nothing_is_drawn(
    storefront: Shopfront, visitor: Visitor, answer: Any
) -> None:
    storefront.answers["/suggestions"] = (200, answer)
    shopper = visitor(storefront.page(body=PLACE, kind="cart"))
    shopper.state("cross_sell", "nothing_to_show")
    assert shopper.page.locator("[data-bleib] > *").count() == 0
    assert shopper.page.locator("[data-bleib]").evaluate("(e) => e.offsetHeight") == 0


def test_an_empty_cart_asks_for_nothing(storefront: Shopfront, visitor: Visitor) -> None:
    storefront.cart.clear()
    shopper = visitor(storefront.page(body=PLACE, kind="cart"))
    shopper.state("cross_sell", "nothing_to_show")
    assert not [path for _, path, _ in storefront.asked if "suggestions" in path]


def test_sold_out_meanwhile_is_said_honestly(storefront: Shopfront, visitor: Visitor) -> None:
    storefront.answers["/cart/add.js"] = (422, {"status": 422})
    page = visitor(storefront.page(body=PLACE, kind="cart")).page
    page.get_by_role("button", name="Hinzufügen: Untersetzer Filz").click()
    expect(page.get_by_role("listitem").first).to_contain_text("Gerade ausverkauft")


def test_a_cart_that_does_not_answer_is_said_and_can_be_tried_again(
    storefront: Shopfront, visitor: Visitor
) -> None:
    page = visitor(storefront.page(body=PLACE, kind="cart")).page
    add = page.get_by_role("button", name="Hinzufügen: Untersetzer Filz")
    add.wait_for()
    page.route("**/cart/add.js", lambda route: route.abort())
    add.click()
    expect(page.get_by_role("alert").first).to_contain_text("Das hat gerade nicht geklappt.")
    page.unroute_all()
    add.click()
    expect(page.get_by_role("button", name="Rückgängig: Untersetzer Filz")).to_be_focused()


def test_hiding_takes_the_section_away(storefront: Shopfront, visitor: Visitor) -> None:
    page = visitor(storefront.page(body=PLACE, kind="cart")).page
    page.get_by_role("button", name="Ausblenden").click()
    assert page.locator("[data-bleib] > *").count() == 0


def test_another_kind_of_shop_offers_its_own_cart(storefront: Shopfront, visitor: Visitor) -> None:
    storefront.config["cart"] = "none"
    hook = (
        "window.added = []; window.bleib = { cart: {"
        " read: async () => ({ items: [{ product_id: 'p-7' }] }),"
        " add: async (id) => { added.push(id); return { key: 'k', quantity: 1 } },"
        " change: async (key, quantity) => added.push([key, quantity]) } }"
    )
    page = visitor(storefront.page(body=PLACE, kind="cart", head=f"<script>{hook}</script>")).page
    page.get_by_role("button", name="Hinzufügen: Untersetzer Filz").click()
    page.get_by_role("button", name="Rückgängig").click()
    expect(page.get_by_role("button", name="Hinzufügen: Untersetzer Filz")).to_be_focused()
    assert page.evaluate("added") == ["211", ["k", 0]]


def test_hostile_words_of_products_are_text(storefront: Shopfront, visitor: Visitor) -> None:
    evil = "<img src=x onerror=window.hacked=1>"
    storefront.answers["/suggestions"] = (
        200,
        {
            "items": [
                SUGGESTIONS[0]
                | {
                    "title": evil,
                    "url": "javascript:window.hacked=1",
                    "image": "javascript:window.hacked=1",
                    "reason": {"kind": "together", "with": evil, "text": evil},
                }
            ]
        },
    )
    page = visitor(storefront.page(body=PLACE, kind="cart")).page
    expect(page.get_by_role("listitem")).to_contain_text(evil)
    assert page.locator("[data-bleib] img, [data-bleib] a").count() == 0
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize(("theme", "size"), SIGHTS)
def test_axe_finds_nothing_in_any_theme(
    storefront: Shopfront, visitor: Visitor, theme: str, size: tuple[int, int]
) -> None:
    shopper = visitor(storefront.page(theme, body=PLACE, kind="cart", lang="en"), size)
    shopper.page.get_by_role("button", name="Add: Untersetzer Filz").click()
    expect(shopper.page.get_by_role("button", name="Undo: Untersetzer Filz")).to_be_focused()
    assert shopper.axe() == []
    assert shopper.page.evaluate("document.documentElement.scrollWidth") <= size[0]
