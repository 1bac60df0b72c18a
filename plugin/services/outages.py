"""Whether platform and mail servers answer at present, from work that waits to be tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from plugin.model import Shop
from plugin.services.context import Context
from plugin.store import failing_steps as store

Who = Literal["platform", "mail"]

#: What a step says that reached nobody, or nobody who answered sensibly.
SILENT = ("platform_unreachable", "platform_timeout", "platform_failed")
#: What a step says whose mail was neither taken nor refused.
DEFERRED = ("mail_deferred", "mail_unavailable")
#: The latter of them: the server that all our mail goes through says nothing.
_NO_MAIL = ("mail_unavailable",)
#: Who may be silent, what steps say then, and of which kind they are.
_ASKED: tuple[tuple[Who, tuple[str, ...], str | None], ...] = (
    ("platform", SILENT, None),
    ("mail", _NO_MAIL, "mail.send"),
)
#: A single failed attempt is no outage: networks hiccup.
_LEAST_ATTEMPTS = 2
#: Retries lie this near; what waits for later is not being tried now.
_SOON = timedelta(hours=6)


@dataclass(frozen=True)
class Outage:
    """Somebody outside who does not answer: who, since when, and when we ask again.

    `code` names the work that is tried, as logs do.
    """

    who: Who
    since: datetime
    next_at: datetime
    code: str


def outages(context: Context, shop: Shop) -> list[Outage]:
    """Return who does not answer at present."""
    found = []
    with context.db.read() as connection:
        for who, reasons, kind in _ASKED:
            failing = store.failing(
                connection,
                shop.id,
                reasons,
                least_attempts=_LEAST_ATTEMPTS,
                until=context.now() + _SOON,
                kind=kind,
            )
            if failing is not None:
                code = f"{shop.id}-{failing.step}"
                found.append(Outage(who, failing.since, failing.next_at, code))
    return found


def silent_since(context: Context, shop: Shop) -> datetime | None:
    """Return since when the platform has not answered, None while it does.

    That is the later of when the failing work began and when such work last succeeded.
    """
    return next((one.since for one in outages(context, shop) if one.who == "platform"), None)


def try_now(context: Context, shop: Shop) -> None:
    """Ask again at once whoever did not answer."""
    with context.db.write() as connection:
        store.hurry(connection, shop.id, (*SILENT, *_NO_MAIL), context.now())


def mails_waiting(context: Context, shop: Shop) -> tuple[int, datetime | None]:
    """Return how many mails a server put off, and when the next of them is tried again."""
    now = context.now()
    with context.db.read() as connection:
        return store.waiting_again(
            connection, shop.id, "mail.send", DEFERRED, now + timedelta(days=2)
        )
