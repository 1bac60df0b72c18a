"""What the shop paid for its customers: advertising by channel and month."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from plugin.model import Shop
from plugin.seeds.past import Past
from plugin.services import insight
from plugin.services.customers_over_time import costs
from plugin.store.channel_costs import ChannelCost

#: What a new customer of each channel cost on average, in the shop's currency.
_EACH = {
    "google / cpc": Decimal("24.10"),
    "instagram / paid": Decimal("31.70"),
    "freunde / referral": Decimal("6.30"),
}


def state_costs(past: Past, shop: Shop) -> None:
    """State the costs of the last full months, for the customers that each channel brought."""
    found = costs.stated(past.context, shop)
    months = [month for month in found.months if month < _month(insight.day_of(shop, past.now()))]
    stated = [
        ChannelCost(channel, month, (each * found.won[channel] / len(months)).quantize(Decimal(1)))
        for channel, each in _EACH.items()
        if channel in found.won
        for month in months
    ]
    costs.state(past.context, shop, stated)


def _month(day: date) -> date:
    return day.replace(day=1)
