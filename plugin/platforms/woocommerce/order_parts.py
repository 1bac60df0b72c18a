"""Turns an order of the shop's answer into our own words."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from plugin.model import Order, OrderLine
from plugin.model.origins import arms_of_note, channel_of
from plugin.platforms.woocommerce import shape
from plugin.platforms.woocommerce.parcels import TRACKING, parse_parcels
from plugin.platforms.woocommerce.shape import Node

FIELDS = (
    "id,number,status,currency,date_created_gmt,date_modified_gmt,date_paid_gmt,discount_total,"
    "discount_tax,total,prices_include_tax,customer_id,billing,shipping,line_items,coupon_lines,"
    "refunds,meta_data"
)
#: The note on a line by which a widget marks what it put into the cart.
SOURCE_MARK = "_bleib"
#: The note on an order by which our plugin tells the arms of its shopper.
NOTE = "_bleib_note"
#: What WooCommerce itself notes of where a customer came from.
_CAME_FROM = tuple(
    f"_wc_order_attribution_{name}" for name in ("utm_source", "utm_medium", "source_type")
)
#: The notes of an order that are read; a shop may have hundreds of others.
META = ",".join((TRACKING, NOTE, *_CAME_FROM))
#: A cart on its way through the checkout is no order yet.
_NOT_PLACED = frozenset({"checkout-draft", "auto-draft", "draft", "new"})
_CANCELLED = frozenset({"cancelled", "failed", "trash"})
_PAID = frozenset({"processing", "completed"})
#: Statuses in which a date of payment means nothing (any more); shops add statuses of their own.
_UNPAID = frozenset({"pending", "on-hold", "refunded"}) | _CANCELLED
_CENT = Decimal("0.01")


def parse_order(node: Node) -> Order | None:
    """Return an order; None for what is no order yet."""
    status = shape.text(node, "status")
    if status in _NOT_PLACED:
        return None
    order_id = shape.identifier(node)
    changed = shape.moment(node, "date_modified_gmt", "date_created_gmt")
    billing, shipping = shape.inner(node, "billing"), shape.inner(node, "shipping")
    gross = node.get("prices_include_tax") is True
    return Order(
        id=order_id,
        number=shape.text(node, "number"),
        email=shape.optional_text(billing, "email"),
        postcode=_either(shipping, billing, "postcode"),
        country=_either(shipping, billing, "country"),
        customer_id=shape.optional_identifier(node, "customer_id"),
        currency=_currency(node),
        total=_total(node),
        discount=_as_shown(node, "discount_total", "discount_tax", gross=gross),
        codes=tuple(shape.text(item, "code") for item in shape.inner_list(node, "coupon_lines")),
        paid=status in _PAID or (_has_paid(node) and status not in _UNPAID),
        created_at=shape.moment(node, "date_created_gmt"),
        updated_at=changed,
        # WooCommerce keeps no date of it; the last change is the latest it can have been.
        cancelled_at=changed if status in _CANCELLED else None,
        lines=_lines(node, gross=gross),
        shipments=parse_parcels(node, order_id, changed),
        arms=arms_of_note(shape.meta(node, NOTE)),
        channel=_channel(node),
    )


def _channel(node: Node) -> str | None:
    source, medium, kind = (shape.meta(node, key) for key in _CAME_FROM)
    # An order that was typed in by hand, or came through the app, says so in its kind alone.
    return channel_of(_plain(source) or _plain(kind), _plain(medium))


def _plain(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _either(first: Node, second: Node, key: str) -> str | None:
    # Without an address of its own a parcel goes to where the invoice goes.
    return shape.optional_text(first, key) or shape.optional_text(second, key)


def _currency(node: Node) -> str:
    currency = shape.text(node, "currency")
    if len(currency) != 3 or not currency.isascii() or not currency.isupper():
        raise shape.wrong()
    return currency


def _total(node: Node) -> Decimal:
    """Return what was paid in the end: refunds are amounts below zero."""
    total = shape.optional_amount(node, "total")
    if total is None:
        raise shape.wrong()
    refunds = (shape.amount(item, "total") for item in shape.inner_list(node, "refunds"))
    return total - sum((abs(amount) for amount in refunds), Decimal(0))


def _as_shown(node: Node, net: str, tax: str, *, gross: bool) -> Decimal:
    """Return an amount as the shop's prices are: with tax where they hold it."""
    return shape.amount(node, net) + (shape.amount(node, tax) if gross else Decimal(0))


def _has_paid(node: Node) -> bool:
    return shape.optional_moment(node, "date_paid_gmt") is not None


def _lines(node: Node, *, gross: bool) -> tuple[OrderLine, ...]:
    items = shape.inner_list(node, "line_items")
    lines = (_line(item, gross=gross) for item in items)
    return tuple(line for line in lines if line.quantity > 0)


def _line(item: Node, *, gross: bool) -> OrderLine:
    quantity = _quantity(item)
    paid = _as_shown(item, "total", "total_tax", gross=gross)
    product = shape.optional_identifier(item, "product_id")
    source: Any = shape.meta(item, SOURCE_MARK)
    return OrderLine(
        id=shape.identifier(item),
        product_id=product,
        # A product without variations is its own variant.
        variant_id=shape.optional_identifier(item, "variation_id") or product,
        title=shape.words(item, "name"),
        quantity=quantity,
        price=(paid / quantity).quantize(_CENT) if quantity else Decimal(0),
        source=source if isinstance(source, str) and source else None,
    )


def _quantity(item: Node) -> int:
    # Plugins sell by the metre: a part of a piece counts as a piece.
    quantity = shape.optional_amount(item, "quantity")
    if quantity is None or quantity < 0:
        raise shape.wrong()
    return min(math.ceil(quantity), 1_000_000)
