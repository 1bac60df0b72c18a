"""Suggestions for a cart: learned from the shop's own orders, shown only with a true reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.engine import Connection

from plugin.model import Money, Shop
from plugin.services import campaigns, prices
from plugin.services.campaigns import PublishedCampaign
from plugin.services.context import Context
from plugin.services.suggestions.neighbours import Neighbour, Suggestion, suggest
from plugin.store import catalogue
from plugin.store import neighbours as store
from plugin.store.catalogue import Offer
from plugin.store.neighbours import NeighbourRow

WIDGET = "cross_sell"
#: Products of a cart that are looked at; more would cost and say little.
LONGEST_CART = 50
_MOST = 3
#: How many are ranked at a time: most are available, so one round is usually enough.
_ROUND = 24


@dataclass(frozen=True)
class Suggested:
    """A product for the cart, and the cart's product that explains it."""

    product: str
    variant: str
    handle: str
    title: str
    url: str
    image: str | None
    price: Money
    reason: str
    #: The lowest price of the 30 days before the present one, where that may be shown.
    before: Money | None = None


@dataclass(frozen=True)
class ForCart:
    """The answer for a cart: which campaign shows it, and what."""

    campaign: int | None
    items: tuple[Suggested, ...]


def for_cart(context: Context, shop: Shop, references: Sequence[str]) -> ForCart:
    """Return up to three products that go with a cart, best first.

    `references` are the platform's product ids, or the bare numbers in them; unknown ones count
    for nothing. Empty without a published campaign, while the shop is stopped, and where nothing
    that is available was bought often enough with what lies in the cart.
    """
    if shop.stopped_at is not None:
        return ForCart(None, ())
    with context.db.read() as connection:
        campaign = _campaign(connection, shop)
        if campaign is None:
            return ForCart(None, ())
        titles = catalogue.titles(connection, shop.id, list(references)[:LONGEST_CART])
        cart = sorted(titles)
        rows = store.neighbours_of(connection, shop.id, cart)
        limit = min(int(campaign.settings.get("limit", _MOST)), _MOST)
        found = _available(connection, shop, _neighbours(rows), cart, limit)
        offered = [offer.variant_id for _, offer in found]
        before = prices.before_of(connection, context, shop, offered)
    return ForCart(
        campaign.id,
        tuple(
            _suggested(shop, item, offer, titles, before.get(offer.variant_id))
            for item, offer in found
        ),
    )


def _campaign(connection: Connection, shop: Shop) -> PublishedCampaign | None:
    running = campaigns.published(connection, shop.id)
    return next((campaign for campaign in running if campaign.widget == WIDGET), None)


def _neighbours(rows: Mapping[str, Sequence[NeighbourRow]]) -> dict[str, list[Neighbour]]:
    return {
        product: [Neighbour(row.other_id, row.score, row.together) for row in found]
        for product, found in rows.items()
    }


def _available(
    connection: Connection,
    shop: Shop,
    neighbours: Mapping[str, Sequence[Neighbour]],
    cart: Sequence[str],
    limit: int,
) -> list[tuple[Suggestion, Offer]]:
    found: list[tuple[Suggestion, Offer]] = []
    seen: set[str] = set()
    while len(found) < limit:
        some = suggest(neighbours, cart, _ROUND, seen)
        if not some:
            break
        seen.update(item.product for item in some)
        offers = catalogue.offers(connection, shop.id, [item.product for item in some])
        found += [(item, offers[item.product]) for item in some if item.product in offers]
    return found[:limit]


def _suggested(
    shop: Shop, item: Suggestion, offer: Offer, titles: Mapping[str, str], before: Money | None
) -> Suggested:
    return Suggested(
        product=offer.product_id,
        variant=offer.variant_id,
        handle=offer.handle,
        title=offer.title,
        url=offer.url,
        image=offer.image_url,
        price=Money(offer.price.quantize(Decimal("0.01")), shop.currency),
        reason=titles[item.reason],
        before=before,
    )
