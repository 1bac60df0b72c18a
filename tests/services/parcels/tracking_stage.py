"""A shop with keys at tracking APIs and parcels under way, played turn by turn."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from plugin.carrier_apis import build_carrier_apis
from plugin.model import Shop
from plugin.services import orders
from plugin.services.context import Context
from plugin.services.parcels import tracking, tracking_keys
from plugin.services.steps import Postpone
from plugin.store.orders import shipments
from plugin.store.parcel_events import parcel_events
from plugin.store.steps import Step
from plugin.store.tracking import CarrierKey, parcel_looks
from tests.conftest import MovingClock
from tests.fakes.things import a_parcel, an_order
from tests.fakes.tracking_apis import SECRETS, FakeTrackingApis, signed


class Stage:
    """A shop with parcels under way, and the APIs that may know them."""

    def __init__(self, context: Context, shop: Shop, clock: MovingClock) -> None:
        self.fake = FakeTrackingApis()
        self.context = replace(context, carrier_apis=build_carrier_apis(self.fake))
        self.shop, self.clock = shop, clock

    def connect(self, *names: str, **more: str) -> None:
        for name in names:
            tracking_keys.connect(self.context, self.shop, name, {**SECRETS[name], **more})
        self.fake.asked.clear()
        self.clock.move(seconds=10)

    def sends(self, *parcels: dict[str, Any]) -> None:
        made = [
            a_parcel(place, **{"status": "LABEL_PRINTED", "expected_on": None, **values})
            for place, values in enumerate(parcels, 1)
        ]
        with self.context.db.write() as connection:
            orders.ingest(connection, self.context, self.shop, an_order(shipments=tuple(made)))

    def turn(self) -> float | None:
        """Run one turn; returns in how many seconds it goes on, None if it is done."""
        step = Step(1, self.shop.id, "tracking.look", "tracking.look:1", {}, 1)
        try:
            tracking.look(self.context, step)
        except Postpone as later:
            return later.seconds
        return None

    def turns(self) -> None:
        """Run turns until nothing is left to do now."""
        while (seconds := self.turn()) is not None:
            self.clock.move(seconds=seconds)

    def parcel(self, place: int = 1) -> Any:
        return self._rows(sa.select(shipments).order_by(shipments.c.shipment_id))[place - 1]

    def due(self, place: int = 1) -> datetime | None:
        rows = self._rows(sa.select(parcel_looks).order_by(parcel_looks.c.shipment_id))
        found: datetime | None = rows[place - 1].due_at
        return found

    def key(self, name: str) -> CarrierKey:
        return tracking_keys.present(self.context, self.shop)[name]

    def events(self) -> list[Any]:
        return self._rows(sa.select(parcel_events).order_by(parcel_events.c.happened_at))

    def push(self, client: FlaskClient, content: Any, hook: str = "as-hook", key: str = "") -> Any:
        body = json.dumps({"event": "tracking_update", "msg": content}).encode()
        path = f"/carriers/aftership/{key or self.shop.key}"
        return client.post(path, data=body, headers=signed(body, hook))

    def _rows(self, query: Any) -> list[Any]:
        with self.context.db.read() as connection:
            return list(connection.execute(query).all())
