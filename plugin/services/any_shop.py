"""What a shop tells us by itself, signed: orders, parcels, products, and who is to be forgotten.

Everything is idempotent: what comes in twice changes nothing, and the newest change wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy.engine import Connection

from plugin.errors import NotAllowedError, NotFoundError
from plugin.model import Order, Product, Shipment, Shop
from plugin.security import digest, hmac_hex_matches
from plugin.services import limits, orders, voucher_pool
from plugin.services.access import signing_secrets
from plugin.services.context import Context
from plugin.services.parcels import taking
from plugin.store import catalogue, front_door, installs, parcels, shop_switches
from plugin.store import order_reading as store
from plugin.store.order_reading import HeldVariant

PLATFORM = "script_tag"
#: How far the caller's clock may be from ours, in seconds.
TOLERANCE = 300
#: Longer than a signature is good for, so that none can be used a second time.
_REMEMBERED = timedelta(seconds=2 * TOLERANCE + 60)
_CALLS = 300
_WINDOW = timedelta(minutes=1)


@dataclass(frozen=True)
class Call:
    """One request of the API as it came over the wire."""

    timestamp: int
    signature: str
    method: str
    target: str
    body: bytes


@dataclass(frozen=True)
class Taken:
    """What became of the things in one call."""

    taken: int
    unchanged: int


def admit(context: Context, shop: Shop, call: Call) -> bool:
    """Let a genuine call of the shop in; False for a changing call that was done before.

    NotAllowedError ("timestamp_invalid", "signature_invalid"), TooManyError("too_many") after
    300 calls in a minute.
    """
    now = context.now()
    if abs(now.timestamp() - call.timestamp) > TOLERANCE:
        raise NotAllowedError("timestamp_invalid")
    head = f"{call.timestamp}\n{call.method}\n{call.target}\n".encode("utf-8", "surrogateescape")
    secrets = signing_secrets(context, shop)
    if not hmac_hex_matches(secrets, head + call.body, call.signature.encode()):
        raise NotAllowedError("signature_invalid")
    with context.db.write() as connection:
        limits.hit(connection, context, shop.id, "api", "", limit=_CALLS, window=_WINDOW)
        return not front_door.was_used(connection, _mark(shop, call))


def done(context: Context, shop: Shop, call: Call) -> None:
    """Remember a changing call that was carried out: caught on the way, it does nothing again."""
    if call.method == "GET":
        return
    now = context.now()
    with context.db.write() as connection:
        installs.drop_expired_states(connection, now)
        installs.use_once(
            connection,
            _mark(shop, call),
            platform=shop.platform,
            domain=shop.domain,
            expires_at=now + _REMEMBERED,
        )


def _mark(shop: Shop, call: Call) -> str:
    return digest(f"api:{shop.id}:{call.signature}")


def put_orders(context: Context, shop: Shop, told: Sequence[Order]) -> Taken:
    """Take in orders; of two with the same id the one that changed later counts."""
    newest = _newest(told)
    with context.db.write() as connection:
        taken = orders.ingest_many(connection, context, shop, newest)
    return Taken(taken, len(told) - taken)


def _newest(told: Iterable[Order]) -> list[Order]:
    found: dict[str, Order] = {}
    for order in told:
        known = found.get(order.id)
        if known is None or known.updated_at <= order.updated_at:
            found[order.id] = order
    return list(found.values())


def order(context: Context, shop: Shop, order_id: str) -> dict[str, Any]:
    """Return an order as we hold it, without the person; NotFoundError for an unknown one."""
    with context.db.read() as connection:
        held = store.held_order(connection, shop.id, order_id)
        if held is None:
            raise NotFoundError("unknown_order")
        lines = store.held_lines(connection, shop.id, order_id)
        found = parcels.shipments_of(connection, shop.id, order_id)
    values = asdict(held)
    values["id"] = values.pop("order_id")
    return {
        **values,
        "lines": [asdict(line) for line in lines],
        "shipments": [_shown(item) for item in found],
    }


def _shown(item: Shipment) -> dict[str, Any]:
    values = asdict(item)
    values["id"] = item.id.partition("/")[2]
    for ours in ("tracking_url", "events"):
        values.pop(ours)
    return values


def delete_order(context: Context, shop: Shop, order_id: str) -> None:
    """Forget an order as if it had never been; figures it was counted in are taken back."""
    with context.db.write() as connection:
        known = _known_order(connection, shop, order_id)
        gone = replace(known, cancelled_at=known.cancelled_at or context.now())
        orders.ingest(connection, context, shop, gone)
        store.delete_order(connection, shop.id, order_id)


def put_shipments(context: Context, shop: Shop, order_id: str, told: Sequence[Shipment]) -> Taken:
    """Store the parcels of an order as they are now; the order's others go.

    A parcel of which we know a later change stays as we know it.
    """
    with context.db.write() as connection:
        known = _known_order(connection, shop, order_id)
        held = {item.id: item for item in parcels.shipments_of(connection, shop.id, order_id)}
        kept = [_later(held.get(item.id), item) for item in told]
        taking.take(connection, context, shop, replace(known, shipments=tuple(kept)))
    old = sum(one is not other for one, other in zip(kept, told, strict=True))
    return Taken(len(told) - old, old)


def add_shipments(
    connection: Connection, context: Context, shop: Shop, order_id: str, told: Sequence[Shipment]
) -> int:
    """Add or change parcels of an order, the others stay; returns 1, or 0 for an unknown order."""
    if store.held_order(connection, shop.id, order_id) is None:
        return 0
    known = _known_order(connection, shop, order_id)
    held = {item.id: item for item in parcels.shipments_of(connection, shop.id, order_id)}
    merged = held | {item.id: _later(held.get(item.id), item) for item in told}
    taking.take(connection, context, shop, replace(known, shipments=tuple(merged.values())))
    return 1


def _later(held: Shipment | None, told: Shipment) -> Shipment:
    return held if held is not None and held.updated_at > told.updated_at else told


def order_shipments(context: Context, shop: Shop, order_id: str) -> list[dict[str, Any]]:
    """Return the parcels of an order."""
    with context.db.read() as connection:
        if store.held_order(connection, shop.id, order_id) is None:
            raise NotFoundError("unknown_order")
        found = parcels.shipments_of(connection, shop.id, order_id)
    return [_shown(item) for item in found]


def delete_shipment(context: Context, shop: Shop, order_id: str, shipment_id: str) -> None:
    """Forget one parcel; NotFoundError if the order has no such parcel."""
    with context.db.write() as connection:
        held = parcels.shipments_of(connection, shop.id, order_id)
        rest = [item for item in held if item.id != f"{order_id}/{shipment_id}"]
        if len(rest) == len(held):
            raise NotFoundError("unknown_shipment")
        parcels.put_shipments(connection, shop.id, order_id, rest)


def _known_order(connection: Connection, shop: Shop, order_id: str) -> Order:
    held = store.held_order(connection, shop.id, order_id)
    if held is None:
        raise NotFoundError("unknown_order")
    return Order(
        id=held.order_id,
        number=held.number,
        email=None,
        postcode=None,
        country=held.country,
        customer_id=None,
        currency=held.currency,
        total=held.total,
        discount=held.discount,
        codes=tuple(held.codes),
        paid=held.paid,
        created_at=held.placed_at,
        updated_at=held.updated_at,
        cancelled_at=held.cancelled_at,
        lines=store.held_lines(connection, shop.id, order_id),
    )


def put_products(context: Context, shop: Shop, told: Sequence[Product]) -> Taken:
    """Take in products; what we know of with a later change stays as it is."""
    with context.db.write() as connection:
        taken = catalogue.put_products(connection, shop.id, told)
    return Taken(taken, len(told) - taken)


def product(context: Context, shop: Shop, product_id: str) -> dict[str, Any]:
    """Return a product as we hold it; NotFoundError for an unknown one."""
    with context.db.read() as connection:
        found = store.held_product(connection, shop.id, product_id)
    if found is None:
        raise NotFoundError("unknown_product")
    held, forms = found
    values = asdict(held)
    values["id"] = values.pop("product_id")
    related = values.pop("relations")
    for kind, name in (("accessory", "accessories"), ("alternative", "alternatives")):
        values[name] = [other for of, other in related if of == kind]
    return {**values, "variants": [_form(form) for form in forms]}


def _form(held: HeldVariant) -> dict[str, Any]:
    values = asdict(held)
    told, variant_id = values.pop("measure"), values.pop("variant_id")
    return {
        **values,
        "id": variant_id,
        "options": [{"name": name, "value": value} for name, value in held.options],
        "measure": told and dict(zip(("amount", "unit", "per", "per_unit"), told, strict=True)),
    }


def delete_product(context: Context, shop: Shop, product_id: str) -> None:
    """Note that the shop has this product no longer; orders keep their lines."""
    with context.db.write() as connection:
        if store.held_product(connection, shop.id, product_id) is None:
            raise NotFoundError("unknown_product")
        catalogue.mark_gone(connection, shop.id, product_id)


def state(context: Context, shop: Shop) -> dict[str, Any]:
    """Return what we know of the shop: how much came in, and whether the tag was seen."""
    with context.db.read() as connection:
        held_orders, held_products = store.count_held(connection, shop.id)
        embed = shop_switches.embed_seen(connection, shop.id)
        stock = voucher_pool.stock_of(connection, shop)
        install = installs.install_of(connection, shop.id)
    until = None if install is None else install.old_secret_until
    return {
        "shop": shop.key,
        "domain": shop.domain,
        "orders": held_orders,
        "products": held_products,
        "voucher_codes": {"free": stock.free, "low": stock.low},
        "tag": {"looked_at": embed.at, "found_on": list(embed.found)},
        "old_secret_until": until if until is not None and until > context.now() else None,
    }
