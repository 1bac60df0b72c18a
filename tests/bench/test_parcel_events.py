"""Parcels told of in disorder end where they truly are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bench import made_orders, parcel_events
from bench.parcel_stories import NOW, stories


def test_every_story_ends_right(tmp_path: Path) -> None:
    context = replace(made_orders.opened(tmp_path), clock=lambda: NOW)
    measured = parcel_events.measure(context, parcels=60, reports=800)
    context.db.dispose()
    assert measured.parcels.total() == 60
    assert measured.wrong.total() == 0
    assert measured.told >= 800
    assert measured.refused > 0


def test_as_many_reports_as_are_asked_for_are_told() -> None:
    told = list(stories(100, 1_200))
    assert sum(len(story.reports) for story in told) == 1_200
