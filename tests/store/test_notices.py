"""What is due to be told of parcels, on both databases."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services.context import Context
from plugin.store import notices as store
from plugin.store.notices import DueParcel, Wishes
from plugin.store.orders import shipments
from plugin.store.outbox import outbox
from tests.conftest import START
from tests.fakes.things import a_parcel
from tests.services.parcels.notice_stage import PARCEL, Stage

TODAY, DAY = START.date(), timedelta(days=1)
OLD = START - timedelta(days=60)


def _put(connection: Connection, **values: object) -> None:
    empty = {"expected_day": None, "expected_until": None, "promised_on": None}
    connection.execute(sa.update(shipments).values(**{**empty, "condition": "normal", **values}))


def test_parcels_of_today_and_of_days_gone_by_are_due(context: Context, shop: Shop) -> None:
    Stage(context, shop).order(shipments=(a_parcel(),))
    order = "gid://shopify/Order/1007"
    today = [DueParcel(PARCEL, order, today=True)]
    before = [DueParcel(PARCEL, order, today=False)]
    with context.db.write() as connection:
        for values, due, stuck in (
            ({"expected_day": TODAY, "confidence": "carrier"}, today, []),
            ({"expected_day": TODAY, "confidence": "promise"}, [], []),
            ({"expected_day": TODAY, "expected_until": TODAY + DAY}, [], []),
            ({"expected_day": TODAY - DAY, "expected_until": TODAY}, [], []),
            ({"expected_day": TODAY - DAY}, before, before),
            ({"promised_on": TODAY - DAY}, before, before),
            ({"condition": "customs"}, [], before),
            ({"condition": "lost", "promised_on": TODAY - DAY}, [], []),
            ({"promised_on": TODAY - DAY, "arrived_at": START}, [], []),
        ):
            _put(connection, **values)
            assert store.due_parcels(connection, shop.id, OLD, TODAY) == due, values
            assert store.stuck_parcels(connection, shop.id, OLD, TODAY) == stuck, values
        assert store.due_parcels(connection, shop.id + 1, OLD, TODAY) == []


def test_wishes_are_kept_and_waiting_mails_dropped(context: Context, shop: Shop) -> None:
    stage = Stage(context, shop)
    stage.order(created_at=START)
    with context.db.write() as connection:
        assert store.wishes_of(connection, shop.id, "x", lock=True) == Wishes()
        store.put_wishes(connection, shop.id, "x", Wishes(quiet=True))
        store.put_wishes(connection, shop.id, "x", Wishes(on_the_day=True))
        assert store.wishes_of(connection, shop.id, "x") == Wishes(on_the_day=True)
        assert store.wishes_of(connection, shop.id + 1, "x") == Wishes()
        keys = ["received:gid://shopify/Order/1007", "received:other"]
        assert store.written(connection, shop.id, keys) == {keys[0]}
        for state, left in (("queued", "cancelled"), ("sending", "unknown"), ("sent", "sent")):
            connection.execute(sa.update(outbox).values(state=state))
            store.drop_unsent(connection, shop.id, keys)
            assert connection.execute(sa.select(outbox.c.state)).scalar() == left
