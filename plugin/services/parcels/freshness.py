"""Whether the page of an order, drawn a moment ago, is still what there is to see."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.engine import Connection

from plugin.services.context import Context
from plugin.services.parcels.links import hash_of
from plugin.services.service_promise.standing import Standing, standing_of
from plugin.store import order_pages, shops
from plugin.store.order_pages import PageState

#: So many shops have their pages looked at on one day.
_MOST_SHOPS = 2000


@dataclass(frozen=True, slots=True)
class _Measured:
    """What was said of a shop's answers, and what of the shop had been counted until then."""

    counted: tuple[object, ...]
    standing: Standing


class PageStates:
    """Tells the state of pages; remembers of each shop what is said of its answers.

    That is measured over all its messages, so it is not measured for every look at a page, but
    whenever a message came or was settled, or time alone makes it another.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._measured: dict[int, _Measured] = {}

    def of(self, token: str) -> tuple[object, ...] | None:
        """Return what changes whenever the page behind a link must be drawn anew; None without one.

        Everything that somebody does or tells changes it at once. What changes by itself, because
        it grows late, is told by the drawing (`plugin.services.parcels.drawing`).
        """
        known = hash_of(token)
        if known is None:
            return None
        with self._context.db.read() as connection:
            state = order_pages.page_state(connection, known)
            if state is None:
                return None
            said = self._said(connection, state)
        return (*state.shop, *state.order, said)

    def _said(self, connection: Connection, state: PageState) -> tuple[str, ...]:
        counted = (*state.shop, state.messages)
        kept = self._measured.get(state.shop_id)
        if kept is None or kept.counted != counted or not kept.standing.holds(self._context.now()):
            shop = shops.shop_by_id(connection, state.shop_id)
            if shop is None:
                return ()
            kept = _Measured(counted, standing_of(connection, self._context, shop))
            if len(self._measured) >= _MOST_SHOPS:
                self._measured.clear()
            self._measured[state.shop_id] = kept
        return kept.standing.said


def touch(context: Context, token: str) -> None:
    """Note that something was done on the page behind a link."""
    known = hash_of(token)
    if known is not None:
        with context.db.write() as connection:
            order_pages.touch(connection, known)
