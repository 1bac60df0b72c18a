"""When to look anew at what the storefront may claim: soon after a change, and at each border."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services import steps
from plugin.services.context import Context
from plugin.services.guard_rules import Limits

KIND = "guard.watch"


def look_soon(connection: Connection, context: Context, shop: Shop, cause: str) -> None:
    """Let the worker look at the claims, once for a cause, within the caller's transaction."""
    steps.enqueue(connection, context, shop.id, KIND, key=f"{KIND}:{cause}")


def look_at_borders(
    connection: Connection, context: Context, shop: Shop, limits: Limits, revision: int
) -> None:
    """Let the worker look at the claims when a quiet time begins and when it is over."""
    zone = ZoneInfo(shop.zone)
    days = {quiet.start for quiet in limits.quiet}
    days |= {quiet.end + timedelta(days=1) for quiet in limits.quiet}
    for day in sorted(days):
        midnight = datetime.combine(day, time(), zone)
        if midnight > context.now():
            steps.enqueue(
                connection,
                context,
                shop.id,
                KIND,
                key=f"{KIND}:border:{revision}:{day}",
                due_at=midnight,
            )
