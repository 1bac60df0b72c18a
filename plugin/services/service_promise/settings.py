"""What a shop says about its service, and the opening hours that follow from it."""

from __future__ import annotations

from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from plugin.contracts.service import Service
from plugin.contracts.shopwide import DeliveryPromise
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.parcels import business_days
from plugin.services.parcels.promise import PROMISE
from plugin.services.service_promise.hours import Hours
from plugin.services.shop_settings import Whole

_WHOLE = Whole("service", Service)
#: What a shop says about its service; nothing, until the merchant says it.
read, get, of = _WHOLE.read, _WHOLE.get, _WHOLE.of


def both(context: Context, shop: Shop) -> tuple[Service, DeliveryPromise]:
    """Return what a shop promises: how it serves, and when its parcels come."""
    with context.db.read() as connection:
        return read(connection, shop.id), PROMISE.read(connection, shop.id)


def save(
    context: Context,
    shop: Shop,
    wanted: tuple[Service, DeliveryPromise],
    *,
    seen: tuple[Service, DeliveryPromise],
) -> None:
    """Set both for a merchant who saw `seen`.

    ConflictError("service_changed", "promise_changed") if they are others by now.
    """
    with context.db.write() as connection:
        _WHOLE.put(connection, context, shop, wanted[0], seen=seen[0])
        PROMISE.put(connection, context, shop, wanted[1], seen=seen[1])


def hours_of(connection: Connection, settings: Service, shop: Shop) -> Hours:
    """Return when the shop is open, without public holidays and the days it set apart."""
    return hours_by(settings, PROMISE.read(connection, shop.id), shop)


def hours_by(settings: Service, place: DeliveryPromise, shop: Shop) -> Hours:
    """Return when the shop is open, as `hours_of`; the holidays are those of `place`."""
    return Hours(settings.week, ZoneInfo(shop.zone), partial(_closed, settings, place))


def _closed(settings: Service, place: DeliveryPromise, day: date) -> bool:
    apart = any(pause.start <= day <= pause.end for pause in settings.pauses)
    return apart or business_days.is_holiday(day, place.country, place.region)
