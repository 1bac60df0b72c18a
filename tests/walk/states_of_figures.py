"""What overview and figures can say: each verdict in a shop of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest

from plugin.services import campaigns, insight
from plugin.services.insight import CampaignEarned, Earned, Reading
from plugin.services.insight.results import State, Verdict
from plugin.services.statistics import Interval
from plugin.store import campaigns as campaign_rows
from tests.fakes.readings import END, GAIN, reading, sums
from tests.walk.house import House, Visit

MANY, FEW = sums(24_910, 200, "900"), sums(2_491, 20, "80")
UNKNOWN = replace(GAIN, estimate=None, curve=())
BROUGHT: dict[State, Earned] = {
    "gain": GAIN,
    "unclear": replace(GAIN, state="unclear", estimate=Interval(1_800, -1_200, 4_800)),
    "loss": replace(GAIN, state="loss", estimate=Interval(-2_100, -4_000, -300)),
    "too_few": replace(
        GAIN, state="too_few", estimate=None, ready_on=END + timedelta(days=66), per_day=88,
        held=sums(2_480, 30, "900"),
    ),
    "no_holdout": replace(UNKNOWN, state="no_holdout"),
    "no_costs": replace(UNKNOWN, state="no_costs"),
    "uneven": replace(UNKNOWN, state="uneven"),
}  # fmt: skip


class Told:
    """Stands for the services of insight: each shop is told what was put down for it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.earned: dict[int, Earned] = {}
        self.rows: dict[int, tuple[CampaignEarned, ...]] = {}
        self.readings: dict[int, Reading] = {}
        for name, kept in (
            ("earned", self.earned), ("by_campaign", self.rows), ("reading_of", self.readings),
        ):  # fmt: skip
            patch.setattr(insight, name, _or(getattr(insight, name), kept))


def _or(real: Any, kept: dict[int, Any]) -> Any:
    def told(context: Any, shop: Any, *rest: Any, **more: Any) -> Any:
        return kept[shop.id] if shop.id in kept else real(context, shop, *rest, **more)

    return told


def look_at_verdicts(house: House, told: Told) -> None:
    """Show the overview in each of its states, and a test with each of its verdicts."""
    for state, earned in BROUGHT.items():
        shop = house.empty(f"is{state}")
        numbers = _running(house, shop)
        cause = numbers["newsletter"] if state == "loss" else None
        told.earned[shop.id] = replace(earned, cause=cause)
        told.rows[shop.id] = _rows(numbers)
        visits = [Visit(path) for path in ("/admin/", "/admin/overview/table", "/admin/figures")]
        house.look(f"brought_{state}", house.session(shop), visits)
    for verdict in get_args(Verdict):
        shop = house.empty(f"says{verdict}")
        number = _running(house, shop)["newsletter"]
        told.readings[shop.id] = reading(number, verdict)
        visits = [Visit("/admin/figures"), Visit(f"/admin/figures/tests/{number}")]
        house.look(f"test_{verdict}", house.session(shop), visits)


def _running(house: House, shop: Any) -> dict[str, int]:
    """Publish a campaign of each widget; returns their numbers by widget."""
    found = campaigns.all_of(house.context, shop)
    with house.context.db.write() as connection:
        for one in found:
            campaign_rows.add_version(connection, shop.id, one.id, one.draft, house.context.now())
    return {one.widget: one.id for one in found}


def _rows(numbers: dict[str, int]) -> tuple[CampaignEarned, ...]:
    gain, loss = Interval(8_100, 1_200, 15_000), Interval(-900, -1_600, -200)
    of: list[tuple[str, Any, Interval | None]] = [
        ("cross_sell", "gain", gain), ("exit_intent", "loss", loss),
        ("newsletter", "too_few", None), ("shipment_status", "service", None),
    ]  # fmt: skip
    return tuple(
        CampaignEarned(numbers[widget], widget, "", state, found, MANY, FEW)
        for widget, state, found in of
    )
