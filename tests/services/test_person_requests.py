"""Requests of people: each has a deadline, is answered once, leaves a receipt without a name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from plugin.errors import NotFoundError
from plugin.model import Shop
from plugin.services import block_list, person_requests
from plugin.services.context import Context
from plugin.services.identity import identity_of
from plugin.services.inbound import seal_person
from plugin.services.person_requests import Person, due_on
from plugin.services.steps import Step
from plugin.store import inbox
from plugin.store.person_requests import person_requests as rows
from plugin.store.shops import inbox as messages
from tests.conftest import START, MovingClock
from tests.services.test_privacy import EVA, MARA, dump, live


def ask(context: Context, shop: Shop, kind: person_requests.Kind, email: str) -> int:
    with context.db.write() as connection:
        who = Person(email, None)
        return person_requests.note(connection, context, shop, kind, who, source="platform")


@pytest.mark.parametrize(
    ("came", "due"),
    [
        (datetime(2026, 11, 17, 9, tzinfo=UTC), date(2026, 12, 17)),
        (datetime(2027, 1, 31, 9, tzinfo=UTC), date(2027, 2, 28)),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), date(2027, 2, 1)),
    ],
)
def test_a_request_is_due_after_a_month_of_the_shops_own_calendar(
    came: datetime, due: date
) -> None:
    assert due_on(came, "Europe/Berlin") == due


def test_what_waits_stands_on_top_and_counts_down_past_its_day(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    ask(context, shop, "access", MARA)
    moving_clock.move(days=3)
    ask(context, shop, "access", EVA)
    assert [one.days_left for one in person_requests.listed(context, shop)] == [27, 30]
    person_requests.hand_out(context, shop, Person(MARA, None), "Anna", "staff:1")
    moving_clock.move(days=40)
    found = [(one.person, one.days_left) for one in person_requests.listed(context, shop)]
    assert found == [(EVA, -10), (None, None)]


def test_the_receipt_of_an_erasure_names_nobody(context: Context, shop: Shop) -> None:
    identity = live(context, shop, MARA, 1)
    ask(context, shop, "access", MARA)
    number = person_requests.erase(context, shop, Person(MARA, None), "Anna", "staff:1")
    erasure, _ = person_requests.get(context, shop, number)
    assert (erasure.kind, erasure.person, erasure.done_by) == ("erasure", None, "Anna")
    assert erasure.receipt["kept_locked"] == {"evidence": 1, "vouchers": 1}
    assert all(one.done_at == START for one in person_requests.listed(context, shop))
    assert identity not in dump(context, "evidence", "vouchers", "access_log")


def test_whoever_wants_no_mail_again_stays_a_check_value(context: Context, shop: Shop) -> None:
    person_requests.erase(context, shop, Person(MARA, None), "Anna", "staff:1", never_again=True)
    with context.db.read() as connection:
        identity = identity_of(context.keys, shop.id, MARA)
        assert block_list.is_blocked(connection, shop, identity)


def test_a_message_that_is_worked_on_twice_erases_and_is_noted_once(
    context: Context, shop: Shop
) -> None:
    live(context, shop, MARA, 1)
    with context.db.write() as connection:
        sealed = seal_person(context, shop.id, None, MARA)
        number = inbox.put_inbox(
            connection, shop.id, topic="t", key="k", received_at=START, body_sealed=sealed
        )
        person_requests.note(
            connection, context, shop, "erasure", Person(MARA, None), source="platform",
            inbox_id=number,
        )  # fmt: skip
    step = Step(1, shop.id, "privacy.erase", "e", {"inbox": number}, 1)
    person_requests.erase_noted(context, step)
    with context.db.write() as connection:  # as if the process had died before it forgot whom
        connection.execute(sa.update(messages).values(body_sealed=sealed))
    person_requests.erase_noted(context, step)
    (only,) = person_requests.listed(context, shop)
    assert only.receipt["erased"]["orders"] == 1


def test_a_request_of_another_shop_cannot_be_opened(
    context: Context, shop: Shop, make_shop: Callable[..., Shop]
) -> None:
    number = ask(context, shop, "access", MARA)
    with pytest.raises(NotFoundError):
        person_requests.get(context, make_shop("other.myshopify.com"), number)


def test_a_name_in_a_request_expires_before_its_receipt(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    from tests.services.test_privacy import retention

    ask(context, shop, "access", MARA)
    moving_clock.move(days=121)
    retention(context, shop)
    with context.db.read() as connection:
        row = connection.execute(sa.select(rows.c.person_sealed, rows.c.identity)).one()
    assert row.person_sealed is None
    assert row.identity is not None
