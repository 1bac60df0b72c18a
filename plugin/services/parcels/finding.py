"""Finding an order: its status is shown to whoever can prove that it is theirs."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.engine import Connection

from plugin.errors import InvalidFieldError, NotAllowedError, NotFoundError
from plugin.model import Shop
from plugin.services import insight, limits, tenants
from plugin.services.context import Context
from plugin.services.identity import email_check
from plugin.services.order_rows import postcode_check
from plugin.services.parcels.status import OrderStatus, status_of
from plugin.store import parcels as store
from plugin.store.parcels import FoundOrder

WIDGET = "shipment_status"
_TRIES = 10
_WINDOW = timedelta(hours=1)
_MOST = 200
#: Compared with when there is no such order.
_NOBODY = FoundOrder("", "", None, None, None, False, datetime.min.replace(tzinfo=UTC), None)


@dataclass(frozen=True)
class Proof:
    """What a shopper types in: the order number, and the mail address or the postcode of it."""

    order: str
    email: str = ""
    postcode: str = ""


def lookup(context: Context, shop: Shop, proof: Proof, net_address: str) -> OrderStatus | None:
    """Return the status of an order to somebody who knows number and address or postcode.

    None for an unknown order and for a wrong proof alike, after the same work. TooManyError after
    ten wrong tries in an hour for one order or from one address of the net; InvalidFieldError if
    a part is missing.
    """
    number = proof.order.strip().lstrip("#").strip()
    if not 0 < len(number) <= 40:
        raise InvalidFieldError("order_invalid", field="order")
    if not (proof.email.strip() or proof.postcode.strip()):
        raise InvalidFieldError("proof_missing", field="email")
    tries = (("lookup_order", number.upper().casefold()), ("lookup_net", net_address))
    with context.db.write() as connection:
        for name, key in tries:
            limits.hit(connection, context, shop.id, name, key, limit=_TRIES, window=_WINDOW)
    with context.db.read() as connection:
        spellings = {number, number.upper()}
        numbers = sorted(spellings | {f"#{spelling}" for spelling in spellings})
        candidates = store.orders_numbered(connection, shop.id, numbers)
        order = _proven(context, shop, candidates, proof)
        status = None if order is None else _status(connection, context, shop, order)
    if status is not None:
        _count_view(context, shop)
        # Who knows both proofs guesses nothing, and may look as often as they like.
        with context.db.write() as connection:
            for name, key in tries:
                limits.forgive(connection, context, shop.id, name, key, window=_WINDOW)
    return status


def _proven(
    context: Context, shop: Shop, candidates: list[FoundOrder], proof: Proof
) -> FoundOrder | None:
    email = email_check(context.keys, shop.id, proof.email[:_MOST])
    postcode = postcode_check(context.keys, shop.id, proof.postcode[:_MOST])
    found = None
    for order in candidates or [_NOBODY]:
        # Both are always compared, so that the answer takes as long whatever is wrong.
        by_email = _equal(email, order.email_check) and bool(proof.email.strip())
        by_postcode = _equal(postcode, order.postcode_check) and bool(proof.postcode.strip())
        if by_email or by_postcode:
            found = order
    return found


def _equal(given: str, kept: str | None) -> bool:
    return hmac.compare_digest(given.encode(), (kept or "-" * 64).encode())


def by_token(
    context: Context, token: str, *, at: tuple[str, str] | None = None
) -> tuple[Shop, OrderStatus]:
    """Return shop and status of a signed link from a mail.

    `at` is platform and domain of the shop in which the link was opened, where that is known: it
    must be the same one. NotAllowedError for an altered or expired link, NotFoundError for an
    order or a shop that is gone, or is another.
    """
    data = context.keys.unsign("shipment", token)
    if not (isinstance(data, list) and [type(part) for part in data] == [int, str]):
        raise NotAllowedError("link_invalid")
    shop = tenants.shop_of_id(context, data[0])
    if shop is None or shop.state != "installed":
        raise NotFoundError("unknown_shop")
    if at is not None and at != (shop.platform, shop.domain):
        raise NotFoundError("not_found")
    with context.db.read() as connection:
        order = store.order_by_id(connection, shop.id, data[1])
        if order is None:
            raise NotFoundError("not_found")
        status = _status(connection, context, shop, order)
    _count_view(context, shop)
    return shop, status


def _status(connection: Connection, context: Context, shop: Shop, order: FoundOrder) -> OrderStatus:
    return status_of(
        shop,
        order,
        store.items_of(connection, shop.id, order.order_id),
        store.shipments_of(connection, shop.id, order.order_id),
        context.now(),
    )


def _count_view(context: Context, shop: Shop) -> None:
    with context.db.write() as connection:
        day = insight.day_of(shop, context.now())
        insight.count(connection, shop.id, day=day, widget=WIDGET, kind="view")
