"""What browsers would have reported: who saw each campaign, who was held out, what they did."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from datetime import date

from plugin.model import Shop
from plugin.seeds import suggesting
from plugin.seeds.past import Past
from plugin.seeds.selling import HOLDOUT
from plugin.seeds.setting_up import Running, days_of
from plugin.seeds.signing_up import WINDOW_ARMS
from plugin.services import insight, suggestion_events
from plugin.services.suggestion_events import Told
from plugin.store.exposures import Place, add_exposures

#: Visitors of a day, from Monday to Sunday.
_VISITORS = (640, 610, 620, 640, 690, 770, 860)
#: Of those the share that a campaign reaches, and what a hundred of whom it is shown to then do.
_REACH = {"window": 0.12, "suggestions": 0.11, "form": 0.05, "parcels": 0.09}
_TESTED = ("window", "suggestions")
_DONE = {
    "window": {"dismissal": 58},
    "suggestions": {"click": 14, "add": 5},
    "form": {},
    "parcels": {"view": 96},
}
_WHOLE = Running(0, 0, "")


def count_visits(past: Past, shop: Shop, running: Mapping[str, Running]) -> None:
    """Add ninety days of exposures and events to the sums that browsers' reports go into."""
    dice = random.Random(2124)  # noqa: S311 - a repeatable past, not secrecy
    # Of its own, so that it changes nothing of what else is drawn.
    lots = random.Random(5518)  # noqa: S311 - as above
    places: Counter[Place] = Counter()
    sums: Counter[tuple[date, str, str]] = Counter()
    single: list[Told] = []
    for day in days_of(insight.day_of(shop, past.now()), past.days):
        visitors = round(_VISITORS[day.weekday()] * dice.uniform(0.93, 1.07))
        _expose(places, dice, day, _WHOLE, visitors, "a")
        for name, campaign in running.items():
            seen = round(visitors * _REACH[name] * dice.uniform(0.95, 1.05))
            arms = (WINDOW_ARMS if name == "window" else "a") if name in _TESTED else ""
            shown = _expose(places, dice, day, campaign, seen, arms) if arms else seen
            sums[day, campaign.widget, "impression"] += shown
            sums[day, campaign.widget, "withheld"] += seen - shown
            done = {kind: round(shown * share / 100) for kind, share in _DONE[name].items()}
            for kind, number in done.items():
                sums[day, campaign.widget, kind] += number
            if name == "suggestions":
                single += suggesting.told(lots, day, campaign, shown, seen - shown, done)
    with past.context.db.write() as connection:
        add_exposures(connection, shop.id, places)
        insight.count_all(connection, shop.id, {place: n for place, n in sums.items() if n})
        suggestion_events.count(connection, shop.id, single)


def _expose(
    places: Counter[Place],
    dice: random.Random,
    day: date,
    campaign: Running,
    seen: int,
    arms: str,
) -> int:
    """Draw who is held out and who sees which version; returns how many were shown it."""
    drawn = Counter(
        "-" if dice.randrange(100) < HOLDOUT else dice.choice(arms) for _ in range(seen)
    )
    for arm, number in drawn.items():
        kind = "withheld" if arm == "-" else "impression"
        places[Place(day, campaign.id, campaign.version, arm, "real", kind)] += number
    return seen - drawn["-"]
