"""Orders, parcels and the export of the history, with all that may be missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from plugin.errors import PlatformError, PlatformRefusedError
from plugin.model import Access
from plugin.platforms.shopify import ShopifyPlatform
from plugin.platforms.shopify.order_stream import read_orders
from tests.fakes.raw_server import answer
from tests.platforms.admin import ACCESS, DOMAIN, TOKEN, FakeAdmin, declined

LAST = {"hasNextPage": False, "endCursor": None}
ORDER = "gid://shopify/Order/7"
BULK = "gid://shopify/BulkOperation/3"


def money(amount: str) -> dict[str, Any]:
    return {"shopMoney": {"amount": amount, "currencyCode": "EUR"}}


def line(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/LineItem/{number}",
        "title": "Becher",
        "quantity": 2,
        "currentQuantity": 2,
        "product": {"id": "gid://shopify/Product/1"},
        "variant": {"id": "gid://shopify/ProductVariant/11"},
        "discountedUnitPriceSet": money("12.50"),
        "customAttributes": [],
        **changes,
    }


def head(**changes: Any) -> dict[str, Any]:
    return {
        "id": ORDER,
        "name": "#1007",
        "email": "anna@example.com",
        "createdAt": "2026-11-19T13:02:00Z",
        "updatedAt": "2026-11-20T08:00:00Z",
        "cancelledAt": None,
        "displayFinancialStatus": "PAID",
        "discountCodes": ["WILLKOMMEN-X"],
        "customer": {"id": "gid://shopify/Customer/5"},
        "shippingAddress": {"zip": "78462", "countryCodeV2": "DE"},
        "currentTotalPriceSet": money("25.00"),
        "currentTotalDiscountsSet": money("5.00"),
        **changes,
    }


def order(**changes: Any) -> dict[str, Any]:
    lines = {"nodes": [line()], "pageInfo": {"hasNextPage": False}}
    return head(**{"lineItems": lines, **changes})


def parcel(**changes: Any) -> dict[str, Any]:
    return {
        "id": "gid://shopify/Fulfillment/9",
        "createdAt": "2026-11-20T09:00:00Z",
        "updatedAt": "2026-11-21T09:00:00Z",
        "displayStatus": "IN_TRANSIT",
        "estimatedDeliveryAt": "2026-11-23T00:00:00Z",
        "inTransitAt": "2026-11-20T20:00:00Z",
        "deliveredAt": None,
        "trackingInfo": [
            {"company": "DHL", "number": "0034", "url": "https://dhl.example/0034"},
        ],
        "events": {
            "nodes": [
                event(2, "IN_TRANSIT", "2026-11-20T20:00:00Z", "Köln"),
                event(1, "CONFIRMED", "2026-11-20T10:00:00Z", None),
            ]
        },
        **changes,
    }


def event(number: int, status: str, at: str, city: str | None) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/FulfillmentEvent/{number}",
        "status": status,
        "happenedAt": at,
        "message": None,
        "city": city,
        "country": "DE",
    }


def test_order_is_read_in_full(admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    marked = line(2, customAttributes=[{"key": "_bleib", "value": "cross_sell:5"}])
    lines = {"nodes": [line(), marked], "pageInfo": {"hasNextPage": False}}
    admin.will("Order", {"order": order(lineItems=lines, fulfillments=[parcel()])})
    found = shopify.order(ACCESS, ORDER)
    assert found is not None
    assert (found.number, found.email, found.postcode) == ("#1007", "anna@example.com", "78462")
    assert (found.total, found.discount) == (Decimal("25.00"), Decimal("5.00"))
    assert (found.currency, found.codes, found.paid) == ("EUR", ("WILLKOMMEN-X",), True)
    assert [item.source for item in found.lines] == [None, "cross_sell:5"]
    assert found.lines[0].price == Decimal("12.50")
    assert found.shipments is not None
    shipment = found.shipments[0]
    assert (shipment.carrier, shipment.tracking_number) == ("DHL", "0034")
    assert (shipment.status, shipment.expected_on) == ("in_transit", date(2026, 11, 23))
    assert [(item.kind, item.place) for item in shipment.milestones] == [
        ("confirmed", "DE"),
        ("in_transit", "Köln"),
    ]


def test_order_of_a_guest_whose_data_may_not_be_seen_is_read(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    entry = order(
        email=None,
        customer=None,
        shippingAddress=None,
        displayFinancialStatus=None,
        fulfillments=[],
        cancelledAt="2026-11-21T10:00:00Z",
    )
    denied = {"message": "no", "path": ["order", "email"], "extensions": {"code": "ACCESS_DENIED"}}
    admin.will("Order", {"order": entry}, errors=[denied])
    found = shopify.order(ACCESS, ORDER)
    assert found is not None
    assert (found.email, found.customer_id, found.postcode) == (None, None, None)
    assert (found.paid, found.shipments) == (False, ())
    assert found.cancelled_at == datetime(2026, 11, 21, 10, tzinfo=UTC)


def test_order_that_may_not_be_seen_at_all_is_not_taken_for_a_deleted_one(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    denied = {"message": "no", "path": ["order"], "extensions": {"code": "ACCESS_DENIED"}}
    admin.will("Order", {"order": None}, errors=[denied])
    with pytest.raises(PlatformRefusedError, match="platform_scope_missing"):
        shopify.order(ACCESS, ORDER)


def test_order_that_is_gone_is_none(admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    admin.will("Order", {"order": None})
    assert shopify.order(ACCESS, ORDER) is None


def test_line_of_a_deleted_product_is_kept(admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    lines = {"nodes": [line(product=None, variant=None)], "pageInfo": {"hasNextPage": False}}
    admin.will("Order", {"order": order(lineItems=lines)})
    found = shopify.order(ACCESS, ORDER)
    assert found is not None
    assert (found.lines[0].product_id, found.lines[0].variant_id) == (None, None)
    assert found.shipments is None


def test_what_was_returned_of_a_line_is_not_kept(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    lines = {"nodes": [line(currentQuantity=1)], "pageInfo": {"hasNextPage": False}}
    admin.will("Order", {"order": order(lineItems=lines)})
    found = shopify.order(ACCESS, ORDER)
    assert found is not None
    assert (found.lines[0].quantity, found.lines[0].kept) == (2, 1)


def test_fulfilment_in_several_parcels_is_several_shipments(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    both = [
        {"company": "DHL", "number": "1", "url": None},
        {"company": None, "number": "2", "url": "javascript:alert(1)"},
    ]
    entry = order(fulfillments=[parcel(trackingInfo=both)])
    admin.will("Order", {"order": entry})
    found = shopify.order(ACCESS, ORDER)
    assert found is not None
    assert found.shipments is not None
    assert [(item.id, item.tracking_number, item.tracking_url) for item in found.shipments] == [
        ("gid://shopify/Fulfillment/9", "1", None),
        ("gid://shopify/Fulfillment/9#2", "2", None),
    ]


def contents(*pieces: tuple[int, int | None], more: bool = False) -> dict[str, Any]:
    lines = [
        {"quantity": count, "lineItem": {"id": f"gid://shopify/LineItem/{number}"}}
        for number, count in pieces
    ]
    return {"nodes": lines, "pageInfo": {"hasNextPage": more}}


@pytest.mark.parametrize(
    ("changes", "inside"),
    [
        ({"fulfillmentLineItems": contents((1, 2), (2, 1), (1, 1))}, [("1", 3), ("2", 1)]),
        ({"fulfillmentLineItems": contents((1, 2), more=True)}, None),
        ({"fulfillmentLineItems": contents((1, None))}, None),
        ({}, None),
        (
            {
                "fulfillmentLineItems": contents((1, 2)),
                "trackingInfo": [{"number": "1"}, {"number": "2"}],
            },
            None,
        ),
    ],
)
def test_what_lies_in_a_parcel_is_known_where_it_is_told_whole(
    admin: FakeAdmin, shopify: ShopifyPlatform, changes: dict[str, Any], inside: Any
) -> None:
    admin.will("Order", {"order": order(fulfillments=[parcel(**changes)])})
    found = shopify.order(ACCESS, ORDER)
    assert found is not None
    assert found.shipments is not None
    lines = found.shipments[0].lines
    told = lines and [(line.line_id.rsplit("/", 1)[-1], line.quantity) for line in lines]
    assert told == inside


def test_parcel_without_tracking_is_a_shipment(admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    bare = parcel(
        trackingInfo=[], displayStatus=None, estimatedDeliveryAt=None, events={"nodes": []}
    )
    admin.will("Order", {"order": order(fulfillments=[bare])})
    found = shopify.order(ACCESS, ORDER)
    assert found is not None
    assert found.shipments is not None
    shipment = found.shipments[0]
    assert (shipment.tracking_number, shipment.status, shipment.expected_on) == (None, "", None)


def test_page_of_orders_has_no_shipments(admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    admin.will("Orders", {"orders": {"nodes": [order()], "pageInfo": LAST}})
    since = datetime(2026, 11, 1, tzinfo=UTC)
    page = shopify.orders(ACCESS, None, since)
    assert [item.shipments for item in page.items] == [None]
    assert admin.sent("Orders")[0]["query"] == "updated_at:>='2026-11-01T00:00:00Z'"


def test_long_order_in_a_page_is_fetched_whole(admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    cut = order(lineItems={"nodes": [line()], "pageInfo": {"hasNextPage": True}})
    lines = {"nodes": [line(n) for n in range(1, 40)], "pageInfo": {"hasNextPage": False}}
    admin.will("Orders", {"orders": {"nodes": [cut], "pageInfo": LAST}})
    admin.will("Order", {"order": order(lineItems=lines, fulfillments=[])})
    page = shopify.orders(ACCESS, None, None)
    assert [(len(item.lines), item.shipments) for item in page.items] == [(39, None)]


@pytest.mark.parametrize(
    "changes",
    [
        {"currentTotalPriceSet": None},
        {"currentTotalPriceSet": {"shopMoney": {"amount": "5", "currencyCode": None}}},
        {"name": 7},
        {"discountCodes": [None]},
        {"customer": {"id": None}},
        {"lineItems": {"nodes": [None], "pageInfo": {"hasNextPage": False}}},
        {"lineItems": {"nodes": [line(quantity="many")], "pageInfo": {"hasNextPage": False}}},
        {"fulfillments": [parcel(trackingInfo=None)]},
        {"fulfillments": [parcel(createdAt=None)]},
    ],
)
def test_order_of_another_shape_is_refused(
    changes: dict[str, Any], admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will("Order", {"order": order(**changes)})
    with pytest.raises(PlatformError, match="platform_answer_invalid"):
        shopify.order(ACCESS, ORDER)


def test_history_export_is_asked_for_in_grouped_form(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    started = {"bulkOperation": {"id": BULK, "status": "CREATED"}, "userErrors": []}
    admin.will("BulkRun", {"bulkOperationRunQuery": started})
    assert shopify.start_history(ACCESS) == BULK
    assert "lineItems" in admin.sent("BulkRun")[0]["query"]
    assert "groupObjects: true" in admin.documents[0][0]


def test_history_that_is_being_exported_is_joined(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    message = f"A bulk query operation for this app and shop is already in progress: {BULK}."
    data = declined(
        "bulkOperationRunQuery", "OPERATION_IN_PROGRESS", message=message, bulkOperation=None
    )
    admin.will("BulkRun", data)
    assert shopify.start_history(ACCESS) == BULK


def test_history_behind_an_unnamed_export_waits(admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    admin.will("BulkRun", declined("bulkOperationRunQuery", "LIMIT_REACHED", bulkOperation=None))
    with pytest.raises(PlatformError, match="platform_busy") as caught:
        shopify.start_history(ACCESS)
    assert caught.value.advice == "retry"


@pytest.mark.parametrize(
    ("status", "url", "state"),
    [
        ("CREATED", None, "running"),
        ("RUNNING", None, "running"),
        ("CANCELING", None, "running"),
        ("COMPLETED", "https://storage.googleapis.com/x.jsonl", "ready"),
        ("COMPLETED", None, "ready"),
        ("FAILED", None, "failed"),
        ("CANCELED", None, "failed"),
        ("EXPIRED", None, "failed"),
    ],
)
def test_history_tells_how_far_it_is(
    status: str, url: str | None, state: str, admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    operation = {
        "id": BULK,
        "status": status,
        "errorCode": None,
        "objectCount": "5000",
        "rootObjectCount": "2000",
        "fileSize": None,
        "url": url,
        "partialDataUrl": None,
    }
    admin.will("BulkOperation", {"bulkOperation": operation})
    found = shopify.history(ACCESS, BULK)
    assert (found.state, found.objects, found.url) == (state, 2000, url)


def test_history_that_nobody_knows_has_failed(admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    admin.will("BulkOperation", {"bulkOperation": None})
    assert shopify.history(ACCESS, BULK).state == "failed"


def exported(orders: int, lines: int) -> Iterator[bytes]:
    for number in range(orders):
        own = f"gid://shopify/Order/{number}"
        yield json.dumps(head(id=own)).encode()
        for place in range(lines):
            child = line(number * lines + place, __parentId=own)
            del child["customAttributes"]
            yield json.dumps(child).encode()


def test_history_is_streamed_without_our_token(admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    admin.will_raw("/bulk/x.jsonl", answer(b"\n".join(exported(3, 2)) + b"\n"))
    found = list(shopify.read_history(ACCESS, admin.server.url + "/bulk/x.jsonl"))
    assert [len(item.lines) for item in found] == [2, 2, 2]
    assert [item.shipments for item in found] == [None, None, None]
    assert TOKEN.encode() not in admin.server.heads[0]


def test_history_of_a_shop_without_orders_is_empty() -> None:
    assert list(read_orders([])) == []
    assert list(read_orders([b"", b"  "])) == []


def test_history_holds_one_order_at_a_time() -> None:
    lines = exported(1_000_000, 1)
    stream = read_orders(lines)
    assert [next(stream).id for _ in range(3)] == [f"gid://shopify/Order/{n}" for n in range(3)]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/x.jsonl",
        "https://storage.googleapis.com.evil.example/x",
        "https://storage.googleapis.com@evil.example/x",
        "http://storage.googleapis.com/x",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "",
    ],
)
def test_history_elsewhere_than_in_the_platforms_store_is_not_fetched(
    url: str, shopify: ShopifyPlatform
) -> None:
    for access in (ACCESS, Access(2, "other.myshopify.com", TOKEN)):
        with pytest.raises(PlatformRefusedError, match="address_not_allowed"):
            shopify.read_history(access, url)


def test_loopback_file_is_for_the_test_shop_only(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    with pytest.raises(PlatformRefusedError):
        shopify.read_history(Access(2, "other.myshopify.com", TOKEN), admin.server.url + "/bulk/x")
    assert ACCESS.domain == DOMAIN
    assert admin.server.heads == []


@pytest.mark.parametrize(
    "rows",
    [
        [json.dumps(line(__parentId=ORDER)).encode()],
        [json.dumps(head()).encode(), json.dumps(line(__parentId="gid://x/1")).encode()],
        [b"not json"],
        [b'"text"'],
        [b"[]"],
        [b"{" * 500],
        [b'{"a":' * 300 + b"1" + b"}" * 300],
        [b"[" * 100_000],
        [b"\xff"],
        [b'{"id":NaN}'],
        [json.dumps(head(name=None)).encode()],
    ],
)
def test_history_in_disorder_is_refused(rows: list[bytes]) -> None:
    with pytest.raises(PlatformError, match="platform_answer_invalid"):
        list(read_orders(rows))
