"""Telling shoppers by mail what happened to their order: each thing once, and never out of order.

Nothing here proposes or sells. What is told follows from the present state of a parcel, not from
the report that came in: of reports that come late only the last counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from plugin.contracts.shopwide import Notices
from plugin.model import Order, Shop
from plugin.services import mailing, steps, syncing
from plugin.services.context import Context
from plugin.services.order_rows import open_email
from plugin.services.parcels import notice_settings
from plugin.services.parcels.notice_values import order_values, parcel_values, phase_of, status_in
from plugin.services.parcels.state import Phase
from plugin.services.parcels.status import OrderStatus, ParcelStatus
from plugin.services.steps import Handler, Step
from plugin.store import notices as store
from plugin.store import parcels
from plugin.store.notices import Wishes
from plugin.store.parcels import FoundOrder

__all__ = ["HANDLERS", "came_in", "drop_waiting", "key_of", "queue"]

#: What is older is no news: the shop told of it before it knew us, or a server was down.
_FRESH = timedelta(days=7)
#: An order that came in earlier was synchronised, not placed just now.
_JUST_PLACED = timedelta(hours=24)
#: Parcels made before are given up.
_WATCHED = timedelta(days=60)
#: What the calendar alone tells is told in the morning.
_MORNING = time(7)

_TOLD_BY: dict[Phase, str] = {
    "under_way": "on_its_way",
    "delayed": "delayed",
    "held": "delayed",
    "customs": "delayed",
    "address": "delayed",
    "arriving": "arriving",
    "pickup": "pick_up",
    "delivered": "delivered",
}
#: After which other mails one would come too late.
_OVERTAKEN_BY: dict[str, tuple[str, ...]] = {
    "received": (),
    "on_its_way": ("delayed", "arriving", "pick_up", "delivered"),
    "delayed": ("pick_up", "delivered"),
    "arriving": ("pick_up", "delivered"),
    "pick_up": ("delivered",),
    "delivered": (),
}


def came_in(connection: Connection, context: Context, shop: Shop, order: Order) -> None:
    """Tell the person of a new order that it has come in, within the caller's transaction."""
    if order.cancelled_at is not None or context.now() - order.created_at > _JUST_PLACED:
        return
    if not notice_settings.read(connection, shop.id).received:
        return
    found = parcels.order_by_id(connection, shop.id, order.id)
    if found is not None and found.email_sealed is not None:
        status = status_in(connection, context, shop, found)
        values = order_values(context, shop, found, status)
        _write(connection, context, shop, found, "received", order.id, values)


def changed(context: Context, step: Step) -> None:
    """Tell of a parcel that is somewhere else now (step `parcel.changed`)."""
    shop = syncing.shop_of_step(context, step)
    if shop is not None:
        with context.db.write() as connection:
            _tell(connection, context, shop, step.payload["order_id"])


def look(context: Context, step: Step) -> None:
    """Find parcels that are late or come today, though no report says so (step, every hour)."""
    shop = syncing.shop_of_step(context, step)
    if shop is None:
        return
    now = context.now().astimezone(ZoneInfo(shop.zone))
    with context.db.write() as connection:
        if not notice_settings.read(connection, shop.id).answered:
            return
        due = store.due_parcels(connection, shop.id, context.now() - _WATCHED, now.date())
        kinds = {one: "arriving" if one.today else "delayed" for one in due}
        known = store.written(
            connection, shop.id, [key_of(kind, one.shipment_id) for one, kind in kinds.items()]
        )
        for one, kind in kinds.items():
            if key_of(kind, one.shipment_id) in known:
                continue
            steps.enqueue(
                connection,
                context,
                shop.id,
                "parcel.due",
                {"order_id": one.order_id, "shipment_id": one.shipment_id},
                key=f"parcel.due:{now.date()}:{one.shipment_id}"[:160],
                due_at=datetime.combine(now.date(), _MORNING, now.tzinfo).astimezone(UTC),
            )


def _tell(connection: Connection, context: Context, shop: Shop, order_id: str) -> None:
    # Whoever writes next reads what is told here, and a state that is no older.
    order = parcels.order_by_id(connection, shop.id, order_id, lock=True)
    settings = notice_settings.read(connection, shop.id)
    if order is None or order.cancelled_at or not order.email_sealed or not settings.answered:
        return
    wishes = store.wishes_of(connection, shop.id, order_id)
    if wishes.quiet:
        return
    status = status_in(connection, context, shop, order)
    for parcel in status.parcels:  # one that changed may have become part of another
        kind = _news(context, shop, parcel)
        if (
            kind is not None
            and _wanted(kind, settings, wishes)
            and _is_fresh(context, parcel, kind)
        ):
            queue(connection, context, shop, order, status, parcel, kind)


def queue(
    connection: Connection,
    context: Context,
    shop: Shop,
    order: FoundOrder,
    status: OrderStatus,
    parcel: ParcelStatus,
    kind: str,
) -> None:
    """Write one mail about a parcel, unless it was written before or a later one was.

    Earlier ones that still wait in the outbox are dropped.
    """
    if store.written(connection, shop.id, _keys((kind, *_OVERTAKEN_BY[kind]), parcel.ids)):
        return
    values = parcel_values(connection, context, shop, order, status, parcel)
    _write(connection, context, shop, order, kind, parcel.id, values)
    earlier = [name for name, overtakers in _OVERTAKEN_BY.items() if kind in overtakers]
    keys = [key_of("received", order.order_id), *_keys(earlier, parcel.ids)]
    store.drop_unsent(connection, shop.id, keys)


def drop_waiting(connection: Connection, shop: Shop, order_id: str) -> None:
    """Let everything stay unsent that waits to be told of an order."""
    ids = [item.id for item in parcels.shipments_of(connection, shop.id, order_id)]
    keys = [key_of("received", order_id), *_keys(_OVERTAKEN_BY, ids)]
    store.drop_unsent(connection, shop.id, keys)


def _keys(kinds: Iterable[str], ids: Iterable[str]) -> list[str]:
    return [key_of(kind, one) for kind, one in product(kinds, ids)]


def key_of(kind: str, subject: str) -> str:
    """Return the key that lets a mail about a parcel or an order be written once."""
    return f"{kind}:{subject}"[:120]


def _news(context: Context, shop: Shop, parcel: ParcelStatus) -> str | None:
    kind = _TOLD_BY.get(phase_of(parcel))
    said, today = parcel.expected, context.now().astimezone(ZoneInfo(shop.zone)).date()
    comes_today = (
        said is not None
        and said.confidence != "promise"  # the shop's own promise knows nothing of this parcel
        and (said.day, said.until_day) == (today, None)
    )
    return "arriving" if comes_today and kind in ("on_its_way", "delayed") else kind


def _wanted(kind: str, settings: Notices, wishes: Wishes) -> bool:
    return bool(getattr(settings, kind)) or (kind == "arriving" and wishes.on_the_day)


def _is_fresh(context: Context, parcel: ParcelStatus, kind: str) -> bool:
    """Tell whether it is news: by the last report, or by the day that the calendar tells of."""
    told = [parcel.last.happened_at] if parcel.last else []
    if kind == "delivered" and parcel.delivered_at is not None:
        told = [parcel.delivered_at]  # a label may have been printed again since
    day = {"arriving": parcel.expected, "delayed": parcel.first}.get(kind)
    if day is not None:
        told.append(datetime.combine(day.last_day, time(), UTC))
    return any(abs(context.now() - moment) < _FRESH for moment in told)


def _write(
    connection: Connection,
    context: Context,
    shop: Shop,
    order: FoundOrder,
    kind: str,
    subject: str,
    values: dict[str, Any],
) -> None:
    mailing.queue(
        connection,
        context,
        shop,
        kind,
        key_of(kind, subject),
        open_email(context.keys, shop.id, order.email_sealed or ""),
        shop.languages[0],
        values,
    )


HANDLERS: dict[str, Handler] = {
    "parcel.changed": changed,
    "parcel.due": changed,
    "parcels.notices": look,
}
