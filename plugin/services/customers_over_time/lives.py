"""What one person's orders add to the sums of a shop: nothing but arithmetic.

Orders of one person on one day are one purchase: who forgot something did not come back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from plugin.store.customer_orders import PARTS, Amounts, CustomerOrder, Place

#: After so many days it is looked what became of a customer; the last of them never ends.
HORIZONS = (0, 30, 60, 90, 120, 150, 180, 270, 365)
EVER = 100_000
#: Who has not bought for so many days is no active customer any more.
ACTIVE_DAYS = 365
#: From this purchase on they are added up together.
MOST_NUMBER = 5
_HUNDREDTH = PARTS // 100


def numbered(orders: Sequence[CustomerOrder]) -> list[CustomerOrder]:
    """Return the orders of one person, the oldest first, with what follows from all of them."""
    if not orders:
        return []
    life = sorted(orders, key=lambda order: (order.at, order.order_id))
    days = sorted({order.day for order in life})
    places = {day: number for number, day in enumerate(days, start=1)}
    return [
        replace(
            order,
            number=places[order.day],
            purchases=len(days),
            first_day=days[0],
            last_at=life[-1].at,
        )
        for order in life
    ]


def contributions(life: Sequence[CustomerOrder]) -> Iterator[tuple[Place, Amounts]]:
    """Return what a person adds to the sums; `life` as `numbered` returns it."""
    if not life:
        return
    days = sorted({order.day for order in life})
    yield from _horizons(life, days)
    for order in life:
        yield _purchase(order)
    yield from _active(days)
    if len(days) > 1:
        yield Place("gaps", (days[0].replace(day=1), (days[1] - days[0]).days)), (1,)


def _horizons(
    life: Sequence[CustomerOrder], days: Sequence[date]
) -> Iterator[tuple[Place, Amounts]]:
    first = days[0]
    for horizon in (*HORIZONS, EVER):
        within = [order for order in life if (order.day - first).days <= horizon]
        again = len(days) > 1 and (days[1] - first).days <= horizon
        margins = [order.margin for order in within if order.margin is not None]
        known = len(margins) == len(within)
        margin = sum(margins) if known else 0
        revenue = sum(order.revenue for order in within)
        place = Place("horizons", (horizon, first, life[0].channel))
        yield place, (1, int(again), revenue, margin, _square(margin), int(not known))


def _purchase(order: CustomerOrder) -> tuple[Place, Amounts]:
    place = Place("purchases", (order.day, min(order.number, MOST_NUMBER)))
    known = order.margin is not None
    return place, (1, order.revenue, _square(order.revenue), order.margin or 0, int(not known))


def _square(amount: int) -> float:
    """Return the square of an amount in whole hundredths: sums of whole numbers stay exact."""
    return float(round(amount / _HUNDREDTH) ** 2)


def _active(days: Sequence[date]) -> Iterator[tuple[Place, Amounts]]:
    away = timedelta(days=ACTIVE_DAYS)
    yield Place("active", (days[0],)), (1, 0, 0)
    for day, following in zip(days, [*days[1:], None], strict=True):
        if following is None or following - day > away:
            yield Place("active", (day + away,)), (0, 0, 1)
            if following is not None:
                yield Place("active", (following,)), (0, 1, 0)
