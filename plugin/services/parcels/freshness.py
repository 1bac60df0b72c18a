"""Whether the page of an order, drawn a moment ago, is still what there is to see."""

from __future__ import annotations

from plugin.services.context import Context
from plugin.services.parcels.links import hash_of
from plugin.store import order_pages

_QUARTER = 15 * 60


def page_state(context: Context, token: str) -> tuple[object, ...] | None:
    """Return what changes whenever the page behind a link must be drawn anew; None without one.

    The order, its parcels, the shop's look and campaigns and what was done on the page change it at
    once; whatever else it tells is a quarter of an hour old at most, and never of yesterday: days
    begin on a quarter of an hour in every zone.
    """
    known = hash_of(token)
    if known is None:
        return None
    with context.db.read() as connection:
        state = order_pages.page_state(connection, known)
    if state is None:
        return None
    return (*state, int(context.now().timestamp()) // _QUARTER)


def touch(context: Context, token: str) -> None:
    """Note that something was done on the page behind a link."""
    known = hash_of(token)
    if known is not None:
        with context.db.write() as connection:
            order_pages.touch(connection, known)
