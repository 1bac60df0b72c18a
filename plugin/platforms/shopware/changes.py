"""Pages of what the shop holds: everything by its running number, or what changed since a time.

Shopware cannot sort by the last change: `updatedAt` is null until the first one, and a change of
an order's payment or of a product's variant shows at that part alone. So changes are asked for in
stretches of time that hold no more than one page each, the oldest first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from plugin.errors import PlatformRefusedError
from plugin.model import Access
from plugin.platforms.shopware.api import Api
from plugin.shape import Node, whole

#: A stretch of time is not cut any shorter; if it still holds more, it is turned page by page.
_SHORTEST = timedelta(seconds=1)
_MOST_CURSOR = 120


@dataclass(frozen=True)
class Listing:
    """What is listed: entity, what to fetch of it, the fields that tell a change, page size.

    `order` keeps the pages of one stretch of time apart.
    """

    entity: str
    criteria: Mapping[str, Any]
    stamps: tuple[str, ...]
    changed: Callable[[Node], datetime]
    size: int
    order: str = "autoIncrement"


@dataclass(frozen=True)
class _Stretch:
    start: datetime
    end: datetime | None  # None: up to now and beyond, whatever the shop's clock says
    page: int = 1

    def text(self) -> str:
        end = "" if self.end is None else self.end.isoformat()
        return f"{self.start.isoformat()}~{end}~{self.page}"


def read_page(
    api: Api,
    access: Access,
    listing: Listing,
    after: str | None,
    since: datetime | None,
    now: datetime,
) -> tuple[list[Node], str | None]:
    """Return one page and what continues it; PlatformRefusedError for a foreign continuation."""
    if since is None:
        return _numbered(api, access, listing, after)
    return _changed(api, access, listing, _opened(after) or _Stretch(since, None), now)


def _numbered(
    api: Api, access: Access, listing: Listing, after: str | None
) -> tuple[list[Node], str | None]:
    # By number, not by page: what changes or goes meanwhile moves nothing else to another page.
    if after is not None and not (after.isascii() and after.isdigit()):
        raise PlatformRefusedError("platform_refused")
    beyond = {"type": "range", "field": "autoIncrement", "parameters": {"gt": int(after or 0)}}
    found = api.search(access, listing.entity, _asking(listing, beyond))
    full = len(found) >= listing.size
    return found, str(whole(found[-1], "autoIncrement")) if full else None


def _changed(
    api: Api, access: Access, listing: Listing, stretch: _Stretch, now: datetime
) -> tuple[list[Node], str | None]:
    while True:
        asked = {**_asking(listing, _within(listing, stretch)), "page": stretch.page}
        found = api.search(access, listing.entity, asked)
        full = len(found) >= listing.size
        shorter = _halved(stretch, now) if full and stretch.page == 1 else None
        if shorter is None:
            break
        stretch = shorter
    # What changed again later comes with the stretch of that time.
    end = stretch.end
    kept = [item for item in found if end is None or listing.changed(item) < end]
    kept.sort(key=listing.changed)
    following = _Stretch(stretch.start, end, stretch.page + 1) if full else _next(stretch, now)
    return kept, None if following is None else following.text()


def _halved(stretch: _Stretch, now: datetime) -> _Stretch | None:
    end = stretch.end or max(now, stretch.start)
    length = end - stretch.start
    if length <= _SHORTEST:
        return None
    return _Stretch(stretch.start, stretch.start + max(length / 2, _SHORTEST))


def _next(stretch: _Stretch, now: datetime) -> _Stretch | None:
    if stretch.end is None:
        return None
    end = stretch.end + 2 * (stretch.end - stretch.start)
    return _Stretch(stretch.end, end if end < now else None)


def _asking(listing: Listing, condition: Mapping[str, Any]) -> dict[str, Any]:
    filters = [*listing.criteria.get("filter", ()), dict(condition)]
    order = [{"field": listing.order, "order": "ASC"}]
    return {**listing.criteria, "filter": filters, "sort": order, "limit": listing.size}


def _within(listing: Listing, stretch: _Stretch) -> dict[str, Any]:
    bounds = {"gte": moment_text(stretch.start)}
    if stretch.end is not None:
        bounds["lt"] = moment_text(stretch.end)
    queries = [{"type": "range", "field": field, "parameters": bounds} for field in listing.stamps]
    return {"type": "multi", "operator": "or", "queries": queries}


def moment_text(moment: datetime) -> str:
    """Return a time as the shop's database writes it: UTC, to the millisecond."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def _opened(after: str | None) -> _Stretch | None:
    if after is None:
        return None
    start, _, rest = after[:_MOST_CURSOR].partition("~")
    end, _, page = rest.partition("~")
    try:
        return _Stretch(
            datetime.fromisoformat(start), datetime.fromisoformat(end) if end else None, int(page)
        )
    except ValueError:
        raise PlatformRefusedError("platform_refused") from None
