"""Tickets: one for each view of a page, without which nothing that a browser reports counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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


@dataclass(frozen=True)
class Ticket:
    """One view of a page: its random number, and when it was handed out."""

    number: str
    at: datetime


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
    return sign(context, shop)


def sign(context: Context, shop: Shop) -> str:
    """Return a new ticket for a page that we write ourselves, which asks for none."""
    number, stamp = random_token(_BITS), round(context.now().timestamp())
    return context.keys.sign("ticket", [shop.key, number, stamp])


def number_of(context: Context, shop: Shop, ticket: object) -> str:
    """Return the random number of a ticket, as `read`."""
    return read(context, shop, ticket).number


def read(context: Context, shop: Shop, ticket: object) -> Ticket:
    """Return what a ticket says.

    BadInputError("ticket_missing"), ("ticket_expired"), or ("ticket_invalid") for one that was
    made up, altered or given out for another shop.
    """
    if not isinstance(ticket, str) or not ticket:
        raise BadInputError("ticket_missing")
    try:
        if len(ticket) > _LONGEST:
            raise NotAllowedError("link_invalid")
        # Tickets of an earlier version do not say when they were handed out: long ago.
        key, number, *at = context.keys.unsign("ticket", ticket)
    except NotAllowedError as error:
        raise BadInputError(_WRONG[error.code]) from None
    if key != shop.key:
        raise BadInputError("ticket_invalid")
    return Ticket(str(number), datetime.fromtimestamp(at[0] if at else 0, UTC))


def series_of(number: str, campaign: int, kind: str) -> str:
    """Return what the marks of one kind of event for one campaign begin with on one ticket."""
    return digest(f"{number}:{campaign}:{kind}")[:SERIES_LENGTH]


def mark_of(number: str, campaign: int, kind: str, own: str = "") -> str:
    """Return what is remembered of an event; `own` tells it from others of its series.

    Nobody can go back from it to the ticket.
    """
    return series_of(number, campaign, kind) + digest(own)[: MARK_LENGTH - SERIES_LENGTH]
