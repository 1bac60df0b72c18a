"""How many people a campaign reaches: counted on its last days, not guessed for its draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from plugin.model import Shop
from plugin.services import insight
from plugin.services.context import Context
from plugin.store import reach as store

#: Long enough for every weekday to count four times.
DAYS = 28
#: Under this number the exposures of the shop as a whole are counted.
_WHOLE_SHOP = 0


@dataclass(frozen=True)
class Reach:
    """Views of a page in which a campaign was due in the last 28 days.

    `seen` were shown it, `held` held out for measuring; `met` are the views in which any campaign
    of the shop was due, at least as many. `daily` are confirmed sign-ups a day, None without any.
    """

    seen: int
    held: int
    met: int
    daily: Decimal | None

    @property
    def share(self) -> Decimal:
        """Return the share of `met` in which this campaign was due, 0 while nothing is counted."""
        return Decimal(self.seen + self.held) / self.met if self.met else Decimal(0)


def reach_of(context: Context, shop: Shop, campaign_id: int) -> Reach:
    """Return how many a campaign met in the last 28 days, today included."""
    today = insight.day_of(shop, context.now())
    start = today - timedelta(days=DAYS - 1)
    with context.db.read() as connection:
        own = store.met_between(connection, shop.id, campaign_id, start, today)
        whole = store.met_between(connection, shop.id, _WHOLE_SHOP, start, today)
    seen, held = own.get("impression", 0), own.get("withheld", 0)
    met = whole.get("impression", 0) + whole.get("withheld", 0)
    confirmed = own.get("confirmed", 0)
    daily = (Decimal(confirmed) / DAYS).quantize(Decimal("0.1")) if confirmed > 0 else None
    return Reach(seen, held, max(met, seen + held), daily)
