"""Events that browsers report: a closed list of kinds, each counted once, nothing about people."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from plugin.errors import BadInputError, TooManyError
from plugin.model import Shop
from plugin.services import insight, limits
from plugin.services.context import Context
from plugin.store import events as store

KINDS = frozenset({"impression", "dismissal", "open", "sign_up", "click", "add"})
#: Reported but not counted: the request itself is, when it is taken.
_COUNTED_ELSEWHERE = "sign_up"
MOST_EVENTS = 50
_FIELDS = {"id", "kind", "widget", "campaign", "at"}
_CLOCK_MAY_BE_OFF = timedelta(hours=24)
_WINDOW = timedelta(minutes=10)
_REQUESTS_OF_ONE_NET_ADDRESS = 600
_REQUESTS_OF_ONE_SHOP = 60_000


@dataclass(frozen=True)
class Event:
    """One reported event; `at` is when the browser says it happened."""

    id: str
    kind: str
    widget: str
    at: datetime


def take(context: Context, shop: Shop, body: dict[str, Any], net_address: str) -> None:
    """Count the events of one beacon; those that were reported before count no more.

    BadInputError("events_invalid") for anything that is not exactly as agreed: then none of them
    counts, and the refusal is counted instead. TooManyError above 600 beacons in ten minutes from
    one address.
    """
    try:
        events = _parse(context, body)
        with context.db.write() as connection:
            _limit(connection, context, shop, net_address)
            fresh = store.remember_events(
                connection, shop.id, sorted(event.id for event in events), context.now()
            )
            sums = Counter(
                (_day(context, shop, event), event.widget, event.kind)
                for event in events
                if event.id in fresh and event.kind != _COUNTED_ELSEWHERE
            )
            # In a fixed order, so that two beacons never wait for each other's rows.
            for (day, widget, kind), number in sorted(sums.items()):
                insight.count(connection, shop.id, day=day, widget=widget, kind=kind, count=number)
    except (BadInputError, TooManyError) as error:
        insight.refuse(context, shop, error.code)
        raise


def _limit(connection: Connection, context: Context, shop: Shop, net_address: str) -> None:
    for name, key, most in (
        ("events_net", net_address, _REQUESTS_OF_ONE_NET_ADDRESS),
        ("events_shop", "all", _REQUESTS_OF_ONE_SHOP),
    ):
        limits.hit(connection, context, shop.id, name, key, limit=most, window=_WINDOW)


def _parse(context: Context, body: dict[str, Any]) -> list[Event]:
    raw = body.get("events")
    if set(body) != {"events"} or not isinstance(raw, list) or not 0 < len(raw) <= MOST_EVENTS:
        raise BadInputError("events_invalid")
    events = [_event(context, item) for item in raw]
    if len({event.id for event in events}) != len(events):
        raise BadInputError("events_invalid")
    return events


def _event(context: Context, raw: object) -> Event:
    if not isinstance(raw, dict) or set(raw) != _FIELDS:
        raise BadInputError("events_invalid")
    known = raw["kind"] in KINDS if isinstance(raw["kind"], str) else False
    widget = raw["widget"]
    if not known or not isinstance(widget, str) or widget not in context.widgets:
        raise BadInputError("events_invalid")
    if type(raw["campaign"]) is not int or type(raw["at"]) is not int:
        raise BadInputError("events_invalid")
    return Event(_uuid(raw["id"]), raw["kind"], widget, _moment(raw["at"]))


def _uuid(value: object) -> str:
    try:
        return str(uuid.UUID(value)) if isinstance(value, str) and len(value) == 36 else _refused()
    except ValueError:
        return _refused()


def _refused() -> str:
    raise BadInputError("events_invalid")


def _moment(milliseconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        raise BadInputError("events_invalid") from None


def _day(context: Context, shop: Shop, event: Event) -> date:
    # A clock that is a little off is believed; one that is far off is not.
    now = context.now()
    off = abs(event.at - now) > _CLOCK_MAY_BE_OFF
    return insight.day_of(shop, now if off else event.at)
