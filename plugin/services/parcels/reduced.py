"""What a parcel's number alone tells: where that parcel is, and nothing of the order around it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from sqlalchemy.engine import Connection

from plugin.errors import InvalidFieldError
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.parcels import tries
from plugin.services.parcels.status import OrderStatus, status_of
from plugin.services.parcels.words import told
from plugin.store import order_pages
from plugin.store import parcels as store

_SEPARATORS = re.compile(r"[\s.\-]+")
_LONGEST = 40


@dataclass(frozen=True)
class ParcelAlone:
    """One parcel in words: no order number, no contents, no places, no date of the order."""

    title: str
    note: str
    carrier: str
    url: str | None
    url_label: str


def look_up(
    context: Context, shop: Shop, number: str, language: str, net_address: str
) -> ParcelAlone | None:
    """Say where a parcel is to somebody who knows its number; None if the shop has none such.

    Numbers are counted up by the carriers, so right ones count against the limits of `tries` like
    wrong ones. TooManyError above them, InvalidFieldError for what is no number.
    """
    compact = _SEPARATORS.sub("", number[: 2 * _LONGEST]).upper()
    if not (6 <= len(compact) <= _LONGEST and compact.isascii() and compact.isalnum()):
        raise InvalidFieldError("number_invalid", field="number")
    counted = tries.tries_of("parcel", compact, net_address, guessable=True)
    with context.db.write() as connection:
        tries.admit(connection, context, shop, counted)
    with context.db.read() as connection:
        known = order_pages.parcel_numbered(connection, shop.id, _spellings(number, compact))
        # A parcel that nobody may see takes the place of one that is not there.
        worked = known or order_pages.newest_parcel(connection, shop.id)
        status = None if worked is None else _status(connection, context, shop, *worked)
    alone = None if status is None else _alone(context, shop, status, language)
    return None if known is None else alone


def _spellings(number: str, compact: str) -> list[str]:
    """Return how a platform may have written it: as typed, in one, and as on a label."""
    fours = " ".join(compact[start : start + 4] for start in range(0, len(compact), 4))
    return sorted({compact, fours, number.strip()[: 2 * _LONGEST]})


def _status(
    connection: Connection, context: Context, shop: Shop, order_id: str, shipment_id: str
) -> OrderStatus | None:
    order = store.order_by_id(connection, shop.id, order_id)
    parcels = store.shipments_of(connection, shop.id, order_id)
    alone = [replace(one, milestones=()) for one in parcels if one.id == shipment_id]
    if order is None:
        return None
    return status_of(shop, replace(order, number=""), [], alone, context.now())


def _alone(context: Context, shop: Shop, status: OrderStatus, language: str) -> ParcelAlone | None:
    words = told(shop, status, language, context.now())
    if not words.parcels:
        return None
    parcel = words.parcels[0]
    return ParcelAlone(words.title, words.note, parcel.carrier, parcel.url, parcel.url_label)
