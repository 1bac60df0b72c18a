"""Saved carts: kept for two weeks behind a link, and put in again on a click.

What a browser says an article is called is never kept: whoever calls us could otherwise write to
strangers in the shop's name. Mail and page use the titles of the shop's own catalogue.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from plugin.contracts.platform import LinksCarts
from plugin.errors import ConflictError, NotFoundError
from plugin.model import Shop, storefront_id
from plugin.security import digest
from plugin.services import limits
from plugin.services.context import Context
from plugin.store import campaigns, catalogue
from plugin.store import saved_carts as store
from plugin.store.saved_carts import SavedCart
from plugin.store.shops import shop_by_id

LIFETIME = timedelta(days=store.KEEP_DAYS)
#: Where the storefront finds campaign and token of the cart to put in (exit_intent/basket.ts).
MARK = "#bleib-cart="
_TOKEN_BYTES = 16
_WINDOW = timedelta(hours=1)
_OF_ONE_NET_ADDRESS = 60
_OF_ONE_SHOP = 5000


@dataclass(frozen=True)
class Item:
    """An article in a cart, as the storefront calls it."""

    variant: str
    product: str
    quantity: int


@dataclass(frozen=True)
class Named:
    """An article of a saved cart with the title of the shop's catalogue, "" where it has none."""

    item: Item
    title: str


@dataclass(frozen=True)
class Found:
    """What stands behind a link; without shop if nothing does any more, without `link` if over."""

    shop: Shop | None
    language: str
    items: tuple[Named, ...] = ()
    link: str | None = None
    ends_at: datetime | None = None


def save(
    context: Context, shop: Shop, request_id: str, items: Sequence[Item], lang: str, net: str
) -> str:
    """Keep a cart for 14 days and return the address of its link.

    The same request id a second time gets the same link. ConflictError("campaign_not_published")
    where the shop offers no such thing, TooManyError above the limits.
    """
    token = _token(context, shop, request_id)
    with context.db.write() as connection:
        must_be_offered(connection, shop)
        new = store.insert_cart(
            connection,
            shop.id,
            request_id=request_id,
            token_hash=digest(token),
            items=[_row(item) for item in items],
            language=lang if lang in shop.languages else shop.languages[0],
            at=context.now(),
        )
        if new:
            _limit(connection, context, shop, "cart_net", net, _OF_ONE_NET_ADDRESS)
            _limit(connection, context, shop, "cart_shop", "all", _OF_ONE_SHOP)
    return link_of(context, token)


def items_of(context: Context, shop: Shop, token: str) -> tuple[Named, ...]:
    """Return what is in a saved cart; NotFoundError("not_found") if its link is over."""
    with context.db.read() as connection:
        return named(connection, shop, living(connection, context, shop, token))


def peek(context: Context, token: str) -> Found:
    """Return what the page behind a link shows; changes nothing."""
    with context.db.read() as connection:
        shop_id = store.shop_of_cart(connection, digest(token))
        shop = None if shop_id is None else shop_by_id(connection, shop_id)
        if shop is None or shop.state != "installed":
            return Found(None, "de")
        cart = store.cart_of(connection, shop.id, digest(token))
        if cart is None or _is_over(context, cart):
            return Found(shop, cart.language if cart else shop.languages[0])
        return Found(
            shop,
            cart.language,
            named(connection, shop, cart),
            _way_back(connection, context, shop, token, cart),
            cart.created_at + LIFETIME,
        )


def link_of(context: Context, token: str) -> str:
    """Return the address that opens a saved cart anywhere."""
    return context.url(f"/b/{token}")


def living(connection: Connection, context: Context, shop: Shop, token: str) -> SavedCart:
    """Return the shop's cart behind a token; NotFoundError("not_found") if it is over."""
    cart = store.cart_of(connection, shop.id, digest(token))
    if cart is None or _is_over(context, cart):
        raise NotFoundError("not_found")
    return cart


def named(connection: Connection, shop: Shop, cart: SavedCart) -> tuple[Named, ...]:
    """Return what is in a cart, by the names that the shop itself gives its articles."""
    items = [Item(**row) for row in cart.items]
    found = catalogue.titles(connection, shop.id, sorted({item.product for item in items}))
    titles = {storefront_id(product): title for product, title in found.items()} | found
    return tuple(Named(item, titles.get(item.product, "")) for item in items)


def must_be_offered(connection: Connection, shop: Shop) -> None:
    """Raise ConflictError("campaign_not_published") where no campaign offers to take a cart."""
    if _campaign(connection, shop) is None:
        raise ConflictError("campaign_not_published")


def _token(context: Context, shop: Shop, request_id: str) -> str:
    # Made from the browser's random id under our key: the same again when it asks again, and
    # nothing that the database alone could tell.
    whole = bytes.fromhex(context.keys.check_value(shop.id, "saved_cart", request_id))
    return base64.urlsafe_b64encode(whole[:_TOKEN_BYTES]).decode().rstrip("=")


def _limit(
    connection: Connection, context: Context, shop: Shop, name: str, key: str, most: int
) -> None:
    limits.hit(connection, context, shop.id, name, key, limit=most, window=_WINDOW)


def _campaign(connection: Connection, shop: Shop) -> int | None:
    """Return the campaign that offers to take a cart along, while the shop is not stopped."""
    if shop.stopped_at is not None:
        return None
    running = campaigns.published_campaigns(connection, shop.id)
    return next((one.id for one in running if one.settings.get("content") == "basket"), None)


def _row(item: Item) -> dict[str, Any]:
    return {"variant": item.variant, "product": item.product, "quantity": item.quantity}


def _is_over(context: Context, cart: SavedCart) -> bool:
    return context.now() >= cart.created_at + LIFETIME


def _way_back(
    connection: Connection, context: Context, shop: Shop, token: str, cart: SavedCart
) -> str:
    platform = context.maybe(shop, LinksCarts)
    home = shop.storefront_url.rstrip("/")
    if platform is not None:
        return platform.cart_link(home, [(row["variant"], row["quantity"]) for row in cart.items])
    campaign = _campaign(connection, shop)
    # Without a campaign there is nobody on the page who could put it in.
    return f"{home}/" if campaign is None else f"{home}/{MARK}{campaign}.{token}"
