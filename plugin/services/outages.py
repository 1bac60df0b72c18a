"""Whether the shop's platform answers at present, from work that waits to be tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

from plugin.model import Shop
from plugin.services.context import Context
from plugin.store.failing_steps import failing_since

#: What a step says that reached nobody, or nobody who answered sensibly.
SILENT = ("platform_unreachable", "platform_timeout", "platform_failed")
#: A single failed attempt is no outage: networks hiccup.
_LEAST_ATTEMPTS = 2
#: Retries lie this near; what waits for later is not being tried now.
_SOON = timedelta(hours=6)


def silent_since(context: Context, shop: Shop) -> datetime | None:
    """Return since when the platform has not answered, None while it does.

    That is the later of when the failing work began and when such work last succeeded.
    """
    with context.db.read() as connection:
        return failing_since(
            connection,
            shop.id,
            SILENT,
            least_attempts=_LEAST_ATTEMPTS,
            until=context.now() + _SOON,
        )
