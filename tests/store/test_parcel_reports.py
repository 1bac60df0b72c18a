"""Reports of parcels on both databases: each is kept once, and goes with its parcel or person."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from plugin.model import Milestone, ShippedLine, Shop
from plugin.services import orders, privacy
from plugin.services.context import Context
from plugin.services.parcels import taking
from plugin.store.orders import shipments
from plugin.store.parcel_events import parcel_events, shipment_lines
from tests.conftest import START
from tests.fakes.things import a_parcel
from tests.services.parcels.test_taking import QUIET, add, changes, read, row, scan, take


def test_reports_come_late_twice_and_in_any_order(context: Context, shop: Shop) -> None:
    take(context, shop, a_parcel(**QUIET))
    story = [scan("handed_over", 4), scan("in_transit", 3), scan("out_for_delivery", 2)]
    assert add(context, shop, story[2], story[0], story[2]) == taking.Added(2, 0)
    assert add(context, shop, *story) == taking.Added(1, 0)
    assert add(context, shop, *story) == taking.Added(0, 0)
    found = read(context, shop).parcels[0]
    assert (found.stage, found.phase, found.sent_at) == (4, "arriving", story[0].happened_at)
    assert changes(context) == [(None, "announced"), ("announced", "arriving")]
    kept = row(context)
    assert (kept.stage, kept.phase, kept.last_kind) == (4, "arriving", "out_for_delivery")


def test_erasing_a_person_takes_parcels_reports_and_open_steps_along(
    context: Context, shop: Shop
) -> None:
    mark = Milestone("7", "in_transit", START, "Köln")
    take(context, shop, a_parcel(milestones=(mark,), lines=(ShippedLine("a", 1),)))
    privacy.erase_person(context, shop, email="mara@post.example")
    with context.db.read() as connection:
        for table in (shipments, parcel_events, shipment_lines):
            assert connection.execute(sa.select(table)).all() == []
    assert changes(context) == []


def test_a_parcel_that_the_platform_drops_goes_with_its_reports(
    context: Context, shop: Shop
) -> None:
    order = take(context, shop, a_parcel(1), a_parcel(2))
    with context.db.write() as connection:
        rest = replace(order, shipments=(a_parcel(2),), updated_at=START)
        orders.ingest(connection, context, shop, rest)
        left = connection.execute(sa.select(parcel_events.c.shipment_id).distinct()).scalars()
        assert list(left) == ["gid://shopify/Fulfillment/2"]
