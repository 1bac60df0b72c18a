"""The log of accesses to data of people: who looked, handed out or erased, and whose it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from sqlalchemy.engine import Connection

from plugin.errors import InvalidFieldError
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.identity import clean_email, identity_of
from plugin.store import access_log as store
from plugin.store.access_log import Access

__all__ = ["Access", "Act", "note", "note_look", "of_address", "of_row", "page"]

Act = Literal["looked", "exported", "erased", "blocked", "unblocked"]
#: Turning pages back and forth is one look, and a list that is fetched page by page one export.
_ONE_LOOK = timedelta(minutes=10)
_ON_A_PAGE = 50


def note(
    connection: Connection,
    context: Context,
    shop_id: int,
    *,
    actor: str,
    act: Act,
    what: str,
    identity: str | None = None,
) -> None:
    """Note an access as part of the caller's transaction: no data without its line.

    `actor` is the id of who acts (`admin.who.Actor.id`) or of what does it by itself: "platform",
    "api", "operator", "worker". `what` names the kind of data; `identity` is whose it is, None
    for lists of many.
    """
    store.add(
        connection,
        shop_id,
        at=context.now(),
        actor=actor,
        act=act,
        what=what,
        identity=identity or "",
    )


def note_look(context: Context, shop: Shop, *, actor: str, act: Act, what: str, whose: str) -> None:
    """Note an access before it is answered; the same look, or fetching on, is not repeated."""
    with context.db.write() as connection:
        if (act == "looked" or actor == "api") and store.was_noted(
            connection,
            shop.id,
            since=context.now() - _ONE_LOOK,
            actor=actor,
            act=act,
            what=what,
            identity=whose,
        ):
            return
        note(connection, context, shop.id, actor=actor, act=act, what=what, identity=whose)


def of_row(context: Context, shop: Shop, table: str, row_id: int) -> str | None:
    """Return whom a row of the shop is about; "" if it names no address, None for no row."""
    with context.db.read() as connection:
        return store.identity_of_row(connection, shop.id, table, row_id)


def of_address(context: Context, shop: Shop, email: str) -> str | None:
    """Return whom a mail address stands for; None if it is none."""
    try:
        return identity_of(context.keys, shop.id, clean_email(email))
    except InvalidFieldError:
        return None


def page(
    context: Context, shop: Shop, *, whose: str | None = None, before: int | None = None
) -> tuple[list[Access], int | None]:
    """Return fifty accesses, newest first, and what the next page begins before (None: no more).

    `whose` asks for one person alone.
    """
    with context.db.read() as connection:
        found = store.newest(
            connection, shop.id, identity=whose, before=before, limit=_ON_A_PAGE + 1
        )
    more = len(found) > _ON_A_PAGE
    return found[:_ON_A_PAGE], found[_ON_A_PAGE - 1].id if more else None
