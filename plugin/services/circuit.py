"""The circuit breaker of a shop's sign-ups: a flood must not cost the shop its good name.

While it holds, every form has to prove work and only a few are taken in an hour. It lets go by
itself; the merchant sees why it tripped, and may let it go earlier.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Literal

import structlog
from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services import insight
from plugin.services.context import Context
from plugin.store import events
from plugin.store import protection as store
from plugin.store.protection import Protection

Reason = Literal["flood", "nobody_confirms"]

#: Sign-ups in an hour at which it trips, whoever they are from.
FLOOD = 2000
#: So many sign-ups older than an hour tell whether people confirm, ...
_ENOUGH = 200
#: ... and this share of them at least does where people are behind them.
_CONFIRMING = 0.05
#: Every so many sign-ups it is asked whether people confirm.
_EVERY = 25
HOLDS = timedelta(hours=1)
#: So long it does not trip again once the merchant has let it go.
RELEASED = timedelta(hours=24)
_log = structlog.get_logger("circuit")


def watch(
    connection: Connection, context: Context, shop: Shop, protection: Protection, rate: float
) -> None:
    """Trip the breaker where the present rate of sign-ups in an hour asks for it.

    Called for each sign-up that is taken, within its transaction.
    """
    if protection.is_released(context.now()):
        return
    if rate >= FLOOD:
        _trip(connection, context, shop, protection, "flood")
    elif round(rate) % _EVERY == 0 and _nobody_confirms(connection, context, shop, rate):
        _trip(connection, context, shop, protection, "nobody_confirms")


def release(context: Context, shop: Shop) -> None:
    """Let the breaker go for a day: the merchant knows where the sign-ups come from."""
    now = context.now()
    with context.db.write() as connection:
        protection = store.protection_of(connection, shop.id)
        if protection.is_tripped(now):
            released = replace(protection, tripped_until=now, released_until=now + RELEASED)
            store.put_protection(connection, shop.id, released)


def _nobody_confirms(connection: Connection, context: Context, shop: Shop, rate: float) -> bool:
    today = insight.day_of(shop, context.now())
    counts = {"sign_up": 0, "confirmed": 0}
    for day in events.days_between(connection, shop.id, today - timedelta(days=1), today):
        if day.kind in counts:
            counts[day.kind] += day.count
    # The last hour's may still be on their way to the mailbox.
    older = counts["sign_up"] - rate
    return older >= _ENOUGH and counts["confirmed"] < _CONFIRMING * older


def _trip(
    connection: Connection, context: Context, shop: Shop, protection: Protection, reason: Reason
) -> None:
    now = context.now()
    since = protection.tripped_at if protection.is_tripped(now) else now
    held = replace(protection, reason=reason, tripped_at=since, tripped_until=now + HOLDS)
    store.put_protection(connection, shop.id, held)
    if since == now:
        _log.warning("sign_ups_tripped", shop=shop.id, reason=reason)
