"""Turns an order of the platform's answer into our own words."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import quote, urlsplit

from plugin.model import Order, OrderLine, Shipment
from plugin.model.origins import channel_of
from plugin.platforms.shopware.shape import (
    changed,
    identifier,
    mapping,
    number,
    optional_identifier,
)
from plugin.shape import (
    Node,
    currency,
    moment,
    node,
    nodes,
    optional_node,
    optional_text,
    text,
    texts,
    whole,
)

#: The payload entry by which a widget marks what it put into the cart.
SOURCE_MARK = "_bleib"
_STATE: Node = {"associations": {"stateMachineState": {}}}
_ADDRESS: Node = {"associations": {"country": {}}}
#: What to fetch of an order, for `parse_order`.
ORDER = {
    "associations": {
        "currency": {},
        "stateMachineState": {},
        "orderCustomer": {},
        "billingAddress": _ADDRESS,
        "lineItems": {"associations": {"product": {}}},
        "transactions": _STATE,
        "deliveries": {
            "associations": {
                "stateMachineState": {},
                "shippingMethod": {},
                "shippingOrderAddress": _ADDRESS,
            }
        },
    },
    "includes": {
        "order": ["id", "autoIncrement", "orderNumber", "amountTotal", "orderDateTime",
                  "createdAt", "updatedAt", "currency", "stateMachineState", "orderCustomer",
                  "billingAddress", "lineItems", "transactions", "deliveries",
                  "campaignCode", "affiliateCode"],
        "currency": ["isoCode"],
        "state_machine_state": ["technicalName"],
        "order_customer": ["email", "customerId"],
        "order_address": ["zipcode", "country"],
        "country": ["iso"],
        "order_line_item": ["id", "productId", "product", "type", "label", "quantity",
                            "unitPrice", "totalPrice", "payload"],
        "product": ["id", "parentId"],
        "order_transaction": ["stateMachineState", "createdAt", "updatedAt"],
        "order_delivery": ["id", "trackingCodes", "stateMachineState", "shippingMethod",
                           "shippingOrderAddress", "createdAt", "updatedAt"],
        "shipping_method": ["name", "trackingUrl", "translated"],
    },
}  # fmt: skip
_PAID = frozenset({"paid", "refunded_partially"})
#: What a delivery's state means for its parcels; a delivery that is open has none yet.
_STATUS = {
    "open": "open",
    "shipped": "in_transit",
    "shipped_partially": "in_transit",
    "returned": "returned",
    "returned_partially": "returned",
    "cancelled": "cancelled",
}


def changed_at_parts(item: Node) -> tuple[Node, ...]:
    """Return the parts of an order at which a change may show."""
    return (item, *nodes(item, "transactions"), *nodes(item, "deliveries"))


def parse_order(item: Node) -> Order:
    """Return an order with its parcels."""
    customer = optional_node(item, "orderCustomer") or {}
    deliveries = nodes(item, "deliveries")
    address = _address(item, deliveries)
    country = optional_node(address, "country") or {}
    lines = nodes(item, "lineItems")
    reductions = [line for line in lines if optional_text(line, "type") == "promotion"]
    updated = changed(*changed_at_parts(item))
    return Order(
        id=identifier(item),
        number=text(item, "orderNumber"),
        email=optional_text(customer, "email"),
        postcode=optional_text(address, "zipcode"),
        country=optional_text(country, "iso"),
        customer_id=optional_identifier(customer, "customerId"),
        currency=currency(node(item, "currency"), "isoCode"),
        total=_kept(item),
        discount=-sum((number(line, "totalPrice") for line in reductions), Decimal("0.00")),
        codes=tuple(code for line in reductions if (code := _code(line))),
        paid=any(_state(payment) in _PAID for payment in nodes(item, "transactions")),
        created_at=moment(item, "orderDateTime"),
        updated_at=updated,
        cancelled_at=updated if _state(item) == "cancelled" else None,
        lines=tuple(_line(line) for line in lines if optional_text(line, "type") == "product"),
        shipments=tuple(parcel for entry in deliveries for parcel in _parcels(entry)),
        channel=channel_of(
            optional_text(item, "campaignCode") or optional_text(item, "affiliateCode")
        ),
    )


def _kept(item: Node) -> Decimal:
    """Return what the shop kept: Shopware leaves the sum of an order that was paid back in full.

    How much a refund in part was, it does not say.
    """
    paid_back = any(_state(payment) == "refunded" for payment in nodes(item, "transactions"))
    return Decimal("0.00") if paid_back else number(item, "amountTotal")


def _address(item: Node, deliveries: list[Node]) -> Node:
    for entry in deliveries:
        found = optional_node(entry, "shippingOrderAddress")
        if found is not None:
            return found
    return optional_node(item, "billingAddress") or {}


def _line(item: Node) -> OrderLine:
    variant = optional_identifier(item, "productId")
    product = optional_node(item, "product") or {}
    return OrderLine(
        id=identifier(item),
        product_id=optional_identifier(product, "parentId") or variant,
        variant_id=variant,
        title=text(item, "label"),
        quantity=whole(item, "quantity"),
        price=number(item, "unitPrice"),
        source=_payload_text(item, SOURCE_MARK),
    )


def _code(line: Node) -> str | None:
    return _payload_text(line, "code")


def _payload_text(line: Node, key: str) -> str | None:
    value = mapping(line, "payload").get(key)
    return value.strip() or None if isinstance(value, str) else None


def _state(item: Node) -> str:
    return text(node(item, "stateMachineState"), "technicalName")


def _parcels(entry: Node) -> tuple[Shipment, ...]:
    # One delivery may travel in several parcels: each tracking code is a shipment of its own.
    codes: tuple[str | None, ...] = tuple(code for code in texts(entry, "trackingCodes") if code)
    state = _state(entry)
    if not codes and state == "open":
        return ()
    return tuple(_parcel(entry, code, place) for place, code in enumerate(codes or (None,)))


def _parcel(entry: Node, code: str | None, place: int) -> Shipment:
    identity = identifier(entry)
    method = optional_node(entry, "shippingMethod") or {}
    touched = changed(entry)
    return Shipment(
        id=identity if place == 0 else f"{identity}#{place + 1}",
        carrier=_translated(method, "name"),
        tracking_number=code,
        tracking_url=_tracking_url(method, code),
        status=_STATUS.get(_state(entry), "open"),
        # A delivery is made together with its order; its parcel begins with the last change.
        created_at=touched,
        updated_at=touched,
        expected_on=None,
        delivered_at=None,
    )


def _tracking_url(method: Node, code: str | None) -> str | None:
    pattern = _translated(method, "trackingUrl")
    if pattern is None or code is None:
        return None
    url = pattern.replace("%s", quote(code, safe=""))
    try:
        return url if urlsplit(url).scheme in ("https", "http") else None
    except ValueError:
        return None


def _translated(item: Node, key: str) -> str | None:
    return optional_text(mapping(item, "translated"), key) or optional_text(item, key)
