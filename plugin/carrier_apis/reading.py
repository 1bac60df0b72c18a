"""Reads what tracking APIs write loosely: missing parts, times without a zone, odd dates.

A report that cannot be placed in time says nothing, and is left out; the others stay.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from plugin.shape import Node

#: No parcel of ours is older, and none is announced for later.
_YEARS = range(2000, 2100)
_SIGNS = re.compile(r"[\x00-\x1f\x7f]+")


def part(parent: Node, *keys: str) -> Node:
    """Return an object within objects, an empty one where any is missing."""
    for key in keys:
        value = parent.get(key)
        if not isinstance(value, dict):
            return {}
        parent = value
    return parent


def parts(parent: Node, key: str) -> list[Node]:
    """Return the objects of a list, none where it is missing."""
    value = parent.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def words(parent: Node, key: str, most: int = 200) -> str | None:
    """Return a text on one line, cut to `most` characters; None where it is missing or blank."""
    value = parent.get(key)
    if not isinstance(value, str):
        return None
    return " ".join(_SIGNS.sub(" ", value).split())[:most] or None


def moment(text: str | None, zone: str) -> datetime | None:
    """Return a time in UTC; one without a zone is meant in `zone`. None where it is none."""
    try:
        found = datetime.fromisoformat(text or "")
        aware = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))
        utc = aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return utc if utc.year in _YEARS else None


def day(text: str | None) -> date | None:
    """Return the day that a date or a time begins with, None where it is none."""
    try:
        found = date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
    return found if found.year in _YEARS else None


def clock(text: str | None) -> time | None:
    """Return the time of day of an ISO time, None where it is none."""
    try:
        return datetime.fromisoformat(text or "").time().replace(second=0, microsecond=0)
    except ValueError:
        return None
