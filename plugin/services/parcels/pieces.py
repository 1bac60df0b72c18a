"""What an article of an order looks like, which form of it was bought, and how to buy it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sqlalchemy.engine import Connection

from plugin.contracts.platform import LinksCarts
from plugin.model import Shop, storefront_id
from plugin.services.context import Context
from plugin.services.wording import page_address
from plugin.store.parcel_pieces import PieceFacts, pieces_of

#: What platforms call the one form of a product that comes in no others.
_NO_CHOICE = {"", "default title", "default"}
#: Twice the 72 pixels that it is shown in, for sharp screens.
_WIDTH = 144
#: Hosts that return a picture in the width that is asked for.
_RESIZING = ("cdn.shopify.com",)
_MOST_AGAIN = 50


@dataclass(frozen=True)
class Known:
    """Of one line: the address of its picture ("" without one), and what was chosen."""

    picture: str
    choice: str


def known_pieces(connection: Connection, shop: Shop, order_id: str) -> Sequence[PieceFacts]:
    """Return what the catalogue says of each line of an order."""
    return pieces_of(connection, shop.id, order_id)


def shown(pieces: Sequence[PieceFacts]) -> Mapping[str, Known]:
    """Return picture and choice of each line, by its id."""
    return {piece.line_id: Known(picture(piece.image_url), _choice(piece)) for piece in pieces}


def picture(address: str | None) -> str:
    """Return a picture's address, smaller where its host can make it so; "" if it is none."""
    whole = page_address(address or "")
    if whole is None:
        return ""
    parts = urlsplit(whole)
    if parts.hostname not in _RESIZING:
        return whole
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "width"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("width", str(_WIDTH))])))


def again(context: Context, shop: Shop, pieces: Sequence[PieceFacts]) -> str | None:
    """Return the address of a cart with the same articles, None where that cannot be.

    Left out is what can no longer be bought; a cart with none of it is no cart.
    """
    platform = context.maybe(shop, LinksCarts)
    if platform is None:
        return None
    items = [
        (storefront_id(piece.variant_id), piece.quantity)
        for piece in pieces
        if piece.variant_id and piece.available and piece.quantity > 0
    ]
    return platform.cart_link(shop.storefront_url, items[:_MOST_AGAIN]) if items else None


def _choice(piece: PieceFacts) -> str:
    if piece.options:
        told = [
            f"{name} {value}" for name, value in piece.options if value.casefold() not in _NO_CHOICE
        ]
        return ", ".join(told)
    title = (piece.variant_title or "").strip()
    return "" if title.casefold() in _NO_CHOICE else title
