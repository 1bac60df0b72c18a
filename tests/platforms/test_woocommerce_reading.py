"""WooCommerce: products, orders and customers in the shapes that real shops answer with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from plugin.errors import PlatformError
from plugin.model import Access, Measure, OrderArm, PlatformRelation
from plugin.platforms.woocommerce.order_parts import parse_order
from plugin.platforms.woocommerce.product_parts import parse_product
from tests.fakes.woocommerce_shop import WooShop
from tests.platforms.woo import ACCESS, Site, order_node, said, woo_site


@pytest.fixture
def woo() -> Iterator[Site]:
    with woo_site() as site:
        yield site


# The shop itself
def test_facts_come_from_settings_and_from_what_the_site_tells_everybody(woo: Site) -> None:
    facts = woo.platform.shop_facts(ACCESS)
    assert facts.name == "Uferhaus & Töchter"
    assert (facts.currency, facts.zone) == ("EUR", "Europe/Berlin")
    assert facts.email == "hallo@uferhaus.example"
    assert facts.storefront_url == woo.url
    assert facts.scopes == {"read_write"}


def test_the_keys_are_not_shown_to_what_needs_none(woo: Site) -> None:
    woo.platform.shop_facts(ACCESS)
    index = [request for request in woo.seen if request.path.endswith("/wp-json/")]
    assert index
    assert all("Authorization" not in request.headers for request in index)


def test_a_site_that_hides_itself_gets_its_zone_from_its_country(woo: Site) -> None:
    woo.site.index_status = 401
    facts = woo.platform.shop_facts(ACCESS)
    assert (facts.name, facts.zone) == ("uferhaus.example", "Europe/Berlin")


@pytest.mark.parametrize(
    ("about", "zone"),
    [
        ({"timezone_string": "America/New_York", "gmt_offset": "-5"}, "America/New_York"),
        ({"timezone_string": "", "gmt_offset": "2"}, "Etc/GMT-2"),
        ({"timezone_string": "", "gmt_offset": -5}, "Etc/GMT+5"),
        ({"timezone_string": "", "gmt_offset": "0"}, "UTC"),
        ({"timezone_string": "", "gmt_offset": "5.5"}, "Europe/Berlin"),
        ({"timezone_string": "Nowhere/Land"}, "Europe/Berlin"),
        ({"timezone_string": 7, "gmt_offset": []}, "UTC"),
    ],
)
def test_zones_without_a_name_become_zones_of_the_same_offset(
    woo: Site, about: dict[str, Any], zone: str
) -> None:
    settings = [
        {"id": "woocommerce_currency", "value": "EUR"},
        {"id": "woocommerce_default_country", "value": "DE:DE-BW"},
    ]
    woo.script = [said(settings), said({"name": "X", **about})]
    assert woo.platform.shop_facts(ACCESS).zone == zone


def test_counts_are_the_totals_of_the_headers(woo: Site) -> None:
    woo.shop.put_product("A")
    woo.shop.put_customer("a@example.com")
    counts = woo.platform.counts(ACCESS)
    assert (counts.products, counts.customers, counts.orders) == (1, 1, 0)


def test_a_host_that_drops_the_totals_is_no_obstacle(woo: Site) -> None:
    woo.script = [said([]), said([]), said([])]
    assert woo.platform.counts(ACCESS).products is None


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


# Orders
def test_an_order_as_the_block_checkout_leaves_it() -> None:
    order = parse_order(order_node())
    assert order is not None
    assert (order.number, order.currency, order.total) == (order.id, "EUR", Decimal("15.80"))
    assert (order.email, order.postcode, order.country) == ("anne@example.com", "78464", "DE")
    assert order.customer_id is None
    assert order.paid
    assert order.cancelled_at is None
    assert order.created_at.tzinfo is UTC
    (line,) = order.lines
    assert (line.title, line.quantity, line.price) == ("Schale", 1, Decimal("15.80"))
    assert line.variant_id == line.product_id
    assert order.shipments == ()


@pytest.mark.parametrize(
    ("status", "paid_on", "paid", "cancelled"),
    [
        ("processing", None, True, False),
        ("completed", "2026-11-21T10:00:00", True, False),
        ("pending", None, False, False),
        ("on-hold", None, False, False),
        ("failed", None, False, True),
        ("cancelled", "2026-11-21T10:00:00", False, True),
        ("trash", None, False, True),
        ("refunded", "2026-11-21T10:00:00", False, False),
        ("in-packing", "2026-11-21T10:00:00", True, False),
        ("in-packing", None, False, False),
    ],
)
def test_statuses_mean_paid_cancelled_or_neither(
    status: str, paid_on: str | None, paid: bool, cancelled: bool
) -> None:
    order = parse_order(order_node(status=status, date_paid_gmt=paid_on))
    assert order is not None
    assert (order.paid, order.cancelled_at is not None) == (paid, cancelled)


@pytest.mark.parametrize(
    ("noted", "channel"),
    [
        ({"utm_source": "google", "utm_medium": "cpc", "source_type": "utm"}, "google / cpc"),
        ({"utm_source": "(direct)", "source_type": "typein"}, "direct"),
        ({"source_type": "admin"}, "admin"),
        ({"utm_source": ["google"]}, None),
        ({}, None),
    ],
)
def test_an_order_tells_the_arms_of_its_note_and_where_the_customer_came_from(
    noted: dict[str, Any], channel: str | None
) -> None:
    meta = [{"id": 1, "key": "_bleib_note", "value": "0.0-,7.3b"}]
    meta += [{"id": 2, "key": f"_wc_order_attribution_{key}", "value": noted[key]} for key in noted]
    order = parse_order(order_node(meta_data=meta))
    assert order is not None
    assert order.arms == (OrderArm(0, 0, "-"), OrderArm(7, 3, "b"))
    assert order.channel == channel


@pytest.mark.parametrize("status", ["checkout-draft", "auto-draft"])
def test_a_cart_in_the_checkout_is_no_order(status: str) -> None:
    assert parse_order(order_node(status=status)) is None


def test_prices_of_lines_hold_the_tax_where_the_shops_prices_do() -> None:
    line = order_node()["line_items"][0] | {
        "total": "26.554622",
        "total_tax": "5.045378",
        "quantity": 2,
        "price": 13.277310924369749,
    }
    gross = parse_order(order_node(line_items=[line]))
    net = parse_order(order_node(line_items=[line], prices_include_tax=False))
    assert gross is not None
    assert net is not None
    assert gross.lines[0].price == Decimal("15.80")
    assert net.lines[0].price == Decimal("13.28")


def test_refunds_are_taken_off_and_the_discount_is_told_as_shown() -> None:
    order = parse_order(
        order_node(
            total="50.00",
            discount_total="4.20",
            discount_tax="0.80",
            refunds=[{"id": 3, "reason": "", "total": "-12.50"}],
        )
    )
    assert order is not None
    assert (order.total, order.discount) == (Decimal("37.50"), Decimal("5.00"))


def test_codes_are_the_coupons_of_the_order(woo: Site) -> None:
    product = woo.shop.put_product("Schale")
    woo.shop.put_coupon("WELLE-1", amount="5")
    made = woo.shop.put_order("anne@example.com", [product["id"]], "WELLE-1")
    order = woo.platform.order(ACCESS, str(made["id"]))
    assert order is not None
    assert order.codes == ("welle-1",)
    assert order.discount == Decimal("5.00")


def test_what_real_shops_leave_out_or_bend_is_read_all_the_same() -> None:
    line = order_node()["line_items"][0] | {
        "product_id": 0,
        "variation_id": "",
        "parent_name": None,
        "image": {"id": "", "src": ""},
        "quantity": 0.5,
        "meta_data": {"3": {"id": 1, "key": "_bleib", "value": "cross_sell:4"}},
    }
    order = parse_order(
        order_node(
            billing=[],
            shipping=[],
            customer_id=0,
            total=15.8,
            refunds=None,
            coupon_lines={"7": {"id": 7, "code": "a"}},
            line_items={"12": line},
            meta_data=None,
        )
    )
    assert order is not None
    assert (order.email, order.postcode, order.customer_id) == (None, None, None)
    assert (order.total, order.codes) == (Decimal("15.8"), ("a",))
    (found,) = order.lines
    assert (found.product_id, found.quantity, found.source) == (None, 1, "cross_sell:4")


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"number": 7},
        {"status": 7},
        {"total": ""},
        {"total": "viel"},
        {"currency": "euro"},
        {"date_created_gmt": None},
        {"billing": "none"},
        {"line_items": [7]},
        {"line_items": "none"},
        {"coupon_lines": [{"code": 7}]},
        {"customer_id": -1},
    ],
)
def test_orders_of_another_shape_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(PlatformError, match="platform_answer_invalid"):
        parse_order(order_node(**changes))


def test_an_unknown_order_is_none_and_strange_ids_are_not_asked_for(woo: Site) -> None:
    assert woo.platform.order(ACCESS, "4711") is None
    before = len(woo.seen)
    assert woo.platform.order(ACCESS, "1/notes") is None
    assert len(woo.seen) == before


# Parcels
def _tracked(*items: Any, as_object: bool = False) -> Any:
    value: Any = (
        {str(place): item for place, item in enumerate(items)} if as_object else list(items)
    )
    meta = [{"id": 9, "key": "_wc_shipment_tracking_items", "value": value}]
    return parse_order(order_node(meta_data=meta)).shipments  # type: ignore[union-attr]


ITEM = {
    "tracking_provider": "dhl-de",
    "custom_tracking_provider": "",
    "custom_tracking_link": "",
    "tracking_number": "00340434161094042557",
    "date_shipped": "1795219200",
    "tracking_id": "0123456789abcdef0123456789abcdef",
}


def test_parcels_come_from_the_note_of_the_tracking_plugins() -> None:
    (parcel,) = _tracked(ITEM)
    assert parcel.carrier == "dhl de"
    assert parcel.tracking_number == "00340434161094042557"
    assert parcel.created_at == datetime.fromtimestamp(1795219200, UTC)
    assert parcel.status == "confirmed"
    assert (parcel.delivered_at, parcel.milestones) == (None, ())
    assert parcel.id.endswith("-0123456789abcdef0123456789abcdef")


def test_a_list_with_gaps_is_a_list() -> None:
    assert len(_tracked(ITEM, {**ITEM, "tracking_id": "b"}, as_object=True)) == 2


def test_a_carrier_of_the_merchants_own_keeps_its_name_and_link() -> None:
    link = "https://kurier.example/?n=1"
    own = {"tracking_provider": "", "custom_tracking_provider": "Kurier Süd"}
    (parcel,) = _tracked({**ITEM, **own, "custom_tracking_link": link})
    assert (parcel.carrier, parcel.tracking_url) == ("Kurier Süd", link)


@pytest.mark.parametrize(
    "item",
    [
        {**ITEM, "tracking_number": ""},
        {**ITEM, "tracking_number": None},
        {**ITEM, "tracking_number": ["x"]},
        "text",
        7,
        None,
    ],
)
def test_notes_without_a_number_are_no_parcels(item: Any) -> None:
    assert _tracked(item) == ()


@pytest.mark.parametrize("shipped", ["", None, "soon", "99999999999999999999", -1, [], "0"])
def test_a_strange_day_of_dispatch_becomes_the_day_of_the_change(shipped: Any) -> None:
    (parcel,) = _tracked({**ITEM, "date_shipped": shipped})
    assert parcel.created_at == parcel.updated_at


@pytest.mark.parametrize("link", ["javascript:alert(1)", "//evil.example", "x", 'https://a/"x', 7])
def test_only_plain_links_to_the_web_are_kept(link: Any) -> None:
    (parcel,) = _tracked({**ITEM, "custom_tracking_link": link})
    assert parcel.tracking_url is None


@pytest.mark.parametrize("value", ["", "a:0:{}", 7, True, None, {"a": "b"}])
def test_a_note_that_cannot_be_read_is_no_parcel(value: Any) -> None:
    meta = [{"id": 9, "key": "_wc_shipment_tracking_items", "value": value}]
    order = parse_order(order_node(meta_data=meta))
    assert order is not None
    assert order.shipments == ()


# Customers
def test_a_customer_who_paid_once_has_ordered(woo: Site) -> None:
    woo.shop.put_customer("neu@example.com")
    woo.shop.put_customer("Treu@Example.com", paying=True)
    found = woo.platform.customer_by_email(ACCESS, "treu@example.com")
    assert found is not None
    assert (found.orders_count, found.subscribed) == (1, False)
    new = woo.platform.customer_by_email(ACCESS, "neu@example.com")
    assert new is not None
    assert new.orders_count == 0


def test_a_search_that_finds_somebody_else_finds_nobody(woo: Site) -> None:
    other = woo.shop.put_customer("other@example.com")
    woo.script = [said([other])]
    assert woo.platform.customer_by_email(ACCESS, "anne@example.com") is None


def test_an_address_that_wordpress_takes_for_none_belongs_to_nobody(woo: Site) -> None:
    woo.script = [said({"code": "rest_invalid_param"}, 400)]
    assert woo.platform.customer_by_email(ACCESS, "anne@töpferei.example") is None


def test_customers_changed_since_are_told_although_the_shop_lists_all(woo: Site) -> None:
    for number in range(120):
        woo.shop.put_customer(f"a{number}@example.com")
    first = woo.platform.customers(ACCESS, None, None)
    second = woo.platform.customers(ACCESS, first.after, None)
    assert (len(first.items), len(second.items), second.after) == (100, 20, None)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert woo.platform.customers(ACCESS, None, tomorrow).items == ()


def test_a_host_that_drops_the_number_of_pages_loses_no_customers(woo: Site) -> None:
    people = [woo.shop.put_customer(f"a{number}@example.com") for number in range(130)]
    woo.script = [said(people[:100]), said(people[100:])]
    first = woo.platform.customers(ACCESS, None, None)
    assert first.after is not None
    second = woo.platform.customers(ACCESS, first.after, None)
    assert (len(first.items), len(second.items), second.after) == (100, 30, None)


# Consent
def _word(woo: Site, email: str) -> dict[str, str]:
    (found,) = [item for item in woo.shop.customers.values() if item["email"] == email]
    return {item["key"]: item["value"] for item in found["meta_data"]}


def test_a_confirmed_sign_up_is_noted_in_the_account(woo: Site) -> None:
    made = woo.shop.put_customer("anne@example.com")
    at = datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert woo.platform.record_consent(ACCESS, "anne@example.com", "de", at) == str(made["id"])
    assert _word(woo, "anne@example.com") == {
        "bleib_newsletter": "subscribed",
        "bleib_newsletter_at": "2026-11-21T10:00:00Z",
    }
    found = woo.platform.customer_by_email(ACCESS, "anne@example.com")
    assert found is not None
    assert found.subscribed


def test_nobody_gets_an_account_by_subscribing(woo: Site) -> None:
    now = datetime.now(UTC)
    assert woo.platform.record_consent(ACCESS, "neu@example.com", "de", now) is None
    assert woo.shop.customers == {}


def test_who_unsubscribed_later_stays_unsubscribed(woo: Site) -> None:
    woo.shop.put_customer("anne@example.com")
    at = datetime(2026, 11, 21, 10, tzinfo=UTC)
    woo.platform.record_consent(ACCESS, "anne@example.com", "de", at)
    woo.platform.withdraw_consent(ACCESS, "anne@example.com", at + timedelta(hours=1))
    woo.platform.record_consent(ACCESS, "anne@example.com", "de", at)
    assert _word(woo, "anne@example.com")["bleib_newsletter"] == "unsubscribed"
    woo.platform.record_consent(ACCESS, "anne@example.com", "de", at + timedelta(hours=2))
    assert _word(woo, "anne@example.com")["bleib_newsletter"] == "subscribed"


def test_recording_twice_writes_once(woo: Site) -> None:
    woo.shop.put_customer("anne@example.com")
    at = datetime(2026, 11, 21, 10, tzinfo=UTC)
    for _ in range(2):
        woo.platform.record_consent(ACCESS, "anne@example.com", "de", at)
    woo.platform.withdraw_consent(ACCESS, "nobody@example.com", at)
    assert [request.method for request in woo.seen].count("PUT") == 1


def test_tokens_that_cannot_be_keys_are_not_sent(woo: Site) -> None:
    for token in ("", "ck_a b:cs", "ck_\n:cs", "ckü:cs"):
        with pytest.raises(PlatformError, match="access_revoked"):
            woo.platform.counts(Access(1, ACCESS.domain, token))
    assert woo.seen == []
