"""What is told of suggestions: what was seen, what became of it, and what the cart was worth."""

from __future__ import annotations

from tests.browser.conftest import Visitor, until
from tests.browser.shopfront import Shopfront

PLACE = '<div data-bleib="cross_sell"></div>'
#: A shop that says what its cart is worth.
CART = """<script>
  const line = { key: "k", product_id: 21, quantity: 1 };
  const cart = { items: [{ key: "a", product_id: 10, quantity: 1 }], total: 49.9 };
  window.bleib = { cart: {
    read: async () => ({ ...cart }),
    add: async () => { cart.total = 63.4; return line; },
    change: async () => {},
  } };
  window.told = 0;
  for (const kind of [
    "withheld", "impression", ...[21, 22, 23].map((one) => `item_shown o gid://shopify/Product/${one}`),
  ]) document.addEventListener(`bleib:${kind}`, () => { told += 1; });
</script>"""


def test_suggestions_are_counted_as_seen_and_the_cart_when_the_page_is_left(
    storefront: Shopfront, visitor: Visitor
) -> None:
    storefront.campaigns("cross_sell")
    page = visitor(storefront.page(body=PLACE, kind="cart", filler=0, head=CART)).page
    page.get_by_role("listitem").nth(2).scroll_into_view_if_needed()
    until(page, "told === 4")
    page.get_by_role("button", name="Hinzufügen: Untersetzer Filz").click()
    page.get_by_role("button", name="Rückgängig").wait_for()
    page.goto("about:blank")
    kinds = [one["kind"] for one in storefront.events(7)]
    shown = {f"item_shown o gid://shopify/Product/{number}" for number in (21, 22, 23)}
    assert shown <= set(kinds)
    assert set(kinds) - shown == {
        "impression",
        "add",
        "item_add o gid://shopify/Product/21",
        "cart 49.90 63.40 13.50",
    }


def test_who_is_held_out_sees_nothing_and_is_counted_at_the_same_place(
    storefront: Shopfront, visitor: Visitor
) -> None:
    storefront.campaigns("cross_sell")
    storefront.config["campaigns"][0] |= {"arms": [["0", 100]], "salt": "x"}
    shopper = visitor(storefront.page(body=PLACE, kind="cart", filler=0, head=CART))
    shopper.state("cross_sell", "shown")
    until(shopper.page, "told === 1")
    assert shopper.page.locator("[data-bleib] > *").count() == 0
    shopper.page.goto("about:blank")
    told = {(one["kind"], one["arm"]) for one in storefront.events(2)}
    assert told == {("withheld", "0"), ("cart 49.90 49.90 0.00", "0")}
