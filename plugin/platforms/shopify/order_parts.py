"""Turns an order of the platform's answer into our own words."""

from __future__ import annotations

from urllib.parse import urlsplit

from plugin.model import Milestone, Order, OrderLine, Shipment, ShippedLine
from plugin.model.origins import NOTE, arms_of_note, channel_of
from plugin.platforms.shopify import shape
from plugin.platforms.shopify.shape import Node

#: The line item property by which a widget marks what it put into the cart.
SOURCE_MARK = "_bleib"
_PAID = frozenset({"PAID", "PARTIALLY_REFUNDED"})


def parse_order(item: Node, lines: tuple[OrderLine, ...] | None = None) -> Order:
    """Return an order; `lines` where they came apart from it."""
    total = shape.shop_money(item, "currentTotalPriceSet")
    customer = shape.optional_node(item, "customer")
    address = shape.optional_node(item, "shippingAddress") or {}
    if lines is None:
        lines = tuple(parse_line(line) for line in shape.nodes(item, "lineItems"))
    return Order(
        id=shape.gid(item),
        number=shape.text(item, "name"),
        email=shape.optional_text(item, "email"),
        postcode=shape.optional_text(address, "zip"),
        country=shape.optional_text(address, "countryCodeV2"),
        customer_id=None if customer is None else shape.gid(customer),
        currency=total.currency,
        total=total.amount,
        discount=shape.shop_money(item, "currentTotalDiscountsSet").amount,
        codes=shape.texts(item, "discountCodes"),
        paid=shape.optional_text(item, "displayFinancialStatus") in _PAID,
        created_at=shape.moment(item, "createdAt"),
        updated_at=shape.moment(item, "updatedAt"),
        cancelled_at=shape.optional_moment(item, "cancelledAt"),
        lines=lines,
        shipments=_shipments(item),
        arms=arms_of_note(_attribute(item, NOTE)),
        channel=_channel(item),
    )


def parse_line(item: Node) -> OrderLine:
    """Return a line of an order; product and variant are None once they were deleted."""
    product = shape.optional_node(item, "product")
    variant = shape.optional_node(item, "variant")
    return OrderLine(
        id=shape.gid(item),
        product_id=None if product is None else shape.gid(product),
        variant_id=None if variant is None else shape.gid(variant),
        title=shape.text(item, "title"),
        quantity=shape.whole(item, "quantity"),
        price=shape.shop_money(item, "discountedUnitPriceSet").amount,
        source=_attribute(item, SOURCE_MARK),
        kept=shape.whole(item, "currentQuantity"),
    )


def _attribute(item: Node, key: str) -> str | None:
    if item.get("customAttributes") is None:
        return None
    for attribute in shape.nodes(item, "customAttributes"):
        if attribute.get("key") == key:
            return shape.optional_text(attribute, "value")
    return None


def _channel(item: Node) -> str | None:
    """Return what brought the customer in the first place, as far as the platform has seen it."""
    journey = shape.optional_node(item, "customerJourneySummary") or {}
    visit = shape.optional_node(journey, "firstVisit") or {}
    named = shape.optional_node(visit, "utmParameters") or {}
    source, medium = (shape.optional_text(named, key) for key in ("source", "medium"))
    return channel_of(source or shape.optional_text(visit, "source"), medium)


def _shipments(item: Node) -> tuple[Shipment, ...] | None:
    if item.get("fulfillments") is None:
        return None
    return tuple(
        shipment for entry in shape.nodes(item, "fulfillments") for shipment in _parcels(entry)
    )


def _parcels(entry: Node) -> tuple[Shipment, ...]:
    # One fulfilment may travel in several parcels: each tracking number is a shipment of its own.
    tracked = shape.nodes(entry, "trackingInfo") or [{}]
    return tuple(_shipment(entry, info, place) for place, info in enumerate(tracked))


def _shipment(entry: Node, info: Node, place: int) -> Shipment:
    identifier = shape.gid(entry)
    expected = shape.optional_moment(entry, "estimatedDeliveryAt")
    return Shipment(
        id=identifier if place == 0 else f"{identifier}#{place + 1}",
        carrier=shape.optional_text(info, "company"),
        tracking_number=shape.optional_text(info, "number"),
        tracking_url=_web_address(shape.optional_text(info, "url")),
        status=(shape.optional_text(entry, "displayStatus") or "").lower(),
        created_at=shape.moment(entry, "createdAt"),
        updated_at=shape.moment(entry, "updatedAt"),
        expected_on=None if expected is None else expected.date(),
        delivered_at=shape.optional_moment(entry, "deliveredAt"),
        milestones=_milestones(entry),
        lines=_contents(entry),
    )


def _contents(entry: Node) -> tuple[ShippedLine, ...] | None:
    """Return what lies in the parcel of a fulfilment; None where that is not told for each."""
    if entry.get("fulfillmentLineItems") is None or len(shape.nodes(entry, "trackingInfo")) > 1:
        return None
    if _goes_on(entry):
        return None  # more than we asked for: a part of it would look like all
    inside: dict[str, int] = {}
    for item in shape.nodes(entry, "fulfillmentLineItems"):
        if item.get("quantity") is None:
            return None
        line = shape.gid(shape.node(item, "lineItem"))
        inside[line] = inside.get(line, 0) + shape.whole(item, "quantity")
    return tuple(ShippedLine(line, quantity) for line, quantity in inside.items() if quantity > 0)


def _goes_on(entry: Node) -> bool:
    page = shape.optional_node(shape.node(entry, "fulfillmentLineItems"), "pageInfo")
    return page is not None and bool(page.get("hasNextPage"))


def _milestones(entry: Node) -> tuple[Milestone, ...]:
    found = [
        Milestone(
            id=shape.gid(event),
            kind=shape.text(event, "status").lower(),
            happened_at=shape.moment(event, "happenedAt"),
            place=shape.optional_text(event, "city") or shape.optional_text(event, "country"),
        )
        for event in shape.nodes(entry, "events")
    ]
    return tuple(sorted(found, key=lambda milestone: milestone.happened_at))


def _web_address(url: str | None) -> str | None:
    if url is None:
        return None
    try:
        return url if urlsplit(url).scheme in ("https", "http") else None
    except ValueError:
        return None
