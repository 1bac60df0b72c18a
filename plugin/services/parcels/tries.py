"""How often somebody may look an order up who proves it by what could be guessed."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services import limits
from plugin.services.context import Context

WINDOW = timedelta(hours=1)
#: Wrong tries in an hour: for one order or parcel, and from one address of the net.
OF_ONE = 10
#: From a whole network: a /24, or of IPv6 the /48 that one customer of a provider is given.
OF_NETWORK = 60
#: By postcode or by a parcel's number in the whole shop, whoever asks: both are short enough to
#: be tried out by many machines that each ask once.
OF_SHOP = 300


@dataclass(frozen=True)
class Try:
    """One thing that is counted, and how often it may be in an hour."""

    name: str
    key: str
    most: int = OF_ONE


def tries_of(kind: str, number: str, net_address: str, *, guessable: bool) -> list[Try]:
    """Return what one look-up counts against.

    `kind` is what is asked for ("order", "parcel"), `number` which one. `guessable`: the proof is
    so short that the whole shop's tries are counted too.
    """
    tries = [
        Try(f"lookup_{kind}", number.casefold()),
        Try("lookup_net", net_address),
        Try("lookup_network", network_of(net_address), OF_NETWORK),
    ]
    return [*tries, Try("lookup_shop", kind, OF_SHOP)] if guessable else tries


def admit(connection: Connection, context: Context, shop: Shop, tries: list[Try]) -> None:
    """Count a look-up; TooManyError where one of its limits is reached, and then nothing counts."""
    for one in tries:
        limits.hit(connection, context, shop.id, one.name, one.key, limit=one.most, window=WINDOW)


def settle(
    connection: Connection, context: Context, shop: Shop, tries: list[Try], *, right: bool
) -> None:
    """Take the tries back of somebody who was right; for everybody else the same work is done."""
    for one in tries:
        key = one.key if right else ""
        limits.forgive(connection, context, shop.id, one.name, key, window=WINDOW)


def network_of(net_address: str) -> str:
    """Return the network that an address (or the /64 of a household) lies in."""
    try:
        known = ipaddress.ip_network(net_address, strict=False)
    except ValueError:
        return "unknown"
    return str(known.supernet(new_prefix=24 if known.version == 4 else 48))
