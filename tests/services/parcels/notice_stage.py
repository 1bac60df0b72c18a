"""A shop that has Bleib write about orders, and the moves that tests of those mails make."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from plugin.model import Order, ParcelEvent, ParcelKind, Shop
from plugin.services import mailing, orders
from plugin.services.context import Context
from plugin.services.parcels import late_notices, notice_settings, notices, taking
from plugin.services.steps import Runner, enqueue
from plugin.store.outbox import outbox
from tests.conftest import START
from tests.fakes.things import a_parcel, an_order

HANDLERS = {**notices.HANDLERS, **late_notices.HANDLERS, **mailing.HANDLERS}
PARCEL = a_parcel().id


class Stage:
    """One shop with an answered question, and its mails."""

    def __init__(self, context: Context, shop: Shop, *, shop_sends: bool = False) -> None:
        self.context, self.shop = context, shop
        notice_settings.answer(context, shop, shop_sends=shop_sends)

    def order(self, **values: Any) -> Order:
        """Let an order come in as the platform tells it."""
        order = an_order(**{"created_at": START - timedelta(days=2), **values})
        with self.context.db.write() as connection:
            orders.ingest(connection, self.context, self.shop, order)
        return order

    def announced(self, **values: Any) -> None:
        """Let an order come in whose parcel has only a label so far."""
        parcel = a_parcel(status="LABEL_PRINTED", expected_on=None)
        self.order(shipments=(parcel,), **values)
        self.work()

    def report(self, *kinds: ParcelKind, parcel: str = PARCEL, **values: Any) -> None:
        """Report something of a parcel, now, and let the worker work."""
        now = self.context.now()
        self.tell([ParcelEvent(kind, now, "carrier", **values) for kind in kinds], parcel)

    def tell(self, events: Iterable[ParcelEvent], parcel: str = PARCEL) -> None:
        """Report events of any time, and let the worker work."""
        with self.context.db.write() as connection:
            taking.add_events(connection, self.context, self.shop, parcel, events)
        self.work()

    def look(self) -> None:
        """Let the hourly look happen."""
        with self.context.db.write() as connection:
            key = f"look:{self.context.now()}"
            enqueue(connection, self.context, self.shop.id, "parcels.notices", key=key)
        self.work()

    def work(self) -> None:
        """Let the worker run everything that is due."""
        runner = Runner(self.context, HANDLERS, "test")
        while runner.run_due():
            pass

    def mails(self) -> list[str]:
        """Return the kinds of all mails in the order of their queuing; unsent ones with a mark."""
        query = sa.select(outbox.c.kind, outbox.c.state).order_by(outbox.c.id)
        with self.context.db.read() as connection:
            rows = connection.execute(query).all()
        return [row.kind if row.state == "sent" else f"{row.kind} {row.state}" for row in rows]
