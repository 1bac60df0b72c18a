"""WooCommerce: products in the shapes that real shops answer with."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from plugin.errors import PlatformError
from plugin.model import Measure, PlatformRelation
from plugin.platforms.woocommerce.product_parts import parse_product
from tests.fakes.woocommerce_shop import WooShop
from tests.platforms.woo import ACCESS, Site


# Products
def test_a_simple_product_is_its_own_variant(woo: Site) -> None:
    made = woo.shop.put_product("Schale & Becher", "15.80")
    product = woo.platform.product(ACCESS, str(made["id"]))
    assert product is not None
    assert product.title == "Schale & Becher"
    assert product.kind == "Keramik"
    assert product.published
    assert product.url == made["permalink"]
    (variant,) = product.variants
    assert (variant.id, variant.price, variant.available) == (product.id, Decimal("15.80"), True)


def test_variations_are_variants_in_the_shops_order(woo: Site) -> None:
    made = woo.shop.put_product("Becher")
    small = woo.shop.put_variation(made["id"], "klein", "9.50", menu_order=2)
    large = woo.shop.put_variation(made["id"], "groß", "12.00", menu_order=1)
    gone = woo.shop.put_variation(made["id"], "riesig", "20.00", stock_status="outofstock")
    gone["menu_order"] = 3
    product = woo.platform.product(ACCESS, str(made["id"]))
    assert product is not None
    assert [variant.title for variant in product.variants] == ["groß", "klein", "riesig"]
    assert [variant.available for variant in product.variants] == [True, True, False]
    assert [variant.id for variant in product.variants][:2] == [str(large["id"]), str(small["id"])]


def test_what_a_product_belongs_to_goes_with_and_measures_is_read(woo: Site) -> None:
    care = woo.shop.put_product("Wollwaschmittel")
    finer = woo.shop.put_product("Socke aus Merino")
    germanized = {"unit": {"id": 4, "name": "ml", "slug": "ml"}}
    care |= {**germanized, "unit_price": {"base": "1000", "product": "250", "price_html": "<p>"}}
    made = woo.shop.put_product(
        "Wandersocke",
        tags=[{"id": 1, "name": "Wolle &amp; Seide", "slug": "wolle"}],
        cross_sell_ids=[care["id"]],
        upsell_ids=[finer["id"]],
        average_rating="4.50",
        rating_count=12,
    )
    woo.shop.put_variation(made["id"], "42", "19.00")
    sock = woo.platform.product(ACCESS, str(made["id"]))
    wash = woo.platform.product(ACCESS, str(care["id"]))
    assert sock is not None
    assert wash is not None
    assert (sock.tags, sock.categories) == (("Wolle & Seide",), ("Keramik",))
    assert sock.relations == (
        PlatformRelation("accessory", str(care["id"])),
        PlatformRelation("alternative", str(finer["id"])),
    )
    assert sock.rating == Decimal("4.50")
    assert sock.variants[0].options == (("Größe", "42"),)
    assert wash.variants[0].measure == Measure(Decimal(250), "ml", Decimal(1000), "ml")
    assert (wash.rating, wash.variants[0].options) == (None, ())


def test_news_of_a_variation_bring_its_product(woo: Site) -> None:
    made = woo.shop.put_product("Becher")
    variation = woo.shop.put_variation(made["id"], "klein", "9.50")
    product = woo.platform.product(ACCESS, str(variation["id"]))
    assert product is not None
    assert product.id == str(made["id"])


@pytest.mark.parametrize(
    ("changes", "available"),
    [
        ({"stock_status": "outofstock"}, False),
        ({"stock_status": "onbackorder"}, True),
        ({"purchasable": False}, False),
        ({"price": ""}, False),
        ({"type": "external"}, False),
        ({"type": "grouped"}, False),
        ({"status": "draft"}, False),
        ({}, True),
    ],
)
def test_what_cannot_be_bought_is_not_offered(changes: dict[str, Any], available: bool) -> None:
    node = WooShop().put_product("Schale") | changes
    assert parse_product(node, []).variants[0].available is available


def test_a_variable_product_without_its_variations_is_not_offered() -> None:
    node = WooShop().put_product("Becher") | {"type": "variable", "variations": [5]}
    assert not parse_product(node, []).variants[0].available


def test_hidden_and_unpublished_products_are_not_shown() -> None:
    shop = WooShop()
    for changes in ({"catalog_visibility": "hidden"}, {"status": "private"}, {"status": "draft"}):
        assert not parse_product(shop.put_product("Schale") | changes, []).published


def test_a_reduced_price_keeps_the_earlier_one_and_costs_are_known_where_the_shop_keeps_them() -> (
    None
):
    node = WooShop().put_product("Schale", "12.00") | {
        "regular_price": "15.80",
        "on_sale": True,
        "cost_of_goods_sold": {"values": [], "total_value": 4.5},
    }
    (variant,) = parse_product(node, []).variants
    assert (variant.price, variant.compare_at) == (Decimal("12.00"), Decimal("15.80"))
    assert variant.unit_cost == Decimal("4.5")


def test_products_in_the_trash_are_gone(woo: Site) -> None:
    made = woo.shop.put_product("Schale")
    made["status"] = "trash"
    assert woo.platform.product(ACCESS, str(made["id"])) is None
    assert woo.platform.product(ACCESS, "4711") is None
    assert woo.platform.product(ACCESS, "../orders/1") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "x"},
        {"id": True},
        {"id": 0},
        {"name": 7},
        {"price": "cheap"},
        {"price": "NaN"},
        {"price": [1]},
        {"variations": []} | {"images": "none"},
        {"categories": [7]},
        {"date_modified_gmt": "yesterday", "date_created_gmt": None},
        {"date_modified_gmt": None, "date_created_gmt": None},
        {"status": None},
    ],
)
def test_products_of_another_shape_are_refused(changes: dict[str, Any]) -> None:
    node = WooShop().put_product("Schale") | changes
    with pytest.raises(PlatformError, match="platform_answer_invalid"):
        parse_product(node, [])
