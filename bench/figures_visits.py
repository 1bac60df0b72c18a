"""What two years of visitors and sign-ups leave in a database: sums of events, people, vouchers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

import numpy as np
import sqlalchemy as sa

from bench import bulk
from bench.figures_drawn import DAYS, identity_of
from bench.figures_shop import Live
from plugin.model import Shop
from plugin.services.context import Context
from plugin.store.events import event_days
from plugin.store.exposures import Place, add_exposures
from plugin.store.guard import guard_decisions
from plugin.store.steps import steps
from plugin.store.subscribers import subscribers
from plugin.store.vouchers import vouchers

Row = dict[str, Any]

#: How often each kind comes in a hundred events of an arm that shows something.
_KINDS = {"impression": 70, "dismissal": 14, "click": 9, "open": 4, "sign_up": 2, "confirmed": 1}
_TRAFFIC = {"real": 96, "robot": 3, "test": 1}
_HELD = 10
_AT_ONCE = 20_000
#: Of the people who signed up one in three is given a voucher; and each left so many steps.
_VOUCHERS, _STEPS = 3, 1.25


def count_events(context: Context, shop: Shop, live: Sequence[Live], count: int) -> int:
    """Puts the sums of so many reported events into the tables; returns how many rows they are."""
    end = context.now().date()
    cells = list(_cells(live, end))
    shares = np.array([weight for _, weight in cells], float)
    drawn = np.random.default_rng(10).multinomial(count, shares / shares.sum())
    widgets = {one.id: one.widget for one in live}
    sums: Counter[Place] = Counter()
    days: Counter[tuple[date, str, str]] = Counter()
    for (place, _), number in zip(cells, drawn.tolist(), strict=True):
        if not number:
            continue
        sums[place] += number
        if place.traffic == "real":
            days[place.day, widgets[place.campaign], place.kind] += number
        if place.kind in ("impression", "withheld"):
            # A page that meets any of them counts once for the whole shop.
            arm = "-" if place.arm == "-" else "a"
            whole = Place(place.day, 0, 0, arm, place.traffic, place.kind)
            sums[whole] += number
    rows = [
        {"shop_id": shop.id, "day": day, "widget": widget, "kind": kind}
        | {"count": number, "amount": Decimal(0)}
        for (day, widget, kind), number in sorted(days.items())
    ]
    with context.db.write() as connection:
        add_exposures(connection, shop.id, sums)
        connection.execute(sa.insert(event_days), rows)
    return len(sums) + len(rows)


def _cells(live: Sequence[Live], end: date) -> Iterator[tuple[Place, float]]:
    for index in range(DAYS):
        day = end - timedelta(days=DAYS - 1 - index)
        for one in live:
            for arm in one.arms:
                share = _HELD if arm == "-" else (100 - _HELD) / max(len(one.arms) - 1, 1)
                kinds = {"withheld": _KINDS["impression"]} if arm == "-" else _KINDS
                for kind, often in kinds.items():
                    for traffic, part in _TRAFFIC.items():
                        version = one.version_on(index)
                        place = Place(day, one.id, version, arm, traffic, kind)
                        yield place, share * often * part


def sign_up(context: Context, shop: Shop, live: Sequence[Live], count: int) -> None:
    """Puts subscribers into the tables, with vouchers, the guard's decisions and done steps."""
    now, asking = context.now(), next(one for one in live if "b" in one.arms)
    sealed = context.keys.seal(shop.id, "email", "person@post.example")

    def at(number: int) -> datetime:
        return now - timedelta(days=DAYS) * ((count - number) / count)

    def person(number: int) -> Row:
        return {
            "shop_id": shop.id,
            "identity": identity_of(number),
            "email_sealed": sealed,
            "state": "confirmed",
            "language": "de",
            "purposes": ["mail_service"],
            "campaign_id": asking.id,
            "campaign_version": 1,
            "widget": asking.widget,
            "requested_at": at(number),
            "confirmed_at": at(number),
            "mails_sent": 1,
            "customer_id": str(number),
            "throwaway": False,
        }

    _put(context, subscribers, person, count)
    issued = count // _VOUCHERS
    _put(context, vouchers, lambda number: _voucher(shop, asking, number, at(3 * number)), issued)
    _put(context, guard_decisions, lambda n: _decision(shop, asking, n, at(3 * n)), issued)
    done = int(count * _STEPS)
    _put(context, steps, lambda number: _step(shop, number, done, now), done)


def _put(context: Context, table: sa.Table, row: Callable[[int], Row], count: int) -> None:
    rows = (row(number) for number in range(count))
    while some := list(islice(rows, _AT_ONCE)):
        with context.db.write() as connection:
            bulk.put(connection, table, some)


def _voucher(shop: Shop, asking: Live, number: int, at: datetime) -> Row:
    redeemed = number % 4 == 0
    return {
        "shop_id": shop.id,
        "identity": identity_of(number),
        "code": f"BLEIB-{number:08}",
        "campaign_id": asking.id,
        "widget": asking.widget,
        "kind": "amount",
        "value": Decimal(5),
        "currency": "EUR",
        "reserved": Decimal(5),
        "state": "redeemed" if redeemed else "issued",
        "planned_at": at,
        "issued_at": at,
        "ends_at": at + timedelta(days=60),
        "redeemed_at": at + timedelta(days=3) if redeemed else None,
        "redeemed_amount": Decimal(5) if redeemed else None,
        "order_total": Decimal(60) if redeemed else None,
    }


def _decision(shop: Shop, asking: Live, number: int, at: datetime) -> Row:
    return {
        "shop_id": shop.id,
        "at": at,
        "month": at.date().replace(day=1),
        "identity": identity_of(number),
        "campaign_id": asking.id,
        "widget": asking.widget,
        "verdict": "allow",
        "reason": "within",
        "amount": Decimal(5),
        "currency": "EUR",
    }


def _step(shop: Shop, number: int, count: int, now: datetime) -> Row:
    at = now - timedelta(days=30) * ((count - number) / count)
    return {
        "shop_id": shop.id,
        "kind": "mail.send",
        "key": f"mail.send:{number}",
        "payload": {},
        "state": "done",
        "due_at": at,
        "attempts": 1,
        "created_at": at,
        "finished_at": at,
    }
