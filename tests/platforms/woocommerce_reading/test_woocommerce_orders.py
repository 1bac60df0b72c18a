"""WooCommerce: orders in the shapes that real shops answer with."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal
from typing import Any

import pytest

from plugin.errors import PlatformError
from plugin.model import OrderArm
from plugin.platforms.woocommerce.order_parts import parse_order
from tests.platforms.woo import ACCESS, Site, order_node


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
