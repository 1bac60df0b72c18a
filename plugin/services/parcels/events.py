"""Reports of parcels from wherever they come, as one kind of event with a key that makes it one."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import get_args

from plugin.model import Expected, Milestone, ParcelEvent, ParcelKind, Shipment
from plugin.sanitize import plain_text
from plugin.services.parcels.carriers import kind_of
from plugin.services.parcels.state import AHEAD
from plugin.store.parcel_events import KeptEvent
from plugin.store.parcels import MILESTONE

#: Before this no shop sent anything with us; a report of such a day is a mistake.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
#: So far from the day of the report a day of delivery may lie.
_FURTHEST = timedelta(days=366)
_KINDS: dict[str, ParcelKind] = {kind: kind for kind in get_args(ParcelKind)}
#: Signs that turn the reading order of what stands behind them.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_PLACE, _TEXT, _WORD, _KEY = 120, 300, 40, 90


def named(event: ParcelEvent, now: datetime, word: str = "") -> KeptEvent | None:
    """Return an event cleaned and with its key; None for one of a time that cannot be.

    Two reports are the same one if source, kind, time, place and the day they promise are the
    same: what a source writes beside it may change with its language. Refused are reports before
    the year 2000 and more than a day ahead; a promised day more than a year away is left out.
    """
    if not EARLIEST <= event.happened_at <= now + AHEAD:
        return None
    clean = replace(
        event,
        place=_words(event.place, _PLACE),
        text=_words(event.text, _TEXT),
        expected=possible(event.expected, event.happened_at),
    )
    return KeptEvent(_key(clean), (word or event.kind)[:_WORD], clean)


def of_platform(
    platform: str, item: Shipment, held: Shipment | None, now: datetime
) -> list[KeptEvent]:
    """Return what a platform's answer about a parcel reports; `held` is its answer before.

    A platform tells of the present: that a word or a day is another than before is a report of
    the moment in which it changed.
    """
    found = [_milestone(platform, mark, now) for mark in item.milestones]
    known = {kept.event.kind for kept in found if kept is not None}
    told = _kind(platform, item.status)
    if told not in known and (held is None or held.status != item.status[:_WORD]):
        at = item.created_at if told == "announced" else item.updated_at
        found.append(named(ParcelEvent(told, at, "platform"), now, item.status))
    if item.delivered_at is not None:
        found.append(named(ParcelEvent("delivered", item.delivered_at, "platform"), now))
    if item.expected_on is not None and (held is None or held.expected_on != item.expected_on):
        at = item.created_at if held is None else item.updated_at
        day = Expected(item.expected_on, confidence="platform")
        found.append(named(ParcelEvent("unknown", at, "platform", expected=day), now, "expected"))
    return [kept for kept in found if kept is not None]


def _milestone(platform: str, mark: Milestone, now: datetime) -> KeptEvent | None:
    event = ParcelEvent(_kind(platform, mark.kind), mark.happened_at, "platform", mark.place)
    kept = named(event, now, mark.kind)
    return None if kept is None else replace(kept, key=f"{MILESTONE}{mark.id}"[:_KEY])


def _kind(platform: str, word: str) -> ParcelKind:
    found = kind_of(platform, word)
    return _KINDS.get(found, "unknown")


def _words(text: str | None, most: int) -> str | None:
    return None if text is None else _TURNS.sub("", plain_text(text))[:most].strip() or None


def possible(told: Expected | None, told_at: datetime) -> Expected | None:
    """Return a promised day without what cannot be; None for one more than a year away."""
    if told is None or not _near(told.day, told_at.date()):
        return None
    until = told.until_day
    if until is not None and not told.day < until <= told.day + _FURTHEST:
        return replace(told, until_day=None)
    return told


def _near(day: date, other: date) -> bool:
    return abs(day - other) <= _FURTHEST


def _key(event: ParcelEvent) -> str:
    told = event.expected
    parts = (
        event.source,
        event.kind,
        event.happened_at.astimezone(UTC).isoformat(),
        event.place or "",
        "" if told is None else repr(told),
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]
