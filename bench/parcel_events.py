"""Reports of parcels shuffled, doubled, delayed and contradicting: does every parcel end right?

`python -m bench.parcel_events [--parcels N] [--reports N]`. All reports go through the service into
a database, a handful at a time, in an order that belongs to no parcel; then the stored state of
every parcel is held against the end of its story.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from time import perf_counter

import sqlalchemy as sa

from bench import made_orders
from bench.parcel_stories import NOW, Outcome, Story, stories
from bench.report import Budget, print_table, verdict
from plugin.model import ParcelEvent, Shipment, Shop
from plugin.services.context import Context
from plugin.services.parcels import taking
from plugin.store import parcels as store
from plugin.store.orders import shipments

PARCELS, REPORTS = 10_000, 100_000
_AT_ONCE = 200


@dataclass(frozen=True)
class Measured:
    """What came of it: parcels by story, the wrong ones among them, and what it took."""

    told: int
    refused: int
    seconds: float
    parcels: Counter[str]
    wrong: Counter[str]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.parcel_events")
    parser.add_argument("--parcels", type=int, default=PARCELS)
    parser.add_argument("--reports", type=int, default=REPORTS)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        context = replace(made_orders.opened(Path(folder)), clock=lambda: NOW)
        measured = measure(context, options.parcels, options.reports)
        context.db.dispose()
    return show(measured)


def measure(context: Context, parcels: int, reports: int) -> Measured:
    """Tells every story to the service and holds the outcome against it."""
    shop = made_orders.new_shop(context)
    told = {f"parcel-{number}": story for number, story in enumerate(stories(parcels, reports))}
    _announce(context, shop, list(told))
    start = perf_counter()
    new = refused = 0
    for some in _portions(told):
        with context.db.write() as connection:
            for parcel, events in some:
                added = taking.add_events(connection, context, shop, parcel, events)
                new, refused = new + added.new, refused + added.refused
    seconds = perf_counter() - start
    count = sum(len(story.reports) for story in told.values())
    return Measured(count, refused, seconds, *_judged(context, shop, told))


def _announce(context: Context, shop: Shop, ids: Sequence[str]) -> None:
    with context.db.write() as connection:
        for name in ids:
            parcel = Shipment(name, "DHL", None, None, "unknown", NOW, NOW, None, None)
            store.put_shipments(connection, shop.id, f"order-{name}", [parcel])


def _portions(told: dict[str, Story]) -> Iterator[list[tuple[str, list[ParcelEvent]]]]:
    """Yield the reports as they come in: a few of one parcel, then of quite another."""
    chance = Random(3)  # noqa: S311 - the same order every time
    calls: list[tuple[str, list[ParcelEvent]]] = []
    for name, story in told.items():
        left = list(story.reports)
        while left:
            count = chance.randint(1, 5)
            calls.append((name, left[:count]))
            del left[:count]
    chance.shuffle(calls)
    for start in range(0, len(calls), _AT_ONCE):
        yield calls[start : start + _AT_ONCE]


def _judged(
    context: Context, shop: Shop, told: dict[str, Story]
) -> tuple[Counter[str], Counter[str]]:
    kept = shipments.c
    query = sa.select(kept.shipment_id, kept.stage, kept.condition, kept.arrived_at).where(
        kept.shop_id == shop.id
    )
    with context.db.read() as connection:
        found = {
            row.shipment_id: Outcome(row.stage, row.condition, row.arrived_at)
            for row in connection.execute(query)
        }
    parcels: Counter[str] = Counter(story.name for story in told.values())
    wrong: Counter[str] = Counter(
        story.name for name, story in told.items() if found.get(name) != story.outcome
    )
    return parcels, wrong


def show(measured: Measured) -> int:
    """Prints the table and the verdict; returns the exit code."""
    rows = [
        [name, f"{count:,}", f"{measured.wrong[name]:,}"]
        for name, count in measured.parcels.items()
    ]
    print_table(["story", "parcels", "wrong"], rows)
    rate = measured.told / measured.seconds
    print(
        f"\n{measured.told:,} reports in {measured.seconds:.1f} s ({rate:,.0f} a second), "
        f"{measured.refused:,} of a time that cannot be refused"
    )
    count, wrong = measured.parcels.total(), measured.wrong.total()
    right = 100 * (count - wrong) / count
    return verdict([Budget("parcels in the right state (%)", right, 100.0, at_least=True)])


if __name__ == "__main__":
    sys.exit(main())
