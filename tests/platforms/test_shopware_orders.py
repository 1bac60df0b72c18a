"""Orders of Shopware in our words: parcels, codes, payments, and what is missing in them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from plugin.errors import PlatformError
from plugin.model import Order
from tests.fakes import shopware_goods as goods
from tests.fakes.shopware import Node, new_id, stamp
from tests.platforms.shopware import START, Pair


@pytest.fixture
def product(pair: Pair) -> str:
    return str(goods.add_product(pair.shop, 1)["id"])


def read(pair: Pair, order: Node) -> Order:
    found = pair.adapter.order(pair.access, order["id"])
    assert found is not None
    return found


def test_an_order_with_a_code(pair: Pair, product: str) -> None:
    row = goods.add_order(pair.shop, "anne@example.com", [product], "UFER-1")
    order = read(pair, row)
    assert (order.number, order.email) == (row["orderNumber"], "anne@example.com")
    assert (order.postcode, order.country) == ("78464", "DE")
    assert order.customer_id == row["orderCustomer"]["customerId"]
    assert (order.total, order.discount) == (Decimal("44.00"), Decimal("5.00"))
    assert (order.codes, order.currency, order.paid) == (("UFER-1",), "EUR", True)
    assert (order.created_at, order.cancelled_at) == (START, None)
    (line,) = order.lines
    assert (line.product_id, line.variant_id) == (product, product)
    assert (line.title, line.quantity, line.price) == ("Schale 1", 1, Decimal("49.00"))
    assert (line.source, order.shipments) == (None, ())


def test_a_line_of_a_variant_names_product_and_variant(pair: Pair, product: str) -> None:
    child = goods.add_variant(pair.shop, pair.shop.rows["product"][product], "rot")
    row = goods.add_order(pair.shop, "anne@example.com", [child["id"]])
    row["lineItems"][0]["payload"]["_bleib"] = "cross_sell:7"
    (line,) = read(pair, row).lines
    assert (line.product_id, line.variant_id) == (product, child["id"])
    assert line.source == "cross_sell:7"


def test_the_code_of_a_campaign_or_a_partner_is_the_channel(pair: Pair, product: str) -> None:
    row = goods.add_order(pair.shop, "anne@example.com", [product])
    assert read(pair, row).channel is None
    row["affiliateCode"] = "Idealo"
    assert read(pair, row).channel == "idealo"
    row["campaignCode"] = "Herbst-Flyer"
    assert read(pair, row).channel == "herbst-flyer"


def test_lines_that_are_no_goods_are_left_out(pair: Pair, product: str) -> None:
    row = goods.add_order(pair.shop, "anne@example.com", [product])
    for kind in ("custom", "credit", "container", "discount"):
        row["lineItems"].append({**row["lineItems"][0], "id": new_id(), "type": kind})
    assert len(read(pair, row).lines) == 1


def test_an_order_with_nobody_behind_it(pair: Pair, product: str) -> None:
    row = goods.add_order(pair.shop, None, [product])
    row["lineItems"][0]["payload"] = []
    order = read(pair, row)
    assert (order.email, order.postcode, order.country, order.customer_id) == (None,) * 4
    assert order.shipments == ()


@pytest.mark.parametrize(
    ("states", "paid"),
    [((), False), (("open",), False), (("cancelled", "paid"), True), (("refunded",), False),
     (("refunded_partially",), True), (("authorized",), False)],
)  # fmt: skip
def test_paid_is_what_a_payment_says(
    pair: Pair, product: str, states: tuple[str, ...], *, paid: bool
) -> None:
    row = goods.add_order(pair.shop, "anne@example.com", [product])
    payment = row["transactions"][0]
    row["transactions"] = [
        {**payment, "id": new_id(), "stateMachineState": goods.state(name)} for name in states
    ]
    assert read(pair, row).paid is paid


def test_an_order_that_was_paid_back_in_full_is_worth_nothing(pair: Pair, product: str) -> None:
    row = goods.add_order(pair.shop, "anne@example.com", [product])
    assert read(pair, row).total > 0
    row["transactions"][0]["stateMachineState"] = goods.state("refunded")
    assert read(pair, row).total == 0


def test_each_tracking_code_is_a_parcel(pair: Pair, product: str) -> None:
    row = goods.add_order(pair.shop, "anne@example.com", [product])
    pair.clock.move(days=5)
    goods.ship(pair.shop, row, "DHL Paket", ["00340434161094042557", "JJD 0001"])
    method = row["deliveries"][0]["shippingMethod"]
    method["translated"] = {"name": "DHL", "trackingUrl": "https://dhl.example/?code=%s&l=de"}
    order = read(pair, row)
    assert order.shipments is not None
    first, second = order.shipments
    delivery = row["deliveries"][0]["id"]
    assert (first.id, second.id) == (delivery, f"{delivery}#2")
    assert (first.carrier, first.tracking_number) == ("DHL", "00340434161094042557")
    assert second.tracking_url == "https://dhl.example/?code=JJD%200001&l=de"
    assert (first.status, first.created_at) == ("in_transit", START + timedelta(days=5))
    assert order.updated_at == START + timedelta(days=5)


@pytest.mark.parametrize(
    ("name", "status"),
    [("shipped", "in_transit"), ("shipped_partially", "in_transit"), ("returned", "returned"),
     ("returned_partially", "returned"), ("cancelled", "cancelled"), ("of_a_plugin", "open")],
)  # fmt: skip
def test_states_of_a_delivery(pair: Pair, product: str, name: str, status: str) -> None:
    row = goods.add_order(pair.shop, "anne@example.com", [product])
    row["deliveries"][0] |= {"stateMachineState": goods.state(name), "updatedAt": stamp(START)}
    (parcel,) = read(pair, row).shipments or ()
    assert (parcel.status, parcel.tracking_number, parcel.tracking_url) == (status, None, None)


def test_a_tracking_address_that_is_none_is_left_out(pair: Pair, product: str) -> None:
    row = goods.add_order(pair.shop, "anne@example.com", [product])
    goods.ship(pair.shop, row, "DHL", ["1"])
    for pattern in ("javascript:alert(%s)", "//dhl.example/%s", "http://[", "dhl %s"):
        row["deliveries"][0]["shippingMethod"]["trackingUrl"] = pattern
        (parcel,) = read(pair, row).shipments or ()
        assert parcel.tracking_url is None


def test_a_cancelled_order_says_when(pair: Pair, product: str) -> None:
    row = goods.add_order(pair.shop, "anne@example.com", [product])
    pair.clock.move(hours=2)
    goods.cancel(pair.shop, row)
    assert read(pair, row).cancelled_at == START + timedelta(hours=2)


def test_payments_and_parcels_are_changes_of_their_order(pair: Pair, product: str) -> None:
    paid = goods.add_order(pair.shop, "anne@example.com", [product])
    shipped = goods.add_order(pair.shop, "ben@example.com", [product])
    goods.add_order(pair.shop, "cleo@example.com", [product])
    pair.clock.move(hours=1)
    paid["transactions"][0]["updatedAt"] = stamp(pair.clock())
    pair.clock.move(hours=1)
    goods.ship(pair.shop, shipped, "DHL", ["1"])
    since = START + timedelta(minutes=30)
    page = pair.adapter.orders(pair.access, None, since)
    assert [order.id for order in page.items] == [paid["id"], shipped["id"]]


def test_changes_of_parcels_are_told_apart(pair: Pair, product: str) -> None:
    first = goods.add_order(pair.shop, "anne@example.com", [product])
    second = goods.add_order(pair.shop, "ben@example.com", [product])
    pair.clock.move(minutes=5)
    goods.ship(pair.shop, second, "DHL", ["2"])
    pair.clock.move(minutes=5)
    goods.ship(pair.shop, first, "DHL", ["1"])
    page = pair.adapter.parcel_changes(pair.access, None, START)
    assert [(item.order_id, item.changed_at) for item in page.items] == [
        (second["id"], START + timedelta(minutes=5)),
        (first["id"], START + timedelta(minutes=10)),
    ]
    assert pair.adapter.parcel_changes(pair.access, None, None).items == page.items
    later = START + timedelta(minutes=7)
    assert len(pair.adapter.parcel_changes(pair.access, None, later).items) == 1


@pytest.mark.parametrize(
    "change",
    [{"amountTotal": "49"}, {"id": "x"}, {"orderNumber": 7}, {"currency": None},
     {"lineItems": None}, {"orderDateTime": "yesterday"}, {"stateMachineState": []}],
)  # fmt: skip
def test_an_order_of_another_shape_is_refused(pair: Pair, product: str, change: Node) -> None:
    row = goods.add_order(pair.shop, "anne@example.com", [product])
    order_id = row["id"]
    row |= change
    with pytest.raises(PlatformError, match="platform_answer_invalid"):
        pair.adapter.orders(pair.access, None, None)
    assert order_id
