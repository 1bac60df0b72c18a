"""Parcels whose way is known from start to end, told badly: late, twice, out of order, by two.

Each story is made together with its outcome, so that whoever works the outcome out of the reports
can be checked. Nothing here knows how that is done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import cast

from plugin.model import Expected, ParcelEvent, ParcelKind

NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
_PLACES = ("Köln", "Eutingen", "Konstanz", "Wien-Inzersdorf", None)


@dataclass(frozen=True)
class Outcome:
    """How a story ends."""

    stage: int
    condition: str
    delivered_at: datetime | None


@dataclass(frozen=True)
class Story:
    """One parcel: what is reported of it, in no good order, and where it truly is."""

    name: str
    reports: tuple[ParcelEvent, ...]
    outcome: Outcome


#: Name, what happens in this order, stage and condition in the end.
_WAYS: tuple[tuple[str, str, int, str], ...] = (
    ("only announced", "announced", 2, "announced"),
    ("on its way", "announced handed_over in_transit at_depot in_transit", 3, "normal"),
    ("at the door", "handed_over in_transit at_depot out_for_delivery", 4, "normal"),
    (
        "arrived",
        "announced handed_over in_transit at_depot out_for_delivery delivered",
        4,
        "normal",
    ),
    (
        "arrived at the second try",
        "handed_over in_transit out_for_delivery attempted at_depot out_for_delivery delivered",
        4,
        "normal",
    ),
    ("nobody at home", "handed_over in_transit out_for_delivery attempted at_depot", 3, "delayed"),
    ("waiting in a shop", "in_transit out_for_delivery attempted ready_for_pickup", 4, "pickup"),
    ("picked up", "in_transit attempted ready_for_pickup picked_up", 4, "normal"),
    ("held", "handed_over in_transit held at_depot", 3, "held"),
    ("at customs", "handed_over in_transit customs", 3, "customs"),
    ("through customs", "handed_over customs in_transit out_for_delivery delivered", 4, "normal"),
    ("street unknown", "in_transit out_for_delivery address_problem at_depot", 3, "address"),
    ("said to be late", "handed_over in_transit delayed in_transit", 3, "delayed"),
    ("going back", "in_transit attempted returning in_transit at_depot", 3, "returned"),
    ("back", "in_transit returning in_transit out_for_delivery delivered returned", 3, "returned"),
    ("lost", "handed_over in_transit lost", 3, "lost"),
    ("lost and found", "in_transit lost at_depot out_for_delivery delivered", 4, "normal"),
    ("broken", "handed_over in_transit damaged at_depot out_for_delivery", 4, "damaged"),
    ("arrived broken", "in_transit damaged out_for_delivery delivered", 4, "damaged"),
    ("never sent", "announced cancelled", 2, "cancelled"),
)
_ARRIVED = ("delivered", "picked_up")


def stories(count: int, reports: int, seed: int = 7) -> Iterator[Story]:
    """Yield parcels with `reports` reports in all, the same ones for the same seed."""
    chance = Random(seed)  # noqa: S311 - the same stories every time
    left = reports
    for number in range(count):
        share = left // (count - number)
        story = _story(chance, number, share)
        left -= len(story.reports)
        yield story


def _story(chance: Random, number: int, wanted: int) -> Story:
    name, way, stage, condition = _WAYS[number % len(_WAYS)]
    kinds = cast("list[ParcelKind]", way.split())
    at = NOW - timedelta(days=3, minutes=chance.randrange(600))
    truth: list[ParcelEvent] = []
    for kind in kinds:
        at += timedelta(minutes=chance.randrange(5, 240))
        day = Expected((NOW + timedelta(days=2)).date()) if chance.random() < 0.3 else None
        truth.append(ParcelEvent(kind, at, "dhl", chance.choice(_PLACES), kind, day))
    arrived = truth[-1].happened_at if kinds[-1] in _ARRIVED else None
    told = [*truth, *_confusion(chance, truth, arrived)]
    while len(told) < wanted:  # twice, and in another language
        told.append(replace(chance.choice(told), text=f"wieder {chance.random()}"))
    chance.shuffle(told)
    return Story(name, tuple(told), Outcome(stage, condition, arrived))


def _confusion(
    chance: Random, truth: list[ParcelEvent], arrived: datetime | None
) -> Iterator[ParcelEvent]:
    """Yield reports that contradict the story and change nothing about its end."""
    yield replace(chance.choice(truth), kind="unknown", text="Sondervermerk 17")
    # The platform reads the same scan from the carrier; its clock is some seconds off.
    first = truth[0]
    yield replace(first, source="platform", happened_at=first.happened_at + timedelta(seconds=9))
    if truth[-1].kind not in ("announced", "cancelled"):  # the label is told of again
        yield ParcelEvent("announced", truth[-1].happened_at + timedelta(minutes=1), "platform")
    if arrived is not None:  # scans of the day before are handed in after the arrival
        late: tuple[ParcelKind, ...] = ("in_transit", "out_for_delivery", "delivered")
        for place, kind in enumerate(late, 1):
            yield ParcelEvent(kind, arrived + timedelta(minutes=20 * place), "dhl")
    yield ParcelEvent("delivered", NOW + timedelta(days=9), "dhl")  # a clock that is far off
    yield ParcelEvent("delivered", datetime(1, 1, 1, tzinfo=UTC), "dhl")
