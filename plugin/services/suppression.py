"""Who is not written to: asked right before each mail, by the legal class of the mail.

A mailbox that does not exist gets nothing. A complaint ends advertising and further confirmation
mails, but not the notice about a parcel that the person is waiting for. Whoever left, or asked for
a pause, gets no advertising.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services import block_list
from plugin.services.context import Context
from plugin.services.identity import clean_email, identity_of
from plugin.services.mails.kinds import KINDS
from plugin.store import subscribers, withdrawals
from plugin.store import suppressions as store
from plugin.store.suppressions import Suppression

Reason = Literal[
    "hard", "soft", "complaint", "left", "paused", "unconfirmed", "blocked", "withdrawing"
]  # fmt: skip

#: So many mails in a row that came back for a passing reason count as a dead mailbox.
SOFT_LIMIT = 5
#: After this time a full mailbox is tried again, and old returns no longer count.
_SOFT_REST = timedelta(days=90)
PAUSE = timedelta(days=30)


def may_send(
    connection: Connection, context: Context, shop: Shop, identity: str | None, kind: str
) -> bool:
    """Tell whether a mail of this kind may go to a person now."""
    return obstacle(connection, context, shop, identity, kind) is None


def obstacle(
    connection: Connection, context: Context, shop: Shop, identity: str | None, kind: str
) -> Reason | None:
    """Return why a mail of this kind may not go to a person now, None if it may."""
    declared = KINDS[kind]
    if declared.ours or identity is None:
        return None  # to the merchant, whom nobody signs up
    if block_list.is_blocked(connection, shop, identity):
        return "blocked"
    found = store.suppressions_of(connection, shop.id, identity)
    if "hard" in found:
        return "hard"
    if _is_dead(context, found.get("soft")):
        return "soft"
    mail_class = declared.mail_class
    if mail_class != "service" and "complaint" in found:
        return "complaint"
    if mail_class == "marketing":
        return _no_advertising(connection, context, shop, identity, found)
    return None


def _is_dead(context: Context, soft: Suppression | None) -> bool:
    return (
        soft is not None
        and soft.count >= SOFT_LIMIT
        and soft.until is not None
        and soft.until > context.now()
    )


def _no_advertising(
    connection: Connection,
    context: Context,
    shop: Shop,
    identity: str,
    found: dict[str, Suppression],
) -> Reason | None:
    person = subscribers.subscriber_by_identity(connection, shop.id, identity)
    if person is None or person.state != "confirmed" or person.confirmed_at is None:
        return "unconfirmed"
    gone, pausing = found.get("left"), found.get("paused")
    if gone is not None and gone.at >= person.confirmed_at:
        return "left"
    if pausing is not None and pausing.until is not None and pausing.until > context.now():
        return "paused"
    if withdrawals.is_withdrawing(connection, shop.id, identity):
        return "withdrawing"  # nobody sells to somebody who is just giving something back
    return None


def bounced(
    connection: Connection,
    context: Context,
    shop_id: int,
    identity: str,
    kind: Literal["hard", "soft", "complaint"],
    status: str,
) -> None:
    """Note that a mail came back, or that its recipient complained; once for each mail."""
    now = context.now()
    count, until = 1, None
    if kind == "soft":
        before = store.suppressions_of(connection, shop_id, identity).get("soft")
        if before is not None and now - before.at < _SOFT_REST:
            count = before.count + 1
        until = now + _SOFT_REST
    noted = Suppression(kind, count, status[:20], now, until)
    store.put_suppression(connection, shop_id, identity, noted)


def left(connection: Connection, context: Context, shop_id: int, identity: str) -> None:
    """Note that a person wants no more advertising; a new confirmation outweighs it."""
    noted = Suppression("left", 1, "", context.now(), None)
    store.put_suppression(connection, shop_id, identity, noted)


def pause(connection: Connection, context: Context, shop_id: int, identity: str) -> None:
    """Send a person no advertising for 30 days from now."""
    now = context.now()
    noted = Suppression("paused", 1, "", now, now + PAUSE)
    store.put_suppression(connection, shop_id, identity, noted)


def go_on(connection: Connection, shop_id: int, identity: str) -> None:
    """End a pause."""
    store.lift(connection, shop_id, identity, ["paused"])


def count(context: Context, shop: Shop) -> dict[str, int]:
    """Return how many people are not written to at present, by kind."""
    with context.db.read() as connection:
        return store.count_suppressed(connection, shop.id, context.now(), SOFT_LIMIT)


def release(context: Context, shop: Shop, email: str) -> bool:
    """Let a mailbox be tried again that is said to work by now; False if none was held back.

    Who complained or left stays: only the person can take that back, by signing up.
    InvalidFieldError("email_invalid") for what is no mail address.
    """
    identity = identity_of(context.keys, shop.id, clean_email(email))
    with context.db.write() as connection:
        return store.lift(connection, shop.id, identity, ["hard", "soft"]) > 0
