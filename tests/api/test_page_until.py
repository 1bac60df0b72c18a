"""A drawn page is true until the moment that its drawing names: never is it one of yesterday."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from plugin.api.parcel_sections import OrderPage, order_page
from plugin.errors import NotFoundError
from plugin.model import Shop
from plugin.services import suggestions
from plugin.services.context import Context
from plugin.services.parcels import finding, visits
from plugin.services.parcels.links import LIFETIME, token_of
from plugin.store.service_messages import service_messages
from tests.api.test_parcel_sections import ARRIVED, BEFORE
from tests.conftest import START, MovingClock
from tests.fakes.things import a_line, a_parcel, an_order
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture
from tests.services.parcels.test_shipments import take
from tests.services.service_promise.test_messages import found, open_nine_to_five, write

INSTANT = timedelta.resolution
#: The next day in the shop's zone begins; START is ten o'clock on a Saturday there.
MIDNIGHT = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)
#: When the platform began to call the parcel of `ARRIVED` delivered.
ARRIVED_AT = a_parcel(**ARRIVED).updated_at
LINES = (a_line(1007, 1),)


def drawn(context: Context, shop: Shop) -> OrderPage:
    token = token_of(context.keys, shop.id, an_order().id)
    return order_page(context, finding.by_token(context, token), language="de")


def at(moment: datetime, clock: MovingClock, context: Context, shop: Shop) -> OrderPage:
    clock.time = moment
    return replace(drawn(context, shop), until=MIDNIGHT)


def holding(context: Context, shop: Shop, clock: MovingClock) -> datetime:
    """Return until when a page drawn now holds, having tried that it does."""
    start = clock.time
    until = drawn(context, shop).until
    assert start < until
    first = at(start, clock, context, shop)
    for part in (0.1, 0.37, 0.8, 0.999):
        assert at(start + (until - start) * part, clock, context, shop) == first
    assert at(until - INSTANT, clock, context, shop) == first
    clock.time = start
    return until


def changes(until: datetime, context: Context, shop: Shop, clock: MovingClock) -> bool:
    """Tell whether the page is another from a moment on."""
    before = at(until - INSTANT, clock, context, shop)
    return at(until, clock, context, shop) != before


def test_a_parcel_of_tomorrow_comes_today_from_midnight_on(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    tomorrow = (START + timedelta(days=1)).date()
    take(context, shop, shipments=(a_parcel(expected_on=tomorrow),))
    assert holding(context, shop, moving_clock) == MIDNIGHT
    assert changes(MIDNIGHT, context, shop, moving_clock)
    assert "heute" in drawn(context, shop).told.title


def test_the_time_of_an_answer_is_told_until_it_is_over(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    take(context, shop)
    write(context, shop, found(context, shop), "Wo bleibt es?")
    due = START + timedelta(hours=2)
    with context.db.write() as connection:
        connection.execute(sa.update(service_messages).values(due_at=due))
    until = holding(context, shop, moving_clock)
    assert until == due + INSTANT
    assert changes(until, context, shop, moving_clock)


def test_somebody_is_asked_how_it_was_until_thirty_days_have_passed(
    context: Context, shop: Shop, moving_clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visits, "arm", lambda _: "h")
    take(context, shop, shipments=(a_parcel(**ARRIVED, milestones=(BEFORE,)),))
    moving_clock.move(days=29, hours=20)
    until = holding(context, shop, moving_clock)
    assert until == ARRIVED_AT + timedelta(days=30)
    assert changes(until, context, shop, moving_clock)


def test_a_link_is_over_at_its_moment(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    take(context, shop, updated_at=START)
    moving_clock.time = START + LIFETIME - timedelta(hours=1)
    until = holding(context, shop, moving_clock)
    assert until == START + LIFETIME + INSTANT
    moving_clock.time = until
    with pytest.raises(NotFoundError):
        drawn(context, shop)


def test_what_is_proposed_is_looked_up_again_every_quarter_of_an_hour(
    context: Context, shop: Shop, moving_clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugin.api.parcel_sections.arm", lambda _: "a")
    monkeypatch.setattr(suggestions, "answer", lambda *_: {"items": []})
    take(context, shop, lines=LINES, shipments=(a_parcel(**ARRIVED, milestones=(BEFORE,)),))
    moving_clock.move(minutes=7)
    assert holding(context, shop, moving_clock) == START + timedelta(minutes=15)


_PARCELS: list[dict[str, Any]] = [
    {},
    {"paid": False},
    {"cancelled_at": START},
    *({"shipments": (a_parcel(status=status),)} for status in ("IN_TRANSIT", "DELAYED", "LOST")),
    *(
        {"shipments": (a_parcel(expected_on=(START + timedelta(days=days)).date()),)}
        for days in (-3, 0, 2)
    ),
    {"shipments": (a_parcel(**ARRIVED), a_parcel(2, status="OUT_FOR_DELIVERY"))},
    {"shipments": (a_parcel(**ARRIVED),)},
]


@pytest.mark.parametrize("number", range(len(_PARCELS)))
def test_nothing_on_a_page_changes_before_the_moment_named(
    context: Context, shop: Shop, moving_clock: MovingClock, number: int
) -> None:
    chance = Random(number)
    take(context, shop, lines=LINES, **_PARCELS[number])
    if number % 2:
        open_nine_to_five(context, shop)
        write(context, shop, found(context, shop), "Wo bleibt es?")
    for _ in range(3):
        moving_clock.move(days=chance.choice((0, 1, 6)), minutes=chance.randrange(24 * 60))
        assert holding(context, shop, moving_clock) <= moving_clock.time + timedelta(hours=25)
