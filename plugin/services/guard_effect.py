"""What the vouchers brought: those who were offered one against those who got none, honestly.

Sign-ups are compared for each view of the form. Orders, revenue and margin are those of people
who signed up, within some weeks; who never gives an address cannot be assigned to an arm.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from plugin.model import Shop
from plugin.services import guard_limits, insight
from plugin.services.arms import COURTESY, HOLDOUT
from plugin.services.context import Context
from plugin.services.experiments import LEAST_EXPOSURES, LEAST_OUTCOMES
from plugin.services.guard_margin import Margins
from plugin.services.guard_rules import Limits
from plugin.services.insight.comparing import Comparison
from plugin.services.statistics import Interval, Sums
from plugin.store import costs, guard_orders
from plugin.store import guard as limits_store
from plugin.store import guard_effect as store
from plugin.store.guard_effect import SignedUp
from plugin.store.guard_orders import PastOrder

#: How far back the comparison looks at most, and how long after a sign-up an order counts.
LOOK_BACK = timedelta(days=180)
ORDER_WITHIN = timedelta(days=60)
#: How many standard errors a range reaches to either side, so that of 100 shops that look on each
#: of these days at most 5 ever see a difference that is none. As DAILY_Z, for twice as many days.
HALF_YEAR_Z = 3.1
#: Below this many buyers in one of the two groups an amount of money says nothing.
LEAST_BUYERS = 10
#: Of more orders than this share the cost is unknown: then no margin is stated.
_MOST_UNKNOWN = 0.05


@dataclass(frozen=True)
class Group:
    """One of the two groups, as counted: `exposures` saw the form."""

    exposures: int
    sign_ups: int
    confirmed: int
    buyers: int
    orders: int
    revenue: Decimal
    discount: Decimal


@dataclass(frozen=True)
class Effect:
    """What the vouchers brought since a day, over all that were offered one.

    Each interval is of the whole number or amount that came on top, negative where it was less,
    and holds for somebody who looks every day; None while there is not enough data. `margin` is
    None as well where the cost of too many orders is unknown (`unknown_orders`). `held_back` is
    the share in percent that gets none now.
    """

    since: date
    held_back: int
    given: Group
    held: Group
    sign_ups: Interval | None
    orders: Interval | None
    revenue: Interval | None
    margin: Interval | None
    unknown_orders: int

    @property
    def enough(self) -> bool:
        """Tell whether anything can be said at all."""
        return self.sign_ups is not None or self.orders is not None


def effect(context: Context, shop: Shop) -> Effect:
    """Return what the vouchers brought, in the shop's currency.

    It looks back at most half a year, and never past the day on which the share that is held back
    was changed: before it the two groups were drawn otherwise.
    """
    now = context.now()
    with context.db.read() as connection:
        saved = guard_limits.read(connection, shop.id)
        changed = limits_store.held_back_since(connection, shop.id)
        start = max(now - LOOK_BACK, changed or now - LOOK_BACK)
        since = insight.day_of(shop, start)
        morning = datetime.combine(since, time(), ZoneInfo(shop.zone))
        sums = store.arm_sums(connection, shop.id, COURTESY, since)
        people = store.signed_up(connection, shop.id, morning)
        bought = store.orders_of(
            connection, shop.id, [one.identity for one in people], morning, shop.currency
        )
        ids = [order.order_id for some in bought.values() for order in some]
        lines = guard_orders.lines_of(connection, shop.id, ids)
        variants = {line.variant_id for some in lines.values() for line in some if line.variant_id}
        known = costs.costs_of(connection, shop.id, sorted(variants))
    counts: dict[bool, dict[str, int]] = {True: defaultdict(int), False: defaultdict(int)}
    for row in sums:
        if row.arm != HOLDOUT:
            counts[row.arm == COURTESY][row.kind] += row.count
    margins = Margins(saved.limits, shop, lines, known)
    return _compared(since, saved.limits, counts, _purchases(people, bought, margins))


@dataclass
class _Purchases:
    """What the people of one group bought, by person."""

    orders: int = 0
    unknown: int = 0
    buyers: int = 0
    revenue: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    revenue_squares: float = 0.0
    margin: float = 0.0
    margin_squares: float = 0.0


def _purchases(
    people: Sequence[SignedUp], bought: Mapping[str, Sequence[PastOrder]], margins: Margins
) -> dict[bool, _Purchases]:
    found = {True: _Purchases(), False: _Purchases()}
    for person in people:
        arm = _arm_of(person)
        if arm is None or arm == HOLDOUT:
            continue
        orders = [
            order
            for order in bought.get(person.identity, ())
            if person.requested_at <= order.placed_at < person.requested_at + ORDER_WITHIN
        ]
        if orders:
            _add(found[arm == COURTESY], orders, margins)
    return found


def _arm_of(person: SignedUp) -> str | None:
    if person.arms.get("traffic") != "real":
        return None
    return next(
        (str(arm) for campaign, _, arm in person.arms["arms"] if campaign == person.campaign_id),
        None,
    )


def _add(sums: _Purchases, orders: Sequence[PastOrder], margins: Margins) -> None:
    revenue = sum((order.total for order in orders), Decimal(0))
    left = [margins.of(order) for order in orders]
    margin = float(sum(one for one in left if one is not None))
    sums.buyers += 1
    sums.orders += len(orders)
    sums.unknown += left.count(None)
    sums.revenue += revenue
    sums.discount += sum((order.discount for order in orders), Decimal(0))
    sums.revenue_squares += float(revenue) ** 2
    sums.margin += margin
    sums.margin_squares += margin**2


def _compared(
    since: date,
    limits: Limits,
    counts: Mapping[bool, Mapping[str, int]],
    bought: Mapping[bool, _Purchases],
) -> Effect:
    given, held = (_group(counts[held], bought[held]) for held in (False, True))
    unknown = bought[True].unknown + bought[False].unknown
    shown = min(given.exposures, held.exposures) >= LEAST_EXPOSURES
    money = shown and min(given.buyers, held.buyers) >= LEAST_BUYERS
    priced = unknown <= _MOST_UNKNOWN * (given.orders + held.orders)
    return Effect(
        since=since,
        held_back=limits.held_back,
        given=given,
        held=held,
        sign_ups=_share(given, held, given.sign_ups, held.sign_ups) if shown else None,
        orders=_share(given, held, given.buyers, held.buyers) if shown else None,
        revenue=_revenue(given, held, bought) if money else None,
        margin=_margin(given, held, bought) if money and priced else None,
        unknown_orders=unknown,
    )


def _group(counts: Mapping[str, int], bought: _Purchases) -> Group:
    return Group(
        exposures=counts.get("impression", 0),
        sign_ups=max(counts.get("sign_up", 0), 0),
        confirmed=max(counts.get("confirmed", 0), 0),
        buyers=bought.buyers,
        orders=bought.orders,
        revenue=bought.revenue,
        discount=bought.discount,
    )


def _share(given: Group, held: Group, hits: int, other: int) -> Interval | None:
    if hits + other < LEAST_OUTCOMES:
        return None
    # A late beacon may make more outcomes than exposures; no share is above 1.
    one, two = min(hits, given.exposures), min(other, held.exposures)
    return _on_top(Sums(one, one, given.exposures), Sums(two, two, held.exposures))


def _on_top(given: Sums, held: Sums) -> Interval:
    """Return what came on top for all who were offered a voucher, not for one of them."""
    return Interval(*(value * given.tries for value in lasting(given, held)))


def lasting(given: Sums, held: Sums) -> Interval:
    """Return by how much more a view of the form with a voucher brings, for daily looks."""
    found = Comparison()
    # In one piece: the shares of the groups are the same on all days that are looked at.
    found.add(given, held)
    return found.difference(HALF_YEAR_Z)


def _revenue(given: Group, held: Group, bought: Mapping[bool, _Purchases]) -> Interval:
    one, other = (
        Sums(float(sums.revenue), sums.revenue_squares, group.exposures)
        for sums, group in ((bought[False], given), (bought[True], held))
    )
    return _on_top(one, other)


def _margin(given: Group, held: Group, bought: Mapping[bool, _Purchases]) -> Interval:
    one, other = (
        Sums(sums.margin, sums.margin_squares, group.exposures)
        for sums, group in ((bought[False], given), (bought[True], held))
    )
    return _on_top(one, other)
