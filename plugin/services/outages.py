"""Whether platform and mail servers answer at present, from work that waits to be tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

from plugin.model import Shop
from plugin.services.context import Context
from plugin.store.failing_steps import failing_since, waiting_again

#: What a step says that reached nobody, or nobody who answered sensibly.
SILENT = ("platform_unreachable", "platform_timeout", "platform_failed")
#: What a step says whose mail was neither taken nor refused.
DEFERRED = ("mail_deferred", "mail_unavailable")
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


def mails_waiting(context: Context, shop: Shop) -> tuple[int, datetime | None]:
    """Return how many mails a server put off, and when the next of them is tried again."""
    now = context.now()
    with context.db.read() as connection:
        return waiting_again(connection, shop.id, "mail.send", DEFERRED, now + timedelta(days=2))
