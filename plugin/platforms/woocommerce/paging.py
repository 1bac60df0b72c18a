"""Pages of a listing that changes while it is read: nothing is left out, little comes twice.

WooCommerce counts pages. A product that is changed while its page 2 is fetched moves to the end,
and the first one of page 3 slips into page 2, unseen. So the next page is asked for by the time of
the last change seen, and by number only within the second in which many things changed at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from plugin.contracts.platform import Page
from plugin.http_out import Reply
from plugin.model import Access
from plugin.platforms.woocommerce import shape
from plugin.platforms.woocommerce.answers import as_list
from plugin.platforms.woocommerce.rest import Rest
from plugin.platforms.woocommerce.shape import Node

Item = TypeVar("Item")
#: WooCommerce gives out no more at a time.
LARGEST = 100
_STEP = timedelta(seconds=1)  # the shop's clock knows no less
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Cursor:
    """Where a listing goes on: changed after a moment, page of that, what of it is known."""

    after: datetime | None = None
    page: int = 1
    seen: tuple[str, ...] = field(default=())

    def written(self) -> str:
        """Return the cursor as text."""
        after = None if self.after is None else self.after.isoformat()
        return json.dumps([after, self.page, list(self.seen)], separators=(",", ":"))


def read_cursor(text: str | None, since: datetime | None) -> Cursor:
    """Return the cursor of a text, or the first one: what changed at or after `since`."""
    if text is None:
        return Cursor(None if since is None else since.astimezone(UTC) - _STEP)
    after, page, seen = json.loads(text)
    return Cursor(None if after is None else datetime.fromisoformat(after), page, tuple(seen))


def changed_page(
    rest: Rest,
    access: Access,
    route: str,
    cursor: Cursor,
    read: Callable[[Node], Item | None],
    size: int,
    **query: str | int,
) -> Page[Item]:
    """Return a page, oldest change first; what `read` returns as None is left out."""
    query["per_page"] = min(size + len(cursor.seen), LARGEST)
    if cursor.after is not None:
        # Digits without a zone: with one, WordPress would turn them into the shop's local time
        # and compare that with the times in GMT.
        query |= {
            "modified_after": f"{cursor.after:%Y-%m-%dT%H:%M:%S}",
            "dates_are_gmt": "true",
        }
    reply = rest.ask(
        access, "GET", route, **query, orderby="modified", order="asc", page=cursor.page
    )
    nodes = as_list(reply)
    fresh = [node for node in nodes if not _known(node, cursor)]
    items = [item for item in map(read, fresh) if item is not None]
    return Page(tuple(items), _next(reply, nodes, cursor))


def _next(reply: Reply, nodes: list[Node], cursor: Cursor) -> str | None:
    pages = total(reply, "x-wp-totalpages")
    if not nodes or (pages is not None and cursor.page >= pages):
        return None
    changes = [_changed(node) for node in nodes]
    last = max(changes)
    if cursor.after is not None and min(changes) <= cursor.after:
        raise shape.wrong()  # a shop that does not know the filter would be read for ever
    bound = last - _STEP
    if cursor.after is not None and bound <= cursor.after:
        return Cursor(cursor.after, cursor.page + 1, cursor.seen).written()
    of_the_last_second = [
        shape.identifier(node)
        for node, change in zip(nodes, changes, strict=True)
        if change == last
    ]
    return Cursor(bound, 1, tuple(of_the_last_second)).written()


def _known(node: Node, cursor: Cursor) -> bool:
    # Changed again meanwhile, it is news.
    at = cursor.after
    return shape.identifier(node) in cursor.seen and at is not None and _changed(node) == at + _STEP


def _changed(node: Node) -> datetime:
    found = shape.optional_moment(node, "date_modified_gmt")
    return found or shape.optional_moment(node, "date_created_gmt") or _FIRST


def more_follow(reply: Reply, page: int, number: int, size: int) -> bool:
    """Tell whether a listing by page numbers goes on; a full page may, if no header says."""
    pages = total(reply, "x-wp-totalpages")
    return number > 0 and (page < pages if pages is not None else number >= size)


def total(reply: Reply, name: str) -> int | None:
    """Return a number of a header, None where the shop (or what stands before it) drops it."""
    text: Any = reply.headers.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
