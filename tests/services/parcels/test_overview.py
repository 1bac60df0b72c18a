"""What a merchant sees of all parcels: counted as their buyers see them, the stuck ones first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from plugin.model import Milestone, Shipment, Shop
from plugin.services.context import Context
from plugin.services.parcels import overview
from plugin.services.parcels.overview import Overview
from tests.conftest import START, MovingClock
from tests.fakes.things import a_parcel
from tests.services.parcels.test_shipments import take

DAY = timedelta(days=1)


def scanned(number: int, days_ago: float, place: str = "Köngen", **values: Any) -> Shipment:
    at = START - days_ago * DAY
    mark = Milestone(f"scan {number}", "IN_TRANSIT", at, place)
    told = {"created_at": at, "updated_at": at, "milestones": (mark,), **values}
    return a_parcel(number, **told)


def order(context: Context, shop: Shop, number: int, *parcels: Shipment, **values: Any) -> None:
    told = {"id": f"Order/{number}", "number": f"#{number}", "shipments": parcels, **values}
    take(context, shop, **told)


def look(context: Context, shop: Shop) -> Overview:
    return overview.overview(context, shop, 5)


def test_an_order_counts_where_the_last_of_its_parcels_is(context: Context, shop: Shop) -> None:
    order(context, shop, 1, paid=False)
    order(context, shop, 2)
    arrived = a_parcel(31, status="DELIVERED", delivered_at=START)
    order(context, shop, 3, arrived, scanned(32, 0.1))
    order(context, shop, 4, a_parcel(41, status="DELIVERED", delivered_at=START))
    order(context, shop, 5, cancelled_at=START)
    order(context, shop, 6, created_at=START - 40 * DAY)
    stages = look(context, shop).stages
    assert {stage: one.count for stage, one in stages.items()} == {1: 1, 2: 1, 3: 1, 4: 1}


def test_a_shop_without_parcels_is_told_so(context: Context, shop: Shop) -> None:
    assert look(context, shop).empty
    order(context, shop, 1, scanned(1, 0.1))
    assert not look(context, shop).empty


def test_late_silent_and_damaged_parcels_need_somebody_and_others_do_not(
    context: Context, shop: Shop
) -> None:
    far = (START + 3 * DAY).date()
    order(context, shop, 1, scanned(1, 4, "Hagen", expected_on=far))
    order(context, shop, 2, scanned(2, 2, expected_on=(START - DAY).date()))
    order(context, shop, 3, scanned(3, 0.2, status="LOST", expected_on=far))
    order(context, shop, 4, scanned(4, 0.2, expected_on=far))
    order(context, shop, 5, scanned(5, 9), cancelled_at=START)
    order(context, shop, 6, scanned(6, 70))
    found = look(context, shop)
    assert [one.number for one in found.stuck] == ["#2", "#1", "#3"]
    late, silent, lost = found.stuck
    assert (late.standing, late.late, late.email) == ("late", 1, "mara@post.example")
    assert (silent.standing, silent.last_place, silent.scanned) == ("on_time", "Hagen", True)
    assert lost.standing == "lost"
    assert "/s/" in late.link
    assert (found.stuck_count, found.unheard) == (3, 1)
    assert overview.count_stuck(context, shop) == found.stuck_count


def test_a_parcel_that_is_only_announced_is_not_lost_but_stuck_after_a_while(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    order(context, shop, 1, a_parcel(status="CONFIRMED", expected_on=None))
    assert look(context, shop).stuck == ()
    moving_clock.move(days=4)
    (one,) = look(context, shop).stuck
    assert (one.standing, one.scanned, one.late) == ("unpromised", False, None)


def test_those_who_wait_at_a_counter_are_waited_for(context: Context, shop: Shop) -> None:
    order(context, shop, 1, scanned(1, 5, status="READY_FOR_PICKUP", expected_on=None))
    assert look(context, shop).stuck == ()


def test_other_shops_parcels_are_not_counted(context: Context, make_shop: Any) -> None:
    ours, theirs = make_shop("a.myshopify.com"), make_shop("b.myshopify.com")
    order(context, theirs, 1, scanned(1, 9, expected_on=(START - DAY).date()))
    found = look(context, ours)
    assert (found.stages, found.stuck, found.empty) == ({}, (), True)
