"""The block list for the merchant's eyes: a check value each, since when, how, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from plugin.model import Shop
from plugin.services.context import Context
from plugin.store import access_log, blocked
from plugin.store import people as store
from plugin.store.access_log import Access
from plugin.store.people import Blocked

#: What puts somebody on the list: a button for it, or the wish that came with an erasure.
How = Literal["blocked", "erased"]
_HOW: dict[str, How] = {"blocked": "blocked", "erased": "erased"}
#: The log is written in the same transaction, a moment later.
_MOMENT = timedelta(minutes=1)
_PAGE = 50


@dataclass(frozen=True)
class Line:
    """One person; the address only while they stand in a list beside, `by` an id of the log."""

    mark: str
    at: datetime
    how: How | None
    by: str | None
    person_id: int | None
    email: str | None


@dataclass(frozen=True)
class BlockList:
    """One page of the list; `more` is how many lines the next one leaves out."""

    lines: list[Line]
    more: int | None


def page(context: Context, shop: Shop, skip: int = 0) -> BlockList:
    """Return a page of the list, the newest first."""
    with context.db.read() as connection:
        found = store.listed_blocked(connection, shop.id, skip, _PAGE)
        who = [one.identity for one in found]
        noted = access_log.acts_on(connection, shop.id, who, list(_HOW))
    lines = [_line(context, shop, one, _cause(one, noted)) for one in found]
    return BlockList(lines, skip + _PAGE if len(lines) == _PAGE else None)


def size(context: Context, shop: Shop) -> int:
    """Return how many stand on the list."""
    with context.db.read() as connection:
        return blocked.size(connection, shop.id)


def _cause(one: Blocked, noted: list[Access]) -> Access | None:
    """Return what put a person there; None for what the log does not know (any more)."""
    for act in noted:
        if act.identity == one.identity and one.at <= act.at <= one.at + _MOMENT:
            return act
    return None


def _line(context: Context, shop: Shop, one: Blocked, cause: Access | None) -> Line:
    sealed = one.email_sealed
    return Line(
        mark=one.identity[:8],
        at=one.at,
        how=_HOW[cause.act] if cause else None,
        by=cause.actor if cause else None,
        person_id=one.id,
        email=context.keys.unseal(shop.id, "email", sealed) if sealed else None,
    )
