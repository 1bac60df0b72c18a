"""The shop's own promise: on which open days a parcel comes that nobody else tells a day of."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from plugin.contracts.shopwide import DeliveryPromise
from plugin.model import Expected, ParcelEvent, Shop
from plugin.services.parcels import business_days
from plugin.services.parcels.events import named
from plugin.services.shop_settings import Whole
from plugin.store.parcel_events import KeptEvent

PROMISE = Whole("promise", DeliveryPromise)


def promised(
    settings: DeliveryPromise, shop: Shop, placed_at: datetime, country: str | None
) -> Expected | None:
    """Return the days promised for an order, None where the shop promises nothing.

    Counted in open days of the place it is sent from: an order after the hour of dispatch, or of
    a day on which nobody works, counts as one of the next open day. The last day is one on which
    parcels are brought where it goes to.
    """
    days = settings.days_to(country)
    if days is None:
        return None
    local = placed_at.astimezone(ZoneInfo(shop.zone))
    home, region = settings.country, settings.region
    start = local.date()
    if business_days.is_open(start, home, region) and local.hour >= settings.until_hour:
        start = business_days.add(start, 1, home, region)
    start = business_days.add(start, 0, home, region)
    first, last = (
        business_days.next_delivery_day(
            business_days.add(start, count, home, region), country or home
        )
        for count in days
    )
    return Expected(first, last if last > first else None, confidence="promise")


def of_order(
    connection: Connection, shop: Shop, placed_at: datetime, country: str | None
) -> Expected | None:
    """Return the days promised for an order, as `promised`."""
    return promised(PROMISE.read(connection, shop.id), shop, placed_at, country)


def told(
    connection: Connection, shop: Shop, placed_at: datetime, country: str | None, now: datetime
) -> list[KeptEvent]:
    """Return the promise as the first report of a parcel, nothing where there is none."""
    days = of_order(connection, shop, placed_at, country)
    if days is None:
        return []
    kept = named(ParcelEvent("unknown", placed_at, "merchant", expected=days), now, "promise")
    return [] if kept is None else [kept]
