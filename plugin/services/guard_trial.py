"""A trial of limits: the orders of a past month, decided anew under other limits."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.guard_limits import month_of, month_start, next_month
from plugin.services.guard_margin import deepest, full_worth, tax_of, unit_cost
from plugin.services.guard_rules import CENT, SHARE_DAYS, Facts, Limits, QuietTime, Reason, judge
from plugin.store import costs, guard_orders
from plugin.store.costs import CostedVariant
from plugin.store.guard_orders import PastLine, PastOrder

#: Months that can be tried.
_MOST_MONTHS = 12
_ONE = Decimal(1)


@dataclass(frozen=True)
class Refused:
    """What a limit would have kept back: whole codes, or only a part of some."""

    reason: Reason
    codes: int
    amount: Decimal


@dataclass(frozen=True)
class Trial:
    """A month as it was and as it would have been; `real` and `limited` are costs by day."""

    month: date
    days: tuple[date, ...]
    real: tuple[Decimal, ...]
    limited: tuple[Decimal, ...]
    codes: int
    kept: int
    refused: tuple[Refused, ...]
    shortened: Refused
    quiet: tuple[QuietTime, ...]

    @property
    def cost(self) -> Decimal:
        """Return what the codes of the month really cost."""
        return sum(self.real, Decimal(0))

    @property
    def limited_cost(self) -> Decimal:
        """Return what they would have cost."""
        return sum(self.limited, Decimal(0))


def months(context: Context, shop: Shop) -> list[date]:
    """Return the past months of which every order is known, the newest first."""
    with context.db.read() as connection:
        span = guard_orders.order_months(connection, shop.id)
    if span is None:
        return []
    month, found = month_of(context.now(), shop.zone), list[date]()
    while len(found) < _MOST_MONTHS:
        month = (month - timedelta(days=1)).replace(day=1)
        # The month in which the first order came in may have begun before we knew the shop.
        if month_start(month, shop.zone) < span[0]:
            break
        found.append(month)
    return found


def with_codes(context: Context, shop: Shop, some: Sequence[date]) -> date | None:
    """Return the first of the months in which an order carried a code."""
    with context.db.read() as connection:
        for month in some:
            start, end = (month_start(one, shop.zone) for one in (month, next_month(month)))
            if guard_orders.coded_between(connection, shop.id, start, end).coded:
                return month
    return None


def run(context: Context, shop: Shop, month: date, limits: Limits) -> Trial:
    """Decide every order with a code of a month anew, in the order in which they came in."""
    start, end = month_start(month, shop.zone), month_start(next_month(month), shop.zone)
    back = timedelta(days=max(SHARE_DAYS, limits.cooldown_days))
    with context.db.read() as connection:
        orders = guard_orders.coded_orders(connection, shop.id, start - back, end, shop.currency)
        first = start - timedelta(days=SHARE_DAYS)
        others = guard_orders.uncoded_at(connection, shop.id, first, end, shop.currency)
        asked = [order.order_id for order in orders if order.placed_at >= start]
        lines = guard_orders.lines_of(connection, shop.id, asked) if limits.floor_on else {}
        ids = {line.variant_id for some in lines.values() for line in some if line.variant_id}
        known = costs.costs_of(connection, shop.id, sorted(ids))
    return replay(shop, month, limits, orders, others, Baskets(limits, shop, lines, known))


class Baskets:
    """Which share of an order's discount its products bear."""

    def __init__(
        self,
        limits: Limits,
        shop: Shop,
        lines: Mapping[str, Sequence[PastLine]],
        known: Mapping[str, CostedVariant],
    ) -> None:
        self._limits, self._tax = limits, tax_of(limits, shop)
        self._lines, self._known = lines, known

    def bears(self, order: PastOrder) -> tuple[Decimal, Reason]:
        """Return the share of the discount that may be given, and why not all of it."""
        if not self._limits.floor_on:
            return _ONE, "within_budget"
        lines = self._lines.get(order.order_id, ())
        worth, dearer = full_worth(order, lines)
        if not lines or worth <= 0:
            return Decimal(0), "cost_unknown"
        depth = min(order.discount / worth, _ONE)
        limits = [self._deepest(line, dearer) for line in lines]
        borne = sum(
            line.price * dearer * line.quantity
            for line, limit in zip(lines, limits, strict=True)
            if limit is not None and limit >= depth
        )
        return min(borne / worth, _ONE), "cost_unknown" if None in limits else "below_margin"

    def _deepest(self, line: PastLine, dearer: Decimal) -> Decimal | None:
        variant = self._known.get(line.variant_id or "")
        cost = None if variant is None else unit_cost(variant, self._tax)
        return deepest(line.price * dearer, cost, self._limits.floor, self._tax)


def replay(
    shop: Shop,
    month: date,
    limits: Limits,
    orders: Sequence[PastOrder],
    others: Sequence[datetime],
    baskets: Baskets,
) -> Trial:
    """Return what would have become of the codes of a month.

    `orders` carried one; `others` is when those without came in. Both begin before the month and
    are in the order of time.
    """
    replayed = _Replay(shop, month, limits, others, baskets)
    for order in orders:
        replayed.take(order)
    return replayed.trial()


class _Replay:
    def __init__(
        self,
        shop: Shop,
        month: date,
        limits: Limits,
        others: Sequence[datetime],
        baskets: Baskets,
    ) -> None:
        self._others = others
        self._zone, self._start = ZoneInfo(shop.zone), month_start(month, shop.zone)
        self._limits, self._baskets, self._month = limits, baskets, month
        length = (next_month(month) - month).days
        self._days = tuple(month + timedelta(days=n) for n in range(length))
        self._real = [Decimal(0)] * length
        self._limited = [Decimal(0)] * length
        self._refused: dict[Reason, list[Decimal]] = {}
        self._shortened: list[Decimal] = []
        self._codes = 0
        # Codes of the last 28 days under these limits: when, and whether one was given.
        self._window: deque[tuple[datetime, bool]] = deque()
        self._coded = 0
        self._last: dict[str, datetime] = {}

    def take(self, order: PastOrder) -> None:
        """Decide one order; before the month and without a discount everything stays as it was."""
        self._forget(order.placed_at - timedelta(days=SHARE_DAYS))
        asks = order.discount > 0 and order.placed_at >= self._start
        given = self._decide(order) if asks else True
        self._window.append((order.placed_at, given))
        self._coded += given
        if given and order.identity is not None:
            self._last[order.identity] = order.placed_at

    def _decide(self, order: PastOrder) -> bool:
        day = order.placed_at.astimezone(self._zone).date()
        place = (day - self._month).days
        self._codes += 1
        self._real[place] += order.discount
        share, reason = self._baskets.bears(order)
        wanted = (order.discount * share).quantize(CENT)
        facts = Facts(
            at=order.placed_at,
            asked_on=day,
            wanted=wanted or order.discount,
            spent=sum(self._limited, Decimal(0)),
            orders=len(self._window) + self._without_code(order.placed_at),
            coded=self._coded,
            last_code=self._last.get(order.identity or ""),
            bearable=_ONE if wanted else Decimal(0),
            margin_reason=reason,
        )
        ruling = judge(self._limits, facts)
        cost = (wanted * ruling.fraction).quantize(CENT)
        self._limited[place] += cost
        if ruling.verdict == "no":
            self._refused.setdefault(ruling.reason, []).append(order.discount)
        elif cost < order.discount:
            self._shortened.append(order.discount - cost)
        return ruling.verdict != "no"

    def _without_code(self, until: datetime) -> int:
        """Return how many orders without a code came in within the 28 days before a moment."""
        first = bisect_left(self._others, until - timedelta(days=SHARE_DAYS))
        return bisect_left(self._others, until) - first

    def _forget(self, before: datetime) -> None:
        while self._window and self._window[0][0] < before:
            self._coded -= self._window.popleft()[1]

    def trial(self) -> Trial:
        """Return what came of it."""
        refused = [
            Refused(reason, len(amounts), sum(amounts, Decimal(0)))
            for reason, amounts in self._refused.items()
        ]
        last = self._days[-1]
        return Trial(
            month=self._month,
            days=self._days,
            real=tuple(self._real),
            limited=tuple(self._limited),
            codes=self._codes,
            kept=self._codes - sum(one.codes for one in refused),
            refused=tuple(sorted(refused, key=lambda one: (-one.amount, one.reason))),
            shortened=Refused(
                "below_margin", len(self._shortened), sum(self._shortened, Decimal(0))
            ),
            quiet=tuple(
                one
                for one in self._limits.quiet
                if self._limits.quiet_on and one.start <= last and one.end >= self._month
            ),
        )
