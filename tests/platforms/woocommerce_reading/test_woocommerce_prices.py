"""WooCommerce: prices are told as the shop shows them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from plugin.errors import PlatformError
from tests.platforms.woo import ACCESS, Site


@pytest.fixture
def without_tax(woo: Site) -> Site:
    """A shop that enters prices without tax and shows them with it."""
    woo.shop.taxes = {
        "woocommerce_calc_taxes": "yes",
        "woocommerce_prices_include_tax": "no",
        "woocommerce_tax_display_shop": "incl",
    }
    woo.shop.tax_factor = 1.19
    return woo


def test_prices_are_told_as_the_shop_shows_them(without_tax: Site) -> None:
    shop = without_tax.shop
    simple = shop.put_product("Schale", "10.00")
    reduced = shop.put_product("Krug", "8.00", regular_price="10.00", on_sale=True)
    several = shop.put_product("Becher")
    shop.put_variation(several["id"], "klein", "5.00")
    draft = shop.put_product("Entwurf", "1.00", status="draft")
    found = {
        product.id: product.variants[0]
        for product in without_tax.platform.products(ACCESS, None, None).items
    }
    assert found[str(simple["id"])].price == Decimal("11.90")
    assert found[str(reduced["id"])].price == Decimal("9.52")
    assert found[str(reduced["id"])].compare_at == Decimal("11.90")
    assert found[str(several["id"])].price == Decimal("5.95")
    assert found[str(draft["id"])].price == Decimal("1.00")


def test_the_store_api_is_asked_without_keys(without_tax: Site) -> None:
    without_tax.shop.put_product("Schale", "10.00")
    without_tax.platform.products(ACCESS, None, None)
    (asked,) = [request for request in without_tax.seen if "/wc/store/" in request.path]
    assert "Authorization" not in asked.headers


@pytest.mark.parametrize(
    "taxes",
    [
        {},
        {"woocommerce_calc_taxes": "no"},
        {
            "woocommerce_calc_taxes": "yes",
            "woocommerce_prices_include_tax": "yes",
            "woocommerce_tax_display_shop": "incl",
        },
        {"woocommerce_calc_taxes": "yes"},
    ],
)
def test_where_prices_are_shown_as_entered_nobody_asks_twice(
    woo: Site, taxes: dict[str, str]
) -> None:
    woo.shop.taxes = taxes
    woo.shop.put_product("Schale", "10.00")
    for _ in range(2):
        (product,) = woo.platform.products(ACCESS, None, None).items
        assert product.variants[0].price == Decimal("10.00")
    assert not any("/wc/store/" in target for target in woo.targets())
    assert len([target for target in woo.targets() if "calc_taxes" in target]) == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_closed_store_api_leaves_prices_as_entered(without_tax: Site, status: int) -> None:
    made = without_tax.shop.put_product("Schale", "10.00")
    without_tax.site.store_status = status
    product = without_tax.platform.product(ACCESS, str(made["id"]))
    assert product is not None
    assert product.variants[0].price == Decimal("10.00")


def test_a_store_api_in_trouble_is_asked_later(without_tax: Site) -> None:
    made = without_tax.shop.put_product("Schale", "10.00")
    without_tax.site.store_status = 500
    with pytest.raises(PlatformError, match="platform_failed"):
        without_tax.platform.product(ACCESS, str(made["id"]))
