"""Reports are kept, each once, and a change of the state is told once, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from plugin.contracts.shopwide import DeliveryPromise
from plugin.errors import NotFoundError
from plugin.model import Expected, Order, ParcelEvent, Shipment, ShippedLine, Shop
from plugin.services import orders
from plugin.services.context import Context
from plugin.services.parcels import promise, status, taking
from plugin.services.parcels.status import OrderStatus
from plugin.store import parcels as store
from plugin.store.orders import shipments
from plugin.store.steps import steps
from tests.conftest import START, MovingClock
from tests.fakes.things import a_line, a_parcel, an_order
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture

PARCEL = "gid://shopify/Fulfillment/1"
ORDER = "gid://shopify/Order/1007"
QUIET = {"status": "LABEL_PRINTED", "expected_on": None}


def take(context: Context, shop: Shop, *parcels: Shipment, **values: Any) -> Order:
    order = an_order(shipments=parcels, **values)
    with context.db.write() as connection:
        orders.ingest(connection, context, shop, order)
    return order


def add(context: Context, shop: Shop, *events: ParcelEvent, parcel: str = PARCEL) -> taking.Added:
    with context.db.write() as connection:
        return taking.add_events(connection, context, shop, parcel, events)


def scan(kind: Any, hours_ago: float = 1, **values: Any) -> ParcelEvent:
    return ParcelEvent(kind, START - timedelta(hours=hours_ago), "dhl", **values)


def read(context: Context, shop: Shop) -> OrderStatus:
    with context.db.read() as connection:
        order = store.order_by_id(connection, shop.id, ORDER)
        assert order is not None
        return status.read(connection, context, shop, order)


def changes(context: Context) -> list[tuple[str | None, str]]:
    with context.db.read() as connection:
        query = sa.select(steps.c.payload).where(steps.c.kind == "parcel.changed")
        told = connection.execute(query.order_by(steps.c.id)).scalars()
        return [(payload["from"], payload["to"]) for payload in told]


def row(context: Context) -> Any:
    with context.db.read() as connection:
        return connection.execute(sa.select(shipments)).one()


def test_the_same_scan_with_another_day_is_news(context: Context, shop: Shop) -> None:
    take(context, shop, a_parcel(**QUIET))
    for day in (23, 24, 24):
        add(context, shop, scan("in_transit", expected=Expected(date(2026, 11, day))))
    found = read(context, shop).parcels[0]
    assert (found.expected, found.first) == (
        Expected(date(2026, 11, 24)),
        Expected(date(2026, 11, 23)),
    )
    assert changes(context)[-1] == ("under_way", "delayed")


@pytest.mark.parametrize(
    "at",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1999, 12, 31, tzinfo=UTC),
        START + timedelta(days=2),
        datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
    ],
)
def test_a_report_of_a_time_that_cannot_be_is_refused(
    context: Context, shop: Shop, at: datetime
) -> None:
    take(context, shop, a_parcel(**QUIET))
    assert add(context, shop, ParcelEvent("delivered", at, "dhl")) == taking.Added(0, 1)
    assert read(context, shop).parcels[0].phase == "announced"


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31), date(2028, 1, 1)])
def test_a_day_that_cannot_be_is_left_out(context: Context, shop: Shop, day: date) -> None:
    take(context, shop, a_parcel(expected_on=day))
    add(context, shop, scan("in_transit", expected=Expected(day, until_day=day)))
    found = read(context, shop)
    assert (found.parcels[0].phase, found.expected) == ("under_way", None)


def test_words_of_a_carrier_are_cut_and_stay_text(context: Context, shop: Shop) -> None:
    take(context, shop, a_parcel(**QUIET))
    evil = "<img src=x onerror=alert(1)>\x00\u202e " + "x" * 500
    add(context, shop, scan("in_transit", place=evil, text=evil))
    last = read(context, shop).parcels[0].last
    assert last is not None
    assert (len(last.place or ""), len(last.text or "")) == (120, 300)
    assert not {"\x00", "\u202e"} & set(f"{last.place}{last.text}")


def test_an_unknown_parcel_takes_no_reports(context: Context, shop: Shop) -> None:
    with pytest.raises(NotFoundError):
        add(context, shop, scan("in_transit"))


def test_reports_of_one_shop_change_nothing_in_another(
    context: Context, shop: Shop, make_shop: Callable[..., Shop]
) -> None:
    other = make_shop(domain="other.myshopify.com")
    take(context, shop, a_parcel(**QUIET))
    with pytest.raises(NotFoundError):
        add(context, other, scan("delivered"))
    assert read(context, shop).parcels[0].phase == "announced"


def test_a_platform_that_says_the_same_again_reports_nothing_new(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    order = take(context, shop, a_parcel(status="IN_TRANSIT"))
    add(context, shop, scan("out_for_delivery", 0.5))
    for hours in (1, 2):
        moving_clock.move(hours=1)
        again = a_parcel(status="IN_TRANSIT", updated_at=START + timedelta(hours=hours))
        take(context, shop, again, updated_at=order.updated_at + timedelta(hours=hours))
    assert read(context, shop).parcels[0].phase == "arriving"


def test_old_parcels_are_taken_in_without_a_word(context: Context, shop: Shop) -> None:
    old = START - timedelta(days=30)
    take(context, shop, a_parcel(status="DELIVERED", created_at=old, updated_at=old))
    assert read(context, shop).parcels[0].phase == "delivered"
    assert changes(context) == []


def test_what_travels_under_one_number_is_one_parcel(context: Context, shop: Shop) -> None:
    number = "00340434161094000001"
    first = a_parcel(1, tracking_number=number, lines=(ShippedLine("a", 1),))
    second = a_parcel(2, tracking_number=f" {number} ", lines=(ShippedLine("b", 2),))
    take(context, shop, first, second)
    found = read(context, shop)
    assert [parcel.lines for parcel in found.parcels] == [
        (ShippedLine("a", 1), ShippedLine("b", 2))
    ]


def test_what_lies_in_no_parcel_yet_is_known(context: Context, shop: Shop) -> None:
    lines = (a_line(place=1, quantity=1), a_line(place=2, quantity=3))
    some = (ShippedLine(lines[0].id, 1), ShippedLine(lines[1].id, 1))
    take(context, shop, a_parcel(lines=some), lines=lines)
    assert [(item.title, item.quantity) for item in read(context, shop).unsent] == [
        ("Teeschale 2", 2)
    ]


def test_a_voided_label_is_no_parcel(context: Context, shop: Shop) -> None:
    take(context, shop, a_parcel(1, status="CANCELED"), a_parcel(2))
    assert [parcel.id for parcel in read(context, shop).parcels] == ["gid://shopify/Fulfillment/2"]


def test_the_promise_is_counted_in_open_days_from_the_order(context: Context, shop: Shop) -> None:
    wanted = DeliveryPromise(country="DE", region="BW", days={"DE": (2, 3)})
    with context.db.write() as connection:
        promise.PROMISE.put(connection, context, shop, wanted, seen=DeliveryPromise())
    placed = datetime(2026, 11, 20, 15, tzinfo=UTC)  # a Friday, after noon
    take(context, shop, created_at=placed)
    days = Expected(date(2026, 11, 25), date(2026, 11, 26), confidence="promise")
    assert read(context, shop).expected == days
    take(context, shop, a_parcel(expected_on=None), created_at=placed, updated_at=START)
    assert read(context, shop).parcels[0].expected == days
    assert row(context).promised_on == date(2026, 11, 26)
