"""Puts together what the page of an order shows: its words, and the sections of other parts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from plugin.services import service_promise, withdrawals
from plugin.services.context import Context
from plugin.services.parcels import notice_wishes, pieces, suggesting
from plugin.services.parcels.beginning import begun
from plugin.services.parcels.blocks import Block
from plugin.services.parcels.drawing import Drawing
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
    cart with the same articles. From `until` on it may be another by itself.
    """

    told: Told
    first: tuple[Block, ...]
    beside: tuple[Block, ...]
    suggested: tuple[Offer, ...]
    again: str | None
    again_label: str
    until: datetime

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
    shop = found.shop
    with begun(context, found, language) as drawing:
        lines = pieces.known_pieces(drawing.connection, shop, found.order.order_id)
        words = told(shop, found.status, language, drawing.now, pieces.shown(lines))
        blocks = _blocks(drawing)
    selling = _may_sell(drawing, words)
    shown = [block for block in blocks if selling or not block.advertises]
    return OrderPage(
        told=words,
        first=tuple(block for block in shown if block.first),
        beside=tuple(block for block in shown if not block.first),
        suggested=_suggested(drawing, words) if selling else (),
        again=pieces.again(context, shop, lines) if selling else None,
        again_label=Voice("parcels", shop, language).say("again"),
        until=drawing.until,
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


def _may_sell(drawing: Drawing, words: Told) -> bool:
    if words.disturbed or drawing.shop.stopped_at is not None:
        return False
    return not drawing.withdrawing and arm(drawing.order.order_id) != "h"


def _suggested(drawing: Drawing, words: Told) -> tuple[Offer, ...]:
    if not words.products:
        return ()
    # What is proposed goes by stock, prices and rules of the whole catalogue.
    drawing.only_this_quarter()
    return suggesting.suggested(drawing.context, drawing.shop, words.products, drawing.language)


def _blocks(drawing: Drawing) -> list[Block]:
    blocks = [
        *after.blocks(drawing),
        service_promise.block(drawing),
        withdrawals.block(drawing),
        notice_wishes.block(drawing),
    ]
    return [block for block in blocks if block is not None]
