"""The note in the shop's own cart: whoever was shown something and whoever was held out."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visitor, until
from tests.browser.shopfront import Shopfront

#: A shop whose cart is empty at first and takes a note. Its visitor is a person, whatever drives
#: the browser: what machines do is noted nowhere.
CART = """<script>
  Object.defineProperty(navigator, "webdriver", { value: false });
  const items = [];
  window.noted = [];
  window.bleib = { cart: {
    read: async () => ({ items }),
    add: async () => {},
    change: async () => {},
    note: async (text) => { noted.push(text); },
  } };
</script>"""


@pytest.mark.parametrize(("held_out", "arm"), [(100, "-"), (0, "a")])
def test_a_cart_that_comes_to_be_gets_the_arms_of_what_was_shown_or_withheld(
    held_out: int, arm: str, storefront: Shopfront, visitor: Visitor
) -> None:
    storefront.campaigns("exit_intent")
    arms = [["-", held_out], ["a", 100 - held_out]]
    drawn = {"holdout": held_out, "arms": [part for part in arms if part[1]]}
    storefront.config["campaigns"][0] |= {"salt": "x", **drawn}
    storefront.config["whole"] = {"id": 0, "version": 0, **drawn}
    shopper = visitor(storefront.page(head=CART))
    shopper.leave()
    kind = "withheld" if held_out else "impression"
    until(shopper.page, "typeof window.bleib.note === 'function'")
    note = "0.0-,3.4-" if held_out else "3.4a"
    assert shopper.page.evaluate("bleib.note()") == note
    assert shopper.page.evaluate("noted") == []
    shopper.page.evaluate(
        "() => { items.push({ key: 'k' }); document.dispatchEvent(new CustomEvent('bleib:cart')) }"
    )
    until(shopper.page, "noted.length > 0")
    assert shopper.page.evaluate("noted") == [note]
    stored = shopper.stored()
    assert (stored["cookies"], stored["local"], stored["session"]) == ("", [], [])
    shopper.page.goto("about:blank")
    assert (kind, arm) in {(one["kind"], one["arm"]) for one in storefront.events(1)}
