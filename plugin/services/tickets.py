"""Tickets: one for each view of a page, without which nothing that a browser reports counts."""

from __future__ import annotations

from datetime import timedelta

from plugin.errors import BadInputError, NotAllowedError
from plugin.model import Shop
from plugin.security import digest, random_token
from plugin.services import limits
from plugin.services.context import Context
from plugin.store.events import MARK_LENGTH, SERIES_LENGTH

_BITS = 128
_WINDOW = timedelta(minutes=10)
#: As many page views as beacons may come from one address: each view has one ticket.
_OF_ONE_NET_ADDRESS = 600
_OF_ONE_SHOP = 60_000
#: Longer than any ticket we write, so that no long text is worth decoding.
_LONGEST = 200
_WRONG = {"link_expired": "ticket_expired", "link_invalid": "ticket_invalid"}


def issue(context: Context, shop: Shop, net_address: str) -> str:
    """Return a new ticket of this shop, valid for six hours.

    Nothing is stored of it, and nothing in it says who asked. TooManyError above 600 tickets in
    ten minutes from one address.
    """
    with context.db.write() as connection:
        for name, key, most in (
            ("tickets_net", net_address, _OF_ONE_NET_ADDRESS),
            ("tickets_shop", "all", _OF_ONE_SHOP),
        ):
            limits.hit(connection, context, shop.id, name, key, limit=most, window=_WINDOW)
    return context.keys.sign("ticket", [shop.key, random_token(_BITS)])


def number_of(context: Context, shop: Shop, ticket: object) -> str:
    """Return the random number of a ticket.

    BadInputError("ticket_missing"), ("ticket_expired"), or ("ticket_invalid") for one that was
    made up, altered or given out for another shop.
    """
    if not isinstance(ticket, str) or not ticket:
        raise BadInputError("ticket_missing")
    try:
        if len(ticket) > _LONGEST:
            raise NotAllowedError("link_invalid")
        key, number = context.keys.unsign("ticket", ticket)
    except NotAllowedError as error:
        raise BadInputError(_WRONG[error.code]) from None
    if key != shop.key:
        raise BadInputError("ticket_invalid")
    return str(number)


def series_of(number: str, campaign: int, kind: str) -> str:
    """Return what the marks of one kind of event for one campaign begin with on one ticket."""
    return digest(f"{number}:{campaign}:{kind}")[:SERIES_LENGTH]


def mark_of(number: str, campaign: int, kind: str, own: str = "") -> str:
    """Return what is remembered of an event; `own` tells it from others of its series.

    Nobody can go back from it to the ticket.
    """
    return series_of(number, campaign, kind) + digest(own)[: MARK_LENGTH - SERIES_LENGTH]
