"""All parcels of a shop as its customers see them: how many are where, and which are stuck."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.order_rows import open_email
from plugin.services.parcels import punctuality
from plugin.services.parcels.carriers import proper_name
from plugin.services.parcels.links import page_link
from plugin.services.parcels.punctuality import Punctual
from plugin.store import parcel_counts as store
from plugin.store.parcel_counts import OpenParcel, StageCount, Stuck

#: What the page looks back on, in days.
DAYS = 28
#: A parcel that has been under way for longer is nobody's daily business any more.
_OPEN = timedelta(days=60)
#: Without any word of the carrier for so long a parcel is looked after.
SILENT = timedelta(days=3)
#: What a merchant has to look after whatever the date is.
_TROUBLES = ("delayed", "held", "address", "customs", "returned", "lost", "damaged")
#: Parcels on one page of those that are stuck, and how many parcels are counted one by one.
MOST_SHOWN, _MOST_ARRIVED = 200, 50_000

Standing = Literal["late", "due", "on_time", "returned", "lost", "damaged", "unpromised"]


@dataclass(frozen=True)
class StuckParcel:
    """A parcel that needs somebody.

    `email` is empty once the address was emptied; `late` is how many days it is behind the
    promised one (negative: ahead of it), None where no day was promised.
    """

    number: str
    link: str
    email: str
    carrier: str | None
    condition: str
    scanned: bool
    last_at: datetime | None
    last_place: str | None
    promised: date | None
    late: int | None

    @property
    def standing(self) -> Standing:
        """Return in one word what is the matter."""
        if self.condition == "returned":
            return "returned"
        if self.condition == "lost":
            return "lost"
        if self.condition == "damaged":
            return "damaged"
        if self.late is None:
            return "unpromised"
        if self.late > 0:
            return "late"
        return "due" if self.late == 0 else "on_time"


@dataclass(frozen=True)
class Overview:
    """What the page of parcels shows."""

    stages: Mapping[int, StageCount]
    unheard: int
    stuck: tuple[StuckParcel, ...]
    stuck_count: int
    carriers: tuple[Punctual, ...]
    countries: tuple[Punctual, ...]
    empty: bool


def overview(context: Context, shop: Shop, shown: int) -> Overview:
    """Return where parcels are, at most `shown` of those that are stuck, and who was punctual."""
    now, zone = context.now(), ZoneInfo(shop.zone)
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    since = midnight - timedelta(days=DAYS)
    stuck = _stuck(shop, now)
    with context.db.read() as connection:
        stages = store.stage_counts(connection, shop.id, since, midnight)
        found = store.stuck_parcels(connection, shop.id, stuck, shown)
        arrived = store.arrived_between(connection, shop.id, since, now, _MOST_ARRIVED)
        return Overview(
            stages={one.stage: one for one in stages},
            unheard=store.count_unheard(connection, shop.id, since, now - SILENT),
            stuck=tuple(_told(context, shop, one, stuck.today) for one in found),
            stuck_count=store.count_stuck(connection, shop.id, stuck),
            carriers=punctuality.by_carrier(arrived, zone),
            countries=punctuality.by_country(arrived, zone),
            empty=not store.any_parcel(connection, shop.id),
        )


def count_stuck(context: Context, shop: Shop) -> int:
    """Return how many parcels need somebody now."""
    with context.db.read() as connection:
        return store.count_stuck(connection, shop.id, _stuck(shop, context.now()))


def _stuck(shop: Shop, now: datetime) -> Stuck:
    today = now.astimezone(ZoneInfo(shop.zone)).date()
    return Stuck(now - _OPEN, now - SILENT, today, _TROUBLES)


def _told(context: Context, shop: Shop, one: OpenParcel, today: date) -> StuckParcel:
    promised = one.promised_on or one.expected_day
    sealed = one.email_sealed
    return StuckParcel(
        number=one.number,
        link=page_link(context, shop, one.order_id),
        email="" if sealed is None else open_email(context.keys, shop.id, sealed),
        carrier=proper_name(one.carrier),
        condition=one.condition,
        scanned=one.stage > 2,
        last_at=one.last_at,
        last_place=one.last_place,
        promised=promised,
        late=None if promised is None else (today - promised).days,
    )
