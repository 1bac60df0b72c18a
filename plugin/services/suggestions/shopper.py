"""Whose own purchases may count: somebody the shop vouches for, who agreed to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from plugin.errors import InvalidFieldError
from plugin.model import Shop
from plugin.services import identified
from plugin.services.context import Context
from plugin.services.identity import clean_email, identity_of
from plugin.store import shelf, subscribers


@dataclass(frozen=True)
class Shopper:
    """What a shopper had before: in how many orders that stand, by product."""

    bought: Mapping[str, int] = field(default_factory=dict)


def shopper_of(
    context: Context, shop: Shop, identifier: str, given: str, net_address: str
) -> Shopper:
    """Return what a shopper had, if they agreed to content based on what they buy; else nothing.

    `identifier` and `given` are as for `identified.vouch`, and so are the errors.
    """
    identified.vouch(context, shop, identifier, given, net_address)
    identity = customer = None
    with context.db.read() as connection:
        if "@" in identifier:
            try:
                identity = identity_of(context.keys, shop.id, clean_email(identifier))
            except InvalidFieldError:
                return Shopper()
            person = subscribers.subscriber_by_identity(connection, shop.id, identity)
        else:
            customer = identifier
            person = subscribers.subscriber_by_customer(connection, shop.id, customer)
        if person is None or person.state != "confirmed" or "personalised" not in person.purposes:
            return Shopper()
        return Shopper(shelf.bought_by(connection, shop.id, identity, customer))
