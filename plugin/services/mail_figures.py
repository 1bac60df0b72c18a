"""What became of a shop's mails in the last 28 days, as sums."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from plugin.model import Shop
from plugin.services.context import Context
from plugin.store.mail_fates import FateCount, count_fates

DAYS = 28


@dataclass(frozen=True)
class MailFigures:
    """Sums of mails; `opened` and `clicked` are people, of the `followed` mails alone."""

    sent: int
    returned: int
    complaints: int
    refused: int
    unknown: int
    held_back: int
    followed: int
    opened: int
    clicked: int
    machines: int

    @property
    def arrived(self) -> int:
        """Return how many were taken by the recipient's server, as far as anybody told us."""
        return self.sent - self.returned


def figures(context: Context, shop: Shop) -> MailFigures:
    """Return the sums of the last 28 days."""
    with context.db.read() as connection:
        found = count_fates(connection, shop.id, context.now() - timedelta(days=DAYS))

    def of(fits: Callable[[FateCount], bool]) -> int:
        return sum(one.count for one in found if fits(one))

    return MailFigures(
        sent=of(lambda one: one.state == "sent"),
        returned=of(lambda one: one.state == "sent" and one.outcome in ("hard", "soft")),
        complaints=of(lambda one: one.outcome == "complaint"),
        refused=of(lambda one: one.state == "refused"),
        unknown=of(lambda one: one.state == "unknown"),
        held_back=of(lambda one: one.state == "suppressed"),
        followed=of(lambda one: one.followed and one.state == "sent"),
        opened=of(lambda one: one.seen in ("opened", "clicked")),
        clicked=of(lambda one: one.seen == "clicked"),
        machines=of(lambda one: one.seen == "machine"),
    )
