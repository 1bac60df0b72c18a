"""A shop of two years and any size, as it would stand in the database: for measuring its pages.

What browsers report is kept as daily sums, so that many events leave few rows: they are drawn over
days, campaigns, versions, arms and kinds, and their counts add up to the number asked for. Orders
and all that hangs on them stand there one by one, in the order in which they came in: the order, a
line or two, a parcel, the arms in its note, its place in its customer's life. Their sums are
worked out by the code that keeps them up with incoming orders (services/customers_over_time/
lives.py); those by arm are added up here as store/order_arms.py does. Everything is drawn from one
seed. Left out because no page of figures reads it: proofs, mails, articles and prices.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import numpy as np
import sqlalchemy as sa

from bench import bulk, figures_customers
from bench.figures_drawn import CHANNELS, DAYS, SEED, Drawn, draw, identity_of, margin_of, order_id
from plugin.model import Shop
from plugin.services.context import Context
from plugin.store import campaigns
from plugin.store.customer_orders import customer_orders
from plugin.store.guard import guard_decisions
from plugin.store.order_arms import margin_days, order_arms
from plugin.store.orders import counted_baskets, order_lines, orders, shipments
from plugin.store.steps import steps
from plugin.store.subscribers import subscribers
from plugin.store.vouchers import vouchers

Row = dict[str, Any]

#: The tables of a row or more for each order, or for many of them.
LONG = (
    orders, order_lines, counted_baskets, shipments, order_arms, customer_orders, subscribers,
    vouchers, guard_decisions, steps,
)  # fmt: skip

#: So many of a hundred orders bring a note of the arms, the others were placed before there was
#: one on the page, or by people who turned it off.
_NOTED, _CODED = 0.6, 0.1
_HELD = 0.1
_AT_ONCE = 20_000


@dataclass(frozen=True)
class Live:
    """A campaign with the version that was live on each day."""

    id: int
    widget: str
    arms: tuple[str, ...]
    versions: int

    def version_on(self, day: int) -> int:
        """The version of the n-th day."""
        return 1 + day * self.versions // DAYS


def fill(context: Context, shop: Shop, live: Sequence[Live], count: int, now: datetime) -> None:
    """Puts orders of the last two years into the tables, with everything that hangs on them."""
    start = datetime.combine(now.date() - timedelta(days=DAYS - 1), datetime.min.time(), UTC)
    found = draw(count)
    chance = np.random.default_rng(SEED + 1)
    sums: Counter[tuple[int, date, int, str, str]] = Counter()
    for first in range(0, count, _AT_ONCE):
        some = range(first, min(first + _AT_ONCE, count))
        with context.db.write() as connection:
            for table, rows in _rows(shop, found, some, start, chance, live, sums).items():
                bulk.put(connection, table, rows)
    _put_margins(context, shop, sums)
    figures_customers.put_customers(context, shop, found, start)
    figures_customers.state_costs(context, shop, now.date())


def published(context: Context, shop: Shop) -> list[Live]:
    """Two campaigns of each widget that compares, one of each other; four versions of each."""
    found = []
    moment = context.now() - timedelta(days=DAYS)
    with context.db.write() as connection:
        for name, widget in context.widgets.items():
            settings = widget.settings().model_dump(mode="json")
            compared = settings.get("experiment") is not None
            if settings.get("experiment", {}) and "b" in settings["experiment"]:
                settings["experiment"]["b"]["enabled"] = True
            for _ in range(2 if compared else 1):
                one = campaigns.insert_campaign(connection, shop.id, name, settings, moment)
                for _ in range(4):
                    campaigns.add_version(connection, shop.id, one, settings, moment)
                with_b = compared and "b" in settings["experiment"]
                arms = ("a", "b", "-") if with_b else ("a", "-") if compared else ("a",)
                found.append(Live(one, name, arms, 4))
    return found


def _rows(
    shop: Shop,
    found: Drawn,
    some: range,
    start: datetime,
    chance: np.random.Generator,
    live: Sequence[Live],
    sums: Counter[tuple[int, date, int, str, str]],
) -> dict[sa.Table, list[Row]]:
    tables: dict[sa.Table, list[Row]] = defaultdict(list)
    dice = chance.random((len(some), 5))
    comparing = [one for one in live if len(one.arms) > 1]
    for number, (noted, coded, held, which, arm) in zip(some, dice, strict=True):
        at = start + timedelta(seconds=int(found.second[number]))
        own = {"shop_id": shop.id, "order_id": order_id(number)}
        total, discount = int(found.total[number]), 500 if coded < _CODED else 0
        tables[orders].append(own | _order(shop, found, number, at, total, discount))
        tables[order_lines] += [own | line for line in _lines(number, total)]
        tables[counted_baskets].append(own | {"due": False, "epoch": 1, "basket": b""})
        tables[shipments].append(own | _parcel(number, at, start + timedelta(days=DAYS)))
        if noted >= _NOTED:
            continue
        day = int(found.second[number]) // 86_400
        one = comparing[int(which * len(comparing))]
        mine = "-" if held < _HELD else one.arms[int(arm * (len(one.arms) - 1))]
        margin = margin_of(found, number)
        for campaign, version, letter in (
            (0, 0, "-" if mine == "-" else "a"),
            (one.id, one.version_on(day), mine),
        ):
            place = (campaign, at.date(), version, letter)
            counts = {"revenue": total, "discount": discount, "margin": margin}
            row = {"campaign": campaign, "version": version, "arm": letter, "day": at.date()}
            tables[order_arms].append(own | row | {"counts": True} | counts)
            known = margin or 0
            counted = (1, total, discount, known, known * known, int(margin is None))
            for name, amount in zip(_SUMS, counted, strict=True):
                sums[*place, name] += amount
    return tables


_SUMS = ("orders", "revenue", "discount", "margin", "squares", "unknown")


def _order(shop: Shop, found: Drawn, number: int, at: datetime, total: int, discount: int) -> Row:
    customer = int(found.customer[number])
    check = identity_of(customer)
    return {
        "number": f"#{100_000 + number}",
        "identity": check,
        "email_check": check,
        "postcode_check": check,
        "email_sealed": None,
        "customer_id": str(customer),
        "link_hash": blake2b(f"{shop.key}{number}".encode(), digest_size=32).hexdigest(),
        "country": "DE",
        "currency": "EUR",
        "total": Decimal(total) / 100,
        "discount": Decimal(discount) / 100,
        "codes": ["BLEIB-1"] if discount else [],
        "paid": True,
        "placed_at": at,
        "updated_at": at + timedelta(days=3),
        "cancelled_at": None,
        "channel": CHANNELS[found.channel[number]],
    }


def _lines(number: int, total: int) -> Iterator[Row]:
    pieces = 1 + number % 2
    for place in range(pieces):
        yield {
            "line_id": f"{number}-{place}",
            "product_id": f"p{number % 5_000}",
            "variant_id": f"v{number % 20_000}",
            "title": "Wollsocken Talwind",
            "quantity": 1,
            "price": Decimal(total) / 100 / pieces,
            "source": None,
            "kept": None,
        }


def _parcel(number: int, placed: datetime, now: datetime) -> Row:
    sent = placed + timedelta(days=1)
    arrived = sent + timedelta(days=1 + number % 4)
    gone = arrived < now
    return {
        "shipment_id": f"gid://shopify/Fulfillment/{number}",
        "carrier": "DHL",
        "tracking_number": f"{340434161094000000 + 7 * number:020d}",
        "tracking_url": None,
        "status": "DELIVERED" if gone else "IN_TRANSIT",
        "created_at": min(sent, now),
        "updated_at": min(arrived, now),
        "expected_on": None,
        "delivered_at": arrived if gone else None,
        "stage": 5 if gone else 3,
        "condition": "delivered" if gone else "moving",
        "phase": None,
        "sent_at": min(sent, now),
        "arrived_at": arrived if gone else None,
        "expected_day": arrived.date(),
        "expected_until": arrived.date(),
        "confidence": "carrier",
        "promised_on": arrived.date(),
        "troubled": False,
        "last_at": min(arrived, now),
        "last_kind": None,
        "last_place": None,
        "changed_at": min(arrived, now),
    }


def _put_margins(
    context: Context, shop: Shop, sums: Counter[tuple[int, date, int, str, str]]
) -> None:
    places = {key[:-1] for key in sums}
    keys = ("campaign", "day", "version", "arm")
    rows = [
        {"shop_id": shop.id, **dict(zip(keys, place, strict=True))}
        | {name: sums[*place, name] for name in _SUMS}
        for place in sorted(places)
    ]
    with context.db.write() as connection:
        connection.execute(sa.insert(margin_days), rows)
