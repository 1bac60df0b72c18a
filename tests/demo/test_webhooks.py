"""Webhooks reach the app signed, are tried again, and misbehave when asked to."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from shopify_app import ShopifyApp

from plugin.demo import parcels
from plugin.demo.backoffice import change_price
from plugin.demo.oauth import redact_shop, uninstall
from plugin.demo.ordering import somebody_buys
from plugin.demo.shop import Shop
from plugin.demo.webhooks import TRIES, Courier
from tests.demo.conftest import SECRET, Listener


@pytest.fixture
def courier(demo_shop: Shop, pair: dict[str, Any]) -> Courier:
    """The delivery of an installed app; tests call it instead of starting its thread."""
    return Courier(demo_shop)


def topics(listener: Listener) -> list[str]:
    return [request.headers["x-shopify-topic"] for request in listener.received]


def test_order_is_told_as_shopify_tells_it(
    demo_shop: Shop, courier: Courier, listener: Listener
) -> None:
    order = somebody_buys(demo_shop, "lena@example.com")
    courier.deliver_due()
    (request,) = listener.received
    assert request.path == "/webhooks/shopify"
    body = json.loads(request.body)
    assert body["id"] == order["id"]
    assert body["admin_graphql_api_id"] == f"gid://shopify/Order/{order['id']}"
    assert body["email"] == body["customer"]["email"] == "lena@example.com"
    assert set(body["shipping_address"]) >= {"zip", "country_code"}
    assert len(body["line_items"]) == 2
    assert {"product_id", "variant_id", "quantity", "price", "properties"} <= set(
        body["line_items"][0]
    )


def test_shopifys_own_library_accepts_the_delivery(
    demo_shop: Shop, courier: Courier, listener: Listener
) -> None:
    somebody_buys(demo_shop)
    courier.deliver_due()
    (request,) = listener.received
    verdict = ShopifyApp(client_id="key", client_secret=SECRET).verify_webhook_req(
        {
            "method": "POST",
            "url": "https://app.example/webhooks/shopify",
            "headers": request.headers,
            "body": request.body.decode(),
        }
    )
    assert verdict.ok, verdict


def test_failed_delivery_comes_again_with_the_same_ids(
    demo_shop: Shop, courier: Courier, listener: Listener
) -> None:
    listener.answers = [500, 302]
    somebody_buys(demo_shop)
    for _ in range(4):
        courier.deliver_due()
    assert len(listener.received) == 3
    assert len({request.headers["x-shopify-webhook-id"] for request in listener.received}) == 1
    assert len({request.body for request in listener.received}) == 1


def test_delivery_is_given_up_after_eight_tries(
    demo_shop: Shop, courier: Courier, listener: Listener
) -> None:
    listener.answers = [503] * 20
    somebody_buys(demo_shop)
    for _ in range(12):
        courier.deliver_due()
    assert len(listener.received) == TRIES
    assert demo_shop.db.number("SELECT count(*) FROM webhooks WHERE state = 'given up'") == 1


@pytest.mark.usefixtures("pair")
def test_app_that_is_down_is_tried_again(demo_shop: Shop) -> None:
    somebody_buys(demo_shop)
    nobody = replace(demo_shop.settings, app_url="http://127.0.0.1:9")
    Courier(replace(demo_shop, settings=nobody)).deliver_due()
    row = demo_shop.db.one("SELECT state, attempts, answer FROM webhooks")
    assert row is not None
    assert (row["state"], row["attempts"]) == ("waiting", 1)
    assert "Error" in row["answer"] or "Timeout" in row["answer"]


def test_everything_comes_twice_when_asked(
    demo_shop: Shop, courier: Courier, listener: Listener
) -> None:
    demo_shop.set_fact("fault_duplicate", "on")
    somebody_buys(demo_shop)
    courier.deliver_due()
    assert topics(listener) == ["orders/create", "orders/create"]
    assert len({request.headers["x-shopify-webhook-id"] for request in listener.received}) == 1


def test_order_is_reversed_when_asked(
    demo_shop: Shop, courier: Courier, listener: Listener
) -> None:
    demo_shop.set_fact("fault_reorder", "on")
    order = somebody_buys(demo_shop)
    parcels.step(demo_shop, order["id"])
    with demo_shop.db.write() as connection:
        connection.execute("UPDATE webhooks SET due = 0")
    courier.deliver_due()
    assert topics(listener) == ["orders/updated", "fulfillments/create", "orders/create"]


def test_parcel_is_told_step_by_step(demo_shop: Shop, courier: Courier, listener: Listener) -> None:
    order = somebody_buys(demo_shop)
    for _ in range(3):
        parcels.step(demo_shop, order["id"])
    courier.deliver_due()
    told = [
        json.loads(request.body)["shipment_status"]
        for request in listener.received
        if request.headers["x-shopify-topic"].startswith("fulfillments/")
    ]
    assert told == ["confirmed", "in_transit", "delivered"]
    first = json.loads(listener.received[1].body)
    assert first["order_id"] == order["id"]
    assert first["tracking_number"] in first["tracking_url"]
    assert first["tracking_numbers"] == [first["tracking_number"]]


def test_cancelling_and_prices_are_told(
    demo_shop: Shop, courier: Courier, listener: Listener
) -> None:
    order = somebody_buys(demo_shop)
    assert parcels.cancel(demo_shop, order["id"])
    product = demo_shop.db.one("SELECT id FROM products WHERE handle = 'teekanne-seeufer'")
    assert product is not None
    change_price(demo_shop, product["id"], 7900)
    courier.deliver_due()
    assert topics(listener)[1:] == ["orders/cancelled", "orders/updated", "products/update"]
    assert json.loads(listener.received[1].body)["cancelled_at"]
    assert json.loads(listener.received[3].body)["variants"][0]["price"] == "79.00"


def test_nothing_is_told_to_an_app_that_is_not_installed(
    demo_shop: Shop, listener: Listener
) -> None:
    somebody_buys(demo_shop)
    Courier(demo_shop).deliver_due()
    assert listener.received == []


def test_after_uninstalling_only_the_farewell_is_told(
    demo_shop: Shop, courier: Courier, listener: Listener
) -> None:
    somebody_buys(demo_shop)
    uninstall(demo_shop)
    somebody_buys(demo_shop)
    redact_shop(demo_shop)
    courier.deliver_due()
    assert topics(listener) == ["app/uninstalled", "shop/redact"]
    assert json.loads(listener.received[1].body)["shop_domain"] == "uferhaus.myshopify.com"
