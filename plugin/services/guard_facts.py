"""What the discount guard knows of a shop when somebody asks: money, orders, products, time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services import excluding, guard_limits
from plugin.services.context import Context
from plugin.services.guard_margin import Bearable, bearable
from plugin.services.guard_request import VoucherRequest
from plugin.services.guard_rules import SHARE_DAYS, Facts, Limits, Ruling, cents_up, judge
from plugin.services.wording import Offer
from plugin.store import costs, guard_orders

#: What a percentage is reckoned from where a shop has neither orders nor a minimum.
_UNKNOWN_BASKET = Decimal(100)
#: Who had the page with the claim open when a quiet time began is still given what it said.
_STILL_OPEN = timedelta(hours=1)
_SECOND = timedelta(seconds=1)


def reserve_for(connection: Connection, shop: Shop, offer: Offer) -> Decimal:
    """Return what an offer may cost, in the shop's currency.

    A fixed amount costs that. A percentage is reckoned from the mean of the shop's newest orders,
    but never from less than twice the minimum basket (people with a minimum order above it, not
    at it), and from 100 where nothing is known.
    """
    if offer.kind == "amount":
        return offer.value
    basket = max(
        guard_orders.mean_order_total(connection, shop.id, shop.currency) or Decimal(0),
        2 * (offer.minimum or Decimal(0)),
    )
    return cents_up((basket or _UNKNOWN_BASKET) * offer.value / 100)


@dataclass(frozen=True)
class Look:
    """What the limits say, and for which products a voucher must not be valid."""

    ruling: Ruling
    excluded: tuple[str, ...] = ()


def look_at(
    connection: Connection,
    context: Context,
    shop: Shop,
    limits: Limits,
    request: VoucherRequest,
    wanted: Decimal,
) -> Look:
    """Return what the limits of the shop say now; an empty identity stands for anybody."""
    now = context.now()
    coded = guard_orders.coded_between(
        connection, shop.id, now - timedelta(days=SHARE_DAYS), now + _SECOND
    )
    facts = Facts(
        at=now,
        asked_on=_asked_on(limits, shop, request.asked_at, now),
        wanted=wanted,
        spent=guard_limits.spent_in(connection, shop, now),
        orders=coded.orders,
        coded=coded.coded,
        last_code=(
            guard_orders.last_coded_order(connection, shop.id, request.identity)
            if request.identity
            else None
        ),
        may_shrink=request.may_shrink,
    )
    if not limits.floor_on:
        return Look(judge(limits, facts))
    found = borne(connection, shop, limits, request.offer)
    some = len(found.excluded) < found.products
    if request.may_exclude and some:
        return Look(judge(limits, facts), found.excluded)
    return Look(judge(limits, replace(facts, bearable=found.share, margin_reason=found.reason)))


def borne(connection: Connection, shop: Shop, limits: Limits, offer: Offer) -> Bearable:
    """Return what is sold now bears of an offer, without what the merchant leaves out of it."""
    left_out = set(excluding.products_of(connection, shop, offer.excluded).values())
    sold = costs.costed_variants(connection, shop.id)
    offered = (variant for variant in sold if variant.product_id not in left_out)
    return bearable(limits, shop, offer, offered)


def _asked_on(limits: Limits, shop: Shop, asked: datetime | None, now: datetime) -> date:
    """Return the day that counts: at the beginning of a quiet time still the one before it."""
    zone = ZoneInfo(shop.zone)
    if asked is None:
        return now.astimezone(zone).date()
    day, before = (moment.astimezone(zone).date() for moment in (asked, asked - _STILL_OPEN))
    return before if limits.quiet_on_day(before) is None else day
