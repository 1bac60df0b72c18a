"""Asks carriers where parcels are: one call at a time, within what each API allows; or is told.

Every turn claims its parcel and its call first, and asks then: whatever dies in between, nobody is
asked more often than they allow, and the parcel is due again by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.engine import Connection

from plugin.contracts.tracking import Asked, PushesTracking, Scan, Tracked
from plugin.errors import (
    AccessRevokedError,
    NotFoundError,
    PlatformError,
    PlatformRefusedError,
)
from plugin.model import ParcelEvent, Shop
from plugin.services import syncing, tenants
from plugin.services.context import Context
from plugin.services.parcels import carriers, looking, taking, tracking_keys
from plugin.services.parcels.events import possible
from plugin.services.parcels.tracking_keys import Ready
from plugin.services.steps import Handler, Postpone, Step
from plugin.store import parcel_events
from plugin.store import tracking as store
from plugin.store.tracking import CarrierKey, Watched

#: Older parcels are looked for no more; carriers keep their data for about as long.
_OLDEST = timedelta(days=60)
#: Among so many due ones the first is sought that is asked for where calls are left.
_MOST_DUE = 1000
#: So long a claimed parcel waits if nobody comes back to say what was found.
_CLAIMED = timedelta(minutes=30)
_NOBODY_ASKS = timedelta(days=1)
_TOLD_BY_ITSELF = timedelta(days=1)
#: A number that was refused so often is no number there.
_REFUSALS = 5
_log = structlog.get_logger("tracking")


@dataclass(frozen=True)
class _Turn:
    """One parcel, and where it is asked for."""

    parcel: Watched
    number: str
    carrier: str
    ready: Ready


def look(context: Context, step: Step) -> None:
    """Ask about the parcel that waits longest (step `tracking.look`), and go on with the next."""
    shop = syncing.shop_of_step(context, step)
    if shop is None:
        return
    ready = tracking_keys.ready(context, shop)
    turn = _claim(context, shop, ready) if ready else None
    if turn is None:
        if tracking_keys.present(context, shop):
            with context.db.write() as connection:
                store.drop_strays(connection, shop.id)
        return
    _ask(context, shop, turn)
    raise Postpone(turn.ready.api.pace.gap_seconds)


def receive(
    context: Context, shop_key: str, api_name: str, headers: Mapping[str, str], body: bytes
) -> int:
    """Take in what an API tells by itself; returns how many parcels of the shop it was about.

    NotFoundError("not_found") for an unknown shop or API, NotAllowedError for a wrong signature,
    BadInputError for a body that is none.
    """
    shop, api = tenants.shop_of_key(context, shop_key), context.carrier_apis.get(api_name)
    if shop is None or shop.state != "installed" or not isinstance(api, PushesTracking):
        raise NotFoundError("not_found")
    with context.db.read() as connection:
        key = store.key_of(connection, shop.id, api_name)
    if key is None:
        raise NotFoundError("not_found")
    access = tracking_keys.opened(context, key, context.carrier_apis[api_name]).access
    told = api.pushed(access, headers, body, shop.zone)
    with context.db.write() as connection:
        store.update_key(connection, shop.id, api_name, heard_at=context.now())
        return sum(_told(connection, context, shop, api_name, one) for one in told)


def _told(connection: Connection, context: Context, shop: Shop, api: str, tracked: Tracked) -> int:
    number = carriers.compact(tracked.number)
    ids = store.looked_for(connection, shop.id, number)
    count = 0
    for parcel in store.watched(connection, shop.id, ids):
        carrier = carriers.meant(parcel.carrier, parcel.tracking_number)
        if carrier is None or carrier.asks.get(api) != tracked.carrier:
            continue
        due_at = _take(connection, context, shop, parcel, api, tracked)
        later = None if due_at is None else max(due_at, context.now() + _TOLD_BY_ITSELF)
        store.put_look(connection, shop.id, parcel.shipment_id, number, later)
        count += 1
    return count


def _claim(context: Context, shop: Shop, ready: Mapping[str, Ready]) -> _Turn | None:
    now = context.now()
    with context.db.write() as connection:
        keys = {name: store.key_of(connection, shop.id, name, lock=True) for name in ready}
        if not any(_open(key, now) for key in keys.values()):
            return None
        for parcel in store.due(connection, shop.id, now, now - _OLDEST, _MOST_DUE):
            number = carriers.compact(parcel.tracking_number)
            turn = _turn(parcel, number, ready)
            if turn is None:
                later = now + _NOBODY_ASKS
                store.put_look(connection, shop.id, parcel.shipment_id, number, later)
                continue
            key = keys[turn.ready.api.name]
            if key is None or not _open(key, now):
                continue  # it stays where it is in the row, so that each has its turn
            _count(connection, turn.ready, key, now)
            store.put_look(
                connection, shop.id, parcel.shipment_id, number, now + _CLAIMED, parcel.failures
            )
            return turn
    return None


def _turn(parcel: Watched, number: str, ready: Mapping[str, Ready]) -> _Turn | None:
    carrier = carriers.meant(parcel.carrier, number)
    name = tracking_keys.asked_at(carrier, ready)
    if carrier is None or name is None or not carrier.number.fullmatch(number):
        return None
    return _Turn(parcel, number, carrier.asks[name], ready[name])


def _open(key: CarrierKey | None, now: datetime) -> bool:
    if key is None:
        return False
    asked = key.asked if key.day == now.astimezone(UTC).date() else 0
    connected = key.state == "connected" and key.next_at <= now
    return connected and looking.may_ask(key.per_day, asked, now)


def _count(connection: Connection, ready: Ready, key: CarrierKey, now: datetime) -> None:
    today = now.astimezone(UTC).date()
    store.update_key(
        connection,
        key.shop_id,
        key.api,
        day=today,
        asked=key.asked + 1 if key.day == today else 1,
        next_at=now + timedelta(seconds=ready.api.pace.gap_seconds),
    )


def _ask(context: Context, shop: Shop, turn: _Turn) -> None:
    asked = Asked(turn.number, turn.carrier, shop.languages[0], shop.zone)
    try:
        tracked = turn.ready.api.track(turn.ready.access, asked)
    except AccessRevokedError as error:
        _set_key(context, turn, state="revoked", error=error.code)
    except PlatformRefusedError as error:
        _refused(context, turn, error)
    except PlatformError as error:
        _rest(context, turn, error)
    else:
        _answered(context, shop, turn, tracked)


def _answered(context: Context, shop: Shop, turn: _Turn, tracked: Tracked | None) -> None:
    parcel, now = turn.parcel, context.now()
    with context.db.write() as connection:
        if not store.watched(connection, shop.id, [parcel.shipment_id]):
            return  # the shop took it back while we asked
        failures = 0
        if tracked is None or not (tracked.scans or tracked.expected):
            failures = parcel.failures + 1
            due_at: datetime | None = looking.after_nothing(
                failures, now, shop.zone, parcel.shipment_id
            )
        else:
            due_at = _take(connection, context, shop, parcel, turn.ready.api.name, tracked)
        store.put_look(connection, shop.id, parcel.shipment_id, turn.number, due_at, failures)
        key = turn.ready.key
        store.update_key(connection, shop.id, key.api, failures=0, error=None, heard_at=now)


def _refused(context: Context, turn: _Turn, error: PlatformError) -> None:
    if error.code == "tracking_forbidden":  # the key is right, but not for this API
        _rest(context, turn, error)
        return
    failures = turn.parcel.failures + 1
    later = None if failures >= _REFUSALS else context.now() + _NOBODY_ASKS
    _log.info("tracking.number_refused", api=turn.ready.key.api, failures=failures)
    with context.db.write() as connection:
        shop_id = turn.ready.key.shop_id
        store.put_look(connection, shop_id, turn.parcel.shipment_id, turn.number, later, failures)


def _rest(context: Context, turn: _Turn, error: PlatformError) -> None:
    """Leave an API alone for a while, longer with each failure; its parcels stay due."""
    failures = turn.ready.key.failures + 1
    pause = max(looking.pause_after(failures), timedelta(seconds=error.retry_after or 0))
    _set_key(context, turn, failures=failures, error=error.code, next_at=context.now() + pause)


def _set_key(context: Context, turn: _Turn, **values: object) -> None:
    key, parcel = turn.ready.key, turn.parcel
    with context.db.write() as connection:
        store.update_key(connection, key.shop_id, key.api, **values)
        store.put_look(
            connection,
            key.shop_id,
            parcel.shipment_id,
            turn.number,
            context.now(),
            parcel.failures,
        )


def _take(
    connection: Connection,
    context: Context,
    shop: Shop,
    parcel: Watched,
    api: str,
    tracked: Tracked,
) -> datetime | None:
    """Add what was told of a parcel; returns when to look for it again."""
    events = [_event(api, scan) for scan in tracked.scans]
    events += _expected(connection, context, shop, parcel, tracked)
    taking.add_events(connection, context, shop, parcel.shipment_id, events)
    now = context.now()
    for fresh in store.watched(connection, shop.id, [parcel.shipment_id]):
        last_at = fresh.last_at or fresh.created_at
        return looking.next_look(fresh.phase, last_at, now, shop.zone, fresh.shipment_id)
    return None


def _event(api: str, scan: Scan) -> ParcelEvent:
    kind = carriers.kind_of(api, scan.word, scan.text)
    # The sentence is read and not kept: it may name whoever took the parcel in.
    return ParcelEvent(kind, scan.happened_at, "carrier", scan.place)


def _expected(
    connection: Connection, context: Context, shop: Shop, parcel: Watched, tracked: Tracked
) -> list[ParcelEvent]:
    """Return the carrier's day as a report of now, if it is another than the one known."""
    expected = possible(tracked.expected, context.now())
    if expected is None:
        return []
    told = parcel_events.events_of(connection, shop.id, [parcel.shipment_id])
    days = [
        kept.event
        for kept in told[parcel.shipment_id]
        if kept.event.expected is not None and kept.event.source == "carrier"
    ]
    newest = max(days, key=lambda event: event.happened_at, default=None)
    if newest is not None and newest.expected == expected:
        return []
    return [ParcelEvent("unknown", context.now(), "carrier", expected=expected)]


HANDLERS: dict[str, Handler] = {"tracking.look": look}
