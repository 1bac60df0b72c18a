"""What is counted of parcels and of their page, and what is only said once there is enough."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from plugin.model import Shop
from plugin.services import insight, orders
from plugin.services.context import Context
from plugin.services.parcels import figures, punctuality, visits
from plugin.services.parcels.figures import ASSUMPTION, Assumption, Contacts
from plugin.store.parcel_counts import Arrived
from plugin.store.parcel_figures import Looked, first_looks
from tests.conftest import START, MovingClock
from tests.fakes.things import a_parcel, an_order
from tests.services.parcels.test_shipments import take

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = START.astimezone(BERLIN).date()


def an_arrival(hours: float = 48, *, promised: date | None = TODAY, **values: Any) -> Arrived:
    told: dict[str, Any] = {
        "carrier": "DHL",
        "country": "DE",
        "placed_at": START - timedelta(hours=hours),
        "sent_at": START - timedelta(hours=hours / 2),
        "arrived_at": START,
        "promised_on": promised,
    }
    return Arrived(**{**told, **values})


def test_a_parcel_is_punctual_by_the_calendar_of_the_shop() -> None:
    night = datetime(2026, 11, 20, 22, 30, tzinfo=ZoneInfo("UTC"))
    for promised, kept in ((date(2026, 11, 19), False), (date(2026, 11, 20), True)):
        one = an_arrival(arrived_at=night, promised=promised)
        assert punctuality.kept_promise(one, BERLIN) is kept
    after_midnight = night + timedelta(hours=1)
    assert not punctuality.kept_promise(
        an_arrival(arrived_at=after_midnight, promised=date(2026, 11, 20)), BERLIN
    )


def test_carriers_are_compared_by_their_proper_names_and_only_once_there_are_enough() -> None:
    late = TODAY - timedelta(days=1)
    rows = [an_arrival(carrier="dhl")] * 49 + [an_arrival(promised=late)]
    rows += [an_arrival(carrier="DPD")] * 49 + [an_arrival(carrier=None, promised=None)]
    first, second, nameless = punctuality.by_carrier(rows, BERLIN)
    assert (first.name, first.promised, first.kept) == ("DHL", 50, 49)
    assert first.share is not None
    assert first.share.low < first.share.value == 0.98 < first.share.high
    assert (second.name, second.share) == ("DPD", None)
    assert (nameless.name, nameless.arrived, nameless.promised) == ("", 1, 0)


def test_times_are_a_middle_and_nine_of_ten() -> None:
    rows = [an_arrival(hours) for hours in range(1, 101)]
    by_name = {one.name: one for one in figures.durations(rows)}
    assert (by_name["all"].half, by_name["all"].nine_of_ten) == (50, 90)
    assert (by_name["waiting"].half, by_name["travelling"].half) == (25, 25)
    assert figures.durations(rows[: figures.LEAST_TIMES - 1]) == ()


def test_a_parcel_scanned_before_its_order_was_told_counts_as_no_time_not_as_less() -> None:
    rows = [an_arrival(sent_at=START - timedelta(days=9))] * figures.LEAST_TIMES
    assert figures.durations(rows)[0].half == 0


def test_questions_saved_are_an_assumption_with_a_range_and_never_negative() -> None:
    some = Contacts(looked=1000, percent=5, asked=10)
    assert (some.low, some.avoided, some.high) == (15, 40, 90)
    assert Contacts(looked=10, percent=5, asked=10).avoided == 0


def looks(group: str, count: int, again: int) -> list[Looked]:
    found = (f"order {n}" for n in range(20_000))
    names = [name for name in found if visits.arm(name) == group][:count]
    assert len(names) == count
    soon = START + timedelta(days=figures.AGAIN_DAYS)
    return [Looked(name, START, soon if n < again else None) for n, name in enumerate(names)]


def test_one_in_ten_orders_has_a_page_that_tempts_nobody() -> None:
    drawn = [visits.arm(f"gid://shopify/Order/{n}") for n in range(10_000)]
    assert 900 < drawn.count("h") < 1100
    assert drawn == [visits.arm(f"gid://shopify/Order/{n}") for n in range(10_000)]


def test_nothing_is_said_of_new_orders_before_both_groups_are_large() -> None:
    few = figures.repeat_of(looks("a", 1000, 200) + looks("h", 150, 10))
    assert (few.to_come, few.difference) == (50, None)
    quiet = figures.repeat_of(looks("a", 1000, 10) + looks("h", 300, 2))
    assert (quiet.to_come, quiet.difference) == (0, None)


def test_more_new_orders_than_in_the_holdout_are_told_with_their_range() -> None:
    found = figures.repeat_of(looks("a", 9000, 2700) + looks("h", 1000, 150)).difference
    assert found is not None
    assert 0 < found.low < found.value < found.high
    assert found.value == pytest.approx(15)
    same = figures.repeat_of(looks("a", 9000, 1350) + looks("h", 1000, 150)).difference
    assert same is not None
    assert same.low < 0 < same.high


def test_an_order_that_comes_too_late_or_before_the_look_is_none_of_the_pages() -> None:
    (look,) = looks("a", 1, 0)
    for days in (-1, 0, figures.AGAIN_DAYS + 1):
        moved = Looked(look.order_id, look.at, look.at + timedelta(days=days))
        assert figures.repeat_of([moved]).shown.again == 0


def visit(context: Context, shop: Shop, order_id: str) -> None:
    with context.db.write() as connection:
        visits.visited(connection, context, shop, order_id)


def test_a_page_counts_once_a_day_for_each_order(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    day = insight.day_of(shop, context.now())
    first, second = (take(context, shop, id=f"Order/{n}", number=f"#{n}") for n in (1, 2))
    for order in (first, first, second):
        visit(context, shop, order.id)
    moving_clock.move(days=1)
    visit(context, shop, first.id)
    with context.db.read() as connection:
        assert visits.seen_today(connection, context, shop, first.id)
        assert not visits.seen_today(connection, context, shop, second.id)
    found = figures.figures(context, shop, day, day + timedelta(days=1))
    assert (found.visits, found.contacts.looked) == (3, 2)
    assert insight.overview(context, shop, day, day).of(visits.WIDGET).total("view") == 2


def test_whoever_orders_again_after_a_look_is_counted_once_the_time_is_over(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    first = take(context, shop, id="Order/1", number="#1")
    visit(context, shop, first.id)
    moving_clock.move(days=3)
    later = an_order(8, created_at=context.now(), updated_at=context.now())
    with context.db.write() as connection:
        orders.ingest(connection, context, shop, later)
    day = insight.day_of(shop, context.now())
    assert figures.figures(context, shop, day, day).repeat.shown.orders == 0
    moving_clock.move(days=figures.AGAIN_DAYS)
    repeat = figures.figures(context, shop, day, day).repeat
    assert repeat.shown.orders + repeat.held.orders == 1
    assert repeat.shown.again + repeat.held.again == 1


def test_the_share_is_what_the_merchant_says(context: Context, shop: Shop) -> None:
    with context.db.write() as connection:
        ASSUMPTION.put(connection, context, shop, Assumption(percent=8), seen=Assumption())
    assert figures.figures(context, shop, TODAY, TODAY).contacts.percent == 8


def test_of_many_parcels_the_newest_are_read_and_all_of_them_counted(
    context: Context, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "MOST_PARCELS", 2)
    for number in range(3):
        parcel = a_parcel(number, delivered_at=START - timedelta(hours=number))
        take(context, shop, id=f"Order/{number}", number=f"#{number}", shipments=(parcel,))
    visit(context, shop, "Order/0")
    day = START.astimezone(ZoneInfo(shop.zone)).date()
    found = figures.figures(context, shop, day, day)
    assert (found.arrived, found.punctual.arrived) == (3, 2)
    assert found.visits_each == pytest.approx(1 / 3)
    told = figures.by_day(context, shop, day - timedelta(days=1), day)
    assert (day, "delivered", "DHL", "DE", 3) in told


def test_the_order_after_is_that_of_the_same_person_and_not_cancelled(
    context: Context, shop: Shop
) -> None:
    orders_of = {1: "a@post.example", 2: "b@post.example", 3: "a@post.example"}
    for number, email in orders_of.items():
        moment = START + timedelta(days=number)
        take(
            context, shop, id=f"Order/{number}", number=f"#{number}", email=email, created_at=moment
        )
    gone = START + timedelta(days=2)
    take(
        context,
        shop,
        id="Order/9",
        number="#9",
        email=orders_of[1],
        created_at=gone,
        cancelled_at=gone,
    )
    for number in orders_of:
        visit(context, shop, f"Order/{number}")
    until = START + timedelta(days=1)
    with context.db.read() as connection:
        looked = first_looks(connection, shop.id, START - timedelta(days=1), until, 10)
    found = {one.order_id: one.next_at for one in looked}
    assert found == {"Order/1": START + timedelta(days=3), "Order/2": None, "Order/3": None}


def test_the_table_tells_each_day_carrier_and_country(context: Context, shop: Shop) -> None:
    assert figures.by_day(context, shop, TODAY, TODAY) == []
    visit(context, shop, take(context, shop).id)
    assert figures.by_day(context, shop, TODAY, TODAY) == [(TODAY, "page_visits", "", "", 1)]
