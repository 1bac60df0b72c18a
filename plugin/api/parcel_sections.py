"""Puts together what the page of an order shows: its words, and the sections of other parts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from plugin.model import Shop
from plugin.services import service_promise, withdrawals
from plugin.services.context import Context
from plugin.services.parcels import notice_wishes, pieces, suggesting
from plugin.services.parcels.blocks import Block
from plugin.services.parcels.finding import Found
from plugin.services.parcels.suggesting import Offer
from plugin.services.parcels.visits import arm
from plugin.services.parcels.words import Told, told
from plugin.services.service_promise import after
from plugin.services.wording import Voice


@dataclass(frozen=True)
class OrderPage:
    """Everything on the page of one order, in reading order.

    `first` stands below the title, `beside` in the second column. `again` is the address of a
    cart with the same articles.
    """

    told: Told
    first: tuple[Block, ...]
    beside: tuple[Block, ...]
    suggested: tuple[Offer, ...]
    again: str | None
    again_label: str

    @property
    def pictures(self) -> list[str]:
        """Return the addresses of all pictures on it."""
        told = [*self.told.items, *(item for one in self.told.parcels for item in one.items)]
        found = [*(item.picture for item in told), *(one.picture for one in self.suggested)]
        return [address for address in found if address]


def order_page(context: Context, found: Found, *, language: str) -> OrderPage:
    """Return what is shown of an order in a language.

    Nothing is advertised to whoever waits for a disturbed order, has withdrawn from it, or is
    among those who see the page without, to tell what it changes.
    """
    shop, order_id = found.shop, found.order.order_id
    lines = pieces.known_pieces(context, shop, order_id)
    words = told(shop, found.status, language, context.now(), pieces.shown(lines))
    blocks = _blocks(context, found, language)
    selling = _may_sell(context, shop, order_id, words)
    shown = [block for block in blocks if selling or not block.advertises]
    return OrderPage(
        told=words,
        first=tuple(block for block in shown if block.first),
        beside=tuple(block for block in shown if not block.first),
        suggested=(
            suggesting.suggested(context, shop, words.products, language) if selling else ()
        ),
        again=pieces.again(context, shop, lines) if selling else None,
        again_label=Voice("parcels", shop, language).say("again"),
    )


def public(drawing: OrderPage) -> dict[str, Any]:
    """Return the page as the public answer to a storefront: the one list of fields that leave."""
    return {
        **asdict(drawing.told),
        "first": [asdict(block) for block in drawing.first],
        "beside": [asdict(block) for block in drawing.beside],
        "again": drawing.again,
        "again_label": drawing.again_label,
    }


def _may_sell(context: Context, shop: Shop, order_id: str, words: Told) -> bool:
    if words.disturbed or shop.stopped_at is not None or arm(order_id) == "h":
        return False
    return not withdrawals.is_declared(context, shop, order_id)


def _blocks(context: Context, found: Found, language: str) -> list[Block]:
    shop, order, status = found.shop, found.order, found.status
    here = {"language": language, "page": found.page}
    blocks = [
        *after.blocks(context, shop, order, status, **here),
        service_promise.block(context, shop, order, status, **here),
        withdrawals.block(context, shop, order, status, **here),
        notice_wishes.block(context, shop, order, status, **here),
    ]
    return [block for block in blocks if block is not None]
