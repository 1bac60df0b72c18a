"""Finding an order: its status is shown to whoever can prove that it is theirs."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.engine import Connection

from plugin.errors import InvalidFieldError, NotFoundError
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.identity import email_check
from plugin.services.order_rows import postcode_check
from plugin.services.parcels import tries, visits
from plugin.services.parcels.links import hash_of, is_over, page_link
from plugin.services.parcels.status import OrderStatus, status_of
from plugin.store import order_pages, shops
from plugin.store import parcels as store
from plugin.store.parcels import FoundOrder

_MOST = 200
#: Compared with when there is no such order.
_NOBODY = FoundOrder("", "", None, None, None, False, datetime.min.replace(tzinfo=UTC), None)


@dataclass(frozen=True)
class Proof:
    """What a shopper types in: the order number, and the mail address or the postcode of it."""

    order: str
    email: str = ""
    postcode: str = ""


@dataclass(frozen=True)
class Found:
    """An order that somebody may see, and the address of its page."""

    shop: Shop
    order: FoundOrder
    status: OrderStatus
    page: str


@dataclass(frozen=True)
class LookedUp:
    """The answer to a look-up: `found`, or nothing.

    `stand_in` is another order of the shop, read in the place of one that was not found. Nobody
    may see it: whoever answers puts it into words and throws them away, so that a miss takes as
    long as a hit.
    """

    found: Found | None
    stand_in: Found | None

    @property
    def worked(self) -> Found | None:
        """Return the order that is put into words, shown or not."""
        return self.found or self.stand_in


def lookup(context: Context, shop: Shop, proof: Proof, net_address: str) -> LookedUp:
    """Find an order for somebody who knows its number and its address or postcode.

    Unknown orders and wrong proofs are answered alike, after the same work. TooManyError above
    the limits of `tries`; InvalidFieldError if a part is missing.
    """
    number = proof.order.strip().lstrip("#").strip()
    if not (0 < len(number) <= 40 and number.isprintable()):
        raise InvalidFieldError("order_invalid", field="order")
    if not (proof.email.strip() or proof.postcode.strip()):
        raise InvalidFieldError("proof_missing", field="email")
    counted = tries.tries_of(
        "order", number.upper(), net_address, guessable=bool(proof.postcode.strip())
    )
    with context.db.write() as connection:
        tries.admit(connection, context, shop, counted)
        stand_in = order_pages.newest_order(connection, shop.id)
        order, certain = _proven(context, shop, _candidates(connection, shop, number), proof)
        # Who knows the address guesses nothing, and may look as often as they like. A postcode is
        # shared with a whole town: who knows one could walk through all the order numbers.
        tries.settle(connection, context, shop, counted, right=certain)
        worked = order or stand_in
        if worked is not None:
            _count_view(connection, context, shop, worked, seen=order is not None)
    with context.db.read() as connection:
        found = None if worked is None else _found(connection, context, shop, worked)
    return LookedUp(None, found) if order is None else LookedUp(found, None)


def _count_view(
    connection: Connection, context: Context, shop: Shop, order: FoundOrder, *, seen: bool
) -> None:
    # Of an order that nobody was shown all is counted as well, and then taken back.
    with connection.begin_nested() as counting:
        visits.visited(connection, context, shop, order.order_id)
        if not seen:
            counting.rollback()


def _candidates(connection: Connection, shop: Shop, number: str) -> list[FoundOrder]:
    spellings = {number, number.upper()}
    numbers = sorted(spellings | {f"#{spelling}" for spelling in spellings})
    return store.orders_numbered(connection, shop.id, numbers)


def _proven(
    context: Context, shop: Shop, candidates: list[FoundOrder], proof: Proof
) -> tuple[FoundOrder | None, bool]:
    """Return the order that is proven, and whether that was by its address."""
    email = email_check(context.keys, shop.id, proof.email[:_MOST])
    postcode = postcode_check(context.keys, shop.id, proof.postcode[:_MOST])
    found, certain = None, False
    for order in candidates or [_NOBODY]:
        # Both are always compared, so that the answer takes as long whatever is wrong.
        by_email = _equal(email, order.email_check) and bool(proof.email.strip())
        by_postcode = _equal(postcode, order.postcode_check) and bool(proof.postcode.strip())
        if by_email or by_postcode:
            found, certain = order, by_email
    return found, certain


def _equal(given: str, kept: str | None) -> bool:
    return hmac.compare_digest(given.encode(), (kept or "-" * 64).encode())


def by_token(context: Context, token: str, *, at: tuple[str, str] | None = None) -> Found:
    """Return the order that a link leads to, and count that its page was looked at.

    `at` is platform and domain of the shop in which the link was opened, where that is known: it
    must be the same one. NotFoundError("link_expired") for a link that is over, and
    NotFoundError("not_found") for everything else that leads nowhere.
    """
    with context.db.read() as connection:
        found = _found(connection, context, *_linked(connection, context, token, at))
        shop, order = found.shop, found.order
        counted = visits.seen_today(connection, context, shop, order.order_id)
    if not counted:
        with context.db.write() as connection:
            visits.visited(connection, context, shop, order.order_id)
    return found


def order_of(context: Context, token: str) -> tuple[Shop, FoundOrder]:
    """Return shop and order of a link, for what is done on its page; errors as with `by_token`."""
    with context.db.read() as connection:
        return _linked(connection, context, token, None)


def _linked(
    connection: Connection, context: Context, token: str, at: tuple[str, str] | None
) -> tuple[Shop, FoundOrder]:
    known = hash_of(token)
    linked = None if known is None else order_pages.order_of_link(connection, known)
    shop = None if linked is None else shops.shop_by_id(connection, linked[0])
    if linked is None or shop is None or shop.state != "installed":
        raise NotFoundError("not_found")
    if at is not None and at != (shop.platform, shop.domain):
        raise NotFoundError("not_found")
    order = linked[1]
    if is_over(order.updated_at, context.now()):
        raise NotFoundError("link_expired")
    return shop, order


def _found(connection: Connection, context: Context, shop: Shop, order: FoundOrder) -> Found:
    status = status_of(
        shop,
        order,
        store.items_of(connection, shop.id, order.order_id),
        store.shipments_of(connection, shop.id, order.order_id),
        context.now(),
    )
    return Found(shop, order, status, page_link(context, shop, order.order_id))
