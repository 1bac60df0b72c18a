"""The one mail of a saved cart: no newsletter, no offer, and no address left once it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.engine import Connection

from plugin.errors import TooManyError
from plugin.model import Shop
from plugin.services import insight, limits, mailing, steps
from plugin.services.context import Context
from plugin.services.identity import clean_email, identity_of
from plugin.services.saved_carts import LIFETIME, link_of, living, must_be_offered, named
from plugin.services.steps import Handler, Step
from plugin.store import outbox
from plugin.store import saved_carts as store
from plugin.store.saved_carts import SavedCart

#: No person reads and types an address in less.
_QUICKEST_MS = 1500
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_OF_ONE_NET_ADDRESS = 10
_OF_ONE_SHOP = 1000
_TO_ONE_PERSON = 3


@dataclass(frozen=True)
class Wish:
    """Where a link shall go, as it came in; nothing in it is believed yet."""

    email: str
    website: str
    elapsed_ms: int
    net_address: str


def send(context: Context, shop: Shop, token: str, wish: Wish) -> None:
    """Queue the one mail of a saved cart; the address is deleted as soon as it was sent.

    Says nothing about the address. InvalidFieldError("email_invalid"), NotFoundError("not_found")
    for a link that is over, ConflictError and TooManyError concern the request, not the person.
    """
    email = clean_email(wish.email)
    if wish.website or wish.elapsed_ms < _QUICKEST_MS:
        insight.refuse(context, shop, "cart_automatic")
        return
    with context.db.write() as connection:
        cart = living(connection, context, shop, token)
        must_be_offered(connection, shop)
        if not store.claim_mail(connection, shop.id, cart.id, context.now()):
            return
        _limit(connection, context, shop, "cart_mail_net", wish.net_address, _OF_ONE_NET_ADDRESS)
        _limit(connection, context, shop, "cart_mail_shop", "all", _OF_ONE_SHOP)
        spared = _has_enough(connection, context, shop, email)
        if not spared:
            _queue(connection, context, shop, token, cart, email)
    if spared:
        insight.refuse(context, shop, "cart_repeated")


def expire(context: Context, step: Step) -> None:
    """Delete a mailed cart whose time is over, and its mail if that never went out."""
    cart_id = step.payload["cart"]
    with context.db.write() as connection:
        store.delete_cart(connection, step.shop_id, cart_id)
        outbox.forget(connection, step.shop_id, _mail_key(cart_id))


def _limit(
    connection: Connection, context: Context, shop: Shop, name: str, key: str, most: int
) -> None:
    limits.hit(connection, context, shop.id, name, key, limit=most, window=_HOUR)


def _has_enough(connection: Connection, context: Context, shop: Shop, email: str) -> bool:
    person = identity_of(context.keys, shop.id, email)
    try:
        limits.hit(
            connection,
            context,
            shop.id,
            "cart_mail_person",
            person,
            limit=_TO_ONE_PERSON,
            window=_DAY,
        )
    except TooManyError:
        return True
    return False


def _queue(
    connection: Connection, context: Context, shop: Shop, token: str, cart: SavedCart, email: str
) -> None:
    ends_at = cart.created_at + LIFETIME
    known = [one for one in named(connection, shop, cart) if one.title]
    values = {
        "link": link_of(context, token),
        "ends_at": ends_at.isoformat(),
        "items": [{"title": one.title, "quantity": one.item.quantity} for one in known],
    }
    key = _mail_key(cart.id)
    mailing.queue(connection, context, shop, "saved_cart", key, email, cart.language, values)
    steps.enqueue(
        connection,
        context,
        shop.id,
        "saved_cart.expire",
        {"cart": cart.id},
        key=f"saved_cart.expire:{cart.id}",
        due_at=ends_at,
    )


def _mail_key(cart_id: int) -> str:
    return f"saved_cart:{cart_id}"


HANDLERS: dict[str, Handler] = {"saved_cart.expire": expire}
